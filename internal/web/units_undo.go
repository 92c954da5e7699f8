package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// undoView asks whether an act, or all acts of a draft, are to be taken back, and says what stands against it.
type undoView struct {
	Form    form
	Title   string
	Action  string
	Back    string
	Confirm string // the name that is typed to confirm
	IDs     []int64
	Acts    []actLine
	Hinders []org.Reason
}

func (s *server) changeUndoPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.readUndo(r)
	if err != nil {
		return err
	}
	v.Form = newForm()
	return s.renderUndo(w, r, http.StatusOK, v)
}

func (s *server) renderUndo(w http.ResponseWriter, r *http.Request, status int, v undoView) error {
	p := page{Title: v.Title, Section: "don-vi", Scripts: []string{"units.js"}}
	if len(v.Form.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(v.Title)
	}
	return s.render(w, r, status, p, undoPage(v))
}

// readUndo prepares the undoing of one act; of a split, of all its parts.
func (s *server) readUndo(r *http.Request) (v undoView, err error) {
	id, err := readChangeID(r)
	if err != nil {
		return v, err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return v, err
	}
	one, err := org.ReadEntered(r.Context(), s.DB.Read(), id)
	if err != nil {
		return v, err
	}
	if one.UndoneMS != 0 {
		return v, fault.Newf(fault.Conflict, "Việc số %d đã được hoàn tác lúc %s.", id, momentVi(one.UndoneMS))
	}
	set := actSet(tree, one.Change, false)
	if err := s.mustChange(r.Context(), tree, set); err != nil {
		return v, err
	}
	v.Back = "/don-vi/thay-doi/" + strconv.FormatInt(id, 10)
	v.Action = v.Back + "/hoan-tac"
	return v, s.fillUndo(r.Context(), tree, set, &v)
}

func (s *server) fillUndo(ctx context.Context, tree *org.Tree, set []org.Change, v *undoView) (err error) {
	for _, c := range set {
		v.IDs = append(v.IDs, c.ID)
		v.Acts = append(v.Acts, actLine{c, actTarget(tree, c)})
	}
	v.Confirm = actTarget(tree, set[0])
	v.Title = "Hoàn tác: " + changeName(set[0].Kind) + " " + v.Confirm
	v.Hinders, err = s.Units.Hinders(ctx, v.IDs...)
	return err
}

// mustChange refuses who may not change every unit that the acts are about.
func (s *server) mustChange(ctx context.Context, tree *org.Tree, acts []org.Change) error {
	if mayChange(viewer(ctx), tree, s.Today(), acts) {
		return nil
	}
	return fault.New(fault.Denied, "Bạn chưa được giao quyền sắp xếp mọi đơn vị mà việc này liên quan. Hãy nhờ người quản trị của cấp trên.")
}

func (s *server) changeUndo(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "Không đọc được biểu mẫu. Hãy mở lại trang và gửi lại.")
	}
	f := sentForm(r.PostForm)
	id, err := readChangeID(r)
	if err != nil {
		return err
	}
	back := "/don-vi/thay-doi/" + strconv.FormatInt(id, 10) + "?xong=hoan-tac"
	v, err := s.readUndo(r)
	if err != nil {
		if s.answeredBefore(r.Context(), f) {
			http.Redirect(w, r, back, http.StatusSeeOther)
			return nil
		}
		return err
	}
	v.Form = f
	if !v.check() {
		return s.renderUndo(w, r, http.StatusBadRequest, v)
	}
	who := viewer(r.Context()).Login
	err = s.DB.WriteAlone(r.Context(), func(tx *db.Tx) error {
		_, err := db.Once(r.Context(), tx, s.unitKey(r.Context(), v.Form), []byte(v.Action+v.Form.get("ly-do")), func() ([]byte, error) {
			return nil, s.Units.TakeBack(r.Context(), tx, nil, v.IDs, strings.TrimSpace(v.Form.get("ly-do")), who)
		})
		return err
	})
	if err != nil {
		return s.undoFailed(w, r, v, err)
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// undoFailed shows a refusal on the form, with all that was typed.
func (s *server) undoFailed(w http.ResponseWriter, r *http.Request, v undoView, err error) error {
	if fault.KindOf(err) != fault.Conflict {
		return err
	}
	v.Form.Wrong = append(v.Form.Wrong, refusedBecause(err)...)
	return s.renderUndo(w, r, http.StatusConflict, v)
}

// refusedBecause are the reasons of a refusal, one a line.
func refusedBecause(err error) wrongs {
	r, ok := asRefusal(err)
	if !ok {
		return wrongs{{"", fault.Say(err)}}
	}
	var out wrongs
	for _, x := range r.Reasons {
		out = append(out, wrong{"", reasonText(x)})
	}
	return out
}

func asRefusal(err error) (*org.Refusal, bool) {
	var r *org.Refusal
	ok := errors.As(err, &r)
	return r, ok
}

func reasonText(x org.Reason) string {
	if x.Where == "" {
		return upperFirst(x.Say)
	}
	return upperFirst(x.Where) + ": " + x.Say
}

// check asks for a reason and for the name typed again.
func (v *undoView) check() bool {
	checkReason(&v.Form, v.Confirm)
	if len(v.Hinders) > 0 {
		v.Form.say("", "Chưa hoàn tác được: còn những điều ngăn trở ghi bên dưới.")
	}
	return len(v.Form.Wrong) == 0
}

func checkReason(f *form, name string) {
	if len([]rune(strings.TrimSpace(f.get("ly-do")))) < 5 {
		f.say("ly-do", "Hãy ghi lý do, ít nhất một vài chữ; lý do được giữ trong sổ niêm phong.")
	}
	if !sameName(f.get("xac-nhan"), name) {
		f.say("xac-nhan", "Hãy gõ lại đúng tên “"+name+"” để xác nhận.")
	}
}

// sameName compares without regard to case, marks and spaces: the name is typed to stop a hurried hand, not to test
// spelling.
func sameName(typed, name string) bool {
	plain := func(s string) string { return strings.Join(strings.Fields(civil.Fold(s)), " ") }
	return plain(typed) != "" && plain(typed) == plain(name)
}

// unitKey is the key under which a form of these pages is answered once: a person's own.
func (s *server) unitKey(ctx context.Context, f form) string {
	return "don-vi/" + viewer(ctx).Login + "/" + f.Key
}

// answeredBefore reports whether a form was carried out already: it was sent twice.
func (s *server) answeredBefore(ctx context.Context, f form) bool {
	var n int
	err := s.DB.Read().QueryRowContext(ctx, `SELECT count(*) FROM idempotency WHERE key = $1`, s.unitKey(ctx, f)).Scan(&n)
	return err == nil && n > 0
}
