package portal

import (
	"net/http"
	"strconv"
)

// counted is a portal that counts the kept pages that it makes.
type counted struct {
	http.Handler
	p *portal
}

// NewCounting is a portal, and how many pages it holds.
func NewCounting(d Deps) (http.Handler, func() int, error) {
	h, p, err := build(d)
	if err != nil {
		return nil, nil, err
	}
	return counted{h, p}, func() int { return len(p.kept.plain.done) + len(p.kept.asked.done) }, nil
}

// Crowd keeps a page of many bytes that answers a question.
func Crowd(h http.Handler, n, size int) {
	p := h.(counted).p
	p.kept.put(keptAt{state: p.kept.state, path: "/cong/doi-thoai", query: "x=" + strconv.Itoa(n)}, make([]byte, size))
}

// Rows are the patterns of all rows, without their language.
func Rows() []string {
	var out []string
	for _, row := range (&portal{}).routes() {
		out = append(out, row.Pattern)
	}
	return out
}
