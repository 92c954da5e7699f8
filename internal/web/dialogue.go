package web

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// dialogueRoutes are the staff pages of sessions with the people: the calendar, a session with its issues, answers and
// promises, what is printed of it.
func (s *server) dialogueRoutes() []route {
	return []route{
		{"GET /doi-thoai", access.ReadWork, onScope, s.talkBook},
		{"GET /doi-thoai/moi", access.RecordWork, nil, s.talkNew},
		{"POST /doi-thoai/moi", access.RecordWork, nil, s.talkMake},
		{"GET /doi-thoai/{id}", access.ReadWork, onEntry, s.talkPage},
		{"GET /doi-thoai/{id}/bien-ban", access.ReadWork, onEntry, s.talkMinutes},
		{"GET /doi-thoai/{id}/thong-bao", access.ReadWork, onEntry, s.talkNotice},
		{"POST /doi-thoai/{id}/{viec}", access.RecordWork, onEntry, s.talkAct},
	}
}

// hall reads sessions and promises from the ledger.
func (s *server) hall() *dialogue.Shelf {
	return &dialogue.Shelf{Ledger: s.Ledger, Catalog: s.Catalog, Engine: s.DB.Engine()}
}

var talkNames = map[dialogue.State]string{
	dialogue.Today: "Hôm nay", dialogue.Running: "Đã họp, chưa có kết luận", dialogue.Planned: "Sắp tới", dialogue.Missed: "Quá ngày, chưa ghi",
	dialogue.Held: "Đã họp", dialogue.Cancelled: "Đã hủy",
}

var talkChips = map[dialogue.State]string{
	dialogue.Today: "doing", dialogue.Running: "doing", dialogue.Planned: "wait", dialogue.Missed: "late", dialogue.Held: "done", dialogue.Cancelled: "plain",
}

// talkMonthView is the calendar of a month above the list.
type talkMonthView struct {
	Scope *scope
	Today civil.Date
	Weeks [][]talkDay
}

// talkDay is a day of the month; the zero day is a hole.
type talkDay struct {
	Day    civil.Date
	Off    bool
	Name   string
	Counts map[dialogue.State]int
}

func (s *server) talkBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.dutyScope(r, monthOf)
	if err != nil {
		return err
	}
	var all []dialogue.Occasion
	var due []*dialogue.Issue
	units := slices.Collect(maps.Keys(sc.subtree()))
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		if all, err = s.hall().Occasions(r.Context(), q, units, sc.Period); err != nil {
			return err
		}
		due, err = s.hall().IssuesDue(r.Context(), q, units)
		return err
	})
	if err != nil {
		return err
	}
	v := &bookView{Title: "Đối thoại, tiếp xúc cử tri", Path: "/doi-thoai", Scope: sc, Noun: "cuộc", Section: "doi-thoai",
		Lead:  "Cuộc đã thông báo, đổi lịch, đã họp; vấn đề ghi theo nội dung và nơi, không ghi ai nêu. Điều đã hứa theo dõi ở trang Cam kết.",
		Empty: "Chưa có cuộc nào ở phạm vi và kỳ này. Lập lịch để thông báo cho nhân dân, hoặc chọn kỳ khác."}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = append(v.Links, bookLink{Name: "Lập lịch, thông báo", Href: "/doi-thoai/moi", Icon: "plus", Primary: true})
	}
	v.Links = append(v.Links, bookLink{Name: "Cam kết", Href: "/cam-ket" + sc.query(), Icon: "check"})
	if err := s.narrowTalks(r, v, all); err != nil {
		return err
	}
	v.Kpis = talkKpis(all, due, sc)
	return s.showBook(w, r, v)
}

// narrowTalks fills the book with the sessions that the filter leaves.
func (s *server) narrowTalks(r *http.Request, v *bookView, all []dialogue.Occasion) error {
	q, today := r.URL.Query(), v.Scope.Today
	see, sort, host, on := q.Get("xem"), q.Get("loai"), q.Get("chu-tri"), q.Get("ngay")
	if see != "" && talkNames[dialogue.State(see)] == "" {
		return fault.New(fault.Invalid, "Không có trạng thái này. Hãy chọn ở khung lọc.")
	}
	counts := map[dialogue.State]int{}
	for _, o := range all {
		counts[o.State(today)]++
	}
	states := []option{{Name: "Mọi trạng thái"}}
	v.Tabs = append(v.Tabs, tab{Name: "Mọi cuộc", Href: "/doi-thoai" + v.Scope.query(), Current: see == "", Count: len(all)})
	for _, st := range dialogue.States {
		states = append(states, option{Value: string(st), Name: talkNames[st]})
		if counts[st] > 0 || see == string(st) {
			v.Tabs = append(v.Tabs, tab{Name: talkNames[st], Href: "/doi-thoai" + v.Scope.query() + "&xem=" + string(st), Current: see == string(st), Count: counts[st]})
		}
	}
	plan, held := s.Catalog.Latest().Kind(dialogue.PlanKind), s.Catalog.Latest().Kind(dialogue.SessionKind)
	v.Asks = []bookAsk{{Key: "xem", Name: "Trạng thái", Value: see, Options: states},
		{Key: "loai", Name: "Loại", Value: sort, Options: choiceOptions(plan, "sort", "Mọi loại", today)},
		{Key: "chu-tri", Name: "Chủ trì", Value: host, Options: choiceOptions(held, "host", "Mọi người chủ trì", today)}}
	if month := s.talkMonth(v.Scope, all); month != nil {
		v.Below = talkCalendar(month)
	}
	day := civil.Date(0)
	if on != "" {
		var err error
		if day, err = civil.ParseDate(on); err != nil {
			return fault.Wrap(err, fault.Invalid, "Ngày phải viết như 2026-11-20. Hãy bấm một ngày ở lịch.")
		}
		v.Note = "Đang xem riêng ngày " + day.Vi() + "."
	}
	v.Columns = []bookColumn{{Key: "cuoc", Name: "Cuộc"}, {Key: "noi-dung", Name: "Nội dung"}, {Key: "don-vi", Name: "Cơ quan"},
		{Key: "du", Name: "Lượt người dự", Unit: "lượt người", Num: true}, {Key: "y-kien", Name: "Ý kiến", Unit: "ý kiến", Num: true}, {Key: "trang-thai", Name: "Trạng thái"}}
	for _, o := range all {
		set, st := o.Setting(), o.State(today)
		if see != "" && string(st) != see || sort != "" && set.Sort != sort || host != "" && set.Host != host || day != 0 && o.Day() != day {
			continue
		}
		h := o.Head()
		row := bookRow{Href: "/doi-thoai/" + itoa(h.ID), Cells: []bookCell{{Day: o.Day(), Note: joinWords(choiceName(plan, "sort", set.Sort), hours(set.From, set.To), set.Venue)},
			{Text: set.Topic, Note: choiceName(held, "host", set.Host)}, wordCell(v.Scope.tree.NameOn(h.Unit, min(o.Day(), today))), {}, {}, chipCell(talkChips[st], talkNames[st])}}
		if x := o.Session; x != nil {
			row.Cells[3], row.Cells[4] = numCell(x.Attendances), numCell(x.Opinions)
		}
		v.Rows = append(v.Rows, row)
	}
	return nil
}

func talkKpis(all []dialogue.Occasion, due []*dialogue.Issue, sc *scope) []bookKpi {
	var held, attended, opinions, answered, moved int64
	for _, o := range all {
		if x := o.Session; x != nil {
			held, attended, opinions, answered = held+1, attended+x.Attendances, opinions+x.Opinions, answered+x.Answered
		} else if o.Plan.CancelledOn != 0 {
			moved++
		}
	}
	late := 0
	for _, i := range due {
		if i.Late(sc.Today) {
			late++
		}
	}
	note := "không có cuộc nào hủy"
	if moved > 0 {
		note = count(int(moved), "cuộc đã hủy")
	}
	lateNote := "không có ý kiến quá hạn"
	if late > 0 {
		lateNote = count(late, "vấn đề quá hạn trả lời")
	}
	return []bookKpi{{Name: "Cuộc đã họp", Value: civil.FormatInt(held), Note: note},
		{Name: "Lượt người dự", Value: civil.FormatInt(attended)},
		{Name: "Ý kiến nêu", Value: civil.FormatInt(opinions), Note: civil.FormatInt(answered) + " trả lời tại chỗ"},
		{Name: "Chờ trả lời", Value: civil.FormatInt(int64(len(due))), Unit: "vấn đề", Note: lateNote}}
}

// talkMonth lays a whole month out in weeks, Monday first; nil for any other period.
func (s *server) talkMonth(sc *scope, all []dialogue.Occasion) *talkMonthView {
	p := sc.Period
	if p.From.Day() != 1 || p.To != p.From.MonthEnd() {
		return nil
	}
	counts := map[civil.Date]map[dialogue.State]int{}
	for _, o := range all {
		if counts[o.Day()] == nil {
			counts[o.Day()] = map[dialogue.State]int{}
		}
		counts[o.Day()][o.State(sc.Today)]++
	}
	v := &talkMonthView{Scope: sc, Today: sc.Today}
	cal := s.Catalog.EditionOn(p.To).Calendar("vn")
	week := make([]talkDay, (int(p.From.Weekday())+6)%7)
	for day := p.From; day <= p.To; day = day.AddDays(1) {
		off, name := cal.Look(day)
		if week = append(week, talkDay{day, off, name, counts[day]}); len(week) == 7 {
			v.Weeks, week = append(v.Weeks, week), nil
		}
	}
	if len(week) > 0 {
		v.Weeks = append(v.Weeks, append(week, make([]talkDay, 7-len(week))...))
	}
	return v
}

// month is the address of the calendar some months on.
func (v *talkMonthView) month(on int) string {
	first := v.Scope.Period.From
	n := first.Year()*12 + first.Month() - 1 + on
	return "/doi-thoai" + v.Scope.query("ky", monthOf(civil.NewDate(n/12, n%12+1, 1)).Code)
}

func talkTone(st dialogue.State) string {
	switch st {
	case dialogue.Held:
		return "done"
	case dialogue.Missed:
		return "late"
	case dialogue.Today, dialogue.Running:
		return "today"
	}
	return "later"
}

// talkNewView is the form that plans a session and announces it.
type talkNewView struct {
	pieceForm
	Kind  *catalog.Kind
	Units []option
	Home  string
	Today civil.Date
}

func (s *server) talkNew(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("lap")
	f.Values.Set("loai", "people")
	f.Values.Set("chu-tri", "chair")
	f.Values.Set("tu-gio", "07:30")
	f.Values.Set("den-gio", "11:00")
	f.Values.Set("ngay", r.URL.Query().Get("ngay"))
	f.Values.Set("ngay-tb", s.Today().Vi())
	return s.showTalkNew(w, r, http.StatusOK, &talkNewView{pieceForm: f})
}

func (s *server) showTalkNew(w http.ResponseWriter, r *http.Request, status int, v *talkNewView) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v.Today = s.Today()
	v.Kind = s.kindNear(dialogue.PlanKind, v.Today)
	home := ""
	v.Units, home = s.deskBodies(r, tree)
	if v.get("don-vi") == "" {
		v.Values.Set("don-vi", home)
	}
	v.Home = refName(tree, v.get("don-vi"), v.Today)
	title := "Lập lịch đối thoại, tiếp xúc cử tri"
	if len(v.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "doi-thoai"}, talkNewPage(v))
}

func (s *server) talkMake(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "lap")
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	today := s.Today()
	unit := f.unit(tree, "don-vi", today)
	if unit == nil && !f.Wrong.has("don-vi") {
		f.say("don-vi", "Hãy chọn cơ quan tổ chức.")
	}
	day := f.wantDay("ngay", "Hãy ghi ngày tổ chức.")
	if day != 0 && day < today {
		f.say("ngay", "Ngày "+day.Vi()+" đã qua. Cuộc đã họp thì ghi ở Ghi việc mới, loại Hội nghị đối thoại.")
	}
	set := map[string]any{}
	put(set, "topic", f.want("ve-viec", "Hãy ghi nội dung đối thoại."))
	put(set, "sort", f.want("loai", "Hãy chọn loại."))
	put(set, "host", f.want("chu-tri", "Hãy chọn người chủ trì."))
	put(set, "planned_on", day)
	put(set, "from_hour", f.hour("tu-gio"))
	put(set, "to_hour", f.hour("den-gio"))
	put(set, "venue", f.want("noi", "Hãy ghi nơi tổ chức: người dân cần biết đến đâu."))
	put(set, "invited", f.text("moi"))
	put(set, "prepare", f.text("chuan-bi"))
	if f.get("cong-bo") != "" {
		put(set, "announced_on", min(cmp.Or(f.day("ngay-tb"), today), today))
		put(set, "announced_where", f.text("noi-tb"))
		put(set, "number", f.text("so-tb"))
	}
	v := &talkNewView{pieceForm: f}
	if len(f.Wrong) > 0 {
		return s.showTalkNew(w, r, http.StatusUnprocessableEntity, v)
	}
	id, err := s.recordOnce(r, f, tree, ledger.Draft{Key: pieceKey(r, f), Kind: dialogue.PlanKind, Unit: ledger.Ref(unit), Day: today, Fields: set})
	if err := v.refusal(err, map[string]string{"topic": "ve-viec", "sort": "loai", "host": "chu-tri", "planned_on": "ngay", "announced_on": "ngay-tb", "unit": "don-vi", "venue": "noi"}); err != nil {
		return err
	}
	if len(v.Wrong) > 0 {
		return s.showTalkNew(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, "/doi-thoai/"+itoa(id)+"?xong=luu")
}
