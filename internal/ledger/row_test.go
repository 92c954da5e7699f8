package ledger

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"danvan/internal/db/dbtest"
)

func TestColumns(t *testing.T) {
	cols, err := ColumnsOf([]string{"Khóa", "kind", "Đơn vị", "ngày", "Phối hợp", "fields.topic", "Attendances", "gifts", "đã xác nhận", "lỗi"}, false)
	if err != nil {
		t.Fatal(err)
	}
	d, ps := cols.Draft([]string{"k", "session", " A.BDV ", "20/4/2019", "A.MTTQ; D1.MTTQ", "Nội dung", "1.234", `[{"item":"rice","quantity":2}]`, "có", "lỗi cũ"})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	got, _ := json.Marshal(d)
	want := `{"key":"k","kind":"session","unit":"A.BDV","day":"2019-04-20","partners":["A.MTTQ","D1.MTTQ"],"fields":{"attendances":"1.234","gifts":[{"item":"rice","quantity":2}],"topic":"Nội dung"},"confirmed":true}`
	if string(got) != want {
		t.Errorf("draft\n%s, want\n%s", got, want)
	}
	if _, err := ColumnsOf([]string{"unit", "đơn vị"}, false); err == nil {
		t.Error("two columns of one name were taken")
	}
	if err := cols.Need("carries"); err == nil || !strings.Contains(err.Error(), "carries") {
		t.Errorf("missing column: %v", err)
	}
	_, ps = cols.Draft([]string{"k", "", "", "31/2/2019", "", "", "", "", "có thể", "", "thừa"})
	if len(ps) != 3 {
		t.Errorf("problems %v", ps)
	}
}

func TestDraftFromJSON(t *testing.T) {
	d, ps := DraftFromJSON([]byte(`{"kind":"session","unit":"A.BDV","day":"2019-04-20","fields":{"area":12.50},"lỗi":"cũ"}`))
	if len(ps) > 0 || fmt.Sprint(d.Fields["area"]) != "12.50" {
		t.Errorf("%+v %v", d, ps)
	}
	for _, bad := range []string{``, `{`, `[]`, `{"knd":"x"}`, `{} {}`, `{"day":"x"}`, `"x"`, `{"fields":3}`, `{"key":`} {
		if _, ps := DraftFromJSON([]byte(bad)); len(ps) == 0 {
			t.Errorf("%q was taken", bad)
		} else if strings.Contains(ps[0].Say, "json:") || strings.Contains(ps[0].Say, "Go value") {
			t.Errorf("%q speaks of the program: %s", bad, ps[0].Say)
		}
	}
}

func TestReadings(t *testing.T) {
	cols, err := ColumnsOf([]string{"indicator", "unit", "year", "value", "source", "vintage", "note"}, true)
	if err != nil {
		t.Fatal(err)
	}
	d, _ := cols.Draft([]string{"indicator.poverty_rate", "06", "2019", "18,5", "Cục Thống kê", "official", ""})
	if ps := d.AsReading("socio_reading"); len(ps) > 0 {
		t.Fatal(ps)
	}
	if d.Kind != "socio_reading" || d.Day != 20191231 || d.Fields["measure"] != "poverty_rate" || d.Fields["value"] != "18,5" {
		t.Errorf("%+v", d)
	}
	d, _ = cols.Draft([]string{"x", "06", "hai nghìn"})
	if ps := d.AsReading("socio_reading"); len(ps) != 1 {
		t.Errorf("%v", ps)
	}
}

// FuzzPrepare throws lines of JSON at the reader and the checks behind it: whatever passes must encode, describe
// and add up again from what is stored.
func FuzzPrepare(f *testing.F) {
	for _, seed := range []string{
		`{"kind":"session","unit":"A.BDV","day":"2019-04-20","fields":{"topic":"x","attendances":3,"area":"1.234,5","gifts":[{"item":"rice","quantity":2}]}}`,
		`{"kind":"letter","unit":"A","day":"20/4/2019","partners":["E"],"fields":{"class":"complaint","settled_on":"2019-05-01"}}`,
		`{"kind":"session","unit":"A.BDV","day":"2019-04-20","fields":{"gifts":[[]],"speaker":{"name":1},"invited":"A;B","attendances":1e300}}`,
	} {
		f.Add([]byte(seed))
	}
	w := newWorld(f, dbtest.SQLite(f))
	tree, err := w.keeper.Tree(ctx)
	if err != nil {
		f.Fatal(err)
	}
	r := rules{tree: tree, catalog: w.ledger.Catalog, today: 20260501}
	f.Fuzz(func(t *testing.T, line []byte) {
		d, problems := DraftFromJSON(line)
		if len(problems) > 0 {
			return
		}
		s, problems := prepare(r, d)
		if len(problems) > 0 {
			return
		}
		values, err := s.kind.Decode([]byte(s.fields))
		if err != nil {
			t.Fatalf("%s: %v", s.fields, err)
		}
		again, err := sumsOf(s.edition, s.kind, s.day, values, s.unit, s.place, s.partners)
		if err != nil || !slices.Equal(again, s.sums) {
			t.Fatalf("sums %v, again %v (%v)", s.sums, again, err)
		}
		if title, fold := describe(s.kind, values); title != s.title || fold != s.fold {
			t.Fatalf("title %q fold %q, again %q %q", s.title, s.fold, title, fold)
		}
		same, problems := prepare(r, draftOf(tree, s, 0))
		if len(problems) > 0 || same.fields != s.fields || same.place != s.place {
			t.Fatalf("draft of what is stored: %v %+v", problems, same)
		}
	})
}
