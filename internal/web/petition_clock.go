package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// clockRoutes are the deadlines of cases: what is due, and how each came about.
func (s *server) clockRoutes() []route {
	return []route{
		{"GET /don-thu/han", access.ReadLetters, onScope, s.clockBoard},
		{"GET /don-thu/{id}/han", access.ReadLetters, onEntry, s.caseClocks},
	}
}

// What the board may be narrowed to.
const (
	whenLate    = "qua-han"
	whenToday   = "hom-nay"
	whenWeek    = "trong-tuan"
	whenLater   = "con-lau"
	whenStopped = "dang-dung"
	myWork      = "cua-toi"
)

var whenNames = []option{
	{"", "Mọi hạn", ""}, {whenLate, "Quá hạn", ""}, {whenToday, "Hạn hôm nay", ""}, {whenWeek, "Đến hạn trong tuần này", ""},
	{whenLater, "Đến hạn sau tuần này", ""}, {whenStopped, "Đang tạm dừng", ""},
}

// whenOf is the group of the board in which a running clock stands.
func whenOf(r *petition.Running, today civil.Date) string {
	d := &r.Deadline
	switch {
	case d.Stopped || d.Due == 0:
		return whenStopped
	case d.Due < today:
		return whenLate
	case d.Due == today:
		return whenToday
	case d.Due <= weekEnd(today):
		return whenWeek
	}
	return whenLater
}

// weekEnd is the Sunday of a day's week.
func weekEnd(day civil.Date) civil.Date { return day.AddDays((7 - int(day.Weekday())) % 7) }

// clockLoad counts the running clocks of one unit or one officer.
type clockLoad struct {
	Name   string
	Href   string
	Counts map[string]int
}

func (l clockLoad) of(when string) int { return l.Counts[when] }

// clockBoardView is the board of deadlines: the book of running clocks with what is open by unit and, for the officer
// himself and the head of the office, by officer. It counts open work and nothing else, and is ordered by names.
type clockBoardView struct {
	*bookView
	Units    []clockLoad
	Officers []clockLoad
	Mine     bool // Officers holds the reader alone
	Run      *petition.Run
}

func (s *server) clockBoard(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	ctx, q := r.Context(), r.URL.Query()
	me := viewer(ctx)
	running, err := s.running(ctx, sc)
	if err != nil {
		return err
	}
	v := &clockBoardView{bookView: &bookView{
		Title: "Hạn giải quyết đơn", Lead: "Những thời hạn cơ quan đang phải giữ trong " + sc.UnitName + ". Mở một mã để xem hạn được tính thế nào.",
		Path: "/don-thu/han", Noun: "thời hạn", Scope: sc, Section: "han",
		Columns: []bookColumn{{Key: "ma", Name: "Mã đơn"}, {Key: "viec", Name: "Việc phải làm"}, {Key: "han", Name: "Hạn"}, {Key: "con", Name: "Tình trạng"}, {Key: "loai", Name: "Loại đơn"}, {Key: "co-quan", Name: "Cơ quan"}},
		Empty:   "Không có thời hạn nào ở phạm vi và điều kiện đang xem. Khi một đơn được vào sổ, hạn của nó hiện ở đây cho đến khi việc ấy làm xong.",
	}}
	if v.Run, err = s.Clocks.LastRun(ctx, s.DB.Read()); err != nil {
		return err
	}
	if v.Run != nil && v.Run.Ended.IsZero() {
		v.Note = fmt.Sprintf("Đang tính lại hạn vì danh mục hoặc lịch ngày nghỉ thay đổi: %d trong %d vụ việc. Hạn chưa tính lại còn theo cách cũ.", v.Run.Done, v.Run.Total)
	}
	if err := s.loads(ctx, v, sc, running); err != nil {
		return err
	}
	v.asks(q.Get("khi"), q.Get("loai"), q.Get("cua"), me, running)
	today := s.Today()
	v.kpis(running, today)
	for i := range running {
		if x := &running[i]; v.keeps(x, me, today) {
			v.Rows = append(v.Rows, s.clockRow(x, me, sc.tree, today))
		}
	}
	v.Below = clockLoads(v)
	return s.showBook(w, r, v.bookView)
}

// running are the clocks of the scope's unit and all below it that the reader may know of.
func (s *server) running(ctx context.Context, sc *scope) ([]petition.Running, error) {
	me, today := viewer(ctx), s.Today()
	known := map[org.UnitID]bool{}
	of := func(unit org.UnitID) bool {
		in, seen := known[unit]
		if !seen {
			in = me.May(access.ReadLetters, unit) && underOn(sc.tree, unit, sc.Unit.ID, today)
			known[unit] = in
		}
		return in
	}
	return s.Clocks.Open(ctx, s.DB.Read(), of)
}

// underOn reports whether a unit stands below another on a day, or stood there on its own last day.
func underOn(tree *org.Tree, unit, above org.UnitID, day civil.Date) bool {
	u := tree.Unit(unit)
	if u == nil {
		return false
	}
	if u.Closed <= day {
		day = u.Closed.AddDays(-1)
	}
	return unit == above || slices.Contains(tree.Chain(unit, day), above)
}

// hiddenClass reports whether the reader may know of a case its code, class and days only.
func hiddenClass(me *access.Viewer, class string, unit org.UnitID) bool {
	return class == denunciationClass && !me.May(access.ReadDenunciations, unit)
}

// leadsOffice reports whether the reader is the head of the office over a unit: he sees who works on what.
func leadsOffice(me *access.Viewer, unit org.UnitID) bool {
	return me.May(access.ConfirmWork, unit) && me.May(access.ReadLetters, unit)
}

func (v *clockBoardView) asks(when, class, whose string, me *access.Viewer, running []petition.Running) {
	classes := []option{{"", "Mọi loại", ""}}
	for _, r := range running {
		o := option{r.Class, caseClass(r.Class), ""}
		if r.Class != "" && !slices.Contains(classes, o) {
			classes = append(classes, o)
		}
	}
	slices.SortFunc(classes[1:], func(a, b option) int { return strings.Compare(civil.Fold(a.Name), civil.Fold(b.Name)) })
	v.Asks = []bookAsk{{Key: "khi", Name: "Khi nào", Value: optionOf(when, whenNames), Options: whenNames}, {Key: "loai", Name: "Loại đơn", Value: class, Options: classes}}
	mine := []option{{"", "Mọi vụ việc", ""}, {myWork, "Việc giao cho tôi", ""}}
	v.Asks = append(v.Asks, bookAsk{Key: "cua", Name: "Của ai", Value: optionOf(whose, mine), Options: mine})
}

// optionOf is a choice where it stands among the options, else none.
func optionOf(value string, options []option) string {
	if slices.ContainsFunc(options, func(o option) bool { return o.Value == value }) {
		return value
	}
	return ""
}

func (v *clockBoardView) keeps(r *petition.Running, me *access.Viewer, today civil.Date) bool {
	when, class, whose := v.Asks[0].Value, v.Asks[1].Value, v.Asks[2].Value
	return (when == "" || when == whenOf(r, today)) && (class == "" || class == r.Class) &&
		(whose == "" || r.Officer == me.Account || r.Verifier == me.Account)
}

func (v *clockBoardView) kpis(running []petition.Running, today civil.Date) {
	counts := map[string]int{}
	for i := range running {
		counts[whenOf(&running[i], today)]++
	}
	for _, o := range whenNames[1:] {
		v.Kpis = append(v.Kpis, bookKpi{Name: o.Name, Value: civil.FormatInt(int64(counts[o.Value])), Href: v.Path + v.Scope.query("khi", o.Value)})
	}
}

func (s *server) clockRow(r *petition.Running, me *access.Viewer, tree *org.Tree, today civil.Date) bookRow {
	name, href := r.Deadline.Name, "/don-thu/"+itoa(r.Entry)+"/han"
	if hiddenClass(me, r.Class, r.Unit) {
		name, href = "", ""
	}
	return bookRow{Href: href, Cells: []bookCell{
		{Text: clockCode(r)}, wordCell(name), dayCell(r.Deadline.Due), stateCell(r, today), wordCell(caseClass(r.Class)),
		wordCell(tree.NameOn(r.Unit, r.Day)),
	}}
}

// clockCode is how a list names a case.
func clockCode(r *petition.Running) string {
	if r.Code != "" {
		return r.Code
	}
	return "Ghi nhận " + itoa(r.Entry)
}

// stateCell says how far off a deadline is.
func stateCell(r *petition.Running, today civil.Date) bookCell {
	d := &r.Deadline
	switch left := today.DaysUntil(d.Due); whenOf(r, today) {
	case whenStopped:
		return chipCell("plain", fmt.Sprintf("Tạm dừng, còn %d ngày", d.Left))
	case whenLate:
		return chipCell("late", fmt.Sprintf("Quá hạn %d ngày", -left))
	case whenToday:
		return chipCell("wait", "Hạn hôm nay")
	case whenWeek:
		return chipCell("wait", fmt.Sprintf("Còn %d ngày", left))
	default:
		return chipCell("doing", fmt.Sprintf("Còn %d ngày", left))
	}
}

// loads count the open work by unit, and by officer for the officer himself and the head.
func (s *server) loads(ctx context.Context, v *clockBoardView, sc *scope, running []petition.Running) error {
	me, today := viewer(ctx), s.Today()
	units, officers := map[string]*clockLoad{}, map[int64]*clockLoad{}
	for i := range running {
		r := &running[i]
		when := whenOf(r, today)
		name := sc.tree.NameOn(r.Unit, r.Day)
		if units[name] == nil {
			units[name] = &clockLoad{Name: name, Counts: map[string]int{}, Href: "/don-thu/han" + sc.query("don-vi", unitRef(sc.tree, sc.tree.Unit(r.Unit), today))}
		}
		units[name].Counts[when]++
		for _, account := range slices.Compact([]int64{r.Officer, r.Verifier}) {
			if account == 0 || account != me.Account && (!leadsOffice(me, r.Unit) || hiddenClass(me, r.Class, r.Unit)) {
				continue
			}
			if officers[account] == nil {
				officers[account] = &clockLoad{Counts: map[string]int{}}
			}
			officers[account].Counts[when]++
		}
	}
	for _, u := range units {
		v.Units = append(v.Units, *u)
	}
	names, err := s.officerNames(ctx, s.DB.Read(), officers)
	if err != nil {
		return err
	}
	for account, load := range officers {
		load.Name = names[account]
		if account == me.Account {
			load.Href = "/don-thu/han" + sc.query("cua", myWork)
		}
		v.Officers = append(v.Officers, *load)
	}
	v.Mine = len(officers) == 1 && officers[me.Account] != nil
	byName := func(a, b clockLoad) int {
		return cmp.Or(strings.Compare(civil.Fold(a.Name), civil.Fold(b.Name)), strings.Compare(a.Name, b.Name))
	}
	slices.SortFunc(v.Units, byName)
	slices.SortFunc(v.Officers, byName)
	return nil
}

func (s *server) officerNames(ctx context.Context, q db.Querier, of map[int64]*clockLoad) (map[int64]string, error) {
	out := map[int64]string{}
	for id := range of {
		out[id] = "Tài khoản " + itoa(id)
		if s.Accounts == nil {
			continue
		}
		a, err := s.Accounts.Account(ctx, q, id)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[id] = or(a.Name, a.Login)
	}
	return out, nil
}
