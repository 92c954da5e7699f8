package web_test

import (
	"context"
	"testing"

	"danvan/internal/access"
	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/intake"
	"danvan/internal/jobs"
	"danvan/internal/org"
)

// A staged import goes its whole way on each engine: looked at, mended, recorded once however often it is asked for,
// taken back.
func TestStagedImportOnBothEngines(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		ctx := t.Context()
		log := &audit.Sequencer{DB: d}
		s := &intake.Store{DB: d, Ledger: r.ledger, Catalog: r.cat, Flush: log.Flush,
			Viewer: func(context.Context, string) (*access.Viewer, error) { return r.who, nil }}
		text := []byte("key,day,unit,topic,level,attendances\n" +
			"hai-bo-1,3/10/2026,06.MTTQ,Một,own,40\nhai-bo-2,4/10/2026,06.MTTQ,Hai,own,nhiều\n")
		stage := func(key string) *intake.Import {
			t.Helper()
			table, err := intake.Read(intake.SourceOf(text), "hai.csv", intake.FormatOf("hai.csv"), "", intake.Bounds)
			if err != nil {
				t.Fatal(err)
			}
			id, err := s.Stage(ctx, r.who, key, table, "training_conference")
			if err != nil {
				t.Fatal(err)
			}
			return importOf(t, s, d, id)
		}
		work := func() {
			t.Helper()
			if _, err := (jobs.Worker{DB: d, Handlers: s.Jobs()}).Drain(ctx); err != nil {
				t.Fatal(err)
			}
		}
		imp := stage("mot")
		if again := stage("mot"); again.ID != imp.ID {
			t.Errorf("one form made the imports %d and %d", imp.ID, again.ID)
		}
		if imp.Total != 2 || imp.Bad != 1 {
			t.Fatalf("%d rows, %d wrong; want 2, 1: %+v", imp.Total, imp.Bad, imp)
		}
		bad, err := s.BadRows(ctx, d.Read(), imp, 0, 10)
		if err != nil || len(bad) != 1 {
			t.Fatalf("wrong rows %+v, %v", bad, err)
		}
		cells := append([]string(nil), bad[0].Cells...)
		cells[5] = "41"
		if err := s.Mend(ctx, r.who, imp, map[int][]string{bad[0].Row: cells}, nil); err != nil {
			t.Fatal(err)
		}
		imp = importOf(t, s, d, imp.ID)
		if imp.Bad != 0 || imp.New() != 2 {
			t.Fatalf("after mending: %d wrong, %d new", imp.Bad, imp.New())
		}
		if err := s.Record(ctx, imp, false); err != nil {
			t.Fatal(err)
		}
		_ = s.Record(ctx, imp, false) // a second click: refused or the same, never twice
		work()
		imp = importOf(t, s, d, imp.ID)
		if imp.State != intake.Done || imp.Saved != 2 {
			t.Fatalf("state %s, saved %d: %s", imp.State, imp.Saved, imp.Message)
		}
		if got := standing(t, d); got != 2 {
			t.Fatalf("%d entries stand, want 2", got)
		}
		if err := s.Undo(ctx, imp, "nhập nhầm"); err != nil {
			t.Fatal(err)
		}
		work()
		if imp = importOf(t, s, d, imp.ID); imp.State != intake.Undone {
			t.Errorf("state %s after undo: %s", imp.State, imp.Message)
		}
		if got := standing(t, d); got != 0 {
			t.Errorf("%d entries stand after undo", got)
		}
	})
}

func importOf(t *testing.T, s *intake.Store, d *db.DB, id int64) *intake.Import {
	t.Helper()
	imp, err := s.Get(t.Context(), d.Read(), id)
	if err != nil {
		t.Fatal(err)
	}
	return imp
}

func standing(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM entry WHERE state <> 'void'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A file does not confirm for who may not: its row is wrong until the column is empty.
func TestClerkImportsNothingConfirmed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		ctx := t.Context()
		s := &intake.Store{DB: d, Ledger: r.ledger, Catalog: r.cat,
			Viewer: func(context.Context, string) (*access.Viewer, error) { return r.who, nil }}
		wrong := func(who *access.Viewer) int {
			t.Helper()
			text := []byte("key,day,unit,topic,level,attendances,confirmed\nda-xac-nhan,3/10/2026,06.MTTQ,Một,own,40,có\n")
			table, err := intake.Read(intake.SourceOf(text), "mot.csv", intake.FormatOf("mot.csv"), "", intake.Bounds)
			if err != nil {
				t.Fatal(err)
			}
			id, err := s.Stage(ctx, who, "mot-"+who.Login, table, "training_conference")
			if err != nil {
				t.Fatal(err)
			}
			return importOf(t, s, d, id).Bad
		}
		tree, err := org.LoadTree(ctx, d.Read())
		if err != nil {
			t.Fatal(err)
		}
		as := func(login string, role access.Role) *access.Viewer {
			grants := []access.Grant{}
			for _, root := range tree.Roots(today) {
				grants = append(grants, access.Grant{Account: 9, Role: role, Unit: root, To: civil.Forever})
			}
			return access.NewViewer(tree, today, 9, login, login, grants)
		}
		if n := wrong(as("ghi", access.Clerk)); n != 1 {
			t.Errorf("a clerk's confirmed row: %d wrong, want 1", n)
		}
		if n := wrong(as("tonghop", access.Specialist)); n != 0 {
			t.Errorf("a specialist's confirmed row: %d wrong, want 0", n)
		}
	})
}
