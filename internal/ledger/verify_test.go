package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
)

// mutable are the columns that somebody with a hand in the database could change. Ids of entries and series are
// changed where they are the key, too.
var mutable = map[string][]string{
	"entry":         {"id", "key", "kind", "unit", "place", "day", "state", "version", "edition", "title", "fold", "carries", "batch", "at_ms"},
	"entry_version": {"entry", "version", "act", "state", "edition", "unit", "place", "day", "fields", "partners", "files", "carries", "reason", "actor", "at_ms", "leaf"},
	"fact":          {"id", "entry", "version", "series", "unit", "day", "by_day", "value", "n", "c_value", "c_n", "leaf"},
	"total_year":    {"series", "era", "year", "value", "n", "c_value", "c_n"},
	"total_bucket":  {"series", "era", "bucket", "value", "n", "c_value", "c_n"},
	"series_key":    {"id", "code", "labels", "role"},
	"audit_leaf":    {"at_ms", "act", "subject", "subject_id", "actor", "hash"},
}

var errUndo = errors.New("undo the mutation")

// mutated runs fn after a statement, and undoes it.
func (w *world) mutated(statement string, args []any, fn func(tx *db.Tx)) (changed bool) {
	err := w.db.WriteAlone(ctx, func(tx *db.Tx) error {
		res, err := tx.ExecContext(ctx, statement, args...)
		if err != nil {
			return err // refused by the database itself: a CHECK, a UNIQUE
		}
		n, err := res.RowsAffected()
		if err == nil && n > 0 {
			changed = true
			fn(tx)
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		return false
	}
	return changed
}

// row picks the n-th row of a table, as a condition.
func (w *world) row(table string, n int) (where string, args []any) {
	w.Helper()
	key := map[string]string{"entry": "id", "entry_version": "entry, version", "fact": "id", "total_year": "series, era, year",
		"total_bucket": "series, era, bucket", "series_key": "id", "audit_leaf": "id"}[table]
	cols := strings.Split(key, ", ")
	cells := make([]any, len(cols))
	for i := range cells {
		cells[i] = new(int64)
	}
	filter := ""
	if table == "audit_leaf" {
		filter = " WHERE subject = 'entry'"
	}
	var rows int
	if err := w.db.Read().QueryRowContext(ctx, `SELECT count(*) FROM `+table+filter).Scan(&rows); err != nil {
		w.Fatal(err)
	}
	err := w.db.Read().QueryRowContext(ctx, `SELECT `+key+` FROM `+table+filter+` ORDER BY `+key+` LIMIT 1 OFFSET $1`, n%rows).Scan(cells...)
	if err != nil {
		w.Fatal(err)
	}
	parts := make([]string, len(cols))
	for i, c := range cols {
		parts[i] = fmt.Sprintf("%s = $%d", c, i+1)
		args = append(args, *cells[i].(*int64))
	}
	return strings.Join(parts, " AND "), args
}

// broken says whether verifying the ledger and the log in tx finds anything.
func (w *world) broken(tx *db.Tx) bool {
	w.Helper()
	found := 0
	if _, err := w.ledger.Verify(ctx, tx, func(Finding) { found++ }, nil); err != nil {
		w.Logf("verify stopped: %v", err)
		return true
	}
	if found == 0 {
		report, err := audit.Verify(ctx, tx, audit.Options{})
		if err != nil {
			w.Logf("audit stopped: %v", err)
			return true
		}
		found = len(report.Findings)
	}
	return found > 0
}

// TestVerifyFindsMutations changes one value, or removes or doubles one row, at random, and wants it found.
func TestVerifyFindsMutations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.apply(merger())
		if _, err := w.bulk(invented(40, 11), BulkOptions{Name: "lần nhập"}); err != nil {
			t.Fatal(err)
		}
		seq := &audit.Sequencer{DB: d}
		if err := seq.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		w.verify()
		if w.mutated(`UPDATE batch SET undone = undone`, nil, func(tx *db.Tx) {
			if w.broken(tx) {
				t.Error("false alarm without a mutation")
			}
		}) == false {
			t.Fatal("no batch")
		}
		tried := map[string]int{}
		rapid.Check(t, func(rt *rapid.T) {
			table := rapid.SampledFrom([]string{"entry", "entry_version", "fact", "total_year", "total_bucket", "series_key", "audit_leaf"}).Draw(rt, "table")
			where, args := w.row(table, rapid.IntRange(0, 9999).Draw(rt, "row"))
			statement := `DELETE FROM ` + table + ` WHERE ` + where
			if rapid.IntRange(0, 5).Draw(rt, "how") > 0 {
				column := rapid.SampledFrom(mutable[table]).Draw(rt, "column")
				value := w.other(rt, table, column, where, args)
				args = append(args, value)
				statement = fmt.Sprintf(`UPDATE %s SET %s = $%d WHERE %s`, table, column, len(args), where)
			}
			changed := w.mutated(statement, args, func(tx *db.Tx) {
				if !w.broken(tx) {
					rt.Errorf("not found: %s %v", statement, args)
				}
			})
			if changed {
				tried[table]++
			}
		})
		for table := range mutable {
			if tried[table] == 0 {
				t.Errorf("no mutation of %s was tried: %v", table, tried)
			}
		}
		w.verify()
	})
}

// other is a value of the same type that differs from what stands there.
func (w *world) other(rt *rapid.T, table, column, where string, args []any) any {
	var old sql.NullString
	if column == "hash" {
		return []byte(strings.Repeat("\x01", 32))
	}
	if err := w.db.Read().QueryRowContext(ctx, `SELECT CAST(`+column+` AS TEXT) FROM `+table+` WHERE `+where, args...).Scan(&old); err != nil {
		rt.Fatalf("read %s.%s: %v", table, column, err)
	}
	texts := map[string][]string{
		"state": {"recorded", "confirmed", "void"}, "act": {"record", "amend", "confirm", "void"}, "role": {"lead", "partner"},
		"fields":   {`{"attendances":7,"topic":"x"}`, `{"class":"proposal"}`, `{}`, `x`},
		"partners": {"[1]", "[", "[2,3]"}, "files": {`[{"hash":"00","name":"x"}]`, "x"},
		"kind": {"plan", "letter", "session", "none"}, "code": {"sessions", "plans", "none"}, "labels": {"theme=land", "a=b", ""},
	}
	if list, ok := texts[column]; ok {
		return rapid.SampledFrom(list).Filter(func(s string) bool { return s != old.String }).Draw(rt, "value")
	}
	switch column {
	case "key", "edition", "title", "fold", "reason", "actor", "subject":
		return old.String + "x"
	}
	var n int64
	fmt.Sscan(old.String, &n)
	return n + rapid.SampledFrom([]int64{1, -1, 2, 1000}).Draw(rt, "by")
}

// TestVerifyNamesWhatDiffers looks at the words of some findings.
func TestVerifyNamesWhatDiffers(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	p := w.record(session("A.BDV", 20190420, 37))
	for statement, what := range map[string]string{
		`UPDATE fact SET value = 38`:                                    "fact",
		`UPDATE total_year SET value = 38 WHERE value = 37`:             "total_year",
		`DELETE FROM total_bucket`:                                      "total_bucket",
		`UPDATE entry_version SET fields = replace(fields, '37', '38')`: "version",
		`UPDATE entry SET day = 20190421`:                               "entry",
		`DELETE FROM entry`:                                             "version",
	} {
		w.mutated(statement, nil, func(tx *db.Tx) {
			var first Finding
			if _, err := w.ledger.Verify(ctx, tx, func(f Finding) {
				if first.What == "" {
					first = f
				}
			}, nil); err != nil {
				t.Fatal(err)
			}
			if first.What != what || first.Text == "" {
				t.Errorf("%s: first finding %+v, want %s", statement, first, what)
			}
			if what == "fact" && (first.Entry != p.ID || first.Unit == "" || first.Day != "2019-04-20" || !strings.Contains(first.Found+first.Expected, "37")) {
				t.Errorf("finding says too little: %+v", first)
			}
		})
	}
}

// Two readers of one moment find the same as one, also while somebody writes.
func TestVerifyOnTwoReaders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if _, err := w.bulk(invented(500, 3), BulkOptions{Partial: true}); err != nil {
			t.Fatal(err)
		}
		check := func() (sum Verified, found []Finding) {
			t.Helper()
			err := d.Views(ctx, 2, func(readers []db.Querier) (err error) {
				w.record(session("A.BDV", 20190420, 5)) // known to neither reader
				sum, err = w.ledger.VerifyOn(ctx, readers, func(f Finding) { found = append(found, f) }, nil)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return sum, found
		}
		before := w.verify()
		if sum, found := check(); len(found) > 0 || sum != before {
			t.Errorf("%+v, want %+v; found %v", sum, before, found)
		}
		w.write(func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE total_year SET value = value + 1 WHERE series = 1`)
			return err
		})
		_, want := w.findings()
		if sum, found := check(); len(found) == 0 || len(found) != len(want) || sum.Findings != int64(len(found)) {
			t.Errorf("found %d, want %d", len(found), len(want))
		}
	})
}
