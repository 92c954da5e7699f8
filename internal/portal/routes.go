package portal

import (
	"net/http"
	"slices"
)

// route is one public page. Its pattern stands without the language: "GET /gui" answers at /cong/gui and at /en/gui.
type route struct {
	Pattern string
	Do      handler
}

// handler answers one request with a page, or returns why it cannot.
type handler func(w http.ResponseWriter, r *http.Request) error

// routes are all public pages, by subject: each list stands in the file of its subject. Whoever comes may ask for them.
func (p *portal) routes() []route {
	return slices.Concat(
		p.homeRoutes(),
		p.followRoutes(),
		p.contributionRoutes(),
		p.sendRoutes(),
		p.dialogueRoutes(), p.promiseRoutes(),
		p.figureRoutes(), p.reportRoutes(),
		p.publishedRoutes(),
		p.modelRoutes(), p.driveRoutes(),
		p.newsRoutes(),
		p.contestRoutes(),
	)
}

// Patterns are the patterns of all public pages as they are served in Vietnamese, for the table of permissions.
func Patterns() []string {
	var out []string
	for _, row := range (&portal{}).routes() {
		out = append(out, rooted(row.Pattern, Vietnamese))
	}
	return out
}
