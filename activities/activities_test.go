package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"arshjul/domain"
	"arshjul/domain/domaintest"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
)

func TestMain(m *testing.M) { stacktest.Main(m) }

// world is a database, an environment to run activities in, and the states that the workflows would have.
type world struct {
	t      *testing.T
	store  *store.Store
	env    *testsuite.TestActivityEnvironment
	logged *lines
	states map[string]*domain.State
	down   map[string]error // what Send answers for a stream

	mu   sync.Mutex // cycles are asked side by side
	sent []string   // "stream id first-last"
}

func newWorld(t *testing.T) *world {
	t.Helper()
	url := stacktest.Database(t, store.Migrate)
	s, err := store.Open(t.Context(), stacktest.AsRole(t, url, store.AppRole))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	w := &world{t: t, store: s, logged: &lines{}, states: map[string]*domain.State{}, down: map[string]error{}}
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(w.logged)
	w.env = suite.NewTestActivityEnvironment()
	w.env.RegisterActivityWithOptions(Journal{Store: s}.Journal, activity.RegisterOptions{Name: "journal"})
	w.env.RegisterActivityWithOptions(Propagate{Store: s, Send: w.send}.Propagate, activity.RegisterOptions{Name: "propagate"})
	return w
}

const (
	kommun   = "9999"
	registry = "registry/9999"
	now      = domain.Instant(1_799_000_000_000) // January 2027
)

func (w *world) state(stream string) *domain.State {
	if w.states[stream] == nil {
		w.states[stream] = domain.NewState(stream)
	}
	return w.states[stream]
}

func (w *world) decide(stream string, c domain.Command) ([]domain.Event, error) {
	events, err := domain.Decide(w.state(stream), c, now)
	for _, e := range events {
		if err := domain.Apply(w.state(stream), e); err != nil {
			w.t.Fatal(err)
		}
	}
	return events, err
}

func (w *world) do(stream string, c domain.Command) JournalBatch {
	w.t.Helper()
	events, err := w.decide(stream, c)
	if err != nil {
		w.t.Fatal(err)
	}
	batch := JournalBatch{Stream: stream, Events: events, Expect: JournalResult{Head: w.state(stream).Head, Next: now + 1, Roll: true, Done: true}}
	if _, err := w.journal(batch); err != nil {
		w.t.Fatal(err)
	}
	return batch
}

func (w *world) journal(batch JournalBatch) (result JournalResult, err error) {
	value, err := w.env.ExecuteActivity("journal", batch)
	if err != nil {
		return result, err
	}
	return result, value.Get(&result)
}

func (w *world) propagate() (result PropagateResult, err error) {
	value, err := w.env.ExecuteActivity("propagate", PropagateInput{Kommun: kommun})
	if err != nil {
		return result, err
	}
	return result, value.Get(&result)
}

// send does what a cycle's workflow does with a command; what follows is journalled by the test.
func (w *world) send(_ context.Context, stream string, c domain.Command) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, fmt.Sprintf("%s %s %d-%d", stream, c.ID, c.Changes[0].Seq, c.Changes[len(c.Changes)-1].Seq))
	if err := w.down[stream]; err != nil {
		return err
	}
	_, err := w.decide(stream, c)
	return err
}

func town() domain.Registry {
	return domain.Registry{Kommun: kommun, City: "SLF", Number: 1, Units: []domain.Unit{{ID: "SLF", Kind: domain.KindAdministration, Name: "Stadsledningsförvaltningen"}},
		Bindings: []domain.Binding{{Number: 1, Person: "p-1", Role: domain.RoleLauncher, Unit: "SLF", From: "2026-01-01"},
			{Number: 2, Person: "p-1", Role: domain.RoleRegistrar, Unit: "SLF", From: "2026-01-01"}}}
}

func (w *world) found() {
	w.t.Helper()
	r := town()
	w.do(registry, domain.Command{ID: "found", Kind: domain.CmdFound, Actor: "p-1", Found: &r})
}

func (w *world) launch(year int) string {
	w.t.Helper()
	plan, err := domain.ParseRule("senast 31 mars", domain.StagePlanning)
	if err != nil {
		w.t.Fatal(err)
	}
	stream := domain.CycleStream(kommun, year)
	wheel := domain.Wheel{Name: "liten", Version: 1, Kommun: kommun, City: "SLF", Roles: []domain.RoleDef{{ID: domain.RoleLauncher, Title: "Cykelansvarig", Seat: domain.SeatCity}},
		Steps: []domain.StepDef{{ID: "webb", Title: "Publicering", Stage: domain.StagePlanning, Act: domain.ActPublication, Scope: domain.ScopeCity, Body: "SLF",
			Slots: domain.Slots{Publish: domain.RoleLauncher, Escalate: domain.RoleLauncher}, Plan: plan}}}
	w.do(stream, domain.Command{ID: "launch", Kind: domain.CmdLaunch, Actor: "p-1",
		Launch: domaintest.Ordered(domain.Launch{Kommun: kommun, Year: year, Registry: town(), Wheel: wheel})})
	return stream
}

func (w *world) addUnits(from, through int) {
	w.t.Helper()
	for n := from; n <= through; n++ {
		w.do(registry, domain.Command{ID: fmt.Sprint("unit-", n), Kind: domain.CmdSetUnit, Actor: "p-1",
			Unit: &domain.Unit{ID: domain.UnitID(fmt.Sprint("N", n)), Kind: domain.KindBoard, Name: "Nämnd"}})
	}
}

func (w *world) expectSent(want ...string) {
	w.t.Helper()
	slices.SortStableFunc(w.sent, func(a, b string) int { return strings.Compare(strings.Fields(a)[0], strings.Fields(b)[0]) })
	if strings.Join(w.sent, "\n") != strings.Join(want, "\n") {
		w.t.Errorf("sent\n%s\nwant\n%s", strings.Join(w.sent, "\n"), strings.Join(want, "\n"))
	}
	w.sent = nil
}

// lines is a logger that keeps what it is told.
type lines struct {
	log.Logger
	all []string
}

func (l *lines) add(level, msg string, kv []any) {
	l.all = append(l.all, level+" "+msg+" "+fmt.Sprint(kv...))
}
func (l *lines) Debug(msg string, kv ...any) {}
func (l *lines) Info(msg string, kv ...any)  {}
func (l *lines) Warn(msg string, kv ...any)  { l.add("warn", msg, kv) }
func (l *lines) Error(msg string, kv ...any) { l.add("error", msg, kv) }

func TestJournalWritesAndEchoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.found()
	events, err := w.decide(registry, domain.Command{ID: "c-1", Kind: domain.CmdSetUnit, Actor: "p-1", Unit: &domain.Unit{ID: "KS", Kind: domain.KindExecutive, Name: "Kommunstyrelsen"}})
	if err != nil {
		t.Fatal(err)
	}
	batch := JournalBatch{Stream: registry, Events: events, Expect: JournalResult{Head: w.state(registry).Head, Next: now + 5, Roll: true}}
	for range 2 { // the second time as after a lost answer
		if got, err := w.journal(batch); err != nil || got != batch.Expect {
			t.Fatalf("got %+v, %v, want %+v", got, err, batch.Expect)
		}
	}
	if got, err := w.journal(JournalBatch{Stream: registry, Expect: batch.Expect}); err != nil || got != batch.Expect {
		t.Errorf("empty batch: %+v, %v", got, err)
	}
	if units, err := w.store.Units(t.Context(), registry); err != nil || len(units) != 2 || units[1].Name != "Kommunstyrelsen" {
		t.Errorf("units %+v, %v", units, err)
	}
	if v, err := w.store.VerifyLog(t.Context(), kommun); err != nil || v.Size != 2 {
		t.Errorf("log %+v, %v", v, err)
	}
	if len(w.logged.all) != 0 {
		t.Errorf("logged %q", w.logged.all)
	}
}

// A contradiction is retried, written nowhere, and logged without anything but ids.
func TestJournalAlarmsOnContradiction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.found()
	event := domain.Event{V: domain.EventVersion, Stream: registry, Seq: 2, At: now, Kind: domain.EvUnitSet, Actor: "p-1", Unit: &domain.Unit{ID: "KS", Kind: domain.KindExecutive, Name: "Kommunstyrelsen"}}
	gap, differs := event, event
	gap.Seq, differs.Seq = 4, 1
	for conflict, e := range map[store.Conflict]domain.Event{store.ConflictHead: event, store.ConflictGap: gap, store.ConflictDiffers: differs} {
		w.logged.all = nil
		_, err := w.journal(JournalBatch{Stream: registry, Events: []domain.Event{e}, Expect: JournalResult{Head: "another"}})
		var no interface{ NonRetryable() bool }
		if err == nil || errors.As(err, &no) && no.NonRetryable() {
			t.Errorf("%s: %v can not be retried", conflict, err)
		}
		if len(w.logged.all) == 0 || !strings.HasPrefix(w.logged.all[0], "error ") || !strings.Contains(w.logged.all[0], string(conflict)) || !strings.Contains(w.logged.all[0], registry) {
			t.Errorf("%s: logged %q", conflict, w.logged.all)
		}
		if log := strings.Join(w.logged.all, "\n"); strings.Contains(log, "Kommunstyrelsen") || strings.Contains(log, "p-1") {
			t.Errorf("%s: the log says more than ids: %s", conflict, log)
		}
	}
	if v, err := w.store.VerifyLog(t.Context(), kommun); err != nil || v.Size != 1 {
		t.Errorf("log %+v, %v", v, err)
	}
}

func TestPropagate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got, err := w.propagate(); err != nil || got.Number != 0 {
		t.Errorf("before there is a registry: %+v, %v", got, err)
	}
	w.found()
	a, b, c, ended := w.launch(2028), w.launch(2029), w.launch(2030), w.launch(2027)
	w.do(ended, domain.Command{ID: "cancel", Kind: domain.CmdCancel, Actor: "p-1", Text: domain.TextRef(domain.DigestOf(nil))})
	if got, err := w.propagate(); err != nil || got.Number != 1 {
		t.Errorf("nothing to hand on: %+v, %v", got, err)
	}
	w.expectSent()

	// One cycle does not answer: the others get theirs, and the activity fails so that it is run again.
	w.addUnits(2, 4)
	w.down[b] = errors.New("no answer")
	if _, err := w.propagate(); err == nil || !strings.Contains(err.Error(), b) {
		t.Errorf("with one cycle down: %v", err)
	}
	w.expectSent(a+" registry/9999#4 2-4", b+" registry/9999#4 2-4", c+" registry/9999#4 2-4")

	// The journal does not show yet that a has them; sent again with more, nothing is applied twice.
	w.addUnits(5, 5)
	delete(w.down, b)
	if got, err := w.propagate(); err != nil || got.Number != 5 {
		t.Errorf("all up: %+v, %v", got, err)
	}
	w.expectSent(a+" registry/9999#5 2-5", b+" registry/9999#5 2-5", c+" registry/9999#5 2-5")
	for _, stream := range []string{a, b, c} {
		if s := w.state(stream); s.Registry.Number != 5 || len(s.Registry.Units) != 5 {
			t.Errorf("%s has change %d and %d units, want 5 and 5", stream, s.Registry.Number, len(s.Registry.Units))
		}
	}
}

// A cycle far behind gets the changes in several commands, in order.
func TestPropagateMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.found()
	a := w.launch(2028)
	w.addUnits(2, mostChanges+5)
	if got, err := w.propagate(); err != nil || got.Number != mostChanges+5 {
		t.Errorf("got %+v, %v", got, err)
	}
	w.expectSent(fmt.Sprintf("%s registry/9999#%d 2-%d", a, mostChanges+1, mostChanges+1), fmt.Sprintf("%s registry/9999#%d %d-%d", a, mostChanges+5, mostChanges+2, mostChanges+5))
	if n := w.state(a).Registry.Number; n != mostChanges+5 {
		t.Errorf("the cycle has change %d", n)
	}
}

// A no that means that the cycle has the changes, or needs none, is as good as a yes; any other is an error.
func TestPropagateWhenTheCycleSaysNo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code domain.Code
		ok   bool
	}{{domain.CodeIDReused, true}, {domain.CodeCycleEnded, true}, {domain.CodeJournalBehind, false}, {domain.CodeRegistryGap, false}} {
		t.Run(string(tt.code), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.found()
			a := w.launch(2028)
			w.addUnits(2, 2)
			w.down[a] = domain.Refuse(tt.code, "nej")
			if _, err := w.propagate(); (err == nil) != tt.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}
