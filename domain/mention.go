package domain

// MaxMentions bounds how many people one comment names.
const MaxMentions = 20

// checkMentions judges whom a comment names: each once, on a step, and somebody who holds a role that day. So nobody
// outside the municipality is told of anything, and no comment is a way to write to a stranger.
func (j *judge) checkMentions() error {
	all := j.c.Mentions
	if len(all) == 0 {
		return nil
	}
	if j.c.Step == "" {
		return refuse(CodeBadCommand, "Att nämna någon går bara i en kommentar till ett steg. Skriv kommentaren på steget.")
	}
	if len(all) > MaxMentions {
		return refuse(CodeBadCommand, "En kommentar kan nämna högst %d personer. Dela upp den.", MaxMentions)
	}
	for i, p := range all {
		if i > 0 && p <= all[i-1] {
			return refuse(CodeBadCommand, "De som nämns ska stå i bokstavsordning och en gång var.")
		}
		if !j.s.Registry.knows(p) {
			return refuse(CodeMention, "Den du nämner finns inte i registret. Kontrollera namnet efter @, eller be registeransvarig att lägga in personen.")
		}
		if !j.s.Registry.holdsAny(p, j.today) {
			return refuse(CodeMention, "Den du nämner har ingen roll den %s och kan inte läsa steget. Nämn någon annan, eller be registeransvarig att lägga in rollen.", j.today.Swedish())
		}
	}
	return nil
}

// tellMentioned tells those whom a comment names. Who wrote it knows.
func (s *State) tellMentioned(notices []Notice, e *Event) []Notice {
	for _, p := range e.Mentions {
		if p != e.Actor {
			notices = append(notices, Notice{Seq: e.Seq, Day: e.At.Date(), Step: e.Step, Command: CmdComment, Person: p})
		}
	}
	return notices
}
