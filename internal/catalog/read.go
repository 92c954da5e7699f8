package catalog

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"danvan/internal/civil"
)

// The reader fills the package's structs from the syntax tree. The structs' tags are the one description of the
// format: json is the key, need and enum and code are checked here, doc and the rest go into the JSON Schema
// (schema.go). goccy/go-yaml's own strict mode stops at the first error and knows no required keys.

type reader struct {
	file string
	ps   *problems
}

// parse reads one file's syntax. A file that cannot be parsed gives one problem and a nil node.
func parse(file string, text []byte, ps *problems) ast.Node {
	tree, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		ps.add(syntaxError(file, err))
		return nil
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return nil
	}
	if len(tree.Docs) > 1 {
		at := tree.Docs[1].GetToken()
		pos := Pos{File: file, Line: 1}
		if at != nil {
			pos = tokenPos(file, at)
		}
		ps.add(pos, "tệp có nhiều tài liệu YAML (---)", "Hãy để mỗi tệp một tài liệu")
	}
	return tree.Docs[0].Body
}

// syntaxError takes place and words out of the parser's error.
func syntaxError(file string, err error) (at Pos, what, todo string) {
	at = Pos{File: file, Line: 1, Col: 1}
	words := err.Error()
	if e, ok := err.(interface{ GetToken() *token.Token }); ok && e.GetToken() != nil {
		at = tokenPos(file, e.GetToken())
	}
	if e, ok := err.(interface{ GetMessage() string }); ok {
		words = e.GetMessage()
	}
	return at, "không đọc được YAML: " + words,
		"Hãy xem lại thụt lề, dấu hai chấm, ngoặc và nháy ở dòng này và dòng trước; chữ có dấu hai chấm hay bắt đầu bằng ký hiệu phải đặt trong nháy"
}

func tokenPos(file string, t *token.Token) Pos {
	if t == nil || t.Position == nil {
		return Pos{File: file}
	}
	return Pos{File: file, Line: t.Position.Line, Col: t.Position.Column}
}

func (r *reader) pos(n ast.Node) Pos {
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 && !n.IsFlowStyle {
			return r.pos(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return r.pos(n.Key)
	case *ast.SequenceNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return r.pos(n.Values[0])
		}
	case *ast.LiteralNode:
		return tokenPos(r.file, n.Value.GetToken())
	}
	return tokenPos(r.file, n.GetToken())
}

var (
	dateType  = reflect.TypeFor[civil.Date]()
	dropsType = reflect.TypeFor[drops]()
)

// value fills v from n; what names the value in messages.
func (r *reader) value(n ast.Node, v reflect.Value, what string) {
	if r.forbidden(n, what) {
		return
	}
	if v.Type() == dateType {
		r.date(n, v, what)
		return
	}
	if v.Type() == dropsType {
		v.Set(reflect.ValueOf(r.drops(n)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		r.value(n, p.Elem(), what)
		v.Set(p)
	case reflect.Struct:
		r.structure(n, v, what)
	case reflect.Slice:
		r.sequence(n, v, what)
	case reflect.Map:
		r.mapping(n, v, what)
	case reflect.String:
		if s, ok := r.text(n, what); ok {
			v.SetString(s)
		}
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			r.wrong(n, what, "true hoặc false")
			return
		}
		v.SetBool(b.Value)
	case reflect.Int, reflect.Int64:
		r.integer(n, v, what)
	}
}

// forbidden refuses what the format does without: anchors, aliases, tags, empty values.
func (r *reader) forbidden(n ast.Node, what string) bool {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		r.ps.add(r.pos(n), what+" dùng neo, bí danh hay thẻ YAML", "Hãy viết thẳng giá trị ra")
		return true
	case *ast.NullNode:
		r.ps.add(r.pos(n), what+" để trống", "Hãy viết giá trị hoặc bỏ khóa")
		return true
	}
	return false
}

func (r *reader) wrong(n ast.Node, what, want string) {
	r.ps.add(r.pos(n), what+" sai kiểu: gặp "+kindOfNode(n), "Phải là "+want)
}

func kindOfNode(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "một khối khóa: giá trị"
	case *ast.SequenceNode:
		return "một danh sách"
	case *ast.BoolNode:
		return "true/false"
	case *ast.IntegerNode, *ast.FloatNode:
		return "số " + n.GetToken().Value
	}
	return "chữ " + strconv.Quote(n.GetToken().Value)
}

func (r *reader) text(n ast.Node, what string) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	r.wrong(n, what, "chữ (đặt trong nháy nếu giống true, false, null)")
	return "", false
}

func (r *reader) integer(n ast.Node, v reflect.Value, what string) {
	i, ok := n.(*ast.IntegerNode)
	if !ok {
		r.wrong(n, what, "số nguyên")
		return
	}
	number, err := strconv.ParseInt(strings.ReplaceAll(i.GetToken().Value, "_", ""), 10, 64)
	if err != nil {
		r.wrong(n, what, "số nguyên hệ mười")
		return
	}
	v.SetInt(number)
}

func (r *reader) date(n ast.Node, v reflect.Value, what string) {
	s, ok := n.(*ast.StringNode)
	if !ok {
		r.wrong(n, what, "ngày dạng 2019-12-31")
		return
	}
	d, err := civil.ParseDate(s.Value)
	if err != nil {
		r.ps.add(r.pos(n), fmt.Sprintf("%s không phải ngày: %q", what, s.Value), "Hãy viết ngày có thật, dạng 2019-12-31")
		return
	}
	v.SetInt(int64(d))
}

func (r *reader) sequence(n ast.Node, v reflect.Value, what string) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		if v.Type().Elem().Kind() == reflect.String {
			one := reflect.New(v.Type().Elem()).Elem()
			r.value(n, one, what)
			v.Set(reflect.Append(v, one))
			return
		}
		r.wrong(n, what, "danh sách (mỗi phần tử một dòng bắt đầu bằng \"- \")")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values))
	for i, item := range seq.Values {
		r.value(item, out.Index(i), what)
	}
	v.Set(out)
}

func (r *reader) mapping(n ast.Node, v reflect.Value, what string) {
	entries, ok := entriesOf(n)
	if !ok {
		r.wrong(n, what, "khối khóa: giá trị")
		return
	}
	m := reflect.MakeMapWithSize(v.Type(), len(entries))
	for _, e := range entries {
		key := e.Key.GetToken().Value
		if m.MapIndex(reflect.ValueOf(key)).IsValid() {
			r.ps.add(r.pos(e.Key), fmt.Sprintf("khóa %q viết hai lần trong %s", key, what), "Hãy giữ một")
			continue
		}
		item := reflect.New(v.Type().Elem()).Elem()
		r.value(e.Value, item, what+"."+key)
		m.SetMapIndex(reflect.ValueOf(key), item)
	}
	v.Set(m)
}

func entriesOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}
