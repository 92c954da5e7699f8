package cli

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// BenchCmd measures on databases of invented totals that it builds, uses and removes. docs/figures.md says what
// each number is; make bench sets them against DuckDB.
type BenchCmd struct {
	Scale  string `help:"P: một tỉnh (122 xã, 120 tháng, 60 chuỗi). N4: thêm bảng gấp 7 lần. N: thêm bảng gấp 27 lần (3.321 xã, lâu hơn nhiều)." enum:"P,N4,N" default:"N4"`
	Part   string `help:"all: đo tất cả; writes: chỉ đo ghi." enum:"all,writes" default:"all"`
	JSON   bool   `help:"In JSON."`
	Export string `help:"Ghi bảng tổng ra thư mục này để đo bằng công cụ khác." placeholder:"DIR"`
	Bulk   int    `help:"Số ghi nhận của lần nhập hàng loạt." default:"100000"`
	Probe  string `help:"Dùng nội bộ: mở cơ sở dữ liệu, in bộ nhớ khi rỗi." hidden:""`
	CPU    string `help:"Dùng nội bộ: ghi hồ sơ CPU của phần đo ghi." hidden:""`
}

// benchResult is what bench prints as JSON. Times are the shortest of several, in milliseconds: ratios travel,
// absolute times do not.
type benchResult struct {
	Go       string        `json:"go"`
	CPUs     int           `json:"cpus"`
	Engines  []benchEngine `json:"engines"`
	Indexed  string        `json:"export,omitempty"`
	Duration float64       `json:"duration_s"`
}

type benchEngine struct {
	Engine  string      `json:"engine"`
	Rows    int64       `json:"rows_at_p"`
	Build   float64     `json:"build_s"`
	SQL     benchReads  `json:"sql"`   // each time from the tables
	Cache   benchReads  `json:"cache"` // from columns held in memory, checked against the database each time
	Flat    *benchFlat  `json:"flat,omitempty"`
	Records benchGrowth `json:"ten_times_records"`
	Writes  benchWrites `json:"writes"`
	Start   float64     `json:"start_ms,omitempty"` // of the program, until it has answered one figure
	Idle    float64     `json:"idle_mb,omitempty"`
}

// benchFlat is the same question over a table that many times larger.
type benchFlat struct {
	Scale  string     `json:"scale"`
	Rows   int64      `json:"rows"`
	Times  float64    `json:"times_larger"`
	Build  float64    `json:"build_s"`
	Small  benchReads `json:"small"`
	Large  benchReads `json:"large"`
	Ratio  float64    `json:"ratio"`
	Cached float64    `json:"ratio_cached"`
}

// benchGrowth is the report over the same cells with one and with ten facts each.
type benchGrowth struct {
	Facts    int64   `json:"facts"`
	TenTimes int64   `json:"facts_ten_times"`
	Before   float64 `json:"before_ms"`
	After    float64 `json:"after_ms"`
	Ratio    float64 `json:"ratio"`
}

var (
	scaleP     = benchScale{"P", 1, benchCommunes, 3}
	scaleSmall = benchScale{"small", 1, benchCommunes, 1}
	scaleN4    = benchScale{"N4", 8, 830, 1}
	scaleN     = benchScale{"N", 34, 3321, 1}
	scaleFew   = benchScale{"few", 1, 30, 1}
	scaleEmpty = benchScale{"empty", 1, benchCommunes, 0}
)

// Run measures SQLite and, where --db names an empty database, PostgreSQL.
func (c *BenchCmd) Run(r *Run) error {
	if c.Probe != "" {
		return c.probe(r)
	}
	began := time.Now()
	dir, err := os.MkdirTemp("", "danvan-bench-")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "Không tạo được thư mục tạm để đo.")
	}
	defer os.RemoveAll(dir)
	result := benchResult{Go: runtime.Version(), CPUs: runtime.NumCPU()}
	lite, err := c.measure(r, dir, "")
	if err != nil {
		return fmt.Errorf("measure SQLite: %w", err)
	}
	result.Engines = append(result.Engines, lite)
	if r.DB != "" {
		pg, err := c.measure(r, dir, r.DB)
		if err != nil {
			return fmt.Errorf("measure PostgreSQL: %w", err)
		}
		result.Engines = append(result.Engines, pg)
	}
	result.Duration = time.Since(began).Seconds()
	if c.Export != "" {
		result.Indexed = c.Export
		if err := writeResult(filepath.Join(c.Export, "danvan.json"), result); err != nil {
			return err
		}
	}
	if c.JSON {
		return writeJSON(r.Out, result)
	}
	return result.print(r.Out)
}

// open gives an empty database for one part of the measurement, and removes it afterwards.
func (c *BenchCmd) open(ctx context.Context, dir, url, name string) (*db.DB, func() error, error) {
	if url == "" {
		path := filepath.Join(dir, name)
		d, err := db.Open(ctx, db.Config{Path: filepath.Join(path, "danvan.db")})
		if err != nil {
			return nil, nil, err
		}
		return d, func() error { return errorsOf(d.Close(), os.RemoveAll(path)) }, nil
	}
	d, err := db.Open(ctx, db.Config{URL: url, Unsafe: true})
	if err != nil {
		return nil, nil, err
	}
	var units int
	if err := d.Read().QueryRowContext(ctx, `SELECT count(*) FROM org_unit`).Scan(&units); err != nil || units > 0 {
		d.Close()
		return nil, nil, fault.Wrap(fmt.Errorf("%d units: %w", units, err), fault.Denied, "Cơ sở dữ liệu để đo phải trống: hãy tạo một cơ sở dữ liệu mới, vì đo xong mọi bảng trong đó bị xóa.")
	}
	return d, func() error { return errorsOf(dropAll(ctx, url), d.Close()) }, nil
}

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// dropAll empties the PostgreSQL database that the measurement found empty.
func dropAll(ctx context.Context, url string) error {
	pool, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.ExecContext(ctx, `DROP SCHEMA public CASCADE; CREATE SCHEMA public`)
	return err
}

func (c *BenchCmd) measure(r *Run, dir, url string) (benchEngine, error) {
	out := benchEngine{Engine: "sqlite"}
	if url != "" {
		out.Engine = "postgres"
	}
	parts := []func(*Run, string, string, *benchEngine) error{c.measureP, c.measureFlat, c.measureRecords, c.measureEmpty}
	if c.Part == "writes" {
		parts = []func(*Run, string, string, *benchEngine) error{c.measureP, c.measureEmpty}
	}
	for _, part := range parts {
		if err := part(r, dir, url, &out); err != nil {
			return out, err
		}
		runtime.GC()
		debug.FreeOSMemory()
	}
	return out, nil
}

// with builds a world, measures in it and removes it.
func (c *BenchCmd) with(r *Run, dir, url string, s benchScale, fn func(w *benchWorld, seconds float64) error) (err error) {
	d, remove, err := c.open(r.Ctx, dir, url, s.name)
	if err != nil {
		return err
	}
	defer func() { err = errorsOf(err, remove()) }()
	began := time.Now()
	w, err := buildBench(r.Ctx, d, dir, s, r.Progress(fmt.Sprintf("%s, quy mô %s", d.Engine(), s.name)))
	if err != nil {
		return err
	}
	return fn(w, time.Since(began).Seconds())
}

const benchCache = 256 << 20

func (c *BenchCmd) measureP(r *Run, dir, url string, out *benchEngine) error {
	return c.with(r, dir, url, scaleP, func(w *benchWorld, seconds float64) (err error) {
		out.Rows, out.Build = w.rows, seconds
		if c.Part == "writes" {
			return c.measureWrites(w, out)
		}
		if out.SQL, err = w.reads(w.engine(0), true); err != nil {
			return err
		}
		if out.Cache, err = w.reads(w.engine(benchCache), true); err != nil {
			return err
		}
		if url == "" {
			if c.Export != "" {
				if err := w.export(c.Export); err != nil {
					return fault.Wrap(err, fault.Internal, "Không ghi được bảng tổng ra "+c.Export+".")
				}
			}
			if out.Start, out.Idle, err = startAndIdle(r.Ctx, filepath.Join(dir, scaleP.name)); err != nil {
				return err
			}
		}
		return c.measureWrites(w, out)
	})
}

// measureWrites measures single entries, then an import, in a database that holds ten years.
func (c *BenchCmd) measureWrites(w *benchWorld, out *benchEngine) (err error) {
	if c.CPU != "" {
		f, err := os.Create(c.CPU + "." + out.Engine)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if err := w.singles(&out.Writes); err != nil {
		return err
	}
	out.Writes.BulkEntries, out.Writes.Bulk, err = w.bulk(c.Bulk)
	return err
}

// measureEmpty measures the import into a database without entries, facts or totals.
func (c *BenchCmd) measureEmpty(r *Run, dir, url string, out *benchEngine) error {
	return c.with(r, dir, url, scaleEmpty, func(w *benchWorld, _ float64) (err error) {
		_, out.Writes.BulkEmpty, err = w.bulk(c.Bulk)
		return err
	})
}

// measureFlat asks the same of a table many times larger.
func (c *BenchCmd) measureFlat(r *Run, dir, url string, out *benchEngine) error {
	large := scaleN4
	switch c.Scale {
	case "P":
		return nil
	case "N":
		large = scaleN
	}
	flat := &benchFlat{Scale: large.name}
	out.Flat = flat
	var cached [2]float64
	one := func(i int, into *benchReads, rows *int64) func(w *benchWorld, seconds float64) error {
		return func(w *benchWorld, seconds float64) (err error) {
			*rows, flat.Build = w.rows, seconds
			if *into, err = w.reads(w.engine(0), false); err != nil {
				return err
			}
			warm, err := w.reads(w.engine(benchCache), false)
			cached[i] = warm.TenYears
			return err
		}
	}
	var small int64
	if err := c.with(r, dir, url, scaleSmall, one(0, &flat.Small, &small)); err != nil {
		return err
	}
	if err := c.with(r, dir, url, large, one(1, &flat.Large, &flat.Rows)); err != nil {
		return err
	}
	flat.Times = float64(flat.Rows) / float64(small)
	flat.Ratio = flat.Large.TenYears / flat.Small.TenYears
	flat.Cached = cached[1] / cached[0]
	return nil
}

// measureRecords makes ten facts of each one behind the same cells.
func (c *BenchCmd) measureRecords(r *Run, dir, url string, out *benchEngine) error {
	return c.with(r, dir, url, scaleFew, func(w *benchWorld, _ float64) error {
		last, err := w.addFacts(scaleFew.communes, 1, 0)
		if err != nil {
			return err
		}
		before, err := w.reads(w.engine(0), false)
		if err != nil {
			return err
		}
		all, err := w.addFacts(scaleFew.communes, 9, last)
		if err != nil {
			return err
		}
		after, err := w.reads(w.engine(0), false)
		out.Records = benchGrowth{last, all, before.TenYears, after.TenYears, after.TenYears / before.TenYears}
		return err
	})
}

// startAndIdle starts this program on the measured database: until it has answered a figure, and to see what
// memory it holds when nobody asks.
func startAndIdle(ctx context.Context, data string) (startMS, idleMB float64, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, 0, err
	}
	run := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, self, append([]string{"--data", data}, args...)...)
		cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "DANVAN_") })
		return cmd
	}
	startMS, err = fastest(func() error {
		text, err := run("figure", "F01", "--unit", benchUnit, "--period", "2019", "--json").CombinedOutput()
		if err != nil {
			return fmt.Errorf("start: %w: %s", err, text)
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	text, err := run("bench", "--probe", "idle").Output()
	if err != nil {
		return startMS, 0, fmt.Errorf("idle memory: %w", err)
	}
	idleMB, err = strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
	return startMS, idleMB, err
}

// probe opens the installation as serve does and prints the memory held, in MB.
func (c *BenchCmd) probe(r *Run) error {
	a, err := r.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	if _, err := a.Org.Tree(r.Ctx); err != nil {
		return err
	}
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "Máy này không cho biết bộ nhớ đang dùng.")
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(r.Out, "%.1f\n", kb/1024)
			return err
		}
	}
	return fault.New(fault.Unavailable, "Máy này không cho biết bộ nhớ đang dùng.")
}

// export writes the totals, the measured province's eras and the periods, for another engine to read.
func (w *benchWorld) export(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, query := range map[string]string{
		"total_year.csv":   `SELECT series, era, year, value, n FROM total_year ORDER BY series, era, year`,
		"total_bucket.csv": `SELECT series, era, bucket, value, n FROM total_bucket ORDER BY series, era, bucket`,
	} {
		if err := w.exportTable(filepath.Join(dir, name), query); err != nil {
			return err
		}
	}
	spec := struct {
		Eras   []int64       `json:"eras"`
		Years  [2]int        `json:"years"`
		Year   benchWindow   `json:"official_year"`
		Months []benchWindow `json:"official_months"`
		Series int64         `json:"by_month_series"`
	}{Eras: w.eras[:benchCommunes], Years: [2]int{benchFrom, benchTo}, Year: bucketsOf(officialYear()), Series: w.series[0]}
	for _, p := range officialMonths() {
		spec.Months = append(spec.Months, bucketsOf(p))
	}
	return writeResult(filepath.Join(dir, "questions.json"), spec)
}

// bucketsOf is a period as its first and last bucket; it must be a run of whole ones.
func bucketsOf(p civil.Period) benchWindow {
	return benchWindow{int(civil.BucketOf(p.From)), int(civil.BucketOf(p.To))}
}

func (w *benchWorld) exportTable(path, query string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	out := bufio.NewWriterSize(f, 1<<20)
	rows, err := w.db.Read().QueryContext(w.ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	fmt.Fprintln(out, "series,era,time,value,n")
	var v [5]int64
	for rows.Next() {
		if err := rows.Scan(&v[0], &v[1], &v[2], &v[3], &v[4]); err != nil {
			return err
		}
		fmt.Fprintf(out, "%d,%d,%d,%d,%d\n", v[0], v[1], v[2], v[3], v[4])
	}
	return errorsOf(rows.Err(), out.Flush(), f.Close())
}

func writeResult(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func (b benchResult) print(w io.Writer) error {
	p := &page{w: w}
	p.line("Đọc: lần nhanh nhất trong nhiều lần, trên máy này (%s, %d nhân); so tỷ lệ, đừng so số tuyệt đối với máy khác.", b.Go, b.CPUs)
	for _, e := range b.Engines {
		p.line("\n%s: %s dòng tổng, dựng %.0f s", e.Engine, civil.FormatInt(e.Rows), e.Build)
		e.printReads(p)
		x := e.Writes
		p.line("  Ghi bền từng việc (trung vị của %d lượt): %.0f/s, so với chèn trần %.0f/s: %.2f; %d người ghi: %.0f/s, %.0f/s: %.2f",
			x.Rounds, x.Entry, x.Bare, x.Ratio, benchWriters, x.EntryGroup, x.BareGroup, x.RatioGroup)
		p.line("  Nhập %s ghi nhận: %.0f/s vào cơ sở đã có mười năm, %.0f/s vào cơ sở trống", civil.FormatInt(int64(x.BulkEntries)), x.Bulk, x.BulkEmpty)
		if e.Start > 0 {
			p.line("  Khởi động đến khi trả lời một số liệu: %.0f ms; bộ nhớ khi rỗi: %.0f MB", e.Start, e.Idle)
		}
	}
	p.line("\nĐo hết %.0f s.", b.Duration)
	return p.err
}

// printReads prints what was asked; a run of writes alone asks nothing.
func (e benchEngine) printReads(p *page) {
	if e.SQL.TenYears == 0 {
		return
	}
	p.line("  %-52s %10s %10s", "", "từ bảng", "bộ nhớ")
	for _, q := range []struct {
		name       string
		sql, cache float64
	}{
		{"60 chỉ tiêu, một tỉnh, mười năm", e.SQL.TenYears, e.Cache.TenYears},
		{"60 chỉ tiêu, kỳ năm 15/12–14/12", e.SQL.OfficialYear, e.Cache.OfficialYear},
		{"60 chỉ tiêu, 12 tháng 15–14", e.SQL.OfficialMonths, e.Cache.OfficialMonths},
		{"một chỉ tiêu theo 120 tháng", e.SQL.ByMonth, e.Cache.ByMonth},
		{"một chỉ tiêu", e.SQL.OneFigure, e.Cache.OneFigure},
	} {
		p.line("  %-52s %7.2f ms %7.2f ms", q.name, q.sql, q.cache)
	}
	if f := e.Flat; f != nil {
		p.line("  Bảng gấp %.0f lần (%s, %s dòng): %.2f → %.2f ms, gấp %.2f (bộ nhớ: gấp %.2f)", f.Times, f.Scale, civil.FormatInt(f.Rows), f.Small.TenYears, f.Large.TenYears, f.Ratio, f.Cached)
	}
	p.line("  Ghi nhận gấp 10 (%s → %s), cùng số ô: %.2f → %.2f ms, gấp %.2f", civil.FormatInt(e.Records.Facts), civil.FormatInt(e.Records.TenTimes), e.Records.Before, e.Records.After, e.Records.Ratio)
}
