package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Marking gives a workbook back with what is wrong with it: every wrong cell coloured, with a comment, and a column
// that says it all in the row. Marks of an earlier time are taken away.
type Marking struct {
	Marks   []CellMark
	Rows    []RowMark
	Says    []SayColumn
	Changes []CellChange
}

// CellMark is what is wrong with one cell. Rows count from 1, columns from 0.
type CellMark struct {
	Sheet    string
	Row, Col int
	Say      string
}

// RowMark is what is wrong with one row, for the column that says so.
type RowMark struct {
	Sheet string
	Row   int
	Say   string
}

// SayColumn is the column of a sheet that says what is wrong with its rows.
type SayColumn struct {
	Sheet   string
	HeadRow int
	Col     int
	Head    string
}

// CellChange is a cell that was mended elsewhere.
type CellChange struct {
	Sheet    string
	Row, Col int
	Cell     Cell
}

const (
	wrongFill = "F8CBC6"
	// commentHead begins every comment, so that it is found again.
	commentHead = "Cần sửa: "
)

// Mark writes a workbook again with its marks. The file is checked against the limits before it is opened.
func Mark(w io.Writer, content []byte, lim Limits, m *Marking) error {
	lim = lim.orDefault()
	if _, err := open(bytes.NewReader(content), int64(len(content)), lim); err != nil {
		return err
	}
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{UnzipSizeLimit: lim.Unpacked, UnzipXMLSizeLimit: lim.Unpacked})
	if err != nil {
		return fmt.Errorf("xlsx: open to mark: %w", err)
	}
	defer f.Close()
	k := &marker{f: f, m: m, bad: map[int]int{}, plain: map[int]int{}}
	for _, step := range []func() error{k.clear, k.change, k.cells, k.rows} {
		if err := step(); err != nil {
			return fmt.Errorf("xlsx: mark: %w", err)
		}
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("xlsx: write: %w", err)
	}
	return nil
}

type marker struct {
	f     *excelize.File
	m     *Marking
	bad   map[int]int // style → the same, coloured
	plain map[int]int // style → the same, without the colour
}

// clear takes away the marks that an earlier answer left.
func (k *marker) clear() error {
	for _, s := range k.m.Says {
		if err := k.clearComments(s.Sheet); err != nil {
			return err
		}
		rows, err := k.f.GetRows(s.Sheet)
		if err != nil {
			return err
		}
		for r := s.HeadRow; r < len(rows); r++ {
			for c := range max(len(rows[r]), s.Col) {
				if err := k.uncolour(s.Sheet, at(c, r+1)); err != nil {
					return err
				}
			}
			if s.Col < len(rows[r]) && rows[r][s.Col] != "" {
				if err := k.f.SetCellStr(s.Sheet, at(s.Col, r+1), ""); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (k *marker) clearComments(sheet string) error {
	comments, err := k.f.GetComments(sheet)
	if err != nil {
		return err
	}
	for _, c := range comments {
		text := c.Text
		for _, run := range c.Paragraph {
			text += run.Text
		}
		if strings.Contains(text, commentHead) {
			if err := k.f.DeleteComment(sheet, c.Cell); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *marker) uncolour(sheet, cell string) error {
	id, err := k.f.GetCellStyle(sheet, cell)
	if err != nil || id == 0 {
		return err
	}
	plain, known := k.plain[id]
	if !known {
		if plain = id; k.isWrong(id) {
			plain = k.filled(id, 0)
		}
		k.plain[id] = plain
	}
	if plain == id {
		return nil
	}
	return k.f.SetCellStyle(sheet, cell, cell, plain)
}

// isWrong reports whether a style has the colour of wrong cells.
func (k *marker) isWrong(id int) bool {
	xf := k.f.Styles.CellXfs.Xf[id]
	if xf.FillID == nil || k.f.Styles.Fills == nil || *xf.FillID >= len(k.f.Styles.Fills.Fill) {
		return false
	}
	p := k.f.Styles.Fills.Fill[*xf.FillID].PatternFill
	return p != nil && p.FgColor != nil && strings.HasSuffix(strings.ToUpper(p.FgColor.RGB), wrongFill)
}

// filled is a style with another fill and all else as it was. The library's own way would read the style and make it
// anew, and loses colours of workbooks without a theme, such as those of LibreOffice.
func (k *marker) filled(id, fill int) int {
	xfs := k.f.Styles.CellXfs
	xf, yes := xfs.Xf[id], true
	xf.FillID, xf.ApplyFill = &fill, &yes
	xfs.Xf = append(xfs.Xf, xf)
	xfs.Count = len(xfs.Xf)
	return xfs.Count - 1
}

func (k *marker) change() error {
	for _, c := range k.m.Changes {
		value, _ := c.Cell.value()
		if err := k.f.SetCellValue(c.Sheet, at(c.Col, c.Row), value); err != nil {
			return err
		}
	}
	return nil
}

func (k *marker) cells() error {
	for _, m := range k.m.Marks {
		cell := at(m.Col, m.Row)
		id, err := k.f.GetCellStyle(m.Sheet, cell)
		if err != nil {
			return err
		}
		bad, known := k.bad[id]
		if !known {
			if bad, err = k.coloured(id); err != nil {
				return err
			}
			k.bad[id] = bad
		}
		if err := k.f.SetCellStyle(m.Sheet, cell, cell, bad); err != nil {
			return err
		}
		say := commentHead + cut(clean(m.Say), 2000)
		err = k.f.AddComment(m.Sheet, excelize.Comment{Cell: cell, Author: "danvan", Text: say, Width: 320,
			Height: uint(40 + 20*(utf8.RuneCountInString(say)/40))})
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *marker) coloured(id int) (int, error) {
	made, err := k.f.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{wrongFill}}})
	if err != nil {
		return 0, err
	}
	return k.filled(id, *k.f.Styles.CellXfs.Xf[made].FillID), nil
}

// rows writes the column that says what is wrong.
func (k *marker) rows() error {
	st := &styles{f: k.f, made: map[string]int{}}
	head, err := st.id(look{font: "head", border: true, align: "center", wrap: true})
	if err != nil {
		return err
	}
	say, err := st.id(look{border: true, wrap: true})
	if err != nil {
		return err
	}
	cols := map[string]int{}
	for _, s := range k.m.Says {
		cols[s.Sheet] = s.Col
		cell := at(s.Col, s.HeadRow)
		if err := k.f.SetCellStr(s.Sheet, cell, s.Head); err != nil {
			return err
		}
		name, _ := excelize.ColumnNumberToName(s.Col + 1)
		if err := k.f.SetColWidth(s.Sheet, name, name, 60); err != nil {
			return err
		}
		if err := k.f.SetCellStyle(s.Sheet, cell, cell, head); err != nil {
			return err
		}
	}
	for _, r := range k.m.Rows {
		col, ok := cols[r.Sheet]
		if !ok {
			continue
		}
		cell := at(col, r.Row)
		if err := k.f.SetCellStr(r.Sheet, cell, cut(clean(r.Say), 32_000)); err != nil {
			return err
		}
		if err := k.f.SetCellStyle(r.Sheet, cell, cell, say); err != nil {
			return err
		}
	}
	return nil
}
