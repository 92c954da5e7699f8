package web

// Maps draws a figure on the boundaries of its basis.
type Maps struct{}

// drawnMap is a map with its legend.
type drawnMap struct {
	SVG     string
	Classes []mapClass
}

type mapClass struct{ Class, Label string }

func (m Maps) draw(v figureView) (*drawnMap, error) { return nil, nil }
