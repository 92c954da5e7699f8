package model_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/model"
	"danvan/internal/org"
)

var law = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(catalogdata.FS) })

// A replica is a model of its own that names the first: places are counted from the records, besides those that are only
// typed, and neither half of a replica is taken alone. Evidence belongs to something.
func TestReplicasAndEvidence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		cat, err := law()
		if err != nil {
			t.Fatal(err)
		}
		led := ledger.New(cat)
		led.Now = func() time.Time { return time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC) }
		led.InOrder = d.Engine() == db.SQLite
		shelf := &model.Shelf{Ledger: led, Catalog: cat, Engine: d.Engine()}
		led.After = shelf.Posted
		keeper := &org.Keeper{DB: d, Hooks: led}
		ctx := context.Background()
		if err := d.Write(ctx, func(tx *db.Tx) error {
			units := "code,name,level,type,parent\nT1,Tỉnh Thử,province,Tỉnh,\nA,Xã A,commune,Xã,T1\nB,Xã B,commune,Xã,T1\n"
			return keeper.LoadSet(ctx, tx, fstest.MapFS{"t/units.csv": {Data: []byte(units)}}, "t", ledger.BodyRules(cat.Latest()))
		}); err != nil {
			t.Fatal(err)
		}
		record := func(kind, unit, carries string, day civil.Date, set map[string]any) (id int64, err error) {
			err = d.Write(ctx, func(tx *db.Tx) error {
				p, err := led.Record(ctx, tx, "thử", ledger.Draft{Kind: kind, Unit: unit, Day: day, Carries: carries, Fields: set})
				id = p.ID
				return err
			})
			return id, err
		}
		must := func(id int64, err error) int64 {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		refused := func(_ int64, err error) {
			t.Helper()
			if fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.Conflict {
				t.Errorf("taken, or refused by %v", err)
			}
		}
		fields := func(more ...string) map[string]any {
			set := map[string]any{"title": "Đường hoa", "sector": "new_rural", "type": "model", "subject": "collective"}
			for i := 0; i+1 < len(more); i += 2 {
				set[more[i]] = more[i+1]
			}
			return set
		}
		first := must(record(model.ModelKind, "A.MTTQ", "", 20250301, fields("recognised_on", "2025-12-01")))
		refused(record(model.ModelKind, "B.MTTQ", model.Ref(first), 20260201, fields()))
		refused(record(model.ModelKind, "B.MTTQ", "", 20260201, fields("origin", "yes")))
		second := must(record(model.ModelKind, "B.MTTQ", model.Ref(first), 20260201, fields("origin", "yes")))
		refused(record(model.EvidenceKind, "A.MTTQ", "", 20260901, map[string]any{"alt": "Đường hoa nở"}))
		seen := must(record(model.EvidenceKind, "A.MTTQ", model.Ref(first), 20260901, map[string]any{"alt": "Đường hoa nở"}))
		must(record(model.EvidenceKind, "A.MTTQ", model.Ref(first), 20260801, map[string]any{"alt": "Đường hoa trồng thêm"}))

		m, err := shelf.Model(ctx, d.Read(), first)
		if err != nil || m.State(20261122) != model.Replicated || m.Places() != 1 || len(m.Evidence) != 2 || m.Seen(20261122) != 20260901 || m.LastEvidenceOn != 20260901 || m.ReplicatedOn != 20260201 {
			t.Fatalf("first: %+v, %v", m, err)
		}
		list, err := shelf.List(ctx, d.Read(), model.ModelKind, nil)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d models, %v", len(list), err)
		}
		for _, x := range list {
			if x.ID == second && (x.First == nil || x.First.ID != first) || x.ID == first && (len(x.Replicas) != 1 || len(x.Evidence) != 2) {
				t.Errorf("listed %+v", x)
			}
		}
		tree, err := keeper.Tree(ctx)
		if err != nil {
			t.Fatal(err)
		}
		engine := &figure.Engine{DB: d, Catalog: cat, Cache: figure.NewCache(1 << 20), Tree: func() *org.Tree { return tree }}
		sum := func() string {
			t.Helper()
			period, err := civil.ParsePeriod("2026")
			if err != nil {
				t.Fatal(err)
			}
			f, err := engine.Figure(ctx, figure.Query{Indicator: "model.replica_places", Unit: "T1", Period: period, Basis: org.AsThen()})
			if err != nil || f.Value == nil {
				t.Fatalf("places: %v", err)
			}
			return *f.Value
		}
		if got := sum(); got != "1" {
			t.Errorf("%s places, want 1", got)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := led.Amend(ctx, tx, "thử", first, m.Version, ledger.Amendment{Set: map[string]any{"replicas": int64(2)}, Reason: "Hai nơi chưa ghi riêng"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if m, err = shelf.Model(ctx, d.Read(), first); err != nil || m.Places() != 3 || sum() != "3" {
			t.Errorf("%d places on the page, %s in the figure, want 3 (%v)", m.Places(), sum(), err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := led.Void(ctx, tx, "thử", second, 1, "Ghi nhầm")
			if err == nil {
				_, err = led.Void(ctx, tx, "thử", seen, 1, "Ghi nhầm")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if m, err = shelf.Model(ctx, d.Read(), first); err != nil || m.Places() != 2 || sum() != "2" {
			t.Errorf("%d places after one was struck, %s in the figure (%v)", m.Places(), sum(), err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := led.Amend(ctx, tx, "thử", first, m.Version, ledger.Amendment{Set: map[string]any{"public": model.No}, Reason: "Không đưa lên cổng"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if x, err := shelf.Model(ctx, d.Read(), first); err != nil || x.Open(20261122) {
			t.Errorf("taken off, it is still open: %q, %v", x.Public, err)
		}
		if m.LastEvidenceOn != 20260801 || m.ReplicatedOn != 20260201 { // two places are still counted, without a day of their own
			t.Errorf("last evidence %d, replicated on %d", m.LastEvidenceOn, m.ReplicatedOn)
		}
	})
}

// Criteria are those for all sectors and those of the model's own, by the day.
func TestCriteriaAreOfTheSector(t *testing.T) {
	cat, err := law()
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, o := range model.Criteria(cat, "economy", 20261122) {
		codes = append(codes, o.Code)
	}
	all := strings.Join(codes, " ")
	if !strings.Contains(all, "people_need") || !strings.Contains(all, "income") || strings.Contains(all, "landscape") {
		t.Errorf("criteria of economy: %s", all)
	}
	if n := model.EvidenceDays(cat, 20261122); n != 365 {
		t.Errorf("evidence lasts %d days", n)
	}
	if s := fmt.Sprint(model.ScorePass(cat, 20261122)); s != "70" {
		t.Errorf("pass is %s", s)
	}
}
