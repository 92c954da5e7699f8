package org

import (
	"testing"

	"danvan/data"
)

// A province of today can be loaded by itself, with as many units as in the whole country's list: a city that was
// alone, one of two, one of three, and one that took a commune from its neighbour.
func TestAProvinceCanBeCutOut(t *testing.T) {
	units, acts, err := ReadFolder(data.FS, "nation")
	if err != nil {
		t.Fatal(err)
	}
	truth := &Truth{Floor: units, Changes: acts}
	country, problems := Derive(truth)
	if country == nil {
		t.Fatal(problems)
	}
	const day = 20260101
	for _, code := range []string{"01", "19", "79", "82"} {
		id := country.On(code, day).ID
		cut, err := ProvinceOf(truth, code, day)
		if err != nil {
			t.Error(err)
			continue
		}
		tree, _ := Derive(cut)
		have, want := len(tree.Existing(day, tree.On(code, day).ID, Filter{})), len(country.Existing(day, id, Filter{}))
		if have != want || len(tree.Roots(day)) != 1 {
			t.Errorf("%s: %d units of %d, %d roots", code, have, want, len(tree.Roots(day)))
		}
	}
}
