package web

import (
	"net/http"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// changesView is what one edition changed against another.
type changesView struct {
	Editions []*catalog.Edition
	From, To *catalog.Edition
	Groups   []changeGroup
	Breaks   []breakLine
}

// changeGroup are the items of one sort that were added, written anew or dropped.
type changeGroup struct {
	Name              string
	Added, Anew, Gone []itemLine
}

// itemLine names an item with the page that shows it.
type itemLine struct{ Code, Name, Href, Cite string }

// breakLine is a day on which a definition changed.
type breakLine struct {
	itemLine
	*catalog.Break
}

func (s *server) editionChanges(w http.ResponseWriter, r *http.Request) error {
	v := changesView{Editions: s.Catalog.Editions()}
	v.From, v.To = v.Editions[max(0, len(v.Editions)-2)], v.Editions[len(v.Editions)-1]
	for _, x := range []struct {
		name string
		at   **catalog.Edition
	}{{"tu", &v.From}, {"den", &v.To}} {
		if code := r.URL.Query().Get(x.name); code != "" {
			ed, err := s.editionOf(code)
			if err != nil {
				return err
			}
			*x.at = ed
		}
	}
	v.Groups = []changeGroup{
		compareItems("Loại việc", kindItems(v.From), kindItems(v.To)),
		compareItems("Chuỗi số liệu", seriesItems(v.From), seriesItems(v.To)),
		compareItems("Chỉ tiêu", indicatorItems(v.From), indicatorItems(v.To)),
		compareItems("Trách nhiệm", dutyItems(v.From), dutyItems(v.To)),
	}
	for _, i := range v.To.Indicators {
		for _, b := range i.Breaks {
			if b.On > v.From.From && (v.To.To == 0 || b.On <= v.To.To) {
				v.Breaks = append(v.Breaks, breakLine{itemLine{i.Code, i.Name, "/danh-muc/chi-tieu/" + i.Code + "?an-ban=" + v.To.Code, i.Cite}, b})
			}
		}
	}
	slices.SortStableFunc(v.Breaks, func(a, b breakLine) int { return int(a.On - b.On) })
	p := page{Title: "Danh mục " + v.To.Code + " so với " + v.From.Code, Section: "danh-muc"}
	return s.render(w, r, http.StatusOK, p, editionChangesPage(v))
}

// item is anything that the catalogue declares.
type item struct {
	itemLine
	says any
}

func kindItems(ed *catalog.Edition) (out []item) {
	for _, k := range ed.Kinds {
		out = append(out, item{itemLine{k.Code, k.Name, "/danh-muc/" + k.Code + "?an-ban=" + ed.Code, k.Cite}, k})
	}
	return out
}

func seriesItems(ed *catalog.Edition) (out []item) {
	for _, x := range ed.Series {
		href := ""
		if kinds := x.KindCodes(); len(kinds) > 0 {
			href = "/danh-muc/" + kinds[0] + "?an-ban=" + ed.Code
		}
		out = append(out, item{itemLine{x.Code, x.Name, href, x.Cite}, x})
	}
	return out
}

func indicatorItems(ed *catalog.Edition) (out []item) {
	for _, i := range ed.Indicators {
		out = append(out, item{itemLine{i.Code, i.Name, "/danh-muc/chi-tieu/" + i.Code + "?an-ban=" + ed.Code, i.Cite}, i})
	}
	return out
}

func dutyItems(ed *catalog.Edition) (out []item) {
	for _, d := range ed.Duties {
		out = append(out, item{itemLine{d.Code, d.Name, "/danh-muc/nhiem-vu?an-ban=" + ed.Code, d.Cite}, d})
	}
	return out
}

// compareItems puts side by side what two editions declare.
func compareItems(name string, from, to []item) changeGroup {
	g := changeGroup{Name: name}
	had := map[string]item{}
	for _, x := range from {
		had[x.Code] = x
	}
	for _, x := range to {
		was, ok := had[x.Code]
		delete(had, x.Code)
		switch {
		case !ok:
			g.Added = append(g.Added, x.itemLine)
		case !sameDefinition(was.says, x.says):
			g.Anew = append(g.Anew, x.itemLine)
		}
	}
	for _, x := range from {
		if _, gone := had[x.Code]; gone {
			g.Gone = append(g.Gone, x.itemLine)
		}
	}
	return g
}

// procedureView are the clocks of petitions.
type procedureView struct {
	Edition  *catalog.Edition
	Editions []*catalog.Edition
}

func (s *server) procedurePage(w http.ResponseWriter, r *http.Request) error {
	ed, err := s.readEdition(r)
	if err != nil {
		return err
	}
	p := page{Title: "Thủ tục và thời hạn", Section: "danh-muc"}
	return s.render(w, r, http.StatusOK, p, proceduresPage(procedureView{ed, s.Catalog.Editions()}))
}

// calendarView are the days off and the days worked in exchange of a year.
type calendarView struct {
	Calendar *catalog.Calendar
	Year     int
	Years    []int
	Days     []*catalog.CalendarDay
}

func (s *server) calendarPage(w http.ResponseWriter, r *http.Request) error {
	v := calendarView{Year: s.Today().Year()}
	if y := atoi(r.URL.Query().Get("nam")); y >= 2000 && y < 2100 {
		v.Year = y
	}
	if all := s.Catalog.Latest().Calendars; len(all) > 0 {
		v.Calendar = all[0]
		for _, d := range v.Calendar.Days {
			if !slices.Contains(v.Years, d.On.Year()) {
				v.Years = append(v.Years, d.On.Year())
			}
			if d.On.Year() == v.Year {
				v.Days = append(v.Days, d)
			}
		}
	}
	p := page{Title: "Ngày nghỉ và ngày làm bù năm " + civil.NewDate(v.Year, 1, 1).String()[:4], Section: "danh-muc"}
	return s.render(w, r, http.StatusOK, p, calendarDaysPage(v))
}

func effectName(effect string) string {
	return map[string]string{"off": "nghỉ", "work": "làm bù", "policy": "theo chủ trương, không trừ khi tính ngày làm việc"}[effect]
}

func dayTypeName(t string) string {
	if t == "working" {
		return "ngày làm việc"
	}
	return "ngày"
}

// eventNames say what happens to a petition, as starts and ends of its clocks.
var eventNames = map[string]string{
	"document": "có văn bản", "period_end": "hết kỳ", "posted": "niêm yết", "taken_down": "gỡ bảng", "decided": "nhân dân quyết định", "recognised": "công nhận", "recommended": "gửi kiến nghị", "received": "nhận đơn", "answered": "trả lời", "classified": "phân loại", "notified": "thông báo", "published": "công khai", "session": "buổi tiếp", "acted": "xử lý kết luận", "noticed": "có thông báo", "tested": "kiểm tra", "accepted": "thụ lý", "settled": "giải quyết", "sent": "gửi", "act_known": "biết hành vi, quyết định", "forwarded": "chuyển đơn", "erased": "xóa nội dung",
	"concluded": "kết luận", "appealed": "khiếu nại tiếp, khởi kiện", "refused": "không thụ lý", "transferred": "chuyển đơn", "guided": "hướng dẫn", "returned": "trả lại đơn", "withdrawn": "rút đơn", "terminated": "đình chỉ", "enforced": "thi hành", "filed": "xếp lưu đơn",
}

func eventName(code string) string { return or(eventNames[code], code) }
