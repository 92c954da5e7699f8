package web

import (
	"encoding/csv"
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
		{"GET /danh-muc.csv", access.SignedIn, nil, s.catalogCSV},
		{"GET /danh-muc/thay-doi", access.SignedIn, nil, s.kept(s.editionChanges)},
		{"GET /danh-muc/nhiem-vu", access.SignedIn, nil, s.kept(s.dutyPage)},
		{"GET /danh-muc/thu-tuc", access.SignedIn, nil, s.kept(s.procedurePage)},
		{"GET /danh-muc/lich", access.SignedIn, nil, s.kept(s.calendarPage)},
		{"GET /danh-muc/chi-tieu/{code}", access.SignedIn, nil, s.kept(s.indicatorPage)},
		{"GET /danh-muc/{kind}", access.SignedIn, nil, s.kindPage},
	}
}

// catalogView is the regulation as data: kinds, indicators and duties of each system.
type catalogView struct {
	Editions []*catalog.Edition
	Edition  *catalog.Edition
	Search   string
	Marked   string // only items that were read in full (1), or were not (0)
	Systems  []systemView
	Verified map[string]verifiedCount // by sort of item
	Period   string                   // query values of a period that the edition knows
}

type systemView struct {
	Number     int
	Name       string
	Kinds      []*catalog.Kind
	Indicators []*catalog.Indicator
	Duties     []*catalog.Duty
}

// verifiedCount is how many of all items were compared with the full text of their article.
type verifiedCount struct{ Read, All int }

func (s *server) catalogPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.readCatalog(r)
	if err != nil {
		return err
	}
	p := page{Title: "Danh mục quy định", Section: "danh-muc"}
	return s.render(w, r, http.StatusOK, p, catalogList(v))
}

// readCatalog is the edition of the address, narrowed to what was searched for.
func (s *server) readCatalog(r *http.Request) (v catalogView, err error) {
	q := r.URL.Query()
	v = catalogView{Editions: s.Catalog.Editions(), Search: strings.TrimSpace(q.Get("tim")), Marked: q.Get("doi-chieu"), Verified: map[string]verifiedCount{}}
	if v.Edition, err = s.readEdition(r); err != nil {
		return v, err
	}
	v.Period = s.periodIn(v.Edition)
	words := strings.Fields(civil.Fold(v.Search))
	fits := func(sort, text string, verified bool) bool {
		n := v.Verified[sort]
		n.All++
		if verified {
			n.Read++
		}
		v.Verified[sort] = n
		return hasAll(civil.Fold(text), words) && (v.Marked == "" || (v.Marked == "1") == verified)
	}
	systems := make([]systemView, len(systemNames))
	for _, k := range v.Edition.Kinds {
		if fits("loại việc", k.Name+" "+k.Code+" "+k.Cite, k.Verified) {
			systems[k.System].Kinds = append(systems[k.System].Kinds, k)
		}
	}
	for _, i := range v.Edition.Indicators {
		if fits("chỉ tiêu", i.Name+" "+i.Code+" "+i.Cite+" "+strings.Join(i.Ref, " "), i.Verified) {
			systems[i.System].Indicators = append(systems[i.System].Indicators, i)
		}
	}
	for _, d := range v.Edition.Duties {
		if fits("trách nhiệm", d.Name+" "+d.Code+" "+d.Cite, d.Verified) {
			systems[d.System].Duties = append(systems[d.System].Duties, d)
		}
	}
	for n, sys := range systems {
		sys.Number, sys.Name = n, systemNames[n]
		if len(sys.Kinds)+len(sys.Indicators)+len(sys.Duties) > 0 {
			v.Systems = append(v.Systems, sys)
		}
	}
	return v, nil
}

var catalogHeads = []string{"Hệ thống", "Mục", "Mã", "Tên", "Đơn vị tính", "Ai", "Nhịp", "Căn cứ", "Đã đối chiếu toàn văn"}

// catalogCSV sends the list as it was searched.
func (s *server) catalogCSV(w http.ResponseWriter, r *http.Request) error {
	v, err := s.readCatalog(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="danh-muc-`+v.Edition.Code+`.csv"`)
	if _, err := w.Write([]byte("\ufeff")); err != nil { // spreadsheets read UTF-8 only with a mark
		return nil
	}
	out := csv.NewWriter(w)
	_ = out.Write(catalogHeads)
	put := func(sys systemView, sort, code, name, unit, by, rhythm, cite string, verified bool) {
		_ = out.Write([]string{sys.Name, sort, code, inert(name), unit, by, rhythm, inert(cite), map[bool]string{true: "có", false: "chưa"}[verified]})
	}
	for _, sys := range v.Systems {
		for _, k := range sys.Kinds {
			put(sys, "loại việc", k.Code, k.Name, "", byNames(v.Edition, k.By), "", k.Cite, k.Verified)
		}
		for _, i := range sys.Indicators {
			put(sys, "chỉ tiêu", i.Code, i.Name, i.Unit, byNames(v.Edition, i.Scope), "", i.Cite, i.Verified)
		}
		for _, d := range sys.Duties {
			put(sys, "trách nhiệm", d.Code, d.Name, "", byNames(v.Edition, d.By), every(d), d.Cite, d.Verified)
		}
	}
	out.Flush() // a broken connection has nobody to tell
	return nil
}

func (s *server) readEdition(r *http.Request) (*catalog.Edition, error) {
	code := r.URL.Query().Get("an-ban")
	if code == "" {
		return s.Catalog.Latest(), nil
	}
	return s.editionOf(code)
}

func (s *server) editionOf(code string) (*catalog.Edition, error) {
	if ed := s.Catalog.Edition(code); ed != nil {
		return ed, nil
	}
	return nil, fault.New(fault.NotFound, "Không có ấn bản danh mục “"+code+"”. Chọn một ấn bản trong danh sách.")
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
		catalog.UnitRefs: "nhiều đơn vị", catalog.Person: "họ tên, chức vụ", catalog.Group: "bảng", catalog.File: "tệp", catalog.URL: "địa chỉ trang", catalog.PlaceText: "nơi, bằng lời", catalog.EntryRef: "ghi nhận khác",
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
	name := map[string]string{"month": "hằng tháng", "quarter": "hằng quý", "half": "6 tháng", "year": "hằng năm", "once": "một lần", "five_years": "5 năm", "week": "hằng tuần", "nine_months": "9 tháng", "two_years": "2 năm", "term": "mỗi nhiệm kỳ", "event": "khi có việc"}[d.Every]
	if name == "" {
		return d.Every
	}
	return name
}
