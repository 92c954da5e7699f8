package figure

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Pick says which entries behind a figure to list, and how.
type Pick struct {
	Side          Side
	Part          int   // of Figure.Parts, from 1: of that term alone, whatever the side; 0 is all of the side
	Order         Order // empty is newest first
	Offset, Limit int64 // a limit of 0 is all
}

// Order is how evidence is sorted.
type Order string

const (
	NewestFirst  Order = ""
	OldestFirst  Order = "oldest"
	LargestFirst Order = "largest"
	LeastFirst   Order = "least"
)

// Evidence lists the entries behind one side of a figure, newest day first, each once. A limit of 0 is all. For a
// yearly series they are those of the year whose value is printed.
func (e *Engine) Evidence(ctx context.Context, q Query, part Side, offset, limit int64) (*Evidence, error) {
	return e.Entries(ctx, q, Pick{Side: part, Offset: offset, Limit: limit})
}

// Entries lists the entries behind a figure, each once.
func (e *Engine) Entries(ctx context.Context, q Query, p Pick) (*Evidence, error) {
	if p.Side == "" {
		p.Side = Numerator
	}
	if p.Side != Numerator && p.Side != Denominator {
		return nil, fault.Newf(fault.Invalid, "Phần “%s” không có: chọn numerator (tử số) hoặc denominator (mẫu số).", p.Side)
	}
	if p.Offset < 0 || p.Limit < 0 {
		return nil, fault.New(fault.Invalid, "Vị trí bắt đầu và số dòng không được âm.")
	}
	var out *Evidence
	err := e.view(ctx, func(s *session) error {
		if err := s.veil(q, ""); err != nil {
			return err
		}
		t, err := s.ask(q)
		if err != nil {
			return err
		}
		out, err = t.evidence(p)
		return err
	})
	return out, err
}

func (t *question) evidence(p Pick) (*Evidence, error) {
	a, _, err := t.answer()
	if err != nil {
		return nil, err
	}
	if p.Part > 0 && p.Part <= len(a.terms) {
		a.terms = a.terms[p.Part-1 : p.Part]
		p.Side = Numerator
		if a.terms[0].den {
			p.Side = Denominator
		}
	}
	out := &Evidence{
		Indicator: t.ind.Code, Name: t.ind.Name, Unit: t.unit.Code, UnitName: t.name, Period: t.span(), Basis: t.basis.String(),
		Edition: t.ed.Code, Status: t.status, AsOf: t.asOfText(), Side: p.Side, Measure: t.measure(), Offset: p.Offset, Entries: []Proof{},
	}
	if len(t.ind.Ref) > 0 {
		out.Ref = t.ind.Ref[0]
	}
	added, err := a.added(p.Side)
	if err != nil {
		return nil, err
	}
	p.Order.sort(added)
	out.Total = int64(len(added))
	page := pageOf(added, p.Offset, p.Limit)
	if len(page) == 0 {
		return out, nil
	}
	out.Entries, err = t.proofs(page)
	return out, err
}

func (o Order) sort(all []addition) {
	slices.SortFunc(all, func(a, b addition) int {
		newer := cmp.Or(cmp.Compare(b.day, a.day), cmp.Compare(b.entry, a.entry))
		switch o {
		case OldestFirst:
			return -newer
		case LargestFirst:
			return cmp.Or(b.value.Cmp(a.value), newer)
		case LeastFirst:
			return cmp.Or(a.value.Cmp(b.value), newer)
		}
		return newer
	})
}

// addition is what one entry adds to a side.
type addition struct {
	entry int64
	day   civil.Date
	value *big.Rat
	leaf  int64
	given bool // one of its facts is not zero
}

// added sums the facts behind a side by entry.
func (a *answer) added(side Side) ([]addition, error) {
	x := a.q.ind.Formula()
	if side == Denominator {
		x = a.q.ind.DenominatorFormula()
	}
	byEntry := map[int64]*addition{}
	for _, k := range a.terms {
		if k.den != (side == Denominator) {
			continue
		}
		rows, err := a.q.behind(k)
		if err != nil {
			return nil, err
		}
		factor := coefficient(x, k.Call)
		for _, f := range rows {
			e := byEntry[f.entry]
			if e == nil {
				e = &addition{entry: f.entry, value: new(big.Rat)}
				byEntry[f.entry] = e
			}
			e.day, e.leaf = max(e.day, f.day), max(e.leaf, f.leaf)
			worth := k.worth(f, factor)
			e.given = e.given || worth.Sign() != 0
			e.value.Add(e.value, worth)
		}
	}
	out := make([]addition, 0, len(byEntry))
	for _, e := range byEntry {
		if e.value.Sign() == 0 && e.given {
			continue // came and went: of what is left on a day it is no part
		}
		out = append(out, *e)
	}
	return out, nil
}

// worth is what one fact adds: its value, or 1 where entries or units are counted.
func (k *term) worth(f factRow, factor *big.Rat) *big.Rat {
	v := new(big.Rat).SetInt64(1)
	switch k.Func {
	case "sum", "stock", "last", "reading":
		v.Quo(new(big.Rat).SetInt64(f.value), tenTo(k.series.Scale))
	case "in_state":
		v.SetInt64(f.value)
	}
	return v.Mul(v, factor)
}

// coefficient is by what a call is multiplied in a linear formula, 1 in any other.
func coefficient(x catalog.Expr, c *catalog.Call) *big.Rat {
	if f := factorOf(x, c); f != nil {
		return f
	}
	return big.NewRat(1, 1)
}

func factorOf(x catalog.Expr, c *catalog.Call) *big.Rat {
	switch x := x.(type) {
	case *catalog.Call:
		if x == c {
			return big.NewRat(1, 1)
		}
	case *catalog.Neg:
		if f := factorOf(x.X, c); f != nil {
			return f.Neg(f)
		}
	case *catalog.Binary:
		return factorIn(x, c)
	}
	return nil
}

func factorIn(x *catalog.Binary, c *catalog.Call) *big.Rat {
	l, r := factorOf(x.X, c), factorOf(x.Y, c)
	left, isLeft := x.X.(*catalog.Num)
	right, isRight := x.Y.(*catalog.Num)
	switch {
	case x.Op == '-' && r != nil:
		return r.Neg(r)
	case x.Op == '+' || x.Op == '-':
		if l != nil {
			return l
		}
		return r
	case x.Op == '*' && l != nil && isRight:
		return l.Mul(l, right.Value)
	case x.Op == '*' && r != nil && isLeft:
		return r.Mul(r, left.Value)
	case x.Op == '/' && l != nil && isRight && right.Value.Sign() != 0:
		return l.Quo(l, right.Value)
	case l != nil:
		return l
	}
	return r
}

func pageOf(all []addition, offset, limit int64) []addition {
	if offset >= int64(len(all)) {
		return nil
	}
	all = all[offset:]
	if limit > 0 && limit < int64(len(all)) {
		all = all[:limit]
	}
	return all
}

// headsAtOnce is how many entries are read with one statement.
const headsAtOnce = 1000

// proofs reads the heads of entries, in the order given.
func (t *question) proofs(page []addition) ([]Proof, error) {
	heads := make(map[int64]Proof, len(page))
	for part := range slices.Chunk(page, headsAtOnce) {
		if err := t.readHeads(part, heads); err != nil {
			return nil, err
		}
	}
	out := make([]Proof, 0, len(page))
	for _, x := range page {
		p, ok := heads[x.entry]
		if !ok {
			return nil, fmt.Errorf("evidence of %s: fact without entry %d", t.ind.Code, x.entry)
		}
		p.Value, p.Leaf = civil.DecimalString(x.value, 6), x.leaf
		out = append(out, p)
	}
	return out, nil
}

func (t *question) readHeads(page []addition, heads map[int64]Proof) error {
	ids := make([]int64, len(page))
	for i, x := range page {
		ids[i] = x.entry
	}
	rows, err := t.q.QueryContext(t.ctx, `SELECT id, kind, unit, place, day, title, state FROM entry WHERE id IN (`+list(ids)+`)`)
	if err != nil {
		return fmt.Errorf("read entries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p Proof
		var unit, place org.UnitID
		var day civil.Date
		if err := rows.Scan(&p.ID, &p.Kind, &unit, &place, &day, &p.Title, &p.State); err != nil {
			return fmt.Errorf("read entries: %w", err)
		}
		p.UnitID = unit
		p.Day, p.Unit, p.UnitName, p.Place = day.String(), t.code(unit), t.tree.NameOn(unit, day), t.tree.NameOn(place, day)
		if k := t.ed.Kind(p.Kind); k != nil {
			p.KindName = k.Name
		}
		heads[p.ID] = p
	}
	return rows.Err()
}

func (s *session) code(id org.UnitID) string {
	if u := s.tree.Unit(id); u != nil {
		return u.Code
	}
	return ""
}
