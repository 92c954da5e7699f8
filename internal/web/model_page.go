package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/model"
)

// modelView is the page of one model or group.
type modelView struct {
	*model.Model
	At     model.State
	Stale  bool
	Days   int // after how many days without evidence it is said to have none
	Pass   int // percent of the verified points from which it is suggested as effective
	By     unitLink
	Where  string
	Today  civil.Date
	Mine   bool
	Gone   bool // voided in the book of entries
	Acts   []model.Act
	Steps  []model.Step
	Undo   string // the step that may be taken back
	Form   pieceForm
	Told   string
	Marks  []modelMark
	Places []modelPlace
	kind   *catalog.Kind
	units  []option
	home   string
}

// modelMark is a criterion with its points.
type modelMark struct {
	Code, Name string
	Own, Given string
}

// modelPlace is a place to which the model was taken.
type modelPlace struct {
	ledger.Head
	Where string
}

func (v *modelView) name(field, code string) string { return choiceName(v.kind, field, code) }

func (v *modelView) options(field, none string) []option {
	return choiceOptions(v.kind, field, none, v.Today)
}

// formShown reports whether the form that was sent stands on the page, with what is wrong above it.
func (v *modelView) formShown() bool {
	if !v.Mine {
		return false
	}
	switch v.Form.Act {
	case "cong", "bo-minh-chung":
		return true
	case "tu-cham":
		return len(v.Marks) > 0 && v.At != model.Ended
	case "hoan-tac":
		return v.Undo != "" && v.Undo != "ended"
	}
	return slices.Contains(v.Acts, model.Act(v.Form.Act))
}

func (s *server) modelView(r *http.Request) (*modelView, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	today := s.Today()
	v := &modelView{Today: today, Days: model.EvidenceDays(s.Catalog, today), Pass: model.ScorePass(s.Catalog, today)}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	if err = s.DB.View(ctx, func(q db.Querier) error {
		v.Model, err = s.modelShelf().Model(ctx, q, id)
		return err
	}); err != nil {
		return nil, err
	}
	v.kind = s.kindNear(v.Kind, v.Day)
	v.At, v.Stale, v.Acts, v.Steps = v.Model.State(today), v.Model.Stale(today, v.Days), v.Next(today), v.Model.Steps(today)
	v.Undo, _ = v.Model.Undo(today)
	v.By, v.Where = linkUnit(tree, v.Unit, v.Day), tree.NameOn(v.Place, v.Day)
	v.Gone = v.Head.State == ledger.Void
	v.Mine = viewer(ctx).May(access.RecordWork, v.Unit) && !v.Gone
	for _, l := range v.Replicas {
		v.Places = append(v.Places, modelPlace{l.Head, tree.NameOn(l.Place, l.Day)})
	}
	if !v.IsGroup() {
		v.Marks = s.modelMarks(v.Model)
		v.units, v.home = s.pieceUnits(ctx, tree, v.kind, today)
	}
	return v, nil
}

// modelMarks are the criteria of the model's sector, with the points that were given, and those of other days that were.
func (s *server) modelMarks(m *model.Model) []modelMark {
	var out []modelMark
	at := map[string]int{}
	for _, o := range model.Criteria(s.Catalog, m.Sector, m.Day) {
		at[o.Code] = len(out)
		out = append(out, modelMark{Code: o.Code, Name: o.Name})
	}
	points := func(n *int64) string {
		if n == nil {
			return ""
		}
		return civil.FormatInt(*n)
	}
	for _, sc := range m.Scores {
		i, ok := at[sc.Criterion]
		if !ok {
			i = len(out)
			out = append(out, modelMark{Code: sc.Criterion, Name: s.Catalog.Latest().OptionName("model_criteria", sc.Criterion)})
		}
		out[i].Own, out[i].Given = points(sc.Own), points(sc.Verified)
	}
	return out
}

func (s *server) modelPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.modelView(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v.Told, v.Form = q.Get("xong"), newPieceForm(q.Get("mo"))
	return s.showModel(w, r, http.StatusOK, v)
}

func (s *server) showModel(w http.ResponseWriter, r *http.Request, status int, v *modelView) error {
	title := v.Title
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "mo-hinh"}, s.modelDetail(v))
}

// form is one of the page's forms: as it was sent, or new.
func (v *modelView) form(act string) pieceForm {
	if v.Form.Act == act && v.Form.Key != "" && len(v.Form.Values) > 0 {
		return v.Form
	}
	f := newPieceForm(v.Form.Act)
	f.Values.Set(act+"-ngay", v.Today.Vi())
	for _, m := range v.Marks {
		f.Values.Set("diem-"+m.Code, m.Given)
		f.Values.Set("tu-diem-"+m.Code, m.Own)
	}
	return f
}

// percents say what the points make of the most, for the page.
func (v *modelView) percents() string {
	var out []string
	if p, ok := model.Percent(v.Scores, model.OwnPoints); ok {
		out = append(out, fmt.Sprintf("tự chấm %d%%", p))
	}
	if p, ok := model.Percent(v.Scores, model.VerifiedPoints); ok {
		word := "dưới"
		if p >= int64(v.Pass) {
			word = "đạt"
		}
		out = append(out, fmt.Sprintf("thẩm định %d%%, %s mức gợi ý %d%%", p, word, v.Pass))
	}
	return strings.Join(out, "; ")
}

// modelStep names a step of the history.
func (v *modelView) step(act string) string {
	switch act {
	case "registered":
		if v.IsGroup() {
			return "Thành lập"
		}
		return "Đăng ký"
	case "checked":
		return "Thẩm định"
	case "effective":
		return "Đánh giá có hiệu quả"
	case "ineffective":
		return "Đánh giá không hiệu quả"
	case "recognised":
		return joinWords("Công nhận", v.name("recognised_level", v.RecognisedLevel))
	case "typical":
		return joinWords("Được chọn là tiêu biểu", v.name("typical_level", v.TypicalLevel))
	case "replicated":
		return "Bắt đầu nhân rộng"
	}
	return "Dừng"
}

// opening says whether everybody may read of the model, and why.
func (v *modelView) opening() string {
	open := v.Open(v.Today)
	switch {
	case v.Public == model.Yes:
		return "Đang ở trên cổng, theo lựa chọn của cơ quan."
	case v.Public == model.No:
		return "Không ở trên cổng, theo lựa chọn của cơ quan."
	case open && v.IsGroup():
		return "Đang ở trên cổng: tổ tự quản công khai từ khi thành lập."
	case open:
		return "Đang ở trên cổng: đã được công nhận."
	}
	return "Chưa ở trên cổng: lên cổng khi được công nhận, hoặc khi cơ quan chọn đưa lên."
}
