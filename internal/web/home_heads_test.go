package web

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/org"
)

// TestHeadsFollowEveryAct: what the first page counts is, after each act, what is recorded at that moment.
func TestHeadsFollowEveryAct(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &server{Deps: Deps{DB: d}}
		r := rand.New(rand.NewPCG(1, 2))
		book := map[int64]head{}
		kinds := []string{"meeting", "letter", "visit"}
		for round := range 60 {
			actOn(t, d, r, book, kinds, round)
			checkHeads(t, s, book, kinds, round)
		}
		if s.heads.read != s.inMemory() {
			t.Errorf("heads are held: %v, want %v", s.heads.read, s.inMemory())
		}
	})
}

// actOn records one entry or a few, or changes old ones, as the ledger does: head and leaf in one transaction.
func actOn(t *testing.T, d *db.DB, r *rand.Rand, book map[int64]head, kinds []string, round int) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for n := range 1 + r.IntN(4) {
			id := int64(round*100 + 50 - n) // not in the order of the acts
			if len(book) > 0 && r.IntN(2) == 0 {
				for id = range book {
					break
				}
			}
			x := head{id: id, at: int64(round*10 + n), unit: org.UnitID(r.IntN(3)), day: civil.NewDate(2020+r.IntN(3), 1+r.IntN(12), 1),
				kind: uint16(r.IntN(len(kinds))), state: uint8(r.IntN(3))}
			if err := write(t.Context(), tx, x, kinds, book); err != nil {
				return err
			}
			book[id] = x
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func write(ctx context.Context, tx *db.Tx, x head, kinds []string, book map[int64]head) error {
	if _, old := book[x.id]; old {
		if _, err := tx.ExecContext(ctx, `DELETE FROM entry WHERE id = $1`, x.id); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO entry (id, key, kind, unit, place, day, state, version, edition, title, fold, at_ms)
		VALUES ($1, $2, $3, $4, 1, $5, $6, 1, '', '', '', $7)`, x.id, fmt.Sprint("k", x.id), kinds[x.kind], int64(x.unit), int32(x.day), headStates[x.state], x.at)
	if err != nil {
		return err
	}
	_, err = audit.Append(ctx, tx, audit.Leaf{Act: "record", Subject: "entry", SubjectID: x.id, Content: []byte("x"), Actor: "a", At: time.UnixMilli(x.at)})
	return err
}

func checkHeads(t *testing.T, s *server, book map[int64]head, kinds []string, round int) {
	t.Helper()
	ctx := t.Context()
	p := civil.Period{From: 20200601, To: 20220301}
	under := map[org.UnitID]bool{0: true, 2: true}
	want := map[string]int64{}
	var waiting, acted []head
	for _, x := range book {
		in := x.day >= p.From && x.day <= p.To
		if in && x.state != headVoid {
			want[fmt.Sprint(x.unit, kinds[x.kind], headStates[x.state])]++
		}
		if in && x.state == headRecorded && under[x.unit] {
			waiting = append(waiting, x)
		}
		if under[x.unit] {
			acted = append(acted, x)
		}
	}
	all, err := s.countEntries(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, c := range all {
		got[fmt.Sprint(c.Unit, c.Kind, c.State)] += c.N
	}
	same(t, round, "counts", fmt.Sprint(got), fmt.Sprint(want))
	slices.SortFunc(waiting, func(a, b head) int { return cmp.Or(cmp.Compare(b.day, a.day), cmp.Compare(b.id, a.id)) })
	slices.SortFunc(acted, func(a, b head) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.id, a.id)) })
	ids, err := s.waitingIDs(ctx, p, under)
	if err != nil {
		t.Fatal(err)
	}
	same(t, round, "waiting", fmt.Sprint(ids), fmt.Sprint(firstIDs(waiting)))
	if ids, err = s.lastActedOn(ctx, under); err != nil {
		t.Fatal(err)
	}
	same(t, round, "last acts", fmt.Sprint(ids), fmt.Sprint(firstIDs(acted)))
}

func firstIDs(list []head) []int64 {
	var out []int64
	for _, x := range list[:min(len(list), listedRows)] {
		out = append(out, x.id)
	}
	return out
}

func same(t *testing.T, round int, what, got, want string) {
	t.Helper()
	if got != want {
		t.Fatalf("%s after act %d: %s, want %s", what, round, got, want)
	}
}
