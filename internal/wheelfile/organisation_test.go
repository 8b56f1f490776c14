package wheelfile_test

import (
	"reflect"
	"slices"
	"testing"

	"arshjul/domain"
	"arshjul/internal/wheelfile"
)

const unitIDs = "Det som finns är: KF, KS, SN, SLF."

// Every fault that an organisation file can have beyond those of a wheel file's form.
var organisationFaults = []fault{
	{"not YAML", "kommun: \"0000\"", "kommun: «\"0000", "texten börjar med \" men slutar aldrig. Sätt ett \" efter texten."},
	{"unknown entry", "Socialnämnden, förvaltning", "Socialnämnden, «forvaltningar: a, förvaltning", "uppgiften \"forvaltningar\" finns inte här. Menade du förvaltning?"},
	{"not invented", "påhittat: true", "påhittat: «false", "här kan bara stå true. Ändra till det, eller ta bort raden."},
	{"no name", "id: p-handlaggare\n    namn: Handläggare\n", "«id: p-handlaggare\n", "uppgiften \"namn\" saknas här. Lägg till en rad med den."},
	{"unit twice", "  - {id: SLF,", "  - {id: «SN, slag: nämnd, namn: Socialnämnden, förvaltning: SLF}\n  - {id: SLF,", "enheten \"SN\" finns redan på rad 8. Ge den ett eget namn."},
	{"led by nobody", "leds av: SLF", "leds av: «SLA", "enheten \"SLA\" finns inte i listan över enheter. Menade du SLF?"},
	{"led by a nämnd", "leds av: SLF", "leds av: «SN", "SN är ingen förvaltning. Ange den förvaltning som leder cykeln."},
	{"nämnd without förvaltning", "{id: SN, slag: nämnd, namn: Socialnämnden, förvaltning: SLF}", "{id: «SN, slag: nämnd, namn: Socialnämnden}",
		"SN saknar förvaltning, så ingen processledare skulle finnas. Lägg till \"förvaltning\"; är den osäker, säg det i \"anteckning\"."},
	{"served by nobody", "Socialnämnden, förvaltning: SLF", "Socialnämnden, förvaltning: «ABCD", "enheten \"ABCD\" finns inte i listan över enheter. " + unitIDs},
	{"served by a nämnd", "Socialnämnden, förvaltning: SLF", "Socialnämnden, förvaltning: «KS", "KS är ingen förvaltning. Ange en förvaltning."},
	{"a nämnd that plans", "Socialnämnden, ", "Socialnämnden, planerar: «true, ", "bara kommunstyrelsen skrivs så; nämnder planerar alltid. Ta bort uppgiften."},
	{"another fullmäktige", "{id: SN, slag: nämnd", "{id: SN, slag: «kf", "årshjulets regler (kf-möte, ks-möte) söker fullmäktige som KF och styrelsen som KS. Ge dem de namnen, och ingen annan."},
	{"no such day", "från: 2026-01-01, till: 2030-12-31}\n  - {id: SN", "från: 2026-01-01, till: «2030-11-31}\n  - {id: SN", "\"2030-11-31\" är inget datum. Skriv år, månad och dag så här: 2027-02-10."},
	{"day not a date", "från: 2026-01-01, till: 2030-12-31}\n  - {id: SN", "från: 2026-01-01, till: «31 dec}\n  - {id: SN", "\"31 dec\" går inte att använda här. Skriv år, månad och dag så här: 2027-02-10."},
	{"unit ends before it begins", "till: 2030-12-31}\n  - {id: SN", "till: «2025-12-31}\n  - {id: SN", "perioden slutar den 2025-12-31, innan den börjar den 2026-01-01. Rätta datumet."},
	{"role ends before it begins", "till: 2030-12-31}\n      - {roll: cykelansvarig", "till: «2025-12-31}\n      - {roll: cykelansvarig", "perioden slutar den 2025-12-31, innan den börjar den 2026-01-01. Rätta datumet."},
	{"person twice", "id: p-chef", "id: «p-handlaggare", "personen \"p-handlaggare\" finns redan på rad 11. Ge den ett eget namn."},
	{"role in an unknown unit", "{roll: sekreterare, enhet: SN,", "{roll: sekreterare, enhet: «SM,", "enheten \"SM\" finns inte i listan över enheter. Menade du SN?"},
	{"a mark that is no name", "Socialnämnden, förvaltning", "Socialnämnden, grupper: [«Hel ägda], förvaltning", "\"Hel ägda\" går inte att använda här. Skriv ett kort namn med små bokstäver a–z, siffror och bindestreck, till exempel ks-forslag."},
	{"a mark that is no list", "Socialnämnden, förvaltning", "Socialnämnden, grupper: «helagda, förvaltning", "här ska stå en lista, inte \"helagda\". Ändra det."},
	{"meeting of an unknown body", "{organ: KF,", "{organ: «KFF,", "enheten \"KFF\" finns inte i listan över enheter. Menade du KF?"},
	{"meeting of a body unlike any", "{organ: KF,", "{organ: «AB,", "enheten \"AB\" finns inte i listan över enheter. " + unitIDs},
	{"meeting of a förvaltning", "{organ: KF,", "{organ: «SLF,", "SLF är en förvaltning och har inga sammanträden. Ange ett organ."},
	{"meeting on no day", "[2027-06-15]", "[«2027-06-31]", "\"2027-06-31\" är inget datum. Skriv år, månad och dag så här: 2027-02-10."},
	{"meeting twice", "[2027-06-15]", "[2027-06-15, «2027-06-15]", "sammanträdet \"KF-2027-06-15\" finns redan på rad 27. Ge den ett eget namn."},
}

var farOrganisationFaults = []farFault{
	{fault{"nobody changes the registry", "      - {roll: registeransvarig, enhet: SLF, från: 2026-01-01}\n", "",
		"ingen har rollen registeransvarig i SLF. Ge den till någon, annars går registret aldrig att ändra."}, "\n«personer:"},
	{fault{"nobody launches", "      - {roll: cykelansvarig, enhet: SLF, från: 2026-01-01}\n", "",
		"ingen har rollen cykelansvarig i SLF. Ge den till någon, annars går ingen cykel att starta."}, "\n«personer:"},
}

func TestFaultsInAnOrganisation(t *testing.T) {
	sound := readFile(t, "testdata/organisation.yaml")
	for _, c := range organisationFaults {
		t.Run(c.name, func(t *testing.T) { c.check(t, sound, readOrganisation) })
	}
	for _, c := range farOrganisationFaults {
		t.Run(c.name, func(t *testing.T) { c.check(t, sound, readOrganisation) })
	}
}

func TestReadASoundOrganisation(t *testing.T) {
	o, err := wheelfile.ReadOrganisation("prov.yaml", []byte(readFile(t, "testdata/organisation.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	if o.Name != "Provstad" || !o.Invented || o.Registry.Kommun != "0000" || o.Registry.City != "SLF" || o.Registry.Number != 0 {
		t.Errorf("the head became %+v", o)
	}
	if want := (domain.Unit{ID: "KS", Kind: domain.KindExecutive, Name: "Kommunstyrelsen", ServedBy: "SLF", Plans: true, From: "2026-01-01", To: "2030-12-31"}); !reflect.DeepEqual(o.Registry.Units[1], want) {
		t.Errorf("KS became %+v", o.Registry.Units[1])
	}
	if want := (domain.Binding{Person: "p-chef", Role: "chef", Unit: "SLF", From: "2026-01-01", To: "2030-12-31"}); o.Registry.Bindings[1] != want {
		t.Errorf("the second role became %+v", o.Registry.Bindings[1])
	}
	if want := (domain.Meeting{ID: "KF-2027-06-15", Unit: "KF", Date: "2027-06-15", Status: domain.MeetingProposed}); !slices.Equal(o.Registry.Meetings, []domain.Meeting{want}) {
		t.Errorf("the meetings became %+v", o.Registry.Meetings)
	}
	if want := (wheelfile.Name{Person: "p-handlaggare", Name: "Handläggare"}); o.Names[0] != want || len(o.Names) != 3 {
		t.Errorf("the names became %+v", o.Names)
	}
}

// What does not fit between the two sound files after an edit of one; the mark says where.
var misfits = []struct {
	inWheel bool
	fault
}{
	{true, fault{"another municipality", "kommun: \"0000\"", "kommun: «\"1283\"", "årshjulet gäller kommun 1283 men organisationen kommun 0000. Rätta den som är fel."}},
	{true, fault{"an unknown body", "organ: KF", "organ: «KFX", "enheten \"KFX\" finns inte i organisationen. Menade du KF?"}},
	{true, fault{"handed over to an unknown body", "överlämnas: true\n", "överlämnas: true\n    överlämnas till: [«KFX]\n", "enheten \"KFX\" finns inte i organisationen. Menade du KF?"}},
	{true, fault{"a meeting of an unknown body", "när: kf-möte juni", "när: «kff-möte juni", "enheten \"KFF\" finns inte i organisationen. Menade du KF?"}},
	{true, fault{"a role nobody has", "fastställer: chef", "fastställer: «sekreterare", "ingen har rollen sekreterare i SLF, som behövs för Stadsledningsförvaltningen. Ge den till någon i organisationen."}},
	{true, fault{"a body that decides as an official", "slag: dialog\n    för: stad\n    organ: KS\n    roller: {registrerar: sekreterare,",
		"slag: beslut\n    för: stad\n    organ: SLF\n    roller: {förbereder: handlaggare, gör klart: chef, fastställer: chef, registrerar: «chef,",
		"ett steg av slaget beslut har ingen som registrerar när en tjänsteperson agerar. Ta bort raden."}},
	{true, fault{"a group that nobody is in", "för: förvaltning\n", "för: förvaltning\n    grupp: «skola\n", "organisationen har ingen förvaltning i gruppen \"skola\", så steget finns inte för någon. Ta bort raden."}},
	{true, fault{"a step for bolag that are not", "för: förvaltning\n    roller: {förbereder: handlaggare, gör klart: handlaggare, fastställer: chef,",
		"för: «bolag\n    roller: {förbereder: handlaggare, gör klart: handlaggare, registrerar: chef,", "organisationen har inget bolag, så steget finns inte för någon. Lägg till bolag i den, eller ta bort steget."}},
	{true, fault{"an unknown body for each nämnd", "för: nämnd\n", "för: nämnd\n    organ: «KX\n", "enheten \"KX\" finns inte i organisationen. Menade du KF?"}},
	{true, fault{"a meeting of the förvaltning that leads", "    organ: KS\n    roller: {registrerar: sekreterare, eskalerar: chef}\n    när: 7 dagar före budget", "    organ: SLF\n    roller: {registrerar: chef, eskalerar: chef}\n    när: «nämndmöte maj",
		"SLF är en förvaltning och har inga sammanträden. Skriv en fast dag: senast 30 september."}},
	{false, fault{"a role the wheel has not", "roller: [{roll: handlaggare, enhet: SLF, från: 2026-01-01}]", "roller: [{roll: handlaggare, enhet: SLF, från: 2026-01-01}, {roll: «handlagare, enhet: SLF, från: 2026-01-01}]", "rollen \"handlagare\" finns inte i årshjulet. Menade du handlaggare?"}},
	{false, fault{"an official's role in a nämnd", "roller: [{roll: handlaggare, enhet: SLF, från: 2026-01-01}]", "roller: [{roll: handlaggare, enhet: SLF, från: 2026-01-01}, {roll: chef, enhet: «SN, från: 2026-01-01}]", "rollen chef finns i en förvaltning, och SN är ingen. Ange förvaltningen."}},
	{false, fault{"a body's role in a förvaltning", "roller: [{roll: handlaggare, enhet: SLF, från: 2026-01-01}]", "roller: [{roll: handlaggare, enhet: SLF, från: 2026-01-01}, {roll: sekreterare, enhet: «SLF, från: 2026-01-01}]", "rollen sekreterare finns i organet som agerar, och SLF är en förvaltning. Ange organet."}},
	{false, fault{"the city's role elsewhere", "roller: [{roll: handlaggare, enhet: SLF, från: 2026-01-01}]", "roller: [{roll: handlaggare, enhet: SLF, från: 2026-01-01}, {roll: cykelansvarig, enhet: «KS, från: 2026-01-01}]", "rollen cykelansvarig gäller hela staden och står hos SLF, inte KS. Ändra enheten."}},
}

func TestMisfits(t *testing.T) {
	wheel, organisation := readFile(t, "testdata/wheel.yaml"), readFile(t, "testdata/organisation.yaml")
	agree := func(w, o string) error {
		t.Helper()
		file, err := wheelfile.Read("prov.yaml", []byte(w))
		if err != nil {
			t.Fatalf("the edit is wrong by itself: %v", err)
		}
		org, err := wheelfile.ReadOrganisation("prov.yaml", []byte(o))
		if err != nil {
			t.Fatalf("the edit is wrong by itself: %v", err)
		}
		return wheelfile.Agree(file, org)
	}
	if err := agree(wheel, organisation); err != nil {
		t.Fatalf("the sound files do not fit: %v", err)
	}
	for _, c := range misfits {
		t.Run(c.name, func(t *testing.T) {
			if c.inWheel {
				c.check(t, wheel, func(_ string, data []byte) error { return agree(string(data), organisation) })
			} else {
				c.check(t, organisation, func(_ string, data []byte) error { return agree(wheel, string(data)) })
			}
		})
	}
}
