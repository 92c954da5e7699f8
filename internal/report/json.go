package report

import (
	"encoding/json"
	"io"
)

// JSON writes the whole report for machines. Values are decimal strings; null
// is nothing reported.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
