package demo

import (
	"encoding/csv"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// world is what the inventing draws from: the units as they were on each day, the calendar, the dice.
type world struct {
	spec      Spec
	cat       *catalog.Catalog
	tree      *org.Tree
	ours      map[org.UnitID]bool // former Bắc Kạn, its communes after 2025-07-01, and the bodies above them
	changes   []civil.Date        // days on which units change, in order
	existing  map[string][]org.UnitID
	daysOff   map[civil.Date]bool
	serial    map[string]int // entries so far by kind, for keys
	shapes    map[string]*shape
	related   map[string][]relation
	topicPool *topics
	law       *clock.Law
	far       petition.RemotePlaces
	papers    []paper           // documents of casework that wait for their numbers
	letters   []*letter         // as they were recorded, for their dossiers
	visited   []received        // visits to reception, for theirs
	drawings  map[string]string // hashes of what is drawn, by scene and stage
}

// province is the unit whose life the demo tells; its code and that of its successor.
const (
	province  = "06"
	successor = "19"
)

// start is the first day of the demo's life.
const start civil.Date = 20100101

func newWorld(d Deps, s Spec, tree *org.Tree) (*world, error) {
	w := &world{spec: s, cat: d.Catalog, tree: tree, ours: map[org.UnitID]bool{}, existing: map[string][]org.UnitID{}, daysOff: map[civil.Date]bool{}, serial: map[string]int{}, shapes: map[string]*shape{}, related: map[string][]relation{}, law: clock.In(d.Catalog.Latest())}
	for _, c := range tree.Changes() {
		if !slices.Contains(w.changes, c.Day) {
			w.changes = append(w.changes, c.Day)
		}
	}
	slices.Sort(w.changes)
	if err := w.markOurs(); err != nil {
		return nil, err
	}
	if err := w.readDaysOff(d.Data); err != nil {
		return nil, err
	}
	var err error
	if w.far, err = petition.ReadRemotePlaces(d.Data); err != nil {
		return nil, err
	}
	w.topicPool, err = loadTopics()
	return w, err
}

// markOurs finds the units that the demo has records of: all of the old province, and of the new one what came
// from it.
func (w *world) markOurs() error {
	old, err := w.tree.Resolve(province+"@"+start.String(), org.AsThen(), start)
	if err != nil {
		return fmt.Errorf("the demo province: %w", err)
	}
	w.ours[old.ID] = true
	units := w.tree.Units()
	slices.SortFunc(units, func(a, b *org.Unit) int { return int(a.Opened - b.Opened) })
	for again := true; again; {
		again = false
		for _, u := range units {
			if !w.ours[u.ID] && w.belongs(u, old.ID) {
				w.ours[u.ID] = true
				again = true
			}
		}
	}
	return nil
}

func (w *world) belongs(u *org.Unit, old org.UnitID) bool {
	if u.NoData {
		return false
	}
	if slices.Contains(w.tree.Chain(u.ID, u.Opened), old) {
		return true
	}
	for _, f := range w.tree.Predecessors(u.ID) {
		if w.ours[f.From] {
			return true
		}
	}
	parent := u.SpanOn(u.Opened).Parent
	return u.Form == org.Body && w.ours[parent]
}

func (w *world) readDaysOff(data fs.FS) error {
	f, err := data.Open("calendar/holidays.csv")
	if err != nil {
		return fmt.Errorf("read holidays: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("read holidays: %w", err)
	}
	effect := slices.Index(rows[0], "effect")
	if effect < 0 {
		return fmt.Errorf("read holidays: no column effect")
	}
	for _, row := range rows[1:] {
		if day, err := civil.ParseDate(row[0]); err == nil && row[effect] == "off" {
			w.daysOff[day] = true
		}
	}
	return nil
}

// dice are the random numbers of one stream: the same for the same seed and name whatever the others draw.
func (w *world) dice(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(w.spec.Seed, h.Sum64()))
}

// bodies are the units of a class (level/type) that exist on a day and are ours, in a fixed order.
func (w *world) bodies(class string, day civil.Date) []org.UnitID {
	i, _ := slices.BinarySearch(w.changes, day+1)
	key := fmt.Sprint(class, "@", i, "@", day.Year(), day.Month() <= 3) // bodies also open and close by rule
	if got, ok := w.existing[key]; ok {
		return got
	}
	var out []org.UnitID
	for _, root := range w.tree.Roots(day) {
		for _, id := range w.tree.Existing(day, root, org.Filter{Classes: []string{class}}) {
			if w.ours[id] && w.tree.Unit(id).Open(day) {
				out = append(out, id)
			}
		}
	}
	slices.SortFunc(out, func(a, b org.UnitID) int { return strings.Compare(w.tree.Unit(a).Code, w.tree.Unit(b).Code) })
	w.existing[key] = out
	return out
}

// open reports whether a unit exists on the day; bodies that open by rule may do so inside a cached span.
func (w *world) open(id org.UnitID, day civil.Date) bool { return w.tree.Unit(id).Open(day) }

// communes are the communes on a day.
func (w *world) communes(day civil.Date) []org.UnitID { return w.bodies("commune/commune", day) }

// host is the territory of a unit on a day: itself, or where the body sits.
func (w *world) host(id org.UnitID, day civil.Date) org.UnitID {
	for _, c := range w.tree.Chain(id, day) {
		if w.tree.Unit(c).Form == org.Territory {
			return c
		}
	}
	return id
}

// under are the communes below a territory on a day, itself when it is one.
func (w *world) under(territory org.UnitID, day civil.Date) []org.UnitID {
	if w.tree.Unit(territory).SpanOn(day).Level == org.Commune {
		return []org.UnitID{territory}
	}
	var out []org.UnitID
	for _, id := range w.tree.Existing(day, territory, org.Filter{Classes: []string{"commune/commune"}}) {
		if w.ours[id] && w.open(id, day) {
			out = append(out, id)
		}
	}
	return out
}

// ref is how a draft names a unit on its day.
func (w *world) ref(id org.UnitID) string { return w.tree.Unit(id).Code }

// workday moves a day forward to one that is worked.
func (w *world) workday(d civil.Date) civil.Date {
	for w.daysOff[d] || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		d = d.AddDays(1)
	}
	return d
}

// season is how much work falls in each month: little around Tết, much before the half-year and year reports.
var season = [12]float64{.7, .55, .95, 1.0, 1.1, 1.25, .95, .95, 1.05, 1.2, 1.35, 1.1}

// dayIn draws a working day of a year, not after today.
func (w *world) dayIn(r *rand.Rand, year int, months []int) civil.Date {
	for range 40 {
		m := pickMonth(r, months)
		d := w.workday(civil.NewDate(year, m, 1+r.IntN(28)))
		if d.Year() == year && d <= w.spec.Today {
			return d
		}
	}
	return civil.NewDate(year, 1, 4)
}

func pickMonth(r *rand.Rand, months []int) int {
	if len(months) > 0 {
		return months[r.IntN(len(months))]
	}
	return 1 + weighted(r, season[:])
}

// weighted draws an index with the given weights.
func weighted(r *rand.Rand, weights []float64) int {
	var sum float64
	for _, x := range weights {
		sum += x
	}
	at := r.Float64() * sum
	for i, x := range weights {
		if at -= x; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// distribute splits total into whole parts in proportion to weights, by largest remainder: the parts add up.
func distribute(total int64, weights []float64) []int64 {
	var sum float64
	for _, x := range weights {
		sum += x
	}
	parts := make([]int64, len(weights))
	if sum == 0 || len(weights) == 0 {
		return parts
	}
	type rest struct {
		i int
		f float64
	}
	rests := make([]rest, len(weights))
	var given int64
	for i, x := range weights {
		exact := float64(total) * x / sum
		parts[i] = int64(exact)
		given += parts[i]
		rests[i] = rest{i, exact - float64(parts[i])}
	}
	slices.SortStableFunc(rests, func(a, b rest) int {
		switch {
		case a.f > b.f:
			return -1
		case a.f < b.f:
			return 1
		}
		return a.i - b.i
	})
	for i := 0; given < total; i++ {
		parts[rests[i%len(rests)].i]++
		given++
	}
	return parts
}
