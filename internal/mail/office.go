package mail

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"arshjul/domain"
	"arshjul/internal/store"
)

// Office composes mails and takes them to where they belong. It is safe for use by several goroutines.
type Office struct {
	store *store.Store
	from  netmail.Address
	base  string            // of the pages' addresses, without a slash at the end
	bases map[string]string // by kommun; nil = base is everybody's
	real  Transport
	sink  *Sink
}

// NewOffice makes an office. from is whom mails come from; base is where the pages are, such as https://arshjul.exempel.se;
// real takes real cycles' mails, and may be the sink; nil means that no mail server has been named, and that they wait.
func NewOffice(st *store.Store, from netmail.Address, base string, real Transport, sink *Sink) *Office {
	return &Office{store: st, from: from, base: base, real: real, sink: sink}
}

// NewOfficeOf is NewOffice for municipalities whose pages each have a base of their own, by kommun. The mails of one that has
// none wait: links that lead to another's pages would be worse.
func NewOfficeOf(st *store.Store, from netmail.Address, bases map[string]string, real Transport, sink *Sink) *Office {
	return &Office{store: st, from: from, bases: bases, real: real, sink: sink}
}

// pages is where a municipality's pages are.
func (o *Office) pages(kommun string) string {
	if o.bases != nil {
		return o.bases[kommun]
	}
	return o.base
}

// ErrNoServer means that no mail server has been named.
var ErrNoServer = errors.New("ingen e-postserver är angiven. Starta worker med --smtp, eller med --mail sink om inget ska skickas")

// ErrInside means that the database is a local stack's, whose mails go to the sink alone.
var ErrInside = errors.New("databasen hör till en lokal stack (arshjul up), och dess mejl går bara till övningsposten. Starta worker med --mail sink")

// Open connects to the mail server of real cycles, or to the sink.
func (o *Office) Open(ctx context.Context, kommun string, exercise bool) (*Line, error) {
	if o.bases != nil && o.bases[kommun] == "" {
		return nil, fmt.Errorf("kommun %s står inte i workerns fil med kommuner, så mejlens länkar skulle inte leda någonstans. Lägg till den i filen som --municipalities anger, och starta om worker", kommun)
	}
	var t Transport = o.sink
	if !exercise {
		if t = o.real; t == nil {
			return nil, ErrNoServer
		}
		if o.real != Transport(o.sink) {
			inside, err := o.store.MailsStayInside(ctx)
			if err != nil {
				return nil, err
			}
			if inside {
				return nil, ErrInside
			}
		}
	}
	c, err := t.dial(ctx, kommun)
	if err != nil {
		return nil, err
	}
	return &Line{office: o, conn: c, transport: t, exercise: exercise}, nil
}

// Line is a connection to a mail server.
type Line struct {
	office    *Office
	conn      *conn
	transport Transport
	exercise  bool
}

// Close ends the connection.
func (l *Line) Close() { l.conn.Close() }

// Carry composes a mail of what the notices tell and hands it over. What has been done since is left out, unless the mail
// may have arrived already: then it is the same mail again.
func (l *Line) Carry(ctx context.Context, m store.Mail, told []store.Notice) (store.Outcome, error) {
	if (m.Exercise != "") != l.exercise {
		return notNow(fmt.Errorf("mail: %s is for another mail server", m.ID)), nil
	}
	to, err := l.transport.address(ctx, m.Kommun, m.Person, l.exercise)
	if err != nil {
		return notNow(err), nil
	}
	if to == "" {
		return store.Outcome{State: store.MailFailed, Reason: store.ReasonNoAddress, Words: "ingen adress"}, nil
	}
	items, err := l.office.items(ctx, m, told)
	if err != nil {
		return notNow(err), nil
	}
	if len(items) == 0 {
		return store.Outcome{State: store.MailUnneeded, Words: "allt var redan gjort"}, nil
	}
	contents := Contents{Exercise: l.exercise, Items: items}
	if !l.exercise {
		contents.Choice = l.office.pages(m.Kommun) + "/utskick"
	}
	msg, err := l.office.message(m, to, Compose(contents))
	if err != nil {
		return store.Outcome{State: store.MailFailed, Reason: store.ReasonRefused, Words: err.Error()}, nil
	}
	r, err := l.conn.send(l.office.from.Address, to, msg)
	r.words = discreet(r.words, to)
	return outcomeOf(r), err
}

// anAddress finds what looks like one in a mail server's words.
var anAddress = regexp.MustCompile(`[^\s<>()\[\]"':;,=]+@[^\s<>()\[\]"':;,=]+`)

// discreet takes addresses out of a mail server's words: the log has none.
func discreet(words, to string) string {
	if to != "" {
		words = regexp.MustCompile("(?i)"+regexp.QuoteMeta(to)).ReplaceAllString(words, "adressen")
	}
	return anAddress.ReplaceAllString(words, "adressen")
}

// notNow is how a mail fares that cannot be composed: the others need not wait for it.
func notNow(err error) store.Outcome {
	return store.Outcome{State: store.MailLater, Words: err.Error()}
}

// outcomeOf reads a mail server's answer. A refusal of the sender is no fault of the mail: somebody has to mend the
// settings, and the mail waits.
func outcomeOf(r reply) store.Outcome {
	o := store.Outcome{State: store.MailLater, Words: r.words}
	switch {
	case r.taken():
		o.State = store.MailSent
	case r.code/100 == 5 && r.stage != "MAIL":
		o.State, o.Reason = store.MailFailed, store.ReasonRefused
	case r.code == 0 && r.stage == "END":
		o.Unsure = true
	}
	return o
}

// items tells the notices, each thing once, by the last word about it. A real mail that has never been tried tells things
// as they are now, and leaves out what no longer waits.
func (o *Office) items(ctx context.Context, m store.Mail, told []store.Notice) ([]Item, error) {
	fresh := m.Exercise == "" && !m.Unsure
	told = lastWords(told)
	var streams []string
	for _, n := range told {
		if !slices.Contains(streams, n.Stream) {
			streams = append(streams, n.Stream)
		}
	}
	var items []Item
	for _, stream := range streams {
		err := o.store.View(ctx, stream, func(s *domain.State) error {
			for i := range told {
				n := told[i]
				if n.Stream != stream {
					continue
				}
				if n.Command == store.CommandKeep {
					item, err := o.keepItem(ctx, m.Kommun, n)
					if err != nil {
						return err
					}
					items = append(items, item)
					continue
				}
				if n.Command == store.CommandFault {
					item, waits, err := o.faultItem(ctx, m.Kommun, n, fresh)
					if err != nil {
						return err
					}
					if waits {
						items = append(items, item)
					}
					continue
				}
				if _, _, is := n.Step.Observation(); is {
					if item, waits := observationItem(s, &n, m.Day, fresh, o.pages(m.Kommun)); waits {
						items = append(items, item)
					}
					continue
				}
				if s.Cycle == nil {
					return fmt.Errorf("mail: %s has no cycle", stream)
				}
				if s.Cycle.Step(n.Step) == nil {
					return fmt.Errorf("mail: %s has no step %s", stream, n.Step)
				}
				today := n.Day
				if fresh {
					today = m.Day
					task, waits := waitsStill(s, &n, today)
					if !waits {
						continue
					}
					n.Due = task.Due
				}
				items = append(items, itemOf(s, &n, today, o.pages(m.Kommun)))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return items, nil
}

// message makes the mail. Nothing in it is random or of the moment: made again it is the same, to the byte.
func (o *Office) message(m store.Mail, to string, l Letter) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary("arshjul-"+m.ID))
	if err := msg.FromFormat(o.from.Name, o.from.Address); err != nil {
		return nil, err
	}
	if err := msg.To(to); err != nil {
		return nil, err
	}
	host := o.from.Address[strings.LastIndexByte(o.from.Address, '@')+1:]
	msg.SetMessageIDWithValue(m.ID + "@" + host)
	msg.SetDateWithValue(m.Made.Time().In(domain.Stockholm))
	msg.Subject(l.Subject)
	// No machine is to answer a machine (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetGenHeader("Content-Language", "sv")
	if m.Exercise != "" {
		msg.SetGenHeader(exerciseHeader, m.Exercise)
	}
	msg.SetBodyString(gomail.TypeTextPlain, l.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	return msg, nil
}
