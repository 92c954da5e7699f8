package disclosure

import (
	"cmp"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Kinds of the catalogue.
const (
	PublicationKind = "publication"
	DocumentKind    = "publication_document"
	ReasonKind      = "publication_reason"
)

// Publication is one publishing, as recorded. Day is the first day on which people could read or hear it.
type Publication struct {
	ledger.Head `json:"-"`
	Files       []string `json:"proof"` // hashes

	Title         string     `json:"title"`
	Item          string     `json:"item"`
	Rule          string     `json:"rule"`
	Forms         []string   `json:"forms"`
	DocumentOn    civil.Date `json:"document_on"`
	PeriodTo      civil.Date `json:"period_to"`
	Number        string     `json:"number"`
	Place         string     `json:"place"`
	Points        int64      `json:"points"`
	EndedOn       civil.Date `json:"ended_on"`
	EndedWhy      string     `json:"ended_why"`
	BroadcastFrom civil.Date `json:"broadcast_from"`
	BroadcastDays int        `json:"broadcast_days"`
	Address       string     `json:"address"`
	Shown         string     `json:"proof_shown"` // yes: everybody may see the pictures
}

// ShowsProof reports whether everybody may see the pictures of a publishing.
func (p *Publication) ShowsProof() bool { return p.Shown == "yes" && len(p.Files) > 0 }

// Document is a document that must be published.
type Document struct {
	ledger.Head `json:"-"`
	Title       string `json:"title"`
	Number      string `json:"number"`
	Rule        string `json:"rule"`
}

// Reason is why something was not published.
type Reason struct {
	ledger.Head `json:"-"`
	Rule        string     `json:"rule"`
	PeriodTo    civil.Date `json:"period_to"`
	Reason      string     `json:"reason"`
	Note        string     `json:"note"`
}

// State is what became of something that must be published.
type State string

// The states, the most pressing first.
const (
	Missing State = "missing" // the last day is past, nothing is published and no reason given
	Due     State = "due"     // to be published; the last day has not passed
	Late    State = "late"    // published after the last day
	OnTime  State = "on_time"
	Excused State = "excused" // a reason was recorded
)

// States are all, in the order of lists.
var States = []State{Missing, Due, Late, OnTime, Excused}

// Fault is what is wrong with a publishing although it was done.
type Fault string

// The faults.
const (
	EndedEarly  Fault = "ended_early" // the board came down before the days of the law were over
	FewDays     Fault = "few_days"    // fewer days on the loudspeaker than the law asks for
	FormMissing Fault = "form"        // a form that the law asks for was not used
	NoProof     Fault = "no_proof"    // no picture, no page address
)

// Row is one thing that a body must publish: for a period, or of a document.
type Row struct {
	Rule     *catalog.PublicationRule
	Unit     org.UnitID
	Start    civil.Date // end of the period, or day of the document
	PeriodTo civil.Date // 0 for documents
	Document *Document  // nil for periods, and for publishings that name their document themselves
	Posts    []*Publication
	Reason   *Reason
	Deadline *clock.Deadline
	State    State
	Reach    []Reach // of the posts, in their order
}

// Title is what is to be published, for a line of a list.
func (r *Row) Title(l *Law) string {
	switch {
	case r.Document != nil:
		return r.Document.Title
	case r.PeriodTo != 0:
		return l.RuleName(r.Rule.Code) + " (" + PeriodName(r.Rule.Every, r.PeriodTo) + ")"
	case len(r.Posts) > 0:
		return r.Posts[0].Title
	}
	return l.RuleName(r.Rule.Code)
}

// Faults are what is wrong with what was published, each once.
func (r *Row) Faults() []Fault {
	var out []Fault
	for _, x := range r.Reach {
		for _, f := range x.Faults {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// Up reports whether a board with it hangs on the day.
func (r *Row) Up() bool { return slices.ContainsFunc(r.Reach, func(x Reach) bool { return x.Up }) }

// Book is what of one body is recorded.
type Book struct {
	Publications []*Publication
	Documents    []*Document
	Reasons      []*Reason
}

// Register reckons what a body of a class must publish whose period ended, or whose document was dated, within days, and
// what became of it by today. What lies in the future is left out.
func (l *Law) Register(unit org.UnitID, class string, p civil.Period, b Book, today civil.Date) []Row {
	p.To = min(p.To, today)
	used := map[int64]bool{}
	var out []Row
	for _, rule := range l.Rules(class, p) {
		for _, end := range periods(rule, p) {
			out = append(out, Row{Rule: rule, Unit: unit, Start: end, PeriodTo: end})
		}
	}
	for _, d := range b.Documents {
		if rule := l.Rule(d.Rule); rule != nil && d.Day >= p.From && d.Day <= p.To && rule.InForce(d.Day) {
			out = append(out, Row{Rule: rule, Unit: unit, Start: d.Day, Document: d})
		}
	}
	for i := range out {
		out[i].Posts = named(out[i], b.Publications, used)
	}
	for i := range out {
		if r := &out[i]; len(r.Posts) == 0 && r.PeriodTo != 0 {
			r.Posts = guessed(*r, b.Publications, used, step(r.Rule))
		}
	}
	out = append(out, l.alone(unit, p, b.Publications, used)...)
	for i := range out {
		out[i].Reason = excused(out[i], b.Reasons)
		l.stand(&out[i], today)
	}
	slices.SortStableFunc(out, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Start, a.Start), cmp.Compare(a.Rule.Code, b.Rule.Code))
	})
	return out
}

func step(r *catalog.PublicationRule) int {
	return max(90, PeriodStart(r, 20261231).DaysUntil(20261231))
}

// named are the publishings that say that they publish the row.
func named(r Row, all []*Publication, used map[int64]bool) []*Publication {
	var out []*Publication
	for _, p := range all {
		if used[p.ID] {
			continue
		}
		carries := r.Document != nil && p.Carries == r.Document.ID
		if carries || r.PeriodTo != 0 && p.Rule == r.Rule.Code && p.PeriodTo == r.PeriodTo {
			used[p.ID] = true
			out = append(out, p)
		}
	}
	byDay(out)
	return out
}

// guessed is the first publishing of the row's item after its period that names no rule: how it was recorded before rules
// were named.
func guessed(r Row, all []*Publication, used map[int64]bool, days int) []*Publication {
	var best *Publication
	for _, p := range all {
		if p.Rule == "" && p.Carries == 0 && p.DocumentOn == 0 && !used[p.ID] && p.Item == r.Rule.Item && p.Day > r.PeriodTo && p.Day <= r.PeriodTo.AddDays(days) &&
			(best == nil || p.Day < best.Day) {
			best = p
		}
	}
	if best == nil {
		return nil
	}
	used[best.ID] = true
	return []*Publication{best}
}

// alone are rows of publishings whose document nobody recorded before.
func (l *Law) alone(unit org.UnitID, p civil.Period, all []*Publication, used map[int64]bool) []Row {
	var out []Row
	for _, x := range all {
		rule, start := l.Rule(x.Rule), x.DocumentOn
		if start == 0 {
			start = x.Day
		}
		if rule == nil || used[x.ID] || rule.Every != "document" || start < p.From || start > p.To || !rule.InForce(start) {
			continue
		}
		used[x.ID] = true
		out = append(out, Row{Rule: rule, Unit: unit, Start: start, Posts: []*Publication{x}})
	}
	return out
}

func excused(r Row, all []*Reason) *Reason {
	for _, x := range all {
		if r.Document != nil && x.Carries == r.Document.ID || r.PeriodTo != 0 && x.Rule == r.Rule.Code && x.PeriodTo == r.PeriodTo {
			return x
		}
	}
	return nil
}

func byDay(list []*Publication) {
	slices.SortStableFunc(list, func(a, b *Publication) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID)) })
}

// stand sets the deadline, the state and the reach of a row.
func (l *Law) stand(r *Row, today civil.Date) {
	var first civil.Date
	if len(r.Posts) > 0 {
		first = r.Posts[0].Day
	}
	r.Deadline = l.Clock(r.Rule.Clock, r.Start, first)
	last := civil.Date(0)
	if r.Deadline != nil {
		last = r.Deadline.Due
	}
	switch {
	case first != 0 && last != 0 && first > last:
		r.State = Late
	case first != 0:
		r.State = OnTime
	case r.Reason != nil:
		r.State = Excused
	case last != 0 && today > last:
		r.State = Missing
	default:
		r.State = Due
	}
	for i, p := range r.Posts {
		r.Reach = append(r.Reach, l.Reach(p, r.Rule, i == 0, today))
	}
}

// Timely says of a publishing on a day whether it is in time, as the catalogue's list progress has it; empty where no limit
// holds.
func (l *Law) Timely(rule *catalog.PublicationRule, start, published civil.Date) (code string, due civil.Date) {
	if rule == nil {
		return "", 0
	}
	d := l.Clock(rule.Clock, start, published)
	switch {
	case d == nil:
		return "", 0
	case published > d.Due:
		return "late", d.Due
	}
	return "on_time", d.Due
}
