package web

import (
	"context"
	"net/http"
	"slices"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/duty"
	"danvan/internal/notice"
)

// dutyView is the calendar of a unit: what is due in a period, and what it still owes from before.
type dutyCalView struct {
	Scope  *scope
	Today  civil.Date
	Filter dutyFilter
	Done   string // word of the notice
	Whole  bool   // the period is one calendar month, which is drawn
	Weeks  [][]calDay
	Counts map[duty.State]int // of the period, unfiltered
	Total  int
	Owed   []*dutyGroup // late from before the period
	Before int          // obligations in Owed
	Days   []dutyDay
	Ended  bool
	Grid   bool            // there are enough bodies for the grid
	Others []notice.Notice // what else the reader himself has to do by a day of the period, by day
}

// calDay is one day of the drawn month; the zero day is a hole before the first or after the last.
type calDay struct {
	Day    civil.Date
	Off    bool
	Name   string // of a holiday
	Counts map[duty.State]int
}

// dutyDay is one due day with what is due on it.
type dutyDay struct {
	Day    civil.Date
	Groups []*dutyGroup
}

// owedBack is how many days before the period the page looks for what was not done.
const owedBack = 366

func (s *server) dutyCalendar(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.dutyScope(r, monthOf)
	if err != nil {
		return err
	}
	v := dutyCalView{Scope: sc, Today: s.Today(), Filter: readDutyFilter(r.URL.Query()), Done: r.URL.Query().Get("xong"), Counts: map[duty.State]int{}}
	v.Ended = !sc.Unit.Open(min(v.Today, sc.Period.To))
	p := sc.Period
	list, err := s.owed(r, duty.Ask{Under: sc.Unit.ID, From: p.From.AddDays(-owedBack), To: p.To, Today: v.Today, Keep: v.Filter.keeps})
	if err != nil {
		return err
	}
	v.take(s, viewer(r.Context()), list)
	if err := v.takeOthers(r.Context(), s); err != nil {
		return err
	}
	v.draw(s)
	return s.render(w, r, http.StatusOK, page{Title: "Việc định kỳ", Section: "dinh-ky", Scope: sc}, dutyCalendarPage(v))
}

func (s *server) owed(r *http.Request, ask duty.Ask) (list []duty.Obligation, err error) {
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		list, err = s.book().Owed(r.Context(), q, ask)
		return err
	})
	return list, err
}

// take sorts obligations into what is owed from before and the days of the period.
func (v *dutyCalView) take(s *server, who *access.Viewer, list []duty.Obligation) {
	var before, within []duty.Obligation
	bodies := map[int64]bool{}
	for _, o := range list {
		bodies[int64(o.Unit)] = true
		switch {
		case o.Turn.Due >= v.Scope.Period.From:
			v.Counts[o.State]++
			v.Total++
			if v.Filter.shows(&o) {
				within = append(within, o)
			}
		case o.State == duty.Late && v.Filter.shows(&o):
			before = append(before, o)
		}
	}
	v.Grid = len(bodies) > 1
	v.Before = len(before)
	v.Owed = s.dutyGroups(v.Scope.tree, who, before, true)
	for _, g := range s.dutyGroups(v.Scope.tree, who, within, false) {
		i := slices.IndexFunc(v.Days, func(d dutyDay) bool { return d.Day == g.Turn.Due })
		if i < 0 {
			v.Days, i = append(v.Days, dutyDay{Day: g.Turn.Due}), len(v.Days)
		}
		v.Days[i].Groups = append(v.Days[i].Groups, g)
	}
	slices.SortFunc(v.Days, func(a, b dutyDay) int { return int(a.Day - b.Day) })
	for _, d := range v.Days {
		byPress(d.Groups)
	}
}

// takeOthers are the reader's own reminders with a last day in the period that are no duties: promises, publications,
// answers to boards, works, letters.
func (v *dutyCalView) takeOthers(ctx context.Context, s *server) error {
	list, err := s.reminders(ctx, viewer(ctx).Account, false)
	if err != nil {
		return err
	}
	for _, n := range list {
		if n.Topic != notice.Duty && n.Title != "" && n.Due >= v.Scope.Period.From && n.Due <= v.Scope.Period.To {
			v.Others = append(v.Others, n)
		}
	}
	slices.SortStableFunc(v.Others, func(a, b notice.Notice) int { return int(a.Due - b.Due) })
	return nil
}

// draw lays the month out in weeks, Monday first.
func (v *dutyCalView) draw(s *server) {
	p := v.Scope.Period
	if v.Whole = p.From.Day() == 1 && p.To == p.From.MonthEnd(); !v.Whole {
		return
	}
	counts := map[civil.Date]map[duty.State]int{}
	for _, d := range v.Days {
		m := map[duty.State]int{}
		for _, g := range d.Groups {
			for st, n := range g.Counts {
				m[st] += n
			}
		}
		counts[d.Day] = m
	}
	cal := s.Catalog.EditionOn(p.To).Calendar("vn")
	week := make([]calDay, (int(p.From.Weekday())+6)%7)
	for day := p.From; day <= p.To; day = day.AddDays(1) {
		off, name := cal.Look(day)
		if week = append(week, calDay{day, off, name, counts[day]}); len(week) == 7 {
			v.Weeks, week = append(v.Weeks, week), nil
		}
	}
	if len(week) > 0 {
		v.Weeks = append(v.Weeks, append(week, make([]calDay, 7-len(week))...))
	}
}

// shown is how many obligations the list holds.
func (v *dutyCalView) shown() int {
	n := 0
	for _, d := range v.Days {
		for _, g := range d.Groups {
			n += g.Total
		}
	}
	return n
}

func (v *dutyCalView) query(changes ...string) string {
	return v.Scope.query(append(v.Filter.values(), changes...)...)
}

// month is the address of the month before (-1) or after the one that is shown.
func (v *dutyCalView) month(step int) string {
	return v.query("ky", monthOf(v.Scope.Period.From.AddMonths(step)).Code)
}

func monthName(p civil.Period) string { return upperFirst(p.Name) }

// dayAnchor is the id of a day in the list.
func dayAnchor(d civil.Date) string { return "ngay-" + d.String() }

// dutyYear is the scope of a duty's own page: the year of the period.
func dutyYear(sc *scope) string { return sc.query("ky", yearOf(sc.Period.To).Code) }
