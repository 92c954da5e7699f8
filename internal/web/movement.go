package web

import (
	"maps"
	"net/http"
	"slices"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/works"
)

// movementRoutes are the book of emulation: movements and the decisions that commend.
func (s *server) movementRoutes() []route {
	return []route{
		{"GET /thi-dua", access.ReadWork, onScope, s.movementBook},
		{"GET /thi-dua/{id}", access.ReadWork, onEntry, s.movementPage},
	}
}

func (s *server) movementBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	f := ledger.Filter{Units: slices.Collect(maps.Keys(sc.subtree()))}
	var movements []*works.Movement
	var given []works.Commendation
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		if movements, err = s.shelf().Movements(r.Context(), q, f); err != nil {
			return err
		}
		f.From, f.To = sc.Period.From, sc.Period.To
		given, err = s.shelf().Commendations(r.Context(), q, f)
		return err
	})
	if err != nil {
		return err
	}
	v := &bookView{Title: "Thi đua, khen thưởng", Path: "/thi-dua", Scope: sc,
		Lead: "Phong trào từ phát động đến tổng kết; khen thưởng theo quyết định. Tên cá nhân chỉ đọc trong quyết định, không lập danh sách, không đếm theo người."}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = []bookLink{{Name: "Phát động phong trào", Href: "/ghi-nhan/moi/" + works.MovementKind, Icon: "plus", Primary: true}, {Name: "Ghi quyết định khen", Href: "/ghi-nhan/moi/" + works.CommendationKind}}
	}
	see := r.URL.Query().Get("xem")
	names := []option{{Name: "Phong trào"}, {Value: "quyet-dinh", Name: "Quyết định khen"}, {Value: "tong-hop", Name: "Theo cấp, hình thức"}}
	for _, o := range names {
		v.Tabs = append(v.Tabs, tab{Name: o.Name, Href: "/thi-dua" + sc.query() + "&xem=" + o.Value, Current: see == o.Value})
	}
	v.Asks = []bookAsk{{Key: "xem", Name: "Xem", Value: see, Options: names}}
	var groups, persons int64
	for _, c := range given {
		groups, persons = groups+c.Collectives, persons+c.Individuals
	}
	v.Kpis = []bookKpi{{Name: "Quyết định khen", Value: civil.FormatInt(int64(len(given)))}, {Name: "Tập thể được khen", Value: civil.FormatInt(groups), Unit: "lượt"}, {Name: "Cá nhân được khen", Value: civil.FormatInt(persons), Unit: "lượt"}}
	k := s.kindNear(works.CommendationKind, sc.Period.To)
	switch see {
	case "":
		movements = slices.DeleteFunc(movements, func(m *works.Movement) bool { return !inPeriod(m, sc) })
		s.movementRows(v, movements)
	case "quyet-dinh":
		commendationRows(v, k, given)
	case "tong-hop":
		commendationSums(v, k, given)
	default:
		return fault.New(fault.Invalid, "Không có cách xem này. Hãy chọn ở hàng đầu danh sách.")
	}
	return s.showBook(w, r, v)
}

// inPeriod reports whether a movement ran in the page's period: launched in it, or still going.
func inPeriod(m *works.Movement, sc *scope) bool {
	return m.Day <= sc.Period.To && (sc.Period.Has(m.Day) || m.EndedOn != 0 && m.EndedOn >= sc.Period.From)
}

func (s *server) movementRows(v *bookView, list []*works.Movement) {
	sc := v.Scope
	v.Noun, v.Empty = "phong trào", "Chưa có phong trào nào ở phạm vi và kỳ này. Bấm Phát động phong trào, hoặc chọn kỳ dài hơn."
	v.Columns = []bookColumn{{Key: "ten", Name: "Phong trào"}, {Key: "don-vi", Name: "Đơn vị phát động"}, {Key: "ngay", Name: "Phát động"}, {Key: "het", Name: "Kết thúc"},
		{Key: "tap-the", Name: "Tập thể đăng ký", Num: true}, {Key: "ca-nhan", Name: "Cá nhân đăng ký", Num: true}, {Key: "so-ket", Name: "Sơ kết, tổng kết", Num: true}, {Key: "khen", Name: "Quyết định khen", Num: true}, {Key: "tinh", Name: "Tình hình"}}
	for _, m := range list {
		state := chipCell("doing", "Đang thực hiện")
		switch {
		case slices.ContainsFunc(m.Reviews, func(r works.Review) bool { return r.Type == "final" }):
			state = chipCell("done", "Đã tổng kết")
		case m.EndedOn != 0 && m.EndedOn < sc.Today:
			state = chipCell("wait", "Hết thời gian, chưa ghi tổng kết")
		}
		v.Rows = append(v.Rows, bookRow{Href: "/thi-dua/" + itoa(m.ID), Cells: []bookCell{
			{Text: m.Subject, Note: m.Number}, wordCell(sc.tree.NameOn(m.Unit, m.Day)), dayCell(m.Day), dayCell(m.EndedOn), pointerNum(m.Collectives), pointerNum(m.Individuals),
			numCell(int64(len(m.Reviews))), numCell(int64(len(m.Commendations))), state}})
	}
}

func pointerNum(n *int64) bookCell {
	if n == nil {
		return bookCell{}
	}
	return numCell(*n)
}

func commendationRows(v *bookView, k *catalog.Kind, list []works.Commendation) {
	v.Noun, v.Empty = "quyết định", "Chưa ghi quyết định khen nào trong kỳ."
	v.Columns = []bookColumn{{Key: "ten", Name: "Nội dung khen"}, {Key: "so", Name: "Số quyết định"}, {Key: "ngay", Name: "Ngày"}, {Key: "don-vi", Name: "Đơn vị ghi"}, {Key: "cap", Name: "Cấp khen"}, {Key: "hinh-thuc", Name: "Hình thức"},
		{Key: "tap-the", Name: "Tập thể", Num: true}, {Key: "ca-nhan", Name: "Cá nhân", Num: true}}
	for _, c := range list {
		v.Rows = append(v.Rows, bookRow{Href: "/ghi-nhan/" + itoa(c.ID), Cells: []bookCell{
			wordCell(c.Subject), wordCell(c.Number), dayCell(c.Day), wordCell(v.Scope.tree.NameOn(c.Unit, c.Day)), wordCell(choiceName(k, "level", c.Level)), wordCell(choiceName(k, "form", c.Form)),
			numCell(c.Collectives), numCell(c.Individuals)}})
	}
}

// commendationSums adds the decisions up by level and form. Counts of commendations, never of a person's.
func commendationSums(v *bookView, k *catalog.Kind, list []works.Commendation) {
	v.Noun, v.Empty = "dòng", "Chưa ghi quyết định khen nào trong kỳ."
	v.Columns = []bookColumn{{Key: "cap", Name: "Cấp khen"}, {Key: "hinh-thuc", Name: "Hình thức"}, {Key: "qd", Name: "Quyết định", Num: true}, {Key: "tap-the", Name: "Tập thể", Num: true}, {Key: "ca-nhan", Name: "Cá nhân", Num: true}}
	type key struct{ level, form string }
	type sum struct{ n, groups, persons int64 }
	by := map[key]*sum{}
	for _, c := range list {
		x := by[key{c.Level, c.Form}]
		if x == nil {
			x = &sum{}
			by[key{c.Level, c.Form}] = x
		}
		x.n, x.groups, x.persons = x.n+1, x.groups+c.Collectives, x.persons+c.Individuals
	}
	for _, level := range choiceOptions(k, "level", "", 0) {
		for _, form := range choiceOptions(k, "form", "", 0) {
			if x := by[key{level.Value, form.Value}]; x != nil {
				v.Rows = append(v.Rows, bookRow{Href: "/thi-dua" + v.Scope.query() + "&xem=quyet-dinh", Cells: []bookCell{wordCell(level.Name), wordCell(form.Name), numCell(x.n), numCell(x.groups), numCell(x.persons)}})
			}
		}
	}
}

// movementView is the page of one movement.
type movementView struct {
	*works.Movement
	Kind  *catalog.Kind
	Given *catalog.Kind
	By    unitLink
	Mine  bool
	Files []pieceFile
	Today civil.Date
	names map[string]string
}

func (s *server) movementPage(w http.ResponseWriter, r *http.Request) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	e, err := s.pieceEntry(r, works.MovementKind, "phong trào thi đua")
	if err != nil {
		return err
	}
	v := movementView{Kind: s.kindOf(e), By: linkUnit(tree, e.Unit, e.Day), Today: s.Today(), Given: s.kindNear(works.CommendationKind, s.Today()), names: map[string]string{}}
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		v.Movement, err = s.shelf().Movement(r.Context(), q, e)
		return err
	})
	if err != nil {
		return err
	}
	v.Mine = viewer(r.Context()).May(access.RecordWork, e.Unit) && e.State != ledger.Void
	for n, f := range e.Files {
		v.Files = append(v.Files, pieceFile{f.Name, "/ghi-nhan/" + itoa(e.ID) + "/tep/" + itoa(int64(n+1))})
	}
	for _, b := range v.Registered {
		if b.Unit != "" {
			v.names[b.Unit] = refName(tree, b.Unit, s.Today())
		}
	}
	// A decision of a body that the viewer may not read is left out, so that no name is read where its decision is not.
	v.Commendations = slices.DeleteFunc(v.Commendations, func(c works.Commendation) bool { return !viewer(r.Context()).May(access.ReadWork, c.Unit) })
	return s.render(w, r, http.StatusOK, page{Title: v.Subject, Section: "chuyen-de"}, movementDetail(v))
}
