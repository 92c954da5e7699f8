package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/intake"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/xlsx"
)

// A list of a worksheet longer than these would not be read through; what is not in it is written by its code.
const (
	worksheetBodies  = 3000
	worksheetOthers  = 400
	worksheetCarries = 100
)

// worksheet hands out the workbook of a kind and a unit that is filled in offline: /ghi-nhan/bieu/{kind}?don-vi=&ngay=.
func (s *server) worksheet(w http.ResponseWriter, r *http.Request) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	day := s.Today()
	if text := r.URL.Query().Get("ngay"); text != "" {
		if day, err = civil.ParseDate(text); err != nil {
			return fault.Wrap(err, fault.Invalid, "Ngày của biểu không đúng. Hãy ghi dạng 24/4/2026.")
		}
	}
	ed := s.Catalog.EditionOn(day)
	k := ed.Kind(r.PathValue("kind"))
	if k == nil {
		return fault.New(fault.NotFound, "Danh mục ngày "+day.Vi()+" không có loại việc này. Hãy chọn loại khác ở trang Ghi việc mới.")
	}
	if !mayRecord(viewer(r.Context()), k, 0) {
		return fault.New(fault.Denied, "Tài khoản của bạn không ghi loại việc này. Hãy chọn loại khác.")
	}
	ws := &intake.Worksheet{Kind: k, Edition: ed, Day: day, ID: strings.ToLower(rand.Text()[:10]), Mark: markOf(s.Demo)}
	if err := s.fillWorksheet(r.Context(), ws, tree, strings.TrimSpace(r.URL.Query().Get("don-vi"))); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := xlsx.WriteForm(&b, ws.Form()); err != nil {
		return err
	}
	name := "bieu-" + strings.ReplaceAll(k.Code, "_", "-")
	if ws.Unit.Ref != "" {
		name += "-" + strings.ToLower(strings.ReplaceAll(ws.Unit.Ref, ".", "-"))
	}
	download(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name+".xlsx")
	_, _ = w.Write(b.Bytes()) // the reader went away: nobody to tell
	return nil
}

// fillWorksheet puts in what a worksheet offers: the bodies that its reader records for, under the unit that was asked
// for; places; partners; documents.
func (s *server) fillWorksheet(ctx context.Context, ws *intake.Worksheet, tree *org.Tree, asked string) error {
	who := viewer(ctx)
	f := &recordForm{form: newForm(), tree: tree, Kind: ws.Kind, On: ws.Day, right: recordRight(ws.Kind)}
	bodies := f.mayRecord(who)
	if len(bodies) == 0 {
		return fault.New(fault.Denied, "Tài khoản của bạn chưa được giao ghi loại việc này cho đơn vị nào. Hãy chọn loại khác, hoặc hỏi người quản trị.")
	}
	unit, err := askedUnit(tree, asked, ws.Day)
	if err != nil {
		return err
	}
	if unit != nil {
		under := slices.DeleteFunc(slices.Clone(bodies), func(u *org.Unit) bool { return !below(tree, u, unit.ID, ws.Day) })
		if len(under) == 0 {
			return fault.New(fault.Denied, "Bạn không ghi loại việc này cho "+tree.NameOn(unit.ID, ws.Day)+". Hãy chọn đơn vị khác.")
		}
		bodies = under
		if unit.Form == org.Body {
			f.Values.Set(bodyField, ledger.Ref(unit))
		}
	}
	f.chooseUnit(who, bodies)
	one, _ := tree.Resolve(f.get(bodyField), org.OnDay(ws.Day), ws.Day)
	if one != nil && !slices.Contains(bodies, one) {
		one = nil
	}
	choice := func(u *org.Unit) intake.Choice {
		return intake.Choice{Ref: ledger.Ref(u), Name: tree.NameOn(u.ID, ws.Day)}
	}
	for _, u := range bodies[:min(len(bodies), worksheetBodies)] {
		ws.Bodies = append(ws.Bodies, choice(u))
	}
	host := bodies[0].ID
	if one != nil {
		ws.Unit, host = choice(one), one.ID
	} else if unit != nil {
		host = unit.ID
	}
	for tree.Unit(host).Form == org.Body {
		host = tree.SpanOn(host, ws.Day).Parent
	}
	near := []org.UnitID{host}
	for _, id := range append(near, tree.Children(host, ws.Day, org.Territory)...) {
		ws.Places = append(ws.Places, choice(tree.Unit(id)))
	}
	if up := tree.SpanOn(host, ws.Day).Parent; up != 0 {
		near = append(near, up)
	}
	if len(ws.Places) < 2 { // a commune may do work beside its own place
		for _, id := range tree.Children(near[len(near)-1], ws.Day, org.Territory) {
			if id != host {
				ws.Places = append(ws.Places, choice(tree.Unit(id)))
			}
		}
	}
	around := bodiesAt(tree, near, ws.Day)
	for _, id := range around[:min(len(around), worksheetOthers)] {
		if one == nil || id != one.ID {
			ws.Others = append(ws.Others, choice(tree.Unit(id)))
		}
	}
	return s.fillCarries(ctx, ws, around)
}

func askedUnit(tree *org.Tree, ref string, day civil.Date) (*org.Unit, error) {
	if ref == "" {
		return nil, nil
	}
	u, err := tree.Resolve(ref, org.OnDay(day), day)
	if err != nil {
		return nil, err
	}
	if !u.Open(day) {
		return nil, fault.New(fault.Invalid, "Đơn vị này không hoạt động vào ngày "+day.Vi()+". Hãy chọn đơn vị khác.")
	}
	return u, nil
}

// bodiesAt are the bodies of territories on a day.
func bodiesAt(tree *org.Tree, places []org.UnitID, day civil.Date) []org.UnitID {
	var out []org.UnitID
	for _, p := range places {
		out = append(out, tree.Children(p, day, org.Body)...)
	}
	return out
}

// fillCarries offers documents and plans of the bodies around, newest first: what has a text of its own.
func (s *server) fillCarries(ctx context.Context, ws *intake.Worksheet, bodies []org.UnitID) error {
	var kinds []string
	for _, k := range ws.Edition.Kinds {
		if !guarded(k) && k.Field("number") != nil && slices.ContainsFunc(k.Fields, func(f *catalog.Field) bool { return f.Type == catalog.File }) {
			kinds = append(kinds, k.Code)
		}
	}
	if len(kinds) == 0 || len(bodies) == 0 {
		return nil
	}
	units := slices.DeleteFunc(slices.Clone(bodies), func(id org.UnitID) bool { return !viewer(ctx).May(access.ReadWork, id) })
	heads, _, err := s.Ledger.List(ctx, s.DB.Read(), ledger.Filter{Kinds: kinds, Units: units, From: ws.Day.AddDays(-730), To: ws.Day}, 0, worksheetCarries)
	if err != nil {
		return err
	}
	for _, h := range heads {
		ws.Carries = append(ws.Carries, intake.Choice{Ref: "#" + itoa(h.ID), Name: s.headTitle(h) + ", " + h.Day.Vi()})
	}
	return nil
}

// worksheetURL is where the worksheet of a kind is fetched.
func worksheetURL(kind, unit string, day civil.Date) string {
	v := url.Values{}
	if unit != "" {
		v.Set("don-vi", unit)
	}
	if day != 0 {
		v.Set("ngay", day.String())
	}
	at := "/ghi-nhan/bieu/" + url.PathEscape(kind)
	if len(v) > 0 {
		at += "?" + v.Encode()
	}
	return at
}
