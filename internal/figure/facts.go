package figure

import (
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// factRow is what an entry adds now to one series for one unit on one day.
type factRow struct {
	entry  int64
	series int64
	unit   org.UnitID
	day    civil.Date
	value  int64
	n      int64
	leaf   int64
}

// currentFacts are the facts that stand: what an amendment or void took back is gone.
func (s *session) currentFacts(series []int64, f factFilter) ([]factRow, error) {
	all := series
	series = s.over.written(series)
	have, cold, err := s.inMemory(series)
	if err != nil {
		return nil, err
	}
	var out []factRow
	if len(cold) > 0 {
		if out, err = s.readCurrent(cold, f); err != nil {
			return nil, err
		}
	}
	for _, id := range series {
		if col := have[id]; col != nil {
			out = col.current(out, id, f)
		}
	}
	return s.over.facts(all, f, out), nil
}

func (s *session) readCurrent(series []int64, f factFilter) ([]factRow, error) {
	value, n := columnsOf(f.status)
	rows, err := s.q.QueryContext(s.ctx, fmt.Sprintf(`SELECT f.entry, f.series, f.unit, f.day,
			CAST(sum(f.%s) AS BIGINT), CAST(sum(f.%s) AS BIGINT), max(f.leaf)
		FROM fact f WHERE f.series IN (%s) AND %s
		GROUP BY f.series, f.unit, f.day, f.entry HAVING sum(f.%s) > 0
		ORDER BY f.series, f.unit, f.day, f.entry`, value, n, list(series), f.where(), n))
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	defer rows.Close()
	var out []factRow
	for rows.Next() {
		var r factRow
		if err := rows.Scan(&r.entry, &r.series, &r.unit, &r.day, &r.value, &r.n, &r.leaf); err != nil {
			return nil, fmt.Errorf("read facts: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// factsOf picks the facts of a term's series that the question reads.
func (t *question) factsOf(x term) factFilter {
	f := factFilter{window: window{t.from, t.to}, status: t.status, asOf: t.asOf}
	if x.series.By != "" {
		f.upTo = t.cutOff
	}
	if x.Func == "stock" || x.Func == "in_state" {
		f.from = civil.Floor
	}
	return f
}

// stood is what the entries by era were asked for.
type stood struct {
	series string
	facts  factFilter
}

// entriesByEra are the entries behind series, by the era in which their facts lie: read once for all rows of a breakdown
// by unit, and for all columns of a form that count the same letters.
func (s *session) entriesByEra(series []int64, f factFilter) (map[int64][]int64, error) {
	key := stood{list(series), f}
	if got := s.stood[key]; got != nil {
		return got, nil
	}
	rows, err := s.currentFacts(series, f)
	if err != nil {
		return nil, err
	}
	out := map[int64][]int64{}
	for _, r := range rows {
		if e, ok := s.tree.EraOn(r.unit, r.day); ok {
			out[int64(e.ID)] = append(out[int64(e.ID)], r.entry)
		}
	}
	if s.stood == nil {
		s.stood = map[stood]map[int64][]int64{}
	}
	s.stood[key] = out
	return out, nil
}

// behind are the facts that stand behind a term: those of its cells, or of the entries that it lists.
func (t *question) behind(x term) ([]factRow, error) {
	if x.series == nil || t.empty {
		return nil, nil
	}
	rows, err := t.currentFacts(x.ids, t.factsOf(x))
	if err != nil {
		return nil, err
	}
	keep := t.covers(t.reach(x.series))
	if x.listed {
		keep = listed(x.entries)
	}
	out := rows[:0]
	for _, r := range rows {
		if keep(r) {
			out = append(out, r)
		}
	}
	return out, nil
}

// covers says whether a fact lies in an era that counts.
func (t *question) covers(r *reach) func(factRow) bool {
	counts := map[int64]bool{}
	for _, s := range t.shares(r) {
		if s.part != 0 {
			counts[s.era] = true
		}
	}
	return func(f factRow) bool {
		e, ok := t.tree.EraOn(f.unit, f.day)
		return ok && counts[int64(e.ID)]
	}
}

func listed(ids []int64) func(factRow) bool {
	in := map[int64]bool{}
	for _, id := range ids {
		in[id] = true
	}
	return func(f factRow) bool { return in[f.entry] }
}

// entriesOf are the distinct entries behind a term.
func (t *question) entriesOf(x term) ([]int64, error) {
	if x.listed {
		return x.entries, nil
	}
	if x.series == nil || t.empty {
		return nil, nil
	}
	byEra, err := t.entriesByEra(x.ids, t.factsOf(x))
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, s := range t.shares(t.reach(x.series)) {
		if s.part != 0 {
			ids = append(ids, byEra[s.era]...)
		}
	}
	return sortedSet(ids), nil
}

// countEntries counts the distinct entries behind some terms: from the numbers of facts where no entry can
// stand behind two of them, else one by one.
func (t *question) countEntries(terms []term) (int64, error) {
	var n int64
	for i, x := range terms {
		if !countable(x) || overlaps(x, terms[:i]) {
			return t.countDistinct(terms)
		}
		if x.listed {
			n += int64(len(x.entries))
		} else {
			n += x.n
		}
	}
	return n, nil
}

func (t *question) countDistinct(terms []term) (int64, error) {
	var all []int64
	for _, x := range terms {
		if x.n == 0 && !x.listed {
			continue
		}
		ids, err := t.entriesOf(x)
		if err != nil {
			return 0, err
		}
		all = append(all, ids...)
	}
	return int64(len(sortedSet(all))), nil
}

func countable(x term) bool { return x.listed || x.n == 0 || x.series == nil || single(x.series) }

// overlaps says whether an entry could stand behind x and behind an earlier term.
func overlaps(x term, earlier []term) bool {
	for _, y := range earlier {
		if x.series == nil || y.series == nil || x.n == 0 || y.n == 0 {
			continue
		}
		if x.series == y.series && single(x.series) && !x.listed && !y.listed && disjoint(x.ids, y.ids) {
			continue
		}
		if !disjoint(x.series.KindCodes(), y.series.KindCodes()) {
			return true
		}
	}
	return false
}

func disjoint[T comparable](a, b []T) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return false
			}
		}
	}
	return true
}
