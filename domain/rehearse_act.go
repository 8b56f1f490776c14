package domain

import "fmt"

func second(t Task) string {
	if t.Barred == "" {
		return ""
	}
	return " och som inte själv har lämnat in"
}

func (p *rehearsing) holder(t Task, st *Step, today Date) PersonID {
	for _, h := range p.s.HoldersFor(p.s.Registry, st, t.Role, t.Unit, today) {
		if h.Person != t.Barred {
			return h.Person
		}
	}
	return ""
}

// act is what an official does with a task when nothing is in the way.
func (p *rehearsing) act(t Task, st *Step, actor PersonID) Command {
	c := Command{Kind: t.Command, Actor: actor, Step: st.ID}
	def := p.s.def(st)
	note := TextRef(DigestOf([]byte("rehearsal")))
	switch t.Command {
	case CmdSubmit:
		if st.Owes {
			c.Text = note
		}
		for _, d := range def.Documents {
			if d.Required {
				c.Documents = append(c.Documents, Document{Def: d.ID, Link: note})
			}
		}
		c.Fields, c.Figures = required(def.Fields, note), FillFigures(p.s, st.ID)
	case CmdReady, CmdFinalise:
		c.Version = st.Submission.Hash
		if t.Command == CmdReady && len(Divergences(p.s, st.ID)) > 0 {
			c.Text = note
		}
	case CmdEstablish:
		c.Version, c.Paragraph = st.Submission.Hash, "1"
	case CmdDecide, CmdReport:
		c.Meeting, c.Paragraph = st.Held, fmt.Sprint(len(p.s.Cycle.Paragraphs)+1)
		if t.Command == CmdDecide {
			c.Version, c.Outcome = st.Submission.Hash, OutcomeApproved
			if p.s.Rules >= 3 && def.Matter == MatterDischarge {
				c.Record = &Record{Discharge: Granted}
			}
		}
	case CmdHandOver:
		c.To = p.s.Cycle.Wheel.Recipients(def)
	case CmdHold:
		c.Text, c.Fields = note, required(def.Fields, note)
	case CmdReview:
		c.Text, c.Review = note, p.s.plainReview(def)
	case CmdExplain:
		c.Text = note
	case CmdPublish:
		c.Reference = "rehearsal"
	case CmdConfirmMeeting:
		return Command{Kind: CmdConfirmMeeting, Actor: actor, NewMeeting: &Meeting{ID: t.Meeting}}
	}
	return c
}

func required(fields []FieldDef, value TextRef) (filled []FieldValue) {
	for _, f := range fields {
		if f.Required && f.IsText() {
			filled = append(filled, FieldValue{ID: f.ID, Value: value})
		}
	}
	return filled
}
