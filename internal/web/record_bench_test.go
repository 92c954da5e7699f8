package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func BenchmarkRecordForm(b *testing.B) {
	o := open(b)
	for b.Loop() {
		w := httptest.NewRecorder()
		o.site.Config.Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/ghi-nhan/moi/outreach_session?don-vi=02143.UBND", nil))
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}

func BenchmarkRecordPreview(b *testing.B) {
	o := open(b)
	body := url.Values{"loai": {"outreach_session"}, "don-vi": {"02143.UBND"}, "ngay": {"20/11/2026"}, "f-topic": {"Thử"}, "f-theme": {"forest"}, "f-attendances": {"45"}}.Encode()
	for b.Loop() {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/ghi-nhan/xem-truoc", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		o.site.Config.Handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
