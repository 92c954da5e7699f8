package xlsx

import (
	"iter"
	"time"
)

// Workbook is a file of sheets.
type Workbook struct {
	// Title and Subject go into the properties of the file.
	Title, Subject string
	// Mark, when set, is printed at the head of every page and stands in the
	// first row of every sheet ("Dữ liệu minh họa – ...").
	Mark   string
	Sheets []Sheet
	// Created is written into the properties; zero leaves a fixed moment.
	Created time.Time
}

// Sheet is one table with its heading.
type Sheet struct {
	// Name is made fit for Excel: at most 31 letters, none of []:*?/\, unique.
	Name string
	// Titles are the lines above the table; the first is bold.
	Titles  []string
	Columns []Column
	// Heads, when set, are written instead of the columns' heads: rows of cells that span.
	Heads [][]HeadCell
	Rows  []Row
	// Stream, when set, gives the rows instead, so that none need be held; Count says how many. Columns without a
	// Width are then as wide as their heads.
	Stream iter.Seq2[Row, error]
	Count  int
	// Notes stand under the table.
	Notes []string
	// Portrait prints upright; the default is A4 landscape.
	Portrait bool
}

// Column is a column of a sheet.
type Column struct {
	Head string
	// Unit is written in brackets under the head.
	Unit string
	// Width in characters; 0 is made from head and cells.
	Width float64
	// Choices, when set, are offered as a list in every cell of the column, down to row ChoiceRows. Other texts
	// are refused by the spreadsheet unless Loose.
	Choices []string
	Loose   bool
}

// Row is a row of cells; Bold marks totals.
type Row struct {
	Cells []Cell
	Bold  bool
}

// Kind is the type of a cell.
type Kind int

const (
	// KindEmpty is a cell in which nothing was reported.
	KindEmpty Kind = iota
	KindText
	KindInt
	KindDecimal
	KindPercent
	KindDate
)

// Cell is a typed cell. Make it with Text, Int, Decimal, Percent, Date; the
// zero Cell is empty.
type Cell struct {
	Kind     Kind
	Text     string
	Int      int64
	Number   float64
	Decimals int
	Date     time.Time
}

// Text is a cell of text. It stays text whatever it begins with.
func Text(s string) Cell { return Cell{Kind: KindText, Text: s} }

// Int is a whole number. Beyond 15 digits, which Excel cannot hold, it is
// written as text so that no digit is lost.
func Int(n int64) Cell { return Cell{Kind: KindInt, Int: n} }

// Decimal is a number shown with the given number of decimals.
func Decimal(n float64, decimals int) Cell {
	return Cell{Kind: KindDecimal, Number: n, Decimals: decimals}
}

// Percent is a ratio (0.97 is 97 %) shown as percent.
func Percent(ratio float64, decimals int) Cell {
	return Cell{Kind: KindPercent, Number: ratio, Decimals: decimals}
}

// Date is a day, shown as dd/mm/yyyy.
func Date(t time.Time) Cell { return Cell{Kind: KindDate, Date: t} }

// Empty is a cell in which nothing was reported.
func Empty() Cell { return Cell{} }

// Texts returns a row of text cells.
func Texts(s ...string) Row {
	r := Row{Cells: make([]Cell, len(s))}
	for i := range s {
		r.Cells[i] = Text(s[i])
	}
	return r
}
