package catalog

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// FormulaError is a mistake in a formula at a byte offset.
type FormulaError struct {
	At   int
	What string
	Todo string
}

func (e *FormulaError) Error() string { return e.What + ". " + e.Todo }

// functions of the formula language, and what each may read.
var functions = map[string][]Flow{
	"sum":      {Count, Amount},
	"stock":    {Count, Amount, Stock},
	"last":     {Level, Reading},
	"reading":  {Reading, Level},
	"entries":  {Count, Amount, Reading, Level, State, Stock},
	"having":   {Count, Amount, Reading, Level, State, Stock},
	"in_state": {State},
}

// ParseFormula reads a formula. The error is a *FormulaError.
func ParseFormula(text string) (x Expr, err error) {
	p := &formulaParser{text: text}
	defer func() {
		if e, ok := recover().(*FormulaError); ok {
			x, err = nil, e
		} else if e != nil {
			panic(e)
		}
	}()
	x = p.sum()
	if p.skip(); p.at < len(text) {
		p.fail(p.at, fmt.Sprintf("thừa %q sau công thức", rest(text[p.at:])), "Hãy xem lại phép tính hoặc ngoặc ở chỗ này")
	}
	return x, nil
}

func rest(s string) string {
	if runes := []rune(s); len(runes) > 12 {
		return string(runes[:12]) + "…"
	}
	return s
}

type formulaParser struct {
	text  string
	at    int
	depth int
}

func (p *formulaParser) fail(at int, what, todo string) {
	panic(&FormulaError{At: at, What: what, Todo: todo})
}

func (p *formulaParser) skip() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// peek is the next byte after blanks, 0 at the end.
func (p *formulaParser) peek() byte {
	if p.skip(); p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *formulaParser) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func (p *formulaParser) expect(c byte, after string) {
	if !p.take(c) {
		p.fail(p.at, fmt.Sprintf("thiếu %q %s", string(c), after), "Hãy thêm "+string(c))
	}
}

func (p *formulaParser) sum() Expr {
	x := p.product()
	for c := p.peek(); c == '+' || c == '-'; c = p.peek() {
		at := p.at
		p.at++
		x = &Binary{Op: c, X: x, Y: p.product(), Pos: at}
	}
	return x
}

func (p *formulaParser) product() Expr {
	x := p.factor()
	for c := p.peek(); c == '*' || c == '/'; c = p.peek() {
		at := p.at
		p.at++
		x = &Binary{Op: c, X: x, Y: p.factor(), Pos: at}
	}
	return x
}

func (p *formulaParser) factor() Expr {
	if p.depth++; p.depth > 100 {
		p.fail(p.at, "công thức lồng quá sâu", "Hãy tách thành nhiều chỉ tiêu")
	}
	defer func() { p.depth-- }()
	c := p.peek()
	at := p.at
	switch {
	case c == '(':
		p.at++
		x := p.sum()
		p.expect(')', "đóng ngoặc")
		return x
	case c == '-':
		p.at++
		return &Neg{X: p.factor(), Pos: at}
	case '0' <= c && c <= '9':
		return p.number()
	case isLetter(c):
		return p.call()
	case c == 0:
		p.fail(at, "công thức dừng giữa chừng", "Hãy viết tiếp một số hoặc một hàm như sum(chuỗi)")
	}
	p.fail(at, fmt.Sprintf("không hiểu %q", rest(p.text[at:])), "Chỗ này cần một số, ngoặc hoặc một hàm như sum(chuỗi)")
	return nil
}

func (p *formulaParser) number() Expr {
	at := p.at
	for p.at < len(p.text) && (p.text[p.at] == '.' || '0' <= p.text[p.at] && p.text[p.at] <= '9') {
		p.at++
	}
	text := p.text[at:p.at]
	value, ok := new(big.Rat).SetString(text)
	if !ok || strings.HasSuffix(text, ".") {
		p.fail(at, fmt.Sprintf("số %q không đúng", text), "Dùng dấu chấm thập phân, không dấu ngăn nghìn")
	}
	return &Num{Value: value, Text: text, Pos: at}
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func (p *formulaParser) word(what string) string {
	p.skip()
	at := p.at
	for p.at < len(p.text) && (isLetter(p.text[p.at]) || p.at > at && '0' <= p.text[p.at] && p.text[p.at] <= '9') {
		p.at++
	}
	if at == p.at {
		p.fail(at, "thiếu "+what, "Hãy viết "+what+" ở đây")
	}
	return p.text[at:p.at]
}

func (p *formulaParser) call() Expr {
	at := p.at
	name := p.word("tên hàm")
	if functions[name] == nil && name != "units" {
		known := append(sortedKeys(functions), "units")
		p.fail(at, fmt.Sprintf("không có hàm %q", name), "Các hàm: "+strings.Join(known, ", ")+suggest(name, known))
	}
	p.expect('(', "sau "+name)
	c := &Call{Func: name, Pos: at}
	if name == "units" {
		c.Class = p.class()
	} else {
		c.Selector = p.selector()
	}
	p.expect(')', "đóng "+name+"(")
	return c
}

func (p *formulaParser) class() Class {
	p.skip()
	at := p.at
	for p.at < len(p.text) && (isLetter(p.text[p.at]) || strings.IndexByte("*/0123456789", p.text[p.at]) >= 0) {
		p.at++
	}
	text := p.text[at:p.at]
	if text == "" || strings.Count(text, "/") > 1 {
		p.fail(at, "units() cần một lớp đơn vị", "Viết cấp/loại, ví dụ units(province/department) hoặc units(commune)")
	}
	for _, part := range strings.Split(text, "/") {
		if part == "" || part != "*" && strings.Contains(part, "*") || part[0] >= '0' && part[0] <= '9' {
			p.fail(at, fmt.Sprintf("lớp đơn vị %q không đúng", text), "Viết cấp/loại, ví dụ units(province/department) hoặc units(commune)")
		}
	}
	return ParseClass(text)
}

func (p *formulaParser) selector() *Selector {
	p.skip()
	s := &Selector{Pos: p.at}
	s.Series = p.word("mã chuỗi số liệu")
	if !p.take('{') {
		return s
	}
	for !p.take('}') {
		if len(s.Matchers) > 0 {
			p.expect(',', "giữa hai điều kiện nhãn")
		}
		s.Matchers = append(s.Matchers, p.matcher())
	}
	return s
}

func (p *formulaParser) matcher() Matcher {
	p.skip()
	m := Matcher{Pos: p.at}
	m.Label = p.word("tên nhãn")
	m.Not = p.take('!')
	p.expect('=', "sau nhãn "+m.Label)
	if !p.take('[') {
		m.Values = []string{p.quoted()}
		return m
	}
	for !p.take(']') {
		if len(m.Values) > 0 {
			p.expect(',', "giữa hai giá trị")
		}
		m.Values = append(m.Values, p.quoted())
	}
	if len(m.Values) == 0 {
		p.fail(m.Pos, "danh sách giá trị của nhãn "+m.Label+" rỗng", "Hãy viết ít nhất một giá trị")
	}
	return m
}

func (p *formulaParser) quoted() string {
	if p.peek() != '"' {
		p.fail(p.at, "giá trị nhãn phải trong nháy kép", `Viết nhãn="giá trị"`)
	}
	at := p.at
	for p.at++; p.at < len(p.text) && p.text[p.at] != '"'; p.at++ {
		if p.text[p.at] == '\\' {
			p.at++
		}
	}
	if p.at >= len(p.text) {
		p.fail(at, "thiếu nháy kép đóng", "Hãy thêm dấu nháy kép")
	}
	p.at++
	value, err := strconv.Unquote(p.text[at:p.at])
	if err != nil {
		p.fail(at, "chữ trong nháy không đúng", "Bỏ ký tự lạ hoặc dấu \\")
	}
	return value
}
