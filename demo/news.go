package demo

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"strings"
	"time"
	"unicode/utf8"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/news"
	"danvan/internal/org"
)

// NewsKey is where a database says that the demo's news was made.
const NewsKey = "demo-news"

// Who writes and who publishes the demo's news.
const (
	newsWriter   = "tonghop"
	newsReviewer = "lanhdao"
)

// MakeNews writes and publishes the demo's articles, with readers' words in every state. It follows the people of the demo
// and is done once.
func MakeNews(ctx context.Context, k *news.Desk, tree *org.Tree, day civil.Date) error {
	if done, err := db.Meta(ctx, k.DB.Read(), NewsKey); err != nil || done != "" {
		return err
	}
	mark, err := db.Meta(ctx, k.DB.Read(), MetaKey)
	if err != nil || mark == "" || IsBlank(mark) {
		return err
	}
	office := tree.On(officeCode[:5], day)
	if office == nil { // the demo of a day before it existed
		return nil
	}
	w := &newspaper{Desk: *k, tree: tree, day: day, communes: communesOf(tree, day, office.ID)}
	ids := make([]int64, len(newsStories))
	for i, x := range newsStories {
		if ids[i], err = w.make(ctx, i, x); err != nil {
			return fmt.Errorf("article %q of the demo: %w", x.Title, err)
		}
	}
	for i, x := range storyWords {
		if err := w.say(ctx, i, x, ids[x.Story]); err != nil {
			return fmt.Errorf("reader %d of the demo: %w", i, err)
		}
	}
	return k.DB.Write(ctx, func(tx *db.Tx) error { return db.SetMeta(ctx, tx, NewsKey, day.String()) })
}

// newspaper is the news desk on its days.
type newspaper struct {
	news.Desk
	tree     *org.Tree
	day      civil.Date
	communes []org.UnitID
}

// communesOf are the communes of the demo's province, the one of its offices first.
func communesOf(tree *org.Tree, day civil.Date, first org.UnitID) []org.UnitID {
	out := []org.UnitID{first}
	top := tree.Chain(first, day)
	for _, id := range tree.Existing(day, top[len(top)-1], org.Filter{Levels: []string{"commune"}, Forms: []string{org.Territory}}) {
		if id != first && !tree.Unit(id).NoData {
			out = append(out, id)
		}
	}
	return out
}

// on sets the desk's clock to a day.
func (w *newspaper) on(day civil.Date, hour int) {
	at := day.Time().Add(time.Duration(hour) * time.Hour)
	w.Now = func() time.Time { return at }
}

func (w *newspaper) make(ctx context.Context, i int, x story) (int64, error) {
	day := w.day.AddDays(-x.Back)
	t := news.Text{Sort: x.Sort, Theme: x.Theme, Byline: "Minh họa " + fmt.Sprintf("%02d", i%5+1)}
	unit := w.tree.Chain(w.communes[0], w.day)[len(w.tree.Chain(w.communes[0], w.day))-1]
	body := "BTGDV"
	xa, thon := "", ""
	if x.Commune >= 0 {
		unit, body = w.communes[x.Commune%len(w.communes)], "UBND"
		t.Place = unit
		xa, thon = w.tree.NameOn(unit, w.day), village(x.Commune, 0)
	}
	if u := w.tree.On(w.tree.Unit(unit).Code+"."+body, day); u != nil {
		unit = u.ID
	}
	t.Title, t.Summary, t.Body = named(x.Title, xa, thon), named(x.Summary, xa, thon), named(x.Body, xa, thon)
	if x.Scene != "" {
		t.Cover = 1
	}
	w.on(day, 1)
	var id int64
	err := w.DB.Write(ctx, func(tx *db.Tx) (err error) {
		id, err = w.Begin(ctx, tx, newsWriter, unit, t)
		return err
	})
	if err != nil || x.Scene == "" {
		return id, w.finish(ctx, err, id, x, t)
	}
	var pic bytes.Buffer
	if err = png.Encode(&pic, drawScene(x.Scene, x.At)); err == nil {
		_, err = w.AddPicture(ctx, newsWriter, id, pic.Bytes(), "hinh-minh-hoa.png", "Hình minh họa: "+scenes[x.Scene][x.At])
	}
	return id, w.finish(ctx, err, id, x, t)
}

// named puts the names of commune and village into a text, with a small letter within a sentence.
func named(text, xa, thon string) string {
	for mark, name := range map[string]string{"{xa}": xa, "{thon}": thon} {
		for {
			before, behind, found := strings.Cut(text, mark)
			if !found {
				break
			}
			own := name
			if starts := before == "" || strings.HasSuffix(before, ". ") || strings.HasSuffix(before, "\n"); !starts && name != "" {
				_, size := utf8.DecodeRuneInString(name)
				own = strings.ToLower(name[:size]) + name[size:]
			}
			text = before + own + behind
		}
	}
	return text
}

// finish leads an article to where it stands.
func (w *newspaper) finish(ctx context.Context, err error, id int64, x story, t news.Text) error {
	if err != nil || x.State == "draft" {
		return err
	}
	return w.DB.Write(ctx, func(tx *db.Tx) error {
		if err := w.Send(ctx, tx, newsWriter, id); err != nil || x.State == "review" {
			return err
		}
		if x.State == "returned" {
			return w.Return(ctx, tx, newsReviewer, id, "Ghi rõ treo từ ngày nào đến ngày nào, bao nhiêu hộ, hỏi ai khi thấy thiếu tên.")
		}
		if err := w.Publish(ctx, tx, newsReviewer, id, true); err != nil {
			return err
		}
		if err := w.corrected(ctx, tx, id, x, t); err != nil {
			return err
		}
		return w.read(ctx, tx, id, x)
	})
}

func (w *newspaper) corrected(ctx context.Context, tx *db.Tx, id int64, x story, t news.Text) error {
	if x.Note == "" {
		return nil
	}
	seen, err := w.One(ctx, tx, id)
	if err != nil {
		return err
	}
	w.on(w.day.AddDays(1-x.Back), 2)
	t.Note = x.Note
	if err := w.Save(ctx, tx, newsWriter, seen, t); err != nil {
		return err
	}
	if err := w.Send(ctx, tx, newsWriter, id); err != nil {
		return err
	}
	return w.Publish(ctx, tx, newsReviewer, id, true)
}

// read spreads an article's readings over the days since it was published, most of them at first.
func (w *newspaper) read(ctx context.Context, tx *db.Tx, id int64, x story) error {
	left := x.Reads
	for day := w.day.AddDays(-x.Back); left > 0; day = day.AddDays(1) {
		n := (left + 2) / 3
		if day >= w.day {
			day, n = w.day, left
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO article_read (article, day, n) VALUES ($1, $2, $3)`, id, day, n)
		if err != nil {
			return fmt.Errorf("reads of the demo: %w", err)
		}
		left -= n
	}
	return nil
}

func (w *newspaper) say(ctx context.Context, i int, x word, article int64) error {
	back := max(newsStories[x.Story].Back-1, 0)
	w.on(w.day.AddDays(-back), 3)
	return w.DB.Write(ctx, func(tx *db.Tx) error {
		id, _, err := w.Say(ctx, tx, news.Said{Key: fmt.Sprintf("DEMO-reader-known-to-everybody-%02d", i), Article: article, Text: x.Text, Name: x.Name, Open: x.Open})
		if err != nil || x.Answer == "" {
			return err
		}
		d := news.Decision{To: news.Answered, Topic: x.Topic, Said: x.Text, Answer: x.Answer}
		if x.Open {
			d.Name = x.Name
		}
		switch x.Answer[0] {
		case '!':
			d = news.Decision{To: news.Refused, Topic: x.Topic, Ground: x.Answer[1:]}
		case '=':
			d.To, d.Answer = news.OnPage, ""
		}
		w.on(w.day.AddDays(-max(back-1, 0)), 4)
		return w.Decide(ctx, tx, "tiepdan", id, d)
	})
}
