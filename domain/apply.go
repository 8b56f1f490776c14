package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Apply adds an event to a state. It refuses an event of another stream, out of sequence, or of a kind or version that
// it does not know, and then leaves the state as it was.
func Apply(s *State, e Event) error { return ApplyLeaf(s, e, nil) }

// ApplyLeaf is Apply for who has the event's leaf already: its Encode, or nil.
func ApplyLeaf(s *State, e Event, leaf []byte) error {
	switch {
	case e.Stream != s.Stream:
		return fmt.Errorf("event of stream %q applied to %q", e.Stream, s.Stream)
	case e.Seq != s.Seq+1:
		return fmt.Errorf("%s: event %d comes after %d", s.Stream, e.Seq, s.Seq)
	case e.V != EventVersion:
		return fmt.Errorf("%s: event %d has version %d, which this build does not know", s.Stream, e.Seq, e.V)
	case e.At < s.Now:
		return fmt.Errorf("%s: event %d is dated before event %d", s.Stream, e.Seq, s.Seq)
	}
	if err := s.take(&e); err != nil {
		return fmt.Errorf("%s: event %d: %w", s.Stream, e.Seq, err)
	}
	if leaf == nil {
		leaf = e.Encode()
	}
	s.Seq, s.Now = e.Seq, e.At
	s.Head = chain(s.Head, leaf)
	s.Size += len(leaf)
	s.answer(&e)
	return nil
}

func chain(head Digest, leaf []byte) Digest {
	h := sha256.New()
	h.Write([]byte(head))
	h.Write(leaf)
	return Digest(hex.EncodeToString(h.Sum(nil)))
}

// answerKept is how long a cycle remembers the commands it carried out, if they are not too many (see HandOver); older ones
// are looked up in the journal.
const answerKept Instant = 30 * 24 * 60 * 60 * 1000

// answer remembers a command. It writes where no copy of the state looks: after the end of the list, which copies have
// clipped.
func (s *State) answer(e *Event) {
	if e.Command == "" {
		return
	}
	if n := len(s.Answered); e.Body == "" && n > 0 && s.Answered[n-1].ID == e.Command {
		s.Answered = slices.Clone(s.Answered)
		s.Answered[n-1].Last = e.Seq
		return
	}
	old := 0
	for old < len(s.Answered) && s.Answered[old].At < e.At-answerKept {
		old++
	}
	s.Answered = append(s.Answered[old:], Answer{ID: e.Command, Body: e.Body, First: e.Seq, Last: e.Seq, At: e.At})
}

// take changes the state as the event says.
func (s *State) take(e *Event) error {
	if e.Kind == EvFounded {
		r := *e.Founded
		r.Number = e.Seq
		s.Registry = &r
		s.Rules, s.Schema = max(e.Rules, 1), max(e.Schema, 1) // the first release did not say
		return nil
	}
	if e.Kind == EvLaunched {
		return s.takeLaunched(e)
	}
	if s.Registry == nil {
		return fmt.Errorf("%s before the stream has begun", e.Kind)
	}
	if e.Kind == EvRulesAdopted {
		s.Rules, s.Schema = e.Rules, e.Schema
		s.registryNumber(e)
		return nil
	}
	if s.Registry.take(e) {
		s.registryNumber(e)
		if s.Cycle != nil {
			s.Cycle.derived = nil
		}
		return nil
	}
	if s.Cycle == nil {
		return fmt.Errorf("%s in a registry", e.Kind)
	}
	return s.Cycle.take(s, e)
}

// registryNumber follows the numbering of registry changes: their sequence number in the registry's own stream, a
// count of its own in an exercise.
func (s *State) registryNumber(e *Event) {
	if s.Kind == StreamRegistry {
		s.Registry.Number = e.Seq
	} else if e.Kind != EvRulesAdopted {
		s.Registry.Number++
	}
}

func (s *State) takeLaunched(e *Event) error {
	if s.Seq != 0 {
		return fmt.Errorf("launched twice")
	}
	l := e.Launched
	r := l.Registry
	s.Registry = &r
	s.Rules, s.Schema = e.Rules, e.Schema
	s.Cycle = &Cycle{Kommun: l.Kommun, Year: l.Year, Exercise: l.Exercise, Wheel: l.Wheel, Steps: slices.Clone(l.Steps)}
	if l.Exercise > 0 {
		s.Cycle.Clock = e.At
	}
	return nil
}

// take changes the cycle as the event says; what concerns a step is in apply_step.go.
func (c *Cycle) take(s *State, e *Event) error {
	switch e.Kind {
	case EvAdvanced:
		c.Clock = e.At
		return nil
	case EvStageEnded:
		c.Ended = append(slices.Clip(c.Ended), e.Stage)
		return nil
	case EvCompleted:
		s.Done = true
		return nil
	case EvCancelled:
		s.Done, c.Cancelled = true, true
		return nil
	case EvCommented, EvCorrected:
		return nil
	case EvRegistryReceived:
		for i := range e.Changes {
			s.Registry.take(&e.Changes[i])
			s.Registry.Number = e.Changes[i].Seq
		}
		c.derived = nil
		return nil
	}
	st := s.step(e.Step)
	if st == nil {
		return fmt.Errorf("%s: no step %q", e.Kind, e.Step)
	}
	return c.takeStep(st, e)
}
