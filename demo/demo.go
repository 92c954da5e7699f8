// Package demo invents the demo province: units and their real history, and entries of 2010 to today that are
// made up, in every one of the 24 systems. The published totals of the ten-year summary are in streams/*.yaml
// and are distributed over entries; nothing of the program holds them. Everything follows from the seed and the
// day it is made for, so that two makings are the same.
//
// A stream (streams/NN_name.yaml) says which bodies record which kind how often, in which years, with which
// fields set and which amounts adding up to what; the filler (filler.go) gives every other field a plausible
// value from the kind's own definition in the catalogue. What a table cannot say has a file of its own:
// petitions.go (letters with their steps), tasks.go (documents, the tasks from them and how they went), states.go (one-stop shops since when), readings.go (figures read off), works.go (inspections, courses, movements), contributions.go (works that people give to), models.go (the words of models, what follows them), drawings.go (what stands for photographs), filings.go (reports of the year, through the acts of the cycle),
// contests.go (the contest of the year, under way).
//
// Names of persons are plainly fictitious ("Bà Thử Nghiệm 12").
package demo

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"strings"

	"danvan/internal/audit"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Spec is what the demo is made from.
type Spec struct {
	Seed  uint64
	Today civil.Date
	Blank bool // units alone, nothing recorded
}

// Mark is the sentence on every page and document of invented data.
const Mark = "Dữ liệu minh họa – mọi bản ghi đều là giả định"

// MetaKey is where a database says that demo made it, and from what.
const MetaKey = "demo"

// String is what stands under MetaKey.
func (s Spec) String() string {
	mark := fmt.Sprintf("seed=%d today=%s", s.Seed, s.Today)
	if s.Blank {
		mark += " " + blank
	}
	return mark
}

const blank = "blank"

// IsBlank reports whether a mark is that of a demo without entries.
func IsBlank(mark string) bool { return strings.HasSuffix(mark, " "+blank) }

// Deps are the parts of the installation that the demo fills.
type Deps struct {
	DB      *db.DB
	Catalog *catalog.Catalog
	Org     *org.Keeper
	Ledger  *ledger.Ledger
	Log     *audit.Sequencer
	Data    fs.FS // units and calendar
	// Dossiers keep what citizens wrote; nil makes a demo without texts.
	Dossiers *dossier.Book
	// Files keep the drawings that stand for photographs; nil makes a demo without pictures.
	Files *files.Store
	// Progress is told how far the work is: a label, and done of total steps.
	Progress func(label string, done, total int)
}

// Found says what a database holds already.
type Found int

const (
	Empty     Found = iota // nothing: build it
	Same                   // this very demo: use it
	Different              // something else: refuse
)

// Look says whether the database is empty, holds this demo, or something else.
func Look(ctx context.Context, q db.Querier, s Spec) (Found, string, error) {
	mark, err := db.Meta(ctx, q, MetaKey)
	if err != nil {
		return Different, "", err
	}
	if mark == s.String() {
		return Same, mark, nil
	}
	if mark != "" {
		return Different, mark, nil
	}
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM entry`).Scan(&n); err != nil {
		return Different, "", fmt.Errorf("count entries: %w", err)
	}
	if n > 0 {
		return Different, "", nil
	}
	return Empty, "", nil
}

// Build loads the units and records every invented entry, all in one transaction: a build that is cut short
// leaves nothing behind. The reports of the year follow in a transaction of their own, for they print the figures.
func Build(ctx context.Context, d Deps, s Spec) error {
	if s.Today < firstToday || s.Today > lastToday {
		return fault.Newf(fault.Invalid, "Ngày %s ngoài khoảng dựng được: chọn --today từ %s đến %s.", s.Today.Vi(), firstToday.Vi(), lastToday.Vi())
	}
	var drawings map[string]string
	if !s.Blank {
		var err error
		if drawings, err = keepDrawings(ctx, d.Files); err != nil { // before the transaction: the store has its own
			return err
		}
	}
	err := d.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		d.Progress("Nạp đơn vị 2010–2026", 0, 1)
		ed := d.Catalog.Latest()
		if err := d.Org.LoadSet(ctx, tx, d.Data, "units/bac_kan", ledger.BodyRules(ed)); err != nil {
			return fmt.Errorf("load units: %w", err)
		}
		d.Progress("Nạp đơn vị 2010–2026", 1, 1)
		if s.Blank {
			return db.SetMeta(ctx, tx, MetaKey, s.String())
		}
		if _, err := d.Org.ApplyIn(ctx, tx, Enterprises(s.Today), "demo"); err != nil {
			return fmt.Errorf("open enterprises: %w", err)
		}
		tree, err := org.LoadTree(ctx, tx)
		if err != nil {
			return fmt.Errorf("read units: %w", err)
		}
		w, err := newWorld(d, s, tree)
		if err != nil {
			return err
		}
		w.drawings = drawings
		return record(ctx, d, tx, w, s)
	})
	if err != nil {
		return err
	}
	if !s.Blank {
		if err := filings(ctx, d, s); err != nil {
			return fmt.Errorf("reports of the cycle: %w", err)
		}
	}
	d.Progress("Niêm phong sổ", 0, 1)
	if err := d.Log.Flush(ctx); err != nil {
		return fmt.Errorf("seal the log: %w", err)
	}
	if _, err := d.Log.Checkpoint(ctx); err != nil {
		return fmt.Errorf("sign the log: %w", err)
	}
	d.Progress("Niêm phong sổ", 1, 1)
	return nil
}

const (
	firstToday civil.Date = 20200101
	lastToday  civil.Date = 20271231
)

func record(ctx context.Context, d Deps, tx *db.Tx, w *world, s Spec) error {
	drafts, total, err := w.drafts()
	if err != nil {
		return err
	}
	opts := ledger.BulkOptions{Actor: "demo", Total: total, Progress: func(done, total int) {
		d.Progress("Ghi các bản ghi giả định", done, total)
	}}
	if _, err := d.Ledger.Bulk(ctx, tx, drafts, opts); err != nil {
		return fmt.Errorf("record entries: %w", err)
	}
	if err := w.keepDossiers(ctx, d, tx); err != nil {
		return err
	}
	if err := w.stateNils(ctx, d, tx); err != nil {
		return fmt.Errorf("state nil returns: %w", err)
	}
	if err := giveBack(ctx, d, tx); err != nil {
		return err
	}
	if err := w.judged(ctx, d, tx); err != nil {
		return fmt.Errorf("hold the contest of the year: %w", err)
	}
	return db.SetMeta(ctx, tx, MetaKey, s.String())
}

// drafts are all entries of the demo, oldest stream first, and how many they are.
func (w *world) drafts() (iter.Seq[ledger.Draft], int, error) {
	var all []ledger.Draft
	streams, err := loadStreams()
	if err != nil {
		return nil, 0, err
	}
	for _, st := range append(streams, everyday(w.cat.Latest(), streams)...) {
		made, err := w.stream(st)
		if err != nil {
			return nil, 0, fmt.Errorf("stream %s: %w", st.Name, err)
		}
		all = append(all, made...)
	}
	for _, more := range []func() ([]ledger.Draft, error){w.petitions, w.states, w.readings, w.planted, w.tasks, w.works, w.duties, w.reception, w.dialogues, w.disclosures, w.contests} {
		made, err := more()
		if err != nil {
			return nil, 0, err
		}
		all = append(all, made...)
	}
	all = w.models(w.contributions(all))
	return func(yield func(ledger.Draft) bool) {
		for _, dr := range all {
			if !yield(dr) {
				return
			}
		}
	}, len(all), nil
}
