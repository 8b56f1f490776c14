package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"arshjul/domain"
)

func secret(text string) SecretHash { return sha256.Sum256([]byte(text)) }

// A session holds while it is used and its time has not come, and only in its own municipality.
func TestHowLongASessionHolds(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	made := domain.InstantOf(time.Now())
	after := func(d time.Duration) domain.Instant { return domain.InstantOf(made.Time().Add(d)) }
	add := func(name string, n Session) {
		t.Helper()
		n.ID, n.Person, n.Made = name, domain.PersonID("p-"+name), made
		if err := s.AddSession(t.Context(), kommun, secret(name), n); err != nil {
			t.Fatal(err)
		}
	}
	add("webb", Session{Kind: SessionBrowser, Label: "Firefox", Subject: "sub", Provider: "sid", Idle: time.Hour, Ends: after(10 * time.Hour)})
	add("nyckel", Session{Kind: SessionKey, Ends: after(30 * 24 * time.Hour)})
	add("slut", Session{Kind: SessionKey, Ends: made})
	for _, row := range []struct {
		name, kommun string
		at           time.Duration
		holds        bool
	}{
		{"webb", kommun, 0, true}, {"webb", kommun, 59 * time.Minute, true}, {"webb", kommun, time.Hour, false},
		{"webb", "0000", 0, false}, {"ingen", kommun, 0, false},
		{"nyckel", kommun, 29 * 24 * time.Hour, true}, {"nyckel", kommun, 30 * 24 * time.Hour, false}, {"slut", kommun, 0, false},
	} {
		d, err := s.Doorstep(t.Context(), row.kommun, secret(row.name), "", after(row.at))
		if err != nil || (d.Session != nil) != row.holds {
			t.Errorf("%s in %s after %s: %+v, %v", row.name, row.kommun, row.at, d.Session, err)
		}
	}
	// Used once an hour it lasts to its end, and no longer.
	for h := range 10 {
		if err := s.SawSession(t.Context(), secret("webb"), after(time.Duration(h)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := s.Doorstep(t.Context(), kommun, secret("webb"), "", after(9*time.Hour+59*time.Minute))
	if err != nil || d.Session == nil {
		t.Fatalf("%+v, %v", d, err)
	}
	if n := d.Session; n.ID != "webb" || n.Person != "p-webb" || n.Label != "Firefox" || n.Subject != "sub" || n.Provider != "sid" || n.Made != made ||
		n.Seen != after(9*time.Hour) || n.Idle != time.Hour || n.IdleEnds() != after(10*time.Hour) || n.Ends != after(10*time.Hour) {
		t.Errorf("%+v", n)
	}
	if d, err := s.Doorstep(t.Context(), kommun, secret("webb"), "", after(10*time.Hour)); err != nil || d.Session != nil {
		t.Errorf("at its end: %+v, %v", d.Session, err)
	}
	// Nothing is used later than it was.
	if err := s.SawSession(t.Context(), secret("webb"), made); err != nil {
		t.Fatal(err)
	}
	if last, err := s.LastLogins(t.Context(), kommun); err != nil || last["p-webb"] != after(9*time.Hour) || last["p-nyckel"] != made {
		t.Errorf("last %v, %v", last, err)
	}
}

// Who may end what: the person one's own, others any, the service those it began before it said so.
func TestWhoEndsASession(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	now := domain.InstantOf(time.Now())
	later := domain.InstantOf(now.Time().Add(time.Hour))
	n := 0
	add := func(person domain.PersonID, subject, provider string, made domain.Instant) string {
		t.Helper()
		n++
		one := Session{ID: fmt.Sprint("s", n), Person: person, Kind: SessionBrowser, Subject: subject, Provider: provider, Made: made, Ends: domain.InstantOf(made.Time().Add(24 * time.Hour))}
		if err := s.AddSession(t.Context(), kommun, secret(one.ID), one); err != nil {
			t.Fatal(err)
		}
		return one.ID
	}
	holds := func() (ids string) {
		t.Helper()
		all, err := s.Sessions(t.Context(), kommun, "", later)
		if err != nil {
			t.Fatal(err)
		}
		for i := len(all) - 1; i >= 0; i-- {
			ids += all[i].ID + " "
		}
		return ids
	}
	first := add("p-a", "a", "1", now)
	add("p-a", "a", "2", now+1)
	add("p-b", "b", "3", now+2)
	add("p-b", "", "", now+3) // a key: no service began it
	add("p-a", "a", "1", later-1)
	for _, row := range []struct {
		what string
		end  func() (int64, error)
		n    int64
		left string
	}{
		{"another's", func() (int64, error) { return count(s.EndSession(t.Context(), kommun, first, "p-b", "p-b", later)) }, 0, "s1 s2 s3 s4 s5 "},
		{"another municipality's", func() (int64, error) { return count(s.EndSession(t.Context(), "0000", first, "", "p-b", later)) }, 0, "s1 s2 s3 s4 s5 "},
		{"nobody in particular", func() (int64, error) { return s.EndProvided(t.Context(), kommun, "", "", later, later) }, 0, "s1 s2 s3 s4 s5 "},
		{"one of the service's", func() (int64, error) { return s.EndProvided(t.Context(), kommun, "", "1", now+10, later) }, 1, "s2 s3 s4 s5 "},
		{"the same word again", func() (int64, error) { return s.EndProvided(t.Context(), kommun, "", "1", now+10, later) }, 0, "s2 s3 s4 s5 "},
		{"all of the service's of one person", func() (int64, error) { return s.EndProvided(t.Context(), kommun, "a", "", later, later) }, 2, "s3 s4 "},
		{"one's own", func() (int64, error) { return count(s.EndSession(t.Context(), kommun, "s3", "p-b", "p-b", later)) }, 1, "s4 "},
		{"whoever's", func() (int64, error) { return count(s.EndSession(t.Context(), kommun, "s4", "", "p-c", later)) }, 1, ""},
	} {
		n, err := row.end()
		if err != nil || n != row.n || holds() != row.left {
			t.Errorf("%s: ended %d, want %d, %v; left %q", row.what, n, row.n, err, holds())
		}
	}
}

func count(ended bool, err error) (int64, error) {
	if ended {
		return 1, err
	}
	return 0, err
}

// An answer to a log-in is heard once, however many bring it, and only for ten minutes.
func TestALogInIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	now := domain.InstantOf(time.Now())
	try := LoginTry{State: "s", Nonce: "n", Verifier: "v", Target: "/cykler"}
	for _, name := range []string{"a", "b"} {
		if err := s.AddLoginTry(t.Context(), secret(name), try, now); err != nil {
			t.Fatal(err)
		}
	}
	var taken sync.Map
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			got, err := s.TakeLoginTry(t.Context(), secret("a"), now)
			switch {
			case err == nil && got == try:
				taken.Store(i, true)
			case !errors.Is(err, ErrNoRow):
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	all.Wait()
	n := 0
	taken.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("taken %d times", n)
	}
	if _, err := s.TakeLoginTry(t.Context(), secret("b"), domain.InstantOf(now.Time().Add(tryTime+time.Second))); !errors.Is(err, ErrNoRow) {
		t.Errorf("too late: %v", err)
	}
}

// Who is let in gets in once; what nobody has said yes to, or too long ago, does not.
func TestWhoIsLetIn(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	now := domain.InstantOf(time.Now())
	late := domain.InstantOf(now.Time().Add(tryTime + time.Second))
	if err := s.AddDeviceTry(t.Context(), kommun, secret("d"), DeviceTry{Code: "BCDF-GHJK", Label: "en dator"}, now); err != nil {
		t.Fatal(err)
	}
	if _, waits, err := s.TakeDeviceTry(t.Context(), kommun, secret("d"), now); err != nil || !waits {
		t.Errorf("before a yes: %v, %v", waits, err)
	}
	if err := s.LetIn(t.Context(), kommun, "BCDF-GHJK", "p-a", late); !errors.Is(err, ErrNoRow) {
		t.Errorf("a late yes: %v", err)
	}
	if err := s.LetIn(t.Context(), "0000", "BCDF-GHJK", "p-a", now); !errors.Is(err, ErrNoRow) {
		t.Errorf("a yes from elsewhere: %v", err)
	}
	if err := s.LetIn(t.Context(), kommun, "BCDF-GHJK", "p-a", now); err != nil {
		t.Error(err)
	}
	if err := s.LetIn(t.Context(), kommun, "BCDF-GHJK", "p-b", now); !errors.Is(err, ErrNoRow) {
		t.Errorf("another's yes after the first: %v", err)
	}
	if _, _, err := s.TakeDeviceTry(t.Context(), kommun, secret("d"), late); !errors.Is(err, ErrNoRow) {
		t.Errorf("asked too late: %v", err)
	}
	if try, waits, err := s.TakeDeviceTry(t.Context(), kommun, secret("d"), now); err != nil || waits || try.Person != "p-a" || try.Label != "en dator" {
		t.Errorf("%+v, %v, %v", try, waits, err)
	}
	if _, _, err := s.TakeDeviceTry(t.Context(), kommun, secret("d"), now); !errors.Is(err, ErrNoRow) {
		t.Errorf("again: %v", err)
	}
}

// Changes are numbered, also when several calendars of the same things are read at once.
func TestChangesAreNumbered(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	now := domain.InstantOf(time.Now())
	uids := make([]string, 50)
	first, second := make([]domain.Digest, len(uids)), make([]domain.Digest, len(uids))
	for i := range uids {
		uids[i] = fmt.Sprintf("u%02d", i)
		first[i] = domain.DigestOf([]byte(uids[i]))
		second[i] = first[i]
	}
	second[7] = domain.DigestOf([]byte("moved"))
	for round, digests := range [][]domain.Digest{first, first, second, second} {
		at := now + domain.Instant(round)
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				told, err := s.TellFeeds(t.Context(), kommun, uids, digests, at)
				if err != nil || len(told) != len(uids) {
					t.Errorf("round %d: %d told, %v", round, len(told), err)
					return
				}
				for uid, is := range told {
					want := Told{0, now}
					if uid == "u07" && round >= 2 {
						want = Told{1, now + 2}
					}
					if is != want {
						t.Errorf("round %d: %s is %+v, want %+v", round, uid, is, want)
					}
				}
			})
		}
		all.Wait()
	}
	if other, err := s.TellFeeds(t.Context(), "0000", uids[:1], second[:1], now); err != nil || other["u00"].Sequence != 0 {
		t.Errorf("another municipality's: %v, %v", other, err)
	}
}

// The pulse grows with each stream that it is about.
func TestPulse(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	founded(t, s)
	look := func(stream string) uint64 {
		t.Helper()
		d, err := s.Doorstep(t.Context(), kommun, SecretHash{}, stream, domain.InstantOf(time.Now()))
		if err != nil || d.Session != nil {
			t.Fatalf("%+v, %v", d, err)
		}
		return d.Pulse
	}
	before, exercise := look(""), domain.ExerciseStream(kommun, 2029, 1)
	if before == 0 || look(exercise) != before {
		t.Errorf("with a registry alone: %d and %d", before, look(exercise))
	}
	launched(t, s, 2029, 1)
	all, err := s.Pulses(t.Context(), []string{"0000", kommun})
	if err != nil {
		t.Fatal(err)
	}
	if none, err := s.Pulses(t.Context(), []string{"0000"}); err != nil || len(none) != 1 || none[domain.RegistryStream("0000")] != 0 {
		t.Errorf("another municipality's: %v, %v", none, err)
	}
	if look("") != before+all[exercise] || look(exercise) != all[exercise] || all[exercise] == 0 || all[domain.RegistryStream(kommun)] != before {
		t.Errorf("before %d, then %d, the exercise %d of %v", before, look(""), look(exercise), all)
	}
}

// Answered proposals are not asked again, and keep no name.
func TestProposals(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	now := domain.InstantOf(time.Now())
	p := Proposal{Person: "p-a", Name: "Namn (påhittat)", Role: "processledare", Unit: "SOF", Made: now}
	for range 2 {
		if err := s.Propose(t.Context(), kommun, []Proposal{p}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Proposals(t.Context(), kommun)
	if err != nil || len(all) != 1 || all[0] != p {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := s.SettleProposal(t.Context(), kommun, p, false, "p-register", now); err != nil {
		t.Fatal(err)
	}
	if err := s.Propose(t.Context(), kommun, []Proposal{p}); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Proposals(t.Context(), kommun); err != nil || len(all) != 0 {
		t.Errorf("declined, and asked again: %+v, %v", all, err)
	}
	var name string
	if err := s.pool.QueryRow(t.Context(), "select name from proposal").Scan(&name); err != nil || name != "" {
		t.Errorf("%q is kept, %v", name, err)
	}
}
