package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"danvan/internal/access"
)

// keptPages are finished bodies of pages. They follow from the records, the units and the day alone, and from whether
// letters are shown, so the same address gives the same body until one of them changes; a figure that thousands open
// is computed once. The shell around it is each reader's own.
type keptPages struct {
	mu    sync.Mutex
	state string
	size  int
	done  map[string]keptPage // by address
}

type keptPage struct {
	page page
	body []byte
}

// keptAt is where a page is kept.
type keptAt struct{ state, address string }

// keptBytes is how much memory finished pages may take.
const keptBytes = 24 << 20

type keptKey struct{}

// kept answers from the finished pages where nothing has changed since. A page that shows more to one reader than to
// another must not be kept, unless lettersMark tells the two apart.
func (s *server) kept(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		state, err := s.state(r.Context())
		if err != nil {
			return err
		}
		home, err := s.homeMark(r)
		if err != nil {
			return err
		}
		at := keptAt{state, lettersMark(viewer(r.Context())) + home + r.URL.RequestURI()}
		if p, ok := s.pages.get(at); ok {
			return s.wrap(w, r, http.StatusOK, p.page, p.body)
		}
		return h(w, r.WithContext(context.WithValue(r.Context(), keptKey{}, at)))
	}
}

// lettersMark tells readers apart by the units over which they may read letters, and by those over which they may read
// work: a page may offer other units to compare with. Whether he records anything counts too, since lists offer it.
func lettersMark(v *access.Viewer) string {
	var units []string
	for _, right := range []access.Right{access.RecordWork, access.RecordLetters} {
		if v.May(right, 0) { // offered buttons to record with
			units = append(units, string(right))
		}
	}
	if v != nil {
		for _, g := range v.Grants {
			if g.Role.Has(access.ReadLetters) {
				units = append(units, fmt.Sprint(g.Unit))
			}
			if g.Role.Has(access.ReadDenunciations) {
				units = append(units, fmt.Sprint("d", g.Unit))
			}
			if g.Role.Has(access.ReadWork) {
				units = append(units, fmt.Sprint("w", g.Unit))
			}
		}
	}
	slices.Sort(units)
	return strings.Join(slices.Compact(units), ",") + " "
}

// homeMark tells readers apart whose own unit a page is about, where its address names none.
func (s *server) homeMark(r *http.Request) (string, error) {
	if r.URL.Query().Get("don-vi") != "" {
		return "", nil
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return "", err
	}
	return fmt.Sprint(s.homeScope(tree, r).Unit.ID, " "), nil
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

func (k *keptPages) get(at keptAt) (keptPage, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state != at.state {
		return keptPage{}, false
	}
	p, ok := k.done[at.address]
	return p, ok
}

func (k *keptPages) put(at keptAt, p keptPage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state != at.state || k.size+len(p.body) > keptBytes {
		k.state, k.size, k.done = at.state, 0, map[string]keptPage{}
	}
	k.size += len(p.body)
	k.done[at.address] = p
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
