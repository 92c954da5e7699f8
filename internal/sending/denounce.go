package sending

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sealed"
)

// Confidential is the office to whose officers a denunciation is closed, with their keys.
type Confidential struct {
	Office   org.UnitID
	officers []sealed.Key
}

func (c Confidential) recipients() []string { return sealed.Recipients(c.officers) }

func (c Confidential) keys() string {
	ids := make([]string, len(c.officers))
	for i, k := range c.officers {
		ids[i] = strconv.FormatInt(k.ID, 10)
	}
	return strings.Join(ids, ",")
}

// Confidential is the office that takes denunciations about a place over the portal: the nearest in the place's chain with
// a legal approval and serving keys of both halves. At each step that is the unit itself, then a body seated there whose
// approval says that it takes them for the places below. With above the place's own office is passed over, for who
// denounces somebody of it. ok is false where there is none: then people come, or write.
func (o *Office) Confidential(ctx context.Context, q db.Querier, place org.UnitID, above bool) (c Confidential, ok bool, err error) {
	tree, err := o.Tree(ctx)
	if err != nil {
		return c, false, err
	}
	today := dayOf(o.now())
	held, err := sealed.Holding(ctx, q)
	if err != nil {
		return c, false, err
	}
	for _, unit := range candidates(tree, held, place, above, today) {
		ring, err := sealed.RingOf(ctx, q, unit)
		if err != nil {
			return c, false, err
		}
		if ring.Complete() {
			return Confidential{Office: unit, officers: ring.Officers}, true, nil
		}
	}
	return c, false, nil
}

// candidates are the offices with an approval that may take a denunciation about a place, nearest first.
func candidates(tree *org.Tree, held []sealed.Approval, place org.UnitID, above bool, today civil.Date) []org.UnitID {
	var out []org.UnitID
	passing := above && place != 0
	for _, unit := range tree.Chain(Answers(tree, place, today), today) {
		at := len(out)
		for _, a := range held {
			u := tree.Unit(a.Unit)
			if a.Unit == unit || a.Below && u != nil && u.Form == org.Body && u.Open(today) && u.SpanOn(today).Parent == unit {
				out = append(out, a.Unit)
			}
		}
		slices.SortStableFunc(out[at:], func(a, b org.UnitID) int { // the unit itself first, then by code
			return cmp.Or(cmp.Compare(bit(a != unit), bit(b != unit)), cmp.Compare(tree.Unit(a).Code, tree.Unit(b).Code))
		})
		if passing {
			out = out[:at]
		}
		if unit == place {
			passing = false
		}
	}
	return out
}

func bit(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// Denunciation is what somebody denounces. It has no place for who he is.
type Denunciation struct {
	Key   string
	Place org.UnitID
	Above bool // about somebody of the place's own office: it goes to the next above
	Text  string
	Whom  string // who did it: a person, a post, a body
	Where string
	Proof string // what can be checked, and where it is found
	Files []Parked
}

// Inner is what the officer reads on his own device.
type Inner struct {
	V      int      `json:"v"`
	Number string   `json:"number"`
	Place  string   `json:"place,omitempty"`
	Whom   string   `json:"whom,omitempty"`
	Where  string   `json:"where,omitempty"`
	Text   string   `json:"text"`
	Proof  string   `json:"proof,omitempty"`
	Files  []string `json:"files,omitempty"` // names, in the order of the sealed files
}

// Check says what is missing or too long, by the names of the fields.
func (d Denunciation) Check() map[string]string {
	out := map[string]string{}
	if strings.TrimSpace(d.Text) == "" {
		out["Text"] = "Hãy kể việc vi phạm: việc gì, khi nào, ở đâu."
	}
	for field, x := range map[string]struct {
		v    string
		most int
	}{"Text": {d.Text, TextMost}, "Proof": {d.Proof, TextMost}, "Whom": {d.Whom, LineMost}, "Where": {d.Where, LineMost}} {
		if n := utf8.RuneCountInString(x.v); n > x.most {
			out[field] = fmt.Sprintf("Ô này dài %s chữ, nhiều nhất %s. Hãy rút gọn.", civil.FormatInt(int64(n)), civil.FormatInt(int64(x.most)))
		}
	}
	if len(d.Files) > FilesMost {
		out["Files"] = fmt.Sprintf("Mỗi lần gửi nhiều nhất %d tệp.", FilesMost)
	}
	return out
}

// Denounce closes a denunciation for the confidential unit, in memory, and keeps what came of it. Sent again with the
// same key it gives the same receipt, whatever it says: nothing is kept by which two texts could be compared.
func (o *Office) Denounce(ctx context.Context, d Denunciation) (Receipt, error) {
	if len(d.Key) < shortestKey {
		return Receipt{}, fault.New(fault.Invalid, "Biểu mẫu này thiếu mã lần gửi. Hãy mở lại trang từ đầu.")
	}
	if r, ok, err := o.denounced(ctx, o.DB.Read(), d.Key); err != nil || ok {
		return r, err
	}
	if wrong := d.Check(); len(wrong) > 0 {
		return Receipt{}, fault.New(fault.Invalid, first(wrong))
	}
	to, ok, err := o.Confidential(ctx, o.DB.Read(), d.Place, d.Above)
	if err != nil {
		return Receipt{}, err
	}
	if !ok {
		return Receipt{}, NotOnline
	}
	now := o.now()
	s := Sending{Number: hiddenNumber(), At: now, Day: dayOf(now), Unit: to.Office, Papers: len(d.Files), State: New, Denounces: true}
	body, err := o.closed(ctx, s, d, to)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{}
	err = o.DB.Write(ctx, func(tx *db.Tx) error {
		r, ok, err = o.denounced(ctx, tx, d.Key)
		if err != nil || ok {
			return err
		}
		r, err = o.keepSealed(ctx, tx, s, d, to, body)
		return err
	})
	return r, err
}

// NotOnline is said where no confidential unit can be reached by the portal.
var NotOnline = fault.New(fault.Conflict, "Nơi này chưa nhận tố cáo qua cổng. Hãy đến nơi tiếp công dân, hoặc gửi đơn trong phong bì dán kín; cơ quan phải giữ bí mật tên bạn.")

func (o *Office) closed(ctx context.Context, s Sending, d Denunciation, to Confidential) ([]byte, error) {
	text := strings.TrimSpace
	in := Inner{V: 1, Number: s.Number, Whom: text(d.Whom), Where: text(d.Where), Text: text(d.Text), Proof: text(d.Proof)}
	if tree, err := o.Tree(ctx); err == nil && d.Place != 0 {
		in.Place = tree.NameOn(d.Place, s.Day)
	}
	for _, f := range d.Files {
		in.Files = append(in.Files, f.Name)
	}
	plain, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	return sealed.SealText(plain, padText, to.recipients())
}

func (o *Office) keepSealed(ctx context.Context, tx *db.Tx, s Sending, d Denunciation, to Confidential, body []byte) (Receipt, error) {
	var err error
	if s.ID, err = tx.ID(ctx, "sending_sealed"); err != nil {
		return Receipt{}, err
	}
	if err := claim(ctx, tx, s.ID, d.Files, "parked_sealed", "sealed"); err != nil {
		return Receipt{}, err
	}
	code := codeFor(o.Dossiers.Vault, d.Key)
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: "denounce", Subject: "sending_sealed", SubjectID: s.ID, Actor: PortalActor, At: s.At, Content: deniedContent(CodeHash(code), body)})
	if err != nil {
		return Receipt{}, err
	}
	tx.RetryOn("sending_sealed_once")
	_, err = tx.ExecContext(ctx, `INSERT INTO sending_sealed (id, number, code, once, at_ms, day, office, keys, papers, body, state, entry, leaf)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'new', 0, $11)`,
		s.ID, s.Number, CodeHash(code), once(d.Key), s.At.UnixMilli(), s.Day, s.Unit, to.keys(), s.Papers, body, leaf)
	if err != nil {
		return Receipt{}, fmt.Errorf("keep denunciation: %w", err)
	}
	return Receipt{Sending: s, Code: Grouped(code)}, nil
}

func (o *Office) denounced(ctx context.Context, q db.Querier, key string) (Receipt, bool, error) {
	s, err := scanSealed(q.QueryRowContext(ctx, `SELECT `+sealedColumns+` FROM sending_sealed WHERE once = $1`, once(key)))
	if errors.Is(err, sql.ErrNoRows) {
		return Receipt{}, false, nil
	}
	if err != nil {
		return Receipt{}, false, fmt.Errorf("look for form: %w", err)
	}
	return Receipt{Sending: s.Sending, Code: Grouped(codeFor(o.Dossiers.Vault, key)), Again: true}, true, nil
}

// SealedSending is a denunciation as the confidential officer's list shows it: closed.
type SealedSending struct {
	Sending
	Keys string // numbers of the keys that it was closed for
}

const sealedColumns = `id, number, at_ms, day, office, keys, papers, state, entry, erased_ms`

func scanSealed(row interface{ Scan(...any) error }, more ...any) (SealedSending, error) {
	s := SealedSending{Sending: Sending{Denounces: true, Class: "denunciation"}}
	var at, erased int64
	err := row.Scan(append(more, &s.ID, &s.Number, &at, &s.Day, &s.Unit, &s.Keys, &s.Papers, &s.State, &s.Entry, &erased)...)
	s.At, s.Erased = time.UnixMilli(at), momentOf(erased)
	return s, err
}

// SealedInbox are the denunciations of offices, what waits first.
func (o *Office) SealedInbox(ctx context.Context, q db.Querier, of func(org.UnitID) bool) ([]SealedSending, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+sealedColumns+` FROM sending_sealed ORDER BY CASE state WHEN 'new' THEN 0 ELSE 1 END, id DESC`)
	if err != nil {
		return nil, fmt.Errorf("list denunciations: %w", err)
	}
	defer rows.Close()
	var out []SealedSending
	for rows.Next() {
		s, err := scanSealed(rows)
		if err != nil {
			return nil, fmt.Errorf("read denunciation: %w", err)
		}
		if of(s.Unit) && len(out) < inboxMost {
			out = append(out, s)
		}
	}
	return out, rows.Err()
}

// OneSealed is a denunciation with its age files: the text's, then those of its files.
func (o *Office) OneSealed(ctx context.Context, q db.Querier, id int64) (s SealedSending, body []byte, files []string, err error) {
	s, err = scanSealed(q.QueryRowContext(ctx, `SELECT body, `+sealedColumns+` FROM sending_sealed WHERE id = $1`, id), &body)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil, nil, fault.New(fault.NotFound, "Không có lần gửi này. Hãy mở lại từ trang tố cáo gửi đến.")
	}
	if err != nil {
		return s, nil, nil, fmt.Errorf("read denunciation %d: %w", id, err)
	}
	rows, err := q.QueryContext(ctx, `SELECT id FROM sending_file WHERE sending = $1 AND owner = 'sealed' ORDER BY id`, id)
	if err != nil {
		return s, nil, nil, fmt.Errorf("list files of denunciation %d: %w", id, err)
	}
	defer rows.Close()
	for rows.Next() {
		var f string
		if err := rows.Scan(&f); err != nil {
			return s, nil, nil, err
		}
		files = append(files, f)
	}
	return s, body, files, rows.Err()
}

// SealedFile is one age file of a denunciation, by its name in the table.
func (o *Office) SealedFile(ctx context.Context, q db.Querier, id int64, file string) ([]byte, error) {
	var body []byte
	err := q.QueryRowContext(ctx, `SELECT body FROM sending_file WHERE id = $1 AND sending = $2 AND owner = 'sealed'`, file, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "Không có tệp này.")
	}
	return body, err
}

// OpenFile reads a sealed file of a denunciation with the officer's key: on his device, never on the server.
func OpenFile(plain []byte) (name string, data []byte) {
	line, data, _ := bytes.Cut(plain, []byte("\n"))
	var h head
	if err := json.Unmarshal(line, &h); err != nil {
		return "", plain
	}
	return h.Name, data
}

// TakeInSealed makes a denunciation of what was sent, by what the officer read on his device and wrote down without
// whatever tells who sent it. It gets a random code of its own; the sender's number stays the sender's.
func (o *Office) TakeInSealed(ctx context.Context, tx *db.Tx, login string, id int64, unit org.UnitID, c dossier.Content, t Taking) (int64, error) {
	t.Class = "denunciation"
	if err := t.check(); err != nil {
		return 0, err
	}
	s, _, _, err := o.OneSealed(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	if s.State != New {
		return 0, moved
	}
	tree, err := o.Tree(ctx)
	if err != nil {
		return 0, err
	}
	line, err := petition.NextLine(ctx, tx, unit, dayOf(o.now()).Year(), true)
	if err != nil {
		return 0, err
	}
	s.Unit, s.Place = unit, 0
	entry, err := o.enter(ctx, tx, login, s.Sending, t, tree, line)
	if err != nil {
		return 0, err
	}
	if err := o.Dossiers.Put(ctx, tx, login, dossier.Item{Entry: entry, Content: c}); err != nil {
		return 0, err
	}
	if err := o.taken(ctx, tx, "sending_sealed", id, entry); err != nil {
		return 0, err
	}
	return entry, logged(ctx, tx, login, "denounce_take", id, entry, o.now())
}

// RefuseSealed puts a denunciation aside as spam or empty; undo brings it back.
func (o *Office) RefuseSealed(ctx context.Context, tx *db.Tx, login string, id int64, undo bool) error {
	from, to, act := New, Refused, "denounce_refuse"
	if undo {
		from, to, act = Refused, New, "denounce_undo"
	}
	res, err := tx.ExecContext(ctx, `UPDATE sending_sealed SET state = $2 WHERE id = $1 AND state = $3 AND erased_ms = 0`, id, to, from)
	if err != nil {
		return fmt.Errorf("refuse denunciation %d: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return moved
	}
	if err := logged(ctx, tx, login, act, id, 0, o.now()); err != nil || undo {
		return err
	}
	return o.planErase(ctx, tx)
}
