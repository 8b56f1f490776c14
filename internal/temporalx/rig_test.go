package temporalx_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/domain/domaintest"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

func TestMain(m *testing.M) { stacktest.Main(m) }

var shared struct {
	sync.Once
	address, namespace string
}

// dial connects to the namespace that the package's tests share, which is set up once.
func dial(t *testing.T) client.Client {
	t.Helper()
	shared.Do(func() {
		shared.address = stacktest.Temporal(t).TemporalAddress()
		shared.namespace = "set-up"
		if err := temporalx.Setup(t.Context(), shared.address, shared.namespace); err != nil {
			t.Fatal(err)
		}
	})
	return dialTo(t, shared.address, shared.namespace)
}

func dialTo(t *testing.T, address, namespace string) client.Client {
	t.Helper()
	c, err := temporalx.Dial(t.Context(), address, namespace, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// work runs a worker whose journal does nothing but echo: the journal has its own tests.
func work(t *testing.T, c client.Client) {
	t.Helper()
	w := temporalx.NewWorker(c)
	workflows.Register(w, workflows.Workflows{})
	w.RegisterActivityWithOptions(func(_ context.Context, b activities.JournalBatch) (activities.JournalResult, error) {
		return b.Expect, nil
	},
		activity.RegisterOptions{Name: workflows.ActivityJournal})
	w.RegisterActivityWithOptions(func(context.Context, activities.PropagateInput) (activities.PropagateResult, error) {
		return activities.PropagateResult{}, nil
	}, activity.RegisterOptions{Name: workflows.ActivityPropagate})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
}

var towns atomic.Int64

// launch is a cycle of one step in a town of the test's own.
func launch(t *testing.T, id string) (stream string, c domain.Command) {
	t.Helper()
	kommun, year := fmt.Sprintf("%04d", 1000+towns.Add(1)), time.Now().Year()+2
	rule, err := domain.ParseRule("senast 31 mars", domain.StagePlanning)
	if err != nil {
		t.Fatal(err)
	}
	l := &domain.Launch{Kommun: kommun, Year: year,
		Wheel: domain.Wheel{Name: "En", Version: 1, Kommun: kommun, City: "SLF", Roles: []domain.RoleDef{{ID: "chef", Title: "Chef", Seat: domain.SeatCity}},
			Steps: []domain.StepDef{{ID: "underlag", Title: "Underlag", Stage: domain.StagePlanning, Act: domain.ActWorkProduct,
				Scope: domain.ScopeCity, Body: "SLF", Plan: rule, Slots: domain.Slots{Prepare: "chef", Ready: "chef", Escalate: "chef"}}}},
		Registry: domain.Registry{Kommun: kommun, City: "SLF", Units: []domain.Unit{{ID: "SLF", Kind: domain.KindAdministration, Name: "Stadsledningsförvaltningen"}}}}
	for n, role := range []domain.RoleID{domain.RoleLauncher, "chef"} {
		l.Registry.Bindings = append(l.Registry.Bindings, domain.Binding{Number: uint64(n + 1), Person: domain.PersonID("p-" + string(role)), Role: role, Unit: "SLF", From: "2020-01-01"})
	}
	return domain.CycleStream(kommun, year), domain.Command{ID: id, Kind: domain.CmdLaunch, Actor: "p-cykelansvarig", Launch: domaintest.Ordered(*l)}
}

func comment(id string) domain.Command {
	return domain.Command{ID: id, Kind: domain.CmdComment, Actor: "p-chef", Text: domain.TextRef(domain.DigestOf([]byte("text")))}
}

func refused(t *testing.T, err error, code domain.Code) {
	t.Helper()
	var no *domain.Refusal
	if !errors.As(err, &no) || no.Code != code {
		t.Errorf("got %v, not the refusal %s", err, code)
		return
	}
	if no.Message == "" || strings.Contains(no.Message, "(type:") {
		t.Errorf("%s says %q", code, no.Message)
	}
}
