package news

import (
	"context"
	"fmt"
	"strconv"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Sum is what came in of one topic in a period, and what became of it by now. Spam and what was refused is not in it.
type Sum struct {
	Topic                                string
	Received, Answered, Forwarded, Waits int64
}

// otherTopic is the topic of what nobody put under one.
const otherTopic = "other"

// Sums are the readers' letters that units received in a period, by topic: what was received then, as it stands now.
func (k *Desk) Sums(ctx context.Context, q db.Querier, units []org.UnitID, p civil.Period) ([]Sum, error) {
	rows, err := q.QueryContext(ctx, `SELECT unit, CASE WHEN topic = '' THEN $3 ELSE topic END, state, count(*) FROM article_feedback
		WHERE day BETWEEN $1 AND $2 AND state <> 'refused' GROUP BY 1, 2, 3 ORDER BY 2`, p.From, p.To, otherTopic)
	if err != nil {
		return nil, fmt.Errorf("count feedback: %w", err)
	}
	defer rows.Close()
	in := map[org.UnitID]bool{}
	for _, u := range units {
		in[u] = true
	}
	var out []Sum
	for rows.Next() {
		var unit org.UnitID
		var topic string
		var state FeedbackState
		var n int64
		if err := rows.Scan(&unit, &topic, &state, &n); err != nil {
			return nil, fmt.Errorf("read sums of feedback: %w", err)
		}
		if !in[unit] {
			continue
		}
		if len(out) == 0 || out[len(out)-1].Topic != topic {
			out = append(out, Sum{Topic: topic})
		}
		s := &out[len(out)-1]
		s.Received += n
		switch state {
		case Answered:
			s.Answered += n
		case Forwarded:
			s.Forwarded += n
		case Waiting:
			s.Waits += n
		}
	}
	return out, rows.Err()
}

func closingKey(unit org.UnitID, month civil.Date, topic string) string {
	return "gop-y-tin:" + strconv.FormatInt(int64(unit), 10) + ":" + strconv.Itoa(int(month)/100) + ":" + topic
}

// Close records what a body received from readers in a month that is over, an entry for each topic, as the letters stand now.
// Closed again, the entries are amended to what stands now; nothing counts twice. It gives how many entries were written.
func (k *Desk) Close(ctx context.Context, tx *db.Tx, actor string, unit org.UnitID, month civil.Date) (int, error) {
	from := civil.NewDate(month.Year(), month.Month(), 1)
	p := civil.Period{From: from, To: from.MonthEnd()}
	if p.To >= dayOf(k.now()) {
		return 0, fault.New(fault.Invalid, "Tháng này chưa hết. Chỉ chốt số của tháng đã qua.")
	}
	sums, err := k.Sums(ctx, tx, []org.UnitID{unit}, p)
	if err != nil {
		return 0, err
	}
	tree, err := k.Tree(ctx)
	if err != nil {
		return 0, err
	}
	u := tree.Unit(unit)
	if u == nil {
		return 0, fault.New(fault.NotFound, "Không có đơn vị này.")
	}
	written := 0
	for _, s := range k.withEmptied(ctx, tx, unit, from, sums) {
		set := map[string]any{"topic": s.Topic, "received": s.Received, "answered": s.Answered, "forwarded": s.Forwarded, "pending": s.Waits}
		n, err := k.closeOne(ctx, tx, actor, ledger.Draft{Key: closingKey(unit, from, s.Topic), Kind: FeedbackKind, Unit: ledger.Ref(u), Day: p.To, Fields: set})
		if err != nil {
			return written, err
		}
		written += n
	}
	return written, nil
}

// withEmptied adds the topics that were closed before and hold nothing any more: they are amended to zero.
func (k *Desk) withEmptied(ctx context.Context, tx *db.Tx, unit org.UnitID, month civil.Date, sums []Sum) []Sum {
	have := map[string]bool{}
	for _, s := range sums {
		have[s.Topic] = true
	}
	kind := k.Catalog.EditionOn(month.MonthEnd()).Kind(FeedbackKind)
	if kind == nil || kind.Field("topic") == nil {
		return sums
	}
	for _, o := range kind.Field("topic").Choices() {
		if have[o.Code] {
			continue
		}
		if e, err := k.Ledger.EntryByKey(ctx, tx, closingKey(unit, month, o.Code)); err == nil && e.State != ledger.Void {
			sums = append(sums, Sum{Topic: o.Code})
		}
	}
	return sums
}

func (k *Desk) closeOne(ctx context.Context, tx *db.Tx, actor string, d ledger.Draft) (int, error) {
	e, err := k.Ledger.EntryByKey(ctx, tx, d.Key)
	if fault.KindOf(err) == fault.NotFound {
		_, err := k.Ledger.Record(ctx, tx, actor, d)
		return 1, err
	}
	if err != nil {
		return 0, err
	}
	if e.State == ledger.Void {
		return 0, fault.New(fault.Conflict, "Số của tháng này đã bị hủy ở sổ việc. Hãy ghi tay ở sổ việc nếu cần.")
	}
	said, same := e.Versions[len(e.Versions)-1].Fields, true
	for _, f := range []string{"received", "answered", "forwarded", "pending"} {
		same = same && ledger.Member(said, f) == fmt.Sprint(d.Fields[f])
	}
	if same {
		return 0, nil
	}
	_, err = k.Ledger.Amend(ctx, tx, actor, e.ID, e.Version, ledger.Amendment{Reason: "Chốt lại số góp ý của bạn đọc trong tháng", Set: d.Fields})
	return 1, err
}

// Closed are the entries that a body's closing of a month left, void ones left out.
func (k *Desk) Closed(ctx context.Context, q db.Querier, unit org.UnitID, month civil.Date) (map[string]int64, error) {
	from := civil.NewDate(month.Year(), month.Month(), 1)
	prefix := closingKey(unit, from, "")
	rows, err := q.QueryContext(ctx, `SELECT key, id FROM entry WHERE key LIKE $1 AND state <> 'void'`, prefix+"%")
	if err != nil {
		return nil, fmt.Errorf("look for closing: %w", err)
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var key string
		var id int64
		if err := rows.Scan(&key, &id); err != nil {
			return nil, fmt.Errorf("read closing: %w", err)
		}
		out[key[len(prefix):]] = id
	}
	return out, rows.Err()
}
