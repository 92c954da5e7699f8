package app

import (
	"context"
	"fmt"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/identity"
	"danvan/internal/notice"
	"danvan/internal/petition"
)

// clockPressed is from how many days late on the superior body is told of a deadline.
const clockPressed = 10

// clocks reminds who works on a case of its deadlines, its office where nobody was given it; when one is past, the head
// of the office and later the superior. A reminder names the case's code and nothing of what it is about.
func (a *App) clocks(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	running, err := a.Clocks.Open(ctx, q, nil)
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
	var out []notice.Notice
	for i := range running {
		if r := &running[i]; !r.Deadline.Stopped && r.Deadline.Due != 0 {
			out = append(out, clockNotices(r, logins, day)...)
		}
	}
	return out, nil
}

func clockNotices(r *petition.Running, logins map[int64]string, day civil.Date) []notice.Notice {
	code := r.Code
	if code == "" {
		code = fmt.Sprintf("ghi nhận %d", r.Entry)
	}
	own := notice.Notice{Key: fmt.Sprintf("han-don/%d/%s/%d", r.Entry, r.Deadline.Clock, r.Deadline.Due), Topic: notice.Letter, Unit: r.Unit,
		Right: access.RecordLetters, Title: "Đơn " + code + " có thời hạn phải giữ", Path: fmt.Sprintf("/don-thu/%d/han", r.Entry), Due: r.Deadline.Due}
	own.Login = logins[r.Officer]
	if own.Login == "" && r.Class == "denunciation" {
		own.Right, own.Also = access.ReadDenunciations, access.RecordLetters
	}
	out := []notice.Notice{own}
	late := r.Deadline.Due.DaysUntil(day)
	if late > 0 {
		out = append(out, notice.Notice{Topic: notice.Letter, Unit: r.Unit, Right: access.ConfirmWork, Also: access.ReadLetters,
			Pile: "%d thời hạn giải quyết đơn của cơ quan quá hạn", Path: "/don-thu/han?khi=qua-han", Due: r.Deadline.Due})
	}
	if late >= clockPressed {
		out = append(out, notice.Notice{Topic: notice.Letter, Unit: r.Unit, Right: access.ConfirmWork, Also: access.ReadLetters, Up: 1,
			Pile: "%d thời hạn giải quyết đơn của cấp dưới quá hạn, cần đôn đốc", Path: "/don-thu/han?khi=qua-han", Since: r.Deadline.Due})
	}
	return out
}
