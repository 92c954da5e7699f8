package web

import (
	"encoding/json"
	"math/big"
	"net/url"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// fill writes a draft into the controls of a form, as people type.
func (f *recordForm) fill(d ledger.Draft) {
	v := f.Values
	v.Set(bodyField, d.Unit)
	v.Set(placeField, d.Place)
	v.Set(carriesField, d.Carries)
	v[partnersField] = append([]string(nil), d.Partners...)
	for _, fd := range f.Kind.Fields {
		putValue(v, fd, own+fd.Code, d.Fields[fd.Code])
	}
}

// putValue writes one stored value into its controls.
func putValue(v url.Values, fd *catalog.Field, name string, x any) {
	switch x := x.(type) {
	case nil:
	case json.Number:
		v.Set(name, typedNumber(fd, x.String()))
	case bool:
		v.Set(name, strconv.FormatBool(x))
	case string:
		if fd.Type == catalog.DateT {
			x = viDay(x)
		}
		v.Set(name, x)
	case map[string]any:
		who, _ := x["name"].(string)
		office, _ := x["office"].(string)
		v.Set(name, who)
		v.Set(name+officePart, office)
	case []any:
		putList(v, fd, name, x)
	}
}

func putList(v url.Values, fd *catalog.Field, name string, list []any) {
	for i, item := range list {
		row := rowOf(name, i+1)
		m, isRow := item.(map[string]any)
		switch {
		case fd.Type == catalog.Group && isRow:
			for _, sub := range fd.Fields {
				putValue(v, sub, row+"-"+sub.Code, m[sub.Code])
			}
		case fd.Type == catalog.Person && isRow:
			putValue(v, fd, row, m)
		default:
			if text, ok := item.(string); ok {
				v.Add(name, text)
			}
		}
	}
	if fd.Type == catalog.Group || fd.Type == catalog.Person {
		v.Set(name+countPart, strconv.Itoa(len(list)))
	}
}

// typedNumber writes a number as people type it: 1.234,5. Where a field keeps three decimals or more, 1.234 could be
// read in two ways, so that thousands are not marked there.
func typedNumber(fd *catalog.Field, digits string) string {
	r, ok := new(big.Rat).SetString(digits)
	if !ok {
		return digits
	}
	text := civil.FormatTrim(r, fd.Scale)
	if fd.Type == catalog.DecimalT && fd.Scale >= 3 {
		text = strings.ReplaceAll(text, ".", "")
	}
	return text
}

// isStable says that a field tends to be the same from one entry to the next: who, where, which kind; never how many.
func isStable(fd *catalog.Field) bool {
	switch fd.Type {
	case catalog.Choice, catalog.Choices, catalog.Text, catalog.Person, catalog.PlaceText, catalog.UnitRef, catalog.UnitRefs:
		return true
	}
	return false
}

// fillStable fills what is still empty from the newest entry of the same kind and body.
func (f *recordForm) fillStable() int {
	n := 0
	for _, fd := range f.Kind.Fields {
		name := own + fd.Code
		if x := f.last[fd.Code]; x != nil && isStable(fd) && typedValue(f.Values, fd, name) == nil {
			putValue(f.Values, fd, name, x)
			n++
		}
	}
	return n
}

// shownValue is what is typed for a field in words, for the page on which it is looked over.
func shownValue(f *recordForm, fd *catalog.Field, name string) string {
	v := f.Values
	switch fd.Type {
	case catalog.Choice, catalog.Choices:
		var out []string
		for _, code := range filled(v[name]) {
			if o := fd.Option(code); o != nil {
				code = o.Name
			}
			out = append(out, code)
		}
		return strings.Join(out, ", ")
	case catalog.Bool:
		return map[string]string{"true": "Có", "false": "Không"}[v.Get(name)]
	case catalog.UnitRef, catalog.UnitRefs, catalog.EntryRef:
		var out []string
		for _, ref := range filled(v[name]) {
			out = append(out, or(f.Names[ref], ref))
		}
		return strings.Join(out, ", ")
	case catalog.File:
		var out []string
		for _, l := range f.Files {
			if strings.Contains(strings.Join(v[name], " "), l.Hash) {
				out = append(out, l.Name)
			}
		}
		return strings.Join(out, ", ")
	case catalog.Person:
		return joinDash(v.Get(name), v.Get(name+officePart))
	case catalog.Int, catalog.Money, catalog.DecimalT:
		text := strings.TrimSpace(v.Get(name))
		if text == "" {
			return ""
		}
		return strings.TrimSpace(text + " " + fieldUnit(fd))
	}
	return strings.TrimSpace(v.Get(name))
}

func joinDash(a, b string) string {
	return strings.Trim(strings.TrimSpace(a)+" – "+strings.TrimSpace(b), " –")
}

func fieldUnit(fd *catalog.Field) string {
	if fd.Type == catalog.Money {
		return or(fd.Unit, "đồng")
	}
	return fd.Unit
}
