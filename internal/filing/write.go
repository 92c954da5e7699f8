package filing

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// MostText is how many letters one section may hold.
const MostText = 60_000

// oneSitting is how long savings of one person stay one version of a section.
const oneSitting = 15 * time.Minute

// Clash is a text that was saved over another that the writer has not seen. Nothing is lost: both are there.
type Clash struct{ Theirs, Mine Text }

func (c *Clash) Error() string {
	return "section " + c.Theirs.Section + " was saved by " + c.Theirs.Actor
}

// Save keeps what the office wrote in one section. expect is the version of the section that the writer saw (0 for
// none). Where another has saved since, nothing is overwritten: the error is a Conflict that holds a *Clash.
func (s *Store) Save(ctx context.Context, tx *db.Tx, actor string, id int64, section, body string, expect int) (Text, error) {
	body = tidy(body)
	if n := utf8.RuneCountInString(body); n > MostText {
		return Text{}, fault.Newf(fault.Invalid, "Mục này dài %d ký tự, quá %d. Hãy rút gọn hoặc chuyển bớt vào phụ lục.", n, MostText)
	}
	mine := Text{Section: section, Version: expect, Body: body, Actor: actor, At: s.now()}
	if err := hold(ctx, tx, id); err != nil {
		return mine, err
	}
	texts, err := Texts(ctx, tx, id)
	if err != nil {
		return mine, err
	}
	was, some := texts[section]
	switch {
	case some && was.Body == body || !some && body == "":
		return was, nil
	case was.Version != expect:
		return was, fault.Wrap(&Clash{was, mine}, fault.Conflict, "Người khác vừa lưu mục này. Hãy xem cả hai bản, ghép lại rồi lưu.")
	}
	mine.Version++
	return mine, s.putText(ctx, tx, id, was, mine)
}

// tidy brings line ends to one form and takes out signs that no keyboard gives.
func tidy(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// hold takes the filing for writing texts, so that it is not filed in the same moment without them.
func hold(ctx context.Context, tx *db.Tx, id int64) error {
	res, err := tx.ExecContext(ctx, `UPDATE filing SET revision = revision + 1 WHERE id = $1 AND state IN ('open', 'returned')`, id)
	if err != nil {
		return fmt.Errorf("hold filing %d: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	f, err := Get(ctx, tx, id)
	if err != nil {
		return err
	}
	return notWritable(f)
}

func notWritable(f *Filing) error {
	switch f.State {
	case Issued:
		return fault.New(fault.Conflict, "Báo cáo này đã ban hành. Muốn sửa, hãy bấm “Sửa đổi, thay thế” để mở phiên bản mới.")
	case Withdrawn:
		return fault.New(fault.Conflict, "Kỳ báo cáo này đã thu hồi. Hãy mở lại kỳ báo cáo rồi soạn tiếp.")
	}
	return fault.New(fault.Conflict, "Báo cáo này đã nộp. Muốn sửa, hãy rút lại khi cấp trên chưa xem, hoặc chờ cấp trên trả lại.")
}

func (s *Store) putText(ctx context.Context, tx *db.Tx, id int64, was, now Text) error {
	if was.Version > 0 && was.Actor == now.Actor && now.At.Sub(was.At) < oneSitting {
		_, err := tx.ExecContext(ctx, `UPDATE filing_text SET version = $4, body = $5 WHERE filing = $1 AND section = $2 AND version = $3`,
			id, now.Section, was.Version, now.Version, now.Body)
		return wrapText(err, id, now.Section)
	}
	_, err := tx.ExecContext(ctx, `UPDATE filing_text SET last = $3 WHERE filing = $1 AND section = $2 AND last`, id, now.Section, false)
	if err != nil {
		return wrapText(err, id, now.Section)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO filing_text (filing, section, version, body, actor, at_ms, last) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, now.Section, now.Version, now.Body, now.Actor, now.At.UnixMilli(), true)
	return wrapText(err, id, now.Section)
}

func wrapText(err error, id int64, section string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("save section %s of filing %d: %w", section, id, err)
}

// SetStatus chooses whether the report counts all that was recorded, or only what was confirmed.
func (s *Store) SetStatus(ctx context.Context, tx *db.Tx, id int64, status string) error {
	if status != "all" && status != "confirmed" {
		return fault.New(fault.Invalid, "Hãy chọn: mọi ghi nhận, hoặc chỉ ghi nhận đã xác nhận.")
	}
	if err := hold(ctx, tx, id); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE filing SET status = $2 WHERE id = $1`, id, status); err != nil {
		return fmt.Errorf("set status of filing %d: %w", id, err)
	}
	return nil
}

// ClashIn is the clash that an error of Save holds, nil where it holds none.
func ClashIn(err error) *Clash {
	var c *Clash
	if errors.As(err, &c) {
		return c
	}
	return nil
}
