package web

import (
	"context"
	"net/http"

	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// transferView is the form that sends a letter to the body that may settle it.
type transferView struct {
	*actFormView
	Shown string // of the unit that is chosen
}

func (s *server) transferForm(r *http.Request) (*transferView, error) {
	v, err := s.actForm(r, "transferred")
	if err != nil {
		return nil, err
	}
	return &transferView{actFormView: v}, nil
}

func (s *server) transferPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.transferForm(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	v.form = newForm()
	v.fill()
	return s.showTransfer(w, r, http.StatusOK, v)
}

func (s *server) showTransfer(w http.ResponseWriter, r *http.Request, status int, v *transferView) error {
	title := "Chuyển đơn: " + lowerFirst(v.title())
	if len(v.Wrong) > 0 {
		title, status = "Lỗi: "+lowerFirst(title), wrongStatus(status)
	}
	return s.render(w, r, status, page{Title: title, Section: "don-thu"}, transferDetail(v))
}

func (s *server) transferCase(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	if done, err := s.sentFormBefore(r, f); err != nil {
		return err
	} else if done {
		return s.acted(w, r, f)
	}
	v, err := s.transferForm(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	v.form = f
	a, err := s.readTransfer(r.Context(), v)
	if err != nil {
		return err
	}
	if len(v.Wrong) == 0 {
		err = s.doAct(r, v.actFormView, a)
	}
	if err != nil && fault.KindOf(err) == fault.Conflict {
		return s.transferMoved(w, r, f, err)
	}
	if err != nil {
		if err := v.refusal(err); err != nil {
			return err
		}
		return s.showTransfer(w, r, http.StatusUnprocessableEntity, v)
	}
	if len(v.Wrong) > 0 {
		return s.showTransfer(w, r, http.StatusUnprocessableEntity, v)
	}
	return s.acted(w, r, f)
}

// transferMoved shows the form as it was typed beside the step that somebody else recorded meanwhile.
func (s *server) transferMoved(w http.ResponseWriter, r *http.Request, f form, moved error) error {
	v, err := s.transferForm(r)
	if err != nil {
		return s.caseRefused(w, r, movedOn(moved))
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v.goesOn(f, moved)
	v.Shown = refName(tree, f.get("don-vi"), v.Today)
	return s.showTransfer(w, r, http.StatusConflict, v)
}

// readTransfer reads the form: a body in the system, or one outside by its name.
func (s *server) readTransfer(ctx context.Context, v *transferView) (petition.Act, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return petition.Act{}, err
	}
	f := &pieceForm{form: v.form}
	u := f.unit(tree, "don-vi", v.Today)
	v.form = f.form
	a := v.act()
	switch {
	case u != nil && u.ID == v.Case.Unit:
		v.say("don-vi", "Đơn đang ở cơ quan này. Hãy chọn cơ quan khác.")
	case u != nil && !s.takesLetters(tree, u, v.Today):
		v.say("don-vi", "Đơn vị này không ghi sổ đơn thư. Hãy chọn cơ quan cụ thể, ví dụ Ủy ban nhân dân, sở.")
	case u != nil:
		a.Unit, a.Body = u.ID, tree.NameOn(u.ID, v.Today)
		a.Set = map[string]any{"transferred_unit": ledger.Ref(u)}
		v.Shown = a.Body
	case v.get("don-vi") == "" && a.Body == "":
		v.say("don-vi", "Hãy chọn cơ quan trong hệ thống, hoặc ghi tên cơ quan ngoài hệ thống ở ô dưới.")
	}
	return a, nil
}

// takesLetters reports whether a body keeps a register of letters.
func (s *server) takesLetters(tree *org.Tree, u *org.Unit, day civil.Date) bool {
	k := s.Catalog.EditionOn(day).Kind(petition.Letter)
	return k != nil && s.Ledger.MayRecord(tree, k, u, day)
}
