package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"danvan/internal/access"
)

// A clerk sees how the figures of his own unit move, never the totals of the units above it.
func TestPreviewKeepsToOnesUnits(t *testing.T) {
	o := open(t)
	form := url.Values{"loai": {"outreach_session"}, "don-vi": {"02143.UBND"}, "ngay": {"20/11/2026"},
		"f-topic": {"Thử"}, "f-theme": {"forest"}, "f-attendances": {"45"}}
	const province = "Tỉnh Thái Nguyên</span>"
	for _, c := range []struct {
		unit  string
		above bool
	}{{"19", true}, {"02143", false}} {
		a := o.person(t, "xemtruoc", c.unit, access.Clerk).post("/ghi-nhan/xem-truoc", form)
		if a.status != http.StatusOK {
			t.Fatalf("preview by a clerk of %s: status %d: %s", c.unit, a.status, sentence(a.body))
		}
		if !strings.Contains(a.body, "+45") {
			t.Errorf("preview by a clerk of %s does not say +45: %s", c.unit, a.body)
		}
		if got := strings.Contains(a.body, province); got != c.above {
			t.Errorf("preview by a clerk of %s shows the province: %v, want %v", c.unit, got, c.above)
		}
	}
}
