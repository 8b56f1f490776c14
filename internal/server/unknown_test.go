package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/server"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// With nobody at work the answer is unknown, never a no; asked again with the same id once somebody is, it is done, and
// done once.
func TestAnAnswerThatDoesNotComeIsUnknown(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	stream := d.Exercise(t, 2028)
	d.Worker.Stop()
	beside := httptest.NewServer(d.Another(t, func(c *server.Config) { c.Patience = 0 }).Handler())
	t.Cleanup(beside.Close)
	command := api.Command{ID: t.Name(), Kind: domain.CmdComment, Text: "Är någon där? (påhittat)"}
	began := time.Now()
	_, err := api.NewClient(beside.URL, writer).Give(t.Context(), stream, command)
	p := refusal(t, err)
	if p.Code != domain.CodeUnavailable || p.Status != http.StatusGatewayTimeout || p.ID != command.ID || p.Exit() != api.ExitUnknown {
		t.Fatalf("after %s: %+v", time.Since(began), p)
	}
	refusals, err := d.Store.Entries(t.Context(), domain.RefusalStream(stream), 1, 10)
	ok(t, err)
	if len(refusals) != 0 {
		t.Errorf("an unknown answer stands in the journal as a no: %+v", refusals)
	}
	d.Worker = servertest.NewWorker(d)
	ok(t, d.Worker.Start())
	first := give(t, d.As(writer), stream, command)
	again := give(t, d.As(writer), stream, command)
	if first.First == 0 || first.First != again.First || first.Last != again.Last {
		t.Errorf("asked again: %+v and %+v", first, again)
	}
}

// A server without a registry says so, and one whose database is gone says that it is not well.
func TestBeforeTheRegistry(t *testing.T) {
	t.Parallel()
	d := servertest.WithoutWorker(t)
	var a api.About
	ok(t, d.As("").Get(t.Context(), "/version", &a))
	if a.Kommun != servertest.Kommun || a.Version != "test" || len(a.Rules) == 0 {
		t.Errorf("%+v", a)
	}
	var r api.Receipt
	err := d.As(servertest.Launcher).Post(t.Context(), "/cycles", api.Launch{ID: "x", Year: 2028}, &r)
	if p := refusal(t, err); p.Code != domain.CodeUnknownStream {
		t.Errorf("launch: %+v", p)
	}
	b := &browser{t, d.URL, http.DefaultClient}
	b.open("/logga-in", http.StatusOK)
	var h api.Health
	ok(t, d.As("").Get(t.Context(), "/health", &h))
	d.Store.Close()
	status, text := raw(t, http.MethodGet, d.URL+"/api/v1/health", "", nil, nil)
	if status != http.StatusServiceUnavailable {
		t.Errorf("health without a database: %d %s", status, text)
	}
	err = d.As(writer).Get(t.Context(), "/cycles", &api.Cycles{})
	if p := refusal(t, err); p.Code != domain.CodeUnavailable {
		t.Errorf("cycles without a database: %+v", p)
	}
}

// The rules see one cycle at a time; that another cycle has a decision under the same § is told as a warning.
func TestAParagraphUsedInAnotherCycleIsAWarning(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	registrar := d.As(servertest.Registrar)
	registry := domain.RegistryStream(servertest.Kommun)
	today := domain.InstantOf(time.Now()).Date()
	year := today.Year() + 2
	const id domain.MeetingID = "KS-i-dag"
	give(t, registrar, registry, api.Command{Kind: domain.CmdAddMeeting, NewMeeting: &domain.Meeting{ID: id, Unit: "KS", Date: today, Status: domain.MeetingConfirmed}})
	var r api.Receipt
	for _, y := range []int{year, year + 1} {
		stream := d.Launch(t, y)
		give(t, d.As(writer), stream, directivesCommand(t, d.As(writer), stream+"-in"))
		version := read(t, d.As(director), stream, directives).Version.Hash
		give(t, d.As(director), stream, api.Command{Kind: domain.CmdReady, Step: directives, Version: version})
		r = give(t, d.As(secretary), stream, api.Command{Kind: domain.CmdDecide, Step: directives, Version: version, Outcome: domain.OutcomeApproved, Meeting: id, Paragraph: "7"})
		if want := y - year; len(r.Warnings) != want {
			t.Errorf("cycle %d: warnings %q, want %d", y, r.Warnings, want)
		}
	}
	var again api.Receipt
	ok(t, d.As(secretary).Get(t.Context(), "/"+r.Stream+"/receipts/"+url.PathEscape(r.ID), &again))
	if len(again.Warnings) != 1 {
		t.Errorf("the receipt asked for later: %q", again.Warnings)
	}
}
