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
		Long: `Undersök om allt är i ordning, med en mening om varje sak. Utan --database och --temporal undersöks katalogen för
det som "arshjul up" startar, och servern; med dem också databasen, journalen och Temporal. Slutkoden är 1 om något är fel.`,
		Args: takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			return d.run(verb.Context(), verb.OutOrStdout(), c.client())
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

func (d *doctor) run(ctx context.Context, out io.Writer, client *api.Client) error {
	ctx, cancel := context.WithTimeout(ctx, examination)
	defer cancel()
	d.out = out
	if d.database == "" && d.temporal == "" {
		d.machine()
	}
	d.server(ctx, client)
	if d.database != "" {
		d.postgres(ctx)
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

// found tells what was found about a thing, in a sentence.
func (d *doctor) found(err error, well string) {
	if err == nil {
		fmt.Fprintln(d.out, "  bra  ", well)
		return
	}
	d.faults++
	fmt.Fprintln(d.out, "  FEL  ", err)
}

func (d *doctor) machine() {
	err := stack.Check(stack.Config{Dir: d.dir})
	// A stack that runs is as it should be.
	var problem *stack.Problem
	if errors.As(err, &problem) && problem.Code == "already_running" {
		err = nil
	}
	d.found(err, "Det som \"arshjul up\" behöver finns på datorn.")
}

func (d *doctor) server(ctx context.Context, client *api.Client) {
	var h api.Health
	err := client.Get(ctx, "/health", &h)
	d.found(err, "Servern på "+client.Base()+" svarar, och når Postgres och Temporal.")
}

func (d *doctor) postgres(ctx context.Context) {
	st, err := store.Open(ctx, d.database)
	d.found(err, "Databasen svarar.")
	if err != nil {
		return
	}
	defer st.Close()
	err = st.SchemaUpToDate(ctx)
	d.found(err, "Databasens tabeller är den här versionens.")
	if err != nil {
		return
	}
	logs, err := st.Logs(ctx)
	d.found(err, fmt.Sprintf("Journalen har %d loggar.", len(logs)))
	for _, l := range logs {
		v, err := st.VerifyLog(ctx, l.ID)
		d.found(err, fmt.Sprintf("Loggen %s är hel: %d poster.", l.ID, v.Size))
		if !strings.Contains(l.ID, "/") { // a municipality's, not an exercise's
			d.overdue(ctx, st, l.ID)
		}
	}
}

// grace is how long after its time a deadline may be unnoticed: a worker that is restarted, a database that is moved.
const grace = 10 * time.Minute

// overdue looks for open cycles in which something fell due and nobody noticed: their worker is not running.
func (d *doctor) overdue(ctx context.Context, st *store.Store, kommun string) {
	cycles, err := st.OpenCycles(ctx, kommun)
	if err != nil {
		d.found(err, "")
		return
	}
	for _, c := range cycles {
		err = nil
		if c.NextDue != 0 && c.NextDue.Time().Before(time.Now().Add(-grace)) {
			err = fmt.Errorf("%s väntar sedan %s på något som skulle ha hänt av sig självt. Kontrollera att en worker kör, och Temporals lista över blockerade arbetsflöden", c.Stream, c.NextDue.Date().Swedish())
		}
		d.found(err, fmt.Sprintf("%s är i tid.", c.Stream))
	}
}

func (d *doctor) examineTemporal(ctx context.Context) {
	c, err := temporalx.Dial(ctx, d.temporal, d.namespace, zap.NewNop())
	d.found(err, "Temporal svarar.")
	if err != nil {
		return
	}
	defer c.Close()
	d.found(temporalx.Check(ctx, c, d.namespace), "Temporals sökattribut finns, och historiken sparas tillräckligt länge.")
}
