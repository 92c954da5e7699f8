package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// Factor is a second factor that is being set up: the secret that the person's telephone learns.
type Factor struct {
	Secret string // base32, to be typed where no picture can be taken
	URL    string // otpauth://..., inside the QR code
}

func (Factor) String() string   { return "identity.Factor" }
func (Factor) GoString() string { return "identity.Factor" }

// period and digits are what every authenticator program takes.
const period = 30

var codeForm = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// NewFactor makes a secret for an account. Nothing is saved until SetUp.
func (s *Store) NewFactor(office string, a Account) (Factor, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: office, AccountName: a.Login, SecretSize: 20, Period: period})
	if err != nil {
		return Factor{}, fmt.Errorf("make second factor: %w", err)
	}
	return Factor{key.Secret(), key.URL()}, nil
}

// FactorOf is the factor of a secret that came back with its form.
func (s *Store) FactorOf(office string, a Account, secret string) (Factor, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil || len(raw) != 20 {
		return Factor{}, fault.New(fault.Invalid, "Mã thiết lập không đúng. Hãy mở lại trang thiết lập.")
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: office, AccountName: a.Login, Secret: raw, Period: period})
	if err != nil {
		return Factor{}, fmt.Errorf("make second factor: %w", err)
	}
	return Factor{key.Secret(), key.URL()}, nil
}

// step is the half minute in which a code is good, 0 where it is good neither now nor just before or after.
func step(secret, code string, now time.Time) int64 {
	code = strings.Join(strings.Fields(code), "")
	at := now.Unix() / period
	good := int64(0)
	for _, n := range [...]int64{at - 1, at, at + 1} {
		want, err := hotp.GenerateCodeCustom(secret, uint64(n), codeForm)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			good = n
		}
	}
	return good
}

// SetUp keeps a second factor once the person has shown, with a code, that the telephone has learnt it. It gives the
// ten recovery codes, to be shown this once. Other sessions end; this one is proved.
func (s *Store) SetUp(ctx context.Context, in Session, secret, code string) (Session, []string, error) {
	a := in.Account
	if a.TOTP {
		return Session{}, nil, fault.New(fault.Conflict, "Tài khoản đã có lớp thứ hai. Muốn đổi thiết bị, hãy tắt lớp thứ hai đang dùng trước.")
	}
	if _, err := s.FactorOf("danvan", a, secret); err != nil {
		return Session{}, nil, err
	}
	n := step(secret, code, s.Now())
	if n == 0 {
		return Session{}, nil, fault.New(fault.Invalid, "Mã sáu số không đúng. Hãy xem giờ trên điện thoại có đúng không, rồi gõ mã đang hiện.")
	}
	var codes []string
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE account SET totp = $2, totp_step = $3 WHERE id = $1 AND length(totp) = 0`,
			a.ID, s.key.Seal("totp", []byte(secret)), n)
		if err := one(res, err, "keep second factor"); err != nil {
			if fault.KindOf(err) == fault.NotFound {
				err = fault.New(fault.Conflict, "Tài khoản đã có lớp thứ hai, thiết lập ở nơi khác. Hãy đăng nhập lại.")
			}
			return err
		}
		if codes, err = s.newCodes(ctx, tx, a.ID); err != nil {
			return err
		}
		in.Proved = true
		if _, err := s.endSessions(ctx, tx, a.ID, in.ID); err != nil {
			return err
		}
		if in, err = s.renew(ctx, tx, in); err != nil {
			return err
		}
		return s.act(ctx, tx, "set_totp", a.Login, a.ID, nil)
	})
	in.Account.TOTP = true
	return in, codes, err
}

// RefusedCode is the one answer to every code that is not taken.
const RefusedCode = "Mã không đúng, đã dùng rồi, hoặc đang tạm khóa vì sai nhiều lần. Hãy đợi mã mới hiện trên điện thoại rồi gõ lại."

var errCode = fault.New(fault.Denied, RefusedCode)

// Prove takes a code of the second factor. The same code is taken once.
func (s *Store) Prove(ctx context.Context, in Session, code string) (Session, error) {
	return s.prove(ctx, in, func(tx *db.Tx) (bool, error) { return s.useCode(ctx, tx, in.Account.ID, code) })
}

// Recover takes one of the recovery codes instead, once.
func (s *Store) Recover(ctx context.Context, in Session, code string) (Session, error) {
	return s.prove(ctx, in, func(tx *db.Tx) (bool, error) {
		used, err := s.useRecovery(ctx, tx, in.Account.ID, code)
		if err == nil && used {
			err = s.act(ctx, tx, "use_recovery_code", in.Account.Login, in.Account.ID, nil)
		}
		return used, err
	})
}

// prove counts the try, looks at the code, and gives the session a new token when it is good: all in one transaction,
// so that a code cannot be used twice at once. A try that fails stays counted.
func (s *Store) prove(ctx context.Context, in Session, good func(tx *db.Tx) (bool, error)) (Session, error) {
	var out Session
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		out = Session{}
		key := s.codeKey(in.Account.ID)
		open, locks, err := count(ctx, tx, key, ofAccount, s.Now())
		if err != nil {
			return err
		}
		if locks {
			if err := s.locked(ctx, tx, in.Account.ID, key); err != nil {
				return err
			}
		}
		if !open {
			return nil
		}
		ok, err := good(tx)
		if err != nil || !ok {
			return err
		}
		if err := forget(ctx, tx, key); err != nil {
			return err
		}
		proved := in
		proved.Proved = true
		out, err = s.renew(ctx, tx, proved)
		return err
	})
	if err == nil && out.ID == 0 {
		err = errCode
	}
	return out, err
}

// useCode reports whether the code is good and newer than any that was taken before.
func (s *Store) useCode(ctx context.Context, tx *db.Tx, id int64, code string) (bool, error) {
	secret, err := s.factorSecret(ctx, tx, id)
	if err != nil || secret == "" {
		return false, err
	}
	n := step(secret, code, s.Now())
	if n == 0 {
		return false, nil
	}
	res, err := tx.ExecContext(ctx, `UPDATE account SET totp_step = $2 WHERE id = $1 AND totp_step < $2`, id, n)
	if err != nil {
		return false, fmt.Errorf("use code: %w", err)
	}
	changed, err := res.RowsAffected()
	return changed == 1, err
}

func (s *Store) factorSecret(ctx context.Context, q db.Querier, id int64) (string, error) {
	var sealed []byte
	if err := q.QueryRowContext(ctx, `SELECT totp FROM account WHERE id = $1`, id).Scan(&sealed); err != nil {
		return "", fmt.Errorf("read second factor: %w", err)
	}
	if len(sealed) == 0 {
		return "", nil
	}
	secret, err := s.key.Unseal("totp", sealed)
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "Không mở được lớp thứ hai của tài khoản: khóa identity.key không phải của cơ sở dữ liệu này. Người quản trị cần khôi phục tệp ấy, hoặc đặt lại lớp thứ hai.")
	}
	return string(secret), nil
}

// DropTOTP lets the person turn the second factor off, with a code that proves it is there.
func (s *Store) DropTOTP(ctx context.Context, in Session, code string) (Session, error) {
	in, err := s.Prove(ctx, in, code)
	if err != nil {
		return in, err
	}
	in.Account.TOTP = false
	return in, s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.dropTOTP(ctx, tx, in.Account.ID); err != nil {
			return err
		}
		return s.act(ctx, tx, "drop_totp", in.Account.Login, in.Account.ID, nil)
	})
}

func (s *Store) dropTOTP(ctx context.Context, tx *db.Tx, id int64) error {
	res, err := tx.ExecContext(ctx, `UPDATE account SET totp = $2, totp_step = 0 WHERE id = $1`, id, []byte{})
	if err := one(res, err, "drop second factor"); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM account_recovery WHERE account = $1`, id); err != nil {
		return fmt.Errorf("drop recovery codes: %w", err)
	}
	return nil
}

// recoveryLetters are read without mistake; a code of 16 has 78 bits, so that a plain SHA-256 keeps it.
const (
	recoveryLetters = "abcdefghjkmnpqrstuvwxyz23456789"
	recoveryCodes   = 10
)

// NewCodes replaces the recovery codes.
func (s *Store) NewCodes(ctx context.Context, tx *db.Tx, a Account) ([]string, error) {
	if !a.TOTP {
		return nil, fault.New(fault.Conflict, "Tài khoản chưa có lớp thứ hai nên không có mã khôi phục.")
	}
	codes, err := s.newCodes(ctx, tx, a.ID)
	if err != nil {
		return nil, err
	}
	return codes, s.act(ctx, tx, "new_recovery_codes", a.Login, a.ID, nil)
}

func (s *Store) newCodes(ctx context.Context, tx *db.Tx, id int64) ([]string, error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM account_recovery WHERE account = $1`, id); err != nil {
		return nil, fmt.Errorf("drop recovery codes: %w", err)
	}
	var codes []string
	var rows [][]any
	for range recoveryCodes {
		code := groups(recoveryLetters, 4, 4)
		codes = append(codes, code)
		rows = append(rows, []any{id, codeHash(code), int64(0)})
	}
	if err := tx.Insert(ctx, "account_recovery", []string{"account", "hash", "used_ms"}, rows); err != nil {
		return nil, fmt.Errorf("keep recovery codes: %w", err)
	}
	return codes, nil
}

func codeHash(code string) []byte {
	sum := sha256.Sum256([]byte("danvan recovery " + kept(strings.ToLower(code))))
	return sum[:]
}

func (s *Store) useRecovery(ctx context.Context, tx *db.Tx, id int64, code string) (bool, error) {
	res, err := tx.ExecContext(ctx, `UPDATE account_recovery SET used_ms = $3 WHERE account = $1 AND hash = $2 AND used_ms = 0`,
		id, codeHash(code), s.ms())
	if err != nil {
		return false, fmt.Errorf("use recovery code: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// CodesLeft is how many recovery codes have not been used.
func (s *Store) CodesLeft(ctx context.Context, q db.Querier, id int64) (int, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM account_recovery WHERE account = $1 AND used_ms = 0`, id).Scan(&n); err != nil {
		return 0, fmt.Errorf("count recovery codes: %w", err)
	}
	return n, nil
}
