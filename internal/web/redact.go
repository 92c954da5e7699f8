package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/petition"
	"danvan/internal/sealed"
)

// redactRoutes are the working copy of a denunciation, without who wrote it.
func (s *server) redactRoutes() []route {
	const read, take = access.ReadDenunciations, access.RecordLetters
	return []route{
		{"GET /to-cao/{id}/bo-danh-tinh", read, onEntry, s.redactPage},
		{"GET /to-cao/{id}/bo-danh-tinh/anh/{n}", read, onEntry, s.redactPicture},
		{"POST /to-cao/{id}/bo-danh-tinh", take, onEntry, s.redactText},
		{"POST /to-cao/{id}/bo-danh-tinh/anh", take, onEntry, s.redactAdd},
		{"POST /to-cao/{id}/bo-danh-tinh/bo", take, onEntry, s.redactTakeOut},
		{"POST /to-cao/{id}/bo-danh-tinh/kiem", read, onEntry, s.redactCheck},
	}
}

// redactView is the working copy and how far it is.
type redactView struct {
	*sealedCase
	Content dossier.Content
	Version dossier.Version
	Papers  []dossier.Paper
	Digest  string
	State   *sealed.Redaction
	Made    string // who made it
	Checked string
	Form    form
	Check   form
	Picture form
	Found   []sealed.Found // what may still tell, in the saved copy
	Edits   bool
	Own     bool // the viewer made it, so another checks it
	Done    string
}

func (v *redactView) path(more string) string {
	return "/to-cao/" + itoa(v.Entry) + "/bo-danh-tinh" + more
}

// Covers reports whether just this copy was checked.
func (v *redactView) Covers() bool { return v.State.Covers(v.Digest) }

// Stale reports whether the copy was changed elsewhere after it was made.
func (v *redactView) Stale() bool { return v.State != nil && v.State.Digest != v.Digest }

// Traces are the patterns for the device.
func (v *redactView) Traces() string {
	b, err := json.Marshal(sealed.Traces)
	if err != nil { // text only
		return "[]"
	}
	return string(b)
}

func (s *server) redactView(r *http.Request) (*redactView, error) {
	c, err := s.sealedCase(r)
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	v := &redactView{sealedCase: c, Form: newForm(), Check: newForm(), Picture: newForm(), Edits: viewer(ctx).May(access.RecordLetters, c.Unit), Done: r.URL.Query().Get("xong")}
	err = s.DB.View(ctx, func(q db.Querier) error {
		if v.Content, v.Version, err = s.Dossiers.ContentOf(ctx, q, c.Entry); err != nil {
			return err
		}
		if v.Papers, err = s.Dossiers.Papers(ctx, q, c.Entry); err != nil {
			return err
		}
		if v.Digest, err = s.Dossiers.Digest(ctx, q, c.Entry); err != nil {
			return err
		}
		v.State, err = sealed.RedactionOf(ctx, q, c.Entry)
		return err
	})
	if err != nil {
		return nil, err
	}
	v.Found = sealed.Suggest(wholeText(v.Content))
	v.Form.Values = map[string][]string{"tom-tat": {v.Content.Summary}, "noi-dung-don": {v.Content.Text}, "yeu-cau": {v.Content.Request}}
	if v.State == nil {
		return v, nil
	}
	v.Own = v.State.By == viewer(ctx).Account
	names, err := s.holderNames(ctx)
	v.Made, v.Checked = holderName(names, v.State.By), holderName(names, v.State.CheckedBy)
	return v, err
}

func wholeText(c dossier.Content) string {
	return strings.Join([]string{c.Summary, c.Text, c.Request, c.Place, c.Note}, "\n")
}

// redactionChecked reports whether the working copy of a denunciation, as it is now, was checked by a second person.
// Until then whoever verifies the case sees none of it.
func (s *server) redactionChecked(ctx context.Context, q db.Querier, entry int64) (bool, error) {
	state, err := sealed.RedactionOf(ctx, q, entry)
	if err != nil || state == nil || state.Checked.IsZero() {
		return false, err
	}
	digest, err := s.Dossiers.Digest(ctx, q, entry)
	return state.Covers(digest), err
}

// verifiesChecked reports whether the viewer verifies this case and its working copy was checked: then he reads the copy.
// What cannot be found out is kept back.
func (s *server) verifiesChecked(ctx context.Context, e *ledger.Entry) bool {
	v := viewer(ctx)
	if s.Dossiers == nil || !v.May(access.VerifyLetters, e.Unit) {
		return false
	}
	hands, err := petition.HandsOf(ctx, s.DB.Read(), e.ID)
	if err != nil || hands.Verifier != v.Account {
		return false
	}
	checked, err := s.redactionChecked(ctx, s.DB.Read(), e.ID)
	return err == nil && checked
}

func (s *server) redactPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.redactView(r)
	if err != nil {
		return err
	}
	return s.showRedact(w, r, http.StatusOK, v)
}

func (s *server) showRedact(w http.ResponseWriter, r *http.Request, status int, v *redactView) error {
	title := "Lược bỏ danh tính, hồ sơ " + v.Code
	if len(v.Form.Wrong)+len(v.Check.Wrong)+len(v.Picture.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.render(w, r, status, page{Title: title, Section: "to-cao", Scripts: []string{"redact.js"}}, redactDetail(v))
}

// mayRedact asks the second right that changing a working copy takes.
func (s *server) mayRedact(r *http.Request, v *redactView) error {
	if !viewer(r.Context()).May(access.ReadDenunciations, v.Unit) {
		return fault.New(fault.Denied, notInRole)
	}
	return nil
}

// redactText saves the text of the working copy. It is kept nowhere else: no draft, and no form that comes back later.
func (s *server) redactText(w http.ResponseWriter, r *http.Request) error {
	v, err := s.redactView(r)
	if err != nil {
		return err
	}
	if err := s.mayRedact(r, v); err != nil {
		return err
	}
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	c := v.Content
	c.Summary, c.Text, c.Request = strings.TrimSpace(f.get("tom-tat")), strings.TrimSpace(f.get("noi-dung-don")), strings.TrimSpace(f.get("yeu-cau"))
	if c.Summary == "" && c.Text == "" {
		f.say("noi-dung-don", "Hãy ghi nội dung tố cáo, không có danh tính.")
	}
	if found := sealed.Suggest(wholeText(c)); len(found) > 0 && f.get("da-xem") == "" {
		f.say("noi-dung-don", "Còn chỗ có thể lộ người tố cáo: “"+found[0].Text+"” ("+found[0].Says+"). Hãy gạch đi, hoặc đánh dấu đã xem từng chỗ nếu không phải.")
		v.Found = found
	}
	if len(f.Wrong) == 0 {
		expect, _ := strconv.Atoi(f.get("ban"))
		err := s.onceFor(r, f, func(tx *db.Tx) error {
			it := dossier.Item{Entry: v.Entry, Content: c, Expect: expect}
			if err := s.Dossiers.Put(r.Context(), tx, viewer(r.Context()).Login, it); err != nil {
				return err
			}
			return s.noteRedaction(r, tx, v)
		})
		if err == nil {
			return seeOther(w, r, v.path("?xong=luoc-bo"))
		}
		if sentence(err) == "" {
			return err
		}
		f.say("", sentence(err))
	}
	v.Form = f
	return s.showRedact(w, r, http.StatusUnprocessableEntity, v)
}

// noteRedaction says that the copy, as it stands in this transaction, is the viewer's work and unchecked.
func (s *server) noteRedaction(r *http.Request, tx *db.Tx, v *redactView) error {
	digest, err := s.Dossiers.Digest(r.Context(), tx, v.Entry)
	if err != nil {
		return err
	}
	return sealed.Redacted(r.Context(), tx, sealedBy(r.Context()), v.Entry, v.Unit, digest)
}

// mostPicture bounds an upload in bytes.
const mostPicture = 12 << 20

// redactAdd keeps a picture on which the places that tell were blacked out on the device or on the paper. Nothing with
// a text layer is taken: what is covered there can still be copied out.
func (s *server) redactAdd(w http.ResponseWriter, r *http.Request) error {
	v, err := s.redactView(r)
	if err != nil {
		return err
	}
	if err := s.mayRedact(r, v); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostPicture+1<<20)
	data, err := picturePart(r)
	f := sentForm(r.PostForm)
	switch {
	case err != nil:
		f.say("anh", fault.Say(err))
	case f.get("da-che") == "":
		f.say("da-che", "Hãy xác nhận đã che hết họ tên, địa chỉ, chữ ký, chữ viết tay.")
	default:
		name := fmt.Sprintf("ban-luoc-bo-%d%s", len(v.Papers)+1, pictureEnd(data))
		if _, err = s.Dossiers.Add(r.Context(), viewer(r.Context()).Login, v.Entry, data, name, dossier.Enclosed, false); err == nil {
			err = s.DB.Write(r.Context(), func(tx *db.Tx) error { return s.noteRedaction(r, tx, v) })
		}
		if err == nil {
			return seeOther(w, r, v.path("?xong=luoc-bo-anh"))
		}
		if sentence(err) == "" {
			return err
		}
		f.say("anh", sentence(err))
	}
	v.Picture = f
	return s.showRedact(w, r, http.StatusUnprocessableEntity, v)
}

var notPicture = fault.New(fault.Invalid, "Chỉ nhận ảnh JPEG hoặc PNG. Tệp PDF, Word có lớp chữ: che rồi vẫn chép ra được; hãy gõ lại phần cần vào bản làm việc, hoặc in ra, che trên giấy rồi quét thành ảnh.")

func picturePart(r *http.Request) ([]byte, error) {
	if err := r.ParseMultipartForm(mostPicture); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Không đọc được ảnh đã gửi, hoặc ảnh lớn hơn 12 MB. Hãy chọn lại.")
	}
	file, _, err := r.FormFile("anh")
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Hãy chọn ảnh đã che.")
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, mostPicture+1))
	if err != nil || len(data) > mostPicture || pictureEnd(data) == "" {
		return nil, notPicture
	}
	return data, nil
}

// pictureEnd is how the name of a picture ends, by its content; empty for what is none.
func pictureEnd(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return ".jpg"
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return ".png"
	}
	return ""
}

func (s *server) redactTakeOut(w http.ResponseWriter, r *http.Request) error {
	v, err := s.redactView(r)
	if err != nil {
		return err
	}
	if err := s.mayRedact(r, v); err != nil {
		return err
	}
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		if err := s.Dossiers.TakeOut(r.Context(), tx, viewer(r.Context()).Login, v.Entry, int(f.number("so")), "bỏ khỏi bản làm việc đã lược bỏ danh tính"); err != nil {
			return err
		}
		return s.noteRedaction(r, tx, v)
	})
	if err == nil {
		return seeOther(w, r, v.path("?xong=luoc-bo-bo"))
	}
	if sentence(err) == "" {
		return err
	}
	v.Picture.say("", sentence(err))
	return s.showRedact(w, r, http.StatusUnprocessableEntity, v)
}

// redactCheck is the act of the second person.
func (s *server) redactCheck(w http.ResponseWriter, r *http.Request) error {
	v, err := s.redactView(r)
	if err != nil {
		return err
	}
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	for _, box := range [][2]string{{"xem-chu", "Hãy đọc hết phần chữ và đánh dấu."}, {"xem-anh", "Hãy xem từng ảnh và đánh dấu."}} {
		if f.get(box[0]) == "" {
			f.say(box[0], box[1])
		}
	}
	if len(f.Wrong) == 0 {
		err := s.onceFor(r, f, func(tx *db.Tx) error {
			return sealed.CheckRedaction(r.Context(), tx, sealedBy(r.Context()), v.Entry, f.get("ban-in"))
		})
		if err == nil {
			return seeOther(w, r, v.path("?xong=kiem-luoc-bo"))
		}
		if sentence(err) == "" && fault.KindOf(err) != fault.Denied {
			return err
		}
		f.say("", fault.Say(err))
	}
	v.Check = f
	return s.showRedact(w, r, http.StatusUnprocessableEntity, v)
}

// redactPicture is a picture of the working copy.
func (s *server) redactPicture(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := s.sealedCaseOf(r.Context(), id); err != nil {
		return err
	}
	n, _ := strconv.Atoi(r.PathValue("n"))
	p, err := s.Dossiers.PaperOf(r.Context(), s.DB.Read(), id, n)
	if err != nil {
		return err
	}
	if p.Gone || p.MIME != "image/jpeg" && p.MIME != "image/png" {
		return fault.New(fault.NotFound, "Không có ảnh này trong bản làm việc.")
	}
	var b bytes.Buffer
	if err := s.Dossiers.Read(r.Context(), s.DB.Read(), id, p, &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", p.MIME)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(b.Bytes())
	return err
}
