package demo

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"

	"danvan/data"
	"danvan/internal/civil"
	"danvan/internal/contribution"
	"danvan/internal/geo"
	"danvan/internal/ledger"
)

// Works that people give to: the gifts are those of the streams, so that the figures of land, workdays and money stay as
// they are; a few communes get the works that these went to, with pledges, uses, what was left, acceptances.

// givenTo is a work of the demo as it is told: its gifts, and how far it has come.
type givenTo struct {
	key, unit, purpose, title, village string
	story                              int
	gifts                              []ledger.Draft
}

// The stories of works.
const (
	building = iota
	leftOver
	closedAtZero
	overPlan
	collecting
	givenBack
	stories
)

// worksOf names works by their purpose, with what they measure and how much of it is planned.
var worksOf = map[string]struct{ title, unit, quantity, campaign string }{
	"road":          {"Đường bê tông %s", "km", "0.85", "new_rural"},
	"culture_house": {"Nhà văn hóa %s", "m2", "120", "unity_culture"},
	"canal":         {"Kênh nội đồng %s", "m", "640", "new_rural"},
	"school":        {"Sửa điểm trường %s", "room", "3", "new_rural"},
	"water":         {"Bể nước sạch %s", "m3", "45", "environment"},
	"electricity":   {"Đèn đường %s", "lamp", "42", "security_people"},
	"house":         {"Làm nhà cho hộ khó khăn %s", "house", "2", "temporary_houses"},
}

// mostWorks is how many works the demo tells, and how many of one body.
const (
	mostWorks   = 36
	worksOfBody = 2
)

// contributions puts gifts of the year to works: they leave their place and follow their work.
func (w *world) contributions(all []ledger.Draft) []ledger.Draft {
	if w.spec.Today < 20261001 {
		return all
	}
	works, rest := w.givenWorks(all)
	for n, x := range works {
		rest = append(rest, x.drafts(w, n)...)
	}
	return rest
}

// givenWorks groups the gifts of bodies by purpose, those of the demo's own commune first.
func (w *world) givenWorks(all []ledger.Draft) (works []*givenTo, rest []ledger.Draft) {
	groups := map[string]*givenTo{}
	var order []string
	key := func(d ledger.Draft) string {
		p, _ := d.Fields["purpose"].(string)
		if d.Kind != contribution.GiftKind || d.Day.Year() != w.spec.Today.Year() || worksOf[p].title == "" || d.Place != "" || len(d.Partners) > 0 {
			return ""
		}
		return d.Unit + "/" + p
	}
	for _, d := range all {
		k := key(d)
		if k == "" {
			continue
		}
		g := groups[k]
		if g == nil {
			unit, purpose, _ := strings.Cut(k, "/")
			g = &givenTo{key: "demo:cong-trinh:" + k, unit: unit, purpose: purpose}
			groups[k] = g
			order = append(order, k)
		}
		g.gifts = append(g.gifts, d)
	}
	own := func(k string) int {
		if strings.HasPrefix(k, "02143.") {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(order, func(a, b string) int {
		if own(a) != own(b) {
			return own(a) - own(b)
		}
		return len(groups[b].gifts) - len(groups[a].gifts)
	})
	told, of := map[string]bool{}, map[string]int{}
	for _, k := range order {
		g := groups[k]
		if len(works) == mostWorks || of[g.unit] == worksOfBody || len(g.gifts) < 3 && own(k) != 0 || len(g.gifts) < 2 {
			continue
		}
		of[g.unit]++
		g.story = len(works) % stories
		g.village = village(len(works), of[g.unit])
		g.title = fmt.Sprintf(worksOf[g.purpose].title, lowered(g.village))
		slices.SortStableFunc(g.gifts, func(a, b ledger.Draft) int { return int(a.Day) - int(b.Day) })
		works, told[k] = append(works, g), true
	}
	for _, d := range all {
		if k := key(d); k == "" || !told[k] {
			rest = append(rest, d)
		}
	}
	return works, rest
}

// heap is what came in and has not gone out yet, in hundredths.
type heap map[string]*big.Rat

func (h heap) take(d ledger.Draft) {
	for _, code := range []string{"land", "workdays", "money"} {
		h.put(code, d.Fields[code])
	}
	rows, _ := d.Fields["goods"].([]any)
	for _, row := range rows {
		if r, ok := row.(map[string]any); ok {
			h.put("goods "+fmt.Sprint(r["goods_unit"]), r["quantity"])
		}
	}
}

func (h heap) put(code string, v any) {
	n, ok := new(big.Rat).SetString(fmt.Sprint(v))
	if !ok {
		return
	}
	if h[code] == nil {
		h[code] = new(big.Rat)
	}
	h[code].Add(h[code], n)
}

// part takes so many hundredths of each amount off, rounded down; all of it leaves nothing.
func (h heap) part(of100 int64) map[string]any {
	set := map[string]any{}
	var goods []any
	for _, code := range sortedKeys(h) {
		scale := map[string]int{"land": 1, "workdays": 1, "money": 0}[code]
		unit, isGoods := strings.CutPrefix(code, "goods ")
		if isGoods {
			scale = 2
		}
		n := new(big.Rat).Mul(h[code], big.NewRat(of100, 100))
		if of100 < 100 {
			step := int64(1)
			for range scale {
				step *= 10
			}
			if code == "money" {
				n.Mul(n, big.NewRat(1, 10_000))
			}
			n.Mul(n, big.NewRat(step, 1))
			n.SetInt(new(big.Int).Quo(n.Num(), n.Denom()))
			n.Mul(n, big.NewRat(1, step))
			if code == "money" {
				n.Mul(n, big.NewRat(10_000, 1))
			}
		}
		if n.Sign() == 0 {
			continue
		}
		h[code].Sub(h[code], n)
		switch {
		case isGoods:
			goods = append(goods, map[string]any{"item": itemOf[unit], "goods_unit": unit, "quantity": civil.DecimalString(n, 2)})
		case code == "money":
			set[code] = n.Num().Int64()
		default:
			set[code] = civil.DecimalString(n, 1)
		}
	}
	if len(goods) > 0 {
		set["goods"] = goods
	}
	return set
}

// itemOf names goods by the unit in which they are counted.
var itemOf = map[string]string{"m3": "Cát, sỏi", "tonne": "Xi măng", "kg": "Thép", "piece": "Cọc tre", "tree": "Cây bóng mát", "bag": "Xi măng bao", "set": "Suất cơm",
	"litre": "Dầu chạy máy", "m": "Ống nước", "m2": "Tôn lợp", "head": "Gà", "book": "Sách"}

// measured are the goods of a work in units that have parts, in the place of pieces, of which there are whole ones only.
var measured = map[string]string{"piece": "m3", "tree": "m3", "bag": "tonne", "set": "kg", "head": "kg", "book": "kg", "litre": "tonne", "m2": "m3"}

// drafts are the work and all that belongs to it, as far as it has come.
func (x *givenTo) drafts(w *world, n int) []ledger.Draft {
	first, last := x.gifts[0].Day, x.gifts[len(x.gifts)-1].Day
	all, kind := heap{}, worksOf[x.purpose]
	for _, g := range x.gifts {
		all.take(g)
	}
	closed := w.workday(last.AddDays(30))
	late := closed > w.spec.Today
	out := []ledger.Draft{{Key: x.key, Kind: contribution.WorkKind, Unit: x.unit, Day: first.AddDays(-18), Fields: x.plan(w, all, closed)}}
	add := func(kind, name string, day civil.Date, set map[string]any, files ...ledger.File) {
		if day > w.spec.Today {
			return
		}
		if kind != contribution.PictureKind {
			set["purpose"] = x.purpose
			if kind != contribution.AcceptKind {
				set["campaign"] = worksOf[x.purpose].campaign
			}
		}
		out = append(out, ledger.Draft{Key: x.key + ":" + name, Kind: kind, Unit: x.unit, Day: day, Carries: x.key, Fields: set, Files: files})
	}
	add(contribution.PledgeKind, "cam-ket", first.AddDays(-10), map[string]any{"giver": "household", "households": int64(18 + n%20), "money": int64(2_000_000 * (1 + n%4)), "workdays": int64(20 + n%30),
		"due_on": first.AddDays(40).String(), "village": x.village})
	x.picture(w, add, before, first.AddDays(-14))
	if x.story != collecting {
		x.picture(w, add, during, x.gifts[len(x.gifts)/2].Day.AddDays(4))
	}
	half, now := len(x.gifts)/2, heap{}
	for i, g := range x.gifts {
		out = append(out, x.gift(g, i, n))
		now.take(g)
		if i == half && x.story != collecting {
			add(contribution.SpendKind, "dung-1", g.Day, mapWith(now.part(60), "title", "San nền, mua vật liệu đợt 1", "document", fmt.Sprintf("Phiếu chi %02d, biên bản giao nhận", 1+n)))
		}
	}
	if x.story == collecting || late {
		return out
	}
	switch x.story {
	case closedAtZero:
		add(contribution.SpendKind, "dung-2", last.AddDays(7), mapWith(now.part(100), "title", "Hoàn thiện công trình, thanh toán đợt cuối", "document", fmt.Sprintf("Phiếu chi %02d, bảng chấm công", 40+n)))
	case givenBack:
		add(contribution.SpendKind, "dung-2", last.AddDays(7), mapWith(now.part(90), "title", "Hoàn thiện công trình, thanh toán đợt cuối", "document", fmt.Sprintf("Phiếu chi %02d, bảng chấm công", 40+n)))
		add(contribution.ReturnKind, "tra-lai", last.AddDays(20), mapWith(now.part(100), "title", "Trả lại phần dư theo biểu quyết của thôn", "way", "returned", "decision_text", "Biên bản họp thôn ngày "+last.AddDays(18).Vi()))
	case leftOver, overPlan:
		add(contribution.SpendKind, "dung-2", last.AddDays(7), mapWith(now.part(70), "title", "Thi công phần còn lại", "document", fmt.Sprintf("Phiếu chi %02d, bảng chấm công", 40+n)))
	}
	done := w.workday(last.AddDays(14))
	if x.story != building {
		x.picture(w, add, after, done)
		add(contribution.AcceptKind, "nghiem-thu", last.AddDays(12), map[string]any{"title": x.title, "works": int64(1), "quantity": kind.quantity, "quantity_unit": kind.unit,
			"minutes": "Biên bản nghiệm thu ngày " + last.AddDays(12).Vi(), "households": int64(40 + n), "published": "yes", "accepted_by_people": "yes"})
	}
	return out
}

// plan is what the village decided: how much of each thing, by when, and how the account was closed where it is.
func (x *givenTo) plan(w *world, all heap, closed civil.Date) map[string]any {
	first, last, kind := x.gifts[0].Day, x.gifts[len(x.gifts)-1].Day, worksOf[x.purpose]
	plan := map[string]any{"title": x.title, "purpose": x.purpose, "campaign": kind.campaign, "village": x.village, "quantity": kind.quantity, "quantity_unit": kind.unit,
		"decision_text": fmt.Sprintf("Biên bản họp %s ngày %s", lowered(x.village), first.AddDays(-20).Vi()), "starts_on": first.AddDays(15).String(),
		"ends_on": first.AddDays(150).String(), "plan_note": "Nhân dân hiến đất, góp công và tiền; Nhà nước hỗ trợ vật liệu chính. Thôn tự làm, Ban Giám sát đầu tư của cộng đồng giám sát."}
	more := big.NewRat(110, 100)
	if x.story == overPlan {
		more = big.NewRat(80, 100)
	}
	money := int64(0)
	for _, code := range []string{"land", "workdays", "money"} {
		if all[code] == nil || all[code].Sign() == 0 {
			continue
		}
		v := new(big.Rat).Mul(all[code], more)
		whole := new(big.Int).Quo(v.Num(), v.Denom()).Int64()
		if code == "money" {
			whole = (whole/1_000_000 + 1) * 1_000_000
			money = whole
		} else {
			whole = (whole/10 + 1) * 10
		}
		plan[code] = whole
	}
	plan["state_money"] = money * 3
	plan["estimate"] = money * 5
	late := closed > w.spec.Today
	if (x.story == closedAtZero || x.story == givenBack) && !late {
		plan["closed_on"], plan["closed_text"] = closed.String(), "Biên bản quyết toán đóng góp ngày "+closed.Vi()
	}
	if x.story == leftOver && !late {
		plan["posted_on"] = last.AddDays(5).String()
	}
	if at, ok := centres()[strings.SplitN(x.unit, ".", 2)[0]]; ok {
		plan["latitude"], plan["longitude"] = at[0], at[1]
	}
	return plan
}

// picture shows how the work stands; one that has no drawing gets none.
func (x *givenTo) picture(w *world, add func(kind, name string, day civil.Date, set map[string]any, files ...ledger.File), at stage, day civil.Date) {
	if f, alt, ok := w.drawing(x.purpose, at); ok {
		add(contribution.PictureKind, "anh-"+string(at), day, map[string]any{"alt": alt, "stage": string(at), "picture": f.Hash}, f)
	}
}

// gift is a gift of a stream, put to its work. Its amounts stay.
func (x *givenTo) gift(g ledger.Draft, i, n int) ledger.Draft {
	g.Fields["title"], g.Fields["village"], g.Fields["campaign"] = x.title, x.village, worksOf[x.purpose].campaign
	g.Fields["giver"] = map[string]string{"people": "household", "donors": "benefactor"}[fmt.Sprint(g.Fields["source"])]
	if g.Fields["giver"] == "" {
		g.Fields["giver"] = "organisation"
	}
	rows, _ := g.Fields["goods"].([]any)
	for _, row := range rows {
		if r, ok := row.(map[string]any); ok {
			if kind := measured[fmt.Sprint(r["goods_unit"])]; kind != "" {
				r["goods_unit"] = kind
			}
			r["item"] = itemOf[fmt.Sprint(r["goods_unit"])]
		}
	}
	g.Fields["consent"] = "anonymous"
	if (i+n)%4 == 0 {
		g.Fields["consent"], g.Fields["donors"] = "named", []any{fmt.Sprintf("Bà Thử Nghiệm %d", 100+7*n+i)}
		if g.Fields["giver"] == "benefactor" {
			g.Fields["donors"] = []any{fmt.Sprintf("Doanh nghiệp Thử Nghiệm %d", 10+n)}
		}
	}
	g.Key, g.Carries = fmt.Sprint(x.key, ":gop-", i+1), x.key
	return g
}

func mapWith(set map[string]any, more ...string) map[string]any {
	for i := 0; i+1 < len(more); i += 2 {
		set[more[i]] = more[i+1]
	}
	return set
}

func lowered(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// centres are latitude and longitude of the middle of each commune, by its code: about there stand the works.
var centres = sync.OnceValue(func() map[string][2]string {
	out := map[string][2]string{}
	body, err := data.FS.ReadFile("geo/geo_thai_nguyen_communes_2025.topojson")
	if err != nil {
		return out
	}
	layer, err := geo.Parse(body)
	if err != nil {
		return out
	}
	for _, a := range layer.Areas {
		b := geo.Layer{Areas: []geo.Area{a}}.Box()
		out[a.Code] = [2]string{fmt.Sprintf("%.5f", (b.South+b.North)/2), fmt.Sprintf("%.5f", (b.West+b.East)/2)}
	}
	return out
})
