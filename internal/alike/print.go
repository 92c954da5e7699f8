package alike

import (
	"math"
	"slices"
	"strings"
)

// Letter is a letter, or a part of one, as it is handed to the index.
type Letter struct {
	ID         int64
	Text       string   // what it says: summary, text and request, one after another
	Respondent string   // whom or what it is about
	Place      int64    // the unit in which it happened, as it is called today: of merged ones the successor; 0 unknown
	Parcels    []string // as typed: "thửa 123, tờ 45"
	Decisions  []string // as typed: "1234/QĐ-UBND ngày 5/6/2024"
	Mark       string   // keyed mark of the sender, empty for none
}

// sketchSize is how many minima a sketch holds: it tells likeness to about six hundredths.
const sketchSize = 64

// print is what the index keeps of a letter.
type print struct {
	id         int64
	whole      uint64 // of the plain text; 0 for a letter without words
	sketch     [sketchSize]uint32
	terms      []term // by hash
	pairs      int32  // how many of the terms are double syllables
	place      int64
	parcels    []Parcel
	decisions  []Decision
	facts      []fact
	people     []uint64 // hashes of names
	respondent []uint64 // hashes of the name's words, sorted; titles left out
	mark       string
}

// term is a syllable or two in a row by the hash of their folded form: odd for two, even for one.
type term struct {
	hash uint32
	n    uint8
}

func (t term) double() bool { return t.hash&1 == 1 }

// hash64 is FNV-1a over the parts, spread.
func hash64(parts ...string) uint64 {
	h := uint64(14695981039346656037)
	for _, p := range parts {
		for i := range len(p) {
			h = (h ^ uint64(p[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	return mix(h)
}

// mix spreads the bits of a hash (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// printOf reads what is compared of a letter.
func printOf(l Letter) *print {
	ws := plain(l.Text)
	syl := syllables(ws)
	p := &print{id: l.ID, place: l.Place, mark: l.Mark, respondent: respondent(l.Respondent)}
	if len(syl) > 0 {
		p.whole = hash64(strings.Join(syl, " "))
	}
	p.terms, p.pairs = terms(syl)
	p.sketch = sketch(syl)
	p.parcels = union(typedParcels(l.Parcels), parcels(ws))
	p.decisions = union(typedDecisions(l.Decisions), decisions(ws))
	p.facts = slices.Clip(facts(ws))
	p.people = people(ws)
	if h := person(words(l.Respondent)); h != 0 {
		p.people = union(p.people, []uint64{h})
	}
	return p
}

func union[T comparable](a, b []T) []T {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return slices.Clip(out)
}

func terms(syl []string) ([]term, int32) {
	count := make(map[uint32]int, 2*len(syl))
	for i, s := range syl {
		count[uint32(hash64(s))&^1]++
		if i+1 < len(syl) {
			count[uint32(hash64(s, syl[i+1]))|1]++
		}
	}
	out := make([]term, 0, len(count))
	pairs := int32(0)
	for h, n := range count {
		t := term{h, uint8(min(n, math.MaxUint8))}
		if t.double() {
			pairs++
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b term) int {
		if a.hash < b.hash {
			return -1
		}
		return 1
	})
	return out, pairs
}

// sketch is the MinHash of runs of three syllables.
func sketch(syl []string) (out [sketchSize]uint32) {
	for i := range out {
		out[i] = math.MaxUint32
	}
	for i := 0; i+2 < len(syl); i++ {
		h := hash64(syl[i], syl[i+1], syl[i+2])
		for k := range out {
			if v := uint32(mix(h+uint64(k)*0x9e3779b97f4a7c15) >> 32); v < out[k] {
				out[k] = v
			}
		}
	}
	return out
}

// likeness is the share of equal minima: about the share of runs of three syllables that two letters have in common.
func likeness(a, b *print) float64 {
	if a.pairs < 2 || b.pairs < 2 {
		return 0
	}
	same := 0
	for i := range a.sketch {
		if a.sketch[i] == b.sketch[i] {
			same++
		}
	}
	return float64(same) / sketchSize
}

// respondent are the words of a respondent's name as they are compared.
func respondent(name string) []uint64 {
	var out []uint64
	text := " " + strings.Join(syllables(words(name)), " ") + " "
	text = strings.NewReplacer(" uy ban nhan dan ", " ubnd ", " hoi dong nhan dan ", " hdnd ").Replace(text)
	for _, w := range strings.Fields(text) {
		switch w {
		case "ong", "ba", "anh", "chi":
		default:
			out = append(out, hash64(w))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sameRespondent reports whether two names are of one: all words of the shorter stand in the longer, two at least.
func sameRespondent(a, b []uint64) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 2 {
		return false
	}
	for _, w := range a {
		if _, ok := slices.BinarySearch(b, w); !ok {
			return false
		}
	}
	return true
}
