package matter

import (
	"context"
	"encoding/hex"
	"fmt"

	"danvan/internal/audit"
	"danvan/internal/db"
)

// What the leaves cover.

func openContent(id int64, denounces bool) []byte { return content([]any{"open", id, denounces}) }

func nameContent(matter int64, name string) []byte { return content([]any{"name", matter, name}) }

func (m *Member) content() []byte {
	return content([]any{"join", m.ID, m.Matter, m.Letter, m.Relation, m.Toward, m.Basis, hex.EncodeToString(m.sealed)})
}

func (m *Merge) content() []byte {
	return content([]any{"merge", m.ID, m.Matter, m.Gone, m.Letter, m.Toward, m.Relation, m.Basis, hex.EncodeToString(m.sealed)})
}

func (p *Pair) content() []byte {
	return content([]any{"pair", p.ID, p.One, p.Other, p.Said, hex.EncodeToString(p.sealed)})
}

func undoContent(id int64, why []byte) []byte {
	return content([]any{"undo", id, hex.EncodeToString(why)})
}

// Verify compares what was decided on matters with the log and says in Vietnamese what differs.
func Verify(ctx context.Context, q db.Querier) ([]string, error) {
	v := verifier{q: q}
	for _, check := range []func(context.Context) error{v.matters, v.names, v.members, v.merges, v.pairs} {
		if err := check(ctx); err != nil {
			return nil, err
		}
	}
	leaves, err := audit.LeavesOn(ctx, q, subject)
	if err != nil {
		return nil, err
	}
	if leaves != v.rows {
		v.found = append(v.found, fmt.Sprintf("Vụ việc có %d quyết định nhưng sổ niêm phong có %d lá: có dòng bị xóa hoặc thêm ngoài chương trình.", v.rows, leaves))
	}
	return v.found, nil
}

type verifier struct {
	q     db.Querier
	rows  int
	found []string
}

func (v *verifier) said(ctx context.Context, leaf, id int64, said []byte, what string) error {
	v.rows++
	ok, err := audit.Said(ctx, v.q, leaf, subject, id, said)
	if err == nil && !ok {
		v.found = append(v.found, fmt.Sprintf("%s số %d khác với sổ niêm phong.", what, id))
	}
	return err
}

func (v *verifier) undone(ctx context.Context, s Stamp, id int64, why []byte, what string) error {
	if s.Leaf == 0 {
		return nil
	}
	return v.said(ctx, s.Leaf, id, undoContent(id, why), "Việc bỏ "+what)
}

func (v *verifier) matters(ctx context.Context) error {
	type row struct {
		id, leaf  int64
		denounces bool
	}
	rows, err := list(ctx, v.q, func(scan func(...any) error) (r row, err error) {
		err = scan(&r.id, &r.denounces, &r.leaf)
		return r, err
	},
		`SELECT id, denounces, leaf FROM matter ORDER BY id`)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := v.said(ctx, r.leaf, r.id, openContent(r.id, r.denounces), "Vụ việc"); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) names(ctx context.Context) error {
	type row struct {
		id, matter, leaf int64
		name             string
	}
	rows, err := list(ctx, v.q, func(scan func(...any) error) (r row, err error) {
		err = scan(&r.id, &r.matter, &r.name, &r.leaf)
		return r, err
	},
		`SELECT id, matter, name, leaf FROM matter_name ORDER BY id`)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := v.said(ctx, r.leaf, r.id, nameContent(r.matter, r.name), "Tên vụ việc"); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) members(ctx context.Context) error {
	rows, err := list(ctx, v.q, scanMember, `SELECT `+memberColumns+` FROM matter_letter ORDER BY id`)
	if err != nil {
		return err
	}
	for i := range rows {
		m := &rows[i]
		if err := v.said(ctx, m.Done.Leaf, m.ID, m.content(), "Việc xếp đơn vào vụ việc"); err != nil {
			return err
		}
		if err := v.undone(ctx, m.Undone, m.ID, m.why, "xếp đơn vào vụ việc"); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) merges(ctx context.Context) error {
	rows, err := list(ctx, v.q, scanMerge, `SELECT `+mergeColumns+` FROM matter_merge ORDER BY id`)
	if err != nil {
		return err
	}
	for i := range rows {
		m := &rows[i]
		if err := v.said(ctx, m.Done.Leaf, m.ID, m.content(), "Việc nhập vụ việc"); err != nil {
			return err
		}
		if err := v.undone(ctx, m.Undone, m.ID, m.why, "nhập vụ việc"); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) pairs(ctx context.Context) error {
	rows, err := list(ctx, v.q, scanPair, `SELECT `+pairColumns+` FROM matter_pair ORDER BY id`)
	if err != nil {
		return err
	}
	for i := range rows {
		p := &rows[i]
		if err := v.said(ctx, p.Done.Leaf, p.ID, p.content(), "Quyết định về hai đơn"); err != nil {
			return err
		}
		if err := v.undone(ctx, p.Undone, p.ID, p.why, "quyết định về hai đơn"); err != nil {
			return err
		}
	}
	return nil
}
