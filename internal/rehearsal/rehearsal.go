// Package rehearsal plays in memory what a launch would start, before anybody orders it, and puts what it finds in words
// and in the API's form.
package rehearsal

import (
	"fmt"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// Play rehearses a launch in the name of somebody who may launch on its first day. The error is a *domain.Refusal when
// the launch itself would be refused.
func Play(l domain.Launch) (*domain.Rehearsal, error) {
	by, err := launcher(&l)
	if err != nil {
		return nil, err
	}
	return domain.Rehearse(l, by)
}

// Foresee tells what would be otherwise, in the name of the same person.
func Foresee(l domain.Launch, what domain.What) (*domain.Foresight, error) {
	by, err := launcher(&l)
	if err != nil {
		return nil, err
	}
	return domain.Foresee(l, by, what)
}

// launcher finds who launches, on the first day.
func launcher(l *domain.Launch) (domain.PersonID, error) {
	if l.Start == "" {
		l.Start = FirstDay(l.Year, l.From)
	}
	launchers := l.Registry.Holders(domain.RoleLauncher, l.Registry.City, l.Start)
	if len(launchers) == 0 {
		return "", domain.Refuse(domain.CodeRoleNotHeld, "Ingen har rollen %s den %s, så ingen får starta cykeln. Lägg in rollen i registret eller organisationsfilen.",
			domain.RoleLauncher, l.Start.Swedish())
	}
	return launchers[0].Person, nil
}

// FirstDay is when a cycle begins that is played from a stage on, when nobody says otherwise.
func FirstDay(year int, from domain.Stage) domain.Date {
	switch from {
	case domain.StageFollowUp:
		return domain.NewDate(year, 1, 1)
	case domain.StageClosing:
		return domain.NewDate(year+1, 1, 1)
	}
	return domain.NewDate(year-2, 12, 1)
}

// Answer is a rehearsal as the API and --json give it.
func Answer(r *domain.Rehearsal) api.Rehearsal {
	a := api.Rehearsal{Year: r.Year, Wheel: r.Wheel, Events: r.Events, Mails: r.Mails, Steps: make([]api.RehearsedStep, len(r.Steps)), Findings: Findings(r.Findings)}
	for i, s := range r.Steps {
		a.Steps[i] = api.RehearsedStep{ID: s.ID, Unit: s.Unit, Occurrence: s.Occurrence, Opens: day(s.Opens), Plan: day(s.Plan), Legal: day(s.Legal), Done: day(s.Done)}
	}
	return a
}

func day(d domain.Date) *domain.Date {
	if d == "" {
		return nil
	}
	return &d
}

// Findings gives findings in the API's form, the errors first and otherwise in the order of the rehearsal.
func Findings(all []domain.Finding) []api.Finding {
	told := make([]api.Finding, len(all))
	for i, f := range all {
		told[i] = api.Finding(f)
	}
	slices.SortStableFunc(told, func(a, b api.Finding) int { return weight(a.Level) - weight(b.Level) })
	return told
}

func weight(l domain.Level) int {
	if l == domain.LevelError {
		return 0
	}
	return 1
}

// Passed lists the steps whose plan day had passed when the cycle began, and which nobody said were done before.
func Passed(r *domain.Rehearsal, start domain.Date) []domain.RehearsedStep {
	var passed []domain.RehearsedStep
	for _, s := range r.Steps {
		if before := s.Opens == "" && s.Done != ""; s.Plan < start && !before {
			passed = append(passed, s)
		}
	}
	return passed
}

// Title is what people call a step: "Nämndens förslag, Socialnämnden".
func Title(w *domain.Wheel, r *domain.Registry, s *domain.RehearsedStep) string {
	def := w.Def(DefOf(s.ID))
	title := def.Title
	if len(def.Again) > 0 {
		title += fmt.Sprintf(" %d", s.Occurrence)
	}
	if u := r.Unit(s.Unit); u != nil && def.Scope != domain.ScopeCity {
		title += ", " + u.Name
	}
	return title
}

// DefOf is the definition of a step, by the step's id.
func DefOf(id domain.StepID) string {
	def, _, _ := strings.Cut(string(id), "/")
	return def
}

// Heading is what findings of a code have in common, in Swedish.
func Heading(code string) string {
	for _, h := range headings {
		if h.code == code {
			return h.says
		}
	}
	return code
}

var headings = []struct{ code, says string }{
	{domain.FindingNoHolder, "Ingen har rollen"},
	{domain.FindingNoUnit, "Enheter som inte finns"},
	{NoAddress, "Ingen e-postadress"},
	{domain.FindingNeverOpens, "Steg som aldrig öppnar"},
	{domain.FindingNeverDone, "Steg som aldrig blir klara"},
	{domain.FindingElection, "Valår"},
	{domain.FindingMandate, "Mandatperioden går ut"},
	{domain.FindingLegal, "Nära eller efter lagens gräns"},
	{domain.FindingNoMeeting, "Sammanträde saknas"},
	{domain.FindingProposed, "Sammanträde som bara är föreslaget"},
	{domain.FindingPlanLate, "Senare än senast-dagen"},
	{domain.FindingClosed, "Senast-dagen är ingen arbetsdag"},
	{domain.FindingCrowded, "Många steg samma dag"},
}
