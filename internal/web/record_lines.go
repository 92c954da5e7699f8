package web

import (
	"net/url"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/org"
)

func oneUnit(id org.UnitID) []org.UnitID { return []org.UnitID{id} }

// lines are all answers of a form in words, in its order, with what stood before where an entry is amended.
func (f *recordForm) lines() []checkLine {
	var old map[string]string
	if f.Entry != nil {
		before := f.asItStands()
		old = map[string]string{}
		for _, l := range before.answers() {
			old[l.Control] = l.Value
		}
	}
	out := f.answers()
	for i := range out {
		out[i].Old = old[out[i].Control]
		out[i].Changed = old != nil && old[out[i].Control] != out[i].Value
		delete(old, out[i].Control)
	}
	if f.Entry == nil {
		return out
	}
	for _, l := range f.asItStands().answers() { // rows that are gone
		if was, gone := old[l.Control]; gone {
			out = append(out, checkLine{Control: f.Kind.Code, Name: l.Name, Old: was, Changed: true})
		}
	}
	return out
}

// asItStands is a form of what the entry says now.
func (f *recordForm) asItStands() *recordForm {
	b := *f
	b.form = form{Values: url.Values{}}
	b.Names, b.Found = map[string]string{}, map[string][]option{}
	b.Kind = f.old.Kind(f.Kind.Code)
	b.Values.Set(dayField, f.Was.Day.Vi())
	b.fill(f.Was)
	b.Files = nil
	for _, file := range f.Was.Files {
		b.Files = append(b.Files, fileLine{Control: b.fileControl(), Hash: file.Hash, Name: file.Name})
	}
	all := func(*org.Unit) bool { return true }
	for _, name := range []string{bodyField, placeField, partnersField} {
		b.named(name, all)
	}
	for ref, name := range f.Names {
		if b.Names[ref] == "" {
			b.Names[ref] = name
		}
	}
	b.Wrong = nil
	return &b
}

// answers are the filled controls in words.
func (f *recordForm) answers() []checkLine {
	var out []checkLine
	add := func(control, name, value string) {
		if value != "" {
			out = append(out, checkLine{Control: control, Name: name, Value: value})
		}
	}
	refs := func(name string) string {
		var names []string
		for _, ref := range filled(f.Values[name]) {
			names = append(names, or(f.Names[ref], ref))
		}
		return strings.Join(names, "; ")
	}
	add(bodyField, "Đơn vị", refs(bodyField))
	add(dayField, f.Kind.Day, typedDay(f))
	add(placeField, "Nơi diễn ra", refs(placeField))
	add(partnersField, "Đơn vị phối hợp", refs(partnersField))
	add(carriesField, "Thực hiện", refs(carriesField))
	for _, fd := range f.Kind.Fields {
		f.answersOf(fd, own+fd.Code, fd.Name, add)
	}
	var names []string
	for _, l := range f.Files {
		if l.Control == filesField {
			names = append(names, l.Name)
		}
	}
	add(filesField, "Tệp đính kèm", strings.Join(names, ", "))
	return out
}

func typedDay(f *recordForm) string {
	if f.Day == 0 {
		return f.get(dayField)
	}
	return f.Day.Vi()
}

func (f *recordForm) answersOf(fd *catalog.Field, name, label string, add func(control, name, value string)) {
	switch {
	case fd.Type == catalog.Group:
		for at, n := range filledRows(f.Values, name) {
			for _, sub := range fd.Fields {
				f.answersOf(sub, rowOf(name, n)+"-"+sub.Code, label+", dòng "+strconv.Itoa(at+1)+": "+sub.Name, add)
			}
		}
	case fd.Type == catalog.Person && fd.Several:
		for at, n := range filledRows(f.Values, name) {
			row := rowOf(name, n)
			add(row, label+" "+strconv.Itoa(at+1), joinDash(f.get(row), f.get(row+officePart)))
		}
	default:
		add(name, label, shownValue(f, fd, name))
	}
}
