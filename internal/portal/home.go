package portal

import "net/http"

func (p *portal) homeRoutes() []route {
	return []route{
		{"GET /", p.keep(p.home)},
	}
}

// home is the portal's first page: what one can do, then what was promised, published, given.
func (p *portal) home(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.province(r.Context()); err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, page{Title: say(r.Context(), "Trang đầu", "Home"), Wide: true}, p.homeView())
}
