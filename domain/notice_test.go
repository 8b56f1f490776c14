package domain

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// tells gives whom a command's events concern: "step command person change was→due sat".
func (g *game) tells(c Command) []string {
	g.t.Helper()
	before := Awaited(g.s)
	return g.told1(before, g.must(c))
}

func (g *game) told1(before Waits, events []Event) []string {
	var told []string
	for _, n := range Notices(before, g.s, events) {
		line := fmt.Sprintf("%s %s %s", n.Step, n.Command, n.Person)
		switch n.Change {
		case ChangeMoved:
			line += fmt.Sprintf(" moved %s>%s sat %s", n.Was, n.Due, n.Sat)
		case ChangeReturned:
			line += " returned"
		}
		if n.Rung != "" {
			line += " " + n.Rung
		}
		if n.Urgent {
			line += " urgent"
		}
		told = append(told, line)
	}
	slices.Sort(told)
	return told
}

func wantTold(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: told\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// changes is what the registry would send the cycle next.
func (g *game) changes(events ...Event) Command {
	for i := range events {
		events[i].V, events[i].Stream, events[i].Seq, events[i].Actor = 1, RegistryStream("9999"), g.s.Registry.Number+1+uint64(i), register
	}
	return Command{Kind: CmdChanges, Changes: events}
}

func moveMeeting(id MeetingID, unit UnitID, to Date) Event {
	return Event{Kind: EvMeetingMoved, NewMeeting: &Meeting{ID: id, Unit: unit, Date: to, Status: MeetingConfirmed}}
}

// Whoever a step waits for is told that its day is another, and by which day it was; who moved it knows.
func TestAnExtendedDeadlineIsTold(t *testing.T) {
	g := launched(t)
	atForslag(g)
	extend := Command{Kind: CmdExtend, Actor: stadens, Step: "forslag/SN", Date: "2027-04-09", Text: text("nämnden sammanträder sent")}
	wantTold(t, "extended", g.tells(extend),
		"forslag/SN submit p-dubbel moved 2027-03-31>2027-04-09 sat ", "forslag/SN submit p-sof-processledare moved 2027-03-31>2027-04-09 sat ",
		"forslag/SN submit p-trippel moved 2027-03-31>2027-04-09 sat ")
	// A step that has not opened waits for nobody, so nobody is told.
	wantTold(t, "not open", g.tells(Command{Kind: CmdExtend, Actor: stadens, Step: "dialog/KS", Date: "2027-05-07", Text: text("skäl")}))
	// Publishing is the city's own step here: who extends it has it, and is not told what that person has just done.
	g.playTo("webb/KS", StatusOpen)
	wantTold(t, "by who has it", g.tells(Command{Kind: CmdExtend, Actor: stadens, Step: "webb/KS", Date: g.step("webb/KS").Plan.Add(1), Text: text("skäl")}))
}

// A meeting that moves is told to whom its steps wait for, and to whoever registers the decision there, also when the
// step's own day stays; and steps whose day follows.
func TestAMovedMeetingIsTold(t *testing.T) {
	g := launched(t)
	readySN(g)
	told := g.tells(g.changes(moveMeeting("SN-2027-03-20", "SN", "2027-03-26")))
	wantTold(t, "nämnden", told, "forslag/SN decide p-sn-sekreterare moved >2027-03-31 sat 2027-03-20", "forslag/SN decide p-trippel moved >2027-03-31 sat 2027-03-20")
	// On the day of the meeting it becomes a task, which is new.
	g.now = at("2027-03-26")
	before := Awaited(g.s)
	wantTold(t, "the day", g.told1(before, g.tickNow()), "forslag/SN decide p-sn-sekreterare", "forslag/SN decide p-trippel")

	g = launched(t)
	g.playTo("ks/KS", StatusOpen)
	told = g.tells(g.changes(moveMeeting("KS-2027-05-20", "KS", "2027-05-27"), moveMeeting("KF-2027-06-20", "KF", "2027-06-21")))
	wantTold(t, "KS", told, "ks/KS submit p-slf-processledare moved 2027-05-20>2027-05-27 sat 2027-05-20")
	// Confirming a meeting changes nobody's day, and is told to nobody.
	wantTold(t, "confirmed", g.tells(g.changes(Event{Kind: EvMeetingConfirmed, NewMeeting: &Meeting{ID: "KS-2027-05-20", Unit: "KS", Date: "2027-05-27", Status: MeetingConfirmed}})))
}

func (g *game) tickNow() []Event {
	events := Tick(g.s, g.now)
	g.apply(events)
	return events
}

// Who gets a role, or stands in for somebody, while tasks wait is told of those tasks; who had them is not told again.
func TestANewHolderIsToldWhatWaits(t *testing.T) {
	g := launched(t)
	atForslag(g)
	today := g.now.Date()
	bound := func(person PersonID, from Date) Event {
		return Event{Kind: EvBound, Binding: &Binding{Number: g.s.Registry.Issued + 1, Person: person, Role: "processledare", Unit: "SOF", From: from}}
	}
	wantTold(t, "a new holder", g.tells(g.changes(bound("p-ny", today))), "forslag/AN submit p-ny", "forslag/SN submit p-ny")
	wantTold(t, "bound again", g.tells(g.changes(bound("p-ny", "2028-01-01"))))
	wantTold(t, "from a later day", g.tells(g.changes(bound("p-senare", today.Add(3)))))
	stand := Event{Kind: EvSubstituted, Substitute: &Substitute{Number: g.s.Registry.Issued + 1, Binding: g.s.Registry.Issued, Person: "p-vik", From: today, To: today.Add(9)}}
	for _, b := range g.s.Registry.Bindings {
		if b.Person == sofPL {
			stand.Substitute.Binding = b.Number
		}
	}
	wantTold(t, "a substitute", g.tells(g.changes(stand)), "forslag/AN submit p-vik", "forslag/SN submit p-vik")
	barred := Event{Kind: EvExcluded, Exclusion: &Exclusion{Number: g.s.Registry.Issued + 1, Person: "p-jav", Unit: "SN"}}
	wantTold(t, "excluded before bound", g.tells(g.changes(barred, Event{Kind: EvBound,
		Binding: &Binding{Number: g.s.Registry.Issued + 2, Person: "p-jav", Role: "processledare", Unit: "SOF", From: today}})), "forslag/AN submit p-jav")
	// Days that pass bring no notice by themselves: that the role has begun is delivery's to see.
	g.now = at(today.Add(3))
	wantTold(t, "the later day", g.told1(Awaited(g.s), g.tickNow()))
}

// What comes back is told to everyone who has it again, also to who had it all the time.
func TestWhatIsReturnedIsTold(t *testing.T) {
	g := launched(t)
	decidableSN(g)
	back := with(decideSN, func(c *Command) { c.Outcome, c.Text = OutcomeReturned, text("gör om") })(g)
	wantTold(t, "by its own nämnd", g.tells(back),
		"forslag/SN submit p-dubbel returned", "forslag/SN submit p-sof-processledare returned", "forslag/SN submit p-trippel returned")

	g = launched(t)
	g.playTo("kf/KF", StatusReady)
	g.until("2027-06-20")
	told := g.tells(Command{Kind: CmdDecide, Actor: "p-kf-sekreterare", Step: "kf/KF", Version: g.step("kf/KF").Submission.Hash, Outcome: OutcomeReturned,
		Meeting: "KF-2027-06-20", Paragraph: "90", Text: text("se över skattesatsen")})
	wantTold(t, "by KF", told, "ks/KS submit p-slf-processledare returned")
	// A second time, before KS has done anything: the task was there before, and its instruction is another.
	s := g.s.clone()
	e := Event{V: EventVersion, Stream: s.Stream, Seq: s.Seq + 1, At: g.now, Kind: EvReopened, Step: "ks/KS", Text: text("och avgifterna")}
	before := Awaited(g.s)
	g.apply([]Event{e})
	wantTold(t, "again", g.told1(before, []Event{e}), "ks/KS submit p-slf-processledare returned")
}

// A task on a step that is late and in another's way goes at once, as its reminders do.
func TestATaskThatBlocksIsUrgent(t *testing.T) {
	g := launched(t)
	atForslag(g)
	g.until("2027-04-02")
	for _, line := range g.tells(submitSN(g)) {
		if !strings.HasSuffix(line, " urgent") || !strings.HasPrefix(line, "forslag/SN ready ") {
			t.Errorf("got %q", line)
		}
	}
}

// A meeting is one thing to confirm, however many steps hang on it and whichever of them asks.
func TestAMeetingIsAskedForOnce(t *testing.T) {
	g := launched(t)
	m := g.s.Registry.Meeting("KS-2027-05-20")
	m.Status = MeetingProposed
	g.play(func() bool { return g.step("ks/KS").Status == StatusOpen })
	before := Awaited(g.s)
	task := &waiting{Task: Task{Step: "another/KS", Command: CmdConfirmMeeting, Meeting: m.ID}}
	if before.find(task) == nil {
		t.Error("the same meeting, asked for by another step, is another task")
	}
	task.Meeting = "KS-2027-06-20"
	if before.find(task) != nil {
		t.Error("another meeting is the same task")
	}
}

// A tilläggsbudget tells those who write the internbudget and the forecasts of the nämnd whose frame is another, and nobody
// else; new mål those who proposed the old ones. Each is told once, and who registered it knows.
func TestNoticesOfARevision(t *testing.T) {
	goals := func(c *Command) {
		c.Figures, c.Aims, c.Paragraph = nil, []Aim{goal("AN", "1")}, "78"
	}
	for _, row := range []struct {
		says string
		make func(*Command)
		want string
	}{
		{"another frame for SN", func(*Command) {}, "p-sof-processledare p-dubbel p-trippel"},
		{"other mål for AN", goals, "p-sof-processledare p-dubbel p-trippel"},
	} {
		g := budgeting(t, 2028)
		inYear(g)
		c := revise(g)
		row.make(&c)
		before := Awaited(g.s)
		events := g.must(c)
		var told []string
		for _, n := range Notices(before, g.s, events) {
			told = append(told, string(n.Person))
			if n.Change != ChangeRevised || n.Step != "kf/KF" || n.Command != "" || n.Due != "" {
				t.Errorf("%s: %+v", row.says, n)
			}
		}
		if strings.Join(told, " ") != row.want {
			t.Errorf("%s: told %v, want %s", row.says, told, row.want)
		}
	}
}
