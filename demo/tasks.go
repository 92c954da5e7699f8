package demo

import (
	"fmt"
	"math/rand/v2"

	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// campaign is a document of the province's board with the tasks that it gives, year after year.
type campaign struct {
	title, number, kind, theme string
	month, day                 int
	tasks                      []errand
}

// errand is one task of a campaign. work is the kind of entry that carries it out, where some do.
type errand struct {
	title, evidence string
	month, day      int // due
	work            string
}

var campaigns = []campaign{
	{"Hướng dẫn thực hiện phong trào thi đua “Dân vận khéo” năm %d", "%d-HD/BTGDV", "guideline", "skilled", 2, 12, []errand{
		{"Đăng ký mô hình “Dân vận khéo” năm %d", "Danh sách mô hình đăng ký có xác nhận của cấp ủy.", 3, 31, ""},
		{"Kiểm tra, công nhận mô hình “Dân vận khéo” năm %d", "Biên bản kiểm tra, quyết định công nhận.", 10, 30, ""},
	}},
	{"Kế hoạch công tác dân vận của hệ thống chính trị năm %d", "%d-KH/BTGDV", "plan", "mobilisation", 1, 20, []errand{
		{"Tập huấn nghiệp vụ dân vận cho cán bộ thôn, tổ dân phố năm %d", "Kế hoạch mở lớp, danh sách lượt dự, ảnh lớp học.", 6, 30, "training_conference"},
		{"Sơ kết công tác dân vận 6 tháng đầu năm %d", "Báo cáo sơ kết có chữ ký của lãnh đạo.", 7, 15, "briefing"},
		{"Nắm tình hình Nhân dân, báo cáo cuối năm %d", "Báo cáo tình hình, danh mục kiến nghị.", 12, 10, "briefing"},
	}},
	{"Công văn về đối thoại của người đứng đầu cấp ủy, chính quyền với Nhân dân năm %d", "%d-CV/BTGDV", "official_letter", "democracy", 3, 5, []errand{
		{"Tổ chức đối thoại trực tiếp với Nhân dân năm %d", "Thông báo kết luận đối thoại, kết quả giải quyết kiến nghị.", 9, 30, "briefing"},
	}},
}

// fromYear is the first year with tasks: earlier ones are only in the typed results of plans.
const fromYear = 2022

// tasks are the documents of the province's board with what follows from them, and its coordination programme.
func (w *world) tasks() ([]ledger.Draft, error) {
	r := w.dice("tasks")
	var out []ledger.Draft
	before := map[int]string{} // the document of a campaign in the year before
	for year := fromYear; year <= w.spec.Today.Year(); year++ {
		for i, c := range campaigns {
			made, key := w.campaign(r, c, i, year, before[i])
			out = append(out, made...)
			before[i] = key
		}
	}
	return append(out, w.programmes(r)...), nil
}

// board is the board for mobilisation of the province on a day, and the bodies of the lower level that answer to it.
func (w *world) board(day civil.Date) (board org.UnitID, below []org.UnitID) {
	for _, class := range []string{"province/propaganda_mobilisation_board", "province/mobilisation_board"} {
		if ids := w.bodies(class, day); board == 0 && len(ids) > 0 {
			board = ids[0]
		}
	}
	for _, class := range []string{"district/mobilisation_board", "commune/party_building_board", "commune/mobilisation_board"} {
		if ids := w.bodies(class, day); len(below) == 0 {
			below = ids
		}
	}
	return board, below
}

func (w *world) campaign(r *rand.Rand, c campaign, i, year int, before string) ([]ledger.Draft, string) {
	day := w.workday(civil.NewDate(year, c.month, c.day))
	board, below := w.board(day)
	if day > w.spec.Today || board == 0 {
		return nil, ""
	}
	doc := ledger.Draft{Key: w.key("directive_document"), Kind: "directive_document", Unit: w.ref(board), Day: day, Confirmed: true,
		Fields: map[string]any{"title": fmt.Sprintf(c.title, year), "number": fmt.Sprintf(c.number, 10+7*i+year%10), "type": c.kind, "theme": c.theme,
			"effective_on": day.String(), "tasks": int64(len(c.tasks)), "signed_by": map[string]any{"name": "Ông Minh Họa 21", "office": "Trưởng ban"}}}
	if before != "" {
		doc.Fields["replaces"], doc.Fields["replaces_as"] = before, "replaces"
	}
	if year < w.spec.Today.Year() {
		doc.Fields["ended_on"] = w.workday(civil.NewDate(year+1, c.month, c.day)).String()
	}
	out := []ledger.Draft{doc}
	for n, id := range below {
		parent := doc.Key
		if n%3 == 0 {
			if own, ok := w.ownPlan(r, c, id, year, doc); ok {
				out, parent = append(out, own), own.Key
			}
		}
		for _, e := range c.tasks {
			out = append(out, w.errand(r, e, board, id, year, day, doc, parent)...)
		}
	}
	return out, doc.Key
}

// ownPlan is the plan by which a lower body carries the document out.
func (w *world) ownPlan(r *rand.Rand, c campaign, id org.UnitID, year int, doc ledger.Draft) (ledger.Draft, bool) {
	day := w.workday(doc.Day.AddDays(10 + r.IntN(20)))
	if day > w.spec.Today || !w.open(id, day) {
		return ledger.Draft{}, false
	}
	return ledger.Draft{Key: w.key("directive_document"), Kind: "directive_document", Unit: w.ref(id), Day: day, Confirmed: r.Float64() < .8, Carries: doc.Key,
		Fields: map[string]any{"title": "Kế hoạch thực hiện " + fmt.Sprintf(c.title, year), "number": fmt.Sprintf("%d-KH/BXD", 3+r.IntN(40)),
			"type": "plan", "theme": c.theme, "effective_on": day.String()}}, true
}

// errand is a task of one body, with how it went and the work that carried it out.
func (w *world) errand(r *rand.Rand, e errand, board, id org.UnitID, year int, given civil.Date, doc ledger.Draft, parent string) []ledger.Draft {
	due := civil.NewDate(year, e.month, e.day)
	t := ledger.Draft{Key: w.key("task"), Kind: "task", Unit: w.ref(id), Day: given, Carries: parent, Actor: "demo", At: office(r, given),
		Fields: map[string]any{"title": fmt.Sprintf(e.title, year), "assigned_by": w.ref(board), "theme": doc.Fields["theme"], "evidence": e.evidence, "due_on": due.String()}}
	if !w.open(id, given) {
		return nil
	}
	done, steps := w.course(r, given, due)
	if w.ref(id) == shown+".BXD" && year == w.spec.Today.Year() {
		done, steps = w.shownCourse(r, e, given, due)
	}
	t.Then = steps
	out := []ledger.Draft{t}
	if done != 0 && e.work != "" && w.open(id, done) && done <= w.spec.Today {
		out = append(out, w.workFor(r, e, id, w.workday(done.AddDays(-2-r.IntN(6))), year, t.Key))
	}
	return out
}

// shown is the commune whose bodies' accounts the demo has: its tasks stand in every state.
const shown = "02143"

// shownCourse is how the tasks of the shown commune go in the running year: some in time, one late and waiting, one
// overdue with another day asked for, one overdue and silent, the rest open.
func (w *world) shownCourse(r *rand.Rand, e errand, given, due civil.Date) (civil.Date, []ledger.Step) {
	day := func(d civil.Date) civil.Date { return w.workday(d) }
	progress := amend(map[string]any{"progress": 40, "note": "Đã ban hành kế hoạch, đang triển khai ở các thôn."}, "Báo tiến độ 40%", office(r, day(given.AddDays(12))))
	late := due < w.spec.Today
	switch {
	case late && e.month == 10: // waits
		on := day(due.AddDays(3))
		return on, []ledger.Step{progress, amend(map[string]any{"done_on": on.String(), "progress": 100, "note": "Đã kiểm tra, công nhận 4 mô hình."}, "Báo hoàn thành ngày "+on.Vi(), office(r, on))}
	case late && e.month == 9: // asked for another day
		to := day(w.spec.Today.AddDays(12))
		return 0, []ledger.Step{progress, amend(map[string]any{"extension_to": to.String(), "extension_why": "Lịch công tác của người đứng đầu thay đổi, xin lùi để đủ thành phần đối thoại."}, "Xin gia hạn đến "+to.Vi(), office(r, min(day(due.AddDays(-2)), w.spec.Today)))}
	case late && e.month == 7:
		return 0, []ledger.Step{progress}
	case late:
		on := day(due.AddDays(-4))
		return on, []ledger.Step{progress, amend(map[string]any{"done_on": on.String(), "progress": 100, "note": "Đã hoàn thành, gửi minh chứng kèm theo."}, "Báo hoàn thành ngày "+on.Vi(), office(r, on)),
			{Act: ledger.ActConfirm, Actor: "demo", At: office(r, min(day(on.AddDays(3)), w.spec.Today))}}
	}
	return 0, []ledger.Step{progress}
}

// course is how a task goes: when it is done, 0 for not yet, and its steps.
func (w *world) course(r *rand.Rand, given, due civil.Date) (done civil.Date, steps []ledger.Step) {
	at := given
	add := func(on civil.Date, set map[string]any, reason string) bool {
		if on <= at {
			on = at.AddDays(1)
		}
		if on = w.workday(on); on > w.spec.Today {
			return false
		}
		at = on
		steps = append(steps, amend(set, reason, office(r, on)))
		return true
	}
	span := given.DaysUntil(due)
	if r.Float64() < .7 {
		add(given.AddDays(span/2), map[string]any{"progress": 40, "note": "Đã ban hành kế hoạch, đang triển khai ở các thôn."}, "Báo tiến độ 40%")
	}
	switch luck := r.Float64(); {
	case luck < .09: // extended once
		to := due.AddDays(20)
		if add(due.AddDays(-6), map[string]any{"extension_to": to.String(), "extension_why": "Trùng thời gian chuẩn bị đại hội, xin lùi để đủ thành phần dự."}, "Xin gia hạn đến "+to.Vi()) &&
			add(due.AddDays(-4), map[string]any{"extension_to": nil, "extension_why": nil, "due_on": to.String(), "first_due_on": due.String(), "extensions": 1}, "Gia hạn từ "+due.Vi()+" đến "+to.Vi()+": đồng ý đề nghị của đơn vị") {
			due = to
		}
	case luck < .15: // asked, and nobody has decided yet
		to := due.AddDays(15)
		if due >= w.spec.Today.AddDays(-20) {
			add(due.AddDays(-8), map[string]any{"extension_to": to.String(), "extension_why": "Chờ hướng dẫn về kinh phí của huyện, tỉnh."}, "Xin gia hạn đến "+to.Vi())
		}
	}
	finish := map[string]any{"progress": 100, "note": "Đã hoàn thành theo yêu cầu, gửi minh chứng kèm theo."}
	luck := r.Float64()
	if luck > .9 && due > w.spec.Today.AddDays(-300) { // still to be done
		return 0, steps
	}
	on := due.AddDays(-3 - r.IntN(12))
	if luck > .8 {
		on = due.AddDays(2 + r.IntN(12))
	}
	if on <= given {
		on = given.AddDays(3)
	}
	on = w.workday(on)
	report := func(on civil.Date, reason string) bool {
		set := map[string]any{"done_on": on.String(), "returned_on": nil, "extension_to": nil, "extension_why": nil}
		for k, v := range finish {
			set[k] = v
		}
		return add(on, set, reason)
	}
	if !report(on, "Báo hoàn thành ngày "+on.Vi()) {
		return 0, steps
	}
	if luck < .06 { // returned once
		if !add(at.AddDays(2), map[string]any{"done_on": nil, "returned_on": w.workday(at.AddDays(2)).String(), "progress": 90}, "Trả lại: báo cáo chưa có chữ ký của lãnh đạo") {
			return on, steps
		}
		if on = w.workday(at.AddDays(4)); !report(on, "Báo hoàn thành ngày "+on.Vi()) {
			return 0, steps
		}
	}
	if accepted := w.workday(at.AddDays(3)); accepted <= w.spec.Today && luck < .76 || at < w.spec.Today.AddDays(-120) {
		steps = append(steps, ledger.Step{Act: ledger.ActConfirm, Actor: "demo", At: office(r, min(accepted, w.spec.Today))})
	}
	return on, steps
}

// workFor is the work that carried a task out.
func (w *world) workFor(r *rand.Rand, e errand, id org.UnitID, day civil.Date, year int, task string) ledger.Draft {
	d := ledger.Draft{Key: w.key(e.work), Kind: e.work, Unit: w.ref(id), Day: min(day, w.spec.Today), Confirmed: true, Carries: task}
	switch e.work {
	case "training_conference":
		d.Fields = map[string]any{"topic": fmt.Sprintf(e.title, year), "level": "own", "theme": "mobilisation", "attendances": int64(35 + r.IntN(60))}
	default:
		d.Fields = map[string]any{"title": fmt.Sprintf(e.title, year), "type": "thematic", "theme": "mobilisation", "attendances": int64(18 + r.IntN(40))}
	}
	return d
}

// programmes are a coordination programme of the board with the Front, and the one that renews it, with their yearly
// tasks and reviews.
func (w *world) programmes(r *rand.Rand) []ledger.Draft {
	var out []ledger.Draft
	before := ""
	for _, signed := range []civil.Date{civil.NewDate(2021, 3, 16), civil.NewDate(2026, 3, 11)} {
		board, _ := w.board(signed)
		if signed > w.spec.Today || board == 0 {
			continue
		}
		p := ledger.Draft{Key: w.key("coordination_programme"), Kind: "coordination_programme", Unit: w.ref(board), Day: signed, Confirmed: true,
			Fields: map[string]any{"title": fmt.Sprintf("Chương trình phối hợp công tác dân vận giữa Ban Dân vận và Ủy ban Mặt trận Tổ quốc tỉnh giai đoạn %d–%d", signed.Year(), signed.Year()+5),
				"number": fmt.Sprintf("%02d-CTr/BDV-MTTQ", signed.Year()%100), "partners": "board_front", "theme": "mobilisation", "parties": int64(2), "tasks": int64(4), "effective_on": signed.String(),
				"ended_on": signed.AddYears(5).AddDays(-5).String()}}
		if fronts := w.bodies("province/front", signed); len(fronts) > 0 {
			p.Partners = []string{w.ref(fronts[0])}
		}
		if before != "" {
			p.Fields["replaces"], p.Fields["replaces_as"] = before, "renews"
		}
		out, before = append(out, p), p.Key
		for year := max(signed.Year(), fromYear-1); year < signed.Year()+5 && year <= w.spec.Today.Year(); year++ {
			out = append(out, w.programmeYear(r, p, year)...)
		}
	}
	return out
}

func (w *world) programmeYear(r *rand.Rand, p ledger.Draft, year int) []ledger.Draft {
	given := w.workday(max(civil.NewDate(year, 3, 18), p.Day.AddDays(2)))
	board, _ := w.board(given)
	fronts := w.bodies("province/front", given)
	if given > w.spec.Today || board == 0 || len(fronts) == 0 {
		return nil
	}
	var out []ledger.Draft
	for _, x := range []struct {
		by         org.UnitID
		title      string
		month, day int
	}{
		{board, "Tổ chức đoàn nắm tình hình Nhân dân ở vùng đồng bào dân tộc thiểu số năm %d", 8, 31},
		{fronts[0], "Giám sát việc thực hiện dân chủ ở cơ sở năm %d", 10, 31},
		{fronts[0], "Vận động Nhân dân tham gia “Ngày cuối tuần vì cộng đồng” năm %d", 12, 5},
	} {
		out = append(out, w.errand(r, errand{title: x.title, evidence: "Báo cáo kết quả có xác nhận của hai bên.", month: x.month, day: x.day, work: "briefing"}, board, x.by, year, given,
			ledger.Draft{Fields: map[string]any{"theme": "mobilisation"}}, p.Key)...)
	}
	if day := w.workday(civil.NewDate(year, 11, 10)); day <= w.spec.Today && day > given {
		board, _ := w.board(day)
		out = append(out, ledger.Draft{Key: w.key("coordination_review"), Kind: "coordination_review", Unit: w.ref(board), Day: day, Confirmed: true, Carries: p.Key,
			Fields: map[string]any{"title": fmt.Sprintf("Sơ kết chương trình phối hợp năm %d", year), "partners": "board_front", "type": "preliminary", "attendances": int64(40 + r.IntN(20))}})
	}
	return out
}
