package dossier

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/vault"
)

// Ground is why somebody looks at who sent a letter. A fixed word, so that it can stand in plain.
type Ground string

// The grounds.
const (
	Contact  Ground = "contact"  // liên hệ, mời làm việc
	Deliver  Ground = "deliver"  // gửi giấy báo, trả lời
	Checking Ground = "verify"   // xác minh nội dung
	Compare  Ground = "compare"  // đối chiếu đơn nghi trùng
	Eligible Ground = "eligible" // kiểm tra điều kiện thụ lý, người đại diện
	Print    Ground = "print"    // in giấy biên nhận có tên
	Mend     Ground = "mend"     // sửa thông tin người gửi ghi sai
	Inspect  Ground = "inspect"  // thanh tra, kiểm tra việc tiếp nhận, giải quyết
)

// Grounds are all grounds with what people call them, in the order of a list.
func Grounds() [][2]string {
	return [][2]string{
		{string(Contact), "Liên hệ, mời người gửi làm việc"},
		{string(Deliver), "Gửi giấy báo, quyết định, văn bản trả lời"},
		{string(Checking), "Xác minh nội dung đơn"},
		{string(Eligible), "Kiểm tra điều kiện thụ lý, người đại diện"},
		{string(Compare), "Đối chiếu đơn nghi trùng"},
		{string(Print), "In giấy biên nhận có tên người gửi"},
		{string(Mend), "Sửa thông tin người gửi ghi sai"},
		{string(Inspect), "Thanh tra, kiểm tra việc tiếp nhận, giải quyết"},
	}
}

// Name is what people call the ground.
func (g Ground) Name() string {
	for _, x := range Grounds() {
		if x[0] == string(g) {
			return x[1]
		}
	}
	return ""
}

// Look is one look at a sender.
type Look struct {
	Login  string
	Ground Ground
	Note   string // sealed with the case, for it may say more than it should
	AtMS   int64
	Leaf   int64
}

// noteMost is how long the note of a look may be.
const noteMost = 500

// LookAtSender gives who sent one letter, after the look was written down and logged in the same transaction; the
// caller shows it only once that is saved. There is no way to ask by person, for many letters, or for a count.
func (b *Book) LookAtSender(ctx context.Context, tx *db.Tx, login string, entry int64, ground Ground, note string) (Sender, error) {
	note = strings.TrimSpace(note)
	switch {
	case ground.Name() == "":
		return Sender{}, fault.New(fault.Invalid, "Hãy chọn lý do xem người gửi.")
	case len([]rune(note)) > noteMost:
		return Sender{}, fault.Newf(fault.Invalid, "Phần ghi thêm dài quá %d chữ. Hãy rút gọn.", noteMost)
	}
	version, sealed := 0, []byte{}
	err := tx.QueryRowContext(ctx, `SELECT version, sealed FROM dossier_sender WHERE entry = $1 AND newest`, entry).Scan(&version, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return Sender{}, fault.New(fault.NotFound, "Chương trình không giữ thông tin người gửi của đơn này. Nếu cần, hãy xem bản giấy.")
	}
	if err != nil {
		return Sender{}, fmt.Errorf("read sender of case %d: %w", entry, err)
	}
	c, err := b.Vault.Find(ctx, tx, entry)
	if err != nil {
		return Sender{}, err
	}
	plain, err := c.Open(senderUse(version), sealed)
	if err != nil {
		return Sender{}, err
	}
	if err := noteLook(ctx, tx, c, login, ground, note); err != nil {
		return Sender{}, err
	}
	var s Sender
	return s, json.Unmarshal(plain, &s)
}

// NotePaperLook writes a look down that was at a paper which names the sender.
func (b *Book) NotePaperLook(ctx context.Context, tx *db.Tx, login string, entry int64, ground Ground, note string) error {
	if ground.Name() == "" {
		return fault.New(fault.Invalid, "Hãy chọn lý do mở giấy tờ có tên người gửi.")
	}
	c, err := b.Vault.Find(ctx, tx, entry)
	if err != nil {
		return err
	}
	return noteLook(ctx, tx, c, login, ground, note)
}

func noteLook(ctx context.Context, tx *db.Tx, c vault.Case, login string, ground Ground, note string) error {
	entry := c.ID
	id, err := tx.ID(ctx, "sender_look")
	if err != nil {
		return err
	}
	now := time.Now()
	kept := c.Seal(lookUse(id), []byte(note))
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: "look", Subject: "dossier", SubjectID: entry, Actor: login, At: now,
		Content: append([]byte("danvan/look/1\n"+strconv.FormatInt(id, 10)+"\n"+string(ground)+"\n"), kept...)})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO sender_look (id, entry, login, ground, note, at_ms, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, entry, login, string(ground), kept, now.UnixMilli(), leaf)
	if err != nil {
		return fmt.Errorf("note look at sender of case %d: %w", entry, err)
	}
	return nil
}

func lookUse(id int64) string { return "look/" + strconv.FormatInt(id, 10) }

// Looks are the looks at the sender of one letter, the last first.
func (b *Book) Looks(ctx context.Context, q db.Querier, entry int64) ([]Look, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, login, ground, note, at_ms, leaf FROM sender_look WHERE entry = $1 ORDER BY id DESC`, entry)
	if err != nil {
		return nil, fmt.Errorf("list looks at case %d: %w", entry, err)
	}
	defer rows.Close()
	var out []Look
	var ids []int64
	var notes [][]byte
	for rows.Next() {
		var l Look
		var id int64
		var note []byte
		if err := rows.Scan(&id, &l.Login, &l.Ground, &note, &l.AtMS, &l.Leaf); err != nil {
			return nil, fmt.Errorf("read look: %w", err)
		}
		out, ids, notes = append(out, l), append(ids, id), append(notes, note)
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		return out, err
	}
	c, err := b.Vault.Find(ctx, q, entry)
	if err != nil {
		return out, nil // shredded: who looked and when stays, the note is gone
	}
	for i := range out {
		if plain, err := c.Open(lookUse(ids[i]), notes[i]); err == nil {
			out[i].Note = string(plain)
		}
	}
	return out, nil
}

// HasSender reports whether a sender is written down, without opening it. Of denunciations pages do not ask.
func (b *Book) HasSender(ctx context.Context, q db.Querier, entry int64) (bool, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM dossier_sender WHERE entry = $1 AND newest`, entry).Scan(&n); err != nil {
		return false, fmt.Errorf("ask for sender of case %d: %w", entry, err)
	}
	return n > 0, nil
}

// Mark is the keyed hash of a sender: folded name with the first part of the address, so that the same person is
// found again with another spelling of the rest. Only this installation can make it.
func (b *Book) Mark(s *Sender) []byte { return b.Vault.Mark("sender", markText(s)) }

// markText is what of a sender is compared: the name without titles, and the first words of the address.
func markText(s *Sender) string {
	name := words(s.Name)
	for len(name) > 1 && titles[name[0]] {
		name = name[1:]
	}
	return strings.Join(name, " ") + "\n" + place(s.Address)
}

// titles stand before a name and are left out of it: ông, bà, anh, chị, cụ.
var titles = map[string]bool{"ong": true, "ba": true, "anh": true, "chi": true, "cu": true, "bac": true, "co": true, "chu": true}

func words(text string) []string {
	return strings.FieldsFunc(civil.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// addressKept is how many words of the address are compared: the house, hamlet or village stands first, and what
// follows (commune, district, province) is written in many ways, and changed names in 2025.
const addressKept = 3

// place is the beginning of an address without the words for its levels.
func place(address string) string {
	var out []string
	for _, w := range words(address) {
		if !levels[w] && len(out) < addressKept {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

var levels = map[string]bool{"thon": true, "xom": true, "ban": true, "ap": true, "to": true, "khu": true, "pho": true, "so": true, "nha": true,
	"xa": true, "phuong": true, "thi": true, "tran": true, "huyen": true, "tinh": true, "dan": true}
