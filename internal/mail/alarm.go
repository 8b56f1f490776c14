package mail

import (
	"fmt"
	"strings"

	"arshjul/domain"
	"arshjul/internal/store"
)

// alarmMark stands in the rung of an alarm (domain.EvLegalAlarm), and in no reminder's.
const alarmMark = " före lagens gräns ("

// alarmed gives the limit that an alarm is about; nil when the notice is none, or the duty is done.
func alarmed(s *domain.State, n *store.Notice) *domain.Limit {
	_, law, is := strings.Cut(n.Rung, alarmMark)
	if !is {
		return nil
	}
	for _, l := range domain.Limits(s, n.Step) {
		if string(l.Law) == strings.TrimSuffix(law, ")") && l.Met == "" {
			return &l
		}
	}
	return nil
}

// alarm says that a limit of the law is near.
func (i *Item) alarm(n *store.Notice, l *domain.Limit, role, title string, d deed) {
	i.Law, i.Due, i.Late = true, l.Date, false
	i.Why = upper(role) + ", och steget väntar fortfarande på dig."
	if n.Escalate {
		i.Why = upper(role) + ", som får veta när lagens gräns är nära."
		if n.Command != "" {
			i.Why += " Det som väntas är: " + lower(d.do) + title + "."
		}
	}
	i.Rule = fmt.Sprintf("Larmet ”%s”. Lagens gräns enligt %s är den %s och går inte att flytta.", n.Rung, l.Law, l.Date.Swedish())
	i.Stops = "det som lagen kräver är gjort och registrerat."
}
