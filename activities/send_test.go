package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/domain/domaintest"
	"arshjul/internal/store"

	"go.temporal.io/sdk/activity"
)

// post is a mail server that answers as the test says, and remembers what it took.
type post struct {
	*world
	at      domain.Instant
	refused error                            // what opening answers
	answers map[domain.PersonID][]answer     // to come, the first first; none left = taken
	took    []string                         // Message-ID and person of what was taken
	carried map[string]map[int64]domain.Date // Message-ID → the notices in it
	opened  int
	ladder  []domain.Rung // of the cycles that are launched
	then    func()        // after a mail was taken, before that is written down
}

type answer struct {
	outcome store.Outcome
	broken  error
	taken   bool // although the answer says otherwise
}

func newPost(t *testing.T) *post {
	p := &post{world: newWorld(t), answers: map[domain.PersonID][]answer{}, carried: map[string]map[int64]domain.Date{}}
	p.env.RegisterActivityWithOptions(Send{Store: p.store, Open: p.open, Now: func() time.Time { return p.at.Time() }}.Send, activity.RegisterOptions{Name: "send"})
	return p
}

func (p *post) open(_ context.Context, of string, exercise bool) (Carrier, error) {
	p.opened++
	if of != kommun {
		p.t.Errorf("opened for %s", of)
	}
	if p.refused != nil && !exercise {
		return nil, p.refused
	}
	return p, nil
}

func (p *post) Close() {}

func (p *post) Carry(_ context.Context, m store.Mail, told []store.Notice) (store.Outcome, error) {
	a := answer{outcome: store.Outcome{State: store.MailSent, Words: "250 tack"}, taken: true}
	if next := p.answers[m.Person]; len(next) > 0 {
		a, p.answers[m.Person] = next[0], next[1:]
	}
	if a.taken {
		p.took = append(p.took, m.ID+" "+string(m.Person))
		notices := map[int64]domain.Date{}
		for _, n := range told {
			notices[n.ID] = n.Day
		}
		if was, ok := p.carried[m.ID]; ok && fmt.Sprint(was) != fmt.Sprint(notices) {
			p.t.Errorf("the mail %s had %v and then %v", m.ID, was, notices)
		}
		p.carried[m.ID] = notices
		if p.then != nil {
			p.then()
		}
	}
	return a.outcome, a.broken
}

func (p *post) send(at string) SendResult {
	p.t.Helper()
	result, err := p.trySend(at, false)
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}

func (p *post) trySend(at string, patient bool) (result SendResult, err error) {
	p.t.Helper()
	p.at = clock(p.t, at)
	value, err := p.env.ExecuteActivity("send", SendInput{Kommun: kommun, Patient: patient})
	if err != nil {
		return result, err
	}
	return result, value.Get(&result)
}

// staff are who has something to do from the first day.
var staff = []domain.PersonID{"p-a", "p-b", "p-c"}

// office launches a cycle, or the n:th exercise, in which each of staff has a task, on a Tuesday at ten.
func (p *post) office(year, n int) string {
	p.t.Helper()
	plan, err := domain.ParseRule("senast 31 mars", domain.StagePlanning)
	if err != nil {
		p.t.Fatal(err)
	}
	w := domain.Wheel{Name: "liten", Version: 1, Kommun: kommun, City: "SLF", Ladder: p.ladder}
	r := town()
	for i, person := range staff {
		role := domain.RoleID("roll-" + string(person))
		w.Roles = append(w.Roles, domain.RoleDef{ID: role, Title: "Roll", Seat: domain.SeatCity})
		w.Steps = append(w.Steps, domain.StepDef{ID: "webb-" + string(person), Title: "Publicering", Stage: domain.StagePlanning, Act: domain.ActPublication,
			Scope: domain.ScopeCity, Body: "SLF", Slots: domain.Slots{Publish: role, Escalate: role}, Plan: plan})
		r.Bindings = append(r.Bindings, domain.Binding{Number: uint64(10 + i), Person: person, Role: role, Unit: "SLF", From: "2026-01-01"})
	}
	l := domaintest.Ordered(domain.Launch{Kommun: kommun, Year: year, Exercise: n, Registry: r, Wheel: w})
	stream := domain.CycleStream(kommun, year)
	if n > 0 {
		stream, l.Start = domain.ExerciseStream(kommun, year, n), "2027-01-05"
	}
	c := domain.Command{ID: "launch", Kind: domain.CmdLaunch, Actor: "p-1", Launch: l}
	events, err := domain.Decide(p.state(stream), c, clock(p.t, "2027-01-05 10:00"))
	if err != nil {
		p.t.Fatal(err)
	}
	p.append(stream, events)
	return stream
}

func (p *post) append(stream string, events []domain.Event) {
	p.t.Helper()
	for _, e := range events {
		if err := domain.Apply(p.state(stream), e); err != nil {
			p.t.Fatal(err)
		}
	}
	if _, err := p.store.Append(p.t.Context(), stream, events, p.state(stream).Head); err != nil {
		p.t.Fatal(err)
	}
}

// log lists the mails: "person state reason attempts".
func (p *post) log() (lines []string) {
	p.t.Helper()
	mails, err := p.store.Mails(p.t.Context(), kommun, store.MailQuery{Limit: 100})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, m := range mails {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s %d", m.Person, m.State, m.Reason, m.Attempts)))
	}
	slices.Sort(lines)
	return lines
}

func (p *post) expect(what string, got, want []string) {
	p.t.Helper()
	if !slices.Equal(got, want) {
		p.t.Errorf("%s: got\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// took gives the persons whose mails were taken, and forgets.
func (p *post) taken() (persons []string) {
	for _, line := range p.took {
		_, person, _ := strings.Cut(line, " ")
		persons = append(persons, person)
	}
	p.took = nil
	slices.Sort(persons)
	return persons
}

const (
	launchDay = "2027-01-05 10:00" // a Tuesday
	tooEarly  = "2027-01-07 07:29" // the 6th is trettondedagen
	nextDay   = "2027-01-07 07:30"
)

func TestTheMailOfTheDay(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.office(2028, 0)
	p.office(2029, 0)
	for _, at := range []string{launchDay, tooEarly} {
		if r := p.send(at); r.Sent != 0 || p.opened != 0 {
			t.Errorf("%s: %+v", at, r)
		}
	}
	if r := p.send(tooEarly); shown(r.Next) != nextDay {
		t.Errorf("next %s, want the morning", shown(r.Next))
	}
	r := p.send(nextDay)
	if r.Sent != 3 || shown(r.Next) != "2027-01-07 08:30" {
		t.Errorf("%+v, next %s", r, shown(r.Next))
	}
	p.expect("one mail for each, over both cycles", p.taken(), []string{"p-a", "p-b", "p-c"})
	for id, notices := range p.carried {
		if len(notices) != 2 {
			t.Errorf("mail %s carries %v, want one notice from each cycle", id, notices)
		}
	}
	if r := p.send("2027-01-07 08:30"); r.Sent != 0 || p.opened != 1 {
		t.Errorf("again: %+v, opened %d times", r, p.opened)
	}
	p.expect("log", p.log(), []string{"p-a sent  1", "p-b sent  1", "p-c sent  1"})
}

// The mail server asks to wait, or says no to one: nobody else waits, and it is tried again with longer and longer pauses.
func TestLaterAndNever(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.office(2028, 0)
	later := answer{outcome: store.Outcome{State: store.MailLater, Words: "451 vänta"}}
	p.answers["p-a"] = []answer{later, later}
	p.answers["p-b"] = []answer{{outcome: store.Outcome{State: store.MailFailed, Reason: store.ReasonRefused, Words: "550 finns inte"}}}
	if r := p.send(nextDay); r.Sent != 1 || r.Later != 1 || r.Failed != 1 || shown(r.Next) != "2027-01-07 07:31" {
		t.Errorf("%+v, next %s", r, shown(r.Next))
	}
	if r := p.send("2027-01-07 07:31"); r.Later != 1 || shown(r.Next) != "2027-01-07 07:33" {
		t.Errorf("%+v, next %s", r, shown(r.Next))
	}
	if r := p.send("2027-01-07 07:32"); r.Later+r.Sent != 0 {
		t.Errorf("too early: %+v", r)
	}
	if r := p.send("2027-01-07 07:33"); r.Sent != 1 {
		t.Errorf("%+v", r)
	}
	p.expect("log", p.log(), []string{"p-a sent  3", "p-b failed refused 1", "p-c sent  1"})
	p.expect("taken", p.taken(), []string{"p-a", "p-c"})

	// The finding stays until somebody sees to it; then what it carried is sent.
	if r := p.send("2027-01-20 07:30"); r.Sent != 0 {
		t.Errorf("sent by itself: %+v", r)
	}
	if err := p.store.SetAddress(t.Context(), kommun, store.Address{Person: "p-b", Address: "b@exempel.invalid", By: "p-1", At: p.at}); err != nil {
		t.Fatal(err)
	}
	if r := p.send("2027-01-20 08:00"); r.Sent != 1 {
		t.Errorf("with a new address: %+v", r)
	}
	p.expect("taken", p.taken(), []string{"p-b"})
}

// What is to wait is not tried for ever, and not when the offices are closed.
func TestTryingEnds(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.office(2028, 0)
	for _, person := range staff {
		p.answers[person] = slices.Repeat([]answer{{outcome: store.Outcome{State: store.MailLater, Words: "451 vänta"}}}, 20)
	}
	p.send(nextDay)
	for range 5 {
		p.send("2027-01-08 20:00")
	}
	if r := p.send("2027-01-09 10:00"); r.Later != 0 || p.send("2027-01-10 10:00").Later != 0 {
		t.Errorf("tried on a Saturday or Sunday: %+v", r)
	}
	if r := p.send("2027-01-11 07:30"); r.Later != 3 {
		t.Errorf("Monday: %+v", r)
	}
	if r := p.send("2027-01-12 07:31"); r.Failed != 3 {
		t.Errorf("after five days: %+v", r)
	}
	p.expect("log", p.log(), []string{"p-a failed expired 4", "p-b failed expired 4", "p-c failed expired 4"})
}

// A mail server that is dead for days loses nothing, fails nothing, is not hammered, and does not cause a heap of mails when it is back.
func TestADeadMailServer(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.office(2028, 0)
	p.refused = errors.New("dial tcp: connection refused")
	r := p.send(nextDay)
	if !r.Down || shown(r.Next) != "2027-01-07 07:31" {
		t.Errorf("%+v, next %s", r, shown(r.Next))
	}
	tries := 1
	for at := clock(t, nextDay); at < clock(t, "2027-01-11 07:00"); {
		at = p.send(shown(at)).Next
		tries++
	}
	if p.opened > tries || p.opened > 4*24*4+10 {
		t.Errorf("tried %d times in four days", p.opened)
	}
	server, down, err := p.store.MailServer(t.Context(), kommun)
	if err != nil || !down || shown(server.Since) != nextDay || !strings.Contains(server.Words, "connection refused") {
		t.Errorf("%+v, %v, %v", server, down, err)
	}
	// Meanwhile another cycle begins, and work goes on.
	p.office(2029, 0)
	p.expect("log", slices.Compact(p.log()), []string{"p-a released  0", "p-b released  0", "p-c released  0"})
	p.refused = nil
	if r := p.send("2027-01-09 10:00"); r.Sent != 0 { // Saturday
		t.Errorf("on a Saturday: %+v", r)
	}
	if r := p.send("2027-01-11 07:30"); r.Sent != 3 || r.Down {
		t.Errorf("back: %+v", r)
	}
	p.expect("one mail each", p.taken(), []string{"p-a", "p-b", "p-c"})
	for id, notices := range p.carried {
		if len(notices) != 2 {
			t.Errorf("mail %s carries %v", id, notices)
		}
	}
	if _, down, err := p.store.MailServer(t.Context(), kommun); err != nil || down {
		t.Errorf("still down: %v, %v", down, err)
	}
}

// The connection breaks between mails, or after a mail was handed over and before the answer.
func TestABrokenConnection(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.office(2028, 0)
	p.answers["p-a"] = []answer{{outcome: store.Outcome{State: store.MailLater, Unsure: true, Words: "EOF"}, broken: errors.New("EOF"), taken: true}}
	p.answers["p-b"], p.answers["p-c"] = p.answers["p-a"], p.answers["p-a"]
	for i, at := range []string{nextDay, "2027-01-07 07:35", "2027-01-07 08:00"} {
		if r := p.send(at); !r.Down || r.Later != 1 {
			t.Fatalf("%d: %+v", i, r)
		}
	}
	if r := p.send("2027-01-07 09:00"); r.Sent != 1 || r.Down {
		t.Errorf("%+v", r)
	}
	p.expect("each came twice", p.taken(), []string{"p-a", "p-a", "p-b", "p-b", "p-c", "p-c"})
	if len(p.carried) != 3 {
		t.Errorf("with %d Message-IDs", len(p.carried))
	}
}

// The process dies after the mail server has taken a mail and before that is written down.
func TestACrashAfterTheMailWasTaken(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.office(2028, 0)
	crashes := 0
	p.then = func() {
		if crashes < 2 {
			crashes++
			panic("kill -9")
		}
	}
	if _, err := p.trySend(nextDay, false); err == nil {
		t.Fatal("the activity went on")
	}
	if r := p.send("2027-01-07 07:32"); r.Sent != 0 || shown(r.Next) != "2027-01-07 07:33" {
		t.Errorf("what one that died had claimed was sent within its time: %+v, next %s", r, shown(r.Next))
	}
	if _, err := p.trySend("2027-01-07 07:33", false); err == nil {
		t.Fatal("the activity went on")
	}
	if r := p.send("2027-01-07 07:36"); r.Sent != 3 {
		t.Errorf("%+v", r)
	}
	if taken := p.taken(); len(taken) != 3+crashes || crashes != 2 {
		t.Errorf("%d mails came after %d crashes that hit between: %v", len(taken), crashes, taken)
	}
	if len(p.carried) != 3 {
		t.Errorf("%d Message-IDs for 3 persons", len(p.carried))
	}
	p.expect("log", p.log(), []string{"p-a sent  3", "p-b sent  3", "p-c sent  3"})
}

func TestWhoIsToldHow(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	for person, choice := range map[domain.PersonID]store.Choice{"p-a": store.ChoiceAtOnce, "p-b": store.ChoiceWeekly, "p-c": store.ChoiceNone} {
		if err := p.store.SetChoice(t.Context(), kommun, person, choice, now); err != nil {
			t.Fatal(err)
		}
	}
	p.office(2028, 0)
	p.send(launchDay)
	p.expect("at once", p.taken(), []string{"p-a"})
	p.send(nextDay)
	p.expect("the next morning", p.taken(), nil)
	p.send("2027-01-11 07:30")
	p.expect("Monday", p.taken(), []string{"p-b"})
	if err := p.store.SetChoice(t.Context(), kommun, "p-c", store.ChoiceDaily, now); err != nil {
		t.Fatal(err)
	}
	p.send("2027-01-12 07:30")
	p.expect("who wanted none gets nothing old", p.taken(), nil)
	// An exercise's mails are as many as rehearsal says, whatever people have chosen.
	x := p.office(2028, 1)
	if err := p.store.SetChoice(t.Context(), kommun, "p-c", store.ChoiceNone, now); err != nil {
		t.Fatal(err)
	}
	p.send("2027-01-12 10:00")
	p.expect("its clock stands still", p.taken(), nil)
	events, err := domain.Decide(p.state(x), domain.Command{ID: "advance", Kind: domain.CmdAdvance, Actor: "p-1"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	p.append(x, events)
	p.refused = errors.New("no real mail server is asked")
	p.send("2027-01-16 03:00") // a Saturday night: the exercise's day is what counts
	p.expect("the exercise's", p.taken(), []string{"p-a", "p-b", "p-c"})
}

// While a cycle has not noticed the day, delivery waits for it, but not for ever.
func TestDeliveryWaitsForACycleThatIsBehind(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.office(2028, 0)
	next := p.state(domain.CycleStream(kommun, 2028))
	due := domain.NextDue(next, next.Now)
	at := shown(due + domain.Instant(8*time.Hour/time.Millisecond))
	if r, err := p.trySend(at, true); err != nil || !r.Behind || r.Sent != 0 || r.Next-p.at != 10_000 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := p.trySend(at, false); err != nil || r.Behind || r.Sent != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := p.trySend(nextDay, true); err != nil || r.Behind {
		t.Errorf("in time: %+v, %v", r, err)
	}
}
