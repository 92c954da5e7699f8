package figure

import (
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/fault"
	"danvan/internal/org"

	"danvan/internal/civil"
)

// answerKey is a question as it was put; by is empty for a figure and says how a breakdown is made.
type answerKey struct {
	indicator, unit   string
	from, to          civil.Date
	code, name        string // of the period, which the answer prints
	basis             org.Basis
	status            Status
	cutOff            civil.Date
	label, labelValue string
	vintage, by       string
}

func keyOf(q Query, by string) answerKey {
	return answerKey{q.Indicator, q.Unit, q.Period.From, q.Period.To, q.Period.Code, q.Period.Name, q.Basis, q.Status, q.CutOff, q.Label, q.LabelValue, q.Vintage, by}
}

// known is an answer that holds until one of the series that it reads changes: a figure, a breakdown, or why the
// question was refused.
type known struct {
	figure    *Figure
	breakdown *Breakdown
	refused   error
	series    []string // codes
	window             // the days whose facts count
	used      int64
}

// follows says whether a fact of a series on a day can change the answer.
func (k *known) follows(touched map[string][]civil.Date) bool {
	for _, code := range k.series {
		for _, d := range touched[code] {
			if k.from <= d && d <= k.to {
				return true
			}
		}
	}
	return false
}

func (k *known) size() int64 {
	n := int64(1500)
	if k.figure != nil && k.figure.Coverage != nil {
		n += int64(len(k.figure.Coverage.Missing)) * 24
	}
	if k.breakdown != nil {
		n += int64(len(k.breakdown.Rows)) * 450
	}
	return n
}

// remembers says whether answers of the session may be kept: those as known now, where the cache serves the snapshot.
func (s *session) remembers(q Query) bool {
	return s.held != nil && s.cache == s.engine.Cache && q.AsOf.IsZero()
}

func (s *session) recall(q Query, by string) *known {
	if !s.remembers(q) {
		return nil
	}
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	k := s.held.answers[keyOf(q, by)]
	if k != nil {
		s.cache.tick++
		k.used = s.cache.tick
	}
	return k
}

func (s *session) remember(q Query, by string, t *question, k *known) {
	if !s.remembers(q) || k.refused != nil && !isRefusal(k.refused) {
		return
	}
	k.series, k.window = t.readsSeries(), t.readsDays()
	c := s.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	key := keyOf(q, by)
	if old := s.held.answers[key]; old != nil {
		s.held.bytes -= old.size()
	}
	k.used = c.tick
	s.held.answers[key] = k
	s.held.bytes += k.size()
	c.trim(s.held)
}

// isRefusal says that a question has no answer, not that the machine failed.
func isRefusal(err error) bool {
	k := fault.KindOf(err)
	return k == fault.Invalid || k == fault.NotFound || k == fault.Conflict
}

// readsSeries are the codes of all series from which the answer to a question follows: its formula's and its checks'.
func (t *question) readsSeries() []string {
	out := seriesRead(t.ind)
	for _, other := range t.checkedAgainst() {
		out = append(out, seriesRead(other)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// readsDays are the days whose facts the answer can follow from: all up to the period's end where something counts
// that was there before.
func (t *question) readsDays() window {
	w := window{t.ask.Period.From, t.ask.Period.To}
	for _, ind := range append(t.checkedAgainst(), t.ind) {
		for _, x := range []catalog.Expr{ind.Formula(), ind.DenominatorFormula()} {
			if x == nil {
				continue
			}
			for _, c := range catalog.Calls(x) {
				if c.Func == "stock" || c.Func == "in_state" {
					w.from = civil.Floor
				}
			}
		}
	}
	return w
}

func seriesRead(ind *catalog.Indicator) []string {
	var out []string
	for _, x := range []catalog.Expr{ind.Formula(), ind.DenominatorFormula()} {
		if x == nil {
			continue
		}
		for _, c := range catalog.Calls(x) {
			if c.Selector != nil {
				out = append(out, c.Selector.Series)
			}
		}
	}
	return out
}

// own is a copy that its caller may change.
func (f *Figure) own() *Figure {
	c := *f
	return &c
}

func (b *Breakdown) own() *Breakdown {
	c := *b
	c.Rows = slices.Clone(b.Rows)
	return &c
}
