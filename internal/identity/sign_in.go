package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/argon2id"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// Refused is the one answer to every sign-in that fails, whatever the reason.
const Refused = "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang tạm khóa vì sai nhiều lần. Hãy thử lại sau ít phút, hoặc hỏi người quản trị."

var errRefused = fault.New(fault.Denied, Refused)

// SignIn checks login and password, sent from a network address. Everything that can be wrong gives the same error
// after the same work: the try is counted, one hash is computed, whether there is such an account or not.
func (s *Store) SignIn(ctx context.Context, login, plain, address string) (Account, error) {
	var kept secret
	open := false
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		kept, err = s.secretOf(ctx, tx, login)
		if err != nil {
			return err
		}
		open, err = s.countTry(ctx, tx, login, address, kept.account)
		return err
	})
	if err != nil {
		return Account{}, fmt.Errorf("count sign-in: %w", err)
	}
	same, err := s.compare(ctx, plain, kept.hash)
	if err != nil {
		return Account{}, err
	}
	if !open || !same || !kept.usable(s.Now()) {
		return Account{}, errRefused
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := forgive(ctx, tx, s.addressKey(address)); err != nil {
			return err
		}
		return forget(ctx, tx, s.loginKey(login))
	})
	return kept.account, err
}

// secret is what a password is compared with. Where there is none the dummy stands in.
type secret struct {
	account Account
	hash    string
	real    bool
}

// usable reports whether the right password may let in now.
func (k secret) usable(now time.Time) bool {
	a := k.account
	return k.real && a.State == Active && (a.Until.IsZero() || now.Before(a.Until))
}

func (s *Store) secretOf(ctx context.Context, q db.Querier, login string) (secret, error) {
	k := secret{hash: dummy}
	var hash string
	a, err := scanAccount(q.QueryRowContext(ctx, `SELECT `+accountColumns+`, password FROM account WHERE login = $1`, CleanLogin(login)), &hash)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return k, nil
	case err != nil:
		return k, fmt.Errorf("read account: %w", err)
	case hash == "":
		return secret{account: a, hash: dummy}, nil
	}
	return secret{account: a, hash: hash, real: true}, nil
}

// countTry counts the try before it is known to be good, so that many at once are no way around. The address comes
// first: all tries take the two rows in the same order.
func (s *Store) countTry(ctx context.Context, tx *db.Tx, login, address string, a Account) (open bool, err error) {
	now := s.Now()
	fromThere, _, err := count(ctx, tx, s.addressKey(address), ofAddress, now)
	if err != nil {
		return false, err
	}
	toThere, locks, err := count(ctx, tx, s.loginKey(login), ofAccount, now)
	if err != nil {
		return false, err
	}
	if locks && a.ID != 0 {
		if err := s.locked(ctx, tx, a.ID, s.loginKey(login)); err != nil {
			return false, err
		}
	}
	return fromThere && toThere, nil
}

// locked writes down that an account is locked, where people see it and in the log.
func (s *Store) locked(ctx context.Context, tx *db.Tx, id int64, key []byte) error {
	var until int64
	if err := tx.QueryRowContext(ctx, `SELECT until_ms FROM sign_in_try WHERE key = $1`, key).Scan(&until); err != nil {
		return fmt.Errorf("read lock: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE account SET locked_ms = $2 WHERE id = $1`, id, until); err != nil {
		return fmt.Errorf("lock account: %w", err)
	}
	return s.act(ctx, tx, "lock", Machine, id, map[string]any{"until_ms": until})
}

// Machine is the actor of acts that the program does by itself.
const Machine = "danvan"

// compare computes one hash.
func (s *Store) compare(ctx context.Context, plain, hash string) (bool, error) {
	release, err := s.hashSlot(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	same, err := argon2id.ComparePasswordAndHash(normal(plain), hash)
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return same, nil
}

// ChangePassword lets the holder of a session choose a new password: the old one is asked for unless it was given by
// somebody else and must be changed. All other sessions end, this one gets a new token.
func (s *Store) ChangePassword(ctx context.Context, in Session, old, plain string) (Session, error) {
	a := in.Account
	if !a.MustChange {
		if _, err := s.SignIn(ctx, a.Login, old, in.Address); err != nil {
			if fault.KindOf(err) == fault.Denied {
				err = fault.Wrap(err, fault.Denied, "Mật khẩu hiện tại không đúng. Hãy gõ lại.")
			}
			return Session{}, err
		}
	}
	var kept secret
	var err error
	if kept, err = s.secretOf(ctx, s.DB.Read(), a.Login); err != nil {
		return Session{}, err
	}
	if same, err := s.compare(ctx, plain, kept.hash); err != nil || same {
		if err == nil {
			err = fault.New(fault.Invalid, "Mật khẩu mới trùng mật khẩu đang dùng. Hãy chọn mật khẩu khác.")
		}
		return Session{}, err
	}
	p, err := Hash(a.Login, plain)
	if err != nil {
		return Session{}, err
	}
	out := in
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if err := s.savePassword(ctx, tx, a.ID, p, false, 0); err != nil {
			return err
		}
		if _, err := s.endSessions(ctx, tx, a.ID, in.ID); err != nil {
			return err
		}
		if out, err = s.renew(ctx, tx, in); err != nil {
			return err
		}
		return s.act(ctx, tx, "change_password", a.Login, a.ID, nil)
	})
	out.Account.MustChange = false
	return out, err
}
