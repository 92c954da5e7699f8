package portal_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"danvan/internal/app"
	"danvan/internal/db"
	"danvan/internal/news"
	"danvan/internal/web/browser"
)

// payloads are what somebody might write to make a page run something, in the body of an article.
var payloads = []string{
	`<script>document.title="ran"</script>`, `<img src=x onerror="document.title='ran'">`, `<svg onload=document.title='ran'>`, `<iframe src="javascript:document.title='ran'"></iframe>`,
	`[chữ](javascript:document.title='ran')`, `[chữ](JaVaScRiPt:document.title='ran')`, `[chữ](  javascript:document.title='ran')`, `[chữ](&#106;avascript:document.title='ran')`, `[chữ](java&#10;script:document.title='ran')`,
	`<javascript:document.title='ran'>`, `[chữ](data:text/html;base64,PHNjcmlwdD5kb2N1bWVudC50aXRsZT0ncmFuJzwvc2NyaXB0Pg==)`, `[chữ](vbscript:x)`, `[chữ](//evil.example/)`,
	`![x](https://evil.example/a.png)`, `![x" onerror="document.title='ran'](anh:1)`, `![" onerror=document.title='ran'](anh:1)`, `[a](https://x.example/"onmouseover="document.title='ran')`,
	"```html\n<script>document.title='ran'</script>\n```", `<a href="javascript:document.title='ran'">x</a>`, `# <b onclick=document.title='ran'>x</b>`, "[ref]: javascript:document.title='ran'\n\n[ref]", `<style>*{display:none}</style>`,
}

// plantNews publishes an article with a picture and everything that somebody might try, and puts its addresses among the
// examples.
func plantNews(ctx context.Context, a *app.App, k *news.Desk) (id int64, err error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return 0, err
	}
	t := news.Text{Sort: "news", Theme: "democracy", Title: "Thôn Nà Thử làm xong đường <b>mới</b>", Summary: "Bà con Nà Thử cùng làm 0,8 km đường.", Byline: "Thử Nghiệm",
		Place: tree.On(workPlace, today).ID, Cover: 1, Body: "# Mở đầu\n\nĐoạn **một**.\n\n![Chú thích](anh:1)\n\n#### Sâu quá\n\n- một\n- hai\n\nXem https://example.vn và [trang Gửi](/cong/gui).\n\n" + strings.Join(payloads, "\n\n")}
	write := func(do func(tx *db.Tx) error) {
		if err == nil {
			err = a.DB.Write(ctx, do)
		}
	}
	write(func(tx *db.Tx) error {
		id, err = k.Begin(ctx, tx, "nguoi-viet", tree.On(workPlace+".UBND", today).ID, t)
		return err
	})
	var pic bytes.Buffer
	img := image.NewRGBA(image.Rect(0, 0, 1000, 600))
	for i := range img.Pix {
		img.Pix[i] = 200
	}
	img.Set(3, 3, color.RGBA{200, 10, 10, 255})
	if err == nil {
		err = png.Encode(&pic, img)
	}
	if err == nil {
		_, err = k.AddPicture(ctx, "nguoi-viet", id, pic.Bytes(), "anh.png", `Con đường "mới" <i>`)
	}
	write(func(tx *db.Tx) error { return k.Send(ctx, tx, "nguoi-viet", id) })
	write(func(tx *db.Tx) error { return k.Publish(ctx, tx, "nguoi-duyet", id, true) })
	if err != nil {
		return 0, err
	}
	x, err := k.Open(ctx, a.DB.Read(), id)
	if err != nil {
		return 0, err
	}
	pictures, err := k.Pictures(ctx, a.DB.Read(), id)
	if err != nil {
		return 0, err
	}
	examples["GET /tin/{id}"] = example{Path: fmt.Sprintf("/tin/%d", id), File: true}
	examples["GET /tin/{id}/{ten}"] = example{Path: x.Path()}
	examples["GET /tin/{id}/gop-y"] = example{Path: fmt.Sprintf("/tin/%d/gop-y", id)}
	examples["POST /tin/{id}/gop-y"] = example{Path: fmt.Sprintf("/tin/%d/gop-y", id), Form: "loi=&hien-ten=co"}
	examples["GET /tin-anh/{file}"] = example{Path: "/tin-anh/" + pictures[0].Sizes[0].Hash + ".jpg", File: true}
	return id, nil
}

// feedOf is what a reader of feeds needs of one.
type feedOf struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Channel struct {
		Title string `xml:"title"`
		Items []struct {
			Title string `xml:"title"`
			Link  string `xml:"link"`
			GUID  string `xml:"guid"`
			Date  string `xml:"pubDate"`
		} `xml:"item"`
	} `xml:"channel"`
}

// TestNewsIsFoundAndCounted: the list, the feed and the map of the site lead to the article and answer; a reading counts, a
// robot's does not; what is withdrawn is gone, its pictures too.
func TestNewsIsFoundAndCounted(t *testing.T) {
	w := open(t)
	story := examples["GET /tin/{id}/{ten}"].Path
	for _, at := range []string{"/cong/tin", "/cong/tin?xa=" + workPlace, "/en/tin?chu-de=democracy", "/cong/tin?tim=na+thu+duong"} {
		if body := opened(t, w.ask(t, "GET", at, "")); !strings.Contains(body, story) {
			t.Errorf("%s does not lead to the article", at)
		}
	}
	if body := opened(t, w.ask(t, "GET", "/cong/tin?tim=khong+co+chu+nay", "")); strings.Contains(body, story) {
		t.Error("the search finds what it was not asked for")
	}
	var f feedOf
	if err := xml.Unmarshal([]byte(opened(t, w.ask(t, "GET", "/cong/tin/rss.xml?xa="+workPlace, ""))), &f); err != nil {
		t.Fatal(err)
	}
	if f.Version != "2.0" || len(f.Channel.Items) == 0 || f.Channel.Items[0].Link == "" || f.Channel.Items[0].Date == "" {
		t.Errorf("feed: %+v", f)
	}
	for _, item := range f.Channel.Items {
		if u, err := url.Parse(item.Link); err != nil || w.ask(t, "GET", u.Path, "").Code != http.StatusOK {
			t.Errorf("the feed leads to %s, which does not answer", item.Link)
		}
	}
	for _, agent := range []string{"Mozilla/5.0 (Linux; Android 8.1) Firefox/120.0", "Mozilla/5.0 (Linux; Android 8.1) Firefox/120.0", "Googlebot/2.1", ""} {
		w.read(t, "/cong"+story, agent)
	}
	if err := w.deps.Reads.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if body := opened(t, w.ask(t, "GET", "/cong/tin/doc-nhieu", "")); !strings.Contains(body, " 2 lượt đọc") {
		t.Error("two readings and two robots are not two readings")
	}
}

// TestSiteMapAnswers: every address of the map of the site answers.
func TestSiteMapAnswers(t *testing.T) {
	w := open(t)
	var m struct {
		URLs []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(opened(t, w.ask(t, "GET", "/sitemap.xml", ""))), &m); err != nil {
		t.Fatal(err)
	}
	if len(m.URLs) < 250 {
		t.Fatalf("%d addresses", len(m.URLs))
	}
	for i, x := range m.URLs {
		if path := strings.TrimPrefix(x.Loc, "http://dan.example.vn"); i < 250 || i%20 == 0 || strings.Contains(path, "/tin") {
			if rec := w.ask(t, "GET", path, ""); rec.Code != http.StatusOK {
				t.Errorf("%s answered %d", path, rec.Code)
			}
		}
	}
	if robots := opened(t, w.ask(t, "GET", "/robots.txt", "")); !strings.Contains(robots, "Sitemap: http://dan.example.vn/sitemap.xml") {
		t.Errorf("robots.txt: %s", robots)
	}
}

// TestArticlesNeverRun: what was written into an article is text on its page, in a real browser; and a reader's words go in
// without scripts on a telephone.
func TestArticlesNeverRun(t *testing.T) {
	w := open(t)
	story := examples["GET /tin/{id}/{ten}"].Path
	b := browser.Start(t, browser.Options{Width: 1440, Height: 900})
	b.Go(w.site.URL + "/cong" + story)
	b.Eval(`return document.querySelectorAll(".story *").forEach(e => e.click && !e.closest("a[href]") && e.click())`, nil)
	var title, levels string
	if b.Eval(`return document.title`, &title); !strings.Contains(title, "Nà Thử") {
		t.Errorf("the page ran: its title is %q", title)
	}
	var wrong []string
	b.Eval(`return [...document.querySelectorAll(".story *")].filter(e => [...e.attributes].some(a => a.name.startsWith("on")) || ["SCRIPT","IFRAME","STYLE","SVG","OBJECT"].includes(e.tagName)
		|| (e.href && (!/^(https?|mailto):/.test(e.href) || e.href.includes("evil"))) || (e.src && !e.src.startsWith(location.origin))).map(e => e.outerHTML)`, &wrong)
	if len(wrong) > 0 {
		t.Errorf("this should not be in the article: %v", wrong)
	}
	if b.Eval(`return [...document.querySelectorAll(".prose h1,.prose h2,.prose h3,.prose h4")].map(h => h.tagName).join()`, &levels); levels != "H2,H3,H2" {
		t.Errorf("headings of the body: %v", levels)
	}
}

// read asks for a page as a browser that calls itself so.
func (w *world) read(t *testing.T, path, agent string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("User-Agent", agent)
	rec := httptest.NewRecorder()
	if w.site.Config.Handler.ServeHTTP(rec, r); rec.Code != http.StatusOK {
		t.Errorf("%s answered %d", path, rec.Code)
	}
}
