package web

import (
	"context"

	"fmt"
	"net/http"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/model"
)

// modelDo are the acts on the page of a model, by the last part of their address.
var modelDo = map[string]func(s *server, r *http.Request, v *modelView) error{
	string(model.Check): (*server).modelCheck, string(model.Assess): (*server).modelAssess, string(model.Recognise): (*server).modelRecognise, string(model.Typify): (*server).modelTypify,
	string(model.Replicate): (*server).modelReplicate, string(model.Prove): (*server).modelProve, string(model.End): (*server).modelEnd, string(model.Resume): (*server).modelResume,
	"tu-cham": (*server).modelScore, "hoan-tac": (*server).modelUndo, "bo-minh-chung": (*server).modelUnprove, "cong": (*server).modelPublish,
}

func (s *server) modelAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	do := modelDo[act]
	if do == nil {
		return fault.New(fault.NotFound, "Không có việc này ở trang mô hình. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	v, err := s.modelView(r)
	if err != nil {
		return err
	}
	v.Form = f
	at := "/mo-hinh/" + r.PathValue("id") + "?xong=luu"
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, at)
	}
	if v.Gone {
		v.Form.say("", "Mô hình này đã hủy ở sổ việc nên không ghi thêm được nữa.")
	} else if err := do(s, r, v); err != nil {
		return err
	}
	if len(v.Form.Wrong) > 0 {
		return s.showModel(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, at)
}

// now is the model as it stands in the act's own transaction, where the act is refused that does not follow any more.
func (s *server) modelNow(ctx context.Context, tx *db.Tx, id int64, act model.Act, day civil.Date) (*model.Model, error) {
	if _, err := tx.ExecContext(ctx, `UPDATE entry SET version = version WHERE id = $1`, id); err != nil { // whoever comes second waits, and sees what the first did
		return nil, fmt.Errorf("hold model %d: %w", id, err)
	}
	m, err := s.modelShelf().Model(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if m.Head.State == ledger.Void {
		return nil, fault.New(fault.Conflict, "Mô hình này đã hủy ở sổ việc nên không ghi thêm được nữa.")
	}
	return m, m.May(act, day, s.Today())
}

// modelSet amends the model by an act that must follow now, once for the form's key.
func (s *server) modelSet(r *http.Request, v *modelView, act model.Act, day civil.Date, reason string, set map[string]any) error {
	f := &v.Form
	if modelDay(v, act, day); len(f.Wrong) > 0 {
		return nil
	}
	ctx := r.Context()
	err := s.onceFor(r, f.form, func(tx *db.Tx) error {
		if _, err := s.modelNow(ctx, tx, v.ID, act, day); err != nil {
			return err
		}
		return s.amendIn(ctx, tx, v.ID, func(e *ledger.Entry) (ledger.Amendment, error) {
			a := ledger.Amendment{Reason: reason, Set: set}
			if files := f.sent(); len(files) > 0 {
				a.Files = withFiles(e.Files, files)
			}
			return a, nil
		})
	})
	return f.refusal(err, modelControls(f.Act))
}

// modelDay says beside the day of a form why the act cannot have been on it.
func modelDay(v *modelView, act model.Act, day civil.Date) {
	if err := v.May(act, day, v.Today); day != 0 && fault.KindOf(err) == fault.Invalid && err != nil {
		v.Form.say(v.Form.Act+"-ngay", fault.Say(err))
	}
}

// modelControls are the controls of a form by the fields of the kind.
func modelControls(p string) map[string]string {
	return map[string]string{"day": p + "-ngay", "checked_on": p + "-ngay", "effective_on": p + "-ngay", "ineffective_on": p + "-ngay", "recognised_on": p + "-ngay", "typical_on": p + "-ngay", "ended_on": p + "-ngay",
		"recognised_level": p + "-cap", "typical_level": p + "-cap", "recognised_text": p + "-van-ban", "check_text": p + "-van-ban", "ended_why": p + "-ly-do", "title": p + "-ten", "village": p + "-thon", "unit": p + "-don-vi",
		"alt": p + "-mo-ta", "picture": p + filesPart, "file": p + filesPart}
}

func (s *server) modelCheck(r *http.Request, v *modelView) error {
	f := &v.Form
	day := f.wantDay("tham-dinh-ngay", "Hãy ghi ngày thẩm định.")
	set := map[string]any{"checked_on": day.String()}
	put(set, "check_text", oneLine(f.text("tham-dinh-van-ban"), 300))
	if rows := modelPoints(f, v); len(rows) > 0 {
		set["scores"] = rows
	}
	return s.modelSet(r, v, model.Check, day, "Thẩm định mô hình", set)
}

// modelPoints reads the verified points; what the body gave itself stays.
func modelPoints(f *pieceForm, v *modelView) []any {
	var rows []any
	for _, m := range v.Marks {
		row := map[string]any{"criterion": m.Code}
		if m.Own != "" {
			row["self_score"] = m.Own
		}
		if n, ok := modelPoint(f, "diem-"+m.Code, m.Name); ok {
			row["verified_score"] = n
		}
		if len(row) > 1 {
			rows = append(rows, row)
		}
	}
	return rows
}

// modelPoint reads points from 0 to model.MostPoints; false where none are given.
func modelPoint(f *pieceForm, control, name string) (int64, bool) {
	text := f.text(control)
	if text == "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > model.MostPoints {
		f.say(control, fmt.Sprintf("%s: điểm là số nguyên từ 0 đến %d.", name, model.MostPoints))
		return 0, false
	}
	return n, true
}

// modelScore takes the points that the body gives itself; what was given at a check stays.
func (s *server) modelScore(r *http.Request, v *modelView) error {
	f := &v.Form
	var rows []any
	given := 0
	for _, m := range v.Marks {
		row := map[string]any{"criterion": m.Code}
		if n, ok := modelPoint(f, "tu-diem-"+m.Code, m.Name); ok {
			row["self_score"] = n
			given++
		}
		if m.Given != "" {
			row["verified_score"] = m.Given
		}
		if len(row) > 1 {
			rows = append(rows, row)
		}
	}
	if given == 0 && len(f.Wrong) == 0 && len(v.Marks) > 0 {
		f.say("tu-diem-"+v.Marks[0].Code, "Hãy chấm ít nhất một tiêu chí.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Tự chấm điểm", Set: map[string]any{"scores": rows}}, nil
	})
	return f.refusal(err, nil)
}

func (s *server) modelAssess(r *http.Request, v *modelView) error {
	f := &v.Form
	day := f.wantDay("danh-gia-ngay", "Hãy ghi ngày đánh giá.")
	set := map[string]any{}
	put(set, "results", f.text("danh-gia-ket-qua"))
	reason := "Đánh giá có hiệu quả"
	switch f.want("danh-gia-muc", "Hãy chọn có hiệu quả hay không.") {
	case model.Yes:
		set["effective_on"], set["ineffective_on"] = day.String(), nil
	case model.No:
		set["ineffective_on"], reason = day.String(), "Đánh giá không hiệu quả"
	case "":
	default:
		f.say("danh-gia-muc", "Hãy chọn có hiệu quả hay không.")
	}
	return s.modelSet(r, v, model.Assess, day, reason, set)
}

func (s *server) modelRecognise(r *http.Request, v *modelView) error {
	f := &v.Form
	day := f.wantDay("cong-nhan-ngay", "Hãy ghi ngày quyết định công nhận.")
	set := map[string]any{"recognised_on": day.String()}
	put(set, "recognised_level", f.want("cong-nhan-cap", "Hãy chọn cấp công nhận."))
	put(set, "recognised_text", oneLine(f.want("cong-nhan-van-ban", "Hãy ghi số, ngày quyết định công nhận."), 200))
	return s.modelSet(r, v, model.Recognise, day, "Công nhận mô hình", set)
}

func (s *server) modelTypify(r *http.Request, v *modelView) error {
	f := &v.Form
	day := f.wantDay("tieu-bieu-ngay", "Hãy ghi ngày được chọn là tiêu biểu.")
	set := map[string]any{"typical_on": day.String()}
	put(set, "typical_level", f.want("tieu-bieu-cap", "Hãy chọn cấp chọn tiêu biểu."))
	return s.modelSet(r, v, model.Typify, day, "Chọn là tiêu biểu", set)
}

func (s *server) modelEnd(r *http.Request, v *modelView) error {
	f := &v.Form
	day := f.wantDay("dung-ngay", "Hãy ghi ngày dừng.")
	why := oneLine(f.want("dung-ly-do", "Hãy ghi lý do dừng."), 300)
	return s.modelSet(r, v, model.End, day, "Dừng: "+why, map[string]any{"ended_on": day.String(), "ended_why": why})
}

func (s *server) modelResume(r *http.Request, v *modelView) error {
	why := oneLine(v.Form.want("chay-lai-ly-do", "Hãy ghi lý do bỏ việc dừng."), 300)
	return s.modelSet(r, v, model.Resume, v.Today, "Bỏ việc dừng: "+why, map[string]any{"ended_on": nil, "ended_why": nil})
}

// modelUndo takes the last step back: its fields are emptied, the version that had them stays.
func (s *server) modelUndo(r *http.Request, v *modelView) error {
	f := &v.Form
	why := oneLine(f.want("hoan-tac-ly-do", "Hãy ghi lý do bỏ bước này."), 300)
	if len(f.Wrong) > 0 {
		return nil
	}
	ctx := r.Context()
	err := s.onceFor(r, f.form, func(tx *db.Tx) error {
		m, err := s.modelShelf().Model(ctx, tx, v.ID)
		if err != nil {
			return err
		}
		step, fields := m.Undo(v.Today)
		if step == "" || step != f.text("hoan-tac-buoc") {
			return fault.New(fault.Conflict, "Bước sau cùng đã khác lúc mở trang. Hãy tải lại trang rồi xem lại.")
		}
		set := map[string]any{}
		for _, code := range fields {
			set[code] = nil
		}
		return s.amendIn(ctx, tx, v.ID, func(*ledger.Entry) (ledger.Amendment, error) {
			return ledger.Amendment{Reason: "Bỏ bước " + lowerFirst(v.step(step)) + ": " + why, Set: set}, nil
		})
	})
	return f.refusal(err, nil)
}

// modelPublish says whether the model may stand on the public pages.
func (s *server) modelPublish(r *http.Request, v *modelView) error {
	f := &v.Form
	set := map[string]any{"public": nil}
	switch f.text("cong-cach") {
	case model.Yes, model.No:
		set["public"] = f.text("cong-cach")
	case "":
	default:
		f.say("cong-cach", "Hãy chọn một trong ba cách.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Chọn việc đưa lên cổng", Set: set}, nil
	})
	return f.refusal(err, map[string]string{"public": "cong-cach"})
}

// modelReplicate records the model of another place, which names this one.
func (s *server) modelReplicate(r *http.Request, v *modelView) error {
	f := &v.Form
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	day := f.wantDay("nhan-rong-ngay", "Hãy ghi ngày nơi ấy đăng ký làm theo.")
	unit := f.unit(tree, "nhan-rong-don-vi", min(or0(day, v.Today), v.Today))
	switch {
	case unit == nil && !f.Wrong.has("nhan-rong-don-vi"):
		f.say("nhan-rong-don-vi", "Hãy chọn cơ quan ở nơi làm theo.")
	case unit != nil && !viewer(ctx).May(access.RecordWork, unit.ID):
		f.say("nhan-rong-don-vi", "Tài khoản của bạn không ghi cho "+tree.NameOn(unit.ID, min(or0(day, v.Today), v.Today))+". Cơ quan ấy tự đăng ký mô hình, chọn làm theo mô hình số "+itoa(v.ID)+".")
	}
	title := oneLine(or(f.text("nhan-rong-ten"), v.Title), 300)
	if modelDay(v, model.Replicate, day); len(f.Wrong) > 0 {
		return nil
	}
	set := map[string]any{"title": title, "sector": v.Sector, "type": v.Type, "subject": v.Subject, "origin": model.Yes}
	put(set, "village", oneLine(f.text("nhan-rong-thon"), 120))
	put(set, "content", v.Content)
	put(set, "level", v.Level)
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		if _, err := s.modelNow(ctx, tx, v.ID, model.Replicate, day); err != nil {
			return err
		}
		_, err := s.recordPiece(ctx, tx, tree, ledger.Draft{Kind: model.ModelKind, Unit: ledger.Ref(unit), Day: day, Carries: model.Ref(v.ID), Fields: set})
		return err
	})
	return f.refusal(err, modelControls("nhan-rong"))
}

// modelProve records that the model was seen at work, with a picture where there is one.
func (s *server) modelProve(r *http.Request, v *modelView) error {
	f := &v.Form
	day := f.wantDay("minh-chung-ngay", "Hãy ghi ngày thấy mô hình hoạt động.")
	set := map[string]any{"public": model.No}
	put(set, "alt", oneLine(f.want("minh-chung-mo-ta", "Hãy mô tả minh chứng cho thấy gì, cho cả người không nhìn thấy ảnh."), 300))
	files := f.sent()
	switch {
	case len(files) > 1:
		f.say("minh-chung"+filesPart, "Mỗi lần một ảnh, vì mỗi ảnh có lời mô tả riêng.")
	case len(files) == 1 && !isPicture(files[0].Name):
		f.say("minh-chung"+filesPart, "Tệp này không phải ảnh JPG, PNG. Hãy chọn tệp khác.")
	case len(files) == 1:
		set["picture"] = files[0].Hash
		if f.text("minh-chung-cong") != "" {
			set["public"] = model.Yes
		}
	case f.text("minh-chung-cong") != "":
		f.say("minh-chung"+filesPart, "Chưa có ảnh để đưa lên cổng. Hãy chọn tệp ảnh, hoặc bỏ đánh dấu.")
	}
	if modelDay(v, model.Prove, day); len(f.Wrong) > 0 {
		return nil
	}
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		m, err := s.modelNow(ctx, tx, v.ID, model.Prove, day)
		if err != nil {
			return err
		}
		d := ledger.Draft{Kind: model.EvidenceKind, Unit: ledger.Ref(tree.Unit(standingUnit(tree, m.Unit, day))), Day: day, Carries: model.Ref(m.ID), Fields: set, Files: files}
		_, err = s.recordPiece(ctx, tx, tree, d)
		return err
	})
	return f.refusal(err, modelControls("minh-chung"))
}

// modelUnprove strikes an evidence that was recorded by mistake; the newest of the others is the last one again.
func (s *server) modelUnprove(r *http.Request, v *modelView) error {
	f := &v.Form
	id, _ := strconv.ParseInt(f.text("dong"), 10, 64)
	why := oneLine(f.want("bo-minh-chung-ly-do", "Hãy ghi lý do bỏ minh chứng này."), 300)
	if len(f.Wrong) > 0 {
		return nil
	}
	ctx := r.Context()
	err := s.onceFor(r, f.form, func(tx *db.Tx) error {
		m, err := s.modelShelf().Model(ctx, tx, v.ID)
		if err != nil {
			return err
		}
		var gone *model.Evidence
		for i := range m.Evidence {
			if m.Evidence[i].ID == id {
				gone = &m.Evidence[i]
			}
		}
		if gone == nil {
			return fault.New(fault.Conflict, "Không thấy minh chứng này ở mô hình. Hãy tải lại trang.")
		}
		if !viewer(ctx).May(access.RecordWork, gone.Unit) {
			return fault.New(fault.Denied, outOfReach)
		}
		_, err = s.Ledger.Void(ctx, tx, viewer(ctx).Login, id, gone.Version, why)
		return err
	})
	return f.refusal(err, nil)
}
