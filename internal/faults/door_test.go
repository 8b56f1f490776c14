package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// door stands before the servers, asks one after the other, and passes everything on, both ways. It writes every command into the ledger before the
// server gets it, and every answer before whoever asked gets that. When the server breaks off, so does the door.
type door struct {
	address string // http://127.0.0.1:port
	servers []string
	turn    atomic.Uint64
	ledger  *ledger
	http    *http.Client
	// swallow, when set, sees every answer before it is passed on, or written down; true drops it.
	swallow atomic.Pointer[func(id string) bool]
}

func openDoor(t *testing.T, l *ledger, servers ...string) *door {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	d := &door{address: "http://" + listener.Addr().String(), servers: servers, ledger: l,
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	s := &http.Server{Handler: d}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(listener) }()
	t.Cleanup(func() {
		must(t, s.Close())
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
		d.http.CloseIdleConnections()
	})
	return d
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	id := ""
	if isCommand(r) {
		id = d.wrote(r, body)
	}
	server := d.servers[d.turn.Add(1)%uint64(len(d.servers))]
	on, err := http.NewRequestWithContext(r.Context(), r.Method, server+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	on.Header = r.Header.Clone()
	answer, err := d.http.Do(on)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	text, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close() // it has been read, or its reading has failed and says so
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if id != "" {
		if drop := d.swallow.Load(); drop != nil && (*drop)(id) {
			panic(http.ErrAbortHandler)
		}
		d.answered(id, answer.StatusCode, text)
	}
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = w.Write(text) // whoever asked may have gone; the answer is in the ledger
}

func isCommand(r *http.Request) bool {
	return r.Method == http.MethodPost && (strings.HasSuffix(r.URL.Path, "/commands") || strings.HasSuffix(r.URL.Path, "/cycles") || strings.HasSuffix(r.URL.Path, "/exercises"))
}

// wrote writes a question down and gives the command's id.
func (d *door) wrote(r *http.Request, body []byte) string {
	var c struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(body, &c); err != nil {
		return ""
	}
	if err := d.ledger.write(line{ID: c.ID, Actor: domain.PersonID(r.Header.Get("X-Arshjul-Person")), Path: r.URL.Path, Asked: body}); err != nil {
		panic(err)
	}
	return c.ID
}

// answered writes an answer down: done, or a no. What is neither is no answer.
func (d *door) answered(id string, status int, text []byte) {
	n := line{ID: id}
	if status == http.StatusOK {
		n.Done = &api.Receipt{}
		if err := json.Unmarshal(text, n.Done); err != nil {
			panic(err)
		}
	} else {
		var p api.Problem
		if json.Unmarshal(text, &p) != nil || p.Code == "" || p.Exit() == api.ExitUnknown {
			return
		}
		n.Denied = p.Code
	}
	if err := d.ledger.write(n); err != nil {
		panic(err)
	}
}
