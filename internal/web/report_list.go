package web

import (
	"net/http"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/report"
)

// reportItem is a line of the list of reports, with the periods that are asked for most.
type reportItem struct {
	Code, Name, About string
	Usual, Levels     string // how often it is made, for which levels
	Serves            bool   // the unit of the page
	Periods           []civil.Period
}

func (s *server) reportList(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	var list []reportItem
	ed := s.Catalog.EditionOn(sc.Period.To)
	for _, name := range report.Names(ed) {
		t, err := s.Reports.Template(ed, name)
		if err != nil {
			return err
		}
		list = append(list, reportItem{Code: t.Head.Code, Name: t.Head.Name, About: t.Head.Cite, Usual: usual[t.Head.Period], Levels: levelWords(t.Head.For),
			Serves: serves(t.Head.For, sc.Unit, sc.nameDay()), Periods: recentPeriods(t.Head.Period, min(s.Today(), sc.Unit.Closed))})
	}
	slices.SortStableFunc(list, func(a, b reportItem) int {
		if a.Serves != b.Serves {
			return map[bool]int{true: -1, false: 1}[a.Serves]
		}
		return 0
	})
	p := page{Title: "Báo cáo", Section: "bao-cao", Scope: sc}
	return s.render(w, r, http.StatusOK, p, reportListView(sc, list))
}

// recentPeriods are the last finished periods of a kind before a day: today, or the day on which the unit ended.
func recentPeriods(kind string, today civil.Date) []civil.Period {
	first := civil.NewDate(today.Year(), today.Month(), 1)
	var out []civil.Period
	add := func(from, to civil.Date) {
		if p, err := civil.Between(from, to); err == nil {
			out = append(out, p)
		}
	}
	switch kind {
	case "month":
		for i := 1; i <= 3; i++ {
			from := first.AddMonths(-i)
			add(from, from.MonthEnd())
		}
	case "half":
		for y := today.Year(); y >= today.Year()-2; y-- {
			if today <= civil.NewDate(y, 6, 30) {
				continue
			}
			add(civil.NewDate(y, 1, 1), civil.NewDate(y, 6, 30))
		}
	case "year":
		for y := today.Year() - 1; y >= today.Year()-3; y-- {
			add(civil.NewDate(y, 1, 1), civil.NewDate(y, 12, 31))
		}
	default:
		add(civil.NewDate(2010, 1, 1), civil.NewDate(2019, 12, 31))
		if today > civil.NewDate(2025, 12, 31) {
			add(civil.NewDate(2016, 1, 1), civil.NewDate(2025, 12, 31))
		}
	}
	return out
}
