package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/temporal"

	"arshjul/domain"
)

// The wire contract. These words stand in the histories of running cycles: a changed one leaves them stranded.
// testdata/names.golden holds a copy, so that nobody changes one without noticing.
const (
	TaskQueue = "arshjul"

	TypeCycle     = "cycle"     // a cycle or an exercise
	TypeRegistry  = "registry"  // a municipality's registry
	TypeDelivery  = "delivery"  // tells a municipality's people; DeliveryInput in, never ends
	TypeReconcile = "reconcile" // compares workflows, log and lists; ReconcileInput in, domain.Reconciled out

	UpdateCommand = "command" // domain.Command in, Receipt or an application error of a domain.Refusal out
	// UpdateCommands is for commands that come together: []domain.Command in, []Answer out, or an application error of the
	// type NoneCarriedOut. Runs by rules older than 3 have it not.
	UpdateCommands = "commands"
	SignalRoll     = "roll"  // no argument: continue as new, sent after a deployment
	SignalNudge    = "nudge" // no argument: the registry hands on its changes, to a cycle that was just launched
	SignalWake     = "wake"  // no argument: delivery looks at once for what to send
	QueryState     = "state" // View out

	ActivityJournal   = "journal"   // activities.JournalBatch in, activities.JournalResult out
	ActivityPropagate = "propagate" // activities.PropagateInput in, activities.PropagateResult out
	ActivitySend      = "send"      // activities.SendInput in, activities.SendResult out
	ActivityReconcile = "reconcile" // activities.ReconcileInput in, domain.Reconciled out
	ActivityRecord    = "record"    // activities.RecordInput in, activities.RecordResult out
)

// The search attributes. They are for people who look for a workflow in Temporal; no rule reads them, and they hold no
// personal data. They are set when a stream starts and when each later run begins.
var (
	AttrKommun       = temporal.NewSearchAttributeKeyKeyword("Kommun")
	AttrBudgetYear   = temporal.NewSearchAttributeKeyInt64("BudgetYear")
	AttrCycleStage   = temporal.NewSearchAttributeKeyKeyword("CycleStage")
	AttrNextDeadline = temporal.NewSearchAttributeKeyTime("NextDeadline") // as of the run's beginning
	AttrExercise     = temporal.NewSearchAttributeKeyBool("Exercise")
)

// SearchAttributes lists every search attribute that must be registered before a worker starts: an unknown one blocks the
// workflow that sets it.
var SearchAttributes = []temporal.SearchAttributeKey{AttrKommun, AttrBudgetYear, AttrCycleStage, AttrNextDeadline, AttrExercise}

// TypeOf gives the workflow type that owns a stream, or "" for a name that is no such stream's.
func TypeOf(stream string) string {
	switch kind, _, _ := strings.Cut(stream, "/"); kind {
	case "cycle", "exercise":
		return TypeCycle
	case "registry":
		return TypeRegistry
	}
	return ""
}

// Title names a stream for people: "Mål och ekonomi 2028, kommun 1283".
func Title(stream string) string {
	switch p := strings.Split(stream, "/"); {
	case p[0] == "cycle" && len(p) == 3:
		return fmt.Sprintf("Mål och ekonomi %s, kommun %s", p[2], p[1])
	case p[0] == "exercise" && len(p) == 4:
		return fmt.Sprintf("Övning %s av mål och ekonomi %s, kommun %s", p[3], p[2], p[1])
	case p[0] == "registry" && len(p) == 2:
		return fmt.Sprintf("Register, kommun %s", p[1])
	case p[0] == "delivery" && len(p) == 2:
		return fmt.Sprintf("Utskick, kommun %s", p[1])
	case p[0] == "reconcile" && len(p) == 2:
		return fmt.Sprintf("Avstämning, kommun %s", p[1])
	}
	return stream
}

// Attributes gives the search attributes of a state; next is when it waits for time, 0 for never.
func Attributes(s *domain.State, next domain.Instant) []temporal.SearchAttributeUpdate {
	deadline := AttrNextDeadline.ValueUnset()
	if next != 0 {
		deadline = AttrNextDeadline.ValueSet(next.Time())
	}
	if s.Cycle == nil {
		kommun := ""
		if s.Registry != nil {
			kommun = s.Registry.Kommun
		}
		return []temporal.SearchAttributeUpdate{AttrKommun.ValueSet(kommun), deadline}
	}
	return []temporal.SearchAttributeUpdate{
		AttrKommun.ValueSet(s.Cycle.Kommun),
		AttrBudgetYear.ValueSet(int64(s.Cycle.Year)),
		AttrCycleStage.ValueSet(string(s.Stage())),
		AttrExercise.ValueSet(s.Cycle.Exercise > 0),
		deadline,
	}
}
