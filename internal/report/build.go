package report

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"sync"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// Request says what report is wanted.
type Request struct {
	Template string // name of the template, for a Builder
	Unit     string // CODE or CODE@DATE
	From, To civil.Date
	// Period names From and To where they come from a named regime.
	Period civil.Period
	Basis  org.Basis
	Status figure.Status
	Number string // of the document, empty to be written in
	Signer string
	// Office is what the office itself wrote around the figures.
	Office Office
	// Annexes asks for the printed indicators by unit and by year too.
	Annexes  bool
	Progress func(done, total int)
}

// InventedMark is printed on every page of a report on the demo province.
const InventedMark = "Dữ liệu minh họa – mọi bản ghi đều là giả định"

// maxRounds bounds the walks over a template: questions inside a loop over a
// breakdown are known only after the breakdown.
const maxRounds = 8

// Builder makes reports by the name of their template, which comes from the
// edition of the catalogue in force at the period's end.
type Builder struct {
	Engine *figure.Engine

	mu     sync.Mutex
	loaded map[[2]string]*Template // by edition and name
}

// Template is a template of an edition. It is read and checked once.
func (b *Builder) Template(e *catalog.Edition, name string) (*Template, error) {
	key := [2]string{e.Hash, name}
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.loaded[key]; t != nil {
		return t, nil
	}
	t, err := Load(e, name)
	if err != nil {
		return nil, err
	}
	if b.loaded == nil {
		b.loaded = map[[2]string]*Template{}
	}
	b.loaded[key] = t
	return t, nil
}

// Build makes the report that r asks for.
func (b *Builder) Build(ctx context.Context, r Request) (*Report, error) {
	t, err := b.Template(b.Engine.Catalog.EditionOn(max(r.To, r.Period.To)), r.Template)
	if err != nil {
		return nil, err
	}
	return Build(ctx, b.Engine, t, r)
}

// mostAttempts bounds how often a report is made anew because somebody acted
// while it was made.
const mostAttempts = 3

// Build fills a template. All figures come from the engine in batches; the
// same question is asked once however often it is printed. The batches are
// read one after another: where an act falls between them the report is made
// anew, so that all its figures know the same acts. Where acts follow one
// another too fast for that, Leaf is the one before the first batch.
func Build(ctx context.Context, engine *figure.Engine, t *Template, r Request) (*Report, error) {
	for attempt := 1; ; attempt++ {
		before, err := newestLeaf(ctx, engine.DB)
		if err != nil {
			return nil, err
		}
		out, err := build(ctx, engine, t, r)
		if err != nil {
			return nil, err
		}
		after, err := newestLeaf(ctx, engine.DB)
		if err != nil {
			return nil, err
		}
		if out.Leaf = before; before == after || attempt == mostAttempts {
			return out, nil
		}
	}
}

func newestLeaf(ctx context.Context, d *db.DB) (leaf int64, err error) {
	err = d.View(ctx, func(q db.Querier) error {
		return q.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM audit_leaf`).Scan(&leaf)
	})
	if err != nil {
		return 0, fmt.Errorf("read the newest leaf: %w", err)
	}
	return leaf, nil
}

func build(ctx context.Context, engine *figure.Engine, t *Template, r Request) (*Report, error) {
	f, err := prepare(engine, t, r)
	if err != nil {
		return nil, err
	}
	mark, err := mark(ctx, engine.DB)
	if err != nil {
		return nil, err
	}
	by, ok := t.issuer(f)
	if !ok {
		return nil, fault.Newf(fault.Invalid, "Mẫu %s không dùng cho %s. Mẫu này dành cho: %s.",
			t.Head.Code, uncapital(f.nameOf(f.subject.unit.ID)), strings.Join(t.Head.For, ", "))
	}
	for round := 0; ; round++ {
		f.reset()
		f.nodes(t.body)
		f.askChecks()
		open := len(f.inquiry.open)
		if open == 0 {
			break
		}
		if round == maxRounds {
			return nil, fault.Newf(fault.Internal, "Mẫu %s lồng vòng lặp quá sâu.", t.Head.Code)
		}
		if err := f.inquiry.fetch(ctx); err != nil {
			return nil, err
		}
		if r.Progress != nil {
			r.Progress(round+1, maxRounds)
		}
	}
	out := f.report(t, r)
	f.letterhead(out, by, r)
	out.Mark = mark
	if err := f.counted(ctx, engine, out); err != nil {
		return nil, err
	}
	if t.Head.Forms != "" {
		if out.Forms, err = f.forms(ctx, engine, t.Head.Forms, r.Unit); err != nil {
			return nil, err
		}
	}
	if r.Annexes {
		out.Annexes, err = f.annexes(ctx)
	}
	return out, err
}

// counted ends the report with which entries its figures count.
func (f *filler) counted(ctx context.Context, engine *figure.Engine, out *Report) error {
	status := f.inquiry.base.Status
	n := int64(0)
	if status != figure.Confirmed {
		var err error
		if n, err = engine.Unconfirmed(ctx, f.subject.unit.ID, f.subject.period, f.subject.basis); err != nil {
			return err
		}
	}
	out.Counted = figure.Counted(status, n)
	if last := len(out.Sections) - 1; last >= 0 {
		note := Block{Kind: BlockNote, Runs: []Run{{Text: "Số liệu " + uncapital(out.Counted) + ".", Evidence: NoEvidence}}}
		out.Sections[last].Blocks = append(out.Sections[last].Blocks, note)
	}
	return nil
}

func mark(ctx context.Context, d *db.DB) (string, error) {
	invented := false
	err := d.View(ctx, func(q db.Querier) error {
		value, err := db.Meta(ctx, q, "demo")
		invented = value != ""
		return err
	})
	if err != nil || !invented {
		return "", err
	}
	return InventedMark, nil
}

// prepare resolves the unit and the edition.
func prepare(engine *figure.Engine, t *Template, r Request) (*filler, error) {
	p := r.Period
	if p.From == 0 {
		var err error
		if p, err = civil.Between(r.From, r.To); err != nil {
			return nil, err
		}
	}
	tree := engine.Tree()
	unit, err := tree.Resolve(r.Unit, r.Basis, p.To)
	if err != nil {
		return nil, err
	}
	if err := lived(tree, unit, p); err != nil {
		return nil, err
	}
	f := &filler{tree: tree, edition: engine.Catalog.EditionOn(p.To), office: r.Office}
	f.subject = subject{unit: unit, period: p, basis: r.Basis, host: unit.ID}
	f.subject.span = unit.SpanOn(f.nameDay(unit))
	if unit.Form == org.Body {
		f.subject.host = f.subject.span.Parent
	}
	if p.Name == "" {
		f.subject.period.Name = civil.NamePeriod(p.From, p.To)
	}
	status := r.Status
	if status == "" {
		status = figure.All
	}
	f.inquiry = newInquiry(engine, figure.Query{Basis: r.Basis, Status: status})
	return f, nil
}

// lived refuses a unit that did not exist on any day of the period, and names
// those that came after it.
func lived(tree *org.Tree, u *org.Unit, p civil.Period) error {
	if u.Opened <= p.To && u.Closed > p.From {
		return nil
	}
	name := u.SpanOn(p.To).Name
	if u.Opened > p.To {
		return fault.Newf(fault.Invalid, "%s (%s) đến ngày %s mới thành lập, sau kỳ báo cáo. Hãy chọn kỳ khác hoặc đơn vị có trong kỳ.", name, u.Code, u.Opened.Vi())
	}
	var after []string
	for _, s := range tree.Successors(u.ID) {
		after = append(after, tree.Unit(s.To).Code+" "+tree.NameOn(s.To, p.To))
	}
	hint := "Hãy chọn kỳ khác."
	if len(after) > 0 {
		hint = "Đơn vị kế tục: " + strings.Join(after, "; ") + "."
	}
	return fault.Newf(fault.Invalid, "%s (%s) đã kết thúc trước ngày %s, không có trong kỳ báo cáo. %s", name, u.Code, u.Closed.Vi(), hint)
}

// issuer is the first in the head that fits unit and period.
func (t *Template) issuer(f *filler) (issuer, bool) {
	c, end := f.class(), f.subject.period.To
	for _, i := range t.issuers {
		if end < i.since || end > i.until || !matches(t.Head.For, c) {
			continue
		}
		if matches(i.For, c) {
			return i, true
		}
	}
	return issuer{}, false
}

func matches(classes []string, c catalog.Class) bool {
	for _, s := range classes {
		if catalog.ParseClass(s).Match(c.Level, c.Type) {
			return true
		}
	}
	return false
}

// askChecks asks for every indicator that has a check, so that one that fails
// is listed also where no slot prints it.
func (f *filler) askChecks() {
	for _, i := range f.edition.Indicators {
		if len(i.Checks) > 0 {
			f.inquiry.ask(f.question(ask{indicator: i.Code}))
		}
	}
}

// report puts the filled pieces together.
func (f *filler) report(t *Template, r Request) *Report {
	p := f.subject.period
	out := &Report{
		Template: t.Head.Code, Title: t.Head.Title, Subject: f.text(t.subject),
		Unit:   Unit{f.subject.unit.Code, f.nameOf(f.subject.unit.ID), f.subject.span.Level, f.class().Type},
		Period: Period{From: p.From.String(), To: p.To.String(), Code: p.Code, Name: p.Name},
		Basis:  f.subject.basis.String(), Status: string(f.inquiry.base.Status), Edition: f.edition.Code,
	}
	out.Sections = f.assemble()
	f.refs(t)
	out.Evidence = f.evidence
	out.Figures = f.figures()
	out.Notices = f.notices(out.Sections)
	return out
}

func (f *filler) letterhead(out *Report, by issuer, r Request) {
	out.Format = by.Format
	out.Letterhead = Letterhead{
		Superior: f.text(by.superior), Issuer: f.text(by.name), Number: r.Number, Symbol: f.text(by.symbol),
		Place: f.text(by.place), DateText: dateText(f.subject.period.To),
	}
	for _, a := range by.authority {
		out.Signature.Authority = append(out.Signature.Authority, f.text(a))
	}
	out.Signature.Position, out.Signature.Name = by.Position, r.Signer
	for _, one := range by.recipients {
		if text := f.text(one); text != "" {
			out.Recipients = append(out.Recipients, text)
		}
	}
}

// dateText leaves the day to be written in; a report goes out in the month
// after its period.
func dateText(end civil.Date) string {
	next := end.AddDays(15)
	month := strings.Split(next.Vi(), "/")[1]
	return fmt.Sprintf("ngày … tháng %s năm %d", month, next.Year())
}

// refs gives each piece of evidence the refs of its indicator. An indicator
// with one ref gives it to the first question of the report's own unit; where
// an indicator has several (poverty in 2010 and 2019), they go to its
// questions about one year each, in order of time.
func (f *filler) refs(t *Template) {
	byIndicator := map[string][]int{}
	own := f.unitRef(f.subject.unit.ID)
	for n, e := range f.evidence {
		if e.Row == "" && e.Unit == own {
			byIndicator[e.Indicator] = append(byIndicator[e.Indicator], n)
		}
	}
	for code, list := range byIndicator {
		i := f.edition.Indicator(code)
		if i == nil || len(i.Ref) == 0 {
			continue
		}
		if len(i.Ref) == 1 {
			f.evidence[list[0]].Refs = i.Ref
			continue
		}
		sort.SliceStable(list, func(a, b int) bool { return f.evidence[list[a]].From < f.evidence[list[b]].From })
		for k, ref := range i.Ref {
			if k < len(list) {
				f.evidence[list[k]].Refs = []string{ref}
			}
		}
	}
}

// figures has a line for each ref that was printed, in the order of refs.
func (f *filler) figures() []Figure {
	var out []Figure
	for n, e := range f.evidence {
		for _, ref := range e.Refs {
			out = append(out, Figure{
				Ref: ref, Indicator: e.Indicator, Name: e.Name, Unit: e.Unit, From: e.From, To: e.To,
				Value: e.Value, Display: e.Display, Numerator: e.Numerator, Denominator: e.Denominator,
				Entries: e.Entries, Series: f.seriesOf(e), Evidence: n,
			})
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		return out[i].Ref < out[j].Ref || out[i].Ref == out[j].Ref && out[i].Indicator < out[j].Indicator
	})
	return out
}

// seriesOf is the yearly series of a figure that is the lowest of its years.
func (f *filler) seriesOf(e Evidence) []Point {
	for q, a := range f.inquiry.answers {
		if a.figure == nil || q.by != "" || questionKey(q, a.figure, nil) != e.Key {
			continue
		}
		var out []Point
		for _, r := range a.figure.Series {
			out = append(out, Point{Year: r.Key, Value: r.Value, Display: r.Display, Entries: r.Entries})
		}
		return out
	}
	return nil
}
