package petition

import (
	"context"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// Enforce writes what a decision or conclusion orders and how far it is done. What is ordered counts, by item, as the
// result of the letter on the day it was settled: no figure is typed twice.
func (o *Office) Enforce(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, results []Result) (ledger.Posted, error) {
	c, err := o.seen(ctx, tx, id, expect)
	if err != nil {
		return ledger.Posted{}, err
	}
	if st := c.State(); st.Stage != Settled && st.Stage != Enforced {
		return ledger.Posted{}, fault.New(fault.Conflict, "Chỉ ghi việc thi hành khi vụ việc đã có quyết định, kết luận hoặc văn bản trả lời.")
	}
	return o.amend(ctx, tx, actor, c, ledger.Amendment{Set: enforcing(c, results), Reason: "Thi hành kết quả giải quyết"})
}

// totals are the fields of the entry that sum up an item of the enforcement; true where they count in tenths.
var totals = map[string]bool{
	"recovered_money": false, "recovered_land": true, "returned_money": false, "returned_land": true, "protected_persons": false,
	"handled_persons": false, "handled_organisations": false, "investigated_cases": false,
}

// enforcing are the fields that the results set. Items that nothing is written of keep what stands.
func enforcing(c *Case, results []Result) map[string]any {
	set := map[string]any{}
	sums := map[string]int64{}
	for _, r := range c.Enforcement {
		if _, ok := totals[r.Item]; ok {
			sums[r.Item] = 0 // taken away unless it is written anew
		}
	}
	var rows []any
	for _, r := range results {
		rows = append(rows, r.row())
		if _, ok := totals[r.Item]; ok {
			sums[r.Item] += r.Planned
		}
	}
	if set["enforcement"] = any(nil); len(rows) > 0 {
		set["enforcement"] = rows
	}
	for item, n := range sums {
		switch {
		case n == 0:
			set[item] = nil
		case totals[item]:
			set[item] = inTenths(n)
		default:
			set[item] = n / 10
		}
	}
	return set
}

func (r Result) row() map[string]any {
	row := map[string]any{"item": r.Item, "planned": inTenths(r.Planned)}
	if r.Done > 0 {
		row["done"] = inTenths(r.Done)
	}
	for code, d := range map[string]civil.Date{"by": r.By, "done_on": r.DoneOn} {
		if d != 0 {
			row[code] = d.String()
		}
	}
	if r.Document != "" {
		row["document"] = r.Document
	}
	return row
}

// inTenths writes an amount as the ledger reads it.
func inTenths(n int64) string { return catalog.Decimal{Units: n, Scale: 1}.String() }
