package web_test

import (
	"fmt"
	"testing"

	"danvan/internal/db"
	"danvan/internal/ledger"
)

// recordedBy records an entry of theBody, once for all who ask for it, and gives its number.
func recordedBy(t testing.TB, o *office, kind string, fields map[string]any) string {
	t.Helper()
	var posted ledger.Posted
	err := o.app.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
		posted, err = o.app.Ledger.Record(t.Context(), tx, "ma.tran", ledger.Draft{Key: "ma-tran-" + kind, Kind: kind, Unit: theBody, Day: today, Fields: fields})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(posted.ID)
}
