package catalog

import (
	"strings"
	"testing"
)

func TestFormulaRoundTrip(t *testing.T) {
	for text, want := range map[string]string{
		`sum(a)`:                                    `sum(a)`,
		` sum( a{ l = "x" ,m!=["y","z"]} ) `:        `sum(a{l="x", m!=["y", "z"]})`,
		`sum(a)+sum(b)*2-1.5`:                       `sum(a) + sum(b) * 2 - 1.5`,
		`(sum(a)+sum(b))*2`:                         `(sum(a) + sum(b)) * 2`,
		`sum(a)-(sum(b)-sum(c))`:                    `sum(a) - (sum(b) - sum(c))`,
		`sum(a)-sum(b)-sum(c)`:                      `sum(a) - sum(b) - sum(c)`,
		`-(sum(a) - 2) / 3 / (4 / 5)`:               `-(sum(a) - 2) / 3 / (4 / 5)`,
		`units(province/department)-units(*/front)`: `units(province/department) - units(*/front)`,
		`units(commune)+units(*)`:                   `units(commune) + units(*)`,
		`in_state(s)/units(commune/*)`:              `in_state(s) / units(commune/*)`,
		`sum(a{l="có \"nháy\""})`:                   `sum(a{l="có \"nháy\""})`,
	} {
		x, err := ParseFormula(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if x.String() != want {
			t.Errorf("%s is written %s, want %s", text, x, want)
		}
	}
}

func TestFormulaMistakes(t *testing.T) {
	for text, want := range map[string]struct {
		at   int
		what string
	}{
		``:                        {0, "dừng giữa chừng"},
		`sum(a) +`:                {8, "dừng giữa chừng"},
		`sum(a) sum(b)`:           {7, "thừa"},
		`sum a`:                   {4, `thiếu "("`},
		`sum(a`:                   {5, `thiếu ")"`},
		`sum()`:                   {4, "thiếu mã chuỗi"},
		`total(a)`:                {0, `không có hàm "total"`},
		`sum(a{l})`:               {7, `thiếu "="`},
		`sum(a{l="x" m="y"})`:     {12, `thiếu ","`},
		`sum(a{l=x})`:             {8, "trong nháy kép"},
		`sum(a{l="x})`:            {8, "thiếu nháy kép"},
		`sum(a{l=[]})`:            {6, "rỗng"},
		`units()`:                 {6, "cần một lớp"},
		`units(a/b/c)`:            {6, "cần một lớp"},
		`units(a//)`:              {6, "cần một lớp"},
		`1.2.3`:                   {0, "không đúng"},
		`1.`:                      {0, "không đúng"},
		`@`:                       {0, "không hiểu"},
		strings.Repeat("(", 2000): {100, "lồng quá sâu"},
	} {
		_, err := ParseFormula(text)
		e, ok := err.(*FormulaError)
		if !ok || e.At != want.at || !strings.Contains(e.What, want.what) || e.Todo == "" {
			t.Errorf("%.30s: want %d %q, got %+v", text, want.at, want.what, err)
		}
	}
}

func TestSelectorMatch(t *testing.T) {
	x, err := ParseFormula(`sum(a{l=["x","y"], m!="z"})`)
	if err != nil {
		t.Fatal(err)
	}
	s := Calls(x)[0].Selector
	for labels, want := range map[string]bool{"l=x;m=a": true, "l=y": true, "l=y;m=z": false, "l=;m=a": false, "": false, "k=x;l=x": true, "ll=x": false} {
		if s.Match(labels) != want {
			t.Errorf("%q: want %v", labels, want)
		}
	}
}

// Whatever is typed, the parser answers, and what it accepts it writes so that it reads the same again.
func FuzzFormula(f *testing.F) {
	for _, s := range []string{`sum(a{l="x", m!=["y"]}) + 2*(stock(b)-units(province/department))/3`, `-(-1)`, `last(a)`, `units(*)`, `((`, `sum(a{l="\u00e9"})`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x, err := ParseFormula(text)
		if err != nil {
			if e := err.(*FormulaError); e.At < 0 || e.At > len(text) {
				t.Fatalf("%q: place %d is outside", text, e.At)
			}
			return
		}
		written := x.String()
		again, err := ParseFormula(written)
		if err != nil {
			t.Fatalf("%q written %q: %v", text, written, err)
		}
		if again.String() != written {
			t.Fatalf("%q written %q, then %q", text, written, again.String())
		}
	})
}
