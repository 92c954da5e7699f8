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
}

// where is the condition of a listing. The numbers of bodies stand in the text, for there may be thousands.
func (l Listing) where() string {
	return `l.undone_leaf IS NULL AND e.day >= $1 AND e.day <= $2 AND (NOT r.denounces AND e.unit IN (` + numbers(l.Units) + `) OR r.denounces AND e.unit IN (` + numbers(l.Secret) + `))`
}

func numbers(units []org.UnitID) string {
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
	units := make([]org.UnitID, len(roots))
	for i, id := range roots {
		units[i] = org.UnitID(id)
	}
	heads, err = s.heads(ctx, q, numbers(units))
	return heads, all, err
}
