package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"
)

// The reasons for which a file is refused. Their texts are for people.
var (
	ErrNotXLSX    = errors.New("tệp không phải là bảng tính .xlsx hoặc đã hỏng; hãy mở bằng Excel và lưu lại theo định dạng .xlsx")
	ErrTooBig     = errors.New("tệp quá lớn; hãy chia thành nhiều tệp nhỏ hơn")
	ErrMacros     = errors.New("tệp có chứa macro; hãy lưu lại theo định dạng .xlsx không có macro")
	ErrOldFormat  = errors.New("tệp theo định dạng .xls cũ hoặc đặt mật khẩu; hãy bỏ mật khẩu và lưu lại theo định dạng .xlsx")
	ErrNoSheet    = errors.New("không tìm thấy trang tính")
	ErrErrorValue = errors.New("ô chứa lỗi công thức; hãy sửa công thức hoặc nhập giá trị")
)

// Limits bound what a file may cost. A zero field takes the default.
type Limits struct {
	File     int64 // bytes of the file itself, default 50 MB
	Unpacked int64 // bytes of all parts unpacked, default 200 MB
	Entries  int   // parts in the zip, default 2,000
	Ratio    int64 // unpacked to packed of one part above 1 MB, default 200
	Rows     int   // default 1,048,576
	Cols     int   // default 512
	Text     int   // bytes of one text, default 200,000
	Cells    int   // that Read keeps, default 10,000,000; Rows keeps none
}

func (l Limits) orDefault() Limits {
	d := Limits{File: 50 << 20, Unpacked: 200 << 20, Entries: 2000, Ratio: 200, Rows: maxRows, Cols: 512, Text: 200_000, Cells: 10_000_000}
	set(&d.File, l.File)
	set(&d.Unpacked, l.Unpacked)
	set(&d.Entries, l.Entries)
	set(&d.Ratio, l.Ratio)
	set(&d.Rows, l.Rows)
	set(&d.Cols, l.Cols)
	set(&d.Text, l.Text)
	set(&d.Cells, l.Cells)
	return d
}

func set[T int | int64](to *T, v T) {
	if v > 0 {
		*to = v
	}
}

// ReadRow is a row of a sheet that was read: its number as Excel shows it and its cells, cut
// after the last one that holds something.
type ReadRow struct {
	Number int
	Cells  []string
}

// Read returns all rows of a sheet (the first one when the name is empty) in
// their places: row i of the result is row i+1 of the sheet, empty rows are nil.
func Read(r io.ReaderAt, size int64, sheet string, lim Limits) ([][]string, error) {
	out := [][]string{}
	lim = lim.orDefault()
	kept := 0
	for row, err := range Rows(r, size, sheet, lim) {
		if err != nil {
			return nil, err
		}
		if kept += len(row.Cells); kept > lim.Cells {
			return nil, fmt.Errorf("%w (quá %d ô)", ErrTooBig, lim.Cells)
		}
		for len(out) < row.Number-1 {
			out = append(out, nil)
		}
		out = append(out, row.Cells)
	}
	return out, nil
}

// Rows streams the rows of a sheet that hold something, in order. The first
// error ends the sequence.
func Rows(r io.ReaderAt, size int64, sheet string, lim Limits) iter.Seq2[ReadRow, error] {
	return func(yield func(ReadRow, error) bool) {
		b, err := open(r, size, lim.orDefault())
		if err != nil {
			yield(ReadRow{}, err)
			return
		}
		part, err := b.sheetPart(sheet)
		if err != nil {
			yield(ReadRow{}, err)
			return
		}
		if err := b.rows(part, func(row ReadRow) bool { return yield(row, nil) }); err != nil {
			yield(ReadRow{}, err)
		}
	}
}

// Sheets lists the names of the sheets of a file.
func Sheets(r io.ReaderAt, size int64, lim Limits) ([]string, error) {
	b, err := open(r, size, lim.orDefault())
	if err != nil {
		return nil, err
	}
	out := make([]string, len(b.sheets))
	for i, s := range b.sheets {
		out[i] = s.name
	}
	return out, nil
}

// book is a workbook opened for reading.
type book struct {
	lim      Limits
	files    map[string]*zip.File
	unpacked int64 // bytes really unpacked so far
	sheets   []sheetRef
	shared   []string
	dates    []bool // by style: is it a date format
	epoch    epoch
}

type sheetRef struct{ name, part string }

// open checks the zip before anything of it is unpacked, then reads the small
// parts.
func open(r io.ReaderAt, size int64, lim Limits) (*book, error) {
	if size > lim.File {
		return nil, fmt.Errorf("%w (tệp %d MB, giới hạn %d MB)", ErrTooBig, size>>20, lim.File>>20)
	}
	if err := magic(r); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", ErrNotXLSX, err)
	}
	b := &book{lim: lim, files: map[string]*zip.File{}}
	if err := b.check(z.File); err != nil {
		return nil, err
	}
	if err := b.workbook(); err != nil {
		return nil, err
	}
	if err := b.styles(); err != nil {
		return nil, err
	}
	return b, b.sharedStrings()
}

// magic tells the old container, which encrypted files use too, from the rest.
func magic(r io.ReaderAt) error {
	var head [8]byte
	n, _ := r.ReadAt(head[:], 0)
	if bytes.Equal(head[:n], []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}) {
		return ErrOldFormat
	}
	if n < 4 || !bytes.Equal(head[:2], []byte("PK")) {
		return ErrNotXLSX
	}
	return nil
}

func (b *book) check(files []*zip.File) error {
	if len(files) > b.lim.Entries {
		return fmt.Errorf("%w (%d mục trong tệp nén)", ErrTooBig, len(files))
	}
	var sum uint64
	for _, f := range files {
		// Summed in steps: a header may claim 2^64-1.
		if f.UncompressedSize64 > uint64(b.lim.Unpacked) {
			return fmt.Errorf("%w (bung ra quá %d MB)", ErrTooBig, b.lim.Unpacked>>20)
		}
		sum += f.UncompressedSize64
		if sum > uint64(b.lim.Unpacked) {
			return fmt.Errorf("%w (bung ra quá %d MB)", ErrTooBig, b.lim.Unpacked>>20)
		}
		if f.UncompressedSize64 > 1<<20 && f.UncompressedSize64/max(1, f.CompressedSize64) > uint64(b.lim.Ratio) {
			return fmt.Errorf("%w (nén bất thường)", ErrTooBig)
		}
		name := partName(f.Name)
		if strings.HasSuffix(name, "vbaproject.bin") {
			return ErrMacros
		}
		if b.files[name] != nil {
			return fmt.Errorf("%w (hai phần cùng tên)", ErrNotXLSX)
		}
		b.files[name] = f
	}
	return nil
}

// partName is the name by which parts are found: names of parts differ in case
// between writers.
func partName(s string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(s, `\`, "/")), "/"))
}

// part opens a part; what is read from it counts against the limit.
func (b *book) part(name string) (io.ReadCloser, error) {
	f := b.files[partName(name)]
	if f == nil {
		return nil, fmt.Errorf("%w (thiếu phần %s)", ErrNotXLSX, path.Base(name))
	}
	rc, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", ErrNotXLSX, err)
	}
	return &counted{ReadCloser: rc, b: b}, nil
}

// counted stops at the limit on what is really unpacked, whatever was declared.
type counted struct {
	io.ReadCloser
	b *book
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.b.unpacked += int64(n)
	if c.b.unpacked > c.b.lim.Unpacked {
		return n, ErrTooBig
	}
	return n, err
}

func (b *book) sheetPart(name string) (string, error) {
	if len(b.sheets) == 0 {
		return "", ErrNoSheet
	}
	if name == "" {
		return b.sheets[0].part, nil
	}
	for _, s := range b.sheets {
		if strings.EqualFold(s.name, name) {
			return s.part, nil
		}
	}
	return "", fmt.Errorf("%w %q", ErrNoSheet, name)
}
