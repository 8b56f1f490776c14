package wheelfile

import (
	"bytes"

	"arshjul/domain"
)

// Organisation is an organisation file that was read without faults: what a registry is founded with.
type Organisation struct {
	Name string // of the municipality
	// Registry has the number 0 and bindings without numbers and without Name: founding numbers them, and the server
	// commits to the names when it stores them.
	Registry domain.Registry
	Names    []Name // in the order of the file
	Invented bool   // persons and meetings are påhittade: show that wherever they are shown
	Text     []byte
	Hash     domain.Digest // of Text

	file string
	root *node
}

// Name is what a person is called; it is stored outside the registry and can be erased.
type Name struct {
	Person domain.PersonID
	Name   string
}

// ReadOrganisation reads an organisation file. The error is [Errors] when the file has faults.
func ReadOrganisation(name string, data []byte) (*Organisation, error) {
	f := &faults{file: name}
	root := readTree(f, data)
	if root == nil {
		return nil, f.err()
	}
	var text organisationText
	if err := organisationForm().decode(f, root, &text); err != nil {
		return nil, err
	}
	o := &Organisation{Name: text.Name, Invented: text.Invented, Text: bytes.Clone(data), Hash: domain.DigestOf(data), file: name, root: root}
	o.Registry = domain.Registry{Kommun: text.Kommun, City: text.City}
	r := reader{f, root, &o.Registry}
	r.units(text.Units)
	o.Names = r.persons(text.Persons)
	r.meetings(text.Meetings)
	if r.cityLeads() {
		r.whole()
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	return o, nil
}

// organisationText is an organisation file as people write it.
type organisationText struct {
	Name     string         `json:"organisation"`
	Kommun   string         `json:"kommun"`
	City     domain.UnitID  `json:"leds av"`
	Invented bool           `json:"påhittat"`
	Units    []unitText     `json:"enheter"`
	Persons  []personText   `json:"personer"`
	Meetings []meetingsText `json:"sammanträden"`
}

type unitText struct {
	ID       domain.UnitID `json:"id"`
	Kind     string        `json:"slag"`
	Name     string        `json:"namn"`
	ServedBy domain.UnitID `json:"förvaltning"`
	Plans    bool          `json:"planerar"`
	Groups   []string      `json:"grupper"`
	Note     string        `json:"anteckning"`
	From     string        `json:"från"`
	To       string        `json:"till"`
}

type personText struct {
	ID    domain.PersonID `json:"id"`
	Name  string          `json:"namn"`
	Roles []struct {
		Role domain.RoleID `json:"roll"`
		Unit domain.UnitID `json:"enhet"`
		From string        `json:"från"`
		To   string        `json:"till"`
	} `json:"roller"`
}

type meetingsText struct {
	Unit   domain.UnitID `json:"organ"`
	Status string        `json:"status"`
	Days   []string      `json:"dagar"`
}

// reader turns the text into a registry and tells what does not hold together.
type reader struct {
	f    *faults
	root *node
	out  *domain.Registry
}

func (r reader) units(units []unitText) {
	seen := unique{r.f, "enheten", map[string]pos{}}
	for i, u := range units {
		seen.see(string(u.ID), r.root.at("enheter", i, "id"))
		r.out.Units = append(r.out.Units, domain.Unit{ID: u.ID, Kind: domain.UnitKind(plain(u.Kind)), Name: u.Name, ServedBy: u.ServedBy,
			Plans: u.Plans, Groups: u.Groups, Note: u.Note, From: r.day(u.From, "enheter", i, "från"), To: r.day(u.To, "enheter", i, "till")})
		r.period(u.From, u.To, "enheter", i, "till")
	}
	for i := range r.out.Units {
		r.unit(i)
	}
}

// cityLeads wants the unit that leads the cycle to be a förvaltning.
func (r reader) cityLeads() bool {
	switch city := r.out.Unit(r.out.City); {
	case city == nil:
		r.f.add(r.root.at("leds av"), "enheten %q finns inte i listan över enheter. %s", r.out.City, suggest(string(r.out.City), r.unitIDs()))
	case city.Kind != domain.KindAdministration:
		r.f.add(r.root.at("leds av"), "%s är ingen förvaltning. Ange den förvaltning som leder cykeln.", city.ID)
	default:
		return true
	}
	return false
}

// unit checks one unit among the others.
func (r reader) unit(i int) {
	u := &r.out.Units[i]
	at := r.root.at("enheter", i, "förvaltning")
	switch by := r.out.Unit(u.ServedBy); {
	case u.ServedBy == "" && (u.Kind == domain.KindBoard || u.Kind == domain.KindExecutive):
		r.f.add(r.root.at("enheter", i, "id"), "%s saknar förvaltning, så ingen processledare skulle finnas. Lägg till \"förvaltning\"; är den osäker, säg det i \"anteckning\".", u.ID)
	case u.ServedBy == "":
	case by == nil:
		r.f.add(at, "enheten %q finns inte i listan över enheter. %s", u.ServedBy, suggest(string(u.ServedBy), r.unitIDs()))
	case by.Kind != domain.KindAdministration:
		r.f.add(at, "%s är ingen förvaltning. Ange en förvaltning.", u.ServedBy)
	}
	if u.Plans && u.Kind != domain.KindExecutive {
		r.f.add(r.root.at("enheter", i, "planerar"), "bara kommunstyrelsen skrivs så; nämnder planerar alltid. Ta bort uppgiften.")
	}
	if (u.ID == "KF") != (u.Kind == domain.KindCouncil) || (u.ID == "KS") != (u.Kind == domain.KindExecutive) {
		r.f.add(r.root.at("enheter", i, "slag"), "årshjulets regler (kf-möte, ks-möte) söker fullmäktige som KF och styrelsen som KS. Ge dem de namnen, och ingen annan.")
	}
}

func (r reader) persons(persons []personText) []Name {
	seen := unique{r.f, "personen", map[string]pos{}}
	var names []Name
	for i, p := range persons {
		seen.see(string(p.ID), r.root.at("personer", i, "id"))
		names = append(names, Name{p.ID, p.Name})
		for k, b := range p.Roles {
			if r.out.Unit(b.Unit) == nil {
				r.f.add(r.root.at("personer", i, "roller", k, "enhet"), "enheten %q finns inte i listan över enheter. %s", b.Unit, suggest(string(b.Unit), r.unitIDs()))
			}
			r.out.Bindings = append(r.out.Bindings, domain.Binding{Person: p.ID, Role: b.Role, Unit: b.Unit,
				From: r.day(b.From, "personer", i, "roller", k, "från"), To: r.day(b.To, "personer", i, "roller", k, "till")})
			r.period(b.From, b.To, "personer", i, "roller", k, "till")
		}
	}
	return names
}

func (r reader) meetings(lists []meetingsText) {
	seen := unique{r.f, "sammanträdet", map[string]pos{}}
	for i, m := range lists {
		switch u := r.out.Unit(m.Unit); {
		case u == nil:
			r.f.add(r.root.at("sammanträden", i, "organ"), "enheten %q finns inte i listan över enheter. %s", m.Unit, suggest(string(m.Unit), r.unitIDs()))
		case u.Kind == domain.KindAdministration:
			r.f.add(r.root.at("sammanträden", i, "organ"), "%s är en förvaltning och har inga sammanträden. Ange ett organ.", m.Unit)
		}
		for k, day := range m.Days {
			id := string(m.Unit) + "-" + day
			seen.see(id, r.root.at("sammanträden", i, "dagar", k))
			r.out.Meetings = append(r.out.Meetings, domain.Meeting{ID: domain.MeetingID(id), Unit: m.Unit,
				Date: r.day(day, "sammanträden", i, "dagar", k), Status: domain.MeetingStatus(plain(m.Status))})
		}
	}
}

// whole wants somebody who can change the registry and somebody who can launch: otherwise nobody ever could.
func (r reader) whole() {
	for _, role := range []domain.RoleID{domain.RoleRegistrar, domain.RoleLauncher} {
		held := false
		for _, b := range r.out.Bindings {
			held = held || b.Role == role && b.Unit == r.out.City
		}
		if !held {
			r.f.add(r.root.entry("personer").keyPos, "ingen har rollen %s i %s. Ge den till någon, annars går %s.", role, r.out.City,
				map[domain.RoleID]string{domain.RoleRegistrar: "registret aldrig att ändra", domain.RoleLauncher: "ingen cykel att starta"}[role])
		}
	}
}

func (r reader) day(text string, path ...any) domain.Date { return day(r.f, r.root.at(path...), text) }

func (r reader) period(from, to string, path ...any) { period(r.f, r.root.at(path...), from, to) }

func (r reader) unitIDs() []string {
	ids := make([]string, len(r.out.Units))
	for i, u := range r.out.Units {
		ids[i] = string(u.ID)
	}
	return ids
}
