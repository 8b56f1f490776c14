package server

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"arshjul/domain"
)

// limits keeps one address, and one person, from asking more than people do. nil limits nothing: a server with --dev-login
// has only this machine's own programs to answer.
type limits struct {
	behindProxy bool
	clock       func() time.Time
	front       *buckets // the process'
	reads       *buckets // by person
	writes      *buckets // by person
}

func newLimits(behindProxy bool, front *buckets) *limits {
	return &limits{behindProxy: behindProxy, clock: time.Now, front: front, reads: newBuckets(10, 200), writes: newBuckets(2, 60)}
}

// address counts a request for what needs no log-in.
func (l *limits) address(r *http.Request, thing domain.Thing) error {
	if l == nil || thing != domain.ThingFront && thing != domain.ThingProof {
		return nil
	}
	return tooMany(l.front.take(l.addressOf(r), l.clock()))
}

// person counts a request of somebody who is logged in.
func (l *limits) person(r *http.Request, c *caller) error {
	if l == nil || c.Person == "" {
		return nil
	}
	of := l.reads
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		of = l.writes
	}
	return tooMany(of.take(string(c.Person), l.clock()))
}

func tooMany(ok bool) error {
	if ok {
		return nil
	}
	return domain.Refuse(domain.CodeTooMany, "Det kom för många förfrågningar på kort tid. Vänta tio sekunder och försök igen.")
}

// addressOf is where a request comes from. Behind a proxy it is what the proxy itself has added, which is the last.
func (l *limits) addressOf(r *http.Request) string {
	if l != nil && l.behindProxy {
		all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last := strings.TrimSpace(all[len(all)-1]); last != "" {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// buckets are token buckets by name. They are kept for those who have asked lately.
type buckets struct {
	rate, room float64 // tokens a second, and at most
	mu         sync.Mutex
	of         map[string]*bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// mostBuckets bounds the memory. Whoever has a full bucket is forgotten without loss.
const mostBuckets = 20000

func newBuckets(rate, room float64) *buckets {
	return &buckets{rate: rate, room: room, of: map[string]*bucket{}}
}

func (b *buckets) take(name string, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	one := b.of[name]
	if one == nil {
		if len(b.of) >= mostBuckets {
			b.forget(now)
		}
		one = &bucket{b.room, now}
		b.of[name] = one
	}
	one.left = min(b.room, one.left+now.Sub(one.at).Seconds()*b.rate)
	one.at = now
	if one.left < 1 {
		return false
	}
	one.left--
	return true
}

// forget drops those whose buckets have filled, and all when none has: better no limit for a moment than no memory.
func (b *buckets) forget(now time.Time) {
	for name, one := range b.of {
		if one.left+now.Sub(one.at).Seconds()*b.rate >= b.room {
			delete(b.of, name)
		}
	}
	if len(b.of) >= mostBuckets {
		clear(b.of)
	}
}
