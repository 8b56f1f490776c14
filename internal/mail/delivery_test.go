package mail

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"
	"go.uber.org/zap"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/domain/domaintest"
	"arshjul/internal/mail/mailtest"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
)

// sending is the activity over a real database and a real mail server, at times that the test says.
func sending(t testing.TB, s *store.Store, port int) func(now time.Time) (activities.SendResult, error) {
	t.Helper()
	return sendingWith(t, s, Settings{Host: "localhost", Port: port, Security: Plain, Timeout: 30 * time.Second})
}

// expecting sends at a time and counts the mails that come of it.
func expecting(t *testing.T, server *mailtest.Server, send func(now time.Time) (activities.SendResult, error)) func(what string, at time.Time, want int) {
	t.Helper()
	mails := 0
	return func(what string, at time.Time, want int) {
		t.Helper()
		if _, err := send(at); err != nil {
			t.Fatal(err)
		}
		if got := len(server.Mails()) - mails; got != want {
			t.Fatalf("%s: %d mails, want %d", what, got, want)
		}
		mails += want
	}
}

func sendingWith(t testing.TB, s *store.Store, set Settings) func(now time.Time) (activities.SendResult, error) {
	t.Helper()
	real, err := NewSMTP(set, s)
	if err != nil {
		t.Fatal(err)
	}
	sink := NewSink(s)
	t.Cleanup(sink.Close)
	office := NewOffice(s, sender, base, real, sink)
	var now time.Time
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(temporalx.Logger(zap.NewNop()))
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivityWithOptions(activities.Send{Store: s, Now: func() time.Time { return now },
		Open: func(ctx context.Context, kommun string, exercise bool) (activities.Carrier, error) {
			line, err := office.Open(ctx, kommun, exercise)
			if err != nil {
				return nil, err
			}
			return line, nil
		}}.Send, activity.RegisterOptions{Name: "send"})
	return func(at time.Time) (result activities.SendResult, err error) {
		now = at
		value, err := env.ExecuteActivity("send", activities.SendInput{Kommun: kommun})
		if err != nil {
			return result, err
		}
		return result, value.Get(&result)
	}
}

// crowd has a cycle in which each of many people has something to do, all with addresses.
func crowd(t testing.TB, s *store.Store, people int) {
	t.Helper()
	r, w := town(), wheel(t)
	plan, err := domain.ParseRule("senast 31 mars", domain.StagePlanning)
	if err != nil {
		t.Fatal(err)
	}
	w.Steps = nil
	for i := range people {
		role, person := domain.RoleID(fmt.Sprint("roll-", i)), domain.PersonID(fmt.Sprint("p-", i))
		w.Roles = append(w.Roles, domain.RoleDef{ID: role, Title: fmt.Sprint("Roll ", i), Seat: domain.SeatCity})
		w.Steps = append(w.Steps, domain.StepDef{ID: fmt.Sprint("webb-", i), Title: fmt.Sprint("Publicering ", i), Stage: domain.StagePlanning, Act: domain.ActPublication,
			Scope: domain.ScopeCity, Body: "SLF", Slots: domain.Slots{Publish: role, Escalate: role}, Plan: plan})
		r.Issued++
		r.Bindings = append(r.Bindings, domain.Binding{Number: r.Issued, Person: person, Role: role, Unit: "SLF", From: "2026-01-01"})
		set1(t.(*testing.T), s, person, fmt.Sprintf("p-%d@exempel.invalid", i))
	}
	l := domaintest.Ordered(domain.Launch{Kommun: kommun, Year: 2028, Registry: r, Wheel: w})
	d := &desk{t: t, store: s, state: domain.NewState(domain.CycleStream(kommun, 2028)), now: domain.Date("2026-12-01").Start()}
	d.do(domain.Command{Kind: domain.CmdLaunch, Actor: launcher, Launch: l})
}

var firstMorning = time.Date(2026, 12, 1, 6, 30, 0, 0, time.UTC) // half past seven in Stockholm, a Tuesday

// came holds what the mail server took against what it should have: everybody once and by one id, but for so many repeats.
func came(t *testing.T, mails []mailtest.Mail, people, repeats int) {
	t.Helper()
	ids, again := map[string]string{}, 0
	for _, m := range mails {
		if was, ok := ids[m.To]; ok {
			again++
			if was != m.ID {
				t.Errorf("%s got the mail as %s and as %s", m.To, was, m.ID)
			}
		}
		ids[m.To] = m.ID
	}
	if len(ids) != people {
		t.Errorf("%d people got a mail, of %d", len(ids), people)
	}
	if again > repeats {
		t.Errorf("%d mails came again, and only %d attempts ended between the server's 250 and our commit", again, repeats)
	}
	t.Logf("%d mails to %d people, %d again of at most %d", len(mails), len(ids), again, repeats)
}

var seed = flag.Uint64("seed", 0, "of the mail server's answers; 0 = another every time")

// The mail server answers anything at all, and at last nothing is lost, and nothing has come again but what it took without saying so.
func TestNothingIsLostWhateverTheMailServerDoes(t *testing.T) {
	t.Parallel()
	const people = 40
	s := openStore(t)
	crowd(t, s, people)
	server := mailtest.New(t, mailtest.Options{})
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d plays the same answers", *seed)
	random := rand.New(rand.NewPCG(*seed, 0))
	var mu sync.Mutex
	taken := 0 // without saying so
	ill := true
	faults := []mailtest.Fault{{At: "RCPT", Code: 450}, {At: "RCPT", Code: 421}, {At: "DATA", Code: 452}, {At: "RCPT", Drop: true},
		{At: "DATA", Drop: true}, {At: "DATA", Drop: true, Take: true}, {Gone: true}}
	fates := map[string]*mailtest.Fault{}
	server.Fail(func(to string) *mailtest.Fault {
		mu.Lock()
		defer mu.Unlock()
		if !ill || to == "" {
			return nil
		}
		if f, ok := fates[to]; ok {
			return f
		}
		if n := random.IntN(2 * len(faults)); n < len(faults) {
			fates[to] = &faults[n]
			if faults[n].Take {
				taken++
			}
		} else {
			fates[to] = nil
		}
		return fates[to]
	})
	send := sending(t, s, server.Port)
	now := firstMorning
	for round := 0; round < 400; round++ {
		mu.Lock()
		clear(fates) // another fate at each try
		ill = round < 60
		mu.Unlock()
		r, err := send(now)
		if err != nil {
			t.Fatal(err)
		}
		if counts, err := s.MailCounts(t.Context(), kommun, ""); err != nil {
			t.Fatal(err)
		} else if !ill && counts[store.MailSent] == people {
			break
		}
		now = r.Next.Time()
	}
	mu.Lock()
	defer mu.Unlock()
	came(t, server.Mails(), people, taken)
	if found, err := Findings(t.Context(), s, kommun, domain.InstantOf(now)); err != nil || len(found) != 0 {
		t.Errorf("findings %+v, %v", found, err)
	}
}

const childURL, childPort, childMinutes = "ARSHJUL_TEST_MAIL_DATABASE", "ARSHJUL_TEST_MAIL_PORT", "ARSHJUL_TEST_MAIL_MINUTES"

// TestChild sends once, in a process of its own that another test started, and kills on the way.
func TestChild(t *testing.T) {
	url := os.Getenv(childURL)
	if url == "" {
		return // nobody's child
	}
	s, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	port, err := strconv.Atoi(os.Getenv(childPort))
	if err != nil {
		t.Fatal(err)
	}
	minutes, err := strconv.Atoi(os.Getenv(childMinutes))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sending(t, s, port)(firstMorning.Add(time.Duration(minutes) * time.Minute)); err != nil {
		t.Fatal(err)
	}
	fmt.Println("child: done")
}

// A process that sends is killed (kill -9) again and again, just as the mail server has taken a mail.
func TestKilledWhileSending(t *testing.T) {
	t.Parallel()
	const people, kills = 30, 20
	url := stacktest.AsRole(t, stacktest.Database(t, store.Migrate), store.AppRole)
	s, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	crowd(t, s, people)
	server := mailtest.New(t, mailtest.Options{})
	var mu sync.Mutex
	var running *exec.Cmd
	killed, wait := 0, 0
	server.Fail(func(to string) *mailtest.Fault {
		mu.Lock()
		defer mu.Unlock()
		if to == "" || running == nil || killed >= kills {
			return nil
		}
		// The first time for the recipient, the second for the mail; now and then a few mails later.
		if wait--; wait > 0 {
			return nil
		}
		wait = 2 + killed%3*2
		killed++
		process := running.Process
		running = nil
		go func() { _ = process.Kill() }() // beside the answer: it hits before or after the 250, and before or after our commit
		return nil
	})
	wait = 2
	done := false
	minutes := 0
	for ; !done && minutes < 4*kills*10; minutes += 4 { // longer than a claim
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.v")
		cmd.Env = append(os.Environ(), childURL+"="+url, childPort+"="+strconv.Itoa(server.Port), childMinutes+"="+strconv.Itoa(minutes))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stderr = os.Stderr
		mu.Lock()
		if err := cmd.Start(); err != nil {
			mu.Unlock()
			t.Fatal(err)
		}
		running = cmd
		mu.Unlock()
		finished := false
		for lines := bufio.NewScanner(out); lines.Scan(); {
			finished = finished || strings.Contains(lines.Text(), "child: done")
		}
		_ = cmd.Wait() // killed, mostly
		mu.Lock()
		running = nil
		mu.Unlock()
		counts, err := s.MailCounts(t.Context(), kommun, "")
		if err != nil {
			t.Fatal(err)
		}
		done = finished && counts[store.MailSent] == people
	}
	if !done || killed == 0 {
		t.Fatalf("not everything was sent after %d kills and %d minutes", killed, minutes)
	}
	came(t, server.Mails(), people, killed)
}
