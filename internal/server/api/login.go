package api

import "arshjul/domain"

// Sessions is a list of log-ins and keys.
type Sessions struct {
	Sessions []Session `json:"sessions"`
}

// Session is somebody's log-in, or key of the command line.
type Session struct {
	ID     string          `json:"id" doc:"Names it; opens nothing."`
	Person domain.PersonID `json:"person"`
	Key    bool            `json:"key" doc:"A key of the command line, and not a browser."`
	Label  string          `json:"label" doc:"Which browser, or what the person calls the key."`
	Made   domain.Instant  `json:"made"`
	Seen   domain.Instant  `json:"seen" doc:"When it was last used, to the minute."`
	Ends   domain.Instant  `json:"ends" doc:"At the latest."`
	This   bool            `json:"this" doc:"It is the one that asks."`
}

// NewKey asks for a key of the command line.
type NewKey struct {
	Label string `json:"label" doc:"What the person calls it."`
	Days  int    `json:"days,omitempty" doc:"How long it lasts: 1 to 180; none means 30."`
}

// Key is a key that was just made.
type Key struct {
	ID   string         `json:"id"`
	Key  string         `json:"key" doc:"Goes with each request as Authorization: Bearer KEY. It is told this once."`
	Ends domain.Instant `json:"ends"`
}

// Device is a command line that waits to be let in.
type Device struct {
	Code   string `json:"code" doc:"Shown to the person, who compares it with the page's."`
	Secret string `json:"secret" doc:"What to ask for the key with; never shown."`
	Page   string `json:"page" doc:"Where somebody who is logged in says yes."`
	Every  int    `json:"every" doc:"Seconds to wait between questions."`
}

// DeviceAsk asks whether somebody has said yes.
type DeviceAsk struct {
	Secret string `json:"secret"`
}

// AccessTable is what is open to whom, and what the caller is.
type AccessTable struct {
	Member    bool        `json:"member" doc:"The caller holds some role in the registry today."`
	Auditor   bool        `json:"auditor" doc:"The caller is revisor."`
	Launcher  bool        `json:"launcher" doc:"The caller is cykelansvarig."`
	Registrar bool        `json:"registrar" doc:"The caller is registeransvarig."`
	Rows      []AccessRow `json:"rows"`
}

// AccessRow says who may go how far with a thing: all, own, ask (the rules judge), or nothing.
type AccessRow struct {
	Thing     domain.Thing `json:"thing"`
	Says      string       `json:"says"`
	You       domain.May   `json:"you"`
	Anyone    domain.May   `json:"anyone"`
	LoggedIn  domain.May   `json:"logged_in"`
	Member    domain.May   `json:"member"`
	Auditor   domain.May   `json:"auditor"`
	Launcher  domain.May   `json:"launcher"`
	Registrar domain.May   `json:"registrar"`
}

// Review is who may what, for whoever goes through whether they should.
type Review struct {
	Today  domain.Date    `json:"today"`
	People []ReviewPerson `json:"people"`
}

// ReviewPerson is somebody who holds a role, or stands in for a holder, today or later.
type ReviewPerson struct {
	Person     domain.PersonID `json:"person"`
	Name       string          `json:"name"`
	Roles      []ReviewRole    `json:"roles"`
	Exclusions int             `json:"exclusions" doc:"How many times jäv is registered."`
	LastLogin  domain.Instant  `json:"last_login,omitempty" doc:"When the person last used a log-in or a key; none means never."`
}

// ReviewRole is a role that somebody holds, or stands in for.
type ReviewRole struct {
	Role     domain.RoleID `json:"role"`
	Title    string        `json:"title"`
	Unit     domain.UnitID `json:"unit"`
	UnitName string        `json:"unit_name"`
	From     domain.Date   `json:"from,omitempty"`
	To       domain.Date   `json:"to,omitempty"`
	For      string        `json:"for,omitempty" doc:"Whom the person stands in for."`
}
