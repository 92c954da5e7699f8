package web

import (
	"testing"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// A right without a last day is not shown as ending in the year 9999.
func TestHangDays(t *testing.T) {
	first := civil.NewDate(2026, 11, 23)
	for last, want := range map[civil.Date]string{
		civil.Forever:              "từ 23/11/2026, không định ngày hết",
		civil.Forever.AddDays(-1):  "từ 23/11/2026, không định ngày hết",
		civil.NewDate(2026, 12, 1): "từ 23/11/2026 đến 01/12/2026",
	} {
		if got := hangDays(org.HangNote{First: first, Last: last}); got != want {
			t.Errorf("hangDays(%v) = %q, want %q", last, got, want)
		}
	}
}
