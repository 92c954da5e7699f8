package catalog

// Series is what entries add up to: a measure with labels.
type Series struct {
	Pos      `json:"-"`
	System   int               `json:"system,omitempty"`
	Code     string            `json:"code" need:"true" code:"true"`
	Name     string            `json:"name" need:"true"`
	Cite     string            `json:"cite,omitempty"`
	Kind     string            `json:"kind,omitempty" doc:"Loại ghi nhận được cộng (hoặc kinds)"`
	Kinds    []string          `json:"kinds,omitempty"`
	Unit     string            `json:"unit" need:"true" doc:"Đơn vị tính: cuộc, lượt người, m²..."`
	Scale    int               `json:"scale,omitempty" doc:"Số chữ số thập phân của giá trị được giữ"`
	Axis     string            `json:"axis,omitempty" enum:"unit|place" doc:"Cộng theo đơn vị thực hiện (unit) hay nơi xảy ra (place)"`
	Flow     Flow              `json:"flow,omitempty" enum:"count|amount|reading|level|state|stock"`
	Value    string            `json:"value,omitempty" doc:"1, một trường, hoặc biểu thức + - * trên các trường"`
	Where    string            `json:"where,omitempty" doc:"Chỉ tính khi biểu thức đúng"`
	Each     string            `json:"each,omitempty" doc:"Mỗi dòng của nhóm (hoặc mỗi lựa chọn của choices) một lần"`
	Date     string            `json:"date,omitempty" doc:"Trường cho ngày tính; mặc định ngày ghi nhận"`
	Dates    []string          `json:"dates,omitempty" doc:"Thay cho date: tính vào ngày của trường đầu tiên có giá trị, theo thứ tự viết; không trường nào có thì không tính"`
	Until    string            `json:"until,omitempty" doc:"Trường cho ngày thôi tính (state, stock)"`
	By       string            `json:"by,omitempty" doc:"Ngày thứ hai: chỉ tính khi ngày chốt từ ngày này trở đi"`
	Labels   map[string]string `json:"labels,omitempty"`
	Passes   string            `json:"passes,omitempty" enum:"any|all|ask" doc:"Trạng thái chuyển sang đơn vị kế thừa khi sáp nhập"`
	Help     string            `json:"help,omitempty"`
	Verified bool              `json:"verified,omitempty"`
	Open     []string          `json:"open,omitempty" doc:"Chuỗi từ đơn thư: phần mà người không được đọc đơn cũng xem được. total là tổng; thêm tên nhãn là cả khi chia theo nhãn đó"`

	edition *Edition
	labels  []string                   // names, sorted
	values  map[string]map[string]bool // label -> its possible values, nil where any text can come out
}

// Flow says what adding a series' values means.
type Flow string

// The flows.
const (
	Count   Flow = "count"   // things done: adds over units and time
	Amount  Flow = "amount"  // quantities: adds over units and time
	Reading Flow = "reading" // read off, never added over time, nor over units where it is a rate
	Level   Flow = "level"   // read off, adds over units, never over time
	State   Flow = "state"   // +1 when a unit enters the state, -1 when it leaves
	Stock   Flow = "stock"   // things alive: +1 when one begins, -1 when it ends
)

// KindCodes are the kinds that the series reads.
func (s *Series) KindCodes() []string {
	if s.Kind != "" {
		return append([]string{s.Kind}, s.Kinds...)
	}
	return s.Kinds
}

// Total in [Series.Open] opens the sum over all labels.
const Total = "total"

// Guarded reports whether the series follows from citizens' letters, or from what they came to say: then only what
// Open names is for those who may not read them.
func (s *Series) Guarded() bool {
	for _, code := range s.KindCodes() {
		k := s.edition.kinds[code]
		if k == nil {
			continue
		}
		if k.Letters() {
			return true
		}
		if g := k.Field(s.Each); g != nil && g.Type == Group && g.Letters() {
			return true
		}
	}
	return false
}

// LabelNames are the series' labels, sorted.
func (s *Series) LabelNames() []string { return s.labels }

// LabelValues are the values that a label can take, sorted; ok is false where any text can come out.
func (s *Series) LabelValues(label string) (values []string, ok bool) {
	s.edition.compiled()
	set, ok := s.values[label]
	return sortedKeys(set), ok && set != nil
}
