package sealed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Ring is what a device seals to: the serving keys of an office, by half.
type Ring struct {
	Unit                 org.UnitID
	Custodians, Officers []Key
}

// Complete reports whether both halves have a key, held by different people.
func (r Ring) Complete() bool {
	both := slices.ContainsFunc(r.Custodians, func(c Key) bool {
		return slices.ContainsFunc(r.Officers, func(o Key) bool { return o.Account == c.Account })
	})
	return len(r.Custodians) > 0 && len(r.Officers) > 0 && !both
}

// Recipients are public keys of keys.
func Recipients(keys []Key) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.Recipient
	}
	return out
}

func numbers(keys []Key) string {
	ids := make([]int64, len(keys))
	for i, k := range keys {
		ids[i] = k.ID
	}
	return idText(ids)
}

// Mark names the ring: a record says which one it was sealed to.
func (r Ring) Mark() string { return numbers(r.Custodians) + "/" + numbers(r.Officers) }

// RingOf is an office's ring as it is now.
func RingOf(ctx context.Context, q db.Querier, unit org.UnitID) (Ring, error) {
	all, err := Keys(ctx, q, unit)
	r := Ring{Unit: unit}
	for _, k := range all {
		switch {
		case k.State != Active:
		case k.Half == Custodian && len(r.Custodians) < MostKeys:
			r.Custodians = append(r.Custodians, k)
		case k.Half == Officer && len(r.Officers) < MostKeys:
			r.Officers = append(r.Officers, k)
		}
	}
	return r, err
}

// Case is a case of denunciation whose record is meant.
type Case struct {
	Entry int64
	Code  string // the random public code
	Unit  org.UnitID
}

// Record is what is kept of a case.
type Record struct {
	Case
	Version int
	Outer   []int64 // keys that it was sealed to
	Inner   []int64
	Body    []byte
}

var noRing = fault.New(fault.Conflict, "Cơ quan chưa có đủ khóa đang dùng ở cả hai nửa (người giữ khóa và cán bộ bảo mật), nên chưa niêm phong được. Danh tính giữ trên giấy cho đến khi đủ khóa.")

var ringMoved = fault.New(fault.Conflict, "Khóa của cơ quan vừa thay đổi trong lúc niêm phong. Hãy tải lại trang và niêm phong lại cho khóa hiện hành.")

// Deposit keeps what a clerk's device sealed in place of what was there before. mark is the ring that the device took.
func Deposit(ctx context.Context, tx *db.Tx, by By, c Case, office org.UnitID, mark string, body []byte) error {
	ring, err := checkedRing(ctx, tx, office, mark, body)
	if err != nil {
		return err
	}
	if err := put(ctx, tx, c, ring, body); err != nil {
		return err
	}
	if _, err = leaf(ctx, tx, by, "identity_deposit", subjectCase, c.Entry, []any{c.Code, mark}); err != nil {
		return err
	}
	return deposited(ctx, tx, by, c.Entry)
}

func checkedRing(ctx context.Context, tx *db.Tx, office org.UnitID, mark string, body []byte) (Ring, error) {
	ring, err := RingOf(ctx, tx, office)
	switch {
	case err != nil:
		return ring, err
	case !ring.Complete():
		return ring, noRing
	case ring.Mark() != mark:
		return ring, ringMoved
	}
	return ring, CheckRecord(body, len(ring.Custodians))
}

func put(ctx context.Context, tx *db.Tx, c Case, ring Ring, body []byte) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO sealed_record (entry, unit, code, version, outer_keys, inner_keys, body) VALUES ($1, $2, $3, 1, $4, $5, $6)
		ON CONFLICT (entry) DO UPDATE SET unit = excluded.unit, code = excluded.code, version = sealed_record.version + 1,
			outer_keys = excluded.outer_keys, inner_keys = excluded.inner_keys, body = excluded.body`,
		c.Entry, ring.Unit, c.Code, numbers(ring.Custodians), numbers(ring.Officers), body)
	if err != nil {
		return fmt.Errorf("keep sealed record of entry %d: %w", c.Entry, err)
	}
	return nil
}

// Fill makes an empty record for each case that has none, so that having one says nothing. It is no official act.
func Fill(ctx context.Context, tx *db.Tx, office org.UnitID, cases []Case) error {
	ring, err := RingOf(ctx, tx, office)
	if err != nil || !ring.Complete() {
		return err
	}
	for _, c := range cases {
		r, err := recordOf(ctx, tx, c.Entry)
		if err != nil {
			return err
		}
		if r != nil {
			continue
		}
		body, err := Seal(Identity{Code: c.Code, Kind: Empty}, Recipients(ring.Officers), Recipients(ring.Custodians))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO sealed_record (entry, unit, code, version, outer_keys, inner_keys, body) VALUES ($1, $2, $3, 1, $4, $5, $6) ON CONFLICT (entry) DO NOTHING`,
			c.Entry, ring.Unit, c.Code, numbers(ring.Custodians), numbers(ring.Officers), body) // a deposit of this moment goes before
		if err != nil {
			return fmt.Errorf("fill sealed record of entry %d: %w", c.Entry, err)
		}
	}
	return nil
}

// recordOf is the record of a case, nil where there is none yet.
func recordOf(ctx context.Context, q db.Querier, entry int64) (*Record, error) {
	list, err := records(ctx, q, `WHERE entry = $1`, entry)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Records are the records of an office, by the code of their cases.
func Records(ctx context.Context, q db.Querier, office org.UnitID) ([]Record, error) {
	return records(ctx, q, `WHERE unit = $1`, office)
}

func records(ctx context.Context, q db.Querier, where string, args ...any) ([]Record, error) {
	rows, err := q.QueryContext(ctx, `SELECT entry, unit, code, version, outer_keys, inner_keys, body FROM sealed_record `+where+` ORDER BY code, entry`, args...)
	if err != nil {
		return nil, fmt.Errorf("read sealed records: %w", err)
	}
	defer rows.Close()
	var out []Record
	for rows.Next() {
		var r Record
		var outer, inner string
		if err := rows.Scan(&r.Entry, &r.Unit, &r.Code, &r.Version, &outer, &inner, &r.Body); err != nil {
			return nil, fmt.Errorf("read sealed records: %w", err)
		}
		r.Outer, r.Inner = idList(outer), idList(inner)
		out = append(out, r)
	}
	return out, rows.Err()
}

// Work is what keys that changed leave to be done with a record.
type Work struct {
	Record
	OuterOld bool // a custodian closes the outer layer anew, alone
	InnerOld bool // the record is opened by both, and sealed anew by the officer
	Dead     bool // nobody has the key of one layer any more: only the paper knows
}

// Stale lists the records of an office that are not sealed to just the keys that serve now.
func Stale(ctx context.Context, q db.Querier, office org.UnitID) ([]Work, error) {
	list, err := Records(ctx, q, office)
	if err != nil {
		return nil, err
	}
	all, err := Keys(ctx, q, office)
	if err != nil {
		return nil, err
	}
	ring, err := RingOf(ctx, q, office)
	if err != nil {
		return nil, err
	}
	opens := map[int64]bool{}
	for _, k := range all {
		opens[k.ID] = k.Opens()
	}
	some := func(ids []int64) bool { return slices.ContainsFunc(ids, func(id int64) bool { return opens[id] }) }
	var out []Work
	for _, r := range list {
		w := Work{Record: r, OuterOld: idText(r.Outer) != numbers(ring.Custodians), InnerOld: idText(r.Inner) != numbers(ring.Officers)}
		w.Dead = !some(r.Outer) || !some(r.Inner)
		if w.OuterOld || w.InnerOld || w.Dead {
			out = append(out, w)
		}
	}
	return out, nil
}

// Recover closes the outer layer of a record anew: a custodian took the old one off on his device. version is that of
// the record that he opened.
func Recover(ctx context.Context, tx *db.Tx, by By, entry int64, version int, mark string, body []byte) error {
	return reseal(ctx, tx, by, entry, version, mark, body, func(r *Record, ring Ring) string {
		return idText(r.Inner)
	})
}

// Reseal seals a record anew, both layers: an officer has opened it, on his device, after a request of his own.
func Reseal(ctx context.Context, tx *db.Tx, by By, opening int64, mark string, body []byte) error {
	o, err := OpeningByID(ctx, tx, opening)
	if err != nil {
		return err
	}
	if o.AskedBy != by.Account || o.State != Fetched {
		return fault.New(fault.Denied, "Chỉ người vừa nhận phong bì này theo đề nghị của mình mới niêm phong lại được.")
	}
	return reseal(ctx, tx, by, o.Entry, o.Version, mark, body, func(_ *Record, ring Ring) string { return numbers(ring.Officers) })
}

func reseal(ctx context.Context, tx *db.Tx, by By, entry int64, version int, mark string, body []byte, inner func(*Record, Ring) string) error {
	r, err := recordOf(ctx, tx, entry)
	if err != nil {
		return err
	}
	if r == nil || r.Version != version {
		return fault.New(fault.Conflict, "Hồ sơ này vừa được niêm phong lại. Hãy tải lại trang.")
	}
	ring, err := checkedRing(ctx, tx, r.Unit, mark, body)
	if err != nil {
		return err
	}
	err = changed(tx.ExecContext(ctx, `UPDATE sealed_record SET version = version + 1, outer_keys = $1, inner_keys = $2, body = $3 WHERE entry = $4 AND version = $5`,
		numbers(ring.Custodians), inner(r, ring), body, entry, version))
	if err != nil {
		return err
	}
	_, err = leaf(ctx, tx, by, "identity_reseal", subjectCase, entry, []any{r.Code, mark})
	return err
}

// changed turns an UPDATE that found nothing into a conflict: somebody else was first.
func changed(res sql.Result, err error) error {
	if err != nil {
		return fmt.Errorf("change sealed row: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("change sealed row: %w", err)
	}
	if n == 0 {
		return fault.Wrap(errors.New("no row changed"), fault.Conflict, "Việc này vừa được làm ở nơi khác. Hãy tải lại trang để xem.")
	}
	return nil
}
