package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestSearchPage(t *testing.T) {
	o := open(t)
	for _, c := range []struct{ query, want string }{
		{"dan van", "<mark>"},
		{"dann vaan", "Có phải ý bạn"},
		{"Thượng Giáo", "/don-vi/01912"},
		{"thuong giao tuyen truyen", "xã Thượng Giáo"},
		{"khongcochuynay qqqq", "Chưa tìm thấy"},
		{"ty le don giai quyet", "/so-lieu/petition.settled_rate"},
		{"tổng kết 10 năm", "/bao-cao/tong-ket-10-nam"},
		{"", "Gõ gì cũng được"},
		{"<script>alert(1)</script>", "&lt;script&gt;"},
		{strings.Repeat("cuộc tuyên truyền vận động nhân dân về nông thôn mới và đô thị văn minh ở khu dân cư hằng năm ", 20), "từ khác nhau đầu tiên"},
	} {
		a := o.get(t, "/tim?q="+url.QueryEscape(c.query))
		if a.status != http.StatusOK || !strings.Contains(a.body, c.want) {
			t.Errorf("%.40q: status %d, without %q", c.query, a.status, c.want)
		}
	}
	wrong := o.get(t, "/tim?q=dan+van&trong=KHONG&tu-ngay=xyz")
	if !strings.Contains(wrong.body, `id="trong-e"`) || !strings.Contains(wrong.body, `id="tu-ngay-e"`) || !strings.Contains(wrong.body, `value="dan van"`) {
		t.Error("wrong filters are not said beside them, or what was typed is lost")
	}
}

// TestSearchOpens follows numbers and codes.
func TestSearchOpens(t *testing.T) {
	o := open(t)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for query, want := range map[string]string{
		"#123": "/ghi-nhan/123", "144674": "/ghi-nhan/144674", "F20": "/so-lieu/petition.settled_rate", "f20": "/so-lieu/petition.settled_rate",
		"02143.UBND": "/don-vi/02143.UBND", "#99999999": "",
	} {
		resp, err := client.Get(o.site.URL + "/tim?q=" + url.QueryEscape(query))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("%s leads to %q, want %q (status %d)", query, got, want, resp.StatusCode)
		}
	}
}

func TestSearchHints(t *testing.T) {
	o := open(t)
	a := o.get(t, "/tim/goi-y?q="+url.QueryEscape("đối thoại"))
	var hints []struct{ Value, Name, Note, Href string }
	if err := json.Unmarshal([]byte(a.body), &hints); err != nil || len(hints) < 3 {
		t.Fatalf("%v: %.200s", err, a.body)
	}
	for _, h := range hints {
		if h.Name == "" || !strings.HasPrefix(h.Href, "/") {
			t.Errorf("%+v", h)
		}
	}
	if a := o.get(t, "/tim/goi-y?q="); strings.TrimSpace(a.body) != "[]" {
		t.Errorf("nothing typed gives %s", a.body)
	}
}
