package sending

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/vault"
)

func shredded(err error) bool { return errors.Is(err, vault.ErrShredded) }

func noteUse(act int64) string { return "act/" + strconv.FormatInt(act, 10) }

// inboxMost bounds a list of the inbox.
const inboxMost = 500

// Inbox are the sendings in a state, oldest first while they wait and newest first after that; those of bodies that of
// refuses are left out.
func (o *Office) Inbox(ctx context.Context, q db.Querier, state State, of func(org.UnitID) bool) ([]Sending, error) {
	order := `ORDER BY id DESC`
	if state == New {
		order = `ORDER BY id`
	}
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM sending WHERE state = $1 `+order, state)
	if err != nil {
		return nil, fmt.Errorf("list sendings: %w", err)
	}
	defer rows.Close()
	var out []Sending
	for rows.Next() {
		s, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read sending: %w", err)
		}
		if of(s.Unit) && len(out) < inboxMost {
			out = append(out, s)
		}
	}
	return out, rows.Err()
}

// One is a sending by its id.
func (o *Office) One(ctx context.Context, q db.Querier, id int64) (Sending, error) {
	s, err := scan(q.QueryRowContext(ctx, `SELECT `+columns+` FROM sending WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return s, fault.New(fault.NotFound, "Không có lần gửi này. Hãy mở lại từ trang Người dân gửi đến.")
	}
	if err != nil {
		return s, fmt.Errorf("read sending %d: %w", id, err)
	}
	return s, nil
}

// Read is what a sending says, and its files. Gone is true once its letter's dossier has taken its place.
func (o *Office) Read(ctx context.Context, q db.Querier, id int64) (c dossier.Content, files []Parked, gone bool, err error) {
	c, _, err = o.Dossiers.ContentOf(ctx, q, -id)
	if shredded(err) {
		return c, nil, true, nil
	}
	if err != nil {
		return c, nil, false, err
	}
	var sealed []byte
	if err := q.QueryRowContext(ctx, `SELECT files FROM sending WHERE id = $1`, id).Scan(&sealed); err != nil {
		return c, nil, false, fmt.Errorf("read files of sending %d: %w", id, err)
	}
	plain, err := o.Dossiers.Vault.Open(ctx, q, -id, "files", sealed)
	if err != nil {
		return c, nil, false, err
	}
	return c, files, false, json.Unmarshal(plain, &files)
}

// File is the n-th file of a sending, from 0, with its name.
func (o *Office) File(ctx context.Context, q db.Querier, id int64, n int) (data []byte, name string, err error) {
	_, files, _, err := o.Read(ctx, q, id)
	if err != nil {
		return nil, "", err
	}
	if n < 0 || n >= len(files) {
		return nil, "", fault.New(fault.NotFound, "Không có tệp này. Hãy mở lại từ trang của lần gửi.")
	}
	return o.file(ctx, q, id, files[n])
}

// LookAtSender gives who sent it, after the look was written down, as of a letter.
func (o *Office) LookAtSender(ctx context.Context, tx *db.Tx, login string, id int64, ground dossier.Ground, note string) (dossier.Sender, error) {
	return o.Dossiers.LookAtSender(ctx, tx, login, -id, ground, note)
}

// Guess is the class that the words of a sending speak for, with those words.
func Guess(c dossier.Content) (petition.Guess, bool) {
	return Draft{Text: c.Text, Wish: c.Request}.Class()
}

// Grounds are why a sending may be refused: it holds nothing to work on. Whatever holds something is taken in, and then
// the law's own acts say what becomes of it.
func Grounds() [][2]string {
	return [][2]string{
		{"spam", "Quảng cáo, thư rác, gửi bằng máy"},
		{"empty", "Trống hoặc không đọc được, không rõ việc gì"},
		{"twice", "Gửi lặp lại đúng một nội dung; lần gửi kia đã được nhận"},
		{"test", "Gửi thử"},
	}
}

// GroundName is what people call a ground.
func GroundName(code string) string {
	for _, g := range Grounds() {
		if g[0] == code {
			return g[1]
		}
	}
	return ""
}

// Refuse puts a sending aside as spam or empty. Undo brings it back until its content is erased: see Kept.
func (o *Office) Refuse(ctx context.Context, tx *db.Tx, login string, id int64, ground, note string) error {
	if GroundName(ground) == "" {
		return fault.New(fault.Invalid, "Hãy chọn lý do không nhận.")
	}
	if err := move(ctx, tx, id, New, Refused); err != nil {
		return err
	}
	if err := o.act(ctx, tx, login, id, "refuse", ground, 0, note); err != nil {
		return err
	}
	return o.planErase(ctx, tx)
}

// Undo takes a refusal back.
func (o *Office) Undo(ctx context.Context, tx *db.Tx, login string, id int64, note string) error {
	if err := move(ctx, tx, id, Refused, New); err != nil {
		return err
	}
	return o.act(ctx, tx, login, id, "undo", "", 0, note)
}

// Forward gives a sending to another body's inbox.
func (o *Office) Forward(ctx context.Context, tx *db.Tx, login string, id int64, to org.UnitID, note string) error {
	s, err := o.One(ctx, tx, id)
	if err != nil {
		return err
	}
	if s.State != New {
		return moved
	}
	if to == 0 || to == s.Unit {
		return fault.New(fault.Invalid, "Hãy chọn một cơ quan khác cơ quan đang giữ.")
	}
	res, err := tx.ExecContext(ctx, `UPDATE sending SET unit = $2 WHERE id = $1 AND state = 'new' AND unit = $3`, id, to, s.Unit)
	if err != nil {
		return fmt.Errorf("forward sending %d: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, moved)
	}
	return o.act(ctx, tx, login, id, "forward", "", to, note)
}

var moved = fault.New(fault.Conflict, "Người khác vừa xử lý lần gửi này. Hãy tải lại trang.")

func move(ctx context.Context, tx *db.Tx, id int64, from, to State) error {
	res, err := tx.ExecContext(ctx, `UPDATE sending SET state = $2 WHERE id = $1 AND state = $3 AND erased_ms = 0`, id, to, from)
	if err != nil {
		return fmt.Errorf("move sending %d: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, moved)
	}
	return nil
}

func (o *Office) act(ctx context.Context, tx *db.Tx, login string, id int64, act, ground string, unit org.UnitID, note string) error {
	n, err := tx.ID(ctx, "sending_act")
	if err != nil {
		return err
	}
	kept, err := o.Dossiers.Vault.Seal(ctx, tx, -id, noteUse(n), []byte(strings.TrimSpace(note)))
	if err != nil {
		return err
	}
	at := o.now()
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: "sending_" + act, Subject: "sending", SubjectID: id, Actor: login, At: at,
		Content: actContent(n, act, ground, unit, kept)})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO sending_act (id, sending, act, ground, unit, actor, at_ms, note, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		n, id, act, ground, unit, login, at.UnixMilli(), kept, leaf)
	if err != nil {
		return fmt.Errorf("note act on sending %d: %w", id, err)
	}
	return nil
}

// Waiting counts what waits in the inboxes of bodies, with the oldest day, of letters and of denunciations apart.
type Waiting struct {
	Unit   org.UnitID
	Sealed bool
	Day    civil.Date
	At     time.Time
}

// AllWaiting are the sendings that nobody has taken in, by day.
func AllWaiting(ctx context.Context, q db.Querier) ([]Waiting, error) {
	rows, err := q.QueryContext(ctx, `SELECT unit, 0, day, at_ms FROM sending WHERE state = 'new'
		UNION ALL SELECT office, 1, day, at_ms FROM sending_sealed WHERE state = 'new' ORDER BY 3, 1`)
	if err != nil {
		return nil, fmt.Errorf("list what waits: %w", err)
	}
	defer rows.Close()
	var out []Waiting
	for rows.Next() {
		var w Waiting
		var sealed int
		var at int64
		if err := rows.Scan(&w.Unit, &sealed, &w.Day, &at); err != nil {
			return nil, fmt.Errorf("read what waits: %w", err)
		}
		w.Sealed, w.At = sealed == 1, time.UnixMilli(at)
		out = append(out, w)
	}
	return out, rows.Err()
}
