package notice

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/emersion/go-smtp"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/identity"
	"danvan/internal/jobs"
	"danvan/internal/org"
)

// bureau is a province with two communes, a clerk in one, a specialist in the province.
type bureau struct {
	t       *testing.T
	d       *db.DB
	tree    *org.Tree
	office  *Office
	box     *box
	now     time.Time
	list    []Notice
	clerk   identity.Account
	special identity.Account
}

func newBureau(t *testing.T, d *db.DB) *bureau {
	t.Helper()
	keeper := &org.Keeper{DB: d}
	set := fstest.MapFS{
		"units.csv":   {Data: []byte("code,name,type,level,parent,opened\n1,Tỉnh Một,Tỉnh,province,,\n101,Xã A,Xã,commune,1,\n102,Xã B,Xã,commune,1,\n103,Xã C,Xã,commune,1,\n")},
		"changes.csv": {Data: []byte("date,kind,number,decided,from,code,name,type,level,parent\n2020-02-01,merge,1/NQ,2020-01-10,102;103,103,Xã BC,Xã,,\n")},
	}
	if err := d.WriteAlone(t.Context(), func(tx *db.Tx) error { return keeper.LoadSet(t.Context(), tx, set, ".", nil) }); err != nil {
		t.Fatal(err)
	}
	tree, err := keeper.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := &bureau{t: t, d: d, tree: tree, box: postbox(t), now: at(t, "2026-11-23 08:00")}
	key, err := identity.OpenKey(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	accounts := identity.New(d, key)
	hire := func(login string, role access.Role, unit string) (a identity.Account) {
		err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
			if a, err = accounts.Create(t.Context(), tx, "test", identity.NewAccount{Login: login, Name: "Bà " + login, Email: login + "@vd.vn"}); err != nil {
				return err
			}
			_, err = access.Give(t.Context(), tx, access.By{Login: "test", Today: 20260101, Tree: tree}, access.Grant{Account: a.ID, Role: role, Unit: b.unit(unit), From: 20260101, To: civil.Forever}, "thử")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	b.clerk, b.special = hire("canbo", access.Clerk, "101"), hire("tonghop", access.Specialist, "1")
	cal := calendar(t)
	b.office = &Office{Server: b.box.settings(t, mailPassword), Now: func() time.Time { return b.now }, Cal: func(civil.Date) *catalog.Calendar { return cal },
		Board: &Board{DB: d, Tree: keeper.Tree, Sources: []Source{func(context.Context, db.Querier, civil.Date) ([]Notice, error) { return b.list, nil }}}}
	return b
}

func (b *bureau) unit(code string) org.UnitID { return b.tree.On(code, 20260101).ID }

func (b *bureau) round(want int) {
	b.t.Helper()
	if n, err := b.office.Round(b.t.Context()); err != nil || n != want {
		b.t.Fatalf("made %d mails, want %d: %v", n, want, err)
	}
}

// deliver does the jobs that are due, whatever the clock says, and counts the letters in the box.
func (b *bureau) deliver(want int) {
	b.t.Helper()
	b.exec(`UPDATE job SET run_ms = 0 WHERE state = 'waiting'`)
	if _, err := (jobs.Worker{DB: b.d, Handlers: map[string]jobs.Handler{JobMail: b.office.Handler}}).Drain(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	if got := b.box.letters(); len(got) != want {
		b.t.Fatalf("%d letters arrived, want %d", len(got), want)
	}
}

func (b *bureau) exec(query string) {
	b.t.Helper()
	err := b.d.Write(b.t.Context(), func(tx *db.Tx) error { _, err := tx.ExecContext(b.t.Context(), query); return err })
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bureau) duty(unit string, due civil.Date) Notice {
	return Notice{Key: fmt.Sprint("duty/", unit, "/", due), Topic: Duty, Unit: b.unit(unit), Right: access.RecordWork, Title: "Kế hoạch năm", Path: "/dinh-ky", Due: due}
}

func TestReminderGoesToWhoCanDoIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBureau(t, d)
		higher := b.duty("101", 20261101)
		higher.Up = 1
		named := Notice{Login: "canbo"}
		gone := Notice{Login: "khong-con"}
		posts, err := Posts(t.Context(), d.Read(), b.tree, 20261123)
		if err != nil {
			t.Fatal(err)
		}
		o := NewOffices(b.tree, 20261123, posts)
		for name, c := range map[string]struct {
			n    Notice
			want []int64
		}{
			"the commune's own":            {b.duty("101", 20261201), []int64{b.clerk.ID}},
			"a commune without anybody":    {b.duty("103", 20261201), nil},
			"late, to the level above":     {higher, []int64{b.special.ID}},
			"work that only waits":         {Notice{Unit: b.unit("103"), Right: access.RecordWork, Climb: true}, []int64{b.special.ID}},
			"a person":                     {named, []int64{b.clerk.ID}},
			"a person who left":            {gone, nil},
			"a right that nobody has here": {Notice{Unit: b.unit("101"), Right: access.ConfirmWork}, nil},
		} {
			if got := o.To(c.n); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%s: to %v, want %v", name, got, c.want)
			}
		}
	})
}

// One digest a day, whoever asks how often; the next one only when something has moved on.
func TestDigestTellsEachStageOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBureau(t, d)
		b.list = []Notice{b.duty("101", 20261125), b.duty("101", 20261231)}
		b.now = at(t, "2026-11-23 07:00")
		b.round(0) // before the hour
		b.now = at(t, "2026-11-23 08:00")
		b.round(1)
		b.round(0)
		b.deliver(1)
		text := b.box.letters()[0]
		if !strings.Contains(text, "https://danvan.tinh.vd.vn/dinh-ky") || strings.Count(text, "/dinh-ky") != 1 {
			t.Errorf("the letter does not lead to the one pressing duty:\n%s", text)
		}
		b.now = at(t, "2026-11-24 08:00") // nothing new
		b.round(0)
		b.now = at(t, "2026-11-25 08:00") // its day
		b.round(1)
		b.now = at(t, "2026-11-26 08:00") // late
		b.round(1)
		b.now = at(t, "2026-11-27 08:00")
		b.round(0)
		b.deliver(3)
	})
}

func TestMailFollowsWhatThePersonChose(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBureau(t, d)
		b.list = []Notice{b.duty("101", 20261124)}
		choose := func(s Setting) {
			t.Helper()
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return Choose(t.Context(), tx, b.clerk.ID, s, b.now) }); err != nil {
				t.Fatal(err)
			}
			if got, err := SettingOf(t.Context(), d.Read(), b.clerk.ID); err != nil || fmt.Sprint(got) != fmt.Sprint(s) {
				t.Fatalf("kept %v, %v; chose %v", got, err, s)
			}
		}
		s := Usual()
		s.Unwanted = []Topic{Duty}
		choose(s)
		b.round(0)
		s.Unwanted, s.How = nil, Off
		choose(s)
		b.round(0)
		s.How = Each
		choose(s)
		err := d.Write(t.Context(), func(tx *db.Tx) error { return PutOff(t.Context(), tx, b.clerk.ID, b.list[0].Key, 20261124) })
		if err != nil {
			t.Fatal(err)
		}
		b.round(0)
		b.now = at(t, "2026-11-24 22:00") // put off until today, and the night is quiet
		b.round(1)
		var due int64
		if err := d.Read().QueryRowContext(t.Context(), `SELECT due_ms FROM mail`).Scan(&due); err != nil {
			t.Fatal(err)
		}
		if want := at(t, "2026-11-25 06:30"); due != want.UnixMilli() {
			t.Errorf("goes out at %s, want %s", time.UnixMilli(due).In(Zone), want)
		}
		s.Ahead = 99
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return Choose(t.Context(), tx, b.clerk.ID, s, b.now) }); err == nil {
			t.Error("99 days ahead were taken")
		}
	})
}

// The server is down, then busy, then takes the letter: once, under the name that it had from the start.
func TestMailIsTriedUntilItIsTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBureau(t, d)
		b.list = []Notice{b.duty("101", 20261124)}
		b.round(1)
		right := b.office.Server
		b.office.Server = b.box.settings(t, "sai")
		b.deliver(0)
		b.office.Server = right
		b.box.say(&smtp.SMTPError{Code: 451, Message: "busy"})
		b.deliver(0)
		b.box.say(nil)
		b.deliver(1)
		b.deliver(1)
		m, err := Mails(t.Context(), d.Read(), 0, 10)
		if err != nil || len(m) != 1 || m[0].State != MailSent || m[0].Tries != 3 || m[0].Error != "" {
			t.Fatalf("kept %+v, %v", m, err)
		}
		if !strings.Contains(b.box.letters()[0], "<"+m[0].MessageID+">") {
			t.Error("the letter went out under another name")
		}
	})
}

func TestMailRefusedForGoodStaysForTheAdministrator(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBureau(t, d)
		b.list = []Notice{b.duty("101", 20261124)}
		b.round(1)
		b.box.say(&smtp.SMTPError{Code: 550, Message: "no such box"})
		b.deliver(0)
		b.deliver(0)
		m, err := Mails(t.Context(), d.Read(), 0, 10)
		if err != nil || len(m) != 1 || m[0].State != MailRefused || m[0].Tries != 1 || !strings.Contains(m[0].Error, "no such box") {
			t.Fatalf("kept %+v, %v", m, err)
		}
		if strings.Contains(m[0].Error, mailPassword) {
			t.Error("the error holds the password")
		}
		b.box.say(nil)
		again := func() error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return Again(t.Context(), tx, m[0].ID) })
		}
		if err := again(); err != nil {
			t.Fatal(err)
		}
		b.deliver(1)
		if err := again(); err == nil {
			t.Error("a letter that was sent was sent again")
		}
	})
}

// What comes from records cannot pass for a part of the mail.
func TestTitleStaysOnItsLine(t *testing.T) {
	n := Notice{Title: "Họp\r\n\r\nBcc: x@vd.vn\nQUÁ HẠN", Path: "/dinh-ky", Due: 20261123}
	l := write("Bà A", "https://vd.vn", []Notice{n}, 20261123, 3)
	if !strings.Contains(l.Body, "- Họp Bcc: x@vd.vn QUÁ HẠN (hạn hôm nay)\n") {
		t.Error(l.Body)
	}
}

// Forty entries that wait for a person are one line; one alone keeps its own words.
func TestLikeRemindersAreOne(t *testing.T) {
	one := Notice{Key: "a", Title: "Kế hoạch", Path: "/a", Pile: "%d cơ quan: kế hoạch", PilePath: "/b", Since: 20261103}
	two := one
	two.Key, two.Since = "b", 20261101
	alone := Notice{Key: "c", Title: "Báo cáo", Path: "/c", Pile: "%d cơ quan: báo cáo"}
	got := piled([]Notice{one, alone, two})
	if len(got) != 2 || got[0].Title != "2 cơ quan: kế hoạch" || got[0].Path != "/b" || got[0].Since != 20261101 || got[1].Title != "Báo cáo" || got[1].Key != "c" {
		t.Errorf("%+v", got)
	}
}
