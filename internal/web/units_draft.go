package web

import (
	"context"
	"encoding/json"
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

// draftRoutes are the administrator's pages: acts on units are written down, previewed, carried out, taken back.
func (s *server) draftRoutes() []route {
	return []route{
		{"GET /don-vi/sap-xep", access.ChangeUnits, nil, s.draftList},
		{"POST /don-vi/sap-xep", access.ChangeUnits, nil, s.draftCreate},
		{"POST /don-vi/sap-xep/tep", access.ChangeUnits, nil, s.draftUpload},
		{"GET /don-vi/sap-xep/{draft}", access.ChangeUnits, onDraft, s.draftPage},
		{"POST /don-vi/sap-xep/{draft}", access.ChangeUnits, onDraft, s.draftSave},
		{"POST /don-vi/sap-xep/{draft}/bo", access.ChangeUnits, onDraft, s.draftDrop},
		{"GET /don-vi/sap-xep/{draft}/viec/{n}", access.ChangeUnits, onDraft, s.actPage},
		{"POST /don-vi/sap-xep/{draft}/viec/{n}", access.ChangeUnits, onDraft, s.actSave},
		{"POST /don-vi/sap-xep/{draft}/viec/{n}/bo", access.ChangeUnits, onDraft, s.actDrop},
		{"GET /don-vi/sap-xep/{draft}/xem-truoc", access.ChangeUnits, onDraft, s.previewPage},
		{"POST /don-vi/sap-xep/{draft}/thuc-hien", access.ChangeUnits, onDraft, s.draftCarryOut},
		{"GET /don-vi/sap-xep/{draft}/hoan-tac", access.ChangeUnits, onDraft, s.draftUndoPage},
		{"POST /don-vi/sap-xep/{draft}/hoan-tac", access.ChangeUnits, onDraft, s.draftUndo},
	}
}

// actStep is what a form writes at once: one act, or all receivers of one split.
type actStep struct {
	N    int // place in the draft, from 1
	Acts []org.Change
}

// stepsOf groups the acts of a draft as their forms wrote them.
func stepsOf(acts []org.Change) []actStep {
	var out []actStep
	for _, c := range acts {
		if n := len(out); n > 0 && c.Kind == org.Split {
			last := out[n-1].Acts[0]
			if last.Kind == org.Split && last.Day == c.Day && len(c.Sources) > 0 && len(last.Sources) > 0 && last.Sources[0].Code == c.Sources[0].Code {
				out[n-1].Acts = append(out[n-1].Acts, c)
				continue
			}
		}
		out = append(out, actStep{len(out) + 1, []org.Change{c}})
	}
	return out
}

// actsOf is the draft's list again.
func actsOf(steps []actStep) []org.Change {
	var out []org.Change
	for _, st := range steps {
		out = append(out, st.Acts...)
	}
	return out
}

// stepLine is a step in words.
type stepLine struct {
	actStep
	Kind, What string
	Wrong      []string
}

type draftListView struct {
	Form   form
	Upload form
	Drafts []draftLine
	Notice string
}

type draftLine struct {
	org.Draft
	Name string
	At   string
}

func draftURL(id int64) string { return "/don-vi/sap-xep/" + strconv.FormatInt(id, 10) }

func draftState(state string) (name, chip string) {
	switch state {
	case org.DraftDone:
		return "đã thực hiện", "done"
	case org.DraftUndone:
		return "đã hoàn tác", "late"
	}
	return "bản nháp", "wait"
}

func (s *server) draftList(w http.ResponseWriter, r *http.Request) error {
	return s.renderDrafts(w, r, http.StatusOK, draftListView{Form: newForm(), Upload: newForm(), Notice: r.URL.Query().Get("xong")})
}

func (s *server) renderDrafts(w http.ResponseWriter, r *http.Request, status int, v draftListView) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	all, err := org.Drafts(r.Context(), s.DB.Read())
	if err != nil {
		return err
	}
	for _, d := range all {
		if s.mayDraft(r.Context(), tree, &d) {
			v.Drafts = append(v.Drafts, draftLine{d, or(d.Plan.Title, "Chưa đặt tên"), momentVi(d.AtMS)})
		}
	}
	p := page{Title: "Sắp xếp đơn vị", Section: "don-vi"}
	if len(v.Form.Wrong)+len(v.Upload.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, status, p, draftListPage(v))
}

// mayDraft reports whether the viewer may see and write a draft: it is his own, or he may change all of its units.
func (s *server) mayDraft(ctx context.Context, tree *org.Tree, d *org.Draft) bool {
	v := viewer(ctx)
	if d.Actor == v.Login {
		return true
	}
	return len(d.Plan.Acts) > 0 && mayChange(v, tree, s.Today(), d.Plan.Acts)
}

// onDraft is the unit that stands above all that the draft of the path is about; 0 for one that has no acts yet.
func onDraft(s *server, r *http.Request) (org.UnitID, error) {
	id, err := strconv.ParseInt(r.PathValue("draft"), 10, 64)
	if err != nil {
		return 0, fault.New(fault.NotFound, "Số của bản nháp chỉ gồm chữ số. Hãy mở từ trang Sắp xếp đơn vị.")
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return 0, err
	}
	d, err := org.ReadDraft(r.Context(), s.DB.Read(), id)
	if err != nil || len(d.Plan.Acts) == 0 || d.Actor == viewer(r.Context()).Login && d.State == org.DraftOpen {
		return 0, err
	}
	return org.Subject(tree, d.Plan.Acts, s.Today()), nil
}

// readDraft finds the draft of the path, if it is for the viewer.
func (s *server) readDraft(r *http.Request) (d org.Draft, tree *org.Tree, err error) {
	id, err := strconv.ParseInt(r.PathValue("draft"), 10, 64)
	if err != nil {
		return d, nil, fault.New(fault.NotFound, "Số của bản nháp chỉ gồm chữ số. Hãy mở từ trang Sắp xếp đơn vị.")
	}
	if tree, err = s.Tree(r.Context()); err != nil {
		return d, nil, err
	}
	if d, err = org.ReadDraft(r.Context(), s.DB.Read(), id); err != nil {
		return d, nil, err
	}
	if !s.mayDraft(r.Context(), tree, &d) {
		return d, nil, fault.New(fault.Denied, "Bản nháp này nói về đơn vị ngoài phạm vi được giao cho bạn.")
	}
	return d, tree, nil
}

// headOf reads the words of the decision, which all acts of a draft share, and says what is wrong with them.
func headOf(f *form) (p org.Plan) {
	p.Title, p.Number, p.Source = strings.TrimSpace(f.get("ten")), strings.TrimSpace(f.get("so")), strings.TrimSpace(f.get("nguon-tin"))
	if p.Title == "" {
		f.say("ten", "Hãy đặt tên cho bản nháp, ví dụ: Sáp nhập xã A và xã B.")
	}
	day, err := civil.ParseDate(strings.TrimSpace(f.get("ngay")))
	if err != nil {
		f.say("ngay", "Ngày có hiệu lực chưa đúng: viết như 2026-01-01 hoặc 01/01/2026.")
	}
	p.Day = day
	if text := strings.TrimSpace(f.get("ngay-ban-hanh")); text != "" {
		if p.Decided, err = civil.ParseDate(text); err != nil {
			f.say("ngay-ban-hanh", "Ngày ban hành chưa đúng: viết như 2025-12-15, hoặc để trống.")
		}
	}
	return p
}

func (s *server) draftCreate(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "Không đọc được biểu mẫu. Hãy mở lại trang và gửi lại.")
	}
	f := sentForm(r.PostForm)
	plan := headOf(&f)
	if len(f.Wrong) > 0 {
		return s.renderDrafts(w, r, http.StatusBadRequest, draftListView{Form: f, Upload: newForm()})
	}
	id, err := s.newDraft(r.Context(), f, plan)
	if err != nil {
		return err
	}
	http.Redirect(w, r, draftURL(id), http.StatusSeeOther)
	return nil
}

// newDraft saves a plan as a new draft, once for a form.
func (s *server) newDraft(ctx context.Context, f form, plan org.Plan) (id int64, err error) {
	who := viewer(ctx).Login
	asked, err := json.Marshal(plan)
	if err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		answer, err := db.Once(ctx, tx, s.unitKey(ctx, f), asked, func() ([]byte, error) {
			d := org.Draft{Plan: plan}
			err := org.SaveDraft(ctx, tx, &d, who)
			return strconv.AppendInt(nil, d.ID, 10), err
		})
		if err != nil {
			return err
		}
		id, err = strconv.ParseInt(string(answer), 10, 64)
		return err
	})
	return id, err
}

// mostUpload is how large a file of acts may be.
const mostUpload = 2 << 20

func (s *server) draftUpload(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, mostUpload+64<<10)
	v := draftListView{Form: newForm(), Upload: newForm()}
	if err := r.ParseMultipartForm(mostUpload); err != nil {
		v.Upload.say("tep", "Tệp quá lớn hoặc gửi chưa xong. Tệp việc sắp xếp không quá 2 MB.")
		return s.renderDrafts(w, r, http.StatusBadRequest, v)
	}
	v.Upload = sentForm(r.MultipartForm.Value)
	file, head, err := r.FormFile("tep")
	if err != nil {
		v.Upload.say("tep", "Hãy chọn tệp CSV hoặc JSON các việc sắp xếp.")
		return s.renderDrafts(w, r, http.StatusBadRequest, v)
	}
	defer file.Close()
	acts, err := org.ReadActs(head.Filename, file)
	if err == nil && len(acts) == 0 {
		err = fault.New(fault.Invalid, "Tệp không có việc nào.")
	}
	if err != nil {
		for _, x := range refusedBecause(err) {
			v.Upload.say("tep", x.Say)
		}
		return s.renderDrafts(w, r, http.StatusBadRequest, v)
	}
	id, err := s.newDraft(r.Context(), v.Upload, planOfFile(head.Filename, acts))
	if err != nil {
		return err
	}
	http.Redirect(w, r, draftURL(id), http.StatusSeeOther)
	return nil
}

// planOfFile keeps what all acts of a file share as the plan's own.
func planOfFile(name string, acts []org.Change) org.Plan {
	p := org.Plan{Title: "Tệp " + name, File: name, Acts: acts, Day: acts[0].Day, Number: acts[0].Number, Decided: acts[0].Decided}
	for _, c := range acts {
		if c.Day != p.Day {
			p.Day = 0
		}
		if c.Number != p.Number {
			p.Number = ""
		}
		if c.Decided != p.Decided {
			p.Decided = 0
		}
	}
	return p
}

// draftView is a draft with its acts in words.
type draftView struct {
	org.Draft
	Form      form
	Steps     []stepLine
	Decisions []org.Decision
	Done      []actLine // acts in force that it entered
	Kept      []keptTotal
	MaySee    bool
	Notice    string
}

func (s *server) draftPage(w http.ResponseWriter, r *http.Request) error {
	d, tree, err := s.readDraft(r)
	if err != nil {
		return err
	}
	v := draftView{Draft: d, Form: newForm(), Notice: r.URL.Query().Get("xong")}
	v.Form.Values = headValues(d.Plan)
	return s.renderDraft(w, r, http.StatusOK, tree, v)
}

func (s *server) renderDraft(w http.ResponseWriter, r *http.Request, status int, tree *org.Tree, v draftView) error {
	v.Steps = s.stepLines(tree, v.Plan)
	p := page{Title: or(v.Plan.Title, "Bản nháp"), Section: "don-vi"}
	if len(v.Form.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	if v.State == org.DraftOpen {
		return s.render(w, r, status, p, draftOpenPage(v))
	}
	if err := s.fillDone(r.Context(), tree, &v); err != nil {
		return err
	}
	return s.render(w, r, status, p, draftDonePage(v))
}

func headValues(p org.Plan) map[string][]string {
	out := map[string][]string{"ten": {p.Title}, "so": {p.Number}, "nguon-tin": {p.Source}}
	if p.Day != 0 {
		out["ngay"] = []string{p.Day.String()}
	}
	if p.Decided != 0 {
		out["ngay-ban-hanh"] = []string{p.Decided.String()}
	}
	return out
}

// fillDone says what a draft has done: the acts in force, the decisions, the totals around them.
func (s *server) fillDone(ctx context.Context, tree *org.Tree, v *draftView) (err error) {
	if v.Decisions, err = org.DecisionsOfDraft(ctx, s.DB.Read(), v.ID); err != nil {
		return err
	}
	done := doneActs(tree, v.Decisions)
	for _, c := range done {
		v.Done = append(v.Done, actLine{c, actTarget(tree, c)})
	}
	if v.State != org.DraftDone || len(done) == 0 {
		return nil
	}
	c := changeView{Entered: org.Entered{Change: done[0]}}
	err = c.keepTotals(ctx, s, tree)
	v.Kept, v.MaySee = c.Kept, c.MaySee
	return err
}

// doneActs are the acts in force that decisions entered.
func doneActs(tree *org.Tree, list []org.Decision) []org.Change {
	var out []org.Change
	for _, d := range list {
		if d.Act != org.CarriedOut {
			continue
		}
		for _, c := range tree.Changes() {
			if slices.Contains(d.Changes, c.ID) {
				out = append(out, c)
			}
		}
	}
	return out
}

// stepLines writes the steps in words.
func (s *server) stepLines(tree *org.Tree, p org.Plan) []stepLine {
	var out []stepLine
	for _, st := range stepsOf(p.Acts) {
		out = append(out, stepLine{actStep: st, Kind: upperFirst(changeName(st.Acts[0].Kind)), What: s.stepWords(tree, st)})
	}
	return out
}

func (s *server) stepWords(tree *org.Tree, st actStep) string {
	c := st.Acts[0]
	eve := c.Day.AddDays(-1)
	var from, to []sideUnit
	for _, src := range c.Sources {
		from = append(from, s.side(tree, src.Code, eve, src.Code))
	}
	for _, a := range st.Acts {
		to = append(to, sideUnit{unitLink: unitLink{Name: or(a.Name, s.side(tree, a.Code, eve, a.Code).Name)}})
	}
	switch c.Kind {
	case org.Open:
		return c.Name + " (" + c.Code + ")"
	case org.Abolish:
		return sideNames(from)
	case org.Reparent:
		return sideNames(from) + " về " + s.side(tree, c.Parent, c.Day, c.Parent).Name
	}
	return sideNames(from) + " → " + sideNames(to)
}
