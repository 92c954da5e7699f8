package figure

import (
	"context"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// What follows from citizens' letters can point at a denouncer: one denunciation in a commune in a month is a person.
// The rule, in one place and for every route (ADR 0046): who may not read the letters of a unit sees of its letters only
// sums over all classes. Such a sum is the same whatever the classes of the letters are, so that no sum, difference, date,
// version or boundary tells him anything about how many are denunciations.

// Sight says whose eyes an answer is for.
type Sight interface {
	// ReadsLetters reports whether letters of the unit, and of all below it, may be read.
	ReadsLetters(unit org.UnitID) bool
}

type sightKey struct{}

// SeenBy marks all questions of a context as asked for somebody. Without it they are the program's own: the command
// line, jobs, what is printed and kept.
func SeenBy(ctx context.Context, who Sight) context.Context {
	return context.WithValue(ctx, sightKey{}, who)
}

// Unseen marks questions as the program's own again, for what is kept and shown to others by their own right.
func Unseen(ctx context.Context) context.Context { return context.WithValue(ctx, sightKey{}, nil) }

func sightOf(ctx context.Context) Sight {
	who, _ := ctx.Value(sightKey{}).(Sight)
	return who
}

// errVeiled is the answer to a question about letters by somebody who may not read them.
var errVeiled = fault.New(fault.Denied, "Số liệu này chia đơn thư theo loại hoặc nội dung; chỉ người được đọc đơn của đơn vị xem được. Hãy xem tổng số đơn (mọi loại), hoặc hỏi người phụ trách đơn thư.")

// Veiled says of each question whether it is refused to whoever the context is for. A question that cannot be asked any
// more, of a unit or an indicator that is not there, is veiled: what was printed may have been about letters.
func (e *Engine) Veiled(ctx context.Context, qs []Query, by []string) (veiled []bool, err error) {
	veiled = make([]bool, len(qs))
	if sightOf(ctx) == nil {
		return veiled, nil
	}
	err = e.view(ctx, func(s *session) error {
		for i, q := range qs {
			how := ""
			if i < len(by) {
				how = by[i]
			}
			if q.Indicator == "" {
				continue
			}
			veiled[i] = s.veil(q, how) != nil || s.unknown(q)
		}
		return nil
	})
	return veiled, err
}

// veil refuses a question about letters to whom they are closed; by is empty for a figure.
func (s *session) veil(q Query, by string) error {
	who := sightOf(s.ctx)
	if who == nil {
		return nil
	}
	ed := s.engine.Catalog.EditionOn(q.Period.To)
	ind, err := indicator(ed, q.Indicator)
	if err != nil || Open(ed, ind, q.Label, by) {
		return nil // a wrong question is refused for what is wrong with it
	}
	unit, err := s.tree.Resolve(q.Unit, q.asked(), q.Period.To)
	if err != nil || who.ReadsLetters(unit.ID) {
		return nil
	}
	return errVeiled
}

// unknown reports whether a question names what is not there any more.
func (s *session) unknown(q Query) bool {
	ed := s.engine.Catalog.EditionOn(q.Period.To)
	ind, err := indicator(ed, q.Indicator)
	if err != nil {
		return true
	}
	_, err = s.tree.Resolve(q.Unit, q.asked(), q.Period.To)
	return err != nil && !Open(ed, ind, "", "")
}

// asked is the basis of a question, then where it names none.
func (q Query) asked() org.Basis {
	if q.Basis.On == 0 {
		return org.AsThen()
	}
	return q.Basis
}

// Open reports whether everybody may see the figure, in the part or divided as asked: it divides no letters by what only
// their readers may know.
func Open(ed *catalog.Edition, ind *catalog.Indicator, label, by string) bool {
	calls := catalog.Calls(ind.Formula())
	if den := ind.DenominatorFormula(); den != nil {
		calls = append(calls, catalog.Calls(den)...)
	}
	divided, _ := strings.CutPrefix(by, "label:")
	if divided == by {
		divided = ""
	}
	for _, c := range calls {
		if c.Selector == nil {
			continue
		}
		sr := ed.SeriesByCode(c.Selector.Series)
		if sr == nil || !sr.Guarded() {
			continue
		}
		shown := func(name string) bool { return slices.Contains(sr.Open, name) }
		has := func(name string) bool { return name != "" && hasLabel(sr, name) }
		if !shown(catalog.Total) || has(label) && !shown(label) || has(divided) && !shown(divided) {
			return false
		}
		for _, m := range c.Selector.Matchers {
			if !shown(m.Label) {
				return false
			}
		}
	}
	return true
}

// seen takes out of a figure the checks against figures that are veiled: their sentences hold the numbers.
func (s *session) seen(f *Figure) *Figure {
	if f == nil || sightOf(s.ctx) == nil || len(f.Ind.Checks) == 0 {
		return f
	}
	var closed []string
	for _, c := range f.Ind.Checks {
		for _, code := range slices.Concat(c.Sum, []string{c.Equals, c.AtMost, c.AtLeast}) {
			q := f.Ask
			q.Indicator = code
			if code != "" && s.veil(q, "") != nil {
				closed = append(closed, c.Code)
			}
		}
	}
	if len(closed) > 0 {
		f.Checks = slices.DeleteFunc(slices.Clone(f.Checks), func(c Check) bool { return slices.Contains(closed, c.Code) })
	}
	return f
}

func (s *session) seenRows(b *Breakdown) *Breakdown {
	if b != nil {
		s.seen(&b.Figure)
	}
	return b
}
