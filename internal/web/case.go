package web

import (
	"context"
	"net/http"
	"slices"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
)

func (s *server) caseRoutes() []route {
	return []route{
		{"GET /don-thu/{id}", access.ReadLetters, onEntry, s.casePage},
		{"GET /don-thu/{id}/buoc/{act}", access.ReadLetters, onEntry, s.caseActPage},
		{"POST /don-thu/{id}/buoc", access.ReadLetters, onEntry, s.recordAct},
		{"GET /don-thu/{id}/bo-buoc", access.RecordLetters, onEntry, s.undoStepPage},
		{"POST /don-thu/{id}/bo-buoc", access.RecordLetters, onEntry, s.undoStep},
		{"GET /don-thu/{id}/giao", access.ReadLetters, onEntry, s.handPage},
		{"POST /don-thu/{id}/giao", access.ReadLetters, onEntry, s.handCase},
		{"GET /don-thu/{id}/chuyen", access.RecordLetters, onEntry, s.transferPage},
		{"POST /don-thu/{id}/chuyen", access.RecordLetters, onEntry, s.transferCase},
		{"GET /don-thu/{id}/tach", access.RecordLetters, onEntry, s.splitPage},
		{"POST /don-thu/{id}/tach", access.RecordLetters, onEntry, s.splitCase},
		{"GET /don-thu/{id}/thi-hanh", access.RecordLetters, onEntry, s.enforcePage},
		{"POST /don-thu/{id}/thi-hanh", access.RecordLetters, onEntry, s.enforceCase},
		{"GET /don-thu/den", access.RecordLetters, nil, s.comingPage},
		{"POST /don-thu/{id}/nhan-chuyen", access.RecordLetters, nil, s.confirmTransfer},
		{"GET /thi-hanh", access.ReadLetters, onScope, s.enforcementList},
	}
}

// law is the order of the acts with the catalogue in force.
func (s *server) law() petition.Law { return petition.Law{Edition: s.Catalog.Latest()} }

// caseOffice records acts on cases.
func (s *server) caseOffice() *petition.Office {
	return &petition.Office{Ledger: s.Ledger, Law: s.law(), Now: s.now, Clocks: s.Clocks, Contents: s.Alike.Store}
}

// caseView is one case as its page shows it, as far as the viewer may read it.
type caseView struct {
	*petition.Case
	Entry   *ledger.Entry
	Kind    *catalog.Kind
	At      petition.State
	By      unitLink
	Shown   bool // false: a denunciation before somebody who may not read one: class, days and state only
	Mine    bool // the viewer may record acts
	Heads   bool // the viewer may assign
	Asks    bool // the viewer may ask who sent the letter
	Today   civil.Date
	Choices []petition.Choice
	Next    *petition.Choice  // the act by which the case usually goes on
	Earlier *petition.Earlier // why it is not transferred: its content was, with another letter
	Lines   []caseStep        // newest first
	Hands   petition.Hands
	Officer string
	Verify  string
	Parts   []partLine
	Whole   *partLine // of a part: its letter
	Sent    *petition.Transfer
	SentTo  string
	SentURL string // of the letter at the body that received it, for who may read it there
	Came    *petition.Transfer
	CameOf  string
	CameURL string
	Coming  int // papers that are still on their way from there
	Done    string
	Limits  []clock.Deadline // of the office, those that run or rest
	Content contentPart
	Papers  papersPart
	Matter  matterCard
	Reply   replyCard
	results []resultLine
}

// caseStep is one step of the course with who recorded it.
type caseStep struct {
	petition.Step
	Name, GroundName string
	By               string
	Late             bool // after its limit
	Undo             bool
}

// partLine is a part of the letter, or the letter of a part.
type partLine struct {
	ID    int64
	Name  string
	Field string
	State petition.State
	Due   civil.Date
}

// caseOf is the case in the path, for whoever may read it.
func (s *server) caseOf(r *http.Request) (*petition.Case, *ledger.Entry, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, nil, err
	}
	e, err := s.Ledger.Entry(r.Context(), s.DB.Read(), id)
	if err != nil {
		return nil, nil, err
	}
	if !petition.IsCase(e.Kind) {
		return nil, nil, fault.New(fault.NotFound, "Ghi nhận này không phải là đơn. Hãy mở từ sổ đơn thư hoặc sổ việc.")
	}
	c, err := petition.CaseOf(e)
	return c, e, err
}

// readsCase reports whether the viewer may read more of a case than class, days and state.
func readsCase(v *access.Viewer, c *petition.Case) bool {
	return v.May(access.ReadLetters, c.Unit) && (c.Class != "denunciation" || v.May(access.ReadDenunciations, c.Unit))
}

// worksOn reports whether the viewer may record acts on a case: of a denunciation only who may read it too.
func worksOn(v *access.Viewer, c *petition.Case) bool {
	return !c.Void && v.May(access.RecordLetters, c.Unit) && readsCase(v, c)
}

// verifies reports whether the viewer is the one to whom the verification is given.
func verifies(v *access.Viewer, c *petition.Case, h petition.Hands) bool {
	return v != nil && h.Verifier == v.Account && v.May(access.VerifyLetters, c.Unit) && readsCase(v, c)
}

// ofVerifier are the acts that a verifier records on the cases given to him.
var ofVerifier = map[string]bool{"verified": true, "dialogue": true}

// handsOut reports whether the viewer may give a case to somebody: the head of the office, or who works on letters.
func handsOut(v *access.Viewer, c *petition.Case) bool {
	return worksOn(v, c) || v.May(access.ConfirmWork, c.Unit) && readsCase(v, c)
}

func (s *server) casePage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.caseView(r)
	if err != nil {
		return err
	}
	v.Done = r.URL.Query().Get("xong")
	unkept(w)
	if v.Shown {
		if err := s.caseBeside(r.Context(), v); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, page{Title: v.title(), Section: "don-thu"}, caseDetail(s, v))
}

// caseBeside reads what other subjects show on the case's page: what the letter says, its papers, its matter, its limits.
func (s *server) caseBeside(ctx context.Context, v *caseView) error {
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	if s.Clocks != nil {
		for _, d := range s.Clocks.Deadlines(v.Case) {
			if d.ByOffice() && d.Ended == 0 && v.At.Open() {
				v.Limits = append(v.Limits, d)
			}
		}
	}
	return s.DB.View(ctx, func(q db.Querier) error {
		if s.Dossiers != nil {
			if v.Content, err = s.contentPart(ctx, q, v.Entry); err != nil {
				return err
			}
			if v.Papers, err = s.papersPart(ctx, q, v.Entry); err != nil {
				return err
			}
		}
		if v.Reply, err = s.replyCard(ctx, q, v.Case.Entry); err != nil {
			return err
		}
		v.Matter, err = s.matterCard(ctx, q, tree, v.Case.Entry)
		return err
	})
}

// title names the case without a word about people.
func (v *caseView) title() string {
	name := v.ClassName()
	if v.Code != "" && v.Shown {
		return name + " " + v.Code
	}
	return name + " số " + itoa(v.Case.Entry)
}

// ClassName is the class in words.
func (v *caseView) ClassName() string {
	if v.Case.Kind == petition.Part {
		return "Phần " + lowerFirst(choiceName(v.Kind, "class", v.Class))
	}
	return choiceName(v.Kind, "class", v.Class)
}

func (s *server) caseView(r *http.Request) (*caseView, error) {
	c, e, err := s.caseOf(r)
	if err != nil {
		return nil, err
	}
	return s.viewCase(r.Context(), c, e)
}

func (s *server) viewCase(ctx context.Context, c *petition.Case, e *ledger.Entry) (*caseView, error) {
	who := viewer(ctx)
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := &caseView{Case: c, Entry: e, Kind: s.Catalog.Latest().Kind(c.Kind), At: c.State(), By: linkUnit(tree, c.Unit, s.Today()), Today: s.Today(), Shown: readsCase(who, c)}
	if !v.Shown {
		return v, nil
	}
	if err := s.DB.View(ctx, func(q db.Querier) error { return s.caseAround(ctx, q, tree, v) }); err != nil {
		return nil, err
	}
	v.Mine, v.Heads = worksOn(who, c), handsOut(who, c)
	v.Asks = c.Kind == petition.Letter && c.Class != "denunciation" && who.May(access.SeeSender, c.Unit)
	v.Choices = s.mayDo(who, v)
	if err := s.onceOnly(ctx, v); err != nil {
		return nil, err
	}
	if next, ok := c.Next(v.Choices); ok {
		v.Next = &next
	}
	if v.Lines, err = s.caseSteps(ctx, v); err != nil {
		return nil, err
	}
	v.results = resultLines(v.Kind, c, v.Today)
	return v, nil
}

// onceOnly takes the transfer from the acts of a case whose content was transferred before with another letter.
func (s *server) onceOnly(ctx context.Context, v *caseView) (err error) {
	at := slices.IndexFunc(v.Choices, func(x petition.Choice) bool { return x.Act == "transferred" })
	if at < 0 {
		return nil
	}
	if v.Earlier, err = s.caseOffice().SentBefore(ctx, s.DB.Read(), v.Case); err == nil && v.Earlier != nil {
		v.Choices = slices.Delete(v.Choices, at, at+1)
	}
	return err
}

// mayDo are the acts that the viewer may record now.
func (s *server) mayDo(who *access.Viewer, v *caseView) []petition.Choice {
	var out []petition.Choice
	verifier := verifies(who, v.Case, v.Hands)
	if !v.Mine && !verifier {
		return nil
	}
	for _, x := range s.law().Allowed(v.Case, v.Today) {
		if x.Act == "receipt" && v.Sent != nil {
			continue // the body that receives it confirms by itself
		}
		if v.Mine || ofVerifier[x.Act] {
			out = append(out, x)
		}
	}
	return out
}

// caseAround reads what stands beside the entry.
func (s *server) caseAround(ctx context.Context, q db.Querier, tree *org.Tree, v *caseView) error {
	var err error
	if v.Hands, err = petition.HandsOf(ctx, q, v.Case.Entry); err != nil {
		return err
	}
	if v.Officer, err = s.accountName(ctx, q, v.Hands.Officer); err != nil {
		return err
	}
	if v.Verify, err = s.accountName(ctx, q, v.Hands.Verifier); err != nil {
		return err
	}
	for _, id := range v.Case.Parts {
		p, err := s.partLine(ctx, q, v.Kind, id)
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, p)
	}
	if v.Letter != 0 {
		p, err := s.partLine(ctx, q, v.Kind, v.Letter)
		if err != nil {
			return err
		}
		v.Whole = &p
	}
	return s.caseWay(ctx, q, tree, v)
}

func (s *server) partLine(ctx context.Context, q db.Querier, k *catalog.Kind, id int64) (partLine, error) {
	e, err := s.Ledger.Entry(ctx, q, id)
	if err != nil {
		return partLine{}, err
	}
	c, err := petition.CaseOf(e)
	if err != nil {
		return partLine{}, err
	}
	return partLine{ID: id, Name: choiceName(k, "class", c.Class), Field: choiceName(k, "field", c.Field), State: c.State(), Due: c.Due}, nil
}

// accountName is the name of an account, empty for none.
func (s *server) accountName(ctx context.Context, q db.Querier, id int64) (string, error) {
	if id == 0 {
		return "", nil
	}
	a, err := s.Accounts.Account(ctx, q, id)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	return a.Name, err
}

// caseSteps are the steps as they are told, the newest first. Who recorded a step is who saved the version in which it
// came first.
func (s *server) caseSteps(ctx context.Context, v *caseView) ([]caseStep, error) {
	by, err := s.namesOf(ctx, recordedBy(v.Entry))
	if err != nil {
		return nil, err
	}
	rows := 0
	out := make([]caseStep, len(v.Steps))
	for i, st := range v.Steps {
		l := caseStep{Step: st, Name: choiceName(v.Kind, "act", st.Act), GroundName: choiceName(v.Kind, "ground", st.Ground)}
		l.Late = st.Due != 0 && st.On > st.Due
		if !st.Implied {
			if rows < len(by) {
				l.By = by[rows]
			}
			rows++
			l.Undo = v.Mine && rows == len(v.Values.Rows("steps")) && st.Act != "received"
		}
		out[len(out)-1-i] = l
	}
	return out, nil
}

// namesOf are the names of accounts by their logins; who is no account, as the program, stands as he is.
func (s *server) namesOf(ctx context.Context, logins []string) ([]string, error) {
	known := map[string]string{}
	out := make([]string, len(logins))
	for i, login := range logins {
		if _, ok := known[login]; !ok {
			a, err := s.Accounts.ByLogin(ctx, s.DB.Read(), login)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return nil, err
			}
			known[login] = or(a.Name, login)
		}
		out[i] = known[login]
	}
	return out, nil
}

// recordedBy are who saved each row of the steps first.
func recordedBy(e *ledger.Entry) []string {
	var out []string
	for _, version := range e.Versions {
		c, err := petition.Of(e.Kind, version.Fields)
		if err != nil {
			return nil
		}
		n := len(c.Values.Rows("steps"))
		if n < len(out) {
			out = out[:n]
		}
		for len(out) < n {
			out = append(out, version.Actor)
		}
	}
	return out
}
