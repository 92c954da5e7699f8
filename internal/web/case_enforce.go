package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/petition"
)

// enforceRows are how many results the form offers beyond those that stand.
const enforceRows = 2

// enforceView is the page that tells what is to be enforced and what is done.
type enforceView struct {
	*caseView
	form
	N     int  // rows of the form
	Moved bool // somebody else wrote since the form was opened
}

func (s *server) enforceForm(r *http.Request) (*enforceView, error) {
	v, err := s.caseView(r)
	if err != nil {
		return nil, err
	}
	if !v.Mine {
		return nil, fault.New(fault.Conflict, readsOnly)
	}
	if v.At.Stage != petition.Settled && v.At.Stage != petition.Enforced {
		return nil, fault.New(fault.Conflict, "Chỉ ghi việc thi hành khi vụ việc đã có quyết định, kết luận hoặc văn bản trả lời.")
	}
	return &enforceView{caseView: v, N: len(v.Enforcement) + enforceRows}, nil
}

func (s *server) enforcePage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.enforceForm(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	v.form = newForm()
	v.form.Values.Set("phien-ban", strconv.Itoa(v.Version))
	for i, x := range v.Enforcement {
		v.fillRow(i+1, x)
	}
	return s.showEnforce(w, r, http.StatusOK, v)
}

func (v *enforceView) fillRow(n int, x petition.Result) {
	set := func(name, text string) { v.form.Values.Set(partField(name, n), text) }
	set("viec", x.Item)
	set("phai", tenthsText(x.Planned))
	if x.Done > 0 {
		set("xong", tenthsText(x.Done))
	}
	if x.By != 0 {
		set("han", x.By.Vi())
	}
	if x.DoneOn != 0 {
		set("ngay", x.DoneOn.Vi())
	}
	set("van-ban", x.Document)
}

func (s *server) showEnforce(w http.ResponseWriter, r *http.Request, status int, v *enforceView) error {
	title := "Thi hành kết quả: " + lowerFirst(v.title())
	if len(v.Wrong) > 0 {
		title, status = "Lỗi: "+lowerFirst(title), wrongStatus(status)
	}
	return s.render(w, r, status, page{Title: title, Section: "don-thu"}, enforceDetail(v))
}

func (s *server) enforceCase(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	v, err := s.enforceForm(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	v.form = f
	rows := v.rows()
	if len(v.Wrong) == 0 {
		expect, _ := strconv.Atoi(f.get("phien-ban"))
		err = s.onceFor(r, f, func(tx *db.Tx) error {
			if err := s.mayAct(r.Context(), tx, v.Case.Entry, ""); err != nil {
				return err
			}
			_, err := s.caseOffice().Enforce(r.Context(), tx, viewer(r.Context()).Login, v.Case.Entry, expect, rows)
			return err
		})
	}
	if err != nil && fault.KindOf(err) == fault.Conflict {
		return s.enforceMoved(w, r, f, err)
	}
	switch said := sentence(err); {
	case said != "":
		v.say("", said)
	case err != nil:
		return err
	}
	if len(v.Wrong) > 0 {
		return s.showEnforce(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, v.path("")+"?xong=luu")
}

// enforceMoved shows what was typed beside what stands now.
func (s *server) enforceMoved(w http.ResponseWriter, r *http.Request, f form, moved error) error {
	v, err := s.enforceForm(r)
	if err != nil {
		return s.caseRefused(w, r, movedOn(moved))
	}
	v.form, v.Moved = f, f.get("phien-ban") != strconv.Itoa(v.Version)
	v.Values.Set("phien-ban", strconv.Itoa(v.Version))
	v.say("", fault.Say(moved))
	return s.showEnforce(w, r, http.StatusConflict, v)
}

// rows reads the results that are filled in.
func (v *enforceView) rows() []petition.Result {
	var out []petition.Result
	f := &pieceForm{form: v.form}
	for n := 1; n <= v.N; n++ {
		item := f.text(partField("viec", n))
		if item == "" && f.text(partField("phai", n)) == "" {
			continue
		}
		x := petition.Result{Item: item, By: f.day(partField("han", n)), DoneOn: f.day(partField("ngay", n)), Document: f.text(partField("van-ban", n))}
		if item == "" {
			f.say(partField("viec", n), "Dòng "+strconv.Itoa(n)+": hãy chọn việc phải thi hành.")
		}
		x.Planned = amountOf(f, partField("phai", n), n)
		x.Done = amountOf(f, partField("xong", n), n)
		if x.Planned == 0 {
			f.say(partField("phai", n), "Dòng "+strconv.Itoa(n)+": hãy ghi số phải thi hành.")
		}
		if x.Done > 0 && x.DoneOn == 0 {
			f.say(partField("ngay", n), "Dòng "+strconv.Itoa(n)+": đã thi hành thì ghi ngày thi hành.")
		}
		if x.DoneOn > v.Today {
			f.say(partField("ngay", n), "Dòng "+strconv.Itoa(n)+": ngày thi hành chưa tới.")
		}
		out = append(out, x)
	}
	v.form = f.form
	return out
}

// amountOf reads an amount as people write it, in tenths.
func amountOf(f *pieceForm, name string, row int) int64 {
	text := strings.ReplaceAll(strings.ReplaceAll(f.text(name), " ", ""), ".", "")
	if text == "" {
		return 0
	}
	whole, part, _ := strings.Cut(text, ",")
	n, err := strconv.ParseInt(whole, 10, 64)
	tenth := int64(0)
	if err == nil && part != "" {
		tenth, err = strconv.ParseInt(part, 10, 64)
	}
	if err != nil || n < 0 || n > 1e14 || len(part) > 1 {
		f.say(name, "Dòng "+strconv.Itoa(row)+": số chưa đúng. Viết như 12.500.000 hoặc 350,5.")
		return 0
	}
	return n*10 + tenth
}

// enforcedRow is a case whose results are to be enforced.
type enforcedRow struct {
	Case *petition.Case
	By   string
	Name string
	Open []resultLine
	Late bool
	Mine bool // the viewer may record what is done
}

// enforcementView is the list of what is to be enforced.
type enforcementView struct {
	Scope *scope
	Rows  []enforcedRow
	Late  int
}

func (s *server) enforcementList(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	v := enforcementView{Scope: sc}
	err = s.DB.View(r.Context(), func(q db.Querier) error { return s.toEnforce(r.Context(), q, sc, &v) })
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page{Title: "Thi hành quyết định, kết luận", Section: "don-thu", Scope: sc}, enforcementDetail(v))
}

// toEnforce reads the settled cases under the unit of which something is still to be enforced.
func (s *server) toEnforce(ctx context.Context, q db.Querier, sc *scope, v *enforcementView) error {
	who := viewer(ctx)
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	for _, code := range []string{petition.Letter, petition.Part} {
		k := s.Catalog.Latest().Kind(code)
		some := []ledger.Cond{{Code: "enforcement.planned", From: "0"}}
		picked, err := s.Ledger.Pick(ctx, q, s.DB.Engine(), k, ledger.Filter{Units: unitsUnder(sc), Kinds: []string{code}}, some, ledger.NewestFirst, nil)
		if err != nil {
			return err
		}
		for _, l := range picked.Lines(0, -1) {
			c, err := petition.Of(code, l.Fields)
			if err != nil {
				return err
			}
			c.Entry, c.Unit = l.ID, l.Unit
			if !readsCase(who, c) {
				continue
			}
			row := enforcedRow{Case: c, By: tree.NameOn(c.Unit, s.Today()), Name: choiceName(k, "class", c.Class), Mine: worksOn(who, c)}
			for _, l := range resultLines(k, c, s.Today()) {
				if !l.Finished() {
					row.Open = append(row.Open, l)
					row.Late = row.Late || l.Late
				}
			}
			if len(row.Open) == 0 {
				continue
			}
			if row.Late {
				v.Late++
			}
			v.Rows = append(v.Rows, row)
		}
	}
	return nil
}
