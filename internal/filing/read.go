package filing

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

type scanner interface{ Scan(...any) error }

const selectFiling = `SELECT id, unit, body, template, name, type, field, period_from, period_to, period_code, period_name,
	regime, coalesce(duty, ''), coalesce(due, 0), basis, status, state, accepted, version, revision, coalesce(filed_on, 0),
	coalesce(standing, 0), coalesce(entry, 0), coalesce(seen_ms, 0), opened_by, at_ms FROM filing`

func scanFiling(s scanner) (*Filing, error) {
	var f Filing
	var seen, at int64
	err := s.Scan(&f.ID, &f.Unit, &f.Body, &f.Template, &f.Name, &f.Type, &f.Field, &f.Period.From, &f.Period.To, &f.Period.Code,
		&f.Period.Name, &f.Regime, &f.Duty, &f.Due, &f.Basis, &f.Status, &f.State, &f.Accepted, &f.Version, &f.Revision,
		&f.FiledOn, &f.Standing, &f.Entry, &seen, &f.OpenedBy, &at)
	f.At = time.UnixMilli(at)
	if seen != 0 {
		f.Seen = time.UnixMilli(seen)
	}
	return &f, err
}

// Get is one filing.
func Get(ctx context.Context, q db.Querier, id int64) (*Filing, error) {
	f, err := scanFiling(q.QueryRowContext(ctx, selectFiling+` WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Newf(fault.NotFound, "Không có kỳ báo cáo số %d. Hãy mở từ danh sách kỳ báo cáo.", id)
	}
	if err != nil {
		return nil, fmt.Errorf("read filing %d: %w", id, err)
	}
	return f, nil
}

// Standing is the filing of a unit, or of the body that answers for it, by one template for one period; nil where
// nobody has opened it.
func Standing(ctx context.Context, q db.Querier, unit org.UnitID, template string, from, to civil.Date) (*Filing, error) {
	list, err := read(ctx, q, selectFiling+` WHERE (unit = $1 OR body = $1) AND template = $2 AND period_from = $3 AND period_to = $4 ORDER BY id`,
		int64(unit), template, int32(from), int32(to))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// Query picks filings; what is zero picks all.
type Query struct {
	Unit     org.UnitID // what it is about, or who answers for it
	Template string
	From, To civil.Date // exactly this period
	EndFrom  civil.Date // the period ends on this day or later
	EndTo    civil.Date // the period ends on this day or earlier
	State    State
	Duty     string
	Units    map[org.UnitID]bool // about one of these, or answered for by one; nil is all
}

// List are the filings that a query picks, the newest period first.
func List(ctx context.Context, q db.Querier, want Query) ([]*Filing, error) {
	list, err := read(ctx, q, selectFiling+` WHERE ($1 = 0 OR unit = $1 OR body = $1) AND ($2 = '' OR template = $2)
		AND ($3 = 0 OR period_from = $3) AND ($4 = 0 OR period_to = $4) AND ($5 = 0 OR period_to >= $5)
		AND ($6 = 0 OR period_to <= $6) AND ($7 = '' OR state = $7) AND ($8 = '' OR duty = $8)
		ORDER BY period_to DESC, period_from DESC, template, unit, id`,
		int64(want.Unit), want.Template, int32(want.From), int32(want.To), int32(want.EndFrom), int32(want.EndTo), string(want.State), want.Duty)
	if err != nil || want.Units == nil {
		return list, err
	}
	out := list[:0]
	for _, f := range list {
		if want.Units[f.Unit] || want.Units[f.Body] {
			out = append(out, f)
		}
	}
	return out, nil
}

func read(ctx context.Context, q db.Querier, query string, args ...any) ([]*Filing, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list filings: %w", err)
	}
	defer rows.Close()
	var out []*Filing
	for rows.Next() {
		f, err := scanFiling(rows)
		if err != nil {
			return nil, fmt.Errorf("read filing: %w", err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// Closed is the filing that closes a day for a unit: filed in whatever way, of the unit itself or, for a body, of the
// territory whose report its work goes into. Of several the one of the shortest period. nil: the day is open. What is
// changed on a closed day needs whoever may confirm the unit's work, and shows as a difference since printing.
func Closed(ctx context.Context, q db.Querier, tree *org.Tree, unit org.UnitID, day civil.Date) (*Filing, error) {
	host := unit
	if u := tree.Unit(unit); u != nil && u.Form == org.Body {
		host = u.SpanOn(day).Parent
	}
	list, err := read(ctx, q, selectFiling+` WHERE (unit = $1 OR unit = $2) AND period_from <= $3 AND period_to >= $3
		AND state IN ('filed', 'accepted', 'issued', 'nil') ORDER BY id`, int64(unit), int64(host), int32(day))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	best := list[0]
	for _, f := range list[1:] {
		if f.days() < best.days() {
			best = f
		}
	}
	return best, nil
}

func (f *Filing) days() int { return f.Period.From.DaysUntil(f.Period.To) }

const selectVersion = `SELECT version, act, state, texts, content IS NOT NULL, hash, number, coalesce(signed_on, 0), signer,
	signer_post, remark, actor, at_ms, leaf FROM filing_version`

func scanVersion(s scanner) (Version, error) {
	var v Version
	var texts string
	var at int64
	err := s.Scan(&v.Number, &v.Act, &v.State, &texts, &v.HasContent, &v.Hash, &v.DocNumber, &v.SignedOn, &v.Signer, &v.SignerPost,
		&v.Remark, &v.Actor, &at, &v.Leaf)
	if err != nil {
		return v, err
	}
	v.At = time.UnixMilli(at)
	return v, json.Unmarshal([]byte(texts), &v.Texts)
}

// Versions are all acts on a filing, oldest first.
func Versions(ctx context.Context, q db.Querier, id int64) ([]Version, error) {
	rows, err := q.QueryContext(ctx, selectVersion+` WHERE filing = $1 ORDER BY version`, id)
	if err != nil {
		return nil, fmt.Errorf("read versions of filing %d: %w", id, err)
	}
	defer rows.Close()
	var out []Version
	for rows.Next() {
		v, err := scanVersion(rows)
		if err != nil {
			return nil, fmt.Errorf("read version of filing %d: %w", id, err)
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// Content is the report as printed at one version.
func Content(ctx context.Context, q db.Querier, id int64, version int) ([]byte, error) {
	var packed []byte
	err := q.QueryRowContext(ctx, `SELECT content FROM filing_version WHERE filing = $1 AND version = $2 AND content IS NOT NULL`, id, version).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "Lần này không có bản in được giữ lại. Hãy mở một lần nộp hoặc lần ban hành trong lịch sử của kỳ báo cáo.")
	}
	if err != nil {
		return nil, fmt.Errorf("read content of filing %d version %d: %w", id, version, err)
	}
	return unpack(packed)
}

// ByHash finds the version that a hash (hex) belongs to; ok is false where none does.
func ByHash(ctx context.Context, q db.Querier, hash string) (filing int64, version int, ok bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT filing, version FROM filing_version WHERE hash = $1 AND content IS NOT NULL ORDER BY filing, version`, hash).
		Scan(&filing, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, false, nil
	}
	if err != nil {
		return 0, 0, false, fmt.Errorf("look for hash: %w", err)
	}
	return filing, version, true, nil
}

// Texts are what stands in each section, by section.
func Texts(ctx context.Context, q db.Querier, id int64) (map[string]Text, error) {
	list, err := readTexts(ctx, q, selectText+` WHERE filing = $1 AND last ORDER BY section`, id)
	out := map[string]Text{}
	for _, t := range list {
		out[t.Section] = t
	}
	return out, err
}

// TextHistory are all versions of all sections, oldest first within each section.
func TextHistory(ctx context.Context, q db.Querier, id int64) ([]Text, error) {
	return readTexts(ctx, q, selectText+` WHERE filing = $1 ORDER BY section, version`, id)
}

const selectText = `SELECT section, version, body, actor, at_ms FROM filing_text`

func readTexts(ctx context.Context, q db.Querier, query string, id int64) ([]Text, error) {
	rows, err := q.QueryContext(ctx, query, id)
	if err != nil {
		return nil, fmt.Errorf("read texts of filing %d: %w", id, err)
	}
	defer rows.Close()
	var out []Text
	for rows.Next() {
		var t Text
		var at int64
		if err := rows.Scan(&t.Section, &t.Version, &t.Body, &t.Actor, &at); err != nil {
			return nil, fmt.Errorf("read text of filing %d: %w", id, err)
		}
		t.At = time.UnixMilli(at)
		out = append(out, t)
	}
	return out, rows.Err()
}

// pack compresses a content; the same content gives the same bytes.
func pack(content []byte) ([]byte, error) {
	if content == nil {
		return nil, nil
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack report: %w", err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("unpack report: %w", err)
	}
	return out, nil
}

// Printings are the newest versions with a printed report, by filing; one without is left out.
func Printings(ctx context.Context, q db.Querier, ids []int64) (map[int64]int, error) {
	out := map[int64]int{}
	for part := range slices.Chunk(ids, 500) {
		var list []string
		for _, id := range part {
			list = append(list, strconv.FormatInt(id, 10))
		}
		rows, err := q.QueryContext(ctx, `SELECT filing, max(version) FROM filing_version
			WHERE content IS NOT NULL AND filing IN (`+strings.Join(list, ",")+`) GROUP BY filing`)
		if err != nil {
			return nil, fmt.Errorf("read printings: %w", err)
		}
		for rows.Next() {
			var id int64
			var version int
			if err := rows.Scan(&id, &version); err != nil {
				_ = rows.Close()
				return nil, fmt.Errorf("read printings: %w", err)
			}
			out[id] = version
		}
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("read printings: %w", err)
		}
		_ = rows.Close()
	}
	return out, nil
}
