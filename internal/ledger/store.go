package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// vietnam is the time of the office.
func vietnam() *time.Location { return time.FixedZone("+07", 7*60*60) }

func today(now time.Time) civil.Date { return civil.FromTime(now.In(vietnam())) }

const selectHead = `SELECT id, key, kind, unit, place, day, state, version, edition, title, fold,
	coalesce(carries, 0), coalesce(batch, 0), at_ms FROM entry`

type scanner interface{ Scan(...any) error }

func scanHead(s scanner) (*headRow, error) {
	var h headRow
	err := s.Scan(&h.id, &h.key, &h.kind, &h.unit, &h.place, &h.day, &h.state, &h.version, &h.edition, &h.title,
		&h.fold, &h.carries, &h.batch, &h.at)
	return &h, err
}

func headByID(ctx context.Context, q db.Querier, id int64) (*headRow, error) {
	return scanHead(q.QueryRowContext(ctx, selectHead+` WHERE id = $1`, id))
}

func headByKey(ctx context.Context, q db.Querier, key string) (*headRow, error) {
	return scanHead(q.QueryRowContext(ctx, selectHead+` WHERE key = $1`, key))
}

// noSuch turns a missing row into what a person can read.
func noSuch(err error, id int64) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Newf(fault.NotFound, "Không có ghi nhận số %d. Hãy kiểm tra lại số.", id)
	}
	return fmt.Errorf("read entry %d: %w", id, err)
}

const selectVersion = `SELECT entry, version, act, state, edition, unit, place, day, fields, partners, files,
	coalesce(carries, 0), reason, actor, at_ms, leaf FROM entry_version`

func scanVersion(s scanner) (*versionRow, error) {
	var v versionRow
	err := s.Scan(&v.entry, &v.number, &v.act, &v.state, &v.edition, &v.unit, &v.place, &v.day, &v.fields, &v.partners,
		&v.files, &v.carries, &v.reason, &v.actor, &v.at, &v.leaf)
	return &v, err
}

func versionOf(ctx context.Context, q db.Querier, entry int64, number int) (*versionRow, error) {
	v, err := scanVersion(q.QueryRowContext(ctx, selectVersion+` WHERE entry = $1 AND version = $2`, entry, number))
	if err != nil {
		return nil, fmt.Errorf("read version %d of entry %d: %w", number, entry, err)
	}
	return v, nil
}

// each runs a query and hands every row to scan.
func each(ctx context.Context, q db.Querier, scan func(scanner) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
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

// sumsHeld are the sums that an entry's facts come to: what an opposite has to take back.
func sumsHeld(ctx context.Context, q db.Querier, entry int64) ([]sum, error) {
	var sums []sum
	err := each(ctx, q, func(r scanner) error {
		var s sum
		a := &s.amount
		if err := r.Scan(&s.series.code, &s.series.labels, &s.series.role, &s.unit, &s.day, &s.by,
			&a.Value, &a.N, &a.CValue, &a.CN); err != nil {
			return err
		}
		if s.amount != (Amount{}) {
			sums = append(sums, s)
		}
		return nil
	}, `SELECT k.code, k.labels, k.role, f.unit, f.day, coalesce(f.by_day, 0), CAST(sum(f.value) AS BIGINT),
		CAST(sum(f.n) AS BIGINT), CAST(sum(f.c_value) AS BIGINT), CAST(sum(f.c_n) AS BIGINT)
		FROM fact f JOIN series_key k ON k.id = f.series WHERE f.entry = $1
		GROUP BY k.code, k.labels, k.role, f.unit, f.day, coalesce(f.by_day, 0)`, entry)
	if err != nil {
		return nil, fmt.Errorf("sum facts of entry %d: %w", entry, err)
	}
	slices.SortFunc(sums, sum.compareKeys)
	return sums, nil
}

// readBack is what a stored version says, under its own edition, without its sums, title and folded text.
func (l *Ledger) readBack(ctx context.Context, q db.Querier, kind string, v *versionRow) (*said, error) {
	ed, err := l.edition(ctx, q, v.edition)
	if err != nil {
		return nil, err
	}
	k := ed.Kind(kind)
	if k == nil {
		return nil, fmt.Errorf("entry %d: edition %s has no kind %s", v.entry, ed.Code, kind)
	}
	s := &said{edition: ed, kind: k, unit: v.unit, place: v.place, day: v.day, fields: v.fields}
	if s.values, err = k.Decode([]byte(v.fields)); err != nil {
		return nil, fmt.Errorf("entry %d version %d: fields: %w", v.entry, v.number, err)
	}
	if err := v.lists(&s.partners, &s.files); err != nil {
		return nil, err
	}
	return s, nil
}

// lists reads the partners and files of a version.
func (v *versionRow) lists(partners *[]org.UnitID, files *[]File) error {
	if v.partners != "[]" {
		if err := json.Unmarshal([]byte(v.partners), partners); err != nil {
			return fmt.Errorf("entry %d version %d: partners: %w", v.entry, v.number, err)
		}
	}
	if v.files != "[]" {
		if err := json.Unmarshal([]byte(v.files), files); err != nil {
			return fmt.Errorf("entry %d version %d: files: %w", v.entry, v.number, err)
		}
	}
	return nil
}
