package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
)

func TestMetaIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for _, want := range []string{"một", "hai"} {
			err := d.Write(ctx, func(tx *db.Tx) error { return db.SetMeta(ctx, tx, "k", want) })
			if err != nil {
				t.Fatal(err)
			}
			if got, err := db.Meta(ctx, d.Read(), "k"); err != nil || got != want {
				t.Fatalf("meta = %q, %v; want %q", got, err, want)
			}
		}
		if got, err := db.Meta(ctx, d.Read(), "none"); err != nil || got != "" {
			t.Fatalf("meta never set = %q, %v", got, err)
		}
	})
}

func TestInsertAndIDs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.WriteAlone(ctx, func(tx *db.Tx) error {
			for _, n := range []int{1, 5, 8, 9, 63, 64, 65, 1000} {
				ids, err := tx.IDs(ctx, "leaf", n)
				if err != nil {
					return err
				}
				rows := make([][]any, n)
				for i, id := range ids {
					rows[i] = []any{id, nil, int64(5), "act", fmt.Sprint("chủ đề ", id), 7, "ai", []byte{1, 0, byte(id)}}
				}
				cols := []string{"id", "idx", "at_ms", "act", "subject", "subject_id", "actor", "hash"}
				if err := tx.Insert(ctx, "audit_leaf", cols, rows); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var count, ids int64
		if err := d.Read().QueryRow(`SELECT count(*), count(DISTINCT id) FROM audit_leaf WHERE subject_id = 7 AND idx IS NULL`).Scan(&count, &ids); err != nil {
			t.Fatal(err)
		}
		if count != 1215 || ids != 1215 {
			t.Fatalf("rows %d, ids %d, want 1215", count, ids)
		}
	})
}

var errMine = errors.New("mine")

func TestFailedActLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		ran := false
		err := d.Write(ctx, func(tx *db.Tx) error {
			tx.AfterCommit(func() { ran = true })
			if err := db.SetMeta(ctx, tx, "x", "1"); err != nil {
				return err
			}
			return errMine
		})
		if !errors.Is(err, errMine) || ran {
			t.Fatalf("err %v, after-commit ran %t", err, ran)
		}
		if got, _ := db.Meta(ctx, d.Read(), "x"); got != "" {
			t.Fatalf("failed act left %q", got)
		}
	})
}

type (
	day  int32
	code string
)

// Rows may hold the types of our own packages, by INSERT and by COPY alike.
func TestInsertTakesNamedTypes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		n := int64(5)
		cols := []string{"id", "idx", "at_ms", "act", "subject", "subject_id", "actor", "hash"}
		for _, count := range []int{1, 40} {
			err := d.Write(ctx, func(tx *db.Tx) error {
				ids, err := tx.IDs(ctx, "leaf", count)
				if err != nil {
					return err
				}
				rows := make([][]any, count)
				for i, id := range ids {
					rows[i] = []any{id, sql.NullInt64{Int64: id, Valid: i%2 == 0}, day(20190331), code("Đã"), "", &n, `"'\`, []byte{}}
					if i%3 == 0 {
						rows[i][1] = (*int64)(nil)
					}
				}
				return tx.Insert(ctx, "audit_leaf", cols, rows)
			})
			if err != nil {
				t.Fatalf("%d rows: %v", count, err)
			}
		}
		var all, days, texts int
		err := d.Read().QueryRow(`SELECT count(*), count(*) FILTER (WHERE at_ms = 20190331 AND subject_id = 5),
			count(*) FILTER (WHERE act = 'Đã' AND actor = $1) FROM audit_leaf`, `"'\`).Scan(&all, &days, &texts)
		if err != nil || all != 41 || days != 41 || texts != 41 {
			t.Errorf("rows %d, days %d, texts %d, %v; want 41", all, days, texts, err)
		}
		short := func(tx *db.Tx) error { return tx.Insert(ctx, "meta", []string{"key", "value"}, [][]any{{"a"}}) }
		if err := d.Write(ctx, short); err == nil {
			t.Error("a row with too few values was taken")
		}
	})
}
