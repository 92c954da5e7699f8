package web

import (
	"net/http"
	"strings"

	"danvan/internal/access"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/sending"
)

// behalfView is a sending that an official or a village head writes down for somebody who is there and checks it.
type behalfView struct {
	form
	Check   bool
	Kind    sending.Behalf
	Topics  []option
	Places  []option
	Receipt *sending.Receipt
	Unit    string
	Next    []clock.Deadline
	Inbox   bool // the writer may see what was sent
}

func (s *server) behalfView(r *http.Request, f form) (*behalfView, error) {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return nil, err
	}
	me := viewer(r.Context())
	v := &behalfView{form: f, Kind: sending.Village, Inbox: me.May(access.ReadLetters, 0)}
	if me.May(access.RecordLetters, 0) {
		v.Kind = sending.AtDesk
	}
	for _, t := range sending.Topics() {
		v.Topics = append(v.Topics, option{Value: t.Code, Name: t.Name, Hint: t.Such})
	}
	for _, id := range tree.Existing(s.Today(), 0, org.Filter{Levels: []string{"commune"}, Forms: []string{org.Territory}}) {
		u := tree.Unit(id)
		v.Places = append(v.Places, option{Value: u.Code, Name: tree.NameOn(id, s.Today())})
		if f.get("xa") == "" && me.May(access.WriteForOthers, id) && len(v.Values["xa"]) == 0 {
			v.Values.Set("xa", u.Code)
		}
	}
	return v, nil
}

func (s *server) behalfPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.behalfView(r, newForm())
	if err != nil {
		return err
	}
	return s.showBehalf(w, r, http.StatusOK, v)
}

func (s *server) showBehalf(w http.ResponseWriter, r *http.Request, status int, v *behalfView) error {
	unkept(w)
	title := "Gửi thay người dân"
	switch {
	case v.Receipt != nil:
		title = "Giấy biên nhận " + v.Receipt.Number
	case len(v.Wrong) > 0:
		title, status = "Lỗi: gửi thay người dân", http.StatusUnprocessableEntity
	case v.Check:
		title = "Gửi thay: đọc lại cho người gửi"
	}
	return s.render(w, r, status, page{Title: title, Section: "gui-thay"}, behalfDetail(v))
}

// behalfPost shows what was typed to be read out, then sends. The receipt is the answer itself: the code stands in no
// address.
func (s *server) behalfPost(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := s.sealedForm(w, r)
	if err != nil {
		return err
	}
	v, err := s.behalfView(r, f)
	if err != nil {
		return err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	d := sending.Draft{Key: f.Key, Topic: f.get("viec"), Text: f.get("ke"), Wish: f.get("muon"), Where: f.get("cho"), Behalf: v.Kind, Actor: viewer(ctx).Login,
		Name: f.get("nguoi"), Home: f.get("dia-chi"), Reach: f.get("lien-he")}
	place := tree.On(f.get("xa"), s.Today())
	if place == nil {
		v.say("xa", "Hãy chọn xã, phường nơi xảy ra việc.")
	} else {
		d.Place = place.ID
	}
	wrong := d.Check()
	for _, x := range [][2]string{{"viec", "Topic"}, {"ke", "Text"}, {"muon", "Wish"}, {"cho", "Where"}, {"nguoi", "Name"}, {"dia-chi", "Home"}, {"lien-he", "Reach"}} {
		if say := wrong[x[1]]; say != "" {
			v.say(x[0], strings.ReplaceAll(say, "của bạn", "của người gửi"))
		}
	}
	if f.get(stepField) == "luu" && f.get("da-doc") == "" {
		v.Check = true
		v.say("da-doc", "Hãy đọc lại cho người gửi nghe, người gửi đồng ý rồi mới đánh dấu.")
	}
	switch {
	case len(v.Wrong) > 0 || f.get(stepField) == "sua":
		return s.showBehalf(w, r, http.StatusOK, v)
	case f.get(stepField) != "luu":
		v.Check = true
		return s.showBehalf(w, r, http.StatusOK, v)
	}
	var receipt sending.Receipt
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		receipt, err = s.Sendings.Send(ctx, tx, d)
		return err
	})
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		v.say("", fault.Say(err))
		return s.showBehalf(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	v.Receipt, v.Unit, v.Next = &receipt, tree.NameOn(receipt.Unit, receipt.Day), s.Sendings.Next(receipt.Class, receipt.Day)
	return s.showBehalf(w, r, http.StatusOK, v)
}
