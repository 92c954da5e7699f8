package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/task"
)

// taskAct is one act on a task: the letters before the names of its controls, the word of its notice, over whom which
// right is asked, and what it changes.
type taskAct struct {
	Prefix, Word string
	Right        access.Right
	Over         func(task.Task) org.UnitID
	Files        bool
	Parts        map[string]string // the controls of the parts that may be wrong
	Change       func(a taskAsked) (ledger.Amendment, error)
}

// taskAsked is what stands in the form of an act.
type taskAsked struct {
	task.Task
	form    form
	prefix  string
	today   civil.Date
	works   int
	uploads []ledger.File
}

func (a taskAsked) get(name string) string { return strings.TrimSpace(a.form.get(a.prefix + name)) }

func (a taskAsked) day(name string) civil.Date {
	d, err := civil.ParseDate(a.get(name))
	if err != nil {
		return 0
	}
	return d
}

func doer(t task.Task) org.UnitID  { return t.Unit }
func giver(t task.Task) org.UnitID { return t.Giver }

var (
	actReport = taskAct{Prefix: "td-", Word: "tien-do", Right: access.RecordWork, Over: doer, Files: true, Parts: map[string]string{"percent": "phan-tram", "note": "tinh-hinh"},
		Change: func(a taskAsked) (ledger.Amendment, error) {
			percent, err := strconv.Atoi(strings.TrimSuffix(a.get("phan-tram"), "%"))
			if err != nil {
				percent = -1
			}
			return a.Report(percent, a.get("tinh-hinh"))
		}}
	actAsk = taskAct{Prefix: "xh-", Word: "xin-han", Right: access.RecordWork, Over: doer, Parts: map[string]string{"to": "den", "why": "ly-do"},
		Change: func(a taskAsked) (ledger.Amendment, error) { return a.Ask(a.day("den"), a.get("ly-do")) }}
	actFinish = taskAct{Prefix: "x-", Word: "bao-xong", Right: access.RecordWork, Over: doer, Files: true, Parts: map[string]string{"on": "ngay", "note": "ket-qua", "files": "tep"},
		Change: func(a taskAsked) (ledger.Amendment, error) {
			return a.Finish(a.day("ngay"), a.today, a.get("ket-qua"), a.works, len(a.uploads))
		}}
	actExtend = taskAct{Prefix: "gh-", Word: "gia-han", Right: access.ConfirmWork, Over: giver, Parts: map[string]string{"to": "den", "why": "ly-do"},
		Change: func(a taskAsked) (ledger.Amendment, error) { return a.Extend(a.day("den"), a.today, a.get("ly-do")) }}
	actRefuse = taskAct{Prefix: "kg-", Word: "khong-gia-han", Right: access.ConfirmWork, Over: giver, Parts: map[string]string{"why": "ly-do"},
		Change: func(a taskAsked) (ledger.Amendment, error) { return a.Refuse(a.get("ly-do")) }}
	actAccept = taskAct{Prefix: "nt-", Word: "nghiem-thu", Right: access.ConfirmWork, Over: giver} // confirms
	actReturn = taskAct{Prefix: "tl-", Word: "tra-nhiem-vu", Right: access.ConfirmWork, Over: giver, Parts: map[string]string{"why": "ly-do"},
		Change: func(a taskAsked) (ledger.Amendment, error) { return a.Return(a.today, a.get("ly-do")) }}
)

// taskDo does an act once for the key of its form. What may not be done is said beside the control, and nothing that
// was typed is lost.
func (s *server) taskDo(act taskAct) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		values, bad, err := s.readForm(w, r)
		if err != nil {
			return err
		}
		f := &recordForm{form: sentForm(values)}
		t, err := s.taskIn(r)
		if err != nil {
			return err
		}
		if done, err := s.sentBefore(r, f.Key); err != nil || done {
			return toTask(w, r, err, t.ID, act.Word)
		}
		if !viewer(r.Context()).May(act.Right, act.Over(t)) {
			return s.refused(w, r, outOfReach)
		}
		for _, b := range bad {
			f.say(b.Control, b.Say)
		}
		uploads, err := s.taskUploads(r.Context(), f, act)
		if err != nil {
			return err
		}
		if hash, ok := strings.CutPrefix(f.get(stepField), stepUnfile); ok {
			f.Files = slices.DeleteFunc(f.Files, func(l fileLine) bool { return l.Hash == hash })
			return s.showTask(w, r, http.StatusOK, t.ID, f, act.Word)
		}
		if len(f.Wrong) == 0 {
			err = s.actOnTask(r, f.form, t, act, uploads)
			if err == nil {
				return toTask(w, r, nil, t.ID, act.Word)
			}
			if !f.sayTask(act, err) {
				return err
			}
		}
		status := http.StatusUnprocessableEntity
		if err != nil && fault.KindOf(err) == fault.Conflict {
			status = http.StatusConflict
		}
		return s.showTask(w, r, status, t.ID, f, act.Word)
	}
}

func toTask(w http.ResponseWriter, r *http.Request, err error, id int64, word string) error {
	if err != nil {
		return err
	}
	return seeOther(w, r, "/nhiem-vu/"+itoa(id)+"?xong="+word)
}

// sayTask puts what an act refuses beside its control, and reports whether it could.
func (f *recordForm) sayTask(act taskAct, err error) bool {
	var wrong task.Wrong
	if errors.As(err, &wrong) {
		control := ""
		if part := act.Parts[wrong.Part]; part != "" {
			control = act.Prefix + part
		}
		f.say(control, fault.Say(wrong.Err))
		return true
	}
	if k := fault.KindOf(err); k != fault.Invalid && k != fault.Conflict {
		return false
	}
	f.say("", fault.Say(err))
	return true
}

func (s *server) actOnTask(r *http.Request, f form, t task.Task, act taskAct, uploads []ledger.File) error {
	saw, err := strconv.Atoi(f.get(versionField))
	if err != nil {
		return fault.New(fault.Invalid, "Chưa rõ bạn đang xem bản nào của nhiệm vụ. Hãy tải lại trang rồi làm lại.")
	}
	if saw != t.Version {
		return fault.New(fault.Conflict, "Nhiệm vụ đã có thay đổi từ lúc bạn mở trang này. Hãy xem lại tình hình mới; nếu vẫn làm, bấm lần nữa.")
	}
	e, err := s.Ledger.Entry(r.Context(), s.DB.Read(), t.ID)
	if err != nil {
		return err
	}
	var change ledger.Amendment
	if act.Change != nil {
		works := slices.DeleteFunc(slices.Clone(e.Carried), func(h ledger.Head) bool { return h.State == ledger.Void })
		change, err = act.Change(taskAsked{t, f, act.Prefix, s.Today(), len(works), uploads})
		if err != nil {
			return err
		}
		change = task.WithFiles(change, e.Files, uploads)
	} else if t.StateOn(s.Today()) != task.Waiting {
		return fault.New(fault.Conflict, "Nhiệm vụ này không chờ nghiệm thu: chưa báo hoàn thành, hoặc đã nghiệm thu rồi. Hãy tải lại trang.")
	} else if e.Versions[len(e.Versions)-1].Actor == viewer(r.Context()).Login {
		return fault.New(fault.Conflict, "Chính bạn đã báo hoàn thành nhiệm vụ này nên không tự nghiệm thu được. Hãy để người khác ở đơn vị giao nghiệm thu.")
	}
	return s.actOnce(r, f.Key, func(ctx context.Context, tx *db.Tx, actor string) error {
		if act.Change == nil {
			_, err := s.Ledger.Confirm(ctx, tx, actor, t.ID, saw)
			return err
		}
		_, err := s.Ledger.Amend(ctx, tx, actor, t.ID, saw, change)
		return err
	})
}

// taskUploads finds the attachments that the form of an act names.
func (s *server) taskUploads(ctx context.Context, f *recordForm, act taskAct) ([]ledger.File, error) {
	if !act.Files {
		return nil, nil
	}
	var out []ledger.File
	control := act.Prefix + "tep"
	for _, hash := range filled(hashesOf(f.Values[control])) {
		line, ok, err := s.attachedOne(ctx, &recordForm{}, hash)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		line.Control = control
		f.Files = append(f.Files, line)
		out = append(out, ledger.File{Hash: line.Hash, Name: line.Name})
	}
	if len(out) > filesMost {
		f.say(control, "Mỗi lần đính kèm nhiều nhất "+strconv.Itoa(filesMost)+" tệp. Hãy bỏ bớt.")
	}
	return out, nil
}

// returnTask gives a task back from the queue of an approver as its own page does: it is to be done again. done is
// false for an entry that is no task.
func (s *server) returnTask(ctx context.Context, tx *db.Tx, id int64, saw int, remark string) (done bool, err error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return false, err
	}
	t, ok, err := s.tasks().One(ctx, tx, tree, id)
	if err != nil || !ok {
		return false, err
	}
	change, err := t.Return(s.Today(), remark)
	if err != nil {
		return true, errors.Unwrap(err)
	}
	_, err = s.Ledger.Amend(ctx, tx, viewer(ctx).Login, id, saw, change)
	return true, err
}
