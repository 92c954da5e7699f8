package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/reception"
)

// receptionRoutes are the pages of citizen reception: the calendar, the plans, a session with its visits, the duty of
// reception days.
func (s *server) receptionRoutes() []route {
	return []route{
		{"GET /tiep-dan", access.ReadWork, onScope, s.receptionBook},
		{"GET /tiep-dan/moi", access.RecordWork, nil, s.sessionNew},
		{"POST /tiep-dan/moi", access.RecordWork, nil, s.sessionOpen},
		{"GET /tiep-dan/lich", access.ReadWork, onScope, s.planBook},
		{"GET /tiep-dan/lich.ics", access.ReadWork, onScope, s.planFeed},
		{"GET /tiep-dan/lich/moi", access.RecordWork, nil, s.planNew},
		{"POST /tiep-dan/lich/moi", access.RecordWork, nil, s.planMake},
		{"GET /tiep-dan/lich/cong-bo", access.RecordWork, onScope, s.planPublish},
		{"POST /tiep-dan/lich/cong-bo", access.RecordWork, onScope, s.planPublished},
		{"GET /tiep-dan/lich/thong-bao", access.ReadWork, onScope, s.planNotice},
		{"GET /tiep-dan/cho-tra-loi", access.ReadLetters, onScope, s.answersWaiting},
		{"GET /tiep-dan/nghia-vu", access.ReadWork, onScope, s.receptionDuty},
		{"GET /tiep-dan/{id}", access.ReadWork, onEntry, s.sessionPage},
		{"GET /tiep-dan/{id}/{viec}", access.RecordLetters, onEntry, s.visitNew},
		{"POST /tiep-dan/{id}/{viec}", access.RecordAny, onEntry, s.sessionAct},
		{"GET /tiep-dan/luot/{id}", access.ReadLetters, onEntry, s.visitPage},
		{"GET /tiep-dan/luot/{id}/bien-nhan", access.ReadLetters, onEntry, s.visitReceipt},
		{"POST /tiep-dan/luot/{id}/nguoi-den", access.SeeSender, onEntry, s.visitWho},
		{"POST /tiep-dan/luot/{id}/{viec}", access.RecordLetters, onEntry, s.visitAct},
	}
}

// rooms reads reception from the ledger.
func (s *server) rooms() *reception.Shelf {
	return &reception.Shelf{Ledger: s.Ledger, Catalog: s.Catalog, Engine: s.DB.Engine()}
}

var occasionNames = map[reception.State]string{
	reception.Planned: "Sắp tiếp", reception.Due: "Hôm nay, chưa mở", reception.Running: "Đang tiếp", reception.Held: "Đã tiếp",
	reception.Missed: "Quá ngày, không tiếp", reception.Cancelled: "Đã hủy",
}

var occasionChips = map[reception.State]string{
	reception.Planned: "wait", reception.Due: "wait", reception.Running: "doing", reception.Held: "done", reception.Missed: "late", reception.Cancelled: "plain",
}

// receptionScope is the page's scope: where the address names no period, the present month.
func (s *server) receptionScope(r *http.Request) (*scope, error) { return s.dutyScope(r, monthOf) }

// receptionView is what the calendar of a month shows above the list.
type receptionView struct {
	Scope *scope
	Today civil.Date
	Weeks [][]receptionDay
	Page  string
}

// receptionDay is a day of the month; the zero day is a hole.
type receptionDay struct {
	Day    civil.Date
	Off    bool
	Name   string
	Counts map[reception.State]int
}

func (s *server) receptionBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.receptionScope(r)
	if err != nil {
		return err
	}
	var all []reception.Occasion
	var waiting []*reception.Visit
	units := slices.Collect(maps.Keys(sc.subtree()))
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		if all, err = s.rooms().Occasions(r.Context(), q, units, sc.Period); err != nil {
			return err
		}
		waiting, err = s.rooms().Waiting(r.Context(), q, units)
		return err
	})
	if err != nil {
		return err
	}
	v := &bookView{Title: "Tiếp công dân", Path: "/tiep-dan", Scope: sc, Noun: "buổi", Section: "tiep-dan",
		Lead:  "Buổi tiếp theo lịch, đột xuất và trực tuyến: sắp tiếp, đã tiếp, quá ngày mà không tiếp. Người đến và lời trình bày không có ở đây.",
		Empty: "Chưa có buổi nào ở phạm vi và kỳ này. Lập lịch tiếp để nhắc trước và tính đúng trách nhiệm, hoặc chọn kỳ khác."}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = append(v.Links, bookLink{Name: "Mở buổi tiếp", Href: "/tiep-dan/moi", Icon: "plus", Primary: true})
	}
	v.Links = append(v.Links, bookLink{Name: "Lịch tiếp", Href: "/tiep-dan/lich" + sc.query(), Icon: "cal"},
		bookLink{Name: "Trách nhiệm tiếp dân", Href: "/tiep-dan/nghia-vu" + sc.query(), Icon: "check"})
	if err := s.narrowReception(r, v, all); err != nil {
		return err
	}
	v.Kpis = s.receptionKpis(r, all, waiting, sc)
	return s.showBook(w, r, v)
}

// narrowReception fills the book with the occasions that the filter leaves.
func (s *server) narrowReception(r *http.Request, v *bookView, all []reception.Occasion) error {
	q, today := r.URL.Query(), v.Scope.Today
	see, typ, host, on := q.Get("xem"), q.Get("loai"), q.Get("nguoi-tiep"), q.Get("ngay")
	if see != "" && occasionNames[reception.State(see)] == "" {
		return fault.New(fault.Invalid, "Không có trạng thái này. Hãy chọn ở khung lọc.")
	}
	counts := map[reception.State]int{}
	for _, o := range all {
		counts[o.State(today)]++
	}
	states := []option{{Name: "Mọi trạng thái"}}
	v.Tabs = append(v.Tabs, tab{Name: "Mọi buổi", Href: "/tiep-dan" + v.Scope.query(), Current: see == "", Count: len(all)})
	for _, st := range reception.States {
		states = append(states, option{Value: string(st), Name: occasionNames[st]})
		if counts[st] > 0 || see == string(st) {
			v.Tabs = append(v.Tabs, tab{Name: occasionNames[st], Href: "/tiep-dan" + v.Scope.query() + "&xem=" + string(st), Current: see == string(st), Count: counts[st]})
		}
	}
	kind := s.kindNear(reception.SessionKind, v.Scope.Period.To)
	v.Asks = []bookAsk{{Key: "xem", Name: "Trạng thái", Value: see, Options: states},
		{Key: "loai", Name: "Loại", Value: typ, Options: choiceOptions(kind, "type", "Mọi loại", today)},
		{Key: "nguoi-tiep", Name: "Người tiếp", Value: host, Options: choiceOptions(kind, "host", "Mọi người tiếp", today)}}
	if month := s.receptionMonth(v.Scope, all); month != nil {
		v.Below = receptionCalendar(month)
	}
	day := civil.Date(0)
	if on != "" {
		var err error
		if day, err = civil.ParseDate(on); err != nil {
			return fault.Wrap(err, fault.Invalid, "Ngày phải viết như 2026-11-20. Hãy bấm một ngày ở lịch.")
		}
		v.Note = "Đang xem riêng ngày " + day.Vi() + "."
	}
	v.Columns = []bookColumn{{Key: "buoi", Name: "Buổi tiếp"}, {Key: "don-vi", Name: "Cơ quan"}, {Key: "nguoi-tiep", Name: "Người tiếp"},
		{Key: "luot", Name: "Lượt tiếp", Unit: "lượt", Num: true}, {Key: "nguoi", Name: "Số người", Unit: "người", Num: true},
		{Key: "doan", Name: "Đoàn đông người", Unit: "lượt đoàn", Num: true}, {Key: "don", Name: "Đơn nhận", Unit: "đơn", Num: true}, {Key: "trang-thai", Name: "Trạng thái"}}
	for _, o := range all {
		set := o.Setting()
		if see != "" && string(o.State(today)) != see || typ != "" && set.Type != typ || host != "" && set.Host != host || day != 0 && o.Day() != day {
			continue
		}
		v.Rows = append(v.Rows, s.occasionRow(v.Scope, o))
	}
	return nil
}

func (s *server) occasionRow(sc *scope, o reception.Occasion) bookRow {
	h, set, st := o.Head(), o.Setting(), o.State(sc.Today)
	k := s.kindNear(reception.SessionKind, o.Day())
	first := bookCell{Day: o.Day(), Note: joinWords(choiceName(k, "type", set.Type), hours(set.From, set.To), set.Room)}
	if o.Session != nil && o.Session.Sessions > 1 {
		first.Note = joinWords(first.Note, "ghi gộp "+count(int(o.Session.Sessions), "buổi"))
	}
	row := bookRow{Href: "/tiep-dan/" + itoa(h.ID), Cells: []bookCell{first, wordCell(sc.tree.NameOn(h.Unit, min(o.Day(), sc.Today))),
		wordCell(choiceName(k, "host", set.Host)), {}, {}, {}, {}, chipCell(occasionChips[st], occasionNames[st])}}
	if x := o.Session; x != nil {
		row.Cells[3], row.Cells[4], row.Cells[5], row.Cells[6] = numCell(x.Visits), numCell(x.Persons), numCell(x.Groups), numCell(x.Letters)
		if x.Visits == 0 && st == reception.Held {
			row.Cells[7].Note = "không có người đến"
		}
	}
	return row
}

// hours are the hours of a session in words: 07:30–11:30.
func hours(from, to string) string {
	switch {
	case from != "" && to != "":
		return from + "–" + to
	case from != "":
		return "từ " + from
	}
	return ""
}

func (s *server) receptionKpis(r *http.Request, all []reception.Occasion, waiting []*reception.Visit, sc *scope) []bookKpi {
	var held, visits, persons, groups, groupPersons, missed int64
	for _, o := range all {
		switch o.State(sc.Today) {
		case reception.Held, reception.Running:
			held += max(1, o.Session.Sessions)
			visits, persons = visits+o.Session.Visits, persons+o.Session.Persons
			groups, groupPersons = groups+o.Session.Groups, groupPersons+o.Session.GroupPersons
		case reception.Missed:
			missed++
		}
	}
	note := "không có buổi nào bị bỏ"
	if missed > 0 {
		note = count(int(missed), "buổi theo lịch không tiếp")
	}
	out := []bookKpi{{Name: "Buổi đã tiếp", Value: civil.FormatInt(held), Note: note},
		{Name: "Lượt tiếp", Value: civil.FormatInt(visits), Note: civil.FormatInt(persons) + " người"},
		{Name: "Đoàn đông người", Value: civil.FormatInt(groups), Unit: "lượt", Note: civil.FormatInt(groupPersons) + " người"}}
	law := s.limits()
	mine, late := 0, 0
	for _, v := range waiting {
		if !viewer(r.Context()).May(access.ReadLetters, v.Unit) {
			continue
		}
		mine++
		if due := answerDue(law, v); due != 0 && due < sc.Today {
			late++
		}
	}
	if viewer(r.Context()).May(access.ReadLetters, 0) {
		k := bookKpi{Name: "Chờ trả lời", Value: civil.FormatInt(int64(mine)), Unit: "lượt", Note: "không có lượt quá hạn"}
		if late > 0 {
			k.Note = count(late, "lượt quá hạn trả lời")
		}
		if mine > 0 {
			k.Href = "/tiep-dan/cho-tra-loi" + sc.query()
		}
		out = append(out, k)
	}
	return out
}

// limits is the law of today, which knows the limits of every earlier day.
func (s *server) limits() *clock.Law { return clock.In(s.Catalog.EditionOn(s.Today())) }

// answerDue is the last day for answering a visitor: as it stood when the answer was given, else as the law stands; 0
// where it says nothing.
func answerDue(law *clock.Law, v *reception.Visit) civil.Date {
	if v.AnswerDue != 0 {
		return v.AnswerDue
	}
	d, _ := reception.Answer(law, v)
	return d.Due
}

// receptionMonth lays a whole month out in weeks, Monday first; nil for any other period.
func (s *server) receptionMonth(sc *scope, all []reception.Occasion) *receptionView {
	p := sc.Period
	if p.From.Day() != 1 || p.To != p.From.MonthEnd() {
		return nil
	}
	counts := map[civil.Date]map[reception.State]int{}
	for _, o := range all {
		if counts[o.Day()] == nil {
			counts[o.Day()] = map[reception.State]int{}
		}
		counts[o.Day()][o.State(sc.Today)]++
	}
	v := &receptionView{Scope: sc, Today: sc.Today}
	cal := s.Catalog.EditionOn(p.To).Calendar("vn")
	week := make([]receptionDay, (int(p.From.Weekday())+6)%7)
	for day := p.From; day <= p.To; day = day.AddDays(1) {
		off, name := cal.Look(day)
		if week = append(week, receptionDay{day, off, name, counts[day]}); len(week) == 7 {
			v.Weeks, week = append(v.Weeks, week), nil
		}
	}
	if len(week) > 0 {
		v.Weeks = append(v.Weeks, append(week, make([]receptionDay, 7-len(week))...))
	}
	return v
}

// month is the address of the calendar some months on.
func (v *receptionView) month(on int) string {
	first := v.Scope.Period.From
	n := first.Year()*12 + first.Month() - 1 + on
	return "/tiep-dan" + v.Scope.query("ky", monthOf(civil.NewDate(n/12, n%12+1, 1)).Code)
}

// deskBodies are the bodies for which a viewer may record sessions: as options where they are few, and his own.
func (s *server) deskBodies(r *http.Request, tree *org.Tree) ([]option, string) {
	opts, home := s.pieceUnits(r.Context(), tree, s.kindNear(reception.SessionKind, s.Today()), s.Today())
	for _, o := range opts { // of several bodies of one commune it is its committee that receives people
		if u, err := tree.Resolve(firstWord(o.Value), org.OnDay(s.Today()), s.Today()); err == nil && home == "" && u.SpanOn(s.Today()).Type == "peoples_committee" {
			home = o.Value
		}
	}
	return opts, home
}

func dayNumber(d civil.Date) string { return strconv.Itoa(d.Day()) }
