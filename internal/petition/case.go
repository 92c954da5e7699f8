package petition

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// The kinds whose entries are cases.
const (
	Letter = "petition_letter"
	Part   = "petition_part"
)

// IsCase reports whether entries of a kind are cases.
func IsCase(kind string) bool { return kind == Letter || kind == Part }

// Case is a letter, or one part of a letter of several contents, as its newest version says. Nothing in it is about the
// sender.
type Case struct {
	Entry   int64
	Version int
	Kind    string
	Unit    org.UnitID
	Place   org.UnitID
	Day     civil.Date
	Void    bool
	Letter  int64   // of a part: the letter that it was split from
	Parts   []int64 // of a letter: its parts, void ones left out

	Code, Number     string
	Class, Field     string
	Round            string // first, second; "" is first
	Complexity       string // normal, complex, special; "" is normal
	Remote           bool
	Eligible         string // of petition_eligibility, "" until it is said
	AnonymousAllowed bool   // anonymous, but clear and verifiable: Đ.25(2) LTC
	Competence       string
	Received         civil.Date
	Due              civil.Date // of the settlement, as it stands
	Outcome          string
	Earlier          string // the letter of the settlement before, as the ledger refers to it
	TransferredUnit  string
	Steps            []Step // in the order of the days
	Enforcement      []Result
	Values           catalog.Values // all fields as they stand
}

// Step is one act in the course of a case.
type Step struct {
	Act        string
	On         civil.Date
	Document   string
	DocumentOn civil.Date
	Article    string
	Signer     string // the post, no name
	Ground     string
	Scope      string // whole, part
	Days       int    // of an extension
	Until      civil.Date
	Body       string
	Due        civil.Date // what the step had to keep, as reckoned when it was recorded
	Implied    bool       // stands in no row: follows from a date of the entry
}

// Result is one thing that a decision or conclusion orders. Amounts are tenths of the item's unit.
type Result struct {
	Item          string
	Planned, Done int64
	By, DoneOn    civil.Date
	Document      string
}

// CaseOf reads a case from its entry.
func CaseOf(e *ledger.Entry) (*Case, error) {
	if !IsCase(e.Kind) {
		return nil, fmt.Errorf("entry %d of kind %s is no case", e.ID, e.Kind)
	}
	v, err := decode(e.Versions[len(e.Versions)-1].Fields)
	if err != nil {
		return nil, fmt.Errorf("case %d: %w", e.ID, err)
	}
	c := read(e.Kind, v)
	c.Entry, c.Version, c.Unit, c.Place, c.Day, c.Void = e.ID, e.Version, e.Unit, e.Place, e.Day, e.State == ledger.Void
	if e.Carries != nil && e.Kind == Part {
		c.Letter = e.Carries.ID
	}
	for _, h := range e.Carried {
		if h.Kind == Part && h.State != ledger.Void {
			c.Parts = append(c.Parts, h.ID)
		}
	}
	return c, nil
}

// Of reads a case from the canonical fields of an entry.
func Of(kind, fields string) (*Case, error) {
	v, err := decode(fields)
	if err != nil {
		return nil, err
	}
	return read(kind, v), nil
}

// decode reads canonical fields without their edition: all that a case asks of them are texts, days and whole numbers.
func decode(fields string) (catalog.Values, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(fields)))
	d.UseNumber()
	var raw map[string]any
	if err := d.Decode(&raw); err != nil {
		return nil, fmt.Errorf("fields: %w", err)
	}
	return values(raw), nil
}

func values(raw map[string]any) catalog.Values {
	v := make(catalog.Values, len(raw))
	for code, x := range raw {
		rows, ok := x.([]any)
		if !ok {
			v[code] = x
			continue
		}
		var out []catalog.Values
		for _, r := range rows {
			if m, ok := r.(map[string]any); ok {
				out = append(out, values(m))
			}
		}
		v[code] = out
	}
	return v
}

// read makes a case of its fields.
func read(kind string, v catalog.Values) *Case {
	c := &Case{
		Kind: kind, Code: v.Text("code"), Number: v.Text("number"), Class: v.Text("class"), Field: v.Text("field"),
		Round: v.Text("round"), Complexity: v.Text("complexity"), Remote: v.Text("remote") == "yes",
		Eligible: v.Text("eligible"), AnonymousAllowed: v.Text("anonymous_exception") == "yes",
		Competence: v.Text("competence"), Received: dayOf(v, "received_on"), Due: dayOf(v, "due_on"),
		Outcome: v.Text("outcome"), Earlier: v.Text("earlier"), TransferredUnit: v.Text("transferred_unit"), Values: v,
	}
	for _, row := range v.Rows("steps") {
		c.Steps = append(c.Steps, Step{
			Act: row.Text("act"), On: dayOf(row, "on"), Document: row.Text("document"), DocumentOn: dayOf(row, "document_on"),
			Article: row.Text("article"), Signer: row.Text("signer_post"), Ground: row.Text("ground"), Scope: row.Text("scope"),
			Days: int(number(row["days"])), Until: dayOf(row, "until"), Body: row.Text("body"), Due: dayOf(row, "due"),
		})
	}
	c.imply()
	for _, row := range v.Rows("enforcement") {
		c.Enforcement = append(c.Enforcement, Result{
			Item: row.Text("item"), Planned: tenths(row["planned"]), Done: tenths(row["done"]),
			By: dayOf(row, "by"), DoneOn: dayOf(row, "done_on"), Document: row.Text("document"),
		})
	}
	return c
}

// dated are the days of an entry that say the same as a step, in the order in which acts of one day follow.
var dated = []struct{ field, act string }{
	{"received_on", "received"}, {"transferred_on", "transferred"}, {"refused_on", "refused"}, {"accepted_on", "accepted"},
	{"withdrawn_on", "withdrawn"}, {"suspended_on", "suspended"}, {"resumed_on", "resumed"}, {"terminated_on", "terminated"},
	{"settled_on", ""}, {"published_on", "published"}, {"enforced_on", "enforced"}, {"filed_on", "filed"},
}

// Settling is the act that ends the settlement of a class.
func Settling(class string) string {
	switch class {
	case "complaint":
		return "decided"
	case "denunciation":
		return "concluded"
	}
	return "answered"
}

// settles reports whether an act is one that ends a settlement.
func settles(act string) bool { return act == "decided" || act == "concluded" || act == "answered" }

// imply adds the steps that stand in no row but follow from a day of the entry, as books that were imported tell them,
// and puts all in the order of their days. What was recorded as a row keeps its place among steps of its day.
func (c *Case) imply() {
	for _, d := range dated {
		on, act := dayOf(c.Values, d.field), d.act
		if act == "" {
			act = Settling(c.Class)
		}
		same := func(s Step) bool { return s.Act == act || d.field == "settled_on" && settles(s.Act) }
		if on != 0 && !slices.ContainsFunc(c.Steps, same) {
			c.place(Step{Act: act, On: on, Scope: c.scopeOf(act), Implied: true})
		}
	}
	if on := dayOf(c.Values, "guided_on"); on != 0 && !c.has("guided") && !c.has("returned") {
		c.place(Step{Act: "guided", On: on, Implied: true})
	}
}

// scopeOf is how much was withdrawn, as the entry says.
func (c *Case) scopeOf(act string) string {
	if act == "withdrawn" {
		return c.Values.Text("withdrawal")
	}
	return ""
}

// place puts an implied step before the first recorded one of a later day.
func (c *Case) place(s Step) {
	at := slices.IndexFunc(c.Steps, func(x Step) bool { return x.On > s.On })
	if s.Act == "received" {
		at = 0
	}
	if at < 0 {
		at = len(c.Steps)
	}
	c.Steps = slices.Insert(c.Steps, at, s)
}

func (c *Case) has(act string) bool {
	return slices.ContainsFunc(c.Steps, func(s Step) bool { return s.Act == act })
}

// Last is the day of the last step, the day of receipt where there is none.
func (c *Case) Last() civil.Date {
	last := c.Received
	for _, s := range c.Steps {
		last = max(last, s.On)
	}
	return last
}

// on is the day of the first step of an act, 0 where there is none.
func (c *Case) on(acts ...string) civil.Date {
	for _, s := range c.Steps {
		if slices.Contains(acts, s.Act) {
			return s.On
		}
	}
	return 0
}

// Events are the days by the names that the clocks of procedures.yaml use. Of an act that came several times it is the
// first, but of one that was taken up anew after a reopening the last.
func (c *Case) Events() map[string]civil.Date {
	out := map[string]civil.Date{}
	for _, s := range c.Steps {
		if settles(s.Act) {
			set(out, "settled", s.On)
		}
		set(out, s.Act, s.On)
	}
	if c.Received != 0 {
		out["received"] = c.Received
	}
	return out
}

func set(m map[string]civil.Date, name string, d civil.Date) {
	if _, ok := m[name]; !ok {
		m[name] = d
	}
}

// Extension is a decision that prolongs the settlement.
type Extension struct {
	Document   string
	DocumentOn civil.Date
	On         civil.Date
	Days       int
	Article    string
}

// Extensions are the decisions that prolonged the settlement, oldest first.
func (c *Case) Extensions() []Extension {
	var out []Extension
	for _, s := range c.Steps {
		if s.Act == "extended" {
			out = append(out, Extension{s.Document, s.DocumentOn, s.On, s.Days, s.Article})
		}
	}
	return out
}

// Pause is a time in which the settlement was suspended; To is 0 while it lasts.
type Pause struct {
	From, To civil.Date
	Document string
	Ground   string
}

// Pauses are the times in which the settlement was suspended, oldest first.
func (c *Case) Pauses() []Pause {
	var out []Pause
	for _, s := range c.Steps {
		switch {
		case s.Act == "suspended":
			out = append(out, Pause{From: s.On, Document: s.Document, Ground: s.Ground})
		case len(out) > 0 && out[len(out)-1].To == 0 && (s.Act == "resumed" || s.Act == "terminated"):
			out[len(out)-1].To = s.On
		}
	}
	return out
}

func dayOf(v catalog.Values, code string) civil.Date {
	d, err := civil.ParseDate(v.Text(code))
	if err != nil {
		return 0
	}
	return d
}

func number(x any) int64 {
	switch x := x.(type) {
	case int64:
		return x
	case json.Number:
		n, _ := x.Int64()
		return n
	case string: // as it is handed in
		n, _ := strconv.ParseInt(x, 10, 64)
		return n
	}
	return 0
}

// tenths reads an amount with one decimal.
func tenths(x any) int64 {
	switch x := x.(type) {
	case catalog.Decimal:
		return x.Units
	case json.Number:
		f, _ := x.Float64()
		return int64(f*10 + .5)
	}
	return 0
}

// Late reports whether the result was to be enforced before a day and is not.
func (r Result) Late(today civil.Date) bool { return r.Done < r.Planned && r.By != 0 && r.By < today }

// Finished reports whether all of it is done.
func (r Result) Finished() bool { return r.Done >= r.Planned }
