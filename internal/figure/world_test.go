package figure_test

import (
	"context"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// world is a small province: two districts with three communes each. On 2020-02-01 three communes merge into
// one, on 2021-01-01 another is split 60 to 40, on 2022-01-01 one is split in unknown parts.
type world struct {
	t    testing.TB
	ctx  context.Context
	db   *db.DB
	cat  *catalog.Catalog
	led  *ledger.Ledger
	eng  *figure.Engine
	keep *org.Keeper
	now  time.Time
}

const units = `code,name,type,parent,level
06,Tỉnh Thử,Tỉnh,,province
060,Huyện Một,Huyện,06,district
061,Huyện Hai,Huyện,06,district
001,Xã A,Xã,060,commune
002,Xã B,Xã,060,commune
003,Xã C,Xã,060,commune
004,Xã D,Xã,061,commune
005,Xã E,Xã,061,commune
006,Xã G,Xã,061,commune
`

const bodies = `code,name,type,parent,level
06.SO-A,Sở A,department,06,province
06.SO-B,Sở B,department,06,province
06.SO-C,Sở C,department,06,province
`

const changes = `date,kind,from,code,name,type,share,share_basis,parent,bodies
2020-02-01,merge,001;002;003,010,Xã Mới,Xã,,,060,
2021-01-01,split,004,014,Xã D1,Xã,0.6,population,061,follow:014
2021-01-01,split,004,015,Xã D2,Xã,0.4,population,061,
2022-01-01,split,005,016,Xã E1,Xã,,,061,follow:016
2022-01-01,split,005,017,Xã E2,Xã,,,061,
`

var rules = []org.BodyRule{{Type: "standing_committee", Abbr: "BTV", Levels: []string{"province", "district", "commune"},
	Names: map[string]string{"province": "Ban Thường vụ {party}", "district": "Ban Thường vụ {party}", "commune": "Ban Thường vụ {party}"}}}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d, now: time.Date(2024, 1, 1, 8, 0, 0, 0, time.UTC)}
	var err error
	if w.cat, err = catalog.Load(os.DirFS("testdata/catalog")); err != nil {
		t.Fatalf("load catalogue: %v", err)
	}
	w.led = ledger.New(w.cat)
	w.led.Now = func() time.Time { return w.now }
	w.led.AnyBody = true
	w.keep = &org.Keeper{DB: d, Hooks: w.led}
	set := fstest.MapFS{"set/units.csv": {Data: []byte(units)}, "set/bodies.csv": {Data: []byte(bodies)}, "set/changes.csv": {Data: []byte(changes)}}
	if err := d.WriteAlone(w.ctx, func(tx *db.Tx) error { return w.keep.LoadSet(w.ctx, tx, set, "set", rules) }); err != nil {
		t.Fatalf("load units: %v", err)
	}
	w.eng = &figure.Engine{DB: d, Catalog: w.cat, Tree: w.tree}
	return w
}

func (w *world) tree() *org.Tree {
	t, err := w.keep.Tree(w.ctx)
	if err != nil {
		w.t.Fatalf("tree: %v", err)
	}
	return t
}

// each runs a test on both engines, without and with the cache.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		test(t, w)
	})
}

// do records an entry and gives its id. Fields are written a=1 b=text.
func (w *world) do(kind, unit, day, fields string, partners ...string) int64 {
	w.t.Helper()
	return w.record(ledger.Draft{Kind: kind, Unit: unit, Day: civil.MustDate(day), Fields: parse(fields), Partners: partners})
}

func (w *world) record(d ledger.Draft) int64 {
	w.t.Helper()
	var id int64
	err := w.db.Write(w.ctx, func(tx *db.Tx) error {
		p, err := w.led.Record(w.ctx, tx, "người thử", d)
		id = p.ID
		return err
	})
	if err != nil {
		w.t.Fatalf("record %s of %s: %v", d.Kind, d.Unit, err)
	}
	return id
}

func parse(fields string) map[string]any {
	out := map[string]any{}
	for _, f := range strings.Fields(fields) {
		k, v, _ := strings.Cut(f, "=")
		out[k] = strings.ReplaceAll(v, "_", " ")
	}
	return out
}

func (w *world) write(what string, fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(w.ctx, fn); err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
}

// query reads "t.sessions 06 2019 [basis]".
func (w *world) query(text string) figure.Query {
	w.t.Helper()
	f := strings.Fields(text)
	p, err := civil.ParsePeriod(f[2])
	if err != nil {
		w.t.Fatal(err)
	}
	q := figure.Query{Indicator: f[0], Unit: f[1], Period: p}
	if len(f) > 3 {
		if q.Basis, err = org.ParseBasis(f[3]); err != nil {
			w.t.Fatal(err)
		}
	}
	return q
}

func (w *world) figure(text string) *figure.Figure {
	w.t.Helper()
	return w.ask(w.query(text))
}

// ask asks with and without the cache and insists on one answer.
func (w *world) ask(q figure.Query) *figure.Figure {
	w.t.Helper()
	f, err := w.eng.Figure(w.ctx, q)
	if err != nil {
		w.t.Fatalf("figure %s %s %s: %v", q.Indicator, q.Unit, q.Period, err)
	}
	cached := &figure.Engine{DB: w.db, Catalog: w.cat, Tree: w.tree, Cache: figure.NewCache(1 << 20)}
	g, err := cached.Figure(w.ctx, q)
	if err != nil {
		w.t.Fatalf("figure %s %s %s from the cache: %v", q.Indicator, q.Unit, q.Period, err)
	}
	if a, b := short(f), short(g); a != b {
		w.t.Errorf("%s %s %s: from tables %s, from the cache %s", q.Indicator, q.Unit, q.Period, a, b)
	}
	return f
}

// want asks and compares value, display, entries: "53 53 5".
func (w *world) want(question, answer string) *figure.Figure {
	w.t.Helper()
	f := w.figure(question)
	if got := short(f); got != answer {
		w.t.Errorf("%s = %s, want %s (checks %+v)", question, got, answer, f.Checks)
	}
	return f
}

func short(f *figure.Figure) string {
	return fmt.Sprintf("%s|%s|%d", str(f.Value), f.Display, f.Entries)
}

func str(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}

func (w *world) rows(question, by string) (*figure.Breakdown, map[string]figure.Row) {
	w.t.Helper()
	b, err := w.eng.Breakdown(w.ctx, w.query(question), by)
	if err != nil {
		w.t.Fatalf("%s by %s: %v", question, by, err)
	}
	rows := map[string]figure.Row{}
	for _, r := range b.Rows {
		rows[r.Key+"/"+r.Kind] = r
	}
	return b, rows
}

func (w *world) evidence(question string, side figure.Side) *figure.Evidence {
	w.t.Helper()
	e, err := w.eng.Evidence(w.ctx, w.query(question), side, 0, 0)
	if err != nil {
		w.t.Fatalf("evidence of %s: %v", question, err)
	}
	if e.Total != int64(len(e.Entries)) {
		w.t.Errorf("evidence of %s: total %d, listed %d", question, e.Total, len(e.Entries))
	}
	return e
}

func sumOf(rows []figure.Row) *big.Rat {
	sum := new(big.Rat)
	for _, r := range rows {
		sum.Add(sum, orZero(r.Val))
	}
	return sum
}

func orZero(r *big.Rat) *big.Rat {
	if r == nil {
		return new(big.Rat)
	}
	return r
}
