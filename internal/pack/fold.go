package pack

import (
	"bytes"
	"errors"

	"arshjul/domain"
)

// foldAll folds the registry and then the cycle, and holds what they say of each other together.
func (v *verifier) foldAll() error {
	own := v.of[v.rep.Stream][0]
	if own.event.Kind != domain.EvLaunched || own.event.Launched == nil {
		return own.broken("en cykel börjar med att den startas, och det gör inte den här.")
	}
	registry := domain.RegistryStream(domain.Kommun(v.rep.Stream))
	if streamKind(v.rep.Stream) == "cycle" {
		v.registries = map[uint64]*domain.Registry{own.event.Launched.Registry.Number: nil}
		if len(v.of[registry]) == 0 {
			return broken(memberEntries, "paketet har ingen post av %s, som cykeln vilar på.", registry)
		}
		if err := v.fold(registry); err != nil {
			return err
		}
	}
	if err := v.fold(v.rep.Stream); err != nil {
		return err
	}
	state := v.states[v.rep.Stream]
	v.rep.Ended, v.rep.Steps = state.Done, len(state.Cycle.Steps)
	return nil
}

// fold adds up a stream's entries by the rules they were written under, and judges each before it is applied.
func (v *verifier) fold(stream string) error {
	list := v.of[stream]
	state := domain.NewState(stream)
	v.states[stream] = state
	first := &list[0].event
	state.Rules, state.Schema = max(first.Rules, 1), max(first.Schema, 1)
	checks := newEvidence(list, state)
	for from := 0; from < len(list); {
		n := group(list[from:])
		part := list[from : from+n]
		from += n
		// Neither is a rule of the matter: how much a workflow may hold, and what it answers to who asks again. The log has no
		// entry of a command that was answered before.
		state.Size, state.Answered = 0, nil
		book, err := bookOf(state.Rules)
		if err != nil {
			return part[0].broken("%v", err)
		}
		rules := v.judge(book, state, part)
		for i, s := range part {
			if err := v.apply(book, checks, s, func() error { return rules.agree(part, i) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// group is how many entries belong together: those of one command, or of one look at the clock.
func group(list []*shown) int {
	first := &list[0].event
	if first.Kind == domain.EvRulesAdopted {
		return 1
	}
	n := 1
	for n < len(list) {
		e := &list[n].event
		if e.Command != first.Command || e.Command == "" && (e.At != first.At || e.Kind == domain.EvRulesAdopted) || e.Command != "" && e.Body != "" {
			break
		}
		n++
	}
	return n
}

func bookOf(version int) (domain.Book, error) {
	books := domain.Books()
	for _, b := range books {
		if b.Version == version {
			return b, nil
		}
	}
	return domain.Book{}, errors.New(sentence("posten följer regelversion %d, som det här programmet inte har (det har %d till %d). Hämta en nyare utgåva.",
		version, books[len(books)-1].Version, books[0].Version))
}

// apply checks one entry against everything before it, and adds it. What it rests on comes before what the rules say again:
// the sentence is the better one.
func (v *verifier) apply(book domain.Book, checks *evidence, s *shown, rules func() error) (err error) {
	defer unreadable(s, &err)
	e := &s.event
	approval, fault := checks.check(s)
	if fault != "" {
		return s.broken("%s", fault)
	}
	if approval {
		v.rep.Approvals++
	}
	if err := v.agrees(s); err != nil {
		return err
	}
	if err := rules(); err != nil {
		return err
	}
	if err := book.Apply(checks.state, *e); err != nil {
		return s.broken("händelsen går inte ihop med det som hänt före den (%v).", err)
	}
	checks.take(e)
	for _, r := range v.runs[checks.state.Stream] {
		if r.first == nil && r.state.Seq == e.Seq {
			r.begins(checks.state)
		}
	}
	if r := checks.state.Registry; r != nil && checks.state.Kind == domain.StreamRegistry {
		if _, wanted := v.registries[e.Seq]; wanted {
			snapshot := *r
			v.registries[e.Seq] = &snapshot
		}
	}
	return nil
}

// unreadable tells of an entry of a shape that no real one has: it was made by somebody else than the rules, which believe
// what they wrote themselves.
func unreadable(s *shown, err *error) {
	if what := recover(); what != nil {
		*err = s.broken("posten har inte den form som en sådan händelse har (%v).", what)
	}
}

// agrees holds what a cycle says of the registry against the registry's own entries.
func (v *verifier) agrees(s *shown) error {
	if streamKind(v.rep.Stream) != "cycle" || s.event.Stream != v.rep.Stream {
		return nil
	}
	registry := v.of[domain.RegistryStream(domain.Kommun(v.rep.Stream))]
	if l := s.event.Launched; l != nil {
		r := v.registries[l.Registry.Number]
		if r == nil {
			return s.broken("cykeln startade från ändring %d i registret, som inte finns.", l.Registry.Number)
		}
		if !bytes.Equal(domain.Canonical(r), domain.Canonical(&l.Registry)) {
			return s.broken("det register som cykeln startade från är inte det som registrets poster ger till och med ändring %d.", l.Registry.Number)
		}
	}
	for i := range s.event.Changes {
		c := &s.event.Changes[i]
		if c.Seq == 0 || c.Seq > uint64(len(registry)) || !bytes.Equal(registry[c.Seq-1].leaf, c.Encode()) {
			return s.broken("ändring %d, som cykeln tog emot, är inte den som står i registret.", c.Seq)
		}
		if registry[c.Seq-1].index > s.index {
			return s.broken("cykeln tog emot ändring %d innan den stod i registret.", c.Seq)
		}
	}
	return nil
}

// judgement is what the rules say again about entries that belong together.
type judgement struct {
	known bool // otherwise there is nothing to judge by
	again []domain.Event
	no    error
}

// judge has the rules judge again what led to the entries: the same command in the same state must lead to the same entries,
// and so must the passing of time.
func (v *verifier) judge(book domain.Book, state *domain.State, part []*shown) (j judgement) {
	defer func() {
		if what := recover(); what != nil {
			j = judgement{known: true, no: part[0].broken("posten följer på något som inte har den form som en händelse har (%v).", what)}
		}
	}()
	e := &part[0].event
	j.known = true
	switch {
	case e.Kind == domain.EvRulesAdopted:
		adopted := domain.AdoptRules(state, e.Rules)
		adopted.Schema = e.Schema
		j.again = []domain.Event{adopted}
		v.rep.Passed++
	case e.Command == "":
		j.again = book.Tick(state, e.At)
		v.rep.Passed += len(part)
	default:
		asked := v.commands[state.Stream][e.Command]
		if len(asked) == 0 {
			v.rep.Unjudged++
			return judgement{}
		}
		v.rep.Judged++
		c := asked[0]
		for _, other := range asked { // refused at first, and asked again with something else under the same id
			if other.Body() == e.Body {
				c = other
			}
		}
		if c.Body() != e.Body {
			j.no = part[0].broken("kommandot %q i historiken är inte det som posten skrevs för: historiken eller posten är ändrad.", e.Command)
		} else if again, err := book.Decide(state, *c, e.At); err != nil {
			j.no = part[0].broken("reglerna säger nej till det som posten säger hände: %v", err)
		} else {
			j.again = again
		}
	}
	return j
}

// agree tells whether the i-th entry is what the rules say, and nothing that should follow the last is missing.
func (j *judgement) agree(part []*shown, i int) error {
	s := part[i]
	switch {
	case !j.known:
		return nil
	case j.no != nil:
		return j.no
	case i >= len(j.again):
		return s.broken("enligt reglerna följer ingen sådan händelse på det som hänt före den.")
	case !bytes.Equal(j.again[i].Encode(), s.leaf):
		return s.broken("enligt reglerna skulle här ha stått %q (%s), inte detta.", j.again[i].Kind, j.again[i].Step)
	case i == len(part)-1 && len(j.again) > len(part):
		return s.broken("efter den här posten skulle enligt reglerna ha följt %q (%s), som saknas.", j.again[len(part)].Kind, j.again[len(part)].Step)
	}
	return nil
}
