package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/filing"
)

// judgeView is a report from below as the superior reads it: what was printed, what was found and explained, what has
// changed since, and the two things that he can do.
type judgeView struct {
	filed
	Scope    *scope
	Version  filing.Version
	Text     reportView // of the printed report
	Printed  bool
	Findings []explained
	Moved    int
	Form     form
	Judges   bool
	Next     belowUnit // the next one that waits, in the order of the units
	Done     string
}

func (s *server) judgePage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.judgeView(r)
	if err != nil {
		return err
	}
	v.Form, v.Done = newForm(), r.URL.Query().Get("xong")
	if err := s.look(r.Context(), v); err != nil {
		return err
	}
	return s.showJudge(w, r, v)
}

func (s *server) showJudge(w http.ResponseWriter, r *http.Request, v *judgeView) error {
	p, status := page{Title: "Xem xét: " + v.UnitName + ", " + v.Period.Name, Section: "ky-bao-cao"}, http.StatusOK
	if len(v.Form.Wrong) > 0 {
		p.Title, status = "Lỗi: "+p.Title, http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, judgeDetail(v))
}

// look marks that the superior has opened what was filed: from then on the unit asks for it back.
func (s *server) look(ctx context.Context, v *judgeView) error {
	if !v.Judges || !v.Seen.IsZero() || v.State != filing.Filed && v.State != filing.Nil {
		return nil
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error { return s.filings().Look(ctx, tx, v.ID) })
}

func (s *server) judgeView(r *http.Request) (*judgeView, error) {
	ctx := r.Context()
	f, err := s.filingOf(r)
	if err != nil {
		return nil, err
	}
	v := &judgeView{}
	if v.filed, err = s.filed(ctx, f); err != nil {
		return nil, err
	}
	if v.Scope, err = s.scopeOf(f, v.tree); err != nil {
		return nil, err
	}
	up := superior(v.tree, f)
	v.Judges = up != 0 && viewer(ctx).May(access.ConfirmWork, up)
	if list := v.printed(); len(list) > 0 {
		if err := s.readPrinted(ctx, v, list[0]); err != nil {
			return nil, err
		}
	}
	return v, s.nextWaiting(ctx, v)
}

func (s *server) readPrinted(ctx context.Context, v *judgeView, version filing.Version) error {
	v.Version, v.Printed = version, true
	rep, err := s.printingOf(ctx, s.DB.Read(), v.ID, version)
	if err != nil {
		return err
	}
	v.Text = newReportView(v.Scope, rep, s.Today())
	v.Text.drawer, v.Text.first = map[int]bool{}, -1
	v.Text.edition = s.Catalog.EditionOn(v.Period.To)
	if v.Findings, err = s.findings(ctx, v.filed, rep); err != nil {
		return err
	}
	moved, err := s.differences(ctx, rep, printedKey{filing: v.ID, version: version.Number})
	v.Moved = len(wholes(moved))
	return err
}

// nextWaiting finds the unit after this one whose report waits to be judged.
func (s *server) nextWaiting(ctx context.Context, v *judgeView) error {
	up := superior(v.tree, v.Filing)
	if up == 0 {
		return nil
	}
	below, err := s.below(ctx, v.tree, up, v.Template, v.Period)
	if err != nil {
		return err
	}
	passed := false
	for _, b := range append(below, below...) {
		if b.Unit.ID == v.Unit {
			if passed {
				return nil
			}
			passed = true
			continue
		}
		if passed && judgeable(b.Filing) {
			v.Next = b
			return nil
		}
	}
	return nil
}

// grid leads back to all units of the same report.
func (v *judgeView) grid() string {
	up := superior(v.tree, v.Filing)
	u := v.tree.Unit(up)
	if u == nil {
		return "/ky-bao-cao"
	}
	return "/ky-bao-cao/cap-duoi" + v.Scope.query("don-vi", unitRef(v.tree, u, v.Period.To), "mau", v.Template)
}

// The fields of the acts of a superior.
const (
	judgedField  = "ban"
	judgedRemark = "y-kien"
)

// judge runs one act of the superior over the filing in the path. The form carries the version that was read: what has
// been filed anew since is not judged unread.
func (s *server) judge(w http.ResponseWriter, r *http.Request, done string, act func(ctx context.Context, tx *db.Tx, v *judgeView, expect int, remark string) error) error {
	sent, err := postedForm(r)
	if err != nil {
		return err
	}
	v, err := s.judgeView(r)
	if err != nil {
		return err
	}
	v.Form = sent
	if !v.Judges {
		return fault.New(fault.Denied, outOfReach)
	}
	expect, err := strconv.Atoi(sent.get(judgedField))
	if err != nil {
		return fault.New(fault.Invalid, "Biểu mẫu thiếu số phiên bản. Hãy mở lại báo cáo rồi làm lại.")
	}
	err = s.onceFor(r, sent, func(tx *db.Tx) error {
		return act(r.Context(), tx, v, expect, strings.TrimSpace(sent.get(judgedRemark)))
	})
	if say := sentence(err); say != "" {
		v.Form.say(fieldSaid(say, "ý kiến", judgedRemark, ""), say)
		return s.showJudge(w, r, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, v.link("xem-xet")+"?xong="+done)
}

func (s *server) judgeAccept(w http.ResponseWriter, r *http.Request) error {
	return s.judge(w, r, "nhan-bao-cao", func(ctx context.Context, tx *db.Tx, v *judgeView, expect int, remark string) error {
		_, err := s.filings().Accept(ctx, tx, viewer(ctx).Login, v.ID, expect, remark)
		return err
	})
}

func (s *server) judgeReturn(w http.ResponseWriter, r *http.Request) error {
	return s.judge(w, r, "tra-bao-cao", func(ctx context.Context, tx *db.Tx, v *judgeView, expect int, remark string) error {
		_, err := s.filings().Return(ctx, tx, viewer(ctx).Login, v.ID, expect, remark)
		return err
	})
}

// chosenField names the reports ticked in the grid, each as ID:VERSION.
const chosenField = "chon"

// collectAccept accepts all reports that are ticked. One that has changed since the page was loaded is passed over and
// counted, the others are accepted together.
func (s *server) collectAccept(w http.ResponseWriter, r *http.Request) error {
	sent, err := postedForm(r)
	if err != nil {
		return err
	}
	v, err := s.collectView(r)
	if err != nil {
		return err
	}
	v.Form = sent
	if len(sent.Values[chosenField]) == 0 {
		v.Form.say("bang", "Chưa chọn báo cáo nào. Hãy đánh dấu ở đầu dòng rồi bấm nhận.")
		return s.showCollect(w, r, v)
	}
	left := 0
	err = s.onceFor(r, sent, func(tx *db.Tx) error {
		left = 0
		for _, one := range sent.Values[chosenField] {
			ok, err := s.acceptOne(r.Context(), tx, v, one)
			if err != nil {
				return err
			}
			if !ok {
				left++
			}
		}
		return nil
	})
	if say := sentence(err); say != "" {
		v.Form.say("bang", say)
		return s.showCollect(w, r, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, v.with("", "xong", "nhan-cac-bao-cao", "con", noneIfZero(left)))
}

func noneIfZero(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// acceptOne accepts a report of a unit below the page's; false where it is not as it was when the page was loaded.
func (s *server) acceptOne(ctx context.Context, tx *db.Tx, v *collectView, chosen string) (bool, error) {
	idText, versionText, _ := strings.Cut(chosen, ":")
	id, err1 := strconv.ParseInt(idText, 10, 64)
	expect, err2 := strconv.Atoi(versionText)
	if err1 != nil || err2 != nil {
		return false, fault.New(fault.Invalid, "Biểu mẫu không đúng. Hãy tải lại trang rồi chọn lại.")
	}
	f, err := filing.Get(ctx, tx, id)
	if err != nil {
		return false, err
	}
	if up := superior(v.Scope.tree, f); up != v.Scope.Unit.ID || !viewer(ctx).May(access.ConfirmWork, up) {
		return false, fault.New(fault.Denied, outOfReach)
	}
	if f.Version != expect || !judgeable(f) {
		return false, nil
	}
	_, err = s.filings().Accept(ctx, tx, viewer(ctx).Login, id, expect, "")
	return err == nil, err
}
