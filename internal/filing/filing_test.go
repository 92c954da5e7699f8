package filing_test

import (
	"context"
	"fmt"
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
	"danvan/internal/filing"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

var ctx = context.Background()

// office is a province with two communes, the ledger over the real catalogue, and the clock of the office.
type office struct {
	*testing.T
	db    *db.DB
	store *filing.Store
	tree  *org.Tree
	now   time.Time
}

const unitsCSV = `code,name,level,type,parent
T1,Tỉnh Thử,province,Tỉnh,
A,Xã A,commune,Xã,T1
B,Xã B,commune,Xã,T1
`

func newOffice(t *testing.T, d *db.DB) *office {
	t.Helper()
	cat, err := catalog.Load(catalogdata.FS)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{T: t, db: d, now: time.Date(2026, 5, 6, 2, 0, 0, 0, time.UTC)}
	led := ledger.New(cat)
	led.Now = func() time.Time { return o.now }
	led.InOrder = d.Engine() == db.SQLite
	keeper := &org.Keeper{DB: d, Hooks: led}
	rules := []org.BodyRule{{Type: "party_building_board", Abbr: "BXDD", Levels: []string{"commune"}, Names: map[string]string{"commune": "Ban Xây dựng Đảng {of}"}}}
	set := fstest.MapFS{"t/units.csv": {Data: []byte(unitsCSV)}}
	o.do(func(tx *db.Tx) error { return keeper.LoadSet(ctx, tx, set, "t", rules) })
	if o.tree, err = keeper.Tree(ctx); err != nil {
		t.Fatal(err)
	}
	o.store = &filing.Store{Ledger: led, Tree: func() *org.Tree { return o.tree }, Now: func() time.Time { return o.now }}
	return o
}

func (o *office) do(fn func(tx *db.Tx) error) {
	o.Helper()
	if err := o.db.Write(ctx, fn); err != nil {
		o.Fatal(err)
	}
}

// act runs one act on a filing.
func (o *office) act(fn func(tx *db.Tx) (*filing.Filing, error)) (f *filing.Filing, err error) {
	err = o.db.Write(ctx, func(tx *db.Tx) (err error) {
		f, err = fn(tx)
		return err
	})
	return f, err
}

func (o *office) must(fn func(tx *db.Tx) (*filing.Filing, error)) *filing.Filing {
	o.Helper()
	f, err := o.act(fn)
	if err != nil {
		o.Fatal(err)
	}
	return f
}

// opening is commune A's report on April 2026, due on 11 May.
func (o *office) opening() filing.Opening {
	unit := o.tree.On("A", 20260401)
	return filing.Opening{Unit: unit.ID, Body: o.tree.Children(unit.ID, 20260401, org.Body)[0], Template: "thang", Name: "Báo cáo tháng", Type: "month", Field: "mobilisation",
		Period: civil.Period{From: 20260401, To: 20260430, Code: "2026-M04", Name: "tháng 4/2026"}, Duty: "report.commune_month", Due: 20260511}
}

func (o *office) open() *filing.Filing {
	o.Helper()
	return o.must(func(tx *db.Tx) (*filing.Filing, error) { return o.store.Open(ctx, tx, "canbo", o.opening()) })
}

func (o *office) file(f *filing.Filing) *filing.Filing {
	o.Helper()
	return o.must(func(tx *db.Tx) (*filing.Filing, error) {
		return o.store.File(ctx, tx, "canbo", f.ID, f.Version, filing.Printed{Content: []byte(fmt.Sprintf("bản %d", f.Version)), Revision: f.Revision, Pages: 3})
	})
}

// filed is what the figures say of reports filed: entries that stand, and the fields of the last version.
func (o *office) filed() (n int, fields string) {
	o.Helper()
	err := o.db.Read().QueryRowContext(ctx, `SELECT count(*), coalesce(max(v.fields), '') FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.kind = 'report_filed' AND e.state <> 'void'`).Scan(&n, &fields)
	if err != nil {
		o.Fatal(err)
	}
	return n, fields
}

func TestReportGoesItsWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		f := o.open()
		if again := o.open(); again.ID != f.ID || again.Version != f.Version {
			t.Fatalf("opening it again gave filing %d version %d, not %d version %d", again.ID, again.Version, f.ID, f.Version)
		}
		o.do(func(tx *db.Tx) error {
			_, err := o.store.Save(ctx, tx, "canbo", f.ID, "tinh-hinh", "Nhân dân phấn khởi.", 0)
			return err
		})
		f, _ = filing.Get(ctx, d.Read(), f.ID)
		f = o.file(f)
		if n, fields := o.filed(); f.State != filing.Filed || f.FiledOn != 20260506 || n != 1 || !contains(fields, `"due_on":"2026-05-11"`) {
			t.Fatalf("filed: %s on %s, %d entries %s", f.State, f.FiledOn, n, fields)
		}
		f = o.must(func(tx *db.Tx) (*filing.Filing, error) {
			return o.store.Return(ctx, tx, "tren", f.ID, f.Version, "Bổ sung\nsố liệu đối thoại")
		})
		o.now = o.now.AddDate(0, 0, 20)
		f = o.file(f)
		if n, fields := o.filed(); n != 1 || !contains(fields, `"returns":1`) || f.FiledOn != 20260506 {
			t.Fatalf("after a return: %d entries %s, filed on %s", n, fields, f.FiledOn)
		}
		f = o.must(func(tx *db.Tx) (*filing.Filing, error) { return o.store.Accept(ctx, tx, "tren", f.ID, f.Version, "") })
		f = o.must(func(tx *db.Tx) (*filing.Filing, error) {
			return o.store.Issue(ctx, tx, "lanhdao", f.ID, f.Version, filing.Issue{Number: "15-BC/BXDĐ", Day: 20260526, Signer: "Nguyễn Văn A", Post: "TRƯỞNG BAN", Content: []byte("bản in")})
		})
		e, err := o.store.Ledger.Entry(ctx, d.Read(), f.Entry)
		if err != nil || e.State != ledger.Confirmed || !f.Accepted || f.State != filing.Issued {
			t.Fatalf("issued: %s, accepted %t, entry %+v, %v", f.State, f.Accepted, e, err)
		}
		vs, err := filing.Versions(ctx, d.Read(), f.ID)
		if err != nil || len(vs) != 6 || vs[1].Texts["tinh-hinh"] != "Nhân dân phấn khởi." || vs[5].DocNumber != "15-BC/BXDĐ" {
			t.Fatalf("versions %+v, %v", vs, err)
		}
		content, err := filing.Content(ctx, d.Read(), f.ID, 6)
		if err != nil || string(content) != "bản in" {
			t.Fatalf("content %q, %v", content, err)
		}
		id, version, ok, err := filing.ByHash(ctx, d.Read(), vs[5].Hash)
		if id != f.ID || version != 6 || !ok || err != nil {
			t.Fatalf("by hash: %d %d %t %v", id, version, ok, err)
		}
		f = o.must(func(tx *db.Tx) (*filing.Filing, error) {
			return o.store.Amend(ctx, tx, "canbo", f.ID, f.Version, "Số đối thoại đã sửa")
		})
		if f.State != filing.Open || f.Standing != 6 || !f.Handed() {
			t.Fatalf("amending: %s, standing %d", f.State, f.Standing)
		}
		found, err := filing.Verify(ctx, d.Read())
		if err != nil || len(found) != 0 {
			t.Fatalf("verify: %v %v", found, err)
		}
		o.do(func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE filing_version SET signer = 'Người khác' WHERE filing = $1 AND version = 6`, f.ID)
			return err
		})
		if found, _ := filing.Verify(ctx, d.Read()); len(found) != 1 {
			t.Errorf("a signer changed behind the log's back is not found: %v", found)
		}
	})
}

// A number names one report of a body in a year.
func TestNumberIsGivenOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		o.now = o.now.AddDate(0, 1, 0)
		if err := o.issue(o.file(o.open()), "15-BC/BXDĐ"); err != nil {
			t.Fatal(err)
		}
		may := o.opening()
		may.Period = civil.Period{From: 20260501, To: 20260531, Code: "2026-M05", Name: "tháng 5/2026"}
		next := o.must(func(tx *db.Tx) (*filing.Filing, error) { return o.store.Open(ctx, tx, "canbo", may) })
		err := o.issue(o.file(next), " 15-BC/BXDĐ ")
		if fault.KindOf(err) != fault.Conflict || !contains(err.Error(), "15-BC/BXDĐ") {
			t.Fatalf("the number was given twice: %v", err)
		}
		next, _ = filing.Get(ctx, d.Read(), next.ID)
		if err := o.issue(next, "16-BC/BXDĐ"); err != nil {
			t.Fatal(err)
		}
	})
}

func (o *office) issue(f *filing.Filing, number string) error {
	_, err := o.act(func(tx *db.Tx) (*filing.Filing, error) {
		return o.store.Issue(ctx, tx, "lanhdao", f.ID, f.Version, filing.Issue{Number: number, Day: 20260601, Signer: "Nguyễn Văn A", Post: "TRƯỞNG BAN", Content: []byte("bản in")})
	})
	return err
}

func contains(s, part string) bool {
	for i := range s {
		if len(s)-i >= len(part) && s[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

func TestTwoClicksFileOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		ids := make([]int64, 2)
		both(func(i int) {
			if f, err := o.act(func(tx *db.Tx) (*filing.Filing, error) { return o.store.Open(ctx, tx, "canbo", o.opening()) }); err == nil {
				ids[i] = f.ID
			}
		})
		if ids[0] == 0 || ids[0] != ids[1] {
			t.Fatalf("opened at once: %v", ids)
		}
		f, _ := filing.Get(ctx, d.Read(), ids[0])
		errs := make([]error, 2)
		both(func(i int) {
			_, errs[i] = o.act(func(tx *db.Tx) (*filing.Filing, error) {
				return o.store.File(ctx, tx, "canbo", f.ID, f.Version, filing.Printed{Content: []byte("x"), Revision: f.Revision})
			})
		})
		if (errs[0] == nil) == (errs[1] == nil) || fault.KindOf(or(errs[0], errs[1])) != fault.Conflict {
			t.Fatalf("filed at once: %v", errs)
		}
		if n, _ := o.filed(); n != 1 {
			t.Fatalf("%d entries", n)
		}
	})
}

func or(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func both(fn func(i int)) {
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

func TestTwoWritersLoseNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		f := o.open()
		save := func(actor, body string, expect int) (x filing.Text, err error) {
			err = d.Write(ctx, func(tx *db.Tx) (err error) {
				x, err = o.store.Save(ctx, tx, actor, f.ID, "tinh-hinh", body, expect)
				return err
			})
			return x, err
		}
		first, err := save("bà A", "một", 0)
		if err != nil || first.Version != 1 {
			t.Fatal(first, err)
		}
		_, err = save("ông B", "hai", 0)
		if c := filing.ClashIn(err); c == nil || c.Theirs.Body != "một" || c.Mine.Body != "hai" || fault.KindOf(err) != fault.Conflict {
			t.Fatalf("clash %+v, %v", c, err)
		}
		if same, err := save("ông B", "một", 0); err != nil || same.Version != 1 {
			t.Fatalf("the same text is no clash: %+v %v", same, err)
		}
		o.now = o.now.Add(time.Minute)
		if x, err := save("bà A", "một, sửa", 1); err != nil || x.Version != 2 {
			t.Fatal(x, err)
		}
		if _, err := save("ông B", "hai", 2); err != nil {
			t.Fatal(err)
		}
		history, err := filing.TextHistory(ctx, d.Read(), f.ID)
		if err != nil || len(history) != 2 || history[0].Body != "một, sửa" || history[1].Body != "hai" {
			t.Fatalf("history %+v %v: savings of one sitting are one version, those of another person stand beside", history, err)
		}
		// A report is not filed without what was written a moment ago.
		_, err = o.act(func(tx *db.Tx) (*filing.Filing, error) {
			return o.store.File(ctx, tx, "bà A", f.ID, f.Version, filing.Printed{Content: []byte("x"), Revision: f.Revision})
		})
		if fault.KindOf(err) != fault.Conflict || err == nil {
			t.Fatalf("filed over newer texts: %v", err)
		}
	})
}

func TestTakingBackNilAndClosing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		f := o.open()
		closed := func(unit org.UnitID, day civil.Date) bool {
			x, err := filing.Closed(ctx, d.Read(), o.tree, unit, day)
			if err != nil {
				t.Fatal(err)
			}
			return x != nil
		}
		if closed(f.Body, 20260415) {
			t.Fatal("an open report closes nothing")
		}
		f = o.file(f)
		if !closed(f.Body, 20260415) || !closed(f.Unit, 20260430) || closed(f.Unit, 20260501) || closed(o.tree.On("B", 20260415).ID, 20260415) {
			t.Error("a filed report closes its days for the commune and its bodies, and no other")
		}
		f = o.must(func(tx *db.Tx) (*filing.Filing, error) { return o.store.TakeBack(ctx, tx, "canbo", f.ID, f.Version) })
		if n, _ := o.filed(); n != 0 || f.FiledOn != 0 || closed(f.Unit, 20260415) {
			t.Fatalf("taken back: %d entries, filed on %s", n, f.FiledOn)
		}
		f = o.must(func(tx *db.Tx) (*filing.Filing, error) {
			return o.store.Nil(ctx, tx, "canbo", f.ID, f.Version, "Không phát sinh việc nào")
		})
		if n, _ := o.filed(); n != 1 || f.State != filing.Nil || !closed(f.Unit, 20260415) {
			t.Fatalf("nil: %d entries, %s", n, f.State)
		}
		o.do(func(tx *db.Tx) error { return o.store.Look(ctx, tx, f.ID) })
		_, err := o.act(func(tx *db.Tx) (*filing.Filing, error) { return o.store.TakeBack(ctx, tx, "canbo", f.ID, f.Version) })
		if err == nil || fault.KindOf(err) != fault.Conflict {
			t.Fatalf("taken back under the superior's eyes: %v", err)
		}
		f = o.must(func(tx *db.Tx) (*filing.Filing, error) { return o.store.Accept(ctx, tx, "tren", f.ID, f.Version, "") })
		if f.State != filing.Nil || !f.Accepted {
			t.Fatalf("accepted nil return: %s %t", f.State, f.Accepted)
		}
		f = o.must(func(tx *db.Tx) (*filing.Filing, error) {
			return o.store.Withdraw(ctx, tx, "canbo", f.ID, f.Version, "Mở nhầm kỳ")
		})
		if n, _ := o.filed(); n != 0 || f.State != filing.Withdrawn {
			t.Fatalf("withdrawn: %d entries, %s", n, f.State)
		}
		if again := o.open(); again.ID != f.ID || again.State != filing.Open {
			t.Fatalf("opened again: %+v", again)
		}
	})
}

// TestShownToEverybody: nothing is public that nobody made so; two who do it at once make one turn; what was taken back is
// gone from the list while its hash is still known; a changed row is found.
func TestShownToEverybody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		f := o.file(o.open())
		o.now = o.now.AddDate(0, 1, 0)
		if err := o.issue(f, "15-BC/BXDĐ"); err != nil {
			t.Fatal(err)
		}
		f, _ = filing.Get(ctx, d.Read(), f.ID)
		shown := func() []*filing.Shown {
			t.Helper()
			list, err := filing.AllShown(ctx, d.Read())
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if len(shown()) != 0 {
			t.Fatal("an issued report is public by itself")
		}
		publish := func(turn int, c filing.Copy) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				_, err := o.store.Publish(ctx, tx, "lead", f.ID, f.Standing, turn, c)
				return err
			})
		}
		var wait sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wait.Go(func() { errs[i] = publish(0, filing.Copy{Content: []byte("public"), Closed: 2}) })
		}
		wait.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Errorf("a second one got %v", err)
			}
		}
		list := shown()
		if done != 1 || len(list) != 1 || list[0].Number != "15-BC/BXDĐ" || !list[0].Publication.Own || list[0].Replaced() {
			t.Fatalf("%d took it; shown %+v", done, list)
		}
		first := list[0].Publication
		if body, err := filing.PublicContent(ctx, d.Read(), first); err != nil || string(body) != "public" {
			t.Fatalf("the copy is %q, %v", body, err)
		}
		back := func(turn int, why string) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				_, err := o.store.Unpublish(ctx, tx, "lead", f.ID, turn, why)
				return err
			})
		}
		if fault.KindOf(back(1, " ")) != fault.Invalid || fault.KindOf(back(0, "Sai")) != fault.Conflict || back(1, "Có tên người") != nil || len(shown()) != 0 {
			t.Fatal("taking it back")
		}
		if p, _, err := filing.PublicationOf(ctx, d.Read(), first.Hash); err != nil || p == nil || p.Turn != 1 {
			t.Fatalf("a hash that was public is not known: %+v %v", p, err)
		}
		if err := publish(2, filing.Copy{}); err != nil || shown()[0].Publication.Own {
			t.Fatalf("shown again, whole: %v", err)
		}
		if found, err := filing.Verify(ctx, d.Read()); err != nil || len(found) != 0 {
			t.Fatalf("verify: %v %v", found, err)
		}
		o.do(func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE filing_public SET closed = 7 WHERE turn = 1`)
			return err
		})
		if found, err := filing.Verify(ctx, d.Read()); err != nil || len(found) != 1 {
			t.Errorf("a changed turn: %v %v", found, err)
		}
	})
}
