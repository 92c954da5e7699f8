package web

import (
	"strings"

	"danvan/internal/catalog"
)

// reckoned are labels that a formula of the catalogue gives instead of a field: there is no field to take their
// words from.
var reckoned = map[string]struct {
	name  string
	words map[string]string
}{
	"timeliness": {"Thời hạn", map[string]string{"on_time": "Đúng hạn", "late": "Quá hạn", "no_due": "Không có hạn"}},
	"extended":   {"Gia hạn", map[string]string{"yes": "Đã gia hạn", "no": "Chưa gia hạn"}},
}

// labelField is the field that a label is read from: of the kind, or of the group that the series goes through.
func labelField(ed *catalog.Edition, series *catalog.Series, label string) *catalog.Field {
	for _, code := range series.KindCodes() {
		k := ed.Kind(code)
		if k == nil {
			continue
		}
		if f := k.Field(series.Labels[label]); f != nil {
			return f
		}
		if g := k.Field(series.Each); g != nil {
			if f := g.Field(series.Labels[label]); f != nil {
				return f
			}
			return g
		}
	}
	return nil
}

// labelName is what a label is called: its field's name.
func labelName(ed *catalog.Edition, series *catalog.Series, label string) string {
	if f := labelField(ed, series, label); f != nil {
		return f.Name
	}
	if r, ok := reckoned[label]; ok {
		return r.name
	}
	return label
}

// labelValue is a label's value as its list names it.
func labelValue(ed *catalog.Edition, series *catalog.Series, label, value string) string {
	if f := labelField(ed, series, label); f != nil {
		if o := f.Option(value); o != nil {
			return o.Name
		}
	}
	return or(reckoned[label].words[value], value)
}

// labelNames are the labels of a series in words.
func labelNames(ed *catalog.Edition, series *catalog.Series) string {
	var names []string
	for _, l := range series.LabelNames() {
		names = append(names, lowerFirst(labelName(ed, series, l)))
	}
	return strings.Join(names, ", ")
}

// labelWords writes canonical labels (class=complaint;field=land) in words; keep says which are shown.
func labelWords(ed *catalog.Edition, series *catalog.Series, labels string, keep func(label string) bool) string {
	var out []string
	for pair := range strings.SplitSeq(labels, ";") {
		label, value, ok := strings.Cut(pair, "=")
		if ok && keep(label) {
			out = append(out, labelValue(ed, series, label, value))
		}
	}
	return strings.Join(out, " · ")
}
