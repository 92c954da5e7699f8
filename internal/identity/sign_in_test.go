package identity_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/identity"
)

const here = "192.0.2.7"

// Every failure has the same words and is counted alike, whether there is such a login or not.
func TestFailuresAreAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.person("co.that")
		for i := range 12 {
			var said []string
			for _, login := range []string{"co.that", "khong.co"} {
				_, err := h.SignIn(t.Context(), login, "không phải mật khẩu", "198.51.100.1")
				refused(t, err, fault.Denied)
				said = append(said, err.Error())
			}
			if said[0] != said[1] {
				t.Errorf("try %d: %q and %q", i, said[0], said[1])
			}
			h.now = h.now.Add(2 * time.Minute)
		}
		var fails []int64
		rows, err := d.Read().Query(`SELECT fails FROM sign_in_try ORDER BY fails`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var n int64
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			fails = append(fails, n)
		}
		if len(fails) != 3 || fails[0] != fails[1] || h.leaves("lock") != 1 {
			t.Errorf("counted %v (two logins alike, and the address), %d leaves of a lock", fails, h.leaves("lock"))
		}
	})
}

// After three mistakes there is a delay, after ten a lock, which no restart lifts and the administrator does.
func TestLock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		a := h.person("lan")
		wrong := func() error {
			_, err := h.SignIn(t.Context(), "lan", "không phải mật khẩu", here)
			return err
		}
		right := func() error { _, err := h.SignIn(t.Context(), "lan", good, here); return err }
		for range 3 {
			_ = wrong()
		}
		if err := right(); err != nil {
			t.Errorf("three mistakes keep out: %v", err)
		}
		for range 4 {
			_ = wrong()
		}
		refused(t, right(), fault.Denied) // a second has not passed
		h.now = h.now.Add(2 * time.Second)
		if err := right(); err != nil {
			t.Errorf("after the delay: %v", err)
		}
		for range 10 {
			_ = wrong()
			h.now = h.now.Add(time.Minute)
		}
		got, err := h.Account(t.Context(), d.Read(), a.ID)
		if err != nil || !got.Locked(h.now) || h.leaves("lock") != 1 {
			t.Fatalf("ten mistakes: locked until %v at %v, %d leaves, %v", got.LockedUntil, h.now, h.leaves("lock"), err)
		}
		again := newHouse(t, d) // the program is started anew; its key file is the same
		again.Store, again.now = h.Store, h.now
		refused(t, right(), fault.Denied)
		h.write(func(tx *db.Tx) error { return h.Unlock(t.Context(), tx, "quantri", a.ID) })
		if err := right(); err != nil {
			t.Errorf("unlocked: %v", err)
		}
		for range 10 {
			_ = wrong()
			h.now = h.now.Add(time.Minute)
		}
		h.now = h.now.Add(15 * time.Minute)
		if err := right(); err != nil {
			t.Errorf("after the lock: %v", err)
		}
	})
}

// Many at once get no more guesses than one after the other.
func TestManyAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.person("lan")
		var all sync.WaitGroup
		for range 30 {
			all.Go(func() { _, _ = h.SignIn(context.Background(), "lan", "không phải mật khẩu", here) })
		}
		all.Wait()
		var fails int64
		if err := d.Read().QueryRow(`SELECT min(fails) FROM sign_in_try`).Scan(&fails); err != nil || fails != 4 {
			t.Errorf("%d of 30 tries at one moment were looked at, want 4 (%v)", fails, err)
		}
	})
}

// One address that tries many logins is slowed down too.
func TestAddressIsThrottled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.person("lan")
		for i := range 41 {
			_, _ = h.SignIn(t.Context(), "ai"+strings.Repeat("x", i), "không phải mật khẩu", "2001:db8::1")
		}
		_, err := h.SignIn(t.Context(), "lan", good, "2001:db8::ffff")
		refused(t, err, fault.Denied)
		if _, err := h.SignIn(t.Context(), "lan", good, here); err != nil {
			t.Errorf("another address: %v", err)
		}
	})
}

func (h *house) code(secret string) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret, h.now)
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// withFactor gives an account a second factor and its recovery codes.
func (h *house) withFactor(a identity.Account) (secret string, codes []string) {
	h.t.Helper()
	in := h.open(a)
	f, err := h.NewFactor("danvan", in.Account)
	if err != nil {
		h.t.Fatal(err)
	}
	_, _, err = h.SetUp(h.t.Context(), in, f.Secret, "000000")
	if err == nil || fault.KindOf(err) != fault.Invalid {
		h.t.Fatalf("a wrong code sets up: %v", err)
	}
	out, codes, err := h.SetUp(h.t.Context(), in, f.Secret, h.code(f.Secret))
	if err != nil || len(codes) != 10 || h.alive(in.Token) || !h.alive(out.Token) {
		h.t.Fatalf("set up: %d codes, %v", len(codes), err)
	}
	return f.Secret, codes
}

func TestSecondFactor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		a := h.person("lan")
		secret, codes := h.withFactor(a)
		in := h.open(a)
		if in.Step(false) != identity.OweCode {
			t.Fatalf("owes %v", in.Step(false))
		}
		_, err := h.Prove(t.Context(), in, h.code(secret)) // the one of the setting up
		refused(t, err, fault.Denied)
		h.now = h.now.Add(30 * time.Second)
		code := h.code(secret)
		out, err := h.Prove(t.Context(), in, code)
		if err != nil || out.Step(true) != identity.Done || h.alive(in.Token) {
			t.Fatalf("a good code: %v, step %v", err, out.Step(true))
		}
		second := h.open(a)
		_, err = h.Prove(t.Context(), second, code)
		refused(t, err, fault.Denied)
		second, err = h.Recover(t.Context(), second, strings.ToUpper(strings.ReplaceAll(codes[3], "-", " ")))
		if err != nil || second.Step(true) != identity.Done {
			t.Fatalf("a recovery code: %v", err)
		}
		third := h.open(a)
		_, err = h.Recover(t.Context(), third, codes[3])
		refused(t, err, fault.Denied)
		if left, err := h.CodesLeft(t.Context(), d.Read(), a.ID); err != nil || left != 9 {
			t.Errorf("%d codes left, %v", left, err)
		}
		for range 12 { // guessing codes locks
			_, _ = h.Prove(t.Context(), third, "123456")
			h.now = h.now.Add(35 * time.Second)
		}
		h.now = h.now.Add(time.Second)
		_, err = h.Prove(t.Context(), third, h.code(secret))
		refused(t, err, fault.Denied)
		h.write(func(tx *db.Tx) error { return h.ResetTOTP(t.Context(), tx, "quantri", a.ID) })
		if fourth := h.open(a); fourth.Step(true) != identity.OweSetting || h.leaves("reset_totp") != 1 {
			t.Errorf("after the reset owes %v", fourth.Step(true))
		}
	})
}

// One code taken by two at the same moment lets in one.
func TestCodeOnceAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		a := h.person("lan")
		secret, codes := h.withFactor(a)
		h.now = h.now.Add(30 * time.Second)
		code := h.code(secret)
		for name, try := range map[string]func(identity.Session) error{
			"code":     func(in identity.Session) error { _, err := h.Prove(context.Background(), in, code); return err },
			"recovery": func(in identity.Session) error { _, err := h.Recover(context.Background(), in, codes[0]); return err },
		} {
			var all sync.WaitGroup
			var mu sync.Mutex
			in := 0
			for range 2 {
				s := h.open(a)
				all.Go(func() {
					if try(s) == nil {
						mu.Lock()
						in++
						mu.Unlock()
					}
				})
			}
			all.Wait()
			if in != 1 {
				t.Errorf("%s: %d of two got in", name, in)
			}
		}
	})
}

func TestSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		a, other := h.person("lan"), h.person("binh")
		one, two, foreign := h.open(a), h.open(a), h.open(other)
		if one.Token == two.Token || len(one.Token) != 43 {
			t.Fatalf("tokens %q and %q", one.Token, two.Token)
		}
		list, err := h.Sessions(t.Context(), d.Read(), a.ID)
		if err != nil || len(list) != 2 || list[0].Device != "Chrome trên Windows" {
			t.Fatalf("sessions %v %v", list, err)
		}
		h.write(func(tx *db.Tx) error { return h.EndOne(t.Context(), tx, a.ID, foreign.ID) })
		if !h.alive(foreign.Token) {
			t.Error("somebody ends another's session")
		}
		h.write(func(tx *db.Tx) error { return h.EndOne(t.Context(), tx, a.ID, two.ID) })
		if h.alive(two.Token) || !h.alive(one.Token) {
			t.Error("ending one session")
		}
		for _, bad := range []string{"", "x", strings.Repeat("a", 43), one.Token + "x", strings.ToUpper(one.Token)} {
			if _, err := h.Session(t.Context(), bad); !errors.Is(err, identity.ErrNoSession) {
				t.Errorf("token %q: %v", bad, err)
			}
		}

		renewed, err := h.Renew(t.Context(), one, "clerk, approver")
		if err != nil || renewed.Token == "" || renewed.Token == one.Token || !h.alive(renewed.Token) || !h.alive(one.Token) {
			t.Fatalf("a change of rights: %v", err)
		}
		if twice, err := h.Renew(t.Context(), one, "clerk, approver"); err != nil || twice.Token != "" {
			t.Errorf("renewed twice: %v", err)
		}
		h.now = h.now.Add(31 * time.Second)
		if h.alive(one.Token) || !h.alive(renewed.Token) {
			t.Error("the token that was replaced still opens")
		}

		h.now = h.now.Add(h.Idle - time.Minute)
		if !h.alive(renewed.Token) { // used: the idle time begins anew
			t.Fatal("ends too early")
		}
		h.now = h.now.Add(h.Idle + time.Minute)
		if h.alive(renewed.Token) {
			t.Error("an unused session lives")
		}
		three := h.open(a)
		for range 30 { // always in use
			h.now = h.now.Add(30 * time.Minute)
			h.alive(three.Token)
		}
		if h.alive(three.Token) {
			t.Error("a session lives longer than its day")
		}
		four := h.open(a)
		if err := h.End(t.Context(), four.Token); err != nil || h.alive(four.Token) {
			t.Error("signing out")
		}
		var n int
		if err := d.Read().QueryRow(`SELECT count(*) FROM session`).Scan(&n); err != nil || n > 1 {
			t.Errorf("%d sessions are kept that ended", n)
		}
	})
}

// Nothing that opens anything stands in the database's files, its log, or ours.
func TestSecretsLeaveNoTrace(t *testing.T) {
	dir := t.TempDir()
	d := dbtest.Open(t, db.Config{Path: filepath.Join(dir, "danvan.db")})
	var logged bytes.Buffer
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(was)
	h := newHouse(t, d)
	a := h.person("lan")
	secret, codes := h.withFactor(a)
	in := h.open(a)
	h.now = h.now.Add(30 * time.Second)
	proved, err := h.Prove(t.Context(), in, h.code(secret))
	if err != nil {
		t.Fatal(err)
	}
	pw, err := identity.Temporary()
	if err != nil {
		t.Fatal(err)
	}
	h.write(func(tx *db.Tx) error { return h.SetPassword(t.Context(), tx, "quantri", a.ID, pw, identity.MustChange) })
	_, err = h.SignIn(t.Context(), "lan", "canary mật khẩu sai", "203.0.113.99")
	slog.Error("tried", "err", err, "password", pw, "session", proved.Account)
	found := map[string][]string{}
	look := func(where string, text []byte) {
		for name, canary := range map[string]string{"password": good, "temporary": pw.Plain, "secret": secret, "token": in.Token, "second token": proved.Token,
			"recovery code": codes[0], "wrong password": "canary mật khẩu sai", "address of a try": "203.0.113.99"} {
			if bytes.Contains(text, []byte(canary)) {
				found[name] = append(found[name], where)
			}
		}
	}
	look("log", logged.Bytes())
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	size := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		size += len(text)
		look(filepath.Base(f), text)
		if filepath.Base(f) == "danvan.db-wal" && !bytes.Contains(text, []byte("Người lan")) {
			t.Error("the search does not even find the name")
		}
	}
	if len(found) > 0 || size == 0 {
		t.Errorf("found %v in %d bytes", found, size)
	}
}

// The key is made once, for its owner alone, and a damaged one is not taken.
func TestKeyFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "moi")
	one, err := identity.OpenKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	two, err := identity.OpenKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	sealed := one.Seal("thử", []byte("chữ"))
	if got, err := two.Unseal("thử", sealed); err != nil || string(got) != "chữ" {
		t.Errorf("%q %v", got, err)
	}
	if _, err := two.Unseal("việc khác", sealed); err == nil {
		t.Error("opens for another use")
	}
	if _, err := identity.NewKey().Unseal("thử", sealed); err == nil {
		t.Error("opens with another key")
	}
	path := filepath.Join(dir, identity.KeyFile)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("hỏng"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := identity.OpenKey(dir); err == nil {
		t.Error("a damaged key is taken")
	}
}

func FuzzRules(f *testing.F) {
	f.Add("lan", "Mật khẩu 123")
	f.Add("", "\x00\xff")
	f.Add("a.b", "aB3$aB3$aB3$")
	f.Fuzz(func(t *testing.T, login, plain string) {
		if err := identity.Rules(login, plain); err != nil && strings.Contains(fault.Say(err), plain) && len(plain) > 9 {
			t.Errorf("the answer repeats the password: %v", err)
		}
	})
}
