package portal

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"danvan/internal/civil"
	"danvan/internal/contest"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

func (p *portal) contestRoutes() []route {
	return []route{
		{"GET /hoi-thi", p.keep(p.contests)},
		{"GET /hoi-thi/{id}", p.keep(p.contest)},
		{"GET /hoi-thi/{id}/bai/{so}", p.keep(p.contestPiece)},
		{"GET /hoi-thi/{id}/bai/{so}/anh", p.contestPicture},
		{"GET /hoi-thi/{id}/bai/{so}/binh-chon", p.voteForm},
		{"POST /hoi-thi/{id}/bai/{so}/binh-chon", p.vote},
	}
}

func (p *portal) juries() *contest.Shelf {
	return &contest.Shelf{Ledger: p.Ledger, Catalog: p.Catalog, Engine: p.DB.Engine()}
}

// contestView is a contest as people read it.
type contestView struct {
	*contest.Contest
	By     string
	Today  civil.Date
	At     contest.Stage
	Pieces []*contest.Piece // that are public
	Votes  map[int64]int64  // by the end of yesterday, by entry
	Until  civil.Date       // the day until which votes are shown
}

// contestsView is the page of all contests: those run here, and older ones with their totals.
type contestsView struct {
	Here, Typed []*contestView
}

const typedShown = 15

func (p *portal) contests(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := &contestsView{}
	all, err := p.allContests(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		switch {
		case c.Way == contest.Here:
			v.Here = append(v.Here, c)
		case len(v.Typed) < typedShown && c.Day <= p.Today():
			v.Typed = append(v.Typed, c)
		}
	}
	return p.render(w, r, http.StatusOK, page{Title: say(ctx, "Hội thi, cuộc thi", "Contests"), Section: "mo-hinh",
		About: say(ctx, "Hội thi Dân vận khéo: thể lệ, bài dự thi, bình chọn, kết quả.", "Contests: rules, entries, votes, results.")}, p.contestsPage(v))
}

// allContests are the contests that stand: those under way first, then the newest; among typed ones those of the province first.
func (p *portal) allContests(ctx context.Context) ([]*contestView, error) {
	tree, err := p.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var list []*contest.Contest
	err = p.DB.View(ctx, func(q db.Querier) (err error) {
		list, err = p.juries().Contests(ctx, q, ledger.Filter{})
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]*contestView, 0, len(list))
	for _, c := range list {
		out = append(out, p.contestView(tree, c))
	}
	rank := func(v *contestView) int {
		switch {
		case v.Way == contest.Here && v.ResultsOn == 0:
			return 0
		case v.Way == contest.Here:
			return 1
		case !strings.Contains(tree.Unit(v.Unit).Code, "."), levelOf(tree, v.Unit, v.Day) == "province":
			return 2
		}
		return 3
	}
	slices.SortStableFunc(out, func(a, b *contestView) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Day, a.Day)) })
	return out, nil
}

func levelOf(tree *org.Tree, id org.UnitID, day civil.Date) string { return tree.SpanOn(id, day).Level }

func (p *portal) contestView(tree *org.Tree, c *contest.Contest) *contestView {
	v := &contestView{Contest: c, By: placeName(tree, c.Unit, p.Today()), Today: p.Today(), At: c.StageOn(p.Today())}
	for _, x := range c.Pieces {
		if x.Public() {
			v.Pieces = append(v.Pieces, x)
		}
	}
	return v
}

var noContest = fault.New(fault.NotFound, "Không có hội thi này. Hãy chọn trong danh sách hội thi.")

// oneContest reads a contest that people may see, with the sums of votes until yesterday: the page stays the same all day.
func (p *portal) oneContest(r *http.Request) (*contestView, error) {
	ctx := r.Context()
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, noContest
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var v *contestView
	err = p.DB.View(ctx, func(q db.Querier) error {
		c, err := p.juries().Contest(ctx, q, id)
		if err != nil || c.State == ledger.Void {
			return cmpErr(err, noContest)
		}
		v = p.contestView(tree, c)
		v.Until = min(v.Today.AddDays(-1), max(c.VotesTo, c.VotesFrom))
		v.Votes, err = contest.Votes(ctx, q, id, v.Until)
		return err
	})
	return v, err
}

func cmpErr(err, or error) error {
	if err != nil {
		return err
	}
	return or
}

func (p *portal) contest(w http.ResponseWriter, r *http.Request) error {
	v, err := p.oneContest(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	return p.render(w, r, http.StatusOK, page{Title: v.Title, Section: "mo-hinh", About: say(ctx, "Thể lệ, bài dự thi, bình chọn và kết quả: ", "Rules, entries, votes and results: ") + v.Title}, p.contestPage(v))
}

// pieceView is the page of one piece.
type pieceView struct {
	*contestView
	Piece *contest.Piece
	form  form
	Done  bool
	Now   int64 // votes of the piece until this moment
	Over  error // why no vote is taken
}

func (p *portal) onePiece(r *http.Request) (*pieceView, error) {
	v, err := p.oneContest(r)
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseInt(r.PathValue("so"), 10, 64)
	if err != nil {
		return nil, noPiece
	}
	x := v.Contest.Piece(number)
	if x == nil || !x.Public() {
		return nil, noPiece
	}
	return &pieceView{contestView: v, Piece: x}, nil
}

var noPiece = fault.New(fault.NotFound, "Không có bài này trong hội thi. Hãy chọn trong danh sách bài.")

func (p *portal) contestPiece(w http.ResponseWriter, r *http.Request) error {
	v, err := p.onePiece(r)
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, page{Title: v.Piece.Title, Section: "mo-hinh"}, p.piecePage(v))
}

func (p *portal) contestPicture(w http.ResponseWriter, r *http.Request) error {
	v, err := p.onePiece(r)
	if err != nil || v.Piece.Picture == "" {
		return cmpErr(err, noSuchPicture)
	}
	return p.sendPicture(w, r, v.Piece.Picture)
}

// voteForm is a page of its own and never kept: its form has a key, by which it counts once however often it is sent.
func (p *portal) voteForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.onePiece(r)
	if err != nil {
		return err
	}
	v.form, v.Done = newForm(), r.URL.Query().Get("xong") != ""
	return p.showVote(w, r, http.StatusOK, v)
}

func (p *portal) showVote(w http.ResponseWriter, r *http.Request, status int, v *pieceView) error {
	ctx := r.Context()
	votes, err := contest.Votes(ctx, p.DB.Read(), v.ID, v.Today)
	if err != nil {
		return err
	}
	v.Now = votes[v.Piece.ID]
	title := say(ctx, "Bình chọn: ", "Vote: ") + v.Piece.Title
	return p.render(w, r, status, page{Title: v.form.title(ctx, title), Section: "mo-hinh"}, p.votePage(v))
}

// vote counts one vote. Nothing of who sends it is kept; in a crowd the device works a little first, or waits.
func (p *portal) vote(w http.ResponseWriter, r *http.Request) error {
	if !p.turns.Take(r.RemoteAddr) {
		return errTooFast
	}
	values, err := posted(w, r)
	if err != nil {
		return err
	}
	v, err := p.onePiece(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v.form = sentForm(values)
	here := voteAddress(v)
	if values.Get(trapField) != "" {
		v.form.say("", say(ctx, "Ô “Trang web” phải để trống: hãy xóa chữ trong ô đó.", "Leave the field “Website” empty."))
		return p.showVote(w, r, http.StatusUnprocessableEntity, v)
	}
	if c, ok := pass(p.votes, r, values); !ok {
		pg := page{Title: say(ctx, "Đang đông người bình chọn", "Many people are voting now"), Section: "mo-hinh", Scripts: []string{"work.js"}}
		return p.render(w, r, http.StatusServiceUnavailable, pg, p.crowdView(here, c, map[string][]string{keyField: {v.form.Key}}))
	}
	err = p.DB.Write(ctx, func(tx *db.Tx) error { return p.juries().Vote(ctx, tx, v.ID, v.Piece.Number, v.form.Key, p.Today()) })
	if fault.KindOf(err) == fault.Conflict && err != nil {
		v.form.say("", fault.Say(err))
		return p.showVote(w, r, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, here+"?xong=binh-chon")
}

func voteAddress(v *pieceView) string { return pieceAddress(v.ID, v.Piece) + "/binh-chon" }

func contestAddress(id int64) string { return "/hoi-thi/" + strconv.FormatInt(id, 10) }

func pieceAddress(id int64, x *contest.Piece) string {
	return contestAddress(id) + "/bai/" + strconv.FormatInt(x.Number, 10)
}

// contestStage is where a contest stands, with the look of its chip.
func contestStage(ctx context.Context, v *contestView) (look, name string) {
	if v.VotesOn(v.Today) {
		return "wait", say(ctx, "Đang bình chọn", "Voting is open")
	}
	switch v.At {
	case contest.Preparing:
		return "plain", say(ctx, "Sắp nhận bài", "Opens soon")
	case contest.Collecting:
		return "wait", say(ctx, "Đang nhận bài", "Entries are taken")
	case contest.Judging:
		return "doing", say(ctx, "Đang chấm", "Being judged")
	}
	return "done", say(ctx, "Đã có kết quả", "Results are out")
}

// pieceWho says who made a piece: a team by its name, a person only where he agreed; in a contest judged by number nobody
// before the results are out.
func (v *contestView) who(ctx context.Context, x *contest.Piece) string {
	if v.IsBlind() && v.ResultsOn == 0 {
		return say(ctx, "Tên tác giả hiện khi công bố kết quả", "Authors are named when the results are out")
	}
	if names := cmpJoin(", ", x.Team, strings.Join(x.Names(), ", ")); names != "" {
		return names
	}
	return say(ctx, "Tác giả không nêu tên", "The author is not named")
}

// milestone is a day in a contest's course.
type milestone struct {
	Name, When, State string
}

// course are the days of a contest in their order, each as done, now or still to come.
func (p *portal) course(ctx context.Context, v *contestView) []milestone {
	var out []milestone
	add := func(name string, from, to civil.Date) {
		m := milestone{Name: name, When: span(ctx, from, to), State: "next"}
		switch {
		case to != 0 && to < v.Today:
			m.State = "ok"
		case from <= v.Today:
			m.State = "now"
		}
		out = append(out, m)
	}
	if v.EntriesFrom != 0 {
		add(say(ctx, "Nhận bài", "Entries are taken"), v.EntriesFrom, v.EntriesTo)
	}
	for _, r := range v.Held {
		name := p.contestChoice(contest.RoundKind, "round", r.Round)
		if r.ClosedOn != 0 {
			add(name+say(ctx, ": đã chốt điểm", ": closed"), r.ClosedOn, r.ClosedOn)
			out[len(out)-1].State = "ok"
			continue
		}
		add(name, r.StartsOn, r.EndsOn)
	}
	if v.VotesFrom != 0 {
		add(say(ctx, "Bình chọn", "Voting"), v.VotesFrom, v.VotesTo)
	}
	if v.ResultsOn != 0 {
		add(say(ctx, "Công bố kết quả", "Results are out"), v.ResultsOn, v.ResultsOn)
		out[len(out)-1].State = "ok"
	}
	return out
}

func span(ctx context.Context, from, to civil.Date) string {
	switch {
	case from == 0:
		return say(ctx, "chưa định ngày", "no day set yet")
	case to == 0 || to == from:
		return from.Vi()
	}
	return from.Vi() + say(ctx, " đến hết ", " to ") + to.Vi()
}

func (p *portal) contestChoice(kind, field, code string) string {
	return choiceName(p.Catalog.Latest().Kind(kind), field, code)
}

// prizeName is a prize as people call it.
func (p *portal) prizeName(code string) string {
	return p.contestChoice(contest.EntryKind, "prize", code)
}

// resultLine is a piece's result in a round as it is published.
type resultLine struct {
	contest.Result
	Piece *contest.Piece // nil where it is not public
	Tied  bool
}

func (v *contestView) results(r *contest.Round) []resultLine {
	var out []resultLine
	for _, x := range r.Results {
		l := resultLine{Result: x}
		if y := v.Contest.Piece(x.Number); y != nil && y.Public() {
			l.Piece = y
		}
		for _, other := range r.Results {
			l.Tied = l.Tied || other.Number != x.Number && other.Place == x.Place
		}
		out = append(out, l)
	}
	return out
}

// winners are the pieces with a prize, the highest first.
func (p *portal) winners(v *contestView) []*contest.Piece {
	k := p.Catalog.Latest().Kind(contest.EntryKind)
	if k == nil || v.ResultsOn == 0 {
		return nil
	}
	order := map[string]int{}
	for i, o := range k.Field("prize").Choices() {
		order[o.Code] = i
	}
	var out []*contest.Piece
	for _, x := range v.Contest.Pieces {
		if x.Prize != "" {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b *contest.Piece) int { return order[a.Prize] - order[b.Prize] })
	return out
}

func votesText(ctx context.Context, n int64) string {
	return fmt.Sprintf(say(ctx, "%s lượt bình chọn", "%s votes"), formatInt(n))
}

func piecesText(ctx context.Context, n int) string {
	return fmt.Sprintf(say(ctx, "%d bài dự thi", "%d entries"), n)
}

// contestSummary are the contests under way for a first page: the portal's, or that of a commune whose body holds one.
func (p *portal) contestSummary(ctx context.Context, of place) templ.Component {
	all, err := p.allContests(ctx)
	if err != nil {
		p.Log.Error("contests of a first page", "err", err)
		return templ.NopComponent
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return templ.NopComponent
	}
	all = slices.DeleteFunc(all, func(v *contestView) bool {
		u := tree.Unit(of.ID)
		return v.Way != contest.Here || v.ResultsOn != 0 || u != nil && v.Place != u.ID && !strings.HasPrefix(tree.Unit(v.Unit).Code, u.Code+".")
	})
	return contestSection(all[:min(len(all), contestsOnFirst)])
}

// contestsOnFirst is how many contests a first page shows.
const contestsOnFirst = 3
