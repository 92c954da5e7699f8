package dialogue_test

import (
	"errors"
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
	"danvan/internal/dialogue"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

const unitsCSV = `code,name,level,type,parent
T1,Tỉnh Thử,province,Tỉnh,
A,Xã A,commune,Xã,T1
`

const today civil.Date = 20261122

var law = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(catalogdata.FS) })

// hall is a commune's hall with the regulation as it is.
type hall struct {
	testing.TB
	db     *db.DB
	ledger *ledger.Ledger
	desk   dialogue.Desk
	shelf  *dialogue.Shelf
	body   string
}

func open(t testing.TB, d *db.DB) *hall {
	t.Helper()
	c, err := law()
	if err != nil {
		t.Fatal(err)
	}
	l := ledger.New(c)
	l.Now = func() time.Time { return time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC) }
	l.InOrder = d.Engine() == db.SQLite
	keeper := &org.Keeper{DB: d, Hooks: l}
	h := &hall{TB: t, db: d, ledger: l, shelf: &dialogue.Shelf{Ledger: l, Catalog: c, Engine: d.Engine()}}
	h.write(func(tx *db.Tx) error {
		return keeper.LoadSet(t.Context(), tx, fstest.MapFS{"t/units.csv": {Data: []byte(unitsCSV)}}, "t", ledger.BodyRules(c.Latest()))
	})
	tree, err := keeper.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.body = ledger.Ref(tree.On("A.UBND", today))
	h.desk = dialogue.Desk{Ledger: l, Tree: tree}
	l.After = h.desk.Posted
	return h
}

func (h *hall) write(do func(tx *db.Tx) error) {
	h.Helper()
	if err := h.db.Write(h.Context(), do); err != nil {
		h.Fatal(err)
	}
}

func (h *hall) put(d ledger.Draft) int64 {
	h.Helper()
	d.Unit = h.body
	var id int64
	h.write(func(tx *db.Tx) error {
		p, err := h.ledger.Record(h.Context(), tx, "an", d)
		id = p.ID
		return err
	})
	return id
}

func (h *hall) promise(id int64) *dialogue.Promise {
	h.Helper()
	p, ok, err := h.shelf.Promise(h.Context(), h.db.Read(), id)
	if err != nil || !ok {
		h.Fatal(ok, err)
	}
	return p
}

func (h *hall) note(id int64, key string, s dialogue.Said) (ledger.Posted, error) {
	var p ledger.Posted
	err := h.db.Write(h.Context(), func(tx *db.Tx) error {
		var err error
		p, err = h.desk.Note(h.Context(), tx, "an", id, key, s, nil, today)
		return err
	})
	return p, err
}

func TestFromAnnouncementToPromise(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		plan := h.put(ledger.Draft{Key: "plan", Kind: dialogue.PlanKind, Day: 20261101, Fields: map[string]any{"topic": "Đường, điện", "sort": "people", "host": "chair", "planned_on": "2026-11-20", "from_hour": "07:30", "venue": "Nhà văn hóa", "announced_on": "2026-11-05"}})
		o, ok, err := h.shelf.Occasion(t.Context(), d.Read(), plan)
		if err != nil || !ok || o.State(20261119) != dialogue.Planned || o.State(20261120) != dialogue.Today || o.State(today) != dialogue.Missed || !o.Public() {
			t.Fatalf("plan %+v %v %v", o.Plan, ok, err)
		}
		session := h.put(ledger.Draft{Key: "held", Kind: o.Plan.SessionKindOf(), Day: 20261120, Carries: fmt.Sprintf("#%d", plan), Fields: dialogue.Opening(o.Plan.SessionKindOf(), o.Setting(), o.Plan.AnnouncedOn)})
		raise := func(key string, set map[string]any) int64 {
			var id int64
			h.write(func(tx *db.Tx) error {
				p, err := h.desk.Raise(t.Context(), tx, "an", session, key, set)
				id = p.ID
				return err
			})
			return id
		}
		one := raise("i1", map[string]any{"subject": "Đường thôn", "topic": "infrastructure", "mentions": 4, "answer_mode": "on_spot", "answered_on": "2026-11-20", "answer": "Sẽ làm"})
		raise("i2", map[string]any{"subject": "Điện", "topic": "electricity_water", "answer_mode": "later", "due_on": "2026-12-05"})
		if again := raise("i1", map[string]any{"subject": "Đường thôn", "topic": "infrastructure"}); again != one {
			t.Errorf("sent twice: %d and %d", one, again)
		}
		o, _, err = h.shelf.Occasion(t.Context(), d.Read(), plan)
		if err != nil || o.Session == nil || o.Session.Totals != (dialogue.Totals{Opinions: 5, Answered: 4, Forwarded: 1}) || o.State(today) != dialogue.Running {
			t.Fatalf("session %+v, %v", o.Session, err)
		}
		due, err := h.shelf.IssuesDue(t.Context(), d.Read(), nil)
		if err != nil || len(due) != 1 || due[0].Turn != 2 || due[0].Late(20261205) || !due[0].Late(20261206) {
			t.Errorf("due %+v, %v", due, err)
		}
		id := h.put(ledger.Draft{Key: "p", Kind: dialogue.PromiseKind, Day: 20261120, Carries: fmt.Sprintf("#%d", one), Fields: map[string]any{"subject": "Đổ bê tông", "source": "dialogue", "due_on": "2026-12-20", "measure": "m", "total": "180"}})
		from, err := h.shelf.Origin(t.Context(), d.Read(), h.promise(id))
		if err != nil || from.Issue == nil || from.Issue.ID != one || from.Session == nil || from.Session.ID != session {
			t.Errorf("origin %+v, %v", from, err)
		}
		all, err := h.shelf.Occasions(t.Context(), d.Read(), nil, civil.Period{From: 20261101, To: 20261231})
		if err != nil || len(all) != 1 || all[0].Plan == nil || all[0].Session == nil {
			t.Errorf("occasions %+v, %v", all, err)
		}
	})
}

func TestVotersAreTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		tree := h.desk.Tree
		h.body = ledger.Ref(tree.On("A.HDND", today))
		s := dialogue.Setting{Topic: "Trước kỳ họp cuối năm", Sort: dialogue.Voters, Host: "council", Venue: "Hội trường"}
		session := h.put(ledger.Draft{Key: "v", Kind: dialogue.VoterKind, Day: 20261120, Fields: dialogue.Opening(dialogue.VoterKind, s, 0)})
		h.write(func(tx *db.Tx) error {
			_, err := h.desk.Raise(t.Context(), tx, "an", session, "i", map[string]any{"subject": "Chợ", "topic": "other", "answer_mode": "other_body"})
			return err
		})
		o, ok, err := h.shelf.Occasion(t.Context(), d.Read(), session)
		if err != nil || !ok || o.Session.Forwarded != 1 || o.Setting().Sort != dialogue.Voters || o.Session.About() != s.Topic {
			t.Fatalf("%+v %v", o.Session, err)
		}
	})
}

func TestPromiseFollowsItsNotes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		id := h.put(ledger.Draft{Key: "p", Kind: dialogue.PromiseKind, Day: 20260901, Fields: map[string]any{"subject": "Mương", "source": "dialogue", "due_on": "2026-10-20", "measure": "m", "total": "180"}})
		part := dialogue.Amount(6250)
		must := func(key string, s dialogue.Said) ledger.Posted {
			t.Helper()
			p, err := h.note(id, key, s)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		must("1", dialogue.Said{Act: dialogue.ActProgress, By: dialogue.ByOwner, Amount: &part})
		later := must("2", dialogue.Said{Act: dialogue.ActExtend, By: dialogue.ByOwner, Text: "chờ xi măng", NewDue: 20261210})
		if p := h.promise(id); p.Due != 20261210 || p.FirstDue != 20261020 || p.Amount != part || p.WhyLate != "chờ xi măng" || p.StateOn(today) != dialogue.Doing {
			t.Fatalf("put off: %+v", p.Stand)
		}
		must("3", dialogue.Said{Act: dialogue.ActDone, By: dialogue.ByOwner, On: 20261121, Works: 1})
		if p := h.promise(id); p.StateOn(today) != dialogue.Waiting || p.Percent() != 100 || p.AnswerBy != 20261206 {
			t.Fatalf("done: %+v", p.Stand)
		}
		must("4", dialogue.Said{Act: dialogue.ActDispute, By: dialogue.ByVillage, Faults: []string{"partly", "quality"}})
		if p := h.promise(id); p.StateOn(today) != dialogue.Disputed || p.Done != 0 {
			t.Fatalf("disputed: %+v", p.Stand)
		}
		must("5", dialogue.Said{Act: dialogue.ActConfirm, By: dialogue.ByVillage})
		if p := h.promise(id); p.StateOn(today) != dialogue.Confirmed || p.Done != 20261121 || p.Confirmed != today {
			t.Fatalf("confirmed: %+v", p.Stand)
		}
		if _, err := h.note(id, "6", dialogue.Said{Act: dialogue.ActConfirm, By: dialogue.ByVillage}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("confirmed twice: %v", err)
		}
		h.write(func(tx *db.Tx) error { // struck on the note's own page, not through the desk
			_, err := h.ledger.Void(t.Context(), tx, "an", later.ID, later.Version, "ghi nhầm")
			return err
		})
		if p := h.promise(id); p.Due != 20261020 || p.FirstDue != 0 || p.Confirmed != today {
			t.Fatalf("struck: %+v", p.Stand)
		}
		notes, err := dialogue.Notes(t.Context(), d.Read(), id, false)
		if err != nil || len(notes) != 4 || len(notes[2].Faults) != 2 || notes[0].Amount == nil {
			t.Fatalf("notes %+v, %v", notes, err)
		}
		if _, err := h.ledger.Verify(t.Context(), d.Read(), func(f ledger.Finding) { t.Errorf("verify: %+v", f) }, nil); err != nil {
			t.Error(err)
		}
	})
}

// TestTwoVillagersAtOnce: two who answer at the same moment leave one answer each in turn, the second judged by the first.
func TestTwoVillagersAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		id := h.put(ledger.Draft{Key: "p", Kind: dialogue.PromiseKind, Day: 20260901, Fields: map[string]any{"subject": "Mương", "source": "dialogue", "due_on": "2026-10-20", "done_on": "2026-11-20"}})
		errs := make([]error, 4)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = h.note(id, fmt.Sprint(i), dialogue.Said{Act: dialogue.ActConfirm, By: dialogue.ByVillage})
			})
		}
		wg.Wait()
		good := 0
		for _, err := range errs {
			if err == nil {
				good++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if good != 1 || h.promise(id).StateOn(today) != dialogue.Confirmed {
			t.Errorf("%d confirmations, %+v", good, h.promise(id).Stand)
		}
	})
}

func TestCodesAnswerForTheirPromises(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		session := h.put(ledger.Draft{Key: "s", Kind: dialogue.SessionKind, Day: 20261120, Fields: dialogue.Opening(dialogue.SessionKind, dialogue.Setting{Topic: "x", Host: "chair"}, 0)})
		mine := h.put(ledger.Draft{Key: "p", Kind: dialogue.PromiseKind, Day: 20261120, Carries: fmt.Sprintf("#%d", session), Fields: map[string]any{"subject": "Mương", "source": "dialogue", "due_on": "2026-12-20"}})
		other := h.put(ledger.Draft{Key: "q", Kind: dialogue.PromiseKind, Day: 20261120, Fields: map[string]any{"subject": "Cầu", "source": "dialogue", "due_on": "2026-12-20"}})
		make := func(entry int64, holder, place string) (code string) {
			h.write(func(tx *db.Tx) (err error) {
				code, err = dialogue.MakeCode(t.Context(), tx, dialogue.Code{Entry: entry, Holder: holder, Place: place, Actor: "an", At: h.ledger.Now()})
				return err
			})
			return code
		}
		old := make(session, dialogue.ByVillage, "Thôn Nà Khưa")
		village := make(session, dialogue.ByVillage, "Thôn Nà Khưa")
		citizen := make(mine, dialogue.ByCitizen, "")
		who := func(promise int64, code string) (dialogue.Code, error) {
			return h.shelf.WhoAnswers(t.Context(), d.Read(), h.promise(promise), code)
		}
		if c, err := who(mine, village); err != nil || c.Holder != dialogue.ByVillage || c.Place != "Thôn Nà Khưa" {
			t.Errorf("village %+v %v", c, err)
		}
		if c, err := who(mine, citizen); err != nil || c.Holder != dialogue.ByCitizen {
			t.Errorf("citizen %+v %v", c, err)
		}
		for name, try := range map[string]struct {
			promise int64
			code    string
		}{"ended": {mine, old}, "of another session": {other, village}, "made up": {mine, dialogue.NewCode()}, "empty": {mine, ""}} {
			var w dialogue.Wrong
			if _, err := who(try.promise, try.code); !errors.As(err, &w) || w.Part != "code" {
				t.Errorf("%s: %v", name, err)
			}
		}
		var kept int
		if err := d.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM promise_code WHERE hash LIKE $1`, "%"+village[:4]+"%").Scan(&kept); err != nil || kept != 0 {
			t.Errorf("the code itself is kept: %d, %v", kept, err)
		}
	})
}
