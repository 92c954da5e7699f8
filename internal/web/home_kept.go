package web

import (
	"context"
	"sync"
)

// keptParts are what pages of different people have in common: counts over the records, figures for a strip. They hold
// until a record, a unit or the day changes.
type keptParts struct {
	mu    sync.Mutex
	state string
	done  map[string]*keptPart
}

type keptPart struct {
	once  sync.Once
	value any
	err   error
}

// stateKey holds, in a request's context, the state that all parts of its page stand on.
type stateKey struct{}

// mostParts bounds the memory of kept parts.
const mostParts = 400

// keep gives what make made before, where nothing has changed since; those who ask at once wait for one of them.
func keep[T any](ctx context.Context, s *server, key string, make func(context.Context) (T, error)) (T, error) {
	var none T
	state, ok := ctx.Value(stateKey{}).(string)
	if !ok {
		var err error
		if state, err = s.state(ctx); err != nil {
			return none, err
		}
	}
	key += " " + sightMark(ctx) // parts of a page hold figures
	part := s.parts.at(state, key)
	part.once.Do(func() {
		part.value, part.err = make(context.WithoutCancel(ctx))
	})
	if part.err != nil {
		s.parts.drop(key, part)
		return none, part.err
	}
	return part.value.(T), nil
}

func (k *keptParts) at(state, key string) *keptPart {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state != state || len(k.done) > mostParts {
		k.state, k.done = state, map[string]*keptPart{}
	}
	p := k.done[key]
	if p == nil {
		p = &keptPart{}
		k.done[key] = p
	}
	return p
}

func (k *keptParts) drop(key string, p *keptPart) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.done[key] == p {
		delete(k.done, key)
	}
}
