package dialogue

import (
	"context"
	"encoding/json"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Desk records what happens, and lets sessions and promises follow in the same transaction.
type Desk struct {
	Ledger *ledger.Ledger
	Tree   *org.Tree
}

// Note records a note of a promise and lets the promise follow. Two who act at once wait for each other: the second is
// judged by what the first did.
func (d Desk) Note(ctx context.Context, tx *db.Tx, actor string, promise int64, key string, s Said, files []ledger.File, today civil.Date) (ledger.Posted, error) {
	l, err := d.hold(ctx, tx, promise)
	if err != nil {
		return ledger.Posted{}, err
	}
	p, err := promiseOf(l)
	if err != nil {
		return ledger.Posted{}, err
	}
	s.Files += len(files)
	day, set, err := p.Note(s, today)
	if err != nil {
		return ledger.Posted{}, err
	}
	if len(files) > 0 {
		var hashes []any
		for _, f := range files {
			hashes = append(hashes, f.Hash)
		}
		set["file"] = hashes
	}
	unit := d.Tree.Unit(p.Unit)
	if unit == nil {
		return ledger.Posted{}, fault.New(fault.Conflict, "Đơn vị của lời hứa không còn trong danh mục. Hãy mở lại trang.")
	}
	if day < unit.Opened {
		day = unit.Opened
	}
	if day >= unit.Closed { // its successor goes on
		unit = d.Tree.Unit(d.heir(unit, day))
	}
	posted, err := d.Ledger.Record(ctx, tx, actor, ledger.Draft{Key: key, Kind: NoteKind, Unit: ledger.Ref(unit), Day: day, Fields: set, Carries: fmt.Sprintf("#%d", promise), Files: files})
	if err != nil {
		return ledger.Posted{}, err
	}
	return posted, d.follow(ctx, tx, actor, promise)
}

// heir is the body that took over from one that ended, itself where nobody did.
func (d Desk) heir(u *org.Unit, day civil.Date) org.UnitID {
	for _, f := range d.Tree.Successors(u.ID) {
		if h := d.Tree.Unit(f.To); h != nil && h.Open(day) {
			return h.ID
		}
	}
	return u.ID
}

// Strike voids a note and lets its promise follow.
func (d Desk) Strike(ctx context.Context, tx *db.Tx, actor string, promise, note int64, reason string) error {
	if _, err := d.hold(ctx, tx, promise); err != nil {
		return err
	}
	l, err := d.hold(ctx, tx, note)
	if err != nil {
		return err
	}
	if l.Kind != NoteKind || l.Carries != promise {
		return fault.New(fault.NotFound, "Diễn biến này không thuộc lời hứa. Hãy tải lại trang.")
	}
	if _, err := d.Ledger.Void(ctx, tx, actor, note, l.Version, reason); err != nil {
		return err
	}
	return d.follow(ctx, tx, actor, promise)
}

// Posted is told of each version of an entry (ledger.After): however an issue or a note came in, was amended or voided,
// its session's numbers and its promise's days follow. Entry 0 is many at once.
func (d Desk) Posted(ctx context.Context, tx *db.Tx, kind string, entry int64) error {
	var ask string
	args := []any{NoteKind}
	count := false
	switch kind {
	case NoteKind:
		ask = `SELECT DISTINCT p.id FROM entry n JOIN entry p ON p.id = n.carries WHERE n.kind = $1 AND p.kind = 'commitment' AND p.state <> 'void'`
	case IssueKind:
		count, args = true, []any{IssueKind}
		ask = `SELECT DISTINCT p.id FROM entry n JOIN entry p ON p.id = n.carries WHERE n.kind = $1 AND p.kind IN ('dialogue', 'voter_contact') AND p.state <> 'void'`
	default:
		return nil
	}
	if entry != 0 {
		ask, args = ask+` AND n.id = $2`, append(args, entry)
	}
	ids, err := numbers(ctx, tx, ask, args...)
	if err != nil {
		return err
	}
	for _, id := range ids {
		actor, err := lastActor(ctx, tx, id)
		if err != nil {
			return err
		}
		if count {
			err = d.count(ctx, tx, actor, id)
		} else {
			err = d.follow(ctx, tx, actor, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lastActor is whoever made the last version of an entry or of what carries it out.
func lastActor(ctx context.Context, q db.Querier, id int64) (actor string, err error) {
	err = q.QueryRowContext(ctx, `SELECT v.actor FROM entry_version v JOIN entry e ON e.id = v.entry
		WHERE (e.id = $1 OR e.carries = $1) AND v.version = e.version ORDER BY v.leaf DESC LIMIT 1`, id).Scan(&actor)
	if err != nil {
		return "", fmt.Errorf("who acted last on entry %d: %w", id, err)
	}
	return actor, nil
}

func numbers(ctx context.Context, q db.Querier, ask string, args ...any) ([]int64, error) {
	rows, err := q.QueryContext(ctx, ask, args...)
	if err != nil {
		return nil, fmt.Errorf("find what follows: %w", err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find what follows: %w", err)
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// hold takes an entry for the transaction and reads it as it then stands: whoever comes second sees what the first did.
func (d Desk) hold(ctx context.Context, tx *db.Tx, id int64) (ledger.Line, error) {
	if _, err := tx.ExecContext(ctx, `UPDATE entry SET version = version WHERE id = $1`, id); err != nil {
		return ledger.Line{}, fmt.Errorf("hold entry %d: %w", id, err)
	}
	l, err := d.Ledger.LineOf(ctx, tx, id)
	if err != nil {
		return l, err
	}
	if l.State == ledger.Void {
		return l, fault.New(fault.Conflict, "Ghi nhận này đã hủy nên không ghi thêm được nữa. Hãy tải lại trang.")
	}
	return l, nil
}

// follow writes a promise's days anew where they differ from its notes.
func (d Desk) follow(ctx context.Context, tx *db.Tx, actor string, promise int64) error {
	l, err := d.hold(ctx, tx, promise)
	if err != nil {
		return err
	}
	p, err := promiseOf(l)
	if err != nil {
		return err
	}
	notes, err := Notes(ctx, tx, promise, true)
	if err != nil {
		return err
	}
	set := Follow(p.Stand, notes).Changes(p.Stand)
	if len(set) == 0 {
		return nil
	}
	_, err = d.Ledger.Amend(ctx, tx, actor, promise, l.Version, ledger.Amendment{Reason: "Theo các diễn biến đã ghi", Set: set})
	return err
}

// count writes a session's numbers anew where they differ from its issues.
func (d Desk) count(ctx context.Context, tx *db.Tx, actor string, session int64) error {
	l, err := d.hold(ctx, tx, session)
	if err != nil {
		return err
	}
	s := &Session{Head: l.Head}
	if err := into(l.ID, l.Fields, s); err != nil || s.Counted != ByIssues {
		return err
	}
	list, err := (&Shelf{Ledger: d.Ledger}).Issues(ctx, tx, session)
	if err != nil {
		return err
	}
	if t := TotalsOf(list); t != s.Totals {
		_, err = d.Ledger.Amend(ctx, tx, actor, session, l.Version, ledger.Amendment{Reason: "Số theo các vấn đề đã ghi", Set: t.Set()})
	}
	return err
}

// Raise records an issue of a session, under the next number of the session. Two who add at once wait for each other.
func (d Desk) Raise(ctx context.Context, tx *db.Tx, actor string, session int64, key string, set map[string]any) (ledger.Posted, error) {
	l, err := d.hold(ctx, tx, session)
	if err != nil {
		return ledger.Posted{}, err
	}
	if h, err := d.Ledger.EntryByKey(ctx, tx, key); err == nil { // sent twice
		return ledger.Posted{ID: h.ID, Version: h.Version}, nil
	}
	have, err := (&Shelf{Ledger: d.Ledger}).Issues(ctx, tx, session)
	if err != nil {
		return ledger.Posted{}, err
	}
	turn := int64(1)
	for _, i := range have {
		turn = max(turn, i.Turn+1)
	}
	set["turn"], set["source"] = turn, "dialogue"
	if l.Kind == VoterKind {
		set["source"] = "voter_contact"
	}
	if _, ok := set["mentions"]; !ok {
		set["mentions"] = int64(1)
	}
	posted, err := d.Ledger.Record(ctx, tx, actor, ledger.Draft{Key: key, Kind: IssueKind, Unit: ledger.Ref(d.Tree.Unit(l.Unit)), Day: l.Day, Fields: set, Carries: fmt.Sprintf("#%d", session)})
	if err != nil {
		return ledger.Posted{}, err
	}
	return posted, d.count(ctx, tx, actor, session)
}

// FilesOf are the attachments of entries as their newest versions have them, by the entry's number.
func FilesOf(ctx context.Context, q db.Querier, id int64) ([]ledger.File, error) {
	var raw string
	err := q.QueryRowContext(ctx, `SELECT v.files FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version WHERE e.id = $1`, id).Scan(&raw)
	if err != nil {
		return nil, fmt.Errorf("read files of entry %d: %w", id, err)
	}
	var out []ledger.File
	if err := json.Unmarshal([]byte(raw), &out); err != nil {
		return nil, fmt.Errorf("read files of entry %d: %w", id, err)
	}
	return out, nil
}
