package contribution

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// Shelf reads works and their accounts from the ledger.
type Shelf struct {
	Ledger  *ledger.Ledger
	Catalog *catalog.Catalog
	Engine  db.Engine
}

// Works are the works of bodies that stand, newest first, each with its account.
func (s *Shelf) Works(ctx context.Context, q db.Querier, f ledger.Filter) ([]*Work, error) {
	k := s.Catalog.Latest().Kind(WorkKind)
	if k == nil {
		return nil, nil
	}
	f.Kinds = []string{WorkKind}
	picked, err := s.Ledger.Pick(ctx, q, s.Engine, k, f, nil, ledger.NewestFirst, nil)
	if err != nil {
		return nil, fmt.Errorf("read works: %w", err)
	}
	return s.withAccounts(ctx, q, picked.Lines(0, -1))
}

// Work is one work; a void one is found too.
func (s *Shelf) Work(ctx context.Context, q db.Querier, id int64) (*Work, error) {
	list, err := s.some(ctx, q, []int64{id})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "Không có công trình này. Hãy mở từ danh sách công trình nhân dân đóng góp.")
	}
	return list[0], nil
}

// some are the works among entries, with their accounts.
func (s *Shelf) some(ctx context.Context, q db.Querier, ids []int64) ([]*Work, error) {
	var lines []ledger.Line
	for _, id := range ids {
		l, err := s.Ledger.LineOf(ctx, q, id)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if l.Kind == WorkKind {
			lines = append(lines, l)
		}
	}
	return s.withAccounts(ctx, q, lines)
}

func (s *Shelf) withAccounts(ctx context.Context, q db.Querier, lines []ledger.Line) ([]*Work, error) {
	out := make([]*Work, 0, len(lines))
	byID, byRef := map[int64]*Work{}, map[string]*Work{}
	var ids []int64
	for _, l := range lines {
		w, err := workOf(l)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
		byID[w.ID], byRef[w.Key], byRef["#"+strconv.FormatInt(w.ID, 10)] = w, w, w
		ids = append(ids, w.ID)
	}
	if len(ids) == 0 {
		return out, nil
	}
	delete(byRef, "")
	carried, err := s.Ledger.CarriedOut(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	receipts, err := receiptsOf(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	for _, l := range carried {
		if err := byID[l.Carries].take(l, receipts); err != nil {
			return nil, err
		}
	}
	if err := movedIn(ctx, q, byRef); err != nil {
		return nil, err
	}
	for _, w := range out {
		slices.SortStableFunc(w.Lines, func(a, b Line) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID)) })
		slices.SortStableFunc(w.Pictures, func(a, b Picture) int { return cmp.Compare(stageRank(a.Stage), stageRank(b.Stage)) })
		w.Account = Reckon(w.Lines)
	}
	return out, nil
}

func stageRank(stage string) int { return slices.Index([]string{"before", "during", "after"}, stage) }

// take puts an entry that carries the work where it belongs.
func (w *Work) take(l ledger.Line, receipts map[int64]Receipt) error {
	switch l.Kind {
	case AcceptKind:
		a := Acceptance{}
		err := json.Unmarshal([]byte(l.Fields), &a)
		a.Head = l.Head
		w.Accepted = append(w.Accepted, a)
		return err
	case PictureKind:
		p := Picture{}
		err := json.Unmarshal([]byte(l.Fields), &p)
		p.Head = l.Head
		if p.File != "" {
			w.Pictures = append(w.Pictures, p)
		}
		return err
	}
	line, ok, err := LineOf(l)
	if !ok || err != nil {
		return err
	}
	line.Receipt = receipts[line.ID]
	w.Lines = append(w.Lines, line)
	return nil
}

// movedIn adds to works what was moved to them from others: the move is one entry, which carries the work it came from.
func movedIn(ctx context.Context, q db.Querier, byRef map[string]*Work) error {
	rows, err := q.QueryContext(ctx, `SELECT e.id, e.key, e.unit, e.day, e.version, e.title, e.carries, v.fields, w.title
		FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version JOIN entry w ON w.id = e.carries
		WHERE e.kind = $1 AND e.state <> 'void' AND v.fields LIKE '%"to_work"%' ORDER BY e.id`, ReturnKind)
	if err != nil {
		return fmt.Errorf("read moves between works: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		l := ledger.Line{Head: ledger.Head{Kind: ReturnKind}}
		var from string
		if err := rows.Scan(&l.ID, &l.Key, &l.Unit, &l.Day, &l.Version, &l.Title, &l.Carries, &l.Fields, &from); err != nil {
			return fmt.Errorf("read moves between works: %w", err)
		}
		line, ok, err := LineOf(l)
		if err != nil {
			return err
		}
		if w := byRef[line.To]; ok && line.What == MoveOut && w != nil {
			line.What, line.From, line.FromID = MoveIn, from, l.Carries
			w.Lines = append(w.Lines, line)
		}
	}
	return rows.Err()
}

// target is the entry that a reference names, 0 for none.
func (s *Shelf) target(ctx context.Context, q db.Querier, ref string) (*ledger.Head, error) {
	if ref == "" {
		return nil, nil
	}
	return s.Ledger.Referred(ctx, q, ref)
}

// ofWork is the work that an entry belongs to, nil where it belongs to none.
func (s *Shelf) ofWork(ctx context.Context, q db.Querier, id int64) (*ledger.Head, error) {
	if id == 0 {
		return nil, nil
	}
	h, err := s.Ledger.Referred(ctx, q, "#"+strconv.FormatInt(id, 10))
	if err != nil || h == nil || h.Kind != WorkKind {
		return nil, err
	}
	return h, nil
}

// oneLine is text on one line, for sentences.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// PictureFile is the file of a picture that stands and belongs to a work that stands; "" for any other entry.
func (s *Shelf) PictureFile(ctx context.Context, q db.Querier, id int64) (string, error) {
	l, err := s.Ledger.LineOf(ctx, q, id)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	if err != nil || l.Kind != PictureKind || l.State == ledger.Void {
		return "", err
	}
	w, err := s.ofWork(ctx, q, l.Carries)
	if err != nil || w == nil || w.State == ledger.Void {
		return "", err
	}
	p := Picture{}
	if err := json.Unmarshal([]byte(l.Fields), &p); err != nil {
		return "", fmt.Errorf("read picture %d: %w", id, err)
	}
	return p.File, nil
}

// Decided reads how many households there were, took part and agreed, from a decision as it is stored.
func Decided(fields string, households, present, approved *int64) error {
	var d struct {
		Households, Present, Approved int64
	}
	if err := json.Unmarshal([]byte(fields), &d); err != nil {
		return fmt.Errorf("read decision: %w", err)
	}
	*households, *present, *approved = d.Households, d.Present, d.Approved
	return nil
}
