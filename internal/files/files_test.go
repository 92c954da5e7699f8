package files_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/files"
)

var ctx = context.Background()

func store(t *testing.T, d *db.DB) (*files.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	s, err := files.New(d, dir, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func TestPutAndOpen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, dir := store(t, d)
		for content, mime := range map[string]string{
			"%PDF-1.4 công văn":           "application/pdf",
			"biên bản đối thoại":          "text/plain; charset=utf-8",
			"":                            "text/plain; charset=utf-8",
			strings.Repeat("ư", 500):      "text/plain; charset=utf-8",
			"PK\x03\x04" + "tài liệu":     "application/zip",
			"<html><script>x</script>":    "text/html; charset=utf-8",
			"\x89PNG\x0D\x0A\x1A\x0A\x00": "image/png",
		} {
			f, err := s.Put(ctx, strings.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			again, err := s.Put(ctx, iotest.OneByteReader(strings.NewReader(content)))
			if err != nil || again != f {
				t.Errorf("put again: %+v, %v; want %+v", again, err, f)
			}
			if f.Size != int64(len(content)) || f.MIME != mime {
				t.Errorf("%q: %+v", content, f)
			}
			r, err := s.Open(f.Hash)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if r.Close(); err != nil || string(got) != content {
				t.Errorf("read back %q, %v", got, err)
			}
		}
		if n, findings, err := s.Verify(ctx, d.Read()); n != 7 || findings != nil || err != nil {
			t.Errorf("verify: %d, %v, %v", n, findings, err)
		}
		left, _ := filepath.Glob(filepath.Join(dir, ".put-*"))
		if len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func TestPutManyOfTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := store(t, d)
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				if _, err := s.Put(ctx, strings.NewReader(fmt.Sprint("tệp ", i%4))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n, findings, err := s.Verify(ctx, d.Read()); n != 4 || findings != nil || err != nil {
			t.Errorf("verify: %d, %v, %v", n, findings, err)
		}
	})
}

func TestBadUploadLeavesNothing(t *testing.T) {
	d := dbtest.SQLite(t)
	s, dir := store(t, d)
	for name, r := range map[string]io.Reader{
		"too large": bytes.NewReader(make([]byte, 1001)),
		"endless":   endless{},
		"cut off":   iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("abc"))),
		"broken":    iotest.ErrReader(errors.New("connection reset")),
	} {
		if _, err := s.Put(ctx, r); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Put(ctx, bytes.NewReader(make([]byte, 1000))); err != nil {
		t.Errorf("just at the limit: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("folder holds %v, %v", entries, err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestOpenOfWhatIsNotThere(t *testing.T) {
	s, _ := store(t, dbtest.SQLite(t))
	for _, hash := range []string{"", "../../etc/passwd", strings.Repeat("0", 64), strings.Repeat("A", 64), strings.Repeat("../", 21) + "x"} {
		if _, err := s.Open(hash); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q: %v", hash, err)
		}
		if _, err := s.Info(ctx, dbtest.SQLite(t).Read(), hash); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q: %v", hash, err)
		}
	}
}

func TestVerifyFindsWhatChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, dir := store(t, d)
		var kept []files.File
		for i := range 3 {
			f, err := s.Put(ctx, strings.NewReader(fmt.Sprint("tệp số ", i)))
			if err != nil {
				t.Fatal(err)
			}
			kept = append(kept, f)
		}
		path := func(f files.File) string { return filepath.Join(dir, f.Hash[:2], f.Hash[2:]) }
		if err := os.Remove(path(kept[0])); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path(kept[1]), []byte("tệp số 9"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, findings, err := s.Verify(ctx, d.Read())
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, f := range findings {
			got[f.Hash] = f.Code
		}
		if len(got) != 2 || got[kept[0].Hash] != files.Missing || got[kept[1].Hash] != files.Changed {
			t.Errorf("findings %v", findings)
		}
		if _, err := s.Put(ctx, strings.NewReader("tệp số 1")); err != nil { // put again, it is whole again
			t.Fatal(err)
		}
		if _, findings, err = s.Verify(ctx, d.Read()); err != nil || len(findings) != 1 {
			t.Errorf("after mending: %v, %v", findings, err)
		}
	})
}

func TestSweep(t *testing.T) {
	s, dir := store(t, dbtest.SQLite(t))
	old, young := filepath.Join(dir, ".put-old"), filepath.Join(dir, ".put-young")
	for _, p := range []string{old, young} {
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	_, gone := os.Stat(old)
	_, stays := os.Stat(young)
	if !errors.Is(gone, os.ErrNotExist) || stays != nil {
		t.Errorf("old: %v, young: %v", gone, stays)
	}
}
