package ledger

import (
	"time"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// Act is what made a version.
type Act string

const (
	ActRecord  Act = "record"
	ActAmend   Act = "amend"
	ActConfirm Act = "confirm"
	ActVoid    Act = "void"
)

// State is where an entry stands after a version. An amendment leads back from confirmed to recorded: what was
// confirmed is no longer what stands there. What nobody confirms (catalog.ByNobody) is confirmed as it is recorded.
type State string

const (
	Recorded  State = "recorded"
	Confirmed State = "confirmed"
	Void      State = "void"
)

// Roles of a series key. What a body did as a partner of somebody else's event stands apart and is never added.
const (
	Lead    = "lead"
	Partner = "partner"
)

// File is an attachment by the SHA-256 of its content (hex), kept by package files.
type File struct {
	Hash string `json:"hash"`
	Name string `json:"name"`
}

// Draft is an entry as it is handed in. Unit, Place and Partners are references CODE or CODE@DATE, resolved on
// the entry's day; Place is the territory of the unit when it is empty. Fields are as the kind declares them:
// numbers, or strings as people type them. Carries is the key of the entry that this one carries out, or its
// number written "#123". Key makes the record idempotent: the same key with the same content is the same entry,
// with other content a conflict; without a key each record is a new entry.
type Draft struct {
	Key       string         `json:"key,omitempty"`
	Kind      string         `json:"kind"`
	Unit      string         `json:"unit"`
	Place     string         `json:"place,omitempty"`
	Day       civil.Date     `json:"day"`
	Partners  []string       `json:"partners,omitempty"`
	Fields    map[string]any `json:"fields,omitempty"`
	Confirmed bool           `json:"confirmed,omitempty"` // confirmed already where it comes from
	Carries   string         `json:"carries,omitempty"`
	Files     []File         `json:"files,omitempty"`

	// Only for Bulk, and never from an import file: who recorded it and when (the options' when empty), and
	// what happened to it afterwards.
	Actor string    `json:"-"`
	At    time.Time `json:"-"`
	Then  []Step    `json:"-"`
}

// Amendment changes an entry. Set replaces single fields (nil takes one out); what is zero stays as it is.
type Amendment struct {
	Unit     string
	Place    string
	Day      civil.Date
	Set      map[string]any
	Partners *[]string
	Files    *[]File
	Carries  *string // "" takes the link away
	Reason   string  // required
}

// Step is one later act on an entry in Bulk: ActAmend with the amendment, ActConfirm, or ActVoid with its Reason.
type Step struct {
	Act Act
	Amendment
	Actor string
	At    time.Time
}

// Posted says what an act did.
type Posted struct {
	ID      int64
	Key     string
	Version int
	Leaf    int64
	Existed bool // the key was posted before with this very content: nothing was written
}

// Entry is an entry as pages show it.
type Entry struct {
	Head
	Versions []Version // oldest first
	Facts    []Fact    // all, in order of posting
	Partners []org.UnitID
	Files    []File
	Carries  *Head  // what this entry carries out
	Carried  []Head // what carries this entry out
}

// Head is the present state of an entry.
type Head struct {
	ID      int64
	Key     string
	Kind    string
	Unit    org.UnitID
	Place   org.UnitID
	Day     civil.Date
	State   State
	Version int
	Edition string // hash
	Title   string
	Carries int64 // 0 for none
	Batch   int64 // 0 for none
	At      time.Time
}

// Version is one version in full. Fields is the canonical JSON of the catalogue's values.
type Version struct {
	Number   int
	Act      Act
	State    State
	Edition  string
	Unit     org.UnitID
	Place    org.UnitID
	Day      civil.Date
	Fields   string
	Partners []org.UnitID
	Files    []File
	Carries  int64
	Reason   string
	Actor    string
	At       time.Time
	Leaf     int64
}

// Fact is what one version adds to one series, or takes back from it.
type Fact struct {
	ID      int64
	Version int
	Series  int64
	Code    string
	Labels  string // canonical "a=x;b=y"
	Role    string
	Unit    org.UnitID // the unit or the place, by the series' axis
	Day     civil.Date
	By      civil.Date // 0 for none
	Amount  Amount
	Leaf    int64
}

// Amount is a value with the number of facts behind it, and the confirmed part of both.
type Amount struct{ Value, N, CValue, CN int64 }

func (a Amount) plus(b Amount) Amount {
	return Amount{a.Value + b.Value, a.N + b.N, a.CValue + b.CValue, a.CN + b.CN}
}

func (a Amount) opposite() Amount { return Amount{-a.Value, -a.N, -a.CValue, -a.CN} }

// Hung is an entry that hangs on a unit from a day on.
type Hung struct {
	ID   int64
	Key  string
	Kind string
	Unit org.UnitID
	Day  civil.Date
}
