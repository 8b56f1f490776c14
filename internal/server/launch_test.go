package server_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

var launched sync.Once

// realCycle gives the one real cycle of 2028, which is launched when the first test asks.
func realCycle(t *testing.T, d *servertest.Door) string {
	t.Helper()
	launched.Do(func() { d.Launch(t, 2028) })
	return domain.CycleStream(servertest.Kommun, 2028)
}

func TestLaunch(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := realCycle(t, d)
	var again api.Receipt
	var cycle api.Cycle
	ok(t, d.As(writer).Get(t.Context(), "/"+stream, &cycle))
	if cycle.Steps != 51 || len(cycle.Rows) != 51 || cycle.Status != api.CycleOpen || cycle.Exercise != 0 || cycle.NextStep == "" {
		t.Errorf("%+v with %d rows", cycle.CycleHead, len(cycle.Rows))
	}
	for _, row := range []struct {
		code   domain.Code
		person domain.PersonID
		ask    api.Launch
	}{
		{domain.CodeCycleExists, servertest.Launcher, api.Launch{ID: "l1", Year: 2028}},
		{domain.CodeRoleNotHeld, writer, api.Launch{ID: "l2", Year: 2029}},
		{domain.CodeYear, servertest.Launcher, api.Launch{ID: "l3", Year: 1999}},
		{domain.CodeUnknownStream, servertest.Launcher, api.Launch{ID: "l4", Year: 2029, Kommun: "1280"}},
		{domain.CodeFileUnknown, servertest.Launcher, api.Launch{ID: "l5", Year: 2029, Wheel: domain.DigestOf([]byte("inget årshjul"))}},
		{domain.CodeWheel, servertest.Launcher, api.Launch{ID: "l6", Year: 2029, Wheel: upload(t, d.As(writer), "årshjul: inget")}},
		{domain.CodeBadCommand, servertest.Launcher, api.Launch{Year: 2029}},
	} {
		err := d.As(row.person).Post(t.Context(), "/cycles", row.ask, &again)
		if p := refusal(t, err); p.Code != row.code || p.Status != api.RowOf(row.code).HTTP {
			t.Errorf("%+v: %s (%d) %s", row.ask, p.Code, p.Status, p.Message)
		}
	}
}

// An uploaded wheel is pinned by its hash; exercises get numbers of their own, and the same id the same exercise.
func TestExercises(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	text := strings.Replace(string(wheels.First), "titel: Dialog om nämndernas förslag", "titel: Dialog i april (påhittad)", 1)
	hash := upload(t, d.As(servertest.Launcher), text)
	const n = 4
	streams := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			var r api.Receipt
			ask := api.Exercise{ID: t.Name() + string(rune('a'+i/2)), Year: 2029, Start: "2027-11-01", Wheel: hash}
			if err := d.As(servertest.Launcher).Post(t.Context(), "/exercises", ask, &r); err != nil {
				t.Error(err)
			}
			streams[i] = r.Stream
		})
	}
	wg.Wait()
	if streams[0] != streams[1] || streams[2] != streams[3] || streams[0] == streams[2] {
		t.Fatalf("the same id the same exercise, another id another: %v", streams)
	}
	var cycle api.Cycle
	ok(t, d.As(writer).Get(t.Context(), "/"+streams[0], &cycle))
	if cycle.Today != "2027-11-01" || cycle.Exercise == 0 || !strings.HasPrefix(cycle.Title, "ÖVNING") {
		t.Errorf("%+v", cycle.CycleHead)
	}
	if step := read(t, d.As(writer), streams[0], dialog); step.DefTitle != "Dialog i april (påhittad)" {
		t.Errorf("the uploaded wheel is not used: %q", step.DefTitle)
	}
	var list api.Cycles
	ok(t, d.As(writer).Get(t.Context(), "/cycles", &list))
	if len(list.Cycles) < 2 {
		t.Errorf("%d cycles listed", len(list.Cycles))
	}
}

// A person who was just given a role may use it at once: a cycle that has not heard of it yet is helped to it.
func TestARoleHoldsAtOnceInEveryCycle(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := realCycle(t, d)
	registry := domain.RegistryStream(servertest.Kommun)
	for _, person := range []domain.PersonID{"p-ny-1", "p-ny-2", "p-ny-3"} {
		give(t, d.As(servertest.Registrar), registry, api.Command{ID: t.Name() + string(person), Kind: domain.CmdBind,
			Binding: &api.Binding{Person: person, Name: "Ny person, " + string(person) + " (påhittad)", Role: "processledare", Unit: "SOF", From: "2026-01-01"}})
		r, err := d.As(person).Give(t.Context(), stream, api.Command{ID: t.Name() + string(person), Kind: domain.CmdComment, Step: proposal, Text: "Hej (påhittat)"})
		if err != nil || r.First == 0 {
			t.Fatalf("%s: %+v, %v", person, r, err)
		}
	}
	var a api.Registry
	ok(t, d.As(writer).Get(t.Context(), "/"+registry+"/registry", &a))
	at := slices.IndexFunc(a.Bindings, func(b api.Binding) bool { return b.Person == "p-ny-3" }) // others bind too
	if at < 0 {
		t.Fatalf("the registry lacks p-ny-3: %+v", a.Bindings)
	}
	last := a.Bindings[at]
	if last.Name != "Ny person, p-ny-3 (påhittad)" || len(a.Units) != 22 || len(a.Meetings) == 0 {
		t.Errorf("the registry: %+v", last)
	}
	var me api.Me
	ok(t, d.As("p-ny-3").Get(t.Context(), "/me", &me))
	if me.Name != "Ny person, p-ny-3 (påhittad)" || len(me.Functions) != 1 {
		t.Errorf("me: %+v", me)
	}
	var inbox api.Tasks
	ok(t, d.As(writer).Get(t.Context(), "/inbox?cycle="+stream, &inbox))
	if len(inbox.Tasks) != 1 || inbox.Tasks[0].Step != directives || inbox.Tasks[0].Command != domain.CmdSubmit {
		t.Errorf("inbox: %+v", inbox)
	}
}
