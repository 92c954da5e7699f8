package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
)

// delegationView is the page on which a person lets another act for him while he is away.
type delegationView struct {
	Form form
	Own  []grantLine // grants that may be delegated
	Lent []grantLine // delegations given, newest first
	Have []grantLine // delegations that the person acts with now
	Key  string
	Done string
}

func (s *server) delegationPage(w http.ResponseWriter, r *http.Request) error {
	f := newForm()
	f.Values.Set("tu-ngay", s.Today().String())
	return s.showDelegations(w, r, f)
}

func (s *server) showDelegations(w http.ResponseWriter, r *http.Request, f form) error {
	ctx, me := r.Context(), viewer(r.Context()).Account
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	day := s.Today()
	v := delegationView{Form: f, Key: newForm().Key, Done: r.URL.Query().Get("xong")}
	err = s.DB.View(ctx, func(q db.Querier) error {
		mine, err := access.OfAccount(ctx, q, me)
		if err != nil {
			return err
		}
		lent, err := access.FromAccount(ctx, q, me)
		if err != nil {
			return err
		}
		var own, have []access.Record
		for _, g := range mine {
			switch {
			case g.To <= day:
			case g.For != 0:
				have = append(have, g)
			case g.Role.Delegable():
				own = append(own, g)
			}
		}
		if v.Own, err = s.grantLines(ctx, q, tree, own, day); err != nil {
			return err
		}
		if v.Have, err = s.grantLines(ctx, q, tree, have, day); err != nil {
			return err
		}
		v.Lent, err = s.grantLines(ctx, q, tree, lent, day)
		for i := range v.Lent { // of these, who stands in is what one wants to know
			a, err := s.Accounts.Account(ctx, q, v.Lent[i].Account)
			if err != nil {
				return err
			}
			v.Lent[i].Who = a.Name + " (" + a.Login + ")"
		}
		return err
	})
	if err != nil {
		return err
	}
	title, status := "Ủy quyền khi vắng mặt", http.StatusOK
	if len(f.Wrong) > 0 {
		title, status = "Lỗi: "+title, http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, page{Title: title, Section: "uy-quyen"}, delegationsPage(v))
}

func (s *server) delegate(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	by, err := s.by(r)
	if err != nil {
		return err
	}
	of, to, from, last := s.wantedDelegation(r, &f, by)
	if len(f.Wrong) == 0 {
		err = s.onceFor(r, f, func(tx *db.Tx) error {
			_, err := access.Delegate(r.Context(), tx, by, of, to, from, last, f.get("ly-do"))
			return err
		})
		if said := sentence(err); said != "" {
			f.say(delegationField(said), said)
		} else if err != nil {
			return err
		}
	}
	if len(f.Wrong) > 0 {
		return s.showDelegations(w, r, f)
	}
	return seeOther(w, r, "/uy-quyen?xong=uy-quyen")
}

func (s *server) wantedDelegation(r *http.Request, f *form, by access.By) (of, to int64, from, last civil.Date) {
	of, err := strconv.ParseInt(f.get("quyen"), 10, 64)
	if err != nil {
		f.say("quyen", "Hãy chọn quyền muốn ủy.")
	}
	a, err := s.Accounts.ByLogin(r.Context(), s.DB.Read(), f.get("nguoi"))
	switch {
	case strings.TrimSpace(f.get("nguoi")) == "":
		f.say("nguoi", "Hãy ghi tên đăng nhập của người thay.")
	case err != nil || a.State != identity.Active:
		f.say("nguoi", "Không có tài khoản đang hoạt động với tên đăng nhập này. Hãy hỏi đúng tên đăng nhập của người thay.")
	}
	from = wantedDay(f, "tu-ngay", by.Today)
	if f.get("den-ngay") == "" {
		f.say("den-ngay", "Hãy ghi ngày cuối cùng vắng mặt.")
	}
	last = wantedDay(f, "den-ngay", by.Today).AddDays(1)
	if strings.TrimSpace(f.get("ly-do")) == "" {
		f.say("ly-do", "Hãy ghi lý do, ví dụ nghỉ phép, đi công tác.")
	}
	return of, a.ID, from, last
}

func delegationField(said string) string {
	switch {
	case strings.Contains(said, "người khác") || strings.Contains(said, "tài khoản") || strings.Contains(said, "Tài khoản"):
		return "nguoi"
	case strings.Contains(said, "gày kết thúc") || strings.Contains(said, "dài hơn"):
		return "den-ngay"
	case strings.Contains(said, "ý do"):
		return "ly-do"
	}
	return "quyen"
}

func (s *server) revoke(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
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
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		return access.Revoke(r.Context(), tx, by, id, or(f.get("ly-do"), "Thu hồi ủy quyền"))
	})
	if err != nil {
		return err
	}
	return seeOther(w, r, "/uy-quyen?xong=thu-hoi")
}

// suggestedPeople bounds what one question tells of who works here.
const suggestedPeople = 8

// colleagues suggests active accounts by name or login, to those who are signed in.
func (s *server) colleagues(w http.ResponseWriter, r *http.Request) error {
	type item struct {
		Value string `json:"value"`
		Name  string `json:"name"`
		Note  string `json:"note"`
		Href  string `json:"href"`
	}
	out := []item{}
	if text := strings.TrimSpace(r.URL.Query().Get("q")); text != "" {
		list, err := s.Accounts.List(r.Context(), s.DB.Read(), identity.Filter{Text: text, State: identity.Active, Limit: suggestedPeople + 1})
		if err != nil {
			return err
		}
		for _, a := range list {
			if a.ID != viewer(r.Context()).Account && len(out) < suggestedPeople {
				out = append(out, item{Value: a.Login, Name: a.Name, Note: a.Login})
			}
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err := json.NewEncoder(w).Encode(out); err != nil {
		return fault.Wrap(err, fault.Internal, "Chưa gửi được gợi ý. Hãy gõ tên đăng nhập.")
	}
	return nil
}
