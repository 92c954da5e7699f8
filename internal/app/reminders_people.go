package app

import (
	"context"
	"fmt"
	"net/url"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/contribution"
	"danvan/internal/db"
	"danvan/internal/disclosure"
	"danvan/internal/ledger"
	"danvan/internal/notice"
	"danvan/internal/org"
)

// How many days back what people must be told is looked for, and how many days before its last day it is brought up.
const (
	peopleBack  = 92
	peopleAhead = 7
)

func (a *App) registers() *disclosure.Shelf {
	return &disclosure.Shelf{Ledger: a.Ledger, Catalog: a.Catalog, Engine: a.DB.Engine()}
}

// publications reminds bodies of what they must publish and have not, and their superior of what is missing.
func (a *App) publications(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	law := a.registers().Law(day)
	period := civil.Period{From: day.AddDays(-peopleBack), To: day}
	var bodies []org.UnitID
	for _, id := range tree.Existing(day, 0, org.Filter{Forms: []string{org.Body}}) {
		if u := tree.Unit(id); !u.NoData && len(law.Rules(u.SpanOn(day).Class(), period)) > 0 {
			bodies = append(bodies, id)
		}
	}
	registers, err := a.registers().Registers(ctx, q, tree, bodies, period, day)
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, id := range bodies {
		for i := range registers[id] {
			out = append(out, publicationNotices(law, &registers[id][i], tree.Unit(id).Code, day)...)
		}
	}
	return out, nil
}

// publicationNotices are the reminders of one line of a body's register. The budget of a quarter is a duty of its own and
// is brought up there.
func publicationNotices(law *disclosure.Law, r *disclosure.Row, unit string, day civil.Date) []notice.Notice {
	if r.State != disclosure.Missing && r.State != disclosure.Due || r.Deadline == nil || r.Deadline.Due > day.AddDays(peopleAhead) ||
		r.Rule.Item == "budget" && r.PeriodTo != 0 {
		return nil
	}
	q := url.Values{"don-vi": {unit}, "noi-dung": {r.Rule.Code}}
	key := fmt.Sprintf("cong-khai/%d/%s/%s", r.Unit, r.Rule.Code, r.Start)
	if r.Document != nil {
		key = fmt.Sprintf("cong-khai/van-ban/%d", r.Document.ID)
		q.Set("van-ban", fmt.Sprint(r.Document.ID))
	} else {
		q.Set("ky", r.PeriodTo.String())
	}
	out := []notice.Notice{{Key: key, Topic: notice.Task, Unit: r.Unit, Right: access.RecordWork,
		Title: "Công khai: " + r.Title(law), Path: "/cong-khai/dang?" + q.Encode(), Due: r.Deadline.Due}}
	if r.State == disclosure.Missing {
		out = append(out, notice.Notice{Topic: notice.Task, Unit: r.Unit, Right: access.ConfirmWork, Up: 1, Since: r.Deadline.Due,
			Pile: "%d nội dung của cấp dưới quá hạn chưa công khai", Path: "/cong-khai/luoi"})
	}
	return out
}

// findings reminds the committee and the board's office of recommendations of supervision boards without an answer.
func (a *App) findings(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	law := a.registers().Law(day)
	boards, err := a.registers().Boards(ctx, q, ledger.Filter{From: day.AddDays(-4 * 366)})
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, b := range boards {
		var answers org.UnitID
		if own := tree.Unit(b.Unit); own != nil && own.Form == org.Body {
			if host := hostOf(tree, own, day); host != own {
				if body := tree.On(host.Code+".UBND", day); body != nil {
					answers = body.ID
				}
			}
		}
		for _, f := range b.Findings {
			out = append(out, findingNotices(law, b, f, answers, day)...)
		}
	}
	return out, nil
}

// findingNotices are the reminders of one recommendation: the committee of the place is to have it answered, before its
// last day and after; the board's own office hears of it when that day has passed.
func findingNotices(law *disclosure.Law, b *disclosure.SupervisionBoard, f *disclosure.Finding, committee org.UnitID, day civil.Date) []notice.Notice {
	d := law.Answered(f)
	if d == nil || f.AnsweredOn != 0 || d.Due > day.AddDays(peopleAhead) || d.Due < day.AddDays(-366) {
		return nil
	}
	n := notice.Notice{Topic: notice.Task, Right: access.RecordWork, Path: fmt.Sprintf("/giam-sat/%d", b.ID), Due: d.Due}
	var out []notice.Notice
	if committee != 0 {
		n.Key, n.Unit, n.Title = fmt.Sprintf("kien-nghi-ban/%d", f.ID), committee, "Trả lời ban giám sát của nhân dân: "+f.Finding
		out = append(out, n)
	}
	if d.Late(day) {
		n.Key, n.Unit, n.Title = fmt.Sprintf("kien-nghi-ban/%d/cham", f.ID), b.Unit, "Kiến nghị của ban giám sát quá hạn chưa được trả lời: "+f.Finding
		out = append(out, n)
	}
	return out
}

// decisions reminds of what households decided and nobody has sent to the commune.
func (a *App) decisions(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	list, err := a.registers().Decisions(ctx, q, ledger.Filter{From: day.AddDays(-peopleBack)})
	if err != nil {
		return nil, err
	}
	law := a.registers().Law(day)
	var out []notice.Notice
	for _, d := range list {
		w := law.Follow(d, day)
		n := notice.Notice{Key: fmt.Sprintf("ban-bac/%d/%s", d.ID, w.Stage), Topic: notice.Task, Unit: d.Unit, Right: access.RecordWork, Path: fmt.Sprintf("/ban-bac/%d", d.ID)}
		switch w.Stage {
		case disclosure.NotSent, disclosure.SendLate:
			n.Title, n.Due = "Gửi cấp xã kết quả nhân dân quyết định: "+d.Title, w.Send.Due
		case disclosure.Waiting, disclosure.Unanswered:
			n.Title, n.Due = "Công nhận nội dung nhân dân quyết định: "+d.Title, w.Recognise.Due
		default:
			continue
		}
		out = append(out, n)
	}
	return out, nil
}

// worksOpen reminds of works that should be finished and nobody has accepted.
func (a *App) worksOpen(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	shelf := &contribution.Shelf{Ledger: a.Ledger, Catalog: a.Catalog, Engine: a.DB.Engine()}
	list, err := shelf.Works(ctx, q, ledger.Filter{From: day.AddDays(-4 * 366), States: []ledger.State{ledger.Recorded, ledger.Confirmed}})
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, w := range list {
		if n, ok := workNotice(w, day); ok {
			out = append(out, n)
		}
	}
	return out, nil
}

// workNotice is the reminder of one work: its last day, until somebody accepts it.
func workNotice(w *contribution.Work, day civil.Date) (notice.Notice, bool) {
	if w.EndsOn == 0 || w.EndsOn > day.AddDays(peopleAhead) || w.Stage() == contribution.Closed || w.Stage() == contribution.Done {
		return notice.Notice{}, false
	}
	return notice.Notice{Key: fmt.Sprintf("cong-trinh/%d/%s", w.ID, w.EndsOn), Topic: notice.Task, Unit: w.Unit, Right: access.RecordWork,
		Title: "Nghiệm thu công trình: " + w.Title, Path: fmt.Sprintf("/dong-gop/%d", w.ID), Due: w.EndsOn}, true
}
