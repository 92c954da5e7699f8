package task_test

import (
	"errors"
	"strings"
	"testing"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/task"
)

const given, due civil.Date = 20260302, 20260630

func one(change func(*task.Task)) task.Task {
	t := task.Task{Kind: &catalog.Kind{Escalate: []int{1, 8, 31}}, Due: due}
	t.ID, t.Day, t.State = 7, given, ledger.Recorded
	if change != nil {
		change(&t)
	}
	return t
}

// Where a task stands follows from its day, what is reported and what was accepted.
func TestStatesOfATask(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*task.Task)
		today  civil.Date
		want   task.State
		late   int
		level  int
	}{
		{"long before its day", nil, 20260401, task.Running, 0, 0},
		{"a week before", nil, 20260623, task.Soon, 0, 0},
		{"on its day", nil, 20260630, task.Soon, 0, 0},
		{"the day after", nil, 20260701, task.Overdue, 1, 1},
		{"a week late", nil, 20260707, task.Overdue, 7, 1},
		{"eight days late", nil, 20260708, task.Overdue, 8, 2},
		{"a month late", nil, 20260731, task.Overdue, 31, 3},
		{"reported late, not accepted", func(t *task.Task) { t.Done = 20260705 }, 20261001, task.Waiting, 5, 0},
		{"accepted", func(t *task.Task) { t.Done, t.State = 20260620, ledger.Confirmed }, 20261001, task.Accepted, 0, 0},
		{"confirmed before it was done stays open", func(t *task.Task) { t.State = ledger.Confirmed }, 20261001, task.Overdue, 93, 3},
		{"taken back", func(t *task.Task) { t.State = ledger.Void }, 20261001, task.Dropped, 93, 0},
	} {
		x := one(c.change)
		if got := x.StateOn(c.today); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := x.DaysLate(c.today); got != c.late {
			t.Errorf("%s: %d days late, want %d", c.name, got, c.late)
		}
		if got := x.Level(c.today); got != c.level {
			t.Errorf("%s: level %d, want %d", c.name, got, c.level)
		}
		if x.Pressed(c.today) != (c.level >= 2) {
			t.Errorf("%s: pressed %v at level %d", c.name, x.Pressed(c.today), c.level)
		}
	}
}

func TestTallyCountsEachOnce(t *testing.T) {
	const today civil.Date = 20260715
	y := task.Count([]task.Task{
		one(nil), // 15 days late
		one(func(t *task.Task) { t.Due, t.AskedTo = 20260714, 20260801 }),
		one(func(t *task.Task) { t.Due, t.Extensions = 20260720, 1 }),
		one(func(t *task.Task) { t.Done = 20260702 }),
		one(func(t *task.Task) { t.Done, t.State = 20260620, ledger.Confirmed }),
		one(func(t *task.Task) { t.State = ledger.Void }),
	}, today)
	want := task.Tally{Overdue: 2, Soon: 1, Waiting: 1, Accepted: 1, Pressed: 1, Asked: 1, Extended: 1, Late: 1}
	if y != want || y.All() != 5 || y.Open() != 3 || y.Done() != 2 {
		t.Errorf("%+v", y)
	}
}

// What may not be done is refused with the part to be mended, and changes nothing.
func TestActsThatMayNotBe(t *testing.T) {
	const today civil.Date = 20260701
	open, done := one(nil), one(func(t *task.Task) { t.Done = 20260620 })
	asked := one(func(t *task.Task) { t.AskedTo = 20260715 })
	for name, c := range map[string]struct {
		part string
		err  error
	}{
		"percent":               {"percent", second(open.Report(101, "x"))},
		"no note":               {"note", second(open.Report(50, " "))},
		"progress when done":    {"", second(done.Report(50, "x"))},
		"ask for an earlier":    {"to", second(open.Ask(due, "x"))},
		"ask without a reason":  {"why", second(open.Ask(20260715, ""))},
		"extend into the past":  {"to", second(one(func(t *task.Task) { t.Due = 20260601 }).Extend(20260615, today, "x"))},
		"extend without reason": {"why", second(asked.Extend(20260715, today, ""))},
		"refuse what was not":   {"", second(open.Refuse("x"))},
		"finish tomorrow":       {"on", second(open.Finish(20260702, today, "x", 1, 0))},
		"finish before given":   {"on", second(open.Finish(20260301, today, "x", 1, 0))},
		"finish with nothing":   {"files", second(open.Finish(20260630, today, "x", 0, 0))},
		"finish twice":          {"", second(done.Finish(20260630, today, "x", 1, 0))},
		"return what is open":   {"", second(open.Return(today, "x"))},
		"return without reason": {"why", second(done.Return(today, ""))},
	} {
		var w task.Wrong
		if !errors.As(c.err, &w) || w.Part != c.part {
			t.Errorf("%s: %v, want part %q", name, c.err, c.part)
			continue
		}
		if k := fault.KindOf(c.err); (k != fault.Invalid && k != fault.Conflict) || !strings.HasSuffix(fault.Say(c.err), ".") {
			t.Errorf("%s: says %q (%v)", name, fault.Say(c.err), k)
		}
	}
}

func second(_ ledger.Amendment, err error) error { return err }

// An extension keeps the first day and counts; what was asked for is answered by it.
func TestExtend(t *testing.T) {
	x := one(func(t *task.Task) { t.AskedTo, t.Extensions, t.FirstDue = 20260715, 1, 20260531 })
	a, err := x.Extend(20260715, 20260625, "đồng ý")
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]any{"due_on": "2026-07-15", "first_due_on": "2026-05-31", "extensions": 2, "extension_to": nil} {
		if got, there := a.Set[code]; !there || got != want {
			t.Errorf("%s: %v, want %v", code, got, want)
		}
	}
}

func TestOneDraftForEachBody(t *testing.T) {
	m := task.Terms{Kind: "task", Title: "Đăng ký mô hình", Giver: "19.BTGDV", Carries: "#12", Day: given}
	ds := m.Drafts("w:a:KEY", []task.Order{{"02143.BXD", due}, {"01879.BXD", 20260715}})
	if len(ds) != 2 || ds[0].Key == ds[1].Key || ds[1].Fields["due_on"] != "2026-07-15" || ds[0].Carries != "#12" || ds[0].Unit != "02143.BXD" {
		t.Errorf("%+v", ds)
	}
	if _, given := ds[0].Fields["theme"]; given {
		t.Error("an empty theme is handed in")
	}
}

// The tree holds each entry once, whatever leads round in a circle.
func TestGrow(t *testing.T) {
	line := func(id, carries int64) ledger.Line {
		return ledger.Line{Head: ledger.Head{ID: id, Carries: carries}}
	}
	top := task.Grow(line(1, 3), []ledger.Line{line(2, 1), line(3, 2), line(4, 2), line(1, 3), line(9, 8)})
	if top.Size() != 3 || len(top.Children) != 1 || len(top.Children[0].Children) != 2 {
		t.Errorf("size %d", top.Size())
	}
	deepest := 0
	top.Walk(func(_ *task.Node, depth int) bool { deepest = max(deepest, depth); return true })
	if deepest != 2 {
		t.Errorf("depth %d", deepest)
	}
	top.Prune(func(l ledger.Line) bool { return l.ID != 2 })
	if top.Size() != 0 {
		t.Error("what stands below what was dropped is still there")
	}
}
