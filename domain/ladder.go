package domain

import "strings"

// Rung is one step of a reminder ladder: so many working days before (negative) or after the plan day, to whoever the
// step waits for, or to the role that escalates.
type Rung struct {
	Text     string `json:"text"` // as the wheel file says it, and the mail: "3 dagar efter"
	Days     int    `json:"days,omitempty"`
	Escalate bool   `json:"escalate,omitempty"`
}

// ParseRung reads a rung: "10 dagar före", "samma dag", "3 dagar efter", "eskalera 5 dagar efter". Days are working days.
func ParseRung(text string) (Rung, error) {
	r := Rung{Text: text}
	w := strings.Fields(strings.ToLower(text))
	if len(w) > 0 && w[0] == "eskalera" {
		r.Escalate, w = true, w[1:]
	}
	switch {
	case len(w) == 2 && w[0] == "samma" && w[1] == "dag" && !r.Escalate:
		return r, nil
	case len(w) == 3 && (w[1] == "dag" || w[1] == "dagar") && number(w[0]) >= 1 && number(w[0]) <= 100:
		r.Days = number(w[0])
		if w[2] == "före" {
			r.Days = -r.Days
		}
		if w[2] == "efter" || w[2] == "före" && !r.Escalate {
			return r, nil
		}
	}
	return Rung{}, refuse(CodeWheel, "påminnelsen %q går inte att läsa. Skriv till exempel \"10 dagar före\", \"samma dag\", \"3 dagar efter\" eller \"eskalera 5 dagar efter\". Dagarna är arbetsdagar.", text)
}

// day is the working day on which a rung falls, for a deadline.
func (r *Rung) day(plan Date, bridges bool) Date {
	if r.Days == 0 && plan.Closed(bridges) {
		return plan.AddWorkingDays(-1, bridges)
	}
	return plan.AddWorkingDays(r.Days, bridges)
}

// ladder is the definition's own ladder, or the wheel's; its rungs stand in the order of their days.
func (w *Wheel) ladder(def *StepDef) []Rung {
	if len(def.Ladder) > 0 {
		return def.Ladder
	}
	return w.Ladder
}

// fallenRungs is how many rungs of a step's ladder lie on or before a day, of those that still count: not the ones behind, and
// not those before the step began to wait for whom it waits for now. No task, no rungs.
func (s *State) fallenRungs(st *Step, ladder []Rung, today Date) int {
	if st.Rung >= len(ladder) {
		return 0
	}
	if _, waits := s.nextTask(st); !waits {
		return 0
	}
	n := 0
	for i := st.Rung; i < len(ladder); i++ {
		if day := ladder[i].day(st.Plan, s.Cycle.Wheel.Bridges); day <= today && day >= st.Since {
			n = i + 1
		}
	}
	return n
}

// remind emits the reminder that falls on the step's ladder. After a stop only the last that was missed is given, and on
// a day when the offices are closed none is.
func (j *judge) remind(st *Step, def *StepDef) {
	w := &j.s.Cycle.Wheel
	if j.today.Closed(w.Bridges) {
		return
	}
	if n := j.s.fallenRungs(st, w.ladder(def), j.today); n > 0 {
		j.emit(Event{Kind: EvReminded, Step: st.ID, Round: st.Round, Rung: n, Date: st.Plan})
	}
}

// nextRung is the day after today on which the step's ladder has something to say, or "".
func (s *State) nextRung(st *Step, def *StepDef, today Date) Date {
	w := &s.Cycle.Wheel
	ladder := w.ladder(def)
	if s.fallenRungs(st, ladder, today) > 0 && today.Closed(w.Bridges) {
		return today.AddWorkingDays(1, w.Bridges)
	}
	if st.Rung >= len(ladder) {
		return ""
	}
	if _, waits := s.nextTask(st); !waits {
		return ""
	}
	for i := st.Rung; i < len(ladder); i++ {
		if day := ladder[i].day(st.Plan, w.Bridges); day > today {
			return day
		}
	}
	return ""
}

// reminds tells whether the run's rules know reminders.
func (s *State) reminds() bool { return s.Rules >= 2 }
