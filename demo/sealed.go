package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/identity"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sealed"
)

// Holders of the demo's two keys, and who asks nothing but checks redactions.
const (
	demoCustodian = "giukhoa"
	demoOfficer   = "baomat"
	demoChecker   = "lanhdao"
)

// KeyFileOf is the name, in the data directory, of the TEST key of an account. Its passphrase is Password.
func KeyFileOf(login string) string { return "TEST-khoa-" + login + ".age.txt" }

// SealIdentities gives the demo denouncers' identities: an approval, two TEST keys that everybody can make anew, a
// sealed record for each denunciation since there are texts, some openings, working copies checked and unchecked. A
// database that has an approval is left as it is, but for key files that are missing.
func SealIdentities(ctx context.Context, d *db.DB, accounts *identity.Store, dossiers *dossier.Book, tree *org.Tree, today civil.Date, dir string) error {
	for _, login := range []string{demoCustodian, demoOfficer} {
		if err := writeTestKey(filepath.Join(dir, KeyFileOf(login)), login); err != nil {
			return err
		}
	}
	unit := tree.On(successor, today)
	had, err := sealed.Approvals(ctx, d.Read())
	if err != nil || len(had) > 0 || unit == nil {
		return err
	}
	by := map[string]sealed.By{}
	for _, login := range []string{demoCustodian, demoOfficer, demoChecker, "quantri", "tiepdan"} {
		a, err := accounts.ByLogin(ctx, d.Read(), login)
		if err != nil {
			return fmt.Errorf("look for account %s: %w", login, err)
		}
		by[login] = sealed.By{Account: a.ID, Login: login, At: time.Now()}
	}
	cases, err := denunciations(ctx, d, tree, unit.ID, today)
	if err != nil {
		return err
	}
	return d.WriteAlone(ctx, func(tx *db.Tx) error {
		if err := testKeys(ctx, tx, by, unit.ID, today); err != nil {
			return err
		}
		if err := sealAll(ctx, tx, by["tiepdan"], unit.ID, cases); err != nil {
			return err
		}
		if err := openSome(ctx, tx, by, unit.ID, cases); err != nil {
			return err
		}
		return checkSome(ctx, tx, by, dossiers, cases)
	})
}

func writeTestKey(path, login string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	key, err := sealed.TestKey(login)
	if err != nil {
		return err
	}
	text, err := sealed.KeyFile(key, Password)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return fmt.Errorf("write test key: %w", err)
	}
	return nil
}

// sealedCase is a denunciation of the demo, and whether it is still worked on.
type sealedCase struct {
	sealed.Case
	open bool
}

// denunciations are those with texts that the office answers for, oldest first.
func denunciations(ctx context.Context, d *db.DB, tree *org.Tree, office org.UnitID, today civil.Date) ([]sealedCase, error) {
	rows, err := d.Read().QueryContext(ctx, `SELECT e.id, e.unit, e.kind, v.fields FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.kind IN ($1, $2) AND e.state <> 'void' AND e.day >= $3 ORDER BY e.day, e.id`, petition.Letter, petition.Part, writtenFrom)
	if err != nil {
		return nil, fmt.Errorf("read denunciations: %w", err)
	}
	defer rows.Close()
	var out []sealedCase
	for rows.Next() {
		var c sealedCase
		var kind, fields string
		if err := rows.Scan(&c.Entry, &c.Unit, &kind, &fields); err != nil {
			return nil, fmt.Errorf("read denunciations: %w", err)
		}
		p, err := petition.Of(kind, fields)
		if err != nil {
			return nil, err
		}
		if p.Class != "denunciation" || !below(tree, c.Unit, office, today) {
			continue
		}
		if c.Code = p.Code; c.Code == "" {
			c.Code = fmt.Sprint("TC-", c.Entry)
		}
		c.open = p.State().Open()
		out = append(out, c)
	}
	return out, rows.Err()
}

func below(tree *org.Tree, unit, office org.UnitID, day civil.Date) bool {
	for _, id := range tree.Chain(unit, day) {
		if id == office {
			return true
		}
	}
	return false
}

// testKeys turns storage on and brings both TEST keys into use, as people would.
func testKeys(ctx context.Context, tx *db.Tx, by map[string]sealed.By, unit org.UnitID, today civil.Date) error {
	err := sealed.TurnOn(ctx, tx, by["quantri"], sealed.Approval{
		Unit: unit, Document: "01/QĐ-MINHHOA", On: min(today, civil.FromTime(time.Now())).AddDays(-30), Issuer: "Ủy ban nhân dân tỉnh (minh họa)", Signer: "Chủ tịch (minh họa)",
		Scope: "Khóa TEST, dữ liệu bịa: không có danh tính thật. Lưu danh tính trong đơn tố cáo gửi các cơ quan trong tỉnh, đến hết năm sau.",
	})
	if err != nil {
		return err
	}
	made := map[string]sealed.Key{}
	for login, half := range map[string]sealed.Half{demoCustodian: sealed.Custodian, demoOfficer: sealed.Officer} {
		private, err := sealed.TestKey(login)
		if err != nil {
			return err
		}
		k, err := sealed.Register(ctx, tx, by[login], unit, half, private.Recipient().String())
		if err != nil {
			return err
		}
		answer, err := sealed.Answer(k.Challenge, private)
		if err != nil {
			return err
		}
		if err := sealed.Prove(ctx, tx, by[login], k.ID, answer); err != nil {
			return err
		}
		made[login] = k
	}
	for holder, other := range map[string]string{demoCustodian: demoOfficer, demoOfficer: demoCustodian} {
		if err := sealed.Confirm(ctx, tx, by[other], made[holder].ID, made[holder].Fingerprint()); err != nil {
			return err
		}
	}
	return nil
}

// sealAll deposits a record for each case: an invented identity, a word that it is on paper, or none.
func sealAll(ctx context.Context, tx *db.Tx, by sealed.By, unit org.UnitID, cases []sealedCase) error {
	ring, err := sealed.RingOf(ctx, tx, unit)
	if err != nil {
		return err
	}
	for i, c := range cases {
		id := sealed.Identity{Code: c.Code, Kind: sealed.Known, Name: fmt.Sprintf("Người Minh Họa %03d (TEST)", i+1), Address: "Địa chỉ bịa, thôn Minh Họa", Phone: fmt.Sprintf("0900 000 %03d", i%1000), Contact: "Gặp ở phòng tiếp dân, không gọi về nhà"}
		switch i % 5 {
		case 3:
			id = sealed.Identity{Code: c.Code, Kind: sealed.Paper}
		case 4:
			id = sealed.Identity{Code: c.Code, Kind: sealed.Empty}
		}
		body, err := sealed.Seal(id, sealed.Recipients(ring.Officers), sealed.Recipients(ring.Custodians))
		if err != nil {
			return err
		}
		if err := sealed.Deposit(ctx, tx, by, c.Case, unit, ring.Mark(), body); err != nil {
			return err
		}
	}
	return nil
}

// openSome leaves one request of each kind: waiting, refused, and fetched.
func openSome(ctx context.Context, tx *db.Tx, by map[string]sealed.By, unit org.UnitID, cases []sealedCase) error {
	ask := func(c sealedCase, reason string, before time.Duration) (int64, error) {
		who := by[demoOfficer]
		who.At = who.At.Add(-before)
		return sealed.Ask(ctx, tx, who, c.Case, unit, sealed.ToRead, reason)
	}
	if len(cases) < 3 {
		return nil
	}
	last := cases[len(cases)-3:]
	if _, err := ask(last[0], "Mời người tố cáo làm rõ chứng cứ theo kế hoạch xác minh số 12/KH-MINHHOA", time.Hour); err != nil {
		return err
	}
	refused, err := ask(last[1], "Cần biết người gửi để trả lời đơn", 30*time.Hour)
	if err != nil {
		return err
	}
	if err := sealed.Refuse(ctx, tx, at(by[demoCustodian], 28*time.Hour), refused, "Trả lời gửi qua hộp thư theo mã hồ sơ được, không cần mở danh tính"); err != nil {
		return err
	}
	fetched, err := ask(last[2], "Áp dụng biện pháp bảo vệ người tố cáo theo đề nghị của họ", 26*time.Hour)
	if err != nil {
		return err
	}
	return takeOut(ctx, tx, by, fetched)
}

func at(by sealed.By, before time.Duration) sealed.By {
	by.At = by.At.Add(-before)
	return by
}

func takeOut(ctx context.Context, tx *db.Tx, by map[string]sealed.By, id int64) error {
	o, err := sealed.OpeningByID(ctx, tx, id)
	if err != nil {
		return err
	}
	r, err := sealed.Offered(ctx, tx, o, o.Asked)
	if err != nil {
		return err
	}
	key, err := sealed.TestKey(demoCustodian)
	if err != nil {
		return err
	}
	inner, err := sealed.OpenOuter(r.Body, key)
	if err != nil {
		return err
	}
	if err := sealed.Release(ctx, tx, at(by[demoCustodian], 25*time.Hour), id, inner); err != nil {
		return err
	}
	_, err = sealed.Fetch(ctx, tx, at(by[demoOfficer], 24*time.Hour), id, "demo")
	return err
}

// checkSome marks the working copies of cases as made and checked, but for some of the open ones.
func checkSome(ctx context.Context, tx *db.Tx, by map[string]sealed.By, dossiers *dossier.Book, cases []sealedCase) error {
	if dossiers == nil {
		return nil
	}
	open := 0
	for _, c := range cases {
		if c.open {
			if open++; open%4 == 0 {
				continue // nobody has made one yet
			}
		}
		_, v, err := dossiers.ContentOf(ctx, tx, c.Entry)
		if err != nil {
			return err
		}
		if v.N == 0 {
			continue
		}
		digest, err := dossiers.Digest(ctx, tx, c.Entry)
		if err != nil {
			return err
		}
		if err := sealed.Redacted(ctx, tx, by[demoOfficer], c.Entry, c.Unit, digest); err != nil {
			return err
		}
		if c.open && open%4 == 3 {
			continue // waits for the second person
		}
		if err := sealed.CheckRedaction(ctx, tx, by[demoChecker], c.Entry, digest); err != nil {
			return err
		}
	}
	return nil
}

// KeyFiles are the names of the TEST key files, for people.
func KeyFiles() string {
	return strings.Join([]string{KeyFileOf(demoCustodian), KeyFileOf(demoOfficer)}, ", ")
}
