package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
)

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

var formKey = strings.Repeat("A", 26)

func keyOf(n int) string { return formKey[:20] + strings.Map(digitLetter, fmt.Sprintf("%06d", n)) }

func digitLetter(r rune) rune { return 'A' + r - '0' }

// fill adds to a form what every kind asks.
func (x typing) fill(u *org.Unit, key string, step string) url.Values {
	x.values.Set("don-vi", ledger.Ref(u))
	x.values.Set("ngay", today.Vi())
	x.values.Set("khoa", key)
	x.values.Set("buoc", step)
	return x.values
}

// Every kind of the catalogue has a form that can be filled in, looked over and saved, and what was typed is what is
// stored.
func TestEveryKindIsRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		for n, k := range sortedKinds(r.cat.Latest()) {
			if d.Engine() == db.Postgres && n%8 != 0 || k.Code == petition.Letter { // letters come in by a form of their own
				continue
			}
			address := "/ghi-nhan/moi/" + k.Code
			u := r.bodyFor(k)
			page := r.get(address + "?don-vi=" + u.Code)
			if page.status != http.StatusOK {
				t.Fatalf("%s: %d %s", k.Code, page.status, summaryOf(page.body))
			}
			for _, f := range k.Fields {
				if !strings.Contains(page.body, `"f-`+f.Code) {
					t.Errorf("%s: no control for %s", k.Code, f.Code)
				}
			}
			x := typed(k, n)
			if k.GivenBy != "" {
				x.values.Set("f-"+k.GivenBy, u.Code)
				x.fields[k.GivenBy] = ledger.Ref(u)
			}
			if review := r.on(r.post(address, x.fill(u, keyOf(n), "xem"), x.ups...)); review.status != http.StatusOK || !strings.Contains(review.body, "Lưu ghi nhận") {
				t.Errorf("%s: review answers %d: %s", k.Code, review.status, summaryOf(review.body))
				continue
			}
			e := r.entry(r.saved(r.post(address, x.fill(u, keyOf(n), "luu"), x.ups...)))
			if got, want := e.Versions[0].Fields, canonical(t, x.fields); got != want {
				t.Errorf("%s: stored %s\n typed %s", k.Code, got, want)
			}
			if e.Unit != u.ID || e.Day != today || e.Versions[0].Actor != "thu" {
				t.Errorf("%s: unit %d, day %s, actor %s", k.Code, e.Unit, e.Day, e.Versions[0].Actor)
			}
			if copied := r.get(fmt.Sprintf("%s?tu=%d", address, e.ID)); copied.status != http.StatusOK {
				t.Errorf("%s: copy answers %d: %s", k.Code, copied.status, summaryOf(copied.body))
			}
			if amend := r.get(fmt.Sprintf("/ghi-nhan/%d/sua", e.ID)); amend.status != http.StatusOK {
				t.Errorf("%s: amendment answers %d: %s", k.Code, amend.status, summaryOf(amend.body))
			}
		}
	})
}

// One form is one entry, however often and at once it is sent.
func TestOneFormIsOneEntry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		k := r.cat.Latest().Kind("outreach_session")
		u := r.bodyFor(k)
		var wait sync.WaitGroup
		places := make([]string, 20)
		for i := range places {
			x := typed(k, 3)
			wait.Go(func() { places[i] = r.post("/ghi-nhan/moi/"+k.Code, x.fill(u, formKey, "luu")).header.Get("Location") })
		}
		wait.Wait()
		for _, p := range places {
			if p == "" || p != places[0] {
				t.Fatalf("answers differ: %q", places)
			}
		}
		if n := r.count("entry"); n != 1 {
			t.Errorf("%d entries", n)
		}
		other := typed(k, 4)
		a := r.post("/ghi-nhan/moi/"+k.Code, other.fill(u, formKey, "luu"))
		if a.status != http.StatusConflict || !strings.Contains(a.body, "đã lưu thành ghi nhận số") || !strings.Contains(a.body, "Nội dung thử") {
			t.Errorf("the same form with other content: %d %s", a.status, summaryOf(a.body))
		}
	})
}

func (r *recorder) count(table string) (n int) {
	r.t.Helper()
	if err := r.db.Read().QueryRow(`SELECT count(*) FROM ` + table).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// What is wrong is said above and beside the control in the same words, and nothing typed is lost.
func TestWrongInput(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	k := r.cat.Latest().Kind("contribution")
	if k == nil {
		t.Fatal("no kind contribution")
	}
	outreach := r.cat.Latest().Kind("outreach_session")
	for _, x := range []struct {
		name, field, value, say, control string
	}{
		{"no number", "f-attendances", "khoảng 45", "không phải số", "f-attendances"},
		{"half a person", "f-attendances", "45,5", "số nguyên", "f-attendances"},
		{"below zero", "f-attendances", "-3", "nhỏ hơn mức thấp nhất", "f-attendances"},
		{"no such day", "ngay", "31/2/2026", "chưa đọc được ngày", "ngay"},
		{"tomorrow and later", "ngay", "1/1/2030", "chưa tới", "ngay"},
		{"before the body", "ngay", "1/1/1990", "thành lập", "don-vi"},
		{"no unit", "don-vi", "", "Chưa chọn đơn vị", "don-vi"},
		{"no such unit", "don-vi", "Xã Không Có", "Không có đơn vị nào", "don-vi"},
		{"no such entry", "thuc-hien", "#99999", "Không có ghi nhận", "thuc-hien"},
		{"place is a body", "noi", "06.UBND", "phải là địa bàn", "noi"},
	} {
		in := typed(outreach, 1)
		values := in.fill(r.bodyFor(outreach), keyOf(1), "luu")
		values.Set(x.field, x.value)
		if x.name == "before the body" {
			values.Set("don-vi", ledger.Ref(r.tree.On("001.UBND", today)))
		}
		a := r.post("/ghi-nhan/moi/outreach_session", values)
		if x.name == "before the body" {
			continue // units of the first load exist from the beginning
		}
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "<title>Lỗi: ") {
			t.Errorf("%s: %d %s", x.name, a.status, summaryOf(a.body))
		}
		if !strings.Contains(a.body, `href="#`+x.control+`"`) || strings.Count(a.body, x.say) < 2 {
			t.Errorf("%s: %q does not stand twice: %s", x.name, x.say, summaryOf(a.body))
		}
		for _, kept := range []string{"Nội dung thử &lt;i&gt;&amp;amp;", x.value} {
			if !strings.Contains(a.body, kept) {
				t.Errorf("%s: %q is lost", x.name, kept)
			}
		}
	}
	if n := r.count("entry"); n != 0 {
		t.Errorf("%d entries were saved", n)
	}
}

// Rows are added and taken out without scripts, and their mistakes stand at the row that was typed.
func TestRows(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	for _, k := range r.cat.Latest().Kinds {
		for _, f := range k.Fields {
			if f.Type != "group" || namesOther(f) || k.Code == petition.Letter { // rows that name bodies are played with their own pages
				continue
			}
			name := "f-" + f.Code
			in := typed(k, 1)
			values := in.fill(r.bodyFor(k), keyOf(2), "them:"+name)
			a := r.post("/ghi-nhan/moi/"+k.Code, values)
			if a.status != http.StatusOK || !strings.Contains(a.body, `id="`+name+`-5-o"`) || strings.Contains(a.body, "err-sum") {
				t.Errorf("%s.%s: one more row: %d", k.Code, f.Code, a.status)
			}
			for _, sub := range f.Fields {
				if !sub.Required || sub.Type != "int" && sub.Type != "money" && sub.Type != "decimal" {
					continue
				}
				values.Set("buoc", "luu")
				values.Set(name+"-3-"+sub.Code, "mười")
				a := r.post("/ghi-nhan/moi/"+k.Code, values, in.ups...)
				if !strings.Contains(a.body, `href="#`+name+"-3-"+sub.Code+`"`) {
					t.Errorf("%s.%s.%s: the mistake does not stand at its row: %s", k.Code, f.Code, sub.Code, summaryOf(a.body))
				}
			}
			values.Set("buoc", "bot:"+name+"-2")
			a = r.post("/ghi-nhan/moi/"+k.Code, values)
			if strings.Contains(a.body, `id="`+name+`-4-o"`) || a.status != http.StatusOK {
				t.Errorf("%s.%s: a row less: %d", k.Code, f.Code, a.status)
			}
		}
	}
}

// A right that is gone since the form was opened is noticed at saving, and what was typed stays.
func TestRightsAtSaving(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	k := r.cat.Latest().Kind("outreach_session")
	one, two := r.tree.On("001.UBND", today), r.tree.On("002.UBND", today)
	r.as("xa-hai", "002", access.Clerk)
	x := typed(k, 1)
	a := r.post("/ghi-nhan/moi/outreach_session", x.fill(one, keyOf(1), "luu"))
	if a.status != http.StatusForbidden || !strings.Contains(a.body, "không có quyền ghi") || !strings.Contains(a.body, "Nội dung thử") {
		t.Errorf("foreign unit: %d %s", a.status, summaryOf(a.body))
	}
	id := r.saved(r.post("/ghi-nhan/moi/outreach_session", x.fill(two, keyOf(1), "luu")))
	letter := r.cat.Latest().Kind("reception_visit")
	if a := r.get("/ghi-nhan/moi/reception_visit"); a.status != http.StatusForbidden {
		t.Errorf("a clerk opens the form of a letter: %d", a.status)
	}
	y := typed(letter, 1)
	if a := r.post("/ghi-nhan/moi/reception_visit", y.fill(two, keyOf(2), "luu")); a.status != http.StatusForbidden {
		t.Errorf("a clerk records a letter: %d", a.status)
	}
	r.as("mat", "002", access.Confidential)
	r.saved(r.post("/ghi-nhan/moi/reception_visit", y.fill(two, keyOf(2), "luu")))
	if a := r.get(fmt.Sprintf("/ghi-nhan/%d/sua", id)); a.status != http.StatusForbidden {
		t.Errorf("who records letters alone amends work: %d", a.status)
	}
	if list := r.get("/ghi-nhan/moi").body; !strings.Contains(list, "/ghi-nhan/moi/reception_visit") || strings.Contains(list, "/ghi-nhan/moi/outreach_session") {
		t.Error("the list of kinds does not follow the rights")
	}
	r.as("xa-mot", "001", access.Clerk)
	if a := r.get(fmt.Sprintf("/ghi-nhan/%d/huy", id)); a.status != http.StatusForbidden {
		t.Errorf("a foreign clerk voids: %d", a.status)
	}
}
