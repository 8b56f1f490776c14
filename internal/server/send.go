package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/temporalx"
)

const (
	// commandTime is how long a command may take, the queue for a slot included. After that its answer is unknown.
	commandTime = 10 * time.Second
	// rehearsalTime is how long the rehearsal before an order or its confirmation may take; what is then asked for has its own.
	rehearsalTime = time.Minute
	// journalTime is how long a receipt waits for the journal, so that people see what they just did.
	journalTime = time.Second
	// startTime is that for what begins a cycle: it journals hundreds of entries at once, seldom, and before they are there it
	// has no page.
	startTime = 5 * time.Second
	// catchUp is how long a cycle is given to receive the registry's last change before it is asked again.
	catchUp = 100 * time.Millisecond
)

func (s *Server) command(w http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	var in api.Command
	if err := readJSON(w, r, &in); err != nil {
		return nil, s.refused(r.Context(), stream(r), domain.Command{Actor: person}, err)
	}
	return s.give(r.Context(), stream(r), person, in)
}

// give carries out what a person asks for, or says why not. It is the one way in, for the API and the pages.
//
// Once begun it goes on although who asked has gone away: a refusal must reach the journal in any case.
func (s *Server) give(ctx context.Context, stream string, person domain.PersonID, in api.Command) (api.Receipt, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandTime+s.Patience)
	defer cancel()
	c, err := s.commandOf(ctx, stream, person, &in)
	if err != nil {
		return api.Receipt{}, s.refused(ctx, stream, c, err)
	}
	receipt, err := s.carryOut(ctx, stream, c, s.together.send)
	if err != nil {
		return api.Receipt{}, s.refused(ctx, stream, c, err)
	}
	return receipt, nil
}

// carryOut gives a command to its stream and makes the receipt.
func (s *Server) carryOut(ctx context.Context, stream string, c domain.Command, send sender) (receipt api.Receipt, err error) {
	began := time.Now()
	defer func() { s.Metrics.gave(c.Kind, receipt, err, time.Since(began)) }()
	// An exercise has its registry to itself, and the registry is its own: neither can be behind.
	if strings.HasPrefix(stream, "cycle/") && c.Kind != domain.CmdLaunch {
		if c.Registry = callerOf(ctx).Registry; c.Registry == 0 {
			if c.Registry, err = s.Store.RegistryNumber(ctx, s.Kommun); err != nil {
				return api.Receipt{}, err
			}
		}
	}
	answer := s.sendPatiently(ctx, stream, c, send)
	// When the cycle has ended, it may be this very command that ended it, since the journal was asked.
	if refusal := (*domain.Refusal)(nil); answer.known || errors.As(answer.err, &refusal) && refusal.Code == domain.CodeCycleEnded {
		if receipt, found, err := s.journalled(ctx, stream, c.ID, c.Body()); found || err != nil {
			return receipt, err
		}
	}
	if answer.err != nil {
		return api.Receipt{}, answer.err
	}
	if answer.Body != c.Body() {
		return api.Receipt{}, idReused()
	}
	receipt = api.Receipt{ID: c.ID, Stream: stream, Status: api.StatusReceived, First: answer.First, Last: answer.Last}
	if receipt.Warnings, err = s.paragraphsElsewhere(ctx, stream, c.Meeting, paragraphsOf(&c)); err != nil {
		return api.Receipt{}, err
	}
	if answer.First == 0 { // it changed nothing, so nothing is to be written
		receipt.Status = api.StatusDone
	}
	if e := answer.entry; e != nil {
		receipt.Status, receipt.At, receipt.Index, receipt.Leaf = api.StatusDone, e.Event.At, &e.Index, leafHash(e.Leaf)
	}
	return receipt, nil
}

// sender is together.send, or together.begin for the command that begins a stream.
type sender func(ctx context.Context, stream string, c domain.Command) outcome

// sendPatiently sends. A cycle that lacks the registry's last change is helped to it, and asked again
// while there is time.
func (s *Server) sendPatiently(ctx context.Context, stream string, c domain.Command, send sender) outcome {
	for {
		answer := send(ctx, stream, c)
		var refusal *domain.Refusal
		if !errors.As(answer.err, &refusal) || refusal.Code != domain.CodeRetryLater {
			return answer
		}
		if err := temporalx.Nudge(ctx, s.Temporal, s.Kommun); err != nil {
			s.log.Warn("the registry could not be nudged", zap.String("stream", stream), zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return outcome{err: refusal}
		case <-time.After(catchUp):
		}
	}
}

// journalled finds the receipt of a command in the journal. body is what was asked now; "" compares nothing.
func (s *Server) journalled(ctx context.Context, stream, id string, body domain.Digest) (api.Receipt, bool, error) {
	r, found, err := s.Store.Receipt(ctx, stream, id)
	if err != nil || !found {
		return api.Receipt{}, false, err
	}
	if body != "" && r.Body != body {
		return api.Receipt{}, false, idReused()
	}
	entries, err := s.Store.Entries(ctx, stream, r.First, int(r.Last-r.First)+1)
	if err != nil {
		return api.Receipt{}, false, err
	}
	first := &entries[0]
	var paragraphs []string // of one meeting, or of none
	for i := range entries {
		if e := &entries[i].Event; e.Paragraph != "" {
			paragraphs = append(paragraphs, e.Paragraph)
		}
	}
	warnings, err := s.paragraphsElsewhere(ctx, stream, first.Event.Meeting, paragraphs)
	if err != nil {
		return api.Receipt{}, false, err
	}
	return api.Receipt{ID: id, Stream: stream, Status: api.StatusDone, First: r.First, Last: r.Last, At: first.Event.At,
		Index: &first.Index, Leaf: leafHash(first.Leaf), Warnings: warnings}, true, nil
}

func idReused() *domain.Refusal {
	return domain.Refuse(domain.CodeIDReused, "Samma kommando-id har redan använts för något annat. Gör om det med ett nytt id.")
}

// receipt answers what became of a command: its receipt, or that the journal does not know it.
func (s *Server) receipt(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	receipt, found, err := s.journalled(r.Context(), stream(r), r.PathValue("id"), "")
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, domain.Refuse(domain.CodeNotFound, "Journalen har inget kommando med id %q i %s. Det blev inte gjort, eller är inte inskrivet än. Fråga igen, eller skicka kommandot igen med samma id.", r.PathValue("id"), stream(r))
	}
	return receipt, nil
}

// paragraphsOf are those of the meeting that a command writes something down under.
func paragraphsOf(c *domain.Command) []string {
	var all []string
	if c.Paragraph != "" {
		all = append(all, c.Paragraph)
	}
	for _, p := range c.Parts {
		all = append(all, p.Paragraph)
	}
	return all
}

// paragraphsElsewhere warns when another real cycle has a decision under the same § of the same meeting: the rules see
// one cycle at a time.
func (s *Server) paragraphsElsewhere(ctx context.Context, stream string, meeting domain.MeetingID, paragraphs []string) (warnings []string, err error) {
	if len(paragraphs) == 0 || meeting == "" || !strings.HasPrefix(stream, "cycle/") {
		return nil, nil
	}
	others, err := s.Store.Cycles(ctx, s.Kommun)
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		if o.Exercise > 0 || o.Stream == stream {
			continue
		}
		err := s.Store.View(ctx, o.Stream, func(st *domain.State) error {
			for _, u := range st.Cycle.Paragraphs {
				if u.Meeting == meeting && slices.Contains(paragraphs, u.Paragraph) {
					warnings = append(warnings, fmt.Sprintf("§ %s vid %s är också använd i %s, för %s. Kontrollera paragrafen i protokollet.",
						u.Paragraph, u.Meeting, cycleTitle(o.Year, 0), st.StepTitle(u.Step)))
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return warnings, nil
}
