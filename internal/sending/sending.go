// Package sending keeps what people send from the public pages, before an office takes it in: no account, a public
// number and a secret code.
//
// # Letters
//
// What somebody sends (Send) is sealed at once with a key of its own, as a dossier of package dossier whose case is the
// sending's number below zero, and waits in the inbox of a body. There it is forwarded, refused, or taken in (TakeIn):
// then it is a letter like any other, received on the day on which it was sent, under the same number; its files follow
// by a job, and what was sealed here is shredded, for it stands in the letter's dossier.
//
// # Denunciations
//
// A denunciation is an age file for the officers of the confidential unit (package sealed) before anything is written
// down: the server keeps what it cannot open. It has a random number, no class, no suggestion, nothing to search.
//
// # Twice, and lines that are cut
//
// A form carries a secret key, made when it opens. Sent again, also after a line that was cut between the saving and the
// answer, it gives the same receipt: the code follows from that key and the installation's own, and stands nowhere.
//
// Nothing here asks who may read: whoever calls has asked.
package sending

import (
	"context"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Office keeps the sendings of one installation. Its fields are set once, before use.
type Office struct {
	DB       *db.DB
	Catalog  *catalog.Catalog
	Ledger   *ledger.Ledger
	Dossiers *dossier.Book
	Tree     func(context.Context) (*org.Tree, error)
	Now      func() time.Time // nil is time.Now
}

func (o *Office) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

// vietnam is the zone of the days of the law.
var vietnam = time.FixedZone("+07", 7*60*60)

func dayOf(at time.Time) civil.Date { return civil.FromTime(at.In(vietnam)) }

// State is where a sending stands before it is a letter.
type State string

// The states.
const (
	New     State = "new"     // waits for somebody at the office
	Taken   State = "taken"   // is a letter: see Entry
	Refused State = "refused" // spam or empty, with a ground; may be undone
)

// Behalf says who filled the form in for somebody else, who was there and checked it.
type Behalf string

// Who fills in.
const (
	Oneself Behalf = ""
	AtDesk  Behalf = "desk"
	Village Behalf = "village"
)

// Name is what people call it.
func (b Behalf) Name() string {
	switch b {
	case AtDesk:
		return "Gửi thay tại bộ phận tiếp công dân"
	case Village:
		return "Trưởng thôn, tổ trưởng gửi thay"
	}
	return "Tự gửi qua cổng"
}

// Draft is what somebody sends.
type Draft struct {
	Key    string // the form's secret key, 26 letters or more; the same for each time that it is sent
	Topic  string
	Place  org.UnitID // the commune where it happened, 0: of the province
	Text   string     // what happened
	Wish   string     // what is asked for
	Where  string     // where, in words
	Name   string     // who, only if wanted
	Home   string     // address
	Reach  string     // telephone or mail
	Files  []Parked
	Behalf Behalf
	Actor  string // who fills in for somebody else; empty for who sends himself
}

// Sending is what everybody with number and code may know of it. Neither text nor sender is in it.
type Sending struct {
	ID        int64
	Number    string // PA-2026-000123, of a denunciation TC-7K3M-Q2WX
	At        time.Time
	Day       civil.Date // received
	Unit      org.UnitID // the body that has it now; of a denunciation the office of the confidential unit
	Place     org.UnitID
	Topic     string
	Class     string // suggested by its words, empty for none
	Named     bool
	Behalf    Behalf
	Papers    int // files sent with it
	State     State
	Entry     int64 // the letter that it became, 0 for none yet
	Denounces bool
	Erased    time.Time // when the content of a refused one was erased; zero while it is kept
}

// Receipt is what the sender is shown once.
type Receipt struct {
	Sending
	Code  string // the secret code, XXXX-XXXX-XXXX-XXXX
	Again bool   // it had been sent before with this form
	Other bool   // and what was sent now says something else: that was not taken
}
