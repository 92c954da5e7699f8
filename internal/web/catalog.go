package web

import (
	"net/http"
	"net/url"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
)

// catalogRoutes are the pages of the regulation.
func (s *server) catalogRoutes() []route {
	return []route{
		{"GET /danh-muc", access.SignedIn, nil, s.kept(s.catalogPage)},
		{"GET /danh-muc/{kind}", access.SignedIn, nil, s.kept(s.kindPage)},
	}
}

// catalogView is the regulation as data: kinds, indicators and duties of each system.
type catalogView struct {
	Editions []*catalog.Edition
	Edition  *catalog.Edition
	Search   string
	Systems  []systemView
	Period   string // query values of a period that the edition knows
}

type systemView struct {
	Number     int
	Name       string
	Kinds      []*catalog.Kind
	Indicators []*catalog.Indicator
	Duties     []*catalog.Duty
}

func (s *server) catalogPage(w http.ResponseWriter, r *http.Request) error {
	v := catalogView{Editions: s.Catalog.Editions(), Search: strings.TrimSpace(r.URL.Query().Get("tim"))}
	var err error
	if v.Edition, err = s.readEdition(r); err != nil {
		return err
	}
	v.Period = s.periodIn(v.Edition)
	words := strings.Fields(civil.Fold(v.Search))
	for n := range systemNames {
		sys := systemView{Number: n, Name: systemNames[n]}
		for _, k := range v.Edition.Kinds {
			if k.System == n && hasAll(civil.Fold(k.Name+" "+k.Code+" "+k.Cite), words) {
				sys.Kinds = append(sys.Kinds, k)
			}
		}
		for _, i := range v.Edition.Indicators {
			if i.System == n && hasAll(civil.Fold(i.Name+" "+i.Code+" "+i.Cite), words) {
				sys.Indicators = append(sys.Indicators, i)
			}
		}
		for _, d := range v.Edition.Duties {
			if d.System == n && hasAll(civil.Fold(d.Name+" "+d.Code+" "+d.Cite), words) {
				sys.Duties = append(sys.Duties, d)
			}
		}
		if len(sys.Kinds)+len(sys.Indicators)+len(sys.Duties) > 0 {
			v.Systems = append(v.Systems, sys)
		}
	}
	p := page{Title: "Danh mục quy định", Section: "danh-muc"}
	return s.render(w, r, http.StatusOK, p, catalogList(v))
}

func (s *server) readEdition(r *http.Request) (*catalog.Edition, error) {
	code := r.URL.Query().Get("an-ban")
	if code == "" {
		return s.Catalog.Latest(), nil
	}
	if ed := s.Catalog.Edition(code); ed != nil {
		return ed, nil
	}
	return nil, fault.New(fault.NotFound, "Không có ấn bản danh mục “"+code+"”. Chọn một ấn bản trong danh sách.")
}

// kindView is one kind: its form, the series that it feeds and the indicators that read them.
type kindView struct {
	Edition *catalog.Edition
	Kind    *catalog.Kind
	Series  []*catalog.Series
	Feeds   []*catalog.Indicator
	Period  string
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
	v := kindView{Edition: ed, Kind: k, Period: s.periodIn(ed)}
	mine := map[string]bool{}
	for _, series := range ed.Series {
		for _, code := range series.KindCodes() {
			if code == k.Code {
				v.Series = append(v.Series, series)
				mine[series.Code] = true
			}
		}
	}
	for _, i := range ed.Indicators {
		for _, code := range append(seriesOf(i.Formula()), seriesOf(i.DenominatorFormula())...) {
			if mine[code] {
				v.Feeds = append(v.Feeds, i)
				break
			}
		}
	}
	p := page{Title: k.Name, Section: "danh-muc"}
	return s.render(w, r, http.StatusOK, p, kindDetail(v))
}

func editionURL(ed *catalog.Edition, search string) string {
	q := url.Values{"an-ban": {ed.Code}}
	if search != "" {
		q.Set("tim", search)
	}
	return "/danh-muc?" + q.Encode()
}

// periodIn is the last year of an edition's life, or what has passed of it, as query values: a figure is asked in a
// period that knows it.
func (s *server) periodIn(ed *catalog.Edition) string {
	last := s.Today()
	if ed.To != 0 && ed.To <= last {
		last = ed.To.AddDays(-1)
	}
	from := max(ed.From, civil.NewDate(last.Year(), 1, 1))
	return "?" + url.Values{"tu": {from.String()}, "den": {last.String()}}.Encode()
}

func fieldType(f *catalog.Field) string {
	names := map[catalog.FieldType]string{
		catalog.Int: "số nguyên", catalog.DecimalT: "số thập phân", catalog.Money: "tiền (đồng)", catalog.DateT: "ngày", catalog.Text: "chữ, một dòng",
		catalog.LongText: "chữ, nhiều dòng", catalog.Choice: "chọn một", catalog.Choices: "chọn nhiều", catalog.Bool: "có/không", catalog.UnitRef: "đơn vị",
		catalog.UnitRefs: "nhiều đơn vị", catalog.Person: "họ tên, chức vụ", catalog.Group: "bảng", catalog.File: "tệp", catalog.URL: "địa chỉ trang", catalog.PlaceText: "nơi, bằng lời",
	}
	name := names[f.Type]
	if f.Unit != "" {
		name += " (" + f.Unit + ")"
	}
	return name
}

func aboutName(f *catalog.Field) string {
	switch f.About {
	case "work":
		return "việc"
	case "place":
		return "nơi"
	case "body":
		return "tổ chức"
	case "person":
		return "người: " + partName(f.Part)
	}
	return f.About
}

func partName(part string) string {
	return map[string]string{"office_holder": "người giữ chức vụ", "contact": "đầu mối", "author": "tác giả", "juror": "giám khảo", "commended": "người được khen", "donor": "người đóng góp đồng ý nêu tên"}[part]
}

// byNames writes classes of units (province/front) in words.
func byNames(ed *catalog.Edition, classes []string) string {
	var out []string
	for _, c := range classes {
		out = append(out, className(ed, c))
	}
	return strings.Join(out, "; ")
}

func className(ed *catalog.Edition, class string) string {
	level, kind, body := strings.Cut(class, "/")
	switch {
	case class == "*" || class == "*/*":
		return "mọi đơn vị"
	case !body || kind == level:
		return levelName(level)
	case kind == "*":
		return "mọi đơn vị cấp " + levelShort(level)
	}
	name := kind
	if t := ed.UnitType(kind); t != nil {
		name = t.Name
	}
	if level == "*" {
		return name + " các cấp"
	}
	return name + " cấp " + levelShort(level)
}

func levelShort(level string) string {
	return or(map[string]string{"province": "tỉnh", "district": "huyện", "commune": "xã"}[level], level)
}

func every(d *catalog.Duty) string {
	name := map[string]string{"month": "hằng tháng", "quarter": "hằng quý", "half": "6 tháng", "year": "hằng năm", "once": "một lần", "five_years": "5 năm"}[d.Every]
	if name == "" {
		return d.Every
	}
	return name
}
