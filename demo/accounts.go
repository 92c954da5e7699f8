package demo

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
	"danvan/internal/org"
)

// Password opens every account of the demo. It is known to all, so the demo is shown on its own machine only.
const Password = "bac kan nui rung xanh"

// Post is an account of the demo: one for each role, one with two posts, one whose commune was merged since.
type Post struct {
	Login, Name string
	Grants      []PostGrant
}

// PostGrant is a role and the code of the unit; Former takes a commune that was merged into it.
type PostGrant struct {
	Role   access.Role
	Unit   string
	Former bool
}

// Posts are the accounts of the demo, in the order of the posts of an office. The people are invented.
func Posts() []Post {
	one := func(login, name string, role access.Role, unit string) Post {
		return Post{login, name, []PostGrant{{Role: role, Unit: unit}}}
	}
	const commune, other = "02143", "01879"
	return []Post{
		one("canbo.xa", "Bà Minh Họa 01", access.Clerk, commune),
		one("tonghop", "Ông Minh Họa 02", access.Specialist, successor),
		one("nguoiduyet", "Bà Minh Họa 03", access.Approver, successor),
		one("lanhdao", "Ông Minh Họa 04", access.Leader, successor),
		one("thanhtra", "Bà Minh Họa 05", access.Inspector, successor),
		one("tiepdan", "Ông Minh Họa 06", access.Desk, commune),
		one("baomat", "Bà Minh Họa 07", access.Confidential, successor),
		one("kiemtoan", "Ông Minh Họa 08", access.Auditor, successor),
		one("quantri", "Bà Minh Họa 09", access.Administrator, successor),
		{"haivitri", "Ông Minh Họa 10", []PostGrant{{Role: access.Clerk, Unit: commune}, {Role: access.Approver, Unit: other}}},
		one("xulydon", "Bà Minh Họa 13", access.Officer, commune),
		one("xacminh", "Ông Minh Họa 14", access.Verifier, commune),
		one("xulydon.cm", "Ông Minh Họa 16", access.Officer, other),
		one("xacminh.cm", "Bà Minh Họa 17", access.Verifier, other),
		one("giukhoa", "Bà Minh Họa 15", access.Custodian, successor),
		one("lanhdao.xa", "Ông Minh Họa 12", access.Leader, commune),
		one("baomat.tt", "Bà Minh Họa 19", access.Confidential, inspectorate),
		one("giukhoa.tt", "Ông Minh Họa 20", access.Custodian, inspectorate),
		one(firmLogin, "Bà Minh Họa 21", access.Clerk, firms[0].Code),
		one("truongthon", "Ông Minh Họa 18", access.VillageHead, commune),
		one("giamkhao1", "Bà Minh Họa 19", access.Juror, successor),
		one("giamkhao2", "Ông Minh Họa 20", access.Juror, successor),
		one("giamkhao3", "Bà Minh Họa 21", access.Juror, successor),
		{"canbo.xacu", "Bà Minh Họa 11", []PostGrant{{Role: access.Clerk, Unit: commune, Former: true}}},
	}
}

// MakeAccounts makes the accounts of the demo that are missing. Those that stand are left as they are.
func MakeAccounts(ctx context.Context, d *db.DB, store *identity.Store, tree *org.Tree, today civil.Date) error {
	for _, p := range Posts() {
		if p.Login == firmLogin && tree.On(firms[0].Code, today) == nil { // made before there were enterprises, or of an earlier day
			continue
		}
		_, err := store.ByLogin(ctx, d.Read(), p.Login)
		if err == nil {
			continue
		}
		if fault.KindOf(err) != fault.NotFound {
			return fmt.Errorf("look for account %s: %w", p.Login, err)
		}
		if err := makeAccount(ctx, d, store, tree, today, p); err != nil {
			return fmt.Errorf("make account %s: %w", p.Login, err)
		}
	}
	return nil
}

func makeAccount(ctx context.Context, d *db.DB, store *identity.Store, tree *org.Tree, today civil.Date, p Post) error {
	pw, err := identity.Hash(p.Login, Password) // before the transaction: it takes its time
	if err != nil {
		return err
	}
	by := access.By{Login: MetaKey, Today: today, Tree: tree}
	err = d.Write(ctx, func(tx *db.Tx) error {
		a, err := store.Create(ctx, tx, MetaKey, identity.NewAccount{Login: p.Login, Name: p.Name})
		if err != nil {
			return err
		}
		second := false
		if u := p.home(tree, today); u != nil {
			if err := beginForms(ctx, tx, a.ID, p.Login, u, today); err != nil {
				return fmt.Errorf("begin forms of %s: %w", p.Login, err)
			}
		}
		for _, g := range p.Grants {
			u := g.unit(tree, today)
			if u == nil {
				return fmt.Errorf("no unit %s on %s", g.Unit, today)
			}
			second = second || g.Role.NeedsTOTP()
			grant := access.Grant{Account: a.ID, Role: g.Role, Unit: u.ID, From: max(u.Opened, start), To: civil.Forever}
			if _, err := access.Give(ctx, tx, by, grant, "Tài khoản minh họa"); err != nil {
				return err
			}
		}
		if second {
			if err := store.KnownFactor(ctx, tx, MetaKey, a.ID, secretOf(p.Login)); err != nil {
				return err
			}
		}
		return store.SetPassword(ctx, tx, MetaKey, a.ID, pw, identity.Keep)
	})
	if fault.KindOf(err) == fault.Conflict && err != nil { // another process was first
		return nil
	}
	return err
}

// secretOf is the secret of a demo account's second factor: fixed, so that a telephone may keep it.
func secretOf(login string) string {
	sum := sha256.Sum256([]byte("danvan/demo/" + login))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20])
}

// unit is where the grant stands: the unit of today, or for a former one the last that was merged whole into it. A
// demo of a day before the mergers of 2025 has the old province in the place of the new.
func (g PostGrant) unit(tree *org.Tree, today civil.Date) *org.Unit {
	code := g.Unit
	if code == successor && tree.On(province, today) != nil {
		code = province
	}
	u := tree.On(code, today)
	if u == nil || !g.Former {
		return u
	}
	for _, f := range slices.Backward(tree.Predecessors(u.ID)) {
		was := tree.Unit(f.From)
		if f.Kind == org.Merge && tree.NameOn(was.ID, f.Day.AddDays(-1)) != tree.NameOn(u.ID, today) {
			return was
		}
	}
	return u
}

// Where names the grant's unit; a former one with what it has become.
func (g PostGrant) Where(tree *org.Tree, today civil.Date) string {
	u := g.unit(tree, today)
	if u == nil {
		return g.Unit
	}
	name := tree.NameOn(u.ID, min(today, u.Closed.AddDays(-1)))
	for _, heir := range access.Heirs(tree, u.ID, today) {
		if heir != u.ID {
			name += " (nay là " + tree.NameOn(heir, today) + ")"
		}
	}
	return name
}
