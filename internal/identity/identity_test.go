package identity_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/identity"
)

// good is a password that nobody lists.
const good = "mưa rào tháng bảy ngoài hiên"

// house is a store with a clock that the test moves.
type house struct {
	*identity.Store
	t   *testing.T
	now time.Time
}

func newHouse(t *testing.T, d *db.DB) *house {
	h := &house{Store: identity.New(d, identity.NewKey()), t: t, now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	h.Now = func() time.Time { return h.now }
	return h
}

func (h *house) write(fn func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.DB.Write(context.Background(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// person makes an account that signs in with the good password.
func (h *house) person(login string) identity.Account {
	h.t.Helper()
	pw, err := identity.Hash(login, good)
	if err != nil {
		h.t.Fatal(err)
	}
	var a identity.Account
	h.write(func(tx *db.Tx) (err error) {
		if a, err = h.Create(h.t.Context(), tx, "test", identity.NewAccount{Login: login, Name: "Người " + login}); err != nil {
			return err
		}
		return h.SetPassword(h.t.Context(), tx, "test", a.ID, pw, identity.Keep)
	})
	return a
}

func (h *house) open(a identity.Account) identity.Session {
	h.t.Helper()
	a, err := h.Account(h.t.Context(), h.DB.Read(), a.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	var in identity.Session
	h.write(func(tx *db.Tx) (err error) {
		in, err = h.Open(h.t.Context(), tx, a, identity.Browser{Address: "192.0.2.7", Device: "Chrome trên Windows"}, "clerk")
		return err
	})
	return in
}

func (h *house) alive(token string) bool {
	_, err := h.Session(h.t.Context(), token)
	return err == nil
}

func (h *house) leaves(act string) int {
	h.t.Helper()
	var n int
	if err := h.DB.Read().QueryRow(`SELECT count(*) FROM audit_leaf WHERE act = $1 AND subject = 'account'`, act).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func refused(t *testing.T, err error, want fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != want {
		t.Errorf("got %v, want %v", err, want)
	}
}

func TestAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		ctx := t.Context()
		a := h.person("lan.nt")
		if a.State != identity.Active || a.Name != "Người lan.nt" || h.leaves("create") != 1 {
			t.Errorf("made %+v with %d leaves", a, h.leaves("create"))
		}
		err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := h.Create(ctx, tx, "test", identity.NewAccount{Login: " LAN.nt ", Name: "Người khác"})
			return err
		})
		refused(t, err, fault.Conflict)
		for _, bad := range []identity.NewAccount{
			{Login: "lân", Name: "Lân"}, {Login: "a", Name: "An"}, {Login: "1an", Name: "An"}, {Login: "an an", Name: "An"},
			{Login: "binh", Name: ""}, {Login: "binh", Name: "B\x00nh"}, {Login: "binh", Name: strings.Repeat("b", 101)},
			{Login: "binh", Name: "Bình", Email: "binh"}, {Login: "binh", Name: "Bình", Email: "a b@c.d"}, {Login: "binh\nx", Name: "Bình"},
		} {
			refused(t, d.Write(ctx, func(tx *db.Tx) error { _, err := h.Create(ctx, tx, "test", bad); return err }), fault.Invalid)
		}
		h.write(func(tx *db.Tx) error { return h.Rename(ctx, tx, "test", a.ID, "Nguyễn Thị Lan", "lan@vd.vn") })
		got, err := h.List(ctx, d.Read(), identity.Filter{Text: "nguyen LAN"})
		if err != nil || len(got) != 1 || got[0].Email != "lan@vd.vn" {
			t.Errorf("search without marks gives %v %v", got, err)
		}
		if got, _ := h.List(ctx, d.Read(), identity.Filter{Text: "%"}); len(got) != 0 {
			t.Errorf("a per cent sign finds %v", got)
		}
		in := h.open(a)
		h.write(func(tx *db.Tx) error { return h.Disable(ctx, tx, "test", a.ID) })
		h.write(func(tx *db.Tx) error { return h.Disable(ctx, tx, "test", a.ID) })
		if h.alive(in.Token) || h.leaves("disable") != 1 {
			t.Errorf("disabled: session alive %t, %d leaves", h.alive(in.Token), h.leaves("disable"))
		}
		_, err = h.SignIn(ctx, "lan.nt", good, "192.0.2.7")
		refused(t, err, fault.Denied)
		h.write(func(tx *db.Tx) error { return h.Enable(ctx, tx, "test", a.ID) })
		if _, err := h.SignIn(ctx, "lan.nt", good, "192.0.2.7"); err != nil {
			t.Error(err)
		}
	})
}

func TestTemporaryPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		a := h.person("binh")
		old := h.open(a)
		pw, err := identity.Temporary()
		if err != nil {
			t.Fatal(err)
		}
		h.write(func(tx *db.Tx) error { return h.SetPassword(t.Context(), tx, "test", a.ID, pw, identity.MustChange) })
		if h.alive(old.Token) {
			t.Error("a reset password leaves a session open")
		}
		a, err = h.SignIn(t.Context(), "binh", pw.Plain, "192.0.2.7")
		if err != nil || !a.MustChange {
			t.Fatalf("temporary password: %+v %v", a, err)
		}
		in := h.open(a)
		if in.Step(false) != identity.OweChange {
			t.Errorf("owes %v", in.Step(false))
		}
		_, err = h.ChangePassword(t.Context(), in, "", pw.Plain)
		refused(t, err, fault.Invalid)
		now, err := h.ChangePassword(t.Context(), in, "", good)
		if err != nil || now.Step(false) != identity.Done || h.alive(in.Token) || !h.alive(now.Token) {
			t.Fatalf("after the change: %v, old alive %t, new alive %t", err, h.alive(in.Token), h.alive(now.Token))
		}
		h.write(func(tx *db.Tx) error { return h.SetPassword(t.Context(), tx, "test", a.ID, pw, identity.MustChange) })
		h.now = h.now.Add(15 * 24 * time.Hour)
		_, err = h.SignIn(t.Context(), "binh", pw.Plain, "192.0.2.7")
		refused(t, err, fault.Denied)
	})
}

func TestPasswordRules(t *testing.T) {
	for _, bad := range []string{
		"", "ngắn", "123456789", "1234567890", "0987654321", "qwertyuiop", "poiuytrewq", "1qaz2wsx3edc", "asdfghjkl;", "aaaaaaaaaaaa", "abababababab",
		"matkhau123", "MatKhau@2026", "Mật khẩu 123", "M@tkh4u2026", "vietnam2026", "Việt Nam 2026!", "yeuem123456", "anhyeuem123", "password123", "P@ssw0rd123",
		"Danvan@2026", "congtacdanvan", "hanoi-saigon", "iloveyou123", "Admin@123456", "qwerty123456", "matkhaumatkhau", "abcdefghij", "2026maivietnam",
		"letmein!!!!!", "ThaiNguyen2026", "Nguyenvan123", "lan.nguyen2026", "Lannguyen xa", "neyugn.nal 2026x",
		strings.Repeat("dài ", 60), "xấu\xff\xfe khong doc duoc",
	} {
		if identity.Rules("lan.nguyen", bad) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, fine := range []string{good, "ngựa đúng pin ghim giấy", "8 quả bưởi ở Diễn", "correct horse battery", "tôi đi chợ phiên", "k7#mPq2!xVz9", "ba con mèo trèo cau", strings.Repeat("mười chữ a ", 18)} {
		if err := identity.Rules("lan.nguyen", fine); err != nil {
			t.Errorf("%q: %v", fine, err)
		}
	}
	pw, err := identity.Hash("lan", good)
	if err != nil || strings.Contains(pw.String(), "mưa") {
		t.Error(pw, err)
	}
}
