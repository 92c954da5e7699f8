package report

import (
	"math/big"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"danvan/internal/civil"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// nothing is printed where nothing was reported.
const nothing = "chưa có số liệu"

func (f *filler) say(s string) { f.pieces = append(f.pieces, piece{text: guard(s)}) }

// guard escapes signs of the template language in text that comes from data.
func guard(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "\n", " ").Replace(s)
}

func (f *filler) print(text string, evidence int) {
	f.pieces = append(f.pieces, piece{run: &Run{Text: text, Evidence: evidence}})
}

// slot prints one slot.
func (f *filler) slot(s slot) {
	switch s.kind {
	case slotProperty:
		text, _ := f.property(s.object, s.field)
		f.say(text)
	case slotVariable:
		f.variable(s)
	case slotUnits:
		f.say(civil.FormatInt(int64(len(f.existing(s)))))
	case slotNames:
		f.say(f.names(f.existing(s)))
	case slotFigure:
		f.figure(s)
	case slotCompare:
		f.comparison(s)
	case slotList:
		f.list(s)
	case slotBreaks:
		f.say(strings.Join(f.breaks(s), "; "))
	case slotCoverage:
		f.coverage(s)
	}
}

// figure prints a figure, with its exact value beside it the first time a word
// such as "trên" stands for it.
func (f *filler) figure(s slot) {
	q := f.question(s.ask)
	a := f.inquiry.ask(q)
	if a == nil || a.figure == nil {
		f.say(nothing)
		return
	}
	if s.ask.row != "" {
		f.row(s, q, a)
		return
	}
	n := f.cite(q, a.figure, nil)
	e := &f.evidence[n]
	f.print(partText(s.part, e), n)
	if s.part == partValue && worded(e) && !f.printed[e.Key] {
		f.printed[e.Key] = true
		f.print(" ("+besides(e)+")", n)
	}
}

// worded says whether the display is a word over an exact value.
func worded(e *Evidence) bool {
	return e.Value != nil && e.Exact != e.Display && startsWithLetter(e.Display)
}

// besides is the exact value as written beside the word; where the word holds
// the measure ("hàng tỷ đồng") the value repeats it.
func besides(e *Evidence) string {
	if strings.HasSuffix(e.Display, " "+e.Measure) {
		return e.Exact + " " + e.Measure
	}
	return e.Exact
}

func startsWithLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

func partText(p part, e *Evidence) string {
	switch p {
	case partExact:
		return e.Exact
	case partNumerator:
		return orNothing(vietnamese(e.Numerator))
	case partDenominator:
		return orNothing(vietnamese(e.Denominator))
	case partEntries:
		return civil.FormatInt(e.Entries)
	case partPercent:
		return share(ratOf(e.Numerator), ratOf(e.Denominator))
	}
	return trimZeros(e.Display)
}

// trimZeros writes 100,00% as 100% and 38,60 as 38,6.
func trimZeros(s string) string {
	whole, after, ok := strings.Cut(s, ",")
	if !ok {
		return s
	}
	digits, percent := strings.CutSuffix(after, "%")
	digits = strings.TrimRight(digits, "0")
	if digits != "" {
		whole += "," + digits
	}
	if percent {
		whole += "%"
	}
	return whole
}

func orNothing(s string) string {
	if s == "" {
		return nothing
	}
	return s
}

// vietnamese writes a decimal string as documents do.
func vietnamese(s string) string {
	r := ratOf(s)
	if r == nil {
		return ""
	}
	return civil.FormatTrim(r, 6)
}

// ratOf reads a decimal string, nil where there is none.
func ratOf(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil
	}
	return r
}

// row prints one row of a breakdown.
func (f *filler) row(s slot, q question, a *answer) {
	r := findRow(a.rows, s.ask.row)
	if r == nil || r.Value == nil {
		f.say(nothing)
		return
	}
	n := f.cite(q, a.figure, r)
	f.print(partText(s.part, &f.evidence[n]), n)
}

// ranked are the rows of a breakdown that hold something, the largest first
// for labels and units, in their order for years and months.
func (f *filler) ranked(s slot) []*rowVariable {
	q := f.question(s.ask)
	a := f.inquiry.ask(q)
	if a == nil {
		return nil
	}
	var out []*rowVariable
	for _, r := range a.rows {
		if r.Val != nil && r.Val.Sign() != 0 {
			out = append(out, &rowVariable{question: q, row: r, slot: s})
		}
	}
	if q.by != "year" && q.by != "month" {
		sort.SliceStable(out, func(i, j int) bool { return out[i].row.Val.Cmp(out[j].row.Val) > 0 })
	}
	if s.top > 0 && len(out) > s.top {
		out = out[:s.top]
	}
	return out
}

// list prints "đất đai (120), giao thông (80) và môi trường (31)".
func (f *filler) list(s slot) {
	rows := f.ranked(s)
	if len(rows) == 0 {
		f.say(nothing)
		return
	}
	a := f.inquiry.ask(rows[0].question)
	for i, r := range rows {
		switch {
		case i > 0 && i == len(rows)-1:
			f.say(" và ")
		case i > 0:
			f.say(", ")
		}
		f.say(f.rowName(r) + " (")
		n := f.cite(r.question, a.figure, &r.row)
		f.print(f.evidence[n].Exact, n)
		f.say(")")
	}
}

// rowName is a row's name as it stands inside a sentence.
func (f *filler) rowName(r *rowVariable) string {
	if r.question.by == "year" || r.question.by == "month" {
		return r.row.Name
	}
	return uncapital(r.row.Name)
}

// uncapital lowers the first letter of a word unless the next is a capital
// too (QCDC, MTTQ).
func uncapital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	next, _ := utf8.DecodeRuneInString(s[n:])
	if unicode.IsUpper(next) {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}

// names lists units by name: "các huyện Ba Bể, Chợ Đồn".
func (f *filler) names(ids []org.UnitID) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = uncapital(f.tree.NameOn(id, f.subject.period.To))
	}
	if len(out) < 2 {
		return strings.Join(out, "")
	}
	return strings.Join(out[:len(out)-1], ", ") + " và " + out[len(out)-1]
}

// variable prints a field of a loop variable.
func (f *filler) variable(s slot) {
	v := f.vars[s.object]
	switch {
	case v.row != nil && s.field == "name":
		f.say(f.rowName(v.row))
	case v.row != nil:
		a := f.inquiry.ask(v.row.question)
		n := f.cite(v.row.question, a.figure, &v.row.row)
		if s.field == "share" {
			f.print(share(v.row.row.Val, a.figure.Val), n)
			return
		}
		f.print(f.evidence[n].Exact, n)
	case v.year > 0:
		f.say(yearText(v.year))
	case v.unit > 0:
		f.say(uncapital(f.tree.NameOn(v.unit, f.subject.period.To)))
	}
}

// share is a part in percent of the whole, one decimal.
func share(part, whole *big.Rat) string {
	if part == nil || whole == nil || whole.Sign() == 0 {
		return nothing
	}
	r := new(big.Rat).Quo(part, whole)
	return civil.FormatTrim(r.Mul(r, big.NewRat(100, 1)), 1) + "%"
}

// coverage prints "118/122 đơn vị đã ghi nhận".
func (f *filler) coverage(s slot) {
	q := f.question(s.ask)
	a := f.inquiry.ask(q)
	if a == nil || a.figure == nil || a.figure.Coverage == nil {
		f.say(nothing)
		return
	}
	c := a.figure.Coverage
	n := f.cite(q, a.figure, nil)
	f.print(civil.FormatInt(int64(c.Reported))+"/"+civil.FormatInt(int64(c.Expected)), n)
}

// breaks are the reasons of changes of definition inside the period.
func (f *filler) breaks(s slot) []string {
	a := f.inquiry.ask(f.question(s.ask))
	if a == nil || a.figure == nil {
		return nil
	}
	return breakNotes(a.figure.Breaks)
}

func breakNotes(list []figure.Break) []string {
	var out []string
	for _, b := range list {
		day, _ := civil.ParseDate(b.On)
		out = append(out, "từ ngày "+day.Vi()+", "+uncapital(strings.TrimSuffix(b.Note, ".")))
	}
	return out
}

// number is the exact value of an operand.
func (f *filler) number(s slot) (*big.Rat, bool) {
	switch s.kind {
	case slotUnits:
		return new(big.Rat).SetInt64(int64(len(f.existing(s)))), true
	case slotVariable:
		v := f.rowVal(s)
		return v, v != nil
	}
	a := f.inquiry.ask(f.question(s.ask))
	if a == nil || a.figure == nil {
		return nil, false
	}
	v := a.figure.Val
	switch {
	case s.ask.row != "":
		v = nil
		if r := findRow(a.rows, s.ask.row); r != nil {
			v = r.Val
		}
	case s.part == partNumerator:
		v = a.figure.Num
	case s.part == partDenominator:
		v = a.figure.Den
	}
	return v, v != nil
}

func (f *filler) rowVal(s slot) *big.Rat {
	v := f.vars[s.object]
	if v.row == nil {
		return nil
	}
	return v.row.row.Val
}
