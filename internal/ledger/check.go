package ledger

import (
	"context"
	"fmt"
	"iter"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// Checked says what Bulk would do with drafts.
type Checked struct {
	New     int
	Existed int
	Bad     []RowError
	Adds    map[string]Added // by code of series: what the new ones would add
}

// Added is what entries add to a series.
type Added struct {
	Value int64 // in the series' smallest unit
	N     int64
}

// CheckOptions say how drafts are judged besides what Bulk asks.
type CheckOptions struct {
	// May reports whether the one who hands in may record the kind for the unit; nil asks nothing.
	May func(kind string, unit org.UnitID) bool
	// Progress is told how many are judged.
	Progress func(done int)
}

// Denied is the sentence for a row whose unit is not the actor's to record for.
const Denied = "Tài khoản của bạn chưa được giao ghi loại việc này cho đơn vị này. Hãy sửa mã đơn vị, hoặc hỏi người quản trị."

// Check judges drafts as Bulk with ContentKeys would, without writing: the drafts themselves, keys that are taken,
// entries that are carried out, attachments. q sees one moment; what others record meanwhile is seen by Bulk.
func (l *Ledger) Check(ctx context.Context, q db.Querier, drafts iter.Seq[Draft], opts CheckOptions) (Checked, error) {
	tree, err := l.treeOf(ctx, q)
	if err != nil {
		return Checked{}, err
	}
	r := rules{tree: tree, catalog: l.Catalog, anyBody: l.AnyBody, law: l.Law, settle: l.Settle, today: today(l.now()), ownKeys: true}
	c := &checking{l: l, q: q, tree: tree, opts: opts, keys: map[string]taken{}, out: Checked{Adds: map[string]Added{}}}
	ctx, stop := context.WithCancel(ctx)
	chunks := prepareAll(ctx, r, drafts)
	defer func() {
		stop()
		for range chunks {
		}
	}()
	done := 0
	for chunk := range chunks {
		ready := <-chunk
		if err := c.take(ctx, ready); err != nil {
			return Checked{}, err
		}
		if done += len(ready); opts.Progress != nil {
			opts.Progress(done)
		}
	}
	return c.out, ctx.Err()
}

// checking is a Check under way.
type checking struct {
	l    *Ledger
	q    db.Querier
	tree *org.Tree
	opts CheckOptions
	keys map[string]taken
	out  Checked
}

func (c *checking) take(ctx context.Context, chunk []prepared) error {
	for i := range chunk {
		p := &chunk[i]
		if len(p.problems) == 0 && p.draft.Key == "" {
			p.draft.Key, p.byContent = p.contentKey(), true
		}
	}
	found, err := byKeys(ctx, c.q, chunk)
	if err != nil {
		return err
	}
	for i := range chunk {
		p := &chunk[i]
		problems := p.problems
		if len(problems) == 0 {
			if problems, err = c.one(ctx, p, found); err != nil {
				return err
			}
		}
		if len(problems) > 0 {
			c.out.Bad = append(c.out.Bad, RowError{p.row, problems})
		}
	}
	return nil
}

// one judges a draft that is right in itself.
func (c *checking) one(ctx context.Context, p *prepared, found map[string]*headRow) (Problems, error) {
	s := p.said[0]
	if !mayRecordAs(c.opts.May, c.tree, s) {
		return Problems{{"unit", Denied}}, nil
	}
	carries, problems, err := c.carries(ctx, s)
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	if problems, err = c.l.refersTo(ctx, c.q, s, 0, c.keys); err != nil || len(problems) > 0 {
		return problems, err
	}
	if problems, err = c.files(ctx, s); err != nil || len(problems) > 0 {
		return problems, err
	}
	e := s.recorded(p.draft, 0, carries, 0, "", 0)
	there, err := c.there(ctx, p, e, found)
	if wrong, ok := err.(Problems); ok {
		return wrong, nil
	}
	if err != nil {
		return nil, err
	}
	if there {
		c.out.Existed++
		return nil, nil
	}
	c.out.New++
	c.keys[e.head.key] = taken{0, p.row, p.sum()}
	for _, sum := range s.sums {
		if sum.series.role == Lead {
			a := c.out.Adds[sum.series.code]
			c.out.Adds[sum.series.code] = Added{a.Value + sum.amount.Value, a.N + 1}
		}
	}
	return nil, nil
}

func (c *checking) there(ctx context.Context, p *prepared, e *life, found map[string]*headRow) (bool, error) {
	if first, ok := c.keys[e.head.key]; ok {
		return first.again(p)
	}
	return compared(ctx, c.q, e, found[e.head.key])
}

// carries finds what a draft carries out: an earlier row, whose number is not known yet, or an entry.
func (c *checking) carries(ctx context.Context, s *said) (int64, Problems, error) {
	if _, earlier := c.keys[s.carries]; s.carries == "" || earlier {
		return 0, nil, nil
	}
	id, err := c.l.named(ctx, c.q, s.carries, 0)
	if says := sayInvalid(err); says != "" {
		return 0, Problems{{"carries", says}}, nil
	}
	if err != nil {
		return 0, nil, fmt.Errorf("look for what is carried out: %w", err)
	}
	return id, nil, nil
}

// files makes sure that the attachments are kept.
func (c *checking) files(ctx context.Context, s *said) (Problems, error) {
	for _, f := range s.files {
		var kept bool
		if err := c.q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM file WHERE hash = $1)`, f.Hash).Scan(&kept); err != nil {
			return nil, fmt.Errorf("look for an attachment: %w", err)
		}
		if !kept {
			return Problems{{"files", fmt.Sprintf("Chưa có tệp đính kèm %q. Hãy gửi tệp trước.", f.Name)}}, nil
		}
	}
	return nil, nil
}

// UnitOf is the unit that a draft names on its day, 0 where it names none.
func UnitOf(tree *org.Tree, ref string, day civil.Date) org.UnitID {
	u, err := unitOn(tree, ref, day)
	if err != nil {
		return 0
	}
	return u.ID
}
