package portal_test

import (
	"strings"
	"testing"
)

// TestCommuneIsFound: by its name, by that of a commune that went into it, without marks, by its code; and where it is not.
func TestCommuneIsFound(t *testing.T) {
	w := open(t)
	for _, c := range []struct{ query, to, says string }{
		{"tim=van+lang", "", "Xã Văn Lăng"},
		{"tim=thuong+giao", "/cong/xa/01912", ""},
		{"tim=Th%C6%B0%E1%BB%A3ng+Gi%C3%A1o", "/cong/xa/01912", ""},
		{"tim=luong+thuong", "/cong/xa/02143", ""},
		{"xa=02143", "/cong/xa/02143", ""},
		{"tim=khongcoxanao", "", "Không thấy"},
	} {
		rec := w.ask(t, "GET", "/cong/xa?"+c.query, "")
		if to := rec.Header().Get("Location"); to != c.to {
			t.Errorf("%s leads to %q, want %q", c.query, to, c.to)
		}
		if c.says != "" && !strings.Contains(opened(t, rec), c.says) {
			t.Errorf("%s does not say %q", c.query, c.says)
		}
	}
	if page := opened(t, w.ask(t, "GET", "/cong/xa/01912", "")); !strings.Contains(page, "trên cơ sở thị trấn Chợ Rã, xã Thượng Giáo, xã Địa Linh") {
		t.Error("the page of Chợ Rã does not say what it was made of")
	}
}
