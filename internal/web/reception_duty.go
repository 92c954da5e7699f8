package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/duty"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/reception"
)

// Met or not, of a body's reception days in a period.
const (
	dutyMetYes  = "dat"
	dutyMetNo   = "khong-dat"
	dutyMetOpen = "dang"
)

var dutyMetNames = map[string]string{dutyMetYes: "Đạt", dutyMetNo: "Không đạt", dutyMetOpen: "Chưa hết kỳ"}

var dutyMetChips = map[string]string{dutyMetYes: "done", dutyMetNo: "late", dutyMetOpen: "wait"}

// metOf says whether the days were met. An obligation without anybody left to answer for it is not met either.
func metOf(o *duty.Obligation) string {
	switch {
	case len(o.Met) >= o.Needs:
		return dutyMetYes
	case o.State.Open() && o.State != duty.Late:
		return dutyMetOpen
	}
	return dutyMetNo
}

// receptionDuty shows for each body and period the rule in force and whether its days of reception were held.
func (s *server) receptionDuty(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.receptionScope(r)
	if err != nil {
		return err
	}
	p := sc.Period
	list, err := s.owed(r, duty.Ask{Under: sc.Unit.ID, From: p.From, To: p.To.AddDays(6), Today: sc.Today, Keep: func(d *catalog.Duty) bool { return d.Act == "reception" }})
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(o duty.Obligation) bool {
		return o.Turn.Period.To > p.To && o.Turn.Period.From > p.To || o.Turn.Period.To < p.From
	})
	held, err := s.occasionsOf(r.Context(), sc)
	if err != nil {
		return err
	}
	v := &bookView{Title: "Trách nhiệm tiếp công dân của người đứng đầu", Path: "/tiep-dan/nghia-vu", Scope: sc, Noun: "dòng", Section: "tiep-dan",
		Lead: "Mỗi cơ quan, mỗi kỳ một dòng theo quy định có hiệu lực khi đó. Từ 01/7/2026, Chủ tịch Ủy ban nhân dân cấp xã tự tiếp ít nhất 02 ngày mỗi tháng, không ủy quyền cho cấp phó; trước đó mỗi tuần ít nhất 01 ngày. " +
			"Buổi không có người đến vẫn là buổi đã tiếp; hai buổi trong một ngày là một ngày.",
		Empty: "Không cơ quan nào ở phạm vi này có trách nhiệm tiếp công dân đến hạn trong kỳ. Hãy chọn đơn vị hoặc kỳ khác ở thanh trên."}
	v.Links = []bookLink{{Name: "Lịch và buổi tiếp", Href: "/tiep-dan" + sc.query(), Icon: "cal"}}
	if err := s.fillDuty(r, v, list, held); err != nil {
		return err
	}
	return s.showBook(w, r, v)
}

func (s *server) fillDuty(r *http.Request, v *bookView, list []duty.Obligation, occasions []reception.Occasion) error {
	q := r.URL.Query()
	see, rule := q.Get("xem"), q.Get("quy-dinh")
	if see != "" && dutyMetNames[see] == "" {
		return fault.New(fault.Invalid, "Không có kết quả này. Hãy chọn ở khung lọc.")
	}
	rules, counts := map[string]string{}, map[string]int{}
	var held []dutyRule
	for i := range list {
		if d := list[i].Duty; rules[d.Code] == "" {
			held = append(held, dutyRule{Short: dutyShort(&list[i]), Name: d.Name, Cite: dutyCite(d), Hosts: s.dutyHosts(d, list[i].Turn.Period.To)})
		}
		rules[list[i].Duty.Code] = list[i].Duty.Name
		counts[metOf(&list[i])]++
	}
	v.Tabs = []tab{{Name: "Mọi dòng", Href: "/tiep-dan/nghia-vu" + v.Scope.query(), Current: see == "", Count: len(list)}}
	states := []option{{Name: "Mọi kết quả"}}
	for _, m := range []string{dutyMetYes, dutyMetNo, dutyMetOpen} {
		states = append(states, option{Value: m, Name: dutyMetNames[m]})
		v.Tabs = append(v.Tabs, tab{Name: dutyMetNames[m], Href: "/tiep-dan/nghia-vu" + v.Scope.query() + "&xem=" + m, Current: see == m, Count: counts[m]})
	}
	byRule := []option{{Name: "Mọi quy định"}}
	for _, code := range slices.Sorted(maps.Keys(rules)) {
		byRule = append(byRule, option{Value: code, Name: rules[code]})
	}
	if len(held) > 0 {
		v.Below = dutyRules(held)
	}
	v.Asks = []bookAsk{{Key: "xem", Name: "Kết quả", Value: see, Options: states}, {Key: "quy-dinh", Name: "Quy định", Value: rule, Options: byRule}}
	v.Columns = []bookColumn{{Key: "co-quan", Name: "Cơ quan"}, {Key: "ky", Name: "Kỳ"}, {Key: "quy-dinh", Name: "Quy định có hiệu lực"},
		{Key: "phai", Name: "Phải tiếp", Unit: "ngày", Num: true}, {Key: "da", Name: "Đã tiếp", Unit: "ngày", Num: true}, {Key: "cac-ngay", Name: "Các ngày"}, {Key: "ket-qua", Name: "Kết quả"}}
	sessions := map[org.UnitID][]*reception.Session{}
	for _, o := range occasions {
		if o.Session != nil {
			sessions[o.Session.Unit] = append(sessions[o.Session.Unit], o.Session)
		}
	}
	for i := range list {
		o := &list[i]
		if see == "" || see == metOf(o) {
			if rule == "" || rule == o.Duty.Code {
				v.Rows = append(v.Rows, s.receptionDutyRow(v.Scope, o, sessions[o.Unit]))
			}
		}
	}
	return nil
}

// dutyRule is a rule that holds for lines of the list, as the page says it once above them.
type dutyRule struct{ Short, Name, Cite, Hosts string }

// dutyShort says how often and how much, for a line of the list.
func dutyShort(o *duty.Obligation) string {
	every := map[string]string{"week": "tuần", "month": "tháng", "quarter": "quý", "year": "năm"}[o.Duty.Every]
	return "Mỗi " + or(every, "kỳ") + " ít nhất " + count(o.Needs, "ngày")
}

func dutyCite(d *catalog.Duty) string {
	if d.Verified || strings.Contains(d.Cite, "chưa kiểm chứng") {
		return d.Cite
	}
	return d.Cite + "; chưa kiểm chứng"
}

// dutyHosts names those whose sessions count.
func (s *server) dutyHosts(d *catalog.Duty, day civil.Date) string {
	if d.Only == nil || d.Only.Field != "host" {
		return ""
	}
	k := s.kindNear(reception.SessionKind, day)
	var out []string
	for _, host := range d.Only.In {
		out = append(out, lowerFirst(choiceName(k, "host", host)))
	}
	return "tính buổi do " + strings.Join(out, ", ") + " tiếp"
}

func (s *server) receptionDutyRow(sc *scope, o *duty.Obligation, sessions []*reception.Session) bookRow {
	p, m := o.Turn.Period, metOf(o)
	u := sc.tree.Unit(o.Unit)
	name := sc.tree.NameOn(o.Unit, min(p.To, max(u.Opened, u.Closed.AddDays(-1))))
	var days []string
	for _, x := range o.Met {
		days = append(days, shortDay(x.Day))
	}
	row := bookRow{Href: "/tiep-dan?don-vi=" + unitRef(sc.tree, u, p.To) + "&tu=" + p.From.String() + "&den=" + p.To.String(), Cells: []bookCell{
		wordCell(name), {Text: upperFirst(p.Name)}, {Text: dutyShort(o), Full: o.Duty.Name + " (" + dutyCite(o.Duty) + ")"}, numCell(int64(o.Needs)), numCell(int64(len(o.Met))),
		{Text: strings.Join(days, ", "), Note: notTaken(s.kindNear(reception.SessionKind, p.To), o, sessions)}, chipCell(dutyMetChips[m], dutyMetNames[m])}}
	if u.Closed <= o.Turn.Due && o.Answers == 0 {
		row.Cells[6].Note = "cơ quan đã kết thúc"
	}
	return row
}

// notTaken says which sessions of a period do not count for the duty, by who held them.
func notTaken(k *catalog.Kind, o *duty.Obligation, sessions []*reception.Session) string {
	if o.Duty.Only == nil || o.Duty.Only.Field != "host" {
		return ""
	}
	counts := map[string]int{}
	for _, x := range sessions {
		if o.Turn.Period.Has(x.Day) && !slices.Contains(o.Duty.Only.In, x.Host) {
			counts[x.Host]++
		}
	}
	var out []string
	for _, host := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, count(counts[host], "buổi")+" do "+strings.ToLower(choiceName(k, "host", host))+" tiếp")
	}
	if len(out) == 0 {
		return ""
	}
	return "không tính " + strings.Join(out, ", ")
}

// answersWaiting lists the visits whose visitors are still to be answered, by code only.
func (s *server) answersWaiting(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.receptionScope(r)
	if err != nil {
		return err
	}
	var list []*reception.Visit
	err = s.DB.View(r.Context(), func(q db.Querier) (err error) {
		list, err = s.rooms().Waiting(r.Context(), q, slices.Collect(maps.Keys(sc.subtree())))
		return err
	})
	if err != nil {
		return err
	}
	v := &bookView{Title: "Lượt tiếp chờ trả lời", Path: "/tiep-dan/cho-tra-loi", Scope: sc, Noun: "lượt", Section: "tiep-dan",
		Lead:  "Lượt tiếp đã nhận, đã chuyển hoặc cần kiểm tra thêm mà chưa trả lời người đến, không kể kỳ nào. Chỉ hiện mã lượt.",
		Empty: "Không còn lượt nào chờ trả lời.",
		Links: []bookLink{{Name: "Buổi tiếp", Href: "/tiep-dan" + sc.query(), Icon: "cal"}},
		Columns: []bookColumn{{Key: "ma", Name: "Mã lượt"}, {Key: "don-vi", Name: "Cơ quan"}, {Key: "ngay", Name: "Ngày tiếp"}, {Key: "ket-qua", Name: "Kết quả tiếp"},
			{Key: "han", Name: "Hạn trả lời"}, {Key: "trang-thai", Name: "Còn lại"}}}
	law := s.limits()
	for _, x := range list {
		if viewer(r.Context()).May(access.ReadLetters, x.Unit) {
			v.Rows = append(v.Rows, waitingRow(sc, law, x))
		}
	}
	slices.SortStableFunc(v.Rows, func(a, b bookRow) int { return int(a.Cells[4].Day - b.Cells[4].Day) })
	return s.showBook(w, r, v)
}

func waitingRow(sc *scope, law *clock.Law, x *reception.Visit) bookRow {
	due := answerDue(law, x)
	left := chipCell("wait", "còn "+count(sc.Today.DaysUntil(due), "ngày"))
	switch {
	case due == 0:
		left = bookCell{}
	case due < sc.Today:
		left = chipCell("late", "quá hạn "+count(due.DaysUntil(sc.Today), "ngày"))
	case due == sc.Today:
		left = chipCell("wait", "hạn hôm nay")
	}
	return bookRow{Href: "/tiep-dan/luot/" + itoa(x.ID), Cells: []bookCell{wordCell(x.Code()), wordCell(sc.tree.NameOn(x.Unit, sc.Today)), dayCell(x.Day), wordCell(visitResult(x)), dayCell(due), left}}
}
