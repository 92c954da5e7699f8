package cli_test

import (
	"archive/zip"
	"encoding/csv"
	"encoding/json"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"danvan/internal/cli"
)

// testdata/figures.csv holds what the published summary prints, with how exactly; it is read here only. The
// program computes each figure from records.

type printed struct{ ref, value, qualifier string }

func publishedFigures(t *testing.T) []printed {
	t.Helper()
	f, err := os.Open("testdata/figures.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []printed
	for _, r := range rows[1:] {
		out = append(out, printed{r[0], r[3], r[4]})
	}
	return out
}

type reportJSON struct {
	Mark    string
	Figures []struct {
		Ref, Indicator, Display string
		Value, Denominator      *string
		Entries                 int64
		Series                  []struct {
			Year  string
			Value *string
		}
	}
	Notices []struct{ Kind, Text string }
}

func tenYearReport(t *testing.T, dir string) reportJSON {
	t.Helper()
	out := ok(t, dir, "report", "tong-ket-10-nam", "--unit", "06", "--from", "2010-01-01", "--to", "2019-12-31", "--format", "json")
	var r reportJSON
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTenYearReportPrintsThe31Figures(t *testing.T) {
	r := tenYearReport(t, demoDir(t))
	found := map[string]int{}
	for _, f := range r.Figures {
		found[f.Ref]++
		if f.Value == nil || f.Entries == 0 {
			t.Errorf("%s has no value or no records behind it", f.Ref)
		}
	}
	for _, p := range publishedFigures(t) {
		want := 1
		if p.ref == "F29" { // two populations
			want = 2
		}
		if found[p.ref] != want {
			t.Errorf("%s stands %d times in the report, want %d", p.ref, found[p.ref], want)
		}
		for _, f := range r.Figures {
			if f.Ref == p.ref && f.Value != nil && !agrees(p, *f.Value, f.Display) {
				t.Errorf("%s: computed %s, printed %q; published %s (%s)", p.ref, *f.Value, f.Display, p.value, p.qualifier)
			}
		}
	}
	for _, f := range r.Figures {
		switch f.Ref {
		case "F12", "F13":
			if len(f.Series) != 10 {
				t.Errorf("%s has a series of %d years, want 10", f.Ref, len(f.Series))
			}
		case "F15":
			if *f.Value != "8" || f.Denominator == nil || *f.Denominator != "8" || f.Display != "8/8" {
				t.Errorf("F15: %s of %v printed %q", *f.Value, f.Denominator, f.Display)
			}
		case "F20":
			if *f.Value != "97.040169" || f.Display != "97%" {
				t.Errorf("F20: %s printed %q", *f.Value, f.Display)
			}
		}
	}
}

// agrees follows the rules of reading: "over" is greater by at most a twentieth or one, "about" within two in a
// hundred, "at least" as it says; "trên" is printed only when it is true.
func agrees(p printed, value, display string) bool {
	if strings.Contains(p.value, " of ") {
		num, den, _ := strings.Cut(p.value, " of ")
		return value == num && display == num+"/"+den
	}
	want, _ := new(big.Rat).SetString(p.value)
	got, okay := new(big.Rat).SetString(value)
	if !okay {
		return false
	}
	diff := new(big.Rat).Sub(got, want)
	switch p.qualifier {
	case "exact":
		return diff.Sign() == 0
	case "over":
		slack := new(big.Rat).Mul(want, big.NewRat(1, 20))
		if slack.Cmp(big.NewRat(1, 1)) < 0 {
			slack = big.NewRat(1, 1)
		}
		return diff.Sign() > 0 && diff.Cmp(slack) <= 0 && strings.HasPrefix(display, "trên ")
	case "about":
		return new(big.Rat).Abs(diff).Cmp(new(big.Rat).Mul(want, big.NewRat(1, 50))) <= 0
	case "at_least":
		return diff.Sign() >= 0
	case "rounded":
		return new(big.Rat).Abs(diff).Cmp(big.NewRat(1, 2)) <= 0
	}
	return false
}

func TestOneFailedCheckIsShown(t *testing.T) {
	var failed []string
	for _, n := range tenYearReport(t, demoDir(t)).Notices {
		if n.Kind == "check" {
			failed = append(failed, n.Text)
		}
	}
	if len(failed) != 1 || !strings.Contains(failed[0], "Quyết định") {
		t.Errorf("the planted inconsistency alone should fail: %q", failed)
	}
	r := demo(t, "figure", "enforcement.enforced", "--unit", "06", "--period", "2010..2019")
	if r.code != cli.ExitCheck {
		t.Errorf("figure with a failed check: exit %d, want %d", r.code, cli.ExitCheck)
	}
}

// Every format is written, marked as invented, and can be opened: the Word document in LibreOffice.
func TestReportFormats(t *testing.T) {
	dir, out := demoDir(t), t.TempDir()
	for _, format := range []string{"html", "docx", "xlsx"} {
		file := filepath.Join(out, "r."+format)
		ok(t, dir, "report", "tong-ket-10-nam", "--unit", "06", "--from", "2010-01-01", "--to", "2019-12-31", "--format", format, "-o", file)
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if format != "html" {
			z, err := zip.OpenReader(file)
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			z.Close()
			continue
		}
		for _, want := range []string{"97%", "trên 302.523", "8/8", "minh họa"} {
			if !strings.Contains(string(body), want) {
				t.Errorf("html report lacks %q", want)
			}
		}
	}
	text := officeText(t, filepath.Join(out, "r.docx"))
	for _, want := range []string{"ĐẢNG CỘNG SẢN VIỆT NAM", "TỈNH ỦY BẮC KẠN", "97%", "11.244", "trên 302.523", "Nơi nhận", "minh họa"} {
		if !strings.Contains(text, want) {
			t.Errorf("the document, opened in LibreOffice, lacks %q", want)
		}
	}
}

// officeText opens a document in LibreOffice and returns what it would print.
func officeText(t *testing.T, file string) string {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("DANVAN_REQUIRE_OFFICE") != "" {
			t.Fatal("soffice is missing: apt-get install libreoffice-writer-nogui poppler-utils")
		}
		t.Skip("soffice is missing: apt-get install libreoffice-writer-nogui poppler-utils")
	}
	cmd := exec.Command(office, "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--convert-to", "pdf", "--outdir", filepath.Dir(file), file)
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, msg)
	}
	text, err := exec.Command("pdftotext", "-layout", strings.TrimSuffix(file, ".docx")+".pdf", "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return string(text)
}

func TestPeriodicReports(t *testing.T) {
	dir := demoDir(t)
	for _, c := range [][]string{
		{"nam", "06", "2019"}, {"nam", "061", "2018"}, {"nam", "01912@2019-06-30", "2019"}, {"nam", "06.SO-NV", "2019"},
		{"6-thang", "06", "2019-H1"}, {"6-thang", "062", "2018-H1"}, {"6-thang", "01912@2019-06-30", "2019-H1"}, {"6-thang", "06.SO-NV", "2019-H1"},
		{"thang", "06", "2019-M05"}, {"thang", "061", "2019-M05"}, {"thang", "01912@2019-06-30", "2019-M05"}, {"thang", "06.SO-NV", "2019-M05"},
		{"nam", "19", "2026"}, {"thang", "01912", "2026-M05"},
	} {
		html := ok(t, dir, "report", c[0], "--unit", c[1], "--period", c[2], "--format", "html")
		if !strings.Contains(html, "minh họa") || strings.Contains(html, "{{") || strings.Contains(html, "[[") {
			t.Errorf("report %v: no mark, or a slot left in it", c)
		}
	}
}
