package report_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/report"
)

func (w *world) examine(r *report.Report, s report.Surroundings) []report.Finding {
	w.t.Helper()
	b := report.Builder{Engine: w.eng}
	list, err := b.Examine(w.ctx, r, s)
	if err != nil {
		w.t.Fatalf("examine %s %s: %v", r.Unit.Code, r.Period.Name, err)
	}
	return list
}

// found is the finding of a kind whose sentence holds some words.
func found(list []report.Finding, kind report.FindingKind, words string) *report.Finding {
	i := slices.IndexFunc(list, func(f report.Finding) bool { return f.Kind == kind && strings.Contains(f.Text, words) })
	if i < 0 {
		return nil
	}
	return &list[i]
}

func (w *world) sessions(unit string, day string, n, attendances int) {
	w.t.Helper()
	for i := range n {
		w.record(ledger.Draft{Kind: "t_session", Unit: unit, Day: civil.MustDate(day).AddDays(i), Fields: map[string]any{"theme": "law", "attendances": attendances}})
	}
}

// A report is asked about figures far from the year before, and told from what to what.
func TestFindingsOfJumps(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.sessions("003", "2021-03-01", 12, 5)
		w.sessions("003", "2022-03-01", 40, 2)
		list := w.examine(w.build("06", "2022"), report.Surroundings{})
		f := found(list, report.FindingJump, "Cuộc tuyên truyền là 40 cuộc, gấp 3,3 lần năm 2021 (12 cuộc).")
		if f == nil || f.Must || f.Ask.Unit != "06" || f.Against.Period.From != 20210101 || f.Against.Period.To != 20211231 {
			t.Errorf("twelve to forty: %+v in %v", f, texts(list))
		}
		if f := found(list, report.FindingJump, "Lượt người dự"); f != nil {
			t.Errorf("60 to 80 is no jump: %s", f.Text)
		}
		if f := found(w.examine(w.build("06", "2021"), report.Surroundings{}), report.FindingJump, ""); f != nil {
			t.Errorf("nothing to twelve has no year before to be held against: %s", f.Text)
		}
		list = w.examine(w.build("06", "2023"), report.Surroundings{})
		f = found(list, report.FindingVanished, "Cuộc tuyên truyền chưa có ghi nhận nào, trong khi năm 2022 là 40 cuộc.")
		if f == nil || !f.Must || list[0].Must != true {
			t.Errorf("forty to nothing: %v", texts(list))
		}
		if list := w.examine(w.build("06", "2012..2019"), report.Surroundings{}); found(list, report.FindingJump, "") != nil {
			t.Errorf("eight years have no year before: %v", texts(list))
		}
	})
}

func texts(list []report.Finding) []string {
	var out []string
	for _, f := range list {
		out = append(out, string(f.Kind)+": "+f.Text)
	}
	return out
}

// The controls of the catalogue are found whether or not the report prints the figure.
func TestFindingsOfChecks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		list := w.examine(w.build("06", "2019"), report.Surroundings{
			Unfiled: []report.Body{{Code: "001", Name: "Xã A"}, {Code: "002", Name: "Xã B"}}, Nil: []report.Body{{Code: "003", Name: "Xã C"}},
			Entries: 10, Waiting: 6, Returned: 2})
		if f := found(list, report.FindingCheck, "Số trong biểu không được lớn hơn số cuộc"); f == nil || !f.Must || f.Ask.Indicator != "t.planted" {
			t.Errorf("check that fails: %+v in %v", f, texts(list))
		}
		for _, want := range []struct {
			kind  report.FindingKind
			words string
			must  bool
		}{
			{report.FindingUnfiled, "2 đơn vị cấp dưới chưa nộp báo cáo cùng kỳ: Xã A; Xã B.", true},
			{report.FindingNil, "1 đơn vị cấp dưới báo cáo không phát sinh: Xã C.", false},
			{report.FindingUnconfirmed, "6 trong 10 ghi nhận của kỳ chưa được xác nhận", false},
			{report.FindingReturned, "2 ghi nhận của kỳ bị trả lại", true},
		} {
			if f := found(list, want.kind, want.words); f == nil || f.Must != want.must {
				t.Errorf("%s: %+v in %v", want.kind, f, texts(list))
			}
		}
		keys := map[string]bool{}
		for _, f := range list {
			if keys[f.Key] {
				t.Errorf("two findings with the key %s", f.Key)
			}
			keys[f.Key] = true
		}
	})
}

// frozen is a report as it comes back from where it was kept.
func frozen(t *testing.T, r *report.Report) *report.Report {
	t.Helper()
	var b bytes.Buffer
	if err := r.JSON(&b); err != nil {
		t.Fatal(err)
	}
	var out report.Report
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

// A printed report is held against now: which figures are others, by how much and through which entries, in prose, in
// tables and in rows alike; and the report after it is asked about them.
func TestDifferencesSincePrinting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		printed := frozen(t, w.build("06", "2019"))
		if printed.Leaf == 0 {
			t.Fatal("the report does not say which act its figures know last")
		}
		if list, err := report.Differences(w.ctx, w.eng, printed); err != nil || len(list) > 0 {
			t.Fatalf("nothing happened: %v, %v", list, err)
		}
		if still, err := report.Untouched(w.ctx, w.eng, printed); err != nil || !still {
			t.Errorf("nothing happened, and it is touched: %v", err)
		}
		w.sessions("003", "2018-04-02", 1, 7) // of another year
		if still, _ := report.Untouched(w.ctx, w.eng, printed); !still {
			t.Error("an entry of another year touches the report")
		}
		w.sessions("003", "2019-04-02", 2, 7)
		err := w.db.Write(w.ctx, func(tx *db.Tx) error {
			_, err := w.led.Void(w.ctx, tx, "người hủy", 2, 1, "ghi trùng") // 50 people in commune 003
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if still, _ := report.Untouched(w.ctx, w.eng, printed); still {
			t.Error("the report is not touched")
		}
		list, err := report.Differences(w.ctx, w.eng, printed)
		if err != nil {
			t.Fatal(err)
		}
		byKey := map[string]report.Difference{}
		for _, d := range list {
			byKey[d.Printed.Indicator+" "+d.Printed.By+"="+d.Printed.Row+" "+d.Printed.Unit] = d
			sum := new(big.Rat)
			if d.Trace == nil {
				continue
			}
			for _, c := range d.Trace.Causes {
				sum.Add(sum, c.Num)
			}
			if d.Trace.Ind.DenominatorFormula() == nil && sum.Cmp(d.Change()) != 0 || d.Elsewhere != nil {
				t.Errorf("%s: moved by %s, its entries by %s, elsewhere %v", d.Printed.Key, d.Change(), sum, d.Elsewhere)
			}
		}
		d := byKey["t.attendances = 06"]
		if d.Trace == nil || d.Change().RatString() != "-36" || len(d.Trace.Causes) != 3 || d.Trace.Causes[0].Acts[0].Reason != "ghi trùng" {
			t.Errorf("attendances: %+v of %v", d, keysOf(byKey))
		}
		if d := byKey["t.sessions label:theme=law 06"]; d.Trace == nil || len(d.Trace.Causes) != 2 {
			t.Errorf("row by theme: %+v of %v", d, keysOf(byKey))
		}
		if d := byKey["t.sessions = 061"]; d.Change().RatString() != "1" {
			t.Errorf("of the district: %+v of %v", d, keysOf(byKey))
		}
		next := w.build("06", "2020")
		found := found(w.examine(next, report.Surroundings{Earlier: []report.Earlier{{Filing: 7, Name: "Báo cáo năm 2019", Report: printed, Moved: list}}}),
			report.FindingChanged, "Lượt người dự đã in 110 lượt người trong báo cáo năm 2019, nay là 74 lượt người, do 3 ghi nhận.")
		if found == nil || !found.Must || found.Filing != 7 || len(found.Entries) != 3 {
			t.Errorf("the next report is not asked: %+v of %v", found, texts(w.examine(next, report.Surroundings{Earlier: []report.Earlier{{Filing: 7, Name: "Báo cáo năm 2019", Report: printed, Moved: list}}})))
		}
	})
}

func keysOf[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Thresholds stand in the head of a template, for all figures and for single ones.
func TestBoundsOfATemplate(t *testing.T) {
	head := "---\ncode: x\nname: X\ntitle: X\nsubject: X\nfor: [province]\nperiod: any\ncite: X\n%issuers:\n  - {for: [province], format: party, name: X, symbol: X, place: X, position: X}\n---\nX.\n"
	parse := func(checks string) (*report.Template, error) {
		return report.Parse("x", report.Parts{"x": {Path: "x.md", Text: strings.ReplaceAll(head, "%", checks)}})
	}
	tpl, err := parse("checks: {jump: {times: 3}, of: {t.sessions: {least: 100}}, unconfirmed: 20}\n")
	if err != nil || tpl.Head.Checks.Jump.Times != 3 || tpl.Head.Checks.Of["t.sessions"].Least != 100 || tpl.Head.Checks.Unconfirmed != 20 {
		t.Errorf("%+v, %v", tpl, err)
	}
	for _, bad := range []string{"checks: {jump: {times: 1}}\n", "checks: {jump: {least: -1}}\n", "checks: {unconfirmed: 101}\n", "checks: {jmp: {times: 2}}\n"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
