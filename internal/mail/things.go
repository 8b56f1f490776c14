package mail

import (
	"strings"

	"arshjul/domain"
	"arshjul/internal/store"
)

// lastWords tells each thing once: the last that was said of it, with what was said before that the person has not heard of.
func lastWords(told []store.Notice) []store.Notice {
	type thing struct {
		stream  string
		step    domain.StepID
		command domain.CommandKind
	}
	var order []thing
	said := map[thing]store.Notice{}
	for _, n := range told {
		k := thing{n.Stream, n.Step, n.Command}
		was, before := said[k]
		if !before {
			order = append(order, k)
		} else {
			n = after(was, n)
		}
		said[k] = n
	}
	words := make([]store.Notice, len(order))
	for i, k := range order {
		words[i] = said[k]
	}
	return words
}

// after is what to say when next was said after was in the same mail. What is new is told as new, by its last day; and a day
// that was moved is told from the day that the person knows.
func after(was, next store.Notice) store.Notice {
	news := was.Rung == "" && was.Change != domain.ChangeMoved
	switch {
	case next.Change == domain.ChangeMoved && news:
		was.Due = next.Due
		return was
	case news:
		return next
	}
	if was.Was != "" {
		next.Was = was.Was
	}
	if was.Sat != "" {
		next.Sat = was.Sat
	}
	return next
}

// waitsStill finds what a notice tells among what the cycle waits for, and for this person.
func waitsStill(s *domain.State, n *store.Notice, today domain.Date) (domain.Task, bool) {
	if n.Change == domain.ChangeMoved { // also what is to be done on the day of a meeting to come
		t, waits := domain.Awaited(s).Task(n.Step, n.Command)
		return t, waits && mayDo(s, n, t, today) && moved(s, n, t.Due)
	}
	if n.Change == domain.ChangeRevised { // there is nothing to do, and it is told once
		return domain.Task{Step: n.Step}, true
	}
	if n.Command == domain.CmdComment { // nothing is to be done, so nothing has been
		return domain.Task{Step: n.Step, Command: n.Command}, s.Cycle.Step(n.Step) != nil
	}
	if n.Escalate && strings.Contains(n.Rung, alarmMark) { // also when nobody can do anything just now
		l := alarmed(s, n)
		return domain.Task{Step: n.Step, Command: n.Command, Due: n.Due}, l != nil
	}
	for _, t := range domain.Todo(s, today) {
		if t.Step == n.Step && t.Command == n.Command {
			return t, n.Escalate || mayDo(s, n, t, today)
		}
	}
	return domain.Task{}, false
}

// moved tells whether a day is another than the person knows; it may have been moved back.
func moved(s *domain.State, n *store.Notice, due domain.Date) bool {
	return n.Was != "" && n.Was != due || n.Sat != "" && n.Sat != sits(s, n.Step)
}

// sits is the day of the meeting that a step hangs on, or "".
func sits(s *domain.State, id domain.StepID) domain.Date {
	if st := s.Cycle.Step(id); st != nil {
		if m := s.Registry.Meeting(st.Held); m != nil && m.Status != domain.MeetingCancelled {
			return m.Date
		}
	}
	return ""
}

func mayDo(s *domain.State, n *store.Notice, t domain.Task, today domain.Date) bool {
	st := s.Cycle.Step(n.Step)
	if n.Person == t.Barred {
		return false
	}
	for _, h := range s.HoldersFor(s.Registry, st, t.Role, t.Unit, today) {
		if h.Person == n.Person {
			return true
		}
	}
	return false
}
