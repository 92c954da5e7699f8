package web

import (
	"context"
	"strings"

	"danvan/internal/report"
)

// gist is what pages over many units keep of one printed report: the figures of the whole unit and period, and what the
// office wrote. A printed report itself is large, and a hundred of them do not fit into memory.
type gist struct {
	figures map[string]report.Evidence // by indicator; name, measure, value and exact alone
	order   []string                   // the indicators as they were printed
	words   map[string][]string        // paragraphs as printed, by the key of the place
}

// mostGists is how many are kept.
const mostGists = 4000

// gistOf is the gist of one printing; what was printed never changes, so it is read once.
func (s *server) gistOf(ctx context.Context, id int64, version int) (*gist, error) {
	key := printedKey{filing: id, version: version, sight: sightMark(ctx)}
	s.printed.mu.Lock()
	g := s.printed.gist[key]
	s.printed.mu.Unlock()
	if g != nil {
		return g, nil
	}
	rep, err := s.decodePrinted(ctx, s.DB.Read(), id, version)
	if err != nil {
		return nil, err
	}
	if rep, err = s.shownTo(ctx, rep); err != nil {
		return nil, err
	}
	g = gistFrom(rep)
	s.printed.mu.Lock()
	defer s.printed.mu.Unlock()
	if s.printed.gist == nil || len(s.printed.gist) >= mostGists {
		s.printed.gist = map[printedKey]*gist{}
	}
	s.printed.gist[key] = g
	return g, nil
}

func gistFrom(rep *report.Report) *gist {
	g := &gist{figures: map[string]report.Evidence{}, words: map[string][]string{}}
	for _, e := range rep.Evidence {
		code, _, _ := strings.Cut(e.Unit, "@")
		whole := e.By == "" && code == rep.Unit.Code && e.From == rep.Period.From && e.To == rep.Period.To
		if _, twice := g.figures[e.Indicator]; whole && !twice {
			g.order = append(g.order, e.Indicator)
			g.figures[e.Indicator] = report.Evidence{Indicator: e.Indicator, Name: e.Name, Measure: e.Measure, Value: e.Value, Exact: e.Exact}
		}
	}
	for _, sec := range rep.Sections {
		for _, b := range sec.Blocks {
			if b.Written == "" {
				continue
			}
			if b.Kind == report.BlockParagraph {
				g.words[b.Written] = append(g.words[b.Written], textOf(b.Runs))
			}
			for _, item := range b.Items {
				g.words[b.Written] = append(g.words[b.Written], "- "+textOf(item))
			}
		}
	}
	return g
}

func textOf(runs []report.Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return strings.TrimSpace(b.String())
}
