package web

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/figure"
	"danvan/internal/org"
	"danvan/internal/report"
)

// Every request asks its figures with the eyes of whoever is signed in (ADR 0046): the engine refuses what divides
// citizens' letters by class or content to who may not read them, on whatever page.

// lettersSight is what somebody may see of letters.
type lettersSight struct{ *access.Viewer }

// ReadsLetters implements figure.Sight.
func (l lettersSight) ReadsLetters(unit org.UnitID) bool {
	return l.Viewer.May(access.ReadLetters, unit)
}

// seeing marks a request's figures as asked for by the viewer.
func seeing(ctx context.Context, v *access.Viewer) context.Context {
	return figure.SeenBy(ctx, lettersSight{v})
}

// sightMark tells apart readers who see different figures: by the units whose letters they may read.
func sightMark(ctx context.Context) string {
	v := viewer(ctx)
	if v == nil {
		return ""
	}
	var units []string
	for _, g := range v.Grants {
		if g.Role.Has(access.ReadLetters) {
			units = append(units, fmt.Sprint(g.Unit))
		}
	}
	slices.Sort(units)
	return strings.Join(slices.Compact(units), ",")
}

// shownTo is a printed report as the viewer may see it.
func (s *server) shownTo(ctx context.Context, rep *report.Report) (*report.Report, error) {
	seen, _, err := report.Veil(ctx, s.Figures, rep)
	return seen, err
}
