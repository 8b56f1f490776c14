package wheelfile

import (
	"slices"

	"arshjul/domain"
)

// check finds what is wrong with a wheel by itself; [Agree] finds what does not fit the organisation.
func check(f *faults, root *node, file *File) {
	w := &file.Wheel
	checkNames(f, root, file)
	for i := range w.Steps {
		def := &w.Steps[i]
		checkScope(f, root, def, i)
		checkRoleNames(f, root, w, i)
		if kind, known := kindOf(def); known {
			checkSlots(f, root, def, i, kind)
		}
		checkDue(f, root, def, i)
	}
	checkTiming(f, root, w)
	checkNeeds(f, root, w)
}

// checkScope wants a step to be for the units that its other lines speak of.
func checkScope(f *faults, root *node, def *domain.StepDef, i int) {
	if def.Scope == domain.ScopeCity {
		if def.Body == "" {
			f.add(root.at("steg", i, "id"), "steget är för hela staden men säger inte vem som agerar. Lägg till \"organ\", till exempel organ: KS.")
		}
		if def.Group != "" {
			f.add(root.at("steg", i, "grupp"), "steget är ett enda för hela staden och kan inte gälla en grupp. Ta bort raden, eller ändra \"för\".")
		}
	}
	if def.Each && def.Scope != domain.ScopeAdministration {
		f.add(root.at("steg", i, "enheter"), "enheter finns i förvaltningar. Ändra \"för\" till förvaltning, eller ta bort raden.")
	}
	if def.Appeal != "" && !mayBeBody(def) {
		f.add(root.at("steg", i, "överklagas"), "bara det som KF, KS eller en nämnd beslutar kan överklagas (KL 13:2). Ta bort raden.")
	}
}

// slots pairs each part of a step's life with its word in the file and in domain.RequiredSlots.
var slots = []struct {
	word, name string
	role       func(*domain.Slots) domain.RoleID
}{
	{"förbereder", "prepare", func(s *domain.Slots) domain.RoleID { return s.Prepare }},
	{"gör klart", "ready", func(s *domain.Slots) domain.RoleID { return s.Ready }},
	{"fastställer", "decide", func(s *domain.Slots) domain.RoleID { return s.Decide }},
	{"registrerar", "register", func(s *domain.Slots) domain.RoleID { return s.Register }},
	{"publicerar", "publish", func(s *domain.Slots) domain.RoleID { return s.Publish }},
	{"eskalerar", "escalate", func(s *domain.Slots) domain.RoleID { return s.Escalate }},
}

// checkSlots wants a role for every part of the step's life, so that no state is without an owner, and no other.
func checkSlots(f *faults, root *node, def *domain.StepDef, i int, kind domain.UnitKind) {
	required := domain.RequiredSlots(def.Act, kind)
	for _, s := range slots {
		switch has, wanted := s.role(&def.Slots) != "", slices.Contains(required, s.name); {
		case wanted && !has:
			f.add(root.at("steg", i, "roller"), "%s saknar rollen %q: den delen av steget skulle inte ligga i någons inkorg. Lägg till den.", def.ID, s.word)
		case has && !wanted:
			f.add(root.at("steg", i, "roller", s.word), "ett steg av slaget %s har ingen som %s när %s agerar. Ta bort raden.", root.word("steg", i, "slag"), s.word, kindWords[kind])
		}
	}
}

func checkRoleNames(f *faults, root *node, w *domain.Wheel, i int) {
	for _, s := range slots {
		id := s.role(&w.Steps[i].Slots)
		if id != "" && w.Role(id) == nil {
			var known []string
			for _, r := range w.Roles {
				known = append(known, string(r.ID))
			}
			f.add(root.at("steg", i, "roller", s.word), "rollen %q finns inte i listan över roller. %s", id, suggest(string(id), known))
		}
	}
}

// checkDue refuses documents, fields and hand-over where the step's life has no place for them.
func checkDue(f *faults, root *node, def *domain.StepDef, i int) {
	for _, due := range []struct {
		key string
		may func(domain.Act) bool
	}{{"handlingar", submits}, {"uppgifter", hasFields}} {
		if e := root.child("steg").items[i].entry(due.key); e != nil && !due.may(def.Act) {
			f.add(e.keyPos, "i ett steg av slaget %s lämnas inget in. Ta bort %s.", root.word("steg", i, "slag"), due.key)
		}
	}
	checkFigures(f, root, def, i)
	if def.HandsOver && !mayBeBody(def) {
		f.add(root.at("steg", i, "överlämnas"), "bara det som KF, KS eller en nämnd beslutar kan överlämnas efteråt. Ta bort raden.")
	}
	if len(def.To) > 0 && !def.HandsOver && def.Act != domain.ActHandIn {
		f.add(root.at("steg", i, "överlämnas till"), "steget lämnas inte över. Lägg till \"överlämnas: true\" om beslutet ska det, eller ta bort raden.")
	}
}

// checkFigures refuses amounts and mål where nothing could come of them.
func checkFigures(f *faults, root *node, def *domain.StepDef, i int) {
	for k, d := range def.Fields {
		at := func(key string) pos { return root.at("steg", i, "uppgifter", k, key) }
		switch {
		case d.Means != "" && d.Kind != domain.FieldAmount:
			f.add(at("gäller"), "bara ett belopp gäller något. Lägg till \"slag: belopp\", eller ta bort raden.")
		case d.PerBoard && d.Kind == "":
			f.add(at("per"), "bara belopp, inriktning och mål anges för varje nämnd. Lägg till vilket slag det är, eller ta bort raden.")
		case d.PerBoard && def.Scope == domain.ScopeCompany:
			f.add(at("per"), "ett bolags steg handlar inte om nämnderna. Ta bort raden.")
		case d.Kind == domain.FieldGoals && d.Required:
			f.add(at("krävs"), "mål är valfria: en nämnd har en inriktning, och mål när det behövs. Ta bort krävs.")
		case d.Kind != "" && !d.IsText() && !submits(def.Act):
			f.add(at("slag"), "i ett steg av slaget %s lämnas inget in, så här finns varken belopp eller mål. Ta bort raden.", root.word("steg", i, "slag"))
		case d.Means == domain.MeansTotal && d.PerBoard:
			f.add(at("per"), "totalen är ett enda belopp: det som ramarna är tillsammans. Ta bort raden.")
		}
	}
}

// submits tells whether something is handed in for a step of this act.
func submits(act domain.Act) bool {
	return act != domain.ActDialog && act != domain.ActMeeting && act != domain.ActPublication
}

// hasFields tells whether a step of this act asks for fields: when something is handed in, or when a dialog or meeting
// has been held.
func hasFields(act domain.Act) bool { return act != domain.ActPublication }

// mayBeBody tells whether the step can be a decision by KF, KS or a nämnd: with justering, anslag and återremiss.
func mayBeBody(def *domain.StepDef) bool {
	if def.Act != domain.ActDecision && def.Act != domain.ActEstablishment {
		return false
	}
	kind, known := kindOf(def)
	return !known || kind == domain.KindBoard || kind == domain.KindCouncil || kind == domain.KindExecutive
}

// kindOf gives the kind of unit that acts, as far as the wheel alone tells: KF and KS are what timing rules call
// fullmäktige and styrelsen. Where the kind makes no difference it is called a förvaltning.
func kindOf(def *domain.StepDef) (kind domain.UnitKind, known bool) {
	switch {
	case def.Body == "KF":
		return domain.KindCouncil, true
	case def.Body == "KS":
		return domain.KindExecutive, true
	case def.Body != "" || def.Scope == domain.ScopeCity:
		if def.Act == domain.ActDecision || def.Act == domain.ActEstablishment {
			return "", false
		}
	case def.Scope == domain.ScopeBoard:
		return domain.KindBoard, true
	case def.Scope == domain.ScopeCompany:
		return domain.KindCompany, true
	}
	return domain.KindAdministration, true
}

// checkNames finds names that are used twice, and standing documents that nobody has named.
func checkNames(f *faults, root *node, file *File) {
	w := &file.Wheel
	roles := unique{f, "rollen", map[string]pos{}}
	for i, r := range w.Roles {
		roles.see(string(r.ID), root.at("roller", i, "id"))
	}
	standing := unique{f, "den stående handlingen", map[string]pos{}}
	var standingIDs []string
	for i, d := range file.Standing {
		standing.see(d.ID, root.at("stående handlingar", i, "id"))
		standingIDs = append(standingIDs, d.ID)
	}
	steps := unique{f, "steget", map[string]pos{}}
	for i := range w.Steps {
		def := &w.Steps[i]
		steps.see(def.ID, root.at("steg", i, "id"))
		documents := unique{f, "handlingen", map[string]pos{}}
		for k, d := range def.Documents {
			documents.see(d.ID, root.at("steg", i, "handlingar", k, "id"))
		}
		fields := unique{f, "uppgiften", map[string]pos{}}
		for k, d := range def.Fields {
			if at := root.at("steg", i, "uppgifter", k, "id"); k < len(def.Fields)-len(eachFields) || !def.Each {
				fields.see(d.ID, at)
			} else {
				fields.see(d.ID, root.at("steg", i, "enheter"))
			}
		}
		for k, id := range file.Notes[i].RestsOn {
			if !slices.Contains(standingIDs, id) {
				f.add(root.at("steg", i, "utgår från", k), "den stående handlingen %q finns inte. %s", id, suggest(id, standingIDs))
			}
		}
	}
}

// unique tells of a name that stands twice.
type unique struct {
	f    *faults
	what string
	seen map[string]pos
}

func (u unique) see(name string, p pos) {
	if first, twice := u.seen[name]; twice {
		u.f.add(p, "%s %q finns redan på rad %d. Ge den ett eget namn.", u.what, name, first.line)
		return
	}
	u.seen[name] = p
}

var kindWords = map[domain.UnitKind]string{domain.KindCouncil: "KF", domain.KindExecutive: "KS", domain.KindBoard: "en nämnd",
	domain.KindAdministration: "en tjänsteperson", domain.KindCompany: "ett bolag", domain.KindAudit: "revisionen",
	domain.KindPresidium: "presidiet"}
