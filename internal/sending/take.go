package sending

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/jobs"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// Taking is what an official decides when a sending becomes a letter.
type Taking struct {
	Class    string // by content, purpose and request
	Field    string
	Eligible string // "" until it is said
	Summary  string // in a sentence or two, for the register
	Level    string // of settlement, as the catalogue calls it; "" for none
	Remote   bool   // a complaint's place is remote
	Key      string // the form's, so that it is one letter however often it is sent
}

func (t Taking) check() error {
	switch {
	case t.Class == "":
		return fault.New(fault.Invalid, "Hãy chọn loại đơn theo nội dung.")
	case t.Field == "":
		return fault.New(fault.Invalid, "Hãy chọn lĩnh vực.")
	case strings.TrimSpace(t.Summary) == "" && !petition.Denounces(t.Class):
		return fault.New(fault.Invalid, "Hãy ghi tóm tắt nội dung trong một hai câu.")
	}
	return nil
}

// TakeIn makes a letter of a sending: a line in the register under the sending's own number, received on the day on
// which it was sent, its dossier with the sender's own words as the first version. Of one that is a denunciation by its
// content no sender is copied; who it was stays sealed here. Files follow by a job.
func (o *Office) TakeIn(ctx context.Context, tx *db.Tx, login string, id int64, t Taking) (int64, error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	s, err := o.One(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	if s.State != New {
		return 0, moved
	}
	tree, err := o.Tree(ctx)
	if err != nil {
		return 0, err
	}
	denounces := petition.Denounces(t.Class)
	line, err := petition.NextLine(ctx, tx, s.Unit, dayOf(o.now()).Year(), denounces)
	if err != nil {
		return 0, err
	}
	if !denounces {
		line.Code = s.Number
	}
	entry, err := o.enter(ctx, tx, login, s, t, tree, line)
	if err != nil {
		return 0, err
	}
	if err := o.copy(ctx, tx, login, id, entry, t); err != nil {
		return 0, err
	}
	if err := o.taken(ctx, tx, "sending", id, entry); err != nil {
		return 0, err
	}
	if err := o.act(ctx, tx, login, id, "take", t.Class, s.Unit, ""); err != nil || denounces {
		return entry, err
	}
	_, err = jobs.Enqueue(ctx, tx, JobMove, moving{id, login}, o.now())
	return entry, err
}

// enter records the letter in the ledger and the register.
func (o *Office) enter(ctx context.Context, tx *db.Tx, login string, s Sending, t Taking, tree *org.Tree, line petition.Line) (int64, error) {
	today := dayOf(o.now())
	set := map[string]any{"class": t.Class, "field": t.Field, "received_on": s.Day.String(), "channel": "online", "code": line.Code,
		"number": strconv.FormatInt(line.Number, 10), "steps": []any{map[string]any{"act": "received", "on": s.Day.String()}}}
	for field, v := range map[string]string{"eligible": t.Eligible, "level": t.Level} {
		if v != "" {
			set[field] = v
		}
	}
	if s.Papers > 0 {
		set["papers"] = s.Papers
	}
	if t.Class == "complaint" {
		set["remote"] = map[bool]string{true: "yes", false: "no"}[t.Remote]
	}
	if kind := o.Catalog.EditionOn(today).Kind(petition.Letter); kind != nil {
		for code := range set {
			if kind.Field(code) == nil {
				delete(set, code)
			}
		}
	}
	d := ledger.Draft{Key: t.Key, Kind: petition.Letter, Unit: ledger.Ref(tree.Unit(s.Unit)), Day: today, Fields: set}
	if place := tree.Unit(s.Place); place != nil && place.Open(today) {
		d.Place = ledger.Ref(place)
	}
	posted, err := o.Ledger.Record(ctx, tx, login, d)
	if err != nil {
		return 0, err
	}
	return posted.ID, petition.Enter(ctx, tx, posted.ID, line)
}

// copy gives the letter what the sending says: the sender's own words first, then the register's summary.
func (o *Office) copy(ctx context.Context, tx *db.Tx, login string, id, entry int64, t Taking) error {
	c, _, err := o.Dossiers.ContentOf(ctx, tx, -id)
	if err != nil {
		return err
	}
	if petition.Denounces(t.Class) {
		err = o.Dossiers.Put(ctx, tx, login, dossier.Item{Entry: entry, Content: c})
	} else {
		err = o.Dossiers.Copy(ctx, tx, login, -id, entry)
	}
	if err != nil || strings.TrimSpace(t.Summary) == "" {
		return err
	}
	c.Summary = strings.TrimSpace(t.Summary)
	return o.Dossiers.Put(ctx, tx, login, dossier.Item{Entry: entry, Content: c, Expect: 1})
}

// taken marks a row of one of the two tables as taken in.
func (o *Office) taken(ctx context.Context, tx *db.Tx, table string, id, entry int64) error {
	res, err := tx.ExecContext(ctx, `UPDATE `+table+` SET state = 'taken', entry = $2 WHERE id = $1 AND state = 'new'`, id, entry)
	if err != nil {
		return fmt.Errorf("mark %s %d as taken in: %w", table, id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return moved
	}
	return nil
}

// JobMove is the background work that brings the files of what was taken in into the letter's dossier, and then
// shreds what was sealed here.
const JobMove = "move_sending"

type moving struct {
	ID    int64  `json:"id"`
	Login string `json:"login"`
}

// Jobs is the package's background work.
func (o *Office) Jobs() map[string]jobs.Handler {
	return map[string]jobs.Handler{JobSweep: o.sweep, JobMove: o.moved, JobErase: o.erase}
}

func (o *Office) moved(ctx context.Context, job *jobs.Job) error {
	var m moving
	if err := json.Unmarshal(job.Payload, &m); err != nil {
		return err
	}
	s, err := o.One(ctx, o.DB.Read(), m.ID)
	if err != nil {
		return err
	}
	_, files, gone, err := o.Read(ctx, o.DB.Read(), m.ID)
	if err != nil {
		return err
	}
	for _, p := range files {
		data, name, err := o.file(ctx, o.DB.Read(), m.ID, p)
		if err != nil {
			return err
		}
		if _, err := o.Dossiers.Add(ctx, m.Login, s.Entry, data, name, dossier.Letter, true); err != nil {
			return err
		}
	}
	return o.DB.Write(ctx, func(tx *db.Tx) error {
		if !gone {
			if _, err := tx.ExecContext(ctx, `DELETE FROM sending_file WHERE sending = $1 AND owner = 'sending'`, m.ID); err != nil {
				return fmt.Errorf("remove moved files: %w", err)
			}
			if err := o.Dossiers.Vault.Shred(ctx, tx, -m.ID, m.Login, "đã vào sổ thành đơn #"+strconv.FormatInt(s.Entry, 10)); err != nil {
				return err
			}
		}
		return job.Finish(ctx, tx)
	})
}

// logged leaves a leaf of an act on a denunciation. It says nothing of its content.
func logged(ctx context.Context, tx *db.Tx, login, act string, id, entry int64, at time.Time) error {
	_, err := audit.Append(ctx, tx, audit.Leaf{Act: act, Subject: "sending_sealed", SubjectID: id, Actor: login, At: at,
		Content: fmt.Appendf(nil, "danvan/sending-sealed-act/1\n%d\n%d\n", id, entry)})
	return err
}
