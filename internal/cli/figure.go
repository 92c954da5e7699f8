package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"danvan/internal/app"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// question is how figure and evidence are asked.
type question struct {
	Code string `arg:"" help:"Mã hoặc ký hiệu chỉ tiêu: petition.settled_rate, F20." name:"CODE"`

	Unit    string `help:"Đơn vị: MÃ, hoặc MÃ@NGÀY khi mã dùng cho nhiều đơn vị." required:"" placeholder:"U"`
	Period  string `help:"Kỳ: 2019, 2019-Q3, 2019-H1, 2019-M04, 2015..2019, tt01-2024:2025-Q1." placeholder:"P"`
	From    string `help:"Ngày đầu của kỳ (tính cả ngày này)." placeholder:"D"`
	To      string `help:"Ngày cuối của kỳ (tính cả ngày này)." placeholder:"D"`
	Basis   string `help:"Địa giới: then (lúc làm việc) hoặc một ngày." default:"then" placeholder:"then|D"`
	Status  string `help:"Ghi nhận được tính: all (tất cả) hoặc confirmed (đã xác nhận)." default:"all" placeholder:"all|confirmed"`
	AsOf    string `help:"Theo những gì đã ghi nhận đến thời điểm này: 2019-12-31 (hết ngày, giờ Việt Nam) hoặc 2019-12-31T17:00:00+07:00." placeholder:"MOMENT"`
	CutOff  string `help:"Ngày chốt của chỉ tiêu theo lượt tiếp nhận (đơn đã giải quyết đến ngày nào); mặc định cuối kỳ." placeholder:"D"`
	Vintage string `help:"Loại số thống kê: preliminary (sơ bộ), official (chính thức), revised (điều chỉnh); mặc định loại mới nhất." placeholder:"V"`
	JSON    bool   `help:"In JSON (docs/schema/figure.schema.json)."`
}

// vietnam is the civil time of the country; it has had no other offset since 1975.
var vietnam = time.FixedZone("+07", 7*60*60)

func (c *question) query(cat *catalog.Catalog) (figure.Query, error) {
	q := figure.Query{Indicator: c.Code, Unit: c.Unit, Status: figure.Status(c.Status), Vintage: c.Vintage}
	var err error
	if q.Period, err = c.period(cat); err != nil {
		return q, err
	}
	if q.Basis, err = org.ParseBasis(c.Basis); err != nil {
		return q, err
	}
	if err := knownVintage(cat.EditionOn(q.Period.To), c.Vintage); err != nil {
		return q, err
	}
	if c.CutOff != "" {
		if q.CutOff, err = civil.ParseDate(c.CutOff); err != nil {
			return q, fault.Wrap(err, fault.Invalid, "Ngày chốt (--cut-off) chưa đúng: "+err.Error()+".")
		}
	}
	q.AsOf, err = moment(c.AsOf)
	return q, err
}

func (c *question) period(cat *catalog.Catalog) (civil.Period, error) {
	switch {
	case c.Period != "" && (c.From != "" || c.To != ""):
		return civil.Period{}, fault.New(fault.Invalid, "Chỉ ghi một trong hai: --period, hoặc --from cùng --to.")
	case c.Period != "":
		p, err := cat.Latest().Regimes.Parse(c.Period)
		if err != nil {
			return p, fault.Wrap(err, fault.Invalid, "Kỳ (--period) chưa đúng: "+err.Error()+".")
		}
		return p, nil
	case c.From == "" || c.To == "":
		return civil.Period{}, fault.New(fault.Invalid, "Thiếu kỳ: ghi --period 2019, hoặc --from 2019-01-01 --to 2019-12-31.")
	}
	from, err := civil.ParseDate(c.From)
	if err != nil {
		return civil.Period{}, fault.Wrap(err, fault.Invalid, "Ngày đầu kỳ (--from) chưa đúng: "+err.Error()+".")
	}
	to, err := civil.ParseDate(c.To)
	if err != nil {
		return civil.Period{}, fault.Wrap(err, fault.Invalid, "Ngày cuối kỳ (--to) chưa đúng: "+err.Error()+".")
	}
	p, err := civil.Between(from, to)
	if err != nil {
		return p, fault.Wrap(err, fault.Invalid, "Kỳ chưa đúng: "+err.Error()+".")
	}
	return p, nil
}

// moment reads a day (its end, in Vietnam) or a moment.
func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, vietnam); err == nil {
			return t, nil
		}
	}
	d, err := civil.ParseDate(s)
	if err != nil {
		return time.Time{}, fault.Wrap(err, fault.Invalid, "Thời điểm (--as-of) “"+s+"” chưa đúng: viết 2019-12-31 hoặc 2019-12-31T17:00:00+07:00.")
	}
	next := d.AddDays(1)
	return time.Date(next.Year(), time.Month(next.Month()), next.Day(), 0, 0, 0, 0, vietnam).Add(-time.Millisecond), nil
}

// FigureCmd computes one figure, whole or in rows.
type FigureCmd struct {
	question
	By      string `help:"Chia theo month (tháng), year (năm), unit (đơn vị) hoặc label:NAME (nhãn)." placeholder:"month|year|unit|label:NAME"`
	Compare bool   `help:"So với cùng kỳ năm trước."`
}

// Run prints the figure and fails with ErrCheck where one of its checks does.
func (c *FigureCmd) Run(r *Run) error {
	if c.By != "" && c.Compare {
		return fault.New(fault.Invalid, "Chỉ ghi một trong hai: --by hoặc --compare.")
	}
	a, err := r.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	q, err := c.query(a.Catalog)
	if err != nil {
		return err
	}
	checks, err := c.print(r, a, q)
	if err != nil {
		return err
	}
	for _, k := range checks {
		if !k.OK {
			return ErrCheck
		}
	}
	return nil
}

func (c *FigureCmd) print(r *Run, a *app.App, q figure.Query) ([]figure.Check, error) {
	// One command asks once, so there is nothing to keep in memory.
	eng := &figure.Engine{DB: a.Figures.DB, Catalog: a.Figures.Catalog, Tree: a.Figures.Tree}
	switch {
	case c.By != "":
		b, err := eng.Breakdown(r.Ctx, q, c.By)
		if err != nil {
			return nil, err
		}
		if c.JSON {
			return b.Checks, writeJSON(r.Out, b)
		}
		return b.Checks, printBreakdown(r.Out, b)
	case c.Compare:
		cmp, err := eng.Compare(r.Ctx, q)
		if err != nil {
			return nil, err
		}
		if c.JSON {
			return cmp.Now.Checks, writeJSON(r.Out, cmp)
		}
		return cmp.Now.Checks, printComparison(r.Out, cmp)
	}
	f, err := eng.Figure(r.Ctx, q)
	if err != nil {
		return nil, err
	}
	if c.JSON {
		return f.Checks, writeJSON(r.Out, f)
	}
	return f.Checks, printFigure(r.Out, f)
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// page writes lines and keeps the first error.
type page struct {
	w   io.Writer
	err error
}

func (p *page) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// field writes a name and a value in two columns.
func (p *page) field(name, format string, args ...any) {
	p.line("  %s%s %s", name, strings.Repeat(" ", max(0, 16-utf8.RuneCountInString(name))), fmt.Sprintf(format, args...))
}

func printFigure(w io.Writer, f *figure.Figure) error {
	p := &page{w: w}
	p.figure(f)
	if len(f.Series) > 0 && p.err == nil {
		p.line("")
		p.err = printRows(w, f.Series)
	}
	return p.err
}

func (p *page) figure(f *figure.Figure) {
	p.line("%s: %s", f.Name, display(f))
	p.field("Đơn vị", "%s (%s)", f.UnitName, f.Unit)
	p.field("Kỳ", "%s (%s – %s)", f.Period.Name, viDate(f.Period.From), viDate(f.Period.To))
	p.field("Giá trị", "%s", number(f.Value, f.Measure))
	p.field("Công thức", "%s", f.Formula)
	for _, part := range f.Parts {
		side := "tử số"
		if part.Denominator {
			side = "mẫu số"
		}
		p.line("    %s = %s  (%s%s; %s ghi nhận)", part.Term, number(part.Value, ""), side, named(part.Name), civil.FormatInt(part.Entries))
	}
	p.field("Ghi nhận", "%s%s", civil.FormatInt(f.Entries), denominators(f))
	if f.Joint != nil {
		p.field("Phối hợp", "%s (không cộng vào giá trị)", number(f.Joint, ""))
	}
	if r := f.Reading; r != nil {
		p.field("Nguồn số liệu", "%s", strings.Join(nonEmpty(r.Source, r.Vintage, "ngày "+viDate(r.Day)), "; "))
	}
	if c := f.Coverage; c != nil {
		p.field("Độ phủ", "%d/%d đơn vị có số liệu%s", c.Reported, c.Expected, missing(c))
	}
	if f.Estimated {
		p.field("Ước tính", "có phần chia theo tỷ lệ khi sắp xếp đơn vị")
	}
	p.field("Căn cứ", "%s; danh mục %s; địa giới %s; %s%s", f.Cite, f.Edition, basisName(f.Basis), statusName(f.Status), asOf(f.AsOf))
	for _, b := range f.Breaks {
		p.line("  ! Từ ngày %s: %s", viDate(b.On), b.Note)
	}
	for _, c := range f.Checks {
		mark := "·"
		if !c.OK {
			mark = "✗ SAI:"
		}
		p.line("  %s %s", mark, c.Message)
	}
}

// display is the figure as printed, with its unit of measure where the text does not hold it.
func display(f *figure.Figure) string {
	if f.Val == nil || f.Measure == "" || strings.HasSuffix(f.Display, f.Measure) {
		return f.Display
	}
	return f.Display + " " + f.Measure
}

func number(s *string, measure string) string {
	if s == nil {
		return "chưa có số liệu"
	}
	text := strings.Replace(*s, ".", ",", 1)
	whole, frac, has := strings.Cut(text, ",")
	var n int64
	if _, err := fmt.Sscan(whole, &n); err == nil && (n != 0 || !strings.HasPrefix(whole, "-")) {
		whole = civil.FormatInt(n)
	}
	if has {
		whole += "," + frac
	}
	return strings.TrimSpace(whole + " " + measure)
}

func viDate(iso string) string {
	d, err := civil.ParseDate(iso)
	if err != nil {
		return iso
	}
	return d.Vi()
}

func named(name string) string {
	if name == "" {
		return ""
	}
	return "; " + name
}

func denominators(f *figure.Figure) string {
	if f.Denominator == nil {
		return ""
	}
	return fmt.Sprintf("; mẫu số: %s ghi nhận, %s đơn vị", civil.FormatInt(f.DenominatorEntries), civil.FormatInt(f.DenominatorUnits))
}

// maxMissing is how many codes the text names; the JSON has them all.
const maxMissing = 12

func missing(c *figure.Coverage) string {
	if len(c.Missing) == 0 {
		return ""
	}
	names := c.Missing
	more := ""
	if len(names) > maxMissing {
		more = fmt.Sprintf("… và %d đơn vị nữa", len(names)-maxMissing)
		names = names[:maxMissing]
	}
	return "; chưa có: " + strings.Join(names, ", ") + more
}

func nonEmpty(list ...string) []string {
	var out []string
	for _, s := range list {
		if s != "" && s != "ngày " {
			out = append(out, s)
		}
	}
	return out
}

func basisName(b string) string {
	if b == "then" {
		return "lúc làm việc"
	}
	return "ngày " + viDate(b)
}

func statusName(s figure.Status) string {
	if s == figure.Confirmed {
		return "chỉ ghi nhận đã xác nhận"
	}
	return "mọi ghi nhận"
}

func asOf(s *string) string {
	if s == nil {
		return ""
	}
	return "; như đã biết lúc " + *s
}

func printBreakdown(w io.Writer, b *figure.Breakdown) error {
	p := &page{w: w}
	p.figure(&b.Figure)
	p.line("")
	if p.err != nil {
		return p.err
	}
	return printRows(w, b.Rows)
}

func printRows(w io.Writer, rows []figure.Row) error {
	tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	joint, adds := false, true
	for _, r := range rows {
		joint = joint || r.Joint != nil
		adds = adds && r.Additive
	}
	head := "\tGiá trị\tIn ra\tTử số\tMẫu số\tGhi nhận"
	if joint {
		head += "\tPhối hợp"
	}
	fmt.Fprintln(tw, head)
	for _, r := range rows {
		line := fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s", rowName(r), number(r.Value, ""), r.Display, orDash(r.Numerator), orDash(r.Denominator), civil.FormatInt(r.Entries))
		if joint {
			line += "\t" + orDash(r.Joint)
		}
		if r.Estimated {
			line += "  (ước tính)"
		}
		fmt.Fprintln(tw, line)
	}
	if !adds {
		fmt.Fprintln(tw, "Các dòng không cộng thành dòng tổng.")
	}
	return tw.Flush()
}

func rowName(r figure.Row) string {
	if r.Kind != "" {
		return r.Key + " " + r.Name
	}
	return r.Name
}

func orDash(s *string) string {
	if s == nil {
		return "–"
	}
	return number(s, "")
}

func printComparison(w io.Writer, c *figure.Comparison) error {
	p := &page{w: w}
	p.figure(c.Now)
	p.line("  Cùng kỳ năm trước (%s): %s", c.Before.Period.Name, display(c.Before))
	switch {
	case c.Change != nil && c.Percent != nil:
		p.line("  Tăng, giảm: %s (%s%%)", number(c.Change, c.Now.Measure), number(c.Percent, ""))
	case c.Change != nil:
		p.line("  Tăng, giảm: %s", number(c.Change, c.Now.Measure))
	}
	if c.Note != "" {
		p.line("  ! %s", c.Note)
	}
	return p.err
}

// knownVintage refuses a vintage that the catalogue's list does not have.
func knownVintage(ed *catalog.Edition, vintage string) error {
	list := ed.List("vintages")
	if vintage == "" || list == nil {
		return nil
	}
	var codes []string
	for _, o := range list.Options {
		if o.Code == vintage {
			return nil
		}
		codes = append(codes, o.Code)
	}
	return fault.Newf(fault.Invalid, "Không có loại số “%s”. Các loại: %s.", vintage, strings.Join(codes, ", "))
}
