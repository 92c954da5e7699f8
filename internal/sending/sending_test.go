package sending_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/jobs"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sealed"
	"danvan/internal/sending"
	"danvan/internal/vault"
)

const unitsCSV = `code,name,level,type,parent
T1,Tỉnh Thử,province,Tỉnh,
A,Xã A,commune,Xã,T1
B,Xã B,commune,Xã,T1
`

var law = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(catalogdata.FS) })

type world struct {
	testing.TB
	*sending.Office
	tree *org.Tree
	now  time.Time
	dir  string
}

// open makes a world of a province and two communes; more are rows of further units.
func open(t testing.TB, d *db.DB, more ...string) *world {
	t.Helper()
	c, err := law()
	must(t, err)
	w := &world{TB: t, now: time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC), dir: t.TempDir()} // a Friday
	l := ledger.New(c)
	l.Now = func() time.Time { return w.now }
	l.InOrder = d.Engine() == db.SQLite
	keeper := &org.Keeper{DB: d, Hooks: l}
	must(t, d.Write(t.Context(), func(tx *db.Tx) error {
		return keeper.LoadSet(t.Context(), tx, fstest.MapFS{"t/units.csv": {Data: []byte(unitsCSV + strings.Join(more, ""))}}, "t", ledger.BodyRules(c.Latest()))
	}))
	w.tree, err = keeper.Tree(t.Context())
	must(t, err)
	v, err := vault.Open(t.Context(), d, w.dir)
	must(t, err)
	store, err := files.New(d, filepath.Join(w.dir, "files"), 0)
	must(t, err)
	w.Office = &sending.Office{DB: d, Catalog: c, Ledger: l, Dossiers: &dossier.Book{DB: d, Vault: v, Files: store}, Tree: keeper.Tree, Now: func() time.Time { return w.now }}
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) unit(code string) org.UnitID { return w.tree.On(code, 20261120).ID }

func (w *world) write(fn func(tx *db.Tx) error) error {
	w.Helper()
	return w.DB.Write(context.Background(), fn)
}

func (w *world) send(d sending.Draft) (r sending.Receipt, err error) {
	err = w.write(func(tx *db.Tx) error {
		r, err = w.Send(context.Background(), tx, d)
		return err
	})
	return r, err
}

func (w *world) draft() sending.Draft {
	return sending.Draft{Key: sending.NewKey(), Topic: "moi-truong", Place: w.unit("A"), Where: "bãi đầu cầu",
		Text: "Bãi rác ở đầu cầu bốc mùi hôi, gây ô nhiễm suối.", Wish: "Dọn bãi rác.", Name: "Bà Canary Xanhlam", Reach: "0912 000 111"}
}

func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))))
	return b.Bytes()
}

// What is sent is found by number and code alone, and a form that is sent again, by two at once too, is one sending
// with one receipt.
func TestSentOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		dr := w.draft()
		var all [4]sending.Receipt
		var wait sync.WaitGroup
		for i := range all {
			wait.Go(func() {
				var err error
				if all[i], err = w.send(dr); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		r := all[0]
		fresh := 0
		for _, x := range all {
			if x.Number != r.Number || x.Code != r.Code || x.Other {
				t.Errorf("receipts differ: %+v, %+v", x, r)
			}
			if !x.Again {
				fresh++
			}
		}
		if fresh != 1 || r.Number != "PA-2026-000001" || len(r.Code) != 19 {
			t.Errorf("%d were new, the first is %q %q", fresh, r.Number, r.Code)
		}
		dr.Text += " Thêm."
		if x, err := w.send(dr); err != nil || !x.Again || !x.Other || x.Number != r.Number {
			t.Errorf("another text under the same key: %+v, %v", x, err)
		}
		found, err := w.Find(t.Context(), d.Read(), "pa 2026 1", strings.ToLower(strings.ReplaceAll(r.Code, "-", " ")))
		if err != nil || found.ID != r.ID || found.Class != "reflection" || found.Unit != w.unit("A.UBND") || found.Day != 20261120 {
			t.Errorf("found %+v, %v", found, err)
		}
		for _, bad := range [][2]string{{"PA-2026-000002", r.Code}, {r.Number, "0000-0000-0000-0000"}, {r.Number, ""}, {"", r.Code}, {"TC-0000-0000", r.Code}} {
			if _, err := w.Find(t.Context(), d.Read(), bad[0], bad[1]); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%v gives %v", bad, err)
			}
		}
	})
}

// Nothing that was written stands in the database in plain, nor does the code.
func TestNothingInPlain(t *testing.T) {
	d := dbtest.SQLite(t)
	w := open(t, d)
	p, err := w.Park(t.Context(), picture(t), "Canary tên người.png")
	must(t, err)
	dr := w.draft()
	dr.Files = []sending.Parked{p}
	r, err := w.send(dr)
	must(t, err)
	rows, err := d.Read().Query(`SELECT name FROM sqlite_master WHERE type = 'table'`)
	must(t, err)
	var tables []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		tables = append(tables, name)
	}
	must(t, rows.Close())
	for _, table := range tables {
		for _, secret := range []string{"Canary", "Xanhlam", "0912 000 111", "đầu cầu", strings.ReplaceAll(r.Code, "-", ""), dr.Key, p.Token} {
			if n := holds(t, d, table, secret); n > 0 {
				t.Errorf("table %s holds %q in plain", table, secret)
			}
		}
	}
}

// A sending is taken in as a letter under its own number, received on the day it was sent, with the sender's words, who
// it was and the files; what was sealed before is gone then.
func TestTakenIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		p, err := w.Park(t.Context(), picture(t), "anh.png")
		must(t, err)
		dr := w.draft()
		dr.Files = []sending.Parked{p}
		r, err := w.send(dr)
		must(t, err)
		w.now = w.now.AddDate(0, 0, 3)
		var entry int64
		must(t, w.write(func(tx *db.Tx) (err error) {
			entry, err = w.TakeIn(t.Context(), tx, "tiepdan", r.ID, sending.Taking{Class: "reflection", Field: "environment", Summary: "Bãi rác đầu cầu", Key: "k1"})
			return err
		}))
		err = w.write(func(tx *db.Tx) (err error) {
			_, err = w.TakeIn(t.Context(), tx, "khac", r.ID, sending.Taking{Class: "reflection", Field: "environment", Summary: "Bãi rác", Key: "k2"})
			return err
		})
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("taken in twice: %v", err)
		}
		_, err = jobs.Worker{DB: d, Handlers: w.Jobs()}.Drain(t.Context())
		must(t, err)
		line, ok, err := petition.LineOf(t.Context(), d.Read(), entry)
		if err != nil || !ok || line.Code != r.Number || line.Number != 1 {
			t.Errorf("line %+v %v %v", line, ok, err)
		}
		e, err := w.Ledger.Entry(t.Context(), d.Read(), entry)
		must(t, err)
		c, err := petition.CaseOf(e)
		must(t, err)
		if c.Received != 20261120 || c.Day != 20261123 || c.Values.Text("channel") != "online" || c.Unit != w.unit("A.UBND") || c.Place != w.unit("A") {
			t.Errorf("letter %+v", c)
		}
		text, version, err := w.Dossiers.ContentOf(t.Context(), d.Read(), entry)
		if err != nil || version.N != 2 || text.Text != dr.Text || text.Request != dr.Wish || text.Summary != "Bãi rác đầu cầu" {
			t.Errorf("content %+v %+v %v", text, version, err)
		}
		papers, err := w.Dossiers.Papers(t.Context(), d.Read(), entry)
		if err != nil || len(papers) != 1 || papers[0].Name != "anh.png" || !papers[0].Names {
			t.Errorf("papers %+v %v", papers, err)
		}
		must(t, w.write(func(tx *db.Tx) error {
			who, err := w.Dossiers.LookAtSender(t.Context(), tx, "tiepdan", entry, dossier.Contact, "")
			if who.Name != dr.Name || who.Contact != dr.Reach {
				t.Errorf("sender %+v", who)
			}
			return err
		}))
		if _, _, gone, err := w.Read(t.Context(), d.Read(), r.ID); err != nil || !gone {
			t.Errorf("what was sealed before is still there: %v", err)
		}
		if x, err := w.Find(t.Context(), d.Read(), r.Number, r.Code); err != nil || x.State != sending.Taken || x.Entry != entry {
			t.Errorf("found %+v %v", x, err)
		}
		if x, err := w.send(dr); err != nil || x.Number != r.Number || x.Code != r.Code {
			t.Errorf("sent again after it was taken in: %+v %v", x, err)
		}
		if back, err := sending.ByEntry(t.Context(), d.Read(), entry); err != nil || back.ID != r.ID {
			t.Errorf("link back %+v %v", back, err)
		}
		n := 0
		must(t, w.Dossiers.Each(t.Context(), d.Read(), func(int64, dossier.Content, []byte) error { n++; return nil }))
		if n != 1 {
			t.Errorf("%d cases are compared, only the letter is one", n)
		}
	})
}

// A denunciation among the letters gives the letter no sender; who it was stays sealed with the sending.
func TestDenunciationAmongLetters(t *testing.T) {
	d := dbtest.SQLite(t)
	w := open(t, d)
	r, err := w.send(w.draft())
	must(t, err)
	var entry int64
	must(t, w.write(func(tx *db.Tx) (err error) {
		entry, err = w.TakeIn(t.Context(), tx, "baomat", r.ID, sending.Taking{Class: "denunciation", Field: "corruption", Key: "k"})
		return err
	}))
	_, err = jobs.Worker{DB: d, Handlers: w.Jobs()}.Drain(t.Context())
	must(t, err)
	err = w.write(func(tx *db.Tx) error {
		_, err := w.Dossiers.LookAtSender(t.Context(), tx, "baomat", entry, dossier.Contact, "")
		return err
	})
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("the letter has a sender: %v", err)
	}
	line, _, err := petition.LineOf(t.Context(), d.Read(), entry)
	if err != nil || !strings.HasPrefix(line.Code, "TC-") {
		t.Errorf("code %q %v", line.Code, err)
	}
}

// Refused is undone, forwarded goes to another inbox; each by one person at a time.
func TestInbox(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		r, err := w.send(w.draft())
		must(t, err)
		of := func(unit string) int {
			list, err := w.Inbox(t.Context(), d.Read(), sending.New, func(id org.UnitID) bool { return id == w.unit(unit) })
			must(t, err)
			return len(list)
		}
		ctx := t.Context()
		must(t, w.write(func(tx *db.Tx) error { return w.Refuse(ctx, tx, "tiepdan", r.ID, "spam", "toàn quảng cáo") }))
		if err := w.write(func(tx *db.Tx) error { return w.Refuse(ctx, tx, "khac", r.ID, "spam", "") }); fault.KindOf(err) != fault.Conflict {
			t.Errorf("refused twice: %v", err)
		}
		if of("A.UBND") != 0 {
			t.Error("refused, and still in the inbox")
		}
		must(t, w.write(func(tx *db.Tx) error { return w.Undo(ctx, tx, "tiepdan", r.ID, "") }))
		must(t, w.write(func(tx *db.Tx) error { return w.Forward(ctx, tx, "tiepdan", r.ID, w.unit("B.UBND"), "thuộc xã B") }))
		if of("A.UBND") != 0 || of("B.UBND") != 1 {
			t.Error("forwarded, but the inboxes say otherwise")
		}
		acts, err := w.ActsOf(ctx, d.Read(), r.ID, true)
		if err != nil || len(acts) != 3 || acts[0].Note != "toàn quảng cáo" || acts[2].Unit != int64(w.unit("B.UBND")) {
			t.Errorf("acts %+v %v", acts, err)
		}
	})
}

// Parked files are ciphertext, of one who has the token; what was never sent is swept away.
func TestParkedFilesEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		p, err := w.Park(t.Context(), picture(t), "anh.png")
		must(t, err)
		if _, err := w.Park(t.Context(), []byte("<svg onload=alert(1)>"), "anh.png"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a hostile file was kept: %v", err)
		}
		dr := w.draft()
		dr.Files = []sending.Parked{p, {Token: "NOSUCHTOKENNOSUCHTOKENNOSU", Name: "mất.png"}}
		if _, err := w.send(dr); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a file that is gone: %v", err)
		}
		typed := map[string][]string{"ke": {"Canaryxám"}}
		must(t, w.KeepDraft(t.Context(), dr.Key, typed, dr.Files))
		if n := holds(t, d, "sending_file", "Canaryxám"); n > 0 {
			t.Error("what is being typed stands in plain")
		}
		if back, ok, err := w.DraftOf(t.Context(), dr.Key); err != nil || !ok || back["ke"][0] != "Canaryxám" {
			t.Errorf("typed before: %v %v %v", back, ok, err)
		}
		w.now = w.now.Add(sending.ParkedLife + time.Hour)
		if _, ok, err := w.DraftOf(t.Context(), dr.Key); err != nil || ok {
			t.Errorf("a form is kept for longer than it should be: %v", err)
		}
		must(t, d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE job SET run_ms = 0`)
			return err
		}))
		_, err = jobs.Worker{DB: d, Handlers: w.Jobs()}.Drain(t.Context())
		must(t, err)
		n := -1
		must(t, d.Read().QueryRow(`SELECT count(*) FROM sending_file`).Scan(&n))
		if n != 0 {
			t.Errorf("%d parked files are left", n)
		}
	})
}

// A denunciation opens with the officer's key alone, and is taken in under a random code of its own.
func TestDenounced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		dn := sending.Denunciation{Key: sending.NewKey(), Place: w.unit("A"), Text: "Canarytím nhận tiền để bỏ qua.", Whom: "Ông Thử Nghiệm Hai"}
		if _, err := w.Denounce(t.Context(), dn); !errors.Is(err, sending.NotOnline) {
			t.Errorf("without keys: %v", err)
		}
		w.keys("T1")
		to, ok, err := w.Confidential(t.Context(), d.Read(), dn.Place, false)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		p, err := w.ParkSealed(t.Context(), to, picture(t), "Canarytím.png")
		must(t, err)
		dn.Files = []sending.Parked{p}
		r, err := w.Denounce(t.Context(), dn)
		must(t, err)
		again, err := w.Denounce(t.Context(), dn)
		if err != nil || !again.Again || again.Number != r.Number || again.Code != r.Code {
			t.Errorf("sent again: %+v %v", again, err)
		}
		s, body, files, err := w.OneSealed(t.Context(), d.Read(), r.ID)
		must(t, err)
		officer, err := sealed.TestKey("officer")
		must(t, err)
		plain, err := sealed.OpenText(body, officer)
		if err != nil || !bytes.Contains(plain, []byte("Canarytím nhận tiền")) || !bytes.Contains(plain, []byte(`"place":"Xã A"`)) {
			t.Errorf("opened %q %v", plain, err)
		}
		custodian, err := sealed.TestKey("custodian")
		must(t, err)
		if _, err := sealed.OpenText(body, custodian); err == nil {
			t.Error("the custodian opens it")
		}
		if len(body)%100 == 0 || len(files) != 1 {
			t.Errorf("%d bytes, %d files", len(body), len(files))
		}
		file, err := w.SealedFile(t.Context(), d.Read(), r.ID, files[0])
		must(t, err)
		plain, err = sealed.OpenText(file, officer)
		must(t, err)
		if name, data := sending.OpenFile(plain); name != "Canarytím.png" || len(data) == 0 {
			t.Errorf("file %q of %d bytes", name, len(data))
		}
		if found, err := w.Find(t.Context(), d.Read(), r.Number, r.Code); err != nil || !found.Denounces || found.Class != "denunciation" {
			t.Errorf("found %+v %v", found, err)
		}
		var entry int64
		must(t, w.write(func(tx *db.Tx) (err error) {
			entry, err = w.TakeInSealed(t.Context(), tx, "baomat", s.ID, w.unit("T1.UBND"), dossier.Content{Text: "Nhận tiền để bỏ qua."}, sending.Taking{Field: "corruption", Key: "k"})
			return err
		}))
		line, _, err := petition.LineOf(t.Context(), d.Read(), entry)
		if err != nil || line.Code == r.Number || !strings.HasPrefix(line.Code, "TC-") {
			t.Errorf("code %q %v", line.Code, err)
		}
		scanDir(t, w.dir, "Canarytím")
	})
}

// keys gives an office an approval and a serving key of each half.
func (w *world) keys(unit string) { w.keysOf(unit, 100, false) }

// keysOf is keys with numbers from first on; below says that it takes what is denounced of places below it.
func (w *world) keysOf(unit string, first int64, below bool) {
	w.Helper()
	id := w.unit(unit)
	must(w, w.write(func(tx *db.Tx) error {
		by := sealed.By{Account: 1, Login: "quantri", At: w.now}
		err := sealed.TurnOn(context.Background(), tx, by, sealed.Approval{Unit: id, Document: "12/QĐ", On: 20261101, Issuer: "UBND tỉnh", Scope: "thử", Signer: "Chủ tịch", Below: below})
		if err != nil {
			return err
		}
		for i, half := range []sealed.Half{sealed.Custodian, sealed.Officer} {
			key, err := sealed.TestKey(string(half) + strings.TrimPrefix(strconv.FormatInt(first, 10), "100"))
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(context.Background(), `INSERT INTO sealed_key (id, unit, half, account, recipient, state, challenge, answer, made_ms, proved_ms, active_ms, confirmed, ended_ms, end_reason, made_leaf, from_leaf, end_leaf)
				VALUES ($1, $2, $3, $4, $5, 'active', $6, $6, 1, 1, 1, 1, 0, '', 0, 0, 0)`, first+int64(i), id, half, first+int64(i), key.Recipient().String(), []byte{})
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// holds counts the rows of a table that hold a text in any column.
func holds(t testing.TB, d *db.DB, table, text string) int {
	t.Helper()
	rows, err := d.Read().Query(`SELECT * FROM ` + table)
	must(t, err)
	defer rows.Close()
	cols, err := rows.Columns()
	must(t, err)
	n := 0
	for rows.Next() {
		vals := make([]any, len(cols))
		for i := range vals {
			vals[i] = new(any)
		}
		must(t, rows.Scan(vals...))
		for _, v := range vals {
			switch v := (*v.(*any)).(type) {
			case string:
				n += strings.Count(v, text)
			case []byte:
				n += bytes.Count(v, []byte(text))
			}
		}
	}
	return n
}

func scanDir(t testing.TB, dir, text string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(text)) {
			t.Errorf("%s holds %q in plain", path, text)
		}
		return err
	}))
}

// Codes and numbers are read as people type them, and a slip is noticed.
func TestCodesAreReadAsTyped(t *testing.T) {
	code, hash := sending.NewCode()
	if !sending.CodeIs(strings.ToLower(code), hash) || !sending.CodeIs(strings.NewReplacer("0", "o", "1", "l", "-", "").Replace(code), hash) {
		t.Errorf("%s is not known when typed otherwise", code)
	}
	for i := range code {
		other := []byte(code)
		if other[i] == '7' {
			other[i] = '3'
		} else {
			other[i] = '7'
		}
		if code[i] != '-' && !sending.Mistyped(string(other)) {
			t.Errorf("%s for %s is not noticed", other, code)
		}
	}
	for typed, want := range map[string]string{"pa-2026-000123": "PA-2026-000123", "PA 2026 123": "PA-2026-000123", "PA2026000123": "PA-2026-000123",
		"tc7k3mq2wx": "TC-7K3M-Q2WX", "TC 7K3M Q2WX": "TC-7K3M-Q2WX", "": "", "PA": "", "x' OR 1=1": "", "DT-2026-5": "DT-2026-000005"} {
		if got := sending.ReadNumber(typed); got != want {
			t.Errorf("%q is read as %q, not %q", typed, got, want)
		}
	}
}

// The receipt says until when, by which article.
func TestNext(t *testing.T) {
	w := open(t, dbtest.SQLite(t))
	for class, want := range map[string]civil.Date{"": 20261204, "reflection": 20261204, "complaint": 20261130} {
		list := w.Next(class, 20261120)
		if len(list) == 0 || list[0].Due != want || list[0].Article == "" {
			t.Errorf("%q: %+v", class, list)
		}
	}
}
