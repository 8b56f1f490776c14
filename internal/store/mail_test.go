package store

import (
	"slices"
	"sync"
	"testing"
	"time"

	"arshjul/domain"
)

// mailed has a mail with one notice in it, and the clock at which it was made.
func mailed(t *testing.T, s *Store) (id string, now domain.Instant) {
	t.Helper()
	launched(t, s, 2028, 0)
	waiting, err := s.Waiting(t.Context(), kommun, firstDay)
	if err != nil || len(waiting) == 0 {
		t.Fatal(waiting, err)
	}
	now = at(firstDay)
	w := waiting[0]
	if err := s.MakeMails(t.Context(), kommun, []NewMail{{ID: "m1", Person: w.Person, Day: firstDay, Notices: []int64{w.ID}}}, nil, now); err != nil {
		t.Fatal(err)
	}
	return "m1", now
}

func claim(t *testing.T, s *Store, now domain.Instant) []Mail {
	t.Helper()
	mails, err := s.ClaimMails(t.Context(), kommun, true, now, time.Minute, 10)
	if err != nil {
		t.Fatal(err)
	}
	return mails
}

func settle(t *testing.T, s *Store, id string, o Outcome, now domain.Instant) {
	t.Helper()
	if err := s.SettleMail(t.Context(), id, o, now); err != nil {
		t.Fatal(err)
	}
}

const minute = domain.Instant(time.Minute / time.Millisecond)

func TestAMailIsClaimedByOne(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	id, now := mailed(t, s)
	others := []*Store{s, again(t, url), again(t, url)}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var got []Mail
	for _, o := range others {
		wg.Go(func() {
			mails, err := o.ClaimMails(t.Context(), kommun, true, now, time.Minute, 10)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			got = append(got, mails...)
		})
	}
	wg.Wait()
	if len(got) != 1 || got[0].ID != id || got[0].Attempts != 1 || got[0].Unsure {
		t.Fatalf("claimed %+v", got)
	}
	if other, err := s.ClaimMails(t.Context(), "1283", true, now, time.Minute, 10); err != nil || len(other) != 0 {
		t.Errorf("another municipality claimed %v, %v", other, err)
	}
	if exercises, err := s.ClaimMails(t.Context(), kommun, false, now, time.Minute, 10); err != nil || len(exercises) != 0 {
		t.Errorf("as an exercise's: %v, %v", exercises, err)
	}
	// Whoever had it is gone: it may have arrived, and keeps its id.
	if early := claim(t, s, now+minute-1); len(early) != 0 {
		t.Errorf("claimed within the claim: %+v", early)
	}
	if next, err := s.NextMail(t.Context(), kommun, true); err != nil || next != now+minute {
		t.Errorf("next %v, %v", next, err)
	}
	left := claim(t, s, now+minute)
	if len(left) != 1 || left[0].ID != id || !left[0].Unsure || left[0].Attempts != 2 {
		t.Fatalf("after the claim: %+v", left)
	}
	settle(t, s, id, Outcome{State: MailSent, Words: "250 tack"}, now+minute)
	if more := claim(t, s, now+10*minute); len(more) != 0 {
		t.Errorf("a sent mail was claimed: %+v", more)
	}
	settle(t, s, id, Outcome{State: MailFailed, Words: "för sent"}, now+minute)
	all, err := s.Mails(t.Context(), kommun, MailQuery{Limit: 10})
	if err != nil || len(all) != 1 || all[0].State != MailSent || all[0].Words != "250 tack" || all[0].Settled != now+minute {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestAMailIsTriedLater(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	id, now := mailed(t, s)
	claim(t, s, now)
	settle(t, s, id, Outcome{State: MailLater, Words: "451 vänta", Next: now + 5*minute}, now)
	if early := claim(t, s, now+4*minute); len(early) != 0 {
		t.Errorf("too early: %+v", early)
	}
	if got := claim(t, s, now+5*minute); len(got) != 1 || got[0].Unsure || got[0].Attempts != 2 {
		t.Fatalf("got %+v", got)
	}
	// Not tried after all: the attempt does not count.
	settle(t, s, id, Outcome{State: MailNew, Next: now + 9*minute}, now+5*minute)
	if got := claim(t, s, now+9*minute); len(got) != 1 || got[0].Attempts != 2 {
		t.Fatalf("got %+v", got)
	}
	settle(t, s, id, Outcome{State: MailLater, Words: "tyst", Unsure: true, Next: now + 10*minute}, now+9*minute)
	if desk, err := s.MailDesk(t.Context(), kommun); err != nil || desk.Unsent != now {
		t.Errorf("oldest unsent %v, %v", desk.Unsent, err)
	}
	if got := claim(t, s, now+10*minute); len(got) != 1 || !got[0].Unsure {
		t.Fatalf("got %+v", got)
	}
	settle(t, s, id, Outcome{State: MailFailed, Reason: ReasonRefused, Words: "550 okänd"}, now+10*minute)
	attempts, err := s.Attempts(t.Context(), id)
	want := []Attempt{{1, now, MailLater, "451 vänta"}, {2, now + 9*minute, MailLater, "tyst"}, {3, now + 10*minute, MailFailed, "550 okänd"}}
	if err != nil || !slices.Equal(attempts, want) {
		t.Errorf("attempts %+v, %v", attempts, err)
	}
	if counts, err := s.MailCounts(t.Context(), kommun, ""); err != nil || len(counts) != 1 || counts[MailFailed] != 1 {
		t.Errorf("%v, %v", counts, err)
	}
	if desk, err := s.MailDesk(t.Context(), kommun); err != nil || desk.Unsent != 0 {
		t.Errorf("oldest unsent %v, %v", desk.Unsent, err)
	}
}

// What could not be sent for want of an address goes with the next mail, and under the same id if it is the same.
func TestANewAddressFreesWhatFailed(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	id, now := mailed(t, s)
	person := claim(t, s, now)[0].Person
	before, err := s.Waiting(t.Context(), kommun, firstDay)
	if err != nil {
		t.Fatal(err)
	}
	settle(t, s, id, Outcome{State: MailFailed, Reason: ReasonNoAddress}, now)
	if err := s.SetAddress(t.Context(), kommun, Address{Person: "p-chef", Address: "chef@exempel.invalid", By: "p-register", At: now}); err != nil {
		t.Fatal(err)
	}
	if now, err := s.Waiting(t.Context(), kommun, firstDay); err != nil || len(now) != len(before) {
		t.Errorf("another's address freed something: %d, not %d, %v", len(now), len(before), err)
	}
	if err := s.SetAddress(t.Context(), kommun, Address{Person: person, Address: "a@exempel.invalid", By: "p-register", At: now + 1}); err != nil {
		t.Fatal(err)
	}
	after, err := s.Waiting(t.Context(), kommun, firstDay)
	if err != nil || len(after) != len(before)+1 {
		t.Fatalf("%d wait, want one more than %d, %v", len(after), len(before), err)
	}
	at := slices.IndexFunc(after, func(w Wish) bool {
		return w.Person == person && !slices.ContainsFunc(before, func(b Wish) bool { return b.ID == w.ID })
	})
	if after[at].Mailed {
		t.Error("a mail that was never sent counts as the day's")
	}
	if err := s.MakeMails(t.Context(), kommun, []NewMail{{ID: id, Person: person, Day: firstDay, Notices: []int64{after[at].ID}}}, nil, now+2); err != nil {
		t.Fatal(err)
	}
	if got := claim(t, s, now+2); len(got) != 1 || got[0].ID != id || got[0].Attempts != 2 {
		t.Errorf("got %+v", got)
	}
	settle(t, s, id, Outcome{State: MailFailed, Reason: ReasonRefused}, now+2)
	if ok, err := s.ReleaseMail(t.Context(), kommun, id, now+3); err != nil || !ok {
		t.Errorf("release: %v, %v", ok, err)
	}
	if ok, err := s.ReleaseMail(t.Context(), kommun, id, now+3); err != nil || ok {
		t.Errorf("release again: %v, %v", ok, err)
	}
}

func TestAddressesKeepTheirTrailAndNothingMore(t *testing.T) {
	t.Parallel()
	s, url := open(t)
	for i, a := range []string{"a@exempel.invalid", "a@exempel.invalid", "b@exempel.invalid", ""} {
		if err := s.SetAddress(t.Context(), kommun, Address{Person: "p-1", Address: a, By: "p-register", At: at(firstDay) + domain.Instant(i)}); err != nil {
			t.Fatal(err)
		}
		if got, err := s.AddressOf(t.Context(), kommun, "p-1"); err != nil || got != a {
			t.Errorf("%q, %v, want %q", got, err, a)
		}
	}
	if got, err := s.AddressOf(t.Context(), "1283", "p-1"); err != nil || got != "" {
		t.Errorf("another municipality's: %q, %v", got, err)
	}
	var trail, addresses int
	err := owner(t, url).QueryRow(t.Context(), "select count(*), count(nullif(address, '')) from mail_address where by = 'p-register'").Scan(&trail, &addresses)
	if err != nil || trail != 3 || addresses != 0 {
		t.Errorf("%d rows with %d addresses, %v", trail, addresses, err)
	}
	list, err := s.Addresses(t.Context(), kommun)
	if err != nil || len(list) != 1 || list[0].Address != "" || list[0].At != at(firstDay)+3 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestChoicesKeepTheirHistory(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	for i, c := range []Choice{ChoiceWeekly, ChoiceNone} {
		if err := s.SetChoice(t.Context(), kommun, "p-1", c, domain.Instant(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetChoice(t.Context(), kommun, "p-1", "aldrig", 3); err == nil {
		t.Error("an unknown choice was kept")
	}
	got, err := s.ChoicesOf(t.Context(), kommun, "p-1")
	if err != nil || !slices.Equal(got, []Chosen{{ChoiceNone, 2}, {ChoiceWeekly, 1}}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAMailServerThatIsDown(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	if _, down, err := s.MailServer(t.Context(), kommun); err != nil || down {
		t.Errorf("at first: %v, %v", down, err)
	}
	now := at(firstDay)
	for n, wait := range []domain.Instant{1, 2, 4, 8, 15, 15} {
		if err := s.MailServerDown(t.Context(), kommun, "ingen svarar", now+domain.Instant(n)); err != nil {
			t.Fatal(err)
		}
		m, down, err := s.MailServer(t.Context(), kommun)
		if err != nil || !down || m.Since != now || m.Attempts != n+1 || m.Next != now+domain.Instant(n)+wait*minute {
			t.Errorf("attempt %d: %+v, %v, %v", n+1, m, down, err)
		}
	}
	if _, down, err := s.MailServer(t.Context(), "1283"); err != nil || down {
		t.Errorf("another municipality's: %v, %v", down, err)
	}
	if err := s.MailServerUp(t.Context(), kommun); err != nil {
		t.Fatal(err)
	}
	if _, down, err := s.MailServer(t.Context(), kommun); err != nil || down {
		t.Errorf("up again: %v, %v", down, err)
	}
}

func TestTheSink(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	const x = "exercise/9999/2028/1"
	for _, m := range []SunkMail{
		{Kommun: kommun, Exercise: x, MessageID: "a", Recipient: "p-1@ovning.invalid", Subject: "Ett", Raw: []byte("1")},
		{Kommun: kommun, Exercise: x, MessageID: "b", Recipient: "p-2@ovning.invalid", Subject: "Två", Raw: []byte("2")},
		{Kommun: kommun, Exercise: x, MessageID: "a", Recipient: "p-1@ovning.invalid", Subject: "Ett", Raw: []byte("1")},
		{Kommun: "1283", MessageID: "c", Subject: "Tre", Raw: []byte("3")},
	} {
		if err := s.PutSunk(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Sunk(t.Context(), kommun, x, 0, 10)
	if err != nil || len(list) != 2 || list[0].MessageID != "a" || list[0].Times != 2 || list[1].Times != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if n, err := s.SunkCount(t.Context(), kommun, x); err != nil || n != 2 {
		t.Errorf("%d, %v", n, err)
	}
	if boxes, err := s.SunkBoxes(t.Context(), kommun); err != nil || !slices.Equal(boxes, []string{x}) {
		t.Errorf("%v, %v", boxes, err)
	}
	one, err := s.SunkMail(t.Context(), kommun, list[1].ID)
	if err != nil || string(one.Raw) != "2" {
		t.Errorf("%+v, %v", one, err)
	}
	if _, err := s.SunkMail(t.Context(), "1283", list[1].ID); err != ErrNoRow {
		t.Errorf("another municipality's: %v", err)
	}
}

// Adding addresses leaves what somebody has said of a person as it is, also that there is none.
func TestAddAddresses(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	now := at(firstDay)
	for person, address := range map[domain.PersonID]string{"p-1": "eget@exempel.invalid", "p-2": ""} {
		for _, a := range []string{"forst@exempel.invalid", address} {
			if err := s.SetAddress(t.Context(), kommun, Address{Person: person, Address: a, By: "p-register", At: now}); err != nil {
				t.Fatal(err)
			}
		}
	}
	var all []Address
	for _, person := range []domain.PersonID{"p-1", "p-2", "p-3"} {
		all = append(all, Address{Person: person, Address: string(person) + "@exempel.invalid", By: "p-register", At: now + 1})
	}
	for range 2 {
		if err := s.AddAddresses(t.Context(), kommun, all); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Addresses(t.Context(), kommun)
	if err != nil || len(got) != 3 || got[0].Address != "eget@exempel.invalid" || got[1].Address != "" || got[2] != all[2] {
		t.Errorf("%+v, %v", got, err)
	}
}
