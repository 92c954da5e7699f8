package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// handView is the page that gives a case to an officer and a verifier.
type handView struct {
	*caseView
	form
	Officers, Verifiers []option
	Moved               bool // somebody else handed it on since the form was opened
}

// seenField carries who had the case when the form was opened.
const seenField = "dang-giu"

func handsText(h petition.Hands) string { return itoa(h.Officer) + "-" + itoa(h.Verifier) }

func (s *server) handForm(r *http.Request) (*handView, error) {
	v, err := s.caseView(r)
	if err != nil {
		return nil, err
	}
	if !v.Heads {
		return nil, fault.New(fault.Conflict, readsOnly)
	}
	out := &handView{caseView: v}
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		if out.Officers, err = s.workers(r.Context(), q, v.Case, access.RecordLetters); err != nil {
			return err
		}
		out.Verifiers, err = s.workers(r.Context(), q, v.Case, access.VerifyLetters)
		return err
	})
	return out, err
}

// workers are the accounts of the case's own body and its place that hold a right over it and may read it.
func (s *server) workers(ctx context.Context, q db.Querier, c *petition.Case, right access.Right) ([]option, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	units := []org.UnitID{c.Unit}
	if c.Place != c.Unit {
		units = append(units, c.Place)
	}
	records, err := access.OfUnits(ctx, q, units...)
	if err != nil {
		return nil, err
	}
	grants := map[int64][]access.Grant{}
	for _, g := range records {
		grants[g.Account] = append(grants[g.Account], g.Grant)
	}
	var out []option
	for id, held := range grants {
		a, err := s.Accounts.Account(ctx, q, id)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		if who := s.scopes.Viewer(tree, s.Today(), id, a.Login, a.Name, held); who.May(right, c.Unit) && readsCase(who, c) {
			out = append(out, option{Value: itoa(id), Name: a.Name})
		}
	}
	slices.SortFunc(out, func(a, b option) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func (s *server) handPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.handForm(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	v.form = newForm()
	v.form.Values.Set("can-bo", idText(v.Hands.Officer))
	v.form.Values.Set("xac-minh", idText(v.Hands.Verifier))
	v.form.Values.Set(seenField, handsText(v.Hands))
	return s.showHand(w, r, http.StatusOK, v)
}

func idText(id int64) string {
	if id == 0 {
		return ""
	}
	return itoa(id)
}

func (s *server) showHand(w http.ResponseWriter, r *http.Request, status int, v *handView) error {
	title := "Giao người phụ trách: " + lowerFirst(v.title())
	if len(v.Wrong) > 0 {
		title, status = "Lỗi: "+lowerFirst(title), wrongStatus(status)
	}
	return s.render(w, r, status, page{Title: title, Section: "don-thu"}, handDetail(v))
}

func (s *server) handCase(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	v, err := s.handForm(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	v.form = f
	officer := v.chosen("can-bo", v.Officers)
	verifier := v.chosen("xac-minh", v.Verifiers)
	if len(v.Wrong) > 0 {
		return s.showHand(w, r, http.StatusUnprocessableEntity, v)
	}
	ctx, who := r.Context(), viewer(r.Context())
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		if err := s.mayHand(ctx, tx, v.Case.Entry, f.get(seenField)); err != nil {
			return err
		}
		if err := petition.HandTo(ctx, tx, who.Login, v.Case.Entry, petition.Officer, officer, s.now()); err != nil {
			return err
		}
		return petition.HandTo(ctx, tx, who.Login, v.Case.Entry, petition.Verifier, verifier, s.now())
	})
	if err != nil && fault.KindOf(err) == fault.Conflict {
		return s.handMoved(w, r, f, err)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, v.path("")+"?xong=giao-ho-so")
}

// mayHand asks, in the transaction, whether the viewer may give the case, and whether it is still in the hands that the
// form showed.
func (s *server) mayHand(ctx context.Context, tx *db.Tx, id int64, seen string) error {
	e, err := s.Ledger.Entry(ctx, tx, id)
	if err != nil {
		return err
	}
	c, err := petition.CaseOf(e)
	if err != nil {
		return err
	}
	if !handsOut(viewer(ctx), c) {
		return fault.New(fault.Denied, outOfReach)
	}
	now, err := petition.HandsOf(ctx, tx, id)
	if err != nil || handsText(now) == seen {
		return err
	}
	return fault.New(fault.Conflict, "Hồ sơ vừa được người khác giao. Hãy xem người đang phụ trách ở dưới rồi gửi lại nếu vẫn cần.")
}

// handMoved shows what was chosen beside who has the case now.
func (s *server) handMoved(w http.ResponseWriter, r *http.Request, f form, moved error) error {
	v, err := s.handForm(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	v.form, v.Moved = f, true
	v.form.Values.Set(seenField, handsText(v.Hands))
	v.say("", fault.Say(moved))
	return s.showHand(w, r, http.StatusConflict, v)
}

// chosen is the account that a control names, one of those offered.
func (v *handView) chosen(name string, offered []option) int64 {
	text := v.get(name)
	if text == "" {
		return 0
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !slices.ContainsFunc(offered, func(o option) bool { return o.Value == text }) {
		v.say(name, "Người này không có quyền xử lý hồ sơ của cơ quan. Hãy chọn người trong danh sách.")
		return 0
	}
	return id
}
