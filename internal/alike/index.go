package alike

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
	"sync"
)

// Index holds letters to be compared. It is safe for use by many at once. The zero value is not ready: call New.
type Index struct {
	sealed bool

	mu     sync.RWMutex
	slot   map[int64]uint32 // of a letter
	prints []*print         // by slot; nil for one that is free
	free   []uint32
	many   map[uint32]int32 // letters that have a term
	lists  map[uint32][]uint32
	wholes map[uint64][]uint32
	lands  map[Parcel][]uint32
	papers map[string][]uint32 // by a decision's number
	marks  map[string][]uint32
	facts  map[uint64][]uint32
	people map[uint64][]uint32
	names  map[uint64]int32 // letters whose respondent's name has a word
}

// New is an empty index. A sealed one is for denunciations: it takes no mark of a sender, whatever it is handed.
func New(sealed bool) *Index {
	return &Index{sealed: sealed, slot: map[int64]uint32{}, many: map[uint32]int32{}, lists: map[uint32][]uint32{}, wholes: map[uint64][]uint32{},
		lands: map[Parcel][]uint32{}, papers: map[string][]uint32{}, marks: map[string][]uint32{},
		facts: map[uint64][]uint32{}, people: map[uint64][]uint32{}, names: map[uint64]int32{}}
}

// Len is how many letters are in.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.slot)
}

// Put adds a letter, or takes it in the place of what the index holds of it.
func (x *Index) Put(l Letter) {
	if x.sealed {
		l.Mark = ""
	}
	p := printOf(l)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(l.ID)
	at := uint32(len(x.prints))
	if n := len(x.free); n > 0 {
		at, x.free = x.free[n-1], x.free[:n-1]
		x.prints[at] = p
	} else {
		x.prints = append(x.prints, p)
	}
	x.slot[l.ID] = at
	x.hang(p, at, 1)
}

// Remove takes a letter out; one that is not in stays out.
func (x *Index) Remove(id int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(id)
}

func (x *Index) remove(id int64) {
	at, ok := x.slot[id]
	if !ok {
		return
	}
	x.hang(x.prints[at], at, -1)
	x.prints[at] = nil
	x.free = append(x.free, at)
	delete(x.slot, id)
}

// hang puts a print into the lists (by 1), or takes it out (by -1).
func (x *Index) hang(p *print, at uint32, by int32) {
	for _, t := range p.terms {
		x.many[t.hash] += by
		if x.many[t.hash] == 0 {
			delete(x.many, t.hash)
		}
		if t.double() {
			move(x.lists, t.hash, at, by)
		}
	}
	if p.whole != 0 {
		move(x.wholes, p.whole, at, by)
	}
	for _, l := range p.parcels {
		move(x.lands, l, at, by)
	}
	for _, d := range p.decisions {
		move(x.papers, d.Number, at, by)
	}
	if p.mark != "" {
		move(x.marks, p.mark, at, by)
	}
	for _, f := range p.facts {
		move(x.facts, f.hash, at, by)
	}
	for _, h := range p.people {
		move(x.people, h, at, by)
	}
	for _, w := range p.respondent {
		if x.names[w] += by; x.names[w] == 0 {
			delete(x.names, w)
		}
	}
}

func move[K comparable](lists map[K][]uint32, key K, at uint32, by int32) {
	list := lists[key]
	if by > 0 {
		lists[key] = append(list, at)
		return
	}
	if i := slices.Index(list, at); i >= 0 {
		list[i] = list[len(list)-1]
		list = list[:len(list)-1]
	}
	if len(list) == 0 {
		delete(lists, key)
		return
	}
	lists[key] = list
}

// weight is how much a term tells: the rarer, the more. A few letters know little of what is common, so the words that
// any letter may have weigh as if many had them.
func (x *Index) weight(t term) float64 {
	n, df := float64(len(x.slot)), float64(x.many[t.hash])
	if b, ok := usual()[t.hash]; ok {
		df += b * usualLetters
	}
	n += usualLetters
	return math.Log((n + 1) / (df + 0.5))
}

// How far a look-up goes.
const (
	mostSeen    = 1 << 19 // postings that are counted
	mostWeighed = 120     // letters that are compared term by term
	mostOfOne   = 200     // letters of one anchor that are compared
)

// Near are the letters that resemble one that is in the index, the likeliest first, at most so many.
func (x *Index) Near(id int64, most int) []Found {
	x.mu.RLock()
	defer x.mu.RUnlock()
	at, ok := x.slot[id]
	if !ok {
		return nil
	}
	return x.near(x.prints[at], most)
}

// NearText are the letters that resemble one that is not in the index, as while it is being typed.
func (x *Index) NearText(l Letter, most int) []Found {
	if x.sealed {
		l.Mark = ""
	}
	p := printOf(l)
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.near(p, most)
}

// Compare says what speaks for two letters of the index being about one matter, whether or not it is enough.
func (x *Index) Compare(a, b int64) (Found, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	i, ok := x.slot[a]
	j, has := x.slot[b]
	if !ok || !has || a == b {
		return Found{}, false
	}
	one, other := x.prints[i], x.prints[j]
	q := x.question(one)
	return q.judge(other), true
}

func (x *Index) near(p *print, most int) []Found {
	q := x.question(p)
	var out []Found
	for _, at := range x.candidates(p, q) {
		other := x.prints[at]
		if other.id == p.id {
			continue
		}
		if f := q.judge(other); f.Score >= Enough {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b Found) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.ID, a.ID)) })
	return out[:min(len(out), most)]
}

// candidates are the letters worth comparing: the same text, parcel, decision or sender, and those that share the most
// weight of double syllables, the rarest first.
func (x *Index) candidates(p *print, q *question) []uint32 {
	chosen := map[uint32]bool{}
	take := func(list []uint32) {
		if len(list) <= mostOfOne {
			for _, at := range list {
				chosen[at] = true
			}
		}
	}
	if p.whole != 0 {
		for _, at := range x.wholes[p.whole] {
			chosen[at] = true
		}
	}
	for _, l := range p.parcels {
		take(x.lands[l])
	}
	for _, d := range p.decisions {
		take(x.papers[d.Number])
	}
	for _, f := range p.facts {
		take(x.facts[f.hash])
	}
	for _, h := range p.people {
		take(x.people[h])
	}
	if p.mark != "" {
		take(x.marks[p.mark])
	}
	for _, at := range x.sharing(p, q) {
		chosen[at] = true
	}
	out := make([]uint32, 0, len(chosen))
	for at := range chosen {
		out = append(out, at)
	}
	return out
}

// sharing are the letters that share the most weight of double syllables with a print.
func (x *Index) sharing(p *print, q *question) []uint32 {
	type line struct {
		list   []uint32
		weight float64
		hash   uint32
	}
	var lines []line
	for i, t := range p.terms {
		if list := x.lists[t.hash]; t.double() && len(list) > 0 {
			lines = append(lines, line{list, q.weights[i], t.hash})
		}
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Or(cmp.Compare(len(a.list), len(b.list)), cmp.Compare(a.hash, b.hash)) })
	sums := make([]float32, len(x.prints))
	var touched []uint32
	seen := 0
	for _, l := range lines {
		if seen += len(l.list); seen > mostSeen {
			break
		}
		w := float32(l.weight * l.weight)
		for _, at := range l.list {
			if sums[at] == 0 {
				touched = append(touched, at)
			}
			sums[at] += w
		}
	}
	// A long letter shares more with every other: what is shared is set against the letter's own length.
	best := make(ranking, 0, mostWeighed+1)
	for _, at := range touched {
		best.offer(ranked{float64(sums[at]) / math.Sqrt(float64(x.prints[at].pairs)+20), x.prints[at].id, at})
	}
	out := make([]uint32, len(best))
	for i, r := range best {
		out[i] = r.at
	}
	return out
}

// ranked is a letter in a ranking.
type ranked struct {
	rank float64
	id   int64
	at   uint32
}

func (r ranked) below(o ranked) bool { return r.rank < o.rank || r.rank == o.rank && r.id < o.id }

// ranking is a heap of the highest, the lowest of them on top.
type ranking []ranked

func (h ranking) Len() int           { return len(h) }
func (h ranking) Less(i, j int) bool { return h[i].below(h[j]) }
func (h ranking) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ranking) Push(v any)        { *h = append(*h, v.(ranked)) }
func (h *ranking) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func (h *ranking) offer(r ranked) {
	switch {
	case len(*h) < mostWeighed:
		heap.Push(h, r)
	case (*h)[0].below(r):
		(*h)[0] = r
		heap.Fix(h, 0)
	}
}
