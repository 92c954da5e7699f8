package portal_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"danvan/internal/portal"
)

// deaf is a reader who takes nothing: writing to him waits until he is let go.
type deaf struct {
	*httptest.ResponseRecorder
	reached, leave chan struct{}
}

func (d *deaf) Write(b []byte) (int, error) {
	close(d.reached)
	<-d.leave
	return len(b), nil
}

// TestADeafReaderKeepsNobodyWaiting: a page is made by one at a time, and whoever does not take his keeps nobody from theirs.
func TestADeafReaderKeepsNobodyWaiting(t *testing.T) {
	w := open(t)
	pages, err := portal.New(w.deps) // with nothing kept yet
	if err != nil {
		t.Fatal(err)
	}
	d := &deaf{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		pages.ServeHTTP(d, httptest.NewRequest(http.MethodGet, "/cong/xa", nil))
	}()
	<-d.reached
	answered := make(chan int)
	go func() {
		rec := httptest.NewRecorder()
		pages.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/cong/so-lieu", nil))
		answered <- rec.Code
	}()
	select {
	case code := <-answered:
		if code != http.StatusOK {
			t.Errorf("the second reader got %d", code)
		}
	case <-time.After(time.Minute):
		t.Error("the second reader waits for the first to read")
	}
	close(d.leave)
	<-gone
}

// TestWordsThatNoPageKnows: a kept page is made once whatever is written behind its address, and what a page does not know
// changes nothing on it; nor do many questions push out the pages that everybody reads.
func TestWordsThatNoPageKnows(t *testing.T) {
	w := open(t)
	pages, made, err := portal.NewCounting(w.deps)
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) string {
		rec := httptest.NewRecorder()
		pages.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != http.StatusOK {
			t.Fatalf("%s answered %d", path, rec.Code)
		}
		return rec.Body.String()
	}
	plain := get("/cong/doi-thoai")
	for _, query := range []string{"?", "?fbclid=1", "?fbclid=2", "?xa=", "?x=<script>", "?khong-co=7"} {
		if get("/cong/doi-thoai"+query) != plain {
			t.Errorf("%q changes the page", query)
		}
	}
	one := get("/cong/doi-thoai?xa=02143")
	if one == plain {
		t.Error("a commune is asked for, and all are shown")
	}
	for _, query := range []string{"?xa=02143&x=1", "?x=2&xa=02143", "?xa=02143&xa=99999"} {
		if get("/cong/doi-thoai"+query) != one {
			t.Errorf("%q is another page than ?xa=02143", query)
		}
	}
	if n := made(); n != 2 {
		t.Errorf("%d pages were made of 2", n)
	}
	for i := range 3 {
		portal.Crowd(pages, i, 7<<20)
	}
	before := made()
	get("/cong/doi-thoai")
	if made() != before {
		t.Error("questions pushed out a page that answers none")
	}
}

// TestExamplesAreAsked: what an example writes behind an address, its page knows.
func TestExamplesAreAsked(t *testing.T) {
	w := open(t)
	for row, ex := range examples {
		path, query, asked := strings.Cut(ex.Path, "?")
		if !asked || ex.File || !strings.HasPrefix(row, "GET ") {
			continue
		}
		with, without := w.ask(t, "GET", "/cong"+path+"?"+query, ""), w.ask(t, "GET", "/cong"+path, "")
		if opened(t, with) == opened(t, without) {
			t.Errorf("%s: the page is the same without ?%s: does keep name its parameters?", row, query)
		}
	}
}
