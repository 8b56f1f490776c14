package domain

import (
	"slices"
	"strings"
)

// Hurdle is a step that is not done and stands between now and another one.
type Hurdle struct {
	Step StepID
	Plan Date // senast, as planned
	// Last is the last day on which the step can be done so that all that follows can still be done in time.
	Last Date
	// Slack is the working days from the planned day through Last, counted from today when that day has passed; negative when
	// Last has passed too.
	Slack int
}

// Way lists what stands between today and a step: the step itself, and all that it waits for, directly or through others,
// and that is not yet as far as it must be, ordered by planned day. It is empty when the step is done.
//
// The last day of a step is found backwards from the goal, which is to be done on its planned day. A step must be as far as
// the next one needs on the working day before that one's last day, or as many days before as the wheel's rule says
// ("7 dagar före kf-mal-och-ekonomi"), and not after the law's limit. A body that decides at a meeting does it at its last
// meeting before that.
func Way(s *State, goal StepID, today Date) []Hurdle {
	if s.Cycle == nil || s.step(goal) == nil || s.Finished(s.step(goal)) {
		return nil
	}
	w := way{s: s, last: map[StepID]Date{}}
	w.walk(s.step(goal), s.step(goal).Plan)
	bridges := s.Cycle.Wheel.Bridges
	hurdles := make([]Hurdle, 0, len(w.order))
	for _, id := range w.order {
		st := s.step(id)
		h := Hurdle{Step: id, Plan: st.Plan, Last: w.last[id]}
		h.Slack = WorkingDays(max(st.Plan, today), h.Last, bridges)
		hurdles = append(hurdles, h)
	}
	slices.SortStableFunc(hurdles, func(a, b Hurdle) int { return strings.Compare(string(a.Plan), string(b.Plan)) })
	return hurdles
}

type way struct {
	s     *State
	last  map[StepID]Date
	order []StepID
}

// walk notes that a step must be done on a day at the latest, and what that means for those it waits for. A step that is
// met again on an earlier day is walked again; the days only fall, so it ends.
func (w *way) walk(st *Step, last Date) {
	if st.Legal != "" && st.Legal < last {
		last = st.Legal
	}
	if hangsOnMeeting(w.s.Registry, w.s.def(st), w.s.actor(st)) {
		if m := w.s.Registry.lastMeeting(w.s.actor(st), "", last); m != nil && st.Held != "" && m.Date >= st.Plan {
			last = m.Date
		}
	}
	known, seen := w.last[st.ID]
	if seen && known <= last {
		return
	}
	w.last[st.ID] = last
	if !seen {
		w.order = append(w.order, st.ID)
	}
	if st.Status != StatusWaiting {
		return // its gate is behind it
	}
	_, missing := w.s.gate(st)
	bridges := w.s.Cycle.Wheel.Bridges
	for _, n := range missing {
		needed := w.s.step(n.Step)
		day := last.AddWorkingDays(-1, bridges)
		if rule := w.s.def(needed).rule(needed); rule.Kind == RuleBefore && rule.Step == st.Def {
			day = min(day, rule.from(last, bridges))
		}
		w.walk(needed, day)
	}
}

// WorkingDays counts the working days after one day through another; negative when the other comes first.
func WorkingDays(from, to Date, bridges bool) int {
	if to < from {
		return -WorkingDays(to, from, bridges)
	}
	n := 0
	for d := from; d < to; {
		if d = d.Add(1); !d.Closed(bridges) {
			n++
		}
	}
	return n
}
