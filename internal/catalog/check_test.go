package catalog

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"danvan/internal/civil"
)

func training(t testing.TB) *Kind { return load(t, base(goodBase)).Latest().Kind("training") }

func TestCheck(t *testing.T) {
	k := training(t)
	cases := []struct {
		field string
		value any
		want  string // canonical JSON of the value, or the message after "!"
	}{
		{"attendances", 1234, `1234`},
		{"attendances", float64(1234), `1234`},
		{"attendances", json.Number("1234"), `1234`},
		{"attendances", "1.234", `1234`},
		{"attendances", " 1.234.567 ", `1234567`},
		{"attendances", "1 234", `1234`},
		{"attendances", "0", `0`},
		{"attendances", "1.23", `!phải là số nguyên`},
		{"attendances", 12.5, `!phải là số nguyên`},
		{"attendances", "1,5", `!phải là số nguyên`},
		{"attendances", "-5", `!-5 nhỏ hơn mức thấp nhất 0`},
		{"attendances", "nhiều", `!không phải số`},
		{"attendances", true, `!không phải số`},
		{"attendances", "99999999999999999999", `!quá lớn`},
		{"attendances", math.Inf(1), `!không phải số`},
		{"attendances", json.Number("1e3"), `1000`},
		{"attendances", "12.34.567", `!không phải số`},
		{"attendances", "1,2,3", `!không phải số`},
		{"attendances", "", `null`},
		{"area", "302.523,5", `302523.5`},
		{"area", 32.13, `32.13`},
		{"area", json.Number("32.130"), `32.13`},
		{"area", "32,13", `32.13`},
		{"area", "32.13", `32.13`},
		{"area", "32,134", `!có 3 chữ số thập phân, chỉ được 2`},
		{"area", "1000000,01", `!1.000.000,01 lớn hơn mức cao nhất 1.000.000`},
		{"cost", "13.850.000", `13850000`},
		{"started_on", "2019-05-08", `"2019-05-08"`},
		{"started_on", "08/5/2019", `"2019-05-08"`},
		{"started_on", "8-5-2019", `"2019-05-08"`},
		{"started_on", "31/02/2019", `!không phải ngày có thật`},
		{"started_on", "tháng 5", `!không phải ngày có thật`},
		{"started_on", 20190508, `!không phải ngày có thật`},
		{"theme", "ethnic", `"ethnic"`},
		{"theme", "Dân tộc", `"ethnic"`},
		{"theme", "dan toc", `"ethnic"`},
		{"theme", "ethnik", `!ý bạn là "ethnic"?`},
		{"theme", "old", `!không dùng vào ngày 08/5/2019`},
		{"theme", 3, `!phải là một lựa chọn`},
		{"themes", []any{"ethnic", "religious", "ethnic"}, `["ethnic","religious"]`},
		{"themes", "Dân tộc; Tôn giáo", `["ethnic","religious"]`},
		{"joint", "có", `true`},
		{"joint", "Không", `false`},
		{"joint", false, `false`},
		{"joint", "hay", `!hãy nhập có hoặc không`},
		{"host", "01834@2019-12-31", `"01834@2019-12-31"`},
		{"host", "xã A", `!không phải mã đơn vị`},
		{"page", "https://danvan.vn/a", `"https://danvan.vn/a"`},
		{"page", "javascript:alert(1)", `!không phải địa chỉ trang`},
		{"speaker", "Bà Thử Nghiệm 12", `[{"name":"Bà Thử Nghiệm 12"}]`},
		{"speaker", []any{map[string]any{"name": "Ông A", "office": "Chủ tịch"}, "Bà B"}, `[{"name":"Ông A","office":"Chủ tịch"},{"name":"Bà B"}]`},
		{"speaker", []any{map[string]any{"name": "Ông A", "religion": "x"}}, `!không nhận "religion"`},
		{"speaker", []any{map[string]any{"office": "Chủ tịch"}}, `!cần họ tên`},
		{"topic", strings.Repeat("a", 501), `!dài quá 500 ký tự`},
		{"topic", "a\nb", `!chỉ được một dòng`},
		{"atendances", 5, `!không có trường "atendances"`},
		{"atendances", 5, `!ý bạn là "attendances"?`},
		{"gifts", []any{map[string]any{"item": "Gạo", "quantity": "1.000,5"}}, `[{"item":"rice","quantity":1000.5}]`},
		{"gifts", []any{map[string]any{"item": "rice"}}, `!chưa có giá trị`},
		{"gifts", []any{map[string]any{"quantity": 1, "colour": 2}}, `!không có trường "colour"`},
		{"gifts", []any{"x"}, `!dòng phải gồm các trường`},
		{"gifts", "x", `!phải là danh sách các dòng`},
	}
	for _, c := range cases {
		fields := map[string]any{"topic": "Tập huấn", c.field: c.value}
		values, errs := k.Check(fields, 20190508)
		if message, bad := strings.CutPrefix(c.want, "!"); bad {
			if len(errs) != 1 || !strings.Contains(errs[0].Message, message) {
				t.Errorf("%s = %v: want %q, got %v", c.field, c.value, message, errs)
			}
			continue
		}
		text, _ := json.Marshal(values[c.field])
		if len(errs) > 0 || string(text) != c.want {
			t.Errorf("%s = %v: want %s, got %s %v", c.field, c.value, c.want, text, errs)
		}
	}
}

func TestCheckRequiredRulesAndRowNumbers(t *testing.T) {
	k := training(t)
	_, errs := k.Check(map[string]any{"topic": " "}, 20190508)
	if len(errs) != 1 || errs[0].Field != "topic" || errs[0].Message != "Nội dung: chưa có giá trị; hãy nhập" {
		t.Errorf("required: %v", errs)
	}
	_, errs = k.Check(map[string]any{"topic": "a", "started_on": "2019-05-08", "ended_on": "2019-05-07"}, 20190508)
	if len(errs) != 1 || errs[0].Field != "ended_on" || errs[0].Message != "Ngày kết thúc phải từ ngày bắt đầu trở đi" {
		t.Errorf("rule: %v", errs)
	}
	if _, errs = k.Check(map[string]any{"topic": "a", "ended_on": "2019-05-07"}, 20190508); len(errs) > 0 {
		t.Errorf("a rule speaks only when all its fields have values: %v", errs)
	}
	_, errs = k.Check(map[string]any{"topic": "a", "gifts": []any{map[string]any{"quantity": 1}, map[string]any{"quantity": "x"}}}, 20190508)
	if len(errs) != 1 || errs[0].Field != "gifts[2].quantity" {
		t.Errorf("row: %v", errs)
	}
}

// What Check makes is canonical: it goes through JSON and through Check again unchanged.
func TestValuesRoundTrip(t *testing.T) {
	k := training(t)
	values, errs := k.Check(map[string]any{"topic": "Tập huấn", "area": "0,05", "cost": "13.850", "joint": "có",
		"themes": "ethnic;religious", "speaker": "Ông A", "started_on": "08/5/2019", "gifts": []any{map[string]any{"item": "Gạo", "quantity": "1,5", "price": 20000}}}, 20190508)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	first, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"area":0.05,"cost":13850,"gifts":[{"item":"rice","price":20000,"quantity":1.5}],"joint":true,"speaker":[{"name":"Ông A"}],"started_on":"2019-05-08","themes":["ethnic","religious"],"topic":"Tập huấn"}`
	if string(first) != want {
		t.Fatalf("canonical:\n%s\nwant:\n%s", first, want)
	}
	decoded, err := k.Decode(first)
	if err != nil {
		t.Fatal(err)
	}
	second, _ := json.Marshal(decoded)
	if n, _ := decoded.Int("area"); n != 5 || string(second) != want {
		t.Errorf("decoded: %s", second)
	}
	var plain map[string]any
	if err := json.Unmarshal(first, &plain); err != nil {
		t.Fatal(err)
	}
	for name, input := range map[string]map[string]any{"values": decoded, "plain JSON": plain} {
		again, errs := k.Check(input, 20190508)
		third, _ := json.Marshal(again)
		if len(errs) > 0 || string(third) != want {
			t.Errorf("%s checked again: %s %v", name, third, errs)
		}
	}
	if _, err := k.Decode([]byte(`{"nothing":1}`)); err == nil {
		t.Error("a field that the kind does not have must be an error")
	}
}

func TestDecimal(t *testing.T) {
	for text, d := range map[string]Decimal{"0": {0, 2}, "32.13": {3213, 2}, "-0.05": {-5, 2}, "7": {700, 2}, "1.5": {15, 1}, "-12": {-12, 0}} {
		if d.String() != text {
			t.Errorf("%v is written %s, want %s", d, d, text)
		}
		n, err := parseDecimal(text, d.Scale)
		if err != nil || n != d.Units {
			t.Errorf("%s read as %d %v", text, n, err)
		}
	}
}

func FuzzPlainNumber(f *testing.F) {
	for _, s := range []string{"1.234", "32,13", "-1.234.567,8", "1..2", "", "-", "٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		plain, err := plainNumber(s)
		if err != nil {
			return
		}
		n, err := parseDecimal(plain, 6)
		if err != nil {
			return
		}
		// What is read can be printed the Vietnamese way and read again, the same.
		printed := civil.FormatTrim(Decimal{n, 6}.Rat(), 6)
		again, err := plainNumber(printed)
		if err != nil {
			t.Fatalf("%q printed as %q: %v", s, printed, err)
		}
		if m, err := parseDecimal(again, 6); err != nil || m != n {
			t.Fatalf("%q -> %d -> %q -> %d %v", s, n, printed, m, err)
		}
	})
}
