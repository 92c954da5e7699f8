package follow

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Rating is what a sender thinks of one answer. It adds to the totals of a body, a field and a month, and to nothing else:
// nobody can tell which letter it is about, and of no person is anything counted.
type Rating struct {
	Score   int      // 1 to 5
	Reasons []string // codes of RatingReasons
	Until   civil.Date
}

// ratingDays is how long a rating may be changed.
const ratingDays = 15

// Reason is one choice of why.
type Reason struct {
	Code string
	Name Text
}

// RatingReasons are what people may choose, for and against.
var RatingReasons = []Reason{
	{"clear", Text{"Trả lời rõ, dễ hiểu", "Clear and easy to understand"}},
	{"on_time", Text{"Đúng hẹn", "On time"}},
	{"solved", Text{"Việc được giải quyết", "The matter was settled"}},
	{"respect", Text{"Thái độ tôn trọng", "Treated with respect"}},
	{"unclear", Text{"Trả lời chưa rõ", "Not clear"}},
	{"late", Text{"Chậm", "Late"}},
	{"missed", Text{"Chưa đúng điều đã hỏi", "Did not answer what was asked"}},
	{"undone", Text{"Nói mà chưa làm", "Said but not done"}},
}

// Scores are the five levels, from 5 to 1.
var Scores = []struct {
	Value int
	Name  Text
}{
	{5, Text{"Rất hài lòng", "Very satisfied"}},
	{4, Text{"Hài lòng", "Satisfied"}},
	{3, Text{"Tạm được", "Fair"}},
	{2, Text{"Chưa hài lòng", "Not satisfied"}},
	{1, Text{"Rất không hài lòng", "Not satisfied at all"}},
}

// ratingMark is how a rating knows its answer.
func (d *Desk) ratingMark(entry int64, n int) []byte {
	return d.Dossiers.Vault.Mark("follow/rating", strconv.FormatInt(entry, 10)+"\n"+strconv.Itoa(n))
}

// RatingOf is the rating of an answer; nil where there is none.
func (d *Desk) RatingOf(ctx context.Context, q db.Querier, entry int64, n int) (*Rating, error) {
	var r Rating
	var until int32
	var reasons string
	err := q.QueryRowContext(ctx, `SELECT score, reasons, until FROM answer_rating WHERE mark = $1`, d.ratingMark(entry, n)).Scan(&r.Score, &reasons, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("rating: %w", err)
	}
	r.Until = civil.Date(until)
	if reasons != "" {
		r.Reasons = strings.Split(reasons, ",")
	}
	return &r, nil
}

// Rate keeps the sender's rating of a published answer, or changes it while it may be changed.
func (d *Desk) Rate(ctx context.Context, tx *db.Tx, entry int64, n int, r Rating) error {
	if r.Score < 1 || r.Score > 5 {
		return &Problem{"muc", "Hãy chọn một mức từ rất hài lòng đến rất không hài lòng."}
	}
	all, err := d.Answers(ctx, tx, entry)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(a Answer) bool { return a.N == n && a.State == Published }) {
		return fault.New(fault.Conflict, "Câu trả lời này không còn được công bố nên không đánh giá được. Hãy mở lại trang theo dõi.")
	}
	c, _, err := d.caseOf(ctx, tx, entry)
	if err != nil {
		return err
	}
	was, err := d.RatingOf(ctx, tx, entry, n)
	if err != nil {
		return err
	}
	today := d.today()
	if was != nil && today > was.Until {
		return fault.New(fault.Conflict, "Đã quá hạn sửa đánh giá của câu trả lời này.")
	}
	until, field := today.AddDays(ratingDays), c.Field
	if was != nil {
		until = was.Until
	}
	if d.secretCase(ctx, tx, c) { // the field would tell the class
		field = ""
	}
	err = tx.Upsert(ctx, "answer_rating", []string{"mark", "unit", "field", "month", "score", "reasons", "until"},
		[][]any{{d.ratingMark(entry, n), int64(c.Unit), field, int(today) / 100, r.Score, strings.Join(known(r.Reasons), ","), int32(until)}},
		" ON CONFLICT (mark) DO UPDATE SET score = excluded.score, reasons = excluded.reasons")
	if err != nil {
		return fmt.Errorf("keep rating: %w", err)
	}
	return nil
}

// known are the reasons that exist, once each and in the order of the list.
func known(codes []string) []string {
	var out []string
	for _, r := range RatingReasons {
		if slices.Contains(codes, r.Code) {
			out = append(out, r.Code)
		}
	}
	return out
}

// RatingTotal is how often one score was given on answers of a body in a field and a month.
type RatingTotal struct {
	Unit  org.UnitID
	Field string // of petition_fields, "" where it is not told
	Month int    // yyyymm
	Score int
	N     int
}

// RatingTotals are the totals from one month to another, both inclusive (yyyymm).
func RatingTotals(ctx context.Context, q db.Querier, from, to int) ([]RatingTotal, error) {
	rows, err := q.QueryContext(ctx, `SELECT unit, field, month, score, count(*) FROM answer_rating WHERE month >= $1 AND month <= $2
		GROUP BY unit, field, month, score ORDER BY unit, month, field, score`, from, to)
	if err != nil {
		return nil, fmt.Errorf("totals of ratings: %w", err)
	}
	defer rows.Close()
	var out []RatingTotal
	for rows.Next() {
		var t RatingTotal
		var unit int64
		if err := rows.Scan(&unit, &t.Field, &t.Month, &t.Score, &t.N); err != nil {
			return nil, fmt.Errorf("totals of ratings: %w", err)
		}
		t.Unit = org.UnitID(unit)
		out = append(out, t)
	}
	return out, rows.Err()
}

// ReasonTotals are how often each reason was chosen on answers of bodies, by code.
func ReasonTotals(ctx context.Context, q db.Querier, from, to int, of func(unit org.UnitID, month int) bool) (map[string]int, error) {
	rows, err := q.QueryContext(ctx, `SELECT unit, month, reasons, count(*) FROM answer_rating WHERE month >= $1 AND month <= $2 AND reasons <> '' GROUP BY unit, month, reasons`, from, to)
	if err != nil {
		return nil, fmt.Errorf("reasons of ratings: %w", err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var unit int64
		var reasons string
		var month, n int
		if err := rows.Scan(&unit, &month, &reasons, &n); err != nil {
			return nil, fmt.Errorf("reasons of ratings: %w", err)
		}
		if !of(org.UnitID(unit), month) {
			continue
		}
		for _, code := range strings.Split(reasons, ",") {
			out[code] += n
		}
	}
	return out, rows.Err()
}
