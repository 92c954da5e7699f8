package catalog

import (
	"maps"
	"os"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
)

func TestStore(t *testing.T) {
	e := load(t, base(goodBase)).Latest()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		for range 2 { // saving again does nothing
			if err := d.Write(ctx, func(tx *db.Tx) error { return Save(ctx, tx, e) }); err != nil {
				t.Fatal(err)
			}
		}
		err := d.View(ctx, func(q db.Querier) error {
			back, err := Stored(ctx, q, e.Hash)
			if err != nil {
				return err
			}
			if back.Hash != e.Hash || back.Code != "2010" || back.Kind("training").Field("gifts").Field("price") == nil {
				t.Errorf("stored edition: %s %s", back.Code, back.Hash)
			}
			if _, err := Stored(ctx, q, "none"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("an edition that is not kept: %v", err)
			}
			list, err := AllStored(ctx, q)
			if err == nil && (len(list) != 1 || list[0].Hash != e.Hash || list[0].From != 20100101) {
				t.Errorf("kept: %v", list)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A bundle that was changed in the database is not taken for the edition.
func TestStoredIsChecked(t *testing.T) {
	e := load(t, base(goodBase)).Latest()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		other := *e
		other.Hash = "f00d"
		if err := d.Write(ctx, func(tx *db.Tx) error { return Save(ctx, tx, &other) }); err != nil {
			t.Fatal(err)
		}
		if _, err := Stored(ctx, d.Read(), "f00d"); err == nil {
			t.Error("a bundle under a wrong hash must be refused")
		}
	})
}

func TestOpenRemembers(t *testing.T) {
	m := base(goodBase)
	maps.Copy(m, files("2021/edition.yaml", edition2021, "2021/templates/nam.md", "mẫu năm"))
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		first, err := Open(ctx, d, m)
		if err != nil {
			t.Fatal(err)
		}
		second, err := Open(ctx, d, m)
		if err != nil {
			t.Fatal(err)
		}
		if first.Latest().stored || !second.Latest().stored {
			t.Error("the second time the editions come from their bundles")
		}
		a, b := first.Editions(), second.Editions()
		for i := range a {
			if a[i].Hash != b[i].Hash || a[i].To != b[i].To || len(a[i].Templates) != len(b[i].Templates) {
				t.Errorf("%s differs when remembered", a[i].Code)
			}
		}
		m["2021/templates/nam.md"].Data = []byte("mẫu năm, sửa")
		third, err := Open(ctx, d, m)
		if err != nil {
			t.Fatal(err)
		}
		if tpl, _ := third.Latest().Template("nam"); string(tpl.Body) != "mẫu năm, sửa" || third.Latest().Hash != first.Latest().Hash {
			t.Error("a template changed: it is read again, the edition is the same")
		}
		m["2021/templates/nam.md"].Data = []byte("mẫu năm")
	})
}

// BenchmarkOpenAgain is what starting the program again costs.
func BenchmarkOpenAgain(b *testing.B) {
	dbtest.Bench(b, func(b *testing.B, d *db.DB) {
		fsys := os.DirFS("../../catalog")
		if _, err := Open(b.Context(), d, fsys); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := Open(b.Context(), d, fsys); err != nil {
				b.Fatal(err)
			}
		}
	})
}
