package web

import (
	"crypto/rand"
	"net/url"
	"slices"
	"strings"
)

// wrong is one thing that keeps a form from being saved: the control's id and a sentence. It stands in the summary
// at the top and beside the control, word for word.
type wrong struct{ Field, Say string }

type wrongs []wrong

// at are the sentences for one control.
func (ws wrongs) at(field string) []string {
	var out []string
	for _, w := range ws {
		if w.Field == field {
			out = append(out, w.Say)
		}
	}
	return out
}

func (ws wrongs) has(field string) bool {
	return slices.ContainsFunc(ws, func(w wrong) bool { return w.Field == field })
}

// form is a form as it was sent, or as it is first shown: its values by the control's name, and what is wrong.
type form struct {
	Values url.Values
	Wrong  wrongs
	Key    string // made when the form is opened: sending it twice saves once
}

// newForm is an empty form with a key of its own.
func newForm() form { return form{Values: url.Values{}, Key: rand.Text()} }

// keyField is the hidden control that carries a form's key.
const keyField = "khoa"

// sentForm is a form as it came in. What no text may hold, a NUL or a broken letter, is left out of it.
func sentForm(values url.Values) form {
	for _, list := range values {
		for i, v := range list {
			list[i] = strings.ReplaceAll(strings.ToValidUTF8(v, "\uFFFD"), "\x00", "")
		}
	}
	f := form{Values: values, Key: values.Get(keyField)}
	if f.Key == "" {
		f.Key = rand.Text()
	}
	return f
}

func (f form) get(name string) string { return f.Values.Get(name) }

func (f *form) say(field, sentence string) { f.Wrong = append(f.Wrong, wrong{field, sentence}) }

// control is what a field of a form shows around its input.
type control struct {
	Name     string // of the value; the id too
	Label    string
	Hint     string
	Required bool
	Unit     string // unit of measure behind the input
	Kind     string // type of the input: text (when empty), password, code, date, email, number, search
	Class    string // w-s, w-m, w-l
	Auto     string // autocomplete
	Mode     string // inputmode
	Options  []option
	Rows     int    // of a textarea
	Combo    bool   // of a select with many options: searchable where scripts run
	List     string // id of a datalist that offers values
}

// option is one choice of a list.
type option struct{ Value, Name, Hint string }

// described names the hint and the error of a control, for aria-describedby.
func (f form) described(c control) string {
	out := ""
	if c.Hint != "" {
		out = c.Name + "-h"
	}
	if f.Wrong.has(c.Name) {
		if out != "" {
			out += " "
		}
		out += c.Name + "-e"
	}
	return out
}

// notices are the sentences that a page may show after an act, by the word in its address (?xong=luu). They are
// fixed, so that an address cannot put words into the program's mouth.
var notices = map[string]string{
	"tin-gui":              "Đã gửi duyệt. Người khác đọc rồi đăng hoặc trả lại.",
	"tin-rut":              "Đã rút về; sửa được rồi.",
	"tin-dang":             "Đã đăng lên cổng và ghi vào sổ việc.",
	"tin-tra-lai":          "Đã trả lại cùng ý kiến của bạn.",
	"tin-go":               "Đã gỡ khỏi cổng; ghi nhận của bài đã hủy.",
	"gop-y-tra-loi":        "Đã đăng góp ý cùng câu trả lời dưới bài.",
	"gop-y-dang":           "Đã đăng góp ý dưới bài.",
	"gop-y-khong-dang":     "Đã để riêng, không đăng. Lấy lại được.",
	"gop-y-lay-lai":        "Đã đưa lại vào hộp chờ.",
	"chot":                 "Đã chốt số góp ý của tháng vào sổ việc.",
	"chot-san":             "Số của tháng này đã đúng như sổ việc, không ghi gì thêm.",
	"chuyen-gui-den":       "Đã chuyển sang cơ quan ấy; lần gửi nằm ở hộp của họ.",
	"khong-nhan":           "Đã để riêng, không nhận. Lấy lại được.",
	"lay-lai":              "Đã đưa lại vào hộp chờ.",
	"nhan-gui-den":         "Đã nhận vào sổ. Người gửi theo dõi bằng số cũ; tệp đang chuyển vào hồ sơ.",
	"cong-khai-bao-cao":    "Đã công khai báo cáo. Ai cũng đọc được ở cổng và kiểm tra được niêm phong.",
	"thoi-cong-khai":       "Đã thôi công khai. Báo cáo vẫn là bản đã ban hành; cổng không in nữa.",
	"da-cong-khai":         "Đã ghi lần công khai. Người dân thấy ở trang công khai của xã. Nhớ ghi ngày phát truyền thanh và ngày gỡ bảng.",
	"sua-dong":             "Đã lưu các ô sửa và kiểm tra lại mọi dòng.",
	"gop":                  "Đã gộp thành một ghi nhận. Số liệu tính một lần; xem hoặc tách lại ở phần “Đã gộp vào đây”.",
	"tach-lai":             "Đã tách lại: hai ghi nhận đứng như trước khi gộp.",
	"khong-trung":          "Đã nhớ: hai ghi nhận là hai việc khác nhau.",
	"vu-viec-same_letter":  "Đã ghi: đơn trùng. Đơn đã vào vụ việc; điều kiện xử lý xét riêng ở trang của đơn.",
	"vu-viec-same_matter":  "Đã ghi: cùng vụ việc.",
	"vu-viec-follow_up":    "Đã ghi: đơn tiếp theo của cùng vụ việc.",
	"vu-viec-related":      "Đã ghi: hai đơn liên quan.",
	"vu-viec-refused":      "Đã nhớ: hai đơn không cùng vụ việc, không gợi ý lại.",
	"tach-don":             "Đã tách đơn khỏi vụ việc. Việc xếp trước đây vẫn còn trong lịch sử.",
	"tach-vu-viec":         "Đã tách lại thành hai vụ việc.",
	"bo-quyet-dinh":        "Đã bỏ quyết định.",
	"bo-nhap":              "Đã bỏ lần nhập. Không có gì được ghi.",
	"luu-bang":             "Đã lưu bảng.",
	"luu":                  "Đã lưu.",
	"van-de":               "Đã ghi vấn đề. Ghi tiếp vấn đề sau ngay bên dưới.",
	"dong-gop":             "Đã ghi các lần đóng góp; mỗi lần có số phiếu. In phiếu ở từng dòng của sổ.",
	"hoan-tac":             "Đã hoàn tác; số liệu đã được tính lại.",
	"thuc-hien":            "Đã thực hiện; số liệu đã được tính lại.",
	"bo":                   "Đã bỏ bản nháp.",
	"nhap":                 "Đã lưu bản nháp. Mở lại ở trang Bản nháp bất cứ lúc nào.",
	"nhap-rieng":           "Biểu mẫu này đã được lưu nháp ở cửa sổ khác với nội dung khác. Không bản nào bị mất: cả hai đứng ở trang Bản nháp.",
	"ghi":                  "Đã ghi nhận. Số liệu đã cộng vào mọi chỉ tiêu liên quan.",
	"sua":                  "Đã lưu bản sửa. Bản cũ vẫn được giữ trong các phiên bản.",
	"huy":                  "Đã hủy ghi nhận. Số liệu đã trừ ra khỏi mọi chỉ tiêu.",
	"xac-nhan":             "Đã xác nhận.",
	"tra-lai":              "Đã trả lại kèm nhận xét. Người ghi thấy ngay ở trang Hôm nay.",
	"thoi-tra-lai":         "Đã thu hồi việc trả lại. Ghi nhận lại chờ xác nhận.",
	"giao":                 "Đã giao quyền.",
	"ket-thuc":             "Đã kết thúc quyền.",
	"ngung":                "Đã ngừng tài khoản.",
	"mo-lai":               "Đã mở lại tài khoản.",
	"mo-khoa":              "Đã mở khóa đăng nhập.",
	"go-hai-lop":           "Đã gỡ xác thực hai lớp.",
	"ket-thuc-phien":       "Đã kết thúc mọi phiên.",
	"nhap-tai-khoan":       "Đã lưu danh sách. Hãy cấp mật khẩu tạm cho các tài khoản mới.",
	"uy-quyen":             "Đã ủy quyền.",
	"thu-hoi":              "Đã thu hồi ủy quyền.",
	"hoan":                 "Đã hoãn nhắc. Việc vẫn còn hạn như cũ.",
	"nhac-lai":             "Đã đưa việc trở lại danh sách.",
	"thu-thu":              "Đã xếp thư thử vào hàng gửi. Tải lại trang sau ít giây để xem kết quả.",
	"gui-lai":              "Đã xếp thư vào hàng gửi lại.",
	"mat-khau":             "Đã đổi mật khẩu; các phiên khác đã kết thúc.",
	"phien":                "Đã kết thúc phiên.",
	"tat-hai-lop":          "Đã tắt lớp thứ hai.",
	"noi":                  "Đã nối tài khoản.",
	"go-noi":               "Đã gỡ nối tài khoản.",
	"niem-phong-danh-tinh": "Đã cất phong bì. Trang này luôn như nhau, dù trong phong bì có gì.",
	"luoc-bo":              "Đã lưu bản làm việc. Người thứ hai cần kiểm tra trước khi người xác minh xem được.",
	"luoc-bo-anh":          "Đã thêm ảnh đã che. Bản làm việc cần được kiểm tra lại.",
	"luoc-bo-bo":           "Đã bỏ khỏi bản làm việc. Bản còn lại cần được kiểm tra lại.",
	"kiem-luoc-bo":         "Đã ghi việc kiểm tra bản lược bỏ danh tính.",
	"xin-mo":               "Đã gửi đề nghị mở và ghi vào sổ niêm phong. Người giữ khóa sẽ trả lời.",
	"niem-phong-lai":       "Đã niêm phong lại cho các khóa hiện hành.",
	"dang-ky-khoa":         "Đã đăng ký khóa. Hãy thử tệp khóa để chứng tỏ bản dự phòng mở được.",
	"thu-khoa":             "Tệp khóa mở được. Khóa mới chờ người của nửa kia đối chiếu dấu vân tay.",
	"doi-chieu-khoa":       "Đã đối chiếu; khóa đưa vào dùng.",
	"bao-mat-khoa":         "Đã thôi dùng khóa.",
	"cho-mo":               "Đã chuyển lớp trong cho người đề nghị.",
	"tu-choi-mo":           "Đã từ chối đề nghị.",
	"bat-danh-tinh":        "Đã ghi phê duyệt và bật lưu danh tính.",
	"tat-danh-tinh":        "Đã tắt lưu danh tính. Danh tính mới giữ trên giấy.",
	"thoi-khoa":            "Đã thôi khóa.",
	"khai-khong":           "Đã khai không phát sinh.",
	"rut-khong":            "Đã rút lần khai không phát sinh.",

	// of citizen reception
	"lich":      "Đã lập lịch tiếp công dân. Nhớ công bố trước ngày tiếp.",
	"cong-bo":   "Đã ghi việc công bố lịch tiếp công dân.",
	"mo-buoi":   "Đã mở buổi tiếp. Ghi từng lượt khi người dân đến.",
	"luot":      "Đã lưu lượt tiếp; số của buổi đã tính lại.",
	"bo-luot":   "Đã bỏ lượt tiếp; số của buổi đã tính lại.",
	"chot-buoi": "Đã chốt buổi tiếp.",
	"mot-cua":   "Đã lưu số liệu hồ sơ của tháng.",

	// of cases
	"buoc":        "Đã ghi bước xử lý. Thời hạn đã được tính lại theo bước này.",
	"bo-buoc":     "Đã bỏ bước ghi nhầm. Bản cũ vẫn được giữ trong các phiên bản.",
	"giao-ho-so":  "Đã giao người phụ trách hồ sơ.",
	"nhan-chuyen": "Đã xác nhận và vào sổ đơn chuyển đến.",

	// of reports from below
	"nhan-bao-cao":     "Đã nhận báo cáo.",
	"tra-bao-cao":      "Đã trả lại báo cáo kèm ý kiến; đơn vị thấy ý kiến ở kỳ báo cáo của mình.",
	"nhan-cac-bao-cao": "Đã nhận các báo cáo được chọn.",
	"trich":            "Đã đưa các đoạn được chọn vào báo cáo của đơn vị, kèm nguồn; hãy đọc lại và sửa lời.",

	"nop":             "Đã nộp báo cáo. Bản in được giữ dưới niêm phong.",
	"khong-phat-sinh": "Đã báo cáo không phát sinh.",
	"rut-lai":         "Đã rút lại; có thể soạn tiếp.",
	"ban-hanh":        "Đã ban hành báo cáo.",
	"sua-doi":         "Đã mở phiên bản mới. Báo cáo đã ban hành giữ nguyên cho đến khi bản mới ban hành.",
	"bo-ky":           "Đã bỏ kỳ báo cáo.",
	"thu-hoi-bao-cao": "Đã thu hồi báo cáo.",
	"tien-do":         "Đã báo tiến độ.",
	"xin-han":         "Đã gửi đề nghị gia hạn cho đơn vị giao.",
	"bao-xong":        "Đã báo hoàn thành, chờ đơn vị giao nghiệm thu.",
	"gia-han":         "Đã gia hạn.",
	"khong-gia-han":   "Đã trả lời không gia hạn.",
	"nghiem-thu":      "Đã nghiệm thu.",
	"tra-nhiem-vu":    "Đã trả lại nhiệm vụ cho đơn vị được giao.",
	// of letters
	"nhan-don":           "Đơn đã vào sổ. In giấy biên nhận cho người nộp.",
	"nhan-don-thieu-tep": "Đơn đã vào sổ, nhưng chưa lưu được hết tệp kèm theo. Hãy thêm lại ở trang Giấy tờ.",
	"them-giay-to":       "Đã niêm phong và thêm giấy tờ vào hồ sơ.",
	"dua-ra":             "Đã đưa giấy tờ ra khỏi hồ sơ.",

	// of what citizens follow
	"soan-tra-loi":    "Đã lưu câu trả lời. Người duyệt hoặc lãnh đạo đọc lại rồi công bố cho người gửi.",
	"cong-bo-tra-loi": "Đã công bố. Người gửi thấy câu trả lời khi mở bằng số và mã riêng.",
	"rut-tra-loi":     "Đã rút câu trả lời; người gửi thấy lý do.",
	"hoi-bo-sung":     "Đã hỏi. Người gửi thấy đề nghị bổ sung khi mở trang theo dõi.",
	"ly-do-cham":      "Đã ghi lý do chậm. Người gửi thấy lý do này.",
	"da-doc":          "Đã ghi là đã đọc tin của người gửi.",

	"giao-viec": "Đã giao nhiệm vụ. Mỗi đơn vị có một nhiệm vụ riêng trong danh sách.",
}
