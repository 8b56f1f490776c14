package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"arshjul/internal/server"
	"arshjul/internal/store"
	"arshjul/internal/wheelfile"
)

type serving struct {
	platform
	telemetry
	loggingIn
	address, found, kommun, wheel, temporalUI, signerKeys string
}

const defaultAddress = "127.0.0.1:8028"

func newServe() *cobra.Command {
	var s serving
	verb := s.telemetry.flags(s.platform.flags(&cobra.Command{
		Use:   "serve",
		Short: "Kör servern: sidorna och API:et",
		Args:  takes(0, 0, ""),
		RunE:  func(verb *cobra.Command, _ []string) error { return s.run(verb.Context(), verb.OutOrStdout()) },
	}))
	f := verb.Flags()
	f.StringVar(&s.address, "addr", defaultAddress, "adress att lyssna på")
	f.StringVar(&s.kommun, "kommun", "", "kommunkod, fyra siffror (annars årshjulets)")
	s.loggingIn.flags(f)
	f.StringVar(&s.wheel, "wheel", "helsingborg", "årshjulet som cyklerna startas med: en fil, eller helsingborg (inbyggt)")
	f.StringVar(&s.temporalUI, "temporal-ui", os.Getenv("ARSHJUL_TEMPORAL_UI"), "adressen till Temporals egna sidor för namnrymden, till exempel https://temporal.exempel.se/namespaces/default (eller ARSHJUL_TEMPORAL_UI); annars står numren som text")
	f.StringVar(&s.signerKeys, "signer-keys", "", "fil med undertecknarens öppna nycklar, som läggs i bevispaketen (undertecknaren skriver den som keys.txt där den publicerar)")
	f.StringVar(&s.found, "found", "", "lägg upp registret från den här organisationsfilen, om det inte finns: en fil, eller helsingborg (inbyggd, påhittade personer)")
	return verb
}

// run serves until ctx ends.
func (s *serving) run(ctx context.Context, out io.Writer) error {
	config := server.Config{Version: version, TemporalUI: s.temporalUI, SignerKeys: s.signerKeys}
	if err := s.loggingIn.into(&config); err != nil {
		return err
	}
	log, err := newLog("serve")
	if err != nil {
		return err
	}
	wheel, err := readWheel(s.wheel)
	if err != nil {
		return err
	}
	if config.Kommun = wheel.Wheel.Kommun; s.kommun != "" && s.kommun != config.Kommun {
		return usagef("årshjulet är för kommun %s, inte %s. Ange ett annat årshjul med --wheel, eller ta bort --kommun", config.Kommun, s.kommun)
	}
	organisation, err := s.organisation()
	if err != nil {
		return err
	}
	l, err := s.listen(s.address)
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
	config.Store, config.Slots, config.Temporal, config.Wheel, config.Log, config.Metrics = o.store, slots, o.temporal, wheel, log, metrics
	srv, err := server.New(config)
	if err != nil {
		_ = l.Close()
		return err
	}
	if organisation != nil {
		if err := srv.Found(ctx, organisation); err != nil {
			_ = l.Close()
			return err
		}
	}
	fmt.Fprintf(out, "Servern svarar på http://%s\n", l.Addr())
	return srv.Serve(ctx, l)
}

// organisation reads the file that the registry is to be founded from, or nil.
func (s *serving) organisation() (*wheelfile.Organisation, error) {
	if s.found == "" {
		return nil, nil
	}
	return readOrganisation(s.found)
}
