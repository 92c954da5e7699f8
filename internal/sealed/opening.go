package sealed

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// How long a request waits for a custodian, what was released for the officer, and what was fetched for the same form
// being sent once more.
const (
	AskLife     = 72 * time.Hour
	ReleaseLife = 24 * time.Hour
	FetchGrace  = 10 * time.Minute
)

// Purpose is what a record is opened for.
type Purpose string

// To read who it is, or to seal it anew to keys that serve now.
const (
	ToRead   Purpose = "read"
	ToReseal Purpose = "reseal"
)

// Step is how far a request has come.
type Step string

// The steps of a request.
const (
	Asked    Step = "asked"
	Released Step = "released"
	Refused  Step = "refused"
	Fetched  Step = "fetched"
	Expired  Step = "expired"
)

// Opening is a request to open the record of a case.
type Opening struct {
	ID        int64
	Case      // Unit is the office
	Version   int
	Purpose   Purpose
	Reason    string
	State     Step
	AskedBy   int64
	Asked     time.Time
	Ends      time.Time // when the present step runs out
	DecidedBy int64
	Decided   time.Time
	Refusal   string
	Fetched   time.Time

	fetchKey                       string
	inner                          []byte
	askLeaf, decideLeaf, fetchLeaf int64
}

// At is the request as it stands at a moment: what ran out has expired, whether or not somebody has noted it.
func (o Opening) At(now time.Time) Step {
	if (o.State == Asked || o.State == Released) && !now.Before(o.Ends) {
		return Expired
	}
	return o.State
}

// ReasonLength bounds a reason in characters.
const ReasonLength = 500

func checkReason(reason string) error {
	switch n := utf8.RuneCountInString(strings.TrimSpace(reason)); {
	case n < 10:
		return fault.New(fault.Invalid, "Hãy ghi rõ lý do, ít nhất 10 ký tự. Không ghi tên hay dấu hiệu nhận ra người tố cáo.")
	case n > ReasonLength:
		return fault.Newf(fault.Invalid, "Lý do không quá %d ký tự.", ReasonLength)
	}
	return nil
}

// Ask begins an opening. Its leaf stands before anybody gives anything out. A case without a record gets an empty one,
// so that the way is the same for all.
func Ask(ctx context.Context, tx *db.Tx, by By, c Case, office org.UnitID, purpose Purpose, reason string) (int64, error) {
	if err := checkReason(reason); err != nil {
		return 0, err
	}
	if err := Fill(ctx, tx, office, []Case{c}); err != nil {
		return 0, err
	}
	r, err := recordOf(ctx, tx, c.Entry)
	if err != nil {
		return 0, err
	}
	if r == nil {
		return 0, noRing
	}
	running, err := Running(ctx, tx, c.Entry, by)
	if err != nil {
		return 0, err
	}
	if running != nil {
		return 0, fault.New(fault.Conflict, "Bạn đang có một đề nghị mở hồ sơ này chưa xong. Hãy tải lại trang để xem.")
	}
	id, err := tx.ID(ctx, "sealed_opening")
	if err != nil {
		return 0, err
	}
	o := Opening{ID: id, Case: Case{c.Entry, c.Code, r.Unit}, Purpose: purpose, Reason: reason, AskedBy: by.Account}
	if o.askLeaf, err = leaf(ctx, tx, by, "identity_ask", subjectOpening, id, o.saysAsked()); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO sealed_opening (id, entry, unit, code, version, purpose, reason, state, asked_by, asked_ms, ends_ms, decided_by, decided_ms, refusal, fetched_ms, fetch_key, inner_file, ask_leaf, decide_leaf, fetch_leaf)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked', $8, $9, $10, 0, 0, '', 0, '', $11, $12, 0, 0)`,
		id, c.Entry, r.Unit, c.Code, r.Version, purpose, reason, by.Account, by.ms(), by.At.Add(AskLife).UnixMilli(), []byte{}, o.askLeaf)
	if err != nil {
		return 0, fmt.Errorf("ask to open entry %d: %w", c.Entry, err)
	}
	return id, planSweep(ctx, tx, by.At.Add(AskLife))
}

// What the leaves of a request say.
func (o Opening) saysAsked() []any   { return []any{o.Entry, o.Code, o.Purpose, o.Reason, o.AskedBy} }
func (o Opening) saysDecided() []any { return []any{o.Entry, o.Code, o.DecidedBy, o.Refusal} }
func (o Opening) saysFetched() []any { return []any{o.Entry, o.Code, o.AskedBy} }

// Offered is the record that a custodian is asked to open, for him to take to his device.
func Offered(ctx context.Context, q db.Querier, o Opening, now time.Time) (Record, error) {
	r, err := recordOf(ctx, q, o.Entry)
	if err != nil {
		return Record{}, err
	}
	if r == nil || r.Version != o.Version || o.At(now) != Asked {
		return Record{}, tooLate
	}
	return *r, nil
}

var tooLate = fault.New(fault.Conflict, "Đề nghị này đã hết hạn, đã được trả lời, hoặc hồ sơ vừa được niêm phong lại. Nếu vẫn cần, hãy đề nghị lại.")

// Release hands on the inner file that a custodian's device took out.
func Release(ctx context.Context, tx *db.Tx, by By, id int64, inner []byte) error {
	o, err := decidable(ctx, tx, by, id)
	if err != nil {
		return err
	}
	r, err := Offered(ctx, tx, o, by.At)
	if err != nil {
		return err
	}
	if err := CheckInner(inner, len(r.Inner)); err != nil {
		return err
	}
	o.DecidedBy = by.Account
	decided, err := leaf(ctx, tx, by, "identity_release", subjectOpening, id, o.saysDecided())
	if err != nil {
		return err
	}
	if err := planSweep(ctx, tx, by.At.Add(ReleaseLife)); err != nil {
		return err
	}
	return changed(tx.ExecContext(ctx, `UPDATE sealed_opening SET state = 'released', decided_by = $1, decided_ms = $2, ends_ms = $3, inner_file = $4, decide_leaf = $5 WHERE id = $6 AND state = 'asked'`,
		by.Account, by.ms(), by.At.Add(ReleaseLife).UnixMilli(), inner, decided, id))
}

// Refuse answers a request with why not.
func Refuse(ctx context.Context, tx *db.Tx, by By, id int64, why string) error {
	if err := checkReason(why); err != nil {
		return err
	}
	o, err := decidable(ctx, tx, by, id)
	if err != nil {
		return err
	}
	o.DecidedBy, o.Refusal = by.Account, why
	decided, err := leaf(ctx, tx, by, "identity_refuse", subjectOpening, id, o.saysDecided())
	if err != nil {
		return err
	}
	return changed(tx.ExecContext(ctx, `UPDATE sealed_opening SET state = 'refused', decided_by = $1, decided_ms = $2, refusal = $3, decide_leaf = $4 WHERE id = $5 AND state = 'asked'`, by.Account, by.ms(), why, decided, id))
}

func decidable(ctx context.Context, q db.Querier, by By, id int64) (Opening, error) {
	o, err := OpeningByID(ctx, q, id)
	switch {
	case err != nil:
		return o, err
	case o.At(by.At) != Asked:
		return o, tooLate
	case o.AskedBy == by.Account:
		return o, fault.New(fault.Denied, "Người đề nghị không tự trả lời đề nghị của mình.")
	}
	return o, nil
}

// Fetch gives the inner file to whoever asked for it, once, and logs it first. The same form, sent again within
// FetchGrace, is given the same once more.
func Fetch(ctx context.Context, tx *db.Tx, by By, id int64, form string) ([]byte, error) {
	o, err := OpeningByID(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if o.AskedBy != by.Account {
		return nil, fault.New(fault.Denied, "Chỉ người đã đề nghị mới được nhận phong bì này.")
	}
	if o.State == Fetched && o.fetchKey == form && by.At.Before(o.Fetched.Add(FetchGrace)) && len(o.inner) > 0 {
		return o.inner, nil
	}
	if o.At(by.At) != Released {
		return nil, fault.New(fault.Conflict, "Phong bì này đã được nhận hoặc đã hết hạn. Nếu vẫn cần, hãy đề nghị mở lại.")
	}
	fetched, err := leaf(ctx, tx, by, "identity_fetch", subjectOpening, id, o.saysFetched())
	if err != nil {
		return nil, err
	}
	if err := planSweep(ctx, tx, by.At.Add(FetchGrace)); err != nil {
		return nil, err
	}
	return o.inner, changed(tx.ExecContext(ctx, `UPDATE sealed_opening SET state = 'fetched', fetched_ms = $1, fetch_key = $2, fetch_leaf = $3 WHERE id = $4 AND state = 'released'`, by.ms(), form, fetched, id))
}

// Sweep notes what has expired and forgets inner files that nobody may fetch any more.
func Sweep(ctx context.Context, tx *db.Tx, now time.Time) error {
	ms := now.UnixMilli()
	_, err := tx.ExecContext(ctx, `UPDATE sealed_opening SET state = 'expired', inner_file = $1 WHERE state IN ('asked', 'released') AND ends_ms <= $2`, []byte{}, ms)
	if err != nil {
		return fmt.Errorf("expire requests to open: %w", err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE sealed_opening SET inner_file = $1 WHERE state = 'fetched' AND fetched_ms <= $2 AND length(inner_file) > 0`, []byte{}, now.Add(-FetchGrace).UnixMilli())
	if err != nil {
		return fmt.Errorf("forget what was fetched: %w", err)
	}
	return nil
}

// Running is the request of one person that still waits or was released, nil where there is none.
func Running(ctx context.Context, q db.Querier, entry int64, by By) (*Opening, error) {
	list, err := openings(ctx, q, `WHERE entry = $1 AND asked_by = $2 AND state IN ('asked', 'released')`, entry, by.Account)
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		if o.At(by.At) != Expired {
			return &o, nil
		}
	}
	return nil, nil
}

// OpeningByID is one request.
func OpeningByID(ctx context.Context, q db.Querier, id int64) (Opening, error) {
	list, err := openings(ctx, q, `WHERE id = $1`, id)
	if err != nil {
		return Opening{}, err
	}
	if len(list) == 0 {
		return Opening{}, fault.New(fault.NotFound, "Không có đề nghị mở này. Hãy mở lại từ trang khóa.")
	}
	return list[0], nil
}

// Openings are the requests of an office, newest first.
func Openings(ctx context.Context, q db.Querier, office org.UnitID) ([]Opening, error) {
	return openings(ctx, q, `WHERE unit = $1`, office)
}

// AllOpenings are the requests of every office, newest first.
func AllOpenings(ctx context.Context, q db.Querier) ([]Opening, error) { return openings(ctx, q, ``) }

func openings(ctx context.Context, q db.Querier, where string, args ...any) ([]Opening, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, entry, unit, code, version, purpose, reason, state, asked_by, asked_ms, ends_ms, decided_by, decided_ms, refusal, fetched_ms, fetch_key, inner_file, ask_leaf, decide_leaf, fetch_leaf
		FROM sealed_opening `+where+` ORDER BY asked_ms DESC, id DESC`, args...)
	if err != nil {
		return nil, fmt.Errorf("read requests to open: %w", err)
	}
	defer rows.Close()
	var out []Opening
	for rows.Next() {
		var o Opening
		var asked, ends, decided, fetched int64
		err := rows.Scan(&o.ID, &o.Entry, &o.Unit, &o.Code, &o.Version, &o.Purpose, &o.Reason, &o.State, &o.AskedBy, &asked, &ends,
			&o.DecidedBy, &decided, &o.Refusal, &fetched, &o.fetchKey, &o.inner, &o.askLeaf, &o.decideLeaf, &o.fetchLeaf)
		if err != nil {
			return nil, fmt.Errorf("read requests to open: %w", err)
		}
		o.Asked, o.Ends, o.Decided, o.Fetched = moment(asked), moment(ends), moment(decided), moment(fetched)
		out = append(out, o)
	}
	return out, rows.Err()
}
