package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"danvan/internal/app"
	"danvan/internal/fault"
)

// Exit statuses of every command.
const (
	ExitOK       = 0
	ExitFault    = 1 // the program or the machine failed
	ExitUsage    = 2 // the command line or the input cannot be taken
	ExitNotFound = 3 // no such unit, indicator, entry, template
	ExitCheck    = 4 // it ran, and a check of the result failed
)

// ErrCheck says that the command did its work and printed it, and that a check in it failed.
var ErrCheck = errors.New("a check failed")

// Run is what a command gets: where to write, and how to open the installation it works on.
type Run struct {
	Ctx      context.Context
	In       io.Reader
	Out, Err io.Writer
	Data     string // directory of the SQLite database and the files
	DB       string // postgres://..., empty for SQLite in Data
}

// Open opens the installation. It creates nothing: where there is no database yet the error says which
// command makes one.
func (r *Run) Open() (*app.App, error) {
	return app.Open(r.Ctx, app.Options{Data: r.Data, DB: r.DB})
}

// OpenNew opens the installation and creates the database where there is none.
func (r *Run) OpenNew() (*app.App, error) {
	return app.Open(r.Ctx, app.Options{Data: r.Data, DB: r.DB, Create: true})
}

// Progress returns a function that shows how far a long work is, on Err: a moving bar on a terminal, else a
// line at each tenth. The total may be 0 while unknown.
func (r *Run) Progress(label string) func(done, total int) {
	f, ok := r.Err.(*os.File)
	if ok {
		info, err := f.Stat()
		ok = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	last := -1
	return func(done, total int) {
		if total <= 0 {
			return
		}
		pct := done * 100 / total
		step := pct
		if !ok {
			step = pct / 10
		}
		if step == last {
			return
		}
		last = step
		if ok {
			const width = 30
			fill := done * width / total
			fmt.Fprintf(r.Err, "\r%-34s [%s%s] %3d%%", label, bar[:fill*len("█")], dots[:width-fill], pct)
			if done >= total {
				fmt.Fprintln(r.Err)
			}
			return
		}
		fmt.Fprintf(r.Err, "%s: %d%%\n", label, pct)
	}
}

const (
	bar  = "██████████████████████████████"
	dots = ".............................."
)

// status maps an error to the exit status, and is the only place that does.
func status(err error) int {
	if err == nil {
		return ExitOK
	}
	if errors.Is(err, ErrCheck) {
		return ExitCheck
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return ExitUsage
	case fault.NotFound:
		return ExitNotFound
	}
	return ExitFault
}
