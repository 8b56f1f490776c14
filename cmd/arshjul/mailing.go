package main

import (
	"context"
	"errors"
	"net"
	netmail "net/mail"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.uber.org/zap"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/internal/mail"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// mailing is where a worker sends the mails of real cycles, as flags name it. An exercise's go to the sink whatever they
// say.
type mailing struct {
	how                string // "sink" = everything goes to the sink
	server, security   string
	user, password, ca string // the last two are files
	from, pages, hello string
	many               string // file of municipalities, which says where each one's pages are
	timeout            int    // seconds
	login              bool
}

// mailSink makes a worker send nothing to anybody: everything goes to the sink.
const mailSink = "sink"

func (m *mailing) flags(verb *cobra.Command) *cobra.Command {
	f := verb.Flags()
	f.StringVar(&m.how, "mail", "", "sink = inga mejl går någonstans, alla går att läsa på sidan /ovningspost; annars skickas de som --smtp säger")
	f.StringVar(&m.server, "smtp", envOr("ARSHJUL_SMTP", ""), "e-postserverns adress, värd:port (eller ARSHJUL_SMTP)")
	f.StringVar(&m.security, "smtp-security", envOr("ARSHJUL_SMTP_SECURITY", string(mail.StartTLS)), "starttls, tls eller ingen (eller ARSHJUL_SMTP_SECURITY)")
	f.StringVar(&m.user, "smtp-user", envOr("ARSHJUL_SMTP_USER", ""), "användare hos e-postservern, om den kräver det (eller ARSHJUL_SMTP_USER)")
	f.StringVar(&m.password, "smtp-password-file", envOr("ARSHJUL_SMTP_PASSWORD_FILE", ""), "fil med lösenordet (eller ARSHJUL_SMTP_PASSWORD_FILE)")
	f.BoolVar(&m.login, "smtp-login", false, "logga in med AUTH LOGIN i stället för AUTH PLAIN")
	f.StringVar(&m.ca, "smtp-ca", envOr("ARSHJUL_SMTP_CA", ""), "fil med utfärdaren till e-postserverns certifikat, om datorn inte känner den (eller ARSHJUL_SMTP_CA)")
	f.IntVar(&m.timeout, "smtp-timeout", 20, "hur många sekunder e-postservern väntas på, högst 30")
	f.StringVar(&m.hello, "smtp-hello", envOr("ARSHJUL_SMTP_HELLO", ""), "namnet som programmet presenterar sig med (annars datorns; eller ARSHJUL_SMTP_HELLO)")
	f.StringVar(&m.from, "mail-from", envOr("ARSHJUL_MAIL_FROM", ""), "avsändaren, till exempel \"Årshjul <arshjul@exempel.se>\" (eller ARSHJUL_MAIL_FROM)")
	f.StringVar(&m.pages, "pages", envOr("ARSHJUL_PAGES", ""), "adressen till sidorna, som mejlens länkar leder till (eller ARSHJUL_PAGES)")
	f.StringVar(&m.many, "municipalities", "", "samma fil med flera kommuner som serve har; då leder mejlens länkar till varje kommuns egen adress, i stället för till --pages")
	return verb
}

// check judges the flags; changed tells which of them were given, rather than found in the environment.
func (m *mailing) check(changed func(flag string) bool) error {
	if m.how != "" && m.how != mailSink {
		return usagef("--mail är %s eller ingenting, inte %q", mailSink, m.how)
	}
	if m.many != "" && changed("pages") {
		return usagef("--pages gäller en enda kommun, och med --municipalities står adresserna i filen. Ta bort det ena")
	}
	if m.how == mailSink {
		for _, flag := range []string{"smtp", "smtp-user", "smtp-password-file", "mail-from"} {
			if changed(flag) {
				return usagef("--mail sink skickar ingenting, så --%s har ingen mening. Ta bort det ena", flag)
			}
		}
		return nil
	}
	if m.server == "" {
		return nil // real mails wait, and doctor says so
	}
	if m.from == "" || m.pages == "" && m.many == "" {
		return usagef("ange också --mail-from och --pages (eller --municipalities), så att mejlen har en avsändare och länkarna leder rätt")
	}
	return nil
}

// office makes what composes and takes mails.
func (m *mailing) office(st *store.Store, sink *mail.Sink) (*mail.Office, error) {
	open := func(from netmail.Address, real mail.Transport) (*mail.Office, error) {
		if m.many == "" {
			return mail.NewOffice(st, from, strings.TrimSuffix(m.pages, "/"), real, sink), nil
		}
		rows, err := readMunicipalities(m.many)
		if err != nil {
			return nil, err
		}
		bases := map[string]string{}
		for _, row := range rows {
			bases[row.Kommun] = strings.TrimSuffix(row.URL, "/")
		}
		return mail.NewOfficeOf(st, from, bases, real, sink), nil
	}
	nobody := netmail.Address{Name: "Årshjul, på prov", Address: "arshjul@" + mail.LocalDomain}
	if m.how == mailSink {
		return open(nobody, sink)
	}
	if m.server == "" {
		return open(nobody, nil)
	}
	from, err := netmail.ParseAddress(m.from)
	if err != nil {
		return nil, usagef("--mail-from: %q är ingen avsändare. Skriv till exempel \"Årshjul <arshjul@exempel.se>\"", m.from)
	}
	settings, err := m.settings()
	if err != nil {
		return nil, err
	}
	real, err := mail.NewSMTP(settings, st)
	if err != nil {
		return nil, usagef("--smtp: %v", err)
	}
	return open(*from, real)
}

func (m *mailing) settings() (s mail.Settings, err error) {
	host, port, err := net.SplitHostPort(m.server)
	if err != nil {
		return s, usagef("--smtp: %q är ingen adress. Skriv värd:port, till exempel smtp.exempel.se:587", m.server)
	}
	s = mail.Settings{Host: host, Security: mail.Security(m.security), User: m.user, Login: m.login, Timeout: time.Duration(m.timeout) * time.Second, Hello: m.hello}
	if s.Port, err = strconv.Atoi(port); err != nil {
		return s, usagef("--smtp: porten %q är inget tal", port)
	}
	if m.password != "" {
		text, err := os.ReadFile(m.password)
		if err != nil {
			return s, usagef("--smtp-password-file: filen går inte att läsa: %v", err)
		}
		s.Password = strings.TrimRight(string(text), "\r\n")
	}
	if m.ca != "" {
		if s.CA, err = os.ReadFile(m.ca); err != nil {
			return s, usagef("--smtp-ca: filen går inte att läsa: %v", err)
		}
	}
	return s, nil
}

// deliver lets a worker tell people, until ctx ends; end waits for what is under way in the sink.
func (m *mailing) deliver(ctx context.Context, w worker.ActivityRegistry, o *opened) (end func(), err error) {
	if inside, err := o.store.MailsStayInside(ctx); err != nil {
		return nil, err
	} else if inside && m.server != "" && m.how != mailSink {
		return nil, usagef("%v", mail.ErrInside)
	}
	sink := mail.NewSink(o.store)
	office, err := m.office(o.store, sink)
	if err != nil {
		sink.Close()
		return nil, err
	}
	open := func(ctx context.Context, kommun string, exercise bool) (activities.Carrier, error) {
		line, err := office.Open(ctx, kommun, exercise)
		if err != nil {
			return nil, err
		}
		return line, nil
	}
	w.RegisterActivityWithOptions(activities.Send{Store: o.store, Open: open}.Send, activity.RegisterOptions{Name: workflows.ActivitySend})
	go keepDelivering(ctx, o.store, o.temporal, o.log)
	return sink.Close, nil
}

// wake makes a municipality's delivery look at once.
func wake(c client.Client) func(ctx context.Context, kommun string) error {
	return func(ctx context.Context, kommun string) error { return temporalx.WakeDelivery(ctx, c, kommun) }
}

// keepDelivering sees to it, now and every hour, that somebody tells the people of every municipality.
func keepDelivering(ctx context.Context, st *store.Store, c client.Client, log *zap.Logger) {
	for again := time.NewTimer(0); ; again.Reset(time.Hour) {
		select {
		case <-ctx.Done():
			again.Stop()
			return
		case <-again.C:
		}
		// Delivery asks too, before it sends; asked here, doctor can say at once that the database was restored.
		err := st.NoteRestore(ctx, domain.InstantOf(time.Now()))
		kommuns, failed := st.Kommuns(ctx)
		err = errors.Join(err, failed)
		for _, kommun := range kommuns {
			err = errors.Join(err, temporalx.StartDelivery(ctx, c, kommun))
		}
		if err != nil && ctx.Err() == nil {
			log.Warn("delivery may not be running for every municipality; that is tried again in an hour", zap.Error(err))
		}
	}
}
