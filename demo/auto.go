package demo

import (
	"slices"
	"strings"

	"danvan/internal/catalog"
)

// usual are the bodies that record a kind which any body may record.
var usual = []string{
	"province/mobilisation_board", "district/mobilisation_board", "commune/mobilisation_board", "province/propaganda_mobilisation_board",
	"commune/party_building_board", "commune/front", "commune/peoples_committee", "district/front",
}

// everyday are streams for the kinds that no stream names: each kind of the catalogue is used by somebody.
func everyday(ed *catalog.Edition, named []*stream) []*stream {
	taken := map[string]bool{}
	for _, st := range named {
		taken[st.Kind] = true
	}
	for _, code := range slices.Concat(special, disclosureKinds) {
		taken[code] = true
	}
	var out []*stream
	for _, kind := range ed.Kinds {
		if taken[kind.Code] {
			continue
		}
		by := map[string]float64{}
		for _, class := range recorders(ed, kind) {
			by[class] = rate(class)
		}
		out = append(out, &stream{Name: "everyday " + kind.Code, Kind: kind.Code, By: by, Each: 1, Trend: 1.02, file: "everyday"})
	}
	return out
}

// rate is how often a body of the class records one everyday kind in a year.
func rate(class string) float64 {
	switch {
	case strings.HasPrefix(class, "commune/"):
		return .02
	case strings.HasPrefix(class, "district/"):
		return .1
	}
	return .55
}

// recorders are the classes that may record the kind, a few at most.
func recorders(ed *catalog.Edition, kind *catalog.Kind) []string {
	var out []string
	for _, pattern := range kind.By {
		if pattern == "*" {
			return usual
		}
		level, typ, _ := strings.Cut(pattern, "/")
		for _, l := range []string{"province", "district", "commune"} {
			if level != "*" && level != l {
				continue
			}
			class := l + "/" + typ
			if typ == "*" {
				class = l + "/peoples_committee"
			}
			if !slices.Contains(out, class) {
				out = append(out, class)
			}
		}
	}
	return out
}
