package activities

import (
	"testing"

	"arshjul/domain"
)

// pass lets time pass in a cycle, as its workflow would.
func (p *post) pass(stream string, to domain.Date) {
	p.t.Helper()
	s := p.state(stream)
	for at := s.Now; ; {
		due := domain.NextDue(s, at)
		if due == 0 || due >= to.End() {
			return
		}
		at = due
		p.append(stream, domain.Tick(s, due))
	}
}

// reminding are cycles whose steps, due on Wednesday 31 March 2027, remind five times.
func (p *post) reminding() {
	p.t.Helper()
	for _, text := range []string{"20 dagar före", "10 dagar före", "2 dagar före", "samma dag", "3 dagar efter"} {
		r, err := domain.ParseRung(text)
		if err != nil {
			p.t.Fatal(err)
		}
		p.ladder = append(p.ladder, r)
	}
}

// Mails that are held are not made. Let go, each person gets one, of all that waits, and the mail server nothing twice.
func TestHeldMailsAreOneMailWhenTheyAreLetGo(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.reminding()
	first, second := p.office(2028, 0), p.office(2029, 0)
	if err := p.store.HoldMails(t.Context(), kommun, "p-1", clock(t, launchDay)); err != nil {
		t.Fatal(err)
	}
	for day := domain.Date("2027-01-07"); day <= "2027-04-01"; day = day.Add(1) {
		p.pass(first, day)
		p.pass(second, day)
		if r := p.send(string(day) + " 07:30"); !r.Held || r.Sent != 0 || p.opened != 0 {
			t.Fatalf("%s: %+v, opened %d times", day, r, p.opened)
		}
	}
	p.expect("nothing is made", p.log(), nil)
	if _, err := p.store.LetMailsGo(t.Context(), kommun, "p-1", false, clock(t, "2027-04-01 10:00")); err != nil {
		t.Fatal(err)
	}
	if r := p.send("2027-04-01 10:00"); r.Held || r.Sent != 3 {
		t.Errorf("%+v", r)
	}
	p.expect("one mail each, over both cycles and all weeks", p.taken(), []string{"p-a", "p-b", "p-c"})
	p.send("2027-04-01 11:00")
	p.send("2027-04-02 07:30")
	p.expect("and no more", p.taken(), nil)
}

// After a restore a person may say that what waits was sent already. What comes then is sent as ever.
func TestWhatWasSentBeforeARestoreIsNotSentAgain(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.reminding()
	cycle := p.office(2028, 0)
	if err := p.store.HoldMails(t.Context(), kommun, "p-1", clock(t, launchDay)); err != nil {
		t.Fatal(err)
	}
	if r := p.send(nextDay); !r.Held {
		t.Errorf("%+v", r)
	}
	if _, err := p.store.LetMailsGo(t.Context(), kommun, "p-1", true, clock(t, nextDay)); err != nil {
		t.Fatal(err)
	}
	p.send("2027-01-07 08:00")
	p.send("2027-01-08 07:30")
	p.expect("what waited", p.taken(), nil)
	p.pass(cycle, "2027-03-15")
	p.send("2027-03-15 07:30")
	p.expect("a reminder since", p.taken(), []string{"p-a", "p-b", "p-c"})
}

// Delivery stood still for weeks, while the cycles went on: each person gets one mail, not one for each day that was missed.
// The cycles stood still too: the same. And a weekend in between is left in peace.
func TestNothingIsBunchedAfterAStop(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		cycles func(p *post, stream string)
	}{
		{"delivery alone", func(p *post, stream string) {
			for day := domain.Date("2027-01-07"); day <= "2027-04-02"; day = day.Add(1) {
				p.pass(stream, day)
			}
		}},
		{"everything", func(p *post, stream string) {
			now := clock(p.t, "2027-04-02 23:00")
			p.append(stream, domain.Tick(p.state(stream), now))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newPost(t)
			p.reminding()
			streams := []string{p.office(2028, 0), p.office(2029, 0)}
			for _, stream := range streams {
				tt.cycles(p, stream)
			}
			for _, at := range []string{"2027-04-03 10:00", "2027-04-04 10:00", "2027-04-05 07:29"} {
				if r := p.send(at); r.Sent != 0 {
					t.Errorf("%s: %+v", at, r)
				}
			}
			p.send("2027-04-05 07:30")
			p.expect("Monday", p.taken(), []string{"p-a", "p-b", "p-c"})
			p.send("2027-04-05 12:00")
			p.send("2027-04-06 00:01")
			p.expect("and no more", p.taken(), nil)
		})
	}
}

// The clock on the wall is moved in the night to Sunday 28 March and to Sunday 31 October 2027. The mail goes at half past
// seven all the same, once, and never on the Sunday.
func TestTheMorningAfterTheClockWasMoved(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ saturday, sunday, early, morning string }{
		{"2027-03-27 12:00", "2027-03-28 07:30", "2027-03-30 07:29", "2027-03-30 07:30"}, // the 29th is Easter Monday
		{"2027-10-30 12:00", "2027-10-31 07:30", "2027-11-01 07:29", "2027-11-01 07:30"},
	} {
		t.Run(tt.morning, func(t *testing.T) {
			t.Parallel()
			p := newPost(t)
			p.office(2028, 0)
			for _, at := range []string{tt.saturday, tt.sunday, tt.early} {
				if r := p.send(at); r.Sent != 0 || at == tt.early && shown(r.Next) != tt.morning {
					t.Errorf("%s: %+v, next %s", at, r, shown(r.Next))
				}
			}
			if r := p.send(tt.morning); r.Sent != 3 {
				t.Errorf("%s: %+v", tt.morning, r)
			}
			if r := p.send(tt.morning); r.Sent != 0 {
				t.Errorf("again: %+v", r)
			}
		})
	}
}

// Whose role begins on a day when nothing happens is told on that morning, if the offices are open, and once.
func TestWhoBeginsIsToldThatMorning(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.found()
	cycle := p.office(2028, 0)
	p.send(nextDay)
	p.taken()
	begins := domain.Date("2027-02-06") // a Saturday
	batch := p.do(registry, domain.Command{ID: "bind", Kind: domain.CmdBind, Actor: "p-1",
		Binding: &domain.Binding{Person: "p-ny", Role: "roll-p-a", Unit: "SLF", From: begins}})
	events, err := p.decide(cycle, domain.Command{ID: "changes", Kind: domain.CmdChanges, Changes: batch.Events})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.store.Append(t.Context(), cycle, events, p.state(cycle).Head); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"2027-02-05 07:30", "2027-02-06 07:30", "2027-02-07 07:30"} {
		p.send(at)
	}
	p.expect("before the role, and on its Saturday", p.taken(), nil)
	p.send("2027-02-08 07:30")
	p.expect("on Monday", p.taken(), []string{"p-ny"})
	p.send("2027-02-09 07:30")
	p.expect("once", p.taken(), nil)
}
