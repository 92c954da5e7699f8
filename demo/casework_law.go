package demo

import "danvan/internal/civil"

// writing is the document of an act: what it is called, its mark in the number, and the article it stands on. Articles
// that nobody could check name the law alone.
type writing struct {
	name, sign string
	law        func(class, round string, on civil.Date) string
}

func (p writing) title(class string) string { return p.name }
func (p writing) mark(class string) string  { return p.sign }
func (p writing) article(class, round string, on civil.Date) string {
	if p.law == nil {
		return ""
	}
	return p.law(class, round, on)
}

// papers are the acts that need a document.
var papers = map[string]writing{
	"accepted":    {"Thông báo thụ lý", "TB", acceptedBy},
	"refused":     {"Thông báo không thụ lý", "TB", acceptedBy},
	"transferred": {"Phiếu chuyển đơn", "PC", handled},
	"guided":      {"Phiếu hướng dẫn", "HD", handled},
	"returned":    {"Thông báo trả đơn", "TB", handled},
	"filed":       {"Phiếu đề xuất lưu đơn", "ĐX", handled},
	"receipt":     {"Thông báo nhận đơn", "TB", nil},
	"split":       {"Phiếu tách nội dung", "PT", handled},
	"notified":    {"Thông báo về việc thụ lý", "TB", pick("Điều 27 Luật Khiếu nại", "Điều 29 Luật Tố cáo")},
	"assigned":    {"Quyết định giao xác minh", "QĐ", pick("Điều 29 Luật Khiếu nại", "Điều 31 Luật Tố cáo")},
	"verified":    {"Báo cáo xác minh", "BC", pick("Điều 29 Luật Khiếu nại", "Điều 31 Luật Tố cáo")},
	"dialogue":    {"Biên bản đối thoại", "BB", pick("Điều 30 Luật Khiếu nại", "")},
	"extended":    {"Quyết định gia hạn", "QĐ", pick("Điều 28 Luật Khiếu nại", "Điều 30 Luật Tố cáo")},
	"suspended":   {"Quyết định tạm đình chỉ", "QĐ", pick("Luật 136/2025/QH15", "Điều 34 Luật Tố cáo")},
	"resumed":     {"Quyết định tiếp tục giải quyết", "QĐ", pick("Luật 136/2025/QH15", "Điều 34 Luật Tố cáo")},
	"terminated":  {"Quyết định đình chỉ", "QĐ", pick("Điều 10 Luật Khiếu nại", "Điều 34 Luật Tố cáo")},
	"withdrawn":   {"Biên bản về việc rút đơn", "BB", pick("Điều 10 Luật Khiếu nại", "Điều 33 Luật Tố cáo")},
	"concluded":   {"Kết luận nội dung tố cáo", "KL", pick("", "Điều 35 Luật Tố cáo")},
	"decided":     {"Quyết định giải quyết", "QĐ", decidedBy},
	"answered":    {"Văn bản trả lời", "CV", pick("", "")},
	"sent":        {"Công văn gửi kết quả", "CV", sentBy},
	"published":   {"Thông báo công khai", "TB", pick("Điều 41 Luật Khiếu nại", "Điều 40 Luật Tố cáo")},
	"acted":       {"Quyết định xử lý kết luận", "QĐ", pick("", "Điều 36 Luật Tố cáo")},
	"enforcing":   {"Kế hoạch thi hành", "KH", nil},
	"enforced":    {"Báo cáo kết quả thi hành", "BC", nil},
	"urged":       {"Công văn đôn đốc", "CV", nil},
}

// law years: complaints and denunciations stood in one law until 2012-07-01, denunciations in another until 2019.
const (
	twoLaws   civil.Date = 20120701
	newSecret civil.Date = 20190101
	sorting14 civil.Date = 20141215
	sorting21 civil.Date = 20211115
)

// pick is an article by class; before the present laws it names the law of the day alone.
func pick(complaint, denunciation string) func(string, string, civil.Date) string {
	return func(class, _ string, on civil.Date) string {
		switch {
		case class == "proposal" || class == "reflection":
			return "Điều 28 Luật Tiếp công dân"
		case on < twoLaws:
			return "Luật Khiếu nại, tố cáo"
		case class == "denunciation" && on < newSecret:
			return "Luật Tố cáo 03/2011/QH13"
		case class == "denunciation":
			return denunciation
		}
		return complaint
	}
}

func acceptedBy(class, round string, on civil.Date) string {
	if round == "second" {
		return pick("Điều 36 Luật Khiếu nại", "")(class, round, on)
	}
	return pick("Điều 27 Luật Khiếu nại", "Điều 29 Luật Tố cáo")(class, round, on)
}

func decidedBy(class, round string, on civil.Date) string {
	if round == "second" {
		return pick("Điều 40 Luật Khiếu nại", "")(class, round, on)
	}
	return pick("Điều 31 Luật Khiếu nại", "")(class, round, on)
}

func sentBy(class, round string, on civil.Date) string {
	if round == "second" {
		return pick("Điều 41 Luật Khiếu nại", "")(class, round, on)
	}
	return pick("Điều 32 Luật Khiếu nại", "Điều 35 Luật Tố cáo")(class, round, on)
}

// handled is the circular on sorting letters of the day.
func handled(_, _ string, on civil.Date) string {
	switch {
	case on >= sorting21:
		return "Thông tư 05/2021/TT-TTCP"
	case on >= sorting14:
		return "Thông tư 07/2014/TT-TTCP"
	}
	return ""
}
