package web

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/news"
	"danvan/internal/org"
)

// newsRoutes are the articles of the public pages: written, reviewed by another, published, corrected, withdrawn.
func (s *server) newsRoutes() []route {
	const read, write, decide = access.ReadWork, access.RecordWork, access.ConfirmWork
	return []route{
		{"GET /tin-bai", read, onScope, s.newsBook},
		{"GET /tin-bai/so-lieu", read, onScope, s.newsNumbers},
		{"POST /tin-bai/chot", write, nil, s.newsClose},
		{"GET /tin-bai/moi", write, nil, s.newsNew},
		{"POST /tin-bai/moi", write, nil, s.newsMake},
		{"GET /tin-bai/{id}", read, onArticle, s.newsPage},
		{"GET /tin-bai/{id}/sua", write, onArticle, s.newsEdit},
		{"POST /tin-bai/{id}/sua", write, onArticle, s.newsSave},
		{"GET /tin-bai/{id}/anh/{file}", read, onArticle, s.newsFile},
		{"POST /tin-bai/{id}/anh", write, onArticle, s.newsPicture},
		{"POST /tin-bai/{id}/{viec}", write, onArticle, s.newsHand},
		{"POST /tin-bai/{id}/duyet/{viec}", decide, onArticle, s.newsDecide},
	}
}

// onArticle is the body that answers for the article in the path.
func onArticle(s *server, r *http.Request) (org.UnitID, error) {
	a, err := s.articleAt(r)
	return a.Unit, err
}

func (s *server) articleAt(r *http.Request) (news.Article, error) {
	id, err := pathID(r)
	if err != nil {
		return news.Article{}, err
	}
	return s.News.One(r.Context(), s.DB.Read(), id)
}

// newsStates are the states with chip and name, in the order of the tabs.
var newsStates = []struct {
	State      news.State
	Chip, Name string
}{
	{news.Review, "wait", "Chờ duyệt"}, {news.Returned, "late", "Trả lại để sửa"}, {news.Draft, "plain", "Đang viết"},
	{news.Published, "done", "Đã đăng"}, {news.Withdrawn, "plain", "Đã gỡ"},
}

func newsState(st news.State) (chip, name string) {
	for _, x := range newsStates {
		if x.State == st {
			return x.Chip, x.Name
		}
	}
	return "plain", string(st)
}

func (s *server) newsBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.dutyScope(r, yearOf)
	if err != nil {
		return err
	}
	ctx, see := r.Context(), r.URL.Query().Get("xem")
	var all []news.Article
	var reads map[int64]int64
	err = s.DB.View(ctx, func(q db.Querier) error {
		if all, err = s.News.Book(ctx, q, news.Ask{Units: slices.Collect(maps.Keys(sc.subtree())), Period: sc.Period}); err != nil {
			return err
		}
		reads, err = s.News.ReadIn(ctx, q, sc.Period)
		return err
	})
	if err != nil {
		return err
	}
	v := &bookView{Title: "Tin, bài trên cổng", Section: "tin-bai", Path: "/tin-bai", Scope: sc, Noun: "tin, bài",
		Lead:  "Người viết gửi duyệt, người khác đăng. Bài đã đăng tự thành một ghi nhận trong sổ việc; đính chính giữ bản cũ.",
		Empty: "Chưa có tin, bài nào ở phạm vi và kỳ này. Bấm Viết bài, hoặc chọn kỳ khác."}
	me := viewer(ctx)
	if me.May(access.RecordWork, 0) {
		v.Links = append(v.Links, bookLink{Name: "Viết bài", Href: "/tin-bai/moi", Icon: "plus", Primary: true})
	}
	v.Links = append(v.Links, bookLink{Name: "Số liệu", Href: "/tin-bai/so-lieu" + sc.query()})
	if me.May(access.ReadLetters, 0) {
		v.Links = append(v.Links, bookLink{Name: "Bạn đọc góp ý", Href: "/gop-y"})
	}
	counts, known := map[news.State]int{}, see == ""
	for _, a := range all {
		counts[a.State]++
	}
	v.Tabs = []tab{{Name: "Mọi bài", Href: "/tin-bai" + sc.query(), Current: see == "", Count: len(all)}}
	states := []option{{Name: "Mọi trạng thái"}}
	for _, st := range newsStates {
		known = known || string(st.State) == see
		states = append(states, option{Value: string(st.State), Name: st.Name})
		v.Tabs = append(v.Tabs, tab{Name: st.Name, Href: "/tin-bai" + sc.query() + "&xem=" + string(st.State), Current: see == string(st.State), Count: counts[st.State]})
	}
	if !known {
		return fault.New(fault.Invalid, "Không có trạng thái này. Hãy chọn ở khung lọc.")
	}
	v.Asks = []bookAsk{{Key: "xem", Name: "Trạng thái", Value: see, Options: states}}
	v.Columns = []bookColumn{{Key: "bai", Name: "Tin, bài"}, {Key: "don-vi", Name: "Cơ quan"}, {Key: "trang-thai", Name: "Trạng thái"}, {Key: "ngay", Name: "Ngày đăng"},
		{Key: "doc", Name: "Lượt đọc trong kỳ", Unit: "lượt", Num: true}}
	for _, a := range all {
		if see == "" || string(a.State) == see {
			v.Rows = append(v.Rows, s.newsRow(sc, a, reads[a.ID]))
		}
	}
	return s.showBook(w, r, v)
}

func (s *server) newsRow(sc *scope, a news.Article, reads int64) bookRow {
	k := s.kindNear(news.Kind, sc.Today)
	chip, name := newsState(a.State)
	state := chipCell(chip, name)
	if a.Shown > 0 && a.State != news.Published {
		state.Note = "bản trước đang đăng"
	}
	return bookRow{Href: "/tin-bai/" + itoa(a.ID), Cells: []bookCell{
		{Text: a.Title, Note: joinWords(choiceName(k, "type", a.Sort), choiceName(k, "theme", a.Theme))},
		wordCell(sc.tree.NameOn(a.Unit, sc.Today)), state, dayCell(a.Day), numOrNone(reads, a.Shown > 0)}}
}

// newsEditView is the form in which an article is written.
type newsEditView struct {
	form
	ID       int64 // 0 for a new one
	Shown    bool  // a version is published: this is a correction
	Units    []option
	Places   []option
	Sorts    []option
	Themes   []option
	Pictures []news.Picture
	Preview  string
	Look     bool // the preview is asked for
}

func (s *server) newsNew(w http.ResponseWriter, r *http.Request) error {
	v := &newsEditView{form: newForm()}
	v.Values.Set("loai", "news")
	v.Values.Set("tac-gia", viewer(r.Context()).Name)
	return s.showNewsEdit(w, r, http.StatusOK, v)
}

func (s *server) showNewsEdit(w http.ResponseWriter, r *http.Request, status int, v *newsEditView) error {
	ctx, today := r.Context(), s.Today()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	k := s.kindNear(news.Kind, today)
	v.Sorts, v.Themes = choiceOptions(k, "type", "", today), choiceOptions(k, "theme", "Không theo chủ đề nào", today)
	v.Places = []option{{Name: "Cả tỉnh"}}
	for _, id := range tree.Existing(today, 0, org.Filter{Levels: []string{"commune"}, Forms: []string{org.Territory}}) {
		v.Places = append(v.Places, option{Value: tree.Unit(id).Code, Name: tree.NameOn(id, today)})
	}
	slices.SortFunc(v.Places[1:], func(a, b option) int { return compareFolded(a.Name, b.Name) })
	title := "Viết tin, bài"
	if v.ID == 0 {
		home := ""
		v.Units, home = s.pieceUnits(ctx, tree, k, today)
		if v.get("don-vi") == "" {
			v.Values.Set("don-vi", home)
		}
	} else {
		title = "Sửa tin, bài"
		if v.Pictures, err = s.News.Pictures(ctx, s.DB.Read(), v.ID); err != nil {
			return err
		}
	}
	if v.Look {
		if v.Preview, err = news.Render(v.get("noi-dung"), v.Pictures, s.newsFiles(v.ID)); err != nil {
			return err
		}
	}
	if len(v.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "tin-bai"}, newsEditPage(v))
}

// newsFiles gives the addresses of an article's pictures for the staff.
func (s *server) newsFiles(id int64) func(hash string) string {
	return func(hash string) string { return "/tin-bai/" + itoa(id) + "/anh/" + hash + ".jpg" }
}

// newsControls are the controls of a text's fields.
var newsControls = map[string]string{"Title": "tieu-de", "Summary": "tom-tat", "Body": "noi-dung", "Byline": "tac-gia", "Note": "dinh-chinh"}

// newsText reads the text of a form, and says what is wrong with it.
func (s *server) newsText(ctx context.Context, v *newsEditView) (news.Text, error) {
	t := news.Text{Sort: v.get("loai"), Theme: v.get("chu-de"), Title: v.get("tieu-de"), Summary: v.get("tom-tat"), Body: v.get("noi-dung"), Byline: v.get("tac-gia"), Note: v.get("dinh-chinh")}
	t.Cover, _ = strconv.Atoi(v.get("anh-bia"))
	tree, err := s.Tree(ctx)
	if err != nil {
		return t, err
	}
	if code := v.get("xa"); code != "" {
		if u := tree.On(code, s.Today()); u != nil {
			t.Place = u.ID
		} else {
			v.say("xa", "Không có xã, phường này. Hãy chọn trong danh sách.")
		}
	}
	k := s.kindNear(news.Kind, s.Today())
	if f := k.Field("type"); f == nil || f.Option(t.Sort) == nil {
		v.say("loai", "Hãy chọn loại tin, bài.")
	}
	if f := k.Field("theme"); t.Theme != "" && (f == nil || f.Option(t.Theme) == nil) {
		v.say("chu-de", "Hãy chọn chủ đề trong danh sách.")
	}
	wrong := t.Check()
	for _, field := range []string{"Title", "Summary", "Body", "Byline", "Note"} {
		if sentence := wrong[field]; sentence != "" {
			v.say(newsControls[field], sentence)
		}
	}
	if v.Shown && strings.TrimSpace(t.Note) == "" {
		v.say("dinh-chinh", "Bài đã đăng: hãy ghi đính chính điều gì, người đọc thấy dòng này.")
	}
	return t, nil
}

func (s *server) newsMake(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "")
	if err != nil {
		return err
	}
	v := &newsEditView{form: f.form, Look: f.get("viec") == "xem"}
	if v.Look {
		return s.showNewsEdit(w, r, http.StatusOK, v)
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	piece := pieceForm{form: v.form}
	unit := piece.unit(tree, "don-vi", s.Today())
	v.form = piece.form
	if unit == nil && !v.Wrong.has("don-vi") {
		v.say("don-vi", "Hãy chọn cơ quan đăng bài.")
	}
	t, err := s.newsText(r.Context(), v)
	if err != nil {
		return err
	}
	if unit != nil && !viewer(r.Context()).May(access.RecordWork, unit.ID) {
		v.say("don-vi", "Tài khoản của bạn không viết cho cơ quan này. Hãy chọn cơ quan khác.")
	}
	if len(v.Wrong) > 0 {
		return s.showNewsEdit(w, r, http.StatusUnprocessableEntity, v)
	}
	answer, err := s.sealedOnce(r, v.form, func(tx *db.Tx) ([]byte, error) {
		id, err := s.News.Begin(r.Context(), tx, viewer(r.Context()).Login, unit.ID, t)
		if err == nil && v.get("viec") == "gui" {
			err = s.News.Send(r.Context(), tx, viewer(r.Context()).Login, id)
		}
		return []byte(itoa(id)), err
	})
	if err != nil {
		return err
	}
	return seeOther(w, r, "/tin-bai/"+string(answer)+"?xong="+newsDone(v.form))
}

func newsDone(f form) string {
	if f.get("viec") == "gui" {
		return "tin-gui"
	}
	return "luu"
}

func (s *server) newsEdit(w http.ResponseWriter, r *http.Request) error {
	a, err := s.articleAt(r)
	if err != nil {
		return err
	}
	if !a.Writable() {
		return fault.New(fault.Conflict, "Bài đang chờ duyệt hoặc đã gỡ nên không sửa được. Bài chờ duyệt thì rút về rồi sửa.")
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v := &newsEditView{form: newForm(), ID: a.ID, Shown: a.Shown > 0}
	note := a.Note
	if a.State == news.Published {
		note = "" // a further correction has its own
	}
	for name, value := range map[string]string{"loai": a.Sort, "chu-de": a.Theme, "tieu-de": a.Title, "tom-tat": a.Summary, "noi-dung": a.Body, "tac-gia": a.Byline, "dinh-chinh": note,
		"anh-bia": strconv.Itoa(a.Cover), "ban": strconv.Itoa(a.Version), "luc": itoa(a.At.UnixMilli())} {
		v.Values.Set(name, value)
	}
	if u := tree.Unit(a.Place); u != nil {
		v.Values.Set("xa", u.Code)
	}
	return s.showNewsEdit(w, r, http.StatusOK, v)
}

func (s *server) newsSave(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "")
	if err != nil {
		return err
	}
	a, err := s.articleAt(r)
	if err != nil {
		return err
	}
	v := &newsEditView{form: f.form, ID: a.ID, Shown: a.Shown > 0, Look: f.get("viec") == "xem"}
	if v.Look {
		return s.showNewsEdit(w, r, http.StatusOK, v)
	}
	t, err := s.newsText(r.Context(), v)
	if err != nil {
		return err
	}
	if len(v.Wrong) > 0 {
		return s.showNewsEdit(w, r, http.StatusUnprocessableEntity, v)
	}
	seen := news.Article{ID: a.ID}
	seen.Version, _ = strconv.Atoi(v.get("ban"))
	ms, _ := strconv.ParseInt(v.get("luc"), 10, 64)
	seen.At = time.UnixMilli(ms)
	err = s.onceFor(r, v.form, func(tx *db.Tx) error {
		if err := s.News.Save(r.Context(), tx, viewer(r.Context()).Login, seen, t); err != nil || v.get("viec") != "gui" {
			return err
		}
		return s.News.Send(r.Context(), tx, viewer(r.Context()).Login, a.ID)
	})
	if said := sentence(err); said != "" {
		v.say("", said)
		return s.showNewsEdit(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/tin-bai/"+itoa(a.ID)+"?xong="+newsDone(v.form))
}

// newsView is the page of one article for its office.
type newsView struct {
	news.Article
	Done        string
	By, Where   string
	Sort, Theme string
	HTML        string
	Cover       string
	Pictures    []news.Picture
	Acts        []newsAct
	Versions    []news.Text
	Form        pieceForm
	Reads       int64
	Public      string // address on the public pages, empty while nobody reads it
	MayWrite    bool
	MayDecide   bool
}

type newsAct struct {
	news.Act
	Name, Who string
}

var newsActNames = map[string]string{"send": "Gửi duyệt", "recall": "Rút về sửa", "return": "Trả lại để sửa", "publish": "Đăng", "correct": "Đăng đính chính", "withdraw": "Gỡ khỏi cổng"}

func (s *server) newsView(r *http.Request) (*newsView, error) {
	ctx := r.Context()
	a, err := s.articleAt(r)
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	k, me := s.kindNear(news.Kind, s.Today()), viewer(ctx)
	v := &newsView{Article: a, Done: r.URL.Query().Get("xong"), By: tree.NameOn(a.Unit, s.Today()), Where: or(tree.NameOn(a.Place, s.Today()), "Cả tỉnh"), Form: newPieceForm(""),
		Sort: choiceName(k, "type", a.Sort), Theme: choiceName(k, "theme", a.Theme), MayWrite: me.May(access.RecordWork, a.Unit), MayDecide: me.May(access.ConfirmWork, a.Unit)}
	if a.Shown > 0 {
		v.Public = s.Portal + "/cong/tin/" + itoa(a.ID)
	}
	err = s.DB.View(ctx, func(q db.Querier) error { return s.readNews(ctx, q, v) })
	if err != nil {
		return nil, err
	}
	for _, p := range v.Pictures {
		if p.Number == a.Cover {
			v.Cover = p.Img(s.newsFiles(a.ID), false)
		}
	}
	v.HTML, err = news.Render(a.Body, v.Pictures, s.newsFiles(a.ID))
	return v, err
}

func (s *server) readNews(ctx context.Context, q db.Querier, v *newsView) (err error) {
	if v.Pictures, err = s.News.Pictures(ctx, q, v.ID); err != nil {
		return err
	}
	if v.Versions, err = s.News.Versions(ctx, q, v.ID); err != nil {
		return err
	}
	reads, err := s.News.ReadIn(ctx, q, civil.Period{From: v.Day, To: s.Today()})
	if err != nil {
		return err
	}
	v.Reads = reads[v.ID]
	acts, err := s.News.Acts(ctx, q, v.ID)
	if err != nil {
		return err
	}
	logins := make([]string, len(acts))
	for i, x := range acts {
		logins[i] = x.Actor
	}
	names, err := s.namesOf(ctx, logins)
	if err != nil {
		return err
	}
	for i, x := range acts {
		v.Acts = append(v.Acts, newsAct{x, newsActNames[x.Act], names[i]})
	}
	return nil
}

func (s *server) newsPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.newsView(r)
	if err != nil {
		return err
	}
	return s.showNews(w, r, http.StatusOK, v)
}

func (s *server) showNews(w http.ResponseWriter, r *http.Request, status int, v *newsView) error {
	title := v.Title
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + title
	}
	return s.render(w, r, status, page{Title: title, Section: "tin-bai"}, newsDetail(v))
}

// newsFile is a picture of an article, for its office.
func (s *server) newsFile(w http.ResponseWriter, r *http.Request) error {
	noPicture := fault.New(fault.NotFound, "Không có ảnh này. Hãy mở lại từ trang của bài.")
	a, err := s.articleAt(r)
	if err != nil {
		return err
	}
	pictures, err := s.News.Pictures(r.Context(), s.DB.Read(), a.ID)
	if err != nil {
		return err
	}
	hash, own := strings.TrimSuffix(r.PathValue("file"), ".jpg"), false
	for _, p := range pictures {
		own = own || slices.ContainsFunc(p.Sizes, func(x news.Size) bool { return x.Hash == hash })
	}
	if !own {
		return noPicture
	}
	f, err := s.Files.Open(hash)
	if err != nil {
		return noPicture
	}
	defer f.Close()
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(w, r, "", time.Time{}, io.ReadSeeker(f))
	return nil
}

// newsPicture takes a picture with what is to be seen on it.
func (s *server) newsPicture(w http.ResponseWriter, r *http.Request) error {
	v, err := s.newsView(r)
	if err != nil {
		return err
	}
	values, files, err := s.readSealed(w, r)
	if err != nil {
		return err
	}
	v.Form = pieceForm{form: sentForm(values), Act: "anh"}
	f := &v.Form
	alt := f.want("anh-mo-ta", "Hãy ghi ảnh cho thấy gì: người không nhìn được nghe đọc dòng này.")
	if len(files) != 1 || len(files[0].Data) == 0 {
		f.say("anh-tep", "Hãy chọn một ảnh.")
	}
	if len(f.Wrong) == 0 {
		_, err = s.News.AddPicture(r.Context(), viewer(r.Context()).Login, v.ID, files[0].Data, files[0].Name, alt)
		if said := sentence(err); said != "" {
			f.say("anh-tep", said)
		} else if err != nil {
			return err
		}
	}
	if len(f.Wrong) > 0 {
		return s.showNews(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, "/tin-bai/"+itoa(v.ID)+"?xong=luu#anh-h")
}

// newsHand sends an article for review, or takes it back.
func (s *server) newsHand(w http.ResponseWriter, r *http.Request) error {
	acts := map[string]func(context.Context, *db.Tx, string, int64) error{"gui": s.News.Send, "rut": s.News.Recall}
	do := acts[r.PathValue("viec")]
	return s.newsAct(w, r, do != nil, func(tx *db.Tx, v *newsView) error {
		return do(r.Context(), tx, viewer(r.Context()).Login, v.ID)
	})
}

// newsDecide publishes, gives back or withdraws.
func (s *server) newsDecide(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	return s.newsAct(w, r, act == "dang" || act == "tra-lai" || act == "go", func(tx *db.Tx, v *newsView) error {
		me := viewer(r.Context())
		if !me.May(access.ConfirmWork, v.Unit) {
			return fault.New(fault.Denied, outOfReach)
		}
		switch act {
		case "tra-lai":
			return s.News.Return(r.Context(), tx, me.Login, v.ID, v.Form.text("y-kien"))
		case "go":
			return s.News.Withdraw(r.Context(), tx, me.Login, v.ID, v.Form.text("ly-do"))
		}
		confirm := me.CheckConfirm(s.kindNear(news.Kind, s.Today()), v.Unit, v.Actor) == nil
		return s.News.Publish(r.Context(), tx, me.Login, v.ID, confirm)
	})
}

// newsAct reads a form of the article's page and runs an act; what it refuses stands in the form.
func (s *server) newsAct(w http.ResponseWriter, r *http.Request, known bool, act func(tx *db.Tx, v *newsView) error) error {
	if !known {
		return fault.New(fault.NotFound, "Không có việc này ở trang của bài. Hãy mở lại trang.")
	}
	name := r.PathValue("viec")
	f, err := s.readPiece(w, r, name)
	if err != nil {
		return err
	}
	v, err := s.newsView(r)
	if err != nil {
		return err
	}
	v.Form = f
	err = s.onceFor(r, f.form, func(tx *db.Tx) error { return act(tx, v) })
	said := sentence(err)
	if fault.KindOf(err) == fault.Denied && err != nil {
		said = fault.Say(err)
	}
	if said != "" {
		control := map[string]string{"tra-lai": "y-kien", "go": "ly-do"}[name]
		v.Form.say(control, said)
		return s.showNews(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, fmt.Sprintf("/tin-bai/%d?xong=tin-%s", v.ID, name))
}
