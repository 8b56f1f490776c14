package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/mail"
	"arshjul/internal/server"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/stack"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/internal/wheelfile"
)

const (
	kommun    = "1283"
	namespace = "arshjul"

	// People of helsingborg-organisation.yaml.
	launcher  domain.PersonID = "p-slf-cykelansvarig"
	confirmer domain.PersonID = "p-slf-ekonomidirektor"
)

// rig is the installation on a stack that waits for its disk: the server, a worker and whoever asks are this process.
type rig struct {
	*testing.B
	*servertest.Door
	stack        *stack.Stack
	database     *pgxpool.Pool // as owner, for the statistics and for the bare approvals
	client       *api.Client
	wheel        *wheelfile.File
	organisation *wheelfile.Organisation
}

// platform starts the stack and its databases.
func platform(b *testing.B) *rig {
	b.Helper()
	r := &rig{B: b, Door: &servertest.Door{Namespace: namespace}}
	// On a disk, not in memory, where stacktest's directories are.
	dir, err := os.MkdirTemp("/var/tmp", "arshjul-bench-")
	r.must(err)
	b.Cleanup(func() { r.must(os.RemoveAll(dir)) })
	r.must(os.Chmod(dir, 0o755)) // Postgres' user must get in
	r.stack, err = stack.Start(b.Context(), stack.Config{Dir: dir, BinDir: stacktest.BinDir(b)})
	r.must(err)
	b.Cleanup(func() { r.must(r.stack.Stop(context.Background())) })
	r.must(r.stack.EnsureDatabase(b.Context(), "arshjul"))
	owner := r.stack.PostgresURL("arshjul", "postgres")
	r.must(store.Migrate(b.Context(), owner))
	r.Address, r.DatabaseURL = r.stack.TemporalAddress(), r.stack.PostgresURL("arshjul", store.AppRole)
	r.must(temporalx.Setup(b.Context(), r.Address, namespace))
	r.Store, err = store.Open(b.Context(), r.DatabaseURL)
	r.must(err)
	b.Cleanup(r.Store.Close)
	r.database, err = pgxpool.New(b.Context(), owner)
	r.must(err)
	b.Cleanup(r.database.Close)
	r.Temporal, err = temporalx.Dial(b.Context(), r.Address, namespace, zap.NewNop())
	r.must(err)
	b.Cleanup(r.Temporal.Close)
	r.wheel, err = wheelfile.Read("helsingborg.yaml", wheels.Helsingborg)
	r.must(err)
	r.organisation, err = wheelfile.ReadOrganisation("helsingborg-organisation.yaml", wheels.HelsingborgOrganisation)
	r.must(err)
	return r
}

// newRig is the platform with a worker and a server in this process, and Helsingborg's registry founded.
func newRig(b *testing.B) *rig {
	b.Helper()
	r := platform(b)
	r.Sink = mail.NewSink(r.Store)
	b.Cleanup(r.Sink.Close)
	r.Worker = servertest.NewWorker(r.Door)
	r.must(r.Worker.Start())
	b.Cleanup(r.Worker.Stop)
	r.Server = r.server(kommun, r.wheel)
	listening := httptest.NewServer(r.Server.Handler())
	b.Cleanup(listening.Close)
	r.URL = listening.URL
	r.client = api.NewClient(r.URL, launcher).Over(manyConnections())
	r.must(r.Server.Found(b.Context(), r.organisation))
	return r
}

// server makes the one door to a municipality.
func (r *rig) server(kommun string, wheel *wheelfile.File) *server.Server {
	r.Helper()
	slots, err := store.NewSlots(r.DatabaseURL)
	r.must(err)
	r.Cleanup(func() { r.must(slots.Close()) })
	s, err := server.New(server.Config{Store: r.Store, Slots: slots, Temporal: r.Temporal, Kommun: kommun, Wheel: wheel, Version: "bench", Log: zap.NewNop()})
	r.must(err)
	return s
}

// manyConnections keeps as many connections to the server open as there are people; the usual client keeps two.
func manyConnections() *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
}

// must ends the benchmark at an error.
func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// launch has a real cycle ordered by one person and confirmed by another, through the door, whatever rehearsal says, and
// gives how long the second person waited: the first has seen the rehearsal.
func (r *rig) launch(plan api.LaunchPlan) (stream string, took time.Duration) {
	r.Helper()
	id := fmt.Sprintf("launch-%d", plan.Year)
	var ordered api.Ordered
	r.must(r.patiently(func() error {
		return r.client.As(launcher).Post(r.Context(), "/orders", api.OrderLaunch{ID: id, LaunchPlan: plan, Dnr: "KS 1/2026 (påhittat)", Date: "2026-11-01", Despite: "Prov (påhittat)"}, &ordered)
	}))
	began := time.Now()
	var receipt api.Receipt
	r.must(r.patiently(func() error {
		return r.client.As(confirmer).Post(r.Context(), fmt.Sprintf("/orders/%d/confirm", ordered.Number), api.ConfirmOrder{ID: id + "-confirm"}, &receipt)
	}))
	took = time.Since(began)
	if receipt.Status != api.StatusDone {
		r.wait(receipt.Stream, receipt.Last)
	}
	return receipt.Stream, took
}

// patiently asks again, with the same id, while the answer is unknown.
func (r *rig) patiently(ask func() error) error {
	for {
		err := ask()
		var p *api.Problem
		if !errors.As(err, &p) && !errors.As(err, new(*api.Unreachable)) || p != nil && p.Exit() != api.ExitUnknown || r.Context().Err() != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// wait waits until an entry stands in the journal.
func (r *rig) wait(stream string, seq uint64) {
	r.Helper()
	_, err := r.Store.WaitJournalled(r.Context(), stream, seq)
	r.must(err)
}

// rest waits until a workflow has nothing under way: what comes next is alone.
func (r *rig) rest(id string) {
	r.Helper()
	for {
		d, err := r.Temporal.DescribeWorkflowExecution(r.Context(), id, "")
		r.must(err)
		if d.GetPendingWorkflowTask() == nil && len(d.GetPendingActivities()) == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// holder is who holds a role in a unit.
func (r *rig) holder(role domain.RoleID, unit domain.UnitID) domain.PersonID {
	r.Helper()
	for _, b := range r.organisation.Registry.Bindings {
		if b.Role == role && b.Unit == unit {
			return b.Person
		}
	}
	r.Fatalf("nobody is %s of %s", role, unit)
	return ""
}
