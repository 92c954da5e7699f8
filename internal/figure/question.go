package figure

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// question is a Query resolved against a snapshot.
type question struct {
	*session
	put      Query // as it was put
	ask      Query // with what it leaves open filled in
	ed       *catalog.Edition
	ind      *catalog.Indicator
	unit     *org.Unit
	at       *org.Unit // the unit itself, or that of a row by unit
	name     string
	from, to civil.Date
	basis    org.Basis
	status   Status
	asOf     int64
	cutOff   civil.Date
	notes    []Check
	empty    bool // the indicator has no meaning in the period

	extra []catalog.Matcher // of a row by label
	line  *lineShares       // of a row by unit

	resolved []call // the terms, once asked for

	isPart bool // a row or a check: its coverage is not asked for
}

// lineShares is what counts for one row of a breakdown by unit, by the key of the whole's reach.
type lineShares struct{ shares map[string][]share }

// ask resolves a query.
func (s *session) ask(q Query) (*question, error) {
	put := q
	if q.Period.From == 0 || q.Period.To == 0 || q.Period.From > q.Period.To {
		return nil, fault.New(fault.Invalid, "Kỳ tính chưa đúng: cần ngày đầu và ngày cuối, ngày đầu không sau ngày cuối.")
	}
	switch q.Status {
	case "":
		q.Status = All
	case All, Confirmed:
	default:
		return nil, fault.Newf(fault.Invalid, "Trạng thái “%s” không có: chọn all (mọi ghi nhận) hoặc confirmed (đã xác nhận).", q.Status)
	}
	if q.Basis.On == 0 {
		q.Basis = org.AsThen()
	}
	if q.CutOff == 0 {
		q.CutOff = q.Period.To
	}
	ed := s.engine.Catalog.EditionOn(q.Period.To)
	ind, err := indicator(ed, q.Indicator)
	if err != nil {
		return nil, err
	}
	unit, err := s.tree.Resolve(q.Unit, q.Basis, q.Period.To)
	if err != nil {
		return nil, err
	}
	t := &question{
		session: s, put: put, ask: q, ed: ed, ind: ind, unit: unit, at: unit, basis: q.Basis, status: q.Status, cutOff: q.CutOff,
		from: q.Period.From, to: q.Period.To, name: s.tree.NameOn(unit.ID, s.nameDay(q)),
	}
	if !q.AsOf.IsZero() {
		t.asOf = q.AsOf.UnixMilli()
	}
	if q.Label != "" {
		t.extra = []catalog.Matcher{{Label: q.Label, Values: []string{q.LabelValue}}}
	}
	t.clip()
	t.live()
	return t, nil
}

// live says where the unit did not live in the period, on the basis then, or was not open on the basis day.
func (t *question) live() {
	p := t.ask.Period
	if t.basis.Then {
		if t.unit.Floor || t.unit.Opened <= p.To {
			if t.unit.Closed > p.From {
				return
			}
			t.noteUnit(fmt.Sprintf("%s kết thúc từ ngày %s%s, nên không có số liệu của kỳ này.", t.name, t.unit.Closed.Vi(), t.heirs()))
		} else {
			t.noteUnit(fmt.Sprintf("%s thành lập ngày %s, sau kỳ này. Để tính lại theo địa giới mới, ghi --basis %s.", t.name, t.unit.Opened.Vi(), t.unit.Opened))
		}
		t.empty = true
		return
	}
	if used := t.tree.BasisOf(t.unit.ID, t.basis); used != t.basis {
		t.notes = append(t.notes, Check{"basis", true, fmt.Sprintf("%s không tồn tại ngày %s; số liệu tính theo địa giới ngày %s.",
			t.name, t.basis.On.Vi(), used.On.Vi())})
	}
}

func (t *question) noteUnit(message string) {
	t.notes = append(t.notes, Check{"unit", true, message})
}

// heirs names the units into which one went.
func (t *question) heirs() string {
	var names []string
	for _, f := range t.tree.Successors(t.unit.ID) {
		u := t.tree.Unit(f.To)
		names = append(names, t.tree.NameOn(u.ID, u.Opened)+" ("+u.Code+")")
	}
	if len(names) == 0 {
		return ""
	}
	return " (nay là " + strings.Join(names, ", ") + ")"
}

// nameDay is the day whose names are printed.
func (s *session) nameDay(q Query) civil.Date {
	if q.Basis.Then {
		return q.Period.To
	}
	return q.Basis.On
}

// indicator finds an indicator by code or ref.
func indicator(ed *catalog.Edition, ref string) (*catalog.Indicator, error) {
	if i := ed.Indicator(ref); i != nil {
		return i, nil
	}
	if several := ed.IndicatorsByRef(ref); len(several) > 0 {
		codes := make([]string, len(several))
		for i, ind := range several {
			codes[i] = ind.Code + " (" + ind.Name + ")"
		}
		return nil, fault.Newf(fault.Invalid, "Ký hiệu %s chỉ nhiều chỉ tiêu, hãy ghi rõ mã: %s.", ref, strings.Join(codes, "; "))
	}
	return nil, fault.Newf(fault.NotFound, "Danh mục %s không có chỉ tiêu “%s”. Xem mã bằng lệnh danvan catalog list.", ed.Code, ref)
}

// clip keeps to the days on which the indicator has a meaning, and says so.
func (t *question) clip() {
	if since := t.ind.Since; since != 0 && since > t.from {
		t.notes = append(t.notes, Check{"since", true, fmt.Sprintf("Chỉ tiêu có số liệu từ ngày %s; kỳ tính bắt đầu từ ngày đó.", since.Vi())})
		t.from = since
	}
	if until := t.ind.Until; until != 0 && until <= t.to {
		t.notes = append(t.notes, Check{"until", true, fmt.Sprintf("Chỉ tiêu thôi tính từ ngày %s; kỳ tính dừng trước ngày đó.", until.Vi())})
		t.to = until.AddDays(-1)
	}
	t.empty = t.from > t.to
}

// within narrows the question to other days, with the cut-off of the whole.
func (t *question) within(from, to civil.Date) *question {
	c := *t
	c.from, c.to, c.notes, c.isPart = max(from, t.from), min(to, t.to), nil, true
	c.empty = t.empty || c.from > c.to
	return &c
}

// about asks the same for another indicator.
func (t *question) about(ind *catalog.Indicator) *question {
	c := *t
	c.ind, c.notes, c.isPart, c.resolved = ind, nil, true, nil
	c.from, c.to = t.ask.Period.From, t.ask.Period.To
	c.clip()
	c.live()
	return &c
}

// shareBasis is of what the shares of a split are taken.
func (t *question) shareBasis() org.ShareBasis { return org.ShareBasis(t.ind.Share) }

// filter keeps the eras of the indicator's scope. Facts of a series with the axis place lie on territories, so a
// scope of bodies does not restrict them.
func (t *question) filter(axis string) org.Filter {
	return org.Filter{Classes: classesOn(t.ind.Classes(), axis)}
}

func classesOn(classes []catalog.Class, axis string) []string {
	var out []string
	for _, c := range classes {
		if c == (catalog.Class{}) {
			return nil
		}
		if axis == "place" && c.Type != "" && c.Level != c.Type {
			return nil
		}
		out = append(out, classText(c))
	}
	return out
}

// classText writes level/type, as org reads it: commune/commune, */front.
func classText(c catalog.Class) string {
	level, typ := c.Level, c.Type
	if level == "" {
		level = "*"
	}
	if typ == "" {
		typ = "*"
	}
	return level + "/" + typ
}

// reach is the eras that count for a series.
func (t *question) reach(sr *catalog.Series) *reach {
	return t.reachOf(t.boundaries(), t.unit.ID, t.shareBasis(), t.filter(sr.Axis))
}

// boundaries are those that the question stands on. What is alive at the period's end is counted on the boundaries
// of that day: what a merged commune kept alive lives on in its successor, and is not left behind with it.
func (t *question) boundaries() org.Basis {
	if t.basis.Then && t.standing() {
		return org.OnDay(t.to)
	}
	return t.basis
}

// standing says whether the formula asks what is alive.
func (t *question) standing() bool {
	isStock := func(c *catalog.Call) bool { return c.Func == "stock" }
	den := t.ind.DenominatorFormula()
	return slices.ContainsFunc(catalog.Calls(t.ind.Formula()), isStock) || den != nil && slices.ContainsFunc(catalog.Calls(den), isStock)
}

// shares is what counts of a reach: of the whole, or of the row asked for.
func (t *question) shares(r *reach) []share {
	if t.line != nil {
		return t.line.shares[r.key]
	}
	return r.shares
}

// call is a term of the formula with its series.
type call struct {
	*catalog.Call
	series *catalog.Series // nil for units
	ids    []int64
	den    bool
}

func (t *question) call(c *catalog.Call, den bool) (call, error) {
	out := call{Call: c, den: den}
	if c.Selector == nil {
		return out, nil
	}
	out.series = t.ed.SeriesByCode(c.Selector.Series)
	if out.series == nil {
		return out, fmt.Errorf("indicator %s: no series %s in edition %s", t.ind.Code, c.Selector.Series, t.ed.Code)
	}
	out.ids = t.seriesIDs(c.Selector, t.extraFor(out.series), true)
	return out, nil
}

// extraFor are the matchers of a row by label, for series that have the label.
func (t *question) extraFor(sr *catalog.Series) []catalog.Matcher {
	var out []catalog.Matcher
	for _, m := range t.extra {
		if hasLabel(sr, m.Label) {
			out = append(out, m)
		}
	}
	return out
}

func hasLabel(sr *catalog.Series, label string) bool {
	_, ok := sr.Labels[label]
	return ok
}

// need is the cells that a call reads; ok is false for calls that read none.
func (t *question) need(c call) (need, bool) {
	if c.series == nil || t.empty {
		return need{}, false
	}
	n := need{series: c.ids, w: window{t.from, t.to}, status: t.status, asOf: t.asOf, reach: t.reach(c.series)}
	switch c.Func {
	case "sum", "entries", "having":
		if c.series.By != "" {
			n.late = t.cutOff
		}
	case "stock":
		n.w.from = civil.Floor
	default:
		return need{}, false
	}
	n.flat = t.onlySum(c) && canBeFlat(n.reach)
	return n, true
}

// onlySum says whether a call's value alone is asked for, and not which units stand behind it.
func (t *question) onlySum(c call) bool {
	if c.den || t.line != nil || t.asOf != 0 || c.Func != "sum" && c.Func != "stock" {
		return false
	}
	_, _, covered := t.mustRecord()
	return t.isPart || !covered
}

// calls are the terms of numerator and denominator.
func (t *question) calls() ([]call, error) {
	if t.resolved != nil {
		return t.resolved, nil
	}
	var out []call
	for _, c := range catalog.Calls(t.ind.Formula()) {
		k, err := t.call(c, false)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	if den := t.ind.DenominatorFormula(); den != nil {
		for _, c := range catalog.Calls(den) {
			k, err := t.call(c, true)
			if err != nil {
				return nil, err
			}
			out = append(out, k)
		}
	}
	t.resolved = out
	return out, nil
}

// needs is what the question and its checks will read.
func (t *question) needs() ([]need, error) {
	out, err := t.valueNeeds()
	if err != nil {
		return nil, err
	}
	for _, other := range t.checkedAgainst() {
		more, err := t.about(other).needs()
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// spans are the periods that are computed: the years of a yearly series, else the whole.
func (t *question) spans() []*question {
	if t.ind.OverYears == "" || t.empty {
		return []*question{t}
	}
	var out []*question
	for y := t.from.Year(); y <= t.to.Year(); y++ {
		part := t.within(civil.NewDate(y, 1, 1), civil.NewDate(y, 12, 31))
		part.isPart = t.isPart
		part.cutOff = min(t.cutOff, max(part.to, part.from))
		if t.cutOff > t.to {
			part.cutOff = t.cutOff
		}
		out = append(out, part)
	}
	return out
}

func (t *question) asOfText() *string {
	if t.asOf == 0 {
		return nil
	}
	s := time.UnixMilli(t.asOf).UTC().Format(time.RFC3339Nano)
	return &s
}

func (t *question) span() Span {
	p := t.ask.Period
	name := p.Name
	if name == "" {
		if name = t.names[p]; name == "" {
			name = civil.NamePeriod(p.From, p.To)
			t.names[p] = name
		}
	}
	return Span{From: p.From.String(), To: p.To.String(), Code: p.Code, Name: name}
}
