package api

import (
	"net/http"

	"arshjul/domain"
)

// Problem says no, as application/problem+json (RFC 9457).
type Problem struct {
	Code    domain.Code `json:"code" doc:"Stable name of the refusal."`
	Message string      `json:"message" doc:"A sentence in Swedish: what is missing and what to do."`
	Status  int         `json:"status" doc:"The HTTP status of the answer."`
	// ID is the command that was refused; for code unavailable, the id to ask again with.
	ID string `json:"id,omitempty" doc:"The command's id. After code unavailable, ask again with the same id."`
	// Findings are what stops a launch, one by one; the message names them all too.
	Findings []Finding `json:"findings,omitempty" doc:"What rehearsal found that stops a launch."`
}

// Error gives the sentence.
func (p *Problem) Error() string { return p.Message }

// Exit gives the exit code of a command line that met the problem.
func (p *Problem) Exit() int { return RowOf(p.Code).Exit }

// The exit codes of the command line.
const (
	ExitOK          = 0
	ExitFault       = 1 // something broke, or doctor or demo found an error
	ExitUsage       = 2 // the request was not of its form: flags, arguments, dates, who is asking
	ExitRefused     = 3 // the rules said no
	ExitUnknown     = 4 // the answer is unknown, or it is too early: ask again with the same id
	ExitUnreachable = 5 // no server answered
)

// CodeRow says how a refusal is told: by HTTP and by the command line.
type CodeRow struct {
	Code domain.Code
	HTTP int
	Exit int
}

// Codes is the one table of refusals. A test holds it against the constants of package domain.
//
//	400 the request is not of its form      2
//	401 nobody is logged in                 2
//	403 this person may not                 3
//	404 there is no such thing              3
//	409 not in the state things are in      3
//	413 the file is too large               3
//	422 understood, but does not hold up    3
//	429 asked too often: again later        4
//	503 too early or too much: again later  4
//	504 the answer is unknown: ask again    4
var Codes = []CodeRow{
	{domain.CodeBadCommand, http.StatusBadRequest, ExitUsage},
	{domain.CodeUnknownField, http.StatusBadRequest, ExitUsage},
	{domain.CodeUnknownKind, http.StatusBadRequest, ExitUsage},
	{domain.CodeBadDate, http.StatusBadRequest, ExitUsage},
	{domain.CodeIDReused, http.StatusConflict, ExitRefused},

	{domain.CodeRetryLater, http.StatusServiceUnavailable, ExitUnknown},
	{domain.CodeJournalBehind, http.StatusServiceUnavailable, ExitUnknown},
	{domain.CodeStateFull, http.StatusServiceUnavailable, ExitUnknown},
	{domain.CodeRegistryGap, http.StatusServiceUnavailable, ExitUnknown},
	{domain.CodeCycleExists, http.StatusConflict, ExitRefused},
	{domain.CodeCycleEnded, http.StatusConflict, ExitRefused},
	{domain.CodeUnknownStream, http.StatusNotFound, ExitRefused},
	{domain.CodeUnknownStep, http.StatusNotFound, ExitRefused},
	{domain.CodeNotExercise, http.StatusConflict, ExitRefused},
	{domain.CodeNothingDue, http.StatusConflict, ExitRefused},
	{domain.CodeYear, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeWheel, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeRehearsal, http.StatusConflict, ExitRefused},

	{domain.CodeUnknownPerson, http.StatusForbidden, ExitRefused},
	{domain.CodeRoleNotHeld, http.StatusForbidden, ExitRefused},
	{domain.CodeExcluded, http.StatusForbidden, ExitRefused},
	{domain.CodeSecondPerson, http.StatusForbidden, ExitRefused},

	{domain.CodeNotNow, http.StatusConflict, ExitRefused},
	{domain.CodeWrongAct, http.StatusConflict, ExitRefused},
	{domain.CodeGateNotMet, http.StatusConflict, ExitRefused},
	{domain.CodeNotOpenYet, http.StatusConflict, ExitRefused},
	{domain.CodeNotLate, http.StatusConflict, ExitRefused},
	{domain.CodeUnknownNeed, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeDeadline, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeDateBefore, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeDateFuture, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeFrozen, http.StatusConflict, ExitRefused},
	{domain.CodeNothingChanged, http.StatusConflict, ExitRefused},

	{domain.CodeSuperseded, http.StatusConflict, ExitRefused},
	{domain.CodeFieldMissing, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeDocumentMissing, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeUnknownDocument, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeFileTooLarge, http.StatusRequestEntityTooLarge, ExitRefused},
	{domain.CodeHashMismatch, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeFileUnknown, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeTextMissing, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeParagraphUsed, http.StatusConflict, ExitRefused},
	{domain.CodeMeetingUnknown, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeMeetingOther, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeMeetingProposed, http.StatusConflict, ExitRefused},
	{domain.CodeMeetingCancelled, http.StatusConflict, ExitRefused},
	{domain.CodeEntryUnknown, http.StatusUnprocessableEntity, ExitRefused},

	{domain.CodeVotes, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeNoMajority, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeNotAThird, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeMinorityUsed, http.StatusConflict, ExitRefused},
	{domain.CodeNoMinority, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeClassMissing, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeArguable, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeNoQuorum, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeItems, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeReservationLate, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeReplyMissing, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeNotDelegable, http.StatusConflict, ExitRefused},
	{domain.CodeNotReported, http.StatusConflict, ExitRefused},
	{domain.CodeNoAppeal, http.StatusConflict, ExitRefused},
	{domain.CodeAnnouncedLate, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeElection, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeMoney, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeSum, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeFinancing, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeGoal, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeDirection, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeDifference, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeMention, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeReview, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeDischarge, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeReportFirst, http.StatusConflict, ExitRefused},
	{domain.CodeAccountable, http.StatusForbidden, ExitRefused},
	{domain.CodeDeficit, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeObservation, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeRulesOlder, http.StatusConflict, ExitRefused},

	{domain.CodeUnitUnknown, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeBindingUnknown, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeEpoch, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeOrderUnknown, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeErasureUnknown, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeStillHolds, http.StatusConflict, ExitRefused},
	{domain.CodeErased, http.StatusGone, ExitRefused},
	{domain.CodePeriod, http.StatusUnprocessableEntity, ExitRefused},
	{domain.CodeExists, http.StatusConflict, ExitRefused},

	{domain.CodeNotFound, http.StatusNotFound, ExitRefused},
	{domain.CodeNotLoggedIn, http.StatusUnauthorized, ExitUsage},
	{domain.CodeNoAccess, http.StatusForbidden, ExitRefused},
	{domain.CodeTooMany, http.StatusTooManyRequests, ExitUnknown},
	{domain.CodeUnavailable, http.StatusGatewayTimeout, ExitUnknown},
}

// RowOf finds the row of a code. A code that this build does not know, from a newer server, counts as a plain refusal.
func RowOf(c domain.Code) CodeRow {
	for _, r := range Codes {
		if r.Code == c {
			return r
		}
	}
	return CodeRow{Code: c, HTTP: http.StatusConflict, Exit: ExitRefused}
}

// ProblemOf tells a refusal as a problem.
func ProblemOf(r *domain.Refusal, id string) *Problem {
	return &Problem{Code: r.Code, Message: r.Message, Status: RowOf(r.Code).HTTP, ID: id}
}
