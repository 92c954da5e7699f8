package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// heatView says how much was recorded in the period by each commune, grouped by what stands above it.
type heatView struct {
	Groups []heatGroup
	Cells  int
	Silent int // cells with nothing recorded
	Most   int64
	Noun   string // xã, phường, thị trấn; cơ quan, đơn vị

	ranks []int64 // the different numbers above none, in order
}

type heatGroup struct {
	Name   string
	Href   string
	Cells  []heatCell
	Total  int64
	Silent int
}

type heatCell struct {
	Ref, Name string
	N         int64
}

// level is the tone of a cell: z for nothing, a1 to a5 by where its number stands among the others.
func (v heatView) level(c heatCell) string {
	if c.N == 0 {
		return "z"
	}
	at, _ := slices.BinarySearch(v.ranks, c.N)
	return fmt.Sprintf("a%d", 1+5*at/len(v.ranks))
}

// counted is how many entries a body has of a kind in a state.
type counted struct {
	Unit  org.UnitID
	Kind  string
	State string
	N     int64
}

// counts are the counts of the page's period, the same for everybody.
func (s *server) counts(ctx context.Context, p civil.Period) ([]counted, error) {
	return keep(ctx, s, fmt.Sprint("counts", p.From, p.To), func(ctx context.Context) ([]counted, error) { return s.countEntries(ctx, p) })
}

// heat counts what each unit below the page's recorded. A unit that was merged counts for what it went into, as far as
// the boundaries of the period's end, or those asked for, go.
func (s *server) heat(ctx context.Context, sc *scope) (heatView, error) {
	day := sc.nameDay()
	var v heatView
	leaves := sc.leaves(day)
	if len(leaves) < 2 {
		return v, nil
	}
	v.Noun = "xã, phường, thị trấn"
	if sc.tree.Unit(leaves[0]).Form == org.Body {
		v.Noun = "cơ quan, đơn vị"
	}
	owner := map[org.UnitID]org.UnitID{}
	for _, leaf := range leaves {
		for _, share := range sc.tree.Reach(org.OnDay(day), leaf, org.ByAny, org.Filter{}) {
			if era, ok := sc.tree.Era(share.Era); ok {
				if _, taken := owner[era.Unit]; !taken {
					owner[era.Unit] = leaf
				}
			}
		}
	}
	all, err := s.counts(ctx, sc.Period)
	if err != nil {
		return v, err
	}
	sums := map[org.UnitID]int64{}
	for _, c := range all {
		if leaf, ok := owner[c.Unit]; ok {
			sums[leaf] += c.N
		}
	}
	for _, leaf := range leaves {
		v.add(sc, leaf, day, sums[leaf])
		if n := sums[leaf]; n > 0 {
			v.ranks = append(v.ranks, n)
		}
	}
	slices.Sort(v.ranks)
	v.ranks = slices.Compact(v.ranks)
	return v, nil
}

func (v *heatView) add(sc *scope, leaf org.UnitID, day civil.Date, n int64) {
	parent := sc.tree.SpanOn(leaf, day).Parent
	name := sc.tree.NameOn(parent, day)
	i := slices.IndexFunc(v.Groups, func(g heatGroup) bool { return g.Name == name })
	if i < 0 {
		g := heatGroup{Name: name}
		if parent != 0 {
			g.Href = sc.Action + sc.query("don-vi", unitRef(sc.tree, sc.tree.Unit(parent), day))
		}
		v.Groups = append(v.Groups, g)
		i = len(v.Groups) - 1
	}
	g := &v.Groups[i]
	g.Cells = append(g.Cells, heatCell{Ref: unitRef(sc.tree, sc.tree.Unit(leaf), day), Name: sc.tree.NameOn(leaf, day), N: n})
	g.Total += n
	v.Cells++
	v.Most = max(v.Most, n)
	if n == 0 {
		g.Silent++
		v.Silent++
	}
}

// leaves are the communes below the page's unit; in a commune, its bodies.
func (sc *scope) leaves(day civil.Date) []org.UnitID {
	var out []org.UnitID
	var walk func(id org.UnitID)
	walk = func(id org.UnitID) {
		below := sc.tree.Children(id, day, org.Territory)
		if len(below) == 0 && id != sc.Unit.ID {
			out = append(out, id)
		}
		for _, c := range below {
			walk(c)
		}
	}
	walk(sc.Unit.ID)
	if len(out) == 0 && sc.Unit.Form == org.Territory {
		return sc.tree.Children(sc.Unit.ID, day, org.Body)
	}
	return out
}

// subtree are the units whose work the page's unit answers for, on its boundaries.
func (sc *scope) subtree() map[org.UnitID]bool {
	out := map[org.UnitID]bool{sc.Unit.ID: true}
	for _, share := range sc.tree.Reach(sc.Basis, sc.Unit.ID, org.ByAny, org.Filter{}) {
		if era, ok := sc.tree.Era(share.Era); ok {
			out[era.Unit] = true
		}
	}
	return out
}

// entryRow is an entry as the first page lists it.
type entryRow struct {
	ID    int64
	Unit  org.UnitID
	Kind  string
	State string
	Title string
	Where string
	Day   civil.Date
}

// waitingView is what was recorded and not confirmed yet.
type waitingView struct {
	Total int64
	Rows  []entryRow
}

// waiting are the entries of the period that are recorded but not confirmed.
func (s *server) waiting(ctx context.Context, sc *scope, who *access.Viewer) (waitingView, error) {
	var v waitingView
	type found struct {
		total int64
		rows  []entryRow
	}
	f, err := keep(ctx, s, "waiting"+sc.query(), func(ctx context.Context) (found, error) {
		under := sc.subtree()
		all, err := s.counts(ctx, sc.Period)
		if err != nil {
			return found{}, err
		}
		var f found
		for _, c := range all {
			if c.State == "recorded" && under[c.Unit] {
				f.total += c.N
			}
		}
		if f.total > 0 {
			f.rows, err = s.newestWaiting(ctx, sc, under)
		}
		return f, err
	})
	if err != nil {
		return v, err
	}
	v.Total = f.total
	for _, row := range f.rows {
		v.Rows = append(v.Rows, s.dressed(row, who, sc))
	}
	return v, nil
}

// listedRows is how many entries a card of the first page lists.
const listedRows = 6

func (s *server) newestWaiting(ctx context.Context, sc *scope, under map[org.UnitID]bool) ([]entryRow, error) {
	ids, err := s.waitingIDs(ctx, sc.Period, under)
	if err != nil {
		return nil, err
	}
	return s.entryRows(ctx, ids)
}

// entryRows reads a few entries, in the order asked for.
func (s *server) entryRows(ctx context.Context, ids []int64) ([]entryRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	marks := make([]string, len(ids))
	args := make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
	}
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT id, unit, kind, state, title, day FROM entry WHERE id IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	defer rows.Close()
	var out []entryRow
	for rows.Next() {
		var e entryRow
		if err := rows.Scan(&e.ID, &e.Unit, &e.Kind, &e.State, &e.Title, &e.Day); err != nil {
			return nil, fmt.Errorf("read entries: %w", err)
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b entryRow) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return out, rows.Err()
}

// dressed gives an entry its words, as far as the viewer may read them.
func (s *server) dressed(e entryRow, who *access.Viewer, sc *scope) entryRow {
	k := s.Catalog.EditionOn(e.Day).Kind(e.Kind)
	if guarded(k) && !who.May(access.ReadLetters, e.Unit) {
		e.Title = shownTitle(k, e.Title)
	} else if k != nil {
		e.Title = or(e.Title, k.Name)
	}
	e.Where = sc.tree.NameOn(e.Unit, e.Day)
	return e
}

// lastAct is an act on an entry.
type lastAct struct {
	entryRow
	Act string
	By  string
	At  time.Time
}

var actNames = map[string]string{"record": "Ghi nhận", "amend": "Sửa", "confirm": "Xác nhận", "void": "Hủy"}

// recent are the last acts on entries of the unit and what is below it.
func (s *server) recent(ctx context.Context, sc *scope, who *access.Viewer) ([]lastAct, error) {
	rows, err := keep(ctx, s, fmt.Sprint("recent", sc.Unit.ID, sc.Basis), func(ctx context.Context) ([]lastAct, error) {
		return s.readRecent(ctx, sc.subtree())
	})
	if err != nil {
		return nil, err
	}
	out := make([]lastAct, 0, len(rows))
	for _, a := range rows {
		a.entryRow = s.dressed(a.entryRow, who, sc)
		out = append(out, a)
	}
	return out, nil
}

func (s *server) readRecent(ctx context.Context, under map[org.UnitID]bool) ([]lastAct, error) {
	ids, err := s.lastActedOn(ctx, under)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	heads, err := s.entryRows(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []lastAct
	for _, h := range heads {
		a := lastAct{entryRow: h}
		var ms int64
		err := s.DB.Read().QueryRowContext(ctx, `SELECT act, actor, at_ms FROM entry_version WHERE entry = $1 ORDER BY version DESC LIMIT 1`, h.ID).Scan(&a.Act, &a.By, &ms)
		if err != nil {
			return nil, fmt.Errorf("read last act on entry %d: %w", h.ID, err)
		}
		a.At = time.UnixMilli(ms)
		out = append(out, a)
	}
	return out, nil
}
