package web

import (
	"context"
	"slices"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Whoever may not read the letters of a unit sees of each that there is one, when it came and where it stands: neither its
// class nor a step nor a deadline, which tell the class (Luật Khiếu nại, Luật Tố cáo: the sender's identity is kept secret; a
// class, a place and a day together can point to him). Figures keep the same rule: sight.go, ADR 0046.

// guarded reports whether the entries of a kind are letters: they ask for the class of a petition.
func guarded(k *catalog.Kind) bool { return k != nil && k.Letters() }

// tellsOfClasses reports whether entries of the kind say of what class letters, or what people came to say, are: letters
// themselves, and sessions with rows by class.
func tellsOfClasses(k *catalog.Kind) bool {
	return k != nil && (guarded(k) || slices.ContainsFunc(k.Fields, (*catalog.Field).Letters))
}

const (
	classField    = "class"
	receivedField = "received_on"
)

// shownField reports whether a field of the kind may be shown to who may not read letters.
func shownField(k *catalog.Kind, f *catalog.Field) bool {
	if guarded(k) {
		return f.Code == receivedField
	}
	return k == nil || !f.Letters()
}

// shownLabel reports whether a label of a fact may be shown to who may not read letters.
func shownLabel(k *catalog.Kind) func(string) bool {
	return func(label string) bool {
		return !guarded(k) && (!tellsOfClasses(k) || label != classField && label != "field")
	}
}

// shownSeries reports whether a fact of a series may be shown to who may not read letters; kind is nil for who may.
func shownSeries(kind *catalog.Kind, series *catalog.Series) bool {
	if kind == nil || !tellsOfClasses(kind) {
		return true
	}
	return series != nil && (!series.Guarded() || slices.Contains(series.Open, catalog.Total))
}

// shownTitle is the title of an entry as a page prints it; of a letter only that it is one.
func shownTitle(k *catalog.Kind, title string) string {
	switch {
	case k == nil:
		return title
	case guarded(k):
		return k.Name
	}
	return or(title, k.Name)
}

// mayRead reports whether a viewer may read the content of an entry of the kind that the unit answers for.
func mayRead(v *access.Viewer, k *catalog.Kind, unit org.UnitID) bool {
	return !tellsOfClasses(k) || v.May(access.ReadLetters, unit)
}

// proves reports whether a viewer may have the hash of an entry's content: with it one may try which class fits, for the
// content of a letter is dates and choices.
func proves(v *access.Viewer, k *catalog.Kind, e *ledger.Entry) bool {
	return mayRead(v, k, e.Unit) || !guarded(k) && !tellsIn(k, e)
}

// tellsIn reports whether an entry says, in a field that is hidden from who may not read letters, of what class they are.
func tellsIn(k *catalog.Kind, e *ledger.Entry) bool {
	if len(e.Versions) == 0 {
		return false
	}
	said := e.Versions[len(e.Versions)-1].Fields
	return slices.ContainsFunc(k.Fields, func(f *catalog.Field) bool { return !shownField(k, f) && ledger.Member(said, f.Code) != "" })
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
