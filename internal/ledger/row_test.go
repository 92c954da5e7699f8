package ledger

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
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
	for _, bad := range []string{``, `{`, `[]`, `{"knd":"x"}`, `{} {}`, `{"day":"x"}`} {
		if _, ps := DraftFromJSON([]byte(bad)); len(ps) == 0 {
			t.Errorf("%q was taken", bad)
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
