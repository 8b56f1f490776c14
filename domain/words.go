package domain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// StepTitle is what people call a step: "Nämndens förslag, Socialnämnden". A step of the whole municipality is called by
// its title alone.
func (s *State) StepTitle(id StepID) string {
	if number, action, is := id.Observation(); is && action > 0 {
		return fmt.Sprintf("Åtgärd %d, iakttagelse %d", action, number)
	} else if is {
		return fmt.Sprintf("Iakttagelse %d", number)
	}
	if s.Cycle == nil || s.step(id) == nil {
		return string(id)
	}
	st := s.step(id)
	def := s.def(st)
	title := def.Title
	if len(def.Again) > 0 {
		title += fmt.Sprintf(" %d", max(st.Occurrence, 1))
	}
	if def.Scope == ScopeCity {
		return title
	}
	return title + ", " + s.Registry.unitName(st.Unit)
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[n:]); unicode.IsUpper(next) {
		return s // VD, HR-ansvarig
	}
	return string(unicode.ToLower(r)) + s[n:]
}

var outcomeWords = []struct {
	outcome Outcome
	word    string
}{{OutcomeApproved, "bifall"}, {OutcomeRejected, "avslag"}, {OutcomeReturned, "återremiss"}, {OutcomeTabled, "bordläggning"},
	{OutcomePartly, "delat utfall"}, {OutcomeNoQuorum, "inte beslutsfört"}}

// Swedish is the word a person reads.
func (o Outcome) Swedish() string {
	for _, w := range outcomeWords {
		if w.outcome == o {
			return w.word
		}
	}
	return string(o)
}

// Sentence tells an event to a person, in Swedish and without names; the state is the one after the event, or later.
func Sentence(s *State, e *Event) string {
	step := ""
	if e.Step != "" && s.Cycle != nil {
		step = s.StepTitle(e.Step)
	}
	for _, t := range sentences {
		if t.kind == e.Kind {
			return t.say(s, e, step)
		}
	}
	return string(e.Kind)
}

type telling struct {
	kind EventKind
	say  func(s *State, e *Event, step string) string
}

func plain(format string) func(*State, *Event, string) string {
	return func(_ *State, _ *Event, step string) string {
		return strings.Replace(format, "%s", step, 1)
	}
}

func dated(format string) func(*State, *Event, string) string {
	return func(_ *State, e *Event, step string) string { return fmt.Sprintf(format, step, e.Date.Swedish()) }
}

var sentences = []telling{
	{EvLaunched, func(_ *State, e *Event, _ string) string {
		what := "Cykeln"
		if e.Launched.Exercise > 0 {
			what = "Övningen"
		}
		return fmt.Sprintf("%s för mål och ekonomi %d startade med %d steg.", what, e.Launched.Year, len(e.Launched.Steps))
	}},
	{EvRulesAdopted, func(_ *State, e *Event, _ string) string {
		return fmt.Sprintf("Härifrån gäller regelversion %d.", e.Rules)
	}},
	{EvOpened, plain("%s öppnade.")},
	{EvSubmitted, handedIn},
	{EvReady, func(s *State, e *Event, step string) string {
		if len(e.Differences) > 0 {
			return fmt.Sprintf("%s markerades klar för beslut, fast det skiljer sig från vad nämnden har beslutat: %s.", step, s.differenceWords(e.Differences))
		}
		return step + " markerades klar för beslut."
	}},
	{EvTakenBack, plain("%s: klar för beslut togs tillbaka.")},
	{EvDecided, decision}, {EvRejected, decision}, {EvReturned, decision}, {EvTabled, decision},
	{EvPostponed, func(_ *State, e *Event, step string) string {
		return fmt.Sprintf("%s kunde inte avgöras den %s: för få var närvarande.", step, e.Date.Swedish())
	}},
	{EvDecisionReported, func(_ *State, e *Event, step string) string {
		return fmt.Sprintf("%s: beslutet i nämndens ställe anmäldes den %s, § %s.", step, e.Date.Swedish(), e.Paragraph)
	}},
	{EvAppealed, dated("%s: beslutet överklagades den %s.")},
	{EvInForce, dated("%s: beslutet vann laga kraft den %s.")},
	{EvOverturned, dated("%s: beslutet upphävdes den %s, och ärendet börjar om.")},
	{EvLegalAlarm, func(_ *State, e *Event, step string) string {
		return fmt.Sprintf("%s: lagens gräns är den %s (%s), och det är inte klart.", step, e.Date.Swedish(), e.Law)
	}},
	{EvLegalBreached, func(_ *State, e *Event, step string) string {
		return fmt.Sprintf("%s: lagens gräns den %s passerades (%s).", step, e.Date.Swedish(), e.Law)
	}},
	{EvRevised, revised},
	{EvBreachExplained, plain("%s: det skrevs varför lagens gräns passerades.")},
	{EvReopened, plain("%s togs upp igen efter en återremiss.")},
	{EvEstablished, dated("%s fastställdes den %s.")},
	{EvAdjusted, dated("%s: protokollet justerades den %s.")},
	{EvPosted, dated("%s: justeringen anslogs den %s.")},
	{EvHandedOver, dated("%s lämnades över den %s.")},
	{EvFinalised, dated("%s färdigställdes den %s.")},
	{EvHeld, dated("%s genomfördes den %s.")},
	{EvReported, func(s *State, e *Event, step string) string {
		return fmt.Sprintf("%s anmäldes den %s, § %s.", step, e.Date.Swedish(), e.Paragraph)
	}},
	{EvReviewed, reviewed},
	{EvPublished, dated("%s publicerades den %s.")},
	{EvWaived, func(s *State, e *Event, step string) string {
		return fmt.Sprintf("%s går vidare utan %s.", step, s.StepTitle(e.Need))
	}},
	{EvExtended, dated("%s: senast-dagen flyttades till den %s.")},
	{EvReplanned, dated("%s: senast-dagen följer kalendern och är nu den %s.")},
	{EvCommented, func(_ *State, e *Event, step string) string {
		switch n := len(e.Mentions); {
		case step == "":
			return "En kommentar skrevs."
		case n == 1:
			return step + ": en kommentar skrevs, och en person nämndes."
		case n > 1:
			return fmt.Sprintf("%s: en kommentar skrevs, och %d personer nämndes.", step, n)
		}
		return step + ": en kommentar skrevs."
	}},
	{EvVoided, func(_ *State, e *Event, step string) string {
		if e.Entry != 0 {
			return step + " utgår: revisorerna har varken riktat anmärkning eller avstyrkt."
		}
		return step + " utgår."
	}},
	{EvCorrected, func(_ *State, e *Event, _ string) string { return fmt.Sprintf("Post %d rättades.", e.Entry) }},
	{EvMeetingDay, plain("%s: sammanträdesdagen är här.")},
	{EvDoneBefore, plain("%s var klart före start.")},
	{EvLate, dated("%s är försenat: senast-dagen var den %s.")},
	{EvReminded, dated("%s: påminnelse om senast-dagen den %s.")},
	{EvStageEnded, func(_ *State, e *Event, _ string) string {
		return fmt.Sprintf("Skedet %s är avslutat.", e.Stage.Swedish())
	}},
	{EvCompleted, plain("Cykeln är avslutad: alla steg är klara.")},
	{EvCancelled, plain("Cykeln avbröts.")},
	{EvAdvanced, func(_ *State, e *Event, _ string) string {
		return fmt.Sprintf("Övningens klocka flyttades till den %s.", e.At.Date().Swedish())
	}},
	{EvRegistryReceived, func(_ *State, e *Event, _ string) string {
		return fmt.Sprintf("Cykeln tog emot ändringar i registret till och med nummer %d.", e.Changes[len(e.Changes)-1].Seq)
	}},
	{EvFounded, plain("Registret lades upp.")},
	{EvUnitSet, func(_ *State, e *Event, _ string) string {
		return fmt.Sprintf("Enheten %s lades in eller ändrades.", e.Unit.Name)
	}},
	{EvBound, func(s *State, e *Event, _ string) string {
		return fmt.Sprintf("Rollen %s i %s gavs från den %s.", e.Binding.Role, s.Registry.unitName(e.Binding.Unit), e.Binding.From.Swedish())
	}},
	{EvUnbound, func(s *State, e *Event, _ string) string {
		return fmt.Sprintf("Rollen %s i %s slutar den %s.", e.Binding.Role, s.Registry.unitName(e.Binding.Unit), e.Binding.To.Swedish())
	}},
	{EvSubstituted, func(_ *State, e *Event, _ string) string {
		return fmt.Sprintf("En ersättare lades in från den %s till den %s.", e.Substitute.From.Swedish(), e.Substitute.To.Swedish())
	}},
	{EvExcluded, excluded},
	{EvExclusionRuled, exclusionRuled},
	{EvDeficitNoted, deficitNoted},
	{EvDeficitFollowed, deficitFollowed},
	{EvCarriedOver, carriedOver},
	{EvObserved, observed},
	{EvObservationAnswered, observationAnswered},
	{EvObservationAssessed, observationAssessed},
	{EvActionDone, actionDone},
	{EvObservationReminded, observationReminded},
	{EvSupplemented, func(s *State, e *Event, step string) string {
		return fmt.Sprintf("Cykeln %d kompletterades i efterhand: %s.", e.Supplement.Year, remarked(s, e.Supplement.Year, e.Supplement.Step, step))
	}},
	{EvMeetingAdded, meetingSentence("Sammanträdet %s den %s lades in.")},
	{EvMeetingMoved, meetingSentence("Sammanträdet %s flyttades till den %s.")},
	{EvMeetingCancelled, meetingSentence("Sammanträdet %s den %s ställdes in.")},
	{EvMeetingConfirmed, meetingSentence("Sammanträdet %s den %s fastställdes.")},
	{EvMeetingAnnounced, func(_ *State, e *Event, _ string) string {
		return fmt.Sprintf("Sammanträdet %s tillkännagavs den %s.", e.NewMeeting.ID, e.NewMeeting.Announced.Swedish())
	}},
	{EvOrdered, func(_ *State, e *Event, _ string) string {
		return fmt.Sprintf("Start av cykeln för %d beställdes (dnr %s).", e.Order.Year, e.Order.Dnr)
	}},
	{EvOrderConfirmed, func(_ *State, e *Event, _ string) string {
		return fmt.Sprintf("Start av cykeln för %d bekräftades av en andra person.", e.Order.Year)
	}},
	{EvEpochDeclared, epochDeclared},
	{EvEpochConfirmed, epochConfirmed},
	{EvErasureOrdered, erasureOrdered},
	{EvErased, erasedSentence},
	{EvRefused, func(_ *State, e *Event, _ string) string {
		return fmt.Sprintf("Kommandot %s till %s nekades (%s).", e.Refused.Kind, e.Refused.Stream, e.Refused.Code)
	}},
	{EvRepaired, func(_ *State, e *Event, _ string) string { return e.Repaired.Sentence() }},
	{EvReconciled, func(_ *State, e *Event, _ string) string { return e.Reconciled.Sentence() }},
}

func decision(s *State, e *Event, step string) string {
	says := decisionWords(e, step)
	if len(e.Figures) > 0 {
		says += " Beloppen är andra än förslagets."
	}
	if len(e.Differences) > 0 {
		says += " Det skiljer sig från vad nämnden har beslutat: " + s.differenceWords(e.Differences) + "."
	}
	return says
}

func decisionWords(e *Event, step string) string {
	if r := e.Record; r != nil {
		switch r.Manner {
		case MannerChair:
			return fmt.Sprintf("%s: ordförandebeslut den %s.", step, e.Date.Swedish())
		case MannerDelegated:
			return fmt.Sprintf("%s: beslut på delegation den %s.", step, e.Date.Swedish())
		}
		if r.Discharge != "" {
			return fmt.Sprintf("%s: %s, § %s, den %s.", step, dischargeWords(r), e.Paragraph, e.Date.Swedish())
		}
		if r.Class == ClassMinority {
			outcome := e.Outcome.Swedish()
			if len(r.Items) > 0 {
				outcome = itemWords(r.Items) + ","
			}
			return fmt.Sprintf("%s: %s på begäran av en minoritet (%d av %d närvarande), § %s, den %s.", step, outcome,
				r.Votes.For, r.Votes.Present, e.Paragraph, e.Date.Swedish())
		}
		if len(r.Items) > 0 {
			return fmt.Sprintf("%s: %s, § %s, den %s.", step, itemWords(r.Items), e.Paragraph, e.Date.Swedish())
		}
	}
	return fmt.Sprintf("%s: %s, § %s, den %s.", step, e.Outcome.Swedish(), e.Paragraph, e.Date.Swedish())
}

func itemWords(items []Item) string {
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = "att-sats " + item.No + " " + item.Outcome.Swedish()
	}
	return strings.Join(words, ", ")
}

func meetingSentence(format string) func(*State, *Event, string) string {
	return func(_ *State, e *Event, _ string) string {
		return fmt.Sprintf(format, e.NewMeeting.ID, e.NewMeeting.Date.Swedish())
	}
}

// Swedish is the word a person reads.
func (s Stage) Swedish() string {
	switch s {
	case StageFollowUp:
		return "uppföljning"
	case StageClosing:
		return "bokslut"
	}
	return string(s)
}

// Swedish is the word a person reads.
func (a Act) Swedish() string {
	for _, w := range []struct {
		act  Act
		word string
	}{{ActHandIn, "inlämning"}, {ActEstablishment, "fastställande"}, {ActMeeting, "möte"}, {ActNotice, "anmälan"}} {
		if w.act == a {
			return w.word
		}
	}
	return string(a)
}

// Swedish is the word a person reads.
func (m MeetingStatus) Swedish() string {
	switch m {
	case MeetingConfirmed:
		return "fastställt"
	case MeetingCancelled:
		return "inställt"
	}
	return "föreslaget"
}
