package files_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/jobs"
)

func begun(t *testing.T, s *files.Store, size int64) files.Part {
	t.Helper()
	p, err := s.Begin(t.Context(), 1, "ảnh.jpg", size)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A file comes in parts over several openings of the store: what was acknowledged is there, a part that begins
// elsewhere is refused, and nobody else sees it.
func TestPartsOutliveTheProgram(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		open := func() *files.Store {
			s, err := files.New(d, dir, 100)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		p := begun(t, open(), 10)
		if got, err := open().Append(t.Context(), p, 0, []byte("01234")); err != nil || got.Have != 5 {
			t.Fatalf("have %d, %v", got.Have, err)
		}
		p, err := open().Part(t.Context(), 1, p.ID)
		if err != nil || p.Have != 5 || p.Name != "ảnh.jpg" || p.Size != 10 {
			t.Fatalf("after opening again: %+v, %v", p, err)
		}
		for _, offset := range []int64{0, 4, 6} {
			if got, err := open().Append(t.Context(), p, offset, []byte("xx")); !errors.Is(err, files.ErrElsewhere) || got.Have != 5 {
				t.Errorf("a part at %d: have %d, %v", offset, got.Have, err)
			}
		}
		if _, err := open().Append(t.Context(), p, 5, []byte("567890")); fault.KindOf(err) != fault.Invalid {
			t.Errorf("more than was told: %v", err)
		}
		if _, err := open().Whole(p); fault.KindOf(err) != fault.Conflict {
			t.Errorf("half a file is taken for whole: %v", err)
		}
		if _, err := open().Part(t.Context(), 2, p.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("somebody else sees it: %v", err)
		}
		if err := open().DropPart(t.Context(), 2, p.ID); err != nil {
			t.Fatal(err)
		}
		if p, err = open().Append(t.Context(), p, 5, []byte("56789")); err != nil {
			t.Fatalf("somebody else threw it away: %v", err)
		}
		if data, err := open().Whole(p); err != nil || string(data) != "0123456789" {
			t.Errorf("the whole is %q, %v", data, err)
		}
		if err := open().Became(t.Context(), p, strings.Repeat("a", 64)); err != nil {
			t.Fatal(err)
		}
		if p, err := open().Part(t.Context(), 1, p.ID); err != nil || p.Hash == "" || p.Have != 10 {
			t.Errorf("asked again it says %+v, %v", p, err)
		}
	})
}

// The same part from two windows at once is written once.
func TestPartsAtOnce(t *testing.T) {
	d := dbtest.SQLite(t)
	s, err := files.New(d, t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	p := begun(t, s, 8000)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for offset := int64(0); offset < 8000; offset += 1000 {
				_, _ = s.Append(t.Context(), p, offset, bytes.Repeat([]byte{byte(offset / 1000)}, 1000))
			}
		})
	}
	wait.Wait()
	p, err = s.Part(t.Context(), 1, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	data, err := s.Whole(p)
	for i, b := range data {
		if int(b) != i/1000 {
			t.Fatalf("byte %d is %d", i, b)
		}
	}
	if err != nil {
		t.Error(err)
	}
}

func TestLimitsOfParts(t *testing.T) {
	s, err := files.New(dbtest.SQLite(t), t.TempDir(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{0, -1, 101} {
		if _, err := s.Begin(t.Context(), 1, "x", size); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a file of %d bytes: %v", size, err)
		}
	}
	for range files.PartsMost {
		begun(t, s, 10)
	}
	if _, err := s.Begin(t.Context(), 1, "x", 10); fault.KindOf(err) != fault.Conflict {
		t.Errorf("one more than may be: %v", err)
	}
	for _, id := range []string{"", "../../etc/passwd", strings.Repeat("A", 26)} {
		if _, err := s.Part(t.Context(), 1, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("part %q: %v", id, err)
		}
	}
}

func TestPartsAreSwept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		s, err := files.New(d, dir, 100)
		if err != nil {
			t.Fatal(err)
		}
		old, stays := begun(t, s, 10), begun(t, s, 10)
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.ExecContext(t.Context(), `UPDATE file_part SET ends_ms = 1 WHERE id = $1`, old.ID); err != nil {
				return err
			}
			_, err := tx.ExecContext(t.Context(), `UPDATE job SET run_ms = 0`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		long := time.Now().Add(-3 * files.PartLife)
		names, _ := filepath.Glob(filepath.Join(dir, ".put-part-"+old.ID))
		if len(names) != 1 {
			t.Fatalf("the part lies in %v", names)
		}
		if err := os.Chtimes(names[0], long, long); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Part(t.Context(), 1, old.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an ended part is there before the sweep: %v", err)
		}
		w := jobs.Worker{DB: d, Handlers: map[string]jobs.Handler{files.JobSweepParts: s.SweepParts}}
		if n, err := w.Drain(t.Context()); err != nil || n != 1 {
			t.Fatalf("%d sweeps, %v", n, err)
		}
		if _, err := os.Stat(names[0]); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the ended part is still on the disk: %v", err)
		}
		if _, err := s.Part(t.Context(), 1, stays.ID); err != nil {
			t.Errorf("the other is gone too: %v", err)
		}
	})
}
