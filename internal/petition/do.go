package petition

import (
	"context"
	"fmt"
	"maps"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Office records acts on cases. Its fields are set once, before use.
type Office struct {
	Ledger *ledger.Ledger
	Law    Law
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Clocks says what the act has to keep and sets the deadlines that follow from it; nil: nothing is reckoned. The
	// stored clocks follow the ledger by themselves.
	Clocks *Clocks
	// Contents knows which letters say the same, so that a content is transferred once; nil: only the letter itself.
	Contents Contents
}

func (o *Office) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

// vietnam is the zone of the days of the law.
var vietnam = time.FixedZone("+07", 7*60*60)

func (o *Office) today() civil.Date { return civil.FromTime(o.now().In(vietnam)) }

// Do records an act on a case: it checks the law's order and the act's data, amends the entry and brings the clocks
// after, all in tx. expect is the version that the person saw; where another act came first it is a fault of kind
// Conflict, and nothing is written.
func (o *Office) Do(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, a Act) (ledger.Posted, error) {
	c, err := o.seen(ctx, tx, id, expect)
	if err != nil {
		return ledger.Posted{}, err
	}
	if err := refusal(o.Law.Check(c, a, o.today())); err != nil {
		return ledger.Posted{}, err
	}
	if err := o.agrees(ctx, tx, c, a); err != nil {
		return ledger.Posted{}, err
	}
	if a.Unit != 0 {
		if err := Send(ctx, tx, actor, Transfer{Entry: id, Unit: a.Unit, On: a.On}, o.now()); err != nil {
			return ledger.Posted{}, err
		}
	}
	if o.Clocks != nil && a.Due == 0 {
		a.Due = o.Clocks.DueOf(c, a.Act)
	}
	return o.amend(ctx, tx, actor, c, ledger.Amendment{Set: a.changes(c), Reason: ruleOf(a.Act).name})
}

// agrees asks what stands beside the entry: a content is transferred once, and a body of the system confirms by itself
// that it received a letter.
func (o *Office) agrees(ctx context.Context, tx *db.Tx, c *Case, a Act) error {
	switch a.Act {
	case "transferred":
		return o.once(ctx, tx, c)
	case "receipt":
		t, ok, err := TransferOf(ctx, tx, c.Entry)
		if err == nil && ok && t.Got == 0 {
			return fault.New(fault.Conflict, "Đơn này đã chuyển qua hệ thống: cơ quan nhận xác nhận ở danh sách đơn chuyển đến của họ, số vào sổ tự về đây.")
		}
		return err
	}
	return nil
}

// Undo takes the last step back that was recorded by mistake. The version in which it stood is kept for ever.
func (o *Office) Undo(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, reason string) (ledger.Posted, error) {
	c, err := o.seen(ctx, tx, id, expect)
	if err != nil {
		return ledger.Posted{}, err
	}
	before, made, err := o.lastStep(ctx, tx, c)
	if err != nil {
		return ledger.Posted{}, err
	}
	set, err := undoing(c, before, made)
	if err != nil {
		return ledger.Posted{}, err
	}
	switch c.lastRow() {
	case "transferred", "receipt":
		err = Unsend(ctx, tx, id)
	case "split":
		err = o.unsplit(ctx, tx, actor, c, reason)
	}
	if err != nil {
		return ledger.Posted{}, err
	}
	return o.amend(ctx, tx, actor, c, ledger.Amendment{Set: set, Reason: reason})
}

// seen is the case as the act's transaction sees it, unless it moved on since the person saw it.
func (o *Office) seen(ctx context.Context, tx *db.Tx, id int64, expect int) (*Case, error) {
	e, err := o.Ledger.Entry(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if e.Version != expect {
		return nil, fault.New(fault.Conflict, "Hồ sơ vừa có bước khác do người khác ghi. Hãy xem bước mới ở trang hồ sơ rồi ghi lại nếu vẫn cần.")
	}
	if e.State == ledger.Void {
		return nil, fault.New(fault.Conflict, "Đơn này đã hủy ghi nhận nên không ghi bước xử lý được nữa.")
	}
	return CaseOf(e)
}

// amend posts the act with the deadlines that follow from it.
func (o *Office) amend(ctx context.Context, tx *db.Tx, actor string, c *Case, a ledger.Amendment) (ledger.Posted, error) {
	if o.Clocks != nil {
		due, err := o.Clocks.Dues(c, a.Set)
		if err != nil {
			return ledger.Posted{}, err
		}
		maps.Copy(a.Set, due)
	}
	posted, err := o.Ledger.Amend(ctx, tx, actor, c.Entry, c.Version, a)
	if err != nil || c.Letter == 0 {
		return posted, err
	}
	if err := o.followParts(ctx, tx, actor, c.Letter); err != nil {
		return posted, fmt.Errorf("letter of part %d: %w", c.Entry, err)
	}
	return posted, nil
}

// lastRow is the act of the last recorded step.
func (c *Case) lastRow() string {
	rows := c.Values.Rows("steps")
	if len(rows) == 0 {
		return ""
	}
	return rows[len(rows)-1].Text("act")
}

// unsplit voids the parts of a letter that was split by mistake, as long as nothing was done with them.
func (o *Office) unsplit(ctx context.Context, tx *db.Tx, actor string, c *Case, reason string) error {
	for _, id := range c.Parts {
		e, err := o.Ledger.Entry(ctx, tx, id)
		if err != nil {
			return err
		}
		p, err := CaseOf(e)
		if err != nil {
			return err
		}
		if p.lastRow() != "classified" {
			return fault.New(fault.Conflict, "Một phần đã có bước xử lý nên không bỏ việc tách được nữa. Hãy bỏ các bước của phần ấy trước.")
		}
		if _, err := o.Ledger.Void(ctx, tx, actor, id, e.Version, reason); err != nil {
			return err
		}
	}
	return nil
}

// refOf is the body of a case as the ledger takes it back.
func (o *Office) refOf(ctx context.Context, tx *db.Tx, c *Case) (string, error) {
	tree, err := org.LoadTree(ctx, tx)
	if err != nil {
		return "", err
	}
	return ledger.Ref(tree.Unit(c.Unit)), nil
}
