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
		def := &w.Steps[i]
		for k, r := range deadlines(def) {
			checkDeadline(f, root.at("steg", i, "när", k), w, def, r)
		}
		if def.InElection.Kind != "" {
			checkDeadline(f, root.at("steg", i, "när i valår"), w, def, def.InElection)
		}
		if with := def.Apart.Step; with != "" {
			if other := w.Def(with); other == nil || !other.Optional {
				f.add(root.at("steg", i, "om valt", "steg"), "%q är inget valbart steg i årshjulet. Skriv id:t på ett steg med valbar: true.", with)
			}
			checkDeadline(f, root.at("steg", i, "om valt", "när"), w, def, def.Apart.Plan)
		}
		for k, r := range openings(def) {
			switch r.Kind {
			case "", domain.RuleDay, domain.RuleWorkday:
			default:
				f.add(root.at("steg", i, "öppnar", k), "öppnar skrivs som en fast dag: från 1 september, eller första arbetsdagen i september.")
			}
		}
		if n, times := len(def.AgainOpens), len(def.Again); n > 0 && n != times {
			f.add(root.at("steg", i, "öppnar"), "steget görs %d gånger men öppnar %d. Skriv lika många dagar, eller en enda för alla gångerna.", times+1, n+1)
		}
		if def.Legal != "" && def.Legal.Law() == nil {
			f.add(root.at("steg", i, "lag"), "lagrummet %q har ingen gräns som programmet känner. %s", def.Legal, suggest(string(def.Legal), lawIDs()))
		}
	}
	for _, c := range circles(len(w.Steps), func(i int) []int { return follows(w, i) }) {
		f.add(root.at("steg", c[0], "när"), "senast-dagarna går i ring: %s. Ge ett av stegen en fast dag eller ett sammanträde.", path(w, c))
	}
}

func checkDeadline(f *faults, at pos, w *domain.Wheel, def *domain.StepDef, r domain.Rule) {
	switch r.Kind {
	case domain.RuleMeeting:
		if r.Unit == "" && def.Body == "" && def.Scope == domain.ScopeAdministration {
			f.add(at, "en förvaltning har inga sammanträden. Skriv en fast dag: senast 30 september.")
		}
	case domain.RuleBefore, domain.RuleAfter:
		switch other := w.Def(r.Step); {
		case r.Step == def.ID:
			f.add(at, "stegets senast-dag kan inte räknas från den själv. Ange ett annat steg, eller en fast dag.")
		case other == nil:
			f.add(at, "steget %q finns inte. %s", r.Step, suggest(r.Step, stepIDs(w)))
		case other.Optional && !def.Optional:
			f.add(at, "%s är valbart, och väljs det bort har det här steget ingen senast-dag. Räkna från ett steg som alltid finns.", r.Step)
		}
	}
}

// deadlines lists the rules of a step's deadlines, one for each time that it is done.
func deadlines(def *domain.StepDef) []domain.Rule {
	return append([]domain.Rule{def.Plan}, def.Again...)
}

func openings(def *domain.StepDef) []domain.Rule {
	return append([]domain.Rule{def.Opens}, def.AgainOpens...)
}

// follows lists the steps from whose deadlines step i counts its own.
func follows(w *domain.Wheel, i int) []int {
	var out []int
	for _, r := range append(deadlines(&w.Steps[i]), w.Steps[i].InElection, w.Steps[i].Apart.Plan) {
		if r.Step != "" && r.Step != w.Steps[i].ID {
			out = append(out, indexOf(w, r.Step))
		}
	}
	return out
}

func lawIDs() []string {
	ids := make([]string, len(domain.Laws))
	for i, l := range domain.Laws {
		ids[i] = string(l.ID)
	}
	return ids
}
