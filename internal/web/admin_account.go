package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
	"danvan/internal/org"
)

// accountView is one account with what may be done to it.
type accountView struct {
	person
	Mark   stateMark
	Own    bool // the viewer's own: read only here
	Lines  []grantLine
	Lent   []grantLine // delegations that the account gave to others
	Acts   []actRow
	Edit   form // name and e-mail
	Give   form
	Key    string // for the small acts, one a page
	Locked string
	Seen   string
	Made   string
	Until  string
	Done   string
}

// grantLine is a grant in words.
type grantLine struct {
	access.Record
	Unit, Ref string
	Heirs     []string // who stands in the unit's place today, where it is no more
	Lost      bool     // the unit ended or was divided: the grant gives nothing
	Days      string
	State     stateMark
	Who       string // of a delegation, whom it stands in for, or who stands in
	End       form
}

// actRow is an act of the log.
type actRow struct {
	Leaf            int64
	At, Actor, What string
	Subject         string
	Href            string
}

// pathID is the number in the path.
func pathID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, fault.New(fault.NotFound, "Địa chỉ này thiếu số. Hãy mở từ danh sách.")
	}
	return id, nil
}

// managed is the account in the path, which the viewer must run; his own he may only look at.
func (s *server) managed(r *http.Request, look bool) (person, error) {
	id, err := pathID(r)
	if err != nil {
		return person{}, err
	}
	p, err := s.person(r.Context(), s.DB.Read(), id)
	if err != nil {
		return person{}, err
	}
	v := viewer(r.Context())
	if look && p.ID == v.Account {
		return p, nil
	}
	return p, mayManage(v, p, s.Today())
}

func (s *server) accountPage(w http.ResponseWriter, r *http.Request) error {
	p, err := s.managed(r, true)
	if err != nil {
		return err
	}
	return s.showAccount(w, r, p, accountForms(p, s.Today()))
}

// accountForms are the forms of an account as first shown.
func accountForms(p person, day civil.Date) accountView {
	v := accountView{person: p, Edit: newForm(), Give: newForm()}
	v.Edit.Values = url.Values{"ten": {p.Name}, "thu": {p.Email}}
	v.Give.Values = url.Values{"tu-ngay": {day.String()}}
	return v
}

func (s *server) showAccount(w http.ResponseWriter, r *http.Request, p person, v accountView) error {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	day := s.Today()
	v.person, v.Own, v.Key, v.Done = p, p.ID == viewer(ctx).Account, newForm().Key, r.URL.Query().Get("xong")
	v.Mark = stateOf(p, day, time.Now())
	v.Seen, v.Made, v.Until = whenText(p.SignedIn), whenText(p.Created), whenText(p.Until)
	if p.Locked(time.Now()) {
		v.Locked = whenText(p.LockedUntil)
	}
	err = s.DB.View(ctx, func(q db.Querier) error {
		if v.Lines, err = s.grantLines(ctx, q, tree, p.Grants, day); err != nil {
			return err
		}
		lent, err := access.FromAccount(ctx, q, p.ID)
		if err != nil {
			return err
		}
		if v.Lent, err = s.grantLines(ctx, q, tree, lent, day); err != nil {
			return err
		}
		v.Acts, err = actsOn(ctx, q, p)
		return err
	})
	if err != nil {
		return err
	}
	title, status := p.Name, http.StatusOK
	if len(v.Edit.Wrong)+len(v.Give.Wrong) > 0 {
		title, status = "Lỗi: "+p.Name, http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, page{Title: title, Section: "tai-khoan"}, accountDetail(v))
}

// grantLines puts grants into words, newest first.
func (s *server) grantLines(ctx context.Context, q db.Querier, tree *org.Tree, grants []access.Record, day civil.Date) ([]grantLine, error) {
	var out []grantLine
	for _, g := range slices.Backward(grants) {
		l := grantLine{Record: g, Unit: lastNameOf(tree, g.Unit, day), Days: daysText(g.From, g.To), State: grantState(g, day), End: newForm()}
		if u := tree.Unit(g.Unit); u != nil {
			l.Ref = unitRef(tree, u, day)
			heirs := access.Heirs(tree, g.Unit, day)
			l.Lost = len(heirs) == 0 && u.Closed <= day
			for _, id := range heirs {
				if id != g.Unit {
					l.Heirs = append(l.Heirs, tree.NameOn(id, day))
				}
			}
		}
		other := g.For
		if g.For != 0 {
			if a, err := s.Accounts.Account(ctx, q, other); err == nil {
				l.Who = a.Name + " (" + a.Login + ")"
			} else if fault.KindOf(err) != fault.NotFound {
				return nil, err
			}
		}
		out = append(out, l)
	}
	return out, nil
}

func grantState(g access.Record, day civil.Date) stateMark {
	switch {
	case g.To <= day || g.To <= g.From:
		return stateMark{"het", "Đã kết thúc", "plain"}
	case g.From > day:
		return stateMark{"cho", "Chưa đến ngày", "wait"}
	case g.To != civil.Forever:
		return stateMark{"dang", "Còn hiệu lực đến hết " + g.To.AddDays(-1).Vi(), "done"}
	}
	return stateMark{"dang", "Còn hiệu lực", "done"}
}

// daysText writes days from to (the day after the last), both counted.
func daysText(from, to civil.Date) string {
	switch {
	case to == civil.Forever:
		return "từ " + from.Vi()
	case to <= from:
		return "từ " + from.Vi() + ", kết thúc trước khi bắt đầu"
	}
	return from.Vi() + " – " + to.AddDays(-1).Vi()
}

// shownActs is how many acts stand on an account's page.
const shownActs = 30

// actsOn are the newest acts of the log by the account or on it: what was done, never what it said.
func actsOn(ctx context.Context, q db.Querier, p person) ([]actRow, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, at_ms, act, subject, subject_id, actor FROM audit_leaf
		WHERE actor = $1 OR (subject = 'account' AND subject_id = $2)
		OR (subject = 'grant' AND subject_id IN (SELECT id FROM access_grant WHERE account = $2)) ORDER BY id DESC LIMIT $3`, p.Login, p.ID, shownActs)
	if err != nil {
		return nil, fmt.Errorf("read acts of account %d: %w", p.ID, err)
	}
	defer rows.Close()
	var out []actRow
	for rows.Next() {
		var a actRow
		var at, id int64
		var act, subject string
		if err := rows.Scan(&a.Leaf, &at, &act, &subject, &id, &a.Actor); err != nil {
			return nil, fmt.Errorf("read acts of account %d: %w", p.ID, err)
		}
		a.At, a.What = whenText(time.UnixMilli(at)), leafName(act, subject)
		a.Subject = fmt.Sprintf("%s số %d", or(subjectNames[subject], subject), id)
		out = append(out, a)
	}
	return out, rows.Err()
}

// Words of the log, for people.
var (
	subjectNames = map[string]string{"entry": "ghi nhận", "entry_return": "ghi nhận", "account": "tài khoản", "grant": "quyền", "change": "việc sắp xếp", "units": "danh mục đơn vị", "setup": "cài đặt",
		"identity": "danh tính của hồ sơ", "identity_opening": "đề nghị mở danh tính", "identity_key": "khóa danh tính", "identity_key_proof": "khóa danh tính", "identity_office": "lưu danh tính", "redaction": "bản lược bỏ danh tính"}
	leafActs = map[string]string{
		"record": "ghi nhận", "amend": "sửa", "void": "hủy", "confirm": "xác nhận", "return": "trả lại", "take_back": "thu hồi việc trả lại", "create": "lập", "rename": "sửa thông tin",
		"password": "đặt mật khẩu", "disable": "ngừng", "enable": "mở lại", "unlock": "mở khóa đăng nhập", "lock": "tạm khóa đăng nhập",
		"reset_totp": "gỡ xác thực hai lớp", "totp": "đặt xác thực hai lớp", "end_sessions": "kết thúc các phiên", "grant": "giao", "end_grant": "kết thúc",
		"delegate": "ủy", "revoke": "thu hồi", "apply": "nhập", "undo": "hoàn tác", "load": "nạp", "setup": "hoàn tất",
		"identity_deposit": "cất phong bì", "identity_reseal": "niêm phong lại", "identity_ask": "lập", "identity_release": "cho mở theo", "identity_refuse": "từ chối", "identity_fetch": "nhận phong bì theo",
		"identity_key_made": "đăng ký", "identity_key_proved": "thử", "identity_key_confirmed": "đối chiếu", "identity_key_ended": "thôi dùng", "identity_on": "bật", "identity_off": "tắt",
		"redaction_made": "lập", "redaction_check": "kiểm tra",
	}
)

func leafName(act, subject string) string {
	return upperFirst(or(leafActs[act], act) + " " + or(subjectNames[subject], subject))
}

func (s *server) renameAccount(w http.ResponseWriter, r *http.Request) error {
	p, err := s.managed(r, false)
	if err != nil {
		return err
	}
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		return s.Accounts.Rename(r.Context(), tx, viewer(r.Context()).Login, p.ID, f.get("ten"), f.get("thu"))
	})
	if said := sentence(err); said != "" {
		v := accountForms(p, s.Today())
		v.Edit = f
		v.Edit.say(fieldSaid(said, "thư điện tử", "thu", "ten"), said)
		return s.showAccount(w, r, p, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, accountHref(p.ID)+"?xong=luu")
}

// accountActs are the small acts on an account: one button each.
var accountActs = map[string]struct {
	Done string
	Do   func(ctx context.Context, s *identity.Store, tx *db.Tx, actor string, id int64) error
}{
	"ngung": {"ngung", func(ctx context.Context, s *identity.Store, tx *db.Tx, actor string, id int64) error {
		return s.Disable(ctx, tx, actor, id)
	}},
	"mo-lai": {"mo-lai", func(ctx context.Context, s *identity.Store, tx *db.Tx, actor string, id int64) error {
		return s.Enable(ctx, tx, actor, id)
	}},
	"mo-khoa": {"mo-khoa", func(ctx context.Context, s *identity.Store, tx *db.Tx, actor string, id int64) error {
		return s.Unlock(ctx, tx, actor, id)
	}},
	"go-hai-lop": {"go-hai-lop", func(ctx context.Context, s *identity.Store, tx *db.Tx, actor string, id int64) error {
		return s.ResetTOTP(ctx, tx, actor, id)
	}},
	"ket-thuc-phien": {"ket-thuc-phien", func(ctx context.Context, s *identity.Store, tx *db.Tx, actor string, id int64) error {
		_, err := s.EndSessions(ctx, tx, actor, id)
		return err
	}},
}

func (s *server) accountAct(w http.ResponseWriter, r *http.Request) error {
	p, err := s.managed(r, false)
	if err != nil {
		return err
	}
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	act, ok := accountActs[f.get("viec")]
	if !ok {
		return fault.New(fault.Invalid, "Chưa chọn việc cần làm. Hãy quay lại trang tài khoản và bấm một nút.")
	}
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		return act.Do(r.Context(), s.Accounts, tx, viewer(r.Context()).Login, p.ID)
	})
	if err != nil {
		return err
	}
	return seeOther(w, r, accountHref(p.ID)+"?xong="+act.Done)
}

// slip is what is handed over to the person: shown once.
type slip struct {
	identity.Account
	Plain string // empty: it was shown at the first sending
	Until string
	Posts []string
	Made  bool // the account is new
}

func (s *server) resetPassword(w http.ResponseWriter, r *http.Request) error {
	p, err := s.managed(r, false)
	if err != nil {
		return err
	}
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	pw, err := identity.Temporary()
	if err != nil {
		return err
	}
	fresh := false
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		fresh = true
		return s.Accounts.SetPassword(r.Context(), tx, viewer(r.Context()).Login, p.ID, pw, identity.MustChange)
	})
	if err != nil {
		return err
	}
	return s.showSlip(w, r, p.ID, pw, fresh, false)
}

// showSlip prints the temporary password where it was made by this very request.
func (s *server) showSlip(w http.ResponseWriter, r *http.Request, id int64, pw identity.Password, fresh, made bool) error {
	p, err := s.person(r.Context(), s.DB.Read(), id)
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v := slip{Account: p.Account, Until: whenText(p.Until), Posts: posts(tree, p.holding(s.Today()), s.Today()), Made: made}
	if fresh {
		v.Plain = pw.Plain
	}
	return s.render(w, r, http.StatusOK, page{Title: "Phiếu giao mật khẩu tạm", Section: "tai-khoan"}, slipPage(v))
}

func accountHref(id int64) string { return fmt.Sprintf("/quan-tri/tai-khoan/%d", id) }

// postedForm is the form of a POST.
func postedForm(r *http.Request) (form, error) {
	if err := r.ParseForm(); err != nil {
		return form{}, fault.Wrap(err, fault.Invalid, "Không đọc được biểu mẫu đã gửi. Hãy tải lại trang rồi gửi lại.")
	}
	return sentForm(r.PostForm), nil
}

// formKey is under what a form of the viewer's is kept as done.
func formKey(r *http.Request, f form) string {
	return fmt.Sprintf("form/%d/%s", viewer(r.Context()).Account, f.Key)
}

// onceFor runs an act of the viewer's at most once for the form's key.
func (s *server) onceFor(r *http.Request, f form, do func(tx *db.Tx) error) error {
	key := formKey(r, f)
	request := r.URL.Path + "\n" + f.Values.Encode()
	return s.DB.Write(r.Context(), func(tx *db.Tx) error {
		_, err := db.Once(r.Context(), tx, key, []byte(request), func() ([]byte, error) { return nil, do(tx) })
		return err
	})
}

// sentence is what a form says of an error that the person can mend; empty for all others.
func sentence(err error) string {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict:
		if err != nil {
			return fault.Say(err)
		}
	}
	return ""
}

// fieldSaid picks the control that a sentence speaks of.
func fieldSaid(said, word, field, other string) string {
	if strings.Contains(strings.ToLower(said), word) {
		return field
	}
	return other
}

func seeOther(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
