package figure_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// fill records entries on random units and days of 2018 to 2022, also on days after a unit's end, through the
// code that it had.
func (w *world) fill(n int, seed uint64) {
	w.t.Helper()
	next := func(below int) int {
		seed = seed*6364136223846793005 + 1442695040888963407
		return int(seed>>33) % below
	}
	var drafts []ledger.Draft
	themes := []string{"law", "health", ""}
	for len(drafts) < n {
		day := civil.NewDate(2018, 1, 1).AddDays(next(5 * 365))
		tree := w.tree()
		var open []*org.Unit
		for _, u := range tree.Units() {
			if u.Form == org.Territory && u.Open(day) && tree.SpanOn(u.ID, day).Level == "commune" {
				open = append(open, u)
			}
		}
		u := open[next(len(open))]
		fields := map[string]any{"attendances": next(100), "area": fmt.Sprintf("%d.%d", next(50), next(10))}
		if theme := themes[next(3)]; theme != "" {
			fields["theme"] = theme
		}
		if next(2) == 0 {
			fields["women"] = next(20)
		}
		drafts = append(drafts, ledger.Draft{Kind: "t_session", Unit: u.Code, Day: day, Fields: fields, Confirmed: next(3) == 0})
	}
	err := w.db.WriteAlone(w.ctx, func(tx *db.Tx) error {
		_, err := w.led.Bulk(w.ctx, tx, slices.Values(drafts), ledger.BulkOptions{Actor: "người thử"})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// Any period, unit, basis, status: the totals give what the facts give, from the tables and from the cache; the
// months of a period and the rows by unit add up to it.
func TestTotalsGiveWhatFactsGive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.fill(400, 7)
		cached := &figure.Engine{DB: d, Catalog: w.cat, Tree: w.tree, Cache: figure.NewCache(1 << 20)}
		tomorrow := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Millisecond)
		indicators := []string{"t.attendances", "t.sessions", "t.area", "t.mixed", "t.law_sessions", "t.women_rate", "t.active"}
		rapid.Check(t, func(rt *rapid.T) {
			from := civil.NewDate(2017, 6, 1).AddDays(rapid.IntRange(0, 2000).Draw(rt, "from"))
			q := figure.Query{
				Indicator: rapid.SampledFrom(indicators).Draw(rt, "indicator"),
				Unit:      rapid.SampledFrom([]string{"06", "060", "061", "006"}).Draw(rt, "unit"),
				Period:    civil.Period{From: from, To: from.AddDays(rapid.IntRange(0, 1500).Draw(rt, "days"))},
				Status:    rapid.SampledFrom([]figure.Status{figure.All, figure.Confirmed}).Draw(rt, "status"),
				Basis:     rapid.SampledFrom([]org.Basis{org.AsThen(), org.OnDay(20190101), org.OnDay(20200601), org.OnDay(20230101)}).Draw(rt, "basis"),
			}
			totals, err := w.eng.Figure(w.ctx, q)
			if err != nil {
				rt.Fatal(err)
			}
			quick, err := cached.Figure(w.ctx, q)
			if err != nil {
				rt.Fatal(err)
			}
			known := q
			known.AsOf = tomorrow
			facts, err := w.eng.Figure(w.ctx, known)
			if err != nil {
				rt.Fatal(err)
			}
			if a, b, c := long(totals), long(facts), long(quick); a != b || a != c {
				rt.Fatalf("totals %s, facts %s, cache %s", a, b, c)
			}
			for _, by := range []string{"month", "year", "unit", "label:theme"} {
				addsUp(rt, w, q, by)
			}
			if ev, err := w.eng.Evidence(w.ctx, q, figure.Numerator, 0, 0); err != nil || ev.Total != totals.Entries {
				rt.Fatalf("evidence lists %d, the figure counts %d: %v", ev.Total, totals.Entries, err)
			}
		})
	})
}

func long(f *figure.Figure) string {
	return fmt.Sprint(short(f), " ", str(f.Numerator), "/", str(f.Denominator), " ", f.DenominatorEntries, " ", f.DenominatorUnits, " ", f.Estimated, f.Coverage)
}

func addsUp(rt *rapid.T, w *world, q figure.Query, by string) {
	b, err := w.eng.Breakdown(w.ctx, q, by)
	if by == "label:theme" && err != nil {
		return // not every indicator has the label
	}
	if err != nil {
		rt.Fatal(err)
	}
	if len(b.Rows) == 0 || !b.Rows[0].Additive {
		return
	}
	parts := make([]string, len(b.Rows))
	for i, r := range b.Rows {
		parts[i] = str(r.Value)
	}
	if sum := sumOf(b.Rows); sum.Cmp(orZero(b.Val)) != 0 {
		rt.Fatalf("by %s: rows %v, whole %s", by, parts, str(b.Value))
	}
}

// Over all roots nothing is lost or counted twice, on any basis.
func TestConserved(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.fill(300, 99)
	whole := w.figure("t.attendances 06 2018..2022")
	rapid.Check(t, func(rt *rapid.T) {
		q := w.query("t.attendances 06 2018..2022")
		q.Basis = org.OnDay(civil.NewDate(2010, 1, 1).AddDays(rapid.IntRange(0, 6000).Draw(rt, "on")))
		f, err := w.eng.Figure(w.ctx, q)
		if err != nil {
			rt.Fatal(err)
		}
		if f.Val.Cmp(whole.Val) != 0 || f.Entries != whole.Entries {
			rt.Fatalf("on %s: %s of %d, then: %s of %d", q.Basis, str(f.Value), f.Entries, str(whole.Value), whole.Entries)
		}
	})
}

// The cache follows what others write, by itself.
func TestCacheIsFresh(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.eng.Cache = figure.NewCache(1 << 20)
		ask := func(question, want string) {
			t.Helper()
			f, err := w.eng.Figure(w.ctx, w.query(question))
			if err != nil || str(f.Value) != want {
				t.Errorf("%s: %v, %v, want %s", question, f, err, want)
			}
		}
		w.do("t_session", "001", "2019-06-01", "attendances=10")
		w.do("t_session", "006", "2019-06-01", "attendances=1")
		ask("t.attendances 06 2019", "11")
		ask("t.attendances 06 2019-M06", "11")
		id := w.do("t_session", "002", "2019-06-02", "attendances=20")
		ask("t.attendances 06 2019", "31")
		ask("t.attendances 06 2019-M06", "31")
		w.write("void", func(tx *db.Tx) error { _, err := w.led.Void(w.ctx, tx, "người thử", id, 1, "nhầm"); return err })
		ask("t.attendances 06 2019", "11")
		_, err := w.keep.Apply(w.ctx, []org.Change{{Day: 20230101, Kind: org.Merge, Number: "1/NQ", Code: "020", Name: "Xã Mới Nữa", Type: "Xã", Parent: "061",
			Sources: []org.Source{{Code: "006", Parts: org.NoParts()}, {Code: "015", Parts: org.NoParts()}}}}, "người thử")
		if err != nil {
			t.Fatalf("merge two units: %v", err)
		}
		ask("t.attendances 020 2019 2023-06-01", "1")
		ask("t.attendances 06 2019", "11")
		small := &figure.Engine{DB: d, Catalog: w.cat, Tree: w.tree, Cache: figure.NewCache(300)}
		for range 3 {
			for _, i := range []string{"t.attendances", "t.sessions", "t.area"} {
				if _, err := small.Figure(w.ctx, w.query(i+" 06 2019")); err != nil {
					t.Fatal(err)
				}
			}
		}
		if small.Cache.Bytes() > 600 {
			t.Errorf("the cache holds %d bytes", small.Cache.Bytes())
		}
	})
}
