package web

import (
	"net/http"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/sealed"
)

// officeView is the overview of approvals and keys: who holds, in which state. Nothing here opens anything.
type officeView struct {
	Offices []officeLine
	On      pieceForm
	Off     form
	End     form
	May     bool // turn on and off, note that a holder has left
	Done    string
}

type officeLine struct {
	sealed.Approval
	Name string
	Ref  string
	Keys []keyLine
	Full bool // both halves have keys
	Dead []string
	Work int
}

type keyLine struct {
	waitingKey
	Post bool // the holder still has the post
}

func (s *server) officeKeys(w http.ResponseWriter, r *http.Request) error {
	v, err := s.officeView(r)
	if err != nil {
		return err
	}
	return s.showOffices(w, r, http.StatusOK, v)
}

func (s *server) showOffices(w http.ResponseWriter, r *http.Request, status int, v *officeView) error {
	title := "Khóa danh tính người tố cáo"
	if status != http.StatusOK {
		title = "Lỗi: khóa danh tính người tố cáo"
	}
	return s.render(w, r, status, page{Title: title, Section: "khoa-danh-tinh"}, officeDetail(v))
}

func (s *server) officeView(r *http.Request) (*officeView, error) {
	ctx := r.Context()
	who := viewer(ctx)
	v := &officeView{On: newPieceForm("bat"), Off: newForm(), End: newForm(), May: who.May(access.RunSystem, 0), Done: r.URL.Query().Get("xong")}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	names, err := s.holderNames(ctx)
	if err != nil {
		return nil, err
	}
	list, err := sealed.Approvals(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	seen := map[org.UnitID]bool{}
	for _, a := range list {
		if !who.May(access.ReadLog, a.Unit) {
			continue
		}
		line := officeLine{Approval: a, Name: tree.NameOn(a.Unit, s.Today()), Ref: unitRef(tree, tree.Unit(a.Unit), s.Today())}
		if !seen[a.Unit] {
			seen[a.Unit] = true
			if err := s.fillOffice(r, tree, &line, names); err != nil {
				return nil, err
			}
		}
		v.Offices = append(v.Offices, line)
	}
	return v, nil
}

func (s *server) fillOffice(r *http.Request, tree *org.Tree, line *officeLine, names map[int64]string) error {
	ctx := r.Context()
	ring, err := sealed.RingOf(ctx, s.DB.Read(), line.Unit)
	if err != nil {
		return err
	}
	line.Full = ring.Complete()
	all, err := sealed.Keys(ctx, s.DB.Read(), line.Unit)
	if err != nil {
		return err
	}
	for _, k := range all {
		post, err := s.hasPost(r, tree, k)
		if err != nil {
			return err
		}
		line.Keys = append(line.Keys, keyLine{waitingKey{k, holderName(names, k.Account)}, post})
	}
	work, err := sealed.Stale(ctx, s.DB.Read(), line.Unit)
	for _, x := range work {
		if x.Dead {
			line.Dead = append(line.Dead, x.Code)
		} else {
			line.Work++
		}
	}
	return err
}

// hasPost reports whether the holder of a key still has the right that the key stands for.
func (s *server) hasPost(r *http.Request, tree *org.Tree, k sealed.Key) (bool, error) {
	grants, err := access.Grants(r.Context(), s.DB.Read(), k.Account)
	if err != nil {
		return false, err
	}
	right := access.OpenIdentity
	if k.Half == sealed.Custodian {
		right = access.KeepKeys
	}
	return access.NewViewer(tree, s.Today(), k.Account, "", "", grants).May(right, k.Unit), nil
}

// officeAct runs an act of the page; f.Wrong stops it before.
func (s *server) officeAct(w http.ResponseWriter, r *http.Request, f pieceForm, place func(*officeView, pieceForm), done string, act func(tx *db.Tx) error) error {
	if len(f.Wrong) == 0 {
		err := s.onceFor(r, f.form, act)
		if err == nil {
			return seeOther(w, r, "/quan-tri/khoa?xong="+done)
		}
		if sentence(err) == "" {
			return err
		}
		f.say("", sentence(err))
	}
	v, err := s.officeView(r)
	if err != nil {
		return err
	}
	place(v, f)
	return s.showOffices(w, r, http.StatusUnprocessableEntity, v)
}

func (s *server) officeForm(r *http.Request) (pieceForm, error) {
	f, err := postedForm(r)
	return pieceForm{form: f}, err
}

// officeOn records the approval under which an office keeps identities here.
func (s *server) officeOn(w http.ResponseWriter, r *http.Request) error {
	f, err := s.officeForm(r)
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	a := sealed.Approval{
		Document: f.want("van-ban", "Hãy ghi số, ký hiệu văn bản phê duyệt."),
		On:       f.wantDay("ngay-van-ban", "Hãy ghi ngày của văn bản."),
		Issuer:   f.want("co-quan-ban-hanh", "Hãy ghi cơ quan ban hành."),
		Scope:    f.want("pham-vi", "Hãy ghi phạm vi được phê duyệt."),
		Signer:   f.want("nguoi-ky", "Hãy ghi chức vụ, họ tên người ký."),
	}
	a.Below = f.get("nhan-thay") != ""
	if a.On > s.Today() {
		f.say("ngay-van-ban", "Ngày của văn bản chưa tới.")
	}
	if u := f.unit(tree, "don-vi", s.Today()); u != nil {
		a.Unit = u.ID
		if !viewer(r.Context()).May(access.RunSystem, u.ID) {
			f.say("don-vi", "Đơn vị này ngoài phạm vi bạn quản trị.")
		}
	} else if !f.Wrong.has("don-vi") {
		f.say("don-vi", "Hãy chọn cơ quan có bộ phận bảo mật giữ danh tính.")
	}
	return s.officeAct(w, r, f, func(v *officeView, f pieceForm) { v.On = f }, "bat-danh-tinh", func(tx *db.Tx) error {
		return sealed.TurnOn(r.Context(), tx, sealedBy(r.Context()), a)
	})
}

func (s *server) officeOff(w http.ResponseWriter, r *http.Request) error {
	f, err := s.officeForm(r)
	if err != nil {
		return err
	}
	unit := org.UnitID(f.number("co-quan"))
	if !viewer(r.Context()).May(access.RunSystem, unit) {
		f.say("", "Không có cơ quan này trong phạm vi bạn quản trị. Hãy tải lại trang.")
	}
	return s.officeAct(w, r, f, func(v *officeView, f pieceForm) { v.Off = f.form }, "tat-danh-tinh", func(tx *db.Tx) error {
		return sealed.TurnOff(r.Context(), tx, sealedBy(r.Context()), unit, f.get("ly-do"))
	})
}

// officeKeyEnd notes that a holder has left, or that his key is lost and he cannot say so himself.
func (s *server) officeKeyEnd(w http.ResponseWriter, r *http.Request) error {
	f, err := s.officeForm(r)
	if err != nil {
		return err
	}
	state := sealed.Left
	if f.get("vi-sao") == string(sealed.Lost) {
		state = sealed.Lost
	}
	return s.officeAct(w, r, f, func(v *officeView, f pieceForm) { v.End = f.form }, "thoi-khoa", func(tx *db.Tx) error {
		k, err := sealed.KeyByID(r.Context(), tx, f.number("so"))
		if err == nil && !viewer(r.Context()).May(access.RunSystem, k.Unit) {
			return fault.New(fault.Invalid, "Khóa này ngoài phạm vi bạn quản trị.")
		}
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "Không có khóa này. Hãy tải lại trang.")
		}
		return sealed.End(r.Context(), tx, sealedBy(r.Context()), k.ID, state, strings.TrimSpace(f.get("ly-do")))
	})
}

// openingLogView is every request to open, for whoever reads the log over its office.
type openingLogView struct {
	Rows []openingLine
}

type openingLine struct {
	requestLine
	Office, By string
	Step       sealed.Step
}

func (s *server) openingLog(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := sealed.AllOpenings(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	names, err := s.holderNames(ctx)
	if err != nil {
		return err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	v := &openingLogView{}
	for _, o := range list {
		if !viewer(ctx).May(access.ReadLog, o.Unit) {
			continue
		}
		line := openingLine{requestLine: requestLine{o, holderName(names, o.AskedBy)}, Office: tree.NameOn(o.Unit, s.Today()), Step: o.At(sealedNow())}
		if o.DecidedBy != 0 {
			line.By = holderName(names, o.DecidedBy)
		}
		v.Rows = append(v.Rows, line)
	}
	return s.render(w, r, http.StatusOK, page{Title: "Sổ mở danh tính", Section: "niem-phong"}, openingLogDetail(v))
}
