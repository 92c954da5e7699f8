package web

import (
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sealed"
	"danvan/internal/sending"
)

// onSealedSending is the office whose confidential officers can open a denunciation.
func onSealedSending(s *server, r *http.Request) (org.UnitID, error) {
	id, err := pathID(r)
	if err != nil {
		return 0, err
	}
	x, _, _, err := s.Sendings.OneSealed(r.Context(), s.DB.Read(), id)
	return x.Unit, err
}

// sealedInbox lists the denunciations that came over the portal, closed, for the confidential officer alone.
func (s *server) sealedInbox(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	ctx, me := r.Context(), viewer(r.Context())
	list, err := s.Sendings.SealedInbox(ctx, s.DB.Read(), func(unit org.UnitID) bool { return me.May(access.OpenIdentity, unit) })
	if err != nil {
		return err
	}
	v := &bookView{Title: "Tố cáo gửi đến", Path: "/to-cao-den", Noun: "lần gửi", Section: "to-cao",
		Lead:    "Đã mã hóa khi gửi; máy chủ không mở được. Mở bằng khóa của bạn, trên máy của bạn.",
		Empty:   "Chưa có tố cáo nào gửi qua cổng cho cơ quan của bạn.",
		Columns: []bookColumn{{Key: "so", Name: "Số"}, {Key: "ngay", Name: "Ngày gửi"}, {Key: "tep", Name: "Tệp", Num: true}, {Key: "cho", Name: "Tình trạng"}},
		Links:   []bookLink{{Name: "Hồ sơ tố cáo", Href: "/to-cao"}, {Name: "Người dân gửi đến", Href: "/gui-den"}}, Done: r.URL.Query().Get("xong")}
	for _, x := range list {
		v.Rows = append(v.Rows, bookRow{Href: "/to-cao-den/" + itoa(x.ID), Cells: []bookCell{wordCell(x.Number), dayCell(x.Day), numCell(int64(x.Papers)), s.waitCell(x.Sending)}})
	}
	return s.showBook(w, r, v)
}

// sealedSendingView is the page on which a denunciation is opened on the device and taken in.
type sealedSendingView struct {
	sending.SealedSending
	Body   string // the age file as text
	Files  []string
	Office string
	Form   form
	Refuse form
	Fields []option
	Units  []option
	Done   string
	Kept   *clock.Deadline // until when the content of a refused one is kept
}

func (v *sealedSendingView) path(more string) string { return "/to-cao-den/" + itoa(v.ID) + more }

func (s *server) sealedSendingView(r *http.Request) (*sealedSendingView, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	x, body, files, err := s.Sendings.OneSealed(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := &sealedSendingView{SealedSending: x, Body: sealed.Armor(body), Files: files, Office: tree.NameOn(x.Unit, s.Today()), Form: newForm(), Refuse: newForm(), Done: r.URL.Query().Get("xong")}
	if v.Kept, err = s.Sendings.KeptUntil(ctx, s.DB.Read(), x.Sending); err != nil {
		return nil, err
	}
	if kind := s.kindNear(petition.Letter, s.Today()); kind != nil {
		v.Fields = choiceOptions(kind, "field", "Chọn lĩnh vực", s.Today())
	}
	list := &recordForm{form: newForm(), tree: tree, Kind: s.kindNear(petition.Letter, s.Today()), On: s.Today(), right: access.RecordLetters}
	v.Units = list.options(list.mayRecord(viewer(ctx)))
	if len(v.Units) > unitsListed {
		v.Units = v.Units[:unitsListed]
	}
	if at := sending.Answers(tree, x.Unit, s.Today()); at != 0 {
		v.Form.Values.Set(bodyField, unitRef(tree, tree.Unit(at), s.Today()))
	}
	return v, nil
}

func (s *server) sealedSending(w http.ResponseWriter, r *http.Request) error {
	v, err := s.sealedSendingView(r)
	if err != nil {
		return err
	}
	return s.showSealedSending(w, r, http.StatusOK, v)
}

func (s *server) showSealedSending(w http.ResponseWriter, r *http.Request, status int, v *sealedSendingView) error {
	w.Header().Set("Cache-Control", "no-store")
	title := "Tố cáo gửi đến " + v.Number
	if len(v.Form.Wrong)+len(v.Refuse.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "to-cao", Scripts: sealedScripts}, sealedSendingDetail(v))
}

// sealedSendingFile gives an age file out as it is: of the text, or of a file that came with it.
func (s *server) sealedSendingFile(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	x, body, _, err := s.Sendings.OneSealed(r.Context(), s.DB.Read(), id)
	if err != nil {
		return err
	}
	name := r.PathValue("file")
	if name != "noi-dung" {
		if body, err = s.Sendings.SealedFile(r.Context(), s.DB.Read(), id, name); err != nil {
			return err
		}
		name = name[:min(8, len(name))]
	}
	return writeDownload(w, x.Number+"-"+name+".age", "application/octet-stream", body)
}

// sealedSendingTake makes a denunciation of what the officer read and wrote down without who sent it.
func (s *server) sealedSendingTake(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.sealedSendingView(r)
	if err != nil {
		return err
	}
	f, err := s.sealedForm(w, r)
	if err != nil {
		return err
	}
	p := pieceForm{form: f}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	unit := p.unit(tree, bodyField, s.Today())
	f.Wrong = p.Wrong
	switch {
	case unit == nil && !f.Wrong.has(bodyField):
		f.say(bodyField, "Hãy chọn đơn vị vào sổ.")
	case unit != nil && !viewer(r.Context()).May(access.RecordLetters, unit.ID):
		f.say(bodyField, "Tài khoản của bạn không vào sổ cho đơn vị này được. Hãy chọn đơn vị khác.")
	}
	if f.get("linh-vuc") == "" {
		f.say("linh-vuc", "Hãy chọn lĩnh vực.")
	}
	if strings.TrimSpace(f.get("noi-dung-don")) == "" {
		f.say("noi-dung-don", "Hãy ghi nội dung tố cáo, không có gì để nhận ra người tố cáo.")
	}
	c := dossier.Content{Summary: f.get("tom-tat"), Text: f.get("noi-dung-don"), Respondent: f.get("doi-tuong"), Place: f.get("noi-xay-ra"), Note: f.get("ghi-chu")}
	if found := sealed.Suggest(wholeText(c)); len(found) > 0 && f.get("da-xem") == "" && !f.Wrong.has("noi-dung-don") {
		f.say("noi-dung-don", "Còn chỗ có thể lộ người tố cáo: “"+found[0].Text+"” ("+found[0].Says+"). Hãy bỏ đi, hoặc đánh dấu đã xem từng chỗ nếu không phải.")
	}
	var answer []byte
	if len(f.Wrong) == 0 {
		t := sending.Taking{Field: f.get("linh-vuc"), Summary: c.Summary, Level: levelOf(unit, s.Today()), Key: "sealed-sending:" + itoa(v.ID)}
		answer, err = s.sealedOnce(r, f, func(tx *db.Tx) ([]byte, error) {
			id, err := s.Sendings.TakeInSealed(r.Context(), tx, viewer(r.Context()).Login, v.ID, unit.ID, c, t)
			return []byte(itoa(id)), err
		})
		if said := sentence(err); said != "" {
			f.say("", said)
		} else if err != nil {
			return err
		}
	}
	if len(f.Wrong) > 0 {
		v.Form = f
		return s.showSealedSending(w, r, http.StatusUnprocessableEntity, v)
	}
	id, err := strconv.ParseInt(string(answer), 10, 64)
	if err != nil {
		return err
	}
	return seeOther(w, r, "/to-cao/"+itoa(id)+"/bo-danh-tinh?xong=nhan-gui-den")
}

func (s *server) sealedSendingRefuse(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.sealedSendingView(r)
	if err != nil {
		return err
	}
	f, err := s.sealedForm(w, r)
	if err != nil {
		return err
	}
	undo := v.State == sending.Refused
	if !undo && f.get("chac") == "" {
		f.say("chac", "Hãy mở đọc trước, rồi đánh dấu là thư rác hoặc trống.")
	} else {
		_, err = s.sealedOnce(r, f, func(tx *db.Tx) ([]byte, error) {
			return nil, s.Sendings.RefuseSealed(r.Context(), tx, viewer(r.Context()).Login, v.ID, undo)
		})
		if said := sentence(err); said != "" {
			f.say("", said)
		} else if err != nil {
			return err
		}
	}
	if len(f.Wrong) > 0 {
		v.Refuse = f
		return s.showSealedSending(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, v.path("?xong="+map[bool]string{true: "lay-lai", false: "khong-nhan"}[undo]))
}
