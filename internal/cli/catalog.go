package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/fault"
)

// CatalogCmd reads the regulation as data: checks a folder, lists and shows what is declared.
type CatalogCmd struct {
	Check  CatalogCheckCmd  `cmd:"" help:"Kiểm tra một thư mục danh mục; nêu mọi lỗi kèm tệp, dòng và cách sửa."`
	List   CatalogListCmd   `cmd:"" help:"Liệt kê loại ghi nhận, chuỗi số liệu, chỉ tiêu hay trách nhiệm."`
	Show   CatalogShowCmd   `cmd:"" help:"Xem một mã của danh mục."`
	Bundle CatalogBundleCmd `cmd:"" help:"Kiểm tra rồi ghi các ấn bản đã dựng sẵn vào thư mục bundle, để chương trình khởi động nhanh."`
	Schema CatalogSchemaCmd `cmd:"" help:"In JSON Schema của các tệp danh mục, cho trình soạn thảo."`
}

// CatalogCheckCmd is danvan catalog check.
type CatalogCheckCmd struct {
	Dir  string `arg:"" optional:"" help:"Thư mục danh mục; bỏ trống là danh mục trong chương trình." type:"path"`
	JSON bool   `name:"json" help:"In JSON."`
}

// Run loads the folder and prints a table by system, or the problems.
func (c *CatalogCheckCmd) Run(r *Run) error {
	loaded, err := c.load()
	if problems, ok := catalog.AsErrors(err); ok {
		return c.printProblems(r, problems)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(r.Out, summaries(loaded))
	}
	printSummary(r.Out, loaded)
	return nil
}

func (c *CatalogCheckCmd) load() (*catalog.Catalog, error) {
	if c.Dir == "" {
		return catalog.Load(catalogdata.FS, catalog.FromYAML())
	}
	info, err := os.Stat(c.Dir)
	if err != nil || !info.IsDir() {
		return nil, fault.Newf(fault.NotFound, "Không có thư mục %s. Hãy chỉ thư mục chứa base/edition.yaml.", c.Dir)
	}
	return catalog.Load(os.DirFS(c.Dir), catalog.FromYAML())
}

func (c *CatalogCheckCmd) printProblems(r *Run, problems catalog.Errors) error {
	if c.JSON {
		if err := writeJSON(r.Out, problems); err != nil {
			return err
		}
		return ErrCheck
	}
	prefix := ""
	if c.Dir != "" {
		prefix = strings.TrimSuffix(c.Dir, "/") + "/"
	}
	for _, p := range problems {
		fmt.Fprintln(r.Err, prefix+p.String())
	}
	fmt.Fprintf(r.Err, "\n%d lỗi trong danh mục.\n", len(problems))
	return ErrCheck
}

// CatalogBundleCmd is danvan catalog bundle.
type CatalogBundleCmd struct {
	Dir string `arg:"" help:"Thư mục danh mục." type:"path"`
}

// Run checks a folder and writes its prepared editions beside it.
func (c *CatalogBundleCmd) Run(r *Run) error {
	files, err := catalog.Prepare(os.DirFS(c.Dir))
	if problems, ok := catalog.AsErrors(err); ok {
		return (&CatalogCheckCmd{Dir: c.Dir}).printProblems(r, problems)
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(c.Dir, "bundle"), 0o755); err != nil {
		return fault.Wrap(err, fault.Invalid, "Không ghi được vào thư mục "+c.Dir+". Hãy kiểm tra quyền ghi.")
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(c.Dir, name), text, 0o644); err != nil {
			return fault.Wrap(err, fault.Invalid, "Không ghi được tệp "+name+". Hãy kiểm tra quyền ghi và chỗ trống trên đĩa.")
		}
	}
	fmt.Fprintf(r.Out, "Đã ghi %d tệp vào %s.\n", len(files), filepath.Join(c.Dir, "bundle"))
	return nil
}

// editionSummary is what an edition holds, by system.
type editionSummary struct {
	Edition string          `json:"edition"`
	Title   string          `json:"title"`
	From    string          `json:"from"`
	Hash    string          `json:"hash"`
	Systems []systemSummary `json:"systems"`
}

type systemSummary struct {
	System     int `json:"system"`
	Kinds      int `json:"kinds"`
	Series     int `json:"series"`
	Indicators int `json:"indicators"`
	Duties     int `json:"duties"`
}

func summaries(c *catalog.Catalog) []editionSummary {
	var list []editionSummary
	for _, e := range c.Editions() {
		s := editionSummary{Edition: e.Code, Title: e.Title, From: e.From.String(), Hash: e.Hash}
		for n := 1; n <= 24; n++ {
			s.Systems = append(s.Systems, ofSystem(e, n))
		}
		list = append(list, s)
	}
	return list
}

func ofSystem(e *catalog.Edition, system int) systemSummary {
	s := systemSummary{System: system}
	for _, k := range e.Kinds {
		if k.System == system {
			s.Kinds++
		}
	}
	for _, x := range e.Series {
		if x.System == system {
			s.Series++
		}
	}
	for _, i := range e.Indicators {
		if i.System == system {
			s.Indicators++
		}
	}
	for _, d := range e.Duties {
		if d.System == system {
			s.Duties++
		}
	}
	return s
}

func printSummary(w io.Writer, c *catalog.Catalog) {
	for _, s := range summaries(c) {
		e := c.Edition(s.Hash)
		fmt.Fprintf(w, "Ấn bản %s, hiệu lực từ %s: %s\nMã băm %s\n\n", s.Edition, e.From.Vi(), s.Title, s.Hash)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "Hệ thống\tLoại ghi nhận\tChuỗi số liệu\tChỉ tiêu\tTrách nhiệm\t")
		var total systemSummary
		for _, row := range s.Systems {
			fmt.Fprintf(t, "%d\t%d\t%d\t%d\t%d\t\n", row.System, row.Kinds, row.Series, row.Indicators, row.Duties)
			total.Kinds += row.Kinds
			total.Series += row.Series
			total.Indicators += row.Indicators
			total.Duties += row.Duties
		}
		fmt.Fprintf(t, "Cộng\t%d\t%d\t%d\t%d\t\n", total.Kinds, total.Series, total.Indicators, total.Duties)
		t.Flush()
		fmt.Fprintf(w, "\nDanh sách: %d; loại đơn vị: %d; chế độ kỳ: %d; lịch: %d; thủ tục: %d; biểu mẫu: %d; mẫu báo cáo: %d\n\n",
			len(e.Lists), len(e.UnitTypes), len(e.Regimes), len(e.Calendars), len(e.Procedures), len(e.Forms), len(e.Templates))
	}
	fmt.Fprintln(w, "Danh mục đúng.")
}

// CatalogListCmd is danvan catalog list.
type CatalogListCmd struct {
	What    string `arg:"" enum:"kinds,series,indicators,duties" help:"kinds, series, indicators hoặc duties."`
	System  int    `help:"Chỉ hệ thống này (1–24)." placeholder:"N"`
	Edition string `help:"Mã ấn bản; mặc định ấn bản mới nhất." placeholder:"MÃ"`
	JSON    bool   `name:"json" help:"In JSON đầy đủ."`
}

// listed is one line of a list.
type listed struct {
	System           int
	Code, Name, Note string
	Whole            any
}

// Run prints one line a declaration.
func (c *CatalogListCmd) Run(r *Run) error {
	e, err := ownEdition(c.Edition)
	if err != nil {
		return err
	}
	var lines []listed
	for _, l := range everything(e)[c.What] {
		if c.System == 0 || l.System == c.System {
			lines = append(lines, l)
		}
	}
	if c.JSON {
		whole := make([]any, len(lines))
		for i, l := range lines {
			whole[i] = l.Whole
		}
		return writeJSON(r.Out, whole)
	}
	t := tabwriter.NewWriter(r.Out, 0, 0, 2, ' ', 0)
	for _, l := range lines {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\n", l.System, l.Code, l.Name, l.Note)
	}
	return t.Flush()
}

func ownEdition(code string) (*catalog.Edition, error) {
	c, err := catalog.Load(catalogdata.FS)
	if err != nil {
		return nil, err
	}
	if code == "" {
		return c.Latest(), nil
	}
	if e := c.Edition(code); e != nil {
		return e, nil
	}
	var codes []string
	for _, e := range c.Editions() {
		codes = append(codes, e.Code)
	}
	return nil, fault.Newf(fault.NotFound, "Không có ấn bản %s. Các ấn bản: %s.", code, strings.Join(codes, ", "))
}

// everything is all that can be listed and shown, by the word for it.
func everything(e *catalog.Edition) map[string][]listed {
	all := map[string][]listed{}
	for _, k := range e.Kinds {
		all["kinds"] = append(all["kinds"], listed{k.System, k.Code, k.Name, k.Cite, k})
	}
	for _, s := range e.Series {
		all["series"] = append(all["series"], listed{s.System, s.Code, s.Name, s.Unit, s})
	}
	for _, i := range e.Indicators {
		note := i.Unit
		if len(i.Ref) > 0 {
			note += " [" + strings.Join(i.Ref, ", ") + "]"
		}
		all["indicators"] = append(all["indicators"], listed{i.System, i.Code, i.Name, note, i})
	}
	for _, d := range e.Duties {
		all["duties"] = append(all["duties"], listed{d.System, d.Code, d.Name, d.Every, d})
	}
	return all
}

// CatalogShowCmd is danvan catalog show.
type CatalogShowCmd struct {
	Code    string `arg:"" help:"Mã loại ghi nhận, chuỗi số liệu, chỉ tiêu, trách nhiệm, danh sách, thủ tục, chế độ kỳ, loại đơn vị, hoặc ký hiệu như F04."`
	Edition string `help:"Mã ấn bản; mặc định ấn bản mới nhất." placeholder:"MÃ"`
}

// Run prints every declaration of that code as JSON.
func (c *CatalogShowCmd) Run(r *Run) error {
	e, err := ownEdition(c.Edition)
	if err != nil {
		return err
	}
	found := map[string]any{}
	for what, lines := range everything(e) {
		for _, l := range lines {
			if l.Code == c.Code {
				found[what] = l.Whole
			}
		}
	}
	if refs := e.IndicatorsByRef(c.Code); len(refs) > 0 {
		found["indicators"] = refs
	}
	addOthers(e, c.Code, found)
	if len(found) == 0 {
		return fault.Newf(fault.NotFound, "Danh mục không có mã %s. Xem các mã bằng: danvan catalog list kinds|series|indicators|duties.", c.Code)
	}
	return writeJSON(r.Out, found)
}

func addOthers(e *catalog.Edition, code string, found map[string]any) {
	if l := e.List(code); l != nil {
		found["lists"] = l
	}
	if p := e.Procedure(code); p != nil {
		found["procedures"] = p
	}
	if g := e.Regimes.Regime(code); g != nil {
		found["regimes"] = g
	}
	if t := e.UnitType(code); t != nil {
		found["unit_types"] = t
	}
	if k := e.Calendar(code); k != nil {
		found["calendars"] = k
	}
}

// CatalogSchemaCmd is danvan catalog schema.
type CatalogSchemaCmd struct{}

// Run prints the JSON Schema of the catalogue's files.
func (CatalogSchemaCmd) Run(r *Run) error {
	_, err := r.Out.Write(catalog.Schema())
	return err
}
