package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/web/browser"
)

// draftAt is the number of the draft that an answer leads to.
func draftAt(t *testing.T, a answer) string {
	t.Helper()
	rest, ok := strings.CutPrefix(a.header.Get("Location"), "/ban-nhap/")
	if a.status != http.StatusSeeOther || !ok {
		t.Fatalf("no draft: %d to %q, %s", a.status, a.header.Get("Location"), summaryOf(a.body))
	}
	return strings.FieldsFunc(rest, func(r rune) bool { return r == '/' || r == '?' })[0]
}

// A form goes by way of its draft: kept, opened by nobody else, looked over at an address of its own, saved with the
// same key; then nothing of what was typed is left beside the entry.
func TestFormIsKeptUntilItIsSaved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		k := r.cat.Latest().Kind("outreach_session")
		u := r.tree.On("001.UBND", today)
		form := typed(k, 1).fill(u, keyOf(1), "nhap")
		address := "/ghi-nhan/moi/" + k.Code
		draft := "/ban-nhap/" + draftAt(t, r.post(address, form))
		page := r.get(draft)
		for _, want := range []string{`value="` + keyOf(1) + `"`, "Nội dung thử", "Đã lưu nháp lúc", `action="` + address + `"`} {
			if !strings.Contains(page.body, want) {
				t.Errorf("the opened draft lacks %q", want)
			}
		}
		if list := r.get("/ban-nhap"); !strings.Contains(list.body, draft) || !strings.Contains(list.body, "xã Một") {
			t.Error("the list does not show it")
		}
		r.who.Account = 2
		for _, path := range []string{draft, draft + "/xem"} {
			if a := r.get(path); a.status != http.StatusNotFound || strings.Contains(a.body, "Nội dung thử") {
				t.Errorf("somebody else opens %s: %d", path, a.status)
			}
		}
		r.post(draft+"/xoa", url.Values{})
		if list := r.get("/ban-nhap"); strings.Contains(list.body, draft) {
			t.Error("somebody else sees it in the list")
		}
		r.who.Account = 1
		form.Set("buoc", "xem")
		form.Set("nhap", strings.TrimPrefix(draft, "/ban-nhap/"))
		form.Set("nhap-ban", "1")
		form.Set("cua-so", keyOf(9))
		if a := r.post(address, form); a.header.Get("Location") != draft+"/xem" {
			t.Fatalf("reviewing leads to %q", a.header.Get("Location"))
		}
		for range 2 { // as often as somebody goes back
			if a := r.get(draft + "/xem"); a.status != http.StatusOK || !strings.Contains(a.body, "Lưu ghi nhận") || r.count("entry") != 0 {
				t.Fatalf("review: %d %s", a.status, summaryOf(a.body))
			}
		}
		form.Set("buoc", "sua")
		if a := r.post(address, form); a.header.Get("Location") != draft {
			t.Errorf("back to the form leads to %q", a.header.Get("Location"))
		}
		form.Set("buoc", "luu")
		id := r.saved(r.post(address, form))
		entry := fmt.Sprintf("/ghi-nhan/%d", id)
		for _, path := range []string{draft, draft + "/xem"} {
			if a := r.get(path); a.header.Get("Location") != entry {
				t.Errorf("after saving %s leads to %q, want %s", path, a.header.Get("Location"), entry)
			}
		}
		var left int
		if err := d.Read().QueryRow(`SELECT count(*) FROM draft WHERE form <> ''`).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d texts left beside the entry, %v", left, err)
		}
		late := typed(k, 1).fill(u, keyOf(1), "")
		late.Set("loai", k.Code)
		if a := r.post("/ban-nhap", late); !strings.Contains(a.body, fmt.Sprintf(`"saved":%d`, id)) || strings.Contains(r.get("/ban-nhap").body, "/ban-nhap/") {
			t.Errorf("what came after the entry was kept: %s", a.body)
		}
	})
}

// Two windows of one form lose nothing to one another, and only one of them becomes the entry of its key.
func TestTwoWindowsOfAForm(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	k := r.cat.Latest().Kind("outreach_session")
	u := r.tree.On("001.UBND", today)
	keep := func(people, draft, seen string) string {
		v := typed(k, 1).fill(u, keyOf(1), "")
		v.Set("loai", k.Code)
		v.Set("f-attendances", people)
		v.Set("nhap", draft)
		v.Set("nhap-ban", seen)
		a := r.post("/ban-nhap", v)
		if a.status != http.StatusOK {
			t.Fatalf("keeping: %d %s", a.status, a.body)
		}
		return a.body
	}
	first := keep("10", "", "")
	id := between(first, `"id":`, ",")
	if got := keep("20", id, "1"); !strings.Contains(got, `"version":2`) || strings.Contains(got, "apart") {
		t.Errorf("going on: %s", got)
	}
	if got := keep("30", id, "1"); !strings.Contains(got, `"apart":true`) || !strings.Contains(got, "cửa sổ khác") {
		t.Errorf("an older window: %s", got)
	}
	if list := r.get("/ban-nhap").body; strings.Count(list, "hai cửa sổ cùng soạn") != 2 {
		t.Error("the list does not show both")
	}
}

// A draft of an amendment goes on over the entry, and meets a newer version with both side by side.
func TestDraftOfAnAmendment(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	k := r.cat.Latest().Kind("outreach_session")
	u := r.tree.On("001.UBND", today)
	id := r.saved(r.post("/ghi-nhan/moi/"+k.Code, typed(k, 1).fill(u, keyOf(1), "luu")))
	address := fmt.Sprintf("/ghi-nhan/%d/sua", id)
	form := func(people string, n int, step string) url.Values {
		v := typed(k, 1).fill(u, keyOf(n), step)
		v.Set("f-attendances", people)
		v.Set("ly-do", "đếm lại")
		v.Set("phien-ban", "1")
		return v
	}
	draft := "/ban-nhap/" + draftAt(t, r.post(address, form("61", 2, "xem")))
	if a := r.get(draft + "/xem"); !strings.Contains(a.body, "<ins>61 lượt người</ins>") {
		t.Errorf("review of an amendment: %d %s", a.status, summaryOf(a.body))
	}
	if a := r.get(draft); !strings.Contains(a.body, `action="`+address+`"`) || !strings.Contains(a.body, "đếm lại") {
		t.Errorf("the opened draft: %d %s", a.status, summaryOf(a.body))
	}
	if a := r.post(address, form("75", 3, "luu")); a.status != http.StatusSeeOther {
		t.Fatalf("amend: %d %s", a.status, summaryOf(a.body))
	}
	if a := r.get(draft + "/xem"); a.status != http.StatusConflict || !strings.Contains(a.body, "Hai bản cạnh nhau") || !strings.Contains(a.body, `value="61"`) {
		t.Errorf("over a newer version: %d %s", a.status, summaryOf(a.body))
	}
}

// Letters are kept for a short time, say nothing in the list, and open only for who may still record them.
func TestDraftOfALetter(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	k := r.cat.Latest().Kind("reception_visit")
	u := r.tree.On("001.UBND", today)
	form := typed(k, 1).fill(u, keyOf(1), "nhap")
	form.Set("f-transferred_to", "VU-VIEC-KIN")
	draft := "/ban-nhap/" + draftAt(t, r.post("/ghi-nhan/moi/"+k.Code, form))
	if list := r.get("/ban-nhap").body; !strings.Contains(list, draft) || strings.Contains(list, "VU-VIEC-KIN") {
		t.Error("the list says what is in a letter")
	}
	var hours int64
	if err := r.db.Read().QueryRow(`SELECT (ends_ms - at_ms) / 3600000 FROM draft`).Scan(&hours); err != nil || hours != 72 {
		t.Errorf("a letter is kept %d hours, %v", hours, err)
	}
	r.as("thu", "06", access.Clerk)
	if r.who.May(access.RecordLetters, 0) {
		t.Fatal("the role records letters: the test sees nothing")
	}
	if a := r.get(draft); a.status != http.StatusForbidden {
		t.Errorf("without the right it opens: %d", a.status)
	}
	if a := r.get(draft + "/xem"); a.status != http.StatusForbidden {
		t.Errorf("without the right it is looked over: %d", a.status)
	}
}

// On a phone: typing keeps the form, its address becomes the draft's, Back from the review asks nothing and shows
// what was typed, the entry ends the draft.
func TestTypingIsKept(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		t.Run(fmt.Sprintf("scripts=%t", scripts), func(t *testing.T) {
			r := newRecorder(t, dbtest.SQLite(t))
			b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: !scripts})
			b.Go(r.site.URL + "/ghi-nhan/moi/contribution?don-vi=001.UBND")
			write(b, "f-purpose", "road")
			fill(b)
			if scripts {
				if got := b.Until(`return document.getElementById("nhap-luc").textContent`, holds("Đã lưu nháp lúc")); !strings.Contains(got, "Đã lưu nháp") {
					t.Fatalf("typing is not kept: %q", got)
				}
			} else {
				click(b, `button[value="nhap"]`)
			}
			if where := b.Until(`return location.pathname`, holds("/ban-nhap/")); !strings.HasPrefix(where, "/ban-nhap/") {
				t.Fatalf("the address is %s", where)
			}
			b.Go(r.site.URL + "/ban-nhap")
			b.Shot(fmt.Sprintf("ban-nhap-%t", scripts))
			var out string
			for _, width := range []int{320, 390} {
				b.Size(width, 844, false)
				if b.Eval(tooWide, &out); out != "" {
					t.Errorf("at %d px: %s", width, out)
				}
			}
			if scripts { // the checker is a script
				for _, v := range b.Axe() {
					t.Error(v)
				}
			}
			click(b, `.unsaved a`)
			b.Until(heading, holds("Đóng góp"))
			write(b, "f-title", "Đường thôn hai")
			click(b, `button[value="xem"].big`)
			b.Until(heading, holds("Xem lại"))
			b.Back()
			if got := b.Until(`return document.getElementsByName("f-title")[0]?.value ?? ""`, holds("hai")); got != "Đường thôn hai" {
				t.Errorf("after Back the form holds %q", got)
			}
			click(b, `button[value="xem"].big`)
			b.Until(heading, holds("Xem lại"))
			click(b, `button[value="luu"].big`)
			b.Until(`return location.search`, holds("xong=ghi"))
			if n := r.count("entry"); n != 1 {
				t.Fatalf("%d entries", n)
			}
			b.Back()
			entry := b.Until(`return location.pathname`, holds("/ghi-nhan/"))
			if scripts && !strings.HasPrefix(entry, "/ghi-nhan/") { // without, the page may come from the browser's memory
				t.Errorf("Back after saving shows %s", entry)
			}
			b.Go(r.site.URL + "/ban-nhap")
			if got := b.Until(`return document.querySelector("main").textContent`, holds("Không có bản nháp nào")); !strings.Contains(got, "Không có bản nháp nào") {
				t.Error("the draft is still in the list")
			}
			for _, m := range b.Messages() {
				t.Error(m)
			}
		})
	}
}
