package sealed_test

import (
	"slices"
	"testing"

	"danvan/internal/sealed"
)

func TestSuggestions(t *testing.T) {
	cases := []struct {
		text string
		want []string
	}{
		{"Tôi tên là Hoàng Thị Thử, trú tại thôn Nà Thử, xã Một. Tôi tố cáo việc thu tiền.", []string{"Tôi tên là Hoàng Thị Thử", "trú tại thôn Nà Thử, xã Một"}},
		{"Người làm đơn\nNông Văn Thử", []string{"Người làm đơn\nNông Văn Thử"}},
		{"Liên hệ 0912 345 678 hoặc a.b@thu.vn", []string{"0912 345 678", "a.b@thu.vn"}},
		{"Căn cước 012345678901, sinh năm 1970", []string{"012345678901", "sinh năm 1970"}},
		{"chồng tôi là Lý Văn Thử làm ở đó", []string{"chồng tôi là Lý Văn Thử"}},
		{"Chủ tịch xã Nguyễn Văn X chi 12.000.000 đồng ngày 01/02/2026 tại thửa 12 tờ 5.", nil},
		{"Tôi là người dân trong thôn.", nil},
	}
	for _, c := range cases {
		var got []string
		for _, f := range sealed.Suggest(c.text) {
			got = append(got, f.Text)
		}
		for _, want := range c.want {
			if !slices.Contains(got, want) {
				t.Errorf("%q: found %q, not %q", c.text, got, want)
			}
		}
		if len(c.want) == 0 && len(got) > 0 {
			t.Errorf("%q: found %q in a text that tells nothing", c.text, got)
		}
	}
}
