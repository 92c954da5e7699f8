package trial_test

import (
	"strings"
	"testing"

	"danvan/internal/web/browser"
)

// TestArticleFromWriterToReader: an officer writes an article with a picture, the leader gives it back and then publishes it;
// somebody reads it on a telephone without scripts and says something; the desk answers; the answer stands below the article,
// the reader's telephone number nowhere. All of it once more by another reader on a wide screen, with scripts.
func TestArticleFromWriterToReader(t *testing.T) {
	p := running(t)
	office := p.stranger(t, browser.Options{Width: 1440, Height: 900})
	phone := p.stranger(t, browser.Options{Width: 390, Height: 844, NoScript: true})
	wide := p.stranger(t, browser.Options{Width: 1440, Height: 900})

	office.signIn("canbo.xa")
	office.open("/tin-bai/moi")
	office.Push("Lưu")
	office.says("Hãy ghi tiêu đề.", "Hãy viết nội dung.")
	office.fits("news-wrong")
	office.choose("don-vi", "Ủy ban nhân dân")
	office.set("tieu-de", "Bà con đi thử làm xong rãnh nước", "tom-tat", "Ba buổi công, 120 m rãnh.", "noi-dung", "Mở đầu.\n\n# Làm thế nào\n\n<script>document.title='ran'</script> và **cùng làm**.\n\n![Rãnh đã xong](anh:1)")
	office.Push("Xem trước")
	office.says("Xem trước, chưa lưu", "Làm thế nào", "<script>")
	office.Push("Lưu")
	article := strings.TrimSuffix(office.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/tin-bai/") && p != "/tin-bai/moi" }), "?xong=luu")
	office.open(article)
	office.saysNot("Đăng lên cổng")
	office.Click("#anh > summary")
	office.Upload("anh-tep", office.photo("ranh.jpg", 700))
	office.Fill("anh-mo-ta", "Rãnh nước xây đá bên đường thôn")
	office.Push("Thêm ảnh")
	office.says("anh:1")
	office.Push("Gửi duyệt")
	office.says("Đã gửi duyệt")
	office.fits("news-sent")

	office.signIn("lanhdao.xa")
	office.open("/tin-bai?xem=review")
	office.says("Bà con đi thử làm xong rãnh nước")
	office.open(article)
	office.Push("Trả lại để sửa")
	office.says("Hãy ghi cần sửa gì")
	office.Fill("y-kien", "Ghi số hộ tham gia.")
	office.Push("Trả lại để sửa")
	office.says("Đã trả lại")

	office.signIn("canbo.xa")
	office.open(article + "/sua")
	office.set("tom-tat", "Ba buổi công của 31 hộ, 120 m rãnh.", "anh-bia", "1")
	office.Push("Lưu và gửi duyệt")
	office.says("Đã gửi duyệt", "Ghi số hộ tham gia.")

	office.signIn("lanhdao.xa")
	office.open(article)
	office.Push("Đăng lên cổng")
	office.says("Đã đăng lên cổng", "Mở ở sổ việc")

	for _, reader := range []*stranger{phone, wide} {
		reader.open("/cong/tin?tim=lam+xong+ranh")
		reader.says("Ba buổi công của 31 hộ")
		reader.Click(`a[href*="ba-con-di-thu"]`)
		reader.says("Rãnh đã xong", "<script>document.title='ran'</script>", "Chưa có góp ý nào")
		reader.fits("news-story")
		reader.Click(`a[href$="/gop-y"]`)
		reader.AwaitPath(func(p string) bool { return strings.HasSuffix(p, "/gop-y") })
		reader.set("hien-ten", "co", "lien-he", "0912 333 444")
		reader.Push("Gửi góp ý")
		reader.says("Hãy viết điều bạn muốn nói", "Hãy ghi tên, hoặc chọn không hiện tên")
		reader.fits("news-say-wrong")
		reader.set("loi", "Đoạn cuối còn đọng nước, bao giờ làm?", "ten", "Bà Thử Người Đọc")
		reader.Push("Gửi góp ý")
		reader.says("Đã nhận góp ý")
		reader.saysNot("Đoạn cuối còn đọng nước")
		story := reader.at()

		office.signIn("tiepdan")
		office.open("/gop-y")
		office.Click(`main table a[href^="/gop-y/"]`)
		office.says("Đoạn cuối còn đọng nước")
		office.saysNot("0912 333 444")
		office.fits("news-moderate")
		office.Push("Đăng cùng câu trả lời")
		office.says("Hãy chọn nhóm vấn đề", "Hãy ghi câu trả lời")
		office.choose("nhom", "Giao thông")
		office.set("tra-loi", "Tuần tới thôn làm nốt 15 m.", "ten", "Bà Thử Người Đọc")
		office.Push("Đăng cùng câu trả lời")
		office.says("Đã đăng góp ý cùng câu trả lời")

		reader.open(story)
		reader.says("Đoạn cuối còn đọng nước, bao giờ làm?", "Tuần tới thôn làm nốt 15 m.", "Bà Thử Người Đọc")
		reader.saysNot("0912 333 444")
		reader.fits("news-answered")

		at, _, _ := strings.Cut(office.at(), "?")
		office.open(at) // taken down again, so that the next reader finds the article as the first did
		office.choose("ly-do", "Gửi thử")
		office.Push("Không đăng")
		office.says("Đã để riêng")
	}
}
