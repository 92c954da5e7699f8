package sending

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// How long what people write may be, in characters.
const (
	TextMost = 10_000
	LineMost = 300
)

// PortalActor stands in the log where nobody signed in.
const PortalActor = "cong"

// Check says what is missing or too long, by the names of Draft's fields; nothing where it can be sent.
func (d Draft) Check() map[string]string {
	out := map[string]string{}
	if !IsTopic(d.Topic) {
		out["Topic"] = "Hãy chọn một chuyện gần nhất với việc của bạn; chưa rõ thì chọn “Việc khác”."
	}
	if strings.TrimSpace(d.Text) == "" {
		out["Text"] = "Hãy kể việc đó, một hai câu cũng được."
	}
	for field, limit := range map[string]int{"Text": TextMost, "Wish": TextMost, "Where": LineMost, "Name": LineMost, "Home": LineMost, "Reach": LineMost} {
		if n := utf8.RuneCountInString(d.field(field)); n > limit {
			out[field] = fmt.Sprintf("Ô này dài %s chữ, nhiều nhất %s. Hãy rút gọn.", civil.FormatInt(int64(n)), civil.FormatInt(int64(limit)))
		}
	}
	if len(d.Files) > FilesMost {
		out["Files"] = fmt.Sprintf("Mỗi lần gửi nhiều nhất %d tệp.", FilesMost)
	}
	return out
}

func (d Draft) field(name string) string {
	return map[string]string{"Text": d.Text, "Wish": d.Wish, "Where": d.Where, "Name": d.Name, "Home": d.Home, "Reach": d.Reach}[name]
}

// Class is the class that the words speak for, with those words; a person decides at the office. ok is false where they
// say too little.
func (d Draft) Class() (g petition.Guess, ok bool) {
	list := petition.Guesses(d.Text + "\n" + d.Wish)
	if len(list) == 0 {
		return g, false
	}
	return list[0], true
}

// Send keeps what somebody sends and gives the receipt. Sent again with the same key it gives the same receipt.
func (o *Office) Send(ctx context.Context, tx *db.Tx, d Draft) (Receipt, error) {
	if len(d.Key) < shortestKey {
		return Receipt{}, fault.New(fault.Invalid, "Biểu mẫu này thiếu mã lần gửi. Hãy mở lại trang gửi từ đầu.")
	}
	if wrong := d.Check(); len(wrong) > 0 {
		return Receipt{}, fault.New(fault.Invalid, first(wrong))
	}
	said, err := json.Marshal(d)
	if err != nil {
		return Receipt{}, err
	}
	mark := o.Dossiers.Vault.Mark("sending/said", string(said))
	if r, ok, err := o.before(ctx, tx, d.Key, mark); err != nil || ok {
		return r, err
	}
	tree, err := o.Tree(ctx)
	if err != nil {
		return Receipt{}, err
	}
	now := o.now()
	s := Sending{At: now, Day: dayOf(now), Place: d.Place, Topic: d.Topic, Behalf: d.Behalf, Papers: len(d.Files), State: New}
	if s.Unit = Answers(tree, d.Place, s.Day); s.Unit == 0 {
		return Receipt{}, fault.New(fault.Invalid, "Xã, phường này không còn hoặc không nhận được qua cổng. Hãy chọn lại nơi xảy ra việc.")
	}
	if g, ok := d.Class(); ok {
		s.Class = g.Class
	}
	if s.Number, err = nextNumber(ctx, tx, s.Day.Year()); err != nil {
		return Receipt{}, err
	}
	if s.ID, err = tx.ID(ctx, "sending"); err != nil {
		return Receipt{}, err
	}
	return o.keep(ctx, tx, s, d, mark)
}

func first(wrong map[string]string) string {
	names := make([]string, 0, len(wrong))
	for name := range wrong {
		names = append(names, name)
	}
	slices.Sort(names)
	return wrong[names[0]]
}

// keep writes a new sending: its dossier, its files, its row, its leaf.
func (o *Office) keep(ctx context.Context, tx *db.Tx, s Sending, d Draft, mark []byte) (Receipt, error) {
	actor := d.Actor
	if actor == "" {
		actor = PortalActor
	}
	text := func(v string) string { return strings.TrimSpace(v) }
	item := dossier.Item{Entry: -s.ID, Marked: true,
		Content: dossier.Content{Text: text(d.Text), Request: text(d.Wish), Place: text(d.Where)},
		Sender:  &dossier.Sender{Name: text(d.Name), Address: text(d.Home), Contact: text(d.Reach)}}
	s.Named = !item.Sender.Empty()
	if err := o.Dossiers.Put(ctx, tx, actor, item); err != nil {
		return Receipt{}, err
	}
	list, err := json.Marshal(d.Files)
	if err != nil {
		return Receipt{}, err
	}
	files, err := o.Dossiers.Vault.Seal(ctx, tx, -s.ID, "files", list)
	if err != nil {
		return Receipt{}, err
	}
	if err := claim(ctx, tx, s.ID, d.Files, "parked", "sending"); err != nil {
		return Receipt{}, err
	}
	code := codeFor(o.Dossiers.Vault, d.Key)
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: "send", Subject: "sending", SubjectID: s.ID, Actor: actor, At: s.At,
		Content: sentContent(s.Number, s.Day, s.Unit, mark, CodeHash(code))})
	if err != nil {
		return Receipt{}, err
	}
	tx.RetryOn("sending_once")
	_, err = tx.ExecContext(ctx, `INSERT INTO sending (id, number, code, once, said, at_ms, day, unit, place, topic, class, named, behalf, actor, papers, files, state, entry, leaf)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, $18)`,
		s.ID, s.Number, CodeHash(code), once(d.Key), mark, s.At.UnixMilli(), s.Day, s.Unit, s.Place, s.Topic, s.Class, s.Named, s.Behalf, actor, s.Papers, files, s.State, leaf)
	if err != nil {
		return Receipt{}, fmt.Errorf("keep sending %s: %w", s.Number, err)
	}
	return Receipt{Sending: s, Code: Grouped(code)}, dropDraft(ctx, tx, d.Key)
}

// before is the receipt of what was sent with this form already.
func (o *Office) before(ctx context.Context, q db.Querier, key string, mark []byte) (Receipt, bool, error) {
	var said []byte
	s, err := scan(q.QueryRowContext(ctx, `SELECT said, `+columns+` FROM sending WHERE once = $1`, once(key)), &said)
	if errors.Is(err, sql.ErrNoRows) {
		return Receipt{}, false, nil
	}
	if err != nil {
		return Receipt{}, false, fmt.Errorf("look for form: %w", err)
	}
	return Receipt{Sending: s, Code: Grouped(codeFor(o.Dossiers.Vault, key)), Again: true, Other: !bytes.Equal(said, mark)}, true, nil
}

const columns = `id, number, at_ms, day, unit, place, topic, class, named, behalf, papers, state, entry, erased_ms`

func scan(row interface{ Scan(...any) error }, more ...any) (Sending, error) {
	var s Sending
	var at, erased int64
	err := row.Scan(append(more, &s.ID, &s.Number, &at, &s.Day, &s.Unit, &s.Place, &s.Topic, &s.Class, &s.Named, &s.Behalf, &s.Papers, &s.State, &s.Entry, &erased)...)
	s.At, s.Erased = time.UnixMilli(at), momentOf(erased)
	return s, err
}

// Answers is the body that looks at what is sent about a place: its people's committee, the place itself where the
// program has none; of 0, the province's. 0 where the place no longer exists.
func Answers(tree *org.Tree, place org.UnitID, day civil.Date) org.UnitID {
	if place == 0 {
		for _, id := range tree.Roots(day) {
			if u := tree.Unit(id); u.Form == org.Territory && !u.NoData {
				place = id
			}
		}
	}
	u := tree.Unit(place)
	if u == nil || !u.Open(day) {
		return 0
	}
	if body := tree.On(u.Code+".UBND", day); body != nil {
		return body.ID
	}
	return u.ID
}

// Next are the office's limits that begin with the receiving of what is of a class, with their calculation. A class that
// nobody can tell yet is shown as a reflection: the shortest that everything has in common.
func (o *Office) Next(class string, day civil.Date) []clock.Deadline {
	if class == "" || class == "mixed" {
		class = "reflection"
	}
	law := clock.In(o.Catalog.EditionOn(day))
	p := law.Procedure(class, "first")
	if p == nil {
		return nil
	}
	var out []clock.Deadline
	for _, d := range law.Deadlines(p, clock.Case{Events: map[string]civil.Date{"received": day}}) {
		if d.ByOffice() && d.Due != 0 {
			out = append(out, d)
		}
	}
	return out
}
