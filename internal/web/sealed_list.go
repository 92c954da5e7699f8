package web

import (
	"net/http"
	"slices"

	"danvan/internal/access"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sealed"
)

// denunciationBook is the list of the confidential unit: codes, dates, states, what is to be done. Nothing in it tells
// about an identity.
func (s *server) denunciationBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v := &bookView{
		Title: "Hồ sơ tố cáo", Lead: "Mã hồ sơ, thời hạn và việc phải làm. Danh sách này không cho biết gì về người tố cáo.",
		Path: "/to-cao", Noun: "hồ sơ", Scope: sc, Section: "to-cao",
		Columns: []bookColumn{{Key: "ma", Name: "Mã hồ sơ"}, {Key: "ngay", Name: "Ngày nhận"}, {Key: "don-vi", Name: "Đơn vị"}, {Key: "tinh-trang", Name: "Tình trạng"}, {Key: "han", Name: "Hạn giải quyết"}, {Key: "viec", Name: "Phải làm"}},
		Empty:   "Không có hồ sơ tố cáo nào nhận trong kỳ này ở phạm vi của bạn.",
	}
	me := viewer(ctx)
	if me.May(access.HoldKey, 0) {
		v.Links = append(v.Links, bookLink{Name: "Khóa của tôi", Href: "/to-cao/khoa"})
	}
	if me.May(access.ReadLog, 0) {
		v.Links = append(v.Links, bookLink{Name: "Sổ mở danh tính", Href: "/to-cao/so-mo"})
	}
	asked, err := s.askedEntries(r)
	if err != nil {
		return err
	}
	for _, kind := range []string{petition.Letter, petition.Part} {
		k := s.Catalog.Latest().Kind(kind)
		if k == nil {
			continue
		}
		f := ledger.Filter{Kinds: []string{kind}, Units: unitsUnder(sc), From: sc.Period.From, To: sc.Period.To}
		picked, err := s.Ledger.Pick(ctx, s.DB.Read(), s.DB.Engine(), k, f, []ledger.Cond{{Code: classField, Any: []string{denunciationClass}}}, ledger.NewestFirst, nil)
		if err != nil {
			return err
		}
		if err := s.denunciationRows(r, v, picked.Lines(0, -1), sc.tree, asked); err != nil {
			return err
		}
	}
	return s.showBook(w, r, v)
}

func (s *server) denunciationRows(r *http.Request, v *bookView, lines []ledger.Line, tree *org.Tree, asked map[int64]sealed.Step) error {
	ctx := r.Context()
	checks, err := sealed.Redactions(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	for _, l := range lines {
		if !viewer(ctx).May(access.ReadDenunciations, l.Unit) {
			continue
		}
		c, err := petition.Of(l.Kind, l.Fields)
		if err != nil {
			return err
		}
		c.Entry = l.ID
		state := c.State()
		cell := chipCell("plain", state.Name())
		if state.Open() {
			cell = chipCell("doing", state.Name())
		}
		todo := toDo(checks[l.ID], asked[l.ID], state.Open())
		v.Rows = append(v.Rows, bookRow{Href: s.caseHref(l.ID), Cells: []bookCell{
			wordCell(caseCode(c)), dayCell(c.Received), wordCell(tree.NameOn(l.Unit, l.Day)), cell, dayCell(c.Due), wordCell(todo),
		}})
	}
	return nil
}

// toDo says what waits in a case. Which of it has an identity plays no part.
func toDo(r *sealed.Redaction, asked sealed.Step, open bool) string {
	switch {
	case asked == sealed.Asked:
		return "Chờ người giữ khóa trả lời"
	case asked == sealed.Released:
		return "Nhận phong bì"
	case !open:
		return ""
	case r == nil:
		return "Lập bản lược bỏ danh tính"
	case r.Checked.IsZero():
		return "Kiểm tra bản lược bỏ"
	}
	return ""
}

// askedEntries are the cases with a request of the viewer's own that goes on: others' are for the log.
func (s *server) askedEntries(r *http.Request) (map[int64]sealed.Step, error) {
	all, err := sealed.AllOpenings(r.Context(), s.DB.Read())
	if err != nil {
		return nil, err
	}
	out := map[int64]sealed.Step{}
	for _, o := range all {
		if at := o.At(sealedNow()); o.AskedBy == viewer(r.Context()).Account && slices.Contains([]sealed.Step{sealed.Asked, sealed.Released}, at) {
			out[o.Entry] = at
		}
	}
	return out, nil
}

// caseHref is the page of a case: its own, or the redaction while that page does not exist.
func (s *server) caseHref(id int64) string {
	if s.has("GET /don-thu/{id}") {
		return "/don-thu/" + itoa(id)
	}
	return "/to-cao/" + itoa(id) + "/danh-tinh"
}
