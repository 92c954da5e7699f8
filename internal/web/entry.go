package web

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/audit"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// entryRoutes are the pages of entries.
func (s *server) entryRoutes() []route {
	return []route{
		{"GET /ghi-nhan", access.ReadWork, onScope, s.kept(s.entryList)},
		{"GET /ghi-nhan.csv", access.ReadWork, onScope, s.entryCSV},
		{"GET /ghi-nhan.xlsx", access.ReadWork, onScope, s.entryXLSX},
		{"GET /ghi-nhan/{id}", access.ReadWork, onEntry, s.entryPage},
		{"GET /ghi-nhan/{id}/bang-chung", access.ReadWork, onEntry, s.entryProof},
	}
}

// entryView is one entry with its versions and what it adds up to.
type entryView struct {
	Entry    *ledger.Entry
	Kind     *catalog.Kind
	KindName string
	Unit     unitLink
	Place    unitLink
	Partners []unitLink
	Versions []versionView // newest first
	Facts    []factLine
	Joint    int // facts that the partners carry as well, never added
	Feeds    []indicatorLine
	Guarded  bool // a letter: class, dates and state only
	Title    string
	Done     string // the word of the act that led here
	Proof    string // where the newest version stands in the sealed log
	Proves   bool   // the viewer may have the hash of its content
	Names    map[string]string
	List     *neighbours // of the list it was opened from, nil for none
	Up       []upLink    // what it carries out, the nearest first
	Home     string      // its page in a register of its own, "" for none

	State      string          // as shownState calls it
	Returns    []ledger.Return // all, oldest first
	Returned   *ledger.Return  // the one that stands, nil for none
	Confirmers []string        // who confirms it, while it waits
	Late       []ledger.Late   // versions made after their period was closed
	Closing    *ledger.Closing // the report that has closed its day, nil for an open day
	Doubles    doubleCard
}

// unitLink names a unit as it was on the entry's day.
type unitLink struct{ Ref, Name string }

// versionView is a version with its fields in words.
type versionView struct {
	ledger.Version
	Fields  []fieldLine
	Changed map[string]bool
}

// fieldLine is a field and its value in words; rows are those of a group.
type fieldLine struct {
	Code, Name, Value string
	Href              string // of the entry that the value names
	Heads             []string
	Rows              [][]string
}

// factLine is what the entry adds to one series.
type factLine struct {
	Series, Labels, Unit, Day, Value string
}

func (s *server) entryPage(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "Số ghi nhận chỉ gồm chữ số. Hãy mở từ danh sách ghi nhận.")
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	var v entryView
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		e, err := s.Ledger.Entry(r.Context(), q, id)
		if err != nil {
			return err
		}
		if v, err = s.wholeView(r.Context(), q, tree, e); err != nil {
			return err
		}
		v.Proves = proves(viewer(r.Context()), v.Kind, e)
		if v.Proof, err = proofLine(r, q, e); err != nil {
			return err
		}
		if v.Doubles, err = s.doubleCard(r.Context(), q, tree, e); err != nil {
			return err
		}
		if err := s.entryLinks(r.Context(), q, tree, &v); err != nil {
			return err
		}
		v.List, err = s.neighbours(r, q, id)
		return err
	})
	if err != nil {
		return err
	}
	v.Done = r.URL.Query().Get("xong")
	p := page{Title: v.Title, Section: "ghi-nhan"}
	return s.render(w, r, http.StatusOK, p, entryDetail(v))
}

// proofLine says where the newest version stands in the log.
func proofLine(r *http.Request, q db.Querier, e *ledger.Entry) (string, error) {
	leaf := e.Versions[len(e.Versions)-1].Leaf
	pr, err := audit.Prove(r.Context(), q, leaf)
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return "", err
		}
		return fault.Say(err), nil
	}
	return fmt.Sprintf("lá %s trong %s lá; gốc %x", civil.FormatInt(pr.Index), civil.FormatInt(pr.Size), pr.Root[:6]), nil
}

// entryView is an entry as a page shows it; reads says whether all of a letter may be shown.
func (s *server) entryView(tree *org.Tree, e *ledger.Entry, reads bool) entryView {
	ed := s.Catalog.Edition(e.Edition)
	if ed == nil {
		ed = s.Catalog.EditionOn(e.Day)
	}
	v := entryView{Entry: e, Kind: ed.Kind(e.Kind), KindName: e.Kind, Unit: linkUnit(tree, e.Unit, e.Day), Place: linkUnit(tree, e.Place, e.Day)}
	if v.Kind != nil {
		v.KindName = v.Kind.Name
	}
	as := v.Kind // whose letters are guarded: nil shows everything
	if reads {
		as = nil
	}
	v.Title, v.Guarded = or(shownTitle(as, e.Title), v.KindName), guarded(as)
	for _, p := range e.Partners {
		v.Partners = append(v.Partners, linkUnit(tree, p, e.Day))
	}
	v.Versions = versionViews(v.Kind, as, e.Versions)
	if e.Carries != nil {
		e.Carries.Title = s.headTitle(*e.Carries)
	}
	for i, h := range e.Carried {
		e.Carried[i].Title = s.headTitle(h)
	}
	v.Facts, v.Joint = factLines(tree, ed, as, e)
	v.Feeds = feeds(ed, as, e)
	return v
}

// headTitle is the title of another entry as this page may print it.
func (s *server) headTitle(h ledger.Head) string {
	return or(shownTitle(s.Catalog.EditionOn(h.Day).Kind(h.Kind), h.Title), h.Kind)
}

func linkUnit(tree *org.Tree, id org.UnitID, day civil.Date) unitLink {
	u := tree.Unit(id)
	if u == nil {
		return unitLink{}
	}
	return unitLink{Ref: u.Code + "@" + day.String(), Name: tree.NameOn(id, day)}
}

func versionViews(k, as *catalog.Kind, versions []ledger.Version) []versionView {
	var out []versionView
	before := map[string]string{}
	for i, ver := range versions {
		vv := versionView{Version: ver, Fields: fieldLines(k, as, ver.Fields), Changed: map[string]bool{}}
		now := map[string]string{}
		for _, f := range vv.Fields {
			now[f.Code] = f.Value + fmt.Sprint(f.Rows)
			vv.Changed[f.Code] = i > 0 && before[f.Code] != now[f.Code]
		}
		before = now
		out = append([]versionView{vv}, out...)
	}
	return withoutTakenBack(k, out)
}

// withoutTakenBack leaves the names of givers out of older versions where the newest names nobody any more: whoever takes
// his consent back is not named by the history either.
func withoutTakenBack(k *catalog.Kind, list []versionView) []versionView {
	if k == nil || len(list) == 0 {
		return list
	}
	named := map[string]bool{}
	for _, f := range list[0].Fields {
		named[f.Code] = true
	}
	for i := range list {
		for j := range list[i].Fields {
			line := &list[i].Fields[j]
			if f := k.Field(line.Code); f != nil && f.Part == "donor" && !named[line.Code] {
				line.Value = "tên đã được rút"
			}
		}
	}
	return list
}

// fieldLines writes the stored values as the form would show them, in the order of the kind.
func fieldLines(k, as *catalog.Kind, stored string) []fieldLine {
	values := map[string]any{}
	dec := json.NewDecoder(strings.NewReader(stored))
	dec.UseNumber()
	if err := dec.Decode(&values); err != nil || k == nil {
		return nil
	}
	var out []fieldLine
	for _, f := range k.Fields {
		val, ok := values[f.Code]
		if !ok || val == nil || !shownField(as, f) {
			continue
		}
		line := fieldLine{Code: f.Code, Name: f.Name}
		if f.Type == catalog.Group {
			line.Heads, line.Rows = groupRows(f, val)
		} else {
			line.Value = fieldText(f, val)
		}
		out = append(out, line)
	}
	return out
}

// groupRows are the rows of a group, without the columns that no row fills.
func groupRows(f *catalog.Field, val any) (heads []string, rows [][]string) {
	list, _ := val.([]any)
	for _, sub := range f.Fields {
		if !slices.ContainsFunc(list, func(item any) bool { return groupCell(sub, item) != "" }) {
			continue
		}
		heads = append(heads, sub.Name)
		rows = slices.Grow(rows, len(list))[:len(list)]
		for i, item := range list {
			rows[i] = append(rows[i], groupCell(sub, item))
		}
	}
	return heads, rows
}

func groupCell(f *catalog.Field, item any) string {
	m, _ := item.(map[string]any)
	if m[f.Code] == nil {
		return ""
	}
	return fieldText(f, m[f.Code])
}

func fieldText(f *catalog.Field, val any) string {
	switch x := val.(type) {
	case bool:
		if x {
			return "có"
		}
		return "không"
	case json.Number:
		return numberText(f, x.String())
	case string:
		return wordText(f, x)
	case []any:
		var parts []string
		for _, item := range x {
			parts = append(parts, fieldText(f, item))
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(val)
}

// numberText writes a stored number in the Vietnamese form with its unit.
func numberText(f *catalog.Field, digits string) string {
	r, ok := new(big.Rat).SetString(digits)
	if !ok {
		return digits
	}
	text := civil.FormatTrim(r, f.Scale)
	unit := f.Unit
	if f.Type == catalog.Money {
		unit = or(unit, "đồng")
	}
	return strings.TrimSpace(text + " " + unit)
}

func wordText(f *catalog.Field, word string) string {
	switch f.Type {
	case catalog.Choice, catalog.Choices:
		if o := f.Option(word); o != nil {
			return o.Name
		}
	case catalog.DateT:
		return viDay(word)
	}
	return word
}

// factLines are the present facts, those of the last version that still stand; joint counts the ones that partners
// carry as well.
func factLines(tree *org.Tree, ed *catalog.Edition, kind *catalog.Kind, e *ledger.Entry) (lines []factLine, joint int) {
	type key struct {
		series int64
		unit   org.UnitID
		day    civil.Date
	}
	sums := map[key]int64{}
	left := map[key]int64{}
	first := map[key]ledger.Fact{}
	var order []key
	for _, f := range e.Facts {
		k := key{f.Series, f.Unit, f.Day}
		if _, seen := first[k]; !seen {
			first[k] = f
			order = append(order, k)
		}
		sums[k] += f.Amount.Value
		left[k] += f.Amount.N
	}
	for _, k := range order {
		f := first[k]
		if left[k] == 0 {
			continue
		}
		if f.Role == "partner" {
			joint++
			continue
		}
		line := factLine{Series: f.Code, Unit: tree.NameOn(f.Unit, f.Day), Day: f.Day.Vi(), Value: civil.FormatInt(sums[k])}
		if !shownSeries(kind, ed.SeriesByCode(f.Code)) {
			continue
		}
		if series := ed.SeriesByCode(f.Code); series != nil {
			line.Labels = labelWords(ed, series, f.Labels, shownLabel(kind))
			scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(series.Scale)), nil)
			line.Series = series.Name
			line.Value = civil.FormatTrim(new(big.Rat).SetFrac(big.NewInt(sums[k]), scale), series.Scale) + " " + series.Unit
		}
		lines = append(lines, line)
	}
	return lines, joint
}

// feeds are the indicators whose formula counts one of the entry's facts, those of the ten-year report first.
func feeds(ed *catalog.Edition, kind *catalog.Kind, e *ledger.Entry) []indicatorLine {
	var out []indicatorLine
	for _, ind := range ed.Indicators {
		if kind != nil && !figure.Open(ed, ind, "", "") {
			continue // that a letter counts there would tell its class
		}
		calls := catalog.Calls(ind.Formula())
		if d := ind.DenominatorFormula(); d != nil {
			calls = append(calls, catalog.Calls(d)...)
		}
		if slices.ContainsFunc(e.Facts, func(f ledger.Fact) bool { return counts(calls, f, shownLabel(kind)) }) {
			out = append(out, indicatorLine{ind.Code, strings.Join(ind.Ref, ", "), ind.Name, ind.Unit})
		}
	}
	slices.SortStableFunc(out, func(a, b indicatorLine) int { return strings.Compare(or(a.Ref, "Z"), or(b.Ref, "Z")) })
	return out
}

// counts reports whether a call counts the fact, looking only at labels that may be shown: an indicator that picks
// by another would tell what that label is.
func counts(calls []*catalog.Call, f ledger.Fact, shown func(string) bool) bool {
	return f.Role != "partner" && slices.ContainsFunc(calls, func(c *catalog.Call) bool {
		if c.Selector == nil || c.Selector.Series != f.Code || !c.Selector.Match(f.Labels) {
			return false
		}
		return !slices.ContainsFunc(c.Selector.Matchers, func(m catalog.Matcher) bool { return !shown(m.Label) })
	})
}

// actorName is who did a version, in words.
func actorName(actor string) string {
	if actor == "demo" {
		return "chương trình tạo dữ liệu minh họa"
	}
	return actor
}

// vietnam is the country's time, which has had no summer time in the system's life.
var vietnam = time.FixedZone("+07", 7*60*60)

func momentText(t time.Time) string {
	t = t.In(vietnam)
	return t.Format("15:04") + " ngày " + civil.FromTime(t).Vi()
}

// unitsUnder are the units whose eras count for the page's unit, nil for a root: no restriction.
func unitsUnder(sc *scope) []org.UnitID {
	seen := map[org.UnitID]bool{}
	var out []org.UnitID
	for _, sh := range sc.tree.Reach(sc.Basis, sc.Unit.ID, org.ByAny, org.Filter{}) {
		era, ok := sc.tree.Era(sh.Era)
		if ok && !seen[era.Unit] && era.From <= sc.Period.To && era.To > sc.Period.From {
			seen[era.Unit] = true
			out = append(out, era.Unit)
		}
	}
	return out
}
