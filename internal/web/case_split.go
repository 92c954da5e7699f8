package web

import (
	"net/http"
	"strconv"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/petition"
)

// splitRows are the contents that the form offers at once; further ones are left empty.
const splitRows = 4

// splitView is the page that makes a case of each content of a letter.
type splitView struct {
	*actFormView
}

func (s *server) splitForm(r *http.Request) (*splitView, error) {
	v, err := s.actForm(r, "split")
	if err != nil {
		return nil, err
	}
	return &splitView{v}, nil
}

func (s *server) splitPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.splitForm(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	v.form = newForm()
	v.fill()
	return s.showSplit(w, r, http.StatusOK, v)
}

func (s *server) showSplit(w http.ResponseWriter, r *http.Request, status int, v *splitView) error {
	title := "Tách nội dung: " + lowerFirst(v.title())
	if len(v.Wrong) > 0 {
		title, status = "Lỗi: "+lowerFirst(title), wrongStatus(status)
	}
	return s.render(w, r, status, page{Title: title, Section: "don-thu"}, splitDetail(v))
}

func (s *server) splitCase(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	if done, err := s.sentFormBefore(r, f); err != nil {
		return err
	} else if done {
		return s.acted(w, r, f)
	}
	v, err := s.splitForm(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	v.form = f
	parts := v.parts()
	a := v.act()
	if len(v.Wrong) == 0 {
		expect, _ := strconv.Atoi(f.get("phien-ban"))
		err = s.onceFor(r, f, func(tx *db.Tx) error {
			if err := s.mayAct(r.Context(), tx, v.Case.Entry, "split"); err != nil {
				return err
			}
			_, err := s.caseOffice().Split(r.Context(), tx, viewer(r.Context()).Login, v.Case.Entry, expect, a, parts)
			return err
		})
	}
	if err != nil && fault.KindOf(err) == fault.Conflict {
		return s.splitMoved(w, r, f, err)
	}
	if err != nil {
		if err := v.refusal(err); err != nil {
			return err
		}
		return s.showSplit(w, r, http.StatusUnprocessableEntity, v)
	}
	if len(v.Wrong) > 0 {
		return s.showSplit(w, r, http.StatusUnprocessableEntity, v)
	}
	return s.acted(w, r, f)
}

// splitMoved shows the form as it was typed beside the step that somebody else recorded meanwhile.
func (s *server) splitMoved(w http.ResponseWriter, r *http.Request, f form, moved error) error {
	v, err := s.splitForm(r)
	if err != nil {
		return s.caseRefused(w, r, movedOn(moved))
	}
	v.goesOn(f, moved)
	return s.showSplit(w, r, http.StatusConflict, v)
}

// parts reads the contents that are filled in.
func (v *splitView) parts() []petition.PartDraft {
	var out []petition.PartDraft
	for n := 1; n <= splitRows; n++ {
		p := petition.PartDraft{Class: v.get(partField("loai", n)), Field: v.get(partField("linh-vuc", n))}
		if p.Class == "" && p.Field == "" {
			continue
		}
		if p.Class == "" || p.Class == "mixed" {
			v.say(partField("loai", n), "Phần "+strconv.Itoa(n)+": hãy chọn loại.")
		}
		if p.Field == "" {
			v.say(partField("linh-vuc", n), "Phần "+strconv.Itoa(n)+": hãy chọn lĩnh vực.")
		}
		out = append(out, p)
	}
	if len(out) < 2 && len(v.Wrong) == 0 {
		v.say(partField("loai", 1), "Hãy ghi ít nhất hai phần. Đơn chỉ có một nội dung thì phân loại lại.")
	}
	return out
}

func partField(name string, n int) string { return name + "-" + strconv.Itoa(n) }

// partClasses are the classes that a part may be.
func (v *splitView) partClasses() []option {
	return withoutOption(choiceOptions(v.Kind, "class", "Chọn loại", v.Today), "mixed")
}
