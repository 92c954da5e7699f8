package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// By is who acts on grants, and what he acts on.
type By struct {
	Account int64  // 0: the installation itself, at its first start or on the command line
	Login   string // the actor in the log
	Today   civil.Date
	Tree    *org.Tree
}

// Record is a grant as it is kept: with who made it and why, and how it was ended.
type Record struct {
	Grant                // To is the day from which it holds no more, whatever the reason
	Of        int64      // the grant that is delegated, 0 for a grant of one's own
	Planned   civil.Date // To as it was meant when it was made
	By        string
	Reason    string
	At        time.Time
	Leaf      int64
	EndedOn   civil.Date // 0 while nobody ended it
	EndedBy   string
	EndReason string
	EndLeaf   int64
}

// Grants are all grants of an account, own and delegated, oldest first. Those that ended are among them:
// NewViewer keeps what holds on its day.
func Grants(ctx context.Context, q db.Querier, account int64) ([]Grant, error) {
	records, err := OfAccount(ctx, q, account)
	if err != nil {
		return nil, err
	}
	out := make([]Grant, len(records))
	for i, r := range records {
		out[i] = r.Grant
	}
	return out, nil
}

// OfAccount are the account's grants as they are kept, own and delegated to it, oldest first.
func OfAccount(ctx context.Context, q db.Querier, account int64) ([]Record, error) {
	return read(ctx, q, `WHERE g.account = $1`, account)
}

// FromAccount are the delegations that the account gave to others, oldest first.
func FromAccount(ctx context.Context, q db.Querier, account int64) ([]Record, error) {
	return read(ctx, q, `WHERE g.for_account = $1`, account)
}

// OfUnits are the grants that stand on one of the units themselves, oldest first. No unit: all grants.
func OfUnits(ctx context.Context, q db.Querier, units ...org.UnitID) ([]Record, error) {
	all, err := read(ctx, q, ``)
	if err != nil || len(units) == 0 {
		return all, err
	}
	return slices.DeleteFunc(all, func(r Record) bool { return !slices.Contains(units, r.Unit) }), nil
}

// Hanging lists, for org, the grants that stand on one of the units and hold on or after a day. They pass on at a
// merger; at a split the administrator decides.
func Hanging(ctx context.Context, q db.Querier, units []org.UnitID, from civil.Date) ([]org.Hanging, error) {
	records, err := OfUnits(ctx, q, units...)
	if err != nil || len(units) == 0 {
		return nil, err
	}
	var out []org.Hanging
	for _, r := range records {
		if r.To <= from || r.To <= r.From || r.EndedOn != 0 && from == civil.Floor {
			continue // a unit whose opening is undone takes with it no right that anybody still has
		}
		i := slices.IndexFunc(out, func(h org.Hanging) bool { return h.Unit == r.Unit })
		if i < 0 {
			i = len(out)
			out = append(out, org.Hanging{What: "quyền đã giao", Unit: r.Unit, First: max(r.From, from), Whole: true})
		}
		h := &out[i]
		h.Count++
		h.First, h.Last = min(h.First, max(r.From, from)), max(h.Last, r.To.AddDays(-1))
		h.IDs = append(h.IDs, r.ID)
	}
	return out, nil
}

// ByID is one grant.
func ByID(ctx context.Context, q db.Querier, id int64) (Record, error) {
	list, err := read(ctx, q, `WHERE g.id = $1`, id)
	if err != nil {
		return Record{}, err
	}
	if len(list) == 0 {
		return Record{}, fault.Newf(fault.NotFound, "Không có quyền số %d. Hãy mở lại trang tài khoản.", id)
	}
	return list[0], nil
}

const selectGrant = `SELECT g.id, g.account, g.role, g.unit, g.day_from, g.day_to, g.for_account, g.of_grant,
	g.made_by, g.reason, g.at_ms, g.leaf, g.ended_on, g.ended_by, g.end_reason, g.end_leaf, o.day_to, o.ended_on
	FROM access_grant g LEFT JOIN access_grant o ON o.id = g.of_grant `

func read(ctx context.Context, q db.Querier, where string, args ...any) ([]Record, error) {
	rows, err := q.QueryContext(ctx, selectGrant+where+` ORDER BY g.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read grants: %w", err)
	}
	defer rows.Close()
	var out []Record
	for rows.Next() {
		var r Record
		var at int64
		var ended, endLeaf, ownTo, ownEnded sql.NullInt64
		err := rows.Scan(&r.ID, &r.Account, &r.Role, &r.Unit, &r.From, &r.Planned, &r.For, &r.Of,
			&r.By, &r.Reason, &at, &r.Leaf, &ended, &r.EndedBy, &r.EndReason, &endLeaf, &ownTo, &ownEnded)
		if err != nil {
			return nil, fmt.Errorf("read grants: %w", err)
		}
		r.At = time.UnixMilli(at)
		r.EndedOn, r.EndLeaf = civil.Date(ended.Int64), endLeaf.Int64
		r.To = earliest(r.Planned, ended, ownTo, ownEnded)
		out = append(out, r)
	}
	return out, rows.Err()
}

// earliest is the day on which a grant stops: as planned, when ended, or with the grant that it was taken from.
func earliest(planned civil.Date, others ...sql.NullInt64) civil.Date {
	for _, o := range others {
		if o.Valid {
			planned = min(planned, civil.Date(o.Int64))
		}
	}
	return planned
}

// Give makes a grant and leaves its leaf in the log. The rules are CheckGive's.
func Give(ctx context.Context, tx *db.Tx, by By, g Grant, reason string) (int64, error) {
	have, err := hold(ctx, tx, g.Account)
	if err != nil {
		return 0, err
	}
	if err := CheckGive(by, have, g, reason); err != nil {
		return 0, err
	}
	g.For = 0
	return insert(ctx, tx, "grant", by, Record{Grant: g, Reason: reason})
}

// Delegate lets another account act with one of the giver's own grants from a day to a day (after the last). The
// rules are CheckDelegate's.
func Delegate(ctx context.Context, tx *db.Tx, by By, of, account int64, from, to civil.Date, reason string) (int64, error) {
	for _, id := range slices.Sorted(slices.Values([]int64{by.Account, account})) { // one order, so that two never wait for each other
		if err := lock(ctx, tx, id); err != nil {
			return 0, err
		}
	}
	own, err := ByID(ctx, tx, of)
	if err != nil {
		return 0, err
	}
	have, err := OfAccount(ctx, tx, account)
	if err != nil {
		return 0, err
	}
	g := Grant{Account: account, Role: own.Role, Unit: own.Unit, From: from, To: to, For: by.Account}
	if err := CheckDelegate(by, own, have, g, reason); err != nil {
		return 0, err
	}
	return insert(ctx, tx, "delegate", by, Record{Grant: g, Of: of, Reason: reason})
}

// End ends a grant from a day on, today at the earliest. Delegations of it end with it. Ending twice is refused.
func End(ctx context.Context, tx *db.Tx, by By, id int64, on civil.Date, reason string) error {
	return end(ctx, tx, "end_grant", by, id, on, reason)
}

// Revoke takes a delegation back from today on. Only who gave it may; the administrator uses End.
func Revoke(ctx context.Context, tx *db.Tx, by By, id int64, reason string) error {
	r, err := ByID(ctx, tx, id)
	if err != nil {
		return err
	}
	if r.For == 0 || r.For != by.Account {
		return fault.New(fault.Denied, "Chỉ người đã ủy quyền mới thu hồi được ủy quyền này.")
	}
	return end(ctx, tx, "revoke", by, id, by.Today, reason)
}

func end(ctx context.Context, tx *db.Tx, act string, by By, id int64, on civil.Date, reason string) error {
	r, err := ByID(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := lock(ctx, tx, r.Account); err != nil {
		return err
	}
	if r, err = ByID(ctx, tx, id); err != nil { // as it stands now that nobody else acts on it
		return err
	}
	if err := CheckEnd(by, r, on, reason); err != nil {
		return err
	}
	if r.Role == Administrator {
		if err := othersRun(ctx, tx, r, on); err != nil {
			return err
		}
	}
	r.EndedOn, r.EndedBy, r.EndReason = on, by.Login, reason
	now := time.Now()
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: act, Subject: "grant", SubjectID: id, Content: r.content(), Actor: by.Login, At: now})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE access_grant SET ended_on = $2, ended_by = $3, end_reason = $4, end_ms = $5, end_leaf = $6 WHERE id = $1`,
		id, int32(on), by.Login, reason, now.UnixMilli(), leaf)
	if err != nil {
		return fmt.Errorf("end grant %d: %w", id, err)
	}
	return nil
}

// othersRun refuses to end the last administrator's grant: nobody could give one again. Ends of administrators wait
// for one another.
func othersRun(ctx context.Context, tx *db.Tx, ending Record, on civil.Date) error {
	if err := lock(ctx, tx, 0); err != nil {
		return err
	}
	all, err := read(ctx, tx, `WHERE g.role = $1`, string(Administrator))
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.ID != ending.ID && r.To == civil.Forever && r.From <= on {
			return nil
		}
	}
	return fault.New(fault.Conflict, "Đây là quyền quản trị cuối cùng không có ngày kết thúc. Hãy giao quyền quản trị cho người khác trước.")
}

// hold takes an account for an act on its grants and reads those that it has.
func hold(ctx context.Context, tx *db.Tx, account int64) ([]Record, error) {
	if err := lock(ctx, tx, account); err != nil {
		return nil, err
	}
	return OfAccount(ctx, tx, account)
}

func lock(ctx context.Context, tx *db.Tx, account int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO access_account (account, version) VALUES ($1, 1)
		ON CONFLICT (account) DO UPDATE SET version = access_account.version + 1`, account)
	if err != nil {
		return fmt.Errorf("hold grants of account %d: %w", account, err)
	}
	return nil
}

func insert(ctx context.Context, tx *db.Tx, act string, by By, r Record) (int64, error) {
	id, err := tx.ID(ctx, "access_grant")
	if err != nil {
		return 0, err
	}
	r.ID, r.Planned, r.By, r.At = id, r.To, by.Login, time.Now()
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: act, Subject: "grant", SubjectID: id, Content: r.content(), Actor: by.Login, At: r.At})
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO access_grant (id, account, role, unit, day_from, day_to, for_account, of_grant,
		made_by, reason, at_ms, leaf, ended_by, end_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '')`,
		id, r.Account, string(r.Role), int64(r.Unit), int32(r.From), int32(r.Planned), r.For, r.Of, r.By, r.Reason, r.At.UnixMilli(), leaf)
	if err != nil {
		return 0, fmt.Errorf("save grant: %w", err)
	}
	return id, nil
}

// content is what a leaf of the log says of a grant, hashed; it follows from the row, so that Verify can tell
// whether the row was changed behind the program's back.
func (r *Record) content() []byte {
	out, err := json.Marshal(struct {
		ID        int64      `json:"id"`
		Account   int64      `json:"account"`
		Role      Role       `json:"role"`
		Unit      org.UnitID `json:"unit"`
		From      civil.Date `json:"from"`
		To        civil.Date `json:"to"`
		For       int64      `json:"for,omitempty"`
		Of        int64      `json:"of,omitempty"`
		By        string     `json:"by"`
		Reason    string     `json:"reason"`
		EndedOn   civil.Date `json:"ended_on,omitempty"`
		EndedBy   string     `json:"ended_by,omitempty"`
		EndReason string     `json:"end_reason,omitempty"`
	}{r.ID, r.Account, r.Role, r.Unit, r.From, r.Planned, r.For, r.Of, r.By, r.Reason, r.EndedOn, r.EndedBy, r.EndReason})
	if err != nil { // a struct of strings and numbers always marshals
		panic(err)
	}
	return out
}

// Verify compares every grant with the leaves that its acts left, and names those that were changed or taken out since.
func Verify(ctx context.Context, q db.Querier) ([]string, error) {
	records, err := read(ctx, q, ``)
	if err != nil {
		return nil, err
	}
	var out []string
	leaves := 0
	for _, r := range records {
		made := r
		made.EndedOn, made.EndedBy, made.EndReason = 0, "", ""
		ok, err := audit.Said(ctx, q, r.Leaf, "grant", r.ID, made.content())
		leaves++
		if err == nil && r.EndedOn != 0 {
			leaves++
			if ok {
				ok, err = audit.Said(ctx, q, r.EndLeaf, "grant", r.ID, r.content())
			}
		}
		if err != nil {
			return nil, err
		}
		if !ok {
			out = append(out, fmt.Sprintf("Quyền số %d (tài khoản %d, %s) không khớp với sổ niêm phong.", r.ID, r.Account, r.Role.Name()))
		}
	}
	sealed, err := audit.LeavesOn(ctx, q, "grant")
	if err == nil && sealed != leaves {
		out = append(out, fmt.Sprintf("Sổ niêm phong có %d bút tích về quyền, bảng quyền chỉ nói %d: có quyền đã bị xóa hoặc mở lại ngoài chương trình.", sealed, leaves))
	}
	return out, err
}
