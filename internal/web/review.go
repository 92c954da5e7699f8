package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// reviewRoutes are the pages of confirming: the queue of whoever confirms, and the acts on one entry. Who confirms an
// entry is decided by access.Viewer.CheckConfirm alone, on every way in.
func (s *server) reviewRoutes() []route {
	return []route{
		{"GET /duyet", access.ConfirmWork, nil, s.queuePage},
		{"POST /duyet", access.ConfirmWork, nil, s.queuePost},
		{"GET /duyet/{id}", access.ConfirmWork, onEntry, s.reviewPage},
		{"POST /ghi-nhan/{id}/xac-nhan", access.ConfirmWork, onEntry, s.confirmPost},
		{"GET /ghi-nhan/{id}/tra-lai", access.ConfirmWork, onEntry, s.returnOpen},
		{"POST /ghi-nhan/{id}/tra-lai", access.ConfirmWork, onEntry, s.returnPost},
		{"POST /ghi-nhan/{id}/thoi-tra-lai", access.ConfirmWork, onEntry, s.takeBackPost},
	}
}

const remarkField = "nhan-xet"

// lastActor is who made the version that stands.
func lastActor(e *ledger.Entry) string { return e.Versions[len(e.Versions)-1].Actor }

// mayConfirm says whether a viewer may confirm an entry, or return it.
func mayConfirm(v *access.Viewer, k *catalog.Kind, e *ledger.Entry) bool {
	return e.State == ledger.Recorded && judge(v, k, e) == nil
}

// judge says why a viewer may neither confirm nor return an entry that waits; nil when he may. What was given to a
// body to do is judged by who gave it, once it is done.
func judge(v *access.Viewer, k *catalog.Kind, e *ledger.Entry) error {
	if err := v.CheckConfirm(k, e.Unit, lastActor(e)); err != nil {
		return err
	}
	return judgeTask(v, k, e.Day, textIn(e, k.DoneOn), textIn(e, k.GivenBy))
}

func judgeTask(v *access.Viewer, k *catalog.Kind, day civil.Date, done, giver string) error {
	switch {
	case k.DoneOn != "" && done == "":
		return fault.New(fault.Conflict, "Đơn vị chưa báo hoàn thành nên chưa có gì để xác nhận.")
	case k.GivenBy != "" && !v.MayOver(access.ConfirmWork, giver, day):
		return fault.New(fault.Denied, "Việc này do nơi giao xác nhận.")
	}
	return nil
}

// waitingEntry is an entry that is not confirmed yet, with its kind under its own edition.
type waitingEntry struct {
	ledger.Waiting
	kind        *catalog.Kind
	done, giver string // of what was given to a body to do
}

// allWaiting are the entries that are not confirmed yet, those that were returned among them, the same for everybody.
func (s *server) allWaiting(ctx context.Context) ([]waitingEntry, error) {
	return keep(ctx, s, "waiting for confirmation", func(ctx context.Context) ([]waitingEntry, error) {
		list, err := s.Ledger.Waiting(ctx, s.DB.Read())
		out := make([]waitingEntry, 0, len(list))
		for _, w := range list {
			ed := s.Catalog.Edition(w.Edition)
			if ed == nil {
				ed = s.Catalog.EditionOn(w.Day)
			}
			out = append(out, waitingEntry{Waiting: w, kind: ed.Kind(w.Kind)})
		}
		if err != nil {
			return nil, err
		}
		return out, s.readTasks(ctx, out)
	})
}

// readTasks reads of what was given to bodies to do who gave it and whether it is done.
func (s *server) readTasks(ctx context.Context, list []waitingEntry) error {
	var ids []int64
	for _, w := range list {
		if w.kind != nil && (w.kind.DoneOn != "" || w.kind.GivenBy != "") {
			ids = append(ids, w.ID)
		}
	}
	for some := range slices.Chunk(ids, rereadAtOnce) {
		fields, err := s.Ledger.Fields(ctx, s.DB.Read(), some)
		if err != nil {
			return err
		}
		for i := range list {
			if text, ok := fields[list[i].ID]; ok {
				list[i].done, list[i].giver = wordIn(text, list[i].kind.DoneOn), wordIn(text, list[i].kind.GivenBy)
			}
		}
	}
	return nil
}

// wordIn is a text in stored fields, empty for none.
func wordIn(fields, code string) string {
	var word string
	if raw := ledger.Member(fields, code); code == "" || json.Unmarshal([]byte(raw), &word) != nil {
		return ""
	}
	return word
}

// confirmable picks what waits for the viewer.
func confirmable(v *access.Viewer, all []waitingEntry) []waitingEntry {
	type asked struct {
		kind *catalog.Kind
		unit org.UnitID
	}
	known := map[asked]bool{}
	var out []waitingEntry
	for _, w := range all {
		if w.Returned != nil || w.By == v.Login {
			continue
		}
		at := asked{w.kind, w.Unit}
		may, ok := known[at]
		if !ok {
			may = v.CheckConfirm(w.kind, w.Unit, "") == nil
			known[at] = may
		}
		if may && judgeTask(v, w.kind, w.Day, w.done, w.giver) == nil {
			out = append(out, w)
		}
	}
	return out
}

// waitingFor are the entries that wait for whoever asks.
func (s *server) waitingFor(ctx context.Context) ([]waitingEntry, error) {
	v := viewer(ctx)
	if !v.May(access.ConfirmWork, 0) {
		return nil, nil
	}
	all, err := s.allWaiting(ctx)
	if err != nil {
		return nil, err
	}
	return keep(ctx, s, fmt.Sprint("waiting for ", v.Login, v.Grants), func(context.Context) ([]waitingEntry, error) { return confirmable(v, all), nil })
}

// returnedTo are the entries that were returned and that the viewer recorded or amended last.
func (s *server) returnedTo(ctx context.Context) ([]waitingEntry, error) {
	v := viewer(ctx)
	if !v.May(access.RecordAny, 0) {
		return nil, nil
	}
	all, err := s.allWaiting(ctx)
	if err != nil {
		return nil, err
	}
	var out []waitingEntry
	for _, w := range all {
		if w.Returned != nil && (w.By == v.Login || w.Recorder == v.Login) && v.May(access.ReadWork, w.Unit) {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b waitingEntry) int { return b.Returned.At.Compare(a.Returned.At) })
	return out, nil
}

// returnedNow are the numbers of all entries whose standing version was returned.
func (s *server) returnedNow(ctx context.Context) (map[int64]bool, error) {
	all, err := s.allWaiting(ctx)
	out := map[int64]bool{}
	for _, w := range all {
		if w.Returned != nil {
			out[w.ID] = true
		}
	}
	return out, err
}

// shownState is the state of an entry as people call it: what nobody confirms is in the book and that is all.
func shownState(k *catalog.Kind, state ledger.State, returned bool) string {
	switch {
	case returned && state == ledger.Recorded:
		return stateReturned
	case state == ledger.Confirmed && k != nil && k.Confirm == catalog.ByNobody:
		return stateEntered
	}
	return string(state)
}

// The states that are shown besides those of the ledger.
const (
	stateReturned = "returned"
	stateEntered  = "entered"
)

// accountNames are the names of all accounts by login.
func (s *server) accountNames(ctx context.Context) (map[string]string, error) {
	if s.Accounts == nil {
		return nil, nil
	}
	return keep(ctx, s, "names of accounts", func(ctx context.Context) (map[string]string, error) {
		list, err := s.Accounts.List(ctx, s.DB.Read(), identity.Filter{Limit: 1 << 20})
		out := map[string]string{}
		for _, a := range list {
			out[a.Login] = a.Name
		}
		return out, err
	})
}

// personName is an actor by name, else as the log has him.
func personName(names map[string]string, actor string) string {
	return or(names[actor], actorName(actor))
}

// mostConfirmers is how many people are named as those who confirm an entry.
const mostConfirmers = 3

// confirmers names who confirms an entry, the nearest first.
func (s *server) confirmers(ctx context.Context, tree *org.Tree, k *catalog.Kind, e *ledger.Entry) ([]string, error) {
	if e.State != ledger.Recorded || k == nil {
		return nil, nil
	}
	return s.nearest(ctx, tree, func(v *access.Viewer) bool { return judge(v, k, e) == nil })
}

// viewerOf is a person as one who asks, nil where the account is not in use.
func (s *server) viewerOf(tree *org.Tree, p person) *access.Viewer {
	if p.State != identity.Active {
		return nil
	}
	grants := make([]access.Grant, len(p.Grants))
	for i, g := range p.Grants {
		grants[i] = g.Grant
	}
	return s.scopes.Viewer(tree, s.Today(), p.ID, p.Login, p.Name, grants)
}

// reviewed reads the entry of the path with its kind, for whoever may confirm it as it stands.
func (s *server) reviewed(r *http.Request) (*ledger.Entry, *catalog.Kind, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, nil, fault.New(fault.NotFound, "Số ghi nhận chỉ gồm chữ số. Hãy mở từ danh sách ghi nhận.")
	}
	e, err := s.Ledger.Entry(r.Context(), s.DB.Read(), id)
	if err != nil {
		return nil, nil, err
	}
	k := s.kindOf(e)
	if e.State == ledger.Recorded {
		err = judge(viewer(r.Context()), k, e)
	}
	return e, k, err
}

// sawVersion is the version that a form says it was looking at.
func sawVersion(f form) (int, error) {
	saw, err := strconv.Atoi(f.get(versionField))
	if err != nil {
		return 0, fault.New(fault.Invalid, "Chưa rõ đang xem bản nào. Hãy mở lại ghi nhận rồi làm lại.")
	}
	return saw, nil
}

func (s *server) confirmPost(w http.ResponseWriter, r *http.Request) error {
	return s.verdict(w, r, "xac-nhan", func(ctx context.Context, tx *db.Tx, id int64, saw int) error {
		return s.confirmNow(ctx, tx, id, saw)
	})
}

func (s *server) takeBackPost(w http.ResponseWriter, r *http.Request) error {
	return s.verdict(w, r, "thoi-tra-lai", func(ctx context.Context, tx *db.Tx, id int64, saw int) error {
		return s.Ledger.TakeBack(ctx, tx, viewer(ctx).Login, id, saw)
	})
}

// verdict does an act on the version that the form names, once.
func (s *server) verdict(w http.ResponseWriter, r *http.Request, word string, act func(context.Context, *db.Tx, int64, int) error) error {
	values, _, err := s.readForm(w, r)
	if err != nil {
		return err
	}
	f := sentForm(values)
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if done, err := s.sentBefore(r, f.Key); err != nil || done {
		return orRedirect(w, r, err, id, word)
	}
	if _, _, err := s.reviewed(r); err != nil {
		return err
	}
	saw, err := sawVersion(f)
	if err != nil {
		return err
	}
	err = s.actOnce(r, f.Key, func(ctx context.Context, tx *db.Tx, _ string) error { return act(ctx, tx, id, saw) })
	return orRedirect(w, r, err, id, word)
}

// confirmNow confirms a version, asking within the transaction once more who made it: an entry that the viewer has
// amended meanwhile is his own.
func (s *server) confirmNow(ctx context.Context, tx *db.Tx, id int64, saw int) error {
	if err := s.checkVerdict(ctx, tx, id); err != nil {
		return err
	}
	_, err := s.Ledger.Confirm(ctx, tx, viewer(ctx).Login, id, saw)
	return err
}

func (s *server) returnNow(ctx context.Context, tx *db.Tx, id int64, saw int, remark string) error {
	if err := s.checkVerdict(ctx, tx, id); err != nil {
		return err
	}
	if done, err := s.returnTask(ctx, tx, id, saw, remark); done || err != nil {
		return err
	}
	_, err := s.Ledger.Return(ctx, tx, viewer(ctx).Login, id, saw, remark)
	return err
}

func (s *server) checkVerdict(ctx context.Context, tx *db.Tx, id int64) error {
	e, err := s.Ledger.Entry(ctx, tx, id)
	if err != nil {
		return err
	}
	if e.State != ledger.Recorded { // the ledger says what it is instead
		return nil
	}
	return judge(viewer(ctx), s.kindOf(e), e)
}

// returnView is the page on which an entry is returned.
type returnView struct {
	form
	Entry *ledger.Entry
	Title string
}

func (s *server) returnOpen(w http.ResponseWriter, r *http.Request) error {
	e, _, err := s.reviewed(r)
	if err != nil {
		return err
	}
	if e.State != ledger.Recorded {
		return fault.New(fault.Conflict, "Ghi nhận này không còn chờ xác nhận nên không trả lại được. Nếu còn sai, hãy sửa hoặc hủy có lý do.")
	}
	f := newForm()
	f.Values.Set(versionField, strconv.Itoa(e.Version))
	return s.showReturn(w, r, http.StatusOK, f, e)
}

func (s *server) showReturn(w http.ResponseWriter, r *http.Request, status int, f form, e *ledger.Entry) error {
	title := "Trả lại ghi nhận số " + itoa(e.ID)
	p := page{Title: title, Section: "duyet"}
	if len(f.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, p, returnPage(returnView{f, e, s.headTitle(e.Head)}))
}

func (s *server) returnPost(w http.ResponseWriter, r *http.Request) error {
	values, _, err := s.readForm(w, r)
	if err != nil {
		return err
	}
	f := sentForm(values)
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if done, err := s.sentBefore(r, f.Key); err != nil || done {
		return orRedirect(w, r, err, id, "tra-lai")
	}
	e, _, err := s.reviewed(r)
	if err != nil {
		return err
	}
	saw, err := sawVersion(f)
	if err != nil {
		return err
	}
	remark := strings.TrimSpace(f.get(remarkField))
	if err := ledger.CheckRemark(remark); err != nil {
		f.say(remarkField, fault.Say(err))
		return s.showReturn(w, r, http.StatusUnprocessableEntity, f, e)
	}
	err = s.actOnce(r, f.Key, func(ctx context.Context, tx *db.Tx, _ string) error { return s.returnNow(ctx, tx, id, saw, remark) })
	if fault.KindOf(err) == fault.Conflict {
		f.say("", fault.Say(err))
		return s.showReturn(w, r, http.StatusConflict, f, e)
	}
	return orRedirect(w, r, err, id, "tra-lai")
}
