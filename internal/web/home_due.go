package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/duty"
	"danvan/internal/org"
)

// dueLine is a duty whose day is near, or that somebody has not met though it is past: then all its turns that are.
type dueLine struct {
	Duty   *catalog.Duty
	Turn   catalog.Turn // the oldest that is open
	Turns  int          // that are open
	Left   int          // days until the last one; negative when it is past
	Owing  []string     // bodies, each once
	Done   int          // obligations of these turns that are met
	Total  int
	Filing bool // a report is to be handed in
}

// Late reports whether the day is past and somebody has not done it.
func (d dueLine) Late() bool { return d.Left < 0 }

// class is the look of the due ticket.
func (d dueLine) class() string {
	switch {
	case d.Left < 0:
		return "over"
	case d.Left <= duty.SoonDays:
		return "soon"
	}
	return ""
}

func (d dueLine) says() string {
	switch {
	case d.Left < 0:
		return "Quá " + civil.FormatInt(int64(-d.Left)) + " ngày"
	case d.Left == 0:
		return "Hôm nay"
	}
	return "Còn " + civil.FormatInt(int64(d.Left)) + " ngày"
}

// soonDays is how far ahead the first page looks, lateDays how far back: what is older stands on the page of duties.
const (
	soonDays = 30
	lateDays = 92
)

// mostDues is how many duties the first page lists at once, allDues how many at all.
const (
	mostDues = 5
	allDues  = 25
)

// dues are the duties of the bodies at or below a unit, reports and those that follow an event among them: what is
// near, and what is past and not met.
func (s *server) dues(ctx context.Context, sc *scope) (out []dueLine, err error) {
	today := s.Today()
	var list []duty.Obligation
	err = s.DB.View(ctx, func(q db.Querier) error {
		list, err = s.book().Owed(ctx, q, duty.Ask{Under: sc.Unit.ID, From: today.AddDays(-lateDays), To: today.AddDays(soonDays), Today: today})
		return err
	})
	if err != nil {
		return nil, err
	}
	return dueLines(sc.tree, list), nil
}

// dueLines puts the obligations of a duty together: those of all its late turns in one line, each turn to come in one.
func dueLines(tree *org.Tree, list []duty.Obligation) []dueLine {
	type turn struct {
		code string
		due  civil.Date
	}
	open := map[turn]bool{}
	for _, o := range list {
		if o.State.Open() {
			open[turn{o.Duty.Code, o.Turn.Due}] = true
		}
	}
	type key struct {
		code string
		due  civil.Date // 0: late
	}
	at := map[key]int{}
	turns, named := map[key]map[civil.Date]bool{}, map[key]map[org.UnitID]bool{}
	var out []dueLine
	for _, o := range list { // by due day
		if !open[turn{o.Duty.Code, o.Turn.Due}] {
			continue
		}
		k := key{o.Duty.Code, o.Turn.Due}
		if o.Left < 0 {
			k.due = 0
		}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k], turns[k], named[k] = i, map[civil.Date]bool{}, map[org.UnitID]bool{}
			out = append(out, dueLine{Duty: o.Duty, Turn: o.Turn, Left: o.Left, Filing: o.Duty.Report != ""})
		}
		turns[k][o.Turn.Due] = true
		out[i].Turns = len(turns[k])
		out[i].Total++
		if !o.State.Open() {
			out[i].Done++
		} else if !named[k][o.Unit] {
			named[k][o.Unit] = true
			out[i].Owing = append(out[i].Owing, tree.NameOn(o.Unit, o.Turn.Period.To))
		}
	}
	slices.SortStableFunc(out, func(a, b dueLine) int {
		return cmp.Or(cmp.Compare(b2i(!a.Late()), b2i(!b.Late())), cmp.Compare(a.Turn.Due, b.Turn.Due), strings.Compare(a.Duty.Code, b.Duty.Code))
	})
	return out
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// owing names the first of those who owe, and how many there are more.
func (d dueLine) owing() string {
	if d.Total == 1 {
		return ""
	}
	const named = 2
	text := strings.Join(d.Owing[:min(named, len(d.Owing))], "; ")
	if n := len(d.Owing) - named; n > 0 {
		text += "; và " + civil.FormatInt(int64(n)) + " nơi khác"
	}
	return text
}

// href is the page of the duty with the turn that is the longest open.
func (d dueLine) href(sc *scope) string {
	return "/dinh-ky/" + d.Duty.Code + sc.query("ky", yearOf(d.Turn.Due).Code, "luot", d.Turn.Period.To.String())
}
