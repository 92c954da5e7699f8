package report

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/figure"
)

// Finding is something that the office must look at, or explain, before it
// files the report.
type Finding struct {
	// Key stays the same while the finding does: an explanation is kept under it.
	Key  string      `json:"key"`
	Kind FindingKind `json:"kind"`
	Must bool        `json:"must"` // to be explained; else to be looked at
	Text string      `json:"text"`
	// Evidence is the figure of the report that it is about, or NoEvidence.
	Evidence int `json:"evidence"`
	// Ask and Against are the figures to open: the report's own and, for a jump,
	// that of the year before. Their indicator is empty where there is none.
	Ask, Against figure.Query `json:"-"`
	// Entries are those that moved a printed figure, a few of many.
	Entries []figure.Cause `json:"-"`
	// Filing is the filing that it is about, 0 for none.
	Filing int64 `json:"filing,omitempty"`
	// Units are codes of the units that it names.
	Units []string `json:"units,omitempty"`
}

// FindingKind is what was tested.
type FindingKind string

const (
	FindingCheck       FindingKind = "check"       // parts that do not add up, a bound of the catalogue
	FindingRatio       FindingKind = "ratio"       // a ratio that its parts contradict
	FindingJump        FindingKind = "jump"        // far from the same period of the year before
	FindingVanished    FindingKind = "vanished"    // nothing, or zero, where there was plenty
	FindingUnrecorded  FindingKind = "unrecorded"  // bodies that have recorded nothing
	FindingUnfiled     FindingKind = "unfiled"     // units below that have not filed
	FindingNil         FindingKind = "nil"         // bodies that filed a nil return
	FindingUnconfirmed FindingKind = "unconfirmed" // figures that rest on unconfirmed entries
	FindingReturned    FindingKind = "returned"    // entries returned and not mended
	FindingChanged     FindingKind = "changed"     // printed before, another figure now
	FindingEstimate    FindingKind = "estimate"    // an estimate
)

// Surroundings is what the report itself does not know: how the units below
// have filed, how far entries are confirmed, what was printed before.
type Surroundings struct {
	Unfiled  []Body // units below that owe a filing of the same period and have not filed
	Nil      []Body // those that filed a nil return
	Entries  int64  // entries of the period
	Waiting  int64  // of them, not confirmed yet
	Returned int64  // of them, returned with a remark and not mended
	Earlier  []Earlier
}

// Body names a unit below.
type Body struct {
	Code, Name string
	Filing     int64
}

// Earlier is a report of the same unit that was printed before.
type Earlier struct {
	Filing int64
	Name   string // "Báo cáo tháng 10 năm 2025, số 15-BC/BDV"
	Report *Report
	Moved  []Difference // what Differences gives of it
}

// Examine tests a built report. Figures of the report's own unit are held
// against the same period of the year before; the thresholds stand in the head
// of the template.
func (b *Builder) Examine(ctx context.Context, r *Report, s Surroundings) ([]Finding, error) {
	t, err := b.Template(b.Engine.Catalog.EditionOn(civil.MustDate(r.Period.To)), r.Template)
	if err != nil {
		return nil, err
	}
	x := examiner{report: r, bounds: t.Head.Checks}
	if err := x.ask(ctx, b.Engine, t); err != nil {
		return nil, err
	}
	x.figures()
	x.surroundings(s)
	for _, e := range s.Earlier {
		x.changed(e)
	}
	x.rest()
	slices.SortStableFunc(x.found, func(a, b Finding) int { return cmp.Compare(rank(a), rank(b)) })
	return x.found, nil
}

// rank puts what must be explained first.
func rank(f Finding) int {
	if f.Must {
		return 0
	}
	return 1
}

// examiner goes through one report.
type examiner struct {
	report *Report
	bounds Bounds
	asked  []asked
	found  []Finding
}

// asked is a figure of the report's own unit with that of the year before.
type asked struct {
	index       int // of the evidence, NoEvidence where the report does not print it
	q, earlier  figure.Query
	now, before *figure.Figure // before is nil where it cannot be compared
}

func (x *examiner) ask(ctx context.Context, engine *figure.Engine, t *Template) error {
	ed := engine.Catalog.EditionOn(civil.MustDate(x.report.Period.To))
	printed := map[string]bool{}
	for i, e := range x.report.Evidence {
		q, err := x.report.whole(e)
		if e.By == "" && err == nil {
			x.asked = append(x.asked, asked{index: i, q: q, earlier: before(q)})
			printed[e.Indicator] = true
		}
	}
	own := Evidence{Unit: x.ownUnit(), From: x.report.Period.From, To: x.report.Period.To}
	unprinted := func(code string, past bool) {
		own.Indicator = code
		if q, err := x.report.whole(own); err == nil && !printed[code] {
			a := asked{index: NoEvidence, q: q}
			if past {
				a.earlier = before(q)
			}
			x.asked, printed[code] = append(x.asked, a), true
		}
	}
	for _, code := range t.Asks(ed) { // a figure may be silent because it is nothing this year
		unprinted(code, true)
	}
	for _, ind := range ed.Indicators { // a check that fails counts also where no slot asks for it
		if len(ind.Checks) > 0 {
			unprinted(ind.Code, false)
		}
	}
	return x.answer(ctx, engine)
}

// ownUnit is the report's unit as its figures name it.
func (x *examiner) ownUnit() string {
	for _, e := range x.report.Evidence {
		if code, _, _ := strings.Cut(e.Unit, "@"); code == x.report.Unit.Code {
			return e.Unit
		}
	}
	return x.report.Unit.Code
}

func (x *examiner) answer(ctx context.Context, engine *figure.Engine) error {
	var qs []figure.Query
	for _, a := range x.asked {
		qs = append(qs, a.q, a.pastOrSame())
	}
	figures, _, err := engine.Each(ctx, qs)
	if err != nil {
		return err
	}
	for i := range x.asked {
		a := &x.asked[i]
		a.now = figures[2*i]
		if past := figures[2*i+1]; a.comparable(past) {
			a.before = past
		}
	}
	return nil
}

func (a asked) pastOrSame() figure.Query {
	if a.earlier.Indicator == "" {
		return a.q
	}
	return a.earlier
}

// comparable says whether the year before may be set beside the figure: a period
// of at most a year, the same definition, data of the whole territory.
func (a asked) comparable(past *figure.Figure) bool {
	if a.earlier.Indicator == "" || past == nil || a.now == nil || a.q.Period.From.DaysUntil(a.q.Period.To) > 366 {
		return false
	}
	if broken(a.now.Ind, a.earlier.Period.From, a.q.Period.To) {
		return false
	}
	return !slices.ContainsFunc(past.Checks, func(c figure.Check) bool { return c.Code == "gap" || c.Code == "since" || c.Code == "unit" })
}

func (x *examiner) figures() {
	for _, a := range x.asked {
		if a.now == nil {
			continue
		}
		x.failed(a)
		x.contradicted(a)
		x.leaps(a)
	}
}

func (x *examiner) add(a asked, kind FindingKind, detail string, must bool, text string) {
	key := strings.Join([]string{string(kind), detail, a.q.Indicator, a.q.Unit, a.q.Period.From.String(), a.q.Period.To.String()}, "~")
	if slices.ContainsFunc(x.found, func(f Finding) bool { return f.Key == key }) {
		return
	}
	f := Finding{Key: key, Kind: kind, Must: must, Text: text, Evidence: a.index, Ask: a.q}
	if kind == FindingJump || kind == FindingVanished {
		f.Against = a.earlier
	}
	x.found = append(x.found, f)
}

// failed are the catalogue's own controls: parts that must add up, bounds.
func (x *examiner) failed(a asked) {
	for _, c := range a.now.Checks {
		if !c.OK {
			x.add(a, FindingCheck, c.Code, true, x.about(a)+": "+c.Message)
		}
	}
}

// contradicted are ratios outside what a part of a whole can be.
func (x *examiner) contradicted(a asked) {
	ind := a.now.Ind
	if ind == nil || a.now.Num == nil || a.now.Den == nil || !ind.Percent && !ind.OutOf {
		return
	}
	part, whole := civil.FormatTrim(a.now.Num, 2), civil.FormatTrim(a.now.Den, 2)
	switch {
	case a.now.Num.Sign() < 0 || a.now.Den.Sign() < 0:
		x.add(a, FindingRatio, "", true, fmt.Sprintf("%s: tử số %s, mẫu số %s; hai số này không thể âm.", x.about(a), part, whole))
	case a.now.Num.Cmp(a.now.Den) > 0:
		x.add(a, FindingRatio, "", true, fmt.Sprintf("%s là %s: phần (%s) lớn hơn tổng (%s).", x.about(a), printedAs(a.now), part, whole))
	}
}

func (x *examiner) leaps(a asked) {
	if a.before == nil || a.now.Ind == nil {
		return
	}
	ratio := a.now.Ind.Percent || a.now.Measure == "%"
	then := a.earlierName()
	switch j := x.bounds.of(a.now.Indicator); j.judge(a.now.Val, a.before.Val, ratio) {
	case Vanished:
		what := "là 0"
		if a.now.Val == nil {
			what = "chưa có ghi nhận nào"
		}
		x.add(a, FindingVanished, "", true, fmt.Sprintf("%s %s, trong khi %s là %s.", x.about(a), what, then, printedAs(a.before)))
	case Grown, Fallen:
		if a.index == NoEvidence {
			return
		}
		x.add(a, FindingJump, "", false, fmt.Sprintf("%s là %s, %s %s (%s).", x.about(a), printedAs(a.now), a.moved(ratio), then, printedAs(a.before)))
	}
}

// moved says by how much: "gấp 3,2 lần", "bằng 35% so với", "tăng 21 điểm phần trăm so với".
func (a asked) moved(ratio bool) string {
	diff := new(big.Rat).Sub(a.now.Val, a.before.Val)
	size := civil.FormatTrim(new(big.Rat).Abs(diff), 2)
	switch {
	case ratio && diff.Sign() > 0:
		return "tăng " + size + " điểm phần trăm so với"
	case ratio:
		return "giảm " + size + " điểm phần trăm so với"
	case a.before.Val.Sign() <= 0:
		return "tăng " + size + " " + a.now.Measure + " so với"
	}
	times := new(big.Rat).Quo(a.now.Val, a.before.Val)
	if diff.Sign() > 0 {
		return "gấp " + civil.FormatTrim(times, 1) + " lần"
	}
	return "chỉ bằng " + civil.FormatTrim(times.Mul(times, rat(100)), 1) + "% của"
}

func (a asked) earlierName() string {
	return samePeriod(question{from: a.earlier.Period.From, to: a.earlier.Period.To})
}

// about names the figure, and the unit and period where they are not the report's own.
func (x *examiner) about(a asked) string {
	name := capital(a.now.Name)
	if code, _, _ := strings.Cut(a.q.Unit, "@"); code != x.report.Unit.Code {
		name += " (" + a.now.UnitName + ")"
	}
	if a.q.Period.From.String() != x.report.Period.From || a.q.Period.To.String() != x.report.Period.To {
		name += " " + a.q.Period.Name
	}
	return name
}

func printedAs(f *figure.Figure) string {
	return with(exactText(f, f.Val, f.Num, f.Den), f.Measure)
}
