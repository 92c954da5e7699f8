// Package geo draws maps of territories: communes of a province, provinces of
// the country, coloured by a figure.
//
// Parse reads a layer of boundaries, GeoJSON or TopoJSON (quantised arcs with
// their deltas and transform). Layers are keyed by GSO codes and each belongs
// to one date: the 122 communes of 2010 and the 37 of 2025 are two layers, and
// the caller takes the one that fits the basis of the figure. The files and
// their licences are in data/geo.
//
//	layer, err := geo.Parse(bytes)
//	d := geo.Map{Layer: layer, Values: values, Title: "...", Unit: "lượt"}.Draw()
//	// d.SVG goes into the page, d.Legend beside it
//
// The projection is equirectangular with the longitude shortened by the cosine
// of the middle latitude, which is true enough for a province, on a grid 512
// wide whose coordinates are whole numbers: 122 communes with names, links and
// values take less than 50 kB. An island that would vanish between two grid
// points is kept as a dot: no territory disappears from a map for being small.
//
// Values are put into classes q1 to q6 (q0 is a stated zero) by quantile, by
// equal steps, or at given limits. The limits are rounded to the decimals shown
// before they are used, so that the legend says exactly what the colours do.
// An area without a value is hatched ("không có số liệu"), which is not zero; an
// estimated value, restated by shares across a split, is striped and marked ≈.
// Nothing is told by colour alone: each area has its name and value as title
// and, where it has an address, is a link; Legend gives ranges and counts for a
// table beside the map.
//
// Names are written on the larger areas, or one for each group (district), where
// they fit and do not cover one another. Outlines of groups are found from the
// edges that only one side of a group uses.
package geo
