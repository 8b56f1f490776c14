package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
)

func newDoctor() *cobra.Command {
	var d doctor
	var c connection
	verb := d.flags(c.flags(&cobra.Command{
		Use:   "doctor",
		Short: "Undersök om allt är i ordning, med en mening om varje sak",
		Long: `Undersök om allt är i ordning, med en mening om varje sak: servern, databasens tabeller, journalen (varje logg räknas
om), undertecknarens kontrollpunkter, Temporals sökattribut, hur länge historiken sparas, om något i en pågående cykel har blivit liggande, och mejlen. Utan
--database och --temporal undersöks det som "arshjul up" startar i sin katalog. Slutkoden är 1 om något är fel.`,
		Args: takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			return d.run(verb.Context(), verb.OutOrStdout(), &c, verb.Flags().Changed("server"))
		},
	}))
	verb.Flags().StringVar(&d.dir, "dir", "", "katalogen som \"arshjul up\" använder")
	return verb
}

type doctor struct {
	platform
	dir string

	out    io.Writer
	faults int
}

const examination = 2 * time.Minute

func (d *doctor) run(ctx context.Context, out io.Writer, c *connection, serverNamed bool) error {
	ctx, cancel := context.WithTimeout(ctx, examination)
	defer cancel()
	d.out = out
	if d.database == "" && d.temporal == "" {
		d.machine()
		n, err := readNote(d.dir)
		if err != nil {
			return err
		}
		if n != nil {
			d.platform = n.platform()
			if !serverNamed {
				c.server = n.Server
			}
		}
	}
	var h api.Health
	d.found(c.client().Get(ctx, "/health", &h), "Servern", "Servern på "+c.server+" svarar, och når Postgres och Temporal.")
	if d.database != "" {
		d.examineDatabase(ctx)
	}
	if d.temporal != "" {
		d.examineTemporal(ctx)
	}
	if d.faults > 0 {
		return fmt.Errorf("doctor hittade fel: %d", d.faults)
	}
	fmt.Fprintln(out, "Allt som undersöktes är i ordning.")
	return nil
}

// found tells what was found about a thing: well, or what is wrong with it.
func (d *doctor) found(err error, thing, well string) {
	if err == nil {
		fmt.Fprintln(d.out, "  bra ", well)
		return
	}
	d.faults++
	fmt.Fprintf(d.out, "  FEL  %s: %v\n", thing, err)
}

func (d *doctor) machine() {
	err := stack.Check(stack.Config{Dir: d.dir})
	// A stack that runs is as it should be.
	var problem *stack.Problem
	if errors.As(err, &problem) && problem.Code == "already_running" {
		err = nil
	}
	d.found(err, "Datorn", "Det som \"arshjul up\" behöver finns på datorn.")
}

func (d *doctor) examineDatabase(ctx context.Context) {
	st, err := store.Open(ctx, d.database)
	d.found(err, "Databasen svarar inte", "Databasen svarar.")
	if err != nil {
		return
	}
	defer st.Close()
	err = st.SchemaUpToDate(ctx)
	d.found(err, "Tabellerna", "Databasens tabeller är den här versionens.")
	if err != nil {
		return
	}
	logs, err := st.Logs(ctx)
	if err != nil {
		d.found(err, "Journalen går inte att läsa", "")
	}
	for _, l := range logs {
		v, err := st.VerifyLog(ctx, l.ID)
		d.found(err, "Loggen "+l.ID, fmt.Sprintf("Loggen %s är hel: %d poster, rot %s.", l.ID, v.Size, v.Root))
		d.signed(ctx, st, l.ID)
		if !strings.Contains(l.ID, "/") { // a municipality's, not an exercise's
			d.overdue(ctx, st, l.ID)
			d.mails(ctx, st, l.ID)
		}
	}
}

// signed tells how a log stands with its signer.
func (d *doctor) signed(ctx context.Context, st *store.Store, log string) {
	refusals, err := st.SignerRefusals(ctx)
	if err != nil {
		d.found(err, "Kontrollpunkterna går inte att läsa", "")
		return
	}
	for _, r := range refusals {
		if r.Log == log {
			d.found(errors.New(r.Detail), "Undertecknaren", "")
			return
		}
	}
	last, err := st.LastCheckpoint(ctx, log)
	if errors.Is(err, store.ErrNoCheckpoint) {
		fmt.Fprintf(d.out, "  –    Loggen %s är inte underskriven: ingen undertecknare (arshjul signer) har sett den.\n", log)
		return
	}
	entries, since, err2 := st.Unsigned(ctx, log)
	if err = errors.Join(err, err2); err == nil && entries > 0 && time.Since(since) > grace {
		err = fmt.Errorf("%d poster är inte underskrivna, den äldsta från %s. Kontrollera att undertecknaren kör", entries, since.UTC().Format(time.RFC3339))
	}
	d.found(err, "Kontrollpunkten", fmt.Sprintf("Loggen %s är underskriven till och med post %d, för %s sedan, i epok %d; %d poster väntar.",
		log, int64(last.Size)-1, time.Since(last.At).Round(time.Second), last.Epoch, entries))
}

// grace is how long after its time a deadline may be unnoticed: a worker that is restarted, a database that is moved.
const grace = 10 * time.Minute

// overdue looks for open cycles in which something fell due and nobody noticed: their worker is not running.
func (d *doctor) overdue(ctx context.Context, st *store.Store, kommun string) {
	cycles, err := st.OpenCycles(ctx, kommun)
	if err != nil {
		d.found(err, "Cyklerna går inte att läsa", "")
	}
	for _, c := range cycles {
		err := error(nil)
		if c.NextDue != 0 && c.NextDue.Time().Before(time.Now().Add(-grace)) {
			err = fmt.Errorf("något skulle ha hänt av sig självt den %s, och har inte gjort det. Kontrollera att en worker kör, och om arbetsflödet är blockerat i Temporal", c.NextDue.Date().Swedish())
		}
		well := fmt.Sprintf("%s är i tid; inget mer infaller av sig självt.", c.Stream)
		if c.NextDue != 0 {
			well = fmt.Sprintf("%s är i tid; nästa sak infaller den %s.", c.Stream, c.NextDue.Date().Swedish())
		}
		d.found(err, c.Stream, well)
	}
}

func (d *doctor) examineTemporal(ctx context.Context) {
	c, err := temporalx.Dial(ctx, d.temporal, d.namespace, zap.NewNop())
	d.found(err, "Temporal svarar inte", "Temporal svarar.")
	if err != nil {
		return
	}
	defer c.Close()
	d.found(temporalx.Check(ctx, c, d.namespace), "Temporal", "Temporals sökattribut finns, och historiken sparas tillräckligt länge.")
}
