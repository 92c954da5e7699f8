package canary_test

import (
	"net/url"
	"regexp"
	"strings"

	"danvan/internal/canary"
)

var (
	receiptNumber = regexp.MustCompile(`id="so">([^<]+)<`)
	receiptCode   = regexp.MustCompile(`id="ma">([^<]+)<`)
)

// sends plays citizens who send over the public pages: a letter, its form left open half-way, and a denunciation, with
// files that are refused and files that are taken.
func (p *program) sends(c *planted) {
	p.Helper()
	letter := func(form, text string) string { return c.of(form, field{form, text}) }
	pages := []url.Values{
		{"viec": {"moi-truong"}},
		{"xa": {"02143"}, "cho": {letter("cổng/chỗ", "bãi đầu cầu %s")}},
		{"ke": {letter("cổng/kể", "Bãi rác bốc mùi hôi, tôi đã hỏi %s")}, "muon": {letter("cổng/muốn", "Dọn ngay trước ngày %s")}},
		{},
		{"co-ten": {"co"}, "ten": {letter("cổng/tên", "Bàn Thị Ỏn %s")}, "dia-chi": {letter("cổng/địa chỉ", "thôn Nà Ỏi %s")}, "lien-he": {letter("cổng/liên hệ", "09%s55")}},
	}
	p.fills("/cong/gui", c, "thư", pages, 3, true)
	p.fills("/cong/gui", c, "thư bỏ dở", pages, 3, false)
	p.fills("/cong/to-cao", c, "tố cáo", []url.Values{
		{"xa": {"02143"}},
		{"ai": {letter("tố cáo/ai", "ông Sằm Văn Ục %s")}, "cho": {letter("tố cáo/chỗ", "kho ở Phja Ỏ %s")}, "ke": {letter("tố cáo/kể", "Nhận tiền của nhà %s")}, "chung-cu": {letter("tố cáo/chứng cứ", "hỏi người giữ sổ %s")}},
		{},
	}, 2, true)
}

// fills answers page after page; at the page of files one is refused and one taken. What is not sent is left open.
func (p *program) fills(path string, c *planted, name string, pages []url.Values, files int, send bool) {
	p.Helper()
	r := newRobot(p.TB, p.root)
	at := r.get(path)
	next := func(more url.Values, sent ...upload) {
		f := at.form(path)
		if f == nil {
			p.Fatalf("%s: no form: %s", name, at.wrong())
		}
		at = r.send(f, "", more, sent...)
	}
	for i, answers := range pages {
		answers["toi"] = []string{"tiep"}
		if i != files {
			next(answers)
			continue
		}
		next(answers, upload{"tep", c.of(name, field{"tệp bị từ chối", "thư bà Ỉn %s"}) + ".svg", []byte(c.of(name, field{"trong tệp bị từ chối", "<svg>bà Ỉn %s</svg>"}))})
		next(answers, upload{"tep", c.of(name, field{"tên tệp", "ảnh bà Ỉn %s"}) + ".jpg", photo(c.of(name, field{"máy ảnh", "Máy của Ỉn %s"}))})
	}
	if !send {
		return
	}
	next(url.Values{"toi": {"gui"}})
	number, code := receiptNumber.FindSubmatch(at.body), receiptCode.FindSubmatch(at.body)
	if number == nil || code == nil {
		p.Fatalf("%s: no receipt: %s", name, at.wrong())
	}
	c.list = append(c.list, canary.Canary{Name: name + "/mã bí mật", Text: string(code[1])}, canary.Canary{Name: name + "/mã bí mật liền", Text: strings.ReplaceAll(string(code[1]), "-", "")})
}
