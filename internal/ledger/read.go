package ledger

import (
	"context"
	"fmt"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/db"
)

// Entry reads one entry with its versions, facts, attachments and links.
func (l *Ledger) Entry(ctx context.Context, q db.Querier, id int64) (*Entry, error) {
	head, err := headByID(ctx, q, id)
	if err != nil {
		return nil, noSuch(err, id)
	}
	e := &Entry{Head: head.public()}
	if err := e.readVersions(ctx, q); err != nil {
		return nil, err
	}
	last := e.Versions[len(e.Versions)-1]
	e.Partners, e.Files = last.Partners, last.Files
	if err := e.readFacts(ctx, q); err != nil {
		return nil, err
	}
	return e, e.readLinks(ctx, q, head.carries)
}

// EntryByKey reads the entry of a key.
func (l *Ledger) EntryByKey(ctx context.Context, q db.Querier, key string) (*Entry, error) {
	head, err := headByKey(ctx, q, key)
	if err != nil {
		return nil, noSuch(err, 0)
	}
	return l.Entry(ctx, q, head.id)
}

// Kind is the kind of an entry's version as its own edition has it, and the version's values.
func (l *Ledger) Kind(ctx context.Context, q db.Querier, e *Entry, v Version) (*catalog.Kind, catalog.Values, error) {
	s, err := l.readBack(ctx, q, e.Head.Kind, &versionRow{entry: e.ID, number: v.Number, edition: v.Edition,
		fields: v.Fields, partners: "[]", files: "[]"})
	if err != nil {
		return nil, nil, err
	}
	return s.kind, s.values, nil
}

func (h *headRow) public() Head {
	return Head{ID: h.id, Key: h.key, Kind: h.kind, Unit: h.unit, Place: h.place, Day: h.day, State: h.state,
		Version: h.version, Edition: h.edition, Title: h.title, Carries: h.carries, Batch: h.batch,
		At: time.UnixMilli(h.at).UTC()}
}

func (e *Entry) readVersions(ctx context.Context, q db.Querier) error {
	err := each(ctx, q, func(r scanner) error {
		v, err := scanVersion(r)
		if err != nil {
			return err
		}
		out := Version{Number: v.number, Act: v.act, State: v.state, Edition: v.edition, Unit: v.unit, Place: v.place,
			Day: v.day, Fields: v.fields, Carries: v.carries, Reason: v.reason, Actor: v.actor,
			At: time.UnixMilli(v.at).UTC(), Leaf: v.leaf}
		if err := v.lists(&out.Partners, &out.Files); err != nil {
			return err
		}
		e.Versions = append(e.Versions, out)
		return nil
	}, selectVersion+` WHERE entry = $1 ORDER BY version`, e.ID)
	if err == nil && len(e.Versions) == 0 {
		err = fmt.Errorf("entry %d has no version", e.ID)
	}
	return err
}

func (e *Entry) readFacts(ctx context.Context, q db.Querier) error {
	err := each(ctx, q, func(r scanner) error {
		var f Fact
		a := &f.Amount
		if err := r.Scan(&f.ID, &f.Version, &f.Series, &f.Code, &f.Labels, &f.Role, &f.Unit, &f.Day, &f.By,
			&a.Value, &a.N, &a.CValue, &a.CN, &f.Leaf); err != nil {
			return err
		}
		e.Facts = append(e.Facts, f)
		return nil
	}, `SELECT f.id, f.version, f.series, k.code, k.labels, k.role, f.unit, f.day, coalesce(f.by_day, 0), f.value, f.n,
		f.c_value, f.c_n, f.leaf FROM fact f JOIN series_key k ON k.id = f.series WHERE f.entry = $1 ORDER BY f.id`, e.ID)
	if err != nil {
		return fmt.Errorf("read facts of entry %d: %w", e.ID, err)
	}
	return nil
}

func (e *Entry) readLinks(ctx context.Context, q db.Querier, carries int64) error {
	if carries != 0 {
		h, err := headByID(ctx, q, carries)
		if err != nil {
			return fmt.Errorf("read what entry %d carries out: %w", e.ID, err)
		}
		head := h.public()
		e.Carries = &head
	}
	heads, err := heads(ctx, q, selectHead+` WHERE carries = $1 ORDER BY day, id LIMIT 200`, e.ID)
	e.Carried = heads
	return err
}

func heads(ctx context.Context, q db.Querier, query string, args ...any) ([]Head, error) {
	var out []Head
	err := each(ctx, q, func(r scanner) error {
		h, err := scanHead(r)
		out = append(out, h.public())
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list entries: %w", err)
	}
	return out, nil
}

// Heads reads the heads of entries by their numbers, in no order; a number that there is not is left out.
func (l *Ledger) Heads(ctx context.Context, q db.Querier, ids []int64) ([]Head, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var c condition
	in(&c, "id", ids, func(id int64) any { return id })
	return heads(ctx, q, selectHead+` WHERE `+c.parts[0], c.args...)
}
