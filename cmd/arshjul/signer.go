package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"arshjul/internal/signer"
)

func newSigner() *cobra.Command {
	var s signing
	verb := s.telemetry.flags(s.flags(&cobra.Command{
		Use:   "signer",
		Short: "Skriv under loggarna: undertecknaren, en egen process med en egen nyckel",
		Long: `Skriv under loggarna. Undertecknaren räknar om varje logg från posterna, på sitt eget minne av vad den har skrivit under,
och skriver under det som är en fortsättning (C2SP tlog-checkpoint, Ed25519). Resten nekar den, tills två personer har
anmält en ny epok av loggen (arshjul registry declare-epoch och confirm-epoch).

Den har en egen databasroll (arshjul_signer), en nyckelfil som ingen annan kan läsa, och en katalog för sitt minne som inte
får ligga i databasens säkerhetskopia.`,
		Example: "  arshjul signer --key nyckel --state /var/lib/arshjul-signer --publish /srv/kontrollpunkter",
		Args:    takes(0, 0, ""),
		RunE:    func(verb *cobra.Command, _ []string) error { return s.run(verb.Context(), verb.OutOrStdout()) },
	}))
	f := verb.Flags()
	f.DurationVar(&s.every, "every", time.Minute, "hur ofta loggarna skrivs under")
	f.DurationVar(&s.recheck, "recheck", time.Hour, "hur ofta varje logg räknas om från sin första post")
	f.BoolVar(&s.once, "once", false, "en gång, och sluta: slutkoden är 1 om någon logg nekades")
	key := group(&cobra.Command{Use: "key", Short: "Undertecknarens nyckel"})
	key.AddCommand(newSignerKey(), newSignerKeyShow())
	verb.AddCommand(key, newSignerAdopt())
	return verb
}

type signing struct {
	telemetry
	database, state, publish string
	keys                     []string
	every, recheck           time.Duration
	once                     bool
	newKey                   string
}

func (s *signing) flags(verb *cobra.Command) *cobra.Command {
	f := verb.Flags()
	f.StringVar(&s.database, "database", envOr("ARSHJUL_DATABASE", ""), "Postgres-adress för rollen arshjul_signer (eller ARSHJUL_DATABASE)")
	f.StringSliceVar(&s.keys, "key", nil, "nyckelfil; två medan den ena tar över efter den andra")
	f.StringVar(&s.newKey, "new-key", "", "gör nyckeln, med det här namnet, om den första nyckelfilen inte finns; den öppna delen skrivs ut")
	f.StringVar(&s.state, "state", "", "katalog för undertecknarens minne")
	f.StringVar(&s.publish, "publish", "", "katalog där kontrollpunkterna läggs för andra att hämta")
	return verb
}

func (s *signing) open(ctx context.Context, out io.Writer) (*signer.Signer, error) {
	if s.database == "" || s.state == "" || len(s.keys) == 0 {
		return nil, usagef("ange --database, --key och --state")
	}
	if _, err := os.Stat(s.keys[0]); s.newKey != "" && errors.Is(err, fs.ErrNotExist) {
		public, err := signer.NewKey(s.keys[0], s.newKey)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(out, "En ny nyckel är gjord. Ge den öppna delen till revisorerna: %s\n", public)
	}
	c := signer.Config{State: s.state, Publish: s.publish, Recheck: s.recheck}
	for _, file := range s.keys {
		k, err := signer.ReadKey(file)
		if err != nil {
			return nil, err
		}
		c.Keys = append(c.Keys, k)
	}
	var err error
	if c.DB, err = pgxpool.New(ctx, s.database); err != nil {
		return nil, err
	}
	return signer.New(c)
}

// run signs until ctx ends. What it refuses it goes on refusing: it says so in the log, in the metric and in the database.
func (s *signing) run(ctx context.Context, out io.Writer) error {
	log, err := newLog("signer")
	if err != nil {
		return err
	}
	hand, err := s.open(ctx, out)
	if err != nil {
		return err
	}
	defer func() { _ = hand.Close() }() // the process ends with it
	told, err := s.telemetry.start(ctx, "signer", log)
	if err != nil {
		return err
	}
	defer told.end()
	refused := prometheus.NewGauge(prometheus.GaugeOpts{Name: "arshjul_signer_refused", Help: signerRefusedHelp})
	looked := prometheus.NewGauge(prometheus.GaugeOpts{Name: "arshjul_signer_looked_timestamp_seconds", Help: "When the signer last looked at every log."})
	if told.registry != nil {
		told.registry.MustRegister(refused, looked)
	}
	known := map[string]string{}
	for {
		all, err := hand.Look(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			log.Error("looking at the logs", zap.Error(err))
		} else {
			looked.SetToCurrentTime()
		}
		refused.Set(float64(s.tell(out, log, known, all)))
		if s.once {
			if n := s.refusals(all); n > 0 || err != nil {
				return fmt.Errorf("undertecknaren nekade %d av %d loggar (%w)", n, len(all), errOr(err))
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(s.every):
		}
	}
}

func errOr(err error) error {
	if err == nil {
		return fmt.Errorf("se ovan")
	}
	return err
}

func (s *signing) refusals(all []signer.Looked) (n int) {
	for _, l := range all {
		if l.Refused != nil {
			n++
		}
	}
	return n
}

// tell tells what is new since the last time: a refusal, or that there is none any more. With --once also what was signed.
func (s *signing) tell(out io.Writer, log *zap.Logger, known map[string]string, all []signer.Looked) int {
	for _, l := range all {
		if l.Refused == nil {
			if known[l.Log] != "" {
				log.Info("signs again", zap.String("log", l.Log), zap.Int("epoch", l.Epoch), zap.Uint64("size", l.Last.Size))
				delete(known, l.Log)
			}
			if s.once {
				fmt.Fprintf(out, "Loggen %s: %d poster underskrivna, epok %d, rot %s.\n", l.Log, l.Last.Size, l.Epoch, l.Last.Root)
			}
			continue
		}
		if known[l.Log] == l.Refused.Text {
			continue
		}
		known[l.Log] = l.Refused.Text
		root := base64.StdEncoding.EncodeToString(l.Last.Root[:])
		log.Error("refuses to sign", zap.String("log", l.Log), zap.String("code", string(l.Refused.Code)), zap.String("origin", l.Last.Origin),
			zap.Uint64("size", l.Last.Size), zap.String("root", root), zap.Uint64("lost_from", l.Refused.Whole), zap.String("why", l.Refused.Text))
		fmt.Fprintln(out, l.Refused.Text)
		if l.Last.Origin != "" {
			cycle := ""
			if strings.HasPrefix(l.Log, "exercise/") {
				cycle = " --cycle " + l.Log
			}
			fmt.Fprintf(out, "Senast underskrivet: --origin %s --size %d --root %s --lost-from %d%s\n", l.Last.Origin, l.Last.Size, root, l.Refused.Whole, cycle)
		}
	}
	return s.refusals(all)
}

func newSignerKey() *cobra.Command {
	var name string
	verb := &cobra.Command{
		Use:   "new FIL",
		Short: "Gör en ny nyckel",
		Long: `Gör en ny nyckel. Filen får inte finnas, och bara ägaren kan läsa den. Den öppna delen skrivs ut: ge den till revisorerna,
på papper eller på annat sätt än genom årshjul.`,
		Example: "  arshjul signer key new /etc/arshjul-signer/nyckel --name arshjul.helsingborg.se/2027",
		Args:    takes(1, 1, "nyckelns fil"),
		RunE: func(verb *cobra.Command, args []string) error {
			public, err := signer.NewKey(args[0], name)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(verb.OutOrStdout(), public)
			return err
		},
	}
	verb.Flags().StringVar(&name, "name", "", "vems nyckel det är och vilken i ordningen, utan mellanslag: arshjul.helsingborg.se/2027")
	return verb
}

func newSignerKeyShow() *cobra.Command {
	return &cobra.Command{
		Use:     "show FIL",
		Short:   "Visa en nyckels öppna del",
		Example: "  arshjul signer key show /etc/arshjul-signer/nyckel",
		Args:    takes(1, 1, "nyckelns fil"),
		RunE: func(verb *cobra.Command, args []string) error {
			k, err := signer.ReadKey(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(verb.OutOrStdout(), k.Public)
			return err
		},
	}
}

func newSignerAdopt() *cobra.Command {
	var s signing
	return s.flags(&cobra.Command{
		Use:   "adopt FIL",
		Short: "Ge undertecknaren den senaste kontrollpunkten, när dess katalog är förlorad",
		Long: `Ge undertecknaren den senaste kontrollpunkten, när dess katalog är förlorad eller återläst. Filen är en kontrollpunkt som
undertecknaren själv har skrivit under och någon har sparat: revisorerna har fått den per mejl. Loggen i databasen måste
innehålla det som kontrollpunkten säger.`,
		Example: "  arshjul signer adopt latest.checkpoint --key nyckel --state /var/lib/arshjul-signer",
		Args:    takes(1, 1, "kontrollpunktens fil"),
		RunE: func(verb *cobra.Command, args []string) error {
			b, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			hand, err := s.open(verb.Context(), verb.OutOrStdout())
			if err != nil {
				return err
			}
			defer func() { _ = hand.Close() }() // the process ends with it
			c, err := hand.Adopt(verb.Context(), b)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(verb.OutOrStdout(), "Undertecknaren går vidare från %s med %d poster.\n", c.Origin, c.Size)
			return err
		},
	})
}

const signerRefusedHelp = "Logs that the signer refuses to sign."
