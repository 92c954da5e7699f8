package report_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/report"
)

// letters is a small province under the real catalogue, with letters that went every lawful way.
type letters struct {
	t    testing.TB
	ctx  context.Context
	db   *db.DB
	cat  *catalog.Catalog
	led  *ledger.Ledger
	eng  *figure.Engine
	tree *org.Tree
}

func newLetters(t testing.TB, d *db.DB) *letters {
	t.Helper()
	w := &letters{t: t, ctx: context.Background(), db: d}
	var err error
	if w.cat, err = catalog.Load(os.DirFS("../../catalog")); err != nil {
		t.Fatalf("load catalogue: %v", err)
	}
	w.led = ledger.New(w.cat)
	w.led.AnyBody = true
	w.led.Now = func() time.Time { return time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC) }
	keep := &org.Keeper{DB: d, Hooks: w.led}
	set := fstest.MapFS{"set/units.csv": {Data: []byte(units)}, "set/bodies.csv": {Data: []byte(bodies)}, "set/changes.csv": {Data: []byte(changes)}}
	if err := d.WriteAlone(w.ctx, func(tx *db.Tx) error { return keep.LoadSet(w.ctx, tx, set, "set", nil) }); err != nil {
		t.Fatalf("load units: %v", err)
	}
	if w.tree, err = keep.Tree(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.eng = &figure.Engine{DB: d, Catalog: w.cat, Tree: func() *org.Tree { return w.tree }}
	return w
}

// one is a letter as the test knows it.
type one struct {
	unit     string
	received civil.Date
	fields   map[string]any
}

func (l *one) day(field string) civil.Date {
	text, _ := l.fields[field].(string)
	if text == "" {
		return 0
	}
	return civil.MustDate(text)
}

// ended is the way and the day on which a letter ended, as a person would say it.
func (l *one) ended() (string, civil.Date) {
	for _, way := range []string{"settled", "terminated", "transferred", "refused", "guided", "filed", "withdrawn"} {
		if d := l.day(way + "_on"); d != 0 {
			return way, d
		}
	}
	return "", 0
}

// invent makes a letter that goes one of the lawful ways.
func invent(r *rand.Rand, class string) *one {
	l := &one{unit: []string{"001", "002", "003", "060", "06.SO-NV"}[r.IntN(5)], received: civil.NewDate(2018, 11, 1).AddDays(r.IntN(560))}
	l.fields = map[string]any{"class": class, "field": []string{"land", "policy", "other", "justice"}[r.IntN(4)], "received_on": l.received.String(), "channel": "direct"}
	if l.unit != "003" && l.unit != "060" && l.unit != "06.SO-NV" && l.received >= 20200201 {
		l.unit = "009"
	}
	at := l.received
	step := func(field string, most int) { at = at.AddDays(1 + r.IntN(most)); l.fields[field] = at.String() }
	switch r.IntN(9) {
	case 0: // not sorted yet
	case 1:
		l.fields["eligible"], l.fields["competence"] = "eligible", "other"
		step("transferred_on", 9)
	case 2:
		l.fields["eligible"] = "incomplete"
		step("guided_on", 9)
	case 3:
		l.fields["eligible"] = "duplicate"
		step("filed_on", 9)
	case 4:
		l.fields["eligible"], l.fields["competence"] = "eligible", "own"
		step("refused_on", 9)
	default:
		l.fields["eligible"], l.fields["competence"] = "eligible", "own"
		step("accepted_on", 10)
		switch r.IntN(5) {
		case 0:
		case 1:
			step("withdrawn_on", 20)
			if r.IntN(2) == 0 {
				l.fields["terminated_on"] = at.String()
			}
		case 2:
			step("suspended_on", 10)
			if r.IntN(2) == 0 {
				step("resumed_on", 30)
				step("settled_on", 40)
				l.fields["outcome"] = "wrong"
			}
		default:
			step("settled_on", 90)
			l.fields["outcome"] = []string{"right", "partly_right", "wrong", "mediated"}[r.IntN(4)]
			l.fields["due_on"] = l.day("accepted_on").AddDays(30).String()
		}
	}
	return l
}

func (w *letters) post(all []*one) {
	w.t.Helper()
	err := w.db.Write(w.ctx, func(tx *db.Tx) error {
		for i, l := range all {
			_, err := w.led.Record(w.ctx, tx, "người thử", ledger.Draft{Key: fmt.Sprint("don ", i), Kind: "petition_letter", Unit: l.unit, Day: l.received, Fields: l.fields})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatalf("record letters: %v", err)
	}
}

var formWindows = []string{"tt03-2013:2019-Q1", "tt03-2013:2019-Q2", "tt03-2013:2019-H1", "tt03-2013:2019-9M", "tt03-2013:2019", "tt03-2013:2020-Q1", "assembly-year:2019"}

// Every letter is in exactly one class at the end of every window: the forms' own sums are met, and their cells are what
// counting the letters by hand gives.
func TestFormsReconcile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newLetters(t, d)
		r := rand.New(rand.NewPCG(7, 11))
		var all []*one
		for range 160 {
			all = append(all, invent(r, []string{"complaint", "denunciation", "proposal", "reflection", "mixed"}[r.IntN(5)]))
		}
		w.post(all)
		for _, window := range formWindows {
			p, err := w.cat.Latest().Regimes.Parse(window)
			if err != nil {
				t.Fatal(err)
			}
			w.reconcile(all, p)
		}
	})
}

func (w *letters) reconcile(all []*one, p civil.Period) {
	w.t.Helper()
	ed := w.cat.EditionOn(p.To)
	for _, form := range ed.Forms {
		if !strings.HasPrefix(form.Code, "xld") && form.Code != "kqgq_01" {
			continue
		}
		for _, by := range form.Rows {
			table, err := report.Fill(w.ctx, w.eng, report.FormRequest{Form: form, Unit: "06", Period: p, By: by})
			if err != nil {
				w.t.Fatalf("%s %s by %s: %v", form.Code, p.Name, by, err)
			}
			for _, c := range table.Checks {
				if !c.Met {
					w.t.Errorf("%s %s by %s: %s", form.Code, p.Name, by, c.Sentence())
				}
			}
			if form.Code == "xld_01" || form.Code == "xld_03" {
				w.byHand(all, p, table)
			}
		}
	}
}

// byHand counts the letters of the whole and of each of the units' lines.
func (w *letters) byHand(all []*one, p civil.Period, table *report.FormTable) {
	w.t.Helper()
	want := map[string]int64{}
	for _, l := range all {
		if table.Form.Code == "xld_03" && l.fields["class"] != "denunciation" {
			continue
		}
		way, end := l.ended()
		openOn := func(d civil.Date) bool { return l.received <= d && (end == 0 || end > d) }
		add := func(column string, is bool) {
			if is {
				want[column]++
			}
		}
		within := func(d civil.Date) bool { return d != 0 && p.From <= d && d <= p.To }
		add("brought", openOn(p.From.AddDays(-1)))
		add("received", within(l.received))
		add("ended", within(end))
		add("open", openOn(p.To))
		accepted := l.day("accepted_on")
		add("settling", openOn(p.To) && accepted != 0 && accepted <= p.To)
		add("waiting", openOn(p.To) && !(accepted != 0 && accepted <= p.To))
		if within(end) {
			want[way]++
		}
	}
	for _, code := range []string{"brought", "received", "ended", "open", "settling", "waiting", "settled", "terminated", "transferred", "refused", "guided", "filed", "withdrawn"} {
		cell := table.Lines[0].Cells[table.Form.Leaf(code).Number()-1]
		got := new(big.Rat)
		if cell.Val != nil {
			got = cell.Val
		}
		if got.Cmp(big.NewRat(want[code], 1)) != 0 {
			w.t.Errorf("%s %s: %s is %s, by hand %d", table.Form.Code, p.Name, code, got.RatString(), want[code])
		}
	}
}

// A letter that ended before it was accepted makes a number fall below zero, and the form says where.
func TestFormsShowDifferences(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newLetters(t, d)
		l := &one{unit: "003", received: 20190105, fields: map[string]any{"class": "complaint", "field": "land", "received_on": "2019-01-05", "channel": "direct",
			"eligible": "eligible", "competence": "own", "accepted_on": "2019-03-10", "filed_on": "2019-03-01"}}
		w.post([]*one{l})
		p, err := w.cat.Latest().Regimes.Parse("tt03-2013:2019-Q1")
		if err != nil {
			t.Fatal(err)
		}
		p.To = 20190305 // filed, and accepted only later
		ed := w.cat.EditionOn(p.To)
		table, err := report.Fill(w.ctx, w.eng, report.FormRequest{Form: ed.Form("xld_01"), Unit: "06", Period: p, By: "unit"})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(table.Checks, func(c report.FormFinding) bool { return c.Check.Code == "negative" })
		if c := table.Checks[i]; c.Met || !strings.Contains(c.Sentence(), "-1") {
			t.Errorf("the sum of what is left: %s", c.Sentence())
		}
	})
}

// blind reads no letters; all reads every one.
type blind struct{}

func (blind) ReadsLetters(org.UnitID) bool { return false }

type all struct{}

func (all) ReadsLetters(org.UnitID) bool { return true }

// Who may not read letters learns nothing about classes: two worlds that differ only in the classes of their letters, and
// in what letters of a class alone can have, give him the same answer to everything that can be asked. So no sum,
// difference or equation over his answers can tell how many letters of a unit are denunciations.
func TestBlindReadersCannotTellClasses(t *testing.T) {
	var told, seen []string
	for world, classes := range [][]string{{"denunciation", "complaint"}, {"proposal", "mixed"}} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			if d.Engine() != db.SQLite {
				return // the rule stands above the engines
			}
			w := newLetters(t, d)
			r := rand.New(rand.NewPCG(3, 5))
			var letters []*one
			for i := range 40 {
				l := invent(r, classes[i%2])
				if world == 0 && l.day("settled_on") != 0 {
					l.fields["handled_persons"], l.fields["recovered_money"] = "2", "5000000"
					l.fields["outcome"] = "right"
				}
				letters = append(letters, l)
			}
			w.post(letters)
			told = append(told, w.everything(figure.SeenBy(w.ctx, blind{})))
			seen = append(seen, w.everything(figure.SeenBy(w.ctx, all{})))
		})
	}
	if len(told) != 2 {
		t.Fatalf("%d worlds", len(told))
	}
	if told[0] != told[1] {
		t.Errorf("classes show in what a blind reader is told:\n%s", firstDifference(told[0], told[1]))
	}
	if seen[0] == seen[1] {
		t.Error("the two worlds are alike even to who reads letters: the test sees nothing")
	}
}

// everything is what can be asked about letters: every indicator and column of a form, whole and divided in every way, over
// windows that overlap and over single days, with its entries and as a form.
func (w *letters) everything(ctx context.Context) string {
	var b strings.Builder
	say := func(what string, v any, err error) {
		text, _ := json.Marshal(v)
		if err != nil {
			text = []byte("refused: " + err.Error())
		}
		fmt.Fprintf(&b, "%s: %s\n", what, text)
	}
	ed := w.cat.EditionOn(20190315)
	var asked []*catalog.Indicator
	for _, i := range ed.Indicators {
		if i.System == 14 {
			asked = append(asked, i)
		}
	}
	for _, f := range ed.Forms {
		for _, c := range f.Leaves() {
			asked = append(asked, c.Indicator())
		}
	}
	ways := []string{"month", "unit", "label:class", "label:field", "label:outcome", "label:way", "label:eligible", "label:channel", "label:timeliness", "label:accepted", "label:paused", "label:round", "label:competence", "label:act"}
	periods := []civil.Period{{From: 20190101, To: 20190331}, {From: 20181216, To: 20190315}, {From: 20190304, To: 20190304}}
	for _, ind := range asked {
		for n, p := range periods {
			for _, unit := range []string{"06", "003"} {
				q := figure.Query{Indicator: ind.Code, Unit: unit, Period: p, Basis: org.AsThen()}
				f, err := w.eng.Figure(ctx, q)
				say(fmt.Sprint(ind.Code, p, unit), f, err)
				if n > 0 {
					continue
				}
				for _, by := range ways {
					rows, err := w.eng.Breakdown(ctx, q, by)
					say(fmt.Sprint(ind.Code, p, unit, by), rows, err)
				}
				if unit == "003" {
					for _, narrow := range []string{"class", "outcome", "field"} {
						q := q
						q.Label, q.LabelValue = narrow, "denunciation"
						f, err := w.eng.Figure(ctx, q)
						say(fmt.Sprint(ind.Code, p, unit, narrow), f, err)
					}
					list, err := w.eng.Evidence(ctx, q, figure.Numerator, 0, 0)
					if list != nil {
						for i := range list.Entries {
							list.Entries[i].Title = "" // a page does not show it: web/guard.go
						}
					}
					say(fmt.Sprint(ind.Code, p, unit, "entries"), list, err)
				}
			}
		}
	}
	for _, f := range ed.Forms {
		table, err := report.Fill(ctx, w.eng, report.FormRequest{Form: f, Unit: "06", Period: periods[0], By: f.Rows[0]})
		if table != nil {
			say(f.Code, table.Table(), err)
			continue
		}
		say(f.Code, nil, err)
	}
	return b.String()
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i] + "\n" + y[i]
		}
	}
	return "one is longer"
}

// A form too wide for a page is cut at its heads: every number stands in one part, under its own head.
func TestWideFormsAreCutAtHeads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newLetters(t, d)
		p := civil.Period{From: 20190101, To: 20190331}
		table, err := report.Fill(w.ctx, w.eng, report.FormRequest{Form: w.cat.EditionOn(p.To).Form("xld_01"), Unit: "06", Period: p, By: "unit"})
		if err != nil {
			t.Fatal(err)
		}
		whole := table.Table()
		var numbers []string
		for _, part := range report.InParts(&whole) {
			last := part.Heads[len(part.Heads)-1]
			if len(part.Columns) > 15 || len(last) != len(part.Columns) || len(part.Rows[0].Cells) != len(part.Columns) {
				t.Errorf("a part has %d columns, %d numbers, %d cells", len(part.Columns), len(last), len(part.Rows[0].Cells))
			}
			width := 0
			for _, h := range part.Heads[0] {
				width += max(1, h.ColSpan)
			}
			if width != len(part.Columns) {
				t.Errorf("the heads of a part are %d wide, its columns %d", width, len(part.Columns))
			}
			for _, h := range last[1:] {
				numbers = append(numbers, h.Text)
			}
		}
		for i, n := range numbers {
			if n != fmt.Sprint(i+1) {
				t.Errorf("column %d is numbered %s", i+1, n)
			}
		}
		if len(numbers) != len(table.Form.Leaves()) {
			t.Errorf("%d columns in the parts, %d in the form", len(numbers), len(table.Form.Leaves()))
		}
	})
}

// A head that names what is counted says no unit besides.
func TestHeadsSayUnitsOnce(t *testing.T) {
	d := dbtest.SQLite(t)
	form := newLetters(t, d).cat.EditionOn(20190331).Form("tcd_01")
	var all []string
	for _, row := range report.Heads(form, "Đơn vị") {
		for _, h := range row {
			all = append(all, h.Text)
		}
	}
	if !slices.Contains(all, "Số người") || slices.Contains(all, "Số người (người)") {
		t.Errorf("heads: %q", all)
	}
}
