package portal

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/contribution"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// contributionRoutes are what people gave to the works of their villages, and what became of it.
func (p *portal) contributionRoutes() []route {
	return []route{
		{"GET /dong-gop", p.keep(p.works, "xa", "cuoc-van-dong", "tu")},
		{"GET /dong-gop/{id}", askedAnew(p.keep(p.work))},
		{"GET /dong-gop/{id}/thu-chi.csv", p.workFile},
		{"GET /dong-gop/{id}/anh", p.workPicture},
	}
}

// askedAnew has browsers ask again each time: a name that its giver takes back is gone at once, from devices too.
func askedAnew(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error { return h(anewWriter{w}, r) }
}

type anewWriter struct{ http.ResponseWriter }

func (w anewWriter) WriteHeader(status int) {
	if status == http.StatusOK {
		w.Header().Set("Cache-Control", "no-cache")
	}
	w.ResponseWriter.WriteHeader(status)
}

func (p *portal) gifts() *contribution.Shelf {
	return &contribution.Shelf{Ledger: p.Ledger, Catalog: p.Catalog, Engine: p.DB.Engine()}
}

// worksOf are the works of a territory, the newest first; 0 is the whole province.
func (p *portal) worksOf(ctx context.Context, commune org.UnitID) (list []*contribution.Work, err error) {
	f := ledger.Filter{}
	if commune != 0 {
		f.Places = []org.UnitID{commune}
	}
	err = p.DB.View(ctx, func(q db.Querier) error {
		list, err = p.gifts().Works(ctx, q, f)
		return err
	})
	return list, err
}

// worksView is the list of works with what was given to them together.
type worksView struct {
	List     []*contribution.Work
	Shown    []workCard
	Sum      contribution.Account
	Groups   []groupLine
	Words    contribution.Words
	Communes []place
	Commune  place
	Campaign string
	Options  []option
	Form     form
	More     string // the address of the next page, "" for none
}

// workCard is a work as lists show it.
type workCard struct {
	*contribution.Work
	Place string
	Kind  string
}

// groupLine is a programme, or a village of a commune, with its account.
type groupLine struct {
	Name    string
	Works   int
	Account contribution.Account
}

const worksShown = 18

func (p *portal) works(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := worksView{Words: p.words(), Form: form{Values: q}, Campaign: q.Get("cuoc-van-dong")}
	var err error
	if v.Communes, err = p.communes(ctx); err != nil {
		return err
	}
	if code := q.Get("xa"); code != "" {
		if v.Commune, err = p.commune(ctx, code); err != nil {
			return err
		}
	}
	if v.List, err = p.worksOf(ctx, v.Commune.ID); err != nil {
		return err
	}
	v.Options = p.campaigns(ctx, v.List)
	if v.Campaign != "" {
		v.List = slices.DeleteFunc(v.List, func(x *contribution.Work) bool { return x.Campaign != v.Campaign })
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	v.Sum = contribution.NewAccount()
	for _, x := range v.List {
		v.Sum.Plus(x.Account)
	}
	by := contribution.ByCampaign
	if v.Commune.ID != 0 {
		by = contribution.ByVillage
	}
	for _, g := range contribution.Together(v.List, by) {
		name := or(g.Village, say(ctx, "Không ghi thôn", "No village given"))
		if by == contribution.ByCampaign {
			name = or(p.choice("campaign", g.Campaign), say(ctx, "Ngoài các cuộc vận động", "Outside the campaigns"))
		}
		v.Groups = append(v.Groups, groupLine{name, len(g.Works), g.Account})
	}
	from, _ := strconv.Atoi(q.Get("tu"))
	from = max(0, min(from, len(v.List)))
	for _, x := range v.List[from:min(from+worksShown, len(v.List))] {
		v.Shown = append(v.Shown, p.card(ctx, tree, x))
	}
	if from+worksShown < len(v.List) {
		next := url.Values{}
		for _, k := range []string{"xa", "cuoc-van-dong"} {
			if q.Get(k) != "" {
				next.Set(k, q.Get(k))
			}
		}
		next.Set("tu", strconv.Itoa(from+worksShown))
		v.More = "/dong-gop?" + next.Encode()
	}
	title := say(ctx, "Dân góp, dùng vào đâu", "What people gave, where it went")
	return p.render(w, r, http.StatusOK, page{Title: title, Section: "dong-gop", About: say(ctx, "Đất, ngày công, tiền, hiện vật nhân dân đóng góp cho công trình của thôn, xã: đã nhận, đã dùng, còn lại.", "Land, workdays, money and goods that people gave to works of their villages: received, used, left.")}, p.worksPage(v))
}

func (p *portal) card(ctx context.Context, tree *org.Tree, x *contribution.Work) workCard {
	where := tree.NameOn(x.Place, min(max(x.Day, tree.Unit(x.Place).Opened), p.Today()))
	if x.Village != "" {
		where = x.Village + ", " + where
	}
	return workCard{x, where, p.choice("purpose", x.Purpose)}
}

func (p *portal) words() contribution.Words { return contribution.WordsOf(p.Catalog.Latest()) }

// choice names a choice of a work's field.
func (p *portal) choice(field, code string) string {
	return p.choiceOf(contribution.WorkKind, field, code)
}

func (p *portal) choiceOf(kind, field, code string) string {
	k := p.Catalog.Latest().Kind(kind)
	if k == nil || code == "" {
		return ""
	}
	if f := k.Field(field); f != nil {
		if o := f.Option(code); o != nil {
			return o.Name
		}
	}
	return code
}

// campaigns are the programmes of works, to choose one.
func (p *portal) campaigns(ctx context.Context, list []*contribution.Work) []option {
	out := []option{{Name: say(ctx, "Mọi cuộc vận động", "All campaigns")}}
	k := p.Catalog.Latest().Kind(contribution.WorkKind)
	if k == nil {
		return out
	}
	var choices []*catalog.Option
	if f := k.Field("campaign"); f != nil {
		choices = f.Choices()
	}
	for _, o := range choices {
		if slices.ContainsFunc(list, func(x *contribution.Work) bool { return x.Campaign == o.Code }) {
			out = append(out, option{Value: o.Code, Name: o.Name})
		}
	}
	return out
}

// workView is the page of one work: plan, account, every line, acceptance, pictures.
type workView struct {
	workCard
	By       string
	Words    contribution.Words
	Owed     map[int64]contribution.Amounts
	Decision *decided
	Map      *spotMap
	Today    civil.Date
	Commune  place
}

// decided is the decision of the households, totals only.
type decided struct {
	Title      string
	On         civil.Date
	Households int64
	Present    int64
	Approved   int64
}

func (p *portal) publicWork(r *http.Request) (*contribution.Work, error) {
	ctx := r.Context()
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, noSuchWork
	}
	var work *contribution.Work
	err = p.DB.View(ctx, func(q db.Querier) error {
		work, err = p.gifts().Work(ctx, q, id)
		return err
	})
	if fault.KindOf(err) == fault.NotFound || err == nil && work.State == ledger.Void {
		return nil, noSuchWork
	}
	return work, err
}

var noSuchWork = fault.New(fault.NotFound, "Không có công trình này. Hãy chọn trong danh sách công trình.")

func (p *portal) work(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	x, err := p.publicWork(r)
	if err != nil {
		return err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	v := workView{workCard: p.card(ctx, tree, x), By: tree.NameOn(x.Unit, x.Day), Words: p.words(), Owed: contribution.Outstanding(x.Lines), Today: p.Today()}
	if u := tree.Unit(x.Place); u != nil {
		v.Commune = place{u.ID, u.Code, tree.NameOn(u.ID, min(max(x.Day, u.Opened), v.Today))}
	}
	if v.Decision, err = p.decision(ctx, x.Decision); err != nil {
		return err
	}
	if v.Map, err = p.workMap(x, v.Commune); err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, page{Title: x.Title, Section: "dong-gop", About: say(ctx, "Thu, chi đóng góp của nhân dân: ", "What people gave and where it went: ") + x.Title}, p.workPage(v))
}

// decision reads what the households decided, where the work names it.
func (p *portal) decision(ctx context.Context, ref string) (*decided, error) {
	if ref == "" {
		return nil, nil
	}
	h, err := p.Ledger.Referred(ctx, p.DB.Read(), ref)
	if err != nil || h == nil || h.Kind != "community_decision" || h.State == ledger.Void {
		return nil, err
	}
	e, err := p.Ledger.LineOf(ctx, p.DB.Read(), h.ID)
	if err != nil {
		return nil, err
	}
	d := decided{Title: h.Title, On: h.Day}
	return &d, contribution.Decided(e.Fields, &d.Households, &d.Present, &d.Approved)
}

// workFile is every line of a work's account as a table, without names of who does not wish to be named.
func (p *portal) workFile(w http.ResponseWriter, r *http.Request) error {
	x, err := p.publicWork(r)
	if err != nil {
		return err
	}
	ctx, words := r.Context(), p.words()
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := csv.NewWriter(&b)
	rows := [][]string{{"Ngày", "Việc", "Nội dung", "Chứng từ", "Thôn, tổ dân phố", "Lượt hộ", "Khoản", "Đơn vị tính", "Số lượng"}}
	for _, l := range x.Lines {
		for _, i := range contribution.Items(l.Amounts) {
			rows = append(rows, []string{l.Day.String(), whatName(ctx, l.What), p.lineText(ctx, l), lineProof(ctx, l), l.Village, strconv.FormatInt(l.Households, 10),
				words.Name(contribution.Item{Nature: i.Nature}), words.Unit(i), civil.DecimalString(i.Rat(l.Amounts[i]), i.Scale())})
		}
	}
	for _, row := range rows {
		for i := range row {
			row[i] = inert(row[i])
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	out.Flush()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="dong-gop-`+strconv.FormatInt(x.ID, 10)+`.csv"`)
	_, _ = w.Write(b.Bytes()) // the reader went away: nobody to tell
	return out.Error()
}

// inert is a text that no spreadsheet takes for a formula.
func inert(s string) string {
	t := strings.TrimLeft(s, " \t\r\n")
	if t != "" && strings.ContainsRune("=+-@", rune(t[0])) {
		return "'" + s
	}
	return s
}

// workPicture is a picture of a work.
func (p *portal) workPicture(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return noSuchPicture
	}
	ctx := r.Context()
	hash, err := p.gifts().PictureFile(ctx, p.DB.Read(), id)
	if err != nil || hash == "" {
		return errors.Join(err, noSuchPicture)
	}
	return p.sendPicture(w, r, hash)
}

var noSuchPicture = fault.New(fault.NotFound, "Không có ảnh này. Hãy mở từ trang của công trình.")

// stageName says where a work stands.
func stageName(ctx context.Context, st contribution.Stage) (chip, name string) {
	switch st {
	case contribution.Planned:
		return "wait", say(ctx, "Mới có phương án", "Planned")
	case contribution.Collecting:
		return "wait", say(ctx, "Đang đóng góp", "Collecting")
	case contribution.Building:
		return "doing", say(ctx, "Đang làm", "Under way")
	case contribution.Done:
		return "done", say(ctx, "Đã nghiệm thu", "Accepted")
	}
	return "done", say(ctx, "Đã quyết toán, không còn dư", "Closed, nothing left")
}

// itemName and itemUnit are Words in the language that is asked for.
func itemName(ctx context.Context, w contribution.Words, i contribution.Item) string {
	if languageOf(ctx) != English {
		return w.Name(i)
	}
	switch i.Nature {
	case contribution.Land:
		return "Land"
	case contribution.Workdays:
		return "Work"
	case contribution.Money:
		return "Money"
	}
	return "Goods (" + w.Unit(i) + ")"
}

func itemUnit(ctx context.Context, w contribution.Words, i contribution.Item) string {
	if i.Nature == contribution.Workdays {
		return say(ctx, "ngày công", "workdays")
	}
	return w.Unit(i)
}

func amountsText(ctx context.Context, w contribution.Words, a contribution.Amounts) string {
	var out []string
	for _, i := range contribution.Items(a) {
		out = append(out, i.Format(a[i])+" "+itemUnit(ctx, w, i))
	}
	return strings.Join(out, ", ")
}

// whatName is what a line does.
func whatName(ctx context.Context, w contribution.What) string {
	switch w {
	case contribution.Pledge:
		return say(ctx, "Cam kết", "Pledged")
	case contribution.Gift:
		return say(ctx, "Đóng góp", "Given")
	case contribution.Spend:
		return say(ctx, "Sử dụng", "Used")
	case contribution.GiveBack:
		return say(ctx, "Trả lại", "Returned")
	case contribution.MoveOut:
		return say(ctx, "Chuyển đi", "Moved on")
	case contribution.MoveIn:
		return say(ctx, "Nhận chuyển", "Moved here")
	}
	return say(ctx, "Nhà nước hỗ trợ", "State support")
}

// lineText says who gave, or what for: names only of those who wish to be named.
func (p *portal) lineText(ctx context.Context, l contribution.Line) string {
	switch l.What {
	case contribution.Gift, contribution.Pledge:
		if len(l.Names) > 0 {
			return strings.Join(l.Names, ", ")
		}
		giver := p.choiceOf(contribution.PledgeKind, "giver", l.Giver)
		if l.Households > 1 {
			return fmt.Sprintf(say(ctx, "%d lượt hộ", "%d households"), l.Households)
		}
		return or(giver, say(ctx, "Không nêu tên", "Not named"))
	case contribution.MoveIn:
		return say(ctx, "Từ công trình ", "From ") + l.From
	}
	return l.Title
}

func lineProof(ctx context.Context, l contribution.Line) string {
	if l.Receipt.Number != 0 {
		return say(ctx, "Phiếu ", "Receipt ") + l.Receipt.String()
	}
	return l.Document
}

// percentOf is a part of a whole in whole percent, 100 only where it is all of it.
func percentOf(part, whole int64) int64 {
	if whole <= 0 || part <= 0 {
		return 0
	}
	return min(part*100/whole, 100)
}
