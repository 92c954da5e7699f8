package works

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// AssignmentKind is the kind of the book of assignments.
const AssignmentKind = "assignment"

// Assignment is somebody in charge of an area, by the decision: his name and office as printed there, nothing else.
type Assignment struct {
	ledger.Head `json:"-"`

	Role   string `json:"role"`
	Holder struct {
		Name   string `json:"name"`
		Office string `json:"office"`
	} `json:"holder"`
	Office    string     `json:"office"`
	Village   string     `json:"village"`
	Area      string     `json:"area"` // reference of a unit
	Villages  int64      `json:"villages"`
	Number    string     `json:"number"`
	EndedOn   civil.Date `json:"ended_on"`
	EndReason string     `json:"end_reason"`
}

// Holds reports whether the assignment is in force on a day: the day on which it ends is its first day without.
func (a *Assignment) Holds(day civil.Date) bool {
	return a.Day <= day && (a.EndedOn == 0 || day < a.EndedOn)
}

// Orphaned reports whether the assignment holds on a day on which its body or its area stands no more: it has to be
// made anew.
func (a *Assignment) Orphaned(tree *org.Tree, day civil.Date) bool {
	if !a.Holds(day) {
		return false
	}
	if u := tree.Unit(a.Unit); u == nil || !u.Open(day) {
		return true
	}
	if a.Area == "" {
		return false
	}
	u, err := tree.Resolve(a.Area, org.AsThen(), a.Day)
	return err == nil && !u.Open(day)
}

// Place is what two assignments share where they are of the same post: body, role, area.
func (a *Assignment) Place() [4]string {
	return [4]string{fmt.Sprint(a.Unit), a.Role, a.Area, civil.Fold(a.Village)}
}

// Overlaps are the areas that more than one person holds in the same role at once: their assignments, area by area. An
// assignment without an area of its own overlaps with none.
func Overlaps(list []*Assignment, day civil.Date) [][]*Assignment {
	by := map[[4]string][]*Assignment{}
	var order [][4]string
	for _, a := range list {
		if !a.Holds(day) || a.Area == "" && a.Village == "" {
			continue
		}
		k := a.Place()
		if len(by[k]) == 0 {
			order = append(order, k)
		}
		by[k] = append(by[k], a)
	}
	var out [][]*Assignment
	for _, k := range order {
		if len(by[k]) > 1 {
			out = append(out, by[k])
		}
	}
	return out
}

// Assignments reads the assignments of bodies, newest first.
func (s *Shelf) Assignments(ctx context.Context, q db.Querier, f Filter) ([]*Assignment, error) {
	lines, err := s.lines(ctx, q, AssignmentKind, f)
	if err != nil {
		return nil, err
	}
	out := make([]*Assignment, 0, len(lines))
	for _, l := range lines {
		a := &Assignment{Head: l.Head}
		if err := into(l, a); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// AssignmentOf reads an assignment from its entry.
func AssignmentOf(e *ledger.Entry) (*Assignment, error) {
	a := &Assignment{Head: e.Head}
	return a, into(lineOf(e), a)
}

// PostCount is how many posts a body was given and has filled, as counted on a day. Counts alone, nothing of a person.
type PostCount struct {
	ledger.Head `json:"-"`

	Body     string `json:"body"`
	Level    string `json:"level"`
	Posts    int64  `json:"posts"`
	Filled   int64  `json:"filled"`
	Leaders  *int64 `json:"leaders"`
	Women    *int64 `json:"women"`
	PartTime *int64 `json:"part_time"`
}

// PostLine is a body's posts: the newest count of a period and those of the years before it, oldest first.
type PostLine struct {
	Now   PostCount
	Years []PostCount // the last of each year, Now's among them
}

// PostLines puts counts together by unit and body, up to a day.
func PostLines(list []PostCount, to civil.Date) []PostLine {
	type key struct {
		unit        org.UnitID
		body, level string
	}
	by := map[key]*PostLine{}
	var order []key
	slices.SortStableFunc(list, func(a, b PostCount) int { return cmp.Compare(a.Day, b.Day) })
	for _, c := range list {
		if c.Day > to {
			continue
		}
		k := key{c.Unit, c.Body, c.Level}
		if by[k] == nil {
			by[k] = &PostLine{}
			order = append(order, k)
		}
		l := by[k]
		if n := len(l.Years); n > 0 && l.Years[n-1].Day.Year() == c.Day.Year() {
			l.Years[n-1] = c
		} else {
			l.Years = append(l.Years, c)
		}
		l.Now = c
	}
	var out []PostLine
	for _, k := range order {
		out = append(out, *by[k])
	}
	return out
}

// StaffMove is how many persons an act on staff concerned: appointed, rotated, trained.
type StaffMove struct {
	ledger.Head `json:"-"`

	Movement      string `json:"movement"`
	Qualification string `json:"qualification"`
	Persons       int64  `json:"persons"`
}

// Staff reads the counts of posts of bodies, whenever made, and the acts on staff of the filter's days.
func (s *Shelf) Staff(ctx context.Context, q db.Querier, f Filter) (posts []PostCount, moves, training []StaffMove, err error) {
	all := f
	all.From, all.To = 0, 0
	lines, err := s.lines(ctx, q, "staff_count", all)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, l := range lines {
		c := PostCount{Head: l.Head}
		if err := into(l, &c); err != nil {
			return nil, nil, nil, err
		}
		posts = append(posts, c)
	}
	read := func(kind string) ([]StaffMove, error) {
		lines, err := s.lines(ctx, q, kind, f)
		var out []StaffMove
		for _, l := range lines {
			m := StaffMove{Head: l.Head}
			if err := into(l, &m); err != nil {
				return nil, err
			}
			out = append(out, m)
		}
		return out, err
	}
	if moves, err = read("staff_movement"); err != nil {
		return nil, nil, nil, err
	}
	training, err = read("staff_training")
	return posts, moves, training, err
}
