package petition

import (
	"slices"
	"strings"

	"danvan/internal/civil"
)

// Guess is a class that words of a letter speak for. It is shown with its words; a person decides by content, purpose
// and request, whatever the letter calls itself (Thông tư 05/2021/TT-TTCP).
type Guess struct {
	Class string
	Words []string // as they stand in the list, the strongest first
}

// signs are words that speak for a class, folded. They are taken from how letters of each class describe what they
// are about and ask for, not from their titles: a title alone weighs one.
var signs = []struct {
	class, word string
	weight      int
}{
	{"denunciation", "tham nhũng", 4}, {"denunciation", "nhận hối lộ", 4}, {"denunciation", "đưa hối lộ", 4}, {"denunciation", "tham ô", 4},
	{"denunciation", "chiếm đoạt", 3}, {"denunciation", "lợi dụng chức vụ", 4}, {"denunciation", "vi phạm pháp luật", 2}, {"denunciation", "có hành vi", 2},
	{"denunciation", "bao che", 3}, {"denunciation", "lập khống", 3}, {"denunciation", "ăn chặn", 3}, {"denunciation", "xử lý nghiêm", 2},
	{"denunciation", "sai phạm", 2}, {"denunciation", "nhũng nhiễu", 3}, {"denunciation", "vòi vĩnh", 3}, {"denunciation", "tố cáo", 1}, {"denunciation", "người tố cáo", 2},
	{"complaint", "không đồng ý với quyết định", 4}, {"complaint", "hủy quyết định", 4}, {"complaint", "hủy bỏ quyết định", 4}, {"complaint", "thu hồi quyết định", 3},
	{"complaint", "xem xét lại quyết định", 4}, {"complaint", "quyết định hành chính", 3}, {"complaint", "hành vi hành chính", 3}, {"complaint", "quyết định kỷ luật", 4},
	{"complaint", "quyết định thu hồi đất", 3}, {"complaint", "quyết định xử phạt", 3}, {"complaint", "quyền lợi hợp pháp của tôi", 3}, {"complaint", "quyền và lợi ích hợp pháp", 2},
	{"complaint", "trái pháp luật", 2}, {"complaint", "không được cấp", 2}, {"complaint", "bồi thường chưa", 2}, {"complaint", "tính lại", 2}, {"complaint", "khiếu nại", 1},
	{"proposal", "đề nghị xem xét", 1}, {"proposal", "kiến nghị", 1}, {"proposal", "đề xuất", 3}, {"proposal", "mong muốn", 1}, {"proposal", "hỗ trợ", 1},
	{"proposal", "đầu tư", 2}, {"proposal", "sửa đổi", 2}, {"proposal", "bổ sung chính sách", 3}, {"proposal", "làm đường", 2}, {"proposal", "xây dựng cầu", 2},
	{"reflection", "phản ánh", 1}, {"reflection", "tình trạng", 2}, {"reflection", "ô nhiễm", 2}, {"reflection", "mất vệ sinh", 3}, {"reflection", "hư hỏng", 2},
	{"reflection", "gây tiếng ồn", 3}, {"reflection", "mùi hôi", 3}, {"reflection", "xuống cấp", 2}, {"reflection", "thái độ", 1},
}

// suggested is the least weight from which a class is suggested.
const suggested = 2

// Guesses are the classes that a text speaks for, the strongest first; none where it says too little.
func Guesses(text string) []Guess {
	text = " " + strings.Join(strings.Fields(civil.Fold(text)), " ") + " "
	weight := map[string]int{}
	words := map[string][]string{}
	for _, s := range signs {
		if strings.Contains(text, civil.Fold(s.word)) {
			weight[s.class] += s.weight
			words[s.class] = append(words[s.class], s.word)
		}
	}
	var out []Guess
	for class, n := range weight {
		if n >= suggested {
			out = append(out, Guess{Class: class, Words: words[class]})
		}
	}
	slices.SortFunc(out, func(a, b Guess) int {
		if d := weight[b.Class] - weight[a.Class]; d != 0 {
			return d
		}
		return strings.Compare(a.Class, b.Class)
	})
	return out
}

// Denounces reports whether letters of a class are kept from everybody but those who read denunciations.
func Denounces(class string) bool { return class == "denunciation" }
