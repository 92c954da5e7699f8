// Package sealed keeps who denounced somebody, so that the server cannot read it.
//
// By default a denouncer's identity stays on paper and there is nothing here. An office turns online storage on by an
// act that records its legal approval (TurnOn). Then every case of it has one record: an age file within an age file.
// The inner one is encrypted to the officer(s) of the confidential unit, the outer one to the custodian(s); both are
// needed, nobody holds both halves, and private keys never leave the devices of their holders. All records have one
// size to the byte, whether they hold an identity, say that it is on paper, or hold nothing: the server itself makes
// an empty one where nothing was deposited, which it can do with public keys alone.
//
// Opening takes four acts, each a leaf of the log before anything is given out: the officer asks with a reason (Ask),
// a custodian takes the outer layer off on his device and hands the inner one on (Release) or refuses (Refuse), the
// officer fetches it (Fetch) and reads it on his own device. What was read cannot be unread.
//
// Keys are age X25519. A key serves once its holder has shown that he can open with its backup (Prove) and a holder
// of the other half has compared its fingerprint by another way (Confirm); so nobody who owns the server can slip in
// a key of his own unseen. Rotated, lost and abandoned keys serve no more; records that they closed stand in a
// worklist (Stale), those that nobody can open any more are named by code only (Dead).
//
// What the server knows of a record is its size, the number of recipients of the outer layer and what the device
// said about the keys it used. It cannot check more, and it need not.
package sealed

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/audit"
	"danvan/internal/db"
)

// Half is which of the two layers a key opens.
type Half string

// The two halves: the custodian's is outside, the officer's inside.
const (
	Custodian Half = "custodian"
	Officer   Half = "officer"
)

// Other is the other half.
func (h Half) Other() Half {
	if h == Custodian {
		return Officer
	}
	return Custodian
}

// By is who acts, and when.
type By struct {
	Account int64
	Login   string // the actor in the log
	At      time.Time
}

func (b By) ms() int64 { return b.At.UnixMilli() }

// Subjects of the leaves of this package.
const (
	subjectCase      = "identity"
	subjectOpening   = "identity_opening"
	subjectKey       = "identity_key"
	subjectProof     = "identity_key_proof"
	subjectOffice    = "identity_office"
	subjectRedaction = "redaction"
)

// leaf logs an act and gives the number of its leaf. What it says must tell nothing about who is in a record; only its
// hash is kept.
func leaf(ctx context.Context, tx *db.Tx, by By, act, subject string, id int64, says []any) (int64, error) {
	return audit.Append(ctx, tx, audit.Leaf{Act: act, Subject: subject, SubjectID: id, Content: said(says), Actor: by.Login, At: by.At})
}

// said is what a leaf says, in bytes.
func said(says []any) []byte {
	content, err := json.Marshal(says)
	if err != nil { // numbers and text are always written
		return nil
	}
	return content
}

// idText and idList write numbers of keys as a record keeps them: "3,7", increasing.
func idText(ids []int64) string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	var b strings.Builder
	for i, id := range slices.Compact(ids) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(id, 10))
	}
	return b.String()
}

func idList(text string) []int64 {
	var out []int64
	for part := range strings.SplitSeq(text, ",") {
		if id, err := strconv.ParseInt(part, 10, 64); err == nil {
			out = append(out, id)
		}
	}
	return out
}
