package figure_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"danvan/internal/db/dbtest"
	"danvan/internal/figure"
)

// Every answer is as docs/schema/figure.schema.json says, and the schema refuses what is not.
func TestAnswersFollowTheSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/figure.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, v any) map[string]any {
		t.Helper()
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v\n%s", what, err, text)
		}
		out, _ := doc.(map[string]any)
		return out
	}
	w := newWorld(t, dbtest.SQLite(t))
	w.fill(60, 3)
	w.do("t_reading", "06", "2019-12-31", "rate=19.56 vintage=official source=Cục_Thống_kê")
	w.do("t_letter", "001", "2019-11-01", "accepted_on=2019-11-05 settled_on=2019-12-20")
	w.do("t_one_stop", "001", "2018-01-01", "")
	w.do("t_session", "001", "2019-06-15", "theme=law attendances=20", "004")
	var figures []map[string]any
	for _, ind := range w.cat.EditionOn(20191231).Indicators {
		for _, unit := range []string{"06", "004", "06.BTV"} {
			question := ind.Code + " " + unit + " 2018..2019"
			if ind.Code == "t.broken" {
				question = ind.Code + " " + unit + " 2019"
			}
			figures = append(figures, check(question, w.figure(question)))
			for _, by := range []string{"month", "year", "unit"} {
				b, err := w.eng.Breakdown(w.ctx, w.query(question), by)
				if err != nil {
					t.Fatalf("%s by %s: %v", question, by, err)
				}
				check(question+" by "+by, b)
			}
			for _, side := range []figure.Side{figure.Numerator, figure.Denominator} {
				check(question, w.evidence(question, side))
			}
			c, err := w.eng.Compare(w.ctx, w.query(question))
			if err != nil {
				t.Fatal(err)
			}
			check("compare "+question, c)
		}
	}
	b, err := w.eng.Breakdown(w.ctx, w.query("t.attendances 06 2019"), "label:theme")
	if err != nil {
		t.Fatal(err)
	}
	check("by label", b)
	for _, spoil := range []func(m map[string]any){
		func(m map[string]any) { m["value"] = 12 }, func(m map[string]any) { delete(m, "display") },
		func(m map[string]any) { m["extra"] = true }, func(m map[string]any) { m["value"] = "1,5" },
	} {
		spoilt := map[string]any{}
		for k, v := range figures[0] {
			spoilt[k] = v
		}
		spoil(spoilt)
		if schema.Validate(spoilt) == nil {
			t.Errorf("the schema takes %v", spoilt)
		}
	}
}
