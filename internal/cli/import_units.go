package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"danvan/internal/app"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// ImportUnitsCmd imports units as they stood on their first day.
type ImportUnitsCmd struct{ importFlags }

// Run imports the file. A partial import leaves out bad rows, and then those that need them, until the rest holds.
func (c *ImportUnitsCmd) Run(r *Run) error {
	t, err := readTable(c.File, c.Format, c.Sheet)
	if err != nil {
		return err
	}
	bad := map[int]ledger.Problems{}
	if err := t.flatten(bad); err != nil {
		return err
	}
	a, err := r.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	progress := r.Progress("Nhập " + t.name)
	progress(0, len(t.rows))
	done, err := c.tryUnits(r.Ctx, a, t, bad)
	if err != nil {
		return err
	}
	progress(len(t.rows), len(t.rows))
	if len(bad) == 0 || c.Partial {
		what := "Đã nhập"
		if c.DryRun {
			what = "Kiểm tra xong, chưa ghi gì; sẽ nhập"
		} else if err := a.Log.Flush(r.Ctx); err != nil {
			return fmt.Errorf("the units are saved; sequencing their leaves: %w", err)
		}
		fmt.Fprintf(r.Out, "%s %d đơn vị, %d đã có từ trước, %d dòng sai.\n", what, done.Units, done.Known, len(bad))
	}
	if len(bad) == 0 {
		return nil
	}
	return c.tell(r, t, bad)
}

// tryUnits imports what is not bad; each refusal adds to bad.
func (c *ImportUnitsCmd) tryUnits(ctx context.Context, a *app.App, t *table, bad map[int]ledger.Problems) (*org.Imported, error) {
	for {
		if len(bad) > 0 && !c.Partial {
			return &org.Imported{}, nil
		}
		text := t.unitsCSV(bad)
		done, err := c.oneTry(ctx, a, t, text)
		if err == nil {
			return done, nil
		}
		before := len(bad)
		if !t.blame(err, bad) || len(bad) == before {
			return nil, err
		}
	}
}

func (c *ImportUnitsCmd) oneTry(ctx context.Context, a *app.App, t *table, text []byte) (*org.Imported, error) {
	units, err := org.ReadUnits(t.name, bytes.NewReader(text), org.Floor)
	if err != nil {
		return nil, err
	}
	if !c.DryRun {
		return a.Org.ImportUnits(ctx, units, c.Actor)
	}
	dir, err := os.MkdirTemp("", "danvan-units-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "units.csv"), text, 0o600); err != nil {
		return nil, err
	}
	err = a.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		if err := a.Org.LoadSet(ctx, tx, os.DirFS(dir), ".", nil); err != nil {
			return err
		}
		return errDryRun
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	return &org.Imported{Units: len(units)}, nil
}

// blame finds the rows that a refusal speaks of. False: it speaks of something else.
func (t *table) blame(err error, bad map[int]ledger.Problems) bool {
	var no *org.Refusal
	if !errors.As(err, &no) {
		return false
	}
	for _, reason := range no.Reasons {
		i, ok := t.rowNamed(reason.Where)
		if !ok {
			return false
		}
		bad[i] = append(bad[i], ledger.Problem{Say: reason.Say})
	}
	return true
}

// rowNamed reads "units.csv dòng 12: ", where 12 is the line in the table as unitsCSV wrote it.
func (t *table) rowNamed(where string) (int, bool) {
	_, after, ok := strings.Cut(where, "dòng ")
	line := 0
	if _, err := fmt.Sscanf(after, "%d", &line); !ok || err != nil {
		return 0, false
	}
	i := slices.IndexFunc(t.rows, func(r row) bool { return r.line == line })
	return i, i >= 0
}

// unitsCSV writes the good rows as CSV, each on its own line of the file, so that errors name the right one.
func (t *table) unitsCSV(bad map[int]ledger.Problems) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	line := 1
	put := func(cells []string) {
		out := t.extended(cells, "")
		for i, cell := range out {
			out[i] = strings.Join(strings.Fields(cell), " ") // one row, one line
		}
		w.Write(out[:len(out)-1])
		w.Flush()
	}
	put(t.header)
	for i, r := range t.rows {
		if bad[i] != nil {
			continue
		}
		for line++; line < r.line; line++ {
			b.WriteByte('\n') // the reader passes over empty lines and counts them
		}
		put(r.cells)
	}
	return b.Bytes()
}

// flatten turns lines of JSON into rows under a header of all their keys.
func (t *table) flatten(bad map[int]ledger.Problems) error {
	if t.format != "jsonl" {
		if !slices.ContainsFunc(t.header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), "code") }) {
			return fault.New(fault.Invalid, "Tệp đơn vị thiếu cột “code”. Dòng đầu của tệp phải là tên các cột; xem docs/import.md.")
		}
		return nil
	}
	objects := make([]map[string]any, len(t.rows))
	for i := range t.rows {
		if err := json.Unmarshal(t.rows[i].json, &objects[i]); err != nil {
			bad[i] = ledger.Problems{{Say: fmt.Sprintf("Dòng không đúng dạng JSON (%v).", err)}}
			continue
		}
		for key := range objects[i] {
			if key != ledger.ErrorColumn && !slices.Contains(t.header, key) {
				t.header = append(t.header, key)
			}
		}
	}
	slices.Sort(t.header)
	for i, object := range objects {
		cells := make([]string, len(t.header))
		for j, key := range t.header {
			if v := object[key]; v != nil {
				cells[j] = fmt.Sprint(v)
			}
		}
		t.rows[i].cells = cells
	}
	return nil
}
