package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/fault"
)

// answerView is the form by which a village answers with its code.
type answerView struct {
	form
	promiseCard
	Faults []option
}

func (p *portal) answerView(ctx context.Context, id int64, f form) (*answerView, error) {
	v := &answerView{form: f}
	var x *dialogue.Promise
	err := p.DB.View(ctx, func(q db.Querier) (err error) { x, err = p.onePromise(ctx, q, id); return err })
	if err != nil {
		return nil, err
	}
	cards, err := p.promiseCards(ctx, []*dialogue.Promise{x})
	if err != nil {
		return nil, err
	}
	v.promiseCard = cards[0]
	if k := p.Catalog.Latest().Kind(dialogue.NoteKind); k != nil {
		for _, o := range k.Field("faults").Choices() {
			v.Faults = append(v.Faults, option{Value: o.Code, Name: o.Name})
		}
	}
	return v, nil
}

func (p *portal) answerForm(w http.ResponseWriter, r *http.Request) error {
	id, err := pathNumber(r, "id")
	if err != nil {
		return err
	}
	v, err := p.answerView(r.Context(), id, newForm())
	if err != nil {
		return err
	}
	return p.showAnswer(w, r, http.StatusOK, v)
}

func (p *portal) showAnswer(w http.ResponseWriter, r *http.Request, status int, v *answerView) error {
	ctx := r.Context()
	return p.render(w, r, status, page{Title: v.title(ctx, say(ctx, "Trả lời lời hứa", "Answer a promise")), Section: "cam-ket"}, p.answerPage(v))
}

// The answers of a village.
const (
	answerKept = "da-xong"
	answerNot  = "chua-dong-y"
)

// byCode is whom the log names for an answer that was given with a code: nobody by name.
const byCode = "ma-xac-nhan"

// answerPromise takes the answer of whoever has the code. Sent twice it counts once.
func (p *portal) answerPromise(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathNumber(r, "id")
	if err != nil {
		return err
	}
	values, err := posted(w, r)
	if err != nil {
		return err
	}
	v, err := p.answerView(ctx, id, sentForm(values))
	if err != nil {
		return err
	}
	said := dialogue.Said{Act: dialogue.ActConfirm, Faults: values["dieu"]}
	switch v.get("tra-loi") {
	case answerKept:
		said.Faults = nil
	case answerNot:
		said.Act = dialogue.ActDispute
	default:
		v.say("tra-loi", say(ctx, "Chưa chọn đã làm xong hay chưa.", "Choose whether it is done."))
	}
	if strings.TrimSpace(v.get("ma")) == "" {
		v.say("ma", say(ctx, "Chưa ghi mã. Mã có 16 chữ, in trên tờ giao cho thôn.", "Enter the code: 16 characters on the village's sheet."))
	}
	if len(v.Wrong) == 0 {
		err = p.DB.Write(ctx, func(tx *db.Tx) error { return p.answerIn(ctx, tx, id, v.form, said) })
		var bad dialogue.Wrong
		if errors.As(err, &bad) {
			v.say(map[string]string{"code": "ma", "faults": "dieu"}[bad.Part], fault.Say(bad.Err))
		} else if err != nil {
			return err
		}
	}
	if len(v.Wrong) > 0 {
		return p.showAnswer(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, fmt.Sprintf("/cam-ket/%d?xong=%s", id, v.get("tra-loi")))
}

// answerIn records the answer in a transaction, once for the form's key and the code that it shows.
func (p *portal) answerIn(ctx context.Context, tx *db.Tx, id int64, f form, said dialogue.Said) error {
	x, err := p.onePromise(ctx, tx, id)
	if err != nil {
		return err
	}
	who, err := p.shelf().WhoAnswers(ctx, tx, x, f.get("ma"))
	if err != nil {
		return err
	}
	key := fmt.Sprintf("cong:cam-ket:%d:%s", id, f.Key)
	if _, err := p.Ledger.EntryByKey(ctx, tx, key); err == nil {
		return nil // sent twice
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	said.By = who.Holder
	said.Text = who.Place
	_, err = (dialogue.Desk{Ledger: p.Ledger, Tree: tree}).Note(ctx, tx, byCode, id, key, said, nil, p.Today())
	return err
}
