package web_test

import (
	"strings"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
)

// The page of readings takes the vintage that figures take, keeps the others beside it, and the figure says which.
func TestReadingsPageSaysWhichVintage(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	read := func(day, vintage, source, published string, value float64) {
		t.Helper()
		fields := map[string]any{"measure": "poverty_rate", "value": value, "vintage": vintage, "source": source, "year": 2025}
		if published != "" {
			fields["published"] = published
		}
		d := ledger.Draft{Kind: "socio_reading", Unit: "06", Day: civil.MustDate(day), Fields: fields}
		r.write(func(tx *db.Tx) (ledger.Posted, error) { return r.ledger.Record(t.Context(), tx, "thu", d) })
	}
	read("2025-12-31", "preliminary", "Sở Nông nghiệp", "", 12.4)
	read("2025-12-30", "official", "Cục Thống kê", "2026-06-30", 12.15)
	r.says(r.get("/so-do?don-vi=06"), "12,15", "chính thức, còn 1 số khác")
	page := textOf(r.says(r.get("/so-do?don-vi=06&chi-tieu=poverty_rate"), "Cục Thống kê", "30/6/2026", "Sở Nông nghiệp", "không dùng"))
	if strings.Index(page, "12,15") > strings.Index(page, "12,4 ") {
		t.Error("the worse vintage stands first")
	}
	r.says(r.get("/so-lieu/indicator.poverty_rate?don-vi=06&tu=2025-01-01&den=2025-12-31"), "Số chính thức, Cục Thống kê, công bố ngày 30/6/2026", "Các số khác của năm ấy, không dùng", "12,4: Số sơ bộ, Sở Nông nghiệp")
	csv := r.get("/so-do/tep?don-vi=06&dang=csv").body
	if !strings.Contains(csv, "12.15,Chính thức,có") || !strings.Contains(csv, "12.4,Sơ bộ,không") {
		t.Errorf("the file: %s", csv)
	}
}
