package petition

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/ledger"
)

// Program is the actor of what no person does: a deadline that follows the law.
const Program = "chương trình"

// Clocks keeps the clocks of cases as they were told. What a case's clocks are is reckoned by package clock from the
// case and the law in force today; what was told is kept in petition_clock, with the old rows. Its fields are set once,
// before use.
type Clocks struct {
	Catalog *catalog.Catalog
	Ledger  *ledger.Ledger
	DB      *db.DB // for the job that reckons all cases anew
	// Now is the clock; nil is time.Now.
	Now func() time.Time

	reckoning sync.Mutex // one reckoning of all cases at a time

	mu   sync.Mutex
	laws map[string]*clockLaw // by edition
}

// clockLaw is an edition's procedures and calendars with the hash by which stored clocks know them.
type clockLaw struct {
	*clock.Law
	Hash string
}

func (k *Clocks) now() time.Time {
	if k.Now != nil {
		return k.Now()
	}
	return time.Now()
}

// Today is the day on which deadlines are looked at.
func (k *Clocks) Today() civil.Date { return civil.FromTime(k.now()) }

// Law is the law in force today.
func (k *Clocks) Law() *clockLaw {
	ed := k.Catalog.EditionOn(k.Today())
	k.mu.Lock()
	defer k.mu.Unlock()
	if l := k.laws[ed.Hash]; l != nil {
		return l
	}
	l := &clockLaw{Law: clock.In(ed), Hash: lawHash(ed)}
	if k.laws == nil {
		k.laws = map[string]*clockLaw{}
	}
	k.laws[ed.Hash] = l
	return l
}

// lawHash changes when a procedure or a calendar does, and only then.
func lawHash(ed *catalog.Edition) string {
	text, err := json.Marshal([]any{ed.Procedures, ed.Calendars})
	if err != nil {
		panic(err) // plain values always encode
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Deadlines are a case's clocks as they are now: those that have begun.
func (k *Clocks) Deadlines(c *Case) []clock.Deadline {
	l := k.Law()
	if c.Void {
		return nil
	}
	return l.Deadlines(l.Procedure(c.Class, c.Round), c.clocked())
}

// clocked is what of the case its clocks depend on.
func (c *Case) clocked() clock.Case {
	out := clock.Case{Events: c.Events(), Complexity: c.Complexity, Remote: c.Remote}
	stage := c.State().Stage
	for act, at := range map[string]Stage{"withdrawn": Withdrawn, "terminated": Terminated} {
		if stage != at { // in part, waiting for the decision, or taken up anew
			delete(out.Events, act)
		}
	}
	if _, split := out.Events["split"]; split {
		set(out.Events, "classified", out.Events["split"])
	}
	for _, x := range c.Extensions() {
		on := x.DocumentOn
		if on == 0 {
			on = x.On
		}
		out.Extensions = append(out.Extensions, clock.Extension{Document: x.Document, On: on, Days: x.Days})
	}
	for _, p := range c.Pauses() {
		out.Pauses = append(out.Pauses, clock.Pause{From: p.From, To: p.To, Document: p.Document})
	}
	return out
}

// Dues are the fields of a case that follow from its clocks: the deadline of the settlement, and the day until which it
// was extended. Nothing while the clock has not begun or stands still. changes are laid over the case first.
func (k *Clocks) Dues(c *Case, changes map[string]any) (map[string]any, error) {
	fields := map[string]any{}
	maps.Copy(fields, c.Values)
	maps.Copy(fields, changes)
	text, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("fields of case %d: %w", c.Entry, err)
	}
	next, err := Of(c.Kind, string(text))
	if err != nil {
		return nil, err
	}
	return k.dues(next), nil
}

// dues are the fields due_on and extended_to as they should stand, where they do not.
func (k *Clocks) dues(c *Case) map[string]any {
	d := clock.Main(k.Deadlines(c))
	if d == nil || d.Due == 0 {
		return nil
	}
	out := map[string]any{}
	if c.Due != d.Due {
		out["due_on"] = d.Due.String()
	}
	extended := slices.ContainsFunc(d.Extensions, func(x clock.Extension) bool { return x.Counted > 0 })
	if was := dayOf(c.Values, "extended_to"); extended && was != d.Due {
		out["extended_to"] = d.Due.String()
	} else if !extended && was != 0 && c.has("extended") {
		out["extended_to"] = nil
	}
	return out
}

// DueOf is the deadline that an act on a case keeps or breaks: of the clock that the act ends. 0 where it ends none.
func (k *Clocks) DueOf(c *Case, act string) civil.Date {
	for _, d := range k.Deadlines(c) {
		if d.Ended == 0 && d.ByOffice() && d.EndEvent != "" && (d.EndEvent == act || d.EndEvent == "settled" && settles(act)) {
			return d.Due
		}
	}
	return 0
}

// Follow brings the stored clocks of a case after its newest version and the law in force, in the act's transaction. What
// ended stays as it was told unless its own facts changed. It does not touch the entry.
func (k *Clocks) Follow(ctx context.Context, tx *db.Tx, c *Case, why string) (moved int, err error) {
	told, err := k.Told(ctx, tx, c.Entry)
	if err != nil {
		return 0, err
	}
	now := k.Deadlines(c)
	if len(told) == 0 && !k.worthKeeping(c, now) {
		now = nil
	}
	for _, t := range told {
		if t.Replaced.IsZero() {
			n, err := k.follow(ctx, tx, t, &now, why)
			if err != nil {
				return moved, err
			}
			moved += n
		}
	}
	for i := range now {
		if err := k.tell(ctx, tx, c.Entry, &now[i]); err != nil {
			return moved, err
		}
	}
	return moved, k.mark(ctx, tx, c)
}

// follow compares one stored clock with what it is now, which it takes out of the list.
func (k *Clocks) follow(ctx context.Context, tx *db.Tx, t Told, now *[]clock.Deadline, why string) (moved int, err error) {
	i := slices.IndexFunc(*now, func(d clock.Deadline) bool { return d.Clock == t.Deadline.Clock })
	if i < 0 {
		return 1, k.replace(ctx, tx, t.ID, why)
	}
	d := (*now)[i]
	same := sameAnswer(&t.Deadline, &d)
	switch {
	case t.Deadline.Ended != 0 && sameFacts(&t.Deadline, &d), same && t.Deadline.Ended == d.Ended && t.Deadline.EndedBy == d.EndedBy:
		*now = slices.Delete(*now, i, i+1)
		return 0, nil
	case same:
		*now = slices.Delete(*now, i, i+1)
		return 0, k.end(ctx, tx, t.ID, &d)
	}
	return 1, k.replace(ctx, tx, t.ID, why)
}

// sameAnswer reports whether two reckonings of one clock tell a person the same.
func sameAnswer(a, b *clock.Deadline) bool {
	return a.Start == b.Start && a.Due == b.Due && a.Total == b.Total && a.Stopped == b.Stopped && a.Left == b.Left &&
		a.Article == b.Article && len(a.Extensions) == len(b.Extensions) && len(a.Pauses) == len(b.Pauses)
}

// sameFacts reports whether two reckonings of a clock that has ended go back to the same facts of the case, so that only
// law or calendar can differ.
func sameFacts(a, b *clock.Deadline) bool {
	if a.Start != b.Start || a.Ended != b.Ended || a.EndedBy != b.EndedBy || a.Basis != b.Basis || len(a.Extensions) != len(b.Extensions) {
		return false
	}
	for i := range a.Extensions {
		if a.Extensions[i].Document != b.Extensions[i].Document || a.Extensions[i].On != b.Extensions[i].On || a.Extensions[i].Days != b.Extensions[i].Days {
			return false
		}
	}
	return true
}

// worthKeeping reports whether the clocks of a case that was not followed yet are told: where it is open, or something of it
// is still due. A book of old letters that nobody recorded the last steps of does not fill the board.
func (k *Clocks) worthKeeping(c *Case, now []clock.Deadline) bool {
	if c.Void {
		return false
	}
	return c.State().Open() || slices.ContainsFunc(now, func(d clock.Deadline) bool { return d.Open() && d.ByOffice() && d.Due >= k.Today() })
}
