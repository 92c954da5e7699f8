package duty

import (
	"context"
	"maps"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/filing"
	"danvan/internal/org"
)

// Book answers what is owed.
type Book struct {
	Catalog *catalog.Catalog
	Tree    func(context.Context) (*org.Tree, error)
}

// Ask is a question: what the bodies owe whose due day lies in [From, To].
type Ask struct {
	Under    org.UnitID   // bodies at or below this unit; 0 is everywhere
	Units    []org.UnitID // instead: these bodies
	From, To civil.Date
	Today    civil.Date
	Keep     func(*catalog.Duty) bool // nil: every duty
}

// Due are the obligations of bodies that fall due from a day to a day, done or not, in the order of their days. It is
// what reminders are made from.
func (b *Book) Due(ctx context.Context, q db.Querier, units []org.UnitID, from, to, today civil.Date) ([]Obligation, error) {
	if units == nil {
		units = []org.UnitID{}
	}
	return b.Owed(ctx, q, Ask{Units: units, From: from, To: to, Today: today})
}

// Owed answers a question.
func (b *Book) Owed(ctx context.Context, q db.Querier, ask Ask) ([]Obligation, error) {
	tree, err := b.Tree(ctx)
	if err != nil {
		return nil, err
	}
	if ask.Keep == nil {
		ask.Keep = func(*catalog.Duty) bool { return true }
	}
	a := &answer{Book: b, Ask: ask, world: newWorld(tree, ask)}
	// entries of earlier turns are handed out first; a year more than the window begins with is enough for them
	start := civil.NewDate(ask.From.Year()-1, 1, 1)
	a.turns = turnsOf(b.Catalog, start, ask.To, ask.Keep)
	if err := a.read(ctx, q, start); err != nil {
		return nil, err
	}
	for _, code := range slices.Sorted(maps.Keys(a.turns)) {
		a.walk(a.turns[code])
	}
	for _, d := range a.eventDuties() {
		a.follow(d)
	}
	Sort(a.out)
	return a.out, nil
}

// answer is a question on its way to be answered.
type answer struct {
	*Book
	Ask
	*world
	turns   map[string][]turnOf
	found   *evidence
	nils    map[Key]*NilReturn
	why     map[int64]nilFiling
	filings map[filingOf][]*filing.Filing
	out     []Obligation
}

// filingOf are the filings for a period that a body answers for, or that are about a unit.
type filingOf struct {
	unit     org.UnitID
	from, to civil.Date
}

func (a *answer) read(ctx context.Context, q db.Querier, start civil.Date) error {
	kinds, said, reports := map[string]bool{}, map[string]bool{}, false
	first := start.AddYears(-1)
	for _, list := range a.turns {
		for _, t := range list {
			reports = reports || t.duty.Report != ""
			if t.duty.Kind != "" {
				kinds[t.duty.Kind] = true
				said[t.duty.Kind] = said[t.duty.Kind] || t.duty.Only != nil
			}
			if t.turn.Due >= a.From {
				first = min(first, t.turn.Period.From)
			}
		}
	}
	events := a.eventDuties()
	for _, d := range events {
		reports = reports || d.duty.Report != ""
		if d.duty.Kind != "" && d.duty.Proof == nil {
			kinds[d.duty.Kind] = true
		}
	}
	units := make([]org.UnitID, len(a.bodies))
	for i, u := range a.bodies {
		units[i] = u.ID
	}
	last := max(a.Today, a.To).AddYears(1)
	var err error
	if a.found, err = readEvidence(ctx, q, slices.Sorted(maps.Keys(kinds)), units, first, last); err != nil {
		return err
	}
	for kind, some := range said {
		if !some {
			continue
		}
		if err := a.found.readSaid(ctx, q, kind, units, first, last); err != nil {
			return err
		}
	}
	if reports {
		if err := a.found.readReports(ctx, q, first, last); err != nil {
			return err
		}
		if err := a.readFilings(ctx, q, first); err != nil {
			return err
		}
	}
	for _, d := range events {
		if err := a.found.readEvents(ctx, q, d.duty, a.From, a.To); err != nil {
			return err
		}
	}
	a.nils, err = standingNils(ctx, q, first.AddDays(-eventBack), last)
	return err
}

func (a *answer) readFilings(ctx context.Context, q db.Querier, first civil.Date) error {
	a.filings, a.why = map[filingOf][]*filing.Filing{}, map[int64]nilFiling{}
	list, err := filing.List(ctx, q, filing.Query{EndFrom: first, EndTo: a.To})
	if err != nil {
		return err
	}
	for _, f := range list {
		k := filingOf{f.Body, f.Period.From, f.Period.To}
		a.filings[k] = append(a.filings[k], f)
		if f.Unit != f.Body {
			k.unit = f.Unit
			a.filings[k] = append(a.filings[k], f)
		}
		if f.State != filing.Nil || !a.in[f.Body] {
			continue
		}
		versions, err := filing.Versions(ctx, q, f.ID)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if v.Act == filing.ActNil {
				a.why[f.ID] = nilFiling{v.Remark, v.Actor}
			}
		}
	}
	return nil
}

// nilFiling is why a report was filed as having nothing to tell, and who said so.
type nilFiling struct{ reason, actor string }

// walk goes through the turns of one duty and hands each body's entries to them.
func (a *answer) walk(turns []turnOf) {
	claims, taken := map[org.UnitID]*claimer{}, map[int64]bool{}
	for _, t := range turns {
		due := t.duty.DueRule(t.edition.Regimes)
		grace := graced(t.duty, due)
		if t.turn.Due < a.From && !grace {
			continue // takes nothing from the turns asked for
		}
		for _, u := range a.owing(t.duty, t.turn.Period) {
			answers := a.answers(u.ID, t.turn.Due)
			if !a.shown(u.ID, answers) {
				continue
			}
			c := claims[u.ID]
			if c == nil {
				c = &claimer{a.rowsOf(t.duty, u, answers), taken}
				claims[u.ID] = c
			}
			o := Obligation{Duty: t.duty, Edition: t.edition, Unit: u.ID, Answers: answers, Turn: t.turn, Needs: max(1, t.duty.AtLeast)}
			o.Met = c.claim(t.turn, o.Needs, grace)
			if t.turn.Due < a.From {
				continue
			}
			if t.duty.Report != "" {
				a.reported(&o)
			}
			o.Nil = a.nilOf(&o)
			o.stand(a.Today)
			a.out = append(a.out, o)
		}
	}
}

// rowsOf are the entries that can meet a duty of a body: its own, those of bodies that went into it, and, where it has
// ended, those of the one that answers.
func (a *answer) rowsOf(d *catalog.Duty, u *org.Unit, answers org.UnitID) []row {
	kind := d.Kind
	if d.Report != "" {
		kind = reportKind(d.Report, d.Every)
	}
	units := a.family(u.ID, a.From.AddYears(-2))
	if answers != u.ID && answers != 0 {
		units = append(units, answers)
	}
	return a.found.only(d, a.found.of(units, kind))
}

// reported looks for entries that name exactly the period of a report, and for its filing, which says more.
func (a *answer) reported(o *Obligation) {
	p := o.Turn.Period
	var found *filing.Filing
	for _, u := range a.family(o.Unit, p.From) {
		for _, r := range a.found.exact[periodOf{kindOf{u, reportKind(o.Duty.Report, o.Duty.Every)}, p.From, p.To}] {
			o.Met = append(o.Met, Proof{r.id, r.day, r.unit})
		}
		for _, f := range a.filings[filingOf{u, p.From, p.To}] {
			if f.State != filing.Withdrawn && meets(f, o.Duty) && (found == nil || f.State.Done()) {
				found = f
			}
		}
	}
	if found != nil {
		o.take(found, a.why[found.ID])
	}
}

// meets reports whether a filing is the report that a duty asks for.
func meets(f *filing.Filing, d *catalog.Duty) bool {
	return f.Duty == d.Code || f.Duty == "" && f.Field == d.Report && reportTypes[f.Type] == d.Every
}

// take lets the filing say how the report stands: one that was sent back is not handed in, whatever its entry says;
// one that is written on after it was issued still is.
func (o *Obligation) take(f *filing.Filing, why nilFiling) {
	o.Filing = f
	switch f.State {
	case filing.Returned:
		o.Met = nil
	case filing.Nil:
		o.Met = nil
		o.Nil = &NilReturn{Unit: f.Unit, Duty: o.Duty.Code, From: f.Period.From, To: f.Period.To, Reason: why.reason, Actor: why.actor, Filing: f.ID}
	case filing.Filed, filing.Accepted, filing.Issued:
		o.Met = []Proof{{f.Entry, f.FiledOn, f.Body}}
	}
}

func (a *answer) nilOf(o *Obligation) *NilReturn {
	if o.Nil != nil {
		return o.Nil
	}
	return a.nils[o.Key()]
}

// eventDuties are the duties that follow an event, as they stand in the edition in force at the window's end.
func (a *answer) eventDuties() []turnOf {
	ed := a.Catalog.EditionOn(a.To)
	var out []turnOf
	for _, d := range ed.Duties {
		if d.Every == "event" && d.Event != nil && a.Keep(d) {
			out = append(out, turnOf{duty: d, edition: ed})
		}
	}
	return out
}

// follow makes an obligation of each event.
func (a *answer) follow(t turnOf) {
	d, claims, taken := t.duty, map[org.UnitID]*claimer{}, map[int64]bool{}
	cal := t.edition.Calendar("vn")
	for _, x := range a.found.events[d.Code] {
		u := a.tree.Unit(x.unit)
		if u == nil || u.Form != org.Body || x.from < d.From || d.Until != 0 && x.from >= d.Until || !isOf(d.By, u.SpanOn(x.from).Class()) {
			continue
		}
		due := d.Due.Reckon(civil.Period{From: x.from, To: x.from}, cal).Due
		answers := a.answers(u.ID, due)
		if due < a.From || due > a.To || !a.shown(u.ID, answers) {
			continue
		}
		turn := catalog.Turn{Period: civil.Period{From: x.from, To: due, Name: "việc ngày " + x.from.Vi()}, Due: due}
		o := Obligation{Duty: d, Edition: t.edition, Unit: u.ID, Answers: answers, Turn: turn, Needs: 1,
			Event: &Event{x.id, d.Event.Kind, x.title, x.from}}
		if d.Proof != nil {
			if x.met != 0 {
				o.Met = []Proof{{x.id, x.met, x.unit}}
			}
		} else {
			c := claims[u.ID]
			if c == nil {
				c = &claimer{a.rowsOf(d, u, answers), taken}
				claims[u.ID] = c
			}
			o.Met = c.follow(x.row, x.from, d.Event.Carried)
		}
		o.Nil = a.nilOf(&o)
		o.stand(a.Today)
		a.out = append(a.out, o)
	}
}
