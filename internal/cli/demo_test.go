package cli_test

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"danvan/internal/cli"
)

func TestEvidenceTakesTheFlagsOfFigure(t *testing.T) {
	dir := demoDir(t)
	var years []struct{ Total int64 }
	out := ok(t, dir, "evidence", "F20", "--unit", "06", "--period", "2015..2019", "--by", "year", "--limit", "1", "--json")
	if err := json.Unmarshal([]byte(out), &years); err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, y := range years {
		sum += y.Total
	}
	if len(years) != 5 || sum == 0 || sum > 7344 {
		t.Errorf("%d years with %d entries", len(years), sum)
	}
	var classes []struct{ Total int64 }
	out = ok(t, dir, "evidence", "F17", "--unit", "06", "--period", "2015..2019", "--by", "label:class", "--limit", "1", "--json")
	if err := json.Unmarshal([]byte(out), &classes); err != nil {
		t.Fatal(err)
	}
	letters := int64(0)
	for _, c := range classes {
		letters += c.Total
	}
	if len(classes) < 4 || letters != 11244 { // a letter has one class
		t.Errorf("%d classes with %d letters", len(classes), letters)
	}
	if text := ok(t, dir, "evidence", "F17", "--unit", "06", "--period", "2019", "--compare", "--limit", "1"); !strings.Contains(text, "2018") {
		t.Errorf("--compare does not list the year before:\n%s", text)
	}
	if r := demo(t, "figure", "F25", "--unit", "06", "--period", "2010", "--vintage", "khong-co"); r.code != cli.ExitUsage {
		t.Errorf("unknown vintage: exit %d", r.code)
	}
}

// A file of acts that cannot be taken is a usage error and changes nothing; its preview runs, and says what fails.
func TestBadActsAreAUsageError(t *testing.T) {
	dir, file := demoCopy(t), filepath.Join(t.TempDir(), "sai.json")
	acts := `[{"date":"2024-05-01","kind":"rename","code":"99999","name":"Xã Không Có","type":"Xã","level":"commune","parent":"060"}]`
	if err := os.WriteFile(file, []byte(acts), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := run(nil, "--data", dir, "units", "apply", file); r.code != cli.ExitUsage {
		t.Errorf("apply: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := run(nil, "--data", dir, "units", "apply", file, "--dry-run"); r.code != cli.ExitCheck {
		t.Errorf("preview: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// An act changed behind the program's back is named, also where the units can no longer be derived from it.
func TestVerifyNamesChangedActs(t *testing.T) {
	for _, sqlText := range []string{
		`UPDATE org_change SET number = '1/NQ' WHERE id = (SELECT min(id) FROM org_change WHERE kind = 'merge')`,
		`UPDATE org_change SET day = 20190301 WHERE id = (SELECT min(id) FROM org_change WHERE kind = 'merge')`,
	} {
		dir := demoCopy(t)
		d, err := sql.Open("sqlite", filepath.Join(dir, "danvan.db"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(sqlText); err != nil {
			t.Fatal(err)
		}
		d.Close()
		r := run(nil, "--data", dir, "verify")
		if r.code != cli.ExitCheck || !strings.Contains(r.stdout, "Việc sắp xếp số") {
			t.Errorf("%s: exit %d\n%s%s", sqlText, r.code, r.stdout, r.stderr)
		}
	}
}

// What stands beside the entries is named too when it was changed or taken out behind the program's back.
func TestVerifyNamesChangedRecords(t *testing.T) {
	dir := demoCopy(t)
	d, err := sql.Open("sqlite", filepath.Join(dir, "danvan.db"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		`UPDATE access_grant SET role = 'administrator' WHERE id = (SELECT min(id) FROM access_grant)`:                                            "Quyền số",
		`DELETE FROM access_grant WHERE id = (SELECT max(id) FROM access_grant)`:                                                                  "bút tích về quyền",
		`UPDATE entry_return SET remark = 'khác' WHERE id = (SELECT min(id) FROM entry_return)`:                                                   "Lần trả lại số",
		`DELETE FROM entry_return WHERE id = (SELECT max(id) FROM entry_return)`:                                                                  "bút tích về trả lại",
		`UPDATE duty_nil SET reason = 'khác' WHERE id = (SELECT min(id) FROM duty_nil)`:                                                           "không phát sinh số",
		`DELETE FROM duty_nil WHERE id = (SELECT max(id) FROM duty_nil)`:                                                                          "bút tích về khai không phát sinh",
		`UPDATE filing_version SET signer = 'khác' WHERE act = 'issue' AND filing = (SELECT min(filing) FROM filing_version WHERE act = 'issue')`: "Kỳ báo cáo",
	}
	for sqlText := range want {
		if res, err := d.Exec(sqlText); err != nil {
			t.Fatal(err)
		} else if n, _ := res.RowsAffected(); n != 1 {
			t.Fatalf("%s: %d rows", sqlText, n)
		}
	}
	d.Close()
	r := run(nil, "--data", dir, "verify")
	for sqlText, text := range want {
		if r.code != cli.ExitCheck || !strings.Contains(r.stdout, text) {
			t.Errorf("%s: exit %d, %q is not named\n%s%s", sqlText, r.code, text, r.stdout, r.stderr)
		}
	}
}

// What a merged commune kept alive lives on in its successor.
func TestWhatIsAliveSurvivesAMerger(t *testing.T) {
	dir := demoDir(t)
	for _, unit := range []string{"19", "01912"} {
		f := figure(t, dir, "model.alive", "--unit", unit, "--period", "2026-M09")
		if f.Value == nil || strings.HasPrefix(*f.Value, "-") || *f.Value == "0" {
			t.Errorf("models alive in %s: %s", unit, value(f))
		}
	}
	before, after := figure(t, dir, "model.alive", "--unit", "06", "--period", "2025-H1"), figure(t, dir, "model.alive", "--unit", "19", "--from", "2025-07-01", "--to", "2025-07-01")
	if b, a := number(t, value(before)), number(t, value(after)); a < b-5 || a > b+5 {
		t.Errorf("models alive on the eve %d, on the day of the merger %d", b, a)
	}
}
