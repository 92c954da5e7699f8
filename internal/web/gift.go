package web

import (
	"context"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/contribution"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// giftRoutes are the book of works that people give to: the plan, what is pledged, received, used and left.
func (s *server) giftRoutes() []route {
	return []route{
		{"GET /dong-gop", access.ReadWork, onScope, s.giftBook},
		{"GET /dong-gop/tong-hop", access.ReadWork, onScope, s.giftSums},
		{"GET /dong-gop/moi", access.RecordWork, nil, s.giftNew},
		{"POST /dong-gop/moi", access.RecordWork, nil, s.giftOpen},
		{"GET /dong-gop/{id}", access.ReadWork, onEntry, s.giftPage},
		{"GET /dong-gop/{id}/so", access.ReadWork, onEntry, s.giftFile},
		{"GET /dong-gop/{id}/bang", access.ReadWork, onEntry, s.giftBoard},
		{"GET /dong-gop/{id}/phieu", access.ReadWork, onEntry, s.giftReceipt},
		{"GET /dong-gop/{id}/gop", access.RecordWork, onEntry, s.giftMany},
		{"POST /dong-gop/{id}/gop", access.RecordWork, onEntry, s.giftManySave},
		{"POST /dong-gop/{id}/{viec}", access.RecordWork, onEntry, s.giftAct},
	}
}

func (s *server) gifts() *contribution.Shelf {
	return &contribution.Shelf{Ledger: s.Ledger, Catalog: s.Catalog, Engine: s.DB.Engine()}
}

func (s *server) giftWords() contribution.Words { return contribution.WordsOf(s.Catalog.Latest()) }

var giftStages = map[contribution.Stage]string{
	contribution.Planned: "Mới có phương án", contribution.Collecting: "Đang đóng góp", contribution.Building: "Đang làm",
	contribution.Done: "Đã nghiệm thu", contribution.Closed: "Đã khóa sổ",
}

var giftChips = map[contribution.Stage]string{
	contribution.Planned: "wait", contribution.Collecting: "wait", contribution.Building: "doing", contribution.Done: "done", contribution.Closed: "done",
}

var giftStageOrder = []contribution.Stage{contribution.Planned, contribution.Collecting, contribution.Building, contribution.Done, contribution.Closed}

// giftWorks are the works of a scope: those planned until the period's end whose account was not closed before it began.
func (s *server) giftWorks(ctx context.Context, sc *scope) (list []*contribution.Work, err error) {
	err = s.DB.View(ctx, func(q db.Querier) error {
		list, err = s.gifts().Works(ctx, q, ledger.Filter{Units: slices.Collect(maps.Keys(sc.subtree())), To: sc.Period.To})
		return err
	})
	return slices.DeleteFunc(list, func(w *contribution.Work) bool { return w.ClosedOn != 0 && w.ClosedOn < sc.Period.From }), err
}

func (s *server) giftBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	all, err := s.giftWorks(r.Context(), sc)
	if err != nil {
		return err
	}
	k := s.kindNear(contribution.WorkKind, sc.Today)
	v := &bookView{Title: "Nhân dân đóng góp: công trình, thu, chi", Section: "dong-gop", Path: "/dong-gop", Scope: sc, Noun: "công trình",
		Lead:  "Mỗi công trình một sổ: cam kết, đã nhận, đã dùng, còn lại, với đất, ngày công, tiền, hiện vật. Số còn lại luôn tính từ ghi nhận.",
		Empty: "Chưa có công trình nào ở phạm vi và kỳ này. Bấm Lập công trình để ghi phương án, hoặc chọn kỳ dài hơn."}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = append(v.Links, bookLink{Name: "Lập công trình", Href: "/dong-gop/moi", Icon: "plus", Primary: true})
	}
	v.Links = append(v.Links, bookLink{Name: "Tổng hợp", Href: "/dong-gop/tong-hop" + sc.query()})
	see, campaign, purpose := r.URL.Query().Get("xem"), r.URL.Query().Get("cuoc-van-dong"), r.URL.Query().Get("muc-dich")
	if see != "" && giftStages[contribution.Stage(see)] == "" {
		return fault.New(fault.Invalid, "Không có trạng thái này. Hãy chọn ở khung lọc.")
	}
	all = slices.DeleteFunc(all, func(x *contribution.Work) bool {
		return campaign != "" && x.Campaign != campaign || purpose != "" && x.Purpose != purpose
	})
	counts := map[contribution.Stage]int{}
	for _, x := range all {
		counts[x.Stage()]++
	}
	v.Tabs = []tab{{Name: "Mọi công trình", Href: "/dong-gop" + sc.query(), Current: see == "", Count: len(all)}}
	stages := []option{{Name: "Mọi trạng thái"}}
	for _, st := range giftStageOrder {
		v.Tabs = append(v.Tabs, tab{Name: giftStages[st], Href: "/dong-gop" + sc.query() + "&xem=" + string(st), Current: see == string(st), Count: counts[st]})
		stages = append(stages, option{Value: string(st), Name: giftStages[st]})
	}
	if see != "" {
		all = slices.DeleteFunc(all, func(x *contribution.Work) bool { return string(x.Stage()) != see })
	}
	v.Asks = []bookAsk{{Key: "xem", Name: "Trạng thái", Value: see, Options: stages},
		{Key: "muc-dich", Name: "Loại công trình", Value: purpose, Options: choiceOptions(k, "purpose", "Mọi loại", sc.Today)},
		{Key: "cuoc-van-dong", Name: "Cuộc vận động", Value: campaign, Options: choiceOptions(k, "campaign", "Mọi cuộc vận động", sc.Today)}}
	v.Kpis = giftKpis(all)
	v.Columns = []bookColumn{{Key: "cong-trinh", Name: "Công trình"}, {Key: "noi", Name: "Nơi"}, {Key: "trang-thai", Name: "Trạng thái"},
		{Key: "tien-nhan", Name: "Tiền đã nhận", Unit: "đồng", Num: true}, {Key: "tien-dung", Name: "Tiền đã dùng", Unit: "đồng", Num: true}, {Key: "tien-con", Name: "Tiền còn", Unit: "đồng", Num: true},
		{Key: "cong", Name: "Ngày công", Unit: "ngày công", Num: true}, {Key: "dat", Name: "Đất", Unit: "m²", Num: true}, {Key: "con", Name: "Còn lại"}}
	words := s.giftWords()
	for _, x := range all {
		v.Rows = append(v.Rows, s.giftRow(sc, words, x))
	}
	return s.showBook(w, r, v)
}

var (
	giftMoney = contribution.Item{Nature: contribution.Money}
	giftLand  = contribution.Item{Nature: contribution.Land}
	giftDays  = contribution.Item{Nature: contribution.Workdays}
)

func giftCell(i contribution.Item, n int64) bookCell {
	if n == 0 {
		return bookCell{}
	}
	return bookCell{Num: i.Rat(n)}
}

func (s *server) giftRow(sc *scope, words contribution.Words, x *contribution.Work) bookRow {
	k := s.kindNear(contribution.WorkKind, x.Day)
	a, st := x.Account, x.Stage()
	left := words.SayAll(a.Lefts())
	if left == "" && len(a.Items()) > 0 {
		left = "không còn dư"
	}
	chip := chipCell(giftChips[st], giftStages[st])
	if over := x.Over(); len(over) > 0 {
		chip.Note = "nhận vượt phương án"
	}
	return bookRow{Href: "/dong-gop/" + itoa(x.ID), Cells: []bookCell{
		{Text: x.Title, Note: joinWords(choiceName(k, "purpose", x.Purpose), choiceName(k, "campaign", x.Campaign))},
		{Text: sc.tree.NameOn(x.Place, min(x.Day, sc.Today)), Note: x.Village}, chip,
		giftCell(giftMoney, a.In(giftMoney)), giftCell(giftMoney, a.Used[giftMoney]), giftCell(giftMoney, a.Left(giftMoney)),
		giftCell(giftDays, a.In(giftDays)), giftCell(giftLand, a.In(giftLand)), wordCell(left)}}
}

func giftKpis(all []*contribution.Work) []bookKpi {
	sum := contribution.NewAccount()
	open := 0
	for _, x := range all {
		sum.Plus(x.Account)
		if len(x.Account.Lefts()) > 0 {
			open++
		}
	}
	kpi := func(name string, i contribution.Item) bookKpi {
		return bookKpi{Name: name, Value: i.Format(sum.In(i)), Note: "đã dùng " + i.Format(sum.Used[i]) + ", còn " + i.Format(sum.Left(i))}
	}
	return []bookKpi{kpi("Tiền đã nhận (đồng)", giftMoney), kpi("Ngày công", giftDays), kpi("Đất (m²)", giftLand),
		{Name: "Công trình còn dư", Value: civil.FormatInt(int64(open)), Note: "trên " + count(len(all), "công trình") + " đang xem"}}
}

// giftSums puts works together by village, commune or programme: what came and went in the period, and what is left today.
func (s *server) giftSums(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	all, err := s.giftWorks(r.Context(), sc)
	if err != nil {
		return err
	}
	by := contribution.By(or(r.URL.Query().Get("theo"), string(contribution.ByCommune)))
	names := map[contribution.By]string{contribution.ByCommune: "Xã, phường", contribution.ByVillage: "Thôn, tổ dân phố", contribution.ByCampaign: "Cuộc vận động"}
	if names[by] == "" {
		return fault.New(fault.Invalid, "Không có cách tổng hợp này. Hãy chọn ở khung lọc.")
	}
	v := &bookView{Title: "Tổng hợp đóng góp", Section: "dong-gop", Path: "/dong-gop/tong-hop", Scope: sc, Noun: "dòng",
		Lead:  "Số trong kỳ theo ngày nhận, ngày dùng; số còn lại là của hôm nay. Cộng các dòng bằng tổng của phạm vi.",
		Empty: "Chưa có công trình nào ở phạm vi và kỳ này.",
		Links: []bookLink{{Name: "Các công trình", Href: "/dong-gop" + sc.query()}},
		Asks: []bookAsk{{Key: "theo", Name: "Theo", Value: string(by), Options: []option{{Value: "xa", Name: "Xã, phường"}, {Value: "thon", Name: "Thôn, tổ dân phố"},
			{Value: "chuong-trinh", Name: "Cuộc vận động"}}}},
		Columns: []bookColumn{{Key: "nhom", Name: names[by]}, {Key: "khoan", Name: "Khoản"}, {Key: "don-vi-tinh", Name: "Đơn vị tính"}, {Key: "cam-ket", Name: "Cam kết", Num: true},
			{Key: "nhan", Name: "Nhận trong kỳ", Num: true}, {Key: "dung", Name: "Dùng trong kỳ", Num: true}, {Key: "tra", Name: "Trả lại, chuyển đi trong kỳ", Num: true}, {Key: "con", Name: "Còn lại hôm nay", Num: true}}}
	words := s.giftWords()
	for _, g := range contribution.Together(all, by) {
		in := contribution.NewAccount()
		for _, x := range g.Works {
			in.Plus(x.Within(sc.Period).Account)
		}
		name := bookCell{Text: giftGroup(sc, s, g, by), Note: count(len(g.Works), "công trình")}
		for _, i := range g.Account.Items() {
			num := func(n int64) bookCell { return bookCell{Num: i.Rat(n)} }
			v.Rows = append(v.Rows, bookRow{Cells: []bookCell{name, wordCell(words.Name(contribution.Item{Nature: i.Nature})), wordCell(words.Unit(i)), num(g.Account.Pledged[i]),
				num(in.In(i)), num(in.Used[i]), num(in.Returned[i] + in.MovedOut[i]), num(g.Account.Left(i))}})
		}
	}
	return s.showBook(w, r, v)
}

// giftView is the page of one work.
type giftView struct {
	*contribution.Work
	Words    contribution.Words
	By       unitLink
	Where    string
	Mine     bool
	Gone     bool // voided in the book of entries
	Today    civil.Date
	Form     pieceForm
	Told     string // word of the notice
	Owed     map[int64]contribution.Amounts
	Decision *ledger.Head
	Others   []option // works to which what is left may be moved
	Pledges  []option
	givers   []option
	units    []option // of quantities
	goods    []option // units of measure of goods
	name     func(field, code string) string
}

// at is the stage of the work, for its chip.
func (v *giftView) at() contribution.Stage { return v.Stage() }

func (s *server) giftView(r *http.Request) (*giftView, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	v := &giftView{Today: s.Today(), Words: s.giftWords()}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(q db.Querier) error {
		if v.Work, err = s.gifts().Work(ctx, q, id); err != nil {
			return err
		}
		if v.Decision, err = s.giftDecision(ctx, q, v.Work.Decision); err != nil {
			return err
		}
		v.Others, err = s.giftOthers(ctx, q, v.Work)
		return err
	})
	if err != nil {
		return nil, err
	}
	k := s.kindNear(contribution.WorkKind, v.Day)
	pledge := s.kindNear(contribution.PledgeKind, v.Today)
	v.givers, v.goods = choiceOptions(pledge, "giver", "Chọn bên góp", v.Today), choiceOptions(pledge, "goods_unit", "—", v.Today)
	v.units = choiceOptions(k, "quantity_unit", "Như phương án", v.Today)
	v.name = func(field, code string) string { return choiceName(k, field, code) }
	v.By, v.Where = linkUnit(tree, v.Unit, v.Day), tree.NameOn(v.Place, v.Day)
	v.Gone = v.State == ledger.Void
	v.Mine = viewer(ctx).May(access.RecordWork, v.Unit) && !v.Gone
	v.Owed = contribution.Outstanding(v.Lines)
	for _, l := range v.Lines {
		if rest := v.Owed[l.ID]; len(rest) > 0 {
			v.Pledges = append(v.Pledges, option{Value: contribution.Ref(l.ID), Name: s.giftWho(l) + ", " + l.Day.Vi() + ", còn " + v.Words.SayAll(rest)})
		}
	}
	return v, nil
}

func (s *server) giftDecision(ctx context.Context, q db.Querier, ref string) (*ledger.Head, error) {
	if ref == "" {
		return nil, nil
	}
	return s.Ledger.Referred(ctx, q, ref)
}

// giftOthers are the other works of the same body that are not closed.
func (s *server) giftOthers(ctx context.Context, q db.Querier, of *contribution.Work) ([]option, error) {
	list, err := s.gifts().Works(ctx, q, ledger.Filter{Units: []org.UnitID{of.Unit}})
	if err != nil {
		return nil, err
	}
	out := []option{{Name: "Không chuyển"}}
	for _, x := range list {
		if x.ID != of.ID && x.ClosedOn == 0 {
			out = append(out, option{Value: contribution.Ref(x.ID), Name: x.Title + " (" + x.Day.Vi() + ")"})
		}
	}
	return out, nil
}

// giftWho says who gave: by name only where he wishes it.
func (s *server) giftWho(l contribution.Line) string {
	who := strings.Join(l.Names, ", ")
	if who == "" {
		who = choiceName(s.kindNear(contribution.PledgeKind, l.Day), "giver", l.Giver)
	}
	if l.Households > 0 {
		who = joinWords(who, civil.FormatInt(l.Households)+" lượt hộ")
	}
	return or(who, "không nêu tên")
}

func (s *server) giftPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.giftView(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v.Told, v.Form = q.Get("xong"), newPieceForm(q.Get("mo"))
	return s.showGift(w, r, http.StatusOK, v)
}

func (s *server) showGift(w http.ResponseWriter, r *http.Request, status int, v *giftView) error {
	title := v.Title
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "dong-gop", Scripts: pieceScripts}, s.giftDetail(v))
}

func (v *giftView) goodsUnits() []option { return v.goods }

// form is one of the page's forms: as it was sent, or new.
func (v *giftView) form(act string) pieceForm {
	if v.Form.Act == act && v.Form.Key != "" {
		if len(v.Form.Values) == 0 {
			v.Form.Values.Set(act+"-ngay", v.Today.Vi())
			v.Form.Values.Set("nghiem-thu-so", "1")
		}
		return v.Form
	}
	f := newPieceForm("")
	f.Values.Set(act+"-ngay", v.Today.Vi())
	f.Values.Set("nghiem-thu-so", "1")
	return f
}

// giftFile is every line of the account as a table.
func (s *server) giftFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.giftView(r)
	if err != nil {
		return err
	}
	b := &bookView{Title: "Sổ thu, chi: " + v.Title, Path: "/dong-gop/" + itoa(v.ID), Columns: []bookColumn{{Name: "Ngày"}, {Name: "Việc"}, {Name: "Nội dung, bên đóng góp"}, {Name: "Phiếu, chứng từ"},
		{Name: "Thôn, tổ dân phố"}, {Name: "Lượt hộ"}, {Name: "Khoản"}, {Name: "Đơn vị tính"}, {Name: "Số lượng"}, {Name: "Giá trị hiện vật", Unit: "đồng"}}}
	for _, l := range v.Lines {
		value := new(big.Rat)
		for _, g := range l.Goods {
			value.Add(value, new(big.Rat).SetInt64(g.Value))
		}
		for _, i := range contribution.Items(l.Amounts) {
			row := bookRow{Cells: []bookCell{dayCell(l.Day), wordCell(giftActs[l.What]), wordCell(s.giftLine(l)), wordCell(giftProof(l)), wordCell(l.Village), numOrNone(l.Households, l.Households > 0),
				wordCell(v.Words.Name(contribution.Item{Nature: i.Nature})), wordCell(v.Words.Unit(i)), {Num: i.Rat(l.Amounts[i])}, {}}}
			if i.Nature == contribution.InKind && value.Sign() > 0 {
				row.Cells[9] = bookCell{Num: value}
			}
			b.Rows = append(b.Rows, row)
		}
	}
	return s.sendTable(w, or(r.URL.Query().Get("tai"), "xlsx"), b.file())
}

var giftActs = map[contribution.What]string{
	contribution.Pledge: "Cam kết", contribution.Gift: "Đóng góp", contribution.Spend: "Sử dụng", contribution.GiveBack: "Trả lại",
	contribution.MoveOut: "Chuyển đi", contribution.MoveIn: "Nhận chuyển", contribution.Support: "Nhà nước hỗ trợ",
}

// giftLine says what a line is about.
func (s *server) giftLine(l contribution.Line) string {
	switch l.What {
	case contribution.Gift, contribution.Pledge:
		return s.giftWho(l)
	case contribution.MoveIn:
		return "Từ công trình " + l.From
	}
	return l.Title
}

func giftProof(l contribution.Line) string {
	if l.Receipt.Number != 0 {
		return "Phiếu " + l.Receipt.String()
	}
	return l.Document
}

// giftGroup names a group of works.
func giftGroup(sc *scope, s *server, g *contribution.Group, by contribution.By) string {
	place := ""
	if g.Place != 0 {
		place = sc.tree.NameOn(g.Place, sc.nameDay())
	}
	switch by {
	case contribution.ByVillage:
		return or(g.Village, "Không ghi thôn") + ", " + place
	case contribution.ByCampaign:
		return or(choiceName(s.kindNear(contribution.WorkKind, sc.Today), "campaign", g.Campaign), "Ngoài các cuộc vận động")
	}
	return place
}
