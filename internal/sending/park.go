package sending

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/jobs"
	"danvan/internal/sealed"
	"danvan/internal/vault"
)

// Parked is a file that came with one page of a form and waits for the last one. The form carries it; the token opens
// it, and is kept nowhere else.
type Parked struct {
	Token string `json:"token"`
	Name  string `json:"name"`
	Size  int    `json:"size"` // bytes, cleaned
}

// What a form may bring: files of one sending, bytes of a file as it comes, and how long a file waits.
const (
	FilesMost  = 5
	FileMost   = 10 << 20
	ParkedLife = 12 * time.Hour
)

// parkedMost bounds, in bytes, what all forms that were not sent may hold.
const parkedMost = 1 << 30

// padFile is the step to which a sealed file of a denunciation is padded, padText the text's.
const (
	padFile = 64 << 10
	padText = 8 << 10
)

// head stands before a file's bytes, on a line of its own.
type head struct {
	Name string `json:"name"`
	MIME string `json:"mime"`
}

// Park looks a file through, takes its metadata out, and keeps it as ciphertext that only its token opens.
func (o *Office) Park(ctx context.Context, data []byte, name string) (Parked, error) {
	p, framed, err := o.framed(data, name)
	if err != nil {
		return p, err
	}
	c, err := vault.Apart(p.Token)
	if err != nil {
		return p, err
	}
	return p, o.park(ctx, p, "parked", c.SealStream("file", framed))
}

// ParkSealed is Park for a denunciation: an age file for the officers of an office's confidential unit.
func (o *Office) ParkSealed(ctx context.Context, to Confidential, data []byte, name string) (Parked, error) {
	p, framed, err := o.framed(data, name)
	if err != nil {
		return p, err
	}
	body, err := sealed.SealText(framed, padFile, to.recipients())
	if err != nil {
		return p, err
	}
	return p, o.park(ctx, p, "parked_sealed", body)
}

func (o *Office) framed(data []byte, name string) (Parked, []byte, error) {
	if len(data) > FileMost {
		return Parked{}, nil, fault.Newf(fault.Invalid, "Tệp lớn hơn %d MB. Hãy chụp lại với cỡ ảnh nhỏ hơn, hoặc chọn tệp khác.", FileMost>>20)
	}
	clean, err := files.Clean(data, name)
	if err != nil {
		return Parked{}, nil, err
	}
	line, err := json.Marshal(head{clean.Name, clean.MIME})
	if err != nil {
		return Parked{}, nil, err
	}
	return Parked{Token: rand.Text(), Name: clean.Name, Size: len(clean.Data)}, append(append(line, '\n'), clean.Data...), nil
}

func (o *Office) park(ctx context.Context, p Parked, owner string, body []byte) error {
	now := o.now()
	err := o.DB.Write(ctx, func(tx *db.Tx) error {
		var all int64
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(sum(size), 0) FROM sending_file WHERE ends_ms > 0`).Scan(&all); err != nil {
			return err
		}
		if all+int64(len(body)) > parkedMost {
			return fault.New(fault.Unavailable, "Cổng đang nhận quá nhiều tệp. Hãy gửi phần chữ trước, hoặc thử lại sau ít phút.")
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sending_file (id, owner, sending, ends_ms, size, body) VALUES ($1, $2, 0, $3, $4, $5)`,
			fileID(p.Token), owner, now.Add(ParkedLife).UnixMilli(), len(body), body)
		if err != nil {
			return err
		}
		return planSweep(ctx, tx, now)
	})
	if err != nil {
		return fmt.Errorf("park a file: %w", err)
	}
	return nil
}

// fileID is what is kept of a token.
func fileID(token string) string {
	sum := sha256.Sum256([]byte("danvan/sending/file/" + token))
	return hex.EncodeToString(sum[:])
}

// DropDraft throws away what was typed on a form that was not sent.
func (o *Office) DropDraft(ctx context.Context, key string) error {
	return o.Drop(ctx, "draft/"+key)
}

// Drop throws a parked file away. One that is not there, or was sent, stays as it is.
func (o *Office) Drop(ctx context.Context, token string) error {
	return o.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sending_file WHERE id = $1 AND ends_ms > 0`, fileID(token))
		return err
	})
}

// claim gives parked files to what is being sent.
func claim(ctx context.Context, tx *db.Tx, id int64, list []Parked, was, owner string) error {
	if len(list) > FilesMost {
		return fault.Newf(fault.Invalid, "Mỗi lần gửi nhiều nhất %d tệp.", FilesMost)
	}
	for _, p := range list {
		res, err := tx.ExecContext(ctx, `UPDATE sending_file SET owner = $3, sending = $2, ends_ms = 0 WHERE id = $1 AND owner = $4`, fileID(p.Token), id, owner, was)
		if err != nil {
			return fmt.Errorf("take file: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fault.Newf(fault.NotFound, "Tệp “%s” đã quá giờ giữ nên không còn. Hãy bỏ tệp đó, chọn lại rồi gửi.", p.Name)
		}
	}
	return nil
}

// file opens a file of a sending.
func (o *Office) file(ctx context.Context, q db.Querier, id int64, p Parked) (data []byte, name string, err error) {
	var body []byte
	if err := q.QueryRowContext(ctx, `SELECT body FROM sending_file WHERE id = $1 AND sending = $2 AND owner = 'sending'`, fileID(p.Token), id).Scan(&body); err != nil {
		return nil, "", fault.Wrap(err, fault.NotFound, "Tệp này không còn ở đây. Nếu đã vào sổ, hãy xem trong hồ sơ của đơn.")
	}
	c, err := vault.Apart(p.Token)
	if err != nil {
		return nil, "", err
	}
	var plain bytes.Buffer
	if err := c.OpenStream("file", bytes.NewReader(body), &plain); err != nil {
		return nil, "", err
	}
	line, data, _ := bytes.Cut(plain.Bytes(), []byte("\n"))
	var h head
	return data, h.Name, fill(line, &h, &name)
}

func fill(line []byte, h *head, name *string) error {
	err := json.Unmarshal(line, h)
	*name = strings.TrimSpace(h.Name)
	return err
}

// JobSweep is the background work that throws away files of forms that were never sent.
const JobSweep = "sweep_sendings"

func planSweep(ctx context.Context, tx *db.Tx, now time.Time) error {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM job WHERE kind = $1 AND state = 'waiting'`, JobSweep).Scan(&n); err != nil || n > 0 {
		return err
	}
	_, err := jobs.Enqueue(ctx, tx, JobSweep, nil, now.Add(ParkedLife+time.Minute))
	return err
}

func (o *Office) sweep(ctx context.Context, job *jobs.Job) error {
	now := o.now()
	return o.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sending_file WHERE ends_ms > 0 AND ends_ms <= $1`, now.UnixMilli()); err != nil {
			return fmt.Errorf("sweep parked files: %w", err)
		}
		var left int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sending_file WHERE ends_ms > 0`).Scan(&left); err != nil {
			return err
		}
		if left > 0 {
			if err := planSweep(ctx, tx, now); err != nil {
				return err
			}
		}
		return job.Finish(ctx, tx)
	})
}
