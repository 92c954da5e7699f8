package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sending"
)

// sendingAct reads a form of the page and runs an act; what it refuses stands beside its control.
func (s *server) sendingAct(w http.ResponseWriter, r *http.Request, place func(*sendingView) *form, control, done string, act func(tx *db.Tx, v *sendingView, f *form) error) error {
	unkept(w)
	v, err := s.sendingView(r)
	if err != nil {
		return err
	}
	f, err := s.sealedForm(w, r)
	if err != nil {
		return err
	}
	if !v.MayTake {
		return s.refused(w, r, outOfReach)
	}
	_, err = s.sealedOnce(r, f, func(tx *db.Tx) ([]byte, error) { return nil, act(tx, v, &f) })
	if said := sentence(err); said != "" {
		f.say(control, said)
		*place(v) = f
		return s.showSending(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/gui-den/"+itoa(v.ID)+"?xong="+done)
}

func (s *server) sendingForward(w http.ResponseWriter, r *http.Request) error {
	return s.sendingAct(w, r, func(v *sendingView) *form { return &v.Forward }, "den", "chuyen-gui-den", func(tx *db.Tx, v *sendingView, f *form) error {
		tree, err := s.Tree(r.Context())
		if err != nil {
			return err
		}
		unit, err := tree.Resolve(f.get("den"), org.AsThen(), s.Today())
		if err != nil {
			return fault.New(fault.Invalid, "Hãy chọn cơ quan nhận.")
		}
		return s.Sendings.Forward(r.Context(), tx, viewer(r.Context()).Login, v.ID, unit.ID, f.get("ghi-chu"))
	})
}

func (s *server) sendingRefuse(w http.ResponseWriter, r *http.Request) error {
	return s.sendingAct(w, r, func(v *sendingView) *form { return &v.Refuse }, "ly-do", "khong-nhan", func(tx *db.Tx, v *sendingView, f *form) error {
		return s.Sendings.Refuse(r.Context(), tx, viewer(r.Context()).Login, v.ID, f.get("ly-do"), f.get("ghi-them"))
	})
}

func (s *server) sendingUndo(w http.ResponseWriter, r *http.Request) error {
	return s.sendingAct(w, r, func(v *sendingView) *form { return &v.Refuse }, "", "lay-lai", func(tx *db.Tx, v *sendingView, f *form) error {
		return s.Sendings.Undo(r.Context(), tx, viewer(r.Context()).Login, v.ID, f.get("ghi-them"))
	})
}

// sendingTake makes a letter of it and leads to the letter.
func (s *server) sendingTake(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.sendingView(r)
	if err != nil {
		return err
	}
	f, err := s.sealedForm(w, r)
	if err != nil {
		return err
	}
	if !v.MayTake {
		return s.refused(w, r, outOfReach)
	}
	var answer []byte
	for _, x := range [][2]string{{"loai", "Hãy chọn loại đơn theo nội dung."}, {"linh-vuc", "Hãy chọn lĩnh vực."}} {
		if f.get(x[0]) == "" {
			f.say(x[0], x[1])
		}
	}
	if f.get("tom-tat") == "" && !petition.Denounces(f.get("loai")) {
		f.say("tom-tat", "Hãy ghi tóm tắt nội dung trong một hai câu, không có tên người gửi.")
	}
	if len(f.Wrong) == 0 {
		answer, err = s.sealedOnce(r, f, func(tx *db.Tx) ([]byte, error) {
			id, err := s.Sendings.TakeIn(r.Context(), tx, viewer(r.Context()).Login, v.ID, s.taking(r.Context(), v, f))
			return []byte(itoa(id)), err
		})
		if said := sentence(err); said != "" {
			f.say("", said)
		} else if err != nil {
			return err
		}
	}
	if len(f.Wrong) > 0 {
		v.Take = f
		return s.showSending(w, r, http.StatusUnprocessableEntity, v)
	}
	id, err := strconv.ParseInt(string(answer), 10, 64)
	if err != nil {
		return err
	}
	return seeOther(w, r, s.letterLink(id)+"?xong=nhan-gui-den")
}

func (s *server) taking(ctx context.Context, v *sendingView, f form) sending.Taking {
	t := sending.Taking{Class: f.get("loai"), Field: f.get("linh-vuc"), Eligible: f.get("dieu-kien"), Summary: f.get("tom-tat"), Key: "sending:" + itoa(v.ID)}
	tree, err := s.Tree(ctx)
	if err != nil {
		return t
	}
	if unit := tree.Unit(v.Unit); unit != nil {
		t.Level = levelOf(unit, s.Today())
	}
	if list, err := remotePlaces(); err == nil && t.Class == "complaint" {
		at := v.Place
		if at == 0 {
			at = v.Unit
		}
		t.Remote = list.Of(tree, at, v.Day) != nil
	}
	return t
}

// sendingSender shows who sent it, in the answer to the reason alone.
func (s *server) sendingSender(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.sendingView(r)
	if err != nil {
		return err
	}
	if v.Look, err = s.sealedForm(w, r); err != nil {
		return err
	}
	if !v.MayLook {
		return s.refused(w, r, "Người gửi không xem được bằng quyền của bạn.")
	}
	ground := dossier.Ground(v.Look.get("can-cu"))
	if ground.Name() == "" {
		v.Look.say("can-cu", "Hãy chọn lý do xem người gửi.")
		return s.showSending(w, r, http.StatusUnprocessableEntity, v)
	}
	var who dossier.Sender
	err = s.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		who, err = s.Sendings.LookAtSender(r.Context(), tx, viewer(r.Context()).Login, v.ID, ground, v.Look.get("ghi-them"))
		return err
	})
	if said := lookRefusal(err); said != "" {
		v.Look.say("", said)
		return s.showSending(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	v.Sender = &who
	return s.showSending(w, r, http.StatusOK, v)
}

// sendingFile sends a file, which may show who sent it: a look like any other.
func (s *server) sendingFile(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.sendingView(r)
	if err != nil {
		return err
	}
	if v.Look, err = s.sealedForm(w, r); err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || n >= len(v.Files) {
		return fault.New(fault.NotFound, "Không có tệp này. Hãy mở lại từ trang của lần gửi.")
	}
	if ground := dossier.Ground(v.Look.get("can-cu")); ground.Name() == "" {
		v.Look.say("can-cu", "Hãy chọn lý do mở tệp: tệp có thể cho biết người gửi.")
		return s.showSending(w, r, http.StatusUnprocessableEntity, v)
	}
	var data []byte
	name := ""
	err = s.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		if data, name, err = s.Sendings.File(r.Context(), tx, v.ID, n); err != nil {
			return err
		}
		return s.Dossiers.NotePaperLook(r.Context(), tx, viewer(r.Context()).Login, -v.ID, dossier.Ground(v.Look.get("can-cu")), "Mở tệp số "+strconv.Itoa(n+1))
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return writeDownload(w, name, "application/octet-stream", data)
}

// sentAt is the moment of a sending as people read it.
func sentAt(at time.Time) string { return at.In(vietnam).Format("15:04 02/01/2006") }
