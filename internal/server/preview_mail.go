package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// foretelling collects whom events that have not happened would concern, over several cycles.
type foretelling struct {
	now     domain.Instant
	notices []store.Notice
	things  []string // what each would tell
}

func (f *foretelling) add(st *domain.State, events []domain.Event) error {
	told, err := domain.Foretell(st, events)
	if err != nil {
		return err
	}
	bridges := st.Cycle != nil && st.Cycle.Wheel.Bridges
	for i := range told {
		n := &told[i]
		f.notices = append(f.notices, store.Notice{Stream: st.Stream, At: f.now, Day: n.Day, Step: n.Step, Command: n.Command, Person: n.Person, Rung: n.Rung,
			Escalate: n.Escalate, Urgent: n.Urgent, Bridges: bridges})
		f.things = append(f.things, thing(st, n))
	}
	return nil
}

// thing says what a notice would tell.
func thing(st *domain.State, n *domain.Notice) string {
	says := st.StepTitle(n.Step)
	if n.Command == domain.CmdComment {
		return says + ": nämnd i en kommentar"
	}
	if n.Command == domain.CmdConfirmMeeting {
		return says + ": sammanträdet behöver fastställas"
	}
	if n.Due != "" {
		says += ", senast den " + n.Due.Swedish()
	}
	switch {
	case n.Was != "":
		return says + " i stället för den " + n.Was.Swedish()
	case n.Sat != "":
		return says + fmt.Sprintf(": sammanträdet den %s är flyttat", n.Sat.Swedish())
	case n.Change == domain.ChangeReturned:
		return says + ": ska göras om efter återremiss"
	case n.Rung != "":
		return says + ": påminnelse, " + n.Rung
	}
	return says + ": ny uppgift"
}

// mailsOf says which mails would go, and how many: real ones as they are gathered when they are sent, an exercise's one for
// each person and day of its clock, whatever the person has chosen.
func (s *Server) mailsOf(ctx context.Context, stream string, f *foretelling) (mails []api.PreviewMail, count int, err error) {
	if len(f.notices) == 0 {
		return nil, 0, nil
	}
	source := domain.RegistryStream(s.Kommun)
	exercise := strings.HasPrefix(stream, "exercise/")
	if exercise {
		source = stream
	}
	names, err := s.names(ctx, source)
	if err != nil {
		return nil, 0, err
	}
	var people []domain.PersonID
	for i := range f.notices {
		if p := f.notices[i].Person; !slices.Contains(people, p) {
			people = append(people, p)
		}
	}
	wants, err := s.Store.Wants(ctx, s.Kommun, people, f.now.Date())
	if err != nil {
		return nil, 0, err
	}
	fresh := make([]store.Wish, len(f.notices))
	for i, n := range f.notices {
		want := wants[n.Person]
		fresh[i] = store.Wish{Notice: n, Choice: want.Choice, Chosen: want.Chosen, Mailed: want.Mailed}
	}
	var foretold []activities.Foretold
	if exercise {
		foretold = activities.ForetellExercise(f.notices)
	} else {
		waiting, err := s.Store.Waiting(ctx, s.Kommun, f.now.Date())
		if err != nil {
			return nil, 0, err
		}
		foretold = activities.Foretell(fresh, waiting, f.now)
	}
	for _, m := range foretold {
		told := api.PreviewMail{Person: m.Person, Name: names.Name(m.Person), At: m.At, Urgent: m.Urgent, Anyway: m.Anyway}
		if exercise {
			told.Day = f.notices[m.Carry[0]].Day
		} else {
			told.Choice, told.NoAddress = string(wants[m.Person].Choice), !wants[m.Person].Address
		}
		if m.At != 0 {
			told.Day = m.At.Date()
		}
		if told.Day != "" {
			count++
		}
		for _, i := range m.Carry {
			if !slices.Contains(told.Things, f.things[i]) {
				told.Things = append(told.Things, f.things[i])
			}
		}
		mails = append(mails, told)
	}
	slices.SortFunc(mails, func(a, b api.PreviewMail) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Person, b.Person))
	})
	return mails, count, nil
}

// refusalOf gives the rules' no, or nil.
func refusalOf(err error) *domain.Refusal {
	var r *domain.Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}
