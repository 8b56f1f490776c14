package domain

import (
	"strings"
	"unicode/utf8"
)

// part is a member of Command that only some kinds use.
type part uint32

const (
	pStep part = 1 << iota
	pVersion
	pText
	pDate
	pDocuments
	pReference
	pFields
	pOutcome
	pMeeting
	pParagraph
	pDnr
	pTo
	pNeed
	pEntry
	pLaunch
	pChanges
	pFound
	pUnit
	pBinding
	pSubstitute
	pExclusion
	pNewMeeting
	pParts
	pOrder
)

var partNames = [...]string{"step", "version", "text", "date", "documents", "reference", "fields", "outcome", "meeting",
	"paragraph", "dnr", "to", "need", "entry", "launch", "changes", "found", "unit", "binding", "substitute", "exclusion",
	"new_meeting", "parts", "order"}

// CommandRow says which members a kind of command must and may have.
type CommandRow struct {
	Kind      CommandKind
	must, may part
	Says      string // what it does, in Swedish: the button and the help text
}

// CommandTable is every command there is. The one door (API, pages, CLI) serves this table.
var CommandTable = []CommandRow{
	{CmdLaunch, pLaunch, 0, "Starta cykeln"},
	{CmdSubmit, pStep, pDocuments | pReference | pFields, "Lämna in"},
	{CmdReady, pStep | pVersion, pText, "Markera klar för beslut"},
	{CmdTakeBack, pStep | pText, 0, "Ta tillbaka klar för beslut"},
	{CmdDecide, pStep | pVersion | pOutcome | pMeeting | pParagraph, pDnr | pDate | pText, "Registrera beslut"},
	{CmdEstablish, pStep | pVersion, pDate | pDnr | pParagraph | pText, "Fastställ"},
	{CmdAdjust, pStep, pDate, "Registrera justering"},
	{CmdPost, pStep, pDate, "Registrera anslag"},
	{CmdHandOver, pStep | pTo, pDate, "Lämna över"},
	{CmdFinalise, pStep | pVersion, pText, "Färdigställ"},
	{CmdHold, pStep | pText, pDate | pFields, "Registrera genomförd dialog"},
	{CmdReport, pStep | pMeeting | pParagraph, pText, "Registrera anmälan"},
	{CmdReview, pStep | pText, pDate, "Avge granskning"},
	{CmdPublish, pStep | pReference, pDate, "Registrera publicering"},
	{CmdProceed, pStep | pNeed | pText, 0, "Gå vidare utan sen enhet"},
	{CmdExtend, pStep | pDate | pText, 0, "Flytta fram senast-dagen"},
	{CmdComment, pText, pStep, "Kommentera"},
	{CmdVoid, pStep | pText, 0, "Låt steget utgå"},
	{CmdCorrect, pEntry | pText, pStep, "Rätta en uppgift"},
	{CmdCancel, pText, 0, "Avbryt cykeln"},
	{CmdBatch, pMeeting | pParts, pDate, "Registrera sammanträdets beslut"},
	{CmdAdvance, 0, 0, "Flytta övningens klocka"},
	{CmdChanges, pChanges, 0, "Ta emot registerändringar"},
	{CmdFound, pFound, 0, "Lägg upp registret"},
	{CmdSetUnit, pUnit, 0, "Lägg in eller ändra enhet"},
	{CmdBind, pBinding, 0, "Ge en person en roll"},
	{CmdUnbind, pBinding, 0, "Avsluta en roll"},
	{CmdSubstitute, pSubstitute, 0, "Lägg in ersättare"},
	{CmdExclude, pExclusion, 0, "Registrera jäv"},
	{CmdAddMeeting, pNewMeeting, 0, "Lägg in sammanträde"},
	{CmdMoveMeeting, pNewMeeting | pText, 0, "Flytta sammanträde"},
	{CmdCancelMeeting, pNewMeeting | pText, 0, "Ställ in sammanträde"},
	{CmdConfirmMeeting, pNewMeeting, 0, "Fastställ sammanträde"},
	{CmdOrder, pOrder, pText, "Beställ start av en cykel"},
	{CmdConfirmOrder, pOrder, 0, "Bekräfta beställningen"},
}

// Row finds a kind's row, or nil.
func Row(kind CommandKind) *CommandRow {
	for i := range CommandTable {
		if CommandTable[i].Kind == kind {
			return &CommandTable[i]
		}
	}
	return nil
}

// Members lists the members that the kind must and may have, by their JSON names.
func (r *CommandRow) Members() (must, may []string) {
	for i, name := range partNames {
		switch p := part(1 << i); {
		case r.must&p != 0:
			must = append(must, name)
		case r.may&p != 0:
			may = append(may, name)
		}
	}
	return must, may
}

// parts gives the members that a command has.
func (c *Command) parts() part {
	var has part
	for i, set := range [...]bool{c.Step != "", c.Version != "", c.Text != "", c.Date != "", len(c.Documents) > 0,
		c.Reference != "", len(c.Fields) > 0, c.Outcome != "", c.Meeting != "", c.Paragraph != "", c.Dnr != "",
		len(c.To) > 0, c.Need != "", c.Entry != 0, c.Launch != nil, len(c.Changes) > 0, c.Found != nil, c.Unit != nil,
		c.Binding != nil, c.Substitute != nil, c.Exclusion != nil, c.NewMeeting != nil, len(c.Parts) > 0, c.Order != nil} {
		if set {
			has |= 1 << i
		}
	}
	return has
}

func (p part) names() string {
	var names []string
	for i, name := range partNames {
		if p&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// ValidID tells whether a command's id has the form of one. An id stands in the log for ever, so it is no place for text.
func ValidID(id string) bool {
	return id != "" && len(id) <= 100 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._:/#-", r)
	})
}

// checkForm judges a command by its row alone: known kind, the members that it must and may have, and their form.
func checkForm(c *Command) error {
	row := Row(c.Kind)
	if row == nil {
		return refuse(CodeUnknownKind, "%q är inget som går att göra. De kommandon som finns står i API-beskrivningen.", c.Kind)
	}
	if undue := c.parts() &^ (row.must | row.may); undue != 0 {
		return refuse(CodeUnknownField, "Kommandot %s har inte uppgiften %s. Ta bort den.", c.Kind, undue.names())
	}
	if missing := row.must &^ c.parts(); missing != 0 {
		if missing&pText != 0 {
			return refuse(CodeTextMissing, "Här behövs en text: skriv skälet, anteckningen eller motiveringen.")
		}
		return refuse(CodeBadCommand, "Uppgiften %s saknas. Fyll i den.", missing.names())
	}
	if c.Date != "" && !c.Date.Valid() {
		_, err := ParseDate(string(c.Date))
		return err
	}
	for _, f := range [...]struct {
		name, value string
		max         int
	}{{"step", string(c.Step), 200}, {"reference", c.Reference, 300}, {"paragraph", c.Paragraph, 12},
		{"dnr", c.Dnr, 60}, {"meeting", string(c.Meeting), 60}, {"need", string(c.Need), 200}, {"actor", string(c.Actor), 100}} {
		if len(f.value) > f.max || !utf8.ValidString(f.value) || strings.ContainsFunc(f.value, func(r rune) bool { return r < ' ' }) {
			return refuse(CodeBadCommand, "Uppgiften %s får vara högst %d tecken vanlig text. Korta den.", f.name, f.max)
		}
	}
	if !ValidID(c.ID) {
		return refuse(CodeBadCommand, "Kommandots id ska vara 1 till 100 tecken, bara bokstäver a–z, siffror och . _ : / # -. Sätt ett nytt id, och samma id vid varje nytt försök.")
	}
	if c.Text != "" && !Digest(c.Text).Valid() {
		return refuse(CodeBadCommand, "Uppgiften text är inte kontrollsumman av en sparad text.")
	}
	return nil
}
