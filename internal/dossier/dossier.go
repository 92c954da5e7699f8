// Package dossier keeps what citizens wrote and who they are, outside the ledger. The ledger holds the skeleton of a
// letter (class, field, days, steps): it is for ever, indexed and searched. Texts, names and papers stand here, sealed
// with a key of the case's own (package vault), so that they can be read by those who work on the case, and one day be
// erased without touching a figure.
//
// A case is the entry of a letter, of a part of a letter, or of a visit. What is kept of it:
//
//	Content  what it says; every version stays
//	Sender   who sent it; read one letter at a time, with a reason, and every look is logged (LookAtSender)
//	Paper    scans and files; cleaned of metadata, kept as ciphertext
//	mark     a keyed hash of the sender, to suggest letters of the same sender; not kept of denunciations
//
// A denouncer's identity never stands here: it stays on paper, or goes to its own sealed record (package sealed).
// Nothing here asks who may read: whoever calls has asked.
package dossier

import (
	"strconv"

	"danvan/internal/db"
	"danvan/internal/files"
	"danvan/internal/vault"
)

// Content is what a letter or a visit says. No field names its sender.
type Content struct {
	Summary    string   `json:"summary,omitempty"`    // in a sentence or two, as it stands in the register
	Text       string   `json:"text,omitempty"`       // what was written or said, typed or read from the paper
	Request    string   `json:"request,omitempty"`    // what is asked for
	Respondent string   `json:"respondent,omitempty"` // whom it is against: a body, a post, a person
	Place      string   `json:"place,omitempty"`      // where it happened, in words
	Parcels    []string `json:"parcels,omitempty"`    // parcels of land that it names: thửa 12 tờ 5
	Decisions  []string `json:"decisions,omitempty"`  // decisions and documents that it names: 123/QĐ-UBND
	Note       string   `json:"note,omitempty"`       // the desk's remark
	Denounces  bool     `json:"denounces,omitempty"`  // of a letter of several contents: one of them is a denunciation
}

// Empty reports whether nothing was written.
func (c Content) Empty() bool {
	return c.Summary == "" && c.Text == "" && c.Request == "" && c.Respondent == "" && c.Place == "" && c.Note == "" &&
		len(c.Parcels) == 0 && len(c.Decisions) == 0
}

// Sender is who sent a letter or came to the desk, as the law asks it to be written down.
type Sender struct {
	Name     string   `json:"name,omitempty"`     // one field, as people write their names
	Address  string   `json:"address,omitempty"`  //
	Contact  string   `json:"contact,omitempty"`  // telephone or mail
	Document string   `json:"document,omitempty"` // identity document, only where the law asks for it
	Stands   string   `json:"stands,omitempty"`   // for whom: of a joint letter its representative, an organisation, an authorised person
	Others   []string `json:"others,omitempty"`   // the other signers, where their names are written down
	Signers  int      `json:"signers,omitempty"`  // how many signed; 0 and 1 are one
}

// Empty reports whether nobody is named.
func (s *Sender) Empty() bool {
	return s == nil || s.Name == "" && s.Address == "" && s.Contact == "" && s.Document == "" && len(s.Others) == 0
}

// Book keeps the dossiers of one installation.
type Book struct {
	DB    *db.DB
	Vault *vault.Vault
	Files *files.Store
}

func itoa(n int) string { return strconv.Itoa(n) }
