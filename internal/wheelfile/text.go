package wheelfile

import (
	"encoding/json"

	"arshjul/domain"
)

// wheelText is a wheel file as people write it.
type wheelText struct {
	Name     string         `json:"årshjul"`
	Version  int            `json:"version"`
	Kommun   string         `json:"kommun"`
	City     domain.UnitID  `json:"leds av"`
	Bridges  bool           `json:"lediga klämdagar"`
	Roles    []roleText     `json:"roller"`
	Ladder   []string       `json:"påminner"`
	Standing []standingText `json:"stående handlingar"`
	Steps    []stepText     `json:"steg"`
}

type roleText struct {
	ID    domain.RoleID `json:"id"`
	Title string        `json:"titel"`
	Seat  string        `json:"finns i"`
	// Elected marks a förtroendeuppdrag.
	Elected bool `json:"förtroendevald"`
}

type standingText struct {
	ID         string `json:"id"`
	Title      string `json:"titel"`
	Act        string `json:"slag"`
	Body       string `json:"beslutas av"`
	When       string `json:"när"`
	From       string `json:"från"`
	To         string `json:"till"`
	Source     string `json:"källa"`
	Basis      string `json:"grund"`
	Unverified bool   `json:"ej verifierat"`
}

type stepText struct {
	ID    string        `json:"id"`
	Title string        `json:"titel"`
	Stage string        `json:"skede"`
	Act   string        `json:"slag"`
	Scope string        `json:"för"`
	Group string        `json:"grupp"`
	Each  bool          `json:"enheter"`
	Body  domain.UnitID `json:"organ"`
	Slots struct {
		Prepare  domain.RoleID `json:"förbereder"`
		Ready    domain.RoleID `json:"gör klart"`
		Decide   domain.RoleID `json:"fastställer"`
		Register domain.RoleID `json:"registrerar"`
		Publish  domain.RoleID `json:"publicerar"`
		Escalate domain.RoleID `json:"eskalerar"`
	} `json:"roller"`
	Participants []string   `json:"deltagare"`
	Opens        onceOrMore `json:"öppnar"`
	Plan         onceOrMore `json:"när"`
	InElection   string     `json:"när i valår"`
	Apart        *struct {
		Step string `json:"steg"`
		Plan string `json:"när"`
	} `json:"om valt"`
	Years     string          `json:"valår"`
	Ladder    []string        `json:"påminner"`
	Legal     domain.LawID    `json:"lag"`
	Matter    string          `json:"ärende"`
	Needs     []needText      `json:"behöver"`
	RestsOn   []string        `json:"utgår från"`
	Optional  bool            `json:"valbar"`
	HandsOver bool            `json:"överlämnas"`
	To        []domain.UnitID `json:"överlämnas till"`
	ReturnsTo string          `json:"återremitteras till"`
	Documents []struct {
		ID       string   `json:"id"`
		Title    string   `json:"titel"`
		Required bool     `json:"krävs"`
		Headings []string `json:"rubriker"`
	} `json:"handlingar"`
	Fields []struct {
		ID       string `json:"id"`
		Title    string `json:"titel"`
		Required bool   `json:"krävs"`
		Kind     string `json:"slag"`
		Means    string `json:"gäller"`
		Per      string `json:"per"`
	} `json:"uppgifter"`
	Appeal     string `json:"överklagas"`
	Source     string `json:"källa"`
	Basis      string `json:"grund"`
	Unverified bool   `json:"ej verifierat"`
}

// onceOrMore is written as one rule, or as a list with one for each time that the step is done.
type onceOrMore []string

// UnmarshalJSON reads both ways of writing it.
func (o *onceOrMore) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		*o = make([]string, 1)
		return json.Unmarshal(b, &(*o)[0])
	}
	return json.Unmarshal(b, (*[]string)(o))
}

// needText is written as the step's id alone, or as a group that also says how far the step must have come, or which
// time it is needed.
type needText struct {
	Step string `json:"steg"`
	At   string `json:"vid"`
	For  int    `json:"gång"`
}

// UnmarshalJSON reads both ways of writing a need.
func (n *needText) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &n.Step)
	}
	type group needText
	return json.Unmarshal(b, (*group)(n))
}
