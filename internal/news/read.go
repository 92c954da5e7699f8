package news

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

const columns = `a.id, a.unit, a.state, a.version, a.shown, a.author, a.entry, a.day, a.published_ms, a.changed_ms,
	v.number, v.place, v.sort, v.theme, v.title, v.summary, v.byline, v.cover, v.note, v.actor, v.at_ms`

func scan(row interface{ Scan(...any) error }, more ...any) (Article, error) {
	var a Article
	var published, changed, at int64
	err := row.Scan(append([]any{&a.ID, &a.Unit, &a.State, &a.Version, &a.Shown, &a.Author, &a.Entry, &a.Day, &published, &changed,
		&a.Number, &a.Place, &a.Sort, &a.Theme, &a.Title, &a.Summary, &a.Byline, &a.Cover, &a.Note, &a.Actor, &at}, more...)...)
	a.Published, a.Changed, a.At = time.UnixMilli(published), time.UnixMilli(changed), time.UnixMilli(at)
	return a, err
}

func (k *Desk) one(ctx context.Context, q db.Querier, id int64, where string) (Article, error) {
	var body string
	a, err := scan(q.QueryRowContext(ctx, `SELECT `+columns+`, v.body FROM article a JOIN article_version v ON v.article = a.id AND `+where+` WHERE a.id = $1`, id), &body)
	if errors.Is(err, sql.ErrNoRows) {
		return a, errNone
	}
	if err != nil {
		return a, fmt.Errorf("read article %d: %w", id, err)
	}
	a.Body = body
	return a, nil
}

// One is an article with its newest text.
func (k *Desk) One(ctx context.Context, q db.Querier, id int64) (Article, error) {
	return k.one(ctx, q, id, `v.number = a.version`)
}

// Open is an article as the public reads it; one that nobody may read is not there.
func (k *Desk) Open(ctx context.Context, q db.Querier, id int64) (Article, error) {
	return k.one(ctx, q, id, `v.number = a.shown AND a.shown > 0`)
}

// Ask narrows the list of articles; what is zero narrows nothing.
type Ask struct {
	Units    []org.UnitID // that answer for it
	Place    org.UnitID
	Theme    string
	State    State
	Text     string // words
	Period   civil.Period
	From, To int // of the rows, To 0 for all
}

// likes is a pattern that finds all words in their order.
func likes(text string) string {
	words := strings.Fields(strings.NewReplacer("%", " ", "_", " ").Replace(civil.Fold(text)))
	if len(words) == 0 {
		return ""
	}
	return "%" + strings.Join(words, "%") + "%"
}

// Latest are the articles that the public reads, newest first, without their bodies, and how many there are.
func (k *Desk) Latest(ctx context.Context, q db.Querier, ask Ask) (list []Article, all int, err error) {
	const from = ` FROM article a JOIN article_version v ON v.article = a.id AND v.number = a.shown
		WHERE a.shown > 0 AND ($1 = 0 OR v.place = $1) AND ($2 = '' OR v.theme = $2) AND ($3 = '' OR v.fold LIKE $3)`
	args := []any{ask.Place, ask.Theme, likes(ask.Text)}
	if err := q.QueryRowContext(ctx, `SELECT count(*)`+from, args...).Scan(&all); err != nil {
		return nil, 0, fmt.Errorf("count articles: %w", err)
	}
	limit := int64(1 << 40)
	if ask.To > 0 {
		limit = int64(ask.To - ask.From)
	}
	rows, err := q.QueryContext(ctx, `SELECT `+columns+from+` ORDER BY a.published_ms DESC, a.id DESC LIMIT $4 OFFSET $5`, append(args, limit, ask.From)...)
	list, err = articles(rows, err)
	return list, all, err
}

func articles(rows *sql.Rows, err error) ([]Article, error) {
	if err != nil {
		return nil, fmt.Errorf("list articles: %w", err)
	}
	defer rows.Close()
	var out []Article
	for rows.Next() {
		a, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read article: %w", err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// Book are the articles of an office with their newest texts, what changed last first: those published in the period, and
// those of no day yet.
func (k *Desk) Book(ctx context.Context, q db.Querier, ask Ask) ([]Article, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM article a JOIN article_version v ON v.article = a.id AND v.number = a.version
		WHERE (a.day = 0 OR a.day BETWEEN $1 AND $2) ORDER BY a.changed_ms DESC, a.id DESC`, ask.Period.From, ask.Period.To)
	all, err := articles(rows, err)
	if err != nil {
		return nil, err
	}
	in := map[org.UnitID]bool{}
	for _, u := range ask.Units {
		in[u] = true
	}
	var out []Article
	for _, a := range all {
		if in[a.Unit] {
			out = append(out, a)
		}
	}
	return out, nil
}

// Versions are all texts of an article, newest first.
func (k *Desk) Versions(ctx context.Context, q db.Querier, id int64) ([]Text, error) {
	rows, err := q.QueryContext(ctx, `SELECT number, place, sort, theme, title, summary, body, byline, cover, note, actor, at_ms FROM article_version WHERE article = $1 ORDER BY number DESC`, id)
	if err != nil {
		return nil, fmt.Errorf("list versions of article %d: %w", id, err)
	}
	defer rows.Close()
	var out []Text
	for rows.Next() {
		var t Text
		var at int64
		if err := rows.Scan(&t.Number, &t.Place, &t.Sort, &t.Theme, &t.Title, &t.Summary, &t.Body, &t.Byline, &t.Cover, &t.Note, &t.Actor, &at); err != nil {
			return nil, fmt.Errorf("read version: %w", err)
		}
		t.At = time.UnixMilli(at)
		out = append(out, t)
	}
	return out, rows.Err()
}

// Act is what somebody did with an article.
type Act struct {
	Act     string // send, recall, return, publish, correct, withdraw
	Version int
	Remark  string
	Actor   string
	At      time.Time
}

// Acts are all acts on an article, oldest first.
func (k *Desk) Acts(ctx context.Context, q db.Querier, id int64) ([]Act, error) {
	rows, err := q.QueryContext(ctx, `SELECT act, version, remark, actor, at_ms FROM article_act WHERE article = $1 ORDER BY id`, id)
	if err != nil {
		return nil, fmt.Errorf("list acts on article %d: %w", id, err)
	}
	defer rows.Close()
	var out []Act
	for rows.Next() {
		var a Act
		var at int64
		if err := rows.Scan(&a.Act, &a.Version, &a.Remark, &a.Actor, &at); err != nil {
			return nil, fmt.Errorf("read act: %w", err)
		}
		a.At = time.UnixMilli(at)
		out = append(out, a)
	}
	return out, rows.Err()
}

// Correction is what was corrected of a published article, as readers see it.
type Correction struct {
	Day  civil.Date
	Note string
}

// Corrections are the corrections of an article that were published, oldest first.
func (k *Desk) Corrections(ctx context.Context, q db.Querier, id int64) ([]Correction, error) {
	acts, err := k.Acts(ctx, q, id)
	var out []Correction
	for _, a := range acts {
		if a.Act == "correct" {
			out = append(out, Correction{dayOf(a.At), a.Remark})
		}
	}
	return out, err
}
