package web

import (
	"context"
	"net/http"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/reception"
)

// comingLine is a letter that another body sent and that waits to be confirmed.
type comingLine struct {
	petition.Transfer
	From, To string
	Class    string
	Field    string
	Shown    bool
	Document string
	Visit    string // code of the visit, where it was said at a desk and is no letter yet
	Key      string
}

// comingView is the list of letters that wait to be confirmed by bodies for which the viewer records letters.
type comingView struct {
	Lines []comingLine
	Done  string
	Wrong wrongs
}

func (s *server) comingPage(w http.ResponseWriter, r *http.Request) error {
	return s.showComing(w, r, http.StatusOK, nil)
}

func (s *server) showComing(w http.ResponseWriter, r *http.Request, status int, ws wrongs) error {
	v := comingView{Done: r.URL.Query().Get("xong"), Wrong: ws}
	err := s.DB.View(r.Context(), func(q db.Querier) error { return s.coming(r.Context(), q, &v) })
	if err != nil {
		return err
	}
	title := "Đơn chuyển đến chờ xác nhận"
	if len(ws) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "don-thu"}, comingDetail(v))
}

func (s *server) coming(ctx context.Context, q db.Querier, v *comingView) error {
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	all, err := petition.Coming(ctx, q)
	if err != nil {
		return err
	}
	who := viewer(ctx)
	k := s.Catalog.Latest().Kind(petition.Letter)
	for _, t := range all {
		if !who.May(access.RecordLetters, t.Unit) {
			continue
		}
		e, err := s.Ledger.Entry(ctx, q, t.Entry)
		if err != nil {
			return err
		}
		if e.Head.Kind == reception.VisitKind {
			l, ok, err := comingVisit(e, k, t)
			if err != nil {
				return err
			}
			if ok {
				l.From, l.To = tree.NameOn(e.Unit, s.Today()), tree.NameOn(t.Unit, s.Today())
				v.Lines = append(v.Lines, l)
			}
			continue
		}
		c, err := petition.CaseOf(e)
		if err != nil {
			return err
		}
		if c.Void {
			continue
		}
		l := comingLine{Transfer: t, From: tree.NameOn(c.Unit, s.Today()), To: tree.NameOn(t.Unit, s.Today()), Class: choiceName(k, "class", c.Class), Key: newForm().Key}
		if c.Class != "denunciation" || who.May(access.ReadDenunciations, t.Unit) {
			l.Shown, l.Field = true, choiceName(k, "field", c.Field)
		}
		for _, st := range c.Steps {
			if st.Act == "transferred" {
				l.Document = st.Document
			}
		}
		v.Lines = append(v.Lines, l)
	}
	return nil
}

// confirmTransfer receives a letter that another body sent: it comes into this body's register as a letter received
// today, and the sender's case gets the receipt with the number.
func (s *server) confirmTransfer(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	id, err := pathID(r)
	if err != nil {
		return err
	}
	var got int64
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		got, err = s.receive(r.Context(), tx, id)
		return err
	})
	if said := sentence(err); said != "" {
		status := http.StatusUnprocessableEntity
		if fault.KindOf(err) == fault.Conflict {
			status = http.StatusConflict
		}
		return s.showComing(w, r, status, wrongs{{Say: said}})
	}
	if err != nil {
		return err
	}
	if got == 0 { // sent twice
		return seeOther(w, r, "/don-thu/den?xong=nhan-chuyen")
	}
	return seeOther(w, r, "/don-thu/"+itoa(got)+"?xong=nhan-chuyen")
}

// receive records the letter of the receiving body, copies the papers and writes the receipt.
func (s *server) receive(ctx context.Context, tx *db.Tx, id int64) (int64, error) {
	who := viewer(ctx)
	t, ok, err := petition.TransferOf(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	if !ok || t.Got != 0 {
		return 0, fault.New(fault.Conflict, "Đơn chuyển này đã được xác nhận hoặc đã rút lại. Hãy tải lại danh sách.")
	}
	if !who.May(access.RecordLetters, t.Unit) {
		return 0, fault.New(fault.Denied, outOfReach)
	}
	e, err := s.Ledger.Entry(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	if e.Head.Kind == reception.VisitKind {
		return s.receiveVisit(ctx, tx, e, t)
	}
	c, err := petition.CaseOf(e)
	if err != nil {
		return 0, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return 0, err
	}
	line, err := petition.NextLine(ctx, tx, t.Unit, s.Today().Year(), c.Class == "denunciation")
	if err != nil {
		return 0, err
	}
	posted, err := s.Ledger.Record(ctx, tx, who.Login, s.receivedDraft(tree, c, t, line))
	if err != nil {
		return 0, err
	}
	if err := petition.Enter(ctx, tx, posted.ID, line); err != nil {
		return 0, err
	}
	if s.Dossiers != nil {
		if err := s.Dossiers.Pass(ctx, tx, who.Login, dossierOf(c), posted.ID, goesNamed(c)); err != nil {
			return 0, err
		}
	}
	number := strconv.FormatInt(line.Number, 10)
	if err := petition.Confirmed(ctx, tx, who.Login, id, posted.ID, number, s.Today()); err != nil {
		return 0, err
	}
	_, err = s.caseOffice().Do(ctx, tx, who.Login, id, e.Version, petition.Act{
		Act: "receipt", On: s.Today(), Document: number, DocumentOn: s.Today(), Body: tree.NameOn(t.Unit, s.Today()),
	})
	return posted.ID, err
}

// dossierOf is the case in whose dossier stands what a case says: of a part, its letter's.
func dossierOf(c *petition.Case) int64 {
	if c.Letter != 0 {
		return c.Letter
	}
	return c.Entry
}

// goesNamed reports whether the sender of a letter goes along to another body. Who denounced is never in the dossier; it
// is handed over on paper, as what is secret.
func goesNamed(c *petition.Case) bool { return !petition.Denounces(c.Class) }

// caseWay reads where a letter was sent and where it came from, each with a link for who may read it there.
func (s *server) caseWay(ctx context.Context, q db.Querier, tree *org.Tree, v *caseView) error {
	who := viewer(ctx)
	sent, ok, err := petition.TransferOf(ctx, q, v.Case.Entry)
	if err != nil {
		return err
	}
	if ok {
		v.Sent, v.SentTo = &sent, tree.NameOn(sent.Unit, v.Today)
		if sent.Got != 0 && who.May(access.ReadLetters, sent.Unit) {
			v.SentURL = "/don-thu/" + itoa(sent.Got)
		}
	}
	came, ok, err := petition.CameFrom(ctx, q, v.Case.Entry)
	if err != nil || !ok {
		return err
	}
	e, err := s.Ledger.Entry(ctx, q, came.Entry)
	if err != nil {
		return err
	}
	v.Came, v.CameOf = &came, tree.NameOn(e.Unit, v.Today)
	if !petition.IsCase(e.Kind) {
		return nil // a visit at another desk
	}
	from, err := petition.CaseOf(e)
	if err != nil {
		return err
	}
	if who.May(access.ReadLetters, from.Unit) {
		v.CameURL = "/don-thu/" + itoa(came.Entry)
	}
	if s.Dossiers != nil && came.GotOn == v.Today {
		v.Coming, err = s.Dossiers.OnTheWay(ctx, q, dossierOf(from), v.Case.Entry, goesNamed(from))
	}
	return err
}

// receivedDraft is the letter as the receiving body enters it.
func (s *server) receivedDraft(tree *org.Tree, c *petition.Case, t petition.Transfer, line petition.Line) ledger.Draft {
	today := s.Today()
	fields := map[string]any{
		"class": c.Class, "field": c.Field, "received_on": today.String(), "channel": "transferred",
		"number": strconv.FormatInt(line.Number, 10), "code": line.Code,
		"steps": []any{map[string]any{"act": "received", "on": today.String()}},
	}
	for _, code := range []string{"joint_letter", "repeated", "remote", "respondent"} {
		if v := c.Values.Text(code); v != "" {
			fields[code] = v
		}
	}
	if c.Class == "complaint" && c.Round != "" {
		fields["round"] = c.Round
	}
	return ledger.Draft{Key: "transfer:" + itoa(c.Entry), Kind: petition.Letter, Unit: ledger.Ref(tree.Unit(t.Unit)), Day: today, Fields: fields}
}
