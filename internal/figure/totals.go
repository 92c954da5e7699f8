package figure

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// cell is what one era holds of one series in a window.
type cell struct {
	era   int64
	value int64
	n     int64 // facts less their opposites; 0 is nothing reported
}

// window is a run of days with its cover by years, buckets and days.
type window struct {
	from, to civil.Date
}

// piece is a run of whole years or buckets, counted or taken away.
type piece struct {
	grain    grain
	from, to int32
	sign     int64
}

// pieces covers the window exactly with few rows to read: the better part of a year is the year less the rest
// of it, so that 15 December to 14 December reads a year and four buckets instead of thirty-six.
func (w window) pieces() ([]piece, []civil.DaySpan) {
	var out []piece
	p := civil.Decompose(w.from, w.to)
	for _, y := range p.Years {
		out = append(out, piece{years, int32(y.From), int32(y.To), 1})
	}
	for _, b := range p.Buckets {
		for y := b.From.Year(); y <= b.To.Year(); y++ {
			out = append(out, inYear(y, max(0, thirdOf(b.From, y)), min(thirds-1, thirdOf(b.To, y)))...)
		}
	}
	return out, p.Days
}

// thirds is how many buckets a year has; thirdOf is a bucket's place in the year y, beyond 0..35 outside it.
const thirds = 36

func thirdOf(b civil.Bucket, y int) int {
	return (b.Year()-y)*thirds + (int(b)/10%100-1)*3 + int(b)%10 - 1
}

func bucketAt(y, third int) int32 { return int32((y*100+third/3+1)*10 + third%3 + 1) }

func inYear(y, from, to int) []piece {
	run := func(a, b int, sign int64) piece { return piece{buckets, bucketAt(y, a), bucketAt(y, b), sign} }
	if to-from < thirds/2 {
		return []piece{run(from, to, 1)}
	}
	out := []piece{{years, int32(y), int32(y), 1}}
	if from > 0 {
		out = append(out, run(0, from-1, -1))
	}
	if to < thirds-1 {
		out = append(out, run(to+1, thirds-1, -1))
	}
	return out
}

// cellSet holds the cells of some series, each list by era, ascending.
type cellSet map[int64][]cell

// totals is where cells come from: the tables of totals, columns held in memory, or the facts.
type totals interface {
	cells(ctx context.Context, series []int64, w window) (cellSet, error)
}

// columnsOf names the columns that a status reads.
func columnsOf(s Status) (value, n string) {
	if s == Confirmed {
		return "c_value", "c_n"
	}
	return "value", "n"
}

// tables reads the ledger's totals: whole years, whole buckets, and facts for single days.
type tables struct {
	*session
	need need
}

func (t tables) cells(ctx context.Context, series []int64, w window) (cellSet, error) {
	set := cellSet{}
	pieces, days := w.pieces()
	for _, p := range pieces {
		got, err := t.piece(ctx, series, w, p)
		if err != nil {
			return nil, err
		}
		set.merge(got, p.sign)
	}
	return set, t.addDays(ctx, set, series, days)
}

// maxErasInSQL is how many eras are worth naming in a statement.
const maxErasInSQL = 4000

// piece reads one run of years or buckets.
func (t tables) piece(ctx context.Context, series []int64, w window, p piece) (cellSet, error) {
	where, fold, err := t.plan(ctx, series, w, p)
	if err != nil {
		return nil, err
	}
	value, n := columnsOf(t.need.status)
	table, time := p.grain.table()
	group, era := "series, era", "era"
	if t.need.flat && !fold {
		group, era = "series", "0"
	}
	set := cellSet{}
	for _, eras := range where {
		got, err := readCells(ctx, t.q, fmt.Sprintf(`SELECT series, %s, CAST(sum(%s) AS BIGINT), CAST(sum(%s) AS BIGINT) FROM %s
			WHERE series IN (%s)%s AND %s BETWEEN %d AND %d GROUP BY %s ORDER BY %s`,
			era, value, n, table, list(series), eras, time, p.from, p.to, group, group))
		if err != nil {
			return nil, err
		}
		set.merge(got, 1)
	}
	if fold {
		set = t.need.fold(set)
	}
	return set, nil
}

// plan says by which conditions on the era to read, one statement each, and whether the answer holds eras that do
// not count and are to be left out afterwards. The tables' keys are series, era, time: naming the eras makes each a
// short range, which pays unless nearly all rows are wanted anyway.
func (t tables) plan(ctx context.Context, series []int64, w window, p piece) (where []string, fold bool, err error) {
	eras, wide := t.erasIn(t.need.reach, w)
	exact := !t.need.flat || t.need.reach.all // otherwise others' eras would be added in
	switch {
	case eras != nil && len(eras) == 0:
		return nil, false, nil
	case eras == nil || p.grain == years && wide && exact:
		return []string{""}, false, nil
	}
	table, _ := p.grain.table()
	scan, err := scanPays(ctx, t.q, table, series, eras)
	if err != nil || scan {
		return []string{""}, t.need.flat, err
	}
	if p.grain == years {
		for _, run := range runsOf(t.need.reach.eras, eras) {
			where = append(where, " AND "+inRun(run))
		}
		return where, false, nil
	}
	return []string{" AND era IN (" + list(eras) + ")"}, false, nil
}

// fewSeeks is a number of look-ups that is not worth thinking about.
const fewSeeks = 20_000

// scanPays says whether reading all rows of the series takes less than looking up each era of each: many labels
// with few rows each. Counting stops at the number of look-ups that it would save.
func scanPays(ctx context.Context, q db.Querier, table string, series, eras []int64) (bool, error) {
	seeks := len(series) * len(eras)
	if seeks < fewSeeks {
		return false, nil
	}
	var rows int
	err := q.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM (SELECT 1 FROM %s WHERE series IN (%s) LIMIT %d) AS r`, table, list(series), seeks)).Scan(&rows)
	if err != nil {
		return false, fmt.Errorf("count totals: %w", err)
	}
	return rows < seeks, nil
}

// maxRuns is how many runs of eras are worth a statement each.
const maxRuns = 4

// runsOf cuts eras into a few runs of numbers that lie close together, since reading past the others in a run is
// quicker than seeking each. Where there would be too many runs, it gives the eras that are needed, as one.
func runsOf(all, needed []int64) [][]int64 {
	var runs [][]int64
	for i, id := range all {
		if i == 0 || id-all[i-1] > 4 {
			runs = append(runs, nil)
		}
		last := len(runs) - 1
		runs[last] = append(runs[last], id)
	}
	if len(runs) > maxRuns || len(all) > maxErasInSQL {
		return [][]int64{needed}
	}
	return runs
}

// inRun names eras, as a run where they lie close together. The plus keeps SQLite from seeking each of the list
// after all.
func inRun(eras []int64) string {
	lo, hi := eras[0], eras[len(eras)-1]
	switch {
	case hi-lo > 4*int64(len(eras)):
		return "era IN (" + list(eras) + ")"
	case hi-lo+1 == int64(len(eras)):
		return fmt.Sprintf("era BETWEEN %d AND %d", lo, hi)
	}
	return fmt.Sprintf("era BETWEEN %d AND %d AND +era IN (%s)", lo, hi, list(eras))
}

// addDays adds the single days of a window, from the facts.
func (t tables) addDays(ctx context.Context, set cellSet, series []int64, days []civil.DaySpan) error {
	for _, d := range days {
		got, err := t.session.factCells(series, factFilter{window: window{d.From, d.To}, status: t.need.status})
		if err != nil {
			return err
		}
		set.merge(t.need.fold(got), 1)
	}
	return nil
}

// factFilter picks facts.
type factFilter struct {
	window
	status Status
	asOf   int64      // UTC ms; 0 is now
	after  civil.Date // only facts whose second day is later; 0 is all
	upTo   civil.Date // only facts whose second day is none or not later; 0 is all
	unit   org.UnitID // only this unit's; 0 is all
}

func (f factFilter) where() string {
	s := fmt.Sprintf("f.day BETWEEN %d AND %d", f.from, f.to)
	if f.after != 0 {
		s += fmt.Sprintf(" AND f.by_day > %d", f.after)
	}
	if f.upTo != 0 {
		s += fmt.Sprintf(" AND (f.by_day IS NULL OR f.by_day <= %d)", f.upTo)
	}
	if f.unit != 0 {
		s += fmt.Sprintf(" AND f.unit = %d", f.unit)
	}
	if f.asOf != 0 {
		s += fmt.Sprintf(" AND f.leaf IN (SELECT id FROM audit_leaf WHERE at_ms <= %d)", f.asOf)
	}
	return s
}

// factCells sums facts, from memory where they are held.
func (s *session) factCells(series []int64, f factFilter) (cellSet, error) {
	have, cold, err := s.inMemory(series)
	if err != nil {
		return nil, err
	}
	set := cellSet{}
	if len(cold) > 0 {
		if set, err = factCells(s.ctx, s.q, cold, f); err != nil {
			return nil, err
		}
	}
	for id, col := range have {
		if sums := col.sums(f); len(sums) > 0 {
			set[id] = sums
		}
	}
	return set, nil
}

// factCells sums facts. A fact holds its unit and day; the era follows from both.
func factCells(ctx context.Context, q db.Querier, series []int64, f factFilter) (cellSet, error) {
	value, n := columnsOf(f.status)
	return readCells(ctx, q, fmt.Sprintf(`SELECT f.series, e.id, CAST(sum(f.%s) AS BIGINT), CAST(sum(f.%s) AS BIGINT)
		FROM fact f JOIN era e ON e.unit = f.unit AND f.day >= e.day_from AND f.day < e.day_to
		WHERE f.series IN (%s) AND %s GROUP BY f.series, e.id ORDER BY f.series, e.id`,
		value, n, list(series), f.where()))
}

// facts answers from the facts alone: as known at a moment, or to prove the totals.
type facts struct {
	*session
	status Status
	asOf   int64
}

func (f facts) cells(_ context.Context, series []int64, w window) (cellSet, error) {
	return f.factCells(series, factFilter{window: w, status: f.status, asOf: f.asOf})
}

func readCells(ctx context.Context, q db.Querier, query string) (cellSet, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("read totals: %w", err)
	}
	defer rows.Close()
	set := cellSet{}
	var (
		last, series int64 = -1, 0
		run          []cell
		c            cell
	)
	for rows.Next() {
		if err := rows.Scan(&series, &c.era, &c.value, &c.n); err != nil {
			return nil, fmt.Errorf("read totals: %w", err)
		}
		if series != last {
			if last >= 0 {
				set[last] = run
			}
			last, run = series, nil
		}
		run = append(run, c)
	}
	if last >= 0 {
		set[last] = run
	}
	return set, rows.Err()
}

// merge adds sign times the other set, keeping each list by era.
func (s cellSet) merge(other cellSet, sign int64) {
	for series, add := range other {
		s[series] = mergeCells(s[series], add, sign)
	}
}

func mergeCells(a, b []cell, sign int64) []cell {
	if len(a) == 0 && sign == 1 {
		return b
	}
	out := make([]cell, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].era < b[0].era:
			out, a = append(out, a[0]), a[1:]
		case len(a) == 0 || b[0].era < a[0].era:
			out, b = append(out, cell{b[0].era, sign * b[0].value, sign * b[0].n}), b[1:]
		default:
			out = append(out, cell{a[0].era, a[0].value + sign*b[0].value, a[0].n + sign*b[0].n})
			a, b = a[1:], b[1:]
		}
	}
	return out
}

// list writes ids for an IN list. They are numbers of ours, so no text of a person reaches the statement.
func list(ids []int64) string {
	if len(ids) == 0 {
		return "NULL"
	}
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(id, 10))
	}
	return b.String()
}

// sortedSet sorts and drops repeats.
func sortedSet(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}
