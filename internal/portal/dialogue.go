package portal

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/fault"
	"danvan/internal/ical"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

func (p *portal) dialogueRoutes() []route {
	return []route{
		{"GET /doi-thoai", p.keep(p.sessions, "xa", "trang")},
		{"GET /doi-thoai/lich.ics", p.sessionFeed},
		{"GET /doi-thoai/{id}", p.keep(p.session)},
		{"GET /doi-thoai/{id}/lich.ics", p.sessionFile},
		{"GET /tiep-xuc", p.keep(p.voterSessions, "xa", "trang")},
	}
}

// sessionCard is a session as people read it in a list.
type sessionCard struct {
	dialogue.Occasion
	dialogue.Setting
	ID    int64
	At    dialogue.State
	By    string // the body
	Chair string // who hosts, by post
	Kind  string // what sort of session
	Now   place  // the commune of today, empty above the communes
	unit  org.UnitID
}

// When is the day and hours in words.
func (c sessionCard) When(ctx context.Context) string {
	out := weekday(ctx, c.Day()) + ", " + c.Day().Vi()
	switch {
	case c.From != "" && c.To != "":
		out += ", " + c.From + "–" + c.To
	case c.From != "":
		out += ", " + say(ctx, "từ ", "from ") + c.From
	}
	return out
}

func weekday(ctx context.Context, d civil.Date) string {
	if languageOf(ctx) == English {
		return d.Weekday().String()
	}
	return [...]string{"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}[d.Weekday()]
}

func sessionState(ctx context.Context, s dialogue.State) (name, look string) {
	switch s {
	case dialogue.Today:
		return say(ctx, "Hôm nay", "Today"), "doing"
	case dialogue.Planned:
		return say(ctx, "Sắp diễn ra", "To come"), "wait"
	case dialogue.Running:
		return say(ctx, "Đã họp, chờ kết luận", "Held, conclusions to come"), "doing"
	case dialogue.Missed:
		return say(ctx, "Quá ngày, chưa thấy kết quả", "Past, without a result"), "late"
	case dialogue.Cancelled:
		return say(ctx, "Đã hủy", "Cancelled"), "late"
	}
	return say(ctx, "Đã họp", "Held"), "done"
}

// heldBack and ahead are how far the lists look.
const (
	heldBack = 3 * 366
	ahead    = 366
)

// occasions are the sessions that people may read of, the last first.
func (p *portal) occasions(ctx context.Context) ([]sessionCard, error) {
	tree, err := p.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var all []dialogue.Occasion
	today := p.Today()
	err = p.DB.View(ctx, func(q db.Querier) (err error) {
		all, err = p.shelf().Occasions(ctx, q, nil, civil.Period{From: today.AddDays(-heldBack), To: today.AddDays(ahead)})
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []sessionCard
	for _, o := range all {
		if o.Public() {
			out = append(out, p.sessionCard(tree, o))
		}
	}
	return out, nil
}

func (p *portal) sessionCard(tree *org.Tree, o dialogue.Occasion) sessionCard {
	today, h := p.Today(), o.Head()
	plan, held := p.Catalog.Latest().Kind(dialogue.PlanKind), p.Catalog.Latest().Kind(dialogue.SessionKind)
	c := sessionCard{Occasion: o, Setting: o.Setting(), ID: h.ID, At: o.State(today), By: placeName(tree, h.Unit, today), unit: h.Unit}
	c.Chair, c.Kind = choiceName(held, "host", c.Host), choiceName(plan, "sort", c.Sort)
	if id := nowOf(tree, h.Place, today); tree.SpanOn(id, today).Level == "commune" {
		c.Now = place{id, tree.Unit(id).Code, tree.NameOn(id, today)}
	}
	return c
}

// sessionsView is a page of sessions.
type sessionsView struct {
	form
	Path     string
	Voters   bool
	Commune  place
	Communes []place
	Coming   []sessionCard
	Held     []sessionCard
	Pager    pager
}

const heldShown = 20

func (p *portal) sessions(w http.ResponseWriter, r *http.Request) error {
	return p.showSessions(w, r, &sessionsView{Path: "/doi-thoai"})
}

func (p *portal) voterSessions(w http.ResponseWriter, r *http.Request) error {
	return p.showSessions(w, r, &sessionsView{Path: "/tiep-xuc", Voters: true})
}

func (p *portal) showSessions(w http.ResponseWriter, r *http.Request, v *sessionsView) error {
	ctx, q := r.Context(), r.URL.Query()
	v.form = form{Values: q}
	var err error
	if v.Communes, err = p.communes(ctx); err != nil {
		return err
	}
	if code := q.Get("xa"); code != "" {
		if v.Commune, err = p.commune(ctx, code); err != nil {
			return err
		}
	}
	all, err := p.occasions(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if v.Commune.ID != 0 && c.Now.ID != v.Commune.ID || (c.Sort == dialogue.Voters) != v.Voters {
			continue
		}
		switch {
		case c.At == dialogue.Planned || c.At == dialogue.Today || c.At == dialogue.Cancelled && c.Day() >= p.Today():
			v.Coming = append(v.Coming, c)
		default:
			v.Held = append(v.Held, c)
		}
	}
	slices.Reverse(v.Coming) // the next one first
	v.Held, v.Pager = paged(r, v.Path, v.Held, heldShown, "xa")
	title := say(ctx, "Đối thoại với nhân dân", "Dialogues with the people")
	if v.Voters {
		title = say(ctx, "Tiếp xúc cử tri", "Meetings with voters")
	}
	return p.render(w, r, http.StatusOK, page{Title: title, Section: "doi-thoai"}, p.sessionsPage(v, title))
}

func (v *sessionsView) options(ctx context.Context) []option {
	return (&promisesView{Communes: v.Communes}).options(ctx)
}

// issueLine is what was raised, with its answer and what was promised.
type issueLine struct {
	*dialogue.Issue
	Topic    string
	By       string // who answers
	Late     bool
	Promises []promiseCard
}

// sessionPageView is the page of one session.
type sessionPageView struct {
	sessionCard
	Issues []issueLine
	More   []promiseCard // promised without an issue
	Count  int           // promises in all
}

func (p *portal) readSession(ctx context.Context, id int64) (*sessionPageView, error) {
	tree, err := p.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := &sessionPageView{}
	var issues []*dialogue.Issue
	promised := map[int64][]*dialogue.Promise{}
	err = p.DB.View(ctx, func(q db.Querier) error {
		o, ok, err := p.shelf().Occasion(ctx, q, id)
		if fault.KindOf(err) == fault.NotFound || err == nil && (!ok || !o.Public() || o.Head().State == ledger.Void) {
			return fault.New(fault.NotFound, "Không có cuộc đối thoại này. Hãy chọn trong danh sách.")
		}
		if err != nil {
			return err
		}
		v.sessionCard = p.sessionCard(tree, o)
		if o.Session == nil {
			return nil
		}
		if issues, err = p.shelf().Issues(ctx, q, o.Session.ID); err != nil {
			return err
		}
		ids := []int64{o.Session.ID}
		for _, i := range issues {
			ids = append(ids, i.ID)
		}
		promised, err = p.shelf().PromisesOf(ctx, q, ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	k, today := p.Catalog.Latest().Kind(dialogue.IssueKind), p.Today()
	for _, i := range issues {
		l := issueLine{Issue: i, Topic: choiceName(k, "topic", i.Topic), By: answererName(tree, i, today), Late: i.Late(today)}
		if l.Promises, err = p.promiseCards(ctx, promised[i.ID]); err != nil {
			return nil, err
		}
		v.Count += len(l.Promises)
		v.Issues = append(v.Issues, l)
	}
	if v.Session != nil {
		if v.More, err = p.promiseCards(ctx, promised[v.Session.ID]); err != nil {
			return nil, err
		}
		v.Count += len(v.More)
	}
	return v, nil
}

// answererName is who answers an issue: the post, the body.
func answererName(tree *org.Tree, i *dialogue.Issue, today civil.Date) string {
	name := ""
	if u, err := tree.Resolve(i.AnswerUnit, org.AsThen(), i.Day); i.AnswerUnit != "" && err == nil {
		name = placeName(tree, u.ID, today)
	}
	return cmpJoin(", ", i.AnswerPost, name)
}

func (p *portal) session(w http.ResponseWriter, r *http.Request) error {
	id, err := pathNumber(r, "id")
	if err != nil {
		return err
	}
	v, err := p.readSession(r.Context(), id)
	if err != nil {
		return err
	}
	if v.ID != id { // a plan that was carried out: known by its session
		return seeOther(w, r, fmt.Sprintf("/doi-thoai/%d", v.ID))
	}
	return p.render(w, r, http.StatusOK, page{Title: v.Topic, Section: "doi-thoai"}, p.sessionPage(v))
}

// sessionFile is one session as a calendar file.
func (p *portal) sessionFile(w http.ResponseWriter, r *http.Request) error {
	id, err := pathNumber(r, "id")
	if err != nil {
		return err
	}
	v, err := p.readSession(r.Context(), id)
	if err != nil {
		return err
	}
	return p.sendCalendar(w, r, v.Topic, []sessionCard{v.sessionCard})
}

// sessionFeed is what is to come, of a commune or of all, for calendars that ask now and then.
func (p *portal) sessionFeed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	of, err := p.province(ctx)
	if err != nil {
		return err
	}
	if code := r.URL.Query().Get("xa"); code != "" {
		if of, err = p.commune(ctx, code); err != nil {
			return err
		}
	}
	all, err := p.occasions(ctx)
	if err != nil {
		return err
	}
	var list []sessionCard
	for _, c := range all {
		if c.Plan != nil && c.Day() >= p.Today().AddDays(-31) && (r.URL.Query().Get("xa") == "" || c.Now.ID == of.ID) {
			list = append(list, c)
		}
	}
	return p.sendCalendar(w, r, say(ctx, "Đối thoại, tiếp xúc cử tri: ", "Dialogues: ")+of.Name, list)
}

func (p *portal) sendCalendar(w http.ResponseWriter, r *http.Request, name string, list []sessionCard) error {
	ctx := r.Context()
	cal := ical.Calendar{Name: name, Made: time.Now()}
	for _, c := range list {
		uid, turn := fmt.Sprintf("doi-thoai-%d@danvan", c.ID), c.Head().Version
		if c.Plan != nil { // the plan's number stays when the session is held
			uid, turn = fmt.Sprintf("doi-thoai-%d@danvan", c.Plan.ID), c.Plan.Version
		}
		about := []string{c.Kind, say(ctx, "Chủ trì: ", "Host: ") + c.Chair}
		if c.Plan != nil {
			about = append(about, c.Plan.Invited, c.Plan.Prepare)
			if c.Plan.ChangedOn != 0 {
				about = append(about, say(ctx, "Đã đổi lịch, trước là ", "Moved; it was ")+c.Plan.BeforeChange)
			}
			if c.Plan.CancelledOn != 0 {
				about = append(about, say(ctx, "Đã hủy: ", "Cancelled: ")+c.Plan.CancelReason)
			}
		}
		cal.Events = append(cal.Events, ical.Event{UID: uid, Turn: turn, Day: c.Day(), From: c.From, To: c.To, Summary: c.Topic + " (" + c.By + ")",
			Location: cmpJoin(", ", c.Venue, c.Now.Name), About: cmpJoin("\n", about...), URL: p.Root + at(ctx, fmt.Sprintf("/doi-thoai/%d", c.ID)), Cancelled: c.At == dialogue.Cancelled})
	}
	w.Header().Set("Content-Type", ical.Type)
	w.Header().Set("Content-Disposition", `attachment; filename="lich-doi-thoai.ics"`)
	_, _ = w.Write(cal.Bytes()) // the reader went away: nobody to tell
	return nil
}

// paragraphs are the lines of a long text.
func paragraphs(text string) []string {
	return slices.DeleteFunc(strings.Split(strings.ReplaceAll(text, "\r", ""), "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// mentions is how many raised an issue, nothing for one.
func mentions(ctx context.Context, n int64) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf(say(ctx, "%d ý kiến", "%d opinions"), n)
}

func answeredDay(ctx context.Context, i issueLine) string {
	switch {
	case i.AnsweredOn == 0:
		return ""
	case i.Mode == dialogue.OnSpot:
		return say(ctx, "trả lời tại chỗ", "answered at once")
	}
	return say(ctx, "trả lời ngày ", "answered on ") + i.AnsweredOn.Vi()
}

// putOff says until when and by whom an issue will be answered.
func putOff(ctx context.Context, i issueLine) string {
	out := say(ctx, "Trả lời trước ngày ", "To be answered by ") + i.DueOn.Vi()
	if i.By != "" {
		out += say(ctx, ", cơ quan trả lời: ", ", answering: ") + i.By
	}
	return out + "."
}
