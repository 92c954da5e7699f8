package catalog

import "danvan/internal/civil"

// Duty is what bodies of some classes owe: to record work of a kind, or to file a report, by a day.
type Duty struct {
	Pos      `json:"-"`
	System   int        `json:"system,omitempty"`
	Code     string     `json:"code" need:"true" doc:"Mã"`
	Name     string     `json:"name" need:"true"`
	Cite     string     `json:"cite" need:"true"`
	Verified bool       `json:"verified,omitempty"`
	By       []string   `json:"by" need:"true" doc:"Lớp đơn vị có trách nhiệm"`
	To       []string   `json:"to,omitempty" doc:"Lớp đơn vị nhận báo cáo"`
	Kind     string     `json:"kind,omitempty" doc:"Loại ghi nhận phải có"`
	Report   string     `json:"report,omitempty" doc:"Mẫu báo cáo phải nộp: tên tệp trong templates/ hoặc mã trong danh sách reports"`
	Every    string     `json:"every" need:"true" enum:"week|month|quarter|half|nine_months|year|two_years|five_years|term|once|event"`
	Act      string     `json:"act,omitempty" enum:"plan|report|meeting|conference|publication|reception|training|inspection|review|figures|work" doc:"Việc thuộc loại nào, để lọc; bỏ trống: report là báo cáo, còn lại là việc khác"`
	Event    *DutyEvent `json:"event,omitempty" doc:"Với every: event: việc nào làm phát sinh trách nhiệm"`
	Proof    *DutyProof `json:"proof,omitempty" doc:"Với every: event: trường của chính ghi nhận đó cho biết đã làm"`
	NoNil    bool       `json:"no_nil,omitempty" doc:"Không được khai không phát sinh: luật buộc phải làm"`
	AtLeast  int        `json:"at_least,omitempty" doc:"Số lần ít nhất trong kỳ; mặc định 1"`
	Only     *DutyOnly  `json:"only,omitempty" doc:"Chỉ tính những ghi nhận như thế"`
	PerDay   bool       `json:"per_day,omitempty" doc:"at_least đếm ngày: nhiều ghi nhận trong một ngày là một lần"`
	Regime   string     `json:"regime,omitempty" doc:"Chế độ kỳ báo cáo; bỏ trống là kỳ lịch"`
	Due      *Due       `json:"due,omitempty"`
	From     civil.Date `json:"from,omitempty"`
	Until    civil.Date `json:"until,omitempty"`
	Help     string     `json:"help,omitempty"`
}

// DutyOnly narrows the entries that meet a duty to those in which a choice field has one of the values: a session held
// by the head himself.
type DutyOnly struct {
	Pos   `json:"-"`
	Field string   `json:"field" need:"true" doc:"Trường lựa chọn"`
	In    []string `json:"in" need:"true" doc:"có một trong các giá trị này"`
}

// DutyEvent says which entries call forth a duty: those of a kind, of a body that owes the duty, from the day in Day
// (empty: the day of the entry). Field and Is, where given, choose among them. Carried asks for an entry that carries it.
type DutyEvent struct {
	Pos   `json:"-"`
	Kind  string `json:"kind" need:"true" doc:"Loại ghi nhận làm phát sinh"`
	Day   string `json:"day,omitempty" doc:"Trường ngày để tính hạn; bỏ trống là ngày ghi nhận"`
	Field string `json:"field,omitempty" doc:"Chỉ những ghi nhận mà trường này"`
	Is    string `json:"is,omitempty" doc:"có giá trị này"`

	Carried bool `json:"carried,omitempty" doc:"Chỉ tính ghi nhận nói rõ là thực hiện chính việc ấy"`
}

// DutyProof is a field of the very entry that called the duty forth: a day on which it was met, or, with Is, a value
// that says so. Empty is the day of the entry itself.
type DutyProof struct {
	Pos   `json:"-"`
	Field string `json:"field,omitempty" doc:"Trường ngày đã làm; bỏ trống là ngày ghi nhận"`
	Is    string `json:"is,omitempty" doc:"Giá trị cho biết đã làm"`
}

// Due is the last day of a duty, counted from an event.
type Due struct {
	Pos     `json:"-"`
	Days    int    `json:"days,omitempty"`
	DayType string `json:"day_type,omitempty" enum:"calendar|working"`
	After   string `json:"after,omitempty" enum:"period_start|period_end|event"`
	On      string `json:"on,omitempty" doc:"Ngày cố định trong năm, MM-DD"`
}

// Calendar is a list of days off and days worked in exchange.
type Calendar struct {
	Pos      `json:"-"`
	Code     string         `json:"code" need:"true"`
	Name     string         `json:"name" need:"true"`
	Cite     string         `json:"cite" need:"true"`
	Verified bool           `json:"verified,omitempty"`
	Weekend  []string       `json:"weekend,omitempty" doc:"mon...sun; mặc định sat, sun"`
	Counting *Counting      `json:"counting,omitempty" doc:"Cách đếm thời hạn theo lịch này"`
	Days     []*CalendarDay `json:"days,omitempty"`
}

// Counting is how a time limit is counted: whether the day of the event counts, and what becomes of a last day on
// which nobody works.
type Counting struct {
	Pos      `json:"-"`
	First    string `json:"first,omitempty" enum:"next|same" doc:"Đếm từ ngày liền sau ngày có sự kiện (next, mặc định) hay từ chính ngày ấy (same)"`
	LastOff  string `json:"last_off,omitempty" enum:"next|stay" doc:"Ngày cuối là ngày nghỉ: kết thúc vào ngày làm việc tiếp theo (next) hay giữ nguyên (stay, mặc định)"`
	Cite     string `json:"cite" need:"true"`
	Verified bool   `json:"verified,omitempty"`
	Note     string `json:"note,omitempty"`
}

// CalendarDay is one day that differs from its weekday.
type CalendarDay struct {
	Pos    `json:"-"`
	On     civil.Date `json:"on" need:"true"`
	To     civil.Date `json:"to,omitempty" doc:"Ngày cuối khi là một dải ngày"`
	Effect string     `json:"effect" need:"true" enum:"off|work|policy"`
	Name   string     `json:"name" need:"true"`
	Cite   string     `json:"cite,omitempty"`
	Status string     `json:"status,omitempty"`
}

// Procedure is a class of petition with its clocks. Read and checked here; reckoned by package clock.
type Procedure struct {
	Pos      `json:"-"`
	Code     string   `json:"code" need:"true" code:"true"`
	Name     string   `json:"name" need:"true"`
	Cite     string   `json:"cite" need:"true"`
	Verified bool     `json:"verified,omitempty"`
	Class    string   `json:"class,omitempty" doc:"Loại đơn"`
	Limits   []*Limit `json:"limits,omitempty" doc:"Con số của luật không phải thời hạn"`
	Round    string   `json:"round,omitempty" enum:"first|second" doc:"Lần giải quyết; bỏ trống khi thủ tục không chia lần"`
	Closes   []string `json:"closes,omitempty" doc:"Sự kiện kết thúc mọi thời hạn của thủ tục, như đình chỉ, rút đơn"`
	Clocks   []*Clock `json:"clocks,omitempty"`
	Help     string   `json:"help,omitempty"`
}

// Limit is a number of the law that is no time limit: from how many persons on a group is a crowd.
type Limit struct {
	Pos      `json:"-"`
	Code     string     `json:"code" need:"true" code:"true"`
	Name     string     `json:"name" need:"true"`
	Article  string     `json:"article" need:"true" doc:"Điều khoản, văn bản quy định"`
	Verified bool       `json:"verified,omitempty"`
	Value    int        `json:"value" need:"true"`
	From     civil.Date `json:"from,omitempty"`
	Until    civil.Date `json:"until,omitempty"`
}

// LimitOn is the procedure's limit of that code in force on a day, nil where there is none.
func (p *Procedure) LimitOn(code string, day civil.Date) *Limit {
	if p == nil {
		return nil
	}
	for _, l := range p.Limits {
		if l.Code == code && l.From <= day && (l.Until == 0 || day < l.Until) {
			return l
		}
	}
	return nil
}

// Clock is one time limit: days from a start event to an end event. Several of one code are versions of it: at most one
// is in force on a day, and the one in force on the day of the start event holds.
type Clock struct {
	Pos           `json:"-"`
	Code          string     `json:"code" need:"true" code:"true"`
	Name          string     `json:"name" need:"true"`
	Article       string     `json:"article" need:"true" doc:"Điều khoản quy định thời hạn"`
	Verified      bool       `json:"verified,omitempty"`
	Start         string     `json:"start" need:"true" enum:"received|classified|accepted|settled|act_known|concluded|session|document|period_end|posted|decided|sent|recommended|refused" doc:"Sự kiện bắt đầu tính"`
	End           string     `json:"end,omitempty" enum:"classified|accepted|notified|settled|answered|sent|acted|published|received|appealed|noticed|tested|taken_down|recognised|erased" doc:"Sự kiện kết thúc"`
	EndOr         []string   `json:"end_or,omitempty" doc:"Sự kiện khác cũng kết thúc thời hạn"`
	OwedBy        string     `json:"owed_by,omitempty" enum:"office|sender" doc:"Thời hạn của cơ quan (office, mặc định) hay của người gửi (sender)"`
	Days          int        `json:"days" need:"true"`
	Complex       int        `json:"complex,omitempty" doc:"Số ngày khi vụ việc phức tạp"`
	Remote        int        `json:"remote,omitempty" doc:"Số ngày ở vùng sâu, vùng xa"`
	RemoteComplex int        `json:"remote_complex,omitempty"`
	DayType       string     `json:"day_type" need:"true" enum:"calendar|working"`
	Calendar      string     `json:"calendar,omitempty"`
	LastOff       string     `json:"last_off,omitempty" enum:"next|stay" doc:"Như counting.last_off của lịch, riêng cho thời hạn này"`
	Before        bool       `json:"before,omitempty" doc:"Tính lùi: chậm nhất bấy nhiêu ngày trước sự kiện"`
	Pause         bool       `json:"pause,omitempty" doc:"Tạm đình chỉ thì dừng tính, tiếp tục thì tính tiếp"`
	Extension     *Extension `json:"extension,omitempty"`
	From          civil.Date `json:"from,omitempty"`
	Until         civil.Date `json:"until,omitempty" doc:"Ngày đầu tiên không còn hiệu lực"`
	TakesOver     bool       `json:"takes_over,omitempty" doc:"Áp dụng cả cho thời hạn đang chạy khi phiên bản này có hiệu lực; bỏ trống: thời hạn đang chạy theo luật cũ"`
	Note          string     `json:"note,omitempty"`
}

// InForce says whether the version holds for a clock that starts on the day.
func (c *Clock) InForce(day civil.Date) bool {
	return c.From <= day && (c.Until == 0 || day < c.Until)
}

// Extension is how a clock may be prolonged, always by a document.
type Extension struct {
	Pos          `json:"-"`
	Times        int    `json:"times" need:"true" doc:"Số lần được gia hạn"`
	SpecialTimes int    `json:"special_times,omitempty" doc:"Số lần khi đặc biệt phức tạp"`
	Days         int    `json:"days" need:"true" doc:"Số ngày nhiều nhất của một lần"`
	ComplexDays  int    `json:"complex_days,omitempty" doc:"Số ngày nhiều nhất của một lần khi phức tạp"`
	Needs        string `json:"needs,omitempty" enum:"complex" doc:"complex: chỉ vụ việc phức tạp, đặc biệt phức tạp mới được gia hạn"`
	When         string `json:"when,omitempty" doc:"Khi nào được gia hạn"`
	Document     string `json:"document,omitempty" doc:"Văn bản gia hạn"`
}
