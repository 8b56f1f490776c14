package faults

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"testing"
	"time"

	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
)

// The network is cut between each pair that talks: worker and server to Postgres and Temporal, Temporal to Postgres,
// people to the server. What is sent meanwhile is lost and nobody is told; connections neither end nor answer.
func TestNetworkCut(t *testing.T) {
	t.Parallel()
	if !isolated(t) {
		return
	}
	r := dice(t)
	n := newNetwork(t)
	s, err := stack.StartPostgres(t.Context(), stack.Config{Dir: stacktest.Dir(t), BinDir: stacktest.BinDir(t), Ephemeral: true})
	must(t, err)
	t.Cleanup(func() {
		dead, cancel := context.WithCancel(context.Background())
		cancel()
		must(t, s.Stop(dead))
	})
	// Temporal reaches Postgres at the socket where the relay stands; the relay's way there is the cable.
	at, itself := postgresSocket(s.Dir())
	must(t, os.Rename(at, itself))
	temporalPostgres := n.join("temporal–postgres", "temporal")
	n.relay(temporalPostgres.near+":5432", "unix", itself)
	n.relayIn("temporal", "unix", at, "tcp", temporalPostgres.near+":5432")
	must(t, s.StartTemporal(t.Context()))

	setup := setup{stack: s}
	setup.dials = func(part, database, temporal string) (string, string) {
		toPostgres, toTemporal := n.join(part+"–postgres", part), n.join(part+"–temporal", part)
		n.relay(toPostgres.near+":5432", "unix", itself)
		n.relay(toTemporal.near+":7233", "tcp", temporal)
		u := url.URL{Scheme: "postgres", User: url.User(store.AppRole), Host: toPostgres.near + ":5432", Path: "/arshjul", RawQuery: "sslmode=disable"}
		return u.String(), toTemporal.near + ":7233"
	}
	setup.within = func(part string, argv []string) []string { return n.in(part, argv...) }
	setup.answers = func(listens string) string {
		_, port, err := net.SplitHostPort(listens)
		must(t, err)
		people := n.join("people–serve", "serve")
		n.relayIn("serve", "tcp", people.far+":"+port, "tcp", listens)
		n.relay(listens, "tcp", people.far+":"+port) // the server answers to the name that it listens by
		return listens
	}
	in := setup.install(t, 8*time.Minute)
	stream := in.startExercise()
	if len(n.cables) != 6 {
		t.Fatalf("%d pairs are joined", len(n.cables))
	}
	cut := map[string]int{}
	const rounds = 2
	in.play(stream, func(ctx context.Context) {
		hits := in.atRandom(ctx, r, stream, rounds*len(n.cables), func(i int) {
			c := n.cables[i%len(n.cables)]
			in.broke()
			n.cut(c, 500*time.Millisecond+time.Duration(r.Int64N(int64(6*time.Second))), in.ctx.Done())
			cut[c.name]++
		})
		if hits < len(n.cables) {
			t.Errorf("not every pair was cut: %d", hits)
		}
	})
	t.Log(fmt.Sprint(cut))
	in.outlived(stream)
}
