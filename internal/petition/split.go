package petition

import (
	"context"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// PartDraft is one content of a letter of several, as it is to be handled.
type PartDraft struct{ Class, Field string }

// Split makes a case of each content of a letter. The letter stays one letter: its parts feed no count of letters.
func (o *Office) Split(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, a Act, parts []PartDraft) (ledger.Posted, error) {
	if len(parts) < 2 {
		return ledger.Posted{}, fault.New(fault.Invalid, "Tách nội dung phải có ít nhất hai phần. Đơn chỉ có một nội dung thì phân loại lại.")
	}
	a.Act = "split"
	c, err := o.seen(ctx, tx, id, expect)
	if err != nil {
		return ledger.Posted{}, err
	}
	if c.Kind != Letter {
		return ledger.Posted{}, fault.New(fault.Invalid, "Một phần đã tách thì không tách tiếp được nữa.")
	}
	posted, err := o.Do(ctx, tx, actor, id, expect, a)
	if err != nil {
		return posted, err
	}
	unit, err := o.refOf(ctx, tx, c)
	if err != nil {
		return posted, err
	}
	for i, p := range parts {
		if _, err := o.Ledger.Record(ctx, tx, actor, c.part(unit, a, p, i+1)); err != nil {
			return posted, fmt.Errorf("record part %d of %d: %w", i+1, id, err)
		}
	}
	return posted, nil
}

// part is the entry of one part of a letter.
func (c *Case) part(unit string, a Act, p PartDraft, n int) ledger.Draft {
	fields := map[string]any{
		"class": p.Class, "field": p.Field, "received_on": c.Received.String(), "eligible": "eligible",
		"steps": []any{
			map[string]any{"act": "received", "on": c.Received.String()},
			map[string]any{"act": "classified", "on": a.On.String()},
		},
	}
	for _, code := range []string{"channel", "remote", "number", "level"} {
		if v := c.Values.Text(code); v != "" {
			fields[code] = v
		}
	}
	if c.Code != "" {
		fields["code"] = fmt.Sprintf("%s-%d", c.Code, n)
	}
	if p.Class == "complaint" {
		fields["round"] = "first"
	}
	return ledger.Draft{Key: fmt.Sprintf("part:%d:%d:%d", c.Entry, c.Version, n), Kind: Part, Unit: unit, Day: c.Day, Carries: fmt.Sprintf("#%d", c.Entry), Fields: fields}
}

// followParts brings a letter after its parts: accepted with the first, settled when all came to an end.
func (o *Office) followParts(ctx context.Context, tx *db.Tx, actor string, letter int64) error {
	e, err := o.Ledger.Entry(ctx, tx, letter)
	if err != nil || e.State == ledger.Void {
		return err
	}
	c, err := CaseOf(e)
	if err != nil {
		return err
	}
	var parts []*Case
	for _, id := range c.Parts {
		pe, err := o.Ledger.Entry(ctx, tx, id)
		if err != nil {
			return err
		}
		p, err := CaseOf(pe)
		if err != nil {
			return err
		}
		parts = append(parts, p)
	}
	set := changed(c, whole(parts))
	if len(set) == 0 {
		return nil
	}
	_, err = o.Ledger.Amend(ctx, tx, actor, letter, e.Version, ledger.Amendment{Set: set, Reason: "Theo các phần đã tách của đơn"})
	return err
}

// whole is what a letter says of itself by its parts. Where no part was settled it ends the way the last part did.
func whole(parts []*Case) map[string]any {
	out := map[string]any{"accepted_on": nil, "settled_on": nil, "outcome": nil, "transferred_on": nil, "guided_on": nil, "refused_on": nil, "terminated_on": nil, "filed_on": nil, "withdrawn_on": nil, "withdrawal": nil}
	var first, last civil.Date
	var way string
	open, settled, outcome := 0, 0, ""
	for _, p := range parts {
		if d := p.on("accepted"); d != 0 && (first == 0 || d < first) {
			first = d
		}
		st := p.State()
		if st.Open() {
			open++
		}
		if st.Stage == Settled || st.Stage == Enforced {
			settled++
			if outcome != "" && outcome != p.Outcome {
				outcome = "answered"
			} else {
				outcome = p.Outcome
			}
		}
		if st.Stage == Enforced {
			st.Since = dayOf(p.Values, "settled_on")
		}
		if st.Since >= last {
			last, way = st.Since, endField[st.Stage]
		}
	}
	if first != 0 {
		out["accepted_on"], out["competence"], out["eligible"] = first.String(), "own", "eligible"
	}
	switch {
	case open > 0 || len(parts) == 0:
	case settled > 0:
		out["settled_on"], out["outcome"] = last.String(), outcome
	case way != "":
		out[way] = last.String()
	}
	return out
}

// endField is the day of a case that ended otherwise than by being settled.
var endField = map[Stage]string{
	Transferred: "transferred_on", Guided: "guided_on", Returned: "guided_on", Refused: "refused_on", Filed: "filed_on",
	Terminated: "terminated_on", Withdrawn: "withdrawn_on",
}

// changed are the fields that differ from what stands.
func changed(c *Case, set map[string]any) map[string]any {
	out := map[string]any{}
	for code, v := range set {
		text, _ := v.(string)
		if c.Values.Text(code) != text {
			out[code] = v
		}
	}
	return out
}
