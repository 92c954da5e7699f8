package notice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// How is how a person is reminded by mail.
type How string

// The ways (không gửi, hằng ngày, hằng tuần, ngay khi có).
const (
	Off    How = "off"
	Daily  How = "daily"
	Weekly How = "weekly" // on the first working day of the week
	Each   How = "each"
)

// Setting is what a person chose. Hours are minutes since midnight, Vietnamese time.
type Setting struct {
	How       How
	At        int  // of the digest
	QuietFrom int  // no mail from here
	QuietTo   int  // to here; the same minute twice: no quiet hours
	DaysOff   bool // mail on days off too
	Unwanted  []Topic
	Ahead     int // days before the last one
}

// Usual is the setting of who has chosen nothing: a digest at 7:30 on working days.
func Usual() Setting {
	return Setting{How: Daily, At: 7*60 + 30, QuietFrom: 20 * 60, QuietTo: 6*60 + 30, Ahead: 3}
}

// MostAhead is how many days before the last one a reminder may begin.
const MostAhead = 30

// Check says in a sentence what is wrong with a setting.
func (s Setting) Check() error {
	switch {
	case !slices.Contains([]How{Off, Daily, Weekly, Each}, s.How):
		return fault.New(fault.Invalid, "Hãy chọn cách gửi thư nhắc.")
	case s.At < 0 || s.At >= 24*60 || s.QuietFrom < 0 || s.QuietFrom >= 24*60 || s.QuietTo < 0 || s.QuietTo >= 24*60:
		return fault.New(fault.Invalid, "Giờ phải trong khoảng 00:00 đến 23:59.")
	case s.Ahead < 0 || s.Ahead > MostAhead:
		return fault.Newf(fault.Invalid, "Nhắc trước từ 0 đến %d ngày.", MostAhead)
	}
	return nil
}

// Wants reports whether the person wants reminders of a topic.
func (s Setting) Wants(t Topic) bool { return !slices.Contains(s.Unwanted, t) }

// SettingOf is what an account chose, the usual where it chose nothing.
func SettingOf(ctx context.Context, q db.Querier, account int64) (Setting, error) {
	s := Setting{}
	var unwanted string
	err := q.QueryRowContext(ctx, `SELECT how, at_minute, quiet_from, quiet_to, days_off, unwanted, ahead
		FROM notice_setting WHERE account = $1`, account).
		Scan(&s.How, &s.At, &s.QuietFrom, &s.QuietTo, &s.DaysOff, &unwanted, &s.Ahead)
	if errors.Is(err, sql.ErrNoRows) {
		return Usual(), nil
	}
	if err != nil {
		return s, fmt.Errorf("read reminder setting of account %d: %w", account, err)
	}
	for _, t := range strings.Split(unwanted, ",") {
		if t != "" {
			s.Unwanted = append(s.Unwanted, Topic(t))
		}
	}
	return s, nil
}

// Choose keeps what an account chose.
func Choose(ctx context.Context, tx *db.Tx, account int64, s Setting, at time.Time) error {
	if err := s.Check(); err != nil {
		return err
	}
	names := make([]string, len(s.Unwanted))
	for i, t := range s.Unwanted {
		names[i] = string(t)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO notice_setting (account, how, at_minute, quiet_from, quiet_to, days_off, unwanted, ahead, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (account) DO UPDATE SET how = excluded.how, at_minute = excluded.at_minute, quiet_from = excluded.quiet_from,
		quiet_to = excluded.quiet_to, days_off = excluded.days_off, unwanted = excluded.unwanted, ahead = excluded.ahead, at_ms = excluded.at_ms`,
		account, string(s.How), s.At, s.QuietFrom, s.QuietTo, s.DaysOff, strings.Join(names, ","), s.Ahead, at.UnixMilli())
	if err != nil {
		return fmt.Errorf("keep reminder setting of account %d: %w", account, err)
	}
	return nil
}

// PutOff hides a reminder from a person until a day; a day that is not later than today shows it again.
func PutOff(ctx context.Context, tx *db.Tx, account int64, key string, until civil.Date) error {
	if key == "" || len(key) > 300 {
		return fault.New(fault.Invalid, "Không rõ hoãn nhắc việc nào. Hãy mở lại danh sách.")
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO notice_later (account, key, until) VALUES ($1, $2, $3)
		ON CONFLICT (account, key) DO UPDATE SET until = excluded.until`, account, key, int32(until))
	if err != nil {
		return fmt.Errorf("put off reminder of account %d: %w", account, err)
	}
	return nil
}

// Later are the reminders that an account has put off, with the day on which each comes back.
func Later(ctx context.Context, q db.Querier, account int64) (map[string]civil.Date, error) {
	rows, err := q.QueryContext(ctx, `SELECT key, until FROM notice_later WHERE account = $1`, account)
	if err != nil {
		return nil, fmt.Errorf("read what account %d put off: %w", account, err)
	}
	defer rows.Close()
	out := map[string]civil.Date{}
	for rows.Next() {
		var key string
		var until civil.Date
		if err := rows.Scan(&key, &until); err != nil {
			return nil, fmt.Errorf("read what account %d put off: %w", account, err)
		}
		out[key] = until
	}
	return out, rows.Err()
}
