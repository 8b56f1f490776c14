package pack

import (
	"slices"

	"arshjul/domain"
)

// repairs are the entries that say what was put right in a stream of the pack.
func (v *verifier) repairs(stream string, kind domain.RepairKind) (all []*domain.Repaired) {
	for i := range v.shown {
		if r := v.shown[i].event.Repaired; r != nil && v.shown[i].event.Kind == domain.EvRepaired && r.Stream == stream && r.Kind == kind {
			all = append(all, r)
		}
	}
	return all
}

// restarted tells whether an entry says that a run began anew from the log, because Temporal had lost the one before.
func (v *verifier) restarted(stream string, r *run) bool {
	return slices.ContainsFunc(v.repairs(stream, domain.RepairRestart), func(p *domain.Repaired) bool {
		return p.Seq == r.state.Seq && p.Head == r.state.Head
	})
}

// lostText tells whether an entry says that a text was lost with the database; so for lostFile.
func (v *verifier) lostText(stream string, ref domain.TextRef) bool {
	return slices.ContainsFunc(v.repairs(stream, domain.RepairLog), func(p *domain.Repaired) bool { return slices.Contains(p.Lost, ref) })
}

func (v *verifier) lostFile(stream string, sum domain.Digest) bool {
	return slices.ContainsFunc(v.repairs(stream, domain.RepairLog), func(p *domain.Repaired) bool { return slices.Contains(p.LostFiles, sum) })
}

// span is a row of a stream's entries, the last included.
type span struct{ from, to uint64 }

func (s span) has(seq uint64) bool { return s.from <= seq && seq <= s.to }
