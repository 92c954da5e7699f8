package petition

import (
	"fmt"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// Problem is why a case cannot stand: the field of the entry, and a sentence.
type Problem struct{ Field, Say string }

// Lawful says what no office may have done, of the fields of an entry as the catalogue checked them. It asks for the
// law's order and for what is never right; papers that old books lack are asked for by Do.
func (l Law) Lawful(kind string, today civil.Date, v catalog.Values) []Problem {
	if !IsCase(kind) {
		return nil
	}
	c := read(kind, v)
	var out []Problem
	out = append(out, days(c, today)...)
	_, wrong := replay(c)
	for _, w := range wrong {
		out = append(out, Problem{"steps", w.say})
	}
	out = append(out, l.known(c)...)
	out = append(out, agree(c)...)
	out = append(out, admissible(c)...)
	return append(out, enforceable(c)...)
}

// known checks the recorded steps against the catalogue: an act that the law did not know on its day, a ground that does
// not belong to it, an extension without its decision.
func (l Law) known(c *Case) []Problem {
	var out []Problem
	for _, s := range c.Steps {
		if s.Implied || ruleOf(s.Act) == nil {
			continue
		}
		if say := l.forbids(c, s); say != "" {
			out = append(out, Problem{"steps", say})
		}
		if s.Act == "extended" && (s.Document == "" || s.Days == 0) {
			out = append(out, Problem{"steps", "Gia hạn phải có số quyết định và số ngày gia hạn."})
		}
	}
	return out
}

// days checks that the steps go forward in time and none lies before the receipt or in the future.
func days(c *Case, today civil.Date) []Problem {
	var out []Problem
	last := c.Received
	for _, s := range c.Steps {
		r := ruleOf(s.Act)
		if r == nil {
			continue
		}
		switch {
		case s.On < c.Received:
			out = append(out, Problem{"steps", fmt.Sprintf("%s ngày %s đứng trước ngày nhận đơn %s. Hãy sửa lại ngày.", r.name, s.On.Vi(), c.Received.Vi())})
		case s.On > today:
			out = append(out, Problem{"steps", fmt.Sprintf("%s ngày %s chưa tới. Hãy sửa lại ngày.", r.name, s.On.Vi())})
		case s.On < last:
			out = append(out, Problem{"steps", fmt.Sprintf("%s ngày %s đứng trước bước liền trước (%s). Hãy sửa lại ngày.", r.name, s.On.Vi(), last.Vi())})
		case s.DocumentOn > today:
			out = append(out, Problem{"steps", fmt.Sprintf("Ngày văn bản %s của bước “%s” chưa tới. Hãy sửa lại ngày.", s.DocumentOn.Vi(), r.name)})
		}
		last = max(last, s.On)
	}
	return out
}

// agree checks that a step and the entry's own day of the same act say the same: figures follow from the day.
func agree(c *Case) []Problem {
	var out []Problem
	for _, d := range dated {
		on := dayOf(c.Values, d.field)
		var last civil.Date
		for _, s := range c.Steps {
			if !s.Implied && (s.Act == d.act || d.field == "settled_on" && settles(s.Act)) {
				last = s.On
			}
		}
		if last != 0 && on != last && d.act != "received" && !mayEmpty[d.act] {
			out = append(out, Problem{d.field, fmt.Sprintf("Bước xử lý ghi ngày %s nhưng ô ngày của hồ sơ ghi %s. Hãy ghi hai nơi cùng một ngày.", last.Vi(), orDash(on))})
		}
	}
	return out
}

// mayEmpty are acts whose day a later act takes away: a reopening, a second suspension.
var mayEmpty = map[string]bool{"terminated": true, "withdrawn": true, "resumed": true}

func orDash(d civil.Date) string {
	if d == 0 {
		return "trống"
	}
	return d.Vi()
}

// ineligible are the verdicts after which a letter is not taken up.
var ineligible = map[string]bool{"duplicate": true, "anonymous": true, "incomplete": true, "guided_once": true, "sent_competent": true, "decided": true}

// admissible checks that what was accepted could be.
func admissible(c *Case) []Problem {
	var out []Problem
	if c.AnonymousAllowed && c.Class != "denunciation" {
		out = append(out, Problem{"anonymous_exception", "Ngoại lệ cho đơn nặc danh chỉ áp dụng cho tố cáo. Hãy bỏ ô này."})
	}
	if c.Kind == Part && c.Class == "mixed" {
		out = append(out, Problem{"class", "Một phần tách ra phải có một loại rõ ràng: khiếu nại, tố cáo, kiến nghị hoặc phản ánh."})
	}
	if !c.has("accepted") {
		return out
	}
	if ineligible[c.Eligible] && !(c.Eligible == "anonymous" && c.AnonymousAllowed) {
		out = append(out, Problem{"eligible", "Đơn đã ghi là không đủ điều kiện xử lý nên không thụ lý được. Hãy sửa điều kiện xử lý, hoặc bỏ ngày thụ lý."})
	}
	if c.Competence != "" && c.Competence != "own" {
		out = append(out, Problem{"competence", "Đơn không thuộc thẩm quyền thì không thụ lý: hãy chuyển hoặc hướng dẫn, hoặc sửa ô thẩm quyền."})
	}
	return out
}

// enforceable checks what is written of the enforcement.
func enforceable(c *Case) []Problem {
	var out []Problem
	for _, r := range c.Enforcement {
		if r.Done > 0 && r.DoneOn == 0 {
			out = append(out, Problem{"enforcement", "Kết quả đã thi hành phải ghi ngày thi hành."})
		}
		if r.DoneOn != 0 && r.DoneOn < c.Received {
			out = append(out, Problem{"enforcement", "Ngày thi hành không thể trước ngày nhận đơn."})
		}
	}
	return out
}
