package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"danvan/internal/db"
)

// Finding is a file that is not as its row says.
type Finding struct {
	Code string `json:"code"` // file_missing, file_changed
	Hash string `json:"hash"`
	Text string `json:"message"` // for people, in Vietnamese
}

// Codes of findings.
const (
	Missing = "file_missing"
	Changed = "file_changed"
)

// Verify reads every file again and compares it with its row. It returns how
// many it looked at.
func (s *Store) Verify(ctx context.Context, q db.Querier) (looked int, findings []Finding, err error) {
	rows, err := q.QueryContext(ctx, `SELECT hash, size FROM file ORDER BY hash`)
	if err != nil {
		return 0, nil, fmt.Errorf("verify files: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f File
		if err := rows.Scan(&f.Hash, &f.Size); err != nil {
			return looked, findings, fmt.Errorf("verify files: %w", err)
		}
		looked++
		code, err := s.check(f)
		if err != nil {
			return looked, findings, fmt.Errorf("verify file %s: %w", f.Hash, err)
		}
		if code != "" {
			findings = append(findings, Finding{code, f.Hash, sentence(code, f.Hash)})
		}
	}
	return looked, findings, rows.Err()
}

func sentence(code, hash string) string {
	if code == Missing {
		return fmt.Sprintf("Tệp đính kèm %.12s… không còn trên ổ đĩa.", hash)
	}
	return fmt.Sprintf("Tệp đính kèm %.12s… đã bị thay đổi nội dung.", hash)
}

// check is the code of what is wrong with a file, "" when nothing is.
func (s *Store) check(f File) (string, error) {
	if !isHash(f.Hash) {
		return Changed, nil // the row itself was altered
	}
	r, err := os.Open(s.path(f.Hash))
	if errors.Is(err, fs.ErrNotExist) {
		return Missing, nil
	}
	if err != nil {
		return "", err
	}
	defer r.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, r)
	if err != nil {
		return "", err
	}
	if size != f.Size || hex.EncodeToString(sum.Sum(nil)) != f.Hash {
		return Changed, nil
	}
	return "", nil
}

// Sweep removes what uploads that never ended have left behind for a day.
func (s *Store) Sweep() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("sweep files: %w", err)
	}
	var errs []error
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !strings.HasPrefix(e.Name(), temporary) || time.Since(info.ModTime()) < 24*time.Hour {
			continue
		}
		errs = append(errs, os.Remove(filepath.Join(s.dir, e.Name())))
	}
	return errors.Join(errs...)
}
