package portal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

func (p *portal) promiseRoutes() []route {
	return []route{
		{"GET /cam-ket", p.keep(p.promises, "xa", "tinh-trang", "trang")},
		{"GET /cam-ket/{id}", p.keep(p.promise, "xong")},
		{"GET /cam-ket/{id}/anh/{so}", p.promisePicture},
		{"GET /cam-ket/{id}/tra-loi", p.answerForm},
		{"POST /cam-ket/{id}/tra-loi", p.answerPromise},
	}
}

// shelf reads sessions and promises.
func (p *portal) shelf() *dialogue.Shelf {
	return &dialogue.Shelf{Ledger: p.Ledger, Catalog: p.Catalog, Engine: p.DB.Engine()}
}

// promiseCard is a promise as people read it in a list.
type promiseCard struct {
	*dialogue.Promise
	At    dialogue.PromiseState
	Late  int
	Where string // the commune as it was called on the day, and the village
	Owner string
	Now   place // the commune of today; empty above the communes
}

// promiseSummary are the three numbers of the portal's first page and the promises that press most, by today.
func (p *portal) promiseSummary(ctx context.Context, latest int) (dialogue.Summary, []promiseCard, error) {
	all, err := p.allPromises(ctx)
	if err != nil {
		return dialogue.Summary{}, nil, err
	}
	sum := dialogue.SummaryOf(all, p.Today())
	cards, err := p.promiseCards(ctx, pressing(all, p.Today(), latest))
	return sum, cards, err
}

// pressing are some promises of different states and, where it can be, of different places, so that one sees how promises
// go: late ones first, then those under way, confirmed, waiting.
func pressing(all []*dialogue.Promise, today civil.Date, n int) []*dialogue.Promise {
	var out []*dialogue.Promise
	shown := map[org.UnitID]bool{}
	for _, st := range []dialogue.PromiseState{dialogue.Overdue, dialogue.Doing, dialogue.Confirmed, dialogue.Waiting, dialogue.Disputed, dialogue.Soon, dialogue.Unanswered} {
		best := -1
		for i, x := range all {
			if x.StateOn(today) != st {
				continue
			}
			if best < 0 || shown[all[best].Place] && !shown[x.Place] || shown[all[best].Place] == shown[x.Place] && nearer(x, all[best]) {
				best = i
			}
		}
		if best >= 0 && len(out) < n {
			out, shown[all[best].Place] = append(out, all[best]), true
		}
	}
	return out
}

// nearer reports whether a promise says more to people than another: made for a village before made for a whole province,
// then the later one.
func nearer(a, b *dialogue.Promise) bool {
	if (a.Village != "") != (b.Village != "") {
		return a.Village != ""
	}
	return a.Day > b.Day
}

func (p *portal) allPromises(ctx context.Context) (all []*dialogue.Promise, err error) {
	err = p.DB.View(ctx, func(q db.Querier) error {
		all, err = p.shelf().Promises(ctx, q, ledger.Filter{}, p.Today())
		return err
	})
	return all, err
}

func (p *portal) promiseCards(ctx context.Context, list []*dialogue.Promise) ([]promiseCard, error) {
	tree, err := p.Tree(ctx)
	if err != nil {
		return nil, err
	}
	today := p.Today()
	out := make([]promiseCard, 0, len(list))
	for _, x := range list {
		c := promiseCard{Promise: x, At: x.StateOn(today), Late: x.DaysLate(today), Owner: ownerName(tree, x, today)}
		c.Where = cmpJoin(", ", x.Village, placeName(tree, x.Place, today))
		if id := nowOf(tree, x.Place, today); tree.SpanOn(id, today).Level == "commune" {
			c.Now = place{id, tree.Unit(id).Code, tree.NameOn(id, today)}
		}
		out = append(out, c)
	}
	return out, nil
}

// ownerName is who answers for a promise: the post, the body.
func ownerName(tree *org.Tree, x *dialogue.Promise, today civil.Date) string {
	name := placeName(tree, x.Unit, today)
	if x.OwnerUnit != "" {
		if u, err := tree.Resolve(x.OwnerUnit, org.AsThen(), x.Day); err == nil {
			name = placeName(tree, u.ID, today)
		}
	}
	return cmpJoin(", ", x.OwnerPost, name)
}

// placeName is a unit's name today, or as it was last called.
func placeName(tree *org.Tree, id org.UnitID, today civil.Date) string {
	u := tree.Unit(id)
	if u == nil {
		return ""
	}
	return tree.NameOn(id, max(u.Opened, min(today, u.Closed.AddDays(-1))))
}

// nowOf is the unit that a unit became, itself where it is still there.
func nowOf(tree *org.Tree, id org.UnitID, today civil.Date) org.UnitID {
	for range 8 {
		u := tree.Unit(id)
		next := tree.Successors(id)
		if u == nil || u.Open(today) || len(next) == 0 {
			return id
		}
		id = next[0].To
	}
	return id
}

// ended is 1 for a unit that is no more, else 0.
func ended(tree *org.Tree, id org.UnitID, today civil.Date) int {
	if u := tree.Unit(id); u != nil && u.Open(today) {
		return 0
	}
	return 1
}

// cmpJoin joins what is not empty.
func cmpJoin(by string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), by)
}

// promiseStates are the states in words, and the look of their chips.
func promiseState(ctx context.Context, c promiseCard) (name, look string) {
	switch c.At {
	case dialogue.Overdue:
		return fmt.Sprintf(say(ctx, "Quá hạn %d ngày", "%d days late"), c.Late), "late"
	case dialogue.Disputed:
		return say(ctx, "Thôn chưa đồng ý", "Disputed by the village"), "late"
	case dialogue.Soon:
		return say(ctx, "Sắp đến hạn", "Due soon"), "wait"
	case dialogue.Doing:
		return say(ctx, "Đang làm", "Under way"), "doing"
	case dialogue.Waiting:
		return say(ctx, "Báo xong, chờ thôn xác nhận", "Reported done, waiting for the village"), "wait"
	case dialogue.Unanswered:
		return say(ctx, "Báo xong, thôn chưa trả lời", "Reported done, not answered"), "plain"
	case dialogue.Confirmed:
		return say(ctx, "Thôn đã xác nhận xong", "Confirmed by the village"), "done"
	}
	return say(ctx, "Đã dừng, có lý do", "Dropped, with a reason"), "plain"
}

// promiseGroups are the states as one asks for them.
func promiseGroups(ctx context.Context) []option {
	return []option{{Name: say(ctx, "Mọi tình trạng", "Any state")},
		{Value: string(dialogue.Overdue), Name: say(ctx, "Quá hạn", "Late")},
		{Value: string(dialogue.Disputed), Name: say(ctx, "Thôn chưa đồng ý", "Disputed")},
		{Value: string(dialogue.Soon), Name: say(ctx, "Sắp đến hạn", "Due soon")},
		{Value: string(dialogue.Doing), Name: say(ctx, "Đang làm", "Under way")},
		{Value: string(dialogue.Waiting), Name: say(ctx, "Chờ thôn xác nhận", "Waiting for the village")},
		{Value: string(dialogue.Unanswered), Name: say(ctx, "Thôn chưa trả lời", "Not answered")},
		{Value: string(dialogue.Confirmed), Name: say(ctx, "Đã xác nhận xong", "Confirmed")},
		{Value: string(dialogue.Dropped), Name: say(ctx, "Đã dừng", "Dropped")}}
}

// promisesView is the page of promises.
type promisesView struct {
	form
	Commune  place
	Communes []place
	Sum      dialogue.Summary
	Cards    []promiseCard
	Total    int
	Recent   bool // what was done long ago is left out
	Page     int
	Next     string
	Before   string
}

const cardsPerPage = 20

func (p *portal) promises(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := &promisesView{form: form{Values: q}, Page: 1}
	var err error
	if v.Communes, err = p.communes(ctx); err != nil {
		return err
	}
	if code := q.Get("xa"); code != "" {
		if v.Commune, err = p.commune(ctx, code); err != nil {
			return err
		}
	}
	state := q.Get("tinh-trang")
	if state != "" && !slices.Contains(dialogue.PromiseStates, dialogue.PromiseState(state)) {
		return fault.New(fault.Invalid, "Không có tình trạng này. Hãy chọn trong danh sách.")
	}
	if n, err := strconv.Atoi(q.Get("trang")); err == nil && n > 1 {
		v.Page = n
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	all, err := p.allPromises(ctx)
	if err != nil {
		return err
	}
	today := p.Today()
	all = slices.DeleteFunc(all, func(x *dialogue.Promise) bool {
		return v.Commune.ID != 0 && nowOf(tree, x.Place, today) != v.Commune.ID
	})
	v.Sum = dialogue.SummaryOf(all, today)
	v.Recent = state == ""
	all = slices.DeleteFunc(all, func(x *dialogue.Promise) bool {
		st := x.StateOn(today)
		long := !st.Open() && max(x.Done, x.Confirmed) < today.AddDays(-366)
		return state != "" && string(st) != state || v.Recent && (st == dialogue.Dropped || long)
	})
	// what bodies that are there promised stands first: the rest is history
	slices.SortStableFunc(all, func(a, b *dialogue.Promise) int {
		return cmp.Compare(ended(tree, a.Unit, today), ended(tree, b.Unit, today))
	})
	v.Total = len(all)
	from := min((v.Page-1)*cardsPerPage, len(all))
	to := min(from+cardsPerPage, len(all))
	if v.Cards, err = p.promiseCards(ctx, all[from:to]); err != nil {
		return err
	}
	link := func(n int) string {
		return "/cam-ket?xa=" + v.Commune.Code + "&tinh-trang=" + state + "&trang=" + strconv.Itoa(n)
	}
	if to < len(all) {
		v.Next = link(v.Page + 1)
	}
	if v.Page > 1 {
		v.Before = link(v.Page - 1)
	}
	return p.render(w, r, http.StatusOK, page{Title: say(ctx, "Đã hứa với dân", "Promised to the people"), Section: "cam-ket"}, p.promisesPage(v))
}

func (v *promisesView) options(ctx context.Context) []option {
	out := []option{{Name: say(ctx, "Tất cả xã, phường", "All communes")}}
	for _, c := range v.Communes {
		out = append(out, option{Value: c.Code, Name: c.Name})
	}
	return out
}

// noteLine is something that happened to a promise, as people read it.
type noteLine struct {
	*dialogue.Note
	Faults   []string
	Pictures []pictureLine
}

// pictureLine is a picture that shows how a promise goes.
type pictureLine struct {
	Href, Name string
}

// promiseView is the page of one promise.
type promiseView struct {
	promiseCard
	From  dialogue.From
	Notes []noteLine
	Shown []pictureLine // the promise's own pictures
	Done  string
	Kind  *catalog.Kind
	Steps *catalog.Kind
}

func pathNumber(r *http.Request, name string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || id < 1 {
		return 0, fault.New(fault.NotFound, "Không có trang ở địa chỉ này. Hãy mở từ danh sách.")
	}
	return id, nil
}

// onePromise reads a promise that people may see: one that stands.
func (p *portal) onePromise(ctx context.Context, q db.Querier, id int64) (*dialogue.Promise, error) {
	x, ok, err := p.shelf().Promise(ctx, q, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && (!ok || x.State == ledger.Void) {
		return nil, fault.New(fault.NotFound, "Không có lời hứa này. Hãy chọn trong danh sách.")
	}
	return x, err
}

func (p *portal) readPromise(ctx context.Context, id int64) (*promiseView, error) {
	v := &promiseView{Kind: p.Catalog.Latest().Kind(dialogue.PromiseKind), Steps: p.Catalog.Latest().Kind(dialogue.NoteKind)}
	err := p.DB.View(ctx, func(q db.Querier) error {
		x, err := p.onePromise(ctx, q, id)
		if err != nil {
			return err
		}
		v.Promise = x
		if v.From, err = p.shelf().Origin(ctx, q, x); err != nil {
			return err
		}
		list, err := dialogue.Notes(ctx, q, id, false)
		if err != nil {
			return err
		}
		own, err := dialogue.FilesOf(ctx, q, id)
		if err != nil {
			return err
		}
		n := 0
		v.Shown = p.pictures(ctx, q, id, own, &n)
		for _, x := range list {
			l := noteLine{Note: x, Pictures: p.pictures(ctx, q, id, x.Files, &n)}
			for _, f := range x.Faults {
				l.Faults = append(l.Faults, choiceName(v.Steps, "faults", f))
			}
			v.Notes = append(v.Notes, l)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	cards, err := p.promiseCards(ctx, []*dialogue.Promise{v.Promise})
	if err != nil {
		return nil, err
	}
	v.promiseCard = cards[0]
	return v, nil
}

// pictures are those of the files that are pictures, by their place among all files of the promise and its notes.
func (p *portal) pictures(ctx context.Context, q db.Querier, id int64, list []ledger.File, n *int) []pictureLine {
	var out []pictureLine
	for _, f := range list {
		*n++
		if info, err := p.Files.Info(ctx, q, f.Hash); err == nil && strings.HasPrefix(info.MIME, "image/") {
			out = append(out, pictureLine{Href: fmt.Sprintf("/cam-ket/%d/anh/%d", id, *n), Name: f.Name})
		}
	}
	return out
}

func (p *portal) promise(w http.ResponseWriter, r *http.Request) error {
	id, err := pathNumber(r, "id")
	if err != nil {
		return err
	}
	v, err := p.readPromise(r.Context(), id)
	if err != nil {
		return err
	}
	v.Done = r.URL.Query().Get("xong")
	return p.render(w, r, http.StatusOK, page{Title: v.Subject, Section: "cam-ket"}, p.promisePage(v))
}

// promisePicture is a picture among the files of a promise and its notes, without what the camera wrote into it.
func (p *portal) promisePicture(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathNumber(r, "id")
	if err != nil {
		return err
	}
	n, err := pathNumber(r, "so")
	if err != nil {
		return err
	}
	var found ledger.File
	var mime string
	err = p.DB.View(ctx, func(q db.Querier) error {
		if _, err := p.onePromise(ctx, q, id); err != nil {
			return err
		}
		all, err := dialogue.FilesOf(ctx, q, id)
		if err != nil {
			return err
		}
		list, err := dialogue.Notes(ctx, q, id, false)
		if err != nil {
			return err
		}
		for _, x := range list {
			all = append(all, x.Files...)
		}
		if n > int64(len(all)) {
			return nil
		}
		found = all[n-1]
		info, err := p.Files.Info(ctx, q, found.Hash)
		mime = info.MIME
		return err
	})
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"image/jpeg", "image/png", "image/webp", "image/gif"}, mime) {
		return fault.New(fault.NotFound, "Không có ảnh này. Hãy mở lại trang của lời hứa.")
	}
	file, err := p.Files.Open(found.Hash)
	if err != nil {
		return err
	}
	defer file.Close()
	h := w.Header()
	h.Set("Content-Type", mime)
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = io.Copy(w, file) // the reader went away: nobody to tell
	return nil
}

// choiceName is the name of a choice of a kind's field.
func choiceName(k *catalog.Kind, field, code string) string {
	if k == nil || code == "" {
		return ""
	}
	if f := k.Field(field); f != nil {
		if o := f.Option(code); o != nil {
			return o.Name
		}
	}
	return code
}

// answerView is the form by which a village answers with its code.
type answerView struct {
	form
	promiseCard
	Faults []option
}

func (p *portal) answerView(ctx context.Context, id int64, f form) (*answerView, error) {
	v := &answerView{form: f}
	var x *dialogue.Promise
	err := p.DB.View(ctx, func(q db.Querier) (err error) { x, err = p.onePromise(ctx, q, id); return err })
	if err != nil {
		return nil, err
	}
	cards, err := p.promiseCards(ctx, []*dialogue.Promise{x})
	if err != nil {
		return nil, err
	}
	v.promiseCard = cards[0]
	if k := p.Catalog.Latest().Kind(dialogue.NoteKind); k != nil {
		for _, o := range k.Field("faults").Choices() {
			v.Faults = append(v.Faults, option{Value: o.Code, Name: o.Name})
		}
	}
	return v, nil
}

func (p *portal) answerForm(w http.ResponseWriter, r *http.Request) error {
	id, err := pathNumber(r, "id")
	if err != nil {
		return err
	}
	v, err := p.answerView(r.Context(), id, newForm())
	if err != nil {
		return err
	}
	return p.showAnswer(w, r, http.StatusOK, v)
}

func (p *portal) showAnswer(w http.ResponseWriter, r *http.Request, status int, v *answerView) error {
	ctx := r.Context()
	return p.render(w, r, status, page{Title: v.title(ctx, say(ctx, "Trả lời lời hứa", "Answer a promise")), Section: "cam-ket"}, p.answerPage(v))
}

// The answers of a village.
const (
	answerKept = "da-xong"
	answerNot  = "chua-dong-y"
)

// byCode is whom the log names for an answer that was given with a code: nobody by name.
const byCode = "ma-xac-nhan"

// answerPromise takes the answer of whoever has the code. Sent twice it counts once.
func (p *portal) answerPromise(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathNumber(r, "id")
	if err != nil {
		return err
	}
	values, err := posted(w, r)
	if err != nil {
		return err
	}
	v, err := p.answerView(ctx, id, sentForm(values))
	if err != nil {
		return err
	}
	said := dialogue.Said{Act: dialogue.ActConfirm, Faults: values["dieu"]}
	switch v.get("tra-loi") {
	case answerKept:
		said.Faults = nil
	case answerNot:
		said.Act = dialogue.ActDispute
	default:
		v.say("tra-loi", say(ctx, "Chưa chọn đã làm xong hay chưa.", "Choose whether it is done."))
	}
	if strings.TrimSpace(v.get("ma")) == "" {
		v.say("ma", say(ctx, "Chưa ghi mã. Mã có 16 chữ, in trên tờ giao cho thôn.", "Enter the code: 16 characters on the village's sheet."))
	}
	if len(v.Wrong) == 0 {
		err = p.DB.Write(ctx, func(tx *db.Tx) error { return p.answerIn(ctx, tx, id, v.form, said) })
		var bad dialogue.Wrong
		if errors.As(err, &bad) {
			v.say(map[string]string{"code": "ma", "faults": "dieu"}[bad.Part], fault.Say(bad.Err))
		} else if err != nil {
			return err
		}
	}
	if len(v.Wrong) > 0 {
		return p.showAnswer(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, fmt.Sprintf("/cam-ket/%d?xong=%s", id, v.get("tra-loi")))
}

// answerIn records the answer in a transaction, once for the form's key and the code that it shows.
func (p *portal) answerIn(ctx context.Context, tx *db.Tx, id int64, f form, said dialogue.Said) error {
	x, err := p.onePromise(ctx, tx, id)
	if err != nil {
		return err
	}
	who, err := p.shelf().WhoAnswers(ctx, tx, x, f.get("ma"))
	if err != nil {
		return err
	}
	key := fmt.Sprintf("cong:cam-ket:%d:%s", id, f.Key)
	if _, err := p.Ledger.EntryByKey(ctx, tx, key); err == nil {
		return nil // sent twice
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	said.By = who.Holder
	said.Text = who.Place
	_, err = (dialogue.Desk{Ledger: p.Ledger, Tree: tree}).Note(ctx, tx, byCode, id, key, said, nil, p.Today())
	return err
}

// voice is who said a note.
func voice(ctx context.Context, n *dialogue.Note) string {
	switch n.By {
	case dialogue.ByVillage:
		return cmp.Or(n.Text, say(ctx, "Thôn, tổ dân phố", "The village")) + say(ctx, " (bằng mã)", " (by code)")
	case dialogue.ByHead:
		return say(ctx, "Trưởng thôn, tổ trưởng tổ dân phố", "The village head")
	case dialogue.ByCitizen:
		return say(ctx, "Người nêu vấn đề (bằng mã)", "Whoever raised it (by code)")
	}
	return say(ctx, "Bên đã hứa", "Whoever promised")
}
