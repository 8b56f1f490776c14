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
	var found []Finding
	server, down, err := st.MailServer(ctx, kommun)
	if err != nil {
		return nil, err
	}
	if down {
		found = append(found, Finding{Code: FindingServer, Since: server.Since, Text: fmt.Sprintf(
			"E-postservern har inte gått att använda sedan den %s: %s. Inget är förlorat: det som väntar skickas när den svarar. Kontrollera workerns inställningar för e-post.",
			moment(server.Since), server.Words)})
	}
	failed, err := st.Mails(ctx, kommun, store.MailQuery{State: store.MailFailed, Limit: mostFindings})
	if err != nil {
		return nil, err
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
		case store.ReasonExpired:
			f.Text = fmt.Sprintf("Ett mejl till %s gick inte att skicka på fem dygn: %s. Skicka det igen med arshjul mail again %s.", m.Person, m.Words, m.ID)
		default:
			f.Text = fmt.Sprintf("E-postservern tog inte emot ett mejl till %s: %s. Rätta adressen, eller skicka det igen med arshjul mail again %s.", m.Person, m.Words, m.ID)
		}
		found = append(found, f)
	}
	unsent, err := st.OldestUnsent(ctx, kommun)
	if err != nil {
		return nil, err
	}
	if !down && unsent != 0 && unsent.Time().Before(now.Time().Add(-slow)) {
		found = append(found, Finding{Code: FindingSlow, Since: unsent, Text: fmt.Sprintf("Mejl har väntat på att skickas sedan den %s fast e-postservern svarar. Se varför i arshjul mail log.", moment(unsent))})
	}
	waiting, err := st.OldestNotice(ctx, kommun)
	if err != nil {
		return nil, err
	}
	if !down && waiting != 0 && waiting.Time().Before(now.Time().Add(-idle)) {
		found = append(found, Finding{Code: FindingNotRunning, Since: waiting, Text: fmt.Sprintf(
			"Det finns sådant att meddela från den %s som ingen har gjort mejl av. Kontrollera att en worker kör, och arbetsflödet delivery/%s i Temporal.", moment(waiting), kommun)})
	}
	return found, nil
}

func moment(i domain.Instant) string {
	return i.Date().Swedish() + i.Time().In(domain.Stockholm).Format(" kl. 15.04")
}
