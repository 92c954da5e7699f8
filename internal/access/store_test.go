package access_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/org"
)

const (
	today    civil.Date = 20260601
	tomorrow civil.Date = 20260602
)

// small is a province with two districts; the commune 101 was merged into 102 in 2020.
func small(t *testing.T, d *db.DB) *org.Tree {
	t.Helper()
	keeper := &org.Keeper{DB: d}
	set := fstest.MapFS{
		"units.csv": {Data: []byte("code,name,type,level,parent,opened\n1,Tỉnh Một,Tỉnh,province,,\n10,Huyện Mười,Huyện,district,1,\n11,Huyện Mười Một,Huyện,district,1,\n" +
			"101,Xã A,Xã,commune,10,\n102,Xã B,Xã,commune,10,\n111,Xã C,Xã,commune,11,\n")},
		"changes.csv": {Data: []byte("date,kind,number,decided,from,code,name,type,level,parent\n2020-02-01,merge,1/NQ,2020-01-10,101;102,102,Xã AB,Xã,,\n")},
	}
	err := d.WriteAlone(t.Context(), func(tx *db.Tx) error { return keeper.LoadSet(t.Context(), tx, set, ".", nil) })
	if err != nil {
		t.Fatal(err)
	}
	tree, err := keeper.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// office gives tests the acts on grants in a line each.
type office struct {
	t    *testing.T
	d    *db.DB
	tree *org.Tree
}

func (o office) unit(code string) org.UnitID {
	o.t.Helper()
	u := o.tree.On(code, today)
	if u == nil {
		o.t.Fatalf("no unit %s", code)
	}
	return u.ID
}

func (o office) by(account int64, login string) access.By {
	return access.By{Account: account, Login: login, Today: today, Tree: o.tree}
}

func (o office) give(by access.By, g access.Grant) (id int64, err error) {
	err = o.d.Write(context.Background(), func(tx *db.Tx) (err error) {
		id, err = access.Give(context.Background(), tx, by, g, "Quyết định 12-QĐ/TU")
		return err
	})
	return id, err
}

func (o office) delegate(by access.By, of, account int64, from, to civil.Date) (id int64, err error) {
	err = o.d.Write(o.t.Context(), func(tx *db.Tx) (err error) {
		id, err = access.Delegate(o.t.Context(), tx, by, of, account, from, to, "Nghỉ phép năm")
		return err
	})
	return id, err
}

func (o office) end(by access.By, id int64, on civil.Date) error {
	return o.d.Write(o.t.Context(), func(tx *db.Tx) error {
		return access.End(o.t.Context(), tx, by, id, on, "Chuyển công tác")
	})
}

func (o office) viewer(account int64, day civil.Date) *access.Viewer {
	o.t.Helper()
	grants, err := access.Grants(o.t.Context(), o.d.Read(), account)
	if err != nil {
		o.t.Fatal(err)
	}
	return access.NewViewer(o.tree, day, account, "thu", "Người thử", grants)
}

func (o office) must(id int64, err error) int64 {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

func each(t *testing.T, test func(t *testing.T, o office)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, office{t, d, small(t, d)}) })
}

func refused(t *testing.T, err error, kind fault.Kind, words string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || !strings.Contains(fault.Say(err), words) {
		t.Errorf("want a refusal with %q, have %v", words, err)
	}
}

const (
	admin = int64(1)
	chief = int64(2)
	aide  = int64(3)
)

func TestGrantHoldsFromToAndEnds(t *testing.T) {
	each(t, func(t *testing.T, o office) {
		boss := o.by(admin, "quan.tri")
		id := o.must(o.give(boss, access.Grant{Account: chief, Role: access.Leader, Unit: o.unit("10"), From: today, To: 20270101}))
		for _, x := range []struct {
			day  civil.Date
			unit string
			may  bool
		}{{20260531, "10", false}, {today, "10", true}, {20261231, "102", true}, {20270101, "10", false}, {today, "11", false}, {today, "111", false}, {today, "1", false}} {
			if got := o.viewer(chief, x.day).May(access.ReadWork, o.unit(x.unit)); got != x.may {
				t.Errorf("on %s over %s: %v", x.day, x.unit, got)
			}
		}
		if err := o.end(boss, id, tomorrow); err != nil {
			t.Fatal(err)
		}
		if v := o.viewer(chief, today); !v.May(access.ReadWork, 0) {
			t.Error("an end tomorrow holds today already")
		}
		if v := o.viewer(chief, tomorrow); v.May(access.ReadWork, 0) {
			t.Error("an ended grant holds")
		}
		refused(t, o.end(boss, id, tomorrow), fault.Conflict, "đã kết thúc")
		r, err := access.ByID(t.Context(), o.d.Read(), id)
		if err != nil || r.Planned != 20270101 || r.EndedBy != "quan.tri" || r.EndReason != "Chuyển công tác" || r.Reason != "Quyết định 12-QĐ/TU" {
			t.Errorf("what the grant was is lost: %+v %v", r, err)
		}
	})
}

func TestGrantsThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, o office) {
		boss := o.by(admin, "quan.tri")
		good := access.Grant{Account: chief, Role: access.Clerk, Unit: o.unit("10"), From: today, To: civil.Forever}
		try := func(change func(*access.Grant)) error {
			g := good
			change(&g)
			_, err := o.give(boss, g)
			return err
		}
		refused(t, try(func(g *access.Grant) { g.Role = "king" }), fault.Invalid, "Vai trò")
		refused(t, try(func(g *access.Grant) { g.To = today }), fault.Invalid, "sau ngày bắt đầu")
		refused(t, try(func(g *access.Grant) { g.Unit = 999 }), fault.Invalid, "Không có đơn vị")
		refused(t, try(func(g *access.Grant) { g.Unit = o.tree.On("101", 20190101).ID }), fault.Invalid, "không tồn tại vào ngày")
		refused(t, try(func(g *access.Grant) { g.Account = admin }), fault.Denied, "tự giao quyền")
		o.must(o.give(boss, good))
		refused(t, try(func(*access.Grant) {}), fault.Conflict, "đã có quyền này")
		refused(t, try(func(g *access.Grant) { g.Role = access.Administrator }), fault.Conflict, "không kiêm")
		if n := leaves(t, o.d); n != 1 {
			t.Errorf("%d leaves of one grant", n)
		}
	})
}

func TestDelegationStaysWithinTheOwnGrant(t *testing.T) {
	each(t, func(t *testing.T, o office) {
		boss, me := o.by(admin, "quan.tri"), o.by(chief, "truong.ban")
		own := o.must(o.give(boss, access.Grant{Account: chief, Role: access.Approver, Unit: o.unit("10"), From: today, To: 20270101}))
		secret := o.must(o.give(boss, access.Grant{Account: chief, Role: access.Confidential, Unit: o.unit("10"), From: today, To: 20270101}))
		_, err := o.delegate(me, own, aide, today, 20270102)
		refused(t, err, fault.Invalid, "không được dài hơn")
		_, err = o.delegate(me, own, aide, today, civil.Forever)
		refused(t, err, fault.Invalid, "phải có ngày kết thúc")
		_, err = o.delegate(me, secret, aide, today, 20260701)
		refused(t, err, fault.Denied, "không ủy quyền được")
		_, err = o.delegate(me, own, chief, today, 20260701)
		refused(t, err, fault.Invalid, "người khác")
		_, err = o.delegate(o.by(aide, "phu.ta"), own, aide, today, 20260701)
		refused(t, err, fault.Denied, "của chính mình")

		lent := o.must(o.delegate(me, own, aide, today, 20260701))
		if v := o.viewer(aide, today); !v.May(access.ConfirmWork, o.unit("102")) || v.May(access.ConfirmWork, o.unit("111")) || v.Grants[0].For != chief {
			t.Error("the one who stands in does not have the grant, or has more")
		}
		if o.viewer(aide, 20260701).May(access.ConfirmWork, 0) {
			t.Error("a delegation does not end by itself")
		}
		_, err = o.delegate(o.by(aide, "phu.ta"), lent, 4, today, 20260615)
		refused(t, err, fault.Denied, "không ủy tiếp")

		err = o.d.Write(t.Context(), func(tx *db.Tx) error { return access.Revoke(t.Context(), tx, o.by(aide, "phu.ta"), lent, "x") })
		refused(t, err, fault.Denied, "Chỉ người đã ủy quyền")
		err = o.d.Write(t.Context(), func(tx *db.Tx) error { return access.Revoke(t.Context(), tx, me, lent, "Về sớm") })
		if err != nil || o.viewer(aide, today).May(access.ConfirmWork, 0) {
			t.Errorf("revoked, and holds: %v", err)
		}

		o.must(o.delegate(me, own, aide, today, 20260801))
		if err := o.end(boss, own, today); err != nil {
			t.Fatal(err)
		}
		if o.viewer(aide, today).May(access.ConfirmWork, 0) {
			t.Error("a delegation outlives the grant that it was taken from")
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	each(t, func(t *testing.T, o office) {
		first := o.must(o.give(o.by(0, "danvan"), access.Grant{Account: admin, Role: access.Administrator, Unit: o.unit("1"), From: today, To: civil.Forever}))
		boss := o.by(admin, "quan.tri")
		refused(t, o.end(boss, first, today), fault.Conflict, "cuối cùng")
		o.must(o.give(boss, access.Grant{Account: aide, Role: access.Administrator, Unit: o.unit("1"), From: today, To: civil.Forever}))
		if err := o.end(boss, first, today); err != nil {
			t.Error(err)
		}
	})
}

func TestTwoClicksMakeOneGrant(t *testing.T) {
	each(t, func(t *testing.T, o office) {
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				_, err := o.give(o.by(admin, "quan.tri"), access.Grant{Account: chief, Role: access.Clerk, Unit: o.unit("10"), From: today, To: civil.Forever})
				if err != nil && fault.KindOf(err) != fault.Conflict {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		all, err := access.OfAccount(t.Context(), o.d.Read(), chief)
		if err != nil || len(all) != 1 {
			t.Errorf("%d grants: %v", len(all), err)
		}
	})
}

func TestVerifyFindsAGrantChangedBehindTheProgram(t *testing.T) {
	each(t, func(t *testing.T, o office) {
		id := o.must(o.give(o.by(admin, "quan.tri"), access.Grant{Account: chief, Role: access.Clerk, Unit: o.unit("10"), From: today, To: civil.Forever}))
		check := func(want int) {
			t.Helper()
			found, err := access.Verify(t.Context(), o.d.Read())
			if err != nil || len(found) != want {
				t.Errorf("findings %q: %v", found, err)
			}
		}
		check(0)
		if err := o.end(o.by(admin, "quan.tri"), id, tomorrow); err != nil {
			t.Fatal(err)
		}
		check(0)
		err := o.d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE access_grant SET role = 'administrator' WHERE id = $1`, id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		check(1)
	})
}

func leaves(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM audit_leaf WHERE subject = 'grant'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Before units are merged or divided, the administrator sees whose grants stand on them and who comes in their place.
func TestPreviewOfUnitsNamesTheGrants(t *testing.T) {
	each(t, func(t *testing.T, o office) {
		boss := o.by(admin, "quan.tri")
		merged := o.must(o.give(boss, access.Grant{Account: chief, Role: access.Clerk, Unit: o.unit("111"), From: today, To: civil.Forever}))
		divided := o.must(o.give(boss, access.Grant{Account: aide, Role: access.Clerk, Unit: o.unit("102"), From: today, To: civil.Forever}))
		gone := o.must(o.give(boss, access.Grant{Account: 4, Role: access.Clerk, Unit: o.unit("102"), From: today, To: 20260701}))
		half := org.Parts{Population: org.Whole / 2, Area: org.Unknown, Households: org.Unknown}
		split := func(code string) org.Change {
			return org.Change{Day: 20270101, Kind: org.Split, Sources: []org.Source{{Code: "102", Parts: half}}, Code: code, Name: "Xã " + code, Type: "Xã", Level: org.Commune, Parent: "10", Bodies: "close"}
		}
		acts := []org.Change{split("102"), split("103"),
			{Day: 20270101, Kind: org.Merge, Sources: []org.Source{{Code: "111", Parts: org.NoParts()}}, Code: "112", Name: "Xã D", Type: "Xã", Level: org.Commune, Parent: "11"}}
		keeper := &org.Keeper{DB: o.d, Hooks: onlyGrants{}}
		p, err := keeper.Preview(t.Context(), acts)
		if err != nil || len(p.Problems) > 0 || len(p.Hanging) != 2 {
			t.Fatalf("hanging %+v, problems %+v: %v", p.Hanging, p.Problems, err)
		}
		for _, h := range p.Hanging {
			switch h.IDs[0] {
			case merged:
				if len(h.Successors) != 1 || h.Successors[0].Code != "112" {
					t.Errorf("who inherits is not named: %+v", h)
				}
			case divided:
				if len(h.Successors) != 0 || h.Count != 1 {
					t.Errorf("a divided unit has an heir, or an ended grant (%d) is listed: %+v", gone, h)
				}
			}
		}
	})
}

// onlyGrants are the hooks of an installation without entries.
type onlyGrants struct{}

func (onlyGrants) Hanging(ctx context.Context, q db.Querier, units []org.UnitID, from civil.Date) ([]org.Hanging, error) {
	return access.Hanging(ctx, q, units, from)
}

func (onlyGrants) Rederive(context.Context, *db.Tx, []org.EraID, []org.Era) error { return nil }
