package portal

import (
	"cmp"
	"context"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// place is a territory as a public page names it.
type place struct {
	ID   org.UnitID
	Code string
	Name string
}

// province is the unit that the portal speaks for: the first territory at the top that the system holds records of.
func (p *portal) province(ctx context.Context) (place, error) {
	tree, err := p.Tree(ctx)
	if err != nil {
		return place{}, err
	}
	today := p.Today()
	for _, id := range tree.Roots(today) {
		if u := tree.Unit(id); !u.NoData && tree.SpanOn(id, today).Level != "central" {
			return place{id, u.Code, tree.NameOn(id, today)}, nil
		}
	}
	return place{}, fault.New(fault.Unavailable, "Cổng chưa mở: hệ thống chưa có đơn vị nào.")
}

// name is what the portal is called.
func (p *portal) name(ctx context.Context) (string, error) {
	of, err := p.province(ctx)
	if fault.KindOf(err) == fault.Unavailable {
		return "", nil
	}
	return of.Name, err
}

// communes are the communes of today, by name.
func (p *portal) communes(ctx context.Context) ([]place, error) {
	tree, err := p.Tree(ctx)
	if err != nil {
		return nil, err
	}
	of, err := p.province(ctx)
	if err != nil {
		return nil, err
	}
	today := p.Today()
	var out []place
	for _, id := range tree.Existing(today, of.ID, org.Filter{Levels: []string{"commune"}, Forms: []string{org.Territory}}) {
		out = append(out, place{id, tree.Unit(id).Code, tree.NameOn(id, today)})
	}
	slices.SortFunc(out, func(a, b place) int { return cmp.Compare(civil.Fold(a.Name), civil.Fold(b.Name)) })
	return out, nil
}

// commune is the commune of today with a code.
func (p *portal) commune(ctx context.Context, code string) (place, error) {
	all, err := p.communes(ctx)
	if err != nil {
		return place{}, err
	}
	if i := slices.IndexFunc(all, func(c place) bool { return c.Code == code }); i >= 0 {
		return all[i], nil
	}
	return place{}, fault.New(fault.NotFound, "Không có xã, phường nào mang mã này. Hãy chọn trong danh sách.")
}
