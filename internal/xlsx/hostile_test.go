package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// handBook is a workbook written by hand, with a sheet of the given XML.
func handBook(t *testing.T, sheet string, more map[string]string) []byte {
	t.Helper()
	parts := map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="a" Type="http://x/officeDocument" Target="/xl/Workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="Một" sheetId="1" r:id="s1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="s1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet,
	}
	for k, v := range more {
		parts[k] = v
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sheetOf(rows string) string { return `<worksheet><sheetData>` + rows + `</sheetData></worksheet>` }

func tryRead(data []byte, lim Limits) ([][]string, error) {
	return Read(bytes.NewReader(data), int64(len(data)), "", lim)
}

func TestReadsWhatOthersWrite(t *testing.T) {
	styles := `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[$-42A]dd/mm/yyyy;@"/><numFmt numFmtId="171" formatCode="&quot;ngày&quot; 0"/></numFmts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="22"/></cellXfs></styleSheet>`
	shared := `<sst><si><t>một</t></si><si><r><t xml:space="preserve">hai </t></r><r><t>ba</t></r><rPh><t>bỏ</t></rPh></si><si><t>a_x000D_b_x005F_x0041_</t></si></sst>`
	sheet := sheetOf(`<row r="2"><c r="B2" t="s"><v>0</v></c><c t="s"><v>1</v></c><c r="F2" t="s"><v>2</v></c></row>` +
		`<row><c s="1"><v>43593</v></c><c s="2"><v>43593</v></c><c s="3"><v>12</v></c><c s="4"><v>43593.3125</v></c><c t="b"><v>1</v></c><c><f>1+1</f><v>2</v></c><c t="str"><f>A1</f><v>chữ</v></c><c><v>3.3000000000000003E-2</v></c></row>`)
	data := handBook(t, sheet, map[string]string{"xl/styles.xml": styles, "xl/sharedStrings.xml": shared})
	got, err := tryRead(data, Limits{})
	want := [][]string{nil, {"", "một", "hai ba", "", "", "ab_x0041_"},
		{"2019-05-08", "2019-05-08", "12", "2019-05-08T07:30:00", "TRUE", "2", "chữ", "0.033"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\ngot  %q\nwant %q", err, got, want)
	}
}

func TestDatesOf1904(t *testing.T) {
	data := handBook(t, sheetOf(`<row><c s="0"><v>42131</v></c></row>`), map[string]string{
		"xl/workbook.xml": `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="Một" r:id="s1"/></sheets></workbook>`,
		"xl/styles.xml":   `<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`})
	got, err := tryRead(data, Limits{})
	if err != nil || got[0][0] != "2019-05-08" {
		t.Errorf("%q %v", got, err)
	}
}

func TestHostileFilesAreRefused(t *testing.T) {
	good := write(t, sampleBook())
	cases := map[string]struct {
		data []byte
		lim  Limits
		want error
	}{
		"empty":           {nil, Limits{}, ErrNotXLSX},
		"text":            {[]byte("họ,tên\n1,2\n"), Limits{}, ErrNotXLSX},
		"old xls":         {append([]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}, make([]byte, 600)...), Limits{}, ErrOldFormat},
		"cut in half":     {good[:len(good)/2], Limits{}, ErrNotXLSX},
		"cut at the end":  {good[:len(good)-30], Limits{}, ErrNotXLSX},
		"zip, no sheet":   {zipOf(t, map[string]string{"a.txt": "x"}), Limits{}, ErrNotXLSX},
		"file too long":   {good, Limits{File: 100}, ErrTooBig},
		"many entries":    {zipOf(t, manyParts(3000)), Limits{}, ErrTooBig},
		"bomb":            {handBook(t, sheetOf(strings.Repeat("<row/>", 1<<20)), nil), Limits{}, ErrTooBig},
		"unpacked":        {good, Limits{Unpacked: 2000}, ErrTooBig},
		"macros":          {handBook(t, sheetOf(""), map[string]string{"xl/vbaProject.bin": "x"}), Limits{}, ErrMacros},
		"doctype":         {handBook(t, `<!DOCTYPE x [<!ENTITY a "b">]>`+sheetOf(`<row><c t="str"><v>&a;</v></c></row>`), nil), Limits{}, ErrNotXLSX},
		"no xml":          {handBook(t, "\x00\x01", nil), Limits{}, ErrNotXLSX},
		"open tag":        {handBook(t, "<worksheet><sheetData><row><c><v>1", nil), Limits{}, ErrNotXLSX},
		"far column":      {handBook(t, sheetOf(`<row><c r="XFD1"><v>1</v></c></row>`), nil), Limits{}, ErrTooBig},
		"no such column":  {handBook(t, sheetOf(`<row><c r="ZZZZZZZZZZZZZZZ1"><v>1</v></c></row>`), nil), Limits{}, ErrNotXLSX},
		"far row":         {handBook(t, sheetOf(`<row r="9999999"><c><v>1</v></c></row>`), nil), Limits{}, ErrTooBig},
		"row backwards":   {handBook(t, sheetOf(`<row r="5"/><row r="5"/>`), nil), Limits{}, ErrNotXLSX},
		"negative row":    {handBook(t, sheetOf(`<row r="-5"/>`), nil), Limits{}, ErrNotXLSX},
		"string index":    {handBook(t, sheetOf(`<row><c t="s"><v>7</v></c></row>`), nil), Limits{}, ErrNotXLSX},
		"negative string": {handBook(t, sheetOf(`<row><c t="s"><v>-1</v></c></row>`), nil), Limits{}, ErrNotXLSX},
		"not a number":    {handBook(t, sheetOf(`<row><c><v>NaN</v></c></row>`), nil), Limits{}, ErrNotXLSX},
		"huge date":       {handBook(t, sheetOf(`<row><c s="0"><v>9e300</v></c></row>`), map[string]string{"xl/styles.xml": `<s><cellXfs><xf numFmtId="14"/></cellXfs></s>`}), Limits{}, ErrNotXLSX},
		"error value":     {handBook(t, sheetOf(`<row><c t="e"><v>#DIV/0!</v></c></row>`), nil), Limits{}, ErrErrorValue},
		"long text":       {handBook(t, sheetOf(`<row><c t="inlineStr"><is><t>`+strings.Repeat("ab", 5000)+`</t></is></c></row>`), nil), Limits{Text: 1000}, ErrTooBig},
		"many cells":      {handBook(t, sheetOf(strings.Repeat(`<row><c r="CV1"><v>1</v></c></row>`, 50)), nil), Limits{Cells: 100}, ErrTooBig},
		"outside sheet": {handBook(t, sheetOf(""), map[string]string{
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="s1" Type="http://x/worksheet" TargetMode="External" Target="http://evil/"/></Relationships>`}), Limits{}, ErrNotXLSX},
		"lying size": {lie(t, handBook(t, sheetOf(strings.Repeat("<row/>", 5000)), nil)), Limits{}, ErrNotXLSX},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			rows, err := tryRead(c.data, c.lim)
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if rows != nil {
				t.Errorf("%d rows came out", len(rows))
			}
		})
	}
}

// What is really unpacked counts, not what the header says.
func TestUnpackedIsCounted(t *testing.T) {
	data := handBook(t, sheetOf(strings.Repeat(`<row><c><v>1</v></c></row>`, 3000)), nil)
	b, err := open(bytes.NewReader(data), int64(len(data)), Limits{}.orDefault())
	if err != nil {
		t.Fatal(err)
	}
	b.lim.Unpacked = 10_000
	if err := b.rows(b.sheets[0].part, func(ReadRow) bool { return true }); !errors.Is(err, ErrTooBig) {
		t.Errorf("%v", err)
	}
}

func TestNoSuchSheet(t *testing.T) {
	data := write(t, sampleBook())
	if _, err := Read(bytes.NewReader(data), int64(len(data)), "Không có", Limits{}); !errors.Is(err, ErrNoSheet) {
		t.Errorf("%v", err)
	}
}

func TestRowsStopsWhenAsked(t *testing.T) {
	data := write(t, sampleBook())
	n := 0
	for _, err := range Rows(bytes.NewReader(data), int64(len(data)), "", Limits{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d rows", n)
	}
}

// Whatever bytes come, the answer is rows or one of our errors, never a panic.
func FuzzRead(f *testing.F) {
	f.Add([]byte("PK\x03\x04"), "x")
	f.Add([]byte(sheetOf(`<row r="1"><c r="A1" s="0" t="s"><v>0</v></c></row>`)), "A1")
	f.Add([]byte(`<worksheet><row><c><is><t>x</t></is></c></row></worksheet>`), "")
	f.Fuzz(func(t *testing.T, sheet []byte, _ string) {
		for _, data := range [][]byte{sheet, handBook(t, string(sheet), nil)} {
			_, err := tryRead(data, Limits{Rows: 1000})
			if err == nil {
				continue
			}
			for _, ours := range []error{ErrNotXLSX, ErrTooBig, ErrMacros, ErrOldFormat, ErrNoSheet, ErrErrorValue} {
				if errors.Is(err, ours) {
					return
				}
			}
			t.Fatalf("an error of nobody: %v", err)
		}
	})
}

func manyParts(n int) map[string]string {
	m := map[string]string{}
	for i := range n {
		m[fmt.Sprintf("p%d", i)] = ""
	}
	return m
}

func zipOf(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(body))
	}
	z.Close()
	return b.Bytes()
}

// lie makes the directory of the zip claim ten bytes for each part.
func lie(t *testing.T, data []byte) []byte {
	t.Helper()
	out := bytes.Clone(data)
	n := 0
	for i := 0; ; i += 4 {
		j := bytes.Index(out[i:], []byte("PK\x01\x02"))
		if j < 0 {
			break
		}
		i += j
		binary.LittleEndian.PutUint32(out[i+24:], 10)
		n++
	}
	if n == 0 {
		t.Fatal("no directory found")
	}
	return out
}
