package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/matter"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// matterBook lists the matters of a unit and those below it, by the letters that the viewer may read.
func (s *server) matterBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	if _, err := s.Alike.Fresh(r.Context()); err != nil {
		return err
	}
	q := r.URL.Query()
	v := &bookView{Title: "Vụ việc", Section: "vu-viec", Path: "/vu-viec", Noun: "vụ việc", Scope: sc,
		Lead:    "Nhiều đơn, một sự việc: mỗi đơn giữ ngày nhận, thời hạn và quyền được trả lời của nó; số liệu đếm theo đơn, không theo vụ việc.",
		Empty:   "Chưa có vụ việc nào khớp điều kiện. Vụ việc được lập khi một người xác nhận hai đơn về cùng một sự việc, ở trang “Đơn trùng, cùng vụ việc” của đơn.",
		Columns: []bookColumn{{Key: "ten", Name: "Vụ việc"}, {Key: "linh-vuc", Name: "Lĩnh vực"}, {Key: "don", Name: "Số đơn", Num: true}, {Key: "dau", Name: "Đơn đầu"}, {Key: "cuoi", Name: "Đơn gần nhất"}, {Key: "tinh-trang", Name: "Tình trạng"}, {Key: "han", Name: "Hạn gần nhất"}},
	}
	v.Asks = []bookAsk{
		{Key: "tinh-trang", Name: "Tình trạng", Value: q.Get("tinh-trang"), Options: []option{{Name: "Mọi tình trạng"}, {Value: "mo", Name: "Còn đơn phải giải quyết"}, {Value: "qua-han", Name: "Có đơn quá hạn"}, {Value: "xong", Name: "Đã giải quyết mọi đơn"}}},
		{Key: "linh-vuc", Name: "Lĩnh vực", Value: q.Get("linh-vuc"), Options: choiceOptions(s.kindNear(petition.Letter, s.Today()), "field", "Mọi lĩnh vực", s.Today())},
	}
	l := listingOf(viewer(r.Context()), sc)
	state, field := v.Asks[0].Value, v.Asks[1].Value
	if state+field != "" {
		l.Keep = func(letters []int64) bool {
			return s.standOf(letters, viewer(r.Context())).is(state, field)
		}
	}
	if !wholeBook(r) {
		from, err := readOffset(r)
		if err != nil {
			return err
		}
		l.From, l.Most = int(from), bookPageRows
		v.part = &bookPart{From: l.From}
	}
	heads, all, err := s.Alike.Store.Page(r.Context(), s.DB.Read(), l)
	if err != nil {
		return err
	}
	if v.part != nil {
		v.part.All = all
	}
	for _, h := range heads {
		if row, ok := s.matterRow(r.Context(), h); ok {
			v.Rows = append(v.Rows, row)
		}
	}
	return s.showBook(w, r, v)
}

// listingOf are the matters of a scope with letters that the viewer may read.
func listingOf(who *access.Viewer, sc *scope) matter.Listing {
	l := matter.Listing{Period: sc.Period}
	for _, u := range unitsUnder(sc) {
		if !who.May(access.ReadLetters, u) {
			continue
		}
		l.Units = append(l.Units, u)
		if who.May(access.ReadDenunciations, u) {
			l.Secret = append(l.Secret, u)
		}
	}
	return l
}

// matterStand is how a matter stands by the letters of it that a viewer may read.
type matterStand struct {
	Letters    []matter.Letter // by day of receipt
	Open, Late int
	Due        civil.Date
}

func (s *server) standOf(letters []int64, who *access.Viewer) matterStand {
	var m matterStand
	for _, id := range letters {
		if l, ok := s.Alike.Of(id); ok && mayReadCase(who, l) {
			m.Letters = append(m.Letters, l)
		}
	}
	slices.SortFunc(m.Letters, func(a, b matter.Letter) int { return cmp.Compare(a.Received, b.Received) })
	for _, l := range m.Letters {
		if !l.Open {
			continue
		}
		m.Open++
		if l.Due != 0 && (m.Due == 0 || l.Due < m.Due) {
			m.Due = l.Due
		}
		if l.Due != 0 && l.Due < s.Today() {
			m.Late++
		}
	}
	return m
}

// is reports whether the matter stands so and has a letter of the field; "" is any.
func (m matterStand) is(state, field string) bool {
	if field != "" && !slices.ContainsFunc(m.Letters, func(l matter.Letter) bool { return l.Field == field }) {
		return false
	}
	switch state {
	case "mo":
		return m.Open > 0
	case "qua-han":
		return m.Late > 0
	case "xong":
		return m.Open == 0
	}
	return true
}

// matterRow is a matter in the list; ok is false where the viewer may read none of its letters.
func (s *server) matterRow(ctx context.Context, h matter.Head) (bookRow, bool) {
	m := s.standOf(h.Letters, viewer(ctx))
	mine, open, late, due := m.Letters, m.Open, m.Late, m.Due
	if len(mine) == 0 {
		return bookRow{}, false
	}
	cell := chipCell("done", "Đã giải quyết")
	switch {
	case late > 0:
		cell = chipCell("late", count(late, "đơn quá hạn"))
	case open > 0:
		cell = chipCell("doing", "Còn "+count(open, "đơn"))
	}
	last := mine[len(mine)-1]
	name := wordCell(h.Name)
	name.Note = "Số " + itoa(h.ID)
	return bookRow{Href: matterURL(h.ID), Cells: []bookCell{name, wordCell(choiceName(s.kindNear(petition.Letter, last.Day), "field", last.Field)),
		numCell(int64(len(mine))), dayCell(mine[0].Received), dayCell(last.Received), cell, dayCell(due)}}, true
}

// matterView is one matter.
type matterView struct {
	form
	Matter  *matter.Matter
	Lines   []matterLine
	Others  int
	Open    int
	Late    int
	Due     civil.Date
	Related []matterLine
	Merges  []mergeSaid
	History []matterEvent
	Decides bool
	Rename  bool
	Splits  []option
	Done    string
}

// lead says in a sentence how the matter stands.
func (v *matterView) lead() string {
	say := count(len(v.Lines), "đơn")
	if v.Others > 0 {
		say += ", còn " + count(v.Others, "đơn") + " ở đơn vị khác"
	}
	if v.Open > 0 {
		say += "; " + count(v.Open, "đơn") + " còn phải giải quyết"
	}
	if v.Late > 0 {
		say += ", " + count(v.Late, "đơn") + " quá hạn"
	}
	if v.Due != 0 {
		say += "; hạn gần nhất " + v.Due.Vi()
	}
	return say + "."
}

// mergeSaid is a matter that is contained in the one shown.
type mergeSaid struct {
	matter.Merge
	Name string
}

// matterEvent is one act on the matter, in words.
type matterEvent struct {
	At   string
	Who  string
	What string
	Why  string
	leaf int64
}

func (s *server) matterPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderMatter(w, r, newForm())
}

func (s *server) renderMatter(w http.ResponseWriter, r *http.Request, f form) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v := &matterView{form: f, Done: r.URL.Query().Get("xong")}
	if err := s.DB.View(r.Context(), func(q db.Querier) error { return s.readMatter(r.Context(), q, tree, id, v) }); err != nil {
		return err
	}
	if v.Matter.Root != v.Matter.ID {
		return seeOther(w, r, matterURL(v.Matter.Root))
	}
	p, status := page{Title: v.Matter.Name(), Section: "vu-viec"}, http.StatusOK
	if len(v.Wrong) > 0 {
		p.Title, status = "Lỗi: "+lowerFirst(p.Title), http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, matterDetail(v))
}

func (s *server) readMatter(ctx context.Context, q db.Querier, tree *org.Tree, id int64, v *matterView) (err error) {
	if v.Matter, err = s.Alike.Store.Get(ctx, q, id); err != nil || v.Matter.Root != v.Matter.ID {
		return err
	}
	if v.Matter.Denounces && !slices.ContainsFunc(v.Matter.Members, func(x matter.Member) bool {
		l, err := s.Alike.Letter(ctx, q, x.Letter)
		return err == nil && mayReadCase(viewer(ctx), l)
	}) {
		return fault.New(fault.Denied, notInRole)
	}
	if v.Lines, v.Others, err = s.matterLines(ctx, q, tree, v.Matter); err != nil {
		return err
	}
	if len(v.Lines) == 0 && v.Others > 0 {
		return fault.New(fault.Denied, outOfReach)
	}
	for i := range v.Lines {
		l := &v.Lines[i]
		if err := s.answerOf(ctx, q, l); err != nil {
			return err
		}
		beside, err := s.besideLines(ctx, q, tree, l.ID)
		if err != nil {
			return err
		}
		v.Related = append(v.Related, beside...)
		if l.Open {
			v.Open++
			if l.Due != 0 && (v.Due == 0 || l.Due < v.Due) {
				v.Due = l.Due
			}
		}
		if l.Late {
			v.Late++
		}
		if mayDecide(viewer(ctx), l.Letter) {
			v.Decides = true
			v.Splits = append(v.Splits, option{Value: itoa(l.ID), Name: l.Name + ", nhận ngày " + l.Received.Vi()})
		}
	}
	v.Rename = v.Decides && !v.Matter.Denounces
	return s.matterPast(ctx, q, v)
}

// answerOf finds the document that settled or ended a letter.
func (s *server) answerOf(ctx context.Context, q db.Querier, l *matterLine) error {
	e, err := s.Ledger.Entry(ctx, q, l.ID)
	if err != nil {
		return err
	}
	c, err := petition.CaseOf(e)
	if err != nil {
		return err
	}
	k := s.kindNear(petition.Letter, l.Day)
	for _, step := range c.Steps {
		switch step.Act {
		case "decided", "concluded", "answered", "refused", "transferred", "guided", "returned", "terminated":
			l.Answer = choiceName(k, "act", step.Act) + " ngày " + step.On.Vi()
			if step.Document != "" {
				l.Answer += ", " + step.Document
			}
		}
	}
	return nil
}

// matterPast tells what was done on the matter: of letters that the viewer may not read, nothing.
func (s *server) matterPast(ctx context.Context, q db.Querier, v *matterView) error {
	names := map[int64]string{}
	name := func(id int64) (string, error) {
		if n, ok := names[id]; ok {
			return n, nil
		}
		l, err := s.Alike.Letter(ctx, q, id)
		if err == nil && mayReadCase(viewer(ctx), l) {
			names[id] = letterName(l)
		}
		return names[id], err
	}
	add := func(at matter.Stamp, what, why string) {
		if at.Leaf != 0 {
			v.History = append(v.History, matterEvent{momentText(at.At), actorName(at.Actor), what, why, at.Leaf})
		}
	}
	for i, n := range v.Matter.Names {
		what := "Lập vụ việc “" + n.Name + "”"
		if i > 0 {
			what = "Đổi tên thành “" + n.Name + "”"
		}
		add(n.Done, what, "")
	}
	for _, x := range v.Matter.Members {
		n, err := name(x.Letter)
		if err != nil {
			return err
		}
		if n == "" {
			continue
		}
		what := "Xếp " + n + ": " + strings.ToLower(x.Relation.Name())
		if to, err := name(x.Toward); x.Toward != 0 && err == nil && to != "" {
			what += " với " + to
		}
		if x.Basis != "" {
			what += "; căn cứ: " + s.basisName(x.Basis)
		}
		add(x.Done, what, x.Reason)
		add(x.Undone, "Tách "+n+" khỏi vụ việc", x.Why)
	}
	for _, x := range v.Matter.Merges {
		n, err := name(x.Letter)
		if err != nil {
			return err
		}
		gone, err := s.Alike.Store.Get(ctx, q, x.Gone)
		if err != nil {
			return err
		}
		if n == "" {
			continue
		}
		if x.Undone.Leaf == 0 && x.Gone != v.Matter.ID {
			v.Merges = append(v.Merges, mergeSaid{x, gone.Name()})
		}
		add(x.Done, "Nhập vụ việc số "+itoa(x.Gone)+" vào vụ việc số "+itoa(x.Matter), x.Reason)
		add(x.Undone, "Tách lại vụ việc số "+itoa(x.Gone), x.Why)
	}
	slices.SortFunc(v.History, func(a, b matterEvent) int { return cmp.Compare(b.leaf, a.leaf) })
	return nil
}

var matterControls = map[string]string{matter.AtName: nameField, matter.AtReason: reasonField, "": reasonField}

func (s *server) matterPost(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	id, err := pathID(r)
	if err != nil {
		return err
	}
	controls, word := matterControls, "luu"
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		switch f.get(wordField) {
		case saidRename:
			controls = map[string]string{matter.AtName: nameField, "": nameField}
			if err := s.mayActOn(r.Context(), tx, id); err != nil {
				return err
			}
			return s.Alike.Store.Rename(r.Context(), tx, viewer(r.Context()).Login, id, number64(f.get(turnField)), f.get(nameField))
		case saidPart:
			word = "tach-don"
			return s.partLetter(r.Context(), tx, f, id)
		case saidUnmerge:
			word = "tach-vu-viec"
			return s.unmerge(r.Context(), tx, f, id)
		}
		return fault.New(fault.Invalid, "Hãy chọn đổi tên, tách đơn, hoặc tách vụ việc.")
	})
	if err := matterWrong(&f, err, controls); err != nil {
		return err
	}
	if len(f.Wrong) > 0 {
		return s.renderMatter(w, r, f)
	}
	return seeOther(w, r, matterURL(id)+"?xong="+word)
}

// mayActOn asks for the right over a letter of the matter.
func (s *server) mayActOn(ctx context.Context, tx *db.Tx, id int64) error {
	m, err := s.Alike.Store.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, x := range m.Standing() {
		l, err := s.Alike.Letter(ctx, tx, x.Letter)
		if err != nil {
			return err
		}
		if mayDecide(viewer(ctx), l) {
			return nil
		}
	}
	return fault.New(fault.Denied, outOfReach)
}

func (s *server) mayDecideOn(ctx context.Context, q db.Querier, letter int64) error {
	l, err := s.Alike.Letter(ctx, q, letter)
	if err != nil {
		return err
	}
	if !viewer(ctx).May(access.RecordLetters, l.Unit) || !mayDecide(viewer(ctx), l) {
		return fault.New(fault.Denied, outOfReach)
	}
	return nil
}

func (s *server) partLetter(ctx context.Context, tx *db.Tx, f form, id int64) error {
	letter := number64(f.get(letterField))
	if letter == 0 {
		return fault.New(fault.Invalid, "Hãy chọn đơn cần tách.")
	}
	if err := s.mayDecideOn(ctx, tx, letter); err != nil {
		return err
	}
	return s.Alike.Store.Part(ctx, tx, viewer(ctx).Login, letter, id, f.get(reasonField))
}

func (s *server) unmerge(ctx context.Context, tx *db.Tx, f form, id int64) error {
	m, err := s.Alike.Store.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	n := number64(f.get(mergeField))
	for _, x := range m.Merges {
		if x.ID != n {
			continue
		}
		if err := s.mayDecideOn(ctx, tx, x.Letter); err != nil {
			return err
		}
		return s.Alike.Store.Unmerge(ctx, tx, viewer(ctx).Login, n, id, f.get(reasonField))
	}
	return fault.New(fault.NotFound, "Không có lần nhập vụ việc này. Hãy tải lại trang.")
}
