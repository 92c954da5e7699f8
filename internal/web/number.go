package web

import (
	"math/big"
	"strings"

	"danvan/internal/figure"
)

func ratOf(s string) (*big.Rat, bool) { return new(big.Rat).SetString(s) }

func signed(s string) string {
	if strings.HasPrefix(s, "-") {
		return "−" + viNumber(s[1:])
	}
	return "+" + viNumber(s)
}

func percentSign(measure string) string {
	if strings.HasPrefix(measure, "%") {
		return "%"
	}
	return ""
}

func rowHead(by string) string {
	switch by {
	case "year":
		return "Năm"
	case "month":
		return "Tháng"
	case "unit":
		return "Đơn vị"
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
func bigShare(millionths int64) string { return big.NewRat(millionths, 10_000).FloatString(4) }
