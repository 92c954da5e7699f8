package dossier

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/vault"
)

// Sort is what a paper is.
type Sort string

// The sorts of papers.
const (
	Letter   Sort = "letter"   // the letter itself
	Enclosed Sort = "enclosed" // what came with it
	Working  Sort = "working"  // what the office wrote: notices, minutes, reports, decisions
)

// Sorts are all sorts with what people call them.
func Sorts() [][2]string {
	return [][2]string{{string(Letter), "Đơn"}, {string(Enclosed), "Giấy tờ kèm theo đơn"}, {string(Working), "Văn bản của cơ quan"}}
}

// Name is what people call the sort.
func (s Sort) Name() string {
	for _, x := range Sorts() {
		if x[0] == string(s) {
			return x[1]
		}
	}
	return ""
}

// Paper is a kept scan or file of a case.
type Paper struct {
	N       int // within the case, from 1
	Actor   string
	AtMS    int64
	Leaf    int64
	Picture bool // a small picture is kept
	Gone    bool // taken out: its key stays, its line stays, it opens no more
	About
	hash, picture string
}

// About is what is known of a paper; it is sealed too, for a file's name may be a person's.
type About struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	MIME  string `json:"mime"`
	Size  int64  `json:"size"` // bytes of the plain file
	Sort  Sort   `json:"sort"`
	Names bool   `json:"names,omitempty"` // it shows who sent the letter: to open it is a look
	Sum   string `json:"sum"`             // SHA-256 of the plain file, to find one sent twice
}

// papersMost is how many papers a case may have.
const papersMost = 200

// Add keeps one paper: looked through, without metadata (files.Clean), then sealed, and only then written to the disk.
// A file that the case holds already is not kept twice.
func (b *Book) Add(ctx context.Context, login string, entry int64, data []byte, name string, sort Sort, names bool) (Paper, error) {
	if sort.Name() == "" {
		return Paper{}, fault.New(fault.Invalid, "Hãy chọn loại giấy tờ.")
	}
	clean, err := files.Clean(data, name)
	if err != nil {
		return Paper{}, err
	}
	sum := sha256.Sum256(clean.Data)
	about := About{ID: rand.Text(), Name: clean.Name, MIME: clean.MIME, Size: int64(len(clean.Data)), Sort: sort, Names: names, Sum: hex.EncodeToString(sum[:])}
	return b.add(ctx, login, entry, about, clean.Data, clean.Picture)
}

// add keeps a paper that was cleaned, with its small picture where there is one.
func (b *Book) add(ctx context.Context, login string, entry int64, about About, data, picture []byte) (Paper, error) {
	var c vault.Case
	err := b.DB.Write(ctx, func(tx *db.Tx) (err error) {
		c, err = b.Vault.Case(ctx, tx, entry)
		return err
	})
	if err != nil {
		return Paper{}, err
	}
	if was, ok, err := b.same(ctx, b.DB.Read(), entry, about.Sum); err != nil || ok {
		return was, err
	}
	p := Paper{About: about, Picture: len(picture) > 0}
	if p.hash, err = b.keep(ctx, c, "paper/"+about.ID, data); err != nil {
		return p, err
	}
	if p.Picture {
		if p.picture, err = b.keep(ctx, c, "picture/"+about.ID, picture); err != nil {
			return p, err
		}
	}
	err = b.DB.Write(ctx, func(tx *db.Tx) error { return b.addRow(ctx, tx, c, login, &p) })
	return p, err
}

// keep writes a sealed stream into the store of files.
func (b *Book) keep(ctx context.Context, c vault.Case, use string, plain []byte) (hash string, err error) {
	f, err := b.Files.Put(ctx, bytes.NewReader(c.SealStream(use, plain)))
	return f.Hash, err
}

func (b *Book) same(ctx context.Context, q db.Querier, entry int64, sum string) (Paper, bool, error) {
	list, err := b.Papers(ctx, q, entry)
	for _, p := range list {
		if p.Sum == sum && !p.Gone {
			return p, true, err
		}
	}
	return Paper{}, false, err
}

func (b *Book) addRow(ctx context.Context, tx *db.Tx, c vault.Case, login string, p *Paper) error {
	was, ok, err := b.same(ctx, tx, c.ID, p.Sum)
	if err != nil || ok {
		*p = was
		return err
	}
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) + 1 FROM dossier_paper WHERE entry = $1`, c.ID).Scan(&p.N); err != nil {
		return fmt.Errorf("number paper of case %d: %w", c.ID, err)
	}
	if p.N > papersMost {
		return fault.Newf(fault.Invalid, "Mỗi hồ sơ giữ nhiều nhất %d giấy tờ.", papersMost)
	}
	plain, err := json.Marshal(p.About)
	if err != nil {
		return err
	}
	about, now := c.Seal("about/"+itoa(p.N), plain), time.Now()
	p.Actor, p.AtMS = login, now.UnixMilli()
	p.Leaf, err = audit.Append(ctx, tx, audit.Leaf{Act: "paper", Subject: "dossier", SubjectID: c.ID, Actor: login, At: now,
		Content: append([]byte("danvan/paper/1\n"+itoa(p.N)+"\n"+p.hash+"\n"), about...)})
	if err != nil {
		return err
	}
	tx.RetryOn("dossier_paper_pkey")
	_, err = tx.ExecContext(ctx, `INSERT INTO dossier_paper (entry, n, about, hash, picture, gone, actor, at_ms, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.ID, p.N, about, p.hash, p.picture, false, login, p.AtMS, p.Leaf)
	if err != nil {
		return fmt.Errorf("keep paper of case %d: %w", c.ID, err)
	}
	return nil
}

// Papers are the papers of a case, those taken out too, by number.
func (b *Book) Papers(ctx context.Context, q db.Querier, entry int64) ([]Paper, error) {
	rows, err := q.QueryContext(ctx, `SELECT n, about, hash, picture, gone, actor, at_ms, leaf FROM dossier_paper WHERE entry = $1 ORDER BY n`, entry)
	if err != nil {
		return nil, fmt.Errorf("list papers of case %d: %w", entry, err)
	}
	defer rows.Close()
	var out []Paper
	var abouts [][]byte
	for rows.Next() {
		var p Paper
		var about []byte
		if err := rows.Scan(&p.N, &about, &p.hash, &p.picture, &p.Gone, &p.Actor, &p.AtMS, &p.Leaf); err != nil {
			return nil, fmt.Errorf("read paper: %w", err)
		}
		p.Picture = p.picture != ""
		out, abouts = append(out, p), append(abouts, about)
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		return out, err
	}
	c, err := b.Vault.Find(ctx, q, entry)
	if errors.Is(err, vault.ErrShredded) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for i := range out {
		plain, err := c.Open("about/"+itoa(out[i].N), abouts[i])
		if err == nil {
			err = json.Unmarshal(plain, &out[i].About)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// PaperOf is one paper of a case.
func (b *Book) PaperOf(ctx context.Context, q db.Querier, entry int64, n int) (Paper, error) {
	list, err := b.Papers(ctx, q, entry)
	if err != nil {
		return Paper{}, err
	}
	if n < 1 || n > len(list) || list[n-1].Gone {
		return Paper{}, fault.New(fault.NotFound, "Hồ sơ này không có giấy tờ ở địa chỉ đó, hoặc giấy tờ đã được đưa ra. Hãy mở lại từ trang của đơn.")
	}
	return list[n-1], nil
}

// Read writes the plain file of a paper to w as it is opened, piece by piece.
func (b *Book) Read(ctx context.Context, q db.Querier, entry int64, p Paper, w io.Writer) error {
	return b.stream(ctx, q, entry, p.hash, "paper/"+p.ID, w)
}

// ReadPicture writes the small picture of a paper, a JPEG.
func (b *Book) ReadPicture(ctx context.Context, q db.Querier, entry int64, p Paper, w io.Writer) error {
	if p.picture == "" {
		return fault.New(fault.NotFound, "Giấy tờ này không có ảnh thu nhỏ. Hãy tải về để xem.")
	}
	return b.stream(ctx, q, entry, p.picture, "picture/"+p.ID, w)
}

func (b *Book) stream(ctx context.Context, q db.Querier, entry int64, hash, use string, w io.Writer) error {
	c, err := b.Vault.Find(ctx, q, entry)
	if err != nil {
		return err
	}
	f, err := b.Files.Open(hash)
	if err != nil {
		return err
	}
	defer f.Close()
	return c.OpenStream(use, f, w)
}

// TakeOut takes a paper out of a case: it was put there by mistake, or shows what it must not. The line stays.
func (b *Book) TakeOut(ctx context.Context, tx *db.Tx, login string, entry int64, n int, reason string) error {
	var gone bool
	err := tx.QueryRowContext(ctx, `SELECT gone FROM dossier_paper WHERE entry = $1 AND n = $2`, entry, n).Scan(&gone)
	if errors.Is(err, sql.ErrNoRows) || err == nil && gone {
		return fault.New(fault.Conflict, "Giấy tờ này không có, hoặc đã được đưa ra khỏi hồ sơ.")
	}
	if err != nil {
		return fmt.Errorf("find paper %d of case %d: %w", n, entry, err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE dossier_paper SET gone = $3 WHERE entry = $1 AND n = $2`, entry, n, true); err != nil {
		return fmt.Errorf("take paper %d out of case %d: %w", n, entry, err)
	}
	sealed, err := b.Vault.Seal(ctx, tx, entry, "out/"+itoa(n), []byte(reason))
	if err != nil {
		return err
	}
	_, err = audit.Append(ctx, tx, audit.Leaf{Act: "paper_out", Subject: "dossier", SubjectID: entry, Actor: login,
		Content: append([]byte("danvan/paper-out/1\n"+itoa(n)+"\n"), sealed...)})
	return err
}
