package web

import (
	"context"
	"net/http"

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
		c.Unit, c.Day = l.Unit, l.Day
		todo, err := s.denunciationTask(ctx, tree, c, checks[l.ID], asked[l.ID])
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, bookRow{Href: s.caseHref(l.ID), Cells: []bookCell{
			wordCell(caseCode(c)), dayCell(c.Received), wordCell(tree.NameOn(l.Unit, l.Day)), cell, dayCell(c.Due), todo,
		}})
	}
	return nil
}

// denunciationTask says what waits in a case, with a link to where it is done. Whether there is an identity plays no part:
// every envelope is to be filled, be it only with the word that there is none, and only the confidential officer is told.
func (s *server) denunciationTask(ctx context.Context, tree *org.Tree, c *petition.Case, r *sealed.Redaction, asked sealed.Step) (bookCell, error) {
	page, open := "/to-cao/"+itoa(c.Entry)+"/danh-tinh", c.State().Open()
	switch {
	case asked == sealed.Asked:
		return wordCell("Chờ người giữ khóa trả lời"), nil
	case asked == sealed.Released:
		return bookCell{Text: "Nhận phong bì", Href: page}, nil
	case asked == sealed.Expired && open:
		return bookCell{Text: "Đề nghị mở đã hết hạn", Note: "đề nghị lại nếu vẫn cần", Href: page}, nil
	case !open:
		return bookCell{}, nil
	}
	if viewer(ctx).May(access.OpenIdentity, c.Unit) {
		waits, err := s.envelopeWaits(ctx, tree, c)
		if err != nil || waits {
			return bookCell{Text: "Cất phong bì danh tính", Href: page}, err
		}
	}
	switch {
	case r == nil:
		return wordCell("Lập bản lược bỏ danh tính"), nil
	case r.Checked.IsZero():
		return wordCell("Kiểm tra bản lược bỏ"), nil
	}
	return bookCell{}, nil
}

// envelopeWaits reports whether nobody has filled the envelope of a case yet.
func (s *server) envelopeWaits(ctx context.Context, tree *org.Tree, c *petition.Case) (bool, error) {
	office, err := sealed.Office(ctx, s.DB.Read(), tree.Chain(c.Unit, c.Day))
	if err != nil || !office.Expects(c.Received) {
		return false, err
	}
	filled, err := sealed.Deposits(ctx, s.DB.Read())
	return err == nil && !filled[c.Entry], err
}

// askedEntries are the cases with a request of the viewer's own that goes on or ran out: others' are for the log.
func (s *server) askedEntries(r *http.Request) (map[int64]sealed.Step, error) {
	all, err := sealed.AllOpenings(r.Context(), s.DB.Read())
	if err != nil {
		return nil, err
	}
	out := map[int64]sealed.Step{}
	for _, o := range all { // the newest first
		if _, later := out[o.Entry]; o.AskedBy == viewer(r.Context()).Account && !later {
			out[o.Entry] = o.At(sealedNow())
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
