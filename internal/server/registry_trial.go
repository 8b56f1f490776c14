package server

import (
	"context"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// registryTrial is what changes of the registry would lead to, before they are made: on its own pages, and in every cycle
// that goes on.
type registryTrial struct {
	Says  []string // the changes
	Then  []string // what they lead to in the cycles
	Tasks []movedTask
	Alone []aloneStep // steps that would have no second person, and have one now
	Would api.Preview // the mails
}

// movedTask is an open task that others may do afterwards than may now.
type movedTask struct {
	Title, Link, Part, Do, Due string
	From, To                   []string // who may, before and after
	Nobody                     bool
	Barred                     string // who would have it and may not: the second person must be another than the first
}

// aloneStep is a step that nobody could take to its end.
type aloneStep struct{ Title, Link, Part, Who, Do string }

// tryRegistry plays commands on a registry and on the cycles that follow it, and tells who may do what from day on. A
// refusal says which of the commands stands in the way by at; nothing is written down.
func (s *Server) tryRegistry(ctx context.Context, source string, person domain.PersonID, in []api.Command, day domain.Date) (trial *registryTrial, at int, err error) {
	trial = &registryTrial{}
	names, err := s.names(ctx, source)
	if err != nil {
		return nil, 0, err
	}
	var commands []domain.Command
	for i := range in {
		c, err := s.commandWith(ctx, source, person, &in[i], &texts{})
		if err != nil {
			return nil, i, err
		}
		commands = append(commands, c)
	}
	f := foretelling{now: now()}
	exercise := strings.HasPrefix(source, "exercise/")
	var changes []domain.Event
	err = s.Store.View(ctx, source, func(st *domain.State) error {
		on := st.Clone()
		for i := range commands {
			at = i
			events, err := domain.Decide(on, commands[i], f.now)
			if err != nil {
				return err
			}
			for k := range events {
				if err := domain.Apply(on, events[k]); err != nil {
					return err
				}
				if says := domain.Sentence(on, &events[k]); events[k].Step == "" {
					trial.Says = append(trial.Says, says)
				} else {
					trial.Then = append(trial.Then, says)
				}
			}
			changes = append(changes, events...)
		}
		if !exercise {
			return nil
		}
		trial.compare(st, on, names, max(day, st.Cycle.Clock.Date()))
		return f.add(st, changes)
	})
	if err != nil {
		return nil, at, err
	}
	if !exercise {
		open, err := s.Store.OpenCycles(ctx, s.Kommun)
		if err != nil {
			return nil, 0, err
		}
		for _, c := range open {
			err := s.Store.View(ctx, c.Stream, func(st *domain.State) error {
				on := st.Clone()
				events, err := domain.Decide(on, domain.Command{ID: "preview", Kind: domain.CmdChanges, Changes: changes}, f.now)
				if err != nil {
					return err
				}
				for k := range events {
					if err := domain.Apply(on, events[k]); err != nil {
						return err
					}
					if events[k].Step != "" {
						trial.Then = append(trial.Then, cycleTitle(c.Year, 0)+": "+domain.Sentence(on, &events[k]))
					}
				}
				trial.compare(st, on, names, max(day, f.now.Date()))
				return f.add(st, events)
			})
			if r := refusalOf(err); r != nil && r.Code == domain.CodeRegistryGap {
				return nil, 0, domain.Refuse(domain.CodeRetryLater, "%s har inte hunnit ta emot den senaste ändringen i registret. Försök igen om några sekunder.", cycleTitle(c.Year, 0))
			}
			if err != nil {
				return nil, 0, err
			}
		}
	}
	trial.Would.Mails, trial.Would.MailCount, err = s.mailsOf(ctx, source, &f)
	return trial, 0, err
}

// compare tells which of a cycle's open tasks others may do afterwards, and which steps lose their second person.
func (t *registryTrial) compare(before, after *domain.State, names names, day domain.Date) {
	today := before.Clock(now()).Date()
	for _, task := range domain.Todo(before, today) {
		was, will := doers(before, task, names, day), doers(after, task, names, day)
		if slices.Equal(was, will) {
			continue
		}
		step := after.Cycle.Step(task.Step)
		row := movedTask{Title: after.StepTitle(task.Step), Link: stepPath(after.Stream, task.Step), Part: partOf(after, step), Do: domain.Row(task.Command).Says,
			Due: longDay(task.Due, today), From: was, To: will, Nobody: len(will) == 0}
		for _, h := range after.HoldersFor(after.Registry, step, task.Role, task.Unit, day) {
			if task.Barred != "" && h.Person == task.Barred {
				row.Barred = names.Name(h.Person)
			}
		}
		t.Tasks = append(t.Tasks, row)
	}
	had := map[domain.Alone]bool{}
	for _, a := range domain.AloneIn(before, day) {
		had[a] = true
	}
	for _, a := range domain.AloneIn(after, day) {
		if !had[a] {
			t.Alone = append(t.Alone, aloneStep{after.StepTitle(a.Step), stepPath(after.Stream, a.Step), partOf(after, after.Cycle.Step(a.Step)), names.Name(a.Person), secondWords[a.Command]})
		}
	}
}

// secondWords are what a second person does.
var secondWords = map[domain.CommandKind]string{domain.CmdEstablish: "fastställa", domain.CmdAdjust: "registrera justeringen"}

func doers(st *domain.State, t domain.Task, names names, day domain.Date) (all []string) {
	for _, h := range domain.Doers(st, t, day) {
		if name := names.Name(h.Person); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// partOf names the part of the cycle that a step belongs to, and says when it is practice.
func partOf(st *domain.State, step *domain.Step) string {
	word := partWord(st.Cycle.Wheel.Def(step.Def).Stage, st.Cycle.Year)
	if st.Cycle.Exercise > 0 {
		word = "ÖVNING: " + word
	}
	return word
}
