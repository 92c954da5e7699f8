package portal

import (
	"context"

	"github.com/a-h/templ"
)

// sections are what other subjects tell on a first page: that of the portal (the commune is empty), or of a commune. Each
// renders a section of its own, nothing where there is nothing to tell.
func (p *portal) sections(ctx context.Context, commune place) []templ.Component {
	return []templ.Component{
		p.contributionSummary(ctx, commune.ID),
		p.modelSummary(ctx, commune),
		p.newsSummary(ctx, commune),
		p.contestSummary(ctx, commune),
	}
}
