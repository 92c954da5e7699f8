package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// checkFormula tests a parsed formula against the edition and returns the unit that its value is in: "" where
// it is a plain number or was converted by a factor.
func (e *Edition) checkFormula(x Expr, at Pos, ps *problems) string {
	c := &formulaCheck{e: e, at: at, ps: ps}
	return c.unit(x)
}

type formulaCheck struct {
	e  *Edition
	at Pos
	ps *problems
}

func (c *formulaCheck) fail(pos int, what, todo string) { c.ps.add(c.at.shift(pos), what, todo) }

func (c *formulaCheck) unit(x Expr) string {
	switch x := x.(type) {
	case *Neg:
		return c.unit(x.X)
	case *Binary:
		return c.binary(x)
	case *Call:
		return c.call(x)
	}
	return ""
}

func (c *formulaCheck) binary(b *Binary) string {
	left, right := c.unit(b.X), c.unit(b.Y)
	switch b.Op {
	case '+', '-':
		return c.added(b, left, right)
	case '/':
		if len(Calls(b.Y)) > 0 {
			c.fail(b.Pos, "công thức chia cho một số liệu", "Mẫu số phải có tên: hãy để ở khóa denominator")
		}
		if n, ok := b.Y.(*Num); ok && n.Value.Sign() == 0 {
			c.fail(b.Pos, "công thức chia cho 0", "Hãy sửa số chia")
		}
		return ""
	}
	if len(Calls(b.X)) > 0 && len(Calls(b.Y)) > 0 {
		c.fail(b.Pos, "công thức nhân hai số liệu với nhau", "Nếu cần lượng nhân đơn giá, hãy tính ngay trong value của chuỗi số liệu, trên từng ghi nhận")
	}
	return ""
}

func (c *formulaCheck) added(b *Binary, left, right string) string {
	if left == "" || right == "" || sameUnit(left, right) {
		return cmp.Or(left, right)
	}
	what := fmt.Sprintf("cộng trừ hai đơn vị khác nhau: %s và %s", left, right)
	todo := "Chỉ cộng các chuỗi cùng đơn vị tính; nếu cần cả hai, hãy làm hai chỉ tiêu"
	if strings.HasPrefix(left, "lượt") != strings.HasPrefix(right, "lượt") && strings.Contains(left+right, "người") {
		todo = "Lượt và người không bao giờ cộng với nhau: một người có thể dự nhiều lượt. Hãy làm hai chỉ tiêu"
	}
	c.fail(b.Pos, what, todo)
	return ""
}

func sameUnit(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }

func (c *formulaCheck) call(x *Call) string {
	if x.Selector == nil {
		c.e.checkClass(x.Class.String(), c.at.shift(x.Pos), c.ps)
		return ""
	}
	s := c.e.series[x.Selector.Series]
	if s == nil {
		c.fail(x.Selector.Pos, fmt.Sprintf("không có chuỗi số liệu %q", x.Selector.Series), "Hãy khai báo trong series hoặc sửa mã"+suggest(x.Selector.Series, sortedKeys(c.e.series)))
		return ""
	}
	if !slices.Contains(functions[x.Func], s.Flow) {
		c.fail(x.Pos, fmt.Sprintf("hàm %s không dùng được với chuỗi %s (flow: %s)", x.Func, s.Code, s.Flow), flowTodo(s.Flow))
	}
	if x.Func == "last" && isRate(s.Unit) {
		c.fail(x.Pos, fmt.Sprintf("last cộng số đọc của nhiều đơn vị, nhưng %s tính bằng %s", s.Code, s.Unit), "Tỷ lệ, bình quân không cộng được giữa các đơn vị: hãy dùng reading, hoặc tính từ tử số và mẫu số")
	}
	for _, m := range x.Selector.Matchers {
		c.matcher(s, m)
	}
	if x.Func == "entries" || x.Func == "having" || x.Func == "in_state" {
		return ""
	}
	return s.Unit
}

func flowTodo(f Flow) string {
	var fit []string
	for _, name := range sortedKeys(functions) {
		if slices.Contains(functions[name], f) {
			fit = append(fit, name)
		}
	}
	why := map[Flow]string{Reading: "Số đọc không cộng theo thời gian. ", Level: "Số hiện có không cộng theo thời gian. ", State: "Trạng thái là khoảng thời gian, không phải tổng. "}
	return why[f] + "Các hàm dùng được: " + strings.Join(fit, ", ")
}

func isRate(unit string) bool { return strings.ContainsAny(unit, "%/‰") }

func (c *formulaCheck) matcher(s *Series, m Matcher) {
	if _, ok := s.Labels[m.Label]; !ok {
		c.fail(m.Pos, fmt.Sprintf("chuỗi %s không có nhãn %q", s.Code, m.Label), "Các nhãn: "+orNone(s.labels)+suggest(m.Label, s.labels))
		return
	}
	possible := s.values[m.Label]
	for _, v := range m.Values {
		if possible != nil && v != "" && !possible[v] {
			values := sortedKeys(possible)
			c.fail(m.Pos, fmt.Sprintf("nhãn %s của chuỗi %s không có giá trị %q", m.Label, s.Code, v), "Các giá trị: "+orNone(values)+suggest(v, values))
		}
	}
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "(không có)"
	}
	return strings.Join(list, ", ")
}
