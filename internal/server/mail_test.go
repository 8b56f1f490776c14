package server_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/officials"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/store"
)

// untilIt waits for something that delivery brings about by itself.
func untilIt(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("never came about: %s", what)
		case <-poll.C:
		}
	}
}

// laddered is the first wheel with a ladder, as an organisation would write it.
func laddered(t *testing.T) []byte {
	t.Helper()
	text := strings.Replace(string(wheels.First), "\nroller:", "\npåminner: [10 dagar före, samma dag, 1 dag efter, eskalera 3 dagar efter]\n\nroller:", 1)
	if text == string(wheels.First) {
		t.Fatal("the wheel has no roles to put the ladder before")
	}
	return []byte(text)
}

// An exercise's mails are as many as rehearsal says, and every one of them is in the sink, once.
func TestAnExerciseMailsAsRehearsed(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	launcher := d.As(servertest.Launcher)
	file, err := launcher.Upload(t.Context(), laddered(t))
	ok(t, err)
	var r api.Receipt
	ok(t, launcher.Post(t.Context(), "/exercises", api.Exercise{ID: "x", Year: 2028, Wheel: file.SHA256}, &r))
	head, err := officials.Play(t.Context(), launcher, r.Stream, servertest.Launcher, func(officials.Progress) {})
	ok(t, err)
	if head.Status != api.CycleEnded {
		t.Fatalf("the exercise is %s", head.Status)
	}

	first, err := d.Store.Entry(t.Context(), r.Stream, 1)
	ok(t, err)
	l := first.Event.Launched
	rehearsed, err := domain.Rehearse(domain.Launch{Kommun: l.Kommun, Year: l.Year, Exercise: l.Exercise, Start: first.Event.At.Date(), Wheel: l.Wheel, Registry: l.Registry}, servertest.Launcher)
	ok(t, err)
	if rehearsed.Mails < 50 {
		t.Errorf("rehearsal says %d mails", rehearsed.Mails)
	}
	count := func() int {
		counts, err := d.Store.MailCounts(t.Context(), servertest.Kommun, r.Stream)
		ok(t, err)
		return counts[store.MailSent]
	}
	untilIt(t, "all mails are sent", func() bool {
		waiting, err := d.Store.WaitingExercises(t.Context(), servertest.Kommun)
		ok(t, err)
		next, err := d.Store.NextMail(t.Context(), servertest.Kommun, false)
		ok(t, err)
		return len(waiting) == 0 && next == 0
	})
	sunk, err := d.Store.SunkCount(t.Context(), servertest.Kommun, r.Stream)
	ok(t, err)
	if n := count(); n != rehearsed.Mails || sunk != n {
		t.Errorf("%d mails were sent and %d are in the sink; rehearsal said %d", n, sunk, rehearsed.Mails)
	}
	list, err := d.Store.Sunk(t.Context(), servertest.Kommun, r.Stream, 0, 1000)
	ok(t, err)
	for _, m := range list {
		if m.Times != 1 || !strings.HasSuffix(m.Recipient, "@ovning.invalid") || !strings.HasPrefix(m.Subject, "ÖVNING: ") {
			t.Errorf("%+v", m)
		}
	}
	if real, err := d.Store.Mails(t.Context(), servertest.Kommun, store.MailQuery{Limit: 10}); err != nil || len(real) != 0 {
		t.Errorf("real mails: %+v, %v", real, err)
	}

	b := browse(t, d, servertest.Registrar)
	page := b.open("/ovningspost?exercise="+url.QueryEscape(r.Stream), http.StatusOK)
	if text := content(page); !strings.Contains(text, "ÖVNING: ") || !strings.Contains(text, "@ovning.invalid") {
		t.Errorf("the sink's page says %s", text)
	}
	var link string
	for n := range page.Descendants() {
		if at := attr(n, "href"); n.Data == "a" && strings.HasPrefix(at, "/ovningspost/") && link == "" {
			link = at
		}
	}
	if text := content(b.open(link, http.StatusOK)); !strings.Contains(text, "Varför du får det här:") || !strings.Contains(text, "Inget blir gjort av att du läser det här") {
		t.Errorf("a mail's page says %s", text)
	}
	answer, err := b.client.Get(b.url + link + "/sida")
	ok(t, err)
	csp := answer.Header.Get("Content-Security-Policy")
	doc, err := html.Parse(answer.Body)
	ok(t, err)
	ok(t, answer.Body.Close())
	if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "sandbox") || strings.Contains(csp, "script") || !strings.Contains(content(doc), "ÖVNING.") {
		t.Errorf("%s: %s", csp, content(doc))
	}
}

// no expects a refusal with a code.
func no(t *testing.T, err error, code domain.Code) {
	t.Helper()
	if p := refusal(t, err); p.Code != code {
		t.Errorf("got %s, %q, want %s", p.Code, p.Message, code)
	}
}

func TestAddressesAreTheRegistrarsToSet(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	registrar, writer := d.As(servertest.Registrar), d.As(writer)
	var set api.MailAddress
	ok(t, registrar.Post(t.Context(), "/mail/addresses", api.MailAddress{Person: servertest.Launcher, Address: "ett@exempel.invalid"}, &set))
	if set.By != servertest.Registrar || set.At == 0 {
		t.Errorf("%+v", set)
	}
	refusals := func() int {
		entries, err := d.Store.Entries(t.Context(), "refusals/"+servertest.Kommun, 1, 100_000)
		ok(t, err)
		n := 0
		for _, e := range entries {
			if e.Event.Refused.Kind == "set-address" {
				n++
			}
		}
		return n
	}
	before := refusals()
	no(t, writer.Post(t.Context(), "/mail/addresses", api.MailAddress{Person: servertest.Launcher, Address: "annan@exempel.invalid"}, &set), domain.CodeRoleNotHeld)
	if refusals() <= before { // other tests are refused too
		t.Error("the no is not written down")
	}
	for code, in := range map[domain.Code]api.MailAddress{
		domain.CodeBadCommand:   {Person: servertest.Launcher, Address: "ingen adress"},
		domain.CodeNotFound:     {Person: "p-okand", Address: "a@exempel.invalid"},
		domain.CodeUnknownField: {Person: servertest.Launcher, Address: "a@exempel.invalid", By: "p-annan"},
	} {
		no(t, registrar.Post(t.Context(), "/mail/addresses", in, &set), code)
	}
	list := func(c *api.Client) (addresses []string) {
		var l api.MailAddresses
		ok(t, c.Get(t.Context(), "/mail/addresses", &l))
		for _, a := range l.Addresses {
			addresses = append(addresses, a.Address)
		}
		return addresses
	}
	if got := list(registrar); !slices.Contains(got, "ett@exempel.invalid") {
		t.Errorf("the registrar sees %q", got)
	}
	if got := list(d.As(servertest.Launcher)); !slices.Equal(got, []string{"ett@exempel.invalid"}) {
		t.Errorf("the person sees %q", got)
	}
	if got := list(writer); slices.Contains(got, "ett@exempel.invalid") || len(got) != 1 {
		t.Errorf("another sees %q", got)
	}
}

func TestHowOftenIsEverybodysOwnToSay(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	c := d.As("p-sof-forvaltningschef")
	var got api.MailChoice
	ok(t, c.Get(t.Context(), "/mail/choice", &got))
	if got.Choice != "dag" || len(got.History) != 0 {
		t.Errorf("at first %+v", got)
	}
	for range 2 {
		ok(t, c.Post(t.Context(), "/mail/choice", api.MailChoice{Choice: "vecka"}, &got))
	}
	ok(t, c.Post(t.Context(), "/mail/choice", api.MailChoice{Choice: "direkt"}, &got))
	if got.Choice != "direkt" || len(got.History) != 2 || got.History[1].Choice != "vecka" {
		t.Errorf("%+v", got)
	}
	no(t, c.Post(t.Context(), "/mail/choice", api.MailChoice{Choice: "aldrig"}, &got), domain.CodeBadCommand)
	no(t, c.Post(t.Context(), "/mail/choice", api.MailChoice{Choice: "dag", History: []api.MailChoiceWas{{Choice: "dag"}}}, &got), domain.CodeUnknownField)
	var other api.MailChoice
	ok(t, d.As(servertest.Registrar).Get(t.Context(), "/mail/choice", &other))
	if other.Choice != "dag" {
		t.Errorf("another's is %+v", other)
	}
}

// The log is the admin's; others see their own, and nobody sees what a mail said or where it went.
func TestTheDeliveryLog(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	cycle := d.Launch(t, time.Now().Year()+2)
	waiting, err := d.Store.Waiting(t.Context(), servertest.Kommun, domain.InstantOf(time.Now()).Date())
	ok(t, err)
	byPerson := map[domain.PersonID][]int64{}
	var people []domain.PersonID
	for _, w := range waiting {
		if byPerson[w.Person] == nil && w.Person != servertest.Registrar && w.Person != servertest.Launcher && w.Person != servertest.Confirmer {
			people = append(people, w.Person) // who sees only their own
		}
		byPerson[w.Person] = append(byPerson[w.Person], w.ID)
	}
	if len(people) == 0 {
		t.Fatalf("nobody is told of %s", cycle)
	}
	now := domain.InstantOf(time.Now().Add(time.Hour)) // when delivery, which is at work, has not come to it
	person := people[0]
	ok(t, d.Store.MakeMails(t.Context(), servertest.Kommun, []store.NewMail{{ID: "m1", Person: person, Day: now.Date(), Notices: byPerson[person]}}, nil, now))
	// As delivery would, had it no address.
	if _, err := d.Store.ClaimMails(t.Context(), servertest.Kommun, true, now, time.Minute, 10); err != nil {
		t.Fatal(err)
	}
	ok(t, d.Store.SettleMail(t.Context(), "m1", store.Outcome{State: store.MailFailed, Reason: store.ReasonNoAddress, Words: "ingen adress"}, now))

	log := func(c *api.Client, query string) (l api.MailLog) {
		t.Helper()
		ok(t, c.Get(t.Context(), "/mail"+query, &l))
		return l
	}
	admin := log(d.As(servertest.Registrar), "")
	at := slices.IndexFunc(admin.Mails, func(m api.Mail) bool { return m.ID == "m1" })
	if at < 0 || admin.Mails[at].Person != person || admin.Mails[at].Word != "misslyckades" || admin.Mails[at].Reason != "no_address" {
		t.Fatalf("%+v", admin)
	}
	if i := slices.IndexFunc(admin.Findings, func(f api.MailFinding) bool { return f.Code == "no_address" && f.Person == person }); i < 0 || !strings.Contains(admin.Findings[i].Text, "set-address") {
		t.Errorf("findings %+v", admin.Findings)
	}
	if own := log(d.As(person), ""); len(own.Mails) == 0 || len(own.Findings) != 0 || slices.ContainsFunc(own.Mails, func(m api.Mail) bool { return m.Person != person }) {
		t.Errorf("the person sees %+v", own)
	}
	if none := log(d.As(secretary), "?person="+string(person)); slices.ContainsFunc(none.Mails, func(m api.Mail) bool { return m.Person == person }) || len(none.Findings)+len(none.Counts) != 0 {
		t.Errorf("somebody else sees %+v", none)
	}
	no(t, d.As(stranger).Get(t.Context(), "/mail", new(api.MailLog)), domain.CodeNoAccess)
	var m api.Mail
	ok(t, d.As(servertest.Registrar).Get(t.Context(), "/mail/log/m1", &m))
	if len(m.Tries) != 1 || len(m.Things) != len(byPerson[person]) || m.Things[0].Stream != cycle {
		t.Errorf("%+v", m)
	}
	no(t, d.As(secretary).Get(t.Context(), "/mail/log/m1", &m), domain.CodeNotFound)
	no(t, d.As(person).Post(t.Context(), "/mail/log/m1/again", struct{}{}, &m), domain.CodeRoleNotHeld)
	ok(t, d.As(servertest.Registrar).Post(t.Context(), "/mail/log/m1/again", struct{}{}, &m))
	if m.State != "released" && m.State != "sent" && m.State != "new" {
		t.Errorf("again: %+v", m)
	}
	var log2 api.MailLog
	untilIt(t, "no finding is left", func() bool {
		log2 = log(d.As(servertest.Registrar), "")
		return len(log2.Findings) == 0
	})
}

func TestMailPages(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	const person = servertest.Confirmer
	b := browse(t, d, person)
	if text := content(b.open("/utskick", http.StatusOK)); !strings.Contains(text, "Hur ofta vill du få mejl?") || strings.Contains(text, "Spara adressen") {
		t.Errorf("the page says %s", text)
	}
	answer, err := b.client.PostForm(b.url+"/utskick/val", url.Values{"val": {"vecka"}})
	ok(t, err)
	b.page(answer, http.StatusOK)
	var c api.MailChoice
	ok(t, d.As(person).Get(t.Context(), "/mail/choice", &c))
	if c.Choice != "vecka" {
		t.Errorf("%+v", c)
	}
	answer, err = b.client.PostForm(b.url+"/utskick/adress", url.Values{"person": {string(person)}, "adress": {"a@exempel.invalid"}})
	ok(t, err)
	b.page(answer, http.StatusForbidden)
	r := browse(t, d, servertest.Registrar)
	answer, err = r.client.PostForm(r.url+"/utskick/adress", url.Values{"person": {string(person)}, "adress": {" a@exempel.invalid "}})
	ok(t, err)
	if text := content(r.page(answer, http.StatusOK)); !strings.Contains(text, "a@exempel.invalid") || !strings.Contains(text, "Spara adressen") {
		t.Errorf("the page says %s", text)
	}
	if text := content(b.open("/utskick", http.StatusOK)); !strings.Contains(text, "Dina mejl går till a@exempel.invalid") {
		t.Errorf("the page says %s", text)
	}
	r.open("/ovningspost", http.StatusOK)
	r.open("/ovningspost/4711", http.StatusNotFound)
	r.open("/ovningspost/x", http.StatusNotFound)
}
