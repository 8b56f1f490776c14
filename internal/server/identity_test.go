package server

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestDevLoginListensOnlyOnLoopback(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := Listen(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0"} {
		if l, err := Listen(address); err == nil {
			t.Errorf("%s was opened as %s; anybody on the network could log in as anybody", address, l.Addr())
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestDevLoginAnswersOnlyToThisMachinesNames(t *testing.T) {
	h := onlyLocal(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for host, want := range map[string]int{
		"127.0.0.1:8028": http.StatusNoContent, "localhost:8028": http.StatusNoContent, "[::1]:8028": http.StatusNoContent,
		"localhost": http.StatusNoContent, "127.0.0.1": http.StatusNoContent, "[::1]": http.StatusNoContent,
		"example.org:8028": http.StatusMisdirectedRequest, "localhost.example.org": http.StatusMisdirectedRequest,
		"10.0.0.1:8028": http.StatusMisdirectedRequest, "": http.StatusMisdirectedRequest,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("Host %q: %d, want %d", host, w.Code, want)
		}
	}
}
