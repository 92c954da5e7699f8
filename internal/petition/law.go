package petition

import (
	"fmt"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// Law is the order of the acts with what the catalogue says of each: by which article, since when, on which grounds.
// The zero Law knows the order only.
type Law struct{ Edition *catalog.Edition }

// Procedure is the code of the procedure that a case follows.
func (c *Case) Procedure() string {
	if c.Class == "complaint" {
		if c.Round == "second" {
			return "complaint_second"
		}
		return "complaint_first"
	}
	return c.Class
}

// Rule is what the catalogue says of an act in a case's procedure on a day; known says whether it says anything of the
// act on any day: then the act is not there on a day without a rule.
func (l Law) Rule(c *Case, act string, day civil.Date) (a *catalog.PetitionAct, known bool) {
	if l.Edition == nil {
		return nil, false
	}
	for _, a := range l.Edition.PetitionActs {
		if a.Act != act || !slices.Contains(a.Procedures, c.Procedure()) {
			continue
		}
		if a.InForce(day) {
			return a, true
		}
		known = true
	}
	return nil, known
}

// forbids says why the catalogue does not know the act on its day, "" where it does.
func (l Law) forbids(c *Case, s Step) string {
	r := ruleOf(s.Act)
	a, known := l.Rule(c, s.Act, s.On)
	switch {
	case a == nil && known:
		return fmt.Sprintf("%s chưa có trong thủ tục này vào ngày %s theo danh mục đang dùng. Xem các việc và ngày hiệu lực ở Danh mục, phần thủ tục.", r.name, s.On.Vi())
	case a == nil:
		return ""
	case s.Ground != "" && len(a.Grounds) > 0 && !slices.Contains(a.Grounds, s.Ground):
		return fmt.Sprintf("Căn cứ đã chọn không dùng cho việc “%s” theo %s. Hãy chọn căn cứ khác.", r.name, a.Article)
	case s.Scope != "" && len(a.Scopes) > 0 && !slices.Contains(a.Scopes, s.Scope):
		return fmt.Sprintf("Vào ngày %s %s chưa cho rút một phần. Hãy ghi rút toàn bộ, hoặc giữ nguyên đơn.", s.On.Vi(), a.Article)
	}
	return ""
}

// tooEarly says which act must come before another, "" where none is missing.
func (l Law) tooEarly(c *Case, act string, day civil.Date) string {
	if l.Edition == nil {
		return ""
	}
	for _, a := range l.Edition.PetitionActs {
		if a.Before == act && a.InForce(day) && slices.Contains(a.Procedures, c.Procedure()) && !c.has(a.Act) {
			return fmt.Sprintf("Trước khi ghi “%s” phải có bước “%s” (%s).", ruleOf(act).name, ruleOf(a.Act).name, a.Article)
		}
	}
	return ""
}

// Prolonging is how far the settlement of a case may still be extended: how often in all, for how many days at most each
// time. Nothing where no clock of the procedure may be extended.
func (l Law) Prolonging(c *Case, day civil.Date) (times, days int, article string) {
	if l.Edition == nil {
		return 0, 0, ""
	}
	if on := c.on("accepted"); on != 0 { // the law of the day on which the clock began
		day = on
	}
	clock := settling(l.Edition.Procedure(c.Procedure()), day)
	if clock == nil || clock.Extension == nil {
		return 0, 0, ""
	}
	x := clock.Extension
	hard := c.Complexity == "complex" || c.Complexity == "special"
	times, days = x.Times, x.Days
	switch {
	case x.Needs == "complex" && !hard:
		times = 0
	case c.Complexity == "special" && x.SpecialTimes > 0:
		times = x.SpecialTimes
	}
	if hard && x.ComplexDays > 0 {
		days = x.ComplexDays
	}
	return times, days, clock.Article
}

// settling is the clock of a procedure that ends with the settlement.
func settling(p *catalog.Procedure, day civil.Date) *catalog.Clock {
	if p == nil {
		return nil
	}
	for _, c := range p.Clocks {
		if c.End == "settled" && c.From <= day && (c.Until == 0 || day < c.Until) {
			return c
		}
	}
	return nil
}

// tooLong says why a decision does not prolong, "" where it does.
func (l Law) tooLong(c *Case, a Act) string {
	if a.Act != "extended" || l.Edition == nil {
		return ""
	}
	times, days, article := l.Prolonging(c, a.On)
	switch n := len(c.Extensions()); {
	case days == 0:
		return "Thời hạn của thủ tục này không gia hạn được."
	case times == 0:
		return "Chỉ gia hạn khi vụ việc phức tạp hoặc đặc biệt phức tạp (" + article + "). Hãy ghi mức độ phức tạp ở bước phân loại trước."
	case n >= times:
		return fmt.Sprintf("Đã gia hạn %d lần, hết số lần theo %s.", n, article)
	case a.Days > days:
		return fmt.Sprintf("Mỗi lần gia hạn không quá %d ngày (%s). Hãy sửa số ngày.", days, article)
	}
	return ""
}
