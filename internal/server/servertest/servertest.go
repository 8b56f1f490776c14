// Package servertest gives tests a real server to ask: the one door over a real Postgres and a real Temporal with a
// worker in this process, and Helsingborg's registry founded. The test package's TestMain must be stacktest.Main.
package servertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.uber.org/zap"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/mail"
	"arshjul/internal/server"
	"arshjul/internal/server/api"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/internal/wheelfile"
	"arshjul/workflows"
)

// Kommun is the municipality that the server serves.
const Kommun = "1283"

// People of Helsingborg's organisation (domain/wheels), who are functions and no real persons.
const (
	Launcher  domain.PersonID = "p-slf-cykelansvarig"
	Confirmer domain.PersonID = "p-slf-ekonomidirektor" // the second who may launch
	Registrar domain.PersonID = "p-slf-registeransvarig"
)

// patience is how much longer than in service everybody waits: the machine may be busy with other packages' tests.
const patience = time.Minute

// Door is a server and what it stands on.
type Door struct {
	URL      string
	Server   *server.Server
	Store    *store.Store
	Temporal client.Client
	Worker   worker.Worker // nil when nobody works
	Sink     *mail.Sink    // where every mail goes

	DatabaseURL string // for the application's role
	Address     string // of Temporal
	Namespace   string
}

var shared struct {
	sync.Once
	door *Door
}

// Shared is one door for all tests of a package, which keep to exercises of their own.
func Shared(t testing.TB) *Door {
	t.Helper()
	shared.Do(func() { shared.door = open(t, first, true) })
	if shared.door == nil {
		t.Fatal("servertest: the shared server could not be started; the first test that asked says why")
	}
	return shared.door
}

// New is a door of the test's own, closed when the test ends.
func New(t testing.TB) *Door {
	t.Helper()
	return closing(t, open(t, first, true))
}

// Whole is a door of the test's own with the whole wheel of Helsingborg and its organisation.
func Whole(t testing.TB) *Door {
	t.Helper()
	return closing(t, open(t, whole, true))
}

func closing(t testing.TB, d *Door) *Door {
	t.Cleanup(func() {
		if d.Worker != nil {
			d.Worker.Stop()
		}
		d.Sink.Close()
		d.Temporal.Close()
		d.Store.Close()
	})
	return d
}

// WithoutWorker is a door behind which nobody works, and without a registry.
func WithoutWorker(t testing.TB) *Door {
	t.Helper()
	return closing(t, open(t, first, false))
}

// town is the files that a door serves.
type town struct{ wheel, organisation []byte }

var (
	first = town{wheels.First, wheels.FirstOrganisation}
	whole = town{wheels.Helsingborg, wheels.HelsingborgOrganisation}
)

func open(t testing.TB, of town, working bool) *Door {
	t.Helper()
	ctx := context.Background() // a shared door outlives the test that opened it
	d := &Door{DatabaseURL: stacktest.AsRole(t, stacktest.Database(t, store.Migrate), store.AppRole)}
	d.Address, d.Namespace = stacktest.Namespace(t)
	must(t, temporalx.Setup(ctx, d.Address, d.Namespace))
	var err error
	d.Store, err = store.Open(ctx, d.DatabaseURL)
	must(t, err)
	d.Sink = mail.NewSink(d.Store)
	slots, err := store.NewSlots(d.DatabaseURL)
	must(t, err)
	d.Temporal, err = temporalx.Dial(ctx, d.Address, d.Namespace, zap.NewNop())
	must(t, err)
	wheel, err := wheelfile.Read("helsingborg.yaml", of.wheel)
	must(t, err)
	d.Server, err = server.New(server.Config{Store: d.Store, Slots: slots, Temporal: d.Temporal, Kommun: Kommun, Wheel: wheel, Version: "test", Log: zap.NewNop(), Patience: patience})
	must(t, err)
	d.URL = httptest.NewServer(d.Server.Handler()).URL
	if !working {
		return d
	}
	d.Worker = NewWorker(d)
	must(t, d.Worker.Start())
	organisation, err := wheelfile.ReadOrganisation("helsingborg-organisation.yaml", of.organisation)
	must(t, err)
	must(t, d.Server.Found(ctx, organisation))
	return d
}

// NewWorker makes a worker like the program's on a local stack: mails go to the sink.
func NewWorker(d *Door) worker.Worker {
	w := temporalx.NewWorker(d.Temporal)
	workflows.Register(w, workflows.Workflows{})
	send := func(ctx context.Context, stream string, c domain.Command) error {
		_, err := temporalx.Send(ctx, d.Temporal, stream, c)
		return err
	}
	wake := func(ctx context.Context, kommun string) error { return temporalx.WakeDelivery(ctx, d.Temporal, kommun) }
	office := mail.NewOffice(d.Store, netmail.Address{Name: "Årshjul", Address: "arshjul@" + mail.LocalDomain}, d.URL, d.Sink, d.Sink)
	open := func(ctx context.Context, kommun string, exercise bool) (activities.Carrier, error) {
		line, err := office.Open(ctx, kommun, exercise)
		if err != nil {
			return nil, err
		}
		return line, nil
	}
	w.RegisterActivityWithOptions(activities.Journal{Store: d.Store, Wake: wake}.Journal, activity.RegisterOptions{Name: workflows.ActivityJournal})
	w.RegisterActivityWithOptions(activities.Send{Store: d.Store, Open: open}.Send, activity.RegisterOptions{Name: workflows.ActivitySend})
	w.RegisterActivityWithOptions(activities.Propagate{Store: d.Store, Send: send}.Propagate, activity.RegisterOptions{Name: workflows.ActivityPropagate})
	return w
}

// As asks the server as a person, who waits longer than the server does.
func (d *Door) As(person domain.PersonID) *api.Client {
	return api.NewClient(d.URL, person).Over(&http.Client{Timeout: 10 * patience})
}

// Exercise starts an exercise of a year and gives its stream.
func (d *Door) Exercise(t testing.TB, year int) string {
	t.Helper()
	var r api.Receipt
	until(t, &r, func() error {
		return d.As(Launcher).Post(t.Context(), "/exercises", api.Exercise{ID: "exercise-" + t.Name(), Year: year}, &r)
	})
	return r.Stream
}

// Launch launches the real cycle of a year, ordered by one person and confirmed by another whatever rehearsal says, and
// gives its stream.
func (d *Door) Launch(t testing.TB, year int) string {
	t.Helper()
	var ordered api.Ordered
	id := fmt.Sprintf("launch-%d", year)
	until(t, &ordered.Receipt, func() error {
		return d.As(Launcher).Post(t.Context(), "/orders", api.OrderLaunch{ID: id, LaunchPlan: api.LaunchPlan{Year: year}, Dnr: "KS 1/2026 (påhittat)",
			Date: "2026-11-01", Despite: "Prov (påhittat)"}, &ordered)
	})
	var r api.Receipt
	until(t, &r, func() error {
		return d.As(Confirmer).Post(t.Context(), fmt.Sprintf("/orders/%d/confirm", ordered.Number), api.ConfirmOrder{ID: id + "-confirm"}, &r)
	})
	return r.Stream
}

// until asks again, with the same id, while a very busy machine leaves the answer unknown or the journal behind.
func until(t testing.TB, r *api.Receipt, ask func() error) {
	t.Helper()
	for range 60 {
		err := ask()
		var p *api.Problem
		switch {
		case errors.As(err, &p) && p.Exit() == api.ExitUnknown:
		case err != nil:
			must(t, err)
		case r.Status == api.StatusDone:
			return
		}
		select {
		case <-t.Context().Done():
		case <-time.After(time.Second):
		}
	}
	t.Fatal("servertest: there was no answer in a minute")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("servertest: %v", err)
	}
}

// Another gives another server on what the door stands on, as a process beside it would be, with what change changes.
func (d *Door) Another(t testing.TB, change func(*server.Config)) *server.Server {
	t.Helper()
	slots, err := store.NewSlots(d.DatabaseURL)
	must(t, err)
	wheel, err := wheelfile.Read("helsingborg-1.yaml", wheels.First)
	must(t, err)
	c := server.Config{Store: d.Store, Slots: slots, Temporal: d.Temporal, Kommun: Kommun, Wheel: wheel, Version: "test", Log: zap.NewNop(), Patience: patience}
	change(&c)
	s, err := server.New(c)
	must(t, err)
	t.Cleanup(func() { _ = slots.Close() }) // the database gives the places back by itself
	return s
}
