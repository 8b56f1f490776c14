package server

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"go.uber.org/zap"

	"arshjul/domain"
)

// Hosts is one process' door to several municipalities, told apart by the host name that is asked for. Each has a server of
// its own, which knows of no other: its people, sessions, limits and lists are its own.
type Hosts struct {
	Servers []*Server // in the order of their configurations
	by      map[string]http.Handler
	nobody  *Server // of no municipality, for what is asked of the process itself
	http    *http.Server
}

// NewHosts makes the servers. Each configuration has a URL, whose host name no other has, and all or none have Login. Without
// it the URLs must name this machine (localhost, a name that ends in .localhost, or a loopback address), where anybody may be
// anyone. The configurations' Store, Slots, Temporal and Metrics may be, and should be, the same. A *domain.Refusal says what
// does not hold.
func NewHosts(all []Config) (*Hosts, error) {
	if len(all) == 0 {
		return nil, domain.Refuse(domain.CodeBadCommand, "Det finns ingen kommun att svara för.")
	}
	h := &Hosts{by: map[string]http.Handler{}}
	p := newProcess(all[0])
	whole := all[0]
	whole.Kommun, whole.URL, whole.Wheel, whole.Groups = "", "", nil, nil
	h.nobody = newServer(whole, p)
	trial := whole.Login == nil
	owners := map[string]string{} // by host name
	for _, c := range all {
		host, err := hostOf(c.URL)
		switch {
		case err != nil:
			return nil, err
		case owners[host] != "":
			return nil, domain.Refuse(domain.CodeBadCommand, "Kommun %s och kommun %s har samma adress, %s. Ge dem var sin.", owners[host], c.Kommun, c.URL)
		case (c.Login == nil) != trial:
			return nil, domain.Refuse(domain.CodeBadCommand, "Alla kommuner i en server måste ha inloggningstjänst, eller ingen. Kommun %s skiljer sig från kommun %s.", c.Kommun, all[0].Kommun)
		case trial && !localHost(host) && !inLocalhost(host):
			return nil, domain.Refuse(domain.CodeBadCommand, "Med --dev-login får var och en logga in som vem som helst, så kommun %s måste ha en adress på den egna datorn, till exempel http://kommun-%s.localhost:8028 i stället för %s.", c.Kommun, c.Kommun, c.URL)
		}
		owners[host] = c.Kommun
		c.Log = c.Log.With(zap.String("kommun", c.Kommun))
		s := newServer(c, p)
		h.Servers, h.by[host] = append(h.Servers, s), s.Handler()
	}
	var err error
	h.http, err = p.listening(h.Handler(), all[0].Log)
	return h, err
}

// hostOf gives the Host header that browsers send to an address.
func hostOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", domain.Refuse(domain.CodeBadCommand, "%q är ingen adress till en kommuns sidor. Skriv den som https://arshjul.exempel.se.", address)
	}
	return strings.ToLower(u.Host), nil
}

// inLocalhost tells whether a Host header's name ends in .localhost: no name server outside answers for those (RFC 6761).
func inLocalhost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	return strings.HasSuffix(strings.ToLower(name), ".localhost")
}

// Handler is everything that the process answers.
func (h *Hosts) Handler() http.Handler {
	nobody := guard(h.nobody.Config, http.HandlerFunc(h.ofNobody))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if own := h.by[strings.ToLower(r.Host)]; own != nil {
			own.ServeHTTP(w, r)
			return
		}
		nobody.ServeHTTP(w, r)
	})
}

// ofNobody answers by a name that is no municipality's: whether the process is well, for those who look after it, and nothing
// that tells which municipalities there are.
func (h *Hosts) ofNobody(w http.ResponseWriter, r *http.Request) {
	look := map[string]operation{root + "/health": {do: h.nobody.health}, root + "/version": {do: h.nobody.about}}
	op, known := look[r.URL.Path]
	if !known || h.nobody.Login == nil && !localHost(r.Host) {
		http.Error(w, "Servern svarar inte på det namnet. Kontrollera adressen.", http.StatusMisdirectedRequest)
		return
	}
	h.nobody.serve(op)(w, r)
}

// Serve answers on l until ctx ends, and then lets what is under way finish.
func (h *Hosts) Serve(ctx context.Context, l net.Listener) error { return serve(ctx, h.http, l) }
