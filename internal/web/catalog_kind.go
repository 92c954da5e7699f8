package web

import (
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/fault"
	"danvan/internal/report"
)

// kindView is one kind: its form, the series that it feeds and the indicators that read them.
type kindView struct {
	Edition *catalog.Edition
	In      []*catalog.Edition // the editions that have it
	Kind    *catalog.Kind
	Series  []*catalog.Series
	Feeds   []*catalog.Indicator
	Duties  []*catalog.Duty
	Period  string
	Place   string // where it is written: catalog/base/05_training.yaml, dòng 12
	Record  bool   // the viewer may record one
}

func (s *server) kindPage(w http.ResponseWriter, r *http.Request) error {
	ed, err := s.readEdition(r)
	if err != nil {
		return err
	}
	k := ed.Kind(r.PathValue("kind"))
	if k == nil {
		return fault.New(fault.NotFound, "Ấn bản "+ed.Code+" của danh mục không có loại việc “"+r.PathValue("kind")+"”. Tìm trong trang Danh mục quy định.")
	}
	v := kindView{Edition: ed, Kind: k, Period: s.periodIn(ed), Place: placeOf(ed, k.Code), Record: mayRecordKind(viewer(r.Context()), k)}
	for _, other := range s.Catalog.Editions() {
		if other.Kind(k.Code) != nil {
			v.In = append(v.In, other)
		}
	}
	mine := map[string]bool{}
	for _, series := range ed.Series {
		if slices.Contains(series.KindCodes(), k.Code) {
			v.Series = append(v.Series, series)
			mine[series.Code] = true
		}
	}
	for _, i := range ed.Indicators {
		if slices.ContainsFunc(readBy(i), func(code string) bool { return mine[code] }) {
			v.Feeds = append(v.Feeds, i)
		}
	}
	for _, d := range ed.Duties {
		if d.Kind == k.Code {
			v.Duties = append(v.Duties, d)
		}
	}
	p := page{Title: k.Name, Section: "danh-muc"}
	return s.render(w, r, http.StatusOK, p, kindDetail(v))
}

// mayRecordKind reports whether the viewer may record work of the kind anywhere.
func mayRecordKind(v *access.Viewer, k *catalog.Kind) bool {
	if guarded(k) {
		return v.May(access.RecordLetters, 0)
	}
	return v.May(access.RecordWork, 0)
}

// readBy are the series that an indicator reads.
func readBy(i *catalog.Indicator) []string {
	return append(seriesOf(i.Formula()), seriesOf(i.DenominatorFormula())...)
}

func confirmName(k *catalog.Kind) string {
	switch k.Confirm {
	case "superior":
		return "cấp trên trực tiếp"
	case "approver":
		return "người duyệt của đơn vị"
	}
	return "không cần xác nhận"
}

// indicatorDetail is one indicator: how it is computed, from what, and where it is printed.
type indicatorDetail struct {
	Edition   *catalog.Edition
	Indicator *catalog.Indicator
	Words     string // the numerator in words
	Under     string // the denominator in words
	Series    []seriesLine
	Kinds     []*catalog.Kind
	Duties    []*catalog.Duty
	Reports   []reportUse
	Editions  []editionLine
	Period    string
	Place     string
}

// seriesLine is a series with the kinds that feed it.
type seriesLine struct {
	*catalog.Series
	Kinds []*catalog.Kind
}

// reportUse is a report that prints an indicator.
type reportUse struct{ Code, Name string }

// editionLine says how an edition defines an indicator.
type editionLine struct {
	*catalog.Edition
	Change string
}

func (s *server) indicatorPage(w http.ResponseWriter, r *http.Request) error {
	ed, err := s.readEdition(r)
	if err != nil {
		return err
	}
	i := ed.Indicator(r.PathValue("code"))
	if i == nil {
		return fault.New(fault.NotFound, "Ấn bản "+ed.Code+" của danh mục không có chỉ tiêu “"+r.PathValue("code")+"”. Tìm trong trang Danh mục quy định.")
	}
	v := indicatorDetail{Edition: ed, Indicator: i, Words: exprWords(ed, i.Formula()), Under: exprWords(ed, i.DenominatorFormula()), Period: s.periodIn(ed), Place: placeOf(ed, i.Code)}
	seen := map[string]bool{}
	for _, code := range readBy(i) {
		series := ed.SeriesByCode(code)
		if series == nil || seen[code] {
			continue
		}
		seen[code] = true
		line := seriesLine{Series: series}
		for _, kind := range series.KindCodes() {
			k := ed.Kind(kind)
			line.Kinds = append(line.Kinds, k)
			if !slices.Contains(v.Kinds, k) {
				v.Kinds = append(v.Kinds, k)
			}
		}
		v.Series = append(v.Series, line)
	}
	for _, d := range ed.Duties {
		if slices.ContainsFunc(v.Kinds, func(k *catalog.Kind) bool { return k.Code == d.Kind }) {
			v.Duties = append(v.Duties, d)
		}
	}
	if v.Reports, err = s.printedIn(ed, i); err != nil {
		return err
	}
	v.Editions = s.definedIn(i.Code)
	p := page{Title: i.Name, Section: "danh-muc"}
	return s.render(w, r, http.StatusOK, p, indicatorDetailPage(v))
}

// printedIn are the reports that have a slot for the indicator, in their own text or in a part that they include.
func (s *server) printedIn(ed *catalog.Edition, i *catalog.Indicator) ([]reportUse, error) {
	names := append([]string{i.Code}, i.Ref...)
	holds := map[string]bool{}
	for _, t := range ed.Templates {
		holds[t.Name] = slices.ContainsFunc(names, func(name string) bool { return mentions(string(t.Body), name) })
	}
	var out []reportUse
	for _, name := range report.Names(ed) {
		t, ok := ed.Template(name)
		if !ok {
			continue
		}
		in := holds[name] || slices.ContainsFunc(ed.Templates, func(part catalog.Template) bool {
			return part.Name != name && holds[part.Name] && mentions(string(t.Body), part.Name)
		})
		if !in {
			continue
		}
		head, err := s.Reports.Template(ed, name)
		if err != nil {
			return nil, err
		}
		out = append(out, reportUse{head.Head.Code, head.Head.Name})
	}
	return out, nil
}

// mentions reports whether a text names a code as a whole word.
func mentions(text, code string) bool {
	part := func(r byte) bool {
		return r == '_' || r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	for from := 0; ; {
		at := strings.Index(text[from:], code)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(code)
		if (at == 0 || !part(text[at-1])) && (end == len(text) || !part(text[end]) || text[end] == '.' && (end+1 == len(text) || !part(text[end+1]))) {
			return true
		}
		from = end
	}
}

// definedIn says how each edition defines the indicator: the same, anew, or not at all.
func (s *server) definedIn(code string) []editionLine {
	var out []editionLine
	var was *catalog.Indicator
	for n, ed := range s.Catalog.Editions() {
		i := ed.Indicator(code)
		line := editionLine{Edition: ed}
		switch {
		case i == nil && was == nil:
			line.Change = "chưa có"
		case i == nil:
			line.Change = "bỏ"
		case was == nil && n == 0:
			line.Change = "có"
		case was == nil:
			line.Change = "thêm"
		case sameDefinition(was, i):
			line.Change = "như trước"
		default:
			line.Change = "định nghĩa lại"
		}
		was = i
		out = append(out, line)
	}
	return out
}
