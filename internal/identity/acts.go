package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// temporaryFor is how long a password that was given by somebody else lets in.
const temporaryFor = 14 * 24 * time.Hour

// Change says what happens to a password after it was set.
type Change bool

// Whether the person must choose another one at the next sign-in.
const (
	MustChange Change = true
	Keep       Change = false
)

// act leaves an audit leaf about an account. What it says is only hashed; secrets never come near it.
func (s *Store) act(ctx context.Context, tx *db.Tx, act, actor string, account int64, what any) error {
	content, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("describe act: %w", err)
	}
	_, err = audit.Append(ctx, tx, audit.Leaf{Act: act, Subject: "account", SubjectID: account, Content: content, Actor: actor, At: s.Now()})
	return err
}

// Create makes an account. It has no password yet: nobody signs in until SetPassword, or through a provider after
// Link. A login that was ever given is refused.
func (s *Store) Create(ctx context.Context, tx *db.Tx, actor string, n NewAccount) (Account, error) {
	n, err := n.check()
	if err != nil {
		return Account{}, err
	}
	id, err := tx.ID(ctx, "account")
	if err != nil {
		return Account{}, err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO account (id, login, name, email, fold, state, theme, password, must_change, until_ms, totp, totp_step, locked_ms, made_ms, signed_ms)
		VALUES ($1, $2, $3, $4, $5, 'active', '', '', $6, 0, $7, 0, 0, $8, 0) ON CONFLICT (login) DO NOTHING`,
		id, n.Login, n.Name, n.Email, folded(n.Login, n.Name, n.Email), false, []byte{}, s.ms())
	if err := one(res, err, "make account"); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = fault.Newf(fault.Conflict, "Tên đăng nhập “%s” đã được cấp. Mỗi tên chỉ cấp một lần, kể cả khi tài khoản đã ngừng; hãy chọn tên khác.", n.Login)
		}
		return Account{}, err
	}
	if err := s.act(ctx, tx, "create", actor, id, n); err != nil {
		return Account{}, err
	}
	return s.Account(ctx, tx, id)
}

// one turns "no row was changed" into NotFound.
func one(res interface{ RowsAffected() (int64, error) }, err error, act string) error {
	if err != nil {
		return fmt.Errorf("%s: %w", act, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("%s: %w", act, err)
	}
	if n == 0 {
		return fault.New(fault.NotFound, "Không có tài khoản này. Hãy chọn từ danh sách tài khoản.")
	}
	return nil
}

// Rename changes the name and the e-mail of an account; the login never changes.
func (s *Store) Rename(ctx context.Context, tx *db.Tx, actor string, id int64, name, email string) error {
	name, err := cleanName(name)
	if err != nil {
		return err
	}
	if email, err = cleanEmail(email); err != nil {
		return err
	}
	a, err := s.Account(ctx, tx, id)
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `UPDATE account SET name = $2, email = $3, fold = $4 WHERE id = $1`,
		id, name, email, folded(a.Login, name, email))
	if err := one(res, err, "rename account"); err != nil {
		return err
	}
	return s.act(ctx, tx, "rename", actor, id, NewAccount{a.Login, name, email})
}

// SetPassword gives an account a password, ends its sessions and lifts a lock. With MustChange it is valid for 14
// days and must be changed at the first sign-in.
func (s *Store) SetPassword(ctx context.Context, tx *db.Tx, actor string, id int64, p Password, then Change) error {
	until := int64(0)
	if then == MustChange {
		until = s.Now().Add(temporaryFor).UnixMilli()
	}
	if err := s.savePassword(ctx, tx, id, p, bool(then), until); err != nil {
		return err
	}
	if _, err := s.endSessions(ctx, tx, id, 0); err != nil {
		return err
	}
	if err := s.lift(ctx, tx, id); err != nil {
		return err
	}
	return s.act(ctx, tx, "password", actor, id, map[string]any{"must_change": bool(then)})
}

func (s *Store) savePassword(ctx context.Context, tx *db.Tx, id int64, p Password, must bool, until int64) error {
	if p.hash == "" {
		return fault.New(fault.Internal, "Chưa có mật khẩu để lưu. Hãy thử lại.")
	}
	res, err := tx.ExecContext(ctx, `UPDATE account SET password = $2, must_change = $3, until_ms = $4 WHERE id = $1`, id, p.hash, must, until)
	return one(res, err, "save password")
}

// Disable keeps an account from signing in and ends its sessions; Enable lets it again.
func (s *Store) Disable(ctx context.Context, tx *db.Tx, actor string, id int64) error {
	if err := s.setState(ctx, tx, actor, id, Disabled); err != nil {
		return err
	}
	_, err := s.endSessions(ctx, tx, id, 0)
	return err
}

// Enable lets a disabled account sign in again.
func (s *Store) Enable(ctx context.Context, tx *db.Tx, actor string, id int64) error {
	return s.setState(ctx, tx, actor, id, Active)
}

// setState changes nothing, and logs nothing, where the state is already so.
func (s *Store) setState(ctx context.Context, tx *db.Tx, actor string, id int64, state State) error {
	a, err := s.Account(ctx, tx, id)
	if err != nil || a.State == state {
		return err
	}
	res, err := tx.ExecContext(ctx, `UPDATE account SET state = $2 WHERE id = $1`, id, string(state))
	if err := one(res, err, "set state of account"); err != nil {
		return err
	}
	act := map[State]string{Active: "enable", Disabled: "disable"}[state]
	return s.act(ctx, tx, act, actor, id, map[string]any{"state": state})
}

// Unlock lifts a lock before its time.
func (s *Store) Unlock(ctx context.Context, tx *db.Tx, actor string, id int64) error {
	if err := s.lift(ctx, tx, id); err != nil {
		return err
	}
	return s.act(ctx, tx, "unlock", actor, id, nil)
}

func (s *Store) lift(ctx context.Context, tx *db.Tx, id int64) error {
	a, err := s.Account(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := forget(ctx, tx, s.loginKey(a.Login)); err != nil {
		return err
	}
	if err := forget(ctx, tx, s.codeKey(id)); err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `UPDATE account SET locked_ms = 0 WHERE id = $1`, id)
	return one(res, err, "lift lock")
}

// ResetTOTP removes the second factor and its recovery codes, for somebody who lost the device, and ends the
// sessions. Where a role asks for a second factor, a new one is set up at the next sign-in.
func (s *Store) ResetTOTP(ctx context.Context, tx *db.Tx, actor string, id int64) error {
	if err := s.dropTOTP(ctx, tx, id); err != nil {
		return err
	}
	if _, err := s.endSessions(ctx, tx, id, 0); err != nil {
		return err
	}
	return s.act(ctx, tx, "reset_totp", actor, id, nil)
}

// EndSessions ends all sessions of an account and says how many there were.
func (s *Store) EndSessions(ctx context.Context, tx *db.Tx, actor string, id int64) (int, error) {
	if _, err := s.Account(ctx, tx, id); err != nil {
		return 0, err
	}
	n, err := s.endSessions(ctx, tx, id, 0)
	if err != nil {
		return 0, err
	}
	return n, s.act(ctx, tx, "end_sessions", actor, id, nil)
}

// SetTheme keeps how the person wants pages to look: "light", "dark", or "" for as the device does.
func (s *Store) SetTheme(ctx context.Context, tx *db.Tx, id int64, theme string) error {
	if theme != "" && theme != "light" && theme != "dark" {
		return fault.New(fault.Invalid, "Giao diện chỉ có sáng, tối hoặc theo thiết bị. Hãy chọn một.")
	}
	res, err := tx.ExecContext(ctx, `UPDATE account SET theme = $2 WHERE id = $1`, id, theme)
	return one(res, err, "set theme")
}
