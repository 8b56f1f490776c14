package server

import (
	"crypto/rand"
	"math"
	"net/http"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// moveBody shows what moving a meeting would do, before it is done.
type moveBody struct {
	CycleTitle, CycleLink string
	Meeting               domain.MeetingID
	Unit, Was             string
	To                    domain.Date
	ToWords               string
	Rows                  []moveRow
	Breaks, Afters        int
	Would                 *api.Preview // with mails, for who may move it
	Fault                 *api.Problem
	Action, ID, Reason    string
	Last, Reserve         domain.Date // follow the first day
}

// moveRow is a step whose last day would change.
type moveRow struct {
	Title, Link, From, To string
	Law                   string // the limit that the new day would break
	After                 string // what waits for it and would be due before it
}

// movePage tells what a move would lead to in one cycle. It asks nothing of anybody: the day stands in the address.
func (s *Server) movePage(r *http.Request, p *page) (string, error) {
	c, err := s.theCycle(r.Context(), stream(r))
	if err != nil {
		return "", err
	}
	body := &moveBody{CycleTitle: cycleTitle(c.Year, c.Exercise), CycleLink: pagePath(c.Stream), Meeting: domain.MeetingID(r.URL.Query().Get("mote")),
		To: domain.Date(r.URL.Query().Get("dag")), Action: pagePath(registryOf(&c)) + "/kommando", ID: rand.Text(), Reason: r.URL.Query().Get("skal")}
	err = s.Store.ViewAt(r.Context(), c.Stream, c.Seq, func(st *domain.State) error { return body.fill(st, &c) })
	if err != nil {
		return "", err
	}
	if body.To != "" && body.Fault == nil {
		in := api.Command{ID: body.ID, Kind: domain.CmdMoveMeeting, NewMeeting: &domain.Meeting{ID: body.Meeting, Date: body.To, Last: body.Last, Reserve: body.Reserve}, Text: "förhandsvisning"}
		if would, err := s.previewOf(r.Context(), registryOf(&c), p.Person, &in); err == nil {
			body.Would = &would
		} else if refusalOf(err) == nil {
			return "", err
		}
	}
	p.Title, p.Menu, p.Exercise, p.Today, p.Body = "Flytta ett sammanträde", "cykler", c.Exercise > 0, dayOf(&c), body
	return "flytta", nil
}

// fill asks the rules what the steps' last days would be.
func (b *moveBody) fill(st *domain.State, c *store.Cycle) error {
	today := dayOf(c)
	m := st.Registry.Meeting(b.Meeting)
	if m == nil {
		return domain.Refuse(domain.CodeNotFound, "Det finns inget sammanträde %q. De som finns står på cykelns sida.", b.Meeting)
	}
	b.Unit, b.Was = unitName(st, m.Unit), longDay(m.Date, today)
	if b.To == "" {
		return nil
	}
	b.ToWords = longDay(b.To, today)
	b.Last, b.Reserve = shifted(m.Last, m.Date, b.To), shifted(m.Reserve, m.Date, b.To)
	events, err := moved(st, c, m, b.To)
	if err != nil {
		refusal := refusalOf(err)
		if refusal == nil {
			return err
		}
		b.Fault = api.ProblemOf(refusal, "")
		return nil
	}
	plan := map[domain.StepID]domain.Date{} // as it would be
	for i := range events {
		if events[i].Kind == domain.EvReplanned {
			plan[events[i].Step] = events[i].Date
		}
	}
	for i := range events {
		e := &events[i]
		step := st.Cycle.Step(e.Step)
		if e.Kind != domain.EvReplanned || step == nil || e.Date == step.Plan {
			continue
		}
		row := moveRow{Title: st.StepTitle(e.Step), Link: stepPath(c.Stream, e.Step), From: longDay(step.Plan, today), To: longDay(e.Date, today)}
		if step.Legal != "" && e.Date > step.Legal {
			row.Law = longDay(step.Legal, today) + ", " + string(st.Cycle.Wheel.Def(step.Def).LawOf(step.Legal, st.Cycle.Year))
			b.Breaks++
		}
		if next := overtakes(st, step, plan); next != nil {
			row.After = st.StepTitle(next.ID)
			b.Afters++
		}
		b.Rows = append(b.Rows, row)
	}
	return nil
}

// overtakes gives a step that waits for the given one, and would be due before it; nil = none.
func overtakes(st *domain.State, step *domain.Step, plan map[domain.StepID]domain.Date) *domain.Step {
	for i := range st.Cycle.Steps {
		next := &st.Cycle.Steps[i]
		due := next.Plan
		if moved, ok := plan[next.ID]; ok {
			due = moved
		}
		for _, n := range next.Needs {
			if n.Step == step.ID && due < plan[step.ID] && !st.Finished(next) {
				return next
			}
		}
	}
	return nil
}

// moved gives what would follow in the cycle from a meeting's being moved, whoever does it: in an exercise, which has a
// registry of its own, the move itself; in a real cycle the registry's change when it comes.
func moved(st *domain.State, c *store.Cycle, m *domain.Meeting, to domain.Date) ([]domain.Event, error) {
	if !to.Valid() {
		_, err := domain.ParseDate(string(to))
		return nil, err
	}
	next := *m
	next.Date, next.Last, next.Reserve = to, shifted(m.Last, m.Date, to), shifted(m.Reserve, m.Date, to)
	if c.Exercise > 0 {
		command := domain.Command{ID: "preview", Kind: domain.CmdMoveMeeting, NewMeeting: &domain.Meeting{ID: m.ID, Date: to, Last: next.Last, Reserve: next.Reserve}, Text: domain.TextRef(domain.DigestOf([]byte("preview")))}
		for _, h := range st.Registry.Holders(domain.RoleRegistrar, st.Registry.City, dayOf(c)) {
			command.Actor = h.Person
		}
		return domain.Decide(st, command, now())
	}
	change := domain.Event{V: domain.EventVersion, Stream: domain.RegistryStream(c.Kommun), Seq: st.Registry.Number + 1, At: now(), Kind: domain.EvMeetingMoved, NewMeeting: &next}
	return domain.Decide(st, domain.Command{ID: "preview", Kind: domain.CmdChanges, Changes: []domain.Event{change}}, now())
}

// shifted gives a meeting's second day or reserve day when its first day moves: as many days from it as before.
func shifted(d, from, to domain.Date) domain.Date {
	if d == "" || !to.Valid() {
		return ""
	}
	return d.Add(int(math.Round(days(from, to))))
}
