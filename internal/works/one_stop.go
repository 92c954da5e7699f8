package works

import (
	"cmp"
	"context"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Kinds of the one-stop mechanism.
const (
	FilesKind     = "one_stop_totals"
	OperationKind = "one_stop_operation"
)

// Files are the totals of a body's administrative files for one group of procedures up to the day of the entry. What is
// there at the beginning and what comes in equals what is settled, open, returned and refused: a rule of the kind.
type Files struct {
	ledger.Head `json:"-"`

	Field      string       `json:"field"`
	Tier       string       `json:"tier"`
	Carried    int64        `json:"carried"`
	InPerson   int64        `json:"in_person"`
	Online     int64        `json:"online"`
	Postal     int64        `json:"postal"`
	BeforeDue  int64        `json:"before_due"`
	OnTime     int64        `json:"on_time"`
	Late       int64        `json:"late"`
	OpenInTime int64        `json:"open_in_time"`
	OpenLate   int64        `json:"open_late"`
	Returned   int64        `json:"returned"`
	Refused    int64        `json:"refused"`
	Reasons    []LateReason `json:"late_reasons"`
}

// LateReason is how many files were late for one reason.
type LateReason struct {
	Reason string `json:"late_reason"`
	Files  int64  `json:"late_files"`
}

// Received is what came in over all channels.
func (f *Files) Received() int64 { return f.InPerson + f.Online + f.Postal }

// Settled is what was answered, in time or late.
func (f *Files) Settled() int64 { return f.BeforeDue + f.OnTime + f.Late }

// Open is what is still worked on.
func (f *Files) Open() int64 { return f.OpenInTime + f.OpenLate }

// Off is by how much the two sides differ: 0 where they balance.
func (f *Files) Off() int64 {
	return f.Carried + f.Received() - f.Settled() - f.Open() - f.Returned - f.Refused
}

// Zero reports whether nothing is said.
func (f *Files) Zero() bool {
	return f.Carried+f.Received()+f.Settled()+f.Open()+f.Returned+f.Refused == 0
}

func (f *Files) add(o *Files) {
	f.Carried, f.InPerson, f.Online, f.Postal = f.Carried+o.Carried, f.InPerson+o.InPerson, f.Online+o.Online, f.Postal+o.Postal
	f.BeforeDue, f.OnTime, f.Late = f.BeforeDue+o.BeforeDue, f.OnTime+o.OnTime, f.Late+o.Late
	f.OpenInTime, f.OpenLate, f.Returned, f.Refused = f.OpenInTime+o.OpenInTime, f.OpenLate+o.OpenLate, f.Returned+o.Returned, f.Refused+o.Refused
	for _, r := range o.Reasons {
		f.reason(r)
	}
}

func (f *Files) reason(r LateReason) {
	for i := range f.Reasons {
		if f.Reasons[i].Reason == r.Reason {
			f.Reasons[i].Files += r.Files
			return
		}
	}
	f.Reasons = append(f.Reasons, r)
}

// Break is where a month carries over another number than the month before left open.
type Break struct {
	Before, After *Files
}

// Joined are the totals of a period: added up, but what one month leaves open and the next carries over is counted once,
// so that carried over is what was there at the period's beginning, and open what is there at its end.
type Joined struct {
	All    Files
	By     map[string]*Files     // by group of procedures
	Units  map[org.UnitID]*Files // by body
	Breaks []Break
}

// Join adds up totals, of any bodies and groups.
func Join(list []*Files) *Joined {
	j := &Joined{By: map[string]*Files{}, Units: map[org.UnitID]*Files{}}
	rows := slices.Clone(list)
	slices.SortStableFunc(rows, func(a, b *Files) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID))
	})
	for i, f := range rows {
		one := *f
		one.Reasons = nil
		for _, r := range f.Reasons {
			one.reason(r)
		}
		if i > 0 && follows(rows[i-1], f) {
			if rows[i-1].Open() != f.Carried {
				j.Breaks = append(j.Breaks, Break{rows[i-1], f})
			}
			one.Carried = 0
		}
		if i+1 < len(rows) && follows(f, rows[i+1]) {
			one.OpenInTime, one.OpenLate = 0, 0
		}
		j.All.add(&one)
		group(j.By, f.Field).add(&one)
		group(j.Units, f.Unit).add(&one)
	}
	return j
}

func group[K comparable](m map[K]*Files, key K) *Files {
	if m[key] == nil {
		m[key] = &Files{}
	}
	return m[key]
}

// follows reports whether b is the month after a, of the same body and group. Totals of other days stand for themselves.
func follows(a, b *Files) bool {
	return a.Unit == b.Unit && a.Field == b.Field && a.Day == a.Day.MonthEnd() && b.Day == b.Day.MonthEnd() && a.Day.AddDays(1).MonthEnd() == b.Day
}

// FilesOf are the totals of bodies within a period.
func (s *Shelf) FilesOf(ctx context.Context, q db.Querier, units []org.UnitID, p civil.Period) ([]*Files, error) {
	lines, err := s.lines(ctx, q, FilesKind, Filter{Units: units, From: p.From, To: p.To})
	if err != nil {
		return nil, err
	}
	out := make([]*Files, 0, len(lines))
	for _, l := range lines {
		f := &Files{Head: l.Head}
		if err := into(l, f); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// Operation is the one-stop mechanism of a unit since a day.
type Operation struct {
	ledger.Head `json:"-"`

	Tier    string     `json:"tier"`
	Model   string     `json:"model"`
	EndedOn civil.Date `json:"ended_on"`
	Number  string     `json:"number"`
}

// At is the unit that runs the mechanism: the territory of a commune or district, else the body.
func (o *Operation) At() org.UnitID {
	if o.Tier == "commune" || o.Tier == "district" {
		return o.Place
	}
	return o.Unit
}

// Operations are the mechanisms that run on a day, by the unit that began them.
func (s *Shelf) Operations(ctx context.Context, q db.Querier, day civil.Date) (map[org.UnitID]*Operation, error) {
	lines, err := s.lines(ctx, q, OperationKind, Filter{To: day})
	if err != nil {
		return nil, err
	}
	out := map[org.UnitID]*Operation{}
	for _, l := range lines { // newest first: of several by one unit the oldest says since when
		o := &Operation{Head: l.Head}
		if err := into(l, o); err != nil {
			return nil, err
		}
		if o.EndedOn == 0 || o.EndedOn > day {
			out[o.At()] = o
		}
	}
	return out, nil
}

// Running says since when a unit runs the mechanism: its own, or that of the first of the units that went into it.
func Running(tree *org.Tree, ops map[org.UnitID]*Operation, unit org.UnitID) *Operation {
	var found *Operation
	seen := map[org.UnitID]bool{}
	var look func(id org.UnitID)
	look = func(id org.UnitID) {
		if seen[id] {
			return
		}
		seen[id] = true
		if o := ops[id]; o != nil && (found == nil || o.Day < found.Day) {
			found = o
		}
		for _, f := range tree.Predecessors(id) {
			look(f.From)
		}
	}
	look(unit)
	return found
}
