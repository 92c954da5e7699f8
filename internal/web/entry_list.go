package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// listAsk is a list of entries as its address asks for it.
type listAsk struct {
	Scope    *scope
	Kind     *catalog.Kind // nil for all
	State    string
	Text     string
	Actor    string
	Batch    int64
	Place    *org.Unit
	PlaceRef string
	Order    ledger.Order
	Offset   int64
	Fields   []fieldAsk // what can be asked of the kind's fields, in its order
	Hides    bool       // letters that the viewer may not read are left out, for a condition asks about their content
	filter   ledger.Filter
	reads    map[org.UnitID]bool // units whose letters the viewer may read
	back     map[int64]bool      // entries that were returned
}

// fieldAsk is what is asked of one field.
type fieldAsk struct {
	Code     string // of the field, or group.field
	Name     string
	Field    *catalog.Field
	Value    string
	From, To string // as they were typed
	cond     ledger.Cond
}

func (a *fieldAsk) asked() bool { return a.Value != "" || a.From != "" || a.To != "" }

// states that a list can be narrowed to.
var stateOptions = []option{{Value: "", Name: "Còn hiệu lực"}, {Value: "recorded", Name: "Chưa xác nhận"}, {Value: stateReturned, Name: "Bị trả lại"}, {Value: "confirmed", Name: "Đã xác nhận"}, {Value: "void", Name: "Đã hủy"}, {Value: "all", Name: "Mọi trạng thái"}}

var orderOptions = []option{{Value: "", Name: "Ngày, mới trước"}, {Value: "cu", Name: "Ngày, cũ trước"}, {Value: "don-vi", Name: "Đơn vị"}, {Value: "loai", Name: "Loại việc"}, {Value: "ghi", Name: "Mới ghi trước"}}

// readList reads the address of a list.
func (s *server) readList(r *http.Request) (*listAsk, error) {
	sc, err := s.readScope(r)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	a := &listAsk{Scope: sc, State: q.Get("trang-thai"), Text: strings.TrimSpace(q.Get("tim")), Actor: strings.TrimSpace(q.Get("nguoi")),
		Order: ledger.Order(q.Get("xep")), PlaceRef: strings.TrimSpace(q.Get("noi"))}
	if a.Offset, err = readOffset(r); err != nil {
		return nil, err
	}
	if !a.Order.Known() {
		return nil, fault.New(fault.Invalid, "Không có cách xếp này. Hãy chọn cách xếp ở khung lọc.")
	}
	if a.State != "" && a.State != "all" && stateName(a.State) == a.State {
		return nil, fault.New(fault.Invalid, "Không có trạng thái này. Hãy chọn trạng thái ở khung lọc.")
	}
	if lo := q.Get("lo"); lo != "" {
		if a.Batch, err = strconv.ParseInt(lo, 10, 64); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Số lần nhập chỉ gồm chữ số.")
		}
	}
	if a.PlaceRef != "" {
		if a.Place, err = sc.tree.Resolve(firstWord(a.PlaceRef), sc.Basis, sc.Period.To); err != nil {
			return nil, err
		}
	}
	if code := q.Get("loai"); code != "" {
		if a.Kind = s.kindNear(code, sc.Period.To); a.Kind == nil {
			return nil, fault.New(fault.NotFound, "Danh mục không có loại việc “"+code+"”. Hãy chọn loại ở khung lọc.")
		}
		if err := a.readFields(q); err != nil {
			return nil, err
		}
	}
	a.restrict(s, viewer(r.Context()))
	if a.back, err = s.returnedNow(r.Context()); err != nil {
		return nil, err
	}
	if a.State == stateReturned {
		a.filter.Only = a.back
	}
	return a, nil
}

// firstWord is the code at the front of what a picker writes: "01834 – xã A".
func firstWord(s string) string {
	code, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	return code
}

// kindNear is the kind in the edition of a day, else in any edition that has it.
func (s *server) kindNear(code string, day civil.Date) *catalog.Kind {
	if k := s.Catalog.EditionOn(day).Kind(code); k != nil {
		return k
	}
	editions := s.Catalog.Editions()
	for i := len(editions) - 1; i >= 0; i-- {
		if k := editions[i].Kind(code); k != nil {
			return k
		}
	}
	return nil
}

// readFields reads what is asked of the fields. Nobody is looked for by his name, and attachments have no values.
func (a *listAsk) readFields(q url.Values) error {
	for _, f := range a.Kind.Fields {
		if f.Type == catalog.Group {
			for _, sub := range f.Fields {
				if err := a.readField(q, f.Code+"."+sub.Code, f.Name+": "+lowerFirst(sub.Name), sub); err != nil {
					return err
				}
			}
			continue
		}
		if err := a.readField(q, f.Code, f.Name, f); err != nil {
			return err
		}
	}
	return nil
}

func (a *listAsk) readField(q url.Values, code, name string, f *catalog.Field) error {
	if f.About == "person" || f.Type == catalog.Person || f.Type == catalog.File || f.Type == catalog.Group {
		return nil
	}
	x := fieldAsk{Code: code, Name: name, Field: f, Value: strings.TrimSpace(q.Get("f." + code)),
		From: strings.TrimSpace(q.Get("f." + code + ".tu")), To: strings.TrimSpace(q.Get("f." + code + ".den"))}
	x.cond.Code = code
	var err error
	switch f.Type {
	case catalog.Choice, catalog.Choices, catalog.Bool:
		if all := q["f."+code]; x.Value != "" {
			x.cond.Any = all
		}
	case catalog.Int, catalog.DecimalT, catalog.Money:
		err = x.numbers()
	case catalog.DateT:
		err = x.days()
	case catalog.UnitRef, catalog.UnitRefs:
		if x.Value != "" {
			u, notFound := a.Scope.tree.Resolve(firstWord(x.Value), a.Scope.Basis, a.Scope.Period.To)
			if notFound != nil {
				return notFound
			}
			x.cond.Text = u.Code + "@" + u.Opened.String()
		}
	default:
		x.cond.Text = x.Value
	}
	a.Fields = append(a.Fields, x)
	return err
}

func (x *fieldAsk) numbers() (err error) {
	if x.From != "" {
		if x.cond.From, err = catalog.PlainNumber(x.From); err != nil {
			return fault.Wrap(err, fault.Invalid, "“"+x.Name+"”, từ: "+err.Error()+".")
		}
	}
	if x.To != "" {
		if x.cond.To, err = catalog.PlainNumber(x.To); err != nil {
			return fault.Wrap(err, fault.Invalid, "“"+x.Name+"”, đến: "+err.Error()+".")
		}
	}
	return nil
}

func (x *fieldAsk) days() error {
	for _, side := range []struct {
		typed string
		to    *string
	}{{x.From, &x.cond.From}, {x.To, &x.cond.To}} {
		if side.typed == "" {
			continue
		}
		d, err := civil.ParseDate(side.typed)
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "“"+x.Name+"”: "+err.Error()+".")
		}
		*side.to = d.String()
	}
	return nil
}

// restrict makes the filter. A condition on what letters say would tell it; where one is asked, letters that the
// viewer may not read are not in the list at all.
func (a *listAsk) restrict(s *server, v *access.Viewer) {
	sc := a.Scope
	a.filter = ledger.Filter{From: sc.Period.From, To: sc.Period.To, Text: a.Text, Batch: a.Batch, Actor: a.Actor, Units: unitsUnder(sc)}
	switch a.State {
	case "":
	case "all":
		a.filter.States = []ledger.State{ledger.Recorded, ledger.Confirmed, ledger.Void}
	case stateReturned:
		a.filter.States = []ledger.State{ledger.Recorded}
	default:
		a.filter.States = []ledger.State{ledger.State(a.State)}
	}
	if a.Kind != nil {
		a.filter.Kinds = []string{a.Kind.Code}
	}
	if a.Place != nil {
		a.filter.Places = placesUnder(sc, a.Place)
	}
	a.reads = v.Units(access.ReadLetters)
	tells := a.Text != "" || a.Place != nil || slices.ContainsFunc(a.Fields, func(x fieldAsk) bool {
		return x.asked() && !shownField(a.Kind, x.Field)
	})
	if a.Kind == nil || guarded(a.Kind) {
		hidden := &ledger.Hidden{Kinds: guardedKinds(s.Catalog), But: a.reads}
		a.Hides = tells && slices.ContainsFunc(a.filter.Units, func(u org.UnitID) bool { return !a.reads[u] })
		if tells {
			a.filter.Hidden = hidden
		}
	}
}

// placesUnder are a territory and all below it in the period.
func placesUnder(sc *scope, place *org.Unit) []org.UnitID {
	under := *sc
	under.Unit = place
	return append(unitsUnder(&under), place.ID)
}

func (a *listAsk) conds() []ledger.Cond {
	var out []ledger.Cond
	for _, x := range a.Fields {
		if x.asked() {
			out = append(out, x.cond)
		}
	}
	return out
}

// query is the address of the list with changes laid over it.
func (a *listAsk) query(changes ...string) string {
	all := []string{"trang-thai", a.State, "tim", a.Text, "nguoi", a.Actor, "noi", a.PlaceRef, "xep", string(a.Order)}
	if a.Kind != nil {
		all = append(all, "loai", a.Kind.Code)
	}
	if a.Batch != 0 {
		all = append(all, "lo", strconv.FormatInt(a.Batch, 10))
	}
	if a.Offset != 0 {
		all = append(all, "tu-dong", strconv.FormatInt(a.Offset, 10))
	}
	for _, x := range a.Fields {
		all = append(all, "f."+x.Code, x.Value, "f."+x.Code+".tu", x.From, "f."+x.Code+".den", x.To)
	}
	return a.Scope.query(append(all, changes...)...)
}

// found is what a list came to.
type found struct {
	Lines []ledger.Line
	Total int
	More  bool // more than Total
	Sums  []string
}

// list answers the ask: limit lines from the offset on.
func (s *server) list(ctx context.Context, q db.Querier, a *listAsk, offset, limit int) (found, error) {
	if a.Kind != nil {
		p, err := s.Ledger.Pick(ctx, q, s.DB.Engine(), a.Kind, a.filter, a.conds(), a.Order, a.Scope.tree.NameOn)
		if err != nil {
			return found{}, err
		}
		out := found{Lines: p.Lines(offset, limit), Total: p.Total()}
		for _, f := range columnsOf(a.Kind) {
			out.Sums = append(out.Sums, a.sum(p, f))
		}
		return out, nil
	}
	heads, total, err := s.Ledger.Page(ctx, q, a.filter, a.Order, offset, limit)
	if err != nil {
		return found{}, err
	}
	out := found{Total: min(total, ledger.CountBound), More: total > ledger.CountBound}
	for _, h := range heads {
		out.Lines = append(out.Lines, ledger.Line{Head: h})
	}
	return out, nil
}

// sum is the total of a column, empty where adding means nothing or would tell what letters say.
func (a *listAsk) sum(p *ledger.Picked, f *catalog.Field) string {
	if f.Type != catalog.Int && f.Type != catalog.DecimalT && f.Type != catalog.Money || strings.Contains(f.Unit, "%") {
		return ""
	}
	if !shownField(a.Kind, f) && slices.ContainsFunc(a.filter.Units, func(u org.UnitID) bool { return !a.reads[u] }) {
		return ""
	}
	total, n := p.Sum(f.Code)
	if n == 0 {
		return ""
	}
	return civil.FormatTrim(total, max(f.Scale, 0))
}

// mostColumns is how many fields of the kind a list shows.
const mostColumns = 5

// columnsOf are the fields that a list of the kind shows: numbers first, then choices and days that the title does
// not say already.
func columnsOf(k *catalog.Kind) []*catalog.Field {
	var out []*catalog.Field
	for _, types := range [][]catalog.FieldType{{catalog.Int, catalog.DecimalT, catalog.Money}, {catalog.Choice, catalog.Bool}, {catalog.DateT}} {
		for _, f := range k.Fields {
			if len(out) < mostColumns && slices.Contains(types, f.Type) && !slices.Contains(k.Title, f.Code) {
				out = append(out, f)
			}
		}
	}
	return out
}

// lineView is one line of the list as a page shows it.
type lineView struct {
	ledger.Line
	Kind, Unit, Place string
	Shown             string // the state, as shownState calls it
	Link              string
	Cells             []string
}

// listView is the page of a list.
type listView struct {
	*listAsk
	Kinds   []kindChoices
	Found   found
	Lines   []lineView
	Columns []*catalog.Field
	Chips   []chipView
	Page    paging
	Open    bool // the field filters
	Records bool // the viewer records something
}

// kindChoices are the kinds of one system of the regulation.
type kindChoices struct {
	Name  string
	Kinds []*catalog.Kind
}

// chipView is one condition that holds, with the address without it.
type chipView struct{ Name, Without string }

func (s *server) entryList(w http.ResponseWriter, r *http.Request) error {
	a, err := s.readList(r)
	if err != nil {
		return err
	}
	v := listView{listAsk: a, Kinds: s.kindChoices(a.Scope.Period.To)}
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		v.Found, err = s.list(r.Context(), q, a, int(a.Offset), pageSize)
		return err
	})
	if err != nil {
		return err
	}
	if a.Kind != nil {
		v.Columns = columnsOf(a.Kind)
	}
	for i, l := range v.Found.Lines {
		v.Lines = append(v.Lines, s.lineView(a, l, v.Columns, int(a.Offset)+i))
	}
	v.Chips, v.Open = a.chips(), len(a.conds()) > 0
	v.Page = paging{Offset: a.Offset, Size: pageSize, Total: int64(v.Found.Total), Link: func(o int64) string {
		return "/ghi-nhan" + a.query("tu-dong", offsetText(o))
	}}
	if v.Found.More && len(v.Lines) == pageSize {
		v.Page.Total = max(v.Page.Total, a.Offset+pageSize+1)
	}
	p := page{Title: "Sổ việc đã ghi", Section: "ghi-nhan", Scope: a.Scope}
	return s.render(w, r, http.StatusOK, p, entryListPage(v))
}

func offsetText(o int64) string {
	if o == 0 {
		return ""
	}
	return strconv.FormatInt(o, 10)
}

func (s *server) lineView(a *listAsk, l ledger.Line, columns []*catalog.Field, at int) lineView {
	tree := a.Scope.tree
	out := lineView{Line: l, Kind: l.Kind, Unit: tree.NameOn(l.Unit, l.Day), Place: tree.NameOn(l.Place, l.Day)}
	k := s.Catalog.EditionOn(l.Day).Kind(l.Head.Kind)
	reads := !guarded(k) || a.reads[l.Unit]
	if k != nil {
		out.Kind = k.Name
	}
	if !reads {
		out.Title, out.Place = shownTitle(k, l.Title), out.Unit
	}
	out.Shown = shownState(k, l.State, a.back[l.ID])
	out.Link = "/ghi-nhan/" + strconv.FormatInt(l.ID, 10) + a.query("vt", strconv.Itoa(at))
	for _, f := range columns {
		switch raw := ledger.Member(l.Fields, f.Code); {
		case !reads && !shownField(a.Kind, f):
			out.Cells = append(out.Cells, "ẩn")
		case raw == "":
			out.Cells = append(out.Cells, "")
		default:
			out.Cells = append(out.Cells, cellText(f, raw))
		}
	}
	return out
}

// kindChoices are the kinds that can be chosen, by the systems of the regulation.
func (s *server) kindChoices(day civil.Date) []kindChoices {
	var out []kindChoices
	at := map[int]int{}
	for _, k := range s.Catalog.EditionOn(day).Kinds {
		i, ok := at[k.System]
		if !ok {
			i = len(out)
			at[k.System] = i
			out = append(out, kindChoices{Name: systemNames[k.System]})
		}
		out[i].Kinds = append(out[i].Kinds, k)
	}
	return out
}

// chips are the conditions that hold besides unit and period.
func (a *listAsk) chips() []chipView {
	var out []chipView
	add := func(name string, params ...string) {
		changes := []string{"tu-dong", ""}
		for _, p := range params {
			changes = append(changes, p, "")
		}
		out = append(out, chipView{name, "/ghi-nhan" + a.query(changes...)})
	}
	if a.Kind != nil {
		drop := []string{"loai"}
		for _, x := range a.Fields {
			drop = append(drop, "f."+x.Code, "f."+x.Code+".tu", "f."+x.Code+".den")
		}
		add("Loại: "+a.Kind.Name, drop...)
	}
	if a.State != "" {
		add(nameOfOption(stateOptions, a.State), "trang-thai")
	}
	if a.Text != "" {
		add("Có chữ: "+a.Text, "tim")
	}
	if a.Place != nil {
		add("Nơi: "+a.placeName(), "noi")
	}
	if a.Actor != "" {
		add("Người ghi: "+a.Actor, "nguoi")
	}
	if a.Batch != 0 {
		add("Lần nhập "+strconv.FormatInt(a.Batch, 10), "lo")
	}
	for _, x := range a.Fields {
		if x.asked() {
			add(x.Name+": "+x.say(), "f."+x.Code, "f."+x.Code+".tu", "f."+x.Code+".den")
		}
	}
	return out
}

func nameOfOption(list []option, value string) string {
	for _, o := range list {
		if o.Value == value {
			return o.Name
		}
	}
	return value
}

// say is the condition in words.
func (x *fieldAsk) say() string {
	switch {
	case x.From != "" && x.To != "":
		return x.From + " đến " + x.To
	case x.From != "":
		return "từ " + x.From
	case x.To != "":
		return "đến " + x.To
	}
	if o := x.Field.Option(x.Value); o != nil {
		return o.Name
	}
	if x.Field.Type == catalog.Bool {
		return map[string]string{"true": "có", "false": "không"}[x.Value]
	}
	return x.Value
}

// cellText is a stored value as a cell shows it: a number without its unit, which stands in the head.
func cellText(f *catalog.Field, raw string) string {
	var val any
	dec := json.NewDecoder(strings.NewReader(raw))
	dec.UseNumber()
	if dec.Decode(&val) != nil {
		return raw
	}
	if n, ok := val.(json.Number); ok {
		if r, ok := ratOf(n.String()); ok {
			return civil.FormatTrim(r, f.Scale)
		}
	}
	return fieldText(f, val)
}

// numeric reports whether a column holds numbers.
func numeric(f *catalog.Field) bool {
	return f.Type == catalog.Int || f.Type == catalog.DecimalT || f.Type == catalog.Money
}

func unitOf(f *catalog.Field) string {
	if f.Type == catalog.Money {
		return or(f.Unit, "đồng")
	}
	return f.Unit
}

func (a *listAsk) placeName() string {
	if a.Place == nil {
		return ""
	}
	return a.Scope.tree.NameOn(a.Place.ID, max(a.Place.Opened, min(a.Scope.Period.To, a.Place.Closed.AddDays(-1))))
}
