package web

import (
	"net/http"

	"danvan/internal/civil"
	"danvan/internal/contribution"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// giftReceiptView is the receipt of one gift. It names the giver only where he wishes it; else his name is written by hand.
type giftReceiptView struct {
	Line  contribution.Line
	Work  *contribution.Work
	Words contribution.Words
	Unit  string
	Who   string
	Void  bool
	Today civil.Date
	Done  string
}

func (s *server) giftReceipt(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	v := &giftReceiptView{Words: s.giftWords(), Today: s.Today(), Done: r.URL.Query().Get("xong")}
	err = s.DB.View(ctx, func(q db.Querier) error {
		e, err := s.Ledger.LineOf(ctx, q, id)
		if err != nil {
			return err
		}
		line, ok, err := contribution.LineOf(e)
		if err != nil || !ok || line.What != contribution.Gift || e.Carries == 0 {
			return noGift(err)
		}
		v.Line, v.Void = line, e.State == ledger.Void
		if v.Line.Receipt, err = contribution.ReceiptOf(ctx, q, id); err != nil {
			return err
		}
		v.Work, err = s.gifts().Work(ctx, q, e.Carries)
		return err
	})
	if err != nil {
		return err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	v.Unit, v.Who = tree.NameOn(v.Line.Unit, v.Line.Day), s.giftWho(v.Line)
	return s.render(w, r, http.StatusOK, page{Title: "Phiếu nhận đóng góp số " + or(v.Line.Receipt.String(), "chưa có"), Section: "dong-gop"}, giftReceiptPage(v))
}

func noGift(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.NotFound, "Ghi nhận này không phải một lần đóng góp cho công trình. Hãy mở phiếu từ trang của công trình.")
}

// giftBoard is the account as it is posted at the village: without names of who does not wish to be named.
func (s *server) giftBoard(w http.ResponseWriter, r *http.Request) error {
	v, err := s.giftView(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page{Title: "Bảng công khai đóng góp: " + v.Title, Section: "dong-gop"}, s.giftBoardPage(v))
}
