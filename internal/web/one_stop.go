package web

import (
	"cmp"
	"maps"
	"math/big"
	"net/http"
	"slices"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/works"
)

// oneStopRoutes are the pages of the one-stop mechanism: totals of files, never files.
func (s *server) oneStopRoutes() []route {
	return []route{
		{"GET /mot-cua", access.ReadWork, onScope, s.filesBook},
		{"GET /mot-cua/nhap", access.RecordWork, nil, s.filesForm},
		{"POST /mot-cua/nhap", access.RecordWork, nil, s.filesSave},
		{"GET /mot-cua/noi-thuc-hien", access.ReadWork, onScope, s.operationBook},
	}
}

func (s *server) oneStopTabs(at string, sc *scope) []tab {
	return []tab{{Name: "Hồ sơ theo lĩnh vực", Href: "/mot-cua" + sc.query(), Current: at == ""},
		{Name: "Theo cơ quan", Href: "/mot-cua" + sc.query() + "&xem=co-quan", Current: at == "co-quan"},
		{Name: "Nơi thực hiện một cửa", Href: "/mot-cua/noi-thuc-hien" + sc.query(), Current: at == "noi"}}
}

// before is the period of the same length before one: the months before whole months, else as many days.
func before(p civil.Period) civil.Period {
	if p.From.Day() != 1 || p.To != p.To.MonthEnd() {
		n := p.From.DaysUntil(p.To) + 1
		return civil.Period{From: p.From.AddDays(-n), To: p.From.AddDays(-1)}
	}
	months := (p.To.Year()-p.From.Year())*12 + p.To.Month() - p.From.Month() + 1
	return civil.Period{From: p.From.AddMonths(-months), To: p.From.AddDays(-1)}
}

// filesBook shows the totals of a period by group of procedures, or by body.
func (s *server) filesBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	see, tier := r.URL.Query().Get("xem"), r.URL.Query().Get("noi-nhan")
	if see != "" && see != "co-quan" {
		return fault.New(fault.Invalid, "Không có cách xem này. Hãy chọn ở hàng thẻ.")
	}
	var now, was []*works.Files
	units := slices.Collect(maps.Keys(sc.subtree()))
	last := before(sc.Period)
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		if now, err = s.shelf().FilesOf(r.Context(), q, units, sc.Period); err != nil {
			return err
		}
		was, err = s.shelf().FilesOf(r.Context(), q, units, last)
		return err
	})
	if err != nil {
		return err
	}
	other := func(f *works.Files) bool { return tier != "" && f.Tier != tier }
	j, k := works.Join(slices.DeleteFunc(now, other)), works.Join(slices.DeleteFunc(was, other))
	kind := s.kindNear(works.FilesKind, sc.Period.To)
	v := &bookView{Title: "Một cửa: hồ sơ thủ tục hành chính", Path: "/mot-cua", Scope: sc, Noun: "dòng", Section: "mot-cua", Tabs: s.oneStopTabs(see, sc),
		Lead:  "Tổng số hồ sơ trong kỳ theo lĩnh vực và kênh tiếp nhận. Chương trình chỉ ghi tổng số, không xử lý lại từng hồ sơ.",
		Empty: "Chưa có số liệu hồ sơ ở phạm vi và kỳ này. Bấm Nhập một tháng, hoặc chọn kỳ khác."}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = []bookLink{{Name: "Nhập một tháng", Href: "/mot-cua/nhap", Icon: "plus", Primary: true}, {Name: "Nhập từ tệp", Href: "/ghi-nhan/bieu/" + works.FilesKind, Icon: "up"}}
	}
	v.Asks = []bookAsk{{Key: "noi-nhan", Name: "Nơi tiếp nhận", Value: tier, Options: choiceOptions(kind, "tier", "Mọi nơi", sc.Today)}}
	if see != "" {
		v.Asks = append(v.Asks, bookAsk{Key: "xem", Name: "Cách xem", Value: see, Options: []option{{Value: "co-quan", Name: "Theo cơ quan"}}})
	}
	v.Kpis = filesKpis(&j.All, &k.All)
	v.Below = filesChecks(filesCheck{Joined: j, Scope: sc, Kind: kind, Names: func(id org.UnitID, day civil.Date) string { return sc.tree.NameOn(id, min(day, sc.Today)) }})
	v.Columns = filesColumns(see)
	if see == "co-quan" {
		for id, f := range j.Units {
			v.Rows = append(v.Rows, filesRow(sc.tree.NameOn(id, min(sc.Period.To, sc.Today)), s.filesHref(sc, id, ""), f, k.Units[id]))
		}
		slices.SortFunc(v.Rows, func(a, b bookRow) int { return cmp.Compare(civil.Fold(a.Cells[0].Text), civil.Fold(b.Cells[0].Text)) })
	} else {
		for _, o := range choiceOptions(kind, "field", "", 0) {
			if f := j.By[o.Value]; f != nil {
				v.Rows = append(v.Rows, filesRow(o.Name, s.filesHref(sc, 0, o.Value), f, k.By[o.Value]))
			}
		}
	}
	if len(v.Rows) > 1 {
		v.Rows = append(v.Rows, filesRow("Cộng", s.filesHref(sc, 0, ""), &j.All, &k.All))
	}
	return s.showBook(w, r, v)
}

// filesHref leads to the entries behind a line.
func (s *server) filesHref(sc *scope, unit org.UnitID, field string) string {
	q := sc.query()
	if u := sc.tree.Unit(unit); u != nil {
		q = sc.query("don-vi", unitRef(sc.tree, u, min(sc.Period.To, u.Closed.AddDays(-1))))
	}
	q += "&loai=" + works.FilesKind
	if field != "" {
		q += "&f.field=" + field
	}
	return "/ghi-nhan" + q
}

func filesColumns(see string) []bookColumn {
	first := bookColumn{Key: "linh-vuc", Name: "Lĩnh vực"}
	if see == "co-quan" {
		first = bookColumn{Key: "co-quan", Name: "Cơ quan"}
	}
	out := []bookColumn{first}
	for _, c := range [][2]string{{"dau-ky", "Kỳ trước chuyển sang"}, {"truc-tiep", "Nhận trực tiếp"}, {"truc-tuyen", "Nhận trực tuyến"}, {"buu-chinh", "Nhận qua bưu chính"},
		{"truoc-han", "Trước hạn"}, {"dung-han", "Đúng hạn"}, {"qua-han", "Quá hạn"}, {"con-trong-han", "Đang giải quyết, trong hạn"}, {"con-qua-han", "Đang giải quyết, quá hạn"}, {"tra-lai", "Trả lại, bổ sung"}, {"tu-choi", "Từ chối"}} {
		out = append(out, bookColumn{Key: c[0], Name: c[1], Unit: "hồ sơ", Num: true})
	}
	return append(out, bookColumn{Key: "ty-le", Name: "Đúng và trước hạn", Unit: "%", Num: true}, bookColumn{Key: "so-ky-truoc", Name: "Tiếp nhận so kỳ trước", Unit: "hồ sơ", Num: true})
}

func filesRow(name, href string, f, was *works.Files) bookRow {
	row := bookRow{Href: href, Cells: []bookCell{wordCell(name)}}
	for _, n := range []int64{f.Carried, f.InPerson, f.Online, f.Postal, f.BeforeDue, f.OnTime, f.Late, f.OpenInTime, f.OpenLate, f.Returned, f.Refused} {
		row.Cells = append(row.Cells, numCell(n))
	}
	row.Cells = append(row.Cells, inTimeCell(f))
	if was == nil {
		return bookRow{Href: href, Cells: append(row.Cells, bookCell{})}
	}
	return bookRow{Href: href, Cells: append(row.Cells, bookCell{Num: new(big.Rat).SetInt64(f.Received() - was.Received()), Note: "kỳ trước " + civil.FormatInt(was.Received())})}
}

func inTimeCell(f *works.Files) bookCell {
	if f.Settled() == 0 {
		return bookCell{}
	}
	return bookCell{Num: big.NewRat(100*(f.BeforeDue+f.OnTime), f.Settled())}
}

func filesKpis(f, was *works.Files) []bookKpi {
	rate := func(f *works.Files) string {
		if f.Settled() == 0 {
			return "–"
		}
		return civil.FormatTrim(big.NewRat(100*(f.BeforeDue+f.OnTime), f.Settled()), 2) + "%"
	}
	return []bookKpi{
		{Name: "Tiếp nhận", Value: civil.FormatInt(f.Received()), Unit: "hồ sơ", Note: "kỳ trước " + civil.FormatInt(was.Received())},
		{Name: "Đã giải quyết", Value: civil.FormatInt(f.Settled()), Unit: "hồ sơ", Note: civil.FormatInt(f.Late) + " quá hạn"},
		{Name: "Đúng và trước hạn", Value: rate(f), Note: "kỳ trước " + rate(was)},
		{Name: "Đang giải quyết", Value: civil.FormatInt(f.Open()), Unit: "hồ sơ", Note: civil.FormatInt(f.OpenLate) + " đã quá hạn"},
	}
}

// operationBook lists which bodies run the mechanism on a day, since when, and which do not.
func (s *server) operationBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	day := min(sc.Period.To, sc.Today)
	if text := q.Get("vao-ngay"); text != "" {
		if day, err = civil.ParseDate(text); err != nil {
			return fault.Wrap(err, fault.Invalid, "Ngày phải viết như 31/12/2019.")
		}
	}
	see, class := q.Get("xem"), or(q.Get("lop"), "commune")
	var ops map[org.UnitID]*works.Operation
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		ops, err = s.shelf().Operations(r.Context(), q, day)
		return err
	})
	if err != nil {
		return err
	}
	classes := []option{{Value: "commune", Name: "Xã, phường, thị trấn"}, {Value: "district", Name: "Huyện, thành phố"}, {Value: "department", Name: "Sở, ngành"}, {Value: "centre", Name: "Trung tâm phục vụ hành chính công"}}
	if !slices.ContainsFunc(classes, func(o option) bool { return o.Value == class }) {
		return fault.New(fault.Invalid, "Không có loại đơn vị này. Hãy chọn ở khung lọc.")
	}
	v := &bookView{Title: "Nơi thực hiện một cửa", Path: "/mot-cua/noi-thuc-hien", Scope: sc, Noun: "đơn vị", Section: "mot-cua", Tabs: s.oneStopTabs("noi", sc),
		Lead:  "Đơn vị nào thực hiện cơ chế một cửa, từ ngày nào, theo quyết định nào; đơn vị nào chưa. Đơn vị mới nhận từ nơi nhập vào nó.",
		Empty: "Không có đơn vị nào thuộc loại này ở phạm vi và ngày ấy. Hãy chọn loại hoặc ngày khác.", Day: "vao-ngay", DayValue: day.Vi()}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = []bookLink{{Name: "Ghi nơi bắt đầu thực hiện", Href: "/ghi-nhan/moi/" + works.OperationKind, Icon: "plus"}}
	}
	v.Asks = []bookAsk{{Key: "lop", Name: "Loại đơn vị", Value: class, Options: classes},
		{Key: "xem", Name: "Thực hiện", Value: see, Options: []option{{Name: "Tất cả"}, {Value: runsIt, Name: "Đang thực hiện"}, {Value: runsItNot, Name: "Chưa thực hiện"}, {Value: runsUnknown, Name: "Chưa có dữ liệu"}}}}
	v.Columns = []bookColumn{{Key: "don-vi", Name: "Đơn vị"}, {Key: "tu-ngay", Name: "Từ ngày"}, {Key: "mo-hinh", Name: "Mô hình"}, {Key: "quyet-dinh", Name: "Quyết định"}, {Key: "trang-thai", Name: "Trạng thái"}}
	counts, all := map[string]int{}, oneStopUnits(sc, class, day)
	for _, id := range all {
		o := works.Running(sc.tree, ops, id)
		state := operationState(sc.tree, id, o)
		if counts[state]++; see == "" || see == state {
			v.Rows = append(v.Rows, operationRow(sc, s, id, o, state, day))
		}
	}
	v.Kpis = []bookKpi{{Name: "Đang thực hiện", Value: civil.FormatInt(int64(counts[runsIt])), Unit: "đơn vị", Note: "ngày " + day.Vi()},
		{Name: "Chưa thực hiện", Value: civil.FormatInt(int64(counts[runsItNot])), Unit: "đơn vị", Note: "trong " + count(len(all), "đơn vị")}}
	if n := counts[runsUnknown]; n > 0 {
		v.Kpis = append(v.Kpis, bookKpi{Name: "Chưa có dữ liệu", Value: civil.FormatInt(int64(n)), Unit: "đơn vị", Note: "nơi nhập vào chưa nạp số liệu"})
	}
	return s.showBook(w, r, v)
}

// oneStopUnits are the units of a class below the scope on a day.
func oneStopUnits(sc *scope, class string, day civil.Date) []org.UnitID {
	f := org.Filter{Classes: []string{map[string]string{"department": "province/department", "centre": "*/one_stop_centre"}[class]}, Forms: []string{org.Body}}
	if class == "commune" || class == "district" {
		f = org.Filter{Forms: []string{org.Territory}}
	}
	var out []org.UnitID
	for _, id := range sc.tree.Existing(day, sc.Unit.ID, f) {
		u := sc.tree.Unit(id)
		if u.NoData || f.Forms[0] == org.Territory && u.SpanOn(day).Level != class || class == "centre" && u.SpanOn(day).Type != "one_stop_centre" {
			continue
		}
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b org.UnitID) int {
		return cmp.Compare(civil.Fold(sc.tree.NameOn(a, day)), civil.Fold(sc.tree.NameOn(b, day)))
	})
	return out
}

// Whether a unit runs the mechanism; nobody knows of one that came from units whose figures were never loaded.
const (
	runsIt      = "co"
	runsItNot   = "chua"
	runsUnknown = "khong-ro"
)

func operationState(tree *org.Tree, id org.UnitID, o *works.Operation) string {
	switch {
	case o != nil:
		return runsIt
	case cameFromNoData(tree, id, map[org.UnitID]bool{}):
		return runsUnknown
	}
	return runsItNot
}

// cameFromNoData reports whether a unit came, whole or in part, from one whose figures were never loaded.
func cameFromNoData(tree *org.Tree, id org.UnitID, seen map[org.UnitID]bool) bool {
	if seen[id] {
		return false
	}
	seen[id] = true
	if u := tree.Unit(id); u != nil && u.NoData {
		return true
	}
	return slices.ContainsFunc(tree.Predecessors(id), func(f org.Flow) bool { return cameFromNoData(tree, f.From, seen) })
}

func operationRow(sc *scope, s *server, id org.UnitID, o *works.Operation, state string, day civil.Date) bookRow {
	u := sc.tree.Unit(id)
	if o == nil {
		chip := chipCell("late", "Chưa thực hiện")
		if state == runsUnknown {
			chip = chipCell("plain", "Chưa có dữ liệu")
		}
		return bookRow{Href: "/don-vi/" + u.Code + "@" + day.String(), Cells: []bookCell{wordCell(sc.tree.NameOn(id, day)), {}, {}, {}, chip}}
	}
	first := wordCell(sc.tree.NameOn(id, day))
	if o.At() != id {
		first.Note = "từ " + sc.tree.NameOn(o.At(), o.Day)
	}
	k := s.kindNear(works.OperationKind, o.Day)
	return bookRow{Href: "/ghi-nhan/" + itoa(o.ID), Cells: []bookCell{first, dayCell(o.Day), wordCell(choiceName(k, "model", o.Model)), wordCell(or(o.Number, "chưa ghi")), chipCell("done", "Đang thực hiện")}}
}
