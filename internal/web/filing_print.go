package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/filing"
	"danvan/internal/press"
	"danvan/internal/report"
)

// sealLine is how a printed version can be held against the log.
type sealLine struct {
	Hash  string
	Leaf  int64
	Index int64 // place in the log, -1 while it waits for one
}

func (s *server) sealOf(ctx context.Context, v *filing.Version) (*sealLine, error) {
	row, err := audit.Read(ctx, s.DB.Read(), v.Leaf)
	if err != nil {
		return nil, err
	}
	return &sealLine{v.Hash, v.Leaf, row.Index}, nil
}

// filingFile sends a report of the cycle as a document: a printed version, or the report as it stands.
func (s *server) filingFile(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := s.filingOf(r)
	if err != nil {
		return err
	}
	vs, err := filing.Versions(ctx, s.DB.Read(), f.ID)
	if err != nil {
		return err
	}
	shown, err := shownVersion(r, f, vs)
	if err != nil {
		return err
	}
	if shown != nil {
		if err := s.wholeFor(ctx, f.ID, shown.Number); err != nil {
			return err
		}
	}
	form := r.URL.Query().Get("dang")
	if form == "pdf" && shown != nil {
		return s.filingPDF(w, r, f, shown)
	}
	kind, ok := documentKinds[form]
	if !ok {
		return fault.New(fault.Invalid, "Dạng tệp phải là docx, xlsx, html, pdf hoặc json; PDF chỉ có của bản đã nộp, đã ban hành.")
	}
	var made []byte
	if shown != nil {
		made, err = s.press().Document(ctx, f.ID, shown.Number, form)
	} else {
		made, err = s.standingFile(ctx, f, kind)
	}
	if err != nil {
		return err
	}
	s.sendPrint(w, f, shown, kind.ext, kind.mime, made)
	return nil
}

// wholeFor refuses a printed version whose figures about letters the viewer may not all see: a sealed document is sent
// whole or not at all.
func (s *server) wholeFor(ctx context.Context, id int64, version int) error {
	rep, err := s.decodePrinted(ctx, s.DB.Read(), id, version)
	if err != nil {
		return err
	}
	_, changed, err := report.Veil(ctx, s.Figures, rep)
	if err == nil && changed {
		return fault.New(fault.Denied, "Bản đã in có số liệu chia đơn thư theo loại hoặc nội dung; chỉ người được đọc đơn của đơn vị tải được. Trên trang, các số ấy được thay bằng dấu •.")
	}
	return err
}

// anyClosed reports whether the viewer may not see all figures of some printed version.
func (s *server) anyClosed(ctx context.Context, id int64, vs []filing.Version) (bool, error) {
	for _, x := range vs {
		if !x.HasContent {
			continue
		}
		if err := s.wholeFor(ctx, id, x.Number); err != nil {
			if fault.KindOf(err) == fault.Denied {
				return true, nil
			}
			return false, err
		}
	}
	return false, nil
}

// standingFile is a document of the report as it stands now.
func (s *server) standingFile(ctx context.Context, f *filing.Filing, kind documentKind) ([]byte, error) {
	rep, err := s.standingReport(ctx, f)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := kind.write(rep, &b); err != nil {
		return nil, fmt.Errorf("write %s of filing %d: %w", kind.ext, f.ID, err)
	}
	return b.Bytes(), nil
}

func (s *server) sendPrint(w http.ResponseWriter, f *filing.Filing, shown *filing.Version, ext, mime string, made []byte) {
	version := "nhap"
	if shown != nil {
		version = fmt.Sprintf("lan%d", shown.Number)
	}
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s_%d_%s_%s_%s.%s"`, f.Template, f.ID, f.Period.From, f.Period.To, version, ext))
	_, _ = w.Write(made)
}

// press makes the documents of printed versions.
func (s *server) press() *press.Press {
	if s.Press != nil {
		return s.Press
	}
	p := &press.Press{DB: s.DB, Files: s.Files}
	if s.Imports != nil {
		p.Flush = s.Imports.Flush
	}
	return p
}

// pdfView is the page on which a PDF is waited for.
type pdfView struct {
	Filing  *filing.Filing
	Version *filing.Version
	Scope   *scope
	State   press.State
	Key     form
}

// filingPDF sends the PDF of a version, or the page on which it is asked for and waited for.
func (s *server) filingPDF(w http.ResponseWriter, r *http.Request, f *filing.Filing, shown *filing.Version) error {
	ctx := r.Context()
	state, err := s.press().PDF(ctx, f.ID, shown.Number)
	if err != nil {
		return err
	}
	if state == press.Ready {
		made, err := s.press().Document(ctx, f.ID, shown.Number, "pdf")
		if err != nil {
			return err
		}
		s.sendPrint(w, f, shown, "pdf", "application/pdf", made)
		return nil
	}
	v := pdfView{Filing: f, Version: shown, State: state, Key: newForm()}
	if v.Scope, err = s.filingScope(ctx, f); err != nil {
		return err
	}
	p := page{Title: "Bản PDF của báo cáo", Section: "ky-bao-cao", Scripts: []string{"filing.js"}, Again: state == press.Making}
	return s.render(w, r, http.StatusOK, p, filingPDFPage(v))
}

// askPDF has a PDF made in the background.
func (s *server) askPDF(w http.ResponseWriter, r *http.Request) error {
	f, err := s.filingOf(r)
	if err != nil {
		return err
	}
	vs, err := filing.Versions(r.Context(), s.DB.Read(), f.ID)
	if err != nil {
		return err
	}
	shown, err := shownVersion(r, f, vs)
	if err != nil {
		return err
	}
	if shown == nil {
		return fault.New(fault.Invalid, "PDF chỉ có của bản đã nộp, đã ban hành. Hãy nộp báo cáo trước.")
	}
	p := s.press()
	if p.Office != "" {
		if err := s.DB.Write(r.Context(), func(tx *db.Tx) error { return p.Ask(r.Context(), tx, f.ID, shown.Number) }); err != nil {
			return err
		}
	}
	return seeOther(w, r, fmt.Sprintf("%s/tep?dang=pdf&lan=%d", filingURL(f.ID), shown.Number))
}
