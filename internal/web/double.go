package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/double"
	"danvan/internal/fault"
	"danvan/internal/filing"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// doubleRoutes are the pages of entries that may be one event recorded twice.
func (s *server) doubleRoutes() []route {
	return []route{
		{"GET /ghi-nhan/trung", access.RecordWork, onScope, s.doubleList},
		{"GET /ghi-nhan/{id}/trung", access.RecordWork, onEntry, s.doublePage},
		{"POST /ghi-nhan/{id}/trung", access.RecordWork, onEntry, s.doublePost},
	}
}

func (s *server) doubles() *double.Store { return &double.Store{Ledger: s.Ledger, Catalog: s.Catalog} }

// Controls of the forms about doubles.
const (
	otherField   = "voi"      // the other entry
	otherVersion = "ban-voi"  // its version
	leadField    = "chu-tri"  // which of the two stands
	wordField    = "viec"     // what is to be done
	mergeField   = "lan-gop"  // the merge that is taken back
	anotherField = "khac"     // entries of which the writer says that his is another event
	joinField    = "gop"      // the entry with which what is saved is to be merged
	mostPairs    = 200        // suspicions on a page
	doublesOver  = 366        // days that the list looks at, at most
	saidApart    = "khong"    // two events
	saidTogether = "gop"      // one event
	saidBack     = "tach-lai" // take the merge back
)

func doubleURL(id, with int64) string {
	at := "/ghi-nhan/" + itoa(id) + "/trung"
	if with != 0 {
		at += "?" + otherField + "=" + itoa(with)
	}
	return at
}

// doubleLine is an entry that may be the same event, as lists show it.
type doubleLine struct {
	ID               int64
	Title, Unit, Day string
	Reasons          []string
}

func reasonsOf(why double.Suspicion) []string {
	var out []string
	for _, r := range why.Reasons {
		out = append(out, r.Say)
	}
	return out
}

func (s *server) doubleLine(tree *org.Tree, e *double.Event, why double.Suspicion) doubleLine {
	return doubleLine{ID: e.ID, Title: or(e.Title, e.Kind.Name), Unit: tree.NameOn(e.Unit, e.Day), Day: e.Day.Vi(), Reasons: reasonsOf(why)}
}

// mostNear is how many entries are named beside one.
const mostNear = 5

// near are the entries that may be the same event as one and that the viewer may read.
func (s *server) near(ctx context.Context, q db.Querier, tree *org.Tree, e *double.Event) ([]doubleLine, error) {
	if e == nil {
		return nil, nil
	}
	found, err := s.doubles().Near(ctx, q, tree, e)
	if err != nil {
		return nil, err
	}
	var out []doubleLine
	for i := range found {
		if viewer(ctx).May(access.ReadWork, found[i].Unit) && len(out) < mostNear {
			out = append(out, s.doubleLine(tree, &found[i].Event, found[i].Suspicion))
		}
	}
	return out, nil
}

// nearForm are the entries that may be what a form is about to record.
func (s *server) nearForm(ctx context.Context, f *recordForm, fo *ledger.Foreseen) ([]doubleLine, error) {
	e := &double.Event{Kind: fo.Kind, Unit: fo.Unit, Place: fo.Place, Day: fo.Day, Title: fo.Title, Values: fo.Values}
	for _, ref := range filled(f.Values[partnersField]) {
		if u, err := f.tree.Resolve(ref, org.OnDay(fo.Day), fo.Day); err == nil {
			e.Partners = append(e.Partners, u.ID)
		}
	}
	return s.near(ctx, s.DB.Read(), f.tree, e)
}

// saidAnother remembers what the writer was shown and said to be another event.
func (s *server) saidAnother(ctx context.Context, tx *db.Tx, f *recordForm, id int64) error {
	if f.get(joinField) != "" {
		return nil
	}
	for _, text := range f.Values[anotherField] {
		if other, ok := entryNumber(text); ok && other != id {
			if err := s.doubles().Refuse(ctx, tx, viewer(ctx).Login, id, other, "Người ghi cho biết là việc khác"); err != nil {
				return err
			}
		}
	}
	return nil
}

// doubleCard is what an entry's page says of doubles.
type doubleCard struct {
	Near   []doubleLine
	Merged []mergeLine // into this one
	Into   *mergeLine  // what this one was merged into
}

// mergeLine is a merge as a page tells it.
type mergeLine struct {
	double.Merge
	Other int64
	Title string
	Who   string
}

func (s *server) doubleCard(ctx context.Context, q db.Querier, tree *org.Tree, e *ledger.Entry) (doubleCard, error) {
	var c doubleCard
	merges, err := s.doubles().Of(ctx, q, e.ID)
	if err != nil {
		return c, err
	}
	for _, m := range merges {
		l := mergeLine{Merge: m, Other: m.Merged}
		if m.Merged == e.ID {
			l.Other = m.Lead
		}
		other, err := s.Ledger.Entry(ctx, q, l.Other)
		if err != nil {
			return c, err
		}
		l.Title = s.headTitle(other.Head)
		if m.Merged == e.ID {
			c.Into = &l
		} else {
			c.Merged = append(c.Merged, l)
		}
	}
	if e.State == ledger.Void || !viewer(ctx).May(access.RecordWork, e.Unit) {
		return c, nil
	}
	event, err := s.doubles().Event(ctx, q, e.ID)
	if err != nil {
		return c, err
	}
	c.Near, err = s.near(ctx, q, tree, event)
	return c, err
}

// doublePageView sets two entries beside each other.
type doublePageView struct {
	form
	One     entryView
	Other   *entryView
	Near    []doubleLine
	Reasons []string
	Lines   []pairLine
	Merge   *double.Merge // of the two, which holds
	Hinders string        // why it cannot be taken back
	Denied  string        // why the viewer cannot merge
	Closed  []string      // periods that are closed
}

// pairLine is one answer of both entries.
type pairLine struct {
	Name, A, B string
	Same       bool
}

func (s *server) doublePage(w http.ResponseWriter, r *http.Request) error {
	f := newForm()
	f.Values.Set(otherField, r.URL.Query().Get(otherField))
	return s.renderDouble(w, r, f)
}

func (s *server) renderDouble(w http.ResponseWriter, r *http.Request, f form) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v := doublePageView{form: f}
	err = s.DB.View(r.Context(), func(q db.Querier) error { return s.readDouble(r.Context(), q, tree, id, &v) })
	if err != nil {
		return err
	}
	p, status := page{Title: "Ghi trùng: " + v.One.Title, Section: "ghi-nhan"}, http.StatusOK
	if len(v.Wrong) > 0 {
		p.Title, status = "Lỗi: "+lowerFirst(p.Title), http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, doubleDetail(v))
}

func (s *server) readDouble(ctx context.Context, q db.Querier, tree *org.Tree, id int64, v *doublePageView) error {
	one, err := s.comparable(ctx, q, id)
	if err != nil {
		return err
	}
	v.One = s.entryView(tree, one, mayRead(viewer(ctx), s.kindNear(one.Head.Kind, one.Day), one.Unit))
	event, err := s.doubles().Event(ctx, q, id)
	if err != nil {
		return err
	}
	if one.State != ledger.Void {
		if v.Near, err = s.near(ctx, q, tree, event); err != nil {
			return err
		}
	}
	text := strings.TrimSpace(v.get(otherField))
	if text == "" {
		return nil
	}
	other, ok := entryNumber(text)
	if !ok || other == id {
		v.say(otherField, "Hãy ghi số của một ghi nhận khác, ví dụ 123.")
		return nil
	}
	e, err := s.comparable(ctx, q, other)
	if k := fault.KindOf(err); err != nil && (k == fault.NotFound || k == fault.Denied || k == fault.Invalid) {
		v.say(otherField, fault.Say(err))
		return nil
	}
	if err != nil {
		return err
	}
	view := s.entryView(tree, e, mayRead(viewer(ctx), s.kindNear(e.Head.Kind, e.Day), e.Unit))
	v.Other = &view
	v.Lines = pairLines(&v.One, v.Other)
	return s.judgeDouble(ctx, q, tree, v)
}

// comparable is an entry that the viewer may read and that is no letter.
func (s *server) comparable(ctx context.Context, q db.Querier, id int64) (*ledger.Entry, error) {
	e, err := s.Ledger.Entry(ctx, q, id)
	if err != nil {
		return nil, err
	}
	if !viewer(ctx).May(access.ReadWork, e.Unit) {
		return nil, fault.New(fault.Denied, "Tài khoản của bạn không được xem ghi nhận số "+itoa(id)+".")
	}
	if guarded(s.kindNear(e.Head.Kind, e.Day)) {
		return nil, fault.New(fault.Invalid, "Đơn thư không gộp ở đây: mỗi đơn được xử lý riêng theo trình tự của nó.")
	}
	return e, nil
}

// judgeDouble says why two entries may be one, what holds between them, and what the viewer may do.
func (s *server) judgeDouble(ctx context.Context, q db.Querier, tree *org.Tree, v *doublePageView) error {
	one, other := v.One.Entry, v.Other.Entry
	merges, err := s.doubles().Of(ctx, q, one.ID)
	if err != nil {
		return err
	}
	for i := range merges {
		if merges[i].Lead == other.ID || merges[i].Merged == other.ID {
			v.Merge = &merges[i]
			v.Hinders, err = s.doubles().Hinders(ctx, q, v.Merge)
			if err != nil {
				return err
			}
		}
	}
	a, err := s.doubles().Event(ctx, q, one.ID)
	if err != nil {
		return err
	}
	b, err := s.doubles().Event(ctx, q, other.ID)
	if err != nil {
		return err
	}
	why, _ := double.Compare(tree, a, b)
	v.Reasons = reasonsOf(why)
	v.Closed, v.Denied, err = s.mayMerge(ctx, q, tree, one, other)
	return err
}

// mayMerge says why a viewer may not merge or part two entries, and which closed periods the act touches. It takes the
// right to record for both bodies; where a report of the day was filed, to confirm for the body.
func (s *server) mayMerge(ctx context.Context, q db.Querier, tree *org.Tree, entries ...*ledger.Entry) (closed []string, denied string, err error) {
	for _, e := range entries {
		if !viewer(ctx).May(access.RecordWork, e.Unit) {
			return nil, "Ghi nhận số " + itoa(e.ID) + " là của " + tree.NameOn(e.Unit, e.Day) + "; bạn chưa được giao ghi cho đơn vị ấy. Hãy đề nghị người phụ trách chung của hai đơn vị gộp.", nil
		}
		f, err := filing.Closed(ctx, q, tree, e.Unit, e.Day)
		if err != nil {
			return nil, "", err
		}
		if f == nil {
			continue
		}
		say := fmt.Sprintf("Kỳ báo cáo %s của %s đã nộp", f.Period.Name, tree.NameOn(f.Unit, e.Day))
		if !viewer(ctx).May(access.ConfirmWork, e.Unit) {
			return nil, say + ". Chỉ người được xác nhận việc của " + tree.NameOn(e.Unit, e.Day) + " mới gộp hoặc tách được; hãy đề nghị người ấy.", nil
		}
		if !slices.Contains(closed, say) {
			closed = append(closed, say)
		}
	}
	return closed, "", nil
}

// pairLines are the answers of two entries, those that differ marked.
func pairLines(a, b *entryView) []pairLine {
	names := func(list []unitLink) string {
		var out []string
		for _, l := range list {
			out = append(out, l.Name)
		}
		return strings.Join(out, ", ")
	}
	files := func(v *entryView) string {
		var out []string
		for _, f := range v.Entry.Files {
			out = append(out, f.Name)
		}
		return strings.Join(out, ", ")
	}
	lines := []pairLine{
		{Name: "Ngày", A: a.Entry.Day.Vi(), B: b.Entry.Day.Vi()},
		{Name: "Đơn vị chịu trách nhiệm", A: a.Unit.Name, B: b.Unit.Name},
		{Name: "Nơi diễn ra", A: a.Place.Name, B: b.Place.Name},
		{Name: "Phối hợp", A: names(a.Partners), B: names(b.Partners)},
	}
	text := func(v *entryView, code string) string {
		for _, f := range v.Versions[0].Fields {
			if f.Code != code {
				continue
			}
			out := f.Value
			for _, row := range f.Rows {
				out = strings.TrimPrefix(out+"; "+strings.Join(row, ", "), "; ")
			}
			return out
		}
		return ""
	}
	if a.Kind != nil {
		for _, f := range a.Kind.Fields {
			if x, y := text(a, f.Code), text(b, f.Code); x != "" || y != "" {
				lines = append(lines, pairLine{Name: f.Name, A: x, B: y})
			}
		}
	}
	lines = append(lines, pairLine{Name: "Tệp đính kèm", A: files(a), B: files(b)})
	lines = append(lines, pairLine{Name: "Trạng thái", A: stateName(string(a.Entry.State)), B: stateName(string(b.Entry.State))})
	for i := range lines {
		lines[i].Same = lines[i].A == lines[i].B
	}
	return slices.DeleteFunc(lines, func(l pairLine) bool { return l.A == "" && l.B == "" })
}

func (s *server) doublePost(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	id, err := pathID(r)
	if err != nil {
		return err
	}
	other, ok := entryNumber(f.get(otherField))
	if !ok || other == id {
		f.say(otherField, "Hãy ghi số của một ghi nhận khác, ví dụ 123.")
		return s.renderDouble(w, r, f)
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	to, word := id, "khong-trung"
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		one, err := s.comparable(r.Context(), tx, id)
		if err != nil {
			return err
		}
		two, err := s.comparable(r.Context(), tx, other)
		if err != nil {
			return err
		}
		if f.get(wordField) == saidApart {
			return s.doubles().Refuse(r.Context(), tx, viewer(r.Context()).Login, id, other, f.get(reasonField))
		}
		closed, denied, err := s.mayMerge(r.Context(), tx, tree, one, two)
		if err != nil {
			return err
		}
		if denied != "" {
			return fault.New(fault.Denied, denied)
		}
		return s.mergeOrPart(r.Context(), tx, tree, f, one, two, closed)
	})
	switch f.get(wordField) {
	case saidTogether:
		word = "gop"
		if lead, ok := entryNumber(f.get(leadField)); ok {
			to = lead
		}
	case saidBack:
		word = "tach-lai"
	}
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		f.say(reasonField, fault.Say(err))
		return s.renderDouble(w, r, f)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/ghi-nhan/"+itoa(to)+"?xong="+word)
}

func (s *server) mergeOrPart(ctx context.Context, tx *db.Tx, tree *org.Tree, f form, one, two *ledger.Entry, closed []string) error {
	reason := strings.Join(strings.Fields(f.get(reasonField)), " ")
	if reason != "" && len(closed) > 0 { // the act shows as one after closing
		reason += " (" + strings.Join(closed, "; ") + ")"
	}
	login := viewer(ctx).Login
	switch f.get(wordField) {
	case saidBack:
		n, _ := strconv.ParseInt(f.get(mergeField), 10, 64)
		m, err := s.doubles().Get(ctx, tx, n)
		if err != nil {
			return err
		}
		if m.Lead+m.Merged != one.ID+two.ID || m.Lead != one.ID && m.Lead != two.ID {
			return fault.New(fault.Invalid, "Lần gộp này không phải của hai ghi nhận đang xem. Hãy tải lại trang.")
		}
		return s.doubles().Part(ctx, tx, login, n, reason)
	case saidTogether:
		lead, merged := one, two
		saw := map[int64]string{one.ID: f.get(versionField), two.ID: f.get(otherVersion)}
		switch n, _ := entryNumber(f.get(leadField)); n {
		case one.ID:
		case two.ID:
			lead, merged = two, one
		default:
			return fault.New(fault.Invalid, "Hãy chọn ghi nhận nào được giữ lại.")
		}
		seen := func(e *ledger.Entry) double.Seen {
			n, _ := strconv.Atoi(saw[e.ID])
			return double.Seen{ID: e.ID, Version: n}
		}
		_, err := s.doubles().Merge(ctx, tx, tree, login, seen(lead), seen(merged), reason)
		return err
	}
	return fault.New(fault.Invalid, "Hãy chọn gộp, không trùng, hoặc tách lại.")
}

// doubleListView are the open suspicions of a unit.
type doubleListView struct {
	Scope *scope
	Cut   bool // the period was longer than the list looks at
	Lines []doublePair
	More  bool
	Note  string
}

type doublePair struct {
	One, Other doubleLine
	Joint      bool
}

func (s *server) doubleList(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	v := doubleListView{Scope: sc, Note: r.URL.Query().Get("xong")}
	from, to := sc.Period.From, min(sc.Period.To, s.Today())
	if from < to.AddDays(-doublesOver) {
		from, v.Cut = to.AddDays(-doublesOver), true
	}
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		pairs, more, err := s.doubles().Open(r.Context(), q, sc.tree, double.Ask{Root: sc.Unit.ID, From: from, To: to, Limit: mostPairs})
		if err != nil {
			return err
		}
		v.More = more
		for i := range pairs {
			p := &pairs[i]
			if viewer(r.Context()).May(access.ReadWork, p.One.Unit) && viewer(r.Context()).May(access.ReadWork, p.Other.Unit) {
				v.Lines = append(v.Lines, doublePair{s.doubleLine(sc.tree, &p.One, p.Suspicion), s.doubleLine(sc.tree, &p.Other, p.Suspicion), p.Joint})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page{Title: "Việc có thể ghi trùng", Section: "ghi-nhan", Scope: sc}, doubleListPage(v))
}

// doublesURL is the list of a unit's suspicions.
func doublesURL(sc *scope) string {
	q := url.Values{"don-vi": {sc.UnitRef}, "tu": {sc.Period.From.String()}, "den": {sc.Period.To.String()}}
	return "/ghi-nhan/trung?" + q.Encode()
}
