package domain

// Completeness is what became of a cycle's steps: what is not done, what fell, where somebody went on without a unit, where the
// registrar was the submitter too, which limits of the law were passed, and what a protocol still lacks. It follows from the
// state alone, and its hash stands in the entry that ends the cycle.
type Completeness struct {
	V        int    `json:"v"` // of this form; what a version says never changes
	Stream   string `json:"stream"`
	Year     int    `json:"year"`
	Exercise int    `json:"exercise,omitempty"`
	Seq      uint64 `json:"seq"` // the last entry it rests on
	Steps    int    `json:"steps"`
	Done     int    `json:"done"`

	// Unready are the steps that are not done, in the order of the wheel; of a cycle that was completed there are none.
	Unready    []LeftStep    `json:"unready,omitempty"`
	Fallen     []FallenStep  `json:"fallen,omitempty"`     // utgår
	Before     []FallenStep  `json:"before,omitempty"`     // klart före start
	Waived     []WaivedNeed  `json:"waived,omitempty"`     // somebody went on without a late unit
	Exceptions []FallenStep  `json:"exceptions,omitempty"` // the registrar had submitted the version (the entry is the decision's)
	Breaches   []LateLimit   `json:"breaches,omitempty"`
	Missing    []MissingPart `json:"missing,omitempty"`
	Late       []StepID      `json:"late,omitempty"` // done, or not, after their day
}

// LeftStep is a step that is not done.
type LeftStep struct {
	Step   StepID `json:"step"`
	Status Status `json:"status"`
	Plan   Date   `json:"plan"`
	// Ready is the entry by which it was marked klart för beslut in this round; 0 = it never was.
	Ready uint64 `json:"ready,omitempty"`
}

// FallenStep is a step, and the entry that says what this list is of.
type FallenStep struct {
	Step StepID `json:"step"`
	Seq  uint64 `json:"seq"`
}

// WaivedNeed is a step that went on without another.
type WaivedNeed struct {
	Step StepID `json:"step"`
	Need StepID `json:"need"`
	Seq  uint64 `json:"seq"`
	// Came is the entry by which the late step came in after all; 0 = it did not.
	Came uint64 `json:"came,omitempty"`
}

// LateLimit is a limit of the law that was passed, and the entry in which somebody said why; 0 = nobody has.
type LateLimit struct {
	Step      StepID `json:"step"`
	Law       LawID  `json:"law"`
	Seq       uint64 `json:"seq"`
	Explained uint64 `json:"explained,omitempty"`
}

// MissingKind is what a decision lacks.
type MissingKind string

// The kinds.
const (
	MissingAdjusting MissingKind = "justering"
	MissingPosting   MissingKind = "anslag"
	MissingHandOver  MissingKind = "overlamnande"
	MissingReport    MissingKind = "anmalan"    // of a decision in the nämnd's place (KL 6:40)
	MissingForce     MissingKind = "laga-kraft" // nobody has noted what became of the appeal time
)

// Swedish is the word a person reads.
func (k MissingKind) Swedish() string {
	switch k {
	case MissingAdjusting:
		return "protokollets justering är inte antecknad"
	case MissingPosting:
		return "anslaget är inte antecknat"
	case MissingHandOver:
		return "överlämnandet är inte antecknat"
	case MissingReport:
		return "beslutet i nämndens ställe är inte anmält (KL 6:40)"
	case MissingForce:
		return "det är inte antecknat om beslutet har vunnit laga kraft"
	}
	return string(k)
}

// MissingPart is something that a decision lacks.
type MissingPart struct {
	Step StepID      `json:"step"`
	What MissingKind `json:"what"`
}

// CompletenessOf tells what has become of a cycle so far. Nothing is said of a registry.
func CompletenessOf(s *State) Completeness {
	if s.Cycle == nil {
		return Completeness{}
	}
	c := Completeness{V: 1, Stream: s.Stream, Year: s.Cycle.Year, Exercise: s.Cycle.Exercise, Seq: s.Seq, Steps: len(s.Cycle.Steps)}
	for i := range s.Cycle.Steps {
		st := &s.Cycle.Steps[i]
		switch {
		case s.finished(i):
			c.Done++
		default:
			c.Unready = append(c.Unready, LeftStep{st.ID, st.Status, st.Plan, st.Reached(StatusReady)})
		}
		switch st.Status {
		case StatusVoid:
			c.Fallen = append(c.Fallen, FallenStep{st.ID, st.Reached(StatusVoid)})
		case StatusBefore:
			c.Before = append(c.Before, FallenStep{st.ID, st.Reached(StatusBefore)})
		}
		for _, n := range st.Needs {
			if n.Waived != 0 {
				c.Waived = append(c.Waived, WaivedNeed{st.ID, n.Step, n.Waived, s.step(n.Step).Reached(n.At)})
			}
		}
		if st.Decision != nil && st.Decision.Exception {
			c.Exceptions = append(c.Exceptions, FallenStep{st.ID, st.Decision.Seq})
		}
		for _, b := range st.Broken {
			c.Breaches = append(c.Breaches, LateLimit{st.ID, b.Law, b.Seq, b.Explained})
		}
		c.Missing = append(c.Missing, s.missing(st)...)
		if st.Late {
			c.Late = append(c.Late, st.ID)
		}
	}
	return c
}

// missing lists what the decision of a step lacks.
func (s *State) missing(st *Step) (all []MissingPart) {
	if st.Decision == nil || s.life(st) != lifeBody || st.Status.fallen() || st.Reached(StatusDecided) == 0 {
		return nil
	}
	lacks := func(what MissingKind) { all = append(all, MissingPart{st.ID, what}) }
	if st.unreported() {
		lacks(MissingReport)
	}
	if st.Reached(StatusAdjusted) == 0 {
		lacks(MissingAdjusting)
	}
	if st.Reached(StatusPosted) == 0 {
		lacks(MissingPosting)
	}
	if s.def(st).HandsOver && st.Reached(StatusHandedOver) == 0 {
		lacks(MissingHandOver)
	}
	if st.Force == "" && s.AppealEnds(st) != "" {
		lacks(MissingForce)
	}
	return all
}

// Hash identifies the report.
func (c Completeness) Hash() Digest { return DigestOf(Canonical(c)) }

// ended completes an event that ends the cycle: from the third version of the rules on it carries the hash of the report.
func (j *judge) ended(e Event) Event {
	if j.s.Rules >= 3 {
		e.Report = CompletenessOf(j.s).Hash()
	}
	return e
}
