package api

import "arshjul/domain"

// Launch asks for the real cycle of a budget year, as it was ordered and confirmed.
type Launch struct {
	ID     string        `json:"id" doc:"Minted by who asks, as for every command."`
	Kommun string        `json:"kommun,omitempty" doc:"Four-digit kommunkod; none means the server's own."`
	Year   int           `json:"year" doc:"The budget year."`
	Order  uint64        `json:"order,omitempty" doc:"The confirmed order that the launch carries out; wheel, optional steps and what is klart före start stand there."`
	Wheel  domain.Digest `json:"wheel,omitempty" doc:"An uploaded wheel file's SHA-256; none means the one that was ordered, or the municipality's own, built in."`
}

// LaunchPlan is what somebody wants to launch, or to know about before.
type LaunchPlan struct {
	Year   int           `json:"year" doc:"The budget year."`
	Wheel  domain.Digest `json:"wheel,omitempty" doc:"An uploaded wheel file's SHA-256; none means the municipality's own, built in."`
	With   []string      `json:"with,omitempty" doc:"The optional steps that are to be made."`
	From   domain.Stage  `json:"from,omitempty" enum:"planering,uppfoljning,bokslut" doc:"Adopt the cycle from this stage on: earlier steps are klara före start."`
	Before []DoneBefore  `json:"before,omitempty" doc:"Other steps that were done before the cycle is launched."`
}

// DoneBefore says that a step was done before the cycle was launched, why it is taken so, and where that can be seen.
type DoneBefore struct {
	Step      domain.StepID `json:"step"`
	Reason    string        `json:"reason"`
	Reference string        `json:"reference,omitempty"`
}

// OrderLaunch orders a launch, on a decision.
type OrderLaunch struct {
	ID string `json:"id" doc:"Minted by who asks, as for every command."`
	LaunchPlan
	Dnr       string      `json:"dnr" doc:"The diary number of the decision to launch."`
	Paragraph string      `json:"paragraph,omitempty"`
	Date      domain.Date `json:"date" doc:"Of the decision."`
	Despite   string      `json:"despite,omitempty" doc:"The reason for launching although rehearsal finds what stops a launch."`
}

// Ordered answers an order: a second person confirms it by its number.
type Ordered struct {
	Receipt
	Number uint64       `json:"number,omitempty" doc:"The order's number; known once it stands in the journal."`
	Check  *LaunchCheck `json:"check,omitempty" doc:"What was rehearsed; not when the order is asked for again."`
}

// ConfirmOrder confirms an order, and starts the cycle.
type ConfirmOrder struct {
	ID string `json:"id" doc:"Minted by who asks, as for every command."`
}

// Orders is every order, the newest first.
type Orders struct {
	Orders []OrderRow `json:"orders"`
}

// OrderRow is an order and what came of it.
type OrderRow struct {
	Order
	Stream string `json:"stream,omitempty" doc:"The cycle that was launched on it; none until then."`
}

// LaunchCheck is what a launch today would mean: a rehearsal from today on.
type LaunchCheck struct {
	Year     int           `json:"year"`
	Today    domain.Date   `json:"today"`
	Wheel    string        `json:"wheel"`
	WheelSHA domain.Digest `json:"wheel_sha256" doc:"The hash of the wheel's rule part, which an order names."`
	Steps    int           `json:"steps"`
	Mails    int           `json:"mails"`
	Findings []Finding     `json:"findings" doc:"The errors first; an error stops the launch."`
	Passed   []PassedStep  `json:"passed" doc:"Steps whose plan day has passed: they open as late, unless they are said to be klara före start."`
}

// PassedStep is a step whose time has passed before the cycle is launched.
type PassedStep struct {
	Step  domain.StepID `json:"step"`
	Title string        `json:"title"`
	Unit  domain.UnitID `json:"unit"`
	Plan  domain.Date   `json:"plan"`
}
