package petition_test

import (
	"testing"

	"danvan/data"
	"danvan/internal/petition"
)

// The class is suggested by what is asked and told, not by the title.
func TestGuesses(t *testing.T) {
	for text, want := range map[string]string{
		"Đơn tố cáo. Tôi không đồng ý với quyết định thu hồi đất số 12, đề nghị hủy quyết định":  "complaint",
		"Đơn khiếu nại. Ông trưởng thôn có hành vi chiếm đoạt tiền hỗ trợ, đề nghị xử lý nghiêm": "denunciation",
		"Phản ánh tình trạng ô nhiễm, mùi hôi từ trại lợn":                                       "reflection",
		"Đề xuất đầu tư làm đường vào bản":                                                       "proposal",
		"Kính gửi": "",
	} {
		got := ""
		if g := petition.Guesses(text); len(g) > 0 {
			got = g[0].Class
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// The list of remote places can be read; nothing in it claims to be checked.
func TestRemotePlaces(t *testing.T) {
	list, err := petition.ReadRemotePlaces(data.FS)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d places, %v", len(list), err)
	}
	for _, p := range list {
		if p.Verified || p.Source == "" || p.From >= p.To {
			t.Errorf("%+v", p)
		}
	}
}
