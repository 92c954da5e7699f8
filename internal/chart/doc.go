// Package chart draws charts as SVG on the server.
//
// A chart is a plain struct with an SVG method that returns the text of one
// <svg> element: no script, no outside reference, every text escaped, so that
// it can be put into a page as it is. Colours, fonts and strokes come from
// classes and custom properties (see CSS), so that a chart follows the light
// and the dark theme of the page around it and prints. Standalone puts the
// rules and the light colours inside, for a file that must stand alone.
//
// Each chart carries role="img", a <title> and a <desc>. The description is
// made of the values when the caller gives none: whoever hears the page hears
// the figures. Every value drawn is also written on the chart as text, save
// where there are too many to read, and then it is in the description.
//
// A Value is known or not known. The zero Value is "nothing reported": it
// leaves a gap and is read as such, while Num(0) is a stated zero and draws a
// bar of no height with its 0. An estimate is marked ≈ and hatched.
//
// The kinds:
//
//	Bars        grouped, overlaid (received ⊃ accepted ⊃ settled) or stacked
//	Lines       lines in which a break of definition cuts the line: the two
//	            sides are never joined; a dashed line and a text say why
//	Ranking     horizontal bars of units or places. Never of persons.
//	Multiples   small charts of one series each, all on one scale
//	Sparkline   a line the size of a word
//
// Numbers are written as in Vietnam: 1.234,5. A caller that has its own text
// for a value ("trên 70", "8/8") gives it in Value.Label.
package chart
