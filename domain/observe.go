package domain

import "slices"

// onObservation judges a command on an observation, or on its answer.
func (j *judge) onObservation(r *Registry) error {
	if j.c.Kind == CmdObserve {
		return j.observe(r)
	}
	old := r.Observation(j.c.Observation.Number)
	if old == nil {
		return refuse(CodeObservation, "Det finns ingen iakttagelse med nummer %d. Kontrollera numret.", j.c.Observation.Number)
	}
	if !old.Open() {
		return refuse(CodeNotNow, "Iakttagelse %d är avslutad. Behövs något mer gör revisorn en ny.", old.Number)
	}
	next := *old
	next.Actions = slices.Clone(old.Actions)
	switch j.c.Kind {
	case CmdAnswer:
		return j.answer(r, &next)
	case CmdActionDone:
		return j.actionDone(r, &next)
	}
	return j.assessAnswer(r, &next)
}

// auditor lets a revisor act on an observation, unless jävig (KL 12:14–17).
func (j *judge) auditor(r *Registry, o *Observation) (Holding, error) {
	if r.Excluded(j.c.Actor, o.Year, o.Def(), o.Unit) {
		return Holding{}, refuse(CodeExcluded, "Du är jävig där och kan inte granska det (KL 12:14). Lämna över till en annan revisor.")
	}
	return r.authorise(j.c.Actor, RoleAuditor, "revisor", j.today)
}

// holder lets who has a role for a unit act, unless jävig.
func (j *judge) holder(r *Registry, o *Observation, role RoleID, unit UnitID) (Holding, error) {
	if r.Excluded(j.c.Actor, o.Year, o.Def(), o.Unit) {
		return Holding{}, refuse(CodeExcluded, "Du är jävig där. Lämna över till ersättaren.")
	}
	seat := r.seatOf(role, unit, j.today)
	for _, h := range r.Holders(role, seat, j.today) {
		if h.Person == j.c.Actor {
			return h, nil
		}
	}
	return Holding{}, refuse(CodeRoleNotHeld, "Detta gör den som är %s i %s, och den rollen har du inte den %s. Be registeransvarig att lägga in den.", role, r.unitName(seat), j.today.Swedish())
}

// observe judges a new observation. That its cycle and step exist is for the door to see: the registry knows no cycles.
func (j *judge) observe(r *Registry) error {
	o := *j.c.Observation
	if err := theStep(o.Year, o.Step); err != nil {
		return err
	}
	held, err := j.auditor(r, &o)
	if err != nil {
		return err
	}
	if c := j.s.Cycle; c != nil && (o.Year != c.Year || j.s.step(o.Step) == nil) {
		return refuse(CodeUnknownStep, "Det finns inget steg %q i övningens cykel. Kontrollera stegets namn.", o.Step)
	}
	u := r.Unit(o.Unit)
	switch {
	case u == nil || !u.Active(j.today):
		return refuse(CodeUnitUnknown, "%q är ingen enhet i registret i dag. Ange vilken enhet som ska svara.", o.Unit)
	case u.Kind == KindAudit:
		return refuse(CodeObservation, "Revisionen svarar inte på sina egna iakttagelser. Ange en annan enhet.")
	case o.Number != 0 || o.Text != "" || o.By != "" || o.Made != "" || o.Status != "" || o.Since != "" || o.Asked != 0 || o.Note != "" || o.Rung != 0 ||
		o.Answer != "" || o.Answered != "" || o.Replier != "" || len(o.Actions) > 0 || o.Reminded != 0:
		return refuse(CodeUnknownField, "En ny iakttagelse har cykel, steg, enhet, roll och svarsdag. Resten sätts här. Ta bort det.")
	}
	if err := j.answerable(r, o.Role, o.Unit); err != nil {
		return err
	}
	if err := j.dueDay(o.Due, "svarsdag"); err != nil {
		return err
	}
	o.Number, o.Text, o.By, o.Made, o.Asked = r.Issued+1, j.c.Text, j.c.Actor, j.today, 1
	o.Status, o.Since = ObservationAsked, j.today
	j.note(EvObserved, &o, held)
	return nil
}

// answerable refuses a role that nobody holds for the unit: nobody would be told.
func (j *judge) answerable(r *Registry, role RoleID, unit UnitID) error {
	if role == "" || len(role) > 60 || len(r.Holders(role, r.seatOf(role, unit, j.today), j.today)) == 0 {
		return refuse(CodeObservation, "Ingen har rollen %q för %s i dag. Ange en roll som någon har i enheten eller i dess förvaltning.", role, r.unitName(unit))
	}
	return nil
}

func (j *judge) dueDay(d Date, what string) error {
	if !d.Valid() || d <= j.today {
		return refuse(CodeDeadline, "Ange en %s som ligger efter i dag, den %s.", what, j.today.Swedish())
	}
	return nil
}

// answer judges the answer of the unit. Its actions take the place of those that were promised before and are not done.
func (j *judge) answer(r *Registry, o *Observation) error {
	held, err := j.holder(r, o, o.Role, o.Unit)
	if err != nil {
		return err
	}
	if o.Status != ObservationAsked {
		return refuse(CodeNotNow, "Iakttagelse %d är redan %s. Revisorn kan fråga igen.", o.Number, o.Status.Swedish())
	}
	if !onlyNumberAnd(j.c.Observation, func(c *Observation) { c.Actions = nil }) {
		return refuse(CodeUnknownField, "Ett svar har iakttagelsens nummer och åtgärder. Ta bort resten.")
	}
	last := 0
	for _, a := range o.Actions {
		last = max(last, a.No)
	}
	o.Actions = slices.DeleteFunc(o.Actions, func(a Action) bool { return a.Done == "" })
	if len(j.c.Observation.Actions) > 20 {
		return refuse(CodeObservation, "Högst 20 åtgärder går att ange. Slå ihop några av dem.")
	}
	for _, a := range j.c.Observation.Actions {
		if a.Unit == "" {
			a.Unit = o.Unit
		}
		if a.Role == "" {
			a.Role = o.Role
		}
		switch {
		case a.Text == "" || !Digest(a.Text).Valid():
			return refuse(CodeTextMissing, "Varje åtgärd behöver en text: vad som ska göras.")
		case r.Unit(a.Unit) == nil:
			return refuse(CodeUnitUnknown, "%q är ingen enhet i registret. Ange vem som ska göra åtgärden.", a.Unit)
		case a.No != 0 || a.Done != "" || a.Outcome != "" || a.Rung != 0:
			return refuse(CodeUnknownField, "En åtgärd har text, enhet, roll, ansvarig och dag. Resten sätts här. Ta bort det.")
		}
		if err := j.answerable(r, a.Role, a.Unit); err != nil {
			return err
		}
		seat := r.seatOf(a.Role, a.Unit, j.today)
		if a.Person != "" && !slices.ContainsFunc(r.Holders(a.Role, seat, j.today), func(h Holding) bool { return h.Person == a.Person }) {
			return refuse(CodeRoleNotHeld, "Den som ska ansvara för åtgärden har inte rollen %s i %s i dag. Ange någon som har den.", a.Role, r.unitName(seat))
		}
		if err := j.dueDay(a.Due, "dag för åtgärden"); err != nil {
			return err
		}
		last++
		a.No = last
		o.Actions = append(o.Actions, a)
	}
	o.Answer, o.Answered, o.Replier = j.c.Text, j.today, j.c.Actor
	o.Status, o.Since, o.Rung = ObservationAnswered, j.today, 0
	j.note(EvObservationAnswered, o, held)
	return nil
}

// actionDone judges the report that an action is done.
func (j *judge) actionDone(r *Registry, o *Observation) error {
	if len(j.c.Observation.Actions) != 1 || !onlyNumberAnd(j.c.Observation, func(c *Observation) { c.Actions = nil }) {
		return refuse(CodeBadCommand, "Ange iakttagelsens nummer och den åtgärd som är gjord, med åtgärdens nummer.")
	}
	report := j.c.Observation.Actions[0]
	at := slices.IndexFunc(o.Actions, func(a Action) bool { return a.No == report.No })
	if at < 0 {
		return refuse(CodeObservation, "Iakttagelse %d har ingen åtgärd med nummer %d. Kontrollera numret.", o.Number, report.No)
	}
	a := &o.Actions[at]
	held, err := j.holder(r, o, a.Role, a.Unit)
	if err != nil {
		return err
	}
	day := report.Done
	if day == "" {
		day = j.today
	}
	switch {
	case o.Status == ObservationAsked:
		return refuse(CodeNotNow, "Revisorn har frågat igen. Svara först, med de åtgärder som ska gälla.")
	case a.Done != "":
		return refuse(CodeNothingChanged, "Åtgärd %d är redan gjord, den %s.", a.No, a.Done.Swedish())
	case !day.Valid() || day > j.today:
		return refuse(CodeDateFuture, "Ange den dag då åtgärden gjordes, senast i dag den %s.", j.today.Swedish())
	case day < o.Made:
		return refuse(CodeDateBefore, "Den %s är före iakttagelsen. Rätta datumet.", day.Swedish())
	case report != (Action{No: report.No, Done: report.Done}):
		return refuse(CodeUnknownField, "Ange bara åtgärdens nummer och dag. Vad som gjordes skrivs i kommandots text.")
	}
	a.Done, a.Outcome = day, j.c.Text
	o.Reminded = a.No
	j.note(EvActionDone, o, held)
	return nil
}

// assessAnswer judges what the revisor says of an answer: accepted, asked again, or closed.
func (j *judge) assessAnswer(r *Registry, o *Observation) error {
	held, err := j.auditor(r, o)
	if err != nil {
		return err
	}
	in := j.c.Observation
	if !onlyNumberAnd(in, func(c *Observation) { c.Status, c.Due = "", "" }) || in.Due != "" && in.Status != ObservationAsked {
		return refuse(CodeUnknownField, "Ange iakttagelsens nummer och ditt besked, och svarsdag när du frågar igen. Ta bort resten.")
	}
	switch in.Status {
	case ObservationAccepted:
		if o.Status != ObservationAnswered {
			return refuse(CodeNotNow, "Iakttagelse %d är %s. Bara ett svar går att godta.", o.Number, o.Status.Swedish())
		}
	case ObservationAsked:
		if o.Status == ObservationAsked {
			return refuse(CodeNotNow, "Iakttagelse %d väntar redan på svar.", o.Number)
		}
		if j.c.Text == "" {
			return refuse(CodeTextMissing, "Skriv vad som saknas i svaret.")
		}
		if err := j.dueDay(in.Due, "svarsdag"); err != nil {
			return err
		}
		o.Due, o.Rung = in.Due, 0
		o.Asked++
	case ObservationClosed:
		if j.c.Text == "" && (o.Status == ObservationAsked || o.Undone() > 0) {
			return refuse(CodeTextMissing, "Iakttagelsen är inte besvarad, eller har åtgärder kvar. Skriv varför den ändå avslutas.")
		}
	default:
		return refuse(CodeBadCommand, "%q är inget besked om ett svar. Välj godtagen, vantar-svar eller avslutad.", in.Status)
	}
	o.Status, o.Since, o.Note = in.Status, j.today, j.c.Text
	j.note(EvObservationAssessed, o, held)
	return nil
}

// onlyNumberAnd tells whether a command says nothing of an observation but its number, and what rest takes away.
func onlyNumberAnd(o *Observation, rest func(*Observation)) bool {
	c := *o
	rest(&c)
	c.Number = 0
	return string(Canonical(c)) == string(Canonical(Observation{}))
}

// note emits an event of an observation, with the right by which it was done.
func (j *judge) note(kind EventKind, o *Observation, h Holding) {
	j.emit(Event{Kind: kind, Actor: j.c.Actor, Step: o.Step, Text: j.c.Text, Observation: o,
		Evidence: &Evidence{Binding: h.Binding, Substitute: h.Substitute, Exclusion: h.Exclusion, Registry: j.s.Registry.Number, Rules: j.s.Rules}})
}

// Supplement is something that came in to a cycle after it had ended: a document, a fact, a correction. The cycle's own
// entries stay as they are; this is a later one of the registry, with its own day.
type Supplement struct {
	Number    uint64     `json:"number"`
	Year      int        `json:"year"`
	Step      StepID     `json:"step"`
	Entry     uint64     `json:"entry,omitempty"` // the entry of that cycle that it corrects, when it does
	Made      Date       `json:"made,omitempty"`
	By        PersonID   `json:"by,omitempty"`
	Text      TextRef    `json:"text,omitempty"` // set by the rules: the command's text
	Reference string     `json:"reference,omitempty"`
	Documents []Document `json:"documents,omitempty"`
}

// SupplementsOf lists what came in late to the cycle of a budget year.
func (r *Registry) SupplementsOf(year int) (all []Supplement) {
	for _, x := range r.Supplements {
		if x.Year == year {
			all = append(all, x)
		}
	}
	return all
}

// supplement judges a late supplement; that its cycle has ended is for the door to see.
func (j *judge) supplement(r *Registry, e *Event) error {
	x := *j.c.Supplement
	if err := theStep(x.Year, x.Step); err != nil {
		return err
	}
	switch {
	case x.Number != 0 || x.Made != "" || x.By != "" || x.Text != "":
		return refuse(CodeUnknownField, "En komplettering har cykel, steg, post, beteckning och handlingar. Resten sätts här. Ta bort det.")
	case len(x.Reference) > 300 || len(x.Documents) > 20:
		return refuse(CodeBadCommand, "Beteckningen får vara högst 300 tecken och handlingarna högst 20.")
	}
	for _, d := range x.Documents {
		if len(d.Def) > 200 || d.SHA256 != "" && !d.SHA256.Valid() {
			return refuse(CodeUnknownDocument, "Handlingen %q har ingen riktig kontrollsumma. Ladda upp den och ange den som visas.", d.Def)
		}
	}
	x.Number, x.Made, x.By, x.Text = r.Issued+1, j.today, j.c.Actor, j.c.Text
	e.Kind, e.Step, e.Supplement = EvSupplemented, x.Step, &x
	return nil
}
