package news

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// What a reader may write, in characters.
const SaidMost = 3000

// Said is what a reader sends about an article.
type Said struct {
	Key     string // the form's own
	Article int64
	Text    string
	Name    string
	Contact string // telephone or mail, for the office alone
	Open    bool   // the name may stand beside the words
}

// Check says what is missing or too long, by the names of Said's fields.
func (s Said) Check() map[string]string {
	out := map[string]string{}
	switch n := utf8.RuneCountInString(s.Text); {
	case strings.TrimSpace(s.Text) == "":
		out["Text"] = "Hãy viết điều bạn muốn nói, một câu cũng được."
	case n > SaidMost:
		out["Text"] = fmt.Sprintf("Bạn viết %s chữ, nhiều nhất %s. Hãy rút gọn.", civil.FormatInt(int64(n)), civil.FormatInt(SaidMost))
	}
	if utf8.RuneCountInString(s.Name) > LineMost {
		out["Name"] = "Tên dài quá. Hãy rút gọn."
	}
	if utf8.RuneCountInString(s.Contact) > LineMost {
		out["Contact"] = "Dòng liên hệ dài quá. Hãy rút gọn."
	}
	if s.Open && strings.TrimSpace(s.Name) == "" {
		out["Name"] = "Hãy ghi tên, hoặc chọn không hiện tên."
	}
	return out
}

// FeedbackState is where a reader's letter stands.
type FeedbackState string

// The states.
const (
	Waiting   FeedbackState = "new"
	OnPage    FeedbackState = "shown" // shown, and needs no answer
	Answered  FeedbackState = "answered"
	Refused   FeedbackState = "refused" // not shown, with a ground; may be undone
	Forwarded FeedbackState = "forwarded"
)

// Feedback is what a reader sent, as the office lists it. Neither the words nor the sender are in it, only what was decided to
// be shown.
type Feedback struct {
	ID      int64
	Article int64
	Title   string // of the article
	Unit    org.UnitID
	Day     civil.Date
	Named   bool // who sent it can be looked at
	Open    bool // the sender wishes to be named
	State   FeedbackState
	Topic   string // issue_topics
	Name    string // as the public reads it
	Said    string
	Answer  string
	Ground  string
	Number  string // of the letter that it was forwarded as
	Actor   string
	Done    civil.Date
}

// caseOf is the dossier of a reader's letter. Letters of the ledger are above zero, sendings just below.
func caseOf(id int64) int64 { return -(1 << 50) - id }

// Say keeps what a reader sends. The same form with the same words sent again keeps nothing; again says so.
func (k *Desk) Say(ctx context.Context, tx *db.Tx, s Said) (id int64, again bool, err error) {
	for _, field := range []string{"Text", "Name", "Contact"} {
		if sentence := s.Check()[field]; sentence != "" {
			return 0, false, fault.New(fault.Invalid, sentence)
		}
	}
	if len(s.Key) < 16 {
		return 0, false, fault.New(fault.Invalid, "Biểu mẫu này thiếu mã lần gửi. Hãy mở lại bài rồi gửi lại.")
	}
	a, err := k.Open(ctx, tx, s.Article)
	if err != nil {
		return 0, false, err
	}
	once := sha256.Sum256([]byte(s.Key + "\n" + hex.EncodeToString(k.Dossiers.Vault.Mark("news/said", fmt.Sprintf("%d %q %q %q %t", s.Article, s.Text, s.Name, s.Contact, s.Open)))))
	err = tx.QueryRowContext(ctx, `SELECT id FROM article_feedback WHERE once = $1`, once[:]).Scan(&id)
	if err == nil {
		return id, true, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, false, fmt.Errorf("look for form: %w", err)
	}
	if id, err = tx.ID(ctx, "article_feedback"); err != nil {
		return 0, false, fmt.Errorf("number feedback: %w", err)
	}
	return id, false, k.keepSaid(ctx, tx, id, a, s, once[:])
}

// reader stands in the log where nobody signed in.
const reader = "cong"

func (k *Desk) keepSaid(ctx context.Context, tx *db.Tx, id int64, a Article, s Said, once []byte) error {
	sender := &dossier.Sender{Name: strings.TrimSpace(s.Name), Contact: strings.TrimSpace(s.Contact)}
	err := k.Dossiers.Put(ctx, tx, reader, dossier.Item{Entry: caseOf(id), Content: dossier.Content{Text: strings.TrimSpace(s.Text)}, Sender: sender})
	if err != nil {
		return err
	}
	now := k.now()
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: "feedback", Subject: "article", SubjectID: a.ID, Actor: reader, At: now, Content: fmt.Appendf(nil, "danvan/feedback/1\n%d\n%x\n", id, once)})
	if err != nil {
		return err
	}
	tx.RetryOn("article_feedback_once")
	_, err = tx.ExecContext(ctx, `INSERT INTO article_feedback (id, article, unit, day, at_ms, once, named, open, state, topic, name, said, answer, ground, number, actor, done, leaf)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'new', '', '', '', '', '', '', '', 0, $9)`, id, a.ID, a.Unit, dayOf(now), now.UnixMilli(), once, !sender.Empty(), s.Open, leaf)
	if err != nil {
		return fmt.Errorf("keep feedback: %w", err)
	}
	return nil
}

// PublicWord is what everybody reads below an article. Nothing that the sender did not want to be read is in it.
type PublicWord struct {
	Day    civil.Date
	Name   string // empty where the sender did not wish to be named
	Said   string
	Answer string
	Done   civil.Date
}

// Words are what readers said of an article, as it is shown, oldest first.
func (k *Desk) Words(ctx context.Context, q db.Querier, article int64) ([]PublicWord, error) {
	rows, err := q.QueryContext(ctx, `SELECT day, name, said, answer, done FROM article_feedback WHERE article = $1 AND state IN ('shown', 'answered') ORDER BY id`, article)
	if err != nil {
		return nil, fmt.Errorf("list feedback: %w", err)
	}
	defer rows.Close()
	var out []PublicWord
	for rows.Next() {
		var p PublicWord
		if err := rows.Scan(&p.Day, &p.Name, &p.Said, &p.Answer, &p.Done); err != nil {
			return nil, fmt.Errorf("read feedback: %w", err)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

const feedbackColumns = `f.id, f.article, v.title, f.unit, f.day, f.named, f.open, f.state, f.topic, f.name, f.said, f.answer, f.ground, f.number, f.actor, f.done
	FROM article_feedback f JOIN article a ON a.id = f.article JOIN article_version v ON v.article = a.id AND v.number = a.version`

func scanFeedback(row interface{ Scan(...any) error }) (f Feedback, err error) {
	return f, row.Scan(&f.ID, &f.Article, &f.Title, &f.Unit, &f.Day, &f.Named, &f.Open, &f.State, &f.Topic, &f.Name, &f.Said, &f.Answer, &f.Ground, &f.Number, &f.Actor, &f.Done)
}

// Inbox are readers' letters of units: the oldest first while they wait, else the newest.
func (k *Desk) Inbox(ctx context.Context, q db.Querier, state FeedbackState, of func(org.UnitID) bool) ([]Feedback, error) {
	order := ` ORDER BY f.id DESC`
	if state == Waiting {
		order = ` ORDER BY f.id`
	}
	rows, err := q.QueryContext(ctx, `SELECT `+feedbackColumns+` WHERE f.state = $1`+order, state)
	if err != nil {
		return nil, fmt.Errorf("list feedback: %w", err)
	}
	defer rows.Close()
	var out []Feedback
	for rows.Next() {
		f, err := scanFeedback(rows)
		if err != nil {
			return nil, fmt.Errorf("read feedback: %w", err)
		}
		if of(f.Unit) {
			out = append(out, f)
		}
	}
	return out, rows.Err()
}

// Feedback is one reader's letter.
func (k *Desk) Feedback(ctx context.Context, q db.Querier, id int64) (Feedback, error) {
	f, err := scanFeedback(q.QueryRowContext(ctx, `SELECT `+feedbackColumns+` WHERE f.id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return f, fault.New(fault.NotFound, "Không có góp ý này. Hãy mở lại từ trang Bạn đọc góp ý.")
	}
	if err != nil {
		return f, fmt.Errorf("read feedback %d: %w", id, err)
	}
	return f, nil
}

// SaidIn is what a reader wrote, for who may read letters.
func (k *Desk) SaidIn(ctx context.Context, q db.Querier, id int64) (string, error) {
	c, _, err := k.Dossiers.ContentOf(ctx, q, caseOf(id))
	return c.Text, err
}

// LookAtSender gives who wrote, after the look was written down with its ground.
func (k *Desk) LookAtSender(ctx context.Context, tx *db.Tx, login string, id int64, ground dossier.Ground, note string) (dossier.Sender, error) {
	return k.Dossiers.LookAtSender(ctx, tx, login, caseOf(id), ground, note)
}

// Decision is what an office decides about a reader's letter.
type Decision struct {
	To     FeedbackState
	Topic  string
	Name   string // as it is shown; only where the reader wishes it
	Said   string // as it is shown, without what harms somebody
	Answer string
	Ground string
	Number string
}

// Grounds are why a reader's letter is not shown.
func Grounds() [][2]string {
	return [][2]string{
		{"spam", "Quảng cáo, thư rác, gửi bằng máy"},
		{"insult", "Xúc phạm, bịa đặt, kích động"},
		{"private", "Lộ bí mật đời tư của người khác; đã trả lời riêng hoặc không tách ra được"},
		{"elsewhere", "Không nói về bài này"},
		{"test", "Gửi thử, trống, gửi lặp"},
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

// leads says from which states a decision leads where.
var leads = map[FeedbackState][]FeedbackState{
	OnPage:    {Waiting},
	Answered:  {Waiting, OnPage, Answered},
	Refused:   {Waiting, OnPage, Answered},
	Forwarded: {Waiting},
	Waiting:   {Refused},
}

func (d Decision) check(f Feedback) error {
	switch {
	case d.To == Refused && GroundName(d.Ground) == "":
		return fault.New(fault.Invalid, "Hãy chọn lý do không đăng.")
	case (d.To == OnPage || d.To == Answered) && d.Said == "":
		return fault.New(fault.Invalid, "Hãy để lại lời góp ý như người đọc sẽ thấy.")
	case d.To == Answered && d.Answer == "":
		return fault.New(fault.Invalid, "Hãy ghi câu trả lời.")
	case utf8.RuneCountInString(d.Answer) > SaidMost || utf8.RuneCountInString(d.Said) > SaidMost:
		return fault.Newf(fault.Invalid, "Lời góp ý và câu trả lời nhiều nhất %s chữ mỗi phần.", civil.FormatInt(SaidMost))
	case d.Name != "" && !f.Open:
		return fault.New(fault.Invalid, "Người gửi không muốn nêu tên.")
	}
	return nil
}

// Decide carries a decision out, with its leaf. A reader who does not wish to be named is not.
func (k *Desk) Decide(ctx context.Context, tx *db.Tx, actor string, id int64, d Decision) error {
	f, err := k.Feedback(ctx, tx, id)
	if err != nil {
		return err
	}
	d.Said, d.Answer, d.Name = strings.TrimSpace(d.Said), strings.TrimSpace(d.Answer), strings.TrimSpace(d.Name)
	if err := d.check(f); err != nil {
		return err
	}
	ok := false
	for _, from := range leads[d.To] {
		ok = ok || f.State == from
	}
	if !ok {
		return fault.New(fault.Conflict, "Góp ý này vừa được người khác xử lý. Hãy mở lại trang.")
	}
	if d.To == Refused || d.To == Forwarded || d.To == Waiting {
		d.Name, d.Said, d.Answer = "", "", ""
	}
	now := k.now()
	done := dayOf(now)
	if d.To == Answered && f.State == Answered {
		done = f.Done // mended, not answered anew
	}
	if d.To == Waiting {
		done = 0
	}
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: "feedback_" + string(d.To), Subject: "article", SubjectID: f.Article, Actor: actor, At: now,
		Content: fmt.Appendf(nil, "danvan/feedback-act/1\n%d\n%q\n%q\n%q\n%q\n%q\n%q\n", id, d.Topic, d.Name, d.Said, d.Answer, d.Ground, d.Number)})
	if err != nil {
		return err
	}
	return moved(tx.ExecContext(ctx, `UPDATE article_feedback SET state = $1, topic = $2, name = $3, said = $4, answer = $5, ground = $6, number = $7, actor = $8, done = $9, leaf = $10
		WHERE id = $11 AND state = $12`, d.To, d.Topic, d.Name, d.Said, d.Answer, d.Ground, d.Number, actor, done, leaf, id, f.State))
}

// waitLong is after how long a letter of a reader that nobody decided about is said to wait long.
const waitLong = 3 * 24 * time.Hour

// Long reports whether it has waited long.
func (f Feedback) Long(today civil.Date) bool {
	return f.State == Waiting && f.Day.DaysUntil(today) > int(waitLong.Hours()/24)
}
