package web_test

import (
	"fmt"
	"testing"

	"danvan/internal/db"
	"danvan/internal/dossier"
)

// letterOfTheBody is a complaint of theBody with its dossier and a paper that names nobody.
func letterOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	id := made(t, o, "thu:don", "petition_letter", "", map[string]any{"class": "complaint", "field": "land", "received_on": today.AddDays(-9).String(), "channel": "direct", "number": "9001", "code": "DT-2026-909001"})
	b := o.deps.Dossiers
	_, v, err := b.ContentOf(t.Context(), o.app.DB.Read(), id)
	if err != nil {
		t.Fatal(err)
	}
	if v.N == 0 {
		err := o.app.DB.Write(t.Context(), func(tx *db.Tx) error {
			return b.Put(t.Context(), tx, "thu", dossier.Item{Entry: id, Content: dossier.Content{Summary: "Đơn của ma trận"}, Sender: &dossier.Sender{Name: "Người Ma Trận"}, Marked: true})
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Add(t.Context(), "thu", id, []byte("%PDF-1.4\n%%EOF\n"), "quyet dinh.pdf", dossier.Enclosed, false); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprint(id)
}
