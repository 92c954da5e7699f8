package cli

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"danvan/internal/app"
	"danvan/internal/web"
)

// TestBenchAddresses asks of every route that its addresses have no name left in braces.
func TestBenchAddresses(t *testing.T) {
	a, err := app.Open(context.Background(), app.Options{Data: t.TempDir(), Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	site := &benchSite{app: a}
	n := 0
	for _, pattern := range web.Pages() {
		list, err := site.addresses(context.Background(), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range list {
			if n++; strings.ContainsAny(address, "{} ") || !strings.HasPrefix(address, "/") {
				t.Errorf("%s is asked as %s", pattern, address)
			}
			if _, err := http.NewRequest(http.MethodGet, "http://x"+address, nil); err != nil {
				t.Error(err)
			}
		}
	}
	if n < 300 {
		t.Errorf("only %d addresses", n)
	}
}
