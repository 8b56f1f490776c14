package mail

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/store"
)

// A thing is told once in a mail: what is new as new, by its last day, and a day that was moved from the day that the person
// knows.
func TestEachThingIsToldOnce(t *testing.T) {
	t.Parallel()
	fresh := store.Notice{Due: "2027-03-31"}
	moved := func(was, due domain.Date) store.Notice {
		return store.Notice{Change: domain.ChangeMoved, Was: was, Due: due}
	}
	reminder := store.Notice{Rung: "samma dag", Due: "2027-04-09"}
	returned := store.Notice{Change: domain.ChangeReturned, Due: "2027-04-30"}
	for name, tt := range map[string]struct {
		told []store.Notice
		want string
	}{
		"new":                          {[]store.Notice{fresh}, "  2027-03-31 "},
		"new, then moved":              {[]store.Notice{fresh, moved("2027-03-31", "2027-04-09")}, "  2027-04-09 "},
		"new, then reminded":           {[]store.Notice{fresh, reminder}, " samma dag 2027-04-09 "},
		"moved twice":                  {[]store.Notice{moved("2027-03-31", "2027-04-09"), moved("2027-04-09", "2027-04-12")}, "moved  2027-04-12 2027-03-31"},
		"moved, then reminded":         {[]store.Notice{moved("2027-03-31", "2027-04-09"), reminder}, " samma dag 2027-04-09 2027-03-31"},
		"reminded, then moved":         {[]store.Notice{reminder, moved("2027-03-31", "2027-04-09")}, "moved  2027-04-09 2027-03-31"},
		"moved, then returned":         {[]store.Notice{moved("2027-03-31", "2027-04-09"), returned}, "returned  2027-04-30 2027-03-31"},
		"returned, then moved":         {[]store.Notice{returned, moved("2027-04-30", "2027-05-03")}, "returned  2027-05-03 "},
		"new, moved and moved further": {[]store.Notice{fresh, moved("2027-03-31", "2027-04-09"), moved("2027-04-09", "2027-04-12")}, "  2027-04-12 "},
	} {
		got := lastWords(tt.told)
		if len(got) != 1 {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if line := fmt.Sprintf("%s %s %s %s", got[0].Change, got[0].Rung, got[0].Due, got[0].Was); line != tt.want {
			t.Errorf("%s: got %q, want %q", name, line, tt.want)
		}
	}
	other := fresh
	other.Step = "annat/SN"
	if got := lastWords([]store.Notice{fresh, other, fresh}); len(got) != 2 || got[1].Step != other.Step {
		t.Errorf("got %+v", got)
	}
}

// A day that was moved is told while the step waits for the person, also before its meeting, and not when it was moved back.
func TestAMovedDayIsToldWhileItMatters(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	d := launched(t, s, 0)
	office := NewOffice(s, sender, base, nil, nil)
	m := store.Mail{ID: "abc", Kommun: kommun, Person: leader, Day: "2026-12-02"}
	items := func(n store.Notice) (lines []string) {
		t.Helper()
		n.Stream, n.Step, n.Command, n.Person, n.Role, n.Unit, n.Change = d.state.Stream, "forslag/SN", domain.CmdSubmit, leader, "processledare", "SOF", domain.ChangeMoved
		list, err := office.items(t.Context(), m, []store.Notice{n})
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			lines = append(lines, list[i].Headline())
		}
		return lines
	}
	d.do(domain.Command{Kind: domain.CmdExtend, Actor: city, Step: "forslag/SN", Date: "2027-04-09", Text: domain.TextRef(domain.DigestOf(nil))})
	if got := items(store.Notice{Was: "2027-03-31", Due: "2027-04-07"}); !slices.Equal(got, []string{"Lämna in Nämndens förslag, Socialnämnden, senast 9 april 2027 i stället för 31 mars 2027"}) {
		t.Errorf("got %q: the day is told as it is now", got)
	}
	if got := items(store.Notice{Was: "2027-04-09", Due: "2027-04-12"}); len(got) != 0 {
		t.Errorf("it is as the person knows it, and is told: %q", got)
	}
	d.do(submit("forslag/SN", leader))
	if got := items(store.Notice{Was: "2027-03-31", Due: "2027-04-09"}); len(got) != 0 {
		t.Errorf("it is done, and is told: %q", got)
	}
	if strings.Contains(fmt.Sprint(d.state.Cycle.Step("forslag/SN").Plan), "03-31") {
		t.Error("the day was not moved")
	}
}

// An alarm about the law's limit is told while the duty is not done, also to who only escalates.
func TestAnAlarmIsToldWhileTheDutyIsNotDone(t *testing.T) {
	t.Parallel()
	d := launched(t, nil, 0)
	var alarms []store.Notice
	for _, n := range d.until("2027-10-31") {
		alarms = append(alarms, store.Notice{Stream: d.state.Stream, Day: n.Day, Step: n.Step, Command: n.Command, Person: n.Person, Role: n.Role, Unit: n.Unit, Due: n.Due,
			Rung: n.Rung, Escalate: n.Escalate})
	}
	if len(alarms) < 2 {
		t.Fatalf("got %+v", alarms)
	}
	for i := range alarms {
		if _, waits := waitsStill(d.state, &alarms[i], "2027-11-01"); !waits {
			t.Errorf("%+v is not told", alarms[i])
		}
	}
	d.do(domain.Command{Kind: domain.CmdVoid, Actor: city, Step: "kf/KF", Text: domain.TextRef(domain.DigestOf(nil))})
	for i := range alarms {
		if _, waits := waitsStill(d.state, &alarms[i], "2027-11-01"); waits {
			t.Errorf("%+v is told of a step that has fallen", alarms[i])
		}
	}
}

// That KF changed a frame is told once, with nothing to do by a day, and why this person is told.
func TestARevisionIsTold(t *testing.T) {
	d := launched(t, openStore(t), 1)
	n := store.Notice{Stream: d.state.Stream, Step: d.state.Cycle.Steps[0].ID, Person: "p-slf-processledare", Role: "processledare", Unit: "SLF", Change: domain.ChangeRevised}
	if _, waits := waitsStill(d.state, &n, "2027-11-01"); !waits {
		t.Error("the notice is dropped since nothing waits to be done")
	}
	item := itemOf(d.state, &n, "2027-11-01", "https://arshjul.invalid")
	if item.Headline() != "Läs vad fullmäktige har ändrat: "+d.state.StepTitle(n.Step) || !strings.Contains(item.Why, "processledare i ") || !strings.Contains(item.Rule, "KL 11:15") {
		t.Errorf("%+v", item)
	}
}
