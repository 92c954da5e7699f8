package web

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/works"
)

// assignRoutes are the book of assignments: who is in charge of what, as of a day.
func (s *server) assignRoutes() []route {
	return []route{
		{"GET /phan-cong", access.ReadWork, onScope, s.assignBook},
		{"GET /phan-cong/{id}", access.ReadWork, onEntry, s.assignPage},
		{"POST /phan-cong/{id}", access.RecordWork, onEntry, s.assignChange},
	}
}

// assignGaps is what the book says besides its rows.
type assignGaps struct {
	Day      civil.Date
	Leaders  []unitLink // committees without anybody who leads the work
	Communes []unitLink // communes of which no member of a higher committee is in charge
	Twice    []string   // areas held by more than one
	Orphans  int
}

func (s *server) assignBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	day := sc.Today
	if text := r.URL.Query().Get("ngay"); text != "" {
		if day, err = civil.ParseDate(text); err != nil {
			return fault.New(fault.Invalid, "Ngày chưa đúng: viết như 31/12/2026.")
		}
	}
	units := sc.subtree()
	var all []*works.Assignment
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		all, err = s.shelf().Assignments(r.Context(), q, ledger.Filter{Units: slices.Collect(maps.Keys(units))})
		return err
	})
	if err != nil {
		return err
	}
	see := r.URL.Query().Get("xem")
	held := slices.DeleteFunc(slices.Clone(all), func(a *works.Assignment) bool { return !a.Holds(day) })
	orphans := slices.DeleteFunc(slices.Clone(held), func(a *works.Assignment) bool { return !a.Orphaned(sc.tree, day) })
	gaps := s.assignGaps(sc, held, day)
	gaps.Orphans = len(orphans)
	v := &bookView{Title: "Phân công phụ trách", Path: "/phan-cong", Scope: sc, Noun: "phân công",
		Lead:  "Ai phụ trách việc gì, địa bàn nào vào ngày " + day.Vi() + ", theo quyết định, thông báo phân công.",
		Empty: "Chưa có phân công nào còn hiệu lực vào ngày này. Ghi phân công theo quyết định, hoặc chọn ngày khác."}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = []bookLink{{Name: "Ghi phân công", Href: "/ghi-nhan/moi/" + works.AssignmentKind, Icon: "plus", Primary: true}}
	}
	switch see {
	case "":
		all = held
	case "phan-cong-lai":
		all = orphans
	case "tat-ca":
	default:
		return fault.New(fault.Invalid, "Không có cách xem này. Hãy chọn ở khung lọc.")
	}
	k := s.kindNear(works.AssignmentKind, day)
	role := r.URL.Query().Get("vai-tro")
	if role != "" {
		all = slices.DeleteFunc(slices.Clone(all), func(a *works.Assignment) bool { return a.Role != role })
	}
	v.Asks = []bookAsk{
		{Key: "xem", Name: "Xem", Value: see, Options: []option{{Name: "Còn hiệu lực"}, {Value: "phan-cong-lai", Name: "Cần phân công lại"}, {Value: "tat-ca", Name: "Cả đã thôi"}}},
		{Key: "vai-tro", Name: "Vai trò", Value: role, Options: choiceOptions(k, "role", "Mọi vai trò", day)},
	}
	v.Day = "ngay"
	v.DayValue = day.Vi()
	v.Columns = []bookColumn{{Key: "vai-tro", Name: "Vai trò"}, {Key: "nguoi", Name: "Người được phân công"}, {Key: "dia-ban", Name: "Địa bàn"},
		{Key: "don-vi", Name: "Đơn vị phân công"}, {Key: "tu", Name: "Từ ngày"}, {Key: "den", Name: "Thôi từ"}, {Key: "so", Name: "Quyết định"}, {Key: "trang-thai", Name: "Tình trạng"}}
	for _, a := range all {
		v.Rows = append(v.Rows, assignRow(sc.tree, k, a, day))
	}
	v.Kpis = []bookKpi{{Name: "Còn hiệu lực", Value: civil.FormatInt(int64(len(held)))},
		{Name: "Cần phân công lại", Value: civil.FormatInt(int64(len(orphans))), Note: "đơn vị hoặc địa bàn đã kết thúc", Href: "/phan-cong" + sc.query() + "&xem=phan-cong-lai"},
		{Name: "Cấp ủy chưa có người phụ trách dân vận", Value: civil.FormatInt(int64(len(gaps.Leaders)))},
		{Name: "Địa bàn trùng người", Value: civil.FormatInt(int64(len(gaps.Twice)))}}
	v.Below = assignGapsView(gaps)
	return s.showBook(w, r, v)
}

func assignRow(tree *org.Tree, k *catalog.Kind, a *works.Assignment, day civil.Date) bookRow {
	area := a.Village
	if a.Area != "" {
		area = joinWords(refName(tree, a.Area, day), a.Village)
	}
	if a.Villages > 0 {
		area = joinWords(area, count(int(a.Villages), "thôn"))
	}
	state := chipCell("done", "Còn hiệu lực")
	switch {
	case a.Orphaned(tree, day):
		state = chipCell("late", "Đơn vị đã kết thúc, cần phân công lại")
	case !a.Holds(day):
		state = chipCell("plain", "Đã thôi")
	}
	return bookRow{Href: "/phan-cong/" + itoa(a.ID), Cells: []bookCell{
		wordCell(choiceName(k, "role", a.Role)), {Text: or(a.Holder.Name, "không ghi tên"), Note: or(a.Holder.Office, a.Office)}, wordCell(area),
		wordCell(refName(tree, itoaRef(tree, a.Unit), day)), dayCell(a.Day), dayCell(a.EndedOn), wordCell(a.Number), state,
	}}
}

// itoaRef is the reference of a unit.
func itoaRef(tree *org.Tree, id org.UnitID) string {
	if u := tree.Unit(id); u != nil {
		return ledger.Ref(u)
	}
	return ""
}

// assignGaps finds what nobody is in charge of and what two are, on a day.
func (s *server) assignGaps(sc *scope, held []*works.Assignment, day civil.Date) assignGaps {
	g := assignGaps{Day: day}
	led, covered := map[org.UnitID]bool{}, map[org.UnitID]bool{}
	for _, a := range held {
		if a.Orphaned(sc.tree, day) {
			continue
		}
		if a.Role == "leader" {
			led[a.Unit] = true
			led[sc.tree.SpanOn(a.Unit, day).Parent] = true
		}
		if a.Area != "" {
			covered[refUnit(sc.tree, a.Area, a.Day)] = true
		}
	}
	member := slices.ContainsFunc(held, func(a *works.Assignment) bool { return a.Role == "commune_member" && a.Area != "" })
	for _, id := range sc.tree.Existing(day, sc.Unit.ID, org.Filter{Classes: []string{"province/party_committee", "district/party_committee", "commune/party_committee"}}) {
		if u := sc.tree.Unit(id); u == nil || u.NoData || !u.Open(day) {
			continue
		}
		host := sc.tree.SpanOn(id, day).Parent
		if !led[id] && !led[host] {
			g.Leaders = append(g.Leaders, linkUnit(sc.tree, id, day))
		}
	}
	if member {
		for _, id := range sc.tree.Existing(day, sc.Unit.ID, org.Filter{Classes: []string{"commune/commune"}}) {
			if u := sc.tree.Unit(id); u != nil && u.Open(day) && !u.NoData && !covered[id] {
				g.Communes = append(g.Communes, linkUnit(sc.tree, id, day))
			}
		}
	}
	for _, list := range works.Overlaps(held, day) {
		a := list[0]
		g.Twice = append(g.Twice, fmt.Sprintf("%s: %s", or(joinWords(sayIf(a.Area != "", refName(sc.tree, a.Area, day)), a.Village), "địa bàn"), count(len(list), "người cùng phụ trách")))
	}
	return g
}

// assignView is one assignment with those before and after it of the same post.
type assignView struct {
	*works.Assignment
	Kind    *catalog.Kind
	By      unitLink
	Area    string
	RoleIs  string
	History []*works.Assignment
	Mine    bool
	Orphan  bool
	Form    pieceForm
	Done    string
	Today   civil.Date
	Entry   *ledger.Entry
}

func (s *server) assignView(r *http.Request) (*assignView, error) {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return nil, err
	}
	v := &assignView{Today: s.Today()}
	if v.Entry, err = s.pieceEntry(r, works.AssignmentKind, "phân công"); err != nil {
		return nil, err
	}
	if v.Assignment, err = works.AssignmentOf(v.Entry); err != nil {
		return nil, err
	}
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		all, err := s.shelf().Assignments(r.Context(), q, ledger.Filter{Units: []org.UnitID{v.Unit}})
		for _, a := range all {
			if a.Place() == v.Place() && (a.Area != "" || a.Village != "" || a.Carries == v.ID || v.Carries == a.ID) && a.ID != v.ID {
				v.History = append(v.History, a)
			}
		}
		return err
	})
	v.Kind, v.By = s.kindOf(v.Entry), linkUnit(tree, v.Unit, max(v.Day, min(v.Today, tree.Unit(v.Unit).Closed.AddDays(-1))))
	v.RoleIs = choiceName(v.Kind, "role", v.Role)
	if v.Assignment.Area != "" {
		v.Area = refName(tree, v.Assignment.Area, v.Today)
	}
	v.Mine = viewer(r.Context()).May(access.RecordWork, v.Unit) && v.State != ledger.Void
	v.Orphan = v.Orphaned(tree, v.Today)
	return v, err
}

func (s *server) assignPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.assignView(r)
	if err != nil {
		return err
	}
	v.Done = r.URL.Query().Get("xong")
	v.Form = newPieceForm("")
	v.Form.Values.Set("pc-ngay", v.Today.Vi())
	return s.showAssign(w, r, http.StatusOK, v)
}

func (s *server) showAssign(w http.ResponseWriter, r *http.Request, status int, v *assignView) error {
	title := v.RoleIs
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "chuyen-de"}, assignDetail(v))
}

// assignChange ends an assignment and begins the next in one act; without a name it only ends it.
func (s *server) assignChange(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "thay")
	if err != nil {
		return err
	}
	v, err := s.assignView(r)
	if err != nil {
		return err
	}
	v.Form = f
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, "/phan-cong?xong=luu")
	}
	day := v.Form.wantDay("pc-ngay", "Hãy ghi ngày thôi phân công.")
	reason := v.Form.want("pc-ly-do", "Hãy ghi lý do, ví dụ chuyển công tác, sắp xếp đơn vị.")
	name, office, number := v.Form.text("pc-nguoi"), v.Form.text("pc-chuc-vu"), v.Form.text("pc-so")
	if name != "" && number == "" {
		v.Form.say("pc-so", "Hãy ghi quyết định, thông báo phân công người mới.")
	}
	if name == "" && office != "" {
		v.Form.say("pc-nguoi", "Hãy ghi họ tên người được phân công, đúng như trong quyết định.")
	}
	if v.EndedOn != 0 && v.EndedOn <= v.Today {
		v.Form.say("", "Phân công này đã thôi từ ngày "+v.EndedOn.Vi()+".")
	}
	if day != 0 && day < v.Day {
		v.Form.say("pc-ngay", "Ngày thôi phải từ ngày phân công ("+v.Day.Vi()+") trở đi.")
	}
	if name != "" && day > v.Today {
		v.Form.say("pc-ngay", "Ngày "+day.Vi()+" chưa tới: phân công mới chỉ ghi từ ngày đã có hiệu lực.")
	}
	if len(v.Form.Wrong) == 0 {
		next, err := s.assignNext(r, v, day, reason, name, office, number)
		if err := v.Form.refusal(err, map[string]string{"day": "pc-ngay", "ended_on": "pc-ngay", "holder": "pc-nguoi", "number": "pc-so"}); err != nil {
			return err
		}
		if len(v.Form.Wrong) == 0 {
			return seeOther(w, r, "/phan-cong/"+itoa(next)+"?xong=luu")
		}
	}
	return s.showAssign(w, r, http.StatusUnprocessableEntity, v)
}

func (s *server) assignNext(r *http.Request, v *assignView, day civil.Date, reason, name, office, number string) (int64, error) {
	ctx, next := r.Context(), v.ID
	tree, err := s.Tree(ctx)
	if err != nil {
		return 0, err
	}
	end := map[string]any{"ended_on": day.String()}
	if v.Kind != nil && v.Kind.Field("end_reason") != nil {
		end["end_reason"] = oneLine(reason, 300)
	}
	err = s.onceFor(r, v.Form.form, func(tx *db.Tx) error {
		err := s.amendIn(ctx, tx, v.ID, func(e *ledger.Entry) (ledger.Amendment, error) {
			a := ledger.Amendment{Reason: "Thôi phân công: " + oneLine(reason, 200), Set: end}
			if files := v.Form.sent(); len(files) > 0 && name == "" {
				a.Files = withFiles(e.Files, files)
			}
			return a, nil
		})
		if err != nil || name == "" {
			return err
		}
		set := map[string]any{"holder": map[string]any{"name": name, "office": office}}
		for code, x := range map[string]string{"role": v.Role, "village": v.Village, "number": number} {
			put(set, code, x)
		}
		put(set, "villages", v.Villages)
		if v.Assignment.Area != "" {
			put(set, "area", itoaRef(tree, standingUnit(tree, refUnit(tree, v.Assignment.Area, v.Day), day)))
		}
		unit := standingUnit(tree, v.Unit, day)
		p, err := s.recordPiece(ctx, tx, tree, ledger.Draft{Kind: works.AssignmentKind, Unit: itoaRef(tree, unit), Day: day, Carries: "#" + itoa(v.ID), Fields: set, Files: v.Form.sent()})
		next = p.ID
		return err
	})
	return next, err
}

// staffRoutes are the book of posts.
func (s *server) staffRoutes() []route {
	return []route{{"GET /bien-che", access.ReadWork, onScope, s.staffBook}}
}

// staffBook shows posts given and filled by body, with how they went over the years. Counts alone.
func (s *server) staffBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	var posts []works.PostCount
	var moves, training []works.StaffMove
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		posts, moves, training, err = s.shelf().Staff(r.Context(), q, ledger.Filter{Units: slices.Collect(maps.Keys(sc.subtree())), From: sc.Period.From, To: sc.Period.To})
		return err
	})
	if err != nil {
		return err
	}
	v := &bookView{Title: "Biên chế, cán bộ làm công tác dân vận", Path: "/bien-che", Scope: sc, Noun: "dòng",
		Lead:  "Số lượng theo cơ quan, lần ghi mới nhất đến " + sc.Period.To.Vi() + "; không có đánh giá cá nhân.",
		Empty: "Chưa ghi biên chế nào đến kỳ này. Bấm Ghi biên chế để ghi số được giao và số hiện có."}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = []bookLink{{Name: "Ghi biên chế", Href: "/ghi-nhan/moi/staff_count", Icon: "plus", Primary: true},
			{Name: "Ghi việc về cán bộ", Href: "/ghi-nhan/moi/staff_movement"}, {Name: "Ghi đào tạo", Href: "/ghi-nhan/moi/staff_training"}}
	}
	k := s.kindNear("staff_count", sc.Period.To)
	v.Columns = []bookColumn{{Key: "don-vi", Name: "Đơn vị ghi"}, {Key: "co-quan", Name: "Cơ quan"}, {Key: "giao", Name: "Được giao", Num: true}, {Key: "co", Name: "Hiện có", Num: true},
		{Key: "thieu", Name: "Còn thiếu", Num: true}, {Key: "nu", Name: "Nữ", Num: true}, {Key: "kiem", Name: "Kiêm nhiệm", Num: true}, {Key: "nam", Name: "Hiện có qua các năm"}, {Key: "ngay", Name: "Ngày chốt"}}
	var given, filled int64
	for _, l := range works.PostLines(posts, sc.Period.To) {
		if u := sc.tree.Unit(l.Now.Unit); u == nil || !u.Open(min(sc.Period.To, sc.Today)) {
			continue // a body that stands no more fills no posts
		}
		given, filled = given+l.Now.Posts, filled+l.Now.Filled
		v.Rows = append(v.Rows, postRow(sc, k, l))
	}
	v.Kpis = []bookKpi{{Name: "Biên chế được giao", Value: civil.FormatInt(given)}, {Name: "Hiện có", Value: civil.FormatInt(filled), Note: gapNote(given - filled)}}
	mk := s.kindNear("staff_movement", sc.Period.To)
	for _, code := range []string{"appointed", "rotated", "planned"} {
		v.Kpis = append(v.Kpis, bookKpi{Name: choiceName(mk, "movement", code) + " trong kỳ", Value: civil.FormatInt(personsOf(moves, func(m works.StaffMove) bool { return m.Movement == code })), Unit: "lượt người",
			Href: "/ghi-nhan" + sc.query() + "&loai=staff_movement"})
	}
	v.Kpis = append(v.Kpis, bookKpi{Name: "Đào tạo, bồi dưỡng trong kỳ", Value: civil.FormatInt(personsOf(training, func(works.StaffMove) bool { return true })), Unit: "lượt người", Href: "/ghi-nhan" + sc.query() + "&loai=staff_training"})
	return s.showBook(w, r, v)
}

func gapNote(n int64) string {
	switch {
	case n > 0:
		return "còn thiếu " + civil.FormatInt(n)
	case n < 0:
		return "vượt " + civil.FormatInt(-n)
	}
	return "đủ biên chế"
}

func personsOf(list []works.StaffMove, is func(works.StaffMove) bool) int64 {
	n := int64(0)
	for _, m := range list {
		if is(m) {
			n += m.Persons
		}
	}
	return n
}

func postRow(sc *scope, k *catalog.Kind, l works.PostLine) bookRow {
	trend := ""
	for _, y := range l.Years[max(0, len(l.Years)-5):] {
		trend = joinWords(trend, strconv.Itoa(y.Day.Year())+": "+itoa(y.Filled)+"/"+itoa(y.Posts))
	}
	count := func(p *int64) bookCell {
		if p == nil {
			return bookCell{}
		}
		return numCell(*p)
	}
	return bookRow{Href: "/ghi-nhan/" + itoa(l.Now.ID), Cells: []bookCell{
		wordCell(sc.tree.NameOn(l.Now.Unit, l.Now.Day)), {Text: choiceName(k, "body", l.Now.Body), Note: choiceName(k, "level", l.Now.Level)},
		numCell(l.Now.Posts), numCell(l.Now.Filled), numCell(l.Now.Posts - l.Now.Filled), count(l.Now.Women), count(l.Now.PartTime), wordCell(trend), dayCell(l.Now.Day),
	}}
}
