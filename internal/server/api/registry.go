package api

import "arshjul/domain"

// Registry is what all cycles of a municipality share, with the names that are not erased.
type Registry struct {
	Stream      string              `json:"stream"`
	Kommun      string              `json:"kommun"`
	Number      uint64              `json:"number" doc:"The last change."`
	City        domain.UnitID       `json:"city" doc:"The förvaltning that leads the cycle."`
	Units       []domain.Unit       `json:"units"`
	Bindings    []Binding           `json:"bindings"`
	Substitutes []domain.Substitute `json:"substitutes"`
	Exclusions  []Exclusion         `json:"exclusions"`
	Meetings    []domain.Meeting    `json:"meetings"`
}

// MeetingWord is what people call a meeting's status.
func MeetingWord(s domain.MeetingStatus) string {
	switch s {
	case domain.MeetingProposed:
		return "föreslaget"
	case domain.MeetingConfirmed:
		return "fastställt"
	case domain.MeetingCancelled:
		return "inställt"
	}
	return string(s)
}
