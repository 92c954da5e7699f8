package portal

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"danvan/internal/civil"
	"danvan/internal/contribution"
	"danvan/internal/org"
)

// contributionPart is the part of a first page that tells what people gave.
type contributionPart struct {
	Count int
	All   string
	Words contribution.Words
	Shown []workCard
}

// partWorks is how many works a part of a first page shows.
const partWorks = 2

// contributionSummary is what people gave to works of a commune, or of the province (0), for first pages: the works in
// which most is going on. It shows nothing where there is no work.
func (p *portal) contributionSummary(ctx context.Context, commune org.UnitID) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		list, err := p.worksOf(ctx, commune)
		if err != nil || len(list) == 0 {
			return err
		}
		tree, err := p.Tree(ctx)
		if err != nil {
			return err
		}
		v := contributionPart{Count: len(list), All: "/dong-gop", Words: p.words()}
		if u := tree.Unit(commune); u != nil {
			v.All += "?xa=" + u.Code
		}
		slices.SortStableFunc(list, func(a, b *contribution.Work) int { return interest(b) - interest(a) })
		for _, x := range list[:min(partWorks, len(list))] {
			v.Shown = append(v.Shown, p.card(ctx, tree, x))
		}
		return p.contributionSection(v).Render(ctx, w)
	})
}

// interest orders works for first pages: under way first, with more kinds of gifts before fewer.
func interest(w *contribution.Work) int {
	n := len(w.Account.Items())
	switch w.Stage() {
	case contribution.Building:
		n += 100
	case contribution.Done:
		n += 60
	case contribution.Collecting:
		n += 40
	}
	return n
}

// decimalText is a stored decimal as people write it.
func decimalText(s string) string { return strings.ReplaceAll(s, ".", ",") }

func formatInt(n int64) string { return civil.FormatInt(n) }

// doneText says how much was accepted, in the unit of the plan.
func (p *portal) doneText(ctx context.Context, v workView) string {
	done := v.Done()
	var out []string
	for unit, n := range done {
		out = append(out, decimalText(strings.TrimSuffix(strings.TrimSuffix(string(n), "0"), ".0"))+" "+p.choice("quantity_unit", unit))
	}
	if len(out) == 0 {
		return ""
	}
	slices.Sort(out)
	return say(ctx, ", đã nghiệm thu ", ", accepted ") + strings.Join(out, ", ")
}
