package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"danvan/internal/access"
	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/duty"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// nilPath is where a body states that there was nothing to do.
const nilPath = "/dinh-ky/khong-phat-sinh"

// dutyAddress is the address of one duty with all who owe it.
func (s *server) dutyAddress(code string) string { return "/dinh-ky/" + url.PathEscape(code) }

// nilQuery names an obligation in an address.
func nilQuery(tree *org.Tree, o *duty.Obligation) url.Values {
	q := url.Values{"don-vi": {unitRef(tree, tree.Unit(o.Unit), o.Turn.Period.To)}, "viec": {o.Duty.Code}, "tu": {o.Turn.Period.From.String()}, "den": {o.Turn.Period.To.String()}}
	if o.Event != nil {
		q.Set("su-viec", itoa(o.Event.Entry))
	}
	return q
}

var errNoSuchDuty = fault.New(fault.NotFound, "Địa chỉ thiếu cơ quan, việc hoặc kỳ. Hãy mở lại từ trang Việc định kỳ.")

// nilKey is the obligation that an address or a form names.
func (s *server) nilKey(r *http.Request) (duty.Key, error) {
	get := r.FormValue
	k := duty.Key{Duty: get("viec")}
	var err, err2 error
	k.From, err = civil.ParseDate(get("tu"))
	k.To, err2 = civil.ParseDate(get("den"))
	if k.Duty == "" || get("don-vi") == "" || errors.Join(err, err2) != nil {
		return k, errNoSuchDuty
	}
	k.Event = int64(atoi(get("su-viec")))
	tree, err := s.Tree(r.Context())
	if err != nil {
		return k, err
	}
	u, err := tree.Resolve(get("don-vi"), org.AsThen(), k.To)
	if err != nil {
		return k, err
	}
	k.Unit = u.ID
	return k, nil
}

// onNilForm is the body that answers for the obligation named in the address or the form: where it has ended, its
// successor.
func onNilForm(s *server, r *http.Request) (org.UnitID, error) {
	k, err := s.nilKey(r)
	if err != nil {
		return 0, err
	}
	o, err := s.book().Find(r.Context(), s.DB.Read(), k, s.Today())
	if err != nil {
		return 0, err
	}
	return answering(o.Unit, o.Answers), nil
}

func answering(unit, answers org.UnitID) org.UnitID {
	if answers != 0 {
		return answers
	}
	return unit
}

// onNil is the body that the nil return in the path is of.
func onNil(s *server, r *http.Request) (org.UnitID, error) {
	id, err := pathID(r)
	if err != nil {
		return 0, err
	}
	n, err := duty.ReadNil(r.Context(), s.DB.Read(), id)
	if err != nil {
		return 0, err
	}
	return s.nilUnit(r, n)
}

func (s *server) nilUnit(r *http.Request, n *duty.NilReturn) (org.UnitID, error) {
	o, err := s.book().Find(r.Context(), s.DB.Read(), n.Key(), s.Today())
	if fault.KindOf(err) == fault.NotFound {
		return n.Unit, nil // the rule has changed since
	}
	if err != nil {
		return 0, err
	}
	return answering(o.Unit, o.Answers), nil
}

// nilView is the form, or the statement once it is made.
type nilView struct {
	form
	Row    dutyRow
	Back   string // address of the calendar
	Return *duty.NilReturn
	Leaf   *audit.Row
	Others []*duty.NilReturn // earlier returns that were taken back
	May    bool              // take it back
	Done   string
	At     string
	BackAt string
}

const nilReason = "ly-do"

func (s *server) nilPage(w http.ResponseWriter, r *http.Request) error {
	return s.showNil(w, r, http.StatusOK, newForm())
}

func (s *server) showNil(w http.ResponseWriter, r *http.Request, status int, f form) error {
	k, err := s.nilKey(r)
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	o, err := s.book().Find(r.Context(), s.DB.Read(), k, s.Today())
	if err != nil {
		return err
	}
	if o.Nil != nil && o.Nil.ID != 0 && len(f.Wrong) == 0 {
		return seeOther(w, r, nilPath+"/"+itoa(o.Nil.ID))
	}
	if err := o.Refuse(s.Today()); err != nil && len(f.Wrong) == 0 {
		return err
	}
	v := nilView{form: f, Row: s.dutyRow(tree, viewer(r.Context()), *o), Back: s.nilCalendar(tree, o)}
	for name, values := range nilQuery(tree, o) {
		v.Values[name] = values
	}
	return s.render(w, r, status, page{Title: titled("Khai không phát sinh", f.Wrong), Section: "dinh-ky"}, nilForm(v))
}

// nilCalendar is the address of the calendar on which an obligation stands.
func (s *server) nilCalendar(tree *org.Tree, o *duty.Obligation) string {
	u := tree.Unit(answering(o.Unit, o.Answers))
	return "/dinh-ky?" + url.Values{"don-vi": {unitRef(tree, u, s.Today())}, "ky": {monthOf(o.Turn.Due).Code}}.Encode()
}

func (s *server) nilSave(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	k, err := s.nilKey(r)
	if err != nil {
		return err
	}
	who := viewer(r.Context())
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		o, err := s.book().Find(r.Context(), tx, k, s.Today())
		if err != nil {
			return err
		}
		if !who.May(access.RecordWork, answering(o.Unit, o.Answers)) {
			return fault.New(fault.Denied, outOfReach)
		}
		_, err = s.book().StateNil(r.Context(), tx, who.Login, k, s.Today(), f.get(nilReason))
		return err
	})
	if said := sentence(err); said != "" {
		field := ""
		if fault.KindOf(err) == fault.Invalid {
			field = nilReason
		}
		f.say(field, said)
		return s.showNil(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	standing, err := duty.Nils(r.Context(), s.DB.Read(), k)
	if err != nil || len(standing) == 0 {
		return errors.Join(err, errNoSuchDuty)
	}
	return seeOther(w, r, nilPath+"/"+itoa(standing[0].ID)+"?xong=khai-khong")
}

func (s *server) nilRead(w http.ResponseWriter, r *http.Request) error {
	return s.showNilReturn(w, r, http.StatusOK, newForm())
}

func (s *server) showNilReturn(w http.ResponseWriter, r *http.Request, status int, f form) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	n, err := duty.ReadNil(ctx, s.DB.Read(), id)
	if err != nil {
		return err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	v := nilView{form: f, Return: n, Done: r.URL.Query().Get("xong"), At: dutyMoment(n.AtMS)}
	if n.Back != nil {
		v.BackAt = dutyMoment(n.Back.AtMS)
	}
	o, err := s.book().Find(ctx, s.DB.Read(), n.Key(), s.Today())
	if err != nil {
		return err
	}
	v.Row, v.Back = s.dutyRow(tree, viewer(ctx), *o), s.nilCalendar(tree, o)
	v.May = n.Back == nil && viewer(ctx).May(access.RecordWork, answering(o.Unit, o.Answers))
	leaf, err := audit.Read(ctx, s.DB.Read(), n.Leaf)
	if err != nil {
		return err
	}
	v.Leaf = &leaf
	all, err := duty.Nils(ctx, s.DB.Read(), n.Key())
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.ID != n.ID {
			v.Others = append(v.Others, x)
		}
	}
	return s.render(w, r, status, page{Title: titled("Không phát sinh", f.Wrong), Section: "dinh-ky"}, nilDetail(v))
}

func (s *server) nilBack(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	id, err := pathID(r)
	if err != nil {
		return err
	}
	who := viewer(r.Context())
	unit, err := onNil(s, r)
	if err != nil {
		return err
	}
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		if !who.May(access.RecordWork, unit) {
			return fault.New(fault.Denied, outOfReach)
		}
		return duty.TakeBack(r.Context(), tx, who.Login, id, f.get(nilReason))
	})
	if said := sentence(err); said != "" {
		f.say(nilReason, said)
		return s.showNilReturn(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, nilPath+"/"+itoa(id)+"?xong=rut-khong")
}

// dutyMoment is a moment as it is told in the country.
func dutyMoment(ms int64) string {
	return time.UnixMilli(ms).In(vietnam).Format("15:04 ngày 02/01/2006")
}
