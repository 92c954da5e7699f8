package report

import (
	"math/big"
	"sort"
	"strings"

	"danvan/internal/figure"
)

// chart fills a chart; one without any value is left out.
func (f *filler) chart(s chartSpec) {
	c := &Chart{ID: s.id, Kind: s.kind, Caption: f.text(s.caption), Unit: s.unit}
	if s.per != nil {
		f.perUnit(s, c)
	} else {
		f.perSeries(s, c)
	}
	for _, n := range s.notes {
		if text := f.text(n); text != "" {
			c.Notes = append(c.Notes, text)
		}
	}
	if c.known() < 2 {
		return
	}
	f.pieces = append(f.pieces, piece{block: &Block{Kind: BlockChart, Chart: c}})
}

// known counts the values of a chart.
func (c *Chart) known() int {
	n := 0
	for _, s := range c.Series {
		for _, v := range s.Values {
			if v != nil {
				n++
			}
		}
	}
	return n
}

// perSeries draws one series for each series line, over the rows of the
// breakdown.
func (f *filler) perSeries(s chartSpec, c *Chart) {
	at := map[string]int{}
	for _, one := range s.series {
		q := f.question(merged(one.slot.ask, s.options.ask, s.by))
		a := f.inquiry.ask(q)
		if a == nil || a.figure == nil {
			continue
		}
		c.Indicators = append(c.Indicators, a.figure.Ind.Code)
		rows := shown(a.rows, s)
		for _, r := range rows {
			if _, ok := at[r.Key]; !ok {
				at[r.Key] = len(c.Categories)
				c.Categories = append(c.Categories, shortName(r.Name))
			}
		}
		c.Series = append(c.Series, seriesOf(one.head, a.figure, rows, at, len(c.Categories)))
		c.Decimals = max(c.Decimals, decimalsOf(a.figure))
		c.addBreaks(a.figure, rows, at)
	}
	for i := range c.Series {
		c.Series[i].pad(len(c.Categories))
	}
}

// shown are the rows that a chart draws: for units and labels the largest
// first, without empty ones.
func shown(rows []figure.Row, s chartSpec) []figure.Row {
	if s.by == "year" || s.by == "month" {
		return rows
	}
	var out []figure.Row
	for _, r := range rows {
		if r.Val != nil && r.Val.Sign() != 0 {
			out = append(out, r)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Val.Cmp(out[j].Val) > 0 })
	if s.top > 0 && len(out) > s.top {
		out = out[:s.top]
	}
	return out
}

func seriesOf(name string, whole *figure.Figure, rows []figure.Row, at map[string]int, size int) ChartSeries {
	out := ChartSeries{Name: name}
	out.pad(size)
	for i, r := range rows {
		if r.Val == nil {
			continue
		}
		n := float(r.Val)
		out.Values[at[r.Key]] = &n
		out.Labels[at[r.Key]] = rowText(whole, &rows[i])
	}
	return out
}

func (s *ChartSeries) pad(size int) {
	for len(s.Values) < size {
		s.Values = append(s.Values, nil)
		s.Labels = append(s.Labels, "")
	}
}

func float(r *big.Rat) float64 {
	n, _ := r.Float64()
	return n
}

// perUnit draws one small chart for each unit below, the largest first.
func (f *filler) perUnit(s chartSpec, c *Chart) {
	units := f.question(merged(s.per.ask, s.options.ask, "unit"))
	whole := f.inquiry.ask(units)
	if whole == nil || whole.figure == nil {
		return
	}
	c.Indicators = append(c.Indicators, whole.figure.Ind.Code)
	at := map[string]int{}
	for _, u := range shown(whole.rows, chartSpec{by: "unit", top: s.top}) {
		if u.Kind != "" && u.Kind != "child" {
			continue
		}
		q := units
		q.unit, q.by = u.Key, s.by
		a := f.inquiry.ask(q)
		if a == nil || a.figure == nil {
			continue
		}
		for _, r := range a.rows {
			if _, ok := at[r.Key]; !ok {
				at[r.Key] = len(c.Categories)
				c.Categories = append(c.Categories, shortName(r.Name))
			}
		}
		one := seriesOf(u.Name, a.figure, a.rows, at, len(c.Categories))
		one.Total = rowText(whole.figure, &u)
		n := float(u.Val)
		one.Whole = &n
		c.Series = append(c.Series, one)
		c.Decimals = max(c.Decimals, decimalsOf(a.figure))
	}
	for i := range c.Series {
		c.Series[i].pad(len(c.Categories))
	}
}

// addBreaks notes the categories from which another definition holds.
func (c *Chart) addBreaks(a *figure.Figure, rows []figure.Row, at map[string]int) {
	for _, b := range a.Breaks {
		for _, r := range rows {
			if r.From < b.On && b.On <= r.To || r.From == b.On {
				c.cut(at[r.Key], b.Note)
				break
			}
		}
	}
}

func (c *Chart) cut(at int, why string) {
	if at == 0 {
		return
	}
	for _, b := range c.Breaks {
		if b.At == at {
			return
		}
	}
	c.Breaks = append(c.Breaks, ChartBreak{At: at, Reason: why})
}

// shortName fits under a bar: "Năm 2019" is 2019.
func shortName(s string) string {
	s = strings.TrimPrefix(s, "Năm ")
	return strings.TrimPrefix(s, "năm ")
}
