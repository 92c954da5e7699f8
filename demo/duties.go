package demo

import (
	"context"
	"math/rand/v2"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/duty"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// lively are the duties of every month and quarter that all bodies of the province of today do in the last months, so
// that its calendar and its grid show what an office sees: most in time, some late, some not at all.
var lively = map[string]bool{
	"situation.monthly_2025": true, "feedback.monthly": true, "one_stop.monthly": true, "one_stop.centre_monthly": true,
	"reception.commune_two_days": true, "reception.party_head": true, "reception.province_monthly": true, "reception.department_monthly": true,
	"publication.budget": true, "portal.monthly": true,
}

// livelyDays is how far back they reach.
const livelyDays = 100

// duties are the entries by which bodies do them.
func (w *world) duties() ([]ledger.Draft, error) {
	today := w.spec.Today
	since := today.AddDays(-livelyDays)
	out := w.dutiesDone(w.dice("duties"), since, today, func(d *catalog.Duty) bool { return lively[d.Code] })
	// Reception is looked at month by month: all of the year is told.
	early := w.dutiesDone(w.dice("reception of the year"), civil.NewDate(today.Year(), 1, 1), since.AddDays(-1), func(d *catalog.Duty) bool { return d.Act == "reception" })
	return append(out, early...), nil
}

// dutiesDone are what bodies recorded for the turns that ended within some days.
func (w *world) dutiesDone(r *rand.Rand, from, to civil.Date, keep func(*catalog.Duty) bool) []ledger.Draft {
	var out []ledger.Draft
	for _, ed := range w.cat.Editions() {
		for _, d := range ed.Duties {
			kind := ed.Kind(d.Kind)
			if kind == nil || !keep(d) {
				continue
			}
			for _, t := range ed.Turns(d, from, to) {
				for _, class := range d.By {
					for _, id := range w.tree.Existing(t.Period.To, 0, org.Filter{Classes: []string{class}, Forms: []string{org.Body}}) {
						out = append(out, w.dutyDone(r, kind, d, t, id)...)
					}
				}
			}
		}
	}
	return out
}

// deskOnly are the fields of a session that only the desk's own pages fill in.
var deskOnly = []string{"counted", "closed_on", "from_hour", "to_hour", "room", "late_reasons"}

// dutyDone is what one body recorded for a turn: nothing, too little, or enough.
func (w *world) dutyDone(r *rand.Rand, kind *catalog.Kind, d *catalog.Duty, t catalog.Turn, id org.UnitID) []ledger.Draft {
	care := .95 - .12*float64(id%5) // some offices are behind with everything
	if d.Every == "week" {          // a missed week is rarer than a missed month
		care = .99 - .02*float64(id%5)
	}
	if u := w.tree.Unit(id); u.NoData || !u.Open(t.Period.From) || r.Float64() > care {
		return nil
	}
	var out []ledger.Draft
	for range max(1, d.AtLeast) {
		day := w.workday(t.Period.From.AddDays(r.IntN(max(1, t.Period.From.DaysUntil(t.Period.To)-1))))
		if d.Due != nil && r.Float64() < .15 {
			day = w.workday(t.Due.AddDays(1 + r.IntN(6)))
		}
		if day > w.spec.Today || !w.open(id, day) {
			continue
		}
		st := &stream{Skip: slices.Concat([]string{"forwarded", "pending"}, deskOnly, disclosureOnly)}
		if d.Only != nil {
			st.Set = map[string]any{d.Only.Field: d.Only.In[0]}
			if d.Only.Field == "host" && r.Float64() < .08 { // held by the deputy: it may not count
				st.Set["host"] = "deputy_head"
			}
		}
		draft := ledger.Draft{Key: w.key(kind.Code), Kind: kind.Code, Unit: w.ref(id), Day: day, Confirmed: w.confirmed(day, r)}
		draft.Fields = w.fill(kind, st, slot{unit: id, day: day}, r)
		w.obey(kind, &draft, st, r)
		out = append(out, draft)
	}
	return out
}

// nilReasons are what offices write when there was nothing to do.
var nilReasons = []string{
	"Trong kỳ không nhận được phản hồi nào của người dân.",
	"Trong kỳ không phát sinh hồ sơ; bộ phận trực vẫn mở cửa đủ ngày.",
	"Trong kỳ không có việc mới so với kỳ trước.",
}

// stateNils lets some of the bodies that are late state that there was nothing to do.
func (w *world) stateNils(ctx context.Context, d Deps, tx *db.Tx) error {
	today, r := w.spec.Today, w.dice("nil returns")
	book := &duty.Book{Catalog: d.Catalog, Tree: func(context.Context) (*org.Tree, error) { return w.tree, nil }}
	takes := map[string]bool{"feedback.monthly": true, "one_stop.centre_monthly": true, "situation.monthly_2025": true}
	list, err := book.Owed(ctx, tx, duty.Ask{From: today.AddDays(-livelyDays), To: today, Today: today, Keep: func(x *catalog.Duty) bool { return takes[x.Code] }})
	if err != nil {
		return err
	}
	for i := range list {
		o := &list[i]
		if !o.TakesNil(today) || r.Float64() > nilShare {
			continue
		}
		if _, err := book.StateNil(ctx, tx, "demo", o.Key(), today, nilReasons[r.IntN(len(nilReasons))]); err != nil && fault.KindOf(err) != fault.Conflict {
			return err
		}
	}
	return nil
}

// nilShare is the part of what is late that turns out to be nothing.
const nilShare = .3
