package ledger

import (
	"context"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// Closing is a report that has closed the period of a day: what is recorded, amended or voided there afterwards
// differs from what was printed.
type Closing struct {
	Filing int64
	Name   string // of the report with its period: Báo cáo tháng, tháng 10/2026
}

// Closings know which periods are closed.
type Closings interface {
	// Any reports whether anything is closed at all.
	Any(ctx context.Context, q db.Querier) (bool, error)
	// On is what closes a day for a body, nil for an open day.
	On(ctx context.Context, q db.Querier, tree *org.Tree, unit org.UnitID, day civil.Date) (*Closing, error)
}

// Late is the mark of a version that was made after the period of its day was closed.
type Late struct {
	Entry   int64
	Version int
	Filing  int64
	Name    string
}

// ClosingOf is what closes a day for a body, nil for an open day.
func (l *Ledger) ClosingOf(ctx context.Context, q db.Querier, unit org.UnitID, day civil.Date) (*Closing, error) {
	if l.Closed == nil {
		return nil, nil
	}
	tree, err := l.treeOf(ctx, q)
	if err != nil {
		return nil, err
	}
	return l.Closed.On(ctx, q, tree, unit, day)
}

// markLate marks the newest version of an entry where its day, or the day that it had before, lies in a closed
// period. A confirmation changes nothing that was printed and is not marked.
func (w *act) markLate(ctx context.Context, e *life, was *headRow) error {
	last := e.steps[len(e.steps)-1].row
	if w.l.Closed == nil || last.act == ActConfirm {
		return nil
	}
	at := []headRow{e.head}
	if was != nil && (was.unit != e.head.unit || was.day != e.head.day) {
		at = append(at, *was)
	}
	marked := map[int64]bool{}
	for _, h := range at {
		c, err := w.l.Closed.On(ctx, w.tx, w.rules.tree, h.unit, h.day)
		if err != nil {
			return fmt.Errorf("look for what closes %s: %w", h.day, err)
		}
		if c == nil || marked[c.Filing] {
			continue
		}
		marked[c.Filing] = true
		if err := w.tx.Insert(ctx, "entry_late", lateCols, [][]any{{last.entry, last.number, c.Filing, c.Name}}); err != nil {
			return fmt.Errorf("mark entry %d as late: %w", last.entry, err)
		}
	}
	return nil
}

var lateCols = []string{"entry", "version", "filing", "note"}

// markLives marks the entries of a bulk whose days lie in closed periods.
func (b *bulk) markLives(ctx context.Context, lives []*life) error {
	if b.l.Closed == nil || b.allOpen {
		return nil
	}
	if b.closed == nil {
		any, err := b.l.Closed.Any(ctx, b.tx)
		if b.allOpen = !any; err != nil || !any {
			return err
		}
		b.closed = map[closedAt]*Closing{}
	}
	var rows [][]any
	for _, e := range lives {
		at := closedAt{e.head.unit, e.head.day}
		c, known := b.closed[at]
		if !known {
			var err error
			if c, err = b.l.Closed.On(ctx, b.tx, b.rules.tree, at.unit, at.day); err != nil {
				return fmt.Errorf("look for what closes %s: %w", at.day, err)
			}
			b.closed[at] = c
		}
		if c != nil {
			rows = append(rows, []any{e.head.id, e.head.version, c.Filing, c.Name})
		}
	}
	return b.tx.Insert(ctx, "entry_late", lateCols, rows)
}

type closedAt struct {
	unit org.UnitID
	day  civil.Date
}

// LateOf are the marks of an entry, by version.
func (l *Ledger) LateOf(ctx context.Context, q db.Querier, entry int64) ([]Late, error) {
	return lates(ctx, q, ` WHERE entry = $1 ORDER BY version, filing`, entry)
}

// LateIn are the marks of what was done after a report had closed its period, the newest last.
func (l *Ledger) LateIn(ctx context.Context, q db.Querier, filing int64) ([]Late, error) {
	return lates(ctx, q, ` WHERE filing = $1 ORDER BY entry, version`, filing)
}

func lates(ctx context.Context, q db.Querier, where string, arg int64) ([]Late, error) {
	var out []Late
	err := each(ctx, q, func(s scanner) error {
		var x Late
		err := s.Scan(&x.Entry, &x.Version, &x.Filing, &x.Name)
		out = append(out, x)
		return err
	}, `SELECT entry, version, filing, note FROM entry_late`+where, arg)
	if err != nil {
		return nil, fmt.Errorf("read marks of late acts: %w", err)
	}
	return out, nil
}
