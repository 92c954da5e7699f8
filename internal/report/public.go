package report

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// nobody may read no letters.
type nobody struct{}

func (nobody) ReadsLetters(org.UnitID) bool { return false }

// cutMark stands where a sentence was left out of a public copy.
const cutMark = "[…]"

// ForPublic is an issued report as everybody may read it, and how many figures were left out; where none, it is the report
// itself. Left out is what divides letters by class or content (ADR 0046), and every count of letters but the sums of a
// whole province: letters by place are public in the open figures alone, where small counts are hidden with all from
// which they would follow (ADR 0056). Where one sum of the province is small, all of them go. The sentence around such a
// figure goes with it, since its words may tell what the number was. What an office wrote in its own words stays.
func ForPublic(ctx context.Context, engine *figure.Engine, r *Report) (*Report, int, error) {
	closed, letters, err := r.closedToAll(ctx, engine)
	if err != nil {
		return nil, 0, err
	}
	n := 0
	for _, c := range closed {
		if c {
			n++
		}
	}
	if n == 0 && !letters {
		return r, 0, nil
	}
	out, err := r.copy()
	if err != nil {
		return nil, 0, err
	}
	v := veil{closed: closed}
	ed := engine.Catalog.EditionOn(civil.MustDate(r.Period.To))
	aboutLetters := func(code string) bool { ind := ed.Indicator(code); return ind == nil || ed.AboutLetters(ind) }
	for i := range out.Sections {
		out.Sections[i].Blocks = v.cut(out.Sections[i].Blocks, aboutLetters)
	}
	v.report(out)
	out.Notices, out.Forms = nil, nil // what was to be looked at before signing; forms divide letters
	for i := range out.Evidence {
		out.Evidence[i].Checks = nil
	}
	return out, max(n, 1), nil
}

// closedToAll says of each figure whether it is left out, and whether the report has a form about letters.
func (r *Report) closedToAll(ctx context.Context, engine *figure.Engine) (closed []bool, forms bool, err error) {
	qs, by := make([]figure.Query, len(r.Evidence)), make([]string, len(r.Evidence))
	about := make([]bool, len(r.Evidence))
	tree := engine.Tree()
	small := false
	for i, e := range r.Evidence {
		q, err := r.whole(e)
		if err != nil {
			return nil, false, fmt.Errorf("figure %s of the report %s: %w", e.Key, r.Template, err)
		}
		qs[i], by[i] = q, e.By
		ed := engine.Catalog.EditionOn(q.Period.To)
		ind := ed.Indicator(e.Indicator)
		about[i] = ind == nil || ed.AboutLetters(ind)
		small = small || about[i] && e.small()
	}
	closed, err = engine.Veiled(figure.SeenBy(ctx, nobody{}), qs, by)
	if err != nil {
		return nil, false, fmt.Errorf("look for what everybody may see of the report %s: %w", r.Template, err)
	}
	for i, e := range r.Evidence {
		closed[i] = closed[i] || about[i] && (small || e.By == "unit" || !wholeProvince(tree, qs[i]))
	}
	for i := range r.Forms {
		columns, err := r.closedColumns(figure.SeenBy(ctx, nobody{}), engine, &r.Forms[i])
		if err != nil {
			return nil, false, err
		}
		forms = forms || slices.Contains(columns, true)
	}
	return closed, forms, nil
}

// small reports whether the figure is a small count, or has one in it: its part, or what is left of its whole.
func (e Evidence) small() bool {
	least := big.NewRat(catalog.LeastSmall, 1)
	little := func(v *big.Rat) bool { return v != nil && v.Sign() > 0 && v.Cmp(least) < 0 }
	part, whole := ratOf(e.Numerator), ratOf(e.Denominator)
	if part != nil && whole != nil {
		return little(part) || little(whole) || little(new(big.Rat).Sub(whole, part))
	}
	return e.Value != nil && little(ratOf(*e.Value))
}

// wholeProvince reports whether a question is about a whole province.
func wholeProvince(tree *org.Tree, q figure.Query) bool {
	u, err := tree.Resolve(q.Unit, q.Basis, q.Period.To)
	return err == nil && u.Form == org.Territory && u.SpanOn(min(q.Period.To, u.Closed.AddDays(-1))).Level == org.Province
}

// cut leaves out sentences around closed figures, and charts of letters, or that do not say what they count.
func (v veil) cut(blocks []Block, aboutLetters func(indicator string) bool) []Block {
	out := blocks[:0]
	for _, b := range blocks {
		switch b.Kind {
		case BlockChart:
			if len(b.Chart.Indicators) == 0 || slices.ContainsFunc(b.Chart.Indicators, aboutLetters) {
				continue
			}
		case BlockParagraph, BlockNote:
			b.Runs = v.sentences(b.Runs)
		case BlockList:
			for i := range b.Items {
				b.Items[i] = v.sentences(b.Items[i])
			}
		}
		out = append(out, b)
	}
	return out
}

// sentences are the runs with a mark in place of each sentence that holds a closed figure.
func (v veil) sentences(runs []Run) []Run {
	if !slices.ContainsFunc(runs, func(r Run) bool { return v.hides(r.Evidence) }) {
		return runs
	}
	var out, sentence []Run
	closed := false
	end := func() {
		switch {
		case !closed:
			out = append(out, sentence...)
		case len(out) == 0 || out[len(out)-1].Text != cutMark+" ":
			out = append(out, Run{Text: cutMark + " ", Evidence: NoEvidence})
		}
		sentence, closed = nil, false
	}
	for _, r := range runs {
		closed = closed || v.hides(r.Evidence)
		if r.Evidence != NoEvidence {
			sentence = append(sentence, r)
			continue
		}
		for rest := r.Text; rest != ""; {
			head, tail, more := strings.Cut(rest, ". ")
			if more {
				head += ". "
			}
			part := r
			part.Text, rest = head, tail
			sentence = append(sentence, part)
			if more {
				end()
			}
		}
	}
	end()
	return out
}
