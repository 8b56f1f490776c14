package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// observationBody is what the page of an observation shows.
type observationBody struct {
	names
	api.Observation
	UnitName, RoleTitle string
	StepName            string
	StepLink            string
	Cycle               string
	Actions             []actionRow
	Course              []auditDay
	Forms               []form
	Back                string
}

type actionRow struct {
	api.Action
	Who, Word, Class string
}

// observationStream is where the observations live that an address is about.
func (s *Server) observationStream(r *http.Request) string {
	if of := r.URL.Query().Get("stream"); strings.HasPrefix(of, "exercise/") {
		return of
	}
	return domain.RegistryStream(s.Kommun)
}

func (s *Server) observationPage(r *http.Request, p *page) (string, error) {
	nr, err := strconv.ParseUint(r.PathValue("nr"), 10, 63)
	if err != nil {
		return "", domain.Refuse(domain.CodeNotFound, "Det finns ingen sida med den adressen.")
	}
	return "iakttagelse", s.showObservation(r, p, s.observationStream(r), nr, attempt{})
}

// showObservation fills the page of an observation, with a form that was refused as it was filled in.
func (s *Server) showObservation(r *http.Request, p *page, of string, nr uint64, tried attempt) error {
	body := &observationBody{Back: "/revision"}
	var o domain.Observation
	var allowed []domain.CommandKind
	var registry domain.Registry
	today := now().Date()
	exercise := strings.HasPrefix(of, "exercise/")
	err := s.Store.View(r.Context(), of, func(st *domain.State) error {
		if exercise && st.Cycle != nil {
			today = st.Clock(now()).Date()
		}
		found := (*domain.Observation)(nil)
		if st.Registry != nil {
			found = st.Registry.Observation(nr)
		}
		if found == nil {
			return domain.Refuse(domain.CodeObservation, "Det finns ingen iakttagelse med nummer %d. De som finns står under Granskning.", nr)
		}
		o, registry = *found, *st.Registry
		allowed = domain.MayWithObservation(st, p.Person, nr, today)
		body.UnitName = unitName(st, o.Unit)
		return nil
	})
	if err != nil {
		return err
	}
	log := domain.LogOf(of)
	rows, err := s.observationEntries(r.Context(), log, of, &o)
	if err != nil {
		return err
	}
	if body.names, err = s.names(r.Context(), of); err != nil {
		return err
	}
	if body.Course, err = s.auditDays(r.Context(), rows, body.names); err != nil {
		return err
	}
	if len(rows) > 0 && !o.Open() { // the state keeps no more than that it was: the last entry tells the rest
		o = *rows[0].Event.Observation
	}
	texts, err := s.Store.Texts(r.Context(), afterwardsRefs(&domain.Registry{Observations: []domain.Observation{o}})...)
	if err != nil {
		return err
	}
	body.Observation = observationOf(&o, texts)
	body.RoleTitle = s.roleTitle(o.Role)
	for _, a := range body.Observation.Actions {
		row := actionRow{Action: a, Who: s.roleTitle(a.Role) + ", " + nameOf(&registry, a.Unit), Word: "Senast " + longDay(a.Due, today), Class: lookOpen.Class}
		if a.Person != "" {
			row.Who += " (" + body.Name(a.Person) + ")"
		}
		switch {
		case a.Done != "":
			row.Word, row.Class = "Gjord "+longDay(a.Done, today), lookDone.Class
		case a.Due < today:
			row.Word, row.Class = "Försenad: skulle vara gjord "+longDay(a.Due, today), lookLate.Class
		}
		body.Actions = append(body.Actions, row)
	}
	cycle := of
	if !exercise {
		cycle = domain.CycleStream(s.Kommun, o.Year)
	}
	body.StepLink, body.StepName, body.Cycle = stepPath(cycle, o.Step), string(o.Step), fmt.Sprintf("mål och ekonomi %d", o.Year)
	if step, err := s.Store.Step(r.Context(), cycle, o.Step); err == nil {
		body.StepName = step.Title + ", " + step.UnitName
	} else if !errors.Is(err, store.ErrNoRow) {
		return err
	}
	for _, kind := range allowed {
		body.Forms = append(body.Forms, observationForms(kind, of, &o, body.Actions, tried)...)
	}
	p.Title, p.Menu, p.Exercise, p.Body = fmt.Sprintf("Iakttagelse %d", nr), "revision", exercise, body
	return nil
}

func nameOf(r *domain.Registry, id domain.UnitID) string {
	if u := r.Unit(id); u != nil {
		return u.Name
	}
	return string(id)
}

// observationEntries gives the course of an observation, the newest first.
func (s *Server) observationEntries(ctx context.Context, log, of string, o *domain.Observation) ([]store.Entry, error) {
	rows, err := s.Store.Audit(ctx, store.AuditQuery{Log: log, Stream: of, Step: o.Step, Limit: longestPage, Quiet: quiet})
	return slices.DeleteFunc(rows, func(e store.Entry) bool { return e.Event.Observation == nil || e.Event.Observation.Number != o.Number }), err
}

// observationForms are what a person may do with an observation.
func observationForms(kind domain.CommandKind, of string, o *domain.Observation, actions []actionRow, tried attempt) []form {
	base := func(title string) form {
		f := form{Title: title, Action: "/revision/iakttagelse", ID: rand.Text(), Kind: kind, Mine: true, Direct: true,
			Hidden: []hidden{{"hos", of}, {"iakttagelse.nummer", fmt.Sprint(o.Number)}}}
		if tried.kind == kind {
			f.Open = true
			if tried.id != "" {
				f.ID = tried.id
			}
		}
		return f
	}
	value := func(name string) string {
		if tried.kind == kind {
			return tried.values.Get(name)
		}
		return ""
	}
	switch kind {
	case domain.CmdAnswer:
		f := base("Svara på iakttagelsen")
		f.Open = true
		f.Inputs = append(f.Inputs, input{Name: "text", Label: "Svar", Type: "long", Value: value("text"), Must: true, Required: true})
		for n := 1; n <= 3; n++ {
			at := fmt.Sprintf("iakttagelse.atgard.%d.", n)
			f.Inputs = append(f.Inputs,
				input{Name: at + "text", Label: fmt.Sprintf("Åtgärd %d: vad som ska göras", n), Hint: "Lämnas tom om det inte behövs fler.", Type: "text", Value: value(at + "text")},
				input{Name: at + "due", Label: fmt.Sprintf("Åtgärd %d: senast den", n), Type: "date", Value: value(at + "due")})
		}
		return []form{fielded(f)}
	case domain.CmdAssessAnswer:
		f := base("Ge besked om svaret")
		f.Open = o.Status == domain.ObservationAnswered || o.Undone() == 0
		status := input{Name: "iakttagelse.status", Label: "Besked", Type: "select", Must: true, Value: value("iakttagelse.status")}
		if o.Status == domain.ObservationAnswered {
			status.Options = append(status.Options, option{string(domain.ObservationAccepted), "Godta svaret och följ åtgärderna", false})
		}
		if o.Status != domain.ObservationAsked {
			status.Options = append(status.Options, option{string(domain.ObservationAsked), "Fråga igen", false})
		}
		status.Options = chosen(status.Value, append(status.Options, option{string(domain.ObservationClosed), "Avsluta iakttagelsen", false})...)
		f.Inputs = []input{status, {Name: "text", Label: "Skäl", Hint: "Krävs när du frågar igen, och när du avslutar fast något är kvar.", Type: "long", Value: value("text")},
			{Name: "iakttagelse.due", Label: "Nytt svar senast", Hint: "Bara när du frågar igen.", Type: "date", Value: value("iakttagelse.due")}}
		return []form{fielded(f)}
	case domain.CmdActionDone:
		f := base("Anteckna att en åtgärd är gjord")
		which := input{Name: "iakttagelse.gjord.no", Label: "Åtgärd", Type: "select", Must: true, Required: true, Value: value("iakttagelse.gjord.no")}
		for _, a := range actions {
			if a.Done == "" {
				no := fmt.Sprint(a.No)
				which.Options = append(which.Options, option{no, fmt.Sprintf("%d. %s", a.No, a.Text), no == which.Value})
			}
		}
		f.Inputs = []input{which, {Name: "text", Label: "Vad som gjordes", Type: "long", Value: value("text"), Must: true, Required: true},
			{Name: "iakttagelse.gjord.done", Label: "Dag", Hint: "Lämnas tomt om det är i dag.", Type: "date", Value: value("iakttagelse.gjord.done")}}
		return []form{fielded(f)}
	}
	return nil
}

func fielded(f form) form {
	for i := range f.Inputs {
		f.Inputs[i].Field = string(f.Kind) + "." + f.Inputs[i].Name
	}
	return f
}

// newObservationBody is the form of a new observation.
type newObservationBody struct {
	Title, StepLink, Cycle string
	Form                   *form
}

func (s *Server) newObservationPage(r *http.Request, p *page) (string, error) {
	query := r.URL.Query()
	return "ny-iakttagelse", s.showNewObservation(r, p, query.Get("stream"), domain.StepID(query.Get("steg")), attempt{})
}

func (s *Server) showNewObservation(r *http.Request, p *page, cycle string, id domain.StepID, tried attempt) error {
	c, err := s.theCycle(r.Context(), cycle)
	if err != nil {
		return err
	}
	body := &newObservationBody{StepLink: stepPath(cycle, id), Cycle: cycleTitle(c.Year, c.Exercise)}
	of := registryOf(&c)
	f := form{Title: "Gör en iakttagelse", Action: "/revision/iakttagelse", ID: rand.Text(), Kind: domain.CmdObserve, Open: true, Mine: true, Direct: true,
		Hidden: []hidden{{"hos", of}, {"iakttagelse.year", fmt.Sprint(c.Year)}, {"iakttagelse.step", string(id)}}}
	if tried.id != "" {
		f.ID = tried.id
	}
	value := func(name, otherwise string) string { return or(tried.values.Get(name), otherwise) }
	may := false
	err = s.Store.ViewAt(r.Context(), cycle, c.Seq, func(st *domain.State) error {
		row := st.Cycle.Step(id)
		if row == nil {
			return domain.Refuse(domain.CodeUnknownStep, "Det finns inget steg %q i cykeln.", id)
		}
		body.Title = st.StepTitle(id)
		def := st.Cycle.Wheel.Def(row.Def)
		unit := input{Name: "iakttagelse.unit", Label: "Enhet som ska svara", Type: "select", Must: true, Value: value("iakttagelse.unit", string(row.Unit))}
		for _, u := range st.Registry.Units {
			if u.Kind != domain.KindAudit && u.Active(dayOf(&c)) {
				unit.Options = append(unit.Options, option{string(u.ID), u.Name, string(u.ID) == unit.Value})
			}
		}
		role := input{Name: "iakttagelse.role", Label: "Roll som svarar", Type: "select", Must: true, Hint: "Den som har rollen i enheten, i dess förvaltning eller i staden får iakttagelsen i sin inkorg och i ett mejl.",
			Value: value("iakttagelse.role", string(or(string(def.Slots.Ready), string(def.Slots.Escalate))))}
		for _, d := range st.Cycle.Wheel.Roles {
			if d.ID != domain.RoleAuditor {
				role.Options = append(role.Options, option{string(d.ID), d.Title, string(d.ID) == role.Value})
			}
		}
		f.Inputs = []input{{Name: "text", Label: "Iakttagelse", Type: "long", Value: value("text", ""), Must: true, Required: true}, unit, role,
			{Name: "iakttagelse.due", Label: "Svar senast", Type: "date", Value: value("iakttagelse.due", ""), Must: true, Required: true}}
		may = st.Registry.IsAuditor(p.Person, dayOf(&c))
		return nil
	})
	if err != nil {
		return err
	}
	if may {
		f = fielded(f)
		body.Form = &f
	}
	p.Title, p.Menu, p.Exercise, p.Today, p.Body = "Gör en iakttagelse", "revision", c.Exercise > 0, dayOf(&c), body
	return nil
}

// observationForm carries out what a form about an observation asks for.
func (s *Server) observationForm(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	in, values, err := s.readForm(w, r)
	of := values.Get("hos")
	if err == nil && of != domain.RegistryStream(s.Kommun) && (!strings.HasPrefix(of, "exercise/") || domain.Kommun(of) != s.Kommun) {
		err = s.noSuchPlace(of)
		of = domain.RegistryStream(s.Kommun)
	}
	var receipt api.Receipt
	if err != nil {
		err = s.refused(r.Context(), of, domain.Command{ID: in.ID, Kind: in.Kind, Actor: p.Person}, err)
	} else if receipt, err = s.give(r.Context(), of, p.Person, in); err == nil {
		to := "/revision"
		if in.Observation != nil && in.Observation.Number > 0 {
			to = "/revision/iakttagelse/" + strconv.FormatUint(in.Observation.Number, 10)
		}
		query := url.Values{"kvitto": {receipt.ID}, "hos": {receipt.Stream}}
		if strings.HasPrefix(of, "exercise/") {
			query.Set("stream", of)
			if to == "/revision" {
				to = stepPath(of, in.Observation.Step)
			}
		}
		http.Redirect(w, r, to+"?"+query.Encode(), http.StatusSeeOther)
		return
	}
	problem := asProblem(err)
	tried := attempt{in.ID, in.Kind, values}
	if problem.Code == domain.CodeIDReused {
		tried.id = ""
	}
	name, shown := "", error(problem)
	if o := in.Observation; o != nil && o.Number > 0 {
		name, shown = "iakttagelse", s.showObservation(r, p, of, o.Number, tried)
	} else if o != nil && o.Step != "" {
		cycle := of
		if !strings.HasPrefix(of, "exercise/") {
			cycle = domain.CycleStream(s.Kommun, o.Year)
		}
		name, shown = "ny-iakttagelse", s.showNewObservation(r, p, cycle, o.Step, tried)
	}
	if shown != nil || !callerOf(r.Context()).Standing.Member {
		s.faultPage(w, r, &page{Person: p.Person}, problem)
		return
	}
	p.Fault = problem
	s.write(w, r, problem.Status, name, p)
}

// setObservation puts what was filled in about an observation into the command.
func setObservation(in *api.Command, name, value string) error {
	if in.Observation == nil {
		in.Observation = &api.Observation{}
	}
	o := in.Observation
	number := func(into *int) error {
		n, err := strconv.Atoi(value)
		if *into = n; err != nil {
			return domain.Refuse(domain.CodeBadCommand, "%q är inget nummer.", value)
		}
		return nil
	}
	switch name {
	case "nummer":
		n, err := strconv.ParseUint(value, 10, 63)
		if o.Number = n; err != nil {
			return domain.Refuse(domain.CodeBadCommand, "%q är inget nummer på en iakttagelse.", value)
		}
	case "year":
		return number(&o.Year)
	case "step":
		o.Step = domain.StepID(value)
	case "unit":
		o.Unit = domain.UnitID(value)
	case "role":
		o.Role = domain.RoleID(value)
	case "due":
		o.Due = domain.Date(value)
	case "status":
		o.Status = domain.ObservationStatus(value)
	case "gjord.no", "gjord.done":
		if len(o.Actions) == 0 {
			o.Actions = make([]api.Action, 1)
		}
		if name == "gjord.done" {
			o.Actions[0].Done = domain.Date(value)
			return nil
		}
		return number(&o.Actions[0].No)
	default:
		rest, ok := strings.CutPrefix(name, "atgard.")
		nr, member, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(nr)
		if !ok || err != nil || n < 1 || n > 20 {
			return domain.Refuse(domain.CodeUnknownField, "Uppgiften iakttagelse.%s finns inte. Ladda om sidan och gör om.", name)
		}
		for len(o.Actions) < n {
			o.Actions = append(o.Actions, api.Action{})
		}
		switch member {
		case "text":
			o.Actions[n-1].Text = value
		case "due":
			o.Actions[n-1].Due = domain.Date(value)
		default:
			return domain.Refuse(domain.CodeUnknownField, "Uppgiften iakttagelse.%s finns inte. Ladda om sidan och gör om.", name)
		}
	}
	return nil
}
