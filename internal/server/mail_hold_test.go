package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/store"
)

// Held mails are shown to who sees to them, on the page and in the log, and let go by the registeransvarig alone.
func TestHeldMailsAreLetGo(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	d.Launch(t, time.Now().Year()+2)
	registrar, launcher, other := d.As(servertest.Registrar), d.As(servertest.Launcher), d.As(writer)
	var h api.MailHold
	no(t, launcher.Post(t.Context(), "/mail/hold", struct{}{}, &h), domain.CodeRoleNotHeld)
	for range 2 {
		ok(t, registrar.Post(t.Context(), "/mail/hold", struct{}{}, &h))
	}
	if !h.Held || h.Reason != string(store.HoldAsked) || h.By != servertest.Registrar || len(h.People) == 0 || h.People[0].Things == 0 {
		t.Errorf("%+v", h)
	}
	var seen api.MailHold
	ok(t, other.Get(t.Context(), "/mail/hold", &seen))
	if !seen.Held || len(seen.People) != 0 {
		t.Errorf("who sees to nothing sees %+v", seen)
	}
	var log api.MailLog
	ok(t, launcher.Get(t.Context(), "/mail", &log))
	if i := slices.IndexFunc(log.Findings, func(f api.MailFinding) bool { return f.Code == "held" }); i < 0 || !strings.Contains(log.Findings[i].Text, "arshjul mail release") {
		t.Errorf("%+v", log.Findings)
	}
	b := browse(t, d, servertest.Registrar)
	if text := content(b.open("/utskick", http.StatusOK)); !strings.Contains(text, "Mejlen hålls sedan") || !strings.Contains(text, "Släpp mejlen som hålls") {
		t.Errorf("the page says %s", text)
	}
	l := browse(t, d, servertest.Launcher)
	if text := content(l.open("/utskick", http.StatusOK)); !strings.Contains(text, "Mejlen hålls sedan") || strings.Contains(text, "Släpp mejlen som hålls") {
		t.Errorf("the cykelansvarig's page says %s", text)
	}
	answer, err := l.client.PostForm(l.url+"/utskick/slapp", url.Values{"skickat": {"ja"}})
	ok(t, err)
	l.page(answer, http.StatusForbidden)
	answer, err = b.client.PostForm(b.url+"/utskick/slapp", url.Values{"skickat": {"ja"}})
	ok(t, err)
	b.page(answer, http.StatusOK)
	var after api.MailHold
	ok(t, registrar.Get(t.Context(), "/mail/hold", &after))
	if after.Held || len(after.People) != 0 {
		t.Errorf("what was sent already waits: %+v", after)
	}
	ok(t, registrar.Post(t.Context(), "/mail/release", api.MailRelease{}, &after))
	if after.Held {
		t.Errorf("let go twice: %+v", after)
	}
}

// A mail that was taken and came back is a finding, with the mail server's words and no address.
func TestAMailThatCameBack(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	d.Launch(t, time.Now().Year()+2)
	waiting, err := d.Store.Waiting(t.Context(), servertest.Kommun, domain.InstantOf(time.Now()).Date())
	ok(t, err)
	now := domain.InstantOf(time.Now().Add(time.Hour)) // when delivery, which is at work, has not come to it
	w := waiting[0]
	ok(t, d.Store.MakeMails(t.Context(), servertest.Kommun, []store.NewMail{{ID: "m1", Person: w.Person, Day: now.Date(), Notices: []int64{w.ID}}}, nil, now))
	const head = "Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
	const tail = "Diagnostic-Code: smtp; 550 <a@exempel.invalid> finns inte\r\n\r\n--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <m1@exempel.invalid>\r\n\r\n--x--\r\n"
	bounce := api.MailBounce{Report: head + "Action: failed\r\n" + tail}
	var m api.Mail
	registrar := d.As(servertest.Registrar)
	no(t, d.As(writer).Post(t.Context(), "/mail/bounces", bounce, &m), domain.CodeRoleNotHeld)
	no(t, registrar.Post(t.Context(), "/mail/bounces", api.MailBounce{Report: "hej"}, &m), domain.CodeBadCommand)
	no(t, registrar.Post(t.Context(), "/mail/bounces", bounce, &m), domain.CodeNothingChanged) // it has not been sent
	if _, err := d.Store.ClaimMails(t.Context(), servertest.Kommun, true, now, time.Minute, 10); err != nil {
		t.Fatal(err)
	}
	ok(t, d.Store.SettleMail(t.Context(), "m1", store.Outcome{State: store.MailSent, Words: "250 tack"}, now))
	no(t, registrar.Post(t.Context(), "/mail/bounces", api.MailBounce{Report: head + "Action: delayed\r\n" + tail}, &m), domain.CodeNothingChanged)
	no(t, registrar.Post(t.Context(), "/mail/bounces", api.MailBounce{Report: strings.ReplaceAll(bounce.Report, "<m1@", "<m2@")}, &m), domain.CodeNotFound)
	for range 2 {
		ok(t, registrar.Post(t.Context(), "/mail/bounces", bounce, &m))
	}
	if m.State != "failed" || m.Reason != "bounced" || m.Words != "550 <adressen> finns inte" {
		t.Errorf("%+v", m)
	}
	var log api.MailLog
	ok(t, registrar.Get(t.Context(), "/mail", &log))
	if i := slices.IndexFunc(log.Findings, func(f api.MailFinding) bool { return f.Mail == "m1" }); i < 0 || !strings.Contains(log.Findings[i].Text, "kom tillbaka: 550 <adressen> finns inte") {
		t.Errorf("%+v", log.Findings)
	}
	var one api.Mail
	ok(t, registrar.Get(t.Context(), "/mail/log/m1", &one))
	if n := len(one.Tries); n != 2 || one.Tries[0].State != "sent" || one.Tries[1].State != "failed" {
		t.Errorf("%+v", one.Tries)
	}
}
