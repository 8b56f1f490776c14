package domain

// Record is what the protocol says of a decision beyond its outcome, § and day (KL 5:65–67, 6:35). All of it is as the
// registrar read it; the engine computes what follows, and decides nothing (KL 6:38).
type Record struct {
	Manner Manner `json:"manner,omitempty"` // "" = the body itself decided
	// Onward counts how often a delegation was passed on: a förvaltningschef may do it once (KL 7:6).
	Onward int `json:"onward,omitempty"`

	Votes *Votes `json:"votes,omitempty"`
	// Class says by what right KF returned or tabled a matter; ClassReason why, when the figures can be read both ways.
	Class       Class   `json:"class,omitempty"`
	ClassReason TextRef `json:"class_reason,omitempty"`

	Items []Item `json:"items,omitempty"` // att-satser that were decided each for itself

	// Wording is the decided wording (beslutad lydelse) when it is not that of the draft: SHA-256 of a file that the store
	// keeps.
	Wording      Digest        `json:"wording,omitempty"`
	Reservations []Reservation `json:"reservations,omitempty"`
	Discharge    Grant         `json:"discharge,omitempty"` // ansvarsfrihet, for the step's nämnd (KL 5:24)
	Remark       *Remark       `json:"remark,omitempty"`    // KF's own anmärkning, or that it makes none
	By           PersonID      `json:"by,omitempty"`        // who decided in the body's place, when the registry knows the person
	Served       []TextRef     `json:"served,omitempty"`    // ersättare who served under this § (KL 5:16–21, 6:17)
	Immediate    bool          `json:"immediate,omitempty"` // omedelbar justering of this §, by the body's own rules (KL 5:69)
}

// Manner is who decided in a body's place.
type Manner string

// The manners.
const (
	MannerChair     Manner = "ordforande" // urgent, by the chair or another member, on the nämnd's mandate (KL 6:39)
	MannerDelegated Manner = "delegation" // by who the nämnd has given the right (KL 6:37)
)

// Class is by what right KF returned or tabled a matter (KL 5:50).
type Class string

// The classes.
const (
	ClassMajority Class = "majoritet"
	ClassMinority Class = "minoritet"
)

// Votes are the figures of a vote as they stand in the protocol. For counts those who asked for what was decided.
type Votes struct {
	Present   int `json:"present"`
	For       int `json:"for"`
	Against   int `json:"against,omitempty"`
	Abstained int `json:"abstained,omitempty"`
	// Casting is true when the votes were equal and the chair's decided (KL 5:56, 6:33).
	Casting bool `json:"casting,omitempty"`
}

// Third is how many members make a minority that may return or table a matter: a third of those present, rounded up
// (KL 5:50).
func (v *Votes) Third() int { return (v.Present + 2) / 3 }

// Carried tells whether more voted for than against, or as many and the chair too (KL 5:55–56, 6:33).
func (v *Votes) Carried() bool { return v.For > v.Against || v.For == v.Against && v.Casting }

// Arguable tells whether the figures of a return or tabling can be read as a majority and as a minority: more for than
// against, but no more than half of those present. Nobody has settled which it is (Hammarö, 14–0 with 17 of 31 abstaining).
func (v *Votes) Arguable() bool { return v.Carried() && 2*v.For <= v.Present && v.For >= v.Third() }

// Item is one att-sats of a proposal, and what became of it.
type Item struct {
	No      string  `json:"no"` // as in the proposal: "1", "2a"
	Outcome Outcome `json:"outcome"`
	Seq     uint64  `json:"seq,omitempty"` // the entry; set by the rules
}

// settled tells whether the att-sats is decided for good.
func (i *Item) settled() bool { return i.Outcome == OutcomeApproved || i.Outcome == OutcomeRejected }

// Reservation is a member's reservation against a decision. It is notified before the meeting ends (KL 4:27, 5:66).
type Reservation struct {
	Text TextRef `json:"text"` // who, and why
	Date Date    `json:"date"` // when it was notified
}

// checkRecord judges the form of what a protocol says, whatever the step.
func (j *judge) checkRecord() error {
	r := j.c.Record
	if r == nil {
		return nil
	}
	if v := r.Votes; v != nil {
		switch {
		case v.Present < 1 || v.For < 0 || v.Against < 0 || v.Abstained < 0 || v.Present > 1000:
			return refuse(CodeVotes, "Rösterna är inte hela tal från noll och uppåt. Skriv dem som i protokollet.")
		case v.For+v.Against+v.Abstained != v.Present:
			return refuse(CodeVotes, "Rösterna går inte ihop: %d för, %d emot och %d som avstod är %d, men %d var närvarande. Räkna om; den som inte röstade avstod.",
				v.For, v.Against, v.Abstained, v.For+v.Against+v.Abstained, v.Present)
		case v.Casting && v.For != v.Against:
			return refuse(CodeVotes, "Ordförandens utslagsröst avgör bara när rösterna är lika. Ta bort den, eller rätta rösterna.")
		}
	}
	if r.Class != "" && r.Class != ClassMajority && r.Class != ClassMinority {
		return refuse(CodeBadCommand, "%q är varken majoritet eller minoritet. Välj en av dem.", r.Class)
	}
	if r.Manner != "" && r.Manner != MannerChair && r.Manner != MannerDelegated {
		return refuse(CodeBadCommand, "%q är varken ordforande eller delegation. Välj en av dem.", r.Manner)
	}
	if r.Wording != "" && !r.Wording.Valid() || r.ClassReason != "" && !Digest(r.ClassReason).Valid() {
		return refuse(CodeBadCommand, "Den beslutade lydelsen eller skälet har en kontrollsumma som inte går att läsa. Skicka det igen.")
	}
	for _, s := range r.Served {
		if !Digest(s).Valid() {
			return refuse(CodeBadCommand, "En ersättare är inte kontrollsumman av en sparad text. Skicka det igen.")
		}
	}
	for _, s := range r.Reservations {
		if !Digest(s.Text).Valid() || !s.Date.Valid() {
			return refuse(CodeBadCommand, "En reservation behöver en text och den dag då den anmäldes. Fyll i båda.")
		}
	}
	return nil
}

// protocol judges what the protocol says of a decision that the body itself took, and puts it in the event.
func (j *judge) protocol(st *Step, e *Event) error {
	r := j.c.Record
	council := j.s.Registry.Unit(j.s.actor(st)).Kind == KindCouncil
	back := e.Outcome == OutcomeReturned || e.Outcome == OutcomeTabled || e.Outcome == OutcomePartly && r.open()
	if j.s.Rules >= 3 && council && back && (r == nil || r.Class == "") {
		return refuse(CodeClassMissing, "Ange om fullmäktige beslutade med majoritet eller om det var en minoritet som begärde det (KL 5:50).")
	}
	if r == nil {
		if e.Outcome == OutcomePartly {
			return j.items(st, e.Outcome, r)
		}
		return nil
	}
	if r.Manner != "" || r.Onward != 0 || r.By != "" {
		return refuse(CodeBadCommand, "Ett beslut som någon annan har fattat i nämndens ställe registreras som ordförandebeslut eller delegationsbeslut, inte som nämndens eget.")
	}
	if seats := j.s.Registry.Unit(j.s.actor(st)).Seats; r.Votes != nil && seats > 0 && 2*r.Votes.Present <= seats && e.Outcome != OutcomeNoQuorum {
		return refuse(CodeNoQuorum, "%d närvarande av %d ledamöter är inte mer än hälften (KL 5:45, 6:27): något beslut finns inte. Registrera utfallet ej-beslutsfor, så följer ärendet till nästa sammanträde.", r.Votes.Present, seats)
	}
	for _, s := range r.Reservations {
		if s.Date > e.Date {
			return refuse(CodeReservationLate, "En reservation anmäls innan sammanträdet avslutas (KL 4:27). Den %s är efter beslutet den %s: ta bort den, eller rätta dagen.", s.Date.Swedish(), e.Date.Swedish())
		}
	}
	switch {
	case !back && r.Class != "":
		return refuse(CodeUnknownField, "Majoritet eller minoritet anges bara vid återremiss och bordläggning. Ta bort uppgiften.")
	case back:
		if err := j.byWhatRight(st, r, council); err != nil {
			return err
		}
	case r.Votes != nil && e.Outcome == OutcomeApproved && !r.Votes.Carried():
		return refuse(CodeNoMajority, "%d för och %d emot är ingen majoritet. Kontrollera utfallet och rösterna i protokollet.", r.Votes.For, r.Votes.Against)
	}
	if err := j.items(st, e.Outcome, r); err != nil {
		return err
	}
	e.Record = r
	return nil
}

// byWhatRight judges whether a matter may be returned or tabled as said. In KF a third of those present may have it so,
// once for a matter (KL 5:50); in a nämnd it takes a simple majority (KL 6:33).
func (j *judge) byWhatRight(st *Step, r *Record, council bool) error {
	v := r.Votes
	if r.Class != ClassMinority {
		if v != nil && !v.Carried() {
			return refuse(CodeNoMajority, "%d för och %d emot är ingen majoritet. Kontrollera rösterna, eller om det var en minoritet som begärde det.", v.For, v.Against)
		}
		if council && v != nil && v.Arguable() && r.ClassReason == "" {
			return refuse(CodeArguable, "%d av %d närvarande, fler än de som var emot men inte fler än hälften, kan läsas både som majoritet och minoritet. Skriv varför du registrerar det som majoritet.", v.For, v.Present)
		}
		return nil
	}
	switch {
	case !council:
		return refuse(CodeNoMinority, "I en nämnd krävs enkel majoritet för att återremittera eller bordlägga (KL 6:33). Minoritetens rätt finns bara i fullmäktige (KL 5:50).")
	case v == nil:
		return refuse(CodeVotes, "Ange hur många som var närvarande och hur många som begärde det: en tredjedel av de närvarande krävs (KL 5:50).")
	case v.For < v.Third():
		return refuse(CodeNotAThird, "%d av %d närvarande är mindre än en tredjedel; det behövs %d (KL 5:50). Kontrollera rösterna.", v.For, v.Present, v.Third())
	case st.Minority != 0:
		return refuse(CodeMinorityUsed, "En minoritet har redan använt sin rätt i ärendet. Nu krävs enkel majoritet (KL 5:50).")
	case v.Carried() && !v.Arguable():
		return refuse(CodeNoMinority, "%d av %d närvarande är en majoritet. Registrera det som majoritet, så har minoriteten sin rätt kvar.", v.For, v.Present)
	case v.Arguable() && r.ClassReason == "":
		return refuse(CodeArguable, "%d av %d närvarande, fler än de som var emot men inte fler än hälften, kan läsas både som majoritet och minoritet. Skriv varför du registrerar det som minoritet.", v.For, v.Present)
	}
	return nil
}
