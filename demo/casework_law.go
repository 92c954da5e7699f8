package demo

import (
	"danvan/internal/civil"
	"danvan/internal/petition"
)

// writing is the document of an act: what it is called, and its mark in the number.
type writing struct{ name, mark string }

// documents are the acts that need one.
var documents = map[string]writing{
	"accepted":    {"Thông báo thụ lý", "TB"},
	"refused":     {"Thông báo không thụ lý", "TB"},
	"transferred": {"Phiếu chuyển đơn", "PC"},
	"guided":      {"Phiếu hướng dẫn", "HD"},
	"returned":    {"Thông báo trả đơn", "TB"},
	"filed":       {"Phiếu đề xuất lưu đơn", "ĐX"},
	"receipt":     {"Thông báo nhận đơn", "TB"},
	"split":       {"Phiếu tách nội dung", "PT"},
	"notified":    {"Thông báo về việc thụ lý", "TB"},
	"assigned":    {"Quyết định giao xác minh", "QĐ"},
	"verified":    {"Báo cáo xác minh", "BC"},
	"dialogue":    {"Biên bản đối thoại", "BB"},
	"extended":    {"Quyết định gia hạn", "QĐ"},
	"suspended":   {"Quyết định tạm đình chỉ", "QĐ"},
	"resumed":     {"Quyết định tiếp tục giải quyết", "QĐ"},
	"terminated":  {"Quyết định đình chỉ", "QĐ"},
	"withdrawn":   {"Biên bản về việc rút đơn", "BB"},
	"concluded":   {"Kết luận nội dung tố cáo", "KL"},
	"decided":     {"Quyết định giải quyết", "QĐ"},
	"answered":    {"Văn bản trả lời", "CV"},
	"sent":        {"Công văn gửi kết quả", "CV"},
	"published":   {"Thông báo công khai", "TB"},
	"acted":       {"Quyết định xử lý kết luận", "QĐ"},
	"enforcing":   {"Kế hoạch thi hành", "KH"},
	"enforced":    {"Báo cáo kết quả thi hành", "BC"},
	"urged":       {"Công văn đôn đốc", "CV"},
}

// Days on which the law of letters changed.
const (
	secretLaw  civil.Date = 20190101 // Luật Tố cáo 25/2018/QH14
	sortingNow civil.Date = 20211115 // Thông tư 05/2021/TT-TTCP
	pausesFrom civil.Date = 20260701 // Luật 136/2025/QH15
)

// article is where the catalogue says that the act stands in the law; before the present laws it is the law alone.
func (w *world) article(class, round, act string, on civil.Date) string {
	a, _ := petition.Law{Edition: w.cat.Latest()}.Rule(&petition.Case{Class: class, Round: round}, act, on)
	switch {
	case a == nil:
		return ""
	case class == "denunciation" && on < secretLaw:
		return "Luật Tố cáo 03/2011/QH13"
	case a.Article == sorting(sortingNow):
		return sorting(on)
	}
	return a.Article
}

// sorting is the circular on sorting letters of the day.
func sorting(on civil.Date) string {
	if on >= sortingNow {
		return "Thông tư 05/2021/TT-TTCP"
	}
	return "Thông tư 07/2014/TT-TTCP"
}
