package domain

import "slices"

// begin judges the first command of a stream: the launch of a cycle or the founding of a registry.
func (j *judge) begin() error {
	if j.s.Seq != 0 {
		return refuse(CodeCycleExists, "%s finns redan. Öppna det som finns.", j.s.Stream)
	}
	if j.c.Kind == CmdFound {
		if j.s.Kind != StreamRegistry || j.s.Stream != RegistryStream(j.c.Found.Kommun) {
			return refuse(CodeUnknownStream, "Registret för kommun %s kan inte läggas upp som %s.", j.c.Found.Kommun, j.s.Stream)
		}
		founded := *j.c.Found
		if len(founded.Substitutes)+len(founded.Exclusions) > 0 {
			return refuse(CodeBadCommand, "Ett nytt register har varken ersättare eller jäv. Lägg in dem när registret finns.")
		}
		founded.Number, founded.Issued, founded.Bindings = 0, 0, slices.Clone(founded.Bindings)
		for i := range founded.Bindings {
			founded.Issued++
			founded.Bindings[i].Number = founded.Issued
		}
		e := Event{Kind: EvFounded, Actor: j.c.Actor, Founded: &founded}
		if j.s.Rules >= 2 {
			e.Rules, e.Schema = j.s.Rules, j.s.Schema
		}
		j.emit(e)
		return nil
	}
	return j.launch(j.c.Launch)
}

// launch judges the start of a cycle: by whom, for which year, and that the wheel fits the organisation.
func (j *judge) launch(l *Launch) error {
	stream := CycleStream(l.Kommun, l.Year)
	if l.Exercise > 0 {
		stream = ExerciseStream(l.Kommun, l.Year, l.Exercise)
		if !l.Start.Valid() {
			return refuse(CodeBadDate, "Övningen behöver en första dag. Skriv den så här: 2026-12-01.")
		}
		j.now, j.today = l.Start.Start(), l.Start
	}
	if j.s.Stream != stream || l.Registry.Kommun != l.Kommun || l.Wheel.Kommun != l.Kommun {
		return refuse(CodeBadCommand, "Cykeln, årshjulet och registret gäller inte samma kommun. Kontrollera kommunkoden %s.", l.Kommun)
	}
	if err := checkYear(l.Year, l.From, j.today); err != nil {
		return err
	}
	if _, err := l.Registry.authorise(j.c.Actor, RoleLauncher, "cykelansvarig", j.today); err != nil {
		return err
	}
	if err := j.ordered(l); err != nil {
		return err
	}
	steps, err := plan(&l.Wheel, &l.Registry, l.Year, j.today, l.With)
	if err != nil {
		return err
	}
	e := Event{Kind: EvLaunched, Actor: j.c.Actor, Rules: j.s.Rules, Schema: j.s.Schema, Launched: &Launched{
		Kommun: l.Kommun, Year: l.Year, Exercise: l.Exercise, Order: l.Order, Wheel: l.Wheel, Registry: l.Registry, Steps: steps}}
	j.emit(e)
	if err := j.doneBefore(l); err != nil {
		return err
	}
	j.settle()
	return nil
}
