package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/fault"
	"danvan/internal/intake"
	"danvan/internal/org"
)

// importRoutes are the pages of many entries at once.
func (s *server) importRoutes() []route {
	return []route{
		{"GET /nhap", access.RecordAny, nil, s.importStart},
		{"POST /nhap", access.RecordAny, nil, s.importUpload},
		{"GET /nhap/mau", access.RecordAny, nil, s.importTemplate},
		{"GET /ghi-nhan/bieu/{kind}", access.RecordAny, nil, s.worksheet},
		{"GET /nhap/{id}", access.RecordAny, nil, s.importPage},
		{"GET /nhap/{id}/tien-do", access.RecordAny, nil, s.importProgress},
		{"GET /nhap/{id}/loi", access.RecordAny, nil, s.importErrors},
		{"POST /nhap/{id}/sua", access.RecordAny, nil, s.importMend},
		{"POST /nhap/{id}/ghi", access.RecordAny, nil, s.importRecord},
		{"POST /nhap/{id}/huy", access.RecordAny, nil, s.importUndo},
		{"POST /nhap/{id}/bo", access.RecordAny, nil, s.importDrop},
		{"GET /ghi-nhan/bang/{kind}", access.RecordAny, nil, s.gridPage},
		{"POST /ghi-nhan/bang/{kind}", access.RecordAny, nil, s.gridSave},
	}
}

// importHistory is how many past imports the start page lists.
const importHistory = 50

// importTime is how long reading and judging a file may take.
const importTime = 45 * time.Second

// importStartView is the page where a file is handed in.
type importStartView struct {
	Form   form
	Kinds  []kindChoices
	Past   []*intake.Import
	Notice string
}

func (s *server) importStart(w http.ResponseWriter, r *http.Request) error {
	f := newForm()
	f.Values.Set("loai", r.URL.Query().Get("loai"))
	return s.renderImportStart(w, r, f)
}

func (s *server) renderImportStart(w http.ResponseWriter, r *http.Request, f form) error {
	past, err := s.Imports.List(r.Context(), s.DB.Read(), viewer(r.Context()).Login, importHistory)
	if err != nil {
		return err
	}
	v := importStartView{Form: f, Kinds: s.recordedKinds(r.Context()), Past: past, Notice: r.URL.Query().Get("xong")}
	p, status := page{Title: "Nhập từ tệp", Section: "nhap"}, http.StatusOK
	if len(f.Wrong) > 0 {
		p.Title, status = "Lỗi: "+p.Title, http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, importStartPage(v))
}

// recordedKinds are the kinds that the viewer may record for some unit.
func (s *server) recordedKinds(ctx context.Context) []kindChoices {
	v := viewer(ctx)
	out := s.kindChoices(s.Today())
	for i := range out {
		var kinds []*catalog.Kind
		for _, k := range out[i].Kinds {
			if mayRecord(v, k, 0) {
				kinds = append(kinds, k)
			}
		}
		out[i].Kinds = kinds
	}
	return out
}

func (s *server) importUpload(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, intake.Bounds.Bytes+1<<20)
	if err := r.ParseMultipartForm(4 << 20); err != nil {
		f := newForm()
		f.say("tep", sayUpload(err))
		return s.renderImportStart(w, r, f)
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // a file that cannot be removed is removed by the system
	f := sentForm(r.MultipartForm.Value)
	id, err := s.stage(r, f)
	if err == nil {
		http.Redirect(w, r, "/nhap/"+strconv.FormatInt(id, 10), http.StatusSeeOther)
		return nil
	}
	if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.Conflict {
		return err
	}
	f.say("tep", fault.Say(err))
	return s.renderImportStart(w, r, f)
}

func sayUpload(err error) string {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fmt.Sprintf("Tệp lớn quá %d MB. Hãy chia thành nhiều tệp nhỏ hơn.", intake.Bounds.Bytes>>20)
	}
	return "Không nhận được tệp. Hãy chọn tệp rồi gửi lại."
}

// stage reads the file that was sent and keeps its rows.
func (s *server) stage(r *http.Request, f form) (int64, error) {
	ctx, cancel := context.WithTimeout(r.Context(), importTime)
	defer cancel()
	file, head, err := r.FormFile("tep")
	if err != nil || head.Size == 0 {
		return 0, fault.New(fault.Invalid, "Chưa chọn tệp, hoặc tệp rỗng. Hãy chọn tệp CSV, XLSX hoặc JSON Lines.")
	}
	defer file.Close()
	if kind := f.get("loai"); kind != "" {
		if k := s.kindNear(kind, s.Today()); k == nil || !mayRecord(viewer(ctx), k, 0) {
			return 0, fault.New(fault.Invalid, "Tài khoản của bạn không ghi loại việc này. Hãy chọn loại khác.")
		}
	}
	t, err := readUpload(ctx, file, head)
	if err != nil {
		return 0, err
	}
	if t.Kind != "" {
		if k := s.kindNear(t.Kind, s.Today()); k == nil || !mayRecord(viewer(ctx), k, 0) {
			return 0, fault.New(fault.Invalid, "Biểu này dùng cho loại việc mà tài khoản của bạn không ghi, hoặc danh mục không còn. Hãy tải biểu của loại việc khác.")
		}
	}
	id, err := s.Imports.Stage(ctx, viewer(ctx), f.Key, t, f.get("loai"))
	if ctx.Err() != nil && r.Context().Err() == nil {
		return 0, fault.New(fault.Invalid, "Đọc tệp mất quá nhiều thời gian. Hãy chia thành nhiều tệp nhỏ hơn.")
	}
	return id, err
}

// readUpload reads a file within the bounds, and no longer than the request may take. A reader that is still at work
// then ends by the bounds of its own.
func readUpload(ctx context.Context, file multipart.File, head *multipart.FileHeader) (*intake.Table, error) {
	name := filepath.Base(strings.ReplaceAll(head.Filename, `\`, "/"))
	text, err := io.ReadAll(io.LimitReader(file, intake.Bounds.Bytes+1))
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Không nhận được hết tệp. Hãy gửi lại.")
	}
	type result struct {
		t   *intake.Table
		err error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- result{nil, fault.Wrap(fmt.Errorf("read %s: %v", name, p), fault.Invalid, "Không đọc được tệp này. Hãy mở bằng Excel và lưu lại rồi gửi.")}
			}
		}()
		t, err := intake.Read(intake.SourceOf(text), name, "", "", intake.Bounds)
		if err == nil && t.Format == "xlsx" {
			t.Content = text
		}
		done <- result{t, err}
	}()
	select {
	case x := <-done:
		return x.t, x.err
	case <-ctx.Done():
		return nil, fault.New(fault.Invalid, "Đọc tệp mất quá nhiều thời gian. Hãy chia thành nhiều tệp nhỏ hơn.")
	}
}

// importTemplate hands out the empty table of a kind.
func (s *server) importTemplate(w http.ResponseWriter, r *http.Request) error {
	k := s.kindNear(r.URL.Query().Get("loai"), s.Today())
	if k == nil {
		return fault.New(fault.NotFound, "Hãy chọn một loại việc rồi tải mẫu.")
	}
	if !mayRecord(viewer(r.Context()), k, 0) {
		return fault.New(fault.Denied, "Tài khoản của bạn không ghi loại việc này. Hãy chọn loại khác.")
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	if r.URL.Query().Get("dang") != "csv" {
		http.Redirect(w, r, worksheetURL(k.Code, "", 0), http.StatusSeeOther)
		return nil
	}
	unit, name := s.exampleUnit(tree, viewer(r.Context()), k), "mau-"+strings.ReplaceAll(k.Code, "_", "-")
	download(w, "text/csv; charset=utf-8", name+".csv")
	return intake.WriteCSVTemplate(w, k, unit, s.Today())
}

// exampleUnit is a body of the viewer's own that may record the kind, for the example line.
func (s *server) exampleUnit(tree *org.Tree, v *access.Viewer, k *catalog.Kind) string {
	for _, home := range v.Homes() {
		for _, id := range append([]org.UnitID{home}, tree.Existing(s.Today(), home, org.Filter{Types: k.By})...) {
			if u := tree.Unit(id); u != nil && u.Form == org.Body && s.Ledger.MayRecord(tree, k, u, s.Today()) {
				return u.Code
			}
		}
	}
	return "06.BDV"
}

// ownImport is an import of the viewer's own; nobody sees what others have not recorded yet.
func (s *server) ownImport(r *http.Request) (*intake.Import, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, fault.New(fault.NotFound, "Số lần nhập chỉ gồm chữ số. Hãy mở từ trang Nhập từ tệp.")
	}
	imp, err := s.Imports.Get(r.Context(), s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	if imp.Actor != viewer(r.Context()).Login {
		return nil, fault.New(fault.Denied, "Lần nhập này của người khác. Ghi nhận của họ xem ở trang Sổ việc đã ghi.")
	}
	return imp, nil
}

func importURL(i *intake.Import) string { return "/nhap/" + strconv.FormatInt(i.ID, 10) }

// batchURL is the list of what an import recorded, over all time.
func (s *server) batchURL(i *intake.Import) string {
	return "/ghi-nhan?lo=" + strconv.FormatInt(i.Batch, 10) + "&tu=2010-01-01&den=" + s.Today().String() + "&trang-thai=all"
}
