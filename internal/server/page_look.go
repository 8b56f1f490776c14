package server

import (
	"fmt"
	"html/template"
	"unicode"
	"unicode/utf8"

	"arshjul/domain"
)

// look is how a state is shown: by a word, a shape and a class, never by colour alone.
type look struct{ Class, Word string }

// The looks. Their classes are those of the style sheet and of the wheel's segments; each has a shape in layout.html.
var (
	lookDone    = look{"klar", "Klar"}
	lookOpen    = look{"oppen", "Öppen"}
	lookLate    = look{"sen", "Försenad"}
	lookWaiting = look{"vantar", "Kan inte påbörjas än"}
)

// looks are those that a key explains.
var looks = []look{lookDone, lookOpen, lookLate, lookWaiting}

// lookOf is the look of a step: done, late, waiting or open, in that order.
func lookOf(st *domain.State, step *domain.Step) look {
	switch {
	case st.Finished(step) && (step.Status == domain.StatusVoid || step.Status == domain.StatusBefore):
		return look{lookDone.Class, upperFirst(step.Status.Swedish())}
	case st.Finished(step):
		return lookDone
	case step.Late:
		return lookLate
	case step.Status == domain.StatusWaiting:
		return lookWaiting
	}
	return lookOpen
}

// icon draws a look's shape; the word beside it says the same.
func icon(class string) template.HTML {
	switch class {
	case "klar", "oppen", "sen", "vantar":
		return template.HTML(`<svg class="ikon" aria-hidden="true" focusable="false"><use href="#i-` + class + `"/></svg>`)
	}
	return ""
}

// standing tells where a step is in a few words, besides its look: what has been done, or what it waits for.
func standing(st *domain.State, step *domain.Step, today domain.Date) string {
	switch {
	case st.Finished(step):
		return doneWords(st, step, today)
	case step.Status == domain.StatusWaiting:
		return waitingWords(st, step, today)
	case step.Status == domain.StatusOpen && step.Submission == nil:
		return "Inte påbörjad"
	case step.Status == domain.StatusOpen:
		return fmt.Sprintf("Öppnad igen, omgång %d", step.Round)
	case step.Status == domain.StatusSubmitted && step.Submission != nil:
		return fmt.Sprintf("Version %d är inlämnad", step.Submission.No)
	}
	words := upperFirst(step.Status.Swedish())
	if step.Status == domain.StatusReady && step.Held != "" {
		if m := st.Registry.Meeting(step.Held); m != nil {
			words += ", sammanträdet är " + longDay(m.Date, today)
		}
	}
	return words
}

func doneWords(st *domain.State, step *domain.Step, today domain.Date) string {
	words := upperFirst(step.Status.Swedish())
	if n := len(step.Marks); n > 0 {
		words += " " + longDay(step.Marks[n-1].Date, today)
	}
	if step.Decision != nil && step.Decision.Paragraph != "" {
		words += ", § " + step.Decision.Paragraph
	}
	return words
}

// waitingWords says what holds a step back: the day it opens, or the first of what is missing at its gate.
func waitingWords(st *domain.State, step *domain.Step, today domain.Date) string {
	_, missing := st.Gate(step.ID)
	switch {
	case len(missing) == 0 && step.Opens > today:
		return "Öppnar " + longDay(step.Opens, today)
	case len(missing) == 0:
		return "Öppnar strax"
	case len(missing) == 1:
		return "Väntar på " + lowerWords(st.StepTitle(missing[0].Step))
	}
	first := st.Cycle.Step(missing[0].Step).Def
	same := 0
	for _, n := range missing {
		if st.Cycle.Step(n.Step).Def == first {
			same++
		}
	}
	title := lowerWords(st.Cycle.Wheel.Def(first).Title)
	if same == len(missing) {
		return fmt.Sprintf("Väntar på %s från %d enheter", title, same)
	}
	return fmt.Sprintf("Väntar på %s och %s till", title, counted(len(missing)-1, "steg", "steg"))
}

// lowerWords puts a title into the middle of a sentence, unless it begins with a name in capitals.
func lowerWords(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if second, _ := utf8.DecodeRuneInString(s[n:]); unicode.IsUpper(second) {
		return s
	}
	return string(unicode.ToLower(first)) + s[n:]
}
