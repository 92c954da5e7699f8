package web

import (
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"danvan/internal/civil"
	"danvan/internal/figure"
)

func ratOf(s string) (*big.Rat, bool) { return new(big.Rat).SetString(s) }

// shownDecimals are the decimals of a value on a page: those that it has, at most two. A document rounds as its
// form asks; a page shows what the records give.
const shownDecimals = 2

func viNumber(s string) string {
	r, ok := ratOf(s)
	if !ok {
		return s
	}
	return civil.FormatTrim(r, 4)
}

func viPointer(s *string) string {
	if s == nil {
		return "–"
	}
	return viNumber(*s)
}

// rowText is a row's value in full: no word, no rounding to a step.
func rowText(measure string, r figure.Row) string {
	return valueText(measure, r.Val, r.Display)
}

func valueText(measure string, val *big.Rat, display string) string {
	if val == nil {
		return "chưa có"
	}
	if strings.Contains(display, "/") { // 8/8: counts of units
		return display
	}
	return civil.FormatTrim(val, shownDecimals) + percentSign(measure)
}

func signed(s string) string {
	r, ok := ratOf(s)
	switch {
	case !ok:
		return s
	case r.Sign() == 0:
		return "không đổi"
	case r.Sign() < 0:
		return "−" + civil.FormatTrim(r.Neg(r), shownDecimals)
	}
	return "+" + civil.FormatTrim(r, shownDecimals)
}

// changeText says how a figure has moved: percents by points, others by their measure and in percent.
func changeText(c *figure.Comparison) string {
	text := signed(*c.Change)
	switch {
	case text == "không đổi":
		return text
	case percentSign(c.Now.Measure) != "":
		return text + " điểm phần trăm"
	case c.Percent != nil:
		return text + " (" + signed(*c.Percent) + "%)"
	}
	return text
}

func percentSign(measure string) string {
	if strings.HasPrefix(measure, "%") {
		return "%"
	}
	return ""
}

// measureOf is the unit of measure where the number does not carry it.
func measureOf(measure string) string {
	if percentSign(measure) != "" {
		return ""
	}
	return measure
}

func rowHead(v figureView) string {
	switch v.By {
	case "year":
		return "Năm"
	case "quarter":
		return "Quý"
	case "month":
		return "Tháng"
	case "unit":
		return "Đơn vị"
	}
	for _, l := range v.Labels {
		if l.By == v.By {
			return l.Name
		}
	}
	return "Nhãn"
}

func additive(rows []figure.Row) bool {
	for _, r := range rows {
		if !r.Additive {
			return false
		}
	}
	return true
}

func hasJoint(rows []figure.Row) bool {
	for _, r := range rows {
		if r.Joint != nil {
			return true
		}
	}
	return false
}

// bigShare writes millionths as percent.
func bigShare(millionths int64) string { return big.NewRat(millionths, 10_000).FloatString(2) }

func count(n int, noun string) string { return civil.FormatInt(int64(n)) + " " + noun }

// joinCounts writes counts one beside the other, without those that are none.
func joinCounts(parts ...string) string {
	var out []string
	for _, p := range parts {
		if !strings.HasPrefix(p, "0 ") {
			out = append(out, p)
		}
	}
	return strings.Join(out, " · ")
}

func upperFirst(s string) string { return first(s, unicode.ToUpper) }
func lowerFirst(s string) string { return first(s, unicode.ToLower) }

func first(s string, change func(rune) rune) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(change(r)) + s[n:]
}

// shortPeriod is a period's name where there is little room.
func shortPeriod(p civil.Period) string {
	return upperFirst(strings.TrimPrefix(p.Name, "giai đoạn "))
}
