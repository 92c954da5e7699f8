package web

import (
	"context"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/org"
)

// Letters of citizens are shown by class, dates and state only until sign-in knows who may read more (Luật Khiếu
// nại, Luật Tố cáo: the sender's identity is kept secret; a field, a place and a step together can point to him).

// guarded reports whether the entries of a kind are letters: they ask for the class of a petition.
func guarded(k *catalog.Kind) bool { return k != nil && k.Letters() }

const classField = "class"

// shownField reports whether a field of the kind may be shown.
func shownField(k *catalog.Kind, f *catalog.Field) bool {
	return !guarded(k) || f.Code == classField || f.Type == catalog.DateT
}

// shownLabel reports whether a label of a fact may be shown.
func shownLabel(k *catalog.Kind) func(string) bool {
	return func(label string) bool { return !guarded(k) || label == classField }
}

// shownTitle is the title of an entry as a page prints it; of a letter only its class, which stands first.
func shownTitle(k *catalog.Kind, title string) string {
	if k == nil {
		return title
	}
	if !guarded(k) {
		return or(title, k.Name)
	}
	class := k.Field(classField)
	first, _, _ := strings.Cut(title, " – ")
	for _, o := range class.Choices() {
		if o.Name == first {
			return first
		}
	}
	return k.Name
}

// mayRead reports whether a viewer may read the content of an entry of the kind that the unit answers for.
func mayRead(v *access.Viewer, k *catalog.Kind, unit org.UnitID) bool {
	return !guarded(k) || v.May(access.ReadLetters, unit)
}

// mayRecord reports whether a viewer may record and change entries of the kind for the unit; unit 0 asks for any.
func mayRecord(v *access.Viewer, k *catalog.Kind, unit org.UnitID) bool {
	if guarded(k) {
		return v.May(access.RecordLetters, unit)
	}
	return v.May(access.RecordWork, unit)
}

// mayOpenForm reports whether a viewer may record entries of the kind anywhere; nil asks for any kind.
func mayOpenForm(v *access.Viewer, k *catalog.Kind) bool {
	if k == nil {
		return v.May(access.RecordAny, 0)
	}
	return mayRecord(v, k, 0)
}

// readsWork reports whether whoever asks may open figures, entries and reports of any unit, so that a page offers
// links to them. A page that asks it may be kept: lettersMark tells readers apart.
func readsWork(ctx context.Context) bool { return viewer(ctx).May(access.ReadWork, 0) }

// guardedKinds are the codes of the kinds whose entries are letters, of any edition.
func guardedKinds(c *catalog.Catalog) []string {
	var out []string
	for _, ed := range c.Editions() {
		for _, k := range ed.Kinds {
			if guarded(k) && !slices.Contains(out, k.Code) {
				out = append(out, k.Code)
			}
		}
	}
	return out
}
