package web

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/disclosure"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// discloseRoutes are the pages of what must be published.
func (s *server) discloseRoutes() []route {
	return []route{
		{"GET /cong-khai", access.ReadWork, onScope, s.discloseBook},
		{"GET /cong-khai/luoi", access.ReadWork, onScope, s.discloseGrid},
		{"GET /cong-khai/noi-dung", access.ReadWork, onScope, s.discloseList},
		{"GET /cong-khai/dang", access.RecordWork, nil, s.publishForm},
		{"POST /cong-khai/dang", access.RecordWork, nil, s.publishSave},
		{"GET /cong-khai/ly-do", access.RecordWork, nil, s.reasonForm},
		{"POST /cong-khai/ly-do", access.RecordWork, nil, s.reasonSave},
		{"GET /cong-khai/{id}", access.ReadWork, onEntry, s.publicationPage},
		{"POST /cong-khai/{id}/{viec}", access.RecordWork, onEntry, s.publicationAct},
		{"GET /cong-khai/{id}/phieu", access.ReadWork, onEntry, s.postingNotice},
	}
}

func (s *server) disclosures() *disclosure.Shelf {
	return &disclosure.Shelf{Ledger: s.Ledger, Catalog: s.Catalog, Engine: s.DB.Engine()}
}

// discloseScope asks for the present quarter and the one before it where no period is named: what was owed at the end of a
// quarter is published in the next.
func (s *server) discloseScope(r *http.Request) (*scope, error) {
	return s.dutyScope(r, func(day civil.Date) civil.Period {
		first := civil.NewDate(day.Year(), (day.Month()-1)/3*3+1, 1)
		p, _ := civil.Between(first.AddMonths(-3).AddDays(-1), day) // the last day of a quarter is when its turn begins
		return p
	})
}

var (
	discloseNames = map[disclosure.State]string{disclosure.Missing: "Chưa công khai", disclosure.Due: "Đến hạn", disclosure.Late: "Chậm", disclosure.OnTime: "Đúng hạn", disclosure.Excused: "Có lý do"}
	discloseChips = map[disclosure.State]string{disclosure.Missing: "late", disclosure.Due: "wait", disclosure.Late: "late", disclosure.OnTime: "done", disclosure.Excused: ""}
	faultNames    = map[disclosure.Fault]string{disclosure.EndedEarly: "gỡ sớm", disclosure.FewDays: "thiếu ngày phát thanh", disclosure.FormMissing: "thiếu hình thức", disclosure.NoProof: "thiếu minh chứng"}
)

// discloseBodies are the bodies of the scope that must publish something.
func discloseBodies(sc *scope) []org.UnitID {
	var out []org.UnitID
	day := min(sc.Period.To, sc.Today)
	classes := []string{"commune/peoples_committee", "province/department", "*/state_enterprise"}
	for _, id := range sc.tree.Existing(day, sc.Unit.ID, org.Filter{Classes: classes, Forms: []string{org.Body}}) {
		if !sc.tree.Unit(id).NoData {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, func(a, b org.UnitID) int {
		return cmp.Or(cmp.Compare(sc.tree.SpanOn(a, day).Level, sc.tree.SpanOn(b, day).Level), // communes before the province's
			cmp.Compare(civil.Fold(sc.tree.NameOn(a, day)), civil.Fold(sc.tree.NameOn(b, day))))
	})
	return out
}

func (s *server) registersOf(ctx context.Context, sc *scope, bodies []org.UnitID) (map[org.UnitID][]disclosure.Row, error) {
	var out map[org.UnitID][]disclosure.Row
	err := s.DB.View(ctx, func(q db.Querier) (err error) {
		out, err = s.disclosures().Registers(ctx, q, sc.tree, bodies, sc.Period, sc.Today)
		return err
	})
	return out, err
}

// disclosed are the counts of a register.
type disclosed struct {
	State map[disclosure.State]int64
	Fault map[disclosure.Fault]int64
	All   int64
}

func (d *disclosed) add(rows []disclosure.Row) {
	if d.State == nil {
		d.State, d.Fault = map[disclosure.State]int64{}, map[disclosure.Fault]int64{}
	}
	for i := range rows {
		d.All++
		d.State[rows[i].State]++
		for _, f := range rows[i].Faults() {
			d.Fault[f]++
		}
	}
}

// rate is the share published in time of what had to be published by now, nil where nothing had.
func (d *disclosed) rate() *big.Rat {
	owed := d.State[disclosure.OnTime] + d.State[disclosure.Late] + d.State[disclosure.Missing]
	if owed == 0 {
		return nil
	}
	return big.NewRat(100*d.State[disclosure.OnTime], owed)
}

func (s *server) discloseTabs(at string, sc *scope) []tab {
	return []tab{{Name: "Theo đơn vị", Href: "/cong-khai" + sc.query(), Current: at == ""},
		{Name: "Lưới nội dung", Href: "/cong-khai/luoi" + sc.query(), Current: at == "luoi"},
		{Name: "Từng nội dung", Href: "/cong-khai/noi-dung" + sc.query(), Current: at == "noi-dung"},
		{Name: "Bàn và quyết định", Href: "/ban-bac" + sc.query(), Current: at == "ban-bac"},
		{Name: "Giám sát", Href: "/giam-sat" + sc.query(), Current: at == "giam-sat"},
		{Name: "Hội nghị nơi làm việc", Href: "/hoi-nghi" + sc.query(), Current: at == "hoi-nghi"}}
}

func (s *server) discloseLinks(r *http.Request) []bookLink {
	if !viewer(r.Context()).May(access.RecordWork, 0) {
		return nil
	}
	return []bookLink{{Name: "Ghi đã niêm yết", Href: "/cong-khai/dang", Icon: "plus", Primary: true},
		{Name: "Ghi văn bản phải công khai", Href: "/ghi-nhan/moi/" + disclosure.DocumentKind, Icon: "file"}}
}

// discloseBook shows by body how much had to be published and what became of it.
func (s *server) discloseBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.discloseScope(r)
	if err != nil {
		return err
	}
	bodies := discloseBodies(sc)
	if len(bodies) <= 1 { // one body: its things themselves
		return s.discloseList(w, r)
	}
	rows, err := s.registersOf(r.Context(), sc, bodies)
	if err != nil {
		return err
	}
	v := &bookView{Title: "Công khai để nhân dân biết", Path: "/cong-khai", Scope: sc, Noun: "đơn vị", Section: "cong-khai", Tabs: s.discloseTabs("", sc), Links: s.discloseLinks(r),
		Lead:  "Nội dung phải công khai theo kỳ và theo văn bản của từng đơn vị; đúng hạn, chậm, chưa làm, gỡ sớm. Hạn do chương trình tính.",
		Empty: "Ở phạm vi và kỳ này chưa có đơn vị nào phải công khai. Hãy chọn phạm vi hoặc kỳ khác."}
	v.Columns = []bookColumn{{Key: "don-vi", Name: "Đơn vị"}, {Key: "phai", Name: "Phải công khai", Num: true}}
	for _, st := range disclosure.States {
		v.Columns = append(v.Columns, bookColumn{Key: string(st), Name: discloseNames[st], Num: true})
	}
	v.Columns = append(v.Columns, bookColumn{Key: "go-som", Name: "Gỡ sớm", Num: true}, bookColumn{Key: "loa", Name: "Thiếu ngày phát thanh", Num: true}, bookColumn{Key: "ty-le", Name: "Tỷ lệ đúng hạn", Unit: "%", Num: true})
	var all disclosed
	for _, id := range bodies {
		var d disclosed
		d.add(rows[id])
		all.add(rows[id])
		u := sc.tree.Unit(id)
		row := bookRow{Href: "/cong-khai/noi-dung" + sc.query("don-vi", unitRef(sc.tree, u, min(sc.Period.To, u.Closed.AddDays(-1)))), Cells: []bookCell{wordCell(sc.tree.NameOn(id, min(sc.Period.To, sc.Today))), numCell(d.All)}}
		for _, st := range disclosure.States {
			row.Cells = append(row.Cells, numCell(d.State[st]))
		}
		row.Cells = append(row.Cells, numCell(d.Fault[disclosure.EndedEarly]), numCell(d.Fault[disclosure.FewDays]), bookCell{Num: d.rate()})
		v.Rows = append(v.Rows, row)
	}
	v.Kpis = discloseKpis(&all, sc)
	return s.showBook(w, r, v)
}

func discloseKpis(d *disclosed, sc *scope) []bookKpi {
	rate := "–"
	if x := d.rate(); x != nil {
		rate = civil.FormatTrim(x, 1) + "%"
	}
	list := func(st disclosure.State) string { return "/cong-khai/noi-dung" + sc.query("trang-thai", string(st)) }
	return []bookKpi{{Name: "Phải công khai", Value: civil.FormatInt(d.All), Unit: "nội dung", Href: "/cong-khai/noi-dung" + sc.query()},
		{Name: "Đúng hạn", Value: rate, Note: civil.FormatInt(d.State[disclosure.OnTime]) + " nội dung", Href: list(disclosure.OnTime)},
		{Name: "Chưa công khai, quá hạn", Value: civil.FormatInt(d.State[disclosure.Missing]), Unit: "nội dung", Href: list(disclosure.Missing)},
		{Name: "Gỡ sớm, thiếu ngày phát thanh", Value: civil.FormatInt(d.Fault[disclosure.EndedEarly] + d.Fault[disclosure.FewDays]), Unit: "nội dung"}}
}

// discloseGrid is the register: bodies by what they must publish.
func (s *server) discloseGrid(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.discloseScope(r)
	if err != nil {
		return err
	}
	bodies := discloseBodies(sc)
	rows, err := s.registersOf(r.Context(), sc, bodies)
	if err != nil {
		return err
	}
	v := &bookView{Title: "Lưới công khai: đơn vị và nội dung", Path: "/cong-khai/luoi", Scope: sc, Noun: "đơn vị", Section: "cong-khai", Tabs: s.discloseTabs("luoi", sc), Links: s.discloseLinks(r),
		Lead:  "Mỗi ô là một nội dung của một đơn vị trong kỳ: trạng thái nặng nhất khi có nhiều văn bản. Bấm ô để mở hoặc ghi.",
		Empty: "Ở phạm vi và kỳ này không có nội dung nào phải công khai. Hãy chọn phạm vi hoặc kỳ khác."}
	law := s.disclosures().Law(sc.Today)
	have := map[string]bool{}
	for _, list := range rows {
		for i := range list {
			have[list[i].Rule.Code] = true
		}
	}
	v.Columns = []bookColumn{{Key: "don-vi", Name: "Đơn vị"}}
	var codes []string
	if l := law.Edition.List("publication_rules"); l != nil {
		for _, o := range l.Options {
			if have[o.Code] {
				codes = append(codes, o.Code)
				v.Columns = append(v.Columns, bookColumn{Key: o.Code, Name: o.Name})
			}
		}
	}
	for _, id := range bodies {
		row := bookRow{Cells: []bookCell{wordCell(sc.tree.NameOn(id, min(sc.Period.To, sc.Today)))}}
		u := sc.tree.Unit(id)
		row.Href = "/cong-khai/noi-dung" + sc.query("don-vi", unitRef(sc.tree, u, min(sc.Period.To, u.Closed.AddDays(-1))))
		for _, code := range codes {
			row.Cells = append(row.Cells, disclosedCell(sc, rows[id], code))
		}
		v.Rows = append(v.Rows, row)
	}
	return s.showBook(w, r, v)
}

// disclosedCell is the worst of a body's things of one rule.
func disclosedCell(sc *scope, rows []disclosure.Row, code string) bookCell {
	var worst *disclosure.Row
	n := 0
	for i := range rows {
		if x := &rows[i]; x.Rule.Code == code {
			n++
			if worst == nil || slices.Index(disclosure.States, x.State) < slices.Index(disclosure.States, worst.State) {
				worst = x
			}
		}
	}
	if worst == nil {
		return bookCell{}
	}
	c := chipCell(discloseChips[worst.State], strings.TrimSuffix(discloseNames[worst.State], " công khai"))
	c.Note = faultText(worst.Faults())
	if n > 1 {
		c.Note = joinWords(strconv.Itoa(n)+" văn bản", c.Note)
	}
	c.Href = rowHref(sc.tree, worst, sc.Today)
	return c
}

func faultText(list []disclosure.Fault) string {
	out := ""
	for _, f := range list {
		out = joinWords(out, faultNames[f])
	}
	return out
}

// rowHref leads to what was published, else to the form that records it.
func rowHref(tree *org.Tree, x *disclosure.Row, today civil.Date) string {
	if len(x.Posts) > 0 {
		return "/cong-khai/" + itoa(x.Posts[0].ID)
	}
	return publishHref(tree, x, today)
}

func publishHref(tree *org.Tree, x *disclosure.Row, today civil.Date) string {
	q := url.Values{"don-vi": {unitRef(tree, tree.Unit(x.Unit), today)}, "noi-dung": {x.Rule.Code}}
	if x.PeriodTo != 0 {
		q.Set("ky", x.PeriodTo.String())
	}
	if x.Document != nil {
		q.Set("van-ban", itoa(x.Document.ID))
	}
	return "/cong-khai/dang?" + q.Encode()
}

// discloseList shows the things themselves, the most pressing first.
func (s *server) discloseList(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.discloseScope(r)
	if err != nil {
		return err
	}
	bodies := discloseBodies(sc)
	rows, err := s.registersOf(r.Context(), sc, bodies)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	see, bad := q.Get("trang-thai"), q.Get("thieu-sot")
	v := &bookView{Title: "Nội dung phải công khai", Path: "/cong-khai/noi-dung", Scope: sc, Noun: "nội dung", Section: "cong-khai", Tabs: s.discloseTabs("noi-dung", sc), Links: s.discloseLinks(r),
		Lead:  "Theo kỳ (quý, 6 tháng, năm) và theo văn bản đã ghi. Mở một dòng để xem cách tính hạn, ảnh bảng niêm yết, ngày phát thanh.",
		Empty: "Không có nội dung nào ở phạm vi, kỳ và điều kiện này. Bỏ bớt điều kiện, hoặc ghi văn bản phải công khai."}
	v.Asks = []bookAsk{{Key: "trang-thai", Name: "Trạng thái", Value: see, Options: []option{{Name: "Mọi trạng thái"}}}, {Key: "thieu-sot", Name: "Thiếu sót", Value: bad, Options: []option{{Name: "Không lọc"}}}}
	for _, st := range disclosure.States {
		v.Asks[0].Options = append(v.Asks[0].Options, option{Value: string(st), Name: discloseNames[st]})
	}
	for _, f := range []disclosure.Fault{disclosure.EndedEarly, disclosure.FewDays, disclosure.FormMissing, disclosure.NoProof} {
		v.Asks[1].Options = append(v.Asks[1].Options, option{Value: string(f), Name: upperFirst(faultNames[f])})
	}
	v.Columns = []bookColumn{{Key: "noi-dung", Name: "Nội dung"}, {Key: "don-vi", Name: "Đơn vị"}, {Key: "tu-ngay", Name: "Văn bản, kỳ"}, {Key: "han", Name: "Hạn"}, {Key: "ngay", Name: "Công khai ngày"}, {Key: "trang-thai", Name: "Trạng thái"}, {Key: "thieu-sot", Name: "Thiếu sót"}}
	law := s.disclosures().Law(sc.Today)
	var all disclosed
	var list []*disclosure.Row
	for _, id := range bodies {
		all.add(rows[id])
		for i := range rows[id] {
			x := &rows[id][i]
			if (see == "" || string(x.State) == see) && (bad == "" || slices.Contains(x.Faults(), disclosure.Fault(bad))) {
				list = append(list, x)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *disclosure.Row) int {
		return cmp.Or(cmp.Compare(slices.Index(disclosure.States, a.State), slices.Index(disclosure.States, b.State)), cmp.Compare(b.Start, a.Start))
	})
	for _, x := range list {
		v.Rows = append(v.Rows, discloseRow(sc, law, x))
	}
	v.Kpis = discloseKpis(&all, sc)
	return s.showBook(w, r, v)
}

func discloseRow(sc *scope, law *disclosure.Law, x *disclosure.Row) bookRow {
	first := wordCell(x.Title(law))
	first.Note = x.Rule.Article
	at := dayCell(x.Start)
	switch {
	case x.PeriodTo != 0:
		at = bookCell{Text: disclosure.PeriodName(x.Rule.Every, x.PeriodTo)}
	case x.Document != nil:
		at.Note = x.Document.Number
	}
	row := bookRow{Href: rowHref(sc.tree, x, sc.Today), Cells: []bookCell{first, wordCell(sc.tree.NameOn(x.Unit, min(sc.Period.To, sc.Today))), at, {}, {}, chipCell(discloseChips[x.State], discloseNames[x.State]), wordCell(faultText(x.Faults()))}}
	if x.Deadline != nil {
		row.Cells[3] = bookCell{Day: x.Deadline.Due, Note: fmt.Sprintf("%d %s", x.Deadline.Total, dayTypeName(x.Deadline.DayType))}
	}
	if len(x.Posts) > 0 {
		row.Cells[4] = dayCell(x.Posts[0].Day)
	}
	if x.Reason != nil {
		row.Cells[5].Note = x.Reason.Note
	}
	return row
}

// publicationView is the page of one publishing.
type publicationView struct {
	disclosure.Publication
	Form     pieceForm
	Law      *disclosure.Law
	Rule     *catalog.PublicationRule
	Kind     *catalog.Kind
	Deadline *clock.Deadline
	Reach    disclosure.Reach
	Body     string
	Files    []pieceFile
	Mine     bool
	Today    civil.Date
	Done     string
	Document *disclosure.Document
}

func (s *server) publicationAt(r *http.Request) (*publicationView, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	e, err := s.Ledger.Entry(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	if e.Kind != disclosure.PublicationKind {
		return nil, fault.New(fault.NotFound, "Ghi nhận này không phải lần công khai. Hãy mở từ sổ công khai.")
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	p, err := disclosure.PublicationOf(e)
	if err != nil {
		return nil, err
	}
	today := s.Today()
	v := &publicationView{Publication: *p, Form: newPieceForm(""), Law: s.disclosures().Law(today), Kind: s.kindNear(e.Kind, e.Day), Today: today, Done: r.URL.Query().Get("xong"),
		Body: tree.NameOn(e.Unit, min(e.Day, today)), Files: s.pieceFilesOf(e), Mine: viewer(ctx).May(access.RecordWork, e.Unit) && e.State != "void"}
	v.Rule = v.Law.Rule(p.Rule)
	v.Reach = v.Law.Reach(p, v.Rule, true, today)
	if v.Rule != nil {
		v.Deadline = v.Law.Clock(v.Rule.Clock, v.Start(), p.Day)
	}
	return v, nil
}

func (s *server) publicationPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.publicationAt(r)
	if err != nil {
		return err
	}
	return s.showPublication(w, r, http.StatusOK, v)
}

func (s *server) showPublication(w http.ResponseWriter, r *http.Request, status int, v *publicationView) error {
	title := v.Title
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "cong-khai", Scripts: pieceScripts}, publicationPage(v))
}
