package sealed_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/sealed"
)

const office org.UnitID = 7

// desk is an office with people and their keys, in a database of its own.
type desk struct {
	t    *testing.T
	d    *db.DB
	now  time.Time
	keys map[int64]*age.X25519Identity // by account
}

// The people of the test: accounts.
const (
	clerk int64 = iota + 1
	custodian
	officer
	second // another custodian
	admin
)

func newDesk(t *testing.T, d *db.DB) *desk {
	o := &desk{t: t, d: d, now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), keys: map[int64]*age.X25519Identity{}}
	o.must(func(tx *db.Tx) error {
		return sealed.TurnOn(t.Context(), tx, o.by(admin), sealed.Approval{Unit: office, Document: "12/QĐ-UBND", On: 20261101, Issuer: "UBND tỉnh", Scope: "Đơn tố cáo của tỉnh", Signer: "Chủ tịch"})
	})
	return o
}

func (o *desk) by(account int64) sealed.By {
	return sealed.By{Account: account, Login: string(rune('a' + account)), At: o.now}
}

func (o *desk) write(fn func(tx *db.Tx) error) error { return o.d.Write(o.t.Context(), fn) }

func (o *desk) must(fn func(tx *db.Tx) error) {
	o.t.Helper()
	if err := o.write(fn); err != nil {
		o.t.Fatal(err)
	}
}

func (o *desk) refused(kind fault.Kind, what string, fn func(tx *db.Tx) error) {
	o.t.Helper()
	if err := o.write(fn); fault.KindOf(err) != kind || err == nil {
		o.t.Errorf("%s: %v", what, err)
	}
}

// key registers and proves a key; it waits for its comparison.
func (o *desk) key(account int64, half sealed.Half) sealed.Key {
	o.t.Helper()
	private := newKey(o.t)
	var k sealed.Key
	o.must(func(tx *db.Tx) (err error) {
		k, err = sealed.Register(o.t.Context(), tx, o.by(account), office, half, private.Recipient().String())
		return err
	})
	answer, err := sealed.Answer(k.Challenge, private)
	if err != nil {
		o.t.Fatal(err)
	}
	o.must(func(tx *db.Tx) error { return sealed.Prove(o.t.Context(), tx, o.by(account), k.ID, answer) })
	o.keys[account] = private
	return k
}

func (o *desk) confirm(by int64, k sealed.Key) {
	o.t.Helper()
	o.must(func(tx *db.Tx) error { return sealed.Confirm(o.t.Context(), tx, o.by(by), k.ID, k.Fingerprint()) })
}

// ready gives the office one custodian and one officer.
func (o *desk) ready() sealed.Ring {
	c, f := o.key(custodian, sealed.Custodian), o.key(officer, sealed.Officer)
	o.confirm(officer, c)
	o.confirm(custodian, f)
	return o.ring()
}

func (o *desk) ring() sealed.Ring {
	o.t.Helper()
	r, err := sealed.RingOf(o.t.Context(), o.d.Read(), office)
	if err != nil {
		o.t.Fatal(err)
	}
	return r
}

var theCase = sealed.Case{Entry: 100, Code: "TC-AAAA-BBBB", Unit: 70}

func (o *desk) deposit(c sealed.Case, id sealed.Identity) {
	o.t.Helper()
	ring := o.ring()
	id.Code = c.Code
	body, err := sealed.Seal(id, sealed.Recipients(ring.Officers), sealed.Recipients(ring.Custodians))
	if err != nil {
		o.t.Fatal(err)
	}
	o.must(func(tx *db.Tx) error {
		return sealed.Deposit(o.t.Context(), tx, o.by(clerk), c, office, ring.Mark(), body)
	})
}

const reason = "Xác minh nội dung tố cáo theo kế hoạch"

func (o *desk) ask(c sealed.Case) (id int64) {
	o.t.Helper()
	o.must(func(tx *db.Tx) (err error) {
		id, err = sealed.Ask(o.t.Context(), tx, o.by(officer), c, office, sealed.ToRead, reason)
		return err
	})
	return id
}

func (o *desk) opening(id int64) sealed.Opening {
	o.t.Helper()
	got, err := sealed.OpeningByID(o.t.Context(), o.d.Read(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return got
}

func (o *desk) release(id int64, by int64) error {
	r, err := sealed.Offered(o.t.Context(), o.d.Read(), o.opening(id), o.now)
	if err != nil {
		return err
	}
	inner, err := sealed.OpenOuter(r.Body, o.keys[by])
	if err != nil {
		return err
	}
	return o.write(func(tx *db.Tx) error { return sealed.Release(o.t.Context(), tx, o.by(by), id, inner) })
}

func (o *desk) fetch(id, by int64, form string) (inner []byte, err error) {
	err = o.write(func(tx *db.Tx) (err error) {
		inner, err = sealed.Fetch(o.t.Context(), tx, o.by(by), id, form)
		return err
	})
	return inner, err
}

// leaves counts the leaves of an act.
func (o *desk) leaves(act string) (n int) {
	o.t.Helper()
	if err := o.d.Read().QueryRowContext(o.t.Context(), `SELECT count(*) FROM audit_leaf WHERE act = $1`, act).Scan(&n); err != nil {
		o.t.Fatal(err)
	}
	return n
}

func TestFromDepositToOpening(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		o.ready()
		o.deposit(theCase, somebody)
		id := o.ask(theCase)
		if o.leaves("identity_ask") != 1 {
			t.Error("asking leaves no leaf")
		}
		if _, err := o.fetch(id, officer, "f"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("fetched before it was released: %v", err)
		}
		o.refused(fault.Denied, "the asker answers himself", func(tx *db.Tx) error {
			return sealed.Refuse(t.Context(), tx, o.by(officer), id, reason)
		})
		if err := o.release(id, custodian); err != nil {
			t.Fatal(err)
		}
		if err := o.release(id, custodian); fault.KindOf(err) != fault.Conflict {
			t.Errorf("released twice: %v", err)
		}
		if _, err := o.fetch(id, clerk, "f"); fault.KindOf(err) != fault.Denied {
			t.Errorf("fetched by another: %v", err)
		}
		inner, err := o.fetch(id, officer, "f")
		if err != nil || o.leaves("identity_fetch") != 1 {
			t.Fatalf("fetch: %v, %d leaves", err, o.leaves("identity_fetch"))
		}
		got, err := sealed.OpenInner(inner, o.keys[officer], theCase.Code)
		if err != nil || got.Name != somebody.Name {
			t.Errorf("opened %+v, %v", got, err)
		}
		again, err := o.fetch(id, officer, "f")
		if err != nil || len(again) != len(inner) || o.leaves("identity_fetch") != 1 {
			t.Errorf("the form sent twice: %v, %d leaves", err, o.leaves("identity_fetch"))
		}
		if _, err := o.fetch(id, officer, "g"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("fetched a second time: %v", err)
		}
		o.now = o.now.Add(sealed.FetchGrace)
		o.must(func(tx *db.Tx) error { return sealed.Sweep(t.Context(), tx, o.now) })
		if _, err := o.fetch(id, officer, "f"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("fetched after the grace: %v", err)
		}
		var left int
		if err := d.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM sealed_opening WHERE length(inner_file) > 0`).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d inner files are still there, %v", left, err)
		}
	})
}

func TestRequestsRunOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		o.ready()
		o.deposit(theCase, somebody)
		first := o.ask(theCase)
		o.refused(fault.Conflict, "asked twice", func(tx *db.Tx) error {
			_, err := sealed.Ask(t.Context(), tx, o.by(officer), theCase, office, sealed.ToRead, reason)
			return err
		})
		o.now = o.now.Add(sealed.AskLife)
		if err := o.release(first, custodian); fault.KindOf(err) != fault.Conflict {
			t.Errorf("released after it ran out: %v", err)
		}
		next := o.ask(theCase)
		if err := o.release(next, custodian); err != nil {
			t.Fatal(err)
		}
		o.now = o.now.Add(sealed.ReleaseLife)
		if _, err := o.fetch(next, officer, "f"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("fetched after it ran out: %v", err)
		}
		o.must(func(tx *db.Tx) error { return sealed.Sweep(t.Context(), tx, o.now) })
		if got := o.opening(next).State; got != sealed.Expired {
			t.Errorf("after the sweep it is %s", got)
		}
	})
}

// TestACaseWithoutRecord goes the same way, to an empty envelope.
func TestACaseWithoutRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		o.refused(fault.Conflict, "asked without keys", func(tx *db.Tx) error {
			_, err := sealed.Ask(t.Context(), tx, o.by(officer), theCase, office, sealed.ToRead, reason)
			return err
		})
		o.ready()
		id := o.ask(theCase)
		if err := o.release(id, custodian); err != nil {
			t.Fatal(err)
		}
		inner, err := o.fetch(id, officer, "f")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := sealed.OpenInner(inner, o.keys[officer], theCase.Code); err != nil || got.Kind != sealed.Empty {
			t.Errorf("opened %+v, %v", got, err)
		}
	})
}

func TestKeysGoTheirWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		k := o.key(custodian, sealed.Custodian)
		for name, by := range map[string]int64{"its holder": custodian, "nobody's": admin} {
			o.refused(fault.Denied, "confirmed by "+name, func(tx *db.Tx) error {
				return sealed.Confirm(t.Context(), tx, o.by(by), k.ID, k.Fingerprint())
			})
		}
		o.refused(fault.Denied, "both halves on one account", func(tx *db.Tx) error {
			_, err := sealed.Register(t.Context(), tx, o.by(custodian), office, sealed.Officer, newKey(t).Recipient().String())
			return err
		})
		f := o.key(officer, sealed.Officer)
		o.refused(fault.Invalid, "a wrong fingerprint", func(tx *db.Tx) error {
			return sealed.Confirm(t.Context(), tx, o.by(officer), k.ID, f.Fingerprint())
		})
		o.confirm(officer, k)
		o.confirm(custodian, f)
		o.refused(fault.Invalid, "a wrong answer", func(tx *db.Tx) error {
			return sealed.Prove(t.Context(), tx, o.by(custodian), k.ID, "không phải")
		})
		if !o.ring().Complete() {
			t.Fatal("the ring is not complete")
		}

		o.deposit(theCase, somebody)
		later := theCase
		later.Entry, later.Code = 101, "TC-CCCC-DDDD"
		o.deposit(later, somebody)
		old := o.keys[custodian]
		newer := o.key(custodian, sealed.Custodian)
		o.confirm(officer, newer)
		work, err := sealed.Stale(t.Context(), d.Read(), office)
		if err != nil || len(work) != 2 || !work[0].OuterOld || work[0].InnerOld || work[0].Dead {
			t.Fatalf("worklist %+v, %v", work, err)
		}
		inner, err := sealed.OpenOuter(work[0].Body, old)
		if err != nil {
			t.Fatal(err)
		}
		body, err := sealed.Close(inner, sealed.Recipients(o.ring().Custodians))
		if err != nil {
			t.Fatal(err)
		}
		w := work[0]
		o.must(func(tx *db.Tx) error {
			return sealed.Recover(t.Context(), tx, o.by(custodian), w.Entry, w.Version, o.ring().Mark(), body)
		})
		o.refused(fault.Conflict, "closed anew twice", func(tx *db.Tx) error {
			return sealed.Recover(t.Context(), tx, o.by(custodian), w.Entry, w.Version, o.ring().Mark(), body)
		})
		o.must(func(tx *db.Tx) error {
			return sealed.End(t.Context(), tx, o.by(admin), k.ID, sealed.Lost, "hỏng máy, không còn bản dự phòng")
		})
		work, err = sealed.Stale(t.Context(), d.Read(), office)
		if err != nil || len(work) != 1 || !work[0].Dead || work[0].Code != later.Code {
			t.Errorf("after the old key was lost: %+v, %v", work, err)
		}
	})
}

// TestAnOfficerLeaves opens with the second officer and seals anew to those who serve.
func TestSealedAnewByTheOfficer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		o.ready()
		o.deposit(theCase, somebody)
		c2 := o.key(second, sealed.Custodian)
		o.confirm(officer, c2)
		if got := len(o.ring().Custodians); got != 2 {
			t.Fatalf("%d custodians", got)
		}
		id := o.ask(theCase)
		if err := o.release(id, custodian); err != nil {
			t.Fatal(err)
		}
		inner, err := o.fetch(id, officer, "f")
		if err != nil {
			t.Fatal(err)
		}
		who, err := sealed.OpenInner(inner, o.keys[officer], theCase.Code)
		if err != nil {
			t.Fatal(err)
		}
		ring := o.ring()
		body, err := sealed.Seal(who, sealed.Recipients(ring.Officers), sealed.Recipients(ring.Custodians))
		if err != nil {
			t.Fatal(err)
		}
		o.refused(fault.Denied, "sealed anew by another", func(tx *db.Tx) error {
			return sealed.Reseal(t.Context(), tx, o.by(clerk), id, ring.Mark(), body)
		})
		o.must(func(tx *db.Tx) error { return sealed.Reseal(t.Context(), tx, o.by(officer), id, ring.Mark(), body) })
		work, err := sealed.Stale(t.Context(), d.Read(), office)
		if err != nil || len(work) != 0 {
			t.Errorf("still to be done: %+v, %v", work, err)
		}
		o.now = o.now.Add(time.Hour)
		id = o.ask(theCase)
		if err := o.release(id, second); err != nil {
			t.Errorf("the second custodian: %v", err)
		}
	})
}

func TestTurnedOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		chain := []org.UnitID{70, office, 1}
		found, err := sealed.Office(t.Context(), d.Read(), chain)
		if err != nil || found == nil || found.Unit != office {
			t.Fatalf("office %+v, %v", found, err)
		}
		o.refused(fault.Conflict, "turned on twice", func(tx *db.Tx) error {
			return sealed.TurnOn(t.Context(), tx, o.by(admin), *found)
		})
		o.must(func(tx *db.Tx) error {
			return sealed.TurnOff(t.Context(), tx, o.by(admin), office, "Hết thời hạn phê duyệt")
		})
		if found, err = sealed.Office(t.Context(), d.Read(), chain); err != nil || found != nil {
			t.Errorf("after turning off: %+v, %v", found, err)
		}
		o.refused(fault.Invalid, "turned on without a document", func(tx *db.Tx) error {
			return sealed.TurnOn(t.Context(), tx, o.by(admin), sealed.Approval{Unit: office, On: 20261101})
		})
	})
}

func TestRedactionIsCheckedByAnother(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		note := func(digest string) {
			o.must(func(tx *db.Tx) error { return sealed.Redacted(t.Context(), tx, o.by(officer), 100, 70, digest) })
		}
		check := func(by int64, digest string) error {
			return o.write(func(tx *db.Tx) error { return sealed.CheckRedaction(t.Context(), tx, o.by(by), 100, digest) })
		}
		note("a")
		if err := check(officer, "a"); fault.KindOf(err) != fault.Denied {
			t.Errorf("checked by the one who made it: %v", err)
		}
		if err := check(clerk, "b"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("checked what is not there: %v", err)
		}
		if err := check(clerk, "a"); err != nil {
			t.Fatal(err)
		}
		r, err := sealed.RedactionOf(t.Context(), d.Read(), 100)
		if err != nil || !r.Covers("a") || r.Covers("b") {
			t.Errorf("checked: %+v, %v", r, err)
		}
		note("b")
		if r, err = sealed.RedactionOf(t.Context(), d.Read(), 100); err != nil || r.Covers("a") || r.Covers("b") {
			t.Errorf("after a change: %+v, %v", r, err)
		}
	})
}

// TestTwoAtOnce: of many who release the same request at once, one does.
func TestTwoAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		o.ready()
		o.deposit(theCase, somebody)
		id := o.ask(theCase)
		r, err := sealed.Offered(t.Context(), d.Read(), o.opening(id), o.now)
		if err != nil {
			t.Fatal(err)
		}
		inner, err := sealed.OpenOuter(r.Body, o.keys[custodian])
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		done := make(chan error, 8)
		for range 8 {
			wg.Go(func() {
				done <- d.Write(context.WithoutCancel(t.Context()), func(tx *db.Tx) error { return sealed.Release(t.Context(), tx, o.by(custodian), id, inner) })
			})
		}
		wg.Wait()
		close(done)
		released := 0
		for err := range done {
			if err == nil {
				released++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if released != 1 || o.leaves("identity_release") != 1 {
			t.Errorf("%d releases, %d leaves", released, o.leaves("identity_release"))
		}
	})
}

// TestNothingInPlain looks at every value that the tables hold.
func TestNothingInPlain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		o.ready()
		o.deposit(theCase, somebody)
		id := o.ask(theCase)
		if err := o.release(id, custodian); err != nil {
			t.Fatal(err)
		}
		var rows []string
		for _, query := range []string{`SELECT body FROM sealed_record`, `SELECT inner_file FROM sealed_opening`} {
			var b []byte
			if err := d.Read().QueryRowContext(t.Context(), query).Scan(&b); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, string(b))
		}
		for _, word := range []string{somebody.Name, somebody.Phone, "Nà Thử"} {
			if strings.Contains(strings.Join(rows, ""), word) {
				t.Errorf("%q stands in the database", word)
			}
		}
	})
}

// TestVerifySees: rows that somebody changes beside the program differ from the log.
func TestVerifySees(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		o.ready()
		o.deposit(theCase, somebody)
		id := o.ask(theCase)
		if err := o.release(id, custodian); err != nil {
			t.Fatal(err)
		}
		if _, err := o.fetch(id, officer, "f"); err != nil {
			t.Fatal(err)
		}
		o.must(func(tx *db.Tx) error { return sealed.Redacted(t.Context(), tx, o.by(officer), 100, 70, "a") })
		o.must(func(tx *db.Tx) error { return sealed.CheckRedaction(t.Context(), tx, o.by(clerk), 100, "a") })
		found := func() []string {
			list, err := sealed.Verify(t.Context(), d.Read())
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if list := found(); len(list) != 0 {
			t.Errorf("nothing was touched: %q", list)
		}
		for _, change := range []string{
			`UPDATE sealed_opening SET reason = 'khác hẳn lý do đã ghi'`,
			`UPDATE sealed_key SET account = 77 WHERE half = 'custodian'`,
			`UPDATE sealed_office SET document = '99/QĐ'`,
			`UPDATE sealed_redaction SET checked_by = by_account`,
			`DELETE FROM sealed_opening`,
		} {
			before := strings.Join(found(), ";")
			o.must(func(tx *db.Tx) error { _, err := tx.ExecContext(t.Context(), change); return err })
			if strings.Join(found(), ";") == before {
				t.Errorf("not seen: %s", change)
			}
		}
	})
}
