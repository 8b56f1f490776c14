package domain

import "slices"

// CurrentRules is the version of the rules that new runs play by.
//
//	1  the first
//	2  a real cycle is launched on an order that a second person confirmed; the reminder ladder
//	3  what a protocol says: votes and minority, att-satser, decisions in a nämnd's place, laga kraft; an answer to a motivering;
//	   the law guarded; amounts, inriktning and mål; meetings of several days; what is not yet due is not klart före start
const CurrentRules = 3

// Book is one version of the rules. A run keeps the book it began with to its end, so that a replay years later judges
// every command as it was judged then; a binary carries the current book and every earlier one.
type Book struct {
	Version int
	Decide  func(*State, Command, Instant) ([]Event, error)
	Apply   func(*State, Event) error
	Tick    func(*State, Instant) []Event
	NextDue func(*State, Instant) Instant
}

// Books lists the rules this build carries, newest first.
func Books() []Book {
	// The functions tell the versions apart by State.Rules.
	book := Book{Version: CurrentRules, Decide: Decide, Apply: Apply, Tick: Tick, NextDue: NextDue}
	var all []Book
	for v := CurrentRules; v >= 1; v-- {
		book.Version = v
		all = append(all, book)
	}
	return all
}

// AdoptRules is the event with which a run begins that plays by other rules than the one before it. The caller applies it.
func AdoptRules(s *State, version int) Event {
	return Event{V: EventVersion, Stream: s.Stream, Seq: s.Seq + 1, At: s.Now, Kind: EvRulesAdopted, Rules: version, Schema: SchemaVersion}
}

const (
	// mostAnswers is how many commands a run remembers of those before it: all of a busy month would fill the state.
	mostAnswers = 1000
	// onItsWay is longer than any command is on its way.
	onItsWay Instant = 15 * 1000
)

// HandOver makes the state what the next run begins with: commands that it need not remember are forgotten, and what is left
// is measured. The journal knows every command and is asked before one is sent, so only one that was sent twice at once must
// be remembered here.
func (s *State) HandOver() {
	old := max(0, len(s.Answered)-mostAnswers)
	for old > 0 && s.Answered[old-1].At > s.Now-onItsWay {
		old--
	}
	s.Answered = slices.Clone(s.Answered[old:])
	s.Measure()
}

// Measure sets Size to the canonical size of the state, which between measurements only bounds it from above.
func (s *State) Measure() {
	s.Size = 0
	s.Size = len(Canonical(s))
}
