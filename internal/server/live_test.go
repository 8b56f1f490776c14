package server_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/server"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// line is an open page's connection.
type line struct {
	answer *http.Response
	text   *bufio.Scanner
	hangUp context.CancelFunc
}

func follow(t *testing.T, base string, person domain.PersonID, query string, status int) *line {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/folj?"+query, nil)
	ok(t, err)
	r.Header.Set("X-Arshjul-Person", string(person))
	answer, err := http.DefaultTransport.RoundTrip(r)
	ok(t, err)
	l := &line{answer, bufio.NewScanner(answer.Body), func() { cancel(); _ = answer.Body.Close() }}
	t.Cleanup(l.hangUp)
	if answer.StatusCode != status {
		t.Fatalf("following as %q: %d, want %d", person, answer.StatusCode, status)
	}
	return l
}

// next waits for the next line that begins so.
func (l *line) next(t *testing.T, begins string) string {
	t.Helper()
	heard := make(chan string, 1)
	go func() {
		defer close(heard)
		for l.text.Scan() {
			if rest, ok := strings.CutPrefix(l.text.Text(), begins); ok {
				heard <- rest
				return
			}
		}
	}()
	select {
	case text, ok := <-heard:
		if !ok {
			t.Fatalf("the connection ended (%v) before %q", l.text.Err(), begins)
		}
		return text
	case <-time.After(2 * time.Minute):
		t.Fatalf("%q was not heard", begins)
	}
	return ""
}

// A page that another process serves hears what happens in its cycle, also what happened before it began to listen.
func TestAnOpenPageFollows(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	b := browse(t, d, writer)
	page := b.open(strings.Replace(stream, "exercise/", "/ovning/", 1), http.StatusOK)
	visit := find(page, "div", func(n *html.Node) bool { return attr(n, "id") == "besok" })
	if visit == nil || !strings.Contains(attr(visit, "data-folj"), url.QueryEscape(stream)) {
		t.Fatalf("the page does not say where it is followed")
	}
	_, query, _ := strings.Cut(attr(visit, "data-folj"), "?")

	other := d.Another(t, func(*server.Config) {})
	beside := httptest.NewServer(other.Handler())
	t.Cleanup(beside.Close)
	l := follow(t, beside.URL, writer, query, http.StatusOK)
	if kind := l.answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("Content-Type %s", kind)
	}
	l.next(t, "retry: ")
	began := time.Now()
	give(t, d.As(writer), stream, api.Command{ID: t.Name() + "-1", Kind: domain.CmdComment, Text: "Något händer (påhittat)"})
	pulse := l.next(t, "data: ")
	t.Logf("heard after %s, the command's own time among it", time.Since(began).Round(time.Millisecond))

	// Who was away hears at once that something happened; who has seen it all hears nothing until something does.
	if since := follow(t, beside.URL, writer, query, http.StatusOK).next(t, "data: "); since < pulse && len(since) <= len(pulse) {
		t.Errorf("who was away hears %s, after %s", since, pulse)
	}
	values, err := url.ParseQuery(query)
	ok(t, err)
	values.Set("fran", pulse)
	quiet := follow(t, beside.URL, writer, values.Encode(), http.StatusOK)
	give(t, d.As(writer), stream, api.Command{ID: t.Name() + "-2", Kind: domain.CmdComment, Text: "Något mer händer (påhittat)"})
	if again := quiet.next(t, "data: "); again == pulse {
		t.Error("what had been seen was told again")
	}

	// Whose inbox is open hears of every cycle.
	all := follow(t, beside.URL, writer, "fran=1", http.StatusOK)
	all.next(t, "data: ")
}

// Connections are bounded, let go when their page is closed, and kept from whom the table keeps out.
func TestFollowersComeAndGo(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	s := d.Another(t, func(*server.Config) {})
	s.BeatEvery(20 * time.Millisecond)
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	follow(t, web.URL, "", "fran=0", http.StatusSeeOther)
	follow(t, web.URL, stranger, "fran=0", http.StatusForbidden)
	follow(t, web.URL, writer, "fran=0&stream=cycle/1277/2028", http.StatusNotFound)
	follow(t, web.URL, writer, "fran=x", http.StatusBadRequest)

	var lines []*line
	for range server.MostOfOne {
		lines = append(lines, follow(t, web.URL, writer, "fran=0&stream="+stream, http.StatusOK))
	}
	follow(t, web.URL, writer, "fran=0", http.StatusTooManyRequests)
	follow(t, web.URL, director, "fran=0", http.StatusOK)
	for _, l := range lines {
		l.next(t, "data: ")
		l.hangUp()
	}
	web.CloseClientConnections()
	untilIt(t, "nobody follows, and nothing is looked at", func() bool {
		n, looking := s.Followers()
		return n == 0 && !looking
	})
}

// Whose session ends is no longer told anything.
func TestAFollowerIsAskedAfterAgain(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	s := d.Another(t, func(*server.Config) {})
	s.BeatEvery(20 * time.Millisecond)
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	here := *d
	here.URL = web.URL
	b := browse(t, &here, "p-sof-forvaltningschef")
	u, err := url.Parse(web.URL)
	ok(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, web.URL+"/folj?fran=0", nil)
	ok(t, err)
	for _, c := range b.client.Jar.Cookies(u) {
		r.AddCookie(c)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	ok(t, err)
	defer func() { _ = answer.Body.Close() }()
	l := &line{answer, bufio.NewScanner(answer.Body), nil}
	l.next(t, ": kvar")
	out, err := b.client.PostForm(web.URL+"/logga-ut", nil)
	ok(t, err)
	ok(t, out.Body.Close())
	l.next(t, "event: slut")
	for l.text.Scan() {
		if strings.HasPrefix(l.text.Text(), "id:") {
			t.Errorf("after the end: %s", l.text.Text())
		}
	}
}

// A server that stops is not held up by the pages that are open.
func TestOpenPagesDoNotHoldAServerUp(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	s := d.Another(t, func(*server.Config) {})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	open := follow(t, "http://"+l.Addr().String(), writer, "fran=0", http.StatusOK)
	open.next(t, "data: ")
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the server stopped with %v", err)
	}
	if _, err := io.Copy(io.Discard, open.answer.Body); err != nil {
		t.Errorf("the page's connection ended with %v", err)
	}
}
