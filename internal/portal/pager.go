package portal

import (
	"net/http"
	"net/url"
	"strconv"
)

// pager leads through a list that is shown in parts; ?trang=N names the part.
type pager struct {
	Path  string
	Query url.Values // what else the list was asked for
	Page  int
	Pages int
	Total int
}

// paged is the part of a list that was asked for. A number beyond the end gives the last part.
func paged[T any](r *http.Request, path string, all []T, size int, keep ...string) ([]T, pager) {
	q := r.URL.Query()
	p := pager{Path: path, Query: url.Values{}, Page: 1, Pages: max(1, (len(all)+size-1)/size), Total: len(all)}
	for _, name := range keep {
		if v := q.Get(name); v != "" {
			p.Query.Set(name, v)
		}
	}
	if n, err := strconv.Atoi(q.Get("trang")); err == nil {
		p.Page = min(max(n, 1), p.Pages)
	}
	from := (p.Page - 1) * size
	return all[from:min(from+size, len(all))], p
}

// link is the address of a part.
func (p pager) link(n int) string {
	q := url.Values{}
	for name, v := range p.Query {
		q[name] = v
	}
	if n > 1 {
		q.Set("trang", strconv.Itoa(n))
	}
	if len(q) == 0 {
		return p.Path
	}
	return p.Path + "?" + q.Encode()
}
