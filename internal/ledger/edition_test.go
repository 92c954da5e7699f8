package ledger

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"danvan/internal/catalog"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/files"
	"danvan/internal/jobs"
)

// reworded is a copy of the test catalogue in which attendances of the first edition count double: the regulation
// was typed wrongly and mended after entries had been recorded.
func reworded(t *testing.T) *catalog.Catalog {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/catalog")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "base", "05_sessions.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "value: attendances,", "value: attendances * 2,", 1)
	if changed == string(text) {
		t.Fatal("nothing replaced")
	}
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestEntriesFollowTheirOwnEdition records under one text of the catalogue and goes on under another.
func TestEntriesFollowTheirOwnEdition(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.record(session("A.BDV", 20190420, 10))
		q := w.record(session("A.MTTQ", 20190420, 10))
		was := w.ledger
		w.ledger = New(reworded(t))
		w.ledger.Now = was.Now
		w.verify()
		w.record(session("E.BDV", 20190420, 10))
		w.want(w.total("session_attendances", Lead, "E.BDV", 2019), Amount{20, 1, 0, 0}, "under the new text")
		if _, err := w.amend(p.ID, 1, Amendment{Set: map[string]any{"attendances": 11}, Reason: "Đếm lại"}); err != nil {
			t.Fatal(err)
		}
		w.want(w.total("session_attendances", Lead, "A.BDV", 2019), Amount{11, 1, 0, 0}, "amended under its own text")
		if _, err := w.amend(q.ID, 1, Amendment{Day: 20200301, Reason: "Ghi nhầm năm"}); err != nil {
			t.Fatal(err)
		}
		w.want(w.total("session_attendances", Lead, "A.MTTQ", 2019), Amount{}, "moved out of its edition")
		w.want(w.total("session_attendances", Lead, "A.MTTQ", 2020), Amount{10, 1, 0, 0}, "moved into the next edition")
		w.verify()
		w.ledger = was // the first text alone still explains everything, from the stored editions
		w.verify()
	})
}

// TestAttachments keeps a file, names it in an entry, and has the job read it back.
func TestAttachments(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		dir := t.TempDir()
		store, err := files.New(d, dir, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		f, err := store.Put(ctx, strings.NewReader("Biên bản buổi tuyên truyền"))
		if err != nil {
			t.Fatal(err)
		}
		draft := session("A.BDV", 20190420, 10)
		draft.Files = []File{{Hash: f.Hash, Name: "bien-ban.txt"}}
		p := w.record(draft)
		if e := w.entry(p.ID); len(e.Files) != 1 || e.Files[0].Name != "bien-ban.txt" {
			t.Errorf("files %+v", e.Files)
		}
		work := jobs.Worker{DB: d, Handlers: map[string]jobs.Handler{JobCheckFiles: CheckFiles(store)}}
		if n, err := work.Drain(ctx); n != 1 || err != nil {
			t.Errorf("%d jobs done (%v), want 1", n, err)
		}
		w.verify()

		damage(t, dir, f.Hash)
		check := CheckFiles(store)
		payload := []byte(`{"entry":1,"version":1,"files":[{"hash":"` + f.Hash + `","name":"x"}]}`)
		if err := check(ctx, &jobs.Job{Payload: payload}); err == nil {
			t.Error("a damaged attachment went unnoticed")
		}
	})
}

// damage changes the kept content of a file.
func damage(t *testing.T, dir, hash string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.Contains(strings.ReplaceAll(path, string(filepath.Separator), ""), hash) {
			return err
		}
		if err := os.Chmod(path, 0o600); err != nil {
			return err
		}
		return os.WriteFile(path, []byte("khác"), 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
