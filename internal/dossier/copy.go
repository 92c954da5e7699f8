package dossier

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"danvan/internal/db"
	"danvan/internal/jobs"
	"danvan/internal/vault"
)

// Copy gives a case what another one says and who sent it, sealed anew under its own key. Nobody sees the sender by it,
// so it is no look.
func (b *Book) Copy(ctx context.Context, tx *db.Tx, login string, from, to int64) error {
	content, version, err := b.ContentOf(ctx, tx, from)
	if err != nil {
		return err
	}
	sender, marked, err := b.senderOf(ctx, tx, from)
	if err != nil || version.N == 0 && sender == nil {
		return err
	}
	return b.Put(ctx, tx, login, Item{Entry: to, Content: content, Sender: sender, Marked: marked})
}

// Pass is Copy for a letter that one body transfers to another. Of a denunciation (named false) no sender goes along,
// whatever stands there, and what was erased stays erased. The papers follow as background work, for they may be large.
func (b *Book) Pass(ctx context.Context, tx *db.Tx, login string, from, to int64, named bool) error {
	content, version, err := b.ContentOf(ctx, tx, from)
	if errors.Is(err, vault.ErrShredded) {
		return nil // only the skeleton is left of it
	}
	if err != nil {
		return err
	}
	named = named && !content.Denounces
	it := Item{Entry: to, Content: content}
	if named {
		if it.Sender, it.Marked, err = b.senderOf(ctx, tx, from); err != nil {
			return err
		}
	}
	if version.N > 0 || it.Sender != nil {
		if err := b.Put(ctx, tx, login, it); err != nil {
			return err
		}
	}
	_, err = jobs.Enqueue(ctx, tx, JobCopy, passing{From: from, To: to, Login: login, Named: named}, time.Time{})
	return err
}

// JobCopy is the background work that copies the papers of a case to another.
const JobCopy = "copy_papers"

// passing is the payload of the job.
type passing struct {
	From, To int64
	Login    string
	Named    bool // papers that name the sender go along too
}

// Jobs are the background works of dossiers.
func (b *Book) Jobs() map[string]jobs.Handler { return map[string]jobs.Handler{JobCopy: b.copyPapers} }

// copyPapers gives a case the letter and what came with it, each sealed anew under the case's own key. What the other
// office wrote is its own. Run again, it goes on where it stopped.
func (b *Book) copyPapers(ctx context.Context, job *jobs.Job) error {
	var p passing
	if err := json.Unmarshal(job.Payload, &p); err != nil {
		return err
	}
	papers, err := b.passes(ctx, b.DB.Read(), p)
	if err != nil {
		return err
	}
	for _, paper := range papers {
		if err := b.copyPaper(ctx, p, paper); err != nil {
			return fmt.Errorf("copy paper %d of case %d to %d: %w", paper.N, p.From, p.To, err)
		}
	}
	return b.DB.Write(ctx, func(tx *db.Tx) error { return job.Finish(ctx, tx) })
}

// passes are the papers that are still to be copied. What the new case took out is not brought again.
func (b *Book) passes(ctx context.Context, q db.Querier, p passing) ([]Paper, error) {
	there, err := b.Papers(ctx, q, p.To)
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, x := range there {
		has[x.Sum] = true
	}
	all, err := b.Papers(ctx, q, p.From)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(x Paper) bool {
		return x.Gone || x.Sort == Working || x.Names && !p.Named || has[x.Sum]
	}), nil
}

func (b *Book) copyPaper(ctx context.Context, p passing, paper Paper) error {
	var data, picture bytes.Buffer
	if err := b.Read(ctx, b.DB.Read(), p.From, paper, &data); err != nil {
		return err
	}
	if paper.Picture {
		if err := b.ReadPicture(ctx, b.DB.Read(), p.From, paper, &picture); err != nil {
			return err
		}
	}
	about := paper.About
	about.ID = rand.Text()
	_, err := b.add(ctx, p.Login, p.To, about, data.Bytes(), picture.Bytes())
	return err
}

// OnTheWay is how many papers are still to be copied from a case to another.
func (b *Book) OnTheWay(ctx context.Context, q db.Querier, from, to int64, named bool) (int, error) {
	left, err := b.passes(ctx, q, passing{From: from, To: to, Named: named})
	return len(left), err
}

// senderOf is who sent a letter, for no eyes; nil where nobody is kept.
func (b *Book) senderOf(ctx context.Context, tx *db.Tx, entry int64) (*Sender, bool, error) {
	var version int
	var sealed, mark []byte
	err := tx.QueryRowContext(ctx, `SELECT version, sealed, mark FROM dossier_sender WHERE entry = $1 AND newest`, entry).Scan(&version, &sealed, &mark)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read sender of case %d: %w", entry, err)
	}
	c, err := b.Vault.Find(ctx, tx, entry)
	if err != nil {
		return nil, false, err
	}
	plain, err := c.Open(senderUse(version), sealed)
	if err != nil {
		return nil, false, err
	}
	s := &Sender{}
	return s, len(mark) > 0, json.Unmarshal(plain, s)
}
