package web

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// ready completes a form with what its page offers: bodies, partners, what was written last.
func (s *server) ready(ctx context.Context, f *recordForm) error {
	units := f.mayRecord(viewer(ctx))
	f.chooseUnit(viewer(ctx), units)
	if len(units) <= unitsListed {
		f.Units = f.options(units)
	}
	f.named(bodyField, func(u *org.Unit) bool { return units == nil || slices.Contains(units, u) })
	f.named(placeField, func(u *org.Unit) bool { return u.Form == org.Territory })
	f.named(partnersField, func(u *org.Unit) bool { return u.Form == org.Body })
	for _, fd := range f.Kind.Fields {
		if fd.Type == catalog.UnitRef || fd.Type == catalog.UnitRefs {
			f.named(own+fd.Code, fitting(f.tree, fd, f.On))
		}
	}
	f.Unit, _ = f.tree.Resolve(f.get(bodyField), org.OnDay(f.On), f.On)
	f.nearby()
	if err := s.entryNamed(ctx, f, carriesField); err != nil {
		return err
	}
	for _, fd := range f.Kind.Fields {
		if fd.Type == catalog.EntryRef {
			if err := s.entryNamed(ctx, f, own+fd.Code); err != nil {
				return err
			}
		}
	}
	return s.written(ctx, f)
}

// unitsListed is how many bodies a list shows before it is searched by name instead.
const unitsListed = 60

// mayRecord are the bodies for which the viewer may record the kind on the form's day.
func (f *recordForm) mayRecord(v *access.Viewer) []*org.Unit {
	var out []*org.Unit
	for id := range v.Units(f.right) {
		u := f.tree.Unit(id)
		if u != nil && u.Open(f.On) && !u.NoData && ledger.MayRecord(f.tree, f.Kind, u, f.On) {
			out = append(out, u)
		}
	}
	rank := map[string]int{"province": 0, "district": 1, "commune": 2}
	slices.SortFunc(out, func(a, b *org.Unit) int {
		return cmp.Or(cmp.Compare(rank[a.SpanOn(f.On).Level], rank[b.SpanOn(f.On).Level]), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// chooseUnit takes the only body there is, or the only one at which the viewer is at home.
func (f *recordForm) chooseUnit(v *access.Viewer, units []*org.Unit) {
	if f.get(bodyField) != "" || len(units) == 0 {
		return
	}
	if len(units) == 1 {
		f.Values.Set(bodyField, ledger.Ref(units[0]))
		return
	}
	var mine []*org.Unit
	for _, id := range v.Homes() {
		if u := f.tree.Unit(id); slices.Contains(units, u) && u.Form == org.Body {
			mine = append(mine, u)
		}
	}
	if len(mine) == 1 {
		f.Values.Set(bodyField, ledger.Ref(mine[0]))
	}
}

func (f *recordForm) options(units []*org.Unit) []option {
	out := make([]option, 0, len(units))
	for _, u := range units {
		out = append(out, option{Value: ledger.Ref(u), Name: f.tree.NameOn(u.ID, f.On)})
	}
	return out
}

// fitting says which units a field of the catalogue takes.
func fitting(tree *org.Tree, fd *catalog.Field, day civil.Date) func(*org.Unit) bool {
	return func(u *org.Unit) bool {
		span := u.SpanOn(day)
		typ := span.Type
		if u.Form == org.Territory {
			typ = span.Level
		}
		return len(fd.Classes) == 0 || slices.ContainsFunc(fd.Classes, func(c string) bool { return catalog.ParseClass(c).Match(span.Level, typ) })
	}
}

// maxFound is how many units a typed name may offer.
const maxFound = 30

// named turns typed names of units into references, and notes the names of those that are chosen. A name that may
// mean several is offered for choosing.
func (f *recordForm) named(name string, fits func(*org.Unit) bool) {
	values := f.Values[name]
	for i, text := range values {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if u, err := f.tree.Resolve(text, org.OnDay(f.On), f.On); err == nil {
			values[i] = ledger.Ref(u)
			f.Names[values[i]] = f.tree.NameOn(u.ID, max(u.Opened, min(f.On, u.Closed.AddDays(-1))))
			continue
		}
		found := unitsNamed(f.tree, text, f.On, fits)
		switch {
		case len(found) == 1:
			values[i] = ledger.Ref(found[0])
			f.Names[values[i]] = f.tree.NameOn(found[0].ID, f.On)
		case len(found) > 1:
			f.Found[name] = f.options(found[:min(len(found), maxFound)])
			f.say(name, "Có "+count(len(found), "đơn vị")+" khớp “"+text+"”. Hãy chọn một đơn vị trong danh sách.")
		default:
			f.say(name, "Không có đơn vị nào tên hoặc mã “"+text+"” vào ngày "+f.On.Vi()+". Hãy gõ lại tên, có dấu hoặc không dấu.")
		}
	}
}

// unitsNamed are the units of a day whose name is the text, else those whose name holds all of its words.
func unitsNamed(tree *org.Tree, text string, day civil.Date, fits func(*org.Unit) bool) []*org.Unit {
	folded := strings.Join(strings.Fields(civil.Fold(text)), " ")
	words := strings.Fields(folded)
	var same, like []*org.Unit
	for _, u := range tree.Units() {
		if !u.Open(day) || u.NoData || !fits(u) {
			continue
		}
		switch name := civil.Fold(tree.NameOn(u.ID, day)); {
		case name == folded:
			same = append(same, u)
		case len(words) > 0 && hasAll(name, words):
			like = append(like, u)
		}
	}
	if len(same) > 0 {
		return same
	}
	return like
}

// nearby are the bodies of the same place, offered as partners beside those already chosen.
func (f *recordForm) nearby() {
	if !f.Kind.Joint {
		return
	}
	seen := map[string]bool{}
	add := func(ref, name string) {
		if !seen[ref] {
			seen[ref] = true
			f.Near = append(f.Near, option{Value: ref, Name: name})
		}
	}
	for _, ref := range f.Values[partnersField] {
		if name := f.Names[ref]; name != "" {
			add(ref, name)
		}
	}
	if f.Unit == nil {
		return
	}
	host := f.tree.SpanOn(f.Unit.ID, f.On).Parent
	if f.Unit.Form == org.Territory {
		host = f.Unit.ID
	}
	for _, id := range f.tree.Children(host, f.On, org.Body) {
		if u := f.tree.Unit(id); u != f.Unit && len(f.Near) < unitsListed {
			add(ledger.Ref(u), f.tree.NameOn(id, f.On))
		}
	}
	f.Near = append(f.Near, f.Found[partnersField]...)
}

// written takes from the newest entries of the kind and body what can be offered again. Of letters nothing is.
func (s *server) written(ctx context.Context, f *recordForm) error {
	if f.Unit == nil || guarded(f.Kind) {
		return nil
	}
	latest, err := s.Ledger.Latest(ctx, s.DB.Read(), f.Kind.Code, f.Unit.ID, 5)
	if err != nil {
		return err
	}
	for i, v := range latest {
		d := json.NewDecoder(strings.NewReader(v.Fields))
		d.UseNumber()
		values := map[string]any{}
		if err := d.Decode(&values); err != nil {
			continue
		}
		if i == 0 {
			f.last = values
		}
		for _, fd := range f.Kind.Fields {
			text, ok := values[fd.Code].(string)
			if ok && (fd.Type == catalog.Text || fd.Type == catalog.PlaceText) && !slices.Contains(f.Hints[own+fd.Code], text) {
				f.Hints[own+fd.Code] = append(f.Hints[own+fd.Code], text)
			}
		}
	}
	probe := *f
	probe.Values = url.Values{}
	for name, list := range f.Values {
		probe.Values[name] = list
	}
	f.Repeat = f.Entry == nil && probe.fillStable() > 0
	return nil
}

// entryNamed names the entry that a control refers to, or offers those whose title holds what was typed.
func (s *server) entryNamed(ctx context.Context, f *recordForm, control string) error {
	text := strings.TrimSpace(f.get(control))
	if text == "" {
		return nil
	}
	ref := text
	if id, ok := entryNumber(text); ok {
		ref = "#" + itoa(id)
	}
	h, err := s.Ledger.Referred(ctx, s.DB.Read(), ref)
	if err != nil {
		return err
	}
	if h != nil {
		if s.mayReadHead(viewer(ctx), f.tree, *h) {
			f.Values.Set(control, ref)
			f.Names[ref] = s.headTitle(*h)
		}
		return nil
	}
	if strings.HasPrefix(ref, "#") {
		return nil // the ledger says that there is none
	}
	found, err := s.entriesLike(ctx, f.tree, text, maxFound)
	if err != nil {
		return err
	}
	for _, h := range found {
		f.Found[control] = append(f.Found[control], option{Value: "#" + itoa(h.ID), Name: s.headTitle(h) + ", " + h.Day.Vi()})
	}
	if len(found) == 0 {
		f.say(control, "Không có ghi nhận nào có “"+text+"”. Hãy gõ số của ghi nhận, ví dụ #123, hoặc vài chữ trong tên văn bản, kế hoạch.")
	} else {
		f.say(control, "Có "+count(len(found), "ghi nhận")+" khớp “"+text+"”. Hãy chọn một trong danh sách.")
	}
	return nil
}

// entriesLike are entries of units that the viewer may read whose text holds all words.
func (s *server) entriesLike(ctx context.Context, tree *org.Tree, text string, limit int) ([]ledger.Head, error) {
	heads, _, err := s.Ledger.List(ctx, s.DB.Read(), ledger.Filter{Text: text}, 0, 4*limit)
	if err != nil {
		return nil, err
	}
	v := viewer(ctx)
	heads = slices.DeleteFunc(heads, func(h ledger.Head) bool {
		return !s.mayReadHead(v, tree, h) || guarded(s.Catalog.EditionOn(h.Day).Kind(h.Kind))
	})
	return heads[:min(len(heads), limit)], nil
}

// carrySuggestions answers the searchable field for the entry that is carried out.
func (s *server) carrySuggestions(w http.ResponseWriter, r *http.Request) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	type line struct {
		Value string `json:"value"`
		Name  string `json:"name"`
		Note  string `json:"note"`
	}
	out := []line{}
	if q := strings.TrimSpace(r.URL.Query().Get("q")); len([]rune(q)) >= 2 {
		found, err := s.entriesLike(r.Context(), tree, strings.TrimPrefix(q, "#"), 12)
		if err != nil {
			return err
		}
		if id, ok := entryNumber(q); ok {
			if e, err := s.Ledger.Entry(r.Context(), s.DB.Read(), id); err == nil && s.mayReadHead(viewer(r.Context()), tree, e.Head) {
				found = append([]ledger.Head{e.Head}, found...)
			}
		}
		for _, h := range found {
			out = append(out, line{"#" + itoa(h.ID), s.headTitle(h), h.Day.Vi() + " · " + tree.NameOn(h.Unit, h.Day)})
		}
	}
	return writeJSON(w, http.StatusOK, out)
}
