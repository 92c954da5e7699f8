package docx

import "time"

// Style is the family of official form a document follows.
type Style int

const (
	// Party is the form of Party bodies (Hướng dẫn 36-HD/VPTW, 03/4/2018).
	Party Style = iota
	// State is the form of administrative bodies (Nghị định 30/2020/NĐ-CP).
	State
)

// Document is one official document, complete with letterhead, body,
// recipients and signature. The zero value of every field is printable: an
// unknown number or date is left as dots, as on a draft.
type Document struct {
	Style      Style
	Letterhead Letterhead
	// Title is the type of document in capitals ("BÁO CÁO"); Subject the
	// sentence under it (trích yếu).
	Title, Subject string
	Blocks         []Block
	// Recipients are the lines under "Nơi nhận:", without their dash.
	Recipients []string
	Signature  Signature
	// Appendices follow the signature. A document of nothing else has no
	// letterhead.
	Appendices []Appendix
	// Mark, when set, is printed at the head of every page, for instance
	// "Dữ liệu minh họa – mọi bản ghi đều là giả định".
	Mark string
	// Margins replaces the margins of the style.
	Margins *Margins
	// Created is written into the properties of the file; zero leaves it out,
	// so that equal documents are equal to the byte.
	Created time.Time
}

// Letterhead is the block at the top of page one.
type Letterhead struct {
	// Superior is the body above the issuing one ("TỈNH ỦY BẮC KẠN"), empty
	// where there is none; Issuer the body that signs ("BAN DÂN VẬN"), broken
	// evenly where it is long, or where it holds a line break.
	Superior, Issuer string
	// Number and Symbol make "Số 36-BC/BDV" (Party) or "Số: 84/BC-UBND"
	// (State). An empty Number leaves room for it to be written in.
	Number, Symbol string
	// Place and Date make "Bắc Kạn, ngày 05 tháng 01 năm 2020"; a zero Date
	// leaves dots, a Date known to the month only is given in DateText.
	Place string
	Date  time.Time
	// DateText, when set, is printed after the place instead of Date.
	DateText string
}

// Signature is the block at the bottom right of the last page of the body.
type Signature struct {
	// Authority are the lines above the office, such as
	// "T/M BAN THƯỜNG VỤ" or "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH".
	Authority []string
	// Position is the signer's office, Name the signer. An empty Signature
	// prints no block.
	Position, Name string
}

// Appendix is a section of its own after the signature.
type Appendix struct {
	// Title ("PHỤ LỤC 1"), Subject and Reference ("Kèm theo Báo cáo số ...")
	// head the section.
	Title, Subject, Reference string
	Landscape                 bool
	Blocks                    []Block
}

// Margins are distances from the edge of the paper in millimetres.
type Margins struct{ Top, Bottom, Left, Right float64 }

// Block is one piece of the body: Heading, Paragraph, List, Table, Chart,
// Picture or PageBreak.
type Block interface{ write(p *part) error }

// Heading is a numbered heading; Level 1 is "I.", 2 is "1.", 3 is "a)".
// Number is printed as given, so that the text of a report decides it.
type Heading struct {
	Level        int
	Number, Text string
}

// Align says where the text of a paragraph or cell stands.
type Align int

const (
	// AlignDefault is justified in paragraphs, left in cells of words.
	AlignDefault Align = iota
	AlignLeft
	AlignCenter
	AlignRight
)

// Paragraph is a paragraph of running text. Its first line is indented
// unless NoIndent is set or it is aligned otherwise than by default.
type Paragraph struct {
	Runs     []Run
	Align    Align
	NoIndent bool
	// KeepNext keeps the paragraph on the page of the one that follows.
	KeepNext bool
}

// Run is a stretch of text with one look.
type Run struct {
	Text                    string
	Bold, Italic, Underline bool
	// Small prints two points smaller, for remarks.
	Small bool
	// Note, when set, hangs a footnote on the run.
	Note string
}

// Text returns a paragraph of one plain run.
func Text(s string) Paragraph { return Paragraph{Runs: []Run{{Text: s}}} }

// List is a run of items, with a dash each or numbered from 1.
type List struct {
	Ordered bool
	Items   [][]Run
}

// PageBreak begins a new page.
type PageBreak struct{}

// Table is a ruled table whose head is repeated on every page and whose rows
// are never split between pages.
type Table struct {
	Caption string
	// Unit is printed at the right above the table ("Đơn vị tính: lượt").
	Unit    string
	Columns []Column
	// Head holds the rows of the head. A cell that spans takes the place of
	// the cells it covers, which are left out, as in HTML.
	Head [][]HeadCell
	Rows []Row
	// Source and Note are printed under the table in small type.
	Source, Note string
}

// Column gives a column its width in millimetres (0 shares what is left) and
// the alignment of its cells.
type Column struct {
	Width float64
	Align Align
}

// HeadCell is a cell of the head; spans below 1 count as 1.
type HeadCell struct {
	Text             string
	ColSpan, RowSpan int
}

// RowKind says how a row stands out.
type RowKind int

const (
	// RowPlain is an ordinary row.
	RowPlain RowKind = iota
	// RowGroup heads a group of rows, bold on a grey ground.
	RowGroup
	// RowTotal adds up, bold.
	RowTotal
)

// Row is a row of a table.
type Row struct {
	Kind  RowKind
	Cells []Cell
}

// Cell is a cell of the body; ColSpan below 1 counts as 1. Align overrides
// the column.
type Cell struct {
	Text         string
	Runs         []Run // instead of Text
	Align        Align
	Bold, Italic bool
	ColSpan      int
}

// Cells returns a plain row of the texts.
func Cells(texts ...string) Row {
	r := Row{Cells: make([]Cell, len(texts))}
	for i, t := range texts {
		r.Cells[i].Text = t
	}
	return r
}

// ChartKind is the form of a chart.
type ChartKind int

const (
	// Bars stand side by side.
	Bars ChartKind = iota
	// StackedBars stand on one another.
	StackedBars
	// HorizontalBars lie side by side, first category on top.
	HorizontalBars
	// Lines are lines with gaps where nothing was reported.
	Lines
)

// Chart is a native chart of Word with its values inside the document.
type Chart struct {
	Kind ChartKind
	// Caption is printed above, Alt read to those who cannot see; an empty
	// Alt is made of the values.
	Caption, Alt string
	// Unit is printed under the caption ("Đơn vị tính: %").
	Unit       string
	Categories []string
	Series     []Series
	// Breaks cut every line: no line is drawn into the category at which the
	// definition changed. The reason of each is printed under the chart.
	Breaks []Break
	// Decimals of the labels and the axis.
	Decimals     int
	HideLabels   bool
	HeightMM     float64 // 0 is 75
	Source, Note string
}

// Series is a named row of values, one for each category. NaN is nothing
// reported, which is not zero.
type Series struct {
	Name   string
	Values []float64
	// Labels, when set, are printed instead of the numbers.
	Labels []string
}

// Break says that from category At on the values follow another definition.
type Break struct {
	At     int
	Reason string
}

// Picture is a PNG or JPEG image.
type Picture struct {
	Data         []byte
	Alt          string
	WidthMM      float64 // 0 is the width of the text
	Caption      string
	Source, Note string
}
