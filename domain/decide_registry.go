package domain

// changeRegistry judges a command on the registry, or on an exercise's own copy of it. Only the registeransvarig may, but for orders
// and observations.
func (j *judge) changeRegistry() error {
	r := j.s.Registry
	if j.c.Kind == CmdOrder || j.c.Kind == CmdConfirmOrder {
		return j.order(r)
	}
	if j.c.Observation != nil {
		return j.onObservation(r)
	}
	if j.c.Kind == CmdErase || j.c.Kind == CmdConfirmErase {
		return j.erase(r)
	}
	_, err := r.authorise(j.c.Actor, RoleRegistrar, "registeransvarig", j.today)
	if err != nil && j.c.Kind == CmdConfirmEpoch { // the second person may be either: small municipalities have one of each
		_, err = r.authorise(j.c.Actor, RoleLauncher, "registeransvarig eller cykelansvarig", j.today)
	}
	if err != nil {
		return err
	}
	e := Event{Actor: j.c.Actor, Text: j.c.Text}
	switch j.c.Kind {
	case CmdSetUnit:
		err = j.setUnit(r, &e)
	case CmdBind:
		err = j.bind(r, &e)
	case CmdUnbind:
		err = j.unbind(r, &e)
	case CmdSubstitute:
		err = j.substitute(r, &e)
	case CmdExclude:
		err = j.exclude(r, &e)
	case CmdRuleExclusion:
		err = j.ruleExclusion(r, &e)
	case CmdNoteDeficit:
		err = j.noteDeficit(r, &e)
	case CmdFollowDeficit:
		err = j.followDeficit(r, &e)
	case CmdDeclareEpoch:
		err = j.declareEpoch(r, &e)
	case CmdConfirmEpoch:
		err = j.confirmEpoch(r, &e)
	case CmdCarryOver:
		err = j.carryOver(r, &e)
	case CmdSupplement:
		err = j.supplement(r, &e)
	default:
		err = j.meeting(r, &e)
	}
	if err != nil {
		return err
	}
	j.emit(e)
	if j.s.Kind == StreamCycle {
		j.followMeetings()
	}
	return nil
}

func (j *judge) setUnit(r *Registry, e *Event) error {
	u := *j.c.Unit
	known := false
	for _, k := range UnitKinds {
		known = known || k == u.Kind
	}
	switch {
	case u.ID == "" || len(u.ID) > 20 || u.Name == "" || len(u.Name) > 200:
		return refuse(CodeBadCommand, "En enhet behöver ett kort id och ett namn. Fyll i båda.")
	case !known:
		return refuse(CodeBadCommand, "Enheter av slaget %q finns inte. Välj kf, ks, namnd, forvaltning, bolag, revision eller presidium.", u.Kind)
	case u.ServedBy != "" && r.Unit(u.ServedBy) == nil:
		return refuse(CodeUnitUnknown, "Förvaltningen %q finns inte i registret. Lägg in den först.", u.ServedBy)
	}
	if err := checkPeriod(u.From, u.To); err != nil {
		return err
	}
	if old := r.Unit(u.ID); old != nil && string(Canonical(old)) == string(Canonical(u)) {
		return refuse(CodeNothingChanged, "%s finns redan med de uppgifterna. Inget har ändrats.", u.Name)
	}
	e.Kind, e.Unit = EvUnitSet, &u
	return nil
}

func (j *judge) bind(r *Registry, e *Event) error {
	b := *j.c.Binding
	switch {
	case b.Person == "" || b.Role == "" || b.From == "" || b.Number != 0:
		return refuse(CodeBadCommand, "En roll behöver person, roll, enhet och första dag. Fyll i alla fyra.")
	case r.Unit(b.Unit) == nil:
		return refuse(CodeUnitUnknown, "Enheten %q finns inte i registret. Lägg in den först.", b.Unit)
	}
	if err := checkPeriod(b.From, b.To); err != nil {
		return err
	}
	for _, o := range r.Bindings {
		if o.Person == b.Person && o.Role == b.Role && o.Unit == b.Unit && overlap(o.From, o.To, b.From, b.To) {
			return refuse(CodeExists, "Personen har redan rollen under den tiden (ändring %d). Avsluta den först, eller välj en annan tid.", o.Number)
		}
	}
	b.Number = r.Issued + 1
	e.Kind, e.Binding = EvBound, &b
	return nil
}

func (j *judge) unbind(r *Registry, e *Event) error {
	b := j.c.Binding
	old := r.binding(b.Number)
	switch {
	case old == nil:
		return refuse(CodeBindingUnknown, "Det finns ingen roll med nummer %d. Kontrollera numret i registret.", b.Number)
	case b.To == "":
		return refuse(CodeBadCommand, "Ange den sista dagen som rollen gäller.")
	case old.To == b.To:
		return refuse(CodeNothingChanged, "Rollen slutar redan den %s. Inget har ändrats.", b.To.Swedish())
	}
	if err := checkPeriod(old.From, b.To); err != nil {
		return err
	}
	e.Kind, e.Binding = EvUnbound, &Binding{Number: old.Number, Person: old.Person, Role: old.Role, Unit: old.Unit, From: old.From, To: b.To}
	return nil
}

func (j *judge) substitute(r *Registry, e *Event) error {
	s := *j.c.Substitute
	old := r.binding(s.Binding)
	switch {
	case s.Person == "" || s.From == "" || s.To == "":
		return refuse(CodeBadCommand, "En ersättare behöver person, första dag och sista dag. Fyll i alla tre.")
	case old == nil:
		return refuse(CodeBindingUnknown, "Det finns ingen roll med nummer %d att ersätta i. Kontrollera numret i registret.", s.Binding)
	case old.Person == s.Person:
		return refuse(CodeNothingChanged, "Personen har redan rollen själv och kan inte vara sin egen ersättare.")
	}
	if err := checkPeriod(s.From, s.To); err != nil {
		return err
	}
	s.Number = r.Issued + 1
	e.Kind, e.Substitute = EvSubstituted, &s
	return nil
}

func (r *Registry) binding(number uint64) *Binding {
	for i := range r.Bindings {
		if r.Bindings[i].Number == number && number != 0 {
			return &r.Bindings[i]
		}
	}
	return nil
}

func checkPeriod(from, to Date) error {
	for _, d := range [...]Date{from, to} {
		if d != "" && !d.Valid() {
			_, err := ParseDate(string(d))
			return err
		}
	}
	if from != "" && to != "" && to < from {
		return refuse(CodePeriod, "Sista dagen (%s) är före första dagen (%s). Rätta datumen.", to.Swedish(), from.Swedish())
	}
	return nil
}

func overlap(from1, to1, from2, to2 Date) bool {
	return (to1 == "" || from2 == "" || from2 <= to1) && (to2 == "" || from1 == "" || from1 <= to2)
}
