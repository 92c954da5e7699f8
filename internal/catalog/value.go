package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Values are the values of an entry, as Check left them: by field code one of
//
//	int64        int, money
//	Decimal      decimal
//	string       text, longtext, place_text, url, choice, unit, file, entry; date as 2019-12-31
//	bool         bool
//	[]string     choices, units, file (several)
//	PersonName   person; []PersonName where several
//	[]Values     group
//
// A field without value is absent. json.Marshal gives the canonical text: keys sorted, numbers plain.
type Values map[string]any

// PersonName is all that the system keeps of a person in an entry: a name and, where it matters, an office.
type PersonName struct {
	Name   string `json:"name"`
	Office string `json:"office,omitempty"`
}

// Int is a number in its field's smallest unit: 32.13 with two decimals is 3213.
func (v Values) Int(code string) (int64, bool) { return units(v[code]) }

// Text is a text, date or code; "" where there is none.
func (v Values) Text(code string) string { s, _ := v[code].(string); return s }

// Rows are the rows of a group.
func (v Values) Rows(code string) []Values { rows, _ := v[code].([]Values); return rows }

// Decode reads the canonical JSON of values of this kind, as stored with an entry. It trusts what Check once let
// through and only restores the types.
func (k *Kind) Decode(text []byte) (Values, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var raw map[string]any
	if err := d.Decode(&raw); err != nil {
		return nil, fmt.Errorf("values of kind %s: %w", k.Code, err)
	}
	v, err := restoreAll(k.byCode, raw)
	if err != nil {
		return nil, fmt.Errorf("values of kind %s: %w", k.Code, err)
	}
	return v, nil
}

func restoreAll(fields map[string]*Field, raw map[string]any) (Values, error) {
	v := make(Values, len(raw))
	for code, x := range raw {
		f := fields[code]
		if f == nil {
			return nil, fmt.Errorf("no field %s", code)
		}
		restored, err := f.restore(x)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", code, err)
		}
		v[code] = restored
	}
	return v, nil
}

func (f *Field) restore(x any) (any, error) {
	switch x := x.(type) {
	case json.Number:
		scale := 0
		if f.Type == DecimalT {
			scale = f.Scale
		}
		n, err := parseDecimal(x.String(), scale)
		if f.Type == DecimalT {
			return Decimal{n, f.Scale}, err
		}
		return n, err
	case string, bool:
		return x, nil
	case map[string]any:
		return restorePerson(x), nil
	case []any:
		return f.restoreList(x)
	}
	return nil, fmt.Errorf("unexpected %T", x)
}

func restorePerson(m map[string]any) PersonName {
	name, _ := m["name"].(string)
	office, _ := m["office"].(string)
	return PersonName{name, office}
}

func (f *Field) restoreList(list []any) (any, error) {
	switch f.Type {
	case Group:
		rows := make([]Values, 0, len(list))
		for _, item := range list {
			m, _ := item.(map[string]any)
			row, err := restoreAll(f.byCode, m)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
		return rows, nil
	case Person:
		people := make([]PersonName, 0, len(list))
		for _, item := range list {
			m, _ := item.(map[string]any)
			people = append(people, restorePerson(m))
		}
		return people, nil
	}
	texts := make([]string, 0, len(list))
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("unexpected %T in a list", item)
		}
		texts = append(texts, s)
	}
	return texts, nil
}
