package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Amend replaces what an entry says. expect is the version that the person saw; when it is no longer the last one
// the act is refused as a Conflict. A confirmed entry needs to be confirmed anew, unless nobody confirms its kind.
func (l *Ledger) Amend(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, a Amendment) (Posted, error) {
	w, was, err := l.open(ctx, tx, actor, id, expect)
	if err != nil {
		return Posted{}, err
	}
	s, err := w.amended(ctx, was, a)
	if err != nil {
		return Posted{}, err
	}
	carries, err := l.named(ctx, tx, s.carries, id)
	if err != nil {
		return Posted{}, err
	}
	if wrong, err := l.refersTo(ctx, tx, s, id, nil); err != nil || len(wrong) > 0 {
		return Posted{}, errors.Join(err, wrong.err())
	}
	if err := l.filesKept(ctx, tx, s.files); err != nil {
		return Posted{}, err
	}
	if err := l.keep(ctx, tx, s.edition); err != nil {
		return Posted{}, err
	}
	return w.next(ctx, was, s, ActAmend, anew(s.kind), carries, a.Reason, actor)
}

// Confirm marks the last version of an entry as confirmed: its facts count in the confirmed part of the totals.
func (l *Ledger) Confirm(ctx context.Context, tx *db.Tx, actor string, id int64, expect int) (Posted, error) {
	w, was, err := l.open(ctx, tx, actor, id, expect)
	if err != nil {
		return Posted{}, err
	}
	if was.head.state == Confirmed {
		return Posted{}, fault.Newf(fault.Conflict, "Ghi nhận số %d đã được xác nhận rồi.", id)
	}
	if f := was.said.kind.Field(was.said.kind.DoneOn); f != nil && was.said.values[f.Code] == nil {
		return Posted{}, fault.Newf(fault.Conflict, "Chưa xác nhận được ghi nhận số %d: chưa có “%s”. Hãy chờ đơn vị báo hoàn thành.", id, f.Name)
	}
	if r, err := standingReturn(ctx, tx, id, expect); err != nil {
		return Posted{}, err
	} else if r != nil {
		return Posted{}, fault.Newf(fault.Conflict, "Bản %d của ghi nhận số %d đã được trả lại. Hãy thu hồi việc trả lại rồi xác nhận, hoặc chờ người ghi sửa.", expect, id)
	}
	return w.next(ctx, was, was.said, ActConfirm, Confirmed, was.head.carries, "", actor)
}

// Void takes an entry out of every figure; it stays readable with its reason.
func (l *Ledger) Void(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, reason string) (Posted, error) {
	if strings.TrimSpace(reason) == "" {
		return Posted{}, fault.New(fault.Invalid, "Chưa ghi lý do hủy. Hãy ghi rõ vì sao hủy ghi nhận này.")
	}
	if err := lineOf(reason, "Lý do"); err != nil {
		return Posted{}, err
	}
	w, was, err := l.open(ctx, tx, actor, id, expect)
	if err != nil {
		return Posted{}, err
	}
	return w.next(ctx, was, was.said, ActVoid, Void, was.head.carries, reason, actor)
}

// standingEntry is an entry as it stands before an act, with what it says and the sums that it holds.
type standingEntry struct {
	head headRow
	last *versionRow
	said *said
}

// open begins an act on an entry that stands.
func (l *Ledger) open(ctx context.Context, tx *db.Tx, actor string, id int64, expect int) (*act, *standingEntry, error) {
	w, was, err := l.take(ctx, tx, actor, id, expect)
	if err == nil && was.head.state == Void {
		return nil, nil, voided(id)
	}
	return w, was, err
}

// take begins an act on an entry that exists. It takes the entry for itself: of two acts that expect one version,
// the second waits and then finds that the version has passed.
func (l *Ledger) take(ctx context.Context, tx *db.Tx, actor string, id int64, expect int) (*act, *standingEntry, error) {
	w, err := l.begin(ctx, tx, actor)
	if err != nil {
		return nil, nil, err
	}
	res, err := tx.ExecContext(ctx, `UPDATE entry SET version = version + 1 WHERE id = $1 AND version = $2`, id, expect)
	if err != nil {
		return nil, nil, fmt.Errorf("take entry %d: %w", id, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return nil, nil, err
	}
	head, err := headByID(ctx, tx, id)
	if err != nil {
		return nil, nil, noSuch(err, id)
	}
	if n == 0 {
		return nil, nil, fault.Newf(fault.Conflict, "Ghi nhận số %d đã có bản mới (bản %d; bạn đang xem bản %d). Hãy mở lại ghi nhận, xem bản mới rồi làm lại.",
			id, head.version, expect)
	}
	head.version = expect
	was := &standingEntry{head: *head}
	if was.last, err = versionOf(ctx, tx, id, expect); err != nil {
		return nil, nil, err
	}
	was.said, err = w.saidBy(ctx, &was.head, was.last)
	return w, was, err
}

// saidBy reads a stored version back, with the sums that the entry's facts hold.
func (w *act) saidBy(ctx context.Context, h *headRow, v *versionRow) (*said, error) {
	s, err := w.l.readBack(ctx, w.tx, h.kind, v)
	if err != nil {
		return nil, err
	}
	s.title, s.fold = h.title, h.fold
	s.sums, err = sumsHeld(ctx, w.tx, h.id)
	return s, err
}

// next posts the version that an act makes.
func (w *act) next(ctx context.Context, was *standingEntry, s *said, a Act, state State, carries int64, reason, actor string) (Posted, error) {
	e := &life{head: was.head}
	e.step(s, a, state, carries, posting(a, was.said.sums, s.sums, state), reason, actor, w.at)
	h := &e.head
	_, err := w.tx.ExecContext(ctx, `UPDATE entry SET unit = $1, place = $2, day = $3, state = $4, version = $5,
		edition = $6, title = $7, fold = $8, carries = $9 WHERE id = $10`, int64(h.unit), int64(h.place), int32(h.day),
		string(h.state), h.version, h.edition, h.title, h.fold, orNull(h.carries), h.id)
	if err != nil {
		return Posted{}, fmt.Errorf("update entry %d: %w", h.id, err)
	}
	if err := w.markLate(ctx, e, &was.head); err != nil {
		return Posted{}, err
	}
	return w.post(ctx, e)
}

// amended is what the entry says after an amendment.
func (w *act) amended(_ context.Context, was *standingEntry, a Amendment) (*said, error) {
	d := draftOf(w.rules.tree, was.said, was.head.carries)
	s, problems := amended(w.rules, was.said.edition, d, a)
	return s, problems.err()
}

// amended checks a draft with an amendment laid over it. While the day stays within an edition, the entry keeps
// the very text of that edition under which it was recorded, unless it has no word for what is amended.
func amended(r rules, old *catalog.Edition, d Draft, a Amendment) (*said, Problems) {
	if strings.TrimSpace(a.Reason) == "" {
		return nil, Problems{{"reason", "Chưa ghi lý do đính chính. Hãy ghi rõ vì sao sửa."}}
	}
	if err := lineOf(a.Reason, "Lý do"); err != nil {
		return nil, Problems{{"reason", fault.Say(err)}}
	}
	d = laidOver(d, a)
	if now := r.catalog.EditionOn(d.Day); now.Code == old.Code && (knows(old, d) || !knows(now, d)) {
		r.edition = old
	}
	return prepare(r, d)
}

// knows reports whether an edition has a word for everything in the draft. An edition's text gains fields while it is in
// force; an amendment that needs one of them takes the text of today.
func knows(ed *catalog.Edition, d Draft) bool {
	k := ed.Kind(d.Kind)
	if k == nil {
		return false
	}
	for code, v := range d.Fields {
		f := k.Field(code)
		if f == nil {
			return false
		}
		rows, _ := v.([]any)
		for _, r := range rows {
			row, _ := r.(map[string]any)
			for inner := range row {
				if f.Type == catalog.Group && f.Field(inner) == nil {
					return false
				}
			}
		}
	}
	return true
}

// laidOver is the draft with the amendment's changes.
func laidOver(d Draft, a Amendment) Draft {
	d.Day = orDay(a.Day, d.Day)
	if a.Unit != "" {
		d.Unit = a.Unit
	}
	if a.Place != "" {
		d.Place = a.Place
	}
	if a.Partners != nil {
		d.Partners = *a.Partners
	}
	if a.Files != nil {
		d.Files = *a.Files
	}
	if a.Carries != nil {
		d.Carries = *a.Carries
	}
	if len(a.Set) > 0 {
		d.Fields = maps.Clone(d.Fields)
		for code, v := range a.Set {
			d.Fields[code] = v
			if v == nil {
				delete(d.Fields, code)
			}
		}
	}
	return d
}

// draftOf writes what stands as a draft again. A place that is the unit's own territory is left out, so that it
// moves along when the unit is amended.
func draftOf(t *org.Tree, s *said, carries int64) Draft {
	d := Draft{Kind: s.kind.Code, Unit: refOf(t, s.unit), Day: s.day, Files: s.files, Fields: typed(s.fields)}
	if host, err := hostOn(t, t.Unit(s.unit), s.day); err != nil || host.ID != s.place {
		d.Place = refOf(t, s.place)
	}
	for _, p := range s.partners {
		d.Partners = append(d.Partners, refOf(t, p))
	}
	if carries != 0 {
		d.Carries = fmt.Sprintf("#%d", carries)
	}
	return d
}

func refOf(t *org.Tree, id org.UnitID) string {
	if u := t.Unit(id); u != nil {
		return stored(u)
	}
	return ""
}
