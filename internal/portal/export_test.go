package portal

// Rows are the patterns of all rows, without their language.
func Rows() []string {
	var out []string
	for _, row := range (&portal{}).routes() {
		out = append(out, row.Pattern)
	}
	return out
}
