package web

import (
	"net/http"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
	"danvan/internal/org"
)

// by is the viewer as one who acts on grants.
func (s *server) by(r *http.Request) (access.By, error) {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return access.By{}, err
	}
	v := viewer(r.Context())
	return access.By{Account: v.Account, Login: v.Login, Today: s.Today(), Tree: tree}, nil
}

// wantedGrant reads the controls of a grant: role, unit, first and last day, reason. What is wrong is said in the
// form.
func wantedGrant(f *form, by access.By) access.Grant {
	g := access.Grant{Role: access.Role(f.get("vai-tro")), From: by.Today, To: civil.Forever}
	if !g.Role.Known() {
		f.say("vai-tro", "Hãy chọn vai trò.")
	}
	if ref := strings.TrimSpace(f.get("don-vi")); ref == "" {
		f.say("don-vi", "Hãy chọn đơn vị.")
	} else if u, err := by.Tree.Resolve(ref, org.AsThen(), by.Today); err != nil {
		f.say("don-vi", fault.Say(err))
	} else {
		g.Unit = u.ID
	}
	g.From = wantedDay(f, "tu-ngay", by.Today)
	if f.get("den-ngay") != "" {
		g.To = wantedDay(f, "den-ngay", by.Today).AddDays(1)
	}
	if strings.TrimSpace(f.get("ly-do")) == "" {
		f.say("ly-do", "Hãy ghi lý do, ví dụ số quyết định.")
	}
	return g
}

// wantedDay reads a day, or says that it is none.
func wantedDay(f *form, name string, fallback civil.Date) civil.Date {
	text := strings.TrimSpace(f.get(name))
	if text == "" {
		return fallback
	}
	d, err := civil.ParseDate(text)
	if err != nil {
		f.say(name, "Ngày chưa đúng: viết như 31/12/2026.")
		return fallback
	}
	return d
}

// grantField is the control that a refusal of a grant speaks of.
func grantField(said string) string {
	switch {
	case strings.Contains(said, "đơn vị") || strings.Contains(said, "Đơn vị"):
		return "don-vi"
	case strings.Contains(said, "Ngày kết thúc"):
		return "den-ngay"
	case strings.Contains(said, "ý do"):
		return "ly-do"
	}
	return "vai-tro"
}

// checkOver says in the form when the viewer does not run the unit that he wants to grant over.
func checkOver(v *access.Viewer, f *form, g access.Grant) {
	if g.Unit != 0 && !v.May(access.ManageAccounts, g.Unit) {
		f.say("don-vi", "Đơn vị này ngoài phạm vi bạn quản trị. Hãy chọn đơn vị trong phạm vi của mình.")
	}
}

func (s *server) giveGrant(w http.ResponseWriter, r *http.Request) error {
	p, err := s.managed(r, false)
	if err != nil {
		return err
	}
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	by, err := s.by(r)
	if err != nil {
		return err
	}
	g := wantedGrant(&f, by)
	g.Account = p.ID
	checkOver(viewer(r.Context()), &f, g)
	if len(f.Wrong) == 0 {
		err = s.onceFor(r, f, func(tx *db.Tx) error {
			_, err := access.Give(r.Context(), tx, by, g, f.get("ly-do"))
			return err
		})
		if said := sentence(err); said != "" {
			f.say(grantField(said), said)
		} else if err != nil {
			return err
		}
	}
	if len(f.Wrong) > 0 {
		v := accountForms(p, s.Today())
		v.Give = f
		return s.showAccount(w, r, p, v)
	}
	return seeOther(w, r, accountHref(p.ID)+"?xong=giao")
}

// endGrant ends a grant in the viewer's units from a day on.
func (s *server) endGrant(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	g, err := access.ByID(r.Context(), s.DB.Read(), id)
	if err != nil {
		return err
	}
	if !viewer(r.Context()).May(access.ManageAccounts, g.Unit) {
		return fault.New(fault.Denied, "Quyền này ở đơn vị ngoài phạm vi bạn quản trị. Hãy nhờ người quản trị cấp trên.")
	}
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	by, err := s.by(r)
	if err != nil {
		return err
	}
	on := wantedDay(&f, "tu-ngay", by.Today)
	if len(f.Wrong) > 0 {
		return fault.New(fault.Invalid, f.Wrong[0].Say+" Hãy quay lại trang trước.")
	}
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		return access.End(r.Context(), tx, by, id, on, f.get("ly-do"))
	})
	if err != nil {
		return err
	}
	return seeOther(w, r, accountHref(g.Account)+"?xong=ket-thuc")
}

// newAccountView is the form of a new account with its first grant.
type newAccountView struct{ Form form }

func (s *server) newAccount(w http.ResponseWriter, r *http.Request) error {
	f := newForm()
	f.Values.Set("tu-ngay", s.Today().String())
	return s.render(w, r, http.StatusOK, page{Title: "Tài khoản mới", Section: "tai-khoan"}, newAccountPage(newAccountView{f}))
}

func (s *server) makeAccount(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	by, err := s.by(r)
	if err != nil {
		return err
	}
	n := identity.NewAccount{Login: f.get("dang-nhap"), Name: f.get("ten"), Email: f.get("thu")}
	if strings.TrimSpace(n.Login) == "" {
		f.say("dang-nhap", "Hãy ghi tên đăng nhập.")
	}
	if strings.TrimSpace(n.Name) == "" {
		f.say("ten", "Hãy ghi họ và tên.")
	}
	g := wantedGrant(&f, by)
	checkOver(viewer(r.Context()), &f, g)
	if len(f.Wrong) == 0 {
		done, err := s.createAccount(w, r, &f, n, g, by)
		if done || err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, page{Title: "Lỗi: Tài khoản mới", Section: "tai-khoan"}, newAccountPage(newAccountView{f}))
}

// createAccount makes the account, its first grant and its temporary password, all or none; done means answered.
func (s *server) createAccount(w http.ResponseWriter, r *http.Request, f *form, n identity.NewAccount, g access.Grant, by access.By) (done bool, err error) {
	pw, err := identity.Temporary() // before the transaction: hashing takes its time
	if err != nil {
		return false, err
	}
	ctx, fresh := r.Context(), false
	var at string // where a refusal belongs
	err = s.onceFor(r, *f, func(tx *db.Tx) error {
		at = ""
		a, err := s.Accounts.Create(ctx, tx, by.Login, n)
		if err != nil {
			at = "account"
			return err
		}
		g.Account = a.ID
		if _, err := access.Give(ctx, tx, by, g, f.get("ly-do")); err != nil {
			return err
		}
		fresh = true
		return s.Accounts.SetPassword(ctx, tx, by.Login, a.ID, pw, identity.MustChange)
	})
	if said := sentence(err); said != "" {
		field := grantField(said)
		if at == "account" {
			field = fieldSaid(said, "tên đăng nhập", "dang-nhap", fieldSaid(said, "thư điện tử", "thu", "ten"))
		}
		f.say(field, said)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	a, err := s.Accounts.ByLogin(ctx, s.DB.Read(), n.Login)
	if err != nil {
		return false, err
	}
	return true, s.showSlip(w, r, a.ID, pw, fresh, true)
}
