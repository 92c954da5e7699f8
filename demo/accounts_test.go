package demo_test

import (
	"testing"

	"danvan/demo"
	"danvan/internal/access"
	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"

	"danvan/data"
)

func TestAccountsOfTheDemo(t *testing.T) {
	ctx := t.Context()
	a, err := app.Open(ctx, app.Options{Data: t.TempDir(), Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	err = a.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		if err := a.Org.LoadSet(ctx, tx, data.FS, "units/bac_kan", ledger.BodyRules(a.Catalog.Latest())); err != nil {
			return err
		}
		_, err := a.Org.ApplyIn(ctx, tx, demo.Enterprises(20261122), "demo")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	store, err := a.Accounts()
	if err != nil {
		t.Fatal(err)
	}
	const today civil.Date = 20261122
	for range 2 { // made once, however often it is opened
		if err := demo.MakeAccounts(ctx, a.DB, store, tree, today); err != nil {
			t.Fatal(err)
		}
	}
	commune, province := tree.On("02143", today).ID, tree.On("19", today).ID
	has := map[access.Role]bool{}
	for _, p := range demo.Posts() {
		acc, err := store.ByLogin(ctx, a.DB.Read(), p.Login)
		if err != nil {
			t.Fatal(err)
		}
		grants, err := access.Grants(ctx, a.DB.Read(), acc.ID)
		if err != nil || len(grants) != len(p.Grants) || !acc.HasPassword || acc.MustChange {
			t.Errorf("%s: %d grants, %+v, %v", p.Login, len(grants), acc, err)
		}
		v := access.NewViewer(tree, today, acc.ID, acc.Login, acc.Name, grants)
		for _, g := range p.Grants {
			has[g.Role] = true
			want := commune
			if g.Unit == "19" {
				want = province
			} else if g.Unit != "02143" {
				want = tree.On(g.Unit, today).ID
			}
			for _, right := range g.Role.Rights() {
				if !v.May(right, want) {
					t.Errorf("%s may not %s over %s", p.Login, right, g.Unit)
				}
			}
			if code, err := store.CodeNow(ctx, a.DB.Read(), acc.ID); err != nil || g.Role.NeedsTOTP() != (len(code) == 6) {
				t.Errorf("%s: code %q, %v", p.Login, code, err)
			}
			if u := tree.Unit(grants[0].Unit); g.Former && (u.Open(today) || grants[0].Unit == commune) {
				t.Errorf("%s stands on %s, which was not merged", p.Login, u.Code)
			}
		}
	}
	for _, role := range access.Roles() {
		if !has[role] {
			t.Errorf("no account shows the role %s", role)
		}
	}
}
