package web

import (
	"math/big"
	"slices"
	"strings"

	"danvan/internal/org"
)

// splitBasis is a column of the form of a split: of what the receivers' shares are taken.
type splitBasis struct {
	name, label, hint string
	at                func(*org.Parts) *int64
}

var splitBases = []splitBasis{
	{"dan-so", "Dân số", "người", func(p *org.Parts) *int64 { return &p.Population }},
	{"dien-tich", "Diện tích", "km²", func(p *org.Parts) *int64 { return &p.Area }},
	{"so-ho", "Số hộ", "hộ", func(p *org.Parts) *int64 { return &p.Households }},
}

// split reads the receivers of a split: one act each, their shares in millionths that sum to a million.
func (p typedUnits) split(f *form, base org.Change) []org.Change {
	var acts []org.Change
	var rows []int
	for i := 1; i <= mostRows; i++ {
		code, name := strings.ToUpper(strings.TrimSpace(f.get(rowName("ma", i)))), strings.TrimSpace(f.get(rowName("ten", i)))
		if code == "" && name == "" {
			continue
		}
		c := base
		c.Name, c.Type = name, f.get(rowName("loai", i))
		c.Sources = slices.Clone(base.Sources)
		if at := rowName("ma", i); code == "" {
			f.say(at, "Hãy ghi mã của nơi nhận.")
		} else {
			c.Code = code
		}
		if f.get(rowName("cap-tren", i)) != "" {
			c.Parent = p.unit(f, rowName("cap-tren", i), p.day.AddDays(-1))
		}
		if c.Name != "" && c.Type == "" {
			c.Type = typeInName(c.Name)
		}
		acts, rows = append(acts, c), append(rows, i)
	}
	if len(acts) < 2 {
		f.say(rowName("ma", len(acts)+1), "Chia tách cần ít nhất hai nơi nhận. Phần ở lại cũng là một nơi nhận.")
	}
	for _, b := range splitBases {
		readShares(f, b, rows, acts)
	}
	readBodies(f, acts)
	return acts
}

// readShares turns the numbers of one column into millionths: all of them, or none where they are not known.
func readShares(f *form, b splitBasis, rows []int, acts []org.Change) {
	var numbers []*big.Rat
	var empty []int
	for _, i := range rows {
		text := strings.TrimSpace(f.get(rowName(b.name, i)))
		if text == "" {
			empty = append(empty, i)
			continue
		}
		n, ok := readNumber(text)
		if !ok || n.Sign() < 0 {
			f.say(rowName(b.name, i), b.label+": “"+text+"” không phải là số. Viết như 1.234 hoặc 12,5.")
			return
		}
		numbers = append(numbers, n)
	}
	if len(numbers) == 0 {
		return
	}
	if len(empty) > 0 {
		f.say(rowName(b.name, empty[0]), b.label+": ghi đủ cho mọi nơi nhận, hoặc để trống cả cột nếu không rõ.")
		return
	}
	parts, ok := millionths(numbers)
	if !ok {
		f.say(rowName(b.name, rows[0]), b.label+": tổng phải lớn hơn 0.")
		return
	}
	for k := range acts {
		if len(acts[k].Sources) > 0 {
			*b.at(&acts[k].Sources[0].Parts) = parts[k]
		}
	}
}

// millionths are the shares of numbers in their sum. They sum to a million exactly: what rounding leaves goes to the
// largest remainders, the first where they are equal.
func millionths(numbers []*big.Rat) ([]int64, bool) {
	sum := new(big.Rat)
	for _, n := range numbers {
		sum.Add(sum, n)
	}
	if sum.Sign() <= 0 {
		return nil, false
	}
	out := make([]int64, len(numbers))
	rest := make([]*big.Rat, len(numbers))
	order := make([]int, len(numbers))
	left := int64(org.Whole)
	for i, n := range numbers {
		exact := new(big.Rat).Quo(n, sum)
		exact.Mul(exact, big.NewRat(org.Whole, 1))
		out[i] = new(big.Int).Quo(exact.Num(), exact.Denom()).Int64()
		rest[i] = exact.Sub(exact, big.NewRat(out[i], 1))
		left -= out[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return rest[b].Cmp(rest[a]) })
	for k := range left {
		out[order[k]]++
	}
	return out, true
}

// readNumber reads 1.234.567, 12,5 or 12.5.
func readNumber(text string) (*big.Rat, bool) {
	s := strings.ReplaceAll(strings.ReplaceAll(text, " ", ""), "\u00a0", "")
	whole, fraction, comma := strings.Cut(s, ",")
	groups := strings.Split(whole, ".")
	thousands := len(groups) > 1 && len(groups[0]) <= 3 && !slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) != 3 })
	switch {
	case thousands || comma:
		s = strings.ReplaceAll(whole, ".", "")
		if comma {
			s += "." + fraction
		}
	}
	if s == "" || strings.Trim(s, "0123456789.") != "" {
		return nil, false
	}
	return ratOf(s)
}

// readBodies says where the bodies of a split territory go.
func readBodies(f *form, acts []org.Change) {
	say := ""
	switch f.get("to-chuc") {
	case "close":
		say = "close"
	case "follow":
		code := strings.ToUpper(strings.TrimSpace(f.get("to-chuc-theo")))
		if !slices.ContainsFunc(acts, func(c org.Change) bool { return c.Code == code }) {
			f.say("to-chuc-theo", "Ghi mã của một trong các nơi nhận ở trên.")
			return
		}
		say = "follow:" + code
	}
	for i := range acts {
		acts[i].Bodies = say
	}
}
