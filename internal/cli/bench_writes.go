package cli

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"danvan/internal/db"
	"danvan/internal/ledger"
)

// benchWrites are rates of writing, per second: medians over the rounds. Each round measures the bare insert and
// the entry one after the other; a ratio is the median of the rounds' ratios, so that what else the machine does
// weighs on both alike.
type benchWrites struct {
	Rounds      int     `json:"rounds"`
	Bare        float64 `json:"bare_insert_per_s"`
	Entry       float64 `json:"entry_per_s"`
	Ratio       float64 `json:"entry_ratio"`
	BareGroup   float64 `json:"bare_insert_16_writers_per_s"`
	EntryGroup  float64 `json:"entry_16_writers_per_s"`
	RatioGroup  float64 `json:"entry_16_writers_ratio"`
	BulkEntries int     `json:"bulk_entries"`
	Bulk        float64 `json:"bulk_per_s"`       // into the database that holds ten years
	BulkEmpty   float64 `json:"bulk_empty_per_s"` // into one that holds nothing yet
}

const (
	benchRounds  = 9
	benchAlone   = 150 // acts of a round by one writer
	benchGroup   = 600 // acts of a round by benchWriters
	benchWriters = 16
)

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

// rates are what the rounds gave.
type rates struct{ bare, entry []float64 }

func (r rates) medians() (bare, entry, ratio float64) {
	ratios := make([]float64, len(r.bare))
	for i := range ratios {
		ratios[i] = r.entry[i] / r.bare[i]
	}
	return median(r.bare), median(r.entry), median(ratios)
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// singles measures durable single entries against bare inserts, by one writer and by many.
func (w *benchWorld) singles(out *benchWrites) error {
	b, err := w.newBare()
	if err != nil {
		return err
	}
	var drafts []ledger.Draft
	for d := range w.drafts((1+benchRounds)*(benchAlone+benchGroup), "single") {
		drafts = append(drafts, d)
	}
	next := 0
	round := func(r *rates, n, writers int) error {
		from := next
		next += n
		bare, err := durable(n, writers, func(i int) error { return b.insert(drafts[from+i], from+i) })
		if err != nil {
			return err
		}
		entry, err := durable(n, writers, func(i int) error { return w.record(drafts[from+i]) })
		r.bare, r.entry = append(r.bare, bare), append(r.entry, entry)
		return err
	}
	var alone, group, warm rates
	for i := range 1 + benchRounds {
		a, g := &alone, &group
		if i == 0 {
			a, g = &warm, &warm
		}
		if err := round(a, benchAlone, 1); err != nil {
			return err
		}
		if err := round(g, benchGroup, benchWriters); err != nil {
			return err
		}
	}
	out.Rounds = benchRounds
	out.Bare, out.Entry, out.Ratio = alone.medians()
	out.BareGroup, out.EntryGroup, out.RatioGroup = group.medians()
	return nil
}

func (w *benchWorld) record(d ledger.Draft) error {
	return w.db.Write(w.ctx, func(tx *db.Tx) error {
		_, err := w.led.Record(w.ctx, tx, benchActor, d)
		return err
	})
}

const benchActor = "đo tốc độ"

// bareTable is the yardstick: the same piece of work kept as one row of a table with a primary key, in the same
// database, through the same connection, with the same COMMIT.
type bareTable struct{ w *benchWorld }

func (w *benchWorld) newBare() (bareTable, error) {
	return bareTable{w}, w.db.Write(w.ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(w.ctx, `CREATE TABLE bench_bare (id BIGINT NOT NULL PRIMARY KEY, client_key TEXT NOT NULL,
			kind TEXT NOT NULL, unit TEXT NOT NULL, day INTEGER NOT NULL, fields TEXT NOT NULL, actor TEXT NOT NULL, at_ms BIGINT NOT NULL)`)
		return err
	})
}

func (b bareTable) insert(d ledger.Draft, id int) error {
	fields := fmt.Sprintf(`{"money":%v,"persons":%v,"topic":%q}`, d.Fields["money"], d.Fields["persons"], d.Fields["topic"])
	return b.w.db.Write(b.w.ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(b.w.ctx, `INSERT INTO bench_bare (id, client_key, kind, unit, day, fields, actor, at_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, id, d.Key, d.Kind, d.Unit, int32(d.Day), fields, benchActor, int64(1_700_000_000_000+id))
		return err
	})
}

// bulk imports n entries in one transaction and gives the rate.
func (w *benchWorld) bulk(n int) (saved int, rate float64, err error) {
	began := time.Now()
	err = w.db.WriteAlone(w.ctx, func(tx *db.Tx) error {
		done, err := w.led.Bulk(w.ctx, tx, w.drafts(n, "bulk"), ledger.BulkOptions{Actor: benchActor, Total: n})
		saved = done.Saved
		return err
	})
	return saved, float64(n) / time.Since(began).Seconds(), err
}
