package intake

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Declared is the kind that all rows of a table are of, nil where there are several or none.
func (s *Store) Declared(t *Table, kind string) *catalog.Kind {
	if kind == "" && t.Format != "jsonl" {
		kind = soleKind(t)
	}
	editions := s.Catalog.Editions()
	for i := len(editions) - 1; i >= 0; i-- {
		if k := editions[i].Kind(kind); k != nil {
			return k
		}
	}
	return nil
}

// soleKind is the kind that every row of a table names.
func soleKind(t *Table) string {
	cols, err := ledger.ColumnsOf(t.Header, false)
	at := slices.Index(cols, "kind")
	if err != nil || at < 0 {
		return ""
	}
	kind := ""
	for _, r := range t.Rows {
		if at >= len(r.Cells) || r.Cells[at] == "" {
			continue
		}
		if kind != "" && r.Cells[at] != kind {
			return ""
		}
		kind = r.Cells[at]
	}
	return kind
}

// judge says what is wrong with which rows and writes the numbers of the import.
func (s *Store) judge(ctx context.Context, v *access.Viewer, t *Table, imp *Import) (map[int]ledger.Problems, error) {
	d, err := t.Drafts(Reading{Kind: imp.Kind, Declared: s.Declared(t, imp.Kind)})
	if err != nil {
		return nil, err
	}
	var checked ledger.Checked
	err = s.DB.View(ctx, func(q db.Querier) (err error) {
		checked, err = s.Ledger.Check(ctx, q, slices.Values(d.Drafts), ledger.CheckOptions{May: s.mayOf(v)})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("check rows: %w", err)
	}
	for _, e := range checked.Bad {
		d.Bad[d.Rows[e.Row-1]] = e.Problems
	}
	for i, draft := range d.Drafts {
		if draft.Confirmed && !v.May(access.ConfirmWork, 0) {
			d.Bad[d.Rows[i]] = append(d.Bad[d.Rows[i]], ledger.Problem{Field: "confirmed",
				Say: "Tài khoản của bạn không có quyền xác nhận. Hãy để trống cột này; ghi nhận sẽ chờ người có quyền xác nhận."})
		}
	}
	sayNumbers(t, d)
	for n, draft := range d.Dayless {
		if k := s.kind(draft.Kind); k != nil {
			_, wrong := k.Check(draft.Fields, 0)
			for _, w := range wrong {
				d.Bad[n] = append(d.Bad[n], ledger.Problem{Field: "fields." + w.Field, Say: w.Message})
			}
		}
	}
	imp.Columns, imp.Bad, imp.Existed, imp.Adds = d.Columns, len(d.Bad), checked.Existed, nil
	for code, a := range checked.Adds {
		imp.Adds = append(imp.Adds, Addition{code, a.Value, a.N})
	}
	slices.SortFunc(imp.Adds, func(a, b Addition) int { return cmp.Compare(a.Series, b.Series) })
	return d.Bad, nil
}

// mayOf asks for the rows of one viewer; a unit is asked for once a kind.
func (s *Store) mayOf(v *access.Viewer) func(kind string, unit org.UnitID) bool {
	type asked struct {
		kind string
		unit org.UnitID
	}
	known := map[asked]bool{}
	return func(kind string, unit org.UnitID) bool {
		a := asked{kind, unit}
		may, ok := known[a]
		if !ok {
			may = mayRecord(v, s.kind(kind), unit)
			known[a] = may
		}
		return may
	}
}

// kind is a kind by its code, of the newest edition that has it.
func (s *Store) kind(code string) *catalog.Kind {
	editions := s.Catalog.Editions()
	for i := len(editions) - 1; i >= 0; i-- {
		if k := editions[i].Kind(code); k != nil {
			return k
		}
	}
	return nil
}

// Mend replaces cells of rows, by the number of the row, and judges all rows anew: one row may name another.
func (s *Store) Mend(ctx context.Context, v *access.Viewer, imp *Import, cells map[int][]string, lines map[int]string) error {
	t, err := s.Table(ctx, s.DB.Read(), imp)
	if err != nil {
		return err
	}
	before, err := s.problems(ctx, imp)
	if err != nil {
		return err
	}
	for n, c := range cells {
		if n >= 0 && n < len(t.Rows) && imp.Format != "jsonl" {
			t.Rows[n].Cells = c
		}
	}
	for n, line := range lines {
		if n >= 0 && n < len(t.Rows) && imp.Format == "jsonl" {
			t.Rows[n].JSON = []byte(line)
		}
	}
	bad, err := s.judge(ctx, v, t, imp)
	if err != nil {
		return err
	}
	return s.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		if err := s.move(ctx, tx, imp.ID, Staged, Staged); err != nil {
			return err
		}
		for n := range t.Rows {
			_, byCells := cells[n]
			_, byLine := lines[n]
			if text := problemsText(bad[n]); byCells || byLine || text != before[n] {
				if err := s.mendRow(ctx, tx, imp, n, &t.Rows[n], text); err != nil {
					return err
				}
			}
		}
		return s.keepNumbers(ctx, tx, imp)
	})
}

// problems are the texts of what is wrong, by row.
func (s *Store) problems(ctx context.Context, imp *Import) (map[int]string, error) {
	out := map[int]string{}
	err := s.eachRow(ctx, s.DB.Read(), imp, `WHERE import = $1 AND problems <> ''`, func(r BadRow) { out[r.Row] = problemsText(r.Problems) }, imp.ID)
	return out, err
}

func (s *Store) mendRow(ctx context.Context, tx *db.Tx, imp *Import, n int, r *Row, problems string) error {
	cells := string(r.JSON)
	if imp.Format != "jsonl" {
		cells = jsonOf(r.Cells)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE import_row SET cells = $3, problems = $4 WHERE import = $1 AND row = $2`, imp.ID, n, cells, problems); err != nil {
		return fmt.Errorf("mend row %d of import %d: %w", n, imp.ID, err)
	}
	return nil
}

func (s *Store) keepNumbers(ctx context.Context, tx *db.Tx, imp *Import) error {
	_, err := tx.ExecContext(ctx, `UPDATE import SET bad = $2, existed = $3, columns = $4, adds = $5, message = $6 WHERE id = $1`,
		imp.ID, imp.Bad, imp.Existed, jsonOf(imp.Columns), jsonOf(imp.Adds), imp.Message)
	if err != nil {
		return fmt.Errorf("keep the numbers of import %d: %w", imp.ID, err)
	}
	return nil
}

// Drop throws a staged import away.
func (s *Store) Drop(ctx context.Context, id int64) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.move(ctx, tx, id, Staged, Dropped); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM import_row WHERE import = $1`, id); err != nil {
			return fmt.Errorf("drop rows of import %d: %w", id, err)
		}
		return s.dropContent(ctx, tx, id)
	})
}

var errNothing = fault.New(fault.Invalid, "Không còn dòng nào đúng để nhập. Hãy sửa các dòng sai trước.")
