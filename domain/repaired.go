package domain

import "fmt"

// RepairKind says what was put right.
type RepairKind string

// The repairs of arshjul reconcile --repair.
const (
	RepairLists    RepairKind = "lists"    // the lists were computed anew from the log
	RepairLog      RepairKind = "log"      // entries that the log had lost were written again, from the workflow's history
	RepairRestart  RepairKind = "restart"  // a workflow that Temporal had lost began anew, at the state that the log adds up to
	RepairErasures RepairKind = "erasures" // what was erased and had come back was taken out again
)

// Repaired is what was put right in one stream, and stands in the log ([RepairStream]): whoever checks a log, a history or
// a pack finds there why they do not simply follow from each other.
type Repaired struct {
	Kind   RepairKind `json:"kind"`
	Stream string     `json:"stream"`
	Rows   int        `json:"rows,omitempty"` // lists, erasures: how many were written or removed
	// Seq of log is the first entry that was written again, of restart the last of the state that the workflow began with.
	Seq   uint64 `json:"seq,omitempty"`
	Count uint64 `json:"count,omitempty"` // log: how many entries, from Seq on
	// Index is where the first of them stands in the log now. Entries of several streams that stood between each other may
	// stand in another order than before; a checkpoint that covered them then needs a new epoch.
	Index uint64 `json:"index,omitempty"`
	Head  Digest `json:"head,omitempty"` // restart: of that state
	// Lost are texts, and LostFiles documents, that the entries written again name and that nobody has any more: histories
	// never held them.
	Lost      []TextRef `json:"lost,omitempty"`
	LostFiles []Digest  `json:"lost_files,omitempty"`
}

// Sentence says what was done.
func (r *Repaired) Sentence() string {
	switch r.Kind {
	case RepairLists:
		return fmt.Sprintf("%s: listorna räknades om från loggen, och %d rader rättades.", r.Stream, r.Rows)
	case RepairErasures:
		return fmt.Sprintf("%s: det som är gallrat hade kommit tillbaka och togs bort igen (%d rader).", r.Stream, r.Rows)
	case RepairRestart:
		return fmt.Sprintf("%s: arbetsflödet startades om från loggen, från det läge som den hade vid post %d.", r.Stream, r.Seq)
	case RepairLog:
		says := fmt.Sprintf("%s: %d poster från nummer %d skrevs tillbaka i loggen ur arbetsflödets historik, som de var. De står nu från plats %d i loggen, som kan vara en annan än förut.",
			r.Stream, r.Count, r.Seq, r.Index)
		if n := len(r.Lost) + len(r.LostFiles); n > 0 {
			says += fmt.Sprintf(" %d texter eller filer som de nämner är borta för alltid: historiken har dem aldrig.", n)
		}
		return says
	}
	return r.Stream + ": " + string(r.Kind)
}

// RepairStream names the stream in which a repair of a stream is written down, in the same log: "reconcile/1283", or
// "reconcile/exercise/1283/2028/1" of an exercise, which keeps its own log.
func RepairStream(of string) string {
	if LogOf(of) != Kommun(of) {
		return "reconcile/" + LogOf(of)
	}
	return ReconcileStream(Kommun(of))
}
