package figure_test

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

func TestSums(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do("t_session", "001", "2019-03-05", "theme=law attendances=40 women=10 area=12.5")
		w.do("t_session", "001", "2019-03-15", "theme=health attendances=0 women=0")
		w.do("t_session", "002", "2019-12-31", "theme=law attendances=25")
		w.want("t.sessions 06 2019", "3|3|3")
		w.want("T02 06 2019", "65|65|3")
		w.want("t.law_attendances 06 2019", "65|65|2")
		w.want("t.attendances 060 2019-03-15..2019-03-15", "0|0|1") // zero reported
		w.want("t.attendances 061 2019", "null|chưa có số liệu|0")  // nothing reported
		w.want("t.women_rate 06 2019", "15.384615|15,4%|2")
		w.want("t.women_rate 001 2019-03-15..2019-03-15", "null|chưa có số liệu|1") // denominator zero
		w.want("t.mixed 06 2019", "85|85|3")
		w.want("t.mixed 002 2019", "25|25|1") // one term null: the other counts
		w.want("t.mixed 004 2019", "null|chưa có số liệu|0")
		w.want("t.men 001 2019", "30|30|2")
		f := w.want("t.area 06 2019", "12.5|12,5|1")
		if f.Measure != "m²" || f.Edition != "2010" || f.Basis != "then" || f.Status != figure.All || f.AsOf != nil {
			t.Errorf("figure %+v", f)
		}
		zero := w.figure("t.women_rate 001 2019-03-15..2019-03-15")
		if len(zero.Checks) != 1 || zero.Checks[0].Code != "zero_denominator" {
			t.Errorf("checks %+v", zero.Checks)
		}
	})
}

func TestScopeAndEditionsAndRefs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do("t_document", "06.BTV", "2019-05-01", "topic=một")
		w.do("t_document", "060.BTV", "2019-05-01", "topic=hai")
		w.do("t_document", "001.BTV", "2019-05-01", "topic=ba")
		w.want("t.documents 06 2019", "1|1|1") // a district's document does not count for the province
		w.want("t.documents 06.BTV 2019", "1|1|1")
		w.want("t.documents 060 2019", "null|chưa có số liệu|0")
		if f := w.figure("T02 06 2022"); f.Edition != "2022" || f.Name != "Lượt người dự (định nghĩa mới)" {
			t.Errorf("edition of 2022: %s %s", f.Edition, f.Name)
		}
		for question, kind := range map[string]fault.Kind{
			"T99 06 2019": fault.NotFound, "T29 06 2019": fault.Invalid, "t.sessions 99 2019": fault.NotFound, "t.sessions 010@2019-01-01 2019": fault.NotFound,
		} {
			_, err := w.eng.Figure(w.ctx, w.query(question))
			if fault.KindOf(err) != kind {
				t.Errorf("%s: %v, want %v", question, err, kind)
			}
		}
	})
}

func TestMergeLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, x := range []struct{ unit, n string }{{"001", "10"}, {"001", "12"}, {"002", "11"}, {"002", "13"}, {"003", "7"}} {
			w.do("t_session", x.unit, "2019-06-01", "attendances="+x.n)
		}
		w.want("t.attendances 06 2019", "53|53|5")
		w.want("t.attendances 010 2019 2020-02-01", "53|53|5")
		w.want("t.attendances 001 2019", "22|22|2")
		w.want("t.attendances 060 2019 2022-06-30", "53|53|5")
		b, rows := w.rows("t.attendances 060 2019 2022-06-30", "unit")
		if r := rows["010/child"]; str(r.Value) != "53" || !r.Additive || len(b.Rows) != 1 {
			t.Errorf("rows %+v", b.Rows)
		}
	})
}

func TestSplitIsAnEstimateThatAddsUp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do("t_session", "004", "2019-06-01", "attendances=11")
		w.do("t_session", "005", "2019-06-01", "attendances=5")
		f := w.want("t.attendances 014 2019 2022-06-30", "6.6|7|1")
		if !f.Estimated {
			t.Error("a restated split is not marked")
		}
		f = w.want("t.attendances 061 2019 2022-06-30", "16|16|2")
		if f.Estimated {
			t.Error("the whole of a split is no estimate")
		}
		b, rows := w.rows("t.attendances 061 2019 2022-06-30", "unit")
		if rows["014/child"].Display != "7" || rows["015/child"].Display != "4" {
			t.Errorf("rows do not add up as printed: %+v", b.Rows)
		}
		union := false
		for _, r := range b.Rows {
			union = union || r.Kind == "union" && str(r.Value) == "5"
		}
		if !union {
			t.Errorf("a split without shares stands for the union: %+v", b.Rows)
		}
		w.want("t.attendances 016 2019 2022-06-30", "null|chưa có số liệu|0")
	})
}

func TestStatusAmendVoidAndAsOf(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		at := func(day string) { w.now = civil.MustDate(day).Time().Add(8 * time.Hour) }
		at("2019-04-01")
		one := w.do("t_session", "001", "2019-03-05", "attendances=40")
		two := w.do("t_session", "002", "2019-03-06", "attendances=5")
		at("2019-05-01")
		w.write("confirm", func(tx *db.Tx) error { _, err := w.led.Confirm(w.ctx, tx, "người duyệt", two, 1); return err })
		at("2019-06-01")
		w.write("amend", func(tx *db.Tx) error {
			_, err := w.led.Amend(w.ctx, tx, "người thử", one, 1, ledger.Amendment{Day: civil.MustDate("2019-02-05"), Set: map[string]any{"attendances": 50}, Reason: "nhầm"})
			return err
		})
		at("2019-07-01")
		w.write("void", func(tx *db.Tx) error {
			_, err := w.led.Void(w.ctx, tx, "người thử", two, 2, "ghi trùng")
			return err
		})

		w.want("t.attendances 06 2019", "50|50|1")
		w.want("t.attendances 06 2019-M03", "null|chưa có số liệu|0")
		w.want("t.attendances 06 2019-M02", "50|50|1")
		for moment, want := range map[string]string{
			"2019-04-15": "45|45|2", "2019-06-15": "55|55|2", "2019-07-15": "50|50|1", "2019-03-01": "null|chưa có số liệu|0",
		} {
			q := w.query("t.attendances 06 2019")
			q.AsOf = civil.MustDate(moment).Time()
			f := w.ask(q)
			if short(f) != want || f.AsOf == nil {
				t.Errorf("as of %s: %s, want %s", moment, short(f), want)
			}
		}
		q := w.query("t.attendances 06 2019")
		q.Status, q.AsOf = figure.Confirmed, civil.MustDate("2019-05-15").Time()
		if f := w.ask(q); short(f) != "5|5|1" {
			t.Errorf("confirmed in May: %s", short(f))
		}
		q.AsOf = time.Time{}
		if f := w.ask(q); short(f) != "null|chưa có số liệu|0" {
			t.Errorf("confirmed now: %s", short(f))
		}
		ev := w.evidence("t.attendances 06 2019", figure.Numerator)
		if ev.Total != 1 || ev.Entries[0].ID != one || ev.Entries[0].Value != "50" {
			t.Errorf("evidence %+v", ev)
		}
	})
}

func TestCohortCountsUpToTheCutOff(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do("t_letter", "001", "2019-11-01", "accepted_on=2019-11-05 settled_on=2019-12-20")
		w.do("t_letter", "001", "2019-12-01", "accepted_on=2019-12-05 settled_on=2020-01-20")
		w.do("t_letter", "002", "2019-12-02", "accepted_on=2019-12-06")
		w.do("t_letter", "003", "2019-12-03", "")
		w.do("t_letter", "003", "2014-12-03", "accepted_on=2014-12-06")
		w.want("t.received 06 2010..2019", "4|4|4") // since 2015
		w.want("t.accepted 06 2019", "3|3|3")
		w.want("t.settled 06 2019", "1|1|1")
		f := w.want("t.settled_rate 06 2010..2019", "33.333333|33%|1")
		if f.DenominatorEntries != 3 || str(f.Numerator) != "1" || str(f.Denominator) != "3" || f.Checks[0].Code != "since" {
			t.Errorf("%+v", f)
		}
		q := w.query("t.settled 06 2019")
		q.CutOff = civil.MustDate("2020-01-31")
		if f := w.ask(q); short(f) != "2|2|2" {
			t.Errorf("settled by the end of January: %s", short(f))
		}
		ev := w.evidence("t.settled_rate 06 2019", figure.Denominator)
		if ev.Total != 3 {
			t.Errorf("evidence of the denominator %+v", ev)
		}
		b, _ := w.rows("t.settled 06 2019", "month")
		total := int64(0)
		for _, r := range b.Rows {
			total += r.Entries
		}
		if total != 1 || len(b.Rows) != 12 || !b.Rows[0].Additive || b.Rows[10].Key != "2019-M11" || str(b.Rows[10].Value) != "1" {
			t.Errorf("by month %+v", b.Rows)
		}
	})
}

func TestStates(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, u := range []string{"001", "002", "004", "005", "006", "06.SO-A", "06.SO-B"} {
			w.do("t_one_stop", u, "2018-01-01", "")
		}
		w.do("t_one_stop", "003", "2018-01-01", "ended_on=2019-01-01")
		f := w.want("t.one_stop 06 2018", "6|6/6|6")
		if f.DenominatorUnits != 6 || f.DenominatorEntries != 0 || f.Coverage == nil || f.Coverage.Reported != 6 {
			t.Errorf("%+v %+v", f, f.Coverage)
		}
		w.want("t.one_stop 06 2019", "5|5/6|5")
		w.want("t.one_stop 06 2020-02", "3|3/4|3")     // 010 came from three, one of which had stopped
		w.want("t.one_stop_any 06 2020-02", "4|4/4|5") // any of them is enough
		w.want("t.one_stop_departments 06 2018", "2|2/3|2")
		w.do("t_one_stop", "010", "2020-03-01", "")
		w.want("t.one_stop 06 2020-03", "4|4/4|4")
		w.want("t.one_stop 06 2021-01", "5|5/5|4") // both parts of 004 go on
		w.want("t.alive 06 2018", "8|8|8")
		w.want("t.alive 06 2019", "7|7|8")
		w.want("t.one_stop 060 2018", "3|3/3|3")
	})
}

// Of one year the better vintage is taken, whatever day a worse one bears; within a vintage the later day.
func TestBetterVintageWinsOverLaterDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do("t_reading", "06", "2018-06-30", "rate=21.40 vintage=official source=Cục_Thống_kê")
		w.do("t_reading", "06", "2018-12-31", "rate=21.10 vintage=preliminary source=Cục_Thống_kê")
		f := w.want("t.rate 06 2018", "21.4|21,4%|1")
		if f.Reading.Vintage != "Chính thức" || len(f.Reading.Others) != 1 {
			t.Errorf("reading %+v", f.Reading)
		}
		w.do("t_reading", "06", "2018-09-30", "rate=21.30 vintage=official source=Cục_Thống_kê")
		w.want("t.rate 06 2018", "21.3|21,3%|1")
		w.do("t_reading", "06", "2018-03-31", "rate=21.25 vintage=revised source=Cục_Thống_kê")
		w.want("t.rate 06 2018", "21.25|21,25%|1")
		w.do("t_reading", "06", "2019-12-31", "rate=20 vintage=preliminary source=Cục_Thống_kê")
		w.want("t.rate 06 2010..2019", "20|20%|1") // a later year goes before a better vintage
	})
}

func TestReadings(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do("t_reading", "06", "2019-12-31", "rate=19.60 vintage=preliminary source=Cục_Thống_kê")
		w.do("t_reading", "06", "2019-12-31", "rate=19.56 vintage=official source=Cục_Thống_kê")
		w.do("t_reading", "06", "2010-12-31", "rate=32.13 vintage=official source=Sở_A")
		w.do("t_reading", "001", "2019-12-31", "rate=50 households=100 powered=90 vintage=official")
		w.do("t_reading", "001", "2019-06-30", "households=98 powered=80 vintage=official")
		w.do("t_reading", "004", "2019-12-31", "households=300 powered=299 vintage=official")
		f := w.want("t.rate 06 2019", "19.56|19,56%|1")
		if f.Reading == nil || f.Reading.Vintage != "Chính thức" || f.Reading.Source != "Cục Thống kê" || f.Reading.Day != "2019-12-31" {
			t.Errorf("reading %+v", f.Reading)
		}
		if o := f.Reading.Others; len(o) != 1 || o[0].Value != "19.6" || o[0].Vintage != "Sơ bộ" {
			t.Errorf("the reading that was not taken: %+v", o)
		}
		w.want("t.rate 06 2010..2019", "19.56|19,56%|1")
		w.want("t.rate 060 2019", "null|chưa có số liệu|0") // exactly that unit
		q := w.query("t.rate 06 2019")
		q.Vintage = "preliminary"
		if f := w.ask(q); short(f) != "19.6|19,6%|1" {
			t.Errorf("preliminary: %s", short(f))
		}
		f = w.want("t.households 06 2019", "400|400|2")
		if c := f.Coverage; c == nil || c.Expected != 6 || c.Reported != 2 || strings.Join(c.Missing, " ") != "002 003 005 006" {
			t.Errorf("coverage %+v", f.Coverage)
		}
		w.want("t.powered_rate 06 2019", "97.25|97,25%|2")
		w.want("t.households 06 2020-03..2020-12", "null|chưa có số liệu|0")
		w.want("t.households 06 2019-01..2020-12", "300|300|1") // 001 is no longer open at the end
		c, err := w.eng.Compare(w.ctx, w.query("t.households 06 2020"))
		if err != nil || c.Change != nil {
			t.Errorf("compare with nothing: %+v %v", c, err)
		}
	})
}

func TestHavingAndEntries(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do("t_session", "001", "2019-06-01", "attendances=1")
		w.do("t_session", "001", "2019-07-01", "attendances=1")
		w.do("t_session", "002", "2019-07-01", "attendances=1")
		w.do("t_session", "006", "2019-07-01", "attendances=1")
		f := w.want("t.active 06 2019", "3|3/6|4")
		if f.DenominatorUnits != 6 {
			t.Errorf("%+v", f)
		}
		w.want("t.active 06 2019 2020-02-01", "2|2/6|4") // 001 and 002 are one unit on that day
		w.record(ledger.Draft{Kind: "t_session", Unit: "006", Day: civil.MustDate("2019-08-01"), Fields: map[string]any{
			"gifts": []any{map[string]any{"item": "rice", "quantity": 5}, map[string]any{"item": "blanket", "quantity": 7}}}})
		w.want("t.gifts 06 2019", "12|12|1") // two rows of one entry
		w.want("t.gift_events 06 2019", "1|1|1")
		b, rows := w.rows("t.gifts 06 2019", "label:item")
		if str(rows["rice/"].Value) != "5" || str(rows["blanket/"].Value) != "7" || !b.Rows[0].Additive {
			t.Errorf("by label %+v", b.Rows)
		}
	})
}

func TestOverYears(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do("t_session", "001", "2017-06-01", "attendances=10 women=9")
		w.do("t_session", "001", "2018-06-01", "attendances=100 women=83")
		w.do("t_session", "002", "2018-07-01", "attendances=0 women=0")
		f := w.want("T12 06 2016..2018", "83|trên 80%|2")
		if len(f.Series) != 3 || str(f.Series[1].Value) != "90" || f.Series[0].Value != nil || f.Checks[0].Code != "years" {
			t.Errorf("series %+v, checks %+v", f.Series, f.Checks)
		}
		if ev := w.evidence("T12 06 2016..2018", figure.Numerator); ev.Total != 2 {
			t.Errorf("evidence of the year printed: %+v", ev)
		}
	})
}

func TestBreaksAndChecks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do("t_session", "001", "2017-06-01", "theme=law")
		w.do("t_session", "001", "2018-06-01", "theme=health")
		w.do("t_session", "001", "2018-07-01", "")
		if _, err := w.eng.Figure(w.ctx, w.query("t.broken 06 2017..2018")); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Say(err), "đổi cách tính") {
			t.Errorf("a sum across a break: %v", err)
		}
		w.want("t.broken 06 2018", "2|2|2")
		b, rows := w.rows("t.broken 06 2017..2018", "year")
		if b.Value != nil || str(rows["2017/"].Value) != "1" || str(rows["2018/"].Value) != "2" || len(b.Breaks) != 1 {
			t.Errorf("by year %+v", b)
		}
		f := w.figure("t.parts 06 2018")
		if len(f.Checks) != 1 || f.Checks[0].OK || f.Checks[0].Code != "parts" {
			t.Errorf("parts that do not add up pass: %+v", f.Checks)
		}
		if f := w.figure("t.parts 06 2017"); !f.Checks[0].OK {
			t.Errorf("parts that add up fail: %+v", f.Checks)
		}
		w.do("t_reading", "06", "2015-12-31", "rate=10")
		w.do("t_reading", "06", "2016-12-31", "rate=20")
		c, err := w.eng.Compare(w.ctx, w.query("t.rate 06 2016"))
		if err != nil || c.Change != nil || !strings.Contains(c.Note, "đổi chuẩn nghèo") {
			t.Errorf("compare across a break: %+v, %v", c, err)
		}
		c, err = w.eng.Compare(w.ctx, w.query("t.sessions 06 2018"))
		if err != nil || str(c.Change) != "1" || str(c.Percent) != "100" {
			t.Errorf("compare: %+v, %v", c, err)
		}
	})
}

func TestBreakdowns(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do("t_session", "001", "2019-06-14", "theme=law attendances=10")
		w.do("t_session", "001", "2019-06-15", "theme=law attendances=20", "004")
		w.do("t_session", "004", "2019-06-16", "theme=health attendances=30")
		b, rows := w.rows("t.attendances 06 2019", "unit")
		if str(rows["060/child"].Value) != "30" || str(rows["061/child"].Value) != "30" || !b.Rows[0].Additive {
			t.Errorf("by unit %+v", b.Rows)
		}
		_, rows = w.rows("t.attendances 061 2019", "unit")
		if r := rows["004/child"]; str(r.Value) != "30" || str(r.Joint) != "20" {
			t.Errorf("what 004 did as partner stands apart: %+v", r)
		}
		if f := w.figure("t.attendances 004 2019"); str(f.Value) != "30" || str(f.Joint) != "20" {
			t.Errorf("joint of 004: %s %s", str(f.Value), str(f.Joint))
		}
		_, rows = w.rows("t.attendances 06 2019", "label:theme")
		if r := rows["law/"]; str(r.Value) != "30" || r.Name != "Pháp luật" || r.Entries != 2 {
			t.Errorf("by theme %+v", r)
		}
		b, _ = w.rows("t.women_rate 06 2019", "unit")
		for _, r := range b.Rows {
			if r.Additive {
				t.Errorf("rows of a ratio add up: %+v", r)
			}
		}
		b, _ = w.rows("t.sessions 06 2019-05-20..2019-07-10", "month")
		if len(b.Rows) != 3 || b.Rows[0].From != "2019-05-20" || b.Rows[2].To != "2019-07-10" || str(b.Rows[1].Value) != "3" || b.Rows[0].Value != nil {
			t.Errorf("by month %+v", b.Rows)
		}
		for _, bad := range []string{"week", "label:", "label:colour"} {
			if _, err := w.eng.Breakdown(w.ctx, w.query("t.sessions 06 2019"), bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("by %s: %v", bad, err)
			}
		}
		ev := w.evidence("t.mixed 06 2019", figure.Numerator)
		if ev.Total != 3 || ev.Entries[0].Value != "30" || ev.Entries[0].Unit != "004" || ev.Entries[0].Day != "2019-06-16" {
			t.Errorf("evidence %+v", ev.Entries)
		}
		page, err := w.eng.Evidence(w.ctx, w.query("t.mixed 06 2019"), figure.Numerator, 1, 1)
		if err != nil || page.Total != 3 || len(page.Entries) != 1 || page.Entries[0].Day != "2019-06-15" {
			t.Errorf("second page %+v, %v", page, err)
		}
	})
}

// A unit that did not live in the period has nothing, and the answer says who to ask.
func TestUnitOutsideItsLife(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do("t_session", "001", "2019-06-01", "attendances=10")
		w.do("t_session", "010", "2020-06-01", "attendances=20")
		w.want("t.attendances 001 2019..2020", "10|10|1")
		f := w.want("t.attendances 001 2020-06..2020-12", "null|chưa có số liệu|0")
		if len(f.Checks) != 1 || f.Checks[0].Code != "unit" || !strings.Contains(f.Checks[0].Message, "Xã Mới (010)") {
			t.Errorf("checks %+v", f.Checks)
		}
		w.want("t.attendances 010 2019", "null|chưa có số liệu|0")
		w.want("t.attendances 010 2019 2020-06-01", "10|10|1")
		f = w.want("t.attendances 001 2019 2022-06-30", "10|10|1") // restated to its own last day
		if len(f.Checks) != 1 || f.Checks[0].Code != "basis" {
			t.Errorf("checks %+v", f.Checks)
		}
		w.want("t.documents 06.SO-A 2019", "null|chưa có số liệu|0") // none of the scope is there
	})
}

// Rows with parts of a split add up to the whole at the places that machines read.
func TestRowsAddUpAtSixPlaces(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do("t_session", "004", "2019-06-01", "attendances=1 area=0.1")
		w.do("t_session", "006", "2019-06-01", "attendances=1 area=0.1")
		part := func(code, parent string, n int64) org.Change {
			p := org.NoParts()
			p.Population = n
			return org.Change{Day: 20220201, Kind: org.Split, Code: code, Name: "Xã " + code, Type: "Xã", Parent: parent, Bodies: "follow:018", Sources: []org.Source{{Code: "006", Parts: p}}}
		}
		if _, err := w.keep.Apply(w.ctx, []org.Change{part("018", "061", 333_335), part("019", "061", 666_665)}, "người thử"); err != nil {
			t.Fatal(err)
		}
		for _, ind := range []string{"t.attendances", "t.area"} {
			b, _ := w.rows(ind+" 061 2019 2022-06-30", "unit")
			sum := new(big.Rat)
			for _, r := range b.Rows {
				if r.Value == nil {
					continue
				}
				v, _ := new(big.Rat).SetString(*r.Value)
				sum.Add(sum, v)
			}
			if whole, _ := new(big.Rat).SetString(str(b.Value)); sum.Cmp(whole) != 0 {
				t.Errorf("%s: rows %v, whole %s", ind, b.Rows, str(b.Value))
			}
		}
	})
}
