package web

import (
	"net/http"
	"slices"
	"strconv"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/xlsx"
)

// pageSize is how many entries a list shows at once.
const pageSize = 50

// evidenceView is one page of the entries behind a figure.
type evidenceView struct {
	asked
	List *figure.Evidence
	// Measure is what each entry adds: that of the series, for a rate has none of its own.
	Measure string
	Order   string // as it stands in the address
	Part    string // number of the term that is listed alone, empty for the whole side
	About   string // that term in words
	Hidden  int    // letters on this page of which nothing may be shown
	Page    paging
}

// paging is where a list stands.
type paging struct {
	Offset, Size, Total int64
	Link                func(offset int64) string
}

func (p paging) last() int64 { return min(p.Offset+p.Size, p.Total) }

func (s *server) evidencePage(w http.ResponseWriter, r *http.Request) error {
	offset, err := readOffset(r)
	if err != nil {
		return err
	}
	v, err := s.evidence(r, offset, pageSize)
	if err != nil {
		return err
	}
	v.Page = paging{Offset: offset, Size: pageSize, Total: v.List.Total, Link: func(o int64) string { return v.with("tu-dong", strconv.FormatInt(o, 10)) }}
	p := page{Title: "Ghi nhận phía sau: " + v.List.Name, Section: "so-lieu", Scope: v.Scope}
	return s.render(w, r, http.StatusOK, p, evidenceList(v))
}

// with is the address of the list with changes.
func (v evidenceView) with(changes ...string) string {
	return "/so-lieu/" + v.List.Indicator + "/ghi-nhan" + v.query(append([]string{"phan", string(v.List.Side), "so-phan", v.Part, "thu-tu", v.Order}, changes...)...)
}

func (v evidenceView) file(kind string) string {
	return "/so-lieu/" + v.List.Indicator + "/ghi-nhan/tep" + v.query("phan", string(v.List.Side), "so-phan", v.Part, "thu-tu", v.Order, "dang", kind)
}

// orders are the ways to sort, by their word in an address.
var orders = map[string]figure.Order{"": figure.NewestFirst, "cu-nhat": figure.OldestFirst, "lon-nhat": figure.LargestFirst, "nho-nhat": figure.LeastFirst}

// sortBy is where the head of a column leads: its order, or the other way round where it is in force already.
func (v evidenceView) sortBy(first, second string) string {
	if v.Order == first {
		return v.with("thu-tu", second)
	}
	return v.with("thu-tu", first)
}

func (v evidenceView) sorted(up, down string) string {
	switch v.Order {
	case up:
		return "ascending"
	case down:
		return "descending"
	}
	return ""
}

func (s *server) evidence(r *http.Request, offset, limit int64) (evidenceView, error) {
	a, err := s.askOf(r, r.PathValue("code"))
	v := evidenceView{asked: a}
	if err != nil {
		return v, err
	}
	in := r.URL.Query()
	pick := figure.Pick{Side: figure.Side(or(in.Get("phan"), string(figure.Numerator))), Offset: offset, Limit: limit}
	if pick.Side != figure.Numerator && pick.Side != figure.Denominator {
		return v, fault.New(fault.Invalid, "Phần của công thức phải là numerator (tử số) hoặc denominator (mẫu số).")
	}
	if v.Part = in.Get("so-phan"); v.Part != "" {
		if pick.Part, err = strconv.Atoi(v.Part); err != nil || pick.Part < 1 {
			return v, fault.New(fault.Invalid, "Số của phần trong công thức phải là số nguyên từ 1. Hãy mở từ trang của chỉ tiêu.")
		}
	}
	v.Order = in.Get("thu-tu")
	order, ok := orders[v.Order]
	if !ok {
		return v, fault.New(fault.Invalid, "Thứ tự phải là cu-nhat, lon-nhat, nho-nhat, hoặc bỏ trống (mới nhất trước).")
	}
	pick.Order = order
	if v.List, err = s.Figures.Entries(r.Context(), v.Query, pick); err != nil {
		return v, err
	}
	calls := s.listedCalls(&v, pick.Part)
	v.Measure = s.addsMeasure(calls, v.List, v.Scope.Period.To)
	who, narrow := viewer(r.Context()), tellsOfLetters(v.Query, calls)
	for i, e := range v.List.Entries {
		k := s.kindOn(e.Kind, e.Day)
		switch {
		case !guarded(k):
			v.List.Entries[i].Title = shownTitle(k, e.Title)
		case mayRead(who, k, e.UnitID):
		case narrow:
			v.Hidden++
			v.List.Entries[i] = figure.Proof{Kind: e.Kind, KindName: e.KindName, Value: e.Value, State: e.State}
		default:
			v.List.Entries[i].Title, v.List.Entries[i].Place = shownTitle(k, e.Title), ""
		}
	}
	return v, nil
}

// listedCalls are the terms whose entries are listed.
func (s *server) listedCalls(v *evidenceView, part int) []*catalog.Call {
	ind := s.Catalog.EditionOn(v.Scope.Period.To).Indicator(v.List.Indicator)
	if ind == nil {
		return nil
	}
	num := catalog.Calls(ind.Formula())
	var den []*catalog.Call
	if x := ind.DenominatorFormula(); x != nil {
		den = catalog.Calls(x)
	}
	if all := slices.Concat(num, den); part > 0 && part <= len(all) {
		v.About = upperFirst(termWords(s.Catalog.EditionOn(v.Scope.Period.To), all[part-1]))
		return all[part-1 : part]
	}
	if v.List.Side == figure.Denominator {
		return den
	}
	return num
}

// tellsOfLetters says whether standing in the list tells more of an entry than its class: the figure or the question
// picks by another label, as the field of a letter or how it was settled.
func tellsOfLetters(q figure.Query, calls []*catalog.Call) bool {
	if q.Label != "" && q.Label != classField {
		return true
	}
	for _, c := range calls {
		if c.Selector == nil {
			continue
		}
		for _, m := range c.Selector.Matchers {
			if m.Label != classField {
				return true
			}
		}
	}
	return false
}

// kindOn is a kind as it stood on a day (ISO), nil where the catalogue of that day has none of that code.
func (s *server) kindOn(code, day string) *catalog.Kind {
	d, err := civil.ParseDate(day)
	if err != nil {
		return nil
	}
	return s.Catalog.EditionOn(d).Kind(code)
}

// addsMeasure is the unit of measure of what the entries listed add.
func (s *server) addsMeasure(calls []*catalog.Call, list *figure.Evidence, day civil.Date) string {
	ed := s.Catalog.EditionOn(day)
	for _, c := range calls {
		if c.Selector == nil {
			continue
		}
		if series := ed.SeriesByCode(c.Selector.Series); series != nil {
			return series.Unit
		}
	}
	return measureOf(list.Measure)
}

func readOffset(r *http.Request) (int64, error) {
	text := or(r.URL.Query().Get("tu-dong"), "0")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Invalid, "Số dòng bắt đầu “"+text+"” không đúng: phải là số nguyên từ 0.")
	}
	return n, nil
}

// evidenceFile sends all entries behind the figure.
func (s *server) evidenceFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.evidence(r, 0, 0)
	if err != nil {
		return err
	}
	t := tableFile{
		Name:   v.List.Indicator,
		Titles: []string{"Ghi nhận phía sau: " + v.List.Name, v.List.UnitName + ", " + v.Scope.Period.Name + ", ranh giới " + v.Scope.basisName() + v.narrowed() + ". " + v.Scope.countedText()},
		Columns: []xlsx.Column{{Head: "Số"}, {Head: "Ngày"}, {Head: "Loại việc"}, {Head: "Đơn vị"}, {Head: "Nơi"}, {Head: "Nội dung", Width: 50},
			{Head: "Giá trị", Unit: v.Measure}, {Head: "Trạng thái"}},
	}
	for _, e := range v.List.Entries {
		id := ""
		if e.ID != 0 {
			id = strconv.FormatInt(e.ID, 10)
		}
		t.Rows = append(t.Rows, []tableCell{textCell(id), textCell(e.Day), textCell(e.KindName), textCell(e.UnitName), textCell(e.Place), textCell(e.Title),
			pointerCell(&e.Value), textCell(stateName(e.State))})
	}
	return s.sendTable(w, or(r.URL.Query().Get("dang"), "csv"), t)
}

func (s *server) demoNote() string {
	if s.Demo == "" {
		return ""
	}
	return "dữ liệu minh họa"
}

// inert keeps a spreadsheet from running text as a formula.
func inert(text string) string {
	if text != "" && (text[0] == '=' || text[0] == '+' || text[0] == '-' || text[0] == '@' || text[0] == '\t' || text[0] == '\r') {
		return "'" + text
	}
	return text
}

func stateName(state string) string {
	switch state {
	case "recorded":
		return "đã ghi"
	case "confirmed":
		return "đã xác nhận"
	case "void":
		return "đã hủy"
	case stateReturned:
		return "bị trả lại"
	case stateEntered:
		return "đã vào sổ"
	}
	return state
}

func stateChip(state string) string {
	switch state {
	case "confirmed":
		return "done"
	case stateEntered:
		return "plain"
	case stateReturned:
		return "late"
	case "void":
		return "late"
	}
	return "doing"
}
