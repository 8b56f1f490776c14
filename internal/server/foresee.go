package server

import (
	"net/http"

	"arshjul/domain"
	"arshjul/internal/rehearsal"
	"arshjul/internal/server/api"
)

var whatifQuery = []parameter{
	{name: "aterremiss", kind: "string", says: "A step that its body returns by a majority. May be given several times."},
	{name: "minoritet", kind: "string", says: "A step that a third of KF returns. May be given several times."},
	{name: "move", kind: "string", says: "A meeting on another day: KF-2027-06-15=2027-11-17. May be given several times."},
	{name: "late", kind: "string", says: "A unit that is so many days late with a step: SN:namndens-forslag=20. May be given several times."},
}

// whatif answers what would be otherwise in a cycle as it stands. It plays a copy twice and writes nothing.
func (s *Server) whatif(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	q := r.URL.Query()
	what, err := rehearsal.Supposed{Returned: q["aterremiss"], Minority: q["minoritet"], Moves: q["move"], Late: q["late"]}.What()
	if err != nil {
		return nil, err
	}
	state, err := s.copyOf(r)
	if err != nil {
		return nil, err
	}
	f, err := domain.ForeseeFrom(state, now(), what)
	if err != nil {
		return nil, err
	}
	return api.ForesightOf(f), nil
}

// copyOf gives a cycle's state to play with: nobody else waits for it meanwhile.
func (s *Server) copyOf(r *http.Request) (state *domain.State, err error) {
	if _, err := s.theCycle(r.Context(), stream(r)); err != nil {
		return nil, err
	}
	err = s.Store.View(r.Context(), stream(r), func(st *domain.State) error {
		state = st.Clone()
		return nil
	})
	return state, err
}

// path answers what stands between today and a step.
func (s *Server) path(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	c, err := s.theCycle(r.Context(), stream(r))
	if err != nil {
		return nil, err
	}
	today := dayOf(&c)
	a := api.Path{Today: today, Hurdles: []api.Hurdle{}}
	err = s.Store.View(r.Context(), stream(r), func(st *domain.State) error {
		id, ok := st.Named(domain.StepID(r.URL.Query().Get("to")))
		if !ok {
			return domain.Refuse(domain.CodeUnknownStep, "Det finns inget steg %q, eller flera. Skriv det som i cykeln, till exempel kf-mal-och-ekonomi/KF.", r.URL.Query().Get("to"))
		}
		a.To, a.Title, a.Done = id, st.StepTitle(id), st.Finished(st.Cycle.Step(id))
		for _, h := range domain.Way(st, id, today) {
			a.Hurdles = append(a.Hurdles, api.Hurdle{Step: h.Step, Title: st.StepTitle(h.Step), Word: st.Cycle.Step(h.Step).Status.Swedish(), Plan: h.Plan, Last: h.Last, Slack: h.Slack})
			if a.Tightest == nil || h.Slack < *a.Tightest {
				a.Tightest = &a.Hurdles[len(a.Hurdles)-1].Slack
			}
		}
		return nil
	})
	return a, err
}
