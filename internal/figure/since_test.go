package figure_test

import (
	"math/big"
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

// newest is the last act of the log.
func (w *world) newest() int64 {
	w.t.Helper()
	var leaf int64
	if err := w.db.Read().QueryRowContext(w.ctx, `SELECT coalesce(max(id), 0) FROM audit_leaf`).Scan(&leaf); err != nil {
		w.t.Fatal(err)
	}
	return leaf
}

func (w *world) since(leaf int64, q figure.Query) *figure.Trace {
	w.t.Helper()
	traces, err := w.eng.Since(w.ctx, leaf, []figure.Query{q})
	if err != nil || traces[0] == nil {
		w.t.Fatalf("trace of %s: %v, %v", q.Indicator, traces, err)
	}
	return traces[0]
}

// After any run of acts a figure traced back is what was answered then, and what its entries moved adds up to what it
// has moved, to the last digit, in sums, shares of splits, ratios, states, readings and lowest years alike.
func TestCausesAddUpToTheDifference(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.fill(120, 5)
		cached := &figure.Engine{DB: d, Catalog: w.cat, Tree: w.tree, Cache: figure.NewCache(8 << 20)}
		var alive []int64
		rapid.Check(t, func(rt *rapid.T) {
			var asked []figure.Query
			for range rapid.IntRange(1, 4).Draw(rt, "questions") {
				asked = append(asked, randomQuery(rt))
			}
			leaf := w.newest()
			before, refused, err := w.eng.Each(w.ctx, asked)
			if err != nil {
				rt.Fatal(err)
			}
			for range rapid.IntRange(0, 6).Draw(rt, "acts") {
				actAtRandom(rt, w, &alive)
			}
			for _, e := range []*figure.Engine{w.eng, cached} {
				traces, err := e.Since(w.ctx, leaf, asked)
				if err != nil {
					rt.Fatal(err)
				}
				touched, err := e.Touched(w.ctx, leaf, asked)
				if err != nil {
					rt.Fatal(err)
				}
				now, _, err := e.Each(w.ctx, asked)
				if err != nil {
					rt.Fatal(err)
				}
				for i, tr := range traces {
					if refused[i] != nil || now[i] == nil {
						continue
					}
					if tr == nil {
						if before[i].Val != nil || now[i].Val != nil {
							rt.Fatalf("%s: no trace of a figure with a value", asked[i].Indicator)
						}
						continue
					}
					follows(rt, tr, before[i], now[i])
					if tr.Moves() && !touched[i] {
						rt.Fatalf("%s moved and was not said to be touched", asked[i].Indicator)
					}
				}
			}
		})
	})
}

func follows(rt *rapid.T, tr *figure.Trace, before, now *figure.Figure) {
	same := func(what string, a, b *big.Rat) {
		if (a == nil) != (b == nil) || a != nil && a.Cmp(b) != 0 {
			rt.Fatalf("%s %s of %s: traced %v, answered %v", tr.Ask.Indicator, what, tr.Ask.Unit, a, b)
		}
	}
	same("then", tr.Then.Val, before.Val)
	same("now", tr.Now.Val, now.Val)
	num, den := new(big.Rat), new(big.Rat)
	for _, c := range tr.Causes {
		num.Add(num, c.Num)
		den.Add(den, c.Den)
		if c.Others == 0 && len(c.Acts) == 0 {
			rt.Fatalf("%s: entry %d moved it without an act", tr.Ask.Indicator, c.ID)
		}
	}
	for _, side := range []struct {
		name           string
		sum, then, now *big.Rat
	}{{"numerator", num, tr.Then.Num, tr.Now.Num}, {"denominator", den, tr.Then.Den, tr.Now.Den}} {
		if d := new(big.Rat).Sub(orZero(side.now), orZero(side.then)); d.Cmp(side.sum) != 0 {
			rt.Fatalf("%s %s: causes add up to %s, moved by %s", tr.Ask.Indicator, side.name, side.sum.RatString(), d.RatString())
		}
	}
}

// An office reads who changed its printed figure, when and why.
func TestTraceNamesTheActs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.do("t_session", "001", "2019-06-01", "attendances=10")
		gone := w.do("t_session", "002", "2019-06-02", "attendances=7")
		leaf := w.newest()
		w.do("t_session", "003", "2019-08-01", "attendances=3")
		w.do("t_session", "003", "2018-08-01", "attendances=99") // another year
		w.write("amend", func(tx *db.Tx) error {
			_, err := w.led.Amend(w.ctx, tx, "người sửa", id, 1, ledger.Amendment{Set: map[string]any{"attendances": 12}, Reason: "đếm thiếu hai người"})
			return err
		})
		w.write("void", func(tx *db.Tx) error {
			_, err := w.led.Void(w.ctx, tx, "người hủy", gone, 1, "ghi trùng")
			return err
		})
		tr := w.since(leaf, w.query("t.attendances 06 2019"))
		if tr.Then.Val.RatString() != "17" || tr.Now.Val.RatString() != "15" || tr.Stepwise || len(tr.Causes) != 3 {
			t.Fatalf("then %v, now %v, causes %+v", tr.Then.Val, tr.Now.Val, tr.Causes)
		}
		void, amended, late := tr.Causes[0], tr.Causes[1], tr.Causes[2]
		if void.ID != gone || void.Value != "-7" || void.Acts[0].Act != "void" || void.Acts[0].Actor != "người hủy" || void.Acts[0].Reason != "ghi trùng" {
			t.Errorf("void: %+v", void)
		}
		if amended.ID != id || amended.Value != "2" || amended.Acts[0].Reason != "đếm thiếu hai người" {
			t.Errorf("amended: %+v", amended)
		}
		if late.Value != "3" || late.Acts[0].Act != "record" || late.UnitName != "Xã C" {
			t.Errorf("recorded late: %+v", late)
		}
		w.now = w.now.Add(time.Minute)
		w.write("confirm", func(tx *db.Tx) error { _, err := w.led.Confirm(w.ctx, tx, "người duyệt", id, 2); return err })
		if again := w.since(leaf, w.query("t.attendances 06 2019")); len(again.Causes) != 3 {
			t.Errorf("confirming moved a figure of all entries: %+v", again.Causes)
		}
		if far := w.since(leaf, w.query("t.attendances 06 2017")); far.Moves() || len(far.Causes) > 0 {
			t.Errorf("another year moved: %+v", far)
		}
	})
}

// A change of units after the leaf is no act of an entry: then and now stand on the same boundaries, and what the
// boundaries moved is left to who compares with what was printed.
func TestTraceStandsOnTheUnitsOfNow(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.do("t_session", "006", "2019-06-01", "attendances=10")
	leaf := w.newest()
	w.do("t_session", "006", "2019-07-01", "attendances=5")
	_, err := w.keep.Apply(w.ctx, []org.Change{{Day: civil.NewDate(2023, 1, 1), Kind: org.Merge, Number: "1/NQ", Code: "020", Name: "Xã Mới Nữa", Type: "Xã", Parent: "061",
		Sources: []org.Source{{Code: "006", Parts: org.NoParts()}, {Code: "015", Parts: org.NoParts()}}}}, "người thử")
	if err != nil {
		t.Fatal(err)
	}
	tr := w.since(leaf, w.query("t.attendances 020 2019 2023-06-01"))
	if tr.Then.Val.RatString() != "10" || tr.Now.Val.RatString() != "15" || len(tr.Causes) != 1 {
		t.Errorf("then %v, now %v, causes %+v", tr.Then.Val, tr.Now.Val, tr.Causes)
	}
}
