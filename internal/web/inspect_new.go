package web

import (
	"net/http"
	"strconv"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/ledger"
	"danvan/internal/works"
)

// openRows is how many bodies the opening form offers rows for.
const openRows = 4

// inspectionNewView is the form that opens an inspection.
type inspectionNewView struct {
	pieceForm
	Kind  *catalog.Kind
	Units []option // bodies that the viewer records for, where they are few
	Home  string
	Today civil.Date
}

func (s *server) inspectionNew(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("mo")
	f.Values.Set("ngay", s.Today().Vi())
	return s.showInspectionNew(w, r, http.StatusOK, f)
}

func (s *server) showInspectionNew(w http.ResponseWriter, r *http.Request, status int, f pieceForm) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v := inspectionNewView{pieceForm: f, Today: s.Today()}
	v.Kind = s.kindNear(works.InspectionKind, v.Today)
	home := ""
	v.Units, home = s.pieceUnits(r.Context(), tree, v.Kind, v.Today)
	if v.get("don-vi") == "" {
		v.Values.Set("don-vi", home)
	}
	v.Home = refName(tree, v.get("don-vi"), v.Today)
	title := "Mở cuộc kiểm tra"
	if len(f.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "chuyen-de"}, inspectionNewPage(v))
}

func (s *server) inspectionOpen(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "mo")
	if err != nil {
		return err
	}
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	today := s.Today()
	day := f.wantDay("ngay", "Hãy ghi ngày bắt đầu.")
	on := min(or0(day, today), today)
	unit := f.unit(tree, "don-vi", on)
	if unit == nil && !f.Wrong.has("don-vi") {
		f.say("don-vi", "Hãy chọn đơn vị chủ trì.")
	}
	set := map[string]any{"units_inspected": 0}
	put(set, "title", f.want("ten", "Hãy ghi nội dung kiểm tra."))
	put(set, "form", f.want("hinh-thuc", "Hãy chọn hình thức."))
	put(set, "theme", f.want("chu-de", "Hãy chọn chủ đề."))
	put(set, "number", f.want("so", "Hãy ghi số quyết định hoặc kế hoạch."))
	put(set, "planned", f.text("theo-ke-hoach"))
	var visits []works.Visit
	for n := 1; n <= openRows; n++ {
		no := strconv.Itoa(n)
		if u := f.unit(tree, "dv-"+no, on); u != nil {
			visits = append(visits, works.Visit{Body: ledger.Ref(u), Planned: f.day("kh-" + no)})
		}
	}
	if rows := works.VisitRows(visits); len(rows) > 0 {
		set["visits"] = rows
	}
	if len(f.Wrong) > 0 {
		return s.showInspectionNew(w, r, http.StatusUnprocessableEntity, f)
	}
	d := ledger.Draft{Key: pieceKey(r, f), Kind: works.InspectionKind, Unit: ledger.Ref(unit), Day: day, Fields: set, Files: f.sent()}
	id, err := s.recordOnce(r, f, tree, d)
	controls := map[string]string{"day": "ngay", "unit": "don-vi", "title": "ten", "form": "hinh-thuc", "theme": "chu-de", "number": "so", "visits": "dv-1"}
	if err := f.refusal(err, controls); err != nil {
		return err
	}
	if len(f.Wrong) > 0 {
		return s.showInspectionNew(w, r, http.StatusUnprocessableEntity, f)
	}
	return seeOther(w, r, "/kiem-tra/"+itoa(id)+"?xong=ghi")
}

func or0(d, otherwise civil.Date) civil.Date {
	if d == 0 {
		return otherwise
	}
	return d
}

// inspectionFile sends an attachment of the inspection: all to who may read the inspection, the minutes of their own
// visit to an inspected body.
func (s *server) inspectionFile(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return fault.New(fault.NotFound, "Không có tệp ở địa chỉ này. Hãy mở lại trang cuộc kiểm tra.")
	}
	v, err := s.inspectionView(r)
	if err != nil {
		return err
	}
	if n < 1 || n > len(v.Entry.Files) {
		return fault.New(fault.NotFound, "Cuộc kiểm tra này không có tệp ở địa chỉ đó. Hãy mở lại trang.")
	}
	file, own := v.Entry.Files[n-1], v.Whole
	for _, x := range v.Places {
		own = own || x.Minutes == file.Name
	}
	if !own {
		return fault.New(fault.Denied, "Tệp này là tài liệu chung của đoàn kiểm tra, chỉ đơn vị chủ trì mở được.")
	}
	return s.sendFile(w, r, file.Hash, or(files.MIMEOf(file.Name), "application/octet-stream"), attachmentNamed(file.Name))
}
