package follow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/vault"
)

// AnswerState is how far an answer has come.
type AnswerState string

// The states of a version. Only a published one is shown to the sender.
const (
	Drafted   AnswerState = "draft"     // written, waits for the check
	Published AnswerState = "published" // checked by somebody else and shown
	Replaced  AnswerState = "replaced"  // another version was published in its place
	TakenBack AnswerState = "withdrawn" // taken back with a reason
)

var answerStates = map[AnswerState]string{Drafted: "Chờ kiểm tra", Published: "Đã công bố cho người gửi", Replaced: "Bản cũ", TakenBack: "Đã rút"}

// Name is what staff call the state.
func (s AnswerState) Name() string { return answerStates[s] }

// Answer is one version of what an office answers.
type Answer struct {
	Entry      int64
	N, Version int
	State      AnswerState
	Actor      string
	AtMS       int64
	CheckedBy  string
	CheckedMS  int64
	Reply
	Reason string // of its withdrawal
}

// Reply is what an answer says; it is sealed with the case.
type Reply struct {
	Text       string     `json:"text"`
	Document   string     `json:"document,omitempty"` // number of the official answer
	DocumentOn civil.Date `json:"document_on,omitempty"`
	Papers     []int      `json:"papers,omitempty"` // documents of the office in the letter's dossier
	Why        string     `json:"why,omitempty"`    // of an amended version: what was wrong before
}

// Answers are all versions of all answers on a letter, the newest first.
func (d *Desk) Answers(ctx context.Context, q db.Querier, entry int64) ([]Answer, error) {
	rows, err := q.QueryContext(ctx, `SELECT n, version, state, sealed, gone, actor, at_ms, checked_by, checked_ms FROM public_answer
		WHERE entry = $1 ORDER BY n DESC, version DESC`, entry)
	if err != nil {
		return nil, fmt.Errorf("answers on letter %d: %w", entry, err)
	}
	defer rows.Close()
	var out []Answer
	var texts, reasons [][]byte
	for rows.Next() {
		a := Answer{Entry: entry}
		var sealed, gone []byte
		if err := rows.Scan(&a.N, &a.Version, &a.State, &sealed, &gone, &a.Actor, &a.AtMS, &a.CheckedBy, &a.CheckedMS); err != nil {
			return nil, fmt.Errorf("read answer: %w", err)
		}
		out, texts, reasons = append(out, a), append(texts, sealed), append(reasons, gone)
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		return nil, err
	}
	c, err := d.Dossiers.Vault.Find(ctx, q, entry)
	if errors.Is(err, vault.ErrShredded) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for i := range out {
		if err := out[i].open(c, texts[i], reasons[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (a *Answer) open(c vault.Case, text, reason []byte) error {
	plain, err := c.Open(answerUse(a.N, a.Version), text)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, &a.Reply); err != nil {
		return fmt.Errorf("answer %d of letter %d: %w", a.N, a.Entry, err)
	}
	if len(reason) == 0 {
		return nil
	}
	plain, err = c.Open(answerUse(a.N, a.Version)+"/gone", reason)
	a.Reason = string(plain)
	return err
}

func answerUse(n, version int) string {
	return "answer/" + strconv.Itoa(n) + "/" + strconv.Itoa(version)
}

// Compose keeps a new version of an answer as a draft; n 0 begins a new answer. expect is the newest version that the
// writer saw, 0 for none.
func (d *Desk) Compose(ctx context.Context, tx *db.Tx, actor string, entry int64, n, expect int, r Reply) (Answer, error) {
	r.Text = strings.TrimSpace(r.Text)
	switch {
	case r.Text == "":
		return Answer{}, &Problem{"tra-loi", "Hãy viết câu trả lời cho người gửi."}
	case len([]rune(r.Text)) > 4*TextMost:
		return Answer{}, &Problem{"tra-loi", fmt.Sprintf("Câu trả lời dài quá %d chữ. Hãy tóm tắt và đính kèm văn bản.", 4*TextMost)}
	case n > 0 && strings.TrimSpace(r.Why) == "":
		return Answer{}, &Problem{"sua-vi", "Hãy ghi lý do sửa: người gửi thấy lý do này cùng bản mới."}
	}
	if err := d.mayShow(ctx, tx, entry, r.Papers); err != nil {
		return Answer{}, err
	}
	a := Answer{Entry: entry, N: n, Version: 1, State: Drafted, Actor: actor, AtMS: d.now().UnixMilli(), Reply: r}
	last, err := d.newest(ctx, tx, entry, n)
	if err != nil {
		return a, err
	}
	switch {
	case n == 0:
		a.N = last.N + 1
	case last.Version != expect:
		return a, fault.New(fault.Conflict, "Người khác vừa lưu một bản khác của câu trả lời này. Hãy tải lại trang, xem bản mới rồi sửa tiếp.")
	default:
		a.Version = last.Version + 1
	}
	return a, d.keepAnswer(ctx, tx, a)
}

// newest is the last version of an answer; of n 0 it is the last answer.
func (d *Desk) newest(ctx context.Context, q db.Querier, entry int64, n int) (Answer, error) {
	all, err := d.Answers(ctx, q, entry)
	for _, a := range all {
		if n == 0 || a.N == n {
			return a, err
		}
	}
	if err == nil && n > 0 {
		err = fault.New(fault.NotFound, "Không có câu trả lời này. Hãy tải lại trang.")
	}
	return Answer{}, err
}

func (d *Desk) keepAnswer(ctx context.Context, tx *db.Tx, a Answer) error {
	plain, err := json.Marshal(a.Reply)
	if err != nil {
		return err
	}
	sealed, err := d.Dossiers.Vault.Seal(ctx, tx, a.Entry, answerUse(a.N, a.Version), plain)
	if err != nil {
		return err
	}
	leaf, err := d.logAnswer(ctx, tx, a.Actor, "draft_answer", a, sealed)
	if err != nil {
		return err
	}
	tx.RetryOn("public_answer_pkey")
	_, err = tx.ExecContext(ctx, `INSERT INTO public_answer (entry, n, version, state, sealed, gone, actor, at_ms, checked_by, checked_ms, leaf)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, $9)`, a.Entry, a.N, a.Version, string(a.State), sealed, []byte{}, a.Actor, a.AtMS, leaf)
	if err != nil {
		return fmt.Errorf("keep answer on letter %d: %w", a.Entry, err)
	}
	return nil
}

func (d *Desk) logAnswer(ctx context.Context, tx *db.Tx, actor, act string, a Answer, sealed []byte) (int64, error) {
	return audit.Append(ctx, tx, audit.Leaf{Act: act, Subject: "follow", SubjectID: a.Entry, Actor: actor, At: d.now(), Content: answerContent(act, a.N, a.Version, sealed)})
}

// mayShow refuses papers that are not the office's own documents, or that name the sender: who holds the code need not be
// the only one who sees the page.
func (d *Desk) mayShow(ctx context.Context, q db.Querier, entry int64, papers []int) error {
	for _, n := range papers {
		p, err := d.Dossiers.PaperOf(ctx, q, entry, n)
		if err != nil {
			return err
		}
		if p.Sort != dossier.Working || p.Names {
			return &Problem{"giay-to", "Chỉ công bố văn bản của cơ quan, không có tên người gửi. Hãy bỏ chọn “" + p.Name + "”."}
		}
	}
	return nil
}

// Check publishes a draft: somebody other than who wrote it has read it. What was published before stays as an old version.
func (d *Desk) Check(ctx context.Context, tx *db.Tx, actor string, entry int64, n, version int) error {
	a, err := d.newest(ctx, tx, entry, n)
	switch {
	case err != nil:
		return err
	case a.Version != version || a.State != Drafted:
		return fault.New(fault.Conflict, "Bản này đã được công bố, đã rút hoặc đã có bản mới hơn. Hãy tải lại trang.")
	case a.Actor == actor:
		return fault.New(fault.Denied, "Người viết không tự kiểm tra câu trả lời của mình. Hãy nhờ lãnh đạo hoặc người duyệt khác công bố.")
	}
	if err := d.mayShow(ctx, tx, entry, a.Papers); err != nil {
		return err
	}
	if _, err := d.logAnswer(ctx, tx, actor, "publish_answer", a, nil); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE public_answer SET state = $3 WHERE entry = $1 AND n = $2 AND state = $4`, entry, n, string(Replaced), string(Published))
	if err != nil {
		return fmt.Errorf("replace answer on letter %d: %w", entry, err)
	}
	return d.turn(ctx, tx, a, Published, actor, nil)
}

// TakeBack withdraws a published answer, or a draft, with a reason. Of a published one its sender still sees that there
// was one, and the reason.
func (d *Desk) TakeBack(ctx context.Context, tx *db.Tx, actor string, entry int64, n, version int, reason string) error {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return &Problem{"rut-vi", "Hãy ghi lý do rút: người gửi thấy lý do này."}
	}
	all, err := d.Answers(ctx, tx, entry)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(a Answer) bool { return a.N == n && a.Version == version })
	if i < 0 || all[i].State != Drafted && all[i].State != Published {
		return fault.New(fault.Conflict, "Bản này đã được rút hoặc đã có bản mới hơn. Hãy tải lại trang.")
	}
	gone, err := d.Dossiers.Vault.Seal(ctx, tx, entry, answerUse(n, version)+"/gone", []byte(reason))
	if err != nil {
		return err
	}
	if _, err := d.logAnswer(ctx, tx, actor, "withdraw_answer", all[i], gone); err != nil {
		return err
	}
	return d.turn(ctx, tx, all[i], TakenBack, actor, gone)
}

// turn changes a version's state, unless somebody else did so first.
func (d *Desk) turn(ctx context.Context, tx *db.Tx, a Answer, to AnswerState, actor string, gone []byte) error {
	by, ms := a.CheckedBy, a.CheckedMS
	if to == Published {
		by, ms = actor, d.now().UnixMilli()
	}
	if gone == nil {
		gone = []byte{}
	}
	res, err := tx.ExecContext(ctx, `UPDATE public_answer SET state = $4, checked_by = $5, checked_ms = $6, gone = $7
		WHERE entry = $1 AND n = $2 AND version = $3 AND state = $8`, a.Entry, a.N, a.Version, string(to), by, ms, gone, string(a.State))
	if err != nil {
		return fmt.Errorf("answer %d of letter %d: %w", a.N, a.Entry, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return fault.New(fault.Conflict, "Bản này vừa được người khác xử lý. Hãy tải lại trang.")
	}
	return nil
}

// Document is a document of a published answer, for its sender; it opens no other paper of the dossier. write streams it.
func (d *Desk) Document(ctx context.Context, q db.Querier, entry int64, n int) (p Paper, write func(io.Writer) error, err error) {
	all, err := d.Answers(ctx, q, entry)
	if err != nil {
		return p, nil, err
	}
	shown := slices.ContainsFunc(all, func(a Answer) bool { return a.State == Published && slices.Contains(a.Papers, n) })
	if !shown || d.mayShow(ctx, q, entry, []int{n}) != nil {
		return p, nil, fault.New(fault.NotFound, "Văn bản này không còn được công bố. Hãy mở lại trang theo dõi.")
	}
	paper, err := d.Dossiers.PaperOf(ctx, q, entry, n)
	if err != nil {
		return p, nil, err
	}
	return Paper{N: n, Name: paper.Name, MIME: paper.MIME, Size: paper.Size}, func(w io.Writer) error { return d.Dossiers.Read(ctx, q, entry, paper, w) }, nil
}

// Waiting are the letters with answers that wait for somebody to check them, oldest first.
func (d *Desk) Waiting(ctx context.Context, q db.Querier) ([]Unread, error) {
	rows, err := q.QueryContext(ctx, `SELECT a.entry, e.unit, coalesce(c.class, ''), count(*), min(a.at_ms) FROM public_answer a JOIN entry e ON e.id = a.entry
		LEFT JOIN petition_clocked c ON c.entry = a.entry WHERE a.state = 'draft' GROUP BY a.entry, e.unit, c.class ORDER BY min(a.at_ms)`)
	if err != nil {
		return nil, fmt.Errorf("answers to check: %w", err)
	}
	defer rows.Close()
	var out []Unread
	for rows.Next() {
		var u Unread
		var unit, since int64
		if err := rows.Scan(&u.Entry, &unit, &u.Class, &u.N, &since); err != nil {
			return nil, fmt.Errorf("answers to check: %w", err)
		}
		u.Unit, u.Since = org.UnitID(unit), dayOf(since)
		out = append(out, u)
	}
	return out, rows.Err()
}
