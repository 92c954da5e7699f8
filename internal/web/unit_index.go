package web

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// unitIndex finds units by what people type: part of the name, of the parent's name, of the code, with or without
// marks, in any order. It is made anew when the units change.
type unitIndex struct {
	mu      sync.Mutex
	version int64
	lines   []nameLine
}

// nameLine is a unit under one of the names that it bore.
type nameLine struct {
	unit  *org.Unit
	span  org.Span
	words []string // folded words of the name, then of the parents' names, then the code
	own   int      // how many of the words are of its own name
	fold  string   // the name, folded
}

func (n *unitIndex) at(tree *org.Tree) []nameLine {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.lines != nil && n.version == tree.Version {
		return n.lines
	}
	lines := make([]nameLine, 0, len(tree.Units()))
	for _, u := range tree.Units() {
		for i, sp := range u.Spans {
			if i > 0 && sp.Name == u.Spans[i-1].Name && sp.Parent == u.Spans[i-1].Parent {
				lines[len(lines)-1].span.To = sp.To
				continue
			}
			lines = append(lines, nameLineOf(tree, u, sp))
		}
	}
	n.version, n.lines = tree.Version, lines
	return lines
}

func nameLineOf(tree *org.Tree, u *org.Unit, sp org.Span) nameLine {
	l := nameLine{unit: u, span: sp, fold: civil.Fold(sp.Name)}
	l.words = nameWords(l.fold)
	l.own = len(l.words)
	for up, day := sp.Parent, sp.From; up != 0; {
		parent := tree.SpanOn(up, day)
		l.words = append(l.words, nameWords(civil.Fold(parent.Name))...)
		up = parent.Parent
	}
	l.words = append(l.words, strings.ToLower(u.Code))
	l.words = append(l.words, strings.FieldsFunc(strings.ToLower(u.Code), func(r rune) bool { return r == '.' })...)
	return l
}

func nameWords(folded string) []string {
	return strings.FieldsFunc(folded, func(r rune) bool { return strings.ContainsRune(" ,.;()–-/", r) })
}

// unitQuery is what is looked for among the units.
type unitQuery struct {
	Text    string
	Right   access.Right    // over which the viewer must have this right
	Form    string          // org.Territory, org.Body or empty
	Classes []catalog.Class // empty: any
	Day     civil.Date      // units open on this day come first and go by their name of it
	Most    int
}

// unitHit is a unit that was looked for, as it is named in an address and to people.
type unitHit struct {
	Unit *org.Unit
	Ref  string
	Name string
	Note string // where it is, and when it was, if it is no more
}

// findUnits looks for units by name or code, the best first.
func (s *server) findUnits(tree *org.Tree, v *access.Viewer, q unitQuery) []unitHit {
	words := nameWords(civil.Fold(q.Text))
	if len(words) == 0 {
		return nil
	}
	type scored struct {
		nameLine
		score int
	}
	best := map[org.UnitID]scored{}
	for _, fits := range []func(typed, word string) bool{begins, nearly} {
		for _, l := range s.unitIndex.at(tree) {
			if !q.keeps(l) {
				continue
			}
			n, ok := nameScore(l, words, fits)
			if !ok || !q.allows(v, l.unit.ID) {
				continue
			}
			if l.span.From <= q.Day && q.Day < l.span.To {
				n += 40
			}
			if old, ok := best[l.unit.ID]; !ok || n > old.score {
				best[l.unit.ID] = scored{l, n}
			}
		}
		if len(best) > 0 {
			break
		}
	}
	var list []scored
	for _, x := range best {
		list = append(list, x)
	}
	slices.SortFunc(list, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.fold, b.fold), cmp.Compare(a.unit.Code, b.unit.Code), cmp.Compare(a.unit.ID, b.unit.ID))
	})
	var out []unitHit
	for _, x := range list[:min(len(list), max(q.Most, 1))] {
		out = append(out, describeUnit(tree, x.unit, x.span, q.Day))
	}
	return out
}

func (q unitQuery) keeps(l nameLine) bool {
	if q.Form != "" && l.unit.Form != q.Form {
		return false
	}
	if len(q.Classes) == 0 {
		return true
	}
	kind := l.span.Type
	if l.unit.Form == org.Territory {
		kind = l.span.Level
	}
	return slices.ContainsFunc(q.Classes, func(c catalog.Class) bool { return c.Match(l.span.Level, kind) })
}

// allows: units are known to whoever is signed in; what is looked for with a right is only found where it is held.
func (q unitQuery) allows(v *access.Viewer, id org.UnitID) bool {
	if q.Right == access.SignedIn {
		return v != nil
	}
	return v.May(q.Right, id)
}

// nameScore says how well the words typed fit a name; ok is false where one of them fits nothing.
func nameScore(l nameLine, typed []string, fits func(typed, word string) bool) (n int, ok bool) {
	for _, t := range typed {
		i := slices.IndexFunc(l.words, func(w string) bool { return fits(t, w) })
		switch {
		case i < 0:
			return 0, false
		case i < l.own:
			n += 20
		default:
			n += 5
		}
		if l.words[i] == t {
			n += 6
		}
	}
	whole := strings.Join(typed, " ")
	switch {
	case l.fold == whole || strings.ReplaceAll(strings.ToLower(l.unit.Code), ".", " ") == whole:
		n += 60
	case strings.HasSuffix(l.fold, " "+whole): // Xã Cường Lợi, asked for as cuong loi
		n += 50
	case strings.Contains(l.fold, whole):
		n += 25
	}
	if l.unit.Form == org.Territory {
		n += 15
	}
	return n - l.own, true
}

func begins(typed, word string) bool { return strings.HasPrefix(word, typed) }

// nearly forgives one letter too many, too few or wrong in a word of four letters or more.
func nearly(typed, word string) bool {
	if len(typed) < 4 {
		return begins(typed, word)
	}
	for n := len(typed) - 1; n <= len(typed)+1 && n <= len(word); n++ {
		if oneOff(typed, word[:n]) {
			return true
		}
	}
	return false
}

// oneOff reports whether two words differ by at most one letter, or by two that changed places.
func oneOff(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	switch {
	case a == b:
		return true
	case len(a) == len(b):
		return a[1:] == b[1:] || len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
	case len(a) == len(b)+1:
		return a[1:] == b
	case len(b) == len(a)+1:
		return b[1:] == a
	}
	return false
}

// describeUnit names a unit as it was on the day, or under the name by which it was found.
func describeUnit(tree *org.Tree, u *org.Unit, sp org.Span, day civil.Date) unitHit {
	at := day
	if day < sp.From || sp.To <= day {
		at = max(sp.From, min(day, sp.To.AddDays(-1)))
	}
	f := unitHit{Unit: u, Ref: unitRef(tree, u, at), Name: sp.Name}
	var note []string
	if u.Form == org.Body && !u.Open(day) {
		f.Ref = unitRef(tree, u, at)
	}
	for up := sp.Parent; up != 0; {
		parent := tree.SpanOn(up, at)
		note = append(note, parent.Name)
		up = parent.Parent
	}
	if !u.Open(day) && u.Closed < civil.Forever && u.Closed <= day {
		note = append(note, "đến hết "+u.Closed.AddDays(-1).Vi())
	} else if u.Opened > day {
		note = append(note, "từ "+u.Opened.Vi())
	} else if sp.To <= day {
		note = append(note, "nay là "+tree.NameOn(u.ID, day))
	}
	f.Note = strings.Join(note, " · ")
	return f
}

// suggestion is one line that a searchable field offers (assets/combo.js).
type suggestion struct {
	Value string `json:"value"`
	Name  string `json:"name"`
	Note  string `json:"note,omitempty"`
	Href  string `json:"href,omitempty"` // choosing it opens this page
}

// unitSuggestions answers what a person types into a field that asks for a unit.
func (s *server) unitSuggestions(w http.ResponseWriter, r *http.Request) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	out := []suggestion{}
	for _, f := range s.findUnits(tree, viewer(r.Context()), s.unitQuery(r)) {
		out = append(out, suggestion{Value: f.Ref, Name: f.Name, Note: f.Note})
	}
	return writeSuggestions(w, out)
}

func writeSuggestions(w http.ResponseWriter, list []suggestion) error {
	body, err := json.Marshal(list)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // the reader went away: nobody to tell
	return nil
}

// mostSuggestions is how many lines a searchable field offers.
const mostSuggestions = 12

func (s *server) unitQuery(r *http.Request) unitQuery {
	v := r.URL.Query()
	q := unitQuery{Text: v.Get("q"), Right: access.ReadWork, Form: v.Get("dang"), Day: s.Today(), Most: mostSuggestions}
	if right := access.Right(v.Get("quyen")); right != "" && right != access.Public {
		q.Right = right
	}
	for class := range strings.SplitSeq(v.Get("lop"), ",") {
		if class = strings.TrimSpace(class); class != "" {
			q.Classes = append(q.Classes, catalog.ParseClass(class))
		}
	}
	if d, err := civil.ParseDate(v.Get("ngay")); err == nil {
		q.Day = d
	}
	return q
}

// unitChooser is the page where a unit is looked for without scripts: each line leads back to the page that one came
// from, about that unit.
func (s *server) unitChooser(w http.ResponseWriter, r *http.Request) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	q := s.unitQuery(r)
	q.Most = 60
	v := chooserView{Text: r.URL.Query().Get("q"), Back: ownPath(r.URL.Query().Get("ve"))}
	carried := carriedQuery(r.URL.Query())
	for _, f := range s.findUnits(tree, viewer(r.Context()), q) {
		carried.Set("don-vi", f.Ref)
		v.Found = append(v.Found, chosenUnit{unitHit: f, Href: v.Back + "?" + carried.Encode()})
	}
	carried.Del("don-vi")
	v.Carried = carried
	return s.render(w, r, http.StatusOK, page{Title: "Chọn đơn vị"}, unitChooserPage(v))
}

// chooserView is the page where a unit is looked for.
type chooserView struct {
	Text, Back string
	Carried    map[string][]string
	Found      []chosenUnit
}

type chosenUnit struct {
	unitHit
	Href string
}

// ownPath is a path of this program, the first page where the text is none.
func ownPath(text string) string {
	if !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") || strings.ContainsAny(text, `\?#`) {
		return "/"
	}
	return text
}
