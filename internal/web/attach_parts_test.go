package web_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
)

// tus sends one request of the protocol of files in parts.
func (r *recorder) tus(method, path string, body []byte, headers ...string) answer {
	r.t.Helper()
	req, err := http.NewRequest(method, r.site.URL+path, bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := r.client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

func (r *recorder) beginPart(name string, size int) string {
	r.t.Helper()
	a := r.tus("POST", "/tep-len", nil, "Upload-Length", strconv.Itoa(size), "Upload-Metadata", "filename "+base64.StdEncoding.EncodeToString([]byte(name)))
	if a.status != http.StatusCreated {
		r.t.Fatalf("begin: %d %s", a.status, a.body)
	}
	return a.header.Get("Location")
}

func (r *recorder) part(at string, offset int, data []byte) answer {
	r.t.Helper()
	return r.tus("PATCH", at, data, "Upload-Offset", strconv.Itoa(offset), "Content-Type", "application/offset+octet-stream")
}

// A photo that comes in parts is attached like any other: without its place, by its sender alone, once.
func TestFileInParts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		data := photo(t)
		at := r.beginPart(`C:\họp dân.jpg`, len(data))
		half := len(data) / 2
		if a := r.part(at, 0, data[:half]); a.status != http.StatusNoContent || a.header.Get("Upload-Offset") != strconv.Itoa(half) {
			t.Fatalf("first half: %d %v", a.status, a.header)
		}
		if a := r.part(at, 0, data[:half]); a.status != http.StatusConflict || a.header.Get("Upload-Offset") != strconv.Itoa(half) {
			t.Errorf("the first half again: %d %s", a.status, a.header.Get("Upload-Offset"))
		}
		if a := r.tus("POST", at+"/xong", nil); a.status != http.StatusConflict {
			t.Errorf("half a file is finished: %d %s", a.status, a.body)
		}
		r.who.Account = 2
		for _, a := range []answer{r.tus("HEAD", at, nil), r.part(at, half, data[half:]), r.tus("POST", at+"/xong", nil)} {
			if a.status != http.StatusNotFound {
				t.Errorf("somebody else: %d %s", a.status, a.body)
			}
		}
		r.who.Account = 1
		if a := r.tus("HEAD", at, nil); a.header.Get("Upload-Offset") != strconv.Itoa(half) || a.header.Get("Upload-Length") != strconv.Itoa(len(data)) {
			t.Errorf("asked how much is there: %v", a.header)
		}
		if a := r.part(at, half, data[half:]); a.status != http.StatusNoContent {
			t.Fatalf("second half: %d %s", a.status, a.body)
		}
		first := r.tus("POST", at+"/xong", nil)
		if again := r.tus("POST", at+"/xong", nil); first.status != http.StatusOK || again.body != first.body {
			t.Fatalf("finished: %d %s, again %d %s", first.status, first.body, again.status, again.body)
		}
		k := r.cat.Latest().Kind("outreach_session")
		values := typed(k, 1).fill(r.tree.On("001.UBND", today), keyOf(1), "luu")
		control := "tep"
		for _, f := range k.Fields {
			if f.Type == "file" {
				control = "f-" + f.Code
			}
		}
		values.Set(control, between(first.body, `"hash":"`, `"`))
		id := r.saved(r.post("/ghi-nhan/moi/"+k.Code, values))
		e := r.entry(id)
		if len(e.Files) != 1 || e.Files[0].Name != "họp dân.jpg" {
			t.Fatalf("files of the entry: %+v", e.Files)
		}
		kept := r.get(fmt.Sprintf("/ghi-nhan/%d/tep/1", id))
		for _, secret := range []string{"GPS", "comment", "<script>"} {
			if strings.Contains(kept.body, secret) {
				t.Errorf("%s is still in the photo", secret)
			}
		}
	})
}

func TestPartsAreHostile(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	program := []byte("MZ this is a program that calls itself a photo")
	at := r.beginPart("ảnh.jpg", len(program))
	r.part(at, 0, program)
	if a := r.tus("POST", at+"/xong", nil); a.status != http.StatusBadRequest || !strings.Contains(a.body, "không thuộc loại được nhận") {
		t.Errorf("a program: %d %s", a.status, a.body)
	}
	if a := r.tus("HEAD", at, nil); a.status != http.StatusNotFound {
		t.Errorf("what was refused stays: %d", a.status)
	}
	at = r.beginPart("ảnh.jpg", 3<<20)
	for name, x := range map[string]struct {
		got  answer
		want int
	}{
		"an older protocol":   {r.tus("HEAD", at, nil, "Tus-Resumable", "0.2.2"), http.StatusPreconditionFailed},
		"another type":        {r.tus("PATCH", at, []byte("x"), "Upload-Offset", "0"), http.StatusUnsupportedMediaType},
		"no offset":           {r.tus("PATCH", at, []byte("x"), "Content-Type", "application/offset+octet-stream"), http.StatusBadRequest},
		"a part too large":    {r.part(at, 0, make([]byte, 1<<20+1)), http.StatusRequestEntityTooLarge},
		"no length":           {r.tus("POST", "/tep-len", nil), http.StatusBadRequest},
		"too long":            {r.tus("POST", "/tep-len", nil, "Upload-Length", "30000000"), http.StatusBadRequest},
		"a path":              {r.tus("HEAD", "/tep-len/..%2f..%2faudit.key", nil), http.StatusNotFound},
		"throwing away":       {r.tus("DELETE", at, nil), http.StatusNoContent},
		"throwing away again": {r.tus("DELETE", at, nil), http.StatusNoContent},
	} {
		if x.got.status != x.want {
			t.Errorf("%s: %d %s, want %d", name, x.got.status, x.got.body, x.want)
		}
	}
}
