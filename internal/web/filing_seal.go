package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"

	"danvan/internal/access"
	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/filing"
)

// sealRoutes are the pages on which a printed report is held against the log.
func (s *server) sealCheckRoutes() []route {
	return []route{
		{"GET /niem-phong", access.SignedIn, nil, s.sealAsk},
		{"POST /niem-phong", access.SignedIn, nil, s.sealAsked},
		{"GET /niem-phong/{hash}", access.SignedIn, nil, s.sealAnswer},
	}
}

// sealCheck is what a hash belongs to.
type sealCheck struct {
	Form     form
	Hash     string // asked for, empty while none is
	Filing   *filing.Filing
	Version  *filing.Version
	UnitName string
	Form2    string // of the document whose bytes were given: docx, pdf
	Seal     *sealLine
	Newer    *filing.Version // issued since, in the place of this one
	Reads    bool            // the viewer may open the report
	Public   string          // where everybody may check it too, empty where it was never public
}

func (s *server) sealAsk(w http.ResponseWriter, r *http.Request) error {
	return s.showSealCheck(w, r, http.StatusOK, sealCheck{Form: newForm()})
}

func (s *server) showSealCheck(w http.ResponseWriter, r *http.Request, status int, v sealCheck) error {
	p := page{Title: "Đối chiếu niêm phong báo cáo", Section: "niem-phong"}
	if len(v.Form.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, status, p, sealCheckPage(v))
}

// mostSealed bounds a file that is held against the log.
const mostSealed = 32 << 20

var hashPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// sealAsked takes a hash that was typed, or a file whose hash is computed here; the file is not kept.
func (s *server) sealAsked(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, mostSealed)
	v := sealCheck{Form: newForm()}
	again := func(say string) error {
		v.Form.say("ma", say)
		return s.showSealCheck(w, r, http.StatusBadRequest, v)
	}
	err := r.ParseMultipartForm(4 << 20)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return again("Tệp quá lớn (trên 32 MB). Hãy gõ mã băm in ở cuối báo cáo.")
	case err != nil && !errors.Is(err, http.ErrNotMultipart):
		return fault.Wrap(err, fault.Invalid, "Không đọc được biểu mẫu đã gửi. Hãy tải lại trang rồi gửi lại.")
	}
	hash := strings.ToLower(strings.Join(strings.Fields(r.FormValue("ma")), ""))
	v.Form.Values.Set("ma", r.FormValue("ma"))
	if file, _, err := r.FormFile("tep"); err == nil {
		defer file.Close()
		sum := sha256.New()
		if _, err := io.Copy(sum, file); err != nil {
			return again("Không đọc được tệp. Hãy chọn lại.")
		}
		hash = hex.EncodeToString(sum.Sum(nil))
	}
	switch {
	case hash == "":
		return again("Hãy gõ mã băm in ở cuối báo cáo, hoặc chọn tệp báo cáo.")
	case !hashPattern.MatchString(hash):
		return again("Mã băm gồm 64 chữ số và chữ cái từ a đến f. Hãy chép lại cho đủ.")
	}
	return seeOther(w, r, "/niem-phong/"+hash)
}

func (s *server) sealAnswer(w http.ResponseWriter, r *http.Request) error {
	v := sealCheck{Form: newForm(), Hash: strings.ToLower(r.PathValue("hash"))}
	v.Form.Values.Set("ma", v.Hash)
	if !hashPattern.MatchString(v.Hash) {
		return fault.New(fault.NotFound, "Mã băm gồm 64 chữ số và chữ cái từ a đến f. Hãy chép lại cho đủ.")
	}
	if err := s.findSealed(r.Context(), &v); err != nil {
		return err
	}
	return s.showSealCheck(w, r, http.StatusOK, v)
}

// findSealed looks for the hash of a content, and for that of a document made from one. Of a report whose figures about
// letters the viewer may not all see it knows only what was public: else a guess at the rest could be tried here.
func (s *server) findSealed(ctx context.Context, v *sealCheck) error {
	q := s.DB.Read()
	shown, made, err := filing.PublicationOf(ctx, q, v.Hash)
	if err != nil {
		return err
	}
	if shown != nil {
		v.Public = s.Portal + "/cong/bao-cao/kiem-tra/" + v.Hash
		if shown.Own { // less than what was issued: the log has a line of its own for it
			v.Form2 = made
			return s.fillSealed(ctx, v, shown.Filing, shown.Version, shown.Hash, shown.Leaf)
		}
	}
	id, number, ok, err := filing.ByHash(ctx, q, v.Hash)
	if err != nil {
		return err
	}
	if !ok {
		id, number, v.Form2, ok, err = filing.ByPrint(ctx, q, v.Hash)
	}
	if err != nil || !ok {
		return err
	}
	if shown == nil {
		if err := s.wholeFor(ctx, id, number); fault.KindOf(err) == fault.Denied {
			v.Form2 = ""
			return nil
		} else if err != nil {
			return err
		}
	}
	return s.fillSealed(ctx, v, id, number, "", 0)
}

// fillSealed says what a hash belongs to; hash and leaf are those of the public copy, empty for the version's own.
func (s *server) fillSealed(ctx context.Context, v *sealCheck, id int64, number int, hash string, leaf int64) error {
	q := s.DB.Read()
	var err error
	if v.Filing, err = filing.Get(ctx, q, id); err != nil {
		return err
	}
	vs, err := filing.Versions(ctx, q, id)
	if err != nil {
		return err
	}
	v.Version = &vs[number-1]
	if n := v.Filing.Standing; n > number {
		v.Newer = &vs[n-1]
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	v.UnitName = tree.NameOn(v.Filing.Unit, v.Filing.Period.To)
	v.Reads = viewer(ctx).May(access.ReadWork, v.Filing.Body)
	if leaf == 0 {
		hash, leaf = v.Version.Hash, v.Version.Leaf
	}
	row, err := audit.Read(ctx, q, leaf)
	if err != nil {
		return err
	}
	v.Seal = &sealLine{hash, leaf, row.Index}
	return nil
}

func (v sealCheck) place() string {
	if v.Seal.Index < 0 {
		return "đang chờ xếp"
	}
	return "dòng " + civil.FormatInt(v.Seal.Index)
}
