package catalog

import (
	"os"
	"testing"

	catalogdata "danvan/catalog"
)

// The catalogue of this program must load without a problem.
func TestOwnCatalogue(t *testing.T) {
	c, err := Load(catalogdata.FS, FromYAML())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range c.Editions() {
		t.Logf("%s from %s: %d kinds, %d series, %d indicators, %d duties, %d bytes", e.Code, e.From, len(e.Kinds), len(e.Series), len(e.Indicators), len(e.Duties), len(e.Bundle()))
	}
}

func BenchmarkLoad(b *testing.B) {
	fsys := os.DirFS("../../catalog")
	for b.Loop() {
		if _, err := Load(fsys, FromYAML()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFromBundle(b *testing.B) {
	c, err := Load(os.DirFS("../../catalog"), FromYAML())
	if err != nil {
		b.Fatal(err)
	}
	text := c.Latest().Bundle()
	for b.Loop() {
		if _, err := FromBundle(text); err != nil {
			b.Fatal(err)
		}
	}
}
