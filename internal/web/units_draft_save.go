package web

import (
	"net/http"
	"slices"
	"strconv"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// draftSave writes the words of the decision into the draft and into each of its acts.
func (s *server) draftSave(w http.ResponseWriter, r *http.Request) error {
	d, tree, err := s.readOpen(r)
	if err != nil {
		return err
	}
	f := sentForm(r.PostForm)
	v := draftView{Draft: d, Form: f}
	plan := headOf(&v.Form)
	if d.Plan.File != "" && d.Plan.Day == 0 && f.get("ngay") == "" { // a file of many days keeps them
		v.Form.Wrong = slices.DeleteFunc(v.Form.Wrong, func(x wrong) bool { return x.Field == "ngay" })
	}
	if len(v.Form.Wrong) > 0 {
		return s.renderDraft(w, r, http.StatusBadRequest, tree, v)
	}
	next := d
	next.Plan.Title, next.Plan.Source = plan.Title, plan.Source
	next.Plan.Day, next.Plan.Number, next.Plan.Decided = plan.Day, plan.Number, plan.Decided
	next.Plan.Acts = slices.Clone(d.Plan.Acts)
	for i := range next.Plan.Acts {
		shareHead(&next.Plan.Acts[i], d.Plan, next.Plan)
	}
	if err := s.saveDraft(r, f, &next); err != nil {
		if fault.KindOf(err) != fault.Conflict {
			return err
		}
		v.Form.say("", fault.Say(err))
		return s.renderDraft(w, r, http.StatusConflict, tree, v)
	}
	http.Redirect(w, r, draftURL(d.ID)+"?xong=luu", http.StatusSeeOther)
	return nil
}

// shareHead gives an act the plan's words where it had those of the plan before.
func shareHead(c *org.Change, was, is org.Plan) {
	if is.Day != 0 {
		c.Day = is.Day
	}
	if c.Number == was.Number {
		c.Number = is.Number
	}
	if c.Decided == was.Decided {
		c.Decided = is.Decided
	}
	if c.Source == was.Source {
		c.Source = is.Source
	}
}

// readOpen finds the draft of a POST, which must still be open and at the revision that the form showed.
func (s *server) readOpen(r *http.Request) (d org.Draft, tree *org.Tree, err error) {
	if err := r.ParseForm(); err != nil {
		return d, nil, fault.Wrap(err, fault.Invalid, "Không đọc được biểu mẫu. Hãy mở lại trang và gửi lại.")
	}
	if d, tree, err = s.readDraft(r); err != nil {
		return d, nil, err
	}
	if d.State != org.DraftOpen {
		return d, nil, fault.New(fault.Conflict, "Bản nháp này đã được thực hiện, không sửa được nữa. Muốn đổi, hãy hoàn tác rồi lập bản nháp mới.")
	}
	// An old form is saved against its own revision, so that SaveDraft tells of the other's work.
	if d.Revision, err = strconv.ParseInt(r.PostForm.Get("phien-ban"), 10, 64); err != nil {
		d.Revision = -1
	}
	return d, tree, nil
}

// saveDraft writes the draft's next revision, once for a form.
func (s *server) saveDraft(r *http.Request, f form, d *org.Draft) error {
	ctx := r.Context()
	who := viewer(ctx).Login
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := db.Once(ctx, tx, s.unitKey(ctx, f), []byte(r.URL.Path+f.Values.Encode()), func() ([]byte, error) {
			fresh := *d // the act may be run again by the engine
			return nil, org.SaveDraft(ctx, tx, &fresh, who)
		})
		return err
	})
}

func (s *server) draftDrop(w http.ResponseWriter, r *http.Request) error {
	d, _, err := s.readOpen(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	err = s.DB.Write(ctx, func(tx *db.Tx) error { return org.DropDraft(ctx, tx, &d, viewer(ctx).Login) })
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/don-vi/sap-xep?xong=bo", http.StatusSeeOther)
	return nil
}
