package report

import (
	"danvan/internal/civil"
)

// partsText shows what a ratio was made of: " (7.344/7.568)".
func partsText(e Evidence) string {
	if e.Denominator == "" || e.Numerator == "" {
		return ""
	}
	return " (" + vietnamese(e.Numerator) + "/" + vietnamese(e.Denominator) + ")"
}

// periodText is a question's period as written.
func periodText(e Evidence) string {
	from, _ := civil.ParseDate(e.From)
	to, _ := civil.ParseDate(e.To)
	return capital(civil.NamePeriod(from, to))
}

func entriesText(n int64) string { return civil.FormatInt(n) }
