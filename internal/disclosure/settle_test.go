package disclosure

import (
	"testing"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// What follows from the facts is set whatever was typed; what they do not tell stays as typed.
func TestSettle(t *testing.T) {
	l := lawNow()
	decision := func(subject string, approved int64, typed string) catalog.Values {
		v := catalog.Values{"subject_type": subject, "households": int64(90), "present": int64(80), "approved": approved}
		if typed != "" {
			v["valid"] = typed
		}
		return v
	}
	for _, c := range []struct {
		kind  string
		day   civil.Date
		v     catalog.Values
		field string
		want  string
	}{
		{DecisionKind, 20261009, decision("contribution", 59, "yes"), "valid", "no"},
		{DecisionKind, 20261009, decision("contribution", 60, "no"), "valid", "yes"},
		{DecisionKind, 20261009, decision("contribution", 60, ""), "valid", "yes"},
		{DecisionKind, 20261009, decision("unheard_of", 10, "yes"), "valid", "yes"},
		{DecisionKind, 20261009, catalog.Values{"subject_type": "contribution", "valid": "yes"}, "valid", "yes"},
		{PublicationKind, 20261015, catalog.Values{"rule": "budget_quarter", "period_to": "2026-09-30", "timely": "late"}, "timely", "on_time"},
		{PublicationKind, 20261016, catalog.Values{"rule": "budget_quarter", "period_to": "2026-09-30", "timely": "on_time"}, "timely", "late"},
		{PublicationKind, 20260714, catalog.Values{"rule": "poverty", "document_on": "2026-07-06"}, "due_on", "2026-07-13"},
		{PublicationKind, 20260714, catalog.Values{"rule": "poverty", "timely": "early"}, "timely", "early"},
		{PublicationKind, 20150714, catalog.Values{"item": "budget", "timely": "on_time"}, "timely", "on_time"},
	} {
		l.Settle(c.kind, c.day, c.v)
		if got := c.v.Text(c.field); got != c.want {
			t.Errorf("%s on %s: %s is %q, want %q", c.kind, c.day, c.field, got, c.want)
		}
	}
}
