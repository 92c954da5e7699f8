package ledger

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

const titleRunes = 200

// describe gives the title of an entry and its folded text for searching: what was done and where, never a word
// about a person. The title is what the kind names as such, else the first text, else the kind's name.
func describe(k *catalog.Kind, v catalog.Values) (title, fold string) {
	var texts, named []string
	for _, f := range k.Fields {
		if text := tidy(v.Text(f.Code)); text != "" && isText(f.Type) && f.About != "person" {
			texts = append(texts, text)
		}
	}
	for _, code := range k.Title {
		if f := k.Field(code); f != nil && f.About != "person" {
			if text := shown(f, v[code]); text != "" {
				named = append(named, text)
			}
		}
	}
	switch {
	case len(named) > 0:
		title = strings.Join(named, " – ")
	case len(k.Title) == 0 && len(texts) > 0:
		title = texts[0]
	default:
		title = k.Name
	}
	return cut(title, titleRunes), civil.Fold(k.Name + "\n" + strings.Join(texts, "\n"))
}

func isText(t catalog.FieldType) bool {
	return t == catalog.Text || t == catalog.LongText || t == catalog.PlaceText
}

// shown is a value as a title has it.
func shown(f *catalog.Field, v any) string {
	switch v := v.(type) {
	case int64:
		return civil.FormatInt(v)
	case string:
		switch f.Type {
		case catalog.Choice:
			if o := f.Option(v); o != nil {
				return o.Name
			}
		case catalog.DateT:
			if d, err := civil.ParseDate(v); err == nil {
				return d.Vi()
			}
		}
		return tidy(v)
	}
	return ""
}

func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

func cut(s string, runes int) string {
	if utf8.RuneCountInString(s) <= runes {
		return s
	}
	return string([]rune(s)[:runes-1]) + "…"
}

// encoded is the canonical JSON of values.
func encoded(v catalog.Values) string {
	if len(v) == 0 {
		return "{}"
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic("values that Check let through do not marshal: " + err.Error())
	}
	return string(b)
}

// typed is stored values as they are handed in again: numbers as numbers, everything else as it is.
func typed(fields string) map[string]any {
	d := json.NewDecoder(bytes.NewReader([]byte(fields)))
	d.UseNumber()
	raw := map[string]any{}
	if err := d.Decode(&raw); err != nil {
		panic("stored values are not JSON: " + err.Error())
	}
	return raw
}
