package web

import (
	"bytes"
	"embed"
	"fmt"
	"slices"

	"danvan/internal/chart"
	"danvan/internal/geo"
	"danvan/internal/look"
)

//go:embed assets
var embedded embed.FS

// assetRoot is where the assets are served.
const assetRoot = "/tinh/"

func loadAssets() (*look.Assets, error) {
	return look.Load(assetRoot, embedded, func(name string, body []byte) []byte {
		if name == "look.css" {
			return slices.Concat(body, []byte(chart.CSS), []byte(geo.CSS), opened())
		}
		return body
	})
}

// mostDrawers is how many figures of a report can be marked in its text; the longest report has about half.
const mostDrawers = 400

// opened marks a figure in the text while its drawer is open. Without script it takes one rule a figure: which
// link leads to the target is something that a style sheet can only be told by name.
func opened() []byte {
	var b bytes.Buffer
	for i := range mostDrawers {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, ".report:has(#%[1]s:target) a[href=\"#%[1]s\"]", drawerID(i))
	}
	b.WriteString("{background:var(--mark);text-decoration-style:solid;box-shadow:0 0 0 3px var(--mark)}\n")
	return b.Bytes()
}

func gzipped(body []byte) []byte { return look.Gzipped(body) }
