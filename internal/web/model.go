package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/model"
	"danvan/internal/org"
)

// modelRoutes are the book of models, examples and self-managed groups.
func (s *server) modelRoutes() []route {
	return []route{
		{"GET /mo-hinh", access.ReadWork, onScope, s.modelBook},
		{"GET /mo-hinh/cuoi-nam", access.ReadWork, onScope, s.modelYear},
		{"GET /mo-hinh/moi", access.RecordWork, nil, s.modelNew},
		{"POST /mo-hinh/moi", access.RecordWork, nil, s.modelOpen},
		{"GET /mo-hinh/{id}", access.ReadWork, onEntry, s.modelPage},
		{"POST /mo-hinh/{id}/{viec}", access.RecordWork, onEntry, s.modelAct},
	}
}

func (s *server) modelShelf() *model.Shelf {
	return &model.Shelf{Ledger: s.Ledger, Catalog: s.Catalog, Engine: s.DB.Engine()}
}

var modelStates = map[model.State]string{model.Registered: "Mới đăng ký", model.Checked: "Đã thẩm định", model.Effective: "Có hiệu quả", model.Ineffective: "Không hiệu quả",
	model.Recognised: "Đã công nhận", model.Replicated: "Đã nhân rộng", model.Ended: "Đã dừng"}

var modelChips = map[model.State]string{model.Registered: "wait", model.Checked: "wait", model.Effective: "doing", model.Ineffective: "late", model.Recognised: "done", model.Replicated: "done", model.Ended: ""}

// groupBook is the word by which the book shows groups instead of models, staleOnes that by which it shows what was not
// seen at work for long.
const (
	groupBook = "tu-quan"
	staleOnes = "chua-minh-chung"
)

// modelsIn are the models or groups of a scope: those that began until the period's end and had not ended before it began.
func (s *server) modelsIn(ctx context.Context, sc *scope, kind string) (list []*model.Model, err error) {
	within := sc.subtree()
	err = s.DB.View(ctx, func(q db.Querier) error {
		list, err = s.modelShelf().List(ctx, q, kind, func(h *ledger.Head) bool { return within[h.Unit] && h.Day <= sc.Period.To })
		return err
	})
	kept := list[:0]
	for _, m := range list {
		if m.EndedOn == 0 || m.EndedOn >= sc.Period.From {
			kept = append(kept, m)
		}
	}
	return kept, err
}

func (s *server) modelBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	kind, groups := model.ModelKind, q.Get("loai-so") == groupBook
	if groups {
		kind = model.GroupKind
	}
	all, err := s.modelsIn(r.Context(), sc, kind)
	if err != nil {
		return err
	}
	k := s.kindNear(kind, sc.Today)
	days := model.EvidenceDays(s.Catalog, sc.Today)
	v := &bookView{Title: "Mô hình, điển hình “Dân vận khéo”", Section: "mo-hinh", Path: "/mo-hinh", Scope: sc, Noun: "mô hình",
		Lead:  fmt.Sprintf("Bước của mô hình suy từ các ngày đã ghi. Quá %d ngày không ai ghi thấy hoạt động thì ghi “chưa có minh chứng mới”.", days),
		Empty: "Chưa có mô hình nào ở phạm vi, kỳ và bộ lọc này. Bấm Đăng ký mô hình, hoặc chọn kỳ dài hơn."}
	if groups {
		v.Title, v.Noun, v.Empty = "Tổ tự quản", "dòng", "Chưa có tổ tự quản nào ở phạm vi, kỳ và bộ lọc này. Bấm Ghi tổ tự quản, hoặc chọn kỳ dài hơn."
	}
	v.Links = s.modelLinks(r, sc, groups)
	v.Tabs = []tab{{Name: "Mô hình, điển hình", Href: "/mo-hinh" + sc.query(), Current: !groups, Count: -1}, {Name: "Tổ tự quản", Href: "/mo-hinh" + sc.query() + "&loai-so=" + groupBook, Current: groups, Count: -1}}
	see := q.Get("xem")
	if see != "" && see != staleOnes && modelStates[model.State(see)] == "" {
		return fault.New(fault.Invalid, "Không có trạng thái này. Hãy chọn ở khung lọc.")
	}
	v.Asks = s.modelAsks(q.Get, k, groups, see, sc.Today)
	kept := all[:0]
	for _, m := range all {
		if fitsAsk(q.Get("linh-vuc"), m.Sector) && fitsAsk(q.Get("loai"), m.Type) && fitsAsk(q.Get("chu-the"), m.Subject) {
			kept = append(kept, m)
		}
	}
	v.Kpis = modelKpis(kept, sc.Today, days, groups)
	v.Columns = []bookColumn{{Key: "ten", Name: "Tên"}, {Key: "noi", Name: "Nơi"}, {Key: "trang-thai", Name: "Bước"}, {Key: "dang-ky", Name: "Đăng ký"}, {Key: "cong-nhan", Name: "Công nhận"},
		{Key: "nhan-rong", Name: "Nơi nhân rộng", Num: true}, {Key: "thay", Name: "Thấy gần nhất"}}
	if groups {
		v.Columns = []bookColumn{{Key: "ten", Name: "Tên"}, {Key: "noi", Name: "Nơi"}, {Key: "trang-thai", Name: "Trạng thái"}, {Key: "thanh-lap", Name: "Thành lập"}, {Key: "to", Name: "Số tổ", Unit: "tổ", Num: true},
			{Key: "ho", Name: "Số hộ", Unit: "hộ", Num: true}, {Key: "thay", Name: "Thấy gần nhất"}}
	}
	for _, m := range kept {
		if stale := m.Stale(sc.Today, days); see == "" || see == staleOnes && stale || see == string(m.State(sc.Today)) {
			v.Rows = append(v.Rows, s.modelRow(sc, k, m, days))
		}
	}
	return s.showBook(w, r, v)
}

func (s *server) modelLinks(r *http.Request, sc *scope, groups bool) []bookLink {
	var out []bookLink
	if viewer(r.Context()).May(access.RecordWork, 0) {
		if groups {
			out = append(out, bookLink{Name: "Ghi tổ tự quản", Href: "/ghi-nhan/moi/" + model.GroupKind, Icon: "plus", Primary: true})
		} else {
			out = append(out, bookLink{Name: "Đăng ký mô hình", Href: "/mo-hinh/moi", Icon: "plus", Primary: true})
		}
	}
	return append(out, bookLink{Name: "Bảng cuối năm", Href: "/mo-hinh/cuoi-nam" + sc.query()})
}

func fitsAsk(want, have string) bool { return want == "" || want == have }

func (s *server) modelAsks(get func(string) string, k *catalog.Kind, groups bool, see string, today civil.Date) []bookAsk {
	states := []option{{Name: "Mọi bước"}}
	for _, st := range model.States {
		if !groups || st == model.Ended {
			states = append(states, option{Value: string(st), Name: modelStates[st]})
		}
	}
	states = append(states, option{Value: staleOnes, Name: "Chưa có minh chứng mới"})
	if groups {
		return []bookAsk{{Key: "xem", Name: "Trạng thái", Value: see, Options: states}, {Key: "loai", Name: "Loại tổ", Value: get("loai"), Options: choiceOptions(k, "type", "Mọi loại", today)},
			{Key: "loai-so", Name: "Sổ", Value: groupBook, Options: []option{{Value: groupBook, Name: "Tổ tự quản"}, {Value: "", Name: "Mô hình, điển hình"}}}}
	}
	return []bookAsk{{Key: "xem", Name: "Bước", Value: see, Options: states}, {Key: "linh-vuc", Name: "Lĩnh vực", Value: get("linh-vuc"), Options: choiceOptions(k, "sector", "Mọi lĩnh vực", today)},
		{Key: "loai", Name: "Loại", Value: get("loai"), Options: choiceOptions(k, "type", "Cả mô hình, điển hình", today)},
		{Key: "chu-the", Name: "Chủ thể", Value: get("chu-the"), Options: choiceOptions(k, "subject", "Cả tập thể, cá nhân", today)}}
}

func modelKpis(list []*model.Model, today civil.Date, days int, groups bool) []bookKpi {
	var alive, stale, recognised, places, sets, homes int64
	for _, m := range list {
		if m.State(today) == model.Ended {
			continue
		}
		alive++
		sets, homes, places = sets+m.Groups, homes+m.Households, places+m.Places()
		if m.Stale(today, days) {
			stale++
		}
		if m.RecognisedOn != 0 {
			recognised++
		}
	}
	n := civil.FormatInt
	if groups {
		return []bookKpi{{Name: "Số tổ đang hoạt động", Value: n(sets)}, {Name: "Số hộ", Value: n(homes)}, {Name: "Chưa có minh chứng mới", Value: n(stale), Note: "trên " + n(alive) + " dòng đang hoạt động"}}
	}
	return []bookKpi{{Name: "Còn hoạt động", Value: n(alive)}, {Name: "Đã công nhận", Value: n(recognised)}, {Name: "Nơi nhân rộng", Value: n(places)},
		{Name: "Chưa có minh chứng mới", Value: n(stale), Note: "trên " + n(alive) + " mô hình còn hoạt động"}}
}

func (s *server) modelRow(sc *scope, k *catalog.Kind, m *model.Model, days int) bookRow {
	st := m.State(sc.Today)
	chip := chipCell(modelChips[st], modelStates[st])
	note := joinWords(choiceName(k, "sector", m.Sector), lowerFirst(choiceName(k, "type", m.Type)), lowerFirst(choiceName(k, "subject", m.Subject)))
	if m.IsGroup() && st != model.Ended {
		chip = chipCell("done", "Đang hoạt động")
	}
	if m.Stale(sc.Today, days) {
		chip.Note = "chưa có minh chứng mới"
	}
	row := bookRow{Href: "/mo-hinh/" + itoa(m.ID), Cells: []bookCell{{Text: m.Title, Note: note}, {Text: sc.tree.NameOn(m.Place, min(m.Day, sc.Today)), Note: m.Village}, chip, dayCell(m.Day)}}
	if m.IsGroup() {
		row.Cells = append(row.Cells, numOrNone(m.Groups, m.Groups > 0), numOrNone(m.Households, m.Households > 0))
	} else {
		recognised := bookCell{}
		if m.RecognisedOn != 0 {
			recognised = bookCell{Day: m.RecognisedOn, Note: choiceName(k, "recognised_level", m.RecognisedLevel)}
		}
		row.Cells = append(row.Cells, recognised, numOrNone(m.Places(), m.Places() > 0))
	}
	row.Cells = append(row.Cells, dayCell(m.Seen(sc.Today)))
	return row
}

// modelYear is the table of a year's end: counted from the models, beside what bodies typed.
func (s *server) modelYear(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	within := sc.subtree()
	var list []*model.Model
	typed := map[model.Group]model.Counts{}
	err = s.DB.View(ctx, func(q db.Querier) error {
		if list, err = s.modelShelf().List(ctx, q, model.ModelKind, func(h *ledger.Head) bool { return within[h.Unit] && h.Day <= sc.Period.To }); err != nil {
			return err
		}
		return s.typedTotals(ctx, q, within, sc.Period, typed)
	})
	if err != nil {
		return err
	}
	k := s.kindNear(model.ModelKind, sc.Today)
	v := &bookView{Title: "Mô hình, điển hình: bảng cuối năm", Section: "mo-hinh", Path: "/mo-hinh/cuoi-nam", Scope: sc, Noun: "dòng",
		Lead:  "Đếm từ ngày của từng mô hình trong kỳ; bên cạnh là số cấp dưới đã tổng hợp để đối chiếu, không cộng vào nhau.",
		Empty: "Chưa có mô hình nào ở phạm vi và kỳ này.",
		Links: []bookLink{{Name: "Các mô hình", Href: "/mo-hinh" + sc.query()}},
		Columns: []bookColumn{{Key: "linh-vuc", Name: "Lĩnh vực"}, {Key: "loai", Name: "Loại"}, {Key: "chu-the", Name: "Chủ thể"}, {Key: "dang-ky", Name: "Đăng ký mới", Num: true}, {Key: "duy-tri", Name: "Duy trì", Num: true},
			{Key: "hieu-qua", Name: "Có hiệu quả", Num: true}, {Key: "cong-nhan", Name: "Công nhận", Num: true}, {Key: "nhan-rong", Name: "Nhân rộng", Num: true}, {Key: "dung", Name: "Dừng", Num: true},
			{Key: "tong-hop", Name: "Cấp dưới tổng hợp"}}}
	var order []model.Group
	for _, a := range choiceOptions(k, "sector", "", 0) {
		for _, b := range choiceOptions(k, "type", "", 0) {
			for _, c := range choiceOptions(k, "subject", "", 0) {
				order = append(order, model.Group{Sector: a.Value, Type: b.Value, Subject: c.Value})
			}
		}
	}
	var sum model.Counts
	for _, row := range model.Sum(list, typed, sc.Period, order) {
		sum.Plus(row.Counts)
		v.Rows = append(v.Rows, bookRow{Cells: append([]bookCell{wordCell(choiceName(k, "sector", row.Sector)), wordCell(choiceName(k, "type", row.Type)), wordCell(choiceName(k, "subject", row.Subject))}, yearCells(row)...)})
	}
	n := civil.FormatInt
	v.Kpis = []bookKpi{{Name: "Đăng ký mới", Value: n(sum.Registered)}, {Name: "Duy trì từ trước", Value: n(sum.Maintained)}, {Name: "Công nhận", Value: n(sum.Recognised)}, {Name: "Dừng", Value: n(sum.Ended)}}
	return s.showBook(w, r, v)
}

func yearCells(row model.Row) []bookCell {
	out := []bookCell{numCell(row.Registered), numCell(row.Maintained), numCell(row.Effective), numCell(row.Recognised), numCell(row.Replicated), numCell(row.Ended)}
	if t := row.Typed; t != nil {
		n := civil.FormatInt
		return append(out, bookCell{Text: n(t.Registered) + " đăng ký, " + n(t.Recognised) + " công nhận", Note: "có hiệu quả " + n(t.Effective) + ", duy trì " + n(t.Maintained) + ", nhân rộng " + n(t.Replicated) + ", dừng " + n(t.Ended)})
	}
	return append(out, bookCell{})
}

// typedTotals are the totals that bodies of the scope typed for the years of a period.
func (s *server) typedTotals(ctx context.Context, q db.Querier, within map[org.UnitID]bool, p civil.Period, into map[model.Group]model.Counts) error {
	k := s.Catalog.Latest().Kind(model.TotalsKind)
	if k == nil {
		return nil
	}
	picked, err := s.Ledger.Pick(ctx, q, s.DB.Engine(), k, ledger.Filter{Kinds: []string{model.TotalsKind}}, nil, ledger.NewestFirst, nil)
	if err != nil {
		return err
	}
	for _, l := range picked.Lines(0, -1) {
		var t struct {
			Year                  int
			Sector, Type, Subject string
			model.Counts
		}
		if err := json.Unmarshal([]byte(l.Fields), &t); err != nil {
			return fmt.Errorf("read totals %d: %w", l.ID, err)
		}
		if !within[l.Unit] || t.Year < p.From.Year() || t.Year > p.To.Year() {
			continue
		}
		g := model.Group{Sector: t.Sector, Type: t.Type, Subject: t.Subject}
		c := into[g]
		c.Plus(t.Counts)
		into[g] = c
	}
	return nil
}
