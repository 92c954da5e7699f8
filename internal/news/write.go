package news

import (
	"context"
	"fmt"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Begin saves the first draft of an article of a body and gives its number.
func (k *Desk) Begin(ctx context.Context, tx *db.Tx, actor string, unit org.UnitID, t Text) (int64, error) {
	if err := refused(t); err != nil {
		return 0, err
	}
	id, err := tx.ID(ctx, "article")
	if err != nil {
		return 0, fmt.Errorf("number article: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO article (id, unit, state, version, shown, author, entry, day, published_ms, changed_ms)
		VALUES ($1, $2, 'draft', 1, 0, $3, 0, 0, 0, $4)`, id, unit, actor, k.now().UnixMilli())
	if err != nil {
		return 0, fmt.Errorf("begin article: %w", err)
	}
	return id, k.putText(ctx, tx, actor, id, 1, t)
}

func refused(t Text) error {
	wrong := t.trimmed().Check()
	for _, field := range []string{"Title", "Summary", "Body", "Byline", "Note"} {
		if s := wrong[field]; s != "" {
			return fault.New(fault.Invalid, s)
		}
	}
	return nil
}

func (k *Desk) putText(ctx context.Context, tx *db.Tx, actor string, id int64, number int, t Text) error {
	t = t.trimmed()
	_, err := tx.ExecContext(ctx, `INSERT INTO article_version (article, number, place, sort, theme, title, summary, body, byline, cover, note, fold, actor, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (article, number) DO UPDATE SET place = excluded.place, sort = excluded.sort, theme = excluded.theme, title = excluded.title,
			summary = excluded.summary, body = excluded.body, byline = excluded.byline, cover = excluded.cover, note = excluded.note, fold = excluded.fold,
			actor = excluded.actor, at_ms = excluded.at_ms`,
		id, number, t.Place, t.Sort, t.Theme, t.Title, t.Summary, t.Body, t.Byline, t.Cover, t.Note, t.fold(), actor, k.now().UnixMilli())
	if err != nil {
		return fmt.Errorf("keep text of article %d: %w", id, err)
	}
	return nil
}

// Save replaces what a draft says; of a published article it begins a correction, which needs a note for readers. seen is
// the article as the writer saw it: who comes second is told.
func (k *Desk) Save(ctx context.Context, tx *db.Tx, actor string, seen Article, t Text) error {
	if err := refused(t); err != nil {
		return err
	}
	a, err := k.One(ctx, tx, seen.ID)
	switch {
	case err != nil:
		return err
	case a.Version != seen.Version || a.At.UnixMilli() != seen.At.UnixMilli():
		return errMoved
	case a.State == Review:
		return fault.New(fault.Conflict, "Bài đang chờ duyệt. Hãy rút về rồi sửa.")
	case a.State == Withdrawn:
		return fault.New(fault.Conflict, "Bài đã gỡ nên không sửa được nữa. Hãy viết bài mới.")
	case a.Shown > 0 && t.trimmed().Note == "":
		return fault.New(fault.Invalid, noteMissing)
	}
	next := a.Version
	if a.State == Published {
		next++
	}
	if err := k.move(ctx, tx, a, Draft, next); err != nil {
		return err
	}
	return k.putText(ctx, tx, actor, a.ID, next, t)
}

const noteMissing = "Bài đã đăng: hãy ghi đính chính điều gì, người đọc thấy dòng này."

// move changes state and version of an article as it was read; somebody else may have been first.
func (k *Desk) move(ctx context.Context, tx *db.Tx, a Article, to State, version int) error {
	res, err := tx.ExecContext(ctx, `UPDATE article SET state = $1, version = $2, changed_ms = $3 WHERE id = $4 AND state = $5 AND version = $6`,
		to, version, k.now().UnixMilli(), a.ID, a.State, a.Version)
	return moved(res, err)
}

func moved(res interface{ RowsAffected() (int64, error) }, err error) error {
	if err != nil {
		return fmt.Errorf("change article: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil {
		return fmt.Errorf("change article: %w", err)
	} else if n == 0 {
		return errMoved
	}
	return nil
}

// note writes an act on an article down, with its leaf.
func (k *Desk) note(ctx context.Context, tx *db.Tx, actor, act, remark string, a Article) error {
	id, err := tx.ID(ctx, "article_act")
	if err != nil {
		return fmt.Errorf("number act: %w", err)
	}
	now := k.now()
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: "article_" + act, Subject: "article", SubjectID: a.ID, Actor: actor, At: now,
		Content: fmt.Appendf(nil, "danvan/article/1\n%d\n%q\n%q\n%q\n%q\n%q\n%q\n", a.Version, remark, a.Title, a.Summary, a.Body, a.Byline, a.Note)})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO article_act (id, article, act, version, remark, actor, at_ms, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, a.ID, act, a.Version, remark, actor, now.UnixMilli(), leaf)
	if err != nil {
		return fmt.Errorf("keep act on article %d: %w", a.ID, err)
	}
	return nil
}

// take reads an article for an act and moves it on, if it stands where the act begins.
func (k *Desk) take(ctx context.Context, tx *db.Tx, id int64, to State, from ...State) (Article, error) {
	a, err := k.One(ctx, tx, id)
	if err != nil {
		return a, err
	}
	for _, st := range from {
		if a.State == st {
			return a, k.move(ctx, tx, a, to, a.Version)
		}
	}
	return a, errMoved
}

// Send hands the newest version in for review.
func (k *Desk) Send(ctx context.Context, tx *db.Tx, actor string, id int64) error {
	a, err := k.take(ctx, tx, id, Review, Draft, Returned)
	if err != nil {
		return err
	}
	return k.note(ctx, tx, actor, "send", "", a)
}

// Recall takes back what was sent for review, to go on writing.
func (k *Desk) Recall(ctx context.Context, tx *db.Tx, actor string, id int64) error {
	a, err := k.take(ctx, tx, id, Draft, Review)
	if err != nil {
		return err
	}
	return k.note(ctx, tx, actor, "recall", "", a)
}

// Return gives an article back to its writer with a remark.
func (k *Desk) Return(ctx context.Context, tx *db.Tx, actor string, id int64, remark string) error {
	if remark == "" {
		return fault.New(fault.Invalid, "Hãy ghi cần sửa gì, để người viết biết.")
	}
	a, err := k.take(ctx, tx, id, Returned, Review)
	if err != nil {
		return err
	}
	return k.note(ctx, tx, actor, "return", remark, a)
}

// Publish shows what waits for review to everybody. The first time it is recorded in the ledger by its author; confirm says
// whether whoever publishes may confirm that entry too.
func (k *Desk) Publish(ctx context.Context, tx *db.Tx, actor string, id int64, confirm bool) error {
	a, err := k.take(ctx, tx, id, Published, Review)
	if err != nil {
		return err
	}
	if a.Wrote(actor) {
		return errOwn
	}
	act := "publish"
	if a.Shown > 0 {
		act = "correct"
	} else {
		a.Published = k.now()
		a.Day = dayOf(a.Published)
	}
	if a.Entry, err = k.recorded(ctx, tx, a, actor, confirm); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE article SET shown = $1, entry = $2, day = $3, published_ms = $4 WHERE id = $5`, a.Version, a.Entry, a.Day, a.Published.UnixMilli(), id)
	if err != nil {
		return fmt.Errorf("publish article %d: %w", id, err)
	}
	return k.note(ctx, tx, actor, act, a.Note, a)
}

// recorded records the article in the ledger, or amends what stands there.
func (k *Desk) recorded(ctx context.Context, tx *db.Tx, a Article, actor string, confirm bool) (int64, error) {
	tree, err := k.Tree(ctx)
	if err != nil {
		return 0, err
	}
	set := map[string]any{"title": a.Title, "type": a.Sort, "network": "website", "items": int64(1)}
	if a.Theme != "" {
		set["theme"] = a.Theme
	}
	key := fmt.Sprintf("tin-bai:%d", a.ID)
	if a.Entry != 0 {
		e, err := k.Ledger.Entry(ctx, tx, a.Entry)
		if err != nil {
			return 0, err
		}
		if e.State != ledger.Void {
			if a.Theme == "" {
				set["theme"] = nil
			}
			if k.says(e, a) {
				return a.Entry, nil
			}
			_, err = k.Ledger.Amend(ctx, tx, a.Actor, e.ID, e.Version, ledger.Amendment{Reason: "Đính chính bài đã đăng", Set: set})
			return a.Entry, err
		}
		key += fmt.Sprintf(":%d", a.Version)
	}
	d := ledger.Draft{Key: key, Kind: Kind, Unit: ledger.Ref(tree.Unit(a.Unit)), Day: a.Day, Fields: set}
	if u := tree.Unit(a.Place); u != nil {
		d.Place = ledger.Ref(u)
	}
	posted, err := k.Ledger.Record(ctx, tx, a.Actor, d)
	if err != nil || !confirm || posted.Existed {
		return posted.ID, err
	}
	_, err = k.Ledger.Confirm(ctx, tx, actor, posted.ID, posted.Version)
	return posted.ID, err
}

// says reports whether the entry says what the article is already.
func (k *Desk) says(e *ledger.Entry, a Article) bool {
	said := e.Versions[len(e.Versions)-1].Fields
	return ledger.Member(said, "title") == a.Title && ledger.Member(said, "type") == a.Sort && ledger.Member(said, "theme") == a.Theme
}

// Withdraw takes a published article from the public pages and its entry out of the figures, for a reason.
func (k *Desk) Withdraw(ctx context.Context, tx *db.Tx, actor string, id int64, reason string) error {
	if reason == "" {
		return fault.New(fault.Invalid, "Hãy ghi lý do gỡ; lý do ở lại trong lịch sử của bài.")
	}
	a, err := k.One(ctx, tx, id)
	switch {
	case err != nil:
		return err
	case a.Shown == 0:
		return fault.New(fault.Conflict, "Bài này không còn đăng hoặc chưa đăng.")
	}
	if err := k.move(ctx, tx, a, Withdrawn, a.Version); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE article SET shown = 0 WHERE id = $1`, id); err != nil {
		return fmt.Errorf("withdraw article %d: %w", id, err)
	}
	e, err := k.Ledger.Entry(ctx, tx, a.Entry)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if err == nil && e.State != ledger.Void {
		if _, err := k.Ledger.Void(ctx, tx, actor, a.Entry, e.Version, "Gỡ bài: "+line(reason, 300)); err != nil {
			return err
		}
	}
	return k.note(ctx, tx, actor, "withdraw", reason, a)
}

// line is a text on one line, cut where it is too long.
func line(text string, most int) string {
	out := make([]rune, 0, most)
	for _, r := range text {
		if r < ' ' {
			r = ' '
		}
		if len(out) == most {
			break
		}
		out = append(out, r)
	}
	return string(out)
}
