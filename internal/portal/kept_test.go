package portal_test

import (
	"net/http"
	"net/http/httptest"
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
