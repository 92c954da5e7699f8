package portal

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

func (p *portal) promiseRoutes() []route {
	return []route{
		{"GET /cam-ket", p.keep(p.promises, "xa", "tinh-trang", "trang")},
		{"GET /cam-ket/{id}", p.keep(p.promise, "xong")},
		{"GET /cam-ket/{id}/anh/{so}", p.promisePicture},
		{"GET /cam-ket/{id}/tra-loi", p.answerForm},
		{"POST /cam-ket/{id}/tra-loi", p.answerPromise},
	}
}

// shelf reads sessions and promises.
func (p *portal) shelf() *dialogue.Shelf {
	return &dialogue.Shelf{Ledger: p.Ledger, Catalog: p.Catalog, Engine: p.DB.Engine()}
}

// promiseCard is a promise as people read it in a list.
type promiseCard struct {
	*dialogue.Promise
	At    dialogue.PromiseState
	Late  int
	Where string // the commune as it was called on the day, and the village
	Owner string
	Now   place // the commune of today; empty above the communes
}

// promiseSummary are the three numbers of the portal's first page and the promises that press most, by today.
func (p *portal) promiseSummary(ctx context.Context, latest int) (dialogue.Summary, []promiseCard, error) {
	all, err := p.allPromises(ctx)
	if err != nil {
		return dialogue.Summary{}, nil, err
	}
	sum := dialogue.SummaryOf(all, p.Today())
	cards, err := p.promiseCards(ctx, pressing(all, p.Today(), latest))
	return sum, cards, err
}

// pressing are some promises of different states and, where it can be, of different places, so that one sees how promises
// go: late ones first, then those under way, confirmed, waiting.
func pressing(all []*dialogue.Promise, today civil.Date, n int) []*dialogue.Promise {
	var out []*dialogue.Promise
	shown := map[org.UnitID]bool{}
	for _, st := range []dialogue.PromiseState{dialogue.Overdue, dialogue.Doing, dialogue.Confirmed, dialogue.Waiting, dialogue.Disputed, dialogue.Soon, dialogue.Unanswered} {
		best := -1
		for i, x := range all {
			if x.StateOn(today) != st {
				continue
			}
			if best < 0 || shown[all[best].Place] && !shown[x.Place] || shown[all[best].Place] == shown[x.Place] && nearer(x, all[best]) {
				best = i
			}
		}
		if best >= 0 && len(out) < n {
			out, shown[all[best].Place] = append(out, all[best]), true
		}
	}
	return out
}

// nearer reports whether a promise says more to people than another: made for a village before made for a whole province,
// then the later one.
func nearer(a, b *dialogue.Promise) bool {
	if (a.Village != "") != (b.Village != "") {
		return a.Village != ""
	}
	return a.Day > b.Day
}

func (p *portal) allPromises(ctx context.Context) (all []*dialogue.Promise, err error) {
	err = p.DB.View(ctx, func(q db.Querier) error {
		all, err = p.shelf().Promises(ctx, q, ledger.Filter{}, p.Today())
		return err
	})
	return all, err
}

func (p *portal) promiseCards(ctx context.Context, list []*dialogue.Promise) ([]promiseCard, error) {
	tree, err := p.Tree(ctx)
	if err != nil {
		return nil, err
	}
	today := p.Today()
	out := make([]promiseCard, 0, len(list))
	for _, x := range list {
		c := promiseCard{Promise: x, At: x.StateOn(today), Late: x.DaysLate(today), Owner: ownerName(tree, x, today)}
		c.Where = cmpJoin(", ", x.Village, placeName(tree, x.Place, today))
		if id := nowOf(tree, x.Place, today); tree.SpanOn(id, today).Level == "commune" {
			c.Now = place{id, tree.Unit(id).Code, tree.NameOn(id, today)}
		}
		out = append(out, c)
	}
	return out, nil
}

// ownerName is who answers for a promise: the post, the body.
func ownerName(tree *org.Tree, x *dialogue.Promise, today civil.Date) string {
	name := placeName(tree, x.Unit, today)
	if x.OwnerUnit != "" {
		if u, err := tree.Resolve(x.OwnerUnit, org.AsThen(), x.Day); err == nil {
			name = placeName(tree, u.ID, today)
		}
	}
	return cmpJoin(", ", x.OwnerPost, name)
}

// placeName is a unit's name today, or as it was last called.
func placeName(tree *org.Tree, id org.UnitID, today civil.Date) string {
	u := tree.Unit(id)
	if u == nil {
		return ""
	}
	return tree.NameOn(id, max(u.Opened, min(today, u.Closed.AddDays(-1))))
}

// nowOf is the unit that a unit became, itself where it is still there.
func nowOf(tree *org.Tree, id org.UnitID, today civil.Date) org.UnitID {
	for range 8 {
		u := tree.Unit(id)
		next := tree.Successors(id)
		if u == nil || u.Open(today) || len(next) == 0 {
			return id
		}
		id = next[0].To
	}
	return id
}

// ended is 1 for a unit that is no more, else 0.
func ended(tree *org.Tree, id org.UnitID, today civil.Date) int {
	if u := tree.Unit(id); u != nil && u.Open(today) {
		return 0
	}
	return 1
}

// cmpJoin joins what is not empty.
func cmpJoin(by string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), by)
}

// promiseStates are the states in words, and the look of their chips.
func promiseState(ctx context.Context, c promiseCard) (name, look string) {
	switch c.At {
	case dialogue.Overdue:
		return fmt.Sprintf(say(ctx, "Quá hạn %d ngày", "%d days late"), c.Late), "late"
	case dialogue.Disputed:
		return say(ctx, "Thôn chưa đồng ý", "Disputed by the village"), "late"
	case dialogue.Soon:
		return say(ctx, "Sắp đến hạn", "Due soon"), "wait"
	case dialogue.Doing:
		return say(ctx, "Đang làm", "Under way"), "doing"
	case dialogue.Waiting:
		return say(ctx, "Báo xong, chờ thôn xác nhận", "Reported done, waiting for the village"), "wait"
	case dialogue.Unanswered:
		return say(ctx, "Báo xong, thôn chưa trả lời", "Reported done, not answered"), "plain"
	case dialogue.Confirmed:
		return say(ctx, "Thôn đã xác nhận xong", "Confirmed by the village"), "done"
	}
	return say(ctx, "Đã dừng, có lý do", "Dropped, with a reason"), "plain"
}

// promiseGroups are the states as one asks for them.
func promiseGroups(ctx context.Context) []option {
	return []option{{Name: say(ctx, "Mọi tình trạng", "Any state")},
		{Value: string(dialogue.Overdue), Name: say(ctx, "Quá hạn", "Late")},
		{Value: string(dialogue.Disputed), Name: say(ctx, "Thôn chưa đồng ý", "Disputed")},
		{Value: string(dialogue.Soon), Name: say(ctx, "Sắp đến hạn", "Due soon")},
		{Value: string(dialogue.Doing), Name: say(ctx, "Đang làm", "Under way")},
		{Value: string(dialogue.Waiting), Name: say(ctx, "Chờ thôn xác nhận", "Waiting for the village")},
		{Value: string(dialogue.Unanswered), Name: say(ctx, "Thôn chưa trả lời", "Not answered")},
		{Value: string(dialogue.Confirmed), Name: say(ctx, "Đã xác nhận xong", "Confirmed")},
		{Value: string(dialogue.Dropped), Name: say(ctx, "Đã dừng", "Dropped")}}
}

// promisesView is the page of promises.
type promisesView struct {
	form
	Commune  place
	Communes []place
	Sum      dialogue.Summary
	Cards    []promiseCard
	Recent   bool // what was done long ago is left out
	Pager    pager
}

const cardsPerPage = 20

func (p *portal) promises(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := &promisesView{form: form{Values: q}}
	var err error
	if v.Communes, err = p.communes(ctx); err != nil {
		return err
	}
	if code := q.Get("xa"); code != "" {
		if v.Commune, err = p.commune(ctx, code); err != nil {
			return err
		}
	}
	state := q.Get("tinh-trang")
	if state != "" && !slices.Contains(dialogue.PromiseStates, dialogue.PromiseState(state)) {
		return fault.New(fault.Invalid, "Không có tình trạng này. Hãy chọn trong danh sách.")
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	all, err := p.allPromises(ctx)
	if err != nil {
		return err
	}
	today := p.Today()
	all = slices.DeleteFunc(all, func(x *dialogue.Promise) bool {
		return v.Commune.ID != 0 && nowOf(tree, x.Place, today) != v.Commune.ID
	})
	v.Sum = dialogue.SummaryOf(all, today)
	v.Recent = state == ""
	all = slices.DeleteFunc(all, func(x *dialogue.Promise) bool {
		st := x.StateOn(today)
		long := !st.Open() && max(x.Done, x.Confirmed) < today.AddDays(-366)
		return state != "" && string(st) != state || v.Recent && (st == dialogue.Dropped || long)
	})
	// what bodies that are there promised stands first: the rest is history
	slices.SortStableFunc(all, func(a, b *dialogue.Promise) int {
		return cmp.Compare(ended(tree, a.Unit, today), ended(tree, b.Unit, today))
	})
	all, v.Pager = paged(r, "/cam-ket", all, cardsPerPage, "xa", "tinh-trang")
	if v.Cards, err = p.promiseCards(ctx, all); err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, page{Title: say(ctx, "Đã hứa với dân", "Promised to the people"), Section: "cam-ket"}, p.promisesPage(v))
}

func (v *promisesView) options(ctx context.Context) []option {
	out := []option{{Name: say(ctx, "Tất cả xã, phường", "All communes")}}
	for _, c := range v.Communes {
		out = append(out, option{Value: c.Code, Name: c.Name})
	}
	return out
}
