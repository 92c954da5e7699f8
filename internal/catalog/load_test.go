package catalog

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"danvan/internal/civil"
)

const goodEdition = "code: 2010\ntitle: Ấn bản thử\nfrom: 2010-01-01\ncite: Quyết định 290-QĐ/TW\n"

// goodBase is a small whole catalogue; tests break it in one place at a time.
const goodBase = `system: 5
unit_types:
  - code: commune
    name: Xã, phường
    form: territory
    cite: Luật
    levels: [{level: commune}]
  - code: department
    name: Sở, ngành
    form: body
    listed: true
    cite: Luật
    levels: [{level: province}]
  - code: front
    name: Mặt trận
    form: body
    abbr: MTTQ
    cite: Luật
    levels: [{level: province}, {level: commune}]
lists:
  - code: themes
    name: Chủ đề
    options:
      - {code: mobilisation, name: Dân vận}
      - {code: ethnic, name: Dân tộc}
      - {code: religious, name: Tôn giáo}
      - {code: old, name: Chủ đề cũ, until: 2015-01-01}
kinds:
  - code: training
    name: Hội nghị tập huấn
    cite: Quyết định 290-QĐ/TW
    by: ["*/front", province/department]
    day: Ngày khai mạc
    title: [topic]
    fields:
      - {code: topic, name: Nội dung, type: text, about: work, required: true}
      - {code: theme, name: Chủ đề, type: choice, list: themes, about: work}
      - {code: themes, name: Các chủ đề, type: choices, list: themes, about: work}
      - {code: attendances, name: Lượt người dự, type: int, unit: lượt người, min: 0, about: work}
      - {code: persons, name: Số người dự, type: int, unit: người, min: 0, about: work}
      - {code: area, name: Diện tích, type: decimal, scale: 2, unit: m², min: 0, max: "1000000", about: work}
      - {code: cost, name: Kinh phí, type: money, about: work}
      - {code: started_on, name: Bắt đầu, type: date, about: work}
      - {code: ended_on, name: Kết thúc, type: date, about: work}
      - {code: joint, name: Phối hợp, type: bool, about: work}
      - {code: host, name: Đơn vị chủ trì, type: unit, classes: [commune], about: body}
      - {code: speaker, name: Báo cáo viên, type: person, part: office_holder, about: person, several: true}
      - {code: page, name: Trang tin, type: url, about: work}
      - code: gifts
        name: Hiện vật
        type: group
        about: work
        fields:
          - {code: item, name: Tên, type: choice, about: work, options: [{code: rice, name: Gạo}, {code: book, name: Sách}]}
          - {code: quantity, name: Số lượng, type: decimal, scale: 1, about: work, required: true}
          - {code: price, name: Đơn giá, type: money, about: work}
          - {code: given_on, name: Ngày trao, type: date, about: work}
    rules:
      - {expr: ended_on >= started_on, message: Ngày kết thúc phải từ ngày bắt đầu trở đi}
series:
  - {code: trainings, name: Hội nghị, kind: training, unit: cuộc, labels: {theme: theme}}
  - {code: training_attendances, name: Lượt người dự, kind: training, unit: lượt người, value: attendances, flow: amount, labels: {theme: theme, joint: joint}}
  - {code: training_persons, name: Người dự, kind: training, unit: người, value: persons, flow: amount}
  - {code: gift_money, name: Giá trị hiện vật, kind: training, unit: đồng, scale: 1, each: gifts, value: quantity * price, flow: amount, labels: {item: item}}
  - {code: gift_rice, name: Gạo, kind: training, unit: kg, scale: 1, each: gifts, value: quantity, where: item == "rice", date: given_on, flow: amount}
  - {code: by_theme, name: Theo chủ đề, kind: training, unit: cuộc, each: themes, labels: {theme: themes}}
  - {code: cohort, name: Đã kết thúc, kind: training, unit: cuộc, by: ended_on}
  - {code: running, name: Đang chạy, kind: training, unit: đơn vị, flow: state, date: started_on, until: ended_on}
  - {code: size, name: Quy mô, kind: training, unit: cuộc, labels: {size: 'attendances >= 100 ? "large" : "small"'}, where: has(attendances) && not joint}
  - {code: area_read, name: Diện tích, kind: training, unit: m², scale: 2, value: area, flow: reading}
indicators:
  - {code: training.conferences, ref: F03, name: Số hội nghị, cite: Quy chế, unit: cuộc, numerator: sum(trainings), checks: [{code: bound, at_least: training.religious}]}
  - {code: training.religious, name: Về tôn giáo, cite: Quy chế, unit: cuộc, numerator: 'sum(trainings{theme="religious"})'}
  - {code: training.rate, name: Tỷ lệ, cite: Quy chế, percent: true, numerator: sum(cohort), denominator: sum(trainings), scope: [commune/front]}
  - {code: training.communes, name: Xã, cite: Quy chế, unit: xã, out_of: true, numerator: in_state(running), denominator: units(commune)}
duties:
  - {code: training.yearly, name: Mở lớp hằng năm, cite: Quy chế, by: ["*/front"], kind: training, every: year, regime: tt01-2024, due: {days: 5, day_type: working, after: period_end}}
regimes:
  - code: tt01-2024
    name: Kỳ thanh tra
    cite: Thông tư 01/2024/TT-TTCP
    from: 2024-03-05
    windows:
      Q1: {from: prev-12-15, to: 03-14}
      year: {from: prev-12-15, to: 12-14}
      month: {from: prev-15, to: 14}
calendars:
  - {code: vn, name: Ngày nghỉ, cite: Bộ luật Lao động, days: [{on: 2019-02-04, to: 2019-02-08, effect: off, name: Tết}]}
procedures:
  - code: complaint
    name: Khiếu nại
    cite: Luật Khiếu nại 2011
    clocks:
      - {code: resolve, name: Giải quyết, article: Điều 28, start: accepted, days: 30, complex: 45, remote: 45, remote_complex: 60, day_type: calendar, calendar: vn, extension: {times: 1, days: 30}}
`

// files makes a catalogue folder of pairs: path, text.
func files(pairs ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

func base(text string) fstest.MapFS {
	return files("base/edition.yaml", goodEdition, "base/05.yaml", text)
}

func load(t testing.TB, fsys fstest.MapFS) *Catalog {
	t.Helper()
	c, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lineOf is the number of the first line of text that holds s.
func lineOf(t *testing.T, text, s string) int {
	t.Helper()
	before, _, ok := strings.Cut(text, s)
	if !ok {
		t.Fatalf("no %q in the text", s)
	}
	return strings.Count(before, "\n") + 1
}

func TestGoodCatalogue(t *testing.T) {
	e := load(t, base(goodBase)).Latest()
	if e.Kind("training") == nil || e.Indicator("F03").Code != "training.conferences" || e.To != civil.Forever {
		t.Fatalf("edition is not complete: %+v", e)
	}
	if got := e.Indicator("training.rate").DenominatorName; got != "hội nghị" {
		t.Errorf("denominator is named %q", got)
	}
	if got := e.Indicator("training.communes").DenominatorName; got != "xã, phường" {
		t.Errorf("denominator is named %q", got)
	}
	if values, ok := e.SeriesByCode("size").LabelValues("size"); !ok || fmt.Sprint(values) != "[large small]" {
		t.Errorf("values of a computed label: %v %v", values, ok)
	}
}

// Each mistake is found at its line, named, and told what to do about it.
func TestMistakes(t *testing.T) {
	cases := []struct {
		name     string
		old, new string // what is changed in goodBase; new must be found in the changed text to know the line
		want     string // in the message
	}{
		{"unknown key", "day: Ngày khai mạc", "days: Ngày khai mạc", `khóa lạ "days"`},
		{"suggestion", "day: Ngày khai mạc", "tytle: [topic]\n    day: Ngày", `ý bạn là "title"?`},
		{"duplicate key", "day: Ngày khai mạc", "day: a\n    day: b", `khóa "day" viết hai lần`},
		{"missing citation", "    cite: Quyết định 290-QĐ/TW\n    by: [\"*/front\", province/department]", "    by: [\"*/front\"]", `thiếu khóa "cite". Hãy dẫn văn bản`},
		{"wrong type", "min: 0, max: \"1000000\", about: work}", "required: maybe, about: work}", "required sai kiểu: gặp chữ \"maybe\". Phải là true hoặc false"},
		{"list for text", "name: Hội nghị tập huấn", "name: [a, b]", "name sai kiểu: gặp một danh sách"},
		{"empty value", "name: Hội nghị tập huấn", "name:", "name để trống"},
		{"anchor", "name: Hội nghị tập huấn", "name: &x Hội nghị", "neo"},
		{"bad code", "- code: training\n", "- code: Training\n", `mã "Training" không đúng dạng`},
		{"bad enum", "type: bool, about: work", "type: boolean, about: work", `type không nhận giá trị "boolean"`},
		{"about missing", "type: bool, about: work}", "type: bool}", `thiếu khóa "about"`},
		{"not a date", "from: 2024-03-05", "from: 2024-13-05", "from không phải ngày"},
		{"twice declared", "- {code: training_persons,", "- {code: trainings, name: Lặp, kind: training, unit: cuộc}\n  - {code: training_persons,", "chuỗi số liệu trainings khai báo hai lần, lần đầu ở base/05.yaml:"},
		{"two fields of one code", "{code: persons, name", "{code: topic, name", `hai trường mã "topic"`},
		{"reserved name", "{code: persons, name", "{code: day, name", "tên dành riêng"},
		{"dangling list", "type: choices, list: themes", "type: choices, list: theme", `danh sách không có: "theme"`},
		{"choice without options", "type: choices, list: themes,", "type: choices,", "không có lựa chọn nào"},
		{"group in group", "{code: price, name: Đơn giá, type: money, about: work}", "{code: price, name: Đơn giá, type: group, about: work, fields: [{code: z, name: Z, type: int, about: work}]}", "nằm trong nhóm"},
		{"row code as outside", "{code: price, name: Đơn giá", "{code: cost, name: Đơn giá", "trùng mã với trường ngoài nhóm"},
		{"scale of int", "type: int, unit: người, min: 0", "type: int, scale: 2, unit: người, min: 0", "scale không dùng với type: int"},
		{"min not a number", "unit: người, min: 0,", "unit: người, min: nhiều,", "min \"nhiều\" không phải số"},
		{"min too fine", "unit: người, min: 0,", "unit: người, min: 0.5,", "phải là số nguyên"},

		{"person without part", "type: person, part: office_holder, about: person", "type: person, about: person", "thiếu part"},
		{"person of unknown part", "part: office_holder", "part: suspect", `part không nhận giá trị "suspect"`},
		{"person about work", "type: person, part: office_holder, about: person", "type: person, part: author, about: work", "là người nhưng about: work"},
		{"free field about a person", "{code: page, name: Trang tin, type: url, about: work}", "{code: religion, name: Tôn giáo, type: text, about: person, part: contact}", "Hệ thống không lưu ý kiến, tôn giáo, dân tộc"},
		{"choice about a person", "{code: page, name: Trang tin, type: url, about: work}", "{code: stance, name: Quan điểm, type: choice, list: themes, about: person, part: contact}", "nói về người nhưng có type: choice"},
		{"religion beside a person", "{code: page, name: Trang tin, type: url, about: work}", "{code: religion, name: Đạo, type: text, about: work}", "đứng cạnh trường người"},
		{"ethnicity in Vietnamese", "{code: page, name: Trang tin, type: url, about: work}", "{code: dt, name: Dân tộc, type: text, about: work}", "đứng cạnh trường người"},
		{"opinion in a row of persons", "{code: price, name: Đơn giá, type: money, about: work}", "{code: donor, name: Người tặng, type: person, part: donor, about: person}\n          - {code: price_opinion, name: Ghi chú, type: text, about: work}", "đứng cạnh trường người"},

		{"unknown level", "by: [\"*/front\", province/department]", "by: [ward/front]", `cấp lạ "ward"`},
		{"unknown unit type", "by: [\"*/front\", province/department]", "by: [province/departments]", `loại không có: "departments". Hãy khai báo trong unit_types hoặc sửa mã; ý bạn là "department"?`},
		{"type not at level", "by: [\"*/front\", province/department]", "by: [commune/department]", "không có ở cấp commune"},

		{"dangling kind", "- {code: trainings, name: Hội nghị, kind: training,", "- {code: trainings, name: Hội nghị, kind: trainning,", `loại ghi nhận không có: "trainning". Hãy khai báo trong kinds hoặc sửa mã; ý bạn là "training"?`},
		{"unknown name in where", `where: item == "rice"`, `where: iten == "rice"`, `dùng tên "iten" không phải trường`},
		{"text compared with number", `where: item == "rice"`, `where: quantity == "rice"`, "biểu thức sai"},
		{"where not a condition", `where: item == "rice"`, "where: quantity + 1", "biểu thức sai"},
		{"syntax of where", `where: item == "rice"`, `where: 'item == '`, "biểu thức sai"},
		{"value not a number", "value: attendances, flow: amount", "value: topic, flow: amount", "không phải số"},
		{"value too fine", "unit: kg, scale: 1, each", "unit: kg, each", "chuỗi chỉ giữ 0. Hãy đặt scale: 1"},
		{"product too fine", "unit: đồng, scale: 1, each", "unit: đồng, each", "Hãy đặt scale: 1"},
		{"division in value", "value: quantity * price", "value: quantity / price", "denominator"},
		{"value of text", "value: quantity * price", `value: item + "x"`, "value không cho ra số"},
		{"units differ", "unit: người, value: persons", "unit: hộ, value: persons", "trường persons tính bằng người, chuỗi tính bằng hộ"},
		{"each not a group", "each: themes, labels", "each: theme, labels", "không phải một nhóm"},
		{"date not a date", "date: given_on", "date: item", "không phải trường ngày"},
		{"label of free text", "labels: {theme: theme}}", "labels: {theme: topic}}", "Nhãn chỉ lấy trường choice"},
		{"state with value", "flow: state, date: started_on", "flow: state, value: attendances, date: started_on", "chỉ có value: 1"},
		{"until without state", "value: area, flow: reading", "value: area, flow: reading, until: ended_on", "until chỉ dùng với"},
		{"rule of unknown field", "expr: ended_on >= started_on", "expr: ended_on >= start_on", `"start_on" không phải trường`},

		{"formula syntax", "numerator: sum(trainings), checks", "numerator: sum(trainings, checks", `thiếu ")"`},
		{"unknown function", "numerator: sum(trainings), checks", "numerator: total(trainings), checks", `không có hàm "total"`},
		{"unknown series", "numerator: sum(trainings), checks", "numerator: sum(training), checks", `không có chuỗi số liệu "training". Hãy khai báo trong series hoặc sửa mã; ý bạn là "trainings"?`},
		{"unknown label", `'sum(trainings{theme="religious"})'`, `'sum(trainings{them="religious"})'`, `không có nhãn "them"`},
		{"unknown label value", `'sum(trainings{theme="religious"})'`, `'sum(trainings{theme="religion"})'`, `không có giá trị "religion"`},
		{"attendances and persons", "unit: cuộc, numerator: 'sum(", "unit: lượt người, numerator: sum(training_attendances) + sum(training_persons)}\n  - {code: x, name: X, cite: Q, unit: cuộc, numerator: 'sum(", "Lượt và người không bao giờ cộng với nhau"},
		{"sum of a reading", "numerator: sum(trainings), checks", "numerator: sum(area_read), checks", "hàm sum không dùng được với chuỗi area_read (flow: reading). Số đọc không cộng theo thời gian"},
		{"stock of a state", "numerator: in_state(running)", "numerator: stock(running)", "hàm stock không dùng được"},
		{"hidden denominator", "numerator: sum(trainings), checks", "numerator: sum(trainings) / sum(cohort), checks", "Mẫu số phải có tên"},
		{"unnamed denominator", "denominator: sum(trainings), scope", "denominator: sum(trainings) + sum(cohort), scope", "chưa có tên"},
		{"percent without denominator", "denominator: sum(trainings), scope", "scope", "không có mẫu số"},
		{"unit of the indicator", "ref: F03, name: Số hội nghị, cite: Quy chế, unit: cuộc", "ref: F03, name: Số hội nghị, cite: Quy chế, unit: lớp", "tính bằng lớp, nhưng công thức cho ra cuộc"},
		{"scope", "scope: [commune/front]", "scope: [commune/fronts]", `loại không có: "fronts"`},
		{"check of unknown indicator", "at_least: training.religious", "at_least: training.religion", "dùng chỉ tiêu không có"},

		{"dangling duty", `by: ["*/front"], kind: training, every`, `by: ["*/front"], kind: trainings, every`, `loại ghi nhận không có: "trainings"`},
		{"dangling report", `by: ["*/front"], kind: training, every`, `by: ["*/front"], report: nam, every`, "templates/nam.md"},
		{"dangling regime", "regime: tt01-2024, due", "regime: tt02-2024, due", `chế độ kỳ không có: "tt02-2024"`},
		{"bad window", "Q1: {from: prev-12-15, to: 03-14}", "Q1: {from: prev-13-15, to: 03-14}", "tháng trong"},
		{"window backwards", "Q1: {from: prev-12-15, to: 03-14}", "Q1: {from: 12-15, to: 03-14}", "trước ngày đầu"},
		{"unknown window", "Q1: {from: prev-12-15, to: 03-14}", "Q5: {from: prev-12-15, to: 03-14}", `kỳ lạ "Q5"`},
		{"clock shorter when complex", "complex: 45, remote: 45", "complex: 20, remote: 45", "ngắn hơn thời hạn thường"},
		{"dangling calendar", "calendar: vn, extension", "calendar: vi, extension", `lịch không có: "vi"`},
		{"calendar twice", "effect: off, name: Tết}]", "effect: off, name: Tết}, {on: 2019-02-05, effect: off, name: Tết}]", "hai lần"},
		{"yaml syntax", "by: [\"*/front\", province/department]", "by: [\"*/front\", province/department", "không đọc được YAML"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(goodBase, c.old) != 1 {
				t.Fatalf("%q is %d times in the good text", c.old, strings.Count(goodBase, c.old))
			}
			_, err := Load(base(strings.Replace(goodBase, c.old, c.new, 1)))
			list, ok := AsErrors(err)
			if !ok {
				t.Fatalf("want problems, got %v", err)
			}
			first := lineOf(t, goodBase, c.old)
			last := first + strings.Count(c.new, "\n") + 1
			for _, p := range list {
				if strings.Contains(p.String(), c.want) && p.File == "base/05.yaml" && (c.name == "yaml syntax" || p.Line >= first-3 && p.Line <= last) && p.Todo != "" {
					return
				}
			}
			t.Errorf("want %q near line %d, got:\n%v", c.want, first, list)
		})
	}
}

func TestUnitThatVariesNeedsWhere(t *testing.T) {
	varies := strings.Replace(goodBase, "unit: người, min: 0", "unit: theo loại, min: 0", 1)
	if _, err := Load(base(varies)); err == nil || !strings.Contains(err.Error(), "Hãy thêm where") {
		t.Errorf("want a problem, got %v", err)
	}
	load(t, base(strings.Replace(varies, "value: persons, flow", "value: persons, where: theme == \"ethnic\", flow", 1)))
}

// Places are exact: file, line and column, inside formulas too; all mistakes come at once, in order.
func TestPlaces(t *testing.T) {
	text := `system: 3
kinds:
  - code: plan
    name: Kế hoạch
    by: ["*"]
    day: Ngày ban hành
    colour: đỏ
    fields:
      - {code: religion, name: Tôn giáo, type: text, about: person}
series:
  - {code: plans, name: Kế hoạch, kind: plan, unit: văn bản, where: 'religion == ""'}
indicators:
  - code: plan.all
    name: Kế hoạch
    cite: Quy chế
    unit: văn bản
    numerator: sum(plans) + sum(palns)
`
	_, err := Load(base(text))
	list, _ := AsErrors(err)
	var got []string
	for _, p := range list {
		got = append(got, fmt.Sprintf("%s:%d:%d %s", p.File, p.Line, p.Col, p.What))
	}
	want := []string{
		`base/05.yaml:3:5 loại ghi nhận plan thiếu khóa "cite"`,
		`base/05.yaml:7:5 loại ghi nhận có khóa lạ "colour"`,
		`base/05.yaml:9:48 trường religion nói về người nhưng có type: text`,
		`base/05.yaml:17:33 không có chuỗi số liệu "palns"`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestHeads(t *testing.T) {
	cases := []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"nothing", files("README.md", "x"), "không có ấn bản nào"},
		{"no edition.yaml", files("base/05.yaml", goodBase), "base/edition.yaml: thiếu tệp edition.yaml"},
		{"no day", files("base/edition.yaml", "code: a\ntitle: b\ncite: c\n"), "thiếu ngày có hiệu lực"},
		{"unknown parent", files("base/edition.yaml", goodEdition+"extends: nothing\n"), `không có ấn bản "nothing"`},
		{"circle", files("a/edition.yaml", "code: a\ntitle: A\nfrom: 2010-01-01\ncite: c\nextends: b\n", "b/edition.yaml", "code: b\ntitle: B\nfrom: 2011-01-01\ncite: c\nextends: a\n"), "vòng tròn"},
		{"same day", files("a/edition.yaml", goodEdition, "b/edition.yaml", goodEdition+"extends: a\n"), "cùng ngày có hiệu lực"},
		{"folder inside", files("base/edition.yaml", goodEdition, "base/more/x.yaml", ""), "thư mục con lạ"},
		{"no system", base(strings.Replace(goodBase, "system: 5\n", "", 1)), "không rõ thuộc hệ thống nào"},
		{"system out of range", base(strings.Replace(goodBase, "system: 5\n", "system: 25\n", 1)), "hệ thống 25 không có"},
		{"drop in the first", base(goodBase + "drop: [training]\n"), "drop trong ấn bản đầu tiên"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(c.files)
			if list, ok := AsErrors(err); !ok || !strings.Contains(list.Error(), c.want) {
				t.Errorf("want %q, got %v", c.want, err)
			}
		})
	}
}

const edition2021 = "code: 2021\ntitle: Ấn bản sau\nfrom: 2021-07-30\nextends: base\ncite: Quyết định 23-QĐ/TW\n"

func TestEditions(t *testing.T) {
	m := base(goodBase)
	maps.Copy(m, files("2021/edition.yaml", edition2021, "2021/05.yaml", `system: 5
kinds:
  - {code: reform, name: Cải cách, cite: Quyết định 23-QĐ/TW, by: ["*"], day: Ngày, fields: [{code: topic, name: Nội dung, type: text, about: work}]}
indicators:
  - {code: training.religious, name: Về tôn giáo (mới), cite: Quy chế, version: 2, unit: cuộc, numerator: 'sum(trainings{theme=["religious", "ethnic"]})'}
lists:
  - {code: themes, name: Chủ đề, extends: true, options: [{code: digital, name: Chuyển đổi số}]}
drop: {duties: [training.yearly]}
`, "2021/templates/nam.md", "mẫu năm"))
	c := load(t, m)
	old, latest := c.EditionOn(20210729), c.EditionOn(20210730)
	if old.Code != "2010" || latest.Code != "2021" || old.To != 20210729 || c.EditionOn(20050101) != old || c.Edition(latest.Hash) != latest {
		t.Fatalf("editions in force: %s until %s, then %s", old.Code, old.To, latest.Code)
	}
	if old.Kind("reform") != nil || latest.Kind("reform") == nil || latest.Kind("training") == nil {
		t.Error("an edition has what it adds and what it inherits; the older one is untouched")
	}
	if old.Indicator("training.religious").Version != 1 || latest.Indicator("training.religious").Version != 2 {
		t.Error("same code replaces")
	}
	if old.Duty("training.yearly") == nil || latest.Duty("training.yearly") != nil {
		t.Error("drop removes in the later edition only")
	}
	if len(old.List("themes").Options) != 4 || len(latest.Kind("training").Field("theme").Choices()) != 5 {
		t.Error("extends adds to a list in the later edition only")
	}
	if _, ok := latest.Template("nam"); !ok || old.Hash == latest.Hash {
		t.Error("template is missing, or two editions share a hash")
	}
	for _, bad := range []struct{ drop, want string }{{"drop: [nothing]", `không có "nothing"`}, {"drop: {kinds: [trainings]}", `không có "trainings"`}, {"drop: {kind: [x]}", `khóa lạ "kind"`}} {
		m["2021/06.yaml"] = &fstest.MapFile{Data: []byte(bad.drop + "\n")}
		if _, err := Load(m); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: got %v", bad.drop, err)
		}
	}
}

func TestOverlay(t *testing.T) {
	m := base(goodBase)
	maps.Copy(m, files("overlay/bac_kan/overlay.yaml", "code: bac_kan\ntitle: Bắc Kạn\ncite: Quy chế 21-QC/TU\n",
		"overlay/bac_kan/05.yaml", "system: 5\nkinds:\n  - {code: local_work, name: Việc riêng, cite: Quy chế 21-QC/TU, by: [\"*\"], day: Ngày, fields: []}\n"))
	with, without := load(t, m), load(t, base(goodBase))
	if with.Latest().Kind("local_work") == nil || with.Latest().Hash == without.Latest().Hash {
		t.Error("an overlay adds a kind and changes the hash")
	}
	none, err := Load(m, OnlyOverlays())
	if err != nil || none.Latest().Hash != without.Latest().Hash {
		t.Errorf("without overlays the edition is the common one: %v", err)
	}
	if _, err := Load(m, OnlyOverlays("ha_giang")); err == nil {
		t.Error("an overlay that is not there must be an error")
	}
	m["overlay/bac_kan/05.yaml"].Data = []byte("lists:\n  - {code: themes, name: Chủ đề, options: [{code: a, name: A}]}\n")
	if _, err := Load(m); err == nil || !strings.Contains(err.Error(), "không được thay danh sách themes") {
		t.Errorf("an overlay must not replace: %v", err)
	}
}

// The hash depends on what is declared, not on files, order, layout or comments.
func TestHash(t *testing.T) {
	first := load(t, base(goodBase)).Latest()
	head, series, _ := strings.Cut(goodBase, "series:\n")
	parts := files("base/edition.yaml", goodEdition, "base/z.yaml", "# chú thích\n"+head, "base/a.yaml", "system:   5\nseries:\n"+series)
	if second := load(t, parts).Latest(); first.Hash != second.Hash {
		t.Error("the same declarations in two files have another hash")
	}
	changed := load(t, base(strings.Replace(goodBase, "name: Hội nghị tập huấn", "name: Hội nghị tập huấn, bồi dưỡng", 1))).Latest()
	if first.Hash == changed.Hash {
		t.Error("another name, same hash")
	}
	back, err := FromBundle(first.Bundle())
	if err != nil || back.Hash != first.Hash || back.Indicator("F03") == nil || string(back.Bundle()) != string(first.Bundle()) {
		t.Fatalf("edition from its bundle: %v", err)
	}
	if _, err := FromBundle([]byte(`{"format":9}`)); err == nil {
		t.Error("a bundle of another format must be refused")
	}
}
