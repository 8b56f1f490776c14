package domain

// life is the way a step lives, which follows from its act and from the body that acts.
type life string

const (
	lifeBody      life = "body"      // a decision by KF, KS or a nämnd
	lifeOfficial  life = "official"  // established by an official
	lifeCompany   life = "company"   // by a bolag's board or stämma, or KF:s presidium: KL 5, 6 and 8 do not bind them
	lifeWork      life = "work"      // underlag
	lifeHandIn    life = "hand-in"   // inlämning
	lifeHold      life = "hold"      // dialog, möte
	lifeNotice    life = "notice"    // anmälan, information
	lifeReview    life = "review"    // granskning
	lifePublished life = "published" // publicering
)

// lifeOf says how a step of this act lives when a unit of this kind acts.
func lifeOf(act Act, kind UnitKind) life {
	switch act {
	case ActDecision, ActEstablishment:
		switch kind {
		case KindCouncil, KindExecutive, KindBoard:
			return lifeBody
		case KindCompany, KindPresidium:
			return lifeCompany
		}
		return lifeOfficial
	case ActHandIn:
		return lifeHandIn
	case ActDialog, ActMeeting:
		return lifeHold
	case ActNotice, ActInformation:
		return lifeNotice
	case ActReview:
		return lifeReview
	case ActPublication:
		return lifePublished
	}
	return lifeWork
}

// slot picks the role of a step that owns a move.
type slot int

const (
	slotPrepare slot = iota
	slotReady
	slotDecide
	slotRegister
	slotPublish
	slotEscalate
)

func (s Slots) role(n slot) RoleID {
	return [...]RoleID{s.Prepare, s.Ready, s.Decide, s.Register, s.Publish, s.Escalate}[n]
}

// move is one way on: who, by which command, from which statuses, to which.
type move struct {
	cmd   CommandKind
	slot  slot
	from  []Status
	to    Status
	event EventKind
}

var (
	redo      = []Status{StatusOpen, StatusSubmitted, StatusReturned, StatusRejected}
	submitted = []Status{StatusSubmitted}
	ready     = []Status{StatusReady}
	openOrIn  = []Status{StatusOpen, StatusSubmitted}

	submit   = move{CmdSubmit, slotPrepare, redo, StatusSubmitted, EvSubmitted}
	markDone = move{CmdReady, slotReady, submitted, StatusReady, EvReady}
	takeBack = move{CmdTakeBack, slotReady, ready, StatusSubmitted, EvTakenBack}
)

// lives is the whole table. A body's decision leads to Decided on bifall; decide_body.go has the other outcomes.
var lives = []struct {
	life  life
	moves []move
}{
	{lifeBody, []move{submit, markDone, takeBack,
		{CmdDecide, slotRegister, []Status{StatusReady, StatusTabled}, StatusDecided, EvDecided},
		{CmdAdjust, slotRegister, []Status{StatusDecided}, StatusAdjusted, EvAdjusted},
		{CmdPost, slotRegister, []Status{StatusAdjusted}, StatusPosted, EvPosted},
		{CmdHandOver, slotRegister, []Status{StatusPosted}, StatusHandedOver, EvHandedOver}}},
	{lifeOfficial, []move{submit, markDone, takeBack,
		{CmdEstablish, slotDecide, ready, StatusEstablished, EvEstablished}}},
	{lifeCompany, []move{submit, markDone, takeBack,
		{CmdEstablish, slotRegister, ready, StatusEstablished, EvEstablished}}},
	{lifeWork, []move{submit, {CmdFinalise, slotReady, submitted, StatusFinalised, EvFinalised}}},
	{lifeHandIn, []move{submit, {CmdHandOver, slotReady, submitted, StatusHandedOver, EvHandedOver}}},
	{lifeHold, []move{{CmdHold, slotRegister, []Status{StatusOpen}, StatusHeld, EvHeld}}},
	{lifeNotice, []move{submit, {CmdReport, slotRegister, openOrIn, StatusReported, EvReported}}},
	{lifeReview, []move{submit, {CmdReview, slotDecide, openOrIn, StatusReviewed, EvReviewed}}},
	{lifePublished, []move{{CmdPublish, slotPublish, []Status{StatusOpen}, StatusPublished, EvPublished}}},
}

// moves is the life's row of the table.
func (l life) moves() []move {
	for i := range lives {
		if lives[i].life == l {
			return lives[i].moves
		}
	}
	return nil
}

// end is the status at which the step is done.
func (l life) end(def *StepDef) Status {
	if l == lifeBody {
		if def.HandsOver {
			return StatusHandedOver
		}
		return StatusPosted
	}
	m := l.moves()
	return m[len(m)-1].to
}

// meets is the status at which others may go on, when the need does not say: a body's decision may be carried out
// before laga kraft (KL 13:14), but what is to be handed over must have been.
func (l life) meets(def *StepDef) Status {
	if l == lifeBody && !def.HandsOver {
		return StatusDecided
	}
	return l.end(def)
}

// fallen tells whether the step will not be played here: it utgår, or was done before the cycle started. Both count as
// done, and meet whatever needs them.
func (s Status) fallen() bool { return s == StatusVoid || s == StatusBefore }

// RequiredSlots lists the slots that a step of this act and body must have a role for.
func RequiredSlots(act Act, kind UnitKind) []string {
	names := [...]string{"prepare", "ready", "decide", "register", "publish", "escalate"}
	var need []string
	for n, name := range names {
		for _, m := range lifeOf(act, kind).moves() {
			if m.slot == slot(n) {
				need = append(need, name)
				break
			}
		}
	}
	return append(need, names[slotEscalate])
}
