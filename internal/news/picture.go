package news

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/files"
)

// Picture is a picture of an article in its widths, the narrowest first.
type Picture struct {
	Number int
	Alt    string
	Sizes  []Size
}

// Size is one width of a picture; Hash names its file.
type Size struct {
	Width, Height int
	Hash          string
}

// PicturesMost is how many pictures an article may have; widths are those in which each is kept, in points.
const PicturesMost = 20

var widths = []int{480, 960, 1600}

// AddPicture keeps a picture of an article, drawn anew in each width without what a camera writes beside, and gives its
// number. alt says what is to be seen, for who cannot see it.
func (k *Desk) AddPicture(ctx context.Context, actor string, id int64, data []byte, name, alt string) (int, error) {
	alt = strings.TrimSpace(alt)
	switch n := utf8.RuneCountInString(alt); {
	case n == 0:
		return 0, fault.New(fault.Invalid, "Hãy ghi ảnh cho thấy gì: người không nhìn được nghe đọc dòng này.")
	case n > 2*LineMost:
		return 0, fault.New(fault.Invalid, "Mô tả ảnh dài quá 240 chữ. Hãy rút gọn.")
	}
	drawn, err := files.Draw(data, name, widths)
	if err != nil {
		return 0, err
	}
	sizes := make([]Size, len(drawn))
	for i, d := range drawn {
		f, err := k.Files.Put(ctx, bytes.NewReader(d.Data))
		if err != nil {
			return 0, err
		}
		sizes[i] = Size{d.Width, d.Height, f.Hash}
	}
	var number int
	err = k.DB.Write(ctx, func(tx *db.Tx) error {
		number, err = k.keepPicture(ctx, tx, actor, id, alt, sizes)
		return err
	})
	return number, err
}

func (k *Desk) keepPicture(ctx context.Context, tx *db.Tx, actor string, id int64, alt string, sizes []Size) (int, error) {
	a, err := k.One(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	if !a.Writable() {
		return 0, fault.New(fault.Conflict, "Bài đang chờ duyệt hoặc đã gỡ nên không thêm ảnh được.")
	}
	have, err := k.Pictures(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	for _, p := range have { // sent twice
		if p.Sizes[0].Hash == sizes[0].Hash {
			return p.Number, nil
		}
	}
	number := len(have) + 1
	if number > PicturesMost {
		return 0, fault.Newf(fault.Invalid, "Mỗi bài nhiều nhất %d ảnh.", PicturesMost)
	}
	tx.RetryOn("article_picture_pkey")
	_, err = tx.ExecContext(ctx, `INSERT INTO article_picture (article, number, alt, actor, at_ms) VALUES ($1, $2, $3, $4, $5)`, id, number, alt, actor, k.now().UnixMilli())
	if err != nil {
		return 0, fmt.Errorf("keep picture of article %d: %w", id, err)
	}
	rows := make([][]any, len(sizes))
	for i, s := range sizes {
		rows[i] = []any{id, number, s.Width, s.Height, s.Hash}
	}
	return number, tx.Insert(ctx, "article_picture_size", []string{"article", "number", "width", "height", "hash"}, rows)
}

// Pictures are all pictures of an article, by number.
func (k *Desk) Pictures(ctx context.Context, q db.Querier, id int64) ([]Picture, error) {
	rows, err := q.QueryContext(ctx, `SELECT p.number, p.alt, s.width, s.height, s.hash FROM article_picture p
		JOIN article_picture_size s ON s.article = p.article AND s.number = p.number WHERE p.article = $1 ORDER BY p.number, s.width`, id)
	if err != nil {
		return nil, fmt.Errorf("list pictures of article %d: %w", id, err)
	}
	defer rows.Close()
	var out []Picture
	for rows.Next() {
		var p Picture
		var s Size
		if err := rows.Scan(&p.Number, &p.Alt, &s.Width, &s.Height, &s.Hash); err != nil {
			return nil, fmt.Errorf("read picture: %w", err)
		}
		if n := len(out); n == 0 || out[n-1].Number != p.Number {
			out = append(out, p)
		}
		out[len(out)-1].Sizes = append(out[len(out)-1].Sizes, s)
	}
	return out, rows.Err()
}

// HasPicture reports whether a file is a picture of an article; of one that the public reads, if open.
func (k *Desk) HasPicture(ctx context.Context, q db.Querier, hash string, open bool) (bool, error) {
	var one int
	err := q.QueryRowContext(ctx, `SELECT 1 FROM article_picture_size s JOIN article a ON a.id = s.article WHERE s.hash = $1 AND (a.shown > 0 OR NOT $2) LIMIT 1`, hash, open).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for picture: %w", err)
	}
	return true, nil
}
