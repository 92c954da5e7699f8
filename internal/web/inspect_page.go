package web

import (
	"net/http"
	"slices"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/works"
)

// inspectionView is the page of one inspection, as far as the viewer may read it.
type inspectionView struct {
	*works.Inspection
	Entry   *ledger.Entry
	Kind    *catalog.Kind
	By      unitLink
	At      works.Stage
	Whole   bool // false: the viewer works for an inspected body and sees what concerns it
	Mine    bool // the viewer may record for the inspecting body
	Listed  bool // the entry's edition knows lists of bodies
	Open    int
	Overdue int
	Places  []visitLine
	Wanting []findingLine
	Asked   []recLine
	Form    pieceForm // the form that is open: sent with something wrong, or asked for by the address
	Done    string
	Today   civil.Date
	Files   []pieceFile
	bodies  []option
}

type visitLine struct {
	works.Visit
	Row  int
	Name string
	Ref  string
	File string // address of the minutes
}

type findingLine struct {
	works.Finding
	Row            int
	Name, Severity string
}

type recLine struct {
	works.Tracked
	Row     int
	Name    string
	Mine    bool // the viewer may report for the body
	Answers []answerLine
}

type answerLine struct {
	works.Response
	By, Result string
	Files      []pieceFile
}

// pieceFile is an attachment with its address.
type pieceFile struct{ Name, Href string }

func (s *server) inspectionPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.inspectionView(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v.Done = q.Get("xong")
	v.openForm(q.Get("mo"), q.Get("dong"))
	return s.showInspection(w, r, http.StatusOK, v)
}

func (s *server) showInspection(w http.ResponseWriter, r *http.Request, status int, v *inspectionView) error {
	title := v.Subject
	if len(v.Form.Wrong) > 0 {
		title, status = "Lỗi: "+lowerFirst(title), wrongStatus(status)
	}
	return s.render(w, r, status, page{Title: title, Section: "chuyen-de"}, inspectionDetail(v))
}

func (s *server) inspectionView(r *http.Request) (*inspectionView, error) {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := &inspectionView{Today: s.Today()}
	if v.Entry, err = s.inspectionEntry(r); err != nil {
		return nil, err
	}
	var answers map[int64]*ledger.Entry
	err = s.DB.View(ctx, func(q db.Querier) error {
		if v.Inspection, err = s.shelf().Inspection(ctx, q, v.Entry); err != nil {
			return err
		}
		answers, err = s.entriesOf(r, q, v.Responses)
		return err
	})
	if err != nil {
		return nil, err
	}
	who := viewer(ctx)
	v.Kind, v.By = s.kindOf(v.Entry), linkUnit(tree, v.Unit, v.Day)
	v.Whole = who.May(access.ReadWork, v.Unit)
	v.Mine = who.May(access.RecordWork, v.Unit) && v.State != ledger.Void
	v.Listed = v.Kind != nil && v.Kind.Field("visits") != nil
	v.At = v.Stage(v.Today)
	reads := func(ref string) bool { return v.Whole || who.May(access.ReadWork, refUnit(tree, ref, v.Day)) }
	for n, x := range v.Visits {
		if reads(x.Body) {
			v.Places = append(v.Places, visitLine{Visit: x, Row: n + 1, Name: refName(tree, x.Body, v.Today), Ref: x.Body, File: v.fileNamed(x.Minutes)})
		}
	}
	for n, x := range v.FindingList {
		if reads(x.Body) {
			v.Wanting = append(v.Wanting, findingLine{x, n + 1, refName(tree, x.Body, v.Today), choiceName(v.Kind, "severity", x.Severity)})
		}
	}
	for n, x := range v.Tracked(v.Today) {
		if !reads(x.Body) {
			continue
		}
		now := standingUnit(tree, refUnit(tree, x.Body, v.Day), v.Today)
		if x.State.Open() {
			v.Open++
		}
		if x.State == works.RecOverdue {
			v.Overdue++
		}
		line := recLine{Tracked: x, Row: n + 1, Name: refName(tree, x.Body, v.Today), Mine: who.May(access.RecordWork, now)}
		for _, a := range x.Responses {
			line.Answers = append(line.Answers, s.answerLine(tree, a, answers[a.ID]))
		}
		v.Asked = append(v.Asked, line)
	}
	if v.Whole {
		for n, f := range v.Entry.Files {
			v.Files = append(v.Files, pieceFile{f.Name, "/kiem-tra/" + itoa(v.ID) + "/tep/" + strconv.Itoa(n+1)})
		}
	}
	for _, ref := range v.Bodies() {
		v.bodies = append(v.bodies, option{Value: ref, Name: refName(tree, ref, v.Today)})
	}
	return v, nil
}

// fileNamed is the address of the attachment of that name.
func (v *inspectionView) fileNamed(name string) string {
	at := slices.IndexFunc(v.Entry.Files, func(f ledger.File) bool { return name != "" && f.Name == name })
	if at < 0 {
		return ""
	}
	return "/kiem-tra/" + itoa(v.ID) + "/tep/" + strconv.Itoa(at+1)
}

func (s *server) answerLine(tree *org.Tree, a works.Response, e *ledger.Entry) answerLine {
	out := answerLine{Response: a, By: tree.NameOn(a.Unit, a.Day), Result: choiceName(s.kindNear(works.ResponseKind, a.Day), "result", a.Result)}
	if e != nil {
		for n, f := range e.Files {
			out.Files = append(out.Files, pieceFile{f.Name, "/ghi-nhan/" + itoa(e.ID) + "/tep/" + strconv.Itoa(n+1)})
		}
	}
	return out
}

// entriesOf reads the entries of the answers, for their files.
func (s *server) entriesOf(r *http.Request, q db.Querier, list []works.Response) (map[int64]*ledger.Entry, error) {
	out := map[int64]*ledger.Entry{}
	for _, a := range list {
		e, err := s.Ledger.Entry(r.Context(), q, a.ID)
		if err != nil {
			return nil, err
		}
		out[a.ID] = e
	}
	return out, nil
}

// openForm opens a form of the page, filled from the row that it changes.
func (v *inspectionView) openForm(act, row string) {
	f := newPieceForm(act)
	n, err := strconv.Atoi(row)
	if err == nil {
		f.Values.Set("dong", row)
	}
	set := func(name, value string) {
		if value != "" {
			f.Values.Set(name, value)
		}
	}
	day := func(name string, d civil.Date) {
		if d != 0 {
			set(name, d.Vi())
		}
	}
	switch act {
	case "lam-viec":
		if err == nil && n >= 1 && n <= len(v.Visits) {
			x := v.Visits[n-1]
			set("lv-don-vi", x.Body)
			set("lv-cu", x.Body)
			day("lv-ke-hoach", x.Planned)
			day("lv-ngay", x.On)
		}
	case "ton-tai":
		if err == nil && n >= 1 && n <= len(v.FindingList) {
			x := v.FindingList[n-1]
			set("tt-don-vi", x.Body)
			set("tt-cu", x.Text)
			set("tt-noi-dung", x.Text)
			set("tt-dieu", x.Article)
			set("tt-muc", x.Severity)
		}
	case "kien-nghi":
		if err == nil && n >= 1 && n <= len(v.Recs) {
			x := v.Recs[n-1]
			set("kn-don-vi", x.Body)
			set("kn-so", itoa(x.No))
			set("kn-noi-dung", x.Text)
			day("kn-han", x.Due)
		}
	case "ket-luan":
		day("kl-ngay", v.ConcludedOn)
		set("kl-so", v.ConclusionNo)
		set("kl-noi-dung", v.Conclusion)
		day("kl-ket-thuc", v.EndedOn)
	case "khep", "bao-cao":
		day(act+"-ngay", v.Today)
	case "ket-thuc":
		day("ket-ngay", v.Today)
	default:
		f.Act = ""
	}
	v.Form = f
}

// form is the form of an act as the page shows it: the one that is open, or an empty one. Only an act that fills
// itself from the piece is filled.
func (v *inspectionView) form(act string) pieceForm {
	if v.Form.Act == act {
		return v.Form
	}
	was := v.Form
	v.openForm(act, "")
	f := v.Form
	v.Form = was
	f.Act = ""
	return f
}
