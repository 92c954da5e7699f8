package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// reviewView is one entry before whoever confirms it.
type reviewOneView struct {
	entryView
	Ask     *queueAsk
	form    form
	Outcome *outcome
	Preview *figurePreview
	Diff    []diffLine
	Since   string // which version the differences are to
	May     bool   // it waits for the viewer
	At      int    // its place in the queue, from 0; -1 where it does not stand in it
	Total   int
	Prev    string
	Next    string
	Back    string
}

// diffLine is one answer that a version changed.
type diffLine struct{ Name, Old, New string }

func (s *server) reviewPage(w http.ResponseWriter, r *http.Request) error {
	a, err := s.readQueue(r)
	if err != nil {
		return err
	}
	id, err := pathID(r)
	if err != nil {
		return err
	}
	return s.showReviewOf(w, r, http.StatusOK, a, newForm(), id)
}

func (s *server) reviewAgain(w http.ResponseWriter, r *http.Request, a *queueAsk, f form, id int64) error {
	return s.showReviewOf(w, r, http.StatusUnprocessableEntity, a, f, id)
}

func (s *server) showReviewOf(w http.ResponseWriter, r *http.Request, status int, a *queueAsk, f form, id int64) error {
	ctx := r.Context()
	v := reviewOneView{Ask: a, form: f, At: -1, Back: "/duyet" + a.query()}
	err := s.DB.View(ctx, func(q db.Querier) error {
		e, err := s.Ledger.Entry(ctx, q, id)
		if err != nil {
			return err
		}
		if v.entryView, err = s.wholeView(ctx, q, a.tree, e); err != nil {
			return err
		}
		v.May = mayConfirm(viewer(ctx), s.kindOf(e), e) && v.Returned == nil
		if v.May {
			fo, err := s.Ledger.ForeseeConfirm(ctx, q, id)
			if err != nil {
				return err
			}
			v.Preview, err = s.previewAs(ctx, a.tree, fo, figure.Confirmed)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	v.Diff, v.Since = v.changes(a.tree)
	if v.Outcome, err = s.outcomeOf(r); err != nil {
		return err
	}
	if err := s.place(ctx, a, &v); err != nil {
		return err
	}
	title := "Duyệt: " + v.Title
	if len(f.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, queuePageOf(title), reviewPageView(v))
}

// place finds where in the queue the entry stands, and its neighbours.
func (s *server) place(ctx context.Context, a *queueAsk, v *reviewOneView) error {
	list, _, err := s.queued(ctx, a)
	if err != nil {
		return err
	}
	v.Total = len(list)
	v.At = slices.IndexFunc(list, func(w waitingEntry) bool { return w.ID == v.Entry.ID })
	link := func(i int) string { return "/duyet/" + itoa(list[i].ID) + a.query() }
	switch {
	case v.At > 0:
		v.Prev = link(v.At - 1)
	case v.At < 0 && len(list) > 0:
		v.Next = link(0)
	}
	if v.At >= 0 && v.At+1 < len(list) {
		v.Next = link(v.At + 1)
	}
	return nil
}

// wholeView is an entry with its verdicts, names and who confirms it.
func (s *server) wholeView(ctx context.Context, q db.Querier, tree *org.Tree, e *ledger.Entry) (entryView, error) {
	v := s.entryView(tree, e, mayRead(viewer(ctx), s.kindNear(e.Head.Kind, e.Day), e.Unit))
	var err error
	if v.Returns, err = s.Ledger.Returns(ctx, q, e.ID); err != nil {
		return v, err
	}
	for i := range v.Returns {
		if x := &v.Returns[i]; x.TakenBy == "" && x.Version == e.Version && e.State == ledger.Recorded {
			v.Returned = x
		}
	}
	if v.Late, err = s.Ledger.LateOf(ctx, q, e.ID); err != nil {
		return v, err
	}
	if v.Closing, err = s.Ledger.ClosingOf(ctx, q, e.Unit, e.Day); err != nil {
		return v, err
	}
	if v.Names, err = s.accountNames(ctx); err != nil {
		return v, err
	}
	v.State = shownState(v.Kind, e.State, v.Returned != nil)
	if v.Returned == nil {
		v.Confirmers, err = s.confirmers(ctx, tree, s.kindOf(e), e)
	}
	return v, err
}

// changes are what the standing version says differently from the last one on which there was a verdict, or else
// from the one before it.
func (v *reviewOneView) changes(tree *org.Tree) ([]diffLine, string) {
	all := v.Entry.Versions
	now := len(all) - 1
	if now == 0 || v.Guarded {
		return nil, ""
	}
	base := now - 1
	for i := now - 1; i >= 0; i-- {
		judged := all[i].State == ledger.Confirmed || slices.ContainsFunc(v.Returns, func(r ledger.Return) bool { return r.Version == all[i].Number && r.TakenBy == "" })
		if judged {
			base = i
			break
		}
	}
	old, cur := answersOf(tree, v.Versions[now-base], all[base]), answersOf(tree, v.Versions[0], all[now])
	var out []diffLine
	at := map[string]int{}
	for _, l := range cur {
		at[l.Name] = len(out)
		out = append(out, diffLine{Name: l.Name, New: l.New})
	}
	for _, l := range old {
		if i, ok := at[l.Name]; ok {
			out[i].Old = l.New
		} else {
			out = append(out, diffLine{Name: l.Name, Old: l.New})
		}
	}
	out = slices.DeleteFunc(out, func(d diffLine) bool { return d.Old == d.New })
	return out, strconv.Itoa(all[base].Number)
}

// answersOf are what a version says, in words, with its day, bodies and attachments.
func answersOf(tree *org.Tree, vv versionView, ver ledger.Version) []diffLine {
	out := []diffLine{{Name: "Ngày", New: ver.Day.Vi()}, {Name: "Đơn vị chịu trách nhiệm", New: tree.NameOn(ver.Unit, ver.Day)}, {Name: "Nơi diễn ra", New: tree.NameOn(ver.Place, ver.Day)}}
	var partners, names []string
	for _, p := range ver.Partners {
		partners = append(partners, tree.NameOn(p, ver.Day))
	}
	for _, f := range ver.Files {
		names = append(names, f.Name)
	}
	out = append(out, diffLine{Name: "Phối hợp", New: strings.Join(partners, "; ")}, diffLine{Name: "Tệp đính kèm", New: strings.Join(names, "; ")})
	for _, f := range vv.Fields {
		text := f.Value
		for _, row := range f.Rows {
			text += strings.Join(row, ", ") + "; "
		}
		out = append(out, diffLine{Name: f.Name, New: text})
	}
	return out
}

// said reports what the outcome of one entry was, in a sentence.
func (o *outcome) said() string {
	if o == nil || len(o.Done) == 0 {
		return ""
	}
	if o.Act == actReturned {
		return "Đã trả lại " + count(len(o.Done), "việc") + " kèm nhận xét."
	}
	return "Đã xác nhận " + count(len(o.Done), "việc") + "."
}

// closedSay is the sentence for an entry that does not wait for the viewer.
func (v *reviewOneView) closedSay(who *access.Viewer) string {
	switch {
	case v.Returned != nil:
		return "Ghi nhận này đã được trả lại và đang chờ người ghi sửa."
	case v.Entry.State != ledger.Recorded:
		return "Ghi nhận này không còn chờ xác nhận."
	}
	if err := judge(who, v.Kind, v.Entry); err != nil {
		return fault.Say(err)
	}
	return ""
}

// plain is what the standing version says, without marking what it changed: the differences stand above it.
func (v *reviewOneView) plain() versionView {
	ver := v.Versions[0]
	ver.Changed = nil
	return ver
}
