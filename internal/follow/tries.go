package follow

import (
	"sync"
	"time"

	"danvan/internal/fault"
)

// Tries bounds wrong tries, in memory only. A code has 75 random bits, so that guessing is hopeless at any rate; the bound
// keeps the program free for others. Nobody is locked out: from one address a few slips are free, then each further try
// waits some seconds, and a number that somebody else tries is not closed to its owner.
type Tries struct {
	mu   sync.Mutex
	seen map[string]tries
}

type tries struct {
	n  float64
	at time.Time
}

// What is free, and how fast it comes back.
const (
	freeOfNumber  = 6 // from one address for one number
	freeOfAddress = 60
	backAfter     = 20 * time.Second // one try comes back
	mostSeen      = 20_000
)

// wait is how long to wait before the next try.
func (t *Tries) wait(address, number string, now time.Time) time.Duration {
	if t == nil {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(t.over(address, freeOfAddress, now), t.over(number, freeOfNumber, now))
}

func (t *Tries) over(key string, free float64, now time.Time) time.Duration {
	n := t.left(key, now) - free + 1
	if n <= 0 {
		return 0
	}
	return time.Duration(n * float64(backAfter))
}

// left are the tries that count still.
func (t *Tries) left(key string, now time.Time) float64 {
	s := t.seen[key]
	return max(0, s.n-now.Sub(s.at).Seconds()/backAfter.Seconds())
}

// wrong counts a wrong try.
func (t *Tries) wrong(address, number string, now time.Time) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil || len(t.seen) > mostSeen {
		t.forget(now)
	}
	for key, most := range map[string]float64{address: freeOfAddress, number: freeOfNumber} {
		t.seen[key] = tries{min(t.left(key, now)+1, most+2), now}
	}
}

// forget drops what counts no more, and everything where that is not enough.
func (t *Tries) forget(now time.Time) {
	kept := map[string]tries{}
	for k, s := range t.seen {
		if t.left(k, now) > 0 {
			kept[k] = s
		}
	}
	if len(kept) > mostSeen/2 {
		kept = map[string]tries{}
	}
	t.seen = kept
}

// tooMany says how long to wait.
func tooMany(wait time.Duration) error {
	return fault.Newf(fault.Unavailable, "Vừa có nhiều lần gõ sai từ mạng này. Hãy chờ %d giây rồi gõ lại; số và mã của ông, bà không bị khóa.", int(wait.Seconds())+1)
}
