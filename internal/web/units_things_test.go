package web_test

import (
	"fmt"
	"testing"

	"danvan/internal/db"
	"danvan/internal/org"
)

// mergeOfTheProvince is the act by which the province of today came about.
func mergeOfTheProvince(t testing.TB, o *office) string {
	t.Helper()
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range tree.Changes() {
		if c.Code == "19" && c.Kind == org.Merge {
			return fmt.Sprint(c.ID)
		}
	}
	t.Fatal("no act made province 19")
	return ""
}

// draftOfTheCommune is a draft, written by another, that renames theCommune.
func draftOfTheCommune(t testing.TB, o *office) string {
	t.Helper()
	d := org.Draft{Plan: org.Plan{Title: "Đổi tên", Day: today, Acts: []org.Change{
		{Day: today, Kind: org.Rename, Code: theCommune, Name: "Xã Thử", Sources: []org.Source{{Code: theCommune, Parts: org.NoParts()}}},
	}}}
	err := o.app.DB.Write(t.Context(), func(tx *db.Tx) error { return org.SaveDraft(t.Context(), tx, &d, "nguoi-khac") })
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(d.ID)
}
