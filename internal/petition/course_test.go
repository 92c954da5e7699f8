package petition

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// laid is a case after fields are set, as the ledger would give it back.
func laid(c *Case, set map[string]any) (*Case, error) {
	fields := map[string]any{}
	for code, v := range c.Values {
		fields[code] = v
	}
	for code, v := range set {
		if fields[code] = v; v == nil {
			delete(fields, code)
		}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	return Of(c.Kind, string(text))
}

// No course of acts that are offered makes an unlawful case; an open case always has a clock of the office that runs, or
// rests with its decision; each act can be taken back; and what is not offered is refused.
func TestAnyCourse(t *testing.T) {
	cat, err := catalog.Load(catalogdata.FS)
	if err != nil {
		t.Fatal(err)
	}
	law, today := Law{cat.Latest()}, civil.Date(20261122)
	clocks := &Clocks{Catalog: cat, Now: func() time.Time { return today.Time().Add(2 * time.Hour) }}
	reached := map[Stage]bool{}
	rapid.Check(t, func(t *rapid.T) {
		class := rapid.SampledFrom([]string{"complaint", "denunciation", "proposal", "reflection"}).Draw(t, "class")
		v := catalog.Values{"class": class, "field": "land", "received_on": "2026-07-10", "complexity": rapid.SampledFrom([]string{"normal", "complex", "special"}).Draw(t, "complexity"),
			"steps": []catalog.Values{{"act": "received", "on": "2026-07-10"}}}
		if class == "complaint" {
			v["round"] = rapid.SampledFrom([]string{"first", "second"}).Draw(t, "round")
		}
		c := read(Letter, v)
		day := civil.Date(20260710)
		for n := range rapid.IntRange(1, 14).Draw(t, "acts") {
			day = day.AddDays(rapid.IntRange(0, 7).Draw(t, "days"))
			choices := law.Allowed(c, day)
			if len(choices) == 0 {
				break
			}
			if st := c.State(); st.Open() && st.Stage != Split {
				if x, ok := c.Next(choices); !ok || x.Name == "" {
					t.Fatalf("nothing comes next at %+v of %v", st, choices)
				}
			}
			other := rapid.SampledFrom(rulesOf).Draw(t, "any act")
			offered := slices.ContainsFunc(choices, func(x Choice) bool { return x.Act == other.act })
			if !offered && other.act != "sent" && len(law.Check(c, act(other.act, day, n, Choice{}), today)) == 0 {
				t.Fatalf("%s is not offered and would be recorded at %+v", other.act, c.State())
			}
			x := rapid.SampledFrom(choices).Draw(t, "act")
			a := act(x.Act, day, n, x)
			if x.Wants(needGround) {
				a.Ground = "other"
			}
			if len(x.Grounds) > 0 {
				a.Ground = rapid.SampledFrom(x.Grounds).Draw(t, "ground")
			}
			if len(x.Scopes) > 0 {
				a.Scope = rapid.SampledFrom(x.Scopes).Draw(t, "scope")
			}
			if ps := law.Check(c, a, today); len(ps) > 0 {
				t.Fatalf("%s is offered and refused: %v", x.Act, ps)
			}
			now, err := laid(c, a.changes(c))
			if err != nil {
				t.Fatal(err)
			}
			if ps := law.Lawful(Letter, today, now.Values); len(ps) > 0 {
				t.Fatalf("%s made an unlawful case: %v", x.Act, ps)
			}
			st := now.State()
			reached[st.Stage] = true
			if st.Open() && !clocks.holds(now) {
				t.Fatalf("after %s no clock runs or rests: %+v", x.Act, st)
			}
			set, err := undoing(now, c.Values, now.Values)
			if err != nil {
				t.Fatal(err)
			}
			back, err := laid(now, set)
			if err != nil {
				t.Fatal(err)
			}
			if was, is := written(c), written(back); was != is {
				t.Fatalf("%s taken back leaves\n%s\nwas\n%s", x.Act, is, was)
			}
			if was, is := c.State(), back.State(); was.Stage != is.Stage || was.Suspended != is.Suspended || was.Withdrawn != is.Withdrawn {
				t.Fatalf("%s taken back: %+v, was %+v", x.Act, is, was)
			}
			c = now
		}
	})
	for _, s := range []Stage{Classified, Accepted, Verifying, Verified, Settled, Enforced, Transferred, Guided, Returned, Refused, Filed, Withdrawn, Terminated} {
		if !reached[s] {
			t.Errorf("no course reached %s: the test is too weak", s)
		}
	}
}

// act is an act with all that a rule may ask.
func act(code string, on civil.Date, n int, x Choice) Act {
	a := Act{Act: code, On: on, Document: fmt.Sprintf("%d/QĐ-UBND", n+1), DocumentOn: on, Signer: "Chủ tịch", Days: 10, Body: "Thanh tra", Outcome: "right"}
	if x.Act == "" || x.Wants(needScope) {
		a.Scope = "whole"
	}
	if x.Act == "" {
		a.Ground = "other"
	}
	if code == "classified" {
		a.Set = map[string]any{"eligible": "eligible", "competence": "own", "complexity": []any{nil, "complex", "special"}[n%3], "respondent": []any{nil, "body"}[n%2]}
	}
	return a
}

// written are the fields of a case, in order; a number is the same whether it was kept or handed in.
func written(c *Case) string { return fmt.Sprint(c.Values) }

// holds reports whether a clock of the office runs or rests on a case.
func (k *Clocks) holds(c *Case) bool {
	for _, d := range k.Deadlines(c) {
		if d.ByOffice() && d.Ended == 0 && (d.Stopped || d.Due != 0) {
			return true
		}
	}
	return false
}

// Whatever stands in the fields, the law answers, and a case that it lets through has a state.
func FuzzLawful(f *testing.F) {
	f.Add(`{"class":"complaint","received_on":"2026-07-10","steps":[{"act":"accepted","on":"2026-07-11"}],"accepted_on":"2026-07-11"}`)
	f.Add(`{"class":"denunciation","received_on":"2026-07-10","settled_on":"2026-07-09","withdrawal":"part","withdrawn_on":"2026-07-12"}`)
	f.Add(`{"class":"","steps":[{"act":"split"},{"on":"x"}],"enforcement":[{"planned":1e300}]}`)
	f.Fuzz(func(t *testing.T, fields string) {
		for _, kind := range []string{Letter, Part} {
			c, err := Of(kind, fields)
			if err != nil {
				return
			}
			ps := Law{}.Lawful(kind, 20261122, c.Values)
			st := c.State()
			if len(ps) == 0 && st.Stage.Name() == "" {
				t.Fatalf("lawful without a state: %s", fields)
			}
			for _, x := range (Law{}).Allowed(c, 20261122) {
				if x.Name == "" {
					t.Fatal("an act without a name")
				}
			}
			c.Events()
			c.Pauses()
		}
	})
}
