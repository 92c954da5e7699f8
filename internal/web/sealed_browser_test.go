package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/cli"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/org"
	"danvan/internal/sealed"
	"danvan/internal/web/browser"
)

// sealedWorld is a small province whose confidential unit keeps identities, with all that was sent to it.
type sealedWorld struct {
	*recorder
	dir  string
	mu   sync.Mutex
	sent bytes.Buffer
}

func newSealedWorld(t *testing.T, d *db.DB) *sealedWorld {
	o := &sealedWorld{recorder: newRecorder(t, d), dir: t.TempDir()}
	inner := o.site.Config.Handler
	o.site.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		o.mu.Lock()
		fmt.Fprintf(&o.sent, "%s %s\n%v\n%s\n", r.Method, r.URL, r.Header, body)
		o.mu.Unlock()
		inner.ServeHTTP(w, r)
	})
	return o
}

// is has the next requests come from somebody with an account of his own.
func (o *sealedWorld) is(account int64, unit string, role access.Role) {
	g := access.Grant{Account: account, Role: role, Unit: o.tree.On(unit, today).ID, From: civil.Floor, To: civil.Forever}
	o.who = access.NewViewer(o.tree, today, account, fmt.Sprint("thu", account), fmt.Sprint("Người thử ", account), []access.Grant{g})
}

func (o *sealedWorld) clerk()     { o.is(9000, "001", access.Desk) }
func (o *sealedWorld) custodian() { o.is(custodianAccount, "06", access.Custodian) }
func (o *sealedWorld) officer()   { o.is(officerAccount, "06", access.Confidential) }
func (o *sealedWorld) admin()     { o.is(9003, "06", access.Administrator) }

func (o *sealedWorld) province() org.UnitID { return o.tree.On("06", today).ID }

func (o *sealedWorld) path(name string) string { return filepath.Join(o.dir, name) }

const (
	keyPass  = "bốn từ không liên quan"
	theName  = "Hoàng Thị Bí Mật"
	thePlace = "Thôn Nà Giấu, sau trạm bơm"
)

// canaries are what must stand nowhere but on the screens of the clerk and the officer.
var canaries = []string{theName, "Bí Mật", thePlace, "Nà Giấu", url.QueryEscape(theName), url.QueryEscape("Nà Giấu"), "AGE-SECRET", keyPass, url.QueryEscape(keyPass)}

// makeKey makes a key on the device, registers it and shows that its file opens.
func (o *sealedWorld) makeKey(b *browser.Browser, file string) {
	b.Go(o.site.URL + "/to-cao/khoa")
	b.Eval(`const was = URL.createObjectURL; URL.createObjectURL = blob => { blob.text().then(t => self.keptFile = t); return was.call(URL, blob); }`, nil)
	b.Fill("cum1-06", "ngắn")
	b.Fill("cum2-06", "ngắn")
	b.Push("Tạo khóa trên máy này")
	b.Await("Cụm mật khẩu phải dài")
	b.Fill("cum1-06", keyPass)
	b.Fill("cum2-06", keyPass)
	b.Push("Tạo khóa trên máy này")
	b.Await("Đã tạo khóa")
	text := b.Until(`return self.keptFile || ""`, func(s string) bool { return s != "" })
	if err := os.WriteFile(o.path(file), []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
	b.Push("Đăng ký khóa")
	b.Await("Đã đăng ký khóa")
	var id string
	b.Eval(`return document.querySelector("[data-prove] input[type=file]").id.slice(0, -4)`, &id)
	b.Upload(id+"-tep", o.path(file))
	b.Fill(id+"-cum", "không phải cụm này")
	b.Push("Thử tệp khóa")
	b.Await("Cụm mật khẩu không đúng")
	b.Fill(id+"-cum", keyPass)
	b.Push("Thử tệp khóa")
	b.Await("Tệp khóa mở được")
}

// compare types the fingerprint that the other reads out.
func (o *sealedWorld) compare(b *browser.Browser, half sealed.Half) {
	list, err := sealed.Keys(o.t.Context(), o.db.Read(), o.province())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, k := range list {
		if k.Half == half && k.State == sealed.Proved {
			b.Go(o.site.URL + "/to-cao/khoa")
			b.Fill(fmt.Sprint("van-tay-", k.ID), strings.ToLower(k.Fingerprint()))
			b.Push("Khớp, đưa khóa vào dùng")
			b.Await("Đã đối chiếu")
			return
		}
	}
	o.t.Fatalf("no key of a %s waits", half)
}

func (o *sealedWorld) unlock(b *browser.Browser, id, file, pass string) {
	b.Upload(id+"-tep", o.path(file))
	b.Fill(id+"-cum", pass)
}

func (o *sealedWorld) running(entry int64) sealed.Opening {
	list, err := sealed.AllOpenings(o.t.Context(), o.db.Read())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, x := range list {
		if x.Entry == entry {
			return x
		}
	}
	o.t.Fatalf("nobody asked for %d", entry)
	return sealed.Opening{}
}

func (o *sealedWorld) ask(b *browser.Browser, page string) {
	o.officer()
	b.Go(o.site.URL + page)
	b.Choose("muc-dich")
	b.Fill("ly-do", "Xác minh nội dung tố cáo theo kế hoạch số 5")
	b.Push("Đề nghị mở")
	b.Await("Đã gửi đề nghị mở")
}

// TestIdentityInTheBrowser is the whole way in a real Chromium: keys, deposit, request, release, opening.
func TestIdentityInTheBrowser(t *testing.T) {
	o := newSealedWorld(t, dbtest.SQLite(t))
	b := browser.Start(t, browser.Options{Width: 1440, Height: 1000})

	o.admin()
	b.Go(o.site.URL + "/quan-tri/khoa")
	b.Await("chỉ giữ trên giấy")
	for id, text := range map[string]string{"don-vi": "06", "van-ban": "12/QĐ-UBND", "ngay-van-ban": "01/11/2026", "co-quan-ban-hanh": "UBND tỉnh", "nguoi-ky": "Chủ tịch", "pham-vi": "Đơn tố cáo của tỉnh"} {
		b.Fill(id, text)
	}
	b.Push("Ghi phê duyệt và bật")
	b.Await("bật lưu danh tính.")
	o.custodian()
	o.makeKey(b, "giu.key")
	o.officer()
	o.makeKey(b, "bm.key")
	o.compare(b, sealed.Custodian)
	o.custodian()
	o.compare(b, sealed.Officer)
	b.Shot("khoa")

	entry := denunciation(t, o.db, o.ledger, "001", "TC-AAAA-BBBB")
	page := fmt.Sprintf("/to-cao/%d/danh-tinh", entry)
	o.clerk()
	b.Go(o.site.URL + page)
	b.Push("Niêm phong và cất")
	b.Await("Hãy chọn danh tính nằm ở đâu")
	b.Choose("noi")
	b.Fill("dt-name", theName)
	b.Fill("dt-address", thePlace)
	b.Shot("cat")
	b.Push("Niêm phong và cất")
	b.Await("Đã cất phong bì")

	o.ask(b, page)
	request := fmt.Sprintf("/to-cao/khoa/yeu-cau/%d", o.running(entry).ID)
	o.custodian()
	b.Go(o.site.URL + "/to-cao/khoa")
	b.Await("Xác minh nội dung tố cáo")
	b.Go(o.site.URL + request)
	b.Shot("yeu-cau")
	o.unlock(b, "boc", "bm.key", keyPass)
	b.Push("Bóc lớp ngoài và chuyển")
	b.Await("Khóa này không mở được phong bì")
	back := b.Window() // a second tab with the same request
	b.Go(o.site.URL + request)
	o.unlock(b, "boc", "giu.key", keyPass)
	b.Push("Bóc lớp ngoài và chuyển")
	b.Await("Đã chuyển lớp trong")
	back()
	o.unlock(b, "boc", "giu.key", keyPass)
	b.Push("Bóc lớp ngoài và chuyển")
	b.Await("đã hết hạn, đã được trả lời")

	o.officer()
	b.Go(o.site.URL + page)
	b.Push("Nhận phong bì")
	b.Await("Phong bì đã nhận")
	o.unlock(b, "doc", "bm.key", "không phải cụm này")
	b.Push("Mở và đọc trên máy này")
	b.Await("Cụm mật khẩu không đúng")
	o.unlock(b, "doc", "giu.key", keyPass)
	b.Push("Mở và đọc trên máy này")
	b.Await("Khóa này không mở được phong bì")
	o.unlock(b, "doc", "bm.key", keyPass)
	b.Push("Mở và đọc trên máy này")
	b.Await(theName)
	b.Await(thePlace)
	b.Shot("doc")
	b.Push("Che lại")
	b.Await("Đã che")
	b.Go(o.site.URL + page)
	b.Await("Đề nghị mở")

	o.opensInGo(entry)
	o.fromTheCommandLine(b)
	o.runsOut(b, entry, page)
	if m := b.Messages(); slices.ContainsFunc(m, func(s string) bool {
		return !strings.Contains(s, "status of 4") && !strings.Contains(s, "Password field")
	}) {
		t.Errorf("the browser says %q", m)
	}
	o.nothingInPlain()
}

// opensInGo opens what Chromium sealed with the key files that Chromium made.
func (o *sealedWorld) opensInGo(entry int64) {
	o.t.Helper()
	records, err := sealed.Records(o.t.Context(), o.db.Read(), o.province())
	if err != nil || len(records) == 0 {
		o.t.Fatalf("%d records, %v", len(records), err)
	}
	o.write("phong-bi.age", sealed.Armor(records[0].Body))
	o.danvan(keyPass, "release", "--key", o.path("giu.key"), "--in", o.path("phong-bi.age"), "--out", o.path("trong.age"))
	if out := o.danvan(keyPass, "open", "--key", o.path("bm.key"), "--in", o.path("trong.age"), "--code", "TC-AAAA-BBBB"); !strings.Contains(out, theName) {
		o.t.Errorf("danvan identity reads %q of what the browser sealed", out)
	}
}

func (o *sealedWorld) write(name, text string) {
	o.t.Helper()
	if err := os.WriteFile(o.path(name), []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o *sealedWorld) danvan(input string, args ...string) string {
	o.t.Helper()
	var out, errs strings.Builder
	if status := cli.Main(o.t.Context(), append([]string{"identity"}, args...), strings.NewReader(input+"\n"), &out, &errs); status != 0 {
		o.t.Fatalf("danvan identity %v: %s", args, errs.String())
	}
	return out.String()
}

// fromTheCommandLine seals with danvan identity, with a key file of the browser, and opens in the browser.
func (o *sealedWorld) fromTheCommandLine(b *browser.Browser) {
	o.t.Helper()
	entry := denunciation(o.t, o.db, o.ledger, "001", "TC-CCCC-DDDD")
	page := fmt.Sprintf("/to-cao/%d/danh-tinh", entry)
	o.clerk()
	o.write("ring.json", o.get(page+"/khoa-cong-khai.json").body)
	o.danvan(theName+"\n\n\n"+thePlace, "seal", "--to", o.path("ring.json"), "--out", o.path("sealed.age"))
	var ring sealed.Sealing
	if err := json.Unmarshal([]byte(o.get(page+"/khoa-cong-khai.json").body), &ring); err != nil {
		o.t.Fatal(err)
	}
	record, err := os.ReadFile(o.path("sealed.age"))
	if err != nil {
		o.t.Fatal(err)
	}
	if a, err := o.client.PostForm(o.site.URL+page, url.Values{"khoa": {"cli"}, "vong": {ring.Mark}, "phong-bi": {string(record)}}); err != nil || a.StatusCode != http.StatusSeeOther {
		o.t.Fatalf("deposit of a file: %v, %v", a, err)
	}
	o.ask(b, page)
	o.custodian()
	b.Go(o.site.URL + fmt.Sprintf("/to-cao/khoa/yeu-cau/%d", o.running(entry).ID))
	o.unlock(b, "boc", "giu.key", keyPass)
	b.Push("Bóc lớp ngoài và chuyển")
	b.Await("Đã chuyển lớp trong")
	o.officer()
	b.Go(o.site.URL + page)
	b.Push("Nhận phong bì")
	b.Await("Phong bì đã nhận")
	o.unlock(b, "doc", "bm.key", keyPass)
	b.Push("Mở và đọc trên máy này")
	b.Await(theName)
	o.unlock(b, "doc", "bm.key", keyPass)
	b.Push("Niêm phong lại, không đọc")
	b.Await("Đã niêm phong lại")
}

// runsOut has a request wait for too long: nobody can release it any more, also from a page that was open before, and the
// officer may ask anew.
func (o *sealedWorld) runsOut(b *browser.Browser, entry int64, page string) {
	o.t.Helper()
	o.ask(b, page)
	ask := o.running(entry)
	o.custodian()
	b.Go(o.site.URL + fmt.Sprintf("/to-cao/khoa/yeu-cau/%d", ask.ID))
	o.unlock(b, "boc", "giu.key", keyPass)
	err := o.db.Write(o.t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(o.t.Context(), `UPDATE sealed_opening SET ends_ms = 1 WHERE id = $1`, ask.ID)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	b.Push("Bóc lớp ngoài và chuyển")
	b.Await("Lỗi")
	if st := o.running(entry); st.At(ask.Ends.Add(-1)) == sealed.Released {
		o.t.Errorf("a request that ran out was released: %+v", st)
	}
	b.Go(o.site.URL + fmt.Sprintf("/to-cao/khoa/yeu-cau/%d", ask.ID))
	b.Await("Hết hạn")
	o.officer()
	b.Go(o.site.URL + page)
	b.Await("Đề nghị mở")
	o.ask(b, page)
}

// nothingInPlain looks for the identity in all that was sent and in every file of the database.
func (o *sealedWorld) nothingInPlain() {
	o.t.Helper()
	o.mu.Lock()
	places := map[string][]byte{"what was sent": o.sent.Bytes()}
	o.mu.Unlock()
	var file string
	if err := o.db.Read().QueryRowContext(o.t.Context(), `SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&file); err != nil {
		o.t.Fatal(err)
	}
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(file + end)
		if err != nil {
			o.t.Fatal(err)
		}
		places[file+end] = b
	}
	for name, b := range places {
		for _, c := range canaries {
			if bytes.Contains(b, []byte(c)) {
				o.t.Errorf("%q stands in %s", c, filepath.Base(name))
			}
		}
	}
	if !bytes.Contains(places["what was sent"], []byte("BEGIN+AGE+ENCRYPTED+FILE")) {
		o.t.Error("the recording of requests sees no envelope: it would see no identity either")
	}
}

var (
	formKeys = regexp.MustCompile(`name="khoa" value="[^"]*"`)
	mainPart = regexp.MustCompile(`(?s)<main.*</main>`)
)

// TestIdentityPagesLookAlike: the same bytes whether there is an identity, none, nothing was ever put in, or it was
// opened before, but for the code, the number and the form's key.
func TestIdentityPagesLookAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newSealedWorld(t, d)
		turnedOn(t, d, o.province())
		look := func(entry int64, code string) string {
			a := o.get(fmt.Sprintf("/to-cao/%d/danh-tinh", entry))
			if a.status != http.StatusOK {
				t.Fatalf("%s: %d", code, a.status)
			}
			body := mainPart.FindString(a.body)
			body = formKeys.ReplaceAllString(body, "KEY")
			body = strings.ReplaceAll(body, fmt.Sprintf("/to-cao/%d/", entry), "/to-cao/N/")
			return strings.ReplaceAll(body, code, "CODE")
		}
		kinds := []string{sealed.Known, sealed.Paper, sealed.Empty, "", "opened", "refused"}
		views := map[string]func(){"clerk": o.clerk, "officer": o.officer}
		pages := map[string]map[string]string{"clerk": {}, "officer": {}}
		for i, kind := range kinds {
			code := fmt.Sprintf("TC-AAAA-000%d", i)
			entry := denunciation(t, d, o.ledger, "001", code)
			o.bring(entry, code, kind)
			for who, be := range views {
				be()
				pages[who][kind] = look(entry, code)
			}
		}
		for who, list := range pages {
			for _, kind := range kinds {
				if list[kind] != list[sealed.Known] {
					t.Errorf("to the %s the page of %q differs from one with an identity", who, kind)
				}
			}
			if !strings.Contains(list[""], "CODE") {
				t.Error("the comparison sees no page")
			}
		}
	})
}

// bring has a case come to a state: something deposited, opened, refused, or nothing at all.
func (o *sealedWorld) bring(entry int64, code, kind string) {
	o.t.Helper()
	ctx, c := o.t.Context(), sealed.Case{Entry: entry, Code: code, Unit: o.tree.On("001", today).ID}
	must := func(fn func(tx *db.Tx) error) {
		o.t.Helper()
		if err := o.db.Write(ctx, fn); err != nil {
			o.t.Fatal(err)
		}
	}
	if kind != "" {
		ring, err := sealed.RingOf(ctx, o.db.Read(), o.province())
		if err != nil {
			o.t.Fatal(err)
		}
		id := sealed.Identity{Code: code, Kind: sealed.Known, Name: theName}
		if kind == sealed.Paper || kind == sealed.Empty {
			id = sealed.Identity{Code: code, Kind: kind}
		}
		body, err := sealed.Seal(id, sealed.Recipients(ring.Officers), sealed.Recipients(ring.Custodians))
		if err != nil {
			o.t.Fatal(err)
		}
		must(func(tx *db.Tx) error { return sealed.Deposit(ctx, tx, sealedAs(9000), c, ring.Unit, ring.Mark(), body) })
	}
	if kind != "opened" && kind != "refused" {
		return
	}
	var id int64
	must(func(tx *db.Tx) (err error) {
		id, err = sealed.Ask(ctx, tx, sealedAs(officerAccount), c, o.province(), sealed.ToRead, "Xác minh theo kế hoạch")
		return err
	})
	if kind == "refused" {
		must(func(tx *db.Tx) error {
			return sealed.Refuse(ctx, tx, sealedAs(custodianAccount), id, "Chưa cần cho việc xác minh")
		})
		return
	}
	key, err := sealed.TestKey(fmt.Sprint(custodianAccount, o.province()))
	if err != nil {
		o.t.Fatal(err)
	}
	records, err := sealed.Records(ctx, o.db.Read(), o.province())
	if err != nil {
		o.t.Fatal(err)
	}
	at := slices.IndexFunc(records, func(r sealed.Record) bool { return r.Entry == entry })
	inner, err := sealed.OpenOuter(records[at].Body, key)
	if err != nil {
		o.t.Fatal(err)
	}
	must(func(tx *db.Tx) error { return sealed.Release(ctx, tx, sealedAs(custodianAccount), id, inner) })
	must(func(tx *db.Tx) error { _, err := sealed.Fetch(ctx, tx, sealedAs(officerAccount), id, "f"); return err })
}

// TestNobodyElseOpens: every role but the two has no way to the bytes, the administrator least of all.
func TestNobodyElseOpens(t *testing.T) {
	o := newSealedWorld(t, dbtest.SQLite(t))
	turnedOn(t, o.db, o.province())
	entry := denunciation(t, o.db, o.ledger, "001", "TC-AAAA-BBBB")
	o.bring(entry, "TC-AAAA-BBBB", sealed.Known)
	var id int64
	err := o.db.Write(t.Context(), func(tx *db.Tx) (err error) {
		id, err = sealed.Ask(t.Context(), tx, sealedAs(officerAccount), sealed.Case{Entry: entry, Code: "TC-AAAA-BBBB"}, o.province(), sealed.ToRead, "Xác minh theo kế hoạch")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, role := range access.Roles() {
		o.is(int64(5000+i), "06", role)
		file := o.get(fmt.Sprintf("/to-cao/khoa/yeu-cau/%d/phong-bi", id))
		fetch, err := o.client.PostForm(o.site.URL+fmt.Sprintf("/to-cao/%d/danh-tinh/nhan", entry), url.Values{"khoa": {"x"}, "de-nghi": {fmt.Sprint(id)}})
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(fetch.Body)
		if err != nil || fetch.Body.Close() != nil {
			t.Fatal(err)
		}
		if gets := strings.Contains(file.body, "BEGIN AGE"); gets != (role == access.Custodian) {
			t.Errorf("%s gets the envelope: %v (%d)", role, gets, file.status)
		}
		if fetch.StatusCode < 400 || bytes.Contains(body, []byte("BEGIN AGE")) {
			t.Errorf("%s fetches what somebody else asked for: %d", role, fetch.StatusCode)
		}
	}
}
