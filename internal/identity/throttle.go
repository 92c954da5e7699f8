package identity

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"danvan/internal/db"
)

// tries is what is remembered of sign-ins that failed, for one login or one network address.
type tries struct {
	Fails int64
	Last  time.Time
	Until time.Time // before this nothing is even looked at
}

// limit says how failing tries slow down what comes after them.
type limit struct {
	Free   int64         // fails without any delay
	Lock   int64         // at each so many fails there is a lock instead of a delay
	For    time.Duration // the first lock; each further one is twice as long
	Most   time.Duration // longest lock
	Forget time.Duration // without a try for so long everything is forgotten
}

// An office shares one address: many may mistype there before it means anything.
var (
	ofAccount = limit{Free: 3, Lock: 10, For: 15 * time.Minute, Most: 4 * time.Hour, Forget: 24 * time.Hour}
	ofAddress = limit{Free: 40, Lock: 200, For: 15 * time.Minute, Most: time.Hour, Forget: time.Hour}
)

// fail counts one more failing try: after the free ones the next must wait 1 second, then 2, 4, 8 ... a minute at
// most, and at each Lock-th fail there is a lock.
func (l limit) fail(t tries, now time.Time) (after tries, locks bool) {
	if now.Sub(t.Last) > l.Forget {
		t = tries{}
	}
	t.Fails++
	t.Last = now
	switch {
	case t.Fails%l.Lock == 0:
		t.Until = now.Add(double(l.For, t.Fails/l.Lock-1, l.Most))
		return t, true
	case t.Fails > l.Free:
		t.Until = now.Add(double(time.Second, t.Fails%l.Lock-l.Free-1, time.Minute))
	}
	return t, false
}

// double is d doubled n times, at most the limit.
func double(d time.Duration, n int64, most time.Duration) time.Duration {
	for ; n > 0 && d < most; n-- {
		d *= 2
	}
	return min(d, most)
}

// Keys of sign_in_try. The login is cleaned, not looked up: what nobody is called is counted like what somebody is.
func (s *Store) loginKey(login string) []byte { return s.key.hide("login", CleanLogin(login)) }
func (s *Store) codeKey(id int64) []byte      { return s.key.hide("code", fmt.Sprint(id)) }

// addressKey takes the network of an IPv6 address, for one machine has very many.
func (s *Store) addressKey(address string) []byte {
	ip, err := netip.ParseAddr(address)
	if err == nil && ip.Unmap().Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return s.key.hide("address", p.String())
		}
	}
	return s.key.hide("address", address)
}

// count remembers one more failing try under a key and reports whether this one may be looked at, and whether it
// brought a lock. A try that may not be looked at is not counted, or nobody could ever come in while somebody
// guesses.
func count(ctx context.Context, tx *db.Tx, key []byte, l limit, now time.Time) (open, locks bool, err error) {
	var t tries
	var last, until int64
	err = tx.QueryRowContext(ctx, `INSERT INTO sign_in_try (key, fails, last_ms, until_ms) VALUES ($1, 0, $2, 0)
		ON CONFLICT (key) DO UPDATE SET fails = sign_in_try.fails
		RETURNING fails, last_ms, until_ms`, key, now.UnixMilli()).Scan(&t.Fails, &last, &until)
	if err != nil {
		return false, false, fmt.Errorf("read tries: %w", err)
	}
	t.Last, t.Until = time.UnixMilli(last), time.UnixMilli(until)
	if now.Before(t.Until) {
		return false, false, nil
	}
	t, locks = l.fail(t, now)
	untilMS := int64(0)
	if !t.Until.IsZero() {
		untilMS = t.Until.UnixMilli()
	}
	if _, err := tx.ExecContext(ctx, `UPDATE sign_in_try SET fails = $2, last_ms = $3, until_ms = $4 WHERE key = $1`,
		key, t.Fails, t.Last.UnixMilli(), untilMS); err != nil {
		return false, false, fmt.Errorf("count try: %w", err)
	}
	return true, locks, nil
}

// forgive takes back what count added under an address, for the try was good; forget removes all under a key.
func forgive(ctx context.Context, tx *db.Tx, key []byte) error {
	if _, err := tx.ExecContext(ctx, `UPDATE sign_in_try SET fails = fails - 1, until_ms = 0 WHERE key = $1 AND fails > 0`, key); err != nil {
		return fmt.Errorf("forgive try: %w", err)
	}
	return nil
}

func forget(ctx context.Context, tx *db.Tx, key []byte) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM sign_in_try WHERE key = $1`, key); err != nil {
		return fmt.Errorf("forget tries: %w", err)
	}
	return nil
}

// sweep removes tries and sessions that mean nothing any more.
func (s *Store) sweep(ctx context.Context, tx *db.Tx) error {
	now := s.Now()
	if _, err := tx.ExecContext(ctx, `DELETE FROM sign_in_try WHERE last_ms < $1`, now.Add(-ofAccount.Forget).UnixMilli()); err != nil {
		return fmt.Errorf("sweep tries: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE ends_ms <= $1`, now.UnixMilli()); err != nil {
		return fmt.Errorf("sweep sessions: %w", err)
	}
	return nil
}
