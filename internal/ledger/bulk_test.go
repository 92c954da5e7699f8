package ledger

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
)

// invented makes n drafts of all kinds, some with later steps, for units that are open on their days.
func invented(n int, seed uint64) []Draft {
	r := rand.New(rand.NewPCG(seed, 1))
	units := []string{"A.BDV", "A.MTTQ", "E.BDV", "D1.BDV", "D2.MTTQ", "T1.BDV", "T1.MTTQ"}
	drafts := make([]Draft, 0, n)
	for i := range n {
		day := civil.NewDate(2012+r.IntN(14), 1+r.IntN(12), 1+r.IntN(28))
		d := session(units[r.IntN(len(units))], min(day, 20260401), r.IntN(300))
		d.Key = fmt.Sprintf("invented-%d", i)
		switch r.IntN(6) {
		case 0:
			d = Draft{Key: d.Key, Kind: "letter", Unit: d.Unit, Day: d.Day, Fields: map[string]any{"class": "complaint",
				"settled_on": d.Day.AddDays(r.IntN(60)).String()}}
		case 1:
			d.Partners = []string{"D1.MTTQ"}
			if d.Unit != "E.BDV" {
				d.Partners = append(d.Partners, "E.BDV")
			}
		case 2:
			d.Fields["gifts"] = []any{map[string]any{"item": "rice", "quantity": r.IntN(9)},
				map[string]any{"item": "rice", "quantity": 2}, map[string]any{"item": "Chăn", "quantity": 1}}
		case 3:
			d.Fields["area"] = "1.234,5"
			d.Place = "B"
			if d.Day >= 20200110 {
				d.Place = "N"
			}
			d.Fields["organiser"] = "D1"
		case 4:
			if i > 0 {
				d.Carries = fmt.Sprintf("invented-%d", r.IntN(i))
			}
		}
		d.Confirmed = r.IntN(3) == 0
		d.Then = inventedSteps(r, d)
		drafts = append(drafts, d)
	}
	return drafts
}

func inventedSteps(r *rand.Rand, d Draft) []Step {
	var steps []Step
	confirmed := d.Confirmed
	for range r.IntN(4) {
		switch {
		case !confirmed && r.IntN(2) == 0:
			steps = append(steps, Step{Act: ActConfirm, Actor: "cấp trên"})
			confirmed = true
		case d.Kind == "session" && r.IntN(3) > 0:
			a := Amendment{Set: map[string]any{"attendances": r.IntN(500)}, Reason: "Đếm lại"}
			if r.IntN(2) == 0 {
				a.Day = min(d.Day.AddDays(r.IntN(900)), 20260401)
			}
			if d.Place != "" {
				a.Day = 0 // B and N do not live on all days
			}
			steps = append(steps, Step{Act: ActAmend, Amendment: a})
			confirmed = false
		}
	}
	if r.IntN(10) == 0 {
		steps = append(steps, Step{Act: ActVoid, Amendment: Amendment{Reason: "Ghi trùng"}})
	}
	return steps
}

// one posts a draft and its steps by single acts.
func (w *world) one(d Draft) {
	w.Helper()
	steps := d.Then
	d.Then = nil
	p := w.record(d)
	for i, s := range steps {
		actor := s.Actor
		if actor == "" {
			actor = "cán bộ"
		}
		err := w.db.Write(ctx, func(tx *db.Tx) (err error) {
			switch s.Act {
			case ActAmend:
				_, err = w.ledger.Amend(ctx, tx, actor, p.ID, i+1, s.Amendment)
			case ActConfirm:
				_, err = w.ledger.Confirm(ctx, tx, actor, p.ID, i+1)
			case ActVoid:
				_, err = w.ledger.Void(ctx, tx, actor, p.ID, i+1, s.Reason)
			}
			return err
		})
		if err != nil {
			w.Fatalf("%s: step %d %+v: %v", d.Key, i, s, err)
		}
	}
}

func (w *world) bulk(drafts []Draft, opts BulkOptions) (res BulkResult, err error) {
	if opts.Actor == "" {
		opts.Actor = "cán bộ"
	}
	err = w.db.WriteAlone(ctx, func(tx *db.Tx) (err error) {
		res, err = w.ledger.Bulk(ctx, tx, slices.Values(drafts), opts)
		return err
	})
	return res, err
}

// dump is every row that the ledger wrote, with series and eras by their names.
func (w *world) dump() string {
	w.Helper()
	var b strings.Builder
	for _, query := range []string{
		`SELECT id, key, kind, unit, place, day, state, version, edition, title, fold, coalesce(carries,0), coalesce(batch,0), at_ms FROM entry ORDER BY id`,
		`SELECT entry, version, act, state, edition, unit, place, day, fields, partners, files, coalesce(carries,0), reason, actor, at_ms, leaf FROM entry_version ORDER BY entry, version`,
		`SELECT f.id, f.entry, f.version, k.code, k.labels, k.role, f.unit, f.day, coalesce(f.by_day,0), f.value, f.n, f.c_value, f.c_n, f.leaf FROM fact f JOIN series_key k ON k.id = f.series ORDER BY f.id`,
		`SELECT k.code, k.labels, k.role, t.era, t.year, t.value, t.n, t.c_value, t.c_n FROM total_year t JOIN series_key k ON k.id = t.series ORDER BY 1,2,3,4,5`,
		`SELECT k.code, k.labels, k.role, t.era, t.bucket, t.value, t.n, t.c_value, t.c_n FROM total_bucket t JOIN series_key k ON k.id = t.series ORDER BY 1,2,3,4,5`,
		`SELECT id, at_ms, act, subject, subject_id, actor, hash FROM audit_leaf WHERE subject = 'entry' ORDER BY id`,
	} {
		rows, err := w.db.Read().QueryContext(ctx, query)
		if err != nil {
			w.Fatal(err)
		}
		cols, _ := rows.Columns()
		for rows.Next() {
			cells := make([]any, len(cols))
			for i := range cells {
				cells[i] = new(any)
			}
			if err := rows.Scan(cells...); err != nil {
				w.Fatal(err)
			}
			for _, c := range cells {
				fmt.Fprintf(&b, "%v|", *c.(*any))
			}
			b.WriteByte('\n')
		}
		if err := rows.Close(); err != nil {
			w.Fatal(err)
		}
	}
	return b.String()
}

func TestBulkWritesWhatSingleActsWrite(t *testing.T) {
	drafts := invented(300, 7)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		single, many := newWorld(t, d), newWorld(t, dbtest.SQLite(t))
		for _, w := range []*world{single, many} {
			w.apply(merger())
		}
		for _, draft := range drafts {
			single.one(draft)
		}
		res, err := many.bulk(drafts, BulkOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if res.Saved != len(drafts) || res.Versions <= res.Saved {
			t.Errorf("result %+v", res)
		}
		a, b := strings.Split(single.dump(), "\n"), strings.Split(many.dump(), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("row %d:\nsingle %s\nbulk   %s", i, a[i], b[i])
			}
		}
		if len(a) != len(b) {
			t.Errorf("%d rows by single acts, %d by Bulk", len(a), len(b))
		}
		single.verify()
		if v := many.verify(); v.Versions != int64(res.Versions) || v.Facts != int64(res.Facts) {
			t.Errorf("verified %+v, result %+v", v, res)
		}
	})
}

func TestBulkIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		drafts := invented(50, 3)
		for i := range drafts {
			drafts[i].Place, drafts[i].Carries = "", ""
		}
		drafts[10].Unit = "ZZ"
		drafts[20].Fields = nil
		drafts[30].Key = drafts[29].Key
		drafts[40].Carries = "not yet there"
		_, err := w.bulk(drafts, BulkOptions{Name: "tệp"})
		var bad RowErrors
		if !errors.As(err, &bad) || fault.KindOf(err) != fault.Invalid || len(bad) != 2 || bad[0].Row != 11 || bad[1].Row != 21 {
			t.Fatalf("errors %+v (%v)", bad, err)
		}
		drafts[10].Unit = "A.BDV"
		drafts[20] = drafts[19]
		drafts[20].Key = "mended"
		if _, err = w.bulk(drafts, BulkOptions{Name: "tệp"}); !errors.As(err, &bad) || len(bad) != 2 || bad[0].Row != 31 || bad[1].Row != 41 {
			t.Fatalf("errors of the second kind %+v (%v)", bad, err)
		}
		if _, n, _ := w.ledger.List(ctx, d.Read(), Filter{}, 0, 1); n != 0 {
			t.Errorf("%d entries after a refused bulk", n)
		}
		res, err := w.bulk(drafts, BulkOptions{Name: "tệp", Partial: true})
		if err != nil || res.Saved != 48 || len(res.Refused) != 2 || res.Batch == 0 {
			t.Fatalf("partial: %+v (%v)", res, err)
		}
		again, err := w.bulk(drafts, BulkOptions{Name: "tệp", Partial: true})
		voided := 0
		for _, d := range drafts {
			if n := len(d.Then); n > 0 && d.Then[n-1].Act == ActVoid {
				voided++
			}
		}
		if err != nil || again.Saved != 0 || again.Existed+len(again.Refused) != 50 || again.Batch != 0 || len(again.Refused) > 2+voided {
			t.Fatalf("again: %+v (%v)", again, err)
		}
		w.verify()

		n := 0
		w.write(func(tx *db.Tx) (err error) {
			n, err = w.ledger.UndoBatch(ctx, tx, "cán bộ", res.Batch, "Nhập nhầm tệp")
			return err
		})
		if n == 0 || n > 48 {
			t.Errorf("%d entries voided", n)
		}
		if _, left, _ := w.ledger.List(ctx, d.Read(), Filter{Batch: res.Batch}, 0, 1); left != 0 {
			t.Errorf("%d entries of the batch still stand", left)
		}
		w.verify()
	})
}

func TestContentKeys(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	a, b := session("A.BDV", 20190420, 3), session("A.BDV", 20190421, 3)
	res, err := w.bulk([]Draft{a, b}, BulkOptions{ContentKeys: true})
	if err != nil || res.Saved != 2 {
		t.Fatalf("%+v (%v)", res, err)
	}
	if res, err = w.bulk([]Draft{b, a}, BulkOptions{ContentKeys: true}); err != nil || res.Existed != 2 || res.Saved != 0 {
		t.Errorf("again: %+v (%v)", res, err)
	}
	_, err = w.bulk([]Draft{session("E.BDV", 20190420, 3), session("E.BDV", 20190420, 3)}, BulkOptions{ContentKeys: true})
	if !strings.Contains(fmt.Sprint(err), "giống hệt dòng 1") {
		t.Errorf("two rows alike: %v", err)
	}
}

func BenchmarkBulk(b *testing.B) {
	dbtest.Bench(b, func(b *testing.B, d *db.DB) {
		w := newWorld(b, d)
		w.apply(merger())
		drafts := invented(100_000, 5)
		for i := range drafts {
			drafts[i].Then = nil
		}
		b.ResetTimer()
		for i := range b.N {
			for j := range drafts {
				drafts[j].Key, drafts[j].Carries = fmt.Sprintf("%d-%d", i, j), ""
			}
			start := time.Now()
			res, err := w.bulk(drafts, BulkOptions{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(res.Saved)/time.Since(start).Seconds(), "entries/s")
			b.ReportMetric(float64(res.Facts)/float64(res.Saved), "facts/entry")
		}
		b.StopTimer()
		start := time.Now()
		w.verify()
		b.ReportMetric(float64(len(drafts))/time.Since(start).Seconds(), "verified/s")
	})
}

// BenchmarkRecord compares a durable entry with the durable insert of one row: one writer, each with its own
// COMMIT, and 64 writers that share COMMITs.
func BenchmarkRecord(b *testing.B) {
	dbtest.Bench(b, func(b *testing.B, d *db.DB) {
		w := newWorld(b, d)
		drafts := invented(20_000, 5)
		var next atomic.Int64
		entry := func() error {
			draft := drafts[int(next.Add(1))%len(drafts)]
			draft.Key, draft.Carries, draft.Then = "", "", nil
			if draft.Place != "" {
				draft.Place = "A"
			}
			_, err := w.try(draft)
			return err
		}
		bare := func() error {
			return d.Write(ctx, func(tx *db.Tx) error {
				n := next.Add(1)
				_, err := tx.ExecContext(ctx, `INSERT INTO idempotency (key, digest, answer, at_ms) VALUES ($1, $2, $3, $4)`,
					fmt.Sprintf("bare-%d", n), []byte("digest"), []byte(strings.Repeat("x", 200)), n)
				return err
			})
		}
		for _, c := range []struct {
			name string
			act  func() error
		}{{"bare", bare}, {"entry", entry}} {
			b.Run(c.name+"/alone", func(b *testing.B) {
				for range b.N {
					if err := c.act(); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(c.name+"/together", func(b *testing.B) {
				b.SetParallelism(32)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := c.act(); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	})
}
