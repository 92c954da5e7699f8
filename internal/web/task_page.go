package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/task"
)

// taskView is one task: what is asked, where it stands, what was done for it, and what the one who asks may do next.
type taskView struct {
	taskLine
	Form    *recordForm // the forms of the acts, with their files
	Open    string      // the act whose form stands open
	Up      []upLink    // what the task carries out, the nearest first
	Works   []ledger.Head
	Entry   *ledger.Entry
	Steps   []taskStep // newest first
	Names   map[string]string
	UnitRef string
	Today   civil.Date
	Does    bool // records work for the body that is to do it
	Gives   bool // decides for the body that gave it
	Amends  bool // may change the terms, or take the task back
	Notice  string
}

// upLink is an entry on the way up from a task or a piece of work to its document.
type upLink struct {
	Href, Title, What string
	Locked            bool // the viewer may not open it
}

// taskStep is a version of a task in words.
type taskStep struct {
	ledger.Version
	Say      string
	Progress int
	Note     string
	Due      civil.Date
}

func (s *server) taskPage(w http.ResponseWriter, r *http.Request) error {
	t, err := s.taskIn(r)
	if err != nil {
		return err
	}
	f := &recordForm{form: newForm()}
	f.Values.Set("td-phan-tram", strconv.Itoa(t.Progress))
	f.Values.Set("x-ngay", s.Today().Vi())
	if t.AskedTo != 0 {
		f.Values.Set("gh-den", t.AskedTo.Vi())
	}
	return s.showTask(w, r, http.StatusOK, t.ID, f, "")
}

// showTask shows the task with the forms of the acts as they were filled in; open is the act that was not done.
func (s *server) showTask(w http.ResponseWriter, r *http.Request, status int, id int64, f *recordForm, open string) error {
	v, err := s.taskView(r, id)
	if err != nil {
		return err
	}
	f.Values.Set(versionField, strconv.Itoa(v.Version))
	v.Form, v.Open, v.Notice = f, open, r.URL.Query().Get("xong")
	title := v.Title
	if len(f.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "nhiem-vu"}, taskDetail(v))
}

func (s *server) taskView(r *http.Request, id int64) (*taskView, error) {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return nil, err
	}
	who := viewer(r.Context())
	v := &taskView{Today: s.Today()}
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		t, _, err := s.tasks().One(r.Context(), q, tree, id)
		if err != nil {
			return err
		}
		lines, err := s.taskLines(r.Context(), q, tree, []task.Task{t})
		if err != nil {
			return err
		}
		v.taskLine = lines[0]
		if v.Entry, err = s.Ledger.Entry(r.Context(), q, id); err != nil {
			return err
		}
		if v.Names, err = s.accountNames(r.Context()); err != nil {
			return err
		}
		v.Up, err = s.upLinks(r.Context(), q, v.Entry.Head)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, h := range v.Entry.Carried {
		if h.State != ledger.Void && who.May(access.ReadWork, h.Unit) {
			h.Title = s.headTitle(h)
			v.Works = append(v.Works, h)
		}
	}
	v.UnitRef = unitRef(tree, tree.Unit(v.Unit), v.Today)
	v.Steps = taskSteps(v.Entry, v.Task, func(l ledger.Line) (task.Task, error) { return task.Of(tree, v.Kind, l) })
	alive := v.State != ledger.Void
	v.Does = alive && who.May(access.RecordWork, v.Unit)
	v.Gives = alive && who.May(access.ConfirmWork, v.Giver)
	v.Amends = mayAmend(who, v.Kind, v.Entry)
	return v, nil
}

// upLinks leads from an entry up to what it carries out, and on to the document at the top.
func (s *server) upLinks(ctx context.Context, q db.Querier, h ledger.Head) ([]upLink, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	heads, err := s.tasks().Above(ctx, q, h.Carries)
	if err != nil {
		return nil, err
	}
	var out []upLink
	for _, h := range heads {
		k := s.Catalog.EditionOn(h.Day).Kind(h.Kind)
		l := upLink{Href: s.homeOf(h), Title: s.headTitle(h), What: h.Kind, Locked: !s.mayReadHead(viewer(ctx), tree, h)}
		if k != nil {
			l.What = k.Name
		}
		out = append(out, l)
	}
	return out, nil
}

// homeOf is the page of an entry: that of its register, or its own among all entries.
func (s *server) homeOf(h ledger.Head) string {
	if k := s.Catalog.EditionOn(h.Day).Kind(h.Kind); k != nil {
		if root := registerRoots[k.Register]; root != "" {
			return root + "/" + itoa(h.ID)
		}
	}
	if root := homes[h.Kind]; root != "" {
		return root + itoa(h.ID)
	}
	return "/ghi-nhan/" + itoa(h.ID)
}

// homes are the pages of kinds that have one of their own.
var homes = map[string]string{"commitment": "/cam-ket/", "dialogue_plan": "/doi-thoai/", "dialogue": "/doi-thoai/", "voter_contact": "/doi-thoai/"}

// registerRoots are the addresses of the registers.
var registerRoots = map[catalog.Register]string{catalog.Documents: "/van-ban", catalog.Programmes: "/chuong-trinh", catalog.Tasks: "/nhiem-vu"}

func taskSteps(e *ledger.Entry, now task.Task, of func(ledger.Line) (task.Task, error)) []taskStep {
	var out []taskStep
	var before task.Task
	for i, ver := range e.Versions {
		st := taskStep{Version: ver}
		t, err := of(ledger.Line{Head: now.Head, Fields: ver.Fields})
		if err != nil {
			continue
		}
		switch {
		case ver.Act == ledger.ActConfirm:
			st.Say = "Nghiệm thu"
		case ver.Act == ledger.ActVoid:
			st.Say = "Thu hồi: " + ver.Reason
		case i == 0:
			st.Say = "Giao nhiệm vụ, hạn " + t.Due.Vi()
		default:
			st.Say = ver.Reason
		}
		if i == 0 || t.Note != before.Note {
			st.Note = t.Note
		}
		st.Progress, st.Due = t.Progress, t.Due
		before = t
		out = append(out, st)
	}
	slices.Reverse(out)
	return out
}

// who is an actor by name.
func (v *taskView) who(actor string) string {
	return entryView{Names: v.Names}.who(actor)
}

// taskFact is a line of what the task is.
type taskFact struct{ Name, Value string }

func (v *taskView) facts() []taskFact {
	var out []taskFact
	add := func(name, value string) {
		if strings.TrimSpace(value) != "" {
			out = append(out, taskFact{name, value})
		}
	}
	add("Đơn vị được giao", v.UnitName)
	add("Đơn vị giao", v.GiverName)
	add("Ngày giao", v.Day.Vi())
	add("Hạn hoàn thành", v.Due.Vi())
	if v.Extensions > 0 {
		add("Gia hạn", count(v.Extensions, "lần")+", hạn ban đầu "+v.FirstDue.Vi())
	}
	add("Chủ đề", v.ThemeName)
	add("Kết quả, minh chứng phải có", v.Evidence)
	add("Ngày hoàn thành", dayOrNone(v.Task.Done))
	add("Tình hình thực hiện", v.Note)
	return out
}
