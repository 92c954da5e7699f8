package web

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// letterRoutes are the pages of taking letters in and of what was written in them. Nothing of a letter's text or of
// its sender is kept by a browser, in an address, or by the pages that are kept for all readers.
func (s *server) letterRoutes() []route {
	return []route{
		{"GET /don-thu", access.ReadLetters, nil, s.letterBook},
		{"GET /don-thu/moi", access.RecordLetters, nil, s.letterNew},
		{"POST /don-thu/moi", access.RecordLetters, nil, s.letterPost},
		{"GET /don-thu/{id}/bien-nhan", access.ReadLetters, onLetter, s.letterReceipt},
		{"POST /don-thu/{id}/bien-nhan", access.SeeSender, onLetter, s.letterReceiptNamed},
		{"GET /don-thu/{id}/noi-dung", access.ReadLetters, onLetter, s.letterText},
		{"POST /don-thu/{id}/noi-dung", access.RecordLetters, onLetter, s.letterTextSave},
		{"GET /don-thu/{id}/nguoi-gui", access.ReadLetters, onLetter, s.letterSender},
		{"POST /don-thu/{id}/nguoi-gui", access.SeeSender, onLetter, s.letterSenderLook},
		{"POST /don-thu/{id}/nguoi-gui/sua", access.SeeSender, onLetter, s.letterSenderMend},
		{"GET /don-thu/{id}/giay-to", access.ReadLetters, onLetter, s.letterPapers},
		{"POST /don-thu/{id}/giay-to", access.RecordLetters, onLetter, s.letterPaperAdd},
		{"POST /don-thu/{id}/giay-to/xac-minh", access.VerifyLetters, onLetter, s.letterPaperAdd},
		{"GET /don-thu/{id}/giay-to/{paper}", access.ReadLetters, onLetter, s.letterPaper},
		{"POST /don-thu/{id}/giay-to/{paper}", access.SeeSender, onLetter, s.letterPaperLook},
		{"GET /don-thu/{id}/giay-to/{paper}/anh", access.ReadLetters, onLetter, s.letterPaperPicture},
		{"POST /don-thu/{id}/giay-to/{paper}/dua-ra", access.RecordLetters, onLetter, s.letterPaperOut},
	}
}

// notLetter is what somebody reads who asks for the letter's page of another entry.
const notLetter = "Ghi nhận này không phải đơn thư. Hãy mở từ sổ đơn thư."

// onLetter is the body that is answerable for the letter in the path, or for the part of one.
func onLetter(s *server, r *http.Request) (org.UnitID, error) {
	e, err := s.letterAt(r)
	if err != nil {
		return 0, err
	}
	return e.Unit, nil
}

// letterAt is the letter, part of a letter or visit in the path: all of them have a dossier.
func (s *server) letterAt(r *http.Request) (*ledger.Entry, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	e, err := s.Ledger.Entry(r.Context(), s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	if !petition.IsCase(e.Kind) {
		return nil, fault.New(fault.NotFound, notLetter)
	}
	return e, nil
}

// unread is what somebody reads who may not read a denunciation.
const unread = "Nội dung đơn tố cáo chỉ mở cho người được giao quyền xem tố cáo của đơn vị này. Phân loại, ngày và tình trạng vẫn xem được ở sổ đơn thư."

// contentOf is what a letter says, for who may read it: with ReadLetters, and of a denunciation with
// ReadDenunciations. Version 0 means that nothing is written down.
func (s *server) contentOf(ctx context.Context, q db.Querier, e *ledger.Entry) (dossier.Content, dossier.Version, error) {
	if !s.mayReadContent(ctx, e) {
		return dossier.Content{}, dossier.Version{}, fault.New(fault.Denied, unread)
	}
	c, v, err := s.Dossiers.ContentOf(ctx, q, e.ID)
	if err == nil && c.Denounces && !viewer(ctx).May(access.ReadDenunciations, e.Unit) && !s.verifiesChecked(ctx, e) {
		return dossier.Content{}, dossier.Version{}, fault.New(fault.Denied, unread)
	}
	return c, v, err
}

// mayReadContent reports whether the viewer may read what a letter of this class says. A letter of several contents may
// hold a denunciation all the same: that stands in its dossier, and contentOf asks.
func (s *server) mayReadContent(ctx context.Context, e *ledger.Entry) bool {
	v := viewer(ctx)
	return v.May(access.ReadLetters, e.Unit) && (!denounces(e) || v.May(access.ReadDenunciations, e.Unit) || s.verifiesChecked(ctx, e))
}

// denounces reports whether a letter is a denunciation by its newest version.
func denounces(e *ledger.Entry) bool {
	c, err := petition.CaseOf(e)
	return err != nil || petition.Denounces(c.Class) // what cannot be read is kept back
}

// keepsSender reports whether the dossier of a letter may hold a sender: never that of a denunciation, whether it is
// the whole letter or one of its contents.
func keepsSender(e *ledger.Entry, c dossier.Content) bool { return !denounces(e) && !c.Denounces }

// sentFile is a file of a letter's form. It is held in memory until it is sealed: nothing of it is written in plain.
type sentFile struct {
	Name string
	Data []byte
}

// sealedMost bounds the files of one sending of a letter's form, which are held in memory together.
const sealedMost = 60 << 20

// readSealed reads a form whose files go into a dossier.
func (s *server) readSealed(w http.ResponseWriter, r *http.Request) (url.Values, []sentFile, error) {
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)); err != nil && !strings.Contains(err.Error(), "not supported") {
		return nil, nil, err
	}
	r.Body = http.MaxBytesReader(w, r.Body, sealedMost)
	parts, err := r.MultipartReader()
	if err != nil {
		r.Body = http.MaxBytesReader(w, r.Body, textMost)
		if err := r.ParseForm(); err != nil {
			return nil, nil, fault.Wrap(err, fault.Invalid, "Không đọc được biểu mẫu đã gửi. Hãy tải lại trang rồi gửi lại.")
		}
		return r.PostForm, nil, nil
	}
	s.uploads <- struct{}{}
	defer func() { <-s.uploads }()
	return readParts(parts)
}

// sealedForm reads a form of a letter that brings no files.
func (s *server) sealedForm(w http.ResponseWriter, r *http.Request) (form, error) {
	values, _, err := s.readSealed(w, r)
	if err != nil {
		return form{}, err
	}
	return sentForm(values), nil
}

func readParts(parts *multipart.Reader) (url.Values, []sentFile, error) {
	values := url.Values{}
	var sent []sentFile
	text, fields := 0, 0
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return values, sent, nil
		}
		if err != nil {
			return nil, nil, fault.Wrap(err, fault.Invalid, tooLargeOr(err))
		}
		limit := int64(textMost - text)
		if part.FileName() != "" {
			limit = fileLimit
		}
		data, err := io.ReadAll(io.LimitReader(part, limit+1))
		switch {
		case err != nil:
			return nil, nil, fault.Wrap(err, fault.Invalid, tooLargeOr(err))
		case part.FileName() != "" && int64(len(data)) > limit:
			return nil, nil, fault.Newf(fault.Invalid, "Tệp “%s” lớn hơn 20 MB. Hãy giảm dung lượng hoặc tách thành nhiều tệp.", uploadName(part.FileName()))
		case part.FileName() != "" && len(sent) >= filesMost:
			return nil, nil, fault.Newf(fault.Invalid, "Mỗi lần gửi nhiều nhất %d tệp.", filesMost)
		case part.FileName() != "":
			sent = append(sent, sentFile{uploadName(part.FileName()), data})
			continue
		}
		if text, fields = text+len(data), fields+1; text > textMost || fields > fieldsMost {
			return nil, nil, fault.New(fault.Invalid, "Biểu mẫu quá dài. Hãy rút gọn rồi gửi lại.")
		}
		values.Add(part.FormName(), strings.ReplaceAll(string(data), "\r\n", "\n"))
	}
}

// sealedOnce runs an act of the viewer's at most once for the form's key. What is kept to know the form again is a
// keyed hash: a plain one of a name and an address could be tried.
func (s *server) sealedOnce(r *http.Request, f form, do func(tx *db.Tx) ([]byte, error)) ([]byte, error) {
	request := s.Dossiers.Vault.Mark("form", r.URL.Path+"\n"+f.Values.Encode())
	var answer []byte
	err := s.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		answer, err = db.Once(r.Context(), tx, formKey(r, f), request, func() ([]byte, error) { return do(tx) })
		return err
	})
	return answer, err
}

// unkept keeps an answer with a letter's text or sender out of every cache, the browser's own too.
func unkept(w http.ResponseWriter) { w.Header().Set("Cache-Control", "private, no-store") }

// letterLink is the address of a letter's own page, or of its entry where there is none.
func (s *server) letterLink(id int64) string {
	if s.has("GET /don-thu/{id}") {
		return "/don-thu/" + itoa(id)
	}
	return "/ghi-nhan/" + itoa(id)
}

// linesOf are the lines of a text field that say something.
func linesOf(text string) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}
