package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// shape is what the filler knows of one field: how likely it is filled in, and how its choices are weighted.
type shape struct {
	chance  float64
	weights []float64
	open    []string
	part    bool // "trong đó ...": a part of the amount before it
	lasting bool // the day on which something that has lasted for years ends
}

// fill gives every field of the kind a plausible value.
func (w *world) fill(kind *catalog.Kind, st *stream, s slot, r *rand.Rand) map[string]any {
	out := map[string]any{}
	var lastWhole float64 // of the last amount, for "trong đó ..."
	for _, f := range kind.Fields {
		if v, ok := st.Set[f.Code]; ok {
			out[f.Code] = v
			continue
		}
		if slices.Contains(st.Skip, f.Code) || st.Sum[f.Code] != "" {
			continue
		}
		sh := w.shape(kind, f)
		if !f.Required && r.Float64() > st.chance(f, sh) {
			continue
		}
		v := w.value(kind, st, f, sh, s, lastWhole, r)
		if v == nil {
			continue
		}
		out[f.Code] = v
		if n, ok := v.(int64); ok && !sh.part {
			lastWhole = float64(n)
		}
	}
	return out
}

// chance is how often an optional field is filled in: as the stream says, always where it says what with.
func (st *stream) chance(f *catalog.Field, sh *shape) float64 {
	if p, ok := st.Chance[f.Code]; ok {
		return p
	}
	if _, ok := st.Range[f.Code]; ok || st.Pick[f.Code] != nil {
		return 1
	}
	return sh.chance
}

// shares gives the amounts that are parts of others their values, where the whole is known by now.
func (st *stream) shares(kind *catalog.Kind, values map[string]any, r *rand.Rand) {
	for _, code := range sortedKeys(st.Share) {
		sh := st.Share[code]
		f, whole := kind.Field(code), kind.Field(sh.Of)
		if f == nil || whole == nil || values[sh.Of] == nil {
			continue
		}
		x := float64(units(values, whole)) / math.Pow10(whole.Scale)
		values[code] = amount(f, rounded(x*(sh.From+(sh.To-sh.From)*r.Float64()), st.Round[code]))
	}
}

func (w *world) shape(kind *catalog.Kind, f *catalog.Field) *shape {
	key := kind.Code + "." + f.Code
	if sh, ok := w.shapes[key]; ok {
		return sh
	}
	r := w.dice("shape " + key)
	sh := &shape{chance: .55 + .4*r.Float64(), part: isPart(f), lasting: w.lasting(kind, f)}
	for i, o := range f.Choices() {
		sh.open = append(sh.open, o.Code)
		sh.weights = append(sh.weights, (.4+r.Float64())/float64(i+1))
	}
	w.shapes[key] = sh
	return sh
}

// lasting reports whether the field ends something that a series counts for as long as it lives.
func (w *world) lasting(kind *catalog.Kind, f *catalog.Field) bool {
	return f.Code == "ended_on" && slices.ContainsFunc(w.cat.Latest().Series, func(s *catalog.Series) bool {
		return s.Until == f.Code && slices.Contains(s.KindCodes(), kind.Code)
	})
}

// value makes one value. What a range or weights are given for in the stream comes from there.
func (w *world) value(kind *catalog.Kind, st *stream, f *catalog.Field, sh *shape, s slot, whole float64, r *rand.Rand) any {
	if picks := st.Pick[f.Code]; picks != nil {
		codes := sortedKeys(picks)
		weights := make([]float64, len(codes))
		for i, c := range codes {
			weights[i] = picks[c]
		}
		return codes[weighted(r, weights)]
	}
	if span, ok := st.Range[f.Code]; ok {
		return w.ranged(st, f, s, span, r)
	}
	switch f.Type {
	case catalog.Int, catalog.DecimalT, catalog.Money:
		return w.number(f, sh, s.day, whole, r)
	case catalog.DateT:
		if sh.lasting {
			return w.later(s.day.AddDays(400 + r.IntN(1700)))
		}
		return min(s.day.AddDays(r.IntN(12)), w.spec.Today).String()
	case catalog.Choice:
		return w.choice(f, sh, s.day, r)
	case catalog.Choices:
		return w.choices(f, sh, s.day, r)
	case catalog.Bool:
		return r.Float64() < .6
	case catalog.Text, catalog.LongText:
		return w.topicPool.text(kind, st.Topic, f, r)
	case catalog.PlaceText:
		return fmt.Sprintf("Thôn Minh Họa %d", 1+r.IntN(12))
	case catalog.Person:
		return person(r)
	case catalog.UnitRef, catalog.UnitRefs:
		return nil
	case catalog.Group:
		return w.rows(kind, f, s, r)
	}
	return nil
}

// ranged draws an amount between two bounds, or a day so many days later.
func (w *world) ranged(st *stream, f *catalog.Field, s slot, span [2]float64, r *rand.Rand) any {
	if f.Type == catalog.DateT {
		day := s.day.AddDays(int(span[0] + (span[1]-span[0])*r.Float64()))
		if strings.HasPrefix(f.Code, "due") {
			return day.String() // a term may lie ahead
		}
		return w.later(day)
	}
	x := between(r, span[0], span[1])
	if st.Steady {
		own := w.dice(st.file + "/" + st.Name + "/" + s.code + "/" + f.Code)
		x = (span[0] + (span[1]-span[0])*own.Float64()) * (.97 + .06*r.Float64())
	}
	if g, ok := st.Grow[f.Code]; ok {
		x *= math.Pow(g, float64(s.day.Year()-max(st.From, start.Year())))
	}
	return amount(f, rounded(x, st.Round[f.Code]))
}

// rounded is x as a multiple of step, itself where there is none.
func rounded(x, step float64) float64 {
	if step <= 0 {
		return x
	}
	return math.Round(x/step) * step
}

// later is a day, or nothing while it lies ahead.
func (w *world) later(d civil.Date) any {
	if d > w.spec.Today {
		return nil
	}
	return d.String()
}

// person is a plainly fictitious name.
func person(r *rand.Rand) string {
	return fmt.Sprintf("%s Thử Nghiệm %d", []string{"Ông", "Bà"}[r.IntN(2)], 1+r.IntN(400))
}

func (w *world) choice(f *catalog.Field, sh *shape, day civil.Date, r *rand.Rand) any {
	for range 10 {
		code := sh.open[weighted(r, sh.weights)]
		if f.Option(code).Open(day) {
			return code
		}
	}
	return nil
}

func (w *world) choices(f *catalog.Field, sh *shape, day civil.Date, r *rand.Rand) any {
	var out []string
	for range 1 + r.IntN(2) {
		if c, ok := w.choice(f, sh, day, r).(string); ok && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

func (w *world) rows(kind *catalog.Kind, f *catalog.Field, s slot, r *rand.Rand) any {
	var out []any
	for range 1 + r.IntN(2) {
		row := map[string]any{}
		var whole float64
		for _, sub := range f.Fields {
			v := w.value(kind, &stream{}, sub, w.shape(kind, sub), s, whole, r)
			if v == nil {
				continue
			}
			row[sub.Code] = v
			if n, ok := v.(int64); ok {
				whole = float64(n)
			}
		}
		out = append(out, row)
	}
	return out
}

// isPart says whether the field is a part of the amount before it.
func isPart(f *catalog.Field) bool {
	name := civil.Fold(f.Name)
	return strings.HasPrefix(name, "trong do") || strings.HasPrefix(name, "so nu") || strings.HasPrefix(f.Code, "women")
}

// sizes are usual amounts by unit of measure: between and between.
var sizes = map[string][2]float64{
	"lượt người": {25, 140}, "người": {2, 40}, "lượt": {10, 90}, "hộ": {8, 90}, "lượt hộ": {8, 90}, "cuộc": {1, 4}, "hội nghị": {1, 3}, "buổi": {1, 4},
	"văn bản": {1, 6}, "tài liệu": {20, 200}, "bộ": {20, 200}, "bản": {30, 400}, "tờ": {50, 600}, "cuốn": {20, 200}, "ngày": {1, 5}, "giờ": {4, 24},
	"đơn": {1, 8}, "vụ": {1, 5}, "vụ việc": {1, 5}, "ý kiến": {2, 25}, "kiến nghị": {1, 8}, "đơn vị": {1, 8}, "mô hình": {1, 4}, "tổ": {1, 6},
	"ngày công": {20, 220}, "m²": {80, 900}, "km": {.3, 4}, "m": {50, 900}, "nhà": {1, 3}, "suất": {5, 60}, "suất quà": {5, 60}, "%": {70, 100}, "hồ sơ": {60, 420},
	"công trình": {1, 3}, "cây": {50, 700}, "tin": {1, 6}, "bài": {1, 5}, "tin, bài": {1, 6}, "lớp": {1, 3}, "thôn": {2, 12}, "xã": {1, 12}, "tháng": {1, 12}, "năm": {1, 5},
}

func (w *world) number(f *catalog.Field, sh *shape, day civil.Date, whole float64, r *rand.Rand) any {
	switch {
	case f.Code == "year":
		return int64(day.Year())
	case sh.part:
		return amount(f, math.Floor(whole*between(r, .1, .6)))
	case f.Type == catalog.Money || f.Unit == "đồng":
		return int64(between(r, 8, 400)) * 100_000
	case f.Unit == "triệu đồng" || f.Unit == "nghìn đồng":
		return amount(f, between(r, 5, 300))
	}
	span, ok := sizes[f.Unit]
	if !ok {
		span = [2]float64{1, 12}
	}
	return amount(f, between(r, span[0], span[1]))
}

// amount fits a number to the field: its scale and bounds.
func amount(f *catalog.Field, x float64) any {
	n := int64(math.Round(x * math.Pow10(f.Scale)))
	if f.Max != nil {
		n = min(n, bound(f.Max, f.Scale))
	}
	if f.Min != nil {
		n = max(n, bound(f.Min, f.Scale))
	}
	return scaled(n, f.Scale)
}

// between draws small numbers oftener than large ones.
func between(r *rand.Rand, lo, hi float64) float64 {
	return lo + (hi-lo)*math.Pow(r.Float64(), 1.7)
}

// topics are texts to title work with, by pool.
type topics struct {
	Pools map[string][]string `yaml:"pools"`
	Kinds map[string]string   `yaml:"kinds"` // kind -> pool
}

func loadTopics() (*topics, error) {
	body, err := streamFiles.ReadFile("streams/topics.yaml")
	if err != nil {
		return nil, err
	}
	var t topics
	if err := yaml.UnmarshalWithOptions(body, &t, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("topics.yaml: %w", err)
	}
	return &t, nil
}

// text titles a piece of work; a field that is no title gets a short neutral remark or nothing.
func (t *topics) text(kind *catalog.Kind, pool string, f *catalog.Field, r *rand.Rand) any {
	if list := t.Pools["field:"+f.Code]; len(list) > 0 && pool == "" {
		return list[r.IntN(len(list))]
	}
	if pool == "" {
		pool = t.Kinds[kind.Code]
	}
	list := t.Pools[pool]
	if slices.Contains(kind.Title, f.Code) || f.Required {
		if len(list) == 0 {
			return kind.Name
		}
		return list[r.IntN(len(list))]
	}
	return nil
}
