package catalog

import (
	"fmt"
	"math"
	"strings"
	"sync"

	"github.com/expr-lang/expr/vm"

	"danvan/internal/civil"
)

// Record is what an entry says, as far as facts follow from it.
type Record struct {
	Day    civil.Date
	Values Values
}

// Contribution is one thing that a record adds to a series.
type Contribution struct {
	Series *Series
	Labels string     // canonical: a=x;b=y, sorted by label
	Day    civil.Date // the day it counts on
	By     civil.Date // where the series has by: counts only when the cut-off is on or after it
	Value  int64      // in the smallest unit: 10^-Series.Scale of Series.Unit
}

// scratch is what one evaluation needs; reused, since an evaluation is short and there are many.
type scratch struct {
	vm  vm.VM
	env map[string]any
}

// scratches is a cache of memory, not of state.
var scratches = sync.Pool{New: func() any { return &scratch{env: map[string]any{}} }}

// Contributions are the facts that follow from a record of a kind, in the order of the series' codes. An absent
// value adds nothing; a stated zero adds a zero.
func (e *Edition) Contributions(k *Kind, r Record) ([]Contribution, error) {
	e.compiled()
	if len(k.plans) == 0 {
		return nil, nil
	}
	out := make([]Contribution, 0, len(k.plans))
	ev := evaluation{record: r}
	defer ev.release()
	for _, p := range k.plans {
		var err error
		if out, err = p.contribute(&ev, out); err != nil {
			return nil, fmt.Errorf("chuỗi số liệu %s: %w", p.series.Code, err)
		}
	}
	return out, nil
}

// evaluation is one record being looked at, with the row that each stands on.
type evaluation struct {
	record  Record
	row     Values
	rowCode string // of a choices field
	rowText any
	scratch *scratch
}

func (ev *evaluation) release() {
	if ev.scratch != nil {
		clear(ev.scratch.env)
		scratches.Put(ev.scratch)
	}
}

func (ev *evaluation) get(code string) any {
	if ev.row != nil {
		if v, ok := ev.row[code]; ok {
			return v
		}
	}
	if ev.rowText != nil && code == ev.rowCode {
		return ev.rowText
	}
	if code == dayName {
		return ev.record.Day.String()
	}
	return ev.record.Values[code]
}

func (p *plan) contribute(ev *evaluation, out []Contribution) ([]Contribution, error) {
	if p.each == nil {
		return p.once(ev, out)
	}
	defer func() { ev.row, ev.rowText = nil, nil }()
	var err error
	if p.each.Type == Choices {
		chosen, _ := ev.record.Values[p.each.Code].([]string)
		for _, c := range chosen {
			ev.rowCode, ev.rowText = p.each.Code, c
			if out, err = p.once(ev, out); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	rows, _ := ev.record.Values[p.each.Code].([]Values)
	for i, row := range rows {
		ev.row = row
		if out, err = p.once(ev, out); err != nil {
			return nil, fmt.Errorf("dòng %d: %w", i+1, err)
		}
	}
	return out, nil
}

// once adds what the record, or the row that ev stands on, contributes.
func (p *plan) once(ev *evaluation, out []Contribution) ([]Contribution, error) {
	if p.needsInterpreter {
		ev.fill(p)
	}
	if ok, err := p.passes(ev); !ok || err != nil {
		return out, err
	}
	c := Contribution{Series: p.series, Day: ev.record.Day}
	var given bool
	if c.Day, given = ev.dayOf(p); !given {
		return out, nil
	}
	if c.By, given = ev.day(p.by, 0); !given {
		return out, nil
	}
	value, given, err := p.amount(ev)
	if err != nil || !given {
		return out, err
	}
	c.Value = value
	if c.Labels, err = p.labelText(ev); err != nil {
		return out, err
	}
	out = append(out, c)
	if end, ends := ev.day(p.until, 0); p.until != nil && ends {
		c.Day, c.Value = end, -c.Value
		out = append(out, c)
	}
	return out, nil
}

func (p *plan) passes(ev *evaluation) (bool, error) {
	switch {
	case p.test != nil:
		return p.test(ev.get), nil
	case p.where == nil:
		return true, nil
	}
	v, err := ev.run(p.where)
	ok, _ := v.(bool)
	return ok, err
}

// day reads a date field; given is false where the field has no value. Without a field it is the default.
func (ev *evaluation) day(f *Field, otherwise civil.Date) (civil.Date, bool) {
	if f == nil {
		return otherwise, true
	}
	s, _ := ev.get(f.Code).(string)
	d := isoDate(s)
	return d, d != 0
}

// dayOf is the day on which the record counts in a series.
func (ev *evaluation) dayOf(p *plan) (civil.Date, bool) {
	if len(p.dates) == 0 {
		return ev.day(p.date, ev.record.Day)
	}
	for _, f := range p.dates {
		if d, given := ev.day(f, 0); given {
			return d, true
		}
	}
	return 0, false
}

// isoDate reads a date that Check normalised; 0 for none.
func isoDate(s string) civil.Date {
	if len(s) != 10 {
		return 0
	}
	n := 0
	for i := range len(s) {
		if i == 4 || i == 7 {
			continue
		}
		n = n*10 + int(s[i]-'0')
	}
	return civil.Date(n)
}

// amount is the value added, in the series' smallest unit.
func (p *plan) amount(ev *evaluation) (n int64, given bool, err error) {
	switch {
	case p.value.expr != nil:
		return p.computed(ev)
	case p.value.field != nil:
		n, given = units(ev.get(p.value.field.Code))
		if given && p.factor != 1 && (n > math.MaxInt64/p.factor || n < math.MinInt64/p.factor) {
			return 0, false, errTooLarge
		}
		return n * p.factor, given, nil
	}
	return p.value.constant, true, nil
}

var errTooLarge = fmt.Errorf("giá trị quá lớn để cộng chính xác")

// units is a number in its field's smallest unit.
func units(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case Decimal:
		return v.Units, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// computed runs a value expression. The compiler has made sure that the exact result fits the series' scale, and
// every float up to 2^53 is exact, so that rounding here only takes the noise of binary fractions away.
func (p *plan) computed(ev *evaluation) (int64, bool, error) {
	if !ev.anyGiven(p.value.expr.uses) {
		return 0, false, nil
	}
	env := ev.scratch.env
	for _, code := range p.value.expr.uses {
		env[code] = floated(env[code])
	}
	v, err := ev.run(p.value.expr)
	for _, code := range p.value.expr.uses { // labels see whole numbers again
		env[code] = p.plain(code, ev.get(code))
	}
	if err != nil {
		return 0, false, err
	}
	factor := pow10(p.series.Scale)
	switch v := v.(type) {
	case int: // len(gifts)
		return scaled(int64(v), factor)
	case float64:
		f := math.Round(v * float64(factor))
		if math.Abs(f) > 1<<53 {
			return 0, false, errTooLarge
		}
		return int64(f), true, nil
	}
	return 0, false, fmt.Errorf("value cho ra %T, không phải số", v)
}

func scaled(n, factor int64) (int64, bool, error) {
	if n > math.MaxInt64/factor || n < math.MinInt64/factor {
		return 0, false, errTooLarge
	}
	return n * factor, true, nil
}

func (ev *evaluation) anyGiven(codes []string) bool {
	for _, c := range codes {
		if ev.get(c) != nil {
			return true
		}
	}
	return len(codes) == 0
}

func (p *plan) labelText(ev *evaluation) (string, error) {
	if p.hasConstantLabels {
		return p.constantLabels, nil
	}
	var b strings.Builder
	for i, l := range p.labels {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(l.name)
		b.WriteByte('=')
		text, err := l.value(ev)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func (l labelPlan) value(ev *evaluation) (string, error) {
	if l.expr != nil {
		v, err := ev.run(l.expr)
		s, _ := v.(string)
		return labelSafe.Replace(s), err
	}
	if l.field == nil {
		return l.text, nil
	}
	switch v := ev.get(l.field.Code).(type) {
	case string:
		return v, nil
	case bool:
		if v {
			return "true", nil
		}
		return "false", nil
	}
	return "", nil
}

// labelSafe keeps the two signs of canonical labels out of computed texts.
var labelSafe = strings.NewReplacer(";", ",", "=", ":")

// fill gives the interpreter the fields that the plan reads.
func (ev *evaluation) fill(p *plan) {
	if ev.scratch == nil {
		ev.scratch = scratches.Get().(*scratch)
	}
	env := ev.scratch.env
	env[dayName] = ev.record.Day.String()
	for _, code := range p.uses {
		env[code] = p.plain(code, ev.get(code))
	}
	for _, code := range p.asks {
		env[hasPrefix+code] = ev.get(code) != nil
	}
}

func (p *plan) plain(code string, v any) any { return plainValue(p.scope[code], v) }

// plainValue is a value as expressions see it: decimals as floats, rows as maps, absent as zero.
func plainValue(f *Field, v any) any {
	switch v := v.(type) {
	case nil:
		return f.zero()
	case Decimal:
		return v.float()
	case []Values:
		rows := make([]map[string]any, len(v))
		for i, row := range v {
			rows[i] = make(map[string]any, len(f.Fields))
			for _, rf := range f.Fields {
				rows[i][rf.Code] = plainValue(rf, row[rf.Code])
			}
		}
		return rows
	case []PersonName:
		return ""
	}
	return v
}

func (ev *evaluation) run(x *expression) (any, error) {
	return ev.scratch.vm.Run(x.program, ev.scratch.env)
}
