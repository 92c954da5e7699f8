package catalog

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml/ast"

	"danvan/internal/civil"
)

// keySpec is one key of a mapping, as its struct field's tags describe it.
type keySpec struct {
	name  string
	index int
	need  bool
	code  bool
	enum  []string
	doc   string
	typ   reflect.Type
}

// specs caches what the tags of each struct say; they never change while the program runs.
var specs sync.Map // reflect.Type -> []keySpec

func specsOf(t reflect.Type) []keySpec {
	if known, ok := specs.Load(t); ok {
		return known.([]keySpec)
	}
	var list []keySpec
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		s := keySpec{name: name, index: i, need: f.Tag.Get("need") != "", code: f.Tag.Get("code") != "",
			doc: f.Tag.Get("doc"), typ: f.Type}
		if e := f.Tag.Get("enum"); e != "" {
			s.enum = strings.Split(e, "|")
		}
		list = append(list, s)
	}
	specs.Store(t, list)
	return list
}

var codePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// structure fills a struct from a mapping: every key known, none twice, the needed ones there.
func (r *reader) structure(n ast.Node, v reflect.Value, what string) {
	entries, ok := entriesOf(n)
	if !ok {
		r.wrong(n, what, "khối khóa: giá trị")
		return
	}
	list := specsOf(v.Type())
	at := r.pos(n)
	at.keys = make(map[string]Pos, len(entries))
	for _, e := range entries {
		r.key(e, v, list, what, at.keys)
	}
	if f := v.FieldByName("Pos"); f.IsValid() {
		f.Set(reflect.ValueOf(at))
	}
	for _, s := range list {
		if _, given := at.keys[s.name]; s.need && !given {
			r.ps.add(at, fmt.Sprintf("%s thiếu khóa %q", naming(what, v), s.name), missingTodo(s))
		}
	}
}

func missingTodo(s keySpec) string {
	if s.name == "cite" || s.name == "article" {
		return "Hãy dẫn văn bản, điều khoản làm căn cứ"
	}
	if s.name == "about" {
		return "Hãy nói trường này về việc (work), nơi (place), tổ chức (body) hay người (person)"
	}
	return "Hãy thêm " + s.name + ": ..."
}

// naming adds the code of a struct to what it is, where it has one.
func naming(what string, v reflect.Value) string {
	if f := v.FieldByName("Code"); f.IsValid() && f.String() != "" {
		return what + " " + f.String()
	}
	return what
}

func (r *reader) key(e *ast.MappingValueNode, v reflect.Value, list []keySpec, what string, seen map[string]Pos) {
	name := e.Key.GetToken().Value
	i := slices.IndexFunc(list, func(s keySpec) bool { return s.name == name })
	if i < 0 {
		r.ps.add(r.pos(e.Key), fmt.Sprintf("%s có khóa lạ %q", what, name), unknownTodo(name, list))
		return
	}
	if _, twice := seen[name]; twice {
		r.ps.add(r.pos(e.Key), fmt.Sprintf("khóa %q viết hai lần trong %s", name, naming(what, v)), "Hãy giữ một")
		return
	}
	s := list[i]
	field := v.Field(s.index)
	seen[name] = r.valuePos(e.Value)
	if seq, ok := e.Value.(*ast.SequenceNode); ok && field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.String {
		for j, item := range seq.Values {
			seen[name+"/"+strconv.Itoa(j)] = r.pos(item)
		}
	}
	r.value(e.Value, field, called(name))
	r.check(e.Value, field, s, what)
}

// valuePos is where a scalar's text begins, after an opening quote.
func (r *reader) valuePos(n ast.Node) Pos {
	at := r.pos(n)
	if s, ok := n.(*ast.StringNode); ok && s.Token != nil {
		if t := s.Token.Type.String(); strings.Contains(t, "Quote") {
			at.Col++
		}
	}
	return at
}

// check tests a filled value against its tags.
func (r *reader) check(n ast.Node, field reflect.Value, s keySpec, what string) {
	if field.Kind() != reflect.String || field.String() == "" {
		if field.Kind() == reflect.String && s.need {
			if _, ok := n.(*ast.StringNode); ok {
				r.ps.add(r.pos(n), fmt.Sprintf("%s có %s rỗng", what, s.name), missingTodo(s))
			}
		}
		return
	}
	text := field.String()
	if s.enum != nil && !slices.Contains(s.enum, text) {
		r.ps.add(r.pos(n), fmt.Sprintf("%s không nhận giá trị %q", s.name, text), "Chọn một trong: "+strings.Join(s.enum, ", ")+suggest(text, s.enum))
	}
	if s.code && !codePattern.MatchString(text) {
		r.ps.add(r.pos(n), fmt.Sprintf("mã %q không đúng dạng", text), "Mã chỉ gồm chữ thường không dấu, chữ số và gạch dưới, bắt đầu bằng chữ")
	}
}

func unknownTodo(name string, list []keySpec) string {
	known := make([]string, len(list))
	for i, s := range list {
		known[i] = s.name
	}
	return "Các khóa được dùng: " + strings.Join(known, ", ") + suggest(name, known)
}

// suggest is "; ý bạn là "x"?" for the known word nearest to s, or nothing.
func suggest(s string, known []string) string {
	best, distance := "", 3
	folded := civil.Fold(s)
	for _, k := range known {
		if d := editDistance(folded, civil.Fold(k)); d < distance && d < (len(k)+2)/2 {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; ý bạn là %q?", best)
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// called is the Vietnamese word for what stands under a key.
func called(key string) string {
	switch key {
	case "kinds":
		return "loại ghi nhận"
	case "fields":
		return "trường"
	case "series":
		return "chuỗi số liệu"
	case "indicators":
		return "chỉ tiêu"
	case "duties":
		return "trách nhiệm"
	case "lists":
		return "danh sách"
	case "options":
		return "lựa chọn"
	case "unit_types":
		return "loại đơn vị"
	case "levels":
		return "cấp"
	case "regimes":
		return "chế độ kỳ"
	case "windows":
		return "kỳ"
	case "calendars":
		return "lịch"
	case "procedures":
		return "thủ tục"
	case "clocks":
		return "thời hạn"
	case "rules":
		return "điều kiện"
	case "breaks":
		return "điểm gãy"
	case "forms":
		return "biểu mẫu"
	case "open_figures":
		return "số liệu mở"
	case "columns":
		return "cột"
	case "checks":
		return "phép kiểm"
	case "extension":
		return "gia hạn"
	}
	return key
}
