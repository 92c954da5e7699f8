package follow

import (
	"context"
	"database/sql"
	"fmt"

	"danvan/internal/audit"
	"danvan/internal/db"
)

// What the leaves cover. A code's leaf of the first version did not say which code.

func codeContent(n int, number string, hash, reason []byte) []byte {
	return append(fmt.Appendf(nil, "danvan/code/2\n%d\n%s\n%x\n", n, number, hash), reason...)
}

func answerContent(act string, n, version int, sealed []byte) []byte {
	return append(fmt.Appendf(nil, "danvan/answer/1\n%s %d %d\n", act, n, version), sealed...)
}

func wordContent(id int64, sealed []byte) []byte {
	return append(fmt.Appendf(nil, "danvan/word/1\n%d\n", id), sealed...)
}

// Verify compares codes, answers and messages with the log, and says in Vietnamese what differs. It opens nothing.
// Ratings leave no leaves: nothing may tell of which letter one is.
func Verify(ctx context.Context, q db.Querier) ([]string, error) {
	v := &verifier{q: q, leaves: map[string]int{}}
	for _, check := range []func(context.Context) error{v.read, v.codes, v.answers, v.words} {
		if err := check(ctx); err != nil {
			return nil, fmt.Errorf("verify what is followed: %w", err)
		}
	}
	if v.all != v.rows {
		v.say("Việc theo dõi đơn có %d lần ghi nhưng sổ niêm phong có %d lá: có dòng bị xóa hoặc thêm ngoài chương trình.", v.rows, v.all)
	}
	return v.found, nil
}

type verifier struct {
	q         db.Querier
	leaves    map[string]int // by letter, act and hash of what the leaf says
	all, rows int
	found     []string
}

func (v *verifier) say(format string, args ...any) {
	v.found = append(v.found, fmt.Sprintf(format, args...))
}

func leafKey(entry int64, act string, hash []byte) string {
	return fmt.Sprintf("%d %s %x", entry, act, hash)
}

// said reports whether a leaf on the letter says just this.
func (v *verifier) said(entry int64, act string, content []byte) bool {
	return v.leaves[leafKey(entry, act, audit.ContentHash(content))] > 0
}

func (v *verifier) each(ctx context.Context, query string, scan func(*sql.Rows) error) error {
	rows, err := v.q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (v *verifier) read(ctx context.Context) error {
	return v.each(ctx, `SELECT subject_id, act, hash FROM audit_leaf WHERE subject = 'follow'`, func(rows *sql.Rows) error {
		var entry int64
		var act string
		var hash []byte
		if err := rows.Scan(&entry, &act, &hash); err != nil {
			return err
		}
		v.all++
		v.leaves[leafKey(entry, act, hash)]++
		return nil
	})
}

// codes compares each issue of a code with its leaf; the last of a letter, and no other, opens it.
func (v *verifier) codes(ctx context.Context) error {
	return v.each(ctx, `SELECT c.entry, c.n, c.number, c.code_hash, c.reason, c.newest, c.n = (SELECT max(o.n) FROM letter_code o WHERE o.entry = c.entry), a.subject_id, a.actor = c.actor AND a.at_ms = c.at_ms
		FROM letter_code c LEFT JOIN audit_leaf a ON a.id = c.leaf AND a.act = 'issue_code' AND a.subject = 'follow' ORDER BY c.entry, c.n`, func(rows *sql.Rows) error {
		var entry int64
		var n int
		var number string
		var hash, reason []byte
		var newest, last bool
		var of *int64
		var same *bool
		if err := rows.Scan(&entry, &n, &number, &hash, &reason, &newest, &last, &of, &same); err != nil {
			return err
		}
		v.rows++
		whole := len(reason) == 0 || v.said(entry, "issue_code", codeContent(n, number, hash, reason))
		if of == nil || *of != entry || same == nil || !*same || !whole || newest != last {
			v.say("Mã theo dõi của đơn %s (lần cấp %d) khác với sổ niêm phong.", number, n)
		}
		return nil
	})
}

// answers compares each version with the leaf of its writing, and how it stands with those of publishing and withdrawing.
func (v *verifier) answers(ctx context.Context) error {
	return v.each(ctx, `SELECT entry, n, version, state, sealed, gone, checked_ms FROM public_answer ORDER BY entry, n, version`, func(rows *sql.Rows) error {
		var a Answer
		var sealed, gone []byte
		if err := rows.Scan(&a.Entry, &a.N, &a.Version, &a.State, &sealed, &gone, &a.CheckedMS); err != nil {
			return err
		}
		v.rows++
		written := v.said(a.Entry, "draft_answer", answerContent("draft_answer", a.N, a.Version, sealed))
		shown := v.said(a.Entry, "publish_answer", answerContent("publish_answer", a.N, a.Version, nil))
		taken := len(gone) > 0 && v.said(a.Entry, "withdraw_answer", answerContent("withdraw_answer", a.N, a.Version, gone))
		if shown {
			v.rows++
		}
		if taken {
			v.rows++
		}
		meant := a.State == Published || a.State == Replaced || a.State == TakenBack && a.CheckedMS != 0 // a draft may be taken back too
		if !written || shown != meant || taken != (a.State == TakenBack) {
			v.say("Câu trả lời %d (bản %d) của đơn #%d khác với sổ niêm phong.", a.N, a.Version, a.Entry)
		}
		return nil
	})
}

func (v *verifier) words(ctx context.Context) error {
	return v.each(ctx, `SELECT id, entry, kind, sealed FROM letter_word ORDER BY id`, func(rows *sql.Rows) error {
		var id, entry int64
		var kind string
		var sealed []byte
		if err := rows.Scan(&id, &entry, &kind, &sealed); err != nil {
			return err
		}
		v.rows++
		if !v.said(entry, "word_"+kind, wordContent(id, sealed)) {
			v.say("Tin nhắn số %d của đơn #%d khác với sổ niêm phong.", id, entry)
		}
		return nil
	})
}
