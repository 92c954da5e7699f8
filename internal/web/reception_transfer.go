package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/reception"
)

// What is another body's to settle is transferred at the desk like a letter: a body in the system confirms that it received
// it, enters it in its book of letters, and the number comes back to the visit; the receipt of a body outside is written
// down by hand.

// goesTo is where a visit is transferred: a body in the system, or one outside by its name.
type goesTo struct {
	Unit *org.Unit
	Name string
}

// fields are the visit's fields of a transfer on a day.
func (g goesTo) fields(set map[string]any, on civil.Date) {
	put(set, "transferred_to", oneLine(g.Name, 200))
	put(set, "transferred_on", on)
	if g.Unit != nil {
		set["transferred_unit"] = ledger.Ref(g.Unit)
	}
}

// same reports whether a visit was transferred there already.
func (g goesTo) same(tree *org.Tree, v *reception.Visit) bool {
	switch {
	case v.Result != reception.Transferred || (g.Unit == nil) != (v.TransferredAt == ""):
		return false
	case g.Unit != nil:
		return refUnit(tree, v.TransferredAt, v.TransferredOn) == g.Unit.ID
	}
	return v.TransferredTo == oneLine(g.Name, 200)
}

// readGoesTo reads from a form where a visit of a body is transferred.
func (s *server) readGoesTo(f *pieceForm, tree *org.Tree, inside, outside string, from org.UnitID) goesTo {
	today := s.Today()
	g := goesTo{Unit: f.unit(tree, inside, today), Name: f.text(outside)}
	switch {
	case g.Unit != nil && g.Unit.ID == from:
		f.say(inside, "Người đến đang ở cơ quan này. Hãy chọn cơ quan khác.")
	case g.Unit != nil && !s.takesLetters(tree, g.Unit, today):
		f.say(inside, "Đơn vị này không ghi sổ đơn thư. Hãy chọn cơ quan cụ thể, ví dụ Ủy ban nhân dân, sở.")
	case g.Unit != nil:
		g.Name = tree.NameOn(g.Unit.ID, today)
	case f.text(inside) == "" && g.Name == "":
		f.say(inside, "Hãy chọn cơ quan nhận chuyển trong hệ thống, hoặc ghi tên cơ quan ngoài hệ thống ở ô dưới.")
	}
	return g
}

// sendVisit keeps that a visit is on its way to a body in the system.
func (s *server) sendVisit(ctx context.Context, tx *db.Tx, visit int64, g goesTo, on civil.Date) error {
	if g.Unit == nil {
		return nil
	}
	return petition.Send(ctx, tx, viewer(ctx).Login, petition.Transfer{Entry: visit, Unit: g.Unit.ID, On: on}, s.now())
}

// comingVisit is a visit that another body transferred, as the list of what comes shows it; ok is false where it is not on
// its way any more.
func comingVisit(e *ledger.Entry, k *catalog.Kind, t petition.Transfer) (l comingLine, ok bool, err error) {
	v, err := reception.VisitOf(e)
	if err != nil || !v.AwaitsReceipt() {
		return l, false, err
	}
	l = comingLine{Transfer: t, Class: choiceName(k, "class", v.Class), Visit: v.Code(), Key: newForm().Key}
	if v.Class != reception.Denunciation {
		l.Shown, l.Field = true, choiceName(k, "field", v.Field)
	}
	return l, true, nil
}

// receiveVisit enters what another body transferred from its desk as a letter received today; what was said and who came go
// along, sealed anew, and the visit gets the number as its receipt.
func (s *server) receiveVisit(ctx context.Context, tx *db.Tx, e *ledger.Entry, t petition.Transfer) (int64, error) {
	v, err := reception.VisitOf(e)
	if err != nil {
		return 0, err
	}
	if !v.AwaitsReceipt() {
		return 0, fault.New(fault.Conflict, "Lượt tiếp này không còn chờ chuyển đến. Hãy tải lại danh sách.")
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return 0, err
	}
	login, today, secret := viewer(ctx).Login, s.Today(), v.Class == reception.Denunciation
	line, err := petition.NextLine(ctx, tx, t.Unit, today.Year(), secret)
	if err != nil {
		return 0, err
	}
	number := strconv.FormatInt(line.Number, 10)
	posted, err := s.Ledger.Record(ctx, tx, login, ledger.Draft{Key: "transfer:" + itoa(v.ID), Kind: petition.Letter, Unit: ledger.Ref(tree.Unit(t.Unit)), Day: today, Fields: map[string]any{
		"class": v.Class, "field": v.Field, "received_on": today.String(), "channel": "transferred", "number": number, "code": line.Code,
		"steps": []any{map[string]any{"act": "received", "on": today.String()}},
	}})
	if err != nil {
		return 0, err
	}
	if err := petition.Enter(ctx, tx, posted.ID, line); err != nil {
		return 0, err
	}
	if s.Dossiers != nil && !secret {
		if err := s.Dossiers.Copy(ctx, tx, login, v.ID, posted.ID); err != nil {
			return 0, err
		}
	}
	if err := petition.Confirmed(ctx, tx, login, v.ID, posted.ID, number, today); err != nil {
		return 0, err
	}
	desk := reception.Desk{Ledger: s.Ledger, Tree: tree}
	return posted.ID, desk.Change(ctx, tx, login, v.ID, func(*reception.Visit, *ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Cơ quan nhận chuyển đã xác nhận", Set: map[string]any{"receipt_number": number, "receipt_on": today.String()}}, nil
	})
}

// receiptOfVisit writes the receipt of a body outside the system down.
func (s *server) receiptOfVisit(r *http.Request, v *visitView) error {
	f := &v.Form
	day, number := f.wantDay("n-ngay", "Hãy ghi ngày cơ quan nhận xác nhận."), f.want("n-so", "Hãy ghi số giấy biên nhận, hoặc số văn bản xác nhận.")
	switch {
	case !v.AwaitsReceipt():
		f.say("", "Lượt tiếp này không chờ giấy biên nhận của cơ quan khác. Hãy mở lại trang.")
	case v.TransferredAt != "":
		f.say("", "Cơ quan nhận có trong hệ thống: giấy biên nhận tự về khi cơ quan ấy xác nhận.")
	case day > v.Today:
		f.say("n-ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi khi đã nhận được.")
	case day != 0 && day < v.TransferredOn:
		f.say("n-ngay", "Ngày xác nhận phải từ ngày chuyển ("+v.TransferredOn.Vi()+") trở đi.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.changeVisit(r, v, nil, func(x *reception.Visit, _ *ledger.Entry) (ledger.Amendment, error) {
		if !x.AwaitsReceipt() {
			return ledger.Amendment{}, fault.New(fault.Conflict, "Giấy biên nhận đã ghi trước đó. Hãy mở lại trang.")
		}
		return ledger.Amendment{Reason: "Ghi giấy biên nhận của cơ quan nhận chuyển", Set: map[string]any{"receipt_number": oneLine(number, 120), "receipt_on": day.String()}}, nil
	})
	return f.refusal(err, map[string]string{"receipt_number": "n-so", "receipt_on": "n-ngay"})
}

// readReceiver reads which letter the other body made of a visit, for the few who may open it there.
func (s *server) readReceiver(r *http.Request, v *visitView) error {
	if v.TransferredAt == "" || v.ReceiptOn == 0 {
		return nil
	}
	t, ok, err := petition.TransferOf(r.Context(), s.DB.Read(), v.ID)
	if err == nil && ok && t.Got != 0 && viewer(r.Context()).May(access.ReadLetters, t.Unit) {
		v.Got = t.Got
	}
	return err
}

// receiptText says that the other body received what was transferred.
func receiptText(v *reception.Visit) string {
	return fmt.Sprintf("đã nhận ngày %s, số %s", v.ReceiptOn.Vi(), or(v.ReceiptNumber, "chưa ghi"))
}
