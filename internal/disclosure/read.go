package disclosure

import (
	"encoding/json"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// read puts the newest version of an entry into a value.
func read(e *ledger.Entry, v any) error {
	if err := json.Unmarshal([]byte(e.Versions[len(e.Versions)-1].Fields), v); err != nil {
		return fmt.Errorf("read entry %d: %w", e.ID, err)
	}
	return nil
}

// PublicationOf is an entry as a publishing. Its files are proof too.
func PublicationOf(e *ledger.Entry) (*Publication, error) {
	p := &Publication{}
	err := read(e, p)
	p.Head = e.Head
	return p, err
}

// DocumentOf is an entry as a document that must be published.
func DocumentOf(e *ledger.Entry) (*Document, error) {
	d := &Document{}
	err := read(e, d)
	d.Head = e.Head
	return d, err
}

// DecisionOf is an entry as a decision of a community.
func DecisionOf(e *ledger.Entry) (*Decision, error) {
	d := &Decision{}
	err := read(e, d)
	d.Head = e.Head
	return d, err
}

// BoardOf is an entry as a supervision board, without its findings.
func BoardOf(e *ledger.Entry) (*SupervisionBoard, error) {
	b := &SupervisionBoard{}
	err := read(e, b)
	b.Head = e.Head
	return b, err
}

// FindingOf is an entry as a finding of a board.
func FindingOf(e *ledger.Entry) (*Finding, error) {
	f := &Finding{}
	err := read(e, f)
	f.Head = e.Head
	return f, err
}

// Start is the day from which the publishing's limit is counted: the end of its period, the day of its document, else its
// own day.
func (p *Publication) Start() civil.Date {
	switch {
	case p.PeriodTo != 0:
		return p.PeriodTo
	case p.DocumentOn != 0:
		return p.DocumentOn
	}
	return p.Day
}
