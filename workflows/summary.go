package workflows

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"go.temporal.io/sdk/workflow"

	"arshjul/activities"
	"arshjul/domain"
)

// What people read in Temporal's own pages. None of it is compared on replay, so the wording is free to change; names of
// persons are not in it.

// longestSummary is how many bytes of JSON a summary may be, which keeps it under the server's 400 with its metadata. A
// longer one would fail the workflow task, for ever, and part of the text is what people called their units and steps.
const longestSummary = 340

// summary tells what a batch will have written.
func summary(s *domain.State, events []domain.Event) string {
	switch n := len(events); n {
	case 0:
		return "journalför: inget nytt"
	case 1:
		return shorten("journalför: " + domain.Sentence(s, &events[0]))
	default:
		return shorten(fmt.Sprintf("journalför %d händelser: %s …", n, domain.Sentence(s, &events[0])))
	}
}

// dueSummary tells what falls due at an instant.
func dueSummary(s *domain.State, at domain.Instant) string {
	return shorten("nästa: " + due(s, at))
}

func due(s *domain.State, at domain.Instant) string {
	day := at.Date()
	if s.Cycle == nil {
		return day.Swedish()
	}
	var first string
	more := 0
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if what := dueStep(s, st, day); what == "" || s.Finished(st) {
			continue
		} else if first == "" {
			first = s.StepTitle(st.ID) + " " + what
		} else {
			more++
		}
	}
	switch {
	case first == "":
		return day.Swedish()
	case more > 0:
		return fmt.Sprintf("%s, och %d steg till, %s", first, more, day.Swedish())
	}
	return first + ", " + day.Swedish()
}

// dueStep tells what the beginning of a day means to a step, or "".
func dueStep(s *domain.State, st *domain.Step, day domain.Date) string {
	m := s.Registry.Meeting(st.Held)
	switch {
	case st.Status == domain.StatusWaiting && st.Opens == day:
		return "öppnar"
	case m != nil && m.Status != domain.MeetingCancelled && m.Date == day && !st.MeetingDay:
		return "har sammanträde"
	case !st.Late && st.Plan.Add(1) == day:
		return "blir försenat"
	}
	return ""
}

// shorten cuts a text so that it fits in a summary.
func shorten(text string) string {
	size := 0
	for i, r := range text {
		switch {
		case r == '<' || r == '>' || r == '&' || r < ' ' || r == '\u2028' || r == '\u2029' || r == utf8.RuneError:
			size += len(`\u0000`) // what encoding/json makes of them
		case r == '"' || r == '\\':
			size += 2
		default:
			size += utf8.RuneLen(r)
		}
		if size > longestSummary {
			return text[:i] + "…"
		}
	}
	return text
}

// describe sets the text that the workflow's page shows while the run is open.
func (sh *shell) describe(ctx workflow.Context, move activities.JournalResult) {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n\n", Title(sh.state.Stream))
	if c := sh.state.Cycle; c != nil && sh.state.Stage() != "" {
		fmt.Fprintf(&b, "Skede: %s. ", sh.state.Stage().Swedish())
	}
	if move.Next != 0 {
		fmt.Fprintf(&b, "Nästa: %s. ", due(sh.state, move.Next))
	}
	fmt.Fprintf(&b, "Journalfört till och med post %d. Regelversion %d.", sh.state.Seq-uint64(len(sh.outbox)), sh.book.Version)
	workflow.SetCurrentDetails(ctx, b.String())
}

func (sh *shell) view() (View, error) {
	return View{State: *sh.state, Pending: len(sh.outbox) + sh.sent, Armed: sh.alarm.at, Rules: sh.book.Version, Turns: sh.turns}, nil
}
