package activities

import (
	"arshjul/domain"
	"arshjul/internal/store"
)

// Foretold is a mail that notices would go with, were they written now.
type Foretold struct {
	Person domain.PersonID
	At     domain.Instant // when it would go; 0 = never, since the person wants none
	Urgent bool           // by itself, at once
	Anyway bool           // a mail goes then whether or not these notices are written
	Carry  []int          // which of the notices, by their place
}

// Foretell says with which mails real notices would go that have not been written; waiting are those that have. It asks what
// is asked when they are sent.
func Foretell(fresh, waiting []store.Wish, now domain.Instant) []Foretold {
	type key struct {
		person domain.PersonID
		day    domain.Date
		cause  string
	}
	keyOf := func(w *store.Wish) (key, domain.Instant) {
		at := due(w, now)
		k := key{person: w.Person}
		if at != 0 {
			k.day = at.Date()
		}
		if at != 0 && w.Urgent && w.Day == k.day {
			k.cause = w.Stream
		}
		return k, at
	}
	anyway := map[key]bool{}
	for i := range waiting {
		if k, at := keyOf(&waiting[i]); at != 0 && k.cause == "" {
			anyway[k] = true
		}
	}
	var mails []Foretold
	places := map[key]int{}
	for i := range fresh {
		k, at := keyOf(&fresh[i])
		n, known := places[k]
		if !known {
			n = len(mails)
			places[k] = n
			mails = append(mails, Foretold{Person: k.person, At: at, Urgent: k.cause != "", Anyway: anyway[k]})
		}
		mails[n].Carry = append(mails[n].Carry, i)
	}
	return mails
}

// ForetellExercise says with which mails an exercise's notices would go.
func ForetellExercise(notices []store.Notice) []Foretold {
	numbered := make([]store.Notice, len(notices))
	for i, n := range notices {
		n.ID = int64(i)
		numbered[i] = n
	}
	var told []Foretold
	for _, m := range gatherExercises(numbered) {
		f := Foretold{Person: m.Person, Urgent: m.Urgent}
		for _, id := range m.Notices {
			f.Carry = append(f.Carry, int(id))
		}
		told = append(told, f)
	}
	return told
}
