package audit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"

	"golang.org/x/mod/sumdb/tlog"
)

var ctx = context.Background()

// write appends n leaves in one act.
func write(t *testing.T, d *db.DB, n int) (ids []int64) {
	t.Helper()
	err := d.Write(ctx, func(tx *db.Tx) error {
		leaves := make([]audit.Leaf, n)
		for i := range leaves {
			leaves[i] = audit.Leaf{Act: "record", Subject: "entry", SubjectID: int64(i), Content: fmt.Append(nil, "nội dung ", i), Actor: "cán bộ thử"}
		}
		var err error
		ids, err = audit.AppendMany(ctx, tx, leaves)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func verify(t *testing.T, d *db.DB, o audit.Options) (report *audit.Report) {
	t.Helper()
	err := d.View(ctx, func(q db.Querier) (err error) {
		report, err = audit.Verify(ctx, q, o)
		return err
	})
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return report
}

func sequencer(t *testing.T, d *db.DB) *audit.Sequencer {
	t.Helper()
	key, err := audit.OpenKey(ctx, d, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &audit.Sequencer{DB: d, Key: key}
}

func checkpoint(t *testing.T, s *audit.Sequencer) string {
	t.Helper()
	note, err := s.Checkpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return note
}

// The root that grows leaf by leaf is the root that tlog computes from all
// leaves at once, at sizes around every row of stored hashes.
func TestRootIsThatOfTheLeaves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := sequencer(t, d)
		for _, n := range []int{1, 1, 1, 5, 100, 20, 128, 1, 255, 300} {
			write(t, d, n)
			if n%2 == 0 { // a sequencer that starts anew reads the edge from the rows
				s = &audit.Sequencer{DB: d, Key: s.Key}
			}
			if err := s.Flush(ctx); err != nil {
				t.Fatal(err)
			}
			r := verify(t, d, audit.Options{})
			if !r.OK() || r.Root != rootOf(t, d) {
				t.Fatalf("size %d: root %v, want %v; findings %v", r.Size, r.Root, rootOf(t, d), r.Findings)
			}
		}
	})
}

// rootOf is the root by RFC 6962's own definition, from the proofs' records.
func rootOf(t *testing.T, d *db.DB) tlog.Hash {
	t.Helper()
	var hashes []tlog.Hash
	store := tlog.HashReaderFunc(func(ix []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(ix))
		for i, x := range ix {
			out[i] = hashes[x]
		}
		return out, nil
	})
	rows, err := d.Read().Query(`SELECT id FROM audit_leaf WHERE idx IS NOT NULL ORDER BY idx`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var n int64
	for ; rows.Next(); n++ {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		p, err := audit.Prove(ctx, d.Read(), id)
		if err != nil {
			t.Fatal(err)
		}
		more, err := tlog.StoredHashes(n, []byte(p.Record), store)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, more...)
	}
	root, err := tlog.TreeHash(n, store)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// Writers and several sequencers at once: every leaf gets one place.
func TestSequencersTakeTurns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for range 4 {
			s := &audit.Sequencer{DB: d}
			wg.Go(func() {
				for range 10 {
					write(t, d, 7)
					if err := s.Flush(ctx); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if r := verify(t, d, audit.Options{}); !r.OK() || r.Size != 280 || r.Waiting != 0 {
			t.Fatalf("%+v", r)
		}
	})
}

func TestRunSequencesWithinASecond(t *testing.T) {
	d := dbtest.SQLite(t)
	running, stop := context.WithCancel(ctx)
	ended := make(chan error)
	go func() { ended <- (&audit.Sequencer{DB: d}).Run(running) }()
	id := write(t, d, 3)[2]
	for deadline := time.Now().Add(5 * time.Second); ; {
		row, err := audit.Read(ctx, d.Read(), id)
		if err != nil {
			t.Fatal(err)
		}
		if row.Index == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("leaf still waits")
		}
	}
	stop()
	<-ended
}

func TestProofs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := sequencer(t, d)
		ids := write(t, d, 300)
		if _, err := audit.Prove(ctx, d.Read(), ids[0]); fault.KindOf(err) != fault.Unavailable {
			t.Fatalf("proof of a leaf without a place: %v", err)
		}
		old, err := audit.OpenCheckpoint(checkpoint(t, s), s.Key.Verifier())
		if err != nil {
			t.Fatal(err)
		}
		late := write(t, d, 5)[4]
		if err := s.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		for _, id := range []int64{ids[0], ids[127], ids[299], late} {
			p, err := audit.Prove(ctx, d.Read(), id)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Check(); err != nil {
				t.Errorf("proof of leaf %d: %v", id, err)
			}
			if (p.Note != "") != (id != late) {
				t.Errorf("proof of leaf %d has note %q", id, p.Note)
			}
			p.Record += " "
			if p.Check() == nil {
				t.Errorf("proof of leaf %d holds for another record", id)
			}
		}
		now := verify(t, d, audit.Options{})
		path, err := audit.Consistency(ctx, d.Read(), old.Size, now.Size)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckTree(path, now.Size, now.Root, old.Size, old.Root); err != nil {
			t.Errorf("consistency: %v", err)
		}
	})
}

// Each column of each table of the log, changed behind the program's back.
func TestTampering(t *testing.T) {
	bytes := map[db.Engine]string{db.SQLite: "zeroblob(32)", db.Postgres: `'\x00'::bytea`}
	cut := map[db.Engine]string{
		db.SQLite:   "substr(hashes, 1, 32*5 - 1)",
		db.Postgres: "substr(hashes, 1, 32*5 - 1)",
	}
	flip := map[db.Engine]string{ // one byte of an inner hash
		db.SQLite:   "CAST(substr(hashes, 1, 70) || X'00' || substr(hashes, 72) AS BLOB)",
		db.Postgres: "set_byte(hashes, 70, 1 - sign(get_byte(hashes, 70))::int)",
	}
	for _, c := range []struct{ name, sql, code string }{
		{"id", `UPDATE audit_leaf SET id = 100000 WHERE id = 7`, audit.LeafChanged},
		{"idx gone", `UPDATE audit_leaf SET idx = NULL WHERE idx = 7`, audit.IndexGap},
		{"last idx gone", `UPDATE audit_leaf SET idx = NULL WHERE idx = 299`, audit.HashesExtra},
		{"idx moved", `UPDATE audit_leaf SET idx = 500 WHERE idx = 7`, audit.IndexGap},
		{"at_ms", `UPDATE audit_leaf SET at_ms = at_ms + 1 WHERE id = 7`, audit.LeafChanged},
		{"act", `UPDATE audit_leaf SET act = 'void' WHERE id = 7`, audit.LeafChanged},
		{"subject", `UPDATE audit_leaf SET subject = 'change' WHERE id = 7`, audit.LeafChanged},
		{"subject_id", `UPDATE audit_leaf SET subject_id = 999 WHERE id = 7`, audit.LeafChanged},
		{"actor", `UPDATE audit_leaf SET actor = 'người khác' WHERE id = 7`, audit.LeafChanged},
		{"hash", `UPDATE audit_leaf SET hash = ${zero} WHERE id = 7`, audit.LeafChanged},
		{"leaf removed", `DELETE FROM audit_leaf WHERE id = 7`, audit.IndexGap},
		{"last leaf removed", `DELETE FROM audit_leaf WHERE idx = 299`, audit.HashesExtra},
		{"all leaves removed", `DELETE FROM audit_leaf`, audit.LogTruncated},
		{"tile", `UPDATE audit_hash SET tile = 50 WHERE tile = 1`, audit.HashesMissing},
		{"hashes", `UPDATE audit_hash SET hashes = ${flip} WHERE tile = 0`, audit.TreeChanged},
		{"hashes cut", `UPDATE audit_hash SET hashes = ${cut} WHERE tile = 2`, audit.HashesMissing},
		{"hashes removed", `DELETE FROM audit_hash`, audit.HashesMissing},
		{"checkpoint size", `UPDATE checkpoint SET size = size - 1`, audit.CheckpointInvalid},
		{"checkpoint root", `UPDATE checkpoint SET root = 'x'`, audit.CheckpointInvalid},
		{"checkpoint at_ms", `UPDATE checkpoint SET at_ms = at_ms - 1`, audit.CheckpointInvalid},
		{"checkpoint note", `UPDATE checkpoint SET note = replace(note, '300', '299')`, audit.CheckpointInvalid},
		{"public key", `UPDATE meta SET value = '' WHERE key = 'audit_verifier'`, audit.KeyReplaced},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := sequencer(t, d)
				write(t, d, 300)
				o := audit.Options{Checkpoints: []string{checkpoint(t, s)}, Verifier: s.Key.Verifier()}
				if r := verify(t, d, o); !r.OK() || r.Compared != 2 {
					t.Fatalf("before: %+v", r)
				}
				sql := strings.NewReplacer("${zero}", bytes[d.Engine()], "${cut}", cut[d.Engine()], "${flip}", flip[d.Engine()]).Replace(c.sql)
				tamper(t, d, sql)
				r := verify(t, d, o)
				if !has(r, c.code) {
					t.Fatalf("not found; findings %+v", r.Findings)
				}
			})
		})
	}
}

func tamper(t *testing.T, d *db.DB, sql string) {
	t.Helper()
	err := d.Write(ctx, func(tx *db.Tx) error {
		res, err := tx.ExecContext(ctx, sql)
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return fmt.Errorf("%s changed nothing", sql)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func has(r *audit.Report, code string) bool {
	for _, f := range r.Findings {
		if f.Code == code && f.Text != "" {
			return true
		}
	}
	return false
}

// Whoever owns the server can rewrite leaf, hashes and checkpoints together;
// the checkpoint that left the machine still tells.
func TestRewrittenLogIsFoundFromOutside(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := sequencer(t, d)
		write(t, d, 40)
		outside := audit.Options{Checkpoints: []string{checkpoint(t, s)}, Verifier: s.Key.Verifier()}
		write(t, d, 60)
		for _, sql := range []string{
			`UPDATE audit_leaf SET actor = 'người khác' WHERE idx = 20`,
			`DELETE FROM checkpoint`,
			`DELETE FROM audit_hash`,
			`UPDATE audit_leaf SET idx = NULL`,
		} {
			tamper(t, d, sql)
		}
		s = &audit.Sequencer{DB: d, Key: s.Key}
		checkpoint(t, s)
		if r := verify(t, d, audit.Options{}); !r.OK() || r.Size != 100 {
			t.Fatalf("the forged log does not even agree with itself: %+v", r)
		}
		if r := verify(t, d, outside); !has(r, audit.LogRewritten) {
			t.Fatalf("forgery not found: %+v", r.Findings)
		}
	})
}

func TestLeafLongWithoutAPlace(t *testing.T) {
	d := dbtest.SQLite(t)
	write(t, d, 2)
	if r := verify(t, d, audit.Options{}); !r.OK() || r.Waiting != 2 {
		t.Errorf("young leaves: %+v", r)
	}
	if r := verify(t, d, audit.Options{Grace: -time.Hour}); !has(r, audit.LeafWaiting) {
		t.Errorf("old leaves: %+v", r)
	}
}

func TestKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		var wg sync.WaitGroup
		keys := make([]*audit.Key, 8)
		for i := range keys {
			wg.Go(func() {
				key, err := audit.OpenKey(ctx, d, dir)
				if err != nil {
					t.Error(err)
				}
				keys[i] = key
			})
		}
		wg.Wait()
		for _, k := range keys {
			if k == nil || k.Verifier() != keys[0].Verifier() {
				t.Fatal("programs that start together have different keys")
			}
		}
		info, err := os.Stat(filepath.Join(dir, audit.KeyFile))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("key file: %v, %v", info, err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Errorf("left behind: %v", left)
		}
		if _, err := audit.OpenKey(ctx, d, t.TempDir()); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("key lost: %v", err)
		}
		other := t.TempDir()
		if _, err := audit.OpenKey(ctx, dbtest.SQLite(t), other); err != nil {
			t.Fatal(err)
		}
		if _, err := audit.OpenKey(ctx, d, other); fault.KindOf(err) != fault.Denied {
			t.Errorf("key of another database: %v", err)
		}
	})
}

func TestCheckpointOfAnEmptyLog(t *testing.T) {
	d := dbtest.SQLite(t)
	s := sequencer(t, d)
	a, b := checkpoint(t, s), checkpoint(t, s)
	if a != b {
		t.Error("a log that has not grown gave another checkpoint")
	}
	c, err := audit.OpenCheckpoint(a, s.Key.Verifier())
	if err != nil || c.Size != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	write(t, d, 3)
	if last := checkpoint(t, s); last == a {
		t.Error("a log that has grown gave the same checkpoint")
	} else if got, err := audit.LastCheckpoint(ctx, d.Read()); err != nil || got != last {
		t.Errorf("last checkpoint %q, %v", got, err)
	}
	if r := verify(t, d, audit.Options{Checkpoints: []string{a}, Verifier: s.Key.Verifier()}); !r.OK() || r.Compared != 3 {
		t.Errorf("%+v", r)
	}
	if r := verify(t, d, audit.Options{Checkpoints: []string{strings.Replace(a, "0", "1", 1)}}); !has(r, audit.CheckpointInvalid) {
		t.Errorf("%+v", r)
	}
}
