package docx

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

const demoMark = "Dữ liệu minh họa – mọi bản ghi đều là giả định"

// sample is a document with every kind of block, long enough for a table over
// several pages.
func sample(s Style) *Document {
	d := &Document{
		Style: s, Title: "BÁO CÁO", Mark: demoMark,
		Subject: "Tổng kết 10 năm thực hiện Quy chế công tác dân vận của hệ thống chính trị, giai đoạn 2010–2019",
		Letterhead: Letterhead{Superior: "TỈNH ỦY BẮC KẠN", Issuer: "BAN DÂN VẬN", Number: "36", Symbol: "BC/BDV",
			Place: "Bắc Kạn", Date: time.Date(2020, 1, 5, 0, 0, 0, 0, time.UTC)},
		Recipients: []string{"Ban Dân vận Trung ương (để báo cáo)", "Thường trực Tỉnh ủy", "Các huyện ủy, thành ủy", "Lưu: Văn thư"},
		Signature:  Signature{Authority: []string{"T/M BAN THƯỜNG VỤ"}, Position: "PHÓ BÍ THƯ", Name: "Bà Thử Nghiệm 12"},
	}
	if s == State {
		d.Letterhead = Letterhead{Issuer: "ỦY BAN NHÂN DÂN TỈNH BẮC KẠN", Number: "84", Symbol: "BC-UBND",
			Place: "Bắc Kạn", Date: time.Date(2020, 11, 15, 0, 0, 0, 0, time.UTC)}
		d.Signature = Signature{Authority: []string{"TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"}, Position: "PHÓ CHỦ TỊCH", Name: "Ông Thử Nghiệm 7"}
	}
	d.Blocks = sampleBlocks()
	d.Appendices = []Appendix{{Title: "PHỤ LỤC 1", Subject: "Đơn tiếp nhận theo xã, phường, thị trấn", Landscape: true,
		Reference: "Kèm theo Báo cáo số 36-BC/BDV ngày 05 tháng 01 năm 2020", Blocks: []Block{longTable("Bảng 3. Số liệu theo xã", 45)}}}
	return d
}

func sampleBlocks() []Block {
	years := []string{"2015", "2016", "2017", "2018", "2019"}
	long := "Trong mười năm, các cấp ủy, chính quyền, Mặt trận và đoàn thể đã ghi nhận từng việc nơi việc diễn ra; mỗi số liệu dưới đây được tính từ các bản ghi ấy, mở được đến tận văn bản. "
	return []Block{
		Heading{Level: 1, Number: "I.", Text: "KHÁI QUÁT TÌNH HÌNH"},
		Text(long + "Dân số theo điều tra ngày 01/4/2019 là 313.905 người, sống thưa trên địa bàn núi."),
		Heading{Level: 1, Number: "II.", Text: "TIẾP CÔNG DÂN, GIẢI QUYẾT ĐƠN"},
		Heading{Level: 2, Number: "1.", Text: "Kết quả chung"},
		Paragraph{Runs: []Run{{Text: "Từ năm 2015 đến năm 2019 tiếp nhận "}, {Text: "11.244 đơn", Bold: true, Note: "Đếm theo đơn nhận trong kỳ, không theo vụ việc."},
			{Text: "; thụ lý 7.568 đơn; đã giải quyết 7.344 đơn, "}, {Text: "đạt 97%", Underline: true}, {Text: " (97,04%)", Italic: true, Small: true}, {Text: "."}}},
		Chart{Kind: Bars, Caption: "Biểu đồ 1. Đơn tiếp nhận, thụ lý và đã giải quyết", Unit: "Đơn vị tính: đơn", Categories: years,
			Series: []Series{{Name: "Tiếp nhận", Values: []float64{2412, 2305, 2268, 2174, 2085}},
				{Name: "Thụ lý", Values: []float64{1702, 1588, 1514, 1427, 1337}},
				{Name: "Đã giải quyết", Values: []float64{1611, 1532, 1478, 1405, 1318}}}, Source: "Sổ đơn của tỉnh."},
		Heading{Level: 3, Number: "a)", Text: "Phân theo loại đơn"},
		List{Items: [][]Run{{{Text: "Khiếu nại: 3.120 đơn;"}}, {{Text: "Tố cáo: 402 đơn;"}}, {{Text: "Kiến nghị, phản ánh: 7.722 đơn."}}}},
		longTable("Bảng 1. Kết quả giải quyết đơn theo xã", 70),
		Heading{Level: 2, Number: "2.", Text: "Hộ nghèo"},
		Text("Chuẩn nghèo thay đổi từ năm 2016, vì vậy hai giai đoạn là hai đường, không nối thành một. " + long),
		Chart{Kind: Lines, Caption: "Biểu đồ 2. Tỷ lệ hộ nghèo", Unit: "Đơn vị tính: %", Decimals: 2,
			Categories: []string{"2010", "2011", "2012", "2013", "2014", "2015", "2016", "2017", "2018", "2019"},
			Series:     []Series{{Name: "Hộ nghèo", Values: []float64{32.13, 28.5, math.NaN(), 21.3, 17.8, 14.2, 29.4, 26.1, 22.9, 19.56}}},
			Breaks:     []Break{{At: 6, Reason: "chuẩn nghèo tiếp cận đa chiều giai đoạn 2016–2020"}}},
		Chart{Kind: HorizontalBars, Caption: "Biểu đồ 3. Đất hiến theo huyện", Unit: "Đơn vị tính: m²", Categories: []string{"Chợ Đồn", "Ba Bể", "Na Rì", "Thành phố Bắc Kạn"},
			Series: []Series{{Name: "Đất hiến", Values: []float64{62905, 58214, 44236, 9401}}}},
		Chart{Kind: StackedBars, Caption: "Biểu đồ 4. Ngày công theo việc", Categories: years, HeightMM: 60,
			Series: []Series{{Name: "Đường", Values: []float64{120, 130, 90, 80, 60}}, {Name: "Trường học", Values: []float64{20, 30, 40, 35, 30}}, {Name: "Khác", Values: []float64{10, 12, math.NaN(), 9, 8}}}},
		Picture{Data: dot(), Alt: "Ô vuông", WidthMM: 30, Caption: "Hình 1. Dấu"},
		Heading{Level: 1, Number: "III.", Text: "BÀI HỌC VÀ NHIỆM VỤ"},
		List{Ordered: true, Items: [][]Run{{{Text: long}}, {{Text: "Ghi ngay nơi việc diễn ra."}}, {{Text: "Mỗi con số mở được đến văn bản."}}}},
		Text("Trên đây là báo cáo tổng kết; kính trình cấp trên xem xét, chỉ đạo."),
	}
}

func longTable(caption string, n int) Table {
	t := Table{Caption: caption, Unit: "Đơn vị tính: đơn",
		Columns: []Column{{Width: 12, Align: AlignCenter}, {Width: 60}, {Align: AlignRight}, {Align: AlignRight}, {Align: AlignRight}, {Align: AlignRight}},
		Head: [][]HeadCell{
			{{Text: "TT", RowSpan: 2}, {Text: "Xã, phường, thị trấn", RowSpan: 2}, {Text: "Tiếp nhận", RowSpan: 2}, {Text: "Kết quả", ColSpan: 3}},
			{{Text: "Thụ lý"}, {Text: "Đã giải quyết"}, {Text: "Tỷ lệ (%)"}}},
		Source: "Sổ đơn của tỉnh, tính đến ngày 31/12/2019.", Note: "“–” là không có số liệu; số 0 là báo cáo không phát sinh."}
	t.Rows = append(t.Rows, Row{Kind: RowGroup, Cells: []Cell{{Text: "I"}, {Text: "Huyện Ba Bể"}}})
	for i := range n {
		t.Rows = append(t.Rows, Cells(fmt.Sprint(i+1), fmt.Sprintf("Xã Thử Nghiệm %d", i+1), fmt.Sprint(100+i), fmt.Sprint(70+i), fmt.Sprint(60+i), "97,04"))
	}
	t.Rows = append(t.Rows, Row{Kind: RowTotal, Cells: []Cell{{Text: "Cộng", ColSpan: 2, Align: AlignCenter}, {Text: "11.244"}, {Text: "7.568"}, {Text: "7.344"}, {Text: "97,04"}}})
	return t
}

func dot() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for x := range 40 {
		for y := range 20 {
			m.Set(x, y, color.RGBA{R: 0x1f, G: 0x3f, B: 0x7a, A: 0xff})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// TestSamples writes the samples into the directory that DOCX_SAMPLES names,
// to be opened and looked at; without it they are only written to memory.
func TestSamples(t *testing.T) {
	for name, s := range map[string]Style{"party": Party, "state": State} {
		var b bytes.Buffer
		if err := Write(&b, sample(s)); err != nil {
			t.Fatal(err)
		}
		if b.Len() < 10_000 {
			t.Errorf("%s: %d bytes", name, b.Len())
		}
		dir := os.Getenv("DOCX_SAMPLES")
		if dir == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name+".docx"), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
