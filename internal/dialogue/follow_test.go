package dialogue

import (
	"errors"
	"math/rand/v2"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

func TestStatesByDay(t *testing.T) {
	const made, due civil.Date = 20260901, 20261020
	for _, c := range []struct {
		name  string
		stand Stand
		today civil.Date
		want  PromiseState
		late  int
	}{
		{"far", Stand{Due: due}, 20261001, Doing, 0},
		{"eight days before", Stand{Due: due}, 20261012, Doing, 0},
		{"a week before", Stand{Due: due}, 20261013, Soon, 0},
		{"on the day", Stand{Due: due}, due, Soon, 0},
		{"the day after", Stand{Due: due}, 20261021, Overdue, 1},
		{"reported done", Stand{Due: due, Done: 20261018, AnswerBy: 20261101}, 20261101, Waiting, 0},
		{"nobody answered", Stand{Due: due, Done: 20261018, AnswerBy: 20261101}, 20261102, Unanswered, 0},
		{"nobody said until when", Stand{Due: due, Done: 20261018}, 20261101, Waiting, 0},
		{"done late", Stand{Due: due, Done: 20261023}, 20261024, Waiting, 3},
		{"confirmed", Stand{Due: due, Done: 20261018, Confirmed: 20261105}, 20261201, Confirmed, 0},
		{"disputed", Stand{Due: due, Disputed: 20261019}, 20261020, Disputed, 0},
		{"disputed and late", Stand{Due: due, Disputed: 20261019}, 20261025, Disputed, 5},
		{"dropped", Stand{Due: due, Dropped: 20261001}, 20270101, Dropped, 0},
	} {
		if got := c.stand.StateOn(c.today); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := c.stand.DaysLate(c.today); got != c.late {
			t.Errorf("%s: %d days late, want %d", c.name, got, c.late)
		}
	}
	_ = made
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]string{"62": "62", "62.5": "62,5", "1062.05": "1.062,05", "0": "0", "0.1": "0,1", "180.00": "180", "100": "100"} {
		var a Amount
		if err := a.UnmarshalJSON([]byte(text)); err != nil || a.Vi() != want {
			t.Errorf("%s = %s (%v), want %s", text, a.Vi(), err, want)
		}
	}
	p := Promise{Total: 18000, Stand: Stand{Amount: 6200}}
	if p.Percent() != 34 {
		t.Errorf("%d %%", p.Percent())
	}
}

// step is an act on a promise in a random life.
var steps = []Said{
	{Act: ActProgress, By: ByOwner, Text: "đang làm"}, {Act: ActExplain, By: ByOwner, Text: "chờ cột"}, {Act: ActExtend, By: ByOwner, Text: "mưa"},
	{Act: ActDone, By: ByOwner, Files: 1}, {Act: ActConfirm, By: ByVillage}, {Act: ActDispute, By: ByVillage, Faults: []string{"partly"}},
	{Act: ActConfirm, By: ByHead}, {Act: ActDispute, By: ByCitizen, Faults: []string{"quality"}}, {Act: ActDrop, By: ByOwner, Text: "trùng dự án"},
}

// TestLivesOfPromises lives a thousand random lives: whatever is allowed leads to a state that makes sense, and struck
// notes leave no trace but the first day.
func TestLivesOfPromises(t *testing.T) {
	r := rand.New(rand.NewPCG(34, 106))
	for life := range 1000 {
		first := Stand{Due: 20261001}
		if life%3 == 0 {
			first.Done = 20260915
		}
		p := &Promise{Head: ledger.Head{Day: 20260801, State: ledger.Recorded}, Stand: first, Total: 10000, Measure: "m"}
		today := civil.Date(20260920)
		var notes []*Note
		for range 12 {
			today = today.AddDays(r.IntN(9))
			s := steps[r.IntN(len(steps))]
			s.On, s.NewDue = today, max(p.Due, today).AddDays(1+r.IntN(30))
			before := p.StateOn(today)
			day, set, err := p.Note(s, today)
			if err != nil {
				var w Wrong
				if !errors.As(err, &w) {
					t.Fatalf("life %d: %v", life, err)
				}
				continue
			}
			notes = append(notes, noteOf(s, day, set))
			p.Stand = Follow(p.Stand, notes)
			judge(t, life, before, p, s, today)
		}
		if again := Follow(p.Stand, notes); again != p.Stand {
			t.Fatalf("life %d: following twice differs: %+v, %+v", life, again, p.Stand)
		}
		for _, n := range notes {
			n.State = ledger.Void
		}
		gone := Follow(p.Stand, notes)
		gone.AnswerBy, gone.WhyLate = 0, ""
		if gone != first {
			t.Fatalf("life %d: all struck is %+v, was %+v", life, gone, first)
		}
	}
}

func noteOf(s Said, day civil.Date, set map[string]any) *Note {
	n := &Note{Head: ledger.Head{Day: day, State: ledger.Recorded}, Act: s.Act, By: s.By, Text: s.Text, Faults: s.Faults}
	get := func(code string) civil.Date {
		text, _ := set[code].(string)
		d, err := civil.ParseDate(text)
		if err != nil {
			return 0
		}
		return d
	}
	n.OldDue, n.NewDue, n.AnswerBy, n.DoneWas = get("old_due"), get("new_due"), get("answer_by"), get("done_on")
	return n
}

// judge says what must be true after an act.
func judge(t *testing.T, life int, before PromiseState, p *Promise, s Said, today civil.Date) {
	t.Helper()
	st := p.StateOn(today)
	bad := ""
	switch {
	case before == Dropped:
		bad = "an act on a dropped promise"
	case s.Act == ActConfirm && st != Confirmed, s.Act == ActDispute && st != Disputed, s.Act == ActDrop && st != Dropped, s.Act == ActDone && st != Waiting:
		bad = "the act did not lead to its state"
	case s.Act == ActConfirm && s.By == ByOwner, s.Act == ActDone && s.By != ByOwner:
		bad = "not theirs to say"
	case st == Confirmed && s.Act != ActConfirm:
		bad = "confirmed by nobody"
	case p.FirstDue != 0 && p.FirstDue >= p.Due:
		bad = "the first day is not before the present one"
	case s.Act == ActDispute && !before.Open() == false:
		bad = "disputed what was not reported done"
	case (st == Confirmed || st == Waiting || st == Unanswered) != (p.Done != 0 && p.Dropped == 0):
		bad = "done and state disagree"
	}
	if bad != "" {
		t.Fatalf("life %d: %s: %s by %s, %s to %s, %+v", life, bad, s.Act, s.By, before, st, p.Stand)
	}
}

func TestWhatIsRefused(t *testing.T) {
	open := func() *Promise {
		return &Promise{Head: ledger.Head{Day: 20260901}, Stand: Stand{Due: 20261020}, Total: 18000, Measure: "m"}
	}
	over := Amount(18001)
	for _, c := range []struct {
		name string
		said Said
		part string
	}{
		{"nothing said", Said{Act: ActProgress, By: ByOwner}, "note"},
		{"more than promised", Said{Act: ActProgress, By: ByOwner, Amount: &over}, "amount"},
		{"no reason", Said{Act: ActExplain, By: ByOwner}, "note"},
		{"an earlier day", Said{Act: ActExtend, By: ByOwner, Text: "x", NewDue: 20261020}, "due"},
		{"a later day without reason", Said{Act: ActExtend, By: ByOwner, NewDue: 20261120}, "note"},
		{"done without proof", Said{Act: ActDone, By: ByOwner, On: 20261001}, "files"},
		{"done tomorrow", Said{Act: ActDone, By: ByOwner, On: 20261002, Files: 1}, "on"},
		{"done before it was promised", Said{Act: ActDone, By: ByOwner, On: 20260831, Files: 1}, "on"},
		{"dropped without reason", Said{Act: ActDrop, By: ByOwner}, "note"},
		{"confirmed before it is done", Said{Act: ActConfirm, By: ByVillage}, ""},
		{"confirmed by the owner", Said{Act: ActConfirm, By: ByOwner}, ""},
		{"done by the village", Said{Act: ActDone, By: ByVillage, On: 20261001, Files: 1}, ""},
	} {
		_, _, err := open().Note(c.said, 20261001)
		var w Wrong
		if !errors.As(err, &w) || w.Part != c.part {
			t.Errorf("%s: %v in %q, want %q", c.name, err, w.Part, c.part)
		}
	}
	done := open()
	done.Done = 20260930
	if _, _, err := done.Note(Said{Act: ActDispute, By: ByVillage}, 20261001); !isPart(err, "faults") {
		t.Errorf("disputed without saying what: %v", err)
	}
	if _, _, err := done.Note(Said{Act: ActProgress, By: ByOwner, Text: "x"}, 20261001); !isPart(err, "") {
		t.Errorf("progress of what is done: %v", err)
	}
}

func isPart(err error, part string) bool {
	var w Wrong
	return errors.As(err, &w) && w.Part == part
}

func TestCodesAreReadFromPaper(t *testing.T) {
	code := NewCode()
	if len(code) != 19 || code == NewCode() {
		t.Fatalf("code %q", code)
	}
	plain := []byte(code)
	for i, c := range plain {
		if c >= 'A' && c <= 'Z' {
			plain[i] = c + 'a' - 'A'
		}
	}
	if hashOf(" "+string(plain)+"\n") != hashOf(code) {
		t.Error("small letters make another code")
	}
	if hashOf(code[:18]) == hashOf(code) || hashOf("") == hashOf(code) || hashOf(code+"!") == hashOf(code) {
		t.Error("a part of a code is the code")
	}
}
