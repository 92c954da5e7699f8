package web

import (
	"context"
	"net/http"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// papersPart is the papers of a letter as pages show them.
type papersPart struct {
	Entry   *ledger.Entry
	Papers  []dossier.Paper
	Secret  bool
	Why     string // why they are not shown; empty where they are
	MayAdd  bool
	MayOut  bool
	MayLook bool // may open a paper that names the sender, with a reason
}

// papersPart reads the papers of a letter for its page.
func (s *server) papersPart(ctx context.Context, q db.Querier, e *ledger.Entry) (papersPart, error) {
	v := papersPart{Entry: e}
	content, err := s.contentPart(ctx, q, e)
	v.Secret, v.Why = content.Secret, content.Why
	if err != nil || v.Why != "" {
		return v, err
	}
	who := viewer(ctx)
	v.MayAdd = e.State != ledger.Void && (who.May(access.RecordLetters, e.Unit) || who.May(access.VerifyLetters, e.Unit))
	v.MayOut, v.MayLook = who.May(access.RecordLetters, e.Unit), who.May(access.SeeSender, e.Unit)
	v.Papers, err = s.Dossiers.Papers(ctx, q, e.ID)
	return v, err
}

// papersView is the page of a letter's papers.
type papersView struct {
	papersPart
	Title string
	Form  form
	Asked *dossier.Paper // a paper that names the sender, whose reason is asked for
	Done  string
	Link  string
}

func (s *server) papersView(r *http.Request) (*papersView, error) {
	e, err := s.letterAt(r)
	if err != nil {
		return nil, err
	}
	v := &papersView{Title: s.letterTitle(e), Link: s.letterLink(e.ID), Form: newForm(), Done: r.URL.Query().Get("xong")}
	if v.papersPart, err = s.papersPart(r.Context(), s.DB.Read(), e); err != nil {
		return nil, err
	}
	if v.Why != "" {
		return nil, fault.New(fault.Denied, v.Why)
	}
	return v, nil
}

func (s *server) letterPapers(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.papersView(r)
	if err != nil {
		return err
	}
	return s.showPapers(w, r, http.StatusOK, v)
}

func (s *server) showPapers(w http.ResponseWriter, r *http.Request, status int, v *papersView) error {
	p := page{Title: "Giấy tờ của " + v.Title, Section: "don-thu"}
	if len(v.Form.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, status, p, papersPage(v))
}

// letterPaperAdd keeps what was sent: each file for itself, so that one that is refused does not lose the others.
func (s *server) letterPaperAdd(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.papersView(r)
	if err != nil {
		return err
	}
	values, sent, err := s.readSealed(w, r)
	if err != nil {
		return err
	}
	v.Form = sentForm(values)
	if !v.MayAdd {
		return s.refused(w, r, "Bạn không thêm được giấy tờ vào hồ sơ này.")
	}
	sort := dossier.Sort(v.Form.get("loai"))
	switch {
	case sort.Name() == "":
		v.Form.say("loai", "Hãy chọn loại giấy tờ.")
	case len(sent) == 0:
		v.Form.say("tep", "Hãy chọn tệp.")
	case v.Secret && v.Form.get("da-che") == "":
		v.Form.say("da-che", "Giấy tờ của đơn tố cáo chỉ nhận khi đã che tên, địa chỉ, chữ viết của người tố cáo. Hãy che rồi đánh dấu xác nhận.")
	}
	if len(v.Form.Wrong) == 0 {
		names := !v.Secret && v.Form.get("khong-ten") == ""
		for _, f := range sent {
			_, err := s.Dossiers.Add(r.Context(), viewer(r.Context()).Login, v.Entry.ID, f.Data, f.Name, sort, names)
			if said := sentence(err); said != "" {
				v.Form.say("tep", said)
			} else if err != nil {
				return err
			}
		}
	}
	if len(v.Form.Wrong) > 0 {
		if v.Papers, err = s.Dossiers.Papers(r.Context(), s.DB.Read(), v.Entry.ID); err != nil {
			return err
		}
		return s.showPapers(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, "/don-thu/"+itoa(v.Entry.ID)+"/giay-to?xong=them-giay-to")
}

// paperAt is the paper in the path, of a letter whose papers the viewer may see.
func (s *server) paperAt(r *http.Request) (*papersView, dossier.Paper, error) {
	v, err := s.papersView(r)
	if err != nil {
		return nil, dossier.Paper{}, err
	}
	n, err := strconv.Atoi(r.PathValue("paper"))
	if err != nil {
		return nil, dossier.Paper{}, fault.New(fault.NotFound, "Không có giấy tờ ở địa chỉ này. Hãy mở lại từ trang của đơn.")
	}
	p, err := s.Dossiers.PaperOf(r.Context(), s.DB.Read(), v.Entry.ID, n)
	return v, p, err
}

// letterPaper sends a paper; for one that names the sender the reason is asked first.
func (s *server) letterPaper(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, p, err := s.paperAt(r)
	if err != nil {
		return err
	}
	if !p.Names {
		return s.sendPaper(w, r, v.Entry.ID, p)
	}
	if !v.MayLook {
		return fault.New(fault.Denied, "Giấy tờ này có tên người gửi; vai trò của bạn không xem được người gửi đơn.")
	}
	v.Asked = &p
	return s.showPapers(w, r, http.StatusOK, v)
}

// letterPaperLook sends a paper that names the sender once the look is written down.
func (s *server) letterPaperLook(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, p, err := s.paperAt(r)
	if err != nil {
		return err
	}
	if v.Form, err = s.sealedForm(w, r); err != nil {
		return err
	}
	if !v.MayLook {
		return s.refused(w, r, "Giấy tờ này có tên người gửi; vai trò của bạn không xem được người gửi đơn.")
	}
	ground := dossier.Ground(v.Form.get("can-cu"))
	if ground.Name() == "" {
		v.Form.say("can-cu", "Hãy chọn lý do mở giấy tờ có tên người gửi.")
		v.Asked = &p
		return s.showPapers(w, r, http.StatusUnprocessableEntity, v)
	}
	err = s.DB.Write(r.Context(), func(tx *db.Tx) error {
		return s.Dossiers.NotePaperLook(r.Context(), tx, viewer(r.Context()).Login, v.Entry.ID, ground, "Mở giấy tờ số "+strconv.Itoa(p.N))
	})
	if err != nil {
		return err
	}
	return s.sendPaper(w, r, v.Entry.ID, p)
}

func (s *server) sendPaper(w http.ResponseWriter, r *http.Request, entry int64, p dossier.Paper) error {
	h := w.Header()
	h.Set("Content-Type", p.MIME)
	h.Set("Content-Length", itoa(p.Size))
	h.Set("Content-Disposition", attachmentNamed(p.Name))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return s.streamed(w, r, s.Dossiers.Read(r.Context(), s.DB.Read(), entry, p, w))
}

// streamed logs what went wrong after the answer had begun: nothing else can be said any more.
func (s *server) streamed(w http.ResponseWriter, r *http.Request, err error) error {
	if err != nil {
		s.Log.Error("paper ended early", "path", r.URL.Path, "err", err)
		if c, ok := w.(http.Flusher); ok {
			c.Flush()
		}
	}
	return nil
}

// letterPaperPicture sends the small picture of a paper that does not name the sender.
func (s *server) letterPaperPicture(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, p, err := s.paperAt(r)
	if err != nil {
		return err
	}
	if p.Names || !p.Picture {
		return fault.New(fault.NotFound, "Giấy tờ này không có ảnh thu nhỏ. Hãy tải về để xem.")
	}
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return s.streamed(w, r, s.Dossiers.ReadPicture(r.Context(), s.DB.Read(), v.Entry.ID, p, w))
}

// letterPaperOut takes a paper out of the letter's dossier.
func (s *server) letterPaperOut(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, p, err := s.paperAt(r)
	if err != nil {
		return err
	}
	if v.Form, err = s.sealedForm(w, r); err != nil {
		return err
	}
	if !v.MayOut {
		return s.refused(w, r, "Bạn không đưa được giấy tờ ra khỏi hồ sơ này.")
	}
	reason := (&pieceForm{form: v.Form}).text("ly-do")
	if reason == "" {
		v.Form.say("ly-do-"+strconv.Itoa(p.N), "Hãy ghi lý do đưa giấy tờ ra.")
		return s.showPapers(w, r, http.StatusUnprocessableEntity, v)
	}
	_, err = s.sealedOnce(r, v.Form, func(tx *db.Tx) ([]byte, error) {
		return nil, s.Dossiers.TakeOut(r.Context(), tx, viewer(r.Context()).Login, v.Entry.ID, p.N, reason)
	})
	if err != nil {
		return err
	}
	return seeOther(w, r, "/don-thu/"+itoa(v.Entry.ID)+"/giay-to?xong=dua-ra")
}
