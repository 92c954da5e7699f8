package civil

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestParsePeriod(t *testing.T) {
	for in, want := range map[string]string{
		"2019": "2019-01-01..2019-12-31", "2019-Q3": "2019-07-01..2019-09-30", "2019-H1": "2019-01-01..2019-06-30",
		"2019-M04": "2019-04-01..2019-04-30", "2020-02": "2020-02-01..2020-02-29", "2015..2019": "2015-01-01..2019-12-31",
		"2019-9M": "2019-01-01..2019-09-30", "2015-Q2..2016-M01": "2015-04-01..2016-01-31", "2019-12-31": "2019-12-31..2019-12-31",
	} {
		p, err := ParsePeriod(in)
		if err != nil || p.From.String()+".."+p.To.String() != want || p.Code != in {
			t.Errorf("ParsePeriod(%q) = %v..%v, %v; want %s", in, p.From, p.To, err, want)
		}
	}
	for _, bad := range []string{"", "19", "2019-Q5", "2019-M13", "2019..", "2019..2015", "2019-02-30", "abc", "2019-H3", "2019-M00"} {
		if p, err := ParsePeriod(bad); err == nil {
			t.Errorf("ParsePeriod(%q) = %v, want an error", bad, p)
		}
	}
}

func TestDecomposeCoversEachDayOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := NewDate(2014, 1, 1).AddDays(rapid.IntRange(0, 2500).Draw(t, "from"))
		to := from.AddDays(rapid.IntRange(0, 2500).Draw(t, "len"))
		seen := map[Date]int{}
		mark := func(a, b Date) {
			for d := a; d <= b; d = d.AddDays(1) {
				seen[d]++
			}
		}
		p := Decompose(from, to)
		for _, y := range p.Years {
			mark(NewDate(y.From, 1, 1), NewDate(y.To, 12, 31))
		}
		for _, b := range p.Buckets {
			first, _ := b.From.Range()
			_, last := b.To.Range()
			mark(first, last)
		}
		for _, d := range p.Days {
			mark(d.From, d.To)
		}
		n := 0
		for d := from; d <= to; d = d.AddDays(1) {
			if seen[d] != 1 {
				t.Fatalf("%v..%v: %v covered %d times by %+v", from, to, d, seen[d], p)
			}
			n++
		}
		if len(seen) != n {
			t.Fatalf("%v..%v: covers days outside: %+v", from, to, p)
		}
	})
}

func TestOfficialWindowsAreBuckets(t *testing.T) {
	for _, w := range [][2]string{{"2018-12-15", "2019-12-14"}, {"2019-03-15", "2019-06-14"}, {"2018-12-16", "2019-12-15"}, {"2018-08-01", "2019-07-31"}} {
		if p := Decompose(MustDate(w[0]), MustDate(w[1])); len(p.Days) != 0 {
			t.Errorf("window %v needs single days: %+v", w, p)
		}
	}
}

func TestNumbersAndText(t *testing.T) {
	rat := func(a, b int64) *big.Rat { return big.NewRat(a, b) }
	for _, c := range []struct{ got, want string }{
		{FormatInt(11244), "11.244"}, {FormatInt(-1234567), "-1.234.567"}, {FormatInt(0), "0"}, {FormatInt(999), "999"},
		{FormatRat(rat(734400, 7568), 0), "97"}, {FormatRat(rat(734400, 7568), 2), "97,04"}, {FormatRat(rat(5, 2), 0), "3"},
		{FormatRat(rat(-1, 1000), 1), "0,0"}, {DecimalString(rat(734400, 7568), 6), "97.040169"}, {DecimalString(rat(8, 1), 6), "8"},
		{FormatTrim(rat(3025235, 10), 2), "302.523,5"}, {DecimalString(rat(3213, 100), 6), "32.13"},
		{Fold("Đồng Phúc, HƯƠNG Nê"), "dong phuc, huong ne"},
		{MustDate("2019-05-08").Vi(), "08/5/2019"}, {MustDate("2019-02-03").Vi(), "03/02/2019"},
		{MustDate("2019-01-31").AddMonths(1).String(), "2019-02-28"}, {NamePeriod(20190101, 20190630), "6 tháng đầu năm 2019"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
