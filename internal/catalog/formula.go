package catalog

import (
	"math/big"
	"strconv"
	"strings"
)

// Expr is a node of a formula: *Num, *Neg, *Binary or *Call. String gives it back as it would be written.
type Expr interface {
	String() string
	// At is the byte offset of the node in the formula's text.
	At() int
}

// Num is a number as written.
type Num struct {
	Value *big.Rat
	Text  string
	Pos   int
}

// Neg is a negated term.
type Neg struct {
	X   Expr
	Pos int
}

// Binary is X Op Y; Op is one of + - * /.
type Binary struct {
	Op   byte
	X, Y Expr
	Pos  int // of the operator
}

// Call is a function over a selector, or units() over a class.
type Call struct {
	Func     string    // sum stock last reading entries having in_state units
	Selector *Selector // nil for units
	Class    Class     // of units
	Pos      int
}

// Selector picks facts of one series by their labels.
type Selector struct {
	Series   string
	Matchers []Matcher
	Pos      int
}

// Matcher is a test of one label: equal to one of the values, or to none of them.
type Matcher struct {
	Label  string
	Not    bool
	Values []string
	Pos    int
}

// Match reports whether a label's value passes.
func (m Matcher) Match(value string) bool {
	for _, v := range m.Values {
		if v == value {
			return !m.Not
		}
	}
	return m.Not
}

// Match reports whether canonical labels ("a=x;b=y") pass all matchers. A label that is absent counts as "".
func (s *Selector) Match(labels string) bool {
	for _, m := range s.Matchers {
		if !m.Match(Label(labels, m.Label)) {
			return false
		}
	}
	return true
}

// Label is the value of one label in canonical labels, "" where it is absent.
func Label(labels, name string) string {
	for len(labels) > 0 {
		pair, rest, _ := strings.Cut(labels, ";")
		if k, v, ok := strings.Cut(pair, "="); ok && k == name {
			return v
		}
		labels = rest
	}
	return ""
}

func (n *Num) At() int    { return n.Pos }
func (n *Neg) At() int    { return n.Pos }
func (b *Binary) At() int { return b.Pos }
func (c *Call) At() int   { return c.Pos }

func (n *Num) String() string { return n.Text }

func (n *Neg) String() string {
	if b, ok := n.X.(*Binary); ok {
		return "-(" + b.String() + ")"
	}
	return "-" + n.X.String()
}

func (b *Binary) String() string {
	return wrapped(b.X, precedence(b.Op)) + " " + string(b.Op) + " " + wrapped(b.Y, precedence(b.Op)+1)
}

// wrapped writes an operand, in parentheses where it binds less than its place needs.
func wrapped(x Expr, need int) string {
	if b, ok := x.(*Binary); ok && precedence(b.Op) < need {
		return "(" + b.String() + ")"
	}
	return x.String()
}

func precedence(op byte) int {
	if op == '*' || op == '/' {
		return 2
	}
	return 1
}

func (c *Call) String() string {
	if c.Selector == nil {
		return c.Func + "(" + c.Class.String() + ")"
	}
	return c.Func + "(" + c.Selector.String() + ")"
}

func (s *Selector) String() string {
	if len(s.Matchers) == 0 {
		return s.Series
	}
	parts := make([]string, len(s.Matchers))
	for i, m := range s.Matchers {
		parts[i] = m.String()
	}
	return s.Series + "{" + strings.Join(parts, ", ") + "}"
}

func (m Matcher) String() string {
	op := "="
	if m.Not {
		op = "!="
	}
	quoted := make([]string, len(m.Values))
	for i, v := range m.Values {
		quoted[i] = strconv.Quote(v)
	}
	if len(quoted) == 1 {
		return m.Label + op + quoted[0]
	}
	return m.Label + op + "[" + strings.Join(quoted, ", ") + "]"
}

// Calls are all calls in a formula, left to right.
func Calls(x Expr) []*Call {
	switch x := x.(type) {
	case *Neg:
		return Calls(x.X)
	case *Binary:
		return append(Calls(x.X), Calls(x.Y)...)
	case *Call:
		return []*Call{x}
	}
	return nil
}
