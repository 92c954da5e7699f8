package catalog

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// Schema is the JSON Schema of the catalogue's files, for editors. It is made from the same struct tags as the
// reader works by; docs/schema/catalog.schema.json holds it and a test keeps the two alike. An editor sees shape
// only: codes that lead nowhere are found by catalog check.
func Schema() []byte {
	w := &schemaWriter{defs: map[string]any{}}
	w.structure(reflect.TypeFor[sheet](), "sheet")
	w.structure(reflect.TypeFor[head](), "head")
	w.personRule()
	root := map[string]any{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "Danh mục quy định danvan",
		"description": "Các tệp YAML trong catalog/. Cách viết: docs/catalog.md. Sinh ra bởi: danvan catalog schema",
		"if":          map[string]any{"required": []string{"title"}},
		"then":        map[string]any{"$ref": "#/$defs/head"},
		"else":        map[string]any{"$ref": "#/$defs/sheet"},
		"$defs":       w.defs,
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		panic(err) // maps of plain values always encode
	}
	return b.Bytes()
}

type schemaWriter struct {
	defs map[string]any
}

// structure writes the definition of a struct once.
func (w *schemaWriter) structure(t reflect.Type, name string) {
	if w.defs[name] != nil {
		return
	}
	properties := map[string]any{}
	def := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	w.defs[name] = def
	var needed []string
	for _, s := range specsOf(t) {
		p := w.value(s.typ)
		if s.enum != nil {
			p = map[string]any{"enum": s.enum}
		}
		if s.code {
			p["pattern"] = codePattern.String()
		}
		if s.doc != "" {
			p["description"] = s.doc
		}
		properties[s.name] = p
		if s.need {
			needed = append(needed, s.name)
		}
	}
	if needed != nil {
		def["required"] = needed
	}
}

func (w *schemaWriter) value(t reflect.Type) map[string]any {
	switch {
	case t == dateType:
		return map[string]any{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`}
	case t == dropsType:
		return dropSchema()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return w.value(t.Elem())
	case reflect.Struct:
		w.structure(t, t.Name())
		return map[string]any{"$ref": "#/$defs/" + t.Name()}
	case reflect.Slice:
		list := map[string]any{"type": "array", "items": w.value(t.Elem())}
		if t.Elem().Kind() == reflect.String {
			return map[string]any{"anyOf": []any{textSchema(), list}}
		}
		return list
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": w.value(t.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	}
	return textSchema()
}

// textSchema takes numbers too: code: 2010 and min: 0 need no quotes.
func textSchema() map[string]any { return map[string]any{"type": []string{"string", "number"}} }

func dropSchema() map[string]any {
	codes := map[string]any{"anyOf": []any{textSchema(), map[string]any{"type": "array", "items": textSchema()}}}
	sections := map[string]any{}
	for _, s := range dropSections {
		sections[s] = codes
	}
	return map[string]any{"anyOf": []any{codes, map[string]any{"type": "object", "additionalProperties": false, "properties": sections}}}
}

// personRule says in the schema, too, that a field about a person is a name in a known part.
func (w *schemaWriter) personRule() {
	field, ok := w.defs["Field"].(map[string]any)
	if !ok {
		return
	}
	is := func(key, value string) map[string]any {
		return map[string]any{"properties": map[string]any{key: map[string]any{"const": value}}, "required": []string{key}}
	}
	person := map[string]any{"properties": map[string]any{"type": map[string]any{"const": "person"}, "about": map[string]any{"const": "person"}}, "required": []string{"part"}}
	field["allOf"] = []any{
		map[string]any{"if": is("about", "person"), "then": person},
		map[string]any{"if": is("type", "person"), "then": person},
	}
}
