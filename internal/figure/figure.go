// Package figure computes figures: an indicator's value for a unit, a period and a basis, with the evidence
// behind it.
//
// A figure follows from the entries of the ledger and from nothing else. Its formula comes from the edition of
// the catalogue in force at the period's end, its boundaries from the tree of units, its numbers from the totals
// that the ledger keeps in the transaction of each entry. Values are exact rationals: whole numbers in the
// smallest unit times a share in millionths. They are rounded once, for Display.
//
// What a caller asks:
//
//	Engine.Figure     one figure
//	Engine.Many       a batch, for a report: one question to the database for all series of a unit and period
//	Engine.Breakdown  the same by month, year, unit below, or label
//	Engine.Compare    the same against the same period of the year before
//	Engine.Evidence   the entries behind the numerator or the denominator; Engine.Entries sorted, or of one term
//
// Nothing reported (null) is not the same as zero reported, in every answer.
package figure

import (
	"math/big"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// Engine answers questions. Its fields are set once, before use; an Engine is safe for concurrent use.
type Engine struct {
	DB      *db.DB
	Catalog *catalog.Catalog
	// Tree is the tree of units as last loaded by this process. Where another process has changed the units
	// since, the engine loads the tree anew in the snapshot that it reads.
	Tree func() *org.Tree
	// Cache keeps the totals of series that are asked for again in memory; nil asks the database each time.
	Cache *Cache

	memo memo
}

// Status says which entries count.
type Status string

const (
	All       Status = "all"
	Confirmed Status = "confirmed"
)

// Query is one question.
type Query struct {
	Indicator  string       // code or ref: petition.settled, F19
	Unit       string       // CODE or CODE@DATE
	Period     civil.Period // both days counted
	Basis      org.Basis    // the zero value is a date basis without a day, taken as `then`
	Status     Status       // empty is All
	AsOf       time.Time    // as known at this moment; zero is now
	CutOff     civil.Date   // last day on which a cohort's later steps count; 0 is the period's end
	Label      string       // only what has LabelValue under this label; empty is all
	LabelValue string
	Vintage    string // for readings: preliminary, official, revised; empty takes the best there is
}

// Figure is an answer. Numbers are decimal strings in the indicator's unit, nil when nothing was reported.
type Figure struct {
	Indicator string `json:"indicator"`
	Ref       string `json:"ref,omitempty"`
	Name      string `json:"name"`
	Measure   string `json:"measure"` // unit of measure: đơn, lượt người, %
	Cite      string `json:"cite,omitempty"`
	Unit      string `json:"unit"` // code
	UnitName  string `json:"unit_name"`
	Period    Span   `json:"period"`

	Value       *string `json:"value"`   // to 6 places, free of display rounding
	Display     string  `json:"display"` // as printed in Vietnamese
	Numerator   *string `json:"numerator"`
	Denominator *string `json:"denominator"`
	// Entries counts the distinct current entries behind the numerator.
	Entries            int64     `json:"entries"`
	DenominatorEntries int64     `json:"denominator_entries"`
	DenominatorUnits   int64     `json:"denominator_units"`
	Coverage           *Coverage `json:"coverage"`
	Estimated          bool      `json:"estimated"`
	Checks             []Check   `json:"checks"`
	Basis              string    `json:"basis"` // then or a day
	Edition            string    `json:"edition"`
	Status             Status    `json:"status"`
	AsOf               *string   `json:"as_of"` // RFC 3339, null when asked as known now

	Formula string  `json:"formula"`
	Parts   []Part  `json:"parts"`           // the terms of the formula, each with its value
	Joint   *string `json:"joint,omitempty"` // what the unit itself did as partner; never added to the value
	Series  []Row   `json:"series,omitempty"`
	Reading *Source `json:"reading,omitempty"`
	Breaks  []Break `json:"breaks,omitempty"` // changes of definition inside the period

	// Exact values, nil when nothing was reported.
	Val *big.Rat `json:"-"`
	Num *big.Rat `json:"-"`
	Den *big.Rat `json:"-"`
	// UnitID, Ind and Ask are what Unit, Indicator and the question were resolved to.
	UnitID org.UnitID         `json:"-"`
	Ind    *catalog.Indicator `json:"-"`
	Ask    Query              `json:"-"`
}

// Span is a period in an answer.
type Span struct {
	From string `json:"from"`
	To   string `json:"to"`
	Code string `json:"code,omitempty"`
	Name string `json:"name,omitempty"`
}

// Coverage says how many of the bodies that must record have done so. It is nil where nobody in particular must.
type Coverage struct {
	Expected int      `json:"expected"`
	Reported int      `json:"reported"`
	Missing  []string `json:"missing"` // codes
}

// Check is a control printed with the figure. One that is not ok makes the command line exit with 4.
type Check struct {
	Code    string `json:"code"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
}

// Part is one term of the formula.
type Part struct {
	Term        string  `json:"term"` // sum(petition_letters)
	Name        string  `json:"name"` // the series' name
	Denominator bool    `json:"denominator"`
	Value       *string `json:"value"`
	Entries     int64   `json:"entries"`
}

// Source says where a reading comes from.
type Source struct {
	Day     string `json:"day"`
	Source  string `json:"source,omitempty"`
	Vintage string `json:"vintage,omitempty"`
	Entry   int64  `json:"entry"`

	Published string   `json:"published,omitempty"` // the day on which the source published it
	Note      string   `json:"note,omitempty"`
	Value     string   `json:"value,omitempty"`  // of Others
	Others    []Source `json:"others,omitempty"` // readings of the same year that were not taken, the better first
}

// Break is a change of definition.
type Break struct {
	On         string `json:"on"`
	Note       string `json:"note"`
	Comparable bool   `json:"comparable"`
}

// Row is one line of a breakdown.
type Row struct {
	Key                string  `json:"key"` // 2019, 2019-M04, a unit's code, a label's value
	Name               string  `json:"name"`
	Kind               string  `json:"kind,omitempty"` // of unit rows: child, own, ended, union
	From               string  `json:"from,omitempty"` // of rows by time
	To                 string  `json:"to,omitempty"`
	Value              *string `json:"value"`
	Display            string  `json:"display"`
	Numerator          *string `json:"numerator"`
	Denominator        *string `json:"denominator"`
	Entries            int64   `json:"entries"`
	DenominatorEntries int64   `json:"denominator_entries"`
	DenominatorUnits   int64   `json:"denominator_units"`
	Estimated          bool    `json:"estimated"`
	Additive           bool    `json:"additive"` // false: the rows do not add up to the whole
	Joint              *string `json:"joint,omitempty"`
	Checks             []Check `json:"checks,omitempty"`

	Val *big.Rat `json:"-"`
	Num *big.Rat `json:"-"`
	Den *big.Rat `json:"-"`
}

// Breakdown is a figure with its rows.
type Breakdown struct {
	Figure
	By   string `json:"by"` // month, quarter, year, unit, label:NAME
	Rows []Row  `json:"rows"`
}

// Comparison sets a figure against the same period of the year before.
type Comparison struct {
	Now     *Figure `json:"now"`
	Before  *Figure `json:"before"`
	Change  *string `json:"change"`  // Now minus Before, in the indicator's unit
	Percent *string `json:"percent"` // change in percent of Before
	Note    string  `json:"note,omitempty"`
}

// Side is a part of the formula.
type Side string

const (
	Numerator   Side = "numerator"
	Denominator Side = "denominator"
)

// Evidence lists the entries behind one side of a figure, each once.
type Evidence struct {
	Indicator string  `json:"indicator"`
	Ref       string  `json:"ref,omitempty"`
	Name      string  `json:"name"`
	Unit      string  `json:"unit"`
	UnitName  string  `json:"unit_name"`
	Period    Span    `json:"period"`
	Basis     string  `json:"basis"`
	Edition   string  `json:"edition"`
	Status    Status  `json:"status"`
	AsOf      *string `json:"as_of"`
	Side      Side    `json:"part"`
	Measure   string  `json:"measure"`
	Total     int64   `json:"total"` // entries in all; the list may be one page of them
	Offset    int64   `json:"offset"`
	Entries   []Proof `json:"entries"`
}

// Proof is one entry of the evidence.
type Proof struct {
	ID       int64  `json:"id"`
	Kind     string `json:"kind"`
	KindName string `json:"kind_name"`
	Day      string `json:"day"`
	Unit     string `json:"unit"`
	UnitName string `json:"unit_name"`
	Place    string `json:"place"`
	Title    string `json:"title"`
	Value    string `json:"value"` // what it adds, before any share of a split
	State    string `json:"state"`
	Leaf     int64  `json:"leaf"` // audit leaf of the newest fact that counts

	UnitID org.UnitID `json:"-"`
}
