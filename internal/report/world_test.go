package report_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/report"
)

const units = `code,name,type,parent,level
06,Tỉnh Thử,Tỉnh,,province
060,Huyện Một,Huyện,06,district
061,Huyện Hai,Huyện,06,district
001,Xã A,Xã,060,commune
002,Xã B,Xã,060,commune
003,Xã C,Xã,061,commune
`

const bodies = `code,name,type,parent,level
06.SO-NV,Sở Nội vụ tỉnh Thử,department,06,province
`

const changes = `date,kind,from,code,name,type,share,share_basis,parent,bodies
2020-02-01,merge,001;002,009,Xã Mới,Xã,,,060,
`

// world is a small province with a catalogue of nine indicators.
type world struct {
	t   testing.TB
	ctx context.Context
	db  *db.DB
	cat *catalog.Catalog
	led *ledger.Ledger
	eng *figure.Engine
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d}
	var err error
	if w.cat, err = catalog.Load(os.DirFS("testdata/catalog")); err != nil {
		t.Fatalf("load catalogue: %v", err)
	}
	w.led = ledger.New(w.cat)
	w.led.AnyBody = true
	keep := &org.Keeper{DB: d, Hooks: w.led}
	set := fstest.MapFS{"set/units.csv": {Data: []byte(units)}, "set/bodies.csv": {Data: []byte(bodies)},
		"set/changes.csv": {Data: []byte(changes)}}
	if err := d.WriteAlone(w.ctx, func(tx *db.Tx) error { return keep.LoadSet(w.ctx, tx, set, "set", nil) }); err != nil {
		t.Fatalf("load units: %v", err)
	}
	tree, err := keep.Tree(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	w.eng = &figure.Engine{DB: d, Catalog: w.cat, Tree: func() *org.Tree { return tree }}
	return w
}

// filled is a world with ten years of work: 23 sessions, 7 letters.
func filled(t testing.TB, d *db.DB) *world {
	w := newWorld(t, d)
	for i, line := range strings.Split(strings.TrimSpace(work), "\n") {
		f := strings.Fields(line)
		fields := map[string]any{}
		for _, pair := range f[3:] {
			k, v, _ := strings.Cut(pair, "=")
			fields[k] = v
		}
		w.record(ledger.Draft{Key: "k" + string(rune('a'+i)), Kind: f[0], Unit: f[1], Day: civil.MustDate(f[2]), Fields: fields})
	}
	for i := 0; i < 20; i++ {
		w.record(ledger.Draft{Kind: "t_session", Unit: "001", Day: civil.NewDate(2012+i%5, 3, 1+i), Fields: map[string]any{"theme": "law", "attendances": "10"}})
	}
	return w
}

const work = `
t_session 002 2018-04-01 theme=health attendances=40
t_session 003 2019-04-01 theme=health attendances=50
t_session 06.SO-NV 2019-05-01 theme=law attendances=60
t_letter 060 2018-05-01 accepted_on=2018-05-08 settled_on=2018-06-01
t_letter 060 2018-06-01 accepted_on=2018-06-08 settled_on=2018-07-01
t_letter 061 2018-07-01
t_letter 061 2019-05-01 accepted_on=2019-05-08 settled_on=2019-06-01
t_letter 06 2019-05-02 accepted_on=2019-05-09
t_letter 06 2019-05-03 accepted_on=2019-05-10 settled_on=2020-02-01
t_letter 06 2019-05-04
t_reading 06 2010-12-31 rate=32.13
t_reading 06 2015-12-31 rate=14.20
t_reading 06 2019-12-31 rate=19.56
`

func (w *world) record(d ledger.Draft) {
	w.t.Helper()
	err := w.db.Write(w.ctx, func(tx *db.Tx) error {
		_, err := w.led.Record(w.ctx, tx, "người thử", d)
		return err
	})
	if err != nil {
		w.t.Fatalf("record %s of %s: %v", d.Kind, d.Unit, err)
	}
}

func (w *world) build(unit, period string) *report.Report {
	w.t.Helper()
	p, err := civil.ParsePeriod(period)
	if err != nil {
		w.t.Fatal(err)
	}
	b := report.Builder{Engine: w.eng}
	r, err := b.Build(w.ctx, report.Request{Template: "thu", Unit: unit, Period: p, Annexes: true})
	if err != nil {
		w.t.Fatalf("build %s %s: %v", unit, period, err)
	}
	return r
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, filled(t, d)) })
}

// text is the prose of a report, a line for each paragraph.
func text(r *report.Report) string {
	var b strings.Builder
	for _, s := range r.Sections {
		if s.Title != "" {
			b.WriteString(s.Number + " " + s.Title + "\n")
		}
		for _, block := range s.Blocks {
			for _, run := range block.Runs {
				b.WriteString(run.Text)
			}
			if block.Kind == report.BlockParagraph {
				b.WriteString("\n")
			}
		}
	}
	return b.String()
}
