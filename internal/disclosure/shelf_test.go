package disclosure_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/disclosure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

const unitsCSV = `code,name,level,type,parent
T1,Tỉnh Thử,province,Tỉnh,
A,Xã A,commune,Xã,T1
B,Xã B,commune,Xã,T1
`

var regulation = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(catalogdata.FS) })

// What communes recorded comes back as their registers, on each engine: a document, its publishing, a reason, a decision,
// a board with its finding.
func TestShelf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c, err := regulation()
		if err != nil {
			t.Fatal(err)
		}
		l := ledger.New(c)
		l.Now = func() time.Time { return time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC) }
		l.InOrder = d.Engine() == db.SQLite
		l.Settle = disclosure.In(c.Latest()).Settle
		keeper := &org.Keeper{DB: d, Hooks: l}
		ctx := t.Context()
		err = d.Write(ctx, func(tx *db.Tx) error {
			return keeper.LoadSet(ctx, tx, fstest.MapFS{"t/units.csv": {Data: []byte(unitsCSV)}}, "t", ledger.BodyRules(c.Latest()))
		})
		if err != nil {
			t.Fatal(err)
		}
		tree, err := keeper.Tree(ctx)
		if err != nil {
			t.Fatal(err)
		}
		record := func(key, unit, kind string, day civil.Date, carries string, set map[string]any) {
			t.Helper()
			err := d.Write(context.Background(), func(tx *db.Tx) error {
				_, err := l.Record(ctx, tx, "thử", ledger.Draft{Key: key, Kind: kind, Unit: unit, Day: day, Carries: carries, Fields: set})
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", key, err)
			}
		}
		record("d", "A.UBND", disclosure.DocumentKind, 20261005, "", map[string]any{"title": "Danh sách hộ nghèo", "number": "12/QĐ-UBND", "rule": "poverty"})
		record("p", "A.UBND", disclosure.PublicationKind, 20261009, "d", map[string]any{"title": "Danh sách hộ nghèo", "item": "poverty", "rule": "poverty", "forms": []any{"notice_board", "loudspeaker"}, "broadcast_from": "2026-10-09", "broadcast_days": 3, "address": "https://xa.example/12"})
		record("r", "B.UBND", disclosure.ReasonKind, 20261010, "", map[string]any{"rule": "budget_quarter", "period_to": "2026-09-30", "reason": "published_above", "note": "Tỉnh công khai thay"})
		record("q", "A.UBND", disclosure.DecisionKind, 20261009, "", map[string]any{"title": "Góp làm đường", "subject_type": "contribution", "method": "ballot", "households": 90, "present": 80, "approved": 59, "against": 11, "invalid": 2, "village": "Thôn Nà Lùng", "valid": "yes"})
		record("b", "A.MTTQ", disclosure.BoardKind, 20260901, "", map[string]any{"title": "Ban giám sát đường Nà Lùng", "type": "investment", "members": 7, "residents": 5})
		record("f", "A.MTTQ", disclosure.FindingKind, 20261003, "b", map[string]any{"type": "investment", "finding": "Bê tông thiếu dày", "recommendation": "Đổ bù", "addressee": "Chủ đầu tư", "recovered_money": 12000000, "recovered_material": "1500.5"})
		shelf := &disclosure.Shelf{Ledger: l, Catalog: c, Engine: d.Engine()}
		a, b := tree.On("A.UBND", 20261122).ID, tree.On("B.UBND", 20261122).ID
		rows, err := shelf.Registers(ctx, d.Read(), tree, []org.UnitID{a, b}, civil.Period{From: 20260930, To: 20261031}, 20261122)
		if err != nil {
			t.Fatal(err)
		}
		if got := find(rows[a], "poverty"); got == nil || got.State != disclosure.OnTime || len(got.Faults()) != 0 || got.Posts[0].Carries != got.Document.ID {
			t.Errorf("poverty of A: %+v", got)
		}
		if got := find(rows[a], "budget_quarter"); got == nil || got.State != disclosure.Missing {
			t.Errorf("budget of A: %+v", got)
		}
		if got := find(rows[b], "budget_quarter"); got == nil || got.State != disclosure.Excused {
			t.Errorf("budget of B: %+v", got)
		}
		decided, err := shelf.Decisions(ctx, d.Read(), ledger.Filter{})
		if err != nil || len(decided) != 1 || decided[0].Blank() != 8 || shelf.Law(20261122).Decide(decided[0]).Valid {
			t.Errorf("decision: %+v, %v", decided, err)
		}
		if passed := fieldOf(t, l, d, decided[0].ID, "valid"); passed != "no" {
			t.Errorf("59 of 90 households, and valid is %q as it was typed", passed)
		}
		boards, err := shelf.Boards(ctx, d.Read(), ledger.Filter{})
		if err != nil || len(boards) != 1 || len(boards[0].Findings) != 1 {
			t.Fatalf("boards: %+v, %v", boards, err)
		}
		sum := disclosure.Sum(boards[0].Findings)
		if sum.Money.RatString() != "12000000" || civil.FormatTrim(sum.Material, 1) != "1.500,5" || sum.Land.Sign() != 0 {
			t.Errorf("recovered: %v", sum)
		}
		if !shelf.Law(20261122).Overdue(boards[0].Findings[0], 20261122) {
			t.Error("no answer after fifteen days is not called overdue")
		}
	})
}

func find(rows []disclosure.Row, rule string) *disclosure.Row {
	for i := range rows {
		if rows[i].Rule.Code == rule {
			return &rows[i]
		}
	}
	return nil
}

func fieldOf(t *testing.T, l *ledger.Ledger, d *db.DB, id int64, field string) string {
	t.Helper()
	line, err := l.LineOf(t.Context(), d.Read(), id)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(line.Fields), &v); err != nil {
		t.Fatal(err)
	}
	out, _ := v[field].(string)
	return out
}
