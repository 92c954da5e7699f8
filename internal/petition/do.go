package petition

import (
	"context"
	"maps"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
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
}

func (o *Office) today() civil.Date {
	now := time.Now
	if o.Now != nil {
		now = o.Now
	}
	return civil.FromTime(now())
}

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
	if o.Clocks != nil && a.Due == 0 {
		a.Due = o.Clocks.DueOf(c, a.Act)
	}
	return o.amend(ctx, tx, actor, c, ledger.Amendment{Set: a.changes(c), Reason: ruleOf(a.Act).name})
}

// Undo takes the last step back that was recorded by mistake. The version in which it stood is kept for ever.
func (o *Office) Undo(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, reason string) (ledger.Posted, error) {
	c, err := o.seen(ctx, tx, id, expect)
	if err != nil {
		return ledger.Posted{}, err
	}
	set, err := undoing(c)
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
	return o.Ledger.Amend(ctx, tx, actor, c.Entry, c.Version, a)
}

// undoing are the fields without the last recorded step: the entry's own day of the act is that of the one before, or
// goes with it.
func undoing(c *Case) (map[string]any, error) {
	rows := c.Values.Rows("steps")
	if len(rows) == 0 || rows[len(rows)-1].Text("act") == "received" {
		return nil, fault.New(fault.Invalid, "Hồ sơ không còn bước nào để bỏ. Đơn vào sổ nhầm thì hủy ghi nhận ở trang ghi nhận.")
	}
	last, left := rows[len(rows)-1], rows[:len(rows)-1]
	set := map[string]any{"steps": rowsOf(c)[:len(left)]}
	act := last.Text("act")
	if f := dateField[act]; f != "" {
		set[f] = nil
		for _, r := range left {
			if dateField[r.Text("act")] == f {
				set[f] = r.Text("on")
			}
		}
	}
	switch {
	case settles(act):
		set["outcome"] = nil
	case act == "transferred":
		set["transferred_to"], set["transferred_unit"] = nil, nil
	case act == "withdrawn":
		set["withdrawal"] = nil
	case act == "reopened":
		standAgain(set, left)
	}
	return set, nil
}

// standAgain gives back the days that a reopening took away.
func standAgain(set map[string]any, left []catalog.Values) {
	for _, r := range left {
		switch r.Text("act") {
		case "withdrawn":
			set["withdrawn_on"], set["withdrawal"] = r.Text("on"), r.Text("scope")
		case "terminated":
			set["terminated_on"] = r.Text("on")
		}
	}
}
