package api

import "arshjul/domain"

// Report tells what became of a cycle: what is not done, what fell, who went on without whom, which exceptions there were, what
// is missing and what came in late. It can be asked for at any time; the cycle's last entry carries the hash of what it then said.
type Report struct {
	Stream string        `json:"stream"`
	Title  string        `json:"title"`
	Status string        `json:"status" enum:"pågår,avslutad,avbruten"`
	Today  domain.Date   `json:"today" doc:"The day on the cycle's clock."`
	Steps  int           `json:"steps"`
	Done   int           `json:"done"`
	Seq    uint64        `json:"seq" doc:"The last entry that the report rests on."`
	Hash   domain.Digest `json:"hash" doc:"SHA-256 of the report's rule part; what came in after the cycle's end is not in it."`
	// Ended is the entry that ended the cycle; 0 = it goes on.
	Ended    uint64          `json:"ended,omitempty"`
	Agrees   bool            `json:"agrees,omitempty" doc:"That entry carries this very hash."`
	Sections []ReportSection `json:"sections"`
}

// ReportSection is one question of the report.
type ReportSection struct {
	ID    string      `json:"id"`
	Title string      `json:"title"`
	None  string      `json:"none" doc:"What is said when there is nothing."`
	Rows  []ReportRow `json:"rows"`
}

// ReportRow is one answer.
type ReportRow struct {
	Step   domain.StepID   `json:"step,omitempty"`
	Title  string          `json:"title"`
	Says   string          `json:"says"`
	Reason string          `json:"reason,omitempty"`
	By     domain.PersonID `json:"by,omitempty"`
	Day    domain.Date     `json:"day,omitempty"`
	Entry  uint64          `json:"entry,omitempty" doc:"The sequence number of the entry that says it, in the cycle's stream."`
	Number uint64          `json:"number,omitempty" doc:"Of an iakttagelse or a komplettering, which are the registry's."`
}
