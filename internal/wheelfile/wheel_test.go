package wheelfile_test

import (
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/wheelfile"
)

const (
	titel  = "    titel: Anvisningar\n"
	allIDs = "Det som finns är: anvisningar, forslag, dialog, budget, plan."
)

// unreadable is what the domain says of a timing rule; its forms are tested there.
func unreadable(rule string) string {
	_, err := domain.ParseRule(rule, domain.StagePlanning)
	return err.Error()
}

// unreadableRung is what the domain says of a reminder.
func unreadableRung(rung string) string {
	_, err := domain.ParseRung(rung)
	return err.Error()
}

// Every fault that a wheel file can have, where it is told and what is said.
var wheelFaults = []fault{
	// Not the YAML that a wheel is written in.
	{"not closed", "behöver: [budget]\n    ", "behöver: [budget\n    «", "en lista som börjar med [ före det här slutar aldrig, eller så saknas ett komma. Sätt dit ett ] eller kommat."},
	{"brace not closed", "slag: dialog", "slag: {dialog: 1\n    «a: 2", "en grupp som börjar med { före det här slutar aldrig, eller så saknas ett komma. Sätt dit ett } eller kommat."},
	{"quote not closed", "grund: P", "grund: «\"P", "texten börjar med \" men slutar aldrig. Sätt ett \" efter texten."},
	{"tab", titel, "«\ttitel: Anvisningar\n", "raden är indragen med tabb. Byt tabben mot mellanslag."},
	{"two colons", "titel: Anvisningar", "titel: «Anvis: ningar", "raden har två kolon, eller så är raden efter den fel indragen. Sätt texten inom citattecken, eller rätta indraget."},
	{"indented wrongly", "titel: Anvisningar\n    skede", "titel: Anvisningar\n   «skede", "raden passar inte ihop med raderna före. Rätta indraget så att den står rakt under dem."},
	{"anchor", "grund: P", "grund: «&p P", "& och * går inte att använda för att återanvända text. Skriv ut den, eller sätt texten inom citattecken."},
	{"alias", "grund: P", "grund: «*p", "& och * går inte att använda för att återanvända text. Skriv ut den, eller sätt texten inom citattecken."},
	{"merge", "grund: P", "«<<: {}", "& och * går inte att använda för att återanvända text. Skriv ut den, eller sätt texten inom citattecken."},
	{"tag", "grund: P", "grund: «!!str P", "märken med utropstecken går inte att använda. Ta bort det, eller sätt texten inom citattecken."},
	{"directive", "årshjul: Provhjul", "«%YAML 1.2\n---\nårshjul: Provhjul", "\"%\" går inte att använda i början av en rad. Ta bort raden."},
	{"two documents", "steg:\n", "«---\nsteg:\n", "filen har flera delar. Ta bort raden med tre streck; en fil är ett dokument."},
	{"no value", "grund: P", "grund:«", "här saknas ett värde. Fyll i det, eller ta bort raden."},
	{"octal", "kommun: \"0000\"", "kommun: «0114", "\"0114\" läses olika av olika program. Är det text, sätt den inom citattecken."},
	{"twice", "    grund: P", "    grund: P\n    «grund: U", "\"grund\" står två gånger, första gången på rad 45. Ta bort den ena."},
	{"key is a number", "    grund: P", "    grund: P\n    «7: U", "\"7\" kan inte vara namnet på en uppgift. Skriv ett av de namn som finns."},
	{"hidden character", "titel: Dialog", "titel: Dia«\x07log", "här står ett osynligt tecken (U+0007). Ta bort det."},
	{"hidden by escape", "titel: Dialog", "titel: «\"Dia\\alog\"", "texten innehåller ett osynligt tecken (U+0007). Ta bort det."},
	{"not UTF-8", "titel: Dialog", "titel: Dia«\xe5log", "filen är inte sparad som UTF-8. Spara om den med teckenkodningen UTF-8."},
	{"too deep", "grund: P", "grund: " + strings.Repeat("[", 12) + "«[" + strings.Repeat("]", 13), "här ligger listor och uppgifter inuti varandra i fler än 12 nivåer. Kontrollera indrag och parenteser."},

	// Not the form of a wheel.
	{"unknown entry", "    lag: KL", "    «lagg: KL", "uppgiften \"lagg\" finns inte här. Menade du lag?"},
	{"unknown role slot", "gör klart: handlaggare", "«klar: handlaggare", "uppgiften \"klar\" finns inte här. Det som finns är: eskalerar, fastställer, förbereder, gör klart, publicerar, registrerar."},
	{"missing entry", "  - id: dialog\n    titel: Dialog\n", "  - «id: dialog\n", "uppgiften \"titel\" saknas här. Lägg till en rad med den."},
	{"missing at the top", "årshjul: Provhjul\nversion", "«version", "uppgiften \"årshjul\" saknas här. Lägg till en rad med den."},
	{"unknown word", "slag: fastställande", "slag: «faststallande", "\"faststallande\" går inte att använda här. Menade du fastställande?"},
	{"unknown words", "skede: planering\n    slag: dialog", "skede: «vår\n    slag: dialog", "\"vår\" går inte att använda här. Det som finns är: planering, uppföljning, bokslut."},
	{"number for text", "kommun: \"0000\"", "kommun: «1283", "här ska stå text, men det läses som ett tal eller ja och nej. Sätt citattecken om: \"1283\"."},
	{"text for number", "version: 1", "version: «ett", "här ska stå ett heltal, inte \"ett\". Ändra det."},
	{"ja for true", "överlämnas: true", "överlämnas: «ja", "här ska stå true eller false, inte \"ja\". Ändra det."},
	{"text for list", "behöver: [budget]", "behöver: «budget", "här ska stå en lista, inte \"budget\". Ändra det."},
	{"list for group", "roller: {registrerar: sekreterare, eskalerar: chef}", "roller: «[sekreterare]", "här ska stå en grupp av uppgifter. Jämför med samma uppgift i Helsingborgs fil."},
	{"version 0", "version: 1", "version: «0", "talet är för litet. Skriv ett tal från 1 och uppåt."},
	{"version large", "version: 1", "version: «1000001", "talet är för stort. Skriv högst 1000000."},
	{"empty list", "behöver: [budget]", "behöver: «[]", "listan är tom. Lägg till minst en rad, eller ta bort uppgiften."},
	{"long list", "behöver: [budget]", "behöver: «[" + strings.Repeat("budget, ", 41) + "]", "listan har 41 rader, och gränsen är 40. Ta bort rader."},
	{"long text", "titel: Dialog", "titel: «" + strings.Repeat("å", 201), "texten är 201 tecken, och gränsen är 200. Korta den."},
	{"blank text", "titel: Dialog", "titel: «\" \"", "\" \" går inte att använda här. Skriv en text på en rad, utan mellanslag först och sist."},
	{"step id", "id: plan", "id: «plån", "\"plån\" går inte att använda här. Skriv ett kort namn med små bokstäver a–z, siffror och bindestreck, till exempel ks-forslag."},
	{"unit id", "organ: KF", "organ: «kf", "\"kf\" går inte att använda här. Skriv enhetens korta namn med stora bokstäver A–Z och siffror, till exempel KS."},
	{"kommun", "kommun: \"0000\"", "kommun: «\"128\"", "\"128\" går inte att använda här. Skriv kommunkodens fyra siffror inom citattecken, till exempel \"1283\"."},
	{"basis", "grund: P", "grund: «X", "\"X\" går inte att använda här. Skriv U (står i källan), A (följer av den), L (lag) eller P (praxis), eller flera med plus mellan: U + L."},

	// Not a wheel that can be played.
	{"role twice", "steg:\n", "  - {id: «chef, titel: Chefen, finns i: stad}\nsteg:\n", "rollen \"chef\" finns redan på rad 7. Ge den ett eget namn."},
	{"step twice", "id: plan\n", "id: «dialog\n", "steget \"dialog\" finns redan på rad 34. Ge den ett eget namn."},
	{"document twice", "      - {id: budget, titel: Budget, krävs: true}", "      - {id: budget, titel: Budget, krävs: true}\n      - {id: «budget, titel: Bilaga}", "handlingen \"budget\" finns redan på rad 58. Ge den ett eget namn."},
	{"field twice", "      - {id: skattesats, titel: Skattesats, krävs: true}", "      - {id: skattesats, titel: Skattesats, krävs: true}\n      - {id: «skattesats, titel: Bilaga}", "uppgiften \"skattesats\" finns redan på rad 60. Ge den ett eget namn."},
	{"unknown role", "roller: {registrerar: sekreterare", "roller: {registrerar: «sekretare", "rollen \"sekretare\" finns inte i listan över roller. Menade du sekreterare?"},
	{"nobody owns a part", "{registrerar: sekreterare, eskalerar: chef}", "{«eskalerar: chef}", "dialog saknar rollen \"registrerar\": den delen av steget skulle inte ligga i någons inkorg. Lägg till den."},
	{"nobody establishes", "{förbereder: handlaggare, gör klart: handlaggare, fastställer: chef,", "{«förbereder: handlaggare, gör klart: handlaggare,", "plan saknar rollen \"fastställer\": den delen av steget skulle inte ligga i någons inkorg. Lägg till den."},
	{"a part that is not there", "{registrerar: sekreterare,", "{publicerar: «chef, registrerar: sekreterare,", "ett steg av slaget dialog har ingen som publicerar när KS agerar. Ta bort raden."},
	{"documents of a dialog", "    när: 7 dagar", "    «handlingar: [{id: a, titel: A}]\n    när: 7 dagar", "i ett steg av slaget dialog lämnas inget in. Ta bort handlingar."},
	{"hands nothing over", "    när: senast 30 september", "    överlämnas till: «[KF]\n    när: senast 30 september", "steget lämnas inte över. Lägg till \"överlämnas: true\" om beslutet ska det, eller ta bort raden."},
	{"hands over a plan", "    när: senast 30 september", "    överlämnas: «true\n    när: senast 30 september", "bara det som KF, KS eller en nämnd beslutar kan överlämnas efteråt. Ta bort raden."},
	{"rule unreadable", "när: senast 30 september", "när: «i höst", unreadable("i höst")},
	{"no such day", "när: senast 30 september", "när: «senast 31 september", unreadable("senast 31 september")},
	{"opens unreadable", "öppnar: från 1 mars", "öppnar: «mars", unreadable("mars")},
	{"opens at a meeting", "öppnar: från 1 mars", "öppnar: «nämndmöte mars", "öppnar skrivs som en fast dag: från 1 september, eller första arbetsdagen i september."},
	{"opens senast", "öppnar: från 1 mars", "öppnar: «senast 1 mars", "här ska dagen skrivas med \"från\", inte \"senast\". Ändra ordet."},
	{"due från", "när: senast 30", "när: «från 30", "här ska dagen skrivas med \"senast\", inte \"från\". Ändra ordet."},
	{"meeting of a förvaltning", "när: senast 30 september", "när: «nämndmöte mars", "en förvaltning har inga sammanträden. Skriv en fast dag: senast 30 september."},
	{"before an unknown step", "7 dagar före budget", "«7 dagar före bugdet", "steget \"bugdet\" finns inte. Menade du budget?"},
	{"after an unknown step", "7 dagar före budget", "«7 arbetsdagar efter bugdet", "steget \"bugdet\" finns inte. Menade du budget?"},
	{"before itself", "7 dagar före budget", "«7 dagar före dialog", "stegets senast-dag kan inte räknas från den själv. Ange ett annat steg, eller en fast dag."},
	{"unknown law", "lag: KL 11:10", "lag: «KL 11:1", "lagrummet \"KL 11:1\" har ingen gräns som programmet känner. Menade du KL 11:8?"},
	{"needs an unknown step", "behöver: [budget]", "behöver: [budget, «nagot]", "steget \"nagot\" finns inte. " + allIDs},
	{"needs twice", "behöver: [budget]", "behöver: [budget, «budget]", "steget budget står två gånger i listan. Ta bort det ena."},
	{"needs itself", "behöver: [budget]", "behöver: «[plan]", "stegen väntar på varandra i ring: plan → plan. Ta bort ett av dem ur någon av listorna."},
	{"needs in a circle", "    när: ks-möte februari", "    när: ks-möte februari\n    behöver: «[budget]", "stegen väntar på varandra i ring: anvisningar → budget → dialog → forslag → anvisningar. Ta bort ett av dem ur någon av listorna."},
	{"waits for what a plan never is", "behöver: [budget]", "behöver: [{steg: dialog, vid: «beslutad}]", "dialog är inget beslut av KF, KS eller en nämnd och blir inte beslutad. Skriv bara stegets namn, så räcker det att det är klart."},
	{"returns to an unknown step", "återremitteras till: forslag", "återremitteras till: «forslaget", "steget \"forslaget\" finns inte. Menade du forslag?"},
	{"returns to a later step", "återremitteras till: forslag", "återremitteras till: «plan", "plan kommer inte före budget. Ange ett steg som det här väntar på, direkt eller genom andra."},
	{"returns to itself", "återremitteras till: forslag", "återremitteras till: «budget", "utan den här raden görs det egna steget om. Ta bort raden."},
	{"returns a plan", "    när: senast 30 september", "    återremitteras till: «budget\n    när: senast 30 september", "bara det som KF, KS eller en nämnd beslutar kan återremitteras. Ta bort raden."},

	// What a step may be besides once, for everybody and always.
	{"no times", "när: senast 30 september", "när: «[]", "listan är tom. Lägg till minst en rad, eller ta bort uppgiften."},
	{"too many times", "när: senast 30 september", "när: «[" + strings.Repeat("senast 30 september, ", 25) + "]", "listan har 25 rader, och gränsen är 24. Ta bort rader."},
	{"the second time unreadable", "när: senast 30 september", "när: [senast 30 september, «i höst]", unreadable("i höst")},
	{"a time from", "när: senast 30 september", "när: [senast 30 september, «från 1 oktober]", "här ska dagen skrivas med \"senast\", inte \"från\". Ändra ordet."},
	{"times as a group", "när: senast 30 september", "när: {«dag: 30}", "här ska stå text eller en lista. Jämför med samma uppgift i Helsingborgs fil."},
	{"opens more often than it is done", "öppnar: från 1 mars\n", "öppnar: «[från 1 mars, från 1 april]\n", "steget görs 1 gånger men öppnar 2. Skriv lika många dagar, eller en enda för alla gångerna."},
	{"opens at a meeting the second time", "öppnar: från 1 mars\n    när: nämndmöte mars", "öppnar: [från 1 mars, «nämndmöte juni]\n    när: [nämndmöte mars, nämndmöte augusti]", "öppnar skrivs som en fast dag: från 1 september, eller första arbetsdagen i september."},
	{"the second time after an unknown step", "när: senast 30 september", "när: [senast 30 september, «5 dagar efter bugdet]", "steget \"bugdet\" finns inte. Menade du budget?"},
	{"a time that does not come", "behöver: [budget]", "behöver: [{steg: budget, gång: «2}]", "plan görs 1 gånger, så gång 2 finns inte. Rätta talet, eller lägg till en dag under \"när\"."},
	{"time 0", "behöver: [budget]", "behöver: [{steg: budget, gång: «0}]", "talet är för litet. Skriv ett tal från 1 och uppåt."},
	{"needed always and once", "behöver: [budget]", "behöver: [budget, {steg: «budget, gång: 1}]", "steget budget står två gånger i listan. Ta bort det ena."},
	{"a group of the whole city", "    organ: KF\n", "    organ: KF\n    grupp: «helagda\n", "steget är ett enda för hela staden och kan inte gälla en grupp. Ta bort raden, eller ändra \"för\"."},
	{"a group's name", "för: förvaltning\n", "för: förvaltning\n    grupp: «Hel ägda\n", "\"Hel ägda\" går inte att använda här. Skriv ett kort namn med små bokstäver a–z, siffror och bindestreck, till exempel ks-forslag."},
	{"enheter of a nämnd", "för: nämnd\n", "för: nämnd\n    enheter: «true\n", "enheter finns i förvaltningar. Ändra \"för\" till förvaltning, eller ta bort raden."},
	{"enheter counted twice", "för: förvaltning\n", "för: förvaltning\n    enheter: «true\n    uppgifter: [{id: klara, titel: Klara}]\n", "uppgiften \"klara\" finns redan på rad 69. Ge den ett eget namn."},
	{"optional as a word", "grund: P", "grund: P\n    valbar: «ja", "här ska stå true eller false, inte \"ja\". Ändra det."},
	{"an appeal of a dialog", "grund: P", "grund: P\n    överklagas: «ja", "bara det som KF, KS eller en nämnd beslutar kan överklagas (KL 13:2). Ta bort raden."},
	{"an appeal that may be", "grund: U + L", "grund: U + L\n    överklagas: «kanske", "\"kanske\" går inte att använda här. Det som finns är: ja, nej, oklart."},
	{"headings as a text", "{id: budget, titel: Budget, krävs: true}", "{id: budget, titel: Budget, krävs: true, rubriker: «Drift}", "här ska stå en lista, inte \"Drift\". Ändra det."},
	{"headings of a figure", "{id: skattesats, titel: Skattesats, krävs: true}", "{id: skattesats, titel: Skattesats, krävs: true, «rubriker: [a]}", "uppgiften \"rubriker\" finns inte här. Det som finns är: gäller, id, krävs, per, slag, titel."},
	{"a meaning of a text", "{id: skattesats, titel: Skattesats, krävs: true}", "{id: skattesats, titel: Skattesats, gäller: «ram}", "bara ett belopp gäller något. Lägg till \"slag: belopp\", eller ta bort raden."},
	{"a text for each nämnd", "{id: skattesats, titel: Skattesats, krävs: true}", "{id: skattesats, titel: Skattesats, per: «nämnd}", "bara belopp, inriktning och mål anges för varje nämnd. Lägg till vilket slag det är, eller ta bort raden."},
	{"an amount for each bolag", "{id: skattesats, titel: Skattesats, krävs: true}", "{id: ram, titel: Ram, slag: belopp, per: «bolag}", "\"bolag\" går inte att använda här. Det som finns är: nämnd."},
	{"mål that are demanded", "{id: skattesats, titel: Skattesats, krävs: true}", "{id: mal, titel: Mål, slag: mål, krävs: «true}", "mål är valfria: en nämnd har en inriktning, och mål när det behövs. Ta bort krävs."},
	{"a total for each nämnd", "{id: skattesats, titel: Skattesats, krävs: true}", "{id: total, titel: Total, slag: belopp, gäller: total, per: «nämnd}", "totalen är ett enda belopp: det som ramarna är tillsammans. Ta bort raden."},
	{"a kind of figure that there is not", "{id: skattesats, titel: Skattesats, krävs: true}", "{id: ram, titel: Ram, slag: «pengar}", "\"pengar\" går inte att använda här. Det som finns är: belopp, inriktning, mål."},
	{"participants as numbers", "grund: P", "grund: P\n    deltagare: [facket, «7]", "här ska stå text, men det läses som ett tal eller ja och nej. Sätt citattecken om: \"7\"."},
	{"no such reminder", "steg:\n", "påminner: [10 dagar före, «då och då]\nsteg:\n", unreadableRung("då och då")},
	{"reminders out of order", "steg:\n", "påminner: [3 dagar efter, «2 dagar före]\nsteg:\n", "\"2 dagar före\" kommer före \"3 dagar efter\" men står efter. Skriv påminnelserna i den ordning som de går ut."},
	{"no such reminder of a step", "grund: P", "grund: P\n    påminner: [«eskalera 2 dagar före]", unreadableRung("eskalera 2 dagar före")},
	{"rests on nothing known", "grund: P", "grund: P\n    utgår från: [«vision]", "den stående handlingen \"vision\" finns inte. Ta bort raden."},
	{"a standing document twice", "steg:\n", "stående handlingar:\n  - {id: vision, titel: Vision, slag: beslut, beslutas av: KF, källa: a, grund: U}\n  - {id: «vision, titel: Vision, slag: beslut, beslutas av: KF, källa: a, grund: U}\nsteg:\n", "den stående handlingen \"vision\" finns redan på rad 12. Ge den ett eget namn."},
	{"a standing document that ends before it begins", "steg:\n", "stående handlingar:\n  - {id: vision, titel: Vision, slag: beslut, beslutas av: KF, från: 2027-01-01, till: «2026-01-01, källa: a, grund: U}\nsteg:\n", "perioden slutar den 2026-01-01, innan den börjar den 2027-01-01. Rätta datumet."},
	{"a standing document of no such day", "steg:\n", "stående handlingar:\n  - {id: vision, titel: Vision, slag: beslut, beslutas av: KF, från: «2027-02-30, källa: a, grund: U}\nsteg:\n", "\"2027-02-30\" är inget datum. Skriv år, månad och dag så här: 2027-02-10."},
	{"a standing document of nobody", "steg:\n", "stående handlingar:\n  - {«id: vision, titel: Vision, slag: beslut, källa: a, grund: U}\nsteg:\n", "uppgiften \"beslutas av\" saknas här. Lägg till en rad med den."},
}

var farWheelFaults = []farFault{
	{fault{"no body", "    organ: KF\n", "", "steget är för hela staden men säger inte vem som agerar. Lägg till \"organ\", till exempel organ: KS."}, "id: «budget\n"},
	{fault{"before in a circle", "när: kf-möte juni", "när: 3 dagar före dialog", "senast-dagarna går i ring: dialog → budget → dialog. Ge ett av stegen en fast dag eller ett sammanträde."}, "«7 dagar före budget"},
	{fault{"counts from a step that may not be there", "    grund: U + L\n", "    grund: U + L\n    valbar: true\n", "budget är valbart, och väljs det bort har det här steget ingen senast-dag. Räkna från ett steg som alltid finns."}, "när: «7 dagar före budget"},
	{fault{"waits for a hand-over that is not", "    överlämnas: true\n", "", "forslag lämnas inte över. Skriv \"överlämnas: true\" i det steget, eller välj ett annat ord."}, "vid: «överlämnad"},
}

func TestFaultsInAWheel(t *testing.T) {
	sound := readFile(t, "testdata/wheel.yaml")
	for _, c := range wheelFaults {
		t.Run(c.name, func(t *testing.T) { c.check(t, sound, readWheel) })
	}
	for _, c := range farWheelFaults {
		t.Run(c.name, func(t *testing.T) { c.check(t, sound, readWheel) })
	}
}

func TestReadASoundWheel(t *testing.T) {
	text := readFile(t, "testdata/wheel.yaml")
	f, err := wheelfile.Read("prov.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := domain.StepDef{ID: "budget", Title: "Budget", Stage: domain.StagePlanning, Act: domain.ActDecision, Scope: domain.ScopeCity,
		Body: "KF", Plan: domain.Rule{Kind: domain.RuleMeeting, Text: "kf-möte juni", Year: -1, Month: 6, Unit: "KF"},
		Slots: domain.Slots{Prepare: "handlaggare", Ready: "chef", Register: "sekreterare", Escalate: "chef"},
		Legal: "KL 11:10", Needs: []domain.Need{{Step: "dialog"}}, ReturnsTo: "forslag",
		Documents: []domain.DocumentDef{{ID: "budget", Title: "Budget", Required: true}},
		Fields:    []domain.FieldDef{{ID: "skattesats", Title: "Skattesats", Required: true}}, Source: "prov", Basis: "U + L"}
	if got, want := string(domain.Canonical(&f.Wheel.Steps[3])), string(domain.Canonical(&want)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := f.Wheel.Steps[2].Needs[0]; got != (domain.Need{Step: "forslag", At: domain.StatusHandedOver}) {
		t.Errorf("the need with \"vid\" became %+v", got)
	}
	if f.Wheel.Bridges {
		t.Error("the file says nothing of klämdagar, and the wheel counts them as closed")
	}
	if got := f.Wheel.Roles[0]; got != (domain.RoleDef{ID: "handlaggare", Title: "Handläggare", Seat: domain.SeatAdministration}) {
		t.Errorf("the first role became %+v", got)
	}
	if string(f.Text) != text || f.Hash != domain.DigestOf([]byte(text)) {
		t.Error("the text or its hash is not the file's")
	}
	bridges, err := wheelfile.Read("prov.yaml", []byte("lediga klämdagar: true\n"+text))
	if err != nil || !bridges.Wheel.Bridges {
		t.Errorf("klämdagar are not closed: %v", err)
	}
	edited, err := wheelfile.Read("prov.yaml", []byte("# en kommentar\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	if edited.Wheel.Hash() != f.Wheel.Hash() || edited.Hash == f.Hash {
		t.Error("a comment must change the text's hash and not that of the rules")
	}
}

func TestABomAndWindowsLinesAreRead(t *testing.T) {
	text := "\ufeff" + strings.ReplaceAll(readFile(t, "testdata/wheel.yaml"), "\n", "\r\n")
	if err := readWheel("prov.yaml", []byte(text)); err != nil {
		t.Error(err)
	}
}
