package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db/dbtest"
)

// What makes the pages an app: a manifest with icons that exist, a worker whose every kept address exists.
func TestInstallable(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	var m struct {
		Display, Scope string
		StartURL       string `json:"start_url"`
		Icons          []struct{ Src, Sizes, Purpose string }
	}
	if err := json.Unmarshal([]byte(r.get("/manifest.webmanifest").body), &m); err != nil {
		t.Fatal(err)
	}
	if m.Display != "standalone" || m.Scope != "/" || m.StartURL != "/" || len(m.Icons) != 3 || m.Icons[2].Purpose != "maskable" {
		t.Errorf("manifest %+v", m)
	}
	for _, i := range m.Icons {
		if a := r.get(i.Src); a.status != http.StatusOK || a.header.Get("Content-Type") != "image/png" {
			t.Errorf("icon %s: %d %s", i.Src, a.status, a.header.Get("Content-Type"))
		}
	}
	worker := r.get("/sw.js")
	if worker.header.Get("Cache-Control") != "no-cache" || !strings.HasPrefix(worker.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("worker: %v", worker.header)
	}
	var keeps []string
	if err := json.Unmarshal([]byte("["+between(worker.body, "keeps = [", "]")+"]"), &keeps); err != nil || len(keeps) < 20 {
		t.Fatalf("the worker keeps %v, %v", keeps, err)
	}
	for _, path := range append(keeps, "/ngoai-tuyen") {
		if a := r.get(path); a.status != http.StatusOK {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// What a device keeps has nothing of anybody in it: neither who asks nor what was ever written.
func TestKeptPagesAreEmpty(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	k := r.cat.Latest().Kind("outreach_session")
	r.saved(r.post("/ghi-nhan/moi/"+k.Code, typed(k, 1).fill(r.tree.On("001.UBND", today), keyOf(1), "luu")))
	r.who.Name = "Người Rất Riêng"
	for _, path := range []string{"/ngoai-tuyen", "/ngoai-tuyen/mau/" + k.Code + "?don-vi=001.UBND"} {
		a := r.get(path)
		if a.status != http.StatusOK || !strings.Contains(a.body, "<h1>") {
			t.Fatalf("%s: %d", path, a.status)
		}
		for _, word := range []string{"Người Rất Riêng", "Nội dung thử", "data-account"} {
			if strings.Contains(a.body, word) {
				t.Errorf("%s holds %q", path, word)
			}
		}
	}
	if a := r.get("/ngoai-tuyen/mau/reception_visit"); a.status != http.StatusForbidden {
		t.Errorf("the form of letters is given out for offline: %d", a.status)
	}
	if a := r.get("/ghi-nhan/moi/reception_visit"); !strings.Contains(a.body, `data-device="no"`) || strings.Contains(a.body, "data-prepare") {
		t.Error("the form of letters does not say that a device must not keep it")
	}
}

// A queue is told in words it can show: saved, what is wrong, that the session has ended, that another signed in.
func TestQueueIsTold(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	k := r.cat.Latest().Kind("outreach_session")
	u := r.tree.On("001.UBND", today)
	send := func(values url.Values, headers ...string) (int, map[string]any) {
		t.Helper()
		req := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/ghi-nhan/moi/"+k.Code, strings.NewReader(values.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Accept", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		r.site.Config.Handler.ServeHTTP(w, req)
		var a map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatalf("%d %.200s", w.Code, w.Body)
		}
		return w.Code, a
	}
	form := func() url.Values { return typed(k, 1).fill(u, keyOf(1), "luu") }
	bad := form()
	bad.Set("f-attendances", "nhiều")
	if status, a := send(bad); status != http.StatusUnprocessableEntity || a["wrong"] == nil || a["saved"] != nil {
		t.Errorf("a mistake: %d %v", status, a)
	}
	if status, a := send(form(), "X-Danvan-Account", "2"); status != http.StatusUnauthorized || a["signIn"] != true || r.count("entry") != 0 {
		t.Errorf("for somebody else: %d %v", status, a)
	}
	for range 2 {
		if status, a := send(form(), "X-Danvan-Account", "1"); status != http.StatusOK || a["saved"] != 1.0 {
			t.Errorf("saving: %d %v", status, a)
		}
	}
	other := form()
	other.Set("f-attendances", "7")
	if status, a := send(other); status != http.StatusUnprocessableEntity || a["wrong"] == nil {
		t.Errorf("another content under the same key: %d %v", status, a)
	}
	who := r.who
	r.as("thu", "06", access.Inspector)
	if status, a := send(form()); status != http.StatusForbidden || a["say"] == nil {
		t.Errorf("without the right: %d %v", status, a)
	}
	r.who = nil
	if status, a := send(form()); status != http.StatusUnauthorized || a["signIn"] != true {
		t.Errorf("signed out: %d %v", status, a)
	}
	r.who = who
	if r.count("entry") != 1 {
		t.Errorf("%d entries", r.count("entry"))
	}
}
