package web

import (
	"context"
	"net/http"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/ledger"
	"danvan/internal/matter"
	"danvan/internal/petition"
)

// receiptView is the receipt of a letter: what was taken in, what happens next, until when and by which article. It
// names nobody unless the clerk asked for the name, with a reason that was logged.
type receiptView struct {
	Entry   *ledger.Entry
	Case    *petition.Case
	Kind    *catalog.Kind
	Unit    string
	Place   string
	Today   civil.Date
	Class   string
	Secret  bool // a denunciation
	Papers  int  // given by the desk, or kept as scans
	Next    []clock.Deadline
	Sender  *dossier.Sender
	Form    form // asks for the name
	MayName bool
	Done    string
	Link    string // the letter's own page
	Near    int    // letters that it may be a copy of, of those that the viewer may read
	Waits   bool   // they are still being looked for
	Similar string // where similar letters are suggested, "" where there is no such page
	Follow  receiptCode
}

func (s *server) receipt(r *http.Request) (*receiptView, error) {
	ctx := r.Context()
	e, err := s.letterAt(r)
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	c, err := petition.CaseOf(e)
	if err != nil {
		return nil, err
	}
	v := &receiptView{Entry: e, Case: c, Kind: s.kindNear(e.Kind, e.Day), Today: s.Today(), Unit: tree.NameOn(e.Unit, e.Day), Form: newForm(), Done: r.URL.Query().Get("xong"), Link: s.letterLink(e.ID)}
	v.Place = tree.NameOn(e.Place, e.Day)
	v.Class = choiceName(v.Kind, "class", c.Class)
	if n, ok := catalogInt(c, "papers"); ok {
		v.Papers = n
	}
	v.Next = s.deadlinesOf(c)
	content, _, err := s.Dossiers.ContentOf(ctx, s.DB.Read(), e.ID)
	if err != nil && !shredded(err) {
		return nil, err
	}
	v.Secret = petition.Denounces(c.Class) || content.Denounces
	v.MayName = !v.Secret && viewer(ctx).May("see_sender", e.Unit)
	if s.has("GET /don-thu/{id}/trung") && (!v.Secret || viewer(ctx).May("read_denunciations", e.Unit)) {
		v.Similar = "/don-thu/" + itoa(e.ID) + "/trung"
		if v.Near, v.Waits, err = s.nearCount(ctx, e.ID); err != nil {
			return nil, err
		}
	}
	v.Follow, err = s.receiptCode(r, e)
	return v, err
}

// nearCount is how many letters a letter may be a copy of, at most as many as its page of suggestions shows.
func (s *server) nearCount(ctx context.Context, id int64) (n int, waits bool, err error) {
	who := viewer(ctx)
	found, ready, err := s.Alike.Near(ctx, s.DB.Read(), id, func(l matter.Letter) bool { return mayReadCase(who, l) }, mostNearLetters)
	return len(found), !ready, err
}

// deadlinesOf are the office's own limits that run on the case, under the law of today.
func (s *server) deadlinesOf(c *petition.Case) []clock.Deadline {
	law := clock.In(s.Catalog.EditionOn(s.Today()))
	var out []clock.Deadline
	for _, d := range law.Deadlines(law.Procedure(c.Class, c.Round), clockCase(c)) {
		if d.ByOffice() && d.Ended == 0 && d.Due != 0 {
			out = append(out, d)
		}
	}
	return out
}

func (s *server) letterReceipt(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.receipt(r)
	if err != nil {
		return err
	}
	return s.showReceipt(w, r, http.StatusOK, v)
}

func (s *server) showReceipt(w http.ResponseWriter, r *http.Request, status int, v *receiptView) error {
	p := page{Title: "Giấy biên nhận đơn số " + or(v.Case.Number, itoa(v.Entry.ID)), Section: "don-thu"}
	if len(v.Form.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, status, p, receiptPage(v))
}

// letterReceiptNamed shows the receipt with the sender's name: a look like any other.
func (s *server) letterReceiptNamed(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.receipt(r)
	if err != nil {
		return err
	}
	if v.Form, err = s.sealedForm(w, r); err != nil {
		return err
	}
	if v.Secret {
		return s.refused(w, r, "Giấy biên nhận đơn tố cáo không bao giờ in tên người gửi.")
	}
	if v.Form.get("in") != "ten" {
		v.Form.say("", "Chưa rõ có in kèm tên hay không. Hãy bấm nút In kèm tên người gửi.")
		return s.showReceipt(w, r, http.StatusUnprocessableEntity, v)
	}
	var sender dossier.Sender
	err = s.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		sender, err = s.Dossiers.LookAtSender(r.Context(), tx, viewer(r.Context()).Login, v.Entry.ID, dossier.Print, "")
		return err
	})
	if said := lookRefusal(err); said != "" {
		v.Form.say("", said)
		return s.showReceipt(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	v.Sender = &sender
	return s.showReceipt(w, r, http.StatusOK, v)
}

// catalogInt is a whole number among the fields of a case.
func catalogInt(c *petition.Case, code string) (int, bool) {
	n, ok := c.Values[code]
	if !ok {
		return 0, false
	}
	switch n := n.(type) {
	case int64:
		return int(n), true
	case interface{ Int64() (int64, error) }:
		x, err := n.Int64()
		return int(x), err == nil
	}
	return 0, false
}
