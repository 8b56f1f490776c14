package mail

import (
	"context"
	"fmt"
	"time"

	"arshjul/domain"
	"arshjul/internal/store"
)

// Finding is something about mails that somebody must see to. It holds ids, no names and no addresses.
type Finding struct {
	Code   string
	Person domain.PersonID // whose mails; "" = everybody's
	Mail   string          // which; "" = none
	Since  domain.Instant
	Text   string // in Swedish: what, and how to mend it
}

// The findings, besides why a mail failed (store.ReasonRefused and so on).
const (
	FindingServer     = "server_down"
	FindingSlow       = "slow"        // mails have waited for long although the mail server answers
	FindingNotRunning = "not_running" // nobody makes mails of what waits
	FindingHeld       = "held"        // a person has to let the mails go
)

const (
	slow = time.Hour
	// idle is longer than the offices are ever closed.
	idle = 7 * 24 * time.Hour
	// mostFindings bounds the list; the delivery log has them all.
	mostFindings = 200
)

// Findings lists what is wrong with a municipality's mails.
func Findings(ctx context.Context, st *store.Store, kommun string, now domain.Instant) ([]Finding, error) {
	desk, err := st.MailDesk(ctx, kommun)
	if err != nil {
		return nil, err
	}
	return FindingsAt(ctx, st, kommun, desk, now)
}

// FindingsAt is Findings for who has looked at the desk.
func FindingsAt(ctx context.Context, st *store.Store, kommun string, desk store.MailDesk, now domain.Instant) ([]Finding, error) {
	var found []Finding
	server, down, hold, held := desk.Server, desk.Down, desk.Hold, desk.Held
	if down {
		found = append(found, Finding{Code: FindingServer, Since: server.Since, Text: fmt.Sprintf(
			"E-postservern har inte gått att använda sedan den %s: %s. Inget är förlorat: det som väntar skickas när den svarar. Kontrollera workerns inställningar för e-post.",
			moment(server.Since), server.Words)})
	}
	if held {
		text, err := heldText(ctx, st, kommun, hold)
		if err != nil {
			return nil, err
		}
		found = append(found, Finding{Code: FindingHeld, Since: hold.Since, Text: text})
	}
	var failed []store.Mail
	if desk.Failed {
		var err error
		if failed, err = st.Mails(ctx, kommun, store.MailQuery{State: store.MailFailed, Limit: mostFindings}); err != nil {
			return nil, err
		}
	}
	missing := map[domain.PersonID]bool{}
	for _, m := range failed {
		f := Finding{Code: m.Reason, Person: m.Person, Mail: m.ID, Since: m.Settled}
		switch m.Reason {
		case store.ReasonNoAddress:
			if missing[m.Person] {
				continue
			}
			missing[m.Person] = true
			f.Mail = ""
			f.Text = fmt.Sprintf("%s har mejl att få men ingen adress. Lägg in den: arshjul mail set-address --person %s --address ADRESS. Då skickas det som väntar.", m.Person, m.Person)
		case store.ReasonBounced:
			f.Text = fmt.Sprintf("Ett mejl till %s kom tillbaka: %s. Rätta adressen, eller skicka det igen med arshjul mail again %s.", m.Person, m.Words, m.ID)
		case store.ReasonExpired:
			f.Text = fmt.Sprintf("Ett mejl till %s gick inte att skicka på fem dygn: %s. Skicka det igen med arshjul mail again %s.", m.Person, m.Words, m.ID)
		default:
			f.Text = fmt.Sprintf("E-postservern tog inte emot ett mejl till %s: %s. Rätta adressen, eller skicka det igen med arshjul mail again %s.", m.Person, m.Words, m.ID)
		}
		found = append(found, f)
	}
	if unsent := desk.Unsent; !down && !held && unsent != 0 && unsent.Time().Before(now.Time().Add(-slow)) {
		found = append(found, Finding{Code: FindingSlow, Since: unsent, Text: fmt.Sprintf("Mejl har väntat på att skickas sedan den %s fast e-postservern svarar. Se varför i arshjul mail log.", moment(unsent))})
	}
	if waiting := desk.Notice; !down && !held && waiting != 0 && waiting.Time().Before(now.Time().Add(-idle)) {
		found = append(found, Finding{Code: FindingNotRunning, Since: waiting, Text: fmt.Sprintf(
			"Det finns sådant att meddela från den %s som ingen har gjort mejl av. Kontrollera att en worker kör, och arbetsflödet delivery/%s i Temporal.", moment(waiting), kommun)})
	}
	return found, nil
}

// heldText says why mails are held, how many people wait for them, and how they are let go.
func heldText(ctx context.Context, st *store.Store, kommun string, hold store.MailHold) (string, error) {
	people, err := st.Held(ctx, kommun)
	if err != nil {
		return "", err
	}
	waits := fmt.Sprintf("Inget skickas förrän någon släpper dem; %d personer har något som väntar.", len(people))
	if hold.Reason == store.HoldAsked {
		return fmt.Sprintf("Mejlen hålls sedan den %s, av %s. %s Släpp dem med arshjul mail release.", moment(hold.Since), hold.By, waits), nil
	}
	return fmt.Sprintf("Mejlen hålls sedan den %s: databasen har lagts tillbaka till en tidigare tidpunkt, och vad som skickades däremellan står inte här. %s Se vad med arshjul mail held och jämför med e-postserverns logg. Släpp dem med arshjul mail release, så får var och en ett mejl om det som väntar; eller med arshjul mail release --sent, om det redan är skickat.",
		moment(hold.Since), waits), nil
}

func moment(i domain.Instant) string {
	return i.Date().Swedish() + i.Time().In(domain.Stockholm).Format(" kl. 15.04")
}
