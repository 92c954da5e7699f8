package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/notice"
	"danvan/internal/org"
)

// Everybody is reminded of his own unit's work: nothing twice, and nothing of a neighbour's.
func TestRemindersKeepToTheOffice(t *testing.T) {
	o := open(t)
	clerk := o.hire(t, "nhac.xa", post{access.Clerk, theCommune})
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, err := o.app.Notices.All(t.Context(), o.app.DB.Read(), today)
	if err != nil {
		t.Fatal(err)
	}
	own := all[clerk.ID]
	if len(own) < 3 {
		t.Fatalf("the commune's clerk has %d reminders; the demo owes more", len(own))
	}
	commune := tree.On(theCommune, today).ID
	for _, n := range own {
		u := tree.Unit(n.Unit)
		if u.ID != commune && (u.Form != org.Body || u.SpanOn(today).Parent != commune) {
			t.Errorf("the commune's clerk is reminded of %s: %s", u.Code, n.Title)
		}
		if n.Topic == notice.Waiting {
			t.Errorf("a clerk is asked to confirm: %s", n.Title)
		}
	}
	for account, list := range all {
		keys := map[string]bool{}
		for _, n := range list {
			if keys[n.Key] || n.Title == "" || !strings.HasPrefix(n.Path, "/") {
				t.Errorf("account %d: %+v is told twice, or says nothing", account, n)
			}
			keys[n.Key] = true
		}
	}
}

// A clerk puts a reminder off, sees it among those put off, and has it back.
func TestReminderIsPutOff(t *testing.T) {
	o := open(t)
	o.hire(t, "nhac.hoan", post{access.Clerk, theCommune})
	v := o.signIn(t, "nhac.hoan", good)
	page := v.get("/nhac-viec")
	key := regexp.MustCompile(`name="viec" value="([^"]+)"`).FindStringSubmatch(page.body)
	if key == nil {
		t.Fatalf("no reminder can be put off:\n%s", page.body)
	}
	if n := strings.Count(page.body, `value="`+key[1]+`"`); n != 1 {
		t.Fatalf("%s stands %d times", key[1], n)
	}
	if got := v.post("/nhac-viec/hoan", url.Values{"viec": {key[1]}, "ngay": {"99"}, "khoa": {"k1"}}); got.status != http.StatusBadRequest && got.status != http.StatusUnprocessableEntity {
		t.Errorf("put off for 99 days: %d", got.status)
	}
	for range 2 { // sent twice
		page = v.post("/nhac-viec/hoan", url.Values{"viec": {key[1]}, "ngay": {"3"}, "khoa": {"k2"}})
		if page.status != http.StatusOK || !strings.Contains(page.body, "Đã hoãn nhắc") || !strings.Contains(page.body, "Đã hoãn nhắc (1)") {
			t.Fatalf("status %d at %s", page.status, page.at)
		}
	}
	page = v.post("/nhac-viec/hoan", url.Values{"viec": {key[1]}, "ngay": {"0"}, "khoa": {"k3"}})
	if strings.Contains(page.body, "Đã hoãn nhắc (") {
		t.Error("the reminder did not come back")
	}
}

// What is chosen is kept, and a wrong hour keeps the rest as it was typed.
func TestHowOneIsReminded(t *testing.T) {
	o := open(t)
	o.hire(t, "nhac.cach", post{access.Clerk, theCommune})
	v := o.signIn(t, "nhac.cach", good)
	form := url.Values{"cach": {"weekly"}, "gio": {"25:00"}, "im-tu": {"19:00"}, "im-den": {"07:00"}, "truoc": {"5"}, "loai": {"dinh-ky", "nhiem-vu"}, "khoa": {"c1"}}
	page := v.post("/tai-khoan/nhac-viec", form)
	if page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "Giờ viết như 07:30") || !strings.Contains(page.body, `value="25:00"`) || !strings.Contains(page.body, "<title>Lỗi: ") {
		t.Fatalf("a wrong hour: %d", page.status)
	}
	form.Set("gio", "08:15")
	if page = v.post("/tai-khoan/nhac-viec", form); page.status != http.StatusOK || !strings.Contains(page.body, `value="08:15"`) {
		t.Fatalf("saving: %d at %s", page.status, page.at)
	}
	page = v.get("/tai-khoan/nhac-viec")
	for _, want := range []string{`value="weekly" checked`, `value="08:15"`, `value="dinh-ky" checked`, `value="5"`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("%s is not kept", want)
		}
	}
	if strings.Contains(page.body, `value="tra-lai" checked`) {
		t.Error("a topic that was not wanted came back")
	}
}
