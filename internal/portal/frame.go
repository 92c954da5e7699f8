package portal

import (
	"context"
	"strings"
)

// line is a line of the public navigation; it shows when its page exists.
type line struct{ Key, Path, Name string }

// lines are the lines of the public navigation, most needed first.
func (p *portal) lines(ctx context.Context) []line {
	all := []line{
		{"gui", "/gui", say(ctx, "Gửi", "Send")},
		{"theo-doi", "/theo-doi", say(ctx, "Theo dõi", "Follow")},
		{"xa", "/xa", say(ctx, "Xã tôi", "My commune")},
		{"cam-ket", "/cam-ket", say(ctx, "Cam kết", "Promises")},
		{"doi-thoai", "/doi-thoai", say(ctx, "Đối thoại", "Dialogues")},
		{"cong-khai", "/cong-khai", say(ctx, "Công khai", "Published")},
		{"dong-gop", "/dong-gop", say(ctx, "Đóng góp", "Contributions")},
		{"mo-hinh", "/mo-hinh", say(ctx, "Mô hình", "Models")},
		{"tin", "/tin", say(ctx, "Tin", "News")},
		{"so-lieu", "/so-lieu", say(ctx, "Số liệu mở", "Open figures")},
	}
	var out []line
	for _, n := range all {
		if p.has("GET " + n.Path) {
			out = append(out, n)
		}
	}
	return out
}

// portalName is what the portal is called: "Cổng dân vận tỉnh Bắc Kạn".
func portalName(ctx context.Context, of string) string {
	if of == "" {
		return say(ctx, "Cổng dân vận", "People's portal")
	}
	short := strings.TrimPrefix(strings.TrimPrefix(of, "Tỉnh "), "Thành phố ")
	return say(ctx, "Cổng dân vận ", "People's portal of ") + short
}

// current is the value of aria-current for a line of the navigation.
func current(is bool) string {
	if is {
		return "page"
	}
	return "false"
}

// or is the first of the two that is not empty.
func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
