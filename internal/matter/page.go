package matter

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// Listing says which matters a list shows: those with a letter that was entered in the period at one of the bodies.
type Listing struct {
	Period civil.Period
	Units  []org.UnitID // whose letters may be read
	Secret []org.UnitID // whose denunciations may be read
	From   int
	Most   int // 0 for all

	// Keep narrows the list further by what is known of a matter's letters; nil keeps all. It must be quick: it is asked of
	// every matter of the listing, before the page is cut.
	Keep func(letters []int64) bool
}

// where is the condition of a listing. The numbers of bodies stand in the text, for there may be thousands.
func (l Listing) where() string {
	return `l.undone_leaf IS NULL AND e.day >= $1 AND e.day <= $2 AND (NOT r.denounces AND e.unit IN (` + numbers(l.Units) + `) OR r.denounces AND e.unit IN (` + numbers(l.Secret) + `))`
}

func numbers[N ~int32 | ~int64](units []N) string {
	if len(units) == 0 {
		return "-1"
	}
	var b strings.Builder
	for i, u := range units {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(int64(u), 10))
	}
	return b.String()
}

const lettersOfMatters = ` FROM matter_letter l JOIN matter m ON m.id = l.matter JOIN matter r ON r.id = m.root JOIN entry e ON e.id = l.letter WHERE `

// Page are the matters of a listing, the newest first, with how many there are.
func (s *Store) Page(ctx context.Context, q db.Querier, l Listing) (heads []Head, all int, err error) {
	days := []any{int32(l.Period.From), int32(l.Period.To)}
	if l.Keep != nil {
		return s.kept(ctx, q, l, days)
	}
	if err := q.QueryRowContext(ctx, `SELECT COUNT(DISTINCT r.id)`+lettersOfMatters+l.where(), days...).Scan(&all); err != nil {
		return nil, 0, fmt.Errorf("count matters: %w", err)
	}
	most := l.Most
	if most == 0 {
		most = all
	}
	roots, err := list(ctx, q, scanNumber, `SELECT DISTINCT r.id`+lettersOfMatters+l.where()+` ORDER BY r.id DESC LIMIT $3 OFFSET $4`, append(days, most, l.From)...)
	if err != nil || len(roots) == 0 {
		return nil, all, err
	}
	heads, err = s.heads(ctx, q, numbers(roots))
	return heads, all, err
}

// kept is Page of a listing that Keep narrows: of all matters only the numbers of their letters are read.
func (s *Store) kept(ctx context.Context, q db.Querier, l Listing, days []any) ([]Head, int, error) {
	type pair struct{ root, letter int64 }
	pairs, err := list(ctx, q, func(scan func(...any) error) (p pair, err error) { err = scan(&p.root, &p.letter); return p, err },
		`SELECT m.root, l.letter FROM matter_letter l JOIN matter m ON m.id = l.matter
		WHERE l.undone_leaf IS NULL AND m.root IN (SELECT r.id`+lettersOfMatters+l.where()+`) ORDER BY m.root DESC, l.letter`, days...)
	if err != nil {
		return nil, 0, err
	}
	var roots, letters []int64
	for i, p := range pairs {
		letters = append(letters, p.letter)
		if last := i+1 == len(pairs) || pairs[i+1].root != p.root; !last {
			continue
		}
		if l.Keep(letters) {
			roots = append(roots, p.root)
		}
		letters = letters[:0]
	}
	all := len(roots)
	from := min(l.From, all)
	to := all
	if l.Most > 0 {
		to = min(from+l.Most, all)
	}
	if from == to {
		return nil, all, nil
	}
	heads, err := s.heads(ctx, q, numbers(roots[from:to]))
	return heads, all, err
}
