package demo

import (
	"fmt"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Work with more than one step, of the last year of the demo: told step by step, for a stream knows single entries only.
// Its kinds with a stream of their own get these besides; the figures of the ten-year summary end before it.

// works are inspections, courses, movements and assignments of the year, as far as they have come on the demo's day.
func (w *world) works() ([]ledger.Draft, error) {
	if w.spec.Today < 20261001 {
		return nil, nil
	}
	board, ok := w.only("province/propaganda_mobilisation_board")
	if !ok {
		return nil, nil
	}
	out := slices.Concat(w.inspections(board), w.courses(board), w.movements(board), w.assignments())
	kept := out[:0]
	for _, d := range out {
		if d.Day <= w.spec.Today {
			kept = append(kept, d)
		}
	}
	return kept, nil
}

// only is the one body of a class today.
func (w *world) only(class string) (org.UnitID, bool) {
	list := w.bodies(class, w.spec.Today)
	if len(list) == 0 {
		return 0, false
	}
	return list[0], true
}

// inspected is an inspection of the demo as it is told.
type inspected struct {
	key, unit, title, theme, number string
	day                             civil.Date
	visits                          []visited
	findings                        []found
	recs                            []asked
	concluded                       civil.Date
	conclusion                      string
	closed                          civil.Date
}

type visited struct {
	body        string
	planned, on civil.Date
}

type found struct{ body, text, article, severity string }

type asked struct {
	body, text string
	due        civil.Date
	answered   civil.Date
	result     string // of the answer
	done       civil.Date
}

func (w *world) inspections(board org.UnitID) []ledger.Draft {
	communes := w.communes(w.spec.Today)
	at := func(n int) string { return w.ref(communes[n%len(communes)]) + ".UBND" }
	const commune = "02143"
	list := []inspected{
		{key: "qcdc", unit: w.ref(board), title: "Kiểm tra việc thực hiện dân chủ ở cơ sở và công tác dân vận chính quyền năm 2026", theme: "democracy",
			number: "Quyết định số 214-QĐ/BTGDV", day: 20260504,
			visits: []visited{{commune + ".UBND", 20260512, 20260512}, {at(3), 20260514, 20260515}, {at(7), 20260519, 20260519}, {at(11), 20260521, 0}},
			findings: []found{
				{commune + ".UBND", "Chưa niêm yết đủ các nội dung phải công khai tại nhà văn hóa thôn", "Luật Thực hiện dân chủ ở cơ sở, Điều 11", "fix"},
				{commune + ".UBND", "Sổ theo dõi ý kiến nhân dân ghi chưa liên tục", "", "lesson"},
				{at(3), "Chậm trả lời kiến nghị của cử tri sau hội nghị đối thoại", "Quy chế đối thoại của cấp ủy", "fix"},
				{at(7), "Chưa ban hành quy chế tiếp xúc, đối thoại năm 2026", "", "breach"},
			},
			recs: []asked{
				{commune + ".UBND", "Niêm yết đầy đủ nội dung công khai tại 100% nhà văn hóa thôn", 20260731, 20260724, "done", 20260803},
				{commune + ".UBND", "Mở sổ theo dõi ý kiến nhân dân thống nhất, báo cáo hằng quý", 20261130, 20261015, "partly", 0},
				{at(3), "Trả lời dứt điểm 6 kiến nghị của cử tri còn tồn", 20260930, 0, "", 0},
				{at(7), "Ban hành quy chế tiếp xúc, đối thoại", 20260831, 20260828, "done", 0},
			},
			concluded: 20260618, conclusion: "Các đơn vị đã triển khai nghiêm túc; còn một số nội dung công khai, đối thoại chưa đầy đủ, cần khắc phục theo kiến nghị."},
		{key: "mtg", unit: w.ref(board), title: "Giám sát việc giải quyết kiến nghị của nhân dân sau sắp xếp đơn vị hành chính", theme: "mobilisation",
			number: "Kế hoạch số 32-KH/BTGDV", day: 20260910,
			visits: []visited{{commune + ".BXD", 20260922, 20260922}, {at(5), 20261006, 20261007}, {at(9), 20261208, 0}}},
		{key: "xong", unit: w.ref(board), title: "Kiểm tra công tác tiếp dân, đối thoại của cấp ủy, chính quyền cấp xã", theme: "reception",
			number: "Quyết định số 96-QĐ/BTGDV", day: 20260205,
			visits:    []visited{{at(2), 20260210, 20260210}, {at(6), 20260212, 20260212}},
			findings:  []found{{at(2), "Lịch tiếp dân của người đứng đầu chưa thông báo rộng rãi", "Luật Tiếp công dân, Điều 15", "fix"}},
			recs:      []asked{{at(2), "Thông báo lịch tiếp dân trên loa truyền thanh và trang thông tin của xã", 20260331, 20260320, "done", 20260325}},
			concluded: 20260227, conclusion: "Việc tiếp dân đi vào nền nếp.", closed: 20260330},
		{key: "xa", unit: commune + ".BTV", title: "Kiểm tra hoạt động của các tổ dân vận thôn", theme: "mobilisation",
			number: "Kế hoạch số 11-KH/ĐU", day: 20261005, visits: []visited{{commune + ".MTTQ", 20261012, 20261012}, {commune + ".PN", 20261119, 0}},
			findings: []found{{commune + ".MTTQ", "Hai tổ dân vận chưa họp định kỳ", "Quy chế hoạt động của tổ dân vận", "lesson"}},
			recs:     []asked{{commune + ".MTTQ", "Hướng dẫn các tổ dân vận họp hằng tháng, có biên bản", 20261115, 0, "", 0}}},
	}
	var out []ledger.Draft
	for _, i := range list {
		out = append(out, i.drafts(w.spec.Today)...)
	}
	return out
}

// drafts are the inspection and what carries it.
func (i inspected) drafts(today civil.Date) []ledger.Draft {
	key := "demo:kiem-tra:" + i.key
	set := map[string]any{"title": i.title, "form": "inspection", "theme": i.theme, "number": i.number, "planned": "yes"}
	if strings.HasPrefix(i.title, "Giám sát") {
		set["form"] = "supervision"
	}
	var visits, findings, recs []any
	n := int64(0)
	for _, v := range i.visits {
		row := map[string]any{"visit_body": v.body, "planned_on": v.planned.String()}
		if v.on != 0 && v.on <= today {
			row["visited_on"] = v.on.String()
			n++
		}
		visits = append(visits, row)
	}
	for _, f := range i.findings {
		row := map[string]any{"finding_body": f.body, "finding": f.text, "severity": f.severity}
		if f.article != "" {
			row["article"] = f.article
		}
		findings = append(findings, row)
	}
	for no, r := range i.recs {
		recs = append(recs, map[string]any{"rec_no": int64(no + 1), "rec_body": r.body, "rec": r.text, "rec_due": r.due.String()})
	}
	set["visits"], set["units_inspected"] = visits, n
	if len(findings) > 0 {
		set["finding_list"], set["findings"] = findings, int64(len(findings))
	}
	if len(recs) > 0 {
		set["recommendation_list"], set["recommendations"] = recs, int64(len(recs))
	}
	if i.concluded != 0 {
		set["concluded_on"], set["conclusion"] = i.concluded.String(), i.conclusion
		set["conclusion_number"] = "Thông báo số " + fmt.Sprint(40+len(i.visits)) + "-TB/BTGDV"
	}
	out := []ledger.Draft{{Key: key, Kind: "inspection", Unit: i.unit, Day: i.day, Fields: set}}
	for no, r := range i.recs {
		out = append(out, r.drafts(key, i.unit, int64(no+1))...)
	}
	if i.closed != 0 {
		out = append(out, ledger.Draft{Key: key + ":ket-thuc", Kind: "inspection_follow_up", Unit: i.unit, Day: i.closed, Carries: key,
			Fields: map[string]any{"subject": "Kết thúc theo dõi: " + i.title, "source": "inspection", "recommendations_done": int64(0), "closed": "yes"}})
	}
	return out
}

func (r asked) drafts(key, by string, no int64) []ledger.Draft {
	var out []ledger.Draft
	if r.answered != 0 {
		out = append(out, ledger.Draft{Key: fmt.Sprint(key, ":bao-cao:", no), Kind: "inspection_response", Unit: r.body, Day: r.answered, Carries: key,
			Fields: map[string]any{"subject": r.text, "recommendation": no, "result": r.result, "done": "Đơn vị đã triển khai theo kiến nghị; kết quả nêu trong báo cáo kèm theo."}})
	}
	if r.done != 0 {
		out = append(out, ledger.Draft{Key: fmt.Sprint(key, ":khep:", no), Kind: "inspection_follow_up", Unit: by, Day: r.done, Carries: key,
			Fields: map[string]any{"subject": r.text, "source": "inspection", "recommendation": no, "outcome": "done", "recommendations_done": int64(1)}})
	}
	return out
}
