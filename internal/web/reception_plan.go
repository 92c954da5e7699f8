package web

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/notice"
	"danvan/internal/org"
	"danvan/internal/reception"
)

// planBook lists the planned days of the scope.
func (s *server) planBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.receptionScope(r)
	if err != nil {
		return err
	}
	all, err := s.occasionsOf(r.Context(), sc)
	if err != nil {
		return err
	}
	v := &bookView{Title: "Lịch tiếp công dân", Path: "/tiep-dan/lich", Scope: sc, Noun: "ngày tiếp", Section: "tiep-dan",
		Lead:  "Ngày, giờ, nơi và người tiếp đã lên lịch; đã công bố hay chưa. Bấm một ngày để mở buổi tiếp, đổi hoặc hủy.",
		Empty: "Chưa có ngày tiếp nào trong lịch. Bấm Lập lịch để tạo một hay nhiều ngày cùng lúc."}
	may := viewer(r.Context()).May(access.RecordWork, 0)
	if may {
		v.Links = append(v.Links, bookLink{Name: "Lập lịch", Href: "/tiep-dan/lich/moi", Icon: "plus", Primary: true})
	}
	if may && viewer(r.Context()).May(access.RecordWork, sc.Unit.ID) {
		v.Links = append(v.Links, bookLink{Name: "Công bố", Href: "/tiep-dan/lich/cong-bo" + sc.query(), Icon: "send"})
	}
	v.Links = append(v.Links, bookLink{Name: "In thông báo", Href: "/tiep-dan/lich/thong-bao" + sc.query(), Icon: "print"},
		bookLink{Name: "Tệp lịch (.ics)", Href: "/tiep-dan/lich.ics" + sc.query(), Icon: "cal"})
	see := r.URL.Query().Get("xem")
	v.Asks = []bookAsk{{Key: "xem", Name: "Công bố", Value: see, Options: []option{{Name: "Mọi ngày"}, {Value: "chua", Name: "Chưa công bố"}, {Value: "roi", Name: "Đã công bố"}}}}
	v.Columns = []bookColumn{{Key: "ngay", Name: "Ngày tiếp"}, {Key: "don-vi", Name: "Cơ quan"}, {Key: "nguoi-tiep", Name: "Người tiếp"}, {Key: "noi", Name: "Nơi tiếp"},
		{Key: "cong-bo", Name: "Công bố"}, {Key: "trang-thai", Name: "Trạng thái"}}
	for _, o := range slices.Backward(all) { // a plan is read from its first day on
		if p := o.Plan; p != nil && (see == "" || (see == "roi") == (p.PublishedOn != 0)) {
			v.Rows = append(v.Rows, s.planRow(sc, o))
		}
	}
	return s.showBook(w, r, v)
}

func (s *server) planRow(sc *scope, o reception.Occasion) bookRow {
	p, st := o.Plan, o.State(sc.Today)
	k := s.kindNear(reception.PlanKind, p.On)
	row := bookRow{Href: "/tiep-dan/" + itoa(o.Head().ID), Cells: []bookCell{
		{Day: p.On, Note: joinWords(weekdayNames[p.On.Weekday()], hours(p.From, p.To), choiceName(k, "type", p.Type))}, wordCell(sc.tree.NameOn(p.Unit, min(p.On, sc.Today))),
		wordCell(choiceName(k, "host", p.Host)), wordCell(p.Room), {Text: "chưa công bố"}, chipCell(occasionChips[st], occasionNames[st])}}
	if p.PublishedOn != 0 {
		row.Cells[4] = bookCell{Day: p.PublishedOn, Note: joinWords(p.Number, p.PublishedWhere)}
	}
	return row
}

// occasionsOf are the days of reception of the scope.
func (s *server) occasionsOf(ctx context.Context, sc *scope) ([]reception.Occasion, error) {
	var all []reception.Occasion
	err := s.DB.View(ctx, func(q db.Querier) (err error) {
		all, err = s.rooms().Occasions(ctx, q, slices.Collect(maps.Keys(sc.subtree())), sc.Period)
		return err
	})
	return all, err
}

// planNewView is the form that makes one planned day or many.
type planNewView struct {
	pieceForm
	Kind    *catalog.Kind
	Units   []option
	Home    string
	Today   civil.Date
	Days    []reception.Day // what the rule gives, shown before it is saved
	Have    map[civil.Date]bool
	Preview bool
}

var (
	repeatOptions = []option{{Value: "once", Name: "Một ngày"}, {Value: "week", Name: "Hằng tuần, vào các thứ"}, {Value: "month", Name: "Hằng tháng, vào các ngày"}, {Value: "nth", Name: "Hằng tháng, vào thứ của tuần thứ mấy"}}
	weekOptions   = []option{{Value: "1", Name: "Thứ Hai"}, {Value: "2", Name: "Thứ Ba"}, {Value: "3", Name: "Thứ Tư"}, {Value: "4", Name: "Thứ Năm"}, {Value: "5", Name: "Thứ Sáu"}, {Value: "6", Name: "Thứ Bảy"}}
	nthOptions    = []option{{Value: "1", Name: "Tuần thứ nhất"}, {Value: "2", Name: "Tuần thứ hai"}, {Value: "3", Name: "Tuần thứ ba"}, {Value: "4", Name: "Tuần thứ tư"}, {Value: "5", Name: "Tuần cuối"}}
	offOptions    = []option{{Value: "bo", Name: "Bỏ ngày ấy"}, {Value: "doi", Name: "Chuyển sang ngày làm việc kế tiếp"}}
)

func (s *server) planNew(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("lap")
	q := r.URL.Query()
	f.Values.Set("lap-lai", "once")
	f.Values.Set("nghi", "doi")
	f.Values.Set("loai", "periodic")
	f.Values.Set("nguoi-tiep", "chair")
	f.Values.Set("tu-gio", "07:30")
	f.Values.Set("den-gio", "11:30")
	f.Values.Set("tu", or(q.Get("tu"), s.Today().AddDays(1).Vi()))
	return s.showPlanNew(w, r, http.StatusOK, &planNewView{pieceForm: f})
}

func (s *server) showPlanNew(w http.ResponseWriter, r *http.Request, status int, v *planNewView) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v.Today = s.Today()
	v.Kind = s.kindNear(reception.PlanKind, v.Today)
	home := ""
	v.Units, home = s.deskBodies(r, tree)
	if v.get("don-vi") == "" {
		v.Values.Set("don-vi", home)
	}
	v.Home = refName(tree, v.get("don-vi"), v.Today)
	title := "Lập lịch tiếp công dân"
	if len(v.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "tiep-dan"}, planNewPage(v))
}

var hourText = regexp.MustCompile(`^([01]?\d|2[0-3])[:hg.]([0-5]\d)$`)

// hour reads a time of day: 7:30, 07h30.
func (f *pieceForm) hour(name string) string {
	text := f.text(name)
	if text == "" {
		return ""
	}
	m := hourText.FindStringSubmatch(text)
	if m == nil {
		f.say(name, "Giờ viết như 07:30.")
		return ""
	}
	if len(m[1]) == 1 {
		m[1] = "0" + m[1]
	}
	return m[1] + ":" + m[2]
}

// rule reads the repeat rule of the form.
func (f *pieceForm) rule() reception.Rule {
	r := reception.Rule{Every: f.text("lap-lai"), From: f.wantDay("tu", "Hãy ghi ngày tiếp, hoặc ngày đầu của lịch."), Move: f.text("nghi") == "doi"}
	if r.Every == "" || r.Every == "once" {
		r.Every, r.To = "once", r.From
		return r
	}
	r.To = f.wantDay("den", "Hãy ghi ngày cuối của lịch.")
	switch {
	case r.From == 0 || r.To == 0:
	case r.To < r.From:
		f.say("den", "Ngày cuối phải từ ngày đầu trở đi.")
	case r.From.DaysUntil(r.To) > 366:
		f.say("den", "Mỗi lần lập lịch nhiều nhất một năm. Hãy chọn ngày cuối gần hơn.")
	}
	for _, x := range f.Values["thu"] {
		if n := atoi(x); n >= 1 && n <= 6 {
			r.Weekdays = append(r.Weekdays, time.Weekday(n))
		}
	}
	for _, x := range f.Values["tuan"] {
		if n := atoi(x); n >= 1 && n <= 5 {
			r.Nth = append(r.Nth, n)
		}
	}
	switch {
	case r.Every == "month":
		for _, x := range strings.FieldsFunc(f.text("cac-ngay"), func(c rune) bool { return c == ',' || c == ';' || c == ' ' }) {
			n, err := strconv.Atoi(x)
			if err != nil || n < 1 || n > 31 {
				f.say("cac-ngay", "Các ngày của tháng là số từ 1 đến 31, cách nhau bằng dấu phẩy.")
				return r
			}
			r.Days = append(r.Days, n)
		}
		if len(r.Days) == 0 {
			f.say("cac-ngay", "Hãy ghi các ngày của tháng, ví dụ 10, 25.")
		}
	case len(r.Weekdays) == 0:
		f.say("thu", "Hãy chọn ít nhất một thứ trong tuần.")
	case r.Every == "nth" && len(r.Nth) == 0:
		f.say("tuan", "Hãy chọn tuần thứ mấy của tháng.")
	}
	return r
}

// planMake shows what a rule gives and, asked again, makes its days: all of them in one transaction.
func (s *server) planMake(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "lap")
	if err != nil {
		return err
	}
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, "/tiep-dan/lich?xong=lich")
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	today := s.Today()
	rule := f.rule()
	unit := f.unit(tree, "don-vi", today)
	if unit == nil && !f.Wrong.has("don-vi") {
		f.say("don-vi", "Hãy chọn cơ quan tiếp dân.")
	}
	set := map[string]any{}
	put(set, "type", f.want("loai", "Hãy chọn loại tiếp."))
	put(set, "host", f.want("nguoi-tiep", "Hãy chọn người tiếp."))
	put(set, "from_hour", f.hour("tu-gio"))
	put(set, "to_hour", f.hour("den-gio"))
	put(set, "room", f.text("noi"))
	if rule.From != 0 && rule.From < today {
		f.say("tu", "Ngày "+rule.From.Vi()+" đã qua. Buổi đã tiếp thì ghi ở Mở buổi tiếp.")
	}
	v := &planNewView{pieceForm: f}
	if len(f.Wrong) > 0 {
		return s.showPlanNew(w, r, http.StatusUnprocessableEntity, v)
	}
	v.Days = rule.Expand(s.Catalog.EditionOn(rule.To).Calendar("vn"))
	if v.Have, err = s.plannedOn(r.Context(), unit.ID, f.text("nguoi-tiep"), rule); err != nil {
		return err
	}
	made := slices.DeleteFunc(slices.Clone(v.Days), func(d reception.Day) bool { return d.On == 0 || v.Have[d.On] })
	if len(made) == 0 {
		v.say("tu", "Mọi ngày của lịch này đều là ngày nghỉ hoặc đã có trong lịch. Hãy đổi ngày hay cách lặp.")
		return s.showPlanNew(w, r, http.StatusUnprocessableEntity, v)
	}
	if f.text("viec") != "luu" {
		v.Preview = true
		return s.showPlanNew(w, r, http.StatusOK, v)
	}
	err = s.onceFor(r, f.form, func(tx *db.Tx) error { return s.makePlans(r.Context(), tx, tree, unit, f.Key, set, made) })
	if err := v.refusal(err, map[string]string{"type": "loai", "host": "nguoi-tiep", "planned_on": "tu", "unit": "don-vi", "day": "tu", "room": "noi"}); err != nil {
		return err
	}
	if len(v.Wrong) > 0 {
		return s.showPlanNew(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, "/tiep-dan/lich?don-vi="+unit.Code+"&tu="+rule.From.String()+"&den="+max(rule.To, made[len(made)-1].On).String()+"&xong=lich")
}

func (s *server) makePlans(ctx context.Context, tx *db.Tx, tree *org.Tree, unit *org.Unit, key string, set map[string]any, days []reception.Day) error {
	for n, d := range days {
		one := maps.Clone(set)
		one["planned_on"] = d.On.String()
		draft := ledger.Draft{Key: fmt.Sprintf("web:%s:%s:%d", viewer(ctx).Login, key, n), Kind: reception.PlanKind, Unit: ledger.Ref(unit), Day: s.Today(), Fields: one}
		if _, err := s.recordPiece(ctx, tx, tree, draft); err != nil {
			return err
		}
	}
	return nil
}

// plannedOn are the days on which a body has planned reception by this host already.
func (s *server) plannedOn(ctx context.Context, unit org.UnitID, host string, r reception.Rule) (map[civil.Date]bool, error) {
	out := map[civil.Date]bool{}
	err := s.DB.View(ctx, func(q db.Querier) error {
		plans, err := s.rooms().Plans(ctx, q, []org.UnitID{unit}, civil.Period{From: r.From, To: r.To.AddDays(31)})
		for _, p := range plans {
			if p.Host == host && p.CancelledOn == 0 {
				out[p.On] = true
			}
		}
		return err
	})
	return out, err
}

// planPublishView is the form that publishes planned days, and the printed notice of them.
type planPublishView struct {
	pieceForm
	Scope *scope
	Kind  *catalog.Kind
	Body  string // whose days they are
	Plans []*reception.Plan
	Today civil.Date
}

// planned are the plans of the scope that stand and lie ahead of a day.
func (s *server) planned(r *http.Request, sc *scope, keep func(*reception.Plan) bool) ([]*reception.Plan, error) {
	var out []*reception.Plan
	err := s.DB.View(r.Context(), func(q db.Querier) error {
		all, err := s.rooms().Plans(r.Context(), q, slices.Collect(maps.Keys(sc.subtree())), sc.Period)
		for _, p := range slices.Backward(all) {
			if p.CancelledOn == 0 && keep(p) {
				out = append(out, p)
			}
		}
		return err
	})
	return out, err
}

func (s *server) publishView(r *http.Request, f pieceForm) (*planPublishView, error) {
	sc, err := s.receptionScope(r)
	if err != nil {
		return nil, err
	}
	v := &planPublishView{pieceForm: f, Scope: sc, Today: s.Today(), Kind: s.kindNear(reception.PlanKind, s.Today())}
	who := viewer(r.Context())
	v.Plans, err = s.planned(r, sc, func(p *reception.Plan) bool {
		return p.PublishedOn == 0 && p.On >= v.Today && who.May(access.RecordWork, p.Unit)
	})
	return v, err
}

func (s *server) planPublish(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("cong-bo")
	f.Values.Set("ngay", s.Today().Vi())
	v, err := s.publishView(r, f)
	if err != nil {
		return err
	}
	for _, p := range v.Plans {
		v.Values.Add("lich", itoa(p.ID))
	}
	return s.showPublish(w, r, http.StatusOK, v)
}

func (s *server) showPublish(w http.ResponseWriter, r *http.Request, status int, v *planPublishView) error {
	title := "Công bố lịch tiếp công dân"
	if len(v.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "tiep-dan", Scope: v.Scope}, planPublishPage(v))
}

func (s *server) planPublished(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "cong-bo")
	if err != nil {
		return err
	}
	v, err := s.publishView(r, f)
	if err != nil {
		return err
	}
	back := "/tiep-dan/lich" + v.Scope.query() + "&xong=cong-bo"
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, back)
	}
	day, where := v.wantDay("ngay", "Hãy ghi ngày công bố."), v.want("noi", "Hãy ghi nơi công bố, ví dụ: niêm yết tại trụ sở, loa truyền thanh, trang thông tin của xã.")
	if day > v.Today {
		v.say("ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi khi đã công bố.")
	}
	var ids []int64
	for _, p := range v.Plans {
		if slices.Contains(v.Values["lich"], itoa(p.ID)) {
			ids = append(ids, p.ID)
		}
	}
	if len(ids) == 0 {
		v.say("lich", "Hãy chọn ít nhất một ngày tiếp để công bố.")
	}
	if len(v.Wrong) > 0 {
		return s.showPublish(w, r, http.StatusUnprocessableEntity, v)
	}
	err = s.onceFor(r, v.form, func(tx *db.Tx) error {
		for _, id := range ids {
			err := s.amendIn(r.Context(), tx, id, func(*ledger.Entry) (ledger.Amendment, error) {
				set := map[string]any{"published_on": day.String(), "published_where": oneLine(where, 200)}
				put(set, "number", v.text("so"))
				return ledger.Amendment{Reason: "Công bố lịch tiếp công dân", Set: set}, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err := v.refusal(err, map[string]string{"published_on": "ngay", "published_where": "noi", "number": "so"}); err != nil {
		return err
	}
	if len(v.Wrong) > 0 {
		return s.showPublish(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, back)
}

// planNotice is the notice as it is put up on the wall.
func (s *server) planNotice(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.receptionScope(r)
	if err != nil {
		return err
	}
	v := &planPublishView{pieceForm: newPieceForm(""), Scope: sc, Today: s.Today(), Kind: s.kindNear(reception.PlanKind, sc.Period.To), Body: sc.UnitName}
	if v.Plans, err = s.planned(r, sc, func(*reception.Plan) bool { return true }); err != nil {
		return err
	}
	bodies := map[org.UnitID]bool{}
	for _, p := range v.Plans {
		bodies[p.Unit] = true
	}
	if len(bodies) == 1 {
		v.Body = sc.tree.NameOn(v.Plans[0].Unit, min(v.Plans[0].On, v.Today))
	}
	slices.SortStableFunc(v.Plans, func(a, b *reception.Plan) int { return int(a.On - b.On) })
	return s.render(w, r, http.StatusOK, page{Title: "Thông báo lịch tiếp công dân", Section: "tiep-dan", Scope: sc}, planNoticePage(v))
}

// planFeed is the plan as a calendar file.
func (s *server) planFeed(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.receptionScope(r)
	if err != nil {
		return err
	}
	plans, err := s.planned(r, sc, func(*reception.Plan) bool { return true })
	if err != nil {
		return err
	}
	var b strings.Builder
	line := func(name, text string) { foldLine(&b, name+":"+text) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//danvan//lich tiep cong dan//VI")
	line("X-WR-CALNAME", icsText("Tiếp công dân, "+sc.UnitName))
	stamp := strings.ReplaceAll(s.Today().String(), "-", "") + "T000000Z"
	for _, p := range plans {
		k := s.kindNear(reception.PlanKind, p.On)
		line("BEGIN", "VEVENT")
		line("UID", fmt.Sprintf("tiep-dan-%d@danvan", p.ID))
		line("DTSTAMP", stamp)
		if p.From != "" && p.To != "" {
			line("DTSTART", icsMoment(p.On, p.From))
			line("DTEND", icsMoment(p.On, p.To))
		} else {
			line("DTSTART;VALUE=DATE", icsDay(p.On))
			line("DTEND;VALUE=DATE", icsDay(p.On.AddDays(1)))
		}
		line("SUMMARY", icsText("Tiếp công dân: "+sc.tree.NameOn(p.Unit, min(p.On, sc.Today))))
		line("LOCATION", icsText(p.Room))
		line("DESCRIPTION", icsText(choiceName(k, "type", p.Type)+". Người tiếp: "+choiceName(k, "host", p.Host)))
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	download(w, "text/calendar; charset=utf-8", "lich-tiep-cong-dan.ics")
	_, _ = w.Write([]byte(b.String())) // the reader went away: nobody to tell
	return nil
}

// icsMoment is an hour of a day in Việt Nam, in UTC.
func icsMoment(day civil.Date, hour string) string {
	at, err := time.ParseInLocation("2006-01-02 15:04", day.String()+" "+hour, notice.Zone)
	if err != nil {
		return icsDay(day)
	}
	return at.UTC().Format("20060102T150405Z")
}
