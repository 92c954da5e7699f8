package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// letterLine is a letter as the register shows it.
type letterLine struct {
	ledger.Head
	Case  *petition.Case
	State petition.State
	Next  *clock.Deadline // the limit that ends first, nil where none runs
	Reads bool            // the viewer may read what it says
	News  bool            // its sender wrote something that nobody has read
}

// letterAsk is what is asked of the register.
type letterAsk struct {
	Year                               int // 0 for all
	Unit                               org.UnitID
	Class, State, Channel, Field, Text string
	Mine                               bool
}

// The states that the register can be narrowed to.
var letterStates = [][2]string{{"mo", "Đang giải quyết"}, {"moi", "Chưa thụ lý"}, {"qua-han", "Quá hạn"}, {"sap-han", "Đến hạn trong 7 ngày"}, {"tam-dung", "Tạm đình chỉ"}, {"xong", "Đã kết thúc"}, {"tin-moi", "Người gửi có tin mới"}, {"huy", "Đã hủy ghi sổ"}}

// letterBook is the register: the letters of the viewer's bodies, by number. It shows nobody's name and holds none.
func (s *server) letterBook(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	k := s.kindNear(petition.Letter, s.Today())
	if k == nil {
		return fault.New(fault.NotFound, "Danh mục không có loại ghi nhận đơn thư.")
	}
	ask, err := s.letterAsk(r)
	if err != nil {
		return err
	}
	lines, units, years, err := s.letterLines(ctx, tree, k, ask)
	if err != nil {
		return err
	}
	v := &bookView{Title: "Sổ đơn thư", Section: "don-thu", Path: "/don-thu", Noun: "đơn",
		Lead:  "Đơn của đơn vị trong quyền xem, không có người gửi. Tìm bằng số, mã hồ sơ, hoặc từ trong nội dung.",
		Empty: "Chưa có đơn nào khớp điều kiện. Đổi năm hoặc bỏ bớt điều kiện; đơn mới vào sổ ở nút Nhận đơn."}
	s.letterBookAsks(v, r, tree, k, ask, units, years)
	if err := s.letterRows(ctx, tree, k, v, lines, len(units) > 1, strings.TrimSpace(r.URL.Query().Get("tim"))); err != nil {
		return err
	}
	return s.showBook(w, r, v)
}

func (s *server) letterAsk(r *http.Request) (letterAsk, error) {
	q := r.URL.Query()
	a := letterAsk{Year: s.Today().Year(), Class: q.Get("loai"), State: q.Get("tinh-trang"), Channel: q.Get("nguon"), Field: q.Get("linh-vuc"), Mine: q.Get("phu-trach") == "toi"}
	switch year := q.Get("nam"); year {
	case "":
	case "tat-ca":
		a.Year = 0
	default:
		n, err := strconv.Atoi(year)
		if err != nil || n < 1900 || n > 2200 {
			return a, fault.New(fault.Invalid, "Năm phải là số như 2026, hoặc “tat-ca”.")
		}
		a.Year = n
	}
	if unit := q.Get("don-vi"); unit != "" {
		n, err := strconv.ParseInt(unit, 10, 64)
		if err != nil {
			return a, fault.New(fault.Invalid, "Đơn vị không đúng. Hãy chọn lại trong danh sách.")
		}
		a.Unit = org.UnitID(n)
	}
	if a.State != "" && !slices.ContainsFunc(letterStates, func(x [2]string) bool { return x[0] == a.State }) {
		return a, fault.New(fault.Invalid, "Không có tình trạng này. Hãy chọn lại trong danh sách.")
	}
	return a, nil
}

// letterLines are the letters that the viewer may see and that fit, the last entered first, with the bodies and years
// that there are.
func (s *server) letterLines(ctx context.Context, tree *org.Tree, k *catalog.Kind, ask letterAsk) (lines []letterLine, units []org.UnitID, years []int, err error) {
	f := ledger.Filter{Kinds: []string{petition.Letter}}
	picked, err := s.Ledger.Pick(ctx, s.DB.Read(), s.DB.Engine(), k, f, nil, ledger.NewestFirst, nil)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("read the register: %w", err)
	}
	who := viewer(ctx)
	sees := map[org.UnitID]bool{}
	law := clock.In(s.Catalog.EditionOn(s.Today()))
	mine, err := s.lettersInHand(ctx, ask.Mine)
	if err != nil {
		return nil, nil, nil, err
	}
	news, err := s.lettersWithNews(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, l := range picked.Lines(0, -1) {
		may, known := sees[l.Unit]
		if !known {
			may = who.May(access.ReadLetters, l.Unit)
			if sees[l.Unit] = may; may {
				units = append(units, l.Unit)
			}
		}
		if !may {
			continue
		}
		if y := l.Day.Year(); len(years) == 0 || years[len(years)-1] != y {
			years = append(years, y)
		}
		if ask.Mine && !mine[l.ID] {
			continue
		}
		if ask.Year != 0 && l.Day.Year() != ask.Year || ask.Unit != 0 && l.Unit != ask.Unit {
			continue
		}
		line, err := s.letterLine(ctx, law, l)
		if err != nil {
			return nil, nil, nil, err
		}
		line.News = news[l.ID]
		if ask.fits(line, s.Today()) {
			lines = append(lines, line)
		}
	}
	return lines, units, years, nil
}

// lettersInHand are the letters that the viewer works on, also by one of their parts; nil where that is not asked.
func (s *server) lettersInHand(ctx context.Context, asked bool) (map[int64]bool, error) {
	if !asked {
		return nil, nil
	}
	ids, err := petition.InHand(ctx, s.DB.Read(), viewer(ctx).Account)
	if err != nil {
		return nil, err
	}
	heads, err := s.Ledger.Heads(ctx, s.DB.Read(), ids)
	if err != nil {
		return nil, err
	}
	out := map[int64]bool{}
	for _, h := range heads {
		if h.Kind == petition.Part {
			out[h.Carries] = true
			continue
		}
		out[h.ID] = true
	}
	return out, nil
}

// lettersWithNews are the letters whose senders wrote something that nobody has read.
func (s *server) lettersWithNews(ctx context.Context) (map[int64]bool, error) {
	unread, err := s.follows().Unread(ctx, s.DB.Read())
	out := map[int64]bool{}
	for _, u := range unread {
		out[u.Entry] = true
	}
	return out, err
}

func (s *server) letterLine(ctx context.Context, law *clock.Law, l ledger.Line) (letterLine, error) {
	c, err := petition.Of(l.Kind, l.Fields)
	if err != nil {
		return letterLine{}, fmt.Errorf("letter %d: %w", l.ID, err)
	}
	c.Entry, c.Unit, c.Void = l.ID, l.Unit, l.State == ledger.Void
	line := letterLine{Head: l.Head, Case: c, State: c.State()}
	line.Reads = !petition.Denounces(c.Class) || viewer(ctx).May(access.ReadDenunciations, l.Unit)
	if l.State != ledger.Void && line.State.Open() {
		line.Next = nextDeadline(law, c)
	}
	return line, nil
}

// nextDeadline is the office's own limit that ends first.
func nextDeadline(law *clock.Law, c *petition.Case) *clock.Deadline {
	var next *clock.Deadline
	for _, d := range law.Deadlines(law.Procedure(c.Class, c.Round), clockCase(c)) {
		if d.ByOffice() && d.Open() && d.Due != 0 && (next == nil || d.Due < next.Due) {
			next = &d
		}
	}
	return next
}

func (a letterAsk) fits(l letterLine, today civil.Date) bool {
	c := l.Case
	if a.Class != "" && c.Class != a.Class || a.Field != "" && (c.Field != a.Field || !l.Reads) || a.Channel != "" && c.Values.Text("channel") != a.Channel {
		return false
	}
	if void := l.Head.State == ledger.Void; void != (a.State == "huy") {
		return void && a.State == ""
	}
	switch a.State {
	case "mo":
		return l.State.Open()
	case "moi":
		return l.State.Stage == petition.Received || l.State.Stage == petition.Classified
	case "qua-han":
		return l.Next != nil && l.Next.Due < today
	case "sap-han":
		return l.Next != nil && l.Next.Due >= today && l.Next.Due <= today.AddDays(7)
	case "tam-dung":
		return l.State.Suspended
	case "xong":
		return !l.State.Open()
	case "tin-moi":
		return l.News
	}
	return true
}

func (s *server) letterBookAsks(v *bookView, r *http.Request, tree *org.Tree, k *catalog.Kind, ask letterAsk, units []org.UnitID, years []int) {
	q := r.URL.Query()
	yearOptions := []option{{Value: strconv.Itoa(s.Today().Year()), Name: "Năm nay"}}
	for _, y := range years {
		if y != s.Today().Year() {
			yearOptions = append(yearOptions, option{Value: strconv.Itoa(y), Name: "Năm " + strconv.Itoa(y)})
		}
	}
	yearOptions = append(yearOptions, option{Value: "tat-ca", Name: "Mọi năm"})
	v.Asks = append(v.Asks, bookAsk{Key: "nam", Name: "Năm vào sổ", Value: q.Get("nam"), Options: yearOptions})
	if len(units) > 1 {
		opts := []option{{Name: "Mọi đơn vị"}}
		for _, id := range units {
			opts = append(opts, option{Value: itoa(int64(id)), Name: tree.NameOn(id, min(s.Today(), tree.Unit(id).Closed.AddDays(-1)))})
		}
		slices.SortFunc(opts[1:], func(a, b option) int { return strings.Compare(civil.Fold(a.Name), civil.Fold(b.Name)) })
		v.Asks = append(v.Asks, bookAsk{Key: "don-vi", Name: "Đơn vị", Value: q.Get("don-vi"), Options: opts})
	}
	states := []option{{Name: "Mọi tình trạng"}}
	for _, x := range letterStates {
		states = append(states, option{Value: x[0], Name: x[1]})
	}
	v.Asks = append(v.Asks,
		bookAsk{Key: "loai", Name: "Loại đơn", Value: ask.Class, Options: choiceOptions(k, "class", "Mọi loại", s.Today())},
		bookAsk{Key: "tinh-trang", Name: "Tình trạng", Value: ask.State, Options: states},
		bookAsk{Key: "linh-vuc", Name: "Lĩnh vực", Value: ask.Field, Options: choiceOptions(k, "field", "Mọi lĩnh vực", s.Today())},
		bookAsk{Key: "phu-trach", Name: "Phụ trách", Value: q.Get("phu-trach"), Options: []option{{Name: "Mọi người"}, {Value: "toi", Name: "Giao cho tôi"}}},
		bookAsk{Key: "nguon", Name: "Nguồn đơn", Value: ask.Channel, Options: choiceOptions(k, "channel", "Mọi nguồn", s.Today())})
	if viewer(r.Context()).May(access.RecordLetters, 0) {
		v.Links = append(v.Links, bookLink{Name: "Nhận đơn", Href: "/don-thu/moi", Icon: "plus", Primary: true})
	}
	if s.has("GET /don-thu/han") {
		v.Links = append(v.Links, bookLink{Name: "Hạn giải quyết", Href: "/don-thu/han", Icon: "clock"})
	}
	if viewer(r.Context()).May(access.RecordLetters, 0) && s.has("GET /don-thu/den") {
		v.Links = append(v.Links, bookLink{Name: "Đơn chuyển đến", Href: "/don-thu/den", Icon: "down"})
	}
	if s.has("GET /thi-hanh") {
		v.Links = append(v.Links, bookLink{Name: "Thi hành", Href: "/thi-hanh", Icon: "check"})
	}
}

// letterRows writes the lines of the register; words are looked for in what the letters say, for who may read it, in
// memory alone.
func (s *server) letterRows(ctx context.Context, tree *org.Tree, k *catalog.Kind, v *bookView, lines []letterLine, units bool, text string) error {
	v.Columns = []bookColumn{{Key: "so", Name: "Số vào sổ"}, {Key: "ma", Name: "Mã hồ sơ"}, {Key: "nhan", Name: "Ngày nhận"}, {Key: "loai", Name: "Loại đơn"}, {Key: "linh-vuc", Name: "Lĩnh vực"}, {Key: "tinh-trang", Name: "Tình trạng"}, {Key: "han", Name: "Hạn gần nhất"}}
	if units {
		v.Columns = append(v.Columns, bookColumn{Key: "don-vi", Name: "Đơn vị"})
	}
	found, err := s.wordsOf(ctx, lines, text)
	if err != nil {
		return err
	}
	today := s.Today()
	for _, l := range lines {
		row := bookRow{Href: s.letterLink(l.ID), Search: found[l.ID], Cells: []bookCell{
			wordCell(or(l.Case.Number, "#"+itoa(l.ID))), {Text: l.Case.Code, Note: sayIf(l.News, "người gửi có tin mới")}, dayCell(l.Case.Received), wordCell(choiceName(k, "class", l.Case.Class)),
			wordCell(sayIf(l.Reads, choiceName(k, "field", l.Case.Field))), l.stateCell(), l.dueCell(today),
		}}
		if n, err := strconv.ParseInt(l.Case.Number, 10, 64); err == nil {
			row.Cells[0] = bookCell{Text: l.Case.Number, Num: numCell(n).Num}
		}
		row.next = func() *bookLink { return s.nextLink(ctx, l.Case) }
		if units {
			row.Cells = append(row.Cells, wordCell(tree.NameOn(l.Unit, l.Day)))
		}
		v.Rows = append(v.Rows, row)
	}
	return nil
}

// nextLink leads to the act by which a case usually goes on, for who may record it.
func (s *server) nextLink(ctx context.Context, c *petition.Case) *bookLink {
	if !worksOn(viewer(ctx), c) {
		return nil
	}
	x, ok := c.Next(s.law().Allowed(c, s.Today()))
	if !ok {
		return nil
	}
	return &bookLink{Name: x.Name, Href: "/don-thu/" + itoa(c.Entry) + "/" + actPath(x.Act)}
}

func (l letterLine) stateCell() bookCell {
	switch {
	case l.Head.State == ledger.Void:
		return chipCell("plain", "Đã hủy ghi sổ")
	case l.State.Suspended:
		return chipCell("plain", l.State.Name())
	case l.State.Open():
		return chipCell("soon", l.State.Name())
	}
	return chipCell("ok", l.State.Name())
}

func (l letterLine) dueCell(today civil.Date) bookCell {
	if l.Next == nil {
		return bookCell{}
	}
	c := bookCell{Day: l.Next.Due, Note: l.Next.Name}
	if late := l.Next.Due.DaysUntil(today); late > 0 {
		c.Note += ", quá " + strconv.Itoa(late) + " ngày"
	}
	return c
}

// wordsOf is what the letters say, folded, for a search by words; nothing of it is shown or kept.
func (s *server) wordsOf(ctx context.Context, lines []letterLine, text string) (map[int64]string, error) {
	if len([]rune(text)) < 2 {
		return nil, nil
	}
	reads, secret := map[int64]bool{}, map[int64]bool{}
	for _, l := range lines {
		reads[l.ID], secret[l.ID] = l.Reads, !viewer(ctx).May(access.ReadDenunciations, l.Unit)
	}
	found := map[int64]string{}
	err := s.Dossiers.EachOf(ctx, s.DB.Read(), func(id int64) bool { return reads[id] }, func(id int64, c dossier.Content, _ []byte) error {
		if !c.Denounces || !secret[id] {
			found[id] = " " + civil.Fold(strings.Join(slices.Concat([]string{c.Summary, c.Request, c.Respondent, c.Place, c.Text}, c.Parcels, c.Decisions), " "))
		}
		return nil
	})
	return found, err
}

// clockCase is what of a case its clocks depend on.
func clockCase(c *petition.Case) clock.Case {
	of := clock.Case{Events: c.Events(), Complexity: c.Complexity, Remote: c.Remote}
	for _, x := range c.Extensions() {
		of.Extensions = append(of.Extensions, clock.Extension{Document: x.Document, On: x.On, Days: x.Days})
	}
	for _, x := range c.Pauses() {
		of.Pauses = append(of.Pauses, clock.Pause{From: x.From, To: x.To, Document: x.Document})
	}
	return of
}
