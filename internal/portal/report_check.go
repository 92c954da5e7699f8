package portal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/filing"
	"danvan/internal/report"
)

// sealView is what a seal belongs to.
type sealView struct {
	form  form
	Hash  string // asked for, empty while none is
	Line  *reportLine
	Turn  *filing.Publication // that the hash belongs to
	Made  string              // the document whose bytes were given: docx, pdf; empty for the report itself
	Place string
	Now   bool // the report may still be read
	Staff string
}

func (p *portal) sealAsk(w http.ResponseWriter, r *http.Request) error {
	return p.showSeal(w, r, http.StatusOK, &sealView{form: newForm()})
}

func (p *portal) showSeal(w http.ResponseWriter, r *http.Request, status int, v *sealView) error {
	v.Staff = p.Staff
	title := v.form.title(r.Context(), say(r.Context(), "Kiểm tra niêm phong báo cáo", "Check a report’s seal"))
	return p.render(w, r, status, page{Title: title, Section: "so-lieu", Styles: []string{"paper.css"}, Scripts: []string{"hash.js"}}, sealBody(v))
}

// mostChecked bounds a file whose hash is computed here.
const mostChecked = 32 << 20

var sealPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// sealAsked takes a hash that was typed, or a file, which is hashed as it comes and kept nowhere.
func (p *portal) sealAsked(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, mostChecked)
	v := &sealView{form: newForm()}
	typed, file, err := sealGiven(r)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		v.form.say("tep", say(r.Context(), "Tệp quá lớn (trên 32 MB). Hãy gõ mã in ở cuối báo cáo.", "The file is too large (over 32 MB). Type the code printed at the report’s end."))
		return p.showSeal(w, r, http.StatusBadRequest, v)
	case err != nil:
		return fault.Wrap(err, fault.Invalid, "Không đọc được nội dung gửi lên. Hãy quay lại và gửi lại.")
	}
	v.form.Values.Set("ma", typed)
	hash := strings.ToLower(strings.Join(strings.Fields(typed), ""))
	if file != "" {
		hash = file
	}
	if i := strings.LastIndexByte(hash, '/'); i >= 0 { // the whole printed address was copied
		hash = hash[i+1:]
	}
	switch {
	case hash == "":
		v.form.say("ma", say(r.Context(), "Hãy gõ mã in ở cuối báo cáo, hoặc chọn tệp báo cáo.", "Type the code printed at the report’s end, or choose its file."))
	case !sealPattern.MatchString(hash):
		v.form.say("ma", say(r.Context(), "Mã gồm 64 chữ số và chữ cái từ a đến f. Hãy chép lại cho đủ.", "The code has 64 digits and letters from a to f. Copy it in full."))
	default:
		return seeOther(w, r, "/bao-cao/kiem-tra/"+hash)
	}
	return p.showSeal(w, r, http.StatusBadRequest, v)
}

// sealGiven reads the code that was typed and the hash of the file that was sent.
func sealGiven(r *http.Request) (typed, file string, err error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		err := r.ParseForm()
		return r.PostForm.Get("ma"), "", err
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return "", "", err
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return typed, file, nil
		}
		if err != nil {
			return "", "", err
		}
		switch part.FormName() {
		case "ma":
			text, err := io.ReadAll(io.LimitReader(part, 1<<10))
			if err != nil {
				return "", "", err
			}
			typed = string(text)
		case "tep":
			sum := sha256.New()
			n, err := io.Copy(sum, part)
			if err != nil {
				return "", "", err
			}
			if n > 0 {
				file = hex.EncodeToString(sum.Sum(nil))
			}
		}
	}
}

// sealAnswer says what a hash belongs to. It knows what was public alone: of other reports it says nothing, not even that
// they are there, so that nobody finds out by trying what a report says that he may not read.
func (p *portal) sealAnswer(w http.ResponseWriter, r *http.Request) error {
	v := &sealView{form: newForm(), Hash: strings.ToLower(r.PathValue("hash"))}
	if !sealPattern.MatchString(v.Hash) {
		return fault.New(fault.NotFound, "Mã gồm 64 chữ số và chữ cái từ a đến f. Hãy chép lại cho đủ.")
	}
	v.form.Values.Set("ma", v.Hash)
	if err := p.findSeal(r.Context(), v); err != nil {
		return err
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	return p.showSeal(w, r, http.StatusOK, v)
}

func (p *portal) findSeal(ctx context.Context, v *sealView) error {
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	return p.DB.View(ctx, func(q db.Querier) error {
		var err error
		if v.Turn, v.Made, err = filing.PublicationOf(ctx, q, v.Hash); err != nil || v.Turn == nil {
			return err
		}
		was, err := filing.ShownIn(ctx, q, v.Turn)
		if err != nil {
			return err
		}
		line := p.reportLine(ctx, tree, was)
		v.Line = &line
		last, err := filing.LastPublication(ctx, q, v.Turn.Filing)
		if err != nil {
			return err
		}
		v.Now = last.Public() && last.Version == v.Turn.Version && was.State != filing.Withdrawn
		index, err := p.logLine(ctx, v.Turn.Leaf)
		v.Place = sealPlace(ctx, &report.Seal{Leaf: v.Turn.Leaf, Index: index})
		return err
	})
}
