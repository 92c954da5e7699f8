package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/disclosure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// disclosureCommunes are how many communes publish documents, let households decide and have supervision boards that are
// told one by one; the others publish what the calendar asks for.
const disclosureCommunes = 12

// disclosureKinds are the kinds that this file makes, and no stream.
var disclosureKinds = []string{disclosure.DocumentKind, disclosure.ReasonKind, disclosure.FindingKind}

// disclosureOnly are the fields of a publication that only this file fills in.
var disclosureOnly = []string{"rule", "period_to", "number", "place", "broadcast_from", "broadcast_days", "address", "ended_why", "proof_shown"}

// discloser makes what communes published, decided and supervised in the last two quarters.
type discloser struct {
	*world
	r    *rand.Rand
	law  *disclosure.Law
	out  []ledger.Draft
	made int
}

func (w *world) disclosures() ([]ledger.Draft, error) {
	today := w.spec.Today
	if today < 20261001 {
		return nil, nil
	}
	d := &discloser{world: w, r: w.dice("disclosures"), law: disclosure.In(w.cat.EditionOn(today))}
	d.enterprises()
	first := w.receiving()
	told := map[org.UnitID]bool{}
	for _, id := range first {
		told[id] = true
	}
	for _, id := range w.bodies("commune/peoples_committee", today) {
		if !told[id] {
			first = append(first, id)
		}
	}
	for n, id := range first {
		d.periods(id, n)
		if n < disclosureCommunes {
			d.documents(id, n)
			d.decisions(id, n)
			d.boards(id, n)
		}
	}
	for n, id := range w.bodies("province/department", today) {
		d.departments(id, n)
	}
	return d.out, nil
}

// departments publish what they spent, by quarters.
func (d *discloser) departments(id org.UnitID, n int) {
	for i, end := range []civil.Date{20260630, 20260930} {
		day := d.workday(end.AddDays(5 + d.r.IntN(9)))
		if (n+i)%8 == 3 || !d.open(id, day) {
			continue
		}
		if (n+i)%8 == 6 {
			day = d.workday(end.AddDays(17 + d.r.IntN(6)))
		}
		d.publish(ledger.Draft{Key: d.key("so", n), Unit: d.ref(id), Day: day}, map[string]any{"title": "Kinh phí hoạt động " + disclosure.PeriodName("quarter", end), "item": "budget", "rule": "agency_budget", "period_to": end.String()}, end, n+i, d.spec.Today)
	}
}

func (d *discloser) key(what string, n int) string {
	d.made++
	return fmt.Sprintf("demo:cong-khai:%s:%d:%d", what, n, d.made)
}

func (d *discloser) add(x ledger.Draft) string {
	d.out = append(d.out, x)
	return x.Key
}

// periods are what the calendar asks for: most in time, some late, some not at all, once with a reason.
func (d *discloser) periods(id org.UnitID, n int) {
	today, unit := d.spec.Today, d.ref(id)
	for i, x := range []struct {
		rule string
		end  civil.Date
		name string
	}{
		{"budget_quarter", 20260630, "Tình hình thực hiện dự toán ngân sách quý II năm 2026"},
		{"budget_half", 20260630, "Tình hình thực hiện dự toán ngân sách 6 tháng đầu năm 2026"},
		{"plan_half", 20260630, "Kết quả thực hiện kế hoạch phát triển kinh tế - xã hội 6 tháng đầu năm 2026"},
		{"funds_half", 20260630, "Thu, chi các quỹ và khoản nhân dân đóng góp 6 tháng đầu năm 2026"},
		{"budget_quarter", 20260930, "Tình hình thực hiện dự toán ngân sách quý III năm 2026"},
	} {
		rule := d.law.Rule(x.rule)
		due := d.law.Clock(rule.Clock, x.end, 0).Due
		switch {
		case (n+i)%9 == 4:
			continue // nothing was published
		case n == 2 && i == 3:
			d.add(ledger.Draft{Key: d.key("ly-do", n), Kind: disclosure.ReasonKind, Unit: unit, Day: d.workday(due), Confirmed: true,
				Fields: map[string]any{"rule": x.rule, "period_to": x.end.String(), "reason": "none", "note": "Sáu tháng đầu năm không vận động khoản đóng góp nào"}})
			continue
		}
		day := d.workday(x.end.AddDays(6 + d.r.IntN(7)))
		if (n+i)%7 == 3 {
			day = d.workday(due.AddDays(4 + d.r.IntN(9)))
		}
		set := map[string]any{"title": x.name, "item": rule.Item, "rule": x.rule, "period_to": x.end.String()}
		d.publish(ledger.Draft{Key: d.key("ky", n), Unit: unit, Day: day}, set, x.end, n+i, today)
	}
}

// publish completes a publishing: forms, board, loudspeaker, page.
func (d *discloser) publish(x ledger.Draft, set map[string]any, start civil.Date, luck int, today civil.Date) {
	rule := d.law.Rule(set["rule"].(string))
	forms := []any{"notice_board", "village_head"}
	set["points"] = int64(2 + d.r.IntN(6))
	set["place"] = "Trụ sở Ủy ban nhân dân xã và nhà văn hóa thôn"
	switch {
	case rule.Code == "agency_budget":
		set["place"] = "Bảng tin của cơ quan"
	case strings.HasPrefix(rule.Code, "firm_"):
		forms, set["place"], set["points"] = forms[:1], "Bảng tin của công ty và các tổ, đội", int64(3)
	}
	if luck%4 != 1 {
		forms = append(forms, "portal")
		set["address"] = fmt.Sprintf("https://cong-khai.example/%d-%d", x.Day, d.made)
	}
	if rule.BroadcastDays > 0 && luck%5 != 2 {
		forms = append(forms, "loudspeaker")
		set["broadcast_from"], set["broadcast_days"] = x.Day.String(), int64(rule.BroadcastDays)
		if luck%5 == 1 {
			set["broadcast_days"] = int64(1)
		}
	}
	down := x.Day.AddDays(31 + d.r.IntN(9))
	if luck%6 == 5 {
		down = x.Day.AddDays(16 + d.r.IntN(8))
		set["ended_why"] = "Cần chỗ niêm yết văn bản khác"
	}
	if down < today {
		set["ended_on"] = down.String()
	} else {
		delete(set, "ended_why")
	}
	set["forms"] = forms
	if f, _, ok := d.drawing("board", after); ok && luck%3 != 2 && rule.Code != "agency_budget" {
		x.Files, set["proof"] = []ledger.File{f}, []any{f.Hash}
		if luck%3 == 0 {
			set["proof_shown"] = "yes"
		}
	}
	timely, due := d.law.Timely(rule, start, x.Day)
	set["timely"], set["due_on"] = timely, due.String()
	x.Kind, x.Fields, x.Confirmed = disclosure.PublicationKind, set, true
	d.add(x)
}

// documents are documents that had to be published, and what became of them.
func (d *discloser) documents(id org.UnitID, n int) {
	today, unit := d.spec.Today, d.ref(id)
	for i, x := range []struct {
		rule, number, title string
		on                  civil.Date
	}{
		{"procedures", "58/QĐ-UBND", "Danh mục thủ tục hành chính tiếp nhận tại xã", 20260714},
		{"fees", "64/TB-UBND", "Mức thu phí, lệ phí áp dụng từ tháng 8 năm 2026", 20260804},
		{"project_plan", "71/QĐ-UBND", "Kế hoạch đầu tư, tiến độ đường liên thôn năm 2026", 20260908},
		{"welfare", "83/TB-UBND", "Kết quả xét hỗ trợ nhà ở cho hộ nghèo đợt 2", 20261012},
		{"land_recovery", "90/TB-UBND", "Phương án bồi thường, hỗ trợ công trình mở rộng trường tiểu học", 20261027},
		{"poverty", "96/QĐ-UBND", "Kết quả rà soát hộ nghèo, hộ cận nghèo năm 2026", 20261106},
		{"conclusion", "99/KL-UBND", "Kết luận kiểm tra thu, chi quỹ thôn", 20261119},
	} {
		luck := n + i
		doc := d.add(ledger.Draft{Key: d.key("van-ban", n), Kind: disclosure.DocumentKind, Unit: unit, Day: x.on, Confirmed: true,
			Fields: map[string]any{"title": x.title, "number": x.number, "rule": x.rule}})
		due := d.law.Clock(d.law.Rule(x.rule).Clock, x.on, 0).Due
		day := d.workday(x.on.AddDays(1 + d.r.IntN(3)))
		if luck%6 == 4 {
			day = d.workday(due.AddDays(2 + d.r.IntN(6)))
		}
		if luck%7 == 5 || day > today {
			continue
		}
		d.publish(ledger.Draft{Key: d.key("cong-khai", n), Unit: unit, Day: day, Carries: doc},
			map[string]any{"title": x.title, "item": d.law.Rule(x.rule).Item, "rule": x.rule, "document_on": x.on.String(), "number": x.number}, x.on, luck, today)
	}
}

// decisions are what households decided: one with too few, one not sent in time, one waiting for recognition.
func (d *discloser) decisions(id org.UnitID, n int) {
	unit, villages := d.ref(id), []string{village(n, 0), village(n, 1), "Tổ dân phố 3", village(n, 2)}
	for i, x := range []struct {
		subject, method, title string
		day                    civil.Date
		share                  float64 // of households that agree
		sent, recognised       int     // days later; 0 for not
	}{
		{"contribution", "meeting", "Mức đóng góp làm đường bê tông nội thôn: 20 ngày công và 300.000 đồng mỗi hộ", 20260712, .84, 3, 0},
		{"contribution", "ballot", "Góp đất mở rộng sân nhà văn hóa thôn", 20260823, .61, 4, 0},
		{"convention", "ballot", "Sửa đổi quy ước về việc cưới, việc tang", 20261004, .78, 4, 6},
		{"fund", "meeting", "Thu, chi quỹ khuyến học của thôn năm 2026", 20261018, .9, 12, 0},
		{"elect_head", "ballot", "Bầu trưởng thôn nhiệm kỳ 2026-2028", 20261108, .81, 4, 0},
		{"self_management", "meeting", "Lập tổ tự quản bảo vệ rừng đầu nguồn", 20261114, .88, 0, 0},
	} {
		if (n+i)%3 == 2 && n > 0 {
			continue
		}
		hh := int64(52 + d.r.IntN(60))
		present := hh - int64(d.r.IntN(8))
		yes := min(present, int64(float64(hh)*x.share))
		no := min(present-yes, int64(1+d.r.IntN(5)))
		set := map[string]any{"title": x.title, "subject_type": x.subject, "method": x.method, "households": hh, "present": present, "approved": yes, "against": no,
			"village": villages[(n+i)%len(villages)], "minutes_number": fmt.Sprintf("%02d/BB", 3+i)}
		if x.method == "ballot" {
			set["invalid"] = min(present-yes-no, int64(d.r.IntN(3)))
		}
		dec := &disclosure.Decision{Head: ledger.Head{Day: x.day}, Subject: x.subject, Households: hh, Present: present, For: yes}
		set["valid"] = "no"
		if d.law.Decide(dec).Valid {
			set["valid"] = "yes"
			if x.sent > 0 {
				sent := d.workday(x.day.AddDays(x.sent))
				set["sent_on"] = sent.String()
				if x.recognised > 0 {
					set["recognised_on"], set["recognition_number"] = d.workday(sent.AddDays(x.recognised)).String(), fmt.Sprintf("%d/QĐ-UBND", 70+n)
				}
			}
		}
		d.add(ledger.Draft{Key: d.key("ban-bac", n), Kind: disclosure.DecisionKind, Unit: unit, Day: x.day, Confirmed: true, Fields: set})
	}
}

// boards are an investment board of a project and an inspection board, with what they found.
func (d *discloser) boards(id org.UnitID, n int) {
	front := d.frontOf(id)
	if front == "" {
		return
	}
	x := boardTales[n%len(boardTales)]
	road := d.add(ledger.Draft{Key: d.key("ban-gsdt", n), Kind: disclosure.BoardKind, Unit: front, Day: 20260601, Confirmed: true, Fields: map[string]any{
		"title": "Ban Giám sát đầu tư của cộng đồng, công trình " + x.work, "type": disclosure.Investment, "members": int64(7 + n%3), "residents": int64(4 + n%2), "deputies": int64(1),
		"project": x.project, "number": fmt.Sprintf("%d/QĐ-MTTQ", 12+n)}})
	people := map[string]any{"title": "Ban Thanh tra nhân dân xã", "type": disclosure.Inspection, "members": int64(7 + n%4), "deputies": int64(1), "number": fmt.Sprintf("%d/NQ-MTTQ", 4+n), "term_to": "2027-08-31"}
	board := d.add(ledger.Draft{Key: d.key("ban-ttnd", n), Kind: disclosure.BoardKind, Unit: front, Day: 20250901, Confirmed: true, Fields: people})
	d.finding(front, road, n, 20260811, map[string]any{"type": disclosure.Investment, "finding": x.fault, "recommendation": x.asked,
		"addressee": "Chủ đầu tư công trình", "answered_on": "2026-08-21", "answer": x.answer, "outcome": "accepted", "recovered_material": int64(1800 + 50*n)})
	d.finding(front, board, n, 20260918, map[string]any{"type": disclosure.Inspection, "finding": x.money, "recommendation": "Trả lại phần thu vượt cho các hộ và công khai kết quả.",
		"addressee": "Ủy ban nhân dân xã", "answered_on": "2026-10-09", "answer": fmt.Sprintf("Đã trả lại cho %d hộ.", 31+n), "outcome": "accepted", "recovered_money": int64(4_650_000)})
	if n%2 == 0 {
		d.finding(front, board, n, 20261014, map[string]any{"type": disclosure.Inspection, "finding": x.land, "recommendation": "Kiểm tra, đo lại mốc giới và thu hồi phần bị lấn.", "addressee": "Ủy ban nhân dân xã"})
	}
}

// boardTales are what boards watched and found, by commune.
var boardTales = []struct{ work, project, fault, asked, answer, money, land string }{
	{"đường liên thôn", "Đường liên thôn, đoạn qua suối", "Lớp bê tông mỏng hơn thiết kế ở 40 m đầu tuyến", "Đổ bù đủ chiều dày theo thiết kế trước khi nghiệm thu.",
		"Nhà thầu đã đổ bù, mời ban kiểm tra lại ngày 28/8/2026.", "Khoản thu quỹ vượt mức hộ dân đã quyết định", "Phần đất lưu không ven đường bị lấn khoảng 60 m²"},
	{"kênh nội đồng", "Kênh nội đồng, 1.200 m", "Thép đan thành kênh thưa hơn bản vẽ ở hai đoạn", "Tháo ra, đan lại đúng bản vẽ trước khi đổ.",
		"Nhà thầu đã đan lại, ban đã xem ngày 25/8/2026.", "Thu tiền thủy lợi nội đồng hai lần ở 12 hộ", "Bờ kênh chung bị rào vào vườn nhà khoảng 35 m²"},
	{"nhà lớp học mầm non", "Nhà lớp học mầm non hai phòng", "Cát xây lẫn đất, vữa bở ở tường phía sau", "Phá phần tường bở, thay cát, xây lại.",
		"Chủ đầu tư đã cho xây lại, lập biên bản ngày 27/8/2026.", "Khoản góp sửa sân trường cao hơn biên bản họp phụ huynh", "Lối đi chung vào điểm trường bị xây lấn khoảng 18 m²"},
	{"hệ thống nước sinh hoạt", "Hệ thống nước sinh hoạt tự chảy", "Ống dẫn không đúng loại ghi trong hợp đồng", "Thay đúng loại ống, tính lại khối lượng.",
		"Nhà thầu đã thay 380 m ống, đổi lại số ống thừa.", "Thu phí vệ sinh cả những tháng không thu gom", "Đất hành lang bể nước bị trồng keo khoảng 90 m²"},
}

func (d *discloser) finding(front, board string, n int, day civil.Date, set map[string]any) {
	d.add(ledger.Draft{Key: d.key("kien-nghi", n), Kind: disclosure.FindingKind, Unit: front, Day: day, Carries: board, Confirmed: true, Fields: set})
}

// frontOf is the Front's committee of the commune of a body; empty where there is none.
func (d *discloser) frontOf(id org.UnitID) string {
	today := d.spec.Today
	for _, front := range d.bodies("commune/front", today) {
		if d.tree.Unit(front).SpanOn(today).Parent == d.tree.Unit(id).SpanOn(today).Parent {
			return d.ref(front)
		}
	}
	return ""
}
