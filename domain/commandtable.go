package domain

import (
	"strings"
	"unicode/utf8"
)

// part is a member of Command that only some kinds use.
type part uint64

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
	pRecord
	pFigures
	pAims
	pFrom
	pReview
	pDeficit
	pCarryOver
	pEpoch
	pObservation
	pSupplement
	pMentions
	pErasure
)

var partNames = [...]string{"step", "version", "text", "date", "documents", "reference", "fields", "outcome", "meeting",
	"paragraph", "dnr", "to", "need", "entry", "launch", "changes", "found", "unit", "binding", "substitute", "exclusion",
	"new_meeting", "parts", "order", "record", "figures", "aims", "from", "review", "deficit", "carry_over", "epoch",
	"observation", "supplement", "mentions", "erasure"}

// CommandRow says which members a kind of command must and may have.
type CommandRow struct {
	Kind      CommandKind
	must, may part
	Says      string // what it does, in Swedish: the button and the help text
	// since is the version of the rules from which the kind exists, and newer are members it has only from version 3 on;
	// 0 = always. What a run's rules do not know is refused until its next run.
	since int
	newer part
}

// CommandTable is every command there is. The one door (API, pages, CLI) serves this table.
var CommandTable = []CommandRow{
	{Kind: CmdLaunch, must: pLaunch, may: 0, Says: "Starta cykeln"},
	{Kind: CmdSubmit, must: pStep, may: pDocuments | pReference | pFields | pText | pFigures | pAims, Says: "Lämna in", newer: pText | pFigures | pAims},
	{Kind: CmdReady, must: pStep | pVersion, may: pText, Says: "Markera klar för beslut"},
	{Kind: CmdTakeBack, must: pStep | pText, may: 0, Says: "Ta tillbaka klar för beslut"},
	{Kind: CmdDecide, must: pStep | pVersion | pOutcome | pMeeting | pParagraph, may: pDnr | pDate | pText | pRecord | pFigures, Says: "Registrera beslut", newer: pRecord | pFigures},
	{Kind: CmdEstablish, must: pStep | pVersion, may: pDate | pDnr | pParagraph | pText, Says: "Fastställ"},
	{Kind: CmdAdjust, must: pStep, may: pDate, Says: "Registrera justering"},
	{Kind: CmdPost, must: pStep, may: pDate, Says: "Registrera anslag"},
	{Kind: CmdHandOver, must: pStep | pTo, may: pDate, Says: "Lämna över"},
	{Kind: CmdFinalise, must: pStep | pVersion, may: pText, Says: "Färdigställ"},
	{Kind: CmdHold, must: pStep | pText, may: pDate | pFields, Says: "Registrera genomförd dialog"},
	{Kind: CmdReport, must: pStep | pMeeting | pParagraph, may: pText, Says: "Registrera anmälan"},
	{Kind: CmdReview, must: pStep | pText, may: pDate | pReview, Says: "Avge granskning", newer: pReview},
	{Kind: CmdPublish, must: pStep | pReference, may: pDate, Says: "Registrera publicering"},
	{Kind: CmdProceed, must: pStep | pNeed | pText, may: 0, Says: "Gå vidare utan sen enhet"},
	{Kind: CmdExtend, must: pStep | pDate | pText, may: 0, Says: "Flytta fram senast-dagen"},
	{Kind: CmdComment, must: pText, may: pStep | pMentions, Says: "Kommentera", newer: pMentions},
	{Kind: CmdVoid, must: pStep | pText, may: 0, Says: "Låt steget utgå"},
	{Kind: CmdCorrect, must: pEntry | pText, may: pStep, Says: "Rätta en uppgift"},
	{Kind: CmdCancel, must: pText, may: 0, Says: "Avbryt cykeln"},
	{Kind: CmdBatch, must: pMeeting | pParts, may: pDate, Says: "Registrera sammanträdets beslut"},
	{Kind: CmdInstead, must: pStep | pVersion | pReference | pText | pRecord, may: pDate | pDnr, Says: "Registrera ordförande- eller delegationsbeslut", since: 3},
	{Kind: CmdAppeal, must: pStep | pDate, may: pDnr | pText, Says: "Registrera överklagande", since: 3},
	{Kind: CmdInForce, must: pStep | pDate, may: pDnr | pText, Says: "Registrera laga kraft", since: 3},
	{Kind: CmdOverturn, must: pStep | pDate | pText | pDnr, may: 0, Says: "Registrera att beslutet är upphävt", since: 3},
	{Kind: CmdExplain, must: pStep | pText, may: 0, Says: "Förklara varför lagens gräns passerades", since: 3},
	{Kind: CmdRevise, must: pStep | pMeeting | pParagraph | pFrom, may: pDate | pDnr | pText | pFigures | pAims, Says: "Registrera tilläggsbudget eller ändrade mål", since: 3},
	{Kind: CmdAdvance, must: 0, may: 0, Says: "Flytta övningens klocka"},
	{Kind: CmdChanges, must: pChanges, may: 0, Says: "Ta emot registerändringar"},
	{Kind: CmdFound, must: pFound, may: 0, Says: "Lägg upp registret"},
	{Kind: CmdSetUnit, must: pUnit, may: 0, Says: "Lägg in eller ändra enhet"},
	{Kind: CmdBind, must: pBinding, may: 0, Says: "Ge en person en roll"},
	{Kind: CmdUnbind, must: pBinding, may: 0, Says: "Avsluta en roll"},
	{Kind: CmdSubstitute, must: pSubstitute, may: 0, Says: "Lägg in ersättare"},
	{Kind: CmdExclude, must: pExclusion, may: 0, Says: "Registrera jäv"},
	{Kind: CmdRuleExclusion, must: pExclusion, may: pText, Says: "Registrera nämndens beslut om jäv", since: 3},
	{Kind: CmdNoteDeficit, must: pDeficit, may: pText, Says: "Anteckna negativt balanskravsresultat", since: 3},
	{Kind: CmdFollowDeficit, must: pDeficit, may: pText, Says: "Anteckna vad fullmäktige beslutat om ett negativt balanskravsresultat", since: 3},
	{Kind: CmdCarryOver, must: pCarryOver, may: pText, Says: "Anteckna resultatöverföring", since: 3},
	{Kind: CmdObserve, must: pObservation | pText, may: 0, Says: "Gör en iakttagelse", since: 3},
	{Kind: CmdAnswer, must: pObservation | pText, may: 0, Says: "Svara på iakttagelse", since: 3},
	{Kind: CmdAssessAnswer, must: pObservation, may: pText, Says: "Godta svaret, fråga igen eller avsluta", since: 3},
	{Kind: CmdActionDone, must: pObservation | pText, may: 0, Says: "Anteckna gjord åtgärd", since: 3},
	{Kind: CmdSupplement, must: pSupplement | pText, may: 0, Says: "Komplettera en avslutad cykel", since: 3},
	{Kind: CmdAddMeeting, must: pNewMeeting, may: 0, Says: "Lägg in sammanträde"},
	{Kind: CmdMoveMeeting, must: pNewMeeting | pText, may: 0, Says: "Flytta sammanträde"},
	{Kind: CmdCancelMeeting, must: pNewMeeting | pText, may: 0, Says: "Ställ in sammanträde"},
	{Kind: CmdConfirmMeeting, must: pNewMeeting, may: 0, Says: "Fastställ sammanträde"},
	{Kind: CmdAnnounce, must: pNewMeeting, may: pText, Says: "Registrera tillkännagivande av sammanträde", since: 3},
	{Kind: CmdOrder, must: pOrder, may: pText, Says: "Beställ start av en cykel"},
	{Kind: CmdConfirmOrder, must: pOrder, may: 0, Says: "Bekräfta beställningen"},
	{Kind: CmdDeclareEpoch, must: pEpoch | pText, may: 0, Says: "Anmäl en ny epok av loggen, efter en återläsning", since: 3},
	{Kind: CmdConfirmEpoch, must: pEpoch, may: 0, Says: "Bekräfta en ny epok av loggen", since: 3},
	{Kind: CmdErase, must: pErasure, may: pText, Says: "Skriv in en gallring", since: 3},
	{Kind: CmdConfirmErase, must: pErasure, may: 0, Says: "Bekräfta gallringen", since: 3},
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
		c.Binding != nil, c.Substitute != nil, c.Exclusion != nil, c.NewMeeting != nil, len(c.Parts) > 0, c.Order != nil, c.Record != nil,
		len(c.Figures) > 0, len(c.Aims) > 0, c.From != "", c.Review != nil, c.Deficit != nil, c.CarryOver != nil, c.Epoch != nil, c.Observation != nil, c.Supplement != nil, len(c.Mentions) > 0, c.Erasure != nil} {
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
	for _, d := range [...]Date{c.Date, c.From} {
		if d != "" && !d.Valid() {
			_, err := ParseDate(string(d))
			return err
		}
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
