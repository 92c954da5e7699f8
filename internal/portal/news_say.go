package portal

import (
	"context"
	"net/http"
	"net/url"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/news"
)

// sayView is the form by which a reader says something of an article.
type sayView struct {
	form
	Story news.Article
}

// sayFields are the controls of the form.
var sayFields = []string{"loi", "hien-ten", "ten", "lien-he"}

func (p *portal) sayForm(w http.ResponseWriter, r *http.Request) error {
	a, err := p.openStory(r)
	if err != nil {
		return err
	}
	v := sayView{newForm(), a}
	v.Values.Set("hien-ten", "khong")
	return p.showSay(w, r, http.StatusOK, v)
}

func (p *portal) showSay(w http.ResponseWriter, r *http.Request, status int, v sayView) error {
	ctx := r.Context()
	return p.render(w, r, status, page{Title: v.title(ctx, say(ctx, "Góp ý về bài: ", "About the article: ")+v.Story.Title), Section: "tin", Back: true}, p.sayPage(v))
}

func (p *portal) sayPost(w http.ResponseWriter, r *http.Request) error {
	if !p.turns.Take(r.RemoteAddr) {
		return errTooFast
	}
	ctx := r.Context()
	values, err := posted(w, r)
	if err != nil {
		return err
	}
	a, err := p.openStory(r)
	if err != nil {
		return err
	}
	v := sayView{sentForm(values), a}
	said := news.Said{Key: v.Key, Article: a.ID, Text: v.get("loi"), Name: v.get("ten"), Contact: v.get("lien-he"), Open: v.get("hien-ten") == "co"}
	v.judge(ctx, said)
	if len(v.Wrong) > 0 {
		return p.showSay(w, r, http.StatusUnprocessableEntity, v)
	}
	path := "/tin/" + r.PathValue("id") + "/gop-y"
	if c, ok := p.letPass(r, values); !ok {
		hidden := map[string][]string{keyField: {v.Key}}
		for _, name := range sayFields {
			hidden[name] = []string{v.get(name)}
		}
		return p.render(w, r, http.StatusServiceUnavailable, page{Title: say(ctx, "Đang đông người gửi", "Many people are sending now"), Section: "tin", Scripts: []string{"work.js"}}, p.crowdView(path, c, hidden))
	}
	err = p.DB.Write(ctx, func(tx *db.Tx) error {
		_, _, err := p.News.Say(ctx, tx, said)
		return err
	})
	if fault.KindOf(err) == fault.Invalid && err != nil {
		v.say("loi", fault.Say(err))
		return p.showSay(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, a.Path()+"?"+url.Values{"xong": {"gop-y-tin"}}.Encode())
}

// judge says what is wrong with the form.
func (v *sayView) judge(ctx context.Context, s news.Said) {
	english := map[string]string{"Text": "Write what you want to say; a sentence will do. At most 3,000 characters.", "Name": "Write your name, or choose not to show it.", "Contact": "This is too long."}
	wrong := s.Check()
	for _, f := range [][2]string{{"Text", "loi"}, {"Name", "ten"}, {"Contact", "lien-he"}} {
		if sentence := wrong[f[0]]; sentence != "" {
			v.say(f[1], say(ctx, sentence, english[f[0]]))
		}
	}
	if v.get(trapField) != "" {
		v.say("", say(ctx, "Ô “Trang web” phải để trống: hãy xóa chữ trong ô đó.", "Leave the field “Website” empty."))
	}
}
