package figure_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// After any run of acts the engine that holds columns, facts and answers gives word for word what one without memory
// gives. The acts come from another ledger, so the engine has to notice them in the database.
func TestMemoryFollowsEveryAct(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.fill(150, 3)
		var engines []*figure.Engine
		for _, bytes := range []int64{8 << 20, 60 << 10} { // the small one has to drop what it holds all the time
			engines = append(engines, &figure.Engine{DB: d, Catalog: w.cat, Tree: w.tree, Cache: figure.NewCache(bytes)})
		}
		var alive []int64
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(0, 3).Draw(rt, "acts") {
				actAtRandom(rt, w, &alive)
			}
			for range rapid.IntRange(1, 3).Draw(rt, "questions") {
				q := randomQuery(rt)
				if rapid.Bool().Draw(rt, "whole") {
					q.Unit, q.Status, q.Basis = "06", figure.All, org.AsThen()
				}
				by := rapid.SampledFrom([]string{"", "", "month", "year", "unit", "label:theme", "evidence"}).Draw(rt, "by")
				if rapid.IntRange(0, 3).Draw(rt, "known") == 0 {
					q.AsOf = w.now.Add(-time.Duration(rapid.IntRange(0, 200).Draw(rt, "before")) * time.Minute)
				}
				want := said(w, w.eng, q, by)
				for i, e := range engines {
					if got := said(w, e, q, by); got != want {
						rt.Fatalf("engine %d, %s of %s %s by %q:\n got %s\nwant %s", i, q.Indicator, q.Unit, q.Period, by, got, want)
					}
				}
			}
		})
	})
}

func randomQuery(rt *rapid.T) figure.Query {
	from := civil.NewDate(2018, 1, 1).AddDays(rapid.IntRange(0, 1200).Draw(rt, "from"))
	days := rapid.SampledFrom([]int{13, 30, 200, 365, 900}).Draw(rt, "days")
	if rapid.IntRange(0, 3).Draw(rt, "again") > 0 { // asked before, most likely: the answer itself is held
		from, days = 20200101, 800
	}
	return figure.Query{
		Indicator: rapid.SampledFrom([]string{"t.sessions", "t.mixed", "t.women_rate", "t.active", "t.settled_rate", "t.settled", "t.one_stop", "t.alive",
			"t.rate", "t.households", "t.powered_rate", "t.parts", "t.women_rate_yearly", "t.gift_events"}).Draw(rt, "indicator"),
		Unit:   rapid.SampledFrom([]string{"06", "060", "061", "006"}).Draw(rt, "unit"),
		Period: civil.Period{From: from, To: from.AddDays(days)},
		Status: rapid.SampledFrom([]figure.Status{figure.All, figure.Confirmed}).Draw(rt, "status"),
		Basis:  rapid.SampledFrom([]org.Basis{org.AsThen(), org.OnDay(20230101)}).Draw(rt, "basis"),
	}
}

// said is an answer in full, or why there is none.
func said(w *world, e *figure.Engine, q figure.Query, by string) string {
	var out any
	var err error
	switch by {
	case "":
		out, err = e.Figure(w.ctx, q)
	case "evidence":
		out, err = e.Evidence(w.ctx, q, figure.Numerator, 0, 0)
	default:
		out, err = e.Breakdown(w.ctx, q, by)
	}
	if err != nil {
		return fault.Say(err)
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// actAtRandom records, amends, confirms or voids an entry. An act that is refused changes nothing.
func actAtRandom(rt *rapid.T, w *world, alive *[]int64) {
	act := rapid.SampledFrom([]string{"record", "record", "amend", "confirm", "void"}).Draw(rt, "act")
	kind := rapid.SampledFrom([]string{"t_session", "t_letter", "t_one_stop", "t_reading"}).Draw(rt, "kind")
	day := civil.NewDate(2018, 1, 1).AddDays(rapid.IntRange(0, 1800).Draw(rt, "day"))
	at := rapid.SampledFrom([]string{"001", "002", "006"}).Draw(rt, "at")
	w.now = w.now.Add(time.Minute)
	i := rapid.IntRange(0, 1000).Draw(rt, "entry")
	n := rapid.IntRange(0, 50).Draw(rt, "n")
	err := w.db.Write(w.ctx, func(tx *db.Tx) error {
		if act == "record" || len(*alive) == 0 {
			p, err := w.led.Record(w.ctx, tx, "người thử", ledger.Draft{Kind: kind, Unit: at, Day: day, Fields: fieldsAtRandom(kind, day, n)})
			if err == nil {
				*alive = append(*alive, p.ID)
			}
			return err
		}
		e, err := w.led.Entry(w.ctx, tx, (*alive)[i%len(*alive)])
		if err != nil {
			return err
		}
		switch act {
		case "confirm":
			_, err = w.led.Confirm(w.ctx, tx, "người thử", e.ID, len(e.Versions))
		case "void":
			_, err = w.led.Void(w.ctx, tx, "người thử", e.ID, len(e.Versions), "nhầm")
		default:
			_, err = w.led.Amend(w.ctx, tx, "người thử", e.ID, len(e.Versions), ledger.Amendment{Day: day, Set: fieldsAtRandom(e.Kind, day, n), Reason: "sửa"})
		}
		return err
	})
	if k := fault.KindOf(err); err != nil && k != fault.Conflict && k != fault.Invalid && k != fault.NotFound {
		rt.Fatal(err)
	}
}

func fieldsAtRandom(kind string, day civil.Date, n int) map[string]any {
	switch kind {
	case "t_letter":
		return map[string]any{"accepted_on": day.AddDays(n).String(), "settled_on": day.AddDays(10 * n).String()}
	case "t_one_stop":
		if n > 25 {
			return map[string]any{"ended_on": day.AddDays(10 * n).String()}
		}
		return map[string]any{}
	case "t_reading":
		return map[string]any{"households": 100 + n, "powered": n, "rate": n, "vintage": []string{"preliminary", "official"}[n%2], "source": "Nguồn"}
	}
	return map[string]any{"attendances": n, "women": n / 2, "theme": []string{"law", "health"}[n%2],
		"gifts": []any{map[string]any{"item": "rice", "quantity": n}, map[string]any{"item": "blanket", "quantity": 1}}}
}
