package web

import (
	"net/http"
	"net/url"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/follow"
	"danvan/internal/ledger"
)

// receiptCode is the receipt's number and secret code: the code stands here only in the answer to the form that asked for
// it, and is printed from there.
type receiptCode struct {
	Number string
	Code   string // grouped; empty but once
	N      int    // how many codes were issued
	On     civil.Date
	Link   string // what the QR code says: the address with the number, never the code
	Size   int
	Path   string
	May    bool // the viewer may issue one
}

func (s *server) receiptCode(r *http.Request, e *ledger.Entry) (receiptCode, error) {
	var c receiptCode
	var at int64
	var err error
	if c.Number, c.N, at, err = s.follows().CodeOf(r.Context(), s.DB.Read(), e.ID); err != nil {
		return c, err
	}
	if at > 0 {
		c.On = civil.FromTime(timeOf(at))
	}
	c.May = e.State != ledger.Void && viewer(r.Context()).May(access.RecordLetters, e.Unit)
	return c, s.drawCode(r, &c)
}

// drawCode draws the address at which the number is followed.
func (s *server) drawCode(r *http.Request, c *receiptCode) (err error) {
	if c.Number == "" {
		return nil
	}
	c.Link = s.portalRoot(r) + "/cong/theo-doi?so=" + url.QueryEscape(c.Number)
	c.Size, c.Path, err = qrPicture(c.Link)
	return err
}

// portalRoot is the address of the public pages.
func (s *server) portalRoot(r *http.Request) string {
	switch {
	case s.Portal != "":
		return s.Portal
	case s.Plain:
		return "http://" + r.Host
	}
	return "https://" + r.Host
}

// codeIssue issues a code and answers with the receipt on which it stands, this once.
func (s *server) codeIssue(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.receipt(r)
	if err != nil {
		return err
	}
	if v.Form, err = s.sealedForm(w, r); err != nil {
		return err
	}
	if !v.Follow.May {
		return s.refused(w, r, "Bạn không cấp được mã theo dõi cho đơn này.")
	}
	var code follow.Issued
	err = s.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		code, err = s.follows().Issue(r.Context(), tx, viewer(r.Context()).Login, v.Entry.ID, itoa(viewer(r.Context()).Account)+"\n"+v.Form.Key, v.Form.get("cap-lai"))
		return err
	})
	switch {
	case fault.KindOf(err) == fault.Invalid && v.Follow.N > 0:
		v.Form.say("cap-lai", fault.Say(err))
	case err != nil && sentence(err) != "":
		v.Form.say("", sentence(err))
	case err != nil:
		return err
	}
	if len(v.Form.Wrong) > 0 {
		return s.showReceipt(w, r, http.StatusUnprocessableEntity, v)
	}
	v.Follow.Number, v.Follow.Code, v.Follow.N, v.Follow.On = code.Number, code.Code, code.N, s.Today()
	if err := s.drawCode(r, &v.Follow); err != nil {
		return err
	}
	return s.showReceipt(w, r, http.StatusOK, v)
}
