package domain

import "fmt"

// Code is a refusal's stable name: in the API, in the journal, in the CLI's --json.
type Code string

// The refusals. refusal_test.go has a row for each that shows when it is given.
const (
	// The command itself.
	CodeBadCommand   Code = "bad_command"   // a member is missing, or not of its form
	CodeUnknownField Code = "unknown_field" // a member or field that this command or step does not have
	CodeUnknownKind  Code = "unknown_command"
	CodeBadDate      Code = "bad_date"
	CodeIDReused     Code = "id_reused" // same command id, another body

	// Where it was sent.
	CodeRetryLater    Code = "retry_later"    // the cycle has not yet received the registry change the server saw
	CodeJournalBehind Code = "journal_behind" // too much is not yet written down
	CodeStateFull     Code = "state_full"
	CodeRegistryGap   Code = "registry_gap"
	CodeCycleExists   Code = "cycle_exists" // (kommun, year) has a cycle
	CodeCycleEnded    Code = "cycle_ended"
	CodeUnknownStream Code = "unknown_stream"
	CodeUnknownStep   Code = "unknown_step"
	CodeNotExercise   Code = "not_exercise"
	CodeNothingDue    Code = "nothing_due"
	CodeYear          Code = "year_out_of_range"
	CodeWheel         Code = "wheel_invalid" // the wheel does not fit the registry

	// Who.
	CodeUnknownPerson Code = "unknown_person"
	CodeRoleNotHeld   Code = "role_not_held" // not that role in that unit on that day
	CodeExcluded      Code = "excluded"      // jäv
	CodeSecondPerson  Code = "second_person" // the submitter may not establish, or must not be the one who confirms

	// When, and in which state.
	CodeNotNow         Code = "not_now"         // the step is in a state from which this cannot be done
	CodeWrongAct       Code = "wrong_act"       // the step's act has no such command
	CodeGateNotMet     Code = "gate_not_met"    // what the step waits for is not decided
	CodeNotOpenYet     Code = "not_open_yet"    // its day has not come
	CodeNotLate        Code = "not_late"        // going on without a unit that is not late
	CodeUnknownNeed    Code = "unknown_need"    //
	CodeDeadline       Code = "deadline"        // not a later day, or past the law's limit
	CodeDateBefore     Code = "date_before"     // before the meeting, or before what it follows
	CodeDateFuture     Code = "date_in_future"  //
	CodeFrozen         Code = "frozen"          // tabled: nothing may be added (KL 5:51)
	CodeNothingChanged Code = "nothing_changed" // would change nothing

	// On what.
	CodeSuperseded       Code = "superseded_version" // another version was submitted since
	CodeFieldMissing     Code = "field_missing"
	CodeDocumentMissing  Code = "document_missing"
	CodeUnknownDocument  Code = "unknown_document"
	CodeFileTooLarge     Code = "file_too_large"
	CodeHashMismatch     Code = "hash_mismatch"
	CodeFileUnknown      Code = "file_unknown" // that hash was never uploaded
	CodeTextMissing      Code = "text_missing" // a reason, notes or motivering is required
	CodeParagraphUsed    Code = "paragraph_used"
	CodeMeetingUnknown   Code = "meeting_unknown"
	CodeMeetingOther     Code = "meeting_other_body"
	CodeMeetingProposed  Code = "meeting_not_confirmed"
	CodeMeetingCancelled Code = "meeting_cancelled"
	CodeEntryUnknown     Code = "entry_unknown"

	// What a body may do with a matter.
	CodeVotes           Code = "votes"               // the figures do not add up, or are missing
	CodeNoMajority      Code = "no_majority"         //
	CodeNotAThird       Code = "not_a_third"         // KL 5:50
	CodeMinorityUsed    Code = "minority_used"       // once for a matter (KL 5:50)
	CodeNoMinority      Code = "no_minority"         // not in a nämnd (KL 6:33), or a majority
	CodeClassMissing    Code = "class_missing"       // KF returned or tabled: by majority or minority?
	CodeArguable        Code = "arguable"            // can be read both ways: say why
	CodeNoQuorum        Code = "no_quorum"           // KL 5:45, 6:27
	CodeItems           Code = "items"               // att-satser
	CodeReservationLate Code = "reservation_late"    // KL 4:27
	CodeReplyMissing    Code = "reply_missing"       // the answer to a motivering
	CodeNotDelegable    Code = "not_delegable"       // KL 6:38, 7:6
	CodeNotReported     Code = "not_reported"        // KL 6:40
	CodeNoAppeal        Code = "not_appealable"      // KL 13:2
	CodeAnnouncedLate   Code = "announced_late"      // KL 5:13
	CodeElection        Code = "election_year"       // KL 5:9, 11:10
	CodeMoney           Code = "money"               // an amount that cannot be read, or is not the municipality's
	CodeSum             Code = "sum"                 // figures that should be the same are not
	CodeFinancing       Code = "financing"           // KL 11:15
	CodeGoal            Code = "goal"                // a mål without its year, or of no form
	CodeDirection       Code = "direction"           // a nämnd without inriktning
	CodeDifference      Code = "difference"          // not what the nämnd decided, and nobody has said why
	CodeMention         Code = "mention"             // a comment names nobody, several, or somebody who has no role
	CodeRulesOlder      Code = "rules_older"         // the run keeps rules that do not have this
	CodeReview          Code = "review"              // revisorernas bedömning or uttalande (KL 12:2, 12:13)
	CodeDischarge       Code = "discharge"           // KL 5:24
	CodeReportFirst     Code = "report_not_approved" // KL 11:21
	CodeAccountable     Code = "accountable"         // KL 5:48
	CodeDeficit         Code = "deficit"             // KL 11:12–13
	CodeObservation     Code = "observation"         // an iakttagelse, its answer or an åtgärd

	// The registry.
	CodeUnitUnknown    Code = "unit_unknown"
	CodeBindingUnknown Code = "binding_unknown"
	CodePeriod         Code = "period" // ends before it begins
	CodeExists         Code = "exists"
	CodeRehearsal      Code = "rehearsal"     // the rehearsal found what stops a launch
	CodeOrderUnknown   Code = "order_unknown" // no such order, or none that a second person has confirmed
	CodeEpoch          Code = "epoch"         // not the log's last checkpoint, or no such declaration

	CodeErasureUnknown Code = "erasure_unknown" // no such erasure waits for a second person
	CodeStillHolds     Code = "still_holds"     // a person with a role cannot be erased
	CodeErased         Code = "erased"          // the text or file was here, and has been erased

	// The server's own.
	CodeNotFound    Code = "not_found"
	CodeNotLoggedIn Code = "not_logged_in"
	CodeNoAccess    Code = "no_access"   // AccessTable says no
	CodeTooMany     Code = "too_many"    // asked too often: again later
	CodeUnavailable Code = "unavailable" // the answer is unknown: ask again with the same id
)

// Refusal says no: a stable code, and a sentence in Swedish that says what is missing and what to do.
type Refusal struct {
	Code    Code
	Message string
}

// Error gives the sentence.
func (r *Refusal) Error() string { return r.Message }

func refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Refuse makes a refusal for an adapter that must say no itself: unknown stream, not logged in, not reached.
func Refuse(code Code, format string, args ...any) *Refusal { return refuse(code, format, args...) }

// MaxFile is the largest document that the store keeps, in bytes.
const MaxFile = 25 << 20

// CheckUpload judges a file on its way in: its size, and that its bytes are the ones the sender hashed ("" = the
// sender did not hash).
func CheckUpload(size int64, declared, actual Digest) error {
	if size > MaxFile {
		return refuse(CodeFileTooLarge, "Filen är %d MB, och gränsen är 25 MB. Dela upp den, eller lämna en länk till den i stället.", (size+1<<20-1)>>20)
	}
	if declared != "" && declared != actual {
		return refuse(CodeHashMismatch, "Filen som kom fram är inte den som skickades (kontrollsumman %s väntades, %s kom). Skicka den igen.", declared, actual)
	}
	return nil
}
