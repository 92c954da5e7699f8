package intake

import (
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/ledger"
)

// Drafts are the rows of a table as the ledger takes them.
type Drafts struct {
	Drafts  []ledger.Draft
	Rows    []int                   // of each draft, the index of its row
	Bad     map[int]ledger.Problems // by index of row
	Dayless map[int]ledger.Draft    // bad rows whose day cannot be read: what else is wrong is still to be said
	Columns ledger.Columns
	Passed  []string // columns that are nothing of the kind
}

// Reading says how rows become drafts.
type Reading struct {
	Readings bool          // a table of readings: measure, year, value
	Kind     string        // of rows that name none
	Declared *catalog.Kind // columns may go by the names of its fields; nil for codes alone
}

// Drafts turns rows into drafts. What is wrong with the table as a whole is the error.
func (t *Table) Drafts(how Reading) (*Drafts, error) {
	t.Readings = how.Readings
	out := &Drafts{Bad: map[int]ledger.Problems{}, Dayless: map[int]ledger.Draft{}}
	if t.Format != "jsonl" {
		var err error
		if out.Columns, out.Passed, err = ledger.ColumnsFor(t.Header, how.Readings, how.Declared); err != nil {
			return nil, err
		}
		if err := out.Columns.Need(how.needs()...); err != nil {
			return nil, err
		}
	}
	for i := range t.Rows {
		d, problems := t.Rows[i].draft(out.Columns)
		if len(problems) == 0 {
			problems = how.complete(&d)
		}
		if len(problems) > 0 {
			out.Bad[i] = problems
			if d.Day == 0 && t.Rows[i].Bad == "" && t.Rows[i].JSON == nil {
				_ = how.complete(&d) // the kind is all that is wanted
				out.Dayless[i] = d
			}
			continue
		}
		out.Drafts, out.Rows = append(out.Drafts, d), append(out.Rows, i)
	}
	return out, nil
}

func (how Reading) needs() []string {
	switch {
	case how.Readings:
		return []string{"unit", "fields.measure", "fields.value"}
	case how.Kind == "":
		return []string{"unit", "kind", "day"}
	}
	return []string{"unit", "day"}
}

func (how Reading) complete(d *ledger.Draft) ledger.Problems {
	if how.Readings {
		return d.AsReading(how.Kind)
	}
	if strings.TrimSpace(d.Kind) == "" {
		d.Kind = how.Kind
	}
	return nil
}

func (r Row) draft(cols ledger.Columns) (ledger.Draft, ledger.Problems) {
	if r.Bad != "" {
		return ledger.Draft{}, ledger.Problems{{Say: r.Bad}}
	}
	if r.JSON != nil {
		return ledger.DraftFromJSON(r.JSON)
	}
	return cols.Draft(unbracketed(cols, r.Cells))
}

// unbracketed takes the code out of units that are written as the lists of worksheets have them.
func unbracketed(cols ledger.Columns, cells []string) []string {
	copied := false
	for i, cell := range cells {
		if i >= len(cols) || !strings.HasSuffix(cell, "]") || (cols[i] != "unit" && cols[i] != "place" && cols[i] != "carries") {
			continue
		}
		if !copied {
			cells, copied = slices.Clone(cells), true
		}
		cells[i] = bracketed(cell)
	}
	return cells
}
