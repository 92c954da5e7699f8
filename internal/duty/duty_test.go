package duty_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"danvan/internal/audit"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/duty"
	"danvan/internal/fault"
	"danvan/internal/filing"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

var ctx = context.Background()

// The province T1 with communes A, B, C. On 15 May 2026 B and C merge into N. Boards (BDV) end on 1 July 2026: those of
// communes go on as new ones (BXD), that of the province has no successor.
const unitsCSV = `code,name,level,type,parent
T1,Tỉnh Thử,province,Tỉnh,
A,Xã A,commune,Xã,T1
B,Xã B,commune,Xã,T1
C,Xã C,commune,Xã,T1
`

func rules() []org.BodyRule {
	commune, province := map[string]string{"commune": "Khối {of}"}, map[string]string{"province": "Ban {of}"}
	return []org.BodyRule{
		{Type: "board", Abbr: "BDV", Levels: []string{"commune"}, Names: commune, To: 20260630},
		{Type: "board", Abbr: "BDV", Levels: []string{"province"}, Names: province, To: 20260630},
		{Type: "new_board", Abbr: "BXD", Levels: []string{"commune"}, Names: map[string]string{"commune": "Ban mới {of}"}, From: 20260701, Follows: []string{"BDV"}},
		{Type: "committee", Abbr: "UBND", Levels: []string{"commune"}, Names: map[string]string{"commune": "Ủy ban {of}"}},
	}
}

const sheet = `system: 1
unit_types:
  - {code: commune, name: Xã, form: territory, cite: Luật, levels: [{level: commune}]}
  - {code: province, name: Tỉnh, form: territory, cite: Luật, levels: [{level: province}]}
  - {code: board, name: Ban, form: body, abbr: BDV, cite: Luật, levels: [{level: province, name: "Ban {of}"}, {level: commune, name: "Khối {of}"}]}
  - {code: new_board, name: Ban mới, form: body, abbr: BXD, cite: Luật, levels: [{level: commune, name: "Ban mới {of}"}]}
  - {code: committee, name: Ủy ban, form: body, abbr: UBND, cite: Luật, levels: [{level: commune, name: "Ủy ban {of}"}]}
lists:
  - {code: report_types, name: Loại, options: [{code: month, name: Tháng}, {code: quick, name: Nhanh}]}
  - {code: report_fields, name: Lĩnh vực, options: [{code: mass, name: Dân vận}]}
  - {code: reports, name: Báo cáo, options: [{code: mass, name: Dân vận}]}
calendars:
  - code: vn
    name: Ngày nghỉ
    cite: Luật
    days: [{on: 2026-04-30, effect: off, name: Chiến thắng}, {on: 2026-05-01, effect: off, name: Lao động}]
kinds:
  - {code: session, name: Buổi tiếp, cite: Luật, day: Ngày, by: ["*"], fields: [{code: note, name: Ghi chú, type: text, about: work}, {code: host, name: Người tiếp, type: choice, about: work, options: [{code: chair, name: Chủ tịch}, {code: deputy, name: Phó}]}]}
  - {code: plan, name: Kế hoạch, cite: Luật, day: Ngày, by: ["*"], fields: [{code: note, name: Ghi chú, type: text, about: work}]}
  - {code: totals, name: Số liệu, cite: Luật, day: Ngày, by: ["*"], fields: [{code: note, name: Ghi chú, type: text, about: work}]}
  - {code: check, name: Kiểm tra, cite: Luật, day: Ngày, by: ["*"], fields: [{code: told_on, name: Kết luận, type: date, about: work}]}
  - {code: follow, name: Khắc phục, cite: Luật, day: Ngày, by: ["*"], fields: [{code: note, name: Ghi chú, type: text, about: work}]}
  - {code: decision, name: Quyết định, cite: Luật, day: Ngày, by: ["*"], fields: [{code: sent_on, name: Ngày gửi, type: date, about: work}]}
  - code: report_filed
    name: Báo cáo đã nộp
    day: Ngày
    cite: Luật
    by: ["*"]
    fields:
      - {code: title, name: Trích yếu, type: text, about: work}
      - {code: due_on, name: Hạn, type: date, about: work}
      - {code: returns, name: Lần trả lại, type: int, about: work}
      - {code: type, name: Loại, type: choice, list: report_types, about: work}
      - {code: field, name: Lĩnh vực, type: choice, list: report_fields, about: work}
      - {code: period_from, name: Từ, type: date, about: work}
      - {code: period_to, name: Đến, type: date, about: work}
duties:
  - {code: reception, name: Tiếp dân, cite: Luật, by: ["*/committee"], kind: session, every: month, at_least: 2, no_nil: true}
  - {code: chair, name: Chủ tịch tiếp, cite: Luật, by: ["*/committee"], kind: session, every: month, at_least: 2, only: {field: host, in: [chair]}, per_day: true, from: 2026-10-01}
  - {code: plan, name: Kế hoạch, cite: Luật, by: ["*/board", "*/new_board"], kind: plan, every: year, due: {on: "03-31"}}
  - {code: totals, name: Số liệu, cite: Luật, by: ["*/committee", province/board], kind: totals, every: month, due: {days: 3, day_type: working, after: period_end}}
  - {code: report, name: Báo cáo tháng, cite: Luật, by: ["*/board", "*/new_board"], report: mass, every: month, due: {days: 5, day_type: calendar, after: period_end}}
  - {code: follow, name: Khắc phục, cite: Luật, by: ["*"], kind: follow, every: event, event: {kind: check, day: told_on}, due: {days: 90, day_type: calendar, after: event}}
  - {code: decision, name: Gửi quyết định, cite: Luật, by: ["*/committee"], kind: decision, every: event, event: {kind: decision}, proof: {field: sent_on}, due: {days: 5, day_type: working, after: event}}
  - {code: first, name: Ban đầu, cite: Luật, by: ["*/committee"], kind: plan, every: once, from: 2026-01-10, due: {on: "12-31"}}
`

type world struct {
	testing.TB
	db     *db.DB
	ledger *ledger.Ledger
	keeper *org.Keeper
	book   *duty.Book
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	c, err := catalog.Load(fstest.MapFS{
		"base/edition.yaml": {Data: []byte("code: '2010'\ntitle: Ấn bản\nfrom: 2010-01-01\ncite: Luật\n")},
		"base/all.yaml":     {Data: []byte(sheet)},
		"next/edition.yaml": {Data: []byte("code: '2026'\ntitle: Ấn bản sau\nfrom: 2026-09-01\nextends: '2010'\ncite: Luật\n")},
		"next/all.yaml":     {Data: []byte("system: 1\nduties:\n  - {code: reception, name: Tiếp dân, cite: Luật mới, by: [\"*/committee\"], kind: session, every: month, at_least: 3}\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	l := ledger.New(c)
	l.Now = func() time.Time { return time.Date(2027, 5, 1, 2, 0, 0, 0, time.UTC) }
	l.InOrder = d.Engine() == db.SQLite
	w := &world{TB: t, db: d, ledger: l, keeper: &org.Keeper{DB: d, Hooks: l}}
	w.book = &duty.Book{Catalog: c, Tree: w.keeper.Tree}
	w.write(func(tx *db.Tx) error {
		return w.keeper.LoadSet(ctx, tx, fstest.MapFS{"t/units.csv": {Data: []byte(unitsCSV)}}, "t", rules())
	})
	acts := []org.Change{{Day: 20260515, Kind: org.Merge, Number: "1/NQ", Code: "N", Name: "Xã N", Type: "Xã", Level: "commune", Parent: "T1",
		Sources: []org.Source{{Code: "B", Parts: org.NoParts()}, {Code: "C", Parts: org.NoParts()}}}}
	if _, err := w.keeper.Apply(ctx, acts, "thử"); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) tree() *org.Tree {
	tree, err := w.keeper.Tree(ctx)
	if err != nil {
		w.Fatal(err)
	}
	return tree
}

func (w *world) write(fn func(tx *db.Tx) error) {
	w.Helper()
	if err := w.db.Write(ctx, fn); err != nil {
		w.Fatal(err)
	}
}

func (w *world) record(kind, unit string, day civil.Date, set map[string]any) int64 {
	w.Helper()
	var p ledger.Posted
	w.write(func(tx *db.Tx) (err error) {
		p, err = w.ledger.Record(ctx, tx, "cán bộ", ledger.Draft{Kind: kind, Unit: unit, Day: day, Fields: set})
		return err
	})
	return p.ID
}

func (w *world) unit(code string, day civil.Date) org.UnitID {
	w.Helper()
	u := w.tree().On(code, day)
	if u == nil {
		w.Fatalf("no %s on %s", code, day)
		return 0
	}
	return u.ID
}

// owed are a duty's obligations under a unit.
func (w *world) owed(code, under string, from, to, today civil.Date) []duty.Obligation {
	w.Helper()
	list, err := w.book.Owed(ctx, w.db.Read(), duty.Ask{Under: w.unit(under, today), From: from, To: to, Today: today,
		Keep: func(d *catalog.Duty) bool { return d.Code == code }})
	if err != nil {
		w.Fatal(err)
	}
	return list
}

// lines tells obligations in words: body, last day of the period, due day, state, who answers where another.
func (w *world) lines(list []duty.Obligation) string {
	tree := w.tree()
	var out []string
	for _, o := range list {
		line := strings.Join([]string{tree.Unit(o.Unit).Code, o.Turn.Period.To.String(), o.Turn.Due.String(), string(o.State)}, " ")
		if o.Answers != o.Unit {
			if u := tree.Unit(o.Answers); u != nil {
				line += " by " + u.Code
			} else {
				line += " by nobody"
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func (w *world) want(list []duty.Obligation, want ...string) {
	w.Helper()
	if got := w.lines(list); got != strings.Join(want, "\n") {
		w.Errorf("owed:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

func TestOwedMonthByMonth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record("session", "A.UBND", 20260303, nil)
		w.record("session", "A.UBND", 20260317, nil)
		w.record("session", "A.UBND", 20260402, nil) // one of two
		// a session of May does not make up April
		w.record("session", "A.UBND", 20260504, nil)
		w.want(w.owed("reception", "A", 20260301, 20260630, 20260510),
			"A.UBND 2026-03-31 2026-03-31 done", "A.UBND 2026-04-30 2026-04-30 late", "A.UBND 2026-05-31 2026-05-31 later", "A.UBND 2026-06-30 2026-06-30 later")
		w.want(w.owed("reception", "A", 20260501, 20260531, 20260531), "A.UBND 2026-05-31 2026-05-31 today")
		w.want(w.owed("reception", "A", 20260501, 20260531, 20260525), "A.UBND 2026-05-31 2026-05-31 soon")
		if o := w.owed("reception", "A", 20261001, 20261031, 20260525)[0]; o.Needs != 3 || o.Edition.Code != "2026" {
			t.Errorf("from September the new edition asks for three sessions, not %d (%s)", o.Needs, o.Edition.Code)
		}
	})
}

// Days count, not sessions, and a session held by the deputy does not.
func TestOnlySomeEntries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		host := func(day civil.Date, who string) { w.record("session", "A.UBND", day, map[string]any{"host": who}) }
		host(20261008, "chair")
		host(20261008, "chair")
		host(20261022, "deputy")
		host(20261105, "chair")
		host(20261119, "chair")
		list, err := w.book.Owed(ctx, d.Read(), duty.Ask{Units: []org.UnitID{w.unit("A.UBND", 20261101)}, From: 20261001, To: 20261130, Today: 20261201,
			Keep: func(x *catalog.Duty) bool { return x.Code == "chair" }})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, o := range list {
			got += fmt.Sprintln(o.Turn.Period.Name, len(o.Met), o.State)
		}
		if want := "tháng 10 năm 2026 1 late\ntháng 11 năm 2026 2 done\n"; got != want {
			t.Errorf("owed:\n%swant:\n%s", got, want)
		}
	})
}

func TestWorkAfterThePeriod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		// April's figures: three working days after the 30th, past 1 May and a weekend, is 6 May
		w.record("totals", "A.UBND", 20260506, nil)
		// May's came on 12 June, after 3 June: late, and not June's
		w.record("totals", "A.UBND", 20260612, nil)
		w.want(w.owed("totals", "A", 20260501, 20260731, 20260715),
			"A.UBND 2026-04-30 2026-05-06 done", "A.UBND 2026-05-31 2026-06-03 done_late", "A.UBND 2026-06-30 2026-07-03 late")
		// asked for June alone, the entry of 12 June is still May's
		w.want(w.owed("totals", "A", 20260701, 20260705, 20260715), "A.UBND 2026-06-30 2026-07-03 late")
	})
}

func TestPlanOfTheYear(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.record("plan", "A.BDV", 20260415, nil)
		list := w.owed("plan", "A", 20260101, 20271231, 20260716)
		// the plan of 2026 came on 15 April: late for 31 March, and not the plan of the year after
		w.want(list, "A.BDV 2026-03-31 2026-03-31 done_late", "A.BXD 2027-03-31 2027-03-31 later")
		if list[0].Met[0].Entry != id || list[0].DoneOn != 20260415 {
			t.Errorf("met by %+v", list[0].Met)
		}
		w.want(w.owed("first", "A", 20260101, 20271231, 20270105), "A.UBND 2026-12-31 2026-12-31 late")
	})
}

func TestMergedBodies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		// B and C merge on 15 May. April (due 6 May) was theirs and is not the successor's business; May, whole, is
		// the successor's, and what B recorded in it counts.
		w.record("session", "B.UBND", 20260505, nil)
		w.record("session", "N.UBND", 20260520, nil)
		w.want(w.owed("reception", "N", 20260401, 20260531, 20260601), "N.UBND 2026-05-31 2026-05-31 done")
		// boards end on 1 July. June's report, due on the 5th, the new boards answer for.
		w.want(w.owed("report", "T1", 20260701, 20260706, 20260706),
			"A.BDV 2026-06-30 2026-07-05 late by A.BXD", "N.BDV 2026-06-30 2026-07-05 late by N.BXD")
		// the province's board has ended without successor
		w.want(w.owed("totals", "T1", 20260701, 20260703, 20260702),
			"A.UBND 2026-06-30 2026-07-03 soon", "N.UBND 2026-06-30 2026-07-03 soon")
		list, err := w.book.Due(ctx, w.db.Read(), []org.UnitID{w.unit("T1.BDV", 20260601)}, 20260701, 20260703, 20260702)
		if err != nil {
			t.Fatal(err)
		}
		w.want(list, "T1.BDV 2026-06-30 2026-07-03 exempt by nobody")
		// what the successor records in the days of grace counts for the one that ended
		w.record("report_filed", "A.BXD", 20260704, map[string]any{"type": "month", "field": "mass"})
		w.want(w.owed("report", "A", 20260701, 20260706, 20260706), "A.BDV 2026-06-30 2026-07-05 done by A.BXD")
	})
}

func TestEvents(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record("check", "A.BDV", 20260301, nil) // no conclusion yet: nothing is owed
		first := w.record("check", "A.BDV", 20260302, map[string]any{"told_on": "2026-03-10"})
		second := w.record("check", "A.BDV", 20260305, map[string]any{"told_on": "2026-03-20"})
		w.want(w.owed("follow", "A", 20260101, 20261231, 20260615),
			"A.BDV 2026-06-08 2026-06-08 late", "A.BDV 2026-06-18 2026-06-18 soon")
		// an entry that says what it carries out answers that one, whatever came first
		w.write(func(tx *db.Tx) error {
			_, err := w.ledger.Record(ctx, tx, "cán bộ", ledger.Draft{Kind: "follow", Unit: "A.BDV", Day: 20260612, Carries: "#" + itoa(second)})
			return err
		})
		list := w.owed("follow", "A", 20260101, 20261231, 20260615)
		w.want(list, "A.BDV 2026-06-08 2026-06-08 late", "A.BDV 2026-06-18 2026-06-18 done")
		if list[0].Event.Entry != first {
			t.Errorf("event %+v", list[0].Event)
		}
		// a decision of Tuesday 28 April has to be sent within five working days: the 30th and 1 May are off
		w.record("decision", "A.UBND", 20260428, nil)
		w.record("decision", "A.UBND", 20260429, map[string]any{"sent_on": "2026-05-04"})
		w.want(w.owed("decision", "A", 20260501, 20260531, 20260601), "A.UBND 2026-05-07 2026-05-07 late", "A.UBND 2026-05-08 2026-05-08 done")
	})
}

func TestReports(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record("report_filed", "A.BDV", 20260204, map[string]any{"type": "month", "field": "mass"})
		// handed in on 20 April, but for February: that is what it says of itself
		w.record("report_filed", "A.BDV", 20260420, map[string]any{"type": "month", "field": "mass", "period_from": "2026-02-01", "period_to": "2026-02-28"})
		w.want(w.owed("report", "A", 20260201, 20260410, 20260501),
			"A.BDV 2026-01-31 2026-02-05 done", "A.BDV 2026-02-28 2026-03-05 done_late", "A.BDV 2026-03-31 2026-04-05 late")
		store := &filing.Store{Ledger: w.ledger, Tree: w.tree, Now: func() time.Time { return time.Date(2026, 4, 4, 5, 0, 0, 0, time.UTC) }}
		act := func(fn func(tx *db.Tx) (*filing.Filing, error)) (f *filing.Filing) {
			w.write(func(tx *db.Tx) (err error) { f, err = fn(tx); return err })
			return f
		}
		f := act(func(tx *db.Tx) (*filing.Filing, error) {
			return store.Open(ctx, tx, "cán bộ", filing.Opening{Unit: w.unit("A", 20260401), Body: w.unit("A.BDV", 20260401), Template: "thang", Name: "Báo cáo tháng",
				Type: "month", Field: "mass", Period: civil.Period{From: 20260301, To: 20260331, Code: "2026-M03", Name: "tháng 3"}, Due: 20260405})
		})
		march := func() []duty.Obligation { return w.owed("report", "A", 20260401, 20260410, 20260501) }
		w.want(march(), "A.BDV 2026-03-31 2026-04-05 late") // opened is not handed in
		f = act(func(tx *db.Tx) (*filing.Filing, error) {
			return store.File(ctx, tx, "cán bộ", f.ID, f.Version, filing.Printed{Content: []byte("{}"), Revision: f.Revision})
		})
		w.want(march(), "A.BDV 2026-03-31 2026-04-05 done")
		f = act(func(tx *db.Tx) (*filing.Filing, error) {
			return store.Return(ctx, tx, "cấp trên", f.ID, f.Version, "Thiếu phần hai")
		})
		w.want(march(), "A.BDV 2026-03-31 2026-04-05 late")
		act(func(tx *db.Tx) (*filing.Filing, error) {
			return store.Nil(ctx, tx, "cán bộ", f.ID, f.Version, "Không có việc")
		})
		w.want(march(), "A.BDV 2026-03-31 2026-04-05 nil")
		if o := march()[0]; o.Nil.Reason != "Không có việc" || o.Nil.Filing != f.ID {
			t.Errorf("nil filing %+v", o.Nil)
		}
	})
}

func TestNilReturn(t *testing.T) {
	const today = 20260510
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		april := duty.Key{Duty: "totals", Unit: w.unit("A.UBND", today), From: 20260401, To: 20260430}
		state := func(k duty.Key, reason string) (n *duty.NilReturn, err error) {
			err = w.db.Write(ctx, func(tx *db.Tx) error {
				n, err = w.book.StateNil(ctx, tx, "cán bộ", k, today, reason)
				return err
			})
			return n, err
		}
		for name, c := range map[string]struct {
			key    duty.Key
			reason string
			kind   fault.Kind
		}{
			"no reason":         {april, "  ", fault.Invalid},
			"not yet over":      {duty.Key{Duty: "totals", Unit: april.Unit, From: 20260501, To: 20260531}, "Không có", fault.Invalid},
			"a duty by law":     {duty.Key{Duty: "reception", Unit: april.Unit, From: 20260401, To: 20260430}, "Không có", fault.Invalid},
			"no such turn":      {duty.Key{Duty: "totals", Unit: april.Unit, From: 20260402, To: 20260430}, "Không có", fault.NotFound},
			"not its duty":      {duty.Key{Duty: "plan", Unit: april.Unit, From: 20250401, To: 20260331}, "Không có", fault.NotFound},
			"report by filing":  {duty.Key{Duty: "report", Unit: w.unit("A.BDV", today), From: 20260401, To: 20260430}, "Không có", fault.Invalid},
			"too long a reason": {april, strings.Repeat("dài ", 200), fault.Invalid},
		} {
			if _, err := state(c.key, c.reason); fault.KindOf(err) != c.kind {
				t.Errorf("%s: %v", name, err)
			}
		}
		n, err := state(april, "Trong tháng không nhận hồ sơ")
		if err != nil {
			t.Fatal(err)
		}
		if leaf, err := audit.Read(ctx, w.db.Read(), n.Leaf); err != nil || leaf.Act != "nil" || leaf.Actor != "cán bộ" {
			t.Errorf("leaf %+v, %v", leaf, err)
		}
		list := w.owed("totals", "A", 20260501, 20260531, today)
		w.want(list, "A.UBND 2026-04-30 2026-05-06 nil")
		if list[0].Nil.Reason != "Trong tháng không nhận hồ sơ" {
			t.Errorf("the statement is %+v", list[0].Nil)
		}
		if _, err := state(april, "Lần nữa"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("stated twice: %v", err)
		}
		back := func(reason string) error {
			return w.db.Write(ctx, func(tx *db.Tx) error { return duty.TakeBack(ctx, tx, "cán bộ", n.ID, reason) })
		}
		if err := back(""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("taken back without reason: %v", err)
		}
		if err := back("Khai nhầm kỳ"); err != nil {
			t.Fatal(err)
		}
		if err := back("Khai nhầm kỳ"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("taken back twice: %v", err)
		}
		w.want(w.owed("totals", "A", 20260501, 20260531, today), "A.UBND 2026-04-30 2026-05-06 late")
		if _, err := state(april, "Đúng là không có"); err != nil {
			t.Fatalf("stated again after it was taken back: %v", err)
		}
		// an entry recorded later takes its place, and the statement stays to be read
		w.record("totals", "A.UBND", 20260430, nil)
		list = w.owed("totals", "A", 20260501, 20260531, today)
		w.want(list, "A.UBND 2026-04-30 2026-05-06 done")
		if list[0].Nil == nil {
			t.Error("the statement that the entry replaced is gone")
		}
		if all, err := duty.Nils(ctx, w.db.Read(), april); err != nil || len(all) != 2 || all[1].Back == nil {
			t.Errorf("statements %v, %v", all, err)
		}
		// and where there is an entry, nothing can be stated
		may := duty.Key{Duty: "totals", Unit: w.unit("N.UBND", 20260601), From: 20260501, To: 20260531}
		w.record("totals", "N.UBND", 20260520, nil)
		err = w.db.Write(ctx, func(tx *db.Tx) error {
			_, err := w.book.StateNil(ctx, tx, "cán bộ", may, 20260610, "Không có")
			return err
		})
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("stated over an entry: %v", err)
		}
	})
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
