package portal

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/news"
	"danvan/internal/org"
)

// newsroom is what the pages of news ask: what is published, and a way to put in what a reader says. Who said it never comes
// back by it.
type newsroom interface {
	Latest(ctx context.Context, q db.Querier, ask news.Ask) ([]news.Article, int, error)
	Open(ctx context.Context, q db.Querier, id int64) (news.Article, error)
	Pictures(ctx context.Context, q db.Querier, id int64) ([]news.Picture, error)
	HasPicture(ctx context.Context, q db.Querier, hash string, open bool) (bool, error)
	Corrections(ctx context.Context, q db.Querier, id int64) ([]news.Correction, error)
	MostRead(ctx context.Context, q db.Querier, from civil.Date, most int) ([]news.ReadOften, error)
	Words(ctx context.Context, q db.Querier, article int64) ([]news.PublicWord, error)
	Say(ctx context.Context, tx *db.Tx, s news.Said) (id int64, again bool, err error)
}

func (p *portal) newsRoutes() []route {
	return []route{
		{"GET /tin", p.keep(p.newsList, "xa", "chu-de", "tim", "trang")},
		{"GET /tin/doc-nhieu", p.mostRead},
		{"GET /tin/rss.xml", p.newsFeed},
		{"GET /tin/{id}", p.storyAddress},
		{"GET /tin/{id}/{ten}", p.counted(askedAnew(p.keep(p.story, "xong")))},
		{"GET /tin/{id}/gop-y", p.sayForm},
		{"POST /tin/{id}/gop-y", p.sayPost},
		{"GET /tin-anh/{file}", p.newsPicture},
		{"GET /sitemap.xml", p.sitemap},
	}
}

// newsShown is how many articles stand on a page of the list.
const newsShown = 12

// newsCard is an article as lists show it.
type newsCard struct {
	news.Article
	Where, By, Theme string
	Cover            string // an img element, empty for none
	Reads            int64
}

// newsView is a list of articles.
type newsView struct {
	Cards    []newsCard
	All      int
	Communes []place
	Commune  place
	Themes   []option
	Theme    string
	Text     string
	Page     int
	Pages    int
}

// query are the list's conditions, with another page.
func (v newsView) query(page int) string {
	q := url.Values{}
	for key, value := range map[string]string{"xa": v.Commune.Code, "chu-de": v.Theme, "tim": v.Text} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if page > 1 {
		q.Set("trang", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (p *portal) newsList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, ask, err := p.newsAsk(r)
	if err != nil {
		return err
	}
	v.Page = max(1, number(r.URL.Query().Get("trang")))
	ask.From, ask.To = (v.Page-1)*newsShown, v.Page*newsShown
	list, all, err := p.News.Latest(ctx, p.DB.Read(), ask)
	if err != nil {
		return err
	}
	v.All, v.Pages = all, (all+newsShown-1)/newsShown
	if v.Page > 1 && v.Page > v.Pages {
		return fault.New(fault.NotFound, "Danh sách tin không có trang này. Hãy mở lại từ trang Tin.")
	}
	if v.Cards, err = p.newsCards(ctx, list); err != nil {
		return err
	}
	title := say(ctx, "Tin", "News")
	if v.Page > 1 {
		title += fmt.Sprintf(say(ctx, ", trang %d", ", page %d"), v.Page)
	}
	return p.render(w, r, http.StatusOK, page{Title: title, Section: "tin", Feed: "/tin/rss.xml" + v.query(0),
		About: say(ctx, "Tin, bài của cơ quan dân vận, chính quyền, Mặt trận và các đoàn thể trong tỉnh.", "News of the mobilisation offices, governments, the Front and unions of the province.")}, p.newsPage(v))
}

// newsAsk reads the conditions of a list or feed.
func (p *portal) newsAsk(r *http.Request) (v newsView, ask news.Ask, err error) {
	ctx, q := r.Context(), r.URL.Query()
	if v.Communes, err = p.communes(ctx); err != nil {
		return v, ask, err
	}
	if code := q.Get("xa"); code != "" {
		if v.Commune, err = p.commune(ctx, code); err != nil {
			return v, ask, err
		}
	}
	v.Themes = p.newsThemes(say(ctx, "Mọi chủ đề", "All themes"))
	v.Theme, v.Text = q.Get("chu-de"), strings.TrimSpace(q.Get("tim"))
	if len(v.Text) > 200 {
		return v, ask, fault.New(fault.Invalid, "Từ cần tìm dài quá. Hãy gõ vài từ.")
	}
	known := v.Theme == ""
	for _, o := range v.Themes {
		known = known || o.Value == v.Theme
	}
	if !known {
		return v, ask, fault.New(fault.NotFound, "Không có chủ đề này. Hãy chọn trong danh sách.")
	}
	return v, news.Ask{Place: v.Commune.ID, Theme: v.Theme, Text: v.Text}, nil
}

func (p *portal) newsThemes(none string) []option {
	out := []option{{Name: none}}
	var choices []*catalog.Option
	if k := p.Catalog.Latest().Kind(news.Kind); k != nil && k.Field("theme") != nil {
		choices = k.Field("theme").Choices()
	}
	for _, o := range choices {
		if o.Open(p.Today()) {
			out = append(out, option{Value: o.Code, Name: o.Name})
		}
	}
	return out
}

func (p *portal) newsCards(ctx context.Context, list []news.Article) ([]newsCard, error) {
	tree, err := p.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var out []newsCard
	for _, a := range list {
		c := p.newsCard(tree, a)
		if a.Cover != 0 {
			pictures, err := p.News.Pictures(ctx, p.DB.Read(), a.ID)
			if err != nil {
				return nil, err
			}
			for _, pic := range pictures {
				if pic.Number == a.Cover && len(pic.Sizes) > 0 {
					pic.Sizes, pic.Alt = pic.Sizes[:1], "" // the title beside it says what it is about
					c.Cover = pic.Img(newsFile(ctx), true)
				}
			}
		}
		out = append(out, c)
	}
	return out, nil
}

func (p *portal) newsCard(tree *org.Tree, a news.Article) newsCard {
	c := newsCard{Article: a, By: tree.NameOn(a.Unit, max(a.Day, tree.Unit(a.Unit).Opened)), Theme: p.choiceOf(news.Kind, "theme", a.Theme)}
	if u := tree.Unit(a.Place); u != nil {
		c.Where = tree.NameOn(a.Place, min(max(a.Day, u.Opened), p.Today()))
	}
	return c
}

// newsFile gives the address of a picture's file.
func newsFile(ctx context.Context) func(hash string) string {
	return func(hash string) string { return at(ctx, "/tin-anh/"+hash+".jpg") }
}

// storyView is the page of one article.
type storyView struct {
	newsCard
	HTML        string
	Picture     string // the cover as an img element
	Corrections []news.Correction
	Words       []news.PublicWord
	Address     string // whole, to be shared
	Done        string
}

func articleID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.New(fault.NotFound, "Không có tin này. Hãy mở từ trang Tin.")
	}
	return id, nil
}

// openStory is the article of the address.
func (p *portal) openStory(r *http.Request) (news.Article, error) {
	id, err := articleID(r)
	if err != nil {
		return news.Article{}, err
	}
	a, err := p.News.Open(r.Context(), p.DB.Read(), id)
	if fault.KindOf(err) == fault.NotFound {
		return a, fault.New(fault.NotFound, "Không có tin này, hoặc tin đã gỡ. Hãy mở từ trang Tin.")
	}
	return a, err
}

// storyAddress leads from the number alone to the article.
func (p *portal) storyAddress(w http.ResponseWriter, r *http.Request) error {
	a, err := p.openStory(r)
	if err != nil {
		return err
	}
	http.Redirect(w, r, at(r.Context(), a.Path()), http.StatusFound)
	return nil
}

func (p *portal) story(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, err := p.openStory(r)
	if err != nil {
		return err
	}
	if r.PathValue("ten") != news.Address(a.Title) { // the title was corrected: the old address leads here
		http.Redirect(w, r, at(ctx, a.Path()), http.StatusFound)
		return nil
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	v := storyView{newsCard: p.newsCard(tree, a), Address: p.Root + at(ctx, a.Path()), Done: r.URL.Query().Get("xong")}
	pictures, err := p.News.Pictures(ctx, p.DB.Read(), a.ID)
	if err != nil {
		return err
	}
	for _, pic := range pictures {
		if pic.Number == a.Cover && !strings.Contains(a.Body, fmt.Sprintf("(anh:%d)", a.Cover)) { // else it stands in the text
			v.Picture = pic.Img(newsFile(ctx), false)
		}
	}
	if v.HTML, err = news.Render(a.Body, pictures, newsFile(ctx)); err != nil {
		return err
	}
	if v.Corrections, err = p.News.Corrections(ctx, p.DB.Read(), a.ID); err != nil {
		return err
	}
	if v.Words, err = p.News.Words(ctx, p.DB.Read(), a.ID); err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, page{Title: a.Title, Section: "tin", About: a.Summary, Scripts: []string{"share.js"}, Styles: []string{"news.css"}, Feed: "/tin/rss.xml"}, p.storyPage(v))
}

// counted counts one reading of the article once its page was answered. Who read is neither asked nor kept.
func (p *portal) counted(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		seen := &statusWriter{ResponseWriter: w}
		err := h(seen, r)
		id, bad := articleID(r)
		if err == nil && bad == nil && seen.status == http.StatusOK && p.Reads != nil && r.Method == http.MethodGet && r.Header.Get("Sec-Purpose") == "" && !news.Robot(r.UserAgent()) {
			p.Reads.Add(id)
		}
		return err
	}
}

// statusWriter remembers with what a request was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// readPeriods are the choices of the most read: days back, Vietnamese, English.
var readPeriods = []struct {
	Key, Vi, En string
	Days        int
}{{"7", "7 ngày qua", "The last 7 days", 7}, {"30", "30 ngày qua", "The last 30 days", 30}, {"nam", "Một năm qua", "The last year", 365}}

const mostReadShown = 20

func (p *portal) mostRead(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	key := or(r.URL.Query().Get("ky"), "7")
	days := 0
	for _, x := range readPeriods {
		if x.Key == key {
			days = x.Days
		}
	}
	if days == 0 {
		return fault.New(fault.NotFound, "Chỉ xem được 7 ngày, 30 ngày hoặc một năm qua.")
	}
	list, err := p.News.MostRead(ctx, p.DB.Read(), p.Today().AddDays(1-days), mostReadShown)
	if err != nil {
		return err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	var cards []newsCard
	for _, x := range list {
		c := p.newsCard(tree, x.Article)
		c.Reads = x.Reads
		cards = append(cards, c)
	}
	return p.render(w, r, http.StatusOK, page{Title: say(ctx, "Tin đọc nhiều", "Most read news"), Section: "tin"}, p.mostReadPage(key, cards))
}

// newsPicture is a picture of an article that the public reads.
func (p *portal) newsPicture(w http.ResponseWriter, r *http.Request) error {
	hash, ok := strings.CutSuffix(r.PathValue("file"), ".jpg")
	if !ok {
		return noSuchPicture
	}
	open, err := p.News.HasPicture(r.Context(), p.DB.Read(), hash, true)
	if err != nil {
		return err
	}
	if !open {
		return noSuchPicture
	}
	f, err := p.Files.Open(hash)
	if err != nil {
		return noSuchPicture
	}
	defer f.Close()
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	http.ServeContent(w, r, "", time.Time{}, io.ReadSeeker(f))
	return nil
}

// newsSummary are the latest articles of a commune, of all for the zero place, for other pages; nothing where there is none.
func (p *portal) newsSummary(ctx context.Context, commune place) templ.Component {
	if p.News == nil {
		return templ.NopComponent
	}
	list, _, err := p.News.Latest(ctx, p.DB.Read(), news.Ask{Place: commune.ID, To: 3})
	if err != nil {
		p.Log.Error("latest news", "err", err)
		return templ.NopComponent
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		p.Log.Error("latest news", "err", err)
		return templ.NopComponent
	}
	var cards []newsCard
	for _, a := range list { // without pictures: a first view stays small
		cards = append(cards, p.newsCard(tree, a))
	}
	more := "/tin"
	if commune.ID != 0 {
		more += "?xa=" + url.QueryEscape(commune.Code)
	}
	return newsPart(cards, more)
}

// codeOf is the code of a commune, for the list's condition.
func (p *portal) codeOf(ctx context.Context, id org.UnitID) string {
	tree, err := p.Tree(ctx)
	if err != nil || tree.Unit(id) == nil {
		return ""
	}
	return tree.Unit(id).Code
}
