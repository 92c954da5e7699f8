package catalog

import (
	"maps"
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

func TestSaveAll(t *testing.T) {
	m := base(goodBase)
	maps.Copy(m, files("2021/edition.yaml", edition2021))
	c := load(t, m)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		for range 2 {
			if err := d.Write(ctx, func(tx *db.Tx) error { return SaveAll(ctx, tx, c) }); err != nil {
				t.Fatal(err)
			}
		}
		list, err := AllStored(ctx, d.Read())
		if err != nil || len(list) != 2 || list[0].Code != "2010" || list[1].Code != "2021" {
			t.Errorf("kept: %v %v", list, err)
		}
	})
}
