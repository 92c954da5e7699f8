// Package org holds units in time: the territories and bodies of a province, and the dated acts that merge,
// split, rename, move, open and close them.
//
// What is stored as truth is small: the units of the first load ("floor"), the changes, and the rules by which
// bodies exist. Everything else (when a unit opened and closed, what it was called, who descends from whom, the
// eras that totals are keyed by) is derived from these three by [Derive], a plain function, and compared with
// what was derived before. So a change entered late gives the same history as one entered in time.
//
// A unit is known by its code and the day it opened, because official codes are reused. Renaming, upgrading and
// moving a unit leave it the same unit with a new [Span]; merging and splitting close the sources and open new
// units, also where the new one keeps a source's code.
//
// Questions are answered on a [Basis]: as things stood when the work was done ("then"), or restated to the units
// open on a day. [Tree.Reach] gives the eras that count for a unit on a basis and with what part, in millionths;
// [Tree.Lines] the same in rows that add up to it. What cannot be known (a split without shares, a unit with
// several predecessors) is never guessed: it stands on a line of its own at the nearest common ancestor.
package org

import (
	"context"

	"danvan/internal/civil"
	"danvan/internal/db"
)

// UnitID is a unit's number; it stays the same for a (code, day opened) whatever is entered later.
type UnitID int64

// EraID is an era's number; an era that a change does not touch keeps it.
type EraID int64

// Forms of units.
const (
	Territory = "territory"
	Body      = "body"
)

// Levels of territories and of the bodies in them.
const (
	Province = "province"
	District = "district"
	Commune  = "commune"
)

// Kinds of change.
const (
	Merge    = "merge"    // sáp nhập: sources whole into one target
	Split    = "split"    // chia, tách: one source in parts
	Rename   = "rename"   // đổi tên
	Upgrade  = "upgrade"  // đổi loại: xã thành phường, thị xã thành thành phố
	Reparent = "reparent" // chuyển về đơn vị cấp trên khác
	Open     = "open"     // thành lập mới, không từ đơn vị nào
	Abolish  = "abolish"  // kết thúc, không có đơn vị kế tục
)

// Unit is a territory or a body during the whole of its life [Opened, Closed).
type Unit struct {
	ID       UnitID     `json:"id"`
	Code     string     `json:"code"`
	Form     string     `json:"form"`
	Opened   civil.Date `json:"opened"`
	Closed   civil.Date `json:"closed"` // first day on which it no longer exists, civil.Forever while open
	Floor    bool       `json:"floor,omitempty"`
	Inferred bool       `json:"inferred,omitempty"`  // made by rule, not read in a document
	NoData   bool       `json:"no_data,omitempty"`   // the system holds no records of its whole life
	DataFrom civil.Date `json:"data_from,omitempty"` // the system holds no records of it before this day; 0: it holds all
	Status   string     `json:"status,omitempty"`    // confirmed, derived, inferred, estimated
	Source   string     `json:"source,omitempty"`
	Note     string     `json:"note,omitempty"`
	Spans    []Span     `json:"spans"`
}

// Span is what a unit was during [From, To).
type Span struct {
	From   civil.Date `json:"from"`
	To     civil.Date `json:"to"`
	Name   string     `json:"name"`
	Type   string     `json:"type"` // territory: Tỉnh, Huyện, Xã...; body: department, front...
	Level  string     `json:"level"`
	Parent UnitID     `json:"parent,omitempty"`
}

// Open says whether the unit exists on d.
func (u *Unit) Open(d civil.Date) bool { return u.Opened <= d && d < u.Closed }

// SpanOn is the span that holds d; before its opening the first, after its end the last.
func (u *Unit) SpanOn(d civil.Date) Span {
	last := len(u.Spans) - 1
	for i := last; i > 0; i-- {
		if u.Spans[i].From <= d {
			return u.Spans[i]
		}
	}
	return u.Spans[0]
}

// Class is what catalogues call a kind of unit: level/type, like province/standing_committee.
func (s Span) Class() string { return s.Level + "/" + s.Type }

// Era is a run of days [From, To) in which a unit, its type and its chain of parents stay the same. Eras of a
// unit cover all days from civil.Floor to civil.Forever: those outside its life take what was entered late and
// belong to its successors (or predecessors) of those days.
type Era struct {
	ID    EraID      `json:"id"`
	Unit  UnitID     `json:"unit"`
	From  civil.Date `json:"from"`
	To    civil.Date `json:"to"`
	Chain []UnitID   `json:"chain"` // the unit open on those days that takes the facts, then its parents up to the root
}

// Share is the part of an era that counts for somebody.
type Share struct {
	Era        EraID `json:"era"`
	Millionths int64 `json:"millionths"`
	Estimated  bool  `json:"estimated,omitempty"` // a part of a split: an estimate, to be marked where it shows
}

// Whole is a share of everything.
const Whole = 1_000_000

// Unknown stands for a share that nobody has published.
const Unknown = -1

// Parts is how much of a source went to one target, in millionths of each basis; Unknown where not known.
type Parts struct {
	Population int64 `json:"population"`
	Area       int64 `json:"area"`
	Households int64 `json:"households"`
}

// ShareBasis says of what the shares of a split are taken.
type ShareBasis string

const (
	ByAny        ShareBasis = "" // population, else area, else households
	ByPopulation ShareBasis = "population"
	ByArea       ShareBasis = "area"
	ByHouseholds ShareBasis = "households"
)

// Flow is the passage of one unit into another on a day.
type Flow struct {
	From   UnitID     `json:"from"`
	To     UnitID     `json:"to"`
	Day    civil.Date `json:"day"`
	Kind   string     `json:"kind"` // merge or split
	Parts  Parts      `json:"parts"`
	States string     `json:"states,omitempty"` // how a state passes on: any, all, ask; "" is the catalogue's choice
	Change int64      `json:"change,omitempty"` // 0 for a body that followed its host
}

// Change is one dated act on one target (or, for abolish, rename, upgrade and reparent, on one unit).
type Change struct {
	ID       int64      `json:"id,omitempty"`
	Day      civil.Date `json:"date"`
	Kind     string     `json:"kind"`
	Number   string     `json:"number,omitempty"`  // of the decision: 855/NQ-UBTVQH14
	Decided  civil.Date `json:"decided,omitempty"` // day of the decision
	Sources  []Source   `json:"sources,omitempty"`
	Code     string     `json:"code,omitempty"` // the target's, or the unit's own
	Name     string     `json:"name,omitempty"`
	Type     string     `json:"type,omitempty"`
	Level    string     `json:"level,omitempty"`
	Parent   string     `json:"parent,omitempty"` // code of the parent as of that day
	Bodies   string     `json:"bodies,omitempty"` // of a split host: follow:CODE or close
	States   string     `json:"states,omitempty"`
	Status   string     `json:"status,omitempty"`
	Source   string     `json:"source,omitempty"`
	Note     string     `json:"note,omitempty"`
	Imported string     `json:"-"` // where it was read from, for errors: "dòng 12"
}

// Source is a unit, by its code on the evening before, and the parts of it that go to the target.
type Source struct {
	Code  string `json:"code"`
	Parts Parts  `json:"parts"`
}

// BodyRule says that every host of some levels has a body of a type during [From, To].
type BodyRule struct {
	Type    string
	Abbr    string
	Levels  []string
	Names   map[string]string // per level: "Ủy ban nhân dân {of}"; {of} host with its type, {name} without, {party} Tỉnh ủy..., Huyện ủy..., Đảng ủy xã...
	From    civil.Date        // 0: always
	To      civil.Date        // last day; 0: for ever
	Follows []string          // abbreviations of bodies that end when it begins and go into it
}

// Filter keeps eras by what their unit was then. Empty keeps all; Classes are level/type, "*" for any.
type Filter struct {
	Types   []string `json:"types,omitempty"`
	Levels  []string `json:"levels,omitempty"`
	Forms   []string `json:"forms,omitempty"`
	Classes []string `json:"classes,omitempty"`
}

// Kinds of lines.
const (
	Child = "child" // a unit directly below
	Own   = "own"   // the unit's own
	Ended = "ended" // a unit that ended without successor, restated to its nearest surviving ancestor
	Later = "later" // a unit that did not yet exist on the basis day and came from none
	Union = "union" // not divisible: a split without shares, or several predecessors
)

// Line is a row of a breakdown by unit.
type Line struct {
	Unit   UnitID  `json:"unit"`
	Name   string  `json:"name"`
	Kind   string  `json:"kind"`
	NoData bool    `json:"no_data,omitempty"` // only units without data here stand behind it
	Shares []Share `json:"shares"`
}

// Gap is a former part of a unit of which the system holds no data in a period [From, To).
type Gap struct {
	Unit UnitID     `json:"unit"`
	Name string     `json:"name"`
	From civil.Date `json:"from"`
	To   civil.Date `json:"to"`
}

// Hanging says what is dated on a unit after (or, for undo, on) it.
type Hanging struct {
	What  string     `json:"what"` // Vietnamese noun: ghi nhận, quyền đã giao...
	Unit  UnitID     `json:"unit"`
	Count int        `json:"count"`
	First civil.Date `json:"first"`
	Last  civil.Date `json:"last"`
	IDs   []int64    `json:"ids,omitempty"`   // the first few
	Whole bool       `json:"whole,omitempty"` // passes on by a merger only; at a split it is for a person to decide
}

// Hooks is what holds facts on units; the ledger implements it.
type Hooks interface {
	// Hanging lists what is dated on or after from on any of the units, one row a unit and sort of thing.
	// Voided entries count too: their facts still name the unit.
	Hanging(ctx context.Context, q db.Querier, units []UnitID, from civil.Date) ([]Hanging, error)
	// Rederive forgets the totals of the removed eras and sums those of the added ones from the facts.
	Rederive(ctx context.Context, tx *db.Tx, removed []EraID, added []Era) error
}
