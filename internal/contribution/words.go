package contribution

import (
	"strings"

	"danvan/internal/catalog"
)

// Words say items and amounts, with the names of the units of measure as the catalogue has them.
type Words struct{ units map[string]string }

// WordsOf are the words of an edition.
func WordsOf(ed *catalog.Edition) Words {
	w := Words{units: map[string]string{}}
	k := ed.Kind(GiftKind)
	if k == nil {
		return w
	}
	for _, g := range k.Fields {
		if f := g.Field("goods_unit"); f != nil {
			for _, o := range f.Choices() {
				w.units[o.Code] = o.Name
			}
		}
	}
	return w
}

// Unit is the unit in which the item is counted.
func (w Words) Unit(i Item) string {
	switch i.Nature {
	case Land:
		return "m²"
	case Workdays:
		return "ngày công"
	case Money:
		return "đồng"
	}
	if name := w.units[i.Unit]; name != "" {
		return lower(name)
	}
	return i.Unit
}

// Name is the item as the head of a row.
func (w Words) Name(i Item) string {
	switch i.Nature {
	case Land:
		return "Đất"
	case Workdays:
		return "Ngày công"
	case Money:
		return "Tiền"
	}
	return "Hiện vật (" + w.Unit(i) + ")"
}

// Say is an amount with its unit: 1.250.000 đồng.
func (w Words) Say(i Item, n int64) string { return i.Format(n) + " " + w.Unit(i) }

// SayAll are amounts one after the other; "" for none.
func (w Words) SayAll(a Amounts) string {
	var out []string
	for _, i := range Items(a) {
		out = append(out, w.Say(i, a[i]))
	}
	return strings.Join(out, ", ")
}

func lower(s string) string {
	if r := []rune(s); len(r) > 1 && strings.ToUpper(string(r[1])) != string(r[1]) {
		return strings.ToLower(string(r[0])) + string(r[1:])
	}
	return s
}
