package store

import (
	"slices"
	"testing"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// elsewhere makes the database believe that it was somewhere else when somebody last looked, as a restored one does.
func elsewhere(t *testing.T, ownerURL string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), ownerURL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "update mail_place set place = '1/00000001'"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func held(t *testing.T, s *Store) (MailHold, bool) {
	t.Helper()
	h, is, err := s.MailHold(t.Context(), kommun)
	if err != nil {
		t.Fatal(err)
	}
	return h, is
}

// A restored database holds its mails from the first look on, until a person lets them go.
func TestARestoredDatabaseHoldsItsMails(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	id, now := mailed(t, s)
	note := func(at domain.Instant) {
		t.Helper()
		if err := s.NoteRestore(t.Context(), at); err != nil {
			t.Fatal(err)
		}
	}
	note(now)
	note(now)
	if _, is := held(t, s); is {
		t.Error("held where nothing was restored")
	}
	elsewhere(t, url)
	note(now + minute)
	note(now + 2*minute)
	if h, is := held(t, s); !is || h != (MailHold{Since: now + minute, Reason: HoldRestored}) {
		t.Errorf("got %+v, %v", h, is)
	}
	if _, is, err := s.MailHold(t.Context(), "1283"); err != nil || is {
		t.Errorf("a municipality without a cycle: %v, %v", is, err)
	}
	waiting, err := s.Waiting(t.Context(), kommun, firstDay)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	list, err := s.Held(t.Context(), kommun)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range list {
		sum += h.Things
		if h.Mails > 1 || h.Unsure > 0 {
			t.Errorf("%+v", h)
		}
	}
	if sum != len(waiting) {
		t.Errorf("%d things are held and %d wait", sum, len(waiting))
	}
	claim(t, s, now)
	settle(t, s, id, Outcome{State: MailLater, Next: now + minute}, now)
	if ended, err := s.LetMailsGo(t.Context(), kommun, "p-register", false, now+3*minute); err != nil || !ended {
		t.Fatalf("%v, %v", ended, err)
	}
	if _, is := held(t, s); is {
		t.Error("held after it was let go")
	}
	m, err := s.Mail(t.Context(), kommun, id)
	if err != nil || m.State != MailReleased {
		t.Errorf("what had been made is gathered anew: %+v, %v", m, err)
	}
	if now, err := s.Waiting(t.Context(), kommun, firstDay); err != nil || len(now) != len(waiting)+1 {
		t.Errorf("%d wait, want one more than %d, %v", len(now), len(waiting), err)
	}
	if ended, err := s.LetMailsGo(t.Context(), kommun, "p-register", true, now+4*minute); err != nil || ended {
		t.Errorf("let go twice: %v, %v", ended, err)
	}
}

// What a person says was sent before the restore is never sent again; what comes after it is.
func TestWhatCountsAsSentIsNotSent(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	id, now := mailed(t, s)
	claim(t, s, now) // whoever had it never said how it went
	if err := s.HoldMails(t.Context(), kommun, "p-register", now); err != nil {
		t.Fatal(err)
	}
	if err := s.HoldMails(t.Context(), kommun, "p-annan", now+1); err != nil {
		t.Fatal(err)
	}
	if h, is := held(t, s); !is || h != (MailHold{Since: now, Reason: HoldAsked, By: "p-register"}) {
		t.Errorf("got %+v, %v", h, is)
	}
	list, err := s.Held(t.Context(), kommun)
	if err != nil || !slices.ContainsFunc(list, func(h HeldFor) bool { return h.Unsure == 1 }) {
		t.Errorf("the one that may have arrived is not told: %+v, %v", list, err)
	}
	if _, err := s.LetMailsGo(t.Context(), kommun, "p-register", true, now+minute); err != nil {
		t.Fatal(err)
	}
	if waiting, err := s.Waiting(t.Context(), kommun, firstDay); err != nil || len(waiting) != 0 {
		t.Errorf("%d wait, %v", len(waiting), err)
	}
	if mails := claim(t, s, now+100*minute); len(mails) != 0 {
		t.Errorf("claimed %+v", mails)
	}
	if m, err := s.Mail(t.Context(), kommun, id); err != nil || m.State != MailUnneeded || m.Words == "" {
		t.Errorf("%+v, %v", m, err)
	}
	launched(t, s, 2029, 0)
	if waiting, err := s.Waiting(t.Context(), kommun, firstDay); err != nil || len(waiting) == 0 {
		t.Errorf("nothing new is told: %v", err)
	}
}

// A local stack's database says so for ever; the application can read it and not take it back.
func TestALocalStacksMark(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	if inside, err := s.MailsStayInside(t.Context()); err != nil || inside {
		t.Errorf("at first %v, %v", inside, err)
	}
	for range 2 {
		if err := KeepMailsInside(t.Context(), url); err != nil {
			t.Fatal(err)
		}
	}
	if inside, err := s.MailsStayInside(t.Context()); err != nil || !inside {
		t.Errorf("got %v, %v", inside, err)
	}
	if _, err := s.pool.Exec(t.Context(), "delete from mail_inside"); err == nil {
		t.Error("the application took the mark away")
	}
}
