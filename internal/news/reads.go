package news

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
)

// Reads counts how often articles are read: one number by article and day, added up in memory and written in one statement a
// minute. Nothing of who read is kept, nor looked at but the name by which a browser presents itself, so that robots do not
// count. A program that is stopped writes what it has; one that dies loses the reads of its last minute.
type Reads struct {
	DB  *db.DB
	Now func() time.Time // nil is time.Now

	mu sync.Mutex
	n  map[readOn]int64
}

type readOn struct {
	article int64
	day     civil.Date
}

// robots are words in the names by which programs present themselves that are nobody's eyes.
var robots = []string{"bot", "crawl", "spider", "slurp", "preview", "facebookexternalhit", "curl", "wget", "python", "java/", "go-http", "monitor", "headless", "scan", "feed", "rss", "archive", "lighthouse", "okhttp", "libwww", "httpclient"}

// Robot reports whether a browser's name is that of a program without a reader, or empty.
func Robot(agent string) bool {
	agent = strings.ToLower(agent)
	for _, word := range robots {
		if strings.Contains(agent, word) {
			return true
		}
	}
	return strings.TrimSpace(agent) == ""
}

// readsMost bounds the memory between two writings; more articles than that are not read within a minute.
const readsMost = 10_000

// Add counts one reading of an article.
func (r *Reads) Add(article int64) {
	now := time.Now
	if r.Now != nil {
		now = r.Now
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n == nil {
		r.n = map[readOn]int64{}
	}
	if at := (readOn{article, dayOf(now())}); r.n[at] > 0 || len(r.n) < readsMost {
		r.n[at]++
	}
}

func (r *Reads) take() map[readOn]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.n
	r.n = nil
	return n
}

// Flush writes what was counted.
func (r *Reads) Flush(ctx context.Context) error {
	counted := r.take()
	if len(counted) == 0 {
		return nil
	}
	var values []string
	var args []any
	for at, n := range counted {
		i := len(args)
		values = append(values, fmt.Sprintf("($%d, $%d, CAST($%d AS BIGINT))", i+1, i+2, i+3))
		args = append(args, at.article, at.day, n)
	}
	err := r.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO article_read (article, day, n) VALUES `+strings.Join(values, ", ")+`
			ON CONFLICT (article, day) DO UPDATE SET n = article_read.n + excluded.n`, args...)
		return err
	})
	if err == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n == nil {
		r.n = map[readOn]int64{}
	}
	for at, n := range counted { // not lost: the next writing has it
		r.n[at] += n
	}
	return fmt.Errorf("write reads: %w", err)
}

// Run writes what was counted once a minute, and a last time when ctx ends.
func (r *Reads) Run(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := r.Flush(ctx); err != nil {
				slog.Error("write how often articles were read", "err", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// ReadOften is an article with how often it was read.
type ReadOften struct {
	Article
	Reads int64
}

// MostRead are the public articles that were read most often from a day on, with the number of readings written so far.
func (k *Desk) MostRead(ctx context.Context, q db.Querier, from civil.Date, most int) ([]ReadOften, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+`, r.n FROM (SELECT article, CAST(sum(n) AS BIGINT) AS n FROM article_read WHERE day >= $1 GROUP BY article) r
		JOIN article a ON a.id = r.article AND a.shown > 0 JOIN article_version v ON v.article = a.id AND v.number = a.shown
		ORDER BY r.n DESC, a.id DESC LIMIT $2`, from, most)
	if err != nil {
		return nil, fmt.Errorf("list most read: %w", err)
	}
	defer rows.Close()
	var out []ReadOften
	for rows.Next() {
		var n int64
		a, err := scan(rows, &n)
		if err != nil {
			return nil, fmt.Errorf("read most read: %w", err)
		}
		out = append(out, ReadOften{a, n})
	}
	return out, rows.Err()
}

// ReadIn is how often each article was read in a period.
func (k *Desk) ReadIn(ctx context.Context, q db.Querier, p civil.Period) (map[int64]int64, error) {
	rows, err := q.QueryContext(ctx, `SELECT article, CAST(sum(n) AS BIGINT) FROM article_read WHERE day BETWEEN $1 AND $2 GROUP BY article`, p.From, p.To)
	if err != nil {
		return nil, fmt.Errorf("count reads: %w", err)
	}
	defer rows.Close()
	out := map[int64]int64{}
	for rows.Next() {
		var id, n int64
		if err := rows.Scan(&id, &n); err != nil {
			return nil, fmt.Errorf("read reads: %w", err)
		}
		out[id] = n
	}
	return out, rows.Err()
}

// addressMost is how many letters of a title an address holds.
const addressMost = 80

// Address is the part of an article's address behind its number: its title in plain letters.
func Address(title string) string {
	var out strings.Builder
	dash := false
	for _, r := range strings.ToLower(civil.Fold(title)) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if dash && out.Len() > 0 {
				out.WriteByte('-')
			}
			out.WriteRune(r)
			dash = false
		} else {
			dash = true
		}
		if out.Len() >= addressMost-1 { // a dash and a letter more at most
			break
		}
	}
	if out.Len() == 0 {
		return "bai"
	}
	return out.String()
}

// Path is the stable address of a public article, without the language.
func (a Article) Path() string { return "/tin/" + strconv.FormatInt(a.ID, 10) + "/" + Address(a.Title) }
