package clock

import (
	"testing"

	"pgregory.net/rapid"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

func drawDay(t *rapid.T, name string) civil.Date {
	return civil.NewDate(2012, 1, 1).AddDays(rapid.IntRange(0, 15*365).Draw(t, name))
}

func drawClock(t *rapid.T, days int) *catalog.Clock {
	return &catalog.Clock{Code: "x", Start: "accepted", End: "settled", Days: days, DayType: rapid.SampledFrom([]string{"calendar", "working"}).Draw(t, "type"), Calendar: "vn", Pause: true}
}

var bare = &catalog.Procedure{Code: "p"}

// More days never bring the deadline forward, and a later start never gives an earlier one.
func TestDeadlinesAreMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, more := rapid.IntRange(1, 90).Draw(t, "days"), rapid.IntRange(1, 30).Draw(t, "more")
		c := drawClock(t, n)
		start := drawDay(t, "start")
		of := Case{Events: map[string]civil.Date{"accepted": start}}
		short := lawNow().Reckon(bare, c, of)
		longer := *c
		longer.Days += more
		if long := lawNow().Reckon(bare, &longer, of); long.Due < short.Due || long.Last <= short.Last {
			t.Fatalf("%d days until %s, %d days until %s", n, short.Due, n+more, long.Due)
		}
		of.Events = map[string]civil.Date{"accepted": start.AddDays(rapid.IntRange(1, 20).Draw(t, "later"))}
		if late := lawNow().Reckon(bare, c, of); late.Due < short.Due {
			t.Fatalf("a later start gives %s, before %s", late.Due, short.Due)
		}
		if short.Due < short.Last || short.Last <= start {
			t.Fatalf("start %s, last %s, due %s", start, short.Last, short.Due)
		}
	})
}

// Every day from the start to the last is counted, a day off that was skipped, or one on which the clock stood still.
func TestCountedAndSkippedMakeTheSpan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawClock(t, rapid.IntRange(1, 90).Draw(t, "days"))
		of := Case{Events: map[string]civil.Date{"accepted": drawDay(t, "start")}, Pauses: drawPauses(t)}
		d := lawNow().Reckon(bare, c, of)
		stood := 0
		for _, p := range d.Pauses {
			stood += p.Days
		}
		if span := d.Start.DaysUntil(d.Last); span != d.Total+len(d.Skipped)+stood {
			t.Fatalf("span %d, counted %d, skipped %d, stood still %d", span, d.Total, len(d.Skipped), stood)
		}
		if len(d.Rolled) > 0 && d.Rolled[0].On != d.Last || off(d.Due) {
			t.Fatalf("due %s (%v) from %s by %v", d.Due, d.Due.Weekday(), d.Last, d.Rolled)
		}
		for _, s := range append(d.Skipped, d.Rolled...) {
			if !off(s.On) || s.Name == "" {
				t.Fatalf("%s was skipped as %q", s.On, s.Name)
			}
		}
	})
}

func off(day civil.Date) bool { return lawNow().Edition.Calendar("vn").Off(day) }

// drawPauses makes up to three pauses one after another.
func drawPauses(t *rapid.T) []Pause {
	day := drawDay(t, "pause")
	var out []Pause
	for range rapid.IntRange(0, 3).Draw(t, "pauses") {
		to := day.AddDays(rapid.IntRange(1, 40).Draw(t, "length"))
		out = append(out, Pause{From: day, To: to})
		day = to.AddDays(rapid.IntRange(0, 20).Draw(t, "gap"))
	}
	return out
}

// A pause of n days within a limit of calendar days moves its last day by n, and one outside moves nothing.
func TestPauseShiftsByItsLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawClock(t, rapid.IntRange(2, 90).Draw(t, "days"))
		c.DayType = "calendar"
		start := drawDay(t, "start")
		of := Case{Events: map[string]civil.Date{"accepted": start}}
		plain := lawNow().Reckon(bare, c, of)
		n := rapid.IntRange(1, 60).Draw(t, "n")
		from := start.AddDays(rapid.IntRange(1, c.Days).Draw(t, "at"))
		of.Pauses = []Pause{{From: from, To: from.AddDays(n)}}
		if moved := lawNow().Reckon(bare, c, of); plain.Last.DaysUntil(moved.Last) != n {
			t.Fatalf("pause of %d days moves %s to %s", n, plain.Last, moved.Last)
		}
		of.Pauses = []Pause{{From: from}}
		stopped := lawNow().Reckon(bare, c, of)
		if !stopped.Stopped || stopped.Due != 0 || stopped.Left+start.DaysUntil(from)-1 != c.Days {
			t.Fatalf("stopped on %s with %d of %d days left", from, stopped.Left, c.Days)
		}
		outside := plain.Due.AddDays(n)
		of.Pauses = []Pause{{From: outside, To: outside.AddDays(5)}}
		if same := lawNow().Reckon(bare, c, of); same.Due != plain.Due {
			t.Fatalf("a pause after the end moves %s to %s", plain.Due, same.Due)
		}
	})
}

// Counting back over the same days gives the start again.
func TestCountingBackIsTheInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := drawDay(t, "session")
		c := &catalog.Clock{Code: "x", Start: "session", End: "noticed", Before: true, Days: rapid.IntRange(1, 20).Draw(t, "days"), DayType: "working", Calendar: "vn"}
		d := lawNow().Reckon(bare, c, Case{Events: map[string]civil.Date{"session": start}})
		n := 0
		for day := d.Due; day < start; day = day.AddDays(1) {
			if !off(day) {
				n++
			}
		}
		if n != c.Days || off(d.Due) {
			t.Fatalf("%d working days from %s to %s, want %d", n, d.Due, start, c.Days)
		}
	})
}

// Whatever the extensions say, no more than the law gives is counted.
func TestExtensionsStayInTheLaw(t *testing.T) {
	p := lawNow().Edition.Procedure("denunciation")
	rapid.Check(t, func(t *rapid.T) {
		start := civil.NewDate(2019, 1, 1).AddDays(rapid.IntRange(0, 2800).Draw(t, "start"))
		of := Case{Events: map[string]civil.Date{"accepted": start}, Complexity: rapid.SampledFrom([]string{"", "complex", "special"}).Draw(t, "level")}
		for range rapid.IntRange(0, 4).Draw(t, "extensions") {
			of.Extensions = append(of.Extensions, Extension{Document: rapid.SampledFrom([]string{"", "1/QĐ"}).Draw(t, "doc"),
				On: start.AddDays(rapid.IntRange(-5, 120).Draw(t, "on")), Days: rapid.IntRange(0, 60).Draw(t, "days")})
		}
		d := Main(lawNow().Deadlines(p, of))
		most := map[string]int{"": 30, "complex": 60, "special": 90}[of.Complexity]
		sum := d.Days
		for _, x := range d.Extensions {
			sum += x.Counted
			if (x.Counted == 0) && x.Refused == "" {
				t.Fatalf("%+v counts nothing and nobody says why", x)
			}
		}
		if d.Total != sum || d.Total > most || len(d.Extensions) != len(of.Extensions) {
			t.Fatalf("%d days counted (%d by lines) of at most %d", d.Total, sum, most)
		}
	})
}
