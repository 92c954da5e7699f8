package report

import (
	"math/big"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/figure"
)

// movement is a figure beside that of the same period of the year before.
type movement struct {
	now, before *big.Rat
	figure      *figure.Figure
	question    question
	earlier     question
}

// movement asks for both; false where either was not reported or where the
// definition changed between them so that they cannot be compared.
func (f *filler) movement(s slot) (movement, bool) {
	q := f.question(s.ask)
	if q.from.DaysUntil(q.to) > 366 {
		// The same period of the year before would overlap with this one.
		return movement{}, false
	}
	past := s.ask
	past.before = true
	p := f.question(past)
	now, before := f.inquiry.ask(q), f.inquiry.ask(p)
	if now == nil || before == nil || now.figure == nil || before.figure == nil {
		return movement{}, false
	}
	if broken(now.figure.Ind, p.from, q.to) {
		return movement{}, false
	}
	m := movement{now: now.figure.Val, before: before.figure.Val, figure: now.figure, question: q, earlier: p}
	return m, m.now != nil && m.before != nil
}

// broken says whether an incomparable change of definition lies between the
// days.
func broken(i *catalog.Indicator, from, to civil.Date) bool {
	if i == nil {
		return false
	}
	for _, b := range i.Breaks {
		if !b.Comparable && from < b.On && b.On <= to {
			return true
		}
	}
	return false
}

// comparison prints "tăng 12% so với cùng kỳ năm trước".
func (f *filler) comparison(s slot) {
	m, ok := f.movement(s)
	if !ok {
		f.say("chưa có số liệu cùng kỳ để so sánh")
		return
	}
	n := f.cite(m.question, m.figure, nil)
	f.print(m.text(), n)
	f.say(" so với " + samePeriod(m.earlier))
}

// samePeriod names the period of the year before.
func samePeriod(q question) string {
	if q.from == civil.NewDate(q.from.Year(), 1, 1) && q.to == civil.NewDate(q.from.Year(), 12, 31) {
		return "năm " + yearText(q.from.Year())
	}
	return "cùng kỳ năm " + yearText(q.to.Year())
}

// text says how the figure moved. Ratios move by points. Where the base is
// small a percentage would mislead, so the difference itself is said.
func (m movement) text() string {
	diff := new(big.Rat).Sub(m.now, m.before)
	if diff.Sign() == 0 {
		return "không thay đổi"
	}
	way := "tăng "
	if diff.Sign() < 0 {
		way = "giảm "
	}
	size := new(big.Rat).Abs(diff)
	if m.figure.Ind != nil && m.figure.Ind.Percent {
		return way + civil.FormatTrim(size, 2) + " điểm phần trăm"
	}
	if m.before.Cmp(big.NewRat(20, 1)) < 0 {
		return way + civil.FormatTrim(size, decimalsOf(m.figure)) + " " + m.figure.Measure
	}
	if times := new(big.Rat).Quo(m.now, m.before); times.Cmp(big.NewRat(3, 1)) >= 0 {
		return "gấp " + civil.FormatTrim(times, 1) + " lần"
	}
	percent := new(big.Rat).Quo(size, m.before)
	percent.Mul(percent, big.NewRat(100, 1))
	if percent.Cmp(big.NewRat(1, 10)) < 0 {
		return way + "dưới 0,1%"
	}
	return way + civil.FormatTrim(percent, 1) + "%"
}

func decimalsOf(f *figure.Figure) int {
	if f.Ind == nil {
		return 2
	}
	return max(f.Ind.Decimals, 0)
}
