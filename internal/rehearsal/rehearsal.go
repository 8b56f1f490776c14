// Package rehearsal plays in memory what a launch would start, before anybody orders it, and puts what it finds in words
// and in the API's form.
package rehearsal

import (
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// Play rehearses a launch in the name of somebody who may launch on its first day. The error is a *domain.Refusal when
// the launch itself would be refused.
func Play(l domain.Launch) (*domain.Rehearsal, error) {
	if err := CheckWith(&l.Wheel, l.With); err != nil {
		return nil, err
	}
	if l.Start == "" {
		l.Start = domain.NewDate(l.Year-2, 12, 1)
	}
	launchers := l.Registry.Holders(domain.RoleLauncher, l.Registry.City, l.Start)
	if len(launchers) == 0 {
		return nil, domain.Refuse(domain.CodeRoleNotHeld, "Ingen har rollen %s den %s, så ingen får starta cykeln. Lägg in rollen i registret eller organisationsfilen.",
			domain.RoleLauncher, l.Start.Swedish())
	}
	return domain.Rehearse(l, launchers[0].Person)
}

// CheckWith refuses optional steps that the wheel does not have.
func CheckWith(w *domain.Wheel, with []string) error {
	var optional []string
	for _, d := range w.Steps {
		if d.Optional {
			optional = append(optional, d.ID)
		}
	}
	for _, id := range with {
		if slices.Contains(optional, id) {
			continue
		}
		if len(optional) == 0 {
			return domain.Refuse(domain.CodeUnknownStep, "Årshjulet har inga valfria steg, så %q kan inte väljas. Ta bort det.", id)
		}
		return domain.Refuse(domain.CodeUnknownStep, "Årshjulet har inget valfritt steg %q. De som finns är: %s.", id, strings.Join(optional, ", "))
	}
	return nil
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
	{domain.FindingNeverOpens, "Steg som aldrig öppnar"},
	{domain.FindingNeverDone, "Steg som aldrig blir klara"},
	{domain.FindingElection, "Valår"},
	{domain.FindingLegal, "Nära eller efter lagens gräns"},
	{domain.FindingNoMeeting, "Sammanträde saknas"},
	{domain.FindingProposed, "Sammanträde som bara är föreslaget"},
	{domain.FindingPlanLate, "Senare än senast-dagen"},
	{domain.FindingClosed, "Senast-dagen är ingen arbetsdag"},
	{domain.FindingCrowded, "Många steg samma dag"},
}
