package portal

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/geo"
	"danvan/internal/ledger"
	"danvan/internal/look"
	"danvan/internal/model"
	"danvan/internal/org"
)

// modelRoutes are the gallery of models and examples, and the self-managed groups.
func (p *portal) modelRoutes() []route {
	return []route{
		{"GET /mo-hinh", p.keep(p.models, "xa", "linh-vuc", "loai", "trang-thai", "trang")},
		{"GET /mo-hinh/tu-quan", p.keep(p.groups, "xa", "loai", "trang-thai", "trang")},
		{"GET /mo-hinh/ban-do", p.modelMap},
		{"GET /mo-hinh/{id}", askedAnew(p.keep(p.model))},
		{"GET /mo-hinh/{id}/anh", p.modelPicture},
	}
}

func (p *portal) modelShelf() *model.Shelf {
	return &model.Shelf{Ledger: p.Ledger, Catalog: p.Catalog, Engine: p.DB.Engine()}
}

// openModels are the models or groups that everybody may read of, those that were seen at work last first.
func (p *portal) openModels(ctx context.Context, kind string) (list []*model.Model, err error) {
	err = p.DB.View(ctx, func(q db.Querier) error {
		list, err = p.modelShelf().List(ctx, q, kind, nil)
		return err
	})
	today := p.Today()
	list = slices.DeleteFunc(list, func(m *model.Model) bool { return !m.Open(today) })
	slices.SortStableFunc(list, func(a, b *model.Model) int { return cmp.Compare(b.Seen(today), a.Seen(today)) })
	return list, err
}

// modelCard is a model as lists show it.
type modelCard struct {
	*model.Model
	At    model.State
	Stale bool
	Seen  civil.Date
	Place string
	Now   place // its commune of today, empty for one of a larger area
	About string
	name  func(field, code string) string
}

func (p *portal) modelCard(ctx context.Context, tree *org.Tree, m *model.Model) modelCard {
	today := p.Today()
	c := modelCard{Model: m, At: m.State(today), Stale: m.Stale(today, model.EvidenceDays(p.Catalog, today)), Seen: m.Seen(today)}
	c.name = func(field, code string) string { return p.choiceOf(m.Kind, field, code) }
	if u := tree.Unit(m.Place); u != nil {
		c.Place = tree.NameOn(m.Place, min(max(m.Day, u.Opened), today))
	}
	if id := nowOf(tree, m.Place, today); tree.Unit(id) != nil && tree.SpanOn(id, today).Level == "commune" {
		c.Now = place{id, tree.Unit(id).Code, tree.NameOn(id, today)}
	}
	if m.Village != "" {
		c.Place = m.Village + ", " + c.Place
	}
	c.About = c.name("sector", m.Sector)
	if m.IsGroup() {
		c.About = c.name("type", m.Type)
	}
	return c
}

// modelsView is the gallery.
type modelsView struct {
	Path     string
	Form     form
	Commune  place
	Communes []place
	Asks     []modelAsk
	Count    int
	Stale    int
	Days     int // after how many days a model is said to have no new evidence
	Shown    []modelCard
	ByPlace  []placeCount
	Map      bool
	Types    []typeLine // of groups
	Pager    pager
}

// modelAsk is one choice of the filter.
type modelAsk struct {
	Key, Name, Value string
	Options          []option
}

// placeCount is how many models a commune of today has.
type placeCount struct {
	place
	N int
}

// modelsShown is how many models a page of the gallery shows.
const modelsShown = 24

// What the filter by state knows besides the states.
const (
	aliveOnes = "con"
	staleOnes = "chua-minh-chung"
	allOnes   = "tat-ca"
)

func (p *portal) models(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	k := p.Catalog.Latest().Kind(model.ModelKind)
	v := modelsView{Path: "/mo-hinh", Form: form{Values: q}, Days: model.EvidenceDays(p.Catalog, p.Today())}
	state := or(q.Get("trang-thai"), aliveOnes)
	v.Asks = []modelAsk{
		{"linh-vuc", say(ctx, "Lĩnh vực", "Field"), q.Get("linh-vuc"), p.modelOptions(ctx, k, "sector", say(ctx, "Mọi lĩnh vực", "All fields"))},
		{"loai", say(ctx, "Mô hình hay điển hình", "Model or example"), q.Get("loai"), p.modelOptions(ctx, k, "type", say(ctx, "Cả hai", "Both"))},
		{"trang-thai", say(ctx, "Trạng thái", "State"), state, stateOptions(ctx)},
	}
	list, err := p.openModels(ctx, model.ModelKind)
	if err != nil {
		return err
	}
	err = p.gallery(r, &v, list, func(c *modelCard) bool {
		return fits(q.Get("linh-vuc"), c.Sector) && fits(q.Get("loai"), c.Type) && inState(state, c)
	})
	if err != nil {
		return err
	}
	title := say(ctx, "Mô hình, điển hình “Dân vận khéo”", "Models and examples")
	return p.render(w, r, http.StatusOK, page{Title: title, Section: "mo-hinh", Wide: true, Styles: []string{"models.css"}, About: say(ctx, "Cách làm hay của thôn, xã: ở đâu, từ khi nào, đã qua những bước nào, nhân rộng tới đâu, còn hoạt động không.", "What works in villages and communes: where, since when, by which steps, taken to which places, and whether it still lives.")}, p.modelsPage(v))
}

func fits(want, have string) bool { return want == "" || want == have }

func inState(want string, c *modelCard) bool {
	switch want {
	case allOnes:
		return true
	case aliveOnes:
		return c.At != model.Ended
	case staleOnes:
		return c.Stale
	}
	return want == string(c.At)
}

// gallery fills the view with the models that are asked for, a page of them.
func (p *portal) gallery(r *http.Request, v *modelsView, list []*model.Model, keep func(*modelCard) bool) error {
	ctx := r.Context()
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	if v.Communes, err = p.communes(ctx); err != nil {
		return err
	}
	if code := r.URL.Query().Get("xa"); code != "" && v.Path != "" {
		if v.Commune, err = p.commune(ctx, code); err != nil {
			return err
		}
	}
	counts := map[org.UnitID]int{}
	var cards []modelCard
	for _, m := range list {
		c := p.modelCard(ctx, tree, m)
		if !keep(&c) {
			continue
		}
		counts[c.Now.ID]++
		if v.Commune.ID != 0 && c.Now.ID != v.Commune.ID {
			continue
		}
		if c.Stale {
			v.Stale++
		}
		cards = append(cards, c)
	}
	for _, c := range v.Communes {
		if n := counts[c.ID]; n > 0 {
			v.ByPlace = append(v.ByPlace, placeCount{c, n})
		}
	}
	v.Count, v.Map = len(cards), p.Geo != nil && len(v.ByPlace) > 1
	v.Shown, v.Pager = paged(r, v.Path, cards, modelsShown, "xa", "linh-vuc", "loai", "trang-thai")
	return nil
}

// asked is what the gallery was asked for, for links that keep it.
func (v *modelsView) asked() url.Values {
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

// placeLink is the gallery of one commune, with the other conditions as they are.
func (v modelsView) placeLink(code string) string {
	q := v.asked()
	q.Set("xa", code)
	return v.Path + "?" + q.Encode()
}

// mapLink is the map of what the gallery shows.
func (v modelsView) mapLink() string {
	q := v.asked()
	q.Del("xa")
	return "/mo-hinh/ban-do?" + q.Encode()
}

func (p *portal) modelOptions(ctx context.Context, k *catalog.Kind, field, all string) []option {
	out := []option{{Name: all}}
	if k == nil {
		return out
	}
	for _, o := range k.Field(field).Choices() {
		out = append(out, option{Value: o.Code, Name: modelWord(ctx, o.Code, o.Name)})
	}
	return out
}

// modelWord is a choice of the catalogue in the language that is asked for.
func modelWord(ctx context.Context, code, name string) string {
	if languageOf(ctx) == English && englishModels[code] != "" {
		return englishModels[code]
	}
	return name
}

var englishModels = map[string]string{"economy": "Economy", "culture_society": "Culture and society", "defence_security": "Defence and security",
	"political_system": "Building the political system", "new_rural": "New countryside, civilised towns", "model": "Model", "example": "Example", "collective": "Collective", "individual": "Individual",
	"security": "Security and order", "environment": "Environment", "road": "Self-managed road", "culture": "Culture", "mediation": "Mediation", "forest": "Forest protection", "traffic": "Traffic safety",
	"family": "Families", "camera": "Security cameras", "fire": "Fire safety", "other": "Other",
	"military": "Army", "police": "Police", "border_guard": "Border guard",
	"province": "province", "district": "district", "commune": "commune", "central": "central", "village": "village"}

// stateOptions are the choices of the filter by state: what a reader asks for, then single steps.
func stateOptions(ctx context.Context) []option {
	out := []option{{Value: aliveOnes, Name: say(ctx, "Còn hoạt động", "Alive")}, {Value: staleOnes, Name: say(ctx, "Chưa có minh chứng mới", "No new evidence")}}
	for _, st := range []model.State{model.Recognised, model.Replicated, model.Ended} {
		out = append(out, option{Value: string(st), Name: stateName(ctx, st)})
	}
	return append(out, option{Value: allOnes, Name: say(ctx, "Tất cả", "All")})
}

func stateName(ctx context.Context, st model.State) string {
	switch st {
	case model.Registered:
		return say(ctx, "Mới đăng ký", "Registered")
	case model.Checked:
		return say(ctx, "Đã thẩm định", "Checked")
	case model.Effective:
		return say(ctx, "Có hiệu quả", "Effective")
	case model.Ineffective:
		return say(ctx, "Không hiệu quả", "Not effective")
	case model.Recognised:
		return say(ctx, "Đã công nhận", "Recognised")
	case model.Replicated:
		return say(ctx, "Đã nhân rộng", "Replicated")
	}
	return say(ctx, "Đã dừng", "Ended")
}

var modelTones = map[model.State]string{model.Registered: "wait", model.Checked: "wait", model.Effective: "doing", model.Ineffective: "late", model.Recognised: "done", model.Replicated: "done", model.Ended: ""}

// modelMap is the communes of today coloured by how many models they have.
func (p *portal) modelMap(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	if p.Geo == nil {
		return fault.New(fault.NotFound, "Không có ranh giới xã để vẽ bản đồ.")
	}
	list, err := p.openModels(ctx, model.ModelKind)
	if err != nil {
		return err
	}
	state := or(q.Get("trang-thai"), aliveOnes)
	v := modelsView{}
	err = p.gallery(r, &v, list, func(c *modelCard) bool {
		return fits(q.Get("linh-vuc"), c.Sector) && fits(q.Get("loai"), c.Type) && inState(state, c)
	})
	if err != nil {
		return err
	}
	layer, err := p.layers.now()
	if err != nil {
		return err
	}
	values := map[string]geo.Value{}
	known := map[string]bool{}
	for _, c := range v.Communes {
		known[c.Code] = true
		values[c.Code] = geo.Num(0)
	}
	for _, c := range v.ByPlace {
		values[c.Code] = geo.Num(float64(c.N))
	}
	layer = layer.Only(func(a geo.Area) bool { return known[a.Code] })
	if len(layer.Areas) < 2 {
		return fault.New(fault.NotFound, "Không có ranh giới xã để vẽ bản đồ.")
	}
	d := geo.Map{Layer: layer, ID: "mo-hinh", Title: say(ctx, "Mô hình, điển hình theo xã, phường", "Models by commune"), Unit: say(ctx, "mô hình", "models"), Values: values, ZeroApart: true, Names: 7, Outlines: true}.Draw()
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	body := []byte(geo.Standalone(d.SVG))
	w.Header().Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		body = look.Gzipped(body)
	}
	openFile(w, "image/svg+xml", "", body)
	return nil
}

// typeLine is how many groups of one type there are, with their households.
type typeLine struct {
	Name               string
	Groups, Households int64
}

// groups are the self-managed groups.
func (p *portal) groups(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	k := p.Catalog.Latest().Kind(model.GroupKind)
	v := modelsView{Path: "/mo-hinh/tu-quan", Form: form{Values: q}, Days: model.EvidenceDays(p.Catalog, p.Today())}
	state := or(q.Get("trang-thai"), aliveOnes)
	states := slices.DeleteFunc(stateOptions(ctx), func(o option) bool {
		return o.Value == string(model.Recognised) || o.Value == string(model.Replicated)
	})
	v.Asks = []modelAsk{{"loai", say(ctx, "Loại tổ", "Type"), q.Get("loai"), p.modelOptions(ctx, k, "type", say(ctx, "Mọi loại", "All types"))},
		{"trang-thai", say(ctx, "Trạng thái", "State"), state, states}}
	list, err := p.openModels(ctx, model.GroupKind)
	if err != nil {
		return err
	}
	sums := map[string]*typeLine{}
	var order []string
	err = p.gallery(r, &v, list, func(c *modelCard) bool {
		keep := fits(q.Get("loai"), c.Type) && inState(state, c)
		if keep && fits(q.Get("xa"), c.Now.Code) {
			if sums[c.Type] == nil {
				sums[c.Type] = &typeLine{Name: modelWord(ctx, c.Type, c.About)}
				order = append(order, c.Type)
			}
			sums[c.Type].Groups += c.Groups
			sums[c.Type].Households += c.Households
		}
		return keep
	})
	if err != nil {
		return err
	}
	for _, t := range order {
		v.Types = append(v.Types, *sums[t])
	}
	slices.SortFunc(v.Types, func(a, b typeLine) int { return cmp.Compare(b.Groups, a.Groups) })
	v.Map = false
	title := say(ctx, "Tổ tự quản", "Self-managed groups")
	return p.render(w, r, http.StatusOK, page{Title: title, Section: "mo-hinh", Wide: true, Styles: []string{"models.css"}, About: say(ctx, "Tổ tự quản của nhân dân ở thôn, tổ dân phố.", "Groups by which people of a village run an affair of their own.")}, p.groupsPage(v))
}

// modelView is the page of one model or group.
type modelView struct {
	modelCard
	By       string
	Places   []modelCard // replicas
	From     *modelCard  // what it replicates
	Pictures []model.Evidence
	Steps    []model.Step
	Spot     *spotMap
	Days     int
}

var noSuchModel = fault.New(fault.NotFound, "Không có mô hình này, hoặc chưa công khai. Hãy chọn trong danh sách mô hình.")

// openModel is a model that everybody may read of.
func (p *portal) openModel(ctx context.Context, id int64) (*model.Model, error) {
	var m *model.Model
	err := p.DB.View(ctx, func(q db.Querier) (err error) {
		m, err = p.modelShelf().Model(ctx, q, id)
		return err
	})
	if fault.KindOf(err) == fault.NotFound || err == nil && (m.Head.State == ledger.Void || !m.Open(p.Today())) {
		return nil, noSuchModel
	}
	return m, err
}

func (p *portal) model(w http.ResponseWriter, r *http.Request) error {
	ctx, today := r.Context(), p.Today()
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return noSuchModel
	}
	m, err := p.openModel(ctx, id)
	if err != nil {
		return err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	v := modelView{modelCard: p.modelCard(ctx, tree, m), By: tree.NameOn(m.Unit, m.Day), Steps: m.Steps(today), Days: model.EvidenceDays(p.Catalog, today)}
	for _, e := range m.Evidence {
		if e.Shown() {
			v.Pictures = append(v.Pictures, e)
		}
	}
	slices.Reverse(v.Pictures)
	for _, l := range m.Replicas {
		if x, err := p.openModel(ctx, l.ID); err == nil {
			v.Places = append(v.Places, p.modelCard(ctx, tree, x))
		}
	}
	if m.First != nil {
		if x, err := p.openModel(ctx, m.First.ID); err == nil {
			c := p.modelCard(ctx, tree, x)
			v.From = &c
		}
	}
	if v.Now.Code != "" {
		if v.Spot, err = spotIn(v.Now, "", ""); err != nil {
			return err
		}
	}
	return p.render(w, r, http.StatusOK, page{Title: m.Title, Section: "mo-hinh", Wide: true, Styles: []string{"models.css"}, About: m.Title + ". " + v.modelCard.Place}, p.modelPage(v))
}

func (p *portal) modelPicture(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return noSuchPicture
	}
	hash, err := p.modelShelf().PictureFile(r.Context(), p.DB.Read(), id, p.Today())
	if err != nil {
		return err
	}
	if hash == "" {
		return noSuchPicture
	}
	return p.sendPicture(w, r, hash)
}

// stepName says what happened at a step.
func (p *portal) stepName(ctx context.Context, v modelView, s model.Step) string {
	level := func(code string) string {
		if code == "" {
			return ""
		}
		return " " + strings.ToLower(modelWord(ctx, code, v.name("level", code)))
	}
	switch s.Act {
	case "registered":
		if v.IsGroup() {
			return say(ctx, "Thành lập", "Founded")
		}
		return say(ctx, "Đăng ký", "Registered")
	case "checked":
		return say(ctx, "Thẩm định", "Checked")
	case "effective":
		return say(ctx, "Đánh giá: có hiệu quả", "Assessed: effective")
	case "ineffective":
		return say(ctx, "Đánh giá: không hiệu quả", "Assessed: not effective")
	case "recognised":
		return say(ctx, "Công nhận", "Recognised:") + level(v.RecognisedLevel)
	case "typical":
		return say(ctx, "Được chọn là tiêu biểu", "Chosen as typical:") + level(v.TypicalLevel)
	case "replicated":
		return say(ctx, "Bắt đầu nhân rộng", "First replicated")
	}
	return say(ctx, "Dừng", "Ended")
}

// lowerFirst begins a name as it stands within a sentence; what begins with several capitals keeps them.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && unicode.IsUpper(r[0]) && unicode.IsLower(r[1]) {
		return string(unicode.ToLower(r[0])) + string(r[1:])
	}
	return s
}
