package follow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/org"
)

// WordKind is what somebody wrote for.
type WordKind string

// The kinds: the first two are the office's.
const (
	Ask      WordKind = "ask"      // asks the sender for a supplement, until a day
	Explain  WordKind = "late"     // why something is late, and by when it will come
	Message  WordKind = "message"  // the sender says something
	Supply   WordKind = "supply"   // the sender supplies what was asked for
	Withdraw WordKind = "withdraw" // the sender wants to withdraw as a whole: the office enters it
	Reopen   WordKind = "reopen"   // the sender opens the matter anew
)

var wordNames = map[WordKind]string{Ask: "Đề nghị bổ sung", Explain: "Lý do chậm", Message: "Người gửi viết", Supply: "Người gửi bổ sung",
	Withdraw: "Người gửi đề nghị rút đơn", Reopen: "Người gửi mở lại"}

// Name is what staff call the kind.
func (k WordKind) Name() string { return wordNames[k] }

// ByOffice reports whether offices write it.
func (k WordKind) ByOffice() bool { return k == Ask || k == Explain }

// Word is one thing that office or sender wrote.
type Word struct {
	ID     int64
	Entry  int64
	Kind   WordKind
	Until  civil.Date // of what is asked for, or promised
	Actor  string     // empty for the sender
	AtMS   int64
	ReadMS int64 // when the office read it, 0 for not yet
	ReadBy string
	Text   string
	Papers []int // of the letter's dossier
	Gone   bool  // its text was destroyed with the case
}

// Day is the day on which it was written.
func (w Word) Day() civil.Date { return dayOf(w.AtMS) }

// said is what of a word is sealed.
type said struct {
	Text   string `json:"text"`
	Papers []int  `json:"papers,omitempty"`
}

// Bounds of what is written.
const (
	TextMost   = 5000 // characters
	FilesMost  = 5
	FileMost   = 10 << 20
	wordsADay  = 10 // of a sender on one letter
	wordsInAll = 200
)

// File is a file that a sender gives.
type File struct {
	Name string
	Data []byte
}

// Words are what was written on a letter, oldest first.
func (d *Desk) Words(ctx context.Context, q db.Querier, entry int64) ([]Word, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, sealed, until, actor, at_ms, read_ms, read_by FROM letter_word WHERE entry = $1 ORDER BY id`, entry)
	if err != nil {
		return nil, fmt.Errorf("words on letter %d: %w", entry, err)
	}
	defer rows.Close()
	var out []Word
	var texts [][]byte
	for rows.Next() {
		w := Word{Entry: entry}
		var sealed []byte
		var until int32
		if err := rows.Scan(&w.ID, &w.Kind, &sealed, &until, &w.Actor, &w.AtMS, &w.ReadMS, &w.ReadBy); err != nil {
			return nil, fmt.Errorf("read word: %w", err)
		}
		w.Until = civil.Date(until)
		out, texts = append(out, w), append(texts, sealed)
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		return out, err
	}
	c, err := d.Dossiers.Vault.Find(ctx, q, entry)
	if err != nil {
		for i := range out {
			out[i].Gone = true
		}
		return out, nil // shredded: that there was something stays, what it was is gone
	}
	for i := range out {
		plain, err := c.Open(wordUse(out[i].ID), texts[i])
		if err != nil {
			return nil, err
		}
		var s said
		if err := json.Unmarshal(plain, &s); err != nil {
			return nil, fmt.Errorf("word %d: %w", out[i].ID, err)
		}
		out[i].Text, out[i].Papers = s.Text, s.Papers
	}
	return out, nil
}

func wordUse(id int64) string { return "word/" + strconv.FormatInt(id, 10) }

// Draft of a word.
type Draft struct {
	Entry  int64
	Kind   WordKind
	Text   string
	Until  civil.Date
	Papers []int
}

// check says what keeps a word from being kept, "" where nothing does.
func (w Draft) check(today civil.Date) (field, say string) {
	text := strings.TrimSpace(w.Text)
	switch {
	case text == "" && (w.Kind != Supply || len(w.Papers) == 0):
		return "loi", "Hãy viết nội dung."
	case len([]rune(text)) > TextMost:
		return "loi", fmt.Sprintf("Nội dung dài quá %d chữ. Hãy rút gọn, hoặc chia làm hai lần.", TextMost)
	case w.Kind == Ask && w.Until == 0:
		return "han", "Hãy ghi ngày cần có bổ sung."
	case w.Kind.ByOffice() && w.Until != 0 && w.Until < today:
		return "han", "Ngày này đã qua. Hãy ghi một ngày từ hôm nay trở đi."
	}
	return "", ""
}

// Problem is why a form is not kept: its control and a sentence.
type Problem struct{ Field, Say string }

func (p *Problem) Error() string { return p.Field + ": " + p.Say }

// Say keeps a word of the office.
func (d *Desk) Say(ctx context.Context, tx *db.Tx, actor string, w Draft) (int64, error) {
	if field, say := w.check(d.today()); say != "" {
		return 0, &Problem{field, say}
	}
	if !w.Kind.ByOffice() {
		return 0, fmt.Errorf("word of kind %q is not an office's", w.Kind)
	}
	return d.keepWord(ctx, tx, actor, w)
}

// Write keeps a word of the sender, who has shown his code. A letter that goes on elsewhere takes it there.
func (d *Desk) Write(ctx context.Context, tx *db.Tx, w Draft) (int64, error) {
	if field, say := w.check(d.today()); say != "" {
		return 0, &Problem{field, say}
	}
	if w.Kind.ByOffice() || w.Kind == Reopen {
		return 0, fmt.Errorf("word of kind %q is not a sender's", w.Kind)
	}
	if err := d.room(ctx, tx, w.Entry); err != nil {
		return 0, err
	}
	return d.keepWord(ctx, tx, "", w)
}

// room refuses a flood on one letter.
func (d *Desk) room(ctx context.Context, tx *db.Tx, entry int64) error {
	var today, all int
	since := d.now().UnixMilli() - 24*60*60*1000
	err := tx.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(CASE WHEN at_ms > $2 THEN 1 ELSE 0 END), 0) FROM letter_word WHERE entry = $1 AND actor = ''`, entry, since).Scan(&all, &today)
	switch {
	case err != nil:
		return fmt.Errorf("count words on letter %d: %w", entry, err)
	case today >= wordsADay || all >= wordsInAll:
		return fault.New(fault.Conflict, "Hôm nay đã gửi nhiều tin cho đơn này. Hãy gửi tiếp vào ngày mai, hoặc đến nơi tiếp công dân.")
	}
	return nil
}

func (d *Desk) keepWord(ctx context.Context, tx *db.Tx, actor string, w Draft) (int64, error) {
	id, err := tx.ID(ctx, "letter_word")
	if err != nil {
		return 0, err
	}
	plain, err := json.Marshal(said{strings.TrimSpace(w.Text), w.Papers})
	if err != nil {
		return 0, err
	}
	sealed, err := d.Dossiers.Vault.Seal(ctx, tx, w.Entry, wordUse(id), plain)
	if err != nil {
		return 0, err
	}
	at, by, read := d.now(), actor, d.now().UnixMilli()
	if actor == "" {
		by, read = Citizen, 0
	}
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: "word_" + string(w.Kind), Subject: "follow", SubjectID: w.Entry, Actor: by, At: at,
		Content: wordContent(id, sealed)})
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO letter_word (id, entry, kind, sealed, until, actor, at_ms, read_ms, read_by, leaf)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, id, w.Entry, string(w.Kind), sealed, int32(w.Until), actor, at.UnixMilli(), read, actor, leaf)
	if err != nil {
		return 0, fmt.Errorf("keep word on letter %d: %w", w.Entry, err)
	}
	return id, nil
}

// Keep looks through a sender's files and seals them in the letter's dossier, before the word that brings them is
// kept. To open one is a look: it may show who sent the letter. Files that were kept before are not kept twice.
func (d *Desk) Keep(ctx context.Context, entry int64, sent []File) (papers []int, err error) {
	if len(sent) > FilesMost {
		return nil, &Problem{"tep", fmt.Sprintf("Mỗi lần gửi nhiều nhất %d tệp.", FilesMost)}
	}
	for _, f := range sent {
		if len(f.Data) > FileMost {
			return nil, &Problem{"tep", fmt.Sprintf("Tệp “%s” lớn hơn 10 MB. Hãy chụp lại nhỏ hơn hoặc gửi từng tệp.", f.Name)}
		}
		if _, err := files.Clean(f.Data, f.Name); err != nil {
			return nil, &Problem{"tep", fault.Say(err)}
		}
	}
	for _, f := range sent {
		p, err := d.Dossiers.Add(ctx, Citizen, entry, f.Data, f.Name, dossier.Enclosed, true)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(papers, p.N) {
			papers = append(papers, p.N)
		}
	}
	return papers, nil
}

// Read notes that the office read what the sender wrote.
func (d *Desk) Read(ctx context.Context, tx *db.Tx, actor string, entry int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE letter_word SET read_ms = $2, read_by = $3 WHERE entry = $1 AND read_ms = 0`, entry, d.now().UnixMilli(), actor)
	if err != nil {
		return fmt.Errorf("note words on letter %d as read: %w", entry, err)
	}
	return nil
}

// Unread is a letter whose sender wrote something that the office has not read.
type Unread struct {
	Entry int64
	Unit  org.UnitID
	Class string
	N     int
	Since civil.Date
}

// Unread are all letters with words that no office has read, the one that waits longest first.
func (d *Desk) Unread(ctx context.Context, q db.Querier) ([]Unread, error) {
	rows, err := q.QueryContext(ctx, `SELECT w.entry, e.unit, coalesce(c.class, ''), count(*), min(w.at_ms) FROM letter_word w JOIN entry e ON e.id = w.entry
		LEFT JOIN petition_clocked c ON c.entry = w.entry WHERE w.read_ms = 0 GROUP BY w.entry, e.unit, c.class ORDER BY min(w.at_ms)`)
	if err != nil {
		return nil, fmt.Errorf("unread words: %w", err)
	}
	defer rows.Close()
	var out []Unread
	for rows.Next() {
		var u Unread
		var unit, since int64
		if err := rows.Scan(&u.Entry, &unit, &u.Class, &u.N, &since); err != nil {
			return nil, fmt.Errorf("unread words: %w", err)
		}
		u.Unit, u.Since = org.UnitID(unit), dayOf(since)
		out = append(out, u)
	}
	return out, rows.Err()
}
