// Package files keeps attachments on the local disk, each under the SHA-256 of
// its content: the same file is kept once, and no file can change unnoticed.
//
// A file is saved in the one order in which a power cut loses nothing that was
// acknowledged: temporary file, write, fsync, close, rename, fsync of the
// folder, and only then the row in the database.
package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// File is what is known of a kept file.
type File struct {
	Hash string // SHA-256 in hex: its name
	Size int64
	MIME string // what its first bytes say it is, whatever its name said
	AtMS int64  // when it was first kept, UTC milliseconds
}

// Store is a folder of files and their rows.
type Store struct {
	db    *db.DB
	dir   string
	limit int64
	parts sync.Mutex // one part is written at a time
}

// DefaultLimit is how large a file may be, in bytes, unless told otherwise.
const DefaultLimit = 25 << 20

const temporary = ".put-"

// New opens the store in a folder, which is made when missing. limit 0 means
// [DefaultLimit].
func New(d *db.DB, dir string, limit int64) (*Store, error) {
	if limit == 0 {
		limit = DefaultLimit
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fault.Wrap(fmt.Errorf("open files: %w", err), fault.Unavailable,
			"Không mở được thư mục chứa tệp đính kèm. Hãy kiểm tra quyền ghi của thư mục dữ liệu.")
	}
	return &Store{db: d, dir: dir, limit: limit}, nil
}

// Put keeps what r holds and returns once it is durable, file and row. The
// same content put again gives the same file.
func (s *Store) Put(ctx context.Context, r io.Reader) (File, error) {
	f, err := s.save(r)
	if err != nil {
		return File{}, putFailed(err)
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO file (hash, size, mime, at_ms) VALUES ($1, $2, $3, $4)
			ON CONFLICT (hash) DO NOTHING`, f.Hash, f.Size, f.MIME, time.Now().UnixMilli())
		return err
	})
	if err != nil {
		return File{}, fmt.Errorf("save file %s: %w", f.Hash, err)
	}
	return s.Info(ctx, s.db.Read(), f.Hash)
}

func (s *Store) save(r io.Reader) (f File, err error) {
	tmp, err := os.CreateTemp(s.dir, temporary)
	if err != nil {
		return f, err
	}
	defer os.Remove(tmp.Name()) // nothing, once it is renamed
	f, err = s.fill(tmp, r)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return f, err
	}
	return f, s.place(tmp.Name(), f.Hash)
}

// errTooLarge and errRead are not the disk's fault.
var (
	errTooLarge = errors.New("file too large")
	errRead     = errors.New("read upload")
)

// fill copies r into the temporary file, hashing and measuring on the way.
func (s *Store) fill(tmp io.Writer, r io.Reader) (File, error) {
	sum, head := sha256.New(), &prefix{}
	src := &source{r: io.LimitReader(r, s.limit+1)}
	size, err := io.Copy(io.MultiWriter(tmp, sum, head), src)
	switch {
	case src.err != nil:
		return File{}, fmt.Errorf("%w: %w", errRead, src.err)
	case err != nil:
		return File{}, err
	case size > s.limit:
		return File{}, fmt.Errorf("%w: limit %d bytes", errTooLarge, s.limit)
	}
	return File{Hash: hex.EncodeToString(sum.Sum(nil)), Size: size, MIME: http.DetectContentType(head.b.Bytes())}, nil
}

// source remembers an error of reading, to tell it from one of writing.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// prefix keeps the first 512 bytes, by which content is recognised.
type prefix struct{ b bytes.Buffer }

func (p *prefix) Write(b []byte) (int, error) {
	p.b.Write(b[:min(len(b), 512-p.b.Len())])
	return len(b), nil
}

// place gives a finished file its name. An older file of that name is
// replaced: it has the same content, or has decayed.
func (s *Store) place(tmp, hash string) error {
	path := s.path(hash)
	folder := filepath.Dir(path)
	err := os.Mkdir(folder, 0o750)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err == nil {
		err = syncDir(s.dir)
	} else {
		err = nil
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err == nil {
		err = syncDir(folder)
	}
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (s *Store) path(hash string) string { return filepath.Join(s.dir, hash[:2], hash[2:]) }

func putFailed(err error) error {
	err = fmt.Errorf("save file: %w", err)
	switch {
	case errors.Is(err, errTooLarge):
		return fault.Wrap(err, fault.Invalid, "Tệp lớn hơn mức cho phép. Hãy giảm dung lượng hoặc tách thành nhiều tệp rồi tải lên lại.")
	case errors.Is(err, errRead):
		return fault.Wrap(err, fault.Invalid, "Tệp tải lên bị ngắt giữa chừng. Hãy tải lên lại.")
	case errors.Is(err, syscall.ENOSPC):
		return fault.Wrap(err, fault.Unavailable, "Ổ đĩa đã đầy nên chưa lưu được tệp. Hãy báo người quản trị giải phóng dung lượng rồi tải lên lại.")
	}
	return fault.Wrap(err, fault.Unavailable, "Chưa lưu được tệp do sự cố ổ đĩa. Hãy thử lại sau ít phút.")
}

// Info is the row of a file.
func (s *Store) Info(ctx context.Context, q db.Querier, hash string) (File, error) {
	f := File{Hash: hash}
	err := q.QueryRowContext(ctx, `SELECT size, mime, at_ms FROM file WHERE hash = $1`, hash).Scan(&f.Size, &f.MIME, &f.AtMS)
	if errors.Is(err, sql.ErrNoRows) {
		return File{}, notFound(hash)
	}
	if err != nil {
		return File{}, fmt.Errorf("read file %s: %w", hash, err)
	}
	return f, nil
}

// Open opens a kept file for reading.
func (s *Store) Open(hash string) (*os.File, error) {
	if !isHash(hash) {
		return nil, notFound(hash)
	}
	f, err := os.Open(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound(hash)
	}
	if err != nil {
		return nil, fault.Wrap(fmt.Errorf("open file %s: %w", hash, err), fault.Unavailable,
			"Không đọc được tệp đính kèm. Hãy thử lại sau ít phút.")
	}
	return f, nil
}

// isHash keeps anything but a hash from becoming a path.
func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && hex.EncodeToString(b) == s
}

func notFound(hash string) error {
	return fault.Wrap(fmt.Errorf("file %q: not found", hash), fault.NotFound, "Không tìm thấy tệp đính kèm.")
}
