package web

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Names of the controls that every form of a kind has; the kind's own are "f-" and the field's code, those of a row
// "f-gifts-2-quantity", counted from 1.
const (
	dayField      = "ngay"
	bodyField     = "don-vi"
	placeField    = "noi"
	partnersField = "phoi-hop"
	carriesField  = "thuc-hien"
	filesField    = "tep"
	reasonField   = "ly-do"
	versionField  = "phien-ban" // of the entry, when the form was opened
	editionField  = "an-ban"    // of the catalogue, when the form was last shown
	stepField     = "buoc"
	kindField     = "loai"     // of the form, for scripts
	entryField    = "ghi-nhan" // that the form amends, for scripts
	calledField   = "loai-ten" // what the kind is called, for a device that has no catalogue
	deviceField   = "giu-may"  // "khong" where a device must not keep the form
	waitingField  = "tep-may"  // a file that a device keeps
	own           = "f-"
)

// recordForm is the form of one kind, new or over an entry, with all that its page shows.
type recordForm struct {
	form
	Kind    *catalog.Kind
	Edition *catalog.Edition
	Day     civil.Date // as typed, 0 while it cannot be read
	On      civil.Date // the day whose units and choices are offered: Day, or today
	Unit    *org.Unit  // nil while none is chosen
	Entry   *ledger.Entry
	Was     ledger.Draft // of Entry: what stands
	Action  string
	Focus   string // the control that the page begins at
	Files   []fileLine
	Changes []string            // what another edition asks otherwise
	Dropped []string            // values typed in fields that the edition does not have
	Clash   []clashLine         // what someone else saved meanwhile, beside what is typed here
	Found   map[string][]option // units or entries that a typed name may mean, by control
	Names   map[string]string   // of chosen units and entries, by reference
	Hints   map[string][]string // texts used last, by control
	Repeat  bool                // "như lần trước" has something to fill in
	Units   []option            // the bodies to choose from; nil where there are too many
	Near    []option            // partners nearby
	Preview *figurePreview
	Kept    string // when the form was kept, unsaved still; empty for never
	Notice  string // the word of a notice
	Offline bool   // prepared to be filled in without a line
	right   access.Right
	lost    bool             // the right was there when the form was opened
	old     *catalog.Edition // of Entry
	tree    *org.Tree
	last    map[string]any // stable values of the newest entry
}

var keyShape = regexp.MustCompile(`^[A-Z2-7]{16,40}$`)

// formOf is the form of a kind on the day that stands in the values.
func (s *server) formOf(ctx context.Context, values url.Values, code string) (*recordForm, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	f := &recordForm{form: sentForm(values), tree: tree, Action: "/ghi-nhan/moi/" + url.PathEscape(code),
		Found: map[string][]option{}, Names: map[string]string{}, Hints: map[string][]string{}}
	if !keyShape.MatchString(f.Key) {
		f.Key = newForm().Key
	}
	f.readDay(s.Today())
	f.Edition = s.Catalog.EditionOn(f.On)
	if f.Kind = f.Edition.Kind(code); f.Kind == nil {
		if f.Edition, f.Kind = s.editionWith(values.Get(editionField), code); f.Kind == nil {
			return nil, fault.New(fault.NotFound, "Danh mục không có loại việc “"+code+"”. Hãy chọn trong danh sách loại việc.")
		}
		f.say(dayField, "Loại việc này không có trong danh mục của ngày "+f.On.Vi()+". Hãy sửa ngày hoặc chọn loại việc khác.")
	}
	f.right = recordRight(f.Kind)
	return f, nil
}

// editionWith finds an edition that has a kind: the one named, else the newest.
func (s *server) editionWith(named, code string) (*catalog.Edition, *catalog.Kind) {
	if ed := s.Catalog.Edition(named); ed != nil && ed.Kind(code) != nil {
		return ed, ed.Kind(code)
	}
	all := s.Catalog.Editions()
	for _, ed := range slices.Backward(all) {
		if k := ed.Kind(code); k != nil {
			return ed, k
		}
	}
	return nil, nil
}

func (f *recordForm) readDay(today civil.Date) {
	f.On = today
	if d, err := civil.ParseDate(strings.TrimSpace(f.get(dayField))); err == nil {
		f.Day, f.On = d, d
	}
}

// moved tells what another edition asks otherwise than the one that the form was shown under, and reports whether
// the form has to be looked at again.
func (f *recordForm) moved(from *catalog.Edition) bool {
	if from == nil || from.Code == f.Edition.Code {
		return false
	}
	before := from.Kind(f.Kind.Code)
	if before == nil {
		return false
	}
	f.Changes = kindChanges(before, f.Kind)
	for name := range f.Values {
		code, _, _ := strings.Cut(strings.TrimPrefix(name, own), "-")
		if b := before.Field(code); strings.HasPrefix(name, own) && f.Kind.Field(code) == nil && b != nil && f.get(name) != "" {
			f.Dropped = append(f.Dropped, b.Name+": "+f.get(name))
		}
	}
	slices.Sort(f.Dropped)
	return len(f.Changes)+len(f.Dropped) > 0
}

// kindChanges says in sentences what a form asks otherwise than before.
func kindChanges(before, now *catalog.Kind) []string {
	var out []string
	if before.Name != now.Name {
		out = append(out, "Tên loại việc nay là “"+now.Name+"”.")
	}
	if before.Day != now.Day {
		out = append(out, "Ngày ghi nhận nay là “"+now.Day+"”.")
	}
	for _, b := range before.Fields {
		switch n := now.Field(b.Code); {
		case n == nil:
			out = append(out, "Không còn mục “"+b.Name+"”.")
		case n.Name != b.Name:
			out = append(out, "Mục “"+b.Name+"” nay là “"+n.Name+"”.")
		case n.Required && !b.Required:
			out = append(out, "Mục “"+n.Name+"” nay bắt buộc.")
		case !slices.EqualFunc(n.Choices(), b.Choices(), func(x, y *catalog.Option) bool { return x.Code == y.Code && x.Name == y.Name }):
			out = append(out, "Mục “"+n.Name+"” có lựa chọn khác trước.")
		}
	}
	for _, n := range now.Fields {
		if before.Field(n.Code) == nil {
			out = append(out, "Thêm mục “"+n.Name+"”.")
		}
	}
	return out
}

// draft is what the form says, as the ledger takes it.
func (f *recordForm) draft() ledger.Draft {
	d := ledger.Draft{Kind: f.Kind.Code, Unit: f.get(bodyField), Place: f.get(placeField), Day: f.Day,
		Partners: filled(f.Values[partnersField]), Carries: strings.TrimSpace(f.get(carriesField)),
		Fields: map[string]any{}}
	for _, fd := range f.Kind.Fields {
		if v := typedValue(f.Values, fd, own+fd.Code); v != nil {
			d.Fields[fd.Code] = v
		}
	}
	for _, l := range f.Files {
		d.Files = append(d.Files, ledger.File{Hash: l.Hash, Name: l.Name})
	}
	return d
}

func filled(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// typedValue is what was typed for a field, in the shapes that the catalogue's Check takes; nil for nothing.
func typedValue(v url.Values, fd *catalog.Field, name string) any {
	switch {
	case fd.Type == catalog.Group:
		return typedRows(v, fd.Fields, name)
	case fd.Type == catalog.Person && fd.Several:
		var people []any
		for _, n := range filledRows(v, name) {
			people = append(people, typedPerson(v, rowOf(name, n)))
		}
		return orNil(people)
	case fd.Type == catalog.Person:
		return typedPerson(v, name)
	case fd.Type == catalog.Choices || fd.Type == catalog.UnitRefs || fd.Type == catalog.File && fd.Several:
		list := filled(v[name])
		if fd.Type == catalog.File {
			list = hashesOf(list)
		}
		return orNil(list)
	case fd.Type == catalog.File:
		if list := hashesOf(filled(v[name])); len(list) > 0 {
			return list[0]
		}
		return nil
	}
	if text := v.Get(name); strings.TrimSpace(text) != "" {
		return text
	}
	return nil
}

func orNil[T any](list []T) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

func typedPerson(v url.Values, name string) any {
	who, office := strings.TrimSpace(v.Get(name)), strings.TrimSpace(v.Get(name+officePart))
	if who == "" && office == "" {
		return nil
	}
	out := map[string]any{"name": who}
	if office != "" {
		out["office"] = office
	}
	return out
}

// nameOnly reports whether a control takes the name of a commended person: as printed in the decision, nothing else.
func (f *recordForm) nameOnly(control string) bool {
	for _, fd := range f.Kind.Fields {
		if fd.Part == "commended" && (control == own+fd.Code || strings.HasPrefix(control, own+fd.Code+"-")) {
			return true
		}
	}
	return false
}

// officePart ends the name of the control for a person's office.
const officePart = "-chuc-vu"

func typedRows(v url.Values, fields []*catalog.Field, name string) any {
	var rows []any
	for _, n := range filledRows(v, name) {
		row := map[string]any{}
		for _, fd := range fields {
			if x := typedValue(v, fd, rowOf(name, n)+"-"+fd.Code); x != nil {
				row[fd.Code] = x
			}
		}
		rows = append(rows, row)
	}
	return orNil(rows)
}

func rowOf(name string, n int) string { return name + "-" + strconv.Itoa(n) }

// countPart ends the name of the control that says how many rows are shown.
const countPart = "-so-dong"

// maxRows is how many rows a form takes; a longer list is imported from a file.
const maxRows = 100

// shownRows is how many rows of a group the form shows.
func shownRows(v url.Values, name string) int {
	n, _ := strconv.Atoi(v.Get(name + countPart))
	for i := n + 1; i <= maxRows && rowFilled(v, rowOf(name, i)); i++ {
		n = i
	}
	return min(max(n, 1), maxRows)
}

// filledRows are the numbers of the rows in which something is typed.
func filledRows(v url.Values, name string) []int {
	var out []int
	for n := 1; n <= shownRows(v, name); n++ {
		if rowFilled(v, rowOf(name, n)) {
			out = append(out, n)
		}
	}
	return out
}

func rowFilled(v url.Values, row string) bool {
	for name, values := range v {
		if (name == row || strings.HasPrefix(name, row+"-")) && len(filled(values)) > 0 {
			return true
		}
	}
	return false
}

// addRow shows one more row; dropRow takes one out and moves those behind it up.
func addRow(v url.Values, name string) {
	v.Set(name+countPart, strconv.Itoa(min(shownRows(v, name)+1, maxRows)))
}

func dropRow(v url.Values, row string) {
	i := strings.LastIndexByte(row, '-')
	if i < 0 {
		return
	}
	name := row[:i]
	at, err := strconv.Atoi(row[i+1:])
	shown := shownRows(v, name)
	if err != nil || at < 1 || at > shown {
		return
	}
	for n := at; n <= shown; n++ {
		moveRow(v, rowOf(name, n+1), rowOf(name, n))
	}
	v.Set(name+countPart, strconv.Itoa(max(shown-1, 1)))
}

func moveRow(v url.Values, from, to string) {
	moved := url.Values{}
	for name, values := range v {
		if name == to || strings.HasPrefix(name, to+"-") {
			delete(v, name)
		}
		if rest, ok := strings.CutPrefix(name, from); ok && (rest == "" || rest[0] == '-') {
			moved[to+rest] = values
			delete(v, name)
		}
	}
	for name, values := range moved {
		v[name] = values
	}
}

var problemRow = regexp.MustCompile(`^fields\.([a-z0-9_]+)\[(\d+)\](?:\.([a-z0-9_]+))?`)

// take puts the ledger's problems beside the controls that they are about. Anything else is for the caller.
func (f *recordForm) take(ps ledger.Problems) {
	for _, p := range ps {
		f.say(f.controlOf(p.Field), f.forPeople(p))
	}
}

// codedUnit is a unit as the ledger names it: its code, and its name in brackets.
var codedUnit = regexp.MustCompile(`[0-9]+(?:\.[0-9A-Z]+)?(?:@\d{4}-\d\d-\d\d)? \(([^()]+)\)`)

// forPeople says a problem to somebody who chooses units by name: the codes are for files and programs.
func (f *recordForm) forPeople(p ledger.Problem) string {
	if p.Field == "unit" && f.get(bodyField) == "" {
		return "Chưa chọn đơn vị. Hãy chọn đơn vị chủ trì việc này."
	}
	return codedUnit.ReplaceAllString(p.Say, "$1")
}

func (f *recordForm) controlOf(field string) string {
	fixed := map[string]string{"day": dayField, "unit": bodyField, "place": placeField, "partners": partnersField,
		"carries": carriesField, "files": filesField, "reason": reasonField, "fields.day": dayField}
	if name, ok := fixed[field]; ok {
		if name == filesField {
			return f.fileControl()
		}
		return name
	}
	if m := problemRow.FindStringSubmatch(field); m != nil {
		name := own + m[1]
		at, _ := strconv.Atoi(m[2])
		if rows := filledRows(f.Values, name); at >= 1 && at <= len(rows) {
			name = rowOf(name, rows[at-1])
			if m[3] != "" {
				name += "-" + m[3]
			}
		}
		return name
	}
	if rest, ok := strings.CutPrefix(field, "fields."); ok {
		code, _, _ := strings.Cut(rest, ".")
		if f.Kind.Field(code) != nil {
			return own + code
		}
	}
	return ""
}

// fileControl is where attachments are chosen: the kind's own field where it has one.
func (f *recordForm) fileControl() string {
	for _, fd := range f.Kind.Fields {
		if fd.Type == catalog.File {
			return own + fd.Code
		}
	}
	return filesField
}
