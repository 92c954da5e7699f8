package contribution_test

import (
	"math/big"
	"slices"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/contribution"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// F22, F23 and F24 count what was received once: a gift to a work and a total that was typed for another matter stand
// beside each other; the work's plan, what was pledged, used, moved, returned and accepted adds nothing to them, and what a
// gift becomes by an amendment counts instead of what it was.
func TestGiftsAndTotalsAreCountedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, d)
		work := v.must(v.record(contribution.WorkKind, "", 20260301, road("Đường thôn Nà Khưa")))
		other := v.must(v.record(contribution.WorkKind, "", 20260301, road("Nhà văn hóa")))
		ref := contribution.Ref(work)
		pledge := v.must(v.record(contribution.PledgeKind, ref, 20260310, fields{"giver": "household", "households": int64(20), "money": int64(9_000_000), "land": int64(100), "workdays": "50"}))
		first := v.must(v.record(contribution.GiftKind, ref, 20260401, gift(fields{"money": int64(5_000_000), "land": "100", "workdays": "30", "pledge": contribution.Ref(pledge)})))
		v.must(v.record(contribution.GiftKind, ref, 20260402, gift(fields{"source": "state", "money": int64(70_000_000)})))
		v.must(v.record(contribution.GiftKind, "", 20260403, gift(fields{"title": "Tổng hợp các thôn khác, quý I", "money": int64(2_000_000), "land": "40", "workdays": "12"})))
		v.must(v.record(contribution.SpendKind, ref, 20260501, use(fields{"money": int64(3_000_000), "land": "100", "workdays": "30"})))
		v.must(v.record(contribution.ReturnKind, ref, 20260502, fields{"title": "Chuyển", "way": "moved", "decision_text": "Biên bản", "to_work": contribution.Ref(other), "money": int64(1_000_000)}))
		v.must(v.record(contribution.AcceptKind, ref, 20260601, fields{"title": "Nghiệm thu", "purpose": "road", "quantity": "0,8", "works": int64(1), "money_used": int64(3_000_000)}))
		v.figures("140", "42", "7000000")
		if err := v.amend(first, ledger.Amendment{Set: fields{"money": int64(6_000_000)}}); err != nil {
			t.Fatal(err)
		}
		v.figures("140", "42", "8000000")
	})
}

// figures wants F22, F23 and F24 of the commune in the year.
func (v *village) figures(land, workdays, money string) {
	v.Helper()
	e := &figure.Engine{DB: v.db, Catalog: v.cat, Cache: figure.NewCache(1 << 20), Tree: func() *org.Tree { return v.tree }}
	period, err := civil.ParsePeriod("2026")
	if err != nil {
		v.Fatal(err)
	}
	for code, want := range map[string]string{"F22": land, "F23": workdays, "F24": money} {
		f, err := e.Figure(v.Context(), figure.Query{Indicator: code, Unit: "A", Period: period, Basis: org.AsThen()})
		if err != nil {
			v.Fatal(err)
		}
		got, ok := new(big.Rat).SetString(*f.Value)
		if wanted, _ := new(big.Rat).SetString(want); !ok || got.Cmp(wanted) != 0 {
			v.Errorf("%s is %s, want %s", code, *f.Value, want)
		}
	}
}

// Verify finds numbers of receipts that were taken away, doubled in the count or given to another gift.
func TestVerify(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, d)
		v.ledger.After = v.shelf.Posted
		ref := contribution.Ref(v.must(v.record(contribution.WorkKind, "", 20260301, road("Đường thôn Nà Khưa"))))
		var last int64
		for range 3 {
			last = v.must(v.record(contribution.GiftKind, ref, 20260401, gift(fields{"money": int64(1_000)})))
		}
		v.must(v.record(contribution.GiftKind, ref, 20260402, gift(fields{"source": "state", "money": int64(1_000)})))
		if err := v.void(last); err != nil {
			t.Fatal(err)
		}
		found := func() []string {
			list, err := contribution.Verify(t.Context(), d.Read())
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if list := found(); len(list) > 0 {
			t.Fatalf("in order, and yet: %v", list)
		}
		for _, query := range []string{
			`UPDATE contribution_receipt_count SET last = last + 1`,
			`UPDATE contribution_receipt SET entry = 1 WHERE number = 2`,
			`DELETE FROM contribution_receipt WHERE number = 1`,
		} {
			before := found()
			if err := v.write(func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), query)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if slices.Equal(found(), before) {
				t.Errorf("not found: %s", query)
			}
		}
	})
}
