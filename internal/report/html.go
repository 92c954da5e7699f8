package report

import (
	"embed"
	"html/template"
	"io"

	"danvan/internal/chart"
	"danvan/internal/civil"
)

//go:embed page/report.html page/report.css
var pageFiles embed.FS

// HTML writes the report as one file that needs nothing else: styles, charts
// and the evidence of each figure are inside, and it prints as A4.
func (r *Report) HTML(w io.Writer) error {
	t, err := template.New("report.html").Funcs(pageFuncs()).ParseFS(pageFiles, "page/report.html")
	if err != nil {
		return err
	}
	return t.Execute(w, r)
}

func pageFuncs() template.FuncMap {
	return template.FuncMap{
		"css": func() (template.CSS, error) {
			b, err := pageFiles.ReadFile("page/report.css")
			return template.CSS(string(b) + chart.CSS), err
		},
		"party":       func(r *Report) bool { return r.Format == Party },
		"number":      (*Report).numberText,
		"title":       (*Table).title,
		"chartTitle":  (*Chart).title,
		"svg":         func(c *Chart) template.HTML { return template.HTML(c.SVG()) },
		"period":      periodText,
		"parts":       partsText,
		"int":         civil.FormatInt,
		"showMeasure": func(e Evidence) bool { return e.Value != nil && e.Measure != "%" },
	}
}

// numberText is the line under the issuer: "Số …-BC/TU", "Số: …/BC-SNV".
func (r *Report) numberText() string {
	n := r.Letterhead.Number
	if n == "" {
		n = "…"
	}
	if r.Format == Party {
		return "Số " + n + "-" + r.Letterhead.Symbol
	}
	return "Số: " + n + "/" + r.Letterhead.Symbol
}
