package catalog

import (
	"encoding/json"
	"io/fs"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	catalogdata "danvan/catalog"
)

// withPrepared returns the folder with its prepared editions beside it.
func withPrepared(t *testing.T, m fstest.MapFS) fstest.MapFS {
	t.Helper()
	prepared, err := Prepare(m)
	if err != nil {
		t.Fatal(err)
	}
	both := maps.Clone(m)
	for name, text := range prepared {
		both[name] = &fstest.MapFile{Data: text}
	}
	return both
}

func TestPrepared(t *testing.T) {
	m := base(goodBase)
	maps.Copy(m, files("2021/edition.yaml", edition2021, "2021/templates/nam.md", "mẫu năm"))
	plain, both := load(t, m), withPrepared(t, m)
	quick := load(t, both)
	if !quick.Latest().stored || plain.Latest().stored {
		t.Fatal("a prepared folder gives stored editions, a plain one does not")
	}
	fields := map[string]any{"topic": "a", "attendances": 120, "themes": "ethnic", "started_on": "2019-05-01", "ended_on": "2019-06-01"}
	for i, e := range quick.Editions() {
		want := plain.Editions()[i]
		if e.Hash != want.Hash || e.To != want.To || len(e.Templates) != len(want.Templates) || e.Indicator("training.rate").DenominatorName != "hội nghị" {
			t.Errorf("edition %s differs when prepared", e.Code)
		}
		got := strings.Join(contributed(t, e, "training", 20190508, fields), "\n")
		if exp := strings.Join(contributed(t, want, "training", 20190508, fields), "\n"); got != exp {
			t.Errorf("prepared:\n%s\nplain:\n%s", got, exp)
		}
		if values, ok := e.SeriesByCode("size").LabelValues("size"); !ok || len(values) != 2 {
			t.Errorf("label values when prepared: %v", values)
		}
	}
	if _, errs := quick.Latest().Kind("training").Check(map[string]any{"topic": "a", "started_on": "2019-05-08", "ended_on": "2019-05-07"}, 20190508); len(errs) != 1 {
		t.Errorf("rules when prepared: %v", errs)
	}
	if c, err := Load(both, FromYAML()); err != nil || c.Latest().stored {
		t.Errorf("FromYAML reads the files: %v", err)
	}
}

// What is prepared is only taken for the very files that it was made from.
func TestPreparedIsNotTakenWhenStale(t *testing.T) {
	both := withPrepared(t, base(goodBase))
	changed := maps.Clone(both)
	changed["base/05.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(goodBase, "name: Số hội nghị", "name: Số lớp", 1))}
	if e := load(t, changed).Latest(); e.stored || e.Indicator("F03").Name != "Số lớp" {
		t.Error("the files changed: they are read")
	}
	for name, text := range map[string]string{"index": "{", "empty": "{}"} {
		broken := maps.Clone(both)
		broken["bundle/index.json"] = &fstest.MapFile{Data: []byte(text)}
		if load(t, broken).Latest().stored {
			t.Errorf("%s: a broken index is passed over", name)
		}
	}
}

func TestPreparedAtOnce(t *testing.T) {
	c := load(t, withPrepared(t, base(goodBase)))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			e := c.EditionOn(20190101)
			k := e.Kind("training")
			values, errs := k.Check(map[string]any{"topic": "a", "started_on": "2019-05-01", "ended_on": "2019-05-02"}, 20190508)
			if list, err := e.Contributions(k, Record{20190508, values}); err != nil || len(errs) > 0 || len(list) != 4 {
				t.Errorf("%v %v %v", list, errs, err)
			}
		})
	}
	wg.Wait()
}

// The program's own editions are prepared from its own files, and each can be read.
func TestOwnBundleIsCurrent(t *testing.T) {
	text, err := fs.ReadFile(catalogdata.FS, "bundle/index.json")
	if err != nil {
		t.Fatal(err)
	}
	var index preparedIndex
	if err := json.Unmarshal(text, &index); err != nil {
		t.Fatal(err)
	}
	if source, err := sourceHash(catalogdata.FS); err != nil || source != index.Source {
		t.Fatalf("the catalogue's files changed (%v); prepare them anew: go generate ./catalog", err)
	}
	for _, p := range index.Editions {
		e, err := p.read(catalogdata.FS)
		if err == nil {
			err = e.compile()
		}
		if err != nil {
			t.Errorf("edition %s: %v", p.Code, err)
		}
	}
}

// BenchmarkStart is what a program pays for its catalogue when it starts: the newest edition.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		c, err := Load(catalogdata.FS)
		if err != nil {
			b.Fatal(err)
		}
		if e := c.Latest(); !e.stored {
			b.Fatal("the catalogue is not prepared: go generate ./catalog")
		}
	}
}
