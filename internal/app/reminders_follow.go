package app

import (
	"context"
	"fmt"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/follow"
	"danvan/internal/identity"
	"danvan/internal/notice"
	"danvan/internal/petition"
)

// readWithin is how many days an office has to read what a sender wrote, before the reminder is late.
const readWithin = 3

// written reminds of what senders wrote and nobody has read, and of answers that wait for the check. It says neither what was
// written nor by whom; of a denunciation only who may read it is told.
func (a *App) written(ctx context.Context, q db.Querier, _ civil.Date) ([]notice.Notice, error) {
	desk := &follow.Desk{}
	unread, err := desk.Unread(ctx, q)
	if err != nil {
		return nil, err
	}
	waiting, err := desk.Waiting(ctx, q)
	if err != nil {
		return nil, err
	}
	if len(unread)+len(waiting) == 0 {
		return nil, nil
	}
	logins, err := a.officers(ctx, q, unread)
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, u := range unread {
		n := notice.Notice{Key: fmt.Sprintf("tin-dan/%d/%d", u.Entry, u.Since), Topic: notice.Letter, Unit: u.Unit, Right: access.RecordLetters,
			Title: fmt.Sprintf("Người gửi đơn (ghi nhận %d) vừa viết, chờ đọc", u.Entry), Path: fmt.Sprintf("/don-thu/%d/tra-loi-dan", u.Entry), Due: u.Since.AddDays(readWithin), Login: logins[u.Entry]}
		out = append(out, guarded(n, u))
	}
	for _, u := range waiting {
		n := notice.Notice{Key: fmt.Sprintf("tra-loi-cho/%d/%d", u.Entry, u.Since), Topic: notice.Waiting, Unit: u.Unit, Right: access.ConfirmWork, Also: access.ReadLetters,
			Title: fmt.Sprintf("Câu trả lời người gửi đơn (ghi nhận %d) chờ kiểm tra", u.Entry), Path: fmt.Sprintf("/don-thu/%d/tra-loi-dan", u.Entry), Since: u.Since}
		if u.Class == "denunciation" {
			n.Also = access.ReadDenunciations
		}
		out = append(out, n)
	}
	return out, nil
}

// guarded keeps the reminder of a denunciation to who may read it.
func guarded(n notice.Notice, u follow.Unread) notice.Notice {
	if n.Login == "" && u.Class == "denunciation" {
		n.Right, n.Also = access.ReadDenunciations, access.RecordLetters
	}
	return n
}

// officers are the logins of who works on letters.
func (a *App) officers(ctx context.Context, q db.Querier, of []follow.Unread) (map[int64]string, error) {
	var ids []int64
	for _, u := range of {
		ids = append(ids, u.Entry)
	}
	hands, err := petition.HandsOfAll(ctx, q, ids)
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
	out := map[int64]string{}
	for id, h := range hands {
		out[id] = logins[h.Officer]
	}
	return out, nil
}
