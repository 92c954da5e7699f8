package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/works"
)

// workRoutes are the books of work.
func (s *server) workRoutes() []route {
	return slices.Concat(s.inspectRoutes(), s.courseRoutes(), s.subjectRoutes(), s.assignRoutes(), s.staffRoutes(), s.movementRoutes())
}

// inspectRoutes are the book of inspections.
func (s *server) inspectRoutes() []route {
	return []route{
		{"GET /kiem-tra", access.ReadWork, onScope, s.inspectionBook},
		{"GET /kiem-tra/moi", access.RecordWork, nil, s.inspectionNew},
		{"POST /kiem-tra/moi", access.RecordWork, nil, s.inspectionOpen},
		{"GET /kiem-tra/{id}", access.ReadWork, onInspection, s.inspectionPage},
		{"POST /kiem-tra/{id}/bao-cao", access.RecordWork, onRecommended, s.inspectionAnswer},
		{"POST /kiem-tra/{id}/{viec}", access.RecordWork, onEntry, s.inspectionAct},
		{"GET /kiem-tra/{id}/tep/{n}", access.ReadWork, onInspection, s.inspectionFile},
	}
}

// onInspection is the inspecting body, or an inspected one where the viewer works there: it may read what concerns it.
func onInspection(s *server, r *http.Request) (org.UnitID, error) {
	unit, err := onEntry(s, r)
	if err != nil {
		return 0, err
	}
	v := viewer(r.Context())
	if v.May(access.ReadWork, unit) {
		return unit, nil
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return 0, err
	}
	e, err := s.inspectionEntry(r)
	if err != nil {
		return 0, err
	}
	i, err := works.InspectionOf(e)
	if err != nil {
		return 0, err
	}
	for _, ref := range i.Bodies() {
		if id := refUnit(tree, ref, i.Day); id != 0 && v.May(access.ReadWork, id) {
			return id, nil
		}
	}
	return unit, nil
}

// onRecommended is the body that the recommendation in the address is made to, as it stands today.
func onRecommended(s *server, r *http.Request) (org.UnitID, error) {
	e, err := s.inspectionEntry(r)
	if err != nil {
		return 0, err
	}
	i, err := works.InspectionOf(e)
	if err != nil {
		return 0, err
	}
	rec := recNumbered(i, r.URL.Query().Get("so"))
	if rec == nil {
		return 0, fault.New(fault.NotFound, "Cuộc kiểm tra này không có kiến nghị ở địa chỉ đó. Hãy mở lại trang cuộc kiểm tra.")
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return 0, err
	}
	return standingUnit(tree, refUnit(tree, rec.Body, i.Day), s.Today()), nil
}

func recNumbered(i *works.Inspection, text string) *works.Recommendation {
	no, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil
	}
	if at := slices.IndexFunc(i.Recs, func(r works.Recommendation) bool { return r.No == no }); at >= 0 {
		return &i.Recs[at]
	}
	return nil
}

// standingUnit is the unit itself while it stands, else what it went into, where that is one.
func standingUnit(tree *org.Tree, id org.UnitID, day civil.Date) org.UnitID {
	for range 10 {
		u := tree.Unit(id)
		if u == nil || u.Open(day) {
			return id
		}
		next := tree.Successors(id)
		if len(next) != 1 {
			return id
		}
		id = next[0].To
	}
	return id
}

// inspectionEntry reads the entry of the path, which must be an inspection.
func (s *server) inspectionEntry(r *http.Request) (*ledger.Entry, error) {
	return s.pieceEntry(r, works.InspectionKind, "cuộc kiểm tra")
}

// pieceEntry reads the entry of the path, which must be of one of the kinds.
func (s *server) pieceEntry(r *http.Request, kind, noun string) (*ledger.Entry, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	e, err := s.Ledger.Entry(r.Context(), s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	if e.Head.Kind != kind {
		return nil, fault.New(fault.NotFound, "Ghi nhận này không phải "+noun+". Hãy mở từ danh sách.")
	}
	return e, nil
}

var stageNames = map[works.Stage]string{
	works.StagePlanned: "Chưa bắt đầu làm việc", works.StageVisiting: "Đang kiểm tra", works.StageFollowing: "Theo dõi kiến nghị",
	works.StageConcluded: "Đã kết luận", works.StageClosed: "Đã kết thúc", works.StageSummed: "Ghi gộp",
}

var stageChips = map[works.Stage]string{
	works.StagePlanned: "wait", works.StageVisiting: "doing", works.StageFollowing: "doing",
	works.StageConcluded: "doing", works.StageClosed: "done", works.StageSummed: "plain",
}

var recNames = map[works.RecState]string{
	works.RecOpen: "Đang thực hiện", works.RecOverdue: "Quá hạn", works.RecAnswered: "Đã báo cáo, chờ xem xét",
	works.RecDone: "Đã thực hiện", works.RecClosed: "Khép, không thực hiện",
}

var recChips = map[works.RecState]string{
	works.RecOpen: "doing", works.RecOverdue: "late", works.RecAnswered: "wait", works.RecDone: "done", works.RecClosed: "plain",
}

// inspections are all inspections of the page's unit and what is below it, newest first.
func (s *server) inspections(ctx context.Context, q db.Querier, sc *scope) ([]*works.Inspection, error) {
	return s.shelf().Inspections(ctx, q, ledger.Filter{Units: slices.Collect(maps.Keys(sc.subtree()))})
}

func (s *server) inspectionBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	var all []*works.Inspection
	var asked []works.DueRec
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		if all, err = s.inspections(r.Context(), q, sc); err != nil {
			return err
		}
		asked, err = s.shelf().DueRecs(r.Context(), q, sc.tree, slices.Collect(maps.Keys(sc.subtree())), sc.Today, 0)
		return err
	})
	if err != nil {
		return err
	}
	v := &bookView{Title: "Kiểm tra, giám sát", Path: "/kiem-tra", Scope: sc,
		Lead: "Từng cuộc từ quyết định đến khi kiến nghị cuối cùng được khép. Lượt đơn vị được kiểm tra lấy từ các ngày làm việc đã ghi."}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = []bookLink{{Name: "Mở cuộc kiểm tra", Href: "/kiem-tra/moi", Icon: "plus", Primary: true}}
	}
	see := r.URL.Query().Get("xem")
	open := slices.DeleteFunc(slices.Clone(all), func(i *works.Inspection) bool { return !following(i, sc.Today) })
	v.Tabs = []tab{
		{Name: "Trong kỳ", Href: "/kiem-tra" + sc.query(), Current: see == ""},
		{Name: "Đang theo dõi", Href: "/kiem-tra" + sc.query() + "&xem=dang-mo", Current: see == "dang-mo", Count: len(open)},
		{Name: "Kiến nghị chưa khép", Href: "/kiem-tra" + sc.query() + "&xem=kien-nghi", Current: see == "kien-nghi", Count: openRecs(open, sc.Today)},
		{Name: "Kiến nghị gửi tới đơn vị", Href: "/kiem-tra" + sc.query() + "&xem=gui-toi", Current: see == "gui-toi", Count: len(asked)},
	}
	v.Asks = []bookAsk{{Key: "xem", Name: "Xem", Value: see, Options: []option{{Value: "", Name: "Trong kỳ"}, {Value: "dang-mo", Name: "Đang theo dõi"}, {Value: "kien-nghi", Name: "Kiến nghị chưa khép"}, {Value: "gui-toi", Name: "Kiến nghị gửi tới đơn vị"}}}}
	switch see {
	case "":
		s.inspectionRows(v, slices.DeleteFunc(all, func(i *works.Inspection) bool { return !sc.Period.Has(i.Day) }))
	case "dang-mo":
		s.inspectionRows(v, open)
	case "kien-nghi":
		s.recRows(v, recsOf(sc.tree, open, sc.Today))
	case "gui-toi":
		s.recRows(v, asked)
	default:
		return fault.New(fault.Invalid, "Không có cách xem này. Hãy chọn ở hàng đầu danh sách.")
	}
	return s.showBook(w, r, v)
}

// following reports whether an inspection is still to be looked after.
func following(i *works.Inspection, today civil.Date) bool {
	switch i.Stage(today) {
	case works.StageClosed, works.StageSummed:
		return false
	}
	return true
}

func openRecs(list []*works.Inspection, today civil.Date) int {
	n := 0
	for _, i := range list {
		open, _ := i.OpenRecs(today)
		n += open
	}
	return n
}

func recsOf(tree *org.Tree, list []*works.Inspection, today civil.Date) []works.DueRec {
	var out []works.DueRec
	for _, i := range list {
		for _, t := range i.Tracked(today) {
			if t.State.Open() {
				out = append(out, works.DueRec{Tracked: t, Inspection: i, Unit: refUnit(tree, t.Body, i.Day)})
			}
		}
	}
	return out
}

func (s *server) inspectionRows(v *bookView, list []*works.Inspection) {
	sc := v.Scope
	v.Noun = "cuộc kiểm tra, giám sát"
	v.Empty = "Chưa có cuộc kiểm tra nào ở phạm vi và kỳ này. Bấm Mở cuộc kiểm tra để ghi quyết định và các đơn vị sẽ làm việc, hoặc chọn kỳ dài hơn."
	v.Columns = []bookColumn{{Key: "noi-dung", Name: "Nội dung"}, {Key: "ngay", Name: "Từ ngày"}, {Key: "don-vi", Name: "Đơn vị chủ trì"},
		{Key: "luot", Name: "Lượt đơn vị", Num: true}, {Key: "ton-tai", Name: "Tồn tại", Num: true}, {Key: "kien-nghi", Name: "Kiến nghị", Num: true},
		{Key: "con", Name: "Chưa khép", Num: true}, {Key: "trang-thai", Name: "Trạng thái"}}
	var visited, found, recs, left, late int64
	for _, i := range list {
		stage := i.Stage(sc.Today)
		open, overdue := i.OpenRecs(sc.Today)
		state := chipCell(stageChips[stage], stageNames[stage])
		if overdue > 0 {
			state = chipCell("late", "Có kiến nghị quá hạn")
		}
		k := s.kindNear(works.InspectionKind, i.Day)
		v.Rows = append(v.Rows, bookRow{Href: "/kiem-tra/" + itoa(i.ID), Cells: []bookCell{
			{Text: i.Subject, Note: joinWords(choiceName(k, "form", i.Form), i.Number)}, dayCell(i.Day),
			wordCell(sc.tree.NameOn(i.Unit, i.Day)), numCell(i.UnitsInspected), numCell(i.Findings), numCell(i.Recommendations),
			numOrNone(int64(open), len(i.Recs) > 0), state,
		}})
		visited, found, recs = visited+i.UnitsInspected, found+i.Findings, recs+i.Recommendations
		left, late = left+int64(open), late+int64(overdue)
	}
	v.Kpis = []bookKpi{{Name: "Cuộc", Value: civil.FormatInt(int64(len(list)))}, {Name: "Lượt đơn vị được kiểm tra", Value: civil.FormatInt(visited)},
		{Name: "Tồn tại nêu ra", Value: civil.FormatInt(found)}, {Name: "Kiến nghị", Value: civil.FormatInt(recs)},
		{Name: "Kiến nghị theo dõi chưa khép", Value: civil.FormatInt(left), Note: lateNote(late)}}
}

func lateNote(n int64) string {
	if n == 0 {
		return "không có kiến nghị quá hạn"
	}
	return civil.FormatInt(n) + " quá hạn"
}

func (s *server) recRows(v *bookView, list []works.DueRec) {
	sc := v.Scope
	v.Noun = "kiến nghị"
	v.Empty = "Không có kiến nghị nào chưa khép."
	v.Columns = []bookColumn{{Key: "kien-nghi", Name: "Kiến nghị"}, {Key: "phai-lam", Name: "Đơn vị phải thực hiện"}, {Key: "han", Name: "Hạn"},
		{Key: "trang-thai", Name: "Trạng thái"}, {Key: "cuoc", Name: "Cuộc kiểm tra"}, {Key: "chu-tri", Name: "Đơn vị chủ trì"}}
	for _, t := range list {
		i := t.Inspection
		v.Rows = append(v.Rows, bookRow{Href: "/kiem-tra/" + itoa(i.ID) + "#kn-" + itoa(t.No), Cells: []bookCell{
			{Text: strconv.FormatInt(t.No, 10) + ". " + t.Text}, wordCell(refName(sc.tree, t.Body, sc.Today)), dayCell(t.Due),
			chipCell(recChips[t.State], recNames[t.State]), wordCell(i.Subject), wordCell(sc.tree.NameOn(i.Unit, i.Day)),
		}})
	}
}

// joinWords puts words that are there beside each other.
func joinWords(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " · ")
}
