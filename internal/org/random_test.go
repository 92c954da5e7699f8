package org

import (
	"fmt"
	"slices"
	"testing"

	"danvan/internal/civil"

	"pgregory.net/rapid"
)

// world is a random truth with the draws that made it.
type world struct {
	truth     Truth
	decisions [][]Change // the acts, one decision with its rows each
	fresh     int
}

var randomRules = []BodyRule{
	{Type: "peoples_committee", Abbr: "UBND", Levels: []string{Province, District, Commune}, Names: map[string]string{Province: "UBND {of}", District: "UBND {of}", Commune: "UBND {of}"}},
	{Type: "mobilisation_board", Abbr: "BDV", Levels: []string{District, Commune}, Names: map[string]string{District: "BDV {of}", Commune: "Khối DV {of}"}, To: civil.NewDate(2016, 6, 30)},
	{Type: "party_building_board", Abbr: "BXD", Levels: []string{Commune}, Names: map[string]string{Commune: "BXD {of}"}, From: civil.NewDate(2016, 7, 1), Follows: []string{"BDV"}},
}

// drawWorld grows provinces, districts and communes, then enters random acts that have a consistent history.
func drawWorld(t *rapid.T) *world {
	w := &world{}
	if rapid.Bool().Draw(t, "bodies") {
		w.truth.Rules = randomRules
	}
	for p := range rapid.IntRange(1, 3).Draw(t, "provinces") {
		province := fmt.Sprintf("0%d", p+1)
		w.floor(province, Province, "")
		for d := range rapid.IntRange(0, 3).Draw(t, "districts") {
			district := fmt.Sprintf("%s%d", province, d+1)
			w.floor(district, District, province)
			for c := range rapid.IntRange(0, 4).Draw(t, "communes") {
				w.floor(fmt.Sprintf("%s%02d", district, c+1), Commune, district)
			}
		}
	}
	for range rapid.IntRange(0, 9).Draw(t, "acts") {
		w.grow(t)
	}
	return w
}

func (w *world) floor(code, level, parent string) {
	kind := map[string]string{Province: "Tỉnh", District: "Huyện", Commune: "Xã"}[level]
	w.truth.Floor = append(w.truth.Floor, FloorUnit{Code: code, Name: kind + " " + code, Type: kind, Level: level, Parent: parent, Opened: Floor})
}

var actDays = []civil.Date{20110301, 20120701, 20150101, 20160701, 20180401, 20200201}

// grow tries one decision (one or more rows of one day) and keeps it if the history stays consistent.
func (w *world) grow(t *rapid.T) {
	day := rapid.SampledFrom(actDays).Draw(t, "day")
	tree := w.plant()
	if tree == nil {
		t.Fatal("accepted acts have no history")
	}
	var open []*Unit
	for _, u := range tree.Units() {
		if u.Form == Territory && u.Opened < day && day <= u.Closed {
			open = append(open, u)
		}
	}
	if len(open) == 0 {
		return
	}
	level := rapid.SampledFrom([]string{Commune, Commune, District, Province}).Draw(t, "level")
	open = slices.DeleteFunc(open, func(u *Unit) bool { return u.SpanOn(day).Level != level })
	if len(open) == 0 {
		return
	}
	acts := w.decision(t, tree, day, open)
	old := w.truth.Changes
	w.truth.Changes = slices.Concat(old, acts)
	if w.plant() == nil {
		w.truth.Changes = old
		return
	}
	w.decisions = append(w.decisions, acts)
}

func (w *world) plant() *Tree {
	tree, _ := Derive(&w.truth)
	return tree
}

func (w *world) code(level string) string {
	w.fresh++
	return fmt.Sprintf("9%s%03d", map[string]string{Province: "1", District: "2", Commune: "3"}[level], w.fresh)
}

func (w *world) decision(t *rapid.T, tree *Tree, day civil.Date, open []*Unit) []Change {
	kind := rapid.SampledFrom([]string{Merge, Merge, Split, Split, Rename, Upgrade, Reparent, Open, Abolish}).Draw(t, "kind")
	pick := func(label string) *Unit { return rapid.SampledFrom(open).Draw(t, label) }
	u := pick("unit")
	s := u.SpanOn(day)
	parent := ""
	if p := tree.Unit(s.Parent); p != nil {
		parent = p.Code
	}
	w.fresh++
	name := fmt.Sprintf("%s Mới %d", s.Type, w.fresh)
	base := Change{Day: day, Kind: kind, Sources: []Source{{u.Code, NoParts()}}, Code: u.Code}
	switch kind {
	case Merge:
		base.Sources = nil
		for range rapid.IntRange(1, 3).Draw(t, "sources") {
			code := pick("source").Code
			if !slices.ContainsFunc(base.Sources, func(s Source) bool { return s.Code == code }) {
				base.Sources = append(base.Sources, Source{code, NoParts()})
			}
		}
		base.Code, base.Name, base.Type, base.Level, base.Parent = base.Sources[0].Code, name, s.Type, s.Level, parent
		if rapid.Bool().Draw(t, "new code") {
			base.Code = w.code(s.Level)
		}
		return []Change{base}
	case Split:
		return w.split(t, base, name, s, parent, pick)
	case Rename, Upgrade:
		base.Name = name
	case Reparent:
		base.Parent = rapid.SampledFrom(tree.Units()).Draw(t, "under").Code
	case Open:
		base.Code, base.Sources, base.Name, base.Type, base.Level, base.Parent = w.code(s.Level), nil, name, s.Type, s.Level, parent
	case Abolish:
	}
	return []Change{base}
}

// split divides a unit among new units and existing ones; what exists becomes a new unit with its own code.
func (w *world) split(t *rapid.T, base Change, name string, s Span, parent string, pick func(string) *Unit) []Change {
	n := rapid.IntRange(2, 3).Draw(t, "parts")
	known := rapid.Bool().Draw(t, "shares known")
	area := rapid.Bool().Draw(t, "areas known")
	rest, restArea := int64(Whole), int64(Whole)
	follow := rapid.SampledFrom([]string{"close", "follow"}).Draw(t, "bodies go")
	var acts []Change
	for i := range n {
		c := base
		c.Sources = []Source{{base.Code, NoParts()}}
		c.Type, c.Level, c.Parent = s.Type, s.Level, parent
		c.Name = fmt.Sprintf("%s phần %d", name, i)
		switch rapid.SampledFrom([]string{"same", "fresh", "other"}).Draw(t, "receiver") {
		case "fresh":
			c.Code = w.code(s.Level)
		case "other":
			other := pick("other")
			c.Code = other.Code
			acts = append(acts, Change{Day: c.Day, Kind: Merge, Sources: []Source{{other.Code, NoParts()}}, Code: other.Code,
				Name: c.Name, Type: s.Type, Level: s.Level, Parent: parent})
		}
		if known {
			c.Sources[0].Parts.Population = drawShare(t, &rest, i == n-1)
		}
		if area {
			c.Sources[0].Parts.Area = drawShare(t, &restArea, i == n-1)
		}
		c.Bodies = follow
		acts = append(acts, c)
	}
	for i := range acts {
		if acts[i].Bodies == "follow" {
			acts[i].Bodies = "follow:" + acts[len(acts)-1].Code
		}
	}
	return acts
}

func drawShare(t *rapid.T, rest *int64, last bool) int64 {
	if last {
		return *rest
	}
	m := rapid.Int64Range(1, max(1, *rest-3)).Draw(t, "share")
	*rest -= m
	return m
}

// drawBasis is then or a day: one of the acts', the day before it, or any, also before the first load.
func drawBasis(t *rapid.T) Basis {
	switch rapid.IntRange(0, 3).Draw(t, "basis") {
	case 0:
		return AsThen()
	case 1:
		return OnDay(rapid.SampledFrom(actDays).Draw(t, "basis day"))
	case 2:
		return OnDay(rapid.SampledFrom(actDays).Draw(t, "basis day").AddDays(-1))
	}
	return OnDay(civil.NewDate(2008, 1, 1).AddDays(rapid.IntRange(0, 6000).Draw(t, "basis day")))
}

var allShares = []ShareBasis{ByAny, ByPopulation, ByArea, ByHouseholds}

// sum adds shares by era.
func sum(into map[EraID]int64, list []Share) {
	for _, s := range list {
		into[s.Era] += s.Millionths
	}
}

func TestTotalsAreConserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := drawWorld(t).plant()
		b := drawBasis(t)
		by := rapid.SampledFrom(allShares).Draw(t, "by")
		got := map[EraID]int64{}
		for _, l := range tree.Lines(b, 0, civil.Floor, civil.Forever, by, Filter{}) {
			sum(got, l.Shares)
		}
		for _, u := range tree.Units() {
			at := civil.Floor
			for _, e := range tree.Eras(u.ID) {
				if e.From != at || e.From >= e.To {
					t.Fatalf("%s: era from %s, want from %s", u.Code, e.From, at)
				}
				at = e.To
				if got[e.ID] != Whole {
					t.Fatalf("basis %s by %q: era %s of %s@%s counts %d millionths", b, by, e.From, u.Code, u.Opened, got[e.ID])
				}
			}
			if at != civil.Forever {
				t.Fatalf("%s: eras end %s", u.Code, at)
			}
		}
	})
}

func TestLinesPartitionReach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := drawWorld(t).plant()
		b := drawBasis(t)
		by := rapid.SampledFrom(allShares).Draw(t, "by")
		f := rapid.SampledFrom([]Filter{{}, {Types: []string{"peoples_committee"}}, {Classes: []string{"commune/*"}}}).Draw(t, "filter")
		from := rapid.SampledFrom(actDays).Draw(t, "from")
		to := from.AddDays(rapid.IntRange(0, 2000).Draw(t, "days"))
		for _, parent := range append(idsOf(tree.Units()), 0) {
			want, got := map[EraID]int64{}, map[EraID]int64{}
			for _, s := range tree.Reach(b, parent, by, f) {
				if e, _ := tree.Era(s.Era); e.From <= to && e.To > from {
					want[s.Era] += s.Millionths
				}
				if s.Estimated != (s.Millionths < Whole) || s.Millionths <= 0 || s.Millionths > Whole {
					t.Fatalf("share %+v", s)
				}
			}
			for _, l := range tree.Lines(b, parent, from, to, by, f) {
				sum(got, l.Shares)
			}
			if len(want) != len(got) {
				t.Fatalf("basis %s, parent %d: %d eras in lines, %d in reach", b, parent, len(got), len(want))
			}
			for era, m := range want {
				if got[era] != m {
					t.Fatalf("basis %s, parent %d, era %d: lines %d, reach %d", b, parent, era, got[era], m)
				}
			}
		}
	})
}

// print writes everything that follows from a truth, without numbers.
func (t *Tree) print(b Basis, by ShareBasis) []string {
	var out []string
	name := func(i int32) string {
		if i < 0 {
			return "-"
		}
		return t.units[i].Code + "@" + t.units[i].Opened.String()
	}
	s := t.spread(b, by)
	for i, u := range t.units {
		line := fmt.Sprintf("%s %s %s %v %v", name(int32(i)), u.Form, u.Closed, u.Inferred, u.DataFrom)
		for _, x := range u.Spans {
			parent := int32(-1)
			if x.Parent != 0 {
				parent = t.at[x.Parent]
			}
			line += fmt.Sprintf(" [%s %s %s %s %s %s]", x.From, x.To, x.Name, x.Type, x.Level, name(parent))
		}
		out = append(out, line)
		for k := t.first[i]; k < t.first[i+1]; k++ {
			e := fmt.Sprintf("  %s %s %s:", t.eras[k].From, t.eras[k].To, t.class[k])
			for _, p := range s.parts[k] {
				e += fmt.Sprintf(" %s %d %s %d", name(p.holder), p.kind, name(p.line), p.m)
			}
			out = append(out, e)
		}
	}
	for _, f := range t.flows {
		out = append(out, fmt.Sprint(name(t.at[f.From]), name(t.at[f.To]), f.Day, f.Kind, f.Parts))
	}
	return out
}

func TestOrderOfActsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		b := drawBasis(t)
		want := w.plant().print(b, ByAny)
		again := Truth{
			Floor:   rapid.Permutation(w.truth.Floor).Draw(t, "floor"),
			Changes: rapid.Permutation(w.truth.Changes).Draw(t, "changes"),
			Rules:   rapid.Permutation(w.truth.Rules).Draw(t, "rules"),
		}
		got := (&world{truth: again}).plant().print(b, ByAny)
		if !slices.Equal(got, want) {
			t.Fatalf("another order gives another history:\n%v\n%v", want, got)
		}
	})
}

// An entry is typed with a code on a day, before or after the acts that touch it are entered: it counts the same.
func TestOrderOfEntriesAndActsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		late := w.plant()
		known := rapid.IntRange(0, len(w.truth.Changes)).Draw(t, "acts known")
		early := (&world{truth: Truth{Floor: w.truth.Floor, Changes: w.truth.Changes[:known], Rules: w.truth.Rules}}).plant()
		if early == nil {
			return // half a decision has no history
		}
		b := drawBasis(t)
		by := rapid.SampledFrom(allShares).Draw(t, "by")
		for _, u := range early.Units() {
			d := Floor.AddDays(rapid.IntRange(0, 5000).Draw(t, "entry day"))
			typedEarly, typedLate := early.On(u.Code, d), late.On(u.Code, d)
			if typedEarly == nil || typedLate == nil {
				continue
			}
			held := late.On(typedEarly.Code, typedEarly.Opened) // the same (code, day opened) later on
			a, _ := late.EraOn(held.ID, d)
			z, _ := late.EraOn(typedLate.ID, d)
			for _, id := range append(idsOf(late.Units()), 0) {
				if x, y := late.part(b, id, by, a.ID), late.part(b, id, by, z.ID); x != y {
					t.Fatalf("basis %s: %s on %s counts %d for %s when typed early, %d when typed late", b, u.Code, d, x, late.nameOf(id), y)
				}
			}
		}
	})
}

func (t *Tree) part(b Basis, id UnitID, by ShareBasis, era EraID) int64 {
	for _, s := range t.Reach(b, id, by, Filter{}) {
		if s.Era == era {
			return s.Millionths
		}
	}
	return 0
}

func (t *Tree) nameOf(id UnitID) string {
	if u := t.Unit(id); u != nil {
		return u.Code + "@" + u.Opened.String()
	}
	return "all"
}
