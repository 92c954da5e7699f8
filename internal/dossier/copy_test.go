package dossier_test

import (
	"bytes"
	"slices"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dossier"
	"danvan/internal/jobs"
)

// A letter that goes to another body takes along what it says, who sent it and what came with it, sealed under the new
// case's key; of a denunciation nobody's name goes along, and what the office wrote stays where it is.
func TestCopy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d, t.TempDir())
		must(t, put(t, b, dossier.Item{Entry: 7, Content: letter, Sender: someone(), Marked: true}))
		for _, x := range []struct {
			text  string
			sort  dossier.Sort
			names bool
		}{{"the letter", dossier.Letter, true}, {"a decision", dossier.Enclosed, false}, {"a wrong one", dossier.Enclosed, false}, {"minutes", dossier.Working, false}} {
			_, err := b.Add(t.Context(), "tiepdan", 7, pdf(x.text), x.text+".pdf", x.sort, x.names)
			must(t, err)
		}
		must(t, d.Write(t.Context(), func(tx *db.Tx) error { return b.TakeOut(t.Context(), tx, "tiepdan", 7, 3, "nhầm hồ sơ") }))
		for to, named := range map[int64]bool{8: true, 9: false} {
			must(t, d.Write(t.Context(), func(tx *db.Tx) error { return b.Pass(t.Context(), tx, "vanthu", 7, to, named) }))
		}
		if n, err := b.OnTheWay(t.Context(), d.Read(), 7, 8, true); err != nil || n != 2 {
			t.Errorf("%d papers on the way, %v", n, err)
		}
		work := jobs.Worker{DB: d, Handlers: b.Jobs()}
		for range 2 { // a job that is done once more changes nothing
			_, err := work.Drain(t.Context())
			must(t, err)
			must(t, d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), `UPDATE job SET state = 'waiting', run_ms = 0`)
				return err
			}))
		}
		for to, want := range map[int64][]string{8: {"the letter.pdf", "a decision.pdf"}, 9: {"a decision.pdf"}} {
			got, _, err := b.ContentOf(t.Context(), d.Read(), to)
			must(t, err)
			if got.Text != letter.Text {
				t.Errorf("case %d says %q", to, got.Text)
			}
			papers, err := b.Papers(t.Context(), d.Read(), to)
			must(t, err)
			var names []string
			for _, p := range papers {
				names = append(names, p.Name)
				var out bytes.Buffer
				must(t, b.Read(t.Context(), d.Read(), to, p, &out))
				if !bytes.HasPrefix(out.Bytes(), []byte("%PDF")) || int64(out.Len()) != p.Size {
					t.Errorf("%s came as %d bytes", p.Name, out.Len())
				}
			}
			if !slices.Equal(names, want) {
				t.Errorf("case %d has %q, want %q", to, names, want)
			}
			if has, err := b.HasSender(t.Context(), d.Read(), to); err != nil || has != (to == 8) {
				t.Errorf("case %d keeps a sender: %v %v", to, has, err)
			}
		}
		must(t, d.Write(t.Context(), func(tx *db.Tx) error { return b.Vault.Shred(t.Context(), tx, 7, "luutru", "hết hạn") }))
		must(t, d.Write(t.Context(), func(tx *db.Tx) error {
			s, err := b.LookAtSender(t.Context(), tx, "vanthu", 8, dossier.Contact, "")
			if err == nil && s.Name != someone().Name {
				t.Errorf("the sender came as %q", s.Name)
			}
			return err
		}))
		if found, err := dossier.Verify(t.Context(), d.Read()); err != nil || len(found) != 0 {
			t.Errorf("the log differs: %q %v", found, err)
		}
	})
}
