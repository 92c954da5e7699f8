package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/works"
)

// courseActs are the acts on a course, by the last word of the address.
var courseActs = map[string]func(s *server, r *http.Request, v *courseView) error{
	"buoi": (*server).courseSession, "be-mac": (*server).courseClose, "huy": (*server).courseCancel,
}

func (s *server) courseAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	do := courseActs[act]
	if do == nil {
		return fault.New(fault.NotFound, "Không có việc này ở trang lớp tập huấn. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	v, err := s.courseView(r)
	if err != nil {
		return err
	}
	v.Form = f
	at := "/tap-huan/" + r.PathValue("id") + "?xong=luu"
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, at)
	}
	switch {
	case v.Entry.State == ledger.Void:
		v.Form.say("", "Lớp này đã hủy ở sổ việc nên không ghi thêm được nữa.")
	case !v.Listed:
		v.Form.say("", "Lớp này ghi theo bản danh mục cũ, chỉ giữ tổng số. Muốn sửa, hãy mở ở sổ việc.")
	case v.At == works.CourseCancelled:
		v.Form.say("", "Lớp này đã hủy nên không ghi thêm được nữa.")
	default:
		if err := do(s, r, v); err != nil {
			return err
		}
	}
	if len(v.Form.Wrong) > 0 {
		return s.showCourse(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, at)
}

// number reads a count of a form, 0 where none is typed.
func (f *pieceForm) number(name string) int64 {
	text := strings.ReplaceAll(f.text(name), ".", "")
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > 1_000_000_000 {
		f.say(name, "Phải là số nguyên từ 0, ví dụ 45.")
		return 0
	}
	return n
}

var sessionControls = map[string]string{"day": "b-ngay", "session_on": "b-ngay", "sessions": "b-ngay", "attendances": "b-luot", "women": "b-nu",
	"commune_attendances": "b-xa", "village_attendances": "b-thon", "hours": "b-gio"}

// courseSession adds or changes a session. The first session of a plan opens the course.
func (s *server) courseSession(r *http.Request, v *courseView) error {
	f := &v.Form
	x := works.Session{On: f.wantDay("b-ngay", "Hãy ghi ngày học."), Topic: f.want("b-chuyen-de", "Hãy ghi chuyên đề của buổi học."), Place: f.text("b-noi"),
		Speakers: f.number("b-bao-cao-vien"), Attendances: f.number("b-luot"), Women: f.number("b-nu"), Commune: f.number("b-xa"), Village: f.number("b-thon")}
	if f.text("b-luot") == "" {
		f.say("b-luot", "Hãy ghi lượt người dự buổi này.")
	}
	if x.Women > x.Attendances {
		f.say("b-nu", "Lượt nữ không thể lớn hơn lượt người dự buổi ấy.")
	}
	if x.Commune+x.Village > x.Attendances {
		f.say("b-xa", "Cán bộ cấp xã và thôn cộng lại không thể lớn hơn lượt người dự buổi ấy.")
	}
	if x.On > v.Today {
		f.say("b-ngay", "Ngày "+x.On.Vi()+" chưa tới: chỉ ghi buổi đã học.")
	}
	if gio := f.text("b-gio"); gio != "" {
		h, err := strconv.ParseFloat(strings.ReplaceAll(gio, ",", "."), 64)
		if err != nil || h < 0 || h > 24 || h*2 != float64(int(h*2)) {
			f.say("b-gio", "Số giờ của một buổi từ 0 đến 24, tròn nửa giờ, ví dụ 3,5.")
		}
		x.Hours = json.Number(strings.ReplaceAll(gio, ",", "."))
	}
	drop, row := f.get("b-bo") != "", 0
	row = f.row()
	if drop && row > 0 && v.Held != nil && len(v.Held.Sessions) == 1 {
		f.say("b-bo", "Lớp chỉ còn buổi này. Nếu lớp không mở, hãy hủy ghi nhận của lớp ở sổ việc.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	if v.Held == nil {
		return f.refusal(s.courseStart(r, v, x), sessionControls)
	}
	err := s.amendPiece(r, *f, v.Held.ID, func(e *ledger.Entry) (ledger.Amendment, error) {
		h, err := works.HeldOf(e)
		if err != nil {
			return ledger.Amendment{}, err
		}
		if row > 0 && (row > len(h.Sessions) || h.Sessions[row-1].On.String()+h.Sessions[row-1].Topic != f.get("b-cu")) {
			return ledger.Amendment{}, moved
		}
		if len(h.Sessions) == 0 && h.Attendances > 0 {
			return ledger.Amendment{}, fault.Newf(fault.Invalid, "Lớp này đã ghi gộp %s lượt người dự. Muốn ghi từng buổi, hãy sửa lượt người dự của lớp về 0 ở sổ việc rồi ghi đủ các buổi.", civil.FormatInt(h.Attendances))
		}
		a := ledger.Amendment{Reason: "Ghi buổi học ngày " + x.On.Vi()}
		switch {
		case drop && row > 0:
			a.Reason = "Bỏ buổi học ngày " + h.Sessions[row-1].On.Vi()
			h.Sessions = slices.Delete(h.Sessions, row-1, row)
		case row > 0:
			a.Reason = "Sửa buổi học ngày " + x.On.Vi()
			h.Sessions[row-1] = x
		default:
			h.Sessions = append(h.Sessions, x)
		}
		a.Set = works.SessionSet(works.Sorted(h.Sessions))
		if files := f.sent(); len(files) > 0 {
			a.Files = withFiles(e.Files, files)
		}
		if first := h.Sessions[0].On; first < e.Day {
			a.Day = first // the course opened with its first session
		}
		return a, nil
	})
	return f.refusal(err, sessionControls)
}

// courseStart records the course with its first session; it carries its plan, once however many people press.
func (s *server) courseStart(r *http.Request, v *courseView, x works.Session) error {
	ctx, p := r.Context(), v.Plan
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	unit := tree.Unit(standingUnit(tree, p.Unit, x.On))
	set := works.SessionSet([]works.Session{x})
	for code, value := range map[string]string{"topic": p.Topic, "level": p.Level, "type": p.Type, "theme": p.Theme, "audience": p.Audience, "form": p.CourseWords.Form} {
		put(set, code, value)
	}
	return s.onceFor(r, v.Form.form, func(tx *db.Tx) error {
		e, err := s.Ledger.Entry(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		times := 0
		for _, h := range e.Carried {
			if h.Kind == works.CourseKind {
				times++
				if h.State != ledger.Void {
					return fault.New(fault.Conflict, "Lớp này vừa được người khác mở. Hãy tải lại trang rồi ghi buổi tiếp theo.")
				}
			}
		}
		_, err = s.recordPiece(ctx, tx, tree, ledger.Draft{Key: "tap-huan:" + itoa(p.ID) + ":" + strconv.Itoa(times+1), Kind: works.CourseKind,
			Unit: ledger.Ref(unit), Day: x.On, Carries: "#" + itoa(p.ID), Fields: set, Files: v.Form.sent()})
		return err
	})
}

// courseClose ends a course: the day, the persons enrolled, the certificates.
func (s *server) courseClose(r *http.Request, v *courseView) error {
	f := &v.Form
	day := f.wantDay("bm-ngay", "Hãy ghi ngày bế mạc.")
	persons, certified := f.number("bm-hoc-vien"), f.number("bm-chung-nhan")
	if f.text("bm-hoc-vien") == "" {
		f.say("bm-hoc-vien", "Hãy ghi số học viên ghi danh (người).")
	}
	if certified > persons {
		f.say("bm-chung-nhan", "Số được cấp chứng nhận không thể lớn hơn số học viên.")
	}
	if day > v.Today {
		f.say("bm-ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi lớp đã bế mạc.")
	}
	if v.Held == nil {
		f.say("", "Lớp chưa mở: hãy ghi buổi học đầu tiên trước.")
	} else if n := len(v.Held.Sessions); n > 0 && day != 0 && v.Held.Sessions[n-1].On > day {
		f.say("bm-ngay", "Ngày bế mạc phải từ buổi học cuối ("+v.Held.Sessions[n-1].On.Vi()+") trở đi.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.Held.ID, func(e *ledger.Entry) (ledger.Amendment, error) {
		a := ledger.Amendment{Reason: "Bế mạc lớp", Set: map[string]any{"ended_on": day.String(), "persons": persons, "certified": certified}}
		if files := f.sent(); len(files) > 0 {
			a.Files = withFiles(e.Files, files)
		}
		return a, nil
	})
	return f.refusal(err, map[string]string{"ended_on": "bm-ngay", "persons": "bm-hoc-vien", "certified": "bm-chung-nhan"})
}

// courseCancel takes back a plan, with the reason.
func (s *server) courseCancel(r *http.Request, v *courseView) error {
	f := &v.Form
	day, reason := f.wantDay("h-ngay", "Hãy ghi ngày hủy lớp."), f.want("h-ly-do", "Hãy ghi lý do hủy lớp.")
	if v.Held != nil {
		f.say("", "Lớp đã mở nên không hủy kế hoạch được. Nếu ghi nhầm, hãy hủy ghi nhận của lớp ở sổ việc.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.Plan.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Hủy lớp: " + oneLine(reason, 200), Set: map[string]any{"cancelled_on": day.String(), "cancel_reason": oneLine(reason, 400)}}, nil
	})
	return f.refusal(err, map[string]string{"cancelled_on": "h-ngay", "cancel_reason": "h-ly-do"})
}

// courseNewView is the form that plans a course.
type courseNewView struct {
	pieceForm
	Kind  *catalog.Kind
	Units []option
	Home  string
	Today civil.Date
}

func (s *server) courseNew(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("mo")
	f.Values.Set("ngay", s.Today().Vi())
	return s.showCourseNew(w, r, http.StatusOK, f)
}

func (s *server) showCourseNew(w http.ResponseWriter, r *http.Request, status int, f pieceForm) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v := courseNewView{pieceForm: f, Today: s.Today(), Kind: s.kindNear(works.CoursePlanKind, s.Today())}
	home := ""
	v.Units, home = s.pieceUnits(r.Context(), tree, v.Kind, v.Today)
	if v.get("don-vi") == "" {
		v.Values.Set("don-vi", home)
	}
	v.Home = refName(tree, v.get("don-vi"), v.Today)
	title := "Lập kế hoạch mở lớp"
	if len(f.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "chuyen-de"}, courseNewPage(v))
}

func (s *server) courseOpen(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "mo")
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	today := s.Today()
	day := f.wantDay("ngay", "Hãy ghi ngày kế hoạch.")
	unit := f.unit(tree, "don-vi", min(or0(day, today), today))
	if unit == nil && !f.Wrong.has("don-vi") {
		f.say("don-vi", "Hãy chọn đơn vị mở lớp.")
	}
	set := map[string]any{}
	put(set, "topic", f.want("ten", "Hãy ghi nội dung của lớp."))
	put(set, "level", f.want("cap", "Hãy chọn cấp mở lớp."))
	put(set, "type", f.text("loai"))
	put(set, "theme", f.text("chu-de"))
	put(set, "audience", f.text("doi-tuong"))
	put(set, "form", f.text("hinh-thuc"))
	put(set, "number", f.text("so"))
	put(set, "opens_on", f.wantDay("khai-mac", "Hãy ghi ngày dự kiến khai mạc."))
	put(set, "planned_sessions", f.number("so-buoi"))
	put(set, "planned_persons", f.number("hoc-vien"))
	if len(f.Wrong) > 0 {
		return s.showCourseNew(w, r, http.StatusUnprocessableEntity, f)
	}
	id, err := s.recordOnce(r, f, tree, ledger.Draft{Key: pieceKey(r, f), Kind: works.CoursePlanKind, Unit: ledger.Ref(unit), Day: day, Fields: set, Files: f.sent()})
	controls := map[string]string{"day": "ngay", "unit": "don-vi", "topic": "ten", "level": "cap", "opens_on": "khai-mac"}
	if err := f.refusal(err, controls); err != nil {
		return err
	}
	if len(f.Wrong) > 0 {
		return s.showCourseNew(w, r, http.StatusUnprocessableEntity, f)
	}
	return seeOther(w, r, "/tap-huan/"+itoa(id)+"?xong=ghi")
}
