package activities

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"arshjul/domain"
	"arshjul/internal/store"
)

// When people are told. The mail of the day goes on working days at half past seven, Swedish time:
//
//   - what is new goes with the next morning's mail; a reminder goes on the day it falls, or as soon after as it can;
//   - what is urgent goes at once, by itself; what could not go on its day goes with the mail of a later day;
//   - who has chosen "direkt" gets everything at once, but nothing before the morning;
//   - who has chosen "vecka" gets it all on the week's first working morning;
//   - who has chosen "inga" gets escalations only, daily;
//   - whom a comment names is told as what is urgent is, by itself, unless the person has chosen how often.
//
// Nobody gets two mails of the day in one day, and nobody any mail on a day when the offices are closed.
const morning = 7*time.Hour + 30*time.Minute

// morningOf is when the day's mail goes.
func morningOf(d domain.Date) domain.Instant {
	t, _ := time.Parse(time.DateOnly, string(d)) // days of notices exist
	return domain.InstantOf(time.Date(t.Year(), t.Month(), t.Day(), 0, int(morning/time.Minute), 0, 0, domain.Stockholm))
}

// nextMorning is the first morning of a working day at or after an instant.
func nextMorning(after domain.Instant, bridges bool) domain.Instant {
	d := after.Date()
	for d.Closed(bridges) || morningOf(d) < after {
		d = d.Add(1)
	}
	return morningOf(d)
}

// due is when a notice is to go, now at the earliest; 0 = never. It marks as urgent what goes as the urgent do.
func due(w *store.Wish, now domain.Instant) domain.Instant {
	w.Urgent = w.Urgent || w.Command == domain.CmdComment && !w.Chosen
	today := now.Date()
	open := !today.Closed(w.Bridges)
	day := open && now >= morningOf(today)
	choice := w.Choice
	if w.Escalate && choice != store.ChoiceAtOnce {
		choice = store.ChoiceDaily
	}
	switch {
	case choice == store.ChoiceNone:
		return 0
	case w.Urgent && open && (w.Day == today || day):
		return now
	case w.Urgent:
		return nextMorning(now, w.Bridges)
	case choice == store.ChoiceAtOnce && day:
		return now
	case choice == store.ChoiceAtOnce:
		return nextMorning(now, w.Bridges)
	}
	at := nextMorning(w.At, w.Bridges)
	if w.Rung != "" {
		at = morningOf(w.Day)
	}
	if choice == store.ChoiceWeekly {
		monday := at.Date()
		for monday.Weekday() != time.Monday {
			monday = monday.Add(1)
		}
		at = nextMorning(morningOf(monday), w.Bridges)
	}
	switch {
	case at > now:
		return at
	case w.Mailed:
		return nextMorning(today.End(), w.Bridges)
	case !day:
		return nextMorning(now, w.Bridges)
	}
	return now
}

// gathered is what to make of the notices that wait.
type gathered struct {
	mails    []store.NewMail
	unwanted []int64        // of people who want none
	next     domain.Instant // when the first of the rest is due; 0 = there is no rest
}

// gather makes mails of the real notices that are due now: one for each person, over all cycles and steps, and one by itself for
// what one command or tick made urgent.
func gather(wishes []store.Wish, now domain.Instant) (g gathered) {
	var m mails
	for i := range wishes {
		w := &wishes[i]
		switch at := due(w, now); {
		case at == 0:
			g.unwanted = append(g.unwanted, w.ID)
		case at > now:
			if g.next == 0 || at < g.next {
				g.next = at
			}
		default:
			m.add(mailKey{person: w.Person, day: now.Date()}, &w.Notice, w.Day == now.Date())
		}
	}
	g.mails = m.made()
	return g
}

// gatherExercises makes mails of exercises' notices: one for each person and day of the exercise's clock, and one by itself
// for what is urgent. Choices do not count there, so that there are as many as rehearsal says.
func gatherExercises(notices []store.Notice) []store.NewMail {
	var m mails
	for i := range notices {
		n := &notices[i]
		m.add(mailKey{person: n.Person, exercise: n.Stream, day: n.Day}, n, true)
	}
	return m.made()
}

type mailKey struct {
	person   domain.PersonID
	exercise string
	day      domain.Date
	urgent   string // the stream; with cause, what made it urgent
	cause    uint64
}

type mails struct {
	order []mailKey
	of    map[mailKey][]*store.Notice
}

// add puts a notice in its mail; an urgent one has a mail of its own while it is alone to be so.
func (m *mails) add(k mailKey, n *store.Notice, alone bool) {
	if n.Urgent && alone {
		k.urgent, k.cause = n.Stream, n.Cause
	}
	if m.of == nil {
		m.of = map[mailKey][]*store.Notice{}
	}
	if m.of[k] == nil {
		m.order = append(m.order, k)
	}
	m.of[k] = append(m.of[k], n)
}

func (m *mails) made() []store.NewMail {
	made := make([]store.NewMail, len(m.order))
	for i, k := range m.order {
		made[i] = store.NewMail{ID: messageID(m.of[k]), Person: k.person, Exercise: k.exercise, Urgent: k.urgent != "", Day: k.day}
		for _, n := range m.of[k] {
			made[i].Notices = append(made[i].Notices, n.ID)
		}
	}
	return made
}

// messageID follows from what the mail tells and nothing else, so a mail that is made again is the same mail. The keys
// hold the journal's digest: after a restore from a backup, what then happens is another matter than what was lost.
func messageID(notices []*store.Notice) string {
	keys := make([]string, len(notices))
	for i, n := range notices {
		keys[i] = n.Key
	}
	slices.Sort(keys)
	sum := sha256.Sum256([]byte(strings.Join(keys, "\n")))
	return hex.EncodeToString(sum[:20])
}
