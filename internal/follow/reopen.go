package follow

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/matter"
	"danvan/internal/petition"
	"danvan/internal/sending"
)

// reopenMost is how long a reason may be.
const reopenMost = TextMost

// Reopen makes a letter of its own that follows on one that has ended: the same matter, the same body, the same kind of
// letter, with the sender's reason as its content and clocks that begin today. It is opened by its own number and the
// same code. The new letter is entered by nobody's hand: its receipt is the law's, its steps are the office's.
func (d *Desk) Reopen(ctx context.Context, tx *db.Tx, from Found, reason string) (*Link, error) {
	reason = strings.TrimSpace(reason)
	switch n := len([]rune(reason)); {
	case n < 10:
		return nil, &Problem{"ly-do", "Hãy viết vì sao ông, bà chưa đồng ý, hoặc điều gì mới xảy ra (ít nhất một câu)."}
	case n > reopenMost:
		return nil, &Problem{"ly-do", fmt.Sprintf("Phần này dài quá %d chữ. Hãy rút gọn.", reopenMost)}
	}
	p, err := d.Show(ctx, tx, from)
	if err != nil {
		return nil, err
	}
	if !p.MayReopen {
		return nil, fault.New(fault.Conflict, "Đơn này chưa kết thúc, hoặc đã được mở lại. Hãy mở lại trang theo dõi để xem.")
	}
	c, e, err := d.caseOf(ctx, tx, p.To)
	if err != nil {
		return nil, err
	}
	id, line, err := d.enter(ctx, tx, c, e, p.Secret)
	if err != nil {
		return nil, err
	}
	if err := d.contentOf(ctx, tx, c.Entry, id, reason, p.Secret); err != nil {
		return nil, err
	}
	if err := d.tie(ctx, tx, c.Entry, id); err != nil {
		return nil, err
	}
	if err := d.sameCode(ctx, tx, from.Entry, id, line.Code); err != nil {
		return nil, err
	}
	if _, err := d.keepWord(ctx, tx, "", Draft{Entry: c.Entry, Kind: Reopen, Text: reason}); err != nil {
		return nil, err
	}
	return &Link{Number: line.Code, On: d.today(), Found: Found{Entry: id}}, nil
}

// enter records the follow-up letter with a line in the body's register.
func (d *Desk) enter(ctx context.Context, tx *db.Tx, c *petition.Case, e *ledger.Entry, secret bool) (int64, petition.Line, error) {
	today := d.today()
	tree, err := d.Tree(ctx)
	if err != nil {
		return 0, petition.Line{}, err
	}
	unit := tree.Unit(c.Unit)
	if unit == nil || unit.Closed <= today {
		return 0, petition.Line{}, fault.New(fault.Conflict, "Cơ quan đã trả lời nay không còn. Hãy gửi đơn mới đến cơ quan kế tục, nêu số đơn cũ.")
	}
	line, err := petition.NextLine(ctx, tx, c.Unit, today.Year(), petition.Denounces(c.Class))
	if err != nil {
		return 0, line, err
	}
	fields := map[string]any{"class": c.Class, "field": c.Field, "received_on": today.String(), "code": line.Code, "number": fmt.Sprint(line.Number),
		"channel": "online", "steps": []any{map[string]any{"act": "received", "on": today.String()}}}
	for _, code := range []string{"remote", "level", "respondent"} {
		if v := c.Values.Text(code); v != "" {
			fields[code] = v
		}
	}
	draft := ledger.Draft{Key: fmt.Sprintf("reopen:%d", c.Entry), Kind: petition.Letter, Unit: ledger.Ref(unit), Day: today, Fields: d.knownFields(today, fields)}
	if place := tree.Unit(c.Place); place != nil && place.ID != unit.ID {
		draft.Place = ledger.Ref(place)
	}
	posted, err := d.Ledger.Record(ctx, tx, Citizen, draft)
	if err != nil {
		return 0, line, err
	}
	return posted.ID, line, petition.Enter(ctx, tx, posted.ID, line)
}

// knownFields leaves out what the edition of the day does not know.
func (d *Desk) knownFields(day civil.Date, fields map[string]any) map[string]any {
	k := d.Catalog.EditionOn(day).Kind(petition.Letter)
	for code, v := range fields {
		f := k.Field(code)
		text, choice := v.(string)
		if f == nil || choice && code != "class" && code != "field" && len(f.Choices()) > 0 && f.Option(text) == nil {
			delete(fields, code)
		}
	}
	return fields
}

// contentOf is what the follow-up says: the reason, beside what the first letter said, under its own key; who sent it is
// copied without a look.
func (d *Desk) contentOf(ctx context.Context, tx *db.Tx, from, to int64, reason string, secret bool) error {
	err := d.Dossiers.Copy(ctx, tx, Citizen, from, to)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	content, v, err := d.Dossiers.ContentOf(ctx, tx, to)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	content.Text = "Người gửi mở lại, lý do:\n" + reason + "\n\nĐơn trước viết:\n" + content.Text
	if content.Summary == "" {
		content.Summary = "Đơn tiếp theo của đơn đã giải quyết"
	}
	return d.Dossiers.Put(ctx, tx, Citizen, dossier.Item{Entry: to, Content: content, Marked: !secret, Expect: v.N})
}

// tie puts both letters into one matter and keeps which follows on which.
func (d *Desk) tie(ctx context.Context, tx *db.Tx, from, to int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO letter_reopened (entry, earlier, on_day) VALUES ($1, $2, $3)`, to, from, int32(d.today()))
	if err != nil {
		return fmt.Errorf("tie letter %d to %d: %w", to, from, err)
	}
	if d.Matters == nil {
		return nil
	}
	m, err := d.Matters.Of(ctx, tx, from)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	var seen int64
	if m != nil {
		seen = m.ID
	}
	_, err = d.Matters.Decide(ctx, tx, Citizen, matter.Decision{Letter: to, Toward: from, Relation: matter.FollowUp, Reason: "Người gửi mở lại trên cổng", Seen: [2]int64{0, seen}})
	return err
}

// sameCode lets the sender open the follow-up with the code that he has, from the desk or from the portal.
func (d *Desk) sameCode(ctx context.Context, tx *db.Tx, from, to int64, number string) error {
	var hash []byte
	err := noRows(tx.QueryRowContext(ctx, `SELECT code_hash FROM letter_code WHERE entry = $1 AND newest`, from).Scan(&hash))
	if err == nil && hash == nil {
		hash, err = sending.CodeHashOf(ctx, tx, from)
	}
	if err != nil || hash == nil {
		return err
	}
	return d.keepCode(ctx, tx, Citizen, to, 0, number, hash, "")
}

// links are the letters before and after.
func (v *viewing) links(ctx context.Context, first, last int64) error {
	var earlier int64
	var on int32
	err := v.q.QueryRowContext(ctx, `SELECT earlier, on_day FROM letter_reopened WHERE entry = $1`, first).Scan(&earlier, &on)
	if err := noRows(err); err != nil {
		return err
	}
	if earlier != 0 {
		if v.Before, err = v.link(ctx, earlier); err != nil {
			return err
		}
	}
	rows, err := v.q.QueryContext(ctx, `SELECT entry FROM letter_reopened WHERE earlier = $1 ORDER BY entry`, last)
	if err != nil {
		return fmt.Errorf("letters after %d: %w", last, err)
	}
	var after []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return errors.Join(err, rows.Close())
		}
		after = append(after, id)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, id := range after {
		l, err := v.link(ctx, id)
		if err != nil {
			return err
		}
		v.After = append(v.After, *l)
	}
	return nil
}

func (v *viewing) link(ctx context.Context, entry int64) (*Link, error) {
	c, _, err := v.caseOf(ctx, v.q, entry)
	if err != nil {
		return nil, err
	}
	return &Link{Number: c.Code, On: c.Received, Found: Found{Entry: entry}}, nil
}

// EarlierOf is the letter that one opens anew, and those that open it anew, for the pages of offices.
func EarlierOf(ctx context.Context, q db.Querier, entry int64) (earlier int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT earlier FROM letter_reopened WHERE entry = $1`, entry).Scan(&earlier)
	return earlier, noRows(err)
}
