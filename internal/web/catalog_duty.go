package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// dutyView is who owes what, by when, under which article; and the days of a year on which it is due.
type dutyView struct {
	Edition  *catalog.Edition
	Editions []*catalog.Edition
	Search   string
	Type     string // of body
	Level    string
	Types    []option
	Duties   []dutyLine
	Year     int
	Months   []dueMonth
	Today    civil.Date
}

// dutyLine is a duty with the kind of work or the report that it asks for.
type dutyLine struct {
	*catalog.Duty
	Asks, Href string
	When       string
}

// dueMonth are the days of a month on which something is due.
type dueMonth struct {
	Name string
	Open bool
	Days []dueDay
}

type dueDay struct {
	Day    civil.Date
	Duty   *catalog.Duty
	Period string
}

func (s *server) dutyPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := dutyView{Editions: s.Catalog.Editions(), Search: strings.TrimSpace(q.Get("tim")), Type: q.Get("ai"), Level: q.Get("cap"), Year: s.Today().Year(), Today: s.Today()}
	var err error
	if v.Edition, err = s.readEdition(r); err != nil {
		return err
	}
	if y := atoi(q.Get("nam")); y >= 2010 && y < 2100 {
		v.Year = y
	}
	types := map[string]bool{}
	words := strings.Fields(civil.Fold(v.Search))
	for _, d := range v.Edition.Duties {
		for _, by := range d.By {
			types[catalog.ParseClass(by).Type] = true
		}
		if !hasAll(civil.Fold(d.Name+" "+d.Code+" "+d.Cite), words) || !owes(d, v.Level, v.Type) {
			continue
		}
		v.Duties = append(v.Duties, s.dutyLine(v.Edition, d))
	}
	v.Types = []option{{"", "Mọi cơ quan, tổ chức", ""}}
	for _, t := range slices.Sorted(maps.Keys(types)) {
		if t != "" {
			v.Types = append(v.Types, option{t, upperFirst(className(v.Edition, "*/"+t)), ""})
		}
	}
	v.Months = dueMonths(v, v.Edition)
	p := page{Title: "Trách nhiệm theo quy định", Section: "danh-muc"}
	return s.render(w, r, http.StatusOK, p, dutiesPage(v))
}

// owes reports whether bodies of the level and type are among those that owe the duty; empty is any.
func owes(d *catalog.Duty, level, typ string) bool {
	if level == "" && typ == "" {
		return true
	}
	return slices.ContainsFunc(d.By, func(by string) bool {
		c := catalog.ParseClass(by)
		return (level == "" || c.Level == "" || c.Level == level) && (typ == "" || c.Type == "" || c.Type == typ)
	})
}

func (s *server) dutyLine(ed *catalog.Edition, d *catalog.Duty) dutyLine {
	l := dutyLine{Duty: d, When: dueWords(ed, d)}
	if k := ed.Kind(d.Kind); k != nil {
		l.Asks, l.Href = k.Name, "/danh-muc/"+k.Code+"?an-ban="+ed.Code
	}
	if d.Report != "" {
		l.Asks = "báo cáo"
		if _, ok := ed.Template(d.Report); ok {
			l.Href = "/bao-cao/" + d.Report
		} else if list := ed.List("reports"); list != nil {
			for _, o := range list.Options {
				if o.Code == d.Report {
					l.Asks = o.Name
				}
			}
		}
	}
	return l
}

// dueWords says by when a duty is due.
func dueWords(ed *catalog.Edition, d *catalog.Duty) string {
	due := d.Due
	if r := ed.Regimes.Regime(d.Regime); r != nil && due == nil {
		due = r.Due
	}
	if due == nil {
		return "trong kỳ"
	}
	if due.On != "" {
		month, day, _ := strings.Cut(due.On, "-")
		return "chậm nhất " + strings.TrimPrefix(day, "0") + "/" + strings.TrimPrefix(month, "0") + " hằng năm"
	}
	from := map[string]string{"period_start": "từ đầu kỳ", "period_end": "sau khi hết kỳ", "event": "từ ngày có việc"}[due.After]
	return count(due.Days, dayTypeName(due.DayType)) + " " + from
}

// dueMonths are the days of the year on which the duties of the view are due, by month.
func dueMonths(v dutyView, ed *catalog.Edition) []dueMonth {
	days := map[int][]dueDay{}
	for _, line := range v.Duties {
		for _, turn := range line.TurnsDue(ed.Regimes, ed.Calendar("vn"), civil.NewDate(v.Year, 1, 1), civil.NewDate(v.Year, 12, 31)) {
			days[turn.Due.Month()] = append(days[turn.Due.Month()], dueDay{turn.Due, line.Duty, turn.Period.Name})
		}
	}
	var out []dueMonth
	for month := 1; month <= 12; month++ {
		list := days[month]
		slices.SortStableFunc(list, func(a, b dueDay) int { return int(a.Day - b.Day) })
		first := civil.NewDate(v.Year, month, 1)
		out = append(out, dueMonth{Name: "Tháng " + civil.FormatInt(int64(month)), Open: v.Today >= first && v.Today <= first.MonthEnd(), Days: list})
	}
	return out
}

func (v dutyView) query(changes ...string) string {
	q := url.Values{"an-ban": {v.Edition.Code}}
	for name, value := range map[string]string{"tim": v.Search, "ai": v.Type, "cap": v.Level} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		q.Set(changes[i], changes[i+1])
	}
	return "?" + q.Encode()
}

var dutyLevels = []option{{"", "Mọi cấp", ""}, {org.Province, "Cấp tỉnh", ""}, {org.District, "Cấp huyện", ""}, {org.Commune, "Cấp xã", ""}}
