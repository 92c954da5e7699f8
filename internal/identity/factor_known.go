package identity

import (
	"context"
	"fmt"

	"github.com/pquerna/otp/hotp"

	"danvan/internal/db"
)

// The demo's accounts have second factors that everybody may know, so that each role can be tried without a
// telephone. No office calls these.

// KnownFactor gives an account a second factor whose secret the caller chose.
func (s *Store) KnownFactor(ctx context.Context, tx *db.Tx, actor string, id int64, secret string) error {
	if _, err := s.FactorOf("danvan", Account{Login: "danvan"}, secret); err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `UPDATE account SET totp = $2, totp_step = 0 WHERE id = $1`, id, s.key.Seal("totp", []byte(secret)))
	if err := one(res, err, "give second factor"); err != nil {
		return err
	}
	return s.act(ctx, tx, "totp", actor, id, nil)
}

// CodeNow is the code that the account's second factor shows at this moment, empty where it has none.
func (s *Store) CodeNow(ctx context.Context, q db.Querier, id int64) (string, error) {
	secret, err := s.factorSecret(ctx, q, id)
	if err != nil || secret == "" {
		return "", err
	}
	code, err := hotp.GenerateCodeCustom(secret, uint64(s.Now().Unix()/period), codeForm)
	if err != nil {
		return "", fmt.Errorf("make code: %w", err)
	}
	return code, nil
}
