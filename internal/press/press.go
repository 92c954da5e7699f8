// Package press makes documents of printed reports: DOCX, XLSX, one HTML file, JSON, and PDF where LibreOffice is
// installed. Each document of a filed or issued version is made once and kept in the file store, so that whoever
// downloads it again gets the same bytes, and the bytes can be held against the log. At its end stands the seal: the
// hash of the report's content, its place in the log, and where to check it.
package press

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/filing"
	"danvan/internal/jobs"
	"danvan/internal/report"
)

// Press makes and keeps documents. Its fields are set once, before use.
type Press struct {
	DB    *db.DB
	Files *files.Store
	Flush func(context.Context) error // gives new acts their place in the log; nil: they wait for the sequencer
	// Office is the program that turns DOCX into PDF, empty where there is none.
	Office string
	// Root is the address of the public pages, "https://dan.tinh.gov.vn": the seal is printed with it. Empty: not known.
	Root string
}

// FindOffice is LibreOffice on this machine, empty where it is not installed.
func FindOffice() string {
	for _, name := range []string{"soffice", "libreoffice"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// writers are the documents that the program makes itself.
var writers = map[string]func(*report.Report, *bytes.Buffer) error{
	"docx": func(r *report.Report, b *bytes.Buffer) error { return r.DOCX(b) },
	"xlsx": func(r *report.Report, b *bytes.Buffer) error { return r.XLSX(b) },
	"html": func(r *report.Report, b *bytes.Buffer) error { return r.HTML(b) },
}

// piece is what documents are made of: a printed version, or the copy of it that everybody may read.
type piece struct {
	id      int64
	version int
	public  *filing.Publication // nil: the printed version itself
}

// kept is the form under which a document of the piece is kept.
func (x piece) kept(form string) string {
	if x.public == nil {
		return form
	}
	return x.public.PrintForm(form)
}

// Report is a version as it was printed, with its seal.
func (p *Press) Report(ctx context.Context, id int64, version int) (*report.Report, error) {
	rep, _, err := p.sealed(ctx, piece{id: id, version: version})
	return rep, err
}

// Public is a report as everybody may read it, with its seal.
func (p *Press) Public(ctx context.Context, x *filing.Publication) (*report.Report, error) {
	rep, _, err := p.sealed(ctx, publicPiece(x))
	return rep, err
}

// publicPiece is what is shown to everybody; where it says what was issued, it is the printed version itself.
func publicPiece(x *filing.Publication) piece {
	if !x.Own {
		return piece{id: x.Filing, version: x.Version}
	}
	return piece{x.Filing, x.Version, x}
}

// sealed reads a piece, and whether its act has its place in the log.
func (p *Press) sealed(ctx context.Context, x piece) (*report.Report, bool, error) {
	seal, content, err := p.content(ctx, x)
	if err != nil {
		return nil, false, err
	}
	rep := &report.Report{}
	if err := json.Unmarshal(content, rep); err != nil {
		return nil, false, fmt.Errorf("read printed report %d/%d: %w", x.id, x.version, err)
	}
	leaf, err := p.leaf(ctx, seal.Leaf)
	if err != nil {
		return nil, false, err
	}
	rep.Seal, seal.Index = seal, leaf.Index
	if p.Root != "" {
		seal.Check = p.Root + "/cong/bao-cao/kiem-tra/" + seal.Hash
	}
	if seal.Issued { // what was to be looked at before signing is no part of what went out
		rep.Notices = nil
	}
	return rep, leaf.Index >= 0, nil
}

// content is the content of a piece with its seal, which has no place in the log yet.
func (p *Press) content(ctx context.Context, x piece) (*report.Seal, []byte, error) {
	if x.public != nil {
		content, err := filing.PublicContent(ctx, p.DB.Read(), x.public)
		return &report.Seal{Hash: x.public.Hash, Leaf: x.public.Leaf, Issued: true}, content, err
	}
	content, err := filing.Content(ctx, p.DB.Read(), x.id, x.version)
	if err != nil {
		return nil, nil, err
	}
	vs, err := filing.Versions(ctx, p.DB.Read(), x.id)
	if err != nil {
		return nil, nil, err
	}
	v := vs[x.version-1]
	return &report.Seal{Hash: v.Hash, Leaf: v.Leaf, Issued: v.DocNumber != ""}, content, nil
}

func (p *Press) leaf(ctx context.Context, id int64) (audit.Row, error) {
	leaf, err := audit.Read(ctx, p.DB.Read(), id)
	if err != nil || leaf.Index >= 0 || p.Flush == nil {
		return leaf, err
	}
	if err := p.Flush(ctx); err != nil {
		return leaf, fmt.Errorf("give leaf %d its place: %w", id, err)
	}
	return audit.Read(ctx, p.DB.Read(), id)
}

// Document is a document of a version, made now where it was not made before. PDF is only given where it is ready; see
// Ask.
func (p *Press) Document(ctx context.Context, id int64, version int, form string) ([]byte, error) {
	return p.document(ctx, piece{id: id, version: version}, form)
}

// PublicDocument is a document of what everybody may read.
func (p *Press) PublicDocument(ctx context.Context, x *filing.Publication, form string) ([]byte, error) {
	return p.document(ctx, publicPiece(x), form)
}

func (p *Press) document(ctx context.Context, x piece, form string) ([]byte, error) {
	if form == "json" {
		_, content, err := p.content(ctx, x)
		return content, err
	}
	kept, ok, err := filing.PrintOf(ctx, p.DB.Read(), x.id, x.version, x.kept(form))
	if err != nil {
		return nil, err
	}
	if ok && kept.File != "" {
		return p.read(kept.File)
	}
	write := writers[form]
	if write == nil {
		return nil, fault.New(fault.Invalid, "Dạng tệp phải là docx, xlsx, html, pdf hoặc json.")
	}
	rep, placed, err := p.sealed(ctx, x)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := write(rep, &b); err != nil {
		return nil, fmt.Errorf("write %s of filing %d version %d: %w", form, x.id, x.version, err)
	}
	if !placed { // the seal would say another line once it has its place
		return b.Bytes(), nil
	}
	return p.keep(ctx, x, form, b.Bytes(), nil)
}

// keep puts a document into the file store, and gives what stands: another may have been first.
func (p *Press) keep(ctx context.Context, x piece, form string, made []byte, job *jobs.Job) ([]byte, error) {
	f, err := p.Files.Put(ctx, bytes.NewReader(made))
	if err != nil {
		return nil, err
	}
	var kept filing.Print
	err = p.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if kept, err = filing.KeepPrint(ctx, tx, x.id, x.version, filing.Print{Form: x.kept(form), File: f.Hash}, time.Now().UnixMilli()); err != nil || job == nil {
			return err
		}
		return job.Finish(ctx, tx)
	})
	if err != nil || kept.File == f.Hash {
		return made, err
	}
	return p.read(kept.File)
}

func (p *Press) read(hash string) ([]byte, error) {
	f, err := p.Files.Open(hash)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	out := make([]byte, info.Size())
	if _, err := f.ReadAt(out, 0); err != nil && info.Size() > 0 {
		return nil, fmt.Errorf("read document %s: %w", hash, err)
	}
	return out, nil
}

// JobPDF is the kind of the job that makes a PDF.
const JobPDF = "filing_pdf"

type order struct {
	Filing  int64 `json:"filing"`
	Version int   `json:"version"`
	Turn    int   `json:"turn,omitempty"` // of the public copy, 0 for the printed version itself
}

// State says how far a PDF is.
type State int

const (
	None    State = iota // not asked for
	Making               // asked for, not ready
	Stuck                // asked for long ago
	Ready                // to be downloaded
	Missing              // this machine has no program that makes one
)

// patience is after how long a PDF that is not ready may be asked for again.
const patience = 3 * time.Minute

// PDF is how far the PDF of a version is.
func (p *Press) PDF(ctx context.Context, id int64, version int) (State, error) {
	return p.pdf(ctx, piece{id: id, version: version})
}

// PublicPDF is how far the PDF of what everybody may read is.
func (p *Press) PublicPDF(ctx context.Context, x *filing.Publication) (State, error) {
	return p.pdf(ctx, publicPiece(x))
}

func (p *Press) pdf(ctx context.Context, x piece) (State, error) {
	kept, ok, err := filing.PrintOf(ctx, p.DB.Read(), x.id, x.version, x.kept("pdf"))
	switch {
	case err != nil:
		return None, err
	case ok && kept.File != "":
		return Ready, nil
	case p.Office == "":
		return Missing, nil
	case !ok:
		return None, nil
	case time.Since(time.UnixMilli(kept.AtMS)) > patience:
		return Stuck, nil
	}
	return Making, nil
}

// Ask has a PDF made in the background. Asking twice makes one.
func (p *Press) Ask(ctx context.Context, tx *db.Tx, id int64, version int) error {
	return p.ask(ctx, tx, piece{id: id, version: version})
}

// AskPublic has a PDF of what everybody may read made in the background, where this machine can.
func (p *Press) AskPublic(ctx context.Context, tx *db.Tx, x *filing.Publication) error {
	if p.Office == "" {
		return nil
	}
	return p.ask(ctx, tx, publicPiece(x))
}

func (p *Press) ask(ctx context.Context, tx *db.Tx, x piece) error {
	asked, err := filing.AskPrint(ctx, tx, x.id, x.version, x.kept("pdf"), time.Now().UnixMilli(), time.Now().Add(-patience).UnixMilli())
	if err != nil || !asked {
		return err
	}
	o := order{Filing: x.id, Version: x.version}
	if x.public != nil {
		o.Turn = x.public.Turn
	}
	_, err = jobs.Enqueue(ctx, tx, JobPDF, o, time.Time{})
	return err
}

// Jobs are the press's handlers of background work.
func (p *Press) Jobs() map[string]jobs.Handler {
	return map[string]jobs.Handler{JobPDF: p.makePDF}
}

func (p *Press) makePDF(ctx context.Context, job *jobs.Job) error {
	var o order
	if err := json.Unmarshal(job.Payload, &o); err != nil {
		return err
	}
	x := piece{id: o.Filing, version: o.Version}
	if o.Turn > 0 {
		turns, err := filing.Publications(ctx, p.DB.Read(), o.Filing)
		if err != nil || o.Turn > len(turns) {
			return err
		}
		x.public = turns[o.Turn-1]
	}
	kept, _, err := filing.PrintOf(ctx, p.DB.Read(), x.id, x.version, x.kept("pdf"))
	if err != nil || kept.File != "" {
		return err
	}
	word, err := p.document(ctx, x, "docx")
	if err != nil {
		return err
	}
	pdf, err := Convert(ctx, p.Office, word)
	if err != nil {
		return err
	}
	_, err = p.keep(ctx, x, "pdf", pdf, job)
	return err
}

// Convert turns a DOCX into a PDF with LibreOffice, in a folder and a profile of its own that are removed afterwards.
func Convert(ctx context.Context, office string, word []byte) ([]byte, error) {
	if office == "" {
		return nil, fault.New(fault.Unavailable, "Máy chủ chưa cài LibreOffice nên không làm được PDF. Hãy tải tệp HTML rồi in ra PDF.")
	}
	dir, err := os.MkdirTemp("", "danvan-pdf")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	in := filepath.Join(dir, "bao-cao.docx")
	if err := os.WriteFile(in, word, 0o600); err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, 2*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--norestore",
		"--convert-to", "pdf", "--outdir", dir, in)
	cmd.WaitDelay = 5 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("convert to pdf: %w: %.300s", err, out)
	}
	return os.ReadFile(filepath.Join(dir, "bao-cao.pdf"))
}
