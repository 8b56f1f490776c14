package workflows_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/domain/domaintest"
	"arshjul/domain/wheels"
	"arshjul/internal/wheelfile"
	"arshjul/workflows"
)

// town is a small made-up municipality, whose people are functions, and its cycle of one budget year.
type town struct {
	kommun string
	year   int
	boards []domain.UnitID
}

var smallTown = town{"9999", 2028, []domain.UnitID{"SN", "AN"}}

func (p town) stream() string { return domain.CycleStream(p.kommun, p.year) }

func (p town) registry() domain.Registry {
	r := domain.Registry{Kommun: p.kommun, City: "SLF", Units: []domain.Unit{
		{ID: "KF", Kind: domain.KindCouncil, Name: "Kommunfullmäktige", ServedBy: "SLF"},
		{ID: "SLF", Kind: domain.KindAdministration, Name: "Stadsledningsförvaltningen"},
		{ID: "SOF", Kind: domain.KindAdministration, Name: "Socialförvaltningen"},
	}}
	for _, id := range p.boards {
		r.Units = append(r.Units, domain.Unit{ID: id, Kind: domain.KindBoard, Name: "Nämnden " + string(id), ServedBy: "SOF"})
	}
	bind := func(role domain.RoleID, unit domain.UnitID) {
		r.Issued++
		r.Bindings = append(r.Bindings, domain.Binding{Number: r.Issued, Role: role, Unit: unit, From: "2020-01-01",
			Person: domain.PersonID(strings.ToLower(fmt.Sprintf("p-%s-%s", unit, role)))})
	}
	for _, role := range []domain.RoleID{domain.RoleLauncher, domain.RoleRegistrar, "processledare", "chef"} {
		bind(role, "SLF")
	}
	for _, role := range []domain.RoleID{"processledare", "chef"} {
		bind(role, "SOF")
	}
	bind("sekreterare", "KF")
	for month := time.January; month <= time.December; month++ {
		d := domain.NewDate(p.year-1, month, 20)
		r.Meetings = append(r.Meetings, domain.Meeting{ID: domain.MeetingID("KF-" + string(d)), Unit: "KF", Date: d, Status: domain.MeetingConfirmed})
	}
	return r
}

// wheel is a short wheel: three stages, a fan-in, a body's decision, an official's, a step that waits for its day.
func (p town) wheel(t testing.TB) domain.Wheel {
	t.Helper()
	rule := func(text string, stage domain.Stage) domain.Rule {
		r, err := domain.ParseRule(text, stage)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	slots := domain.Slots{Prepare: "processledare", Ready: "chef", Decide: "chef", Register: "sekreterare", Escalate: "chef"}
	const plan, follow, end = domain.StagePlanning, domain.StageFollowUp, domain.StageClosing
	return domain.Wheel{Name: "Liten", Version: 1, Kommun: p.kommun, City: "SLF", Roles: []domain.RoleDef{
		{ID: "processledare", Title: "Processledare", Seat: domain.SeatAdministration},
		{ID: "chef", Title: "Förvaltningschef", Seat: domain.SeatAdministration},
		{ID: "sekreterare", Title: "Nämndsekreterare", Seat: domain.SeatBody},
	}, Steps: []domain.StepDef{
		{ID: "anvisning", Title: "Anvisningar", Stage: plan, Act: domain.ActWorkProduct, Scope: domain.ScopeCity, Body: "SLF", Slots: slots, Plan: rule("senast 31 januari", plan)},
		{ID: "forslag", Title: "Nämndens förslag", Stage: plan, Act: domain.ActWorkProduct, Scope: domain.ScopeBoard, Slots: slots, Plan: rule("senast 31 mars", plan), Needs: []domain.Need{{Step: "anvisning"}}},
		{ID: "beslut", Title: "KF beslutar", Stage: plan, Act: domain.ActDecision, Scope: domain.ScopeCity, Body: "KF", Slots: slots, Plan: rule("kf-möte juni", plan), Legal: "KL 11:10", Needs: []domain.Need{{Step: "forslag"}}},
		{ID: "plan", Title: "Verksamhetsplan", Stage: plan, Act: domain.ActEstablishment, Scope: domain.ScopeAdministration, Slots: slots, Plan: rule("senast 30 september", plan), Needs: []domain.Need{{Step: "beslut"}}},
		{ID: "rapport", Title: "Delårsrapport", Stage: follow, Act: domain.ActWorkProduct, Scope: domain.ScopeAdministration, Slots: slots, Opens: rule("från 1 september", follow), Plan: rule("senast 30 september", follow)},
		{ID: "redovisning", Title: "Årsredovisning", Stage: end, Act: domain.ActReview, Scope: domain.ScopeCity, Body: "SLF", Slots: slots, Opens: rule("från 1 februari", end), Plan: rule("senast 15 april", end)},
	}}
}

// launch begins a cycle of the small wheel; id is the command's.
func (p town) launch(t testing.TB, id string) domain.Command {
	t.Helper()
	return domain.Command{ID: id, Kind: domain.CmdLaunch, Actor: "p-slf-cykelansvarig",
		Launch: domaintest.Ordered(domain.Launch{Kommun: p.kommun, Year: p.year, Wheel: p.wheel(t), Registry: p.registry()})}
}

func comment(id string) domain.Command {
	return domain.Command{ID: id, Kind: domain.CmdComment, Actor: "p-slf-chef", Text: ref("en kommentar")}
}

func ref(s string) domain.TextRef { return domain.TextRef(domain.DigestOf([]byte(s))) }

// perform does a task in the plainest way, as the first person who may.
func perform(s *domain.State, task domain.Task, id string, today domain.Date) domain.Command {
	st := s.Cycle.Step(task.Step)
	c := domain.Command{ID: id, Kind: task.Command, Step: task.Step}
	for _, h := range s.Registry.Holders(task.Role, task.Unit, today) {
		if h.Person != task.Barred {
			c.Actor = h.Person
			break
		}
	}
	def := s.Cycle.Wheel.Def(st.Def)
	switch task.Command {
	case domain.CmdSubmit:
		c.Reference = "KS 2027/" + id
		for _, d := range def.Documents {
			if d.Required {
				c.Documents = append(c.Documents, domain.Document{Def: d.ID, SHA256: domain.DigestOf([]byte(id)), Size: int64(len(id))})
			}
		}
		for _, f := range def.Fields {
			if f.Required {
				c.Fields = append(c.Fields, domain.FieldValue{ID: f.ID, Value: ref(f.ID)})
			}
		}
	case domain.CmdReady, domain.CmdFinalise, domain.CmdEstablish:
		c.Version = st.Submission.Hash
	case domain.CmdDecide:
		c.Version, c.Outcome = st.Submission.Hash, domain.OutcomeApproved
		c.Meeting, c.Paragraph = st.Held, fmt.Sprint(len(s.Cycle.Paragraphs)+1)
	case domain.CmdReport:
		c.Meeting, c.Paragraph = st.Held, fmt.Sprint(len(s.Cycle.Paragraphs)+1)
	case domain.CmdHandOver:
		c.To = []domain.UnitID{"KS"}
	case domain.CmdHold, domain.CmdReview:
		c.Text = ref("anteckningar")
	case domain.CmdPublish:
		c.Reference = "https://example.invalid/forslag"
	}
	return c
}

// nextTask is the first thing that people can do, other than going on without somebody who is late.
func nextTask(s *domain.State, today domain.Date) (domain.Task, bool) {
	for _, task := range domain.Todo(s, today) {
		if task.Command != domain.CmdProceed {
			return task, true
		}
	}
	return domain.Task{}, false
}

// begin is the input of a cycle's first run.
func (p town) begin(t testing.TB) workflows.Input {
	return workflows.Begin(p.stream(), p.launch(t, "start"))
}

// beginHelsingborg is the same for Helsingborg's wheel and organisation, as they stand in their files.
func beginHelsingborg(t testing.TB, year int) workflows.Input {
	t.Helper()
	w, err := wheelfile.Read("helsingborg-1.yaml", wheels.First)
	if err != nil {
		t.Fatal(err)
	}
	o, err := wheelfile.ReadOrganisation("helsingborg-1-organisation.yaml", wheels.FirstOrganisation)
	if err != nil {
		t.Fatal(err)
	}
	// A cycle asks its registry to confirm meetings; here there is none to ask.
	for i := range o.Registry.Meetings {
		o.Registry.Meetings[i].Status = domain.MeetingConfirmed
	}
	// Founding numbers the bindings.
	founded := domain.NewState(domain.RegistryStream(o.Registry.Kommun))
	events, err := domain.Decide(founded, domain.Command{ID: "found", Kind: domain.CmdFound, Actor: "setup", Found: &o.Registry}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := domain.Apply(founded, e); err != nil {
			t.Fatal(err)
		}
	}
	c := domain.Command{ID: "start", Kind: domain.CmdLaunch, Launch: domaintest.Ordered(domain.Launch{Kommun: o.Registry.Kommun, Year: year, Wheel: w.Wheel, Registry: *founded.Registry})}
	for _, h := range founded.Registry.Holders(domain.RoleLauncher, founded.Registry.City, "2026-12-01") {
		c.Actor = h.Person
	}
	return workflows.Begin(domain.CycleStream(o.Registry.Kommun, year), c)
}
