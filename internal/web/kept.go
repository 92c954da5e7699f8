package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// keptPages are finished pages. A page follows from the records, the units and the day alone, so the same address
// gives the same page until one of them changes; a figure that thousands open is computed once.
type keptPages struct {
	mu    sync.Mutex
	state string
	size  int
	done  map[string][]byte // compressed, by address
}

// keptBytes is how much memory finished pages may take.
const keptBytes = 32 << 20

type keptState struct{}

// kept answers from the finished pages where nothing has changed since.
func (s *server) kept(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		state, err := s.state(r.Context())
		if err != nil {
			return err
		}
		if zipped := s.pages.get(state, r.URL.RequestURI()); zipped != nil {
			return writePage(w, r, http.StatusOK, zipped)
		}
		return h(w, r.WithContext(context.WithValue(r.Context(), keptState{}, state)))
	}
}

// state names what pages follow from: the last act, the units, the day.
func (s *server) state(ctx context.Context) (string, error) {
	leaf, err := lastLeaf(ctx, s.DB.Read())
	if err != nil {
		return "", err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(leaf, tree.Version, s.Today()), nil
}

func (k *keptPages) get(state, address string) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state != state {
		return nil
	}
	return k.done[address]
}

func (k *keptPages) put(state, address string, zipped []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state != state || k.size+len(zipped) > keptBytes {
		k.state, k.size, k.done = state, 0, map[string][]byte{}
	}
	k.size += len(zipped)
	k.done[address] = zipped
}

// writePage sends a compressed page, opened again for the rare reader that cannot.
func writePage(w http.ResponseWriter, r *http.Request, status int, zipped []byte) error {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept-Encoding")
	out := zipped
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
	} else {
		z, err := gzip.NewReader(bytes.NewReader(zipped))
		if err != nil {
			return fmt.Errorf("open page: %w", err)
		}
		if out, err = io.ReadAll(z); err != nil {
			return fmt.Errorf("open page: %w", err)
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write(out) // the reader went away: nobody to tell
	return nil
}
