package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/filing"
	"danvan/internal/report"
)

// Names of the writing form's controls: the text of a place, the version that the writer saw, why a block is left out.
const (
	textControl    = "o:"
	versionControl = "b:"
	reasonControl  = "ly-do:"
)

// writeView is the page on which the office writes around the figures.
type writeView struct {
	reportView
	Filing  *filing.Filing
	Form    form
	Texts   map[string]filing.Text
	Posted  map[string]string // texts that were typed and are not saved
	Clashes map[string]*filing.Clash
	Places  []placeLine
	Choices []slotChoice
	Found   []slotChoice // indicators that were searched for
	Sought  string
	Notice  string
	Remark  string // of a return that is still to be answered
}

// placeLine is a place in the outline: whether something stands in it.
type placeLine struct {
	report.Place
	Filled bool
}

// slotChoice is a figure that can be put into the words.
type slotChoice struct {
	Code, Name, Display string
}

func (v writeView) filled() int {
	n := 0
	for _, p := range v.Places {
		if p.Filled {
			n++
		}
	}
	return n
}

// text is what stands in the textarea of a place: what was typed, else what is saved.
func (v writeView) text(key string) string {
	if posted, ok := v.Posted[key]; ok {
		return posted
	}
	return v.Texts[key].Body
}

// version is the version of the text that the next saving is over.
func (v writeView) version(key string) int {
	if c := v.Clashes[key]; c != nil {
		return c.Theirs.Version
	}
	return v.Texts[key].Version
}

func (v writeView) saved(key string) string {
	t, ok := v.Texts[key]
	if !ok {
		return "Chưa viết"
	}
	return "Đã lưu, bản " + strconv.Itoa(t.Version) + ", " + actorName(t.Actor)
}

// written are the blocks that the office's words in a place make.
func (v writeView) written(key string) []report.Block {
	var out []report.Block
	for _, sec := range v.Report.Sections {
		for _, b := range sec.Blocks {
			if b.Written == key {
				out = append(out, b)
			}
		}
	}
	return out
}

// draftReport is the report as it is written now, with its places.
func (s *server) draftReport(ctx context.Context, f *filing.Filing, texts map[string]string, drafting bool) (*report.Report, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	sc, err := s.filingScope(ctx, f)
	if err != nil {
		return nil, err
	}
	return s.Reports.Build(ctx, report.Request{Template: f.Template, Unit: unitRef(tree, sc.Unit, f.Period.To), Period: f.Period, Basis: sc.Basis,
		Status: figure.Status(f.Status), Office: officeOf(texts, drafting)})
}

func (s *server) filingWrite(w http.ResponseWriter, r *http.Request) error {
	f, err := s.filingOf(r)
	if err != nil {
		return err
	}
	if !f.State.Writable() {
		return seeOther(w, r, filingURL(f.ID))
	}
	v := writeView{Filing: f, Form: newForm(), Notice: r.URL.Query().Get("xong")}
	return s.showWriting(w, r, http.StatusOK, v)
}

func (s *server) showWriting(w http.ResponseWriter, r *http.Request, status int, v writeView) error {
	ctx, f := r.Context(), v.Filing
	texts, err := filing.Texts(ctx, s.DB.Read(), f.ID)
	if err != nil {
		return err
	}
	rep, err := s.draftReport(ctx, f, bodies(texts), true)
	if err != nil {
		return err
	}
	sc, err := s.filingScope(ctx, f)
	if err != nil {
		return err
	}
	if f.State == filing.Returned {
		versions, err := filing.Versions(ctx, s.DB.Read(), f.ID)
		if err != nil {
			return err
		}
		v.Remark = versions[len(versions)-1].Remark
	}
	v.Texts = texts
	v.reportView = newReportView(sc, rep, s.Today())
	v.edition = s.Catalog.EditionOn(f.Period.To)
	v.sayWrongs()
	v.Choices = choicesOf(rep)
	for _, sec := range rep.Sections {
		for _, b := range sec.Blocks {
			if b.Kind == report.BlockPlace {
				v.Places = append(v.Places, placeLine{*b.Place, strings.TrimSpace(v.text(b.Place.Key)) != ""})
			}
		}
	}
	p := page{Title: "Soạn " + lowerFirst(f.Name), Section: "ky-bao-cao", Scripts: []string{"figures.js", "filing.js"}}
	if len(v.Form.Wrong) > 0 && status != http.StatusOK {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, status, p, filingWritePage(v))
}

// sayWrongs names the slots that mean nothing beside each place.
func (v *writeView) sayWrongs() {
	for _, sec := range v.Report.Sections {
		for _, b := range sec.Blocks {
			if b.Kind != report.BlockPlace {
				continue
			}
			for _, x := range report.CheckProse(v.edition, v.text(b.Place.Key)) {
				v.Form.say(textControl+b.Place.Key, fmt.Sprintf("%s, dòng %d: %s.", b.Place.Title, x.Line, x.Text))
			}
		}
	}
}

// choicesOf are the figures of the report itself, each once.
func choicesOf(rep *report.Report) []slotChoice {
	var out []slotChoice
	for _, e := range rep.Evidence {
		own := e.Row == "" && e.From == rep.Period.From && e.To == rep.Period.To
		if own && e.Value != nil && !slices.ContainsFunc(out, func(c slotChoice) bool { return c.Code == e.Indicator }) {
			out = append(out, slotChoice{e.Indicator, upperFirst(e.Name), strings.TrimSpace(e.Exact + " " + measureOf(e.Measure))})
		}
	}
	return out
}

// mostFound is how many indicators a search offers.
const mostFound = 12

// findSlots searches the indicators of the catalogue and gives them with their value in this report.
func (s *server) findSlots(ctx context.Context, f *filing.Filing, sought string) ([]slotChoice, error) {
	words := strings.Fields(civil.Fold(sought))
	if len(words) == 0 {
		return nil, nil
	}
	sc, err := s.filingScope(ctx, f)
	if err != nil {
		return nil, err
	}
	var found []*catalog.Indicator
	for _, i := range s.Catalog.EditionOn(f.Period.To).Indicators {
		text := civil.Fold(i.Name + " " + i.Code)
		if len(found) < mostFound && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			found = append(found, i)
		}
	}
	var out []slotChoice
	for _, i := range found {
		c := slotChoice{Code: i.Code, Name: upperFirst(i.Name), Display: "chưa có số liệu"}
		fig, err := s.Figures.Figure(ctx, figure.Query{Indicator: i.Code, Unit: sc.UnitRef, Period: f.Period, Basis: sc.Basis, Status: figure.Status(f.Status)})
		if fig != nil && err == nil && fig.Value != nil {
			c.Display = fig.Display
		}
		out = append(out, c)
	}
	return out, nil
}

// filingSlots is a piece of the writing page: the indicators that somebody looks for.
func (s *server) filingSlots(w http.ResponseWriter, r *http.Request) error {
	f, err := s.filingOf(r)
	if err != nil {
		return err
	}
	found, err := s.findSlots(r.Context(), f, r.URL.Query().Get("tim"))
	if err != nil {
		return err
	}
	return s.piece(w, r, slotList(found, "Không có chỉ tiêu nào khớp."))
}

// filingSave keeps what was typed, place by place. A script sends one place and is answered in JSON.
func (s *server) filingSave(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<20)
	f, err := s.filingOf(r)
	if err != nil {
		return err
	}
	posted, err := postedForm(r)
	if err != nil {
		return err
	}
	t, err := s.Reports.Template(s.Catalog.EditionOn(f.Period.To), f.Template)
	if err != nil {
		return err
	}
	v := writeView{Filing: f, Form: posted, Posted: map[string]string{}, Clashes: map[string]*filing.Clash{}}
	for _, p := range t.Places() {
		if posted.Values.Has(textControl + p.Key) {
			if err := s.saveText(r.Context(), &v, p); err != nil {
				return err
			}
		}
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		return s.savedJSON(w, r, v)
	}
	return s.savedPage(w, r, v)
}

// saveText saves one place; what cannot be saved stays typed, with the reason beside it.
func (s *server) saveText(ctx context.Context, v *writeView, p report.Place) error {
	body := v.Form.get(textControl + p.Key)
	expect, _ := strconv.Atoi(v.Form.get(versionControl + p.Key))
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := s.filings().Save(ctx, tx, viewer(ctx).Login, v.Filing.ID, p.Key, body, expect)
		return err
	})
	if err == nil {
		return nil
	}
	v.Posted[p.Key] = body
	if c := filing.ClashIn(err); c != nil {
		v.Clashes[p.Key] = c
		v.Form.say(textControl+p.Key, p.Title+": "+actorName(c.Theirs.Actor)+" vừa lưu mục này. Hãy xem bản của người đó ngay dưới ô, ghép lại rồi lưu.")
		return nil
	}
	if said := sentence(err); said != "" {
		v.Form.say(textControl+p.Key, p.Title+": "+said)
		return nil
	}
	return err
}

// savedPage answers the form without scripts: further acts of its buttons, then the page anew, or with what is wrong.
func (s *server) savedPage(w http.ResponseWriter, r *http.Request, v writeView) error {
	ctx := r.Context()
	if len(v.Form.Wrong) > 0 {
		return s.showWriting(w, r, http.StatusConflict, v)
	}
	to := filingURL(v.Filing.ID) + "/soan?xong=luu"
	switch {
	case v.Form.get("tim-so") != "":
		found, err := s.findSlots(ctx, v.Filing, v.Form.get("tim"))
		if err != nil {
			return err
		}
		v.Found, v.Sought, v.Form.Wrong = found, v.Form.get("tim"), nil
		return s.showWriting(w, r, http.StatusOK, v)
	case v.Form.get("an") != "" || v.Form.get("hien") != "":
		key, reason := or(v.Form.get("an"), v.Form.get("hien")), ""
		if v.Form.get("hien") == "" {
			reason = strings.TrimSpace(v.Form.get(reasonControl + key))
			if reason == "" {
				v.Form.say(reasonControl+key, "Hãy ghi lý do ẩn đoạn tự sinh này.")
				return s.showWriting(w, r, http.StatusBadRequest, v)
			}
		}
		if err := s.hideBlock(ctx, v.Filing.ID, key, reason); err != nil {
			return err
		}
	case v.Form.get("so-lieu") != v.Filing.Status && v.Form.get("so-lieu") != "":
		if err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.filings().SetStatus(ctx, tx, v.Filing.ID, v.Form.get("so-lieu")) }); err != nil {
			return err
		}
	}
	if v.Form.get("roi") == "nop" {
		to = filingURL(v.Filing.ID) + "/nop"
	}
	return seeOther(w, r, to)
}

// hideBlock leaves a block of the program out, or shows it again where the reason is empty. Who did it stays on record.
func (s *server) hideBlock(ctx context.Context, id int64, key, reason string) error {
	if len(key) > 200 {
		return fault.New(fault.Invalid, "Không rõ đoạn nào. Hãy tải lại trang.")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		texts, err := filing.Texts(ctx, tx, id)
		if err != nil {
			return err
		}
		_, err = s.filings().Save(ctx, tx, viewer(ctx).Login, id, hiddenPrefix+key, reason, texts[hiddenPrefix+key].Version)
		return err
	})
}

// savedAnswer tells a script how one place was saved.
type savedAnswer struct {
	Key     string      `json:"key"`
	Version int         `json:"version"`
	Saved   string      `json:"saved"`
	HTML    string      `json:"html"`
	Wrong   []string    `json:"wrong"`
	Clash   *savedClash `json:"clash,omitempty"`
	Filled  [2]int      `json:"filled"`
}

type savedClash struct {
	Who     string `json:"who"`
	Text    string `json:"text"`
	Version int    `json:"version"`
}

func (s *server) savedJSON(w http.ResponseWriter, r *http.Request, v writeView) error {
	ctx := r.Context()
	texts, err := filing.Texts(ctx, s.DB.Read(), v.Filing.ID)
	if err != nil {
		return err
	}
	rep, err := s.draftReport(ctx, v.Filing, bodies(texts), true)
	if err != nil {
		return err
	}
	sc, err := s.filingScope(ctx, v.Filing)
	if err != nil {
		return err
	}
	v.Texts, v.reportView = texts, newReportView(sc, rep, s.Today())
	v.edition = s.Catalog.EditionOn(v.Filing.Period.To)
	var out []savedAnswer
	for name := range v.Form.Values {
		key, ok := strings.CutPrefix(name, textControl)
		if !ok {
			continue
		}
		a := savedAnswer{Key: key, Version: v.version(key), Saved: v.saved(key), Wrong: v.Form.Wrong.at(name)}
		for _, x := range report.CheckProse(v.edition, v.text(key)) {
			a.Wrong = append(a.Wrong, fmt.Sprintf("Dòng %d: %s.", x.Line, x.Text))
		}
		if c := v.Clashes[key]; c != nil {
			a.Clash = &savedClash{actorName(c.Theirs.Actor), c.Theirs.Body, c.Theirs.Version}
		}
		var b bytes.Buffer
		if err := v.prose(key).Render(ctx, &b); err != nil {
			return err
		}
		a.HTML = b.String()
		out = append(out, a)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(w).Encode(out)
}
