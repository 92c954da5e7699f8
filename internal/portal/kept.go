package portal

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"sync"
)

// keptPages are finished pages as they go over the line. They follow from the records, the units and the day alone, so the
// same address gives the same page until one of them changes; what thousands read is made once. Pages that answer a question
// (a commune, a year, words that somebody looks for) are kept apart from those that answer none: there is no end of
// questions, and they must not push out what everybody reads.
type keptPages struct {
	mu           sync.RWMutex
	state        string
	plain, asked shelf
}

// shelf is a part of the kept pages with its own measure.
type shelf struct {
	most, size int // bytes
	done       map[string][]byte
}

// keptAt is where a page is kept. made lets the next one be made: before the page is written, since a reader on a slow line,
// or one who does not read at all, must keep nobody else waiting.
type keptAt struct {
	state, path, query string
	made               func()
}

// How much memory finished pages may take.
const (
	keptPlain = 10 << 20
	keptAsked = 6 << 20
)

type keptKey struct{}

// keep answers from the finished pages where nothing has changed since. Only a page that is the same for everybody, and
// follows from what leaves a leaf in the log, may be kept. takes are the parameters of the query that the page knows; all
// others are taken off before the page sees its address, since nothing may follow from what the key does not name.
func (p *portal) keep(h handler, takes ...string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		state, err := p.state(r.Context())
		if err != nil {
			return err
		}
		r = asking(r, takes)
		at := keptAt{state: state, path: r.URL.Path, query: r.URL.RawQuery}
		if body, ok := p.kept.get(at); ok {
			return writePage(w, r, http.StatusOK, true, body)
		}
		p.making.Lock() // one page is made at a time: a crowd that comes at once waits for it instead of making it anew
		made := sync.OnceFunc(p.making.Unlock)
		defer made()
		if body, ok := p.kept.get(at); ok {
			made()
			return writePage(w, r, http.StatusOK, true, body)
		}
		at.made = made
		return h(w, r.WithContext(context.WithValue(r.Context(), keptKey{}, at)))
	}
}

// asking is a request whose query holds the known parameters alone, each once, none empty, in one order.
func asking(r *http.Request, takes []string) *http.Request {
	if r.URL.RawQuery == "" {
		return r
	}
	given, known := r.URL.Query(), url.Values{}
	for _, name := range takes {
		if value := given.Get(name); value != "" {
			known.Set(name, value)
		}
	}
	to := *r.URL
	to.RawQuery = known.Encode()
	out := r.WithContext(r.Context())
	out.URL, out.RequestURI = &to, to.RequestURI()
	return out
}

// state names what pages follow from: the last act, the units, the day.
func (p *portal) state(ctx context.Context) (string, error) {
	var leaf sql.NullInt64
	if err := p.DB.Read().QueryRowContext(ctx, `SELECT max(id) FROM audit_leaf`).Scan(&leaf); err != nil {
		return "", fmt.Errorf("read last leaf: %w", err)
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(leaf.Int64, " ", tree.Version, " ", p.Today()), nil
}

func (k *keptPages) shelf(at keptAt) (*shelf, string) {
	if at.query == "" {
		return &k.plain, at.path
	}
	return &k.asked, at.path + "?" + at.query
}

func (k *keptPages) get(at keptAt) ([]byte, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.state != at.state {
		return nil, false
	}
	s, address := k.shelf(at)
	body, ok := s.done[address]
	return body, ok
}

// put keeps a page; what was made of an older state goes.
func (k *keptPages) put(at keptAt, body []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state != at.state || k.plain.done == nil {
		k.state = at.state
		k.plain, k.asked = shelf{keptPlain, 0, map[string][]byte{}}, shelf{keptAsked, 0, map[string][]byte{}}
	}
	s, address := k.shelf(at)
	s.put(address, body)
}

// put makes room by letting any others go: what many read comes back at once, what one asked for does not.
func (s *shelf) put(address string, body []byte) {
	s.size += len(body) - len(s.done[address])
	s.done[address] = body
	for other, was := range s.done { // in no order
		if s.size <= s.most {
			return
		}
		if other != address {
			s.size -= len(was)
			delete(s.done, other)
		}
	}
}
