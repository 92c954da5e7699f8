package cli

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/figure"
	"danvan/internal/ledger"
)

// fastest runs fn a few times and gives the shortest time in milliseconds: what else runs on the machine only adds
// to it. The first run warms up and does not count.
func fastest(fn func() error) (float64, error) {
	if err := fn(); err != nil {
		return 0, err
	}
	var times []float64
	started := time.Now()
	for len(times) < 5 || len(times) < 25 && time.Since(started) < 1500*time.Millisecond {
		begin := time.Now()
		if err := fn(); err != nil {
			return 0, err
		}
		times = append(times, float64(time.Since(begin).Microseconds())/1000)
	}
	return slices.Min(times), nil
}

// benchWindow is a period of the measurement, with its days for the yardstick.
type benchWindow struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// officialYear runs 15 December to 14 December (Thông tư 01/2024/TT-TTCP); officialMonths are its twelve months.
func officialYear() civil.Period {
	return civil.Period{From: civil.NewDate(benchTo-1, 12, 15), To: civil.NewDate(benchTo, 12, 14)}
}

func officialMonths() []civil.Period {
	var out []civil.Period
	for from := civil.NewDate(benchTo-1, 12, 15); from < civil.NewDate(benchTo, 12, 1); from = from.AddMonths(1) {
		out = append(out, civil.Period{From: from, To: from.AddMonths(1).AddDays(-1)})
	}
	return out
}

func tenYears() civil.Period {
	return civil.Period{From: civil.NewDate(benchFrom, 1, 1), To: civil.NewDate(benchTo, 12, 31)}
}

// questions ask all 60 indicators in each period.
func (w *benchWorld) questions(periods ...civil.Period) []figure.Query {
	var qs []figure.Query
	for _, p := range periods {
		for _, ind := range w.cat.Latest().Indicators {
			qs = append(qs, figure.Query{Indicator: ind.Code, Unit: benchUnit, Period: p})
		}
	}
	return qs
}

// benchReads are the times of the questions, in milliseconds.
type benchReads struct {
	TenYears       float64 `json:"ten_years_ms"`
	OfficialYear   float64 `json:"official_year_ms"`
	OfficialMonths float64 `json:"official_months_ms"`
	ByMonth        float64 `json:"by_month_ms"`
	OneFigure      float64 `json:"one_figure_ms"`
	CacheBytes     int64   `json:"cache_bytes,omitempty"`
}

// reads measures the questions; all is false for the first only.
func (w *benchWorld) reads(e *figure.Engine, all bool) (benchReads, error) {
	var r benchReads
	many := func(into *float64, qs []figure.Query) error {
		ms, err := fastest(func() error {
			figures, err := e.Many(w.ctx, qs)
			if err == nil && (len(figures) != len(qs) || figures[0].Val == nil) {
				return fmt.Errorf("the measurement found no figures")
			}
			return err
		})
		*into = ms
		return err
	}
	if err := many(&r.TenYears, w.questions(tenYears())); err != nil {
		return r, err
	}
	if !all {
		return r, nil
	}
	if err := many(&r.OfficialYear, w.questions(officialYear())); err != nil {
		return r, err
	}
	if err := many(&r.OfficialMonths, w.questions(officialMonths()...)); err != nil {
		return r, err
	}
	if err := many(&r.OneFigure, w.questions(tenYears())[:1]); err != nil {
		return r, err
	}
	var err error
	r.ByMonth, err = fastest(func() error {
		b, err := e.Breakdown(w.ctx, w.questions(tenYears())[0], "month")
		if err == nil && len(b.Rows) != 120 {
			return fmt.Errorf("by month: %d rows", len(b.Rows))
		}
		return err
	})
	if e.Cache != nil {
		r.CacheBytes = e.Cache.Bytes()
	}
	return r, err
}

// benchWrites are rates of writing, in entries a second.
type benchWrites struct {
	Bare        float64 `json:"bare_insert_per_s"`
	Entry       float64 `json:"entry_per_s"`
	BareGroup   float64 `json:"bare_insert_16_writers_per_s"`
	EntryGroup  float64 `json:"entry_16_writers_per_s"`
	BulkEntries int     `json:"bulk_entries"`
	Bulk        float64 `json:"bulk_per_s"`
}

// durable runs act n times from so many writers and gives the rate.
func durable(n, writers int, act func(i int) error) (float64, error) {
	began := time.Now()
	errs := make(chan error, writers)
	var wg sync.WaitGroup
	for k := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := k; i < n; i += writers {
				if err := act(i); err != nil {
					errs <- err
					return
				}
			}
		}()
	}
	wg.Wait()
	select {
	case err := <-errs:
		return 0, err
	default:
	}
	return float64(n) / time.Since(began).Seconds(), nil
}

// writes measures durable single entries against bare inserts of a row of the same text, in the same database
// with the same settings, then a bulk import.
func (w *benchWorld) writes(bulk int) (benchWrites, error) {
	var r benchWrites
	err := w.db.Write(w.ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(w.ctx, `CREATE TABLE bench_bare (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL)`)
		return err
	})
	if err != nil {
		return r, err
	}
	const n = 600
	var drafts []ledger.Draft
	for d := range w.drafts(4*n, "single") {
		drafts = append(drafts, d)
	}
	bare := func(from int) func(int) error {
		return func(i int) error {
			return w.db.Write(w.ctx, func(tx *db.Tx) error {
				_, err := tx.ExecContext(w.ctx, `INSERT INTO bench_bare (id, text) VALUES ($1, $2)`, from+i, "Tuyên truyền, vận động Nhân dân tại thôn")
				return err
			})
		}
	}
	entry := func(from int) func(int) error {
		return func(i int) error {
			return w.db.Write(w.ctx, func(tx *db.Tx) error {
				_, err := w.led.Record(w.ctx, tx, "đo tốc độ", drafts[from+i])
				return err
			})
		}
	}
	for _, m := range []struct {
		into    *float64
		n       int
		writers int
		act     func(int) error
	}{
		{&r.Bare, n / 10, 1, bare(1_000_000)}, {&r.Entry, n / 10, 1, entry(3 * n)}, // warm
		{&r.Bare, n, 1, bare(0)}, {&r.Entry, n, 1, entry(0)},
		{&r.BareGroup, 2 * n, 16, bare(n)}, {&r.EntryGroup, 2 * n, 16, entry(n)},
	} {
		if *m.into, err = durable(m.n, m.writers, m.act); err != nil {
			return r, err
		}
	}
	began := time.Now()
	err = w.db.WriteAlone(w.ctx, func(tx *db.Tx) error {
		done, err := w.led.Bulk(w.ctx, tx, w.drafts(bulk, "bulk"), ledger.BulkOptions{Actor: "đo tốc độ", Total: bulk})
		r.BulkEntries = done.Saved
		return err
	})
	r.Bulk = float64(bulk) / time.Since(began).Seconds()
	return r, err
}
