package web

import (
	"fmt"
	"net/http"
	"slices"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/works"
)

// filesCheck is what the page says of the totals besides the numbers: whether the two sides balance, where a month does
// not carry over what the last left open, and why files were late.
type filesCheck struct {
	*works.Joined
	Scope *scope
	Kind  *catalog.Kind
	Names func(org.UnitID, civil.Date) string
}

// filesView is the grid of one month of one body.
type filesView struct {
	pieceForm
	Kind  *catalog.Kind
	Units []option
	Unit  *org.Unit
	Name  string
	Month civil.Period
	Rows  []filesLine
	More  []option // groups that are not in the grid yet
	Today civil.Date
}

// filesLine is a group of procedures in the grid.
type filesLine struct{ Field, Name string }

// filesCells are the numbers of a line: the control's ending, the field, what it is called.
var filesCells = [][3]string{{"ky-truoc", "carried", "Kỳ trước"}, {"truc-tiep", "in_person", "Trực tiếp"}, {"truc-tuyen", "online", "Trực tuyến"}, {"buu-chinh", "postal", "Bưu chính"},
	{"truoc-han", "before_due", "Trước hạn"}, {"dung-han", "on_time", "Đúng hạn"}, {"qua-han", "late", "Quá hạn"}, {"con", "open_in_time", "Đang, trong hạn"}, {"con-tre", "open_late", "Đang, quá hạn"},
	{"tra", "returned", "Trả lại"}, {"tu-choi", "refused", "Từ chối"}}

func fileCell(field, cell string) string { return "o-" + field + "-" + cell }

// filesStart are the groups that a body without any totals begins with.
var filesStart = []string{"civil_status", "certification", "land", "labour_social"}

func (s *server) filesForm(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("nhap")
	q := r.URL.Query()
	f.Values.Set("don-vi", q.Get("don-vi"))
	f.Values.Set("thang", q.Get("thang"))
	v, err := s.filesView(r, f, q["them"])
	if err != nil {
		return err
	}
	if err := s.fillFiles(r, v); err != nil {
		return err
	}
	return s.showFiles(w, r, http.StatusOK, v)
}

// filesView finds the body and the month of the form; the last month is asked for where none is named.
func (s *server) filesView(r *http.Request, f pieceForm, more []string) (*filesView, error) {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return nil, err
	}
	v := &filesView{pieceForm: f, Today: s.Today()}
	v.Month = monthOf(civil.NewDate(v.Today.Year(), v.Today.Month(), 1).AddDays(-1))
	if text := v.text("thang"); text != "" {
		if v.Month, err = civil.ParsePeriod(text); err != nil || v.Month.To != v.Month.From.MonthEnd() {
			return nil, fault.New(fault.Invalid, "Tháng phải viết như 2026-10.")
		}
	}
	v.Values.Set("thang", v.Month.From.String()[:7])
	if v.Month.To > v.Today {
		return nil, fault.New(fault.Invalid, "Tháng "+v.Month.From.String()[5:7]+" chưa hết: số liệu ghi khi hết tháng. Hãy chọn tháng trước.")
	}
	v.Kind = s.kindNear(works.FilesKind, v.Month.To)
	home := ""
	v.Units, home = s.pieceUnits(r.Context(), tree, v.Kind, v.Month.To)
	if home == "" {
		for _, o := range v.Units {
			if u, err := tree.Resolve(firstWord(o.Value), org.OnDay(v.Month.To), v.Month.To); err == nil && u.SpanOn(v.Month.To).Type == "peoples_committee" {
				home = o.Value
				break
			}
		}
	}
	if v.text("don-vi") == "" {
		v.Values.Set("don-vi", home)
	}
	if v.Unit = v.unit(tree, "don-vi", v.Month.To); v.Unit == nil {
		return v, nil
	}
	if !viewer(r.Context()).May(access.RecordWork, v.Unit.ID) {
		return nil, fault.New(fault.Denied, outOfReach)
	}
	v.Name = tree.NameOn(v.Unit.ID, v.Month.To)
	return v, s.filesLines(r, v, more)
}

// filesLines chooses the groups of the grid: those with totals in the last year, those typed, those asked for.
func (s *server) filesLines(r *http.Request, v *filesView, more []string) error {
	in := map[string]bool{}
	for _, m := range more {
		in[m] = true
	}
	err := s.DB.View(r.Context(), func(q db.Querier) error {
		list, err := s.shelf().FilesOf(r.Context(), q, []org.UnitID{v.Unit.ID}, civil.Period{From: v.Month.From.AddMonths(-12), To: v.Month.To})
		for _, f := range list {
			in[f.Field] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(in) == 0 {
		for _, f := range filesStart {
			in[f] = true
		}
	}
	v.More = []option{{Name: "Chọn lĩnh vực"}}
	for _, o := range choiceOptions(v.Kind, "field", "", v.Month.To) {
		typed := slices.ContainsFunc(filesCells, func(c [3]string) bool { return v.text(fileCell(o.Value, c[0])) != "" })
		if in[o.Value] || typed {
			v.Rows = append(v.Rows, filesLine{o.Value, o.Name})
		} else {
			v.More = append(v.More, o)
		}
	}
	return nil
}

// monthFiles are the totals of the body on the last day of a month, by group.
func (s *server) monthFiles(r *http.Request, q db.Querier, unit org.UnitID, last civil.Date) (map[string]*works.Files, error) {
	list, err := s.shelf().FilesOf(r.Context(), q, []org.UnitID{unit}, civil.Period{From: last, To: last})
	out := map[string]*works.Files{}
	for _, f := range list {
		out[f.Field] = f
	}
	return out, err
}

// fillFiles opens the grid with what stands, and with what the last month left open.
func (s *server) fillFiles(r *http.Request, v *filesView) error {
	if v.Unit == nil {
		return nil
	}
	return s.DB.View(r.Context(), func(q db.Querier) error {
		have, err := s.monthFiles(r, q, v.Unit.ID, v.Month.To)
		if err != nil {
			return err
		}
		last, err := s.monthFiles(r, q, v.Unit.ID, v.Month.From.AddDays(-1))
		if err != nil {
			return err
		}
		for _, l := range v.Rows {
			if f := have[l.Field]; f != nil {
				v.fill(l.Field, f)
			} else if f := last[l.Field]; f != nil {
				v.Values.Set(fileCell(l.Field, "ky-truoc"), itoa(f.Open()))
			}
		}
		return nil
	})
}

func (v *filesView) fill(field string, f *works.Files) {
	for i, n := range []int64{f.Carried, f.InPerson, f.Online, f.Postal, f.BeforeDue, f.OnTime, f.Late, f.OpenInTime, f.OpenLate, f.Returned, f.Refused} {
		v.Values.Set(fileCell(field, filesCells[i][0]), itoa(n))
	}
	if len(f.Reasons) == 1 {
		v.Values.Set(fileCell(field, "ly-do"), f.Reasons[0].Reason)
	}
}

func (s *server) showFiles(w http.ResponseWriter, r *http.Request, status int, v *filesView) error {
	title := "Nhập số liệu hồ sơ một tháng"
	if len(v.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "mot-cua"}, filesFormPage(v))
}

// typedFiles reads a line: nil where nothing is typed in it but what was carried over.
func (v *filesView) typedFiles(l filesLine) map[string]any {
	set, said := map[string]any{"field": l.Field}, false
	var n [11]int64
	for i, c := range filesCells {
		name := fileCell(l.Field, c[0])
		said = said || i > 0 && v.text(name) != ""
		n[i] = v.number(name)
		set[c[1]] = n[i]
	}
	if !said {
		return nil
	}
	in, out := n[0]+n[1]+n[2]+n[3], n[4]+n[5]+n[6]+n[7]+n[8]+n[9]+n[10]
	if in != out {
		v.say(fileCell(l.Field, "ky-truoc"), fmt.Sprintf("%s: kỳ trước và tiếp nhận là %s, mà giải quyết, đang giải quyết, trả lại, từ chối cộng lại là %s.", l.Name, civil.FormatInt(in), civil.FormatInt(out)))
	}
	set["late_reasons"] = nil
	if reason := v.text(fileCell(l.Field, "ly-do")); reason != "" && n[6] > 0 {
		set["late_reasons"] = []any{map[string]any{"late_reason": reason, "late_files": n[6]}}
	}
	return set
}

// filesSave records the lines of a month, or amends those that stand, all in one transaction.
func (s *server) filesSave(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "nhap")
	if err != nil {
		return err
	}
	v, err := s.filesView(r, f, nil)
	if err != nil {
		return err
	}
	if v.Unit == nil {
		if !v.Wrong.has("don-vi") {
			v.say("don-vi", "Hãy chọn cơ quan.")
		}
		return s.showFiles(w, r, http.StatusUnprocessableEntity, v)
	}
	back := "/mot-cua?don-vi=" + v.Unit.Code + "&ky=" + v.Month.Code + "&xong=mot-cua"
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, back)
	}
	var sets []map[string]any
	for _, l := range v.Rows {
		if set := v.typedFiles(l); set != nil {
			sets = append(sets, set)
		}
	}
	if len(sets) == 0 && len(v.Wrong) == 0 {
		v.say("", "Chưa ghi số nào. Hãy điền ít nhất một lĩnh vực.")
	}
	if len(v.Wrong) == 0 {
		err = s.onceFor(r, v.form, func(tx *db.Tx) error { return s.saveFiles(r, tx, v, sets) })
		if err := v.refusal(err, nil); err != nil {
			return err
		}
	}
	if len(v.Wrong) > 0 {
		return s.showFiles(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, back)
}

func (s *server) saveFiles(r *http.Request, tx *db.Tx, v *filesView, sets []map[string]any) error {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	have, err := s.monthFiles(r, tx, v.Unit.ID, v.Month.To)
	if err != nil {
		return err
	}
	for _, set := range sets {
		field := set["field"].(string)
		if f := have[field]; f != nil {
			if err := s.amendIn(ctx, tx, f.ID, func(*ledger.Entry) (ledger.Amendment, error) {
				return ledger.Amendment{Reason: "Nhập lại số liệu tháng", Set: set}, nil
			}); err != nil {
				return err
			}
			continue
		}
		if set["late_reasons"] == nil {
			delete(set, "late_reasons")
		}
		if tier := tierOf(v.Unit, v.Month.To); tier != "" {
			set["tier"] = tier
		}
		key := fmt.Sprintf("mot-cua:%d:%s:%s", v.Unit.ID, field, v.Month.From.String()[:7])
		if e, err := s.Ledger.EntryByKey(ctx, tx, key); err == nil { // that one was voided
			key += ":" + itoa(e.ID)
		}
		if _, err := s.recordPiece(ctx, tx, tree, ledger.Draft{Key: key, Kind: works.FilesKind, Unit: ledger.Ref(v.Unit), Day: v.Month.To, Fields: set}); err != nil {
			return err
		}
	}
	return nil
}

// tierOf is where a body takes files in.
func tierOf(u *org.Unit, day civil.Date) string {
	sp := u.SpanOn(day)
	switch {
	case sp.Type == "one_stop_centre":
		return "centre"
	case sp.Level == "commune" || sp.Level == "district":
		return sp.Level
	case sp.Type == "department":
		return "department"
	}
	return ""
}
