// Package follow is how people follow what they sent: by a public number and a secret code, without an account.
//
// What is shown to a sender is a Public: a type in which the sender, what he wrote at first, the names of officers do not
// exist. It says in plain words where the letter stands (say.go), until when what follows, what is late and why, what the
// office published for him (Answer) and what the two wrote to each other (Word). Of a letter in which somebody is denounced
// everything is told in neutral words, without class, documents and articles.
//
//	desk.Find(ctx, q, number, code)        the letter of a number and its code; one error for whatever is wrong
//	desk.Pass(entry, ...), desk.Passes     a short-lived pass, so that the code stands in no page and no address
//	desk.Show(ctx, q, entry)               what its sender may see
//	desk.Write, Rate, Reopen               what the sender may do
//	desk.Draft, Check, Ask, Explain ...    what the office does
//
// Nothing here asks who may act for an office: whoever calls has asked.
package follow

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/ledger"
	"danvan/internal/matter"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sending"
)

// Citizen is the actor in the log of what a sender did himself.
const Citizen = "người gửi đơn"

// Desk shows letters to their senders and takes what they write. Its fields are set once, before use.
type Desk struct {
	DB       *db.DB
	Ledger   *ledger.Ledger
	Catalog  *catalog.Catalog
	Tree     func(context.Context) (*org.Tree, error)
	Dossiers *dossier.Book
	Clocks   *petition.Clocks
	Matters  *matter.Store
	Sendings *sending.Office
	Tries    *Tries // nil: wrong tries are not bounded
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

func (d *Desk) now() time.Time {
	if d.Now != nil {
		return d.Now()
	}
	return time.Now()
}

// vietnam is the zone of the days that people are told.
var vietnam = time.FixedZone("+07", 7*60*60)

func (d *Desk) today() civil.Date { return civil.FromTime(d.now().In(vietnam)) }

func dayOf(ms int64) civil.Date { return civil.FromTime(time.UnixMilli(ms).In(vietnam)) }

// caseOf is the case of an entry as it stands.
func (d *Desk) caseOf(ctx context.Context, q db.Querier, entry int64) (*petition.Case, *ledger.Entry, error) {
	e, err := d.Ledger.Entry(ctx, q, entry)
	if err != nil {
		return nil, nil, err
	}
	c, err := petition.CaseOf(e)
	return c, e, err
}

// noRows takes "there is none" for an answer.
func noRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}
