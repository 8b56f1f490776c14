package domain

import (
	"fmt"
	"slices"
	"strings"
)

// reached says which status an event that moves a step on takes it to.
var reached = []struct {
	kind   EventKind
	status Status
}{
	{EvOpened, StatusOpen}, {EvSubmitted, StatusSubmitted}, {EvReady, StatusReady}, {EvDecided, StatusDecided},
	{EvEstablished, StatusEstablished}, {EvAdjusted, StatusAdjusted}, {EvPosted, StatusPosted},
	{EvHandedOver, StatusHandedOver}, {EvFinalised, StatusFinalised}, {EvHeld, StatusHeld}, {EvReported, StatusReported},
	{EvReviewed, StatusReviewed}, {EvPublished, StatusPublished}, {EvVoided, StatusVoid}, {EvTabled, StatusTabled},
	{EvDoneBefore, StatusBefore}, {EvRejected, StatusRejected}, {EvReturned, StatusReturned}, {EvTakenBack, StatusSubmitted},
}

// takeStep changes a step as the event says.
func (c *Cycle) takeStep(st *Step, e *Event) error {
	switch e.Kind {
	case EvWaived:
		st.Needs = slices.Clone(st.Needs)
		for i := range st.Needs {
			if st.Needs[i].Step == e.Need {
				st.Needs[i].Waived = e.Seq
			}
		}
		return nil
	case EvExtended:
		st.Plan, st.Late, st.Extended, st.Rung = e.Date, false, true, 0
		return nil
	case EvReplanned:
		st.Plan, st.Held, st.MeetingDay = e.Date, e.Meeting, false
		st.Late, st.Rung = st.Late && st.Plan < e.At.Date(), 0
		return nil
	case EvReminded:
		st.Rung = e.Rung
		return nil
	case EvMeetingDay:
		st.MeetingDay = true
		if act := c.Wheel.Def(st.Def).Act; st.Status == StatusReady || st.Status == StatusTabled || act == ActNotice || act == ActInformation {
			st.Since = e.At.Date() // from now on it waits for the registrar
		}
		return nil
	case EvLate:
		st.Late = true
		return nil
	case EvPostponed:
		c.useParagraph(st, e)
		return nil
	case EvDecisionReported:
		d := *st.Decision
		d.Reported, d.Told = e.Seq, e.Date
		st.Decision = &d
		c.useParagraph(st, e)
		return nil
	case EvLegalAlarm:
		st.Alarmed = e.Rung
		return nil
	case EvLegalBreached:
		st.Broken = append(slices.Clip(st.Broken), Breach{Law: e.Law, Seq: e.Seq})
		return nil
	case EvBreachExplained:
		st.Broken = slices.Clone(st.Broken)
		for i := range st.Broken {
			if st.Broken[i].Explained == 0 {
				st.Broken[i].Explained = e.Seq
			}
		}
		return nil
	case EvRevised:
		st.Revisions = append(slices.Clip(st.Revisions), Revision{No: e.VersionNo, From: e.From, Date: e.Date, Meeting: e.Meeting, Paragraph: e.Paragraph,
			Seq: e.Seq, Financing: e.Text, Figures: e.Figures, Aims: e.Aims})
		c.useParagraph(st, e)
		return nil
	case EvAppealed:
		st.Force = ForceAppealed
		return nil
	case EvInForce:
		st.Force = ForceFinal
		return nil
	case EvOverturned:
		st.takeOverturned(e)
		return nil
	case EvReopened:
		c.takeReopened(st, e)
		return nil
	}
	for _, r := range reached {
		if r.kind == e.Kind {
			c.takeReached(st, e, r.status)
			return nil
		}
	}
	return fmt.Errorf("unknown event %q", e.Kind)
}

func (c *Cycle) takeReached(st *Step, e *Event, to Status) {
	st.Status, st.Since = to, e.At.Date()
	date := e.Date
	if date == "" {
		date = e.At.Date()
	}
	switch e.Kind {
	case EvSubmitted:
		st.Submission = submissionOf(c.Wheel.Def(st.Def), st.Unit, e)
		st.Decision, st.Agreed = nil, ""
		st.Owes = false
		st.dropMarks(StatusSubmitted, StatusReady)
	case EvReady:
		st.Agreed = digestOfDivergences(e.Differences)
	case EvReviewed:
		st.Review = e.Review
	case EvTakenBack:
		st.dropMarks(StatusReady, StatusReady)
		return
	case EvDecided, EvTabled, EvRejected, EvReturned:
		st.Decision = &Decision{Outcome: e.Outcome, Meeting: e.Meeting, Paragraph: e.Paragraph, Dnr: e.Dnr, Date: e.Date,
			Version: e.Version, By: e.Actor, Seq: e.Seq, Exception: strings.HasSuffix(e.Exception, ExceptionRegistrarSubmitted), Figures: e.Figures}
		if r := e.Record; r != nil {
			st.Decision.Manner, st.Decision.Wording = r.Manner, r.Wording
			st.Decision.Discharge, st.Decision.Remarked = r.Discharge, r.Remark != nil && r.Remark.Made
			if r.Class == ClassMinority {
				st.Minority = e.Seq
			}
		}
		st.takeItems(e)
	}
	c.useParagraph(st, e)
	if r := e.Record; r != nil && r.Remark != nil && r.Remark.Paragraph != "" && r.Remark.Paragraph != e.Paragraph {
		c.useParagraph(st, &Event{Meeting: e.Meeting, Paragraph: r.Remark.Paragraph})
	}
	if e.Kind == EvRejected || e.Kind == EvReturned {
		st.Round++
		st.Marks = nil
		st.Instruction = e.Text
		st.Owes = e.Kind == EvReturned && c.Wheel.Def(st.Def).ReturnsTo == ""
	}
	st.Marks = append(slices.Clip(st.Marks), Mark{Status: to, Seq: e.Seq, Date: date, By: e.Actor})
}

func (c *Cycle) useParagraph(st *Step, e *Event) {
	if e.Paragraph != "" && e.Meeting != "" {
		c.Paragraphs = append(slices.Clip(c.Paragraphs), UsedParagraph{Meeting: e.Meeting, Paragraph: e.Paragraph, Step: st.ID})
	}
}

// takeOverturned begins the step anew after a court has set its decision aside, with the court's reasons as its
// instruction.
func (s *Step) takeOverturned(e *Event) {
	s.Overturned = append(slices.Clip(s.Overturned), *s.Decision)
	s.Round++
	s.Status, s.Since, s.Late = StatusOpen, e.At.Date(), false
	s.Decision, s.Items, s.Minority, s.Force, s.Revisions = nil, nil, 0, "", nil
	s.Instruction, s.Owes = e.Text, true
	s.Marks = []Mark{{Status: StatusOpen, Seq: e.Seq, Date: e.At.Date()}}
}

// takeReopened begins a new round: of the step that an återremiss returned to, or (with Need set) of one that had gone
// on the strength of it and now waits again.
func (c *Cycle) takeReopened(st *Step, e *Event) {
	if st.Status != StatusReturned {
		st.Round++
	}
	st.Decision, st.Marks, st.Late, st.Since, st.Revisions = nil, nil, false, e.At.Date(), nil
	st.Status = StatusWaiting
	if e.Need == "" {
		st.Status = StatusOpen
		st.Instruction, st.Owes = e.Text, true
		st.Marks = []Mark{{Status: StatusOpen, Seq: e.Seq, Date: e.At.Date()}}
	}
}

// dropMarks forgets the marks of statuses that a new version or a take-back undoes; the journal keeps them.
func (s *Step) dropMarks(statuses ...Status) {
	var kept []Mark
	for _, m := range s.Marks {
		if !slices.Contains(statuses, m.Status) {
			kept = append(kept, m)
		}
	}
	s.Marks = kept
}
