package web

import (
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/desk"
	"danvan/internal/fault"
)

// boardPath is the address of the own board.
const boardPath = "/bang-so-lieu"

// boardView is a person's own board: the cards, and what may be added.
type boardView struct {
	Scope *scope
	Cards []deskCard
	Done  string // the word of a notice
	Most  int
	Form  form
	Names []option // the indicators that can be added
}

// board is a person's own list of indicators, for the period and boundaries of the pickers.
func (s *server) board(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	return s.showBoard(w, r, http.StatusOK, boardView{Scope: sc, Done: r.URL.Query().Get("xong"), Form: newForm()})
}

func (s *server) showBoard(w http.ResponseWriter, r *http.Request, status int, v boardView) error {
	asks, err := s.boardAsks(r.Context(), v.Scope, viewer(r.Context()))
	if err != nil {
		return err
	}
	if err := s.counted(r.Context(), v.Scope); err != nil {
		return err
	}
	if v.Cards, err = s.cards(r.Context(), v.Scope, asks); err != nil {
		return err
	}
	v.Most = desk.Most
	for _, ind := range s.Catalog.EditionOn(v.Scope.Period.To).Indicators {
		v.Names = append(v.Names, option{Value: ind.Code, Name: ind.Name})
	}
	title := "Bảng của tôi"
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "bang", Scope: v.Scope}, boardPage(v))
}

// boardAdd puts an indicator on the board of whoever asks: chi-tieu, and, where the card keeps to one unit, don-vi-the
// or don-vi; nhan (label:value) for a part of it.
func (s *server) boardAdd(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "Không đọc được biểu mẫu. Hãy tải lại trang rồi gửi lại.")
	}
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	who := viewer(r.Context())
	f := sentForm(r.PostForm)
	card, err := s.cardOf(sc, &f, who)
	if err != nil {
		return err
	}
	if len(f.Wrong) > 0 {
		return s.showBoard(w, r, http.StatusUnprocessableEntity, boardView{Scope: sc, Form: f})
	}
	err = s.DB.Write(r.Context(), func(tx *db.Tx) error { return desk.Add(r.Context(), tx, who.Account, card) })
	if fault.KindOf(err) == fault.Conflict {
		f.say("chi-tieu", fault.Say(err))
		return s.showBoard(w, r, http.StatusConflict, boardView{Scope: sc, Form: f})
	}
	if err != nil {
		return err
	}
	return s.backToBoard(w, r, sc, "them-the")
}

// cardOf reads a card from a form; what is wrong with it is said in the form.
func (s *server) cardOf(sc *scope, f *form, who *access.Viewer) (desk.Card, error) {
	c := desk.Card{Indicator: strings.TrimSpace(f.get("chi-tieu")), Label: strings.Replace(strings.TrimSpace(f.get("nhan")), ":", "=", 1)}
	ind := s.Catalog.EditionOn(sc.Period.To).Indicator(c.Indicator)
	if ind == nil {
		ind = s.Catalog.Latest().Indicator(c.Indicator)
	}
	if ind == nil {
		f.say("chi-tieu", "Hãy chọn một chỉ tiêu trong danh mục.")
		return c, nil
	}
	c.Indicator = ind.Code
	if c.Label != "" && !knownPart(s, sc, ind.Code, c.Label) {
		f.say("chi-tieu", "Chỉ tiêu này không có phần được chọn. Hãy thêm lại từ trang của chỉ tiêu.")
	}
	ref := or(f.get("don-vi-the"), f.get("don-vi"))
	if ref == "" {
		return c, nil
	}
	u, err := sc.tree.Resolve(ref, sc.Basis, sc.Period.To)
	if err != nil {
		f.say("don-vi-the", fault.Say(err))
		return c, nil
	}
	if !who.May(access.ReadWork, u.ID) {
		return c, fault.New(fault.Denied, "Tài khoản của bạn chưa được giao quyền xem đơn vị này. Hãy chọn đơn vị khác, hoặc hỏi người quản trị.")
	}
	c.Unit = u.ID
	return c, nil
}

func knownPart(s *server, sc *scope, code, label string) bool {
	ed := s.Catalog.EditionOn(sc.Period.To)
	ind := ed.Indicator(code)
	if ind == nil {
		return false
	}
	for _, o := range labelOptions(ed, ind) {
		if o.Value == label {
			return true
		}
	}
	return false
}

// boardRemove takes a card from the board.
func (s *server) boardRemove(w http.ResponseWriter, r *http.Request) error {
	id, sc, err := s.cardIn(r)
	if err != nil {
		return err
	}
	account := viewer(r.Context()).Account
	err = s.DB.Write(r.Context(), func(tx *db.Tx) error { return desk.Remove(r.Context(), tx, account, id) })
	if err != nil {
		return err
	}
	return s.backToBoard(w, r, sc, "bo-the")
}

// boardPlace puts a card at another place: vi-tri counts from 0.
func (s *server) boardPlace(w http.ResponseWriter, r *http.Request) error {
	id, sc, err := s.cardIn(r)
	if err != nil {
		return err
	}
	place, err := strconv.Atoi(r.PostForm.Get("vi-tri"))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Vị trí phải là số. Hãy tải lại trang rồi bấm lại.")
	}
	account := viewer(r.Context()).Account
	err = s.DB.Write(r.Context(), func(tx *db.Tx) error { return desk.Place(r.Context(), tx, account, id, place) })
	if err != nil {
		return err
	}
	return s.backToBoard(w, r, sc, "")
}

func (s *server) cardIn(r *http.Request) (int64, *scope, error) {
	if err := r.ParseForm(); err != nil {
		return 0, nil, fault.Wrap(err, fault.Invalid, "Không đọc được biểu mẫu. Hãy tải lại trang rồi gửi lại.")
	}
	id, err := strconv.ParseInt(r.PathValue("card"), 10, 64)
	if err != nil {
		return 0, nil, fault.Wrap(err, fault.NotFound, "Không có thẻ này trên bảng. Hãy tải lại trang.")
	}
	sc, err := s.readScope(r)
	return id, sc, err
}

func (s *server) backToBoard(w http.ResponseWriter, r *http.Request, sc *scope, done string) error {
	http.Redirect(w, r, boardPath+sc.query("xong", done), http.StatusSeeOther)
	return nil
}
