package demo

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/figure"
	"danvan/internal/filing"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/report"
)

// fate is what becomes of one report of the demo.
type fate struct {
	unit     *org.Unit
	body     org.UnitID
	template *report.Template
	typ      string
	period   civil.Period
	due      civil.Date
	duty     string
	filedOn  civil.Date // 0: still being written
	content  []byte     // as it was filed
	out      []byte     // as it went out
	texts    map[string]string
	nothing  bool // nothing happened in the period
	returned bool
	accepted bool
	issued   bool
	public   filing.Copy // what everybody may read of what went out
	number   int
}

// filings are the reports of this year: the communes month by month, the province's half-year. They are made by the
// acts of the office, each at its day, after the entries, whose figures they print.
func filings(ctx context.Context, d Deps, s Spec) error {
	if s.Today < 20260301 {
		return nil
	}
	tree, err := d.Org.Tree(ctx)
	if err != nil {
		return err
	}
	engine := &figure.Engine{DB: d.DB, Catalog: d.Catalog, Tree: func() *org.Tree { return tree }, Cache: figure.NewCache(64 << 20)}
	m := &filingMaker{d: d, spec: s, tree: tree, builder: &report.Builder{Engine: engine}, ed: d.Catalog.EditionOn(s.Today)}
	fates, err := m.fates()
	if err != nil {
		return err
	}
	for i, f := range fates {
		d.Progress("Lập các kỳ báo cáo giả định", i, len(fates))
		if f.filedOn == 0 || f.nothing || f.period.From == 0 {
			continue
		}
		if err = m.print(ctx, f); err != nil {
			return fmt.Errorf("print the report of %s for %s: %w", f.unit.Code, f.period.Name, err)
		}
	}
	led := ledger.New(d.Catalog)
	led.InOrder = d.Ledger.InOrder
	led.Now = func() time.Time { return m.now }
	m.store = &filing.Store{Ledger: led, Tree: func() *org.Tree { return tree }}
	err = d.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		for _, f := range fates {
			if err := m.live(ctx, tx, f); err != nil {
				return fmt.Errorf("report of %s for %s: %w", f.unit.Code, f.period.Name, err)
			}
		}
		return nil
	})
	d.Progress("Lập các kỳ báo cáo giả định", len(fates), len(fates))
	return err
}

type filingMaker struct {
	d       Deps
	spec    Spec
	tree    *org.Tree
	builder *report.Builder
	store   *filing.Store
	ed      *catalog.Edition
	now     time.Time
}

// steady are the communes whose whole year is there; of the others the last month, of every second one the last two: printing them all would make the demo slow.
var steady = []string{"02143", "01879", "01849", "01882"}

func (m *filingMaker) fates() ([]*fate, error) {
	home := m.tree.On(successor, m.spec.Today)
	if home == nil {
		return nil, nil
	}
	var out []*fate
	last := civil.NewDate(m.spec.Today.Year(), m.spec.Today.Month(), 1).AddMonths(-1)
	for _, id := range m.tree.Children(home.ID, m.spec.Today, org.Territory) {
		u := m.tree.Unit(id)
		for back := 9; back >= 0; back-- {
			from := last.AddMonths(-back)
			if from.Year() != m.spec.Today.Year() || !slices.Contains(steady, u.Code) && (back > 1 || back == 1 && id%2 == 0) {
				continue
			}
			f, err := m.fate(u, "report.commune_month", "month", from, from.MonthEnd())
			if err != nil {
				return nil, err
			}
			if f != nil {
				m.tell(f, back == 0)
				out = append(out, f)
			}
		}
	}
	if m.spec.Today >= 20260801 {
		f, err := m.fate(home, "report.province_board_half", "half", 20260101, 20260630)
		if err != nil {
			return nil, err
		}
		if f != nil {
			f.filedOn, f.accepted, f.issued, f.number = f.due.AddDays(-3), false, true, 58
			f.texts = prosePool(f, 0)
			out = append(out, f)
		}
	}
	return out, nil
}

// fate is a unit's report by a duty; nil for units without records of their own.
func (m *filingMaker) fate(u *org.Unit, code, length string, from, to civil.Date) (*fate, error) {
	if u.NoData || u.DataFrom > from || u.Opened > from {
		return nil, nil
	}
	i := slices.IndexFunc(m.ed.Duties, func(d *catalog.Duty) bool { return d.Code == code })
	if i < 0 {
		return nil, fmt.Errorf("no duty %s", code)
	}
	d := m.ed.Duties[i]
	t := m.builder.ForDuty(m.ed, d)
	if t == nil {
		return nil, fmt.Errorf("no template for duty %s", code)
	}
	p, err := civil.Between(from, to)
	if err != nil {
		return nil, err
	}
	f := &fate{unit: u, template: t, typ: length, period: p, duty: code}
	for _, turn := range d.TurnsDue(m.ed.Regimes, m.ed.Calendar("vn"), to, to.AddDays(60)) {
		if turn.Period.From == from && turn.Period.To == to {
			f.due = turn.Due
		}
	}
	for _, id := range m.tree.Children(u.ID, to, org.Body) {
		span := m.tree.SpanOn(id, to)
		if slices.ContainsFunc(d.By, func(c string) bool { return catalog.ParseClass(c).Match(span.Level, span.Type) }) {
			f.body = id
		}
	}
	if f.body == 0 || f.due == 0 {
		return nil, nil
	}
	return f, nil
}

// tell throws the dice of a commune's month: most are in time and accepted, some late, returned, missing or without
// anything to report.
func (m *filingMaker) tell(f *fate, newest bool) {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %s %d", f.unit.Code, f.period.From, m.spec.Seed)
	n := int(h.Sum32() % 100)
	f.filedOn = f.due.AddDays(-1 - n%4)
	f.number = 10 + f.period.From.Month() + n%7
	f.texts = prosePool(f, n)
	f.accepted = true
	switch {
	case f.unit.Code == "02143" && newest: // still to be written by who tries the demo
		f.filedOn = 0
	case n < 6 && newest:
		f.period = civil.Period{} // not opened
	case n < 10:
		f.filedOn = 0
	case n < 20:
		f.filedOn = f.due.AddDays(1 + n%5)
	case n < 24:
		f.returned, f.accepted = true, false
	case n < 27:
		f.nothing = true
	case n < 40 && newest:
		f.accepted = false
	}
	f.issued = f.filedOn != 0 && !f.returned && !f.nothing && n%3 == 0
	for f.filedOn != 0 && weekend(f.filedOn) {
		f.filedOn = f.filedOn.AddDays(-1)
	}
}

func weekend(d civil.Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// prosePool is what an office wrote, told of places and work, of nobody.
func prosePool(f *fate, n int) map[string]string {
	situations := []string{
		"Nhân dân cơ bản yên tâm sản xuất, đồng tình với việc sắp xếp lại đơn vị hành chính; quan tâm nhiều đến thời gian giải quyết hồ sơ đất đai.",
		"Tình hình các thôn ổn định. Vấn đề được nêu nhiều là đường nội thôn xuống cấp sau mưa lũ và nước sinh hoạt mùa khô.",
		"Nhân dân hưởng ứng các phong trào thi đua; còn băn khoăn về mức hỗ trợ khi thu hồi đất làm đường liên xã.",
	}
	works := []string{
		"- Phân công cấp ủy viên dự sinh hoạt chi bộ thôn theo lịch.\n- Rà soát các kiến nghị sau đối thoại, trả lời bằng văn bản.",
		"- Phối hợp với Mặt trận Tổ quốc vận động hiến đất mở đường.\n- Kiểm tra các mô hình “Dân vận khéo” đã đăng ký.",
	}
	out := map[string]string{"tinh-hinh-nhan-dan": situations[n%len(situations)], "phuong-huong": works[n%len(works)]}
	if n%2 == 0 {
		out["danh-gia"] = "Các nhiệm vụ trong kỳ được triển khai đúng kế hoạch; đã tổ chức {{outreach.sessions_all exact}} cuộc tuyên truyền."
	}
	if n%5 == 0 {
		out["kien-nghi"] = "Đề nghị cấp trên hướng dẫn thống nhất việc hỗ trợ các thôn sau sáp nhập."
	}
	return out
}

// print makes the report as it is filed, and as it goes out.
func (m *filingMaker) print(ctx context.Context, f *fate) error {
	rep, err := m.builder.Build(ctx, report.Request{Template: f.template.Head.Code, Unit: f.unit.Code, Period: f.period, Basis: org.AsThen(), Office: report.Office{Texts: f.texts}})
	if err != nil {
		return err
	}
	var filed, out bytes.Buffer
	if err := rep.JSON(&filed); err != nil {
		return err
	}
	f.head(rep)
	if err := rep.JSON(&out); err != nil {
		return err
	}
	f.content, f.out = filed.Bytes(), out.Bytes()
	if !f.shown() {
		return nil
	}
	copied, closed, err := report.ForPublic(ctx, m.builder.Engine, rep)
	if err != nil || closed == 0 {
		return err
	}
	var public bytes.Buffer
	err = copied.JSON(&public)
	f.public = filing.Copy{Content: public.Bytes(), Closed: closed}
	return err
}

// shown reports whether the office shows the report to everybody: the province does, and half of the communes.
func (f *fate) shown() bool { return f.issued && f.number%2 == 0 }

// head writes number and signer into the report where it went out.
func (f *fate) head(rep *report.Report) {
	if f.issued {
		rep.Letterhead.Number, rep.Signature.Name = fmt.Sprint(f.number), f.signer()
		day := f.filedOn.Vi()
		rep.Letterhead.DateText = "ngày " + day[:2] + " tháng " + day[3:len(day)-5] + " năm " + day[len(day)-4:]
	}
}

func (f *fate) signer() string { return fmt.Sprintf("Ông Minh Họa %02d", 20+f.number%60) }

// who acts: the demo's own accounts for the commune and the province that they belong to.
func (f *fate) who(login string) string {
	if f.unit.Code == "02143" || login == "tonghop" || f.unit.Code == successor {
		return login
	}
	return MetaKey
}

// live does the acts of one report, each at its hour.
func (m *filingMaker) live(ctx context.Context, tx *db.Tx, f *fate) error {
	if f.period.From == 0 {
		return nil
	}
	clerk, leader := f.who("canbo.xa"), f.who("lanhdao.xa")
	if f.unit.Code == successor {
		clerk, leader = "tonghop", "lanhdao"
	}
	at := func(day civil.Date, hour int) { m.now = day.Time().Add(time.Duration(hour-7) * time.Hour) }
	filedOn := f.filedOn
	if filedOn == 0 {
		filedOn = min(f.due, m.spec.Today)
	}
	at(max(filedOn.AddDays(-2), f.period.To), 9)
	x, err := m.store.Open(ctx, tx, clerk, filing.Opening{Unit: f.unit.ID, Body: f.body, Template: f.template.Head.Code, Name: f.template.Head.Name, Type: f.typ,
		Field: "mobilisation", Period: f.period, Duty: f.duty, Due: f.due})
	if err != nil {
		return err
	}
	if f.nothing {
		at(filedOn, 10)
		_, err = m.store.Nil(ctx, tx, clerk, x.ID, x.Version, "Trong tháng không có hoạt động nào của khối; công việc dồn sang tháng sau.")
		return err
	}
	for section, text := range f.texts {
		if _, err := m.store.Save(ctx, tx, clerk, x.ID, section, text, 0); err != nil {
			return err
		}
	}
	if f.filedOn == 0 {
		return nil
	}
	if x, err = filing.Get(ctx, tx, x.ID); err != nil {
		return err
	}
	at(f.filedOn, 15)
	if x, err = m.store.File(ctx, tx, clerk, x.ID, x.Version, filing.Printed{Content: f.content, Revision: x.Revision, Pages: 4}); err != nil {
		return err
	}
	if f.issued {
		at(f.filedOn, 16)
		if x, err = m.store.Issue(ctx, tx, leader, x.ID, x.Version, filing.Issue{Number: f.symbol(), Day: f.filedOn, Signer: f.signer(), Post: "TRƯỞNG BAN", Content: f.out}); err != nil {
			return err
		}
	}
	at(min(f.filedOn.AddDays(1), m.spec.Today), 8)
	switch {
	case f.returned:
		_, err = m.store.Return(ctx, tx, "tonghop", x.ID, x.Version, "Phần tình hình nhân dân chưa nêu địa bàn phát sinh; đề nghị bổ sung rồi nộp lại.")
	case f.accepted:
		_, err = m.store.Accept(ctx, tx, "tonghop", x.ID, x.Version, "")
	}
	if err != nil || !f.shown() {
		return err
	}
	at(min(f.filedOn.AddDays(2), m.spec.Today), 9)
	_, err = m.store.Publish(ctx, tx, leader, x.ID, x.Standing, 0, f.public)
	return err
}

func (f *fate) symbol() string {
	if f.unit.Code == successor {
		return fmt.Sprintf("%d-BC/BTGDVTU", f.number)
	}
	return fmt.Sprintf("%d-BC/BXDĐ", f.number)
}
