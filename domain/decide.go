package domain

import "slices"

// Decide judges a command at an instant and gives the events that follow from it; it never changes s. The error, when
// there is one, is a *[Refusal], and then nothing follows. A command that s has answered already gives neither: ask
// [Answered] first.
func Decide(s *State, c Command, now Instant) ([]Event, error) {
	if _, found, err := Answered(s, c); found || err != nil {
		return nil, err
	}
	if s.Done {
		return nil, refuse(CodeCycleEnded, "Cykeln är avslutad. Tillägg och rättelser görs i registret.")
	}
	if s.Size > maxState {
		return nil, refuse(CodeStateFull, "Cykeln tar inte emot mer just nu. Driften är larmad. Försök igen om en stund.")
	}
	if err := checkForm(&c); err != nil {
		return nil, err
	}
	if err := s.knowsCommand(&c); err != nil {
		return nil, err
	}
	j := newJudge(s, c, now)
	defer j.rest(s)
	if err := j.judge(); err != nil {
		return nil, err
	}
	return j.events, nil
}

// knowsCommand refuses what the rules that this run keeps to its end do not have.
func (s *State) knowsCommand(c *Command) error {
	row := Row(c.Kind)
	newer := c.parts() & row.newer
	for _, p := range c.Parts {
		if p.Record != nil {
			newer |= pRecord
		}
		if len(p.Figures) > 0 || p.Date != "" {
			newer |= pFigures
		}
	}
	if s.Rules < row.since || s.Rules < 3 && newer != 0 {
		return refuse(CodeRulesOlder, "Här gäller ännu regelversion %d, där det inte går. Be driften att köra arshjul roll, och försök igen.", s.Rules)
	}
	return nil
}

// maxState is the bound on State.Size, in canonical bytes before compression: far below the limits at which the Temporal
// server terminates a workflow.
const maxState = 1 << 20

// Answered gives the answer to a command that was carried out before. The same id with another body is refused.
func Answered(s *State, c Command) (Answer, bool, error) {
	for i := len(s.Answered) - 1; i >= 0; i-- {
		if a := s.Answered[i]; a.ID == c.ID {
			if a.Body != c.Body() {
				return Answer{}, false, refuse(CodeIDReused, "Samma kommando-id har redan använts för något annat. Ladda om sidan och gör om.")
			}
			return a, true, nil
		}
	}
	return Answer{}, false, nil
}

// judge judges one command: it works on a copy of the state, to which each event is applied as it is emitted.
type judge struct {
	s      *State
	c      Command
	body   Digest // of the command as it was given
	now    Instant
	today  Date
	events []Event
}

func newJudge(s *State, c Command, now Instant) *judge {
	j := &judge{s: s.cloneInto(s.spare), c: c, now: s.Clock(now)}
	s.spare = nil
	j.s.Answered = nil // this command is in none of them, and nothing else is asked of them
	if c.ID != "" {
		j.body = c.Body()
	}
	j.today = j.now.Date()
	return j
}

// rest leaves the memory of the judge's copy of the steps to who judges the next command.
func (j *judge) rest(s *State) {
	if j.s.Cycle != nil {
		s.spare = j.s.Cycle.Steps
	}
}

// Rest gives up the memory that is kept from one command for the next, as large as the state: for when none is expected soon.
func (s *State) Rest() { s.spare = nil }

// Clock is the time on the stream's own clock: an exercise's stands still, and no clock goes back.
func (s *State) Clock(now Instant) Instant {
	if s.Cycle != nil && s.Cycle.Exercise > 0 {
		return s.Cycle.Clock
	}
	return max(now, s.Now)
}

// clone copies what Apply may change in place. Whatever lies deeper is replaced by Apply, never changed.
func (s *State) clone() *State { return s.cloneInto(nil) }

// cloneInto is clone in memory that nobody uses.
func (s *State) cloneInto(spare []Step) *State {
	w := *s
	w.spare = nil
	w.Answered = slices.Clip(w.Answered)
	if s.Cycle != nil {
		s.derive() // once for the state and all its copies
		c := *s.Cycle
		c.Steps = append(spare[:0], c.Steps...)
		w.Cycle = &c
	}
	if s.Registry != nil {
		r := *s.Registry
		w.Registry = &r
	}
	return &w
}

// Clone gives a copy that can be played with. What lies deeper than Apply changes in place is shared, and never changed.
func (s *State) Clone() *State { return s.clone() }

// emit completes an event, applies it, and adds it to what the command led to.
func (j *judge) emit(e Event) {
	e.V, e.Stream, e.Seq, e.At = EventVersion, j.s.Stream, j.s.Seq+1, j.now
	e.Command = j.c.ID
	if len(j.events) == 0 {
		e.Body = j.body
	}
	if err := Apply(j.s, e); err != nil {
		panic("domain: an event of our own does not apply: " + err.Error())
	}
	j.events = append(j.events, e)
}

func (j *judge) judge() error {
	if j.c.Kind == CmdLaunch || j.c.Kind == CmdFound {
		return j.begin()
	}
	if j.s.Seq == 0 {
		return refuse(CodeUnknownStream, "Det finns ingen cykel eller inget register med det namnet. Kontrollera namnet.")
	}
	if registryCommand(j.c.Kind) {
		if j.s.Kind == StreamCycle && j.s.Cycle.Exercise == 0 {
			return refuse(CodeUnknownKind, "Registret ändras i registret, inte i en cykel.")
		}
		if err := j.changeRegistry(); err != nil {
			return err
		}
		j.settle()
		return nil
	}
	if j.s.Kind == StreamRegistry {
		return refuse(CodeUnknownKind, "Kommandot %s gäller en cykel, inte registret.", j.c.Kind)
	}
	if j.c.Kind == CmdChanges {
		return j.receiveChanges()
	}
	if j.s.Cycle.Exercise == 0 && j.c.Registry > j.s.Registry.Number {
		return refuse(CodeRetryLater, "Cykeln har inte hunnit ta emot den senaste ändringen i registret. Försök igen om några sekunder.")
	}
	if err := j.onCycle(); err != nil {
		return err
	}
	j.settle()
	return nil
}

// onCycle judges what a person wants done in a cycle.
func (j *judge) onCycle() error {
	switch j.c.Kind {
	case CmdCancel:
		return j.cancel()
	case CmdBatch:
		return j.batch()
	case CmdAdvance:
		return j.advance()
	case CmdComment:
		return j.comment()
	case CmdCorrect:
		return j.correct()
	}
	if err := j.checkRecord(); err != nil {
		return err
	}
	st := j.s.step(j.c.Step)
	if st == nil {
		return refuse(CodeUnknownStep, "Det finns inget steg %q i cykeln. Kontrollera stegets namn.", j.c.Step)
	}
	switch j.c.Kind {
	case CmdProceed:
		return j.proceed(st)
	case CmdExtend:
		return j.extend(st)
	case CmdVoid:
		return j.void(st)
	case CmdInstead:
		return j.decideInstead(st)
	case CmdExplain:
		return j.explain(st)
	case CmdRevise:
		return j.revise(st)
	case CmdAppeal, CmdInForce, CmdOverturn:
		return j.court(st)
	case CmdReport:
		if st.unreported() {
			return j.reportInstead(st)
		}
	}
	return j.move(st)
}

func registryCommand(k CommandKind) bool {
	switch k {
	case CmdSetUnit, CmdBind, CmdUnbind, CmdSubstitute, CmdExclude, CmdRuleExclusion, CmdNoteDeficit, CmdFollowDeficit, CmdCarryOver, CmdObserve, CmdAnswer, CmdAssessAnswer, CmdActionDone, CmdSupplement, CmdAddMeeting, CmdMoveMeeting, CmdCancelMeeting, CmdConfirmMeeting, CmdAnnounce, CmdOrder, CmdConfirmOrder, CmdDeclareEpoch, CmdConfirmEpoch, CmdErase, CmdConfirmErase:
		return true
	}
	return false
}
