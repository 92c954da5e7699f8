package demo

import (
	"fmt"
	"math/rand/v2"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// several splits a letter of several contents: each part is a case of its own class with its own clocks. The letter is
// accepted with the first part and settled when all are.
func (c *course) several(l *letter) {
	c.step("split", l.accepted, more{"document": nil})
	c.set(map[string]any{"eligible": "eligible", "competence": "own", "accepted_on": l.accepted.String()})
	for i, class := range l.contents {
		p := *l
		p.key, p.class, p.first, p.partly, p.extensions, p.paused, p.resumed = fmt.Sprint(l.key, "-", i+1), class, nil, false, nil, 0, 0
		if l.code != "" {
			p.code = fmt.Sprint(l.code, "-", i+1)
		}
		mix := letterFields[or(map[string]string{"denunciation": "denunciation"}[class], "usual")]
		p.field = mix.codes[weighted(c.r, mix.weights)]
		if l.settled != 0 && i < len(l.contents)-1 { // the letter is settled with the last of them
			p.settled = min(l.settled, c.w.workday(l.accepted.AddDays(9+c.r.IntN(12))))
		}
		part := c.w.courseOf(c.r, &p)
		part.carry = c.key
		c.parts = append(c.parts, part)
	}
	c.step("accepted", l.accepted, nil)
	if l.settled != 0 {
		c.set(map[string]any{"settled_on": l.settled.String(), "outcome": "answered"})
		c.step("answered", l.settled, nil)
	}
}

// remote reports whether a body sits where the roads are bad, which lengthens the settlement of complaints.
func (w *world) remote(id org.UnitID, on civil.Date) bool {
	return w.far.Of(w.tree, id, on) != nil
}

// verifiers are who is sent to look, as a body and not a person.
func (w *world) verifiers(l *letter, r *rand.Rand) string {
	switch w.tree.Unit(l.unit).SpanOn(l.received).Level {
	case org.Commune:
		return []string{"Tổ xác minh của Ủy ban nhân dân xã", "Công chức địa chính – xây dựng", "Công chức tư pháp – hộ tịch"}[r.IntN(3)]
	case org.District:
		return []string{"Thanh tra huyện", "Phòng Tài nguyên và Môi trường", "Phòng Lao động – Thương binh và Xã hội"}[r.IntN(3)]
	}
	return []string{"Thanh tra sở", "Tổ xác minh của sở"}[r.IntN(2)]
}

// elsewhere is another body to whose settlement a letter belongs: its name, and its code.
func (w *world) elsewhere(r *rand.Rand, l *letter) (name, code string) {
	class := "province/department"
	switch w.tree.Unit(l.unit).SpanOn(l.received).Level {
	case org.Commune:
		class = []string{"district/peoples_committee", "province/department"}[r.IntN(2)]
	default:
		class = []string{"commune/peoples_committee", "province/department"}[r.IntN(2)]
	}
	ids := w.bodies(class, l.received)
	if len(ids) == 0 {
		ids = w.bodies("province/department", l.received)
	}
	id := ids[r.IntN(len(ids))]
	if id == l.unit {
		id = ids[(r.IntN(len(ids))+1)%len(ids)]
	}
	return w.tree.NameOn(id, l.received), w.ref(id)
}

// secondRound makes some complaints at the upper bodies the second of one that a commune has just settled.
func (w *world) secondRound(r *rand.Rand, all []*letter) {
	settled := map[int][]*letter{} // by month
	month := func(d civil.Date) int { return d.Year()*12 + d.Month() }
	for _, l := range all {
		if l.class == "complaint" && l.settled != 0 && w.tree.Unit(l.unit).SpanOn(l.received).Level == org.Commune {
			settled[month(l.settled)] = append(settled[month(l.settled)], l)
		}
	}
	for _, l := range all {
		if l.class != "complaint" || l.accepted == 0 || l.by != nil || w.tree.Unit(l.unit).SpanOn(l.received).Level == org.Commune || r.Float64() > .3 {
			continue
		}
		for _, first := range settled[month(l.received)] {
			if gap := first.settled.DaysUntil(l.received); gap >= 3 && gap <= 28 && !first.appealed && w.above(l.unit, first.unit, l.received) {
				first.appealed, l.first, l.field = true, first, first.field
				break
			}
		}
	}
}

// above reports whether the upper body is over the commune, as a district was and the departments of the province are.
func (w *world) above(upper, lower org.UnitID, on civil.Date) bool {
	h := w.host(upper, on)
	for _, id := range w.tree.Chain(lower, on) {
		if id == h {
			return true
		}
	}
	return false
}
