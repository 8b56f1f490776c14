package domain

// batch judges the decisions and notices of one meeting together: all of them are written down, or none. A refusal says
// which of them stands in the way.
func (j *judge) batch() error {
	whole := j.c
	if len(whole.Parts) > 200 {
		return refuse(CodeBadCommand, "Högst 200 beslut kan registreras på en gång. Dela upp dem.")
	}
	for i, p := range whole.Parts {
		j.c = p.Alone(&whole)
		if err := j.part(); err != nil {
			no := err.(*Refusal)
			return refuse(no.Code, "Rad %d (§ %s): %s Inget av besluten har registrerats.", i+1, p.Paragraph, no.Message)
		}
	}
	j.c = whole
	return nil
}

// Alone gives a part as a command of its own: what the batch judges it as.
func (p *Part) Alone(batch *Command) Command {
	c := Command{ID: batch.ID, Kind: p.Kind, Actor: batch.Actor, Meeting: batch.Meeting, Date: batch.Date, Step: p.Step,
		Version: p.Version, Outcome: p.Outcome, Paragraph: p.Paragraph, Dnr: p.Dnr, Text: p.Text, Record: p.Record, Figures: p.Figures}
	if p.Date != "" {
		c.Date = p.Date
	}
	return c
}

func (j *judge) part() error {
	if j.c.Kind != CmdDecide && j.c.Kind != CmdReport {
		return refuse(CodeUnknownKind, "Bara beslut och anmälningar registreras tillsammans, inte %q.", j.c.Kind)
	}
	if j.c.Kind == CmdReport {
		j.c.Date = ""
	}
	if err := checkForm(&j.c); err != nil {
		return err
	}
	if err := j.checkRecord(); err != nil {
		return err
	}
	st := j.s.step(j.c.Step)
	if st == nil {
		return refuse(CodeUnknownStep, "Det finns inget steg %q i cykeln. Kontrollera stegets namn.", j.c.Step)
	}
	judge := j.move
	if j.c.Kind == CmdReport && st.unreported() {
		judge = j.reportInstead
	}
	if err := judge(st); err != nil {
		return err
	}
	j.settleSteps()
	return nil
}
