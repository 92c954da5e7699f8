package demo

import (
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/dialogue"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// dialogueCommunes are how many communes tell their sessions issue by issue: that of the demo's accounts first.
const dialogueCommunes = 8

// told is something that happens to a promise of the demo, days after today (below 0: before).
type told struct {
	act, by, text string
	after         int
	amount        dialogue.Amount
	newDue        int
	faults        []string
}

// sworn is a promise of the demo under its issue.
type sworn struct {
	issue, topic, village, answer string
	mentions                      int64
	promise, post, measure        string
	total                         dialogue.Amount
	due                           int // days after today
	notes                         []told
}

// oaths are promises in every state, as a commune makes them.
var oaths = []sworn{
	{"Đường vào thôn hư hỏng, trẻ em đi học mùa mưa rất khó", "infrastructure", "Thôn Nà Giảo", "Xã bố trí xi măng, thôn góp ngày công; làm xong trước mùa mưa.", 14,
		"Đổ bê tông 420 m đường vào thôn", "Phó Chủ tịch Ủy ban nhân dân", "m", 42000, 34, []told{
			{act: dialogue.ActProgress, text: "Đã nhận 18 tấn xi măng, thôn góp 64 ngày công", after: -21, amount: 9000},
			{act: dialogue.ActProgress, text: "Đã đổ xong đoạn từ nhà văn hóa đến cầu", after: -6, amount: 21500}}},
	{"Còn 19 hộ chưa có điện lưới", "electricity_water", "Thôn Lủng Nghè", "Xã làm việc với Điện lực, xin chỉ tiêu bổ sung.", 19,
		"Mắc điện cho 19 hộ còn lại", "Chủ tịch Ủy ban nhân dân", "hộ", 1900, -6, []told{
			{act: dialogue.ActProgress, text: "Đã dựng xong cột, kéo dây cho 7 hộ gần đường", after: -30, amount: 700},
			{act: dialogue.ActExplain, text: "Chờ cột bê tông của Điện lực, dự kiến về trong tháng", after: -4}}},
	{"Tối đường tổ dân phố, hay xảy ra va chạm", "security", "Tổ 7", "Xã trích kinh phí, giao Đoàn Thanh niên làm công trình thanh niên.", 8,
		"Lắp 24 bóng đèn đường", "Bí thư Đoàn Thanh niên", "bóng", 2400, -12, []told{
			{act: dialogue.ActDone, text: "Lắp đủ 24 bóng, đóng điện thử ba tối liền", after: -17, amount: 2400},
			{act: dialogue.ActConfirm, by: dialogue.ByVillage, text: "Tổ 7", after: -9}}},
	{"Rác để qua ngày Chủ nhật, mùi hôi", "environment", "Thôn Khuổi Slưn", "Đổi lịch cho phù hợp phiên chợ.", 6,
		"Đổi lịch thu gom rác sang sáng thứ Ba", "Công chức địa chính, môi trường", "", 0, -3, []told{
			{act: dialogue.ActDone, text: "Đã ký lại hợp đồng với tổ thu gom, chạy từ tuần này", after: -5}}},
	{"Mương bị vùi sau mưa lũ, thiếu nước vụ xuân", "production", "Thôn Pác Lùng", "Nạo vét trước khi đổ ải.", 11,
		"Nạo vét, kiên cố 180 m mương", "Trưởng phòng Kinh tế", "m", 18000, -8, []told{
			{act: dialogue.ActProgress, text: "Đã nạo vét toàn tuyến", after: -25, amount: 6200},
			{act: dialogue.ActDone, text: "Đã xong cả tuyến", after: -10, amount: 18000},
			{act: dialogue.ActDispute, by: dialogue.ByVillage, text: "Thôn Pác Lùng", after: -2, faults: []string{"partly", "quality"}}}},
	{"Nhà văn hóa thôn dột, không họp được khi mưa", "construction", "Thôn Bản Cám", "Đưa vào danh mục sửa chữa năm nay.", 9,
		"Lợp lại mái nhà văn hóa thôn", "Phó Chủ tịch Ủy ban nhân dân", "m²", 12000, 18, []told{
			{act: dialogue.ActExtend, text: "Nhà thầu chậm giao tôn do mưa bão, đã đôn đốc bằng văn bản", after: -12, newDue: 18}}},
	{"Thủ tục chứng thực phải đi lại nhiều lần", "procedures", "Thôn Nà Khưa", "Trả kết quả trong buổi với giấy tờ đơn giản.", 5,
		"Niêm yết lại thủ tục, trả kết quả chứng thực trong buổi", "Chủ tịch Ủy ban nhân dân", "", 0, -48, []told{
			{act: dialogue.ActDone, text: "Đã niêm yết lại, trả trong buổi từ đầu tháng trước", after: -50}}},
	{"Trạm y tế thiếu thuốc bảo hiểm", "health", "Thôn Khau Lồm", "Xã làm việc với Trung tâm Y tế.", 7,
		"Bổ sung đủ danh mục thuốc bảo hiểm tại trạm", "Trạm trưởng Trạm Y tế", "", 0, 5, nil},
	{"Xin mở bãi đỗ xe cạnh chợ", "land", "Thôn Chợ", "Xem xét trong quy hoạch chi tiết.", 3,
		"Bố trí bãi đỗ xe tạm cạnh chợ", "Công chức địa chính, môi trường", "", 0, -20, []told{
			{act: dialogue.ActDrop, text: "Trùng dự án chỉnh trang chợ đã được phê duyệt; bãi đỗ xe nằm trong dự án ấy", after: -26}}},
}

// dialogues are sessions around today, of a few communes: held with issues and promises in every state, announced, moved,
// cancelled; and contact with voters in the same way.
func (w *world) dialogues() ([]ledger.Draft, error) {
	if w.spec.Today < 20261001 {
		return nil, nil
	}
	var out []ledger.Draft
	for n, id := range w.talking() {
		out = append(out, w.heldTalk(id, n)...)
		out = append(out, w.coming(id, n)...)
		out = append(out, w.voters(id, n)...)
	}
	return out, nil
}

// talking are the committees of the communes whose sessions are told.
func (w *world) talking() []org.UnitID {
	out := w.receiving()
	for _, id := range w.bodies("commune/peoples_committee", w.spec.Today) {
		known := false
		for _, x := range out {
			known = known || x == id
		}
		if !known && len(out) < dialogueCommunes {
			out = append(out, id)
		}
	}
	return out
}

// after is the working day some days after today; what has been (below 0) is not after today.
func (w *world) after(days int) civil.Date {
	d := w.workday(w.spec.Today.AddDays(days))
	if days < 0 {
		return min(d, w.spec.Today)
	}
	return d
}

// planned is an announced session.
func (w *world) planned(id org.UnitID, key, topic, sort, host, venue string, on civil.Date) ledger.Draft {
	made := w.workday(min(on.AddDays(-24), w.spec.Today.AddDays(-8)))
	told := min(w.workday(made.AddDays(3)), on, w.spec.Today)
	return ledger.Draft{Key: key, Kind: dialogue.PlanKind, Unit: w.ref(id), Day: made, Confirmed: true, Fields: map[string]any{"topic": topic, "sort": sort, "host": host,
		"planned_on": on.String(), "from_hour": "07:30", "to_hour": "11:00", "venue": venue, "invited": "Đại diện các hộ, trưởng thôn, bí thư chi bộ, Ban công tác Mặt trận",
		"audience": "people", "prepare": "Câu hỏi gửi trước cho trưởng thôn hoặc bộ phận tiếp công dân của xã trước ba ngày.\nAi không dự được thì gửi qua cổng, mục Gửi.",
		"number": fmt.Sprintf("%d/TB-UBND", 60+on.Day()), "announced_on": told.String(), "announced_where": "niêm yết tại trụ sở, nhà văn hóa thôn; loa truyền thanh"}}
}

// heldTalk is the session of the autumn with what was promised there.
func (w *world) heldTalk(id org.UnitID, n int) []ledger.Draft {
	on := w.after(-58 - n)
	key := fmt.Sprintf("demo:doi-thoai:%d", n)
	plan := w.planned(id, key, "Người đứng đầu cấp ủy, chính quyền đối thoại với nhân dân quý III", "people", "chair", "Hội trường Ủy ban nhân dân xã", on)
	out := []ledger.Draft{plan}
	var issues, promises []ledger.Draft
	var t dialogue.Totals
	for i, o := range oaths {
		if (i+n)%3 == 2 && n > 0 { // the demo's own commune has them all
			continue
		}
		o = o.told(i, n)
		t.Opinions, t.Answered = t.Opinions+o.mentions, t.Answered+o.mentions
		issue := fmt.Sprintf("%s:y%d", key, i)
		issues = append(issues, ledger.Draft{Key: issue, Kind: dialogue.IssueKind, Unit: w.ref(id), Day: on, Carries: key + ":buoi", Confirmed: true, Fields: map[string]any{
			"subject": o.issue, "topic": o.topic, "source": "dialogue", "mentions": o.mentions, "village": o.village, "turn": int64(len(issues) + 1),
			"answer_mode": dialogue.OnSpot, "answered_on": on.String(), "answer": o.answer, "answer_unit": w.ref(id), "answer_post": "Chủ tịch Ủy ban nhân dân"}})
		promises = append(promises, w.sworn(id, issue, on, o, n)...)
	}
	later := int64(3)
	t.Opinions, t.Forwarded = t.Opinions+later, later
	issues = append(issues, ledger.Draft{Key: key + ":sau", Kind: dialogue.IssueKind, Unit: w.ref(id), Day: on, Carries: key + ":buoi", Confirmed: true, Fields: map[string]any{
		"subject": "Sóng điện thoại yếu ở hai thôn vùng cao", "topic": "telecom", "source": "dialogue", "mentions": later, "village": ownVillage("Thôn Khau Lồm", n, 9), "turn": int64(len(issues) + 1),
		"answer_mode": dialogue.OtherBody, "forwarded_on": on.String(), "due_on": w.after(3 - n).String(), "answer_post": "Phòng Văn hóa - Xã hội"}})
	set := dialogue.Opening(dialogue.SessionKind, dialogue.Setting{Topic: plan.Fields["topic"].(string), Sort: "people", Host: "chair", From: "07:30", To: "11:15", Venue: "Hội trường Ủy ban nhân dân xã"}, on.AddDays(-20))
	for code, v := range t.Set() {
		set[code] = v
	}
	set["attendances"], set["audience"], set["minuted_on"], set["minutes_number"] = int64(86+7*n), "people", w.workday(on.AddDays(3)).String(), fmt.Sprintf("%d/TB-UBND", 71+n)
	set["present"] = "Thường trực Đảng ủy, lãnh đạo Ủy ban nhân dân, Ủy ban Mặt trận Tổ quốc và các đoàn thể; đại diện các hộ"
	set["conclusion"] = "Mỗi việc đã hứa có người chịu trách nhiệm và hạn; xã báo tiến độ hằng tháng, niêm yết tại nhà văn hóa thôn.\nThôn xác nhận việc đã xong bằng mã giao kèm biên bản."
	out = append(out, ledger.Draft{Key: key + ":buoi", Kind: dialogue.SessionKind, Unit: w.ref(id), Day: on, Carries: key, Confirmed: true, Fields: set})
	return append(append(out, issues...), promises...)
}

// sworn is a promise with its notes: its days are those that follow from them.
func (w *world) sworn(id org.UnitID, issue string, made civil.Date, o sworn, n int) []ledger.Draft {
	key := issue + ":hua"
	p := &dialogue.Promise{Head: ledger.Head{Day: made, State: ledger.Recorded}, Stand: dialogue.Stand{Due: max(w.after(o.due+n%3), made.AddDays(5))}, Measure: o.measure, Total: o.total}
	for _, t := range o.notes {
		if t.act == dialogue.ActExtend {
			p.Due = max(w.after(t.after+2), made.AddDays(5)) // it was put off shortly before
		}
	}
	var notes []*dialogue.Note
	var drafts []ledger.Draft
	for i, t := range o.notes {
		on := max(w.after(t.after-n%2), made.AddDays(1))
		said := dialogue.Said{Act: t.act, By: or(t.by, dialogue.ByOwner), Text: t.text, On: on, Files: 1, Faults: t.faults}
		if t.amount > 0 {
			said.Amount = &t.amount
		}
		if t.newDue != 0 {
			said.NewDue = w.after(t.newDue)
		}
		day, set, err := p.Note(said, on)
		if err != nil {
			continue // not in this commune
		}
		x := &dialogue.Note{Head: ledger.Head{Day: day, State: ledger.Recorded}, Act: t.act, By: said.By, Text: t.text, Amount: said.Amount, OldDue: p.Due, NewDue: said.NewDue, DoneWas: p.Done}
		if t.act == dialogue.ActDone {
			x.AnswerBy = on.AddDays(dialogue.AnswerDays)
		}
		notes = append(notes, x)
		p.Stand = dialogue.Follow(p.Stand, notes)
		drafts = append(drafts, ledger.Draft{Key: fmt.Sprintf("%s:%d", key, i), Kind: dialogue.NoteKind, Unit: w.ref(id), Day: day, Carries: key, Confirmed: true, Fields: set})
	}
	set := map[string]any{"subject": o.promise, "source": "dialogue", "topic": o.topic, "due_on": p.Due.String(), "owner_unit": w.ref(id), "owner_post": o.post, "village": o.village}
	if o.total > 0 {
		set["measure"], set["total"] = o.measure, o.total.String()
	}
	for code, v := range p.Stand.Changes(dialogue.Stand{Due: p.Due}) {
		set[code] = v
	}
	return append([]ledger.Draft{{Key: key, Kind: dialogue.PromiseKind, Unit: w.ref(id), Day: made, Carries: issue, Confirmed: true, Fields: set}}, drafts...)
}

// coming are sessions announced: as planned, moved, cancelled; and one of today.
func (w *world) coming(id org.UnitID, n int) []ledger.Draft {
	key := fmt.Sprintf("demo:doi-thoai-toi:%d", n)
	d := w.planned(id, key, comingTopics[n%len(comingTopics)], "thematic", "chair", "Nhà văn hóa "+hall(n, 0), w.after(4+3*n))
	switch n % 4 {
	case 1:
		d.Fields["changed_on"], d.Fields["change_reason"] = w.workday(w.spec.Today.AddDays(-3)).String(), "Trùng ngày họp Hội đồng nhân dân tỉnh"
		d.Fields["before_change"] = "07:30 ngày " + w.after(2+3*n).Vi() + ", Nhà văn hóa " + hall(n, 0)
	case 2:
		d.Fields["cancelled_on"], d.Fields["cancel_reason"] = w.workday(w.spec.Today.AddDays(-2)).String(), "Mưa lũ chia cắt đường; sẽ thông báo lịch mới"
	case 3:
		d.Fields["sort"], d.Fields["host"], d.Fields["topic"] = "party_government", "party_head", "Cấp ủy, chính quyền đối thoại với Mặt trận, các đoàn thể và nhân dân cuối năm"
	}
	return []ledger.Draft{d}
}

// voters are a contact with voters before the session of the year's end, and one to come.
func (w *world) voters(id org.UnitID, n int) []ledger.Draft {
	host := w.host(id, w.spec.Today)
	council := w.tree.On(w.tree.Unit(host).Code+".HDND", w.spec.Today)
	if council == nil || n > 4 {
		return nil
	}
	on, key := w.after(-12-n), fmt.Sprintf("demo:tiep-xuc:%d", n)
	topic := "Tiếp xúc cử tri trước kỳ họp cuối năm của Hội đồng nhân dân"
	plan := w.planned(council.ID, key, topic, dialogue.Voters, "council", "Nhà văn hóa trung tâm xã", on)
	set := dialogue.Opening(dialogue.VoterKind, dialogue.Setting{Topic: topic, Host: "council", From: "08:00", To: "10:30", Venue: "Nhà văn hóa trung tâm xã"}, 0)
	set["attendances"], set["opinions"], set["forwarded"] = int64(74+5*n), int64(6), int64(6)
	out := []ledger.Draft{plan, {Key: key + ":buoi", Kind: dialogue.VoterKind, Unit: w.ref(council.ID), Day: on, Carries: key, Confirmed: true, Fields: set}}
	issue := ledger.Draft{Key: key + ":y1", Kind: dialogue.IssueKind, Unit: w.ref(council.ID), Day: on, Carries: key + ":buoi", Confirmed: true, Fields: map[string]any{
		"subject": "Đề nghị mở rộng phòng học mầm non của điểm trường lẻ", "topic": "education", "source": "voter_contact", "mentions": int64(6), "village": ownVillage("Thôn Khuổi Slưn", n, 3), "turn": int64(1),
		"answer_mode": dialogue.OtherBody, "forwarded_on": on.String(), "due_on": w.after(20).String(), "answer_unit": w.ref(id), "answer_post": "Chủ tịch Ủy ban nhân dân"}}
	o := sworn{village: ownVillage("Thôn Khuổi Slưn", n, 3), topic: "education", promise: "Khảo sát, lập dự toán mở rộng hai phòng học", post: "Phó Chủ tịch Ủy ban nhân dân", due: 26}
	next := w.planned(council.ID, key+":toi", "Tiếp xúc cử tri sau kỳ họp cuối năm", dialogue.Voters, "council", "Nhà văn hóa "+hall(n, 1), w.after(24+n))
	promised := w.sworn(id, issue.Key, on, o, n)
	promised[0].Fields["source"] = "voter_contact"
	return append(append(out, issue, next), promised...)
}
