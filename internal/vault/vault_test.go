package vault_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/vault"
)

func open(t *testing.T, d *db.DB, dir string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), d, dir)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func seal(t *testing.T, d *db.DB, v *vault.Vault, id int64, text string) []byte {
	t.Helper()
	var sealed []byte
	err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
		sealed, err = v.Seal(t.Context(), tx, id, "text", []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func opens(t *testing.T, d *db.DB, v *vault.Vault, id int64, sealed []byte) string {
	t.Helper()
	plain, err := v.Open(t.Context(), d.Read(), id, "text", sealed)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// The key file is made once, for its owner alone; with sealed rows a missing, other or broken key is refused.
func TestKeyFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		sealed := seal(t, d, open(t, d, dir), 7, "nội dung")
		path := filepath.Join(dir, vault.KeyFile)
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
			t.Fatalf("key file: %v %v", st, err)
		}
		if got := opens(t, d, open(t, d, dir), 7, sealed); got != "nội dung" {
			t.Errorf("opened anew: %q", got)
		}
		key, _ := os.ReadFile(path)
		_, err := vault.Open(t.Context(), d, t.TempDir())
		if fault.KindOf(err) != fault.Denied || !strings.Contains(fault.Say(err), "vault.key") {
			t.Errorf("without the key: %v", err)
		}
		other := t.TempDir()
		open(t, dbtest.SQLite(t), other)
		if _, err := vault.Open(t.Context(), d, other); fault.KindOf(err) != fault.Denied {
			t.Errorf("with another key: %v", err)
		}
		if err := os.WriteFile(path, bytes.TrimSuffix(key, []byte("\n"))[:20], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.Open(t.Context(), d, dir); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("with half a key: %v", err)
		}
	})
}

// What is sealed for one case and use opens for no other.
func TestSealedForOneUse(t *testing.T) {
	d := dbtest.SQLite(t)
	v := open(t, d, t.TempDir())
	sealed := seal(t, d, v, 7, "a")
	seal(t, d, v, 8, "b")
	if _, err := v.Open(t.Context(), d.Read(), 8, "text", sealed); err == nil {
		t.Error("opened with another case's key")
	}
	if _, err := v.Open(t.Context(), d.Read(), 7, "sender", sealed); err == nil {
		t.Error("opened for another use")
	}
	if _, err := d.Read().ExecContext(t.Context(), `SELECT 1`); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE case_key SET wrapped = (SELECT wrapped FROM case_key WHERE entry = 8) WHERE entry = 7`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open(t.Context(), d.Read(), 7, "text", sealed); err == nil {
		t.Error("another case's key was taken for this one's")
	}
}

// A rotation seals every key anew; a server that runs meanwhile follows, and writes with either key are kept. The
// earlier key leaves the file at the next rotation, and marks stay the same.
func TestRotate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		running := open(t, d, dir)
		sealed, mark := seal(t, d, running, 7, "nội dung"), running.Mark("sender", "an")
		done, err := open(t, d, dir).Rotate(t.Context(), d)
		if err != nil || done.Cases != 2 || done.Kept != 1 { // the case and the installation's own
			t.Fatalf("rotation: %+v %v", done, err)
		}
		if got := opens(t, d, running, 7, sealed); got != "nội dung" {
			t.Errorf("running server reads %q", got)
		}
		late := seal(t, d, running, 8, "muộn")
		fresh := open(t, d, dir)
		if got := opens(t, d, fresh, 8, late); got != "muộn" {
			t.Errorf("after the rotation: %q", got)
		}
		if !bytes.Equal(fresh.Mark("sender", "an"), mark) {
			t.Error("the mark of a sender changed")
		}
		for range 2 {
			if done, err = fresh.Rotate(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
		if done.Dropped == 0 || done.Kept != 1 {
			t.Errorf("earlier keys stay: %+v", done)
		}
		if got := opens(t, d, open(t, d, dir), 7, sealed); got != "nội dung" {
			t.Errorf("after three rotations: %q", got)
		}
	})
}

// A shredded case opens no more, gets no new key, and leaves a leaf.
func TestShred(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, d, t.TempDir())
		sealed := seal(t, d, v, 7, "nội dung")
		shred := func() error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return v.Shred(t.Context(), tx, 7, "luutru", "hết hạn lưu") })
		}
		if err := shred(); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Open(t.Context(), d.Read(), 7, "text", sealed); !errors.Is(err, vault.ErrShredded) {
			t.Errorf("shredded, and: %v", err)
		}
		if err := shred(); fault.KindOf(err) != fault.Conflict {
			t.Errorf("shredded twice: %v", err)
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := v.Seal(t.Context(), tx, 7, "text", []byte("mới"))
			return err
		})
		if !errors.Is(err, vault.ErrShredded) {
			t.Errorf("sealed after shredding: %v", err)
		}
	})
}

// A stream comes back whole, whatever its length; cut short, swapped or changed it does not.
func TestStream(t *testing.T) {
	d := dbtest.SQLite(t)
	v := open(t, d, t.TempDir())
	var c vault.Case
	if err := d.Write(t.Context(), func(tx *db.Tx) (err error) { c, err = v.Case(t.Context(), tx, 7); return err }); err != nil {
		t.Fatal(err)
	}
	const piece = 1 << 20
	for _, n := range []int{0, 1, piece - 1, piece, piece + 1, 2 * piece, 2*piece + 5} {
		plain := make([]byte, n)
		rand.Read(plain)
		sealed := c.SealStream("paper", plain)
		var out bytes.Buffer
		if err := c.OpenStream("paper", bytes.NewReader(sealed), &out); err != nil || !bytes.Equal(out.Bytes(), plain) {
			t.Errorf("%d bytes: %v", n, err)
		}
		if err := c.OpenStream("other", bytes.NewReader(sealed), &out); err == nil {
			t.Errorf("%d bytes opened for another use", n)
		}
		for _, cut := range []int{1, piece + 28} {
			if cut < len(sealed) && c.OpenStream("paper", bytes.NewReader(sealed[:len(sealed)-cut]), &out) == nil {
				t.Errorf("%d bytes cut by %d opened", n, cut)
			}
		}
	}
}
