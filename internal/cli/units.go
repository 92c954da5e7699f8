package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// UnitsCmd shows and changes units in time.
type UnitsCmd struct {
	Tree    UnitsTreeCmd    `cmd:"" help:"Cây đơn vị vào một ngày."`
	History UnitsHistoryCmd `cmd:"" help:"Cuộc đời của một đơn vị: tên, cấp trên, từ đâu đến, đi về đâu."`
	Apply   UnitsApplyCmd   `cmd:"" help:"Nhập các việc sắp xếp đơn vị từ tệp CSV hoặc JSON (docs/units.md)."`
	Undo    UnitsUndoCmd    `cmd:"" help:"Hoàn tác các việc sắp xếp theo số."`
}

// today is the day where the command runs, in Vietnam.
func today() civil.Date { return civil.FromTime(time.Now().In(vietnam)) }

func onDay(s string) (civil.Date, error) {
	if s == "" {
		return today(), nil
	}
	d, err := civil.ParseDate(s)
	return d, fault.Wrap(err, fault.Invalid, "Ngày (--on) chưa đúng: viết dạng 2019-12-31.")
}

func printJSON(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(v)
}

// withTree opens the installation and reads the units.
func withTree(r *Run, do func(a *app.App, t *org.Tree) error) error {
	a, err := r.Open()
	if err != nil {
		return err
	}
	t, err := a.Org.Tree(r.Ctx)
	if err == nil {
		err = do(a, t)
	}
	return errors.Join(err, a.Close())
}

// UnitsTreeCmd prints the tree on a day.
type UnitsTreeCmd struct {
	Code   string `arg:"" optional:"" help:"Chỉ in từ đơn vị này xuống." name:"CODE"`
	On     string `help:"Vào ngày này; mặc định hôm nay." placeholder:"D"`
	Bodies bool   `help:"In cả các tổ chức."`
	Depth  int    `help:"Số bậc in xuống; 0 là tất cả." default:"0"`
	JSON   bool   `help:"In JSON."`
}

// treeNode is a unit of the tree with those below it.
type treeNode struct {
	Code     string      `json:"code"`
	Name     string      `json:"name"`
	Type     string      `json:"type"`
	Level    string      `json:"level"`
	Form     string      `json:"form"`
	Inferred bool        `json:"inferred,omitempty"`
	NoData   bool        `json:"no_data,omitempty"`
	Units    []*treeNode `json:"units,omitempty"`
}

// Run prints the tree.
func (c *UnitsTreeCmd) Run(r *Run) error {
	d, err := onDay(c.On)
	if err != nil {
		return err
	}
	return withTree(r, func(_ *app.App, t *org.Tree) error {
		tops := t.Children(0, d, org.Territory)
		if c.Code != "" {
			u, err := t.Resolve(c.Code, org.OnDay(d), d)
			if err != nil {
				return err
			}
			if !u.Open(d) && !strings.Contains(c.Code, "@") {
				return fault.Newf(fault.NotFound, "Đơn vị %s không tồn tại vào ngày %s. Xem cuộc đời của nó bằng lệnh: danvan units history %s.", c.Code, d.Vi(), c.Code)
			}
			if !u.Open(d) {
				d = u.Opened
			}
			tops = []org.UnitID{u.ID}
		}
		nodes := []*treeNode{}
		for _, id := range tops {
			nodes = append(nodes, c.node(t, id, d, 1))
		}
		if c.JSON {
			return printJSON(r.Out, struct {
				On    civil.Date  `json:"on"`
				Units []*treeNode `json:"units"`
			}{d, nodes})
		}
		for _, n := range nodes {
			n.print(r.Out, "")
		}
		return c.count(r.Out, t, tops, d)
	})
}

func (c *UnitsTreeCmd) node(t *org.Tree, id org.UnitID, d civil.Date, depth int) *treeNode {
	u, s := t.Unit(id), t.SpanOn(id, d)
	n := &treeNode{Code: u.Code, Name: s.Name, Type: s.Type, Level: s.Level, Form: u.Form, Inferred: u.Inferred, NoData: d < u.DataFrom}
	if c.Depth > 0 && depth >= c.Depth {
		return n
	}
	forms := []string{org.Territory}
	if c.Bodies {
		forms = append(forms, org.Body)
	}
	for _, k := range t.Children(id, d, forms...) {
		n.Units = append(n.Units, c.node(t, k, d, depth+1))
	}
	return n
}

func (n *treeNode) print(w io.Writer, indent string) {
	var notes []string
	if n.Inferred {
		notes = append(notes, "suy theo quy tắc")
	}
	if n.NoData {
		notes = append(notes, "không có dữ liệu")
	}
	note := ""
	if len(notes) > 0 {
		note = " (" + strings.Join(notes, "; ") + ")"
	}
	fmt.Fprintf(w, "%s%s  %s%s\n", indent, n.Code, n.Name, note)
	for _, k := range n.Units {
		k.print(w, indent+"  ")
	}
}

func (c *UnitsTreeCmd) count(w io.Writer, t *org.Tree, tops []org.UnitID, d civil.Date) error {
	count := func(class string) (n int) {
		for _, id := range tops {
			n += len(t.Existing(d, id, org.Filter{Classes: []string{class}}))
		}
		return n
	}
	_, err := fmt.Fprintf(w, "Ngày %s: %d tỉnh, %d huyện, %d xã; %d tổ chức.\n", d.Vi(),
		count("province/province"), count("district/district"), count("commune/commune"),
		func() (n int) {
			for _, id := range tops {
				n += len(t.Existing(d, id, org.Filter{Forms: []string{org.Body}}))
			}
			return n
		}())
	return err
}

// UnitsHistoryCmd prints one unit's life.
type UnitsHistoryCmd struct {
	Code string `arg:"" help:"Mã đơn vị; MÃ@NGÀY để chỉ lấy một trong các đơn vị cùng mã." name:"CODE"`
	JSON bool   `help:"In JSON."`
}

// life is a unit with its lineage.
type life struct {
	*org.Unit
	Spans        []lifeSpan `json:"spans"`
	Predecessors []lifeFlow `json:"predecessors"`
	Successors   []lifeFlow `json:"successors"`
	Changes      []lifeAct  `json:"changes"`
}

type lifeSpan struct {
	org.Span
	ParentCode string `json:"parent_code,omitempty"`
	ParentName string `json:"parent_name,omitempty"`
}

type lifeFlow struct {
	Code  string     `json:"code"`
	Name  string     `json:"name"`
	Day   civil.Date `json:"date"`
	Kind  string     `json:"kind"`
	Parts org.Parts  `json:"parts"`
}

type lifeAct struct {
	org.Change
	Title string `json:"title"`
}

// Run prints the lives of all units that ever had the code, or of one of them.
func (c *UnitsHistoryCmd) Run(r *Run) error {
	return withTree(r, func(_ *app.App, t *org.Tree) error {
		units := t.ByCode(strings.ToUpper(c.Code))
		if len(units) == 0 {
			u, err := t.Resolve(c.Code, org.AsThen(), today())
			if err != nil {
				return err
			}
			units = []*org.Unit{u}
		}
		lives := make([]life, len(units))
		for i, u := range units {
			lives[i] = lifeOf(t, u)
		}
		if c.JSON {
			return printJSON(r.Out, struct {
				Units []life `json:"units"`
			}{lives})
		}
		for _, l := range lives {
			l.print(r.Out)
		}
		return nil
	})
}

func lifeOf(t *org.Tree, u *org.Unit) life {
	l := life{Unit: u, Predecessors: []lifeFlow{}, Successors: []lifeFlow{}, Changes: []lifeAct{}}
	for _, s := range u.Spans {
		x := lifeSpan{Span: s}
		if p := t.Unit(s.Parent); p != nil {
			x.ParentCode, x.ParentName = p.Code, t.NameOn(p.ID, s.From)
		}
		l.Spans = append(l.Spans, x)
	}
	for _, f := range t.Predecessors(u.ID) {
		from := t.Unit(f.From)
		l.Predecessors = append(l.Predecessors, lifeFlow{from.Code, t.NameOn(from.ID, from.Closed), f.Day, f.Kind, f.Parts})
	}
	for _, f := range t.Successors(u.ID) {
		to := t.Unit(f.To)
		l.Successors = append(l.Successors, lifeFlow{to.Code, t.NameOn(to.ID, to.Opened), f.Day, f.Kind, f.Parts})
	}
	for _, a := range t.Changes() {
		if touches(&a, u) {
			l.Changes = append(l.Changes, lifeAct{a, a.Title()})
		}
	}
	return l
}

// touches says whether an act opened, changed or ended the unit.
func touches(a *org.Change, u *org.Unit) bool {
	if a.Code == u.Code && u.Opened <= a.Day && a.Day < u.Closed {
		return true
	}
	return u.Opened < a.Day && a.Day <= u.Closed && slices.ContainsFunc(a.Sources, func(s org.Source) bool { return s.Code == u.Code })
}

func (l life) print(w io.Writer) {
	ends := "nay"
	if l.Closed < civil.Forever {
		ends = "hết " + l.Closed.AddDays(-1).Vi()
	}
	fmt.Fprintf(w, "%s@%s  %s (từ %s đến %s)\n", l.Code, l.Opened, l.Spans[len(l.Spans)-1].Name, l.Opened.Vi(), ends)
	if l.Inferred {
		fmt.Fprintln(w, "  suy theo quy tắc, chưa đọc trong văn bản")
	}
	for _, s := range l.Spans {
		under := ""
		if s.ParentCode != "" {
			under = ", thuộc " + s.ParentCode + " " + s.ParentName
		}
		fmt.Fprintf(w, "  từ %s: %s%s\n", s.From.Vi(), s.Name, under)
	}
	printFlows(w, "từ", l.Predecessors)
	printFlows(w, "về", l.Successors)
	for _, a := range l.Changes {
		cite := ""
		if a.Number != "" {
			cite = ", " + a.Number
		}
		fmt.Fprintf(w, "  việc số %d: %s%s%s\n", a.ID, a.Title, cite, statusOf(a.Status))
	}
}

func printFlows(w io.Writer, word string, flows []lifeFlow) {
	for _, f := range flows {
		note := ""
		if f.Kind == org.Split {
			note = " một phần: " + partsText(f.Parts)
		}
		fmt.Fprintf(w, "  %s %s %s (%s)%s\n", word, f.Code, f.Name, f.Day.Vi(), note)
	}
}

// partsText is 84,273% dân số; 72,8276% diện tích.
func partsText(p org.Parts) string {
	var out []string
	for _, x := range []struct {
		m  int64
		of string
	}{{p.Population, "dân số"}, {p.Area, "diện tích"}, {p.Households, "số hộ"}} {
		if x.m != org.Unknown {
			out = append(out, strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d,%04d", x.m/10000, x.m%10000), "0"), ",")+"% "+x.of)
		}
	}
	if len(out) == 0 {
		return "chưa rõ tỷ lệ"
	}
	return strings.Join(out, "; ")
}

// UnitsApplyCmd enters acts from a file.
type UnitsApplyCmd struct {
	File   string `arg:"" help:"Tệp CSV hoặc JSON các việc sắp xếp; - là đầu vào chuẩn." name:"FILE"`
	DryRun bool   `help:"Chỉ xem trước, không ghi."`
	JSON   bool   `help:"In JSON."`
}

// Run enters or previews the acts.
func (c *UnitsApplyCmd) Run(r *Run) error {
	acts, err := readActs(r, c.File)
	if err != nil {
		return refusal(r, c.JSON, err)
	}
	return withTree(r, func(a *app.App, _ *org.Tree) error {
		if c.DryRun {
			return c.preview(r, a, acts)
		}
		done, err := a.Org.Apply(r.Ctx, acts, actor())
		err = asInput(err)
		if err != nil {
			return refusal(r, c.JSON, err)
		}
		if err := a.Log.Flush(r.Ctx); err != nil {
			return err
		}
		if c.JSON {
			return printJSON(r.Out, done)
		}
		fmt.Fprintf(r.Out, "Đã nhập %d việc sắp xếp%s; %d việc đã có từ trước. Mở %d đơn vị và tổ chức, tính lại %d giai đoạn.\n",
			len(done.Changes), numbers(done.Changes), done.Known, done.Opened, done.Eras)
		return nil
	})
}

func readActs(r *Run, file string) ([]org.Change, error) {
	if file == "-" {
		return org.ReadActs("đầu vào", r.In)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "Không mở được tệp "+file+". Hãy kiểm tra đường dẫn và quyền đọc.")
	}
	defer f.Close()
	return org.ReadActs(filepath.Base(file), f)
}

// numbers lists ids shortly: " (số 3–7)".
func numbers(ids []int64) string {
	switch len(ids) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf(" (số %d)", ids[0])
	}
	return fmt.Sprintf(" (số %d–%d)", slices.Min(ids), slices.Max(ids))
}

// actor is the account of the machine that runs the command; there is no sign-in on the command line.
func actor() string {
	u, err := user.Current()
	if err != nil {
		return "dòng lệnh"
	}
	return "dòng lệnh: " + u.Username
}

// refusal also prints the reasons as JSON where that was asked for.
func refusal(r *Run, asJSON bool, err error) error {
	var why *org.Refusal
	if asJSON && errors.As(err, &why) {
		if e := printJSON(r.Out, why); e != nil {
			return e
		}
	}
	return err
}

func (c *UnitsApplyCmd) preview(r *Run, a *app.App, acts []org.Change) error {
	p, err := a.Org.Preview(r.Ctx, acts)
	err = asInput(err)
	if err != nil {
		return refusal(r, c.JSON, err)
	}
	if c.JSON {
		err = printJSON(r.Out, p)
	} else {
		printPreview(r.Out, p)
	}
	if err == nil && len(p.Problems) > 0 {
		return ErrCheck
	}
	return err
}

func printPreview(w io.Writer, p *org.Preview) {
	fmt.Fprintln(w, "Xem trước, chưa ghi gì.")
	tab := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	defer tab.Flush()
	for _, u := range p.Opens {
		if !strings.Contains(u.Code, ".") {
			fmt.Fprintf(tab, "  mở\t%s\t%s\t%s\n", u.Code, u.Name, u.Day.Vi())
		}
	}
	for _, u := range p.Closes {
		fmt.Fprintf(tab, "  kết thúc\t%s\t%s\t%s\t→ %s\n", u.Code, u.Name, u.Day.Vi(), heirs(u.Successors))
	}
	for _, s := range p.Spans {
		if s.To != "" {
			fmt.Fprintf(tab, "  chuyển\t%s\t%s\t%s\t%s → %s\n", s.Code, s.Now, s.Day.Vi(), s.From, s.To)
		} else if !strings.Contains(s.Code, ".") {
			fmt.Fprintf(tab, "  đổi\t%s\t%s\t%s\t→ %s\n", s.Code, s.Was, s.Day.Vi(), s.Now)
		}
	}
	follow := 0
	for _, u := range p.Bodies {
		if sameSort(u) {
			follow++
			continue
		}
		fmt.Fprintf(tab, "  tổ chức\t%s\t%s\t%s\t→ %s\n", u.Code, u.Name, u.Day.Vi(), heirs(u.Successors))
	}
	if follow > 0 {
		fmt.Fprintf(tab, "  tổ chức\t%d tổ chức khác vào tổ chức cùng loại của địa bàn mới (xem từng tổ chức bằng --json)\n", follow)
	}
	for _, u := range p.Undecided {
		fmt.Fprintf(tab, "  CHƯA QUYẾT ĐỊNH\t%s\t%s\t%s\t%s\n", u.Host, u.Name, u.Day.Vi(), strings.Join(u.Bodies, ", "))
	}
	for _, h := range p.Hanging {
		fmt.Fprintf(tab, "  %d %s\t%s\t%s\t%s – %s\t→ %s\n", h.Count, h.What, h.Code, h.Name, h.First.Vi(), h.Last.Vi(), hangsOn(h))
	}
	for _, x := range p.Problems {
		fmt.Fprintf(tab, "  KHÔNG NHẬP ĐƯỢC\t%s: %s\n", x.Where, x.Say)
	}
	fmt.Fprintf(tab, "  giai đoạn\tbỏ %d, thêm %d; %d việc đã có từ trước\n", p.Eras.Removed, p.Eras.Added, p.Known)
}

// sameSort says whether a body goes whole into one of its own sort.
func sameSort(u org.UnitNote) bool {
	_, abbr, _ := strings.Cut(u.Code, ".")
	return len(u.Successors) == 1 && strings.HasSuffix(u.Successors[0].Code, "."+abbr)
}

// hangsOn names who takes what hangs on a unit that ends; a grant of a divided unit is for the administrator.
func hangsOn(h org.HangNote) string {
	if h.Whole && len(h.Successors) == 0 {
		return "chưa quyết định: người quản trị giao lại"
	}
	return heirs(h.Successors)
}

func heirs(list []org.HeirNote) string {
	var out []string
	for _, h := range list {
		text := h.Code + " " + h.Name
		if (h.Parts != org.Parts{Population: org.Whole, Area: org.Whole, Households: org.Whole}) {
			text += " (" + partsText(h.Parts) + ")"
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return "không có đơn vị kế tục"
	}
	return strings.Join(out, ", ")
}

// UnitsUndoCmd takes acts back.
type UnitsUndoCmd struct {
	IDs  []int64 `arg:"" name:"ID" help:"Số của các việc sắp xếp (danvan units history MÃ)."`
	JSON bool    `help:"In JSON."`
}

// Run undoes the acts.
func (c *UnitsUndoCmd) Run(r *Run) error {
	return withTree(r, func(a *app.App, _ *org.Tree) error {
		if err := a.Org.Undo(r.Ctx, actor(), c.IDs...); err != nil {
			return refusal(r, c.JSON, err)
		}
		if err := a.Log.Flush(r.Ctx); err != nil {
			return err
		}
		if c.JSON {
			return printJSON(r.Out, struct {
				Undone []int64 `json:"undone"`
			}{c.IDs})
		}
		fmt.Fprintf(r.Out, "Đã hoàn tác %d việc sắp xếp%s.\n", len(c.IDs), numbers(c.IDs))
		return nil
	})
}

// asInput says of a refused file that it is the input which cannot be taken.
func asInput(err error) error {
	var refused *org.Refusal
	if errors.As(err, &refused) {
		return fault.Wrap(err, fault.Invalid, fault.Say(err))
	}
	return err
}

// statusOf says in brackets how sure an act is; a status in other words stands as it is.
func statusOf(status string) string {
	known := map[string]string{"confirmed": "đã đối chiếu", "derived": "suy từ nguồn khác", "inferred": "suy ra, chưa đối chiếu", "estimated": "ước tính"}
	if said, ok := known[status]; ok {
		status = said
	}
	if status == "" {
		return ""
	}
	return " [" + status + "]"
}
