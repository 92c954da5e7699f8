package catalog

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/civil"
)

// FieldError is what is wrong with one value, in words for the person who typed it.
type FieldError struct {
	Field   string `json:"field"` // code; of a row: gifts[2].quantity, counted from 1
	Message string `json:"message"`
}

func (e FieldError) Error() string { return e.Field + ": " + e.Message }

// Check normalises and validates what was typed for an entry of this kind on a day. Values are good only where
// there are no errors. It takes what JSON, forms and spreadsheets give: numbers or Vietnamese text ("1.234,5"),
// dates as 2019-05-08 or 08/5/2019, codes or names of choices.
func (k *Kind) Check(fields map[string]any, day civil.Date) (Values, []FieldError) {
	c := &valueCheck{day: day}
	values := c.all(k.Fields, k.byCode, fields, "")
	if len(c.errors) == 0 {
		c.rules(k, values)
	}
	return values, c.errors
}

type valueCheck struct {
	day    civil.Date
	errors []FieldError
}

func (c *valueCheck) fail(field, format string, args ...any) {
	c.errors = append(c.errors, FieldError{field, fmt.Sprintf(format, args...)})
}

func (c *valueCheck) all(order []*Field, byCode map[string]*Field, raw map[string]any, prefix string) Values {
	values := make(Values, len(raw))
	for _, f := range order {
		x := raw[f.Code]
		if isEmpty(x) {
			if f.Required {
				c.fail(prefix+f.Code, "%s: chưa có giá trị; hãy nhập", f.Name)
			}
			continue
		}
		if v, ok := c.value(f, x, prefix+f.Code); ok {
			values[f.Code] = v
		}
	}
	for _, code := range sortedKeys(raw) {
		if byCode[code] == nil {
			known := sortedKeys(byCode)
			c.fail(prefix+code, "không có trường %q; các trường: %s%s", code, strings.Join(known, ", "), suggest(code, known))
		}
	}
	return values
}

func isEmpty(x any) bool {
	switch x := x.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(x) == ""
	case []any:
		return len(x) == 0
	case []string:
		return len(x) == 0
	case []Values:
		return len(x) == 0
	}
	return false
}

func (c *valueCheck) value(f *Field, x any, at string) (any, bool) {
	switch f.Type {
	case Int, Money, DecimalT:
		return c.number(f, x, at)
	case DateT:
		return c.date(f, x, at)
	case Bool:
		return c.boolean(f, x, at)
	case Choice:
		return c.choice(f, x, at)
	case Choices, UnitRefs:
		return c.several(f, x, at)
	case Person:
		return c.people(f, x, at)
	case Group:
		return c.rows(f, x, at)
	case File:
		if f.Several {
			return c.several(f, x, at)
		}
	case EntryRef:
		return c.entry(f, x, at)
	}
	return c.text(f, x, at)
}

func (c *valueCheck) number(f *Field, x any, at string) (any, bool) {
	scale := 0
	if f.Type == DecimalT {
		scale = f.Scale
	}
	plain, err := plainOf(x, scale)
	var n int64
	if err == nil {
		n, err = parseDecimal(plain, scale)
	}
	if err != nil {
		c.fail(at, "%s: %q %s", f.Name, shown(x), err)
		return nil, false
	}
	if !c.within(f, n, scale, at) {
		return nil, false
	}
	if f.Type == DecimalT {
		return Decimal{n, scale}, true
	}
	return n, true
}

// plainOf is a number as plain digits, whatever it came as.
func plainOf(x any, scale int) (string, error) {
	switch x := x.(type) {
	case json.Number:
		return plainFloat(x.String())
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) || math.Abs(x) > 1<<53 {
			return "", fmt.Errorf("quá lớn hoặc không phải số")
		}
		return strconv.FormatFloat(x, 'f', -1, 64), nil
	case int:
		return strconv.Itoa(x), nil
	case int64:
		return strconv.FormatInt(x, 10), nil
	case Decimal:
		return x.String(), nil
	case string:
		if whole, part, point := strings.Cut(x, "."); point && scale >= 3 && len(part) == 3 && len(whole) <= 3 {
			return "", fmt.Errorf("đọc được hai cách; hãy dùng dấu phẩy cho phần thập phân (%s,%s) hoặc bỏ dấu ngăn nghìn", whole, part)
		}
		return plainNumber(x)
	}
	return "", fmt.Errorf("không phải số")
}

func plainFloat(s string) (string, error) {
	if !strings.ContainsAny(s, "eE") {
		return s, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) > 1<<53 {
		return "", fmt.Errorf("quá lớn hoặc không phải số")
	}
	return strconv.FormatFloat(f, 'f', -1, 64), nil
}

func shown(x any) string {
	if f, ok := x.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(x)
}

func (c *valueCheck) within(f *Field, n int64, scale int, at string) bool {
	low, high := f.limits(scale)
	if f.Min != nil && n < low {
		c.fail(at, "%s: %s nhỏ hơn mức thấp nhất %s", f.Name, vietnamese(n, scale), vietnamese(low, scale))
		return false
	}
	if f.Max != nil && n > high {
		c.fail(at, "%s: %s lớn hơn mức cao nhất %s", f.Name, vietnamese(n, scale), vietnamese(high, scale))
		return false
	}
	return true
}

func (f *Field) limits(scale int) (low, high int64) {
	if f.Min != nil {
		low, _ = parseDecimal(string(*f.Min), scale)
	}
	if f.Max != nil {
		high, _ = parseDecimal(string(*f.Max), scale)
	}
	return low, high
}

func vietnamese(n int64, scale int) string {
	return civil.FormatTrim(Decimal{n, scale}.Rat(), scale)
}

var slashDate = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$`)

func (c *valueCheck) date(f *Field, x any, at string) (any, bool) {
	d, ok := dateOf(x)
	if !ok {
		c.fail(at, "%s: %q không phải ngày có thật; hãy viết 08/5/2019 hoặc 2019-05-08", f.Name, shown(x))
		return nil, false
	}
	if f.Min != nil && d < isoDate(string(*f.Min)) {
		c.fail(at, "%s: ngày %s trước ngày sớm nhất %s", f.Name, d.Vi(), isoDate(string(*f.Min)).Vi())
		return nil, false
	}
	if f.Max != nil && d > isoDate(string(*f.Max)) {
		c.fail(at, "%s: ngày %s sau ngày muộn nhất %s", f.Name, d.Vi(), isoDate(string(*f.Max)).Vi())
		return nil, false
	}
	return d.String(), true
}

func dateOf(x any) (civil.Date, bool) {
	if d, ok := x.(civil.Date); ok {
		return d, d != 0
	}
	s, ok := x.(string)
	if !ok {
		return 0, false
	}
	s = strings.TrimSpace(s)
	if m := slashDate.FindStringSubmatch(s); m != nil {
		s = fmt.Sprintf("%s-%02s-%02s", m[3], m[2], m[1])
	}
	d, err := civil.ParseDate(s)
	return d, err == nil && d != 0
}

func (c *valueCheck) boolean(f *Field, x any, at string) (any, bool) {
	if b, ok := x.(bool); ok {
		return b, true
	}
	switch civil.Fold(strings.TrimSpace(shown(x))) {
	case "true", "co", "1", "x", "yes":
		return true, true
	case "false", "khong", "0", "no":
		return false, true
	}
	c.fail(at, "%s: %q không rõ; hãy nhập có hoặc không", f.Name, shown(x))
	return nil, false
}

func (c *valueCheck) choice(f *Field, x any, at string) (any, bool) {
	s, ok := x.(string)
	if !ok {
		c.fail(at, "%s: phải là một lựa chọn", f.Name)
		return nil, false
	}
	o := f.find(strings.TrimSpace(s))
	if o == nil {
		c.fail(at, "%s: không có lựa chọn %q; chọn một trong: %s%s", f.Name, s, f.choiceList(c.day), suggest(s, optionCodes(f)))
		return nil, false
	}
	if !o.Open(c.day) {
		c.fail(at, "%s: lựa chọn %q không dùng vào ngày %s; chọn một trong: %s", f.Name, o.Name, c.day.Vi(), f.choiceList(c.day))
		return nil, false
	}
	return o.Code, true
}

// find takes a code, or the name as people read it.
func (f *Field) find(s string) *Option {
	if o := f.options[s]; o != nil {
		return o
	}
	folded := civil.Fold(s)
	for _, o := range f.choices {
		if civil.Fold(o.Name) == folded {
			return o
		}
	}
	return nil
}

func (f *Field) choiceList(day civil.Date) string {
	var names []string
	for _, o := range f.choices {
		if o.Open(day) {
			names = append(names, o.Code+" ("+o.Name+")")
		}
	}
	return strings.Join(names, ", ")
}

// entry takes the key of another entry, or its number with or without its mark. Whether there is one is for the ledger.
func (c *valueCheck) entry(f *Field, x any, at string) (any, bool) {
	v, ok := c.text(f, x, at)
	text, _ := v.(string)
	if ok && text != "" && strings.Trim(text, "0123456789") == "" {
		return "#" + text, true
	}
	return v, ok
}

func (c *valueCheck) several(f *Field, x any, at string) (any, bool) {
	var list []string
	for _, item := range items(x) {
		var v any
		var ok bool
		if f.Type == Choices {
			v, ok = c.choice(f, item, at)
		} else {
			v, ok = c.text(f, item, at)
		}
		if !ok {
			return nil, false
		}
		if s := v.(string); !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list, true
}

func (c *valueCheck) rows(f *Field, x any, at string) (any, bool) {
	var list []map[string]any
	switch x := x.(type) {
	case []Values:
		for _, row := range x {
			list = append(list, row)
		}
	case []map[string]any:
		list = x
	case []any:
		for i, item := range x {
			row, ok := item.(map[string]any)
			if !ok {
				c.fail(fmt.Sprintf("%s[%d]", at, i+1), "%s: dòng phải gồm các trường %s", f.Name, strings.Join(sortedKeys(f.byCode), ", "))
				return nil, false
			}
			list = append(list, row)
		}
	default:
		c.fail(at, "%s: phải là danh sách các dòng", f.Name)
		return nil, false
	}
	rows := make([]Values, len(list))
	before := len(c.errors)
	for i, row := range list {
		rows[i] = c.all(f.Fields, f.byCode, row, fmt.Sprintf("%s[%d].", at, i+1))
	}
	return rows, len(c.errors) == before
}

// rules are tried where all fields that they read have a value.
func (c *valueCheck) rules(k *Kind, values Values) {
	if len(k.Rules) == 0 {
		return
	}
	k.edition.compiled()
	for _, r := range k.Rules {
		ev := evaluation{record: Record{Day: c.day, Values: values}}
		if !ev.allGiven(r.test.uses) {
			continue
		}
		ev.fill(&plan{uses: r.test.uses, asks: r.test.asks, scope: k.byCode})
		v, err := ev.run(r.test)
		ev.release()
		if ok, _ := v.(bool); err != nil || !ok {
			c.fail(ruleField(r), "%s", r.Message)
		}
	}
}

// ruleField is the field to which a rule's message belongs: the first that it reads.
func ruleField(r *Rule) string {
	for _, code := range append(slices.Clone(r.test.uses), r.test.asks...) {
		return code
	}
	return dayName
}

func (ev *evaluation) allGiven(codes []string) bool {
	for _, c := range codes {
		if ev.get(c) == nil {
			return false
		}
	}
	return true
}
