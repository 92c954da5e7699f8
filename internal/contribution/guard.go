package contribution

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// kept are the kinds that belong to a work and move its account; a gift may also stand alone.
var kept = []string{PledgeKind, GiftKind, SpendKind, ReturnKind}

// Posted is told of each version of an entry in its own transaction (ledger.After): it refuses what would bring an
// account out of balance, and gives new gifts their receipts. Entry 0 stands for many at once.
func (s *Shelf) Posted(ctx context.Context, tx *db.Tx, kind string, entry int64) error {
	if kind != WorkKind && !slices.Contains(kept, kind) {
		return nil
	}
	if entry == 0 {
		return s.checkAll(ctx, tx)
	}
	works, err := s.concerned(ctx, tx, kind, entry)
	if err != nil {
		return err
	}
	for _, id := range works {
		if err := hold(ctx, tx, id); err != nil {
			return err
		}
	}
	list, err := s.some(ctx, tx, works)
	if err != nil {
		return err
	}
	for _, w := range list {
		if err := s.check(w); err != nil {
			return err
		}
	}
	if kind == GiftKind {
		return s.number(ctx, tx, entry)
	}
	return nil
}

// checkAll looks at every work, and at every entry that should belong to one.
func (s *Shelf) checkAll(ctx context.Context, tx *db.Tx) error {
	stray, err := ids(ctx, tx, `SELECT e.id FROM entry e LEFT JOIN entry w ON w.id = e.carries AND w.kind = $1
		WHERE e.kind IN ($2, $3, $4) AND e.state <> 'void' AND w.id IS NULL ORDER BY e.id LIMIT 1`, WorkKind, PledgeKind, SpendKind, ReturnKind)
	if err != nil {
		return err
	}
	if len(stray) > 0 {
		return noWork
	}
	all, err := ids(ctx, tx, `SELECT id FROM entry WHERE kind = $1 ORDER BY id`, WorkKind)
	if err != nil {
		return err
	}
	list, err := s.some(ctx, tx, all)
	if err != nil {
		return err
	}
	for _, w := range list {
		if err := s.check(w); err != nil {
			return err
		}
	}
	return s.number(ctx, tx, 0)
}

// concerned are the works that a version of an entry touches, and that the version before it touched, in the order of
// their numbers: every act takes them in this order, so that no two wait for each other.
func (s *Shelf) concerned(ctx context.Context, tx *db.Tx, kind string, entry int64) ([]int64, error) {
	if kind == WorkKind {
		return []int64{entry}, nil
	}
	now, err := s.Ledger.LineOf(ctx, tx, entry)
	if err != nil {
		return nil, err
	}
	works := map[int64]bool{}
	own, err := s.ofWork(ctx, tx, now.Carries)
	if err != nil {
		return nil, err
	}
	switch {
	case own != nil:
		works[own.ID] = true
	case kind != GiftKind && now.State != ledger.Void:
		return nil, noWork
	}
	if err := s.refers(ctx, tx, now, own, works); err != nil {
		return nil, err
	}
	var carries int64
	var fields string
	err = tx.QueryRowContext(ctx, `SELECT COALESCE(max(carries), 0), COALESCE(max(fields), '') FROM entry_version WHERE entry = $1 AND version = $2`, entry, now.Version-1).Scan(&carries, &fields)
	if err != nil {
		return nil, fmt.Errorf("read entry %d as it was: %w", entry, err)
	}
	if fields != "" {
		was := ledger.Line{Head: now.Head, Fields: fields}
		if h, err := s.ofWork(ctx, tx, carries); err != nil {
			return nil, err
		} else if h != nil {
			works[h.ID] = true
		}
		if line, ok, err := LineOf(was); err != nil {
			return nil, err
		} else if h, err := s.target(ctx, tx, line.To); err != nil {
			return nil, err
		} else if ok && h != nil {
			works[h.ID] = true
		}
	}
	out := make([]int64, 0, len(works))
	for id := range works {
		out = append(out, id)
	}
	slices.Sort(out)
	return out, nil
}

// refers looks at what an entry names besides its work: the work that a move goes to, the pledge that a gift carries out.
func (s *Shelf) refers(ctx context.Context, tx *db.Tx, now ledger.Line, own *ledger.Head, works map[int64]bool) error {
	line, ok, err := LineOf(now)
	if !ok || err != nil || now.State == ledger.Void {
		return err
	}
	if line.What == MoveOut {
		to, err := s.target(ctx, tx, line.To)
		if err != nil {
			return err
		}
		if to == nil || to.Kind != WorkKind || to.State == ledger.Void || to.ID == own.ID {
			return fault.New(fault.Invalid, "Chưa rõ chuyển sang công trình nào. Hãy chọn một công trình khác còn trong sổ.")
		}
		works[to.ID] = true
	}
	if line.Pledge == "" {
		return nil
	}
	p, err := s.target(ctx, tx, line.Pledge)
	if err != nil {
		return err
	}
	if p == nil || p.Kind != PledgeKind || own == nil || p.Carries != own.ID {
		return fault.New(fault.Invalid, "Cam kết đã chọn không thuộc công trình này. Hãy chọn cam kết trong danh sách của công trình, hoặc bỏ trống.")
	}
	return nil
}

// check refuses a work whose account does not hold.
func (s *Shelf) check(w *Work) error {
	words := WordsOf(s.Catalog.Latest())
	if w.Head.State == ledger.Void {
		if len(w.Lines) > 0 {
			return fault.Newf(fault.Conflict, "Công trình “%s” còn %d ghi nhận cam kết, thu, chi. Hãy hủy hoặc chuyển các ghi nhận đó sang công trình khác trước.", oneLine(w.Title), len(w.Lines))
		}
		return nil
	}
	if o := Overdrawn(w.Lines); o != nil {
		return fault.New(fault.Conflict, o.say(words, w.Title))
	}
	if left := w.Account.Lefts(); w.ClosedOn != 0 && len(left) > 0 {
		return fault.Newf(fault.Conflict, "Công trình “%s” khóa sổ khi không còn dư, mà đang còn %s. Hãy ghi sử dụng, trả lại hoặc chuyển sang công trình khác theo quyết định; công trình đã khóa thì mở lại sổ trước.",
			oneLine(w.Title), words.SayAll(left))
	}
	return nil
}

// say is the overdraft as a sentence.
func (o *Overdraft) say(w Words, title string) string {
	name := strings.ToLower(w.Name(Item{Nature: o.Item.Nature}))
	if o.Item.Nature == InKind {
		name = "hiện vật tính bằng " + w.Unit(o.Item)
	}
	return fmt.Sprintf("Không đủ %s của công trình “%s”: đến hết ngày %s nhận được %s, mà dùng, trả lại, chuyển đi là %s, quá %s. Hãy ghi nhận phần đóng góp còn thiếu trước, hoặc sửa số, sửa ngày.",
		name, oneLine(title), o.On.Vi(), w.Say(o.Item, o.In), w.Say(o.Item, o.Out), w.Say(o.Item, o.Out-o.In))
}

var noWork = fault.New(fault.Invalid, "Cam kết, khoản chi, khoản trả lại phải thuộc một công trình. Hãy mở công trình rồi ghi từ trang của công trình, hoặc điền số công trình ở mục “Thực hiện”.")

// hold takes an entry for the transaction: whoever comes second waits, and then sees what the first did.
func hold(ctx context.Context, tx *db.Tx, id int64) error {
	if _, err := tx.ExecContext(ctx, `UPDATE entry SET version = version WHERE id = $1`, id); err != nil {
		return fmt.Errorf("hold work %d: %w", id, err)
	}
	return nil
}

func ids(ctx context.Context, q db.Querier, ask string, args ...any) ([]int64, error) {
	rows, err := q.QueryContext(ctx, ask, args...)
	if err != nil {
		return nil, fmt.Errorf("find works: %w", err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find works: %w", err)
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// Ref is how entries name a work.
func Ref(id int64) string { return "#" + strconv.FormatInt(id, 10) }
