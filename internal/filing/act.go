package filing

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// Open opens a unit's report for a period. One that is open already, or further, is given back as it is: two clicks
// make one. One that was withdrawn is opened again.
func (s *Store) Open(ctx context.Context, tx *db.Tx, actor string, o Opening) (*Filing, error) {
	id, err := tx.ID(ctx, "filing")
	if err != nil {
		return nil, err
	}
	if o.Basis == "" {
		o.Basis = "then"
	}
	if o.Status == "" {
		o.Status = "all"
	}
	if o.Body == 0 {
		o.Body = o.Unit
	}
	at := s.now().UnixMilli()
	res, err := tx.ExecContext(ctx, `INSERT INTO filing (id, unit, body, template, name, type, field, period_from, period_to,
		period_code, period_name, regime, duty, due, basis, status, state, accepted, version, revision, opened_by, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'open', $17, 0, 0, $18, $19)
		ON CONFLICT (unit, template, period_from, period_to) DO NOTHING`,
		id, int64(o.Unit), int64(o.Body), o.Template, o.Name, o.Type, o.Field, int32(o.Period.From), int32(o.Period.To),
		o.Period.Code, o.Period.Name, o.Regime, orNull(o.Duty), dayOrNull(o.Due), o.Basis, o.Status, false, actor, at)
	if err != nil {
		return nil, fmt.Errorf("open filing: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return s.reopen(ctx, tx, actor, o, err)
	}
	return s.step(ctx, tx, actor, id, 0, doing{act: ActOpen, to: Open})
}

func (s *Store) reopen(ctx context.Context, tx *db.Tx, actor string, o Opening, err error) (*Filing, error) {
	if err != nil {
		return nil, err
	}
	f, err := Standing(ctx, tx, o.Unit, o.Template, o.Period.From, o.Period.To)
	if err != nil || f == nil || f.State != Withdrawn {
		return f, err
	}
	return s.step(ctx, tx, actor, f.ID, f.Version, doing{act: ActOpen, to: Open, from: []State{Withdrawn}})
}

// File hands the report in. What was printed is kept; an entry of kind report_filed is recorded.
func (s *Store) File(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, p Printed) (*Filing, error) {
	if len(p.Content) == 0 {
		return nil, fmt.Errorf("file %d without content", id)
	}
	return s.step(ctx, tx, actor, id, expect, doing{act: ActFile, to: Filed, from: []State{Open, Returned}, content: p.Content, remark: p.Explain,
		check: func(f *Filing) error {
			if f.Revision != p.Revision {
				return fault.New(fault.Conflict, "Có người vừa viết thêm vào báo cáo. Hãy xem lại bản mới nhất rồi nộp.")
			}
			return nil
		},
		then: func(f *Filing) error { return s.entryFiled(ctx, tx, actor, f, p.Pages) },
	})
}

// Nil reports that nothing happened in the period, with the reason.
func (s *Store) Nil(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, reason string) (*Filing, error) {
	if err := needs(reason, "Chưa ghi căn cứ. Hãy ghi vì sao kỳ này không phát sinh."); err != nil {
		return nil, err
	}
	return s.step(ctx, tx, actor, id, expect, doing{act: ActNil, to: Nil, from: []State{Open, Returned}, remark: reason,
		then: func(f *Filing) error { return s.entryFiled(ctx, tx, actor, f, 0) }})
}

// TakeBack takes what was filed back for writing, as long as the superior has not looked at it.
func (s *Store) TakeBack(ctx context.Context, tx *db.Tx, actor string, id int64, expect int) (*Filing, error) {
	return s.step(ctx, tx, actor, id, expect, doing{act: ActTakeBack, to: Open, from: []State{Filed, Nil},
		check: func(f *Filing) error {
			if !f.Seen.IsZero() || f.Accepted {
				return fault.New(fault.Conflict, "Cấp trên đã mở xem báo cáo này nên không rút lại được. Hãy đề nghị cấp trên trả lại.")
			}
			return nil
		},
		then: func(f *Filing) error {
			return s.entryVoid(ctx, tx, actor, f, "Rút lại báo cáo đã nộp để soạn tiếp")
		},
	})
}

// Return gives what was filed back to the unit, with a remark.
func (s *Store) Return(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, remark string) (*Filing, error) {
	if err := needs(remark, "Chưa ghi ý kiến trả lại. Hãy ghi rõ cần sửa, bổ sung gì."); err != nil {
		return nil, err
	}
	return s.step(ctx, tx, actor, id, expect, doing{act: ActReturn, to: Returned, from: []State{Filed, Nil, Accepted, Issued}, remark: remark,
		then: func(f *Filing) error { return s.entryReturned(ctx, tx, actor, f, remark) }})
}

// Accept takes what was filed as good. An issued report and a nil return stay what they are and are marked.
func (s *Store) Accept(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, remark string) (*Filing, error) {
	return s.step(ctx, tx, actor, id, expect, doing{act: ActAccept, to: Accepted, from: []State{Filed, Nil, Issued}, remark: remark, accepted: true,
		check: func(f *Filing) error {
			if f.Accepted {
				return fault.New(fault.Conflict, "Báo cáo này đã được nhận rồi. Hãy tải lại trang.")
			}
			return nil
		},
		then: func(f *Filing) error { return s.entryConfirm(ctx, tx, actor, f) },
	})
}

// Issue sends the report out with number, day and signer. Its content is what was filed, with these in its head.
func (s *Store) Issue(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, i Issue) (*Filing, error) {
	if len(i.Content) == 0 {
		return nil, fmt.Errorf("issue %d without content", id)
	}
	if err := i.check(s.today()); err != nil {
		return nil, err
	}
	return s.step(ctx, tx, actor, id, expect, doing{act: ActIssue, to: Issued, from: []State{Filed, Accepted}, content: i.Content, issue: i,
		then: func(f *Filing) error {
			if err := numberFree(ctx, tx, f, i); err != nil {
				return err
			}
			return s.entryIssued(ctx, tx, actor, f, i)
		}})
}

// numberFree refuses a number that the body has given another report of the same year: it would name two documents.
func numberFree(ctx context.Context, tx *db.Tx, f *Filing, i Issue) error {
	year := i.Day.Year()
	var name, period string
	err := tx.QueryRowContext(ctx, `SELECT f.name, f.period_name FROM filing_version v JOIN filing f ON f.id = v.filing
		WHERE v.act = $1 AND v.number = $2 AND v.signed_on BETWEEN $3 AND $4 AND f.body = $5 AND f.id <> $6 LIMIT 1`,
		ActIssue, strings.TrimSpace(i.Number), int32(civil.NewDate(year, 1, 1)), int32(civil.NewDate(year, 12, 31)), f.Body, f.ID).Scan(&name, &period)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for number %s: %w", i.Number, err)
	}
	return fault.Newf(fault.Conflict, "Số %s đã dùng năm %d cho %s, %s. Hãy lấy số khác trong sổ văn bản đi.", strings.TrimSpace(i.Number), year, name, period)
}

func (i Issue) check(today civil.Date) error {
	for _, x := range []struct{ value, say string }{
		{i.Number, "Chưa ghi số, ký hiệu. Hãy ghi như 15-BC/BXDĐ."},
		{i.Signer, "Chưa ghi họ tên người ký như in trên báo cáo."},
		{i.Post, "Chưa ghi chức vụ người ký như in trên báo cáo."},
	} {
		if err := needs(x.value, x.say); err != nil {
			return err
		}
	}
	if i.Day == 0 || i.Day > today {
		return fault.New(fault.Invalid, "Ngày ban hành chưa đúng: hãy ghi ngày ký, không sau hôm nay.")
	}
	return nil
}

// Amend opens an issued report for a new version. What was issued stays as it was until the new one goes out.
func (s *Store) Amend(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, reason string) (*Filing, error) {
	if err := needs(reason, "Chưa ghi lý do sửa đổi. Hãy ghi vì sao thay báo cáo đã ban hành."); err != nil {
		return nil, err
	}
	return s.step(ctx, tx, actor, id, expect, doing{act: ActAmend, to: Open, from: []State{Issued}, remark: reason})
}

// Withdraw takes the filing out: one opened by mistake, or a report that is called back without another in its place.
// It stays readable; its entry is void.
func (s *Store) Withdraw(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, reason string) (*Filing, error) {
	if err := needs(reason, "Chưa ghi lý do thu hồi. Hãy ghi rõ vì sao."); err != nil {
		return nil, err
	}
	return s.step(ctx, tx, actor, id, expect, doing{act: ActWithdraw, to: Withdrawn, from: []State{Open, Returned, Filed, Nil, Accepted, Issued}, remark: reason,
		then: func(f *Filing) error { return s.entryVoid(ctx, tx, actor, f, reason) }})
}

// Look marks that the superior has opened what was filed; from then on it cannot be taken back.
func (s *Store) Look(ctx context.Context, tx *db.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE filing SET seen_ms = $2 WHERE id = $1 AND seen_ms IS NULL AND state IN ('filed', 'nil')`, id, s.now().UnixMilli())
	if err != nil {
		return fmt.Errorf("look at filing %d: %w", id, err)
	}
	return nil
}

// doing is one act: from which states it leads to which, with what.
type doing struct {
	act      Act
	to       State
	from     []State // empty: the filing is new
	content  []byte
	issue    Issue
	remark   string
	accepted bool
	check    func(*Filing) error
	then     func(*Filing) error // what belongs to it in the ledger
}

// step takes the filing for itself, checks the act against what stands, and writes version, head and leaf.
func (s *Store) step(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, d doing) (*Filing, error) {
	f, err := take(ctx, tx, id, expect)
	if err != nil {
		return nil, err
	}
	if err := d.allowed(f); err != nil {
		return nil, err
	}
	texts, err := Texts(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	v := Version{Number: expect + 1, Act: d.act, State: d.to, Texts: map[string]string{}, DocNumber: d.issue.Number, SignedOn: d.issue.Day,
		Signer: d.issue.Signer, SignerPost: d.issue.Post, Remark: strings.TrimSpace(d.remark), Actor: actor, At: s.now()}
	for section, t := range texts {
		v.Texts[section] = t.Body
	}
	s.move(f, d, &v)
	if d.then != nil {
		if err := d.then(f); err != nil {
			return nil, err
		}
	}
	if err := saveVersion(ctx, tx, f, v, d.content); err != nil {
		return nil, err
	}
	return f, saveHead(ctx, tx, f)
}

// take makes other acts on the filing wait, and finds them out when this one comes too late.
func take(ctx context.Context, tx *db.Tx, id int64, expect int) (*Filing, error) {
	res, err := tx.ExecContext(ctx, `UPDATE filing SET version = version + 1 WHERE id = $1 AND version = $2`, id, expect)
	if err != nil {
		return nil, fmt.Errorf("take filing %d: %w", id, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return nil, err
	}
	f, err := Get(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, fault.New(fault.Conflict, "Báo cáo này vừa có người làm việc khác ("+StateName(f.State)+"). Hãy tải lại trang, xem rồi làm lại.")
	}
	f.Version = expect
	return f, nil
}

func (d doing) allowed(f *Filing) error {
	ok := len(d.from) == 0 && f.Version == 0
	for _, from := range d.from {
		ok = ok || from == f.State
	}
	if !ok {
		return fault.Newf(fault.Conflict, "Báo cáo đang ở trạng thái “%s” nên không làm được việc này. Hãy tải lại trang.", StateName(f.State))
	}
	if d.check != nil {
		return d.check(f)
	}
	return nil
}

// move brings the head to where the act leads.
func (s *Store) move(f *Filing, d doing, v *Version) {
	stays := d.act == ActAccept && (f.State == Issued || f.State == Nil) // acceptance is a mark on these
	f.Version, f.At = v.Number, v.At
	if d.act != ActIssue {
		f.Accepted = d.accepted
	}
	if stays {
		v.State = f.State
	}
	f.State = v.State
	switch d.act {
	case ActFile, ActNil:
		if f.FiledOn == 0 {
			f.FiledOn = civil.FromTime(v.At.In(time.FixedZone("+07", 7*60*60)))
		}
		f.Seen = time.Time{}
	case ActTakeBack, ActAmend, ActWithdraw:
		f.FiledOn, f.Seen = 0, time.Time{}
	case ActIssue:
		f.Standing = v.Number
	}
	if d.act == ActWithdraw {
		f.Standing = 0
	}
}

func saveVersion(ctx context.Context, tx *db.Tx, f *Filing, v Version, content []byte) error {
	if content != nil {
		sum := sha256.Sum256(content)
		v.Hash = hex.EncodeToString(sum[:])
	}
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: string(v.Act), Subject: "filing", SubjectID: f.ID, Content: v.sealed(f), Actor: v.Actor, At: v.At})
	if err != nil {
		return err
	}
	texts, err := json.Marshal(v.Texts)
	if err != nil {
		return err
	}
	packed, err := pack(content)
	if err != nil {
		return err
	}
	var kept any
	if packed != nil {
		kept = packed
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO filing_version (filing, version, act, state, texts, content, hash, number, signed_on,
		signer, signer_post, remark, actor, at_ms, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		f.ID, v.Number, string(v.Act), string(v.State), string(texts), kept, v.Hash, v.DocNumber, dayOrNull(v.SignedOn), v.Signer,
		v.SignerPost, v.Remark, v.Actor, v.At.UnixMilli(), leaf)
	if err != nil {
		return fmt.Errorf("save version %d of filing %d: %w", v.Number, f.ID, err)
	}
	return nil
}

// sealed is an act as its leaf seals it: which report, what was done, the texts, and the hash of what was printed.
func (v Version) sealed(f *Filing) []byte {
	out, err := json.Marshal(struct {
		Filing, Unit, Body int64
		Template, From, To string
		Version            int
		Act                Act
		State              State
		Texts              map[string]string
		Hash, Number       string
		SignedOn           civil.Date
		Signer, SignerPost string
		Remark             string
	}{f.ID, int64(f.Unit), int64(f.Body), f.Template, f.Period.From.String(), f.Period.To.String(), v.Number, v.Act, v.State, v.Texts,
		v.Hash, v.DocNumber, v.SignedOn, v.Signer, v.SignerPost, v.Remark})
	if err != nil { // numbers and strings always marshal
		panic(err)
	}
	return out
}

func saveHead(ctx context.Context, tx *db.Tx, f *Filing) error {
	var seen any
	if !f.Seen.IsZero() {
		seen = f.Seen.UnixMilli()
	}
	_, err := tx.ExecContext(ctx, `UPDATE filing SET state = $2, accepted = $3, filed_on = $4, standing = $5, entry = $6, seen_ms = $7, at_ms = $8
		WHERE id = $1`, f.ID, string(f.State), f.Accepted, dayOrNull(f.FiledOn), numberOrNull(int64(f.Standing)), numberOrNull(f.Entry), seen, f.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("save filing %d: %w", f.ID, err)
	}
	return nil
}

// needs refuses an empty sentence, and one that no book would hold.
func needs(text, say string) error {
	if strings.TrimSpace(text) == "" {
		return fault.New(fault.Invalid, say)
	}
	if utf8.RuneCountInString(text) > 4000 || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return fault.New(fault.Invalid, "Câu này dài quá 4.000 ký tự hoặc có ký tự lạ. Hãy viết lại.")
	}
	return nil
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func dayOrNull(d civil.Date) any {
	if d == 0 {
		return nil
	}
	return int32(d)
}

func numberOrNull(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}
