package web_test

import (
	"context"
	"fmt"
	"math/big"
	"testing"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dialogue"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/web"
)

// asked are the figures that an act feeds, as the pages ask for them.
func (r *recorder) asked(fo *ledger.Foreseen) ([]figure.Query, []figure.Added) {
	return web.PreviewQuestions(r.cat, r.tree, fo)
}

// The figures that are shown before an act are those that are computed after it, to the last digit: for every kind
// of the catalogue, recorded, amended and voided, one entry on top of the other.
func TestPreviewIsWhatComes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		r := newRecorder(t, d)
		moved, figures := 0, 0
		for n, k := range sortedKinds(r.cat.Latest()) {
			if d.Engine() == db.Postgres && n%6 != 0 {
				continue
			}
			for round := range 2 {
				draft := r.draftOf(k, n+round)
				fo, err := r.ledger.Foresee(ctx, d.Read(), draft)
				if err != nil {
					t.Fatalf("%s: %v", k.Code, err)
				}
				before := r.after(fo)
				p := r.write(func(tx *db.Tx) (ledger.Posted, error) { return r.ledger.Record(ctx, tx, "thu", draft) })
				moved += r.same(k.Code+" recorded", before)
				figures += len(before)

				a := r.amendmentOf(k, n+round+7)
				if fo, err = r.ledger.ForeseeAmend(ctx, d.Read(), p.ID, a); err != nil {
					t.Fatalf("%s: %v", k.Code, err)
				}
				before = r.after(fo)
				p = r.write(func(tx *db.Tx) (ledger.Posted, error) { return r.ledger.Amend(ctx, tx, "thu", p.ID, p.Version, a) })
				r.same(k.Code+" amended", before)
				if round == 0 {
					continue
				}
				if fo, err = r.ledger.ForeseeVoid(ctx, d.Read(), p.ID); err != nil {
					t.Fatalf("%s: %v", k.Code, err)
				}
				before = r.after(fo)
				r.write(func(tx *db.Tx) (ledger.Posted, error) {
					return r.ledger.Void(ctx, tx, "thu", p.ID, p.Version, "ghi thử")
				})
				r.same(k.Code+" voided", before)
			}
		}
		if moved < figures/2 || figures < 100 {
			t.Errorf("of %d figures %d moved: the test sees too little", figures, moved)
		}
		t.Logf("%d figures compared, %d of them moved by the first act", figures, moved)
	})
}

func (r *recorder) draftOf(k *catalog.Kind, n int) ledger.Draft {
	x := typed(k, n)
	d := ledger.Draft{Kind: k.Code, Unit: ledger.Ref(r.bodyFor(k)), Day: today, Fields: x.fields}
	for _, f := range k.Fields {
		if f.Type == catalog.UnitRef && f.Required {
			d.Fields[f.Code] = d.Unit
		}
	}
	if k.Joint {
		d.Partners = []string{"002.MTTQ"}
	}
	for _, u := range x.ups {
		r.keep(u)
	}
	return d
}

// amendmentOf changes numbers, choices and the day, and of every other kind takes back what need not be given.
func (r *recorder) amendmentOf(k *catalog.Kind, n int) ledger.Amendment {
	x := typed(k, n)
	a := ledger.Amendment{Set: x.fields, Day: civil.NewDate(2025, 12, 20), Reason: "đếm lại"}
	for _, f := range k.Fields {
		if old := r.cat.EditionOn(a.Day).Kind(k.Code); old == nil || old.Field(f.Code) == nil {
			a.Day = civil.NewDate(2026, 8, 20) // the edition of before does not ask for all of it
		}
	}
	for _, f := range k.Fields {
		if f.Type == catalog.DateT {
			x.fields[f.Code] = a.Day.String()
		}
		if n%2 == 0 && !f.Required && f.Type != catalog.DateT && len(k.Rules) == 0 {
			x.fields[f.Code] = nil
		}
	}
	if k.Code == dialogue.NoteKind { // a later day is later
		x.fields["old_due"] = a.Day.AddDays(-9).String()
	}
	for _, u := range x.ups {
		r.keep(u)
	}
	return a
}

func (r *recorder) keep(u upload) {
	r.t.Helper()
	err := r.db.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(context.Background(), `INSERT INTO file (hash, size, mime, at_ms) VALUES ($1, 1, 'x', 1) ON CONFLICT (hash) DO NOTHING`, fileHash(&catalog.Field{}, u.data))
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *recorder) write(act func(tx *db.Tx) (ledger.Posted, error)) (p ledger.Posted) {
	r.t.Helper()
	err := r.db.Write(context.Background(), func(tx *db.Tx) (err error) {
		p, err = act(tx)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (r *recorder) after(fo *ledger.Foreseen) []figure.Change {
	r.t.Helper()
	qs, added := r.asked(fo)
	changes, err := r.engine.After(context.Background(), qs, added)
	if err != nil {
		r.t.Fatal(err)
	}
	return changes
}

// same compares the figures foreseen with those that there are now, and says how many had moved.
func (r *recorder) same(what string, foreseen []figure.Change) (moved int) {
	r.t.Helper()
	for _, c := range foreseen {
		if c.Moves() {
			moved++
		}
		now, err := r.engine.Figure(context.Background(), c.Ask)
		if c.Unsure || err != nil {
			if err == nil {
				continue
			}
			if !c.Unsure {
				r.t.Errorf("%s, %s of %s: %v", what, c.Ind.Code, c.UnitName, err)
			}
			continue
		}
		if !equal(now.Val, c.After.Val) || !equal(now.Num, c.After.Num) || !equal(now.Den, c.After.Den) || now.Display != c.After.Display {
			r.t.Errorf("%s, %s of %s in %s: foreseen %s (%s/%s), now %s (%s/%s)", what, c.Ind.Code, c.UnitName, c.Ask.Period.From,
				text(c.After.Val), text(c.After.Num), text(c.After.Den), text(now.Val), text(now.Num), text(now.Den))
		}
	}
	return moved
}

func equal(a, b *big.Rat) bool { return a == nil && b == nil || a != nil && b != nil && a.Cmp(b) == 0 }

func text(r *big.Rat) string {
	if r == nil {
		return "nothing"
	}
	return r.RatString()
}

// On the demo, with its splits, mergers and ended districts, the preview of real work stays what comes.
func TestPreviewOnTheDemo(t *testing.T) {
	o := open(t)
	ctx := context.Background()
	tree, err := o.app.Org.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		unit string
		day  civil.Date
	}{{"060.UBND", 20190315}, {"01834.MTTQ", 20191120}, {"02143.UBND", 20250815}, {"06.BTV", 20250210}, {"19.MTTQ", 20261101}} {
		u, err := tree.Resolve(x.unit, org.OnDay(x.day), x.day)
		if err != nil {
			t.Errorf("%s: %v", x.unit, err)
			continue
		}
		draft := ledger.Draft{Kind: "outreach_session", Unit: ledger.Ref(u), Day: x.day, Fields: map[string]any{"topic": "Thử", "theme": "forest", "attendances": 45}}
		ed := o.app.Catalog.EditionOn(x.day)
		draft.Fields["theme"] = ed.Kind("outreach_session").Field("theme").Choices()[0].Code
		fo, err := o.app.Ledger.Foresee(ctx, o.app.DB.Read(), draft)
		if err != nil {
			t.Errorf("%s: %v", x.unit, err)
			continue
		}
		qs, added := web.PreviewQuestions(o.app.Catalog, tree, fo)
		changes, err := o.app.Figures.After(ctx, qs, added)
		if err != nil {
			t.Fatal(err)
		}
		if len(changes) < 3 {
			t.Errorf("%s: only %d figures", x.unit, len(changes))
		}
		for _, c := range changes {
			now, err := o.app.Figures.Figure(ctx, c.Ask)
			if err != nil || !equal(now.Val, c.Before.Val) {
				t.Errorf("%s: %s of %s before: %s, asked %v %v", x.unit, c.Ind.Code, c.UnitName, text(c.Before.Val), now, err)
			}
		}
		moved := fmt.Sprint(len(changes))
		t.Logf("%s: %s figures", x.unit, moved)
	}
}
