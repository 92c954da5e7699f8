package figure

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
)

// Trace says how a figure came from what it was at a leaf of the log to what it is now, and which entries moved it.
// Both are computed with the formula, units and boundaries of now; what those have changed is not in it.
type Trace struct {
	Ask       Query
	Ind       *catalog.Indicator
	UnitName  string
	Measure   string
	Then, Now Stand
	// Causes are the entries acted upon since that moved one of the two sides, newest act first. Their contributions
	// add up to what separates Then from Now, each side by itself.
	Causes []Cause
	// Stepwise says that the figure is no plain sum, so that what one entry moved depends on those before it: the
	// contributions are those in the order of the acts.
	Stepwise bool
}

// Cause is one entry that moved a figure.
type Cause struct {
	Proof             // Value is Num as a decimal
	Num, Den *big.Rat // by how much it moved the numerator and the denominator
	Acts     []Act    // since the leaf, oldest first
	Others   int      // above 0: this line stands for so many entries more, taken together
}

// Act is one version of an entry.
type Act struct {
	Act    string // record, amend, confirm, void
	Actor  string
	At     time.Time
	Reason string
	Leaf   int64
}

// Moves says whether the figure is another one than it was.
func (t *Trace) Moves() bool {
	return (Change{Before: t.Then, After: t.Now}).Moves()
}

// mostSteps bounds the entries whose contributions are taken one after another.
const mostSteps = 300

// Since traces each question back to a leaf. A question that has no answer, then or now, has no trace: nil.
func (e *Engine) Since(ctx context.Context, leaf int64, qs []Query) (traces []*Trace, err error) {
	err = e.view(ctx, func(s *session) error {
		traces, err = s.since(leaf, qs)
		return err
	})
	return traces, err
}

// Touched says of each question whether an act after the leaf posted a fact to one of its series on one of its days: only
// then can its figure have moved by entries. It reads no totals.
func (e *Engine) Touched(ctx context.Context, leaf int64, qs []Query) (touched []bool, err error) {
	touched = make([]bool, len(qs))
	err = e.view(ctx, func(s *session) error {
		facts, err := s.postedAfter(leaf, latest(qs))
		if err != nil || len(facts) == 0 {
			return err
		}
		days := s.touchedBy(facts)
		for i, q := range qs {
			t, err := s.ask(q)
			touched[i] = err == nil && s.veil(q, "") == nil && t.movedBy(days)
		}
		return nil
	})
	return touched, err
}

func latest(qs []Query) civil.Date {
	var last civil.Date
	for _, q := range qs {
		last = max(last, q.Period.To)
	}
	return last
}

// touchedBy are the days of facts by the code of their series.
func (s *session) touchedBy(facts []posted) map[string][]civil.Date {
	days := map[int64][]civil.Date{}
	for _, f := range facts {
		if !slices.Contains(days[f.series], f.day) {
			days[f.series] = append(days[f.series], f.day)
		}
	}
	return s.byCode(days)
}

func (t *question) movedBy(days map[string][]civil.Date) bool {
	k := known{series: seriesRead(t.ind), window: t.readsDays()}
	return k.follows(days)
}

func (s *session) since(leaf int64, qs []Query) ([]*Trace, error) {
	facts, err := s.postedAfter(leaf, latest(qs))
	if err != nil {
		return nil, err
	}
	days := s.touchedBy(facts)
	traces := make([]*Trace, len(qs))
	for i, q := range qs {
		t, err := s.ask(q)
		if err != nil && !isRefusal(err) {
			return nil, err
		}
		if err != nil || t.empty || s.veil(q, "") != nil {
			continue
		}
		t.isPart = true
		var moved []posted
		if t.movedBy(days) {
			if moved, err = t.among(facts); err != nil {
				return nil, err
			}
		}
		if traces[i], err = t.trace(leaf, moved); err != nil {
			if !isRefusal(err) {
				return nil, err
			}
			traces[i] = nil
		}
	}
	return traces, nil
}

// manyLeaves is how many acts are followed one by one before the facts of all series are searched instead.
const manyLeaves = 50_000

// postedAfter are the facts that acts after a leaf posted on days up to one.
func (s *session) postedAfter(leaf int64, upTo civil.Date) ([]posted, error) {
	var newest int64
	if err := s.q.QueryRowContext(s.ctx, `SELECT coalesce(max(id), 0) FROM audit_leaf`).Scan(&newest); err != nil {
		return nil, fmt.Errorf("read the newest leaf: %w", err)
	}
	if newest <= leaf {
		return nil, nil
	}
	from := `(SELECT DISTINCT subject_id AS entry FROM audit_leaf WHERE id > $1 AND subject = 'entry') a JOIN fact f ON f.entry = a.entry`
	if newest-leaf > manyLeaves {
		from = `fact f`
	}
	rows, err := s.q.QueryContext(s.ctx, `SELECT f.series, f.entry, f.leaf, f.unit, f.day, coalesce(f.by_day, 0), f.value, f.n, f.c_value, f.c_n
		FROM `+from+` WHERE f.leaf > $1 AND f.day <= $2 ORDER BY f.leaf, f.id`, leaf, upTo)
	if err != nil {
		return nil, fmt.Errorf("read facts after leaf %d: %w", leaf, err)
	}
	defer rows.Close()
	var out []posted
	for rows.Next() {
		var p posted
		if err := rows.Scan(&p.series, &p.entry, &p.leaf, &p.unit, &p.day, &p.by, &p.value, &p.n, &p.cValue, &p.cN); err != nil {
			return nil, fmt.Errorf("read facts after leaf %d: %w", leaf, err)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// among are those of the facts that lie in a series of the formula.
func (t *question) among(facts []posted) ([]posted, error) {
	calls, err := t.calls()
	if err != nil {
		return nil, err
	}
	series := map[int64]bool{}
	for _, c := range calls {
		for _, id := range c.ids {
			series[id] = true
		}
	}
	var out []posted
	for _, f := range facts {
		if series[f.series] {
			out = append(out, f)
		}
	}
	return out, nil
}

// undone is an overlay that takes facts back.
func undone(facts []posted, of func(entry int64) bool) overlay {
	over := overlay{}
	for _, f := range facts {
		if of(f.entry) {
			over[f.series] = append(over[f.series], Added{Entry: f.entry, Unit: f.unit, Day: f.day, By: f.by,
				Value: -f.value, N: -int64(f.n), CValue: -f.cValue, CN: -int64(f.cN)})
		}
	}
	return over
}

// standing without some facts.
func (t *question) standWithout(facts []posted, of func(entry int64) bool) (Stand, error) {
	without := *t
	without.session = t.under(undone(facts, of))
	return without.stand()
}

func (t *question) trace(leaf int64, facts []posted) (*Trace, error) {
	out := &Trace{Ask: t.ask, Ind: t.ind, UnitName: t.name, Measure: t.measure()}
	var err error
	if out.Now, err = t.stand(); err != nil {
		return nil, err
	}
	out.Then = out.Now
	if len(facts) == 0 {
		return out, nil
	}
	if out.Then, err = t.standWithout(facts, anyEntry); err != nil {
		return nil, err
	}
	entries := byNewest(facts)
	out.Stepwise = !t.plain()
	if out.Stepwise {
		out.Causes, err = t.steps(out, facts, entries)
	} else {
		out.Causes, err = t.each(out, facts, entries)
	}
	if err != nil {
		return nil, err
	}
	return out, t.describe(out, leaf)
}

func anyEntry(int64) bool { return true }

// byNewest are the entries of the facts by their newest leaf, oldest first.
func byNewest(facts []posted) []int64 {
	newest := map[int64]int64{}
	for _, f := range facts {
		newest[f.entry] = max(newest[f.entry], f.leaf)
	}
	out := make([]int64, 0, len(newest))
	for id := range newest {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b int64) int { return cmp.Or(cmp.Compare(newest[a], newest[b]), cmp.Compare(a, b)) })
	return out
}

// each takes back the facts of one entry at a time: in a plain sum the contributions do not depend on each other.
func (t *question) each(tr *Trace, facts []posted, entries []int64) ([]Cause, error) {
	own := map[int64][]posted{}
	for _, f := range facts {
		own[f.entry] = append(own[f.entry], f)
	}
	var out []Cause
	for _, id := range entries {
		before, err := t.standWithout(own[id], anyEntry)
		if err != nil {
			return nil, err
		}
		out = append(out, causeOf(id, before, tr.Now))
	}
	return moving(out), nil
}

// steps lays the entries back one after another, in the order of their acts.
func (t *question) steps(tr *Trace, facts []posted, entries []int64) ([]Cause, error) {
	var out []Cause
	before := tr.Then
	laid := map[int64]bool{}
	for i, id := range entries {
		if i == mostSteps {
			rest := causeOf(0, before, tr.Now)
			rest.Others = len(entries) - i
			out = append(out, rest)
			break
		}
		laid[id] = true
		after := tr.Now
		if i < len(entries)-1 {
			var err error
			if after, err = t.standWithout(facts, func(e int64) bool { return !laid[e] }); err != nil {
				return nil, err
			}
		}
		out = append(out, causeOf(id, before, after))
		before = after
	}
	return moving(out), nil
}

func causeOf(entry int64, before, after Stand) Cause {
	return Cause{Proof: Proof{ID: entry}, Num: less(after.Num, before.Num), Den: less(after.Den, before.Den)}
}

// less is a - b, nothing counting as zero.
func less(a, b *big.Rat) *big.Rat {
	out := new(big.Rat)
	if a != nil {
		out.Set(a)
	}
	if b != nil {
		out.Sub(out, b)
	}
	return out
}

// moving leaves out the entries that moved nothing, and puts the newest first.
func moving(causes []Cause) []Cause {
	causes = slices.DeleteFunc(causes, func(c Cause) bool { return c.Num.Sign() == 0 && c.Den.Sign() == 0 })
	slices.Reverse(causes)
	return causes
}

// plain says whether both sides of the formula are plain sums of facts.
func (t *question) plain() bool {
	if t.ind.OverYears != "" {
		return false
	}
	for _, x := range []catalog.Expr{t.ind.Formula(), t.ind.DenominatorFormula()} {
		if x == nil {
			continue
		}
		if !linear(x) {
			return false
		}
		for _, c := range catalog.Calls(x) {
			if !t.adds(c) {
				return false
			}
		}
	}
	return true
}

// adds says whether what facts add to a call does not depend on other facts.
func (t *question) adds(c *catalog.Call) bool {
	switch c.Func {
	case "sum", "stock", "units":
		return true
	case "entries":
		sr := t.ed.SeriesByCode(c.Selector.Series)
		return sr != nil && single(sr)
	}
	return false
}

// describe adds to the causes what their entries are and who acted on them.
func (t *question) describe(tr *Trace, leaf int64) error {
	var page []addition
	for _, c := range tr.Causes {
		if c.Others == 0 {
			page = append(page, addition{entry: c.ID})
		}
	}
	heads, acts := map[int64]Proof{}, map[int64][]Act{}
	for part := range slices.Chunk(page, headsAtOnce) {
		if err := t.readHeads(part, heads); err != nil {
			return err
		}
		if err := readActs(t.ctx, t.q, leaf, part, acts); err != nil {
			return err
		}
	}
	for i := range tr.Causes {
		c := &tr.Causes[i]
		if c.Others > 0 {
			continue
		}
		c.Proof, c.Acts = heads[c.ID], acts[c.ID]
		c.Value = civil.DecimalString(c.Num, 6)
		if n := len(c.Acts); n > 0 {
			c.Leaf = c.Acts[n-1].Leaf
		}
	}
	return nil
}

func readActs(ctx context.Context, q db.Querier, leaf int64, page []addition, acts map[int64][]Act) error {
	ids := make([]int64, len(page))
	for i, x := range page {
		ids[i] = x.entry
	}
	rows, err := q.QueryContext(ctx, `SELECT entry, act, actor, at_ms, reason, leaf FROM entry_version
		WHERE entry IN (`+list(ids)+`) AND leaf > $1 ORDER BY entry, version`, leaf)
	if err != nil {
		return fmt.Errorf("read acts since leaf %d: %w", leaf, err)
	}
	defer rows.Close()
	for rows.Next() {
		var entry, at int64
		var a Act
		if err := rows.Scan(&entry, &a.Act, &a.Actor, &at, &a.Reason, &a.Leaf); err != nil {
			return fmt.Errorf("read acts since leaf %d: %w", leaf, err)
		}
		a.At = time.UnixMilli(at).UTC()
		acts[entry] = append(acts[entry], a)
	}
	return rows.Err()
}
