package portal

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"sync"
)

// keptPages are finished pages as they go over the line. They follow from the records, the units and the day alone, so the
// same address gives the same page until one of them changes; what thousands read is made once.
type keptPages struct {
	mu    sync.RWMutex
	state string
	size  int
	done  map[string][]byte // by address
}

// keptAt is where a page is kept. made lets the next one be made: before the page is written, since a reader on a slow line,
// or one who does not read at all, must keep nobody else waiting.
type keptAt struct {
	state, address string
	made           func()
}

// keptBytes is how much memory finished pages may take.
const keptBytes = 16 << 20

type keptKey struct{}

// keep answers from the finished pages where nothing has changed since. Only a page that is the same for everybody, and
// follows from what leaves a leaf in the log, may be kept.
func (p *portal) keep(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		state, err := p.state(r.Context())
		if err != nil {
			return err
		}
		at := keptAt{state: state, address: r.URL.RequestURI()}
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

func (k *keptPages) get(at keptAt) ([]byte, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.state != at.state {
		return nil, false
	}
	body, ok := k.done[at.address]
	return body, ok
}

// put keeps a page; what was made of an older state, or would take too much memory, goes.
func (k *keptPages) put(at keptAt, body []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state != at.state || k.size+len(body) > keptBytes || k.done == nil {
		k.state, k.size, k.done = at.state, 0, map[string][]byte{}
	}
	k.size += len(body) - len(k.done[at.address])
	k.done[at.address] = body
}
