package web

import (
	"context"
	"net/http"
	"strings"

	"danvan/internal/alike"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/matter"
	"danvan/internal/org"
)

// besideView is the page of a letter on which a person decides what other letters are to it.
type besideView struct {
	form
	One     matterLine
	Matter  *matter.Matter // of the letter
	Lines   []matterLine   // the other letters of the matter
	Others  int
	Near    []nearLine
	Waits   bool
	Pairs   []pairSaid
	Other   *matterLine    // beside which the letter is set
	Theirs  *matter.Matter // of the other
	Found   alike.Found
	Rows    []besideRow
	Same    bool // both are in one matter
	Decides bool // the viewer may decide on the letter
	Denied  string
	Bases   []option
	Done    string
	Offer   string // the act that follows a duplicate, where the viewer may do it
	Own     int64  // number of the letter's matter, 0 for none
	Their   int64
}

// pairSaid is what somebody said of the letter and another.
type pairSaid struct {
	matter.Pair
	Other matterLine
}

// besideRow is one part of both letters.
type besideRow struct {
	Name string
	A, B []alike.Piece
}

func (r besideRow) empty() bool { return len(r.A) == 0 && len(r.B) == 0 }

func (s *server) besidePage(w http.ResponseWriter, r *http.Request) error {
	f := newForm()
	f.Values.Set(otherField, r.URL.Query().Get(otherField))
	return s.renderBeside(w, r, f)
}

func (s *server) renderBeside(w http.ResponseWriter, r *http.Request, f form) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v := &besideView{form: f, Done: r.URL.Query().Get("xong")}
	if _, err := s.Alike.Fresh(r.Context()); err != nil {
		return err
	}
	if err := s.DB.View(r.Context(), func(q db.Querier) error { return s.readBeside(r.Context(), q, tree, id, v) }); err != nil {
		return err
	}
	p, status := page{Title: "Đơn trùng, cùng vụ việc: " + v.One.Name, Section: "don-thu"}, http.StatusOK
	if len(v.Wrong) > 0 {
		p.Title, status = "Lỗi: "+lowerFirst(p.Title), http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, besideDetail(v))
}

// readableLetter is a letter that the viewer may read.
func (s *server) readableLetter(ctx context.Context, q db.Querier, id int64) (matter.Letter, error) {
	l, err := s.Alike.Letter(ctx, q, id)
	if err != nil {
		return l, err
	}
	if !mayReadCase(viewer(ctx), l) {
		return l, fault.New(fault.Denied, "Tài khoản của bạn không được xem nội dung đơn này.")
	}
	return l, nil
}

func (s *server) readBeside(ctx context.Context, q db.Querier, tree *org.Tree, id int64, v *besideView) error {
	l, err := s.readableLetter(ctx, q, id)
	if err != nil {
		return err
	}
	v.One = s.matterLine(tree, l)
	v.Decides = mayDecide(viewer(ctx), l) && !l.Void
	v.Bases = s.basisOptions(s.Today())
	card, err := s.matterCard(ctx, q, tree, id)
	if err != nil {
		return err
	}
	v.Matter, v.Lines, v.Others, v.Near, v.Waits = card.Matter, card.Lines, card.Others, card.Near, card.Waits
	if v.Decides {
		v.Offer = card.Duplicate
	}
	if v.Matter != nil {
		v.Own = v.Matter.ID
	}
	if err := s.readPairs(ctx, q, tree, id, v); err != nil {
		return err
	}
	if text := strings.TrimSpace(v.get(otherField)); text != "" {
		return s.readOther(ctx, q, tree, l, text, v)
	}
	return nil
}

func (s *server) readPairs(ctx context.Context, q db.Querier, tree *org.Tree, id int64, v *besideView) error {
	pairs, err := s.Alike.Store.Pairs(ctx, q, id)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if p.Undone.Leaf != 0 {
			continue
		}
		other, err := s.Alike.Letter(ctx, q, p.With(id))
		if err != nil {
			return err
		}
		if mayReadCase(viewer(ctx), other) {
			v.Pairs = append(v.Pairs, pairSaid{p, s.matterLine(tree, other)})
		}
	}
	return nil
}

const noSuchLetter = "Không thấy đơn này trong số đơn bạn được xem. Hãy ghi số của đơn, ví dụ 123, hoặc mã đơn."

// readOther sets the letter beside another. Who may not read the other hears the same as where there is none.
func (s *server) readOther(ctx context.Context, q db.Querier, tree *org.Tree, l matter.Letter, text string, v *besideView) error {
	n, ok := s.letterNumber(text)
	if !ok || n == l.ID {
		v.say(otherField, noSuchLetter)
		return nil
	}
	other, err := s.readableLetter(ctx, q, n)
	if k := fault.KindOf(err); err != nil && (k == fault.NotFound || k == fault.Denied) {
		v.say(otherField, noSuchLetter)
		return nil
	}
	if err != nil {
		return err
	}
	if other.Denounces != l.Denounces {
		v.say(otherField, "Đơn tố cáo chỉ đặt cạnh đơn tố cáo: người tố cáo không được lộ qua đơn khác.")
		return nil
	}
	line := s.matterLine(tree, other)
	v.Other = &line
	if !mayDecide(viewer(ctx), other) {
		v.Denied = "Đơn kia là của " + line.Unit + "; bạn chưa được giao xử lý đơn của đơn vị ấy. Hãy đề nghị người phụ trách chung của hai đơn vị quyết định."
	}
	if v.Theirs, err = s.Alike.Store.Of(ctx, q, n); err != nil {
		return err
	}
	if v.Theirs != nil {
		v.Their = v.Theirs.ID
	}
	v.Same = v.Own != 0 && v.Own == v.Their
	v.Found, _ = s.Alike.Compare(l.ID, n)
	return s.readTexts(ctx, q, l.ID, n, v)
}

// readTexts sets what both letters say beside each other.
func (s *server) readTexts(ctx context.Context, q db.Querier, one, other int64, v *besideView) error {
	a, _, err := s.Dossiers.ContentOf(ctx, q, one)
	if err != nil {
		return err
	}
	b, _, err := s.Dossiers.ContentOf(ctx, q, other)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		of   func(dossier.Content) string
	}{
		{"Tóm tắt", func(c dossier.Content) string { return c.Summary }},
		{"Nội dung", func(c dossier.Content) string { return c.Text }},
		{"Yêu cầu", func(c dossier.Content) string { return c.Request }},
		{"Bên bị khiếu nại, phản ánh", func(c dossier.Content) string { return c.Respondent }},
		{"Nơi xảy ra", func(c dossier.Content) string { return c.Place }},
		{"Thửa đất", func(c dossier.Content) string { return strings.Join(c.Parcels, "; ") }},
		{"Văn bản được nêu", func(c dossier.Content) string { return strings.Join(c.Decisions, "; ") }},
	} {
		row := besideRow{Name: part.name}
		row.A, row.B = alike.Agree(part.of(a), part.of(b))
		if !row.empty() {
			v.Rows = append(v.Rows, row)
		}
	}
	return nil
}

// relations are what a person may decide, in words that say what follows.
var relations = []option{
	{string(matter.SameLetter), "Đơn trùng", "Cùng một đơn gửi lại hoặc gửi nhiều nơi. Cần căn cứ; việc xét điều kiện xử lý làm sau, ở trang của đơn."},
	{string(matter.SameMatter), "Cùng vụ việc", "Đơn khác, của ai cũng được, về cùng một sự việc."},
	{string(matter.FollowUp), "Đơn tiếp theo", "Hỏi tiếp, bổ sung, hoặc không đồng ý với kết quả của đơn kia."},
	{string(matter.Related), "Liên quan", "Hai vụ việc riêng, nên xem cùng nhau."},
	{string(matter.Refused), "Không cùng vụ việc", "Ghi nhớ, không gợi ý lại."},
}

// besideControls are the controls of what a decision may lack.
var besideControls = map[string]string{matter.AtRelation: relationField, matter.AtBasis: basisField, matter.AtReason: reasonField, "": relationField}

func (s *server) besidePost(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	id, err := pathID(r)
	if err != nil {
		return err
	}
	word := "luu"
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		l, err := s.readableLetter(r.Context(), tx, id)
		if err != nil {
			return err
		}
		if !mayDecide(viewer(r.Context()), l) {
			return fault.New(fault.Denied, outOfReach)
		}
		switch f.get(wordField) {
		case saidUnsay:
			word = "bo-quyet-dinh"
			return s.unsay(r.Context(), tx, f, id)
		case saidPart:
			word = "tach-don"
			return s.Alike.Store.Part(r.Context(), tx, viewer(r.Context()).Login, id, number64(f.get(ownSeen)), f.get(reasonField))
		}
		word = "vu-viec-" + f.get(relationField)
		return s.decideBeside(r.Context(), tx, f, id)
	})
	if err := matterWrong(&f, err, besideControls); err != nil {
		return err
	}
	if len(f.Wrong) > 0 {
		return s.renderBeside(w, r, f)
	}
	return seeOther(w, r, "/don-thu/"+itoa(id)+"/trung?xong="+word)
}

func (s *server) decideBeside(ctx context.Context, tx *db.Tx, f form, id int64) error {
	other, ok := s.letterNumber(f.get(otherField))
	if !ok {
		return matter.Wrong{Field: matter.AtRelation, Err: fault.New(fault.Invalid, noSuchLetter)}
	}
	l, err := s.readableLetter(ctx, tx, other)
	if err != nil {
		return err
	}
	if !mayDecide(viewer(ctx), l) {
		return fault.New(fault.Denied, outOfReach)
	}
	if b := f.get(basisField); b != "" && !oneOf(s.basisOptions(s.Today()), b) {
		return matter.Wrong{Field: matter.AtBasis, Err: fault.New(fault.Invalid, "Căn cứ này không dùng được hôm nay. Hãy chọn căn cứ trong danh sách.")}
	}
	d := matter.Decision{Letter: id, Toward: other, Relation: matter.Relation(f.get(relationField)), Basis: f.get(basisField), Reason: f.get(reasonField),
		Seen: [2]int64{number64(f.get(ownSeen)), number64(f.get(otherSeen))}}
	if d.Relation != matter.SameLetter {
		d.Basis = ""
	}
	_, err = s.Alike.Store.Decide(ctx, tx, viewer(ctx).Login, d)
	return err
}

// unsay takes back what was said of the letter and another.
func (s *server) unsay(ctx context.Context, tx *db.Tx, f form, id int64) error {
	n := number64(f.get(pairField))
	pairs, err := s.Alike.Store.Pairs(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if p.ID == n {
			return s.Alike.Store.Unsay(ctx, tx, viewer(ctx).Login, n, f.get(reasonField))
		}
	}
	return fault.New(fault.NotFound, "Không có quyết định này về đơn đang xem. Hãy tải lại trang.")
}

// number64 reads a number, 0 for anything else.
func number64(text string) int64 {
	n, _ := entryNumber(text)
	return n
}
