package portal

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"danvan/internal/civil"
	"danvan/internal/news"
)

// feed is the news as RSS 2.0.
type feed struct {
	XMLName xml.Name    `xml:"rss"`
	Version string      `xml:"version,attr"`
	Atom    string      `xml:"xmlns:atom,attr"`
	Channel feedChannel `xml:"channel"`
}

type feedChannel struct {
	Title       string     `xml:"title"`
	Link        string     `xml:"link"`
	Description string     `xml:"description"`
	Language    string     `xml:"language"`
	Self        feedSelf   `xml:"atom:link"`
	Built       string     `xml:"lastBuildDate,omitempty"`
	TTL         int        `xml:"ttl"`
	Items       []feedItem `xml:"item"`
}

type feedSelf struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
}

type feedItem struct {
	Title       string `xml:"title"`
	Link        string `xml:"link"`
	GUID        string `xml:"guid"`
	Published   string `xml:"pubDate"`
	Category    string `xml:"category,omitempty"`
	Description string `xml:"description"`
}

// feedShown is how many articles a feed holds.
const feedShown = 30

func (p *portal) newsFeed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, ask, err := p.newsAsk(r)
	if err != nil {
		return err
	}
	ask.To = feedShown
	list, _, err := p.News.Latest(ctx, p.DB.Read(), ask)
	if err != nil {
		return err
	}
	name, err := p.name(ctx)
	if err != nil {
		return err
	}
	c := feedChannel{Title: portalName(ctx, name) + say(ctx, ": tin", ": news"), Link: p.Root + at(ctx, "/tin"+v.query(0)), Language: "vi", TTL: 30,
		Description: say(ctx, "Tin, bài của cơ quan dân vận, chính quyền, Mặt trận và các đoàn thể trong tỉnh.", "News of the mobilisation offices, governments, the Front and unions of the province."),
		Self:        feedSelf{p.Root + at(ctx, "/tin/rss.xml"+v.query(0)), "self", "application/rss+xml"}}
	for i, a := range list {
		if i == 0 {
			c.Built = a.Published.UTC().Format(time.RFC1123Z)
		}
		address := p.Root + at(ctx, a.Path())
		c.Items = append(c.Items, feedItem{a.Title, address, fmt.Sprintf("%s%s/%d", p.Root, Vietnamese.root()+"/tin", a.ID), a.Published.UTC().Format(time.RFC1123Z), p.choiceOf(news.Kind, "theme", a.Theme), a.Summary})
	}
	return sendXML(w, "application/rss+xml; charset=utf-8", feed{Version: "2.0", Atom: "http://www.w3.org/2005/Atom", Channel: c})
}

func sendXML(w http.ResponseWriter, kind string, v any) error {
	body, err := xml.Marshal(v)
	if err != nil {
		return fmt.Errorf("write xml: %w", err)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(append([]byte(xml.Header), body...)) // the reader went away: nobody to tell
	return nil
}

// sites are the public pages for who searches the net, each in both languages.
type sites struct {
	XMLName xml.Name  `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string    `xml:"xmlns:xhtml,attr"`
	URLs    []siteURL `xml:"url"`
}

type siteURL struct {
	Loc     string     `xml:"loc"`
	Changed string     `xml:"lastmod,omitempty"`
	Links   []siteLink `xml:"xhtml:link"`
}

type siteLink struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

// unlisted are pages that are no help to who comes from a search: a denunciation is found from the portal itself, without a
// trace on the way.
var unlisted = map[string]bool{"/to-cao": true, "/sitemap.xml": true}

// sitePage is one page of the site.
type sitePage struct {
	Path string
	Day  civil.Date
}

// sitePages are all public pages: the fixed ones, the communes, articles, works, promises and sessions.
func (p *portal) sitePages(ctx context.Context) ([]sitePage, error) {
	var out []sitePage
	for pattern := range p.patterns {
		method, path, _ := strings.Cut(pattern, " ")
		last := path[strings.LastIndex(path, "/"):]
		if method == http.MethodGet && !strings.ContainsAny(path, "{") && !strings.Contains(last, ".") && !unlisted[path] {
			out = append(out, sitePage{Path: path})
		}
	}
	slices.SortFunc(out, func(a, b sitePage) int { return strings.Compare(a.Path, b.Path) })
	communes, err := p.communes(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range communes {
		out = append(out, sitePage{Path: "/xa/" + url.PathEscape(c.Code)})
	}
	list, _, err := p.News.Latest(ctx, p.DB.Read(), news.Ask{To: 20_000})
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		out = append(out, sitePage{a.Path(), civil.FromTime(a.Changed)})
	}
	return p.sitePieces(ctx, out)
}

// sitePieces adds the pages of single works, promises and sessions.
func (p *portal) sitePieces(ctx context.Context, out []sitePage) ([]sitePage, error) {
	works, err := p.worksOf(ctx, 0)
	if err != nil {
		return nil, err
	}
	for _, x := range works {
		out = append(out, sitePage{Path: fmt.Sprintf("/dong-gop/%d", x.ID)})
	}
	promises, err := p.allPromises(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range promises {
		out = append(out, sitePage{Path: fmt.Sprintf("/cam-ket/%d", x.ID)})
	}
	talks, err := p.occasions(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range talks {
		out = append(out, sitePage{Path: fmt.Sprintf("/doi-thoai/%d", x.ID)})
	}
	for _, o := range p.openBook().Open(p.Today()) {
		out = append(out, sitePage{Path: "/so-lieu/" + url.PathEscape(o.Code)})
	}
	return out, nil
}

func (p *portal) sitemap(w http.ResponseWriter, r *http.Request) error {
	pages, err := p.sitePages(r.Context())
	if err != nil {
		return err
	}
	s := sites{XHTML: "http://www.w3.org/1999/xhtml"}
	for _, x := range pages {
		var links []siteLink
		for _, l := range languages {
			links = append(links, siteLink{"alternate", string(l), p.Root + l.root() + x.Path})
		}
		for _, l := range languages {
			u := siteURL{Loc: p.Root + l.root() + x.Path, Links: links}
			if x.Day != 0 {
				u.Changed = x.Day.String()
			}
			s.URLs = append(s.URLs, u)
		}
	}
	return sendXML(w, "application/xml; charset=utf-8", s)
}

// rootFiles are what programs that search the net ask of a whole site, outside the languages' roots.
func (p *portal) rootFiles(mux *http.ServeMux) {
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintf(w, "User-agent: *\nAllow: /cong/\nAllow: /en/\nDisallow: /\nDisallow: /cong/to-cao\nDisallow: /en/to-cao\n\nSitemap: %s/sitemap.xml\n", p.Root)
	})
	mux.Handle("GET /sitemap.xml", p.answer(Vietnamese, p.sitemap))
}

// atRoot are the addresses of these files.
var atRoot = []string{"/robots.txt", "/sitemap.xml"}
