package portal

import (
	"context"
	"io"
	"slices"

	"github.com/a-h/templ"

	"danvan/internal/model"
)

// partModels is how many models a part of a first page shows.
const partModels = 3

// modelSummary are the models of a commune, or of the province, for first pages: alive, with pictures first. It shows
// nothing where there is none.
func (p *portal) modelSummary(ctx context.Context, of place) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		list, err := p.openModels(ctx, model.ModelKind)
		if err != nil {
			return err
		}
		tree, err := p.Tree(ctx)
		if err != nil {
			return err
		}
		today := p.Today()
		list = slices.DeleteFunc(list, func(m *model.Model) bool {
			return m.State(today) == model.Ended || of.ID != 0 && nowOf(tree, m.Place, today) != of.ID
		})
		if len(list) == 0 {
			return nil
		}
		slices.SortStableFunc(list, func(a, b *model.Model) int {
			pa, pb := a.Picture() != nil, b.Picture() != nil
			switch {
			case pa == pb:
				return 0
			case pa:
				return -1
			}
			return 1
		})
		var shown []modelCard
		for _, m := range list[:min(partModels, len(list))] {
			shown = append(shown, p.modelCard(ctx, tree, m))
		}
		return p.modelSection("/mo-hinh"+placeQuery(of), len(list), shown).Render(ctx, w)
	})
}
