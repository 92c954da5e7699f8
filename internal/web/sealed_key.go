package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/sealed"
)

// keyView is the page of a holder's own keys and of what waits for him.
type keyView struct {
	Offices  []heldOffice
	Form     form // register
	Prove    form
	Confirm  form
	Lost     form
	Done     string
	Custody  bool // keeps the outer half somewhere
	Requests []requestLine
}

// heldOffice is an office in which the viewer holds a key, or may.
type heldOffice struct {
	Unit   org.UnitID
	Ref    string
	Name   string
	Half   sealed.Half
	Holds  bool // its approval
	Mine   []sealed.Key
	Wait   []waitingKey // of the other half, to be compared
	Others []waitingKey // who else holds keys that serve
	Works  int          // records to be sealed anew
	Dead   []string     // codes of records that nobody opens any more
}

type waitingKey struct {
	sealed.Key
	Holder string
}

// requestLine is a request as the custodian's list shows it.
type requestLine struct {
	sealed.Opening
	Who string
}

func (s *server) keyPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.keyView(r)
	if err != nil {
		return err
	}
	return s.showKeys(w, r, http.StatusOK, v)
}

func (s *server) showKeys(w http.ResponseWriter, r *http.Request, status int, v *keyView) error {
	title := "Khóa của tôi"
	if status != http.StatusOK {
		title = "Lỗi: khóa của tôi"
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.render(w, r, status, page{Title: title, Section: "khoa", Scripts: sealedScripts}, keyDetail(v))
}

func (s *server) keyView(r *http.Request) (*keyView, error) {
	ctx := r.Context()
	v := &keyView{Form: newForm(), Prove: newForm(), Confirm: newForm(), Lost: newForm(), Done: r.URL.Query().Get("xong")}
	held, err := s.heldOffices(ctx)
	if err != nil {
		return nil, err
	}
	names, err := s.holderNames(ctx)
	if err != nil {
		return nil, err
	}
	for _, unit := range sortedUnits(held) {
		o, err := s.heldOffice(r, unit, held[unit], names)
		if err != nil {
			return nil, err
		}
		v.Offices = append(v.Offices, o)
		if o.Half != sealed.Custodian {
			continue
		}
		v.Custody = true
		list, err := sealed.Openings(ctx, s.DB.Read(), unit)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			if x.At(sealedNow()) == sealed.Asked && x.AskedBy != viewer(ctx).Account {
				v.Requests = append(v.Requests, requestLine{x, holderName(names, x.AskedBy)})
			}
		}
	}
	return v, nil
}

func (s *server) heldOffice(r *http.Request, unit org.UnitID, half sealed.Half, names map[int64]string) (heldOffice, error) {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return heldOffice{}, err
	}
	o := heldOffice{Unit: unit, Ref: unitRef(tree, tree.Unit(unit), s.Today()), Name: tree.NameOn(unit, s.Today()), Half: half}
	approval, err := sealed.Office(ctx, s.DB.Read(), []org.UnitID{unit})
	if err != nil {
		return o, err
	}
	o.Holds = approval != nil
	all, err := sealed.Keys(ctx, s.DB.Read(), unit)
	if err != nil {
		return o, err
	}
	for _, k := range all {
		switch {
		case k.Account == viewer(ctx).Account:
			o.Mine = append(o.Mine, k)
		case k.State == sealed.Proved && k.Half == half.Other():
			o.Wait = append(o.Wait, waitingKey{k, holderName(names, k.Account)})
		case k.State == sealed.Active:
			o.Others = append(o.Others, waitingKey{k, holderName(names, k.Account)})
		}
	}
	work, err := sealed.Stale(ctx, s.DB.Read(), unit)
	for _, x := range work {
		if x.Dead {
			o.Dead = append(o.Dead, x.Code)
		} else {
			o.Works++
		}
	}
	return o, err
}

// serving reports whether the viewer has a key here that serves or may come to serve.
func (o heldOffice) serving() bool {
	return slices.ContainsFunc(o.Mine, func(k sealed.Key) bool { return k.State == sealed.New || k.State == sealed.Proved })
}

// keyAct runs an act of the key page and leads back to it.
func (s *server) keyAct(w http.ResponseWriter, r *http.Request, place func(*keyView) *form, done string, act func(f *form, tx *db.Tx) error) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	err = s.onceFor(r, f, func(tx *db.Tx) error { return act(&f, tx) })
	if err == nil {
		return seeOther(w, r, "/to-cao/khoa?xong="+done)
	}
	if sentence(err) == "" && fault.KindOf(err) != fault.Denied {
		return err
	}
	f.say(publicHalf(f.get("co-quan")), fault.Say(err))
	v, verr := s.keyView(r)
	if verr != nil {
		return verr
	}
	*place(v) = f
	status := http.StatusUnprocessableEntity
	if fault.KindOf(err) == fault.Denied {
		status = http.StatusForbidden
	}
	return s.showKeys(w, r, status, v)
}

// publicHalf is the field for the public half of a key at one of the offices that a holder serves; "" where no office is named.
func publicHalf(office string) string {
	if office == "" {
		return ""
	}
	return "khoa-cong-khai-" + office
}

func (f form) number(name string) int64 {
	n, _ := strconv.ParseInt(f.get(name), 10, 64)
	return n
}

func (s *server) keyRegister(w http.ResponseWriter, r *http.Request) error {
	return s.keyAct(w, r, func(v *keyView) *form { return &v.Form }, "dang-ky-khoa", func(f *form, tx *db.Tx) error {
		held, err := s.heldOffices(r.Context())
		if err != nil {
			return err
		}
		unit := org.UnitID(f.number("co-quan"))
		half, ok := held[unit]
		if !ok {
			return fault.New(fault.Invalid, "Bạn không giữ khóa ở cơ quan này. Hãy tải lại trang.")
		}
		_, err = sealed.Register(r.Context(), tx, sealedBy(r.Context()), unit, half, f.get(publicHalf(f.get("co-quan"))))
		return err
	})
}

// keyChallenge is the challenge of one of the viewer's keys as a file, for the command line.
func (s *server) keyChallenge(w http.ResponseWriter, r *http.Request) error {
	id, _ := strconv.ParseInt(r.URL.Query().Get("so"), 10, 64)
	k, err := sealed.KeyByID(r.Context(), s.DB.Read(), id)
	if err != nil {
		return err
	}
	if k.Account != viewer(r.Context()).Account {
		return fault.New(fault.NotFound, "Không có khóa này trong các khóa của bạn.")
	}
	return writeDownload(w, "cau-thu.age.txt", "text/plain; charset=utf-8", []byte(sealed.Armor(k.Challenge)))
}

func (s *server) keyProve(w http.ResponseWriter, r *http.Request) error {
	return s.keyAct(w, r, func(v *keyView) *form { return &v.Prove }, "thu-khoa", func(f *form, tx *db.Tx) error {
		return sealed.Prove(r.Context(), tx, sealedBy(r.Context()), f.number("so"), f.get("tra-loi"))
	})
}

func (s *server) keyConfirm(w http.ResponseWriter, r *http.Request) error {
	return s.keyAct(w, r, func(v *keyView) *form { return &v.Confirm }, "doi-chieu-khoa", func(f *form, tx *db.Tx) error {
		return sealed.Confirm(r.Context(), tx, sealedBy(r.Context()), f.number("so"), f.get("van-tay"))
	})
}

// keyLost is a holder's word that his key is gone.
func (s *server) keyLost(w http.ResponseWriter, r *http.Request) error {
	return s.keyAct(w, r, func(v *keyView) *form { return &v.Lost }, "bao-mat-khoa", func(f *form, tx *db.Tx) error {
		k, err := sealed.KeyByID(r.Context(), tx, f.number("so"))
		if err != nil {
			return err
		}
		if k.Account != viewer(r.Context()).Account {
			return fault.New(fault.Denied, "Khóa này do người khác giữ.")
		}
		return sealed.End(r.Context(), tx, sealedBy(r.Context()), k.ID, sealed.Lost, f.get("ly-do"))
	})
}

// recloseView is the worklist after keys have changed.
type recloseView struct {
	Offices []recloseOffice
	Form    form
	Done    string
}

type recloseOffice struct {
	heldOffice
	Outer, Inner []sealed.Work
}

// mostReclosed bounds how many records one file carries.
const mostReclosed = 200

func (s *server) recloseView(r *http.Request) (*recloseView, error) {
	v := &recloseView{Form: newForm(), Done: r.URL.Query().Get("xong")}
	held, err := s.heldOffices(r.Context())
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return nil, err
	}
	for _, unit := range sortedUnits(held) {
		work, err := sealed.Stale(r.Context(), s.DB.Read(), unit)
		if err != nil {
			return nil, err
		}
		o := recloseOffice{heldOffice: heldOffice{Unit: unit, Name: tree.NameOn(unit, s.Today()), Half: held[unit]}}
		for _, x := range work {
			switch {
			case x.Dead:
				o.Dead = append(o.Dead, x.Code)
			case x.InnerOld:
				o.Inner = append(o.Inner, x)
			default:
				o.Outer = append(o.Outer, x)
			}
		}
		v.Offices = append(v.Offices, o)
	}
	return v, nil
}

func (s *server) recloseList(w http.ResponseWriter, r *http.Request) error {
	v, err := s.recloseView(r)
	if err != nil {
		return err
	}
	return s.showReclose(w, r, http.StatusOK, v)
}

func (s *server) showReclose(w http.ResponseWriter, r *http.Request, status int, v *recloseView) error {
	title := "Niêm phong lại"
	if status != http.StatusOK {
		title = "Lỗi: niêm phong lại"
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.render(w, r, status, page{Title: title, Section: "khoa", Scripts: sealedScripts}, recloseDetail(v))
}

// recloseBundle is the records whose outer layer the custodian closes anew.
func (s *server) recloseBundle(w http.ResponseWriter, r *http.Request) error {
	unit, _ := strconv.ParseInt(r.URL.Query().Get("co-quan"), 10, 64)
	if !viewer(r.Context()).May(access.KeepKeys, org.UnitID(unit)) {
		return fault.New(fault.NotFound, "Bạn không giữ khóa ở cơ quan này.")
	}
	ring, err := sealed.RingOf(r.Context(), s.DB.Read(), org.UnitID(unit))
	if err != nil {
		return err
	}
	work, err := sealed.Stale(r.Context(), s.DB.Read(), org.UnitID(unit))
	if err != nil {
		return err
	}
	b := sealed.Bundle{Mark: ring.Mark(), Custodians: sealed.Recipients(ring.Custodians), Records: []sealed.Enclosed{}}
	for _, x := range work {
		if x.OuterOld && !x.InnerOld && !x.Dead && len(b.Records) < mostReclosed {
			b.Records = append(b.Records, sealed.Enclosed{Entry: x.Entry, Code: x.Code, Version: x.Version, Body: x.Body})
		}
	}
	out, err := json.Marshal(b)
	if err != nil {
		return err
	}
	return writeDownload(w, "niem-phong-lai.json", "application/json", out)
}

// reclose keeps records whose outer layer a custodian's device closed anew: all of them or none.
func (s *server) reclose(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<20)
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	var b sealed.Bundle
	if err := json.Unmarshal(bytes.TrimSpace([]byte(f.get("ket-qua"))), &b); err != nil || len(b.Records) == 0 {
		f.say("ket-qua", "Hãy dán nguyên cả tệp kết quả của danvan identity rotate.")
	} else if err := s.onceFor(r, f, func(tx *db.Tx) error { return s.recloseIn(r, tx, b) }); err != nil {
		if sentence(err) == "" {
			return err
		}
		f.say("ket-qua", sentence(err))
	}
	if len(f.Wrong) == 0 {
		return seeOther(w, r, "/to-cao/khoa/niem-phong-lai?xong=niem-phong-lai")
	}
	f.Values.Del("ket-qua")
	v, err := s.recloseView(r)
	if err != nil {
		return err
	}
	v.Form = f
	return s.showReclose(w, r, http.StatusUnprocessableEntity, v)
}

func (s *server) recloseIn(r *http.Request, tx *db.Tx, b sealed.Bundle) error {
	held, err := s.heldOffices(r.Context())
	if err != nil {
		return err
	}
	mine := map[int64]bool{}
	for unit, half := range held {
		if half != sealed.Custodian {
			continue
		}
		list, err := sealed.Records(r.Context(), tx, unit)
		if err != nil {
			return err
		}
		for _, x := range list {
			mine[x.Entry] = true
		}
	}
	for _, x := range b.Records {
		if !mine[x.Entry] {
			return fault.New(fault.Invalid, "Trong tệp có hồ sơ không thuộc cơ quan bạn giữ khóa. Hãy tải lại danh sách.")
		}
		if err := sealed.Recover(r.Context(), tx, sealedBy(r.Context()), x.Entry, x.Version, b.Mark, x.Body); err != nil {
			return err
		}
	}
	return nil
}
