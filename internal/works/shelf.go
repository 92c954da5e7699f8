package works

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Shelf reads books from the ledger.
type Shelf struct {
	Ledger  *ledger.Ledger
	Catalog *catalog.Catalog
	Engine  db.Engine
}

// Filter narrows what is read to bodies and days; what is zero does not restrict.
type Filter = ledger.Filter

// lines are the entries of a kind that stand, newest first, voided ones left out.
func (s *Shelf) lines(ctx context.Context, q db.Querier, kind string, f Filter, conds ...ledger.Cond) ([]ledger.Line, error) {
	k := s.kind(kind)
	if k == nil {
		return nil, nil
	}
	f.Kinds = []string{kind}
	if len(f.States) == 0 {
		f.States = []ledger.State{ledger.Recorded, ledger.Confirmed}
	}
	picked, err := s.Ledger.Pick(ctx, q, s.Engine, k, f, conds, ledger.NewestFirst, nil)
	if err != nil {
		return nil, fmt.Errorf("read entries of %s: %w", kind, err)
	}
	return picked.Lines(0, -1), nil
}

// kind is the kind as the newest edition that has it declares it.
func (s *Shelf) kind(code string) *catalog.Kind {
	editions := s.Catalog.Editions()
	for _, ed := range slices.Backward(editions) {
		if k := ed.Kind(code); k != nil {
			return k
		}
	}
	return nil
}

// carried are the entries of a kind by the entry that they carry.
func carried[T any](lines []ledger.Line, read func(ledger.Line) (T, error)) (map[int64][]T, error) {
	out := map[int64][]T{}
	for _, l := range slices.Backward(lines) { // oldest first
		if l.Carries == 0 {
			continue
		}
		x, err := read(l)
		if err != nil {
			return nil, err
		}
		out[l.Carries] = append(out[l.Carries], x)
	}
	return out, nil
}

// into reads the stored fields of an entry.
func into(l ledger.Line, v any) error {
	if err := json.Unmarshal([]byte(l.Fields), v); err != nil {
		return fmt.Errorf("read entry %d: %w", l.ID, err)
	}
	return nil
}

// among reports whether a unit is one of those asked for; none asked for is all.
func among(units []org.UnitID, id org.UnitID) bool {
	return len(units) == 0 || slices.Contains(units, id)
}

// rowsOf writes a list as the rows of a group; what is empty stays unsaid. No rows at all is nil: the field is taken out.
func rowsOf[T any](list []T, write func(x T, set func(code string, v any))) []any {
	var out []any
	for _, x := range list {
		row := map[string]any{}
		write(x, func(code string, v any) {
			switch v := v.(type) {
			case string:
				if v != "" {
					row[code] = v
				}
			case civil.Date:
				if v != 0 {
					row[code] = v.String()
				}
			default:
				row[code] = v
			}
		})
		out = append(out, row)
	}
	return out
}

// OrNone is the rows, or nil as an amendment takes a field out.
func OrNone(rows []any) any {
	if len(rows) == 0 {
		return nil
	}
	return rows
}
