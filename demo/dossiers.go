package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"danvan/demo/letters"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// writtenFrom is the first day of letters whose texts and senders the demo has. Older ones lie in the archive on paper.
const writtenFrom civil.Date = 20250101

// tie is how a letter belongs to an earlier one.
type tie string

// The ties between letters, as a person would name them.
const (
	copied   tie = "copy"     // a photocopy of the same paper
	reworded tie = "reworded" // the same sender, in other words
	joined   tie = "joined"   // another sender of the same matter
	followed tie = "followed" // the same sender goes on after an answer
)

// written is what stands in a letter, and to which earlier one it belongs.
type written struct {
	letters.Letter
	matter *letters.Matter
	sender letters.Sender
	before *letter // an earlier letter of the same matter
	how    tie
}

// write gives every letter since writtenFrom its text and sender.
func (w *world) write() {
	r := w.dice("dossiers")
	for _, l := range w.letters {
		if l.received >= writtenFrom {
			w.writeOne(r, l)
		}
	}
}

func (w *world) writeOne(r *rand.Rand, l *letter) {
	to := w.tree.NameOn(l.unit, l.received)
	if b := l.text.before; b != nil && b.text.matter != nil {
		l.text.matter, l.text.sender = b.text.matter, b.text.sender
		switch l.text.how {
		case copied:
			l.text.Letter = b.text.matter.Copy(r, b.text.Letter, to)
			return
		case joined:
			l.text.sender = b.text.matter.Person(r)
		}
		l.text.Letter = l.text.matter.Write(r, l.text.sender, to, l.received)
		return
	}
	host := w.host(l.unit, l.received)
	place := w.placeIn(r, host, l.received)
	m := letters.Happen(r, or(map[string]string{"mixed": "complaint"}[l.class], l.class), l.field, l.received, letters.Place{Commune: place, Issuer: to})
	l.text.matter, l.text.sender = m, m.Person(r)
	l.text.sender.Joint = l.joint
	l.text.Letter = m.Write(r, l.text.sender, to, l.received)
}

// placeIn is a commune of the body's territory, as letters name it.
func (w *world) placeIn(r *rand.Rand, host org.UnitID, on civil.Date) string {
	list := w.under(host, on)
	if len(list) == 0 {
		list = w.communes(on)
	}
	return letters.Lower(w.tree.NameOn(list[r.IntN(len(list))], on))
}

// tie has letters belong to earlier ones of the same body and class, before their courses are told: what is not taken on
// because of it is a duplicate. In the offices of the demo's people it comes oftener.
func (w *world) tie(all []*letter) {
	r := w.dice("ties")
	ours := map[org.UnitID]bool{w.officeOf(officeCode + "UBND"): true, w.officeOf(otherOffice): true}
	recent := map[org.UnitID][]*letter{}
	for _, l := range all {
		if l.received < writtenFrom {
			continue
		}
		chance := .1
		if ours[l.unit] {
			chance = .25
		}
		switch {
		case l.first != nil:
			l.text.before, l.text.how, l.field = l.first, followed, l.first.field
		case r.Float64() < chance && l.class != "mixed" && l.class != "denunciation":
			w.tied(r, l, recent[l.unit])
		}
		at := append(recent[l.unit], l)
		recent[l.unit] = at[max(0, len(at)-12):]
	}
}

// tied finds the latest letter that this one may belong to.
func (w *world) tied(r *rand.Rand, l *letter, recent []*letter) {
	for _, b := range slices.Backward(recent) {
		if b.class != l.class || b.text.how == copied {
			continue
		}
		l.text.before, l.field = b, b.field
		l.text.how = []tie{reworded, joined, joined, followed}[r.IntN(4)]
		if l.accepted == 0 && !l.waiting {
			l.text.how = []tie{copied, copied, reworded}[r.IntN(3)]
		}
		return
	}
}

// content is what the dossier of a case keeps of a letter.
func (l *letter) content() dossier.Content {
	t := l.text
	c := dossier.Content{Summary: t.Summary, Text: t.Text, Request: t.Request, Respondent: t.Respondent, Place: t.matter.Facts.Village + ", " + t.matter.Facts.Commune, Denounces: l.denounces}
	if t.Parcel {
		c.Parcels = []string{fmt.Sprintf("thửa %d tờ %d", t.matter.Facts.Parcel, t.matter.Facts.Sheet)}
	}
	if t.Decision {
		c.Decisions = []string{t.matter.Facts.DecisionNumber()}
	}
	return c
}

// from is who sent a letter, nil of a denunciation and of one without a name.
func (l *letter) from() *dossier.Sender {
	if l.class == "denunciation" || l.denounces || l.eligible == "anonymous" {
		return nil
	}
	s := l.text.sender
	out := &dossier.Sender{Name: s.Name, Address: s.Address, Contact: s.Phone, Signers: 1}
	if l.received >= pausesFrom && l.channel == "reception" { // the law asks for it at the desk since then
		out.Document = s.Document
	}
	if l.joint {
		out.Signers, out.Stands = 5+len(s.Name)%9, "các hộ ký tên trong đơn"
	}
	return out
}

// keepDossiers puts what was written beside the entries, and the letters into the registers.
func (w *world) keepDossiers(ctx context.Context, d Deps, tx *db.Tx) error {
	ids, err := entriesByKey(ctx, tx)
	if err != nil {
		return err
	}
	if err := w.register(ctx, tx, ids); err != nil {
		return err
	}
	if d.Dossiers == nil {
		return nil
	}
	if err := w.keepVisits(ctx, d, tx, ids); err != nil {
		return fmt.Errorf("keep visits: %w", err)
	}
	w.write()
	var items []dossier.Item
	for _, l := range w.letters {
		if l.received < writtenFrom || l.text.matter == nil {
			continue
		}
		l.id = ids[l.key]
		items = append(items, dossier.Item{Entry: l.id, Content: l.content(), Sender: l.from(), Marked: l.class != "denunciation" && !l.denounces})
	}
	for done := 0; done < len(items); done += 500 {
		d.Progress("Lập hồ sơ đơn thư", done, len(items))
		if err := d.Dossiers.PutMany(ctx, tx, MetaKey, items[done:min(done+500, len(items))]); err != nil {
			return fmt.Errorf("keep dossiers: %w", err)
		}
	}
	d.Progress("Lập hồ sơ đơn thư", len(items), len(items))
	if err := w.matters(ctx, d, tx); err != nil {
		return err
	}
	return w.follows(ctx, d, tx)
}

// register enters the letters in the books of their bodies.
func (w *world) register(ctx context.Context, tx *db.Tx, ids map[string]int64) error {
	var entries []int64
	var lines []petition.Line
	for _, l := range w.letters {
		if l.code == "" {
			continue
		}
		entries = append(entries, ids[l.key])
		lines = append(lines, petition.Line{Unit: l.unit, Year: l.received.Year(), Number: l.number, Code: l.code})
	}
	if err := petition.EnterMany(ctx, tx, entries, lines); err != nil {
		return fmt.Errorf("enter letters in the registers: %w", err)
	}
	return nil
}

// entriesByKey are the numbers of the entries of letters.
func entriesByKey(ctx context.Context, q db.Querier) (map[string]int64, error) {
	rows, err := q.QueryContext(ctx, `SELECT key, id FROM entry WHERE kind IN ('petition_letter', 'petition_part', 'reception_visit')`)
	if err != nil {
		return nil, fmt.Errorf("read letters: %w", err)
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var key string
		var id int64
		if err := rows.Scan(&key, &id); err != nil {
			return nil, fmt.Errorf("read letter: %w", err)
		}
		out[key] = id
	}
	return out, rows.Err()
}
