package catalog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// Save keeps an edition, so that entries recorded under it can be recomputed by any later program. Saving it
// again does nothing.
func Save(ctx context.Context, tx *db.Tx, e *Edition) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO edition (hash, code, day_from, bundle) VALUES ($1, $2, $3, $4)
		ON CONFLICT (hash) DO NOTHING`, e.Hash, e.Code, int32(e.From), e.bundle)
	if err != nil {
		return fmt.Errorf("save edition %s: %w", e.Code, err)
	}
	return nil
}

// SaveAll keeps every edition of a catalogue.
func SaveAll(ctx context.Context, tx *db.Tx, c *Catalog) error {
	for _, e := range c.editions {
		if err := Save(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// Stored brings back the edition of that hash. Its hash is made anew from what was read and must agree.
func Stored(ctx context.Context, q db.Querier, hash string) (*Edition, error) {
	var text []byte
	err := q.QueryRowContext(ctx, `SELECT bundle FROM edition WHERE hash = $1`, hash).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Wrap(err, fault.NotFound, "Không có ấn bản danh mục "+hash+" trong cơ sở dữ liệu. Hãy kiểm tra lại bản sao lưu.")
	}
	if err != nil {
		return nil, fmt.Errorf("read edition %s: %w", hash, err)
	}
	e, err := FromBundle(text)
	if err != nil {
		return nil, err
	}
	if e.Hash != hash {
		return nil, fault.New(fault.Internal, "Ấn bản danh mục trong cơ sở dữ liệu không khớp mã băm của nó: dữ liệu đã bị sửa. Hãy chạy danvan verify và phục hồi từ bản sao lưu.")
	}
	return e, nil
}

// StoredEdition is one row of what is kept.
type StoredEdition struct {
	Hash, Code string
	From       civil.Date
}

// AllStored lists the editions kept, oldest first.
func AllStored(ctx context.Context, q db.Querier) ([]StoredEdition, error) {
	rows, err := q.QueryContext(ctx, `SELECT hash, code, day_from FROM edition ORDER BY day_from, code, hash`)
	if err != nil {
		return nil, fmt.Errorf("list editions: %w", err)
	}
	defer rows.Close()
	var list []StoredEdition
	for rows.Next() {
		var s StoredEdition
		var from int32
		if err := rows.Scan(&s.Hash, &s.Code, &from); err != nil {
			return nil, fmt.Errorf("list editions: %w", err)
		}
		s.From = civil.Date(from)
		list = append(list, s)
	}
	return list, rows.Err()
}

// Open gives the catalogue of a folder as Load does, faster where this database has seen the same files before:
// then the editions come from their bundles, which are linked and checked as ever, and no YAML is read. What it
// had to load it keeps, unless the database is read-only.
func Open(ctx context.Context, d *db.DB, fsys fs.FS, options ...LoadOption) (*Catalog, error) {
	key, err := sourceKey(fsys, options)
	if err != nil {
		return nil, err
	}
	var c *Catalog
	err = d.View(ctx, func(q db.Querier) error {
		var err error
		c, err = remembered(ctx, q, fsys, key)
		return err
	})
	if err == nil && c != nil {
		return c, nil
	}
	if c, err = Load(fsys, options...); err != nil {
		return nil, err
	}
	err = d.Write(ctx, func(tx *db.Tx) error { return remember(ctx, tx, c, key) })
	if err != nil && !errors.Is(err, db.ErrReadOnly) {
		return nil, fmt.Errorf("keep the catalogue: %w", err)
	}
	return c, nil
}

// sourceKey is the meta key for a folder's contents: the hash of every file's path and bytes.
func sourceKey(fsys fs.FS, options []LoadOption) (string, error) {
	l := &loader{}
	for _, o := range options {
		o(l)
	}
	h := sha256.New()
	fmt.Fprintf(h, "%d %v %q\n", bundleFormat, l.chosen, l.overlays)
	err := fs.WalkDir(fsys, ".", func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fsys, p)
		fmt.Fprintf(h, "%s %d\n", p, len(text))
		h.Write(text)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the catalogue's files: %w", err)
	}
	return "catalog " + hex.EncodeToString(h.Sum(nil)), nil
}

// memory is what is kept of a folder: its editions, and the files of their templates.
type memory struct {
	Hash      string               `json:"hash"`
	Templates []rememberedTemplate `json:"templates,omitempty"`
}

type rememberedTemplate struct {
	Name string `json:"name"`
	Path string `json:"path"`
}

func remember(ctx context.Context, tx *db.Tx, c *Catalog, key string) error {
	if err := SaveAll(ctx, tx, c); err != nil {
		return err
	}
	list := make([]memory, len(c.editions))
	for i, e := range c.editions {
		list[i].Hash = e.Hash
		for _, t := range e.Templates {
			list[i].Templates = append(list[i].Templates, rememberedTemplate{t.Name, t.Path})
		}
	}
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return db.SetMeta(ctx, tx, key, string(text))
}

// remembered is the catalogue kept under a key, nil where there is none.
func remembered(ctx context.Context, q db.Querier, fsys fs.FS, key string) (*Catalog, error) {
	text, err := db.Meta(ctx, q, key)
	if err != nil || text == "" {
		return nil, err
	}
	var list []memory
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, err
	}
	bundles := make([][]byte, len(list))
	for i, m := range list {
		if err := q.QueryRowContext(ctx, `SELECT bundle FROM edition WHERE hash = $1`, m.Hash).Scan(&bundles[i]); err != nil {
			return nil, err
		}
	}
	return restore(fsys, list, bundles)
}

func restore(fsys fs.FS, list []memory, bundles [][]byte) (*Catalog, error) {
	c := &Catalog{editions: make([]*Edition, len(list))}
	errs := make([]error, len(list))
	each(len(list), func(i int) {
		e, err := FromBundle(bundles[i])
		if err == nil && e.Hash != list[i].Hash {
			err = fmt.Errorf("edition %s is not what was kept", e.Code)
		}
		if err == nil {
			e.Templates, err = readTemplates(fsys, list[i].Templates)
		}
		c.editions[i], errs[i] = e, err
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	c.setEnds()
	return c, nil
}

func readTemplates(fsys fs.FS, list []rememberedTemplate) ([]Template, error) {
	templates := make([]Template, len(list))
	for i, t := range list {
		body, err := fs.ReadFile(fsys, t.Path)
		if err != nil {
			return nil, err
		}
		templates[i] = Template{Name: t.Name, Path: t.Path, Body: body}
	}
	return templates, nil
}
