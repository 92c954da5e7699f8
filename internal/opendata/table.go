// Package opendata makes the public tables: what the catalogue names as open, by commune and year, with small counts hidden so
// that no subtraction brings them back. It asks the figures as somebody who may read no letter.
package opendata

import (
	"context"
	"fmt"
	"math/big"

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
	Basis    Basis
	Today    civil.Date
}

// Table is the table of one year. A figure whose small counts are hidden stands on today's boundaries alone: on two sets of
// boundaries the one could be taken from the other.
func (b *Book) Table(ctx context.Context, a Ask) (*Table, error) {
	open, err := b.Find(a.Code, a.Today)
	if err != nil {
		return nil, err
	}
	if a.Basis == Then && open.Small > 0 {
		return nil, fault.New(fault.Invalid, "Chỉ tiêu này che số nhỏ nên chỉ công khai theo ranh giới hôm nay. Hãy chọn ranh giới hôm nay.")
	}
	period, err := civil.ParsePeriod(fmt.Sprint(a.Year))
	if err != nil || a.Year < 1990 || a.Year > a.Today.Year() {
		return nil, fault.New(fault.Invalid, "Năm không đúng. Hãy chọn một năm trong danh sách.")
	}
	period.To = min(period.To, a.Today)
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
	t.hide()
	return t, nil
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
	hidden := Hide(counts, least)
	for i, h := range hidden {
		if h {
			t.Lines[i] = t.Lines[i].hidden()
			t.HiddenN++
		}
	}
	if !Sum(counts, hidden, least) {
		t.Whole = t.Whole.hidden()
	}
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
