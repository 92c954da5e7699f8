package web

import (
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// formulaWords says a formula in words: “Đơn đã giải quyết ÷ Đơn đã thụ lý × 100”.
func formulaWords(ed *catalog.Edition, ind *catalog.Indicator) string {
	num := exprWords(ed, ind.Formula())
	den := ind.DenominatorFormula()
	switch {
	case den == nil:
		return upperFirst(num)
	case ind.OutOf:
		return upperFirst(num) + " trên " + exprWords(ed, den)
	case ind.Percent:
		return upperFirst(bracketed(ind.Formula(), num)) + " ÷ " + bracketed(den, exprWords(ed, den)) + " × 100"
	}
	return upperFirst(bracketed(ind.Formula(), num)) + " ÷ " + bracketed(den, exprWords(ed, den))
}

func bracketed(x catalog.Expr, words string) string {
	if _, sum := x.(*catalog.Binary); sum {
		return "(" + words + ")"
	}
	return words
}

var operators = map[byte]string{'+': " + ", '-': " − ", '*': " × ", '/': " ÷ "}

func exprWords(ed *catalog.Edition, x catalog.Expr) string {
	switch x := x.(type) {
	case *catalog.Num:
		return civil.FormatTrim(x.Value, 6)
	case *catalog.Neg:
		return "− " + exprWords(ed, x.X)
	case *catalog.Call:
		return termWords(ed, x)
	case *catalog.Binary:
		left, right := exprWords(ed, x.X), exprWords(ed, x.Y)
		if x.Op == '*' || x.Op == '/' {
			left, right = bracketed(x.X, left), bracketed(x.Y, right)
		}
		return left + operators[byte(x.Op)] + right
	}
	return ""
}

// how each function takes its series, in words.
var termForms = map[string]string{
	"sum": "", "stock": "số hiện còn: ", "last": "số mới nhất: ", "reading": "số đọc: ", "entries": "số ghi nhận: ",
	"having": "số đơn vị có: ", "in_state": "số đơn vị đang: ",
}

// termWords says one term of a formula: the name of its series, and which labels it takes.
func termWords(ed *catalog.Edition, c *catalog.Call) string {
	if c.Selector == nil {
		class := c.Class.Level
		if c.Class.Type != "" && c.Class.Type != c.Class.Level {
			class += "/" + c.Class.Type
		}
		return "số đơn vị (" + lowerFirst(className(ed, class)) + ")"
	}
	series := ed.SeriesByCode(c.Selector.Series)
	if series == nil {
		return c.String()
	}
	out := termForms[c.Func] + lowerFirst(series.Name)
	var picks []string
	for _, m := range c.Selector.Matchers {
		var values []string
		for _, v := range m.Values {
			values = append(values, lowerFirst(labelValue(ed, series, m.Label, v)))
		}
		words := strings.Join(values, ", ")
		if m.Not {
			words = "trừ " + words
		}
		picks = append(picks, words)
	}
	if len(picks) > 0 {
		out += " (" + strings.Join(picks, "; ") + ")"
	}
	return out
}
