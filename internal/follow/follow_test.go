package follow_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
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
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/follow"
	"danvan/internal/ledger"
	"danvan/internal/matter"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sending"
	"danvan/internal/vault"
)

const today civil.Date = 20261122

// office is a commune's desk whose senders follow their letters.
type office struct {
	testing.TB
	db     *db.DB
	ledger *ledger.Ledger
	desk   *follow.Desk
	acts   petition.Office
	day    civil.Date
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newOffice(t testing.TB, d *db.DB) *office {
	t.Helper()
	cat, err := catalog.Load(catalogdata.FS)
	must(t, err)
	o := &office{TB: t, db: d, day: today, ledger: ledger.New(cat)}
	now := func() time.Time { return o.day.Time().Add(3 * time.Hour) }
	o.ledger.Now, o.ledger.InOrder = now, d.Engine() == db.SQLite
	keeper := &org.Keeper{DB: d, Hooks: o.ledger}
	set := fstest.MapFS{"t/units.csv": {Data: []byte("code,name,level,type,parent\nT1,Tỉnh Thử,province,Tỉnh,\nA,Xã A,commune,Xã,T1\nB,Xã B,commune,Xã,T1\n")}}
	must(t, d.WriteAlone(t.Context(), func(tx *db.Tx) error {
		return keeper.LoadSet(t.Context(), tx, set, "t", ledger.BodyRules(cat.Latest()))
	}))
	dir := t.TempDir()
	v, err := vault.Open(t.Context(), d, dir)
	must(t, err)
	store, err := files.New(d, filepath.Join(dir, "files"), 0)
	must(t, err)
	book := &dossier.Book{DB: d, Vault: v, Files: store}
	clocks := &petition.Clocks{Catalog: cat, Ledger: o.ledger, DB: d, Now: now}
	o.ledger.After = clocks.Posted
	o.acts = petition.Office{Ledger: o.ledger, Law: petition.Law{Edition: cat.Latest()}, Clocks: clocks, Now: now}
	o.desk = &follow.Desk{DB: d, Ledger: o.ledger, Catalog: cat, Tree: keeper.Tree, Dossiers: book, Clocks: clocks, Now: now, Tries: &follow.Tries{},
		Sendings: &sending.Office{DB: d, Catalog: cat, Ledger: o.ledger, Dossiers: book, Tree: keeper.Tree, Now: now},
		Matters:  &matter.Store{Dossiers: book, Catalog: cat, Tree: keeper.Tree, Now: now}}
	return o
}

func (o *office) write(fn func(tx *db.Tx) error) {
	o.Helper()
	must(o.TB, o.db.Write(context.Background(), fn))
}

// letter takes a letter in at the desk of commune A and gives its code.
func (o *office) letter(class string) (int64, follow.Issued) {
	o.Helper()
	var id int64
	var code follow.Issued
	o.write(func(tx *db.Tx) error {
		tree, err := o.desk.Tree(o.Context())
		must(o.TB, err)
		u, err := tree.Resolve("A.UBND", org.OnDay(o.day), o.day)
		must(o.TB, err)
		line, err := petition.NextLine(o.Context(), tx, u.ID, 2026, petition.Denounces(class))
		must(o.TB, err)
		p, err := o.ledger.Record(o.Context(), tx, "tiepdan", ledger.Draft{Kind: petition.Letter, Unit: "A.UBND", Day: o.day, Fields: map[string]any{
			"class": class, "field": "land", "received_on": o.day.String(), "code": line.Code, "number": fmt.Sprint(line.Number),
			"steps": []any{map[string]any{"act": "received", "on": o.day.String()}}}})
		must(o.TB, err)
		id = p.ID
		must(o.TB, petition.Enter(o.Context(), tx, id, line))
		must(o.TB, o.desk.Dossiers.Put(o.Context(), tx, "tiepdan", dossier.Item{Entry: id, Content: dossier.Content{Text: "Mương sạt ở CANARYnguon"}, Marked: !petition.Denounces(class)}))
		code, err = o.desk.Issue(o.Context(), tx, "tiepdan", id, "khoa-1", "")
		return err
	})
	return id, code
}

func (o *office) Context() context.Context { return context.Background() }

func (o *office) act(id int64, a petition.Act) {
	o.Helper()
	e, err := o.ledger.Entry(o.Context(), o.db.Read(), id)
	must(o.TB, err)
	a.On, a.DocumentOn = o.day, o.day
	o.write(func(tx *db.Tx) error { _, err := o.acts.Do(o.Context(), tx, "xulydon", id, e.Version, a); return err })
}

func (o *office) show(number, code string) *follow.Public {
	o.Helper()
	f, err := o.desk.Find(o.Context(), o.db.Read(), "10.0.0.1", number, code)
	must(o.TB, err)
	p, err := o.desk.Show(o.Context(), o.db.Read(), f)
	must(o.TB, err)
	return p
}

// publish writes an answer and has another person check it.
func (o *office) publish(id int64, r follow.Reply) follow.Answer {
	o.Helper()
	var a follow.Answer
	o.write(func(tx *db.Tx) (err error) {
		a, err = o.desk.Compose(o.Context(), tx, "xulydon", id, 0, 0, r)
		return err
	})
	err := o.db.Write(o.Context(), func(tx *db.Tx) error { return o.desk.Check(o.Context(), tx, "xulydon", id, a.N, a.Version) })
	if fault.KindOf(err) != fault.Denied {
		o.Errorf("who wrote an answer published it: %v", err)
	}
	o.write(func(tx *db.Tx) error { return o.desk.Check(o.Context(), tx, "lanhdao", id, a.N, a.Version) })
	return a
}

var answered = petition.Act{Act: "answered", Document: "214/UBND", Signer: "Chủ tịch", Outcome: "answered"}

// A letter from the desk to the reopening, as its sender sees it.
func TestFromReceiptToReopening(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		id, code := o.letter("proposal")
		p := o.show(strings.ToLower(code.Number), strings.ToLower(strings.ReplaceAll(code.Code, "-", " ")))
		if p.Number != code.Number || p.Body != "Ủy ban nhân dân xã A" || p.At.Name.Vi != "Đã nhận" || len(p.Limits) == 0 || !p.Steps[0].Next || p.Steps[len(p.Steps)-1].On != today {
			t.Fatalf("at first: %+v", p)
		}
		if !p.MayWrite || !p.MayWithdraw || p.MayReopen {
			t.Errorf("may at first: %+v", p)
		}
		o.write(func(tx *db.Tx) error {
			_, err := o.desk.Say(t.Context(), tx, "xulydon", follow.Draft{Entry: id, Kind: follow.Ask, Text: "Xin thêm ảnh", Until: today.AddDays(5)})
			return err
		})
		if p = o.show(code.Number, code.Code); p.Asked == nil || p.Asked.Until != today.AddDays(5) {
			t.Fatalf("asked: %+v", p.Asked)
		}
		o.write(func(tx *db.Tx) error {
			_, err := o.desk.Write(t.Context(), tx, follow.Draft{Entry: id, Kind: follow.Supply, Text: "Ảnh đây"})
			return err
		})
		unread, err := o.desk.Unread(t.Context(), d.Read())
		must(t, err)
		if len(unread) != 1 || unread[0].Entry != id || unread[0].N != 1 {
			t.Fatalf("unread: %+v", unread)
		}
		o.write(func(tx *db.Tx) error { return o.desk.Read(t.Context(), tx, "xulydon", id) })
		if p = o.show(code.Number, code.Code); p.Asked != nil || len(p.Talks) != 2 || !p.Talks[0].Mine || !p.Talks[0].Read {
			t.Fatalf("supplied: %+v", p.Talks)
		}
		o.day = today.AddDays(60)
		if p = o.show(code.Number, code.Code); p.Late == nil || p.Late.Days < 1 || p.Late.Why != "" {
			t.Fatalf("late: %+v", p.Late)
		}
		o.write(func(tx *db.Tx) error {
			_, err := o.desk.Say(t.Context(), tx, "xulydon", follow.Draft{Entry: id, Kind: follow.Explain, Text: "Chờ đo lại mương", Until: o.day.AddDays(3)})
			return err
		})
		if p = o.show(code.Number, code.Code); p.Late.Why != "Chờ đo lại mương" || p.Late.Promise != o.day.AddDays(3) {
			t.Fatalf("why late: %+v", p.Late)
		}
		o.act(id, answered)
		a := o.publish(id, follow.Reply{Text: "Xã sửa mương trước 30/6."})
		if p = o.show(code.Number, code.Code); len(p.Answers) != 1 || p.Answers[0].Text != "Xã sửa mương trước 30/6." || p.Late != nil || p.MayWrite || !p.MayReopen {
			t.Fatalf("answered: %+v", p)
		}
		rate := func(score int) error {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				return o.desk.Rate(t.Context(), tx, id, a.N, follow.Rating{Score: score, Reasons: []string{"late", "bịa"}})
			})
		}
		must(t, rate(2))
		must(t, rate(4))
		totals, err := follow.RatingTotals(t.Context(), d.Read(), 202601, 202712)
		must(t, err)
		if len(totals) != 1 || totals[0].N != 1 || totals[0].Score != 4 || totals[0].Field != "land" {
			t.Fatalf("totals: %+v", totals)
		}
		o.day = o.day.AddDays(16)
		if err := rate(1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a rating was changed after its time: %v", err)
		}
		o.reopens(id, code)
	})
}

// reopens opens a letter anew, ten times at once, and looks at both.
func (o *office) reopens(id int64, code follow.Issued) {
	o.Helper()
	f := follow.Found{Entry: id}
	var wg sync.WaitGroup
	errs := make([]error, 10)
	for i := range errs {
		wg.Go(func() {
			errs[i] = o.db.Write(context.Background(), func(tx *db.Tx) error {
				_, err := o.desk.Reopen(context.Background(), tx, f, "Mương vẫn sạt, chưa thấy ai làm")
				return err
			})
		})
	}
	wg.Wait()
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
		} else if fault.KindOf(err) != fault.Conflict {
			o.Errorf("reopened at once: %v", err)
		}
	}
	p := o.show(code.Number, code.Code)
	if n != 1 || len(p.After) != 1 || p.MayReopen {
		o.Fatalf("reopened %d times: %+v", n, p.After)
	}
	q := o.show(p.After[0].Number, code.Code)
	if q.Before == nil || q.Before.Number != code.Number || q.Received != o.day || len(q.Limits) == 0 || q.Class != p.Class {
		o.Fatalf("the follow-up: %+v", q)
	}
	m, err := o.desk.Matters.Of(context.Background(), o.db.Read(), q.To)
	must(o.TB, err)
	if m == nil {
		o.Error("the two letters are in no matter")
	}
	content, _, err := o.desk.Dossiers.ContentOf(context.Background(), o.db.Read(), q.To)
	must(o.TB, err)
	if !strings.Contains(content.Text, "Mương vẫn sạt") || !strings.Contains(content.Text, "CANARYnguon") {
		o.Errorf("content of the follow-up: %q", content.Text)
	}
}

// Of a denunciation nothing is told that would tell it from another letter.
func TestDenunciationsAreToldQuietly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		id, code := o.letter("denunciation")
		if !strings.HasPrefix(code.Number, "TC-") {
			t.Errorf("number %s", code.Number)
		}
		o.act(id, petition.Act{Act: "accepted", Document: "01/QĐ", Signer: "Chủ tịch"})
		o.publish(id, follow.Reply{Text: "Việc đang làm.", Document: "99/TB-XYZ"})
		text := fmt.Sprintf("%+v", *o.show(code.Number, code.Code))
		for _, word := range []string{"ố cáo", "denunciation", "01/QĐ", "99/TB", "hụ lý", "Luật", "land", "CANARY", "xulydon", "lanhdao"} {
			if strings.Contains(text, word) {
				t.Errorf("the page of a denunciation says %q:\n%s", word, text)
			}
		}
	})
}

// Whatever is wrong, the answer is one and the same; tries are bounded and the owner is never shut out.
func TestOneErrorForNumberAndCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		_, code := o.letter("proposal")
		find := func(address, number, secret string) error {
			_, err := o.desk.Find(t.Context(), d.Read(), address, number, secret)
			return err
		}
		for _, x := range [][2]string{{code.Number, "0000-0000-0000-0000"}, {"DT-2026-999999", code.Code}, {"", ""}, {code.Number, ""}, {"'; DROP TABLE entry", code.Code}} {
			if err := find("10.0.0.9", x[0], x[1]); !errors.Is(err, follow.ErrNone) {
				t.Errorf("%q: %v", x, err)
			}
		}
		for range 20 {
			guess, _ := sending.NewCode()
			_ = find("10.0.0.9", code.Number, guess)
			_ = find("10.0.0.11", code.Number, "AAAA-AAAA-AAAA-AAAA") // no code at all: a slip of the pen
		}
		must(t, find("10.0.0.11", code.Number, code.Code))
		if err := find("10.0.0.9", code.Number, code.Code); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("after 20 wrong tries from one address: %v", err)
		}
		must(t, find("10.0.0.10", code.Number, code.Code))
		now := o.desk.Now
		o.desk.Now = func() time.Time { return now().Add(3 * time.Minute) }
		must(t, find("10.0.0.9", code.Number, code.Code))
	})
}

// A code is shown by the form that asked for it and no more; a new one needs a reason and closes the old.
func TestCodesAreShownOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		id, code := o.letter("proposal")
		issue := func(key, reason string) (is follow.Issued, err error) {
			err = d.Write(t.Context(), func(tx *db.Tx) (err error) {
				is, err = o.desk.Issue(t.Context(), tx, "tiepdan", id, key, reason)
				return err
			})
			return is, err
		}
		again, err := issue("khoa-1", "")
		must(t, err)
		if again != code {
			t.Errorf("the form sent twice gave %v and %v", code, again)
		}
		if _, err := issue("khoa-2", ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a second code without a reason: %v", err)
		}
		two, err := issue("khoa-2", "Mất giấy biên nhận")
		must(t, err)
		if _, err := o.desk.Find(t.Context(), d.Read(), "x", code.Number, code.Code); !errors.Is(err, follow.ErrNone) {
			t.Errorf("the former code: %v", err)
		}
		o.show(two.Number, two.Code)
		pass := o.desk.Pass(follow.Found{Entry: id, Number: two.Number})
		if got, err := o.desk.Opened(pass); err != nil || got.Entry != id || got.Number != two.Number {
			t.Errorf("pass: %+v %v", got, err)
		}
		if _, err := o.desk.Opened("x" + pass); err == nil {
			t.Error("a forged pass opens")
		}
		o.day = o.day.AddDays(1)
		if _, err := o.desk.Opened(pass); err == nil {
			t.Error("yesterday's pass opens")
		}
		if _, err := issue("khoa-2", ""); fault.KindOf(err) != fault.Conflict {
			t.Errorf("shown again a day later: %v", err)
		}
	})
}

// What was sent through the portal is followed from the first moment, under its number and code also as a letter and as a
// follow-up; a code from the desk takes the place of the first.
func TestWhatWasSentIsFollowed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		tree, err := o.desk.Tree(t.Context())
		must(t, err)
		place := tree.On("A", today)
		var r sending.Receipt
		o.write(func(tx *db.Tx) (err error) {
			r, err = o.desk.Sendings.Send(t.Context(), tx, sending.Draft{Key: sending.NewKey(), Topic: "moi-truong", Place: place.ID, Text: "Bãi rác ở đầu cầu bốc mùi, gây ô nhiễm suối."})
			return err
		})
		p := o.show(r.Number, r.Code)
		if !p.Waits || p.MayWrite || p.Body != "Ủy ban nhân dân xã A" || p.Number != r.Number {
			t.Fatalf("as it was sent: %+v", p)
		}
		if _, err := o.desk.Opened(o.desk.Pass(p.Found)); err == nil {
			t.Error("a pass opens what no office took in")
		}
		var id int64
		o.write(func(tx *db.Tx) (err error) {
			id, err = o.desk.Sendings.TakeIn(t.Context(), tx, "tiepdan", r.ID, sending.Taking{Class: "reflection", Field: "environment", Summary: "Bãi rác", Key: "k"})
			return err
		})
		p = o.show(r.Number, r.Code)
		if p.Waits || p.Number != r.Number || p.To != id || !p.MayWrite {
			t.Fatalf("taken in: %+v", p)
		}
		o.act(id, petition.Act{Act: "guided"})
		var l *follow.Link
		o.write(func(tx *db.Tx) (err error) {
			l, err = o.desk.Reopen(t.Context(), tx, follow.Found{Entry: id, Number: r.Number}, "Chưa ai dọn bãi rác cả")
			return err
		})
		if q := o.show(l.Number, r.Code); q.Before == nil || q.Before.Number != r.Number {
			t.Fatalf("the follow-up: %+v", q)
		}
		var code follow.Issued
		o.write(func(tx *db.Tx) (err error) {
			code, err = o.desk.Issue(t.Context(), tx, "tiepdan", id, "khoa", "")
			return err
		})
		if code.Number != r.Number {
			t.Errorf("the desk's code is for %s, not %s", code.Number, r.Number)
		}
		o.show(r.Number, code.Code)
		if _, err := o.desk.Find(t.Context(), d.Read(), "x", r.Number, r.Code); !errors.Is(err, follow.ErrNone) {
			t.Errorf("the first code: %v", err)
		}
	})
}

// The public type has no room for what is sealed.
func TestNothingSealedFitsIntoPublic(t *testing.T) {
	var walk func(typ reflect.Type, seen map[reflect.Type]bool)
	walk = func(typ reflect.Type, seen map[reflect.Type]bool) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			switch f.Name {
			case "Sender", "Content", "Officer", "Verifier", "Actor", "CheckedBy", "ReadBy", "Case":
				t.Errorf("%s has a field %s", typ, f.Name)
			}
			if pkg := f.Type.PkgPath(); strings.HasSuffix(pkg, "/dossier") || strings.HasSuffix(pkg, "/sealed") || strings.HasSuffix(pkg, "/vault") || strings.HasSuffix(pkg, "/petition") {
				t.Errorf("%s.%s is of %s", typ, f.Name, pkg)
			}
			walk(f.Type, seen)
		}
	}
	walk(reflect.TypeFor[follow.Public](), map[reflect.Type]bool{})
}
