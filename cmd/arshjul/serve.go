package main

import (
	"context"
	"fmt"
	"io"
	"net"

	"github.com/spf13/cobra"

	"arshjul/internal/server"
	"arshjul/internal/store"
)

type serving struct {
	platform
	telemetry
	address, signerKeys string
	one                 town   // what the flags say
	many                string // file of municipalities; then the flags say nothing of one
}

const defaultAddress = "127.0.0.1:8028"

func newServe() *cobra.Command {
	var s serving
	verb := s.telemetry.flags(s.platform.flags(&cobra.Command{
		Use:   "serve",
		Short: "Kör servern: sidorna och API:et",
		Args:  takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			return s.run(verb.Context(), verb.OutOrStdout(), verb.Flags().Changed)
		},
	}))
	f := verb.Flags()
	f.StringVar(&s.address, "addr", defaultAddress, "adress att lyssna på")
	s.one.flags(f)
	f.StringVar(&s.many, "municipalities", "", "fil med flera kommuner, som servern känner igen på adressen; då ersätter filen flaggorna för en kommun (--kommun, --wheel, --found, --temporal-ui, --url, --oidc-…)")
	f.StringVar(&s.signerKeys, "signer-keys", "", "fil med undertecknarens öppna nycklar, som läggs i bevispaketen (undertecknaren skriver den som keys.txt där den publicerar)")
	return verb
}

// run serves until ctx ends; changed tells which flags were given.
func (s *serving) run(ctx context.Context, out io.Writer, changed func(flag string) bool) error {
	towns, err := s.towns(changed)
	if err != nil {
		return err
	}
	log, err := newLog("serve")
	if err != nil {
		return err
	}
	ready, err := readTowns(ctx, towns)
	if err != nil {
		return err
	}
	l, err := s.one.listen(s.address)
	if err != nil {
		return fmt.Errorf("servern kan inte lyssna på %s: %w", s.address, err)
	}
	told, err := s.telemetry.start(ctx, "serve", log)
	if err != nil {
		_ = l.Close()
		return err
	}
	defer told.end()
	o, err := s.open(ctx, log, told.client...)
	if err != nil {
		_ = l.Close() // nothing was accepted on it
		return err
	}
	defer o.close()
	slots, err := store.NewSlots(s.database)
	if err != nil {
		_ = l.Close()
		return err
	}
	defer func() { _ = slots.Close() }() // the database gives the places back by itself
	metrics, err := told.server(o)
	if err != nil {
		_ = l.Close()
		return err
	}
	configs := make([]server.Config, len(ready))
	for i, t := range ready {
		c := &configs[i]
		*c = t.config
		c.Version, c.SignerKeys = version, s.signerKeys
		c.Store, c.Slots, c.Temporal, c.Log, c.Metrics = o.store, slots, o.temporal, log, metrics
	}
	door, servers, err := s.door(configs)
	if err != nil {
		_ = l.Close()
		return err
	}
	if err := found(ctx, servers, ready); err != nil {
		_ = l.Close()
		return err
	}
	if s.many != "" {
		fmt.Fprintf(out, "Servern svarar på http://%s för %d kommuner\n", l.Addr(), len(servers))
	} else {
		fmt.Fprintf(out, "Servern svarar på http://%s\n", l.Addr())
	}
	return door.Serve(ctx, l)
}

// door is what answers: one municipality's server, or several told apart by host name.
func (s *serving) door(configs []server.Config) (door interface {
	Serve(context.Context, net.Listener) error
}, servers []*server.Server, err error) {
	if s.many == "" {
		one, err := server.New(configs[0])
		return one, []*server.Server{one}, err
	}
	hosts, err := server.NewHosts(configs)
	if err != nil {
		return nil, nil, err
	}
	return hosts, hosts.Servers, nil
}

// foundAtOnce is how many registries are founded at once: each waits for a worker.
const foundAtOnce = 4

// found lays up the registries of the municipalities that name an organisation file and have none. The first that cannot be
// laid up ends it.
func found(ctx context.Context, servers []*server.Server, ready []readyTown) error {
	return eachOf(ctx, len(ready), foundAtOnce, func(ctx context.Context, i int) error {
		if ready[i].organisation == nil {
			return nil
		}
		return ready[i].fault(servers[i].Found(ctx, ready[i].organisation))
	})
}
