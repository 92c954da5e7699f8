package web

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// figurePreview is which figures an act changes and by how much, before it is saved.
type figurePreview struct {
	Lines   []figureMove
	More    []figureMove // figures of no report, folded away
	Waiting []string     // what has to be filled in before more can be said
	Joint   int          // partners that see the entry without adding it
	Nothing bool         // the act feeds no figure
	Fresh   bool         // nothing is filled in yet
}

// figureMove is one figure, at the body or place and those above it.
type figureMove struct {
	Code, Ref, Name string
	Year            int
	Plus            string
	Less, Unsure    bool
	Above           bool // moves above as well, where the person may not read
	Levels          []levelMove
}

// rank puts figures of the reports first, and last those whose value cannot be computed yet.
func (m figureMove) rank() string {
	if len(m.Levels) == 0 && !m.Unsure {
		return "~"
	}
	return or(m.Ref, "Z")
}

type levelMove struct{ Unit, Before, After string }

// figuresOpen is how many figures stand open; the rest is folded away.
const figuresOpen = 8

// previewOf asks the figures that an act feeds, as they stand and as they would stand.
func (s *server) previewOf(ctx context.Context, tree *org.Tree, fo *ledger.Foreseen) (*figurePreview, error) {
	return s.previewAs(ctx, tree, fo, figure.All)
}

// previewAs asks them over all entries or over the confirmed alone.
func (s *server) previewAs(ctx context.Context, tree *org.Tree, fo *ledger.Foreseen, status figure.Status) (*figurePreview, error) {
	p := &figurePreview{}
	sums := netted(fo.Sums)
	joint := map[org.UnitID]bool{}
	var lead []ledger.Sum
	for _, x := range sums {
		if x.Role == ledger.Partner {
			joint[x.Unit] = true
			continue
		}
		lead = append(lead, x)
	}
	p.Joint = len(joint)
	qs := s.askedOf(tree, lead)
	if p.Nothing = len(qs) == 0; p.Nothing {
		return p, nil
	}
	for i := range qs {
		qs[i].Status = status
	}
	changes, err := s.Figures.After(ctx, qs, addedOf(fo.Entry, sums))
	if err != nil {
		return nil, err
	}
	v := viewer(ctx)
	moves := movesOf(changes, func(u *org.Unit) bool { return v.May(access.ReadWork, u.ID) })
	slices.SortStableFunc(moves, func(a, b figureMove) int { return cmp.Compare(a.rank(), b.rank()) })
	n := min(len(moves), figuresOpen)
	p.Lines, p.More = moves[:n], moves[n:]
	return p, nil
}

// netted folds what an amendment takes back and adds anew; what stays as it is falls out.
func netted(sums []ledger.Sum) []ledger.Sum {
	at := map[ledger.Sum]int{}
	var out []ledger.Sum
	for _, x := range sums {
		key := x
		key.Amount = ledger.Amount{}
		if i, ok := at[key]; ok {
			a, b := &out[i].Amount, x.Amount
			a.Value, a.N, a.CValue, a.CN = a.Value+b.Value, a.N+b.N, a.CValue+b.CValue, a.CN+b.CN
			continue
		}
		at[key] = len(out)
		out = append(out, x)
	}
	return slices.DeleteFunc(out, func(x ledger.Sum) bool { return x.Amount == ledger.Amount{} })
}

func addedOf(entry int64, sums []ledger.Sum) []figure.Added {
	out := make([]figure.Added, len(sums))
	for i, x := range sums {
		out[i] = figure.Added{Entry: entry, Series: x.Code, Labels: x.Labels, Lead: x.Role == ledger.Lead, Unit: x.Unit,
			Day: x.Day, By: x.By, Value: x.Amount.Value, N: x.Amount.N, CValue: x.Amount.CValue, CN: x.Amount.CN}
	}
	return out
}

// askedOf are the figures that sums feed: for the year of each, the unit and those above it.
func (s *server) askedOf(tree *org.Tree, sums []ledger.Sum) []figure.Query {
	type asked struct {
		code string
		unit org.UnitID
		year int
	}
	seen := map[asked]bool{}
	var out []figure.Query
	for _, x := range sums {
		year := civil.Period{From: civil.NewDate(x.Day.Year(), 1, 1), To: civil.NewDate(x.Day.Year(), 12, 31)}
		ed := s.Catalog.EditionOn(year.To)
		for _, feed := range s.feeding.of(ed)[x.Code] {
			if !feed.counts(x.Labels) {
				continue
			}
			for _, id := range tree.Chain(x.Unit, x.Day) {
				a := asked{feed.ind.Code, id, x.Day.Year()}
				if seen[a] || tree.Unit(id).NoData {
					continue
				}
				seen[a] = true
				out = append(out, figure.Query{Indicator: feed.ind.Code, Unit: ledger.Ref(tree.Unit(id)), Period: year, Basis: org.AsThen()})
			}
		}
	}
	return out
}

// movesOf gathers the levels of each figure, from the body up, without those that stay as they are. Of a unit whose
// figures the person may not read it says only that it moves as well.
func movesOf(changes []figure.Change, may func(*org.Unit) bool) []figureMove {
	at := map[string]int{}
	var out []figureMove
	for _, c := range changes {
		if !c.Moves() {
			continue
		}
		year := c.Ask.Period.From.Year()
		key := c.Ind.Code + " " + strconv.Itoa(year)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			m := figureMove{Code: c.Ind.Code, Ref: strings.Join(c.Ind.Ref, ", "), Name: c.Ind.Name, Year: year, Unsure: c.Unsure}
			out = append(out, m)
		}
		if !may(c.Unit) {
			out[i].Above = true
			continue
		}
		if out[i].Plus == "" {
			out[i].Plus, out[i].Less = difference(c)
		}
		if !c.Unsure && (c.Before.Val != nil || c.After.Val != nil) {
			out[i].Levels = append(out[i].Levels, levelMove{c.UnitName, standText(c, c.Before), standText(c, c.After)})
		}
	}
	return out
}

func standText(c figure.Change, s figure.Stand) string {
	if s.Val == nil {
		return "chưa có"
	}
	return valueText(c.Measure, s.Val, s.Display)
}

// difference is by how much a figure moves, with its sign; the words of a ratio's measure stay in its name.
func difference(c figure.Change) (text string, less bool) {
	if c.Unsure || c.Before.Val == nil && c.After.Val == nil {
		return "", false
	}
	d := new(big.Rat)
	if c.After.Val != nil {
		d.Set(c.After.Val)
	}
	if c.Before.Val != nil {
		d.Sub(d, c.Before.Val)
	}
	switch d.Sign() {
	case 0:
		return "±0", false
	case -1:
		return "−" + civil.FormatTrim(new(big.Rat).Neg(d), shownDecimals), true
	}
	return "+" + civil.FormatTrim(d, shownDecimals), false
}

// feedIndex knows which indicators read a series, by edition.
type feedIndex struct {
	mu sync.Mutex
	by map[string]map[string][]*feed
}

// feed is an indicator with the selectors by which it reads one series.
type feed struct {
	ind       *catalog.Indicator
	selectors []*catalog.Selector
}

func (f *feed) counts(labels string) bool {
	return slices.ContainsFunc(f.selectors, func(sel *catalog.Selector) bool { return sel.Match(labels) })
}

func (x *feedIndex) of(ed *catalog.Edition) map[string][]*feed {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.by[ed.Hash] != nil {
		return x.by[ed.Hash]
	}
	index := map[string][]*feed{}
	for _, ind := range ed.Indicators {
		calls := catalog.Calls(ind.Formula())
		if d := ind.DenominatorFormula(); d != nil {
			calls = append(calls, catalog.Calls(d)...)
		}
		mine := map[string]*feed{}
		for _, c := range calls {
			if c.Selector == nil {
				continue
			}
			f := mine[c.Selector.Series]
			if f == nil {
				f = &feed{ind: ind}
				mine[c.Selector.Series] = f
			}
			f.selectors = append(f.selectors, c.Selector)
		}
		for _, code := range slices.Sorted(maps.Keys(mine)) {
			index[code] = append(index[code], mine[code])
		}
	}
	if x.by == nil {
		x.by = map[string]map[string][]*feed{}
	}
	x.by[ed.Hash] = index
	return index
}

// recordPreview answers the form while it is being filled in: which figures it would change.
func (s *server) recordPreview(w http.ResponseWriter, r *http.Request) error {
	values, _, err := s.readForm(w, r)
	if err != nil {
		return err
	}
	f, err := s.formOf(r.Context(), values, values.Get("loai"))
	if err != nil {
		return err
	}
	if !viewer(r.Context()).May(f.right, 0) {
		return s.refused(w, r, outOfReach)
	}
	if id, err := strconv.ParseInt(values.Get("ghi-nhan"), 10, 64); err == nil {
		if _, err := s.changeable(r.Context(), id); err != nil {
			return err
		}
		if err := s.overEntry(r.Context(), f, id); err != nil {
			return err
		}
	}
	if err := s.ready(r.Context(), f); err != nil {
		return err
	}
	f.Wrong = nil
	p, err := s.previewSome(r.Context(), f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return figuresMoved(p, f.Entry != nil).Render(r.Context(), w)
}

// previewSome previews a form that may still be incomplete.
func (s *server) previewSome(ctx context.Context, f *recordForm) (*figurePreview, error) {
	if f.Unit != nil && !viewer(ctx).May(f.right, f.Unit.ID) {
		return &figurePreview{Waiting: []string{"đơn vị mà bạn được ghi"}}, nil
	}
	var fo *ledger.Foreseen
	var problems ledger.Problems
	var err error
	if f.Entry != nil {
		a := f.amendment()
		a.Reason = or(a.Reason, "xem trước")
		if fo, err = s.Ledger.ForeseeAmend(ctx, s.DB.Read(), f.Entry.ID, a); errors.As(err, &problems) {
			err = nil
		}
	} else {
		fo, problems, err = s.Ledger.ForeseeSome(ctx, s.DB.Read(), f.draft())
	}
	if err != nil && fault.KindOf(err) == fault.Internal {
		return nil, err
	}
	p := &figurePreview{}
	if fo != nil {
		if p, err = s.previewOf(ctx, f.tree, fo); err != nil {
			return nil, err
		}
	}
	for _, x := range problems {
		if name := f.labelOf(f.controlOf(x.Field)); !slices.Contains(p.Waiting, name) {
			p.Waiting = append(p.Waiting, name)
		}
	}
	return p, nil
}

// labelOf is what a control is called on the form.
func (f *recordForm) labelOf(control string) string {
	switch control {
	case dayField:
		return f.Kind.Day
	case bodyField:
		return "Đơn vị"
	case placeField:
		return "Nơi diễn ra"
	case partnersField:
		return "Đơn vị phối hợp"
	}
	parts := strings.Split(strings.TrimPrefix(control, own), "-")
	fd := f.Kind.Field(parts[0])
	if fd == nil {
		return "các mục còn lại"
	}
	if len(parts) == 3 && fd.Field(parts[2]) != nil {
		return fd.Name + ", dòng " + parts[1] + ", " + fd.Field(parts[2]).Name
	}
	return fd.Name
}
