package app

import (
	"context"
	"fmt"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/ledger"
	"danvan/internal/notice"
	"danvan/internal/org"
)

func (a *App) hall() *dialogue.Shelf {
	return &dialogue.Shelf{Ledger: a.Ledger, Catalog: a.Catalog, Engine: a.DB.Engine()}
}

// talkAhead and talkBack are how many days before and after its day a session with the people is brought up.
const (
	talkAhead = 3
	talkBack  = 14
)

// talks reminds of sessions that come, that passed without a record, that have no minutes, and of answers put off.
func (a *App) talks(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	list, err := a.hall().Occasions(ctx, q, nil, civil.Period{From: day.AddDays(-talkBack), To: day.AddDays(talkAhead)})
	if err != nil {
		return nil, err
	}
	says := map[dialogue.State]string{dialogue.Planned: "sắp tới", dialogue.Today: "hôm nay", dialogue.Missed: "quá ngày, chưa ghi", dialogue.Running: "chưa ra biên bản, kết luận"}
	var out []notice.Notice
	for _, o := range list {
		st, h := o.State(day), o.Head()
		if says[st] == "" {
			continue
		}
		say := says[st]
		if st == dialogue.Planned && o.Plan.AnnouncedOn == 0 {
			say = "sắp tới, chưa thông báo"
		}
		out = append(out, notice.Notice{Key: fmt.Sprintf("doi-thoai/%d", h.ID), Topic: notice.Task, Unit: h.Unit, Right: access.RecordWork,
			Title: "Đối thoại ngày " + o.Day().Vi() + ": " + say, Path: fmt.Sprintf("/doi-thoai/%d", h.ID), Due: o.Day()})
	}
	issues, err := a.hall().IssuesDue(ctx, q, nil)
	if err != nil {
		return nil, err
	}
	for _, i := range issues {
		if i.DueOn > day.AddDays(dialogue.SoonDays) || i.Carries == 0 {
			continue
		}
		out = append(out, notice.Notice{Key: fmt.Sprintf("van-de/%d", i.ID), Topic: notice.Task, Unit: i.Unit, Right: access.RecordWork,
			Title: "Trả lời nhân dân: " + i.Subject, Path: fmt.Sprintf("/doi-thoai/%d?mo=tra-loi&dong=%d", i.Carries, i.ID), Due: i.DueOn})
	}
	return out, nil
}

// promises reminds whoever promised, before the day and after, and where the village disputes; the superior of promises
// that are late without a reason.
func (a *App) promises(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	list, err := a.hall().Promises(ctx, q, ledger.Filter{}, day)
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, p := range list {
		st := p.StateOn(day)
		if !st.Open() || st == dialogue.Doing {
			continue
		}
		n := notice.Notice{Key: fmt.Sprintf("cam-ket/%d", p.ID), Topic: notice.Task, Unit: ownerOf(tree, p), Right: access.RecordWork,
			Title: "Cam kết: " + p.Subject, Path: fmt.Sprintf("/cam-ket/%d", p.ID), Due: p.Due}
		if st == dialogue.Disputed {
			n.Key, n.Topic, n.Title, n.Since = fmt.Sprintf("cam-ket/%d/%s", p.ID, p.Disputed), notice.Returned, n.Title+": thôn chưa đồng ý", p.Disputed
		}
		out = append(out, n)
		if st == dialogue.Overdue && p.WhyLate == "" {
			if up := superior(tree, n.Unit, day); up != nil {
				out = append(out, notice.Notice{Topic: notice.Task, Unit: up.ID, Right: access.RecordWork, Path: "/cam-ket?xem=qua-han", Pile: "%d cam kết với nhân dân quá hạn, chưa nêu lý do"})
			}
		}
	}
	return out, nil
}

// ownerOf is the body that is answerable for a promise.
func ownerOf(tree *org.Tree, p *dialogue.Promise) org.UnitID {
	if p.OwnerUnit != "" {
		if u, err := tree.Resolve(p.OwnerUnit, org.AsThen(), p.Day); err == nil {
			return u.ID
		}
	}
	return p.Unit
}
