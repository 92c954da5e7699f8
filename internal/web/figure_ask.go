package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
)

// asked is the question that an address puts about one indicator: the scope, and what narrows it.
type asked struct {
	Scope *scope
	Query figure.Query
	// Extra are the values that narrow the question, as they stand in the address. Links carry them along.
	Extra map[string]string
}

// The names of what narrows a question, in an address.
const (
	knownField = "biet-den" // as known at that moment
	labelPick  = "nhan"     // LABEL:VALUE, only what carries it
	cutField   = "chot"     // last day on which a cohort's later steps count
)

var narrowing = []string{knownField, labelPick, cutField}

// askOf reads the question of an address about an indicator.
func (s *server) askOf(r *http.Request, indicator string) (asked, error) {
	sc, err := s.readScope(r)
	if err != nil {
		return asked{}, err
	}
	if err := s.counted(r.Context(), sc); err != nil {
		return asked{}, err
	}
	a := asked{Scope: sc, Extra: map[string]string{}, Query: figure.Query{Indicator: indicator, Unit: sc.UnitRef, Period: sc.Period, Basis: sc.Basis, Status: sc.Status}}
	in := r.URL.Query()
	for _, name := range narrowing {
		if v := strings.TrimSpace(in.Get(name)); v != "" {
			a.Extra[name] = v
		}
	}
	if a.Query.AsOf, err = momentOf(a.Extra[knownField]); err != nil {
		return a, err
	}
	if label, value, ok := strings.Cut(a.Extra[labelPick], ":"); ok {
		a.Query.Label, a.Query.LabelValue = label, value
	} else if label != "" {
		return a, fault.New(fault.Invalid, "Nhãn viết như “class:complaint”: tên nhãn, dấu hai chấm, giá trị. Hãy chọn nhãn ở trang của chỉ tiêu.")
	}
	if cut := a.Extra[cutField]; cut != "" {
		if a.Query.CutOff, err = civil.ParseDate(cut); err != nil {
			return a, fault.Wrap(err, fault.Invalid, "Ngày chốt chưa đúng: "+err.Error()+".")
		}
	}
	return a, nil
}

// momentOf reads a day, which is its end in Vietnam, or a day with its time.
func momentOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, hanoi); err == nil {
			return t, nil
		}
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	d, err := civil.ParseDate(text)
	if err != nil {
		return time.Time{}, fault.Wrap(err, fault.Invalid, "Thời điểm “biết đến” chưa đúng: viết ngày như 2019-12-31, hoặc ngày giờ như 2019-12-31T17:00.")
	}
	n := d.AddDays(1)
	return time.Date(n.Year(), time.Month(n.Month()), n.Day(), 0, 0, 0, 0, hanoi).Add(-time.Millisecond), nil
}

// hanoi is the zone of all offices; it has had no summer time.
var hanoi = time.FixedZone("ICT", 7*60*60)

// query is the address's query with changes laid over it: the scope and all that narrows the question.
func (a asked) query(changes ...string) string {
	var base []string
	for _, name := range narrowing {
		if v := a.Extra[name]; v != "" {
			base = append(base, name, v)
		}
	}
	return a.Scope.query(append(base, changes...)...)
}

// hidden are the values that a form on the page carries along, but for those that it asks for itself.
func (a asked) hidden(except ...string) [][2]string {
	out := [][2]string{{"don-vi", a.Scope.UnitRef}}
	out = append(out, a.Scope.hidden(except...)...)
	for _, name := range narrowing {
		if v := a.Extra[name]; v != "" && !slices.Contains(except, name) {
			out = append(out, [2]string{name, v})
		}
	}
	return out
}

// narrowed says in words what narrows the question, beginning with a comma.
func (a asked) narrowed() string {
	out := ""
	if !a.Query.AsOf.IsZero() {
		out += ", như đã biết đến " + a.Query.AsOf.In(hanoi).Format("15:04 ngày 02/01/2006")
	}
	if a.Query.CutOff != 0 {
		out += ", chốt kết quả ngày " + a.Query.CutOff.Vi()
	}
	return out
}
