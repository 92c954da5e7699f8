// Package report makes official documents whose figures are live.
//
// A report begins as a template: a text file with a head (what document it
// is, who issues it, to whom it goes) and a body in a small Markdown in which
// every figure is a slot, such as {{petition.received}}. Nobody types a
// figure: a digit in prose is an error unless it belongs to a document
// number, a date or a citation, or is escaped on purpose.
//
//	Parse   reads a template; a wrong directive is an error with file and line
//	Check   holds it against a catalogue edition: a wrong indicator, label or
//	        class is an error with the nearest right name
//	Build   fills it for one unit and period and returns a Report
//	HTML, DOCX, XLSX, JSON
//	        write a Report
//
// A Report is a plain model: sections of blocks, blocks of runs. A run that
// prints a figure carries the key of its Evidence, which holds the query, the
// exact value, the parts and the number of entries behind it, so that every
// face of the program can open the figure down to the records. The language is
// described in docs/reports.md.
package report
