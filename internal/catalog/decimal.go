package catalog

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Decimal is a number with a fixed count of decimals, as an integer of its smallest unit: 32.13 is {3213, 2}.
type Decimal struct {
	Units int64
	Scale int
}

// String writes the number plainly: 32.13; trailing zeros are dropped.
func (d Decimal) String() string {
	digits := strconv.FormatInt(d.Units, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	if d.Scale == 0 {
		return sign + digits
	}
	if len(digits) <= d.Scale {
		digits = strings.Repeat("0", d.Scale-len(digits)+1) + digits
	}
	whole, part := digits[:len(digits)-d.Scale], strings.TrimRight(digits[len(digits)-d.Scale:], "0")
	if part == "" {
		return sign + whole
	}
	return sign + whole + "." + part
}

// MarshalJSON writes a JSON number.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// Rat is the exact value.
func (d Decimal) Rat() *big.Rat { return big.NewRat(d.Units, pow10(d.Scale)) }

func (d Decimal) float() float64 { f, _ := d.Rat().Float64(); return f }

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// parseDecimal reads plain digits with an optional point into units of 10^-scale. More decimals than that is an
// error, never rounded.
func parseDecimal(text string, scale int) (int64, error) {
	sign := int64(1)
	digits := text
	if strings.HasPrefix(digits, "-") {
		sign, digits = -1, digits[1:]
	}
	whole, part, _ := strings.Cut(digits, ".")
	part = strings.TrimRight(part, "0")
	if len(part) > scale {
		if scale == 0 {
			return 0, fmt.Errorf("phải là số nguyên, không có phần thập phân")
		}
		return 0, fmt.Errorf("có %d chữ số thập phân, chỉ được %d; hãy ghi đúng số đã làm tròn theo văn bản gốc", len(part), scale)
	}
	for len(part) < scale {
		part += "0"
	}
	n, err := strconv.ParseInt(whole+part, 10, 64)
	if err != nil || strings.ContainsAny(whole+part, "+-") {
		return 0, fmt.Errorf("không phải số hoặc quá lớn")
	}
	return sign * n, nil
}

// plainNumber turns what people type into plain digits with a point: "1.234" and "1.234,5" the Vietnamese way,
// "32,13", and also 32.13, where a single point cannot be a thousands mark.
func plainNumber(s string) (string, error) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(strings.TrimSpace(s))
	body := strings.TrimPrefix(s, "-")
	bad := fmt.Errorf("không phải số: hãy viết như 1.234 hoặc 1.234,5")
	if body == "" || strings.Trim(body, "0123456789.,") != "" {
		return "", bad
	}
	whole, part, comma := strings.Cut(body, ",")
	if comma && (part == "" || strings.ContainsAny(part, ".,")) {
		return "", bad
	}
	if strings.Contains(whole, ".") {
		groups := strings.Split(whole, ".")
		if !thousands(groups) {
			if len(groups) == 2 && !comma && groups[0] != "" && groups[1] != "" {
				return s, nil // 32.13
			}
			return "", bad
		}
		whole = strings.Join(groups, "")
	}
	if whole == "" {
		return "", bad
	}
	if comma {
		whole += "." + part
	}
	return strings.Repeat("-", len(s)-len(body)) + whole, nil
}

// thousands reports whether groups are 1-3 digits, not starting with a lone 0, then threes.
func thousands(groups []string) bool {
	if len(groups[0]) < 1 || len(groups[0]) > 3 || groups[0][0] == '0' {
		return false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return false
		}
	}
	return true
}

// PlainNumber is a number as people write it ("1.234,5", "1234.5") in plain digits with a point.
func PlainNumber(s string) (string, error) { return plainNumber(strings.TrimSpace(s)) }
