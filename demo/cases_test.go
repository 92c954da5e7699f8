package demo_test

import (
	"testing"

	"danvan/demo"
	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/sealed"
)

// handed looks at what the demo's people find on their desks: cases in their hands, sealed records, openings. Handing out
// twice does it once.
func handed(t *testing.T, a *app.App, today civil.Date) {
	ctx := t.Context()
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := a.Accounts()
	if err != nil {
		t.Fatal(err)
	}
	store, err := a.Files()
	if err != nil {
		t.Fatal(err)
	}
	book, err := a.Dossiers(ctx, store)
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.MakeAccounts(ctx, a.DB, accounts, tree, today); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := demo.MakeCases(ctx, demo.Cases{DB: a.DB, Accounts: accounts, Dossiers: book, Tree: tree, Today: today}); err != nil {
			t.Fatal(err)
		}
	}
	count := func(query string) (n int) {
		if err := a.DB.Read().QueryRowContext(ctx, query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for query, least := range map[string]int{
		`SELECT count(*) FROM letter_hand WHERE role = 'officer'`:  20,
		`SELECT count(*) FROM letter_hand WHERE role = 'verifier'`: 10,
		`SELECT count(*) FROM matter_letter`:                       50,
		`SELECT count(*) FROM sealed_record`:                       6,
		`SELECT count(*) FROM sealed_redaction`:                    3,
	} {
		if n := count(query); n < least {
			t.Errorf("%s: %d, want %d at least", query, n, least)
		}
	}
	openings, err := sealed.AllOpenings(ctx, a.DB.Read())
	if err != nil {
		t.Fatal(err)
	}
	states := map[sealed.Step]int{}
	for _, o := range openings {
		states[o.State]++
	}
	if states[sealed.Asked] != 1 || states[sealed.Released] != 1 || states[sealed.Refused] != 1 {
		t.Errorf("openings: %v", states)
	}
	if wrong, err := sealed.Verify(ctx, a.DB.Read()); err != nil || len(wrong) > 0 {
		t.Errorf("sealed rows do not agree with the log: %v %v", wrong, err)
	}
}
