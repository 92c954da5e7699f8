// Package flood keeps floods and guessing off the public forms while honest people get through. It refuses nobody: who
// comes too often from one address (behind one address there may be a whole village), or when all come at once, gives a
// little work of his device (Work), or waits a little where no script runs (Ticket). Everything is in memory, bounded,
// under a key that dies with the process; no address is kept, only a keyed hash of it.
package flood

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Rate is how often something may happen: Burst at once, then one more each Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// Gate counts by address and for all together. The zero value is not ready; New makes one.
type Gate struct {
	Each, All Rate
	Now       func() time.Time

	mu   sync.Mutex
	salt []byte
	by   map[uint64]bucket
	all  bucket
	used map[string]time.Time // proofs that were taken, until they would be too old anyway
}

// bucket is how full an address's measure is, and when that was so.
type bucket struct {
	left float64
	at   time.Time
}

// addressesMost and usedMost bound the memory: about 1.5 MB each.
const (
	addressesMost = 20_000
	usedMost      = 20_000
)

// New is a gate with its limits.
func New(each, all Rate) *Gate {
	salt := make([]byte, 32)
	_, _ = rand.Read(salt) // never fails
	return &Gate{Each: each, All: all, Now: time.Now, salt: salt, by: map[uint64]bucket{}, used: map[string]time.Time{}}
}

// Take takes one from the measures of an address and of all, and reports whether both had one left. What is not left is
// not taken: who goes on trying is not kept out for longer.
func (g *Gate) Take(address string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, key := g.Now(), g.hash(address)
	own, seen := g.by[key]
	if !seen {
		own = bucket{float64(g.Each.Burst), now}
	}
	own, all := g.Each.filled(own, now), g.All.filled(g.all, now)
	ok := own.left >= 1 && all.left >= 1
	if ok {
		own.left, all.left = own.left-1, all.left-1
	}
	g.all = all
	if !seen && len(g.by) >= addressesMost {
		g.forget(now)
	}
	g.by[key] = own
	return ok
}

func (r Rate) filled(b bucket, now time.Time) bucket {
	if b.at.IsZero() {
		return bucket{float64(r.Burst), now}
	}
	if passed := now.Sub(b.at); passed > 0 {
		b.left = min(float64(r.Burst), b.left+passed.Seconds()/r.Every.Seconds())
		b.at = now
	}
	return b
}

// forget makes room: addresses whose measure is full again say nothing; if all are in use, some go.
func (g *Gate) forget(now time.Time) {
	for key, b := range g.by {
		if g.Each.filled(b, now).left >= float64(g.Each.Burst) {
			delete(g.by, key)
		}
	}
	for key := range g.by {
		if len(g.by) < addressesMost*9/10 {
			return
		}
		delete(g.by, key)
	}
}

// hash is what is kept of an address, host:port or host alone: of IPv6 the network that one house gets.
func (g *Gate) hash(address string) uint64 {
	text := address
	if at, err := netip.ParseAddrPort(address); err == nil {
		text = network(at.Addr())
	} else if at, err := netip.ParseAddr(address); err == nil {
		text = network(at)
	}
	return binary.BigEndian.Uint64(g.mac("address", text))
}

func network(a netip.Addr) string {
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

func (g *Gate) mac(use, text string) []byte {
	h := hmac.New(sha256.New, g.salt)
	h.Write([]byte(use + "\x00" + text))
	return h.Sum(nil)
}

// workLife is how long a piece of work or a ticket may be used.
const workLife = 30 * time.Minute

// Work is a piece of work: find a number such that the SHA-256 of Work + ":" + number begins with so many zero bits.
// About a second on a phone at 16 bits.
func (g *Gate) Work(zeroBits int) string { return g.signed("w" + strconv.Itoa(zeroBits)) }

// Ticket lets its holder pass once so much time has passed.
func (g *Gate) Ticket(wait time.Duration) string {
	return g.signed("t" + strconv.Itoa(int(wait.Seconds())))
}

func (g *Gate) signed(what string) string {
	body := what + "." + strconv.FormatInt(g.Now().Unix(), 36) + "." + rand.Text()[:12]
	return body + "." + base64.RawURLEncoding.EncodeToString(g.mac("pass", body)[:16])
}

// Worked reports whether the answer solves a piece of work of this gate that was not used before.
func (g *Gate) Worked(work, answer string) bool {
	n, since, ok := g.read(work, "w")
	if !ok || since > workLife || len(answer) > 24 {
		return false
	}
	sum := sha256.Sum256([]byte(work + ":" + answer))
	return zeros(sum[:]) >= n && g.once(work)
}

func zeros(b []byte) int {
	n := 0
	for _, x := range b {
		n += bits.LeadingZeros8(x)
		if x != 0 {
			break
		}
	}
	return n
}

// Left is how long the holder of a ticket still waits; ok is false for one that is none, or too old. A ticket whose time
// has come passes once.
func (g *Gate) Left(ticket string) (left time.Duration, ok bool) {
	n, since, ok := g.read(ticket, "t")
	if !ok || since > workLife {
		return 0, false
	}
	if left = time.Duration(n)*time.Second - since; left > 0 {
		return left, true
	}
	return 0, g.once(ticket)
}

func (g *Gate) read(text, kind string) (n int, since time.Duration, ok bool) {
	cut := strings.LastIndexByte(text, '.')
	if cut < 0 || len(text) > 200 {
		return 0, 0, false
	}
	body := text[:cut]
	mac, err := base64.RawURLEncoding.DecodeString(text[cut+1:])
	if err != nil || !hmac.Equal(mac, g.mac("pass", body)[:16]) || !strings.HasPrefix(body, kind) {
		return 0, 0, false
	}
	parts := strings.Split(body[1:], ".")
	n, err = strconv.Atoi(parts[0])
	at, aerr := strconv.ParseInt(parts[1], 36, 64)
	return n, g.Now().Sub(time.Unix(at, 0)), err == nil && aerr == nil
}

// once takes a proof, and reports whether it was not taken before.
func (g *Gate) once(proof string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.Now()
	if _, was := g.used[proof]; was {
		return false
	}
	if len(g.used) >= usedMost {
		for p, until := range g.used {
			if until.Before(now) {
				delete(g.used, p)
			}
		}
	}
	if len(g.used) >= usedMost {
		return false // a flood that works: it waits
	}
	g.used[proof] = now.Add(workLife)
	return true
}
