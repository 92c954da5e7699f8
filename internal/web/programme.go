package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/task"
)

func pathEscape(name string) string { return url.PathEscape(name) }

// programmeYear are the tasks of a coordination programme that are due in one year.
type programmeYear struct {
	Year  int
	Tally task.Tally
	Lines []taskLine
}

// childGroup are the other entries that carry a programme out, of one kind: reviews, results, joint activities.
type childGroup struct {
	Name  string
	Lines []childLine
}

type childLine struct {
	ledger.Head
	Href, Unit string
}

func (s *server) programmePage(w http.ResponseWriter, r *http.Request) error {
	return s.registerPage(w, r, catalog.Programmes)
}

// programmeYears are the tasks by the year of their day, the newest year first.
func (s *server) programmeYears(ctx context.Context, q db.Querier, tree *org.Tree, given []task.Task) ([]programmeYear, error) {
	lines, err := s.taskLines(ctx, q, tree, given)
	for i := range lines {
		lines[i].FromTitle = "" // this programme
	}
	if err != nil {
		return nil, err
	}
	var out []programmeYear
	for _, l := range lines {
		i := slices.IndexFunc(out, func(y programmeYear) bool { return y.Year == l.Due.Year() })
		if i < 0 {
			i = len(out)
			out = append(out, programmeYear{Year: l.Due.Year()})
		}
		out[i].Lines = append(out[i].Lines, l)
		out[i].Tally.Add(l.Task, s.Today())
	}
	slices.SortFunc(out, func(a, b programmeYear) int { return b.Year - a.Year })
	return out, nil
}

// childGroups are what carries a programme out besides its tasks, by kind.
func (s *server) childGroups(tree *org.Tree, top *task.Node) []childGroup {
	var out []childGroup
	for _, n := range slices.Backward(top.Children) {
		k := s.kindNear(n.Kind, n.Day)
		if k == nil || k.Register == catalog.Tasks {
			continue
		}
		i := slices.IndexFunc(out, func(g childGroup) bool { return g.Name == k.Name })
		if i < 0 {
			i = len(out)
			out = append(out, childGroup{Name: k.Name})
		}
		h := n.Head
		h.Title = s.headTitle(h)
		out[i].Lines = append(out[i].Lines, childLine{h, s.homeOf(h), tree.NameOn(h.Unit, h.Day)})
	}
	return out
}

func (s *server) programmeList(w http.ResponseWriter, r *http.Request) error {
	a, err := s.readDocumentAsk(r)
	if err != nil {
		return err
	}
	v, lines, err := s.documentsOf(r.Context(), a, catalog.Programmes)
	if err != nil {
		return err
	}
	v.paged(lines, documentsAtOnce, "chương trình")
	p := page{Title: "Chương trình phối hợp", Section: "chuong-trinh", Scope: v.Scope}
	return s.render(w, r, http.StatusOK, p, programmeListPage(v))
}

// term is from when to when a programme holds.
func (d document) term() string {
	from := d.Day
	if d.Effective != 0 {
		from = d.Effective
	}
	if d.Ended == 0 {
		return "từ " + from.Vi()
	}
	return from.Vi() + " – " + d.Ended.AddDays(-1).Vi()
}

// soonOver reports whether a programme ends within half a year: time to renew it.
func (l documentLine) soonOver(today civil.Date) bool {
	return l.Holds && l.Ended != 0 && l.Ended <= today.AddDays(180)
}
