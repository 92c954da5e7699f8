// Command bench sets danvan's figures against DuckDB, an analytical database, over the same totals on the same
// machine. It reads what `danvan bench --export DIR` wrote, asks DuckDB the same questions and prints the
// ratios. It is a module of its own, because DuckDB needs cgo and danvan is pure Go.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
)

// window is a run of buckets, both ends counted.
type window struct{ From, To int }

// questions is questions.json: what danvan was asked.
type questions struct {
	Eras   []int64  `json:"eras"`
	Years  [2]int   `json:"years"`
	Year   window   `json:"official_year"`
	Months []window `json:"official_months"`
	Series int64    `json:"by_month_series"`
}

// reads are danvan's times in milliseconds.
type reads struct {
	TenYears       float64 `json:"ten_years_ms"`
	OfficialYear   float64 `json:"official_year_ms"`
	OfficialMonths float64 `json:"official_months_ms"`
	ByMonth        float64 `json:"by_month_ms"`
}

type result struct {
	Engines []struct {
		Engine string
		SQL    reads
		Cache  reads
	}
}

func main() {
	log.SetFlags(0)
	dir := flag.String("export", "", "folder written by danvan bench --export")
	flag.Parse()
	if *dir == "" {
		log.Fatal("usage: bench -export DIR (made with danvan bench --export DIR)")
	}
	if err := run(context.Background(), *dir); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, dir string) error {
	var q questions
	if err := read(filepath.Join(dir, "questions.json"), &q); err != nil {
		return err
	}
	var ours result
	if err := read(filepath.Join(dir, "danvan.json"), &ours); err != nil {
		return err
	}
	duck, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer duck.Close()
	conn, err := duck.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := load(ctx, conn, dir, q); err != nil {
		return err
	}
	theirs, err := measure(ctx, conn, q)
	if err != nil {
		return err
	}
	print(ours, theirs)
	return nil
}

func read(path string, v any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

// load reads the totals into DuckDB's own tables, in memory and in the order of the key: the best case for it.
func load(ctx context.Context, conn *sql.Conn, dir string, q questions) error {
	eras := make([]string, len(q.Eras))
	for i, e := range q.Eras {
		eras[i] = fmt.Sprintf("(%d, 1000000)", e)
	}
	windows := make([]string, len(q.Months))
	for i, w := range q.Months {
		windows[i] = fmt.Sprintf("(%d, %d, %d)", i, w.From, w.To)
	}
	quote := func(name string) string { return "'" + strings.ReplaceAll(filepath.Join(dir, name), "'", "''") + "'" }
	for _, text := range []string{
		`CREATE TABLE total_year AS SELECT series, era, "time"::INTEGER AS year, value, n FROM read_csv(` + quote("total_year.csv") + `)`,
		`CREATE TABLE total_bucket AS SELECT series, era, "time"::INTEGER AS bucket, value, n FROM read_csv(` + quote("total_bucket.csv") + `)`,
		`CREATE TABLE reach AS SELECT * FROM (VALUES ` + strings.Join(eras, ",") + `) AS t(era, share)`,
		`CREATE TABLE months AS SELECT * FROM (VALUES ` + strings.Join(windows, ",") + `) AS t(id, lo, hi)`,
	} {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("load: %w", err)
		}
	}
	return nil
}

// measure asks the questions that danvan was asked: for each series the sum of value times share, and of n.
func measure(ctx context.Context, conn *sql.Conn, q questions) (reads, error) {
	var r reads
	for _, m := range []struct {
		into *float64
		rows int
		text string
	}{
		{&r.TenYears, 60, fmt.Sprintf(`SELECT t.series, sum(t.value * r.share), sum(t.n) FROM total_year t JOIN reach r USING (era)
			WHERE t.year BETWEEN %d AND %d GROUP BY 1`, q.Years[0], q.Years[1])},
		{&r.OfficialYear, 60, fmt.Sprintf(`SELECT t.series, sum(t.value * r.share), sum(t.n) FROM total_bucket t JOIN reach r USING (era)
			WHERE t.bucket BETWEEN %d AND %d GROUP BY 1`, q.Year.From, q.Year.To)},
		{&r.OfficialMonths, 60 * len(q.Months), fmt.Sprintf(`SELECT m.id, t.series, sum(t.value * r.share), sum(t.n) FROM total_bucket t JOIN reach r USING (era)
			JOIN months m ON t.bucket BETWEEN m.lo AND m.hi WHERE t.bucket BETWEEN %d AND %d GROUP BY 1, 2`, q.Year.From, q.Year.To)},
		{&r.ByMonth, 120, fmt.Sprintf(`SELECT t.bucket // 10, sum(t.value * r.share), sum(t.n) FROM total_bucket t JOIN reach r USING (era)
			WHERE t.series = %d GROUP BY 1`, q.Series)},
	} {
		var err error
		if *m.into, err = fastest(func() error { return ask(ctx, conn, m.text, m.rows) }); err != nil {
			return r, err
		}
	}
	return r, nil
}

// ask reads the whole answer and insists on its number of rows.
func ask(ctx context.Context, conn *sql.Conn, text string, want int) error {
	rows, err := conn.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return err
	}
	cells := make([]any, len(cols))
	for i := range cells {
		cells[i] = new(any)
	}
	n := 0
	for rows.Next() {
		if err := rows.Scan(cells...); err != nil {
			return err
		}
		n++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if n != want {
		return fmt.Errorf("DuckDB answered %d rows, not %d: %s", n, want, text)
	}
	return nil
}

// fastest is the shortest time in milliseconds, after one run to warm up, as danvan measures itself.
func fastest(fn func() error) (float64, error) {
	if err := fn(); err != nil {
		return 0, err
	}
	var times []float64
	began := time.Now()
	for len(times) < 5 || len(times) < 25 && time.Since(began) < 1500*time.Millisecond {
		start := time.Now()
		if err := fn(); err != nil {
			return 0, err
		}
		times = append(times, float64(time.Since(start).Microseconds())/1000)
	}
	return slices.Min(times), nil
}

func print(ours result, duck reads) {
	fmt.Printf("%-44s %10s", "ms, fastest run (times DuckDB)", "DuckDB")
	for _, e := range ours.Engines {
		fmt.Printf(" %20s %20s", e.Engine+" tables", e.Engine+" memory")
	}
	fmt.Println()
	for _, row := range []struct {
		name string
		of   func(reads) float64
	}{
		{"60 indicators, one province, ten years", func(r reads) float64 { return r.TenYears }},
		{"60 indicators, 15 December to 14 December", func(r reads) float64 { return r.OfficialYear }},
		{"60 indicators, 12 months 15th to 14th", func(r reads) float64 { return r.OfficialMonths }},
		{"one indicator by month, ten years", func(r reads) float64 { return r.ByMonth }},
	} {
		base := row.of(duck)
		fmt.Printf("%-44s %10.2f", row.name, base)
		for _, e := range ours.Engines {
			for _, v := range []float64{row.of(e.SQL), row.of(e.Cache)} {
				fmt.Printf(" %12.2f (%4.2fx)", v, v/base)
			}
		}
		fmt.Println()
	}
}
