package audit_test

import (
	"fmt"
	"testing"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
)

// Benchmark100k is a bulk import's share of the log: 100,000 leaves appended,
// sequenced and verified.
func Benchmark100k(b *testing.B) {
	const n = 100_000
	leaves := make([]audit.Leaf, n)
	for i := range leaves {
		leaves[i] = audit.Leaf{Act: "record", Subject: "entry", SubjectID: int64(i), Content: fmt.Append(nil, "nội dung ", i), Actor: "nhập"}
	}
	steps := []struct {
		name string
		do   func(d *db.DB) error
	}{
		{"append", func(d *db.DB) error {
			return d.WriteAlone(ctx, func(tx *db.Tx) error { _, err := audit.AppendMany(ctx, tx, leaves); return err })
		}},
		{"sequence", func(d *db.DB) error { return (&audit.Sequencer{DB: d}).Flush(ctx) }},
		{"verify", func(d *db.DB) error {
			return d.View(ctx, func(q db.Querier) error { _, err := audit.Verify(ctx, q, audit.Options{}); return err })
		}},
	}
	dbtest.Bench(b, func(b *testing.B, d *db.DB) {
		for b.Loop() {
			for _, s := range steps {
				began := b.Elapsed()
				if err := s.do(d); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64((b.Elapsed() - began).Milliseconds()), s.name+"-ms")
			}
		}
	})
}
