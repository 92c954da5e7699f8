package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/task"
)

// Names of the controls of the form by which tasks are given.
const (
	giveFrom  = "tu"       // what the task comes from, as an entry's number
	giveTo    = "nhan"     // a body that is given the task
	giveDue   = "han"      // the day for all; "han-REF" for one body
	giveClass = "lop"      // a class of bodies to be added
	giveMore  = "them"     // a body to be added by name
	stepClass = "them-lop" // the button that adds a class
	stepBody  = "them-mot" // the one that adds a body
	stepNone  = "bo-het"   // the one that empties the list
	stepGive  = "giao"     // the one that gives
	mostGiven = 400        // bodies at once
)

// giveView is the form by which one task is given to many bodies.
type giveView struct {
	form
	From     *ledger.Head // nil for none
	FromName string
	Givers   []option
	Themes   []option
	Classes  []option
	Bodies   []giveLine
	Names    map[string]string
	Kind     *catalog.Kind
	Day      civil.Date
}

// giveLine is a body of the list.
type giveLine struct{ Ref, Name string }

func (s *server) giveOpen(w http.ResponseWriter, r *http.Request) error {
	f := newForm()
	q := r.URL.Query()
	f.Values.Set(giveFrom, q.Get(giveFrom))
	if to := q.Get(giveTo); to != "" {
		f.Values[giveTo] = []string{to}
	}
	v, err := s.giveView(r, f)
	if err != nil {
		return err
	}
	if v.From != nil {
		l, err := s.Ledger.LineOf(r.Context(), s.DB.Read(), v.From.ID)
		if err != nil {
			return err
		}
		v.Values.Set("chu-de", documentOf(s.Catalog, l).Theme)
	}
	return s.showGive(w, r, http.StatusOK, v)
}

func (s *server) showGive(w http.ResponseWriter, r *http.Request, status int, v *giveView) error {
	title := "Giao nhiệm vụ"
	if len(v.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	v.Values.Del(stepField)
	return s.render(w, r, status, page{Title: title, Section: "nhiem-vu"}, giveTaskPage(v))
}

// giveView completes the form: from whom, to whom it may be given, what it comes from.
func (s *server) giveView(r *http.Request, f form) (*giveView, error) {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := &giveView{form: f, Day: s.Today(), Themes: append([]option{{Name: "Không ghi"}}, s.themeOptions(s.Today())...), Names: map[string]string{}}
	kinds := task.Kinds(s.Catalog.EditionOn(v.Day), catalog.Tasks)
	if len(kinds) == 0 {
		return nil, fault.New(fault.NotFound, "Danh mục chưa có loại nhiệm vụ. Hãy báo người quản trị.")
	}
	v.Kind = kinds[0]
	if id, ok := entryNumber(f.get(giveFrom)); ok {
		e, err := s.Ledger.LineOf(ctx, s.DB.Read(), id)
		switch {
		case fault.KindOf(err) == fault.NotFound && err != nil:
			f.Values.Del(giveFrom)
		case err != nil:
			return nil, err
		case s.mayReadHead(viewer(ctx), tree, e.Head):
			v.From, v.FromName = &e.Head, s.headTitle(e.Head)
		}
	}
	mine := s.mayGive(ctx, tree, v.Kind)
	v.Givers = giverOptions(tree, viewer(ctx), mine, v.Day)
	if v.get("giao") == "" && len(v.Givers) > 0 {
		v.Values.Set("giao", v.Givers[0].Value)
		if v.From != nil {
			for _, o := range v.Givers { // who issued the document gives its tasks
				if u, err := tree.Resolve(o.Value, org.OnDay(v.Day), v.Day); err == nil && u.ID == v.From.Unit {
					v.Values.Set("giao", o.Value)
				}
			}
		}
	}
	v.Classes = classOptions(tree, mine, v.Day)
	for _, ref := range filled(v.Values[giveTo]) {
		u, err := tree.Resolve(ref, org.OnDay(v.Day), v.Day)
		if err != nil || !slices.Contains(mine, u) || len(v.Bodies) >= mostGiven {
			continue
		}
		line := giveLine{ledger.Ref(u), tree.NameOn(u.ID, v.Day)}
		if !slices.Contains(v.Bodies, line) {
			v.Bodies = append(v.Bodies, line)
		}
	}
	return v, nil
}

// mayGive are the bodies for which the viewer may record tasks today.
func (s *server) mayGive(ctx context.Context, tree *org.Tree, k *catalog.Kind) []*org.Unit {
	f := &recordForm{Kind: k, On: s.Today(), tree: tree, right: access.RecordWork}
	return f.mayRecord(viewer(ctx))
}

// giverOptions are the bodies in whose name the viewer gives: his own first, then those at the same seats.
func giverOptions(tree *org.Tree, who *access.Viewer, mine []*org.Unit, day civil.Date) []option {
	seats := map[org.UnitID]bool{}
	for _, home := range who.Homes() {
		for id := range unitAndBodies(tree, tree.Unit(home), day) {
			seats[id] = true
		}
	}
	var out []option
	for _, u := range mine {
		if seats[u.ID] && u.Form == org.Body {
			out = append(out, option{Value: ledger.Ref(u), Name: tree.NameOn(u.ID, day)})
		}
	}
	prefer := func(o option) int { // the boards for mobilisation give most tasks
		for i, abbr := range []string{".BTGDV", ".BDV", ".BXD"} {
			if strings.Contains(o.Value, abbr+"@") {
				return i
			}
		}
		return 9
	}
	slices.SortStableFunc(out, func(a, b option) int { return cmp.Compare(prefer(a), prefer(b)) })
	return out
}

// classOptions are the classes of bodies that may be given a task, with how many there are.
func classOptions(tree *org.Tree, mine []*org.Unit, day civil.Date) []option {
	n := map[string]int{}
	name := map[string]string{}
	for _, u := range mine {
		if u.Form != org.Body {
			continue
		}
		span := u.SpanOn(day)
		n[span.Class()]++
		name[span.Class()] = "Cấp " + levelName(span.Level) + ": " + bodyTypeName(span.Name)
	}
	var out []option
	for class, many := range n {
		if many > 1 {
			out = append(out, option{Value: class, Name: name[class] + " (" + count(many, "đơn vị") + ")"})
		}
	}
	rank := map[string]int{"commune": 0, "district": 1, "province": 2}
	level := func(o option) int { l, _, _ := strings.Cut(o.Value, "/"); return rank[l] }
	slices.SortFunc(out, func(a, b option) int { return cmp.Or(cmp.Compare(level(a), level(b)), strings.Compare(a.Name, b.Name)) })
	return out
}

// bodyTypeName is the name of a body without the place: Ban Xây dựng Đảng xã Văn Lang → Ban Xây dựng Đảng.
func bodyTypeName(name string) string {
	for _, word := range []string{" xã ", " phường ", " thị trấn ", " huyện ", " thành phố ", " thị xã ", " tỉnh "} {
		if i := strings.Index(name, word); i > 0 {
			return name[:i]
		}
	}
	return name
}

func (s *server) givePost(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	if !keyShape.MatchString(f.Key) {
		f.Key = newForm().Key
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	step := f.get(stepField)
	s.addBodies(r.Context(), tree, &f, step)
	v, err := s.giveView(r, f)
	if err != nil {
		return err
	}
	if step != stepGive && step != "" {
		v.Wrong = slices.DeleteFunc(v.Wrong, func(x wrong) bool { return x.Field != giveMore })
		return s.showGive(w, r, http.StatusOK, v)
	}
	orders, giver := v.check(tree)
	if len(v.Wrong) == 0 && !viewer(r.Context()).MayOver(access.RecordWork, giver, v.Day) {
		v.say("giao", "Tài khoản của bạn không giao việc thay đơn vị này được. Hãy chọn đơn vị của mình.")
	}
	if len(v.Wrong) == 0 {
		err = s.give(r, v, giver, orders)
		if err == nil {
			return seeOther(w, r, v.after())
		}
		if !v.sayGiven(err) {
			return err
		}
	}
	return s.showGive(w, r, http.StatusUnprocessableEntity, v)
}

// after is where giving leads: to the document, else to the list of what was given.
func (v *giveView) after() string {
	to := "/nhiem-vu?" + url.Values{"xem": {viewGiven}, "don-vi": {v.get("giao")}, "xong": {"giao-viec"}}.Encode()
	if v.From == nil {
		return to
	}
	return "/van-ban/" + itoa(v.From.ID) + "?xong=giao-viec"
}

// addBodies does what the buttons over the list of bodies say.
func (s *server) addBodies(ctx context.Context, tree *org.Tree, f *form, step string) {
	day := s.Today()
	kinds := task.Kinds(s.Catalog.EditionOn(day), catalog.Tasks)
	if len(kinds) == 0 {
		return
	}
	switch step {
	case stepNone:
		f.Values.Del(giveTo)
	case stepClass:
		for _, u := range s.mayGive(ctx, tree, kinds[0]) {
			if u.Form == org.Body && u.SpanOn(day).Class() == f.get(giveClass) {
				f.Values.Add(giveTo, ledger.Ref(u))
			}
		}
	case stepBody:
		text := strings.TrimSpace(f.get(giveMore))
		mine := s.mayGive(ctx, tree, kinds[0])
		u, err := tree.Resolve(text, org.OnDay(day), day)
		if err != nil {
			found := unitsNamed(tree, text, day, func(u *org.Unit) bool { return slices.Contains(mine, u) })
			if len(found) != 1 {
				f.say(giveMore, "Có "+count(len(found), "đơn vị")+" tên “"+text+"” mà bạn giao việc được. Hãy gõ đủ tên hoặc mã đơn vị.")
				return
			}
			u = found[0]
		}
		if !slices.Contains(mine, u) {
			f.say(giveMore, "Tài khoản của bạn không giao việc cho "+tree.NameOn(u.ID, day)+" được. Hãy chọn đơn vị trong phạm vi của bạn.")
			return
		}
		f.Values.Add(giveTo, ledger.Ref(u))
		f.Values.Del(giveMore)
	}
}

// check reads the form, and says what is wrong beside each control.
func (v *giveView) check(tree *org.Tree) (orders []task.Order, giver string) {
	if strings.TrimSpace(v.get("viec")) == "" {
		v.say("viec", "Chưa ghi nhiệm vụ. Hãy viết việc phải làm trong một câu.")
	}
	u, err := tree.Resolve(v.get("giao"), org.OnDay(v.Day), v.Day)
	if err != nil {
		v.say("giao", "Chưa chọn đơn vị giao.")
	} else {
		giver = ledger.Ref(u)
	}
	due := v.dueIn(giveDue, 0)
	if len(v.Bodies) == 0 {
		v.say(giveTo, "Chưa chọn đơn vị nào. Hãy thêm cả một nhóm đơn vị, hoặc từng đơn vị theo tên.")
	}
	for _, b := range v.Bodies {
		own := due
		if v.get(giveDue+"-"+b.Ref) != "" {
			own = v.dueIn(giveDue+"-"+b.Ref, due)
		}
		orders = append(orders, task.Order{Unit: b.Ref, Due: own})
	}
	if due == 0 && !v.Wrong.has(giveDue) {
		v.say(giveDue, "Chưa ghi hạn hoàn thành chung. Hạn riêng của từng đơn vị ghi ở danh sách bên dưới.")
	}
	return orders, giver
}

func (v *giveView) dueIn(control string, otherwise civil.Date) civil.Date {
	text := strings.TrimSpace(v.get(control))
	if text == "" {
		return otherwise
	}
	d, err := civil.ParseDate(text)
	switch {
	case err != nil:
		v.say(control, "Chưa đọc được hạn “"+text+"”. Hãy viết như 24/4/2026.")
	case d < v.Day:
		v.say(control, "Hạn "+d.Vi()+" đã qua. Hãy chọn từ hôm nay trở đi.")
	default:
		return d
	}
	return otherwise
}

// give records the tasks, all of them or none.
func (s *server) give(r *http.Request, v *giveView, giver string, orders []task.Order) error {
	ctx, who := r.Context(), viewer(r.Context())
	m := task.Terms{Kind: v.Kind.Code, Title: strings.TrimSpace(v.get("viec")), Giver: giver, Theme: v.get("chu-de"), Evidence: strings.TrimSpace(v.get("minh-chung")), Day: v.Day}
	if v.From != nil {
		m.Carries = "#" + itoa(v.From.ID)
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		for _, d := range m.Drafts("w:"+who.Login+":"+v.Key, orders) {
			if !who.MayOver(access.RecordWork, d.Unit, d.Day) {
				return fault.New(fault.Denied, "Tài khoản của bạn không còn giao việc được cho một đơn vị trong danh sách. Hãy mở lại trang giao nhiệm vụ.")
			}
			if _, err := s.Ledger.Record(ctx, tx, who.Login, d); err != nil {
				return err
			}
		}
		return nil
	})
}

// sayGiven puts what the ledger refuses beside the controls, and reports whether it could.
func (v *giveView) sayGiven(err error) bool {
	var ps ledger.Problems
	if errors.As(err, &ps) {
		controls := map[string]string{"fields.title": "viec", "fields.due_on": giveDue, "fields.theme": "chu-de", "fields.evidence": "minh-chung", "fields.assigned_by": "giao", "unit": giveTo, "carries": ""}
		for _, p := range ps {
			v.say(controls[p.Field], codedUnit.ReplaceAllString(p.Say, "$1"))
		}
		return true
	}
	if fault.KindOf(err) == fault.Conflict {
		v.say("", "Biểu mẫu này đã gửi rồi với nội dung khác. Hãy xem các nhiệm vụ đã giao; nếu đây là nhiệm vụ khác, bấm Giao lần nữa.")
		v.Key = newForm().Key
		return true
	}
	if fault.KindOf(err) == fault.Invalid {
		v.say("", fault.Say(err))
		return true
	}
	return false
}
