package dossier_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/vault"
)

func open(t testing.TB, d *db.DB, dir string) *dossier.Book {
	t.Helper()
	v, err := vault.Open(t.Context(), d, dir)
	if err != nil {
		t.Fatal(err)
	}
	store, err := files.New(d, filepath.Join(dir, "files"), 0)
	if err != nil {
		t.Fatal(err)
	}
	return &dossier.Book{DB: d, Vault: v, Files: store}
}

func put(t testing.TB, b *dossier.Book, it dossier.Item) error {
	t.Helper()
	return b.DB.Write(t.Context(), func(tx *db.Tx) error { return b.Put(t.Context(), tx, "tiepdan", it) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var letter = dossier.Content{Summary: "Đề nghị xem lại mức bồi thường", Text: "Thửa đất bị thu hồi mà chưa được bồi thường đúng.", Parcels: []string{"thửa 12, tờ 5"}}

func someone() *dossier.Sender {
	return &dossier.Sender{Name: "Ông Lò Văn Canaryđỏ", Address: "Bản Nà Phát, xã Mường Lay", Contact: "0912 345 678"}
}

// What was written stays in versions, and two who write at once do not overwrite one another.
func TestContentKeepsItsVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d, t.TempDir())
		must(t, put(t, b, dossier.Item{Entry: 7, Content: letter, Sender: someone(), Marked: true}))
		two := letter
		two.Request = "Tính lại"
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() { errs[i] = put(t, b, dossier.Item{Entry: 7, Content: two, Expect: 1}) })
		}
		wg.Wait()
		saved := 0
		for _, err := range errs {
			if err == nil {
				saved++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Errorf("second writer: %v", err)
			}
		}
		if saved != 1 {
			t.Fatalf("%d of 8 who saw version 1 were saved", saved)
		}
		got, v, err := b.ContentOf(t.Context(), d.Read(), 7)
		must(t, err)
		if v.N != 2 || got.Request != "Tính lại" || got.Text != letter.Text {
			t.Errorf("newest is %d %+v", v.N, got)
		}
		if old, err := b.ContentAt(t.Context(), d.Read(), 7, 1); err != nil || old.Request != "" {
			t.Errorf("version 1: %+v %v", old, err)
		}
	})
}

// A sender is only ever given with a leaf and a row, for one letter.
func TestEveryLookIsWrittenDown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d, t.TempDir())
		must(t, put(t, b, dossier.Item{Entry: 7, Content: letter, Sender: someone(), Marked: true}))
		look := func(g dossier.Ground) (s dossier.Sender, err error) {
			err = d.Write(t.Context(), func(tx *db.Tx) (err error) {
				s, err = b.LookAtSender(t.Context(), tx, "xulydon", 7, g, "mời ngày 5")
				return err
			})
			return s, err
		}
		if _, err := look("xem"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a look without a ground: %v", err)
		}
		s, err := look(dossier.Contact)
		must(t, err)
		if s.Name != someone().Name {
			t.Errorf("sender is %q", s.Name)
		}
		looks, err := b.Looks(t.Context(), d.Read(), 7)
		must(t, err)
		if len(looks) != 1 || looks[0].Login != "xulydon" || looks[0].Ground != dossier.Contact || looks[0].Note != "mời ngày 5" || looks[0].Leaf == 0 {
			t.Errorf("looks are %+v", looks)
		}
		var leaves int
		must(t, d.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM audit_leaf WHERE act = 'look' AND subject = 'dossier' AND subject_id = 7`).Scan(&leaves))
		if leaves != 1 {
			t.Errorf("%d leaves of one look", leaves)
		}
	})
}

// Nothing of what people wrote stands in plain in the database, its log or the store of files.
func TestNothingStandsInPlain(t *testing.T) {
	dir := t.TempDir()
	d := dbtest.Open(t, db.Config{Path: filepath.Join(dir, "danvan.db")})
	b := open(t, d, dir)
	must(t, put(t, b, dossier.Item{Entry: 7, Content: letter, Sender: someone(), Marked: true}))
	must(t, d.Write(t.Context(), func(tx *db.Tx) error {
		return b.PutMany(t.Context(), tx, "demo", []dossier.Item{{Entry: 8, Content: letter, Sender: someone(), Marked: true}})
	}))
	must(t, d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := b.LookAtSender(t.Context(), tx, "xulydon", 7, dossier.Contact, "gọi Canaryđỏ")
		return err
	}))
	paper := pdf("Canaryđỏ trong tệp")
	_, err := b.Add(t.Context(), "tiepdan", 7, paper, "đơn của Canaryđỏ.pdf", dossier.Letter, true)
	must(t, err)
	if err := os.WriteFile(filepath.Join(dir, "planted"), []byte("có Canaryđỏ đây"), 0o600); err != nil {
		t.Fatal(err)
	}
	hits := scan(t, dir, "Canaryđỏ", "0912 345 678", "mức bồi thường", "thửa 12")
	if !slices.Equal(hits, []string{"planted"}) {
		t.Errorf("found in plain in %q; want the planted file alone", hits)
	}
}

func pdf(text string) []byte {
	return []byte("%PDF-1.4\n1 0 obj\n(" + text + ")\nendobj\n%%EOF\n")
}

// scan names the files below dir that hold one of the words.
func scan(t *testing.T, dir string, words ...string) []string {
	var hits []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, w := range words {
			if bytes.Contains(data, []byte(w)) {
				hits = append(hits, e.Name())
				break
			}
		}
		return err
	})
	must(t, err)
	return hits
}

// A paper comes back as it was, without what a camera wrote; one sent twice is kept once; one that was changed on the
// disk does not open.
func TestPapers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		b := open(t, d, dir)
		must(t, put(t, b, dossier.Item{Entry: 7, Content: letter}))
		big := pdf(strings.Repeat("a", 3<<20))
		for range 2 {
			p, err := b.Add(t.Context(), "tiepdan", 7, big, "quyet dinh.pdf", dossier.Enclosed, false)
			must(t, err)
			if p.N != 1 {
				t.Errorf("paper has number %d", p.N)
			}
		}
		if _, err := b.Add(t.Context(), "tiepdan", 7, []byte("MZ not a paper"), "don.pdf", dossier.Letter, true); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a program was taken for a paper: %v", err)
		}
		p, err := b.PaperOf(t.Context(), d.Read(), 7, 1)
		must(t, err)
		var out bytes.Buffer
		must(t, b.Read(t.Context(), d.Read(), 7, p, &out))
		if !bytes.Equal(out.Bytes(), big) || p.Name != "quyet dinh.pdf" || p.Size != int64(len(big)) {
			t.Errorf("got %d bytes of %q, size %d", out.Len(), p.Name, p.Size)
		}
		must(t, d.Write(t.Context(), func(tx *db.Tx) error { return b.TakeOut(t.Context(), tx, "tiepdan", 7, 1, "nhầm hồ sơ") }))
		if _, err := b.PaperOf(t.Context(), d.Read(), 7, 1); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a paper taken out opens: %v", err)
		}
	})
}

// What was changed or deleted beside the program differs from the log.
func TestVerify(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d, t.TempDir())
		must(t, put(t, b, dossier.Item{Entry: 7, Content: letter, Sender: someone(), Marked: true}))
		must(t, put(t, b, dossier.Item{Entry: 8, Content: letter, Sender: someone()}))
		_, err := b.Add(t.Context(), "tiepdan", 7, pdf("a"), "a.pdf", dossier.Letter, true)
		must(t, err)
		must(t, d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := b.LookAtSender(t.Context(), tx, "xulydon", 7, dossier.Contact, ""); err != nil {
				return err
			}
			if err := b.Vault.Shred(t.Context(), tx, 8, "luutru", "hết hạn"); err != nil {
				return err
			}
			return b.TakeOut(t.Context(), tx, "tiepdan", 7, 1, "nhầm")
		}))
		verify := func() []string {
			found, err := dossier.Verify(t.Context(), d.Read())
			must(t, err)
			return found
		}
		if found := verify(); len(found) != 0 {
			t.Fatalf("untouched, and %q", found)
		}
		for _, change := range []string{`UPDATE sender_look SET login = 'khac'`, `UPDATE sender_look SET login = 'xulydon'`, `DELETE FROM dossier_paper`} {
			must(t, d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.ExecContext(t.Context(), change); return err }))
			if got, mended := len(verify()), strings.Contains(change, "'xulydon'"); (got == 0) != mended {
				t.Errorf("%s: %d differences", change, got)
			}
		}
	})
}

// The mark finds a sender again who writes name and address another way, and no other.
func TestMark(t *testing.T) {
	b := open(t, dbtest.SQLite(t), t.TempDir())
	one := b.Mark(&dossier.Sender{Name: "Ông Nguyễn Văn An", Address: "Số 12, thôn Đông, xã Hòa Bình, huyện Yên Lạc"})
	same := b.Mark(&dossier.Sender{Name: "NGUYỄN VĂN AN", Address: "12 thôn Đông, Hòa Bình"})
	other := b.Mark(&dossier.Sender{Name: "Nguyễn Văn Ân", Address: "Thôn Tây, xã Hòa Bình"})
	if !bytes.Equal(one, same) || bytes.Equal(one, other) {
		t.Errorf("marks: %x %x %x", one, same, other)
	}
}

// All cases are opened for the index in seconds.
func TestEach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d, t.TempDir())
		const n = 3000
		items := make([]dossier.Item, n)
		for i := range items {
			items[i] = dossier.Item{Entry: int64(i + 1), Content: letter}
			if i%2 == 0 {
				items[i].Sender, items[i].Marked = someone(), i%4 == 0
			}
		}
		must(t, d.Write(t.Context(), func(tx *db.Tx) error { return b.PutMany(t.Context(), tx, "demo", items) }))
		must(t, put(t, b, dossier.Item{Entry: 5, Content: dossier.Content{Text: "mới"}, Expect: 1}))
		must(t, d.Write(t.Context(), func(tx *db.Tx) error { return b.Vault.Shred(t.Context(), tx, 9, "luutru", "hết hạn lưu") }))
		seen, marks, last := 0, 0, int64(0)
		must(t, b.Each(t.Context(), d.Read(), func(entry int64, c dossier.Content, mark []byte) error {
			if entry <= last || entry == 9 {
				return fmt.Errorf("entry %d after %d", entry, last)
			}
			if want := map[bool]string{true: "mới", false: letter.Text}[entry == 5]; c.Text != want {
				return fmt.Errorf("entry %d says %q", entry, c.Text)
			}
			if last = entry; len(mark) > 0 {
				marks++
			}
			seen++
			return nil
		}))
		if seen != n-1 || marks != n/4-1 {
			t.Errorf("saw %d cases, %d marks", seen, marks)
		}
		if _, _, err := b.ContentOf(t.Context(), d.Read(), 9); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a shredded case opens: %v", err)
		}
	})
}

// BenchmarkEach measures opening 100,000 cases.
func BenchmarkEach(bm *testing.B) {
	d := dbtest.SQLite(bm)
	b := open(bm, d, bm.TempDir())
	const n, step = 100_000, 10_000
	long := letter
	long.Text = strings.Repeat("Nội dung đơn trình bày sự việc. ", 40)
	start := time.Now()
	for at := 0; at < n; at += step {
		items := make([]dossier.Item, step)
		for i := range items {
			items[i] = dossier.Item{Entry: int64(at + i + 1), Content: long, Sender: someone(), Marked: true}
		}
		must(bm, d.Write(context.Background(), func(tx *db.Tx) error { return b.PutMany(context.Background(), tx, "demo", items) }))
	}
	bm.Logf("put %d cases in %s", n, time.Since(start).Round(time.Millisecond))
	for bm.Loop() {
		must(bm, b.Each(context.Background(), d.Read(), func(int64, dossier.Content, []byte) error { return nil }))
	}
}
