package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/follow"
	"danvan/internal/ledger"
	"danvan/internal/petition"
	"danvan/internal/sending"
)

// replyRoutes are the pages on which an office answers who sent a letter and follows it by its code. They never name him.
func (s *server) replyRoutes() []route {
	return []route{
		{"GET /don-thu/{id}/tra-loi-dan", access.ReadLetters, onLetter, s.replyPage},
		{"POST /don-thu/{id}/tra-loi-dan", access.RecordLetters, onLetter, s.replyWrite},
		{"POST /don-thu/{id}/tra-loi-dan/cong-bo", access.ConfirmWork, onLetter, s.replyPublish},
		{"POST /don-thu/{id}/tra-loi-dan/rut", access.ConfirmWork, onLetter, s.replyTakeBack},
		{"POST /don-thu/{id}/ma-theo-doi", access.RecordLetters, onLetter, s.codeIssue},
		{"GET /danh-gia", access.ReadWork, onScope, s.ratings},
	}
}

// follows shows letters to their senders.
func (s *server) follows() *follow.Desk {
	return &follow.Desk{DB: s.DB, Ledger: s.Ledger, Catalog: s.Catalog, Tree: s.Tree, Dossiers: s.Dossiers, Clocks: s.Clocks, Matters: s.Alike.Store, Now: s.now,
		Sendings: &sending.Office{DB: s.DB, Catalog: s.Catalog, Ledger: s.Ledger, Dossiers: s.Dossiers, Tree: s.Tree, Now: s.now}}
}

// replyView is what office and sender said to each other on a letter.
type replyView struct {
	Entry   *ledger.Entry
	Case    *petition.Case
	Title   string
	Public  *follow.Public // as the sender sees it
	Words   []follow.Word  // newest first
	Answers []follow.Answer
	Papers  []dossier.Paper // of the office, without the sender's name: may be published
	Form    form
	Mine    bool // may write
	Checks  bool // may publish and withdraw
	Edit    int  // the answer that is being amended, 0 for a new one
	Unread  int
	Number  string // by which the sender follows, "" where no code was issued
	Issued  civil.Date
	Earlier int64 // the letter that this one opens anew
	Limits  []follow.Limit
	Done    string
	names   map[string]string
}

// Who is the name of an account.
func (v *replyView) Who(login string) string { return or(v.names[login], login) }

// Acts of the form, by the value of its button.
const (
	replyAnswer = "tra-loi"
	replyAsk    = "hoi"
	replyLate   = "cham"
	replyRead   = "da-doc"
)

func (s *server) replyView(r *http.Request) (*replyView, error) {
	c, e, err := s.caseOf(r)
	if err != nil {
		return nil, err
	}
	who := viewer(r.Context())
	if !readsCase(who, c) {
		return nil, fault.New(fault.Denied, unread)
	}
	v := &replyView{Entry: e, Case: c, Title: s.letterTitle(e), Form: newForm(), Done: r.URL.Query().Get("xong"), Mine: worksOn(who, c), Checks: !c.Void && who.May(access.ConfirmWork, c.Unit)}
	v.Edit, _ = strconv.Atoi(r.URL.Query().Get("sua"))
	return v, s.DB.View(r.Context(), func(q db.Querier) error { return s.replyRead(r.Context(), q, v) })
}

func (s *server) replyRead(ctx context.Context, q db.Querier, v *replyView) error {
	desk, id := s.follows(), v.Entry.ID
	var err error
	if v.Words, err = desk.Words(ctx, q, id); err != nil {
		return err
	}
	slices.Reverse(v.Words)
	if v.Answers, err = desk.Answers(ctx, q, id); err != nil {
		return err
	}
	var at int64
	if v.Number, _, at, err = desk.CodeOf(ctx, q, id); err != nil {
		return err
	}
	if at > 0 {
		v.Issued = civil.FromTime(timeOf(at))
	}
	if v.Earlier, err = follow.EarlierOf(ctx, q, id); err != nil {
		return err
	}
	papers, err := s.Dossiers.Papers(ctx, q, id)
	if err != nil {
		return err
	}
	for _, p := range papers {
		if p.Sort == dossier.Working && !p.Names && !p.Gone {
			v.Papers = append(v.Papers, p)
		}
	}
	if v.Entry.State != ledger.Void {
		if v.Public, err = desk.Show(ctx, q, follow.Found{Entry: id}); err != nil {
			return err
		}
	}
	return s.replyNames(ctx, v)
}

// replyNames are the names of who wrote for the office.
func (s *server) replyNames(ctx context.Context, v *replyView) error {
	var logins []string
	for _, w := range v.Words {
		if w.Actor == "" && w.ReadMS == 0 {
			v.Unread++
		}
		logins = append(logins, w.Actor, w.ReadBy)
	}
	for _, a := range v.Answers {
		logins = append(logins, a.Actor, a.CheckedBy)
	}
	logins = slices.DeleteFunc(logins, func(l string) bool { return l == "" })
	names, err := s.namesOf(ctx, logins)
	v.names = map[string]string{}
	for i, n := range names {
		v.names[logins[i]] = n
	}
	return err
}

func (s *server) replyPage(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.replyView(r)
	if err != nil {
		return err
	}
	if a := v.newest(v.Edit); a != nil {
		v.Form.Values.Set("tra-loi", a.Text)
		v.Form.Values.Set("so", a.Document)
		if a.DocumentOn != 0 {
			v.Form.Values.Set("ngay", a.DocumentOn.Vi())
		}
		for _, n := range a.Papers {
			v.Form.Values.Add("giay-to", strconv.Itoa(n))
		}
	} else {
		v.Edit = 0
	}
	return s.showReply(w, r, http.StatusOK, v)
}

// newest is the last version of an answer.
func (v *replyView) newest(n int) *follow.Answer {
	for i := range v.Answers {
		if v.Answers[i].N == n {
			return &v.Answers[i]
		}
	}
	return nil
}

func (s *server) showReply(w http.ResponseWriter, r *http.Request, status int, v *replyView) error {
	p := page{Title: "Trả lời công dân: " + lowerFirst(v.Title), Section: "don-thu"}
	if len(v.Form.Wrong) > 0 {
		p.Title, status = "Lỗi: "+lowerFirst(p.Title), http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, replyDetail(v))
}

// replyWrite keeps what the office writes: an answer to be checked, a question, a reason of lateness.
func (s *server) replyWrite(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.replyView(r)
	if err != nil {
		return err
	}
	values, sent, err := s.readSealed(w, r)
	if err != nil {
		return err
	}
	v.Form = sentForm(values)
	if !v.Mine {
		return s.refused(w, r, "Bạn không viết được cho người gửi đơn này.")
	}
	act, done := v.Form.get("viec"), ""
	switch act {
	case replyAnswer:
		v.Edit, _ = strconv.Atoi(v.Form.get("sua"))
		done, err = s.replyCompose(r, v, sent)
	case replyAsk:
		done, err = "hoi-bo-sung", s.replySay(r, v, follow.Ask)
	case replyLate:
		done, err = "ly-do-cham", s.replySay(r, v, follow.Explain)
	case replyRead:
		done = "da-doc"
		_, err = s.sealedOnce(r, v.Form, func(tx *db.Tx) ([]byte, error) {
			return nil, s.follows().Read(r.Context(), tx, viewer(r.Context()).Login, v.Entry.ID)
		})
	default:
		return fault.New(fault.Invalid, "Chưa rõ việc cần làm. Hãy mở lại trang Trả lời công dân.")
	}
	return s.replied(w, r, v, done, err)
}

// replied shows the form again where something is to be mended, or goes back to the page.
func (s *server) replied(w http.ResponseWriter, r *http.Request, v *replyView, done string, err error) error {
	var p *follow.Problem
	switch {
	case errors.As(err, &p):
		v.Form.say(p.Field, p.Say)
	case err != nil && sentence(err) != "":
		v.Form.say("", sentence(err))
	case err != nil:
		return err
	}
	if len(v.Form.Wrong) > 0 {
		return s.showReply(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, "/don-thu/"+itoa(v.Entry.ID)+"/tra-loi-dan?xong="+done)
}

// replyCompose keeps a version of an answer, with documents that were sent along.
func (s *server) replyCompose(r *http.Request, v *replyView, sent []sentFile) (string, error) {
	ctx, login, id := r.Context(), viewer(r.Context()).Login, v.Entry.ID
	reply := follow.Reply{Text: v.Form.get("tra-loi"), Document: strings.TrimSpace(v.Form.get("so")), DocumentOn: wantedDay(&v.Form, "ngay", 0), Why: strings.TrimSpace(v.Form.get("sua-vi"))}
	for _, n := range v.Form.Values["giay-to"] {
		if n, err := strconv.Atoi(n); err == nil {
			reply.Papers = append(reply.Papers, n)
		}
	}
	if reply.DocumentOn > s.Today() {
		v.Form.say("ngay", "Ngày văn bản chưa tới. Hãy sửa lại.")
	}
	if strings.TrimSpace(reply.Text) == "" {
		v.Form.say("tra-loi", "Hãy viết câu trả lời cho người gửi.")
	}
	if len(sent) > 0 && v.Form.get("khong-ten") == "" {
		v.Form.say("khong-ten", "Văn bản công bố cho người gửi không được có tên, địa chỉ của họ. Hãy xem lại tệp rồi đánh dấu.")
	}
	if len(v.Form.Wrong) > 0 {
		return "", nil
	}
	for _, f := range sent {
		p, err := s.Dossiers.Add(ctx, login, id, f.Data, f.Name, dossier.Working, false)
		if said := sentence(err); said != "" {
			return "", &follow.Problem{Field: "tep", Say: said}
		}
		if err != nil {
			return "", err
		}
		reply.Papers = append(reply.Papers, p.N)
	}
	expect := 0
	if v.Edit > 0 {
		expect, _ = strconv.Atoi(v.Form.get("ban"))
	}
	_, err := s.sealedOnce(r, v.Form, func(tx *db.Tx) ([]byte, error) {
		_, err := s.follows().Compose(ctx, tx, login, id, v.Edit, expect, reply)
		return nil, err
	})
	return "soan-tra-loi", err
}

func (s *server) replySay(r *http.Request, v *replyView, kind follow.WordKind) error {
	prefix := string(kind) + "-"
	d := follow.Draft{Entry: v.Entry.ID, Kind: kind, Text: v.Form.get(prefix + "loi"), Until: wantedDay(&v.Form, prefix+"han", 0)}
	if len(v.Form.Wrong) > 0 {
		return nil
	}
	_, err := s.sealedOnce(r, v.Form, func(tx *db.Tx) ([]byte, error) {
		_, err := s.follows().Say(r.Context(), tx, viewer(r.Context()).Login, d)
		return nil, err
	})
	var p *follow.Problem
	if errors.As(err, &p) {
		return &follow.Problem{Field: prefix + p.Field, Say: p.Say}
	}
	return err
}

// replyPublish and replyTakeBack are for who checks: another person than the writer.
func (s *server) replyPublish(w http.ResponseWriter, r *http.Request) error {
	return s.replyCheck(w, r, "cong-bo-tra-loi", func(tx *db.Tx, v *replyView, n, version int) error {
		return s.follows().Check(r.Context(), tx, viewer(r.Context()).Login, v.Entry.ID, n, version)
	})
}

func (s *server) replyTakeBack(w http.ResponseWriter, r *http.Request) error {
	return s.replyCheck(w, r, "rut-tra-loi", func(tx *db.Tx, v *replyView, n, version int) error {
		return s.follows().TakeBack(r.Context(), tx, viewer(r.Context()).Login, v.Entry.ID, n, version, v.Form.get("rut-vi"))
	})
}

func (s *server) replyCheck(w http.ResponseWriter, r *http.Request, done string, do func(tx *db.Tx, v *replyView, n, version int) error) error {
	unkept(w)
	v, err := s.replyView(r)
	if err != nil {
		return err
	}
	if v.Form, err = s.sealedForm(w, r); err != nil {
		return err
	}
	if !v.Checks {
		return s.refused(w, r, "Bạn không công bố, rút được câu trả lời của cơ quan này.")
	}
	n, _ := strconv.Atoi(v.Form.get("so-tra-loi"))
	version, _ := strconv.Atoi(v.Form.get("ban"))
	_, err = s.sealedOnce(r, v.Form, func(tx *db.Tx) ([]byte, error) { return nil, do(tx, v, n, version) })
	return s.replied(w, r, v, done, err)
}

// replyCard is what the letter's own page says of it.
type replyCard struct {
	Unread, Drafts, Published int
	Code                      bool
}

func (s *server) replyCard(ctx context.Context, q db.Querier, entry int64) (replyCard, error) {
	var c replyCard
	number, _, _, err := s.follows().CodeOf(ctx, q, entry)
	if err != nil {
		return c, err
	}
	c.Code = number != ""
	err = q.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM letter_word WHERE entry = $1 AND read_ms = 0),
		(SELECT count(*) FROM public_answer WHERE entry = $1 AND state = 'draft'), (SELECT count(*) FROM public_answer WHERE entry = $1 AND state = 'published')`, entry).Scan(&c.Unread, &c.Drafts, &c.Published)
	return c, err
}
