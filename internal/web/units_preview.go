package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// previewView is what a draft would do, in words and pictures, with the form that carries it out.
type previewView struct {
	org.Draft
	Form     form
	Preview  *org.Preview
	Steps    []stepLine // each with what stands against it
	Others   []string   // what stands against the whole
	Opens    []org.UnitNote
	Bodies   []org.UnitNote // that do not simply go on in one of their own sort
	Follow   int            // bodies that do
	NewBody  int
	Grants   []org.HangNote
	Entries  []org.HangNote
	Picture  string
	Map      *unitMap
	Confirm  string
	Coming   bool // the day is still to come
	Ready    bool
	Conflict bool
}

func (s *server) previewPage(w http.ResponseWriter, r *http.Request) error {
	d, tree, err := s.readDraft(r)
	if err != nil {
		return err
	}
	if d.State != org.DraftOpen {
		http.Redirect(w, r, draftURL(d.ID), http.StatusSeeOther)
		return nil
	}
	return s.renderPreview(w, r, http.StatusOK, tree, previewView{Draft: d, Form: newForm()})
}

// stepMark is how a reason names the step that it is about.
func stepMark(n int) string { return "việc thứ " + strconv.Itoa(n) }

func (s *server) renderPreview(w http.ResponseWriter, r *http.Request, status int, tree *org.Tree, v previewView) error {
	acts := slices.Clone(v.Plan.Acts)
	v.Steps = s.stepLines(tree, v.Plan)
	at := 0
	for _, st := range v.Steps {
		for range st.Acts {
			acts[at].Imported = stepMark(st.N)
			at++
		}
	}
	p, err := s.Units.Preview(r.Context(), acts)
	switch {
	case err != nil && fault.KindOf(err) == fault.Conflict: // acts that are wrong by themselves
		p = &org.Preview{}
		p.Problems = refusalReasons(err)
	case err != nil:
		return err
	}
	v.Preview = p
	v.blame()
	v.sort()
	v.Coming = v.Plan.Day > s.Today()
	v.Picture, v.Confirm = s.draftPicture(tree, v.Plan)
	if v.Map, err = s.draftMap(tree, v.Plan); err != nil {
		return err
	}
	v.Ready = len(acts) > 0 && len(p.Problems) == 0 && len(p.Undecided) == 0 && p.Known < len(acts)
	pg := page{Title: "Xem trước: " + v.Plan.Title, Section: "don-vi", Scripts: []string{"units.js"}}
	if len(v.Form.Wrong) > 0 {
		pg.Title = "Lỗi: " + lowerFirst(pg.Title)
	}
	return s.render(w, r, status, pg, previewPage(v))
}

func refusalReasons(err error) []org.Reason {
	if r, ok := asRefusal(err); ok {
		return r.Reasons
	}
	return []org.Reason{{Say: fault.Say(err)}}
}

// blame puts each problem beside the step that it is about.
func (v *previewView) blame() {
	for _, x := range v.Preview.Problems {
		i := slices.IndexFunc(v.Steps, func(st stepLine) bool { return strings.TrimSpace(x.Where) == stepMark(st.N) })
		if i < 0 {
			v.Others = append(v.Others, reasonText(x))
			continue
		}
		if say := upperFirst(x.Say); !slices.Contains(v.Steps[i].Wrong, say) {
			v.Steps[i].Wrong = append(v.Steps[i].Wrong, say)
		}
	}
	for _, u := range v.Preview.Undecided {
		for i, st := range v.Steps {
			if c := st.Acts[0]; c.Kind == org.Split && len(c.Sources) > 0 && c.Sources[0].Code == u.Host && len(st.Wrong) == 0 {
				v.Steps[i].Wrong = append(v.Steps[i].Wrong, fmt.Sprintf("Chưa quyết định %d tổ chức của %s đi đâu: mở việc này và chọn.", len(u.Bodies), u.Name))
			}
		}
	}
}

// sort keeps apart what a reader wants to see one by one and what is only counted.
func (v *previewView) sort() {
	for _, u := range v.Preview.Opens {
		if strings.Contains(u.Code, ".") {
			v.NewBody++
		} else {
			v.Opens = append(v.Opens, u)
		}
	}
	for _, b := range v.Preview.Bodies {
		_, abbr, _ := strings.Cut(b.Code, ".")
		if len(b.Successors) == 1 && strings.HasSuffix(b.Successors[0].Code, "."+abbr) {
			v.Follow++
		} else {
			v.Bodies = append(v.Bodies, b)
		}
	}
	for _, h := range v.Preview.Hanging {
		if h.Whole {
			v.Grants = append(v.Grants, h)
		} else {
			v.Entries = append(v.Entries, h)
		}
	}
}

// draftPicture draws who goes into whom, and names the unit whose name is typed to confirm.
func (s *server) draftPicture(tree *org.Tree, p org.Plan) (picture, confirm string) {
	var before, after []sideUnit
	add := func(list *[]sideUnit, u sideUnit) {
		if !slices.ContainsFunc(*list, func(x sideUnit) bool { return x.Code == u.Code }) {
			*list = append(*list, u)
		}
	}
	for _, c := range p.Acts {
		eve := c.Day.AddDays(-1)
		for _, src := range c.Sources {
			add(&before, s.side(tree, src.Code, eve, src.Code))
		}
		if c.Kind != org.Abolish {
			name := or(c.Name, s.side(tree, c.Code, eve, c.Code).Name)
			add(&after, sideUnit{unitLink: unitLink{Name: name}, Code: c.Code})
		}
	}
	switch {
	case len(after) > 0:
		confirm = after[0].Name
	case len(before) > 0:
		confirm = before[0].Name
	}
	return flowPicture(flowsOfActs(before, after, p.Acts)), confirm
}

// draftMap shows the units that the acts are about on the boundaries of the evening before: those that go together
// in one tone.
func (s *server) draftMap(tree *org.Tree, p org.Plan) (*unitMap, error) {
	if len(p.Acts) == 0 {
		return nil, nil
	}
	eve := p.Acts[0].Day.AddDays(-1)
	marked := map[org.UnitID]int{}
	tone := 0
	for _, st := range stepsOf(p.Acts) {
		for _, src := range st.Acts[0].Sources {
			if u := tree.On(src.Code, eve); u != nil && u.Form == org.Territory {
				marked[u.ID] = 3 + tone%4
			}
		}
		tone++
	}
	if len(marked) == 0 {
		return nil, nil
	}
	return s.mapOf(tree, eve, marked, "các đơn vị được sắp xếp")
}

func (s *server) draftCarryOut(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "Không đọc được biểu mẫu. Hãy mở lại trang và gửi lại.")
	}
	f := sentForm(r.PostForm)
	d, tree, err := s.readDraft(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	done := draftURL(d.ID) + "?xong=thuc-hien"
	if s.answeredBefore(ctx, f) {
		http.Redirect(w, r, done, http.StatusSeeOther)
		return nil
	}
	if d.State != org.DraftOpen {
		return fault.New(fault.Conflict, "Bản nháp này đã được thực hiện. Mở bản nháp để xem kết quả.")
	}
	if err := s.mustChange(ctx, tree, d.Plan.Acts); err != nil {
		return err
	}
	v := previewView{Draft: d, Form: f}
	_, v.Confirm = s.draftPicture(tree, d.Plan)
	checkReason(&v.Form, v.Confirm)
	seen, err := strconv.ParseInt(f.get("cay"), 10, 64)
	if err != nil || f.get("phien-ban") != strconv.FormatInt(d.Revision, 10) {
		v.Form.say("", "Bản nháp đã được sửa kể từ lúc xem trước. Đây là bản xem trước mới: hãy đọc lại rồi thực hiện.")
	}
	if len(v.Form.Wrong) > 0 {
		return s.renderPreview(w, r, http.StatusBadRequest, tree, v)
	}
	who, reason := viewer(ctx).Login, strings.TrimSpace(f.get("ly-do"))
	err = s.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		_, err := db.Once(ctx, tx, s.unitKey(ctx, f), []byte(r.URL.Path+f.Values.Encode()), func() ([]byte, error) {
			fresh := d // the act may be run again by the engine
			_, err := s.Units.CarryOut(ctx, tx, &fresh, seen, reason, who)
			return nil, err
		})
		return err
	})
	if err != nil {
		if fault.KindOf(err) != fault.Conflict {
			return err
		}
		v.Form.Wrong = append(v.Form.Wrong, refusedBecause(err)...)
		v.Form.Key = newForm().Key
		return s.renderPreview(w, r, http.StatusConflict, tree, v)
	}
	http.Redirect(w, r, done, http.StatusSeeOther)
	return nil
}

// readDraftUndo prepares the undoing of all that a draft has entered.
func (s *server) readDraftUndo(r *http.Request) (v undoView, d org.Draft, err error) {
	d, tree, err := s.readDraft(r)
	if err != nil {
		return v, d, err
	}
	list, err := org.DecisionsOfDraft(r.Context(), s.DB.Read(), d.ID)
	if err != nil {
		return v, d, err
	}
	acts := doneActs(tree, list)
	if d.State != org.DraftDone || len(acts) == 0 {
		return v, d, fault.New(fault.Conflict, "Bản nháp này chưa thực hiện, hoặc các việc của nó đã được hoàn tác.")
	}
	if err := s.mustChange(r.Context(), tree, acts); err != nil {
		return v, d, err
	}
	v.Back = draftURL(d.ID)
	v.Action = v.Back + "/hoan-tac"
	err = s.fillUndo(r.Context(), tree, acts, &v)
	v.Title = "Hoàn tác: " + d.Plan.Title
	return v, d, err
}

func (s *server) draftUndoPage(w http.ResponseWriter, r *http.Request) error {
	v, _, err := s.readDraftUndo(r)
	if err != nil {
		return err
	}
	v.Form = newForm()
	return s.renderUndo(w, r, http.StatusOK, v)
}

func (s *server) draftUndo(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "Không đọc được biểu mẫu. Hãy mở lại trang và gửi lại.")
	}
	f := sentForm(r.PostForm)
	ctx := r.Context()
	if s.answeredBefore(ctx, f) {
		http.Redirect(w, r, "/don-vi/sap-xep/"+r.PathValue("draft")+"?xong=hoan-tac", http.StatusSeeOther)
		return nil
	}
	v, d, err := s.readDraftUndo(r)
	if err != nil {
		return err
	}
	v.Form = f
	if !v.check() {
		return s.renderUndo(w, r, http.StatusBadRequest, v)
	}
	err = s.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		_, err := db.Once(ctx, tx, s.unitKey(ctx, f), []byte(v.Action+f.get("ly-do")), func() ([]byte, error) {
			fresh := d
			return nil, s.Units.TakeBack(ctx, tx, &fresh, v.IDs, strings.TrimSpace(f.get("ly-do")), viewer(ctx).Login)
		})
		return err
	})
	if err != nil {
		return s.undoFailed(w, r, v, err)
	}
	http.Redirect(w, r, v.Back+"?xong=hoan-tac", http.StatusSeeOther)
	return nil
}

// heirNames are those that come in a unit's place.
func heirNames(list []org.HeirNote) string {
	var out []string
	for _, h := range list {
		text := h.Name
		if h.Parts != (org.Parts{Population: org.Whole, Area: org.Whole, Households: org.Whole}) {
			text += " (" + shareText(h.Parts) + ")"
		}
		out = append(out, text)
	}
	return or(strings.Join(out, ", "), "không có đơn vị kế tục")
}

// hangTo says where figures of what is dated after a unit's end will count.
func hangTo(h org.HangNote) string {
	if len(h.Successors) == 0 && h.Whole {
		return "chưa quyết định: người quản trị phải giao lại"
	}
	return heirNames(h.Successors)
}

// hangDays are the days of what hangs on a unit that ends; what has no last day says so.
func hangDays(h org.HangNote) string {
	if h.Last >= civil.Forever.AddDays(-1) {
		return "từ " + h.First.Vi() + ", không định ngày hết"
	}
	return "từ " + h.First.Vi() + " đến " + h.Last.Vi()
}

// mayArrange reports whether the tree shows the way to the administrator's pages.
func mayArrange(v *access.Viewer) bool { return v.May(access.ChangeUnits, 0) }

func spanChange(x org.SpanNote) string {
	if x.To != "" {
		return x.Now + ": từ " + x.From + " về " + x.To
	}
	return x.Was + " → " + x.Now
}

func dayOr(d civil.Date, other string) string {
	if d == 0 {
		return other
	}
	return d.Vi()
}
