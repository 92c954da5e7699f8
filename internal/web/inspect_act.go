package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/works"
)

// inspectionActs are the acts of the inspecting body on its inspection, by the last word of the address. Each reads its
// form and saves; what is wrong is said in the form.
var inspectionActs = map[string]func(s *server, r *http.Request, v *inspectionView) error{
	"lam-viec":  (*server).inspectionVisit,
	"ton-tai":   (*server).inspectionFinding,
	"kien-nghi": (*server).inspectionRec,
	"ket-luan":  (*server).inspectionConclude,
	"khep":      (*server).inspectionCloseRec,
	"ket-thuc":  (*server).inspectionClose,
}

func (s *server) inspectionAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	do := inspectionActs[act]
	if do == nil {
		return fault.New(fault.NotFound, "Không có việc này ở trang cuộc kiểm tra. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	return s.inspectionDo(w, r, f, do)
}

// inspectionAnswer is what an inspected body did about a recommendation.
func (s *server) inspectionAnswer(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "bao-cao")
	if err != nil {
		return err
	}
	return s.inspectionDo(w, r, f, (*server).inspectionReport)
}

func (s *server) inspectionDo(w http.ResponseWriter, r *http.Request, f pieceForm, do func(*server, *http.Request, *inspectionView) error) error {
	v, err := s.inspectionView(r)
	if err != nil {
		return err
	}
	v.Form = f
	if done, err := s.sentFormBefore(r, f.form); err != nil {
		return err
	} else if done {
		return seeOther(w, r, "/kiem-tra/"+itoa(v.ID)+"?xong=luu")
	}
	switch {
	case v.State == ledger.Void:
		v.Form.say("", "Cuộc kiểm tra này đã hủy ở sổ việc nên không ghi thêm được nữa.")
	case v.At == works.StageClosed:
		v.Form.say("", "Cuộc kiểm tra đã kết thúc theo dõi. Muốn ghi tiếp, hãy hủy ghi nhận kết thúc ở cuối trang, có lý do.")
	default:
		if err := do(s, r, v); err != nil {
			return err
		}
	}
	if len(v.Form.Wrong) > 0 {
		return s.showInspection(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, "/kiem-tra/"+itoa(v.ID)+"?xong=luu")
}

// amendInspection changes the inspection as it stands when the act is saved.
func (s *server) amendInspection(r *http.Request, v *inspectionView, controls map[string]string, change func(i *works.Inspection, a *ledger.Amendment) error) error {
	if len(v.Form.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, v.Form, v.ID, func(e *ledger.Entry) (ledger.Amendment, error) {
		a := ledger.Amendment{Set: map[string]any{}}
		i, err := works.InspectionOf(e)
		if err != nil {
			return a, err
		}
		if files := v.Form.sent(); len(files) > 0 {
			a.Files = withFiles(e.Files, files)
		}
		return a, change(i, &a)
	})
	return v.Form.refusal(err, controls)
}

var moved = fault.New(fault.Conflict, "Dòng này vừa được người khác sửa hoặc bỏ. Hãy tải lại trang, xem bản mới rồi làm lại.")

// row is the number of the row that the form changes, 0 for a new one.
func (f *pieceForm) row() int {
	n, _ := strconv.Atoi(f.get("dong"))
	return max(n, 0)
}

func (s *server) inspectionVisit(r *http.Request, v *inspectionView) error {
	f := &v.Form
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	drop := f.get("lv-bo") != ""
	planned, on := f.day("lv-ke-hoach"), f.day("lv-ngay")
	if on > v.Today {
		f.say("lv-ngay", "Ngày "+on.Vi()+" chưa tới: ngày làm việc chỉ ghi khi đoàn đã làm việc. Ngày dự kiến ghi ở ô Ngày theo kế hoạch.")
	}
	if on != 0 && on < v.Day {
		f.say("lv-ngay", "Ngày làm việc phải từ ngày bắt đầu cuộc kiểm tra ("+v.Day.Vi()+") trở đi.")
	}
	u := f.unit(tree, "lv-don-vi", v.Day)
	if u == nil && !f.Wrong.has("lv-don-vi") {
		f.say("lv-don-vi", "Hãy chọn đơn vị được kiểm tra.")
	}
	if u == nil {
		return nil
	}
	row, name := f.row(), tree.NameOn(u.ID, v.Day)
	return s.amendInspection(r, v, map[string]string{"visits": "lv-don-vi"}, func(i *works.Inspection, a *ledger.Amendment) error {
		x := works.Visit{Body: ledger.Ref(u), Planned: planned, On: on}
		if row > 0 {
			if row > len(i.Visits) || i.Visits[row-1].Body != f.get("lv-cu") {
				return moved
			}
			x.Minutes = i.Visits[row-1].Minutes
		}
		if files := f.sent(); len(files) > 0 {
			x.Minutes = files[0].Name
		}
		if slices.ContainsFunc(slices.Concat(i.Visits[:max(row-1, 0)], i.Visits[row:]), func(y works.Visit) bool { return y.Body == x.Body && y.On == x.On }) {
			return fault.New(fault.Invalid, "Đơn vị này đã có trong danh sách với cùng ngày làm việc. Hãy sửa dòng đang có, hoặc ghi ngày khác nếu đoàn đến lần nữa.")
		}
		switch {
		case drop && row > 0:
			a.Reason = "Bỏ " + name + " khỏi các đơn vị làm việc"
			i.Visits = slices.Delete(i.Visits, row-1, row)
		case row > 0:
			a.Reason = "Ghi kết quả làm việc với " + name
			i.Visits[row-1] = x
		default:
			a.Reason = "Thêm đơn vị làm việc: " + name
			i.Visits = append(i.Visits, x)
		}
		a.Set["visits"] = works.OrNone(works.VisitRows(i.Visits))
		a.Set["units_inspected"] = works.Visited(i.Visits)
		return nil
	})
}

func (s *server) inspectionFinding(r *http.Request, v *inspectionView) error {
	f := &v.Form
	x := works.Finding{Body: f.want("tt-don-vi", "Hãy chọn đơn vị có tồn tại."), Text: f.want("tt-noi-dung", "Hãy ghi tồn tại, hạn chế của công việc."),
		Article: f.text("tt-dieu"), Severity: f.want("tt-muc", "Hãy chọn mức độ.")}
	row, drop := f.row(), f.get("tt-bo") != ""
	return s.amendInspection(r, v, map[string]string{"finding_list": "tt-noi-dung"}, func(i *works.Inspection, a *ledger.Amendment) error {
		if row > 0 && (row > len(i.FindingList) || i.FindingList[row-1].Text != f.get("tt-cu")) {
			return moved
		}
		switch {
		case drop && row > 0:
			a.Reason = "Bỏ một tồn tại đã nêu"
			i.FindingList = slices.Delete(i.FindingList, row-1, row)
		case row > 0:
			a.Reason = "Sửa một tồn tại đã nêu"
			i.FindingList[row-1] = x
		default:
			a.Reason = "Nêu tồn tại, hạn chế"
			i.FindingList = append(i.FindingList, x)
		}
		a.Set["finding_list"] = works.OrNone(works.FindingRows(i.FindingList))
		a.Set["findings"] = len(i.FindingList)
		return nil
	})
}

func (s *server) inspectionRec(r *http.Request, v *inspectionView) error {
	f := &v.Form
	x := works.Recommendation{Body: f.want("kn-don-vi", "Hãy chọn đơn vị phải thực hiện."), Text: f.want("kn-noi-dung", "Hãy ghi kiến nghị."), Due: f.day("kn-han")}
	if x.Due != 0 && x.Due < v.Day {
		f.say("kn-han", "Hạn thực hiện phải từ ngày bắt đầu cuộc kiểm tra ("+v.Day.Vi()+") trở đi.")
	}
	row, drop := f.row(), f.get("kn-bo") != ""
	was := recNumbered(v.Inspection, f.get("kn-so"))
	if drop && was != nil && slices.ContainsFunc(v.Asked, func(l recLine) bool { return l.No == was.No && (len(l.Responses) > 0 || l.End != nil) }) {
		f.say("", "Kiến nghị này đã có báo cáo hoặc đã khép nên không bỏ được. Nếu không còn phải thực hiện, hãy khép với lý do.")
	}
	return s.amendInspection(r, v, map[string]string{"recommendation_list": "kn-noi-dung"}, func(i *works.Inspection, a *ledger.Amendment) error {
		if row > 0 && (row > len(i.Recs) || strconv.FormatInt(i.Recs[row-1].No, 10) != f.get("kn-so")) {
			return moved
		}
		switch {
		case drop && row > 0:
			a.Reason = "Bỏ kiến nghị số " + f.get("kn-so")
			i.Recs = slices.Delete(i.Recs, row-1, row)
		case row > 0:
			x.No = i.Recs[row-1].No
			a.Reason = "Sửa kiến nghị số " + f.get("kn-so")
			if x.Due != i.Recs[row-1].Due {
				a.Reason = "Đổi hạn thực hiện kiến nghị số " + f.get("kn-so")
			}
			i.Recs[row-1] = x
		default:
			i.Responses, i.FollowUps = v.Responses, v.FollowUps
			x.No = i.NextNo()
			a.Reason = "Nêu kiến nghị số " + itoa(x.No)
			i.Recs = append(i.Recs, x)
		}
		a.Set["recommendation_list"] = works.OrNone(works.RecRows(i.Recs))
		a.Set["recommendations"] = len(i.Recs)
		return nil
	})
}

func (s *server) inspectionConclude(r *http.Request, v *inspectionView) error {
	f := &v.Form
	on := f.wantDay("kl-ngay", "Hãy ghi ngày thông báo kết luận.")
	if on > v.Today {
		f.say("kl-ngay", "Ngày "+on.Vi()+" chưa tới: chỉ ghi kết luận đã ban hành.")
	}
	number, ended := f.want("kl-so", "Hãy ghi số thông báo kết luận."), f.day("kl-ket-thuc")
	controls := map[string]string{"concluded_on": "kl-ngay", "conclusion_number": "kl-so", "conclusion": "kl-noi-dung", "ended_on": "kl-ket-thuc"}
	return s.amendInspection(r, v, controls, func(_ *works.Inspection, a *ledger.Amendment) error {
		a.Reason = "Ghi kết luận " + number
		a.Set["concluded_on"], a.Set["conclusion_number"] = on.String(), number
		a.Set["conclusion"], a.Set["ended_on"] = nil, nil
		put(a.Set, "conclusion", f.text("kl-noi-dung"))
		put(a.Set, "ended_on", ended)
		return nil
	})
}

// inspectionReport records what an inspected body did: an entry of its own that carries the inspection.
func (s *server) inspectionReport(r *http.Request, v *inspectionView) error {
	f := &v.Form
	rec := recNumbered(v.Inspection, r.URL.Query().Get("so"))
	at := slices.IndexFunc(v.Asked, func(l recLine) bool { return rec != nil && l.No == rec.No })
	if at < 0 {
		return fault.New(fault.NotFound, "Không có kiến nghị này. Hãy mở lại trang cuộc kiểm tra.")
	}
	f.Values.Set("bao-cao-so", itoa(rec.No))
	if !v.Asked[at].State.Open() {
		f.say("", "Kiến nghị này đã khép nên không cần báo cáo nữa.")
	}
	day := f.wantDay("bao-cao-ngay", "Hãy ghi ngày báo cáo.")
	done := f.want("bao-cao-viec", "Hãy ghi việc đơn vị đã làm.")
	result := f.want("bao-cao-ket-qua", "Hãy chọn kết quả.")
	if len(f.Wrong) > 0 {
		return nil
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	unit := tree.Unit(standingUnit(tree, refUnit(tree, rec.Body, v.Day), v.Today))
	d := ledger.Draft{Kind: works.ResponseKind, Unit: ledger.Ref(unit), Day: day, Carries: "#" + itoa(v.ID), Files: f.sent(),
		Fields: map[string]any{"subject": oneLine(rec.Text, 300), "recommendation": rec.No, "done": done, "result": result}}
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		_, err := s.recordPiece(r.Context(), tx, tree, d)
		return err
	})
	return f.refusal(err, map[string]string{"day": "bao-cao-ngay", "done": "bao-cao-viec", "result": "bao-cao-ket-qua"})
}

// oneLine is a text on one line, cut where it is too long for a title.
func oneLine(text string, most int) string {
	out := []rune(strings.Join(strings.Fields(text), " "))
	if len(out) > most {
		return string(out[:most-1]) + "…"
	}
	return string(out)
}

// inspectionCloseRec closes one recommendation: as done, or otherwise with the reason.
func (s *server) inspectionCloseRec(r *http.Request, v *inspectionView) error {
	f := &v.Form
	rec := recNumbered(v.Inspection, f.get("khep-so"))
	if rec == nil {
		f.say("khep-so", "Hãy chọn kiến nghị để khép.")
	} else if at := slices.IndexFunc(v.Asked, func(l recLine) bool { return l.No == rec.No }); at >= 0 && v.Asked[at].End != nil {
		f.say("khep-so", "Kiến nghị số "+itoa(rec.No)+" đã khép rồi.")
	}
	outcome, note := f.want("khep-ket-qua", "Hãy chọn khép với kết quả nào."), f.text("khep-ghi-chu")
	day := f.wantDay("khep-ngay", "Hãy ghi ngày khép.")
	if outcome != "" && outcome != "done" && note == "" {
		f.say("khep-ghi-chu", "Khép mà không thực hiện thì phải ghi lý do.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	set := map[string]any{"subject": oneLine(rec.Text, 300), "source": "inspection", "recommendation": rec.No, "outcome": outcome, "recommendations_done": 0}
	if outcome == "done" {
		set["recommendations_done"] = 1
	}
	put(set, "note", note)
	put(set, "findings_fixed", f.text("khep-ton-tai"))
	return s.followUp(r, v, "khep:"+itoa(rec.No), day, set, map[string]string{"day": "khep-ngay", "outcome": "khep-ket-qua", "note": "khep-ghi-chu", "findings_fixed": "khep-ton-tai"})
}

// inspectionClose ends the inspection. What is still open is named, and a reason is asked for.
func (s *server) inspectionClose(r *http.Request, v *inspectionView) error {
	f := &v.Form
	day, note := f.wantDay("ket-ngay", "Hãy ghi ngày kết thúc theo dõi."), f.text("ket-ghi-chu")
	if missing := v.unfinished(); len(missing) > 0 && note == "" {
		f.say("ket-ghi-chu", "Chưa kết thúc được: "+strings.Join(missing, "; ")+". Hãy làm xong, hoặc ghi lý do kết thúc.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	set := map[string]any{"subject": oneLine("Kết thúc theo dõi: "+v.Subject, 300), "source": "inspection", "recommendations_done": 0, "closed": "yes"}
	put(set, "note", note)
	return s.followUp(r, v, "ket-thuc", day, set, map[string]string{"day": "ket-ngay", "note": "ket-ghi-chu"})
}

// unfinished says what an inspection still lacks before it may be closed without a reason.
func (v *inspectionView) unfinished() []string {
	var out []string
	if v.Open > 0 {
		out = append(out, "còn "+count(v.Open, "kiến nghị chưa khép"))
	}
	if v.ConcludedOn == 0 {
		out = append(out, "chưa ghi kết luận")
	}
	waiting := 0
	for _, x := range v.Visits {
		if x.On == 0 {
			waiting++
		}
	}
	if waiting > 0 {
		out = append(out, "còn "+count(waiting, "đơn vị chưa ghi ngày làm việc"))
	}
	return out
}

// followUp records what the inspecting body holds of an inspection. Its key follows from the piece and from how often
// such an act was done (and voided) before, so that two people at once record it once.
func (s *server) followUp(r *http.Request, v *inspectionView, what string, day civil.Date, set map[string]any, controls map[string]string) error {
	f, ctx := &v.Form, r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	unit := tree.Unit(standingUnit(tree, v.Unit, v.Today))
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		e, err := s.Ledger.Entry(ctx, tx, v.ID)
		if err != nil {
			return err
		}
		if !viewer(ctx).May(access.RecordWork, e.Unit) {
			return fault.New(fault.Denied, outOfReach)
		}
		prefix := "kiem-tra:" + itoa(v.ID) + ":" + what + ":"
		times := 0
		for _, h := range e.Carried {
			if strings.HasPrefix(h.Key, prefix) {
				if h.State != ledger.Void {
					return fault.New(fault.Conflict, "Việc này vừa được ghi rồi. Hãy tải lại trang để xem.")
				}
				times++
			}
		}
		_, err = s.recordPiece(ctx, tx, tree, ledger.Draft{Key: prefix + strconv.Itoa(times+1), Kind: works.FollowUpKind,
			Unit: ledger.Ref(unit), Day: day, Carries: "#" + itoa(v.ID), Files: f.sent(), Fields: set})
		return err
	})
	return f.refusal(err, controls)
}
