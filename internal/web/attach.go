package web

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/ledger"
	"danvan/internal/unsaved"
)

// How much one sending of a form may hold. A file is read into memory to be looked through, so that only few are
// taken at a time.
const (
	fileLimit   = 20 << 20
	requestMost = 120 << 20
	textMost    = 2 << 20
	fieldsMost  = 6000
	filesMost   = 20
)

// uploadTime is how long a slow line may take for its files.
const uploadTime = 10 * time.Minute

// uploadLife is how long a file may wait for the entry that names it: longer than the form that it was chosen in.
const uploadLife = unsaved.Life + 24*time.Hour

// pickPart ends the name of the control in which files are chosen; the control itself carries their hashes.
const pickPart = "-chon"

// fileLine is an attachment of a form: kept already, named by nobody yet.
type fileLine struct {
	Control, Hash, Name string
	Size                int64
	Picture             bool
}

// badUpload is a file that was not kept, with the sentence that says why.
type badUpload struct{ Control, Say string }

// readForm reads a form as it was sent, keeping its files at once: whatever else is wrong with the form, nobody has
// to choose them again.
func (s *server) readForm(w http.ResponseWriter, r *http.Request) (url.Values, []badUpload, error) {
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, nil, fmt.Errorf("wait for a form: %w", err)
	}
	r.Body = http.MaxBytesReader(w, r.Body, requestMost)
	parts, err := r.MultipartReader()
	if err != nil {
		r.Body = http.MaxBytesReader(w, r.Body, textMost)
		if err := r.ParseForm(); err != nil {
			return nil, nil, fault.Wrap(err, fault.Invalid, "Không đọc được biểu mẫu đã gửi. Hãy quay lại trang trước, phần đã gõ vẫn còn, rồi gửi lại.")
		}
		return r.PostForm, nil, nil
	}
	values := url.Values{}
	var bad []badUpload
	text, fields := 0, 0
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return values, bad, nil
		}
		if err != nil {
			return values, append(bad, badUpload{filesField, tooLargeOr(err)}), nil
		}
		name := part.FormName()
		if part.FileName() != "" {
			control := strings.TrimSuffix(name, pickPart)
			line, err := s.takeFile(r.Context(), part)
			if err != nil {
				if k := fault.KindOf(err); k == fault.Internal || k == fault.Unavailable {
					return nil, nil, err
				}
				bad = append(bad, badUpload{control, fault.Say(err)})
				continue
			}
			if !slices.Contains(values[control], line.Hash) {
				values.Add(control, line.Hash)
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, int64(textMost-text)+1))
		if err != nil {
			return values, append(bad, badUpload{filesField, tooLargeOr(err)}), nil
		}
		text, fields = text+len(value)+len(name), fields+1
		if text > textMost || fields > fieldsMost {
			return nil, nil, fault.New(fault.Invalid, "Biểu mẫu quá dài. Hãy quay lại trang trước, phần đã gõ vẫn còn, rút gọn rồi gửi lại.")
		}
		if strings.HasSuffix(name, pickPart) {
			continue // a file control in which nothing was chosen
		}
		values.Add(name, strings.ReplaceAll(string(value), "\r\n", "\n"))
	}
}

func tooLargeOr(err error) string {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return "Các tệp gửi một lần quá lớn (hơn 120 MB). Hãy tải lên từng tệp."
	}
	return "Tệp tải lên bị ngắt giữa chừng. Hãy chọn lại tệp rồi gửi lại."
}

// takeFile looks one file through, keeps it and notes who sent it.
func (s *server) takeFile(ctx context.Context, part *multipart.Part) (fileLine, error) {
	s.uploads <- struct{}{}
	defer func() { <-s.uploads }()
	data, err := io.ReadAll(io.LimitReader(part, fileLimit+1))
	if err != nil {
		return fileLine{}, fault.Wrap(err, fault.Invalid, tooLargeOr(err))
	}
	if len(data) > fileLimit {
		_, _ = io.Copy(io.Discard, part) // what follows in the form is still wanted
		return fileLine{}, fault.Newf(fault.Invalid, "Tệp “%s” lớn hơn 20 MB. Hãy giảm dung lượng hoặc tách thành nhiều tệp.", uploadName(part.FileName()))
	}
	return s.keepFile(ctx, data, part.FileName())
}

// keepFile looks through what was sent under a name, keeps it and notes who sent it.
func (s *server) keepFile(ctx context.Context, data []byte, name string) (fileLine, error) {
	c, err := files.Clean(data, name)
	if err != nil {
		return fileLine{}, err
	}
	kept, err := s.Files.Put(ctx, bytes.NewReader(c.Data))
	if err != nil {
		return fileLine{}, err
	}
	picture := ""
	if c.Picture != nil {
		small, err := s.Files.Put(ctx, bytes.NewReader(c.Picture))
		if err != nil {
			return fileLine{}, err
		}
		picture = small.Hash
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if picture != "" {
			if _, err := tx.ExecContext(ctx, `INSERT INTO file_picture (hash, picture) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, kept.Hash, picture); err != nil {
				return fmt.Errorf("keep picture: %w", err)
			}
		}
		now := time.Now()
		if _, err := tx.ExecContext(ctx, `DELETE FROM upload WHERE at_ms < $1`, now.Add(-uploadLife).UnixMilli()); err != nil {
			return fmt.Errorf("forget old uploads: %w", err)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO upload (login, hash, name, at_ms) VALUES ($1, $2, $3, $4)
			ON CONFLICT (login, hash) DO UPDATE SET name = excluded.name, at_ms = excluded.at_ms`,
			viewer(ctx).Login, kept.Hash, c.Name, now.UnixMilli())
		return err
	})
	if err != nil {
		return fileLine{}, fmt.Errorf("note upload: %w", err)
	}
	return fileLine{Hash: kept.Hash, Name: c.Name, Size: kept.Size, Picture: picture != ""}, nil
}

func uploadName(name string) string {
	r := []rune(name[strings.LastIndexAny(name, `/\`)+1:])
	return string(r[:min(len(r), 80)])
}

var hashShape = regexp.MustCompile(`^[0-9a-f]{64}$`)

func hashesOf(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(h string) bool { return !hashShape.MatchString(h) })
}

// attached finds the attachments whose hashes a form carries: those that this person sent, and those that the entry
// has already. Any other hash is passed over as if it were not there.
func (s *server) attached(ctx context.Context, f *recordForm) error {
	controls := []string{f.fileControl()}
	for _, fd := range f.Kind.Fields {
		if name := own + fd.Code; fd.Type == "file" && name != controls[0] {
			controls = append(controls, name)
		}
	}
	f.Files = nil
	for _, control := range controls {
		var kept []string
		for _, hash := range filled(hashesOf(f.Values[control])) {
			line, ok, err := s.attachedOne(ctx, f, hash)
			if err != nil {
				return err
			}
			if ok && len(f.Files) < filesMost {
				line.Control = control
				f.Files, kept = append(f.Files, line), append(kept, hash)
			} else if ok {
				f.say(control, "Mỗi ghi nhận đính kèm nhiều nhất "+strconv.Itoa(filesMost)+" tệp. Hãy bỏ bớt.")
			}
		}
		f.Values[control] = kept
	}
	return nil
}

func (s *server) attachedOne(ctx context.Context, f *recordForm, hash string) (fileLine, bool, error) {
	line := fileLine{Hash: hash}
	for _, old := range f.Was.Files {
		if old.Hash == hash {
			line.Name = old.Name
		}
	}
	if line.Name == "" {
		err := s.DB.Read().QueryRowContext(ctx, `SELECT name FROM upload WHERE login = $1 AND hash = $2`, viewer(ctx).Login, hash).Scan(&line.Name)
		if errors.Is(err, sql.ErrNoRows) {
			return line, false, nil
		}
		if err != nil {
			return line, false, fmt.Errorf("look for upload: %w", err)
		}
	}
	info, err := s.Files.Info(ctx, s.DB.Read(), hash)
	if fault.KindOf(err) == fault.NotFound {
		return line, false, nil
	}
	line.Size = info.Size
	line.Picture = s.pictureOf(ctx, hash) != ""
	return line, err == nil, err
}

// pictureOf is the hash of the small picture of a file, "" where there is none.
func (s *server) pictureOf(ctx context.Context, hash string) string {
	var picture string
	if s.DB.Read().QueryRowContext(ctx, `SELECT picture FROM file_picture WHERE hash = $1`, hash).Scan(&picture) != nil {
		return ""
	}
	return picture
}

// attachOne keeps one file that a script sends while the form is being filled in.
func (s *server) attachOne(w http.ResponseWriter, r *http.Request) error {
	type reply = fileReply
	values, bad, err := s.readForm(w, r)
	if err != nil {
		return writeJSON(w, httpStatus(err), reply{Say: fault.Say(err)})
	}
	if len(bad) > 0 {
		return writeJSON(w, http.StatusUnprocessableEntity, reply{Say: bad[0].Say})
	}
	hashes := hashesOf(values[filesField])
	if len(hashes) == 0 {
		return writeJSON(w, http.StatusUnprocessableEntity, reply{Say: "Chưa có tệp nào. Hãy chọn tệp rồi gửi lại."})
	}
	f := &recordForm{}
	line, ok, err := s.attachedOne(r.Context(), f, hashes[0])
	if err != nil || !ok {
		return errors.Join(err, fault.New(fault.Unavailable, "Chưa lưu được tệp. Hãy thử lại."))
	}
	return writeJSON(w, http.StatusOK, reply{Hash: line.Hash, Name: line.Name, Size: sizeText(line.Size)})
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(v)
}

func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return strings.ReplaceAll(strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64), ".", ",") + " MB"
	case n >= 1<<10:
		return strconv.FormatInt((n+512)>>10, 10) + " kB"
	}
	return strconv.FormatInt(n, 10) + " byte"
}

// attachment sends an attachment of an entry to whoever may read the entry, always as a download.
func (s *server) attachment(w http.ResponseWriter, r *http.Request) error {
	f, err := s.attachmentOf(r)
	if err != nil {
		return err
	}
	return s.sendFile(w, r, f.Hash, or(files.MIMEOf(f.Name), "application/octet-stream"),
		"attachment; filename*=UTF-8''"+url.PathEscape(f.Name))
}

// attachmentPicture sends the small picture that we drew of an attachment.
func (s *server) attachmentPicture(w http.ResponseWriter, r *http.Request) error {
	f, err := s.attachmentOf(r)
	if err != nil {
		return err
	}
	hash := s.pictureOf(r.Context(), f.Hash)
	if hash == "" {
		return fault.New(fault.NotFound, "Tệp này không có ảnh thu nhỏ. Hãy tải tệp về để xem.")
	}
	return s.sendFile(w, r, hash, "image/jpeg", "inline")
}

func (s *server) attachmentOf(r *http.Request) (ledger.File, error) {
	id, n, err := entryAndNumber(r)
	if err != nil {
		return ledger.File{}, err
	}
	e, err := s.Ledger.Entry(r.Context(), s.DB.Read(), id)
	if err != nil {
		return ledger.File{}, err
	}
	v := viewer(r.Context())
	if guarded(s.kindOf(e)) && !v.May("read_letters", e.Unit) {
		return ledger.File{}, fault.New(fault.Denied, "Tệp của đơn thư chỉ mở cho người được giao xem đơn thư của đơn vị này.")
	}
	if n < 1 || n > len(e.Files) {
		return ledger.File{}, fault.New(fault.NotFound, "Ghi nhận này không có tệp ở địa chỉ đó. Hãy mở lại ghi nhận.")
	}
	return e.Files[n-1], nil
}

func (s *server) sendFile(w http.ResponseWriter, r *http.Request, hash, mime, disposition string) error {
	file, err := s.Files.Open(hash)
	if err != nil {
		return err
	}
	defer file.Close()
	h := w.Header()
	h.Set("Content-Type", mime)
	h.Set("Content-Disposition", disposition)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", time.Time{}, file)
	return nil
}
