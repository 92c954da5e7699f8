package files

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/jobs"
)

// Part is a file that comes in parts, over a line that may be cut at any time. It is the sender's alone, is looked
// through only when it is whole, and is thrown away when nothing has come for a while.
type Part struct {
	ID      string
	Account int64
	Name    string // as the sender calls it
	Size    int64  // of the whole file, bytes
	Have    int64  // bytes that are safe on the disk
	Hash    string // the attachment that it became, empty while it is none
}

// PartLife is how long a file that is not whole waits for its next part; PartsMost how many an account may have begun.
const (
	PartLife  = 24 * time.Hour
	PartsMost = 60
)

// Begin makes room for a file of a size that is told beforehand.
func (s *Store) Begin(ctx context.Context, account int64, name string, size int64) (Part, error) {
	p := Part{ID: rand.Text(), Account: account, Name: name, Size: size}
	switch {
	case size <= 0:
		return p, fault.New(fault.Invalid, "Tệp trống. Hãy chọn lại tệp.")
	case size > s.limit:
		return p, putFailed(errTooLarge)
	}
	f, err := os.OpenFile(s.partPath(p.ID), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return p, putFailed(err)
	}
	if err := errors.Join(f.Close(), syncDir(s.dir)); err != nil {
		return p, putFailed(err)
	}
	now := time.Now()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM file_part WHERE account = $1 AND hash = '' AND ends_ms >= $2`, account, now.UnixMilli()).Scan(&n); err != nil {
			return err
		}
		if n >= PartsMost {
			return fault.New(fault.Conflict, "Có quá nhiều tệp đang tải dở. Hãy đợi các tệp ấy tải xong, hoặc thử lại ngày mai.")
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO file_part (id, account, name, size, hash, ends_ms) VALUES ($1, $2, $3, $4, '', $5)`,
			p.ID, account, name, size, now.Add(PartLife).UnixMilli()); err != nil {
			return err
		}
		return planSweep(ctx, tx, now)
	})
	if err != nil {
		return p, errors.Join(fmt.Errorf("begin file part: %w", err), os.Remove(s.partPath(p.ID)))
	}
	return p, nil
}

var partShape = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// partPath is asked only for names that we made.
func (s *Store) partPath(id string) string { return filepath.Join(s.dir, temporary+"part-"+id) }

// Part is a file of the account that has begun to come.
func (s *Store) Part(ctx context.Context, account int64, id string) (Part, error) {
	p := Part{ID: id, Account: account}
	gone := fault.New(fault.NotFound, "Phần đã tải của tệp này không còn trên máy chủ. Hãy tải lại từ đầu.")
	if !partShape.MatchString(id) {
		return p, gone
	}
	err := s.db.Read().QueryRowContext(ctx, `SELECT name, size, hash FROM file_part WHERE id = $1 AND account = $2 AND ends_ms >= $3`,
		id, account, time.Now().UnixMilli()).Scan(&p.Name, &p.Size, &p.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return p, gone
	}
	if err != nil {
		return p, fmt.Errorf("read file part: %w", err)
	}
	if p.Hash != "" {
		p.Have = p.Size
		return p, nil
	}
	info, err := os.Stat(s.partPath(id))
	if errors.Is(err, fs.ErrNotExist) {
		return p, gone
	}
	if err != nil {
		return p, putFailed(err)
	}
	p.Have = info.Size()
	return p, nil
}

// ErrElsewhere says that a part does not begin where the file ends so far: ask how much is there, and go on from that.
var ErrElsewhere = errors.New("part begins elsewhere")

// Append adds a part that begins at an offset, and returns once it is safe on the disk. The part is in memory whole
// before the file is touched, so that a line that is cut in the middle leaves nothing half written.
func (s *Store) Append(ctx context.Context, p Part, offset int64, part []byte) (Part, error) {
	s.parts.Lock()
	defer s.parts.Unlock()
	p, err := s.Part(ctx, p.Account, p.ID)
	if err != nil {
		return p, err
	}
	if offset != p.Have || p.Hash != "" && len(part) > 0 {
		return p, ErrElsewhere
	}
	if p.Have+int64(len(part)) > p.Size {
		return p, fault.New(fault.Invalid, "Tệp dài hơn độ dài đã báo. Hãy chọn lại tệp.")
	}
	f, err := os.OpenFile(s.partPath(p.ID), os.O_WRONLY, 0)
	if err != nil {
		return p, putFailed(err)
	}
	_, err = f.WriteAt(part, offset)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return p, errors.Join(putFailed(err), os.Truncate(s.partPath(p.ID), offset))
	}
	p.Have += int64(len(part))
	return p, s.stay(ctx, p)
}

// stay lets a part that grows stay longer, written down at most every hour.
func (s *Store) stay(ctx context.Context, p Part) error {
	now := time.Now()
	var ends int64
	if err := s.db.Read().QueryRowContext(ctx, `SELECT ends_ms FROM file_part WHERE id = $1`, p.ID).Scan(&ends); err != nil {
		return fmt.Errorf("read file part: %w", err)
	}
	if ends > now.Add(PartLife-time.Hour).UnixMilli() {
		return nil
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE file_part SET ends_ms = $2 WHERE id = $1`, p.ID, now.Add(PartLife).UnixMilli()); err != nil {
			return fmt.Errorf("keep file part: %w", err)
		}
		return nil
	})
}

// Whole reads a part that has come to its end.
func (s *Store) Whole(p Part) ([]byte, error) {
	data, err := os.ReadFile(s.partPath(p.ID))
	if err != nil {
		return nil, putFailed(err)
	}
	if int64(len(data)) != p.Size {
		return nil, fault.New(fault.Conflict, "Tệp chưa tải hết. Hãy tải tiếp phần còn lại.")
	}
	return data, nil
}

// Became notes which attachment a part became, and removes what came. Asking again for the part tells it.
func (s *Store) Became(ctx context.Context, p Part, hash string) error {
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE file_part SET hash = $2 WHERE id = $1`, p.ID, hash)
		return err
	})
	if err != nil {
		return fmt.Errorf("note what a file part became: %w", err)
	}
	_ = os.Remove(s.partPath(p.ID)) // the sweep takes what is left
	return nil
}

// DropPart throws a part away at once. One that is gone, or another's, is left as it is.
func (s *Store) DropPart(ctx context.Context, account int64, id string) error {
	p, err := s.Part(ctx, account, id)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM file_part WHERE id = $1 AND account = $2`, id, account)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop file part: %w", err)
	}
	_ = os.Remove(s.partPath(p.ID)) // the sweep takes what is left
	return nil
}

// JobSweepParts is the background work that throws away parts for which nothing has come for a while.
const JobSweepParts = "sweep_file_parts"

func planSweep(ctx context.Context, tx *db.Tx, now time.Time) error {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM job WHERE kind = $1 AND state = 'waiting'`, JobSweepParts).Scan(&n); err != nil || n > 0 {
		return err
	}
	_, err := jobs.Enqueue(ctx, tx, JobSweepParts, nil, now.Add(PartLife+time.Hour))
	return err
}

// SweepParts does the job: rows that have ended, then whatever lies in the folder without a row.
func (s *Store) SweepParts(ctx context.Context, job *jobs.Job) error {
	now := time.Now()
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM file_part WHERE ends_ms < $1`, now.UnixMilli()); err != nil {
			return err
		}
		var left int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM file_part`).Scan(&left); err != nil {
			return err
		}
		if left > 0 {
			if err := planSweep(ctx, tx, now); err != nil {
				return err
			}
		}
		return job.Finish(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("sweep file parts: %w", err)
	}
	return s.sweepFolder(now)
}

// sweepFolder removes parts that were not touched for longer than any part may wait.
func (s *Store) sweepFolder(now time.Time) error {
	names, err := filepath.Glob(s.partPath("*"))
	for _, name := range names {
		info, serr := os.Stat(name)
		if serr == nil && now.Sub(info.ModTime()) > 2*PartLife {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}
