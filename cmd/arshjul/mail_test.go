package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"arshjul/internal/mail/mailtest"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
)

func TestMailVerbs(t *testing.T) {
	d := servertest.Shared(t)
	server := "--server=" + d.URL
	const registrar, writer = "--as=p-slf-registeransvarig", "--as=p-slf-stadens-processledare"
	for _, row := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"mail", "log", server, registrar}, api.ExitOK, "mejl"},
		{[]string{"mail", "log", server, writer, "--state=failed"}, api.ExitOK, "Inga mejl."},
		{[]string{"mail", "show", "finns-inte", server, registrar}, api.ExitRefused, "Det finns inget mejl"},
		{[]string{"mail", "again", "finns-inte", server, registrar}, api.ExitRefused, "Det finns inget mejl"},
		{[]string{"mail", "again", "finns-inte", server, writer}, api.ExitRefused, "registeransvarig"},
		{[]string{"mail", "set-address", "--person=p-slf-ekonomidirektor", "--address=e@exempel.invalid", server, registrar}, api.ExitOK, "går till: e@exempel.invalid"},
		{[]string{"mail", "set-address", "--person=p-slf-ekonomidirektor", "--address=inget", server, registrar}, api.ExitUsage, "namn@exempel.se"},
		{[]string{"mail", "set-address", "--person=p-slf-ekonomidirektor", server, registrar}, api.ExitUsage, "ange --person och --address"},
		{[]string{"mail", "set-address", "--file=" + file(t, "adresser.csv", "person;adress\np-sn-namndsekreterare;sn@exempel.invalid\np-kn-namndsekreterare;\n"), server, registrar}, api.ExitOK, "2 adresser är inlagda"},
		{[]string{"mail", "set-address", "--file=" + file(t, "okand.csv", "person;adress\np-finns-inte;x@exempel.invalid\n"), server, registrar}, api.ExitRefused, "p-finns-inte"},
		{[]string{"mail", "set-address", "--file=" + file(t, "dalig.csv", "vem;var\n"), server, registrar}, api.ExitUsage, "dalig.csv:1"},
		{[]string{"mail", "set-address", "--file=x.csv", "--person=p-1", server, registrar}, api.ExitUsage, "file"},
		{[]string{"mail", "addresses", server, registrar}, api.ExitOK, "e@exempel.invalid"},
		{[]string{"mail", "addresses", server, registrar, "--json"}, api.ExitOK, `"address": "e@exempel.invalid"`},
		{[]string{"mail", "choose", "vecka", server, writer}, api.ExitOK, "Du får mejl: vecka."},
		{[]string{"mail", "choose", "aldrig", server, writer}, api.ExitUsage, "Välj direkt, dag, vecka eller inga"},
		{[]string{"mail", "choice", server, writer}, api.ExitOK, "vecka"},
		{[]string{"mail", "sink", server, writer, "--exercise=exercise/1283/2028/4711"}, api.ExitOK, "0 mejl."},
		{[]string{"mail", "hold", server, writer}, api.ExitRefused, "registeransvarig"},
		{[]string{"mail", "hold", server, registrar}, api.ExitOK, "Mejlen hålls sedan"},
		{[]string{"mail", "held", server, registrar}, api.ExitOK, "av p-slf-registeransvarig"},
		{[]string{"mail", "log", server, registrar}, api.ExitOK, "ATT SE TILL: Mejlen hålls sedan"},
		{[]string{"mail", "release", server, writer}, api.ExitRefused, "registeransvarig"},
		{[]string{"mail", "release", server, registrar}, api.ExitOK, "Mejlen hålls inte."},
		{[]string{"mail", "bounced", "/finns/inte", server, registrar}, api.ExitUsage, "går inte att läsa"},
		{[]string{"mail", "bounced", file(t, "rapport.eml", "hej"), server, registrar}, api.ExitUsage, "Skicka hela mejlet"},
		{[]string{"mail", "sink", "4711", server, writer}, api.ExitRefused, "Det finns inget mejl"},
		{[]string{"mail"}, api.ExitUsage, "ange vad du vill göra"},
	} {
		r := arshjul(row.args...)
		if r.code != row.code || !strings.Contains(r.out+r.err, row.says) {
			t.Errorf("%q: exit %d, want %d, and %q in\n%s%s", row.args, r.code, row.code, row.says, r.out, r.err)
		}
	}
}

// A worker that is to send nothing cannot be made to; one that is to send is told what is missing.
func TestWhereAWorkerSends(t *testing.T) {
	flags := []string{"worker", "--database=postgres://nowhere.invalid/x", "--temporal=nowhere.invalid:1"}
	for _, row := range []struct {
		args []string
		says string
	}{
		{[]string{"--mail=sink", "--smtp=smtp.exempel.invalid:587"}, "har ingen mening"},
		{[]string{"--mail=sink", "--mail-from=a@exempel.invalid"}, "har ingen mening"},
		{[]string{"--mail=alla"}, "--mail är sink eller ingenting"},
		{[]string{"--smtp=smtp.exempel.invalid:587"}, "--mail-from och --pages"},
		{[]string{"--mail=sink", "--municipalities=kommuner.yaml", "--pages=https://arshjul.exempel.invalid"}, "--pages gäller en enda kommun"},
	} {
		if r := arshjul(append(flags, row.args...)...); r.code != api.ExitUsage || !strings.Contains(r.err, row.says) {
			t.Errorf("%q: exit %d, %s", row.args, r.code, r.err)
		}
	}

	// A local stack's database takes no worker that would send.
	inside := stacktest.Database(t, store.Migrate)
	if err := store.KeepMailsInside(t.Context(), inside); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), stacktest.AsRole(t, inside, store.AppRole))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	real := mailing{server: "smtp.exempel.invalid:587", security: "starttls", timeout: 20, from: "a@exempel.invalid", pages: "https://exempel.invalid"}
	if _, err := real.deliver(t.Context(), nil, &opened{store: st}); err == nil || !strings.Contains(err.Error(), "lokal stack") {
		t.Errorf("a worker that sends was let in to a local stack's database: %v", err)
	}

	d := servertest.Shared(t)
	server := mailtest.New(t, mailtest.Options{})
	t.Setenv("ARSHJUL_SMTP", "localhost:"+strconv.Itoa(server.Port))
	sunk := mailing{how: mailSink, server: "localhost:1", from: "nej", pages: "http://127.0.0.1/"}
	if office, err := sunk.office(d.Store, d.Sink); err != nil {
		t.Error(err)
	} else if line, err := office.Open(t.Context(), servertest.Kommun, false); err != nil {
		t.Errorf("the sink is not reached: %v", err)
	} else {
		line.Close()
	}
	several := mailing{how: mailSink, many: file(t, "kommuner.yaml", "municipalities:\n  - {kommun: \""+servertest.Kommun+"\", url: https://a.exempel.invalid, wheel: helsingborg}\n")}
	if office, err := several.office(d.Store, d.Sink); err != nil {
		t.Error(err)
	} else {
		if line, err := office.Open(t.Context(), servertest.Kommun, false); err != nil {
			t.Errorf("one of the file's: %v", err)
		} else {
			line.Close()
		}
		if _, err := office.Open(t.Context(), "1277", false); err == nil || !strings.Contains(err.Error(), "--municipalities") {
			t.Errorf("one that the file has not: %v", err)
		}
	}
	several.many = "finns-inte.yaml"
	if _, err := several.office(d.Store, d.Sink); err == nil || !strings.Contains(err.Error(), "går inte att läsa") {
		t.Errorf("no such file of municipalities: %v", err)
	}
	none := mailing{}
	if office, err := none.office(d.Store, d.Sink); err != nil {
		t.Error(err)
	} else if _, err := office.Open(t.Context(), servertest.Kommun, false); err == nil || !strings.Contains(err.Error(), "ingen e-postserver") {
		t.Errorf("without a mail server: %v", err)
	}
	good := mailing{server: "localhost:" + strconv.Itoa(server.Port), security: "ingen", from: "Årshjul <arshjul@exempel.invalid>", pages: "https://x", timeout: 10}
	if office, err := good.office(d.Store, d.Sink); err != nil {
		t.Error(err)
	} else if line, err := office.Open(t.Context(), servertest.Kommun, false); err != nil {
		t.Error(err)
	} else {
		line.Close()
	}
	for says, change := range map[string]func(*mailing){
		"avsändare":      func(m *mailing) { m.from = "nej" },
		"värd:port":      func(m *mailing) { m.server = "localhost" },
		"inget tal":      func(m *mailing) { m.server = "localhost:smtp" },
		"säkerheten":     func(m *mailing) { m.security = "ssl" },
		"password-file":  func(m *mailing) { m.user, m.password = "u", "/finns/inte" },
		"smtp-ca":        func(m *mailing) { m.ca = "/finns/inte" },
		"både användare": func(m *mailing) { m.user, m.security = "u", "tls" },
		"1 till 30":      func(m *mailing) { m.timeout = 60 },
	} {
		m := good
		change(&m)
		if _, err := m.office(d.Store, d.Sink); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v, want what says %q", m, err, says)
		}
	}
}

// Whoever sees to mails is told in a cycle's status what has to be seen to; nobody else is.
func TestStatusTellsOfMails(t *testing.T) {
	d := servertest.New(t)
	server, cycle := "--server="+d.URL, d.Launch(t, time.Now().Year()+2)
	if r := arshjul("mail", "hold", server, "--as=p-slf-registeransvarig"); r.code != api.ExitOK {
		t.Fatal(r.err)
	}
	for person, told := range map[string]bool{"p-slf-registeransvarig": true, "p-slf-cykelansvarig": true, "p-slf-stadens-processledare": false} {
		r := arshjul("status", cycle, server, "--as="+person)
		if r.code != api.ExitOK || strings.Contains(r.out, "ATT SE TILL: Mejlen hålls") != told {
			t.Errorf("%s: exit %d\n%s%s", person, r.code, r.out, r.err)
		}
	}
	if r := arshjul("mail", "release", server, "--as=p-slf-registeransvarig"); r.code != api.ExitOK {
		t.Error(r.err)
	}
	if r := arshjul("status", cycle, server, "--as=p-slf-registeransvarig"); strings.Contains(r.out, "ATT SE TILL: Mejlen hålls") {
		t.Errorf("let go, and still\n%s", r.out)
	}
}
