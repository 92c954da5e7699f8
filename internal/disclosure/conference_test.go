package disclosure_test

import (
	"math/big"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// F12 and F13 count the yearly summaries alone, in every edition: conferences that are recorded one by one, and the
// dialogues, stand beside them and add nothing. A summary that is amended counts instead of what it was, and each body's
// once: the commune's workplaces are in the commune's summary and not in the province's.
func TestConferencesAreCountedOnce(t *testing.T) {
	c, err := regulation()
	if err != nil {
		t.Fatal(err)
	}
	for _, ed := range c.Editions() {
		for _, s := range ed.Series {
			if strings.HasPrefix(s.Code, "workplaces_") && s.Kind != "workplace_conference_summary" {
				t.Errorf("edition %s: %s is fed by %s too", ed.Code, s.Code, s.Kind)
			}
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := ledger.New(c)
		l.Now = func() time.Time { return time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC) }
		l.InOrder = d.Engine() == db.SQLite
		keeper := &org.Keeper{DB: d, Hooks: l}
		write := func(do func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), do); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *db.Tx) error {
			return keeper.LoadSet(t.Context(), tx, fstest.MapFS{"t/units.csv": {Data: []byte(unitsCSV)}}, "t", ledger.BodyRules(c.Latest()))
		})
		tree, err := keeper.Tree(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		record := func(unit, kind string, day civil.Date, set map[string]any) (id int64) {
			t.Helper()
			write(func(tx *db.Tx) error {
				p, err := l.Record(t.Context(), tx, "thử", ledger.Draft{Kind: kind, Unit: unit, Day: day, Fields: set, Confirmed: true})
				id = p.ID
				return err
			})
			return id
		}
		summary := func(unit, typ string, obliged, held int64) int64 {
			return record(unit, "workplace_conference_summary", 20260425, map[string]any{"year": int64(2025), "type": typ, "obliged": obliged, "held": held})
		}
		figures := func(agency, firm string) {
			t.Helper()
			e := &figure.Engine{DB: d, Catalog: c, Cache: figure.NewCache(1 << 20), Tree: func() *org.Tree { return tree }}
			period, err := civil.ParsePeriod("2026")
			if err != nil {
				t.Fatal(err)
			}
			for code, want := range map[string]string{"F12": agency, "F13": firm} {
				f, err := e.Figure(t.Context(), figure.Query{Indicator: code, Unit: "T1", Period: period, Basis: org.AsThen()})
				if err != nil || f.Value == nil {
					t.Fatalf("%s: %v", code, err)
				}
				got, _ := new(big.Rat).SetString(*f.Value)
				if wanted, _ := new(big.Rat).SetString(want); got == nil || got.Cmp(wanted) != 0 {
					t.Errorf("%s is %s, want %s", code, *f.Value, want)
				}
			}
		}
		province := summary("T1.UBND", "agency", 20, 15)
		summary("A.UBND", "agency", 5, 5)
		summary("T1.UBND", "enterprise_union", 10, 6)
		figures("80", "60")
		for i := range 3 {
			record("A.UBND", "workplace_conference", 20260201+civil.Date(i), map[string]any{"year": int64(2025), "type": "agency", "attendances": int64(30)})
			record("A.UBND", "workplace_conference", 20260205+civil.Date(i), map[string]any{"year": int64(2025), "type": "enterprise_union", "attendances": int64(30)})
			record("A.UBND", "workplace_dialogue", 20260301+civil.Date(i), map[string]any{"type": "enterprise_union", "kind": "periodic", "sessions": int64(1)})
		}
		figures("80", "60")
		write(func(tx *db.Tx) error {
			_, err := l.Amend(t.Context(), tx, "thử", province, 1, ledger.Amendment{Set: map[string]any{"held": int64(20)}, Reason: "đếm lại"})
			return err
		})
		figures("100", "60")
	})
}
