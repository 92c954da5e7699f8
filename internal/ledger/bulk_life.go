package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// lives turns prepared drafts into rows that are numbered, in order. Drafts that exist already are counted.
func (b *bulk) lives(ctx context.Context, good []prepared, found map[string]*headRow) ([]*life, error) {
	ids, err := b.tx.IDs(ctx, "entry", len(good))
	if err != nil {
		return nil, fmt.Errorf("number entries: %w", err)
	}
	lives := make([]*life, 0, len(good))
	for _, p := range good {
		e, err := b.life(ctx, &p, ids[0], found)
		var wrong Problems
		switch {
		case errors.As(err, &wrong):
			if err := b.refuse(p.row, wrong); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, err
		case e == nil:
			b.result.Existed++
		default:
			lives = append(lives, e)
			b.keys[e.head.key] = taken{e.head.id, p.row, p.sum()}
			ids = ids[1:]
		}
	}
	return lives, nil
}

// life is the entry of one draft; nil when it is there already.
func (b *bulk) life(ctx context.Context, p *prepared, id int64, found map[string]*headRow) (*life, error) {
	if !mayRecordAs(b.opts.May, b.rules.tree, p.said[0]) {
		return nil, Problems{{"unit", Denied}}
	}
	if err := b.inBatch(ctx); err != nil {
		return nil, err
	}
	carries, err := b.carries(ctx, p.said[0], id)
	if err != nil {
		return nil, err
	}
	if err := b.references(ctx, p.said); err != nil {
		return nil, err
	}
	for _, s := range p.said {
		wrong, err := b.l.refersTo(ctx, b.tx, s, id, b.keys)
		if err != nil {
			return nil, err
		}
		if len(wrong) > 0 {
			return nil, wrong
		}
	}
	actor, at := b.opts.Actor, b.at
	if p.draft.Actor != "" {
		actor = p.draft.Actor
	}
	if !p.draft.At.IsZero() {
		at = p.draft.At.UnixMilli()
	}
	e := p.said[0].recorded(p.draft, id, carries, b.batch, actor, at)
	if there, err := b.compare(ctx, p, e, found); there || err != nil {
		return nil, err
	}
	for i, step := range p.draft.Then {
		if err := b.step(ctx, e, p.said[i], p.said[i+1], step, actor, at); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// step adds a later act to a life.
func (b *bulk) step(ctx context.Context, e *life, prev, next *said, s Step, actor string, at int64) error {
	if s.Actor != "" {
		actor = s.Actor
	}
	if !s.At.IsZero() {
		at = s.At.UnixMilli()
	}
	carries, state := e.head.carries, State("")
	switch {
	case e.head.state == Void || (s.Act == ActConfirm && e.head.state == Confirmed):
		return Problems{{"then", "Các bước sau không hợp lệ: ghi nhận đã hủy hoặc đã xác nhận."}}
	case s.Act == ActAmend:
		var err error
		if carries, err = b.carries(ctx, next, e.head.id); err != nil {
			return err
		}
		state = anew(next.kind)
	case s.Act == ActConfirm:
		state = Confirmed
	case s.Act == ActVoid && s.Reason != "":
		state = Void
	default:
		return Problems{{"then", fmt.Sprintf("Bước %q không hợp lệ hoặc thiếu lý do.", s.Act)}}
	}
	before := standing(prev.sums, e.head.state)
	e.step(next, s.Act, state, carries, posting(s.Act, before, next.sums, state), s.Reason, actor, at)
	return nil
}

// carries resolves the reference to another entry: of this batch, or of the database.
func (b *bulk) carries(ctx context.Context, s *said, self int64) (int64, error) {
	if s.carries == "" {
		return 0, nil
	}
	if was, ok := b.keys[s.carries]; ok {
		return was.id, nil
	}
	id, err := b.l.named(ctx, b.tx, s.carries, self)
	if err != nil && fault.KindOf(err) == fault.Invalid {
		return 0, Problems{{"carries", fault.Say(err)}}
	}
	return id, err
}

// references makes sure of what the versions refer to: attachments and editions.
func (b *bulk) references(ctx context.Context, versions []*said) error {
	for _, s := range versions {
		if err := b.l.filesKept(ctx, b.tx, s.files); err != nil {
			if fault.KindOf(err) == fault.Invalid {
				return Problems{{"files", fault.Say(err)}}
			}
			return err
		}
		if !b.poster.kept[s.edition] {
			if err := b.l.keep(ctx, b.tx, s.edition); err != nil {
				return err
			}
			b.poster.kept[s.edition] = true
		}
	}
	return nil
}

// compare looks whether the key of a life is taken: by the same content (there) or by other content (an error).
func (b *bulk) compare(ctx context.Context, p *prepared, e *life, found map[string]*headRow) (there bool, err error) {
	if first, ok := b.keys[e.head.key]; ok {
		return first.again(p)
	}
	if p.draft.Key == "" && !p.byContent {
		return false, nil // the key is the ledger's own, made of a new number
	}
	return compared(ctx, b.tx, e, found[e.head.key])
}

// compared looks whether the entry that has the key of a life, nil for none, says the same.
func compared(ctx context.Context, q db.Querier, e *life, was *headRow) (there bool, err error) {
	key := e.head.key
	switch {
	case was == nil && strings.HasPrefix(key, "e:"):
		return false, Problems{{"key", fmt.Sprintf("Khóa %q do hệ thống đặt nhưng không có ghi nhận nào mang khóa này. Hãy bỏ trống khóa.", key)}}
	case was == nil:
		return false, nil
	}
	first, err := versionOf(ctx, q, was.id, 1)
	if err != nil {
		return false, err
	}
	same := first.sameContent(&e.steps[0].row)
	if !same && was.version > 1 { // what was handed out as it stands now may come back
		last, err := versionOf(ctx, q, was.id, was.version)
		if err != nil {
			return false, err
		}
		same = last.sameContent(&e.steps[0].row)
	}
	switch {
	case was.kind != e.head.kind || !same:
		return false, Problems{{"key", fault.Say(differs(was))}}
	case was.state == Void:
		return false, Problems{{"key", fmt.Sprintf("Ghi nhận số %d (khóa %q) đã hủy. Muốn nhập lại việc này, hãy đặt khóa khác.", was.id, key)}}
	}
	return true, nil
}

// taken is a key that an earlier draft of the batch has.
type taken struct {
	id  int64
	row int
	sum [32]byte
}

// again judges a later draft with the same key: one that says the same is the same entry. Two rows without key
// that say the same may be two pieces of work, so a person has to tell.
func (t taken) again(p *prepared) (there bool, err error) {
	switch {
	case p.byContent:
		return false, Problems{{"key", fmt.Sprintf("Dòng này giống hệt dòng %d. Nếu là hai việc khác nhau, hãy đặt khóa (key) riêng cho mỗi dòng; nếu ghi lặp, hãy bỏ bớt.", t.row)}}
	case t.sum != p.sum():
		return false, Problems{{"key", fmt.Sprintf("Khóa %q đã dùng ở dòng %d với nội dung khác. Hãy đổi khóa.", p.draft.Key, t.row)}}
	}
	return true, nil
}

// alreadyThere finds the entries of the database that have keys of the drafts.
func (b *bulk) alreadyThere(ctx context.Context, drafts []prepared) (map[string]*headRow, error) {
	if b.empty {
		return map[string]*headRow{}, nil
	}
	return byKeys(ctx, b.tx, drafts)
}

func byKeys(ctx context.Context, q db.Querier, drafts []prepared) (map[string]*headRow, error) {
	found := map[string]*headRow{}
	for part := range slices.Chunk(drafts, 500) {
		var keys []any
		for _, p := range part {
			if p.draft.Key != "" {
				keys = append(keys, p.draft.Key)
			}
		}
		if len(keys) == 0 {
			continue
		}
		err := each(ctx, q, func(r scanner) error {
			h, err := scanHead(r)
			found[h.key] = h
			return err
		}, selectHead+` WHERE key IN (`+list(1, len(keys))+`)`, keys...)
		if err != nil {
			return nil, fmt.Errorf("look for keys: %w", err)
		}
	}
	return found, nil
}

func isEmpty(ctx context.Context, q db.Querier) (bool, error) {
	var any bool
	err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM entry)`).Scan(&any)
	return !any, err
}
