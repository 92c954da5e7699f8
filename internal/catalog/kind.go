package catalog

import (
	"slices"

	"danvan/internal/civil"
)

// Kind is one sort of work that is recorded: what its form asks.
type Kind struct {
	Pos      `json:"-"`
	System   int      `json:"system,omitempty" doc:"Số thứ tự hệ thống (1–24); bỏ trống thì lấy theo tệp"`
	Code     string   `json:"code" need:"true" code:"true" doc:"Mã, tiếng Anh, snake_case"`
	Name     string   `json:"name" need:"true" doc:"Tên gọi chính thức"`
	Cite     string   `json:"cite" need:"true" doc:"Văn bản, điều khoản làm căn cứ"`
	Verified bool     `json:"verified,omitempty" doc:"Đã đọc toàn văn điều khoản được dẫn"`
	By       []string `json:"by" need:"true" doc:"Lớp đơn vị được ghi nhận: cấp/loại, \"*\" là mọi đơn vị"`
	Day      string   `json:"day" need:"true" doc:"Nhãn của ngày ghi nhận, ví dụ: Ngày khai mạc"`
	Confirm  string   `json:"confirm,omitempty" enum:"none|superior|approver" doc:"Ai xác nhận; bỏ trống là approver"`
	Joint    bool     `json:"joint,omitempty" doc:"Có thể có đơn vị phối hợp"`
	Title    []string `json:"title,omitempty" doc:"Các trường làm tiêu đề của ghi nhận"`
	Help     string   `json:"help,omitempty"`
	Register Register `json:"register,omitempty" enum:"document|programme|task" doc:"Sổ chuyên đề mà ghi nhận loại này thuộc về: văn bản, chương trình phối hợp, nhiệm vụ"`
	GivenBy  string   `json:"given_by,omitempty" doc:"Trường ghi đơn vị giao việc: chỉ người của đơn vị ấy lập, sửa và nghiệm thu; đơn vị nhận báo tiến độ ở trang nhiệm vụ"`
	DoneOn   string   `json:"done_on,omitempty" doc:"Trường ghi ngày làm xong: chưa ghi thì chưa xác nhận được"`
	Escalate []int    `json:"escalate,omitempty" doc:"Số ngày quá hạn từ đó việc lên danh sách cần đôn đốc của cấp giao, mỗi số một bậc, tăng dần"`
	Fields   []*Field `json:"fields,omitempty"`
	Rules    []*Rule  `json:"rules,omitempty" doc:"Điều kiện giữa các trường"`

	edition *Edition
	byCode  map[string]*Field
	plans   []*plan // the series that read this kind, compiled
}

// Who confirms the entries of a kind.
const (
	ByNobody   = "none"     // they count as they are recorded
	ByApprover = "approver" // whoever confirms work over the entry's own body
	BySuperior = "superior" // whoever confirms work from above the entry's body
)

// Field is one value that a kind asks for.
type Field struct {
	Pos      `json:"-"`
	Code     string    `json:"code" need:"true" code:"true"`
	Name     string    `json:"name" need:"true"`
	Type     FieldType `json:"type" need:"true" enum:"int|decimal|money|date|text|longtext|choice|choices|bool|unit|units|person|group|file|url|place_text|entry"`
	About    string    `json:"about" need:"true" enum:"work|place|body|person" doc:"Trường nói về việc, nơi, tổ chức hay người"`
	Part     string    `json:"part,omitempty" enum:"office_holder|contact|author|juror|commended|donor" doc:"Vai của người (bắt buộc khi about: person)"`
	Required bool      `json:"required,omitempty"`
	Unit     string    `json:"unit,omitempty" doc:"Đơn vị tính"`
	Scale    int       `json:"scale,omitempty" doc:"Số chữ số thập phân được giữ (decimal)"`
	Min      *Bound    `json:"min,omitempty"`
	Max      *Bound    `json:"max,omitempty"`
	List     string    `json:"list,omitempty" doc:"Mã danh sách lựa chọn"`
	Options  []*Option `json:"options,omitempty" doc:"Lựa chọn ghi ngay tại trường"`
	Classes  []string  `json:"classes,omitempty" doc:"Lớp đơn vị được chọn (unit, units)"`
	Fields   []*Field  `json:"fields,omitempty" doc:"Các trường của một dòng (group)"`
	Several  bool      `json:"several,omitempty" doc:"person, file: được nhập nhiều"`
	Help     string    `json:"help,omitempty"`
	Cite     string    `json:"cite,omitempty"`

	options map[string]*Option // of choice, choices
	choices []*Option          // in order
	codes   map[string]bool    // of the options
	byCode  map[string]*Field  // of group
}

// FieldType says what values a field takes.
type FieldType string

// The types of fields.
const (
	Int       FieldType = "int"
	DecimalT  FieldType = "decimal"
	Money     FieldType = "money" // đồng
	DateT     FieldType = "date"
	Text      FieldType = "text" // one line
	LongText  FieldType = "longtext"
	Choice    FieldType = "choice"
	Choices   FieldType = "choices"
	Bool      FieldType = "bool"
	UnitRef   FieldType = "unit" // CODE or CODE@DATE
	UnitRefs  FieldType = "units"
	Person    FieldType = "person" // a name and, where wanted, an office: nothing else
	Group     FieldType = "group"  // rows
	File      FieldType = "file"   // SHA-256 of an attachment
	URL       FieldType = "url"
	PlaceText FieldType = "place_text" // a place below the commune, in words
	EntryRef  FieldType = "entry"      // another entry: its key, or its number as #123
)

// Register is the book of its own in which the entries of a kind stand, beside the list of all entries.
type Register string

// The registers.
const (
	Documents  Register = "document"
	Programmes Register = "programme"
	Tasks      Register = "task"
)

// Rule is a condition between fields: settled_on >= accepted_on.
type Rule struct {
	Pos     `json:"-"`
	Expr    string `json:"expr" need:"true"`
	Message string `json:"message" need:"true" doc:"Câu báo cho người nhập khi điều kiện sai"`
	Cite    string `json:"cite,omitempty"`

	test *expression
}

// Option is one choice of a list.
type Option struct {
	Pos   `json:"-"`
	Code  string     `json:"code" need:"true"`
	Name  string     `json:"name" need:"true"`
	From  civil.Date `json:"from,omitempty" doc:"Được chọn từ ngày"`
	Until civil.Date `json:"until,omitempty" doc:"Không được chọn kể từ ngày này"`
	Help  string     `json:"help,omitempty"`
	For   []string   `json:"for,omitempty" doc:"Chỉ cho các mã này của trường mà danh sách nói thêm, như lĩnh vực; bỏ trống là cho tất cả"`
}

// Open reports whether the option may be chosen for work of day d.
func (o *Option) Open(d civil.Date) bool {
	return (o.From == 0 || d == 0 || o.From <= d) && (o.Until == 0 || d == 0 || d < o.Until)
}

// Fits reports whether the option may be chosen beside a code.
func (o *Option) Fits(code string) bool { return len(o.For) == 0 || slices.Contains(o.For, code) }

// List is a named list of choices.
type List struct {
	Pos     `json:"-"`
	Code    string    `json:"code" need:"true" code:"true"`
	Name    string    `json:"name" need:"true"`
	Cite    string    `json:"cite,omitempty"`
	Extends bool      `json:"extends,omitempty" doc:"Thêm lựa chọn vào danh sách cùng mã của bản gốc"`
	Options []*Option `json:"options" need:"true"`
}

// Letters reports whether the entries of the kind are citizens' letters: they ask for the class of a petition. What
// letters say is read and recorded under rights of their own.
func (k *Kind) Letters() bool {
	f := k.Field("class")
	return f != nil && f.List == "petition_classes"
}

// Letters reports whether the rows of a group say of what class letters are.
func (f *Field) Letters() bool {
	c := f.byCode["class"]
	return c != nil && c.List == "petition_classes"
}

// Field returns the field of that code, nil where there is none.
func (k *Kind) Field(code string) *Field { return k.byCode[code] }

// Field returns the row field of that code of a group, nil where there is none.
func (f *Field) Field(code string) *Field { return f.byCode[code] }

// Choices are the options of a choice field, in the order of the catalogue.
func (f *Field) Choices() []*Option { return f.choices }

// Option returns the option of that code of a choice field, nil where there is none.
func (f *Field) Option(code string) *Option { return f.options[code] }
