package petition_test

import (
	"errors"
	"sync"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/petition"
)

// Clerks who register at once get all numbers once and without gaps, also where some of them fail.
func TestNumbersHaveNoGaps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const clerks, each = 8, 10
		failed := errors.New("did not save")
		var wg sync.WaitGroup
		for c := range clerks {
			wg.Go(func() {
				for i := range each {
					err := d.Write(t.Context(), func(tx *db.Tx) error {
						l, err := petition.NextLine(t.Context(), tx, 7, 2026, i%3 == 0)
						if err != nil {
							return err
						}
						if i%5 == 4 {
							return failed
						}
						return petition.Enter(t.Context(), tx, int64(1+c*each+i), l)
					})
					if err != nil && !errors.Is(err, failed) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var n, last, first int64
		err := d.Read().QueryRowContext(t.Context(), `SELECT count(*), min(number), max(number) FROM register_line WHERE unit = 7 AND year = 2026`).Scan(&n, &first, &last)
		if err != nil {
			t.Fatal(err)
		}
		if want := int64(clerks * each * 4 / 5); n != want || first != 1 || last != want {
			t.Errorf("%d lines numbered %d to %d, want %d", n, first, last, want)
		}
	})
}

// A code leads to its letter however it is typed; the counters go on after lines that were numbered elsewhere.
func TestCodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			lines := []petition.Line{{Unit: 7, Year: 2026, Number: 1, Code: petition.PlainCode(2026, 41)}, {Unit: 7, Year: 2026, Number: 2, Code: "TC-7K3M-Q2WX"}}
			if err := petition.EnterMany(t.Context(), tx, []int64{101, 102}, lines); err != nil {
				return err
			}
			l, err := petition.NextLine(t.Context(), tx, 7, 2026, false)
			if err == nil && (l.Number != 3 || l.Code != "DT-2026-000042") {
				t.Errorf("next line is %+v", l)
			}
			return errors.Join(err, petition.Enter(t.Context(), tx, 103, l))
		})
		if err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]int64{" dt-2026-000041 ": 101, "tc-7k3m- q2wx": 102, "DT-2026-000042": 103} {
			if got, err := petition.ByCode(t.Context(), d.Read(), code); err != nil || got != want {
				t.Errorf("%q leads to %d %v", code, got, err)
			}
		}
	})
}
