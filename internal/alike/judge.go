package alike

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Found is a letter that may be about the same matter as the one that was asked about.
type Found struct {
	ID      int64
	Score   float64 // 0 to 1: from Enough on it is shown
	Same    bool    // nearly all of the text is the same: the same letter
	Sender  bool    // the same keyed mark
	Percent int     // of the shorter letter's double syllables that stand in the other
	Reasons []string
}

// Enough is the score from which a letter is shown. It and the weights below were set on invented letters (the generator
// is in this package's tests) and are tested on others.
const Enough = 0.2

// evidence is what speaks for two letters being about one matter, and what against.
type evidence struct {
	cosine     float64 // of the weighted terms
	contained  float64 // share of the shorter's double syllables
	likeness   float64 // of runs of three syllables
	land       float64 // 1: a parcel that both name, in one commune; less where the place is unknown or many name it
	otherLand  bool    // both name parcels and none is common
	paper      float64 // 1: a decision that both name and few others
	sender     float64 // 1: the same mark; less where one sender wrote many letters
	name       float64 // 1: the same respondent, or a person whom both name, one that few letters have
	facts      float64 // days and amounts that both name and few others, two at most
	otherFacts bool    // both name days or amounts and none is common
	place      int     // 1 the same, -1 another, 0 unknown
}

// question is a letter that others are compared with.
type question struct {
	x       *Index
	p       *print
	weights []float64 // of its terms
	norm    float64
}

func (x *Index) question(p *print) *question {
	q := &question{x: x, p: p, weights: make([]float64, len(p.terms))}
	for i, t := range p.terms {
		q.weights[i] = x.weight(t)
		q.norm += square(q.weights[i] * often(t.n))
	}
	q.norm = math.Sqrt(q.norm)
	return q
}

func square(v float64) float64 { return v * v }

// often damps repetition: a word ten times is not ten times the word.
func often(n uint8) float64 { return 1 + math.Log(float64(n)) }

func (q *question) judge(o *print) Found {
	e, same := q.evidence(o)
	f := Found{ID: o.id, Score: e.score(), Sender: e.sender > 0, Percent: int(math.Round(100 * e.contained))}
	f.Same = same || e.likeness >= 0.3 && e.contained >= 0.6 && e.likeness+e.contained >= 1.05 && (!e.otherFacts || e.likeness >= 0.6)
	if f.Same {
		f.Score = max(f.Score, 0.9+e.likeness/10)
	}
	f.Reasons = q.reasons(o, e, same)
	return f
}

func (q *question) evidence(o *print) (e evidence, same bool) {
	p := q.p
	same = p.whole != 0 && p.whole == o.whole
	e.likeness = likeness(p, o)
	e.cosine, e.contained = q.overlap(o)
	if p.mark != "" && p.mark == o.mark {
		e.sender = rare(len(q.x.marks[p.mark]), 5)
	}
	switch {
	case p.place != 0 && p.place == o.place:
		e.place = 1
	case p.place != 0 && o.place != 0:
		e.place = -1
	}
	e.land, e.otherLand = q.lands(o, e.place)
	for _, d := range p.decisions {
		if slices.ContainsFunc(o.decisions, d.same) {
			e.paper = max(e.paper, rare(len(q.x.papers[d.Number]), 4))
		}
	}
	if sameRespondent(p.respondent, o.respondent) {
		fewest := math.MaxInt32
		for _, w := range p.respondent {
			if _, ok := slices.BinarySearch(o.respondent, w); ok {
				fewest = min(fewest, int(q.x.names[w]))
			}
		}
		e.name = rare(fewest, 8)
	}
	for _, h := range p.people {
		if slices.Contains(o.people, h) {
			e.name = max(e.name, rare(len(q.x.people[h]), 8))
		}
	}
	for _, f := range p.facts {
		if slices.ContainsFunc(o.facts, func(g fact) bool { return g.hash == f.hash }) {
			e.facts += f.tell * rare(len(q.x.facts[f.hash]), 6)
		}
	}
	e.facts = min(e.facts, 2)
	e.otherFacts = e.facts == 0 && len(p.facts) > 0 && len(o.facts) > 0
	return e, same
}

// rare is 1 for what up to a few letters have, and falls towards 0 as more do.
func rare(have, few int) float64 {
	if have <= few {
		return 1
	}
	return float64(few) / float64(have)
}

func (q *question) lands(o *print, place int) (land float64, other bool) {
	if len(q.p.parcels) == 0 || len(o.parcels) == 0 {
		return 0, false
	}
	for _, l := range q.p.parcels {
		if !slices.Contains(o.parcels, l) {
			continue
		}
		switch place {
		case 1:
			land = 1
		case 0:
			land = max(land, 0.6)
		}
	}
	return land, land == 0
}

// overlap is the cosine of two letters, and the share of the shorter's double syllables that the other has.
func (q *question) overlap(o *print) (cosine, contained float64) {
	a, b := q.p.terms, o.terms
	dot, norm, common := 0.0, 0.0, 0
	i := 0
	for _, t := range b {
		for i < len(a) && a[i].hash < t.hash {
			i++
		}
		var w float64
		if i < len(a) && a[i].hash == t.hash {
			w = q.weights[i]
			dot += w * often(a[i].n) * w * often(t.n)
			if t.double() {
				common++
			}
		} else {
			w = q.x.weight(t)
		}
		norm += square(w * often(t.n))
	}
	if q.norm > 0 && norm > 0 {
		cosine = dot / (q.norm * math.Sqrt(norm))
	}
	if n := min(q.p.pairs, o.pairs); n > 0 {
		contained = float64(common) / float64(n)
	}
	return cosine, contained
}

// score weighs the evidence: a logistic curve whose weights were fitted to invented letters, then rounded and held back
// where invented letters are surer of a thing than real ones would be. The same sender alone stays far below Enough.
func (e evidence) score() float64 {
	v := -10 + 11*e.cosine + 4.5*math.Sqrt(e.cosine) + 7*e.land + 2*e.paper + 5.2*e.name + 4.6*e.facts
	v += e.sender * (4.6 + 6*e.cosine)
	if e.otherLand {
		v -= 1.2
	}
	if e.land == 0 && e.paper == 0 && e.name == 0 && e.facts == 0 && e.sender == 0 && e.likeness < 0.25 {
		v -= 1 // the same turns of phrase are no matter yet
	}
	switch e.place {
	case 1:
		v += 1.5
	case -1:
		v -= 1.5
	}
	return 1 / (1 + math.Exp(-v))
}

// reasons says in words why a letter was found.
func (q *question) reasons(o *print, e evidence, same bool) []string {
	var out []string
	if same {
		out = append(out, "nguyên văn như nhau")
	} else if e.contained >= 0.2 {
		out = append(out, "giống "+strconv.Itoa(int(math.Round(100*e.contained)))+"% nội dung")
	}
	if e.land > 0 {
		for _, l := range q.p.parcels {
			if slices.Contains(o.parcels, l) {
				out = append(out, "cùng "+l.String())
			}
		}
	}
	for _, d := range q.p.decisions {
		if i := slices.IndexFunc(o.decisions, d.same); i >= 0 {
			say := "cùng viện dẫn văn bản " + d.String()
			if n := len(q.x.papers[d.Number]); n > 4 {
				say += fmt.Sprintf(" (%d đơn viện dẫn, nên ít nói lên điều gì)", n)
			}
			out = append(out, say)
		}
	}
	for _, f := range q.p.facts {
		if slices.ContainsFunc(o.facts, func(g fact) bool { return g.hash == f.hash }) {
			out = append(out, "cùng nêu "+f.say)
		}
	}
	switch {
	case sameRespondent(q.p.respondent, o.respondent):
		out = append(out, "cùng người hoặc cơ quan bị khiếu nại, phản ánh")
	case slices.ContainsFunc(q.p.people, func(h uint64) bool { return slices.Contains(o.people, h) }):
		out = append(out, "cùng nêu tên một người")
	}
	if e.sender > 0 {
		out = append(out, "cùng dấu người gửi")
	}
	switch {
	case e.place == 1:
		out = append(out, "cùng địa bàn")
	case e.place == -1:
		out = append(out, "khác địa bàn")
	}
	if e.otherLand {
		out = append(out, "nêu thửa đất khác nhau")
	}
	return out
}
