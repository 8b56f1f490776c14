package proof

import (
	"slices"

	"arshjul/domain"
)

// Declared picks out of a log's events the declarations of a new epoch that count: declared in the log, and confirmed there
// afterwards by somebody else, with the same words.
func Declared(log string, events []domain.Event) []domain.Epoch {
	var declared, confirmed []domain.Epoch
	for i := range events {
		e := &events[i]
		if e.Epoch == nil || domain.LogOf(e.Stream) != log || e.Epoch.Log() != log {
			continue
		}
		switch e.Kind {
		case domain.EvEpochDeclared:
			if e.Epoch.By == e.Actor && e.Actor != "" {
				declared = append(declared, *e.Epoch)
			}
		case domain.EvEpochConfirmed:
			same := *e.Epoch
			same.Confirmed = ""
			if e.Epoch.Confirmed == e.Actor && e.Actor != "" && e.Actor != e.Epoch.By && slices.Contains(declared, same) {
				confirmed = append(confirmed, *e.Epoch)
			}
		}
	}
	return confirmed
}

// Epoch is a time in which a log was only added to, as far as its signer saw.
type Epoch struct {
	Nr   int
	Last Checkpoint // the largest one signed in it, of those at hand
	// From the second epoch on: the declaration by which it began, and the entries that were lost then, [From, To), numbered
	// as they were before.
	Declared *domain.Epoch
	From, To uint64
}

// Epochs lists a log's epochs, given its events (those about epochs are enough) and its checkpoints in any order. An epoch
// that two persons have not declared, or whose declaration names another last checkpoint than there is, gives an error: the
// signer begins none like that. Epochs that were declared and never signed are left out.
func Epochs(log string, events []domain.Event, checkpoints []Checkpoint) ([]Epoch, error) {
	var all []Epoch
	for _, c := range checkpoints {
		of, nr, err := ParseOrigin(c.Origin)
		if err != nil {
			return nil, err
		}
		if of != log {
			return nil, fail(CodeOrigin, "Kontrollpunkten %s med %d poster hör inte till loggen %s.", c.Origin, c.Size, log)
		}
		at := slices.IndexFunc(all, func(e Epoch) bool { return e.Nr == nr })
		switch {
		case at < 0:
			all = append(all, Epoch{Nr: nr, Last: c})
		case c.Size == all[at].Last.Size && c.Root != all[at].Last.Root:
			return nil, fail(CodeInconsistent, "Två kontrollpunkter i epok %d av loggen %s säger olika om samma %d poster.", nr, log, c.Size)
		case c.Size > all[at].Last.Size:
			all[at].Last = c
		}
	}
	slices.SortFunc(all, func(a, b Epoch) int { return a.Nr - b.Nr })
	declared := Declared(log, events)
	for i := range all {
		e := &all[i]
		if e.Nr != i+1 {
			return nil, fail(CodeEpoch, "Det finns ingen kontrollpunkt från epok %d av loggen %s, men från epok %d.", i+1, log, e.Nr)
		}
		if i == 0 {
			continue
		}
		before := all[i-1].Last
		at := -1
		for k, d := range declared { // of several, the one that says that most was lost: the signer takes none that says too little
			if d.Origin == before.Origin && d.Size == before.Size && d.Root == before.Root.String() && (at < 0 || d.From < declared[at].From) {
				at = k
			}
		}
		if at < 0 {
			return nil, fail(CodeEpoch, "Epok %d av loggen %s är underskriven, men ingen anmälan av två personer i loggen nämner den sista kontrollpunkten före den (%d poster).", e.Nr, log, before.Size)
		}
		e.Declared, e.From, e.To = &declared[at], declared[at].From, declared[at].Size
	}
	return all, nil
}
