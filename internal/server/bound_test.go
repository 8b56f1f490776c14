package server_test

import (
	"crypto/rand"
	"crypto/sha256"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/login"
	"arshjul/internal/server"
	"arshjul/internal/server/servertest"
	"arshjul/internal/store"
)

// One person may ask so much and no more, reading and writing each by itself, and nobody else has to wait for it. The test's
// own clock stands still, so that the machine's speed decides nothing.
func TestOnePersonAsksSoMuch(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	provider, err := login.New(login.Config{Issuer: "http://127.0.0.1:1", ClientID: "x", ClientSecret: "x", Claim: "sub", Return: "http://127.0.0.1:1/inloggad", Left: "http://127.0.0.1:1/logga-in"})
	ok(t, err)
	s := d.Another(t, func(c *server.Config) { c.Login, c.URL = provider, "http://127.0.0.1:1" })
	at := time.Now()
	s.LimitsBy(func() time.Time { return at })
	handler := s.Handler()
	ask := func(person domain.PersonID, key, method string) int {
		path := "/api/v1/me"
		if method == http.MethodPost {
			path = "/api/v1/sessions/finns-inte/end"
		}
		r := httptest.NewRequest(method, path, nil)
		r.Host = "127.0.0.1:1"
		r.Header.Set("Authorization", "Bearer "+key)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
			t.Errorf("%s is not told when to ask again", person)
		}
		if w.Code == http.StatusUnauthorized {
			t.Fatalf("%s is not known: %d %s", person, w.Code, w.Body)
		}
		return w.Code
	}
	keys := map[domain.PersonID]string{}
	for _, person := range []domain.PersonID{writer, director} {
		keys[person] = rand.Text() + rand.Text()
		made := domain.InstantOf(at)
		ok(t, d.Store.AddSession(t.Context(), servertest.Kommun, sha256.Sum256([]byte(keys[person])), store.Session{ID: rand.Text(), Person: person, Kind: store.SessionKey,
			Provider: provider.Issuer, Label: "prov av gränser (påhittat)", Made: made, Idle: time.Hour, Ends: domain.InstantOf(at.Add(time.Hour))}))
	}
	reads, writes := s.MostAtOnce()
	for _, row := range []struct {
		method string
		most   int
	}{{http.MethodPost, writes}, {http.MethodGet, reads}} {
		let := 0
		for ask(writer, keys[writer], row.method) != http.StatusTooManyRequests {
			if let++; let > row.most {
				t.Fatalf("%s: %d questions were let in, and %d is the most", row.method, let, row.most)
			}
		}
		if let != row.most {
			t.Errorf("%s: %d questions were let in, and %d should be", row.method, let, row.most)
		}
	}
	if code := ask(director, keys[director], http.MethodPost); code == http.StatusTooManyRequests {
		t.Errorf("somebody else has to wait: %d", code)
	}
	at = at.Add(time.Second)
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		if code := ask(writer, keys[writer], method); code == http.StatusTooManyRequests {
			t.Errorf("%s: a second later: %d", method, code)
		}
	}
}

// held is a document whose sender stops in the middle, and counts how many do.
type held struct {
	more    chan struct{}
	now, at *atomic.Int32 // on their way just now, and the most there have been
	begun   bool
}

func (h *held) Read([]byte) (int, error) {
	if !h.begun {
		h.begun = true
		if n := h.now.Add(1); n > h.at.Load() {
			h.at.Store(n)
		}
		defer h.now.Add(-1)
	}
	<-h.more
	return 0, io.EOF
}

// So many documents are taken in at once and no more, since each is held in memory; who comes then waits, unread.
func TestSoManyDocumentsAtOnce(t *testing.T) {
	t.Parallel()
	s := servertest.Shared(t).Another(t, func(*server.Config) {})
	handler := s.Handler()
	send := func(method, path string, body io.Reader) int {
		r := httptest.NewRequestWithContext(t.Context(), method, path, body)
		r.Host = "127.0.0.1"
		r.Header.Set("X-Arshjul-Person", string(writer))
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code
	}
	const all = server.MostUploads + 4
	more, answers := make(chan struct{}), make(chan int, all)
	var now, most atomic.Int32
	for range all {
		go func() {
			answers <- send(http.MethodPost, "/api/v1/files", &held{more: more, now: &now, at: &most})
		}()
	}
	untilIt(t, "as many documents are on their way as may be", func() bool { return now.Load() == server.MostUploads })
	for range 20 { // the others have had time to come as far as they get
		send(http.MethodGet, "/api/v1/me", nil)
	}
	if n := most.Load(); n != server.MostUploads || s.Uploading() != server.MostUploads {
		t.Errorf("%d documents are read at once, and %d is the most", n, server.MostUploads)
	}
	close(more)
	for range all {
		if code := <-answers; code != http.StatusOK {
			t.Errorf("a document that had to wait, or not: %d", code)
		}
	}
	if s.Uploading() != 0 {
		t.Errorf("afterwards %d are on their way", s.Uploading())
	}
}
