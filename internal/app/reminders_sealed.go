package app

import (
	"context"
	"slices"
	"time"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/identity"
	"danvan/internal/notice"
	"danvan/internal/petition"
	"danvan/internal/sealed"
)

// expiredFor is how many days an officer is told of a request of his own that ran out.
const expiredFor = 14

// identities reminds of sealed identities: the custodian of requests that wait, whoever asked of those that ran out, and
// the confidential officer of cases whose envelope nobody has filled yet. No reminder names a case.
func (a *App) identities(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	all, err := sealed.AllOpenings(ctx, q)
	if err != nil {
		return nil, err
	}
	people, err := identity.AllActive(ctx, q)
	if err != nil {
		return nil, err
	}
	logins := map[int64]string{}
	for _, p := range people {
		logins[p.ID] = p.Login
	}
	out := openingNotices(all, logins, day, time.Now())
	empty, err := a.envelopes(ctx, q)
	return append(out, empty...), err
}

// openingNotices are the reminders of requests to open, newest first.
func openingNotices(all []sealed.Opening, logins map[int64]string, day civil.Date, now time.Time) []notice.Notice {
	var out []notice.Notice
	type own struct{ entry, account int64 }
	seen := map[own]bool{}
	for _, o := range all {
		last := !seen[own{o.Entry, o.AskedBy}]
		seen[own{o.Entry, o.AskedBy}] = true
		switch o.At(now) {
		case sealed.Asked:
			out = append(out, notice.Notice{Topic: notice.Letter, Unit: o.Unit, Right: access.KeepKeys, Pile: "%d đề nghị mở danh tính chờ trả lời", Path: "/to-cao/khoa", Due: dayOf(o.Ends)})
		case sealed.Released:
			out = append(out, notice.Notice{Topic: notice.Letter, Unit: o.Unit, Login: logins[o.AskedBy], Pile: "%d phong bì danh tính đã được cho mở, chờ nhận", Path: "/to-cao", Due: dayOf(o.Ends)})
		case sealed.Expired:
			if last && dayOf(o.Ends).DaysUntil(day) <= expiredFor && logins[o.AskedBy] != "" {
				out = append(out, notice.Notice{Topic: notice.Letter, Unit: o.Unit, Login: logins[o.AskedBy], Pile: "%d đề nghị mở danh tính đã hết hạn; đề nghị lại nếu vẫn cần", Path: "/to-cao", Since: dayOf(o.Ends)})
			}
		}
	}
	return slices.DeleteFunc(out, func(n notice.Notice) bool { return n.Right == "" && n.Login == "" })
}

// envelopes reminds of open denunciations whose envelope nobody has filled since their office keeps identities here, be
// it only to say that there is none. It says nothing of whether there is one.
func (a *App) envelopes(ctx context.Context, q db.Querier) ([]notice.Notice, error) {
	running, err := a.Clocks.Open(ctx, q, nil)
	if err != nil {
		return nil, err
	}
	filled, err := sealed.Deposits(ctx, q)
	if err != nil {
		return nil, err
	}
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, r := range running {
		if r.Class != "denunciation" || filled[r.Entry] {
			continue
		}
		filled[r.Entry] = true // once, however many clocks run
		e, err := a.Ledger.Entry(ctx, q, r.Entry)
		if err != nil {
			return nil, err
		}
		c, err := petition.CaseOf(e)
		if err != nil {
			return nil, err
		}
		office, err := sealed.Office(ctx, q, tree.Chain(c.Unit, c.Day))
		if err != nil {
			return nil, err
		}
		if office.Expects(c.Received) {
			out = append(out, notice.Notice{Topic: notice.Letter, Unit: c.Unit, Right: access.OpenIdentity, Climb: true,
				Pile: "%d hồ sơ tố cáo chưa cất phong bì danh tính", Path: "/to-cao", Since: c.Received})
		}
	}
	return out, nil
}

// comingAfter is after how many days a body that sent a letter is told that nobody confirmed it.
const comingAfter = 7

// transfers reminds bodies of letters that were sent to them and wait to be confirmed, and after a while the senders.
func (a *App) transfers(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	coming, err := petition.Coming(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, t := range coming {
		out = append(out, notice.Notice{Topic: notice.Letter, Unit: t.Unit, Right: access.RecordLetters, Climb: true,
			Pile: "%d đơn chuyển đến chờ xác nhận đã nhận", Path: "/don-thu/den", Since: t.On})
		if t.On.DaysUntil(day) < comingAfter {
			continue
		}
		e, err := a.Ledger.Entry(ctx, q, t.Entry)
		if err != nil {
			return nil, err
		}
		out = append(out, notice.Notice{Topic: notice.Letter, Unit: e.Unit, Right: access.RecordLetters,
			Pile: "%d đơn đã chuyển đi mà cơ quan nhận chưa xác nhận", Path: "/don-thu", Since: t.On})
	}
	return out, nil
}
