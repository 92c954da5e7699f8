package web

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/fault"
)

// promiseSays read the forms of who promised, by the last word of the address.
var promiseSays = map[string]func(f *pieceForm) dialogue.Said{
	"tien-do": func(f *pieceForm) dialogue.Said {
		return dialogue.Said{Act: dialogue.ActProgress, Text: f.text("t-noi-dung"), Amount: f.amount("t-so")}
	},
	"ly-do": func(f *pieceForm) dialogue.Said {
		return dialogue.Said{Act: dialogue.ActExplain, Text: f.text("y-ly-do")}
	},
	"lui-han": func(f *pieceForm) dialogue.Said {
		return dialogue.Said{Act: dialogue.ActExtend, Text: f.text("l-ly-do"), NewDue: f.wantDay("l-han", "Hãy ghi hạn mới.")}
	},
	"bao-xong": func(f *pieceForm) dialogue.Said {
		return dialogue.Said{Act: dialogue.ActDone, Text: f.text("b-noi-dung"), On: f.wantDay("b-ngay", "Hãy ghi ngày làm xong.")}
	},
	"dung": func(f *pieceForm) dialogue.Said {
		return dialogue.Said{Act: dialogue.ActDrop, Text: f.text("x-ly-do")}
	},
}

// promiseControls say which control is the part of an act that is wrong.
var promiseControls = map[string]map[string]string{
	"tien-do":  {"note": "t-noi-dung", "amount": "t-so"},
	"ly-do":    {"note": "y-ly-do"},
	"lui-han":  {"note": "l-ly-do", "due": "l-han"},
	"bao-xong": {"note": "b-noi-dung", "on": "b-ngay", "files": "bao-xong" + filesPart},
	"dung":     {"note": "x-ly-do"},
	"thon":     {"note": "n-loi", "faults": "n-dieu"},
}

// amount reads how much is done, nil where nothing is typed.
func (f *pieceForm) amount(name string) *dialogue.Amount {
	text := f.text(name)
	if text == "" {
		return nil
	}
	var a dialogue.Amount
	if err := a.Read(text); err != nil {
		f.say(name, "Khối lượng là số, nhiều nhất hai số lẻ, ví dụ 62 hoặc 62,5.")
		return nil
	}
	return &a
}

func (s *server) promiseAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	if act == "ma" {
		return s.promiseCode(w, r)
	}
	says := promiseSays[act]
	if says == nil {
		return fault.New(fault.NotFound, "Không có việc này ở trang cam kết. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	said := says(&f)
	said.By = dialogue.ByOwner
	return s.sayOf(w, r, act, f, said)
}

// villageAct takes what a village head says with his own account.
func (s *server) villageAct(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "thon")
	if err != nil {
		return err
	}
	said := dialogue.Said{By: dialogue.ByHead, Act: dialogue.ActConfirm}
	switch f.want("n-tra-loi", "Hãy chọn đã làm xong hay chưa.") {
	case "chua-dong-y":
		said.Act, said.Faults = dialogue.ActDispute, f.Values["n-dieu"]
	case "da-xong", "":
	default:
		f.say("n-tra-loi", "Hãy chọn đã làm xong hay chưa.")
	}
	return s.sayOf(w, r, "thon", f, said)
}

// sayOf records a note of a promise, once for the form's key, and shows the form again where something is to be mended.
func (s *server) sayOf(w http.ResponseWriter, r *http.Request, act string, f pieceForm, said dialogue.Said) error {
	ctx := r.Context()
	v, err := s.promiseView(r)
	if err != nil {
		return err
	}
	v.Form = f
	at := "/cam-ket/" + r.PathValue("id") + "?xong=luu"
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, at)
	}
	if act == "thon" && !v.Speaks || act != "thon" && !v.Does {
		return fault.New(fault.Denied, outOfReach)
	}
	if said.Works = len(v.Tasks); len(v.Form.Wrong) == 0 {
		key := pieceKey(r, f)
		err = s.onceFor(r, f.form, func(tx *db.Tx) error {
			_, err := dialogue.Desk{Ledger: s.Ledger, Tree: v.Tree}.Note(ctx, tx, viewer(ctx).Login, v.ID, key, said, f.sent(), s.Today())
			return err
		})
		var bad dialogue.Wrong
		if errors.As(err, &bad) {
			v.Form.say(promiseControls[act][bad.Part], fault.Say(bad.Err))
		} else if err := v.Form.refusal(err, nil); err != nil {
			return err
		}
	}
	if len(v.Form.Wrong) > 0 {
		return s.showPromise(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, at)
}

// promiseCode makes a code for whoever raised the issue: it answers for this promise alone, and names nobody.
func (s *server) promiseCode(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "ma")
	if err != nil {
		return err
	}
	v, err := s.promiseView(r)
	if err != nil {
		return err
	}
	if !v.Does {
		return fault.New(fault.Denied, outOfReach)
	}
	v.Form = f
	holder, place := dialogue.ByCitizen, ""
	if f.get("m-ai") == dialogue.ByVillage {
		holder, place = dialogue.ByVillage, oneLine(cmp.Or(v.Village, "Thôn"), 120)
	}
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		v.NewCode, err = dialogue.MakeCode(r.Context(), tx, dialogue.Code{Entry: v.ID, Holder: holder, Place: place, Actor: viewer(r.Context()).Login, At: time.Now()})
		return err
	})
	if err != nil {
		return err
	}
	if v.NewCode == "" { // sent twice: the code was told once
		return seeOther(w, r, "/cam-ket/"+r.PathValue("id"))
	}
	v.CodeFor = cmp.Or(place, "người nêu vấn đề")
	unkept(w)
	return s.render(w, r, http.StatusOK, page{Title: "Mã xác nhận của " + v.CodeFor, Section: "cam-ket"}, promiseCodeSheet(v))
}
