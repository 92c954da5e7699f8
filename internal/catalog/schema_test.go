package catalog

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	catalogdata "danvan/catalog"
)

const schemaFile = "../../docs/schema/catalog.schema.json"

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("catalog.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("catalog.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	var plain any
	if err := yaml.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestSchemaIsCommitted(t *testing.T) {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, Schema()) {
		t.Error("docs/schema/catalog.schema.json is not what the reader takes; write it anew: go run ./cmd/danvan catalog schema > docs/schema/catalog.schema.json")
	}
}

func TestSchemaTakesOwnCatalogue(t *testing.T) {
	s := compiledSchema(t)
	err := fs.WalkDir(catalogdata.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".yaml" {
			return err
		}
		text, err := fs.ReadFile(catalogdata.FS, p)
		if err != nil {
			return err
		}
		if err := validate(t, s, text); err != nil {
			t.Errorf("%s: %v", p, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSchemaRefuses(t *testing.T) {
	s := compiledSchema(t)
	for _, good := range []string{goodBase, goodEdition, edition2021, manyReaders, "drop: {kinds: [a]}", "drop: [a]"} {
		if err := validate(t, s, []byte(good)); err != nil {
			t.Errorf("good file refused: %v", err)
		}
	}
	for name, change := range map[string][2]string{
		"unknown key":      {"day: Ngày khai mạc", "days: Ngày khai mạc"},
		"missing citation": {"cite: Thông tư 01/2024/TT-TTCP", "help: không"},
		"bad enum":         {"type: bool, about: work", "type: boolean, about: work"},
		"wrong type":       {"scale: 2, unit: m², min: 0", "scale: hai, unit: m², min: 0"},
		"no about":         {"type: bool, about: work}", "type: bool}"},
		"person's opinion": {"type: url, about: work}", "type: text, about: person, part: contact}"},
		"person, no part":  {"part: office_holder, about: person", "about: person"},
		"bad code":         {"- code: training\n", "- code: Training\n"},
		"bad date":         {"from: 2024-03-05", "from: tháng 3"},
	} {
		if err := validate(t, s, []byte(strings.Replace(goodBase, change[0], change[1], 1))); err == nil {
			t.Errorf("%s: the schema takes it", name)
		}
	}
}
