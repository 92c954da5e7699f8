package intake

import (
	"encoding/csv"
	"io"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// WriteCSVTemplate writes the empty table of a kind as CSV: its header, and one example line that is passed over when it
// is handed in.
func WriteCSVTemplate(w io.Writer, k *catalog.Kind, unit string, day civil.Date) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	h := ledger.HeadingOf(k)
	out := csv.NewWriter(w)
	if err := out.Write(h.Names); err != nil {
		return err
	}
	if err := out.Write(example(h, k, unit, day)); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

func choicesOf(f *catalog.Field, day civil.Date) []string {
	if f == nil {
		return nil
	}
	if f.Type == catalog.Bool {
		return []string{"có", "không"}
	}
	var out []string
	if f.Type == catalog.Choice || f.Type == catalog.Choices {
		for _, o := range f.Choices() {
			if o.Open(day) {
				out = append(out, ledger.OptionName(f, o.Code))
			}
		}
	}
	return out
}

func example(h ledger.Heading, k *catalog.Kind, unit string, day civil.Date) []string {
	out := make([]string, len(h.Columns))
	for i, column := range h.Columns {
		switch column {
		case "key":
			out[i] = "# ví dụ"
		case "kind":
			out[i] = k.Code
		case "unit":
			out[i] = unit
		case "day":
			out[i] = day.Vi()
		case "confirmed":
			out[i] = "không"
		default:
			if f := h.Fields[i]; f != nil {
				out[i] = exampleOf(f, unit, day)
			}
		}
	}
	return out
}

func exampleOf(f *catalog.Field, unit string, day civil.Date) string {
	switch f.Type {
	case catalog.Int:
		return "120"
	case catalog.Money:
		return "1.500.000"
	case catalog.DecimalT:
		return "12,5"
	case catalog.DateT:
		return day.Vi()
	case catalog.Bool:
		return "có"
	case catalog.Choice, catalog.Choices:
		for _, o := range f.Choices() {
			if o.Open(day) {
				return o.Name
			}
		}
	case catalog.UnitRef, catalog.UnitRefs:
		return unit
	case catalog.Text, catalog.LongText:
		return f.Name
	}
	return ""
}

// explain says how a column is filled in.
func explain(column string, f *catalog.Field) string {
	if f == nil {
		return map[string]string{
			"key":       "Mã riêng của dòng, như so-noi-vu-2019-00017. Bỏ trống thì máy đặt theo nội dung; nhập lại không thêm gì.",
			"kind":      "Mã loại việc; bỏ trống thì lấy loại đã chọn ở trang nhập.",
			"unit":      "Mã đơn vị chịu trách nhiệm, xét vào ngày ghi nhận: 06.BDV, 01834.UBND, 02155@2019-12-31.",
			"day":       "Ngày: 31/12/2019 hoặc 2019-12-31.",
			"place":     "Mã lãnh thổ nơi thực hiện; bỏ trống là địa bàn của đơn vị.",
			"partners":  "Mã các đơn vị phối hợp, cách nhau bằng dấu chấm phẩy.",
			"confirmed": "có hoặc không: đã được xác nhận ở nơi cung cấp.",
			"carries":   "Khóa của văn bản, kế hoạch mà việc này thực hiện.",
			"files":     "Mã và tên tệp đính kèm đã có trong hệ thống; thường bỏ trống.",
		}[column]
	}
	say := map[catalog.FieldType]string{
		catalog.Int: "Số nguyên.", catalog.Money: "Số tiền, đồng.", catalog.DecimalT: "Số, dùng dấu phẩy cho phần thập phân.",
		catalog.DateT: "Ngày.", catalog.Bool: "có hoặc không.", catalog.Choice: "Một lựa chọn trong danh sách.",
		catalog.Choices: "Các lựa chọn, cách nhau bằng dấu chấm phẩy.", catalog.UnitRef: "Mã đơn vị.",
		catalog.UnitRefs: "Mã các đơn vị, cách nhau bằng dấu chấm phẩy.", catalog.Text: "Một dòng chữ.", catalog.LongText: "Chữ.",
		catalog.PlaceText: "Thôn, tổ dân phố.", catalog.URL: "Địa chỉ mạng, bắt đầu bằng https://.", catalog.Person: "Họ và tên; chức vụ ghi sau dấu phẩy.",
		catalog.Group: "Nhiều dòng con, ghi dạng JSON: [{…}, {…}]; thường nhập ở biểu mẫu.", catalog.File: "Tệp đính kèm: nhập ở biểu mẫu.",
		catalog.EntryRef: "Khóa của ghi nhận khác, hoặc số của nó như #123.",
	}[f.Type]
	if f.Unit != "" {
		say += " Đơn vị tính: " + f.Unit + "."
	}
	if f.Type == catalog.Choices {
		var names []string
		for _, o := range f.Choices() {
			names = append(names, o.Name)
		}
		say += " Gồm: " + strings.Join(names, "; ") + "."
	}
	return strings.TrimSpace(say + " " + f.Help)
}
