package canary_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"danvan/internal/canary"
)

var onceCode = regexp.MustCompile(`code-once">([0-9A-Z-]{19})<`)

// follows has the sender of a letter follow it by its code, write, send a picture and, where the office ends the case, open it
// anew; the office asks and answers. Neither a word of it nor the code may be left anywhere.
func (p *program) follows(desk *robot, c *planted, id string, files bool) {
	p.Helper()
	path := "/don-thu/" + id
	f := desk.get(path + "/bien-nhan").form(path + "/ma-theo-doi")
	if f == nil {
		p.Errorf("no form for a code at %s", path)
		return
	}
	receipt := desk.send(f, "", nil)
	m := onceCode.FindSubmatch(receipt.body)
	if m == nil {
		p.Errorf("no code was issued at %s: %s", path, receipt.wrong())
		return
	}
	code := string(m[1])
	c.list = append(c.list, canary.Canary{Name: "mã riêng", Text: code}, canary.Canary{Name: "mã riêng liền", Text: strings.ReplaceAll(code, "-", "")})
	number := regexp.MustCompile(`(?:DT-\d{4}-\d{6}|TC-[0-9A-Z]{4}-[0-9A-Z]{4})`).FindString(string(receipt.body))
	citizen := newRobot(p.TB, p.root)
	page := citizen.send(citizen.get("/cong/theo-doi?so="+number).form("/cong/theo-doi"), "", url.Values{"so": {number}, "ma": {code}})
	if f = page.form("/cong/theo-doi/viet"); f == nil {
		p.Errorf("%s does not open: %s", number, page.wrong())
		return
	}
	var sent []upload
	if files {
		sent = []upload{{"tep", c.of("theo dõi", field{"tên tệp", "ảnh bà Nụ %s"}) + ".jpg", photo(c.of("theo dõi", field{"máy ảnh", "Máy của Sầm %s"}))}}
	}
	page = citizen.send(f, "", url.Values{"loi": {c.of("theo dõi", field{"viết thêm", "Tôi là Lục Thị Ẩm, xin nói thêm %s"})}}, sent...)
	if !strings.Contains(string(page.body), "done-note") {
		p.Errorf("what the sender wrote was not taken: %s", page.wrong())
	}
	answer := func(button, name, text string, more url.Values) {
		reply := desk.get(path + "/tra-loi-dan")
		for _, f := range reply.forms {
			if strings.HasPrefix(f.action, path+"/tra-loi-dan") && slices.Contains(f.texts, name) {
				more.Set(name, c.of("trả lời dân", field{name, text}))
				if got := desk.send(f, button, more); !strings.Contains(got.at, "xong=") {
					p.Errorf("%s was not taken: %s", name, got.wrong())
				}
				return
			}
		}
		p.Errorf("no form with %s at %s/tra-loi-dan: status %d", name, path, reply.status)
	}
	if !files { // a denunciation: whoever took it in does not read what its sender writes
		return
	}
	answer("tra-loi", "tra-loi", "Ủy ban đã gặp gia đình họ Vi %s", url.Values{})
	answer("hoi", "ask-loi", "Xin cho biết ranh giới phía suối Nậm %s", url.Values{"ask-han": {"31/12/2099"}})
	if f = desk.get(path + "/buoc/guided").form(path + "/buoc"); f == nil {
		p.Errorf("no form to end the case %s", path)
		return
	}
	f.choose()
	if got := desk.send(f, "", nil); !strings.Contains(got.at, "xong=") {
		p.Errorf("the case was not ended: %s", got.wrong())
	}
	again := citizen.send(citizen.get("/cong/theo-doi").form("/cong/theo-doi"), "", url.Values{"so": {number}, "ma": {code}})
	if f = again.form("/cong/theo-doi/mo-lai"); f == nil {
		p.Errorf("%s cannot be opened anew: %s", number, again.wrong())
		return
	}
	page = citizen.send(f, "", url.Values{"ly-do": {c.of("theo dõi", field{"mở lại", "Gia đình Triệu Mùi Pham chưa đồng ý %s"})}})
	if !strings.Contains(string(page.body), "done-note") {
		p.Errorf("the matter was not opened anew: %s", page.wrong())
	}
}
