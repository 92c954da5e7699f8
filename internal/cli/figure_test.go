package cli_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestFigureExitStatuses(t *testing.T) {
	dir := demoDir(t)
	for line, want := range map[string]int{
		"figure F20 --unit 06 --period 2015..2019":                0,
		"figure F20 --unit 06 --from 2015-01-01 --to 2019-12-31":  0,
		"figure F17 --unit 06 --period tt03-2013:2018-Q1":         0,
		"figure F20 --unit 06 --period 2015..2019 --compare":      0,
		"evidence F20 --unit 06 --period 2019 --part denominator": 0,
		"evidence F20 --unit 06 --period 2019 --csv":              0,
		"figure F20 --unit 06":                                    2,
		"figure F20 --period 2019":                                2,
		"figure F20 --unit 06 --period 2019 --from 2019-01-01":    2,
		"figure F20 --unit 06 --period 2019-13":                   2,
		"figure F20 --unit 06 --from 2019-02-30 --to 2019-12-31":  2,
		"figure F20 --unit 06 --from 2019-12-31 --to 2019-01-01":  2,
		"figure F20 --unit 06 --period none:2019":                 2,
		"figure F20 --unit 06 --period 2019 --basis now":          2,
		"figure F20 --unit 06 --period 2019 --status some":        2,
		"figure F20 --unit 06 --period 2019 --as-of yesterday":    2,
		"figure F20 --unit 06 --period 2019 --by week":            2,
		"figure F20 --unit 06 --period 2019 --by label:colour":    2,
		"figure F20 --unit 06 --period 2019 --by year --compare":  2,
		"figure F29 --unit 06 --period 2019":                      2, // two indicators carry it
		"evidence F20 --unit 06 --period 2019 --part half":        2,
		"evidence F20 --unit 06 --period 2019 --offset -1":        2,
		"evidence F20 --unit 06 --period 2019 --json --csv":       2,
		"figure F99 --unit 06 --period 2019":                      3,
		"figure F20 --unit 99999 --period 2019":                   3,
		"figure F20 --unit 06@2026-01-01 --period 2019":           3,
		"evidence no.such --unit 06 --period 2019":                3,
	} {
		got := run(nil, append([]string{"--data", dir}, strings.Fields(line)...)...)
		if got.code != want {
			t.Errorf("%s: exit %d, want %d\n%s%s", line, got.code, want, got.stdout, got.stderr)
		}
		if want != 0 && (got.stdout != "" || !strings.Contains(got.stderr, "danvan: ")) {
			t.Errorf("%s: says %q on stdout, %q on stderr", line, got.stdout, got.stderr)
		}
	}
}

// The command prints what the schema says, in each of its forms.
func TestFigureJSON(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/figure.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"figure F20 --unit 06 --period 2015..2019", "figure F12 --unit 06 --period 2010..2019", "figure F26 --unit 06 --period 2019",
		"figure F07 --unit 06 --period 2019 --by month", "figure F07 --unit 06 --period 2019 --by unit", "figure F17 --unit 060 --period 2019 --by unit",
		"figure F20 --unit 06 --period 2019 --compare", "figure F17 --unit 19 --period 2019 --basis 2026-01-01",
		"figure F20 --unit 06 --period 2019 --as-of 2019-06-30 --status confirmed", "evidence F20 --unit 06 --period 2019 --limit 5",
	} {
		got := run(nil, append([]string{"--data", demoDir(t)}, strings.Fields(line+" --json")...)...)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(got.stdout))
		if err != nil {
			t.Errorf("%s: exit %d, %v\n%s", line, got.code, err, got.stderr)
			continue
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// What evidence lists is what the figure counts.
func TestEvidenceListsWhatTheFigureCounts(t *testing.T) {
	for _, q := range []string{"F20 --unit 06 --period 2015..2019", "F05 --unit 06 --period 2010..2019", "F14 --unit 06 --period 2020-02", "F26 --unit 06 --period 2019", "F12 --unit 06 --period 2010..2019"} {
		args := append([]string{"--data", demoDir(t)}, "figure")
		var f struct {
			Entries int64 `json:"entries"`
		}
		got := run(nil, append(args, strings.Fields(q+" --json")...)...)
		if err := json.Unmarshal([]byte(got.stdout), &f); err != nil {
			t.Fatalf("%s: %v %s", q, err, got.stderr)
		}
		args = append([]string{"--data", demoDir(t)}, "evidence")
		got = run(nil, append(args, strings.Fields(q+" --csv")...)...)
		rows, err := csv.NewReader(strings.NewReader(got.stdout)).ReadAll()
		if err != nil || int64(len(rows)-1) != f.Entries || f.Entries == 0 {
			t.Errorf("%s: %d rows, the figure counts %d entries: %v", q, len(rows)-1, f.Entries, err)
		}
		seen := map[string]bool{}
		for _, r := range rows[1:] {
			if seen[r[0]] {
				t.Errorf("%s: entry %s listed twice", q, r[0])
			}
			seen[r[0]] = true
		}
	}
}
