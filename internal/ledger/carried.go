package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/db"
	"danvan/internal/org"
)

// refersTo checks that the entries named in the fields of s are there, among those of the batch or in the database. A
// reference stays as it was handed in, key or #number, so that what an entry says does not depend on where it is kept.
func (l *Ledger) refersTo(ctx context.Context, q db.Querier, s *said, self int64, batch map[string]taken) (Problems, error) {
	for _, f := range s.kind.Fields {
		ref := s.values.Text(f.Code)
		if f.Type != catalog.EntryRef || ref == "" {
			continue
		}
		if _, earlier := batch[ref]; earlier {
			continue
		}
		h, err := headByRef(ctx, q, ref)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return Problems{{"fields." + f.Code, fmt.Sprintf("%s: không có ghi nhận “%s”. Hãy ghi số như #123, hoặc bỏ trống.", f.Name, ref)}}, nil
		case err != nil:
			return nil, err
		case h.id == self:
			return Problems{{"fields." + f.Code, f.Name + ": một ghi nhận không thể nói về chính nó. Hãy chọn ghi nhận khác."}}, nil
		}
	}
	return nil, nil
}

// mayRecordAs asks may for the unit of an entry, and where the kind is given by another body, for that one too: nobody
// gives tasks in the name of a body that is not his.
func mayRecordAs(may func(kind string, unit org.UnitID) bool, tree *org.Tree, s *said) bool {
	if may == nil {
		return true
	}
	if !may(s.kind.Code, s.unit) {
		return false
	}
	giver := s.values.Text(s.kind.GivenBy)
	return giver == "" || may(s.kind.Code, UnitOf(tree, giver, s.day))
}

// Referred is the head of the entry that a reference names, key or #number; nil where there is none.
func (l *Ledger) Referred(ctx context.Context, q db.Querier, ref string) (*Head, error) {
	h, err := headByRef(ctx, q, ref)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for entry %s: %w", ref, err)
	}
	head := h.public()
	return &head, nil
}

// CarriedOut are the entries that carry out one of those given, but void ones, each with what it says; in the order
// of their days.
func (l *Ledger) CarriedOut(ctx context.Context, q db.Querier, ids []int64) ([]Line, error) {
	var out []Line
	for some := range slices.Chunk(ids, few) {
		var c condition
		in(&c, "e.carries", some, func(id int64) any { return id })
		lines, err := linesOf(ctx, q, ` WHERE `+c.parts[0]+` AND e.state <> 'void' ORDER BY e.day, e.id`, c.args...)
		if err != nil {
			return nil, err
		}
		out = append(out, lines...)
	}
	return out, nil
}

// LineOf is one entry as lists have it.
func (l *Ledger) LineOf(ctx context.Context, q db.Querier, id int64) (Line, error) {
	lines, err := linesOf(ctx, q, ` WHERE e.id = $1`, id)
	if err == nil && len(lines) == 0 {
		err = noSuch(sql.ErrNoRows, id)
	}
	if err != nil {
		return Line{}, err
	}
	return lines[0], nil
}

func linesOf(ctx context.Context, q db.Querier, where string, args ...any) ([]Line, error) {
	var out []Line
	names := map[string]string{}
	err := each(ctx, q, func(r scanner) error {
		row, err := scanShelf(r, names)
		out = append(out, Line{row.Head, row.fields})
		return err
	}, selectShelf+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read entries with what they say: %w", err)
	}
	return out, nil
}
