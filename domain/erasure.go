package domain

import (
	"fmt"
	"slices"
	"strings"
)

// Erasure is a decision that names, free text or documents are to be gone (gallring). One person writes it down, another
// confirms it, and in the transaction that journals the confirmation the clear text, its salt and the bytes are taken out
// of the database. What the log holds of them, commitments and hashes, stays: every proof still holds, and nobody can
// tell what they were of.
//
// Whoever checks a log without us takes a text or file as rightly missing only if an entry of kind [EvErased] covers it.
type Erasure struct {
	Number uint64 `json:"number"`
	// Person is whose name is to be gone wherever it stands, with addresses, log-ins and mails; "" = nobody's.
	Person PersonID `json:"person,omitempty"`
	// Texts are commitments to names and free text. Of an entry of kind [EvErased] they are all that it covers: those that
	// were ordered, and every name that the registry has of Person.
	Texts []TextRef `json:"texts,omitempty"`
	Files []Digest  `json:"files,omitempty"` // documents, by the hash of their bytes
	// Dnr, Paragraph and Date are of the decision: a gallringsbeslut, or the plan by which it is done.
	Dnr       string   `json:"dnr,omitempty"`
	Paragraph string   `json:"paragraph,omitempty"`
	Date      Date     `json:"date,omitempty"`
	By        PersonID `json:"by,omitempty"`        // who wrote it down
	Confirmed PersonID `json:"confirmed,omitempty"` // another person
}

// What one erasure may name, so that an entry stays small.
const (
	mostErasedTexts = 400
	mostErasedFiles = 100
)

// ErasedNote is what stands where something was that has been erased.
func ErasedNote(day Date, dnr string) string {
	return fmt.Sprintf("[gallrat %s, beslut dnr %s]", day, dnr)
}

// CoversText tells whether the erasure is of the text behind a commitment.
func (e *Erasure) CoversText(ref TextRef) bool { return e != nil && slices.Contains(e.Texts, ref) }

// CoversFile tells whether the erasure is of the document with that hash.
func (e *Erasure) CoversFile(hash Digest) bool { return e != nil && slices.Contains(e.Files, hash) }

// What words an erasure: "2 texter, namnet på en person och 1 fil".
func (e *Erasure) What() string {
	var parts []string
	for _, p := range []struct {
		n         int
		one, many string
	}{{len(e.Texts), "1 text", "%d texter"}, {len(e.Files), "1 fil", "%d filer"}} {
		switch {
		case p.n == 1:
			parts = append(parts, p.one)
		case p.n > 1:
			parts = append(parts, fmt.Sprintf(p.many, p.n))
		}
	}
	if e.Person != "" {
		parts = append(parts, "en persons namn, adresser och inloggningar")
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " och " + parts[n-1]
	}
	return strings.Join(parts, "")
}

// erasure finds an erasure that nobody has confirmed yet, or nil.
func (r *Registry) erasure(number uint64) *Erasure {
	for i := range r.Erasures {
		if r.Erasures[i].Number == number {
			return &r.Erasures[i]
		}
	}
	return nil
}

// namesOf lists the commitments to every name that a person was given a role under.
func (r *Registry) namesOf(p PersonID) (names []TextRef) {
	for _, b := range r.Bindings {
		if b.Person == p && b.Name != "" && !slices.Contains(names, b.Name) {
			names = append(names, b.Name)
		}
	}
	return names
}

// holdsFrom tells whether a person holds a role on a day or later, as holder, substitute or stand-in.
func (r *Registry) holdsFrom(p PersonID, d Date) bool {
	left := func(to Date) bool { return to == "" || to >= d }
	for _, b := range r.Bindings {
		if b.Person == p && left(b.To) {
			return true
		}
	}
	for _, s := range r.Substitutes {
		if s.Person == p && left(s.To) {
			return true
		}
	}
	return r.steppedIn(p)
}

// erase judges an order to erase, and its confirmation by a second person.
func (j *judge) erase(r *Registry) error {
	if j.s.Kind != StreamRegistry {
		return refuse(CodeUnknownKind, "Gallring görs i kommunens register, inte i en övning. Det som skrivits i en övning kan också gallras där.")
	}
	_, registrar := r.authorise(j.c.Actor, RoleRegistrar, "registeransvarig", j.today)
	if j.c.Kind == CmdConfirmErase {
		return j.confirmErasure(r, registrar)
	}
	if registrar != nil {
		return registrar
	}
	e := *j.c.Erasure
	if err := j.checkErasure(r, &e); err != nil {
		return err
	}
	e.Number, e.By = r.Issued+1, j.c.Actor
	j.emit(Event{Kind: EvErasureOrdered, Actor: j.c.Actor, Text: j.c.Text, Erasure: &e})
	return nil
}

func (j *judge) checkErasure(r *Registry, e *Erasure) error {
	switch {
	case e.Number != 0 || e.By != "" || e.Confirmed != "":
		return refuse(CodeUnknownField, "En gallring får sitt nummer och sina personer här. Ta bort dem.")
	case e.Dnr == "" || len(e.Dnr) > 60 || len(e.Paragraph) > 12 || e.Date == "":
		return refuse(CodeBadCommand, "Gallring görs på ett beslut. Ange beslutets diarienummer och datum, och paragrafen om det har en.")
	case !e.Date.Valid():
		_, err := ParseDate(string(e.Date))
		return err
	case e.Date > j.today:
		return refuse(CodeDateFuture, "Den %s har inte varit än. Ange den dag då gallringen beslutades.", e.Date.Swedish())
	case e.Person == "" && len(e.Texts) == 0 && len(e.Files) == 0:
		return refuse(CodeBadCommand, "Ange vad som ska gallras: en person, texter eller filer.")
	case len(e.Texts) > mostErasedTexts || len(e.Files) > mostErasedFiles:
		return refuse(CodeBadCommand, "En gallring kan gälla högst %d texter och %d filer. Dela upp den.", mostErasedTexts, mostErasedFiles)
	case len(e.Person) > 100:
		return refuse(CodeBadCommand, "Personens id är för långt. Kontrollera det.")
	}
	for i, t := range e.Texts {
		if !Digest(t).Valid() || slices.Contains(e.Texts[:i], t) {
			return refuse(CodeBadCommand, "%q är inte kontrollsumman av en sparad text, eller står två gånger.", t)
		}
	}
	for i, f := range e.Files {
		if !f.Valid() || slices.Contains(e.Files[:i], f) {
			return refuse(CodeBadCommand, "%q är inte kontrollsumman av en fil, eller står två gånger.", f)
		}
	}
	return j.mayErase(r, e)
}

// mayErase refuses a person who still acts here: pages and mails must be able to say who that is.
func (j *judge) mayErase(r *Registry, e *Erasure) error {
	if e.Person != "" && r.holdsFrom(e.Person, j.today) {
		return refuse(CodeStillHolds, "Personen har en roll i dag eller senare. Avsluta rollen och vänta tills den har tagit slut, och gallra sedan.")
	}
	return nil
}

func (j *judge) confirmErasure(r *Registry, registrar error) error {
	if registrar != nil {
		if _, err := r.authorise(j.c.Actor, RoleLauncher, "registeransvarig eller cykelansvarig", j.today); err != nil {
			return err
		}
	}
	old := r.erasure(j.c.Erasure.Number)
	switch {
	case old == nil || j.c.Erasure.Number == 0:
		return refuse(CodeErasureUnknown, "Det finns ingen gallring med nummer %d som väntar på att bekräftas. Kontrollera numret i registret.", j.c.Erasure.Number)
	case old.By == j.c.Actor:
		return refuse(CodeSecondPerson, "Du har själv skrivit in gallringen. En annan registeransvarig eller cykelansvarig behöver bekräfta den.")
	}
	e := *old
	if err := j.mayErase(r, &e); err != nil {
		return err
	}
	e.Confirmed, e.Texts = j.c.Actor, slices.Clone(e.Texts)
	if e.Person != "" {
		for _, name := range r.namesOf(e.Person) {
			if !slices.Contains(e.Texts, name) {
				e.Texts = append(e.Texts, name)
			}
		}
	}
	j.emit(Event{Kind: EvErased, Actor: j.c.Actor, Erasure: &e})
	return nil
}

func erasureOrdered(_ *State, e *Event, _ string) string {
	return fmt.Sprintf("Gallring av %s skrevs in (beslut dnr %s). En andra person behöver bekräfta den.", e.Erasure.What(), e.Erasure.Dnr)
}

func erasedSentence(_ *State, e *Event, _ string) string {
	return fmt.Sprintf("Gallrat: %s (beslut dnr %s den %s).", e.Erasure.What(), e.Erasure.Dnr, e.Erasure.Date.Swedish())
}
