package domain

import "fmt"

// Reconciled is what came of comparing a municipality's workflows, log and lists. It stands in a stream of its own
// ([ReconcileStream]), which has no state: no rule reads it.
type Reconciled struct {
	Streams int          `json:"streams"`         // that were compared
	Entries uint64       `json:"entries"`         // of the log, held against the workflows' histories
	Found   []Difference `json:"found,omitempty"` // the first, at most MostDifferences
	More    int          `json:"more,omitempty"`  // how many there are besides
}

// MostDifferences bounds the size of an entry.
const MostDifferences = 50

// Add adds a difference, or counts it when there are too many.
func (r *Reconciled) Add(d Difference) {
	if len(r.Found) == MostDifferences {
		r.More++
		return
	}
	r.Found = append(r.Found, d)
}

// Total is how many differences there are.
func (r *Reconciled) Total() int { return len(r.Found) + r.More }

// DifferenceKind says what contradicts what.
type DifferenceKind string

// The ways in which workflow, log and lists can differ.
const (
	DiffMissing    DifferenceKind = "missing"     // the log lacks entries that the workflow was told are written
	DiffUnwritten  DifferenceKind = "unwritten"   // the workflow has decided what nobody writes to the log
	DiffUnknown    DifferenceKind = "unknown"     // the log has entries that the workflow's history lacks
	DiffEntry      DifferenceKind = "entry"       // an entry is another event than the history's
	DiffState      DifferenceKind = "state"       // the workflow knows another state than the log adds up to
	DiffBroken     DifferenceKind = "broken"      // the stream's entries do not follow from one another
	DiffNoWorkflow DifferenceKind = "no_workflow" // the log has a stream that goes on, and Temporal no workflow
	DiffStopped    DifferenceKind = "stopped"     // the workflow has ended, and the stream goes on by the log
	DiffNoLog      DifferenceKind = "no_log"      // a workflow runs, and the log has nothing of it
	DiffSilent     DifferenceKind = "silent"      // the workflow does not tell what it knows
	DiffCut        DifferenceKind = "cut"         // the history's beginning is gone
	DiffNewer      DifferenceKind = "newer"       // this build is too old to judge
	DiffShown      DifferenceKind = "shown"       // the lists show something else than the log adds up to
)

// Difference is one thing that differs.
type Difference struct {
	Stream string         `json:"stream"`
	Kind   DifferenceKind `json:"kind"`
	Seq    uint64         `json:"seq,omitempty"`   // the first entry that it is about
	Count  uint64         `json:"count,omitempty"` // how many entries, from Seq on; shown: rows
	Table  string         `json:"table,omitempty"` // shown: of the read model
	Row    string         `json:"row,omitempty"`   // shown: the first row's key
}

// Sentence says it to an official, and what to do.
func (d *Difference) Sentence() string {
	what := string(d.Kind)
	switch d.Kind {
	case DiffMissing:
		what = fmt.Sprintf("loggen saknar %s, som arbetsflödet har fått kvitto på. Poster har tagits bort, eller databasen är återställd till en tidigare tidpunkt än Temporals. Skriv inget mer innan det är utrett", d.entries())
	case DiffUnwritten:
		what = fmt.Sprintf("arbetsflödet har beslutat %s, som inte blir skrivet i loggen. Se varför i workerns logg", d.entries())
	case DiffUnknown:
		what = fmt.Sprintf("loggen har %s, som inte finns i arbetsflödets historik. Temporals databas är återställd till en tidigare tidpunkt, eller någon har skrivit i loggen vid sidan av", d.entries())
	case DiffEntry:
		what = fmt.Sprintf("post %d i loggen är en annan händelse än den i arbetsflödets historik. Loggen är ändrad", d.Seq)
	case DiffState:
		what = fmt.Sprintf("det som arbetsflödet vet vid post %d är inte vad loggen blir när den räknas ihop", d.Seq)
	case DiffBroken:
		what = fmt.Sprintf("post %d i loggen följer inte av dem före den. Kör arshjul log verify", d.Seq)
	case DiffNoWorkflow:
		what = fmt.Sprintf("pågår enligt loggen (till och med post %d), men Temporal har inget arbetsflöde för den. Temporals databas är återställd till en tidigare tidpunkt, eller arbetsflödet är borttaget", d.Seq)
	case DiffStopped:
		what = fmt.Sprintf("pågår enligt loggen (till och med post %d), men arbetsflödet är avslutat. Någon har avslutat det i Temporal", d.Seq)
	case DiffNoLog:
		what = "arbetsflödet pågår, men loggen har ingen post från det. Någon har startat det vid sidan av årshjulet, eller loggen är tömd"
	case DiffSilent:
		what = "arbetsflödet svarar inte på vad det vet. Kontrollera att en worker kör, och om arbetsflödet är blockerat i Temporal"
	case DiffCut:
		what = fmt.Sprintf("arbetsflödets historik börjar först med post %d. Det äldre är borttaget ur Temporal och kan inte jämföras", d.Seq)
	case DiffNewer:
		what = "drivs av en nyare utgåva än den som jämför. Kör jämförelsen med den nyare"
	case DiffShown:
		what = fmt.Sprintf("listorna visar något annat än loggen säger (tabellen %s, raden %s)", d.Table, d.Row)
		if d.Count > 1 {
			what = fmt.Sprintf("listorna visar något annat än loggen säger (tabellen %s, raden %s och %d till)", d.Table, d.Row, d.Count-1)
		}
	}
	return d.Stream + ": " + what + "."
}

// entries names the entries that it is about.
func (d *Difference) entries() string {
	if d.Count > 1 {
		return fmt.Sprintf("post %d till %d", d.Seq, d.Seq+d.Count-1)
	}
	return fmt.Sprintf("post %d", d.Seq)
}

// Sentence sums it up for the journal.
func (r *Reconciled) Sentence() string {
	compared := fmt.Sprintf("%d strömmar och %d poster jämfördes", r.Streams, r.Entries)
	switch n := r.Total(); n {
	case 0:
		return "Arbetsflöden, logg och listor säger detsamma: " + compared + "."
	case 1:
		return "Arbetsflöden, logg och listor skiljer sig åt: " + compared + ". " + r.Found[0].Sentence()
	default:
		return fmt.Sprintf("Arbetsflöden, logg och listor skiljer sig åt på %d ställen: %s. Det första: %s", n, compared, r.Found[0].Sentence())
	}
}
