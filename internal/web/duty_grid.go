package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/duty"
	"danvan/internal/org"
)

// dutyGrid is the superior's view: a row for each body, a column for each turn of a duty, or, over all duties, for each
// month in which something is due.
type dutyGrid struct {
	Scope   *scope
	Today   civil.Date
	Filter  dutyFilter
	Duty    *catalog.Duty // nil: all duties, by month
	Choices []option      // duties to choose from
	Order   string        // "muon": the most late first
	Columns []dueTurn
	Groups  []dueGroup // bodies by the territory that they are of
	Total   map[duty.State]int
	Bodies  int
	Hidden  int // bodies that are not shown
	Page    int
	Ended   bool
}

// dueTurn is a column.
type dueTurn struct {
	Name   string // short
	Full   string
	Due    civil.Date // of the turn; the month's last day
	Counts map[duty.State]int
	key    civil.Date
}

type dueGroup struct {
	Name string
	Rows []dueRow
	late int
}

// dueRow is a body with its cells, one for each column.
type dueRow struct {
	Body   string
	Ref    string
	Cells  []dueCell
	Counts map[duty.State]int
	unit   org.UnitID
	host   org.UnitID
}

// dueCell is what a body owes in a column: one obligation, or several as counts.
type dueCell struct {
	List   []*duty.Obligation
	Says   string
	Full   string // the same in full, for the reader of one cell
	Class  string
	Href   string
	Counts map[duty.State]int
}

// gridBodies is how many bodies one page of the grid shows, gridTurns how many columns.
const (
	gridBodies  = 120
	gridTurns   = 16
	lateOrder   = "muon"
	pageOfList  = "trang"
	dutyOfTheIt = "nhiem-vu"
)

func (s *server) dutyGridPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.readGrid(r)
	if err != nil {
		return err
	}
	v.cut(atoi(r.URL.Query().Get(pageOfList)))
	return s.render(w, r, http.StatusOK, page{Title: "Lưới việc định kỳ", Section: "dinh-ky", Scope: v.Scope}, dutyGridTable(v))
}

// readGrid answers the question in the address: every body, every column.
func (s *server) readGrid(r *http.Request) (*dutyGrid, error) {
	sc, err := s.dutyScope(r, yearOf)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	v := &dutyGrid{Scope: sc, Today: s.Today(), Filter: readDutyFilter(q), Order: q.Get("xep"), Total: map[duty.State]int{}}
	v.Ended = !sc.Unit.Open(min(v.Today, sc.Period.To))
	ed := s.Catalog.EditionOn(min(sc.Period.To, v.Today))
	if code := q.Get(dutyOfTheIt); code != "" {
		v.Duty = s.dutyByCode(code, ed)
	}
	v.Choices = dutyChoices(ed)
	list, err := s.owed(r, duty.Ask{Under: sc.Unit.ID, From: sc.Period.From, To: sc.Period.To, Today: v.Today,
		Keep: func(d *catalog.Duty) bool { return v.Filter.keeps(d) && (v.Duty == nil || v.Duty.Code == d.Code) }})
	if err != nil {
		return nil, err
	}
	v.fill(s, list)
	return v, nil
}

// dutyByCode is the duty in an edition, or in the newest that has it.
func (s *server) dutyByCode(code string, ed *catalog.Edition) *catalog.Duty {
	if d := ed.Duty(code); d != nil {
		return d
	}
	for _, e := range slices.Backward(s.Catalog.Editions()) {
		if d := e.Duty(code); d != nil {
			return d
		}
	}
	return nil
}

func dutyChoices(ed *catalog.Edition) []option {
	out := []option{{"", "Mọi việc, theo tháng đến hạn", ""}}
	for _, d := range ed.Duties {
		out = append(out, option{d.Code, d.Name, ""})
	}
	slices.SortStableFunc(out[1:], func(a, b option) int { return strings.Compare(civil.Fold(a.Name), civil.Fold(b.Name)) })
	return out
}

// column is where an obligation stands: its turn, or the month of its due day.
func (v *dutyGrid) column(o *duty.Obligation) dueTurn {
	if v.Duty == nil || o.Event != nil {
		m := monthOf(o.Turn.Due)
		return dueTurn{Name: "Tháng " + civil.FormatInt(int64(m.From.Month())), Full: m.Name, Due: m.To, key: m.From}
	}
	return dueTurn{Name: turnShort(o.Turn.Period), Full: o.Turn.Period.Name, Due: o.Turn.Due, key: o.Turn.Period.To}
}

// turnShort is a period's name where there is little room.
func turnShort(p civil.Period) string {
	name := upperFirst(p.Name)
	for _, cut := range []string{" năm " + p.To.String()[:4], "12 tháng "} {
		name = strings.Replace(name, cut, "", 1)
	}
	return upperFirst(name)
}

// fill lays the obligations out.
func (v *dutyGrid) fill(s *server, list []duty.Obligation) {
	tree := v.Scope.tree
	columns, rows := map[civil.Date]*dueTurn{}, map[org.UnitID]*dueRow{}
	cells := map[org.UnitID]map[civil.Date][]*duty.Obligation{}
	for i := range list {
		o := &list[i]
		if !v.Filter.shows(o) {
			continue
		}
		c := v.column(o)
		if columns[c.key] == nil {
			c.Counts = map[duty.State]int{}
			columns[c.key] = &c
		}
		if rows[o.Unit] == nil {
			rows[o.Unit] = v.row(tree, o)
			cells[o.Unit] = map[civil.Date][]*duty.Obligation{}
		}
		cells[o.Unit][c.key] = append(cells[o.Unit][c.key], o)
		columns[c.key].Counts[o.State]++
		rows[o.Unit].Counts[o.State]++
		v.Total[o.State]++
	}
	for _, c := range columns {
		v.Columns = append(v.Columns, *c)
	}
	slices.SortFunc(v.Columns, func(a, b dueTurn) int { return int(a.key - b.key) })
	for id, row := range rows {
		for _, c := range v.Columns {
			row.Cells = append(row.Cells, v.cell(s, row, c, cells[id][c.key]))
		}
	}
	v.group(tree, rows)
}

func (v *dutyGrid) row(tree *org.Tree, o *duty.Obligation) *dueRow {
	day := o.Turn.Period.To
	u := tree.Unit(o.Unit)
	return &dueRow{Body: tree.NameOn(o.Unit, day), Ref: unitRef(tree, u, day), Counts: map[duty.State]int{}, unit: o.Unit, host: tree.SpanOn(o.Unit, day).Parent}
}

// cell says in a word or in counts how a body stands in a column, and leads to the work or the form.
func (v *dutyGrid) cell(s *server, row *dueRow, c dueTurn, list []*duty.Obligation) dueCell {
	x := dueCell{List: list, Counts: map[duty.State]int{}}
	if len(list) == 0 {
		return x
	}
	worst := list[0]
	for _, o := range list {
		x.Counts[o.State]++
		if slices.Index(duty.States, o.State) < slices.Index(duty.States, worst.State) {
			worst = o
		}
	}
	x.Class = string(worst.State)
	if x.Says = gridSays(worst); len(list) > 1 {
		x.Says = gridCounts(x.Counts)
	}
	x.Full = row.Body + ", " + c.Full + ": " + stateCounts(x.Counts)
	x.Href = "/dinh-ky?" + v.cellQuery(row, c).Encode()
	if len(list) == 1 && len(worst.Met) > 0 && worst.Met[0].Entry != 0 {
		x.Href = string(entryURL(worst.Met[0].Entry))
	}
	if len(list) == 1 && worst.Filing != nil && s.has("GET /ky-bao-cao/{id}") {
		x.Href = "/ky-bao-cao/" + itoa(worst.Filing.ID)
	}
	return x
}

// cellQuery is the calendar of one body for what stands in a cell.
func (v *dutyGrid) cellQuery(row *dueRow, c dueTurn) url.Values {
	q := url.Values{"don-vi": {row.Ref}, "ky": {monthOf(c.Due).Code}}
	f := v.Filter.values()
	for i := 0; i+1 < len(f); i += 2 {
		if f[i+1] != "" {
			q.Set(f[i], f[i+1])
		}
	}
	return q
}

// gridSays is the state of one obligation where there is little room.
func gridSays(o *duty.Obligation) string {
	switch o.State {
	case duty.Late:
		return "quá " + civil.FormatInt(int64(-o.Left))
	case duty.Today:
		return "hôm nay"
	case duty.Soon, duty.Later:
		return "còn " + civil.FormatInt(int64(o.Left))
	case duty.Done:
		return "xong"
	case duty.DoneLate:
		return "muộn " + civil.FormatInt(int64(o.Turn.Due.DaysUntil(o.DoneOn)))
	case duty.Nil:
		return "không PS"
	}
	return "hết việc"
}

// gridCounts tells how many of a cell's obligations are done, and how many are late.
func gridCounts(c map[duty.State]int) string {
	all := 0
	for _, n := range c {
		all += n
	}
	done := c[duty.Done] + c[duty.DoneLate] + c[duty.Nil] + c[duty.Exempt]
	text := civil.FormatInt(int64(done)) + "/" + civil.FormatInt(int64(all)) + " xong"
	if n := c[duty.Late]; n > 0 {
		text += ", " + civil.FormatInt(int64(n)) + " quá"
	}
	return text
}

// group puts the bodies under their territories, by name or with the most late first.
func (v *dutyGrid) group(tree *org.Tree, rows map[org.UnitID]*dueRow) {
	at := map[org.UnitID]*dueGroup{}
	for _, row := range rows {
		g := at[row.host]
		if g == nil {
			g = &dueGroup{Name: tree.NameOn(row.host, min(v.Today, v.Scope.Period.To))}
			at[row.host] = g
		}
		g.Rows = append(g.Rows, *row)
		g.late += row.Counts[duty.Late]
	}
	order := func(aLate, bLate int, a, b string) int {
		if v.Order == lateOrder && aLate != bLate {
			return cmp.Compare(bLate, aLate)
		}
		return strings.Compare(civil.Fold(a), civil.Fold(b))
	}
	for _, g := range at {
		slices.SortFunc(g.Rows, func(a, b dueRow) int {
			return cmp.Or(order(a.Counts[duty.Late], b.Counts[duty.Late], a.Body, b.Body), strings.Compare(a.Ref, b.Ref))
		})
		v.Groups = append(v.Groups, *g)
		v.Bodies += len(g.Rows)
	}
	slices.SortFunc(v.Groups, func(a, b dueGroup) int {
		return cmp.Or(order(a.late, b.late, a.Name, b.Name), cmp.Compare(len(b.Rows), len(a.Rows)))
	})
}

// cut keeps one page of bodies and the last columns: the file has all.
func (v *dutyGrid) cut(page int) {
	last := max(1, (v.Bodies+gridBodies-1)/gridBodies)
	v.Page = min(max(1, page), last)
	skip, left := (v.Page-1)*gridBodies, gridBodies
	var kept []dueGroup
	for _, g := range v.Groups {
		n := min(skip, len(g.Rows))
		g.Rows, skip = g.Rows[n:], skip-n
		g.Rows = g.Rows[:min(left, len(g.Rows))]
		if left -= len(g.Rows); len(g.Rows) > 0 {
			kept = append(kept, g)
		}
	}
	v.Groups = kept
	if extra := len(v.Columns) - gridTurns; extra > 0 {
		// the columns around today: what is long past or far off stands in the file
		first := slices.IndexFunc(v.Columns, func(c dueTurn) bool { return c.Due >= v.Today })
		if first < 0 {
			first = len(v.Columns)
		}
		from := min(max(0, first-gridTurns+3), extra)
		v.Columns = v.Columns[from : from+gridTurns]
		for _, g := range v.Groups {
			for i := range g.Rows {
				g.Rows[i].Cells = g.Rows[i].Cells[from : from+gridTurns]
			}
		}
		v.Hidden = extra
	}
}

// plain reports whether every territory has one body alone: then it needs no heading.
func (v *dutyGrid) plain() bool {
	return !slices.ContainsFunc(v.Groups, func(g dueGroup) bool { return len(g.Rows) > 1 })
}

func (v *dutyGrid) pages() pages {
	p := pages{From: int64((v.Page-1)*gridBodies + 1), To: int64(min(v.Page*gridBodies, v.Bodies)), Total: int64(v.Bodies), Noun: "cơ quan"}
	if v.Page > 1 {
		p.Prev = "/dinh-ky/luoi" + v.query(pageOfList, civil.FormatInt(int64(v.Page-1)))
	}
	if v.Page*gridBodies < v.Bodies {
		p.Next = "/dinh-ky/luoi" + v.query(pageOfList, civil.FormatInt(int64(v.Page+1)))
	}
	return p
}

func (v *dutyGrid) query(changes ...string) string {
	own := append(v.Filter.values(), "xep", v.Order)
	if v.Duty != nil {
		own = append(own, dutyOfTheIt, v.Duty.Code)
	}
	return v.Scope.query(append(own, changes...)...)
}
