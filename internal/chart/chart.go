package chart

// Value is one figure to draw. The zero Value means that nothing was
// reported, which is not the same as zero.
type Value struct {
	N     float64
	Known bool
	// Label is printed instead of the number.
	Label string
	// Estimate marks a value restated by shares: ≈ and a hatch.
	Estimate bool
}

// Num is a known value.
func Num(n float64) Value { return Value{N: n, Known: true} }

// Gap is a value of which nothing was reported.
func Gap() Value { return Value{} }

// Series is a named row of values, one for each category.
type Series struct {
	Name   string
	Values []Value
}

// About is what every chart says of itself.
type About struct {
	// ID must be unique in the page; it ties title and description to the
	// drawing. Empty is made from the title.
	ID string
	// Title names the chart. Desc tells what it shows; when empty it is made
	// of the values.
	Title, Desc string
	// Unit follows a value in the description ("đơn", "%").
	Unit string
	// Decimals of labels and axis; a negative number shows those needed.
	Decimals int
	// Legend draws the key inside the SVG. Leave it out where the page has
	// one of its own.
	Legend bool
}

// Layout says how several series share a category.
type Layout int

const (
	// Grouped stands bars side by side.
	Grouped Layout = iota
	// Overlaid draws each series inside the one before it, for parts of
	// parts: received, of these accepted, of these settled.
	Overlaid
	// Stacked stands them on one another; negative values hang below zero.
	Stacked
)

// Bars is a chart of upright bars by category, usually by year.
type Bars struct {
	About
	Layout     Layout
	Categories []string
	Series     []Series
	// Inner, when set, is written inside the innermost bar of each category
	// of an overlaid chart, for instance the percent.
	Inner []string
	// Breaks draw a dashed line before category At.
	Breaks []Break
}

// Lines is a chart of lines by category.
type Lines struct {
	About
	Categories []string
	Series     []Series
	Breaks     []Break
}

// Break says that from category At on the values follow another definition:
// no line is drawn into At. Label is written at the dashed line.
type Break struct {
	At    int
	Label string
}

// Item is a bar of a Ranking or a panel of Multiples.
type Item struct {
	Name  string
	Value Value
	// Href makes the bar a link.
	Href string
}

// Ranking draws horizontal bars in the order given, for units and places.
type Ranking struct {
	About
	Items []Item
}

// Multiples draws one small bar chart per series, all on one scale.
type Multiples struct {
	About
	Categories []string
	Series     []Series
	// Totals, one per series, are written beside its name when set.
	Totals []string
	// Columns of panels; 0 is 4.
	Columns int
}

// Sparkline is a line the size of a word. It has no axis and is hidden from
// readers when Title is empty, since the number stands beside it.
type Sparkline struct {
	Title  string
	Values []Value
}
