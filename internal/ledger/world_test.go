package ledger

import (
	"context"
	"fmt"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// The province T1 of the tests: districts D1, D2; communes A, B, C in D1 and E in D2; boards and fronts by rule.
// On 2020-01-10 B and C merge into N.
const unitsCSV = `code,name,level,type,parent
T1,Tỉnh Thử,province,Tỉnh,
D1,Huyện Một,district,Huyện,T1
D2,Huyện Hai,district,Huyện,T1
A,Xã A,commune,Xã,D1
B,Xã B,commune,Xã,D1
C,Xã C,commune,Xã,D1
E,Xã E,commune,Xã,D2
`

func testRules() []org.BodyRule {
	levels := []string{"province", "district", "commune"}
	names := map[string]string{"province": "Ban {of}", "district": "Ban {of}", "commune": "Khối {of}"}
	return []org.BodyRule{
		{Type: "mobilisation_board", Abbr: "BDV", Levels: levels, Names: names},
		{Type: "front", Abbr: "MTTQ", Levels: levels, Names: names},
	}
}

func merger() []org.Change {
	return []org.Change{{Day: 20200110, Kind: org.Merge, Number: "855/NQ", Code: "N", Name: "Xã N", Type: "Xã",
		Level: "commune", Parent: "D1",
		Sources: []org.Source{{Code: "B", Parts: org.NoParts()}, {Code: "C", Parts: org.NoParts()}}}}
}

// world is a database with units and a ledger over the test catalogue.
type world struct {
	testing.TB
	db     *db.DB
	ledger *Ledger
	keeper *org.Keeper
}

func testCatalog(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(os.DirFS("testdata/catalog"))
	if err != nil {
		t.Fatalf("load test catalogue: %v", err)
	}
	return c
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	l := New(testCatalog(t))
	l.Now = func() time.Time { return time.Date(2026, 5, 1, 2, 0, 0, 0, time.UTC) }
	l.InOrder = d.Engine() == db.SQLite
	w := &world{TB: t, db: d, ledger: l, keeper: &org.Keeper{DB: d, Hooks: l}}
	set := fstest.MapFS{"t/units.csv": {Data: []byte(unitsCSV)}}
	w.write(func(tx *db.Tx) error { return w.keeper.LoadSet(ctx, tx, set, "t", testRules()) })
	return w
}

var ctx = context.Background()

// write runs fn in a transaction that must succeed.
func (w *world) write(fn func(tx *db.Tx) error) {
	w.Helper()
	if err := w.db.Write(ctx, fn); err != nil {
		w.Fatalf("write: %v", err)
	}
}

func (w *world) apply(acts []org.Change) {
	w.Helper()
	if _, err := w.keeper.Apply(ctx, acts, "thử"); err != nil {
		w.Fatalf("apply: %v", err)
	}
}

func (w *world) record(d Draft) (p Posted) {
	w.Helper()
	p, err := w.try(d)
	if err != nil {
		w.Fatalf("record %+v: %v", d, err)
	}
	return p
}

func (w *world) try(d Draft) (p Posted, err error) {
	err = w.db.Write(ctx, func(tx *db.Tx) (err error) {
		p, err = w.ledger.Record(ctx, tx, "cán bộ", d)
		return err
	})
	return p, err
}

func (w *world) amend(id int64, expect int, a Amendment) (p Posted, err error) {
	err = w.db.Write(ctx, func(tx *db.Tx) (err error) {
		p, err = w.ledger.Amend(ctx, tx, "cán bộ", id, expect, a)
		return err
	})
	return p, err
}

func (w *world) confirm(id int64, expect int) (err error) {
	return w.db.Write(ctx, func(tx *db.Tx) (err error) {
		_, err = w.ledger.Confirm(ctx, tx, "cấp trên", id, expect)
		return err
	})
}

func (w *world) void(id int64, expect int, reason string) error {
	return w.db.Write(ctx, func(tx *db.Tx) (err error) {
		_, err = w.ledger.Void(ctx, tx, "cán bộ", id, expect, reason)
		return err
	})
}

func (w *world) entry(id int64) *Entry {
	w.Helper()
	e, err := w.ledger.Entry(ctx, w.db.Read(), id)
	if err != nil {
		w.Fatalf("entry %d: %v", id, err)
	}
	return e
}

// total is the year's sum of a series at a unit's own eras, over all labels.
func (w *world) total(code, role, unit string, year int) (a Amount) {
	w.Helper()
	err := w.db.Read().QueryRowContext(ctx, `SELECT CAST(coalesce(sum(t.value), 0) AS BIGINT), CAST(coalesce(sum(t.n), 0) AS BIGINT),
		CAST(coalesce(sum(t.c_value), 0) AS BIGINT), CAST(coalesce(sum(t.c_n), 0) AS BIGINT)
		FROM total_year t JOIN series_key k ON k.id = t.series JOIN era e ON e.id = t.era JOIN org_unit u ON u.id = e.unit
		WHERE k.code = $1 AND k.role = $2 AND u.code = $3 AND t.year = $4`, code, role, unit, year).
		Scan(&a.Value, &a.N, &a.CValue, &a.CN)
	if err != nil {
		w.Fatalf("total: %v", err)
	}
	return a
}

func (w *world) want(got, want Amount, what string) {
	w.Helper()
	if got != want {
		w.Errorf("%s = %+v, want %+v", what, got, want)
	}
}

// verify fails the test on any finding.
func (w *world) verify() Verified {
	w.Helper()
	sum, findings := w.findings()
	for _, f := range findings {
		w.Errorf("verify: %s: %s (found %s, expected %s)", f.What, f.Text, f.Found, f.Expected)
	}
	return sum
}

func (w *world) findings() (sum Verified, findings []Finding) {
	w.Helper()
	err := w.db.View(ctx, func(q db.Querier) (err error) {
		sum, err = w.ledger.Verify(ctx, q, func(f Finding) { findings = append(findings, f) }, nil)
		return err
	})
	if err != nil {
		w.Fatalf("verify: %v", err)
	}
	return sum, findings
}

func session(unit string, day civil.Date, attendances int) Draft {
	return Draft{Kind: "session", Unit: unit, Day: day,
		Fields: map[string]any{"topic": "Bảo vệ rừng đầu nguồn", "theme": "forest", "attendances": attendances}}
}

func keyed(d Draft, format string, args ...any) Draft {
	d.Key = fmt.Sprintf(format, args...)
	return d
}
