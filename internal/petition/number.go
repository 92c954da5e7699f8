// Package petition is citizens' letters under the law: their place in the register.
package petition

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Line is a letter's line in the register.
type Line struct {
	Unit   org.UnitID // the body that keeps the register
	Year   int        // of the day of entering
	Number int64      // from 1, without gaps within body and year
	Code   string     // what the sender is told: DT-2026-000123; of a denunciation random, TC-7K3M-Q2WX
}

// NextLine takes the next number of a body in a year and a code. It is given in the transaction that records the
// letter: two clerks at once wait for one another, and a letter that is not saved leaves no gap. Enter keeps the line.
func NextLine(ctx context.Context, tx *db.Tx, unit org.UnitID, year int, denounces bool) (Line, error) {
	l := Line{Unit: unit, Year: year}
	var err error
	if l.Number, err = next(ctx, tx, unit, year); err != nil {
		return l, err
	}
	if denounces {
		l.Code = randomCode()
		return l, nil
	}
	n, err := next(ctx, tx, codes, year)
	l.Code = PlainCode(year, n)
	return l, err
}

// codes is the counter of the installation's public codes among those of bodies.
const codes org.UnitID = 0

func next(ctx context.Context, tx *db.Tx, unit org.UnitID, year int) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO register_count (unit, year, last) VALUES ($1, $2, 1)
		ON CONFLICT (unit, year) DO UPDATE SET last = register_count.last + 1 RETURNING last`, int64(unit), year).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("next number of unit %d in %d: %w", unit, year, err)
	}
	return n, nil
}

// PlainCode is the code of a letter that is no denunciation.
func PlainCode(year int, n int64) string { return fmt.Sprintf("DT-%d-%06d", year, n) }

// codeLetters are 32, so that each random byte gives one; none is taken for another when it is read aloud.
const codeLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// randomCode says nothing of when or where it was given: 40 random bits, and looking one up takes the right to.
func randomCode() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	for i := range b {
		b[i] = codeLetters[b[i]%32]
	}
	return "TC-" + string(b[:4]) + "-" + string(b[4:])
}

// Enter keeps the line of a letter that was recorded.
func Enter(ctx context.Context, tx *db.Tx, entry int64, l Line) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO register_line (unit, year, number, code, entry) VALUES ($1, $2, $3, $4, $5)`,
		int64(l.Unit), l.Year, l.Number, l.Code, entry)
	if err != nil {
		return fmt.Errorf("enter letter %d in the register: %w", entry, err)
	}
	return nil
}

// EnterMany keeps the lines of letters that were numbered elsewhere, entry by entry, and has the counters go on after
// them.
func EnterMany(ctx context.Context, tx *db.Tx, entries []int64, lines []Line) error {
	rows := make([][]any, len(lines))
	last := map[Line]int64{}
	for i, l := range lines {
		rows[i] = []any{int64(l.Unit), l.Year, l.Number, l.Code, entries[i]}
		body := Line{Unit: l.Unit, Year: l.Year}
		last[body] = max(last[body], l.Number)
		var n int64
		if _, err := fmt.Sscanf(l.Code, fmt.Sprintf("DT-%d-%%d", l.Year), &n); err == nil {
			all := Line{Unit: codes, Year: l.Year}
			last[all] = max(last[all], n)
		}
	}
	if err := tx.Insert(ctx, "register_line", []string{"unit", "year", "number", "code", "entry"}, rows); err != nil {
		return fmt.Errorf("enter %d letters in the register: %w", len(lines), err)
	}
	for body, n := range last {
		_, err := tx.ExecContext(ctx, `INSERT INTO register_count (unit, year, last) VALUES ($1, $2, $3)
			ON CONFLICT (unit, year) DO UPDATE SET last = CASE WHEN register_count.last < excluded.last THEN excluded.last ELSE register_count.last END`,
			int64(body.Unit), body.Year, n)
		if err != nil {
			return fmt.Errorf("count the register of unit %d: %w", body.Unit, err)
		}
	}
	return nil
}

// LineOf is the line of a letter in the register; ok is false for one that has none, such as an imported figure.
func LineOf(ctx context.Context, q db.Querier, entry int64) (l Line, ok bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT unit, year, number, code FROM register_line WHERE entry = $1`, entry).Scan(&l.Unit, &l.Year, &l.Number, &l.Code)
	if errors.Is(err, sql.ErrNoRows) {
		return l, false, nil
	}
	if err != nil {
		return l, false, fmt.Errorf("read register line of letter %d: %w", entry, err)
	}
	return l, true, nil
}

// ByCode is the letter of a code, as people type it.
func ByCode(ctx context.Context, q db.Querier, code string) (entry int64, err error) {
	code = strings.ToUpper(strings.Join(strings.Fields(code), ""))
	err = q.QueryRowContext(ctx, `SELECT entry FROM register_line WHERE code = $1`, code).Scan(&entry)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.NotFound, "Không có đơn nào mang mã này. Hãy kiểm tra lại mã trên giấy biên nhận.")
	}
	if err != nil {
		return 0, fmt.Errorf("find letter by code: %w", err)
	}
	return entry, nil
}
