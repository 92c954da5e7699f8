package catalog

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// expression is a compiled condition or value over the fields of an entry.
type expression struct {
	program *vm.Program
	uses    []string // fields whose value it reads
	asks    []string // fields that it asks has() of
	scale   int      // decimals of an arithmetic result
	texts   []string // all texts that a label expression can give
	closed  bool     // texts is complete
}

// exprError is a mistake in an expression, at an offset in characters.
type exprError struct {
	at         int
	what, todo string
}

// scope is what an expression can see: the entry's fields, within each also the row's.
type scope map[string]*Field

const dayName = "day" // the entry's own day

// hasPrefix marks the variable that says whether a field has a value; no field code holds a blank.
const hasPrefix = "has "

type exprType int

const (
	exprBool exprType = iota
	exprNumber
	exprText
)

// compile checks and compiles an expression.
func (sc scope) compile(source string, want exprType) (*expression, *exprError) {
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, exprProblem(err)
	}
	x := &expression{}
	w := &exprWalker{scope: sc, x: x, want: want, reads: map[string]int{}}
	ast.Walk(&tree.Node, w)
	x.uses = slices.DeleteFunc(sortedKeys(w.reads), func(code string) bool { return w.reads[code] == 0 })
	if w.err != nil {
		return nil, w.err
	}
	x.scale = sc.scaleOf(tree.Node)
	x.texts, x.closed = sc.textsOf(tree.Node)
	options := []expr.Option{expr.Env(sc.sample(x, want == exprNumber)), expr.Patch(hasPatch{}), expr.MaxNodes(500),
		expr.DisableBuiltin("now"), expr.DisableBuiltin("date"), expr.DisableBuiltin("duration")}
	switch want {
	case exprBool:
		options = append(options, expr.AsBool())
	case exprText:
		options = append(options, expr.AsKind(reflect.String))
	}
	x.program, err = expr.Compile(source, options...)
	if err != nil {
		return nil, exprProblem(err)
	}
	if want == exprNumber && !isNumber(x.program.Node().Type()) {
		return nil, &exprError{0, "value không cho ra số", "Hãy viết biểu thức trên các trường int, decimal, money"}
	}
	return x, nil
}

// isNumber also takes what is known only when it runs: a field of a row inside sum().
func isNumber(t reflect.Type) bool {
	if t == nil {
		return true
	}
	k := t.Kind()
	return k == reflect.Interface || k >= reflect.Int && k <= reflect.Float64
}

func exprProblem(err error) *exprError {
	e, ok := err.(*file.Error)
	if !ok {
		return &exprError{0, "biểu thức sai: " + err.Error(), "Hãy xem lại cách viết trong docs/catalog.md"}
	}
	return &exprError{e.Column, "biểu thức sai: " + e.Message, "Kiểm tra tên trường, kiểu (chữ, số, ngày) và ngoặc; chữ phải trong nháy kép"}
}

// exprWalker gathers names and refuses what would not be exact or known.
type exprWalker struct {
	scope scope
	x     *expression
	want  exprType
	err   *exprError
	reads map[string]int // how often a field's value is read; has() does not read
}

func (w *exprWalker) fail(n ast.Node, what, todo string) {
	if w.err == nil {
		w.err = &exprError{n.Location().From, what, todo}
	}
}

// Visit is called for children first; has(x) is recognised at the call, so its names are sorted out there.
func (w *exprWalker) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		w.name(n)
	case *ast.CallNode:
		w.call(n)
	case *ast.BinaryNode:
		if w.want == exprNumber && slices.Contains([]string{"/", "%", "**", "^"}, n.Operator) {
			w.fail(n, "value dùng phép "+n.Operator+", kết quả có thể không đúng tới đơn vị nhỏ nhất", "value chỉ dùng + - *; phép chia để ở denominator của chỉ tiêu")
		}
	case *ast.FloatNode:
		if w.want == exprNumber {
			w.fail(n, "value có hằng số thập phân", "Hãy dùng số nguyên, đổi đơn vị trong công thức của chỉ tiêu")
		}
	}
}

func (w *exprWalker) name(n *ast.IdentifierNode) {
	if n.Value == "has" || n.Value == dayName {
		return
	}
	f := w.scope[n.Value]
	if f == nil {
		known := sortedKeys(w.scope)
		w.fail(n, fmt.Sprintf("biểu thức dùng tên %q không phải trường", n.Value), "Các trường: "+strings.Join(known, ", ")+suggest(n.Value, known))
		return
	}
	w.reads[n.Value]++
}

func (w *exprWalker) call(n *ast.CallNode) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || callee.Value != "has" {
		w.fail(n, "biểu thức gọi hàm lạ", "Chỉ dùng has(trường), len(nhóm) và các phép so sánh")
		return
	}
	if len(n.Arguments) != 1 {
		w.fail(n, "has() cần đúng một trường", "Viết has(mã_trường)")
		return
	}
	f, ok := n.Arguments[0].(*ast.IdentifierNode)
	if !ok {
		w.fail(n, "has() cần mã một trường", "Viết has(mã_trường)")
		return
	}
	w.reads[f.Value]-- // Visit saw the argument before the call
	w.x.asks = append(w.x.asks, f.Value)
}

// hasPatch turns has(x) into the variable that holds the answer.
type hasPatch struct{}

func (hasPatch) Visit(node *ast.Node) {
	call, ok := (*node).(*ast.CallNode)
	if !ok || len(call.Arguments) != 1 {
		return
	}
	callee, ok := call.Callee.(*ast.IdentifierNode)
	f, named := call.Arguments[0].(*ast.IdentifierNode)
	if ok && named && callee.Value == "has" {
		ast.Patch(node, &ast.IdentifierNode{Value: hasPrefix + f.Value})
	}
}

// sample is an environment with the zero of every name that is read: it gives the compiler their types. For
// values all numbers are floats: integers would wrap around silently where they grow too large.
func (sc scope) sample(x *expression, floats bool) map[string]any {
	env := map[string]any{dayName: "", "has": func(any) bool { return false }}
	for _, code := range x.uses {
		env[code] = sc[code].zero()
		if floats {
			env[code] = floated(env[code])
		}
	}
	for _, code := range x.asks {
		env[hasPrefix+code] = false
		if env[code] == nil {
			env[code] = sc[code].zero() // the argument of has(), before it is replaced
		}
	}
	return env
}

// floated turns integers into floats, in rows too.
func floated(v any) any {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case []map[string]any:
		for _, row := range v {
			for code, x := range row {
				row[code] = floated(x)
			}
		}
	}
	return v
}

// zero is what an absent value reads as.
func (f *Field) zero() any {
	switch f.Type {
	case Int, Money:
		return int64(0)
	case DecimalT:
		return float64(0)
	case Bool:
		return false
	case Choices, UnitRefs:
		return []string(nil)
	case Group:
		return []map[string]any(nil)
	case Person, File:
		return ""
	}
	return ""
}

// scaleOf is how many decimals an arithmetic result can have: those of a product add up.
func (sc scope) scaleOf(n ast.Node) int {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		if f := sc[n.Value]; f != nil && f.Type == DecimalT {
			return f.Scale
		}
	case *ast.MemberNode:
		return sc.memberScale(n)
	case *ast.UnaryNode:
		return sc.scaleOf(n.Node)
	case *ast.BinaryNode:
		if n.Operator == "*" {
			return sc.scaleOf(n.Left) + sc.scaleOf(n.Right)
		}
		return max(sc.scaleOf(n.Left), sc.scaleOf(n.Right))
	case *ast.ConditionalNode:
		return max(sc.scaleOf(n.Exp1), sc.scaleOf(n.Exp2))
	case *ast.BuiltinNode:
		if n.Name == "len" || n.Name == "count" {
			return 0
		}
		return sc.widest(n.Arguments)
	case *ast.PredicateNode:
		return sc.scaleOf(n.Node)
	}
	return 0
}

func (sc scope) widest(nodes []ast.Node) int {
	scale := 0
	for _, n := range nodes {
		scale = max(scale, sc.scaleOf(n))
	}
	return scale
}

// memberScale looks a row's field up in all groups: within sum(gifts, .quantity) the group is not told.
func (sc scope) memberScale(n *ast.MemberNode) int {
	name, ok := n.Property.(*ast.StringNode)
	if !ok {
		return 0
	}
	scale := 0
	for _, f := range sc {
		if row := f.byCode[name.Value]; row != nil && row.Type == DecimalT {
			scale = max(scale, row.Scale)
		}
	}
	return scale
}

// textsOf are the texts that a label expression can give, and whether these are all.
func (sc scope) textsOf(n ast.Node) ([]string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return []string{n.Value}, true
	case *ast.ConditionalNode:
		a, known := sc.textsOf(n.Exp1)
		b, also := sc.textsOf(n.Exp2)
		return append(a, b...), known && also
	case *ast.IdentifierNode:
		if f := sc[n.Value]; f != nil && f.Type == Choice {
			return append(optionCodes(f), ""), true
		}
	}
	return nil, false
}

// textSet is all texts that the expression can give, nil where that is not known.
func (x *expression) textSet() map[string]bool {
	if !x.closed {
		return nil
	}
	set := make(map[string]bool, len(x.texts))
	for _, s := range x.texts {
		if s != "" {
			set[s] = true
		}
	}
	return set
}

func optionCodes(f *Field) []string {
	codes := make([]string, len(f.choices))
	for i, o := range f.choices {
		codes[i] = o.Code
	}
	return codes
}
