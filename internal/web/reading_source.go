package web

import (
	"strings"

	"danvan/internal/civil"
	"danvan/internal/figure"
)

// sourceText says which vintage of a reading it is and whose: "Số chính thức, Cục Thống kê, công bố ngày 30/6/2020".
func sourceText(r figure.Source) string {
	var parts []string
	if r.Vintage != "" {
		parts = append(parts, "Số "+lowerFirst(r.Vintage))
	}
	if r.Source != "" {
		parts = append(parts, r.Source)
	}
	if r.Published != "" {
		parts = append(parts, "công bố ngày "+viDay(r.Published))
	} else {
		parts = append(parts, "số của ngày "+viDay(r.Day))
	}
	return strings.Join(parts, ", ")
}

// decimalText is an exact decimal as people read it.
func decimalText(s string) string {
	r, ok := ratOf(s)
	if !ok {
		return s
	}
	return civil.FormatTrim(r, 6)
}
