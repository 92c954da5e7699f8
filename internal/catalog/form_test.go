package catalog

import (
	"fmt"
	"strings"
	"testing"
)

const letterForm = `system: 14
lists:
  - {code: reports, name: Báo cáo, options: [{code: petition, name: Đơn thư}]}
kinds:
  - {code: letter, name: Đơn, cite: Luật, by: ["*"], day: Ngày nhận, fields: [{code: class, name: Loại, type: choice, about: work, options: [{code: a, name: A}, {code: b, name: B}]}, {code: cost, name: Tiền, type: money, about: work}]}
series:
  - {code: received, name: Nhận, kind: letter, unit: đơn, labels: {class: class}}
  - {code: money, name: Tiền, kind: letter, unit: đồng, value: cost, flow: amount}
forms:
  - code: f1
    symbol: 01/F
    name: Biểu thử
    cite: Thông tư
    report: petition
    rows: [unit, "label:class"]
    unit: đơn
    columns:
      - {head: Tổng số, code: all, formula: sum(received)}
      - head: Theo loại
        columns:
          - {head: A, code: a, formula: 'sum(received{class="a"})'}
          - {head: B, code: b, formula: 'sum(received{class="b"})'}
      - {head: Tiền, code: money, unit: đồng, formula: sum(money)}
      - {head: Đến nay, code: ever, formula: stock(received)}
    checks:
      - {code: classes, message: Cộng lại, left: [a, b], right: [all]}
      - {code: before, message: Nối tiếp, left: [ever], before: [ever]}
`

func TestForms(t *testing.T) {
	e := load(t, base(letterForm)).Latest()
	f := e.Form("f1")
	if f == nil || len(f.Leaves()) != 5 || Depth(f.Columns) != 2 || f.Columns[1].Width() != 2 {
		t.Fatalf("the form is %+v", f)
	}
	b := f.Leaf("b")
	if b.Number() != 3 || strings.Join(b.Path(), "/") != "Theo loại/B" || e.Indicator("f1.b") != b.Indicator() || b.Indicator().Unit != "đơn" {
		t.Errorf("column b is %+v", b)
	}
	for _, i := range e.Indicators {
		if strings.HasPrefix(i.Code, "f1.") {
			t.Errorf("%s stands in the list of indicators", i.Code)
		}
	}
	if !e.Divides(f.Leaf("all"), "class") || e.Divides(f.Leaf("money"), "class") {
		t.Error("only series with the label can be divided by it")
	}
	back, err := FromBundle(e.Bundle())
	if err != nil || back.Indicator("f1.b") == nil || len(back.Form("f1").Leaves()) != 5 {
		t.Errorf("stored and brought back: %v", err)
	}
}

func TestFormMistakes(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"sum(money)", "sum(gold)", "gold"},
		{"formula: sum(money)", "formula: sum(received)", "đồng"},
		{"code: b, formula", "code: a, formula", "hai cột mã"},
		{"code: a, formula: 'sum(received{class=\"a\"})'", "code: a", "thiếu code hoặc formula"},
		{"right: [all]", "right: [whole]", "cột không có"},
		{"right: [all]", "right: [money]", "cộng"},
		{"before: [ever]", "before: [all]", "tại một ngày"},
		{", before: [ever]", "", "không có vế phải"},
		{"label:class", "label:field", "không cột nào"},
		{"report: petition", "report: other", "báo cáo không có"},
		{"symbol: 01/F", "sign: 01/F", "khóa lạ"},
	} {
		_, err := Load(base(strings.Replace(letterForm, c.from, c.to, 1)))
		if err == nil || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s → %s: %v, want a word of %q", c.from, c.to, err, c.want)
		}
	}
}
