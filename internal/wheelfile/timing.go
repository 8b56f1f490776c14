package wheelfile

import (
	"strings"

	"arshjul/domain"
)

// rule reads a timing rule. A fixed day begins with the word that belongs there, not with the other.
func rule(f *faults, p pos, text string, stage domain.Stage, begins, other string) domain.Rule {
	r, err := domain.ParseRule(text, stage)
	if err != nil {
		f.add(p, "%s", err)
		return r
	}
	if r.Kind == domain.RuleDay && strings.HasPrefix(strings.ToLower(text), other) {
		f.add(p, "här ska dagen skrivas med %q, inte %q. Ändra ordet.", begins, other)
	}
	return r
}

// checkTiming finds rules that lead to no day.
func checkTiming(f *faults, root *node, w *domain.Wheel) {
	for i := range w.Steps {
		def, at := &w.Steps[i], root.at("steg", i, "när")
		switch def.Plan.Kind {
		case domain.RuleMeeting:
			if def.Plan.Unit == "" && def.Scope == domain.ScopeAdministration {
				f.add(at, "en förvaltning har inga sammanträden. Skriv en fast dag: senast 30 september.")
			}
		case domain.RuleBefore, domain.RuleAfter:
			if def.Plan.Step == def.ID {
				f.add(at, "stegets senast-dag kan inte räknas från den själv. Ange ett annat steg, eller en fast dag.")
			} else if w.Def(def.Plan.Step) == nil {
				f.add(at, "steget %q finns inte. %s", def.Plan.Step, suggest(def.Plan.Step, stepIDs(w)))
			}
		}
		switch def.Opens.Kind {
		case "", domain.RuleDay, domain.RuleWorkday:
		default:
			f.add(root.at("steg", i, "öppnar"), "öppnar skrivs som en fast dag: från 1 september, eller första arbetsdagen i september.")
		}
		if def.Legal != "" && !knownLaw(def.Legal) {
			f.add(root.at("steg", i, "lag"), "lagrummet %q har ingen gräns som programmet känner. %s", def.Legal, suggest(string(def.Legal), lawIDs()))
		}
	}
	follows := func(i int) []int {
		if p := w.Steps[i].Plan; p.Step != "" && p.Step != w.Steps[i].ID {
			return []int{indexOf(w, p.Step)}
		}
		return nil
	}
	for _, c := range circles(len(w.Steps), follows) {
		f.add(root.at("steg", c[0], "när"), "senast-dagarna går i ring: %s. Ge ett av stegen en fast dag eller ett sammanträde.", path(w, c))
	}
}

func knownLaw(id domain.LawID) bool {
	for _, l := range domain.Laws {
		if l.ID == id {
			return true
		}
	}
	return false
}

func lawIDs() []string {
	ids := make([]string, len(domain.Laws))
	for i, l := range domain.Laws {
		ids[i] = string(l.ID)
	}
	return ids
}
