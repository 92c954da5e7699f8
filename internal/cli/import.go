package cli

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"

	"danvan/internal/app"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/intake"
	"danvan/internal/ledger"
)

// ImportCmd reads files into the installation; docs/import.md describes them.
type ImportCmd struct {
	Units    ImportUnitsCmd    `cmd:"" help:"Nhập đơn vị hành chính và tổ chức."`
	Entries  ImportEntriesCmd  `cmd:"" help:"Nhập ghi nhận."`
	Readings ImportReadingsCmd `cmd:"" help:"Nhập số đọc: chỉ tiêu kinh tế - xã hội theo năm và nguồn."`
}

// importFlags are the same for all three.
type importFlags struct {
	File    string `arg:"" help:"Tệp CSV, JSON Lines (.jsonl) hoặc XLSX (docs/import.md); với import units còn có @nation, @bac_kan." name:"FILE"`
	Format  string `help:"Định dạng: csv, jsonl, xlsx; mặc định theo đuôi tệp." enum:",csv,jsonl,xlsx" default:"" placeholder:"F"`
	Sheet   string `help:"Tên trang tính của tệp XLSX; mặc định trang đầu." placeholder:"NAME"`
	Partial bool   `help:"Nhập các dòng đúng, để lại các dòng sai. Mặc định: có một dòng sai thì không nhập gì."`
	Errors  string `help:"Ghi các dòng kèm cột “lỗi” ra tệp này để sửa rồi nhập lại." placeholder:"FILE"`
	Actor   string `help:"Người hoặc đơn vị nhập, ghi vào sổ niêm phong; mặc định tài khoản đang dùng máy." placeholder:"NAME"`
	DryRun  bool   `help:"Kiểm tra toàn bộ như khi nhập, nhưng không ghi gì."`
	JSON    bool   `help:"In kết quả dạng JSON."`
}

// ImportEntriesCmd imports entries.
type ImportEntriesCmd struct {
	importFlags
	Kind        string `help:"Loại ghi nhận của những dòng không có cột kind." placeholder:"CODE"`
	Attachments string `help:"Thư mục chứa tệp đính kèm nêu ở cột files; mặc định thư mục của tệp nhập." type:"existingdir" placeholder:"DIR"`
}

// Run imports the file.
func (c *ImportEntriesCmd) Run(r *Run) error {
	return c.importDrafts(r, intake.Reading{Kind: c.Kind}, c.attach)
}

// ImportReadingsCmd imports readings: entries of the catalogue's kind of readings.
type ImportReadingsCmd struct {
	importFlags
	Kind string `help:"Loại ghi nhận của số đọc." default:"socio_reading" placeholder:"CODE"`
}

// Run imports the file.
func (c *ImportReadingsCmd) Run(r *Run) error {
	return c.importDrafts(r, intake.Reading{Readings: true, Kind: c.Kind}, nil)
}

// errDryRun takes back what a dry run wrote.
var errDryRun = errors.New("dry run")

// imported is a file with its drafts and what is wrong with its rows.
type imported struct {
	table  *table
	drafts []ledger.Draft
	rows   []int                   // of each draft, the index of its row
	bad    map[int]ledger.Problems // by index of row
}

func (c *importFlags) importDrafts(r *Run, how intake.Reading, attach func(*Run, *files.Store, *imported) error) error {
	t, err := readTable(c.File, c.Format, c.Sheet)
	if err != nil {
		return err
	}
	in, err := t.draftsOf(how)
	if err != nil {
		return err
	}
	a, err := r.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	if attach != nil && namesFiles(in.drafts) {
		store, err := a.Files()
		if err != nil {
			return err
		}
		if err := attach(r, store, in); err != nil {
			return err
		}
	}
	result, err := c.post(r, a, in)
	if err != nil {
		return err
	}
	return c.finish(r, in, result)
}

// draftsOf turns rows into drafts.
func (t *table) draftsOf(how intake.Reading) (*imported, error) {
	d, err := t.Drafts(how)
	if err != nil {
		return nil, err
	}
	return &imported{table: t, drafts: d.Drafts, rows: d.Rows, bad: d.Bad}, nil
}

// post records the drafts and gathers what is wrong with any. Where something is wrong and the import is not
// partial, everything is checked all the same and nothing is kept.
func (c *importFlags) post(r *Run, a *app.App, in *imported) (ledger.BulkResult, error) {
	opts := ledger.BulkOptions{Actor: c.who(), Name: filepath.Base(c.File), ContentKeys: true, Total: len(in.drafts),
		Partial: c.Partial, Progress: r.Progress("Nhập " + filepath.Base(c.File))}
	var result ledger.BulkResult
	err := a.DB.WriteAlone(r.Ctx, func(tx *db.Tx) (err error) {
		result, err = a.Ledger.Bulk(r.Ctx, tx, values(in.drafts), opts)
		if err == nil && (c.DryRun || len(in.bad) > 0 && !c.Partial) {
			return errDryRun
		}
		return err
	})
	var wrong ledger.RowErrors
	if errors.As(err, &wrong) {
		result, err = ledger.BulkResult{}, nil
	}
	for _, e := range append(wrong, result.Refused...) {
		in.bad[in.rows[e.Row-1]] = e.Problems
	}
	if err != nil && !errors.Is(err, errDryRun) {
		return result, err
	}
	if !c.DryRun && result.Saved > 0 {
		if err := a.Log.Flush(r.Ctx); err != nil {
			return result, fmt.Errorf("the entries are saved; sequencing their leaves: %w", err)
		}
	}
	return result, nil
}

func values(drafts []ledger.Draft) iter.Seq[ledger.Draft] {
	return func(yield func(ledger.Draft) bool) {
		for _, d := range drafts {
			if !yield(d) {
				return
			}
		}
	}
}

// finish tells what was done and what is wrong, and writes the error file.
func (c *importFlags) finish(r *Run, in *imported, result ledger.BulkResult) error {
	kept := c.Partial || len(in.bad) == 0
	switch {
	case c.JSON:
		if err := printJSON(r.Out, c.report(in, result, kept)); err != nil {
			return err
		}
	case c.DryRun && kept:
		fmt.Fprintf(r.Out, "Kiểm tra xong, chưa ghi gì: %d ghi nhận sẽ được nhập, %d đã có từ trước, %d dòng sai.\n",
			result.Saved, result.Existed, len(in.bad))
	case kept:
		fmt.Fprintf(r.Out, "Đã nhập %d ghi nhận, %d đã có từ trước, %d dòng sai.", result.Saved, result.Existed, len(in.bad))
		if result.Batch != 0 {
			fmt.Fprintf(r.Out, " Lần nhập số %d.", result.Batch)
		}
		fmt.Fprintln(r.Out)
	}
	if len(in.bad) == 0 {
		return nil
	}
	return c.tell(r, in.table, in.bad)
}

// importReport is the result of an import as JSON.
type importReport struct {
	Saved   int           `json:"saved"`
	Existed int           `json:"existed"`
	Bad     int           `json:"bad"`
	Kept    bool          `json:"kept"` // false: nothing was saved
	Batch   int64         `json:"batch,omitempty"`
	Errors  []importError `json:"errors"`
}

type importError struct {
	Row    int    `json:"row"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
}

func (c *importFlags) report(in *imported, result ledger.BulkResult, kept bool) importReport {
	out := importReport{Bad: len(in.bad), Kept: kept && !c.DryRun, Errors: []importError{}}
	if kept {
		out.Saved, out.Existed = result.Saved, result.Existed
	}
	if out.Kept {
		out.Batch = result.Batch
	}
	for i, row := range in.table.Rows {
		for _, p := range in.bad[i] {
			out.Errors = append(out.Errors, importError{Row: row.Line, Column: in.table.ColumnName(p.Field), Reason: p.Say})
		}
	}
	return out
}

// shown is how many errors are printed; the error file has all.
const shown = 20

// tell prints the errors by row and column and writes the error file.
func (c *importFlags) tell(r *Run, t *table, bad map[int]ledger.Problems) error {
	n := 0
	for i, row := range t.Rows {
		for _, p := range bad[i] {
			if n++; n <= shown {
				fmt.Fprintf(r.Err, "Dòng %d%s: %s\n", row.Line, t.column(p.Field), p.Say)
			}
		}
	}
	if n > shown {
		fmt.Fprintf(r.Err, "… và %d lỗi khác.\n", n-shown)
	}
	if c.Errors == "" {
		fmt.Fprintln(r.Err, "Thêm --errors TỆP để ghi các dòng kèm lý do ra tệp, sửa rồi nhập lại.")
	} else {
		if err := t.writeErrors(c.Errors, bad, c.Partial); err != nil {
			return err
		}
		fmt.Fprintf(r.Err, "Đã ghi các dòng kèm lý do vào %s. Hãy sửa trong tệp đó rồi nhập lại tệp đó.\n", c.Errors)
	}
	if c.Partial {
		return ErrCheck
	}
	return fault.Newf(fault.Invalid, "Có %d dòng sai nên chưa nhập gì. Hãy sửa các dòng đó rồi nhập lại, hoặc thêm --partial để nhập các dòng đúng.", len(bad))
}

// column names the column of a field for a sentence about it.
func (t *table) column(field string) string {
	if name := t.ColumnName(field); name != "" {
		return ", cột " + name
	}
	return ""
}

// who is the actor named, or the account that runs the program.
func (c *importFlags) who() string {
	if c.Actor != "" {
		return c.Actor
	}
	return actor()
}
