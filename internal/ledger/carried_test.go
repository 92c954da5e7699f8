package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/org"
)

func plan(unit, subject string, day civil.Date, more ...any) Draft {
	d := Draft{Kind: "plan", Unit: unit, Day: day, Fields: map[string]any{"subject": subject}}
	for i := 0; i+1 < len(more); i += 2 {
		d.Fields[more[i].(string)] = more[i+1]
	}
	return d
}

// An entry named in a field must be there, is never the entry itself, and stays as it was named.
func TestFieldThatNamesAnEntry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		old := w.record(keyed(plan("A.BDV", "Kế hoạch cũ", 20180101), "kh-cu"))
		byKey := w.record(plan("A.BDV", "Kế hoạch mới", 20190101, "replaces", "kh-cu"))
		byNumber := w.record(plan("A.BDV", "Kế hoạch sau", 20190201, "replaces", fmt.Sprint(old.ID)))
		for id, want := range map[int64]string{byKey.ID: `"replaces":"kh-cu"`, byNumber.ID: fmt.Sprintf(`"replaces":"#%d"`, old.ID)} {
			l, err := w.ledger.LineOf(ctx, d.Read(), id)
			if err != nil || !strings.Contains(l.Fields, want) {
				t.Errorf("entry %d says %s (%v), want %s", id, l.Fields, err, want)
			}
		}
		_, err := w.try(plan("A.BDV", "Kế hoạch lạ", 20190301, "replaces", "không có"))
		var ps Problems
		if !errors.As(err, &ps) || ps[0].Field != "fields.replaces" {
			t.Errorf("an entry that is not there: %v", err)
		}
		if _, err := w.amend(old.ID, 1, Amendment{Set: map[string]any{"replaces": fmt.Sprintf("#%d", old.ID)}, Reason: "thử"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an entry replaces itself: %v", err)
		}
		head, err := w.ledger.Referred(ctx, d.Read(), "kh-cu")
		if err != nil || head == nil || head.ID != old.ID {
			t.Errorf("referred: %v %v", head, err)
		}
		if head, err = w.ledger.Referred(ctx, d.Read(), "#99999"); err != nil || head != nil {
			t.Errorf("referred to nothing: %v %v", head, err)
		}
		// in one batch an earlier row may be named by its key
		if _, err := w.bulk([]Draft{keyed(plan("A.BDV", "Một", 20190401), "b-1"), keyed(plan("A.BDV", "Hai", 20190402, "replaces", "b-1"), "b-2")}, BulkOptions{}); err != nil {
			t.Errorf("batch: %v", err)
		}
		_, err = w.bulk([]Draft{keyed(plan("A.BDV", "Ba", 20190403, "replaces", "b-9"), "b-3")}, BulkOptions{})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("batch with an unknown entry: %v", err)
		}
		w.verify()
	})
}

func errand(unit, giver string, day civil.Date) Draft {
	return Draft{Kind: "errand", Unit: unit, Day: day, Fields: map[string]any{"subject": "Đăng ký mô hình", "giver": giver}}
}

// What has a day of being done is confirmed only when it has come.
func TestConfirmOnlyWhatIsDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.record(errand("A.BDV", "D1.BDV", 20190101))
		if err := w.confirm(p.ID, 1); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("confirmed before it was done: %v", err)
		}
		if _, err := w.amend(p.ID, 1, Amendment{Set: map[string]any{"done_on": "2019-02-01"}, Reason: "xong"}); err != nil {
			t.Fatal(err)
		}
		if err := w.confirm(p.ID, 2); err != nil {
			t.Error(err)
		}
	})
}

// A file may not give tasks in the name of a body that is not the sender's.
func TestBatchGivesInOnesOwnName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		tree, err := w.keeper.Tree(ctx)
		if err != nil {
			t.Fatal(err)
		}
		mine := tree.On("A.BDV", 20190101).ID
		opts := BulkOptions{May: func(_ string, unit org.UnitID) bool { return unit == mine }}
		if _, err := w.bulk([]Draft{errand("A.BDV", "D1.BDV", 20190101)}, opts); fault.KindOf(err) != fault.Invalid {
			t.Errorf("given in the district's name: %v", err)
		}
		checked, err := w.ledger.Check(ctx, d.Read(), slices.Values([]Draft{errand("A.BDV", "D1.BDV", 20190101)}), CheckOptions{May: opts.May})
		if err != nil || len(checked.Bad) != 1 {
			t.Errorf("looked over: %v, %v", checked.Bad, err)
		}
		if _, err := w.bulk([]Draft{errand("A.BDV", "A.BDV", 20190101)}, opts); err != nil {
			t.Errorf("given to oneself: %v", err)
		}
	})
}

func TestCarriedOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		top := w.record(keyed(plan("T1.BDV", "Trên", 20190101), "tren"))
		below := plan("A.BDV", "Dưới", 20190301)
		below.Carries = "tren"
		under := w.record(below)
		early := session("A.BDV", 20190201, 30)
		early.Carries = "tren"
		first := w.record(early)
		gone := session("A.BDV", 20190202, 30)
		gone.Carries = "tren"
		if err := w.void(w.record(gone).ID, 1, "nhầm"); err != nil {
			t.Fatal(err)
		}
		lines, err := w.ledger.CarriedOut(ctx, d.Read(), []int64{top.ID})
		if err != nil || len(lines) != 2 || lines[0].ID != first.ID || lines[1].ID != under.ID || !strings.Contains(lines[1].Fields, "Dưới") {
			t.Errorf("%+v, %v", lines, err)
		}
	})
}
