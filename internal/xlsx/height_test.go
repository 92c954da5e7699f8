package xlsx

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestRowsHoldTheirWrappedText(t *testing.T) {
	long := strings.Repeat("thực hiện quy chế dân chủ ", 8)
	book := &Workbook{Title: "Thử", Sheets: []Sheet{{Name: "Một", Titles: []string{"Thử"}, Columns: []Column{{Head: "Nội dung", Width: 30}},
		Rows: []Row{{Cells: []Cell{Text("ngắn")}}, {Cells: []Cell{Text(long)}}}}}}
	var out bytes.Buffer
	if err := Write(&out, book); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var short, tall float64
	for row := 1; row < 8; row++ {
		text, _ := f.GetCellValue("Một", "A"+string(rune('0'+row)))
		height, err := f.GetRowHeight("Một", row)
		if err != nil {
			t.Fatal(err)
		}
		switch text {
		case "ngắn":
			short = height
		case long:
			tall = height
		}
	}
	if short > 20 || tall < 6*lineHeight {
		t.Errorf("rows are %v and %v high, want one line and at least six", short, tall)
	}
}

func TestWideSheetsTakeMorePages(t *testing.T) {
	narrow, wide := Sheet{Columns: make([]Column, 5)}, Sheet{Columns: make([]Column, 60)}
	if a, b := narrow.pagesWide(5), wide.pagesWide(60); a != 1 || b < 2 {
		t.Errorf("got %d and %d pages across, want 1 and more", a, b)
	}
}
