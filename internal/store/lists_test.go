package store

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"arshjul/domain"
)

func TestHistoryAndReceipts(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	founded(t, s)
	d := launched(t, s, 2028, 0)
	stream := d.state.Stream
	c := submit("underlag/SN", "a")
	c.ID = "c-1"
	events := d.do(c)
	d.do(comment(1))

	r, found, err := s.Receipt(t.Context(), stream, "c-1")
	if err != nil || !found || r.First != events[0].Seq || r.Last != events[len(events)-1].Seq || r.Body != c.Body() || len(r.Indexes) != len(events) {
		t.Errorf("receipt %+v, %t, %v", r, found, err)
	}
	if e, err := s.EntryAt(t.Context(), kommun, r.Indexes[0]); err != nil || e.Event.Command != "c-1" || e.Event.Seq != r.First || e.RecordedAt.IsZero() {
		t.Errorf("entry at %d: %+v, %v", r.Indexes[0], e, err)
	}
	for _, id := range []string{"c-2", ""} {
		if r, found, err := s.Receipt(t.Context(), stream, id); err != nil || found {
			t.Errorf("command %q: %+v, %t, %v", id, r, found, err)
		}
	}
	history, err := s.History(t.Context(), stream, HistoryQuery{Limit: 2})
	if err != nil || len(history) != 2 || history[0].Event.Seq != d.state.Seq || history[1].Event.Seq != d.state.Seq-1 {
		t.Errorf("history %+v, %v", history, err)
	}
	older, err := s.History(t.Context(), stream, HistoryQuery{Before: 2, Limit: 10})
	if err != nil || len(older) != 1 || older[0].Event.Kind != domain.EvLaunched {
		t.Errorf("before 2: %+v, %v", older, err)
	}
	step, err := s.History(t.Context(), stream, HistoryQuery{Step: "underlag/SN", Limit: 10})
	if err != nil || len(step) != 2 || step[0].Event.Kind != domain.EvSubmitted || step[1].Event.Kind != domain.EvOpened {
		t.Errorf("of the step: %+v, %v", step, err)
	}
	if _, err := s.Entry(t.Context(), stream, 999); !errors.Is(err, ErrNoEntry) {
		t.Errorf("no entry: %v", err)
	}
	if _, err := s.Step(t.Context(), stream, "underlag/XX"); !errors.Is(err, ErrNoRow) {
		t.Errorf("no step: %v", err)
	}
}

func TestWaitJournalled(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	d := launched(t, s, 2028, 0)
	events := d.decide(comment(1))
	type answer struct {
		index uint64
		err   error
	}
	got := make(chan answer)
	go func() {
		index, err := s.WaitJournalled(t.Context(), d.state.Stream, events[0].Seq)
		got <- answer{index, err}
	}()
	indexes := d.journal(events)
	if a := <-got; a.err != nil || a.index != indexes[0] {
		t.Errorf("waited for %d: %d, %v", indexes[0], a.index, a.err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := s.WaitJournalled(ctx, d.state.Stream, 999); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting in vain: %v", err)
	}
}

func TestRefusalsAreInTheLog(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	founded(t, s)
	launched(t, s, 2028, 0)
	exercise := launched(t, s, 2028, 1)
	for _, tt := range []struct{ of, log, stream string }{
		{"cycle/9999/2028", kommun, "refusals/9999"},
		{"registry/9999", kommun, "refusals/9999"},
		{exercise.state.Stream, exercise.state.Stream, "refusals/" + exercise.state.Stream},
		{"exercise/9999/2028/77", kommun, "refusals/9999"}, // no such exercise: no log of its own
		{"nonsense\x00\xff" + strings.Repeat("x", 5000), kommun, "refusals/9999"},
	} {
		e, err := s.AppendRefusal(t.Context(), kommun, domain.Event{At: at(firstDay), Actor: "p-chef", Command: "c-1" + strings.Repeat("å", 5000), Step: "underlag/SN",
			Refused: &domain.Refused{Stream: tt.of, Kind: domain.CmdSubmit, Code: domain.CodeNotNow, Body: domain.DigestOf(nil)}})
		if err != nil {
			t.Errorf("%.20q: %v", tt.of, err)
			continue
		}
		if e.Log != tt.log || e.Event.Stream != tt.stream || e.Event.Kind != domain.EvRefused || e.Event.Refused.Code != domain.CodeNotNow {
			t.Errorf("%.20q: log %s, event %+v", tt.of, e.Log, e.Event)
		}
	}
	entries, err := s.Entries(t.Context(), "refusals/9999", 1, 10)
	if err != nil || len(entries) != 4 || entries[3].Event.Seq != 4 || entries[1].Event.Refused.Stream != "registry/9999" {
		t.Errorf("%d refusals, %v", len(entries), err)
	}
	verified(t, s, kommun)
	verified(t, s, exercise.state.Stream)
}

func TestPersonNames(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	d := founded(t, s)
	bind := func(person domain.PersonID, name string, from domain.Date) domain.TextRef {
		ref, err := s.PutText(t.Context(), d.state.Stream, string(person)+string(from), "name", name)
		if err != nil {
			t.Fatal(err)
		}
		d.do(domain.Command{Kind: domain.CmdBind, Actor: "p-register", Binding: &domain.Binding{Person: person, Name: ref, Role: "processledare", Unit: "SOF", From: from, To: from}})
		return ref
	}
	bind("p-a", "Processledare, Socialförvaltningen", "2027-01-01")
	bind("p-a", "Biträdande processledare, Socialförvaltningen", "2027-02-01")
	erased := bind("p-b", "Vikarie, Socialförvaltningen", "2027-01-01")
	exec(t, owner(t, url), "update text set salt = null, body = null, erased_at = now() where commitment = $1", erased)

	names, err := s.PersonNames(t.Context(), d.state.Stream)
	if err != nil || len(names) != 2 || names["p-a"].Body != "Biträdande processledare, Socialförvaltningen" || !names["p-b"].Erased {
		t.Errorf("names %v, %v", names, err)
	}
	if name, ok, err := s.PersonName(t.Context(), d.state.Stream, "p-a"); err != nil || !ok || name != names["p-a"] {
		t.Errorf("name %v, %t, %v", name, ok, err)
	}
	if name, ok, err := s.PersonName(t.Context(), d.state.Stream, "p-chef"); err != nil || ok {
		t.Errorf("a person without a name: %v, %t, %v", name, ok, err)
	}
}

func TestRegistryChanges(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	if n, err := s.RegistryNumber(t.Context(), kommun); err != nil || n != 0 {
		t.Errorf("before it is founded: %d, %v", n, err)
	}
	d := founded(t, s)
	for _, day := range []domain.Date{"2027-03-10", "2027-04-10", "2027-05-10"} {
		d.do(domain.Command{Kind: domain.CmdAddMeeting, Actor: "p-register",
			NewMeeting: &domain.Meeting{ID: domain.MeetingID("KS-" + day), Unit: "KS", Date: day, Status: domain.MeetingConfirmed}})
	}
	if n, err := s.RegistryNumber(t.Context(), kommun); err != nil || n != 4 || n != d.state.Registry.Number {
		t.Errorf("number %d, %v; the registry says %d", n, err, d.state.Registry.Number)
	}
	changes, err := s.RegistryChanges(t.Context(), kommun, 2, 1)
	if err != nil || len(changes) != 1 || changes[0].Seq != 3 || changes[0].NewMeeting.Date != "2027-04-10" {
		t.Errorf("after 2: %+v, %v", changes, err)
	}
	meetings, err := s.Meetings(t.Context(), d.state.Stream)
	if err != nil || len(meetings) != 4 || meetings[3].Date != "2027-05-10" {
		t.Errorf("meetings %v, %v", meetings, err)
	}
}
