package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/identity"
	"danvan/internal/jobs"
)

// Office makes the mail of a board and sends it. Without a server no mail is made.
type Office struct {
	Board  *Board
	Server *Server
	Cal    func(civil.Date) *catalog.Calendar
	Now    func() time.Time // nil: time.Now
}

func (o *Office) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

// Pause is how often it is asked whose digest is due.
const Pause = 5 * time.Minute

// Run makes mail until ctx ends.
func (o *Office) Run(ctx context.Context) error {
	if o.Server == nil {
		return nil
	}
	tick := time.NewTicker(Pause)
	defer tick.Stop()
	for {
		if _, err := o.Round(ctx); err != nil && ctx.Err() == nil {
			slog.Error("make reminders", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Round makes the mail that is due now and says how many. Run twice, or on two machines, it makes one mail a person.
func (o *Office) Round(ctx context.Context) (made int, err error) {
	now := o.now()
	day := civil.FromTime(now.In(Zone))
	cal := o.Cal(day)
	var people []identity.Account
	var all map[int64][]Notice
	err = o.Board.DB.View(ctx, func(q db.Querier) (err error) {
		if people, err = identity.AllActive(ctx, q); err != nil {
			return err
		}
		all, err = o.Board.All(ctx, q, day)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, p := range people {
		if p.Email == "" || len(all[p.ID]) == 0 {
			continue
		}
		ok, err := o.tell(ctx, p, all[p.ID], cal, now)
		if err != nil {
			return made, fmt.Errorf("remind account %d: %w", p.ID, err)
		}
		if ok {
			made++
		}
	}
	return made, nil
}

// tell makes one person's mail, when it is due and says something that an earlier one did not.
func (o *Office) tell(ctx context.Context, p identity.Account, all []Notice, cal *catalog.Calendar, now time.Time) (made bool, err error) {
	day := civil.FromTime(now.In(Zone))
	err = o.Board.DB.Write(ctx, func(tx *db.Tx) error {
		made = false
		s, err := SettingOf(ctx, tx, p.ID)
		if err != nil || s.How == Off {
			return err
		}
		key := fmt.Sprintf("nhac/%d/%s", p.ID, day)
		switch due, ok := s.digestDue(cal, now); {
		case s.How == Each:
			key += fmt.Sprintf("/%d", now.In(Zone).Unix()/int64(Pause.Seconds()))
		case !ok:
			return nil
		default:
			key = fmt.Sprintf("nhac/%d/%s", p.ID, due)
		}
		later, err := Later(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		list := Pressing(Wanted(all, s, later, day), s, day)
		if was, err := mailExists(ctx, tx, key); err != nil || was {
			return err
		}
		fresh, err := untold(ctx, tx, p.ID, list, day, s.Ahead)
		if err != nil || len(fresh) == 0 {
			return err
		}
		if s.How == Each {
			list = fresh
		}
		if err := o.enqueue(ctx, tx, key, p, write(p.Name, o.Server.Site, list, day, s.Ahead), s.sendable(cal, now)); err != nil {
			return err
		}
		made = true
		return told(ctx, tx, p.ID, fresh, day, s.Ahead, now)
	})
	return made, err
}

// untold are the reminders whose stage no mail has told the person yet.
func untold(ctx context.Context, q db.Querier, account int64, list []Notice, day civil.Date, ahead int) ([]Notice, error) {
	rows, err := q.QueryContext(ctx, `SELECT key, stage FROM notice_told WHERE account = $1`, account)
	if err != nil {
		return nil, fmt.Errorf("read what was told: %w", err)
	}
	defer rows.Close()
	was := map[string]Stage{}
	for rows.Next() {
		var key string
		var stage Stage
		if err := rows.Scan(&key, &stage); err != nil {
			return nil, fmt.Errorf("read what was told: %w", err)
		}
		was[key] = stage
	}
	var out []Notice
	for _, n := range list {
		if was[n.Key] != n.Stage(day, ahead) {
			out = append(out, n)
		}
	}
	return out, rows.Err()
}

func told(ctx context.Context, tx *db.Tx, account int64, list []Notice, day civil.Date, ahead int, now time.Time) error {
	for _, n := range list {
		_, err := tx.ExecContext(ctx, `INSERT INTO notice_told (account, key, stage, at_ms) VALUES ($1, $2, $3, $4)
			ON CONFLICT (account, key) DO UPDATE SET stage = excluded.stage, at_ms = excluded.at_ms`,
			account, n.Key, string(n.Stage(day, ahead)), now.UnixMilli())
		if err != nil {
			return fmt.Errorf("note what was told: %w", err)
		}
	}
	return nil
}

// JobMail is the job that sends one mail.
const JobMail = "notice.mail"

type mailJob struct{ Mail int64 }

// enqueue keeps a mail and the job that sends it, in one transaction.
func (o *Office) enqueue(ctx context.Context, tx *db.Tx, key string, p identity.Account, l letter, at time.Time) error {
	id, err := tx.ID(ctx, "mail")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO mail (id, key, account, address, subject, body, message_id, state, tries, error, at_ms, due_ms, sent_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, '', $8, $9, 0)`,
		id, key, p.ID, p.Email, l.Subject, l.Body, newMessageID(o.Server.From), o.now().UnixMilli(), at.UnixMilli())
	if err != nil {
		return fmt.Errorf("keep mail: %w", err)
	}
	_, err = jobs.Enqueue(ctx, tx, JobMail, mailJob{id}, at)
	return err
}

// Test makes a mail to a person that says only that mail arrives.
func (o *Office) Test(ctx context.Context, tx *db.Tx, p identity.Account) error {
	key := fmt.Sprintf("thu/%d/%d", p.ID, o.now().UnixMilli())
	return o.enqueue(ctx, tx, key, p, letter{"Thư thử từ danvan", "Thư này cho biết máy chủ thư của danvan gửi được.\n" + o.Server.Site + "\n"}, o.now())
}

// Handler sends the mail of one job. A server that does not answer, or says to come again, has the job tried later; a
// refusal for good is noted for the administrator. The mail leaves at least once: should the program stop between the
// server's yes and our note, a second copy goes out under the same Message-ID, which mail programs show once.
func (o *Office) Handler(ctx context.Context, job *jobs.Job) error {
	var in mailJob
	if err := json.Unmarshal(job.Payload, &in); err != nil {
		return err
	}
	m, err := mailByID(ctx, o.Board.DB.Read(), in.Mail)
	if err != nil || m.State != MailWaiting {
		return err
	}
	if o.Server == nil {
		return errors.New("no mail server is set")
	}
	sent := o.Server.send(ctx, m)
	var refused *Refused
	state, text := MailSent, ""
	switch {
	case errors.As(sent, &refused):
		state, text = MailRefused, refused.Error()
	case sent != nil:
		state, text = MailWaiting, sent.Error()
	}
	err = o.Board.DB.Write(ctx, func(tx *db.Tx) error {
		if err := m.note(ctx, tx, state, strings.ToValidUTF8(text, ""), o.now()); err != nil || state == MailWaiting {
			return err
		}
		return job.Finish(ctx, tx)
	})
	return errors.Join(err, retry(state, sent))
}

func retry(state MailState, sent error) error {
	if state == MailWaiting {
		return sent
	}
	return nil
}
