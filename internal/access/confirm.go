package access

import (
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// MayAbove reports whether the viewer has the right over the unit through a grant on a unit above it: one on the unit
// itself, or on what stands in its place, is not enough. A unit that nothing stands above has itself for its superior.
func (v *Viewer) MayAbove(right Right, unit org.UnitID) bool {
	if v == nil {
		return false
	}
	itself := v.standsFor(unit)
	if v.topmost(itself) {
		return v.May(right, unit)
	}
	for _, g := range v.Grants {
		if g.Role.Has(right) && v.reach(g.Unit).over(right)[unit] && !overlap(itself, v.standsFor(g.Unit)) {
			return true
		}
	}
	return false
}

// standsFor are the unit itself and what stands in its place today.
func (v *Viewer) standsFor(unit org.UnitID) []org.UnitID {
	return append([]org.UnitID{unit}, Heirs(v.tree, unit, v.day)...)
}

// topmost reports whether none of the units that are open today has another above it.
func (v *Viewer) topmost(units []org.UnitID) bool {
	open := false
	for _, id := range units {
		chain := v.tree.Chain(id, v.day)
		if len(chain) > 1 {
			return false
		}
		open = open || len(chain) == 1
	}
	return open
}

func overlap(a, b []org.UnitID) bool {
	return slices.ContainsFunc(a, func(id org.UnitID) bool { return slices.Contains(b, id) })
}

// CheckConfirm says why the viewer may not confirm, or return, an entry of the kind for which the unit answers and
// whose standing version was made by an actor; nil when he may. Nobody confirms what he wrote himself, and nobody
// confirms a letter that he may not read.
func (v *Viewer) CheckConfirm(k *catalog.Kind, unit org.UnitID, by string) error {
	switch {
	case k == nil || k.Confirm == catalog.ByNobody:
		return fault.New(fault.Conflict, "Loại việc này không cần xác nhận: ghi vào sổ là được tính.")
	case !v.May(ConfirmWork, unit), k.Letters() && !v.May(ReadLetters, unit):
		return fault.New(fault.Denied, "Tài khoản của bạn không có quyền xác nhận ghi nhận của đơn vị này.")
	case k.Confirm == catalog.BySuperior && !v.MayAbove(ConfirmWork, unit):
		return fault.New(fault.Denied, "Loại việc này do cấp trên của đơn vị xác nhận; quyền của bạn đặt ở chính đơn vị ghi nên chưa đủ.")
	case v.Login == by:
		return fault.New(fault.Denied, "Không ai tự xác nhận ghi nhận của mình. Ghi nhận này chờ người khác có quyền xác nhận.")
	}
	return nil
}
