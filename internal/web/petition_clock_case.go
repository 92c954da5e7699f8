package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/fault"
	"danvan/internal/petition"
)

// caseClocksView is the calculation of every clock of one case.
type caseClocksView struct {
	Case    *petition.Case
	Code    string
	Unit    string
	Back    string // the case's own page
	Live    bool   // nothing was told: reckoned now
	Office  []clockCard
	Sender  []clockCard
	Today   civil.Date
	Edition string
}

// clockCard is one clock with the values that it took the place of.
type clockCard struct {
	clock.Deadline
	Told string // when it was told
	Old  []oldClock
}

// oldClock is a deadline as it was told once.
type oldClock struct {
	Due            string
	Set, Until     string
	Why            string
	Article, Count string
}

func (s *server) caseClocks(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	ctx, q := r.Context(), s.DB.Read()
	e, err := s.Ledger.Entry(ctx, q, id)
	if err != nil {
		return err
	}
	if !petition.IsCase(e.Kind) {
		return fault.New(fault.NotFound, "Ghi nhận này không phải đơn thư nên không có thời hạn giải quyết. Hãy mở từ bảng hạn của đơn.")
	}
	c, err := petition.CaseOf(e)
	if err != nil {
		return err
	}
	me := viewer(ctx)
	if hiddenClass(me, c.Class, c.Unit) {
		return fault.New(fault.Denied, "Cách tính hạn của hồ sơ tố cáo chỉ mở cho người được xem tố cáo. Bạn vẫn xem được mã, loại và hạn ở bảng hạn.")
	}
	told, err := s.Clocks.Told(ctx, q, id)
	if err != nil {
		return err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	v := caseClocksView{Case: c, Code: or(c.Code, "Ghi nhận "+itoa(id)), Unit: tree.NameOn(c.Unit, c.Day), Back: entryPath(id), Today: s.Today(), Edition: s.Clocks.Law().Edition.Code}
	if s.has("GET /don-thu/{id}") {
		v.Back = "/don-thu/" + itoa(id)
	}
	v.take(told, s.Clocks.Deadlines(c))
	p := page{Title: "Hạn của " + v.Code, Section: "han"}
	return s.render(w, r, http.StatusOK, p, caseClocksPage(v))
}

func entryPath(id int64) string { return "/ghi-nhan/" + itoa(id) }

// take sorts the stored rows into cards; a case whose clocks were never told shows them as they are now.
func (v *caseClocksView) take(told []petition.Told, now []clock.Deadline) {
	var cards []clockCard
	for _, t := range told {
		if t.Replaced.IsZero() {
			cards = append(cards, clockCard{Deadline: t.Deadline, Told: momentText(t.Set)})
		}
	}
	if v.Live = len(cards) == 0; v.Live {
		for _, d := range now {
			cards = append(cards, clockCard{Deadline: d})
		}
	}
	order := func(c clockCard) int {
		return slices.IndexFunc(now, func(d clock.Deadline) bool { return d.Clock == c.Clock })
	}
	slices.SortStableFunc(cards, func(a, b clockCard) int { return order(a) - order(b) })
	for _, t := range told {
		if t.Replaced.IsZero() {
			continue
		}
		old := oldClock{Due: deadlineWords(&t.Deadline), Set: momentText(t.Set), Until: momentText(t.Replaced), Why: t.Why, Article: t.Deadline.Article, Count: limitWords(&t.Deadline)}
		i := slices.IndexFunc(cards, func(c clockCard) bool { return c.Clock == t.Deadline.Clock })
		if i < 0 {
			cards = append(cards, clockCard{Deadline: t.Deadline})
			i = len(cards) - 1
			cards[i].Due, cards[i].EndedBy = 0, "replaced"
		}
		cards[i].Old = append(cards[i].Old, old)
	}
	for _, c := range cards {
		if c.ByOffice() {
			v.Office = append(v.Office, c)
		} else {
			v.Sender = append(v.Sender, c)
		}
	}
}

// withdrawnClock reports whether a clock does not apply any more and only its old values are left.
func (c clockCard) gone() bool { return c.EndedBy == "replaced" }

// deadlineWords is the deadline in words.
func deadlineWords(d *clock.Deadline) string {
	if d.Stopped {
		return fmt.Sprintf("đang tạm dừng, còn %d ngày", d.Left)
	}
	return lowerWeekday(d.Due) + ", " + d.Due.Vi()
}

func lowerWeekday(day civil.Date) string {
	return [...]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"}[day.Weekday()]
}

// limitWords are the days of a limit with what made them so many.
func limitWords(d *clock.Deadline) string {
	out := count(d.Days, dayTypeName(d.DayType))
	switch d.Basis {
	case "complex":
		out += " (vụ việc phức tạp)"
	case "remote":
		out += " (vùng sâu, vùng xa)"
	case "remote_complex":
		out += " (vùng sâu, vùng xa; phức tạp)"
	}
	if n := d.Total - d.Days; n > 0 {
		out += fmt.Sprintf(", cộng %d ngày gia hạn: %d ngày", n, d.Total)
	}
	return out
}

// countingWords say from which day a clock counts and what becomes of a last day off.
func countingWords(d *clock.Deadline) string {
	var out []string
	switch {
	case d.Before:
		out = append(out, "đếm lùi từ ngày liền trước buổi tiếp")
	case d.Counting != nil && d.Counting.First == "same":
		out = append(out, "đếm từ chính ngày bắt đầu")
	default:
		out = append(out, "không tính ngày bắt đầu, đếm từ "+d.Start.AddDays(1).Vi())
	}
	if d.DayType == "working" {
		out = append(out, "bỏ thứ Bảy, Chủ nhật, ngày nghỉ; tính ngày làm bù")
	} else {
		out = append(out, "tính cả ngày nghỉ")
	}
	if d.Counting != nil && d.Counting.LastOff == "next" && !d.Before {
		out = append(out, "ngày cuối là ngày nghỉ thì chuyển sang ngày làm việc tiếp theo")
	}
	return upperFirst(strings.Join(out, "; ")) + "."
}

// skippedWords gather the days that were not counted: weekends as a number, holidays by name.
func skippedWords(days []clock.Day) []string {
	weekend := 0
	var out []string
	for _, d := range days {
		if d.Name == "Thứ Bảy" || d.Name == "Chủ nhật" {
			weekend++
			continue
		}
		out = append(out, fmt.Sprintf("%s %s: %s", lowerWeekday(d.On), d.On.Vi(), d.Name))
	}
	if weekend > 0 {
		out = append([]string{count(weekend, "ngày thứ Bảy, Chủ nhật")}, out...)
	}
	return out
}

// pauseWords say when a clock stood still.
func pauseWords(p clock.Pause) string {
	out := "Từ " + p.From.Vi()
	if p.To == 0 {
		out += ", chưa tiếp tục"
	} else {
		out += fmt.Sprintf(" đến hết %s: %d ngày không tính", p.To.AddDays(-1).Vi(), p.Days)
	}
	if p.Document != "" {
		out += " (" + p.Document + ")"
	}
	return out
}

// extensionWords say what a decision to extend did.
func extensionWords(x clock.Extension) string {
	out := or(x.Document, "văn bản không ghi số")
	if x.On != 0 {
		out += ", ngày " + x.On.Vi()
	}
	switch {
	case x.Counted == 0:
		return upperFirst(out) + ": không tính, " + x.Refused
	case x.Refused != "":
		out += "; " + x.Refused
	}
	out = fmt.Sprintf("%s: thêm %d ngày", upperFirst(out), x.Counted)
	if x.To != 0 {
		out += ", hạn đến " + x.To.Vi()
	}
	return out
}

// endWords say how a clock ended and whether in time.
func endWords(d *clock.Deadline) string {
	if d.Ended == 0 {
		return ""
	}
	out := upperFirst(eventName(d.EndedBy)) + " ngày " + d.Ended.Vi()
	switch {
	case d.Due == 0:
	case d.Ended > d.Due:
		out += fmt.Sprintf(", muộn %d ngày", d.Due.DaysUntil(d.Ended))
	default:
		out += ", đúng hạn"
	}
	return out
}

var caseClasses = map[string]string{"complaint": "Khiếu nại", "denunciation": "Tố cáo", "proposal": "Kiến nghị", "reflection": "Phản ánh", "mixed": "Đơn nhiều nội dung"}

func caseClass(code string) string { return or(caseClasses[code], code) }
