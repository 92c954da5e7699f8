// Package filing keeps the report cycle: a filing is one unit's report by one template for one period. It is opened,
// written, filed, returned or accepted, issued, and amended as a new version. Each act is one transaction with one leaf
// of the log; what was filed and what was issued is kept as it was printed, under a hash, and never changes.
//
// The package does not know what a report looks like: contents are bytes, texts are the office's own words by section
// (package report reads both). A filing also leaves an entry of kind report_filed in the ledger, in the same
// transaction, so that the figures of reports filed need no second typing.
//
//	open ──file──▶ filed ──accept──▶ accepted ──issue──▶ issued ──amend──▶ open (a new version)
//	  ▲  ╲nil─▶ nil  │ ▲                 ╲─────────────────▶  │
//	  ╰──take back───╯ ╰─file── returned ◀──────return────────╯
//
// A unit may issue before its superior has accepted; acceptance then is a mark on the issued report.
package filing

import (
	"time"

	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// State is where a filing stands.
type State string

const (
	Open      State = "open"      // đang soạn
	Filed     State = "filed"     // đã nộp
	Returned  State = "returned"  // bị trả lại
	Accepted  State = "accepted"  // đã được nhận
	Issued    State = "issued"    // đã ban hành
	Nil       State = "nil"       // báo cáo không phát sinh
	Withdrawn State = "withdrawn" // đã thu hồi, bỏ kỳ
)

// Writable reports whether the office may write in it.
func (s State) Writable() bool { return s == Open || s == Returned }

// Done reports whether the unit has done its part: filed in whatever way.
func (s State) Done() bool { return s == Filed || s == Accepted || s == Issued || s == Nil }

// Act is what made a version.
type Act string

const (
	ActOpen     Act = "open"
	ActFile     Act = "file"
	ActNil      Act = "nil"
	ActTakeBack Act = "take_back"
	ActReturn   Act = "return"
	ActAccept   Act = "accept"
	ActIssue    Act = "issue"
	ActAmend    Act = "amend"
	ActWithdraw Act = "withdraw"
)

// Filing is the head of one filing.
type Filing struct {
	ID       int64
	Unit     org.UnitID // what the report is about
	Body     org.UnitID // who answers for it; Unit where it is a body itself
	Template string
	Name     string // of the template, as lists print it
	Type     string // report_types of the catalogue: month, half, year
	Field    string // report_fields of the catalogue: mobilisation
	Period   civil.Period
	Regime   string // of the catalogue, empty for the calendar
	Duty     string // of the catalogue, empty where no duty asks for it
	Due      civil.Date
	Basis    string // "then" or a day
	Status   string // figures: all or confirmed
	State    State
	Accepted bool // the superior has accepted what stands; also true of an issued one
	Version  int  // acts so far
	Revision int64
	FiledOn  civil.Date // first day on which this version of the report was filed, 0 for not yet
	Standing int        // version of the last issue, 0 for never issued
	Entry    int64      // of the ledger, 0 for none
	Seen     time.Time  // when the superior first opened what was filed, zero for not yet
	OpenedBy string
	At       time.Time // of the last act
}

// Late reports whether it was filed after its day, or is not filed and the day is past.
func (f *Filing) Late(today civil.Date) bool {
	if f.Due == 0 {
		return false
	}
	if f.FiledOn != 0 {
		return f.FiledOn > f.Due
	}
	return today > f.Due
}

// Handed reports whether a report is with the superior: what was filed, or an issued one that still stands while the
// office amends it.
func (f *Filing) Handed() bool { return f.State.Done() || f.Standing != 0 && f.State.Writable() }

// Version is one act on a filing. Content is read on its own (Store.Content).
type Version struct {
	Number     int
	Act        Act
	State      State
	Texts      map[string]string // by section, as they stood then
	HasContent bool
	Hash       string // SHA-256 of the content, hex; empty without one
	DocNumber  string // "15-BC/BXDĐ"
	SignedOn   civil.Date
	Signer     string // name as printed
	SignerPost string
	Remark     string
	Actor      string
	At         time.Time
	Leaf       int64
}

// Text is what the office wrote in one section.
type Text struct {
	Section string
	Version int
	Body    string
	Actor   string
	At      time.Time
}

// Opening says which report is to be opened.
type Opening struct {
	Unit, Body   org.UnitID
	Template     string
	Name         string
	Type, Field  string
	Period       civil.Period
	Regime, Duty string
	Due          civil.Date
	Basis        string // "" is then
	Status       string // "" is all
}

// Printed is a report as it was printed: its JSON, made from the texts of a revision.
type Printed struct {
	Content  []byte
	Revision int64  // of the texts it was made from
	Pages    int    // 0 for not counted
	Explain  string // why it is filed although checks fail; empty where none do
}

// Issue is what is written on a report when it goes out.
type Issue struct {
	Number  string // "15-BC/BXDĐ"
	Day     civil.Date
	Signer  string // name as printed
	Post    string // "TRƯỞNG BAN"
	Content []byte // the filed report with these in its head
}

// Store does the acts. Its fields are set once, before use.
type Store struct {
	Ledger *ledger.Ledger
	Tree   func() *org.Tree
	Now    func() time.Time // nil is the ledger's clock
}

func (s *Store) now() time.Time {
	switch {
	case s.Now != nil:
		return s.Now()
	case s.Ledger.Now != nil:
		return s.Ledger.Now()
	}
	return time.Now()
}

// today is the day at the office.
func (s *Store) today() civil.Date {
	return civil.FromTime(s.now().In(time.FixedZone("+07", 7*60*60)))
}
