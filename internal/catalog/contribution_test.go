package catalog

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"danvan/internal/civil"
)

// contributed writes contributions one a line: series{labels} day [by] value.
func contributed(t testing.TB, e *Edition, kind string, day civil.Date, fields map[string]any) []string {
	t.Helper()
	k := e.Kind(kind)
	values, errs := k.Check(fields, day)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	list, err := e.Contributions(k, Record{Day: day, Values: values})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range list {
		line := fmt.Sprintf("%s{%s} %s", c.Series.Code, c.Labels, c.Day)
		if c.By != 0 {
			line += " by " + c.By.String()
		}
		lines = append(lines, fmt.Sprintf("%s = %d", line, c.Value))
	}
	slices.Sort(lines)
	return lines
}

func TestContributions(t *testing.T) {
	e := load(t, base(goodBase)).Latest()
	cases := []struct {
		name   string
		fields map[string]any
		want   []string // beside what every entry gives
	}{
		{"nothing but the topic", map[string]any{}, nil},
		{"a stated zero is a fact", map[string]any{"attendances": 0, "theme": "ethnic", "joint": false}, []string{
			"training_attendances{joint=false;theme=ethnic} 2019-05-08 = 0",
			"size{size=small} 2019-05-08 = 1"}},
		{"where with has and not", map[string]any{"attendances": 100, "joint": true}, []string{
			"training_attendances{joint=true;theme=} 2019-05-08 = 100"}},
		{"computed label", map[string]any{"attendances": 100}, []string{
			"training_attendances{joint=;theme=} 2019-05-08 = 100", "size{size=large} 2019-05-08 = 1"}},
		{"rows, products and their own day", map[string]any{"gifts": []any{
			map[string]any{"item": "rice", "quantity": "1,5", "price": 20000, "given_on": "2019-06-01"},
			map[string]any{"item": "book", "quantity": 3, "price": "9.999"},
			map[string]any{"item": "rice", "quantity": 2}}}, []string{
			"gift_money{item=rice} 2019-05-08 = 300000", // 1,5 × 20.000 đồng, kept to a tenth
			"gift_money{item=book} 2019-05-08 = 299970",
			"gift_money{item=rice} 2019-05-08 = 0",
			"gift_rice{} 2019-06-01 = 15"}}, // the second rice has no day yet
		{"each of several choices", map[string]any{"themes": []any{"ethnic", "religious"}}, []string{
			"by_theme{theme=ethnic} 2019-05-08 = 1", "by_theme{theme=religious} 2019-05-08 = 1"}},
		{"a state begins and ends", map[string]any{"started_on": "2019-05-10", "ended_on": "2019-07-01"}, []string{
			"cohort{} 2019-05-08 by 2019-07-01 = 1",
			"running{} 2019-05-10 = 1", "running{} 2019-07-01 = -1"}},
		{"a state goes on", map[string]any{"started_on": "2019-05-10"}, []string{"running{} 2019-05-10 = 1"}},
		{"scaled reading", map[string]any{"area": "32,1"}, []string{"area_read{} 2019-05-08 = 3210"}},
	}
	for _, c := range cases {
		c.fields["topic"] = "Tập huấn"
		theme, _ := c.fields["theme"].(string)
		want := append([]string{"trainings{theme=" + theme + "} 2019-05-08 = 1"}, c.want...)
		slices.Sort(want)
		if got := contributed(t, e, "training", 20190508, c.fields); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// Value expressions over rows, conditions and counts.
func TestComputedValues(t *testing.T) {
	for value, want := range map[string]string{
		"sum(gifts, .quantity)":                "45",
		"sum(gifts, .quantity * .price)":       "349980",
		"len(gifts)":                           "20",
		"joint ? attendances : 0":              "1000",
		"attendances * 3 - persons":            "2930",
		"attendances + (has(cost) ? cost : 7)": "1070",
	} {
		text := strings.Replace(goodBase, "scale: 1, each: gifts, value: quantity * price, flow: amount, labels: {item: item}", "scale: 1, value: '"+value+"', flow: amount", 1)
		got := contributed(t, load(t, base(text)).Latest(), "training", 20190508, map[string]any{"topic": "a", "attendances": 100, "persons": 7, "joint": true,
			"gifts": []any{map[string]any{"quantity": 1.5, "price": 10000}, map[string]any{"quantity": 3, "price": 6666}}})
		if i := slices.IndexFunc(got, func(s string) bool { return strings.HasPrefix(s, "gift_money") }); i < 0 || !strings.HasSuffix(got[i], " = "+want) {
			t.Errorf("%s: want %s, got %v", value, want, got)
		}
	}
}

func TestContributionsAtOnce(t *testing.T) {
	e := load(t, base(goodBase)).Latest()
	want := contributed(t, e, "training", 20190508, map[string]any{"topic": "a", "attendances": 100})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				k := e.Kind("training")
				values, _ := k.Check(map[string]any{"topic": "a", "attendances": 100}, 20190508)
				if got, err := e.Contributions(k, Record{20190508, values}); err != nil || len(got) != len(want) {
					t.Errorf("%v %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestContributionsRefuseOverflow(t *testing.T) {
	e := load(t, base(goodBase)).Latest()
	k := e.Kind("training")
	values, errs := k.Check(map[string]any{"topic": "a", "gifts": []any{map[string]any{"quantity": 1000000000, "price": 1000000000}}}, 20190508)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if _, err := e.Contributions(k, Record{20190508, values}); err == nil || !strings.Contains(err.Error(), "quá lớn") {
		t.Errorf("a product beyond exact numbers must be refused, got %v", err)
	}
}

// The short way for common conditions and the interpreter give the same answer.
func TestDirectTestAgrees(t *testing.T) {
	k := training(t)
	sc := scope(k.byCode)
	conditions := []string{`theme == "ethnic"`, `theme != "ethnic"`, `theme in ["ethnic", "religious"]`, `theme not in ["ethnic"]`,
		`joint`, `not joint`, `!joint`, `has(area)`, `not has(theme)`, `joint && theme == "ethnic"`, `joint or has(area)`,
		`theme == "" || started_on == "2019-05-08"`, `(joint || theme == "religious") and not has(area)`}
	records := []map[string]any{{}, {"theme": "ethnic"}, {"theme": "religious", "joint": true}, {"joint": false, "area": 1},
		{"area": 2, "started_on": "2019-05-08"}, {"theme": "ethnic", "joint": true, "area": 0}}
	for _, text := range conditions {
		x, problem := sc.compile(text, exprBool)
		if problem != nil {
			t.Fatalf("%s: %v", text, problem)
		}
		direct := sc.directTest(text)
		if direct == nil {
			t.Fatalf("%s has no short way", text)
		}
		for _, r := range records {
			r["topic"] = "a"
			values, errs := k.Check(r, 20190508)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			ev := evaluation{record: Record{20190508, values}}
			ev.fill(&plan{uses: x.uses, asks: x.asks, scope: sc})
			slow, err := ev.run(x)
			if err != nil || slow != direct(ev.get) {
				t.Errorf("%s over %v: interpreter %v (%v), short way %v", text, r, slow, err, direct(ev.get))
			}
			ev.release()
		}
	}
	for _, text := range []string{`attendances > 5`, `theme == topic`, `len(gifts) > 0`, `day >= "2019-01-01"`} {
		if sc.directTest(text) != nil {
			t.Errorf("%s must go to the interpreter", text)
		}
	}
}

const manyReaders = `system: 14
kinds:
  - {code: letter, name: Đơn, cite: Luật, by: ["*"], day: Ngày nhận, fields: [{code: class, name: Loại, type: choice, about: work, options: [{code: a, name: A}, {code: b, name: B}]}, {code: settled_on, name: Giải quyết, type: date, about: work}]}
  - {code: call, name: Cuộc gọi, cite: Luật, by: ["*"], day: Ngày nhận, fields: [{code: class, name: Loại, type: choice, about: work, options: [{code: b, name: B}, {code: c, name: C}]}, {code: settled_on, name: Giải quyết, type: date, about: work}]}
series:
  - {code: received, name: Nhận, kinds: [letter, call], unit: đơn, labels: {class: class}}
  - {code: settled_flow, name: Giải quyết theo ngày, kinds: [letter, call], unit: đơn, date: settled_on}
  - {code: settled, name: Giải quyết, kinds: [letter, call], unit: đơn, by: settled_on, where: class != "c"}
`

func TestSeriesOfSeveralKinds(t *testing.T) {
	e := load(t, base(manyReaders)).Latest()
	if values, ok := e.SeriesByCode("received").LabelValues("class"); !ok || fmt.Sprint(values) != "[a b c]" {
		t.Errorf("the values of a label are those of all kinds: %v", values)
	}
	got := contributed(t, e, "call", 20190102, map[string]any{"class": "b", "settled_on": "2019-03-01"})
	want := "received{class=b} 2019-01-02 = 1|settled_flow{} 2019-03-01 = 1|settled{} 2019-01-02 by 2019-03-01 = 1"
	if strings.Join(got, "|") != want {
		t.Errorf("got %s", strings.Join(got, "|"))
	}
	if got := contributed(t, e, "call", 20190102, map[string]any{"class": "c", "settled_on": "2019-03-01"}); len(got) != 2 {
		t.Errorf("where leaves the third out: %v", got)
	}
}

func BenchmarkContributionsSimple(b *testing.B) {
	e := load(b, base(manyReaders)).Latest()
	benchmarkRecord(b, e, "letter", map[string]any{"class": "a", "settled_on": "2019-03-01"})
}

func BenchmarkContributionsRich(b *testing.B) {
	e := load(b, base(goodBase)).Latest()
	benchmarkRecord(b, e, "training", map[string]any{"topic": "a", "attendances": 100, "theme": "ethnic", "started_on": "2019-03-01",
		"ended_on": "2019-04-01", "gifts": []any{map[string]any{"item": "rice", "quantity": 2, "price": 5000, "given_on": "2019-03-02"}}})
}

func benchmarkRecord(b *testing.B, e *Edition, kind string, fields map[string]any) {
	k := e.Kind(kind)
	values, errs := k.Check(fields, 20190102)
	if len(errs) > 0 {
		b.Fatal(errs)
	}
	r := Record{20190102, values}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Contributions(k, r); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkCheck(b *testing.B) {
	k := training(b)
	fields := map[string]any{"topic": "a", "attendances": 100.0, "theme": "ethnic", "started_on": "2019-03-01", "ended_on": "2019-04-01"}
	b.ReportAllocs()
	for b.Loop() {
		if _, errs := k.Check(fields, 20190102); len(errs) > 0 {
			b.Fatal(errs)
		}
	}
}

// A letter ends once, on the day of the first way that has one.
func TestDatesTakeTheFirstGiven(t *testing.T) {
	e := load(t, base(`system: 14
kinds:
  - {code: letter, name: Đơn, cite: Luật, by: ["*"], day: Ngày nhận, fields: [{code: settled_on, name: Giải quyết, type: date, about: work}, {code: sent_on, name: Chuyển, type: date, about: work}]}
series:
  - {code: ended, name: Kết thúc, kind: letter, unit: đơn, dates: [settled_on, sent_on], labels: {way: 'has(settled_on) ? "settled" : "sent"'}}
`)).Latest()
	for _, c := range []struct {
		fields map[string]any
		want   string
	}{
		{map[string]any{}, ""},
		{map[string]any{"sent_on": "2020-03-05"}, "ended{way=sent} 2020-03-05 = 1"},
		{map[string]any{"sent_on": "2020-03-05", "settled_on": "2020-04-01"}, "ended{way=settled} 2020-04-01 = 1"},
	} {
		if got := strings.Join(contributed(t, e, "letter", 20200101, c.fields), "|"); got != c.want {
			t.Errorf("%v: counted %q, want %q", c.fields, got, c.want)
		}
	}
}
