// Package opendata makes the public tables: what the catalogue names as open, by commune and year, with small counts hidden so
// that no subtraction brings them back. It asks the figures as somebody who may read no letter.
package opendata

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// Basis says on which boundaries a table stands.
type Basis string

// The boundaries of a table: those of today, or those of the day the work was done.
const (
	Today Basis = "hom-nay"
	Then  Basis = "khi-do"
)

// State says what a line has to tell.
type State string

// What a line can tell.
const (
	Known  State = "known"   // a value
	Silent State = "silent"  // nothing was reported
	Hidden State = "hidden"  // a count that is not printed, or that others follow from
	NoData State = "no_data" // the system holds no records of the place's whole life in the period
)

// Line is a place, or what belongs to no commune, with its value.
type Line struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Kind     string `json:"kind"` // commune, own (bodies of the province or a district), ended, union
	State    State  `json:"state"`
	Value    string `json:"value,omitempty"` // to 6 places, dot as mark; of a share in percent
	Estimate bool   `json:"estimate,omitempty"`

	Val *big.Rat `json:"-"`
}

// Table is an open figure of a province in a period.
type Table struct {
	Open      *catalog.OpenFigure
	Indicator *catalog.Indicator
	Measure   string
	Province  string // its name
	Period    civil.Period
	Basis     Basis
	Whole     Line
	Lines     []Line
	Breaks    []figure.Break
	Gaps      []string // former parts without records
	HiddenN   int
	Early     bool // no quarter is over of which anything could be printed
	WholeOnly bool // places are not told, since small counts would follow
}

// Book answers questions about open figures.
type Book struct {
	Catalog *catalog.Catalog
	Figures *figure.Engine
	Tree    func(context.Context) (*org.Tree, error)
}

// nobody may read no letters.
type nobody struct{}

func (nobody) ReadsLetters(org.UnitID) bool { return false }

// Figures are the open figures of an edition, in their order.
func (b *Book) Open(day civil.Date) []*catalog.OpenFigure {
	return b.Catalog.EditionOn(day).OpenFigures
}

// Find is the open figure of that code, NotFound where it is none.
func (b *Book) Find(code string, day civil.Date) (*catalog.OpenFigure, error) {
	if o := b.Catalog.EditionOn(day).OpenFigure(code); o != nil {
		return o, nil
	}
	return nil, fault.New(fault.NotFound, "Chỉ tiêu này không có trong số liệu mở. Hãy chọn ở trang Số liệu mở.")
}

// Ask says which table is asked for.
type Ask struct {
	Code     string
	Province org.UnitID // the province of today
	Year     int
	Quarter  int // 1 to 4; 0 is the whole year
	Basis    Basis
	Today    civil.Date
}

// Table is the table of a year or a quarter. A figure whose small counts are hidden stands on today's boundaries alone, since
// on two sets of boundaries the one could be taken from the other; goes to the end of the last quarter that is over, since
// what comes day by day could be had from yesterday's table; and in a quarter tells the whole province's sum alone.
func (b *Book) Table(ctx context.Context, a Ask) (*Table, error) {
	open, err := b.Find(a.Code, a.Today)
	if err != nil {
		return nil, err
	}
	if a.Basis == Then && open.Small > 0 {
		return nil, fault.New(fault.Invalid, "Chỉ tiêu này che số nhỏ nên chỉ công khai theo ranh giới hôm nay. Hãy chọn ranh giới hôm nay.")
	}
	period, err := a.period()
	if err != nil {
		return nil, err
	}
	if open.Small > 0 {
		if period.To = min(period.To, lastQuarterEnd(a.Today)); period.To < period.From {
			return b.empty(a, open, period)
		}
	}
	t, err := b.bare(ctx, a, open, period)
	if err != nil || open.Small <= 1 {
		return t, err
	}
	if a.Quarter == 0 {
		t.hide()
		return t, nil
	}
	return t, b.hideQuarter(ctx, a, t)
}

// period is the time that is asked for, as far as it has come.
func (a Ask) period() (civil.Period, error) {
	code := fmt.Sprint(a.Year)
	if a.Quarter != 0 {
		code += fmt.Sprintf("-Q%d", a.Quarter)
	}
	p, err := civil.ParsePeriod(code)
	if err != nil || a.Year < 1990 || a.Quarter < 0 || a.Quarter > 4 || p.From > a.Today {
		return p, fault.New(fault.Invalid, "Kỳ không đúng. Hãy chọn năm và quý trong danh sách.")
	}
	p.To = min(p.To, a.Today)
	return p, nil
}

// lastQuarterEnd is the last day of the last quarter that is over.
func lastQuarterEnd(today civil.Date) civil.Date {
	return civil.NewDate(today.Year(), (today.Month()-1)/3*3+1, 1).AddDays(-1)
}

// empty is a table of which nothing is printed yet.
func (b *Book) empty(a Ask, open *catalog.OpenFigure, period civil.Period) (*Table, error) {
	period.To = period.From
	ind := b.Catalog.EditionOn(a.Today).Indicator(a.Code)
	return &Table{Open: open, Indicator: ind, Measure: ind.Unit, Period: period, Basis: a.Basis, Early: true, Whole: Line{Kind: "province", State: Silent}}, nil
}

// bare is a table with nothing hidden.
func (b *Book) bare(ctx context.Context, a Ask, open *catalog.OpenFigure, period civil.Period) (*Table, error) {
	tree, err := b.Tree(ctx)
	if err != nil {
		return nil, err
	}
	t := &Table{Open: open, Period: period, Basis: a.Basis}
	ctx = figure.SeenBy(ctx, nobody{})
	units, basis := provinces(tree, a, period.To)
	err = b.Figures.Within(ctx, func(x figure.Snapshot) error {
		for _, u := range units {
			if err := t.add(x, tree, u, basis, period); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	t.Province = tree.NameOn(units[0].ID, min(period.To, units[0].Closed.AddDays(-1)))
	if a.Basis == Today {
		for _, g := range tree.Gaps(a.Province, basis, period.From, period.To) {
			t.Gaps = append(t.Gaps, g.Name)
		}
	}
	return t, nil
}

// hideQuarter leaves of a quarter the province's sum, where the year and its other quarters allow that.
func (b *Book) hideQuarter(ctx context.Context, a Ask, t *Table) error {
	a.Quarter = 0
	year, err := b.Table(ctx, a)
	if err != nil {
		return err
	}
	var sums []int64
	for q := 1; q <= 4; q++ {
		a.Quarter = q
		p, err := a.period()
		if err != nil || p.To > lastQuarterEnd(a.Today) {
			break
		}
		one, err := b.bare(ctx, a, t.Open, p)
		if err != nil {
			return err
		}
		if one.Whole.Val != nil {
			sums = append(sums, wholePart(one.Whole.Val))
		}
	}
	t.Lines, t.WholeOnly = nil, true
	if !showQuarters(sums, year.Whole.State != Hidden, int64(t.Open.Small)) {
		t.Whole = t.Whole.hidden()
	}
	return nil
}

// showQuarters reports whether the province's sums of a year's quarters may be printed: all of them, or none. They tell
// nothing of places beyond the year's sum, for whatever the years of the places are, they can be so divided over quarters.
func showQuarters(sums []int64, year bool, least int64) bool {
	return year && !slices.ContainsFunc(sums, func(n int64) bool { return n > 0 && n < 2*least })
}

// provinces are the provinces that the table is about: today's, or those with records that it came from.
func provinces(tree *org.Tree, a Ask, end civil.Date) ([]*org.Unit, org.Basis) {
	now := tree.Unit(a.Province)
	if a.Basis != Then || now.Opened <= end {
		if a.Basis == Then {
			return []*org.Unit{now}, org.AsThen()
		}
		return []*org.Unit{now}, org.OnDay(a.Today)
	}
	var out []*org.Unit
	for _, flow := range tree.Predecessors(a.Province) {
		u := tree.Unit(flow.From)
		if u != nil && !u.NoData && u.Opened <= end && end < u.Closed && tree.SpanOn(u.ID, end).Level == org.Province {
			out = append(out, u)
		}
	}
	if len(out) == 0 {
		return []*org.Unit{now}, org.AsThen()
	}
	return out, org.AsThen()
}

// add asks for one province: its value and the lines of its communes, going down through districts.
func (t *Table) add(x figure.Snapshot, tree *org.Tree, u *org.Unit, basis org.Basis, period civil.Period) error {
	q := figure.Query{Indicator: t.Open.Code, Unit: u.Code + "@" + max(u.Opened, min(period.To, u.Closed.AddDays(-1))).String(), Period: period, Basis: basis}
	rows, err := x.Breakdown(q, "unit")
	if err != nil {
		return err
	}
	t.Indicator, t.Measure, t.Breaks = rows.Ind, rows.Measure, rows.Breaks
	whole := lineOf(figure.Row{Key: u.Code, Name: rows.UnitName, Val: rows.Val, Value: rows.Value, Estimated: rows.Estimated}, "province")
	if t.Whole.Code == "" {
		t.Whole = whole
	} else { // several provinces of then: their shares do not add up, their counts do
		t.Whole = t.Whole.plus(whole, rows.Ind.Percent)
	}
	return t.below(x, tree, rows, basis, period.To)
}

func (t *Table) below(x figure.Snapshot, tree *org.Tree, rows *figure.Breakdown, basis org.Basis, day civil.Date) error {
	for _, row := range rows.Rows {
		if row.Kind != org.Child {
			t.Lines = append(t.Lines, lineOf(row, row.Kind))
			continue
		}
		u, err := tree.Resolve(row.Key, basis, day)
		if err != nil || u.Form != org.Territory {
			t.Lines = append(t.Lines, lineOf(row, org.Own))
			continue
		}
		level := tree.SpanOn(u.ID, min(dayOf(basis, day), u.Closed.AddDays(-1))).Level
		if level == org.Commune {
			l := lineOf(row, org.Commune)
			l.Code = u.Code
			if u.NoData || l.Val == nil && len(tree.Gaps(u.ID, basis, day, day)) > 0 {
				l.State = NoData
			}
			t.Lines = append(t.Lines, l)
			continue
		}
		q := rows.Ask
		q.Unit = row.Key
		under, err := x.Breakdown(q, "unit")
		if err != nil {
			return err
		}
		if err := t.below(x, tree, under, basis, day); err != nil {
			return err
		}
	}
	return nil
}

func dayOf(b org.Basis, day civil.Date) civil.Date {
	if b.Then {
		return day
	}
	return b.On
}

func lineOf(r figure.Row, kind string) Line {
	l := Line{Code: r.Key, Name: r.Name, Kind: kind, State: Silent, Estimate: r.Estimated, Val: r.Val}
	if r.Val != nil && r.Value != nil {
		l.State, l.Value = Known, *r.Value
	}
	return l
}

func (l Line) plus(other Line, share bool) Line {
	l.Code, l.Name = l.Code+"+"+other.Code, l.Name+", "+other.Name
	if share || l.Val == nil || other.Val == nil {
		l.Val, l.Value, l.State = nil, "", Silent
		return l
	}
	l.Val = new(big.Rat).Add(l.Val, other.Val)
	l.Value = l.Val.FloatString(6)
	return l
}

// hide takes out of a table what its open figure does not print.
func (t *Table) hide() {
	least := int64(t.Open.Small)
	if least <= 1 {
		return
	}
	counts := make([]*int64, len(t.Lines))
	for i, l := range t.Lines {
		if l.Val != nil {
			n := wholePart(l.Val)
			counts[i] = &n
		}
	}
	order := t.order()
	ordered := make([]*int64, len(counts))
	for i, at := range order {
		ordered[i] = counts[at]
	}
	hidden, sum := Hide(ordered, least)
	for i, h := range hidden {
		if h {
			t.Lines[order[i]] = t.Lines[order[i]].hidden()
			t.HiddenN++
		}
	}
	if !sum {
		t.Whole = t.Whole.hidden()
	}
}

// order is an order of the lines that follows from no count: by kind and code.
func (t *Table) order() []int {
	out := make([]int, len(t.Lines))
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(a, b int) int {
		x, y := t.Lines[a], t.Lines[b]
		return cmp.Or(strings.Compare(x.Kind, y.Kind), strings.Compare(x.Code, y.Code))
	})
	return out
}

func (l Line) hidden() Line {
	return Line{Code: l.Code, Name: l.Name, Kind: l.Kind, State: Hidden}
}

// wholePart is a count; an estimate by shares is rounded up, so that less is printed rather than more.
func wholePart(v *big.Rat) int64 {
	n := new(big.Int).Quo(v.Num(), v.Denom())
	if !v.IsInt() {
		n.Add(n, big.NewInt(1))
	}
	return n.Int64()
}
