package trial_test

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"danvan/internal/civil"
	"danvan/internal/web/browser"
)

var codeShape = regexp.MustCompile(`^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$`)

// TestLetterFromHandToHand: the desk takes a reflection in and prints the receipt with number and code; its sender follows
// it on a telephone without scripts, sends a further paper, reads the answer, rates it and opens the matter again; the office
// sees each of these, and the limits count from the right day.
func TestLetterFromHandToHand(t *testing.T) {
	p := running(t)
	office := p.stranger(t, browser.Options{Width: 1440, Height: 900})
	citizen := p.stranger(t, browser.Options{Width: 390, Height: 844, NoScript: true})
	today := civil.FromTime(time.Now().In(time.FixedZone("+07", 7*60*60)))

	office.signIn("tiepdan")
	office.open("/don-thu/moi?loai=reflection")
	office.choose("don-vi", "Ủy ban nhân dân")
	office.set("nguon", "reception", "linh-vuc", "land", "nguoi", "Bà Hoàng Thử Nghiệm", "dia-chi", "thôn Thử Nghiệm", "tom-tat", "Mương đầu thôn sạt, ruộng không có nước.")
	office.Push("Kiểm tra lại với người nộp")
	office.says("Kiểm tra trước khi vào sổ")
	office.Push("Vào sổ")
	letter := strings.TrimSuffix(office.AwaitPath(func(p string) bool { return strings.HasSuffix(p, "/bien-nhan") }), "/bien-nhan")
	office.Push("In kèm mã theo dõi")
	office.says("Chỉ in lần này")
	number, code := regexp.MustCompile(`DT-\d{4}-\d{6}`).FindString(office.Text()), office.word(".code-once")
	if number == "" || !codeShape.MatchString(code) {
		t.Fatalf("the receipt has number %q, code %q", number, code)
	}
	office.printed("receipt-desk", 1)
	office.open(letter + "/bien-nhan")
	office.saysNot(code) // once
	office.open(letter + "/han")
	office.says("Trả lời kết quả phân loại, xử lý")
	limit := regexp.MustCompile(`Hạn\s*Thứ [^,]+, (\d\d/\d\d/\d{4})`).FindStringSubmatch(office.Text())
	if limit == nil {
		t.Fatalf("no limit on the page\n%s", office.Text())
	}

	citizen.opens(number, "aaaa bbbb cccc dddd")
	citizen.says("Không có đơn nào khớp")
	citizen.opens(number, strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	citizen.says("Cơ quan đã nhận đơn", today.Vi(), limit[1]) // the limit is the office's
	citizen.fits("follow-received")
	if strings.Contains(citizen.at(), code) {
		t.Error("the code stands in the address")
	}
	citizen.Click("details:has([name=loi])>summary")
	citizen.Push("Gửi cho cơ quan")
	citizen.says("Hãy viết một câu")
	citizen.Fill("loi", "Xin gửi thêm ảnh chỗ sạt.")
	citizen.Upload("tep", citizen.photo("muong.jpg", 300))
	citizen.Push("Gửi cho cơ quan")
	citizen.says("Đã gửi. Cơ quan thấy tin này", "kèm 1 tệp")

	office.signIn("xulydon")
	office.open("/don-thu")
	office.says("người gửi có tin mới")
	office.open(letter + "/tra-loi-dan")
	office.says("Xin gửi thêm ảnh chỗ sạt.", "Giấy tờ số 1")
	office.Push("Đã đọc")
	office.says("Đã ghi là đã đọc")
	office.open(letter + "/buoc/answered")
	office.set("so", "214/UBND-NN", "chuc-vu", "Chủ tịch Ủy ban nhân dân xã")
	office.set("ket-qua", "answered", "ngay-vb", today.Vi())
	office.Push("Ghi bước")
	office.AwaitPath(func(p string) bool { return p == letter })
	office.open(letter + "/tra-loi-dan")
	office.set("tra-loi", "Xã đã kiểm tra, xây lại 62 m mương trước ngày 30/6.", "so", "214/UBND-NN", "ngay", today.Vi())
	office.Push("Lưu, chuyển kiểm tra")
	office.says("Đã lưu câu trả lời", "xây lại 62 m mương")

	citizen.opens(number, code)
	citizen.says("cơ quan đã đọc")
	citizen.saysNot("xây lại 62 m mương") // nobody has checked it yet

	office.signIn("lanhdao.xa")
	office.open(letter + "/tra-loi-dan")
	office.Push("Đã kiểm tra, công bố")
	office.says("Đã công bố. Người gửi thấy")

	citizen.opens(number, code)
	citizen.says("xây lại 62 m mương", "Văn bản 214/UBND-NN", "Ông, bà thấy việc trả lời thế nào?")
	citizen.fits("follow-answered")
	citizen.Push("Gửi đánh giá")
	citizen.says("Hãy chọn một mức")
	citizen.Choose("muc")
	citizen.Push("Gửi đánh giá")
	citizen.says("Cảm ơn ông, bà đã đánh giá")
	citizen.Click("details:has([action$='mo-lai'])>summary")
	citizen.Push("Mở lại")
	citizen.says("Hãy viết vì sao ông, bà chưa đồng ý") // the answer, not the form that stood there before
	citizen.Fill("ly-do", "Đến nay mương vẫn chưa xây.")
	citizen.Push("Mở lại")
	citizen.says("Đã mở lại thành một đơn tiếp theo")
	next := regexp.MustCompile(`Đơn tiếp theo: (DT-\d{4}-\d{6})`).FindStringSubmatch(citizen.Text())
	if next == nil || next[1] == number {
		t.Fatalf("no follow-up on the page\n%s", citizen.Text())
	}
	citizen.opens(next[1], code)
	citizen.says("Cơ quan đã nhận đơn", "Đơn trước: "+number, today.Vi(), limit[1]) // counted anew, from the same day
	citizen.fits("follow-again")
	if len(citizen.Cookies()) > 0 {
		t.Error("the portal set a cookie")
	}

	office.signIn("xulydon")
	office.open("/don-thu?tim=" + next[1])
	office.says(next[1], "Mới tiếp nhận")
	office.open(letter)
	office.says("Đã trả lời")
}

// opens follows a letter by its number and code.
func (s *stranger) opens(number, code string) {
	s.t.Helper()
	s.open("/cong/theo-doi?so=" + number)
	s.Fill("ma", code)
	s.Push("Xem")
}

// printed prints the page and looks that it takes so many sheets.
func (s *stranger) printed(name string, sheets int) {
	s.t.Helper()
	var pdf struct{ Data string }
	s.Devtools("Page.printToPDF", map[string]any{"preferCSSPageSize": true}, &pdf)
	data, err := base64.StdEncoding.DecodeString(pdf.Data)
	if err != nil {
		s.t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(data, -1)); n != sheets {
		s.t.Errorf("%s prints on %d sheets, not %d", name, n, sheets)
	}
}
