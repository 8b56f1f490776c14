package mail

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"arshjul/domain"
	"arshjul/internal/store"
)

// deed is how a letter speaks of what is to be done: the words before the step, and what has then been done. The words are
// those of the button.
type deed struct{ do, done string }

var deeds = map[domain.CommandKind]deed{
	domain.CmdSubmit:         {"Lämna in ", "något är inlämnat"},
	domain.CmdReady:          {"Markera klar för beslut: ", "steget är markerat klart för beslut"},
	domain.CmdDecide:         {"Registrera beslut: ", "beslutet är registrerat"},
	domain.CmdEstablish:      {"Fastställ ", "det är fastställt"},
	domain.CmdAdjust:         {"Registrera justering: ", "justeringen är registrerad"},
	domain.CmdPost:           {"Registrera anslag: ", "anslaget är registrerat"},
	domain.CmdHandOver:       {"Lämna över ", "det är överlämnat"},
	domain.CmdFinalise:       {"Färdigställ ", "det är färdigställt"},
	domain.CmdHold:           {"Registrera genomförd dialog: ", "det är registrerat som genomfört"},
	domain.CmdReport:         {"Registrera anmälan: ", "anmälan är registrerad"},
	domain.CmdReview:         {"Avge granskning: ", "granskningen är avgiven"},
	domain.CmdPublish:        {"Registrera publicering: ", "publiceringen är registrerad"},
	domain.CmdExplain:        {"Förklara varför lagens gräns passerades: ", "förklaringen är registrerad"},
	domain.CmdAnswer:         {"Svara på ", "svaret är lämnat"},
	domain.CmdAssessAnswer:   {"Godta svaret, fråga igen eller avsluta: ", "revisorn har sagt sitt"},
	domain.CmdActionDone:     {"Anteckna gjord åtgärd: ", "det är antecknat att åtgärden är gjord"},
	domain.CmdConfirmMeeting: {"Fastställ sammanträde: ", "sammanträdet är fastställt"},
}

func deedOf(c domain.CommandKind) deed {
	if d, ok := deeds[c]; ok {
		return d
	}
	return deed{string(c) + ": ", "det är gjort"} // a command of a later build
}

// itemOf tells a notice on a day; s is the cycle as it stands now, and base where the pages are.
func itemOf(s *domain.State, n *store.Notice, today domain.Date, base string) Item {
	st := s.Cycle.Step(n.Step)
	title := s.StepTitle(n.Step)
	if n.Change == domain.ChangeRevised {
		return revised(s, n, title, base)
	}
	if n.Command == domain.CmdComment {
		return mention(s, n, title, base)
	}
	d := deedOf(n.Command)
	item := Item{Do: d.do + title, Due: n.Due, Late: n.Due != "" && n.Due < today, Urgent: n.Urgent, Cycle: cycleTitle(s.Cycle),
		URL: stepURL(base, n.Stream, n.Step)}
	role := fmt.Sprintf("du är %s i %s", roleTitle(s, n.Role), unitName(s, n.Unit))
	item.Why = upper(role) + ", och steget väntar nu på dig."
	item.Stops = d.done + ", av dig eller någon annan som har rollen."
	item.Rule = planRule(s, st)
	alarm := alarmed(s, n)
	if n.Escalate {
		item.Do = "Följ upp " + title
	}
	switch {
	case alarm != nil:
		item.alarm(n, alarm, role, title, d)
	case n.Escalate:
		item.Why = upper(role) + ", som får veta när det dröjer. Det som väntas är: " + lower(d.do) + title + "."
		item.Stops = d.done + ", eller du flyttar fram dagen, går vidare utan det eller låter steget utgå."
	case n.Rung != "":
		item.Why = upper(role) + ", och steget väntar fortfarande på dig."
	case n.Command == domain.CmdConfirmMeeting:
		item.Why = upper(role) + ", och sammanträdet är bara föreslaget."
		item.Rule = "Steget " + title + " hänger på sammanträdet, och det måste vara fastställt."
		item.Stops = "sammanträdet är fastställt, flyttat eller inställt."
		if m := s.Registry.Meeting(st.Held); m != nil {
			item.Do = d.do + unitName(s, m.Unit) + " den " + m.Date.Swedish()
			item.Due = ""
		}
	}
	item.change(s, n, role, d)
	if n.Rung != "" && alarm == nil {
		item.Rule = "Årshjulets påminnelse ”" + n.Rung + "”, i arbetsdagar från senast-dagen. " + item.Rule
	}
	if n.Urgent {
		item.Waits = waits(s, n.Step)
	}
	return item
}

// mention tells that a comment names the person. The comment itself stays where it can be erased.
func mention(s *domain.State, n *store.Notice, title, base string) Item {
	return Item{Do: "Läs kommentaren som nämner dig: " + title, Cycle: cycleTitle(s.Cycle), URL: stepURL(base, n.Stream, n.Step),
		Why:   "Någon har skrivit ditt namn efter @ i en kommentar till steget. Texten står på steget, och där svarar du.",
		Rule:  "Den som nämns i en kommentar får veta det direkt, om inte annat är valt för utskicken.",
		Stops: "Det berättas bara den här gången."}
}

// change says what became of a task that the person had.
func (i *Item) change(s *domain.State, n *store.Notice, role string, d deed) {
	if n.Change == domain.ChangeReturned {
		i.Why = upper(role) + ", och ärendet är återremitterat: steget ska göras om. Motiveringen står på steget."
		i.Rule = "Den som ska göra om något efter en återremiss får veta det. " + i.Rule
		return
	}
	day := sits(s, n.Step)
	if n.Change == domain.ChangeMoved {
		i.Why = upper(role) + ", och steget väntar på dig."
		if (n.Command == domain.CmdDecide || n.Command == domain.CmdReport) && day > n.Day {
			i.Why = upper(role) + ", som ska göra det här när sammanträdet har varit."
		}
	}
	if n.Was != "" && n.Was != n.Due {
		i.Was = n.Was
		i.Why += fmt.Sprintf(" Senast-dagen är flyttad: den var den %s.", n.Was.Swedish())
	}
	if n.Sat != "" && n.Sat != day {
		i.Why += fmt.Sprintf(" Sammanträdet är flyttat: det var den %s", n.Sat.Swedish())
		if day != "" {
			i.Why += fmt.Sprintf(" och är den %s", day.Swedish())
		}
		i.Why += "."
	}
	if n.Change == domain.ChangeMoved {
		i.Rule = "Den som ett steg väntar på får veta när dagen flyttas. " + i.Rule
		i.Stops = d.done + ". Att dagen är flyttad berättas bara den här gången."
	}
}

// planRule says where the day comes from.
func planRule(s *domain.State, st *domain.Step) string {
	def := s.Cycle.Wheel.Def(st.Def)
	rule := def.Plan.Text
	if st.Occurrence > 1 && st.Occurrence-2 < len(def.Again) {
		rule = def.Again[st.Occurrence-2].Text
	}
	text := fmt.Sprintf("Senast-dagen kommer av årshjulets regel ”%s”.", rule)
	if st.Extended {
		text = "Senast-dagen är flyttad av en person."
	}
	if st.Legal != "" {
		text += " Lagens gräns är den " + st.Legal.Swedish() + "."
	}
	return text
}

// waits says which steps an urgent one stands in the way of.
func waits(s *domain.State, id domain.StepID) string {
	var titles []string
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		if st.Status != domain.StatusWaiting {
			continue
		}
		for _, need := range st.Needs {
			if need.Step == id {
				titles = append(titles, s.StepTitle(st.ID))
			}
		}
	}
	const most = 3
	if n := len(titles); n > most {
		titles = append(titles[:most], fmt.Sprintf("och %d steg till", n-most))
	}
	if len(titles) == 0 {
		return ""
	}
	return "Det här kan inte gå vidare förrän det är gjort: " + strings.Join(titles, "; ") + "."
}

func cycleTitle(c *domain.Cycle) string {
	if c.Exercise > 0 {
		return fmt.Sprintf("Övning %d av mål och ekonomi %d", c.Exercise, c.Year)
	}
	return fmt.Sprintf("Mål och ekonomi %d", c.Year)
}

func roleTitle(s *domain.State, id domain.RoleID) string {
	if def := s.Cycle.Wheel.Role(id); def != nil {
		return lower(def.Title)
	}
	return string(id)
}

func unitName(s *domain.State, id domain.UnitID) string {
	if u := s.Registry.Unit(id); u != nil {
		return u.Name
	}
	return string(id)
}

// stepURL is where a step's page is (internal/server).
func stepURL(base, stream string, step domain.StepID) string {
	path := strings.NewReplacer("cycle/", "/cykel/", "exercise/", "/ovning/").Replace(stream)
	parts := strings.Split(string(step), "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return base + path + "/steg/" + strings.Join(parts, "/")
}

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func lower(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
