package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/duty"
	"danvan/internal/org"
)

// dutyRoutes are the pages of what bodies owe by the regulation, and what became of it.
func (s *server) dutyRoutes() []route {
	return []route{
		{"GET /dinh-ky", access.ReadWork, onScope, s.dutyCalendar},
		{"GET /dinh-ky.xlsx", access.ReadWork, onScope, s.dutyListFile("xlsx")},
		{"GET /dinh-ky.csv", access.ReadWork, onScope, s.dutyListFile("csv")},
		{"GET /dinh-ky.ics", access.ReadWork, onScope, s.dutyFeed},
		{"GET /dinh-ky/luoi", access.ReadWork, onScope, s.dutyGridPage},
		{"GET /dinh-ky/luoi.xlsx", access.ReadWork, onScope, s.dutyGridFile("xlsx")},
		{"GET /dinh-ky/luoi.csv", access.ReadWork, onScope, s.dutyGridFile("csv")},
		{"GET /dinh-ky/dung-han", access.ReadWork, onScope, s.dutyMet},
		{"GET /dinh-ky/{duty}", access.ReadWork, onScope, s.oneDuty},
		{"GET /dinh-ky/khong-phat-sinh", access.RecordWork, onNilForm, s.nilPage},
		{"POST /dinh-ky/khong-phat-sinh", access.RecordWork, onNilForm, s.nilSave},
		{"GET /dinh-ky/khong-phat-sinh/{id}", access.ReadWork, onNil, s.nilRead},
		{"POST /dinh-ky/khong-phat-sinh/{id}/rut", access.RecordWork, onNil, s.nilBack},
	}
}

// book answers what is owed.
func (s *server) book() *duty.Book {
	return &duty.Book{Catalog: s.Catalog, Tree: s.Tree}
}

// dutyActs are what sorts of work are called.
var dutyActs = map[string]string{
	"plan": "Kế hoạch, quy chế", "report": "Báo cáo", "meeting": "Cuộc họp, tiếp xúc", "conference": "Hội nghị, ngày hội", "publication": "Công khai, đăng tải",
	"reception": "Tiếp công dân", "training": "Tập huấn", "inspection": "Kiểm tra, giám sát", "review": "Sơ kết, tổng kết, đánh giá", "figures": "Số liệu định kỳ", "work": "Việc khác",
}

// dutyStates are what the states are called.
var dutyStates = map[duty.State]string{
	duty.Late: "Quá hạn", duty.Today: "Hạn hôm nay", duty.Soon: "Sắp đến hạn", duty.Later: "Chưa đến hạn",
	duty.Done: "Đã xong", duty.DoneLate: "Xong muộn", duty.Nil: "Không phát sinh", duty.Exempt: "Không còn nơi phải làm",
}

// dutyFilter is what a list of obligations is narrowed to, as it stands in the address.
type dutyFilter struct {
	State  string // a state, or "mo": whatever is still open
	Act    string
	System int
}

func readDutyFilter(q url.Values) dutyFilter {
	f := dutyFilter{State: q.Get("trang-thai"), Act: q.Get("viec"), System: atoi(q.Get("he-thong"))}
	if dutyStates[duty.State(f.State)] == "" && f.State != openStates {
		f.State = ""
	}
	if dutyActs[f.Act] == "" {
		f.Act = ""
	}
	if f.System < 0 || f.System >= len(systemNames) {
		f.System = 0
	}
	return f
}

const openStates = "mo"

func (f dutyFilter) keeps(d *catalog.Duty) bool {
	return (f.Act == "" || f.Act == duty.Act(d)) && (f.System == 0 || f.System == d.System)
}

func (f dutyFilter) shows(o *duty.Obligation) bool {
	return f.State == "" || f.State == string(o.State) || f.State == openStates && o.State.Open()
}

// values are the filter in an address.
func (f dutyFilter) values() []string {
	system := ""
	if f.System > 0 {
		system = civil.FormatInt(int64(f.System))
	}
	return []string{"trang-thai", f.State, "viec", f.Act, "he-thong", system}
}

func (f dutyFilter) stateOptions() []option {
	out := []option{{"", "Mọi tình trạng", ""}, {openStates, "Chưa xong", ""}}
	for _, st := range duty.States {
		out = append(out, option{string(st), dutyStates[st], ""})
	}
	return out
}

func (f dutyFilter) actOptions() []option {
	out := []option{{"", "Mọi loại", ""}}
	for _, a := range duty.Acts {
		out = append(out, option{a, dutyActs[a], ""})
	}
	return out
}

func (f dutyFilter) systemOptions() []option {
	out := []option{{"", "Mọi hệ thống", ""}}
	for i, name := range systemNames {
		if i > 0 {
			out = append(out, option{civil.FormatInt(int64(i)), civil.FormatInt(int64(i)) + ". " + name, ""})
		}
	}
	return out
}

// dutyScope is the page's scope. Where the address names no period, the present month.
func (s *server) dutyScope(r *http.Request, whole func(civil.Date) civil.Period) (*scope, error) {
	sc, err := s.readScope(r)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	if q.Get("ky") == "" && q.Get("tu") == "" && q.Get("den") == "" {
		sc.Period = whole(s.Today())
	}
	return sc, nil
}

func monthOf(day civil.Date) civil.Period {
	p, _ := civil.ParsePeriod(day.String()[:7]) // a day's own month can be read
	return p
}

func yearOf(day civil.Date) civil.Period {
	p, _ := civil.ParsePeriod(day.String()[:4])
	return p
}

// dutyRow is one obligation as a page shows it.
type dutyRow struct {
	duty.Obligation
	Body    string // name of who owes
	BodyRef string
	For     string // who answers, where the body has ended
	Says    string // in how many days, or what became of it
	Class   string // of the ticket
	Entries []int64
	More    int    // entries besides those named
	Record  string // address of the form, empty where the viewer may not
	Report  string // address of the filing
	Nil     string // address of the form of a nil return
	Page    string // address of the duty
	Reckon  string // how the last day came about
}

// mostEntries is how many entries a line names.
const mostEntries = 3

// dutyRows dresses obligations for a page.
func (s *server) dutyRows(tree *org.Tree, who *access.Viewer, list []duty.Obligation) []dutyRow {
	out := make([]dutyRow, len(list))
	for i, o := range list {
		out[i] = s.dutyRow(tree, who, o)
	}
	return out
}

func (s *server) dutyRow(tree *org.Tree, who *access.Viewer, o duty.Obligation) dutyRow {
	end := o.Turn.Period.To
	r := dutyRow{Obligation: o, Body: tree.NameOn(o.Unit, end), Says: dutySays(&o), Class: dutyClass(o.State), Page: s.dutyAddress(o.Duty.Code), Reckon: reckonText(&o)}
	if u := tree.Unit(o.Unit); u != nil {
		r.BodyRef = unitRef(tree, u, end)
	}
	if o.Answers != o.Unit && o.Answers != 0 {
		r.For = tree.NameOn(o.Answers, o.Turn.Due)
	}
	for _, p := range o.Met {
		if p.Entry != 0 && len(r.Entries) < mostEntries {
			r.Entries = append(r.Entries, p.Entry)
		} else if p.Entry != 0 {
			r.More++
		}
	}
	s.dutyLinks(&r, tree, who)
	return r
}

// dutyLinks are what the viewer can do about an obligation.
func (s *server) dutyLinks(r *dutyRow, tree *org.Tree, who *access.Viewer) {
	if r.Filing != nil && s.has("GET /ky-bao-cao/{id}") {
		r.Report = "/ky-bao-cao/" + itoa(r.Filing.ID)
	}
	by := tree.Unit(r.Answers)
	if by == nil || !r.State.Open() {
		return
	}
	ref := unitRef(tree, by, s.Today())
	kind := r.Edition.Kind(r.Duty.Kind)
	if r.Duty.Report != "" {
		kind = r.Edition.Kind("report_filed")
		if r.Report == "" {
			r.Report = s.filingAddress(&r.Obligation, tree, who)
		}
	}
	if kind != nil && r.Report == "" && r.Duty.Proof == nil && mayRecord(who, kind, by.ID) {
		q := url.Values{"don-vi": {ref}}
		if day := recordDay(&r.Obligation, s.Today()); day != 0 {
			q.Set("ngay", day.Vi())
		}
		if r.Event != nil {
			q.Set(carriesField, itoa(r.Event.Entry))
		}
		r.Record = "/ghi-nhan/moi/" + kind.Code + "?" + q.Encode()
	}
	if r.Duty.Proof != nil && kind != nil && mayRecord(who, kind, by.ID) {
		r.Record = "/ghi-nhan/" + itoa(r.Event.Entry) + "/sua"
	}
	if r.TakesNil(s.Today()) && r.Duty.Report == "" && who.May(access.RecordWork, by.ID) {
		r.Nil = nilPath + "?" + nilQuery(tree, &r.Obligation).Encode()
	}
}

// filingAddress is where the report of an obligation is opened: by the body itself where the template serves it, else
// by the territory that it reports for. Empty where the catalogue has no template, or the viewer may not.
func (s *server) filingAddress(o *duty.Obligation, tree *org.Tree, who *access.Viewer) string {
	if !s.has("GET /ky-bao-cao/mo") || o.Turn.Period.Code == "" {
		return ""
	}
	t := s.Reports.ForDuty(o.Edition, o.Duty)
	u, day := tree.Unit(o.Answers), s.Today()
	if t == nil || u == nil {
		return ""
	}
	if !serves(t.Head.For, u, day) {
		u = tree.Unit(u.SpanOn(day).Parent)
	}
	if u == nil || !who.May(access.RecordWork, u.ID) {
		return ""
	}
	return "/ky-bao-cao/mo?" + url.Values{"don-vi": {unitRef(tree, u, day)}, "mau": {t.Head.Code}, "ky": {o.Turn.Period.Code}}.Encode()
}

// recordDay is the day that the form begins with, 0 for today: the last day of a period that is over, where what is
// recorded are its figures or where a later day would count for the next period.
func recordDay(o *duty.Obligation, today civil.Date) civil.Date {
	end := o.Turn.Period.To
	if o.Event != nil || today <= end {
		return 0
	}
	if a := duty.Act(o.Duty); a == "figures" || a == "publication" || a == "reception" || a == "meeting" {
		return end
	}
	return 0
}

// dutySays tells in a few words how an obligation stands.
func dutySays(o *duty.Obligation) string {
	switch o.State {
	case duty.Late:
		return "Quá " + count(-o.Left, "ngày")
	case duty.Today:
		return "Hôm nay"
	case duty.Soon, duty.Later:
		return "Còn " + count(o.Left, "ngày")
	case duty.Done:
		if o.DoneOn == 0 {
			return "Đã xong"
		}
		return "Xong " + shortDay(o.DoneOn)
	case duty.DoneLate:
		return "Muộn " + count(o.Turn.Due.DaysUntil(o.DoneOn), "ngày")
	}
	return dutyStates[o.State]
}

func dutyClass(st duty.State) string {
	switch st {
	case duty.Late:
		return "over"
	case duty.Today, duty.Soon, duty.DoneLate:
		return "soon"
	case duty.Nil, duty.Exempt, duty.Later:
		return "stop"
	}
	return ""
}

var weekdayNames = []string{"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}

// reckonText shows how the last day came about, so that it can be counted again by hand.
func reckonText(o *duty.Obligation) string {
	due := o.Duty.DueRule(o.Edition.Regimes)
	switch {
	case due == nil || due.Days == 0 && due.On == "":
		return "Quy định không nêu ngày; tính đến ngày cuối kỳ, " + o.Turn.Due.Vi() + "."
	case due.On != "":
		return "Hạn cố định ngày " + o.Turn.Due.Vi()[:5] + "."
	}
	p := o.Turn.Period
	if o.Event != nil {
		p = civil.Period{From: o.Event.Day, To: o.Event.Day}
	}
	r := due.Reckon(p, o.Edition.Calendar("vn"))
	text := "Hạn = " + count(r.Days, dayTypeName(due.DayType)) + " sau " + r.Start.Vi() + " (không tính ngày đó)"
	var passed, worked []string
	for _, x := range r.Passed {
		name := or(x.Name, weekdayNames[x.Day.Weekday()])
		if x.Worked {
			worked = append(worked, shortDay(x.Day)+" ("+name+")")
		} else {
			passed = append(passed, shortDay(x.Day)+" ("+name+")")
		}
	}
	if len(passed) > 0 {
		text += ", bỏ qua " + strings.Join(passed, ", ")
	}
	if len(worked) > 0 {
		text += "; có tính " + strings.Join(worked, ", ")
	}
	return text + "."
}

// dutyGroup is a duty with one turn and all who owe it.
type dutyGroup struct {
	Duty    *catalog.Duty
	Edition *catalog.Edition
	Turn    catalog.Turn
	Asks    string
	Page    string    // address of the duty
	Rows    []dutyRow // nil where there are too many to show
	Counts  map[duty.State]int
	Total   int
	Turns   int // how many turns the group holds
}

// mostShownEach is up to how many bodies a list shows each.
const mostShownEach = 14

// dutyGroups puts obligations of the same duty and turn together, in the order of due days. byDuty puts all turns of a
// duty together.
func (s *server) dutyGroups(tree *org.Tree, who *access.Viewer, list []duty.Obligation, byDuty bool) []*dutyGroup {
	type key struct {
		code     string
		from, to civil.Date
	}
	at := map[key]*dutyGroup{}
	members := map[*dutyGroup][]duty.Obligation{}
	turns := map[*dutyGroup]map[civil.Date]bool{}
	var out []*dutyGroup
	for _, o := range list {
		k := key{o.Duty.Code, o.Turn.Period.From, o.Turn.Period.To}
		if byDuty || o.Event != nil {
			k = key{code: o.Duty.Code}
			if o.Event != nil && !byDuty {
				k.to = o.Turn.Due
			}
		}
		g := at[k]
		if g == nil {
			g = &dutyGroup{Duty: o.Duty, Edition: o.Edition, Turn: o.Turn, Asks: s.dutyLine(o.Edition, o.Duty).Asks, Page: s.dutyAddress(o.Duty.Code), Counts: map[duty.State]int{}}
			at[k], turns[g] = g, map[civil.Date]bool{}
			out = append(out, g)
		}
		g.Counts[o.State]++
		g.Total++
		turns[g][o.Turn.Due] = true
		members[g] = append(members[g], o)
	}
	for _, g := range out {
		g.Turns = len(turns[g])
		if g.Total <= mostShownEach {
			g.Rows = s.dutyRows(tree, who, members[g])
		}
	}
	return out
}

// worst is the most pressing state in a group.
func (g *dutyGroup) worst() duty.State {
	for _, st := range duty.States {
		if g.Counts[st] > 0 {
			return st
		}
	}
	return duty.Done
}

// countsText says how the bodies of a group stand.
func (g *dutyGroup) countsText() string { return stateCounts(g.Counts) }

func stateCounts(counts map[duty.State]int) string {
	var parts []string
	for _, st := range duty.States {
		if n := counts[st]; n > 0 {
			parts = append(parts, civil.FormatInt(int64(n))+" "+lowerFirst(dutyStates[st]))
		}
	}
	return strings.Join(parts, " · ")
}

// byPress sorts groups by their most pressing state, then by day.
func byPress(groups []*dutyGroup) {
	slices.SortStableFunc(groups, func(a, b *dutyGroup) int {
		return cmp.Or(cmp.Compare(slices.Index(duty.States, a.worst()), slices.Index(duty.States, b.worst())), cmp.Compare(a.Turn.Due, b.Turn.Due))
	})
}
