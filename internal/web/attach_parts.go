package web

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/fault"
	"danvan/internal/files"
)

// partRoutes take files that come in parts, so that a cut line costs one part and not the file. They speak the core of
// tus 1.0 (creation, offset, patch, termination; https://tus.io), so that any client of it may send; what a finished
// file became is asked with one more POST.
func (s *server) partRoutes() []route {
	return []route{
		{"POST /tep-len", access.RecordAny, nil, s.partBegin},
		{"HEAD /tep-len/{part}", access.RecordAny, nil, s.partHead},
		{"PATCH /tep-len/{part}", access.RecordAny, nil, s.partAppend},
		{"DELETE /tep-len/{part}", access.RecordAny, nil, s.partDrop},
		{"POST /tep-len/{part}/xong", access.RecordAny, nil, s.partDone},
	}
}

const (
	tusVersion = "1.0.0"
	partMost   = 1 << 20 // bytes of one part; it is held in memory
	partTime   = 5 * time.Minute
)

// reply is what scripts are told of a file.
type fileReply struct {
	Hash string `json:"hash,omitempty"`
	Name string `json:"name,omitempty"`
	Size string `json:"size,omitempty"`
	Say  string `json:"say,omitempty"`
}

// tus refuses a client of another version of the protocol, as the protocol asks.
func tus(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Set("Tus-Resumable", tusVersion)
	w.Header().Set("Cache-Control", "no-store")
	if r.Header.Get("Tus-Resumable") == tusVersion {
		return true
	}
	w.Header().Set("Tus-Version", tusVersion)
	w.WriteHeader(http.StatusPreconditionFailed)
	return false
}

// partFails answers what went wrong with a part: scripts read the sentence.
func (s *server) partFails(w http.ResponseWriter, err error) error {
	status := httpStatus(err)
	if status >= http.StatusInternalServerError {
		s.Log.Error("file part", "err", err)
	}
	return writeJSON(w, status, fileReply{Say: fault.Say(err)})
}

func (s *server) partBegin(w http.ResponseWriter, r *http.Request) error {
	if !tus(w, r) {
		return nil
	}
	size, err := strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64)
	if err != nil || size <= 0 {
		return s.partFails(w, fault.New(fault.Invalid, "Chưa rõ tệp dài bao nhiêu. Hãy chọn lại tệp."))
	}
	name := metadataName(r.Header.Get("Upload-Metadata"))
	if size > fileLimit {
		return s.partFails(w, fault.Newf(fault.Invalid, "Tệp “%s” lớn hơn 20 MB. Hãy giảm dung lượng hoặc tách thành nhiều tệp.", uploadName(name)))
	}
	p, err := s.Files.Begin(r.Context(), viewer(r.Context()).Account, name, size)
	if err != nil {
		return s.partFails(w, err)
	}
	w.Header().Set("Location", "/tep-len/"+p.ID)
	w.Header().Set("Upload-Expires", time.Now().Add(files.PartLife).UTC().Format(http.TimeFormat))
	w.WriteHeader(http.StatusCreated)
	return nil
}

// metadataName is the file's name in the metadata of tus: "filename BASE64,filetype BASE64".
func metadataName(meta string) string {
	for _, pair := range strings.Split(meta, ",") {
		if key, value, _ := strings.Cut(strings.TrimSpace(pair), " "); key == "filename" {
			if name, err := base64.StdEncoding.DecodeString(value); err == nil && len(name) < 1000 {
				return string(name)
			}
		}
	}
	return "tep"
}

func (s *server) partOf(r *http.Request) (files.Part, error) {
	return s.Files.Part(r.Context(), viewer(r.Context()).Account, r.PathValue("part"))
}

func (s *server) partHead(w http.ResponseWriter, r *http.Request) error {
	if !tus(w, r) {
		return nil
	}
	p, err := s.partOf(r)
	if err != nil {
		return s.partFails(w, err)
	}
	w.Header().Set("Upload-Length", itoa(p.Size))
	w.Header().Set("Upload-Offset", itoa(p.Have))
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *server) partAppend(w http.ResponseWriter, r *http.Request) error {
	if !tus(w, r) {
		return nil
	}
	if r.Header.Get("Content-Type") != "application/offset+octet-stream" {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return nil
	}
	offset, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 {
		return s.partFails(w, fault.New(fault.Invalid, "Chưa rõ phần này bắt đầu ở đâu. Hãy tải lại tệp."))
	}
	p, err := s.partOf(r)
	if err != nil {
		return s.partFails(w, err)
	}
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(partTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("wait for a part: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, partMost+1))
	if err != nil {
		return s.partFails(w, fault.Wrap(err, fault.Invalid, tooLargeOr(err)))
	}
	if len(data) > partMost {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return nil
	}
	p, err = s.Files.Append(r.Context(), p, offset, data)
	w.Header().Set("Upload-Offset", itoa(p.Have))
	if errors.Is(err, files.ErrElsewhere) {
		w.WriteHeader(http.StatusConflict)
		return nil
	}
	if err != nil {
		return s.partFails(w, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *server) partDrop(w http.ResponseWriter, r *http.Request) error {
	if !tus(w, r) {
		return nil
	}
	if err := s.Files.DropPart(r.Context(), viewer(r.Context()).Account, r.PathValue("part")); err != nil {
		return s.partFails(w, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// partDone looks a file through that has come to its end, and keeps it. Asked again it says the same.
func (s *server) partDone(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := s.partOf(r)
	if err != nil {
		return s.partFails(w, err)
	}
	line := fileLine{Hash: p.Hash}
	if p.Hash == "" {
		line, err = s.partKept(r, p)
	} else {
		var ok bool
		if line, ok, err = s.attachedOne(ctx, &recordForm{}, p.Hash); err == nil && !ok {
			err = fault.New(fault.NotFound, "Tệp này không còn trên máy chủ. Hãy tải lại từ đầu.")
		}
	}
	if err != nil {
		return s.partFails(w, err)
	}
	return writeJSON(w, http.StatusOK, fileReply{Hash: line.Hash, Name: line.Name, Size: sizeText(line.Size)})
}

func (s *server) partKept(r *http.Request, p files.Part) (fileLine, error) {
	ctx := r.Context()
	s.uploads <- struct{}{}
	defer func() { <-s.uploads }()
	data, err := s.Files.Whole(p)
	if err != nil {
		return fileLine{}, err
	}
	line, err := s.keepFile(ctx, data, p.Name)
	if fault.KindOf(err) == fault.Invalid { // it will not be kept, however often it is asked
		return line, errors.Join(err, s.Files.DropPart(ctx, p.Account, p.ID))
	}
	if err != nil {
		return line, err
	}
	return line, s.Files.Became(ctx, p, line.Hash)
}
