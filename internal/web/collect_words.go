package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/filing"
	"danvan/internal/report"
)

// wordsView is what all units below wrote in one place of their reports, one under another.
type wordsView struct {
	Scope    *scope
	Template *report.Template
	Places   []report.Place
	Place    report.Place
	Text     string // words that a paragraph must hold
	Units    []unitWords
	Silent   []belowUnit // filed without a word there
	Filed    int
	Own      *filing.Filing
	Quotes   bool // the viewer may take paragraphs into the unit's own report
	Form     form
	Done     string
}

// unitWords are the paragraphs of one unit.
type unitWords struct {
	belowUnit
	Version    int
	Paragraphs []paragraph
}

type paragraph struct {
	Index int // among all of the place
	Text  string
}

func (u unitWords) value(p paragraph) string {
	return itoa(u.Filing.ID) + ":" + strconv.Itoa(u.Version) + ":" + strconv.Itoa(p.Index)
}

func (s *server) wordsPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.wordsView(r)
	if err != nil {
		return err
	}
	v.Form, v.Done = newForm(), r.URL.Query().Get("xong")
	return s.showWords(w, r, v)
}

func (s *server) showWords(w http.ResponseWriter, r *http.Request, v *wordsView) error {
	p, status := page{Title: "Lời văn của cấp dưới: " + v.Place.Title, Section: "ky-bao-cao", Scope: v.Scope}, http.StatusOK
	if len(v.Form.Wrong) > 0 {
		p.Title, status = "Lỗi: "+p.Title, http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, wordsDetail(v))
}

func (s *server) wordsView(r *http.Request) (*wordsView, error) {
	ctx := r.Context()
	v := &wordsView{Text: strings.TrimSpace(r.URL.Query().Get("tim"))}
	var err error
	if v.Scope, v.Template, err = s.collectScope(r); err != nil {
		return nil, err
	}
	v.Scope.Action = "/ky-bao-cao/cap-duoi/loi"
	if v.Places = v.Template.Places(); len(v.Places) == 0 {
		return v, nil
	}
	if v.Place, err = chosenPlace(v.Places, r.URL.Query().Get("muc")); err != nil {
		return nil, err
	}
	if v.Own, err = s.ownFiling(ctx, v.Scope, v.Template); err != nil {
		return nil, err
	}
	v.Quotes = v.Own != nil && v.Own.State.Writable() && viewer(ctx).May(access.RecordWork, v.Own.Body)
	below, err := s.below(ctx, v.Scope.tree, v.Scope.Unit.ID, v.Template.Head.Code, v.Scope.Period)
	if err != nil {
		return nil, err
	}
	return v, s.readWords(ctx, v, below)
}

// ownFiling is the unit's own report of the same template and period, nil where it is not opened.
func (s *server) ownFiling(ctx context.Context, sc *scope, t *report.Template) (*filing.Filing, error) {
	f, err := filing.Standing(ctx, s.DB.Read(), sc.Unit.ID, t.Head.Code, sc.Period.From, sc.Period.To)
	if f != nil && f.State == filing.Withdrawn {
		return nil, err
	}
	return f, err
}

func chosenPlace(places []report.Place, key string) (report.Place, error) {
	if key == "" {
		return places[0], nil
	}
	for _, p := range places {
		if p.Key == key {
			return p, nil
		}
	}
	return report.Place{}, fault.New(fault.NotFound, "Mẫu này không có mục đó. Hãy chọn mục trong danh sách.")
}

func (s *server) readWords(ctx context.Context, v *wordsView, below []belowUnit) error {
	var ids []int64
	for _, b := range below {
		if b.Filing != nil && b.Filing.Handed() {
			ids = append(ids, b.Filing.ID)
		}
	}
	versions, err := filing.Printings(ctx, s.DB.Read(), ids)
	if err != nil {
		return err
	}
	for _, b := range below {
		n := versions[b.id()]
		if n == 0 {
			continue
		}
		v.Filed++
		g, err := s.gistOf(ctx, b.id(), n)
		if err != nil {
			return err
		}
		u := unitWords{belowUnit: b, Version: n, Paragraphs: paragraphsWith(g.words[v.Place.Key], v.Text)}
		switch {
		case len(u.Paragraphs) > 0:
			v.Units = append(v.Units, u)
		case len(g.words[v.Place.Key]) == 0:
			v.Silent = append(v.Silent, b)
		}
	}
	return nil
}

// paragraphsWith are the paragraphs that hold all words of a text, with or without their marks.
func paragraphsWith(all []string, text string) []paragraph {
	words := strings.Fields(civil.Fold(text))
	var out []paragraph
	for i, one := range all {
		folded := civil.Fold(one)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(folded, w) }) {
			out = append(out, paragraph{i, one})
		}
	}
	return out
}

// with is the address of the page with changes.
func (v *wordsView) with(changes ...string) string {
	return "/ky-bao-cao/cap-duoi/loi" + v.Scope.query(append([]string{"mau", v.Template.Head.Code, "muc", v.Place.Key, "tim", v.Text}, changes...)...)
}

func (v *wordsView) lead() string {
	return v.Scope.UnitName + ", " + v.Scope.Period.Name + ": " + count(len(v.Units), "đơn vị") + " viết ở mục này, trong " + count(v.Filed, "báo cáo đã nộp") + "."
}

func (v *wordsView) chosen(u unitWords, p paragraph) bool {
	return slices.Contains(v.Form.Values[chosenField], u.value(p))
}

// wordsQuote takes the ticked paragraphs over into the unit's own report, below what stands in the same place, each with
// its source. They are words of the office from then on: it edits them as its own.
func (s *server) wordsQuote(w http.ResponseWriter, r *http.Request) error {
	sent, err := postedForm(r)
	if err != nil {
		return err
	}
	v, err := s.wordsView(r)
	if err != nil {
		return err
	}
	v.Form = sent
	switch {
	case v.Own == nil:
		v.Form.say("", "Đơn vị chưa mở báo cáo của mình cho kỳ này. Hãy mở ở trang Tổng hợp rồi trích.")
	case !viewer(r.Context()).May(access.RecordWork, v.Own.Body):
		return fault.New(fault.Denied, outOfReach)
	case len(sent.Values[chosenField]) == 0:
		v.Form.say("cac-doan", "Chưa chọn đoạn nào. Hãy đánh dấu ở đầu đoạn.")
	}
	if len(v.Form.Wrong) > 0 {
		return s.showWords(w, r, v)
	}
	quotes, err := s.quotes(r.Context(), v, sent.Values[chosenField])
	if err != nil {
		return err
	}
	err = s.onceFor(r, sent, func(tx *db.Tx) error { return s.addWords(r.Context(), tx, v.Own.ID, v.Place.Key, quotes) })
	if say := sentence(err); say != "" {
		v.Form.say("cac-doan", say)
		return s.showWords(w, r, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, v.with("xong", "trich"))
}

// quotes are the ticked paragraphs with their sources, in the order of the page. They are read from what was printed, not
// from the form.
func (s *server) quotes(ctx context.Context, v *wordsView, chosen []string) ([]string, error) {
	var out []string
	for _, one := range chosen {
		parts := strings.Split(one, ":")
		if len(parts) != 3 {
			return nil, fault.New(fault.Invalid, "Biểu mẫu không đúng. Hãy tải lại trang rồi chọn lại.")
		}
		id, err1 := strconv.ParseInt(parts[0], 10, 64)
		version, err2 := strconv.Atoi(parts[1])
		at, err3 := strconv.Atoi(parts[2])
		if err1 != nil || err2 != nil || err3 != nil {
			return nil, fault.New(fault.Invalid, "Biểu mẫu không đúng. Hãy tải lại trang rồi chọn lại.")
		}
		f, err := filing.Get(ctx, s.DB.Read(), id)
		if err != nil {
			return nil, err
		}
		if superior(v.Scope.tree, f) != v.Scope.Unit.ID || !viewer(ctx).May(access.ReadWork, f.Unit) {
			return nil, fault.New(fault.Denied, outOfReach)
		}
		g, err := s.gistOf(ctx, id, version)
		if err != nil {
			return nil, err
		}
		list := g.words[v.Place.Key]
		if at < 0 || at >= len(list) {
			return nil, fault.New(fault.Conflict, "Đoạn này không còn trong báo cáo. Hãy tải lại trang rồi chọn lại.")
		}
		out = append(out, list[at]+" (Nguồn: "+v.sourceName(f)+")")
	}
	return out, nil
}

// sourceName says where a quoted paragraph comes from.
func (v *wordsView) sourceName(f *filing.Filing) string {
	return v.Scope.tree.NameOn(f.Unit, filedNameDay(v.Scope.tree, f)) + ", " + lowerFirst(f.Name) + ", " + f.Period.Name
}

// addWords puts paragraphs below what stands in a place of a filing; one that stands there already is not put twice.
func (s *server) addWords(ctx context.Context, tx *db.Tx, id int64, place string, paragraphs []string) error {
	texts, err := filing.Texts(ctx, tx, id)
	if err != nil {
		return err
	}
	was := texts[place]
	body := strings.TrimSpace(was.Body)
	for _, p := range paragraphs {
		if strings.Contains(body, p) {
			continue
		}
		if body != "" {
			body += "\n"
		}
		body += p
	}
	_, err = s.filings().Save(ctx, tx, viewer(ctx).Login, id, place, body, was.Version)
	return err
}

// ownReportURL leads to the writing of the own report.
func ownReportURL(f *filing.Filing) string { return "/ky-bao-cao/" + itoa(f.ID) + "/soan" }
