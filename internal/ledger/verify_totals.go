package ledger

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// leaves finds leaves of entries that no version owns. The counts are compared first: a version's leaf was looked
// at with the version.
func (v *verification) leaves(ctx context.Context) error {
	var leaves int64
	err := v.q.QueryRowContext(ctx, `SELECT count(*) FROM audit_leaf WHERE subject = $1`, subject).Scan(&leaves)
	if err != nil {
		return fmt.Errorf("count leaves: %w", err)
	}
	if leaves == v.sum.Versions {
		return nil
	}
	err = each(ctx, v.q, func(r scanner) error {
		var leaf, entry int64
		if err := r.Scan(&leaf, &entry); err != nil {
			return err
		}
		v.find(Finding{What: "leaf", Entry: entry, Found: fmt.Sprint(leaf),
			Text: fmt.Sprintf("Sổ niêm phong có dòng %d của ghi nhận %d nhưng không còn bản ghi nào ứng với dòng đó.", leaf, entry)})
		return nil
	}, `SELECT l.id, l.subject_id FROM audit_leaf l WHERE l.subject = $1 AND NOT EXISTS
		(SELECT 1 FROM entry_version v WHERE v.entry = l.subject_id AND v.leaf = l.id) ORDER BY l.id`, subject)
	if err != nil {
		return fmt.Errorf("look for leaves without version: %w", err)
	}
	return nil
}

// checkBatches compares the batches with the entries that name them.
func (v *verification) checkBatches(ctx context.Context) error {
	return each(ctx, v.q, func(r scanner) error {
		b, err := scanBatch(r)
		if err != nil {
			return err
		}
		if n := v.batches[b.ID]; n != b.Entries {
			v.find(Finding{What: "batch", Found: fmt.Sprint(n), Expected: fmt.Sprint(b.Entries),
				Text: fmt.Sprintf("Lần nhập %d (%s): số ghi nhận không khớp.", b.ID, b.Name)})
		}
		return nil
	}, selectBatch+` ORDER BY id`)
}

// seriesPage is how many series keys are summed together.
const seriesPage = 200

// totals sums the facts again, some series at a time, and compares both tables.
func (v *verification) totals(ctx context.Context, q db.Querier) error {
	tree, err := v.l.treeOf(ctx, q)
	if err != nil {
		return err
	}
	ids := sortedIDs(v.series)
	v.sum.Series = int64(len(ids))
	after := int64(math.MinInt64)
	for i := 0; ; i += seriesPage {
		last := int64(math.MaxInt64)
		if i+seriesPage < len(ids) {
			last = ids[i+seriesPage-1]
		}
		if err := v.totalsOf(ctx, q, tree, after, last); err != nil {
			return err
		}
		if last == math.MaxInt64 {
			break
		}
		after = last
	}
	return nil
}

// unusedSeries finds the series keys that no fact has.
func (v *verification) unusedSeries() {
	for _, id := range sortedIDs(v.series) {
		if !v.used[id] {
			v.find(Finding{What: "series_key", Series: v.series[id].String(), Found: fmt.Sprint(id),
				Text: fmt.Sprintf("Chuỗi %s không có số cộng nào.", v.series[id])})
		}
	}
}

func (v *verification) totalsOf(ctx context.Context, q db.Querier, tree *org.Tree, after, last int64) error {
	want := newTotals()
	err := each(ctx, q, func(r scanner) error {
		var series int64
		var unit org.UnitID
		var day civil.Date
		var a Amount
		if err := r.Scan(&series, &unit, &day, &a.Value, &a.N, &a.CValue, &a.CN); err != nil {
			return err
		}
		era, ok := tree.EraOn(unit, day)
		if _, known := v.series[series]; !ok || !known {
			v.find(Finding{What: "fact", Series: v.series[series].String(), Unit: fmt.Sprint(unit), Day: day.String(),
				Text: "Số cộng của chuỗi hoặc đơn vị không có thật."})
			return nil
		}
		want.add(series, era.ID, day, a)
		return nil
	}, `SELECT series, unit, day, CAST(sum(value) AS BIGINT), CAST(sum(n) AS BIGINT), CAST(sum(c_value) AS BIGINT),
		CAST(sum(c_n) AS BIGINT) FROM fact WHERE series > $1 AND series <= $2 GROUP BY series, unit, day`, after, last)
	if err != nil {
		return fmt.Errorf("sum facts: %w", err)
	}
	if err := v.compare(ctx, q, tree, "total_year", "year", want.years, after, last); err != nil {
		return err
	}
	return v.compare(ctx, q, tree, "total_bucket", "bucket", want.buckets, after, last)
}

// compare goes through one table of totals and strikes off what it should hold.
func (v *verification) compare(ctx context.Context, q db.Querier, tree *org.Tree, table, at string, want map[cell]Amount, after, last int64) error {
	err := each(ctx, q, func(r scanner) error {
		var c cell
		var have Amount
		if err := r.Scan(&c.series, &c.era, &c.at, &have.Value, &have.N, &have.CValue, &have.CN); err != nil {
			return err
		}
		v.sum.Totals++
		expected, ok := want[c]
		delete(want, c)
		switch {
		case !ok:
			v.total(tree, table, c, have.String(), "", "Tổng không có số cộng nào đứng sau")
		case have != expected:
			v.total(tree, table, c, have.String(), expected.String(), "Tổng sai")
		}
		return nil
	}, `SELECT series, era, `+at+`, value, n, c_value, c_n FROM `+table+` WHERE series > $1 AND series <= $2`, after, last)
	if err != nil {
		return fmt.Errorf("read %s: %w", table, err)
	}
	missing := make([]cell, 0, len(want))
	for c := range want {
		missing = append(missing, c)
	}
	slices.SortFunc(missing, cell.compare)
	for _, c := range missing {
		v.total(tree, table, c, "", want[c].String(), "Thiếu tổng")
	}
	return nil
}

func (a cell) compare(b cell) int {
	return cmp.Or(cmp.Compare(a.series, b.series), cmp.Compare(a.era, b.era), cmp.Compare(a.at, b.at))
}

func (a Amount) String() string {
	return fmt.Sprintf("%d (%d số cộng), đã xác nhận %d (%d)", a.Value, a.N, a.CValue, a.CN)
}

func (v *verification) total(tree *org.Tree, table string, c cell, found, expected, what string) {
	unit := ""
	if era, ok := tree.Era(c.era); ok {
		unit = refOf(tree, era.Unit)
	}
	v.find(Finding{What: table, Series: v.series[c.series].String(), Unit: unit, Day: fmt.Sprint(c.at), Found: found,
		Expected: expected, Text: fmt.Sprintf("%s: chuỗi %s, đơn vị %s, kỳ %d.", what, v.series[c.series], unit, c.at)})
}
