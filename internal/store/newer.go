package store

import (
	"fmt"

	"arshjul/domain"
)

// NewerError says that a stream has gone on under rules, or in a form of state, that this build does not have. Folding it
// would show something else than what was decided: a server that was left running beside newer workers must show nothing.
type NewerError struct {
	Stream      string
	Seq         uint64 // the entry from which on this build cannot follow
	Rules, Form int    // what it asks for; 0 = nothing
}

// Error says in Swedish what to do.
func (e *NewerError) Error() string {
	return fmt.Sprintf("%s drivs från post %d av en nyare version av årshjul (regler %d, form %d) än den här, som kan regler till och med %d och form %d. "+
		"Starta den nyare versionen i stället", e.Stream, e.Seq, e.Rules, e.Form, domain.CurrentRules, domain.SchemaVersion)
}

// known tells whether this build has the rules and the form of state that a stream has from this event on.
func known(e *domain.Event) error {
	if e.Rules > domain.CurrentRules || e.Schema > domain.SchemaVersion {
		return &NewerError{e.Stream, e.Seq, e.Rules, e.Schema}
	}
	return nil
}
