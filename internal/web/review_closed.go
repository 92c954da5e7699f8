package web

import (
	"cmp"
	"context"
	"slices"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// closedFor says why the viewer may not amend or void work of a body and day: a report has closed the period, and he
// may not confirm the body's work. Empty: he may.
func (s *server) closedFor(ctx context.Context, unit org.UnitID, day civil.Date) (string, error) {
	if viewer(ctx).May(access.ConfirmWork, unit) {
		return "", nil
	}
	c, err := s.Ledger.ClosingOf(ctx, s.DB.Read(), unit, day)
	if c == nil || err != nil {
		return "", err
	}
	ask := "người vừa được ghi, vừa được xác nhận việc của đơn vị"
	people, err := s.amendersOf(ctx, unit)
	if err != nil {
		return "", err
	}
	if len(people) > 0 {
		ask = joinNames(people)
	}
	return "Ngày " + day.Vi() + " thuộc kỳ đã chốt: " + c.Name + ". Báo cáo đã nộp nên chỉ người vừa được ghi, vừa được xác nhận việc của đơn vị mới sửa hay hủy được; hãy đề nghị " + ask + ".", nil
}

// checkClosed asks of an amendment both the day on which the entry stands and the one to which it would be moved.
func (s *server) checkClosed(ctx context.Context, f *recordForm, fo *ledger.Foreseen) error {
	if f.Entry == nil {
		return nil
	}
	say, err := s.closedFor(ctx, f.Entry.Unit, f.Entry.Day)
	if err == nil && say == "" && fo != nil {
		say, err = s.closedFor(ctx, fo.Unit, fo.Day)
	}
	if err != nil || say == "" {
		return err
	}
	f.say("", say+" Phần đã gõ vẫn giữ nguyên.")
	f.lost = true
	return nil
}

// actOf is the act that made a version.
func (v entryView) actOf(version int) string {
	i := slices.IndexFunc(v.Entry.Versions, func(x ledger.Version) bool { return x.Number == version })
	if i < 0 {
		return ""
	}
	return string(v.Entry.Versions[i].Act)
}

// amendersOf names who may change what a report has closed: both record and confirm the work of a body, the nearest first.
func (s *server) amendersOf(ctx context.Context, unit org.UnitID) ([]string, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	return s.nearest(ctx, tree, func(v *access.Viewer) bool { return v.May(access.ConfirmWork, unit) && v.May(access.RecordWork, unit) })
}

// nearest names the people who may do something, those whose grant stands lowest in the tree first.
func (s *server) nearest(ctx context.Context, tree *org.Tree, may func(*access.Viewer) bool) ([]string, error) {
	if s.Accounts == nil {
		return nil, nil
	}
	people, err := keep(ctx, s, "people with grants", func(ctx context.Context) ([]person, error) { return s.people(ctx, s.DB.Read()) })
	if err != nil {
		return nil, err
	}
	type named struct {
		name  string
		depth int
	}
	var found []named
	for _, p := range people {
		v := s.viewerOf(tree, p)
		if v == nil || !may(v) {
			continue
		}
		n := named{depth: -1}
		for _, g := range v.Grants {
			if d := len(tree.Chain(g.Unit, s.Today())); g.Role.Has(access.ConfirmWork) && d > n.depth {
				n = named{p.Name + " (" + lowerFirst(g.Role.Name()) + ", " + postUnit(tree, g.Unit, s.Today()) + ")", d}
			}
		}
		found = append(found, n)
	}
	slices.SortStableFunc(found, func(a, b named) int { return cmp.Compare(b.depth, a.depth) })
	var out []string
	for _, n := range found[:min(len(found), mostConfirmers)] {
		out = append(out, n.name)
	}
	if more := len(found) - mostConfirmers; more > 0 {
		out = append(out, civil.FormatInt(int64(more))+" người khác")
	}
	return out, nil
}
