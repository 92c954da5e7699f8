package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"danvan/data"
	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/intake"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// ImportUnitsCmd enters the first load of units: a file, or one of the lists that the program carries.
type ImportUnitsCmd struct {
	importFlags
	Bodies bool   `help:"Sinh các tổ chức của mỗi địa bàn theo loại đơn vị trong danh mục quy định."`
	On     string `help:"Ngày đầu của các đơn vị không ghi ngày thành lập." default:"2010-01-01" placeholder:"D"`
}

// carried is the folder of a list of units that the program carries.
func carried(name string) (string, error) {
	switch name {
	case "@nation":
		return "nation", nil
	case "@bac_kan":
		return "units/bac_kan", nil
	}
	return "", fault.Newf(fault.NotFound, "Không có danh mục %s. Các danh mục kèm theo: @nation (cả nước, kèm sắp xếp năm 2025), @bac_kan (Bắc Kạn và Thái Nguyên).", name)
}

// Run imports the units into the installation, which it creates where there is none.
func (c *ImportUnitsCmd) Run(r *Run) error {
	var t *table
	bad := map[int]ledger.Problems{}
	if !strings.HasPrefix(c.File, "@") {
		var err error
		if t, err = readTable(c.File, c.Format, c.Sheet); err != nil {
			return err
		}
		if err := t.flatten(bad); err != nil {
			return err
		}
	}
	a, err := r.OpenNew()
	if err != nil {
		return err
	}
	defer a.Close()
	u := &unitsImport{ImportUnitsCmd: c, app: a, table: t, bad: bad}
	if c.Bodies || t == nil { // the acts of a carried list name bodies that only rules make
		u.rules = ledger.BodyRules(a.Catalog.Latest())
	}
	if u.floor, err = civil.ParseDate(c.On); err != nil {
		return fault.Wrap(err, fault.Invalid, "Ngày (--on) chưa đúng: viết dạng 2010-01-01.")
	}
	done, err := u.run(r)
	if err != nil {
		return refusal(r, c.JSON, err)
	}
	return u.finish(r, done)
}

// unitsImport is an import of units under way.
type unitsImport struct {
	*ImportUnitsCmd
	app   *app.App
	table *table // nil for a carried list
	bad   map[int]ledger.Problems
	rules []org.BodyRule
	floor civil.Date
}

func (u *unitsImport) run(r *Run) (*org.Imported, error) {
	if u.table == nil {
		return u.carried(r.Ctx)
	}
	progress := r.Progress("Nhập " + u.table.Name)
	progress(0, len(u.table.Rows))
	done, err := u.rows(r.Ctx)
	if err == nil {
		progress(len(u.table.Rows), len(u.table.Rows))
	}
	return done, err
}

func (u *unitsImport) carried(ctx context.Context) (done *org.Imported, err error) {
	folder, err := carried(u.File)
	if err != nil {
		return nil, err
	}
	err = u.app.DB.WriteAlone(ctx, func(tx *db.Tx) (err error) {
		done, err = u.app.Org.LoadFolder(ctx, tx, data.FS, folder, u.rules, u.who())
		if err == nil && u.DryRun {
			return errDryRun
		}
		return err
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return done, err
}

// rows imports what is not bad. A partial import leaves out bad rows, and then those that need them, until the
// rest holds.
func (u *unitsImport) rows(ctx context.Context) (*org.Imported, error) {
	for {
		if len(u.bad) > 0 && !u.Partial {
			return &org.Imported{}, nil
		}
		done, err := u.once(ctx)
		if err == nil {
			return done, nil
		}
		before := len(u.bad)
		if !u.table.blame(err, u.bad) || len(u.bad) == before {
			return nil, err
		}
	}
}

func (u *unitsImport) once(ctx context.Context) (done *org.Imported, err error) {
	text := u.table.unitsCSV(u.bad)
	if u.DryRun {
		return u.rehearse(ctx, text)
	}
	units, err := org.ReadUnits(u.table.Name, bytes.NewReader(text), u.floor)
	if err != nil {
		return nil, err
	}
	return u.app.Org.ImportUnits(ctx, units, u.who(), u.rules...)
}

// rehearse loads the units as a set, in a transaction that is taken back.
func (u *unitsImport) rehearse(ctx context.Context, text []byte) (done *org.Imported, err error) {
	dir, err := os.MkdirTemp("", "danvan-units-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "units.csv"), text, 0o600); err != nil {
		return nil, err
	}
	err = u.app.DB.WriteAlone(ctx, func(tx *db.Tx) (err error) {
		if done, err = u.app.Org.LoadFolder(ctx, tx, os.DirFS(dir), ".", u.rules, u.who()); err != nil {
			return err
		}
		return errDryRun
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return done, err
}

// finish tells what was done and what is wrong.
func (u *unitsImport) finish(r *Run, done *org.Imported) error {
	if len(u.bad) == 0 || u.Partial {
		if !u.DryRun {
			if err := u.app.Log.Flush(r.Ctx); err != nil {
				return fmt.Errorf("the units are saved; sequencing their leaves: %w", err)
			}
		}
		if err := u.print(r, done); err != nil {
			return err
		}
	}
	if len(u.bad) == 0 {
		return nil
	}
	return u.tell(r, u.table, u.bad)
}

func (u *unitsImport) print(r *Run, done *org.Imported) error {
	if u.JSON {
		return printJSON(r.Out, done)
	}
	what := "Đã nhập"
	if u.DryRun {
		what = "Kiểm tra xong, chưa ghi gì; sẽ nhập"
	}
	_, err := fmt.Fprintf(r.Out, "%s %d đơn vị; %d đơn vị đã có từ trước; %d việc sắp xếp; %d dòng sai.\n",
		what, done.Units, done.Have, len(done.Changes), len(u.bad))
	return err
}

// blame finds the rows that a refusal speaks of. False: it speaks of something else.
func (t *table) blame(err error, bad map[int]ledger.Problems) bool {
	var no *org.Refusal
	if !errors.As(err, &no) {
		return false
	}
	for _, reason := range no.Reasons {
		i, ok := t.rowNamed(reason.Where)
		if !ok {
			i, ok = t.rowOfCode(reason.Say)
		}
		if !ok {
			return false
		}
		bad[i] = append(bad[i], ledger.Problem{Say: reason.Say})
	}
	return true
}

// rowNamed reads "units.csv dòng 12: ", where 12 is the line in the table as unitsCSV wrote it.
func (t *table) rowNamed(where string) (int, bool) {
	_, after, ok := strings.Cut(where, "dòng ")
	line := 0
	if _, err := fmt.Sscanf(after, "%d", &line); !ok || err != nil {
		return 0, false
	}
	i := slices.IndexFunc(t.Rows, func(r intake.Row) bool { return r.Line+t.shift() == line })
	return i, i >= 0
}

// rowOfCode finds the row whose unit a sentence speaks of: the code that stands last in it ("đơn vị cấp trên 501
// của 50102").
func (t *table) rowOfCode(say string) (int, bool) {
	col := slices.IndexFunc(t.Header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), "code") })
	words := strings.FieldsFunc(say, func(r rune) bool { return strings.ContainsRune(" ,;:()", r) })
	for _, word := range slices.Backward(words) {
		for i, r := range t.Rows {
			if col >= 0 && col < len(r.Cells) && strings.EqualFold(strings.TrimSpace(r.Cells[col]), strings.TrimSuffix(word, ".")) {
				return i, true
			}
		}
	}
	return 0, false
}

// shift is how many lines a row moves down in unitsCSV: JSON Lines have no header of their own.
func (t *table) shift() int {
	if t.Format == "jsonl" {
		return 1
	}
	return 0
}

// unitsCSV writes the good rows as CSV, each on its own line of the file, so that errors name the right one.
func (t *table) unitsCSV(bad map[int]ledger.Problems) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	put := func(cells []string) {
		out := t.Extended(cells, "")
		for i, cell := range out {
			out[i] = strings.Join(strings.Fields(cell), " ") // one row, one line
		}
		w.Write(out[:len(out)-1])
		w.Flush()
	}
	put(t.Header)
	line := 1 // written so far
	shift := t.shift()
	for i, r := range t.Rows {
		if bad[i] != nil {
			continue
		}
		for ; line < r.Line+shift-1; line++ {
			b.WriteByte('\n') // the reader passes over empty lines and counts them
		}
		put(r.Cells)
		line++
	}
	return b.Bytes()
}

// flatten turns lines of JSON into rows under a header of all their keys.
func (t *table) flatten(bad map[int]ledger.Problems) error {
	if t.Format != "jsonl" {
		if !slices.ContainsFunc(t.Header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), "code") }) {
			return fault.New(fault.Invalid, "Tệp đơn vị thiếu cột “code”. Dòng đầu của tệp phải là tên các cột; xem docs/import.md.")
		}
		return nil
	}
	objects := make([]map[string]any, len(t.Rows))
	for i := range t.Rows {
		if err := json.Unmarshal(t.Rows[i].JSON, &objects[i]); err != nil {
			bad[i] = ledger.Problems{{Say: fmt.Sprintf("Dòng không đúng dạng JSON (%v).", err)}}
			continue
		}
		for key := range objects[i] {
			if key != ledger.ErrorColumn && !slices.Contains(t.Header, key) {
				t.Header = append(t.Header, key)
			}
		}
	}
	slices.Sort(t.Header)
	for i, object := range objects {
		cells := make([]string, len(t.Header))
		for j, key := range t.Header {
			if v := object[key]; v != nil {
				cells[j] = fmt.Sprint(v)
			}
		}
		t.Rows[i].Cells = cells
	}
	return nil
}
