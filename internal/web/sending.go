package web

import (
	"net/http"
	"slices"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sending"
)

// sendingRoutes are the inbox of what people sent from the public pages. Nothing of it is kept by a browser.
func (s *server) sendingRoutes() []route {
	const read, take = access.ReadLetters, access.RecordLetters
	return []route{
		{"GET /gui-den", read, nil, s.sendingInbox},
		{"GET /gui-den/thay", access.WriteForOthers, nil, s.behalfPage},
		{"POST /gui-den/thay", access.WriteForOthers, nil, s.behalfPost},
		{"GET /gui-den/{id}", read, onSending, s.sendingPage},
		{"POST /gui-den/{id}/nguoi-gui", access.SeeSender, onSending, s.sendingSender},
		{"POST /gui-den/{id}/tep/{n}", access.SeeSender, onSending, s.sendingFile},
		{"POST /gui-den/{id}/nhan", take, onSending, s.sendingTake},
		{"POST /gui-den/{id}/chuyen", take, onSending, s.sendingForward},
		{"POST /gui-den/{id}/khong-nhan", take, onSending, s.sendingRefuse},
		{"POST /gui-den/{id}/lay-lai", take, onSending, s.sendingUndo},
		{"GET /to-cao-den", access.OpenIdentity, nil, s.sealedInbox},
		{"GET /to-cao-den/{id}", access.OpenIdentity, onSealedSending, s.sealedSending},
		{"GET /to-cao-den/{id}/tep/{file}", access.OpenIdentity, onSealedSending, s.sealedSendingFile},
		{"POST /to-cao-den/{id}/nhan", access.OpenIdentity, onSealedSending, s.sealedSendingTake},
		{"POST /to-cao-den/{id}/khong-nhan", access.OpenIdentity, onSealedSending, s.sealedSendingRefuse},
	}
}

// onSending is the body that has what was sent now.
func onSending(s *server, r *http.Request) (org.UnitID, error) {
	x, err := s.sendingAt(r)
	return x.Unit, err
}

func (s *server) sendingAt(r *http.Request) (sending.Sending, error) {
	id, err := pathID(r)
	if err != nil {
		return sending.Sending{}, err
	}
	return s.Sendings.One(r.Context(), s.DB.Read(), id)
}

// patience is after how many working days a sending has waited too long.
const patience = 2

// waitsSince is how many working days something has waited.
func (s *server) waitsSince(day civil.Date) int {
	cal, n := s.Catalog.EditionOn(s.Today()).Calendar("vn"), 0
	for d := day.AddDays(1); d <= s.Today() && n < 100; d = d.AddDays(1) {
		if cal == nil || !cal.Off(d) {
			n++
		}
	}
	return n
}

// sendingInbox lists what waits, was taken in, or refused.
func (s *server) sendingInbox(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	state := sending.State(or(r.URL.Query().Get("xem"), string(sending.New)))
	me := viewer(ctx)
	list, err := s.Sendings.Inbox(ctx, s.DB.Read(), state, func(unit org.UnitID) bool { return me.May(access.ReadLetters, unit) })
	if err != nil {
		return err
	}
	v := &bookView{Title: "Người dân gửi đến", Path: "/gui-den", Noun: "lần gửi", Section: "gui-den", Done: r.URL.Query().Get("xong"),
		Lead:  "Gửi qua cổng, chưa vào sổ. Ngày nhận tính từ ngày người dân gửi; quá " + itoa(patience) + " ngày làm việc chưa xử lý thì được nhắc.",
		Empty: "Không có lần gửi nào ở mục này trong phạm vi của bạn.",
		Columns: []bookColumn{{Key: "so", Name: "Số"}, {Key: "ngay", Name: "Ngày gửi"}, {Key: "chuyen", Name: "Chuyện"}, {Key: "noi", Name: "Nơi xảy ra"},
			{Key: "don-vi", Name: "Đang ở"}, {Key: "doan", Name: "Đoán loại"}, {Key: "cho", Name: "Tình trạng"}}}
	v.Asks = []bookAsk{{Key: "xem", Name: "Xem", Value: string(state), Options: []option{{Value: "new", Name: "Đang chờ"}, {Value: "taken", Name: "Đã vào sổ"}, {Value: "refused", Name: "Không nhận"}}}}
	v.Links = append(v.Links, bookLink{Name: "Gửi thay người dân", Href: "/gui-den/thay"})
	if me.May(access.OpenIdentity, 0) {
		v.Links = append(v.Links, bookLink{Name: "Tố cáo gửi đến", Href: "/to-cao-den"})
	}
	for _, x := range list {
		v.Rows = append(v.Rows, bookRow{Href: "/gui-den/" + itoa(x.ID), Cells: []bookCell{wordCell(x.Number), dayCell(x.Day), wordCell(sending.TopicOf(x.Topic).Name),
			wordCell(or(tree.NameOn(x.Place, x.Day), "Không rõ, cả tỉnh")), wordCell(tree.NameOn(x.Unit, s.Today())), wordCell(s.className(x.Class)), s.waitCell(x)}})
	}
	return s.showBook(w, r, v)
}

func (s *server) className(class string) string {
	if k := s.kindNear(petition.Letter, s.Today()); k != nil && class != "" {
		return choiceName(k, "class", class)
	}
	return ""
}

func (s *server) waitCell(x sending.Sending) bookCell {
	switch n := s.waitsSince(x.Day); {
	case x.State == sending.Taken:
		return chipCell("done", "Đã vào sổ")
	case x.State == sending.Refused:
		return chipCell("plain", "Không nhận")
	case n > patience:
		return chipCell("late", "Chờ "+strconv.Itoa(n)+" ngày làm việc")
	}
	return chipCell("wait", "Đang chờ")
}

// sendingView is the page of one sending.
type sendingView struct {
	sending.Sending
	Title   string
	Done    string
	Today   civil.Date
	At      string // the body that has it
	Where   string
	Content dossier.Content
	Files   []sending.Parked
	Gone    bool
	Guess   *petition.Guess
	Next    []clock.Deadline
	Late    int
	Acts    []sending.Act
	Units   map[int64]string
	Kind    formKind
	Take    form
	Look    form
	Forward form
	Refuse  form
	Sender  *dossier.Sender
	MayTake bool
	MayLook bool
	Bodies  []option
	Kept    *clock.Deadline // until when the content of a refused one is kept
}

// formKind gives the forms of a page their choices.
type formKind struct{ Classes, Fields, Eligible []option }

func (s *server) sendingView(r *http.Request) (*sendingView, error) {
	x, err := s.sendingAt(r)
	if err != nil {
		return nil, err
	}
	ctx, me := r.Context(), viewer(r.Context())
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := &sendingView{Sending: x, Title: "Lần gửi " + x.Number, Done: r.URL.Query().Get("xong"), Today: s.Today(), At: tree.NameOn(x.Unit, s.Today()), Where: or(tree.NameOn(x.Place, x.Day), "Không rõ, cả tỉnh"),
		Take: newForm(), Look: newForm(), Forward: newForm(), Refuse: newForm(), Units: map[int64]string{}}
	v.MayTake, v.MayLook = me.May(access.RecordLetters, x.Unit), me.May(access.SeeSender, x.Unit)
	err = s.DB.View(ctx, func(q db.Querier) (err error) {
		if v.Content, v.Files, v.Gone, err = s.Sendings.Read(ctx, q, x.ID); err != nil {
			return err
		}
		if v.Kept, err = s.Sendings.KeptUntil(ctx, q, x); err != nil {
			return err
		}
		v.Acts, err = s.Sendings.ActsOf(ctx, q, x.ID, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	if x.State == sending.Taken { // what became of it stands in the letter, with its own rights
		v.Content, v.Files, v.Gone = dossier.Content{}, nil, true
	}
	for _, a := range v.Acts {
		v.Units[a.Unit] = tree.NameOn(org.UnitID(a.Unit), s.Today())
	}
	s.sendingForm(v, tree)
	return v, nil
}

// sendingForm fills the forms with what the program suggests.
func (s *server) sendingForm(v *sendingView, tree *org.Tree) {
	if g, ok := sending.Guess(v.Content); ok {
		v.Guess = &g
		v.Take.Values.Set("loai", g.Class)
	}
	v.Take.Values.Set("linh-vuc", sending.TopicOf(v.Topic).Field)
	v.Next = s.Sendings.Next(v.Take.get("loai"), v.Day)
	if n := s.waitsSince(v.Day); v.State == sending.New && n > patience {
		v.Late = n
	}
	if kind := s.kindNear(petition.Letter, v.Today); kind != nil {
		v.Kind = formKind{choiceOptions(kind, "class", "Chọn theo nội dung", v.Today), choiceOptions(kind, "field", "Chọn lĩnh vực", v.Today), choiceOptions(kind, "eligible", "Chưa xét", v.Today)}
	}
	v.Bodies = bodiesFor(tree, v.Unit, v.Today)
}

// bodiesFor are the bodies to which what was sent may be forwarded: the committees of the province and of all communes,
// by name.
func bodiesFor(tree *org.Tree, but org.UnitID, day civil.Date) []option {
	var out []option
	for _, id := range tree.Existing(day, 0, org.Filter{Forms: []string{org.Territory}}) {
		if tree.Unit(id).NoData {
			continue
		}
		if at := sending.Answers(tree, id, day); at != 0 && at != but {
			out = append(out, option{Value: ledger.Ref(tree.Unit(at)), Name: tree.NameOn(at, day)})
		}
	}
	slices.SortFunc(out, func(a, b option) int { return compareFolded(a.Name, b.Name) })
	return out
}

func compareFolded(a, b string) int {
	x, y := civil.Fold(a), civil.Fold(b)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func (s *server) sendingPage(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.sendingView(r)
	if err != nil {
		return err
	}
	return s.showSending(w, r, http.StatusOK, v)
}

func (s *server) showSending(w http.ResponseWriter, r *http.Request, status int, v *sendingView) error {
	p := page{Title: v.Title, Section: "gui-den"}
	if len(v.Take.Wrong)+len(v.Look.Wrong)+len(v.Forward.Wrong)+len(v.Refuse.Wrong) > 0 {
		p.Title, status = "Lỗi: "+lowerFirst(p.Title), http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, sendingDetail(v))
}
