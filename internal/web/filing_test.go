package web_test

import (
	"fmt"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/filing"
	"danvan/internal/org"
)

// openedReport is a half-year's report of theCommune that is being written, opened for the asking.
func openedReport(t testing.TB, o *office) string {
	t.Helper()
	ctx := t.Context()
	tree, err := o.app.Org.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p, err := civil.ParsePeriod("2026-H1")
	if err != nil {
		t.Fatal(err)
	}
	store := &filing.Store{Ledger: o.app.Ledger, Tree: func() *org.Tree { return tree }}
	var f *filing.Filing
	err = o.app.DB.Write(ctx, func(tx *db.Tx) error {
		f, err = store.Open(ctx, tx, "canbo.xa", filing.Opening{Unit: unitOf(t, o, theCommune), Template: "6-thang", Name: "Báo cáo sáu tháng về công tác dân vận", Type: "half", Field: "mobilisation", Period: p})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(f.ID)
}
