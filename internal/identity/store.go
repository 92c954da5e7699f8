package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

const accountColumns = `id, login, name, email, state, theme, password <> '', must_change, until_ms, length(totp) > 0, locked_ms, made_ms, signed_ms`

type scanner interface{ Scan(...any) error }

func scanAccount(row scanner, more ...any) (Account, error) {
	var a Account
	var until, locked, made, signed int64
	err := row.Scan(append([]any{&a.ID, &a.Login, &a.Name, &a.Email, &a.State, &a.Theme, &a.HasPassword, &a.MustChange,
		&until, &a.TOTP, &locked, &made, &signed}, more...)...)
	a.Until, a.LockedUntil, a.Created, a.SignedIn = moment(until), moment(locked), moment(made), moment(signed)
	return a, err
}

// moment is a time kept as milliseconds, the zero time for 0.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

func found(a Account, err error) (Account, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Account{}, fault.New(fault.NotFound, "Không có tài khoản này. Hãy chọn từ danh sách tài khoản.")
	}
	if err != nil {
		return Account{}, fmt.Errorf("read account: %w", err)
	}
	return a, nil
}

// Account reads an account by its id.
func (s *Store) Account(ctx context.Context, q db.Querier, id int64) (Account, error) {
	return found(scanAccount(q.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM account WHERE id = $1`, id)))
}

// ByLogin reads an account by its login.
func (s *Store) ByLogin(ctx context.Context, q db.Querier, login string) (Account, error) {
	return found(scanAccount(q.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM account WHERE login = $1`, CleanLogin(login))))
}

// Filter chooses accounts for a list.
type Filter struct {
	Text  string // words of login, name, e-mail, with or without marks
	State State  // empty: any
	After string // the login after which the list goes on
	Limit int    // 0: 100
}

// List reads accounts in the order of their logins.
func (s *Store) List(ctx context.Context, q db.Querier, f Filter) ([]Account, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	args := []any{f.After, string(f.State), f.Limit}
	where := ""
	for _, word := range strings.Fields(civil.Fold(f.Text)) {
		args = append(args, "%"+likeText.Replace(word)+"%")
		where += fmt.Sprintf(` AND fold LIKE $%d ESCAPE '!'`, len(args))
	}
	rows, err := q.QueryContext(ctx, `SELECT `+accountColumns+` FROM account
		WHERE login > $1 AND ($2 = '' OR state = $2)`+where+` ORDER BY login LIMIT $3`, args...)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	defer rows.Close()
	var out []Account
	for rows.Next() {
		a, err := scanAccount(rows)
		if err != nil {
			return nil, fmt.Errorf("list accounts: %w", err)
		}
		out = append(out, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return out, nil
}

var likeText = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// Any reports whether there is an account at all.
func (s *Store) Any(ctx context.Context, q db.Querier) (bool, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT id FROM account LIMIT 1) a`).Scan(&n); err != nil {
		return false, fmt.Errorf("look for accounts: %w", err)
	}
	return n > 0, nil
}

// AllActive are the accounts that may sign in, in order of their numbers.
func AllActive(ctx context.Context, q db.Querier) ([]Account, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+accountColumns+` FROM account WHERE state = 'active' ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list active accounts: %w", err)
	}
	defer rows.Close()
	var out []Account
	for rows.Next() {
		a, err := scanAccount(rows)
		if err != nil {
			return nil, fmt.Errorf("list active accounts: %w", err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}
