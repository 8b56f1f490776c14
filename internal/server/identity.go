package server

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"arshjul/domain"
)

// personHeader names who asks, on a server with --dev-login: whoever asks says who they are, programs in this header and
// people on a page. That is why such a server listens on the loopback address alone, and answers to no other host name: a
// page on another site whose name is made to point at this machine gets nothing.
const personHeader = "X-Arshjul-Person"

// acceptable tells whether a text can be a person's id; whether there is such a person the rules say.
func acceptable(id string) bool {
	return id != "" && len(id) <= 100 && utf8.ValidString(id) && !strings.ContainsFunc(id, unicode.IsControl)
}

// Listen opens the address that a server with --dev-login may serve: a loopback address, and no other.
func Listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	if tcp, ok := l.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		_ = l.Close() // nothing was accepted on it
		return nil, domain.Refuse(domain.CodeBadCommand, "Med --dev-login får var och en logga in som vem som helst, så servern får bara lyssna på den egna datorn. Ange till exempel 127.0.0.1:8028 i stället för %s.", address)
	}
	return l, nil
}

// localHost tells whether a Host header names this machine.
func localHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	if name == "localhost" {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

// onlyOwnHost refuses requests for another host name than the server's. Whether it is well anybody may ask by any name: so
// do those that look after it.
func (s *Server) onlyOwnHost(next http.Handler) http.Handler {
	if s.Login == nil && s.URL == "" {
		return onlyLocal(next)
	}
	own := ""
	if u, err := url.Parse(s.URL); err == nil {
		own = u.Host
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.EqualFold(r.Host, own) && r.URL.Path != root+"/health" && r.URL.Path != root+"/version" {
			http.Error(w, "Servern svarar inte på det namnet. Använd adressen "+s.URL, http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// onlyLocal refuses requests for another host name than this machine's.
func onlyLocal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !localHost(r.Host) {
			http.Error(w, "Servern är startad för prov och svarar bara på den egna datorns adress, till exempel http://127.0.0.1:8028.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
