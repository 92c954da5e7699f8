package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// actForm is the form of one step: what it asks follows from the kind of act.
type actForm struct {
	Form     form
	Draft    org.Draft
	Step     string // number of the step, or moi
	Kind     string
	Sources  int // rows of sources
	Targets  int // rows of receivers
	Types    []option
	Suggest  string // address of suggestions for units
	Examples string
}

// actKinds are the acts in the order in which an administrator thinks of them.
var actKinds = []struct{ Kind, Name, Hint string }{
	{org.Merge, "Sáp nhập", "Hai hay nhiều đơn vị thành một."},
	{org.Split, "Chia tách", "Một đơn vị chia cho hai hay nhiều nơi nhận."},
	{org.Rename, "Đổi tên", "Vẫn là đơn vị cũ, tên mới."},
	{org.Upgrade, "Đổi loại", "Xã thành phường, thị xã thành thành phố."},
	{org.Reparent, "Chuyển cấp trên", "Về đơn vị cấp trên khác."},
	{org.Open, "Thành lập mới", "Không từ đơn vị nào."},
	{org.Abolish, "Kết thúc", "Không có đơn vị kế tục."},
}

const (
	fewSources = 3
	fewTargets = 2
	mostRows   = 30
)

func (s *server) actPage(w http.ResponseWriter, r *http.Request) error {
	d, tree, err := s.readDraft(r)
	if err != nil {
		return err
	}
	if d.State != org.DraftOpen {
		return fault.New(fault.Conflict, "Bản nháp này đã được thực hiện, không sửa được nữa.")
	}
	v := actForm{Form: newForm(), Draft: d, Step: r.PathValue("n"), Kind: r.URL.Query().Get("loai")}
	if v.Step != "moi" {
		st, err := stepIn(d.Plan, v.Step)
		if err != nil {
			return err
		}
		v.Kind = st.Acts[0].Kind
		v.Form.Values = actValues(st.Acts)
	}
	return s.renderAct(w, r, http.StatusOK, tree, v)
}

func stepIn(p org.Plan, text string) (actStep, error) {
	steps := stepsOf(p.Acts)
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > len(steps) {
		return actStep{}, fault.New(fault.NotFound, "Bản nháp không có việc thứ “"+text+"”. Hãy mở lại bản nháp.")
	}
	return steps[n-1], nil
}

func (s *server) renderAct(w http.ResponseWriter, r *http.Request, status int, tree *org.Tree, v actForm) error {
	i := slices.IndexFunc(actKinds, func(k struct{ Kind, Name, Hint string }) bool { return k.Kind == v.Kind })
	if i < 0 {
		return fault.New(fault.NotFound, "Không có loại việc “"+v.Kind+"”. Hãy chọn lại trong bản nháp.")
	}
	day := v.day(s)
	v.Sources, v.Targets = 1, 1
	if v.Kind == org.Merge {
		v.Sources = min(max(fewSources, rowsOf(v.Form, "nguon")), mostRows)
	}
	if v.Kind == org.Split {
		v.Targets = min(max(fewTargets, rowsOf(v.Form, "ma"), rowsOf(v.Form, "ten")), mostRows)
	}
	if r.Method == http.MethodPost && v.Form.get("lam") == "them" {
		v.moreRows()
	}
	v.Types = territoryTypes(tree, day)
	v.Suggest = "/don-vi/goi-y?" + url.Values{"quyen": {"change_units"}, "ngay": {day.AddDays(-1).String()}}.Encode()
	p := page{Title: actKinds[i].Name, Section: "don-vi"}
	if len(v.Form.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, status, p, actFormPage(v, actKinds[i].Name, actKinds[i].Hint))
}

// moreRows adds an empty row where the kind of act has rows.
func (v *actForm) moreRows() {
	switch v.Kind {
	case org.Merge:
		v.Sources = min(v.Sources+2, mostRows)
	case org.Split:
		v.Targets = min(v.Targets+1, mostRows)
	}
}

func (v actForm) day(s *server) civil.Date {
	if v.Draft.Plan.Day != 0 {
		return v.Draft.Plan.Day
	}
	if d, err := civil.ParseDate(v.Form.get("ngay")); err == nil {
		return d
	}
	return s.Today()
}

// rowsOf is the number of the last row that holds something, and one more.
func rowsOf(f form, name string) int {
	last := 0
	for i := 1; i <= mostRows; i++ {
		if f.get(rowName(name, i)) != "" {
			last = i
		}
	}
	return max(last, atoi(f.get("so-dong")))
}

func rowName(name string, i int) string { return name + "-" + strconv.Itoa(i) }

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// territoryTypes are the words by which territories of a day are called.
func territoryTypes(tree *org.Tree, day civil.Date) []option {
	out := []option{{"", "theo tên hoặc đơn vị cũ", ""}}
	for _, name := range []string{"Tỉnh", "Thành phố", "Quận", "Huyện", "Thị xã", "Xã", "Phường", "Thị trấn", "Đặc khu"} {
		out = append(out, option{name, name, ""})
	}
	return out
}

// actValues fills the form from the acts that it wrote.
func actValues(acts []org.Change) url.Values {
	v := url.Values{}
	c := acts[0]
	v.Set("ngay", c.Day.String())
	for i, src := range c.Sources {
		v.Set(rowName("nguon", i+1), src.Code)
	}
	for i, a := range acts {
		v.Set(rowName("ma", i+1), a.Code)
		v.Set(rowName("ten", i+1), a.Name)
		v.Set(rowName("loai", i+1), a.Type)
		v.Set(rowName("cap-tren", i+1), a.Parent)
		if a.Kind != org.Split || len(a.Sources) == 0 {
			continue
		}
		for _, b := range splitBases {
			if n := *b.at(&a.Sources[0].Parts); n != org.Unknown {
				v.Set(rowName(b.name, i+1), civil.FormatInt(n))
			}
		}
	}
	v.Set("cap", c.Level)
	v.Set("trang-thai", c.States)
	v.Set("ghi-chu", c.Note)
	v.Set("tin-cay", c.Status)
	switch follow, ok := strings.CutPrefix(c.Bodies, "follow:"); {
	case c.Bodies == "close":
		v.Set("to-chuc", "close")
	case ok:
		v.Set("to-chuc", "follow")
		v.Set("to-chuc-theo", follow)
	}
	return v
}

func (s *server) actSave(w http.ResponseWriter, r *http.Request) error {
	d, tree, err := s.readOpen(r)
	if err != nil {
		return err
	}
	f := sentForm(r.PostForm)
	v := actForm{Form: f, Draft: d, Step: r.PathValue("n"), Kind: f.get("loai")}
	if f.get("lam") == "them" {
		return s.renderAct(w, r, http.StatusOK, tree, v)
	}
	acts := s.readActForm(tree, &v)
	if len(v.Form.Wrong) == 0 {
		if err := s.mustChange(r.Context(), tree, slices.Concat(d.Plan.Acts, acts)); err != nil {
			v.Form.say("", fault.Say(err))
		}
	}
	if len(v.Form.Wrong) > 0 {
		return s.renderAct(w, r, http.StatusBadRequest, tree, v)
	}
	steps := stepsOf(d.Plan.Acts)
	if v.Step == "moi" {
		steps = append(steps, actStep{Acts: acts})
	} else {
		st, err := stepIn(d.Plan, v.Step)
		if err != nil {
			return err
		}
		steps[st.N-1].Acts = acts
	}
	next := d
	next.Plan.Acts = actsOf(steps)
	if err := s.saveDraft(r, f, &next); err != nil {
		if fault.KindOf(err) != fault.Conflict {
			return err
		}
		v.Form.say("", fault.Say(err))
		return s.renderAct(w, r, http.StatusConflict, tree, v)
	}
	http.Redirect(w, r, draftURL(d.ID)+"?xong=luu", http.StatusSeeOther)
	return nil
}

func (s *server) actDrop(w http.ResponseWriter, r *http.Request) error {
	d, _, err := s.readOpen(r)
	if err != nil {
		return err
	}
	st, err := stepIn(d.Plan, r.PathValue("n"))
	if err != nil {
		return err
	}
	next := d
	next.Plan.Acts = actsOf(slices.Delete(stepsOf(d.Plan.Acts), st.N-1, st.N))
	if err := s.saveDraft(r, sentForm(r.PostForm), &next); err != nil {
		return err
	}
	http.Redirect(w, r, draftURL(d.ID)+"?xong=luu", http.StatusSeeOther)
	return nil
}

// readActForm makes acts of a form, and says beside each field what is wrong.
func (s *server) readActForm(tree *org.Tree, v *actForm) []org.Change {
	f := &v.Form
	base := org.Change{Day: v.Draft.Plan.Day, Kind: v.Kind, Number: v.Draft.Plan.Number, Decided: v.Draft.Plan.Decided, Source: v.Draft.Plan.Source,
		States: f.get("trang-thai"), Status: or(f.get("tin-cay"), "confirmed"), Note: strings.TrimSpace(f.get("ghi-chu"))}
	if base.Day == 0 {
		var err error
		if base.Day, err = civil.ParseDate(f.get("ngay")); err != nil {
			f.say("ngay", "Ngày có hiệu lực chưa đúng: viết như 2026-01-01.")
			return nil
		}
	}
	pick := typedUnits{tree: tree, day: base.Day, made: madeBy(v.Draft.Plan.Acts)}
	var sources []org.Source
	for i := 1; i <= mostRows && v.Kind != org.Open; i++ {
		name := rowName("nguon", i)
		if strings.TrimSpace(f.get(name)) == "" {
			continue
		}
		code := pick.source(f, name)
		if slices.ContainsFunc(sources, func(x org.Source) bool { return x.Code == code }) && code != "" {
			f.say(name, "Đơn vị này đã ghi ở dòng trên.")
		}
		sources = append(sources, org.Source{Code: code, Parts: org.NoParts()})
	}
	least := map[string]int{org.Merge: 2, org.Open: 0}
	want, given := least[v.Kind]
	if !given {
		want = 1
	}
	if len(sources) < want {
		say := "Hãy chọn đơn vị."
		if want == 2 {
			say = "Sáp nhập cần ít nhất hai đơn vị nguồn. Đơn vị giữ mã cũng là một nguồn."
		}
		f.say(rowName("nguon", len(sources)+1), say)
	}
	base.Sources = sources
	if v.Kind == org.Split {
		return pick.split(f, base)
	}
	return []org.Change{pick.target(f, base)}
}

func madeBy(acts []org.Change) map[string]bool {
	out := map[string]bool{}
	for _, c := range acts {
		out[c.Code] = true
	}
	return out
}
