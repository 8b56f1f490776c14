package domain

// AgendaItem is a step that may come up at a meeting: what its body may be noted to have done with it there.
type AgendaItem struct {
	Step    StepID
	Command CommandKind // decide or report
	// Ready is true when it can be written down now, by the person who was asked for; otherwise Why says what is missing.
	Ready bool
	Why   string
	// Planned is true when the step hangs on this very meeting.
	Planned bool
	Role    RoleID // whose it is to write it down
	Unit    UnitID // where that role is held
}

// Agenda lists what may be written down of a meeting: the steps of its body that are ready for a decision or a notice, and
// those planned for the meeting that are not ready, in the order of the cycle.
func Agenda(s *State, id MeetingID, person PersonID, today Date) []AgendaItem {
	m := s.Registry.Meeting(id)
	if s.Done || s.Cycle == nil || m == nil {
		return nil
	}
	var all []AgendaItem
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		command, ok := s.noted(st)
		if !ok || s.actor(st) != m.Unit {
			continue
		}
		move, can := s.moveOf(st, command)
		can = can || command == CmdReport && st.unreported()
		if !can && (st.Held != id || s.Finished(st) || st.Reached(StatusDecided) != 0) {
			continue
		}
		role := s.def(st).Slots.Register
		item := AgendaItem{Step: st.ID, Command: command, Role: role, Unit: s.seat(role, s.actor(st)), Ready: true, Planned: st.Held == id}
		no := func(why string) { item.Ready, item.Why = false, why }
		switch {
		case !can && st.Status == StatusWaiting:
			no("Väntar på annat. Stegets grind visar vad som saknas.")
		case !can:
			no("Inte klar för beslut: " + st.Status.Swedish() + ".")
		case st.Decision != nil && st.Decision.Outcome == OutcomeTabled && st.Decision.Meeting == id:
			no("Bordlades vid det här sammanträdet. Beslutet registreras vid det sammanträde där ärendet tas upp igen.")
		case m.Status == MeetingProposed:
			no("Sammanträdet är bara föreslaget. Registeransvarig fastställer det först.")
		case m.Status == MeetingCancelled:
			no("Sammanträdet är inställt.")
		case m.Date > today:
			no("Sammanträdet har inte varit än.")
		default:
			if _, err := s.authorise(person, st, move, today); err != nil {
				no(err.Error())
			}
		}
		all = append(all, item)
	}
	return all
}

// noted tells what is written down of a step at a meeting, when its life has such a move.
func (s *State) noted(st *Step) (CommandKind, bool) {
	if st.unreported() {
		return CmdReport, true
	}
	for _, m := range s.life(st).moves() {
		if m.cmd == CmdDecide || m.cmd == CmdReport {
			return m.cmd, true
		}
	}
	return "", false
}

// moveOf gives the slot of a move that the step can make as it stands.
func (s *State) moveOf(st *Step, command CommandKind) (slot, bool) {
	for _, m := range s.life(st).moves() {
		if m.cmd == command && startsFrom(m, st.Status) {
			return m.slot, true
		}
	}
	return slotRegister, false
}

// Acts gives the body that acts in a step: its unit, or the body that acts for it.
func (s *State) Acts(st *Step) UnitID { return s.actor(st) }

// Registers lists the bodies whose decisions and notices a person writes down on a day, in the order of the cycle's steps.
func Registers(s *State, person PersonID, today Date) (units []UnitID) {
	if s.Done || s.Cycle == nil || !s.Registry.holdsAny(person, today) {
		return nil
	}
	seen := map[UnitID]bool{}
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if _, ok := s.noted(st); !ok || seen[s.actor(st)] {
			continue
		}
		if _, err := s.authorise(person, st, slotRegister, today); err == nil {
			seen[s.actor(st)] = true
			units = append(units, s.actor(st))
		}
	}
	return units
}
