package server

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/store"
)

// followHeader marks what an open page asks by itself: it keeps nobody logged in.
const followHeader = "X-Arshjul-Foljer"

const (
	followRoute = "GET /folj"
	// lookEvery is how often the journal's end is looked at while somebody follows it.
	lookEvery = 500 * time.Millisecond
	// mostFollowers, mostOfTown and mostOfOne bound how many open pages one process, one municipality and one person may have
	// followed.
	mostFollowers = 5000
	mostOfTown    = 1000
	mostOfOne     = 20
	// beatEvery is how often a quiet connection is written to, so that one that is gone is found out, and its person is
	// asked after again.
	beatEvery = 20 * time.Second
	// followTime ends a connection that nobody else ends; the page opens another by itself.
	followTime = 15 * time.Minute
)

// tail looks at the end of the journal for all open pages of this process at once: one question to the database however
// many follow, in however many municipalities, and none when nobody does. It needs nothing of who writes, so other
// processes' entries are seen too.
type tail struct {
	store *store.Store
	log   *zap.Logger
	beat  time.Duration
	done  chan struct{} // closed when the server stops

	mu      sync.Mutex
	all     map[*follower]struct{}
	towns   map[string]int // followers, by kommun
	of      map[somebody]int
	looking bool
	ended   bool
}

// somebody is a person of a municipality: the same id is somebody else's in the next.
type somebody struct {
	kommun string
	person domain.PersonID
}

// follower is one open page.
type follower struct {
	somebody
	stream string // "" = all of the municipality's
	known  uint64 // guarded by tail.mu
	news   chan uint64
}

func newTail(st *store.Store, log *zap.Logger) *tail {
	return &tail{store: st, log: log, beat: beatEvery, done: make(chan struct{}), all: map[*follower]struct{}{}, towns: map[string]int{}, of: map[somebody]int{}}
}

// close ends every connection.
func (t *tail) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended {
		t.ended = true
		close(t.done)
	}
}

// join begins to follow; false = there is no room. Whoever joins leaves.
func (t *tail) join(f *follower) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended || len(t.all) >= mostFollowers || t.towns[f.kommun] >= mostOfTown || t.of[f.somebody] >= mostOfOne {
		return false
	}
	t.all[f] = struct{}{}
	t.towns[f.kommun]++
	t.of[f.somebody]++
	if !t.looking {
		t.looking = true
		go t.look()
	}
	return true
}

func (t *tail) leave(f *follower) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.all, f)
	if t.towns[f.kommun]--; t.towns[f.kommun] == 0 {
		delete(t.towns, f.kommun)
	}
	if t.of[f.somebody]--; t.of[f.somebody] == 0 {
		delete(t.of, f.somebody)
	}
}

// followed lists the municipalities in which somebody follows.
func (t *tail) followed() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Collect(maps.Keys(t.towns))
}

// look goes on until nobody follows.
func (t *tail) look() {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	well := true
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		pulses, err := t.store.Pulses(ctx, t.followed())
		cancel()
		if err != nil && well {
			t.log.Warn("the journal's end cannot be seen; open pages show what they showed", zap.Error(err))
		}
		well = err == nil
		if well {
			t.tell(pulses)
		}
		select {
		case <-t.done:
			return
		case <-tick.C:
		}
		t.mu.Lock()
		if len(t.all) == 0 {
			t.looking = false
			t.mu.Unlock()
			return
		}
		t.mu.Unlock()
	}
}

func (t *tail) tell(pulses map[string]uint64) {
	totals := map[string]uint64{}
	for stream, n := range pulses {
		totals[domain.Kommun(stream)] += n
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for f := range t.all {
		now, ok := totals[f.kommun]
		if f.stream != "" {
			now, ok = pulses[f.stream]
			ok = ok && domain.Kommun(f.stream) == f.kommun
		}
		if !ok || now == f.known {
			continue
		}
		f.known = now
		select {
		case <-f.news: // it has not heard the last one yet
		default:
		}
		f.news <- now
	}
}

// follow tells an open page, as a server-sent event, when what it shows has changed since it was made.
func (s *Server) follow(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet { // HEAD would wait for what it is not to hear
		w.WriteHeader(http.StatusNoContent)
		return
	}
	c := callerOf(r.Context())
	f := &follower{somebody: somebody{s.Kommun, c.Person}, stream: r.URL.Query().Get("stream"), news: make(chan uint64, 1)}
	from := r.Header.Get("Last-Event-ID")
	if from == "" {
		from = r.URL.Query().Get("fran")
	}
	known, err := strconv.ParseUint(from, 10, 64)
	if err != nil {
		s.faultPage(w, r, &page{Person: c.Person}, domain.Refuse(domain.CodeBadCommand, "fran ska vara ett tal."))
		return
	}
	f.known = known
	if !s.tail.join(f) {
		w.Header().Set("Retry-After", "30")
		s.faultPage(w, r, &page{Person: c.Person}, domain.Refuse(domain.CodeTooMany, "För många öppna sidor följs just nu. Ladda om sidan när du vill se vad som är nytt."))
		return
	}
	defer s.tail.leave(f)

	ctx, cancel := context.WithTimeout(r.Context(), followTime)
	defer cancel()
	line := http.NewResponseController(w)
	if err := line.SetReadDeadline(time.Time{}); err != nil { // a request that goes on for minutes has been read long ago
		s.log.Debug("read deadline", zap.Error(err))
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	send := func(text string) bool {
		if err := line.SetWriteDeadline(time.Now().Add(beatEvery)); err != nil {
			return false
		}
		if _, err := fmt.Fprint(w, text); err != nil {
			return false
		}
		return line.Flush() == nil
	}
	if !send("retry: 2000\n\n") {
		return
	}
	beat := time.NewTicker(s.tail.beat)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.tail.done:
			return
		case pulse := <-f.news:
			if !send(fmt.Sprintf("id: %d\ndata: %d\n\n", pulse, pulse)) {
				return
			}
		case <-beat.C:
			if !s.mayStill(r, c.Person) {
				send("event: slut\ndata: slut\n\n")
				return
			}
			if !send(": kvar\n\n") {
				return
			}
		}
	}
}

// mayStill asks after somebody again: the session may have ended, or the role.
func (s *Server) mayStill(r *http.Request, person domain.PersonID) bool {
	again := r.Clone(r.Context())
	again.Header.Set(followHeader, "1")
	c, err := s.whoAsks(again)
	return err != nil || c.Person == person && s.mayEnter(again, domain.ThingInbox, c) == nil
}
