package web

import (
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/model"
)

// modelNewView is the form that registers a model.
type modelNewView struct {
	pieceForm
	Kind  *catalog.Kind
	Units []option
	Home  string
	Today civil.Date
	First *model.Model // the model that is followed, nil for none
}

func (s *server) modelNew(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("moi")
	f.Values.Set("ngay", s.Today().Vi())
	f.Values.Set("loai", "model")
	f.Values.Set("chu-the", "collective")
	if id, err := strconv.ParseInt(r.URL.Query().Get("theo"), 10, 64); err == nil && id > 0 {
		f.Values.Set("theo", itoa(id))
	}
	return s.showModelNew(w, r, http.StatusOK, f)
}

func (s *server) showModelNew(w http.ResponseWriter, r *http.Request, status int, f pieceForm) error {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	v := modelNewView{pieceForm: f, Today: s.Today(), Kind: s.kindNear(model.ModelKind, s.Today())}
	home := ""
	v.Units, home = s.pieceUnits(ctx, tree, v.Kind, v.Today)
	if v.get("don-vi") == "" {
		v.Values.Set("don-vi", home)
	}
	v.Home = refName(tree, v.get("don-vi"), v.Today)
	if v.First, err = s.modelFollowed(r, f.text("theo")); err != nil {
		return err
	}
	if v.First != nil && v.get("linh-vuc") == "" {
		v.Values.Set("linh-vuc", v.First.Sector)
		v.Values.Set("ten", v.First.Title)
		v.Values.Set("noi-dung", v.First.Content)
	}
	title := "Đăng ký mô hình, điển hình"
	if len(f.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "mo-hinh"}, modelNewPage(v))
}

// modelFollowed is the model whose number is typed, nil for none or where there is no such model.
func (s *server) modelFollowed(r *http.Request, text string) (m *model.Model, err error) {
	id, perr := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64)
	if perr != nil {
		return nil, nil
	}
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		m, err = s.modelShelf().Model(r.Context(), q, id)
		return err
	})
	if fault.KindOf(err) == fault.NotFound || err == nil && (m.IsGroup() || m.Head.State == ledger.Void) {
		return nil, nil
	}
	return m, err
}

var modelNewControls = map[string]string{"day": "ngay", "unit": "don-vi", "title": "ten", "sector": "linh-vuc", "type": "loai", "subject": "chu-the", "level": "cap", "participants": "so-ho", "village": "thon",
	"content": "noi-dung", "resources": "kinh-phi"}

func (s *server) modelOpen(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "moi")
	if err != nil {
		return err
	}
	today := s.Today()
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	day := f.wantDay("ngay", "Hãy ghi ngày đăng ký.")
	if day > today {
		f.say("ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi việc đã đăng ký.")
	}
	unit := f.unit(tree, "don-vi", min(or0(day, today), today))
	if unit == nil && !f.Wrong.has("don-vi") {
		f.say("don-vi", "Hãy chọn cơ quan, đoàn thể đăng ký.")
	}
	f.want("ten", "Hãy ghi tên mô hình.")
	f.want("linh-vuc", "Hãy chọn lĩnh vực.")
	set := map[string]any{}
	for code, name := range modelNewControls {
		if code != "day" && code != "unit" {
			put(set, code, f.text(name))
		}
	}
	modelPersons(&f, set)
	d := ledger.Draft{Key: pieceKey(r, f), Kind: model.ModelKind, Day: day, Fields: set, Files: f.sent()}
	first, err := s.modelFollowed(r, f.text("theo"))
	if err != nil {
		return err
	}
	switch {
	case first != nil && day != 0 && day < first.Day:
		f.say("ngay", "Ngày đăng ký trước ngày mô hình được làm theo đăng ký ("+first.Day.Vi()+").")
	case first != nil:
		d.Carries, set["origin"] = model.Ref(first.ID), model.Yes
	case f.text("theo") != "":
		f.say("theo", "Không có mô hình số “"+f.text("theo")+"”. Hãy xem số ở trang của mô hình được làm theo, hoặc bỏ trống.")
	}
	if len(f.Wrong) > 0 {
		return s.showModelNew(w, r, http.StatusUnprocessableEntity, f)
	}
	d.Unit = ledger.Ref(unit)
	id, err := s.recordOnce(r, f, tree, d)
	if err := f.refusal(err, modelNewControls); err != nil {
		return err
	}
	if len(f.Wrong) > 0 {
		return s.showModelNew(w, r, http.StatusUnprocessableEntity, f)
	}
	return seeOther(w, r, "/mo-hinh/"+itoa(id)+"?xong=ghi")
}

// modelPersons takes the contact, who is never public, and the name of a person who agreed to be named.
func modelPersons(f *pieceForm, set map[string]any) {
	put(set, "contact", oneLine(f.text("lien-he"), 160))
	name := oneLine(f.text("ca-nhan"), 160)
	switch {
	case name == "":
	case f.text("chu-the") != "individual":
		f.say("ca-nhan", "Chỉ nêu tên khi chủ thể là cá nhân. Hãy chọn Cá nhân, hoặc xóa tên.")
	case f.text("dong-y") == "":
		f.say("ca-nhan", "Có tên mà chưa đánh dấu người được nêu đồng ý. Hãy đánh dấu nếu đã hỏi và được đồng ý, hoặc xóa tên.")
	default:
		set["consent"], set["exemplar"] = model.Named, name
	}
}
