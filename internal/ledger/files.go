package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"danvan/internal/db"
	"danvan/internal/files"
	"danvan/internal/jobs"
)

// JobCheckFiles is the kind of the job that reads attachments back after the version that names them was saved.
const JobCheckFiles = "ledger.check_files"

// checkFilesJob is its payload.
type checkFilesJob struct {
	Entry   int64  `json:"entry"`
	Version int    `json:"version"`
	Files   []File `json:"files"`
}

// afterwards enqueues what has to follow a version, in its transaction.
func (l *Ledger) afterwards(ctx context.Context, tx *db.Tx, h *headRow, v *versionRow) error {
	if v.files == "[]" || v.act == ActVoid || v.act == ActConfirm {
		return nil
	}
	payload := checkFilesJob{Entry: h.id, Version: v.number}
	if err := json.Unmarshal([]byte(v.files), &payload.Files); err != nil {
		return fmt.Errorf("entry %d: files: %w", h.id, err)
	}
	_, err := jobs.Enqueue(ctx, tx, JobCheckFiles, payload, time.Time{})
	return err
}

// CheckFiles is the handler of JobCheckFiles: it reads each attachment from the store and compares its content
// with the hash that the entry's leaf covers. A difference fails the job, so that a person sees it.
func CheckFiles(store *files.Store) func(ctx context.Context, job *jobs.Job) error {
	return func(_ context.Context, job *jobs.Job) error {
		var p checkFilesJob
		if err := json.Unmarshal(job.Payload, &p); err != nil {
			return fmt.Errorf("payload of job %d: %w", job.ID, err)
		}
		for _, f := range p.Files {
			if err := checkFile(store, f); err != nil {
				return fmt.Errorf("entry %d version %d: %w", p.Entry, p.Version, err)
			}
		}
		return nil
	}
}

func checkFile(store *files.Store, f File) error {
	r, err := store.Open(f.Hash)
	if err != nil {
		return fmt.Errorf("attachment %s: %w", f.Hash, err)
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return fmt.Errorf("attachment %s: %w", f.Hash, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != f.Hash {
		return fmt.Errorf("attachment %s has content %s", f.Hash, got)
	}
	return nil
}
