package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/model"
)

// Models, self-managed groups and drives come from the streams with their dates and numbers; here they get the words of
// what they are, and a few of the last two years evidence with drawings, points by criteria, and places that follow them.

// telling is one sort of model: its title with a place in it, what it does, what came of it.
type telling struct{ title, how, result, scene string }

var modelsTold = map[string][]telling{
	"economy": {
		{"Tổ liên kết trồng hồng không hạt %s", "Các hộ góp đất liền thửa, trồng cùng một giống, cùng cách chăm sóc; tổ cử người học kỹ thuật rồi chỉ lại cho nhau.", "Diện tích tăng qua từng vụ; quả bán chung một mối, không bị ép giá.", "orchard"},
		{"Nuôi gà đồi theo nhóm hộ %s", "Nhóm hộ mua giống, thức ăn chung; hộ khá cho hộ khó vay giống, đến lứa sau trả lại bằng con giống.", "Hộ khó khăn trong nhóm có thu nhập đều; không hộ nào tái nghèo.", "house"},
		{"Tổ phụ nữ giúp nhau làm miến dong %s", "Chị em góp vốn xoay vòng, cùng xây bể lọc, dùng chung máy tráng.", "Mỗi hộ có thêm việc làm lúc nông nhàn; sản phẩm có nhãn chung.", "culture_house"},
		{"Trồng rừng gỗ lớn không chặt non %s", "Các hộ cam kết giữ rừng đến tuổi khai thác, thay nhau tuần tra, mời cán bộ kiểm lâm về hướng dẫn.", "Diện tích rừng giữ được, không còn cháy rừng trong vụ.", "forest"},
	},
	"culture_society": {
		{"Giữ tiếng đàn tính, hát then %s", "Người già dạy, lớp trẻ học vào tối thứ bảy ở nhà văn hóa; mỗi quý một buổi diễn cho thôn.", "Nhiều lứa học sinh biết hát; câu lạc bộ tự lo kinh phí.", "culture_house"},
		{"Ngày thứ bảy đọc sách cùng con %s", "Phụ huynh góp sách, thay nhau trông tủ sách ở nhà văn hóa.", "Trẻ em trong thôn có chỗ đọc vào ngày nghỉ.", "school"},
		{"Việc cưới, việc tang gọn nhẹ %s", "Chi bộ, Mặt trận và các dòng họ cùng bàn quy ước; đảng viên làm trước.", "Các đám trong thôn làm theo quy ước, đỡ tốn kém.", "culture_house"},
		{"Bữa cơm cho người già sống một mình %s", "Hội phụ nữ và đoàn thanh niên thay phiên nấu, đưa cơm, dọn nhà.", "Người già neo đơn có người thăm mỗi tuần.", "house"},
	},
	"defence_security": {
		{"Tiếng kẻng an ninh %s", "Thôn thống nhất hiệu kẻng; nghe kẻng là tắt đèn khách, đóng cửa, tổ trực đi tuần.", "Không mất trộm trong năm; trẻ em về nhà đúng giờ.", "electricity"},
		{"Thắp sáng đường quê %s", "Hộ dân góp bóng đèn, điện; công an xã và đoàn thanh niên lắp đặt.", "Đường thôn sáng, tai nạn và trộm cắp giảm.", "electricity"},
		{"Tổ hòa giải không để việc nhỏ thành lớn %s", "Tổ gặp hai bên ngay khi có va chạm, mời người có uy tín cùng nói chuyện.", "Phần lớn việc xích mích hòa giải xong ở thôn.", "culture_house"},
	},
	"political_system": {
		{"Chi bộ nghe dân nói mỗi tháng %s", "Sau họp chi bộ, bí thư ở lại một giờ nghe dân; ý kiến ghi sổ, lần sau trả lời ý trước.", "Ý kiến của dân được trả lời trong tháng; người đến họp thôn đông hơn.", "culture_house"},
		{"Cán bộ xã đến tận nhà làm giấy tờ %s", "Mỗi tháng một ngày, cán bộ mang máy về nhà văn hóa thôn làm thủ tục cho người già, người ở xa.", "Người dân không phải đi lại nhiều lần.", "culture_house"},
		{"Đảng viên phụ trách nhóm hộ %s", "Mỗi đảng viên nhận một nhóm hộ ở gần, mỗi quý đến thăm, ghi việc cần giúp.", "Chi bộ nắm việc của từng nhóm hộ, giúp kịp thời.", "house"},
	},
	"new_rural": {
		{"Hiến đất mở đường %s", "Thôn họp bàn hướng tuyến, hộ có đất cắm mốc trước; thu, chi dán ở nhà văn hóa.", "Đường mở rộng, xe vào được cuối thôn.", "road"},
		{"Đường hoa phụ nữ tự quản %s", "Mỗi hộ nhận một đoạn trước nhà, chiều thứ sáu cùng dọn.", "Đường thôn sạch, có hoa quanh năm.", "flowers"},
		{"Sạch nhà, sạch ngõ, sạch dòng suối %s", "Phân loại rác tại hộ, mỗi tháng hai buổi vớt rác ở suối.", "Không còn bãi rác tự phát trong thôn.", "canal"},
		{"Cùng nhau kéo nước về bản %s", "Dân góp công đào rãnh, lắp ống; cử tổ giữ đầu nguồn.", "Các hộ có nước sạch dùng quanh năm.", "water"},
	},
}

var groupsTold = map[string]string{"security": "Tổ tự quản an ninh, trật tự %s", "environment": "Tổ tự quản vệ sinh môi trường %s", "road": "Tổ tự quản tuyến đường %s", "economy": "Tổ giúp nhau phát triển kinh tế %s",
	"culture": "Tổ tự quản nếp sống văn hóa %s", "forest": "Tổ tự quản bảo vệ rừng %s", "camera": "Tổ camera an ninh %s", "mediation": "Tổ hòa giải %s"}

var drivesTold = map[string][]string{
	"special_propaganda": {"Tuyên truyền đặc biệt", "Tuyên truyền đặc biệt, vận động đồng bào giữ rừng, giữ đất"},
	"civic_action":       {"Hành quân dã ngoại giúp dân làm đường", "Hành quân dã ngoại, sửa nhà văn hóa", "Giúp dân dọn vệ sinh, khơi thông mương"},
	"three_together":     {"Cùng ăn, cùng ở, cùng làm với bà con", "Ba cùng với đồng bào vùng cao"},
	"social_work":        {"Giúp dân thu hoạch, làm đường nội đồng", "Giúp dân xây dựng nông thôn mới"},
	"disaster_relief":    {"Giúp dân khắc phục hậu quả mưa lũ", "Giúp dân dựng lại nhà sau lốc"},
	"campaign":           {"Đợt cao điểm tuyên truyền phòng, chống lừa đảo trên mạng", "Đợt cao điểm vận động giao nộp vũ khí, vật liệu nổ"},
	"gratitude":          {"Thăm, tặng quà gia đình chính sách", "Sửa nhà tình nghĩa"},
	"identity":           {"Làm căn cước cho người già, người đi lại khó", "Kích hoạt định danh điện tử tại nhà văn hóa"},
}

// How many of the last models are shown with pictures, and how many follow another one.
const (
	mostPictured = 48
	mostReplicas = 14
)

// models gives words to models, groups and drives, and tells the last ones in full.
func (w *world) models(all []ledger.Draft) []ledger.Draft {
	r := w.dice("models told")
	first := map[string][]int{} // by sector: recognised ones that others may follow
	replicas, pictured := 0, 0
	var more []ledger.Draft
	for i := range all {
		d := &all[i]
		switch d.Kind {
		case model.GroupKind:
			w.tellGroup(d, r)
		case model.DriveKind:
			w.tellDrive(d, r)
		case model.ModelKind:
			t := w.tellModel(d, r)
			if d.Day < 20240101 || w.spec.Today < 20261001 {
				continue
			}
			sector := fmt.Sprint(d.Fields["sector"])
			if replicas < mostReplicas && d.Day > 20250701 && r.IntN(3) == 0 && comesAfter(all, first[sector], d) {
				replicas++
			}
			w.score(d, r)
			if d.Fields["recognised_on"] == nil || d.Fields["ended_on"] != nil {
				continue
			}
			first[sector] = append(first[sector], i)
			if pictured < mostPictured && d.Day > 20250701 {
				if e, ok := w.evidence(d, t, r); ok {
					more = append(more, e)
					pictured++
				}
			}
		}
	}
	return append(all, more...)
}

func (w *world) tellModel(d *ledger.Draft, r *rand.Rand) telling {
	list := modelsTold[fmt.Sprint(d.Fields["sector"])]
	t := list[r.IntN(len(list))]
	v := village(r.IntN(40), r.IntN(9))
	d.Fields["village"] = v
	d.Fields["title"] = fmt.Sprintf(t.title, lowered(v))
	d.Fields["content"], d.Fields["results"] = t.how, t.result
	if d.Fields["replicated_on"] == nil {
		delete(d.Fields, "replicas")
	}
	if d.Fields["recognised_on"] == nil {
		delete(d.Fields, "recognised_level")
	} else {
		if d.Fields["recognised_level"] == "district" && fmt.Sprint(d.Fields["recognised_on"]) >= "2025-07-01" { // there are no districts any more
			d.Fields["recognised_level"] = "commune"
		}
		d.Fields["recognised_text"] = fmt.Sprintf("Quyết định số %d-QĐ/ĐU", 10+r.IntN(190))
	}
	if d.Fields["ended_on"] != nil {
		d.Fields["ended_why"] = []string{"Hết nội dung đăng ký", "Gộp vào mô hình của xã mới sau sắp xếp", "Không duy trì được, người tham gia giảm"}[r.IntN(3)]
	} else if r.IntN(5) < 2 {
		d.Fields["last_evidence_on"] = w.seenOn(d.Day, r)
	}
	if d.Fields["subject"] == "individual" {
		d.Fields["consent"] = "anonymous"
		if r.IntN(2) == 0 {
			d.Fields["consent"], d.Fields["exemplar"] = model.Named, person(r)
		}
	}
	return t
}

// seenOn is a day of the last year on which a model was seen at work.
func (w *world) seenOn(from civil.Date, r *rand.Rand) string {
	return max(from, w.spec.Today.AddDays(-r.IntN(420)-1)).String()
}

// comesAfter makes a model a replica of one that stood before it elsewhere.
func comesAfter(all []ledger.Draft, of []int, d *ledger.Draft) bool {
	for _, i := range of {
		first := &all[i]
		if first.Unit == d.Unit || first.Day >= d.Day || fmt.Sprint(first.Fields["recognised_on"]) > d.Day.String() {
			continue
		}
		title, _, _ := strings.Cut(fmt.Sprint(first.Fields["title"]), " thôn ")
		d.Carries, d.Fields["origin"] = first.Key, model.Yes
		d.Fields["title"] = title + " " + lowered(fmt.Sprint(d.Fields["village"]))
		d.Fields["content"], d.Fields["results"] = first.Fields["content"], first.Fields["results"]
		if on := fmt.Sprint(first.Fields["replicated_on"]); first.Fields["replicated_on"] == nil || on > d.Day.String() {
			first.Fields["replicated_on"] = d.Day.String()
		}
		delete(first.Fields, "replicas")
		return true
	}
	return false
}

// score gives points by the criteria of the sector where the model was checked.
func (w *world) score(d *ledger.Draft, r *rand.Rand) {
	var rows []any
	for _, o := range model.Criteria(w.cat, fmt.Sprint(d.Fields["sector"]), d.Day) {
		own := int64(6 + r.IntN(5))
		row := map[string]any{"criterion": o.Code, "self_score": own}
		if d.Fields["checked_on"] != nil {
			row["verified_score"] = max(own-int64(r.IntN(3)), 4)
		}
		rows = append(rows, row)
	}
	d.Fields["scores"] = rows
}

// evidence is a day of the last months on which a model was seen, with a drawing that may stand on the portal.
func (w *world) evidence(d *ledger.Draft, t telling, r *rand.Rand) (ledger.Draft, bool) {
	day := max(w.workdayBack(w.spec.Today.AddDays(-3-r.IntN(160))), d.Day)
	f, alt, ok := w.drawing(t.scene, after)
	if !ok {
		return ledger.Draft{}, false
	}
	d.Fields["last_evidence_on"] = day.String()
	return ledger.Draft{Key: d.Key + ":minh-chung", Kind: model.EvidenceKind, Unit: d.Unit, Day: day, Carries: d.Key, Files: []ledger.File{f},
		Fields: map[string]any{"alt": alt, "picture": f.Hash, "public": model.Yes}}, true
}

func (w *world) tellGroup(d *ledger.Draft, r *rand.Rand) {
	v := village(r.IntN(40), r.IntN(9))
	d.Fields["village"] = v
	title := groupsTold[fmt.Sprint(d.Fields["type"])]
	if title == "" {
		title = "Tổ tự quản %s"
	}
	d.Fields["title"] = fmt.Sprintf(title, lowered(v))
	d.Fields["content"] = "Các hộ họp thống nhất quy ước, cử tổ trưởng, phân công từng hộ; mỗi quý họp một lần, báo cáo ở họp thôn."
	if d.Fields["ended_on"] == nil && r.IntN(5) < 2 {
		d.Fields["last_evidence_on"] = w.seenOn(d.Day, r)
	}
}

func (w *world) tellDrive(d *ledger.Draft, r *rand.Rand) {
	list := drivesTold[fmt.Sprint(d.Fields["form"])]
	if len(list) == 0 {
		return
	}
	v := village(r.IntN(40), r.IntN(9))
	d.Fields["village"] = v
	d.Fields["topic"] = list[r.IntN(len(list))] + " ở " + lowered(v)
	rows, _ := d.Fields["works"].([]any)
	for _, row := range rows {
		x, _ := row.(map[string]any)
		if n, err := strconv.ParseFloat(fmt.Sprint(x["quantity"]), 64); err == nil && wholeWorks[fmt.Sprint(x["work"])] > 0 {
			x["quantity"] = strconv.FormatInt(int64(math.Ceil(n*wholeWorks[fmt.Sprint(x["work"])])), 10)
		}
	}
}

// wholeWorks are the works that are counted in whole things, and how many times what the filler drew there were.
var wholeWorks = map[string]float64{"house": .5, "school": .3, "water": .3, "toilet": .5, "tree": 60, "medical_exam": 9, "haircut": 6, "legal_advice": 5, "lighting": 4, "repair": 2, "show": .4, "document": 14}
