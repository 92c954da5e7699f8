package demo

import (
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/disclosure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// inspectorate is the body of the province whose confidential officers take denunciations from the portal for communes
// that have none.
const inspectorate = successor + ".SO-TT"

// firmLogin is the account that records for the first of the demo's enterprises.
const firmLogin = "doanhnghiep"

// firms are invented state enterprises, each with its workers.
var firms = []struct {
	Code, Name string
	Workers    int64
}{
	{successor + ".DNNN-01", "Công ty Khai thác công trình thủy lợi (minh họa)", 186},
	{successor + ".DNNN-02", "Công ty Lâm nghiệp (minh họa)", 74},
	{successor + ".DNNN-03", "Công ty Cấp nước (minh họa)", 128},
}

const firmsFrom civil.Date = 20250701

// Enterprises open the demo's enterprises on a day on which the province has them.
func Enterprises(today civil.Date) []org.Change {
	if today < firmsFrom {
		return nil
	}
	var out []org.Change
	for _, f := range firms {
		out = append(out, org.Change{Day: firmsFrom, Kind: "open", Number: "Quyết định minh họa", Code: f.Code, Name: f.Name, Type: "state_enterprise", Status: "inferred", Source: "minh họa", Note: "đơn vị không có thật"})
	}
	return out
}

// enterprises are what the enterprises published, their workers' conferences and dialogues: the third published nothing of
// the year, and is late with its conference.
func (d *discloser) enterprises() {
	for n, f := range firms {
		u := d.tree.On(f.Code, d.spec.Today)
		if u == nil {
			continue
		}
		unit := d.ref(u.ID)
		if n < 2 {
			d.publish(ledger.Draft{Key: d.key("dn-nam", n), Unit: unit, Day: d.workday(civil.Date(20260108).AddDays(9 * n))}, map[string]any{"title": "Kết quả sản xuất, kinh doanh năm 2025", "item": "plan", "rule": "firm_business", "period_to": "2025-12-31"}, 20251231, n, d.spec.Today)
		}
		day := d.workday(civil.Date(20260903).AddDays(6 * n))
		doc := d.add(ledger.Draft{Key: d.key("dn-van-ban", n), Kind: disclosure.DocumentKind, Unit: unit, Day: day,
			Fields: map[string]any{"title": "Quy chế tiền lương, tiền thưởng năm 2026", "number": fmt.Sprintf("%d/QĐ-CT", 31+n), "rule": "firm_rules"}})
		if n != 1 {
			set := map[string]any{"title": "Quy chế tiền lương, tiền thưởng năm 2026", "item": "other", "rule": "firm_rules", "document_on": day.String(), "number": fmt.Sprintf("%d/QĐ-CT", 31+n)}
			d.publish(ledger.Draft{Key: d.key("dn-quy-che", n), Unit: unit, Day: d.workday(day.AddDays(3 + 2*n)), Carries: doc}, set, day, n, d.spec.Today)
		}
		d.conference(unit, n, f.Workers)
	}
}

// conference records the workers' conference of the year and its two dialogues.
func (d *discloser) conference(unit string, n int, workers int64) {
	whole, came := "whole", workers*9/10
	if workers >= 100 {
		whole, came = "delegates", workers/2
	}
	d.add(ledger.Draft{Key: d.key("dn-hoi-nghi", n), Kind: "workplace_conference", Unit: unit, Day: d.workday(civil.Date(20260115).AddDays(45 * n)), Confirmed: true,
		Fields: map[string]any{"year": int64(2025), "type": "state_enterprise", "whole": whole, "staff": workers, "attendances": came, "opinions": int64(14 + n), "resolved": int64(12), "extraordinary": "no", "due_on": "2026-03-31"}})
	for i, day := range []civil.Date{20260512, 20261013} {
		d.add(ledger.Draft{Key: d.key("dn-doi-thoai", n), Kind: "workplace_dialogue", Unit: unit, Day: d.workday(day.AddDays(2 * n)), Confirmed: true,
			Fields: map[string]any{"type": "state_enterprise", "kind": "periodic", "sessions": int64(1), "attendances": int64(22 + n), "opinions": int64(6 + i), "resolved": int64(5)}})
	}
}
