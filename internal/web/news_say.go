package web

import (
	"net/http"
	"slices"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/news"
	"danvan/internal/org"
	"danvan/internal/sending"
)

// newsSayRoutes are what readers say of articles, until somebody decides. Nothing of it is kept by a browser.
func (s *server) newsSayRoutes() []route {
	const read, decide = access.ReadLetters, access.RecordLetters
	return []route{
		{"GET /gop-y", read, nil, s.sayInbox},
		{"GET /gop-y/{id}", read, onSaid, s.sayPage},
		{"POST /gop-y/{id}/nguoi-gui", access.SeeSender, onSaid, s.saySender},
		{"POST /gop-y/{id}/don", decide, onSaid, s.sayForward},
		{"POST /gop-y/{id}/{viec}", decide, onSaid, s.sayDecide},
	}
}

// onSaid is the body that answers for the article.
func onSaid(s *server, r *http.Request) (org.UnitID, error) {
	f, err := s.saidAt(r)
	return f.Unit, err
}

func (s *server) saidAt(r *http.Request) (news.Feedback, error) {
	id, err := pathID(r)
	if err != nil {
		return news.Feedback{}, err
	}
	return s.News.Feedback(r.Context(), s.DB.Read(), id)
}

var saidStates = []struct {
	State      news.FeedbackState
	Chip, Name string
}{
	{news.Waiting, "wait", "Chờ xử lý"}, {news.Answered, "done", "Đã trả lời"}, {news.OnPage, "done", "Đã đăng, không cần trả lời"},
	{news.Forwarded, "doing", "Đã chuyển thành phản ánh"}, {news.Refused, "plain", "Không đăng"},
}

func (s *server) sayInbox(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	ctx, me := r.Context(), viewer(r.Context())
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	see := news.FeedbackState(or(r.URL.Query().Get("xem"), string(news.Waiting)))
	list, err := s.News.Inbox(ctx, s.DB.Read(), see, func(unit org.UnitID) bool { return me.May(access.ReadLetters, unit) })
	if err != nil {
		return err
	}
	v := &bookView{Title: "Bạn đọc góp ý", Path: "/gop-y", Section: "tin-bai", Noun: "góp ý",
		Lead:    "Góp ý về tin, bài trên cổng. Đọc trước khi đăng; tên và liên hệ của người gửi niêm phong riêng.",
		Empty:   "Không có góp ý nào ở mục này trong phạm vi của bạn.",
		Columns: []bookColumn{{Key: "ngay", Name: "Ngày gửi"}, {Key: "bai", Name: "Về bài"}, {Key: "don-vi", Name: "Cơ quan"}, {Key: "trang-thai", Name: "Trạng thái"}}}
	var options []option
	known := false
	for _, x := range saidStates {
		known = known || x.State == see
		options = append(options, option{Value: string(x.State), Name: x.Name})
	}
	if !known {
		return fault.New(fault.Invalid, "Không có trạng thái này. Hãy chọn ở khung lọc.")
	}
	v.Asks = []bookAsk{{Key: "xem", Name: "Xem", Value: string(see), Options: options}}
	v.Links = []bookLink{{Name: "Tin, bài", Href: "/tin-bai"}, {Name: "Số liệu", Href: "/tin-bai/so-lieu"}}
	for _, f := range list {
		chip, name := saidState(f.State)
		if f.Long(s.Today()) {
			chip, name = "late", "Chờ lâu"
		}
		v.Rows = append(v.Rows, bookRow{Href: "/gop-y/" + itoa(f.ID), Cells: []bookCell{dayCell(f.Day), wordCell(f.Title), wordCell(tree.NameOn(f.Unit, s.Today())), chipCell(chip, name)}})
	}
	return s.showBook(w, r, v)
}

func saidState(st news.FeedbackState) (chip, name string) {
	for _, x := range saidStates {
		if x.State == st {
			return x.Chip, x.Name
		}
	}
	return "plain", string(st)
}

// sayView is the page of what one reader said.
type sayView struct {
	news.Feedback
	Done    string
	Text    string // as it was sent
	By      string
	Topics  []option
	Subject []option // of the letter that it may be
	Act     string
	Form    form
	Sender  *dossier.Sender
	Receipt *sending.Receipt
	MayAct  bool
	MayLook bool
}

func (s *server) sayView(r *http.Request) (*sayView, error) {
	f, err := s.saidAt(r)
	if err != nil {
		return nil, err
	}
	ctx, me := r.Context(), viewer(r.Context())
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := &sayView{Feedback: f, Done: r.URL.Query().Get("xong"), By: tree.NameOn(f.Unit, s.Today()), Form: newForm(), MayAct: me.May(access.RecordLetters, f.Unit), MayLook: f.Named && me.May(access.SeeSender, f.Unit)}
	if v.Text, err = s.News.SaidIn(ctx, s.DB.Read(), f.ID); err != nil {
		return nil, err
	}
	v.Topics = choiceOptions(s.kindNear(news.FeedbackKind, s.Today()), "topic", "Chọn nhóm vấn đề", s.Today())
	v.Subject = []option{{Name: "Chọn chuyện gần nhất"}}
	for _, t := range sending.Topics() {
		v.Subject = append(v.Subject, option{Value: t.Code, Name: t.Name})
	}
	v.Form.Values.Set("nhom", f.Topic)
	v.Form.Values.Set("loi", or(f.Said, v.Text))
	v.Form.Values.Set("ten", f.Name)
	v.Form.Values.Set("tra-loi", f.Answer)
	return v, nil
}

func (s *server) sayPage(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.sayView(r)
	if err != nil {
		return err
	}
	return s.showSaid(w, r, http.StatusOK, v)
}

func (s *server) showSaid(w http.ResponseWriter, r *http.Request, status int, v *sayView) error {
	title := "Góp ý về bài: " + v.Title
	if len(v.Form.Wrong) > 0 {
		title, status = "Lỗi: "+lowerFirst(title), http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, page{Title: title, Section: "tin-bai"}, sayDetail(v))
}

// sayDone are the states to which the acts of the page lead.
var sayDone = map[string]news.FeedbackState{"tra-loi": news.Answered, "dang": news.OnPage, "khong-dang": news.Refused, "lay-lai": news.Waiting}

// sayOpened is the page with the form that was sent.
func (s *server) sayOpened(w http.ResponseWriter, r *http.Request, act string) (*sayView, error) {
	unkept(w)
	v, err := s.sayView(r)
	if err != nil {
		return nil, err
	}
	f, err := s.sealedForm(w, r)
	if err != nil {
		return nil, err
	}
	v.Form, v.Act = f, act
	return v, nil
}

func (s *server) sayDecide(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	to, known := sayDone[act]
	if !known {
		return fault.New(fault.NotFound, "Không có việc này ở trang góp ý. Hãy mở lại trang.")
	}
	v, err := s.sayOpened(w, r, act)
	if err != nil {
		return err
	}
	f := &v.Form
	d := news.Decision{To: to, Topic: f.get("nhom"), Said: f.get("loi"), Answer: f.get("tra-loi"), Ground: f.get("ly-do")}
	if v.Open {
		d.Name = f.get("ten")
	}
	if to == news.Answered || to == news.OnPage {
		if !slices.ContainsFunc(v.Topics, func(o option) bool { return o.Value == d.Topic && o.Value != "" }) {
			f.say("nhom", "Hãy chọn nhóm vấn đề: số liệu góp ý tính theo nhóm.")
		}
		if d.Said == "" {
			f.say("loi", "Hãy để lại lời góp ý như người đọc sẽ thấy.")
		}
		if to == news.Answered && d.Answer == "" {
			f.say("tra-loi", "Hãy ghi câu trả lời.")
		}
	} else {
		d.Topic = v.Topic
	}
	if to == news.Refused && news.GroundName(d.Ground) == "" {
		f.say("ly-do", "Hãy chọn lý do không đăng.")
	}
	if len(f.Wrong) > 0 {
		return s.showSaid(w, r, http.StatusUnprocessableEntity, v)
	}
	_, err = s.sealedOnce(r, *f, func(tx *db.Tx) ([]byte, error) {
		return nil, s.News.Decide(r.Context(), tx, viewer(r.Context()).Login, v.ID, d)
	})
	return s.sayAfter(w, r, v, err, "gop-y-"+act)
}

// sayAfter says what an act refused, or leads back to the page.
func (s *server) sayAfter(w http.ResponseWriter, r *http.Request, v *sayView, err error, done string) error {
	if said := sentence(err); said != "" {
		v.Form.say("", said)
		return s.showSaid(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/gop-y/"+itoa(v.ID)+"?xong="+done)
}

// saySender shows who wrote, in the answer to the reason alone.
func (s *server) saySender(w http.ResponseWriter, r *http.Request) error {
	v, err := s.sayOpened(w, r, "nguoi-gui")
	if err != nil {
		return err
	}
	ground := dossier.Ground(v.Form.get("can-cu"))
	if ground.Name() == "" {
		v.Form.say("can-cu", "Hãy chọn lý do xem người gửi.")
		return s.showSaid(w, r, http.StatusUnprocessableEntity, v)
	}
	who, err := s.lookAtReader(r, v, ground, v.Form.get("ghi-them"))
	if said := lookRefusal(err); said != "" {
		v.Form.say("", said)
		return s.showSaid(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	v.Sender = &who
	return s.showSaid(w, r, http.StatusOK, v)
}

func (s *server) lookAtReader(r *http.Request, v *sayView, ground dossier.Ground, note string) (who dossier.Sender, err error) {
	err = s.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		who, err = s.News.LookAtSender(r.Context(), tx, viewer(r.Context()).Login, v.ID, ground, note)
		return err
	})
	return who, err
}

// forwardKey is the key under which a reader's letter becomes a sending: the same each time, and nobody can guess it.
func (s *server) forwardKey(id int64) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	out := make([]byte, 0, 32)
	for _, b := range s.Dossiers.Vault.Mark("news/forward", itoa(id)) {
		out = append(out, letters[b%32])
	}
	return string(out)
}

// sayForward makes of what a reader wrote what it is: a letter that waits in the inbox, with number and code for its sender.
func (s *server) sayForward(w http.ResponseWriter, r *http.Request) error {
	v, err := s.sayOpened(w, r, "don")
	if err != nil {
		return err
	}
	f := &v.Form
	if !slices.ContainsFunc(v.Subject, func(o option) bool { return o.Value == f.get("chuyen") && o.Value != "" }) {
		f.say("chuyen", "Hãy chọn chuyện gần nhất.")
		return s.showSaid(w, r, http.StatusUnprocessableEntity, v)
	}
	var receipt sending.Receipt
	err = s.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		receipt, err = s.forwarded(r, tx, v)
		return err
	})
	if said := sentence(err); said != "" {
		f.say("", said)
		return s.showSaid(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	if v.Feedback, err = s.saidAt(r); err != nil {
		return err
	}
	v.Receipt = &receipt
	return s.showSaid(w, r, http.StatusOK, v)
}

func (s *server) forwarded(r *http.Request, tx *db.Tx, v *sayView) (sending.Receipt, error) {
	ctx, login, key := r.Context(), viewer(r.Context()).Login, s.forwardKey(v.ID)
	if v.State == news.Forwarded { // sent twice
		receipt, ok, err := s.Sendings.Sent(ctx, key)
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "Góp ý này đã được chuyển.")
		}
		return receipt, err
	}
	d := sending.Draft{Key: key, Topic: v.Form.get("chuyen"), Text: v.Text, Behalf: sending.AtDesk, Actor: login}
	if v.Named {
		who, err := s.News.LookAtSender(ctx, tx, login, v.ID, dossier.Deliver, "Chuyển góp ý thành phản ánh, kiến nghị")
		if err != nil {
			return sending.Receipt{}, err
		}
		d.Name, d.Reach = who.Name, who.Contact
	}
	a, err := s.News.One(ctx, tx, v.Article)
	if err != nil {
		return sending.Receipt{}, err
	}
	d.Place = a.Place
	receipt, err := s.Sendings.Send(ctx, tx, d)
	if err != nil {
		return receipt, err
	}
	return receipt, s.News.Decide(ctx, tx, login, v.ID, news.Decision{To: news.Forwarded, Topic: v.Topic, Number: receipt.Number})
}
