package web

import (
	"context"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/works"
)

// courseRoutes are the book of training courses.
func (s *server) courseRoutes() []route {
	return []route{
		{"GET /tap-huan", access.ReadWork, onScope, s.courseBook},
		{"GET /tap-huan/moi", access.RecordWork, nil, s.courseNew},
		{"POST /tap-huan/moi", access.RecordWork, nil, s.courseOpen},
		{"GET /tap-huan/{id}", access.ReadWork, onEntry, s.coursePage},
		{"GET /tap-huan/{id}/phieu", access.ReadWork, onEntry, s.courseSheet},
		{"POST /tap-huan/{id}/{viec}", access.RecordWork, onEntry, s.courseAct},
	}
}

var courseNames = map[works.CourseState]string{
	works.CoursePlanned: "Sắp mở", works.CourseLate: "Quá ngày dự kiến, chưa mở", works.CourseRunning: "Đang học",
	works.CourseDone: "Đã xong", works.CourseCancelled: "Đã hủy",
}

var courseChips = map[works.CourseState]string{
	works.CoursePlanned: "wait", works.CourseLate: "late", works.CourseRunning: "doing", works.CourseDone: "done", works.CourseCancelled: "plain",
}

func (s *server) courseBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	var all []works.Course
	var targets []works.Target
	f := ledger.Filter{Units: slices.Collect(maps.Keys(sc.subtree()))}
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		if all, err = s.shelf().Courses(r.Context(), q, f); err != nil {
			return err
		}
		targets, err = s.shelf().Targets(r.Context(), q, f, sc.Period.To.Year())
		return err
	})
	if err != nil {
		return err
	}
	v := &bookView{Title: "Tập huấn, bồi dưỡng", Path: "/tap-huan", Scope: sc, Noun: "lớp",
		Lead:  "Lớp sắp mở, đang học, đã xong. Lượt người dự là tổng các buổi; số học viên đếm riêng, không cộng với lượt.",
		Empty: "Chưa có lớp nào ở phạm vi và kỳ này. Bấm Lập kế hoạch mở lớp, hoặc chọn kỳ dài hơn."}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = []bookLink{{Name: "Lập kế hoạch mở lớp", Href: "/tap-huan/moi", Icon: "plus", Primary: true}}
	}
	see := r.URL.Query().Get("xem")
	opts := []option{{Name: "Mọi lớp"}}
	for _, st := range []works.CourseState{works.CoursePlanned, works.CourseRunning, works.CourseDone, works.CourseCancelled} {
		opts = append(opts, option{Value: string(st), Name: courseNames[st]})
	}
	if see != "" && courseNames[works.CourseState(see)] == "" {
		return fault.New(fault.Invalid, "Không có trạng thái này. Hãy chọn ở khung lọc.")
	}
	all = slices.DeleteFunc(all, func(c works.Course) bool {
		st := c.State(sc.Today)
		ahead := (st == works.CoursePlanned || st == works.CourseLate || st == works.CourseRunning) && sc.Period.Has(sc.Today)
		return !sc.Period.Has(c.Day()) && !ahead
	})
	v.Kpis = courseKpis(all, targets, sc.Today)
	counts := map[works.CourseState]int{}
	for _, c := range all {
		counts[asked0(c.State(sc.Today))]++
	}
	for _, o := range opts {
		v.Tabs = append(v.Tabs, tab{Name: o.Name, Href: "/tap-huan" + sc.query() + "&xem=" + o.Value, Current: see == o.Value, Count: counts[works.CourseState(o.Value)]})
	}
	v.Asks = []bookAsk{{Key: "xem", Name: "Trạng thái", Value: see, Options: opts}}
	if see != "" {
		all = slices.DeleteFunc(all, func(c works.Course) bool { return asked0(c.State(sc.Today)) != works.CourseState(see) })
	}
	v.Columns = []bookColumn{{Key: "lop", Name: "Lớp"}, {Key: "ngay", Name: "Khai mạc"}, {Key: "don-vi", Name: "Đơn vị mở lớp"},
		{Key: "buoi", Name: "Số buổi", Num: true}, {Key: "luot", Name: "Lượt người dự", Unit: "lượt người", Num: true},
		{Key: "hoc-vien", Name: "Học viên", Unit: "người", Num: true}, {Key: "trang-thai", Name: "Trạng thái"}}
	for _, c := range all {
		v.Rows = append(v.Rows, s.courseRow(sc, c))
	}
	return s.showBook(w, r, v)
}

// asked0 is the state by which a course is looked for: one that is late is still to be opened.
func asked0(s works.CourseState) works.CourseState {
	if s == works.CourseLate {
		return works.CoursePlanned
	}
	return s
}

func (s *server) courseRow(sc *scope, c works.Course) bookRow {
	st, words, h := c.State(sc.Today), c.Words(), c.Head()
	k := s.kindNear(works.CourseKind, c.Day())
	row := bookRow{Href: "/tap-huan/" + itoa(h.ID), Cells: []bookCell{
		{Text: words.Topic, Note: joinWords(choiceName(k, "level", words.Level), choiceName(k, "type", words.Type))},
		dayCell(c.Day()), wordCell(sc.tree.NameOn(h.Unit, min(c.Day(), sc.Today))), {}, {}, {}, chipCell(courseChips[st], courseNames[st]),
	}}
	if c.Held != nil {
		row.Cells[3] = numOrNone(int64(len(c.Held.Sessions)), len(c.Held.Sessions) > 0)
		row.Cells[4] = numCell(c.Held.Attendances)
		if c.Held.Persons != nil {
			row.Cells[5] = numCell(*c.Held.Persons)
		}
	} else if c.Plan.Persons > 0 {
		row.Cells[5] = bookCell{Num: new(big.Rat).SetInt64(c.Plan.Persons), Note: "dự kiến"}
	}
	return row
}

func courseKpis(all []works.Course, targets []works.Target, today civil.Date) []bookKpi {
	var held, own, seats, ahead, attendances, wantCourses, wantSeats int64
	for _, c := range all {
		switch c.State(today) {
		case works.CoursePlanned, works.CourseLate:
			ahead++
		}
		if c.Held == nil {
			continue
		}
		held++
		attendances += c.Held.Attendances
		if c.Held.Level == "own" {
			own++
			seats += c.Held.Attendances
		}
	}
	for _, t := range targets {
		wantCourses, wantSeats = wantCourses+t.Courses, wantSeats+t.Attendances
	}
	of := func(done, want int64) string {
		if want == 0 {
			return "chưa giao chỉ tiêu năm"
		}
		return civil.FormatInt(done) + " lớp do địa phương mở trên chỉ tiêu " + civil.FormatInt(want)
	}
	seatsOf := "chưa giao chỉ tiêu năm"
	if wantSeats > 0 {
		seatsOf = civil.FormatInt(seats) + " lượt ở lớp do địa phương mở trên chỉ tiêu " + civil.FormatInt(wantSeats)
	}
	return []bookKpi{{Name: "Lớp đã mở", Value: civil.FormatInt(held), Note: of(own, wantCourses)},
		{Name: "Lượt người dự", Value: civil.FormatInt(attendances), Note: seatsOf}, {Name: "Lớp sắp mở", Value: civil.FormatInt(ahead)}}
}

// courseView is the page of one course.
type courseView struct {
	works.Course
	Entry  *ledger.Entry // the held course, else the plan
	Kind   *catalog.Kind
	By     unitLink
	At     works.CourseState
	Mine   bool
	Listed bool // the entry's edition knows sessions
	Today  civil.Date
	Form   pieceForm
	Done   string
	Files  []pieceFile
	Totals works.SessionTotals
}

func (s *server) courseView(r *http.Request) (*courseView, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	v := &courseView{Today: s.Today()}
	err = s.DB.View(ctx, func(q db.Querier) error { return s.readCourse(ctx, q, v, id) })
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v.Kind, v.By = s.kindOf(v.Entry), linkUnit(tree, v.Entry.Unit, v.Entry.Day)
	v.Mine = viewer(ctx).May(access.RecordWork, v.Entry.Unit) && v.Entry.State != ledger.Void
	v.At = v.State(v.Today)
	held := s.kindNear(works.CourseKind, v.Today)
	if v.Held != nil {
		held = v.Kind
		v.Totals = works.TotalsOf(v.Held.Sessions)
	}
	v.Listed = held != nil && held.Field("sessions") != nil
	for n, f := range v.Entry.Files {
		v.Files = append(v.Files, pieceFile{f.Name, "/ghi-nhan/" + itoa(v.Entry.ID) + "/tep/" + strconv.Itoa(n+1)})
	}
	return v, nil
}

// readCourse reads the course of an entry: the plan leads to what was held of it, and the other way round.
func (s *server) readCourse(ctx context.Context, q db.Querier, v *courseView, id int64) error {
	e, err := s.Ledger.Entry(ctx, q, id)
	if err != nil {
		return err
	}
	switch e.Head.Kind {
	case works.CoursePlanKind:
		if v.Plan, err = works.PlanOf(e); err != nil {
			return err
		}
		for _, h := range e.Carried {
			if h.Kind == works.CourseKind && h.State != ledger.Void {
				if e, err = s.Ledger.Entry(ctx, q, h.ID); err != nil {
					return err
				}
				v.Held, err = works.HeldOf(e)
				break
			}
		}
	case works.CourseKind:
		if v.Held, err = works.HeldOf(e); err != nil {
			return err
		}
		if e.Carries != nil && e.Carries.Kind == works.CoursePlanKind {
			p, wrong := s.Ledger.Entry(ctx, q, e.Carries.ID)
			if wrong != nil {
				return wrong
			}
			v.Plan, err = works.PlanOf(p)
		}
	default:
		return fault.New(fault.NotFound, "Ghi nhận này không phải lớp tập huấn. Hãy mở từ danh sách lớp.")
	}
	v.Entry = e
	return err
}

func (s *server) coursePage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.courseView(r)
	if err != nil {
		return err
	}
	if id, _ := pathID(r); v.Entry.ID != id { // a plan that was carried out: the course is known by what was held
		return seeOther(w, r, "/tap-huan/"+itoa(v.Entry.ID)+queryOf(r.URL.Query()))
	}
	q := r.URL.Query()
	v.Done = q.Get("xong")
	v.openForm(q.Get("mo"), q.Get("dong"))
	return s.showCourse(w, r, http.StatusOK, v)
}

func queryOf(q url.Values) string {
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (s *server) showCourse(w http.ResponseWriter, r *http.Request, status int, v *courseView) error {
	title := v.Words().Topic
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "chuyen-de"}, courseDetail(v))
}

// openForm opens a form of the page, filled from the session that it changes.
func (v *courseView) openForm(act, row string) {
	f := newPieceForm(act)
	set := func(name, value string) {
		if value != "" && value != "0" {
			f.Values.Set(name, value)
		}
	}
	n, _ := strconv.Atoi(row)
	switch {
	case act == "buoi" && v.Held != nil && n >= 1 && n <= len(v.Held.Sessions):
		x := v.Held.Sessions[n-1]
		f.Values.Set("dong", row)
		set("b-ngay", x.On.Vi())
		set("b-cu", x.On.String()+x.Topic)
		set("b-chuyen-de", x.Topic)
		set("b-noi", x.Place)
		set("b-bao-cao-vien", itoa(x.Speakers))
		set("b-gio", strings.ReplaceAll(string(x.Hours), ".", ","))
		f.Values.Set("b-luot", itoa(x.Attendances))
		set("b-nu", itoa(x.Women))
		set("b-xa", itoa(x.Commune))
		set("b-thon", itoa(x.Village))
	case act == "buoi":
		set("b-ngay", v.Today.Vi())
	case act == "be-mac":
		set("bm-ngay", v.Today.Vi())
		if v.Held != nil && v.Held.Persons != nil {
			set("bm-hoc-vien", itoa(*v.Held.Persons))
		} else if v.Plan != nil {
			set("bm-hoc-vien", itoa(v.Plan.Persons))
		}
		if v.Held != nil && v.Held.Certified != nil {
			set("bm-chung-nhan", itoa(*v.Held.Certified))
		}
	case act == "huy":
		set("h-ngay", v.Today.Vi())
	default:
		f.Act = ""
	}
	v.Form = f
}

func (v *courseView) form(act string) pieceForm {
	if v.Form.Act == act {
		return v.Form
	}
	was := v.Form
	v.openForm(act, "")
	f := v.Form
	v.Form = was
	f.Act = ""
	return f
}

// courseSheet is a blank sheet for signatures of one session, to be printed: the program keeps no list of names.
func (s *server) courseSheet(w http.ResponseWriter, r *http.Request) error {
	v, err := s.courseView(r)
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("buoi"))
	lines, err := strconv.Atoi(or(r.URL.Query().Get("so-dong"), "30"))
	if err != nil || lines < 1 || lines > 500 {
		return fault.New(fault.Invalid, "Số dòng của phiếu từ 1 đến 500.")
	}
	sheet := courseSheetView{courseView: v, Lines: lines, Row: n}
	if v.Held != nil && n >= 1 && n <= len(v.Held.Sessions) {
		sheet.Session = &v.Held.Sessions[n-1]
	}
	return s.render(w, r, http.StatusOK, page{Title: "Phiếu điểm danh: " + v.Words().Topic, Section: "chuyen-de"}, courseSheetPage(sheet))
}

type courseSheetView struct {
	*courseView
	Session *works.Session
	Lines   int
	Row     int
}

func hoursText(x works.Session) string {
	h, ok := new(big.Rat).SetString(string(x.Hours))
	if !ok {
		return ""
	}
	return numText(h)
}

func numText(r *big.Rat) string { return civil.FormatTrim(r, 1) }

// fieldName is the name of a kind's field.
func fieldName(k *catalog.Kind, code string) string {
	if f := kindOr(k).Field(code); f != nil {
		return f.Name
	}
	return code
}
