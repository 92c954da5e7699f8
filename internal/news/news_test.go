package news_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/ledger"
	"danvan/internal/news"
	"danvan/internal/org"
	"danvan/internal/vault"
)

const unitsCSV = `code,name,level,type,parent
T1,Tỉnh Thử,province,Tỉnh,
A,Xã A,commune,Xã,T1
B,Xã B,commune,Xã,T1
`

var law = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(catalogdata.FS) })

type world struct {
	testing.TB
	*news.Desk
	tree *org.Tree
	now  time.Time
}

func open(t testing.TB, d *db.DB) *world {
	t.Helper()
	c, err := law()
	must(t, err)
	w := &world{TB: t, now: time.Date(2026, 10, 20, 2, 0, 0, 0, time.UTC)}
	l := ledger.New(c)
	l.Now = func() time.Time { return w.now }
	l.InOrder = d.Engine() == db.SQLite
	keeper := &org.Keeper{DB: d, Hooks: l}
	must(t, d.Write(t.Context(), func(tx *db.Tx) error {
		return keeper.LoadSet(t.Context(), tx, fstest.MapFS{"t/units.csv": {Data: []byte(unitsCSV)}}, "t", ledger.BodyRules(c.Latest()))
	}))
	w.tree, err = keeper.Tree(t.Context())
	must(t, err)
	dir := t.TempDir()
	v, err := vault.Open(t.Context(), d, dir)
	must(t, err)
	store, err := files.New(d, filepath.Join(dir, "files"), 0)
	must(t, err)
	w.Desk = &news.Desk{DB: d, Catalog: c, Ledger: l, Files: store, Dossiers: &dossier.Book{DB: d, Vault: v, Files: store}, Tree: keeper.Tree, Now: func() time.Time { return w.now }}
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) do(act func(ctx context.Context, tx *db.Tx) error) error {
	w.now = w.now.Add(time.Minute)
	return w.DB.Write(w.Context(), func(tx *db.Tx) error { return act(w.Context(), tx) })
}

func (w *world) must(act func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	must(w, w.do(act))
}

func (w *world) refuses(want fault.Kind, act func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	if err := w.do(act); err == nil || fault.KindOf(err) != want {
		w.Errorf("refused as %v: %v", fault.KindOf(err), err)
	}
}

func (w *world) begin() (id int64) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		id, err = w.Begin(ctx, tx, "viet", w.tree.On("A.UBND", 20261020).ID, text())
		return err
	})
	return id
}

func text() news.Text {
	return news.Text{Sort: "news", Theme: "democracy", Title: "Thôn Nà Thử làm đường", Summary: "Bà con cùng làm.", Body: "Nội dung.", Byline: "Người Viết"}
}

func (w *world) published() int64 {
	w.Helper()
	id := w.begin()
	w.must(func(ctx context.Context, tx *db.Tx) error { return w.Send(ctx, tx, "viet", id) })
	w.must(func(ctx context.Context, tx *db.Tx) error { return w.Publish(ctx, tx, "duyet", id, true) })
	return id
}

// An article on its way: nobody publishes his own, what is returned is mended, what is published is one entry, a correction
// waits for its review while the first text stays, and what is withdrawn is gone and counts no more.
func TestWayOfAnArticle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		id := w.begin()
		see := func() news.Article {
			a, err := w.One(t.Context(), d.Read(), id)
			must(t, err)
			return a
		}
		open := func() (news.Article, error) { return w.Open(t.Context(), d.Read(), id) }
		save := func(who, title, note string) func(context.Context, *db.Tx) error {
			seen := see()
			return func(ctx context.Context, tx *db.Tx) error {
				x := text()
				x.Title, x.Note = title, note
				return w.Save(ctx, tx, who, seen, x)
			}
		}
		send := func(ctx context.Context, tx *db.Tx) error { return w.Send(ctx, tx, "viet", id) }
		publish := func(who string) func(context.Context, *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error { return w.Publish(ctx, tx, who, id, true) }
		}
		if _, err := open(); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a draft is public: %v", err)
		}
		w.refuses(fault.Conflict, publish("duyet")) // not sent yet
		w.must(send)
		w.refuses(fault.Conflict, send)
		w.refuses(fault.Conflict, save("viet", "Khác", ""))
		w.refuses(fault.Denied, publish("viet"))
		w.refuses(fault.Invalid, func(ctx context.Context, tx *db.Tx) error { return w.Return(ctx, tx, "duyet", id, "") })
		w.must(func(ctx context.Context, tx *db.Tx) error { return w.Return(ctx, tx, "duyet", id, "Ghi rõ ngày") })
		late := save("hai", "Bản của người thứ hai", "")
		w.must(save("ba", "Thôn Nà Thử làm xong đường", ""))
		w.refuses(fault.Conflict, late)
		w.must(send)
		w.refuses(fault.Denied, publish("ba")) // who wrote this version
		w.must(publish("duyet"))
		a, err := open()
		must(t, err)
		e, err := w.Ledger.Entry(t.Context(), d.Read(), a.Entry)
		must(t, err)
		if e.Kind != news.Kind || e.State != ledger.Confirmed || e.Title != "Thôn Nà Thử làm xong đường" || e.Day != 20261020 {
			t.Errorf("entry %+v", e.Head)
		}
		w.refuses(fault.Invalid, save("viet", "Không nói sửa gì", ""))
		w.must(save("viet", "Thôn Nà Thử làm xong 0,8 km đường", "Ghi thêm chiều dài"))
		if a, err := open(); err != nil || a.Title != "Thôn Nà Thử làm xong đường" {
			t.Errorf("a correction shows before it is reviewed: %q, %v", a.Title, err)
		}
		w.must(send)
		w.must(publish("duyet"))
		if e, err = w.Ledger.Entry(t.Context(), d.Read(), a.Entry); err != nil || e.Title != "Thôn Nà Thử làm xong 0,8 km đường" {
			t.Errorf("the entry is not corrected: %q, %v", e.Title, err)
		}
		if list, err := w.Corrections(t.Context(), d.Read(), id); err != nil || len(list) != 1 || list[0].Note != "Ghi thêm chiều dài" {
			t.Errorf("corrections: %v, %v", list, err)
		}
		if list, all, err := w.Latest(t.Context(), d.Read(), news.Ask{Text: "DUONG na", Theme: "democracy", To: 5}); err != nil || all != 0 || len(list) != 0 {
			t.Errorf("found by words in another order: %d, %v", all, err)
		}
		if _, all, err := w.Latest(t.Context(), d.Read(), news.Ask{Text: "na 100% DUONG_", Theme: "democracy", To: 5}); err != nil || all != 0 {
			t.Errorf("a wildcard finds: %d, %v", all, err)
		}
		if _, all, err := w.Latest(t.Context(), d.Read(), news.Ask{Text: "na THU duong", Theme: "democracy", To: 5}); err != nil || all != 1 {
			t.Errorf("not found: %d, %v", all, err)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error { return w.Withdraw(ctx, tx, "duyet", id, "Sai sự việc") })
		if _, err := open(); fault.KindOf(err) != fault.NotFound {
			t.Errorf("withdrawn, and public: %v", err)
		}
		if e, err = w.Ledger.Entry(t.Context(), d.Read(), a.Entry); err != nil || e.State != ledger.Void {
			t.Errorf("the entry stands: %v, %v", e.State, err)
		}
		if v, err := w.Versions(t.Context(), d.Read(), id); err != nil || len(v) != 2 {
			t.Errorf("%d versions, %v", len(v), err)
		}
	})
}

// Two publish at once: one is first, the other is told, and there is one entry.
func TestPublishedOnceByTwo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		id := w.begin()
		w.must(func(ctx context.Context, tx *db.Tx) error { return w.Send(ctx, tx, "viet", id) })
		var all sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			all.Go(func() {
				errs[i] = d.Write(t.Context(), func(tx *db.Tx) error { return w.Publish(t.Context(), tx, "duyet", id, true) })
			})
		}
		all.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Errorf("the second was told: %v", err)
			}
		}
		var n int
		must(t, d.Read().QueryRow(`SELECT count(*) FROM entry WHERE kind = 'portal_article'`).Scan(&n))
		if done != 1 || n != 1 {
			t.Errorf("%d published, %d entries", done, n)
		}
	})
}

// A reader's words are sealed until somebody decides, and his name and telephone for good; sent twice they are one; a month's
// numbers are recorded once and mended when closed again.
func TestReaders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		article := w.published()
		said := news.Said{Key: "AAAAAAAAAAAAAAAAAAAAAAAAAA", Article: article, Text: "Đoạn dốc vẫn canaryxanh lầy lội.", Name: "Bà Canary Xanhlam", Contact: "0912 000 111"}
		say := func(s news.Said) (id int64, again bool) {
			t.Helper()
			w.must(func(ctx context.Context, tx *db.Tx) (err error) {
				id, again, err = w.Say(ctx, tx, s)
				return err
			})
			return id, again
		}
		first, _ := say(said)
		if id, again := say(said); id != first || !again {
			t.Error("the same form twice is two letters")
		}
		said.Text += " Xin sửa."
		second, _ := say(said)
		if second == first {
			t.Error("other words with the same form are lost")
		}
		canaries(t, d, "canaryxanh", "Xanhlam", "0912 000 111")
		if words, err := w.Words(t.Context(), d.Read(), article); err != nil || len(words) != 0 {
			t.Errorf("shown before somebody decided: %v, %v", words, err)
		}
		decide := func(id int64, x news.Decision) func(context.Context, *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error { return w.Decide(ctx, tx, "don", id, x) }
		}
		answer := news.Decision{To: news.Answered, Topic: "infrastructure", Said: "Đoạn dốc vẫn lầy lội.", Answer: "Tháng 11 sẽ rải đá."}
		named := answer
		named.Name = "Bà Xanhlam"
		w.refuses(fault.Invalid, decide(first, named)) // she did not wish it
		w.refuses(fault.Invalid, decide(first, news.Decision{To: news.Refused, Ground: "khac"}))
		w.must(decide(first, answer))
		w.refuses(fault.Conflict, decide(first, news.Decision{To: news.Forwarded}))
		w.must(decide(second, news.Decision{To: news.Refused, Ground: "test"}))
		words, err := w.Words(t.Context(), d.Read(), article)
		if err != nil || len(words) != 1 || words[0].Name != "" || words[0].Answer != "Tháng 11 sẽ rải đá." {
			t.Errorf("words: %+v, %v", words, err)
		}
		canaries(t, d, "canaryxanh", "Xanhlam", "0912 000 111")
		w.must(func(ctx context.Context, tx *db.Tx) error {
			who, err := w.LookAtSender(ctx, tx, "don", first, dossier.Contact, "")
			if who.Name != "Bà Canary Xanhlam" {
				t.Errorf("sender %+v", who)
			}
			return err
		})

		unit := w.tree.On("A.UBND", 20261020).ID
		closing := func() (n int) {
			t.Helper()
			w.must(func(ctx context.Context, tx *db.Tx) (err error) {
				n, err = w.Close(ctx, tx, "don", unit, 20261001)
				return err
			})
			return n
		}
		w.refuses(fault.Invalid, func(ctx context.Context, tx *db.Tx) error {
			_, err := w.Close(ctx, tx, "don", unit, 20261001)
			return err
		})
		w.now = time.Date(2026, 11, 3, 2, 0, 0, 0, time.UTC)
		if a, b := closing(), closing(); a != 1 || b != 0 {
			t.Errorf("closed: %d, then %d", a, b)
		}
		w.must(decide(second, news.Decision{To: news.Waiting, Topic: "infrastructure"}))
		if n := closing(); n != 1 {
			t.Errorf("closed again: %d", n)
		}
		ids, err := w.Closed(t.Context(), d.Read(), unit, 20261001)
		must(t, err)
		e, err := w.Ledger.Entry(t.Context(), d.Read(), ids["infrastructure"])
		must(t, err)
		if f := e.Versions[len(e.Versions)-1].Fields; len(ids) != 1 || ledger.Member(f, "received") != "2" || ledger.Member(f, "answered") != "1" || ledger.Member(f, "pending") != "1" || e.Day != 20261031 {
			t.Errorf("entries %v: %s on %v", ids, f, e.Day)
		}
	})
}

// canaries looks for words wherever they could have been written in the clear.
func canaries(t *testing.T, d *db.DB, words ...string) {
	t.Helper()
	for _, query := range []string{`SELECT name || said || answer || ground || number FROM article_feedback`, `SELECT remark FROM article_act`, `SELECT title || fold FROM entry`, `SELECT fields FROM entry_version`,
		`SELECT sealed FROM dossier_text`, `SELECT sealed FROM dossier_sender`, `SELECT hash FROM audit_leaf`, `SELECT once FROM article_feedback`} {
		rows, err := d.Read().QueryContext(t.Context(), query)
		must(t, err)
		for rows.Next() {
			var b []byte
			must(t, rows.Scan(&b))
			for _, w := range words {
				if bytes.Contains(b, []byte(w)) || strings.Contains(civil.Fold(string(b)), civil.Fold(w)) {
					t.Errorf("%s holds %q", query, w)
				}
			}
		}
		must(t, rows.Close())
	}
}

// Reads are added up and written once; what cannot be written is not lost.
func TestReads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		one, two := w.published(), w.published()
		r := &news.Reads{DB: d, Now: func() time.Time { return w.now }}
		for range 3 {
			r.Add(one)
		}
		r.Add(two)
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if r.Flush(over) == nil {
			t.Error("written on a line that is cut")
		}
		must(t, r.Flush(t.Context()))
		r.Add(one)
		must(t, r.Flush(t.Context()))
		must(t, r.Flush(t.Context()))
		list, err := w.MostRead(t.Context(), d.Read(), 20261020, 5)
		if err != nil || len(list) != 2 || list[0].ID != one || list[0].Reads != 4 || list[1].Reads != 1 {
			t.Errorf("most read: %+v, %v", list, err)
		}
		if n, err := w.ReadIn(t.Context(), d.Read(), civil.Period{From: 20261021, To: 20261022}); err != nil || len(n) != 0 {
			t.Errorf("reads of other days: %v, %v", n, err)
		}
	})
	for agent, robot := range map[string]bool{"Mozilla/5.0 (Windows NT 10.0) Chrome/120.0": false, "Mozilla/5.0 (compatible; bingbot/2.0)": true, "curl/8.0": true, "": true} {
		if news.Robot(agent) != robot {
			t.Errorf("%q is a robot: %v", agent, !robot)
		}
	}
}

// A picture loses what the camera wrote, has its widths, and is the article's own.
func TestPictures(t *testing.T) {
	d := dbtest.SQLite(t)
	w := open(t, d)
	id := w.begin()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 1200, 600))))
	if _, err := w.AddPicture(t.Context(), "viet", id, b.Bytes(), "a.png", " "); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a picture without words: %v", err)
	}
	if _, err := w.AddPicture(t.Context(), "viet", id, []byte("%PDF-1.4\n%%EOF"), "a.pdf", "Tờ"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a paper as a picture: %v", err)
	}
	for range 2 { // sent twice
		if n, err := w.AddPicture(t.Context(), "viet", id, b.Bytes(), "a.png", "Con đường"); err != nil || n != 1 {
			t.Fatalf("picture %d, %v", n, err)
		}
	}
	list, err := w.Pictures(t.Context(), d.Read(), id)
	if err != nil || len(list) != 1 || len(list[0].Sizes) != 3 || list[0].Sizes[2].Width != 1200 || list[0].Sizes[0].Height != 240 {
		t.Fatalf("pictures %+v, %v", list, err)
	}
	if open, err := w.HasPicture(t.Context(), d.Read(), list[0].Sizes[0].Hash, true); err != nil || open {
		t.Errorf("the picture of a draft is public: %v", err)
	}
	html, err := news.Render("![Chú <b>thích](anh:1)\n\n![x](anh:9)\n\n# A\n\n##### B\n\n<b>thẻ</b> [a](javascript:x) [b](/cong/gui)", list, func(h string) string { return "/" + h + ".jpg" })
	must(t, err)
	for _, want := range []string{`alt="Con đường"`, "<figcaption>Chú &lt;b&gt;thích</figcaption>", "1200w", "<p>x</p>", "<h2>A</h2>", "<h3>B</h3>", "&lt;b&gt;thẻ&lt;/b&gt; a <a href=\"/cong/gui\">b</a>"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is missing in %s", want, html)
		}
	}
}

func TestAddress(t *testing.T) {
	for title, want := range map[string]string{"Đường về Nà Thử, 0,8 km!": "duong-ve-na-thu-0-8-km", "…": "bai"} {
		if got := news.Address(title); got != want {
			t.Errorf("%q: %s", title, got)
		}
	}
	if len(news.Address(strings.Repeat("dài ", 100))) > 80 {
		t.Error("an address is too long")
	}
}
