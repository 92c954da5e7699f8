package geo

// Point is longitude and latitude in degrees.
type Point struct{ Lon, Lat float64 }

// Area is one territory: its code, its name and its rings.
type Area struct {
	Code, Name string
	// Group is the code of the area's parent where the file has one (the
	// district of a commune of 2010).
	Group string
	// Polygons hold an outer ring and its holes each; rings are closed (the
	// first point is repeated at the end).
	Polygons [][][]Point
}

// Layer is a set of areas of one moment.
type Layer struct{ Areas []Area }

// Box is the extent of a layer in degrees.
type Box struct{ West, South, East, North float64 }
