package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"danvan/internal/civil"
)

var yearDay = regexp.MustCompile(`^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`)

func (e *Edition) checkDuty(d *Duty, ps *problems) {
	e.checkClasses(d.By, "by", d.Pos, ps)
	e.checkClasses(d.To, "to", d.Pos, ps)
	switch {
	case d.Kind == "" && d.Report == "":
		ps.add(d.Pos, "trách nhiệm "+d.Code+" không nói phải làm gì", "Hãy thêm kind: loại ghi nhận, hoặc report: mẫu báo cáo")
	case d.Kind != "" && d.Report != "":
		ps.add(d.Key("report"), "trách nhiệm "+d.Code+" có cả kind và report", "Hãy tách thành hai trách nhiệm")
	case d.Kind != "" && e.kinds[d.Kind] == nil:
		ps.add(d.Key("kind"), fmt.Sprintf("trách nhiệm %s dùng loại ghi nhận không có: %q", d.Code, d.Kind), "Hãy khai báo trong kinds hoặc sửa mã"+suggest(d.Kind, sortedKeys(e.kinds)))
	case d.Report != "" && !e.hasReport(d.Report):
		ps.add(d.Key("report"), fmt.Sprintf("trách nhiệm %s dùng mẫu báo cáo không có: %q", d.Code, d.Report), "Cần tệp templates/"+d.Report+".md, hoặc mã đó trong danh sách reports"+suggest(d.Report, e.reports()))
	}
	if d.Regime != "" && e.Regimes.Regime(d.Regime) == nil {
		ps.add(d.Key("regime"), fmt.Sprintf("trách nhiệm %s dùng chế độ kỳ không có: %q", d.Code, d.Regime), "Các chế độ: "+orNone(e.Regimes.codes())+suggest(d.Regime, e.Regimes.codes()))
	}
	if d.From != 0 && d.Until != 0 && d.Until <= d.From {
		ps.add(d.Key("until"), "trách nhiệm "+d.Code+" hết hiệu lực trước khi có hiệu lực", "Hãy sửa from hoặc until")
	}
	checkDue(d.Due, d.Code, ps)
	e.checkOnly(d, ps)
	e.checkEvery(d, ps)
}

func (e *Edition) checkOnly(d *Duty, ps *problems) {
	k := e.kinds[d.Kind]
	if d.Only == nil || k == nil {
		return
	}
	f := k.Field(d.Only.Field)
	if f == nil || f.Type != Choice {
		ps.add(d.Only.Key("field"), fmt.Sprintf("trách nhiệm %s: only dùng trường lựa chọn %q mà loại %s không có", d.Code, d.Only.Field, k.Code), "Hãy sửa tên trường")
		return
	}
	for _, v := range d.Only.In {
		if f.Option(v) == nil {
			ps.add(d.Only.Key("in"), fmt.Sprintf("trách nhiệm %s: trường %s không có lựa chọn %q", d.Code, f.Code, v), "Hãy sửa mã"+suggest(v, sortedKeys(f.options)))
		}
	}
}

// checkEvery asks for what each way of coming round needs to be reckoned. A stored edition was checked by the rules of
// its day.
func (e *Edition) checkEvery(d *Duty, ps *problems) {
	at := d.Key("every")
	switch {
	case e.stored:
	case d.Every == "once" && d.From == 0:
		ps.add(at, "trách nhiệm "+d.Code+" chỉ làm một lần nhưng không nói từ ngày nào", "Hãy thêm from: ngày có hiệu lực")
	case d.Every == "once" && d.Until == 0 && (d.Due == nil || d.Due.On == ""):
		ps.add(at, "trách nhiệm "+d.Code+" chỉ làm một lần nhưng không có hạn", "Hãy thêm due: {on: MM-DD} hoặc until")
	case d.Every == "term" && (e.Regimes.Regime(d.Regime) == nil || len(e.Regimes.Regime(d.Regime).Terms) == 0):
		ps.add(at, "trách nhiệm "+d.Code+" theo nhiệm kỳ nhưng chế độ kỳ không có nhiệm kỳ", "Hãy thêm regime: mã chế độ có terms")
	case d.Every == "event" && d.Event == nil:
		ps.add(at, "trách nhiệm "+d.Code+" theo sự việc nhưng không nói sự việc nào", "Hãy thêm event: {kind: loại ghi nhận}")
	case d.Every == "event" && (d.Due == nil || d.Due.After != "event"):
		ps.add(at, "trách nhiệm "+d.Code+" theo sự việc nhưng không có hạn tính từ sự việc", "Hãy thêm due: {days: ..., day_type: ..., after: event}")
	case d.Every != "event" && (d.Event != nil || d.Proof != nil):
		ps.add(at, "trách nhiệm "+d.Code+" có event, proof nhưng không theo sự việc", "Hãy sửa every: event hoặc bỏ event, proof")
	case d.Every == "event":
		e.checkEvent(d, ps)
	}
}

func (e *Edition) checkEvent(d *Duty, ps *problems) {
	k := e.kinds[d.Event.Kind]
	if k == nil {
		ps.add(d.Event.Key("kind"), fmt.Sprintf("trách nhiệm %s do loại ghi nhận không có làm phát sinh: %q", d.Code, d.Event.Kind), "Hãy sửa mã"+suggest(d.Event.Kind, sortedKeys(e.kinds)))
		return
	}
	fields := map[string]string{"day": d.Event.Day, "field": d.Event.Field}
	if d.Proof != nil {
		fields["proof"] = d.Proof.Field
		if d.Kind != d.Event.Kind {
			ps.add(d.Key("proof"), "trách nhiệm "+d.Code+" có proof nên kind phải là chính loại ghi nhận phát sinh", "Hãy sửa kind: "+d.Event.Kind)
		}
	}
	for _, key := range sortedKeys(fields) {
		if f := fields[key]; f != "" && k.Field(f) == nil {
			ps.add(d.Event.Pos, fmt.Sprintf("trách nhiệm %s: %s dùng trường %q mà loại %s không có", d.Code, key, f, k.Code), "Hãy sửa tên trường")
		}
	}
}

func checkDue(due *Due, owner string, ps *problems) {
	if due == nil {
		return
	}
	if due.On != "" && !yearDay.MatchString(due.On) {
		ps.add(due.Key("on"), fmt.Sprintf("hạn của %s: on %q không đúng", owner, due.On), "Viết MM-DD, ví dụ 01-31")
	}
	if due.On == "" && due.After == "" {
		ps.add(due.Pos, "hạn của "+owner+" không nói tính từ đâu", "Hãy thêm after: period_end (hoặc period_start, event), hay on: MM-DD")
	}
}

// hasReport looks among the templates and in the list reports. A stored edition carries no templates, and what
// it was checked against when it was loaded is not checked again.
func (e *Edition) hasReport(name string) bool {
	return e.stored || slices.Contains(e.reports(), name)
}

func (e *Edition) reports() []string {
	var names []string
	for _, t := range e.Templates {
		names = append(names, t.Name)
	}
	if l := e.lists["reports"]; l != nil {
		for _, o := range l.Options {
			names = append(names, o.Code)
		}
	}
	return names
}

var windowCode = regexp.MustCompile(`^(year|H[12]|9M|Q[1-4]|M(0[1-9]|1[0-2])|month)$`)

func (e *Edition) checkRegimes(ps *problems) {
	for _, r := range e.Regimes {
		checkDue(r.Due, r.Code, ps)
		if len(r.Windows) == 0 && len(r.Terms) == 0 {
			ps.add(r.Pos, "chế độ "+r.Code+" không có kỳ nào", "Hãy thêm windows hoặc terms")
		}
		for _, t := range r.Terms {
			if t.To <= t.From {
				ps.add(t.Key("to"), "chế độ "+r.Code+" có nhiệm kỳ viết ngược", "to phải sau from")
			}
		}
		if r.From != 0 && r.Until != 0 && r.Until <= r.From {
			ps.add(r.Key("until"), "chế độ "+r.Code+" hết hiệu lực trước khi có hiệu lực", "Hãy sửa from hoặc until")
		}
		for _, code := range r.WindowCodes() {
			r.checkWindow(code, ps)
		}
	}
}

// checkWindow tries a window in a leap year and in a common one.
func (r *Regime) checkWindow(code string, ps *problems) {
	at := r.Windows[code].Pos
	if !windowCode.MatchString(code) {
		ps.add(at, fmt.Sprintf("chế độ %s có kỳ lạ %q", r.Code, code), "Mã kỳ: year, H1, H2, 9M, Q1–Q4, M01–M12, month")
		return
	}
	if code == "month" {
		code = "M03"
		if r.Windows["M03"] != nil {
			return
		}
	}
	for _, year := range []int{2023, 2024} {
		if _, err := r.Period(year, code); err != nil {
			ps.add(at, fmt.Sprintf("chế độ %s, kỳ %s: %s", r.Code, code, err), "Viết from: prev-12-15, to: 03-14 (trong month: prev-15, 14, end)")
			return
		}
	}
}

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func (e *Edition) checkCalendars(ps *problems) {
	for _, c := range e.Calendars {
		for i, w := range c.Weekend {
			if !slices.Contains(weekdays, w) {
				ps.add(c.Key(fmt.Sprintf("weekend/%d", i)), fmt.Sprintf("ngày trong tuần %q không đúng", w), "Các mã: "+strings.Join(weekdays, ", "))
			}
		}
		seen := map[civil.Date]bool{}
		for _, d := range c.Days {
			if d.To != 0 && d.To < d.On {
				ps.add(d.Key("to"), "dải ngày nghỉ viết ngược", "to phải sau on")
				continue
			}
			for day := d.On; day <= max(d.On, d.To); day = day.AddDays(1) {
				if seen[day] {
					ps.add(d.Pos, fmt.Sprintf("lịch %s ghi ngày %s hai lần", c.Code, day.Vi()), "Hãy giữ một")
				}
				seen[day] = true
			}
		}
	}
}

func (e *Edition) checkProcedures(ps *problems) {
	for _, p := range e.Procedures {
		for i, c := range p.Clocks {
			e.checkClock(p, c, ps)
			for _, o := range p.Clocks[:i] {
				if o.Code == c.Code && overlap(o, c) {
					ps.add(c.Pos, fmt.Sprintf("thời hạn %s.%s có hai phiên bản cùng hiệu lực", p.Code, c.Code), "Hãy viết from, until để mỗi ngày chỉ một phiên bản có hiệu lực")
				}
			}
		}
		checkEvents(p.Closes, p.Pos, "thủ tục "+p.Code, ps)
	}
}

func (e *Edition) checkClock(p *Procedure, c *Clock, ps *problems) {
	where := "thời hạn " + p.Code + "." + c.Code
	if c.Days < 1 {
		ps.add(c.Key("days"), where+": số ngày phải lớn hơn 0", "Hãy sửa days")
	}
	for key, days := range map[string]int{"complex": c.Complex, "remote": c.Remote, "remote_complex": c.RemoteComplex} {
		if days != 0 && days < c.Days {
			ps.add(c.Key(key), fmt.Sprintf("%s: %s (%d ngày) ngắn hơn thời hạn thường (%d ngày)", where, key, days, c.Days), "Xem lại điều khoản")
		}
	}
	if c.Calendar != "" && e.calendars[c.Calendar] == nil {
		ps.add(c.Key("calendar"), fmt.Sprintf("%s dùng lịch không có: %q", where, c.Calendar), "Hãy khai báo trong calendars hoặc sửa mã")
	}
	if c.DayType == "working" && c.Calendar == "" {
		ps.add(c.Key("day_type"), where+" tính ngày làm việc mà không nói theo lịch nào", "Hãy thêm calendar: vn")
	}
	checkEvents(c.EndOr, c.Pos, where, ps)
	if c.From != 0 && c.Until != 0 && c.Until <= c.From {
		ps.add(c.Key("until"), where+" hết hiệu lực trước khi có hiệu lực", "Hãy sửa from hoặc until")
	}
	if c.Extension != nil && (c.Extension.Times < 1 || c.Extension.Days < 1) {
		ps.add(c.Extension.Pos, where+": gia hạn phải có số lần và số ngày lớn hơn 0", "Hãy sửa extension")
	}
}

func overlap(a, b *Clock) bool {
	return (a.Until == 0 || b.From < a.Until) && (b.Until == 0 || a.From < b.Until)
}

// clockEvents are what may happen to a petition besides what clocks name as their start and end.
var clockEvents = []string{"accepted", "refused", "transferred", "guided", "returned", "filed", "concluded", "answered", "settled", "withdrawn", "terminated"}

func checkEvents(events []string, at Pos, where string, ps *problems) {
	for _, ev := range events {
		if !slices.Contains(clockEvents, ev) {
			ps.add(at, fmt.Sprintf("%s nói đến sự kiện không có: %q", where, ev), "Các sự kiện: "+strings.Join(clockEvents, ", "))
		}
	}
}

func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && strings.ToUpper(string(r[1])) != string(r[1]) {
		r[0] = []rune(strings.ToLower(string(r[0])))[0]
	}
	return string(r)
}
