package notice

import (
	"context"
	"fmt"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/identity"
	"danvan/internal/org"
)

// Board joins the sources with who they are for. Its fields are set once, before use.
type Board struct {
	DB      *db.DB
	Tree    func(context.Context) (*org.Tree, error)
	Sources []Source
}

// All are the reminders of a day by account, each person's in the order in which they should be dealt with. What people
// put off or do not want is still among them.
func (b *Board) All(ctx context.Context, q db.Querier, day civil.Date) (map[int64][]Notice, error) {
	tree, err := b.Tree(ctx)
	if err != nil {
		return nil, err
	}
	posts, err := Posts(ctx, q, tree, day)
	if err != nil {
		return nil, err
	}
	offices := NewOffices(tree, day, posts)
	out := map[int64][]Notice{}
	for _, source := range b.Sources {
		list, err := source(ctx, q, day)
		if err != nil {
			return nil, fmt.Errorf("find reminders: %w", err)
		}
		for _, n := range list {
			for _, account := range offices.To(n) {
				out[account] = append(out[account], n)
			}
		}
	}
	for account, list := range out {
		list = piled(list)
		Sort(list)
		out[account] = list
	}
	return out, nil
}

// piled joins the reminders of a person that say the same: forty entries that wait for him are one line.
func piled(list []Notice) []Notice {
	at, count := map[string]int{}, map[string]int{}
	var out []Notice
	for _, n := range list {
		if n.Pile == "" {
			out = append(out, n)
			continue
		}
		count[n.Pile]++
		i, seen := at[n.Pile]
		if !seen {
			at[n.Pile] = len(out)
			out = append(out, n)
			continue
		}
		first := &out[i]
		first.Since = earlier(first.Since, n.Since)
		first.Due = earlier(first.Due, n.Due)
	}
	for pile, i := range at {
		if n := &out[i]; count[pile] > 1 || n.Title == "" {
			n.Key, n.Title, n.Path = "gom/"+pile, fmt.Sprintf(pile, count[pile]), or(n.PilePath, n.Path)
		}
	}
	return out
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// earlier is the earlier of two days, of which 0 is none.
func earlier(a, b civil.Date) civil.Date {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// Wanted are the reminders that a person wants to see on a day: of the topics wanted, not put off.
func Wanted(list []Notice, s Setting, later map[string]civil.Date, day civil.Date) []Notice {
	var out []Notice
	for _, n := range list {
		if s.Wants(n.Topic) && later[n.Key] <= day {
			out = append(out, n)
		}
	}
	return out
}

// Pressing are those of which a mail speaks: what waits, is late, or has its last day within the days ahead.
func Pressing(list []Notice, s Setting, day civil.Date) []Notice {
	var out []Notice
	for _, n := range list {
		if n.Due == 0 || n.Stage(day, s.Ahead) != Open {
			out = append(out, n)
		}
	}
	return out
}

// Posts are the grants that hold on a day, of active accounts.
func Posts(ctx context.Context, q db.Querier, tree *org.Tree, day civil.Date) ([]Post, error) {
	people, err := identity.AllActive(ctx, q)
	if err != nil {
		return nil, err
	}
	logins := map[int64]string{}
	for _, p := range people {
		logins[p.ID] = p.Login
	}
	grants, err := access.OfUnits(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []Post
	for _, g := range grants {
		if login := logins[g.Account]; login != "" && g.On(day) {
			out = append(out, Post{Account: g.Account, Login: login, Role: g.Role, Units: access.Heirs(tree, g.Unit, day)})
		}
	}
	return out, nil
}
