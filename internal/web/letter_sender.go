package web

import (
	"context"
	"errors"
	"net/http"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/petition"
	"danvan/internal/vault"
)

// senderView is the page on which one letter's sender is looked at: the reason first, then the answer, once.
type senderView struct {
	Entry   *ledger.Entry
	Title   string
	Form    form
	Mend    form
	Sender  *dossier.Sender // only in the answer to the look
	Secret  bool            // a denunciation: there is nothing here, and nothing to ask
	MayLook bool
	MayMend bool
	Looks   []dossier.Look // for who checks, and for who may look himself
	Done    string
	Link    string
}

// shredded reports whether a case's content was erased: its letter still stands in the register.
func shredded(err error) bool { return errors.Is(err, vault.ErrShredded) }

// lookRefusal is what a form says of a look that was refused; empty for all other errors.
func lookRefusal(err error) string {
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return fault.Say(err)
	}
	return sentence(err)
}

// mayLook reports whether the viewer may ask who sent the letter: the desk and officers by need, an inspector when he
// checks. Of denunciations nobody asks here.
func mayLook(ctx context.Context, e *ledger.Entry) bool {
	v := viewer(ctx)
	return v.May(access.SeeSender, e.Unit)
}

func (s *server) senderView(r *http.Request) (*senderView, error) {
	ctx := r.Context()
	e, err := s.letterAt(r)
	if err != nil {
		return nil, err
	}
	content, _, err := s.Dossiers.ContentOf(ctx, s.DB.Read(), e.ID)
	if err != nil && !shredded(err) {
		return nil, err
	}
	v := &senderView{Entry: e, Title: s.letterTitle(e), Form: newForm(), Mend: newForm(), Secret: !keepsSender(e, content), Link: s.letterLink(e.ID), Done: r.URL.Query().Get("xong")}
	v.MayLook = mayLook(ctx, e) && !v.Secret
	v.MayMend = v.MayLook && viewer(ctx).May(access.RecordLetters, e.Unit)
	if !v.Secret && (v.MayLook || viewer(ctx).May(access.ReadLog, e.Unit)) {
		v.Looks, err = s.Dossiers.Looks(ctx, s.DB.Read(), e.ID)
		return v, err
	}
	return v, nil
}

// letterTitle names a letter by its number, without anything that it says.
func (s *server) letterTitle(e *ledger.Entry) string {
	c, err := petition.CaseOf(e)
	if err != nil || c.Number == "" {
		return "đơn #" + itoa(e.ID)
	}
	return "đơn số " + c.Number + "/" + itoa(int64(e.Day.Year()))
}

func (s *server) letterSender(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.senderView(r)
	if err != nil {
		return err
	}
	return s.showSender(w, r, http.StatusOK, v)
}

func (s *server) showSender(w http.ResponseWriter, r *http.Request, status int, v *senderView) error {
	p := page{Title: "Người gửi " + v.Title, Section: "don-thu"}
	if len(v.Form.Wrong)+len(v.Mend.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, status, p, senderPage(v))
}

// letterSenderLook shows the sender in the answer to the reason, and nowhere else: asked again, the reason is asked
// again.
func (s *server) letterSenderLook(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.senderView(r)
	if err != nil {
		return err
	}
	if v.Form, err = s.sealedForm(w, r); err != nil {
		return err
	}
	if !v.MayLook {
		return s.refused(w, r, "Người gửi đơn này không xem được bằng quyền của bạn.")
	}
	ground := dossier.Ground(v.Form.get("can-cu"))
	if ground.Name() == "" {
		v.Form.say("can-cu", "Hãy chọn lý do xem người gửi.")
		return s.showSender(w, r, http.StatusUnprocessableEntity, v)
	}
	var sender dossier.Sender
	err = s.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		sender, err = s.Dossiers.LookAtSender(r.Context(), tx, viewer(r.Context()).Login, v.Entry.ID, ground, v.Form.get("ghi-them"))
		return err
	})
	if said := lookRefusal(err); said != "" {
		v.Form.say("", said)
		return s.showSender(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	v.Sender = &sender
	if v.Looks, err = s.Dossiers.Looks(r.Context(), s.DB.Read(), v.Entry.ID); err != nil {
		return err
	}
	v.Mend.Values = senderValues(&sender)
	return s.showSender(w, r, http.StatusOK, v)
}

// senderValues are a sender as the form of mending shows it.
func senderValues(x *dossier.Sender) map[string][]string {
	others := ""
	for _, o := range x.Others {
		others += o + "\n"
	}
	out := map[string][]string{"nguoi": {x.Name}, "dia-chi": {x.Address}, "lien-he": {x.Contact}, "giay-to": {x.Document}, "dai-dien": {x.Stands}, "nguoi-khac": {others}}
	if x.Signers > 0 {
		out["so-nguoi-ky"] = []string{itoa(int64(x.Signers))}
	}
	return out
}

// letterSenderMend writes the sender down anew where it was written wrong.
func (s *server) letterSenderMend(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.senderView(r)
	if err != nil {
		return err
	}
	if v.Mend, err = s.sealedForm(w, r); err != nil {
		return err
	}
	if !v.MayMend {
		return s.refused(w, r, "Bạn không sửa được người gửi của đơn này.")
	}
	sender := senderOf(v.Mend)
	lf := &letterForm{form: v.Mend}
	sender.Signers = lf.number("so-nguoi-ky", 10_000)
	if v.Mend = lf.form; sender.Empty() {
		v.Mend.say("nguoi", "Hãy ghi họ tên hoặc địa chỉ của người gửi.")
	}
	if len(v.Mend.Wrong) == 0 {
		_, err = s.sealedOnce(r, v.Mend, func(tx *db.Tx) ([]byte, error) {
			return nil, s.Dossiers.PutSender(r.Context(), tx, viewer(r.Context()).Login, dossier.Item{Entry: v.Entry.ID, Sender: sender, Marked: true})
		})
		if said := sentence(err); said != "" {
			v.Mend.say("", said)
		} else if err != nil {
			return err
		}
	}
	if len(v.Mend.Wrong) > 0 {
		return s.showSender(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, "/don-thu/"+itoa(v.Entry.ID)+"/nguoi-gui?xong=luu")
}
