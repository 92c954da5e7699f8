package portal

import (
	"context"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/model"
	"danvan/internal/org"
)

// driveRoutes are the drives of army and police with the people.
func (p *portal) driveRoutes() []route {
	return []route{
		{"GET /luc-luong", p.keep(p.drives, "xa", "nam", "luc-luong", "trang")},
		{"GET /luc-luong/{id}", p.keep(p.drive)},
	}
}

// driveCard is a drive as lists show it.
type driveCard struct {
	*model.Drive
	Place string
	Now   place
	By    string
	name  func(field, code string) string
}

func (p *portal) driveCard(tree *org.Tree, d *model.Drive) driveCard {
	today := p.Today()
	c := driveCard{Drive: d, By: tree.NameOn(d.Unit, d.Day)}
	c.name = func(field, code string) string { return p.driveChoice(field, code) }
	if u := tree.Unit(d.Place); u != nil {
		c.Place = tree.NameOn(d.Place, min(max(d.Day, u.Opened), today))
	}
	if id := nowOf(tree, d.Place, today); tree.Unit(id) != nil && tree.SpanOn(id, today).Level == "commune" {
		c.Now = place{id, tree.Unit(id).Code, tree.NameOn(id, today)}
	}
	if d.Village != "" {
		c.Place = d.Village + ", " + c.Place
	}
	return c
}

// driveChoice is the name of a choice of a drive's field, or of a field of its groups.
func (p *portal) driveChoice(field, code string) string {
	k := p.Catalog.Latest().Kind(model.DriveKind)
	if k == nil || code == "" {
		return code
	}
	f := k.Field(field)
	for _, g := range k.Fields {
		if f == nil {
			f = g.Field(field)
		}
	}
	if f != nil {
		if o := f.Option(code); o != nil {
			return o.Name
		}
	}
	return code
}

// drivesView is the page of drives of a year.
type drivesView struct {
	Commune  place
	Communes []place
	Asks     []modelAsk
	Year     int
	Sum      model.DriveSum
	Shown    []driveCard
	Count    int
	Pager    pager
	ByPlace  []placeCount
	works    []workAmount
}

// workAmount is how much of one work was done, with its unit as the catalogue names it: "Làm, sửa đường (km)".
type workAmount struct{ Name, Quantity, Unit string }

const drivesShown = 20

func (p *portal) drives(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	today := p.Today()
	v := drivesView{Year: today.Year()}
	if y, err := strconv.Atoi(q.Get("nam")); err == nil && y >= firstOpenYear && y <= today.Year() {
		v.Year = y
	}
	list, err := p.openDrives(ctx, v.Year)
	if err != nil {
		return err
	}
	if v.Communes, err = p.communes(ctx); err != nil {
		return err
	}
	if code := q.Get("xa"); code != "" {
		if v.Commune, err = p.commune(ctx, code); err != nil {
			return err
		}
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	v.Asks = p.driveAsks(ctx, v.Year, q)
	counts := map[org.UnitID]int{}
	var kept []*model.Drive
	var cards []driveCard
	for _, d := range list {
		if !fits(q.Get("luc-luong"), d.Force) {
			continue
		}
		c := p.driveCard(tree, d)
		counts[c.Now.ID]++
		if v.Commune.ID == 0 || c.Now.ID == v.Commune.ID {
			kept, cards = append(kept, d), append(cards, c)
		}
	}
	for _, c := range v.Communes {
		if n := counts[c.ID]; n > 0 && v.Commune.ID == 0 {
			v.ByPlace = append(v.ByPlace, placeCount{c, n})
		}
	}
	v.Sum = model.SumDrives(kept, p.driveWorks())
	for _, a := range p.workAmounts(v.Sum.Works) {
		if a.Unit != "" { // other work has no common unit: its sum says nothing
			v.works = append(v.works, a)
		}
	}
	v.Count = len(cards)
	v.Shown, v.Pager = paged(r, "/luc-luong", cards, drivesShown, "xa", "nam", "luc-luong")
	title := say(ctx, "Quân đội, công an giúp dân", "Army and police with the people")
	return p.render(w, r, http.StatusOK, page{Title: title, Section: "mo-hinh", Wide: true, Styles: []string{"models.css"}, About: say(ctx, "Các đợt công tác dân vận của lực lượng vũ trang: ở đâu, ngày nào, làm được gì.", "Drives of the armed forces with the people: where, when, what was done.")}, p.drivesPage(v))
}

func (v *drivesView) asked() url.Values {
	out := url.Values{}
	if v.Commune.Code != "" {
		out.Set("xa", v.Commune.Code)
	}
	for _, a := range v.Asks {
		if a.Value != "" {
			out.Set(a.Key, a.Value)
		}
	}
	return out
}

func (v drivesView) placeLink(code string) string {
	q := v.asked()
	q.Set("xa", code)
	return "/luc-luong?" + q.Encode()
}

func (p *portal) driveAsks(ctx context.Context, year int, q url.Values) []modelAsk {
	var years []option
	for y := p.Today().Year(); y >= firstOpenYear; y-- {
		years = append(years, option{Value: strconv.Itoa(y), Name: strconv.Itoa(y)})
	}
	k := p.Catalog.Latest().Kind(model.DriveKind)
	return []modelAsk{{"nam", say(ctx, "Năm", "Year"), strconv.Itoa(year), years},
		{"luc-luong", say(ctx, "Lực lượng", "Force"), q.Get("luc-luong"), p.modelOptions(ctx, k, "force", say(ctx, "Mọi lực lượng", "All forces"))}}
}

// openDrives are the drives of a year that everybody may read of, newest first.
func (p *portal) openDrives(ctx context.Context, year int) (list []*model.Drive, err error) {
	err = p.DB.View(ctx, func(q db.Querier) error {
		list, err = p.modelShelf().Drives(ctx, q, ledger.Filter{From: civil.NewDate(year, 1, 1), To: min(civil.NewDate(year, 12, 31), p.Today())})
		return err
	})
	return slices.DeleteFunc(list, func(d *model.Drive) bool { return !d.Open() }), err
}

// driveWorks are the codes of works in the order of the catalogue.
func (p *portal) driveWorks() (out []string) {
	k := p.Catalog.Latest().Kind(model.DriveKind)
	if k == nil {
		return nil
	}
	for _, o := range k.Field("works").Field("work").Choices() {
		out = append(out, o.Code)
	}
	return out
}

func (p *portal) workAmounts(list []model.Amount) (out []workAmount) {
	for _, a := range list {
		name, unit := cutUnit(p.driveChoice("work", a.Work))
		out = append(out, workAmount{name, strings.TrimSpace(civil.FormatTrim(a.Quantity, 2) + " " + unit), unit})
	}
	return out
}

// cutUnit parts the name of a work from the unit in brackets at its end.
func cutUnit(name string) (string, string) {
	at := strings.LastIndex(name, " (")
	if at < 0 || !strings.HasSuffix(name, ")") {
		return name, ""
	}
	return name[:at], name[at+2 : len(name)-1]
}

var noSuchDrive = fault.New(fault.NotFound, "Không có đợt công tác này, hoặc không công khai. Hãy chọn trong danh sách các đợt.")

// driveView is the page of one drive.
type driveView struct {
	driveCard
	Partners []string
	works    []workAmount
	gifts    []workAmount
}

func (p *portal) drive(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return noSuchDrive
	}
	var d *model.Drive
	var e *ledger.Entry
	err = p.DB.View(ctx, func(q db.Querier) error {
		if d, err = p.modelShelf().Drive(ctx, q, id); err != nil {
			return err
		}
		e, err = p.Ledger.Entry(ctx, q, id)
		return err
	})
	if fault.KindOf(err) == fault.NotFound || err == nil && (d.State == ledger.Void || !d.Open()) {
		return noSuchDrive
	}
	if err != nil {
		return err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	v := driveView{driveCard: p.driveCard(tree, d)}
	for _, u := range e.Partners {
		v.Partners = append(v.Partners, tree.NameOn(u, d.Day))
	}
	for _, x := range d.Works {
		v.works = append(v.works, p.workAmounts([]model.Amount{{Work: x.Work, Quantity: quantityOf(string(x.Quantity))}})...)
	}
	for _, g := range d.Gifts {
		v.gifts = append(v.gifts, workAmount{p.driveChoice("target", g.Target), formatInt(g.Count), ""})
	}
	return p.render(w, r, http.StatusOK, page{Title: d.Title, Section: "mo-hinh", Wide: true, Styles: []string{"models.css"}, About: d.Title + ". " + v.driveCard.Place}, p.drivePage(v))
}

func quantityOf(s string) *big.Rat {
	if n, ok := new(big.Rat).SetString(s); ok {
		return n
	}
	return new(big.Rat)
}
