package web_test

import (
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/identity"
	"danvan/internal/ledger"
	"danvan/internal/petition"
)

// Two officers hold one page and send it: one is saved, the other sees that step beside what he typed, and sent again it
// follows. Nothing is lost, whichever form it is.
func TestTwoOfficersOnOneLetter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		id := letterSaying(t, r.ledger, d, r.dossiers, "complaint", "001.UBND", today.AddDays(-9), wallLetter)
		r.as("xulydon", "001", access.Officer)
		path := fmt.Sprintf("/don-thu/%d", id)
		form := formOf(t, r.get(path+"/buoc/urged").body, "phien-ban")
		var all sync.WaitGroup
		answers := make([]answer, 2)
		for n := range answers {
			one := url.Values{"khoa": {keyOf(40 + n)}, "viec": {"urged"}, "phien-ban": {form.Get("phien-ban")}, "ngay": {today.Vi()}, "so": {fmt.Sprintf("%d/CV-ĐĐ", 71+n)}}
			all.Go(func() { answers[n] = r.form(path+"/buoc", one) })
		}
		all.Wait()
		lost := 0
		if answers[0].status == http.StatusSeeOther {
			lost = 1
		}
		a := answers[lost]
		won, mine := fmt.Sprintf("%d/CV-ĐĐ", 72-lost), fmt.Sprintf("%d/CV-ĐĐ", 71+lost)
		if answers[1-lost].status != http.StatusSeeOther || a.status != http.StatusConflict {
			t.Fatalf("answers %d and %d: %s", answers[0].status, answers[1].status, summaryOf(a.body))
		}
		if !strings.Contains(a.body, "Bước vừa được ghi") || !strings.Contains(a.body, won) || !strings.Contains(a.body, `value="`+mine+`"`) {
			t.Errorf("the other's step %s or the typed %s is not shown: %s", won, mine, summaryOf(a.body))
		}
		again := but(formOf(t, a.body, "phien-ban"), "ngay", today.Vi(), "so", mine)
		r.wentTo(r.form(path+"/buoc", again))
		if fields := r.entry(id).Versions[2].Fields; !strings.Contains(fields, won) || !strings.Contains(fields, mine) {
			t.Errorf("a step is lost: %s", fields)
		}
		for page, typed := range map[string]url.Values{
			"/chuyen":  {"don-vi": {"002.UBND"}, "ngay": {today.Vi()}, "so": {"73/PC"}, "ngay-vb": {today.Vi()}},
			"/bo-buoc": {"ly-do": {"Ghi nhầm hồ sơ 73/PC"}},
		} {
			old := formOf(t, r.get(path+page).body, "phien-ban")
			r.wentTo(r.form(path+"/buoc", url.Values{"khoa": {keyOf(50 + len(page))}, "viec": {"urged"}, "phien-ban": {fmt.Sprint(r.entry(id).Version)}, "ngay": {today.Vi()}, "so": {"74/CV"}}))
			for k, v := range typed {
				old[k] = v
			}
			if a := r.form(path+page, old); a.status != http.StatusConflict || !strings.Contains(a.body, "73/PC") || !strings.Contains(a.body, "74/CV") && page != "/bo-buoc" {
				t.Errorf("%s over a newer step: %d %s", page, a.status, summaryOf(a.body))
			}
		}
	})
}

// employs makes an account with a role at a body, and gives its number.
func (r *recorder) employs(name, unit string, role access.Role) (id string) {
	r.t.Helper()
	err := r.db.Write(r.t.Context(), func(tx *db.Tx) error {
		a, err := r.accounts.Create(r.t.Context(), tx, "thu", identity.NewAccount{Login: fmt.Sprintf("nguoi%d", len(name)), Name: name})
		if err != nil {
			return err
		}
		id = fmt.Sprint(a.ID)
		_, err = access.Give(r.t.Context(), tx, access.By{Login: "thu", Today: today, Tree: r.tree},
			access.Grant{Account: a.ID, Role: role, Unit: r.tree.On(unit, today).ID, From: today, To: civil.Forever}, "Kiểm thử")
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return id
}

// Two heads give one case at once: the second is told who has it now.
func TestHands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		id := letterSaying(t, r.ledger, d, r.dossiers, "complaint", "001.UBND", today.AddDays(-9), wallLetter)
		officer, verifier := r.employs("Chị Cán Bộ", "001.UBND", access.Officer), r.employs("Anh Xác Minh", "001.UBND", access.Verifier)
		r.employs("Người Nơi Khác", "002.UBND", access.Officer)
		r.as("xulydon", "001", access.Officer)
		path := fmt.Sprintf("/don-thu/%d", id)
		page := r.get(path + "/giao").body
		if !strings.Contains(page, "Chị Cán Bộ") || strings.Contains(page, "Người Nơi Khác") {
			t.Error("the wrong people are offered")
		}
		form := formOf(t, page, "xac-minh")
		r.wentTo(r.form(path+"/giao", but(form, "can-bo", officer, "xac-minh", verifier)))
		if a := r.form(path+"/giao", but(form, "khoa", keyOf(61), "can-bo", "", "xac-minh", verifier)); a.status != http.StatusConflict || !strings.Contains(a.body, "vừa được người khác giao") || !strings.Contains(a.body, "<dd>Chị Cán Bộ</dd>") {
			t.Errorf("over another's giving: %d %s", a.status, summaryOf(a.body))
		}
		if a := r.form(path+"/giao", but(form, "khoa", keyOf(62), "can-bo", "999999")); a.status != http.StatusUnprocessableEntity {
			t.Errorf("to somebody who is not offered: %d", a.status)
		}
		h, err := petition.HandsOf(t.Context(), d.Read(), id)
		if err != nil || fmt.Sprint(h.Officer) != officer || fmt.Sprint(h.Verifier) != verifier {
			t.Errorf("in hands %+v, %v", h, err)
		}
		r.as("khac", "002", access.Officer)
		if a := r.form(path+"/giao", but(form, "khoa", keyOf(63))); a.status != http.StatusForbidden {
			t.Errorf("an officer of another commune gives it: %d", a.status)
		}
	})
}

// What people, scripts and broken browsers may send.
var anything = []string{"", " ", "x", "0", "-1", "1", "7", "99999999999999999999", "1e9", "31/12/2026", "22/11/2026", "29/02/2026", "00/00/0000", "31/12/9999", "01/01/0001",
	"own", "other", "party", "eligible", "duplicate", "anonymous", "complaint", "denunciation", "proposal", "mixed", "land", "corruption", "first", "second", "complex", "whole", "part", "right", "answered",
	"withdrawn_whole", "coerced", "12/QĐ-UBND", "Chủ tịch", "002.UBND", "001.UBND", "<script>alert(1)</script>", "' OR 1=1 --", "\x00", "\xff\xfe", "a\r\nb", "Ấ\u0323\u202e", "12.500.000,5", "returned_land", strings.Repeat("ạ", 5000)}

// Whatever is posted to the forms of a case, it is answered in an orderly way and no case becomes unlawful.
func TestAnythingPostedToACase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		posts := 350
		if d.Engine() != db.SQLite {
			posts = 120
		}
		random := rand.New(rand.NewPCG(5, 22))
		pick := func(list []string) string { return list[random.IntN(len(list))] }
		var cases []int64
		for _, class := range []string{"complaint", "denunciation", "proposal", "mixed"} {
			for n := range 3 {
				cases = append(cases, letterSaying(t, r.ledger, d, r.dossiers, class, "001.UBND", today.AddDays(-5-n), wallLetter))
			}
		}
		law := petition.Law{Edition: r.cat.Latest()}
		r.ledger.Law = func(kind string, day civil.Date, v catalog.Values) (out ledger.Problems) {
			for _, p := range law.Lawful(kind, day, v) {
				out = append(out, ledger.Problem{Field: p.Field, Say: p.Say})
			}
			return out
		}
		acts := []string{"", "received", "x"}
		for _, o := range r.cat.Latest().List("petition_steps").Options {
			acts = append(acts, o.Code)
		}
		names := []string{"ngay", "so", "ngay-vb", "dieu", "chuc-vu", "can-cu", "muc-do", "den-ngay", "co-quan", "ket-qua", "so-ngay", "loai", "linh-vuc", "dieu-kien", "can-cu-dk", "tham-quyen", "phuc-tap", "ben-bi",
			"lan", "nac-danh", "vung-xa", "don-vi", "ly-do", "can-bo", "xac-minh", "dang-giu", "loai-1", "linh-vuc-1", "loai-2", "linh-vuc-2", "viec-1", "phai-1", "xong-1", "han-1", "ngay-1", "van-ban-1"}
		likely := map[string][]string{"ngay": {today.Vi()}, "ngay-vb": {today.Vi()}, "so": {"12/QĐ"}, "chuc-vu": {"Chủ tịch"}, "muc-do": {"whole", "part"}, "loai": {"complaint", "denunciation", "proposal"}, "linh-vuc": {"land"},
			"dieu-kien": {"eligible", "duplicate"}, "tham-quyen": {"own", "other"}, "ket-qua": {"right", "answered"}, "so-ngay": {"10"}, "co-quan": {"Thanh tra"}, "don-vi": {"002.UBND", ""}, "loai-1": {"complaint"}, "loai-2": {"proposal"},
			"linh-vuc-1": {"land"}, "linh-vuc-2": {"land"}, "can-cu": {"other", "withdrawn_whole"}, "ly-do": {"Ghi nhầm hồ sơ"}, "viec-1": {"returned_land"}, "phai-1": {"12,5"}}
		seen, kinds := map[int]int{}, map[string]bool{}
		for n := range posts {
			id := cases[random.IntN(len(cases))]
			v := url.Values{"khoa": {keyOf(1000 + n)}, "viec": {pick(acts)}, "phien-ban": {fmt.Sprint(r.entry(id).Version)}}
			wild := random.IntN(3) == 0
			for _, name := range names {
				switch {
				case len(likely[name]) > 0 && (!wild || random.IntN(4) > 0):
					v.Set(name, pick(likely[name]))
				case wild:
					v.Set(name, pick(anything))
				}
			}
			if random.IntN(12) == 0 {
				v.Set("phien-ban", pick(anything))
			}
			if random.IntN(12) == 0 {
				v.Set("khoa", pick(anything))
			}
			at := fmt.Sprintf("/don-thu/%d/%s", id, pick([]string{"buoc", "buoc", "buoc", "buoc", "buoc", "chuyen", "tach", "thi-hanh", "giao", "bo-buoc", "nhan-chuyen"}))
			a := r.form(at, v)
			seen[a.status]++
			switch a.status {
			case http.StatusOK, http.StatusSeeOther, http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
			default:
				t.Errorf("%s %s: %d %s", at, v.Encode(), a.status, html.UnescapeString(summaryOf(a.body)))
			}
			c, err := petition.CaseOf(r.entry(id))
			if err != nil {
				t.Fatal(err)
			}
			if ps := law.Lawful(c.Kind, today, c.Values); len(ps) > 0 {
				t.Fatalf("%s %s made an unlawful case: %v", at, v.Encode(), ps)
			}
			kinds[string(c.State().Stage)] = true
		}
		if seen[http.StatusSeeOther] < posts/20 || len(kinds) < 5 {
			t.Errorf("too weak: answers %v, stages %v", seen, kinds)
		}
	})
}
