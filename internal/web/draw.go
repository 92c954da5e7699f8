package web

import (
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/chart"
	"danvan/internal/civil"
	"danvan/internal/figure"
	"danvan/internal/report"
)

// drawChart draws a chart of a report.
func drawChart(c *report.Chart) string { return c.SVG() }

// documentKind is a form in which a report is sent.
type documentKind struct {
	ext, mime string
	write     func(r *report.Report, w io.Writer) error
}

var documentKinds = map[string]documentKind{
	"docx": {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (*report.Report).DOCX},
	"xlsx": {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (*report.Report).XLSX},
	"html": {"html", "text/html; charset=utf-8", (*report.Report).HTML},
	"json": {"json", "application/json", (*report.Report).JSON},
}

// maxBars is how many rows a page draws before only the table is left.
const maxBars = 40

// drawRows draws the rows of a breakdown: bars over time, lying bars for units and labels; nothing where there is
// nothing to compare.
func drawRows(b *figure.Breakdown) string {
	if len(b.Rows) < 2 || len(b.Rows) > maxBars*5 {
		return ""
	}
	about := chart.About{ID: "theo-" + strings.ReplaceAll(b.By, ":", "-"), Title: b.Name, Unit: b.Measure, Decimals: decimalsOf(b)}
	if b.By == "year" || b.By == "quarter" || b.By == "month" {
		return drawTime(b, about)
	}
	if len(b.Rows) > maxBars {
		return ""
	}
	r := chart.Ranking{About: about}
	for _, row := range b.Rows {
		r.Items = append(r.Items, chart.Item{Name: row.Name, Value: rowValue(row)})
	}
	return r.SVG()
}

func drawTime(b *figure.Breakdown, about chart.About) string {
	var names []string
	var values []chart.Value
	for _, row := range b.Rows {
		names = append(names, shortTime(row))
		values = append(values, rowValue(row))
	}
	breaks := rowBreaks(b)
	series := []chart.Series{{Name: b.Name, Values: values}}
	if b.By == "month" || len(names) > maxBars/2 || len(breaks) > 0 {
		return chart.Lines{About: about, Categories: names, Series: series, Breaks: breaks}.SVG()
	}
	return chart.Bars{About: about, Categories: names, Series: series}.SVG()
}

// shortTime is a year or a month as an axis names it.
func shortTime(r figure.Row) string {
	d, err := civil.ParseDate(r.From)
	if err != nil {
		return r.Name
	}
	if strings.Contains(r.Key, "M") {
		return fmt.Sprintf("%d/%d", d.Month(), d.Year())
	}
	if strings.Contains(r.Key, "Q") {
		return fmt.Sprintf("%s/%d", []string{"I", "II", "III", "IV"}[(d.Month()-1)/3], d.Year())
	}
	return strconv.Itoa(d.Year())
}

// decimalsOf are the decimals that the rows of a chart share: two where one of them has a fraction.
func decimalsOf(b *figure.Breakdown) int {
	most := 0
	for _, r := range b.Rows {
		if r.Val == nil || r.Val.IsInt() {
			continue
		}
		_, fraction, _ := strings.Cut(civil.FormatTrim(r.Val, shownDecimals), ",")
		most = max(most, len(fraction))
	}
	return most
}

// rowBreaks puts each break of the series before the first row that lies wholly behind it.
func rowBreaks(b *figure.Breakdown) []chart.Break {
	var out []chart.Break
	for _, br := range b.Breaks {
		for i, row := range b.Rows {
			if i > 0 && row.From >= br.On {
				out = append(out, chart.Break{At: i, Label: "gãy chuỗi"})
				break
			}
		}
	}
	return out
}

func rowValue(r figure.Row) chart.Value {
	if r.Val == nil {
		return chart.Gap()
	}
	n, _ := new(big.Rat).Set(r.Val).Float64()
	return chart.Value{N: n, Known: true, Estimate: r.Estimated}
}

// seriesOf are the codes of the series that a formula reads.
func seriesOf(x catalog.Expr) []string {
	if x == nil {
		return nil
	}
	var out []string
	for _, c := range catalog.Calls(x) {
		if c.Selector != nil {
			out = append(out, c.Selector.Series)
		}
	}
	return out
}
