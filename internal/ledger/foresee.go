package ledger

import (
	"context"
	"fmt"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Sum is what an act adds to one series for one unit on one day, before it is written; an amendment and a void also
// take back what stood.
type Sum struct {
	Code   string
	Labels string
	Role   string
	Unit   org.UnitID
	Day    civil.Date
	By     civil.Date // 0 for none
	Amount Amount
}

// Foreseen is what an act would say and add, had it been done now.
type Foreseen struct {
	Entry   int64 // 0 for a new one
	Edition *catalog.Edition
	Kind    *catalog.Kind
	Unit    org.UnitID
	Place   org.UnitID
	Day     civil.Date
	Values  catalog.Values
	Title   string
	Sums    []Sum
}

// ForeseeSome is Foresee while a form is being filled in: fields that are missing or wrong add nothing and are named.
// It gives nil where not even the body and the day are right.
func (l *Ledger) ForeseeSome(ctx context.Context, q db.Querier, d Draft) (*Foreseen, Problems, error) {
	r, err := l.rulesNow(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	r.loose = true
	s, problems := prepare(r, d)
	if s == nil {
		return nil, problems, nil
	}
	return s.foreseen(0, posting(ActRecord, nil, s.sums, anew(s.kind))), problems, nil
}

// Foresee says what recording a draft would add, by the rules of Record. It writes nothing; the key, the link to
// another entry and the attachments are looked at only when the draft is recorded.
func (l *Ledger) Foresee(ctx context.Context, q db.Querier, d Draft) (*Foreseen, error) {
	r, err := l.rulesNow(ctx, q)
	if err != nil {
		return nil, err
	}
	s, problems := prepare(r, d)
	if err := problems.err(); err != nil {
		return nil, err
	}
	state := anew(s.kind)
	if d.Confirmed {
		state = Confirmed
	}
	return s.foreseen(0, posting(ActRecord, nil, s.sums, state)), nil
}

// ForeseeAmend says what an amendment would add and take back, by the rules of Amend.
func (l *Ledger) ForeseeAmend(ctx context.Context, q db.Querier, id int64, a Amendment) (*Foreseen, error) {
	r, err := l.rulesNow(ctx, q)
	if err != nil {
		return nil, err
	}
	was, err := l.standing(ctx, q, id)
	if err != nil {
		return nil, err
	}
	s, problems := amended(r, was.said.edition, draftOf(r.tree, was.said, was.head.carries), a)
	if err := problems.err(); err != nil {
		return nil, err
	}
	return s.foreseen(id, posting(ActAmend, was.said.sums, s.sums, anew(s.kind))), nil
}

// ForeseeVoid says what voiding an entry would take back.
func (l *Ledger) ForeseeVoid(ctx context.Context, q db.Querier, id int64) (*Foreseen, error) {
	was, err := l.standing(ctx, q, id)
	if err != nil {
		return nil, err
	}
	return was.said.foreseen(id, posting(ActVoid, was.said.sums, nil, Void)), nil
}

// ForeseeConfirm says what confirming an entry would add to the confirmed part.
func (l *Ledger) ForeseeConfirm(ctx context.Context, q db.Querier, id int64) (*Foreseen, error) {
	was, err := l.standing(ctx, q, id)
	if err != nil {
		return nil, err
	}
	return was.said.foreseen(id, posting(ActConfirm, was.said.sums, nil, Confirmed)), nil
}

func (l *Ledger) rulesNow(ctx context.Context, q db.Querier) (rules, error) {
	tree, err := l.treeOf(ctx, q)
	return rules{tree: tree, catalog: l.Catalog, anyBody: l.AnyBody, law: l.Law, settle: l.Settle, today: today(l.now())}, err
}

// standing reads an entry as it stands.
func (l *Ledger) standing(ctx context.Context, q db.Querier, id int64) (*standingEntry, error) {
	head, err := headByID(ctx, q, id)
	if err != nil {
		return nil, noSuch(err, id)
	}
	if head.state == Void {
		return nil, voided(id)
	}
	was := &standingEntry{head: *head}
	if was.last, err = versionOf(ctx, q, id, head.version); err != nil {
		return nil, err
	}
	if was.said, err = l.readBack(ctx, q, head.kind, was.last); err != nil {
		return nil, err
	}
	was.said.title, was.said.fold = head.title, head.fold
	was.said.sums, err = sumsHeld(ctx, q, id)
	return was, err
}

func voided(id int64) error {
	return fault.Newf(fault.Conflict, "Ghi nhận số %d đã hủy nên không sửa, xác nhận hay hủy được nữa. Hãy lập ghi nhận mới.", id)
}

func (s *said) foreseen(entry int64, posted []sum) *Foreseen {
	f := &Foreseen{Entry: entry, Edition: s.edition, Kind: s.kind, Unit: s.unit, Place: s.place, Day: s.day,
		Values: s.values, Title: s.title}
	for _, p := range posted {
		f.Sums = append(f.Sums, Sum{Code: p.series.code, Labels: p.series.labels, Role: p.series.role, Unit: p.unit,
			Day: p.day, By: p.by, Amount: p.amount})
	}
	return f
}

// MayRecord says whether a unit's class on the day is one of those that record the kind.
func MayRecord(t *org.Tree, k *catalog.Kind, u *org.Unit, day civil.Date) bool {
	return mayRecord(t, k, u, day)
}

// Ref writes a unit as drafts and fields name it for ever: its code and the day it opened.
func Ref(u *org.Unit) string { return stored(u) }

// Draft writes what an entry says now as it would be handed in again, under the kind of its own edition.
func (l *Ledger) Draft(ctx context.Context, q db.Querier, e *Entry) (Draft, *catalog.Edition, error) {
	tree, err := l.treeOf(ctx, q)
	if err != nil {
		return Draft{}, nil, err
	}
	v := e.Versions[len(e.Versions)-1]
	s, err := l.readBack(ctx, q, e.Head.Kind, &versionRow{entry: e.ID, number: v.Number, edition: v.Edition, unit: v.Unit,
		place: v.Place, day: v.Day, fields: v.Fields, partners: jsonList(v.Partners), files: jsonList(v.Files)})
	if err != nil {
		return Draft{}, nil, err
	}
	return draftOf(tree, s, v.Carries), s.edition, nil
}

// Latest are the fields of the newest entries of a kind and body, newest first, as stored.
func (l *Ledger) Latest(ctx context.Context, q db.Querier, kind string, unit org.UnitID, limit int) ([]Version, error) {
	var out []Version
	err := each(ctx, q, func(r scanner) error {
		var v Version
		v.Unit = unit
		err := r.Scan(&v.Number, &v.Edition, &v.Place, &v.Day, &v.Fields)
		out = append(out, v)
		return err
	}, `SELECT v.version, v.edition, v.place, v.day, v.fields FROM entry e
		JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.unit = $1 AND e.kind = $2 AND e.state <> 'void' ORDER BY e.day DESC, e.id DESC LIMIT $3`,
		int64(unit), kind, limit)
	if err != nil {
		return nil, fmt.Errorf("read latest entries: %w", err)
	}
	return out, nil
}

// LatestKinds are the kinds of the newest entries of a body, newest first, each once.
func (l *Ledger) LatestKinds(ctx context.Context, q db.Querier, unit org.UnitID, limit int) ([]string, error) {
	var out []string
	seen := map[string]bool{}
	err := each(ctx, q, func(r scanner) error {
		var kind string
		err := r.Scan(&kind)
		if !seen[kind] {
			seen[kind] = true
			out = append(out, kind)
		}
		return err
	}, `SELECT kind FROM entry WHERE unit = $1 AND state <> 'void' ORDER BY day DESC, id DESC LIMIT $2`, int64(unit), limit)
	if err != nil {
		return nil, fmt.Errorf("read latest kinds: %w", err)
	}
	return out, nil
}
