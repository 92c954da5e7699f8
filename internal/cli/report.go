package cli

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
	"danvan/internal/report"
)

// ReportCmd makes reports and looks after their templates.
type ReportCmd struct {
	Make  ReportMakeCmd  `cmd:"" default:"withargs" help:"Lập một báo cáo: danvan report MẪU --unit 06 --period 2019 -o tệp.docx"`
	List  ReportListCmd  `cmd:"" help:"Liệt kê các mẫu báo cáo."`
	Check ReportCheckCmd `cmd:"" help:"Kiểm tra các mẫu trong một thư mục."`
}

// ReportMakeCmd fills one template.
type ReportMakeCmd struct {
	Template string `arg:"" name:"mẫu" help:"Mã của mẫu, ví dụ tong-ket-10-nam. danvan report list liệt kê các mẫu."`
	Unit     string `required:"" help:"Đơn vị: mã, hoặc mã@ngày." placeholder:"MÃ"`
	Period   string `help:"Kỳ: 2019, 2019-H1, 2019-M04, 2015..2019, tt01-2024:2025-Q1." placeholder:"KỲ"`
	From     string `help:"Ngày đầu, tính cả ngày đó." placeholder:"NGÀY"`
	To       string `help:"Ngày cuối, tính cả ngày đó." placeholder:"NGÀY"`
	Basis    string `help:"Địa giới: then (lúc làm việc) hoặc một ngày." default:"then"`
	Status   string `help:"Tính mọi ghi nhận (all) hay chỉ ghi nhận đã xác nhận (confirmed)." default:"all" enum:"all,confirmed"`
	Number   string `help:"Số của văn bản, để trống thì chừa chỗ." placeholder:"SỐ"`
	Format   string `help:"html, docx, xlsx hoặc json; mặc định theo đuôi tệp, không có thì html." placeholder:"DẠNG"`
	Output   string `short:"o" help:"Tệp ghi ra; không có thì in ra màn hình (html, json)." placeholder:"TỆP"`
}

// reportFormats are the faces of a report.
var reportFormats = []string{"html", "docx", "xlsx", "json"}

// Run makes the report and writes it, whole or not at all.
func (c *ReportMakeCmd) Run(r *Run) error {
	format, err := c.format()
	if err != nil {
		return err
	}
	a, err := r.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	request, err := c.request(a.Catalog)
	if err != nil {
		return err
	}
	request.Annexes = format == "xlsx"
	request.Progress = slow(r.Progress("Lập báo cáo"))
	builder := report.Builder{Engine: a.Figures}
	made, err := builder.Build(r.Ctx, request)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := writeReport(&file, made, format); err != nil {
		return fmt.Errorf("write report %s as %s: %w", c.Template, format, err)
	}
	if c.Output == "" || c.Output == "-" {
		_, err := r.Out.Write(file.Bytes())
		return err
	}
	if err := writeWhole(c.Output, file.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(r.Err, "Đã ghi %s (%s, %s).\n", c.Output, made.Unit.Name, made.Period.Name)
	return nil
}

// format takes the flag, else the ending of the file.
func (c *ReportMakeCmd) format() (string, error) {
	f := c.Format
	if f == "" {
		f = strings.TrimPrefix(strings.ToLower(filepath.Ext(c.Output)), ".")
	}
	if f == "" {
		f = "html"
	}
	for _, known := range reportFormats {
		if f != known {
			continue
		}
		if c.Output == "" && (f == "docx" || f == "xlsx") {
			return "", fault.Newf(fault.Invalid, "Dạng %s cần tệp ghi ra: thêm -o bao-cao.%s (hoặc -o - để đẩy ra luồng).", f, f)
		}
		return f, nil
	}
	return "", fault.Newf(fault.Invalid, "Không có dạng %q. Các dạng: %s.", f, strings.Join(reportFormats, ", "))
}

// request reads period and basis. The regimes that name a period are those of
// the newest edition.
func (c *ReportMakeCmd) request(cat *catalog.Catalog) (report.Request, error) {
	out := report.Request{Template: c.Template, Unit: c.Unit, Status: figure.Status(c.Status), Number: c.Number}
	var err error
	if out.Period, err = c.span(cat); err != nil {
		return out, err
	}
	out.Basis, err = org.ParseBasis(c.Basis)
	return out, err
}

func (c *ReportMakeCmd) span(cat *catalog.Catalog) (civil.Period, error) {
	switch {
	case c.Period != "" && c.From+c.To != "":
		return civil.Period{}, fault.New(fault.Invalid, "Chọn một cách nêu kỳ: --period, hoặc --from và --to.")
	case c.Period != "":
		p, err := cat.Latest().Regimes.Parse(c.Period)
		return p, fault.Wrap(err, fault.Invalid, fmt.Sprintf("Kỳ %q không đúng. Viết như 2019, 2019-H1, 2019-M04, 2015..2019 hoặc tt01-2024:2025-Q1.", c.Period))
	case c.From == "" || c.To == "":
		return civil.Period{}, fault.New(fault.Invalid, "Báo cáo cần kỳ: thêm --period 2019, hoặc --from 2010-01-01 --to 2019-12-31.")
	}
	from, err := civil.ParseDate(c.From)
	if err != nil {
		return civil.Period{}, fault.Wrap(err, fault.Invalid, fmt.Sprintf("Ngày đầu %q không đúng. Viết như 2019-01-31.", c.From))
	}
	to, err := civil.ParseDate(c.To)
	if err != nil {
		return civil.Period{}, fault.Wrap(err, fault.Invalid, fmt.Sprintf("Ngày cuối %q không đúng. Viết như 2019-12-31.", c.To))
	}
	p, err := civil.Between(from, to)
	return p, fault.Wrap(err, fault.Invalid, "Ngày đầu phải trước hoặc bằng ngày cuối.")
}

// slow shows progress only after a second: most reports are ready before.
func slow(show func(done, total int)) func(done, total int) {
	start := time.Now()
	return func(done, total int) {
		if time.Since(start) > time.Second {
			show(done, total)
		}
	}
}

func writeReport(w io.Writer, made *report.Report, format string) error {
	switch format {
	case "docx":
		return made.DOCX(w)
	case "xlsx":
		return made.XLSX(w)
	case "json":
		return made.JSON(w)
	}
	return made.HTML(w)
}

// writeWhole writes beside the target and renames, so that nobody ever opens
// half a report and a failure leaves the old file as it was.
func writeWhole(path string, content []byte) error {
	refused := fmt.Sprintf("Không ghi được tệp %s. Hãy xem lại thư mục và quyền ghi.", path)
	f, err := os.CreateTemp(filepath.Dir(path), ".danvan-*")
	if err != nil {
		return fault.Wrap(err, fault.Invalid, refused)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return fault.Wrap(err, fault.Invalid, refused)
}

// ReportListCmd lists the templates.
type ReportListCmd struct {
	On string `help:"Theo danh mục có hiệu lực ngày này." placeholder:"NGÀY"`
}

// Run prints one line for each template.
func (c *ReportListCmd) Run(r *Run) error {
	cat, err := catalog.Load(catalogdata.FS)
	if err != nil {
		return err
	}
	e := cat.Latest()
	if c.On != "" {
		day, err := civil.ParseDate(c.On)
		if err != nil {
			return fault.Wrap(err, fault.Invalid, fmt.Sprintf("Ngày %q không đúng. Viết như 2019-12-31.", c.On))
		}
		e = cat.EditionOn(day)
	}
	for _, name := range report.Names(e) {
		t, err := report.Load(e, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(r.Out, "%-18s %s\n%-18s dùng cho: %s\n", t.Head.Code, t.Head.Name, "", strings.Join(t.Head.For, ", "))
	}
	return nil
}

// ReportCheckCmd checks templates against the catalogue of the program.
type ReportCheckCmd struct {
	Dir string `arg:"" name:"thư-mục" help:"Thư mục có các tệp .md." type:"existingdir"`
}

// Run prints each problem with file and line.
func (c *ReportCheckCmd) Run(r *Run) error {
	cat, err := catalog.Load(catalogdata.FS)
	if err != nil {
		return err
	}
	parts, err := templatesIn(c.Dir)
	if err != nil {
		return err
	}
	if err := report.CheckAll(parts, cat.Latest()); err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "Đã kiểm tra %d tệp mẫu, không có lỗi.\n", len(parts))
	return nil
}

func templatesIn(dir string) (report.Parts, error) {
	parts := report.Parts{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" || strings.HasPrefix(d.Name(), "README") {
			return err
		}
		text, err := os.ReadFile(path)
		parts[strings.TrimSuffix(d.Name(), ".md")] = report.Source{Path: path, Text: string(text)}
		return err
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Không đọc được thư mục "+dir+".")
	}
	if len(parts) == 0 {
		return nil, fault.Newf(fault.NotFound, "Thư mục %s không có tệp mẫu .md nào.", dir)
	}
	return parts, nil
}
