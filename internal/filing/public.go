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

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// The acts by which an issued report is shown to everybody, and taken back.
const (
	ActPublish   Act = "publish"
	ActUnpublish Act = "unpublish"
)

// Publication is one turn of showing an issued report to everybody. No report is public that nobody made so.
type Publication struct {
	Filing  int64
	Turn    int
	Version int // the issued version of the filing
	Act     Act
	Own     bool   // the public copy says less than what was issued, and is kept
	Hash    string // SHA-256 (hex) of what everybody may hold against the log; empty where it was taken back
	Closed  int    // figures that were left out of the public copy
	Remark  string // why it was taken back
	Actor   string
	At      time.Time
	Leaf    int64
}

// Public reports whether everybody may read it as of this turn.
func (p *Publication) Public() bool { return p != nil && p.Act == ActPublish }

// Copy is what is shown to everybody: nil Content where it is what was issued, word for word.
type Copy struct {
	Content []byte // the report's JSON
	Closed  int
}

// Publish shows the standing issued report to everybody. turn is the last turn that the office saw, 0 for none.
func (s *Store) Publish(ctx context.Context, tx *db.Tx, actor string, id int64, version, turn int, c Copy) (*Publication, error) {
	f, last, err := holdPublic(ctx, tx, id, turn)
	if err != nil {
		return nil, err
	}
	if f.State == Withdrawn || f.Standing == 0 || f.Standing != version {
		return nil, fault.New(fault.Conflict, "Báo cáo không còn đứng ở bản ban hành này. Hãy tải lại trang, xem bản mới nhất rồi công khai.")
	}
	if last.Public() && last.Version == version {
		return nil, fault.New(fault.Conflict, "Bản này đang công khai rồi. Hãy tải lại trang.")
	}
	p := &Publication{Filing: id, Turn: turn + 1, Version: version, Act: ActPublish, Own: c.Content != nil, Closed: c.Closed, Actor: actor, At: s.now()}
	if p.Own {
		sum := sha256.Sum256(c.Content)
		p.Hash = hex.EncodeToString(sum[:])
	} else if err := tx.QueryRowContext(ctx, `SELECT hash FROM filing_version WHERE filing = $1 AND version = $2`, id, version).Scan(&p.Hash); err != nil {
		return nil, fmt.Errorf("read hash of filing %d version %d: %w", id, version, err)
	}
	return p, savePublic(ctx, tx, f, p, c.Content)
}

// Unpublish takes the report back from the public pages. It stays issued.
func (s *Store) Unpublish(ctx context.Context, tx *db.Tx, actor string, id int64, turn int, reason string) (*Publication, error) {
	if err := needs(reason, "Chưa ghi lý do thôi công khai. Hãy ghi rõ vì sao."); err != nil {
		return nil, err
	}
	f, last, err := holdPublic(ctx, tx, id, turn)
	if err != nil {
		return nil, err
	}
	if !last.Public() {
		return nil, fault.New(fault.Conflict, "Báo cáo này không còn công khai. Hãy tải lại trang.")
	}
	p := &Publication{Filing: id, Turn: turn + 1, Version: last.Version, Act: ActUnpublish, Remark: strings.TrimSpace(reason), Actor: actor, At: s.now()}
	return p, savePublic(ctx, tx, f, p, nil)
}

// holdPublic makes other acts on the filing wait, and finds them out when this one comes too late.
func holdPublic(ctx context.Context, tx *db.Tx, id int64, turn int) (*Filing, *Publication, error) {
	if _, err := tx.ExecContext(ctx, `UPDATE filing SET version = version WHERE id = $1`, id); err != nil {
		return nil, nil, fmt.Errorf("hold filing %d: %w", id, err)
	}
	f, err := Get(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	last, err := LastPublication(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	if (last == nil && turn != 0) || (last != nil && last.Turn != turn) {
		return nil, nil, fault.New(fault.Conflict, "Có người vừa công khai hoặc thôi công khai báo cáo này. Hãy tải lại trang, xem rồi làm lại.")
	}
	return f, last, nil
}

func savePublic(ctx context.Context, tx *db.Tx, f *Filing, p *Publication, content []byte) (err error) {
	p.Leaf, err = audit.Append(ctx, tx, audit.Leaf{Act: string(p.Act), Subject: "filing", SubjectID: f.ID, Content: p.sealed(f), Actor: p.Actor, At: p.At})
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
	_, err = tx.ExecContext(ctx, `INSERT INTO filing_public (filing, turn, version, act, content, hash, closed, remark, actor, at_ms, leaf)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.Filing, p.Turn, p.Version, string(p.Act), kept, p.Hash, p.Closed, p.Remark, p.Actor, p.At.UnixMilli(), p.Leaf)
	if err != nil {
		return fmt.Errorf("save turn %d of the public copy of filing %d: %w", p.Turn, p.Filing, err)
	}
	return nil
}

// sealed is a turn as its leaf seals it.
func (p *Publication) sealed(f *Filing) []byte {
	out, err := json.Marshal(struct {
		Filing, Unit, Body int64
		Turn, Version      int
		Act                Act
		Own                bool
		Hash               string
		Closed             int
		Remark             string
	}{f.ID, int64(f.Unit), int64(f.Body), p.Turn, p.Version, p.Act, p.Own, p.Hash, p.Closed, p.Remark})
	if err != nil { // numbers and strings always marshal
		panic(err)
	}
	return out
}

const selectPublic = `SELECT p.filing, p.turn, p.version, p.act, p.content IS NOT NULL, p.hash, p.closed, p.remark, p.actor, p.at_ms, p.leaf FROM filing_public p`

func scanPublic(s scanner) (*Publication, error) {
	var p Publication
	var at int64
	err := s.Scan(&p.Filing, &p.Turn, &p.Version, &p.Act, &p.Own, &p.Hash, &p.Closed, &p.Remark, &p.Actor, &at, &p.Leaf)
	p.At = time.UnixMilli(at)
	return &p, err
}

// LastPublication is the last turn of a report, nil where it was never shown.
func LastPublication(ctx context.Context, q db.Querier, id int64) (*Publication, error) {
	p, err := scanPublic(q.QueryRowContext(ctx, selectPublic+` WHERE p.filing = $1 ORDER BY p.turn DESC LIMIT 1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the public copy of filing %d: %w", id, err)
	}
	return p, nil
}

// PublicationOf finds the turn that a hash (hex) belongs to: of a public copy, or of a document made from one. form is the
// document's, empty for the copy itself; nil where the hash was never public.
func PublicationOf(ctx context.Context, q db.Querier, hash string) (p *Publication, form string, err error) {
	p, err = scanPublic(q.QueryRowContext(ctx, selectPublic+` WHERE p.hash = $1 AND p.act = 'publish' ORDER BY p.turn DESC LIMIT 1`, hash))
	if err == nil {
		return p, "", nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return nil, "", fmt.Errorf("look for public hash: %w", err)
	}
	id, version, form, ok, err := ByPrint(ctx, q, hash)
	if err != nil || !ok {
		return nil, "", err
	}
	turns, err := publications(ctx, q, selectPublic+` WHERE p.filing = $1 AND p.version = $2 AND p.act = 'publish' ORDER BY p.turn DESC`, id, version)
	if err != nil {
		return nil, "", err
	}
	for _, t := range turns {
		if plain, own := strings.CutPrefix(form, publicForm(t.Turn, "")); own && t.Own {
			return t, plain, nil
		}
		if !t.Own && !strings.HasPrefix(form, publicMark) {
			return t, form, nil
		}
	}
	return nil, "", nil
}

// publicMark begins the form under which documents of a public copy that says less than the issued report are kept.
const publicMark = "public-"

func publicForm(turn int, form string) string { return fmt.Sprintf("%s%d-%s", publicMark, turn, form) }

// PrintForm is under which form a document of what is shown is kept.
func (p *Publication) PrintForm(form string) string {
	if !p.Own {
		return form
	}
	return publicForm(p.Turn, form)
}

// PublicContent is the JSON of what is shown to everybody.
func PublicContent(ctx context.Context, q db.Querier, p *Publication) ([]byte, error) {
	if !p.Own {
		return Content(ctx, q, p.Filing, p.Version)
	}
	var packed []byte
	err := q.QueryRowContext(ctx, `SELECT content FROM filing_public WHERE filing = $1 AND turn = $2`, p.Filing, p.Turn).Scan(&packed)
	if err != nil {
		return nil, fmt.Errorf("read the public copy of filing %d: %w", p.Filing, err)
	}
	return unpack(packed)
}

// Shown is a report that everybody may read.
type Shown struct {
	*Filing
	Publication *Publication
	Number      string // "15-BC/BXDĐ"
	SignedOn    civil.Date
	Signer      string
	Post        string
}

// Replaced reports whether another version was issued since, or the report was called back.
func (s *Shown) Replaced() bool { return s.Standing != s.Publication.Version }

const selectShown = `SELECT p.filing, p.turn, p.version, p.act, p.content IS NOT NULL, p.hash, p.closed, p.remark, p.actor, p.at_ms, p.leaf,
	v.number, coalesce(v.signed_on, 0), v.signer, v.signer_post
	FROM filing_public p JOIN filing_version v ON v.filing = p.filing AND v.version = p.version
	WHERE p.act = 'publish' AND p.turn = (SELECT max(x.turn) FROM filing_public x WHERE x.filing = p.filing)`

// AllShown are the reports that everybody may read, the newest signed first.
func AllShown(ctx context.Context, q db.Querier) ([]*Shown, error) {
	rows, err := q.QueryContext(ctx, selectShown+` ORDER BY v.signed_on DESC, p.filing DESC`)
	if err != nil {
		return nil, fmt.Errorf("list public reports: %w", err)
	}
	defer rows.Close()
	var out []*Shown
	for rows.Next() {
		var s Shown
		var p Publication
		var at int64
		if err := rows.Scan(&p.Filing, &p.Turn, &p.Version, &p.Act, &p.Own, &p.Hash, &p.Closed, &p.Remark, &p.Actor, &at, &p.Leaf,
			&s.Number, &s.SignedOn, &s.Signer, &s.Post); err != nil {
			return nil, fmt.Errorf("read public report: %w", err)
		}
		p.At = time.UnixMilli(at)
		s.Publication = &p
		out = append(out, &s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list public reports: %w", err)
	}
	_ = rows.Close()
	return out, headsOf(ctx, q, out)
}

// ShownAs is a report that everybody may read; nil where the office does not show it.
func ShownAs(ctx context.Context, q db.Querier, id int64) (*Shown, error) {
	p, err := LastPublication(ctx, q, id)
	if err != nil || !p.Public() {
		return nil, err
	}
	return ShownIn(ctx, q, p)
}

// ShownIn is a report as it was shown in one turn.
func ShownIn(ctx context.Context, q db.Querier, p *Publication) (*Shown, error) {
	f, err := Get(ctx, q, p.Filing)
	if err != nil {
		return nil, err
	}
	s := &Shown{Filing: f, Publication: p}
	err = q.QueryRowContext(ctx, `SELECT number, coalesce(signed_on, 0), signer, signer_post FROM filing_version WHERE filing = $1 AND version = $2`, p.Filing, p.Version).
		Scan(&s.Number, &s.SignedOn, &s.Signer, &s.Post)
	if err != nil {
		return nil, fmt.Errorf("read issue of filing %d version %d: %w", p.Filing, p.Version, err)
	}
	return s, nil
}

// headsOf reads the heads of the filings that are shown.
func headsOf(ctx context.Context, q db.Querier, shown []*Shown) error {
	heads, err := read(ctx, q, selectFiling+` WHERE id IN (SELECT filing FROM filing_public)`)
	if err != nil {
		return err
	}
	by := map[int64]*Filing{}
	for _, f := range heads {
		by[f.ID] = f
	}
	for _, s := range shown {
		s.Filing = by[s.Publication.Filing]
	}
	return nil
}

func publications(ctx context.Context, q db.Querier, query string, args ...any) ([]*Publication, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list public copies: %w", err)
	}
	defer rows.Close()
	var out []*Publication
	for rows.Next() {
		p, err := scanPublic(rows)
		if err != nil {
			return nil, fmt.Errorf("read public copy: %w", err)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// Publications are all turns of a report, oldest first.
func Publications(ctx context.Context, q db.Querier, id int64) ([]*Publication, error) {
	return publications(ctx, q, selectPublic+` WHERE p.filing = $1 ORDER BY p.turn`, id)
}
