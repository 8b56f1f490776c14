package wheelfile_test

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/wheelfile"
)

func whole(t testing.TB) (*wheelfile.File, *wheelfile.Organisation) {
	t.Helper()
	w, err := wheelfile.Read("helsingborg.yaml", wheels.Helsingborg)
	if err != nil {
		t.Fatal(err)
	}
	o, err := wheelfile.ReadOrganisation("helsingborg-organisation.yaml", wheels.HelsingborgOrganisation)
	if err != nil {
		t.Fatal(err)
	}
	return w, o
}

func TestTheWholeWheelFitsItsOrganisation(t *testing.T) {
	w, o := whole(t)
	if err := wheelfile.Agree(w, o); err != nil {
		t.Fatal(err)
	}
}

// rows is what the reference's tables 3.2, 3.3 and 3.4 say of each step: act, for whom and how many, on what basis. The
// steps of a förvaltning for all its enheter are marked E. The last four share their row with another: a row of nämnder
// and bolag is two steps, and bolagsdagen is a meeting and a decision.
const rows = `
trend-omvarldsanalys underlag stad 1 U
befolkningsprognos underlag stad 1 A
nulagesanalys underlag forvaltning 9 U+A
nulageskarta information namnd 12 U
resursberakning underlag stad 1 U
planeringsanvisningar beslut stad 1 U
agardialog-feb dialog bolag 4 U
tjansteforslag-investeringsplan underlag stad 1 U+A
namndens-forslag beslut namnd 12 U
bolagets-forslag beslut bolag 7 U+A
klarmarkering-plan inlamning namnd 12 U
dialog-april dialog stad 1 U
agardialog-april dialog bolag 4 U
dialog-maj dialog stad 1 U
mbl-mal-ekonomi mote stad 1 P
revisorernas-budget beslut stad 1 L
ks-skattesats beslut stad 0 L
kf-skattesats beslut stad 0 L
ks-forslag beslut stad 1 U+L
publicera-forslag publicering stad 1 L
kf-mal-och-ekonomi beslut stad 1 U
kf-agardirektiv faststallande bolag 7 U
agardirektiv-stamma beslut bolag 7 P
publicera-sa-styrs publicering stad 1 U
forvaltningens-verksamhetsplan faststallande forvaltning 9 U
vp-info-namnd information namnd 12 U
enhet-verksamhetsplan faststallande E 9 U+A
skola-verksamhetsplan faststallande E 1 U
internbudget beslut namnd 12 U
verksamhetsbudget faststallande E 9 U+A
affarsplan faststallande bolag 7 U

nulageskoll underlag E 9 U
verksamhetsdialog dialog E 27 U
helarsprognos-1 inlamning E 9 U
delar-april-namnd anmalan namnd 12 U
delar-april-kf anmalan stad 1 U
helarsprognos-2 inlamning E 9 U
sam-uppfoljning inlamning namnd 12 U
delar-aug-namnd beslut namnd 12 U
delar-aug-ks beslut stad 1 L
delar-aug-granskning granskning stad 1 U+L
delar-aug-kf faststallande stad 1 U
resultatdialog dialog stad 1 U
agardirektiv-uppfoljning inlamning bolag 21 U
namnddagen mote stad 1 U
klarmarkering-uppfoljning inlamning namnd 36 U
maluppfyllelse underlag namnd 12 U
styrdokument-uppfoljning inlamning stad 1 U

bokslut-namnd beslut namnd 12 U
bokslut-bolag beslut bolag 8 U
arsredovisning-ks beslut stad 1 U+L
bolag-andamalsprovning beslut bolag 7 L
arsredovisning-granskning granskning stad 1 U+L
publicera-arsredovisning publicering stad 1 L
kf-arsredovisning faststallande stad 1 U
resultatoverforing beslut namnd 12 U
intern-overforing beslut namnd 12 U
forklaring beslut namnd 12 L
ansvarsfrihet beslut namnd 12 L
bolagsdagen mote bolag 7 U
balanskrav-atgardsplan beslut stad 1 L

delar-april-bolag anmalan bolag 8 U
delar-aug-bolag beslut bolag 8 U
maluppfyllelse-bolag underlag bolag 7 U
arsstamma beslut bolag 7 U
`

func TestEveryRowOfTheTablesIsThere(t *testing.T) {
	w, o := whole(t)
	g := newGame(t, w, o, 2028, "2026-12-01", optional(w, 2028))
	made := map[string]int{}
	for _, st := range g.s.Cycle.Steps {
		made[st.Def]++
	}
	ids := []string{}
	for _, row := range strings.Split(strings.TrimSpace(rows), "\n") {
		f := strings.Fields(row)
		if len(f) == 0 {
			continue
		}
		ids = append(ids, f[0])
		def := w.Wheel.Def(f[0])
		if def == nil {
			t.Errorf("%s is missing", f[0])
			continue
		}
		scope := string(def.Scope)
		if def.Each {
			scope = "E"
		}
		got := []string{def.ID, string(def.Act), scope, strconv.Itoa(made[def.ID]), strings.ReplaceAll(def.Basis, " ", "")}
		if !slices.Equal(got, f) {
			t.Errorf("got  %v\nwant %v", got, f)
		}
		rate := def.ID == "ks-skattesats" || def.ID == "kf-skattesats" // chosen in an election year, by law
		if def.Optional != (def.Basis == "P" || rate) {
			t.Errorf("%s: optional %v on basis %s", def.ID, def.Optional, def.Basis)
		}
		if def.Optional && !def.Unverified && !rate {
			t.Errorf("%s is practice that nobody has confirmed, and does not say so", def.ID)
		}
	}
	for _, def := range w.Wheel.Steps {
		if !slices.Contains(ids, def.ID) {
			t.Errorf("%s is in no table", def.ID)
		}
	}
	for _, id := range []string{"vision", "program-mandatperiod", "stadens-inriktningar", "styrdokument", "reglemente-uppdrag", "utbildning-ledamoter", "val-organisation"} {
		if !slices.ContainsFunc(w.Standing, func(s wheelfile.Standing) bool { return s.ID == id }) {
			t.Errorf("the standing document %s is missing", id)
		}
	}
	for id, unverified := range map[string]bool{"tjansteforslag-investeringsplan": true, "delar-april-kf": true, "skola-verksamhetsplan": true, "agardirektiv-stamma": true,
		"kf-mal-och-ekonomi": false} {
		if w.Wheel.Def(id).Unverified != unverified {
			t.Errorf("%s: unverified should be %v", id, unverified)
		}
	}
}

// The law's limits stand on the steps that the law dates, and on no other.
func TestTheLawsLimits(t *testing.T) {
	w, _ := whole(t)
	want := map[string]domain.LawID{"revisorernas-budget": "KL 11:8 revision", "ks-forslag": "KL 11:8", "kf-mal-och-ekonomi": "KL 11:10",
		"ks-skattesats": "KL 11:8 skattesats", "kf-skattesats": "KL 11:11 skattesats",
		"publicera-forslag": "KL 8:14", "publicera-arsredovisning": "KL 8:15",
		"delar-aug-ks": "KL 11:16", "arsredovisning-ks": "KL 11:20", "ansvarsfrihet": "KL 5:24", "bolag-andamalsprovning": "KL 6:9", "arsstamma": "ABL 7:10"}
	for _, def := range w.Wheel.Steps {
		if def.Legal != want[def.ID] {
			t.Errorf("%s has the limit %q, want %q", def.ID, def.Legal, want[def.ID])
		}
	}
}

// What goes to whom: the two reports to kommunfullmäktige and revisorerna (KL 11:16, 11:20), what nämnder and bolag hand in
// to kommunstyrelsen.
func TestWhoReceivesWhat(t *testing.T) {
	w, _ := whole(t)
	want := map[string][]domain.UnitID{"delar-aug-ks": {"KF", "REV"}, "arsredovisning-ks": {"KF", "REV"},
		"namndens-forslag": {"KS"}, "bokslut-namnd": {"KS"}, "sam-uppfoljning": {"KS"}, "agardirektiv-uppfoljning": {"KS"}}
	for _, def := range w.Wheel.Steps {
		if !slices.Equal(def.To, want[def.ID]) {
			t.Errorf("%s is handed over to %v, want %v", def.ID, def.To, want[def.ID])
		}
		if def.HandsOver && len(def.To) == 0 {
			t.Errorf("%s is handed over to nobody in particular", def.ID)
		}
	}
}

// Whether a decision can be appealed is said of every decision of KF, KS and the nämnder: yes of KF's (KL 13:2), no of
// what is put forward for another to decide, and unclear where we do not know.
func TestEveryDecisionSaysWhetherItCanBeAppealed(t *testing.T) {
	w, o := whole(t)
	no := []string{"namndens-forslag", "ks-forslag", "ks-skattesats", "delar-aug-ks", "arsredovisning-ks", "forklaring"}
	for _, def := range w.Wheel.Steps {
		body := o.Registry.Unit(def.Body)
		decides := def.Act == domain.ActDecision || def.Act == domain.ActEstablishment
		public := decides && (body == nil && def.Scope == domain.ScopeBoard || body != nil && (body.Kind == domain.KindCouncil || body.Kind == domain.KindExecutive))
		want := ""
		switch {
		case !public:
		case def.Body == "KF":
			want = "ja"
		case slices.Contains(no, def.ID):
			want = "nej"
		default:
			want = "oklart"
		}
		if def.Appeal != want {
			t.Errorf("%s: överklagas %q, want %q", def.ID, def.Appeal, want)
		}
	}
}

// The headings of the source's documents, word for word.
func TestHeadings(t *testing.T) {
	w, _ := whole(t)
	fields := func(id string) (titles []string) {
		for _, f := range w.Wheel.Def(id).Fields {
			titles = append(titles, f.Title)
		}
		return titles
	}
	headings := func(id string) []string { return w.Wheel.Def(id).Documents[0].Headings }
	for _, c := range []struct{ got, want []string }{
		{fields("nulageskarta"), []string{"Vår samlade analys av nämndens nuläge", "Behoven hos de vi finns till för", "Verksamhetens resultat",
			"Verksamhetens största utmaningar", "Nyckeltal", "Trender och deras konsekvenser för verksamheten"}},
		{fields("forvaltningens-verksamhetsplan"), []string{"Förvaltningschefen inleder", "Nämndens uppdrag", "Sammanfattning av nuläget",
			"Nämndens inriktning och mål", "Målbild", "Prioriterade områden"}},
		{headings("enhet-verksamhetsplan"), []string{"Vad är vårt uppdrag?", "Vad vill vi uppnå?", "Vad behöver vi göra?", "Vad planerar vi för på längre sikt?"}},
		{fields("enhet-verksamhetsplan"), []string{"Antal enheter som är klara", "Antal enheter i förvaltningen"}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("got  %q\nwant %q", c.got, c.want)
		}
	}
	if n := len(headings("resursberakning")); n != 7 {
		t.Errorf("the allocation has %d columns, want 7", n)
	}
}

// Stay small: a step asks for little, and never for what its plan or report says already.
func TestTheWheelStaysSmall(t *testing.T) {
	w, _ := whole(t)
	for _, def := range w.Wheel.Steps {
		if len(def.Fields) > 6 || len(def.Documents) > 2 {
			t.Errorf("%s asks for %d fields and %d documents", def.ID, len(def.Fields), len(def.Documents))
		}
	}
}

// Every step of both years is reached and done, in time, with the optional steps and without them; a step opens no later
// than it is due.
func TestTheWholeWheelIsPlayedToItsEnd(t *testing.T) {
	w, o := whole(t)
	for _, c := range []struct {
		name  string
		year  int
		with  []string
		steps int
	}{{"2028", 2028, nil, 421}, {"2028 with all", 2028, optional(w, 2028), 429}, {"2029", 2029, nil, 421}} {
		t.Run(c.name, func(t *testing.T) {
			g := playExercise(t, w, o, c.year, domain.NewDate(c.year-2, 12, 1), c.with)
			if n := len(g.s.Cycle.Steps); n != c.steps || n < 325 || n > 450 {
				t.Errorf("%d steps, want %d", n, c.steps)
			}
			for i := range g.s.Cycle.Steps {
				st := &g.s.Cycle.Steps[i]
				if g.s.Cycle.Wheel.Def(st.Def).Matter == domain.MatterExplanation { // nobody was criticised
					if st.Status != domain.StatusVoid {
						t.Errorf("%s is %s", st.ID, st.Status)
					}
					continue
				}
				if opened, done := g.opened[st.ID], g.done[st.ID]; opened == "" || done < opened || st.Plan < done || st.Late {
					t.Errorf("%s opened %q, was due %s and done %q", st.ID, opened, st.Plan, done)
				}
			}
			var web []domain.LawID // what is due on the website when KF's meeting is announced
			for _, l := range domain.Limits(g.s, "publicera-arsredovisning/KS") {
				if l.Met != "" && l.Met <= l.Date {
					web = append(web, l.Law)
				}
			}
			if !slices.Equal(web, []domain.LawID{"KL 8:15", "KL 8:16 a"}) {
				t.Errorf("årsredovisning and revisionsberättelser are published by %v", web)
			}
			if got := len(g.s.Cycle.Ended); got != 3 {
				t.Errorf("%d stages ended", got)
			}
			canonical, packed := sizes(t, g.s)
			t.Logf("at the end: %d bytes canonical, %d gzip", canonical, packed)
			if packed > 256<<10 || canonical > 1<<20 {
				t.Errorf("the state has %d bytes, %d after gzip", canonical, packed)
			}
		})
	}
}

// Launched late, the steps whose time has passed open at once.
func TestStepsThatAreDueAlreadyOpenAtOnce(t *testing.T) {
	w, o := whole(t)
	g := newGame(t, w, o, 2028, "2027-02-01", nil)
	for _, id := range []domain.StepID{"trend-omvarldsanalys/SLF", "befolkningsprognos/SLF", "agardialog-feb/HHEM"} {
		if st := g.s.Cycle.Step(id); st.Status != domain.StatusOpen {
			t.Errorf("%s is %s", id, st.Status)
		}
	}
	if !g.s.Cycle.Step("trend-omvarldsanalys/SLF").Late {
		t.Error("what was due in December is not told as late")
	}
}

func TestTheLaunchedStateIsSmall(t *testing.T) {
	w, o := whole(t)
	g := newGame(t, w, o, 2028, "2026-12-01", optional(w, 2028))
	canonical, packed := sizes(t, g.s)
	t.Logf("at launch: %d bytes canonical, %d gzip", canonical, packed)
	if packed > 64<<10 {
		t.Errorf("%d bytes after gzip", packed)
	}
}

func sizes(t *testing.T, s *domain.State) (canonical, packed int) {
	t.Helper()
	b := domain.Canonical(s)
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return len(b), out.Len()
}
