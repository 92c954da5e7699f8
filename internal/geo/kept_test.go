package geo

import (
	"reflect"
	"slices"
	"testing"
)

// TestProjectionKept: a layer is put on the grid as if for the first time, whatever was drawn before.
func TestProjectionKept(t *testing.T) {
	whole := load(t, communes2010)
	part := Layer{Areas: slices.Clone(whole.Areas[:len(whole.Areas)/3])}
	renamed := Layer{Areas: slices.Clone(whole.Areas)}
	for i := range renamed.Areas {
		renamed.Areas[i].Name, renamed.Areas[i].Group = "khác", "nhóm"
	}
	var p projections
	for range 2 {
		for _, l := range []Layer{whole, part, renamed} {
			got, tall := p.on(l)
			want, height := l.project()
			if tall != height || len(got) != len(want) {
				t.Fatalf("%d shapes of height %d, want %d of %d", len(got), tall, len(want), height)
			}
			for i := range got {
				if !reflect.DeepEqual(got[i], want[i]) {
					t.Fatalf("shape %d of %d differs from a new one", i, len(got))
				}
			}
		}
	}
	if len(p.kept) != 2 {
		t.Errorf("%d projections are kept, want 2: the whole and the part", len(p.kept))
	}
}
