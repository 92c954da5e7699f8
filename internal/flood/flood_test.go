package flood_test

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"testing"
	"time"

	"danvan/internal/flood"
)

func gate(now *time.Time) *flood.Gate {
	g := flood.New(flood.Rate{Burst: 3, Every: time.Minute}, flood.Rate{Burst: 10, Every: time.Second})
	g.Now = func() time.Time { return *now }
	return g
}

// One address has its measure and gets it back with time; another one is not kept out by it.
func TestEachAddressHasItsMeasure(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	g := gate(&now)
	for i := range 5 {
		if got, want := g.Take("203.0.113.7:"+strconv.Itoa(4000+i)), i < 3; got != want {
			t.Errorf("time %d: %v", i, got)
		}
	}
	if !g.Take("203.0.113.8:4000") {
		t.Error("another address is kept out")
	}
	now = now.Add(time.Minute)
	if !g.Take("203.0.113.7:1") || g.Take("203.0.113.7:1") {
		t.Error("after a minute there is one more, and one only")
	}
	if !g.Take("[2001:db8::1]:1") || !g.Take("[2001:db8::2]:1") || !g.Take("[2001:db8::3]:1") || g.Take("[2001:db8::4]:1") {
		t.Error("one house's IPv6 network is one address")
	}
}

// A flood from everywhere meets the measure of all, and the memory stays bounded.
func TestAllTogether(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	g := gate(&now)
	passed := 0
	for i := range 50_000 {
		if g.Take(fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)) {
			passed++
		}
	}
	if passed != 10 {
		t.Errorf("%d passed", passed)
	}
}

// Work passes once when it is done, a ticket once when its time has come; neither made up nor of another process.
func TestWorkAndTickets(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	g := gate(&now)
	work, answer := g.Work(10), ""
	for i := 0; ; i++ {
		sum := sha256.Sum256([]byte(work + ":" + strconv.Itoa(i)))
		if sum[0] == 0 && sum[1] < 64 {
			answer = strconv.Itoa(i)
			break
		}
	}
	if g.Worked(work, "x") || g.Worked(work+"x", answer) || g.Worked("w0.0.A.AAAA", "1") || gate(&now).Worked(work, answer) {
		t.Error("work passes that was not done")
	}
	if !g.Worked(work, answer) || g.Worked(work, answer) {
		t.Error("work that was done passes once")
	}
	ticket := g.Ticket(30 * time.Second)
	if left, ok := g.Left(ticket); !ok || left != 30*time.Second {
		t.Error(left, ok)
	}
	if g.Worked(ticket, "1") {
		t.Error("a ticket is no work")
	}
	now = now.Add(31 * time.Second)
	if left, ok := g.Left(ticket); !ok || left != 0 {
		t.Error("its time has come", left, ok)
	}
	if _, ok := g.Left(ticket); ok {
		t.Error("a ticket passes twice")
	}
	if _, ok := g.Left("t1"); ok {
		t.Error("a ticket that nobody gave")
	}
}
