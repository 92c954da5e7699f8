package report

import "danvan/internal/chart"

// SVG draws the chart for a page. The values stand in its description.
func (c *Chart) SVG() string {
	about := chart.About{ID: "v-" + c.ID, Title: c.Caption, Unit: c.Unit, Decimals: c.Decimals, Legend: len(c.Series) > 1}
	switch c.Kind {
	case ChartLines:
		return chart.Lines{About: about, Categories: c.Categories, Series: c.drawn(), Breaks: c.drawnBreaks()}.SVG()
	case ChartRanking:
		return chart.Ranking{About: about, Items: c.items()}.SVG()
	case ChartMultiples:
		about.Legend = false
		return chart.Multiples{About: about, Categories: c.Categories, Series: c.drawn(), Totals: c.totals()}.SVG()
	}
	layout := map[ChartKind]chart.Layout{ChartOverlaid: chart.Overlaid, ChartStacked: chart.Stacked}[c.Kind]
	return chart.Bars{About: about, Layout: layout, Categories: c.Categories, Series: c.drawn(), Breaks: c.drawnBreaks()}.SVG()
}

func (c *Chart) drawn() []chart.Series {
	out := make([]chart.Series, len(c.Series))
	for i, s := range c.Series {
		out[i].Name = s.Name
		for j, v := range s.Values {
			if v == nil {
				out[i].Values = append(out[i].Values, chart.Gap())
				continue
			}
			out[i].Values = append(out[i].Values, chart.Value{N: *v, Known: true, Label: s.Labels[j]})
		}
	}
	return out
}

func (c *Chart) drawnBreaks() []chart.Break {
	var out []chart.Break
	for _, b := range c.Breaks {
		out = append(out, chart.Break{At: b.At, Label: b.Reason})
	}
	return out
}

func (c *Chart) items() []chart.Item {
	var out []chart.Item
	for i, name := range c.Categories {
		item := chart.Item{Name: name}
		if v := c.Series[0].Values[i]; v != nil {
			item.Value = chart.Value{N: *v, Known: true, Label: c.Series[0].Labels[i]}
		}
		out = append(out, item)
	}
	return out
}

func (c *Chart) totals() []string {
	var out []string
	for _, s := range c.Series {
		out = append(out, s.Total)
	}
	return out
}
