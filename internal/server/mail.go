package server

import (
	"context"
	"errors"
	"net/http"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/mail"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
)

// mailOperations are those about mails: the delivery log, where and how often people are told, and the sink.
func (s *Server) mailOperations() []operation {
	at := root + "/mail"
	return append(s.holdOperations(at), []operation{
		{method: http.MethodGet, path: at, id: "mail", thing: domain.ThingMail, summary: "The delivery log, without what the mails said. Who is neither registeransvarig nor cykelansvarig sees only their own.", out: api.MailLog{}, query: []parameter{
			{name: "person", kind: "string", says: "Only mails to this person."},
			{name: "exercise", kind: "string", says: "An exercise's mails, such as exercise/1283/2028/1; none means real ones."},
			{name: "state", kind: "string", says: "Only mails in this state."},
			{name: "before", kind: "string", says: "Only mails after this one in the list."},
			{name: "limit", kind: "integer", says: "At most so many; none means 100, and 1000 is the most."}}, do: s.mailLog},
		{method: http.MethodGet, path: at + "/log/{id}", id: "mail.show", thing: domain.ThingMail, summary: "One mail of the log, with every try.", out: api.Mail{}, do: s.mailOne},
		{method: http.MethodPost, path: at + "/log/{id}/again", id: "mail.again", thing: domain.ThingAsk, summary: "Let what a failed mail told of go with the person's next mail.", out: api.Mail{}, do: s.mailAgain},
		{method: http.MethodGet, path: at + "/addresses", id: "mail.addresses", thing: domain.ThingAddresses, summary: "Where people can be reached.", out: api.MailAddresses{}, do: s.addresses},
		{method: http.MethodPost, path: at + "/addresses", id: "mail.set_address", thing: domain.ThingAsk, summary: "Say where a person can be reached. Given again, it changes nothing.", in: api.MailAddress{}, out: api.MailAddress{}, do: s.setAddress},
		{method: http.MethodGet, path: at + "/choice", id: "mail.choice", thing: domain.ThingMail, summary: "How often the caller wants mail.", out: api.MailChoice{}, do: s.choice},
		{method: http.MethodPost, path: at + "/choice", id: "mail.choose", thing: domain.ThingMail, summary: "Say how often you want mail. Given again, it changes nothing.", in: api.MailChoice{}, out: api.MailChoice{}, do: s.choose},
		{method: http.MethodGet, path: at + "/sink", id: "mail.sink", thing: domain.ThingSink, summary: "The mails of exercises, and of a local stack: they went nowhere.", out: api.SunkMails{}, query: []parameter{
			{name: "exercise", kind: "string", says: "The exercise's stream; none means the real cycles of a local stack."},
			{name: "before", kind: "integer", says: "Only mails with a lower id."},
			{name: "limit", kind: "integer", says: "At most so many; none means 100, and 1000 is the most."}}, do: s.sunk},
		{method: http.MethodGet, path: at + "/sink/{id}", id: "mail.sink.show", thing: domain.ThingSink, summary: "One mail in the sink, with its text.", out: api.SunkMail{}, do: s.sunkOne},
	}...)
}

// keepers may see everybody's mails: they mend what hinders them.
var keepers = []domain.RoleID{domain.RoleRegistrar, domain.RoleLauncher}

// holds tells whether a person has one of the municipality's own roles today.
func (s *Server) holds(ctx context.Context, person domain.PersonID, roles ...domain.RoleID) (holds bool, err error) {
	view := s.Store.View
	if seen := callerOf(ctx).Registry; seen > 0 { // the request has asked how far the registry goes
		view = func(ctx context.Context, stream string, f func(*domain.State) error) error {
			return s.Store.ViewAt(ctx, stream, seen, f)
		}
	}
	err = view(ctx, domain.RegistryStream(s.Kommun), func(st *domain.State) error {
		if st.Registry == nil {
			return nil
		}
		for _, role := range roles {
			for _, h := range st.Registry.Holders(role, st.Registry.City, now().Date()) {
				holds = holds || h.Person == person
			}
		}
		return nil
	})
	return holds, err
}

func (s *Server) mailLog(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	limit, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	desk, err := s.Store.MailDesk(r.Context(), s.Kommun)
	if err != nil {
		return nil, err
	}
	return s.theMailLog(r.Context(), person, desk, store.MailQuery{Person: domain.PersonID(q.Get("person")), Exercise: q.Get("exercise"),
		State: store.MailState(q.Get("state")), Before: q.Get("before"), Limit: limit})
}

func (s *Server) theMailLog(ctx context.Context, person domain.PersonID, desk store.MailDesk, q store.MailQuery) (api.MailLog, error) {
	log := api.MailLog{Findings: []api.MailFinding{}, Counts: []api.MailCount{}, Mails: []api.Mail{}}
	keeper, err := s.holds(ctx, person, keepers...)
	if err != nil {
		return log, err
	}
	if keeper && q.Exercise == "" {
		found, err := mail.FindingsAt(ctx, s.Store, s.Kommun, desk, now())
		if err != nil {
			return log, err
		}
		for _, f := range found {
			log.Findings = append(log.Findings, api.MailFinding(f))
		}
	}
	if !keeper {
		q.Person = person
	} else if q.Person == "" {
		counts, err := s.Store.MailCounts(ctx, s.Kommun, q.Exercise)
		if err != nil {
			return log, err
		}
		for _, w := range mailWords {
			if n := counts[w.state]; n > 0 {
				log.Counts = append(log.Counts, api.MailCount{State: string(w.state), Word: w.word, Mails: n})
			}
		}
	}
	mails, err := s.Store.Mails(ctx, s.Kommun, q)
	for i := range mails {
		log.Mails = append(log.Mails, mailOf(&mails[i]))
	}
	return log, err
}

var mailWords = []struct {
	state store.MailState
	word  string
}{{store.MailNew, "skickas snart"}, {store.MailSending, "skickas"}, {store.MailLater, "skickas igen senare"}, {store.MailSent, "skickat"},
	{store.MailFailed, "misslyckades"}, {store.MailUnneeded, "behövdes inte"}, {store.MailReleased, "går med ett annat"}}

func mailWord(state store.MailState) string {
	for _, w := range mailWords {
		if w.state == state {
			return w.word
		}
	}
	return string(state)
}

func mailOf(m *store.Mail) api.Mail {
	a := api.Mail{ID: m.ID, Person: m.Person, Exercise: m.Exercise, Urgent: m.Urgent, Day: m.Day, State: string(m.State), Word: mailWord(m.State),
		Reason: m.Reason, Words: m.Words, Attempts: m.Attempts, Made: m.Made, Settled: m.Settled}
	if m.State == store.MailLater || m.State == store.MailNew {
		a.Next = m.Next
	}
	return a
}

// theMail gives a mail that the person may see.
func (s *Server) theMail(ctx context.Context, person domain.PersonID, id string) (store.Mail, error) {
	none := domain.Refuse(domain.CodeNotFound, "Det finns inget mejl %q i utskicksloggen.", id)
	m, err := s.Store.Mail(ctx, s.Kommun, id)
	if errors.Is(err, store.ErrNoRow) {
		return m, none
	}
	if err != nil || m.Person == person {
		return m, err
	}
	keeper, err := s.holds(ctx, person, keepers...)
	if err == nil && !keeper {
		err = none
	}
	return m, err
}

func (s *Server) mailOne(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	m, err := s.theMail(r.Context(), person, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	a := mailOf(&m)
	tries, err := s.Store.Attempts(r.Context(), m.ID)
	if err != nil {
		return nil, err
	}
	for _, t := range tries {
		a.Tries = append(a.Tries, api.MailTry{Number: t.Number, At: t.At, State: string(t.Outcome), Word: mailWord(t.Outcome), Words: t.Words})
	}
	if m.State == store.MailReleased {
		return a, nil // what it carried goes with another
	}
	things, err := s.Store.Told(r.Context(), m.ID)
	for _, n := range things {
		a.Things = append(a.Things, api.MailThing{Stream: n.Stream, Step: n.Step, Rule: n.Rung, Change: n.Change})
	}
	return a, err
}

// keeping are what only the registeransvarig does with mails; a no is written down as for any command.
const (
	keepAddress domain.CommandKind = "set-address"
	keepAgain   domain.CommandKind = "mail-again"
)

// mayKeep lets the registeransvarig see to mails, and writes down the no of anybody else.
func (s *Server) mayKeep(ctx context.Context, person domain.PersonID, what domain.CommandKind) error {
	may, err := s.holds(ctx, person, domain.RoleRegistrar)
	if err == nil && !may {
		err = domain.Refuse(domain.CodeRoleNotHeld, "Det här gör registeransvarig. Be den som har rollen.")
	}
	if err == nil {
		return nil
	}
	return s.refused(ctx, domain.RegistryStream(s.Kommun), domain.Command{Kind: what, Actor: person}, err)
}

func (s *Server) mailAgain(_ http.ResponseWriter, r *http.Request, person domain.PersonID) (any, error) {
	return s.sendAgain(r.Context(), person, r.PathValue("id"))
}

func (s *Server) sendAgain(ctx context.Context, person domain.PersonID, id string) (api.Mail, error) {
	if err := s.mayKeep(ctx, person, keepAgain); err != nil {
		return api.Mail{}, err
	}
	if _, err := s.theMail(ctx, person, id); err != nil {
		return api.Mail{}, err
	}
	if _, err := s.Store.ReleaseMail(ctx, s.Kommun, id, now()); err != nil {
		return api.Mail{}, err
	}
	s.wakeDelivery(ctx)
	m, err := s.theMail(ctx, person, id)
	return mailOf(&m), err
}

// wakeDelivery lets a change be felt at once. It looks by itself within the hour.
func (s *Server) wakeDelivery(ctx context.Context) {
	if err := temporalx.WakeDelivery(ctx, s.Temporal, s.Kommun); err != nil {
		s.log.Warn("delivery was not woken", zap.String("kommun", s.Kommun), zap.Error(err))
	}
}
