package api

import "arshjul/domain"

// About says what answers.
type About struct {
	Version string `json:"version"`
	Kommun  string `json:"kommun"`
	Rules   []int  `json:"rules" doc:"The rules versions that this build plays by, newest first."`
	Login   string `json:"login" enum:"dev" doc:"How people log in."`
}

// Health says that the server can do its work; one that cannot answers with a problem and status 503.
type Health struct {
	Status string `json:"status" enum:"ok"`
}

// Me says whom the server takes the caller for, and which functions the person holds today.
type Me struct {
	Person    domain.PersonID `json:"person"`
	Name      string          `json:"name,omitempty"`
	Functions []Binding       `json:"functions"`
}
