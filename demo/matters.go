package demo

import (
	"context"
	"fmt"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/matter"
	"danvan/internal/org"
)

// decided is how many ties of letters elsewhere somebody has decided; in the offices of the demo's people it is all but
// those of the last month, which wait as suggestions.
const decided = 60

// relations are the ties as a person decides them, with the reason that he gives.
var relations = map[tie]struct {
	relation matter.Relation
	basis    string
	reason   string
}{
	copied:   {matter.SameLetter, "sent_competent", "Đối chiếu hai bản: cùng chữ viết, cùng ngày, chỉ khác nơi gửi."},
	reworded: {matter.SameMatter, "", "Cùng người gửi, cùng thửa đất và cùng yêu cầu, viết lại bằng lời khác."},
	joined:   {matter.SameMatter, "", "Cùng sự việc do hộ khác gửi, cùng địa điểm và văn bản bị phản đối."},
	followed: {matter.FollowUp, "", "Người gửi không đồng ý với kết quả đã nhận và gửi tiếp."},
}

// matters are what people decided of letters that belong together. One suggestion was refused; the latest wait.
func (w *world) matters(ctx context.Context, d Deps, tx *db.Tx) error {
	at := time.Time{}
	store := &matter.Store{Dossiers: d.Dossiers, Catalog: d.Catalog, Tree: func(context.Context) (*org.Tree, error) { return w.tree, nil }, Now: func() time.Time { return at }}
	ours := map[org.UnitID]bool{w.officeOf(officeCode + "UBND"): true, w.officeOf(otherOffice): true}
	elsewhere, refused := 0, false
	for _, l := range w.letters {
		b := l.text.before
		if b == nil || b.id == 0 || l.received.AddDays(30) > w.spec.Today || l.denounces != b.denounces {
			continue
		}
		if !ours[l.unit] {
			if elsewhere++; elsewhere > decided {
				continue
			}
		}
		say := relations[l.text.how]
		choice := matter.Decision{Letter: l.id, Toward: b.id, Relation: say.relation, Basis: say.basis, Reason: say.reason}
		if !refused && ours[l.unit] && l.text.how == joined {
			refused, choice.Relation, choice.Reason = true, matter.Refused, "Cùng thôn nhưng là hai con đường khác nhau."
		}
		at = officeDay(l.received.AddDays(4))
		if err := w.decide(ctx, tx, store, choice); err != nil {
			return fmt.Errorf("matter of letter %s: %w", l.key, err)
		}
	}
	return nil
}

func (w *world) decide(ctx context.Context, tx *db.Tx, store *matter.Store, d matter.Decision) error {
	for i, id := range []int64{d.Letter, d.Toward} {
		m, err := store.Of(ctx, tx, id)
		if err != nil {
			return err
		}
		if m != nil {
			d.Seen[i] = m.Root
		}
	}
	if d.Seen[0] != 0 && d.Seen[0] == d.Seen[1] {
		return nil
	}
	_, err := store.Decide(ctx, tx, "xulydon", d)
	return err
}

// officeDay is ten in the morning of a day, Vietnamese time.
func officeDay(d civil.Date) time.Time { return d.Time().Add(3 * time.Hour) }
