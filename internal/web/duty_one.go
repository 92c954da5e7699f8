package web

import (
	"cmp"
	"math/big"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/duty"
	"danvan/internal/fault"
)

// oneDutyView is one duty with all who owe it: who has met it, who has not, turn by turn.
type oneDutyView struct {
	Scope   *scope
	Today   civil.Date
	Duty    *catalog.Duty
	Edition *catalog.Edition
	Line    dutyLine
	Turns   []turnLine // newest first
	At      *turnLine  // the one whose bodies are listed
	Open    []dutyRow
	Done    []dutyRow
	More    int // rows left out
	Classes []metLine
}

// turnLine is a turn with how its bodies stand.
type turnLine struct {
	Turn   catalog.Turn
	Counts map[duty.State]int
	Total  int
	Href   string
	Is     bool // the one whose bodies are listed
	list   []duty.Obligation
}

// metLine is a group of obligations that fell due, with how they were met.
type metLine struct {
	Name   string
	Counts map[duty.State]int
	Due    int // fell due: all but those to come, and those that nobody is left to answer for
}

// InTime are those met in time, statements that there was nothing to do among them.
func (m metLine) InTime() int { return m.Counts[duty.Done] + m.Counts[duty.Nil] }

// Missing are those not met though their day is past.
func (m metLine) Missing() int { return m.Counts[duty.Late] }

// Share is the part met in time of what fell due, as it is printed.
func (m metLine) Share() string {
	if m.Due == 0 {
		return "–"
	}
	return civil.FormatRat(big.NewRat(int64(m.InTime())*100, int64(m.Due)), 1) + " %"
}

// mostListed is how many bodies of a turn the page lists on each side; the file has all.
const mostListed = 150

func (s *server) oneDuty(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.dutyScope(r, yearOf)
	if err != nil {
		return err
	}
	code := r.PathValue("duty")
	ed := s.Catalog.EditionOn(min(sc.Period.To, s.Today()))
	d := s.dutyByCode(code, ed)
	if d == nil {
		return fault.New(fault.NotFound, "Danh mục không có trách nhiệm “"+code+"”. Hãy chọn trong trang Việc định kỳ hoặc trang Trách nhiệm theo quy định.")
	}
	if ed.Duty(code) == nil {
		for _, e := range s.Catalog.Editions() {
			if e.Duty(code) == d {
				ed = e
			}
		}
	}
	list, err := s.owed(r, duty.Ask{Under: sc.Unit.ID, From: sc.Period.From, To: sc.Period.To, Today: s.Today(), Keep: func(x *catalog.Duty) bool { return x.Code == code }})
	if err != nil {
		return err
	}
	v := oneDutyView{Scope: sc, Today: s.Today(), Duty: d, Edition: ed, Line: s.dutyLine(ed, d)}
	v.turns(list)
	v.choose(r.URL.Query().Get("luot"))
	v.Classes = metBy(list, s.classOf(sc))
	if v.At != nil {
		who := viewer(r.Context())
		for _, o := range v.At.list {
			switch {
			case o.State.Open() && len(v.Open) < mostListed:
				v.Open = append(v.Open, s.dutyRow(sc.tree, who, o))
			case !o.State.Open() && len(v.Done) < mostListed:
				v.Done = append(v.Done, s.dutyRow(sc.tree, who, o))
			default:
				v.More++
			}
		}
	}
	return s.render(w, r, http.StatusOK, page{Title: d.Name, Section: "dinh-ky", Scope: sc}, oneDutyPage(v))
}

// turns puts the obligations of a turn together. Those of events stand by the month in which they fall due.
func (v *oneDutyView) turns(list []duty.Obligation) {
	at := map[civil.Date]*turnLine{}
	for _, o := range list {
		turn := o.Turn
		if o.Event != nil {
			turn = catalog.Turn{Period: monthOf(o.Turn.Due), Due: monthOf(o.Turn.Due).To}
		}
		t := at[turn.Period.To]
		if t == nil {
			t = &turnLine{Turn: turn, Counts: map[duty.State]int{}, Href: v.Scope.query("luot", turn.Period.To.String())}
			at[turn.Period.To] = t
		}
		t.Counts[o.State]++
		t.Total++
		t.list = append(t.list, o)
	}
	for _, t := range at {
		v.Turns = append(v.Turns, *t)
	}
	slices.SortFunc(v.Turns, func(a, b turnLine) int { return int(b.Turn.Period.To - a.Turn.Period.To) })
}

// choose takes the turn of the address, else the last one that has fallen due, else the one that comes.
func (v *oneDutyView) choose(end string) {
	i := slices.IndexFunc(v.Turns, func(t turnLine) bool { return t.Turn.Period.To.String() == end })
	if i < 0 {
		i = slices.IndexFunc(v.Turns, func(t turnLine) bool { return t.Turn.Due <= v.Today })
	}
	if i < 0 {
		i = len(v.Turns) - 1
	}
	if i >= 0 {
		v.Turns[i].Is = true
		v.At = &v.Turns[i]
	}
}

// classOf names the class of a body that owes something.
func (s *server) classOf(sc *scope) func(*duty.Obligation) string {
	return func(o *duty.Obligation) string {
		return upperFirst(className(o.Edition, sc.tree.SpanOn(o.Unit, o.Turn.Period.To).Class()))
	}
}

// metBy counts how obligations that fell due were met, by a name that each has.
func metBy(list []duty.Obligation, name func(*duty.Obligation) string) []metLine {
	at := map[string]int{}
	var out []metLine
	for i := range list {
		o := &list[i]
		n := name(o)
		k, ok := at[n]
		if !ok {
			k = len(out)
			at[n] = k
			out = append(out, metLine{Name: n, Counts: map[duty.State]int{}})
		}
		out[k].Counts[o.State]++
		switch o.State {
		case duty.Late, duty.Done, duty.DoneLate, duty.Nil:
			out[k].Due++
		}
	}
	slices.SortFunc(out, func(a, b metLine) int { return cmp.Compare(civil.Fold(a.Name), civil.Fold(b.Name)) })
	return out
}

// metView are duties met in time, by class of body, by sort of work and by duty. Bodies only: persons are not counted.
type metView struct {
	Scope  *scope
	Filter dutyFilter
	All    metLine
	Tables []metTable
}

type metTable struct {
	ID, Title, Head string
	Lines           []metLine
}

func (s *server) dutyMet(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.dutyScope(r, yearOf)
	if err != nil {
		return err
	}
	v := metView{Scope: sc, Filter: readDutyFilter(r.URL.Query())}
	list, err := s.owed(r, duty.Ask{Under: sc.Unit.ID, From: sc.Period.From, To: sc.Period.To, Today: s.Today(), Keep: v.Filter.keeps})
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(o duty.Obligation) bool { return o.State.Open() && o.State != duty.Late })
	if all := metBy(list, func(*duty.Obligation) string { return "" }); len(all) > 0 {
		v.All = all[0]
	}
	v.Tables = []metTable{
		{"co-quan", "Theo loại cơ quan", "Loại cơ quan", metBy(list, s.classOf(sc))},
		{"loai-viec", "Theo loại việc", "Loại việc", metBy(list, func(o *duty.Obligation) string { return dutyActs[duty.Act(o.Duty)] })},
		{"tung-viec", "Theo từng việc", "Việc", metBy(list, func(o *duty.Obligation) string { return o.Duty.Name })},
	}
	return s.render(w, r, http.StatusOK, page{Title: "Đúng hạn", Section: "dinh-ky", Scope: sc}, dutyMetPage(v))
}

// eventName is the kind of entry that calls the duty forth.
func (v *oneDutyView) eventName() string {
	if k := v.Edition.Kind(v.Duty.Event.Kind); k != nil {
		return k.Name
	}
	return v.Duty.Event.Kind
}

// rhythm is how often the duty comes round, and by when it is due.
func (v *oneDutyView) rhythm() string {
	return strings.Join([]string{upperFirst(every(v.Duty)), v.Line.When}, ", ")
}
