package mail

import (
	"fmt"
	"strings"

	"arshjul/domain"
	"arshjul/internal/store"
)

// observationItem tells a notice of an observation or one of its actions; false when a fresh one waits for this person no more.
// The registry has no wheel, so nobody is called by the title of a role here.
func observationItem(s *domain.State, n *store.Notice, today domain.Date, fresh bool, base string) (Item, bool) {
	number, _, _ := n.Step.Observation()
	o := s.Registry.Observation(number)
	if o == nil || !o.Open() {
		return Item{}, !fresh && o != nil
	}
	due := n.Due
	if fresh {
		waits := false
		for _, t := range domain.ObservationTodo(s, today) {
			if t.Step != n.Step || t.Command != n.Command {
				continue
			}
			due, waits = t.Due, n.Escalate
			for _, h := range domain.ObservationDoers(s.Registry, t, today) {
				waits = waits || h.Person == n.Person
			}
		}
		if !waits {
			return Item{}, false
		}
	}
	d := deedOf(n.Command)
	what := strings.ToLower(s.StepTitle(n.Step))
	item := Item{Do: d.do + what, Due: due, Late: due != "" && due < today, Cycle: fmt.Sprintf("Mål och ekonomi %d", o.Year),
		URL: observationURL(base, s, o.Number)}
	if c := s.Cycle; c != nil && c.Exercise > 0 {
		item.Cycle = cycleTitle(c)
	}
	item.Why = fmt.Sprintf("Revisorn gjorde iakttagelsen på %s i cykeln %d, och %s ska svara för den.", o.Step, o.Year, unitName(s, o.Unit))
	if n.Command == domain.CmdAssessAnswer {
		item.Why = fmt.Sprintf("%s har svarat på iakttagelsen, eller åtgärderna är gjorda.", unitName(s, o.Unit))
	}
	item.Rule = "Revisorn har satt dagen."
	if n.Command == domain.CmdActionDone {
		item.Rule = "Dagen står i svaret på iakttagelsen."
	}
	item.Stops = d.done + "."
	if n.Escalate {
		item.Do = "Följ upp " + what
		item.Why += " Cykelansvarig får veta när det dröjer."
	}
	if n.Rung != "" {
		item.Rule = "Påminnelsen ”" + n.Rung + "”, i arbetsdagar från dagen. " + item.Rule
	}
	return item, true
}

// observationURL is where an observation's page is (internal/server).
func observationURL(base string, s *domain.State, number uint64) string {
	url := fmt.Sprintf("%s/revision/iakttagelse/%d", base, number)
	if s.Cycle != nil {
		url += "?stream=" + s.Stream
	}
	return url
}
