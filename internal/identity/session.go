package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// Session is one browser in which somebody has signed in.
type Session struct {
	ID      int64
	Token   string // for the cookie; set only when it was just made
	Account Account
	Proved  bool   // with the second factor too
	Rights  string // digest of what the person might do when the token was made
	Made    time.Time
	Seen    time.Time
	Ends    time.Time
	Address string
	Device  string // in words
}

// Step is what a session still owes before any page opens.
type Step int

// The steps, in their order.
const (
	Done       Step = iota
	OweCode         // a code of the second factor
	OweChange       // a password of one's own
	OweSetting      // a second factor, which a role asks for
)

// Step says what is owed; needsTOTP is whether one of the person's roles asks for a second factor.
func (in Session) Step(needsTOTP bool) Step {
	switch {
	case in.Account.TOTP && !in.Proved:
		return OweCode
	case in.Account.MustChange:
		return OweChange
	case needsTOTP && !in.Account.TOTP:
		return OweSetting
	}
	return Done
}

// codeWithin is how long a session lives that owes its code.
const codeWithin = 10 * time.Minute

// grace is how long the token that was replaced still counts, for requests that were on their way.
const grace = 30 * time.Second

// newToken makes 256 random bits for a cookie, and their hash for the database.
func newToken() (token string, hash []byte) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	token = base64.RawURLEncoding.EncodeToString(raw)
	return token, tokenHash(token)
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Browser is where a session is opened from.
type Browser struct {
	Old     string // token that the browser came with: that session ends
	Address string // network address
	Device  string // in words
}

// Open begins a session for an account that was checked. rights is a digest of what the person may do today.
func (s *Store) Open(ctx context.Context, tx *db.Tx, a Account, from Browser, rights string) (Session, error) {
	if err := s.sweep(ctx, tx); err != nil {
		return Session{}, err
	}
	if from.Old != "" {
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE hash = $1`, tokenHash(from.Old)); err != nil {
			return Session{}, fmt.Errorf("end older session: %w", err)
		}
	}
	id, err := tx.ID(ctx, "session")
	if err != nil {
		return Session{}, err
	}
	now := s.Now()
	in := Session{ID: id, Account: a, Rights: rights, Made: now, Seen: now, Ends: now.Add(s.Last), Address: from.Address, Device: from.Device}
	if a.TOTP {
		in.Ends = now.Add(codeWithin)
	}
	var hash []byte
	in.Token, hash = newToken()
	_, err = tx.ExecContext(ctx, `INSERT INTO session (id, hash, previous, previous_ms, account, proved, rights, made_ms, seen_ms, ends_ms, address, device)
		VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $7, $8, $9, $10)`,
		id, hash, []byte{}, a.ID, false, rights, now.UnixMilli(), in.Ends.UnixMilli(), from.Address, from.Device)
	if err != nil {
		return Session{}, fmt.Errorf("open session: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE account SET signed_ms = $2 WHERE id = $1`, a.ID, now.UnixMilli()); err != nil {
		return Session{}, fmt.Errorf("note sign-in: %w", err)
	}
	return in, nil
}

const sessionColumns = `s.id, s.proved, s.rights, s.made_ms, s.seen_ms, s.ends_ms, s.address, s.device`

// ErrNoSession says that a token opens nothing (any more).
var ErrNoSession = errors.New("no session")

// Session finds the session of a token and notes that it was used, at most once a minute.
func (s *Store) Session(ctx context.Context, token string) (Session, error) {
	hash := tokenHash(token)
	in, err := s.session(ctx, `s.hash = $1`, hash)
	if errors.Is(err, sql.ErrNoRows) {
		in, err = s.session(ctx, `s.previous = $1 AND s.previous_ms > $2`, hash, s.ms())
	}
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, ErrNoSession
	}
	if err != nil {
		return Session{}, fmt.Errorf("read session: %w", err)
	}
	now := s.Now()
	if in.Account.State != Active || !now.Before(in.Ends) || now.Sub(in.Seen) > s.Idle {
		return Session{}, ErrNoSession
	}
	if now.Sub(in.Seen) < time.Minute {
		return in, nil
	}
	in.Seen = now
	return in, s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE session SET seen_ms = $2 WHERE id = $1`, in.ID, now.UnixMilli()); err != nil {
			return fmt.Errorf("note use of session: %w", err)
		}
		return nil
	})
}

func (s *Store) session(ctx context.Context, where string, args ...any) (Session, error) {
	row := s.DB.Read().QueryRowContext(ctx, `SELECT a.id, a.login, a.name, a.email, a.state, a.theme, a.password <> '', a.must_change, a.until_ms,
		length(a.totp) > 0, a.locked_ms, a.made_ms, a.signed_ms, `+sessionColumns+`
		FROM session s JOIN account a ON a.id = s.account WHERE `+where, args...)
	var in Session
	var made, seen, ends int64
	var err error
	in.Account, err = scanAccount(row, &in.ID, &in.Proved, &in.Rights, &made, &seen, &ends, &in.Address, &in.Device)
	in.Made, in.Seen, in.Ends = moment(made), moment(seen), moment(ends)
	return in, err
}

// Sessions are the living sessions of an account, last used first.
func (s *Store) Sessions(ctx context.Context, q db.Querier, account int64) ([]Session, error) {
	now := s.Now()
	rows, err := q.QueryContext(ctx, `SELECT `+sessionColumns+` FROM session s
		WHERE s.account = $1 AND s.ends_ms > $2 AND s.seen_ms >= $3 ORDER BY s.seen_ms DESC, s.id DESC`,
		account, now.UnixMilli(), now.Add(-s.Idle).UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	defer rows.Close()
	var out []Session
	for rows.Next() {
		var in Session
		var made, seen, ends int64
		if err := rows.Scan(&in.ID, &in.Proved, &in.Rights, &made, &seen, &ends, &in.Address, &in.Device); err != nil {
			return nil, fmt.Errorf("list sessions: %w", err)
		}
		in.Made, in.Seen, in.Ends = moment(made), moment(seen), moment(ends)
		out = append(out, in)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return out, nil
}

// Renew gives a session a new token because what the person may do has changed. The old token counts a moment longer.
// Of two requests at once only one renews: the other gets a session without a token and keeps the old one.
func (s *Store) Renew(ctx context.Context, in Session, rights string) (Session, error) {
	in.Token = ""
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		token, hash := newToken()
		res, err := tx.ExecContext(ctx, `UPDATE session SET previous = hash, previous_ms = $3, hash = $2, rights = $4 WHERE id = $1 AND rights = $5`,
			in.ID, hash, s.Now().Add(grace).UnixMilli(), rights, in.Rights)
		if err != nil {
			return fmt.Errorf("renew session: %w", err)
		}
		n, err := res.RowsAffected()
		if err == nil && n == 1 {
			in.Token = token
		}
		return err
	})
	in.Rights = rights
	return in, err
}

// renew gives a session a new token at once, after the person has proved more than before.
func (s *Store) renew(ctx context.Context, tx *db.Tx, in Session) (Session, error) {
	token, hash := newToken()
	in.Ends = in.Made.Add(s.Last)
	res, err := tx.ExecContext(ctx, `UPDATE session SET hash = $2, previous = $3, previous_ms = 0, proved = $4, ends_ms = $5 WHERE id = $1`,
		in.ID, hash, []byte{}, in.Proved, in.Ends.UnixMilli())
	if err := one(res, err, "renew session"); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return Session{}, ErrNoSession
		}
		return Session{}, err
	}
	in.Token = token
	return in, nil
}

// End ends the session of a token: signing out.
func (s *Store) End(ctx context.Context, token string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE hash = $1 OR (previous = $1 AND previous_ms > $2)`, tokenHash(token), s.ms()); err != nil {
			return fmt.Errorf("end session: %w", err)
		}
		return nil
	})
}

// EndOne ends one session of the account; another's is not touched. Ended twice is ended.
func (s *Store) EndOne(ctx context.Context, tx *db.Tx, account, id int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE id = $1 AND account = $2`, id, account); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// EndOthers ends all sessions of the account but one, and says how many.
func (s *Store) EndOthers(ctx context.Context, tx *db.Tx, account, but int64) (int, error) {
	return s.endSessions(ctx, tx, account, but)
}

func (s *Store) endSessions(ctx context.Context, tx *db.Tx, account, but int64) (int, error) {
	res, err := tx.ExecContext(ctx, `DELETE FROM session WHERE account = $1 AND id <> $2`, account, but)
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}
