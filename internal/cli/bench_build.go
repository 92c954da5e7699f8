package cli

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// The measured province: code 06 with 122 communes, ten years, 60 series, every cell filled.
const (
	benchUnit     = "06"
	benchCommunes = 122
	benchKinds    = 20 // of three series each
	benchFrom     = 2015
	benchTo       = 2024
)

// benchScale is how much of the nation is filled: the measured province is the same in all.
type benchScale struct {
	name      string
	provinces int
	communes  int
	buckets   int // filled of the three of a month; 0 leaves the database without totals
}

// benchWorld is a database of invented totals with the program's own schema.
type benchWorld struct {
	ctx    context.Context
	db     *db.DB
	cat    *catalog.Catalog
	keeper *org.Keeper
	led    *ledger.Ledger
	tree   *org.Tree
	series []int64
	eras   []int64 // of the communes, those of the measured province first
	rows   int64
}

// benchCatalogue writes the catalogue of the measurement: kinds of two numbers, three series each, and an
// indicator for each series.
func benchCatalogue(dir string) (*catalog.Catalog, error) {
	base := filepath.Join(dir, "catalog", "base")
	if err := os.MkdirAll(base, 0o755); err != nil {
		return nil, err
	}
	edition := "code: \"2010\"\ntitle: Đo tốc độ\nfrom: 2010-01-01\ncite: Dữ liệu đo\n"
	var kinds, series, indicators strings.Builder
	for k := range benchKinds {
		fmt.Fprintf(&kinds, `  - code: bench_%02d
    name: Việc %d
    cite: Dữ liệu đo
    by: ['*']
    day: Ngày
    fields:
      - {code: topic, name: Nội dung, type: text, about: work}
      - {code: persons, name: Lượt người, type: int, unit: lượt người, about: work}
      - {code: money, name: Số tiền, type: money, about: work}
`, k, k)
		for _, s := range []struct{ code, unit, value, flow string }{
			{"works", "việc", "1", "count"}, {"persons", "lượt người", "persons", "amount"}, {"money", "đồng", "money", "amount"},
		} {
			fmt.Fprintf(&series, "  - {code: b%02d_%s, name: Chuỗi, kind: bench_%02d, unit: %s, value: %q, flow: %s}\n", k, s.code, k, s.unit, s.value, s.flow)
			fmt.Fprintf(&indicators, "  - {code: b%02d.%s, name: Chỉ tiêu, cite: Dữ liệu đo, unit: %s, numerator: 'sum(b%02d_%s)'}\n", k, s.code, s.unit, k, s.code)
		}
	}
	sheet := "system: 1\nkinds:\n" + kinds.String() + "series:\n" + series.String() + "indicators:\n" + indicators.String()
	for name, text := range map[string]string{"edition.yaml": edition, "bench.yaml": sheet} {
		if err := os.WriteFile(filepath.Join(base, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	return catalog.Load(os.DirFS(filepath.Join(dir, "catalog")))
}

func benchUnits(s benchScale) string {
	var b strings.Builder
	b.WriteString("code,name,type,parent,level\n")
	left := s.communes
	for p := range s.provinces {
		code, n := fmt.Sprintf("%02d", p+30), (s.communes-benchCommunes)/max(1, s.provinces-1)
		if p == 0 {
			code, n = benchUnit, min(benchCommunes, s.communes)
		}
		if p == s.provinces-1 {
			n = left
		}
		fmt.Fprintf(&b, "%s,Tỉnh Đo %d,Tỉnh,,province\n", code, p)
		for c := range n {
			fmt.Fprintf(&b, "%05d,Xã Đo %d,Xã,%s,commune\n", (p+1)*1000+c, c, code)
		}
		left -= n
	}
	return b.String()
}

// buildBench opens an empty database and fills it.
func buildBench(ctx context.Context, d *db.DB, dir string, s benchScale, progress func(done, total int)) (*benchWorld, error) {
	w := &benchWorld{ctx: ctx, db: d}
	var err error
	if w.cat, err = benchCatalogue(dir); err != nil {
		return nil, fmt.Errorf("catalogue of the measurement: %w", err)
	}
	w.led = ledger.New(w.cat)
	w.keeper = &org.Keeper{DB: d, Hooks: w.led}
	set := filepath.Join(dir, "units-"+s.name)
	if err := os.MkdirAll(set, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(set, "units.csv"), []byte(benchUnits(s)), 0o644); err != nil {
		return nil, err
	}
	err = d.WriteAlone(ctx, func(tx *db.Tx) error {
		return w.keeper.LoadSet(ctx, tx, os.DirFS(dir), "units-"+s.name, nil)
	})
	if err != nil {
		return nil, fmt.Errorf("units of the measurement: %w", err)
	}
	if w.tree, err = w.keeper.Tree(ctx); err != nil {
		return nil, err
	}
	w.findEras()
	return w, w.fill(s, progress)
}

// findEras takes the era of each commune in the measured years, those of the measured province first.
func (w *benchWorld) findEras() {
	var rest []int64
	for _, u := range w.tree.Units() {
		e, ok := w.tree.EraOn(u.ID, civil.NewDate(benchFrom, 1, 1))
		switch {
		case !ok || u.Spans[0].Level != org.Commune:
		case w.tree.Unit(u.Spans[0].Parent).Code == benchUnit:
			w.eras = append(w.eras, int64(e.ID))
		default:
			rest = append(rest, int64(e.ID))
		}
	}
	w.eras = append(w.eras, rest...)
}

func (w *benchWorld) fill(s benchScale, progress func(done, total int)) error {
	if s.buckets == 0 {
		return nil
	}
	total := benchKinds * 3
	if err := w.fillKeys(total); err != nil {
		return err
	}
	for i, id := range w.series {
		err := w.db.WriteAlone(w.ctx, func(tx *db.Tx) error { return w.fillSeries(tx, id, s.buckets) })
		if err != nil {
			return fmt.Errorf("fill totals: %w", err)
		}
		progress(i+1, total)
	}
	if w.db.Engine() == db.Postgres {
		return w.db.WriteAlone(w.ctx, func(tx *db.Tx) error { _, err := tx.ExecContext(w.ctx, "ANALYZE"); return err })
	}
	return nil
}

func (w *benchWorld) fillKeys(n int) error {
	return w.db.WriteAlone(w.ctx, func(tx *db.Tx) error {
		ids, err := tx.IDs(w.ctx, "series_key", n)
		if err != nil {
			return err
		}
		w.series = ids
		rows := make([][]any, n)
		for i, id := range ids {
			code := fmt.Sprintf("b%02d_%s", i/3, [...]string{"works", "persons", "money"}[i%3])
			rows[i] = []any{id, code, "", "lead"}
		}
		return tx.Insert(w.ctx, "series_key", []string{"id", "code", "labels", "role"}, rows)
	})
}

// benchChunk is how many rows are handed to the engine at once.
const benchChunk = 60_000

// fillSeries writes one series in the order of the tables' keys.
func (w *benchWorld) fillSeries(tx *db.Tx, series int64, perMonth int) error {
	columns := func(time string) []string {
		return []string{"series", "era", time, "value", "n", "c_value", "c_n"}
	}
	var months, years [][]any
	flush := func(least int) error {
		if len(months) <= least {
			return nil
		}
		w.rows += int64(len(months) + len(years))
		if err := tx.Insert(w.ctx, "total_bucket", columns("bucket"), months); err != nil {
			return err
		}
		if err := tx.Insert(w.ctx, "total_year", columns("year"), years); err != nil {
			return err
		}
		months, years = months[:0], years[:0]
		return nil
	}
	for _, era := range w.eras {
		for y := benchFrom; y <= benchTo; y++ {
			var sum, n int64
			for m := 1; m <= 12; m++ {
				for k := 1; k <= perMonth; k++ {
					v, c := benchValue(series, era, y*12+m, k), int64(1+(m+k)%4)
					sum, n = sum+v, n+c
					months = append(months, []any{series, era, (y*100+m)*10 + k, v, c, v, c})
				}
			}
			years = append(years, []any{series, era, y, sum, n, sum, n})
		}
		if err := flush(benchChunk); err != nil {
			return err
		}
	}
	return flush(0)
}

// benchValue is an invented number, the same each time.
func benchValue(series, era int64, month, bucket int) int64 {
	h := uint64(series)*1_000_003 + uint64(era)*10_007 + uint64(month)*101 + uint64(bucket)
	h ^= h >> 17
	h *= 0x9E3779B97F4A7C15
	return int64(h>>40) % 10_000
}

// engine is the figure engine over the world, with a cache of so many bytes (0 for none).
func (w *benchWorld) engine(cache int64) *figure.Engine {
	e := &figure.Engine{DB: w.db, Catalog: w.cat, Tree: func() *org.Tree { return w.tree }}
	if cache > 0 {
		e.Cache = figure.NewCache(cache)
	}
	return e
}

// addFacts adds n facts to each month's cell of the first communes, so that records grow and cells do not.
func (w *benchWorld) addFacts(communes, n int, first int64) (int64, error) {
	var next = first
	for _, series := range w.series {
		err := w.db.WriteAlone(w.ctx, func(tx *db.Tx) error {
			var rows [][]any
			for _, era := range w.eras[:communes] {
				e, _ := w.tree.Era(org.EraID(era))
				for y := benchFrom; y <= benchTo; y++ {
					for i := range 12 * n {
						next++
						rows = append(rows, []any{next, next, 1, series, int64(e.Unit), int(civil.NewDate(y, 1+i%12, 1+i%28)), nil, 7, 1, 7, 1, 1})
					}
				}
			}
			return tx.Insert(w.ctx, "fact", []string{"id", "entry", "version", "series", "unit", "day", "by_day", "value", "n", "c_value", "c_n", "leaf"}, rows)
		})
		if err != nil {
			return next, fmt.Errorf("fill facts: %w", err)
		}
	}
	return next, nil
}

// drafts are n entries of the measured province.
func (w *benchWorld) drafts(n int, key string) iter.Seq[ledger.Draft] {
	return func(yield func(ledger.Draft) bool) {
		for i := range n {
			d := ledger.Draft{
				Key: fmt.Sprintf("%s-%d", key, i), Kind: fmt.Sprintf("bench_%02d", i%benchKinds), Unit: fmt.Sprintf("%05d", 1000+i%benchCommunes),
				Day:    civil.NewDate(benchFrom+i%10, 1+i%12, 1+i%28),
				Fields: map[string]any{"topic": "Tuyên truyền, vận động Nhân dân tại thôn", "persons": 10 + i%90, "money": 1000 * (i % 777)},
			}
			if !yield(d) {
				return
			}
		}
	}
}
