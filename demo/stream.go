package demo

import (
	"bytes"
	"embed"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

//go:embed streams
var streamFiles embed.FS

// stream is a run of entries of one kind.
type stream struct {
	Name   string                        `yaml:"name"`
	Kind   string                        `yaml:"kind"`
	By     map[string]float64            `yaml:"by"`   // classes that record it, with weights
	From   int                           `yaml:"from"` // years, both counted; default 2010 to today
	To     int                           `yaml:"to"`
	Total  int64                         `yaml:"total"` // exactly so many over the years; or
	Years  map[int]int64                 `yaml:"years"` // exactly so many in each year; or
	Each   float64                       `yaml:"each"`  // on average so many a body and year
	Trend  float64                       `yaml:"trend"` // factor from year to year, default 1
	Months []int                         `yaml:"months"`
	Set    map[string]any                `yaml:"set"`
	Pick   map[string]map[string]float64 `yaml:"pick"`   // choices with weights
	Range  map[string][2]float64         `yaml:"range"`  // amounts drawn between
	Sum    map[string]string             `yaml:"sum"`    // amounts that add up to exactly this over the stream
	Skip   []string                      `yaml:"skip"`   // fields left empty
	Every  int                           `yaml:"every"`  // only in each so many-th year from the first, as terms go
	Steady bool                          `yaml:"steady"` // a body's amounts stay near its own size from year to year
	Share  map[string]share              `yaml:"share"`  // amounts that are a part of another field's
	Mix    map[string]float64            `yaml:"mix"`    // weights of the parts that a rule adds up
	Grow   map[string]float64            `yaml:"grow"`   // factor of an amount from year to year
	Round  map[string]float64            `yaml:"round"`  // amounts come in multiples of this
	Chance map[string]float64            `yaml:"chance"` // how often an optional field is filled in
	Place  string                        `yaml:"place"`  // "" where the body sits; "commune" a commune below it
	Joint  map[string]float64            `yaml:"joint"`  // classes that take part, each with its chance
	Topic  string                        `yaml:"topic"`  // pool of texts (topics.yaml)

	file string
}

// share says that an amount is a part, between From and To, of the field Of.
type share struct {
	Of   string  `yaml:"of"`
	From float64 `yaml:"from"`
	To   float64 `yaml:"to"`
}

func loadStreams() ([]*stream, error) {
	files, err := streamFiles.ReadDir("streams")
	if err != nil {
		return nil, err
	}
	var out []*stream
	for _, f := range files {
		body, err := streamFiles.ReadFile("streams/" + f.Name())
		if err != nil {
			return nil, err
		}
		if f.Name() == "topics.yaml" {
			continue
		}
		var list []*stream
		if err := yaml.NewDecoder(bytes.NewReader(body), yaml.Strict()).Decode(&list); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		for i, st := range list {
			st.file = f.Name()
			if st.Name == "" {
				st.Name = fmt.Sprintf("%s %d", st.Kind, i+1)
			}
			out = append(out, st)
		}
	}
	return out, nil
}

// slot is one entry to be made: who, and when.
type slot struct {
	unit org.UnitID
	code string // of the unit
	day  civil.Date
}

// stream makes the entries of a stream.
func (w *world) stream(st *stream) ([]ledger.Draft, error) {
	r := w.dice(st.file + "/" + st.Name)
	if w.cat.Latest().Kind(st.Kind) == nil && w.cat.EditionOn(start).Kind(st.Kind) == nil {
		return nil, fmt.Errorf("no kind %q in the catalogue", st.Kind)
	}
	var made []ledger.Draft
	for _, s := range w.slots(st, r) {
		if kind := w.cat.EditionOn(s.day).Kind(st.Kind); kind != nil { // a later edition may have brought or dropped it
			made = append(made, w.draft(st, kind, s, r))
		}
	}
	for _, field := range sortedKeys(st.Sum) {
		if err := w.sumTo(st, made, field, r); err != nil {
			return nil, err
		}
	}
	for i := range made {
		kind := w.cat.EditionOn(made[i].Day).Kind(st.Kind)
		st.shares(kind, made[i].Fields, r)
		w.obey(kind, &made[i], st, r)
	}
	return made, nil
}

// slots says who records when.
func (w *world) slots(st *stream, r *rand.Rand) []slot {
	from, to := st.From, st.To
	if from == 0 {
		from = start.Year()
	}
	if to == 0 {
		to = w.spec.Today.Year()
	}
	if st.Each > 0 {
		return w.slotsEach(st, from, to, r)
	}
	var out []slot
	for y := from; y <= to; y++ {
		for range w.countIn(st, y, from, to) {
			day := w.dayIn(r, y, st.Months)
			if id, ok := w.someBody(st, day, r); ok {
				out = append(out, slot{id, w.ref(id), day})
			}
		}
	}
	return out
}

// countIn is how many entries fall in year y when their number is fixed.
func (w *world) countIn(st *stream, y, from, to int) int64 {
	if len(st.Years) > 0 {
		return st.Years[y]
	}
	weights := make([]float64, to-from+1)
	for i := range weights {
		weights[i] = math.Pow(st.trend(), float64(i)) * w.yearPart(from+i)
	}
	return distribute(st.Total, weights)[y-from]
}

// yearPart is 1, or the part of the running year that is over.
func (w *world) yearPart(y int) float64 {
	if y < w.spec.Today.Year() {
		return 1
	}
	return float64(civil.NewDate(y, 1, 1).DaysUntil(w.spec.Today)) / 366
}

func (st *stream) trend() float64 {
	if st.Trend == 0 {
		return 1
	}
	return st.Trend
}

func (w *world) slotsEach(st *stream, from, to int, r *rand.Rand) []slot {
	var out []slot
	for y := from; y <= to; y += max(st.Every, 1) {
		mean := st.Each * math.Pow(st.trend(), float64(y-from)) * w.yearPart(y)
		for _, class := range sortedKeys(st.By) {
			for _, id := range w.everyBody(class, y) {
				n := int(mean * st.By[class])
				if r.Float64() < mean*st.By[class]-float64(n) {
					n++
				}
				for range n {
					if day := w.dayIn(r, y, st.Months); w.open(id, day) {
						out = append(out, slot{id, w.ref(id), day})
					}
				}
			}
		}
	}
	return out
}

// everyBody are the bodies of a class that exist at some time in year y.
func (w *world) everyBody(class string, y int) []org.UnitID {
	seen := map[org.UnitID]bool{}
	var out []org.UnitID
	for _, day := range []civil.Date{civil.NewDate(y, 1, 15), civil.NewDate(y, 4, 15), civil.NewDate(y, 7, 15), civil.NewDate(y, 11, 15)} {
		for _, id := range w.bodies(class, day) {
			if !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	return out
}

func (w *world) someBody(st *stream, day civil.Date, r *rand.Rand) (org.UnitID, bool) {
	classes := sortedKeys(st.By)
	weights := make([]float64, len(classes))
	for i, c := range classes {
		if len(w.bodies(c, day)) > 0 {
			weights[i] = st.By[c]
		}
	}
	ids := w.bodies(classes[weighted(r, weights)], day)
	if len(ids) == 0 {
		return 0, false
	}
	for range 10 {
		if id := ids[r.IntN(len(ids))]; w.open(id, day) {
			return id, true
		}
	}
	return 0, false
}

// draft makes one entry; fields that must add up get their value later.
func (w *world) draft(st *stream, kind *catalog.Kind, s slot, r *rand.Rand) ledger.Draft {
	d := ledger.Draft{Key: w.key(kind.Code), Kind: kind.Code, Unit: w.ref(s.unit), Day: s.day, Confirmed: w.confirmed(s.day, r)}
	d.Actor = w.recorder(s.unit, s.day, d.Confirmed)
	if st.Place == "commune" {
		if below := w.under(w.host(s.unit, s.day), s.day); len(below) > 0 {
			d.Place = w.ref(below[r.IntN(len(below))])
		}
	}
	for _, class := range sortedKeys(st.Joint) {
		if r.Float64() < st.Joint[class] {
			if p := w.partner(class, s, r); p != "" && p != d.Unit {
				d.Partners = append(d.Partners, p)
			}
		}
	}
	d.Fields = w.fill(kind, st, s, r)
	return d
}

// confirmed says whether somebody has confirmed the work of a day by now: nothing of the last weeks, all but a tenth of
// the months before, and everything older.
func (w *world) confirmed(day civil.Date, r *rand.Rand) bool {
	soon := r.Float64() < .9
	return day < w.spec.Today.AddDays(-150) || soon && day < w.spec.Today.AddDays(-25)
}

// partner is a body of the class in the same territory, or anywhere in the province for provincial ones.
func (w *world) partner(class string, s slot, r *rand.Rand) string {
	host := w.host(s.unit, s.day)
	for _, id := range w.bodies(class, s.day) {
		if w.host(id, s.day) == host && w.open(id, s.day) && id != s.unit && r.Float64() < .9 {
			return w.ref(id)
		}
	}
	return ""
}

func (w *world) key(kind string) string {
	w.serial[kind]++
	return "demo-" + kind + "-" + strconv.Itoa(w.serial[kind])
}

// sumTo gives a field of the entries values that add up to exactly the stream's sum.
func (w *world) sumTo(st *stream, made []ledger.Draft, field string, r *rand.Rand) error {
	total := st.Sum[field]
	if len(made) == 0 {
		return fmt.Errorf("sum of %s: the stream makes no entry", field)
	}
	f := w.cat.EditionOn(made[0].Day).Kind(st.Kind).Field(field)
	whole, ok := new(big.Rat).SetString(total)
	if f == nil || !ok {
		return fmt.Errorf("sum of %s: no such field, or %q is no number", field, total)
	}
	scale := int64(math.Pow10(f.Scale))
	units := new(big.Rat).Mul(whole, new(big.Rat).SetInt64(scale))
	if !units.IsInt() {
		return fmt.Errorf("sum of %s: %s has more decimals than the field keeps", field, total)
	}
	weights := make([]float64, len(made))
	for i := range weights {
		weights[i] = math.Exp(r.NormFloat64()*.5) + .2
	}
	step := max(int64(math.Round(st.Round[field]*float64(scale))), 1)
	if units.Num().Int64()%step != 0 {
		return fmt.Errorf("sum of %s: %s is no multiple of %v", field, total, st.Round[field])
	}
	for i, part := range distribute(units.Num().Int64()/step, weights) {
		made[i].Fields[field] = scaled(part*step, f.Scale)
	}
	return nil
}

// scaled writes a count of smallest units as the decimal that the form takes.
func scaled(n int64, scale int) any {
	if scale == 0 {
		return n
	}
	return big.NewRat(n, int64(math.Pow10(scale))).FloatString(scale)
}

// obey makes the kind's own rules hold: sums first, then by drawing again, at last by leaving optional fields out.
func (w *world) obey(kind *catalog.Kind, d *ledger.Draft, st *stream, r *rand.Rand) {
	relations := w.relations(w.cat.EditionOn(d.Day), kind)
	if len(kind.Rules)+len(relations) == 0 {
		return
	}
	fixed := map[string]bool{}
	for code := range d.Fields {
		_, set := st.Set[code]
		fixed[code] = set || st.Sum[code] != ""
	}
	for range 12 {
		for range 2 { // one relation may undo another
			for _, rel := range relations {
				rel.hold(d.Fields, fixed, st.Mix, r)
			}
		}
		if _, wrong := kind.Check(d.Fields, d.Day); len(wrong) == 0 {
			return
		}
		again := w.fill(kind, st, slot{day: d.Day, code: d.Unit}, r)
		for code := range fixed {
			if fixed[code] {
				again[code] = d.Fields[code]
			}
		}
		st.shares(kind, again, r)
		d.Fields = again
	}
	for code := range d.Fields {
		if !fixed[code] && !kind.Field(code).Required {
			delete(d.Fields, code)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
