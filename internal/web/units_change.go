package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// changeView is one act on units: what it was before, what after, and what followed.
type changeView struct {
	org.Entered
	Title     string
	Before    []sideUnit
	After     []sideUnit
	Picture   string
	MapBefore *unitMap
	MapAfter  *unitMap
	Same      []actLine // the other acts of the day
	SameMore  int
	Bodies    []bodyMove
	Decisions []org.Decision
	At, Undid string
	Since     org.Hanging // entries of the unit that the act made
	Kept      []keptTotal
	MaySee    bool // figures with their values
	MayUndo   bool
	Notice    string
}

// sideUnit is a unit before or after an act.
type sideUnit struct {
	unitLink
	Code, Type, Parent string
	Share              string
}

// bodyMove is a body that ended with its host, and what came in its place.
type bodyMove struct {
	unitLink
	To []unitLink
}

// keptTotal is a figure on the boundaries of three moments: a change of units moves no total.
type keptTotal struct {
	Code, Name  string
	Then        string
	Before, Now string
	Same        bool
}

func readChangeID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, fault.New(fault.NotFound, "Số của việc sắp xếp chỉ gồm chữ số. Hãy mở từ trang của đơn vị.")
	}
	return id, nil
}

func (s *server) changePage(w http.ResponseWriter, r *http.Request) error {
	id, err := readChangeID(r)
	if err != nil {
		return err
	}
	v, err := s.changeView(r.Context(), id)
	if err != nil {
		return err
	}
	v.Notice = r.URL.Query().Get("xong")
	p := page{Title: upperFirst(v.Title), Section: "don-vi"}
	return s.render(w, r, http.StatusOK, p, unitChangePage(v))
}

func (s *server) changeView(ctx context.Context, id int64) (v changeView, err error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return v, err
	}
	who := viewer(ctx)
	err = s.DB.View(ctx, func(q db.Querier) error {
		if v.Entered, err = org.ReadEntered(ctx, q, id); err != nil {
			return err
		}
		if v.Decisions, err = org.DecisionsOf(ctx, q, id); err != nil {
			return err
		}
		if to := tree.On(v.Code, v.Day); to != nil && v.UndoneMS == 0 && to.Opened == v.Day {
			v.Since, err = entriesSince(ctx, q, to.ID, v.Day)
		}
		return err
	})
	if err != nil {
		return v, err
	}
	v.describe(s, tree)
	v.At = momentVi(v.AtMS)
	if v.UndoneMS != 0 {
		v.Undid = momentVi(v.UndoneMS)
	}
	v.MayUndo = v.UndoneMS == 0 && mayChange(who, tree, s.Today(), []org.Change{v.Change})
	if v.MapBefore, v.MapAfter, err = s.changeMaps(tree, v.Change); err != nil {
		return v, err
	}
	return v, v.keepTotals(ctx, s, tree)
}

// entriesSince counts the entries of a unit from a day on.
func entriesSince(ctx context.Context, q db.Querier, unit org.UnitID, day civil.Date) (h org.Hanging, err error) {
	err = q.QueryRowContext(ctx, `SELECT count(*), coalesce(min(day), 0), coalesce(max(day), 0) FROM entry WHERE unit = $1 AND day >= $2 AND state <> 'void'`,
		int64(unit), int64(day)).Scan(&h.Count, &h.First, &h.Last)
	return h, err
}

// momentVi is a moment as it is read in Vietnam.
func momentVi(ms int64) string {
	return time.UnixMilli(ms).In(vietnamTime).Format("15:04 02/01/2006")
}

var vietnamTime = time.FixedZone("Việt Nam", 7*3600)

// mayChange reports whether the viewer may carry acts out, or take them back: he has the right over the unit that
// stands above all they touch, or over every province.
func mayChange(v *access.Viewer, tree *org.Tree, today civil.Date, acts []org.Change) bool {
	if unit := org.Subject(tree, acts, today); unit != 0 {
		return v.May(access.ChangeUnits, unit)
	}
	return v.May(access.ChangeUnits, 0) && !slices.ContainsFunc(tree.Roots(today), func(id org.UnitID) bool { return !v.May(access.ChangeUnits, id) })
}

// onChange is the unit that stands above all that the act of the path is about.
func onChange(s *server, r *http.Request) (org.UnitID, error) {
	id, err := readChangeID(r)
	if err != nil {
		return 0, err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return 0, err
	}
	e, err := org.ReadEntered(r.Context(), s.DB.Read(), id)
	if err != nil {
		return 0, err
	}
	return org.Subject(tree, []org.Change{e.Change}, s.Today()), nil
}

func (v *changeView) describe(s *server, tree *org.Tree) {
	eve := v.Day.AddDays(-1)
	set := actSet(tree, v.Change, v.UndoneMS != 0)
	seen := map[string]bool{}
	for _, c := range set {
		for _, src := range c.Sources {
			if !seen[src.Code] {
				seen[src.Code] = true
				v.Before = append(v.Before, s.side(tree, src.Code, eve, src.Code))
			}
		}
		if c.Kind == org.Abolish {
			continue
		}
		to := s.side(tree, c.Code, v.Day, or(c.Name, c.Code))
		if c.Kind == org.Split {
			to.Share = shareText(c.Sources[0].Parts)
		}
		v.After = append(v.After, to)
	}
	v.Picture = flowPicture(flowsOfActs(v.Before, v.After, set))
	v.Title = changeName(v.Kind) + " " + v.about(tree)
	for _, c := range tree.Changes() {
		if c.Day != v.Day || c.ID == v.ID {
			continue
		}
		if len(v.Same) == 24 {
			v.SameMore++
			continue
		}
		v.Same = append(v.Same, actLine{c, actTarget(tree, c)})
	}
	if v.UndoneMS == 0 {
		v.bodyMoves(tree)
	}
}

// about names what the act is about.
func (v *changeView) about(tree *org.Tree) string {
	names := sideNames(v.Before)
	switch v.Kind {
	case org.Merge:
		return names + " thành " + sideNames(v.After)
	case org.Split:
		return names + " cho " + sideNames(v.After)
	case org.Rename, org.Upgrade:
		if len(v.Before) > 0 && len(v.After) > 0 && v.Before[0].Name != v.After[0].Name {
			return names + " thành " + v.After[0].Name
		}
	case org.Open:
		return sideNames(v.After)
	}
	return names
}

func sideNames(list []sideUnit) string {
	var out []string
	for i, u := range list {
		if i == 3 && len(list) > 4 {
			out = append(out, fmt.Sprintf("%d đơn vị khác", len(list)-i))
			break
		}
		out = append(out, u.Name)
	}
	return strings.Join(out, ", ")
}

// actSet is the act with those that belong to it: all receivers of one split.
func actSet(tree *org.Tree, c org.Change, undone bool) []org.Change {
	if c.Kind != org.Split || undone {
		return []org.Change{c}
	}
	var out []org.Change
	for _, x := range tree.Changes() {
		if x.Kind == org.Split && x.Day == c.Day && x.Sources[0].Code == c.Sources[0].Code {
			out = append(out, x)
		}
	}
	return out
}

// side is a unit of the code on a day; where the tree has none, by the words of the act.
func (s *server) side(tree *org.Tree, code string, day civil.Date, name string) sideUnit {
	u := tree.On(code, day)
	if u == nil {
		return sideUnit{unitLink: unitLink{Name: name}, Code: code}
	}
	span := u.SpanOn(day)
	out := sideUnit{unitLink: unitLink{unitAt(code, day), span.Name}, Code: code, Type: s.typeName(u, span)}
	if span.Parent != 0 {
		out.Parent = tree.NameOn(span.Parent, day)
	}
	return out
}

func (v *changeView) bodyMoves(tree *org.Tree) {
	eve := v.Day.AddDays(-1)
	for _, src := range v.Sources {
		host := tree.On(src.Code, eve)
		if host == nil || host.Closed != v.Day {
			continue
		}
		for _, id := range tree.Children(host.ID, eve, org.Body) {
			b := tree.Unit(id)
			move := bodyMove{unitLink: unitLink{unitAt(b.Code, eve), tree.NameOn(id, eve)}}
			for _, f := range tree.Successors(id) {
				move.To = append(move.To, unitLink{unitAt(tree.Unit(f.To).Code, f.Day), tree.NameOn(f.To, f.Day)})
			}
			v.Bodies = append(v.Bodies, move)
		}
	}
}

// changeMaps draw the units before and after, where boundaries of the day are at hand.
func (s *server) changeMaps(tree *org.Tree, c org.Change) (before, after *unitMap, err error) {
	eve := c.Day.AddDays(-1)
	was, is := map[org.UnitID]int{}, map[org.UnitID]int{}
	for i, src := range c.Sources {
		if u := tree.On(src.Code, eve); u != nil && u.Form == org.Territory {
			was[u.ID] = 2 + i%4
		}
	}
	if u := tree.On(c.Code, c.Day); u != nil && u.Form == org.Territory {
		is[u.ID] = 5
	}
	if len(was) > 0 {
		if before, err = s.mapOf(tree, eve, was, "các đơn vị trước khi sắp xếp"); err != nil {
			return nil, nil, err
		}
	}
	if len(is) > 0 {
		after, err = s.mapOf(tree, c.Day, is, actTarget(tree, c))
	}
	return before, after, err
}
