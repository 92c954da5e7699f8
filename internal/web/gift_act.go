package web

import (
	"context"
	"net/http"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/contribution"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// giftRows is how many rows of goods a form has.
const giftRows = 3

// giftDo are the acts on the page of a work.
var giftDo = map[string]func(s *server, r *http.Request, v *giftView) error{
	"cam-ket": (*server).giftPledge, "dung": (*server).giftUse, "du": (*server).giftRest, "nghiem-thu": (*server).giftAccept, "anh": (*server).giftPicture,
	"niem-yet": (*server).giftPost, "khoa-so": (*server).giftClose, "mo-so": (*server).giftReopen, "rut-ten": (*server).giftUnname, "bo": (*server).giftDrop,
}

func (s *server) giftAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	do := giftDo[act]
	if do == nil {
		return fault.New(fault.NotFound, "Không có việc này ở trang công trình. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	v, err := s.giftView(r)
	if err != nil {
		return err
	}
	v.Form = f
	at := "/dong-gop/" + r.PathValue("id") + "?xong=luu#so-thu-chi"
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, at)
	}
	if v.Gone {
		v.Form.say("", "Công trình này đã hủy ở sổ việc nên không ghi thêm được nữa.")
	} else if err := do(s, r, v); err != nil {
		return err
	}
	if len(v.Form.Wrong) > 0 {
		return s.showGift(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, at)
}

// giftAmounts reads land, workdays, money and goods of a form whose controls begin with p.
func giftAmounts(f *pieceForm, p string) map[string]any {
	set := map[string]any{}
	put(set, "money", f.text(p+"-tien"))
	put(set, "workdays", f.text(p+"-cong"))
	put(set, "land", f.text(p+"-dat"))
	var goods []any
	for n := 1; n <= giftRows; n++ {
		at := "-" + strconv.Itoa(n)
		row := map[string]any{}
		put(row, "item", f.text(p+"-hv"+at))
		put(row, "quantity", f.text(p+"-sl"+at))
		put(row, "goods_value", f.text(p+"-gt"+at))
		if len(row) > 0 {
			put(row, "goods_unit", f.text(p+"-dv"+at))
			goods = append(goods, row)
		}
	}
	if len(goods) > 0 {
		set["goods"] = goods
	}
	if len(set) == 0 {
		f.say(p+"-tien", "Hãy ghi ít nhất một khoản: tiền, ngày công, đất hoặc hiện vật.")
	}
	return set
}

// giftControls are the controls of a form of amounts by the kind's fields.
func giftControls(p string) map[string]string {
	return map[string]string{"money": p + "-tien", "workdays": p + "-cong", "land": p + "-dat", "goods": p + "-hv-1", "day": p + "-ngay", "households": p + "-ho", "title": p + "-viec",
		"document": p + "-chung-tu", "decision_text": p + "-bien-ban", "to_work": p + "-den", "due_on": p + "-hen", "giver": p + "-ben", "village": p + "-thon", "quantity": p + "-khoi-luong"}
}

// giftRecord records an entry that belongs to the work, once for the form's key.
func (s *server) giftRecord(r *http.Request, v *giftView, kind string, day civil.Date, set map[string]any) error {
	f := &v.Form
	if day > v.Today {
		f.say(f.Act+"-ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi việc đã làm.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		_, err := s.recordPiece(ctx, tx, tree, s.giftDraft(tree, v.Work, kind, day, set, "", f.sent()))
		return err
	})
	return f.refusal(err, giftControls(f.Act))
}

// giftDraft is an entry of a work, by the body that keeps the work's account, with the work's labels.
func (s *server) giftDraft(tree *org.Tree, w *contribution.Work, kind string, day civil.Date, set map[string]any, key string, files []ledger.File) ledger.Draft {
	if kind != contribution.PictureKind {
		put(set, "purpose", w.Purpose)
		if kind != contribution.AcceptKind {
			put(set, "campaign", w.Campaign)
		}
	}
	d := ledger.Draft{Key: key, Kind: kind, Unit: ledger.Ref(tree.Unit(standingUnit(tree, w.Unit, day))), Day: day, Carries: contribution.Ref(w.ID), Fields: set, Files: files}
	if place := tree.Unit(w.Place); place != nil && place.Open(day) {
		d.Place = ledger.Ref(place)
	}
	return d
}

func (s *server) giftPledge(r *http.Request, v *giftView) error {
	f := &v.Form
	day := f.wantDay("cam-ket-ngay", "Hãy ghi ngày cam kết.")
	set := giftAmounts(f, "cam-ket")
	put(set, "giver", f.want("cam-ket-ben", "Hãy chọn bên cam kết."))
	put(set, "households", f.number("cam-ket-ho"))
	put(set, "due_on", f.day("cam-ket-hen"))
	put(set, "village", or(oneLine(f.text("cam-ket-thon"), 120), v.Village))
	giftNamed(f, "cam-ket-ten", "cam-ket-dong-y", "", set)
	return s.giftRecord(r, v, contribution.PledgeKind, day, set)
}

// giftNamed takes the name of who wishes to be named, with the consent; a name without consent is not kept.
func giftNamed(f *pieceForm, name, consent, line string, set map[string]any) {
	text := oneLine(f.text(name), 160)
	switch {
	case text == "":
		set["consent"] = "anonymous"
	case f.text(consent) == "":
		f.say(name, line+"Có tên mà chưa đánh dấu người góp muốn nêu tên. Hãy đánh dấu nếu đã hỏi và được đồng ý, hoặc xóa tên.")
	default:
		set["consent"], set["donors"] = contribution.Named, []any{text}
	}
}

func (s *server) giftUse(r *http.Request, v *giftView) error {
	f := &v.Form
	day := f.wantDay("dung-ngay", "Hãy ghi ngày chi, ngày dùng.")
	set := giftAmounts(f, "dung")
	put(set, "title", oneLine(f.want("dung-viec", "Hãy ghi dùng vào việc gì."), 300))
	put(set, "document", oneLine(f.want("dung-chung-tu", "Hãy ghi chứng từ: số phiếu chi, hóa đơn, bảng chấm công."), 200))
	return s.giftRecord(r, v, contribution.SpendKind, day, set)
}

func (s *server) giftRest(r *http.Request, v *giftView) error {
	f := &v.Form
	day := f.wantDay("du-ngay", "Hãy ghi ngày trả lại, ngày chuyển.")
	set := giftAmounts(f, "du")
	put(set, "title", oneLine(f.want("du-viec", "Hãy ghi lý do."), 300))
	put(set, "decision_text", oneLine(f.want("du-bien-ban", "Hãy ghi biên bản, quyết định của thôn."), 200))
	set["way"] = string(contribution.GiveBack)
	if to := f.text("du-den"); to != "" {
		set["way"], set["to_work"] = string(contribution.MoveOut), to
	}
	return s.giftRecord(r, v, contribution.ReturnKind, day, set)
}

// giftAccept records the acceptance, and where it is asked for the use of all land, workdays and goods that are left: they
// went into the work that was accepted.
func (s *server) giftAccept(r *http.Request, v *giftView) error {
	f := &v.Form
	day := f.wantDay("nghiem-thu-ngay", "Hãy ghi ngày nghiệm thu.")
	if day > v.Today {
		f.say("nghiem-thu-ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi việc đã làm.")
	}
	set := map[string]any{"title": v.Title, "works": f.number("nghiem-thu-so"), "published": "no", "accepted_by_people": "no"}
	put(set, "quantity", f.want("nghiem-thu-khoi-luong", "Hãy ghi khối lượng đã nghiệm thu."))
	put(set, "quantity_unit", or(f.text("nghiem-thu-dv"), v.QuantityUnit))
	put(set, "minutes", oneLine(f.want("nghiem-thu-bien-ban", "Hãy ghi số, ngày biên bản nghiệm thu."), 200))
	put(set, "households", f.number("nghiem-thu-ho"))
	if f.text("nghiem-thu-ban") != "" {
		set["accepted_by_people"] = "yes"
	}
	if v.PostedOn != 0 {
		set["published"] = "yes"
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		if f.text("nghiem-thu-het") != "" {
			if err := s.giftUseAll(ctx, tx, tree, v.ID, day, set["minutes"]); err != nil {
				return err
			}
		}
		now, err := s.gifts().Work(ctx, tx, v.ID)
		if err != nil {
			return err
		}
		put(set, "money_used", now.Account.Used[giftMoney])
		put(set, "left", now.Account.Left(giftMoney))
		put(set, "state_money", now.Account.Support[giftMoney])
		_, err = s.recordPiece(ctx, tx, tree, s.giftDraft(tree, v.Work, contribution.AcceptKind, day, set, "", f.sent()))
		return err
	})
	return f.refusal(err, map[string]string{"day": "nghiem-thu-ngay", "quantity": "nghiem-thu-khoi-luong", "works": "nghiem-thu-so", "households": "nghiem-thu-ho", "minutes": "nghiem-thu-bien-ban"})
}

// giftUseAll records the use of what is left of all kinds but money, as it stands in the transaction.
func (s *server) giftUseAll(ctx context.Context, tx *db.Tx, tree *org.Tree, id int64, day civil.Date, minutes any) error {
	now, err := s.gifts().Work(ctx, tx, id)
	if err != nil {
		return err
	}
	set, goods := map[string]any{}, []any{}
	for i, n := range now.Account.Lefts() {
		text := civil.DecimalString(i.Rat(n), i.Scale())
		switch i.Nature {
		case contribution.Land, contribution.Workdays:
			set[string(i.Nature)] = text
		case contribution.InKind:
			goods = append(goods, map[string]any{"item": "Hiện vật đã dùng vào công trình", "goods_unit": i.Unit, "quantity": text})
		}
	}
	if len(goods) > 0 {
		set["goods"] = goods
	}
	if len(set) == 0 {
		return nil
	}
	set["title"], set["document"] = "Dùng vào công trình theo nghiệm thu", minutes
	_, err = s.recordPiece(ctx, tx, tree, s.giftDraft(tree, now, contribution.SpendKind, day, set, "", nil))
	return err
}

// giftPicture keeps a picture with the words that say what it shows. What a camera notes beside was taken off when the
// file came in.
func (s *server) giftPicture(r *http.Request, v *giftView) error {
	f := &v.Form
	day := f.wantDay("anh-ngay", "Hãy ghi ngày chụp.")
	set := map[string]any{}
	put(set, "alt", oneLine(f.want("anh-mo-ta", "Hãy mô tả ảnh cho thấy gì, cho người không nhìn thấy ảnh."), 300))
	put(set, "stage", f.want("anh-luc", "Hãy chọn ảnh chụp trước, trong hay sau khi làm."))
	files := f.sent()
	switch {
	case len(files) == 0 && !f.Wrong.has("anh-tep"):
		f.say("anh-tep", "Hãy chọn tệp ảnh JPG hoặc PNG.")
	case len(files) > 1:
		f.say("anh-tep", "Mỗi lần một ảnh, vì mỗi ảnh có lời mô tả riêng.")
	case len(files) == 1 && !isPicture(files[0].Name):
		f.say("anh-tep", "Tệp này không phải ảnh JPG, PNG. Hãy chọn tệp khác.")
	}
	if len(files) == 1 {
		set["picture"] = files[0].Hash
	}
	return s.giftRecord(r, v, contribution.PictureKind, day, set)
}

// giftPost notes from which day on the account is posted at the village.
func (s *server) giftPost(r *http.Request, v *giftView) error {
	f := &v.Form
	day := f.wantDay("niem-yet-ngay", "Hãy ghi ngày niêm yết.")
	if day > v.Today {
		f.say("niem-yet-ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi khi đã niêm yết.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.onceFor(r, f.form, func(tx *db.Tx) error {
		err := s.amendIn(r.Context(), tx, v.ID, func(*ledger.Entry) (ledger.Amendment, error) {
			return ledger.Amendment{Reason: "Niêm yết bảng thu, chi tại thôn", Set: map[string]any{"posted_on": day.String()}}, nil
		})
		for _, a := range v.Accepted {
			if err == nil && a.Published != "yes" {
				err = s.amendIn(r.Context(), tx, a.ID, func(*ledger.Entry) (ledger.Amendment, error) {
					return ledger.Amendment{Reason: "Đã niêm yết bảng thu, chi", Set: map[string]any{"published": "yes"}}, nil
				})
			}
		}
		return err
	})
	return f.refusal(err, map[string]string{"posted_on": "niem-yet-ngay"})
}

func (s *server) giftClose(r *http.Request, v *giftView) error {
	f := &v.Form
	day := f.wantDay("khoa-so-ngay", "Hãy ghi ngày quyết toán.")
	text := oneLine(f.want("khoa-so-bien-ban", "Hãy ghi số, ngày biên bản quyết toán."), 200)
	if day > v.Today {
		f.say("khoa-so-ngay", "Ngày "+day.Vi()+" chưa tới.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Quyết toán, khóa sổ đóng góp", Set: map[string]any{"closed_on": day.String(), "closed_text": text}}, nil
	})
	return f.refusal(err, map[string]string{"closed_on": "khoa-so-ngay", "closed_text": "khoa-so-bien-ban"})
}

func (s *server) giftReopen(r *http.Request, v *giftView) error {
	f := &v.Form
	reason := oneLine(f.want("mo-so-ly-do", "Hãy ghi lý do mở lại sổ."), 300)
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Mở lại sổ: " + reason, Set: map[string]any{"closed_on": nil, "closed_text": nil}}, nil
	})
	return f.refusal(err, nil)
}

// giftLineOf is the line of the work that a form names.
func (v *giftView) giftLineOf(f *pieceForm) *contribution.Line {
	id, _ := strconv.ParseInt(f.text("dong"), 10, 64)
	for i := range v.Lines {
		if v.Lines[i].ID == id && v.Lines[i].What != contribution.MoveIn {
			return &v.Lines[i]
		}
	}
	f.say("", "Không thấy dòng này trong sổ của công trình. Hãy tải lại trang.")
	return nil
}

// giftUnname takes a name back: it goes from the entry as it stands, the count stays.
func (s *server) giftUnname(r *http.Request, v *giftView) error {
	f := &v.Form
	l := v.giftLineOf(f)
	if l == nil {
		return nil
	}
	err := s.amendPiece(r, *f, l.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Người góp rút đồng ý nêu tên", Set: map[string]any{"donors": nil, "consent": "anonymous"}}, nil
	})
	return f.refusal(err, nil)
}

// giftDrop voids a line that was recorded by mistake; a receipt keeps its number.
func (s *server) giftDrop(r *http.Request, v *giftView) error {
	f := &v.Form
	l := v.giftLineOf(f)
	reason := oneLine(f.want("bo-ly-do", "Hãy ghi lý do hủy dòng này."), 300)
	if l == nil || len(f.Wrong) > 0 {
		return nil
	}
	ctx := r.Context()
	err := s.onceFor(r, f.form, func(tx *db.Tx) error {
		e, err := s.Ledger.Entry(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		if !viewer(ctx).May(access.RecordWork, e.Unit) {
			return fault.New(fault.Denied, outOfReach)
		}
		_, err = s.Ledger.Void(ctx, tx, viewer(ctx).Login, l.ID, e.Version, reason)
		return err
	})
	return f.refusal(err, nil)
}

// giftNewView is the form that opens a work.
type giftNewView struct {
	pieceForm
	Kind  *catalog.Kind
	Units []option
	Home  string
	Today civil.Date

	Villages []string // that the commune's records name
}

func (s *server) giftNew(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("moi")
	f.Values.Set("ngay", s.Today().Vi())
	return s.showGiftNew(w, r, http.StatusOK, f)
}

func (s *server) showGiftNew(w http.ResponseWriter, r *http.Request, status int, f pieceForm) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v := giftNewView{pieceForm: f, Today: s.Today(), Kind: s.kindNear(contribution.WorkKind, s.Today())}
	home := ""
	v.Units, home = s.pieceUnits(r.Context(), tree, v.Kind, v.Today)
	if v.get("don-vi") == "" {
		v.Values.Set("don-vi", home)
	}
	v.Home = refName(tree, v.get("don-vi"), v.Today)
	if v.Villages, err = s.villagesOfRef(r.Context(), tree, v.get("don-vi")); err != nil {
		return err
	}
	title := "Lập công trình nhân dân đóng góp"
	if len(f.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "dong-gop"}, giftNewPage(v))
}

var giftWorkControls = map[string]string{"day": "ngay", "unit": "don-vi", "title": "ten", "purpose": "muc-dich", "campaign": "cuoc-van-dong", "village": "thon", "quantity": "khoi-luong", "quantity_unit": "dv",
	"estimate": "du-toan", "state_money": "nha-nuoc", "land": "dat", "workdays": "cong", "money": "tien", "plan_note": "phuong-an", "starts_on": "khoi-cong", "ends_on": "hoan-thanh", "decision": "noi-dung",
	"decision_text": "bien-ban", "latitude": "vi-do", "longitude": "kinh-do"}

func (s *server) giftOpen(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "moi")
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	today := s.Today()
	day := f.wantDay("ngay", "Hãy ghi ngày lập phương án.")
	unit := f.unit(tree, "don-vi", min(or0(day, today), today))
	if unit == nil && !f.Wrong.has("don-vi") {
		f.say("don-vi", "Hãy chọn cơ quan giữ sổ của công trình.")
	}
	f.want("ten", "Hãy ghi tên công trình.")
	f.want("muc-dich", "Hãy chọn loại công trình.")
	set := map[string]any{}
	for code, name := range giftWorkControls {
		if code == "day" || code == "unit" {
			continue
		}
		if code == "starts_on" || code == "ends_on" {
			put(set, code, f.day(name))
			continue
		}
		put(set, code, f.text(name))
	}
	if len(f.Wrong) > 0 {
		return s.showGiftNew(w, r, http.StatusUnprocessableEntity, f)
	}
	id, err := s.recordOnce(r, f, tree, ledger.Draft{Key: pieceKey(r, f), Kind: contribution.WorkKind, Unit: ledger.Ref(unit), Day: day, Fields: set, Files: f.sent()})
	if err := f.refusal(err, giftWorkControls); err != nil {
		return err
	}
	if len(f.Wrong) > 0 {
		return s.showGiftNew(w, r, http.StatusUnprocessableEntity, f)
	}
	return seeOther(w, r, "/dong-gop/"+itoa(id)+"?xong=ghi")
}
